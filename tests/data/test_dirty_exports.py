"""Dirty exports of every source are read with each fault counted, and every row is found again in the network."""

import gzip
import json
import re
import warnings

import numpy as np
import pandas as pd
import pytest

from innoscape.data import (
    Gazetteer,
    InnoscapeWarning,
    TableError,
    contract_flows,
    copatent_flows,
    read_indicators,
    read_records,
    synthetic_export,
    transfer_flows,
    two_mode,
)

# by source: end of the file's name, delimiter, position of the number and of the party, column of the latter
TABLES = {
    "cn_patents": ("csv", ",", 2, 3),
    "cn_patent_assignments": ("csv", ",", 0, None),
    "cn_contracts": ("csv", ",", 0, None),
    "regpat": ("txt", "|", 0, 3),
    "patentsview": ("tsv", "\t", 0, 3),
    "cordis": ("csv", ";", 0, 2),
    "sdmx": ("csv", ",", 4, None),
}


@pytest.fixture(scope="module")
def china():
    return Gazetteer.china(("prefecture",))


def lines_of(folder, source, records=60, seed=1):
    suffix, *_ = TABLES[source]
    # indicators of both units stand behind the regions of the first
    records = max(records, 60) if source == "sdmx" else records
    synthetic_export(folder / f"whole.{suffix}", source, records=records, seed=seed)
    return (folder / f"whole.{suffix}").read_text(encoding="utf-8").splitlines()


def write(folder, source, lines, name="dirty", **options):
    file = folder / f"{name}.{TABLES[source][0]}"
    file.write_text("\n".join([*lines, ""]), **{"encoding": "utf-8"} | options)
    return file


def read(file, source, gazetteer=None):
    """Read an export, check that its account adds up, and return the records and what was told in English."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        if source == "sdmx":
            found = read_indicators(file, choose={"unit": ["MIO_EUR", "PC_GDP"]})
        else:
            known = gazetteer if source.startswith("cn_") else None
            found = read_records(file, source, gazetteer=known)
    assert all(isinstance(one.message, InnoscapeWarning) for one in caught)
    assert all(re.search(r"[\u4e00-\u9fff]", one.message.said.in_("zh")) for one in caught)
    account = found.attrs["account"]
    assert account["rows"] + account.get("split", 0) == sum(account.values()) - account["rows"] - account.get(
        "split", 0
    )
    assert account["records"] == len(found)
    return found, [str(one.message) for one in caught]


def network(records, source):
    """Return the account of the network that records become."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        records = records.assign(date=records["date"] if "date" in records else "2019")
        if source == "cn_contracts":
            flows = contract_flows(records)
        elif source == "cn_patent_assignments":
            flows = transfer_flows(records, separator=";")
        elif source in ("cordis", "openalex"):
            left = "project" if source == "cordis" else "work"
            flows = two_mode(records, left=left, right="organization", separator=[])
        else:
            flows = copatent_flows(records, separator=[])
    return flows.attrs["account"]


def dirty(lines, source, rng):
    """Return lines with faults, how many rows they are, and how many of each fault to expect."""
    _, mark, number, party = TABLES[source]
    kinds = ["repeat", "header", "short", "unnumbered", *(["unnamed"] if party is not None else [])]
    # codes of regions are no numbers that a spreadsheet could cut
    kinds += ["lost digits"] if source != "sdmx" else []
    expected = dict.fromkeys(kinds, 0)
    head, *rows = lines
    made = []
    for row in rows:
        made.append(row)
        if rng.random() < 0.4:
            continue
        kind = kinds[int(rng.integers(len(kinds)))]
        cells = row.split(mark) if '"' not in row or source == "regpat" else None
        if cells is None or (kind == "repeat" and expected["repeat"] and row in made[:-1]):
            continue
        expected[kind] += 1
        if kind in ("unnumbered", "lost digits", "unnamed"):
            at = party if kind == "unnamed" else number
            cells[at] = {"unnumbered": "", "lost digits": f"{rng.integers(1, 9)}.02E+{rng.integers(10, 99)}"}.get(
                kind, ""
            )
        line = {"repeat": row, "header": head, "short": mark.join(cells[:-2])}.get(kind, mark.join(cells))
        made.append(line)
    return [head, *made], len(made), expected


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("source", TABLES)
def test_generated_dirt_is_counted_by_kind_and_every_row_found_again(source, seed, tmp_path, china):
    lines, rows, expected = dirty(lines_of(tmp_path, source, seed=seed), source, np.random.default_rng(seed))
    records, told = read(write(tmp_path, source, lines), source, china)
    account = records.attrs["account"]
    assert account["rows"] == rows
    names = {"short": "broken"}
    found = {reason: about["rows"] for reason, about in records.attrs["rejected"].items()}
    repeats = expected.pop("repeat")
    assert found == {names.get(kind, kind): n for kind, n in expected.items() if n}
    assert account["repeated"] == repeats
    assert len(told) >= sum(1 for n in expected.values() if n)
    if source == "sdmx":
        return
    counted = network(records, source)
    rest = {name: n for name, n in counted.items() if name not in ("rows", "split")}
    assert counted["rows"] + counted["split"] == sum(rest.values())
    # rows in = pairs + single + unplaced + rejected, from the file to the network
    lost = account["repeated"] + account["rejected"]
    assert account["rows"] + account["split"] + counted["split"] == lost + sum(rest.values())


