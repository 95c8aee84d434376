"""Proximity matrices follow their formulas, keep their labels, and agree with networkx."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError, TableError
from innoscape.network import (
    class_proximity,
    cost_proximity,
    institutional_proximity,
    social_proximity,
    value_difference,
)

NAMES = ["d", "a", "c", "b", "island"]


def profiles():
    amounts = [[8, 2, 0, 0], [1, 1, 1, 1], [0, 3, 3, 0], [16, 4, 0, 0], [0, 0, 0, 0]]
    return pd.DataFrame(amounts, index=NAMES, columns=["C2", "A1", "B1", "A2"])


def ties():
    matrix = pd.DataFrame(0.0, index=NAMES, columns=NAMES)
    for i, j in [("a", "b"), ("b", "c"), ("a", "c"), ("d", "c"), ("d", "b")]:
        matrix.loc[i, j] = 2.0
    return matrix


def shuffled(matrix):
    return matrix.iloc[[3, 0, 4, 2, 1], [1, 4, 0, 3, 2]]


def test_costs_halve_at_the_scale_and_keep_their_direction():
    km = pd.DataFrame([[0.0, 100, np.nan], [300, 0, 200], [250, 200, 0]], index=list("bac"), columns=list("bac"))
    inverse, fading = (cost_proximity(km, method=m, scale=100) for m in ("inverse", "exponential"))
    assert inverse.loc["b", "a"] == fading.loc["b", "a"] == 0.5
    assert (inverse.loc["a", "b"], fading.loc["a", "b"]) == (0.25, 0.125)
    assert (np.diag(inverse) == 1).all()
    assert inverse.isna().sum().sum() == 1
    assert cost_proximity(km).loc["a", "c"] == 0.5  # 200 is the median of 100, 200, 200, 250, 300
    assert cost_proximity(km, method="linear").loc[["a", "c"], "b"].tolist() == [0.0, pytest.approx(1 / 6)]
    near = cost_proximity(km, method="threshold", scale=200)
    assert near.loc["a"].tolist() == [0, 1, 1]
    assert np.isnan(near.loc["b", "c"])
    pd.testing.assert_frame_equal(cost_proximity(km.T, scale=80).T, cost_proximity(km, scale=80))


def test_institutions_agree_in_a_share_of_their_columns():
    table = pd.DataFrame(
        {
            "place": ["x", "y", "z"],
            "tier": pd.Categorical(["national", "national", None], ["international", "national"], ordered=True),
            "scope": ["A", "B", "A"],
            "kind": [None, "city", None],
        }
    )
    one = institutional_proximity(table, "tier")
    assert one.loc["x", "y"] == 1
    assert one.loc["z"].isna().all()
    three = institutional_proximity(table, ["tier", "scope", "kind"])
    assert three.loc["x", ["x", "y", "z"]].tolist() == [1, 0.5, 1]
    assert three.loc["y", "z"] == 0
    turned = institutional_proximity(table.iloc[::-1], ["tier", "scope", "kind"])
    pd.testing.assert_frame_equal(turned.loc[three.index, three.columns], three)


def test_profiles_are_compared_by_their_shares():
    cosine, overlap, correlation, spread = (
        class_proximity(profiles(), method=m) for m in ("cosine", "min_overlap", "correlation", "mahalanobis")
    )
    assert cosine.loc["d", "a"] == pytest.approx(10 / np.sqrt(68 * 4))
    assert cosine.loc["d", "b"] == pytest.approx(1)  # twice the amounts, the same shares
    assert cosine.loc["d", "c"] == pytest.approx(6 / np.sqrt(68 * 18))
    assert (overlap.loc["d", "a"], overlap.loc["d", "c"]) == (pytest.approx(0.45), pytest.approx(0.2))
    shares = profiles().div(profiles().sum(axis=1), axis=0)
    krugman = (shares.loc["a"] - shares.loc["c"]).abs().sum()
    assert overlap.loc["a", "c"] == pytest.approx(1 - krugman / 2)
    assert correlation.loc["d", "c"] == pytest.approx(np.corrcoef([8, 2, 0, 0], [0, 3, 3, 0])[0, 1])
    assert correlation.loc["a"].isna().all()  # equal shares do not vary
    unit = (shares.T / np.sqrt((shares**2).sum(axis=1))).T.loc[["d", "c"]].to_numpy()
    filled = shares.fillna(0).to_numpy()
    between = filled.T @ filled / np.outer(*2 * [np.sqrt((filled**2).sum(axis=0))])
    assert spread.loc["d", "c"] == pytest.approx(unit[0] @ between @ unit[1])
    assert (spread >= cosine - 1e-12).loc["a", "d"]
    for found in (cosine, overlap, spread):
        assert found.loc["island"].isna().all()
        assert list(found.index) == list(found.columns) == NAMES
    pd.testing.assert_frame_equal(class_proximity(profiles(), method="jaffe"), cosine)


@pytest.mark.parametrize("method", ["cosine", "correlation", "min_overlap", "mahalanobis"])
def test_profiles_do_not_depend_on_order_or_size(method):
    one = class_proximity(profiles(), method=method)
    other = class_proximity(profiles().iloc[[2, 4, 0, 1, 3], [3, 1, 0, 2]], method=method)
    pd.testing.assert_frame_equal(other.loc[NAMES, NAMES], one, check_exact=True)
    grown = profiles() * np.array([[3], [1], [10], [1], [1]])
    pd.testing.assert_frame_equal(class_proximity(grown, method=method), one)


def test_leaving_out_the_pair_makes_proximity_independent_of_its_tie():
    cut = ties()
    cut.loc["b", "c"] = 0.0
    for method in ("jaccard", "common"):
        one, two = (social_proximity(t, method=method).loc["b", "c"] for t in (ties(), cut))
        assert one == two
    assert social_proximity(ties()).loc["b", "c"] == 1  # both know a and d, and nobody else
    assert social_proximity(ties(), exclude_pair=False).loc["b", "c"] == 0.5
    assert (social_proximity(ties()).loc["island"] == 0).all()


@pytest.mark.parametrize("method", ["jaccard", "adamic_adar", "common"])
def test_partners_do_not_depend_on_order_or_direction(method):
    one = social_proximity(ties(), method=method)
    mixed = social_proximity(shuffled(ties()), method=method)
    pd.testing.assert_frame_equal(mixed.loc[NAMES, NAMES], one, check_exact=True)
    pd.testing.assert_frame_equal(social_proximity(ties().T * 9, method=method), one)


def test_differences_follow_their_formulas():
    income = pd.Series({"b": 10.0, "a": 30.0, "c": 0.0, "e": np.nan})
    assert value_difference(income).loc["b", "a"] == 20
    assert value_difference(income, method="signed").loc["b", ["a", "b", "c"]].tolist() == [20, 0, -10]
    assert value_difference(income, method="relative").loc["c", ["a", "c"]].tolist() == [1, 0]
    assert value_difference(income[["a", "b"]], method="log").loc["a", "b"] == pytest.approx(np.log(3))
    assert value_difference(income).loc["e"].isna().all()
    ordered = value_difference({"b": 1.0, "a": 3.0}, places=["a", "b", "z"])
    assert list(ordered.columns) == ["a", "b", "z"]
    assert ordered["z"].isna().all()


def test_unfit_input_is_refused():
    with pytest.raises(OptionError, match="needs a scale"):
        cost_proximity(ties(), method="threshold")
    with pytest.raises(TableError, match="at least 0"):
        cost_proximity(ties() - 1)
    with pytest.raises(OptionError, match="above 0, got 0"):
        cost_proximity(ties(), scale=0)
    with pytest.raises(OptionError, match="did you mean 'jaccard'"):
        social_proximity(ties(), method="jacard")
    with pytest.raises(TableError, match="the column tier"):
        institutional_proximity(pd.DataFrame({"place": ["a"]}), "tier")
    with pytest.raises(TableError, match="every place once"):
        institutional_proximity(pd.DataFrame({"place": ["a", "a"], "tier": [1, 2]}), "tier")
    with pytest.raises(TableError, match="none at d, C2"):
        class_proximity(profiles().replace(8, np.nan))
    with pytest.raises(TableError, match="got -8 at d, C2"):
        class_proximity(profiles().replace(8, -8))
    with pytest.raises(OptionError, match="above 0"):
        value_difference({"a": 0.0, "b": 1.0}, method="log")
    with pytest.raises(OptionError, match="values must be numbers"):
        value_difference({"a": "rich", "b": 1.0})
    with pytest.raises(OptionError, match="more than one for a"):
        value_difference(pd.Series([1.0, 2.0], index=["a", "a"]))
