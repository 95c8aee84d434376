"""A study takes its tables from yearbook sheets as they are printed."""

import re

import pytest
from openpyxl import Workbook

from innoscape import data, study

STUDY = """
name = "small"
title = "A small study"
[tables]
places = ["places.csv"]
indicators = "yearbook.xlsx#{said}"
framework = "framework.csv"
[index]
units = ["north", "south", "west"]
[[index.recipes]]
name = "equal"
"""


@pytest.fixture
def folder(tmp_path):
    places = "place,lon,lat,tier\nnorth,1,2,national\nsouth,2,1,regional\nwest,0,1,regional\n"
    (tmp_path / "places.csv").write_text(places)
    (tmp_path / "framework.csv").write_text("indicator\nlabs\n")
    book = Workbook()
    book.active.append(["read me"])
    sheet = book.create_sheet("2-5")
    for row in (["Laboratories"], ["region", 2019], ["north", 3], ["south", "4*"], ["west", 9], ["Source: none"]):
        sheet.append(row)
    book.save(tmp_path / "yearbook.xlsx")
    return tmp_path


def ask(folder, said):
    (folder / "study.toml").write_text(STUDY.replace("{said}", said))
    return study.check(folder)


def test_sheet_header_and_indicator_are_named_behind_the_file(folder):
    with pytest.warns(data.InnoscapeWarning) as told:
        inputs = ask(folder, "2-5&header=2&indicator=labs")
    assert inputs.indicators[["place", "indicator", "value", "year"]].to_numpy().tolist() == [
        ["north", "labs", 3.0, 2019], ["south", "labs", 4.0, 2019], ["west", "labs", 9.0, 2019],
    ]  # fmt: skip
    said = "\n".join(str(one.message) for one in told)
    assert re.search("header is row 2.+row 6 is left out", said)
    assert inputs.record.set_index("table").loc["tables.indicators", "year"] == "2019"


def test_what_stands_behind_the_file_is_refused_where_it_is_not_known(folder):
    with pytest.raises(data.TableError, match='one of the sheets Sheet, 2-5, got "2-6"'):
        ask(folder, "2-6")
    with pytest.raises(data.TableError, match="header=two"):
        ask(folder, "sheet=2-5&header=two")


def test_a_strict_study_refuses_what_was_assumed(folder):
    (folder / "study.toml").write_text(STUDY.replace("{said}", "2-5&indicator=labs"))
    with pytest.raises(data.TableError, match="the header is row 2"):
        study.check(folder, strict=True)
