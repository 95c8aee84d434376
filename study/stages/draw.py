"""Draw the map, the report and the brief of a study."""

import warnings
from collections.abc import Callable, Iterable
from dataclasses import replace

import geopandas as gpd
import pandas as pd

from ...data import InnoscapeWarning, MissingExtraError
from ...data.flow_ends import flow_ends
from ...data.places.both_names import both_names
from ...data.wording.catalogue import Text, join_texts, text
from ...geo import center_map, hinterlands
from ...geo.space.basemaps import Basemap, basemap
from ...network.flows.doubts import both_ways
from ..figures.scenario_maps import scenario_maps
from ..figures.static_map import static_map
from ..plan.inputs import Inputs
from ..report.render_brief import render_brief
from ..report.render_report import render_report
from ..results.study_results import StudyResults
from ..wording.notices import Notice, ranked_notices
from .analysis_layers import analysis_layers
from .draw_profiles import draw_profiles, profiled, unprofiled
from .new_centers_layer import new_centers
from .result_areas import aggregate_points, result_areas
from .result_measures import result_measures

__all__ = ["draw_pages"]


def draw_pages(
    inputs: Inputs, results: StudyResults, *, say: Callable[[], None] = lambda: None
) -> tuple[StudyResults, dict[str, str]]:
    """Draw ``map.html``, ``report.html``, ``brief.html`` and the profiles.

    Parameters
    ----------
    inputs : Inputs
    results : StudyResults
    say : callable
        Called after the map.

    Returns
    -------
    results : StudyResults
        With what could not be drawn added to the notices.
    pages : dict
        File name -> HTML.
    """
    study, tables = inputs.study, results.shown
    notices: list[Notice] = []
    added = new_centers(inputs, results)
    ground = _basemap(results, notices)
    points, shaded = _points(results), result_areas(inputs, results)
    tinted, measures = (None, []) if shaded.areas is None else result_measures(results, shaded.areas)
    several = aggregate_points(inputs, _flow_aggregates(inputs, results), points)
    flows, names, undirected, apart = _flow_layers(inputs, results, notices, several)
    titles = tables.get("scenario_titles")
    profiles = profiled(results)
    atlas = center_map(
        points.assign(profile=points["place"].map(profiles).astype(object)),
        scopes=shaded.scopes,
        corridors=results.layers.get("corridors"),
        landmarks=results.layers.get("landmarks"),
        hinterlands=_hinterlands(results, ground.ground, notices),
        results=tinted,
        measures=measures,
        # a tinted study is about its areas, in which points only say where flows begin
        size_by="one_size" if shaded.whole else "tier",
        aggregates=several,
        findings=analysis_layers(results),
        flows=flows,
        flow_names=names,
        undirected=undirected,
        arrivals=tables.get("arrivals"),
        reach=tables.get("reach"),
        effects=tables.get("scenarios"),
        threshold=0.01 if study.diffusion is None else study.diffusion.negligible,
        new_centers=added,
        scenario_names=None
        if titles is None
        else {row.scenario: Text.of(en=row.title, zh=row.title_zh) for row in titles.itertuples()},
        boundaries=ground.ground,
        boundary_source=ground.source,
        approval=ground.approval,
        positions=[inputs.places[inputs.places["place"].isin(_located(inputs))]],
        notes=[*_notes(results), *apart],
        tier_scale=results.study.tiers.order,
        title=Text.of(en=study.title, zh=study.title_zh),
        language=study.language,
    )
    page = atlas.get_root().render()
    notices += unprofiled(results)
    results = replace(results, notices=ranked_notices([*results.notices, *notices]))
    say()
    printed = static_map(results, ground, tinted=shaded.areas if shaded.whole else None)
    effects = scenario_maps(results, ground, added=added)
    report = render_report(
        results,
        map_html=page,
        printed_map=printed,
        effect_maps=effects,
        profiles=profiles,
        language=study.language,
    )
    brief = render_brief(results, printed_map=printed, language=study.language)
    return results, {"map.html": page, "report.html": report, "brief.html": brief, **draw_profiles(inputs, results)}


def _notes(results: StudyResults) -> list[Text]:
    """Say below the map what of it is estimated, assumed or approximate."""
    study, scopes = results.study, results.layers.get("scopes")
    said = {
        "estimated": any(network.estimate for network in study.networks),
        "assumed": study.diffusion is not None,
        "scopes": scopes is not None and len(scopes) > 0,
    }
    return [text(f"map.notes.{key}") for key, holds in said.items() if holds]


def _basemap(results: StudyResults, notices: list[Notice]) -> Basemap:
    study, layers = results.study, results.layers
    shown = [_points(results), *(layers[name] for name in ("scopes", "landmarks") if name in layers)]
    try:
        return basemap(study.map.boundaries, shown, folder=study.folder, approval=study.map.approval)
    except MissingExtraError as error:
        notices.append(Notice("notice", "notices.no_boundaries", {"reason": error.said}))
        return Basemap(None, None, china=False)


