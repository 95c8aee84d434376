"""What stands at the front door: any table becomes one that keeps its contract, or an error that says what is wrong."""

import tempfile
import warnings
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from innoscape.data import (
    InnoscapeWarning,
    MissingExtraError,
    TableError,
    check_table,
    read_table,
    spoiled_files,
    spoiled_tables,
    valid_tables,
)
from innoscape.data.contracts.input_tables import input_tables
from innoscape.study import check, mutated_studies, valid_studies

CONTRACTS = sorted(input_tables())
# no hang: a table of eight rows is read in a hundredth of a second
RULES = {
    "deadline": timedelta(seconds=30), "derandomize": True, "database": None,
    "suppress_health_check": list(HealthCheck),
}  # fmt: skip


def read(name, content, contract):
    """Read a file; return its table, or the error, and the warnings."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Path(folder, name).write_bytes(content)
        try:
            found = read_table(Path(folder, name), contract)
        except TableError as error:
            found = error
    return found, [one for one in caught if not issubclass(one.category, InnoscapeWarning)]


@pytest.mark.parametrize("contract", CONTRACTS)
@given(data=st.data())
@settings(max_examples=3, **RULES)
def test_a_valid_table_keeps_its_contract_without_a_doubt(contract, data):
    table = data.draw(valid_tables(contract))
    checked = check_table(table, contract, strict=True)
    assert len(checked) == len(table)
    assert set(checked) == set(table)


@pytest.mark.parametrize("contract", CONTRACTS)
@given(data=st.data())
@settings(max_examples=5, **RULES)
def test_a_spoiled_file_ends_in_a_table_of_its_contract_or_in_an_error_that_names_the_fault(contract, data):
    name, content = data.draw(spoiled_files(contract))
    found, leaked = read(name, content, contract)
    assert [str(one.message) for one in leaked] == []
    if isinstance(found, TableError):
        assert found.faults
        for fault in found.faults:
            assert fault.where == name
            assert all(str(part) for part in (fault.needed, fault.got, fault.fix))
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InnoscapeWarning)
            pd.testing.assert_frame_equal(check_table(found, contract), found)


@given(spoiled_tables("flows", most=1))
@settings(max_examples=30, **RULES)
def test_a_fault_of_a_cell_names_its_row_and_column(rows):
    text = "\n".join(",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in rows)
    found, _ = read("t.csv", text.encode(), "flows")
    for fault in getattr(found, "faults", ()):
        if fault.key.startswith("faults.cell."):
            assert fault.column is not None
            assert 2 <= (fault.row[0] if isinstance(fault.row, tuple) else fault.row) <= len(rows) + text.count("\n")


@given(valid_studies())
@settings(max_examples=5, **RULES)
@pytest.mark.filterwarnings("ignore::innoscape.data.errors.InnoscapeWarning")
def test_a_valid_study_passes_its_check(files):
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        assert len(check(folder).places) >= 4


@pytest.mark.parametrize("make", [valid_tables, spoiled_tables, spoiled_files])
def test_without_hypothesis_the_extra_is_named(make, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "hypothesis.strategies", None)
    with pytest.raises(MissingExtraError, match=r'pip install "innoscape\[testing\]"'):
        make("costs")
    with pytest.raises(MissingExtraError, match="testing"):
        mutated_studies(".")
