"""Count the layers through which bodies coordinate, and what these cost."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd

from ...data.errors import OptionError, SizeError
from ...data.options import column_faults, listed, name_faults, number_faults, refuse
from ..flows.check_graph import ordered

__all__ = ["CoordinationCost", "coordination_cost"]

_MOST_PAIRS = 500_000


@dataclass(frozen=True, eq=False)
class CoordinationCost:
    """The layers between units, and their cost.

    Attributes
    ----------
    pairs : DataFrame
        ``unit, other, layers`` (missing where no body stands over both), ``through`` (the lowest common bodies, with
        semicolons), ``cost, status`` (``linked`` or ``no common body``).
    units : DataFrame
        ``unit, bodies`` (number of bodies over it, at any height), ``direct`` (those right over it), ``height`` (layers
        to the highest), ``cost`` (mean over its pairs that are linked).
    summary : Series
        ``units, pairs, linked, mean_layers, cost`` (sum over linked pairs), ``mean_cost, unlinked``.
    """

    pairs: pd.DataFrame = field(repr=False)
    units: pd.DataFrame = field(repr=False)
    summary: pd.Series


def coordination_cost(
    authority: pd.DataFrame, units: Iterable[Hashable] | None = None, *, growth: float = 2.0
) -> CoordinationCost:
    r"""Say through how many layers each two units must go to be coordinated, and what that costs.

    A body coordinates the units beneath it. Two units meet at the lowest body that stands over both, or is one of them;
    with the steps :math:`h_i` and :math:`h_j` up to it, the layers are :math:`h = \max(h_i, h_j)`. Each further layer
    costs ``growth`` times the one below:

    .. math:: c = 1 + g + \dots + g^{h - 1}

    - With ``growth`` 1 the cost is the number of layers; above 1 it grows faster than they do.
    - All units right under one body have one layer and cost 1 a pair, the least there is.
    - A unit with several bodies over it takes the way with the fewest layers; ``bodies`` counts all that have a say.
    - Two units without a common body cannot be coordinated by any: their cost is missing, not 0, and they are counted.

    Parameters
    ----------
    authority : DataFrame
        ``body, over``: a body, and the body that stands right over it. A body may have several over it.
    units : iterable, optional
        Bodies to coordinate; those that stand over none if not given.
    growth : float
        g, at least 1.

    Returns
    -------
    CoordinationCost
        Pairs, units and sums, sorted.

    Raises
    ------
    TableError
        A column is missing.
    OptionError
        Empty cells, a body over itself directly or in a circle, an unknown unit, or fewer than two units.
    SizeError
        More than 500,000 pairs of units.

    Examples
    --------
    >>> authority = pd.DataFrame([("park 1", "district 1"), ("park 2", "district 2"), ("district 1", "city"),
    ...     ("district 2", "city")], columns=["body", "over"])
    >>> coordination_cost(authority).pairs[["unit", "other", "layers", "through", "cost"]]
         unit   other  layers through  cost
    0  park 1  park 2       2    city   3.0
    """
    refuse([*column_faults(authority, "authority", ("body", "over")), *number_faults("growth", growth, least=1)])
    if authority[["body", "over"]].isna().any(axis=None) or authority.empty:
        raise OptionError("authority: needed a body in every cell of at least one row, got empty cells or no row")
    over: dict[Hashable, set[Hashable]] = {}
    for body, above in zip(authority["body"], authority["over"], strict=True):
        over.setdefault(body, set()).add(above)
    heads = set().union(*over.values())
    known = {*over, *heads}
    given = ordered(known - heads if units is None else listed(units, name="units"))
    refuse(
        [
            *name_faults(given, known, name="units", among="bodies of authority"),
            *([] if len(given) > 1 else [f"units: needed at least two, got {len(given)}"]),
        ]
    )
    if len(given) * (len(given) - 1) // 2 > _MOST_PAIRS:
        raise SizeError(f"units: needed at most {_MOST_PAIRS:,} pairs, got {len(given)} units; take fewer")
    # of all bodies, so that a circle above the units is found as well
    up = {body: _steps_up(body, over) for body in ordered(known)}
    steps = {unit: up[unit] for unit in given}
    rows = []
    for one, other in combinations(given, 2):
        common = {body: max(h, steps[other][body]) for body, h in steps[one].items() if body in steps[other]}
        layers = min(common.values(), default=None)
        through = "; ".join(map(str, ordered(body for body, h in common.items() if h == layers)))
        cost = np.nan if layers is None else float(sum(growth**at for at in range(layers)))
        rows.append((one, other, layers, through, cost, "no common body" if layers is None else "linked"))
    pairs = pd.DataFrame(rows, columns=["unit", "other", "layers", "through", "cost", "status"])
    pairs["layers"] = pairs["layers"].astype("Int64")
    ends = pd.concat([pairs[["unit", "cost"]], pairs[["other", "cost"]].set_axis(["unit", "cost"], axis=1)])
    mean = ends.groupby("unit")["cost"].mean()
    table = pd.DataFrame({"unit": pd.Series(given), "bodies": [len(steps[unit]) - 1 for unit in given]})
    table["direct"] = [len(over.get(unit, ())) for unit in given]
    table["height"] = [max(steps[unit].values()) for unit in given]
    table["cost"] = mean.reindex(given).to_numpy()
    linked = pairs[pairs["status"] == "linked"]
    summary = {
        "units": len(given),
        "pairs": len(pairs),
        "linked": len(linked),
        "mean_layers": float(linked["layers"].mean()) if len(linked) else np.nan,
        "cost": float(linked["cost"].sum()),
        "mean_cost": float(linked["cost"].mean()) if len(linked) else np.nan,
        "unlinked": len(pairs) - len(linked),
    }
    return CoordinationCost(pairs, table, pd.Series(summary, dtype=object))


def _steps_up(unit: Hashable, over: dict[Hashable, set[Hashable]]) -> dict[Hashable, int]:
    """Return the fewest steps from a unit up to each body over it, itself at 0."""
    found, edge, height = {unit: 0}, {unit}, 0
    while edge:
        height += 1
        above = set().union(*(over.get(body, set()) for body in edge))
        if unit in above:
            raise OptionError(f"authority: needed bodies that stand over others, got {unit} over itself, in a circle")
        edge = above - found.keys()
        found |= dict.fromkeys(edge, height)
    return found
