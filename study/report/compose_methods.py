"""Compose the section on methods of the steps that ran, each with its sentence, its formula and its works."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from unicodedata import combining, normalize

import pandas as pd
from markupsafe import Markup

from ...data.methods import ChosenMethod, Method, Work, method_of, works
from ...data.vocabulary import name_of
from ...data.wording.catalogue import LANGUAGES, Text, join_texts, look_up, plain, text
from ...geo.index.recipe import Recipe
from ...geo.robustness.leave_out import leave_out
from ...geo.robustness.uncertainty import uncertainty
from ...geo.tiers.agreement import tier_agreement
from ...geo.tiers.breaks import TIER_METHODS
from ...geo.tiers.from_flows import flow_tiers
from ...geo.tiers.mobility import tier_mobility
from ...network.diffusion.fit.decompose import decompose
from ...network.diffusion.fit.fit_diffusion import fit_diffusion
from ...network.diffusion.model.channel import CHANNELS, DECAYS, TIE_SCALES
from ...network.diffusion.model.hazard_rates import hazard_rates
from ...network.diffusion.scenarios.compare_scenarios import compare_scenarios
from ...network.diffusion.simulate.simulate import simulate
from ...network.flows.balances import balances
from ...network.measures.centrality import DESCRIBED
from ...network.measures.summary import network_summary
from ...network.structure.block_roles import block_roles
from ...network.structure.brokerage import brokerage
from ...network.structure.communities import communities
from ...network.structure.core_periphery import core_periphery
from ...network.structure.dominant_flows import dominant_flows
from ...network.structure.mixing import mixing
from ...network.structure.turnover import turnover
from ..plan.diffusion import Diffusion, DiffusionChannel
from ..plan.diffusion_fit import KINDS
from ..plan.schema import Robustness, Study
from .describe_estimates import describe_estimates
from .describe_gravities import describe_gravities
from .show_analyses import describe_analyses

__all__ = [
    "DIFFUSION",
    "FLOWS",
    "OWN",
    "RATE_FITS",
    "ROBUSTNESS",
    "STRUCTURE",
    "YEARS",
    "Entry",
    "Methods",
    "Section",
    "compose_methods",
    "describe",
    "recipe_entries",
]

ROBUSTNESS = {"uncertainty": uncertainty, "leave_out": leave_out}
FLOWS = {"balances": balances}
# where a channel of the study's own reaches
OWN = Method("m(i, j) = w<sub>ij</sub>", ("hagerstrand1967",))
RATE_FITS = {"adoptions": fit_diffusion, "flows": decompose}
DIFFUSION = {"rates": hazard_rates, "simulate": simulate, "scenarios": compare_scenarios}
STRUCTURE = {
    "summary": network_summary,
    "communities": communities,
    "dominant_flows": dominant_flows,
    "core_periphery": core_periphery,
    "block_roles": block_roles,
    "mixing": mixing,
    "brokerage": brokerage,
    "flow_tiers": flow_tiers,
    "tier_agreement": tier_agreement,
}
YEARS = {"mobility": tier_mobility, "turnover": turnover}
# the table of results that shows that a step ran
_SHOWN_BY = {
    "summary": "structure",
    "communities": "communities",
    "dominant_flows": "dominant_flows",
    "core_periphery": "roles",
    "block_roles": "roles",
    "mixing": "brokerage",
    "brokerage": "brokerage",
    "flow_tiers": "flow_tiers",
    "tier_agreement": "tier_agreements",
    "mobility": "tier_mobility",
    "turnover": "turnover",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What the section says of one step."""

    says: Text
    formula: str = ""
    works: tuple[Work, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """The steps of one part of the study, in paragraphs that end with a formula."""

    title: Text
    paragraphs: tuple[tuple[Entry, ...], ...]


@dataclass(frozen=True, slots=True)
class Methods:
    """The section on methods.

    Attributes
    ----------
    summary : Text or None
        One sentence on the scores of the main recipe, their range among it.
    sections : tuple of Section
    works : tuple of Work
        What the steps cite, by author and year.
    """

    summary: Text | None
    sections: tuple[Section, ...]
    works: tuple[Work, ...]


def compose_methods(study: Study, tables: Mapping[str, pd.DataFrame]) -> Methods:
    """Compose the section of the steps that a study took, as its tables show.

    Examples
    --------
    >>> from innoscape.study import run
    >>> results = run(until="score")
    >>> methods = compose_methods(results.study, results.shown)
    >>> [str(section.title) for section in methods.sections]
    ['Scores', 'Tiers', 'How sure ranks and tiers are']
    """
    parts = {
        "score": _score(study, tables),
        "tiers": _tiers(study, tables),
        "robustness": _robustness(study, tables),
        "network": _network(tables),
        "estimate": describe_estimates(study, describe, _indicator_names(tables)) if "flows" in tables else [],
        "gravity": describe_gravities(study, describe) if "gravity" in tables else [],
        "structure": _shown("structure", STRUCTURE, tables, study),
        "years": _shown("years", YEARS, tables, study),
        **describe_analyses(study, tables, describe),
        "diffusion": _diffusion(study, tables),
    }
    sections = tuple(
        Section(text(f"methods.title.{part}"), tuple(_paragraphs(entries)))
        for part, entries in parts.items()
        if entries
    )
    cited = {work for entries in parts.values() for entry in entries for work in entry.works}
    ordered = tuple(sorted(cited, key=lambda work: (_unaccented(work.authors), work.year, work.key)))
    return Methods(_summary(study, tables), sections, ordered)


def _unaccented(name: str) -> str:
    """Return letters without their marks, as lists of names are ordered."""
    return "".join(sign for sign in normalize("NFKD", name) if not combining(sign)).casefold()


def describe(chosen: ChosenMethod, *, lead: Text | None = None) -> Entry:
    """Say what a method does under its options.

    Examples
    --------
    >>> entry = describe(ChosenMethod("aggregate", "power", options={"p": 0.5}))
    >>> str(entry.says)
    'The score is the weighted power mean with exponent p = 0.5.'
    """
    key = f"methods.{chosen.kind}.{chosen.name}"
    values = {option: _value(f"{key}.{option}", value) for option, value in chosen.options.items()}
    says = text(f"{key}.says", **values)
    leads = [*([lead] if lead else []), *([text(f"methods.at.{chosen.at}")] if chosen.at else [])]
    for one in reversed(leads):
        says = text("methods.about.lead", lead=one, says=says)
    cited = tuple(works()[reference] for reference in chosen.method.references)
    return Entry(says, Markup(chosen.formula), cited)  # noqa: S704 - formulas are ours


def _value(key: str, value: Any) -> Text:  # noqa: ANN401 - an option may be of any type
    """Say the value of an option: in the words of the catalogue, else as it is."""
    if isinstance(value, Mapping):
        colon = text("list.colon")
        pairs = [
            Text(_joined(name if isinstance(name, Text) else name_of(name), colon, _value(key, one)))
            for name, one in value.items()
        ]
        return join_texts(pairs) if pairs else text("methods.about.not_given")
    if isinstance(value, list | tuple):
        return join_texts([_value(key, one) for one in value])
    word = "none" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    if isinstance(value, float) and look_up(LANGUAGES[0], f"{key}.zero") is not None:
        word = "other" if value else "zero"
    if look_up(LANGUAGES[0], f"{key}.{word}") is not None:
        return text(f"{key}.{word}", value=value)
    if value is None:
        return text("methods.about.not_given")
    kind = key.split(".")[1] if key.endswith((".first", ".second")) or ".by_indicator." in key else ""
    if kind and look_up(LANGUAGES[0], f"methods.{kind}.{word}.name") is not None:
        return text(f"methods.{kind}.{word}.name")
    said = f"{value:g}" if isinstance(value, float) else word
    return value if isinstance(value, Text) else plain(said)


def _joined(*parts: Text) -> tuple[str, ...]:
    return tuple("".join(part.in_(language) for part in parts) for language in LANGUAGES)


def _paragraphs(entries: Iterable[Entry]) -> Iterator[tuple[Entry, ...]]:
    """Gather entries into paragraphs, each of which ends with its formula or where another has begun."""
    gathered: list[Entry] = []
    for entry in entries:
        gathered.append(entry)
        if entry.formula:
            yield tuple(gathered)
            gathered = []
    if gathered:
        yield tuple(gathered)


def _score(study: Study, tables: Mapping[str, pd.DataFrame]) -> list[Entry]:
    if study.index is None or "scores" not in tables:
        return []
    recipes = {recipe.name: recipe.choices for recipe in study.index.recipes}
    return [Entry(text("methods.about.symbols")), *recipe_entries(recipes), Entry(text("methods.about.nested"))]


def recipe_entries(recipes: Mapping[str, Recipe]) -> Iterator[Entry]:
    """Describe the steps of some recipes in their order: once what they share, else each with the names it serves."""
    steps = {name: _by_kind(recipe.methods()) for name, recipe in recipes.items()}
    for kind in dict.fromkeys(kind for own in steps.values() for kind in own):
        serving: list[tuple[tuple[ChosenMethod, ...], list[str]]] = []
        for name, own in steps.items():
            if kind not in own:
                continue
            known = next((names for chosen, names in serving if chosen == own[kind]), None)
            if known is None:
                serving.append((own[kind], [name]))
            else:
                known.append(name)
        for chosen, names in serving:
            shared = len(names) == len(steps)
            lead = None if shared else text("methods.about.recipe", recipes=join_texts(map(name_of, names)))
            for i, one in enumerate(chosen):
                yield describe(one, lead=None if i else lead)


def _by_kind(chosen: Sequence[ChosenMethod]) -> dict[str, tuple[ChosenMethod, ...]]:
    return {kind: tuple(own) for kind, own in groupby(chosen, key=lambda one: one.kind)}


def _summary(study: Study, tables: Mapping[str, pd.DataFrame]) -> Text | None:
    scores = tables.get("scores", pd.DataFrame()).get("score", pd.Series(dtype=float)).dropna()
    if study.index is None or scores.empty:
        return None
    main = study.index.recipes[0]
    last = {one.kind: one for one in main.choices.methods() if one.at not in ("first", "second", "own")}
    names = {kind: text(f"methods.{kind}.{last[kind].name}.name") for kind in ("normalize", "weigh", "aggregate")}
    low, high = (f"{value:.3f}".replace("-", "−") for value in (scores.min(), scores.max()))
    return text("methods.about.range", recipe=name_of(main.name), low=low, high=high, **names)


def _tiers(study: Study, tables: Mapping[str, pd.DataFrame]) -> list[Entry]:
    if study.index is None or "tier" not in tables.get("scores", ()):
        return []
    method = study.tiers.method
    found = [describe(ChosenMethod("tiers", method, TIER_METHODS[method], study.tiers.options))]
    if tables["scores"].get("published_tier", pd.Series(dtype=object)).notna().any():
        found.append(Entry(text("methods.about.compared")))
    return found


def _robustness(study: Study, tables: Mapping[str, pd.DataFrame]) -> list[Entry]:
    plan = study.index.robustness if study.index else None
    if plan is None:
        return []
    ran = {"uncertainty": "score_intervals", "leave_out": "leave_one_out"}
    options = {"runs": plan.runs, "seed": plan.seed, "drawn": _drawn(study, plan)}
    return [
        describe(ChosenMethod("robustness", name, method_of(function), options))
        for name, function in ROBUSTNESS.items()
        if ran[name] in tables
    ]


def _drawn(study: Study, plan: Robustness) -> Text:
    """Say what every run draws: only what varies."""
    drawn = [text("methods.about.draw_recipe")] if study.index and len(study.index.recipes) > 1 else []
    if plan.weight_noise:
        drawn.append(text("methods.about.draw_weights", noise=_value("", plan.weight_noise)))
    if cells := {status: noise for status, noise in plan.data_noise.items() if noise}:
        drawn.append(text("methods.about.draw_cells", noise=_value("", cells)))
    return join_texts(drawn, by="list.clause") if drawn else text("methods.about.draw_nothing")


def _network(tables: Mapping[str, pd.DataFrame]) -> list[Entry]:
    table = tables.get("centrality")
    if table is None:
        return []
    measured = [name for name in DESCRIBED if name in table and table[name].notna().any()]
    found = [describe(ChosenMethod("network", name, DESCRIBED[name])) for name in measured]
    if "balances" in tables:
        found += [describe(ChosenMethod("flows", name, method_of(function))) for name, function in FLOWS.items()]
    return found


def _indicator_names(tables: Mapping[str, pd.DataFrame]) -> dict[str, Text]:
    """Name the indicators of the framework in each language, where it does."""
    table = tables.get("framework")
    if table is None or "name_en" not in table:
        return {}
    names = table.set_index("indicator").reindex(columns=["name_en", "name_zh"]).dropna(subset=["name_en"])
    names["name_zh"] = names["name_zh"].fillna(names["name_en"])
    return {key: Text.of(en=str(row.name_en), zh=str(row.name_zh)) for key, row in names.iterrows()}


def _shown(kind: str, steps: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], study: Study) -> list[Entry]:
    """Describe the steps whose tables are there."""
    seed = {"seed": study.diffusion.seed if study.diffusion else 0}
    return [
        describe(ChosenMethod(kind, name, method_of(function), seed))
        for name, function in steps.items()
        if _SHOWN_BY[name] in tables
    ]


