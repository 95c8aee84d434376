"""Put areas, lines and points on the map, one function a layer.

Shape, size and lightness carry the tier, color only repeats it: the symbols can be distinguished in grey.
"""

from collections.abc import Iterable, Sequence

import geopandas as gpd
import pandas as pd
import shapely

from ...data.errors import OptionError, warn
from ...data.options import hint
from ...data.tier_scale import MOST_TIERS, TierScale
from ...data.vocabulary import terms
from ...data.wording.catalogue import Text, few, plain, text
from ..space.basemaps import holds_china, standing
from .atlas import AtlasLayer, AtlasMap, add_layer
from .encode import cells, check_layer, degrees, lines, names_of, rings
from .words import layer_name

# after every tier
_NO_TIER = MOST_TIERS
_BOUNDARY_ORDER = {"land": 0, "country": 1, "province": 1, "prefecture": 1, "line": 2}
# zoom levels from which large and small countries are named, and square degrees of a large one
_NAMED, _LARGE = (3.0, 6.0), 3.0
_POINT_CELLS = ("tier_status", "scope", "corridors", "role", "role_zh", "kind", "score", "strength",
                "strength_in", "strength_out", "attributes_en", "attributes_zh", "profile")  # fmt: skip


def tier_numbers(layer: pd.DataFrame, scale: TierScale, *, name: str) -> pd.Series:
    """Return the rank of each tier, `_NO_TIER` where it is missing."""
    order = {tier: number for number, tier in enumerate(scale)}
    given = layer["tier"].astype(object)
    numbers = given.map(order).where(given.notna(), _NO_TIER)
    if numbers.isna().any():
        strange = sorted({str(value) for value in given[numbers.isna()]})
        listed = ", ".join(f"{tier}{hint(tier, scale)}" for tier in strange)
        raise OptionError(f"{name}: needed tiers among {', '.join(order)}, got {listed}")
    return numbers.astype(int)


def add_boundaries(
    atlas: AtlasMap,
    layer: gpd.GeoDataFrame,
    *,
    name: str | Text | None = None,
    source: str | Text | None = None,
    approval: str | None = None,
    show: bool = True,
) -> AtlasMap:
    """Draw areas, and the lines that belong with them, as the quiet ground of the map.

    The sea is tinted as soon as there is land to set it off.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    layer : GeoDataFrame
        ``name`` and polygons or lines; ``kind`` (``land``: unnamed land around, ``country``, ``province``,
        ``prefecture``, ``line``; any other is drawn as a province) and
        ``name_en``, ``name_zh`` if known, which are then written faintly where there is room.
    name : str or Text, optional
        Name of the layer.
    source : str or Text, optional
        Where the boundaries come from, printed with the map.
    approval : str, optional
        The number under which they were approved for publication, printed on the map; without it the map says that
        they are for orientation.
    show : bool
        Whether the layer is on when the page opens.

    Returns
    -------
    AtlasMap
        The map.

    Raises
    ------
    GeometryError
        The layer is not in EPSG:4326.

    Examples
    --------
    >>> import shapely
    >>> square = gpd.GeoDataFrame({"name": ["a"]}, geometry=[shapely.box(110, 30, 111, 31)], crs=4326)
    >>> page = add_boundaries(AtlasMap(), square).get_root().render()
    """
    drawable = check_layer(layer, ["name"], name="boundaries")
    if drawable.empty:
        return atlas
    kinds = drawable["kind"] if "kind" in drawable else pd.Series("province", index=drawable.index)
    is_line = drawable.geometry.geom_type.isin(["LineString", "MultiLineString"])
    kinds = kinds.mask(is_line, "line")
    # prefectures divide provinces where they are drawn, and are areas of their own elsewhere
    drawn = {*_BOUNDARY_ORDER} - (set() if (kinds == "province").any() else {"prefecture"})
    kinds = kinds.where(kinds.isin(drawn), "province")
    ordered = drawable.assign(kind=kinds, _order=kinds.map(_BOUNDARY_ORDER).fillna(1)).sort_values(["_order", "name"])
    shapes = []
    for row in ordered.itertuples():
        atlas.keep_ground(row.geometry)
        shape = {"k": row.kind, "g": lines(row.geometry) if row.kind == "line" else rings(row.geometry)}
        if row.kind in ("province", "country"):
            shape |= names_of(row, "name") | {"at": degrees(row.geometry)}
        if row.kind == "country":
            # not on an island far from the mainland
            shape["at"] = degrees(max(shapely.get_parts(row.geometry), key=shapely.area))
            shape["from"] = _NAMED[0] if row.geometry.area > _LARGE else _NAMED[1]
        shapes.append(shape)
    usual = {"country": "countries", "prefecture": "prefectures"}
    usual = next((key for kind, key in usual.items() if (kinds == kind).any()), layer.attrs.get("layer", "provinces"))
    element = AtlasLayer(layer_name(name, usual), group="base", key={"symbol": "boundary"}, show=show)
    words = plain(source).to_dict() if source else None
    data = {"shapes": shapes, "source": words, "china": holds_china(drawable), "approved": approval is not None}
    said = standing(drawable.assign(kind=kinds), approval)
    return add_layer(atlas, element, "boundaries", data | {"standing": said and said.to_dict()})


