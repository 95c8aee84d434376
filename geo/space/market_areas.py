"""Nest the market areas of centers tier by tier, and compare their numbers with Christaller's systems.

A center of a higher tier also holds the functions of the lower ones, so on each tier it has an area of its own.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal, get_args

import geopandas as gpd
import numpy as np
import pandas as pd

from ...data.errors import Fault, TableError
from ...data.methods import documented
from ...data.option_checks import a_number
from ...data.options import check_choice, check_columns, hint
from ..tiers.assign import TIERS
from .cost_matrix import cost_matrix, keys_of
from .hinterlands import Extent, hinterlands

__all__ = ["PRINCIPLES", "MarketAreas", "market_area_layer", "market_areas"]

Nesting = Literal["nearest", "chain"]
NESTINGS: tuple[str, ...] = get_args(Nesting)
# areas of the next lower tier for each center, by the principle of the system
PRINCIPLES = {"marketing": 3, "transport": 4, "administrative": 7}


@dataclass(frozen=True)
class MarketAreas:
    """What `market_areas` found.

    Parameters
    ----------
    members : DataFrame
        ``tier``, ``place``, ``center``, ``share``, ``cost``: to which centers of a tier each place of a lower tier
        belongs; equally near ones share it.
    k : DataFrame
        ``upper``, ``lower`` (tiers), ``centers`` (of the upper tier and above), ``areas`` (of the lower one and above),
        ``k`` (areas for each center), ``principle`` (the nearest of Christaller's), ``expected`` (its K), ``ratio``
        (k / expected), ``k_min``, ``k_max`` (over the centers), ``nested`` (share of the places further down whose
        nearest center on the upper tier is also that of their center on the lower one), ``unserved`` (places of the
        lower tier that reach no center).
    centers : DataFrame
        ``tier`` (upper), ``place``, ``k``: areas of the next lower tier that a center holds, its own included.
    """

    members: pd.DataFrame = field(repr=False)
    k: pd.DataFrame
    centers: pd.DataFrame = field(repr=False)


@documented("christaller1933", formula="K<sub>t</sub> = n<sub>t−1</sub> / n<sub>t</sub>")
def market_areas(
    centers: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    tier: str = "tier",
    tiers: Sequence[str] | None = None,
    nesting: Nesting = "nearest",
    tolerance: float = 1e-9,
) -> MarketAreas:
    r"""Give each place to the nearest center of every higher tier, and count areas within areas.

    With :math:`n_t` centers on tier t and above, :math:`K_t = n_{t-1} / n_t` areas of the next lower tier come to each
    center. Christaller's systems have a K of 3 (marketing: a lower center lies between three higher ones), 4
    (transport: between two) or 7 (administrative: within one area); the nearest is that of least :math:`|\ln K_t / K|`.

    - The shares of a place on a tier add up to 1, and the K of the centers to the number of areas.
    - Tiers that no center holds are left out; one tier alone has no K.

    Parameters
    ----------
    centers : DataFrame
        ``place`` (unique) and the column of tiers.
    costs : DataFrame
        Cost from place (rows) to place (columns), at least 0, such as `innoscape.geo.distance_matrix`.
    tier : str
        Column of tiers.
    tiers : sequence of str, optional
        The tiers, highest first; otherwise the order of a categorical column, or international, national, regional,
        local.
    nesting : {"nearest", "chain"}
        Whether a place belongs to the nearest center of each tier, or to the center of its center of the tier below.
    tolerance : float
        Centers whose cost is above the least by at most this share of it count as equally near.

    Returns
    -------
    MarketAreas
        Members, K by pair of tiers, K by center.

    Raises
    ------
    TableError
        A missing column, a place that stands twice, a tier that is missing or unknown, a cost below 0 or lacking.
    OptionError
        Unknown nesting, a negative tolerance.

    References
    ----------
    Christaller, W. (1933). Die zentralen Orte in Sueddeutschland. Fischer.

    Examples
    --------
    >>> centers = pd.DataFrame({"place": list("abcd"), "tier": ["national", "regional", "regional", "national"]})
    >>> costs = pd.DataFrame([[0, 1, 2, 3], [1, 0, 1, 2], [2, 1, 0, 2], [3, 2, 2, 0]], list("abcd"), list("abcd"))
    >>> found = market_areas(centers, costs)
    >>> found.k[["upper", "lower", "centers", "areas", "k", "principle"]].values.tolist()
    [['national', 'regional', 2, 4, 2.0, 'marketing']]
    >>> found.centers["k"].tolist()
    [2.5, 1.5]
    """
    check_choice("nesting", nesting, NESTINGS)
    a_number(0)("tolerance", tolerance)
    names = keys_of(centers, "centers")
    codes, labels = _codes(centers, names, tier, tiers)
    cost = cost_matrix(costs, names, names)
    held = sorted({int(code) for code in codes})
    direct = {code: _nearest(cost, codes <= code, tolerance) for code in held[:-1]}
    chained = dict(direct)
    for lower, upper in zip(held[-2:0:-1], held[-3::-1], strict=False):
        chained[upper] = np.where((codes <= lower)[:, None], direct[upper], chained[lower] @ direct[upper])
    used = direct if nesting == "nearest" else chained
    members, rows, each = [], [], []
    for upper, lower in pairwise(held):
        above, below = codes <= upper, codes <= lower
        i, j = np.nonzero(used[upper] * (codes > upper)[:, None])
        named = {"tier": labels[upper], "place": [names[a] for a in i], "center": [names[b] for b in j]}
        members.append(pd.DataFrame({**named, "share": used[upper][i, j], "cost": cost[i, j]}))
        counts = direct[upper][below].sum(axis=0)[above]
        each.append(pd.DataFrame({"tier": labels[upper], "place": np.array(names, dtype=object)[above], "k": counts}))
        k = float(below.sum() / above.sum())
        principle = min(PRINCIPLES, key=lambda name, k=k: abs(math.log(k / PRINCIPLES[name])))
        further = codes > lower
        shared = np.minimum(direct[upper], chained[upper])[further].sum()
        rows.append({
            "upper": labels[upper], "lower": labels[lower], "centers": int(above.sum()), "areas": int(below.sum()),
            "k": k, "principle": principle, "expected": PRINCIPLES[principle], "ratio": k / PRINCIPLES[principle],
            "k_min": float(counts.min()), "k_max": float(counts.max()),
            "nested": float(shared / further.sum()) if further.any() else 1.0,
            "unserved": int((direct[upper][below].sum(axis=1) == 0).sum()),
        })  # fmt: skip
    columns = ["upper", "lower", "centers", "areas", "k", "principle", "expected", "ratio", "k_min", "k_max", "nested",
               "unserved"]  # fmt: skip
    return MarketAreas(
        members=_stacked(members, ["tier", "place", "center", "share", "cost"]),
        k=pd.DataFrame(rows, columns=columns),
        centers=_stacked(each, ["tier", "place", "k"]),
    )


def market_area_layer(
    centers: gpd.GeoDataFrame,
    *,
    tier: str = "tier",
    tiers: Sequence[str] | None = None,
    extent: Extent | None = None,
    crs: Any = None,  # noqa: ANN401
) -> gpd.GeoDataFrame:
    """Return the market areas of each tier as polygons: the nearest center of the tier or above.

    - The areas of a tier cover the extent once.

    Parameters
    ----------
    centers : GeoDataFrame
        ``place`` (unique), the column of tiers, and points.
    tier, tiers
        As for `market_areas`.
    extent, crs
        As for `innoscape.geo.hinterlands`.

    Returns
    -------
    GeoDataFrame
        ``market_tier``, then the columns of `innoscape.geo.hinterlands`, tiers from the highest, EPSG:4326.

    Raises
    ------
    TableError, GeometryError
        As `market_areas` and `innoscape.geo.hinterlands` do.

    Examples
    --------
    >>> points = gpd.points_from_xy([110, 112, 114], [30, 30, 30])
    >>> centers = gpd.GeoDataFrame({"place": list("abc"), "tier": ["national", "local", "local"]},
    ...     geometry=points, crs=4326)
    >>> layer = market_area_layer(centers, extent=(109, 29, 115, 31))
    >>> layer["market_tier"].tolist(), layer["place"].tolist(), layer["share"].round(2).tolist()
    (['national', 'local', 'local', 'local'], ['a', 'a', 'b', 'c'], [1.0, 0.33, 0.33, 0.33])
    """
    codes, labels = _codes(centers, keys_of(centers, "centers"), tier, tiers)
    # the whole of the extent belongs to each tier
    within = extent if extent is not None else centers.geometry.to_crs(4326).union_all().envelope.buffer(0.5)
    layers = [
        hinterlands(centers[codes <= code], extent=within, crs=crs).assign(market_tier=labels[code])
        for code in sorted({int(code) for code in codes})
    ]
    stacked = gpd.GeoDataFrame(pd.concat(layers, ignore_index=True), crs=4326)
    return stacked[["market_tier", *[name for name in stacked.columns if name != "market_tier"]]]


def _codes(
    centers: pd.DataFrame, names: list[str], tier: str, tiers: Sequence[str] | None
) -> tuple[np.ndarray, list[str]]:
    """Return the number of the tier of each center, 0 being the highest, and the labels."""
    check_columns(centers, "centers", ("place", tier))
    column = centers[tier]
    known = list(column.cat.categories) if isinstance(column.dtype, pd.CategoricalDtype) else list(TIERS)
    labels = [str(label) for label in (known if tiers is None else tiers)]
    at = {label: code for code, label in enumerate(labels)}
    found = [str(value) for value in column]
    faults = [
        Fault("centers", f"one of {', '.join(labels)}", f"{value}{hint(value, labels)} at {place}", "correct it",
              column=tier)
        for place, value in zip(names, found, strict=True)
        if value not in at
    ]  # fmt: skip
    if faults:
        raise TableError(faults)
    return np.array([at[value] for value in found]), labels


def _nearest(cost: np.ndarray, above: np.ndarray, tolerance: float) -> np.ndarray:
    """Return the share of each place (rows) that belongs to each center (columns): the nearest, in equal parts."""
    reach = np.where(above, cost, np.inf)
    np.fill_diagonal(reach, np.where(above, 0.0, np.inf))
    least = reach.min(axis=1, keepdims=True)
    near = np.isfinite(reach) & (reach <= least * (1 + tolerance))
    # a center belongs to itself, though another may stand at the same point
    near[above] = np.eye(len(cost), dtype=bool)[above]
    return near / np.maximum(near.sum(axis=1, keepdims=True), 1)


def _stacked(tables: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)
