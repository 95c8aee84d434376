"""Measure how much places overlap in what they do or plan, pair by pair, class by class and in all."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from ...data.errors import OptionError, SizeError
from ...data.options import check_choice, number_faults, refuse
from .class_table import ClassTable, read_classes

__all__ = ["OVERLAP_MEASURES", "Overlap", "overlap", "overlap_bounds"]

OverlapMeasure = Literal["shared", "jaccard", "cosine", "common_share", "rank_distance"]
OVERLAP_MEASURES: tuple[str, ...] = get_args(OverlapMeasure)
_MOST_PAIRS = 2_000_000


@dataclass(frozen=True, eq=False)
class Overlap:
    """What places have in common.

    Attributes
    ----------
    pairs : DataFrame
        One row for each two places: ``place, other, shared, union`` (numbers of classes), ``jaccard, cosine,
        common_share, rank_distance, classes`` (those shared, with semicolons).
    places : DataFrame
        ``place, classes`` (number), ``own`` (classes that no other place has), ``own_share, largest, largest_share,
        herfindahl, mean_jaccard`` (with the other places).
    classes : DataFrame
        ``class, places`` (number), ``share`` (of all places), ``shared_pairs``, the most frequent first.
    summary : Series
        ``places, classes, claims, several`` (places with two or more classes), ``shared_pairs, mean_jaccard``.
    """

    pairs: pd.DataFrame = field(repr=False)
    places: pd.DataFrame = field(repr=False)
    classes: pd.DataFrame = field(repr=False)
    summary: pd.Series

    def matrix(self, measure: OverlapMeasure = "jaccard") -> pd.DataFrame:
        """Return one measure as a matrix (n x n), with what a place has in common with itself on the diagonal."""
        check_choice("measure", measure, OVERLAP_MEASURES)
        places = pd.Index(self.places["place"])
        found = np.full((len(places), len(places)), 0.0 if measure == "rank_distance" else 1.0)
        if measure == "shared":
            np.fill_diagonal(found, self.places["classes"])
        one, other = (places.get_indexer(pd.Index(self.pairs[end])) for end in ("place", "other"))
        found[one, other] = found[other, one] = self.pairs[measure]
        return pd.DataFrame(found, index=places, columns=places)


def overlap(
    table: pd.DataFrame | Mapping[Hashable, Iterable[Hashable]],
    *,
    synonyms: Mapping[Hashable, Hashable] | None = None,
) -> Overlap:
    r"""Measure the overlap of places in classes: sectors they plan, fields they patent in, services they offer.

    With the sets A and B of the classes of two places, amounts a and b, their shares p and q, and ranks r within each
    list (a class that a list of k lacks has rank k + 1),

    ================= =================================================================================================
    ``shared``        :math:`|A \cap B|`
    ``jaccard``       :math:`|A \cap B| / |A \cup B|`
    ``cosine``        :math:`\sum a b / \sqrt{\sum a^2 \sum b^2}`
    ``common_share``  :math:`\sum \min(p, q)`, 1 less half of Krugman's index
    ``rank_distance`` Spearman's footrule :math:`\sum |r_A - r_B|` over the union, by what it is for lists without a
                      common class (Fagin, Kumar & Sivakumar)
    ================= =================================================================================================

    ``shared_pairs`` of a class is the number of pairs of places that share it, n (n - 1) / 2 for n places; its sum over
    the classes is the overlap in all.

    - Equal lists: Jaccard, cosine and common share 1, rank distance 0. Lists without a common class: 0, 0, 0 and 1.
    - A list given in order has equal amounts; of amounts, the largest has rank 1 and equal ones share their mean rank.
    - A place without any class overlaps with none (0, rank distance 1) and has no Herfindahl index (missing).
    - ``synonyms`` unites classes before anything is counted: amounts are added, and of ranks the better one holds.

    Parameters
    ----------
    table : DataFrame or mapping
        Places x classes, amounts of at least 0; or place -> its classes, the first in rank first.
    synonyms : mapping, optional
        Class -> the class that it is taken for; those of other classes do no harm.

    Returns
    -------
    Overlap
        Pairs, places, classes and summary, sorted by place.

    Raises
    ------
    TableError
        A label stands twice, or an amount is missing, negative or no number.
    OptionError
        No synonym of a class of the table, or one that leads to another synonym; lists that are none.
    SizeError
        More than two million pairs.

    References
    ----------
    Jaccard (1901) *Bulletin de la Société Vaudoise des Sciences Naturelles* 37; Fagin, Kumar & Sivakumar (2003) *SIAM
    Journal on Discrete Mathematics* 17; Krugman (1991) *Geography and Trade*.

    Examples
    --------
    >>> found = overlap({"supply": ["science", "making", "software"], "demand": ["making", "trade", "building"]})
    >>> found.pairs[["shared", "union", "jaccard", "rank_distance", "classes"]].round(3)
       shared  union  jaccard  rank_distance classes
    0       1      5      0.2          0.667  making
    """
    amounts, ranks = _read(table, dict(synonyms or {}))
    n = len(amounts.places)
    if n * (n - 1) // 2 > _MOST_PAIRS:
        raise SizeError(
            f"overlap of {n} places: {n * (n - 1) // 2:,} pairs, at most {_MOST_PAIRS:,}; take fewer places"
        )
    values = amounts.amounts
    has = (values > 0).astype(float)
    number = has.sum(axis=1)
    shared = has @ has.T
    union = number[:, None] + number[None, :] - shared
    # squares and sums of the largest are finite; a power of 2 changes no digit
    values = np.ldexp(values, -np.frexp(values.max(axis=1, keepdims=True, initial=0.0))[1])
    size = np.sqrt((values**2).sum(axis=1))
    total = values.sum(axis=1, keepdims=True)
    share = np.divide(values, total, out=np.zeros_like(values), where=total > 0)
    jaccard = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    scale = size[:, None] * size[None, :]
    cosine = np.divide(values @ values.T, scale, out=np.zeros_like(shared), where=scale > 0)
    # rank of every class in every list: behind the last where the list lacks it
    full = np.where(has > 0, ranks, number[:, None] + 1)
    one, other = np.triu_indices(n, 1)
    common, distance = np.zeros((n, n)), np.ones((n, n))
    for at in range(n):
        common[at] = np.minimum(share[at], share).sum(axis=1)
        distance[at] = _rank_distances(at, full, has, number)
    labels = np.array([str(name) for name in amounts.classes], dtype=object)
    names = pd.Series(amounts.places)
    pairs = pd.DataFrame({"place": names[one].to_numpy(), "other": names[other].to_numpy()})
    pairs["shared"], pairs["union"] = shared[one, other].astype(int), union[one, other].astype(int)
    for name, found in (
        ("jaccard", jaccard),
        ("cosine", cosine),
        ("common_share", common),
        ("rank_distance", distance),
    ):
        pairs[name] = found[one, other]
    pairs["classes"] = _shared_names(labels, has > 0, one, other)
    frequent = has.sum(axis=0).astype(int)
    return Overlap(
        pairs,
        _places(amounts, has, share, jaccard),
        _classes(labels, frequent, n),
        pd.Series(
            {
                "places": n,
                "classes": int((frequent > 0).sum()),
                "claims": int(frequent.sum()),
                "several": int((number > 1).sum()),
                "shared_pairs": int((frequent * (frequent - 1) // 2).sum()),
                "mean_jaccard": float(jaccard[one, other].mean()) if len(one) else np.nan,
            },
            dtype=object,
        ),
    )


def _read(
    table: pd.DataFrame | Mapping[Hashable, Iterable[Hashable]], synonyms: dict[Hashable, Hashable]
) -> tuple[ClassTable, np.ndarray]:
    """Return amounts, places and classes sorted, and the rank of each class in each place (0 where it has none)."""
    return _read_amounts(table, synonyms) if isinstance(table, pd.DataFrame) else _read_lists(table, synonyms)


def _read_amounts(table: pd.DataFrame, synonyms: dict[Hashable, Hashable]) -> tuple[ClassTable, np.ndarray]:
    _check_synonyms(synonyms, table.columns)
    names = [synonyms.get(name, name) for name in table.columns]
    if len(set(names)) < len(names) and table.columns.is_unique:
        read_classes(table)
        table = table.T.groupby(pd.Index(names, tupleize_cols=False), sort=False).sum().T
    elif synonyms:
        table = table.set_axis(names, axis=1)
    read = read_classes(table)
    ranks = np.zeros_like(read.amounts)
    for at, row in enumerate(read.amounts):
        ranks[at, row > 0] = rankdata(-row[row > 0])
    return read, ranks


def _read_lists(
    table: Mapping[Hashable, Iterable[Hashable]], synonyms: dict[Hashable, Hashable]
) -> tuple[ClassTable, np.ndarray]:
    if not isinstance(table, Mapping) or any(isinstance(c, str) or not isinstance(c, Iterable) for c in table.values()):
        raise OptionError("table: needed places x classes or place -> list of classes, got something else")
    given = {place: list(classes) for place, classes in table.items()}
    _check_synonyms(synonyms, [name for classes in given.values() for name in classes])
    lists = {place: list(dict.fromkeys(synonyms.get(name, name) for name in names)) for place, names in given.items()}
    classes = list(dict.fromkeys(name for names in lists.values() for name in names))
    order = {place: {name: at + 1 for at, name in enumerate(names)} for place, names in lists.items()}
    rank = np.array([[order[place].get(name, 0) for name in classes] for place in lists], dtype=float)
    labels = {"index": pd.Index(list(lists), tupleize_cols=False), "columns": pd.Index(classes, tupleize_cols=False)}
    read = read_classes(pd.DataFrame((rank > 0).astype(float).reshape(len(lists), len(classes)), **labels))
    rows, columns = (labels[k].get_indexer(pd.Index(v)) for k, v in (("index", read.places), ("columns", read.classes)))
    return read, rank[np.ix_(rows, columns)]


def _check_synonyms(synonyms: dict[Hashable, Hashable], classes: Iterable[Hashable]) -> None:
    known = set(classes)
    refuse(
        [
            *(
                [f"synonyms: needed at least one class of the table, got {', '.join(map(str, synonyms))}"]
                if synonyms and known.isdisjoint(synonyms)
                else []
            ),
            *(
                f"synonyms: {name!r} is taken for {one!r}, and that for {synonyms[one]!r}; give the last for both"
                for name, one in synonyms.items()
                if one in synonyms and synonyms[one] != one
            ),
        ]
    )


def _shared_names(labels: np.ndarray, has: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Join the names of the classes that each pair shares, class by class for all pairs at once."""
    found = np.full(len(one), "", dtype=object)
    for label, held in zip(labels, has.T, strict=True):
        found[held[one] & held[other]] += "; " + label
    return np.array([names[2:] for names in found], dtype=object)


