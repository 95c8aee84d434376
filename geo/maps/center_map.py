"""Draw the interactive map: tiers, scopes, corridors, flows and the spread of knowledge in one offline file.

Positions are longitude and latitude (EPSG:4326). Each ``add_`` function puts one layer on the map and returns the map;
`center_map` does it all. Everything a table says reaches the page as text, never as markup.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import geopandas as gpd
import pandas as pd

from ...data.budget import require
from ...data.options import check_choice
from ...data.tier_scale import FOUR_TIERS, TierScale
from ...data.wording.catalogue import Text
from ..space.basemaps import basemap
from .add_flows import add_flows
from .areas import add_choropleth, add_hinterlands
from .atlas import AtlasMap, save_map
from .classes import ClassLayer, add_classes
from .map_aggregates import add_aggregates
from .map_controls import add_arrivals, add_language_switch, add_legend, add_search
from .measures import Measure, add_measures
from .new_centers import add_new_centers
from .places import add_boundaries, add_centers, add_corridors, add_landmarks, add_scopes
from .tiles import add_tiles

# bytes of a page, and of each flow and center in it, and seconds to draw a flow
_PAGE, _LINE, _CENTER, _LINE_SECONDS = 2e7, 350.0, 2000.0, 2e-5
# what the size of centers can mean
SIZES = ("tier", "one_size", "score", "strength", "strength_in", "strength_out")

__all__ = [
    "AtlasMap",
    "add_aggregates",
    "add_arrivals",
    "add_boundaries",
    "add_centers",
    "add_choropleth",
    "add_classes",
    "add_corridors",
    "add_flows",
    "add_hinterlands",
    "add_landmarks",
    "add_language_switch",
    "add_legend",
    "add_measures",
    "add_new_centers",
    "add_scopes",
    "add_search",
    "add_tiles",
    "center_map",
    "save_map",
]


def center_map(
    centers: gpd.GeoDataFrame,
    *,
    scopes: gpd.GeoDataFrame | None = None,
    corridors: gpd.GeoDataFrame | None = None,
    landmarks: gpd.GeoDataFrame | None = None,
    hinterlands: gpd.GeoDataFrame | None = None,
    results: gpd.GeoDataFrame | None = None,
    measures: Sequence[Measure] = (),
    size_by: Literal["tier", "one_size", "score", "strength", "strength_in", "strength_out"] = "tier",
    aggregates: gpd.GeoDataFrame | None = None,
    findings: Sequence[ClassLayer] = (),
    flows: Mapping[str, pd.DataFrame] | None = None,
    flow_names: Mapping[str, str | Text] | None = None,
    flow_colors: Mapping[str, str] | None = None,
    undirected: Sequence[str] = (),
    arrivals: pd.DataFrame | None = None,
    reach: pd.DataFrame | None = None,
    horizon: float | None = None,
    scenario_names: Mapping[str, str | Text] | None = None,
    effects: pd.DataFrame | None = None,
    threshold: float = 0.01,
    new_centers: gpd.GeoDataFrame | None = None,
    boundaries: gpd.GeoDataFrame | str | None = None,
    boundary_source: str | Text | None = None,
    approval: str | None = None,
    positions: Sequence[pd.DataFrame] = (),
    tiles: Sequence[str] = (),
    notes: Sequence[str | Text] = (),
    title: str | Text | None = None,
    language: str | None = None,
    tier_scale: TierScale | Sequence[str] = FOUR_TIERS,
) -> AtlasMap:
    """Draw the whole map of centers, with whatever is known about them.

    Parameters
    ----------
    centers : GeoDataFrame
        One row a center: ``place``, ``name_en``, ``name_zh``, ``tier``, points in EPSG:4326 (see `add_centers`).
    scopes, corridors, landmarks : GeoDataFrame, optional
        See `add_scopes`, `add_corridors`, `add_landmarks`.
    hinterlands : GeoDataFrame, optional
        See `add_hinterlands`; off when the page opens, because scopes and flows lie over it.
    results : GeoDataFrame, optional
        Areas to tint by what was found, see `add_measures`.
    measures : sequence of Measure
        What they can be tinted by; the first when the page opens.
    size_by : {"tier", "one_size", "score", "strength", "strength_in", "strength_out"}
        What the size of centers means when the page opens; the legend offers what the centers have.
    aggregates : GeoDataFrame, optional
        What stands for several places and is an end of flows: see `add_aggregates`.
    findings : sequence of ClassLayer
        What analyses found, see `add_classes`.
    flows : mapping of str to DataFrame, optional
        Key of the layer to its flows (see `add_flows`); of several years the newest is drawn first.
    flow_names : mapping of str to str or Text, optional
        Key of a flow layer to its name, where it is not the key itself.
    flow_colors : mapping of str to str, optional
        Key of the layer to the column its flows are colored by, such as ``channel`` (``color_by`` of `add_flows`).
    undirected : sequence of str
        Keys of the flow layers that have no direction.
    arrivals, reach : DataFrame, optional
        Results of a simulation (see `add_arrivals`). Without ``reach`` the slider has no curve.
    horizon : float, optional
        Time at which the simulation ended; the latest time of ``arrivals`` and ``reach`` when not given.
    scenario_names : mapping of str to str or Text, optional
        Name of each scenario, in order.
    effects : DataFrame, optional
        What scenarios change in the times of arrival (see `add_arrivals`).
    threshold : float
        Share of the baseline up to which those are called negligible.
    new_centers : GeoDataFrame, optional
        Centers that scenarios add (see `add_new_centers`).
    boundaries : GeoDataFrame or str, optional
        Ground of the map, such as `china_basemap` and `world_basemap` give; ``"auto"`` (provinces of China where most
        centers lie there, countries elsewhere), ``"china-provinces"``, ``"china-prefectures"``, ``"countries"`` or a
        file of areas. Without it only a graticule is drawn.
    boundary_source : str or Text, optional
        Where the boundaries come from; known where they are chosen by a word.
    approval : str, optional
        The number under which the boundaries were approved for publication (审图号), printed on the map.
    positions : sequence of DataFrame
        Where further ends of flows lie: ``place`` with ``lon`` and ``lat`` or a geometry.
    tiles : sequence of str
        Tiles from the network that the reader may switch on, such as ``"Gaode"`` (see `add_tiles`); none by default.
    notes : sequence of str or Text
        Remarks for the legend.
    title : str or Text, optional
        Heading; ``Text.of(en=..., zh=...)`` says it in several languages.
    language : str, optional
        Language the page opens in, such as ``"en"`` or ``"zh"``, unless the reader chose one before; the browser's when
        not given.
    tier_scale : TierScale or sequence of str
        The tiers, highest first, with their names and colors; the four of the sources by default.

    Returns
    -------
    AtlasMap
        The map; write it with `save_map`.

    Raises
    ------
    GeometryError
        A layer is not in EPSG:4326.
    TableError
        A column is missing.
    OptionError
        A value that cannot be drawn.
    SizeError
        More flows than memory is allowed for (see `innoscape.data.Budget`).

    Examples
    --------
    >>> points = gpd.points_from_xy([116.4, 121.5], [39.9, 31.2])
    >>> tiers = ["international", "international"]
    >>> centers = gpd.GeoDataFrame({"place": ["北京", "上海"], "tier": tiers}, geometry=points, crs=4326)
    >>> page = center_map(centers, title="Two centers").get_root().render()
    >>> "北京" in page
    True
    """
    check_choice("size_by", size_by, SIZES)
    lines = sum(map(len, (flows or {}).values()))
    require(
        f"a map of {len(centers):,} centers and {lines:,} flows",
        "draw the strongest flows, or those of fewer years",
        memory=_PAGE + _LINE * lines + _CENTER * len(centers),
        seconds=_LINE_SECONDS * lines,
    )
    atlas = AtlasMap(title=title, language=language, graticule=True, tier_scale=tier_scale)
    if isinstance(boundaries, str):
        shown = [frame for frame in (centers, scopes) if frame is not None]
        known = basemap(boundaries, shown, approval=approval)
        boundaries, boundary_source = known.ground, boundary_source or known.source
    if boundaries is not None:
        add_boundaries(atlas, boundaries, source=boundary_source, approval=approval)
    _each(add_tiles, atlas, tiles)
    if hinterlands is not None:
        add_hinterlands(atlas, hinterlands, show=False)
    _each(lambda on, areas: add_measures(on, areas, measures), atlas, [] if results is None else [results])
    _each(add_classes, atlas, findings)
    if scopes is not None:
        add_scopes(atlas, scopes)
    if corridors is not None:
        add_corridors(atlas, corridors)
    frames = (aggregates, centers, new_centers, landmarks, scopes, *positions)
    ends = [frame for frame in frames if frame is not None and not frame.empty]
    for name, frame in (flows or {}).items():
        add_flows(
            atlas,
            frame,
            ends,
            name=(flow_names or {}).get(name) or name,
            directed=name not in undirected,
            color_by=(flow_colors or {}).get(name),
        )
    add_centers(atlas, centers)
    atlas.request("size_by", size_by)
    _each(add_aggregates, atlas, [] if aggregates is None else [aggregates])
    if new_centers is not None:
        add_new_centers(atlas, new_centers)
    if landmarks is not None:
        add_landmarks(atlas, landmarks)
    if arrivals is not None:
        add_arrivals(
            atlas,
            arrivals,
            reach,
            ends,
            scenario_names=scenario_names,
            effects=effects,
            threshold=threshold,
            horizon=horizon,
        )
    add_legend(atlas, notes=notes)
    add_search(atlas)
    return add_language_switch(atlas)


def _each(add: Callable[[AtlasMap, Any], AtlasMap], atlas: AtlasMap, given: Iterable[Any]) -> None:
    """Put several layers of one kind on the map."""
    for one in given:
        add(atlas, one)
