"""A study's table of attributes reaches centers, tables, map and report; what it holds stays text."""

import numpy as np
import pandas as pd
import pytest
from samples import edit

from innoscape.data import TableError
from innoscape.study import check, run
from innoscape.study.facts.attribute_facts import attribute_facts

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def study(tmp_path):
    """Eight places in a line, four of each tier, whose drivers follow their tiers."""
    places = list("ABCDEFGH")
    folder = tmp_path / "study"
    folder.mkdir()
    frame = pd.DataFrame({"place": places, "lon": np.arange(8) + 110.0, "lat": 30.0})
    frame.assign(tier=["national"] * 4 + ["regional"] * 4).to_csv(folder / "places.csv", index=False)
    rows = [(p, "driver", "firms" if p in "ABCD" else "state", "", "") for p in places]
    rows += [("A", "sector", one, HOSTILE, "产业") for one in ("x", "y")] + [("B", "sector", "x", HOSTILE, "产业")]
    table = pd.DataFrame(rows, columns=["place", "attribute", "class", "name_en", "name_zh"])
    table.assign(status="assumed").to_csv(folder / "attributes.csv", index=False)
    tables = '[tables]\nplaces = ["places.csv"]\nattributes = "attributes.csv"\n'
    plan = f'name = "line"\ntitle = "A line"\n{tables}[map]\nboundaries = "none"\n'
    (folder / "study.toml").write_text(plan, encoding="utf-8")
    return folder


def test_attributes_reach_centers_tables_map_and_report(study, tmp_path):
    results = run(study, out=tmp_path / "out")
    centers = results.tables["centers"].set_index("place")
    assert centers.loc["B", "attributes_en"] == f"driver: firms; sector: {HOSTILE}"
    assert centers.loc["B", "attributes_zh"] == "驱动：firms；产业：产业"
    assert centers.loc["C", "attributes_en"] == "driver: firms"
    assert results.layers["centers"].set_index("place").loc["H", "attributes_en"] == "driver: state"
    assert len(results.tables["attributes"]) == 11
    (test,) = results.tables["attribute_tests"].to_dict("records")
    assert (test["one"], test["other"], test["places"], test["test"], test["cramers_v"]) == (
        "driver",
        "tier",
        8,
        "fisher",
        1,
    )
    # two of the 70 ways to share four and four
    assert test["p_value"] == pytest.approx(2 / 70)
    for name in ("map.html", "report.html"):
        page = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert HOSTILE not in page
        assert "alert(1)" in page
    report = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert 'id="attributes"' in report
    assert "go together most clearly" in report


def test_the_facts_list_the_most_shared_class_first(study):
    facts = attribute_facts(run(study, until="score").tables)
    assert [(row["attribute"], row["places"]) for row in facts["rows"]] == [
        ("driver", ["A", "B", "C", "D"]), ("driver", ["E", "F", "G", "H"]), ("sector", ["A", "B"]), ("sector", ["A"]),
    ]  # fmt: skip
    assert facts["closest"]["other"] == "tier"


def test_without_attributes_nothing_is_said(study, tmp_path):
    edit(study, "study.toml", 'attributes = "attributes.csv"\n', "")
    results = run(study, out=tmp_path / "out")
    assert not {"attributes", "attribute_tests"} & set(results.tables)
    assert "attributes_en" not in results.tables["centers"]
    assert 'id="attributes"' not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")


def test_wrong_attributes_are_told_with_their_rows(study):
    edit(study, "attributes.csv", "H,driver,state", "Q,driver,state")
    edit(study, "attributes.csv", "A,sector,x", "A,sector,")
    with pytest.raises(TableError) as caught:
        check(study)
    assert sorted((fault.where, fault.row, fault.column) for fault in caught.value.faults) == [
        ("attributes.csv", 9, "place"), ("attributes.csv", 10, "class"),
    ]  # fmt: skip


def test_places_that_are_no_centers_have_their_names_too(study):
    edit(study, "places.csv", "place,lon,lat,tier", "place,lon,lat,tier,name_en")
    edit(study, "places.csv", "A,110.0,30.0,national", "A,110.0,30.0,national,Aberdeen")
    edit(study, "places.csv", "H,117.0,30.0,regional", "H,117.0,30.0,,Halifax")
    table = run(study, until="score").tables["attributes"].drop_duplicates("place").set_index("place")
    assert table.loc[["A", "H"], "name_en"].tolist() == ["Aberdeen", "Halifax"]
