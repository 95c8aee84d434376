"""Fit the chance of adopting in a period to exposure and to traits of places."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ....data.errors import OptionError
from ....data.methods import documented
from ....data.options import check_columns, choice_faults, number_faults, refuse, table_fault
from ...flows.fit_binary import LINKS, Link, fit_binary
from ...flows.too_large import bytes_of, check_work
from .exposure import Network, Weight, exposure, read_network

__all__ = ["HazardFit", "fit_hazard"]

Baseline = Literal["constant", "linear", "periods"]
BASELINES: tuple[str, ...] = get_args(Baseline)
Errors = Literal["likelihood", "place"]
ERRORS: tuple[str, ...] = get_args(Errors)


@dataclass(frozen=True, eq=False)
class HazardFit:
    """A regression of adoption in discrete time.

    Attributes
    ----------
    coefficients : DataFrame
        ``variable, estimate, standard_error, z, p_value, low, high``.
    rows : DataFrame
        ``place, time, event``, the terms and ``hazard``: one row a place and period at risk.
    log_likelihood : float
    counts : Series
        ``places`` at risk, ``rows``, ``events``, ``settled`` (rows of periods in which none or all of those at risk
        adopted, which a baseline by periods leaves out).
    """

    coefficients: pd.DataFrame
    rows: pd.DataFrame = field(repr=False)
    log_likelihood: float
    counts: pd.Series


@documented(
    "allison1982", "valente1995", formula="logit h<sub>j</sub>(t) = α(t) + β E<sub>j</sub>(t − lag) + γ x<sub>j</sub>"
)
def fit_hazard(
    adoptions: pd.DataFrame,
    flows: pd.DataFrame,
    *,
    places: Iterable[Hashable] = (),
    covariates: pd.DataFrame | None = None,
    directed: bool = True,
    weights: Weight = "flows",
    lag: float | None = None,
    period: float = 1.0,
    horizon: float | None = None,
    link: Link = "logit",
    baseline: Baseline = "constant",
    errors: Errors = "likelihood",
    confidence_level: float = 0.95,
) -> HazardFit:
    """Fit a hazard of adoption in discrete time, with exposure as a covariate.

    Each place is at risk from the period after the first adoption until it adopts, or until the horizon::

        link(h[j](t)) = alpha(t) + beta * exposure[j](t - lag) + gamma * x[j]

    - The first adopters are given: what moved them lies before the table begins.
    - A place that nothing reaches has an exposure of 0.
    - ``cloglog`` gives hazard ratios of the underlying continuous time, ``logit`` odds ratios.
    - Order of rows changes nothing.

    Parameters
    ----------
    adoptions : DataFrame
        ``place, time`` of one innovation; times are whole numbers of periods after the first.
    flows, places, directed, weights
        As in `exposure`.
    covariates : DataFrame, optional
        ``place`` and numeric columns, and ``time`` where they differ by period.
    lag : float, optional
        How long before a period exposure is taken; one period by default.
    period : float
        Length of a period.
    horizon : float, optional
        Last period observed; that of the last adoption if left out.
    link : {"logit", "cloglog", "probit"}
    baseline : {"constant", "linear", "periods"}
        One level, a trend in time, or an effect of each period.
    errors : {"likelihood", "place"}
        Standard errors of the likelihood, or clustered by place.
    confidence_level : float
        Of the intervals.

    Returns
    -------
    HazardFit

    Raises
    ------
    TableError
        As in `exposure`; if covariates lack a place or a period.
    OptionError
        If an option is unknown or out of range, times are no whole numbers of periods, or nothing happened after the
        first adoptions.
    SizeError
        If so many periods would not fit in memory.

    References
    ----------
    Allison (1982) *Sociological Methodology* 13:61-98. Valente (1995) *Network Models of the Diffusion of
    Innovations*.

    Examples
    --------
    >>> ring = list("abcdefghij")
    >>> flows = pd.DataFrame({"source": ring, "target": ring[1:] + ring[:1], "value": 1.0})
    >>> adopted = pd.DataFrame({"place": list("abchei"), "time": [1, 2, 3, 3, 4, 4]})
    >>> fit_hazard(adopted, flows).coefficients[["variable", "estimate"]].round(3)
       variable  estimate
    0  constant    -2.140
    1  exposure     3.239
    """
    lag = period if lag is None else lag
    faults = [*choice_faults("link", link, LINKS), *choice_faults("baseline", baseline, BASELINES)]
    faults += [*choice_faults("errors", errors, ERRORS), *number_faults("lag", lag, least=0.0)]
    faults += number_faults("period", period, above=0.0)
    faults += [] if horizon is None else number_faults("horizon", horizon)
    refuse([*faults, *number_faults("confidence_level", confidence_level, above=0, below=1)])
    network = read_network(adoptions, flows, places, directed=directed, weights=weights)
    times = _periods(network, period, horizon)
    levels = exposure(
        adoptions, flows, times=times, places=network.places, directed=directed, weights=weights, lag=lag
    ).reindex(columns=network.places)
    rows = _at_risk(network, times, levels.fillna(0.0).to_numpy())
    names = ["exposure"]
    if covariates is not None:
        rows, more = _with_traits(rows, covariates)
        names += more
    settled = 0
    columns: dict[str, np.ndarray] = {}
    if baseline == "periods":
        share = rows.groupby("time")["event"].transform("mean").to_numpy()
        settled = int(((share == 0) | (share == 1)).sum())
        rows = rows[(share > 0) & (share < 1)].reset_index(drop=True)
        columns = {f"period[{when:g}]": (rows["time"] == when).to_numpy(dtype=float) for when in rows["time"].unique()}
    else:
        columns = {"constant": np.ones(len(rows))}
        if baseline == "linear":
            columns["time"] = rows["time"].to_numpy(dtype=float)
    columns |= {name: rows[name].to_numpy(dtype=float) for name in names}
    clusters = pd.factorize(rows["place"])[0] if errors == "place" else None
    event = rows["event"].to_numpy(dtype=float)
    found = fit_binary(np.column_stack([*columns.values()]), event, list(columns), link=link, clusters=clusters)
    counts = {"places": rows["place"].nunique(), "rows": len(rows), "events": int(event.sum()), "settled": settled}
    return HazardFit(
        found.table(confidence_level),
        rows.assign(hazard=found.chance),
        found.log_likelihood,
        pd.Series(counts, name="counts"),
    )


def _periods(network: Network, period: float, horizon: float | None) -> np.ndarray:
    """Return the periods after the first adoption."""
    known = network.times[np.isfinite(network.times)]
    if not len(known):
        raise OptionError("adoptions: needed at least one adoption, got none")
    first, last = known.min(), known.max()
    if horizon is not None and horizon < last:
        raise OptionError(f"horizon: needed at least the last adoption {last:g}, got {horizon!r}")
    steps = (known - first) / period
    if np.abs(steps - np.round(steps)).max() > 1e-9:
        raise OptionError("time: needed whole numbers of periods, got fractions; round them, or give period=")
    many = int(np.floor(((last if horizon is None else horizon) - first) / period + 1e-9))
    if not many:
        raise OptionError("adoptions: needed adoptions after the first period, got none")
    # each term and each place at risk stands in a row for every period
    memory, ties = bytes_of(float(many) * len(network.times), arrays=8), int(np.count_nonzero(network.weight))
    check_work(f"{many} periods", len(network.times), ties, "give a longer period=", memory=memory)
    return first + period * np.arange(1, many + 1)


def _at_risk(network: Network, times: np.ndarray, levels: np.ndarray) -> pd.DataFrame:
    """List each place in each period in which it could adopt, by place and time."""
    slack = 1e-9 * max(abs(times).max(), 1.0)
    risk = network.times[:, None] > times[None, :] - slack
    risk[network.times < times[0] - slack] = False
    i, k = np.nonzero(risk)
    return pd.DataFrame(
        {
            "place": pd.Series([network.places[at] for at in i], dtype=object),
            "time": times[k],
            "event": (np.abs(network.times[i] - times[k]) <= slack).astype(int),
            "exposure": levels[k, i],
        }
    )


def _with_traits(rows: pd.DataFrame, covariates: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    check_columns(covariates, "covariates", ("place",))
    keys = ["place", *(["time"] if "time" in covariates else [])]
    names = [str(name) for name in covariates.columns if name not in keys]
    taken = {"event", "exposure", "hazard", "constant"} & {*names}
    if taken or not names:
        came = ", ".join(sorted(taken)) or "none"
        raise table_fault("covariates", "columns of traits with names of their own", came, "rename or add them")
    if covariates.duplicated(keys).any():
        raise table_fault("covariates", f"each {' and '.join(keys)} once", "copies", "drop the copies")
    joined = rows.merge(covariates, on=keys, how="left")
    numbers = joined[names].apply(pd.to_numeric, errors="coerce")
    lacking = joined.loc[~np.isfinite(numbers.to_numpy(dtype=float)).all(axis=1), "place"]
    if len(lacking):
        came = f"none for {', '.join(map(str, sorted(set(lacking), key=str)[:5]))}"
        raise table_fault("covariates", "a finite number for each place and period at risk", came, "fill them")
    joined[names] = numbers
    return joined, names
