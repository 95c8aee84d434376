"""Score a fitted spread on adoptions that the fit has not seen."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import cast

import numpy as np
import pandas as pd

from ....data.errors import OptionError
from ....data.options import is_number, refuse
from ....data.wording.catalogue import text
from ...flows.faults import adoption_faults, planted
from ..model.channel import Channel
from ..simulate.outcome import Seeds
from .fit_diffusion import DiffusionFit, fit_diffusion
from .history import FIRST, First, History, history_of
from .likelihood import Problem

__all__ = ["cross_validate"]


def cross_validate(
    adoptions: pd.DataFrame,
    centers: pd.DataFrame,
    channels: Sequence[Channel],
    *,
    horizon: float,
    after: float | None = None,
    costs: pd.DataFrame | None = None,
    flows: pd.DataFrame | None = None,
    people: pd.DataFrame | None = None,
    seeds: Seeds | First = FIRST,
    start: float | None = None,
    external: bool | float = True,
    receptivity: Mapping[Hashable, float] | pd.Series | None = None,
    covariates: pd.DataFrame | None = None,
    free: Iterable[str] = ("rate",),
    shared: bool = False,
) -> pd.DataFrame:
    """Score the model on adoptions left out of the fit, beside a model without a network.

    The log score is the log-likelihood of what was left out, each adoption given all that came before it. The
    baseline knows no places and no network: every place at risk adopts at one constant rate, ``events / time at
    risk`` of the same training data.

    - With ``after``, the model is fitted to what happened until then and scored on what came after.
    - Without, every innovation in turn is left out and scored by the model fitted to the others.

    Parameters
    ----------
    adoptions, centers, channels, horizon, costs, flows, people, seeds, start, external
        As in `fit_diffusion`.
    receptivity, covariates, free, shared
        As in `fit_diffusion`.
    after : float, optional
        Time that parts training from test; None leaves out innovations.

    Returns
    -------
    DataFrame
        ``left_out, events, network, baseline, gain``: log scores, and by how much an adoption is better described
        with the network (per adoption; above 0: the network helps). The last row ``all`` is their sum.

    Raises
    ------
    TableError, UnknownPlaceError
        As in `fit_diffusion`.
    OptionError
        As in `fit_diffusion`, or if there is nothing to leave out.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel
    >>> tier = pd.Categorical(["n", "r", "r", "r", "r"], categories=["n", "r"], ordered=True)
    >>> centers = pd.DataFrame({"place": list("WABCD"), "tier": tier})
    >>> adoptions = pd.DataFrame({"place": list("WABCD"), "time": [0.0, 4.0, 5.0, 5.5, 5.8]})
    >>> cross_validate(adoptions, centers, [Channel("peer", decay="none")], horizon=6.0, after=5.2).round(2)
        left_out  events  network  baseline  gain
    0  after 5.2       2    -1.66     -4.64  1.49
    1        all       2    -1.66     -4.64  1.49
    """
    refuse(adoption_faults(adoptions))
    seeds = cast("Seeds | First", planted(seeds))

    def fitted(rows: pd.DataFrame, until: float) -> DiffusionFit:
        return fit_diffusion(
            rows, centers, channels, horizon=until, costs=costs, flows=flows, people=people, seeds=seeds, start=start,
            external=external, receptivity=receptivity, covariates=covariates, free=free, shared=shared,
            intervals="wald",
        )  # fmt: skip

    folds: list[tuple[str, DiffusionFit, History]] = []
    if after is not None:
        if not (is_number(after) and is_number(horizon) and after < horizon):
            raise OptionError(
                text("faults.calls.cross_validate.after_time_before_horizon", horizon=repr(horizon), after=repr(after))
            )
        model = fitted(adoptions, after)
        places = model.problem.history.places
        test = history_of(adoptions, places, horizon=horizon, seeds=seeds, start=start, entry=after)
        folds.append((f"after {after:g}", model, test))
    else:
        for name in _innovations(adoptions):
            rest = adoptions[adoptions["innovation"] != name]
            model = fitted(rest, horizon)
            places = model.problem.history.places
            test = history_of(adoptions, places, horizon=horizon, seeds=seeds, start=start, innovations=[name])
            folds.append((str(name), model, test))
    return _table({name: _scores(model, test) for name, model, test in folds})


def _innovations(adoptions: pd.DataFrame) -> list[Hashable]:
    names = sorted(adoptions["innovation"].unique()) if "innovation" in adoptions else []
    if len(names) < 2:
        raise OptionError(text("faults.calls.cross_validate.innovation_two_after_part", names=len(names)))
    return names


def _scores(model: DiffusionFit, test: History) -> tuple[int, float, float]:
    fresh = Problem(
        test,
        model.problem.channels,
        model.problem.masks,
        model.problem.cost,
        model.problem.traits,
        model.problem.accept,
        model.problem.parameters,
    )
    trained = model.problem.history
    rate = trained.events / float(trained.outside.sum())
    baseline = test.events * float(np.log(rate)) - rate * float(test.outside.sum())
    return test.events, fresh.height(model.values), baseline


def _table(scores: Mapping[str, tuple[int, float, float]]) -> pd.DataFrame:
    rows = [(name, *row) for name, row in scores.items()]
    sums = tuple(np.array([row[1:] for row in rows], dtype=float).sum(axis=0))
    rows.append(("all", int(sums[0]), *sums[1:]))
    table = pd.DataFrame(rows, columns=["left_out", "events", "network", "baseline"])
    return table.assign(gain=(table["network"] - table["baseline"]) / table["events"].where(table["events"] > 0))
