"""Call ties strong or weak by a stated rule, and count them within and between tiers."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import UnknownPlaceError
from ...data.options import choice_faults, number_faults, refuse
from ...data.vocabulary import TIERS
from ..flows.check_graph import by_place, flow_values, ordered, warn_of_units
from ..flows.faults import plain_ends

__all__ = ["STRENGTH_RULES", "TieStrength", "tie_strength"]

StrengthRule = Literal["mean", "quantile", "share", "value"]
STRENGTH_RULES: tuple[str, ...] = get_args(StrengthRule)


@dataclass(frozen=True, eq=False)
class TieStrength:
    """Strong and weak ties, and where they lie.

    Attributes
    ----------
    ties : DataFrame
        ``source, target, value, source_tier, target_tier, relation`` (``within`` or ``between`` tiers), ``compared``
        (the number set against the threshold), ``strength`` (``strong`` or ``weak``), sorted by ends.
    tiers : DataFrame
        One row for each two tiers, each with itself too: ``tier, other, relation, pairs`` (possible), ``ties, strong,
        weak, density`` (ties of the possible), ``value, strong_share`` (of the value).
    rule : str
        The rule.
    threshold : float
        From which number on a tie is strong.
    """

    ties: pd.DataFrame = field(repr=False)
    tiers: pd.DataFrame
    rule: str
    threshold: float


def tie_strength(
    flows: pd.DataFrame,
    tiers: Mapping[Hashable, str] | pd.Series,
    *,
    rule: StrengthRule = "mean",
    threshold: float | None = None,
    directed: bool = False,
    centers: Mapping[Hashable, Hashable] | None = None,
) -> TieStrength:
    """Call each tie strong or weak, and lay the ties out by the tiers of their ends.

    ============ ============================================== =====================================================
    rule         compared                                       strong from
    ============ ============================================== =====================================================
    ``mean``     value                                          ``threshold`` (1) times the mean value of a tie
    ``quantile`` value                                          the quantile ``threshold`` (0.75) of all ties
    ``share``    larger of the shares that the tie has of all   ``threshold`` (0.25)
                 ties of either end
    ``value``    value                                          ``threshold``, in the unit of the flows
    ============ ============================================== =====================================================

    - Every tie is strong or weak; a value at the threshold is strong.
    - Ties may skip tiers and lie within one: no tier is subordinate to another.
    - Under ``mean``, ``quantile`` and ``share``, multiplying all flows by one number changes no strength.
    - Flows within a place or within a united center, and flows of 0, are no ties.

    Parameters
    ----------
    flows : DataFrame
        ``source, target, value``; rows of the same ends are summed. One kind and one year.
    tiers : mapping
        Place (or united center) -> tier; places without ties count among the possible pairs.
    rule : {"mean", "quantile", "share", "value"}
        See above.
    threshold : float, optional
        See above; needed by ``"value"``.
    directed : bool
        Whether both directions of a pair are ties of their own; they are summed if not.
    centers : mapping, optional
        Place -> the center that it is taken for, such as the two cities of a twin center.

    Returns
    -------
    TieStrength
        Ties, tiers, rule and threshold.

    Raises
    ------
    TableError
        As `to_graph`.
    UnknownPlaceError
        An end of a flow without a tier.
    OptionError
        An unknown rule, a threshold that is missing or out of range, or no tie.

    Examples
    --------
    >>> flows = pd.DataFrame({"source": ["A", "A", "C"], "target": ["B", "C", "D"], "value": [9.0, 2.0, 1.0]})
    >>> tiers = {"A": "national", "B": "national", "C": "regional", "D": "regional"}
    >>> found = tie_strength(flows, tiers)
    >>> found.threshold, found.tiers[["tier", "other", "pairs", "ties", "strong", "weak"]].to_numpy().tolist()
    (4.0, [['national', 'national', 1, 1, 1, 0], ['national', 'regional', 4, 1, 0, 1],
           ['regional', 'regional', 1, 1, 0, 1]])
    """
    values = flow_values(flows)
    least = 0.0 if rule == "quantile" else None
    above, most = (None if rule == "quantile" else 0.0), (1.0 if rule in {"quantile", "share"} else None)
    refuse(
        [
            *choice_faults("rule", rule, STRENGTH_RULES),
            *(["threshold: needed for rule 'value', got none"] if rule == "value" and threshold is None else []),
            *(() if threshold is None else number_faults("threshold", threshold, least=least, most=most, above=above)),
        ]
    )
    warn_of_units(flows, stacklevel=2)
    known = by_place(tiers, "tiers")
    taken = dict(centers or {})
    rows = plain_ends(flows[["source", "target"]].assign(value=values))
    for end in ("source", "target"):
        rows[end] = [taken.get(place, place) for place in rows[end]]
    rows = rows[(rows["source"] != rows["target"]) & (rows["value"] > 0)]
    without = sorted({str(p) for p in [*rows["source"], *rows["target"]] if p not in known.index or pd.isna(known[p])})
    if without:
        raise UnknownPlaceError(
            f"tiers: needed a tier of every place, got none of {', '.join(without)}; leave them out"
        )
    refuse([] if len(rows) else ["flows: needed at least one tie between two places, got none"])
    if not directed:
        pairs = [ordered(pair) for pair in zip(rows["source"], rows["target"], strict=True)]
        rows = rows.assign(source=[one for one, _ in pairs], target=[other for _, other in pairs])
    rows = (
        rows.sort_values("value", kind="stable").groupby(["source", "target"], as_index=False, sort=True)["value"].sum()
    )
    compared, from_ = _compared(rows, rule, threshold)
    rows["source_tier"], rows["target_tier"] = (known.reindex(rows[end]).to_numpy() for end in ("source", "target"))
    rows["relation"] = np.where(rows["source_tier"] == rows["target_tier"], "within", "between")
    rows["compared"] = compared
    # a value that reaches the threshold but for rounding reaches it
    rows["strength"] = np.where(compared >= from_ * (1 - 1e-12), "strong", "weak")
    places = known.dropna()
    places = places[[place not in taken or taken[place] == place for place in places.index]]
    return TieStrength(rows, _by_tier(rows, places, directed=directed), rule, from_)


def _compared(rows: pd.DataFrame, rule: str, threshold: float | None) -> tuple[np.ndarray, float]:
    """Return what is set against the threshold, and the threshold."""
    value = rows["value"].to_numpy()
    if rule == "share":
        ends = pd.concat([rows.set_index(end)["value"] for end in ("source", "target")])
        total = ends.groupby(level=0).sum()
        least = np.minimum(total.loc[rows["source"]].to_numpy(), total.loc[rows["target"]].to_numpy())
        return value / least, 0.25 if threshold is None else float(threshold)
    if rule == "quantile":
        return value, float(np.quantile(value, 0.75 if threshold is None else threshold))
    if rule == "mean":
        return value, float((1.0 if threshold is None else threshold) * value.mean())
    return value, float(threshold or 0.0)


def _by_tier(rows: pd.DataFrame, places: pd.Series, *, directed: bool) -> pd.DataFrame:
    """Count ties by the tiers of their ends."""
    rank = {tier: at for at, tier in enumerate(TIERS)}
    tiers = sorted(set(places), key=lambda tier: (rank.get(tier, len(rank)), str(tier)))
    size = places.value_counts()
    found = []
    for at, one in enumerate(tiers):
        for other in tiers if directed else tiers[at:]:
            here = (rows["source_tier"] == one) & (rows["target_tier"] == other)
            if not directed:
                here |= (rows["source_tier"] == other) & (rows["target_tier"] == one)
            part, within = rows[here], one == other
            possible = int(size[one] * (size[one] - 1) if within else size[one] * size[other])
            possible = possible // 2 if within and not directed else possible
            strong, value = part["strength"] == "strong", float(part["value"].sum())
            density = len(part) / possible if possible else np.nan
            share = float(part["value"][strong].sum()) / value if value else np.nan
            counts = (possible, len(part), int(strong.sum()), int((~strong).sum()))
            found.append((one, other, "within" if within else "between", *counts, density, value, share))
    columns = ["tier", "other", "relation", "pairs", "ties", "strong", "weak", "density", "value", "strong_share"]
    return pd.DataFrame(found, columns=columns)
