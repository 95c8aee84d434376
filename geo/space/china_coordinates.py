"""Convert between WGS 84 and the shifted coordinates of Chinese maps: GCJ-02 (Gaode, Tencent) and BD-09 (Baidu).

GCJ-02 moves a point by up to 700 m, by a formula of its longitude and latitude. Baidu moves the result once more. Both
leave alone what lies outside a rectangle around China (72.004 to 137.8347 E, 0.8293 to 55.8271 N), as the maps do.
"""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...data.errors import GeometryError
from ..coordinates import check_columns

__all__ = ["from_bd09", "from_gcj02", "to_bd09", "to_gcj02"]

Places = TypeVar("Places", np.ndarray, pd.DataFrame, gpd.GeoDataFrame, gpd.GeoSeries)
Shift = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]

RECTANGLE = (72.004, 0.8293, 137.8347, 55.8271)
# the ellipsoid of Krasovsky 1940, on which the formula reckons meters as degrees
_AXIS, _SQUARED_ECCENTRICITY = 6378245.0, 0.00669342162296594323
_BAIDU = (0.0065, 0.006)
# each round leaves less than 1 % of the error
_ROUNDS = 8


def to_gcj02(places: Places) -> Places:
    """Move positions from WGS 84 to GCJ-02, as the maps of Gaode and Tencent are drawn.

    - Positions outside the rectangle around China stay as they are.
    - `from_gcj02` undoes it to better than a millimeter.

    Parameters
    ----------
    places : ndarray, DataFrame, GeoDataFrame or GeoSeries
        An n x 2 array of longitude and latitude, a table with ``lon`` and ``lat``, or geometries in EPSG:4326, every
        vertex of which is moved.

    Returns
    -------
    ndarray, DataFrame, GeoDataFrame or GeoSeries
        What was given, moved. Geometries come back without a reference system, because GCJ-02 has none in the
        registries; so nothing takes them for WGS 84.

    Raises
    ------
    GeometryError
        Geometries that are not in EPSG:4326, or an array of another shape.
    TableError
        A table without ``lon`` or ``lat``.

    References
    ----------
    The formula of GCJ-02 was never published; this is the reconstruction that open programs share. It agrees with
    ``prcoords`` 1.0 and ``coord-convert`` 0.2 to the last digit of a double.

    Examples
    --------
    >>> to_gcj02(np.array([[116.3972, 39.9075], [-0.1276, 51.5072]])).round(6).tolist()
    [[116.403443, 39.908903], [-0.1276, 51.5072]]
    """
    return _apply(places, _to_gcj, known="EPSG:4326", result=None)


def from_gcj02(places: Places) -> Places:
    """Move positions from GCJ-02 back to WGS 84.

    Solved by repeated correction, until less than a millimeter is left.

    Parameters
    ----------
    places : ndarray, DataFrame, GeoDataFrame or GeoSeries
        As in `to_gcj02`, read off a Chinese map. Geometries may have EPSG:4326 or no reference system.

    Returns
    -------
    ndarray, DataFrame, GeoDataFrame or GeoSeries
        What was given, moved; geometries are in EPSG:4326.

    Raises
    ------
    GeometryError
        Geometries in another reference system, or an array of another shape.
    TableError
        A table without ``lon`` or ``lat``.

    Examples
    --------
    >>> from_gcj02(np.array([[116.403443, 39.908903]])).round(4).tolist()
    [[116.3972, 39.9075]]
    """
    return _apply(places, _undo(_to_gcj), known="EPSG:4326, or none", result="EPSG:4326")


def to_bd09(places: Places) -> Places:
    """Move positions from WGS 84 to BD-09, as the maps of Baidu are drawn.

    Parameters
    ----------
    places : ndarray, DataFrame, GeoDataFrame or GeoSeries
        As in `to_gcj02`.

    Returns
    -------
    ndarray, DataFrame, GeoDataFrame or GeoSeries
        What was given, moved; geometries come back without a reference system.

    Raises
    ------
    GeometryError
        Geometries that are not in EPSG:4326, or an array of another shape.
    TableError
        A table without ``lon`` or ``lat``.

    Examples
    --------
    >>> to_bd09(np.array([[116.3972, 39.9075]])).round(6).tolist()
    [[116.409817, 39.915244]]
    """
    return _apply(places, _to_bd, known="EPSG:4326", result=None)


