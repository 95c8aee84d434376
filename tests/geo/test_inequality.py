"""Inequality over places by hand: measures, groups, Lorenz curve, neighbors, and what happens at the limits."""

from fractions import Fraction
from math import log, sqrt

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError, TableError, UnknownPlaceError
from innoscape.geo import SpatialWeights, decompose_inequality, inequality, inequality_measures, lorenz, spatial_gini

VALUES = pd.Series({"a": 1.0, "b": 3.0, "c": 4.0, "d": 8.0})
EVERY = tuple(inequality_measures()["measure"])


def numbers(values, **options):
    return inequality(values, **{"measures": EVERY} | options).set_index("measure")["value"]


def panel(**years):
    rows = [(place, int(year[1:]), value) for year, values in years.items() for place, value in values.items()]
    return pd.DataFrame(rows, columns=["place", "year", "value"])


def test_every_measure_by_hand():
    found = numbers(VALUES, epsilon=1)
    shares = [1 / 16, 3 / 16, 4 / 16, 8 / 16]
    assert found["herfindahl"] == pytest.approx(90 / 256)
    assert found["herfindahl_normalized"] == pytest.approx((90 / 256 - 1 / 4) / (3 / 4))
    assert found["largest_share"] == 0.5
    # the six pairs differ by 2, 3, 7, 1, 5, 4
    assert found["gini"] == pytest.approx(2 * 22 / (2 * 16 * 4))
    assert found["theil_t"] == pytest.approx(sum(s * log(4 * s) for s in shares))
    assert found["theil_l"] == pytest.approx(-sum(log(4 * s) for s in shares) / 4)
    assert found["hoover"] == pytest.approx(1 / 4)
    assert found["coulter"] == pytest.approx(sqrt(sum((s - 1 / 4) ** 2 for s in shares) / 2))
    assert found["atkinson"] == pytest.approx(1 - 96**0.25 / 4)
    assert found["variation"] == pytest.approx(sqrt((9 + 1 + 0 + 16) / 4) / 4)
    assert found["entropy"] == pytest.approx(-sum(s * log(s) for s in shares))
    assert found["entropy_relative"] == pytest.approx(found["entropy"] / log(4))


def test_people_stand_for_equal_members_of_a_place():
    people = pd.Series({"a": 2, "b": 1, "c": 3, "d": 1})
    spelled = pd.Series(np.repeat(VALUES.to_numpy(), people), index=[f"m{i}" for i in range(7)])
    for name in ("gini", "theil_t", "theil_l", "hoover", "atkinson", "variation"):
        assert numbers(VALUES, weights=people)[name] == pytest.approx(numbers(spelled)[name])
    row = inequality(VALUES, weights=people, measures=["variation"]).iloc[0]
    assert row["convention"] == "places weighted (Williamson)"


def test_a_missing_value_leaves_its_place_out_of_its_year():
    table = panel(y2000={"a": 1.0, "b": 3.0, "c": None}, y2001={"a": 1.0, "b": 3.0, "c": 8.0})
    found = inequality(table, measures=["gini", "hoover", "herfindahl"])
    assert found["places"].tolist() == [2, 2, 2, 3, 3, 3]
    assert found.loc[found["measure"] == "gini", "value"].iloc[0] == 0.25
    assert inequality(table.dropna(), measures=["gini", "hoover", "herfindahl"]).equals(found)


def test_measures_within_tiers_that_change_over_the_years():
    table = panel(y2000={"a": 1.0, "b": 3.0, "c": 5.0}, y2001={"a": 1.0, "b": 3.0, "c": 5.0})
    table["tier"] = ["low", "low", "high", "low", "high", "high"]
    found = inequality(table, groups="tier", measures=["gini"]).set_index(["year", "group"])["value"]
    assert found[2000, "low"] == 0.25
    assert found[2001, "low"] == 0.0
    assert found[2001, "high"] == pytest.approx(2 / 16)


@pytest.mark.parametrize("weights", [None, pd.Series({"a": 2.0})])
def test_one_place_has_no_inequality_and_nothing_relative_to_others(weights):
    table = inequality(pd.Series({"a": 5.0}), measures=EVERY, weights=weights).set_index("measure")
    relative = ["herfindahl_normalized", "entropy_relative"]
    assert table.loc[relative, "status"].eq("undefined").all()
    assert table["value"].isna().sum() == 2
    assert table.loc[["gini", "theil_t", "theil_l", "hoover", "atkinson", "variation"], "value"].eq(0).all()
    assert table.loc["herfindahl", "value"] == 1


