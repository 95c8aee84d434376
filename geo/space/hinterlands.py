"""Divide a territory among centers: each point belongs to the nearest one, or to the one that draws it most.

Distances are straight lines in a projection in meters, by default an equal-area projection about the middle of the
extent, which over the whole of China bends them by about 1 %. Areas are geodesic, on the WGS 84 ellipsoid.
"""

import math
from collections.abc import Sequence
from typing import Any, Literal, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from ...data.errors import Fault, GeometryError, TableError, warn
from ...data.option_checks import a_number
from ...data.options import check_choice, idle_faults, refuse
from ...data.wording.catalogue import few
from ..coordinates import check_columns, joined
from ..cut_at_180 import beside
from .cost_matrix import cost_matrix
from .distance import distance_matrix
from .metric_areas import STEP, in_degrees, metric_system
from .weighted_cells import weighted_cells

__all__ = ["breaking_points", "hinterlands"]

Method = Literal["voronoi", "weighted"]
METHODS: tuple[str, ...] = get_args(Method)
_KEPT = ("place", "name_en", "name_zh", "tier", "score", "strength")

Extent = gpd.GeoDataFrame | gpd.GeoSeries | shapely.Geometry | Sequence[float]


def hinterlands(
    centers: gpd.GeoDataFrame,
    *,
    method: Method = "voronoi",
    weight: str | None = None,
    exponent: float = 2.0,
    extent: Extent | None = None,
    crs: Any = None,  # noqa: ANN401
) -> gpd.GeoDataFrame:
    r"""Divide an extent among centers.

    With ``method="voronoi"`` each point belongs to the nearest center. With ``method="weighted"`` it belongs to the
    center :math:`i` that draws it most, :math:`w_i / d_i^\lambda` with weight :math:`w` and exponent :math:`\lambda`:
    on the line between two centers the border lies at Reilly's breaking point (see `breaking_points`), and elsewhere on
    a circle of Apollonius. It is the same as giving each point to the center of Huff's highest probability.

    - Equal weights give the Voronoi division.
    - A small center may lie like an island inside the hinterland of a large one, and a hinterland may have holes.
    - The hinterlands cover the extent without overlap (weighted ones but for slivers of a few meters where three meet).

    Parameters
    ----------
    centers : GeoDataFrame
        ``place`` (unique) and points, in any reference system; the column of weights.
    method : {"voronoi", "weighted"}
        How to divide.
    weight : str, optional
        Column of weights above 0; by default ``score``, or else ``strength``.
    exponent : float
        How fast attraction falls with distance; 2 is Reilly's law.
    extent : GeoDataFrame, GeoSeries, geometry or (west, south, east, north), optional
        What to divide; a bare geometry or four numbers are degrees, and west may lie east of east across the 180th
        meridian. By default the rectangle of the centers, wider by a tenth on each side.
    crs : anything `pyproj` reads, optional
        Projection in meters to measure in.

    Returns
    -------
    GeoDataFrame
        One row a center in the order given, EPSG:4326: ``place``, and of ``name_en, name_zh, tier, score, strength``
        what the centers have, ``method``, ``weight``, ``exponent`` (empty for Voronoi), ``area_km2``, ``share`` (of the
        extent), geometry (empty where a center gets nothing).

    Raises
    ------
    GeometryError
        No reference system, geographic coordinates as ``crs``, something other than points, two centers at one place,
        an empty extent.
    TableError
        A missing column, a place that stands twice, a weight that is missing or not above 0.
    OptionError
        An unknown method, or an exponent not above 0.

    Warns
    -----
    InnoscapeWarning
        Centers that lie outside the extent.

    References
    ----------
    Reilly, W. J. (1931). The Law of Retail Gravitation.
    Okabe, A., Boots, B., Sugihara, K. and Chiu, S. N. (2000). Spatial Tessellations, 2nd ed., section 3.1.

    Examples
    --------
    >>> points = gpd.points_from_xy([110, 112], [30, 30])
    >>> centers = gpd.GeoDataFrame({"place": ["a", "b"], "score": [4.0, 1.0]}, geometry=points, crs=4326)
    >>> hinterlands(centers, extent=(108, 29, 114, 31))["share"].round(3).tolist()
    [0.5, 0.5]
    >>> hinterlands(centers, extent=(108, 29, 114, 31), method="weighted")["share"].round(3).tolist()
    [0.619, 0.381]
    """
    check_choice("method", method, METHODS)
    a_number(above=0)("exponent", exponent)
    if method == "voronoi":
        refuse(idle_faults(hinterlands, "with method='voronoi'", weight=weight, exponent=exponent))
    column = _check(centers, weight, method=method)
    wanted = _extent(extent, centers)
    system = metric_system(crs, wanted.total_bounds)
    territory = shapely.make_valid(_project(wanted, system))
    sites = np.asarray(shapely.get_coordinates(centers.geometry.to_crs(system).to_numpy()))
    _check_sites(centers, sites, territory)
    box = _surroundings(territory, sites)
    if column is None:
        weights = np.full(len(centers), np.nan)
        cells = _nearest(sites, box)
    else:
        weights = centers[column].to_numpy(dtype=float)
        cells = weighted_cells(sites, weights ** (1 / exponent), box)
    shapes = [_areas_only(shape) for shape in shapely.intersection(np.asarray(cells), territory)]
    west, _, east, _ = wanted.total_bounds
    middle = float(west + east) / 2
    return _table(centers, shapes, system, middle, method=method, weights=weights, exponent=exponent)


