"""A study file names every weight, aggregate, normalization and way to tiers; options that do nothing are refused."""

import pytest
from samples import edit

from innoscape.data import StudyError
from innoscape.geo import assign_tiers
from innoscape.study import read_study, run
from innoscape.study.plan.inputs import read_inputs
from innoscape.study.report.compose_methods import compose_methods

RECIPES = {
    "shifted": 'weigh = { method = "entropy", shift = 0.0001 }',
    "gini": 'weigh = "gini"',
    "merec": 'weigh = "merec"',
    "cilos": 'weigh = { method = "cilos", on = "minmax", shift = 0.1 }',
    "idocriw": 'weigh = "idocriw"',
    "lopcow": 'weigh = "lopcow"',
    "game": 'weigh = { method = "combined", first = "ahp", first_options = { matrix = [[1, 2], [0.5, 1]] }, '
    'second = "entropy", how = "game_theory" }',
    "grey": 'aggregate = { method = "grey_relational", rho = 0.4 }',
    "promethee": 'aggregate = { method = "promethee_ii", preference = "linear", q = 0.1, p = 0.6 }',
    "electre": 'aggregate = { method = "electre_iii", v = 0.9 }',
    "own": 'normalize = { method = "by_indicator", otherwise = "percentile_rank" }',
    "sized": 'impute = "mean"\ndenominate = { method = "divide", by = { firms = "people" }, missing = "impute" }\n'
    'order = "impute_divide"',
}


def with_recipes(folder, recipes):
    listed = "\n".join(f'\n[[index.recipes]]\nname = "{name}"\n{body}' for name, body in recipes.items())
    edit(folder, "study.toml", "\n[tiers]", f"{listed}\n\n[tiers]")


def test_one_study_scores_by_every_new_choice_and_says_so_in_both_languages(study):
    with_recipes(study, RECIPES)
    edit(study, "framework.csv", "indicator\nlabs\nfirms\n", "indicator,normalize\nlabs,rank\nfirms,\n")
    edit(study, "indicators.csv", "C,firms,2\n", "C,firms,2\nA,people,3\nB,people,4\n")
    results = run(study, until="score")
    scores = results.tables["scores"]
    assert all(scores[f"score_{name}"].notna().all() for name in RECIPES)
    methods = compose_methods(results.study, results.tables)
    whole = {
        language: " ".join(e.says.in_(language) for s in methods.sections for part in s.paragraphs for e in part)
        for language in ("en", "zh")
    }
    for said in (
        "MEREC",
        "CILOS",
        "IDOCRIW",
        "LOPCOW",
        "game theory",
        "grey relational",
        "PROMETHEE II",
        "ELECTRE III",
    ):
        assert said in whole["en"], said
    assert "labs: ranks" in whole["en"]
    assert "With recipe sized: What is missing is filled first" in whole["en"]
    for said in ("MEREC", "博弈论", "灰色关联度", "PROMETHEE II", "各用自己的归一化方法"):
        assert said in whole["zh"], said
    cited = {work.key for work in methods.works}
    assert {"keshavarz2021", "zavadskas2016", "ecer2022", "gini1912", "deng1982", "brans1985", "roy1978"} <= cited


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('order = "impute_divide"', "needs an imputation and a denominate step"),
        ('weigh = { method = "lopcow", shift = 0.1 }', "unknown option 'shift'"),
        ('aggregate = { method = "promethee_ii", q = 0.1 }', "q: used by preference"),
        ('normalize = { method = "by_indicator", methods = { labs = "rnak" } }', "did you mean 'rank'"),
    ],
)
def test_a_recipe_with_an_option_that_does_nothing_is_a_fault_of_the_file(study, body, said):
    with_recipes(study, {"odd": body})
    with pytest.raises(StudyError) as caught:
        read_study(study)
    assert said in str(caught.value)
    assert all(fault.column.startswith("index.recipes[2]") for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("column", "normalize", "said"),
    [
        ("rank", "", 'normalize = "by_indicator"'),
        ("rnak", 'normalize = "by_indicator"', "did you mean 'rank'"),
    ],
)
def test_a_column_of_methods_is_read_or_refused(study, column, normalize, said):
    with_recipes(study, {"own": normalize})
    edit(study, "framework.csv", "indicator\nlabs\nfirms\n", f"indicator,normalize\nlabs,{column}\nfirms,\n")
    with pytest.raises(StudyError) as caught:
        read_inputs(read_study(study))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "options"),
    [
        ('method = "head_tail"\nhead_share = 1', {"method": "head_tail", "head_share": None}),
        (
            'method = "standard_deviations"\nmultiples = [-0.5, 0.5]',
            {"method": "standard_deviations", "multiples": [-0.5, 0.5]},
        ),
        ('method = "equal_interval"\nk = 3', {"method": "equal_interval", "k": 3}),
    ],
)
@pytest.mark.filterwarnings("ignore::innoscape.data.InnoscapeWarning")
def test_tiers_are_cut_as_the_file_says(study, lines, options):
    edit(study, "study.toml", 'method = "counts"\ncounts = [1, 1, 1]', lines)
    scores = run(study, until="score").tables["scores"].set_index("place")
    assert scores["tier"].tolist() == assign_tiers(scores["score"], **options).tolist()


@pytest.mark.parametrize(
    ("lines", "keys"),
    [
        ('method = "quantiles"\nhead_share = 0.5\nhinge = 3', {"tiers.head_share", "tiers.hinge"}),
        ('method = "counts"\ncounts = [1, 1, 1]\nk = 3', {"tiers.k"}),
        ('method = "box_plot"', {"tiers.hinge"}),
    ],
)
def test_options_that_a_way_to_tiers_does_not_use_are_refused(study, lines, keys):
    edit(study, "study.toml", 'method = "counts"\ncounts = [1, 1, 1]', lines)
    with pytest.raises(StudyError) as caught:
        read_study(study)
    assert {fault.column for fault in caught.value.faults} == keys
