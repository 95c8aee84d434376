"""Characters that files cannot hold become spaces on reading, and the doubt says where."""

import warnings

import pandas as pd
import pytest
from samples import edit

from innoscape.data import InnoscapeWarning, StudyError, TableError, check_table, read_frame, read_table, read_workbook
from innoscape.study import check, read_study, run

BAD = ["\x00", "\x01", "\x08", "\x0b", "\x0c", "\x0e", "\x1f", "\ud800", "\udfff", "\ufffe", "\uffff"]


def doubts_of(read, *given, **options):
    """Return what a reader gives, and all that it warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        return read(*given, **options), [str(w.message) for w in caught if issubclass(w.category, InnoscapeWarning)]


@pytest.mark.parametrize("bad", BAD, ids=ascii)
def test_a_forbidden_character_is_read_as_a_space_and_reported(bad):
    names = pd.Series(["甲", f"乙{bad}州", f"乙{bad}州"], dtype=object)
    frame = pd.DataFrame(
        {"place": ["a", "b", "c"], "lon": [1, 2, 3], "lat": [1, 2, 3], "name_zh": names, "note": names}
    )
    table, doubts = doubts_of(check_table, frame, "places", where="places.csv")
    assert table["name_zh"].tolist() == table["note"].tolist() == ["甲", "乙 州", "乙 州"]
    assert len(doubts) == 2
    spelled = ascii(bad)[1:-1]
    assert doubts[0] == (
        "places.csv, 2 rows (3, 4), column name_zh: needed characters that files can hold, "
        f"got '乙{spelled}州'; read as '乙 州'"
    )
    with pytest.raises(TableError) as caught:
        check_table(frame, "places", strict=True)
    assert {(f.row, f.column) for f in caught.value.faults} == {(r, c) for r in (3, 4) for c in ("name_zh", "note")}


@pytest.mark.parametrize("end", ["csv", "parquet", "xlsx"])
def test_every_kind_of_file_is_read_alike(tmp_path, end):
    path = tmp_path / f"flows.{end}"
    frame = pd.DataFrame({"source": ["甲\x0b州"], "target": ["乙"], "value": [1.0]})
    if end == "csv":
        frame.to_csv(path, index=False)
    elif end == "parquet":
        frame.to_parquet(path)
    else:
        # as spreadsheet programs write it
        frame.assign(source="甲_x000B_州").to_excel(path, index=False)
    table, doubts = doubts_of(read_table, path, "flows")
    assert table["source"].tolist() == ["甲 州"]
    assert [d.split(": ")[0] for d in doubts] == [f"flows.{end}, row 2, column source"]


def test_a_null_within_a_cell_is_a_space_but_utf_16_without_its_mark_is_refused(tmp_path):
    path = tmp_path / "flows.csv"
    path.write_bytes(b"source,target,value\na\0b,c,1\n")
    table, doubts = doubts_of(read_table, path, "flows")
    assert table["source"].tolist() == ["a b"]
    assert len(doubts) == 1
    for code in ("utf-16-le", "utf-16-be"):
        path.write_bytes("place\n甲\n".encode(code))
        with pytest.raises(TableError, match="UTF-8, UTF-16, GB18030 or Big5"):
            read_frame(path)


def test_headers_and_wide_indicators_are_cleaned():
    frame = pd.DataFrame({"place": ["a", "b"], "la\x0bbs": [1, 2]})
    table, doubts = doubts_of(check_table, frame, "indicators", where="wide.csv")
    assert table["indicator"].unique().tolist() == ["la bs"]
    assert [d.partition(":")[0] for d in doubts] == ["wide.csv, row 1, column la bs"]


def test_line_ends_within_cells_are_line_feeds():
    frame = pd.DataFrame({"place": ["a"], "lon": [1], "lat": [1], "note": ["one\r\ntwo\rthree"]})
    table, doubts = doubts_of(check_table, frame, "places")
    assert table["note"].tolist() == ["one\ntwo\nthree"]
    assert doubts == []


def test_workbooks_are_read_as_spreadsheets_show_them(tmp_path):
    path = tmp_path / "index.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"indicator": ["labs"], "name_en": ["A_x000C_B"]}).to_excel(
            book, sheet_name="framework", index=False
        )
        pd.DataFrame({"place": ["a", "b"], "labs": [1, 2]}).to_excel(book, sheet_name="data", index=False)
    (framework, _), doubts = doubts_of(read_workbook, path)
    assert framework.table["name_en"].tolist() == ["A B"]
    assert len(doubts) == 1


def test_texts_of_a_study_file_are_cleaned_and_reported_by_key(study):
    edit(study, "study.toml", 'title = "A small study"', 'title = "A small\\u000bstudy"')
    edit(study, "study.toml", 'seeds = ["A"]', 'seeds = ["Bei\\u0001jing"]')
    edit(study, "places.csv", "Beijing", "Bei\x01jing")
    plan, doubts = doubts_of(read_study, study)
    assert plan.title == "A small study"
    assert [d.partition(":")[0] for d in doubts] == ["study.toml, key title", "study.toml, key diffusion.seeds[1]"]
    results = run(study, until="simulate")
    arrivals = results.tables["arrivals"]
    assert arrivals.loc[arrivals["seed"], "place"].unique().tolist() == ["A"]
    assert results.tables["notices"]["text"].str.startswith(("study.toml, key title", "places.csv, row 2")).sum() == 2
    with pytest.raises(StudyError, match=r"title.*u000b|title.*x0b"):
        check(study, strict=True)


def test_a_study_with_forbidden_characters_everywhere_is_written_whole(study, tmp_path):
    for name in ("places.csv", "flows.csv", "indicators.csv"):
        file = study / name
        text = file.read_text(encoding="utf-8").replace("\nA,", "\nA\x0bx,").replace("Wuhan", "Wu\x1fhan")
        file.write_text(text, encoding="utf-8")
    edit(study, "study.toml", 'units = ["A", ', 'units = ["A x", ')
    edit(study, "study.toml", 'seeds = ["A"]', 'seeds = ["A x"]')
    with pytest.warns(InnoscapeWarning, match="files can hold"):
        check(study)
    out = run(study, tmp_path / "out", runs=20).folder
    assert "A x" in (out / "network_trade.graphml").read_text(encoding="utf-8")
    assert read_frame(out / "scores.xlsx", sheet="scores")["place"].tolist().count("A x") == 1
    for page in ("report.html", "map.html"):
        assert not {"\x0b", "\x1f"} & set((out / page).read_text(encoding="utf-8"))
