"""Write a study's results as one offline page that a policy reader can follow from top to bottom.

The page asks for nothing from outside (a content policy in its head forbids it), reads without script, and says
one language or all. Numbers come from the tables alone: every sentence of findings is computed. The same results
give the same bytes.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import pandas as pd
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from ...data import OptionError
from ...data.json_value import json_value
from ...data.styles import vocabulary_styles
from ...data.vocabulary import name_of, terms, with_trait
from ...data.wording.catalogue import LANGUAGES, Text, few, keys, text
from ..facts import network_facts as flow_findings
from ..facts import rows as findings
from ..facts.attribute_facts import attribute_facts
from ..facts.chain_facts import chain_facts
from ..facts.doubt_facts import doubt_facts, leave_out_facts
from ..facts.estimate_facts import estimate_facts
from ..facts.fit_facts import fit_facts
from ..facts.gravity_facts import gravity_facts
from ..facts.rows import Row
from ..facts.spread_facts import scenario_facts, spread_facts
from ..facts.year_facts import year_facts
from ..figures.static_map import StaticMap
from ..plan.analyses import ANALYSES, ANALYSIS_TABLES
from ..plan.assumed import Assumption
from ..plan.schema import Study
from ..wording.markup import attribute, listed, name_mark, spans, t, tell
from ..wording.notices import MOST_NOTICES, Notice
from ..wording.phrases import Words, badge, phrase, phrase_text, tier_mark, word
from . import sentences
from .answer_sentence import answer_sentence
from .chain_sentences import chain_sentences, of_what, word_of
from .cite_inputs import cite_inputs
from .compose_methods import compose_methods
from .draw_charts import draw_charts
from .estimate_sentences import estimate as estimate_said
from .gravity_sentences import gravity_sentences, term_name
from .numbers import chance, fit_decimals, is_percentual, number, percent, shade
from .profile_paths import profile_link
from .show_analyses import show_analyses
from .year_sentences import year_sentences

__all__ = ["page_marks", "render_report"]

# the tables that each section shows, named at its end
FILES: dict[str, tuple[str, ...]] = {
    "data": ("indicators", "index_log", "inputs"),
    "scores": (
        "scores", "score_intervals", "tier_probabilities", "rank_acceptability", "leave_one_out", "levels", "weights",
        "contributions", "disagreements",
    ),
    "network": (
        "flows", "centrality", "balances", "estimate_totals", "estimate_parameters", "gravity", "gravity_fit",
        "gravity_misfits", "structure", "communities",
        "dominant_flows", "roles", "flow_tiers", "tier_agreements",
    ),
    "years": (
        "rank_changes", "tier_transitions", "tier_moves", "tier_mobility", "flow_growth", "turnover",
        "strength_changes",
    ),
    **ANALYSIS_TABLES,
    "diffusion": (
        "reach", "arrivals", "credit", "sources", "fitted", "fit_measures", "fit_calibration", "fit_goodness",
        "cross_validation", "decomposition",
    ),
    "scenarios": ("scenarios", "chain_changes", "tier_changes"),
    "assumed": ("assumptions",),
    "attributes": ("attributes", "attribute_tests"),
    "names": ("matches",),
}  # fmt: skip


# in the order of the page
SECTIONS = (
    "data", "scores", "attributes", "network", "years", *ANALYSES, "diffusion", "scenarios", "map", "methods",
    "assumed", "names", "record",
)  # fmt: skip


class Results(Protocol):
    """What a report needs of a result: study, tables, those of the years shown, assumptions, notices, manifest."""

    @property
    def study(self) -> Study: ...
    @property
    def tables(self) -> Mapping[str, pd.DataFrame]: ...
    @property
    def shown(self) -> Mapping[str, pd.DataFrame]: ...
    @property
    def assumed(self) -> tuple[Assumption, ...]: ...
    @property
    def notices(self) -> tuple[Notice, ...]: ...
    @property
    def manifest(self) -> Mapping[str, Any]: ...


def render_report(
    results: Results, *, map_html: str | None = None, printed_map: StaticMap | None = None,
    profiles: Mapping[str, str] | None = None, language: str = "en",
) -> str:  # fmt: skip
    """Render results as one self-contained HTML page.

    Parameters
    ----------
    results : StudyResults
        What `innoscape.study.run` found; tables may be missing, their sections say so.
    map_html : str, optional
        A whole page holding the map; it is embedded, and ``map.html`` beside the report is linked.
    printed_map : StaticMap, optional
        What stands in place of the map on paper.
    profiles : mapping of str, optional
        Place -> path of its profile, linked from the ranking.
    language : str
        What the page shows when it opens.

    Returns
    -------
    str
        The page. All text of the tables is escaped.

    Raises
    ------
    OptionError
        If the language is outside the choices.

    Examples
    --------
    >>> from innoscape.study import run
    >>> "ranks first of 14 places" in render_report(run(until="score"))
    True
    """
    check_language(language)
    study = results.study
    facts = _facts(results)
    spread = facts["spread"]
    titles = {n.name: Text.of(en=n.title, zh=n.title_zh) for n in study.networks if n.title or n.title_zh}
    channels = study.diffusion.channel_titles if study.diffusion else {}
    words = Words(facts["names"], spread["titles"], titles, study.tiers.order, channels)
    horizon = study.diffusion.horizon if study.diffusion else None
    statuses = _statuses(results, words, [str(n["kind"]) for n in facts["networks"]])
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            **{**facts, "contrasts": [sentences.contrast(fact, words) for fact in facts["contrasts"]]},
            found=sentences.findings(facts, study, words),
            answer=answer_sentence(facts, study, words),
            doubt_texts=sentences.doubts(facts["doubt"], facts["scores"], words) if facts["doubt"]["rows"] else [],
            left_out_text=sentences.left_out(facts["left_out"]) if facts["left_out"]["rows"] else None,
            structure_texts={kind: sentences.structure(fact, words) for kind, fact in facts["structures"].items()},
            estimate_texts={kind: estimate_said(fact, words) for kind, fact in facts["estimates"].items()},
            gravity_texts={kind: gravity_sentences(g, facts["indicators"]) for kind, g in facts["gravities"].items()},
            gravity_term=lambda term: term_name(term, facts["indicators"]),
            year_texts=year_sentences(
                facts["years"], words, pooled=bool(study.index and study.index.panel == "pooled")
            ),
            plan_text=_plan_text(study, words),
            negligible_share=f"{100 * study.diffusion.negligible:g}%" if study.diffusion else "0%",
            chain_texts=chain_sentences(facts["chain"], words, facts["indicators"]),
            of_what=lambda row: of_what(row, words, facts["indicators"]),
            worded=lambda row, end: (said := word_of(row, end, words)) and spans(said),
            cell_statuses=_cell_statuses(facts["cells"]),
            imputed_text=_imputed(facts["imputed"], facts["indicators"], study),
            name=words.name,
            linked=lambda place: profile_link(words.name(place), (profiles or {}).get(str(place))),
            tier=words.tier,
            value=words.value,
            marked_statuses=_marked(statuses),
            meanings=keys("report.data.mark."),
            indicator=lambda key: name_mark(*facts["indicators"].get(str(key), (str(key), str(key)))) if key else "–",
            scenario=words.scenario,
            network=words.network,
            channel=lambda key: spans(words.channel(str(key))),
            notices=[(notice.level, spans(notice.said(words.name))) for notice in results.notices[:MOST_NOTICES]],
            more_notices=max(0, len(results.notices) - MOST_NOTICES),
            statuses=statuses,
            methods=compose_methods(study, results.shown),
            results=results,
            study=study,
            language=language,
            assumptions=results.assumed,
            charts=draw_charts(facts, horizon, words),
            manifest=json.dumps(
                json_value(results.manifest), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False
            ),
            map_html=map_html,
            printed_map=printed_map and {"svg": Markup(printed_map.svg), "caption": printed_map.caption},  # noqa: S704
            analyses=(analyses := show_analyses(results, facts["indicators"], words)),
            sections=_sections(facts, map_html, analyses),
            files={key: [n for n in own if n in results.shown] for key, own in FILES.items()},
            style=Markup(language_styles() + vocabulary_styles(study.tiers.order) + _asset("report.css")),  # noqa: S704
            script=Markup(_asset("report.js")),  # noqa: S704
        )
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_asset), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(number=number, percent=percent, chance=chance, shade=shade, breakable=_breakable)
    marks = {"word": word, "badge": badge, "tier": tier_mark, "phrase": phrase, "phrase_text": phrase_text}
    more = {"fit": fit_decimals, "percentual": is_percentual, "measures_of": _measures_of}
    environment.globals.update({**page_marks(), **marks, **more})
    return environment


def _measures_of(network: Row, rows: Iterable[Row]) -> list[tuple[str, int]]:
    """Return each measure of the places of a network with the decimals of its column."""
    rows = list(rows)
    measures = []
    for column in network["measures"]:
        flow = column.unit == "as the flow"
        decimals = fit_decimals([row[column.name] for row in rows], rough=flow and not network["measured"])
        measures.append((column.name, decimals if flow else max(decimals, 3)))
    return measures


def page_marks() -> dict[str, Any]:
    """Return what templates say sentences and names with."""
    return {
        "t": t,
        "tell": tell,
        "label": attribute,
        "aria": lambda key: attribute(f"report.labels.{key}"),
        "col": lambda key: t(f"report.columns.{key}"),
        "spans": spans,
        "listed": listed,
        "name_mark": name_mark,
        "name_of": name_of,
        "text": text,
        "texts": Text.of,
        "languages": LANGUAGES,
        "said": lambda given: " ".join(dict.fromkeys(map(str, given.said))),
        "tag": lambda language: text("language.tag").in_(language if language in LANGUAGES else LANGUAGES[0]),
    }


def check_language(language: str) -> None:
    """Refuse what is neither a language of the catalogues nor all of them."""
    if language not in (*LANGUAGES, "all"):
        raise OptionError(f"language: needed one of {', '.join((*LANGUAGES, 'all'))}, got {language!r}")


def language_styles() -> str:
    """Return rules that show the language that the reader chose, or every one after another."""
    rules: list[str] = []
    for one in LANGUAGES:
        others = ", ".join(f".{other}" for other in LANGUAGES if other != one)
        rules.append(f":is([data-show={one}], .{one}) :is({others}) {{ display: none; }}")
    later = ", ".join(f".{one}" for one in LANGUAGES[1:])
    every = ", ".join(f".{one}" for one in LANGUAGES)
    rules.append(f'[data-show=all] :is({every}) + :is({later})::before {{ content: " "; }}')
    rules.append(f"[data-show=all] :is({later}) {{ color: var(--soft); }}")
    rules.append(f"[data-show=all] svg :is({later}) {{ display: none; }}")
    return "\n".join(rules) + "\n"


def _sections(facts: Row, map_html: str | None, analyses: Mapping[str, object]) -> list[str]:
    """List the sections, without a map or matched names where there are none."""
    left_out = {"map"} if map_html is None else set()
    if not facts["matches"]:
        left_out.add("names")
    if not facts["attributes"]["rows"]:
        left_out.add("attributes")
    if not any(facts["years"].values()):
        left_out.add("years")
    left_out |= {*ANALYSES} - {*analyses}
    return [section for section in SECTIONS if section not in left_out]


def _asset(name: str) -> str:
    return (files(__package__ or "innoscape.study.report") / "templates" / name).read_text(encoding="utf-8")


def _facts(results: Results) -> Row:
    tables, study = results.shown, results.study
    main = study.index.recipes[0].name if study.index else "main"
    tiers = study.tiers.order
    spread = spread_facts(tables, tiers=tiers)
    weights = findings.weight_facts(tables, main)
    indicators = findings.indicator_names(weights)
    directed = {n.name for n in study.networks if n.directed}
    balances = flow_findings.balance_facts(tables, directed)
    inputs = findings.read_rows(tables, "inputs")
    # totals by tier shaped these flows, tables of totals did not
    estimated = {n.name for n in study.networks if n.estimate and not n.estimate.from_margins}
    return {
        "names": findings.place_names(tables),
        "scores": findings.score_facts(tables, main, tiers),
        "weights": weights,
        "indicators": indicators,
        "doubt": doubt_facts(tables, study.index.robustness if study.index else None, tiers),
        "left_out": leave_out_facts(tables, indicators),
        "cells": findings.cell_facts(tables),
        "imputed": findings.imputed_facts(results.tables.get("index_log"), main),
        "networks": flow_findings.network_facts(tables, [n.name for n in study.networks], directed),
        "estimates": estimate_facts(tables, study),
        "gravities": gravity_facts(tables, study),
        "structures": flow_findings.structure_facts(tables, estimated, tiers),
        "balances": balances,
        "years": year_facts({**tables, **_of_all_years(results)}, [n.name for n in study.networks], tiers),
        "contrasts": flow_findings.contrast_facts(tables, balances),
        "spread": spread,
        "fit_found": fit_facts(tables),
        "scenarios": scenario_facts(tables, spread["titles"], tiers=tiers),
        "chain": chain_facts(tables, spread["titles"]),
        "inputs": inputs,
        "citations": cite_inputs(inputs),
        "matches": findings.read_rows(tables, "matches"),
        "attributes": attribute_facts(tables),
        "placed": findings.tier_places(tables, tiers),
        "scoped": any(r["scope"] and r["scope"] != r["place"] for r in findings.read_rows(tables, "centers")),
    }


def _of_all_years(results: Results) -> dict[str, pd.DataFrame]:
    """Return the balances of every year, where there are several."""
    table = results.tables.get("balances")
    return {} if table is None or "year" not in table else {"balances": table}


def _plan_text(study: Study, words: Words) -> Text | None:
    """Say how often, how long and from where diffusion was simulated."""
    plan = study.diffusion
    if plan is None:
        return None
    horizon = number(plan.horizon, fit_decimals([plan.horizon]))
    return listed(
        [
            tell("report.diffusion.runs", runs=number(plan.runs, 0)),
            tell("report.diffusion.horizon", n=plan.horizon, horizon=horizon),
            tell("report.diffusion.start", places=words.places(plan.seeds)),
        ],
        by="list.sentence",
    )


def _imputed(counts: list[tuple[str, int]], names: Mapping[str, tuple[str, str]], study: Study) -> Text | None:
    """Say how many cells the main recipe filled, and of which indicators."""
    if not counts or study.index is None:
        return None
    said = []
    for key, n in counts:
        english, chinese = names.get(key, (key, key))
        said.append(text("report.data.imputed_of", indicator=Text.of(en=english, zh=chinese), n=n))
    return text(
        "report.data.imputed",
        n=sum(n for _, n in counts),
        recipe=study.index.recipes[0].name,
        which=few(said, most=8),
    )


def _cell_statuses(cells: Row) -> list[Text]:
    return [
        tell(
            "report.data.cells_status", count=count, status=name_of(status, "statuses"),
            share=percent(count / cells["total"]),
        )
        for status, count in cells["statuses"]
    ]  # fmt: skip


def _statuses(results: Results, words: Words, kinds: Iterable[str]) -> list[tuple[Text, list[tuple[str, int]]]]:
    """Count the rows of each kind of data by status."""
    tables = results.shown
    counted = [(text("report.data.indicator_values"), findings.status_counts(findings.read_rows(tables, "indicators")))]
    flows = findings.read_rows(tables, "flows")
    for kind in kinds:
        own = findings.status_counts(r for r in flows if str(r["kind"]) == kind)
        counted.append((text("report.data.flows", network=words.network_text(kind)), own))
    centers = findings.read_rows(tables, "centers")
    counted.append((text("report.data.tiers"), findings.status_counts(centers, "tier_status")))
    if results.assumed:
        counted.append((text("report.data.settings"), [("assumed", len(results.assumed))]))
    return [entry for entry in counted if entry[1]]


def _marked(statuses: list[tuple[Text, list[tuple[str, int]]]]) -> list[str]:
    """Return the statuses to explain: those of tables that are read, and those that the results hold."""
    held = {status for _, counts in statuses for status, _ in counts} | {*with_trait("statuses", "input")}
    return [status for status in terms("statuses") if status in held]


def _breakable(key: object) -> Markup:
    """Let a long key path break after its points and underscores."""
    return Markup(str(escape(str(key))).replace(".", ".<wbr>").replace("_", "_<wbr>"))  # noqa: S704
