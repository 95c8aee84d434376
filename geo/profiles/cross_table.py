"""Cross two attributes of places, and test whether their classes go together."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_columns, check_names, check_number, hint, refuse
from ...data.places.keys import as_keys

__all__ = ["CrossTable", "class_matrix", "cross_table"]

# the rule of thumb under which expected counts carry a chi-square distribution
_LEAST_EXPECTED = 5.0
# tables whose probabilities differ by less than this share are equally probable
_TIE = 1e-7


@dataclass(frozen=True)
class CrossTable:
    """What `cross_table` found.

    Parameters
    ----------
    counts : DataFrame
        Places by class of the one attribute (rows) and the other (columns).
    expected : DataFrame
        Counts to expect where the attributes are independent.
    residuals : DataFrame
        Adjusted standardized residuals: about normal where they are independent; beyond 2 a cell is unusually full
        or empty.
    places : int
        Places that have both attributes.
    chi_square, degrees_of_freedom : float, int
        Pearson's statistic, without correction for continuity.
    p_value : float
        Of ``test``; missing where an attribute has one class only.
    test : str
        ``chi-square``, ``fisher`` (exact), ``fisher, sampled``, or ``none``.
    cramers_v : float
        Strength of association, from 0 to 1.
    tau_b, tau_p_value : float
        Kendall's rank correlation and its p-value; missing unless both attributes have an order.
    """

    counts: pd.DataFrame
    expected: pd.DataFrame = field(repr=False)
    residuals: pd.DataFrame = field(repr=False)
    places: int
    chi_square: float
    degrees_of_freedom: int
    p_value: float
    test: str
    cramers_v: float
    tau_b: float
    tau_p_value: float


def class_matrix(attributes: pd.DataFrame, attribute: str) -> pd.DataFrame:
    """Return which places have which classes of an attribute.

    Parameters
    ----------
    attributes : DataFrame
        ``place``, ``attribute``, ``class``.
    attribute : str
        Such as ``"sector"``.

    Returns
    -------
    DataFrame
        Places by classes (both sorted), True where a place has the class.

    Raises
    ------
    TableError
        A column is lacking.
    OptionError
        No place has the attribute.

    Examples
    --------
    >>> from innoscape.data import load
    >>> sectors = class_matrix(load("center_attributes"), "sector")
    >>> shared = sectors.loc["北京"] & sectors.loc["武汉"]
    >>> list(shared[shared].index)
    ['smart_manufacturing']
    """
    check_columns(attributes, "attributes", ("place", "attribute", "class"))
    given = sorted({str(name) for name in attributes["attribute"]})
    if attribute not in given:
        raise OptionError(f"attribute: needed one of {', '.join(given)}, got {attribute!r}{hint(attribute, given)}")
    own = attributes[attributes["attribute"] == attribute]
    return pd.crosstab(as_keys(own["place"]), own["class"]).gt(0).rename_axis(index="place", columns=None)


@documented(
    "pearson1900",
    "fisher1922",
    "freeman1951",
    "cramer1946",
    "kendall1938",
    formula="V = √(χ² / (n · min(r − 1, c − 1)))",
)
def cross_table(
    attributes: pd.DataFrame,
    rows: str,
    columns: str,
    *,
    orders: Mapping[str, Sequence[str]] | None = None,
    samples: int = 9_999,
    seed: int = 0,
) -> CrossTable:
    r"""Count places by two attributes and test their association.

    Pearson's :math:`\chi^2 = \sum (o - e)^2 / e` is compared with its distribution where every expected count is at
    least 5. Where one is below, the exact test given the margins is used: Fisher's for two by two classes; for more,
    the same sum (Freeman and Halton) over tables drawn with the margins, where
    :math:`p = (1 + \#\{P(t) \le P(o)\}) / (1 + samples)`. Strength is Cramér's
    :math:`V = \sqrt{\chi^2 / (n \min(r - 1, c - 1))}`.

    - Places that lack one of the attributes play no part; there are none with both: `OptionError`.
    - An attribute with one class only has no test: p and V are missing and ``test`` is ``none``.
    - A place may have one class of each attribute only: its row would otherwise be counted twice.
    - Few places cannot show an association: with n of 6 the exact test of two by two cannot fall below 0.1.
    - Exchanging rows and columns transposes the tables and changes no number of a test, sampling aside.

    Parameters
    ----------
    attributes : DataFrame
        ``place``, ``attribute``, ``class``, such as the contract ``attributes``.
    rows, columns : str
        The two attributes.
    orders : mapping, optional
        Classes of an attribute from the lowest to the highest; where both have one, Kendall's tau-b is computed, above
        0 where high goes with high.
    samples : int
        Tables to draw, at least 1.
    seed : int
        Seed of the draws.

    Returns
    -------
    CrossTable
        Counts, expected counts, residuals and tests.

    Raises
    ------
    TableError
        A column is lacking.
    OptionError
        An attribute that no place has, a place with several classes of it, no place with both, an order that lacks a
        class.

    References
    ----------
    Pearson, K. (1900). On the criterion that a given system of deviations ... Philosophical Magazine 50, 157-175.
    Fisher, R. A. (1922). On the interpretation of chi-square from contingency tables, and the calculation of P.
    Freeman, G. H., Halton, J. H. (1951). Note on an exact treatment of contingency, goodness of fit and other problems.
    Cramér, H. (1946). Mathematical Methods of Statistics. Kendall, M. G. (1938). A new measure of rank correlation.

    Examples
    --------
    >>> from innoscape.data import load
    >>> found = cross_table(load("center_attributes"), "type", "driver")
    >>> found.places, found.test, round(found.cramers_v, 2)
    (7, 'fisher, sampled', 1.0)
    """
    from scipy import stats

    check_number("samples", samples, least=1, whole=True)
    check_number("seed", seed, least=0, below=2**64, whole=True)
    check_names("orders", orders or {}, (rows, columns))
    one, other = _classes(attributes, rows), _classes(attributes, columns)
    both = pd.concat([one, other], axis=1, join="inner", keys=["rows", "columns"]).sort_index()
    refuse([f"rows, columns: needed a place with both, got none with {rows} and {columns}"] if both.empty else [])
    for attribute, side in ((rows, "rows"), (columns, "columns")):
        order = None if orders is None else orders.get(attribute)
        lacking = [] if order is None else sorted({*both[side]} - {*order})
        refuse([f"orders, {attribute}: needed every class, got none for {', '.join(lacking)}"] if lacking else [])
        kept = sorted({*both[side]}) if order is None else [name for name in order if name in {*both[side]}]
        both[side] = pd.Categorical(both[side], categories=kept, ordered=True)
    counts = pd.crosstab(both["rows"], both["columns"]).rename_axis(index=rows, columns=columns)
    table, n = counts.to_numpy(), len(both)
    row, column = table.sum(axis=1), table.sum(axis=0)
    expected = np.outer(row, column) / n
    spare = np.outer(1 - row / n, 1 - column / n)
    with np.errstate(invalid="ignore", divide="ignore"):
        residuals = (table - expected) / np.sqrt(expected * spare)
    tested = min(table.shape) > 1
    chi_square = float(((table - expected) ** 2 / expected).sum())
    test, p_value = _tested(table, expected, chi_square, samples, seed) if tested else ("none", math.nan)
    ordered = orders is not None and {rows, columns} <= {*orders}
    tau = stats.kendalltau(both["rows"].cat.codes, both["columns"].cat.codes) if ordered and tested else None
    return CrossTable(
        counts=counts,
        expected=pd.DataFrame(expected, index=counts.index, columns=counts.columns),
        residuals=pd.DataFrame(residuals, index=counts.index, columns=counts.columns),
        places=n,
        chi_square=chi_square,
        degrees_of_freedom=(table.shape[0] - 1) * (table.shape[1] - 1),
        p_value=p_value,
        test=test,
        cramers_v=math.sqrt(chi_square / (n * (min(table.shape) - 1))) if tested else math.nan,
        tau_b=math.nan if tau is None else float(tau.statistic),
        tau_p_value=math.nan if tau is None else float(tau.pvalue),
    )


def _classes(attributes: pd.DataFrame, attribute: str) -> pd.Series:
    """Return the one class of each place."""
    held = class_matrix(attributes, attribute)
    several = sorted(held.index[held.sum(axis=1) > 1])
    refuse([f"{attribute}: needed one class a place, got several of {', '.join(several)}"] if several else [])
    return held.idxmax(axis=1)


def _tested(table: np.ndarray, expected: np.ndarray, chi_square: float, samples: int, seed: int) -> tuple[str, float]:
    from scipy import stats

    if expected.min() >= _LEAST_EXPECTED:
        freedom = (table.shape[0] - 1) * (table.shape[1] - 1)
        return "chi-square", float(stats.chi2.sf(chi_square, freedom))
    if table.shape == (2, 2):
        return "fisher", float(stats.fisher_exact(table)[1])
    # the same draws whichever attribute stands in the rows
    tall = table if table.shape >= table.T.shape else table.T
    drawn = stats.random_table(tall.sum(axis=1), tall.sum(axis=0))
    tables = drawn.rvs(size=samples, random_state=np.random.default_rng(seed))
    rare = drawn.logpmf(tables) <= drawn.logpmf(tall) + _TIE
    return "fisher, sampled", float((1 + rare.sum()) / (1 + samples))