def from_bd09(places: Places) -> Places:
    """Move positions from BD-09 back to WGS 84.

    Parameters
    ----------
    places : ndarray, DataFrame, GeoDataFrame or GeoSeries
        As in `from_gcj02`.

    Returns
    -------
    ndarray, DataFrame, GeoDataFrame or GeoSeries
        What was given, moved; geometries are in EPSG:4326.

    Raises
    ------
    GeometryError
        Geometries in another reference system, or an array of another shape.
    TableError
        A table without ``lon`` or ``lat``.

    Examples
    --------
    >>> from_bd09(to_bd09(np.array([[116.3972, 39.9075]]))).round(6).tolist()
    [[116.3972, 39.9075]]
    """
    return _apply(places, _undo(_to_bd), known="EPSG:4326, or none", result="EPSG:4326")


def _inside(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    west, south, east, north = RECTANGLE
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _to_gcj(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shift positions, wherever they lie."""
    x, y = lon - 105.0, lat - 35.0
    ripple = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    north = -100 + 2 * x + 3 * y + 0.2 * y**2 + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x))
    north += (ripple + 20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3)) * 2 / 3
    north += (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x))
    east += (ripple + 20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3)) * 2 / 3
    east += (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2 / 3
    phi = np.radians(lat)
    root = np.sqrt(1 - _SQUARED_ECCENTRICITY * np.sin(phi) ** 2)
    meridian = np.radians(_AXIS * (1 - _SQUARED_ECCENTRICITY)) / root**3
    parallel = np.radians(_AXIS) * np.cos(phi) / root
    return lon + east / parallel, lat + north / meridian


def _to_bd(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x, y = _to_gcj(lon, lat)
    radius = np.hypot(x, y) + 2e-5 * np.sin(np.radians(3000 * y))
    angle = np.arctan2(y, x) + 3e-6 * np.cos(np.radians(3000 * x))
    return radius * np.cos(angle) + _BAIDU[0], radius * np.sin(angle) + _BAIDU[1]


def _undo(shift: Shift) -> Shift:
    def back(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, y = lon, lat
        for _ in range(_ROUNDS):
            moved_x, moved_y = shift(x, y)
            x, y = x + (lon - moved_x), y + (lat - moved_y)
        return x, y

    return back


def _moved(shift: Shift, points: np.ndarray) -> np.ndarray:
    """Shift the rows of an n x 2 array that lie inside the rectangle."""
    result = points.astype(float)
    inside = _inside(result[:, 0], result[:, 1])
    result[inside, 0], result[inside, 1] = shift(result[inside, 0], result[inside, 1])
    return result


def _apply(places: Places, shift: Shift, *, known: str, result: str | None) -> Places:
    given: Any = places
    if isinstance(given, gpd.GeoDataFrame | gpd.GeoSeries):
        return cast("Places", _geometries(given, shift, known=known, result=result))
    if isinstance(given, pd.DataFrame):
        check_columns(given, "places", ("lon", "lat"))
        points = _moved(shift, given[["lon", "lat"]].to_numpy(dtype=float))
        return cast("Places", given.assign(lon=points[:, 0], lat=points[:, 1]))
    points = np.asarray(given, dtype=float)
    if points.ndim != 2 or points.shape[1] != 2:
        raise GeometryError(f"needed an n x 2 array of longitude and latitude, got shape {points.shape}")
    return cast("Places", _moved(shift, points))


def _geometries(
    places: gpd.GeoDataFrame | gpd.GeoSeries, shift: Shift, *, known: str, result: str | None
) -> gpd.GeoDataFrame | gpd.GeoSeries:
    crs = places.crs
    fits = result is not None if crs is None else crs.to_epsg() == 4326
    if not fits:
        came = "none; set it with set_crs(4326)" if crs is None else f"{crs.to_string()}; use to_crs(4326) first"
        raise GeometryError(f"needed the reference system {known}, got {came}")
    series = places.geometry if isinstance(places, gpd.GeoDataFrame) else places
    shapes: Any = shapely.transform(series.to_numpy(), lambda points: _moved(shift, points))
    moved = gpd.GeoSeries(shapes, index=series.index, name=series.name, crs=result)
    if isinstance(places, gpd.GeoSeries):
        return moved
    frame = pd.DataFrame(places).copy()
    frame[series.name] = moved
    if {"lon", "lat"} <= set(frame.columns):
        frame = _apply(frame, shift, known=known, result=result)
    return gpd.GeoDataFrame(frame, geometry=str(series.name), crs=result)
