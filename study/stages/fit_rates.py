"""Fit numbers of a study's diffusion to adoptions or to flows, and draw the versions that the runs are shared among."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from ...data import Fault, InnoscapeError, StudyError, TableError
from ...data.errors import warn
from ...data.wording.catalogue import text
from ...network import Channel
from ...network.diffusion.fit.draw_estimates import draw_estimates
from ..plan.diffusion_fit import EXTERNAL, KINDS, DiffusionFit, freed
from ..plan.inputs import Tables
from ..plan.schema import STUDY_FILE
from ..wording.notices import Notice
from .build_chain import Chain
from .fit_to_adoptions import fit_to_adoptions
from .fit_to_flows import fit_to_flows
from .found_fit import FoundFit
from .spread_numbers import Numbers, assumed_numbers

__all__ = ["FittedRates", "fit_rates"]

AT = "diffusion.fit"
# why a number is not identifiable -> the fault, and the warning where the assumed number is kept
LOST: Mapping[str, tuple[str, str]] = {
    "alike": ("faults.fit.alike", "warnings.fit.kept_alike"),
    "rate": ("faults.fit.rate", "warnings.fit.kept_rate"),
    "bound": ("faults.fit.bound", "warnings.fit.kept_bound"),
    "open": ("faults.fit.open", "warnings.fit.kept_open"),
}


@dataclass(frozen=True, eq=False)
class FittedRates:
    """The numbers of a diffusion after what is fitted.

    Attributes
    ----------
    estimate : Numbers
        With the fitted numbers at their estimates.
    versions : tuple of Numbers
        Drawn from the distribution of the estimates; the estimate alone where nothing is fitted.
    effects : tuple of Effect
        What receptivity depends on besides tiers.
    tables : dict
        ``fitted`` and what says how well the fit describes what was seen; empty without a fit.
    notices : tuple of Notice
    tests : callable
        Computes the tables of tests and calibration, which a check needs not.
    """

    estimate: Numbers
    versions: tuple[Numbers, ...]
    effects: tuple = ()
    tables: Tables = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    tests: Callable[[], Tables] = dict


def fit_rates(chain: Chain) -> FittedRates:
    """Fit what the study asks for; a study without a fit keeps the numbers that it assumes.

    Raises
    ------
    StudyError, TableError
        If there is nothing to fit to, or a number is not identifiable and the study does not say that the assumed one
        is to be kept.
    """
    options = chain.inputs.study.diffusion
    assert options is not None  # noqa: S101 - asked only of studies that simulate diffusion
    assumed, plan = assumed_numbers(chain), options.fit
    if plan is None:
        return FittedRates(assumed, (assumed,))
    channels = {channel.name: channel for channel in assumed.channels}
    free, found = freed(plan.free, channels), None
    lost: dict[str, str] = {}
    if plan.flows is not None:
        # flows are always credited to all channels but that which is made of them
        free = [*free, *(f"{name}.rate" for name in channels if f"{name}.rate" not in free)]
        free = [name for name in free if not name.startswith("tie.")]
    while any(name.endswith(".rate") for name in free) if plan.flows is not None else free or plan.covariates:
        found = _found(plan, chain, assumed, free)
        if found is None:
            lost |= dict.fromkeys(free, "refused")
            break
        fresh = found.unidentified
        if not fresh:
            break
        if plan.otherwise == "fault" or any(name.startswith("receptivity.") for name in fresh):
            raise StudyError(_lost_faults(plan, fresh, free))
        lost |= fresh
        free = _others(free, fresh)
        found = None
    for name, reason in lost.items():
        if reason in LOST:
            warn(LOST[reason][1], name=name, stacklevel=4)
    return _outcome(plan, assumed, found, lost, seed=options.seed, runs=options.runs)


def _found(plan: DiffusionFit, chain: Chain, assumed: Numbers, free: list[str]) -> FoundFit | None:
    """Fit once; what cannot be fitted at all is a fault, or a doubt where the study keeps what it assumes."""
    try:
        if plan.flows is not None:
            return fit_to_flows(plan, chain, assumed, free)
        return fit_to_adoptions(plan, chain, assumed, free)
    except StudyError:
        raise
    except InnoscapeError as error:
        told = error.faults if isinstance(error, TableError) and all(fault.key for fault in error.faults) else ()
        if plan.otherwise == "fault":
            if told:
                raise
            raise StudyError([Fault.of("faults.fit.refused", STUDY_FILE, column=AT, error=error)]) from None
        reason = [fault.came for fault in told] if told else str(error)
        warn("warnings.fit.refused", reason=reason, stacklevel=5)
        return None


def _others(free: Iterable[str], lost: Iterable[str]) -> list[str]:
    """Return what is left to fit; of a shared number every channel's own is given up."""
    return [one for one in free if not any(one == name or one.endswith(f".{name}") for name in lost)]


