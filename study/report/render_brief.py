"""Write a study's answer on two printed pages for a policy reader: map, five findings, ranking, scenario effects.

The brief says what the report says, in the same sentences over the same facts, and leaves out the rest. The page asks
for nothing from outside, says one language or all, and the same results give the same bytes.
"""

from markupsafe import Markup

from ...data.styles import vocabulary_styles
from ..figures.static_map import StaticMap
from ..wording.phrases import Words
from . import sentences
from .answer_sentence import answer_sentence
from .draw_charts import draw_charts
from .gather_facts import Results, gather_facts, words_of
from .render_report import (
    cell_statuses,
    check_language,
    citation,
    language_styles,
    opening_script,
    page_environment,
    template_text,
)

__all__ = ["render_brief"]

# what two pages hold
_FINDINGS, _RANKED, _EFFECTS, _CLEAR = 5, 12, 3, 6


def render_brief(results: Results, *, printed_map: StaticMap | None = None, language: str | None = None) -> str:
    """Render results as a brief of two printed pages.

    Parameters
    ----------
    results : StudyResults
        What `innoscape.study.run` found; what is missing is left out.
    printed_map : StaticMap, optional
        The map below the answer.
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
    >>> "Five findings" in render_brief(run(until="simulate", runs=20))
    True
    """
    check_language(language)
    study = results.study
    facts = gather_facts(results)
    words: Words = words_of(study, facts)
    found = sentences.findings(facts, study, words)[:_FINDINGS]
    # every clear effect, each for itself
    alone = [{**fact, "ends": fact["clear"][:_CLEAR], "count": 1} for fact in facts["scenarios"]["effects"]]
    effects = [sentences.scenario_effect(fact, words) for fact in alone[:_EFFECTS] if fact["ends"]]
    ranked = [row for row in facts["scores"]["rows"] if row["score"] is not None]
    doubt = facts["doubt"]
    return (
        page_environment()
        .get_template("brief.html.j2")
        .render(
            study=study,
            language=language,
            answer=answer_sentence(facts, study, words),
            printed_map=printed_map and {"svg": Markup(printed_map.svg), "caption": printed_map.caption},  # noqa: S704
            found=found,
            ranked=ranked[:_RANKED],
            total=len(ranked),
            intervals=doubt["intervals"],
            effects=effects,
            charts=draw_charts(facts, study.diffusion.horizon if study.diffusion else None, words)["differences"][:1],
            doubts=sentences.doubts(doubt, facts["scores"], words) if doubt["rows"] else [],
            unvaried=bool(ranked) and not doubt["rows"],
            cells=facts["cells"],
            cell_statuses=cell_statuses(facts["cells"]),
            settings=len(results.assumed),
            name=words.name,
            tier=words.tier,
            citation=citation(results),
            style=Markup(  # noqa: S704
                language_styles()
                + vocabulary_styles(study.tiers.order)
                + "".join(template_text(f"{name}.css") for name in ("report", "paper", "brief"))
            ),
            opening=Markup(opening_script()),  # noqa: S704
            script=Markup(template_text("report.js")),  # noqa: S704
        )
    )
