"""Assign units of supply to places that take them, at the best score in all (transport problem)."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

from ...data.errors import InfeasibleError, OptionError, SizeError
from ...data.options import is_number, known_place_faults, number_faults, refuse, table_fault
from ..flows.canonical import ordered
from ..flows.check_graph import by_place
from ..flows.matrices import values_of

__all__ = ["Assignment", "assign"]

# links of the problem: more take minutes
_MOST_LINKS = 2_000_000
_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class Assignment:
    """Who gives how much to whom.

    Attributes
    ----------
    links : DataFrame
        ``source, target, amount, score`` (of one unit), sorted; links without an amount are left out.
    sources : DataFrame
        ``source, supply, assigned, left``.
    targets : DataFrame
        ``target, capacity`` (infinite where none is given), ``received, left``.
    summary : Series
        ``amount`` assigned, ``score`` (sum of amount x score), ``crowding`` (pairs of units at one target),
        ``objective`` (score less the price of crowding).
    """

    links: pd.DataFrame
    sources: pd.DataFrame = field(repr=False)
    targets: pd.DataFrame = field(repr=False)
    summary: pd.Series = field(repr=False)

    def to_table(self) -> pd.DataFrame:
        """Return the amounts as sources x targets, 0 where nothing is assigned, as `overlap` takes them."""
        rows, columns = pd.Index(self.sources["source"]), pd.Index(self.targets["target"])
        found = np.zeros((len(rows), len(columns)))
        at = rows.get_indexer(pd.Index(self.links["source"])), columns.get_indexer(pd.Index(self.links["target"]))
        found[at] = self.links["amount"]
        return pd.DataFrame(found, index=rows, columns=columns)


def assign(
    scores: pd.DataFrame,
    *,
    supply: Mapping[Hashable, float] | pd.Series | None = None,
    capacity: Mapping[Hashable, float] | pd.Series | None = None,
    crowding: float = 0.0,
    complete: bool = False,
) -> Assignment:
    r"""Assign supply to targets so that the sum of scores is largest (Hitchcock's transport problem).

    With amounts :math:`x_{ij} \ge 0` from source i to target j, scores s, supply a, capacity b, and the price c of
    crowding,

    .. math:: \max \sum_{ij} s_{ij} x_{ij} - c \sum_j y_j (y_j - 1) / 2, \quad y_j = \sum_i x_{ij} \le b_j, \quad
              \sum_j x_{ij} \le a_i

    Every two units at one target cost c: with places as sources and the sectors that they could lead as targets, the
    price lowers the overlap of places. The problem is solved as a linear program (HiGHS), each further unit at a target
    being a slot that costs c more than the one before.

    - With whole supplies and capacities the amounts are whole.
    - Without ``complete``, a link whose score is 0 or below is not used; with it, all supply is assigned, by ``=``.
    - An empty cell of ``scores`` is a link that cannot be.
    - Of several equally good answers one is returned, always the same, whatever the order of rows and columns.

    Parameters
    ----------
    scores : DataFrame
        Sources x targets, the worth of one unit; empty where there can be no link.
    supply : Series or mapping, optional
        Source -> amount of at least 0; 1 each if not given.
    capacity : Series or mapping, optional
        Target -> largest amount, at least 0; unlimited if not given.
    crowding : float
        c, at least 0; above 0 it needs whole supplies and capacities.
    complete : bool
        Whether all supply must be assigned.

    Returns
    -------
    Assignment
        Links, what is left on either side, and the sums.

    Raises
    ------
    TableError
        A label stands twice, a score is infinite or no number, or the table is empty.
    UnknownPlaceError
        Supply or capacity of a source or target that ``scores`` does not have.
    OptionError
        A number out of range or missing, or amounts that are not whole where crowding has a price.
    InfeasibleError
        ``complete`` asks for more than the links and capacities can take; says how much more they would have to.

    References
    ----------
    Hitchcock (1941) *Journal of Mathematics and Physics* 20.

    Examples
    --------
    >>> scores = pd.DataFrame({"chips": [3.0, 2.0, 2.0], "drugs": [1.0, 1.5, None]}, index=["A", "B", "C"])
    >>> assign(scores, capacity={"chips": 2, "drugs": 2}).links[["source", "target", "amount"]]
      source target  amount
    0      A  chips     1.0
    1      B  drugs     1.0
    2      C  chips     1.0
    >>> assign(scores, crowding=1).summary[["score", "crowding", "objective"]].to_dict()
    {'score': 6.5, 'crowding': 1.0, 'objective': 5.5}
    """
    cells = values_of(scores, "scores")
    if not cells.size:
        raise table_fault("scores", "at least one source and one target", "none", "add rows and columns")
    sources, targets = ordered(scores.index), ordered(scores.columns)
    give = _amounts(supply, "supply", sources, default=1.0)
    take = _amounts(capacity, "capacity", targets, default=np.inf)
    priced = crowding != 0
    whole = [*give, *take[np.isfinite(take)]]
    refuse(
        [
            *number_faults("crowding", crowding, least=0),
            *(
                ["supply, capacity: needed whole numbers where crowding has a price, got others"]
                if priced and any(one % 1 for one in whole)
                else []
            ),
        ]
    )
    at = scores.index.get_indexer(pd.Index(sources)), scores.columns.get_indexer(pd.Index(targets))
    cells = cells[np.ix_(*at)]
    rows, columns = np.nonzero(np.isfinite(cells) if complete else cells > 0)
    worth = cells[rows, columns]
    amounts = _solve(rows, columns, worth, give, take, float(crowding), complete=complete)
    received = np.bincount(columns, amounts, minlength=len(targets))
    assigned = np.bincount(rows, amounts, minlength=len(sources))
    used = amounts > 0
    ends = (pd.Series(labels).iloc[at[used]].to_numpy() for labels, at in ((sources, rows), (targets, columns)))
    links = pd.DataFrame(dict(zip(("source", "target"), ends, strict=True)))
    links["amount"], links["score"] = amounts[used], worth[used]
    score, crowded = float(amounts @ worth), float((received * (received - 1) / 2).clip(min=0).sum())
    return Assignment(
        links,
        pd.DataFrame({"source": pd.Series(sources), "supply": give, "assigned": assigned, "left": give - assigned}),
        pd.DataFrame({"target": pd.Series(targets), "capacity": take, "received": received, "left": take - received}),
        pd.Series(
            {
                "amount": float(amounts.sum()),
                "score": score,
                "crowding": crowded,
                "objective": score - crowding * crowded,
            }
        ),
    )


def _check_size(size: float) -> None:
    """Refuse a program that is too large before any of it is made."""
    if size > _MOST_LINKS:
        raise SizeError(
            f"scores: needed at most {_MOST_LINKS:,} links and slots, one for each unit where crowding has a price, "
            f"got {size:,.0f}; leave out weak links, or count in larger units"
        )


def _amounts(
    given: Mapping[Hashable, float] | pd.Series | None, name: str, labels: list, *, default: float
) -> np.ndarray:
    if given is None:
        return np.full(len(labels), default)
    series = by_place(given, name)
    refuse(
        [
            *known_place_faults(name, series.index, labels),
            *(f"{name}: needed an amount for each, got none for {one}" for one in labels if one not in series.index),
            *(
                f"{name}: needed finite numbers of at least 0, got {value!r} for {label}"
                for label, value in series.items()
                if not (is_number(value) and value >= 0)
            ),
        ]
    )
    return series.reindex(pd.Index(labels)).to_numpy(dtype=float)


def _solve(
    rows: np.ndarray,
    columns: np.ndarray,
    worth: np.ndarray,
    give: np.ndarray,
    take: np.ndarray,
    crowding: float,
    *,
    complete: bool,
) -> np.ndarray:
    """Return the amount of each link."""
    n, m, links = len(give), len(take), len(rows)
    if complete:
        _check_room(rows, columns, give, take)
    if not links:
        return np.zeros(0)
    every = np.arange(links)
    by_source = sparse.csr_array((np.ones(links), (rows, every)), shape=(n, links))
    by_target = sparse.csr_array((np.ones(links), (columns, every)), shape=(m, links))
    cost, least, most = -worth, by_target, take
    if crowding:
        # the k-th unit at a target shares it with k - 1 others
        reach = np.minimum(take, np.bincount(columns, give[rows], minlength=m))
        _check_size(links + reach.sum())
        reach = reach.astype(int)
        at = np.repeat(np.arange(m), reach)
        before = np.arange(at.size) - np.repeat(np.cumsum(reach) - reach, reach)
        slots = sparse.csr_array((-np.ones(at.size), (at, np.arange(at.size))), shape=(m, at.size))
        cost = np.concatenate([cost, crowding * before])
        by_source = sparse.hstack([by_source, sparse.csr_array((n, at.size))], format="csr")
        least, most = sparse.hstack([by_target, slots], format="csr"), np.zeros(m)
    _check_size(cost.size)
    # tolerances of the solver are absolute; a power of 2 changes no digit
    cost = cost * 2.0 ** -np.frexp(np.abs(cost).max())[1]
    bounded = np.isfinite(most)
    upper, room = least[bounded], most[bounded]
    if not complete:
        upper, room = sparse.vstack([upper, by_source], format="csr"), np.concatenate([room, give])
    ends = np.concatenate([np.full(links, np.inf), np.ones(cost.size - links)])
    sums = {"A_ub": upper, "b_ub": room} if upper.shape[0] else {}
    sums |= {"A_eq": by_source, "b_eq": give} if complete else {}
    found = linprog(cost, **sums, bounds=np.column_stack([np.zeros(cost.size), ends]), method="highs-ds")
    if found.x is None:
        raise OptionError(f"scores: needed numbers that can be solved, got: {found.message}; rescale them")
    amounts = np.asarray(found.x)[:links]
    near = np.round(amounts)
    return np.where(np.abs(amounts - near) <= _ROUNDING * np.maximum(1.0, near), near, amounts)


def _check_room(rows: np.ndarray, columns: np.ndarray, give: np.ndarray, take: np.ndarray) -> None:
    """Refuse supply that the links and capacities cannot take."""
    n, m, links = len(give), len(take), len(rows)
    every = np.arange(links)
    most = np.where(np.isfinite(take), take, give.sum())
    sums = sparse.vstack(
        [
            sparse.csr_array((np.ones(links), (rows, every)), shape=(n, links)),
            sparse.csr_array((np.ones(links), (columns, every)), shape=(m, links)),
        ],
        format="csr",
    )
    room = np.concatenate([give, most])
    placed = -linprog(-np.ones(links), A_ub=sums, b_ub=room, method="highs-ds").fun if links else 0.0
    if short := round(give.sum() - placed, 9):
        alone = sorted({*range(n)} - {*rows.tolist()})
        without = f"; {len(alone)} sources have no link at all" if alone else ""
        raise InfeasibleError(
            f"complete=True: needed room for {give.sum():g}, got links and capacities for {placed:g}{without}; raise "
            f"capacities or add links for {short:g} more, or let complete=False leave that much over"
        )