def breaking_points(
    centers: pd.DataFrame, *, weight: str | None = None, exponent: float = 2.0, costs: pd.DataFrame | None = None
) -> pd.DataFrame:
    r"""Find the point between each two centers at which both draw equally.

    .. math:: b_{ij} = \frac{d_{ij}}{1 + (w_j / w_i)^{1/\lambda}}

    is its distance from center :math:`i`, and :math:`d_{ij} - b_{ij}` that from :math:`j`.

    - Equal weights put it half-way; with exponent 2, four times the weight puts it at two thirds.

    Parameters
    ----------
    centers : DataFrame
        ``place`` (unique) and the column of weights. Without costs also ``lon``, ``lat``, or a GeoDataFrame of points.
    weight : str, optional
        Column of weights above 0; by default ``score``, or else ``strength``.
    exponent : float
        How fast attraction falls with distance; 2 is Reilly's law.
    costs : DataFrame, optional
        Distances or travel times by place, n x n or long; without it geodesic km.

    Returns
    -------
    DataFrame
        One row a pair: ``source, target, distance, from_source, from_target``, in the unit of the costs. The rows
        follow the order of the centers.

    Raises
    ------
    TableError
        A missing column, a place that stands twice, a weight that is missing or not above 0, a missing cost.
    GeometryError
        Missing or impossible coordinates.
    OptionError
        An exponent not above 0.

    References
    ----------
    Converse, P. D. (1949). New laws of retail gravitation. Journal of Marketing 14, 379-384.

    Examples
    --------
    >>> centers = pd.DataFrame({"place": ["a", "b"], "lon": [110, 112], "lat": [30, 30], "score": [4.0, 1.0]})
    >>> breaking_points(centers).round(1).values.tolist()
    [['a', 'b', 193.0, 128.6, 64.3]]
    """
    a_number(above=0)("exponent", exponent)
    column = _weights(centers, weight)
    names = centers["place"].tolist()
    one, two = np.triu_indices(len(names), k=1)
    distance = cost_matrix(distance_matrix(_with_degrees(centers)) if costs is None else costs, names, names)[one, two]
    if not np.isfinite(distance).all():
        raise TableError([Fault("costs", "a way between each two centers", "none for some", "complete the costs")])
    root = centers[column].to_numpy(dtype=float) ** (1 / exponent)
    share = root[one] / (root[one] + root[two])
    return pd.DataFrame(
        {
            "source": [names[i] for i in one],
            "target": [names[i] for i in two],
            "distance": distance,
            "from_source": distance * share,
            "from_target": distance * (1 - share),
        }
    )


def _with_degrees(centers: pd.DataFrame) -> pd.DataFrame:
    if {"lon", "lat"} <= set(centers.columns) or not isinstance(centers, gpd.GeoDataFrame):
        return centers
    points = centers.geometry.to_crs(4326)
    return pd.DataFrame({"place": centers["place"], "lon": points.x, "lat": points.y})