def _rank_distances(at: int, full: np.ndarray, has: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Return the distance of one list of ranks from every list."""
    held = (has[at] + has) > 0
    found = (np.abs(full[at] - full) * held).sum(axis=1)
    # what the sum is where the two lists share nothing: every class stands behind the other list
    apart = (np.abs(full[at] - (number[:, None] + 1)) * has[at]).sum(axis=1)
    apart += (np.abs(full - (number[at] + 1)) * has).sum(axis=1)
    return np.divide(found, apart, out=np.ones_like(found), where=apart > 0)


def _places(read: ClassTable, has: np.ndarray, share: np.ndarray, jaccard: np.ndarray) -> pd.DataFrame:
    number, n = has.sum(axis=1), len(read.places)
    own = (has * (has.sum(axis=0) == 1)).sum(axis=1)
    empty = number == 0
    found = pd.DataFrame({"place": pd.Series(read.places), "classes": number.astype(int), "own": own.astype(int)})
    found["own_share"] = np.divide(own, number, out=np.full(n, np.nan), where=~empty)
    found["largest"] = [None if no else read.classes[j] for no, j in zip(empty, share.argmax(axis=1), strict=True)]
    found["largest_share"] = np.where(empty, np.nan, share.max(axis=1))
    found["herfindahl"] = np.where(empty, np.nan, (share**2).sum(axis=1))
    others = jaccard.sum(axis=1) - np.diag(jaccard)
    found["mean_jaccard"] = others / (n - 1) if n > 1 else np.nan
    return found


def _classes(labels: np.ndarray, frequent: np.ndarray, n: int) -> pd.DataFrame:
    found = pd.DataFrame({"class": labels, "places": frequent, "share": frequent / n})
    found["shared_pairs"] = frequent * (frequent - 1) // 2
    return found.sort_values("places", ascending=False, kind="stable", ignore_index=True)


def overlap_bounds(claims: pd.Series | Mapping[Hashable, int], places: int) -> pd.Series:
    r"""Say what the numbers of places that claim each class imply, where it is not known who claims what.

    With :math:`n_c` places of P that claim class c,

    - ``claims`` is :math:`\sum n_c`, and ``shared_pairs`` :math:`\sum n_c (n_c - 1) / 2`, whoever claims what;
    - ``least_several``, the least number d of places with two or more claims, is the smallest with :math:`\sum n_c -
      \sum \min(n_c, d) \le P - d`;
    - ``most_several`` is the largest d of at most P with :math:`\sum \min(n_c, d) \ge 2 d`;
    - ``least_pairs`` is what ``shared_pairs`` comes to at best if every place keeps one claim: the claims that remain,
      spread as evenly over the classes as :math:`n_c` allows.

    Parameters
    ----------
    claims : Series or mapping
        Class -> number of places that claim it, whole, from 0 to P.
    places : int
        P, at least 1.

    Returns
    -------
    Series
        ``places, claims, per_place, least_several, most_several, shared_pairs, least_pairs``.

    Raises
    ------
    OptionError
        Numbers that are not whole or out of range.

    Examples
    --------
    >>> found = overlap_bounds({"it": 10, "biology": 9, "making": 7}, 16)
    >>> found[["claims", "least_several", "shared_pairs"]].to_dict()
    {'claims': 26, 'least_several': 5, 'shared_pairs': 102}
    """
    given = dict(claims)
    refuse(
        [
            *number_faults("places", places, least=1, whole=True),
            *(
                fault
                for name, n in given.items()
                for fault in number_faults(f"claims of {name}", n, least=0, whole=True)
            ),
            *([] if given else ["claims: needed at least one class, got none"]),
        ]
    )
    refuse(f"claims of {name}: needed at most the {places} places, got {n}" for name, n in given.items() if n > places)
    n = np.array([int(value) for value in given.values()])
    held = np.minimum(n[:, None], np.arange(places + 1)).sum(axis=0)
    every = np.arange(places + 1)
    least = int(np.flatnonzero(n.sum() - held <= places - every)[0])
    most = int(np.flatnonzero(held >= 2 * every)[-1])
    # each further place in a class adds a pair with every place already there, so the emptiest class comes first
    steps = np.sort(np.concatenate([np.arange(size) for size in n]))
    return pd.Series(
        {
            "places": places,
            "claims": int(n.sum()),
            "per_place": float(n.sum() / places),
            "least_several": least,
            "most_several": most,
            "shared_pairs": int((n * (n - 1) // 2).sum()),
            "least_pairs": int(steps[: min(places, n.sum())].sum()),
        },
        dtype=object,
    )
