"""Compute Ripley's K and L functions of points with envelopes from points dealt out at random."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

from ...data.errors import OptionError, SizeError
from ...data.methods import documented
from ...data.options import check_choice, check_number
from .local_plane import as_point_values
from .study_area import area_in_plane, hull_of, points_within, scatter

__all__ = ["KFunction", "k_function"]

_MOST_PAIRS = 2e8


@dataclass(frozen=True, eq=False)
class KFunction:
    """What `k_function` found.

    Parameters
    ----------
    table : DataFrame
        ``distance_km``, ``k`` (km²), ``expected`` (π r²), ``l`` (km), ``low`` and ``high`` (of ``l``: smallest and
        largest of the simulations, at each distance by itself), ``verdict`` (``clustered`` above the envelope,
        ``regular`` below, ``random`` within, ``not tested``).
    p_value : float
        Of the largest departure of L from the mean of the simulations over all distances; not a number without any.
    points : int
    area_km2 : float
    area : str
        ``given`` or ``convex hull``.
    correction : str
    simulations : int
    projection : str
    """

    table: pd.DataFrame = field(repr=False)
    p_value: float
    points: int
    area_km2: float
    area: str
    correction: str
    simulations: int
    projection: str = field(repr=False)


@documented(
    "ripley1977", "besag1977", formula="K(r) = A Σ<sub>i≠j</sub> 1(d<sub>ij</sub> ≤ r) / (n (n − 1)), L(r) = √(K / π)"
)
def k_function(
    points: pd.DataFrame,
    *,
    area: Any = None,  # noqa: ANN401 - shapely's kinds of geometry
    distances: Sequence[float] | None = None,
    correction: Literal["border", "none"] = "border",
    simulations: int = 99,
    seed: int = 0,
    crs: object = None,
) -> KFunction:
    r"""Compute how many neighbors points have within each distance, against points evenly random over an area.

    :math:`K(r) = \frac{A}{n (n - 1)} \sum_{i \ne j} 1(d_{ij} \le r)` and :math:`L(r) = \sqrt{K(r) / \pi}`, which is
    r where points are random. Near its edge an area has too few neighbors: ``border`` counts only around points more
    than r from the edge,
    :math:`K(r) = \frac{A}{n} \sum_{i: b_i > r} n_i(r) / \#\{i: b_i > r\}` with :math:`n_i(r)` the neighbors
    of i. The simulations meet the same edge, so the envelope holds under either.

    - The noise depends on seed, run and the number of the point alone.
    - ``border`` where no point lies that far from the edge: not a number, ``not tested``.
    - The envelope is that of one distance; ``p_value`` is of all distances together.

    Parameters
    ----------
    points, crs
        As in `mean_center`.
    area : polygon or layer, optional
        Where points can lie; by default their convex hull.
    distances : sequence of float, optional
        Km, rising, above 0; by default 50 steps up to a quarter of the shorter side of the area's box.
    correction : {"border", "none"}
    simulations : int
        0: no envelope.
    seed : int

    Returns
    -------
    KFunction

    Raises
    ------
    GeometryError, OptionError
        As in `mean_center`; fewer than two points, points outside the area.
    SizeError
        More than 200 million pairs within the largest distance.

    References
    ----------
    Ripley, B. D. (1977). Modelling spatial patterns. Journal of the Royal Statistical Society B 39 (2), 172-192.

    Examples
    --------
    >>> pairs = pd.DataFrame({"lon": [0.1, 0.101, 0.4, 0.401, 0.7, 0.701], "lat": [0.1, 0.1, 0.7, 0.7, 0.3, 0.3]})
    >>> found = k_function(pairs, area=shapely.box(0, 0, 1, 1), distances=[1, 5], simulations=19)
    >>> found.table["verdict"].tolist(), found.p_value
    (['clustered', 'clustered'], 0.05)
    """
    check_choice("correction", correction, ("border", "none"))
    check_number("simulations", simulations, least=0, whole=True)
    check_number("seed", seed, whole=True)
    read = as_point_values(points, crs=crs)
    x, y = read.x[0], read.y[0]
    if len(x) < 2:
        raise OptionError(f"points: needed at least two points, got {len(x)}")
    shape = hull_of(x, y) if area is None else area_in_plane(area, read.plane)
    points_within(shape, x, y)
    radii = _radii(distances, shape)
    share = min(1.0, np.pi * radii[-1] ** 2 / shape.area)
    if len(x) ** 2 * share / 2 > _MOST_PAIRS:
        came = f"points: about {len(x) ** 2 * share / 2:.0f} pairs lie within {radii[-1] / 1000:g} km"
        raise SizeError(f"{came}, more than {_MOST_PAIRS:.0f}; take smaller distances")
    own = _k(np.column_stack([x, y]), shape, radii, correction)
    runs = np.empty((simulations, len(radii)))
    for start in range(0, simulations, 64):
        numbers = np.arange(start, min(start + 64, simulations))
        for run, dealt in zip(numbers, scatter(shape, len(x), numbers, seed=seed), strict=True):
            runs[run] = _k(dealt, shape, radii, correction)
    level, levels = np.sqrt(own / np.pi) / 1000.0, np.sqrt(runs / np.pi) / 1000.0
    whole = np.isfinite(level) & np.isfinite(levels).all(axis=0)
    tested = whole & (simulations > 0)
    low, high = (
        (np.where(tested, f(levels, axis=0), np.nan) for f in (np.min, np.max)) if simulations else (np.nan, np.nan)
    )
    verdict = np.select([~tested, level > high, level < low], ["not tested", "clustered", "regular"], "random")
    table = pd.DataFrame(
        {"distance_km": radii / 1000.0, "k": own / 1e6, "expected": np.pi * (radii / 1000.0) ** 2}
        | {"l": level, "low": low, "high": high, "verdict": verdict}
    )
    kind = "convex hull" if area is None else "given"
    p_value = _global(level[tested], levels[:, tested])
    return KFunction(table, p_value, len(x), shape.area / 1e6, kind, correction, simulations, read.plane.name)


def _radii(distances: Sequence[float] | None, shape: Any) -> np.ndarray:  # noqa: ANN401
    if distances is None:
        west, south, east, north = shape.bounds
        return np.linspace(0.0, min(east - west, north - south) / 4.0, 51)[1:]
    radii = np.array(list(distances), dtype=float) * 1000.0
    if not len(radii) or not np.isfinite(radii).all() or radii[0] <= 0 or (np.diff(radii) <= 0).any():
        raise OptionError(f"distances: needed rising numbers above 0 (km), got {list(distances)}")
    return radii


def _k(at: np.ndarray, shape: Any, radii: np.ndarray, correction: str) -> np.ndarray:  # noqa: ANN401
    n, tree = len(at), KDTree(at)
    if correction == "none":
        return (tree.count_neighbors(tree, radii) - n) * shape.area / (n * (n - 1.0))
    pairs = tree.query_pairs(radii[-1], output_type="ndarray")
    apart = np.hypot(*(at[pairs[:, 0]] - at[pairs[:, 1]]).T)
    edge = shapely.distance(shape.boundary, shapely.points(at))
    # a pair counts around one of its points from its distance up to the distance of that point from the edge
    first, steps = np.searchsorted(radii, apart), len(radii)
    last = np.searchsorted(radii, edge)
    begun = np.zeros(steps + 1)
    for side in (0, 1):
        end = last[pairs[:, side]]
        counted = end > first
        begun += np.bincount(first[counted], minlength=steps + 1) - np.bincount(end[counted], minlength=steps + 1)
    inner = n - np.cumsum(np.bincount(last, minlength=steps + 1))[:steps]
    return shape.area / n * np.cumsum(begun)[:steps] / np.where(inner > 0, inner, np.nan)


def _global(level: np.ndarray, levels: np.ndarray) -> float:
    """Return the share of simulations that depart as far from the mean of the others, this pattern among them."""
    if not level.size or not len(levels):
        return np.nan
    every = np.vstack([level, levels])
    runs = len(levels)
    apart = np.abs(every - (every.sum(axis=0) - every) / runs).max(axis=1)
    return float((apart >= apart[0] * (1.0 - 1e-12)).sum() / (runs + 1.0))
