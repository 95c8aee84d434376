"""Say what places are specialized in, which classes go together, and what a place could enter next.

Tables hold amounts of one kind (patents, jobs, contracts) with places as rows and classes (sectors, IPC sections) as
columns. A place is specialized in a class where its location quotient reaches 1.
"""

from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.conventions import follows_conventions
from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_choice, idle_faults, refuse, table_fault
from ..flows.matrices import values_of
from .class_table import ClassTable, read_classes
from .complexity import complexity

__all__ = ["entry_opportunities", "location_quotient", "relatedness", "relatedness_density"]

Method = Literal["cosine", "proximity", "jaccard", "association", "probability"]
METHODS: tuple[str, ...] = get_args(Method)
Total = Literal["ubiquity", "cooccurrence"]
TOTALS: tuple[str, ...] = get_args(Total)


@documented("balassa1965", formula="LQ = (x<sub>pc</sub> / X<sub>p</sub>) / (X<sub>c</sub> / X)")
def location_quotient(
    table: pd.DataFrame,
    *,
    threshold: float | None = None,
    place_totals: pd.Series | None = None,
    class_totals: pd.Series | None = None,
    total: float | None = None,
) -> pd.DataFrame:
    """Return how much larger a class is in a place than in all places together (Balassa's index).

    ::

        LQ[p, c] = (x[p, c] / sum of row p) / (sum of column c / sum of all)

    - 1 means the share that the class has everywhere; the mean of a row, weighted by the classes' shares, is 1.
    - Multiplying a row, or the whole table, by one number changes nothing.
    - A place or a class without anything has no quotient (nan), and is specialized in nothing.
    - Totals that are given replace the sums of the table, where it lists some classes of an economy or some places of
      a country only.

    Parameters
    ----------
    table : DataFrame
        Places x classes, amounts of at least 0.
    threshold : float, optional
        Return 1 where the quotient is at least this (1 is the usual), else 0, instead of quotients. A quotient below
        by rounding only reaches it.
    place_totals : Series, optional
        What each place has in all, at least the sum of its row; classes that the table leaves out count.
    class_totals : Series, optional
        What there is of each class in all, at least the sum of its column; places left out count.
    total : float, optional
        What there is in all; the sum of the place totals, or else of the class totals, where left out.

    Returns
    -------
    DataFrame
        Places x classes, in the order given.

    Raises
    ------
    TableError
        If a label stands twice or a cell is missing, negative or no number.
    OptionError
        If ``threshold`` is no number above 0, or a total is missing or below the sum of its parts.

    References
    ----------
    Balassa (1965) *The Manchester School* 33.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"chips": [30, 10], "drugs": [10, 50]}, index=["A", "B"])
    >>> location_quotient(table)
          chips     drugs
    A  1.875000  0.416667
    B  0.416667  1.388889
    >>> location_quotient(table, place_totals=pd.Series({"A": 100, "B": 100})).loc["A", "chips"].round(3)
    np.float64(1.5)
    """
    read = read_classes(table).with_totals(place_totals, class_totals, total)
    if threshold is None:
        return read.back(read.quotient())
    return read.back(read.specialized(threshold).astype(int))


