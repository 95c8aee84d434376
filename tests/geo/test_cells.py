"""Which cells a score rests on: indicators are judged before places, and places without a value are told."""

import warnings

import pandas as pd
import pytest
from samples import framework_of, rows_of

from innoscape.data import InnoscapeWarning, TableError, UnknownPlaceError
from innoscape.geo import Recipe, assign_tiers, centers_layer, compare_tiers, flow_tiers, score

CELLS = rows_of({"schools": [3, 5, 1, None], "trains": [7, 2, 4, None]}).pipe(
    lambda rows: pd.concat([rows, pd.DataFrame({"place": ["丁"], "indicator": ["schools"], "value": [None]})])
)


def test_a_framework_of_other_indicators_is_told_before_any_place():
    with pytest.raises(TableError) as caught:
        score(CELLS, framework_of(["learning", "travel"]), among=["甲", "nowhere"])
    (fault,) = caught.value.faults
    assert str(fault) == (
        "indicators, column indicator: needed indicators of the framework: learning, travel, got others: schools, "
        "trains; write their names alike in both tables"
    )


def test_a_chosen_place_is_unknown_only_if_the_table_does_not_name_it():
    with pytest.raises(UnknownPlaceError, match="nowhere"):
        score(CELLS, framework_of(["trains"]), among=["甲", "乙", "nowhere"])
    with pytest.raises(TableError, match="for every place that is scored, got none for 丁"):
        score(CELLS, framework_of(["trains"]), among=["甲", "乙", "丁"])


def test_a_place_without_any_value_of_its_own_is_told():
    names = framework_of(["schools", "trains"])
    with pytest.warns(InnoscapeWarning) as caught:
        found = score(CELLS, names, Recipe(impute="mean"))
    assert [str(one.message) for one in caught] == [
        (
            "1 place has no value of its own, so its rank follows from imputed values alone: 丁; leave it out, or "
            "screen by availability"
        )
    ]
    assert "丁" in set(found.scores["place"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        score(CELLS.fillna({"value": 6.0}), names, Recipe(impute="mean"))
        score(CELLS, names, Recipe(impute="mean"), among=["甲", "乙", "丙"])


def test_a_year_without_any_value_is_told_in_a_yearly_panel_only():
    years = pd.concat([rows_of({"schools": [3, 5, 1]}, "甲乙丙").assign(year=year) for year in (2019, 2020, 2021)])
    years.loc[(years["place"] == "丙") & (years["year"] == 2020), "value"] = None
    with pytest.warns(InnoscapeWarning, match=r"imputed values alone: 丙 \(2020\)"):
        score(years, framework_of(["schools"]), Recipe(impute="mean", panel="yearly"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        # between its years a place has values of its own
        score(years, framework_of(["schools"]), Recipe(impute="interpolate", panel="yearly"))


def test_codes_read_as_floats_are_the_places_that_they_stand_for():
    cells = rows_of({"schools": [3, 5, 1]}, [62, 6201, 6202])
    coded = pd.DataFrame({"place": [62, 6201, 6202], "part_of": [None, 62, 62]})
    with pytest.raises(TableError, match="6201 and 62, which contains it"):
        score(cells.astype({"place": float}), framework_of(["schools"]), places=coded)
    placed = coded.assign(lon=[103.8, 103.7, 98.3], lat=[36.1, 36.0, 39.8], tier=[None, "national", "local"])
    centers = centers_layer(placed.astype({"place": float}), scopes=[62])
    assert centers[["place", "scope"]].to_numpy().tolist() == [["6201", "62"], ["6202", "62"]]
    strengths = pd.Series([9.0, 4.0], index=[6201.0, 6202.0])
    assert flow_tiers(strengths, labels=("high", "low")).index.tolist() == ["6201", "6202"]
    tiers = assign_tiers(strengths, method="counts", counts=(1, 1), labels=("high", "low"))
    assert compare_tiers(tiers, tiers.set_axis(["6201", "6202"])).empty


def test_rows_without_a_year_are_counted_where_one_year_is_scored():
    years = pd.concat([rows_of({"schools": [3, 5]}, "甲乙").assign(year=year) for year in (2019, None)])
    with pytest.warns(InnoscapeWarning, match="2 rows of 4 have no year and are left out"):
        score(years, framework_of(["schools"]), year=2019)
