"""Write a study's results as one offline page that a policy reader can follow from top to bottom.

The page asks for nothing from outside (a content policy in its head forbids it), reads without script, and says
English, Chinese or both. Numbers come from the tables alone: every sentence of findings is computed. The same results
give the same bytes.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import pandas as pd
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from . import _findings as findings
from ._words import Words, badge, pair_of, say, tier_mark, word
from .charts import Prose, Series, band_chart, bar_chart, format_number, interval_chart, stacked_bars

__all__ = ["render_report"]

Pair = tuple[str, str]
Row = dict[str, Any]

CHANNELS = ("hierarchical", "peer", "neighbor", "tie", "external")


class Results(Protocol):
    """What a report needs of a result: texts, frames by name, options and the manifest."""

    @property
    def title(self) -> str: ...
    @property
    def title_zh(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def description_zh(self) -> str: ...
    @property
    def tables(self) -> Mapping[str, pd.DataFrame]: ...
    @property
    def manifest(self) -> Mapping[str, Any]: ...
    @property
    def options(self) -> Mapping[str, Any]: ...


def render_report(results: Results, *, map_html: str | None = None) -> str:
    """Render results as one self-contained HTML page.

    Parameters
    ----------
    results : Results
        Carries ``title``, ``title_zh``, ``description``, ``description_zh``, ``tables`` (frames by name), ``manifest``
        and ``options``: ``horizon`` in years, ``runs``, ``seed``, ``seeds``, ``recipe``, ``tier_method``, ``baseline``
        (key of the baseline scenario), ``networks`` (kind of flow -> its English and Chinese title) and ``language``
        (``en``, ``zh`` or ``both``). Tables and options may be missing; their sections say so.
    map_html : str, optional
        A whole page holding the map; it is embedded, and ``map.html`` beside the report is linked.

    Returns
    -------
    str
        The page. All text of the tables is escaped.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> scores = pd.DataFrame({"place": ["甲", "乙"], "name_en": ["A", "B"], "score": [0.9, 0.1], "rank": [1, 2],
    ...                        "tier": ["national", "local"], "published_tier": ["national", "regional"]})
    >>> page = render_report(SimpleNamespace(title="Two places", title_zh="", description="", description_zh="",
    ...                                      tables={"scores": scores}, manifest={}, options={}))
    >>> "reproduced for <strong>1 of 2</strong> places" in page
    True
    """
    facts = _facts(results)
    words = Words(facts["names"], facts["spread"]["titles"], results.options.get("networks") or {})
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            **facts,
            name=words.name,
            scenario=words.scenario,
            network=words.network,
            results=results,
            options=results.options,
            charts=_charts(facts, results.options, words),
            manifest=_manifest(results.manifest),
            map_html=map_html,
            sections=_sections(facts, map_html),
            style=Markup(_asset("report.css")),  # noqa: S704
            script=Markup(_asset("report.js")),  # noqa: S704
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_asset), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(number=_number, percent=_percent)
    marks = {"say": say, "word": word, "badge": badge, "tier": tier_mark}
    environment.globals.update({**marks, "fit": fit_decimals, "percentual": _is_percentual})
    return environment


def _sections(facts: Row, map_html: str | None) -> list[tuple[str, str, str]]:
    """List the sections as (name, English, Chinese), without a map or matched names where there are none."""
    sections = [
        ("data", "Data and their status", "数据及其性质"),
        ("scores", "Scores and tiers", "得分与层级"),
        ("network", "Co-operation and contracts", "合作网络与技术合同"),
        ("diffusion", "How knowledge spreads", "知识扩散"),
        ("scenarios", "Scenarios", "情景比较"),
        ("map", "Map", "地图"),
        ("methods", "Methods", "方法"),
        ("assumed", "What is assumed", "假设"),
        ("names", "Names matched", "名称识别"),
        ("record", "Record of the run", "运行记录"),
    ]
    left_out = {"map"} if map_html is None else set()
    if not facts["matches"]:
        left_out.add("names")
    return [section for section in sections if section[0] not in left_out]


def _asset(name: str) -> str:
    return (files(__package__ or "innoscape.study") / "assets" / name).read_text(encoding="utf-8")


def _facts(results: Results) -> Row:
    tables, options = results.tables, results.options
    main = str(options.get("recipe") or "main")
    spread = findings.spread_facts(tables, options.get("baseline"))
    plain = {name: findings.read_rows(tables, name) for name in ("assumptions", "inputs", "matches", "notices")}
    return {
        "names": findings.place_names(tables),
        "scores": findings.score_facts(tables, main),
        "weights": findings.weight_facts(tables, main),
        "networks": findings.network_facts(tables, options.get("networks") or ()),
        "balances": findings.balance_facts(tables),
        "spread": spread,
        "scenarios": findings.scenario_facts(tables, spread["titles"]),
        "statuses": _statuses(tables, len(plain["assumptions"])),
        **plain,
    }


def _statuses(tables: Mapping[str, pd.DataFrame], assumptions: int) -> list[tuple[Pair, list[tuple[str, int]]]]:
    """Count the rows of each kind of data by status."""
    counted: list[tuple[Pair, list[tuple[str, int]]]] = [
        (("Indicator values", "指标值"), findings.status_counts(findings.read_rows(tables, "indicators"))),
    ]
    flows = findings.read_rows(tables, "flows")
    for kind in sorted({str(r["kind"]) for r in flows}):
        english, chinese = pair_of(kind)
        own = findings.status_counts(r for r in flows if str(r["kind"]) == kind)
        counted.append(((f"Flows: {english}", f"流量：{chinese}"), own))
    centers = findings.read_rows(tables, "centers")
    counted.append((("Tiers of centers", "中心层级"), findings.status_counts(centers, "tier_status")))
    if assumptions:
        counted.append((("Settings of the study", "研究设定"), [("assumed", assumptions)]))
    return [entry for entry in counted if entry[1]]


def _number(value: float | None, decimals: int = 2) -> str:
    return format_number(value, decimals=decimals)


def _percent(value: float | None, decimals: int = 1) -> str:
    return "–" if value is None else format_number(100 * value, decimals=decimals) + "%"


def _is_percentual(measure: str) -> bool:
    return measure == "reach" or measure.endswith("share")


def fit_decimals(values: Iterable[float | None], *, rough: bool = False) -> int:
    """Choose how many decimals a column needs: none for whole numbers, else about four digits (three where rough).

    Examples
    --------
    >>> fit_decimals([7333, 4396]), fit_decimals([282.8, 2585.35]), fit_decimals([0.0123, 0.4])
    (0, 2, 3)
    >>> fit_decimals([282.8, 2585.35], rough=True)
    0
    """
    known = [abs(v) for v in values if v is not None and math.isfinite(v)]
    if not known or all(v == int(v) for v in known):
        return 0
    largest = max(known)
    if largest < 1:
        return min(5, (1 if rough else 2) - math.floor(math.log10(largest)))
    if rough:
        return 0 if largest >= 1000 else 1 if largest >= 10 else 2
    return 0 if largest >= 100_000 else 1 if largest >= 10_000 else 2 if largest >= 10 else 3


def _manifest(manifest: Mapping[str, Any]) -> str:
    return json.dumps(_without_gaps(manifest), ensure_ascii=False, indent=2, sort_keys=True, default=str)


def _without_gaps(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Mapping):
        return {str(k): _without_gaps(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_gaps(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _charts(facts: Row, options: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Draw every chart the tables allow; a chart without data is empty text."""
    drawn = {
        "scores": _score_chart(facts["scores"], words),
        "reach": _reach_chart(facts["spread"], words),
        "panels": _reach_panels(facts["spread"], words),
        "arrivals": _arrival_chart(facts["spread"], options.get("horizon"), words),
        "credit": _credit_chart(facts["spread"]),
        "differences": _difference_charts(facts["scenarios"], words, levels=("all",)),
        "details": _difference_charts(facts["scenarios"], words, levels=("tier", "place")),
    }
    return {key: [(h, Markup(s)) for h, s in v] if isinstance(v, list) else Markup(v) for key, v in drawn.items()}  # noqa: S704


