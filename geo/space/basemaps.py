"""Give the ground of a map anywhere: countries with China as its own data draw it, or the provinces of China."""

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...data.errors import OptionError
from ...data.wording.catalogue import LANGUAGES, Text, text
from .basemap_choices import BASEMAPS
from .boundary_levels import boundaries
from .china_boundaries import SOURCE, china_basemap, china_provinces
from .country_outlines import country_outlines

__all__ = ["Basemap", "basemap", "holds_china", "shows_china", "standing", "world_basemap"]

_KINDS = ("land", "country", "province", "line")
# where China lies, roughly
_CHINA = shapely.box(73.0, 3.0, 136.0, 54.0)
_WORLD = (-180.0, -90.0, 180.0, 90.0)
# the projection of web maps ends here
_MOST_NORTH = 85.0
# share of the extent shown beyond it on each side, at least so many degrees
_AROUND, _LEAST = 0.75, 4.0


class Basemap(NamedTuple):
    """The ground of a map, whose it is, and whether it is the whole of China."""

    ground: gpd.GeoDataFrame | None
    source: Text | None
    china: bool
    approval: str | None = None

    @property
    def standing(self) -> Text | None:
        """What the boundaries may be used for, None without any, or without those of China."""
        return None if self.ground is None else standing(self.ground, self.approval)


def shows_china(ground: gpd.GeoDataFrame) -> bool:
    """Return whether a ground shows anything of China, or areas without names of countries where China lies."""
    if "code" in ground and (ground["code"].astype(str) == "CN").any():
        return True
    kinds = ground["kind"].astype(str) if "kind" in ground else pd.Series("province", index=ground.index)
    own = ground[kinds != "country"]
    return bool(own.intersects(_CHINA).any())


def standing(ground: gpd.GeoDataFrame, approval: str | None) -> Text | None:
    """Say under which number boundaries were approved for publication, or that they are for orientation.

    Where a ground without a number shows nothing of China, which asks for approval, nothing is to be said.

    Examples
    --------
    >>> ground = gpd.GeoDataFrame({"kind": ["province"]}, geometry=[shapely.box(100, 30, 110, 40)], crs=4326)
    >>> str(standing(ground, None))
    'Boundaries for orientation, not approved for publication'
    >>> str(standing(ground, "GS(2024)0650"))
    'Map approval number: GS(2024)0650'
    >>> standing(ground.translate(-90).to_frame("geometry").assign(kind="province"), None) is None
    True
    """
    if approval is None:
        return text("map.ground.orientation") if shows_china(ground) else None
    number = approval.strip()
    # the number may come with its name, which is printed anyway
    said = text("map.ground.approval", number="")
    for language in LANGUAGES:
        number = number.removeprefix(said.in_(language).strip()[:-1])
    number = number.lstrip(":\uff1a ")
    return text("map.ground.approval", number=number)


def holds_china(ground: gpd.GeoDataFrame) -> bool:
    """Return whether a ground holds the whole of China: its provinces and the line in the South China Sea."""
    kinds = ground["kind"].astype(str) if "kind" in ground else pd.Series("province", index=ground.index)
    if not (kinds == "province").any() or not (kinds == "line").any():
        return False
    west, south, east, north = ground[kinds.isin(["province", "line"])].total_bounds
    return bool(west < 76 and south < 6 and east > 132 and north > 51)