@follows_conventions
def relatedness(
    table: pd.DataFrame,
    *,
    method: Method = "cosine",
    totals: Total | None = None,
    threshold: float | None = 1.0,
    convention: str | None = None,  # noqa: ARG001 - has filled in the option above
) -> pd.DataFrame:
    """Return how often classes occur together in the specializations of places.

    With M[p, c] = 1 where p is specialized in c, C = M' M, and s the total of a class::

        proximity     C[c, d] / max(s[c], s[d])                the minimum conditional probability of c | d and d | c
        cosine        C[c, d] / sqrt(s[c] s[d])
        jaccard       C[c, d] / (s[c] + s[d] - C[c, d])
        association   C[c, d] T / (s[c] s[d])                  observed by expected; 1 = as often as by chance
        probability   C[c, d] / (T / 2 (s[c] / T s[d] / (T - s[c]) + s[d] / T s[c] / (T - s[d])))

    ``totals="ubiquity"`` takes s = number of places specialized in the class and T = number of places;
    ``"cooccurrence"`` takes s = its co-occurrences with other classes and T = their sum. Left out, the first holds for
    proximity, cosine and jaccard, the second for association and probability. EconGeo takes the second for all.

    - The matrix is symmetric; under ubiquity, proximity, cosine and jaccard lie in 0..1 with 1 on the diagonal.
    - Under co-occurrence, and for association and probability, the diagonal is 0.
    - Classes without any specialized place are related to nothing: 0, the diagonal included.

    Parameters
    ----------
    table : DataFrame
        Places x classes, amounts of at least 0.
    method : {"cosine", "proximity", "jaccard", "association", "probability"}
        See above.
    totals : {"ubiquity", "cooccurrence"}, optional
        What the co-occurrences are compared with.
    threshold : float or None
        Location quotient that makes a specialization; None takes the table as 0 and 1 already.
    convention : str, optional
        Program whose number is wanted, such as ``"r-econgeo"``: options left out
        take its values (see `innoscape.data.list_conventions`).

    Returns
    -------
    DataFrame
        Classes x classes, in the order given.

    Raises
    ------
    TableError
        As in `location_quotient`.
    OptionError
        If an option is unknown, or ``method`` and ``totals`` do not go together.

    References
    ----------
    Hidalgo, Klinger, Barabasi & Hausmann (2007) *Science* 317; van Eck & Waltman (2009) *JASIST* 60; Steijn (2021)
    *Quantitative Science Studies* 2, on the probability.

    Examples
    --------
    >>> import pandas as pd
    >>> has = pd.DataFrame({"chips": [1, 1, 0], "lasers": [1, 1, 1], "drugs": [0, 0, 1]}, index=["A", "B", "C"])
    >>> relatedness(has, method="proximity", threshold=None).round(2)
            chips  lasers  drugs
    chips    1.00    0.67   0.00
    lasers   0.67    1.00   0.33
    drugs    0.00    0.33   1.00
    """
    check_choice("method", method, METHODS)
    totals = totals or ("cooccurrence" if method in {"association", "probability"} else "ubiquity")
    check_choice("totals", totals, TOTALS)
    if (method, totals) == ("probability", "ubiquity"):
        raise OptionError(f"method {method!r} is not defined on totals={totals!r}")
    read = read_classes(table)
    return read.by_class(_related(read.specialized(threshold), method, totals))


def _related(has: np.ndarray, method: str, totals: str) -> np.ndarray:
    """Return the relatedness of all pairs of classes."""
    together = has.T @ has
    size, total = np.diag(together).copy(), float(len(has))
    own = totals == "ubiquity" and method in {"proximity", "cosine", "jaccard"}
    if not own:
        np.fill_diagonal(together, 0.0)
    if totals == "cooccurrence":
        size = together.sum(axis=0)
        total = float(together.sum())
    one, other = size[:, None], size[None, :]
    with np.errstate(divide="ignore", invalid="ignore"):
        if method == "proximity":
            result = together / np.maximum(one, other)
        elif method == "cosine":
            result = together / np.sqrt(one * other)
        elif method == "jaccard":
            result = together / (one + other - together)
        elif method == "association":
            result = together * total / (one * other)
        else:
            expected = one * other / (total - one) + one * other / (total - other)
            result = together / (expected / 2)
    return np.where(together > 0, result, 0.0)


def relatedness_density(
    table: pd.DataFrame,
    related: pd.DataFrame | None = None,
    *,
    method: Method = "cosine",
    own: bool = False,
    threshold: float | None = 1.0,
) -> pd.DataFrame:
    """Return the share of what is related to a class that a place is already specialized in.

    ::

        density[p, c] = sum over d of M[p, d] related[d, c]  /  sum over d of related[d, c]          d other than c

    - 0 where a place has nothing related to the class, 1 where it has all of it. Nothing is rounded.
    - A class that is related to no other has no density (nan).
    - EconGeo gives 100 times these values, rounded to two decimals. ``own=True`` lets the class count itself, as
      the product space of Hidalgo et al. (2007) does.

    Parameters
    ----------
    table : DataFrame
        Places x classes, amounts of at least 0.
    related : DataFrame, optional
        Classes x classes, at least 0; `relatedness` of the table where left out.
    method : str
        Kind of `relatedness`, where it is left out.
    own : bool
        Whether a class counts as related to itself.
    threshold : float or None
        Location quotient that makes a specialization; None takes the table as 0 and 1 already.

    Returns
    -------
    DataFrame
        Places x classes, in the order given.

    Raises
    ------
    TableError
        As in `relatedness`; if ``related`` is not about the classes of the table.
    OptionError
        If an option is out of range.

    References
    ----------
    Hidalgo, Klinger, Barabasi & Hausmann (2007) *Science* 317; Boschma, Balland & Kogler (2015) *Industrial and
    Corporate Change* 24.

    Examples
    --------
    >>> import pandas as pd
    >>> has = pd.DataFrame({"chips": [1, 1, 0], "lasers": [1, 1, 1], "drugs": [0, 0, 1]}, index=["A", "B", "C"])
    >>> relatedness_density(has, method="proximity", threshold=None).round(2)
       chips  lasers  drugs
    A    1.0    0.67    1.0
    B    1.0    0.67    1.0
    C    1.0    0.33    1.0
    """
    if related is not None:
        refuse(idle_faults(relatedness_density, "where related is given", method=method))
    read = read_classes(table)
    if related is None:
        related = relatedness(table, method=method, threshold=threshold)
    return read.back(_density(read, related, threshold, own=own))


