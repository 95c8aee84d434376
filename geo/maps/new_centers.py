"""Draw the centers that scenarios add, each while its scenario is chosen."""

import geopandas as gpd

from ...data.wording.catalogue import text
from .atlas import AtlasLayer, AtlasMap, add_layer
from .encode import check_layer, degrees, names_of
from .places import tier_numbers

__all__ = ["add_new_centers"]


def add_new_centers(atlas: AtlasMap, centers: gpd.GeoDataFrame) -> AtlasMap:
    """Draw centers that are there in one scenario only: in a dashed ring, while that scenario is chosen.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    centers : GeoDataFrame
        ``scenario``, ``place``, ``tier`` and points; ``name_en``, ``name_zh``.

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
    >>> points = gpd.points_from_xy([116.1], [38.9])
    >>> columns = {"scenario": ["corridor"], "place": ["雄安新区"], "tier": ["local"]}
    >>> added = gpd.GeoDataFrame(columns, geometry=points, crs=4326)
    >>> "innoscape.newCenters(" in add_new_centers(AtlasMap(), added).get_root().render()
    True
    """
    drawable = check_layer(centers, ["scenario", "place", "tier"], name="new centers")
    if drawable.empty:
        return atlas
    ordered = drawable.assign(_tier=tier_numbers(drawable, atlas.tier_scale, name="new centers"))
    rows = [
        names_of(row) | {"at": degrees(row.geometry), "scenario": str(row.scenario), "tier": int(number)}
        for row, number in zip(ordered.itertuples(), ordered["_tier"], strict=True)
    ]
    key = {"symbol": "center", "tier": min(row["tier"] for row in rows), "count": ordered["place"].nunique()}
    layer = AtlasLayer(text("map.layers.new_centers"), group="centers", key=key | {"new": True})
    return add_layer(atlas, layer, "newCenters", {"rows": rows})