def _score_chart(scores: Row, words: Words) -> str:
    rows = [r for r in scores["rows"] if r["score"] is not None]
    if not rows:
        return ""
    other = next(iter(scores["others"]), None)
    tiers = sorted({r["tier"] for r in rows if r["tier"]}, key=findings.tier_order)
    legend: list[tuple[str, str | Pair]] = [(f"t-{t}", Prose(*pair_of(t))) for t in tiers]
    if other is not None:
        legend.append(("reference", Prose(*pair_of(other))))
    leader, last = words.pair(rows[0]["place"])[0], words.pair(rows[-1]["place"])[0]
    return bar_chart(
        [words.pair(r["place"]) for r in rows],
        [r["score"] for r in rows],
        title="Scores by place, colored by tier",
        desc=f"{len(rows)} bars, from {leader} ({format_number(rows[0]['score'], decimals=3)}) "
        f"to {last} ({format_number(rows[-1]['score'], decimals=3)}). The table below holds every value.",
        styles=[f"t-{r['tier']}" if r["tier"] else "s-0" for r in rows],
        references=[r[f"score_{other}"] for r in rows] if other is not None else (),
        legend=legend,
    )


def _curve(rows: Sequence[Row], label: Pair, style: str, *, band: bool) -> Series:
    known = [r for r in rows if r["mean"] is not None and r["time"] is not None]
    has_band = band and all(r["low"] is not None and r["high"] is not None for r in known)
    return Series(
        label,
        [r["time"] for r in known],
        [r["mean"] for r in known],
        [r["low"] for r in known] if has_band else None,
        [r["high"] for r in known] if has_band else None,
        style,
    )


