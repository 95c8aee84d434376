"""Every system of the sources has a row, and its example gives what the row shows."""

import doctest
import re
import runpy
from pathlib import Path

import pytest

import innoscape

DOCS = Path(innoscape.__file__).parent / "docs"
PAGES = runpy.run_path(str(DOCS / "write_systems.py"))
SYSTEMS = PAGES["systems"]()
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
#: How many systems stand under each letter of the inventory; location factors count from 0.
MANY = {"A": 16, "B": 8, "C": 15, "D": 14, "E": 4, "F": 17, "G": 9, "H": 9, "I": 16, "J": 8}


def test_every_system_has_one_row():
    ids = [f"{letter}{n}" for letter, many in MANY.items() for n in range(letter != "E", many + (letter != "E"))]
    assert [system.id for system in SYSTEMS] == ids


def test_the_table_of_systems_is_that_of_their_pages():
    written = (DOCS / "systems.md").read_text(encoding="utf-8")
    assert PAGES["page"](written) == written


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.id)
def test_a_row_says_what_it_is_and_its_example_runs(system, capsys):
    assert system.state in PAGES["STATES"]
    assert system.shown.endswith(".")
    blocks = re.findall(r"^```pycon\n(.*?)^```$", system.text, re.DOTALL | re.MULTILINE)
    assert bool(blocks) == (system.state != "Told")
    example = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, system.id, str(system.page), 0)
    assert all(step.want for step in example.examples[-1:])
    doctest.DocTestRunner(optionflags=FLAGS).run(example)
    printed = capsys.readouterr().out
    assert printed == "", printed
