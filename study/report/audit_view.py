"""Show the audit of a study's sources: how many claims and figures hold, and what the others would have to be."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from ...data import load
from ...data.vocabulary import name_of, terms
from ...data.wording.catalogue import Text, plain
from ..charts.bars import stacked_bars
from ..facts.rows import Row, read_rows
from ..plan.table_desk import DATASET
from ..wording.markup import listed, tell
from .analysis_views import AnalysisBlock, AnalysisTable, Look, bare, text_column

__all__ = ["audit_view"]

_LONG, _MOST_SOURCES, _MOST_SUMS = 12, 12, 3
_TALLIES = {
    "holds": "report.audit.tally.holds",
    "within_rounding": "report.audit.tally.within_rounding",
    "contradicted": "report.audit.tally.contradicted",
    "doubtful": "report.audit.tally.doubtful",
    "not_checkable": "report.audit.tally.not_checkable",
}
# what a reader has to look at
_FAULTY = ("contradicted", "doubtful")


def audit_view(look: Look) -> list[AnalysisBlock]:
    """Return the blocks of the section on the audit: claims recomputed, figures compared."""
    rows = read_rows(look.tables, "audit")
    claims = [row for row in rows if row["check"] == "claim"]
    figures = [row for row in rows if row["check"] != "claim"]
    names = _source_names(look)
    found = []
    if claims:
        chart = _by_source(claims, names)
        said = [_counted("report.audit.claims", claims), *_reasons(claims)]
        tables = [*_claim_table(claims, names)]
        found.append(AnalysisBlock(tell("report.audit.claims_title"), said, chart, tables))
    if figures:
        said = [_counted("report.audit.figures", figures), *_sums(figures)]
        found.append(AnalysisBlock(tell("report.audit.figures_title"), said, [], [*_figure_table(figures, names)]))
    return found


def _source_names(look: Look) -> dict[str, Text]:
    """Return what the shipped sources are called, for shipped tables alone: a user's own words stand as they are."""
    plan = look.study.audit
    if plan is None or not all(str(one or DATASET).startswith(DATASET) for one in (plan.figures, plan.claims)):
        return {}
    sources = load("sources")[["source", "short", "short_zh"]].fillna("")
    return {
        str(key): Text.of(en=en, zh=zh)
        for key, en, zh in zip(sources["source"], sources["short"], sources["short_zh"], strict=True)
    }


def _counted(key: str, rows: list[Row]) -> Text:
    counts = Counter(row["verdict"] for row in rows)
    tallies = [tell(say, n=counts[verdict]) for verdict, say in _TALLIES.items() if counts[verdict]]
    return tell(key, n=len(rows), tallies=listed(tallies, last="list.and"))


def _reasons(claims: list[Row]) -> Iterator[Text]:
    counts = Counter(row["reason"] for row in claims if row["reason"])
    known = [(reason, n) for reason, n in counts.most_common() if n]
    if known:
        parts = [tell("report.audit.reason", reason=name_of(reason, "obstacles"), n=n) for reason, n in known]
        yield tell("report.audit.reasons", parts=listed(parts, by="list.semicolon"))


def _sums(figures: list[Row]) -> Iterator[Text]:
    """Say which parts do not add up, and what one of them would have to be."""
    rows = sorted((row for row in figures if row["check"] == "sum" and row["verdict"] == "contradicted"), key=_id)
    for row in rows[:_MOST_SUMS]:
        yield tell("report.audit.sum", said=_said(row, "meaning"))


def _id(row: Row) -> str:
    return str(row["id"])


def _by_source(claims: list[Row], names: dict[str, Text]) -> list[tuple[Text, Markup]]:
    """Draw the shares of verdicts, a bar for each source that claims come from first, where there are several."""
    first = [str(row["source"] or "").partition("; ")[0] for row in claims]
    sources = sorted({*first} - {""})
    if not 1 < len(sources) <= _MOST_SOURCES:
        return []
    verdicts = [one for one in terms("verdicts") if any(row["verdict"] == one for row in claims)]
    counts = Counter((source, row["verdict"]) for source, row in zip(first, claims, strict=True))
    title = tell("report.audit.chart")
    chart = stacked_bars(
        [names.get(source, plain(source)) for source in sources],
        [[float(counts[source, verdict]) for source in sources] for verdict in verdicts],
        names=[name_of(verdict, "verdicts") for verdict in verdicts],
        title=bare(title),
        desc=bare(tell("report.audit.chart_desc")),
    )
    return [(title, Markup(chart))]  # noqa: S704 - of ours


def _source(row: Row, names: dict[str, Text]) -> Text | None:
    if not row["source"]:
        return None
    keys = str(row["source"]).split("; ")
    named = listed([names.get(key, plain(key)) for key in keys], by="list.semicolon")
    return tell("report.audit.at", source=named, where=row["where"]) if row["where"] else named


def _said(row: Row, name: str) -> Text:
    return Text.of(en=row[f"{name}_en"] or row["id"], zh=row[f"{name}_zh"] or "")


def _claim_table(claims: list[Row], names: dict[str, Text]) -> Iterator[AnalysisTable]:
    rows = [row for row in claims if row["verdict"] in _FAULTY]
    if rows:
        columns: list[Any] = [
            text_column("audited", [_said(row, "subject") for row in rows]),
            text_column("recomputed", [_said(row, "meaning") for row in rows]),
            text_column("source", [_source(row, names) for row in rows]),
        ]
        yield AnalysisTable(tell("report.audit.claim_table", n=len(rows)), columns, folded=len(rows) > _LONG)


def _figure_table(figures: list[Row], names: dict[str, Text]) -> Iterator[AnalysisTable]:
    rows = [row for row in figures if row["verdict"] in _FAULTY]
    if rows:
        order = list(_FAULTY)
        rows.sort(key=lambda row: (order.index(row["verdict"]), row["check"], row["id"]))
        columns: list[Any] = [
            text_column("check", [name_of(row["check"], "audit_checks").capital() for row in rows]),
            text_column("verdict", [name_of(row["verdict"], "verdicts") for row in rows]),
            text_column("recomputed", [_said(row, "meaning") for row in rows]),
            text_column("source", [_source(row, names) for row in rows]),
        ]
        yield AnalysisTable(tell("report.audit.figure_table", n=len(rows)), columns, folded=len(rows) > _LONG)
