"""Match records of supply with records of demand by sector, place, terms and amount, and say what found no match."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError, SizeError
from ...data.options import (
    Wrong,
    choice_faults,
    column_faults,
    name_faults,
    number_faults,
    numeric,
    refuse,
)
from ..flows.matrices import values_of
from .assignment import assign

__all__ = ["TERM_RULES", "Matching", "match_records"]

TermRule = Literal["at_most", "at_least", "equal"]
TERM_RULES: tuple[str, ...] = get_args(TermRule)
_MOST_PAIRS = 4_000_000


@dataclass(frozen=True, eq=False)
class Matching:
    """Which supply meets which demand, and what is missing.

    Attributes
    ----------
    matches : DataFrame
        ``supply, demand`` (their records), ``sector`` (of the demand), ``place, target`` (of supply and demand),
        ``amount, score`` (of one unit), sorted by demand and supply.
    unmet : DataFrame
        Demand left over: ``demand, sector, place, amount`` (left), ``reason``: ``no sector``, ``too far``, ``terms``
        (with those that no supply within reach meets), or ``taken`` (suitable supply went to other demand).
    unused : DataFrame
        Supply left over: ``supply, sector, place, amount``.
    missing : DataFrame
        Links that are missing, by sector and reason: ``sector, reason, demands, amount``.
    summary : Series
        ``supply, demand, matched`` (amounts), ``share`` (of the demand that is met), ``score``.
    """

    matches: pd.DataFrame
    unmet: pd.DataFrame
    unused: pd.DataFrame = field(repr=False)
    missing: pd.DataFrame = field(repr=False)
    summary: pd.Series = field(repr=False)


def match_records(
    supply: pd.DataFrame,
    demand: pd.DataFrame,
    *,
    terms: Mapping[str, TermRule] | None = None,
    related: pd.DataFrame | None = None,
    costs: pd.DataFrame | None = None,
    scale: float | None = None,
    farthest: float | None = None,
) -> Matching:
    r"""Match supply with demand so that the sum of scores is largest.

    The score of a unit is the relatedness of the two sectors times the closeness of the two places,

    .. math:: s_{ij} = r(c_i, c_j) \cdot \frac{\lambda}{\lambda + d_{ij}}

    with r 1 for the same sector and else 0 (or as given), and closeness 1 without costs. A pair that breaks a term is
    no link. Amounts are those of `assign`: no record gives or takes more than it has.

    - A record without an amount counts as 1.
    - Terms compare a column of both tables: ``at_most``, supply must not exceed demand (a price and a budget);
      ``at_least``, it must reach it (an evaluated maturity and the maturity required); ``equal``. A demand with an
      empty cell asks for nothing; a supply with an empty cell meets no such term that is asked for.
    - The reason of a demand left over is the first step at which no supply remains: sector, reach, terms, amounts.

    Parameters
    ----------
    supply, demand : DataFrame
        ``record, sector`` and, where known, ``place, amount`` and the columns of ``terms``.
    terms : mapping, optional
        Column -> ``"at_most"``, ``"at_least"`` or ``"equal"``.
    related : DataFrame, optional
        Sectors x sectors, 0 to 1, such as `relatedness` gives; rows are sectors of supply. Pairs it lacks are 0.
    costs : DataFrame, optional
        Places x places, at least 0; rows are places of supply. Pairs it lacks cannot be matched.
    scale : float, optional
        :math:`\lambda`, above 0, in the unit of ``costs``; their median above 0 if not given.
    farthest : float, optional
        Largest cost of a match.

    Returns
    -------
    Matching
        Matches, what is left over with the reason, and the sums.

    Raises
    ------
    TableError
        A column is missing, or a matrix is not of numbers in range.
    OptionError
        A record that stands twice, an amount that is no number of at least 0, an unknown rule, or an option without the
        table that it needs.
    SizeError
        More than four million pairs of records.

    Examples
    --------
    >>> supply = pd.DataFrame({"record": ["s1", "s2"], "sector": ["making", "science"], "price": [5.0, 3.0]})
    >>> demand = pd.DataFrame({"record": ["d1", "d2"], "sector": ["making", "trade"], "price": [6.0, 9.0]})
    >>> found = match_records(supply, demand, terms={"price": "at_most"})
    >>> found.matches[["supply", "demand", "amount"]].to_numpy().tolist(), found.unmet["reason"].tolist()
    ([['s1', 'd1', 1.0]], ['no sector'])
    """
    rules = dict(terms or {})
    needed = ("record", "sector", *rules, *(("place",) if costs is not None else ()))
    far = "scale, farthest: needed with costs, got none"
    refuse(
        [
            *column_faults(supply, "supply", needed),
            *column_faults(demand, "demand", needed),
            *(fault for column, rule in rules.items() for fault in choice_faults(f"terms, {column}", rule, TERM_RULES)),
            *(() if scale is None else number_faults("scale", scale, above=0)),
            *(() if farthest is None else number_faults("farthest", farthest, least=0)),
            *([] if costs is not None or (scale is None and farthest is None) else [far]),
        ]
    )
    give, take = _records(supply, "supply"), _records(demand, "demand")
    if len(give) * len(take) > _MOST_PAIRS:
        raise SizeError(f"supply, demand: needed at most {_MOST_PAIRS:,} pairs, got {len(give) * len(take):,}")
    near = _related(related, give["sector"], take["sector"])
    close, reach = _closeness(costs, scale, farthest, give, take)
    meets = {column: _meets(give[column], take[column], rule) for column, rule in rules.items()}
    suits = np.logical_and.reduce([*meets.values()]) if meets else np.full(near.shape, fill_value=True)
    score = np.where((near > 0) & reach & suits, near * close, np.nan)
    table = pd.DataFrame(score, index=give["record"], columns=take["record"])
    amounts = [dict(zip(side["record"], side["amount"], strict=True)) for side in (give, take)]
    found = assign(table, supply=amounts[0], capacity=amounts[1]) if table.size else None
    links = pd.DataFrame(columns=["source", "target", "amount", "score"]) if found is None else found.links
    matches = links.rename(columns={"source": "supply", "target": "demand"}).astype({"amount": float, "score": float})
    by_supply, by_demand = give.set_index("record"), take.set_index("record")
    matches.insert(2, "sector", by_demand["sector"].reindex(matches["demand"]).to_numpy())
    matches.insert(3, "place", by_supply["place"].reindex(matches["supply"]).to_numpy())
    matches.insert(4, "target", by_demand["place"].reindex(matches["demand"]).to_numpy())
    matches = matches.sort_values(["demand", "supply"], ignore_index=True)
    left = [_left(side, matches.groupby(end)["amount"].sum()) for side, end in ((give, "supply"), (take, "demand"))]
    unmet = take[["record", "sector", "place"]].assign(amount=left[1]).rename(columns={"record": "demand"})
    unmet["reason"] = _reasons(near > 0, reach, meets, suits)
    unmet = unmet[unmet["amount"] > 0].reset_index(drop=True)
    unused = give[["record", "sector", "place"]].assign(amount=left[0]).rename(columns={"record": "supply"})
    missing = unmet.groupby(["sector", "reason"], as_index=False).agg(
        demands=("demand", "size"), amount=("amount", "sum")
    )
    total, wanted, met = (float(one.sum()) for one in (give["amount"], take["amount"], matches["amount"]))
    sums = {"supply": total, "demand": wanted, "matched": met, "share": met / wanted if wanted else np.nan}
    sums["score"] = float((matches["amount"] * matches["score"]).sum())
    return Matching(matches, unmet, unused[unused["amount"] > 0].reset_index(drop=True), missing, pd.Series(sums))


def _records(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return records sorted, with place and amount."""
    found = table.assign(record=table["record"].astype(str), sector=table["sector"])
    found["place"] = table["place"] if "place" in table else ""
    with numeric(f"amount of {name}"):
        amount = table["amount"].to_numpy(dtype=float, na_value=1.0) if "amount" in table else np.ones(len(table))
    found["amount"] = amount
    twice = sorted(set(found["record"][found["record"].duplicated()]))
    wrong = found["record"][~(np.isfinite(amount) & (amount >= 0))]
    empty = found["record"][found["sector"].isna()]
    refuse(
        [
            *(f"{name}: needed records that stand once, got {one} more than once" for one in twice),
            *(f"{name}: needed finite amounts of at least 0, got another of {one}" for one in wrong),
            *(f"{name}: needed a sector of each record, got none of {one}" for one in empty),
        ]
    )
    return found.sort_values("record", ignore_index=True)


