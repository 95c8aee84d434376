"""Show the concentration of a study: how unequal places are, between which groups, and whether gaps close."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from markupsafe import Markup

from ...data.vocabulary import name_of
from ...data.wording.catalogue import Text
from ..charts.lines import Series, band_chart
from ..charts.screens import for_screens
from ..facts.rows import Row, read_rows
from ..plan.analyses import ANALYSIS_TABLES
from ..plan.concentration_plan import ConcentrationPlan
from ..plan.variables import Variable
from ..wording.markup import listed, tell
from .analysis_views import (
    AnalysisBlock,
    AnalysisTable,
    Column,
    Look,
    bare,
    chance_column,
    number_column,
    text_column,
    year_column,
)
from .numbers import number, percent

__all__ = ["concentration_view"]

_LONG = 12
_GROUPS = {
    "tier": "report.concentration.groups.tier",
    "part_of": "report.concentration.groups.part_of",
    "kind": "report.concentration.groups.kind",
}
_PARTS = {
    "between": "report.concentration.parts.between",
    "within": "report.concentration.parts.within",
    "transvariation": "report.concentration.parts.transvariation",
}
_MODELS = {"absolute": "report.concentration.absolute", "conditional": "report.concentration.conditional"}
_SPREADS = {"sd_log": "report.concentration.sd_log", "variation": "report.concentration.variation"}
_NO_PLACE = {"all": "report.concentration.all", "others": "report.concentration.others"}


def concentration_view(look: Look) -> list[AnalysisBlock]:
    """Return the blocks of the section on concentration, one for each variable."""
    plan = look.study.concentration
    if plan is None:
        return []
    rows = {name: read_rows(look.tables, name) for name in ANALYSIS_TABLES["concentration"]}
    found = []
    for variable in plan.variables:
        own = {name: [row for row in table if row["variable"] == variable.key] for name, table in rows.items()}
        if own["inequality"]:
            found.append(_block(variable, own, plan, look))
    return found


def _block(variable: Variable, own: dict[str, list[Row]], plan: ConcentrationPlan, look: Look) -> AnalysisBlock:
    key = variable.key
    said = [*_level(own["inequality"])]
    # quotients and scores have no total to share
    if variable.additive:
        said += _largest(own["lorenz"], look)
    said += _parts(own["inequality_parts"], plan)
    said += [*_gaps(own["convergence"], own["convergence_trends"])]
    tables = [_inequality(own["inequality"], plan)]
    if own["inequality_parts"]:
        tables.append(_part_table(own["inequality_parts"], plan, look))
    if own["convergence"]:
        tables.append(_convergence(own["convergence"]))
    return AnalysisBlock(look.variable(key), said, [_curves(key, own["lorenz"], look)], tables)


def _level(rows: list[Row]) -> Iterator[Text]:
    """Say how unequal places are by the first measure, and how that changed over the years."""
    first = [row for row in rows if row["measure"] == rows[0]["measure"]]
    last = first[-1]
    name = name_of(last["measure"], "inequality_measures")
    values = {"measure": name.capital(), "value": number(last["value"], 3), "places": last["places"]}
    if last["year"] is None or len(first) == 1:
        yield tell("report.concentration.level", **values)
        return
    start = first[0]
    ends = {"first": start["year"], "last": last["year"], "from": number(start["value"], 3)}
    before, after = start["value"], last["value"]
    if before is None or after is None:
        yield tell("report.concentration.level", **values)
    elif str(ends["from"]) == str(values["value"]):
        yield tell("report.concentration.held", **values, **ends)
    else:
        yield tell("report.concentration.rose" if after > before else "report.concentration.fell", **values, **ends)


def _largest(rows: list[Row], look: Look) -> Iterator[Text]:
    """Say who holds most of the total in the last year."""
    last = _last_year(rows)
    known = sorted((row for row in last if row["share"] is not None), key=lambda row: (-row["share"], row["place"]))
    if len(known) > 3:
        share = sum(row["share"] for row in known[:3])
        places = look.words.places([row["place"] for row in known[:3]], last="list.and")
        yield tell("report.concentration.largest", places=places, share=percent(share, 0))


def _last_year(rows: list[Row]) -> list[Row]:
    years = [row["year"] for row in rows if row["year"] is not None]
    return [row for row in rows if row["year"] == max(years)] if years else rows


def _parts(rows: list[Row], plan: ConcentrationPlan) -> Iterator[Text]:
    last = [row for row in _last_year(rows) if row["group"] == "all"]
    shares = {row["part"]: row["share"] for row in last}
    if shares.get("between") is None:
        return
    measure = name_of(plan.decomposition, "inequality_measures")
    said = {"measure": measure, "groups": _groups_text(plan), "between": percent(shares["between"], 0)}
    yield tell("report.concentration.between", **said, within=percent(shares["within"], 0))
    if shares.get("transvariation") is not None:
        yield tell("report.concentration.transvariation", share=percent(shares["transvariation"], 0))
    first = [row for row in rows if row["group"] == "all" and row["part"] == "between"]
    if len(first) > 1 and first[0]["share"] is not None:
        yield tell("report.concentration.between_before", share=percent(first[0]["share"], 0), year=first[0]["year"])


def _groups_text(plan: ConcentrationPlan) -> Text:
    return tell(_GROUPS.get(str(plan.groups), "report.concentration.groups.column"), name=plan.groups)


def _gaps(beta: list[Row], trends: list[Row]) -> Iterator[Text]:
    """Say whether places that start low grow faster, and whether the spread falls."""
    for row in beta:
        model = tell(_MODELS[row["model"]])
        if not _sure(row):
            yield tell("report.concentration.no_beta", model=model, p=number(row["p_value"], 3))
        elif row["status"] == "no speed":
            yield tell("report.concentration.turning", model=model, beta=number(row["beta"], 4))
        elif row["half_life"] is None:
            yield tell("report.concentration.diverging", model=model, beta=number(row["beta"], 4))
        else:
            speed, half = percent(row["speed"], 1), number(row["half_life"], 0)
            yield tell("report.concentration.converging", model=model, speed=speed, half=half)
    told = [
        tell(
            "report.concentration.trend",
            measure=tell(_SPREADS[row["measure"]]),
            verdict=name_of(row["status"], "convergence"),
        )
        for row in trends
        if row["status"] != "undefined"
    ]
    if told:
        yield tell("report.concentration.sigma", parts=listed(told, by="list.semicolon"))


def _sure(row: Row) -> bool:
    """Say whether a slope is distinct from 0."""
    ends = (row["low"], row["high"])
    return row["beta"] is not None and None not in ends and ends[0] * ends[1] > 0


def _curves(key: str, rows: list[Row], look: Look) -> tuple[Text, Markup]:
    """Draw the Lorenz curves of the first and the last year against equality."""
    years = sorted({row["year"] for row in rows if row["year"] is not None})
    shown: list[Any] = [years[0], years[-1]] if len(years) > 1 else (years or [None])
    curves = [Series(tell("report.concentration.equality"), [0.0, 1.0], [0.0, 1.0], style="s-7")]
    for n, year in enumerate(shown):
        own = [row for row in rows if row["year"] == year and row["cumulative_share"] is not None]
        own.sort(key=lambda row: (row["cumulative_weight"], row["place"]))
        x = [0.0, *(row["cumulative_weight"] for row in own)]
        y = [0.0, *(row["cumulative_share"] for row in own)]
        label = tell("report.concentration.curve") if year is None else Text.of(en=str(year), zh=str(year))
        curves.append(Series(label, x, y, style=f"s-{n + 1}"))
    title = tell("report.concentration.lorenz", variable=look.variable(key).capital())
    chart = partial(
        band_chart,
        curves,
        title=bare(title),
        desc=tell("report.concentration.lorenz_desc"),
        x_title=tell("report.concentration.places_axis"),
        y_title=tell("report.concentration.total_axis"),
        percent=True,
        x_percent=True,
        y_range=(0.0, 1.0),
        height=420.0,
    )
    return title, Markup(for_screens(lambda width: chart(width=width)))  # noqa: S704 - of ours


def _inequality(rows: list[Row], plan: ConcentrationPlan) -> AnalysisTable:
    """Set a row a year and a column a measure."""
    years = [*dict.fromkeys(row["year"] for row in rows)]
    columns = year_column(years)
    cells = {(row["year"], row["measure"]): row["value"] for row in rows}
    for measure in plan.measures:
        name = name_of(measure, "inequality_measures").capital()
        columns.append(number_column(name, [cells[year, measure] for year in years], decimals=3))
    places = {row["year"]: row["places"] for row in rows}
    columns.append(number_column("places", [places[year] for year in years]))
    return AnalysisTable(tell("report.concentration.table"), columns, folded=len(years) > _LONG)


def _part_table(rows: list[Row], plan: ConcentrationPlan, look: Look) -> AnalysisTable:
    last = [row for row in _last_year(rows) if row["part"] != "total"]
    if plan.groups == "tier":
        # the whole of each part first, then tiers from the highest
        ranks = look.words.tiers.rank
        last.sort(key=lambda row: (list(_PARTS).index(row["part"]), row["group"] != "all", ranks(row["group"])))
    columns = [
        text_column("part", [tell(_PARTS[row["part"]]) for row in last]),
        text_column("group", [_group(row["group"], plan, look) for row in last]),
        *_others(last, plan, look),
        number_column("contribution", [row["contribution"] for row in last], decimals=4),
        number_column(
            "share_percent", [None if row["share"] is None else 100 * row["share"] for row in last], decimals=1
        ),
    ]
    return AnalysisTable(tell("report.concentration.part_table"), columns, folded=len(last) > _LONG)


def _others(rows: list[Row], plan: ConcentrationPlan, look: Look) -> list[Column]:
    """Return the column of second groups, which parts of pairs alone have."""
    others = [None if row["other"] is None else _group(row["other"], plan, look) for row in rows]
    return [text_column("other_group", others)] if any(others) else []


def _group(group: str, plan: ConcentrationPlan, look: Look) -> Any:  # noqa: ANN401 - a text or markup
    if group in _NO_PLACE:
        return tell(_NO_PLACE[group])
    return look.words.tier(group) if plan.groups == "tier" else look.words.name(group)


def _verdict(row: Row) -> Text:
    """Name the direction of a slope that is distinct from 0, or the status that leaves none."""
    if row["beta"] is None or _sure(row):
        return name_of(row["status"], "convergence")
    return name_of("no trend", "convergence")


def _convergence(rows: list[Row]) -> AnalysisTable:
    columns = [
        text_column("model", [tell(_MODELS[row["model"]]).capital() for row in rows]),
        number_column("beta", [row["beta"] for row in rows], decimals=4),
        number_column("fit_error", [row["standard_error"] for row in rows], decimals=4),
        chance_column("gravity_chance", [row["p_value"] for row in rows]),
        number_column("speed", [None if row["speed"] is None else 100 * row["speed"] for row in rows], decimals=1),
        number_column("half_life", [row["half_life"] for row in rows], decimals=0),
        number_column("r_squared", [row["r_squared"] for row in rows], decimals=2),
        number_column("places", [row["places"] for row in rows]),
        text_column("verdict", [_verdict(row) for row in rows]),
    ]
    return AnalysisTable(tell("report.concentration.convergence"), columns)
