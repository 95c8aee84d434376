"""Every kind of spoiled file ends in the table that it was meant to be, or in an error that names what is wrong."""

import csv
import warnings
from pathlib import Path

import pytest
from spoiled_files import FLOW_FILES, LAYERS

from innoscape.data import InnoscapeWarning, TableError, read_table

# kind, read or refused, rows, the first of them, words of the first warning or fault
EXPECTED = {
    row["kind"]: row
    for row in csv.DictReader(Path(__file__).with_name("spoiled_files.csv").read_text(encoding="utf-8").splitlines())
}
MADE = {**{kind: ("flows", make) for kind, make in FLOW_FILES.items()}, **{k: ("places", v) for k, v in LAYERS.items()}}
SHOWN = {"flows": ["source", "target", "value"], "places": ["place", "lon", "lat"]}


def outcome(kind, folder):
    """Read a file of a kind; return what came of it as the stored table has it."""
    contract, make = MADE[kind]
    name, content = make(folder) if contract == "places" else make()
    (folder / name).write_bytes(content)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            table = read_table(folder / name, contract)
        except TableError as error:
            found, at = ("refused", "", "", str(error)), {fault.where for fault in error.faults}
        else:
            first = [f"{cell:g}" if isinstance(cell, float) else cell for cell in table[SHOWN[contract]].iloc[0]]
            found, at = ("read", str(len(table)), "|".join(first), str(caught[0].message) if caught else ""), {name}
    assert at == {name}
    assert [str(one.message) for one in caught if not issubclass(one.category, InnoscapeWarning)] == []
    return dict(zip(("outcome", "rows", "first", "words"), found, strict=True))


def test_every_kind_has_its_outcome():
    assert list(EXPECTED) == list(MADE)
    assert len(EXPECTED) > 200


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_spoiled_file_is_read_as_it_was_meant_or_refused_by_name(kind, tmp_path):
    found, meant = outcome(kind, tmp_path), EXPECTED[kind]
    assert {**found, "kind": kind, "words": meant["words"]} == meant
    assert meant["words"] in found["words"]
    assert bool(meant["words"]) == bool(found["words"])
