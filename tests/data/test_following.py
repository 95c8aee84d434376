"""Options that are not given are those of a program, and nothing given is passed over."""

import inspect
import runpy
import warnings
from pathlib import Path
from typing import get_args

import networkx as nx
import pandas as pd
import pytest

import innoscape
from innoscape import data, geo, network
from innoscape.data import InnoscapeWarning, OptionError, list_conventions
from innoscape.data.conventions import differences
from innoscape.geo import Recipe, assign_tiers, inequality
from innoscape.network import centrality
from innoscape.study.plan.concentration_plan import ConcentrationPlan
from innoscape.study.plan.pattern_plan import PatternPlan
from innoscape.study.plan.schema import IndexRecipe

ROOT = Path(innoscape.__file__).parent
WITH_OPTION = [row for row in differences() if row.option]
NAMES = {row.function for row in WITH_OPTION} - {"Recipe"}


def public(name):
    return next(getattr(room, name) for room in (data, geo, network) if name in room.__all__)


def test_the_page_is_that_of_the_table():
    made = runpy.run_path(str(ROOT / "docs" / "write_conventions.py"))
    written = (ROOT / "docs" / "conventions.md").read_text(encoding="utf-8")
    assert made["page"]() == written
    assert all(f"## {row.function}\n" in written and row.reason in written for row in differences())


