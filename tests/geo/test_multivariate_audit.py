"""Statistics of indicators before scoring, how they go together, and normalization by indicator."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import Framework, OptionError, TableError
from innoscape.geo import Recipe, cronbach_alpha, describe_indicators, multivariate_audit, score, uncertainty

WIDE = pd.DataFrame(
    {
        "labs": [1.0, 2, 3, 4, 5, 6],
        "twin": [2.0, 4, 6, 8, 10, 13],
        "costs": [6.0, 5, 3, 4, 2, 1],
        "odd": [3.0, 1, 4, 1, 5, 9],
    },
    index=list("abcdef"),
)


def long(wide=WIDE):
    return wide.rename_axis("place").reset_index().melt("place", var_name="indicator").dropna()


def framework(**columns):
    return Framework.from_table(pd.DataFrame({"indicator": list(WIDE), **columns}))


def test_statistics_are_those_of_pandas_and_gaps_are_counted():
    wide = WIDE.assign(labs=[1.0, None, 3, 4, 0, 6])
    found = describe_indicators(long(wide), framework()).set_index("indicator")
    assert found.loc["labs", ["values", "missing", "distinct", "zeros"]].tolist() == [5, 1, 5, 1]
    for name, theirs in (
        ("mean", wide.mean()),
        ("std", wide.std()),
        ("median", wide.median()),
        ("skewness", wide.skew()),
        ("kurtosis", wide.kurt()),
        ("upper_quartile", wide.quantile(0.75)),
    ):
        assert found[name].tolist() == pytest.approx(theirs[found.index].tolist()), name
    assert not found["outlying"].any()


def test_alpha_is_one_for_twins_and_the_ratio_of_covariances():
    assert cronbach_alpha(pd.DataFrame({"a": [1, 2, 4], "b": [1, 2, 4]})) == pytest.approx(1)
    covariance = np.cov(WIDE.to_numpy().T)
    assert cronbach_alpha(WIDE) == pytest.approx(4 / 3 * (1 - np.trace(covariance) / covariance.sum()))
    assert cronbach_alpha(WIDE, standardize=True) == pytest.approx(cronbach_alpha(WIDE / WIDE.std()))
    with pytest.raises(OptionError, match="two indicators"):
        cronbach_alpha(WIDE[["labs"]])
    with pytest.raises(TableError, match="same everywhere"):
        cronbach_alpha(pd.DataFrame({"a": [1, 2], "b": [2, 1]}))
    with pytest.raises(TableError, match="same everywhere"):
        cronbach_alpha(pd.DataFrame({"a": [1, 2], "b": [4, 2]}), standardize=True)
    with pytest.raises(TableError, match="two indicators that differ"):
        cronbach_alpha(pd.DataFrame({"a": [1, 2], "b": [4, 4]}), standardize=True)


def test_pairs_are_flagged_in_their_directions():
    plain = multivariate_audit(long(), framework(level1=["x", "x", "y", "y"]))
    pairs = plain.pairs.set_index(["indicator", "other"])
    assert pairs["flag"].to_dict() == {
        ("labs", "twin"): "redundant",
        ("costs", "labs"): "opposed",
        ("costs", "twin"): "opposed",
        ("costs", "odd"): "opposed",
        ("labs", "odd"): "",
        ("odd", "twin"): "",
    }
    assert pairs["group"].to_dict()["labs", "twin"] == "x"
    assert pairs["group"].to_dict()["costs", "labs"] == ""
    assert plain.loadings.loc[plain.loadings["opposed"], "indicator"].tolist() == ["costs"]
    turned = multivariate_audit(long(), framework(direction=[1, 1, -1, 1]))
    signed = WIDE * [1, 1, -1, 1]
    assert not turned.loadings["opposed"].any()
    assert turned.groups["alpha"].item() == pytest.approx(cronbach_alpha(signed, standardize=True))
    np.testing.assert_allclose(turned.correlations, signed[sorted(WIDE)].corr(), atol=1e-12)


def test_an_audit_needs_places_without_gaps():
    with pytest.raises(TableError, match="three places with every indicator"):
        multivariate_audit(long(WIDE.assign(labs=[1.0, 2, None, None, None, None])), framework())
    with pytest.raises(OptionError, match="opposed"):
        multivariate_audit(long(), framework(), opposed=0.4)


def test_each_indicator_takes_the_method_of_its_column():
    listed = framework(normalize=["rank", None, "zscore", None])
    found = score(long(), listed, Recipe(normalize={"method": "by_indicator", "methods": {"twin": "borda"}}))
    parts = {
        name: score(long(), framework(), Recipe(normalize=method)).normalized.set_index("place")[name]
        for name, method in {"labs": "rank", "twin": "borda", "costs": "zscore", "odd": "minmax"}.items()
    }
    expected = pd.DataFrame(parts).loc[found.normalized["place"]]
    np.testing.assert_array_equal(found.normalized.set_index("place"), expected)
    assert found.recipe.step("normalize")[1]["methods"] == {"labs": "rank", "twin": "borda", "costs": "zscore"}


@pytest.mark.parametrize(
    ("first", "normalize", "said"),
    [
        (None, "by_indicator", "needs methods by indicator"),
        ("rnak", "by_indicator", "normalize.methods.labs: .*did you mean 'rank'"),
        ("rank", {"method": "by_indicator", "methods": {"lab": "rank"}}, "indicators of the framework"),
        ("by_indicator", "by_indicator", "other than by_indicator"),
        ("goalposts", "by_indicator", "needs low and high"),
    ],
)
def test_methods_by_indicator_that_cannot_work_are_refused(first, normalize, said):
    with pytest.raises(OptionError, match=said):
        score(long(), framework(normalize=[first, None, None, None]), Recipe(normalize=normalize))


def test_a_method_of_one_indicator_must_suit_the_aggregate():
    with pytest.raises(OptionError, match="zscore"):
        Recipe(normalize={"method": "by_indicator", "otherwise": "zscore"}, aggregate="geometric")


def test_what_each_run_was_scored_with_is_given_back():
    recipes = {"plain": Recipe(), "ranked": Recipe(normalize="rank", weigh={"method": "entropy", "shift": 0.01})}
    found = uncertainty(long(), framework(), recipes=recipes, runs=40, tiers={"k": 3})
    table = found.sampled()
    assert set(table) == {"run", "recipe", "normalize", "weigh", *(f"weight of {name}" for name in WIDE)}
    assert set(table.loc[table["recipe"] == "ranked", "weigh"]) == {"entropy(shift=0.01)"}
    run = int(table.index[table["recipe"] == "plain"][0])
    weights = table.loc[run, [f"weight of {name}" for name in WIDE]].to_numpy(dtype=float)
    given = Framework.from_table(pd.DataFrame({"indicator": list(WIDE), "weight": weights}))
    again = score(long(), given, Recipe(weigh="given")).scores.set_index("place")["score"]
    assert found.score_samples.loc[run, again.index].tolist() == pytest.approx(again.tolist())
