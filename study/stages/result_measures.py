"""List what the areas of a study can be tinted by: scores, tiers, changes, indicators, strength, clusters."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from ...data.vocabulary import terms
from ...data.wording.catalogue import Text, text
from ...geo.maps.measures import Measure
from ..facts.place_measures import (
    measure_change,
    measure_keys,
    measure_name,
    measure_values,
    measure_years,
    soft_places,
)
from ..facts.rows import indicator_names, place_names, weight_facts
from ..report.analysis_views import variable_names
from ..wording.phrases import Words

if TYPE_CHECKING:
    from ..results.study_results import StudyResults

__all__ = ["result_measures"]


def result_measures(results: "StudyResults", areas: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Measure]]:
    """Return the areas with a column for each measure, and the measures, the score first.

    Parameters
    ----------
    results : StudyResults
    areas : GeoDataFrame
        ``place`` and polygons of the scored places.
    """
    columns: dict[str, pd.Series] = {}
    measures: list[Measure] = []
    for measure, values in _found(results):
        columns[measure.column] = areas["place"].map(values)
        measures.append(measure)
    members = results.layers.get("scopes")
    facts = _latest(results.shown["scores"]).set_index("place")
    given = {name: areas["place"].map(facts[name]) for name in ("score", "rank", "tier") if name in facts}
    if members is not None and "members" in members:
        given["members"] = areas["place"].map(members.set_index("place")["members"])
    return gpd.GeoDataFrame(areas.assign(**given, **columns)), measures


def _found(results: "StudyResults") -> Iterator[tuple[Measure, pd.Series]]:
    tables, study = results.shown, results.study
    found = text("map.measures.result")
    yield _scored(tables, "score", found)
    tiers = measure_values(tables, "tier") if "tier" in tables["scores"] else pd.Series()
    if len(tiers):
        groups = {tier.key: (tier.name, tier.color) for tier in study.tiers.order.tiers}
        yield Measure("m_tier", measure_name(tables, "tier")[0], kind="groups", groups=groups, heading=found), tiers
    yield from _changes(results, found)
    for level in measure_keys(tables, kind="level"):
        yield _scored(tables, level, text("map.measures.levels"))
    yield from _indicators(results)
    yield from _strengths(results)
    yield from _clusters(results)


def _scored(tables: Mapping[str, pd.DataFrame], key: str, heading: Text) -> tuple[Measure, pd.Series]:
    measure = Measure(f"m_{key}", measure_name(tables, key)[0], colors="sand", heading=heading)
    return measure, measure_values(tables, key)


def _latest(scores: pd.DataFrame) -> pd.DataFrame:
    return scores[scores["year"] == scores["year"].max()] if "year" in scores else scores


def _changes(results: "StudyResults", heading: Text) -> Iterator[tuple[Measure, pd.Series]]:
    """Give what changed from the first year to the last: ranks, and scores where years are comparable."""
    tables = results.shown
    years = measure_years(tables, "score")
    if len(years) < 2:
        return
    ends = first, last = years[0], years[-1]
    if results.study.index is not None and results.study.index.panel == "pooled":
        name = text("map.measures.score_change", first=first, last=last)
        yield Measure("m_score_change", name, kind="change", heading=heading), measure_change(tables, "score", *ends)
    name = text("map.measures.rank_change", first=first, last=last)
    # the smaller the rank the better
    yield Measure("m_rank_change", name, kind="change", heading=heading), -measure_change(tables, "rank", *ends)


def _indicators(results: "StudyResults") -> Iterator[tuple[Measure, pd.Series]]:
    """Give the newest values of each indicator, in the order of the framework."""
    tables = results.shown
    if results.study.index is None:
        return
    heading = text("map.measures.indicators")
    for number, indicator in enumerate(measure_keys(tables, kind="indicator")):
        values = measure_values(tables, indicator)
        if values.empty:
            continue
        name, unit = measure_name(tables, indicator)
        soft = soft_places(tables, indicator)
        measure = Measure(f"m_indicator_{number}", name, unit=unit, heading=heading, soft=soft)
        yield measure, values.astype(float)


def _strengths(results: "StudyResults") -> Iterator[tuple[Measure, pd.Series]]:
    """Give the flows out of and into places, for each network with a direction, and their sum for the others."""
    tables = results.shown
    table, flows = tables.get("centrality"), tables.get("flows")
    if table is None:
        return
    if "year" in table and table["year"].notna().any():
        table = table[table["year"].isna() | (table["year"] == table["year"].max())]
    heading = text("map.measures.networks")
    for number, network in enumerate(results.study.networks):
        own = table[table["kind"] == network.name].drop_duplicates("place").set_index("place")
        if own.empty:
            continue
        title = Text.of(en=network.title or network.name, zh=network.title_zh)
        units = set() if flows is None else {str(u) for u in flows.loc[flows["kind"] == network.name, "unit"].dropna()}
        unit = units.pop() if len(units) == 1 else ""
        both = ("out_strength", "in_strength") if network.directed else ("strength",)
        for column in (one for one in both if one in own and own[one].notna().any()):
            name = text(f"map.measures.{column}", network=title)
            measure = Measure(f"m_{column}_{number}", name, unit=unit, colors="blue", heading=heading)
            yield measure, own[column].astype(float)


def _clusters(results: "StudyResults") -> Iterator[tuple[Measure, pd.Series]]:
    layer, plan = results.layers.get("clusters"), results.study.pattern
    if layer is None or plan is None:
        return
    tables, study = results.shown, results.study
    indicators = indicator_names(weight_facts(tables, study.index.recipes[0].name if study.index else "main"))
    titles = {n.name: Text.of(en=n.title, zh=n.title_zh) for n in study.networks if n.title or n.title_zh}
    names = variable_names(study, indicators, Words(place_names(tables), {}, titles, study.tiers.order))
    groups = {kind: (term.name, term.color) for kind, term in terms("clusters").items()}
    heading = text("map.measures.clusters")
    for number, key in enumerate(dict.fromkeys(layer["variable"])):
        own = layer[layer["variable"] == key].drop_duplicates("place", keep="last").set_index("place")["cluster"]
        name = names.get(str(key)) or Text.of(en=str(key), zh=str(key))
        yield Measure(f"m_cluster_{number}", name, kind="groups", groups=groups, heading=heading), own
