"""Write a study's results as one offline page that a policy reader can follow from top to bottom.

The page asks for nothing from outside (a content policy in its head forbids it), reads without script, and says
one language or all. Numbers come from the tables alone: every sentence of findings is computed. The same results
give the same bytes.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from ...data import OptionError
from ...data.json_value import json_value
from ...data.styles import vocabulary_styles
from ...data.vocabulary import name_of, terms, with_trait
from ...data.wording.catalogue import LANGUAGES, Text, few, join_texts, keys, languages, text
from ...data.wording.reader_language import reader_language_script
from ..facts import rows as findings
from ..facts.rows import Row
from ..figures.scenario_maps import ScenarioMaps
from ..figures.static_map import StaticMap
from ..plan.analyses import ANALYSES, ANALYSIS_TABLES
from ..plan.schema import Study
from ..wording.markup import attribute, listed, name_mark, spans, t, tell
from ..wording.notices import MOST_NOTICES
from ..wording.phrases import Words, badge, phrase, phrase_text, tier_mark, word
from . import sentences
from .answer_sentence import answer_sentence
from .chain_sentences import chain_sentences, of_what, word_of
from .compose_methods import compose_methods
from .draw_charts import draw_charts
from .draw_composition import draw_composition
from .draw_relations import draw_flow_tables, draw_ranks
from .estimate_sentences import estimate as estimate_said
from .gather_facts import Results, gather_facts, words_of
from .gravity_sentences import gravity_sentences, term_name
from .numbers import MOST_ROWS, chance, fit_decimals, is_percentual, number, percent, shade
from .profile_paths import profile_link
from .show_analyses import show_analyses
from .year_sentences import year_sentences

__all__ = ["page_environment", "page_marks", "render_report"]

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
        "dominant_flows", "roles", "brokerage", "flow_tiers", "tier_agreements",
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


def render_report(
    results: Results, *, map_html: str | None = None, printed_map: StaticMap | None = None,
    effect_maps: ScenarioMaps | None = None, profiles: Mapping[str, str] | None = None, language: str | None = None,
) -> str:  # fmt: skip
    """Render results as one self-contained HTML page.

    Parameters
    ----------
    results : StudyResults
        What `innoscape.study.run` found; tables may be missing, their sections say so.
    map_html : str, optional
        A whole page holding the map; it is embedded, and ``map.html`` beside the report is linked.
    printed_map : StaticMap, optional
        The first figure; on paper it stands in place of the map that moves.
    effect_maps : ScenarioMaps, optional
        Small maps of what each scenario changes.
    profiles : mapping of str, optional
        Place -> path of its profile, linked from the ranking.
    language : str, optional
        What the page shows when it opens, unless the reader chose before; the browser's language when not given.

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
    facts = gather_facts(results)
    words = words_of(study, facts)
    horizon = study.diffusion.horizon if study.diffusion else None
    statuses = _statuses(results, words, [str(n["kind"]) for n in facts["networks"]])
    return (
        page_environment()
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
            cell_statuses=cell_statuses(facts["cells"]),
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
            cut_notices=any(notice.cut for notice in results.notices[:MOST_NOTICES]),
            statuses=statuses,
            methods=compose_methods(study, results.shown),
            results=results,
            study=study,
            language=language,
            assumptions=results.assumed,
            charts=draw_charts(facts, horizon, words)
            | {key: Markup(svg) for key, svg in draw_composition(results.shown, facts, words).items()}  # noqa: S704
            | {
                "flows": draw_flow_tables(facts["networks"], words),
                "ranks": draw_ranks(facts["years"]["scores"], words),
            },
            few_places=words.few,
            beyond="–" if horizon is None else f">{number(horizon, fit_decimals([horizon]))}",
            citation=citation(results),
            manifest=json.dumps(
                json_value(results.manifest), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False
            ),
            map_html=map_html,
            printed_map=printed_map and {"svg": Markup(printed_map.svg), "caption": printed_map.caption},  # noqa: S704
            effect_maps=effect_maps
            and {
                "panels": [(title, Markup(svg)) for title, svg in effect_maps.panels],  # noqa: S704
                "key": Markup(effect_maps.key),  # noqa: S704
                "caption": effect_maps.caption,
            },
            analyses=(analyses := show_analyses(results, facts["indicators"], words)),
            sections=_sections(facts, map_html, analyses),
            files={key: [n for n in own if n in results.shown] for key, own in FILES.items()},
            style=Markup(language_styles() + vocabulary_styles(study.tiers.order) + _styles()),  # noqa: S704
            opening=Markup(opening_script()),  # noqa: S704
            script=Markup(template_text("report.js") + template_text("take_away.js")),  # noqa: S704
        )
    )


@cache
def page_environment() -> Environment:
    """Return what fills the templates of pages, with the marks that they write."""
    environment = Environment(
        loader=FunctionLoader(template_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=number, percent=percent, chance=chance, shade=shade, breakable=_breakable)
    marks = {"word": word, "badge": badge, "tier": tier_mark, "phrase": phrase, "phrase_text": phrase_text}
    more = {"fit": fit_decimals, "percentual": is_percentual, "measures_of": _measures_of, "most_rows": MOST_ROWS}
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


def check_language(language: str | None) -> None:
    """Refuse what is neither a language of the catalogues nor all of them."""
    if language is not None and language not in (*LANGUAGES, "all"):
        raise OptionError(
            text("faults.calls.render_report.language", v=join_texts((*LANGUAGES, "all")), language=repr(language))
        )


def opening_script() -> str:
    """Return the script of the head of a page, which shows it in its reader's language before it is painted."""
    tags = {one["key"]: one["tag"] for one in languages()} | {"all": languages()[0]["tag"]}
    return reader_language_script() + template_text("opening.js").replace("TAGS", json.dumps(tags))


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


def _styles() -> str:
    return template_text("report.css") + template_text("paper.css")


def template_text(name: str) -> str:
    """Read a template, style sheet or script of the pages."""
    return (files(__package__ or "innoscape.study.report") / "templates" / name).read_text(encoding="utf-8")


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


def citation(results: Results) -> Text:
    """Say how the report is cited: its title, the program and its version, the seed."""
    study = results.study
    version = results.manifest.get("versions", {}).get("innoscape")
    values = {"title": Text.of(en=study.title or study.name, zh=study.title_zh or study.title or study.name)}
    if study.diffusion is None or version is None:
        return tell("report.record.citation_short", **values)
    return tell("report.record.citation", **values, version=str(version), seed=str(study.diffusion.seed))


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
        which=few(said, most=5),
    )


def cell_statuses(cells: Row) -> list[Text]:
    """Say how many cells of indicators have each status."""
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
