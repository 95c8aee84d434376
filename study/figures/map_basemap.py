"""Lay the ground of a printed map: projection, land, scale bar, north, the inset of the South China Sea.

A map of China is drawn in the Albers equal-area projection of its atlases (25° N and 47° N, 105° E). Elsewhere the data
choose: Albers in middle latitudes, an azimuthal equal-area projection near a pole and for tall extents, a cylindrical
one along the equator, Equal Earth for the whole world. All of them keep areas true.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyproj
import shapely

from ...data import GeometryError
from ...data.wording.catalogue import Text, text
from .style import INK, SOFT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHINA_ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=30 +lon_0=105 +datum=WGS84 +units=m +no_defs"
_SOUTH_SEA = (106.0, 2.5, 123.5, 24.5)
# share of its height below, for its name and scale
_FOOT = 0.2
# islands south of this latitude stand in the inset
_MAINLAND_SOUTH = 17.8
# the easternmost land, which the inset must leave free
_EAST = (122.6, 24.0)
_INSET = 0.25
# meters within which a map holds one place, and what it then shows to each side
_ONE_PLACE, _AROUND_IT = 1e3, 3e5
# islands smaller than this (square meters) get no outline of their own
_LARGE = 2e9
_SEA = "#f2f6f9"
_PROVINCE = {"facecolor": "#fffefb", "edgecolor": "#c6cad0", "linewidth": 0.35}
_OUTLINE = {"facecolor": "none", "edgecolor": "#868e99", "linewidth": 0.55}
_AROUND = {"facecolor": "#e6e8ea", "edgecolor": "none", "linewidth": 0.0}
_COUNTRY = {"facecolor": "#fffefb", "edgecolor": "#a4aab3", "linewidth": 0.45}
_PREFECTURE = {"facecolor": "none", "edgecolor": "#dcdfe3", "linewidth": 0.2}
_STYLES = {"land": _AROUND, "country": _COUNTRY, "prefecture": _PREFECTURE}
_GEOD = pyproj.Geod(ellps="WGS84")


@dataclass(frozen=True)
class Ground:
    """Where a map lies: projection (proj string and its name), extent in its meters, the land under it."""

    crs: str
    name: Text
    extent: tuple[float, float, float, float]
    land: gpd.GeoDataFrame | None
    china: bool


def choose_projection(bounds: tuple[float, float, float, float]) -> tuple[str, Text]:
    """Choose an equal-area projection for an extent in degrees (west, south, east, north).

    Examples
    --------
    >>> choose_projection((-10, 36, 30, 60))[0]
    '+proj=aea +lat_1=40 +lat_2=56 +lat_0=48 +lon_0=10 +datum=WGS84 +units=m +no_defs'
    >>> str(choose_projection((-80, -5, -75, 2))[1])
    'cylindrical equal-area'
    """
    west, south, east, north = bounds
    if not all(map(math.isfinite, bounds)) or south < -90 or north > 90 or west < -180 or east > 180:
        raise GeometryError(text("faults.calls.map_basemap.longitude_latitude_degrees_extent", bounds=bounds))
    lon, lat, tall = round((west + east) / 2, 2), round((south + north) / 2, 2), (north - south) / 6
    tail = "+datum=WGS84 +units=m +no_defs"
    if east - west > 180:
        return f"+proj=eqearth +lon_0={lon:g} {tail}", text("figures.projection.equal_earth")
    if abs(lat) > 70 or (north - south > 60 and abs(lat) > 15):
        return (
            f"+proj=laea +lat_0={lat:g} +lon_0={lon:g} {tail}",
            text("figures.projection.azimuthal"),
        )
    if abs(lat) < 15 or south < 0 < north:
        return f"+proj=cea +lat_ts={abs(lat):g} +lon_0={lon:g} {tail}", text("figures.projection.cylindrical")
    one, two = round(south + tall, 2), round(north - tall, 2)
    if one == two:
        one, two = one - 0.5, two + 0.5
    return (
        f"+proj=aea +lat_1={one:g} +lat_2={two:g} +lat_0={lat:g} +lon_0={lon:g} {tail}",
        text("figures.projection.albers", south=f"{one:g}", north=f"{two:g}", middle=f"{lon:g}"),
    )


def in_one_province(points: gpd.GeoDataFrame, land: gpd.GeoDataFrame | None) -> bool:
    """Return whether all points that lie in a province of the ground lie in the same one."""
    if land is None or points.empty:
        return False
    provinces = land.loc[land["kind"].eq("province"), ["geometry"]]
    found = gpd.sjoin(points[["geometry"]].to_crs(4326), provinces.to_crs(4326), predicate="within")
    return found["index_right"].nunique() == 1


def lay_ground(layers: list[gpd.GeoDataFrame], land: gpd.GeoDataFrame | None, *, china: bool, whole: bool) -> Ground:
    """Choose projection and extent: the whole of China where it is the ground and wanted, else what layers cover."""
    boxes = np.array([layer.total_bounds for layer in layers if len(layer)])
    west, south = (float(v) for v in np.nanmin(boxes[:, :2], axis=0))
    east, north = (float(v) for v in np.nanmax(boxes[:, 2:], axis=0))
    crs, name = (
        (CHINA_ALBERS, text("figures.projection.albers_china"))
        if china
        else choose_projection((west, south, east, north))
    )
    shapes: Any
    if whole and land is not None:
        parts = np.asarray(shapely.get_parts(land.geometry[land["kind"] == "province"].to_numpy()))
        shapes = parts[shapely.bounds(parts)[:, 1] > _MAINLAND_SOUTH]
        shapes = gpd.GeoSeries(shapes, crs=4326).to_crs(crs)
        pad = (0.015, 0.02)
    else:
        shapes = gpd.GeoSeries([g for layer in layers for g in layer.geometry if g is not None], crs=4326).to_crs(crs)
        pad = (0.08, 0.08)
    x0, y0, x1, y1 = (float(v) for v in shapes.total_bounds)
    least = 20_000.0  # a single city still needs ground around it
    across, up = max(x1 - x0, least), max(y1 - y0, least)
    if max(x1 - x0, y1 - y0) < _ONE_PLACE:
        (x0, x1), (y0, y1) = (((a + b) / 2 - _AROUND_IT, (a + b) / 2 + _AROUND_IT) for a, b in ((x0, x1), (y0, y1)))
    extent = (x0 - pad[0] * across, y0 - pad[1] * up, x1 + pad[0] * across, y1 + pad[1] * up)
    if china:
        extent = _room_for_inset(extent, crs)
    return Ground(crs, name, extent, None if land is None else land.to_crs(crs), china)


def _room_for_inset(extent: tuple[float, float, float, float], crs: str) -> tuple[float, float, float, float]:
    """Move the eastern edge out until the inset stands beside the land."""
    x0, y0, x1, y1 = extent
    left, bottom, right, top = _sea_bounds(crs)
    width = _INSET * (y1 - y0) * (right - left) / (top - bottom)
    east, _ = pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform(*_EAST)
    return (x0, y0, max(x1, east + width), y1)


def _sea_bounds(crs: str) -> tuple[float, float, float, float]:
    edge = shapely.segmentize(shapely.box(*_SOUTH_SEA), 0.5)
    x0, y0, x1, y1 = (float(v) for v in gpd.GeoSeries([edge], crs=4326).to_crs(crs).total_bounds)
    return x0, y0 - _FOOT * (y1 - y0), x1, y1


def draw_land(axes: "Axes", ground: Ground) -> None:
    """Draw provinces, or whatever polygons and lines the ground has."""
    axes.set_xlim(ground.extent[0], ground.extent[2])
    axes.set_ylim(ground.extent[1], ground.extent[3])
    axes.set_aspect("equal")
    axes.set_facecolor("white" if ground.land is None else _SEA)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(visible=True, linewidth=0.5, color=SOFT)
    _fill_land(axes, ground)


def _fill_land(axes: "Axes", ground: Ground) -> None:
    from matplotlib.collections import LineCollection

    land = ground.land
    if land is None:
        return
    kinds = land["kind"].astype(str) if "kind" in land else ["province"] * len(land)
    inner = [shape for shape, kind in zip(land.geometry, kinds, strict=True) if kind == "province" and _is_area(shape)]
    parts = _large_parts(tuple(inner))
    if parts:
        axes.add_collection(polygon_patch(parts, zorder=1.1, **_OUTLINE), autolim=False)
    for shape, kind in zip(land.geometry, kinds, strict=True):
        if shape is None or shape.is_empty:
            continue
        if _is_area(shape):
            style = _STYLES.get(kind, _PROVINCE)
            axes.add_collection(polygon_patch(shape, zorder=0.9 if kind == "land" else 1, **style), autolim=False)
        else:
            lines = [np.asarray(part.coords) for part in shapely.get_parts(shape)]
            axes.add_collection(LineCollection(lines, colors=SOFT, linewidths=0.7, zorder=1.2), autolim=False)


@lru_cache(maxsize=4)
def _large_parts(shapes: tuple[Any, ...]) -> list[Any]:
    """Return the mainland and the large islands of some areas; several maps of one figure show the same."""
    return [part for part in shapely.get_parts(shapely.union_all(shapes)) if part.area > _LARGE]


def _is_area(shape: Any) -> bool:  # noqa: ANN401
    return shape is not None and shape.geom_type in ("Polygon", "MultiPolygon") and not shape.is_empty


def polygon_patch(shape: Any, **style: Any) -> Any:  # noqa: ANN401
    """Turn polygons with their holes into one matplotlib collection."""
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path

    paths = []
    for part in shapely.get_parts(shape):
        rings = [part.exterior, *part.interiors]
        paths.append(Path.make_compound_path(*(Path(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings)))
    return PathCollection(paths, **style)


def kilometers(ground: Ground) -> float:
    """Return how many map units make a kilometer along the middle of the map."""
    x0, y0, x1, y1 = ground.extent
    middle, half = (y0 + y1) / 2, (x1 - x0) / 20
    center = (x0 + x1) / 2
    back = pyproj.Transformer.from_crs(ground.crs, 4326, always_xy=True)
    lons, lats = back.transform([center - half, center + half], [middle, middle])
    _, _, meters = _GEOD.inv(lons[0], lats[0], lons[1], lats[1])
    return 2 * half / (meters / 1000)


def draw_scale(axes: "Axes", ground: Ground, at: tuple[float, float], *, unit: str, share: float = 0.14) -> None:
    """Draw a scale bar of a round length, its left end at a point in axes fractions."""
    one = kilometers(ground)
    wide = ground.extent[2] - ground.extent[0]
    most = wide * share / one
    power = 10.0 ** math.floor(math.log10(most))
    length = next(step * power for step in (5, 2, 1) if step * power <= most)
    start, end = at[0], at[0] + length * one / wide
    thick = 0.0055
    steps = ((start, (start + end) / 2, INK), ((start + end) / 2, end, "white"))
    from matplotlib.patches import Rectangle

    for left, right, color in steps:
        box = Rectangle(
            (left, at[1]), right - left, thick, transform=axes.transAxes, fc=color, ec=INK, lw=0.5, zorder=8
        )
        axes.add_patch(box)
    labels = [(start, "0"), ((start + end) / 2, f"{length / 2:,g}"), (end, f"{length:,g} {unit}")]
    if axes.get_window_extent().width / axes.figure.dpi * (end - start) < 0.6:  # inches
        labels.pop(1)
    if axes.get_window_extent().width / axes.figure.dpi * (end - start) < 0.3:
        labels.pop(0)
    for x, label in labels:
        axes.text(x, at[1] + 2.4 * thick, label, transform=axes.transAxes, size=5.5, ha="center", va="bottom", zorder=8)


def draw_north(axes: "Axes", ground: Ground, at: tuple[float, float], *, size: float = 0.05) -> None:
    """Draw an arrow to true north as it runs at that point of the map, in axes fractions."""
    x0, y0, x1, y1 = ground.extent
    x, y = x0 + at[0] * (x1 - x0), y0 + at[1] * (y1 - y0)
    there = pyproj.Transformer.from_crs(ground.crs, 4326, always_xy=True)
    lon, lat = there.transform(x, y)
    nx, ny = there.transform(lon, lat + 0.1, direction="INVERSE")
    across, along = np.array([ny - y, -(nx - x)]), np.array([nx - x, ny - y])
    across, along = across / np.hypot(*across), along / np.hypot(*along)
    tall = size * (y1 - y0)
    tip, base = np.array([x, y]) + along * tall / 2, np.array([x, y]) - along * tall / 2
    notch = base + along * tall * 0.22
    for side, color in ((-1, INK), (1, "white")):
        corner = base + side * across * tall * 0.22
        axes.fill(*np.array([tip, corner, notch]).T, fc=color, ec=INK, lw=0.5, zorder=8)
    at_x, at_y = (float(v) for v in tip + along * tall * 0.3)
    axes.text(at_x, at_y, "N", size=7, weight="bold", ha="center", va="center", zorder=8)


def draw_south_sea(axes: "Axes", ground: Ground, *, title: str, height: float = _INSET) -> "Axes":
    """Draw the South China Sea in the lower right corner, in the projection of the map."""
    x0, y0, x1, y1 = _sea_bounds(ground.crs)
    wide, tall = ground.extent[2] - ground.extent[0], ground.extent[3] - ground.extent[1]
    width = height * (x1 - x0) / (y1 - y0) * tall / wide
    inset = axes.inset_axes((1 - width, 0, width, height), zorder=7)
    part = Ground(ground.crs, ground.name, (x0, y0, x1, y1), ground.land, china=True)
    draw_land(inset, part)
    # a plain strip below the lines and islands
    foot = _FOOT / (1 + _FOOT)
    inset.axhspan(y0, y0 + foot * (y1 - y0), fc="white", ec="none", zorder=6)
    style: Any = {"size": 5.5, "ha": "center", "va": "top", "zorder": 8}
    inset.text(0.5, foot - 0.01, title, transform=inset.transAxes, **style)
    one, length = kilometers(part), 500
    bar = length * one / (x1 - x0)
    inset.plot([0.5 - bar / 2, 0.5 + bar / 2], [0.02, 0.02], transform=inset.transAxes, color=INK, lw=0.9, zorder=8)
    inset.text(0.5, 0.03, f"{length} km", transform=inset.transAxes, **(style | {"size": 5, "va": "bottom"}))
    return inset