def add_scopes(
    atlas: AtlasMap,
    scopes: gpd.GeoDataFrame,
    *,
    name: str | Text | None = None,
    show: bool = True,
) -> AtlasMap:
    """Draw the approximate extents of agglomerations: a light tint with a broken edge, since they are no boundaries.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    scopes : GeoDataFrame
        ``place``, ``tier`` and polygons; ``name_en``, ``name_zh``, ``members``, ``score``.
    name : str or Text, optional
        Name of the layer.
    show : bool
        Whether the layer is on when the page opens.

    Returns
    -------
    AtlasMap
        The map; an empty frame leaves it as it was.

    Raises
    ------
    GeometryError
        The layer is not in EPSG:4326.

    Examples
    --------
    >>> import shapely
    >>> scopes = gpd.GeoDataFrame(
    ...     {"place": ["a"], "tier": ["national"]}, geometry=[shapely.box(110, 30, 111, 31)], crs=4326
    ... )
    >>> page = add_scopes(AtlasMap(), scopes).get_root().render()
    """
    drawable = check_layer(scopes, ["place", "tier"], name="scopes")
    if drawable.empty:
        return atlas
    ordered = drawable.assign(_tier=tier_numbers(drawable, atlas.tier_scale, name="scopes")).sort_values(
        ["_tier", "place"]
    )
    known = ordered["bounded"].to_numpy(bool) if "bounded" in ordered else [False] * len(ordered)
    shapes = [
        names_of(row)
        | cells(row, ["members", "score"])
        | {"t": tier if tier < _NO_TIER else None, "at": degrees(row.geometry), "whole": int(whole)}
        | atlas.rings_of(row.geometry)
        for row, tier, whole in zip(ordered.itertuples(), ordered["_tier"].tolist(), known, strict=True)
    ]
    element = AtlasLayer(layer_name(name, "scopes"), group="areas", key={"symbol": "scope"}, show=show)
    return add_layer(atlas, element, "scopes", {"shapes": shapes})


def add_corridors(
    atlas: AtlasMap,
    corridors: gpd.GeoDataFrame,
    *,
    name: str | Text | None = None,
    show: bool = True,
) -> AtlasMap:
    """Draw innovation corridors as a double line and belts as a broad band, with a broken inner line where assumed.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    corridors : GeoDataFrame
        ``corridor`` and lines; ``name_en``, ``name_zh``, ``kind`` (``corridor``, ``belt``), ``scope``, ``members``,
        ``status`` (``named``, ``assumed``).
    name : str or Text, optional
        Name of the layer.
    show : bool
        Whether the layer is on when the page opens.

    Returns
    -------
    AtlasMap
        The map; an empty frame leaves it as it was.

    Raises
    ------
    GeometryError
        The layer is not in EPSG:4326.

    Examples
    --------
    >>> import shapely
    >>> line = shapely.LineString([(116, 40), (117, 39)])
    >>> corridors = gpd.GeoDataFrame({"corridor": ["a"]}, geometry=[line], crs=4326)
    >>> page = add_corridors(AtlasMap(), corridors).get_root().render()
    """
    drawable = check_layer(corridors, ["corridor"], name="corridors")
    if drawable.empty:
        return atlas
    shapes = [
        names_of(row, "corridor") | cells(row, ["kind", "scope", "members", "status"]) | {"g": lines(row.geometry)}
        for row in drawable.sort_values("corridor").itertuples()
    ]
    kinds = sorted({("belt" if s.get("kind") == "belt" else "corridor", s.get("status") == "assumed") for s in shapes})
    kinds.sort(key=lambda kind: (kind[0] == "belt", kind[1]))
    key = {"symbol": "corridor", "kinds": kinds}
    element = AtlasLayer(layer_name(name, "corridors"), group="areas", key=key, show=show)
    return add_layer(atlas, element, "corridors", {"shapes": shapes})