def _lost_faults(plan: DiffusionFit, lost: Mapping[str, str], free: list[str]) -> Iterator[Fault]:
    """Say of each number that is not identifiable how the study does without it."""
    # of numbers of which only the sum is known, one can be fitted
    alike = [name for name, reason in lost.items() if reason == "alike"]
    kept = _others(free, [name for name in lost if name not in alike[-1:]])
    if plan.flows is not None:
        # rates are always fitted to flows
        rates = any(name.endswith("rate") for name in lost)
        kept = [] if rates else [name for name in kept if not name.endswith(".rate")] or ["rate"]
    for name, reason in lost.items():
        covariate = name.removeprefix("receptivity.")
        if covariate != name:
            out = text("faults.fit.no_covariate", name=covariate)
        else:
            out = text("faults.fit.without", names=json.dumps(kept)) if kept else text("faults.fit.no_fit")
        yield Fault.of(LOST[reason][0], STUDY_FILE, column=f"{AT}.free", name=name, out=out)


def _outcome(
    plan: DiffusionFit,
    assumed: Numbers,
    found: FoundFit | None,
    lost: Mapping[str, str],
    *,
    seed: int,
    runs: int,
) -> FittedRates:
    kept = pd.DataFrame(
        [(name, _number(assumed, name), reason) for name, reason in lost.items()],
        columns=["parameter", "assumed", "reason"],
    ).assign(status="assumed")
    if found is None:
        return FittedRates(assumed, (assumed,), tables={"fitted": _columns(kept)})
    own = found.estimates
    drawn = draw_estimates(
        own[~own["parameter"].str.startswith("receptivity.")],
        found.correlation,
        draws=max(min(plan.draws, runs // 2), 1),
        seed=seed,
        confidence_level=plan.confidence_level,
    )
    estimate = _changed(assumed, dict(zip(own["parameter"], own["value"], strict=True)))
    table = own.assign(assumed=[_number(assumed, name) for name in own["parameter"]], status="fitted", reason=None)
    return FittedRates(
        estimate,
        tuple(_changed(assumed, row) for row in drawn.to_dict("records")),
        found.effects,
        {"fitted": _columns(pd.concat([table, kept], ignore_index=True) if len(kept) else table), **found.tables},
        found.notices,
        found.tests,
    )


def _columns(table: pd.DataFrame) -> pd.DataFrame:
    return table.reindex(
        columns=["parameter", "assumed", "value", "error", "low", "high", "p_value", "status", "reason"]
    )


def _changed(numbers: Numbers, given: Mapping[str, float]) -> Numbers:
    """Return the numbers with some of them replaced."""
    channels = []
    for channel in numbers.channels:
        new = {
            kind: float(given[key])
            for kind in KINDS
            for key in (kind, f"{channel.name}.{kind}")
            if key in given and _has(channel, kind)
        }
        channels.append(replace(channel, **new))
    return Numbers(tuple(channels), float(given.get(EXTERNAL, numbers.external)))


def _has(channel: Channel, kind: str) -> bool:
    return getattr(channel, kind) is not None and (kind == "rate" or channel.decay != "none")


def _number(numbers: Numbers, parameter: str) -> float | None:
    """Return the number that the study assumes; none where channels share one, or for an effect."""
    if parameter == EXTERNAL:
        return numbers.external
    name, _, kind = parameter.rpartition(".")
    return next((getattr(c, kind) for c in numbers.channels if c.name == name and kind in KINDS), None)
