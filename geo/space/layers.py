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

from ...data.errors import GeometryError, OptionError
from ...data.options import check_known_places
from ...data.places.keys import as_keys, key_text
from ...data.places.nesting import container
from ...data.tier_scale import FOUR_TIERS, TierScale, as_scale
from ..coordinates import beside, check_columns, cut_at_180, joined, locate
from ..tiers.assign import tier_dtype
from .attribute_texts import attribute_texts
from .layer_columns import CRS, listed_places, names_of, points_of, text_cells, text_column

__all__ = ["centers_layer", "scopes_layer"]


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
    check_columns(places, "places", ("place", "lon", "lat"))
    keys = as_keys(places["place"])
    tier_scale, also = as_scale(tier_scale), {str(key_text(name)) for name in untiered}
    check_known_places("untiered", also, keys)
    given = _placed("tiers", tiers, keys)
    placed = _placed("places", places if "tier" in places else None, keys) | given
    tier_scale.check({key: tier for key, (tier, _) in placed.items()})
    kept = keys.isin([*placed, *also])
    if kinds is not None:
        kept &= text_column(places, "kind").isin(set(kinds)) | keys.isin([*given, *also])
    centers = locate(places[kept], "places")
    names = as_keys(centers["place"]).tolist()
    english, chinese = names_of(centers)
    tier, status = zip(*(placed.get(name, (None, "")) for name in names), strict=True) if names else ((), ())
    step = {name: i for i, name in enumerate(tier_scale)}
    columns = {
        "place": names,
        "name_en": english,
        "name_zh": chinese,
        "lon": centers["lon"].to_numpy(),
        "lat": centers["lat"].to_numpy(),
        "tier": pd.Categorical(tier, dtype=tier_dtype(tier_scale)),
        "tier_status": list(status),
        "scope": _scope_of(names, places, scopes),
        "corridors": _corridors_of(names, keys, corridors),
        **{column: text_cells(centers, column) for column in ("role", "role_zh", "kind")},
    }
    if attributes is not None:
        said = attribute_texts(attributes, names)
        columns |= {f"attributes_{language}": [one.in_(language) for one in said] for language in ("en", "zh")}
    if scores is not None:
        given_scores = dict(scores)
        columns["score"] = [float(given_scores.get(name, math.nan)) for name in names]
    order = sorted(range(len(names)), key=lambda i: (step.get(tier[i], len(step)), names[i]))
    return points_of(pd.DataFrame(columns).iloc[order].reset_index(drop=True))


def scopes_layer(
    places: pd.DataFrame,
    centers: gpd.GeoDataFrame,
    *,
    scopes: Iterable[str] | None = None,
    tiers: Mapping[str, str] | pd.Series | None = None,
    scores: Mapping[str, float] | pd.Series | None = None,
    buffer_km: float = 60.0,
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
    plain = pd.DataFrame(centers)
    members = {str(key): rows for key, rows in plain[plain["scope"].notna()].groupby("scope", observed=True)}
    wanted = sorted(members) if scopes is None else _wanted(scopes)
    check_known_places("scopes", wanted, as_keys(places["place"]))
    own = places.assign(place=as_keys(places["place"])).set_index("place", drop=False)
    given, ranked = _by_place("tiers", tiers, own.index), dict(scores) if scores is not None else {}
    bare = {*own.index[own[["lon", "lat"]].isna().any(axis=1)]}
    lost = [key for key in wanted if key not in members and key in bare]
    if lost:
        raise GeometryError(f"scopes: needed a center or coordinates, got neither for {', '.join(lost)}; add one")
    rows = []
    for key in wanted:
        inside = members[key] if key in members else own.loc[[key]]
        names = sorted(members[key]["place"]) if key in members else []
        tier = _scope_tier(key, given, own, members)
        rows.append((key, tier, "; ".join(names), float(ranked.get(key, math.nan)), _hull(inside, buffer_km * 1000)))
    frame = pd.DataFrame(rows, columns=["place", "tier", "members", "score", "geometry"])
    tier_scale = as_scale(tier_scale)
    tier_scale.check({key: tier for key, tier in zip(frame["place"], frame["tier"], strict=True) if pd.notna(tier)})
    frame["tier"] = pd.Categorical(frame["tier"], dtype=tier_dtype(tier_scale))
    name_en, name_zh = names_of(own.loc[wanted])
    frame.insert(1, "name_en", name_en)
    frame.insert(2, "name_zh", name_zh)
    frame = frame.sort_values(["tier", "place"], ignore_index=True)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=CRS)


