"""Divide a rectangle by ratios of distances: the multiplicatively weighted Voronoi division.

Where :math:`d_i / u_i < d_j / u_j` a point belongs to i. The border of two sites is a circle of Apollonius about the
weaker one, or a line if they are equal. Each circle is drawn once and used for both of its sides, so that they fit.
"""

import math
from typing import Any

import numpy as np
import shapely

__all__ = ["weighted_cells"]

# how far a chord may lie from its arc, as a share of the rectangle's diagonal
_SAG = 2e-6
# a circle this many times larger than the rectangle is a line
_LINE = 1e6


def weighted_cells(sites: np.ndarray, pulls: np.ndarray, box: Any) -> list[Any]:  # noqa: ANN401
    """Return the cell of each site (n x 2, meters) within a rectangle, pulls being distances of equal standing.

    Examples
    --------
    >>> cells = weighted_cells(np.array([[0.0, 0.0], [3.0, 0.0]]), np.array([2.0, 1.0]), shapely.box(-9, -9, 9, 9))
    >>> round(cells[1].bounds[0], 3), round(cells[1].bounds[2], 3)
    (2.0, 6.0)
    """
    # sorted, so that the last bits do not depend on the order of rows
    order = np.lexsort((sites[:, 1], sites[:, 0], pulls))
    cells = [box] * len(sites)
    for position in order:
        cells[position] = _cell(position, sites, pulls, box)
    return cells


def _cell(i: int, sites: np.ndarray, pulls: np.ndarray, box: Any) -> Any:  # noqa: ANN401
    """Cut the cell of site i out of the rectangle, the nearest borders first."""
    cell = box
    gaps = np.hypot(*(sites - sites[i]).T)
    # the distance from i to its border with j, towards j
    borders = gaps * pulls[i] / (pulls[i] + pulls)
    keys = np.lexsort((sites[:, 1], sites[:, 0], borders))
    for j in keys[keys != i]:
        weak, strong = (i, j) if _weaker(i, j, sites, pulls) else (j, i)
        circle = _circle(sites[weak], sites[strong], pulls[weak], pulls[strong])
        if circle is not None and weak == j and _apart(cell, circle):
            continue
        if circle is not None and weak == i and _within(cell, circle):
            continue
        side = _side(circle, (sites[weak], sites[strong]), (pulls[weak], pulls[strong]), box)
        cell = shapely.intersection(cell, side) if weak == i else shapely.difference(cell, side)
        if shapely.is_empty(cell):
            return cell
    return cell


def _weaker(i: int, j: int, sites: np.ndarray, pulls: np.ndarray) -> bool:
    return (pulls[i], *sites[i]) < (pulls[j], *sites[j])


def _circle(weak: np.ndarray, strong: np.ndarray, small: float, large: float) -> tuple[float, float, float] | None:
    """Give center and radius of the circle on which both pull equally; none if they are equal."""
    share = (small / large) ** 2
    if share >= 1:
        return None
    center = (weak - share * strong) / (1 - share)
    radius = math.hypot(*(weak - strong)) * math.sqrt(share) / (1 - share)
    return float(center[0]), float(center[1]), radius


def _apart(cell: Any, circle: tuple[float, float, float]) -> bool:  # noqa: ANN401
    x, y, radius = circle
    west, south, east, north = shapely.bounds(cell)
    return math.hypot(max(west - x, 0, x - east), max(south - y, 0, y - north)) > radius


def _within(cell: Any, circle: tuple[float, float, float]) -> bool:  # noqa: ANN401
    x, y, radius = circle
    west, south, east, north = shapely.bounds(cell)
    return math.hypot(max(x - west, east - x), max(y - south, north - y)) < radius * (1 - 1e-4)


def _side(
    circle: tuple[float, float, float] | None,
    pair: tuple[np.ndarray, np.ndarray],
    pulls: tuple[float, float],
    box: Any,  # noqa: ANN401
) -> Any:  # noqa: ANN401
    """Draw the side of the weaker site (the first), exact wherever the rectangle is."""
    west, south, east, north = shapely.bounds(box)
    middle, reach = np.array([(west + east) / 2, (south + north) / 2]), 0.51 * math.hypot(east - west, north - south)
    if circle is None or circle[2] > _LINE * reach:
        return _half_plane(*pair, pulls[0] / sum(pulls), middle, reach)
    x, y, radius = circle
    step = 2 * math.acos(1 - min(1.0, _SAG * reach / radius))
    away = middle - (x, y)
    distance = math.hypot(*away)
    if distance <= 1.5 * reach:
        count = max(64, math.ceil(2 * math.pi / step))
        angles = np.arange(count) * (2 * math.pi / count)
        return shapely.Polygon(np.column_stack([x + radius * np.cos(angles), y + radius * np.sin(angles)]))
    # seen from the circle's center the rectangle fills a narrow angle: only that sector matters
    half = 1.01 * math.asin(reach / distance)
    angles = math.atan2(away[1], away[0]) + np.linspace(-half, half, max(8, math.ceil(2 * half / step)) + 1)
    arc = np.column_stack([x + radius * np.cos(angles), y + radius * np.sin(angles)])
    return shapely.Polygon(np.vstack([arc, [(x, y)]]))


def _half_plane(weak: np.ndarray, strong: np.ndarray, share: float, middle: np.ndarray, reach: float) -> Any:  # noqa: ANN401
    """Draw the side of the weaker site where the border is a line at a share of the way to the stronger one."""
    along = (weak - strong) / math.hypot(*(weak - strong))
    across = np.array([-along[1], along[0]])
    foot = weak + share * (strong - weak)
    foot = foot + across * float((middle - foot) @ across)
    far = 4 * reach + abs(float((middle - foot) @ along))
    corners = [foot - far * across, foot + far * across, foot + far * (across + along), foot + far * (along - across)]
    return shapely.Polygon(corners)
