"""How sure ranks and tiers are: the regional table, known probabilities, limit cases."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from samples import COUNTS, RECIPES, framework_of, rows_of

from innoscape.data import (
    InnoscapeWarning,
    OptionError,
    TableError,
    load,
)
from innoscape.geo import (
    Recipe,
    assign_tiers,
    leave_out,
    score,
    tier_probabilities,
    uncertainty,
)
from innoscape.geo.robustness.weight_and_cell_noise import read_cell_noise, read_weight_noise, uniforms, vary_weights


@pytest.fixture(scope="module")
def published(regional, units):
    """The 14 scopes under six recipes, 25 % on the weights and 20 % on the seven substituted cells."""
    return uncertainty(
        *regional,
        recipes=RECIPES,
        data_noise={"substituted": 0.2},
        runs=4000,
        tiers=COUNTS,
        among=units,
        places=load("places"),
    )


def test_fujian_is_the_scope_whose_tier_is_least_certain(published):
    tiers = published.tiers.set_index("place")
    assert tiers["evenness"].idxmax() == "福建"
    assert tiers.loc["福建", "tier"] == tiers.loc["福建", "most_likely_tier"] == "regional"
    assert 0.08 < published.tier_probabilities.set_index("place").loc["福建", "national"] < 0.2
    # the seat it would take is that of Shaanxi, seldom that of Liaoning
    assert tiers.loc["陕西", "probability"] < tiers.loc["辽宁", "probability"] < 1
    sure = tiers.drop(["福建", "陕西", "辽宁"])
    assert (sure["probability"] > 0.999).all()


def test_all_fourteen_scopes_have_tiers_and_the_tiers_keep_their_counts(published, units):
    table = published.tier_probabilities.set_index("place")
    assert sorted(table.index) == sorted(units)
    np.testing.assert_allclose(table.sum(axis=1), 1.0, atol=1e-12)
    np.testing.assert_allclose(table.sum(axis=0), [3, 5, 6, 0], atol=1e-9)
    assert published.tiers["tier"].value_counts().to_dict() == {
        "international": 3, "national": 5, "regional": 6, "local": 0,
    }  # fmt: skip


def test_weights_alone_move_no_scope_off_its_tier(regional, units):
    found = uncertainty(*regional, among=units, runs=2000, tiers=COUNTS)
    assert (found.tiers["probability"] == 1).all()


def test_nested_scopes_are_refused(regional):
    with pytest.raises(TableError, match="北京 and 京津冀, which contains it"):
        uncertainty(*regional, places=load("places"))
    with pytest.raises(TableError, match="contains it"):
        leave_out(*regional, places=load("places"))


def test_nested_scopes_when_forced_count_beijing_twice_and_cost_others_their_tier(regional, published):
    with pytest.warns(InnoscapeWarning, match="北京 in 京津冀"):
        forced = uncertainty(
            *regional, places=load("places"), nested="allow", runs=500,
            tiers={"method": "counts", "counts": (3, 5, 10)},
        )  # fmt: skip
    tiers = forced.tiers.set_index("place")["tier"]
    # parts sit above places that are whole, and those lose the tiers that are their own
    assert tiers["北京"] == "international"
    assert tiers["粤港澳"] == "national"
    apart = published.tiers.set_index("place")["tier"]
    lost = [place for place in apart.index if tiers[place] > apart[place]]
    assert {"粤港澳", "辽宁", "陕西"} <= set(lost)


def test_the_probability_of_a_swap_is_the_one_worked_out_by_hand():
    # labs 1 and 0.5, firms 0.25 and 1: the order turns where 1 + u/2 > 3/2 (1 + v/2), that is u > 1 + 3v/2, and for
    # u, v uniform on -1 to 1 that has the probability 3/16
    table = rows_of({"labs": [9, 5, 1], "firms": [2, 5, 1]})
    found = uncertainty(table, framework_of(["labs", "firms"]), weight_noise=0.5, runs=40_000)
    chance = found.acceptability.set_index("place").loc["乙", "2"]
    assert chance == pytest.approx(3 / 16, abs=4 * np.sqrt(3 / 16 * 13 / 16 / 40_000))


@pytest.mark.parametrize("name", RECIPES)
def test_without_noise_every_run_is_the_nominal_index(tree, name):
    plain = score(*tree, RECIPES[name])
    found = uncertainty(*tree, recipe=RECIPES[name], weight_noise="none", runs=20)
    assert found.ranks["place"].tolist() == plain.scores["place"].tolist()
    for column in ("rank", "mean", "median", "low", "high"):
        assert found.ranks[column].tolist() == plain.scores["rank"].tolist()
    assert found.acceptability.drop(columns="place").to_numpy().max(axis=1).tolist() == [1.0] * 10
    assert (found.tiers["probability"] == 1).all()
    assert (found.tiers["evenness"] == 0).all()
    tiers = assign_tiers(plain.scores.set_index("place")["score"])
    assert found.tiers.set_index("place")["tier"].astype(str).to_dict() == tiers.astype(str).to_dict()
    weights = found.samples.iloc[0].drop(["run", "recipe"]).astype(float)
    np.testing.assert_allclose(weights[plain.effective_weights.index], plain.effective_weights, atol=1e-12)


def test_a_share_of_zero_is_no_noise(tree):
    none, zero = (uncertainty(*tree, weight_noise=noise, runs=5) for noise in ("none", 0))
    np.testing.assert_allclose(none.score_samples, zero.score_samples, atol=1e-12)


def test_places_with_equal_values_stay_tied_in_every_run():
    table = rows_of({"a": [9, 4, 4, 1], "b": [3, 7, 7, 2]})
    found = uncertainty(table, framework_of("ab"), runs=200, tiers={"method": "counts", "counts": (1, 2, 1)})
    samples = found.score_samples
    assert (samples["乙"] == samples["丙"]).all()
    chances = found.acceptability.set_index("place")
    assert chances.loc["乙"].tolist() == chances.loc["丙"].tolist()
    assert chances["3"].sum() < 0.01 + chances.loc["甲", "3"]


def test_more_noise_turns_pairs_and_never_turns_one_back():
    # without groups the sign of a difference of scores is that of D + f U: linear in the share f
    rng = np.random.default_rng(2)
    names = list("abcdef")
    table = rows_of({name: rng.random(8) for name in names})
    turned, widths = [], []
    for share in (0.0, 0.1, 0.3, 0.6, 1.0):
        found = uncertainty(table, framework_of(names), weight_noise=share, runs=400)
        values = found.score_samples.to_numpy()
        nominal = found.ranks["rank"].to_numpy()
        higher = nominal[:, None] < nominal[None, :]
        turned.append((values[:, :, None] < values[:, None, :]) & higher)
        widths.append((found.ranks["high"] - found.ranks["low"]).mean())
    for less, more in pairwise(turned):
        assert (less <= more).all()
    assert not turned[0].any()
    assert turned[-1].any()
    assert widths == sorted(widths)


def test_dirichlet_weights_have_the_mean_and_variance_of_the_distribution(tree):
    table, _ = tree
    flat = framework_of("abcdefg", weight=[30, 20, 20, 10, 10, 9, 1])
    noise = {"method": "dirichlet", "concentration": 40}
    found = uncertainty(table, flat, recipe=Recipe(weigh="given"), weight_noise=noise, runs=20_000)
    weights = found.samples[list("abcdefg")]
    share = np.array([0.30, 0.20, 0.20, 0.10, 0.10, 0.09, 0.01])
    np.testing.assert_allclose(weights.mean(), share, atol=0.002)
    np.testing.assert_allclose(weights.var(), share * (1 - share) / 41, rtol=0.06)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0, atol=1e-12)


def test_simplex_weights_are_spread_over_all_weightings():
    table = rows_of({"a": [9, 4, 1], "b": [3, 7, 2]})
    found = uncertainty(table, framework_of("ab"), weight_noise="simplex", runs=20_000)
    # with two indicators any share of the first is equally probable
    np.testing.assert_allclose(np.quantile(found.samples["a"], [0.1, 0.5, 0.9]), [0.1, 0.5, 0.9], atol=0.015)


def test_tiny_dirichlet_shapes_leave_all_weight_somewhere():
    noise = read_weight_noise({"method": "dirichlet", "concentration": 1e-3})
    draws = uniforms(0, np.arange(500), [("indicator", name) for name in "abc"])
    drawn = vary_weights(noise, np.array([[0.5, 0.4, 0.1]]), ["indicator"] * 3, [np.arange(3)], draws)
    assert np.isfinite(drawn).all()
    assert (drawn.max(axis=1) == 1).all()


def test_noise_of_one_level_leaves_the_others(tree):
    found = uncertainty(*tree, weight_noise={"level1": 0.4}, runs=50)
    weights = found.samples
    assert np.ptp(weights["a"]) > 0
    # within a group the shares stay
    np.testing.assert_allclose(weights["a"] / weights["b"], weights["a"][0] / weights["b"][0])
    np.testing.assert_allclose(weights["a"] / weights["c"], weights["a"][0] / weights["c"][0])


def test_only_cells_of_the_named_status_vary_and_by_the_named_amount(regional, units):
    noise = {"substituted": 0.2}
    found = uncertainty(*regional, weight_noise="none", data_noise=noise, runs=300, among=units)
    cells = pd.concat([found.cells(run) for run in range(300)])
    assert len(found.cells(0)) == 7
    assert set(cells["status"]) == {"substituted"}
    ratio = np.log(cells["drawn"] / cells["value"])
    # a lognormal factor of mean 1: its logarithm has mean -s^2/2 and deviation s
    assert ratio.mean() == pytest.approx(-0.02, abs=0.01)
    assert ratio.std() == pytest.approx(0.2, abs=0.01)


def test_imputed_cells_vary_as_imputed():
    table = rows_of({"a": [1, 2, None, 4], "b": [4, 1, 2, 3]})
    recipe = Recipe(impute="median")
    found = uncertainty(table, framework_of("ab"), recipe=recipe, data_noise={"imputed": 0.3}, runs=10)
    cells = found.cells(4)
    assert cells[["place", "indicator", "status", "value"]].to_numpy().tolist() == [["丙", "a", "imputed", 2.0]]
    assert cells["drawn"].iloc[0] != 2.0


def test_spread_noise_reaches_zeros_and_relative_noise_does_not():
    table = rows_of({"a": [0, 2, 3, 9], "b": [4, 1, 2, 3]})
    by_value = uncertainty(table, framework_of("ab"), data_noise={"method": "normal", "share": 0.1}, runs=3)
    spread = {"method": "normal", "share": 0.1, "of": "spread"}
    by_spread = uncertainty(table, framework_of("ab"), data_noise=spread, runs=3)
    assert by_value.cells(0).set_index(["place", "indicator"])["drawn"]["甲", "a"] == 0
    assert by_spread.cells(0).set_index(["place", "indicator"])["drawn"]["甲", "a"] != 0


def test_recipes_are_drawn_as_often_as_their_weights_say(tree):
    weights = {"equal": 3, "ranks": 1}
    chosen = {name: RECIPES[name] for name in ("ranks", "equal", "entropy")}
    found = uncertainty(*tree, recipes=chosen, recipe_weights=weights, runs=8000)
    shares = found.samples["recipe"].value_counts(normalize=True)
    assert set(shares.index) == {"equal", "ranks"}
    assert shares["equal"] == pytest.approx(0.75, abs=0.02)
    # nothing was drawn of the third, and its scores say so
    rest = found.scores.set_index("recipe").loc["entropy"]
    assert (rest["runs"] == 0).all()
    assert rest["mean"].isna().all()
    assert rest["score"].notna().all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"weight_noise": 1.5}, "weight_noise: needed a number from 0 to 1"),
        ({"weight_noise": {"level9": 0.1}}, "level9"),
        ({"weight_noise": "dirichlet"}, "needs concentration"),
        ({"weight_noise": {"method": "dirichlet", "concentration": 0}}, "numbers above 0"),
        ({"weight_noise": "unifrom"}, "did you mean 'uniform'"),
        ({"data_noise": -1}, "data_noise"),
        ({"data_noise": {"guessed": 0.1}}, "guessed"),
        ({"data_noise": {"method": "lognormal", "share": 0.1, "of": "spread"}}, "adds noise"),
        ({"runs": 0}, "runs"),
        ({"seed": -1}, "seed"),
        ({"confidence_level": 1}, "confidence_level"),
        ({"tiers": {"methods": "counts"}}, "did you mean 'method'"),
        ({"tiers": {"method": "counts", "counts": (1, 2)}}, "adding up to 10"),
        ({"recipes": {}}, "at least one recipe"),
        ({"recipe_weights": {"a": 1}}, "with recipes only"),
        ({"recipes": RECIPES, "recipe_weights": {"equals": 1}}, "did you mean 'equal'"),
        ({"recipes": RECIPES, "recipe_weights": {"equal": -1}}, "at least 0"),
    ],
)
def test_options_outside_their_choices_are_refused(tree, options, message):
    with pytest.raises(OptionError, match=message):
        uncertainty(*tree, **options)


def test_noise_on_no_cell_is_none():
    assert read_cell_noise(None) is None
    assert read_cell_noise({"observed": 0}) is None


def test_a_run_that_was_not_made_has_no_cells(tree):
    with pytest.raises(OptionError, match="from 0 to 2"):
        uncertainty(*tree, runs=3).cells(3)


def test_probabilities_of_tiers_may_be_asked_for_again(published):
    again = tier_probabilities(published, **COUNTS)
    assert again.equals(published.tier_probabilities)
    plain = tier_probabilities(published.score_samples, **COUNTS)
    assert plain.equals(again)
