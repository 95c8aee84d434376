"""Name the numbers that are fitted, and say which of them the data cannot identify."""

from collections.abc import Hashable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ....data.errors import InnoscapeWarning, OptionError
from ....data.options import check_columns, hint, is_number, noted, refuse, table_fault
from ....data.wording.catalogue import join_texts, text
from ...flows.check_graph import cells_between
from ..model.channel import Channel
from ..model.hazard_rates import Rates, hazard_versions
from .history import History
from .likelihood import Parameter, Problem, Solution, has
from .profile_likelihood import dependent

__all__ = ["apart", "design", "doubts", "unidentified"]

_KINDS = ("rate", "half_distance", "tacit_share")
# half-distances are looked for between a fifth of the smallest and ten times the largest cost
_NEAR, _FAR = 0.2, 10.0


def design(
    history: History,
    built: Rates,
    *,
    covariates: pd.DataFrame | None,
    external: bool | float,
    free: tuple[Hashable, ...],
    shared: bool,
) -> tuple[Problem, dict[int, float], np.ndarray]:
    """Return the problem, the parameters held fixed (position -> number), and the scale of each covariate."""
    faults = []
    if not history.events:
        faults.append(
            f"there is nothing to fit: by the horizon no place adopted besides the seeds "
            f"({len(history.innovations)} innovations, {int((history.times < np.inf).sum())} seeds)"
        )
    channels, places = built.channels, list(built.places)
    with noted(faults):
        traits, scale, labels = _traits(covariates, places)
    with noted(faults):
        loose = _freed(free, channels)
    with noted(faults):
        outside = _outside(external)
    refuse(faults)
    (plain,) = hazard_versions(
        [([replace(c, rate=1.0, decay="none") for c in channels], 0.0)],
        centers=built.centers,
        costs=built.costs,
        flows=built.flows,
        people=built.people,
        like=built,
    )
    masks = plain.tensor[0]
    cost = None if built.costs is None else cells_between(built.costs, places)
    parameters = [Parameter(f"{c.name}.rate", "rate", i, 0.0, np.inf) for i, c in enumerate(channels)]
    parameters.append(Parameter("external", "rate", None, 0.0, np.inf))
    for kind in _KINDS[1:]:
        wanted = [i for i, c in enumerate(channels) if (c.name, kind) in loose]
        if shared and wanted:
            parameters.append(_parameter(kind, None, masks.sum(axis=0), cost, history, channels))
        elif not shared:
            parameters += [_parameter(kind, i, masks[i], cost, history, channels) for i in wanted]
    parameters += [Parameter(f"receptivity.{name}", "trait", i, -10.0, 10.0) for i, name in enumerate(labels)]
    accept = built.receptivity.to_numpy(dtype=float)
    problem = Problem(history, channels, masks, cost, traits, accept, tuple(parameters))
    fixed = {i: c.rate for i, c in enumerate(channels) if (c.name, "rate") not in loose}
    if outside is not None:
        fixed[len(channels)] = outside
    _check_sources(problem, fixed)
    return problem, fixed, scale


def _outside(external: float) -> float | None:
    """Return the rate of adoption from outside, None where it is fitted."""
    if external is True:
        return None
    if external is False:
        return 0.0
    if not (is_number(external) and external >= 0):
        raise OptionError(text("faults.calls.identifiability.external_true_false_rate", external=repr(external)))
    return float(external)


def _freed(free: tuple[Hashable, ...], channels: Sequence[Channel]) -> set[tuple[str, str]]:
    names = [c.name for c in channels]
    known = {kind: [(c.name, kind) for c in channels if has(c, kind)] for kind in _KINDS}
    known |= {f"{name}.{kind}": [(name, kind)] for kind in _KINDS for name in names if (name, kind) in known[kind]}
    refuse(
        f"free: {word!r} is no number of these channels{hint(word, known)}; they have {', '.join(known)}"
        for word in free
        if word not in known
    )
    return {freed for word in free for freed in known[str(word)]}


def _parameter(
    kind: str,
    which: int | None,
    mask: np.ndarray,
    cost: np.ndarray | None,
    history: History,
    channels: Sequence[Channel],
) -> Parameter:
    name = kind if which is None else f"{channels[which].name}.{kind}"
    assert cost is not None  # noqa: S101 - what decays has costs
    seen = cost[(mask > 0) & (history.exposure > 0)]
    if not seen.size or np.ptp(seen) <= 1e-9 * seen.max(initial=0.0):
        only = (
            text("faults.calls.identifiability.all_pairs_acts_on", seen=f"{seen[0]:g}")
            if seen.size
            else text("faults.calls.identifiability.acts_on_pair")
        )
        raise OptionError(text("faults.calls.identifiability.identifiable_leave_out_free", name=name, only=only))
    if kind == "tacit_share":
        return Parameter(name, kind, which, 0.0, 1.0)
    least = seen[seen > 0].min()
    return Parameter(name, kind, which, float(np.log(_NEAR * least)), float(np.log(_FAR * seen.max())))


