"""Contracts of input tables say the same to the checker, the command line and people, and their examples hold."""

import io

import pandas as pd
import pytest
from typer.testing import CliRunner

from innoscape.data import check_table, contract, load, read_records, synthetic_export
from innoscape.data.contracts.input_tables import input_tables
from innoscape.data.sources.description import read_description, shipped_sources
from innoscape.study.cli.app import app

TABLES = input_tables()


@pytest.mark.parametrize("name", TABLES)
def test_the_example_of_a_contract_passes_its_own_check(name):
    example = TABLES[name].example
    places = load("places") if name == "places" else None
    checked = check_table(example, name, places=places, strict=True)
    assert len(checked) == 1
    needed = [column.name for column in TABLES[name].columns if column.required]
    assert set(needed) <= set(example)


def test_every_column_is_described_in_both_languages():
    for table in TABLES.values():
        for column in table.columns:
            for said in (column.meaning, column.measured_in, table.meaning):
                english, chinese = said.in_("en"), said.in_("zh")
                assert bool(english) == bool(chinese)
                assert not english or english != chinese


@pytest.mark.filterwarnings("ignore::innoscape.data.InnoscapeWarning")
def test_every_shipped_source_has_a_contract_that_its_records_pass(tmp_path):
    for source in shipped_sources():
        if read_description(source).contract == "indicators":
            continue  # no records: read by read_indicators
        file = tmp_path / f"{source}{'.jsonl' if source == 'openalex' else '.csv'}"
        synthetic_export(file, source, records=20)
        drawn = read_records(file, source)
        name = read_description(source).contract
        drawn = drawn.assign(date="2020-01-01") if source == "regpat" else drawn  # the table of classes brings dates
        keys = [column.name for column in TABLES[name].columns if column.key and column.name in drawn]
        checked = check_table(drawn.drop_duplicates(keys), name)
        assert len(checked) > 0


def test_the_command_lists_tables_or_shows_one():
    run = CliRunner().invoke
    every = run(app, ["tables"]).output
    assert all(f"{name}  " in every for name in TABLES)
    one = run(app, ["tables", "totals", "--language", "zh"]).output
    assert "必需" in one
    assert "flows" not in one


def test_the_command_writes_csv_that_reads_back():
    out = CliRunner().invoke(app, ["tables", "flows", "--csv"]).output
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(out), dtype="str"), TABLES["flows"].example)
    listed = pd.read_csv(io.StringIO(CliRunner().invoke(app, ["tables", "--csv"]).output))
    assert set(listed["contract"]) == set(TABLES)
    assert list(listed.loc[listed["contract"] == "costs", "column"]) == contract("costs")["column"].tolist()


def test_a_table_without_a_contract_is_named_with_the_nearest():
    error = CliRunner().invoke(app, ["tables", "flowz"]).exception
    assert "flows" in str(error)