def _weights(centers: pd.DataFrame, weight: str | None) -> str:
    """Give the column of weights, or raise naming the places whose weights do not work."""
    found = [name for name in ("score", "strength") if name in centers]
    column = weight or (found[0] if found else "score")
    check_columns(centers, "centers", ("place", column))
    _check_unique(centers)
    numbers = pd.to_numeric(centers[column], errors="coerce").to_numpy(dtype=float)
    wrong = ~((numbers > 0) & np.isfinite(numbers))
    if wrong.any():
        raise TableError(
            Fault(
                "centers", "a weight above 0", f"{value} at {place}", "correct it or leave the place out", column=column
            )
            for place, value in zip(centers.loc[wrong, "place"], centers.loc[wrong, column], strict=True)
        )
    return column


def _check_unique(centers: pd.DataFrame) -> None:
    double = sorted(centers.loc[centers["place"].duplicated(), "place"].astype(str).unique())
    if double:
        raise TableError(
            Fault("centers", "each place once", f"{place} more than once", "remove the copies", column="place")
            for place in double
        )


def _check(centers: gpd.GeoDataFrame, weight: str | None, *, method: str) -> str | None:
    if not isinstance(centers, gpd.GeoDataFrame):
        raise GeometryError(f"centers: needed a GeoDataFrame of points, got {type(centers).__name__}")
    check_columns(centers, "centers", ("place",))
    _check_unique(centers)
    if centers.empty:
        raise TableError([Fault("centers", "at least one center", "none", "add one")])
    if centers.crs is None:
        raise GeometryError("centers: needed a reference system, got none; set it with set_crs")
    shapes = centers.geometry
    if shapes.isna().any() or shapes.is_empty.any() or not (shapes.geom_type == "Point").all():
        raise GeometryError(
            "centers: needed a point for each center, got something else; use centroid or drop the rows"
        )
    return _weights(centers, weight) if method == "weighted" else None


