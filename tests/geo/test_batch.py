"""Many runs scored at once are the runs scored one by one, bit for bit the same whatever the order."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import COUNTS, RECIPES, framework_of, rows_of

from innoscape.data import (
    Framework,
    InnoscapeWarning,
    OptionError,
)
from innoscape.geo import (
    Recipe,
    assign_tiers,
    tier_probabilities,
    uncertainty,
)
from innoscape.geo.ranks import rank_descending
from innoscape.geo.robustness.batch import batch_ranks
from innoscape.geo.robustness.plan import Setting, make_plan, run_plan
from innoscape.geo.robustness.rank_tables import rank_table
from innoscape.geo.robustness.tier_batch import tier_codes
from innoscape.geo.robustness.weight_and_cell_noise import read_weight_noise, uniforms, vary_weights


def bits(found):
    frames = [found.ranks, found.acceptability, found.tier_probabilities, found.scores, found.samples]
    return [frame.to_csv() for frame in frames] + [found.score_samples.to_numpy().tobytes()]


def test_the_order_of_rows_columns_and_recipes_changes_no_bit(tree):
    table, frame = tree
    options = {"data_noise": 0.1, "runs": 60}
    first = uncertainty(table, frame, recipe=Recipe(), recipes=RECIPES, **options)
    mixed = table.sample(frac=1, random_state=1)
    other = Framework.from_table(frame.table.sample(frac=1, random_state=2))
    backwards = dict(reversed(RECIPES.items()))
    assert bits(uncertainty(mixed, other, recipe=Recipe(), recipes=backwards, **options)) == bits(first)


def test_a_run_is_the_same_however_many_runs_there_are(tree):
    options = {"recipes": RECIPES, "data_noise": 0.1}
    few, many = (uncertainty(*tree, runs=runs, **options) for runs in (7, 90))
    assert few.score_samples.to_numpy().tobytes() == many.score_samples.to_numpy()[:7].tobytes()
    assert few.cells(5).equals(many.cells(5))


def test_an_added_place_or_indicator_leaves_the_other_draws():
    both = uniforms(3, np.arange(4), [("indicator", "a"), ("indicator", "b"), ("level1", "a")])
    one = uniforms(3, np.array([2]), [("indicator", "b")])
    assert both[2, 1] == one[0, 0]
    assert both[0, 0] != both[0, 2]
    assert not np.intersect1d(both, uniforms(4, np.arange(4), [("indicator", "a")])).size


def test_draws_are_uniform_and_uncorrelated():
    draws = uniforms(0, np.arange(20_000), [("indicator", str(number)) for number in range(6)])
    assert draws.min() > 0
    assert draws.max() < 1
    np.testing.assert_allclose(
        np.quantile(draws, [0.05, 0.25, 0.5, 0.75, 0.95]), [0.05, 0.25, 0.5, 0.75, 0.95], atol=0.005
    )
    correlation = np.corrcoef(draws, rowvar=False)
    assert np.abs(correlation - np.eye(6)).max() < 0.03
    # neither do runs follow one another
    assert abs(np.corrcoef(draws[:-1, 0], draws[1:, 0])[0, 1]) < 0.03


@pytest.mark.parametrize(
    ("name", "noisy"),
    [("equal", False), ("geometric", False), *((name, True) for name in (*RECIPES, "harmonic", "power", "by level"))],
)
def test_runs_scored_together_are_the_runs_scored_by_score(tree, name, noisy):
    lowest = {"method": "minmax", "lowest": 0.05}
    recipe = {
        "harmonic": Recipe(normalize=lowest, aggregate="harmonic"),
        "power": Recipe(aggregate={"method": "power", "p": 2.0}),
        "by level": Recipe(
            normalize=lowest, aggregate={"index": "geometric", "level2": "harmonic"}, weigh="equal_levels"
        ),
        **RECIPES,
    }[name]
    setting = Setting.of(*tree, among=None, places=None, year=None, nested="raise")
    plan = make_plan(name, setting, recipe)
    assert plan.batched
    assert plan.batched_cells
    rows = np.arange(2)
    noise, families = read_weight_noise(0.5), list(plan.branches.families.values())

    def vary(shares, runs):
        return vary_weights(noise, shares, plan.branches.levels, families, uniforms(1, runs, plan.branches.parts))

    rng = np.random.default_rng(0)
    cells = plan.cells * rng.uniform(0.8, 1.2, (2, *plan.cells.shape)) if noisy else None
    together = run_plan(plan, setting, rows, vary=vary, cells=cells)
    slow = replace(plan, batched=False)
    alone = run_plan(slow, setting, rows, vary=vary, cells=cells)
    np.testing.assert_allclose(together[0], alone[0], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(together[1], alone[1], rtol=1e-9, atol=1e-12)


def test_a_recipe_without_a_batched_form_is_scored_run_by_run_and_logged(tree):
    recipe = Recipe(weigh="critic")
    found = uncertainty(*tree, recipe=recipe, data_noise=0.05, runs=4)
    assert found.log["note"].str.contains("one run after the other").any()
    weights_only = uncertainty(*tree, recipe=recipe, runs=4)
    assert not weights_only.log["note"].str.contains("one run after the other").any()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.3, 0.3 + 1e-15, 0.7, 1.0]), min_size=2, max_size=9))
def test_ranks_of_many_runs_are_the_ranks_of_each(values):
    for ties in ("min", "max", "average", "dense"):
        found = batch_ranks(np.array([values, values[::-1]]), ties=ties)
        assert found[0].tolist() == rank_descending(values, ties=ties).tolist()
        assert found[1].tolist() == rank_descending(values[::-1], ties=ties).tolist()


@pytest.mark.parametrize("ties", ["min", "average"])
@pytest.mark.parametrize("runs", [1, 2, 40, 41])
def test_intervals_from_counts_are_the_quantiles_of_numpy(ties, runs):
    ranks = batch_ranks(np.random.default_rng(0).integers(0, 6, (runs, 7)) / 7.0, ties=ties)
    found = rank_table(pd.DataFrame({"place": list("abcdefg"), "rank": 0.0}), ranks, 0.8)
    ends = np.quantile(ranks, [0.1, 0.9], axis=0, method="inverted_cdf")
    known = [ranks.mean(axis=0, dtype=float), np.median(ranks, axis=0), *ends]
    np.testing.assert_array_equal(found[["mean", "median", "low", "high"]].to_numpy(float).T, known)


@pytest.mark.parametrize(
    "options",
    [
        COUNTS,
        {"method": "thresholds", "thresholds": (0.8, 0.5, 0.05)},
        {"method": "quantiles"},
        {"method": "quantiles", "interpolation": "averaged"},
        {"method": "natural_breaks", "k": 3},
        {},
        {"method": "head_tail"},
        {"method": "head_tail", "head_share": None},
        {"method": "maximum_breaks", "k": 3},
        {"method": "standard_deviations"},
        {"method": "equal_interval"},
    ],
    ids=str,
)
def test_tiers_of_many_runs_are_the_tiers_of_each(options):
    rng = np.random.default_rng(0)
    scores = rng.random((40, 14))
    scores[:20] = scores[:20].round(1)
    codes, warned = tier_codes(scores, options)
    counted = 0
    for row, found in zip(scores, codes, strict=True):
        with pytest.MonkeyPatch.context() as patch:
            caught = []
            patch.setattr("warnings.warn", lambda *a, _caught=caught, **_: _caught.append(a))
            assert assign_tiers(pd.Series(row), **options).cat.codes.tolist() == found.tolist()
            counted += bool(caught)
    assert warned == counted


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(2, 7), st.integers(1, 5), st.integers(0, 2**32), st.sampled_from(["simplex", 0.3, 1.0]),
    st.sampled_from(sorted(RECIPES)),
)  # fmt: skip
def test_rows_of_probabilities_sum_to_one(places, kinds, seed, noise, name):
    rng = np.random.default_rng(seed)
    names = [f"i{number}" for number in range(kinds)]
    table = rows_of({one: rng.permutation(places) + rng.random() for one in names})
    found = uncertainty(
        table, framework_of(names), recipe=RECIPES[name] if name != "geometric" else Recipe(), weight_noise=noise,
        runs=15, seed=seed, tiers={"method": "quantiles", "k": 2},
    )  # fmt: skip
    for frame in (found.acceptability, found.tier_probabilities):
        np.testing.assert_allclose(frame.drop(columns="place").sum(axis=1), 1.0, atol=1e-12)
    assert found.tiers["evenness"].between(0, 1).all()
    assert (found.ranks["low"] <= found.ranks["median"]).all()
    assert (found.ranks["median"] <= found.ranks["high"]).all()


def test_tiers_that_the_data_do_not_hold_are_warned_of():
    runs = pd.DataFrame({"甲": [0.9, 0.8], "乙": [0.9, 0.3]})
    with pytest.warns(InnoscapeWarning, match="in 2 of 2 runs"):
        tier_probabilities(runs)
    with pytest.raises(OptionError, match="1 missing or infinite"):
        tier_probabilities(runs.replace(0.3, np.nan))
