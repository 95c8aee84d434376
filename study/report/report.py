"""Write a study's results as one offline page that a policy reader can follow from top to bottom.

The page asks for nothing from outside (a content policy in its head forbids it), reads without script, and says
English, Chinese or both. Numbers come from the tables alone: every sentence of findings is computed. The same results
give the same bytes.
"""

import json
import math
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import pandas as pd
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from ..charts.bars import format_number
from ..wording.phrases import measure, notice, phrase
from ..wording.say import Words, badge, name_mark, say, tier_mark, word
from .charts import draw_charts, fit_decimals, is_percentual
from .citations import cite_inputs
from .facts import networks as flow_findings
from .facts import rows as findings
from .facts.diffusion import scenario_facts, spread_facts
from .facts.robustness import doubt_facts, leave_out_facts
from .facts.rows import Pair, Row

__all__ = ["render_report"]

# the tables that each section shows, named at its end
FILES: dict[str, tuple[str, ...]] = {
    "data": ("indicators", "index_log", "inputs"),
    "scores": (
        "scores", "score_intervals", "tier_probabilities", "rank_acceptability", "leave_one_out", "levels", "weights",
        "contributions", "disagreements",
    ),
    "network": (
        "flows", "centrality", "balances", "structure", "communities", "dominant_flows", "roles", "flow_tiers",
        "tier_agreements",
    ),
    "diffusion": ("reach", "arrivals", "credit", "sources"),
    "scenarios": ("scenarios",),
    "assumed": ("assumptions",),
    "names": ("matches",),
}  # fmt: skip


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
    networks = results.options.get("networks") or {}
    facts = _facts(results)
    words = Words(facts["names"], facts["spread"]["titles"], networks)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            **facts,
            name=words.name,
            indicator=lambda key: name_mark(*facts["indicators"].get(str(key), (str(key), str(key)))) if key else "–",
            scenario=words.scenario,
            network=words.network,
            cited=words.cited,
            notices=[(n["level"], notice(str(n["text"]), words)) for n in facts["notice_rows"]],
            statuses=_statuses(
                results.tables, words, [str(n["kind"]) for n in facts["networks"]], len(facts["assumptions"])
            ),
            results=results,
            options=results.options,
            charts=draw_charts(facts, results.options, words),
            manifest=_manifest(results.manifest),
            map_html=map_html,
            sections=_sections(facts, map_html),
            files={key: [n for n in own if n in results.tables] for key, own in FILES.items()},
            style=Markup(_asset("report.css")),  # noqa: S704
            script=Markup(_asset("report.js")),  # noqa: S704
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_asset), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(number=_number, percent=_percent, chance=_chance, shade=_shade, breakable=_breakable)
    marks = {"say": say, "word": word, "badge": badge, "tier": tier_mark, "phrase": phrase, "measure": measure}
    environment.globals.update({**marks, "fit": fit_decimals, "percentual": is_percentual})
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
    return (files(__package__ or "innoscape.study.report") / "templates" / name).read_text(encoding="utf-8")


def _facts(results: Results) -> Row:
    tables, options = results.tables, results.options
    main = str(options.get("recipe") or "main")
    spread = spread_facts(tables, options.get("baseline"))
    weights = findings.weight_facts(tables, main)
    indicators = findings.indicator_names(weights)
    balances = flow_findings.balance_facts(tables)
    inputs = findings.read_rows(tables, "inputs")
    return {
        "names": findings.place_names(tables),
        "scores": findings.score_facts(tables, main),
        "weights": weights,
        "indicators": indicators,
        "doubt": doubt_facts(tables, results.manifest),
        "left_out": leave_out_facts(tables, indicators),
        "cells": findings.cell_facts(tables),
        "networks": flow_findings.network_facts(tables, options.get("networks") or ()),
        "structures": flow_findings.structure_facts(tables),
        "balances": balances,
        "contrasts": flow_findings.contrast_facts(tables, balances),
        "spread": spread,
        "scenarios": scenario_facts(tables, spread["titles"]),
        "inputs": inputs,
        "citations": cite_inputs(inputs),
        "notice_rows": findings.read_rows(tables, "notices"),
        **{name: findings.read_rows(tables, name) for name in ("assumptions", "matches")},
    }


def _statuses(
    tables: Mapping[str, pd.DataFrame], words: Words, kinds: Iterable[str], assumptions: int
) -> list[tuple[Pair, list[tuple[str, int]]]]:
    """Count the rows of each kind of data by status."""
    counted: list[tuple[Pair, list[tuple[str, int]]]] = [
        (("Indicator values", "指标值"), findings.status_counts(findings.read_rows(tables, "indicators"))),
    ]
    flows = findings.read_rows(tables, "flows")
    for kind in kinds:
        english, chinese = words.network_pair(kind)
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


def _chance(value: float | None) -> str:
    """Write a share of runs so that neither a rare nor a nearly certain outcome looks like none or all."""
    if value is None or value in (0.0, 1.0):
        return {None: "–", 0.0: "0", 1.0: "100%"}[value]
    return "<0.1%" if value < 0.001 else ">99.9%" if value > 0.999 else _percent(value)


def _shade(value: float | None) -> int:
    """Give the step of shading, 0 to 10, of a share."""
    return max(1, round(10 * value)) if value else 0


def _breakable(key: object) -> Markup:
    """Let a long key path break after its points and underscores."""
    return Markup(str(escape(str(key))).replace(".", ".<wbr>").replace("_", "_<wbr>"))  # noqa: S704


def _manifest(manifest: Mapping[str, Any]) -> str:
    return json.dumps(_without_gaps(manifest), ensure_ascii=False, indent=2, sort_keys=True, default=str)


def _without_gaps(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, Mapping):
        return {str(k): _without_gaps(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_gaps(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
