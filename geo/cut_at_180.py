"""Carry shapes in degrees across the 180th meridian."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

__all__ = ["beside", "cut_at_180", "line_between"]

# degrees from which a latitude is that of a pole
_POLE = 90.0 - 1e-7


def beside(shape: Any, lon: float) -> Any:  # noqa: ANN401 - shapely's kinds of geometry
    """Return a shape in degrees with each corner within 180 degrees of a longitude; around a pole it is cut at 180."""

    def moved(corners: np.ndarray) -> np.ndarray:
        corners = corners.copy()
        corners[:, 0] -= np.where(corners[:, 0] - lon > 180.0, 360.0, 0.0)
        corners[:, 0] += np.where(corners[:, 0] - lon < -180.0, 360.0, 0.0)
        return corners

    found = shapely.transform(shape, moved)
    west, south, east, north = np.asarray(shapely.bounds(found)).T
    # an edge that leads around the back of the earth is far longer than others
    polar = (east - west > 180.0) | (north > _POLE) | (south < -_POLE)
    if not np.any(polar):
        return found
    if isinstance(found, np.ndarray):
        found[polar] = [_whole_at_pole(one) for one in found[polar]]
        return found
    return _whole_at_pole(found)


def _whole_at_pole(shape: Any) -> Any:  # noqa: ANN401
    """Return an area within -180 and 180, up to a pole that it holds or touches; lines and points as they are."""
    areas = [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]
    if not areas:
        return shape
    parts = [
        shapely.difference(_filled(part.exterior), shapely.union_all([_filled(ring) for ring in part.interiors]))
        for part in areas
    ]
    return shapely.normalize(shapely.union_all(parts))


def _touching(ring: Any) -> np.ndarray:  # noqa: ANN401
    return np.abs(shapely.get_coordinates(ring)[:, 1]) > _POLE


def _corners(ring: Any) -> np.ndarray:  # noqa: ANN401
    """Return the corners of a ring; one at a pole, which has every longitude, with that before and that after it."""
    at, polar = shapely.get_coordinates(ring)[:-1], _touching(ring)[:-1]
    if polar.all() or not polar.any():
        return shapely.get_coordinates(ring)
    first = int(np.argmin(polar))
    at, polar = np.roll(at, -first, axis=0), np.roll(polar, -first)
    at = np.append(at, at[:1], axis=0)
    known = np.append(np.flatnonzero(~polar), len(polar))
    here = np.arange(len(at))
    before, after = known[np.searchsorted(known, here, side="right") - 1], known[np.searchsorted(known, here)]
    both = np.stack([np.column_stack([at[of, 0], at[:, 1]]) for of in (before, after)], axis=1).reshape(-1, 2)
    return both[np.repeat(np.append(polar, False), 2) | (np.arange(len(both)) % 2 == 0)]


def _steps(ring: Any) -> np.ndarray:  # noqa: ANN401
    """Return the degrees east from each corner of a ring to the next, the shorter way."""
    steps = np.diff(_corners(ring)[:, 0])
    return steps - 360.0 * np.round(steps / 360.0)


def _filled(ring: Any) -> Any:  # noqa: ANN401
    """Return what a ring holds, within -180 and 180: up to the pole where it runs around it."""
    corners, steps = _corners(ring), _steps(ring)
    lon, lat = corners[0, 0] + np.concatenate([[0.0], np.cumsum(steps)]), corners[:, 1]
    if abs(steps.sum()) > 180.0:
        # of the two poles the one that the ring comes nearer to
        pole = 90.0 if lat.max() > -lat.min() else -90.0
        lon, lat = np.append(lon, [lon[-1], lon[0]]), np.append(lat, [pole, pole])
    return cut_at_180(shapely.make_valid(shapely.Polygon(np.column_stack([lon, lat]))))


def cut_at_180(shape: Any) -> Any:  # noqa: ANN401
    """Return a shape that reaches beyond 180 degrees in parts that lie within -180 and 180; beyond a pole is nothing.

    Examples
    --------
    >>> cut_at_180(shapely.LineString([(179, 0), (181, 2)])).wkt
    'MULTILINESTRING ((179 0, 180 1), (-180 1, -179 2))'
    >>> cut_at_180(shapely.box(0, 0, 1, 1)).geom_type
    'Polygon'
    """
    west, south, east, north = shapely.bounds(shape)
    if not (west < -180.0 or east > 180.0 or south < -90.0 or north > 90.0):
        return shape
    parts: list[Any] = []
    wanted = shapely.get_dimensions(shape)
    for turn in (-360.0, 0.0, 360.0):
        inside = shapely.intersection(shape, shapely.box(turn - 180.0, -90.0, turn + 180.0, 90.0))
        whole = shapely.transform(inside, lambda corners, turn=turn: corners - [turn, 0.0])
        parts += [part for part in shapely.get_parts(whole) if shapely.get_dimensions(part) == wanted]
    return shapely.normalize(shapely.union_all(parts))


def line_between(points: Sequence[tuple[float, float]]) -> Any:  # noqa: ANN401
    """Return the line through points in degrees, each the shorter way from the one before.

    Examples
    --------
    >>> line_between([(179, 0), (-179, 2)]).wkt
    'MULTILINESTRING ((179 0, 180 1), (-180 1, -179 2))'
    """
    lon, lat = np.array(points, dtype=float).T
    lon[1:] -= 360.0 * np.cumsum(np.round(np.diff(lon) / 360.0))
    return cut_at_180(shapely.LineString(np.column_stack([lon, lat])))