def _left(side: pd.DataFrame, used: pd.Series) -> np.ndarray:
    amount = side["amount"].to_numpy()
    rest = amount - used.reindex(side["record"]).fillna(0.0).to_numpy()
    return np.where(rest > 1e-9 * amount, rest, 0.0)


def _related(related: pd.DataFrame | None, give: pd.Series, take: pd.Series) -> np.ndarray:
    """Return the relatedness of all pairs of records."""
    if related is None:
        return (give.to_numpy()[:, None] == take.to_numpy()[None, :]).astype(float)
    values = values_of(related, "related")
    if not ((values >= 0) & (values <= 1)).all():
        raise OptionError("related: needed numbers from 0 to 1, got others or empty cells")
    return _looked_up(related, values, give, take, other=0.0)


def _looked_up(
    table: pd.DataFrame, values: np.ndarray, give: pd.Series, take: pd.Series, *, other: float
) -> np.ndarray:
    rows, columns = table.index.get_indexer(pd.Index(give)), table.columns.get_indexer(pd.Index(take))
    found = values[np.ix_(rows, columns)] if values.size else np.full((len(rows), len(columns)), other)
    found[rows < 0, :] = other
    found[:, columns < 0] = other
    return found


def _closeness(
    costs: pd.DataFrame | None, scale: float | None, farthest: float | None, give: pd.DataFrame, take: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray]:
    """Return the closeness of all pairs of records, and whether they are within reach."""
    if costs is None:
        return np.ones((len(give), len(take))), np.full((len(give), len(take)), fill_value=True)
    values = values_of(costs, "costs")
    faults: list[Wrong] = [] if not (values < 0).any() else ["costs: needed numbers of at least 0, got others"]
    faults += name_faults(give["place"], costs.index, name="place of supply", among="places of costs")
    faults += name_faults(take["place"], costs.columns, name="place of demand", among="places of costs")
    refuse(faults)
    above = values[values > 0]
    unit = float(scale if scale is not None else np.median(above) if above.size else 1.0)
    far = _looked_up(costs, values, give["place"], take["place"], other=np.nan)
    reach = np.isfinite(far) if farthest is None else far <= farthest
    return unit / (unit + np.nan_to_num(far)), reach


