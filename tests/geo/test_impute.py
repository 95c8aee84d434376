"""Imputation against R, its notes, its refusals; screening and denominators."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import Framework, InnoscapeWarning, OptionError, TableError
from innoscape.geo import Recipe, score, uncertainty
from innoscape.geo.index.prepare.impute import IMPUTATIONS, interpolate, knn, regression

A = [1, 2, None, 4, 5, 6, None, 8, 9, 10, 30, 100]
B = [5, 3, 8, 1, 9, 2, 7, 4, 6, 12, 11, 10]
E = [0.5, 0.1, 0.7, 0.2, 0.2, 0.9, 0.4, 0.3, 0.8, 0.6, 0.2, 0.5]
TABLE = pd.DataFrame({"a": A, "b": B, "e": E}, index=list("ABCDEFGHIJKL"), dtype=float)
GROUPS = dict(zip(TABLE.index, "xyz" * 4, strict=True))
PLACES = pd.DataFrame({"place": list(TABLE.index), "area": list(GROUPS.values())})


def long(wide):
    return wide.rename_axis("place").reset_index().melt("place", var_name="indicator").dropna()


def framework(*names, **columns):
    return Framework.from_table(pd.DataFrame({"indicator": names, **columns}))


def test_notes_name_the_group_and_the_predictor():
    notes = score(long(TABLE), framework("a", "b", "e"), Recipe(impute="regression")).log["note"]
    assert set(notes) == {"regression on b (r 0.47)"}
    recipe = Recipe(impute={"method": "group_mean", "groups": GROUPS})
    assert score(long(TABLE), framework("a", "b", "e"), recipe).log["note"].tolist() == [
        "mean of the group z",
        "mean of the group x",
    ]


def test_a_group_without_values_and_a_place_without_group_are_refused_together():
    groups = {**GROUPS, "G": "alone"}
    del groups["C"]
    with pytest.raises(TableError) as caught:
        score(long(TABLE), framework("a", "b"), Recipe(impute={"method": "group_mean", "groups": groups}))
    assert "a group, got none for C" in str(caught.value)
    assert "none of a in the group alone" in str(caught.value)


def test_a_column_of_groups_must_be_there():
    recipe = Recipe(impute={"method": "group_mean", "groups": "region"})
    with pytest.raises(TableError, match="the column region, got place, area"):
        score(long(TABLE), framework("a", "b"), recipe, places=PLACES)
    with pytest.raises(OptionError, match="got no places"):
        score(long(TABLE), framework("a", "b"), recipe)


def test_perfectly_collinear_predictors_share_their_effect():
    table = TABLE.assign(twice=TABLE["b"] * 2)
    one, both = regression(table)[0]["a"], regression(table, predictors=2)[0]["a"]
    np.testing.assert_allclose(both, one, atol=1e-9)


def test_a_regression_without_anything_to_rest_on_is_refused():
    with pytest.raises(TableError, match="predict a from"):
        regression(TABLE[["a"]])
    with pytest.raises(TableError, match="known values"):
        regression(TABLE.assign(a=[1, 2, *[np.nan] * 10]))
    filled, notes = regression(TABLE.assign(a=[7, 7, *[np.nan] * 10]))
    assert set(filled["a"]) == {7}
    assert set(notes.values()) == {"the indicator's only value"}


def test_places_equally_near_are_averaged_together():
    table = pd.DataFrame({"a": [1.0, 5.0, 9.0, None], "b": [0, 4, 8, 6]}, index=list("ABCD"))
    assert knn(table, neighbors=1)[0].loc["D", "a"] == 7
    assert knn(table, neighbors=1, weights="distance")[0].loc["D", "a"] == 7
    assert knn(table.assign(b=[0, 4, 8, 8]), weights="distance")[0].loc["D", "a"] == 9


def test_a_place_without_anything_in_common_is_refused():
    table = pd.DataFrame({"a": [1, 2, None], "b": [None, None, 4]}, index=list("ABC"), dtype=float)
    with pytest.raises(TableError, match=r"no a of C[\s\S]*no b of A"):
        score(long(table), framework("a", "b"), Recipe(impute="knn"))


def years(values, start=2014):
    index = pd.MultiIndex.from_product([["X"], range(start, start + len(values))], names=["place", "year"])
    return pd.DataFrame({"a": values}, index=index, dtype=float)


def test_ends_may_be_refused():
    filled, notes = interpolate(years([None, 3, None, 9]), ends="raise")
    assert filled["a"].isna().tolist() == [True, False, False, False]
    assert list(notes) == [(("X", 2016), "a")]


def test_interpolation_needs_a_panel():
    with pytest.raises(OptionError, match='panel="yearly"'):
        Recipe(impute="interpolate")


def test_a_function_fills_cells_but_cannot_be_written_to_a_file():
    def by_nine(table):
        return table.fillna(9)

    found = score(long(TABLE), framework("a", "b", "e"), Recipe(impute=by_nine))
    assert found.log["value"].tolist() == [9, 9]
    assert set(found.log["note"]) == {"by the function by_nine"}
    assert Recipe(impute=by_nine) == Recipe(impute=by_nine)
    with pytest.raises(OptionError, match="a function cannot stand in a study file"):
        Recipe(impute=by_nine).to_dict()


@pytest.mark.parametrize(
    ("fill", "message"),
    [
        (lambda table: table, "no a of C"),
        (lambda table: table.fillna(np.inf), "got inf: no a of C"),
        (lambda table: table.fillna(0) + 1, "known cells as they were"),
        (lambda table: table.dropna(), "a table of 12x2, got 10x2"),
    ],
)
def test_a_function_that_does_not_only_fill_is_refused(fill, message):
    with pytest.raises(TableError, match=message):
        score(long(TABLE), framework("a", "b"), Recipe(impute=fill))


@pytest.mark.parametrize("method", sorted(set(IMPUTATIONS) - {"none", "interpolate"}))
def test_row_order_changes_no_bit_of_what_is_filled(method):
    step = {"method": method, "groups": GROUPS} if method.startswith("group") else method
    shuffled = long(TABLE).sample(frac=1, random_state=3)
    one, other = (score(t, framework("a", "b", "e"), Recipe(impute=step)) for t in (long(TABLE), shuffled))
    pd.testing.assert_frame_equal(one.scores, other.scores, check_exact=True)
    pd.testing.assert_frame_equal(one.log, other.log, check_exact=True)


def test_places_and_indicators_with_too_few_values_are_screened_out():
    wide = TABLE.assign(ghost=[1, *[None] * 11], b=[None, *B[1:]])
    wide.loc["A", "e"] = None
    step = {"method": "availability", "indicators": 0.5, "places": 0.5}
    with pytest.warns(InnoscapeWarning, match=r"no indicator is left of the groups none \(level1\)"):
        found = score(
            long(wide),
            framework("a", "b", "e", "ghost", level1=["x", "x", "x", "none"]),
            Recipe(screen=step, impute="mean"),
        )
    assert "A" not in set(found.scores["place"])
    assert list(found.effective_weights.index) == ["a", "b", "e"]
    out = found.log[found.log["action"] == "excluded"].set_index(["place", "indicator"])["note"]
    assert out["A", "a"] == "the place has 33 % of the values, 50 % needed"
    assert out["B", "ghost"] == "the indicator has 8 % of the values, 50 % needed"


def test_screening_can_start_with_the_places_and_count_zeros():
    wide = pd.DataFrame({"a": [0, 0, 0, 5], "b": [1, 2, 0, 3]}, index=list("ABCD"))
    step = {"method": "availability", "nonzero_places": 0.5, "first": "places"}
    assert set(score(long(wide), framework("a", "b"), Recipe(screen=step)).scores["place"]) == {"A", "B", "D"}
    step = {"method": "availability", "nonzero_indicators": 0.5}
    assert list(score(long(wide), framework("a", "b"), Recipe(screen=step)).effective_weights.index) == ["b"]


def test_thresholds_that_leave_nothing_are_refused():
    wide = TABLE.assign(a=np.nan)
    with pytest.raises(TableError, match="lower the thresholds"):
        score(long(wide[["b"]]), framework("b", "a"), Recipe(screen={"method": "availability", "places": 0.9,
                                                                      "first": "places"}))  # fmt: skip


def test_indicators_are_divided_by_an_indicator_or_by_numbers_by_name():
    wide = pd.DataFrame({"a": [10, 9, 8], "b": [4, 2, 6], "people": [5, 3, 8]}, index=list("ABC"), dtype=float)
    by = {"a": "people", "b": pd.Series({"A": 2, "B": 4, "C": 1})}
    recipe = Recipe(denominate={"method": "divide", "by": by})
    found = score(long(wide), framework("a", "b"), recipe)
    assert found.prepared.set_index("place").loc[list("ABC"), "a"].tolist() == [2, 3, 1]
    assert found.prepared.set_index("place").loc[list("ABC"), "b"].tolist() == [2, 0.5, 6]
    assert found.log.empty
    assert Recipe.from_dict(recipe.to_dict()) == recipe


@pytest.mark.parametrize(
    ("by", "error", "message"),
    [
        ({"a": "people"}, TableError, "0.0 at B for a"),
        ({"a": {"A": 1, "C": 2}}, TableError, "nan at B for a"),
        ({"a": "persons"}, TableError, "values of the denominator persons"),
        ({"aa": "people"}, OptionError, "indicators of the framework, got aa"),
    ],
)
def test_denominators_that_cannot_divide_are_refused(by, error, message):
    wide = pd.DataFrame({"a": [10, 9, 8], "people": [5, 0, 8]}, index=list("ABC"), dtype=float)
    with pytest.raises(error, match=message):
        score(long(wide), framework("a"), Recipe(denominate={"method": "divide", "by": by}))


# patents and inhabitants (thousands) of two large places and one small one, whose patents are missing
SIZED = pd.DataFrame(
    {"patents": [800.0, 1000.0, None], "people": [1000.0, 2000.0, 10.0], "other": [1.0, 2.0, 3.0]},
    index=["big", "bigger", "small"],
)
BY = {"method": "divide", "by": {"patents": "people"}}


def per_person(wide=SIZED, **choices):
    found = score(long(wide), framework("patents", "other"), Recipe(**{"impute": "mean", "denominate": BY, **choices}))
    return found.prepared.set_index("place")["patents"], found.log


def test_a_missing_total_of_a_small_place_takes_the_mean_quotient_and_not_a_large_total():
    values, log = per_person()
    assert values["small"] == pytest.approx((0.8 + 0.5) / 2)
    assert log.loc[log["action"] == "imputed", "note"].tolist() == ["mean of the indicator, after division by people"]
    values, log = per_person(order="impute_divide")
    assert values["small"] == pytest.approx(900 / 10)
    assert log.loc[log["action"] == "imputed", "note"].tolist() == ["mean of the indicator"]


@pytest.mark.parametrize("order", ["divide_impute", "impute_divide"])
def test_a_missing_denominator_is_refused_or_handled_by_name(order):
    wide = SIZED.assign(patents=[800.0, 1000.0, 7.0], people=[1000.0, 2000.0, None])
    with pytest.raises(TableError, match="needed a denominator above 0, got nan at small for patents"):
        per_person(wide, order=order)
    values, log = per_person(wide, order=order, denominate={**BY, "missing": "impute"})
    assert values["small"] == pytest.approx(7 / 1500)
    assert log[["indicator", "action", "value"]].to_numpy().tolist() == [["people", "imputed", 1500.0]]
    if order == "divide_impute":
        values, _ = per_person(wide, denominate={**BY, "missing": "gap"})
        assert values["small"] == pytest.approx(0.65)


def test_an_imputed_size_that_is_an_indicator_too_has_one_value():
    wide = pd.DataFrame(
        {"p": [8.0, 10, 3, 7, 2], "people": [1000.0, 2000, None, 900, 400], "o": [1.0, 2, 3, 5, 9]}, index=list("abcde")
    )
    step = {"method": "divide", "by": {"p": "people"}, "missing": "impute"}
    recipe = Recipe(impute={"method": "knn", "neighbors": 2}, denominate=step)
    found = score(long(wide), framework("p", "people", "o"), recipe)
    row = found.prepared.set_index("place").loc["c"]
    assert row["p"] == pytest.approx(3 / row["people"])
    assert found.log[["place", "indicator", "value"]].to_numpy().tolist() == [["c", "people", row["people"]]]


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"order": "impute_divide"}, "needs an imputation and a denominate step"),
        ({"order": "impute_divide", "impute": "mean"}, "needs an imputation and a denominate step"),
        ({"denominate": {**BY, "missing": "gap"}}, "needs an imputation"),
        ({"denominate": {**BY, "missing": "gap"}, "impute": "mean", "order": "impute_divide"}, "leaves a quotient"),
        ({"denominate": {**BY, "missing": "zero"}}, "'refuse', 'gap', 'impute'"),
        ({"impute": {"method": "mean", "by_year": True}}, 'by_year needs panel="pooled"'),
    ],
)
def test_choices_that_would_do_nothing_are_refused(choices, said):
    with pytest.raises(OptionError, match=said):
        Recipe(**choices)


def test_an_imputed_quotient_is_varied_as_the_total_that_gives_it():
    wide = SIZED.assign(other=[1.0, 2.0, 5.0])
    recipe = Recipe(impute="mean", denominate=BY)
    options = {"recipe": recipe, "weight_noise": "none", "runs": 3, "tiers": {"k": 3}}
    varied = uncertainty(long(wide), framework("patents", "other"), **options, data_noise={"imputed": 0.2})
    # 0.65 for each of ten
    assert varied.cells(0)[["place", "value"]].to_numpy().tolist() == [["small", pytest.approx(6.5)]]
    nominal = score(long(wide), framework("patents", "other"), recipe).scores.set_index("place")["score"]
    assert varied.scores.set_index("place")["score"].to_dict() == pytest.approx(nominal.to_dict())
    assert varied.score_samples["small"].nunique() == 3


def test_a_group_mean_of_the_year_is_taken_in_pooled_panels():
    rows = [(p, y, "a", v) for p, y, v in [("甲", 2020, 2), ("乙", 2020, 4), ("甲", 2021, 20), ("乙", 2021, 40)]]
    rows += [(p, y, "b", v) for p, y, v in [("甲", 2020, 1), ("乙", 2020, 3), ("丙", 2020, 2)]]
    rows += [(p, 2021, "b", v) for p, v in [("甲", 8), ("乙", 7), ("丙", 9)]]
    years = pd.DataFrame(rows, columns=["place", "year", "indicator", "value"]).astype({"value": float})
    step = {"method": "group_mean", "groups": dict.fromkeys("甲乙丙", "east")}

    def imputed(**options):
        return score(years, framework("a", "b"), Recipe(panel="pooled", impute=step | options)).log["value"].tolist()

    assert imputed() == [16.5, 16.5]
    assert imputed(by_year=True) == [3.0, 30.0]
    recipe = Recipe(panel="pooled", impute={"method": "mean", "by_year": True})
    options = {"year": 2021, "weight_noise": "none", "runs": 2, "tiers": {"k": 3}}
    found = uncertainty(years, framework("a", "b"), recipe=recipe, **options)
    own = score(years, framework("a", "b"), recipe).scores.query("year == 2021")
    assert found.ranks["place"].tolist() == own["place"].tolist()
    assert found.score_samples.iloc[0].tolist() == pytest.approx(own["score"].tolist())
