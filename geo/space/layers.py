"""Lay centers and scopes out as layers in longitude and latitude (EPSG:4326).

Lengths are never taken in degrees: the extent of a scope is drawn in an equal-area projection centered on it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Proj

from ...data.errors import OptionError
from ...data.tier_scale import FOUR_TIERS, TierScale
from ..coordinates import joined
from ..cut_at_180 import beside, cut_at_180
from .drawn_table import Point, drawn_points, drawn_table
from .layer_tables import center_table, scope_table, with_attributes

__all__ = ["centers_layer", "draw_scopes", "scopes_layer"]

# km around the members of a scope
WIDTH = 60.0


def centers_layer(
    places: pd.DataFrame,
    *,
    tiers: Mapping[str, str] | pd.Series | pd.DataFrame | None = None,
    untiered: Iterable[str] = (),
    kinds: Iterable[str] | None = None,
    corridors: pd.DataFrame | None = None,
    attributes: pd.DataFrame | None = None,
    scopes: Iterable[str] | None = None,
    scores: Mapping[str, float] | pd.Series | None = None,
    tier_scale: TierScale | Sequence[str] = FOUR_TIERS,
) -> gpd.GeoDataFrame:
    """Return the centers: the places that have a tier.

    A tier comes from ``tiers``, else from the column ``tier`` of ``places``. Its status is that of the column
    ``tier_status`` beside it, ``given`` where there is none.

    Parameters
    ----------
    places : DataFrame
        ``place``, ``lon``, ``lat`` (degrees, WGS 84); optional ``name_en``, ``name_zh``, ``tier``, ``part_of``,
        ``tier_status``, ``role``, ``role_zh``, ``kind``.
    tiers : mapping, Series or DataFrame, optional
        Tier by place, or ``place``, ``tier``[, ``tier_status``].
    untiered : iterable of str
        Places that are kept though they have no tier, such as the ends of flows: their tier is missing.
    kinds : iterable of str, optional
        Keep the places of these kinds, besides those named in ``tiers`` or ``untiered``.
    corridors : DataFrame, optional
        ``corridor``, ``members`` (places joined by ``"; "``), for the column ``corridors``.
    attributes : DataFrame, optional
        ``place``, ``attribute``, ``class``[, ``name_en``, ``name_zh``], for columns that say what a center is.
    scopes : iterable of str, optional
        Keys of places that count as scopes. A center's scope is the first of them met on climbing ``part_of``.
    scores : mapping or Series, optional
        Score by place, added as the column ``score`` (missing where a center has none of its own).
    tier_scale : TierScale or sequence of str
        The tiers there are, highest first.

    Returns
    -------
    GeoDataFrame
        Points in EPSG:4326: ``place``, ``name_en``, ``name_zh``, ``lon``, ``lat``, ``tier`` (ordered categorical),
        ``tier_status``, ``scope``, ``corridors``, ``role``, ``role_zh``, ``kind``[, ``attributes_en``,
        ``attributes_zh``, ``score``], ``geometry``; sorted by tier (highest first, none last), then place.

    Raises
    ------
    TableError
        A table lacks a column.
    UnknownPlaceError
        A place in ``tiers``, ``untiered``, ``scopes`` or a corridor that ``places`` does not hold; all listed.
    GeometryError
        A center without coordinates, or with coordinates out of range; all listed.
    OptionError
        A tier that is not one of ``tier_scale``; all listed.

    Examples
    --------
    >>> places = pd.DataFrame({"place": ["津冀", "北京", "雄安新区"], "lon": [116, 116.4, 115.93],
    ...     "lat": [39, 39.9, 39.05], "tier": [None, "international", None], "part_of": [None, "津冀", "津冀"]})
    >>> ideas = pd.DataFrame({"place": ["雄安新区"], "tier": ["national"], "tier_status": ["assumed"]})
    >>> layer = centers_layer(places, tiers=ideas, scopes=["津冀"])
    >>> print(layer[["place", "tier", "tier_status", "scope"]].to_string(index=False))
    place          tier tier_status scope
       北京 international       given    津冀
     雄安新区      national     assumed    津冀
    """
    table = center_table(
        places,
        tiers=tiers,
        untiered=untiered,
        kinds=kinds,
        corridors=corridors,
        scopes=scopes,
        scores=scores,
        tier_scale=tier_scale,
    )
    return drawn_points(with_attributes(table, attributes))


def scopes_layer(
    places: pd.DataFrame,
    centers: gpd.GeoDataFrame,
    *,
    scopes: Iterable[str] | None = None,
    tiers: Mapping[str, str] | pd.Series | None = None,
    scores: Mapping[str, float] | pd.Series | None = None,
    buffer_km: float = WIDTH,
    tier_scale: TierScale | Sequence[str] = FOUR_TIERS,
) -> gpd.GeoDataFrame:
    """Return the scopes as rounded hulls of their centers: approximate extents, not boundaries.

    The hull is the convex hull of the members widened by ``buffer_km``, drawn in a Lambert azimuthal equal-area
    projection centered on the members; a single member gives a disk.

    - A scope without any center is a disk around its own point, with empty ``members``.
    - Corners are rounded to 0.00001 degrees (about a meter).
    - A scope across the 180th meridian is drawn in two parts.

    Parameters
    ----------
    places : DataFrame
        Places contract; the scopes' own rows give names, tiers and, where needed, points.
    centers : GeoDataFrame
        As from `centers_layer`; the column ``scope`` makes a center a member.
    scopes : iterable of str, optional
        Scopes to draw; all that have a center when not given.
    tiers : mapping or Series, optional
        Tier by scope; else the scope's tier in ``places``, else the highest tier among its members, if any has one.
    scores : mapping or Series, optional
        Score by scope; missing where there is none.
    buffer_km : float
        Width around the members, km, above 0.
    tier_scale : TierScale or sequence of str
        The tiers there are, highest first.

    Returns
    -------
    GeoDataFrame
        Polygons in EPSG:4326: ``place``, ``name_en``, ``name_zh``, ``tier``, ``members`` (joined by ``"; "``),
        ``score``, ``geometry``; sorted by tier, then place.

    Raises
    ------
    UnknownPlaceError
        A scope that ``places`` does not hold; all listed.
    GeometryError
        A scope with neither centers nor coordinates.
    OptionError
        ``buffer_km`` is not above 0, or a tier is not one of ``tier_scale``.

    Examples
    --------
    >>> places = pd.DataFrame({"place": ["津冀", "天津"], "lon": [116, 117.2], "lat": [39, 39.1],
    ...                        "tier": ["national", "local"], "part_of": [None, "津冀"]})
    >>> scopes = scopes_layer(places, centers_layer(places, tiers={"天津": "regional"}, scopes=["津冀"]))
    >>> scopes[["place", "tier", "members"]].to_dict("records")
    [{'place': '津冀', 'tier': 'national', 'members': '天津'}]
    >>> area = scopes.to_crs("+proj=laea +lon_0=117.2 +lat_0=39.1").area / 1e6
    >>> print(f"{area[0] / (math.pi * 60**2):.3f} of the area of a disk of 60 km radius")
    0.998 of the area of a disk of 60 km radius
    """
    if not (isinstance(buffer_km, int | float) and math.isfinite(buffer_km) and buffer_km > 0):
        raise OptionError(f"buffer_km: needed a width above 0 km, got {buffer_km!r}")
    table = scope_table(places, centers, scopes=scopes, tiers=tiers, scores=scores, tier_scale=tier_scale)
    return draw_scopes(table, buffer_km)


def draw_scopes(table: pd.DataFrame, buffer_km: float = WIDTH) -> gpd.GeoDataFrame:
    """Draw the hulls of a table of scopes, see `scope_table`."""
    return drawn_table(table, lambda points: _hull(points, buffer_km * 1000))


def _hull(members: Sequence[Point], width: float) -> shapely.Polygon | shapely.MultiPolygon:
    """Return the convex hull of places widened by a number of meters, in degrees."""
    points = sorted(members)
    east = joined(np.array([lon for lon, _ in points]))
    lon, lat = math.fsum(east) / len(points), math.fsum(lat for _, lat in points) / len(points)
    # both ways of one projection, without the search for a way between two reference systems
    meters = Proj(proj="laea", lat_0=lat, lon_0=lon, datum="WGS84", units="m")
    flat = shapely.MultiPoint(np.column_stack(meters(*np.transpose(points))))
    outline = flat.convex_hull.buffer(width, quad_segs=16)
    degrees = shapely.transform(outline, lambda corners: np.column_stack(meters(*corners.T, inverse=True)))
    rounded = shapely.transform(beside(degrees, lon), lambda corners: np.round(corners, 5))
    return shapely.normalize(cut_at_180(rounded))
