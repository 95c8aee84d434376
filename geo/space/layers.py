"""Lay centers, scopes, corridors and landmarks out as layers in longitude and latitude (EPSG:4326).

Lengths are never taken in degrees: the extent of a scope is drawn in an equal-area projection centered on it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...data.errors import GeometryError, OptionError, warn
from ...data.options import check_choice, check_known_places, hint
from ...data.places.keys import as_keys, key_text
from ...data.places.nesting import container
from ...data.tier_scale import FOUR_TIERS, TierScale, as_scale
from ...data.vocabulary import terms
from ..coordinates import beside, check_columns, cut_at_180, joined, line_between, locate, require_metric
from ..tiers.assign import tier_dtype

__all__ = ["centers_layer", "corridors_layer", "landmarks_layer", "scopes_layer"]

CRS = "EPSG:4326"
ROLES: tuple[str, ...] = tuple(terms("landmarks"))


def centers_layer(
    places: pd.DataFrame,
    *,
    tiers: Mapping[str, str] | pd.Series | None = None,
    assumed_tiers: Mapping[str, str] | pd.Series | None = None,
    kinds: Iterable[str] | None = None,
    corridors: pd.DataFrame | None = None,
    scopes: Iterable[str] | None = None,
    scores: Mapping[str, float] | pd.Series | None = None,
    tier_scale: TierScale | Sequence[str] = FOUR_TIERS,
) -> gpd.GeoDataFrame:
    """Return the centers: the places that have a tier.

    A tier comes from ``tiers`` (status ``given``), else from the column ``tier`` (``published``), else from
    ``assumed_tiers`` (``assumed``): an assumption never overrides what is published.

    Parameters
    ----------
    places : DataFrame
        ``place``, ``lon``, ``lat`` (degrees, WGS 84); optional ``name_en``, ``name_zh``, ``tier``, ``part_of``,
        ``role``, ``role_zh``, ``kind``.
    tiers, assumed_tiers : mapping or Series, optional
        Tier by place.
    kinds : iterable of str, optional
        Keep the places of these kinds, besides those named in ``tiers`` or ``assumed_tiers``.
    corridors : DataFrame, optional
        ``corridor``, ``members`` (places joined by ``"; "``), for the column ``corridors``.
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
        ``tier_status``, ``scope``, ``corridors``, ``role``, ``role_zh``, ``kind``[, ``score``], ``geometry``; sorted by
        tier (highest first), then place.

    Raises
    ------
    TableError
        A table lacks a column.
    UnknownPlaceError
        A place in ``tiers``, ``assumed_tiers``, ``scopes`` or a corridor that ``places`` does not hold; all listed.
    GeometryError
        A center without coordinates, or with coordinates out of range; all listed.
    OptionError
        A tier that is not one of ``tier_scale``; all listed.

    Examples
    --------
    >>> places = pd.DataFrame({"place": ["津冀", "北京", "雄安新区"], "lon": [116, 116.4, 115.93],
    ...     "lat": [39, 39.9, 39.05], "tier": [None, "international", None], "part_of": [None, "津冀", "津冀"]})
    >>> layer = centers_layer(places, assumed_tiers={"雄安新区": "national"}, scopes=["津冀"])
    >>> print(layer[["place", "tier", "tier_status", "scope"]].to_string(index=False))
    place          tier tier_status scope
       北京 international   published    津冀
     雄安新区      national     assumed    津冀
    """
    check_columns(places, "places", ("place", "lon", "lat"))
    keys = as_keys(places["place"])
    given, assumed = _by_place("tiers", tiers, keys), _by_place("assumed_tiers", assumed_tiers, keys)
    published = dict(zip(keys, places["tier"], strict=True)) if "tier" in places else {}
    placed = {}
    for key in keys:
        for status, source in (("given", given), ("published", published), ("assumed", assumed)):
            if key in source and pd.notna(source[key]) and source[key] != "":
                placed[key] = (str(source[key]), status)
                break
    tier_scale = as_scale(tier_scale)
    tier_scale.check({key: tier for key, (tier, _) in placed.items()})
    kept = keys.isin(list(placed))
    if kinds is not None:
        kept &= _text(places, "kind").isin(set(kinds)) | keys.isin([*given, *assumed])
    centers = locate(places[kept], "places")
    names = as_keys(centers["place"])
    frame = pd.DataFrame({"place": names.tolist()})
    frame["name_en"], frame["name_zh"] = _names(centers)
    frame["lon"], frame["lat"] = centers["lon"].to_numpy(), centers["lat"].to_numpy()
    frame["tier"] = pd.Categorical([placed[name][0] for name in names], dtype=tier_dtype(tier_scale))
    frame["tier_status"] = [placed[name][1] for name in names]
    frame["scope"] = _scope_of(names, places, scopes)
    frame["corridors"] = _corridors_of(names, keys, corridors)
    for column in ("role", "role_zh", "kind"):
        frame[column] = _text(centers, column).tolist()
    if scores is not None:
        frame["score"] = [float(dict(scores).get(name, math.nan)) for name in names]
    frame = frame.sort_values(["tier", "place"], ignore_index=True)
    return _points(frame)


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
        Tier by scope; else the scope's tier in ``places``, else the highest tier among its members.
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
    members = {str(key): rows for key, rows in centers[centers["scope"].notna()].groupby("scope", observed=True)}
    wanted = sorted(members) if scopes is None else _wanted(scopes)
    check_known_places("scopes", wanted, as_keys(places["place"]))
    own = places.assign(place=as_keys(places["place"])).set_index("place", drop=False)
    given, ranked = _by_place("tiers", tiers, own.index), dict(scores) if scores is not None else {}
    lost = [key for key in wanted if key not in members and own.loc[key, ["lon", "lat"]].isna().any()]
    if lost:
        raise GeometryError(f"scopes: needed a center or coordinates, got neither for {', '.join(lost)}; add one")
    rows = []
    for key in wanted:
        inside = members.get(key, own.loc[[key]])
        names = sorted(members[key]["place"]) if key in members else []
        tier = _scope_tier(key, given, own, members)
        rows.append((key, tier, "; ".join(names), float(ranked.get(key, math.nan)), _hull(inside, buffer_km * 1000)))
    frame = pd.DataFrame(rows, columns=["place", "tier", "members", "score", "geometry"])
    tier_scale = as_scale(tier_scale)
    tier_scale.check({key: tier for key, tier in zip(frame["place"], frame["tier"], strict=True) if tier is not None})
    frame["tier"] = pd.Categorical(frame["tier"], dtype=tier_dtype(tier_scale))
    name_en, name_zh = _names(own.loc[wanted])
    frame.insert(1, "name_en", name_en)
    frame.insert(2, "name_zh", name_zh)
    frame = frame.sort_values(["tier", "place"], ignore_index=True)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=CRS)


def corridors_layer(
    corridors: pd.DataFrame, places: pd.DataFrame, *, undrawable: Literal["warn", "leave_out"] = "warn"
) -> gpd.GeoDataFrame:
    """Return corridors and belts as lines through their members, in the order in which these are listed.

    - A line takes the shorter way around the earth; across the 180th meridian it is drawn in two parts.
    - A corridor with fewer than two different points cannot be a line: it is left out, with an `InnoscapeWarning`
      naming it unless ``undrawable="leave_out"``.

    Parameters
    ----------
    corridors : DataFrame
        ``corridor`` (unique), ``members`` (places joined by ``"; "``); optional ``name_en``, ``name_zh``, ``kind``
        (``corridor`` or ``belt``), ``scope``, ``status``.
    places : DataFrame
        Places contract.
    undrawable : {"warn", "leave_out"}
        Whether corridors left out are warned of.

    Returns
    -------
    GeoDataFrame
        Lines in EPSG:4326: ``corridor``, ``name_en``, ``name_zh``, ``kind``, ``scope``, ``members``, ``status``,
        ``geometry``; sorted by corridor.

    Raises
    ------
    TableError
        A table lacks a column.
    UnknownPlaceError
        A member that ``places`` does not hold; all listed.
    GeometryError
        A member without coordinates; all listed.

    Examples
    --------
    >>> places = pd.DataFrame({"place": ["甲", "乙"], "lon": [116, 117], "lat": [39, 40]})
    >>> table = pd.DataFrame({"corridor": ["甲乙带"], "members": ["甲; 乙"], "kind": ["belt"]})
    >>> corridors_layer(table, places).geometry[0].wkt
    'LINESTRING (116 39, 117 40)'
    """
    check_choice("undrawable", undrawable, ("warn", "leave_out"))
    check_columns(corridors, "corridors", ("corridor", "members"))
    members = [_split(cell) for cell in corridors["members"]]
    used = {name for names in members for name in names}
    check_known_places("corridors", used, as_keys(places["place"]))
    located = locate(places[as_keys(places["place"]).isin(used)], "places")
    points = dict(zip(as_keys(located["place"]), zip(located["lon"], located["lat"], strict=True), strict=True))
    frame = pd.DataFrame({"corridor": as_keys(corridors["corridor"]).tolist()})
    for column in ("name_en", "name_zh"):
        frame[column] = _text(corridors, column, fallback="corridor").tolist()
    for column in ("kind", "scope"):
        frame[column] = _text(corridors, column).tolist()
    frame["members"] = ["; ".join(names) for names in members]
    frame["status"] = _text(corridors, "status").tolist()
    lines = [[points[name] for name in names] for names in members]
    drawable = np.array([len(set(line)) > 1 for line in lines], dtype=bool)
    if undrawable == "warn" and not drawable.all():
        short = ", ".join(sorted(frame.loc[~drawable, "corridor"]))
        warn("warnings.short_corridors", names=short, stacklevel=2)
    frame = frame[drawable]
    geometry = [line_between(line) for line, kept in zip(lines, drawable, strict=True) if kept]
    layer = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(geometry, index=frame.index, crs=CRS))
    return layer.sort_values("corridor", ignore_index=True)


def landmarks_layer(structure: pd.DataFrame, places: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the cores, nuclei, belts, parks and platforms of a scope as points.

    Parameters
    ----------
    structure : DataFrame
        ``place``, ``role`` (``core``, ``nucleus``, ``belt``, ``park`` or ``platform``); optional ``function_en``,
        ``function_zh``, ``scope``.
    places : DataFrame
        Places contract; gives names and points. A belt stands at its representative point.

    Returns
    -------
    GeoDataFrame
        Points in EPSG:4326: ``place``, ``name_en``, ``name_zh``, ``role``, ``function_en``, ``function_zh``, ``scope``,
        ``geometry``; sorted by role in the order above, then place.

    Raises
    ------
    TableError
        A table lacks a column.
    UnknownPlaceError
        A place that ``places`` does not hold; all listed.
    OptionError
        A role that is not one of the five; all listed.

    Examples
    --------
    >>> places = pd.DataFrame({"place": ["北京"], "lon": [116.4], "lat": [39.9], "name_en": ["Beijing"]})
    >>> layer = landmarks_layer(pd.DataFrame({"place": ["北京"], "role": ["core"]}), places)
    >>> layer[["name_en", "role"]].to_dict("records")
    [{'name_en': 'Beijing', 'role': 'core'}]
    """
    check_columns(structure, "structure", ("place", "role"))
    keys = as_keys(structure["place"]).tolist()
    check_known_places("structure", keys, as_keys(places["place"]))
    wrong = [
        f"{role!r} at {key}{hint(role, ROLES)}"
        for key, role in zip(keys, structure["role"], strict=True)
        if role not in ROLES
    ]
    if wrong:
        raise OptionError(f"structure: needed a role of {', '.join(ROLES)}, got {'; '.join(sorted(wrong))}")
    located = locate(places[as_keys(places["place"]).isin(keys)], "places")
    located = located.set_index(as_keys(located["place"])).loc[keys]
    frame = pd.DataFrame({"place": keys})
    frame["name_en"], frame["name_zh"] = _names(located)
    frame["role"] = structure["role"].astype(str).tolist()
    for column in ("function_en", "function_zh", "scope"):
        frame[column] = _text(structure, column).tolist()
    frame["lon"], frame["lat"] = located["lon"].to_numpy(), located["lat"].to_numpy()
    order = frame.assign(step=frame["role"].map(ROLES.index)).sort_values(["step", "place"]).index
    return _points(frame.loc[order].reset_index(drop=True)).drop(columns=["lon", "lat"])


