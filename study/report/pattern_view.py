"""Show the patterns of a study: whether and where like values lie near each other, and where their center moves."""

from collections.abc import Iterator
from functools import partial

import pandas as pd
from markupsafe import Markup

from ...data.vocabulary import name_of, terms
from ...data.wording.catalogue import Text
from ...geo.pattern.local_plane import GEOD
from ..charts.scatter import Point, scatter_chart
from ..charts.screens import for_screens
from ..facts.rows import Row, read_rows
from ..plan.pattern_plan import PatternPlan
from ..plan.variables import Variable
from ..wording.markup import listed, tell
from .analysis_views import (
    MOST_NAMED,
    AnalysisBlock,
    AnalysisTable,
    Look,
    bare,
    chance_column,
    number_column,
    text_column,
    year_column,
)
from .numbers import number

__all__ = ["pattern_view"]

_FOUND = ("high-high", "low-low", "high-low", "low-high")
_LONG = 12


def pattern_view(look: Look) -> list[AnalysisBlock]:
    """Return the blocks of the section on patterns, one for each variable."""
    plan = look.study.pattern
    if plan is None:
        return []
    rows = {name: read_rows(look.tables, name) for name in ("autocorrelation", "clusters", "ellipses")}
    found = []
    for variable in plan.variables:
        own = {name: [row for row in table if row["variable"] == variable.key] for name, table in rows.items()}
        if own["autocorrelation"]:
            found.append(_block(variable, own, plan, look))
    return found


def _block(variable: Variable, own: dict[str, list[Row]], plan: PatternPlan, look: Look) -> AnalysisBlock:
    key = variable.key
    last = max(_year(row) for row in own["clusters"])
    clusters = [row for row in own["clusters"] if _year(row) == last]
    alone = [row["place"] for row in clusters if row["cluster"] == "island"]
    said = [*_whole(own["autocorrelation"], alone, plan, look)]
    said += [*_clusters(clusters, plan, look), *_center(own["ellipses"])]
    if not variable.additive and (plan.ellipse is not None or plan.density is not None):
        said.append(tell("report.pattern.no_sum", variable=look.variable(key)))
    figure = _figure(key, clusters, look) if plan.local == "moran" else None
    tables = [
        _autocorrelation(own["autocorrelation"], look),
        _cluster_table(clusters, look, plain=plan.correction == "none"),
    ]
    if own["ellipses"]:
        tables.append(_ellipse_table(own["ellipses"]))
    return AnalysisBlock(look.variable(key), said, [figure] if figure else [], tables)


def _year(row: Row) -> int:
    return -1 if row["year"] is None else int(row["year"])


def _whole(rows: list[Row], alone: list[str], plan: PatternPlan, look: Look) -> Iterator[Text]:
    """Say of the first statistic under the first weights how it stands, and how it changed over the years."""
    first = [row for row in rows if (row["weights"], row["statistic"]) == (rows[0]["weights"], rows[0]["statistic"])]
    last = first[-1]
    likely = last["p_permutation"] is not None and last["p_permutation"] <= plan.level
    above = (last["value"] > last["expected"]) == (last["statistic"] != "geary")
    found = ("report.pattern.near" if above else "report.pattern.apart") if likely else "report.pattern.random"
    values = {
        "statistic": name_of(last["statistic"], "statistics"),
        "value": number(last["value"], 3),
        "expected": number(last["expected"], 3),
        "p": number(last["p_permutation"], 3),
        "weights": look.weights(last["weights"]),
        "year": "" if last["year"] is None else last["year"],
    }
    yield tell(found, **values)
    if len(first) > 1:
        ends = {"from": number(first[0]["value"], 3), "to": number(last["value"], 3)}
        yield tell(
            "report.pattern.held" if ends["from"] == ends["to"] else "report.pattern.over_years",
            first=first[0]["year"],
            last=last["year"],
            **ends,
            statistic=values["statistic"],
        )
    others = [
        row
        for row in rows
        if row["weights"] != last["weights"] and row["year"] == last["year"] and row["statistic"] == last["statistic"]
    ]
    if others:
        told = [
            tell(
                "report.pattern.under",
                weights=look.weights(row["weights"]),
                value=number(row["value"], 3),
                p=number(row["p_permutation"], 3),
            )
            for row in others
        ]
        yield tell("report.pattern.others", parts=listed(told, by="list.semicolon"))
    if last["islands"]:
        named = len(alone) == last["islands"] <= MOST_NAMED
        key = "report.pattern.islands_named" if named else "report.pattern.islands"
        places = look.words.few(alone, last="list.and")
        yield tell(key, n=last["islands"], places=places, weights=values["weights"])


def _clusters(rows: list[Row], plan: PatternPlan, look: Look) -> Iterator[Text]:
    groups = {kind: [row["place"] for row in rows if row["cluster"] == kind] for kind in _FOUND}
    found = [
        tell("report.pattern.group", kind=name_of(kind, "clusters"), places=look.words.places(_few(places)))
        if len(places) <= 6
        else tell(
            "report.pattern.long_group",
            kind=name_of(kind, "clusters"),
            places=look.words.places(_few(places)),
            n=len(places) - 6,
        )
        for kind, places in groups.items()
        if places
    ]
    chance = tell("report.pattern.unadjusted" if plan.correction == "none" else "report.pattern.adjusted")
    said = {"level": f"{100 * plan.level:g}%", "chance": chance}
    if found:
        yield tell("report.pattern.clusters", groups=listed(found, by="list.semicolon"), **said)
    else:
        yield tell("report.pattern.no_cluster", **said)


