"""Lay points out in a plane where lengths are meters, and bring shapes back to degrees."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Geod, Transformer

from ...data.errors import GeometryError, OptionError
from ...data.options import check_choice, check_columns, reach_faults, refuse, table_fault
from ...data.places.keys import key_text
from ...data.wording.catalogue import text
from ..coordinates import require_metric
from ..cut_at_180 import beside, cut_at_180

__all__ = ["GEOD", "LocalPlane", "PointValues", "as_point_values", "plane_around"]

GEOD = Geod(ellps="WGS84")
_WGS84 = CRS.from_epsg(4326)
_FAR = 80.0
# meters from a pole within which edges are cut into so many parts
_NEAR_POLE = 200_000.0
_EDGES = 64


@dataclass(frozen=True, eq=False)
class LocalPlane:
    """A projection whose lengths are meters.

    Parameters
    ----------
    crs : CRS
    lon : float
        Meridian in the middle, degrees.
    name : str
        What tables say of the projection.
    """

    crs: CRS
    lon: float
    name: str

    def to_plane(self, lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return meters east and north of degrees."""
        return Transformer.from_crs(_WGS84, self.crs, always_xy=True).transform(lon, lat)

    def to_degrees(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return degrees of meters; not a number where there are none."""
        lon, lat = Transformer.from_crs(self.crs, _WGS84, always_xy=True).transform(x, y)
        return np.where(np.isfinite(lon), lon, np.nan), np.where(np.isfinite(lat), lat, np.nan)

    def shapes_to_degrees(self, shapes: Iterable[Any]) -> list[Any]:
        """Return shapes in degrees, cut where they cross the 180th meridian."""
        back = Transformer.from_crs(self.crs, _WGS84, always_xy=True)

        def turned(corners: np.ndarray) -> np.ndarray:
            return np.column_stack(back.transform(corners[:, 0], corners[:, 1]))

        flat: Any = np.array(list(shapes), dtype=object)
        for lat in (-90.0, 90.0):
            x, y = (float(one[0]) for one in self.to_plane(np.array([0.0]), np.array([lat])))
            if np.isfinite(x):
                # straight edges bend in degrees near a pole
                near = shapely.distance(flat, shapely.Point(x, y)) < _NEAR_POLE
                flat[near] = shapely.segmentize(flat[near], shapely.length(flat[near]) / _EDGES)
        parts = beside(shapely.transform(flat, turned), self.lon)
        west, south, east, north = shapely.bounds(parts).T
        beyond = (west < -180.0) | (east > 180.0) | (south < -90.0) | (north > 90.0)
        return [cut_at_180(part) if cut else part for part, cut in zip(parts, beyond, strict=True)]

    def shape_to_plane(self, shape: Any) -> Any:  # noqa: ANN401 - shapely's kinds of geometry
        """Return a shape in degrees in meters."""
        return shapely.transform(shape, lambda corners: np.column_stack(self.to_plane(corners[:, 0], corners[:, 1])))


def plane_around(lon: np.ndarray, lat: np.ndarray, *, keep: Literal["area", "distance"] = "area") -> LocalPlane:
    """Return the azimuthal projection around the middle of points, which keeps areas, or distances from the middle.

    Raises
    ------
    GeometryError
        If a point lies more than 80 degrees from the middle.

    Examples
    --------
    >>> plane = plane_around(np.array([179.0, -179.0]), np.array([10.0, 10.0]))
    >>> plane.lon, [float(x.round(-3)) for x in plane.to_plane(np.array([179.0, -179.0]), np.array([10.0, 10.0]))[0]]
    (180.0, [-110000.0, 110000.0])
    """
    if not len(lon):
        raise OptionError(text("faults.calls.alike.points_point_none"))
    # a point counts once, so that the plane does not depend on how often places come
    at = np.unique(np.column_stack([lon, lat]), axis=0)
    east, north = np.radians(at[:, 0]), np.radians(at[:, 1])
    ball = np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])
    middle = ball.mean(axis=0)
    size = float(np.linalg.norm(middle))
    if size < 1e-9 or (ball @ (middle / size)).min() < np.cos(np.radians(_FAR)):
        needed = text("faults.calls.local_plane.points_places_within_degrees", far=f"{_FAR:g}")
        raise GeometryError(text("faults.calls.local_plane.places_around_globe_part", needed=needed))
    lat0 = round(float(np.degrees(np.arctan2(middle[2], np.hypot(middle[0], middle[1])))), 2)
    lon0 = round(float(np.degrees(np.arctan2(middle[1], middle[0]))), 2)
    kind = "laea" if keep == "area" else "aeqd"
    name = f"+proj={kind} +lat_0={lat0} +lon_0={lon0} +datum=WGS84 +units=m"
    return LocalPlane(CRS.from_proj4(name), lon0, name)


@dataclass(frozen=True, eq=False)
class PointValues:
    """Points over years in a plane: years x points, a weight of 0 where a point does not count.

    Parameters
    ----------
    by : str or None
    periods : ndarray
    x, y, weights : ndarray
        T x n; meters.
    plane : LocalPlane
    """

    by: str | None
    periods: np.ndarray
    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray
    plane: LocalPlane

    @property
    def counts(self) -> np.ndarray:
        """Points with a weight above 0 in each year."""
        return (self.weights > 0).sum(axis=1)

    @property
    def shares(self) -> np.ndarray:
        """Share of each point in the weight of its year; not a number in a year without weight."""
        total = self.weights.sum(axis=1, keepdims=True)
        return self.weights / np.where(total > 0, total, np.nan)

    def mean(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the weighted mean of each year."""
        p = self.shares
        return (p * self.x).sum(axis=1), (p * self.y).sum(axis=1)


def as_point_values(
    points: pd.DataFrame,
    *,
    weights: str | pd.Series | None = None,
    by: str | None = None,
    crs: object = None,
    keep: Literal["area", "distance"] = "area",
) -> PointValues:
    """Return points of a table (lon, lat) or a layer in a plane; every fault says which rows it concerns."""
    check_choice("keep", keep, ("area", "distance"))
    x, y, plane = _placed(points, crs, keep)
    size = _sizes(points, weights)
    if by is None:
        return PointValues(None, np.array([0]), x[None], y[None], size[None], plane)
    check_columns(pd.DataFrame(points), "points", (by,))
    if points[by].isna().any():
        raise table_fault(
            "points",
            text("faults.calls.alike.every_row", by=by),
            text("faults.calls.alike.row_without"),
            text("faults.calls.alike.add_column", by=by),
            by,
        )
    year, periods = pd.factorize(points[by], sort=True)
    # rows of one year stand side by side, in an order that does not depend on that of the table
    order = np.lexsort((size, y, x, year))
    counts = np.bincount(year, minlength=len(periods))
    column = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    wide = np.zeros((3, len(periods), counts.max()))
    for number, one in enumerate((x, y, size)):
        wide[number, year[order], column] = one[order]
    return PointValues(by, np.asarray(periods), wide[0], wide[1], wide[2], plane)


def _placed(
    points: pd.DataFrame, crs: object, keep: Literal["area", "distance"]
) -> tuple[np.ndarray, np.ndarray, LocalPlane]:
    if not isinstance(points, pd.DataFrame):
        raise OptionError(text("faults.calls.local_plane.points_table_layer", name=type(points).__name__))
    if not len(points):
        raise OptionError(text("faults.calls.alike.points_point_none"))
    wanted = None if crs is None else CRS.from_user_input(crs)
    if wanted is not None:
        require_metric(wanted)
    if not isinstance(points, gpd.GeoDataFrame):
        check_columns(points, "points", ("lon", "lat"))
        lon, lat = (_numeric(points[column]) for column in ("lon", "lat"))
    else:
        own, x, y = _layer(points)
        if wanted is None and own.is_projected:
            require_metric(own)
            wanted = own
        if wanted == own:
            lon = Transformer.from_crs(own, _WGS84, always_xy=True).transform(x.mean(), y.mean())[0]
            return x, y, LocalPlane(own, float(lon), own.name)
        lon, lat = Transformer.from_crs(own, _WGS84, always_xy=True).transform(x, y)
    _check_degrees(points, lon, lat)
    if wanted is None:
        plane = plane_around(lon, lat, keep=keep)
    else:
        middle = np.degrees(np.angle(np.exp(1j * np.radians(lon)).mean()))
        plane = LocalPlane(wanted, float(middle), wanted.name)
    x, y = (np.asarray(a, dtype=float) for a in plane.to_plane(lon, lat))
    if not (np.isfinite(x) & np.isfinite(y)).all():
        raise GeometryError(text("faults.calls.local_plane.points_places_projection_can", name=plane.name))
    return x, y, plane


def _layer(points: gpd.GeoDataFrame) -> tuple[CRS, np.ndarray, np.ndarray]:
    if points.crs is None:
        raise GeometryError(text("faults.calls.local_plane.points_reference_system_none"))
    shapes = points.geometry.to_numpy()
    # not a number where there is no point, or an empty one
    x, y = shapely.get_x(shapes), shapely.get_y(shapes)
    if not (np.isfinite(x) & np.isfinite(y)).all():
        raise GeometryError(text("faults.calls.local_plane.points_point_every_row"))
    return CRS.from_user_input(points.crs), x, y


def _numeric(column: Any) -> np.ndarray:  # noqa: ANN401 - a column of any type
    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)