def _by_place(owner: str, values: Mapping[str, str] | pd.Series | None, known: Iterable[str]) -> dict[str, str]:
    found = {} if values is None else {str(key_text(key)): value for key, value in values.items()}
    check_known_places(owner, found, known)
    return found


def _text(table: pd.DataFrame, column: str, *, fallback: str | None = None) -> pd.Series:
    spare = table[fallback].astype(str) if fallback else pd.Series("", index=table.index)
    if column not in table:
        return spare
    filled = table[column].notna() & (table[column] != "")
    return table[column].astype(object).where(filled, spare).astype(str)


def _names(table: pd.DataFrame) -> tuple[list[str], list[str]]:
    return _text(table, "name_en", fallback="place").tolist(), _text(table, "name_zh", fallback="place").tolist()


def _points(frame: pd.DataFrame) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy(frame["lon"], frame["lat"]), crs=CRS)


def _wanted(scopes: Iterable[str]) -> list[str]:
    return sorted({str(key_text(scope)) for scope in scopes})


def _scope_of(names: pd.Series, places: pd.DataFrame, scopes: Iterable[str] | None) -> list[str | None]:
    wanted = [] if scopes is None else _wanted(scopes)
    check_known_places("scopes", wanted, as_keys(places["place"]))
    found = container(names, places, wanted)
    return [None if pd.isna(key) else str(key) for key in found]


