"""The section on methods says what ran, with the values that ran, in every language, and nothing else."""

import re
import warnings

import pytest
from samples import edit

from innoscape import geo, network
from innoscape.data import InnoscapeWarning, StudyError
from innoscape.data.methods import ChosenMethod, method_of, works
from innoscape.data.wording.catalogue import LANGUAGES, keys, look_up
from innoscape.geo import Recipe
from innoscape.geo.index.aggregate.tree import AGGREGATES
from innoscape.geo.index.normalize.scale import NORMALIZERS
from innoscape.geo.index.prepare.denominate import DENOMINATIONS
from innoscape.geo.index.prepare.impute import IMPUTATIONS
from innoscape.geo.index.prepare.outliers import TREATMENTS
from innoscape.geo.index.prepare.screen import SCREENS
from innoscape.geo.index.recipe import ORDERS, PANELS
from innoscape.geo.index.weigh.registry import WEIGHINGS
from innoscape.geo.pattern.inequality_measures import MEASURES
from innoscape.geo.ranks import TIES
from innoscape.geo.tiers.breaks import TIER_METHODS
from innoscape.network import Channel
from innoscape.network.diffusion.model.channel import CHANNELS, DECAYS, TIE_SCALES
from innoscape.network.flows.shapes import BALANCES, FITS, SHAPES, TOTALS, WITHIN
from innoscape.network.measures.centrality import DESCRIBED
from innoscape.study import bundled_study, read_study, run
from innoscape.study.report.compose_methods import (
    DIFFUSION,
    FLOWS,
    OWN,
    RATE_FITS,
    ROBUSTNESS,
    STRUCTURE,
    YEARS,
    compose_methods,
    describe,
    recipe_entries,
)
from innoscape.study.report.describe_audit import AUDIT
from innoscape.study.report.describe_concentration import CONCENTRATION, INEQUALITY
from innoscape.study.report.describe_gravities import GRAVITY, GRAVITY_PAIRS
from innoscape.study.report.describe_pattern import PATTERN, WEIGHTS
from innoscape.study.report.describe_regression import REGRESSION
from innoscape.study.report.describe_siting import SITING, SITING_RULES
from innoscape.study.report.describe_typology import TYPOLOGY
from innoscape.study.report.render_report import render_report

# every kind of step with its methods by name
REGISTRIES = {
    "screen": SCREENS,
    "impute": IMPUTATIONS,
    "denominate": DENOMINATIONS,
    "order": ORDERS,
    "treat": TREATMENTS,
    "normalize": NORMALIZERS,
    "weigh": WEIGHINGS,
    "aggregate": {name: one.score for name, one in AGGREGATES.items()},
    "panel": PANELS,
    "ties": TIES,
    "tiers": TIER_METHODS,
    "robustness": ROBUSTNESS,
    "network": DESCRIBED,
    "flows": FLOWS,
    "structure": STRUCTURE,
    "years": YEARS,
    "diffusion": DIFFUSION,
    "channel": CHANNELS | {"own": OWN},
    "fit": RATE_FITS,
    "decay": DECAYS,
    "scale": TIE_SCALES,
    "estimate": SHAPES,
    "estimate_totals": TOTALS,
    "estimate_within": WITHIN,
    "estimate_fit": FITS,
    "balance": BALANCES,
    "gravity": GRAVITY,
    "weights": WEIGHTS,
    "pattern": PATTERN,
    "inequality": INEQUALITY,
    "concentration": CONCENTRATION,
    "regression": REGRESSION,
    "gravity_pairs": GRAVITY_PAIRS,
    "siting": SITING,
    "siting_rules": SITING_RULES,
    "typology": TYPOLOGY,
    "audit": AUDIT,
}
# documented methods that are called from Python alone
PUBLIC = [getattr(room, name) for room in (geo, network) for name in room.__all__]
PUBLIC += [measure.compute for measure in MEASURES.values()]
# kinds whose methods are conventions of counting, without a work to cite
CONVENTIONS = (
    "order",
    "ties",
    "scale",
    "balance",
    "panel",
    "estimate_totals",
    "estimate_within",
    "gravity_pairs",
    "siting_rules",
    "typology",
    "audit",
)
NEEDED = {
    ("impute", "group_mean"): {"groups": "part_of"},
    ("impute", "group_median"): {"groups": "part_of"},
    ("denominate", "divide"): {"by": {"patents": "people"}},
    ("normalize", "distance_to_target"): {"target": 5.0},
    ("normalize", "distance_to_reference"): {"reference": "A"},
    ("normalize", "goalposts"): {"low": 0.0, "high": 10.0},
    ("normalize", "optimum"): {"best": 5.0},
    ("weigh", "ahp"): {"matrix": [[1, 2], [0.5, 1]]},
}
RECIPE_KINDS = ("screen", "impute", "denominate", "order", "treat", "normalize", "weigh", "aggregate", "panel", "ties")
OPTIONS = [(kind, name) for kind in RECIPE_KINDS for name in REGISTRIES[kind]]
ALL = [(kind, name) for kind, registry in REGISTRIES.items() for name in registry]


