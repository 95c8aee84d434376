"""Rounds of a Delphi survey against SciPy's Friedman test, Spearman's correlation, and numbers by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from innoscape.data import OptionError, TableError, load
from innoscape.geo import delphi


def long(sheet):
    rows = sheet.rename_axis(index="expert").reset_index().melt("expert", var_name="item", value_name="rating")
    return rows.dropna(ignore_index=True)


def sheet(seed, experts=7, items=9, scale=5):
    draws = np.random.default_rng(seed).integers(1, scale + 1, size=(experts, items))
    return pd.DataFrame(draws, [f"e{n}" for n in range(experts)], [f"i{n}" for n in range(items)])


@pytest.mark.parametrize("seed", range(5))
def test_concordance_is_that_of_friedman_with_equal_ratings_and_without(seed):
    for scale in (3, 5, 1000):
        given = sheet(seed, scale=scale)
        expected = stats.friedmanchisquare(*given.to_numpy().T)
        found = delphi(long(given)).rounds.iloc[0]
        assert found["chi_square"] == pytest.approx(expected.statistic)
        assert found["p_value"] == pytest.approx(expected.pvalue)
        assert found["kendall_w"] == pytest.approx(expected.statistic / (7 * 8))


def test_two_experts_agree_as_spearman_says_and_any_number_fully_or_not():
    pair = sheet(1, experts=2, scale=10_000)
    rho = stats.spearmanr(*pair.to_numpy()).statistic
    assert delphi(long(pair)).rounds["kendall_w"].iloc[0] == pytest.approx((1 + rho) / 2)
    alike = pd.DataFrame([[1, 2, 4], [10, 20, 30], [0.1, 0.2, 9]], list("abc"), list("xyz"))
    assert delphi(long(alike)).rounds["kendall_w"].tolist() == [1.0]
    opposed = pd.DataFrame([[1, 2, 3], [3, 2, 1]], list("ab"), list("xyz"))
    assert delphi(long(opposed)).rounds["kendall_w"].tolist() == [0.0]


def test_items_have_median_quartiles_and_movement_by_round():
    first = pd.DataFrame({"x": [1.0, 3, 5, 5], "y": [2.0, 2, 3, np.nan]}, list("abcd"))
    second = pd.DataFrame({"x": [4.0, 4, 5, 5], "z": [1.0, 1, 1, 2]}, list("abce"))
    table = pd.concat([long(first).assign(round=1), long(second).assign(round=2)]).dropna()
    found = delphi(table).items.set_index(["round", "item"])
    assert found.loc[(1, "x"), ["experts", "median", "lower_quartile", "upper_quartile", "spread"]].tolist() == [
        4, 4.0, 2.5, 5.0, 2.5,
    ]  # fmt: skip
    assert found["agreed"].tolist() == [False, True, True, True]
    # a and b moved, c did not; d and e are in one round only
    assert found.loc[(2, "x"), ["shift", "moved"]].tolist() == [0.5, pytest.approx(2 / 3)]
    assert found.loc[(2, "z"), ["shift", "moved"]].isna().all()
    assert delphi(table, most_spread=3).items["agreed"].all()
    rounds = delphi(table).rounds
    assert rounds["experts"].tolist() == [3, 4]
    assert rounds["agreed"].tolist() == [0.5, 1.0]


def test_the_order_of_rows_changes_nothing():
    table = pd.concat([long(sheet(s)).assign(round=s) for s in (3, 4)], ignore_index=True)
    one, other = delphi(table), delphi(table.sample(frac=1, random_state=0))
    pd.testing.assert_frame_equal(one.items, other.items)
    pd.testing.assert_frame_equal(one.rounds, other.rounds)


def test_without_an_order_there_is_no_test():
    level = pd.DataFrame(3, list("ab"), list("xyz"))
    for given in (level, level.iloc[:1], level[["x"]]):
        found = delphi(long(given)).rounds.iloc[0]
        assert found["test"] == "none"
        assert np.isnan(found["kendall_w"])


def test_faults_of_a_table_are_told_together():
    table = long(sheet(0)).astype({"rating": object})
    table.loc[0, "rating"] = "high"
    table.loc[1, "item"] = None
    with pytest.raises(TableError) as told:
        delphi(pd.concat([table, table.iloc[5:6]]))
    for said in ("needed numbers", "'high'", "a name in every cell", "several: e5, i0"):
        assert said in str(told.value)
    with pytest.raises(TableError, match="no row"):
        delphi(table.iloc[:0])
    with pytest.raises(TableError, match="rating"):
        delphi(table.drop(columns="rating"))
    with pytest.raises(OptionError, match="most_spread"):
        delphi(long(sheet(0)), most_spread=-1)


def test_j4_ten_indicators_order_fourteen_regions_as_ten_judges_would():
    table = load("regional_resources").rename(columns={"indicator": "expert", "place": "item", "value": "rating"})
    table = table[~table["item"].isin(["北京", "上海", "广东", "东北"])]
    found = delphi(table).rounds.iloc[0]
    wide = table.pivot_table(index="expert", columns="item", values="rating").to_numpy()
    expected = stats.friedmanchisquare(*wide.T)
    assert (found["experts"], found["items"]) == (10, 14)
    assert found["chi_square"] == pytest.approx(expected.statistic)
    assert found["kendall_w"] == pytest.approx(0.75, abs=0.1)