def test_equal_places_zeros_and_a_total_of_0():
    equal = numbers(pd.Series(7.1, index=list("abcde")))
    assert equal[["gini", "theil_t", "theil_l", "hoover", "coulter", "atkinson", "variation"]].abs().max() < 1e-12
    assert equal["entropy_relative"] == pytest.approx(1)
    found = inequality(pd.Series({"a": 0.0, "b": 2.0}), measures=["theil_l", "theil_t", "atkinson"], epsilon=1)
    assert found["status"].tolist() == ["infinite", "computed", "computed"]
    assert found["value"].tolist() == [np.inf, pytest.approx(log(2)), 1.0]
    nothing = inequality(panel(y2000={"a": 0.0, "b": 0.0}, y2001={"a": np.nan, "b": np.nan}), measures=EVERY)
    assert nothing["status"].eq("undefined").all()
    assert nothing["value"].isna().all()


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        (pd.Series({"a": -1.0, "b": 2.0}), {}, "values: needed numbers of at least 0, got others for a"),
        (pd.Series({"a": np.inf}), {}, "values: needed finite numbers"),
        (pd.Series({"a": "much"}), {}, "values: needed finite numbers, got 'much'"),
        (pd.Series(dtype=float), {}, "needed at least one place"),
        (pd.Series({"a": 1.0}), {"measures": ["ginni"]}, "did you mean 'gini'"),
        (pd.Series({"a": 1.0}), {"measures": "gini"}, "needed several"),
        (pd.Series({"a": 1.0}), {"epsilon": 0}, "epsilon"),
        (VALUES, {"weights": pd.Series({"a": 1.0})}, "weights: needed a number of at least 0 .* b, c, d"),
        (VALUES, {"weights": -VALUES}, "weights"),
        (VALUES, {"groups": pd.Series({"a": "x"}, name="tier")}, "groups: needed a group for every place"),
    ],
)
def test_what_cannot_be_measured_says_why(values, options, message):
    with pytest.raises(OptionError, match=message):
        inequality(values, **options)


def test_names_of_what_is_given_beside_the_values_do_no_harm():
    people = pd.Series({"a": 2, "b": 1, "c": 3, "d": 1})
    assert numbers(VALUES, weights=people.rename("value")).equals(numbers(VALUES, weights=people))
    level = pd.Series("x", index=VALUES.index, name="side")
    with pytest.raises(OptionError, match="different names, got side again"):
        decompose_inequality(VALUES, groups=[level, level])
    with pytest.raises(OptionError, match="weights: needed each place once, got a again"):
        inequality(VALUES, weights=people.loc[["a", "a", "b"]])


def test_copies_and_lacking_columns_are_refused():
    with pytest.raises(TableError, match="each place once a year, got a in 2000 again"):
        inequality(panel(y2000={"a": 1.0}).loc[[0, 0]])
    with pytest.raises(TableError, match="year"):
        inequality(panel(y2000={"a": 1.0}).drop(columns="year"))


def test_the_order_of_rows_leaves_no_trace():
    table = panel(y2000=VALUES**1.37, y2001=VALUES / 3, y2002=VALUES * 0.1)
    turned = table.sample(frac=1, random_state=3)
    assert inequality(turned, measures=EVERY).equals(inequality(table, measures=EVERY))


def test_the_lorenz_curve_holds_the_gini():
    curve = lorenz(VALUES)
    assert curve["place"].tolist() == list("abcd")
    x, y = ([0.0, *curve[name]] for name in ("cumulative_weight", "cumulative_share"))
    assert 1 - 2 * np.trapezoid(y, x) == pytest.approx(numbers(VALUES)["gini"])
    nothing = lorenz(pd.Series({"a": 0.0, "b": 0.0}))
    assert nothing["status"].eq("undefined").all()


def test_theil_of_two_nested_levels_by_fractions():
    values = pd.Series({"a": 1.0, "b": 2.0, "c": 3.0, "d": 6.0, "e": 4.0, "f": 8.0})
    sides = pd.DataFrame({"side": list("wwwwee"), "land": list("ppqqrr")}, index=values.index)
    found = decompose_inequality(values, groups=sides)
    whole = found[found["group"] == "all"].set_index(["level", "part"])["contribution"]
    west, p, q = Fraction(12, 24), Fraction(3, 24), Fraction(9, 24)
    east = 1 - west
    between = west * log(west / Fraction(4, 6)) + east * log(east / Fraction(2, 6))
    inner = p * log(p / west / Fraction(1, 2)) + q * log(q / west / Fraction(1, 2))
    pair = log(2 / 3) / 3 + 2 * log(4 / 3) / 3
    assert whole["side", "between"] == pytest.approx(between)
    assert whole["land", "between"] == pytest.approx(inner)
    # places of every land stand as 1 to 2
    assert whole["land", "within"] == pytest.approx(pair)
    assert whole["side", "within"] == pytest.approx(whole["land", "between"] + whole["land", "within"])
    assert whole["", "total"] == pytest.approx(numbers(values)["theil_t"])
    assert whole["", "total"] == pytest.approx(whole["side", "between"] + whole["side", "within"])


