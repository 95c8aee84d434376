"""Build matrices that say how near places are to each other: in space, in kind, in what they know, through partners.

Every builder returns a labeled matrix (n x n, rows are sources) in the order of its input: a proximity, where more is
nearer, or a difference, where 0 is alike. They are what `qap` and `mrqap` correlate with flows.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import check_choice, check_columns, check_number, table_fault
from ..flows.check_graph import by_place
from ..flows.matrices import square, values_of
from ..specialization.class_table import read_classes

__all__ = ["class_proximity", "cost_proximity", "institutional_proximity", "social_proximity", "value_difference"]

Decay = Literal["inverse", "exponential", "linear", "threshold"]
DECAYS: tuple[str, ...] = get_args(Decay)
Overlap = Literal["cosine", "jaffe", "correlation", "min_overlap", "mahalanobis"]
OVERLAPS: tuple[str, ...] = get_args(Overlap)
Partner = Literal["jaccard", "adamic_adar", "common"]
PARTNERS: tuple[str, ...] = get_args(Partner)
Difference = Literal["absolute", "log", "relative", "signed"]
DIFFERENCES: tuple[str, ...] = get_args(Difference)


def cost_proximity(costs: pd.DataFrame, *, method: Decay = "inverse", scale: float | None = None) -> pd.DataFrame:
    """Turn costs (km for geographic, minutes for temporal proximity) into proximities from 0 to 1.

    ::

        inverse       scale / (scale + cost)          1 at cost 0, 1/2 at the scale
        exponential   2 ** (-cost / scale)            1 at cost 0, 1/2 at the scale
        linear        max(0, 1 - cost / scale)        1 at cost 0, 0 from the scale on
        threshold     1 where cost <= scale, else 0   neighbors, or within a day's return trip

    Parameters
    ----------
    costs : DataFrame
        n x n, at least 0; may differ by direction. Missing cells stay missing.
    method : {"inverse", "exponential", "linear", "threshold"}
        See above.
    scale : float, optional
        In the unit of the costs, above 0. Left out it is the median cost between different places, for ``"linear"``
        the largest; ``"threshold"`` needs it.

    Returns
    -------
    DataFrame
        n x n, 0..1, in the order given.

    Raises
    ------
    TableError
        If labels differ between rows and columns, or a cost is negative or no finite number.
    OptionError
        If the method is unknown, or the scale is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> km = pd.DataFrame([[0, 100, 300], [100, 0, 200], [300, 200, 0]], index=list("abc"), columns=list("abc"))
    >>> cost_proximity(km, scale=100).round(2)
          a     b     c
    a  1.00  0.50  0.25
    b  0.50  1.00  0.33
    c  0.25  0.33  1.00
    """
    check_choice("method", method, DECAYS)
    _, sorted_costs = square(costs, "costs")
    known = sorted_costs[~np.eye(len(sorted_costs), dtype=bool)]
    known = known[~np.isnan(known)]
    values = values_of(costs, "costs")
    if (values < 0).any():
        raise table_fault("costs", "numbers of at least 0", "negative ones", "correct these cells")
    if scale is None:
        if method == "threshold":
            raise OptionError("method 'threshold' needs a scale: the largest cost at which places are neighbors")
        if not known.size:
            raise OptionError("without any cost between different places a scale must be given")
        scale = float(known.max() if method == "linear" else np.median(known))
    check_number("scale", scale, above=0)
    if method == "inverse":
        near = scale / (scale + values)
    elif method == "exponential":
        near = 2.0 ** (-values / scale)
    elif method == "linear":
        near = np.maximum(0.0, 1 - values / scale)
    else:
        near = np.where(np.isnan(values), np.nan, (values <= scale).astype(float))
    return pd.DataFrame(near, index=costs.index, columns=costs.columns)


def institutional_proximity(places: pd.DataFrame, columns: str | Sequence[str]) -> pd.DataFrame:
    """Return the share of the columns in which two places agree: same tier, same scope, same kind.

    - With one column the matrix is 1 where both places are alike, else 0.
    - A column counts for a pair only where both places have a value; without any such column the cell is missing.

    Parameters
    ----------
    places : DataFrame
        ``place`` (unique) and the columns.
    columns : str or sequence of str
        Such as ``["tier", "scope"]``.

    Returns
    -------
    DataFrame
        n x n, 0..1, symmetric, in the order given.

    Raises
    ------
    TableError
        If a column is missing, or a place stands twice.
    OptionError
        If no column is named.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"place": ["a", "b", "c"], "tier": ["high", "high", "low"], "scope": ["X", "Y", "X"]})
    >>> institutional_proximity(table, ["tier", "scope"])
         a    b    c
    a  1.0  0.5  0.5
    b  0.5  1.0  0.0
    c  0.5  0.0  1.0
    """
    names = [columns] if isinstance(columns, str) else list(columns)
    check_columns(places, "places", ["place", *names])
    if not names:
        raise OptionError("name at least one column, such as 'tier'")
    if places["place"].isna().any() or places["place"].duplicated().any():
        raise table_fault("places", "every place once", "empty cells or copies", "fill or drop these rows", "place")
    same, counted = np.zeros((len(places), len(places))), np.zeros((len(places), len(places)))
    for name in names:
        codes = pd.factorize(places[name])[0]
        known = (codes >= 0)[:, None] & (codes >= 0)
        same += known & (codes[:, None] == codes)
        counted += known
    with np.errstate(invalid="ignore"):
        near = same / counted
    labels = pd.Index(places["place"].tolist())
    return pd.DataFrame(near, index=labels, columns=labels)


def class_proximity(table: pd.DataFrame, *, method: Overlap = "cosine") -> pd.DataFrame:
    """Return how alike the profiles of places are over sectors (industrial) or IPC classes (technological, cognitive).

    With s[i] the shares of the classes in the amounts of place i::

        cosine        s[i] . s[j] / (|s[i]| |s[j]|)              0..1, also called Jaffe's: ``"jaffe"`` is the same
        correlation   Pearson correlation of s[i] and s[j]       -1..1
        min_overlap   sum over c of min(s[i, c], s[j, c])        0..1, = 1 - Krugman's index / 2
        mahalanobis   u[i] . W u[j],  u[i] = s[i] / |s[i]|,  W = cosine between classes over places
                                                                 at least the cosine; may exceed 1

    Mahalanobis lets related classes count as partly alike (Bloom, Schankerman & Van Reenen 2013).

    - Multiplying the row of a place by a number changes nothing.
    - Places without anything have no profile: nan.

    Parameters
    ----------
    table : DataFrame
        Places x classes, amounts of at least 0.
    method : {"cosine", "jaffe", "correlation", "min_overlap", "mahalanobis"}
        See above.

    Returns
    -------
    DataFrame
        n x n, symmetric, in the order given.

    Raises
    ------
    TableError
        If a label stands twice or a cell is missing, negative or no number.
    OptionError
        If the method is unknown.

    References
    ----------
    Jaffe (1986) *American Economic Review* 76; Krugman (1991) *Geography and Trade*; Bloom, Schankerman & Van Reenen
    (2013) *Econometrica* 81.

    Examples
    --------
    >>> import pandas as pd
    >>> patents = pd.DataFrame({"A61": [8, 2, 0], "H01": [2, 8, 5]}, index=["a", "b", "c"])
    >>> class_proximity(patents, method="min_overlap")
         a    b    c
    a  1.0  0.4  0.2
    b  0.4  1.0  0.8
    c  0.2  0.8  1.0
    """
    check_choice("method", method, OVERLAPS)
    read = read_classes(table)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = read.amounts / read.amounts.sum(axis=1, keepdims=True)
        if method == "min_overlap":
            near = np.stack([np.minimum(row, share).sum(axis=1) for row in share])
        elif method == "correlation":
            near = _cosine(share - share.mean(axis=1, keepdims=True))
        elif method == "mahalanobis":
            unit = share / np.sqrt((share**2).sum(axis=1, keepdims=True))
            between = np.nan_to_num(_cosine(np.nan_to_num(share).T), nan=0.0)
            near = unit @ between @ unit.T
            near = (near + near.T) / 2
        else:
            near = _cosine(share)
    return read.by_place(near)


def _cosine(rows: np.ndarray) -> np.ndarray:
    """Return cosines between rows; nan for a row of zeros."""
    size = np.sqrt((rows**2).sum(axis=1))
    size = np.where(size > 1e-12, size, np.nan)
    near = np.clip(rows @ rows.T / np.outer(size, size), -1.0, 1.0)
    near[np.diag_indices(len(rows))] = np.where(np.isnan(size), np.nan, 1.0)
    return near


def social_proximity(ties: pd.DataFrame, *, method: Partner = "jaccard", exclude_pair: bool = True) -> pd.DataFrame:
    """Return how far two places share the same partners.

    N(i) are the places that i sends to or receives from (any value above 0, in either direction)::

        jaccard       |N(i) and N(j)| / |N(i) or N(j)|                            0..1, 0 without partners
        common        |N(i) and N(j)|
        adamic_adar   sum over common partners z of 1 / ln |N(z)|                 rare partners count more

    - ``exclude_pair`` leaves i and j out of each other's partners, so that the measure of a pair does not depend on
      the tie between them; False counts it, as networkx does.
    - On the diagonal stand 1 for Jaccard (0 without partners), the number of partners, and their sum of
      ``1 / ln |N(z)|`` over partners that have others.

    Parameters
    ----------
    ties : DataFrame
        n x n flows or ties of at least 0, as `to_matrix` makes; missing cells and the diagonal count as no tie.
    method : {"jaccard", "adamic_adar", "common"}
        See above.
    exclude_pair : bool
        Whether the tie between the two places is left out.

    Returns
    -------
    DataFrame
        n x n, symmetric, in the order given.

    Raises
    ------
    TableError
        If labels differ between rows and columns, or a value is negative or no finite number.
    OptionError
        If the method is unknown.

    References
    ----------
    Adamic & Adar (2003) *Social Networks* 25; Liben-Nowell & Kleinberg (2007) *JASIST* 58.

    Examples
    --------
    >>> import pandas as pd
    >>> ties = pd.DataFrame([[0, 1, 1], [0, 0, 1], [0, 0, 0]], index=list("abc"), columns=list("abc"))
    >>> social_proximity(ties, method="common")
         a    b    c
    a  2.0  1.0  1.0
    b  1.0  2.0  1.0
    c  1.0  1.0  2.0
    """
    check_choice("method", method, PARTNERS)
    places, values = square(ties, "ties")
    if (values < 0).any():
        raise table_fault("ties", "numbers of at least 0", "negative ones", "correct these cells")
    partner = ((values > 0) | (values > 0).T).astype(float)
    np.fill_diagonal(partner, 0.0)
    degree = partner.sum(axis=1)
    common = partner @ partner
    if method == "adamic_adar":
        worth = np.where(degree > 1, 1 / np.log(np.where(degree > 1, degree, 2.0)), 0.0)
        near = (partner * worth) @ partner
        near = (near + near.T) / 2
    elif method == "jaccard":
        # a tie puts each of the two into the partners of the other, hence twice into the union
        either = degree[:, None] + degree - common - (2 * partner if exclude_pair else 0.0)
        near = np.where(either > 0, common / np.where(either > 0, either, 1.0), 0.0)
    else:
        near = common
    labels = pd.Index(places)
    rows, columns = labels.get_indexer(ties.index), labels.get_indexer(ties.columns)
    return pd.DataFrame(near[np.ix_(rows, columns)], index=ties.index, columns=ties.columns)


def value_difference(
    values: Mapping[Any, float] | pd.Series, *, method: Difference = "absolute", places: Iterable[Any] | None = None
) -> pd.DataFrame:
    """Return how far places differ in one number, such as GDP per head (economic) or R&D intensity (technological).

    ::

        absolute   |v[i] - v[j]|
        log        |ln v[i] - ln v[j]|                   values above 0
        relative   |v[i] - v[j]| / (v[i] + v[j])         0..1, values of at least 0; 0 where both are 0
        signed     v[j] - v[i]                           what the target has more than the source; not symmetric

    Differences, not proximities: 0 is alike. In a regression a negative coefficient then means that likes attract.

    Parameters
    ----------
    values : mapping or Series
        Place -> value.
    method : {"absolute", "log", "relative", "signed"}
        See above.
    places : iterable, optional
        Order of rows and columns; that of ``values`` where left out. A place without value has missing cells.

    Returns
    -------
    DataFrame
        n x n.

    Raises
    ------
    OptionError
        If a place stands twice, or a value is no number or does not suit the method.

    Examples
    --------
    >>> value_difference({"a": 10.0, "b": 30.0}, method="relative")
         a    b
    a  0.0  0.5
    b  0.5  0.0
    """
    check_choice("method", method, DIFFERENCES)
    series: Any = by_place(values, "values", numeric=True)
    if places is not None:
        series = series.reindex(pd.Index(list(places)))
    v = series.to_numpy()
    if np.isinf(v).any():
        raise OptionError("values must be finite")
    if (method == "log" and (v <= 0).any()) or (method == "relative" and (v < 0).any()):
        raise OptionError(f"method {method!r} needs values {'above' if method == 'log' else 'of at least'} 0")
    apart = v[None, :] - v[:, None]
    if method == "absolute":
        apart = np.abs(apart)
    elif method == "log":
        apart = np.abs(np.log(v)[None, :] - np.log(v)[:, None])
    elif method == "relative":
        size = v[None, :] + v[:, None]
        apart = np.where(size == 0, 0.0, np.abs(apart) / np.where(size == 0, 1.0, size))
    return pd.DataFrame(apart, index=series.index, columns=series.index)