def _density(read: ClassTable, related: pd.DataFrame, threshold: float | None, *, own: bool) -> np.ndarray:
    values = values_of(related, "related")
    if {*related.index} != {*read.classes} or {*related.columns} != {*read.classes}:
        raise table_fault("related", "the classes of the table as rows and as columns", "others", "use the same table")
    if not (values >= 0).all():
        raise table_fault("related", "numbers of at least 0", "others, or empty cells", "correct these cells")
    labels = pd.Index(read.classes)
    near = values[np.ix_(related.index.get_indexer(labels), related.columns.get_indexer(labels))]
    if not own:
        np.fill_diagonal(near, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return read.specialized(threshold) @ near / near.sum(axis=0)


def entry_opportunities(
    table: pd.DataFrame,
    related: pd.DataFrame | None = None,
    *,
    method: Method = "cosine",
    weight: float = 0.5,
    threshold: float | None = 1.0,
) -> pd.DataFrame:
    """List the classes that a place is not yet specialized in, the most promising first.

    A class is within reach where its `relatedness_density` is high, worth reaching where its `complexity` is. Among the
    classes that the place lacks, both are turned into ranks, from 0 for the lowest to 1 for the highest (ties take
    their mean rank), and::

        score = (1 - weight) * rank of density + weight * rank of complexity

    - ``weight=0`` ranks by density alone, ``weight=1`` by complexity alone.
    - Classes without density or complexity (related to no other, in a part of their own) stand last, without score.
    - A place specialized in everything has no row.

    Parameters
    ----------
    table : DataFrame
        Places x classes, amounts of at least 0.
    related, method, threshold
        As in `relatedness_density`.
    weight : float
        Weight of complexity, 0 to 1.

    Returns
    -------
    DataFrame
        ``place, class, quotient, density, complexity, score, rank``, sorted by place and rank; the best has rank 1.
        ``quotient`` is nan where the table says 0 and 1 already.

    Raises
    ------
    TableError
        As in `relatedness_density`.
    OptionError
        As in `relatedness_density`; if ``weight`` is outside 0..1.

    Warns
    -----
    InnoscapeWarning
        As `complexity`.

    References
    ----------
    Hausmann, Hidalgo et al. (2014) *The Atlas of Economic Complexity*; Balland, Boschma, Crespo & Rigby (2019)
    *Regional Studies* 53.

    Examples
    --------
    >>> import pandas as pd
    >>> has = pd.DataFrame([[1, 1, 1, 1], [1, 1, 1, 0], [0, 1, 1, 0], [1, 1, 0, 0]], index=list("ABCD"))
    >>> found = entry_opportunities(has.set_axis(["w", "x", "y", "z"], axis=1), threshold=None)
    >>> found.loc[found["place"] == "D", ["place", "class", "density", "complexity", "rank"]].round(3)
      place class  density  complexity  rank
    3     D     y    0.726      -0.055     1
    4     D     z    0.651       8.242     1
    """
    if not 0 <= weight <= 1:
        raise OptionError(f"weight must be from 0 to 1, got {weight!r}")
    if related is not None:
        refuse(idle_faults(entry_opportunities, "where related is given", method=method))
    read = read_classes(table)
    if related is None:
        related = relatedness(table, method=method, threshold=threshold)
    near = _density(read, related, threshold, own=False)
    worth = complexity(table, threshold=threshold).classes.set_index("class")["complexity"]
    lacking = read.specialized(threshold) == 0
    quotient = np.full(lacking.shape, np.nan) if threshold is None else read.quotient()
    rows, columns = np.nonzero(lacking)
    found = pd.DataFrame(
        {
            "place": pd.Series([read.places[i] for i in rows]),
            "class": pd.Series([read.classes[j] for j in columns]),
            "quotient": quotient[rows, columns],
            "density": near[rows, columns],
            "complexity": worth.loc[read.classes].to_numpy()[columns],
        }
    )
    known = found[["density", "complexity"]].notna().all(axis=1)
    # densities that differ by rounding only share a rank
    compared = found.loc[known, ["density", "complexity"]].round(12).groupby(found.loc[known, "place"], sort=False)
    ranks = compared.rank(method="average") - 1
    most = (compared.transform("count") - 1).clip(lower=1)
    share = ranks / most
    found["score"] = ((1 - weight) * share["density"] + weight * share["complexity"]).reindex(found.index)
    found["rank"] = found["score"].round(12).groupby(found["place"], sort=False).rank(ascending=False, method="min")
    found["rank"] = found["rank"].astype("Int64")
    found["_place"] = rows
    order = found.sort_values(["_place", "rank", "density"], ascending=[True, True, False], kind="stable")
    return order.drop(columns="_place").reset_index(drop=True)