def _few(places: list[str]) -> list[str]:
    return places[:6]


def _center(rows: list[Row]) -> Iterator[Text]:
    known = [row for row in rows if row["lon"] is not None]
    if not known:
        return
    last = known[-1]
    at = {"lon": number(last["lon"], 2), "lat": number(last["lat"], 2)}
    if last["major_km"] is not None:
        axes = {name: number(last[name], 0) for name in ("major_km", "minor_km", "rotation")}
        yield tell("report.pattern.ellipse", **at, **axes)
    if len(known) > 1:
        first = known[0]
        bearing, _, far = GEOD.inv(first["lon"], first["lat"], last["lon"], last["lat"])
        moved = {"km": number(far / 1000, 0), "bearing": number(bearing % 360, 0)}
        yield tell("report.pattern.moved", **moved, first=first["year"], last=last["year"])
        if len(known) > 2:
            way = sum(row["moved_km"] or 0.0 for row in known)
            yield tell("report.pattern.way", km=number(way, 0))


def _figure(key: str, rows: list[Row], look: Look) -> tuple[Text, Markup] | None:
    """Draw the Moran scatter: each place's own value beside the mean of its neighbors, both as standard scores."""
    known = [row for row in rows if row["lag"] is not None]
    own = pd.Series([row["own"] for row in known], dtype=float)
    spread = own.std(ddof=0)
    if len(known) < 3 or not spread > 0:
        return None
    points = [
        Point(
            (row["own"] - own.mean()) / spread,
            (row["lag"] - own.mean()) / spread,
            look.words.pair(row["place"]),
            style=f"k-{list(terms('clusters')).index(row['cluster'])}",
            named=row["cluster"] in _FOUND,
        )
        for row in known
    ]
    title = tell("report.pattern.scatter", variable=look.variable(key).capital())
    legend = [
        (f"k-{n}", name_of(kind, "clusters"))
        for n, kind in enumerate(terms("clusters"))
        if any(row["cluster"] == kind for row in known)
    ]
    chart = partial(
        scatter_chart,
        points,
        title=bare(title),
        desc=tell("report.pattern.scatter_desc", n=len(points)),
        x_title=tell("report.pattern.own_axis"),
        y_title=tell("report.pattern.lag_axis"),
        legend=legend,
        line=True,
    )
    return title, Markup(for_screens(lambda width: chart(width=width)))  # noqa: S704 - of ours


def _autocorrelation(rows: list[Row], look: Look) -> AnalysisTable:
    columns = year_column(row["year"] for row in rows)
    columns += [
        text_column("weights", [look.weights(row["weights"]) for row in rows]),
        text_column("statistic", [name_of(row["statistic"], "statistics") for row in rows]),
        number_column("value", [row["value"] for row in rows], decimals=3),
        number_column("expected", [row["expected"] for row in rows], decimals=3),
        number_column("z", [row["z"] for row in rows], decimals=2),
        chance_column("gravity_chance", [row["p_permutation"] for row in rows]),
        number_column("places", [row["places"] for row in rows]),
    ]
    return AnalysisTable(tell("report.pattern.autocorrelation"), columns, folded=len(rows) > _LONG)


def _cluster_table(rows: list[Row], look: Look, *, plain: bool) -> AnalysisTable:
    order = {kind: n for n, kind in enumerate(terms("clusters"))}
    rows = sorted(rows, key=lambda row: (order[row["cluster"]], row["place"]))
    chances = [row["p_adjusted"] for row in rows]
    columns = [
        text_column("place", [look.words.name(row["place"]) for row in rows]),
        number_column("value", [row["own"] for row in rows]),
        number_column("neighbors_mean", [row["lag"] for row in rows]),
        number_column("z", [row["z"] for row in rows], decimals=2),
        chance_column("gravity_chance", chances) if plain else chance_column("adjusted_chance", chances),
        text_column("cluster", [name_of(row["cluster"], "clusters") for row in rows]),
    ]
    return AnalysisTable(tell("report.pattern.cluster_table", n=len(rows)), columns, folded=True)


def _ellipse_table(rows: list[Row]) -> AnalysisTable:
    columns = year_column(row["year"] for row in rows)
    columns += [
        number_column("lon", [row["lon"] for row in rows], decimals=2),
        number_column("lat", [row["lat"] for row in rows], decimals=2),
        number_column("moved_km", [row["moved_km"] for row in rows], decimals=0),
        number_column("bearing", [row["bearing"] for row in rows], decimals=0),
        number_column("major_km", [row["major_km"] for row in rows], decimals=0),
        number_column("minor_km", [row["minor_km"] for row in rows], decimals=0),
        number_column("rotation", [row["rotation"] for row in rows], decimals=0),
        number_column("area_km2", [row["area_km2"] for row in rows], decimals=0),
    ]
    return AnalysisTable(tell("report.pattern.ellipse_table"), columns, folded=len(rows) > 3)