def _traits(covariates: pd.DataFrame | None, places: list) -> tuple[np.ndarray, np.ndarray, list[str]]:
    if covariates is None:
        return np.zeros((len(places), 0)), np.zeros(0), []
    check_columns(covariates, "covariates", ())
    table = covariates.set_index("place") if "place" in covariates else covariates
    missing = [p for p in places if p not in table.index]
    if missing:
        came = text("faults.calls.alike.none_for", v=join_texts(map(str, missing)))
        raise table_fault(
            "covariates",
            text("faults.calls.identifiability.row_every_center"),
            came,
            text("faults.calls.identifiability.add_these_rows"),
        )
    try:
        value = table.loc[places].to_numpy(dtype=float)
    except ValueError:
        fix = text("faults.calls.identifiability.write_categories_columns_0")
        raise table_fault("covariates", "numbers", text("faults.calls.alike.something_else"), fix) from None
    if value.shape[0] != len(places) or not np.isfinite(value).all():
        came = text("faults.calls.identifiability.several_rows_place_empty")
        raise table_fault(
            "covariates",
            text("faults.calls.identifiability.row_place_finite_numbers"),
            came,
            text("faults.calls.alike.correct_these_cells"),
        )
    scale = value.std(axis=0)
    labels = [str(c) for c in table.columns]
    flat = [name for name, size in zip(labels, scale, strict=True) if not size > 0]
    if flat:
        raise OptionError(text("faults.calls.identifiability.covariate_same_everywhere_leave", flat=join_texts(flat)))
    return (value - value.mean(axis=0)) / scale, scale, labels


def _check_sources(problem: Problem, fixed: dict[int, float]) -> None:
    """Refuse channels that act on nobody at risk, and adoptions that nothing could have caused."""
    a, b = problem.terms(problem.middle())
    idle = [problem.parameters[p].name for p in range(problem.linear) if p not in fixed and not b[p] > 0]
    if idle:
        raise OptionError(text("faults.calls.identifiability.identifiable_never_acts_on", idle=join_texts(idle)))
    open_to = [p for p in range(problem.linear) if fixed.get(p, 1.0) > 0]
    orphan = np.flatnonzero(~(a[:, open_to] > 0).any(axis=1))
    if orphan.size:
        history = problem.history
        m, j = history.event_of[orphan[0]], history.event_at[orphan[0]]
        raise OptionError(
            text(
                "faults.calls.identifiability.adopted_when_channel_reached",
                places=history.places[j],
                times=f"{history.times[m, j]:g}",
            )
        )


def doubts(problem: Problem, best: Solution, loose: list[int]) -> list[InnoscapeWarning]:
    """Return what the data cannot identify."""
    history, said = problem.history, []
    alike = dependent(problem, best.numbers, loose)
    if alike:
        names = join_texts((problem.parameters[p].name for p in alike), by="list.and")
        said.append(InnoscapeWarning.of("warnings.fit.alike", names=names))
    for p, parameter in enumerate(problem.searched, start=problem.linear):
        if p not in loose or parameter.kind == "trait":
            continue
        reached = problem.reached(parameter)
        if not any(best.numbers[c] > 0 for c in reached):
            said.append(InnoscapeWarning.of("warnings.fit.no_rate", name=parameter.name))
        elif parameter.kind == "half_distance" and best.numbers[p] >= parameter.high - 1e-6:
            said.append(InnoscapeWarning.of("warnings.fit.beyond", name=parameter.name))
        elif parameter.kind == "half_distance" and best.numbers[p] <= parameter.low + 1e-6:
            said.append(InnoscapeWarning.of("warnings.fit.below", name=parameter.name))
    if history.tied > 0.1 * history.events:
        said.append(InnoscapeWarning.of("warnings.fit.tied", tied=history.tied, events=history.events))
    return said


def apart(cover: np.ndarray, names: list[str]) -> tuple[str, ...]:
    """Return the pairs of estimates that can barely be distinguished; a rate and its own distance often are."""
    size = np.sqrt(np.maximum(np.diag(cover), 0.0))
    with np.errstate(invalid="ignore", divide="ignore"):
        related = cover / np.outer(size, size)
    said = []
    for i, name in enumerate(names):
        said += [
            f"{names[j]} and {name} can barely be distinguished (correlation {related[i, j]:.2f})"
            for j in range(i)
            if abs(related[i, j]) > 0.95
        ]
    return tuple(said)


def unidentified(problem: Problem, values: np.ndarray, estimates: pd.DataFrame) -> dict[str, str]:
    """Return the free parameters that the data do not identify, each with the reason."""
    names = [p.name for p in problem.parameters]
    loose = [names.index(name) for name in estimates["parameter"]]
    found = {names[p]: "alike" for p in dependent(problem, values, loose)}
    for p, row in zip(loose, estimates.itertuples(index=False), strict=True):
        parameter = problem.parameters[p]
        reached = problem.reached(parameter) if p >= problem.linear else []
        bounded = np.isfinite([row.low, row.high]).all() and (parameter.kind != "half_distance" or row.low > 0)
        if reached and not any(values[c] > 0 for c in reached):
            reason = "rate"
        elif not np.isfinite(row.error):
            reason = "bound"
        elif not bounded:
            reason = "open"
        else:
            continue
        found.setdefault(parameter.name, reason)
    return found
