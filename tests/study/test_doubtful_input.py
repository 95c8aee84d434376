"""What a study says of input that can be read and is probably wrong."""

import pandas as pd
import pytest
from samples import edit

from innoscape.data import TableError
from innoscape.study import check, run


def _doubts(study):
    """Return what a run of a study warns of."""
    notices = run(study, until="simulate").tables["notices"]
    return notices.loc[notices["level"] == "warning", "text"].tolist()


def test_a_framework_under_other_names_is_told_by_the_names_of_both_sides(study):
    (study / "framework.csv").write_text("indicator\nbenches\ncompanies\n", encoding="utf-8")
    with pytest.warns(match="left out"), pytest.raises(TableError) as caught:
        check(study)
    assert "benches, companies, got others: firms, labs" in str(caught.value)
    assert "no such place" not in str(caught.value)


def test_a_place_at_zero_is_told_by_its_row(study):
    edit(study, "places.csv", "116.4,39.9", "0,0")
    (doubt,) = _doubts(study)
    assert doubt.startswith("places.csv, row 2, column lon: needed the position of the place, got lon 0, lat 0")


def test_a_unit_without_any_value_is_told(study):
    table = pd.read_csv(study / "indicators.csv", dtype=str)
    wide = table.pivot(index="place", columns="indicator", values="value")  # noqa: PD010
    wide.loc["C"] = None
    wide.to_csv(study / "indicators.csv")
    edit(study, "study.toml", 'name = "equal"', 'name = "equal"\nimpute = "mean"')
    doubts = _doubts(study)
    assert any(doubt.startswith("1 place has no value of its own") and ": C;" in doubt for doubt in doubts)
