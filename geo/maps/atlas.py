"""Hold the map itself: panes in a fixed order, layers that know their group, a page that can be saved.

Drawing order, lowest first: tiles, boundaries, areas (tinted ones, hinterlands), scopes, corridors, flows, centers,
labels. Whatever folium users add themselves lies between flows and centers.
"""

import html
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import folium
from folium.map import FitBounds, Layer
from folium.template import Template

from ...data.errors import OptionError
from ...data.files import write_file
from ...data.options import check_choice
from ...data.styles import FLOWS, map_styles
from ...data.tier_scale import FOUR_TIERS, TierScale, as_scale
from ...data.vocabulary import terms, with_trait
from ...data.wording.catalogue import LANGUAGES, Text, plain
from .encode import rings
from .offline import asset, atlas_script, marker_icons, script_json, vendor_css, vendor_js
from .page import FINISH, AtlasFigure, Call, Verbatim
from .words import page_words

Group = Literal["results", "centers", "areas", "flows", "base", "other"]

PANES = {"boundaries": 320, "areas": 330, "scopes": 340, "corridors": 360, "flows": 380, "centers": 610, "labels": 620}
CHINA = (35.5, 105.0)


class AtlasMap(folium.Map):
    """A folium map that opens with no network and is the same bytes every time.

    Leaflet 1.9.3 is inside the page, and jQuery where something on it calls it, such as popups of folium; there are no
    tiles unless you ask for them, and no Bootstrap. Folium's own layers and plugins work on it, and are listed in its
    legend:

    - as they are: markers with any icon (the pins of `folium.Icon` are drawn here, without their glyphs), circles,
      polygons, lines, `GeoJson`, tooltips and popups, `FeatureGroup`, `LayerControl`, pictures laid over the map;
    - with the extra ``plugins``, which carries the files that folium links: the glyphs of pins, `Choropleth` and color
      scales, `TopoJson`, and all that stands in `folium.plugins`, from `MarkerCluster`, `HeatMap`, `Draw`, `Search` and
      `MeasureControl` to `TimestampedGeoJson`. Only the files that are used are put into the page.

    Any other file a plugin links stays a link. A warning then names the plugin when the page is written, and the page,
    opened without a network, says what is missing and draws the rest. What asks the network by its nature still does:
    tiles, `Geocoder`, the picture on the button of `ScrollZoomToggler`.

    Parameters
    ----------
    location : pair of float, optional
        Latitude and longitude of the middle; without it the map shows all that is on it.
    title : str or Text, optional
        Heading of the page.
    language : str, optional
        Language the page opens in, ``"en"``, ``"zh"`` or a further one that the package has a catalogue of. A page on
        which the reader can switch it opens in the language that they chose before, else in this one, else in that of
        the browser; any other page in this one, else in English.
    graticule : bool
        Draw a meridian and a parallel every ten degrees.
    tier_scale : TierScale or sequence of str
        The tiers that places may stand on, highest first, with their names and colors; two to seven.
    tiles : str or folium.TileLayer, optional
        Tiles to fetch from the network; none by default.
    zoom_start : float
        Zoom level when `location` is given.
    **options
        Whatever `folium.Map` accepts.

    Raises
    ------
    OptionError
        A language without a catalogue.

    Warns
    -----
    InnoscapeWarning
        On writing the page: a plugin needs files from the network.

    Examples
    --------
    >>> page = AtlasMap(title="Centers").get_root().render()
    >>> "https://cdn" in page, page == AtlasMap(title="Centers").get_root().render()
    (False, True)
    """

    _template = Template(asset("map.html.jinja"))

    def __init__(
        self,
        location: Sequence[float] | None = None,
        *,
        title: str | Text | None = None,
        language: str | None = None,
        graticule: bool = False,
        tier_scale: TierScale | Sequence[str] = FOUR_TIERS,
        tiles: str | folium.TileLayer | None = None,
        zoom_start: float = 4,
        **options: Any,  # noqa: ANN401
    ) -> None:
        if language is not None:
            check_choice("language", language, LANGUAGES)
        settings = {"control_scale": True, "zoom_control": "topright", "zoom_snap": 0.25, "zoom_delta": 0.5}
        settings |= {"min_zoom": 2, "max_zoom": 18, "wheel_px_per_zoom_level": 100} | options
        super().__init__(location=list(location or CHINA), tiles=tiles, zoom_start=zoom_start, **settings)  # pyright: ignore[reportArgumentType]
        # folium hands them to its tiles only
        self.options |= {name: settings[name] for name in ("min_zoom", "max_zoom")}
        # folium keeps these lists on the class, where add_js_link would change every map
        self.default_js = list(vendor_js())
        self.default_css = list(vendor_css())
        heading = plain(title) if title else None
        opening = language or LANGUAGES[0]
        figure = AtlasFigure(title=heading and heading.in_(opening), language=opening)
        figure.add_child(self)
        self.tier_scale = as_scale(tier_scale)
        tiers = [{"names": tier.name.capital().to_dict(), "ink": tier.ink} for tier in self.tier_scale.tiers]
        settings = {
            "panes": PANES,
            "icons": marker_icons(),
            "language": opening,
            "own": language,
            "tiers": tiers,
            "untiered": terms("groups")["untiered"].ink,
            "flows": FLOWS,
        }
        settings["soft"] = with_trait("statuses", "soft")
        self.settings = script_json(settings)
        self._placed = location is not None
        self._finish = Call("finish", {})
        self._finish._name = FINISH  # noqa: SLF001
        # the areas of the ground, so that layers over it need not write them again
        self._ground: dict[bytes, int] = {}
        self._grounds = 0
        self._controls: dict[str, Any] = {"graticule": graticule}
        if heading:
            self._controls["title"] = heading.to_dict()

    def request(self, control: str, options: Any = True) -> "AtlasMap":  # noqa: ANN401, FBT002
        """Ask for one of the page's controls; they are built once everything else is on the map."""
        self._controls[control] = options
        return self

    def keep_ground(self, geometry: Any) -> None:  # noqa: ANN401 - any geometry
        """Count a shape of the ground, in the order in which the page draws them."""
        self._ground.setdefault(geometry.wkb, self._grounds)
        self._grounds += 1

    def rings_of(self, geometry: Any) -> dict[str, Any]:  # noqa: ANN401 - a polygon or several
        """Write an area as rings, or by its number where the ground holds the same."""
        known = self._ground.get(geometry.wkb)
        return {"g": rings(geometry)} if known is None else {"b": known}

    def tier_styles(self) -> str:
        """Write the colors of what stands on this map."""
        return map_styles(self.tier_scale, within=f"#{self.get_name()}_atlas")

    def render(self, **kwargs: Any) -> None:  # noqa: ANN401
        """Render the map, its controls last, so that they know every layer."""
        own = [child for child in self._children.values() if isinstance(child, Layer)]
        fitted = any(isinstance(child, FitBounds) for child in self._children.values())
        self._finish.payload = script_json(self._controls | {"fit": not (self._placed or fitted)})
        self._finish.payload += "".join(
            f", [{layer.get_name()}, {getattr(layer, 'names', None) or script_json(str(layer.layer_name))}]"
            for layer in own
            if layer.control and not isinstance(layer, AtlasLayer)
        )
        self._children.pop(FINISH, None)
        self.add_child(self._finish, name=FINISH)
        super().render(**kwargs)
        # by name, so that two maps on one page share them
        header = self.get_root().header  # pyright: ignore[reportAttributeAccessIssue]
        styles = "".join(map(asset, ("atlas.css", "results.css", "differences.css")))
        header.add_child(Verbatim(f"<style>\n{styles}</style>"), name="innoscape_css")
        header.add_child(Verbatim(f"<script>\n{atlas_script()}\n{page_words()}\n</script>"), name="innoscape_js")