def add_centers(
    atlas: AtlasMap, centers: gpd.GeoDataFrame, *, labels: bool = True, show: Sequence[str] | None = None
) -> AtlasMap:
    """Draw the centers, one layer a tier: a disc in a ring, a ring, a disc, a dot, from the highest tier down.

    With more tiers rings and discs take turns, ever smaller; with fewer the last is a dot all the same.
    Names are written where they do not overlap: higher tiers first, then higher scores; more appear on zooming in.
    A center whose tier is assumed (``tier_status``) is drawn pale, a place without a tier as a small grey dot.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    centers : GeoDataFrame
        ``place``, ``tier`` and points; ``name_en``, ``name_zh``, ``tier_status``, ``scope``, ``corridors``, ``role``,
        ``role_zh``, ``kind``, ``score``, ``strength``, ``attributes_en``, ``attributes_zh``, ``profile`` (path of a
        page on the center, linked from its popup).
    labels : bool
        Write the names.
    show : sequence of str
        The tiers that are on when the page opens; all by default.

    Returns
    -------
    AtlasMap
        The map; an empty frame leaves it as it was.

    Raises
    ------
    GeometryError
        The layer is not in EPSG:4326.
    OptionError
        A tier outside the scale of the map.

    Examples
    --------
    >>> points = gpd.points_from_xy([116.4], [39.9])
    >>> centers = gpd.GeoDataFrame({"place": ["北京"], "tier": ["international"]}, geometry=points, crs=4326)
    >>> page = add_centers(AtlasMap(), centers).get_root().render()
    """
    drawable = check_layer(centers, ["place", "tier"], name="centers")
    if drawable.empty:
        return atlas
    ordered = drawable.assign(_tier=tier_numbers(drawable, atlas.tier_scale, name="centers")).sort_values(
        ["_tier", "place"]
    )
    tiers = [(i, tier.key, text("tiers.centers", tier=tier.name)) for i, tier in enumerate(atlas.tier_scale.tiers)]
    for number, tier, named in [*tiers, (_NO_TIER, None, text("tiers.none"))]:
        rows = [
            names_of(row) | cells(row, _POINT_CELLS) | {"at": degrees(row.geometry)}
            for row in ordered[ordered["_tier"] == number].itertuples()
        ]
        if rows:
            rank = None if tier is None else number
            key = {"symbol": "center", "tier": rank, "count": len(rows)}
            key |= {"assumed": sum(row.get("tier_status") == "assumed" for row in rows)}
            shown = show is None or tier is None or tier in show
            element = AtlasLayer(named.capital(), group="centers", key=key, show=shown)
            add_layer(atlas, element, "centers", {"tier": rank, "rows": rows, "labels": labels})
    return atlas


def add_landmarks(
    atlas: AtlasMap,
    landmarks: gpd.GeoDataFrame,
    *,
    name: str | Text | None = None,
    min_zoom: float = 6.5,
    show: bool = True,
) -> AtlasMap:
    """Draw the places inside centers (nuclei, parks, platforms) as small grey signs, from a zoom level on.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    landmarks : GeoDataFrame
        ``place`` and points; ``name_en``, ``name_zh``, ``role`` (``core``, ``nucleus``, ``belt``, ``park``,
        ``platform``), ``function_en``, ``function_zh``, ``scope``.
    name : str or Text, optional
        Name of the layer.
    min_zoom : float
        Zoom level from which they are drawn.
    show : bool
        Whether the layer is on when the page opens.

    Returns
    -------
    AtlasMap
        The map; an empty frame leaves it as it was.

    Raises
    ------
    GeometryError
        The layer is not in EPSG:4326.

    Examples
    --------
    >>> points = gpd.points_from_xy([116.3], [40.0])
    >>> parks = gpd.GeoDataFrame({"place": ["中关村"], "role": ["park"]}, geometry=points, crs=4326)
    >>> page = add_landmarks(AtlasMap(), parks).get_root().render()
    """
    drawable = check_layer(landmarks, ["place"], name="landmarks")
    if drawable.empty:
        return atlas
    rows = [
        names_of(row) | cells(row, ["role", "function_en", "function_zh", "scope"]) | {"at": degrees(row.geometry)}
        for row in drawable.sort_values("place").itertuples()
    ]
    found = {str(row.get("role")) for row in rows}
    roles = [role for role in terms("landmarks") if role in found] or ["park"]
    key = {"symbol": "landmark", "roles": roles, "from": min_zoom}
    element = AtlasLayer(layer_name(name, "landmarks"), group="centers", key=key, show=show)
    return add_layer(atlas, element, "landmarks", {"rows": rows, "from": min_zoom})


def warn_of_unplaced(names: Iterable[str], *, where: Text) -> None:
    """Warn of places that could not be drawn without a position."""
    places = sorted(names)
    warn("warnings.maps.unplaced", where=where, n=len(places), places=few(places), stacklevel=3)