def _extent(extent: Extent | None, centers: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Give the extent as one area in degrees, with vertices close enough to be projected.

    Across the 180th meridian its longitudes continue beyond 180.
    """
    shape, furthest = _area_of(extent, centers)
    west, south, east, north = shapely.bounds(shape) if not shapely.is_empty(shape) else (0.0,) * 4
    if not shapely.area(shape) > 0:
        raise GeometryError("extent: needed an area, got none")
    if west < -180 or east > furthest or south < -90 or north > 90:
        raise GeometryError("extent: needed degrees within -180 to 180 and -90 to 90, got others; is it projected?")
    return gpd.GeoSeries([_whole(shapely.segmentize(shape, 0.1))], crs=4326)


def _area_of(extent: Extent | None, centers: gpd.GeoDataFrame) -> tuple[Any, float]:
    """Give the extent in degrees, and how far east these may reach."""
    if extent is None:
        return _rectangle(centers.geometry.to_crs(4326))
    if isinstance(extent, shapely.Geometry):
        return extent, 180.0
    if isinstance(extent, gpd.GeoDataFrame | gpd.GeoSeries):
        if extent.crs is None:
            raise GeometryError("extent: needed a reference system, got none; set it with set_crs")
        shape = extent.geometry.union_all()
        if not extent.crs.is_projected:
            return gpd.GeoSeries([shape], crs=extent.crs).to_crs(4326).iloc[0], 180.0
        shape = shapely.segmentize(shape, STEP / extent.crs.axis_info[0].unit_conversion_factor)
        return _whole(gpd.GeoSeries([shape], crs=extent.crs).to_crs(4326).iloc[0]), 540.0
    numbers, furthest = [float(number) for number in extent], 180.0
    if len(numbers) == 4 and -180 <= numbers[2] < numbers[0] <= 180 and numbers[2] + 360 - numbers[0] <= 180:
        # from west to east across the 180th meridian
        numbers[2], furthest = numbers[2] + 360.0, 540.0
    if len(numbers) != 4 or not (numbers[0] < numbers[2] and numbers[1] < numbers[3]):
        raise GeometryError(f"extent: needed west, south, east, north in degrees, got {tuple(extent)}")
    return shapely.box(numbers[0], numbers[1], numbers[2], numbers[3]), furthest


def _rectangle(points: gpd.GeoSeries) -> tuple[Any, float]:
    """Give the rectangle of the centers, wider by a tenth on each side."""
    _, south, _, north = points.total_bounds
    lon = joined(points.x.to_numpy())
    west, east = float(lon.min()), float(lon.max())
    wider = 0.1 * max(east - west, north - south, 1.0)
    furthest = 180.0 if east <= 180 else 540.0
    box = shapely.box(
        max(-180, west - wider), max(-90, south - wider), min(furthest, east + wider), min(90, north + wider)
    )
    return box, furthest


def _whole(shape: Any) -> Any:  # noqa: ANN401
    """Join the parts of a shape on both sides of the 180th meridian."""
    lon = joined(shapely.get_coordinates(shape)[:, 0]) if not shapely.is_empty(shape) else np.zeros(1)
    if not lon.max() > 180:
        return shape
    return shapely.union_all(shapely.get_parts(beside(shape, float(lon.min() + lon.max()) / 2)))


def _project(extent: gpd.GeoSeries, system: CRS) -> Any:  # noqa: ANN401
    shape = extent.to_crs(system).iloc[0]
    if not np.isfinite(shapely.get_coordinates(shape)).all():
        raise GeometryError(
            f"extent: needed an extent that {system.name} can show, got one beyond it; choose another crs"
        )
    return shape


def _check_sites(centers: gpd.GeoDataFrame, sites: np.ndarray, territory: Any) -> None:  # noqa: ANN401
    names = centers["place"].astype(str).to_numpy()
    if not np.isfinite(sites).all():
        raise GeometryError("centers: needed centers within reach of the projection, got others; choose another crs")
    _, first, counts = np.unique(np.round(sites, 3), axis=0, return_inverse=True, return_counts=True)
    shared = sorted(names[counts[first.ravel()] > 1])
    if shared:
        raise GeometryError(f"centers: needed each center at a place of its own, got {', '.join(shared)} together")
    beyond = sorted(names[~shapely.intersects(shapely.points(sites), territory)])
    if beyond:
        warn("warnings.maps.beyond_extent", n=len(beyond), places=few(beyond), stacklevel=3)


def _surroundings(territory: Any, sites: np.ndarray) -> Any:  # noqa: ANN401
    """Give a rectangle that holds the territory and the centers with room to spare."""
    xs, ys = np.vstack([np.reshape(shapely.bounds(territory), (2, 2)), sites]).T
    room = 0.05 * math.hypot(np.ptp(xs), np.ptp(ys)) + 1000
    return shapely.box(xs.min() - room, ys.min() - room, xs.max() + room, ys.max() + room)


def _nearest(sites: np.ndarray, box: Any) -> list[Any]:  # noqa: ANN401
    if len(sites) == 1:
        return [box]
    # sorted, so that the last bits do not depend on the order of rows
    order = np.lexsort(sites.T)
    found = shapely.voronoi_polygons(shapely.multipoints(sites[order]), extend_to=box, ordered=True)
    cells = [box] * len(sites)
    for position, cell in zip(order, shapely.get_parts(found), strict=True):
        cells[position] = cell
    return cells


def _areas_only(shape: Any) -> Any:  # noqa: ANN401
    polygons: list[Any] = [part for part in shapely.get_parts(shapely.make_valid(shape)) if "Polygon" in part.geom_type]
    parts: list[Any] = [part for whole in polygons for part in shapely.get_parts(whole) if part.area > 1]
    if len(parts) < 2:
        return parts[0] if parts else shapely.Polygon()
    parts.sort(key=lambda part: (-part.area, part.bounds))
    return shapely.multipolygons(parts)


def _table(
    centers: gpd.GeoDataFrame,
    shapes: list[Any],
    system: CRS,
    middle: float,
    *,
    method: str,
    weights: np.ndarray,
    exponent: float,
) -> gpd.GeoDataFrame:
    cells, areas = in_degrees(shapes, system, middle)
    kept = pd.DataFrame(centers[[name for name in _KEPT if name in centers]]).reset_index(drop=True)
    kept = kept.assign(
        method=method,
        weight=weights,
        exponent=exponent if method == "weighted" else np.nan,
        area_km2=areas,
        share=areas / areas.sum(),
    )
    return gpd.GeoDataFrame(kept, geometry=cells, crs=4326)