@pytest.mark.parametrize("source", TABLES)
def test_rows_behind_an_open_quotation_mark_are_counted(source, tmp_path, china):
    head, *rows = lines_of(tmp_path, source, records=12)
    mark = TABLES[source][1]
    rows = [re.sub(r'"([^"]*)"', lambda cell: cell[1].replace(mark, ""), row) for row in rows]
    rows.sort(key=lambda row: row.split(mark)[4])  # both units of a table of indicators among the first
    cells = rows[2].split(mark)
    cells[1] = f'"{cells[1]}'
    whole, _ = read(write(tmp_path, source, [head, *rows], "plain"), source, china)
    records, told = read(write(tmp_path, source, [head, *rows[:2], mark.join(cells), *rows[3:]]), source, china)
    account = records.attrs["account"]
    assert account["rows"] == whole.attrs["account"]["rows"]
    if source == "regpat":
        assert account == whole.attrs["account"]
        return
    assert records.attrs["rejected"]["swallowed"]["rows"] == len(rows) - 3
    assert any("stand behind a quotation mark that is not closed" in one for one in told)
    # closed again in a later row
    again = rows[6].split(mark)
    again[1] += '"'
    lines = [head, *rows[:2], mark.join(cells), *rows[3:6], mark.join(again), *rows[7:]]
    records, _ = read(write(tmp_path, source, lines), source, china)
    found = {reason: about["rows"] for reason, about in records.attrs["rejected"].items()}
    assert found == {"broken": 1, "swallowed": 4}