def test_each_row_with_an_option_names_a_test_that_stands_and_uses_the_program():
    proof = runpy.run_path(str(ROOT / "docs" / "write_conventions.py"))["proof"]
    for row in WITH_OPTION:
        file, test = proof(row).split("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert f"def {test}(" in text, row
        assert row.reason
        assert row.source
        if file == "tests/oracles/test_conventions.py":
            assert f'"{row.program}"' in text, row


def test_each_option_is_one_of_its_function_which_describes_the_convention():
    for row in WITH_OPTION:
        if row.function == "Recipe":
            step, method, parameter = row.option.split(".")
            assert Recipe(**{step: {"method": method, parameter: row.value}})
            continue
        signature = inspect.signature(public(row.function)).parameters
        assert {row.option, *row.when} <= set(signature), row
    for name in NAMES:
        assert "convention" in inspect.signature(public(name)).parameters
        assert "convention" in public(name).__doc__


def test_every_function_that_takes_a_convention_has_one():
    takes = {
        name
        for room in (data, geo, network)
        for name in room.__all__
        if callable(thing := getattr(room, name))
        and inspect.isfunction(thing)
        and "convention" in inspect.signature(thing).parameters
    }
    assert takes == NAMES


def test_the_list_holds_every_row():
    table = list_conventions()
    assert len(table) == len(differences())
    assert not table[["function", "convention", "value", "reason", "source"]].isna().any(axis=None)
    assert not table.duplicated(["function", "option", "convention", "when", "value"]).any()


def test_an_option_given_by_hand_wins_and_where_it_differs_a_warning_says_so():
    values = pd.Series({"a": 1.0, "b": 2.0, "c": 6.0})
    plain = inequality(values, measures=["gini"])["value"].iloc[0]
    assert inequality(values, measures=["gini"], convention="r-desctools")["value"].iloc[0] == pytest.approx(
        plain * 1.5
    )
    with pytest.warns(InnoscapeWarning, match=r"sample=\('variation',\) was given, where r-desctools has") as caught:
        found = inequality(values, measures=["gini"], sample=("variation",), convention="r-desctools")
    assert caught[0].filename == __file__
    assert found["value"].iloc[0] == plain
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        inequality(values, measures=["gini"], sample=("variation", "gini"), convention="r-desctools")


def test_an_unknown_convention_is_refused_with_those_that_the_function_knows():
    with pytest.raises(
        OptionError, match=r"convention: needed one that inequality knows: .*'stata'.*got 'strata'.*mean"
    ):
        inequality(pd.Series({"a": 1.0, "b": 2.0}), convention="strata")
    with pytest.raises(OptionError, match=r"needed one that centrality knows: 'ucinet', 'r-sna'.*got 'geoda'"):
        centrality(nx.path_graph(3), convention="geoda")
    with pytest.raises(OptionError, match=r"got 'stata' .'stata' is known with method='quantiles' only"):
        assign_tiers(pd.Series({"a": 1.0, "b": 2.0}), k=2, convention="stata")
    with pytest.raises(OptionError, match="interpolation: used by method"):
        assign_tiers(pd.Series({"a": 1.0, "b": 2.0}), k=2, interpolation="averaged")
    with pytest.raises(OptionError, match="'coinr' is known with normalize='minmax' or"):
        Recipe(normalize="vector", convention="coinr")


def test_a_recipe_that_follows_a_program_holds_its_parameters():
    recipe = Recipe(normalize="zscore", convention="coinr")
    assert recipe == Recipe(normalize={"method": "zscore", "std": "sample"})
    assert Recipe.from_dict(recipe.to_dict()) == recipe
    assert Recipe.from_dict({"convention": "coinr"}).step("normalize") == ("minmax", {"highest": 100.0})
    with pytest.warns(InnoscapeWarning, match="std='population' was given") as caught:
        kept = Recipe(normalize={"method": "zscore", "std": "population"}, convention="coinr")
    assert caught[0].filename == __file__
    assert kept == Recipe(normalize="zscore")


def test_warnings_of_a_function_stand_where_it_was_called():
    with pytest.warns(InnoscapeWarning) as caught:
        assign_tiers(pd.Series({"a": 1.0, "b": 2.0}), k=3)
    assert caught[0].filename == __file__


def test_measures_read_a_weight_each_in_its_own_way_and_outward():
    graph = nx.DiGraph()
    graph.add_weighted_edges_from([("a", "b", 4.0), ("b", "c", 2.0), ("c", "a", 1.0), ("a", "d", 1.0)])
    both = centrality(
        graph, measures=["closeness", "harmonic"], weight_meaning={"closeness": "cost", "harmonic": "none"}
    )
    one = centrality(graph, measures=["closeness"], weight_meaning="cost")
    assert both["closeness"].equals(one["closeness"])
    assert both["harmonic"].equals(centrality(graph, measures=["harmonic"], weight=None)["harmonic"])
    out = centrality(graph, measures=["eccentricity"], outward=["eccentricity"], weight=None)
    assert out["eccentricity"].tolist() == [2.0, 3.0, 2.0, 0.0]
    for wrong in ({"measures": ["closeness"], "outward": ["betweenness"]}, {"normalized": ["degree"]}):
        with pytest.raises(OptionError):
            centrality(graph, **wrong)
    with pytest.raises(OptionError, match="weight_meaning: needed one of 'strength', 'cost', 'none', got 'length'"):
        centrality(graph, weight_meaning={"closeness": "length"})


@pytest.mark.parametrize("unreachable", ["absent", "left_out", "n", "beyond", "infinite"])
def test_a_sample_of_all_places_gives_the_exact_numbers(unreachable):
    graph = nx.gnp_random_graph(12, 0.15, seed=2, directed=True)
    options = {
        "measures": ["betweenness", "closeness", "harmonic"],
        "normalized": (),
        "unreachable": unreachable,
        "outward": ["harmonic"],
        "weight": None,
    }
    exact = centrality(graph, **options)
    sampled = centrality(graph, **options, sample=12)
    pd.testing.assert_frame_equal(sampled[exact.columns], exact)
    assert (sampled["closeness_error"] == 0).all()


def test_sections_of_a_study_take_the_conventions_of_their_functions():
    for plan, *functions in (
        (PatternPlan, "autocorrelation", "local_autocorrelation"),
        (ConcentrationPlan, "inequality"),
    ):
        known = [{row.program for row in WITH_OPTION if row.function == name} for name in functions]
        offered = get_args(get_args(plan.model_fields["convention"].annotation)[0])
        assert set(offered) == set.intersection(*known)


def test_a_recipe_of_a_study_takes_a_convention():
    recipe = IndexRecipe.model_validate({"name": "own", "normalize": "zscore", "convention": "coinr"})
    assert recipe.choices == Recipe(normalize={"method": "zscore", "std": "sample"})
    with pytest.raises(ValueError, match="convention: needed one that Recipe knows: 'coinr', got 'coiner'"):
        IndexRecipe.model_validate({"name": "own", "convention": "coiner"})
