"""Rankings compared: coefficients against other programs, parts left out."""

import pytest
from samples import RECIPES, framework_of, rows_of
from scipy.stats import spearmanr, weightedtau

from innoscape.data import (
    Framework,
    OptionError,
)
from innoscape.geo import (
    Recipe,
    compare_recipes,
    leave_out,
    score,
    ws_coefficient,
)


@pytest.mark.parametrize("what", ["indicator", "group"])
def test_leaving_out_a_part_is_scoring_without_it(tree, what):
    table, frame = tree
    found = leave_out(table, frame, what=what)
    members = {"indicator": {"c": ["c"]}, "group": {"x": ["a", "b", "c"]}}[what]
    for part, names in members.items():
        rest = Framework.from_table(frame.table[~frame.table["indicator"].isin(names)])
        known = score(table, rest).scores.set_index("place")["rank"]
        rows = found[found["left_out"] == part].set_index("place")
        assert rows["rank_without"].to_dict() == known.to_dict()
        assert rows["expected"].tolist() == rows["rank"].tolist()
    assert (found["shift"] == found["expected"] - found["rank_without"]).all()
    assert (found["reversed"] == (found["reversals"] > 0)).all()


def test_leaving_out_a_place_marks_rank_reversal():
    # 丁 alone stretches the scale of the first indicator; without it, the order of 甲 and 乙 turns
    table = rows_of({"a": [10, 12, 0, 100], "b": [6, 4, 0, 8]})
    found = leave_out(table, framework_of("ab"), what="place")
    rows = found[found["left_out"] == "丁"].set_index("place")
    assert rows["rank"].to_dict() == {"甲": 2, "乙": 3, "丙": 4}
    assert rows["expected"].to_dict() == {"甲": 1, "乙": 2, "丙": 3}
    plain = score(table, framework_of("ab"), among=["甲", "乙", "丙"]).scores.set_index("place")["rank"]
    assert rows["rank_without"].to_dict() == plain.to_dict()
    other = rows_of({"a": [10, 12, 0, 100], "b": [6, 5.5, 0, 8]})
    turned = leave_out(other, framework_of("ab"), what="place").query("left_out == '丁'").set_index("place")
    assert turned["reversed"].to_dict() == {"甲": True, "乙": True, "丙": False}
    assert turned["shift"].to_dict() == {"甲": -1, "乙": 1, "丙": 0}


def test_nothing_is_left_where_there_is_only_one_part():
    table = rows_of({"a": [1, 2, 3]})
    with pytest.raises(OptionError, match="at least 2"):
        leave_out(table, framework_of("a"))
    with pytest.raises(OptionError, match="did you mean 'group'"):
        leave_out(table, framework_of("a"), what="groups")
    with pytest.raises(OptionError, match="at least 3"):
        leave_out(rows_of({"a": [1, 2]}), framework_of("a"), what="place")


def test_recipes_compared_with_themselves_agree(tree):
    table, frame = tree
    found = compare_recipes(table, frame, {"one": Recipe(), "other": Recipe()})
    assert found.loc[0, ["kendall", "spearman", "ws", "ws_reverse"]].tolist() == pytest.approx([1, 1, 1, 1], abs=1e-12)
    assert found.loc[0, ["mean_shift", "max_shift"]].tolist() == [0, 0]


def test_coefficients_agree_with_scipy(regional, units):
    found = compare_recipes(*regional, RECIPES, among=units)
    assert len(found) == 15
    ranks = {
        name: score(*regional, recipe, among=units).scores.set_index("place")["score"].sort_index()
        for name, recipe in RECIPES.items()
    }
    for row in found.itertuples():
        # scores that differ by rounding only are tied
        a, b = ranks[row.recipe_a].round(10), ranks[row.recipe_b].round(10)
        # weightedtau with constant weights is tau-b, in code of its own
        assert row.kendall == pytest.approx(weightedtau(a, b, rank=None, weigher=lambda _: 1).statistic, abs=1e-9)
        assert row.spearman == pytest.approx(spearmanr(a, b).statistic, abs=1e-9)


@pytest.mark.parametrize(
    ("reference", "other", "known"),
    [
        # pymcdm 1.4.0, pymcdm.correlations.ws
        ([1, 2, 3, 4, 5], [1, 2, 3, 5, 4], 0.971354166666667),
        ([1, 2, 3, 4, 5], [5, 4, 3, 2, 1], 0.260416666666667),
        ([1, 2, 3, 4, 5, 6, 7], [3, 1, 2, 4, 7, 5, 6], 0.73203125),
        ([3, 1, 2, 4, 7, 5, 6], [1, 2, 3, 4, 5, 6, 7], 0.790625),
        ([1.5, 1.5, 3, 4], [2, 1, 4, 3], 0.775245310429357),
    ],
)
def test_the_ws_coefficient_is_that_of_pymcdm(reference, other, known):
    assert ws_coefficient(reference, other) == pytest.approx(known, abs=1e-12)


def test_ranks_that_are_none_are_refused():
    with pytest.raises(OptionError, match="ranks from 1 to 3"):
        ws_coefficient([0, 1, 2], [1, 2, 3])
    with pytest.raises(OptionError, match="as many ranks"):
        ws_coefficient([1, 2, 3], [1, 2])
    with pytest.raises(OptionError, match="at least two recipes"):
        compare_recipes(rows_of({"a": [1, 2]}), framework_of("a"), {"one": Recipe()})