def _placed(
    owner: str, tiers: Mapping[str, str] | pd.Series | pd.DataFrame | None, known: Iterable[str]
) -> dict[str, tuple[str, str]]:
    """Return tier and status by place, for the places that have a tier."""
    if isinstance(tiers, pd.DataFrame):
        check_columns(tiers, owner, ("place", "tier"))
        table = pd.DataFrame(tiers)
        names, status = as_keys(table["place"]), text_column(table, "tier_status")
        found = dict(zip(names, zip(table["tier"].astype(object), status, strict=True), strict=True))
    else:
        found = {name: (tier, "") for name, tier in _by_place(owner, tiers, known).items()}
    check_known_places(owner, found, known)
    return {
        name: (str(tier), status or "given") for name, (tier, status) in found.items() if pd.notna(tier) and tier != ""
    }


def _by_place(owner: str, values: Mapping[str, str] | pd.Series | None, known: Iterable[str]) -> dict[str, str]:
    found = {} if values is None else {str(key_text(key)): value for key, value in values.items()}
    check_known_places(owner, found, known)
    return found


def _wanted(scopes: Iterable[str]) -> list[str]:
    return sorted({str(key_text(scope)) for scope in scopes})


def _scope_of(names: list[str], places: pd.DataFrame, scopes: Iterable[str] | None) -> list[str | None]:
    wanted = [] if scopes is None else _wanted(scopes)
    check_known_places("scopes", wanted, as_keys(places["place"]))
    found = container(names, places, wanted)
    return [None if pd.isna(key) else str(key) for key in found]


def _corridors_of(names: list[str], known: Iterable[str], corridors: pd.DataFrame | None) -> list[str]:
    if corridors is None:
        return [""] * len(names)
    check_columns(corridors, "corridors", ("corridor", "members"))
    members = {str(row.corridor): listed_places(row.members) for row in corridors.itertuples(index=False)}
    check_known_places("corridors", {name for listed in members.values() for name in listed}, known)
    return ["; ".join(sorted(key for key, listed in members.items() if name in listed)) for name in names]


def _scope_tier(key: str, given: dict[str, str], own: pd.DataFrame, members: dict[str, pd.DataFrame]) -> object:
    if key in given:
        return given[key]
    # the highest tier of its members, where it has none of its own
    return text_column(own, "tier")[key] or (members[key]["tier"].min() if key in members else None)


def _hull(members: pd.DataFrame, width: float) -> shapely.Polygon | shapely.MultiPolygon:
    """Return the convex hull of places widened by a number of meters, in degrees."""
    points = sorted(zip(members["lon"].astype(float), members["lat"].astype(float), strict=True))
    east = joined(np.array([lon for lon, _ in points]))
    lon, lat = math.fsum(east) / len(points), math.fsum(lat for _, lat in points) / len(points)
    # both ways of one projection, without the search for a way between two reference systems
    meters = Proj(proj="laea", lat_0=lat, lon_0=lon, datum="WGS84", units="m")
    flat = shapely.MultiPoint(np.column_stack(meters(*np.transpose(points))))
    outline = flat.convex_hull.buffer(width, quad_segs=16)
    degrees = shapely.transform(outline, lambda corners: np.column_stack(meters(*corners.T, inverse=True)))
    rounded = shapely.transform(beside(degrees, lon), lambda corners: np.round(corners, 5))
    return shapely.normalize(cut_at_180(rounded))
