"""Panels: yearly and pooled scores, years in every table, gaps between years."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import Framework, InnoscapeWarning, OptionError, TableError, load
from innoscape.geo import Recipe, leave_out, score, uncertainty


def framework(*names, **columns):
    return Framework.from_table(pd.DataFrame({"indicator": names, **columns}))


def panel(values):
    rows = [(p, i, y, v) for (p, i), by_year in values.items() for y, v in by_year.items() if v is not None]
    return pd.DataFrame(rows, columns=["place", "indicator", "year", "value"])


# Everything doubles from 2019 to 2020, so within a year nothing changes.
DOUBLED = panel(
    {
        ("甲", "labs"): {2019: 1, 2020: 2},
        ("乙", "labs"): {2019: 3, 2020: 6},
        ("丙", "labs"): {2019: 5, 2020: 10},
        ("甲", "firms"): {2019: 4, 2020: 8},
        ("乙", "firms"): {2019: 4, 2020: 8},
        ("丙", "firms"): {2019: 2, 2020: 4},
    }
)
FRAME = framework("labs", "firms")


def by_key(found):
    return found.scores.set_index(["place", "year"])["score"].to_dict()


def test_a_yearly_panel_scores_each_year_by_itself():
    found = score(DOUBLED, FRAME, Recipe(panel="yearly"))
    alone = score(DOUBLED, FRAME, year=2019).scores.set_index("place")["score"].to_dict()
    for year in (2019, 2020):
        assert {place: value for (place, y), value in by_key(found).items() if y == year} == alone


def test_a_pooled_panel_makes_years_comparable():
    scores = by_key(score(DOUBLED, FRAME, Recipe(panel="pooled")))
    # labs run from 1 to 10, firms from 2 to 8 over both years
    assert scores["乙", 2019] == pytest.approx((2 / 9 + 2 / 6) / 2)
    assert scores["乙", 2020] == pytest.approx((5 / 9 + 1) / 2)
    assert all(scores[place, 2020] > scores[place, 2019] for place in "甲乙丙")


@pytest.mark.parametrize("kind", ["yearly", "pooled"])
def test_every_table_carries_the_year_and_ranks_stay_within_it(kind):
    found = score(DOUBLED, framework("labs", "firms", level1=["x", "y"]), Recipe(panel=kind, weigh="entropy"))
    assert list(found.scores.columns) == ["place", "year", "score", "rank"]
    assert found.scores["year"].tolist() == [2019] * 3 + [2020] * 3
    assert found.scores["rank"].tolist() == [1, 2, 3] * 2
    assert found.levels.groupby(["group", "year"])["rank"].min().eq(1).all()
    for table in (found.contributions, found.normalized, found.prepared):
        assert list(table.columns) == ["place", "year", "labs", "firms"]
        assert table[["place", "year"]].equals(found.scores[["place", "year"]])
    sums = found.contributions[["labs", "firms"]].sum(axis=1)
    np.testing.assert_allclose(sums, found.scores["score"], atol=1e-12)
    assert ("year" in found.weights) == (kind == "yearly")


def test_yearly_weights_are_those_of_each_year():
    changed = DOUBLED.assign(value=DOUBLED["value"] + (DOUBLED["year"] == 2020) * (DOUBLED["place"] == "甲") * 5)
    found = score(changed, FRAME, Recipe(panel="yearly", weigh="entropy"))
    for year in (2019, 2020):
        alone = score(changed, FRAME, Recipe(weigh="entropy"), year=year)
        assert found.effective_weights.loc[year].to_dict() == alone.effective_weights.to_dict()
    pooled = score(changed, FRAME, Recipe(panel="pooled", weigh="entropy"))
    assert pooled.effective_weights.sum() == pytest.approx(1)
    assert list(pooled.effective_weights.index) == ["labs", "firms"]


@pytest.mark.parametrize("kind", ["yearly", "pooled"])
def test_a_panel_of_one_year_gives_the_scores_of_that_year(kind):
    found = score(DOUBLED, FRAME, Recipe(panel=kind), year=2020)
    alone = score(DOUBLED, FRAME, year=2020)
    assert found.scores.drop(columns="year").equals(alone.scores)
    weights = found.effective_weights
    assert weights.groupby("indicator", sort=False).first().to_dict() == alone.effective_weights.to_dict()


@settings(max_examples=25, deadline=None)
@given(st.randoms(), st.sampled_from(["yearly", "pooled"]), st.sampled_from(["minmax", "zscore", "rank", "vector"]))
def test_row_order_of_a_panel_changes_no_bit(random, kind, normalize):
    recipe = Recipe(panel=kind, normalize=normalize, weigh="entropy")
    shuffled = DOUBLED.iloc[random.sample(range(len(DOUBLED)), len(DOUBLED))]
    pd.testing.assert_frame_equal(
        score(shuffled, FRAME, recipe).scores, score(DOUBLED, FRAME, recipe).scores, check_exact=True
    )


def test_without_a_panel_years_in_the_table_collide():
    with pytest.raises(
        TableError, match=r"years 2019, 2020 for \d+ of them: 2 for .*; keep the rows of one year"
    ) as caught:
        score(DOUBLED, FRAME)
    assert len(caught.value.faults) == 1
    double = pd.concat([DOUBLED, DOUBLED.head(1)])
    with pytest.raises(TableError, match="2 for 甲, labs in 2019"):
        score(double, FRAME, Recipe(panel="yearly"))


def test_a_panel_needs_a_year_in_every_row():
    with pytest.raises(TableError, match="year"):
        score(DOUBLED.drop(columns="year"), FRAME, Recipe(panel="yearly"))
    with pytest.raises(TableError, match="a year in every row"):
        score(DOUBLED.assign(year=[None, *DOUBLED["year"][1:]]), FRAME, Recipe(panel="yearly"))


def test_gaps_between_years_are_interpolated_and_logged():
    table = panel(
        {
            ("甲", "labs"): {2018: 1, 2020: 5},
            ("乙", "labs"): {2018: 4, 2019: 4, 2020: 8},
        }
    )
    found = score(table, framework("labs"), Recipe(panel="pooled", impute="interpolate"))
    assert found.log.to_numpy().tolist() == [["甲", 2019, "labs", "imputed", 3, "interpolated between years"]]
    assert found.prepared.set_index(["place", "year"]).loc[("甲", 2019), "labs"] == 3
    later = pd.concat([table, panel({("甲", "labs"): {2021: 9}})])
    with pytest.raises(TableError, match="no labs of 乙 in 2021"):
        score(later, framework("labs"), Recipe(panel="pooled", impute={"method": "interpolate", "ends": "raise"}))


def test_missing_cells_of_a_year_are_filled_from_that_year_or_from_all():
    table = DOUBLED.drop(index=DOUBLED.index[(DOUBLED["place"] == "甲") & (DOUBLED["year"] == 2020)][:1])
    yearly = score(table, FRAME, Recipe(panel="yearly", impute="mean")).log
    assert yearly.to_numpy().tolist() == [["甲", 2020, "labs", "imputed", 8, "mean of the indicator"]]
    pooled = score(table, FRAME, Recipe(panel="pooled", impute="mean")).log
    assert pooled["value"].tolist() == [5]


def test_an_indicator_missing_in_a_whole_year_is_named_with_the_year():
    table = DOUBLED[~((DOUBLED["indicator"] == "labs") & (DOUBLED["year"] == 2020))]
    with pytest.raises(TableError, match="none at all 3 for labs in 2020"):
        score(table, FRAME, Recipe(panel="yearly", impute="mean"))


def test_one_place_or_a_constant_in_one_year_is_named_with_the_year():
    with pytest.raises(TableError, match="two places to compare in 2020"):
        score(DOUBLED[(DOUBLED["year"] == 2019) | (DOUBLED["place"] == "甲")], FRAME, Recipe(panel="yearly"))
    flat = DOUBLED.assign(value=DOUBLED["value"].where((DOUBLED["indicator"] == "labs") | (DOUBLED["year"] == 2019), 7))
    with pytest.warns(InnoscapeWarning, match=r"in 2020; they keep their weight: firms"):
        score(flat, FRAME, Recipe(panel="yearly"))


def test_treatment_is_by_year_in_a_yearly_panel():
    values = [*range(1, 11), 100]
    table = panel({(chr(65 + i), "x"): {2019: v, 2020: i} for i, v in enumerate(values)})
    found = score(table, framework("x"), Recipe(panel="yearly", treat="winsorize"))
    assert found.treatments.to_numpy().tolist() == [["K", 2019, "x", "winsorized", 100, 10]]


def test_a_reference_place_is_that_of_the_same_year():
    recipe = Recipe(panel="yearly", normalize={"method": "distance_to_reference", "reference": "丙"})
    found = score(DOUBLED, framework("labs"), recipe)
    assert by_key(found)["丙", 2019] == by_key(found)["丙", 2020] == 1
    with pytest.raises(OptionError, match="one value for each year"):
        Recipe(panel="pooled", normalize={"method": "distance_to_reference", "reference": "丙"})


def test_places_of_a_panel_may_not_contain_one_another_either():
    table = panel({("北京", "x"): {2019: 1}, ("京津冀", "x"): {2019: 2, 2020: 3}, ("上海", "x"): {2020: 1}})
    with pytest.raises(TableError, match="北京 and 京津冀"):
        score(table, framework("x"), Recipe(panel="pooled"), places=load("places"))


GROWING = panel(
    {
        (place, name): {2019: a, 2020: b, 2021: c}
        for (place, name), (a, b, c) in {
            ("甲", "labs"): (1, 2, 9), ("乙", "labs"): (3, 6, 4), ("丙", "labs"): (5, 1, 7), ("丁", "labs"): (2, 2, 1),
            ("甲", "firms"): (4, 8, 3), ("乙", "firms"): (4, 5, 9), ("丙", "firms"): (2, 4, 6),
            ("丁", "firms"): (6, 1, 2),
        }.items()
    }
)  # fmt: skip


@pytest.mark.parametrize("kind", ["yearly", "pooled"])
@pytest.mark.parametrize("weigh", ["equal", "entropy"])
def test_a_varied_panel_ranks_the_places_of_one_year_as_score_does(kind, weigh):
    recipe = Recipe(panel=kind, weigh=weigh)
    scored = score(GROWING, FRAME, recipe).scores.query("year == 2020").set_index("place")
    still = uncertainty(GROWING, FRAME, recipe=recipe, year=2020, weight_noise="none", runs=3)
    assert still.scores.set_index("place")["score"].to_dict() == pytest.approx(scored["score"].to_dict())
    assert (still.score_samples.to_numpy() == still.score_samples.iloc[:1].to_numpy()).all()
    found = uncertainty(GROWING, FRAME, recipe=recipe, year=2020, weight_noise=0.9, runs=300)
    assert found.ranks.set_index("place")["rank"].to_dict() == scored["rank"].to_dict()
    assert list(found.acceptability.columns) == ["place", "1", "2", "3", "4"]
    assert found.ranks["low"].min() == 1
    assert found.ranks["high"].max() == 4


def test_a_pooled_panel_varies_its_other_years_with_the_one_that_is_ranked():
    table = GROWING.assign(status="observed")
    table.loc[table["year"] == 2021, "status"] = "substituted"
    options = {"year": 2020, "data_noise": {"substituted": 0.5}, "weight_noise": "none", "runs": 50}
    spread = {
        kind: uncertainty(table, FRAME, recipe=Recipe(panel=kind), **options).score_samples.std().max()
        for kind in ("yearly", "pooled")
    }
    assert spread["yearly"] == pytest.approx(0, abs=1e-12)
    assert spread["pooled"] > 0.01


def test_a_year_between_known_years_is_interpolated_before_it_is_varied():
    gaps = GROWING.query("not (place == '甲' and year == 2020)")
    recipe = Recipe(panel="yearly", impute="interpolate")
    scored = score(gaps, FRAME, recipe).scores.query("year == 2020").set_index("place")["score"]
    found = uncertainty(gaps, FRAME, recipe=recipe, year=2020, runs=50, data_noise={"imputed": 0.3})
    assert found.scores.set_index("place")["score"].to_dict() == pytest.approx(scored.to_dict())
    assert set(found.cells(0)["place"]) == {"甲"}


@pytest.mark.parametrize("kind", ["yearly", "pooled"])
def test_an_indicator_is_left_out_of_every_year_of_a_panel(kind):
    found = leave_out(GROWING, FRAME, recipe=Recipe(panel=kind), year=2021)
    alone = score(GROWING, framework("firms"), Recipe(panel=kind)).scores.query("year == 2021").set_index("place")
    without = found[found["left_out"] == "labs"].set_index("place")["rank_without"]
    assert without.to_dict() == alone["rank"].to_dict()


@pytest.mark.parametrize("vary", [uncertainty, leave_out])
def test_a_panel_is_varied_in_a_named_year_only(vary):
    with pytest.raises(OptionError, match="year: needed the year of the pooled panel"):
        vary(GROWING, FRAME, recipe=Recipe(panel="pooled"))


def test_recipes_of_different_panels_are_not_varied_together():
    recipes = {"a": Recipe(panel="pooled"), "b": Recipe(panel="yearly")}
    with pytest.raises(OptionError, match="needed one panel for all, got 'pooled', 'yearly'"):
        uncertainty(GROWING, FRAME, recipes=recipes, year=2020)