def _hinterlands(
    results: StudyResults, ground: gpd.GeoDataFrame | None, notices: list[Notice]
) -> gpd.GeoDataFrame | None:
    """Divide the ground among the centers, each point to the nearest, unless centers stand at one position."""
    centers = results.layers["centers"]
    if ground is None or len(centers) < 3:
        return None
    if (together := centers.geometry.set_precision(1e-7).duplicated(keep=False)).any():
        notices.append(Notice("notice", "notices.one_position", {"places": sorted(centers.loc[together, "place"])}))
        return None
    land = ground[ground["kind"].isin(["province", "country"])]
    if (land["kind"] == "country").any():
        land = land[land.intersects(centers.geometry.union_all())]
    if land.empty:
        return None
    with warnings.catch_warnings():
        # a center on the coast may lie just outside the simplified ground; its area is drawn all the same
        warnings.simplefilter("ignore", InnoscapeWarning)
        return hinterlands(centers, extent=land)


def _points(results: StudyResults) -> gpd.GeoDataFrame:
    """Return centers and places without a tier, with the strength of the network that covers most of them."""
    layers = [results.layers[name] for name in ("centers", "untiered") if name in results.layers]
    centers = layers[0] if len(layers) == 1 else gpd.GeoDataFrame(pd.concat(layers, ignore_index=True))
    table = results.shown.get("centrality")
    if table is None or table.empty:
        return centers
    known = table[table["place"].isin(centers["place"])]
    kind = known["kind"].value_counts(sort=True).index[0] if len(known) else None
    own = known[known["kind"] == kind]
    if "year" in own and own["year"].notna().any():
        own = own[own["year"] == own["year"].max()]
    own = own.drop_duplicates("place").set_index("place")
    network = next((one for one in results.study.networks if one.name == kind), None)
    columns = {"strength": "strength"}
    if network is not None and network.directed:
        columns |= {"strength_out": "out_strength", "strength_in": "in_strength"}
    return centers.assign(**{name: centers["place"].map(own[column]) for name, column in columns.items()})


def _located(inputs: Inputs) -> set[str]:
    """Return the places that a point stands for: those with a position that do not stand for several."""
    return {*inputs.placed} - inputs.aggregates


def _flow_aggregates(inputs: Inputs, results: StudyResults) -> list[str]:
    """Return what stands for several places among the ends of the flows that are drawn."""
    table = results.tables.get("flows")
    drawn = [network.name for network in inputs.study.networks if network.group_into is None]
    return [] if table is None else sorted(flow_ends(table[table["kind"].isin(drawn)]) & inputs.aggregates)


def _flow_layers(
    inputs: Inputs, results: StudyResults, notices: list[Notice], signs: gpd.GeoDataFrame | None
) -> tuple[dict[str, pd.DataFrame], dict[str, Text], list[str], list[Text]]:
    """Return the flows to draw by network, their titles, the networks without direction, and what is not drawn."""
    table = results.tables.get("flows")
    signed = set() if signs is None else {*signs["place"]}
    located, several = _located(inputs) | signed, inputs.aggregates - signed
    layers: dict[str, pd.DataFrame] = {}
    names: dict[str, Text] = {}
    undirected: list[str] = []
    apart: dict[str, int] = {}
    for network in inputs.study.networks:
        if table is None or network.group_into is not None:
            continue  # the same flows as an ungrouped network, told by larger places
        flows = table[table["kind"] == network.name]
        title = Text.of(en=network.title or network.name, zh=network.title_zh)
        ends = flow_ends(flows)
        if lost := sorted(ends - located - several):
            notices.append(Notice("notice", "notices.no_coordinates", {"places": lost}))
        if whole := sorted(ends & several):
            theirs = flows[flows["source"].isin(several) | flows["target"].isin(several)]
            values = {"n": len(theirs), "places": whole, "network": title}
            notices.append(Notice("notice", "notices.aggregates", values))
            apart |= {place: int(((theirs["source"] == place) | (theirs["target"] == place)).sum()) for place in whole}
        flows = flows[flows["source"].isin(located) & flows["target"].isin(located)]
        if flows.empty:
            continue
        layers[network.name] = flows.reset_index(drop=True)
        names[network.name] = title
        # an estimate that cannot tell what is sent from what is received has one flow a pair
        if not network.directed or (network.estimate is not None and both_ways(flows)):
            undirected.append(network.name)
    notes = [text("map.notes.aggregates", n=sum(apart.values()), places=_listed(apart, inputs))] if apart else []
    return layers, names, undirected, notes


def _listed(places: Iterable[str], inputs: Inputs) -> Text:
    english, chinese = (inputs.names[column].to_dict() for column in ("name_en", "name_zh"))
    pairs = [both_names(place, english.get(place), chinese.get(place)) for place in places]
    return join_texts(Text.of(en=one, zh=other) for one, other in pairs)