@pytest.mark.parametrize("source", TABLES)
def test_encodings_and_cut_files_are_told(source, tmp_path, china):
    lines = lines_of(tmp_path, source, records=20)
    raw = "\n".join([*lines, ""]).encode()
    whole, _ = read(write(tmp_path, source, lines), source, china)
    for encoding in ("utf-16", "utf-8-sig", "gb18030"):
        records, told = read(write(tmp_path, source, lines, encoding=encoding), source, china)
        pd.testing.assert_frame_equal(records, whole)
        assert any("GB18030" in one for one in told) == (encoding == "gb18030" and not raw.isascii())
    file = tmp_path / f"cut.{TABLES[source][0]}"
    file.write_bytes(raw + b"\xe9\xff\x80\n")
    with pytest.raises(TableError, match="got bytes of none"):
        read(file, source, china)
    # whole but for the last end of line, within the last character, within the last row
    tail = raw.rstrip(b"\n")
    for left, cut in ((tail, False), (tail + "甲".encode()[:2], True), (tail[: tail.rindex(b"\n") + 4], True)):
        file.write_bytes(left)
        records, told = read(file, source, china)
        assert any("ends within a line" in one for one in told) == cut
        assert records.attrs["account"]["rows"] == whole.attrs["account"]["rows"]
    packed = gzip.compress(raw)
    file = file.with_name(f"{file.name}.gz")
    for left in (packed[: len(packed) // 2], packed[:-4], b"\x1f\x8b\x08\x00abc", raw):
        file.write_bytes(left)
        with pytest.raises(TableError, match=r"cut\.\w+\.gz: needed a whole file"):
            read(file, source, china)


@pytest.mark.parametrize("source", TABLES)
def test_missing_and_repeated_columns_and_caps_are_told(source, tmp_path, china):
    head, *rows = lines_of(tmp_path, source, records=12)
    mark = TABLES[source][1]
    names = head.split(mark)
    at = TABLES[source][2]
    missing = mark.join([*names[:at], f"{names[at]}号x", *names[at + 1 :]])
    if source in ("cn_contracts", "regpat", "cn_patents"):  # where no number is needed, or another one is taken
        _, told = read(write(tmp_path, source, [missing, *rows]), source, china)
        assert any(f"the column {names[at]}号x was not read; name it " in one for one in told)
    else:
        with pytest.raises(TableError) as caught:
            read(write(tmp_path, source, [missing, *rows]), source, china)
        assert f'{names[at]}号x" may be it' in str(caught.value)
    twice = [mark.join([*names, names[at]]), *(f"{row}{mark}" for row in rows)]
    with pytest.raises(TableError, match="needed one column of this name, got 2"):
        read(write(tmp_path, source, twice), source, china)


def test_caps_are_looked_for_in_every_file(tmp_path):
    head = "app_nbr|person_id|reg_code|ctry_code|reg_share|inv_share"
    for name, rows in {"a": 1000, "b": 999, "c": 1000}.items():
        lines = [head, *(f"{name}{at}|1|DE212|DE|1|1" for at in range(rows))]
        (tmp_path / f"{name}.txt").write_text("\n".join([*lines, ""]))
    records, told = read(tmp_path, "regpat")
    assert len(records) == 2999
    assert [one for one in told if "exactly 1000 rows" in one] == [
        f"{name}.txt holds exactly 1000 rows, at which services cut their exports; check that it is whole"
        for name in ("a", "c")
    ]


def test_numbers_that_a_spreadsheet_cut_or_took_zeros_from_are_told(tmp_path, china):
    head = "公开号,申请号,申请人,申请日,地址"
    rows = ["A1,2.02E+12,甲,2019,湖北省武汉市", "A2,0012,\ufffd,2019,湖北省武汉市", "A3,13,丙,2019,湖北省武汉市"]
    records, told = read(write(tmp_path, "cn_patents", [head, *rows]), "cn_patents", china)
    assert records["application"].fillna("").tolist() == ["", "0012", "13"]
    assert any("1 numbers in 申请号 were cut" in one for one in told)
    assert any("fewer than the 4 digits of those that begin with 0, such as 13" in one for one in told)
    assert any("1 cells in 申请人 hold characters that were lost" in one for one in told)
    persons, dates = tmp_path / "g_assignee.tsv", tmp_path / "g_patent.tsv"
    persons.write_text("patent_id\tdisambig_assignee_organization\n0012\ta\n0013\tb\n")
    dates.write_text("patent_id\tpatent_date\n12\t2019-01-02\n0013\t2019-01-02\n0014")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        read_records(persons, "patentsview", beside=dates, level="country", gazetteer=china)
    told = [str(one.message) for one in caught]
    assert any("1 of them would find their patent in g_patent.tsv without the zeros before it" in one for one in told)
    assert any("g_patent.tsv ends within a line" in one for one in told)


def test_numbers_and_dates_of_typed_files_are_read_as_written(tmp_path, china):
    frame = pd.DataFrame({"公开号": [201910012340.0, 2.0], "申请人": ["甲", "乙"], "地址": ["武汉市"] * 2})
    frame.assign(申请日=pd.to_datetime(["2019-01-05"] * 2)).to_parquet(tmp_path / "a.parquet")
    frame.assign(申请日=[43470, 20190105]).to_excel(tmp_path / "a.xlsx", index=False)
    for name in ("a.parquet", "a.xlsx"):
        records, _ = read(tmp_path / name, "cn_patents", china)
        assert records["patent"].tolist() == ["201910012340", "2"]
        assert records["date"].tolist() == ["2019-01-05"] * 2
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[:-50])
    with pytest.raises(TableError, match=r"a\.parquet: needed a whole file"):
        read(tmp_path / "a.parquet", "cn_patents", china)


def test_faulty_json_lines_are_told(tmp_path):
    file = tmp_path / "works.jsonl"
    synthetic_export(file, "openalex", records=30, seed=2)
    text = file.read_text(encoding="utf-8")
    whole, _ = read(file, "openalex")
    lines = text.splitlines()
    blank = json.dumps({"id": None, "authorships": []})
    file.write_text("\n".join([*lines, lines[3][:50], lines[4], blank, "[1]", ""]), encoding="utf-8")
    records, _ = read(file, "openalex")
    found = {reason: about["rows"] for reason, about in records.attrs["rejected"].items()}
    assert found == {"broken": 1, "unnumbered": 2}
    assert records.attrs["account"]["repeated"] == 1
    assert len(records) == len(whole)
    counted = network(records, "openalex")
    assert counted["rows"] == len(records) == sum(n for name, n in counted.items() if name not in ("rows", "split"))
    for encoding in ("utf-16", "utf-8-sig"):
        file.write_text(text, encoding=encoding)
        pd.testing.assert_frame_equal(read(file, "openalex")[0], whole)
    file.write_bytes(text.encode() + b"\xff\xfe\xe9\n")
    with pytest.raises(TableError, match="got bytes of none"):
        read(file, "openalex")
    file.write_text(text.replace('"authorships"', '"authorship"'))
    with pytest.raises(TableError, match='"authorship" may be it'):
        read(file, "openalex")
    file.write_text(f"[{','.join(lines)}]")
    with pytest.raises(TableError, match="needed one JSON object a line, got a list"):
        read(file, "openalex")
    packed = gzip.compress(text.encode())
    for left in (packed[: len(packed) // 2], text.encode()):
        (tmp_path / "cut.jsonl.gz").write_bytes(left)
        with pytest.raises(TableError, match="needed a whole file"):
            read(tmp_path / "cut.jsonl.gz", "openalex")