def world_basemap(
    extent: tuple[float, float, float, float] | None = None, *, tolerance: float | None = None
) -> gpd.GeoDataFrame:
    """Give the ground of a map outside China: countries, and the dashed line of maps of China where it is near.

    Parameters
    ----------
    extent : tuple of float, optional
        West, south, east, north in degrees: what the map is about. Land up to three quarters of it beyond each side is
        kept; without an extent the whole world.
    tolerance : float, optional
        Degrees by which edges may move; by default a two-thousandth of the extent, within 0.01 and 0.1.

    Returns
    -------
    GeoDataFrame
        ``code``, ``name``, ``name_en``, ``name_zh``, ``kind`` (``country``, ``line``), polygons and lines. China has
        the outline of its 34 provinces. Countries other than China are nameless without the extra ``gazetteer``.

    Raises
    ------
    MissingExtraError
        The extra ``boundaries`` is not installed.
    OptionError
        An extent outside -180..180 and -90..90 or without breadth, or a tolerance below 0 or of 1 degree and more.

    Examples
    --------
    >>> ground = world_basemap((-10, 36, 25, 60), tolerance=0.1)
    >>> {"Germany", "Spain"} <= {*ground["name_en"]}, "China" in set(ground["name_en"])
    (True, False)
    """
    west, south, east, north = extent or _WORLD
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise OptionError(text("faults.calls.basemaps.extent_west_south_east", extent=extent))
    if tolerance is None:
        tolerance = _step(max(east - west, north - south) / 2000)
    outlines = country_outlines(tolerance)
    pad = max(_LEAST, _AROUND * max(east - west, north - south))
    box = shapely.box(
        max(-180.0, west - pad), max(-_MOST_NORTH, south - pad), min(180.0, east + pad), min(_MOST_NORTH, north + pad)
    )
    frame = gpd.GeoDataFrame(pd.concat([outlines, _dashes(tolerance)], ignore_index=True), crs=4326)
    frame = frame[frame.intersects(box)]
    cut = shapely.intersection(frame.geometry.to_numpy(), box)
    shapes = [_areas(shape) if kind == "country" else shape for shape, kind in zip(cut, frame["kind"], strict=True)]
    frame = frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=4326))
    frame = frame[~frame.geometry.is_empty]
    frame["name"] = frame["name"].fillna("")
    frame.attrs = {}
    return frame.reset_index(drop=True)


def _step(degrees: float) -> float:
    """Round a tolerance down to one of few, so that outlines are made once for many maps."""
    return max((step for step in (0.01, 0.02, 0.05, 0.1) if step <= degrees), default=0.01)


def _areas(shape: shapely.Geometry) -> shapely.Geometry:
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return shapely.multipolygons(parts)


@cache
def _dashes(tolerance: float) -> gpd.GeoDataFrame:
    base = china_basemap(tolerance=tolerance)
    return base[base["kind"] == "line"]


def basemap(
    wanted: str,
    layers: list[gpd.GeoDataFrame],
    *,
    folder: Path | None = None,
    tolerance: float | None = None,
    approval: str | None = None,
) -> Basemap:
    """Return the ground that a study asks for, chosen by where its points lie where it leaves the choice.

    Parameters
    ----------
    wanted : str
        One of `innoscape.geo.space.basemap_choices.BASEMAPS`, or a file of areas.
    layers : list of GeoDataFrame
        What the map shows, in EPSG:4326; the first holds the centers.
    folder : Path, optional
        Where the file is.
    tolerance : float, optional
        As in `china_basemap` and `world_basemap`.
    approval : str, optional
        The number under which the boundaries of a file were approved for publication.
    """
    shown = [layer for layer in layers if len(layer) and layer.geometry.notna().any()]
    if wanted == "none" or (wanted == "auto" and not shown):
        return Basemap(None, None, china=False)
    if wanted not in BASEMAPS:
        ground = boundaries((folder or Path()) / wanted)
        known = ground["kind"].isin(_KINDS)
        ground["kind"] = ground["kind"].where(known, "province")
        if not known.any():
            # drawn as provinces are, and not called so
            ground.attrs["layer"] = "areas"
        return Basemap(ground, None, china=holds_china(ground), approval=approval)
    if wanted == "auto":
        wanted = "china-provinces" if _mostly_in_china(shown[0]) else "countries"
    fine: Any = {} if tolerance is None else {"tolerance": tolerance}
    if wanted == "countries":
        boxes = np.array([layer.total_bounds for layer in shown] or [_WORLD])
        low, high = boxes.min(axis=0), boxes.max(axis=0)
        extent = (float(low[0]), float(low[1]), float(high[2]), float(high[3]))
        return Basemap(world_basemap(extent, **fine), text("map.ground.source_world"), china=False)
    ground = china_basemap(**fine)
    if wanted == "china-prefectures":
        ground = gpd.GeoDataFrame(pd.concat([ground, boundaries("prefecture", **fine)], ignore_index=True), crs=4326)
    return Basemap(ground, SOURCE, china=True)


def _mostly_in_china(centers: gpd.GeoDataFrame) -> bool:
    points = centers.geometry.dropna()
    # a city on the coast may lie just outside the simplified land
    land = _china_and_coast()
    return int(shapely.intersects(points.to_numpy(), land).sum()) * 2 > len(points)


@cache
def _china_and_coast() -> shapely.Geometry:
    return shapely.buffer(china_provinces(tolerance=0.05).geometry.union_all(), 0.1)
