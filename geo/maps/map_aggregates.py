"""Put what stands for several places on the map: hollow signs with a name, so that flows to them end somewhere true."""

import geopandas as gpd

from ...data.wording.catalogue import Text
from .atlas import AtlasLayer, AtlasMap, add_layer
from .encode import check_layer, degrees, names_of
from .words import layer_name

__all__ = ["add_aggregates"]


def add_aggregates(
    atlas: AtlasMap, aggregates: gpd.GeoDataFrame, *, name: str | Text | None = None, show: bool = True
) -> AtlasMap:
    """Draw hollow signs for what stands for several places: a point inside its area, where no place lies.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    aggregates : GeoDataFrame
        ``place`` and points in EPSG:4326; ``name_en``, ``name_zh``.
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
    TableError
        A column is missing.

    Examples
    --------
    >>> points = gpd.points_from_xy([115.0], [38.5])
    >>> rest = gpd.GeoDataFrame({"place": ["rest"]}, geometry=points, crs=4326)
    >>> "innoscape.aggregates(" in add_aggregates(AtlasMap(), rest).get_root().render()
    True
    """
    drawable = check_layer(aggregates, ["place"], name="aggregates")
    if drawable.empty:
        return atlas
    rows = [names_of(row) | {"at": degrees(row.geometry)} for row in drawable.sort_values("place").itertuples()]
    key = {"symbol": "aggregate", "count": len(rows)}
    element = AtlasLayer(layer_name(name, "aggregates"), group="centers", key=key, show=show)
    return add_layer(atlas, element, "aggregates", {"rows": rows})