def _reach_chart(spread: Row, words: Words) -> str:
    if not spread["curves"]:
        return ""
    lines = [
        _curve(rows, words.title(name), f"s-{i % 8}", band=name == spread["base"])
        for i, (name, rows) in enumerate(spread["curves"].items())
    ]
    ends = "; ".join(f"{line.label[0]} {format_number(100 * line.y[-1], decimals=0)}%" for line in lines if line.y)
    return band_chart(
        lines,
        title="Share of centers reached over time, by scenario",
        desc=f"One line a scenario; the band holds 95% of the baseline's runs. At the end: {ends}.",
        x_title=Prose("years", "年"),
        y_title=Prose("share of centers reached", "到达中心占比"),
        percent=True,
        y_range=(0.0, 1.0),
        height=400.0,
    )


def _reach_panels(spread: Row, words: Words) -> list[tuple[Markup, str]]:
    """Draw each further scenario with its band over the baseline with its own."""
    base = spread["curves"].get(spread["base"])
    panels: list[tuple[Markup, str]] = []
    for i, (name, rows) in enumerate(spread["curves"].items()):
        if base is None or name == spread["base"]:
            continue
        title = words.title(name)
        lines = [
            _curve(base, words.title(spread["base"]), "s-0", band=True),
            _curve(rows, title, f"s-{i % 8}", band=True),
        ]
        chart = band_chart(
            lines,
            title=f"Share of centers reached: {title[0]} against the baseline",
            desc="Two lines with the bands that hold 95% of the runs; the baseline is drawn in black.",
            percent=True,
            y_range=(0.0, 1.0),
            direct_labels=False,
            width=300.0,
            height=190.0,
        )
        panels.append((say(*title), chart))
    return panels


def _arrival_chart(spread: Row, horizon: float | None, words: Words) -> str:
    rows = [r for r in spread["arrivals"] if not r["seed"]]
    if not rows:
        return ""
    sums = [f"{t['tier']} {format_number(t['median'], decimals=1)}" for t in spread["tiers"] if t["median"] is not None]
    return interval_chart(
        [words.pair(r["place"]) for r in rows],
        [r["median"] for r in rows],
        [r["low"] for r in rows],
        [r["high"] for r in rows],
        title="Arrival times of the baseline, by tier",
        desc=f"{len(rows)} centers, each with its median and 95% interval in years. Median by tier: {'; '.join(sums)}.",
        groups=[Prose(*pair_of(r["tier"] or "other")) for r in rows],
        styles=[f"t-{r['tier']}" for r in rows],
        x_title=Prose("years", "年"),
        limit=float(horizon) if horizon is not None else None,
    )


def _credit_chart(spread: Row) -> str:
    rows = [r for r in spread["credit"] if str(r["scenario"]) == spread["base"]]
    tiers = sorted({str(r["tier"]) for r in rows}, key=lambda t: (t != "all", findings.tier_order(t)))
    found = {str(r["channel"]) for r in rows}
    channels = [c for c in CHANNELS if c in found] + sorted(found.difference(CHANNELS))
    if not rows:
        return ""
    share = {(str(r["tier"]), str(r["channel"])): r["share"] for r in rows}
    overall = "; ".join(
        f"{pair_of(c)[0]} {format_number(100 * share['all', c], decimals=0)}%" for c in channels if ("all", c) in share
    )
    return stacked_bars(
        [Prose(*pair_of(t)) for t in tiers],
        [[share.get((t, c)) for t in tiers] for c in channels],
        names=[Prose(*pair_of(c)) for c in channels],
        title="Arrivals credited to each channel, by tier of the place reached",
        desc=f"One bar of shares a tier. Overall: {overall}.",
        styles=[f"c-{c}" if c in CHANNELS else f"s-{i % 8}" for i, c in enumerate(channels)],
    )


def _difference_charts(scenarios: Row, words: Words, *, levels: Sequence[str]) -> list[tuple[Markup, str]]:
    """Draw one chart a measure and level; rows about places or tiers stand under the heading of their scenario."""
    drawn: list[tuple[Markup, str]] = []
    for measure, level, rows in scenarios["drawn"]:
        if level not in levels:
            continue
        factor = 100.0 if _is_percentual(measure) else 1.0
        values = [[None if r[c] is None else factor * r[c] for r in rows] for c in ("difference", "low", "high")]
        english, chinese = pair_of(measure)
        titles = [words.title(r["scenario"]) for r in rows]
        chart = interval_chart(
            titles if level == "all" else [words.pair(r["place"]) for r in rows],
            *values,
            title=f"Difference from the baseline: {english}",
            desc=f"{len(rows)} mean paired differences with 95% intervals; right of zero is more than the baseline.",
            groups=titles if level != "all" else (),
            styles=[f"t-{r['place']}" if level == "tier" else "s-1" for r in rows],
            x_title=Prose("percentage points", "百分点") if factor > 1 else Prose("difference", "差值"),
            zero=True,
            decimals=max(1, fit_decimals((v for column in values for v in column), rough=True)),
        )
        drawn.append((say(english, chinese), chart))
    return drawn
