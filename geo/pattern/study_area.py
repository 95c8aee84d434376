"""Lay the area in which points can lie out in the plane of the points, and deal random points out over it."""

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from ...data.errors import GeometryError, OptionError
from ...data.noise import draws, keys_of
from ...data.wording.catalogue import text
from .local_plane import LocalPlane

__all__ = ["area_in_plane", "hull_of", "points_within", "scatter"]


def area_in_plane(area: Any, plane: LocalPlane, *, name: str = "area") -> Any:  # noqa: ANN401 - shapely's kinds
    """Return polygons (degrees, or a layer in any reference system) as one shape in meters.

    Examples
    --------
    >>> from .local_plane import plane_around
    >>> plane = plane_around(np.array([0.0]), np.array([0.0]))
    >>> f"{area_in_plane(shapely.box(-1, -1, 1, 1), plane).area / 1e6:.0f} km2"
    '49234 km2'
    """
    if isinstance(area, gpd.GeoDataFrame | gpd.GeoSeries):
        if area.crs is None:
            raise GeometryError(text("faults.calls.study_area.reference_system_none_set", name=name))
        layer, area = area, area.union_all()
        if layer.crs == plane.crs:
            return _polygon(area, name)
        area = layer.to_crs(4326).union_all()
    if not isinstance(area, shapely.Geometry):
        raise OptionError(text("faults.calls.study_area.polygon_layer_polygons", name=name, name2=type(area).__name__))
    area = _polygon(area, name)
    # corners close together, so that long edges keep their course in the plane
    shape = plane.shape_to_plane(shapely.segmentize(area, 0.05))
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise GeometryError(text("faults.calls.study_area.area_projection_can_show", name=name, name2=plane.name))
    if shape.is_valid:
        return shape
    # parts cut at the 180th meridian become one again
    return shapely.make_valid(shape).buffer(0.01).buffer(-0.01)


def _polygon(shape: Any, name: str) -> Any:  # noqa: ANN401 - shapely's kinds
    if shape.geom_type not in ("Polygon", "MultiPolygon") or shape.is_empty:
        raise GeometryError(f"{name}: needed a polygon, got {'an empty one' if shape.is_empty else shape.geom_type}")
    return shape


def hull_of(x: np.ndarray, y: np.ndarray) -> Any:  # noqa: ANN401
    """Return the convex hull of points; `GeometryError` where it has no area."""
    hull: Any = shapely.convex_hull(shapely.multipoints(np.column_stack([x, y])))
    if hull.geom_type != "Polygon":
        raise GeometryError(text("faults.calls.study_area.area_area_none_points"))
    return hull


def points_within(area: Any, x: np.ndarray, y: np.ndarray) -> None:  # noqa: ANN401
    """Raise `GeometryError` where points lie more than a meter outside an area."""
    outside = shapely.distance(area, shapely.points(x, y)) > 1.0
    if outside.any():
        got = text("faults.calls.study_area.outside", outside=int(outside.sum()), x=len(x))
        raise GeometryError(text("faults.calls.study_area.area_holds_every_point", got=got))


def scatter(area: Any, count: int, runs: np.ndarray, *, seed: int) -> np.ndarray:  # noqa: ANN401
    """Return runs x count x 2 coordinates, evenly random over an area; a run depends on its number and the seed alone.

    Examples
    --------
    >>> both = scatter(shapely.box(0, 0, 2, 1), 5, np.arange(3), seed=1)
    >>> bool((scatter(shapely.box(0, 0, 2, 1), 5, np.array([2]), seed=1)[0] == both[2]).all())
    True
    """
    triangles = shapely.get_parts(shapely.constrained_delaunay_triangles(shapely.normalize(area)))
    corners = shapely.get_coordinates(triangles).reshape(len(triangles), 4, 2)[:, :3]
    ends = np.cumsum(shapely.area(triangles))
    keys = keys_of(f"{axis}\x1f{number}" for axis in "tuv" for number in range(count))
    t, u, v = draws(seed, runs, keys).reshape(len(runs), 3, count).swapaxes(0, 1)
    which = np.minimum(np.searchsorted(ends, t * ends[-1], side="right"), len(ends) - 1)
    # a point of the parallelogram beyond the diagonal is turned back into the triangle
    over = u + v > 1.0
    u, v = np.where(over, 1.0 - u, u)[..., None], np.where(over, 1.0 - v, v)[..., None]
    one, two, three = (corners[which, number] for number in range(3))
    return one + u * (two - one) + v * (three - one)