def _meets(give: pd.Series, take: pd.Series, rule: str) -> np.ndarray:
    """Say which supply meets a term of which demand."""
    asked = take.notna().to_numpy()[None, :]
    if rule == "equal":
        same = give.to_numpy()[:, None] == take.to_numpy()[None, :]
        return ~asked | (same & give.notna().to_numpy()[:, None])
    with numeric(f"terms, {give.name}"):
        own, wanted = (side.to_numpy(dtype=float, na_value=np.nan) for side in (give, take))
    # comparisons with a missing number are false
    holds = own[:, None] <= wanted[None, :] if rule == "at_most" else own[:, None] >= wanted[None, :]
    return ~asked | holds


def _reasons(near: np.ndarray, reach: np.ndarray, meets: dict[str, np.ndarray], suits: np.ndarray) -> list[str]:
    """Say of each demand at which step no supply remained."""
    there = near & reach
    found = []
    for at in range(near.shape[1]):
        if not near[:, at].any():
            found.append("no sector")
        elif not there[:, at].any():
            found.append("too far")
        elif not (there & suits)[:, at].any():
            broken = [column for column, holds in meets.items() if not holds[there[:, at], at].any()]
            # each term alone is met by some supply, but no supply meets all
            found.append(f"terms: {', '.join(broken or meets)}")
        else:
            found.append("taken")
    return found