def _corridors_of(names: pd.Series, known: Iterable[str], corridors: pd.DataFrame | None) -> list[str]:
    if corridors is None:
        return [""] * len(names)
    check_columns(corridors, "corridors", ("corridor", "members"))
    members = {str(row.corridor): _split(row.members) for row in corridors.itertuples(index=False)}
    check_known_places("corridors", {name for listed in members.values() for name in listed}, known)
    return ["; ".join(sorted(key for key, listed in members.items() if name in listed)) for name in names]


def _split(cell: object) -> list[str]:
    return [] if pd.isna(cell) else [part.strip() for part in str(cell).split(";") if part.strip()]


def _scope_tier(key: str, given: dict[str, str], own: pd.DataFrame, members: dict[str, pd.DataFrame]) -> str | None:
    if key in given:
        return given[key]
    published = _text(own, "tier")[key]
    if published:
        return published
    return str(members[key]["tier"].min()) if key in members else None


def _hull(members: pd.DataFrame, width: float) -> shapely.Polygon | shapely.MultiPolygon:
    """Return the convex hull of places widened by a number of meters, in degrees."""
    points = sorted(zip(members["lon"].astype(float), members["lat"].astype(float), strict=True))
    east = joined(np.array([lon for lon, _ in points]))
    lon, lat = math.fsum(east) / len(points), math.fsum(lat for _, lat in points) / len(points)
    degrees = gpd.GeoSeries([shapely.MultiPoint(points)], crs=CRS)
    meters = degrees.to_crs(f"+proj=laea +lat_0={lat!r} +lon_0={lon!r} +datum=WGS84 +units=m")
    require_metric(meters.crs)
    outline = meters.convex_hull.buffer(width, quad_segs=16).to_crs(CRS)
    rounded = shapely.transform(beside(outline.iloc[0], lon), lambda corners: np.round(corners, 5))
    return shapely.normalize(cut_at_180(rounded))