def _diffusion(study: Study, tables: Mapping[str, pd.DataFrame]) -> list[Entry]:
    plan = study.diffusion
    if plan is None or "arrivals" not in tables:
        return []
    options = {"runs": plan.runs, "seed": plan.seed, "horizon": plan.horizon}
    ran = ["rates", "simulate", *(["scenarios"] if study.scenarios else [])]
    entries = {name: describe(ChosenMethod("diffusion", name, method_of(DIFFUSION[name]), options)) for name in ran}
    found = tables.get("fitted", pd.DataFrame(columns=["parameter", "value"])).dropna(subset=["value"])
    fitted = dict(zip(found["parameter"], found["value"], strict=True))
    channels = [entry for channel in plan.channels for entry in _channel(channel, fitted)]
    return [entries.pop("rates"), *channels, *_fit(plan, fitted), *entries.values()]


def _fit(plan: Diffusion, fitted: Mapping[str, float]) -> Iterator[Entry]:
    """Describe what the fitted numbers were fitted to, and how."""
    if plan.fit is None or not fitted:
        return
    options = {"names": join_texts(fitted), "draws": plan.fit.draws}
    options["level"] = f"{100 * plan.fit.confidence_level:g}"
    name = "adoptions" if plan.fit.adoptions else "flows"
    yield describe(ChosenMethod("fit", name, method_of(RATE_FITS[name]), options))


def _channel(channel: DiffusionChannel, fitted: Mapping[str, float]) -> Iterator[Entry]:
    """Describe where a channel reaches, what its flows are divided by, and how it weakens."""
    own = {kind: f"{fitted[key]:.3g}" for kind in KINDS if (key := f"{channel.name}.{kind}") in fitted}
    options = channel.model_dump() | own
    if channel.pairs is None:
        chosen = [ChosenMethod("channel", channel.name, CHANNELS[channel.name], options)]
    else:
        options["title"] = Text.of(en=channel.title or channel.name, zh=channel.title_zh or channel.title)
        chosen = [ChosenMethod("channel", "own", OWN, options)]
    if channel.name == "tie":
        chosen.append(ChosenMethod("scale", channel.normalize, TIE_SCALES[channel.normalize], options))
    chosen.append(ChosenMethod("decay", channel.decay, DECAYS[channel.decay], options))
    return map(describe, chosen)
