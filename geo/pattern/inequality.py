"""Measure the inequality of values over places, for all years in one call, and draw its Lorenz curve as a table."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...data.conventions import follows_conventions
from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_number, idle_faults, listed, name_faults, refuse
from ...data.wording.catalogue import few, text
from .inequality_measures import MEASURES, Spread
from .place_values import Given, PlaceValues, as_place_values

__all__ = ["inequality", "lorenz"]

# measures with a form for samples: the power of n / (n - 1) that they are multiplied by
SAMPLED = {"gini": 1.0, "variation": 0.5}


@follows_conventions
def inequality(
    values: pd.DataFrame | pd.Series,
    *,
    weights: Given = None,
    groups: str | pd.Series | None = None,
    measures: Sequence[str] = ("gini", "theil_t", "theil_l", "variation"),
    by: str | None = "year",
    epsilon: float = 0.5,
    sample: Sequence[str] = (),
    convention: str | None = None,
) -> pd.DataFrame:
    r"""Measure how unequally values lie over places.

    `inequality_measures` lists the measures with formulas, bounds and sources. With weights, values are per head (of
    the weight): ``gini`` becomes the population-weighted Gini, ``variation`` Williamson's coefficient.

    - A missing value leaves its place out of that year; ``places`` says how many remain.
    - One place: 0 for the measures of inequality, 1 for ``herfindahl``; what is relative to n is ``undefined``.
    - All values at 0: ``undefined`` (not a number). A value of 0: ``theil_l`` is ``infinite``, ``atkinson`` with
      epsilon of at least 1 is 1.

    Parameters
    ----------
    values : DataFrame or Series
        ``place``, ``value`` (at least 0) and the column of years; or a number by place.
    weights : str or Series, optional
        Column of ``values``, or a number by place, such as population.
    groups : str or Series, optional
        Column or Series by place: the measures are also computed within each group, such as a tier.
    measures : sequence of str
        Some of `inequality_measures`.
    by : str or None
        Column of years; None where there is none.
    epsilon : float
        Aversion to inequality of ``atkinson``, above 0.
    sample : sequence of str
        Measures that take the n places for a sample of more: ``gini`` is multiplied by :math:`n / (n - 1)`,
        ``variation`` by the root of it (the standard deviation then divides by n - 1). One place is ``undefined``.
    convention : str, optional
        Program whose number is wanted, such as ``"stata"``, ``"r-desctools"`` or ``"pysal"``: options left out
        take its values (see `innoscape.data.list_conventions`).

    Returns
    -------
    DataFrame
        ``year`` (or what ``by`` is), ``group`` where groups are given (``all``: all places), ``measure``, ``value``,
        ``convention``, ``places``, ``status`` (``computed``, ``infinite``, ``undefined``).

    Raises
    ------
    OptionError
        Negative or infinite values or weights, an empty table, an unknown measure.
    TableError
        A missing column, or a place that stands twice in a year.

    References
    ----------
    Cowell, F. (2011). Measuring Inequality, 3rd ed. Oxford University Press.

    Examples
    --------
    >>> table = pd.DataFrame({"place": list("abab"), "year": [2020, 2020, 2021, 2021], "value": [1, 3, 2, 2]})
    >>> inequality(table, measures=["gini", "hoover"])[["year", "measure", "value", "status"]]
       year measure  value    status
    0  2020    gini   0.25  computed
    1  2020  hoover   0.25  computed
    2  2021    gini   0.00  computed
    3  2021  hoover   0.00  computed
    """
    measures = [str(name) for name in listed(measures, name="measures")]
    sampled = [str(name) for name in listed(sample, name="sample")]
    refuse([*name_faults(measures, MEASURES, name="measures"), *name_faults(sampled, SAMPLED, name="sample")])
    check_number("epsilon", epsilon, above=0)
    # a convention names every measure that its program corrects
    if convention is None and (idle := [name for name in sampled if name not in measures]):
        raise OptionError(text("faults.calls.inequality.sample_some_measures_asked", idle=few(idle)))
    if "atkinson" not in measures:
        refuse(idle_faults(inequality, "without atkinson", epsilon=epsilon))
    read = as_place_values(values, weights=weights, groups=groups, by=by)
    everywhere = _measured(read, np.ones_like(read.known), measures, float(epsilon), sampled)
    if groups is None:
        return everywhere
    parts, (codes, names) = [everywhere], next(iter(read.groups.values()))
    parts[0].insert(len(read.years_column()), "group", "all")
    for number, name in enumerate(names):
        part = _measured(read, codes == number, measures, float(epsilon), sampled)
        part.insert(len(read.years_column()), "group", name)
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(by, kind="stable", ignore_index=True) if read.by else table


def _measured(
    read: PlaceValues, among: np.ndarray, measures: list[str], epsilon: float, sampled: list[str]
) -> pd.DataFrame:
    weights = np.where(among, read.weights, 0.0)
    spread = Spread.of(np.where(among, read.numbers, 0.0), weights)
    with np.errstate(invalid="ignore"):
        columns = [MEASURES[name].compute(spread, epsilon) for name in measures]
    freed = spread.count / np.where(spread.count > 1, spread.count - 1.0, np.nan)
    powers = [SAMPLED[name] if name in sampled else 0.0 for name in measures]
    found = np.array([c * freed**power if power else c for c, power in zip(columns, powers, strict=True)]).T
    if len(measures):
        # a year without places, or without a total, has no inequality
        found[np.isnan(spread.s).any(axis=1)] = np.nan
    count, many = len(read.periods), len(measures)
    status = np.where(np.isnan(found), "undefined", np.where(np.isinf(found), "infinite", "computed"))
    conventions = [
        _convention(name, epsilon, weighted=read.weighted) + (", of a sample" if name in sampled else "")
        for name in measures
    ]
    return pd.DataFrame(
        read.years_column(many)
        | {
            "measure": measures * count,
            "value": found.ravel(),
            "convention": conventions * count,
            "places": np.repeat((read.known & among).sum(axis=1), many),
            "status": status.ravel(),
        }
    )


def _convention(measure: str, epsilon: float, *, weighted: bool) -> str:
    how = "places weighted" if weighted else "places equal"
    if measure == "atkinson":
        return f"{how}, epsilon {epsilon:g}"
    return f"{how} (Williamson)" if weighted and measure == "variation" else how


@documented("lorenz1905", formula="L(Σ p) = Σ s, places by rising value")
def lorenz(values: pd.DataFrame | pd.Series, *, weights: Given = None, by: str | None = "year") -> pd.DataFrame:
    """Return the shares of places and the Lorenz curve that they trace, from the smallest value up.

    The curve begins at (0, 0), which is not in the table, and ends at (1, 1); it lies on or below the diagonal, and the
    Gini is twice the area between.

    Parameters
    ----------
    values, weights, by
        As in `inequality`.

    Returns
    -------
    DataFrame
        ``year``, ``place``, ``weight_share``, ``share``, ``cumulative_weight``, ``cumulative_share``, ``status``
        (``undefined`` in a year whose total is 0), in the order of the curve; a place without value has no row.

    Raises
    ------
    OptionError, TableError
        As in `inequality`.

    References
    ----------
    Lorenz, M. O. (1905). Methods of measuring the concentration of wealth. Publications of the American Statistical
    Association 9 (70), 209-219.

    Examples
    --------
    >>> lorenz(pd.Series({"a": 3.0, "b": 1.0}))[["place", "share", "cumulative_weight", "cumulative_share"]]
      place  share  cumulative_weight  cumulative_share
    0     b   0.25                0.5              0.25
    1     a   0.75                1.0              1.00
    """
    read = as_place_values(values, weights=weights, by=by)
    spread = Spread.of(read.numbers, read.weights)
    order = np.argsort(np.where(read.known, read.numbers, np.inf), axis=1, kind="stable")
    p, s, known = (np.take_along_axis(a, order, axis=1) for a in (spread.p, spread.s, read.known))
    table = pd.DataFrame(
        read.years_column(len(read.places))
        | {
            "place": np.asarray(read.places)[order].ravel(),
            "weight_share": p.ravel(),
            "share": s.ravel(),
            "cumulative_weight": np.cumsum(p, axis=1).ravel(),
            "cumulative_share": np.cumsum(s, axis=1).ravel(),
            "status": np.where(np.isnan(s), "undefined", "computed").ravel(),
        }
    )
    return table[known.ravel()].reset_index(drop=True)