def _check_degrees(points: pd.DataFrame, lon: np.ndarray, lat: np.ndarray) -> None:
    names = points["place"].map(key_text) if "place" in points else pd.Series(points.index.astype(str))
    missing = names[np.isnan(lon) | np.isnan(lat)].tolist()
    outside = names[(np.abs(lon) > 180) | (np.abs(lat) > 90)].tolist()
    faults = []
    if missing:
        faults.append(
            f"points: needed lon and lat, got none for {', '.join(map(str, missing[:8]))}; add them or leave these out"
        )
    if outside:
        needed = text("faults.calls.local_plane.points_lon_within__180")
        got = ", ".join(map(str, outside[:8]))
        faults.append(f"{needed}, got others for {got}; are lon and lat swapped?")
    if faults:
        raise GeometryError("\n".join(faults))


def _sizes(points: pd.DataFrame, weights: Any) -> np.ndarray:  # noqa: ANN401 - of several kinds
    if weights is None:
        return np.ones(len(points))
    if isinstance(weights, pd.Series):
        check_columns(pd.DataFrame(points), "points", ("place",))
        given = points["place"].map(key_text).map(weights.set_axis(weights.index.map(key_text)))
    else:
        check_columns(pd.DataFrame(points), "points", (weights,))
        given = points[weights]
    size = _numeric(given)
    wrong = ~np.isfinite(size) | (size < 0)
    if wrong.any():
        names = points["place"] if "place" in points else pd.Series(points.index, index=points.index)
        got = ", ".join(names[wrong].astype(str).unique()[:8])
        needed = text("faults.calls.local_plane.weights_finite_number_0")
        raise OptionError(text("faults.calls.local_plane.others_fill_leave_out", needed=needed, got=got))
    refuse(reach_faults(size, name="weights"))
    return size
