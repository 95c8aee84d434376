"""Cells that are recognized as plain come out as they would from all further steps of cleaning."""

import random

import pandas as pd
import pytest

from innoscape.data.sources.clean_cells import _cleaned, clean_cells, trimmed
from innoscape.data.sources.description import Column

duckdb = pytest.importorskip("duckdb")

WRITTEN = (
    "2010-01-02 2010-13-02 2010.1.3 20100103 20101399 2010年1月3日 2010 201005 2010-05 40179 40179.5 0999-01-01 "
    "0000-01-01 10000-01-01 2010-01-02T10:00 epoch infinity 1e5 1.5E10 9E3 - n/a N/A NaN nan inf -inf 1,5 1,000 "
    "1,0000 1.000,5 5. .5 +5 -5 1_000 1e400 EP1 EP1234567 ='007' =\"007\" '007 007 1.23E+17 12万元 12元 0.00001 "
    "3.5亿元 … —— 空白 NULL 10e2"
)


@pytest.mark.parametrize("kind", ["text", "id", "names", "date", "amount", "number", "decimal"])
def test_plain_cells_are_cleaned_as_all_others(kind):
    draw = random.Random(1)  # noqa: S311 - cells of a test
    letters = "0123456789eE.-/,+ 年月日万元ABnaNA"
    cells = ["".join(draw.choice(letters) for _ in range(draw.randint(0, 11))) for _ in range(1000)]
    cells += ["".join(draw.choice("0123456789-.eE,") for _ in range(draw.randint(3, 10))) for _ in range(1000)]
    cells += [
        f"{before}{one}{after}" for one in WRITTEN.split() for before in ("", " ", "\u3000") for after in ("", "\t")
    ]
    column, con = Column("cell", (), kind), duckdb.connect()
    con.execute("CREATE TABLE given AS SELECT unnest($1::VARCHAR[]) AS cell", [[*cells, None]])
    for factor in (None, 0.0001):
        for key in (False, True):
            quick = clean_cells(column, "cell", factor, key=key)
            whole = _cleaned(column, "cell", factor, key=key)
            rows = f"(SELECT {trimmed('cell')} AS cell FROM given)"  # noqa: S608 - no text from outside
            both = f"SELECT cell, {quick} AS quick, {whole} AS whole FROM {rows} WHERE quick IS DISTINCT FROM whole"  # noqa: S608
            found = con.execute(both).fetchall()
            assert found == []


def test_blanks_at_either_end_go():
    con = duckdb.connect()
    cells = ["a", " a", "a\t", "\r\na b\n", "", " ", "\x01a", "\u3000a\u200b", "a\xa0b", "a ", "é ", None]
    query = f"SELECT {trimmed('c')} FROM (SELECT unnest($1::VARCHAR[]) AS c)"  # noqa: S608 - no text from outside
    found = con.execute(query, [cells]).fetchall()
    assert [one for (one,) in found] == ["a", "a", "a", "a b", "", "", "\x01a", "a", "a b", "a", "é", None]


def test_days_at_the_end_of_months_are_read_in_every_form():
    forms = ("{0}-{1:02}-{2:02}", "{0}{1:02}{2:02}", "{0}.{1}.{2}", "{0}/{1:02}/{2}", "{0}-{1}-{2}")
    days = [
        (year, month, day) for year in (1999, 2023, 2024) for month in (0, 2, 4, 12, 13) for day in (0, 28, 29, 30, 31)
    ]
    con, cells = duckdb.connect(), [form.format(*day) for day in days for form in forms]
    cleaned = clean_cells(Column("cell", (), "date"), "cell", None)
    query = f"SELECT cell, {cleaned} FROM (SELECT unnest($1::VARCHAR[]) AS cell)"  # noqa: S608 - no text from outside
    found = dict(con.execute(query, [cells]).fetchall())
    for day in days:
        said = pd.to_datetime("{}-{:02}-{:02}".format(*day), errors="coerce")
        known = None if pd.isna(said) else said.strftime("%Y-%m-%d")
        assert {found[form.format(*day)] for form in forms} == {known}


def test_lines_of_a_cell_stay_apart_where_they_part_names():
    con, cells = duckdb.connect(), ["武汉\r\n宜昌", "a\r\nb ", " 武汉\u3000\n", "武\xa0汉", "武汉\n宜昌", "\r", None]
    query = f"SELECT {trimmed('c', lines=True)} FROM (SELECT unnest($1::VARCHAR[]) AS c)"  # noqa: S608 - no text from outside
    found = con.execute(query, [cells]).fetchall()
    assert [one for (one,) in found] == ["武汉\n宜昌", "a\nb", "武汉 \n", "武 汉", "武汉\n宜昌", "", None]
