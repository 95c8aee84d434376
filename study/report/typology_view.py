"""Show the typology of a study: which centers science drives and which demand, and how far that depends on criteria."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from ...data.vocabulary import name_of
from ...data.wording.catalogue import Text
from ..charts.bars import interval_chart
from ..facts.rows import Row, read_rows
from ..wording.markup import listed, spans, tell
from .analysis_views import AnalysisBlock, AnalysisTable, Look, bare, number_column, text_column

__all__ = ["typology_view"]

_LONG, _FEW = 12, 6
_CLASS = "typology_classes"


def typology_view(look: Look) -> list[AnalysisBlock]:
    """Return the block of the section on types of centers."""
    places = sorted(
        read_rows(look.tables, "typology"), key=lambda r: (-(r["supply_driven"] - r["demand_pull"]), r["place"])
    )
    if not places:
        return []
    order = {row["place"]: n for n, row in enumerate(places)}
    criteria = sorted(read_rows(look.tables, "typology_criteria"), key=lambda r: order[r["place"]])
    firsts = read_rows(look.tables, "typology_firsts")
    said = [*_classes(places, criteria, look), *_hanging(criteria, look), *_first_places(firsts, look)]
    tables = [_criteria_table(criteria, look), *_firsts_table(firsts, [*order], look)]
    notes = [tell("report.typology.open_ranks", n=n)] if (n := len(read_rows(look.tables, "typology_ranks"))) else []
    title = tell("report.typology.title", n=len(places))
    return [AnalysisBlock(title, said, [_figure(criteria, look)], tables, notes)]


def _classes(places: list[Row], criteria: list[Row], look: Look) -> Iterator[Text]:
    """Say the class of each place, and by which criteria it is another."""
    for row in places[:_LONG]:
        own = [one for one in criteria if one["place"] == row["place"] and one["class"]]
        values = {"place": look.words.name(row["place"]), "class": name_of(row["class"], _CLASS), "n": len(own)}
        others = [one for one in own if one["class"] != row["class"]]
        if not others:
            yield tell("report.typology.all", **values)
            continue
        told = [
            tell(
                "report.typology.differs",
                **{"class": name_of(one["class"], _CLASS), "criterion": name_of(one["criterion"], "typology_criteria")},
            )
            for one in others
        ]
        key = "report.typology.most" if len(others) < len(own) else "report.typology.none"
        yield tell(key, **values, k=len(own) - len(others), others=listed(told, last="list.and"))


def _hanging(criteria: list[Row], look: Look) -> Iterator[Text]:
    """Name the classes that a single indicator decides."""
    parts = [
        tell(
            "report.typology.hangs_at",
            place=look.words.name(row["place"]),
            criterion=name_of(row["criterion"], "typology_criteria"),
            indicators=_indicators(row),
        )
        for row in criteria
        if row["flips"]
    ]
    if not parts:
        yield tell("report.typology.firm")
    else:
        more = [tell("report.typology.more", n=len(parts) - _FEW)] if len(parts) > _FEW else []
        yield tell("report.typology.hangs", parts=listed([*parts[:_FEW], *more], by="list.semicolon"))


def _indicators(row: Row, *, by: str = "list.comma") -> Text:
    pairs = zip(str(row["without_en"]).split("; "), str(row["without_zh"]).split("; "), strict=True)
    return listed([Text.of(en=en, zh=zh) for en, zh in pairs], by=by)


def _first_places(firsts: list[Row], look: Look) -> Iterator[Text]:
    """Say in how many indicators of each group the place is first that is so most often."""
    sums: dict[str, int] = {}
    for row in firsts:
        sums[row["place"]] = sums.get(row["place"], 0) + row["firsts"]
    if not sums or not max(sums.values()):
        return
    place = min(sums, key=lambda one: (-sums[one], one))
    parts = [
        tell("report.typology.first_in", n=row["firsts"], of=row["of"], group=_group(row))
        for row in firsts
        if row["place"] == place
    ]
    yield tell("report.typology.first", place=look.words.name(place), parts=listed(parts, last="list.and"))


def _group(row: Row) -> Text:
    return Text.of(en=row["group_en"], zh=row["group_zh"])


def _figure(criteria: list[Row], look: Look) -> tuple[Text, Markup]:
    """Draw the lead of each place by each criterion, with its range where any one indicator is left out."""
    title = tell("report.typology.figure")
    chart = interval_chart(
        [name_of(row["criterion"], "typology_criteria").capital() for row in criteria],
        [row["lead"] for row in criteria],
        [row["lead_low"] for row in criteria],
        [row["lead_high"] for row in criteria],
        groups=[look.words.pair(row["place"]) for row in criteria],
        title=bare(title),
        desc=bare(tell("report.typology.figure_desc")),
        x_title=bare(tell("report.typology.axis")),
        zero=True,
        decimals=2,
    )
    return title, Markup(chart)  # noqa: S704 - of ours


def _criteria_table(criteria: list[Row], look: Look) -> AnalysisTable:
    columns: list[Any] = [
        text_column("place", [look.words.name(row["place"]) for row in criteria]),
        text_column("criterion", [name_of(row["criterion"], "typology_criteria").capital() for row in criteria]),
        number_column("science_ahead", [row["science"] for row in criteria], decimals=2),
        number_column("industry_ahead", [row["industry"] for row in criteria], decimals=2),
        number_column("lead", [row["lead"] for row in criteria], decimals=2),
        text_column("class", [None if row["class"] is None else name_of(row["class"], _CLASS) for row in criteria]),
        text_column("hangs_on", [_indicators(row, by="list.semicolon") if row["flips"] else None for row in criteria]),
    ]
    return AnalysisTable(tell("report.typology.table"), columns, folded=True)


def _firsts_table(firsts: list[Row], places: list[str], look: Look) -> Iterator[AnalysisTable]:
    """Set a row a group and a column a place."""
    if not firsts or len(places) > _FEW:
        return
    groups = {row["group"]: row for row in firsts}
    cells = {(row["group"], row["place"]): row["firsts"] for row in firsts}
    columns: list[Any] = [text_column("group", [spans(_group(row)) for row in groups.values()])]
    for place in places:
        en, zh = look.words.pair(place)
        columns.append(number_column(Text.of(en=en, zh=zh), [cells[group, place] for group in groups]))
    columns.append(number_column("indicators_of", [row["of"] for row in groups.values()]))
    yield AnalysisTable(tell("report.typology.firsts"), columns, folded=True)
