"""Show the siting of a study: where further centers serve demand best, what they bring, and how sure that is."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from markupsafe import Markup

from ...data.vocabulary import name_of
from ...data.wording.catalogue import Text
from ..charts.lines import Series, band_chart
from ..charts.screens import for_screens
from ..facts.rows import Row, read_rows
from ..plan.misfits import RESERVED
from ..plan.siting_plan import AIMS, SitingPlan
from ..wording.markup import tell
from ..wording.phrases import badge
from .analysis_views import (
    AnalysisBlock,
    AnalysisTable,
    Column,
    Look,
    bare,
    number_column,
    text_column,
)
from .numbers import fit_decimals, number, percent

__all__ = ["siting_view"]

_LONG, _FEW = 12, 5
# the axis of what a figure shows
_AXES = {
    "mean_cost": "report.siting.axis.mean_cost",
    "max_cost": "report.siting.axis.max_cost",
    "share_covered": "report.siting.axis.share_covered",
}
# what further centers or scenarios change, and how it is said to stay
_CHANGES = {
    "brings": ("report.siting.brings", "report.siting.brings_held"),
    "farthest": ("report.siting.farthest", "report.siting.farthest_held"),
    "covers": ("report.siting.covers", "report.siting.covers_held"),
    "access": ("report.siting.scenario.access", "report.siting.scenario.access_held"),
}
# unit -> what a cost is called, the unit, a number of it
_COSTS = {
    "km": "report.siting.cost.km",
    "minutes": "report.siting.cost.minutes",
    "yuan": "report.siting.cost.yuan",
    "cost": "report.siting.cost.cost",
}
_UNITS = {
    "km": "report.siting.unit.km",
    "minutes": "report.siting.unit.minutes",
    "yuan": "report.siting.unit.yuan",
    "cost": "report.siting.unit.cost",
}
_AMOUNTS = {
    "km": "report.siting.amount.km",
    "minutes": "report.siting.amount.minutes",
    "yuan": "report.siting.amount.yuan",
    "cost": "report.siting.amount.cost",
}


def siting_view(look: Look) -> list[AnalysisBlock]:
    """Return the block of the section on siting."""
    plan = look.study.siting
    layouts = read_rows(look.tables, "siting_layouts")
    if plan is None or not layouts:
        return []
    shown = next((row for row in layouts if row["shown"]), None)
    every = read_rows(look.tables, "siting")
    sites = [row for row in every if shown and row["added"] == shown["added"]]
    ways = [row for row in read_rows(look.tables, "siting_assignment") if shown and row["added"] == shown["added"]]
    said = [*_standing(sites, plan, look), *_answer(layouts, shown, _proposed(sites), look)]
    if shown is not None:
        said += [*_sure(shown), *_choice(layouts, shown, plan), *_unserved(shown, ways)]
    said += _infeasible(layouts, plan)
    said += _under_scenarios(read_rows(look.tables, "siting_access"), shown, look)
    figure = _figure(layouts, shown, look)
    tables = [_layout_table(layouts, every, look)]
    if shown is not None:
        tables += _access_table(look)
        tables += [_site_table(sites, shown, look), _way_table(ways, shown, look)]
        tables += _reached_table(read_rows(look.tables, "isochrones"), look) if "isochrones" in look.tables else []
    title = look.variable(plan.demand.key)
    if layouts[0]["year"] is not None:
        title = tell("report.siting.title", variable=title, year=layouts[0]["year"])
    return [AnalysisBlock(title, said, [figure] if figure else [], tables)]


def _amount(value: float | None, unit: str) -> Text:
    digits = fit_decimals([value], rough=True)
    return tell(_AMOUNTS[unit], value=number(value, digits))


def _few(places: list[str], look: Look) -> Text:
    names = look.words.places(places[:_FEW], last="list.and" if len(places) <= _FEW else None)
    more = len(places) - _FEW
    return names if more <= 0 else tell("list.and_more", names=names, n=more, total=len(places))


def _standing(sites: list[Row], plan: SitingPlan, look: Look) -> Iterator[Text]:
    """Say which sites stand, and by which rule."""
    standing = [row["place"] for row in sites if row["role"] == "existing"]
    if not standing:
        if sites:
            yield tell("report.siting.standing.none")
        return
    values = {"places": _few(standing, look), "n": len(standing)}
    if plan.existing is not None:
        yield tell("report.siting.standing.given", **values)
    elif plan.existing_tier is not None:
        yield tell("report.siting.standing.tier", tier=look.words.tier(plan.existing_tier), **values)
    else:
        yield tell("report.siting.standing.highest", **values)


def _answer(layouts: list[Row], shown: Row | None, new: list[str], look: Look) -> Iterator[Text]:
    """Say which places, and what they bring beside the layout as it stands."""
    plan = look.study.siting
    assert plan is not None  # noqa: S101 - the section is there
    variable = look.variable(plan.demand.key)
    if shown is None:
        yield tell("report.siting.nothing", n=layouts[-1]["added"])
        return
    if shown["mean_cost"] is None:
        # nobody is served
        return
    before = layouts[0] if layouts[0]["mean_cost"] is not None and shown["added"] else None
    unit = shown["unit"]
    values = {"n": len(new), "places": _few(new, look), "variable": variable, "to": _amount(shown["mean_cost"], unit)}
    values["cost"] = tell(_COSTS[unit])
    values["max"] = _amount(shown["max_cost"], unit)
    if plan.problem == "set_cover":
        key = "report.siting.needed" if new else "report.siting.enough"
        yield tell(key, radius=_amount(plan.radius, unit), **values)
        if not new:
            yield tell("report.siting.as_it_stands", **values)
            yield tell("report.siting.gini", value=number(shown["gini"], 3), cost=values["cost"])
            return
    if before is None:
        yield tell("report.siting.as_it_stands" if not new else "report.siting.first", **values)
        if shown["share_covered"] is not None:
            share = percent(shown["share_covered"])
            yield tell("report.siting.covered", share=share, radius=_amount(plan.radius, unit), variable=variable)
        yield tell("report.siting.gini", value=number(shown["gini"], 3), cost=values["cost"])
        return
    yield _change("brings", _amount(before["mean_cost"], unit), values["to"], **values)
    yield _change("farthest", _amount(before["max_cost"], unit), values["max"], cost=values["cost"])
    if shown["share_covered"] is not None:
        ends = percent(before["share_covered"]), percent(shown["share_covered"])
        yield _change("covers", *ends, radius=_amount(plan.radius, unit), variable=variable)
    yield _balance(before, shown, values["cost"])


def _change(what: str, before: Text | str, after: Text | str, **values: Any) -> Text:  # noqa: ANN401 - of any sentence
    """Say from what to what a number goes, or that it stays, as far as its digits are shown."""
    moves, stays = _CHANGES[what]
    return tell(stays if str(before) == str(after) else moves, **values | {"from": before, "to": after})


def _balance(before: Row, shown: Row, cost: Text) -> Text:
    first, last = before["gini"], shown["gini"]
    key = "report.siting.balance.fairer" if last < first else "report.siting.balance.unfairer"
    ends = {"from": number(first, 3), "to": number(last, 3)}
    return tell("report.siting.balance.same" if str(ends["from"]) == str(ends["to"]) else key, cost=cost, **ends)


def _sure(shown: Row) -> Iterator[Text]:
    if not shown["added"]:
        return
    if shown["gap"]:
        yield tell("report.siting.bounded", gap=percent(shown["gap"], 2))
    else:
        yield tell("report.siting.proven")


def _choice(layouts: list[Row], shown: Row, plan: SitingPlan) -> Iterator[Text]:
    """Say why this number of centers is shown."""
    if plan.problem == "set_cover" or len(layouts) < 3:
        return
    most = layouts[-1]["added"]
    if plan.count is not None:
        met = plan.count == shown["added"]
        key = "report.siting.choice.asked" if met else "report.siting.choice.asked_other"
        yield tell(key, asked=plan.count, n=shown["added"], most=most)
    else:
        served = [row["added"] for row in layouts if row["objective"] is not None]
        bends = shown["added"] != served[-1]
        yield tell("report.siting.choice.elbow" if bends else "report.siting.choice.last", n=shown["added"], most=most)


def _unserved(shown: Row, ways: list[Row]) -> Iterator[Text]:
    if shown["share_served"] is not None and shown["share_served"] < 1 - 1e-9:
        yield tell("report.siting.unserved", share=percent(1 - shown["share_served"]))
    places = [row["place"] for row in ways if row["site"] is not None]
    if divided := len({place for place in places if places.count(place) > 1}):
        yield tell("report.siting.divided", n=divided)


def _infeasible(layouts: list[Row], plan: SitingPlan) -> Iterator[Text]:
    lost = [row["added"] for row in layouts if row["status"] == "infeasible"]
    if lost and plan.problem != "set_cover" and len(lost) < len(layouts):
        numbers = str(lost[0]) if len(lost) == 1 else f"{lost[0]}–{lost[-1]}"
        yield tell("report.siting.infeasible", numbers=numbers)


def _figure(layouts: list[Row], shown: Row | None, look: Look) -> tuple[Text, Markup] | None:
    """Draw what is sought against the number of further centers, with the number that is shown."""
    plan = look.study.siting
    assert plan is not None  # noqa: S101 - the section is there
    column = AIMS[plan.problem]
    known = [row for row in layouts if row[column] is not None]
    if shown is None or plan.problem == "set_cover" or len(known) < 3:
        return None
    axis = tell(_AXES[column], unit=tell(_UNITS[shown["unit"]]))
    lines = [Series(axis, [row["added"] for row in known], [row[column] for row in known], style="s-0")]
    marked = shown["added"] not in (known[0]["added"], known[-1]["added"])
    if marked:
        mark = tell("report.siting.mark", n=shown["added"])
        lines.append(Series(mark, [shown["added"]] * 2, [0.0, shown[column]], style="s-1"))
    key = "report.siting.figure_marked" if marked else "report.siting.figure"
    title = tell(key, variable=look.variable(plan.demand.key), n=shown["added"])
    desc = tell("report.siting.figure_desc", axis=axis, first=known[0]["added"], last=known[-1]["added"])
    chart = partial(
        band_chart,
        lines,
        title=bare(title),
        desc=desc,
        x_title=tell("report.siting.axis.added"),
        y_title=axis,
        percent=column == "share_covered",
        direct_labels=False,
        dates=True,
        height=300.0,
    )
    return title, Markup(for_screens(lambda width: chart(width=width)))  # noqa: S704 - of ours


def _situation(scenario: str, look: Look) -> Text:
    return tell("report.columns.baseline") if scenario == RESERVED[0] else look.words.title(scenario)


def _under_scenarios(rows: list[Row], shown: Row | None, look: Look) -> Iterator[Text]:
    """Say what each scenario changes of access to the sites shown, and where the best ones then are."""
    same = [row for row in rows if row["layout"] == "same" and (shown is None or row["added"] == shown["added"])]
    base = next((row for row in same if row["scenario"] == RESERVED[0]), None)
    anew = {row["scenario"]: row for row in rows if row["layout"] == "best"}
    for row in same:
        if base is None or row is base:
            continue
        scenario, unit, best = look.words.title(row["scenario"]), row["unit"], anew.get(row["scenario"])
        cost = tell(_COSTS[unit])
        if row["mean_cost"] is None or base["mean_cost"] is None:
            yield tell("report.siting.scenario.cut", scenario=scenario)
        else:
            ends = _amount(base["mean_cost"], unit), _amount(row["mean_cost"], unit)
            yield _change("access", *ends, scenario=scenario, cost=cost)
        if best is None or best["mean_cost"] is None:
            continue
        if best["new_centers"] == row["new_centers"]:
            yield tell("report.siting.scenario.same")
        elif not best["new_centers"]:
            yield tell("report.siting.scenario.enough")
        else:
            new = best["new_centers"].split("; ")
            values = {"n": len(new), "places": _few(new, look), "cost": cost, "to": _amount(best["mean_cost"], unit)}
            yield tell("report.siting.scenario.best", **values)


def _access_table(look: Look) -> list[AnalysisTable]:
    """Set access to the same sites before and after what scenarios change of costs."""
    rows = read_rows(look.tables, "siting_access") if "siting_access" in look.tables else []
    if not rows:
        return []
    columns = [
        number_column("added", [row["added"] for row in rows]),
        text_column("scenario", [_situation(row["scenario"], look) for row in rows]),
        text_column("new_centers", [_new_of(row, look) for row in rows]),
        number_column("mean_cost", [row["mean_cost"] for row in rows]),
        number_column("max_cost", [row["max_cost"] for row in rows]),
        number_column("access_gini", [row["gini"] for row in rows], decimals=3),
    ]
    if any(row["share_covered"] is not None for row in rows):
        columns.append(_share_column("covered", [row["share_covered"] for row in rows]))
    return [AnalysisTable(tell("report.siting.access", unit=tell(_UNITS[rows[0]["unit"]])), columns)]


def _new_of(row: Row, look: Look) -> Text | None:
    new = row["new_centers"].split("; ") if row["new_centers"] else []
    if row["layout"] == "same" or not new:
        return look.words.places(new) if new else None
    return tell("report.siting.anew", places=look.words.places(new))


def _layout_table(layouts: list[Row], sites: list[Row], look: Look) -> AnalysisTable:
    new = [_proposed([site for site in sites if site["added"] == row["added"]]) for row in layouts]
    columns: list[Any] = [
        number_column("added", [row["added"] for row in layouts]),
        text_column("new_centers", [look.words.places(places) if places else None for places in new]),
        number_column("mean_cost", [row["mean_cost"] for row in layouts]),
        number_column("max_cost", [row["max_cost"] for row in layouts]),
        number_column("access_gini", [row["gini"] for row in layouts], decimals=3),
    ]
    if any(row["share_covered"] is not None for row in layouts):
        columns.append(_share_column("covered", [row["share_covered"] for row in layouts]))
    if any(row["share_served"] is not None and row["share_served"] < 1 - 1e-9 for row in layouts):
        columns.append(_share_column("served", [row["share_served"] for row in layouts]))
    columns += [
        number_column("objective", [row["objective"] for row in layouts]),
        text_column("gap", [_gap(row) for row in layouts]),
    ]
    unit = tell(_UNITS[layouts[0]["unit"]])
    problem = name_of(layouts[0]["problem"], "siting_problems")
    caption = tell("report.siting.layouts", problem=problem, unit=unit)
    return AnalysisTable(caption, columns, folded=len(layouts) > _LONG)


def _share_column(heading: str, shares: list[float | None]) -> Column:
    return Column(tell(f"report.columns.{heading}"), [percent(share) for share in shares], numeric=True)


def _proposed(sites: list[Row]) -> list[str]:
    return [row["place"] for row in sites if row["role"] == "proposed"]


def _gap(row: Row) -> Text:
    said = name_of(row["status"], "layout_statuses")
    return tell("report.siting.gap", status=said, gap=percent(row["gap"], 2)) if row["gap"] else said


def _site_table(sites: list[Row], shown: Row, look: Look) -> AnalysisTable:
    columns: list[Any] = [
        text_column("place", [look.words.name(row["place"]) for row in sites]),
        text_column("site_role", [name_of(row["role"], "site_roles") for row in sites]),
        text_column("status", [badge(row["status"]) for row in sites]),
        number_column("places", [row["places"] for row in sites]),
        number_column("demand", [row["demand"] for row in sites]),
        _share_column("demand_share", [row["share"] for row in sites]),
        number_column("mean_cost", [row["mean_cost"] for row in sites]),
        number_column("max_cost", [row["max_cost"] for row in sites]),
    ]
    if any(row["capacity"] is not None for row in sites):
        columns.append(number_column("capacity", [row["capacity"] for row in sites]))
    caption = tell("report.siting.sites", n=shown["added"])
    return AnalysisTable(caption, columns, folded=len(sites) > _LONG)


def _way_table(ways: list[Row], shown: Row, look: Look) -> AnalysisTable:
    columns: list[Any] = [
        text_column("place", [look.words.name(row["place"]) for row in ways]),
        text_column("site", [None if row["site"] is None else look.words.name(row["site"]) for row in ways]),
        number_column("demand", [row["demand"] for row in ways]),
        number_column("way_cost", [row["cost"] for row in ways]),
    ]
    return AnalysisTable(tell("report.siting.ways", n=shown["added"]), columns, folded=True)


def _reached_table(rows: list[Row], look: Look) -> list[AnalysisTable]:
    several = len({row["scenario"] for row in rows}) > 1
    columns: list[Any] = [
        *([text_column("scenario", [_situation(row["scenario"], look) for row in rows])] if several else []),
        text_column("place", [look.words.name(row["place"]) for row in rows]),
        text_column("site_role", [name_of(row["role"], "site_roles") for row in rows]),
        number_column("within_minutes", [row["minutes"] for row in rows]),
        number_column("places", [row["reached"] for row in rows]),
        number_column("area_km2", [row["area_km2"] for row in rows], decimals=0),
    ]
    return [AnalysisTable(tell("report.siting.reached"), columns, folded=len(rows) > _LONG)]
