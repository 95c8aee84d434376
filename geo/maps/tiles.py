"""Put tiles from the network under the map, and its layers where the tiles are drawn.

A page asks the network for nothing until such a layer is switched on. Chinese tiles are drawn in GCJ-02; while one of
them is on, the map projects every layer through GCJ-02, so that all of them fit, folium's own as well.
"""

import html
from typing import Any, Literal

import folium
import xyzservices

from ...data.errors import OptionError
from ...data.options import check_choice
from ...data.wording.catalogue import Text, plain, text
from .atlas import AtlasMap
from .offline import script_json
from .words import layer_name

_GAODE = "https://webrd0{s}.is.autonavi.com/appmaptile?lang=zh_cn&size=1&scale=1&style=7&x={x}&y={y}&z={z}"


class AtlasTiles(folium.TileLayer):
    """Tiles that know their names."""

    def __init__(self, tiles: Any, *, names: Text, **options: Any) -> None:  # noqa: ANN401
        super().__init__(tiles, name=html.escape(str(names)), overlay=False, **options)
        self.names = script_json(names.to_dict())


def add_tiles(
    atlas: AtlasMap,
    tiles: str | xyzservices.TileProvider = "Gaode",
    *,
    name: str | Text | None = None,
    attribution: str | None = None,
    coordinates: Literal["auto", "wgs84", "gcj02"] = "auto",
    max_zoom: int = 18,
    show: bool = False,
) -> AtlasMap:
    """Offer tiles from the network as the ground of the map.

    The reader switches them on in the legend; until then nothing is requested. While tiles in GCJ-02 are on, all layers
    are drawn in GCJ-02 too, by up to 700 m away; coordinates the page tells stay WGS 84.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    tiles : str or xyzservices.TileProvider
        ``"Gaode"``, the name of a provider that `xyzservices` knows, or an address with ``{x}``, ``{y}``, ``{z}``.
    name : str or Text, optional
        Name of the layer.
    attribution : str, optional
        Whose tiles they are, as HTML; needed with an address.
    coordinates : {"auto", "wgs84", "gcj02"}
        What the tiles are drawn in; ``"auto"`` takes those of Gaode, Tencent, GeoQ and Google China for GCJ-02.
    max_zoom : int
        Deepest level that has tiles.
    show : bool
        Switch them on when the page opens, which then needs the network.

    Returns
    -------
    AtlasMap
        The map.

    Raises
    ------
    OptionError
        An address without an attribution, an unknown provider or an unknown option.

    Examples
    --------
    >>> page = add_tiles(AtlasMap()).get_root().render()
    >>> "autonavi" in page
    True
    """
    check_choice("coordinates", coordinates, ("auto", "wgs84", "gcj02"))
    if not isinstance(atlas, AtlasMap):
        raise OptionError(f"map: needed an AtlasMap, got {type(atlas).__name__}; make one with AtlasMap()")
    options: dict[str, Any] = {"attr": attribution, "max_zoom": max_zoom, "show": show}
    names = plain(name or (tiles if isinstance(tiles, str) else tiles.name))
    if tiles == "Gaode":
        tiles, names = _GAODE, layer_name(name, "gaode")
        options |= {"subdomains": "1234", "attr": attribution or str(text("map.layers.gaode_attribution"))}
    elif isinstance(tiles, str) and "{z}" not in tiles:
        try:
            tiles = xyzservices.providers.query_name(tiles)
        except ValueError as error:
            raise OptionError(
                f"tiles: needed a provider xyzservices knows or an address with {{z}}, got {tiles!r}"
            ) from error
    elif isinstance(tiles, str) and not attribution:
        raise OptionError("attribution: needed whose tiles they are, got none")
    if coordinates != "auto":
        options["coordinates"] = coordinates
    atlas.add_child(AtlasTiles(tiles, names=names, **options))
    return atlas