class AtlasLayer(folium.FeatureGroup):
    """A layer that knows its names, the group it is listed in and how its key looks."""

    _template = Template(
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = L.featureGroup();"
        "innoscape.layer({{ this._parent.get_name() }}, {{ this.get_name() }}, {{ this.about }});{% endmacro %}"
    )

    def __init__(self, name: str | Text, *, group: Group, key: dict[str, Any], show: bool = True) -> None:
        # folium's own layer control writes names as markup
        super().__init__(name=html.escape(str(name)), show=show)
        self.about = script_json({"names": plain(name).to_dict(), "group": group, "key": key, "show": show})


def add_layer(atlas: AtlasMap, layer: AtlasLayer, verb: str, data: Any) -> AtlasMap:  # noqa: ANN401
    """Put a layer with its data on the map."""
    if not isinstance(atlas, AtlasMap):
        raise OptionError(f"map: needed an AtlasMap, got {type(atlas).__name__}; make one with AtlasMap()")
    layer.add_child(Call(verb, data))
    atlas.add_child(layer)
    return atlas


def save_map(atlas: folium.Map, path: str | os.PathLike[str]) -> Path:
    """Write a map to one HTML file, whole or not at all.

    The page is written beside its goal and renamed, so a failure leaves what was there before.

    Parameters
    ----------
    atlas : AtlasMap
        Any folium map is written; only an `AtlasMap` is free of the network and the same bytes each time.
    path : path-like
        The file; its folder must exist.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    OutputError
        The file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_map(AtlasMap(), Path(folder) / "map.html").name
    'map.html'
    """
    return write_file(path, atlas.get_root().render().encode("utf-8", "replace"))
