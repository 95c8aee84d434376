"""Fit the decay of estimated flows to a network or to the known flows, or take it as the study assumes it."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...data import Fault, InnoscapeWarning, OptionError, StudyError, TableError
from ...data.flow_ends import flow_ends
from ...data.wording.catalogue import text
from ...network.flows.fit_decay import fit_decay
from ..plan.estimates import Estimate
from ..plan.inputs import Inputs
from ..plan.schema import STUDY_FILE, Network
from ..wording.notices import Notice

__all__ = ["Decay", "fitted_decay"]

# largest exponent that is tried, and largest rate by the inverse of the median cost
_MOST = {"exponent": 6.0, "rate": 20.0}
_COEFFICIENTS = {"exponent": "log_cost", "rate": "cost"}
_Z = 1.959963984540054
_COLUMNS = ["parameter", "value", "standard_error", "low", "high", "n", "fitted_to", "status"]


@dataclass(frozen=True, eq=False)
class Decay:
    """How flows fall with cost.

    Attributes
    ----------
    exponent, rate : float
    table : DataFrame
        Parameter, value, standard error, interval, number of flows, what it was fitted to, status.
    notices : list of Notice
    """

    exponent: float
    rate: float
    table: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=_COLUMNS))
    notices: list[Notice] = field(default_factory=list)


def fitted_decay(
    network: Network,
    inputs: Inputs,
    costs: pd.DataFrame,
    predict: Callable[[Decay], np.ndarray],
    observed: np.ndarray,
    at: str,
) -> Decay:
    """Return the decay of an estimate.

    Raises
    ------
    StudyError
        If a parameter is not identifiable and the study names no value to fall back on.
    """
    estimate = network.estimate
    assert estimate is not None  # noqa: S101
    values = {name: getattr(estimate, name) for name in ("exponent", "rate")}
    rows: list[tuple[object, ...]] = [
        (name, float(value), np.nan, np.nan, np.nan, None, None, "assumed")
        for name, value in values.items()
        if isinstance(value, float | int) and (name != "rate" or value)
    ]
    if not estimate.fits:
        return _decay(estimate, rows, [])
    to = estimate.fit_to.network if estimate.fit_to else "known"
    try:
        if estimate.fit_to is not None:
            fitted = _from_network(estimate, inputs.flows[to], costs)
        else:
            fitted = _from_known(estimate, costs, predict, observed)
    except (OptionError, TableError) as error:
        name = estimate.fits[0]
        if estimate.fallback is None:
            key = "faults.estimate.not_identifiable"
            raise StudyError(
                [Fault.of(key, STUDY_FILE, column=f"{at}.{name}", name=name, to=to, error=error)]
            ) from None
        value = estimate.fallback
        told = {"network": network.name, "name": name, "value": f"{value:g}", "reason": error.said}
        rows.append((name, value, np.nan, np.nan, np.nan, None, to, "assumed"))
        return _decay(estimate, rows, [Notice("warning", "notices.fell_back", told)])
    rows += [
        (name, value, error, value - _Z * error, value + _Z * error, n, to, "fitted")
        for name, (value, error, n) in fitted.items()
    ]
    return _decay(estimate, rows, [])


def _decay(estimate: Estimate, rows: list[tuple[object, ...]], notices: list[Notice]) -> Decay:
    table = pd.DataFrame(rows, columns=_COLUMNS)
    table["n"] = table["n"].astype("Int64")
    if estimate.decay == "none":
        table = table.iloc[:0]
    value = table.set_index("parameter")["value"].to_dict()
    return Decay(float(value.get("exponent", 0.0)), float(value.get("rate", 0.0)), table, notices)


def _from_network(estimate: Estimate, flows: pd.DataFrame, costs: pd.DataFrame) -> dict[str, tuple[float, float, int]]:
    """Fit a gravity model with an effect of every origin and destination to the flows of a network."""
    # most estimates fit no decay
    from ...network import fit_gravity

    known = flows["source"].isin(costs.index) & flows["target"].isin(costs.index) & (flows["source"] != flows["target"])
    rows = flows.loc[known, ["source", "target", "value"]]
    ends = sorted(flow_ends(rows))
    senders, takers = rows.loc[rows["value"] > 0, "source"].nunique(), rows.loc[rows["value"] > 0, "target"].nunique()
    free = len(ends) * (len(ends) - 1) - (senders + takers - 1) - len(estimate.fits)
    if rows.empty or free < 1:
        raise OptionError(text("faults.calls.fitted_decay.identifiable_flows_between_places", ends=len(ends)))
    with warnings.catch_warnings():
        # places that send or receive nothing say nothing of the decay
        warnings.simplefilter("ignore", InnoscapeWarning)
        decay = "power" if estimate.decay == "power" else "tanner" if estimate.decay == "tanner" else "exponential"
        fit = fit_gravity(rows, costs.loc[ends, ends], constraint="double", decay=decay)
    found = fit.coefficients.set_index("variable")
    n = int(fit.counts["used"])
    taken = {name: found.loc[_COEFFICIENTS[name]] for name in estimate.fits}
    if not all(np.isfinite([row["estimate"], row["standard_error"]]).all() for row in taken.values()):
        raise OptionError(text("faults.calls.fitted_decay.identifiable_standard_error_infinite"))
    return {name: (-float(row["estimate"]), float(row["standard_error"]), n) for name, row in taken.items()}


def _from_known(
    estimate: Estimate, costs: pd.DataFrame, predict: Callable[[Decay], np.ndarray], observed: np.ndarray
) -> dict[str, tuple[float, float, int]]:
    """Fit the one parameter under which the margins alone come closest to the known flows."""
    name, *others = estimate.fits
    if others:
        raise OptionError(text("faults.calls.fitted_decay.two_parameters_identifiable_known"))
    scale = 1.0 if name == "exponent" else float(np.median(costs.to_numpy()))

    def predicted(value: float) -> np.ndarray:
        return predict(Decay(value, 0.0) if name == "exponent" else Decay(0.0, value))

    fit = fit_decay(predicted, observed, most=_MOST[name] / scale)
    return {name: (fit.value, fit.standard_error, fit.n)}