def test_dagum_by_fractions():
    # means 2 and 4; pairs apart: |1-2| |1-6| |3-2| |3-6|, and the 3 exceeds the 2 of the richer group by 1
    values, groups = (
        pd.Series({"a": 1.0, "b": 3.0, "c": 2.0, "d": 6.0}),
        pd.Series(dict(zip("abcd", "ppqq", strict=True))),
    )
    found = decompose_inequality(values, groups=groups.rename("g"), measure="gini")
    whole = found[found["group"] == "all"].set_index("part")["contribution"]
    apart, mean, share = Fraction(1 + 5 + 1 + 3, 4), Fraction(12, 4), Fraction(1, 4)
    assert whole["between"] == pytest.approx(float(share * 2 / mean))
    assert whole["transvariation"] == pytest.approx(float(share * 2 * Fraction(1, 4) / mean))
    assert whole["between"] + whole["transvariation"] == pytest.approx(float(share * apart / mean))
    assert whole["within"] == pytest.approx(float(share * (1 + 2) / mean / 2))
    assert whole["total"] == pytest.approx(whole[["within", "between", "transvariation"]].sum())
    pair = found[found["other"].notna()].iloc[0]
    assert pair["index"] == pytest.approx(float(apart / 6))


def test_groups_at_the_limits():
    single = decompose_inequality(VALUES, groups=VALUES.index.to_series().rename("g"), measure="gini")
    assert single.loc[(single["group"] == "all") & (single["part"] == "within"), "contribution"].iloc[0] == 0
    empty = decompose_inequality(pd.Series({"a": 0.0, "b": 4.0}), groups=pd.Series({"a": "x", "b": "y"}, name="g"))
    assert empty.set_index("group").loc["x", "status"] == "undefined"
    assert empty["contribution"].notna().all()
    nothing = decompose_inequality(pd.Series({"a": 0.0}), groups=pd.Series({"a": "x"}, name="g"), measure="gini")
    assert nothing["status"].eq("undefined").all()
    gap = panel(y2000={"a": 1.0, "b": 3.0}, y2001={"a": np.nan, "b": np.nan}).assign(g=["x", "y"] * 2)
    for measure in ("theil_t", "theil_l", "gini"):
        found = decompose_inequality(gap, groups="g", measure=measure)
        assert found[found["year"] == 2001]["status"].eq("undefined").all()
        assert found[found["year"] == 2000]["contribution"].notna().all()
    with pytest.raises(OptionError, match="each land within one side, got several for p"):
        decompose_inequality(
            VALUES, groups=pd.DataFrame({"side": list("wwee"), "land": list("pqpr")}, index=list("abcd"))
        )
    with pytest.raises(OptionError, match="values: needed numbers above 0"):
        decompose_inequality(VALUES - 1, groups=pd.Series("x", index=list("abcd"), name="g"), measure="theil_l")


CHAIN = pd.DataFrame(np.eye(4, k=1) + np.eye(4, k=-1), index=list("abcd"), columns=list("abcd"))


def test_the_spatial_gini_is_split_by_pairs():
    found = spatial_gini(VALUES, CHAIN, permutations=0).iloc[0]
    # neighbors differ by 2, 1, 4; others by 3, 7, 5
    assert found["neighbors"] == pytest.approx(2 * 7 / (2 * 16 * 4))
    assert found["others"] == pytest.approx(2 * 15 / (2 * 16 * 4))
    assert found["polarization"] == pytest.approx((15 / 3) / (7 / 3))


def test_the_permutations_depend_on_seed_and_names_alone():
    table = panel(y2000=VALUES, y2001=VALUES**2)
    found = spatial_gini(table, CHAIN, permutations=49, seed=5)
    turned = table.iloc[::-1]
    order = list("dcba")
    again = spatial_gini(turned, SpatialWeights.from_matrix(CHAIN.loc[order, order]), permutations=49, seed=5)
    assert found.equals(again)
    assert found.iloc[[0]].equals(spatial_gini(table.iloc[:4], CHAIN, permutations=49, seed=5))
    assert not found["expected"].equals(spatial_gini(table, CHAIN, permutations=49, seed=6)["expected"])


def test_the_spatial_gini_at_the_limits():
    alone = spatial_gini(VALUES, CHAIN * 0, permutations=9).iloc[0]
    assert alone["status"] == "undefined"
    assert alone["others"] == alone["gini"]
    assert spatial_gini(VALUES * 0 + 1, CHAIN, permutations=9)["status"].tolist() == ["undefined"]
    with pytest.raises(UnknownPlaceError, match="'d'"):
        spatial_gini(VALUES, CHAIN.iloc[:3, :3])
    with pytest.raises(OptionError, match="value for every place"):
        spatial_gini(VALUES.where(VALUES < 8), CHAIN)