def recipe_with(kind, name):
    parameters = NEEDED.get((kind, name), {})
    step = {"method": name, **parameters} if parameters else name
    panel = {"panel": "yearly"} if (kind, name) == ("impute", "interpolate") else {}
    if kind == "order":
        panel = {"impute": "mean", "denominate": {"method": "divide", **NEEDED["denominate", "divide"]}}
    return Recipe(**{kind: step, **panel})


def pattern(language, kind, name):
    """The sentence of a method with its values left open."""
    sentence = look_up(language, f"methods.{kind}.{name}.says")
    return re.compile(re.sub(r"\\\{\w+\\\}", "(.+)", re.escape(sentence)))


@pytest.mark.parametrize(("kind", "name"), OPTIONS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_recipe_is_described_by_the_sentences_formulas_and_works_of_its_own_steps(language, kind, name):
    chosen = next(one for one in recipe_with(kind, name).methods() if (one.kind, one.name) == (kind, name))
    entries = list(recipe_entries({"main": recipe_with(kind, name)}))
    # the parts of a combined weighting are methods of the same kind
    parts = [one.name for one in recipe_with(kind, name).methods() if one.kind == kind]
    own = [entry for entry in entries if pattern(language, kind, name).fullmatch(entry.says.in_(language))]
    assert len(own) == 1
    method = method_of(REGISTRIES[kind][name])
    assert own[0].formula == method.formula_for(chosen.options)
    assert [work.key for work in own[0].works] == list(method.references)
    for other in set(REGISTRIES[kind]) - set(parts):
        assert not any(pattern(language, kind, other).search(entry.says.in_(language)) for entry in entries)
    assert "{" not in own[0].says.in_(language)


def test_formulas_of_one_kind_differ_unless_two_names_share_a_problem():
    for kind in RECIPE_KINDS:
        formulas = [
            one.formula
            for name in REGISTRIES[kind]
            for one in recipe_with(kind, name).methods()
            if (one.kind, one.name) == (kind, name) and one.formula
        ]
        assert len(set(formulas)) == len(formulas), kind


@pytest.mark.parametrize(("kind", "name"), ALL)
def test_every_method_has_its_sentence_in_every_catalogue_and_known_works(kind, name):
    for language in LANGUAGES:
        assert look_up(language, f"methods.{kind}.{name}.says"), language
    references = method_of(REGISTRIES[kind][name]).references
    assert set(references) <= set(works())
    assert references or kind in CONVENTIONS or name == "none"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogues_describe_no_method_that_is_not_registered(language):
    told = {tuple(key.split(".")[1:3]) for key in keys("methods.", language=language)}
    told = {(kind, name) for kind, name in told if kind not in ("title", "about", "at")}
    assert told == {*ALL, ("impute", "function")}


def test_every_work_of_the_table_is_cited_by_some_method():
    registered = [one for registry in REGISTRIES.values() for one in registry.values()]
    cited = {key for one in [*registered, *filter(callable, PUBLIC)] for key in method_of(one).references}
    assert cited == set(works())


def test_a_step_by_level_says_which_level_it_serves():
    recipe = Recipe(normalize={"method": "minmax", "lowest": 0.01}, aggregate={"method": "geometric", "at": "top"})
    said = [str(entry.says) for entry in recipe_entries({"main": recipe})]
    assert any(one.startswith("Into the index: The score is the weighted geometric mean") for one in said)
    assert any(one.startswith("Into the groups below the index: The score is the weighted arithmetic") for one in said)
    assert any("the worst place gets 0.01" in one for one in said)


def test_a_function_of_the_user_is_named_as_one():
    def filled_by_hand(table):
        return table.fillna(0.0)

    entries = list(recipe_entries({"main": Recipe(impute=filled_by_hand)}))
    said = [entry for entry in entries if "a function given by the user: filled_by_hand" in str(entry.says)]
    assert len(said) == 1
    assert "filled_by_hand" in said[0].says.in_("zh")
    assert said[0].works == ()


def test_recipes_share_what_they_have_in_common_and_are_named_where_they_differ():
    entries = list(recipe_entries({"one": Recipe(), "two": Recipe(weigh="entropy"), "three": Recipe(weigh="entropy")}))
    said = [entry.says.in_("en") for entry in entries]
    assert sum("scaled linearly" in one for one in said) == 1
    assert [one.split(":")[0] for one in said if one.startswith("With recipe")] == [
        "With recipe one",
        "With recipe two, three",
    ]


@pytest.fixture(scope="module")
def tables():
    return run(until="score").tables


@pytest.mark.parametrize("name", TIER_METHODS)
def test_tiers_are_described_by_their_method_alone(name, tables):
    study = bundled_study()
    options = {"counts": [3, 5, 6]} if name == "counts" else {"thresholds": [0.5, 0.2]} if name == "thresholds" else {}
    tiers = study.tiers.model_copy(update={"method": name, "counts": None, "thresholds": None, **options})
    section = compose_methods(study.model_copy(update={"tiers": tiers}), tables).sections[1]
    said = [entry.says for paragraph in section.paragraphs for entry in paragraph]
    for language in LANGUAGES:
        found = [
            other
            for other in TIER_METHODS
            for one in said
            if pattern(language, "tiers", other).fullmatch(one.in_(language))
        ]
        assert found == [name]


@pytest.mark.parametrize("kind", ["channel", "decay", "scale"])
def test_a_channel_says_its_numbers(kind):
    for name in REGISTRIES[kind]:
        options = {
            "rate": 0.25,
            "half_distance": 800.0,
            "tacit_share": 0.7,
            "exponent": 2.0,
            "k": None,
            "radius": 300.0,
        }
        options |= {"title": "rail", "max_steps": 1, "steps": ((100.0, 0.5), (200.0, 0.25))}
        entry = describe(ChosenMethod(kind, name, REGISTRIES[kind][name], options))
        assert pattern("en", kind, name).fullmatch(str(entry.says))
        assert entry.formula or (kind, name) == ("scale", "none")
    assert "0.25" in str(describe(ChosenMethod("channel", "peer", CHANNELS["peer"], options)).says)
    assert Channel("peer", rate=0.25, half_distance=800.0).decay in DECAYS


def page_of(study):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        return render_report(run(study, until="centrality"))


def methods_of(page):
    return page[page.index('id="methods"') : page.index('id="assumed"')]


def test_a_z_score_study_is_not_told_that_scores_lie_between_0_and_1(study):
    edit(study, "study.toml", 'name = "equal"', 'name = "equal"\nnormalize = "zscore"\nweigh = "pca"')
    page = page_of(study)
    told = methods_of(page)
    for claim in (
        "between 0 and 1",
        "0 to 1",
        "介于0与1",
        "归一化到0至1",
        "(max<sub>k</sub> − min<sub>k</sub>)",
        "min-max",
    ):
        assert claim not in told.split("references")[0]
    assert "lies between 0 and 1" not in page
    assert "z<sub>ik</sub> = (x<sub>ik</sub> − x̄<sub>k</sub>) / s<sub>k</sub>" in told
    for words in ("principal components", "主成分", "population standard deviation", "总体标准差"):
        assert words in told
    assert 'id="work-nicoletti1999"' in told
    assert 'id="work-shannon1948"' not in told
    assert "z-scores, principal component weights, arithmetic mean" in page


def test_a_geometric_study_prints_its_lowest_value_and_its_own_works(study):
    recipe = (
        'name = "equal"\nnormalize = { method = "minmax", lowest = 0.01 }\naggregate = "geometric"\nweigh = "entropy"'
    )
    edit(study, "study.toml", 'name = "equal"', recipe)
    told = methods_of(page_of(study))
    assert "0.01 + 0.99 · (x<sub>ik</sub> − min<sub>k</sub>)" in told
    assert "z<sub>ik</sub><sup>w<sub>k</sub></sup>" in told
    assert "加权几何平均" in told
    assert "arithmetic mean" not in told
    assert 'id="work-shannon1948"' in told


def test_every_citation_leads_to_a_reference_and_every_reference_is_cited(study):
    told = methods_of(page_of(study))
    linked = set(re.findall(r'href="#work-(\w+)"', told))
    assert linked
    assert linked == set(re.findall(r'id="work-(\w+)"', told))


def test_names_of_a_table_are_escaped(study):
    recipe = (
        'name = "equal"\nnormalize = { method = "goalposts", low = 0, high = { labs = 10, firms = 9, "<b>x" = 1 } }'
    )
    edit(study, "study.toml", 'name = "equal"', recipe)
    told = methods_of(page_of(study))
    assert "&lt;b&gt;x" in told
    assert "<b>x" not in told


def test_a_study_without_diffusion_is_told_nothing_of_channels():
    plan = bundled_study()
    results = run(plan, until="score")
    titles = [str(section.title) for section in compose_methods(plan, results.tables).sections]
    assert titles == ["Scores", "Tiers", "How sure ranks and tiers are"]


def test_wrong_options_are_faults_of_the_study_file_all_at_once(study):
    recipe = (
        'name = "equal"\nnormalize = "zscroe"\nweigh = { method = "entropy", on = "rwa" }\nnormalise = "rank"\n'
        'panel = "yaerly"\ntreat = { method = "winsorize", maxwins = -1 }'
    )
    edit(study, "study.toml", 'name = "equal"', recipe)
    edit(study, "study.toml", "horizon = 10.0", "horizon = -1")
    with pytest.raises(StudyError) as caught:
        read_study(study)
    found = {fault.column: str(fault) for fault in caught.value.faults}
    first = "index.recipes[1]"
    assert set(found) == {
        "diffusion.horizon",
        *(f"{first}.{key}" for key in ("normalize", "weigh", "normalise", "panel", "treat")),
    }
    assert "did you mean 'zscore'" in found[f"{first}.normalize"]
    assert "did you mean 'normalize'" in found[f"{first}.normalise"]
    assert "did you mean 'raw'" in found[f"{first}.weigh"]


def test_options_that_do_not_go_together_are_a_fault_of_the_recipe(study):
    edit(study, "study.toml", 'name = "equal"', 'name = "equal"\nnormalize = "zscore"\naggregate = "geometric"')
    with pytest.raises(StudyError) as caught:
        read_study(study)
    assert [fault.column for fault in caught.value.faults] == ["index.recipes[1].aggregate"]


def test_a_channel_that_cannot_work_is_a_fault_of_the_study_file(study):
    edit(study, "study.toml", 'name = "hierarchical"', 'name = "hierarchical"\nk = 3')
    with pytest.raises(StudyError) as caught:
        read_study(study)
    assert [fault.column for fault in caught.value.faults] == ["diffusion.channels[1]"]
    assert "k and radius go with the neighbor channel" in str(caught.value)


def test_targets_of_weights_are_not_taken_for_places(study):
    weigh = 'name = "equal"\nweigh = { method = "optimized", targets = "equal" }'
    edit(study, "study.toml", 'name = "equal"', weigh)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        assert len(run(study, until="score").tables["scores"]) == 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("noise", "said", "unsaid"),
    [
        ("weight_noise = 0.2", ["weights"], ["recipe", "cells"]),
        ("weight_noise = 0\ndata_noise = { estimated = 0.3 }", ["cells"], ["weights", "recipe"]),
        ("weight_noise = 0.2\ndata_noise = { estimated = 0.3 }", ["weights", "cells"], ["recipe"]),
        ("weight_noise = 0", ["nothing"], ["weights", "cells", "recipe"]),
    ],
)
def test_of_what_is_varied_only_what_varies_is_told(study, language, noise, said, unsaid):
    edit(study, "study.toml", "[tiers]", f"[index.robustness]\nruns = 5\n{noise}\n\n[tiers]")
    results = run(study, until="score")
    sections = compose_methods(results.study, results.tables).sections
    whole = " ".join(e.says.in_(language) for s in sections for paragraph in s.paragraphs for e in paragraph)
    words = {draw: look_up(language, f"methods.about.draw_{draw}") for draw in (*said, *unsaid)}
    for draw, sentence in words.items():
        stem = max(re.split(r"\{\w+\}", sentence), key=len)
        assert (f"{stem}" in whole) == (draw in said) or len(stem) < 4, draw
