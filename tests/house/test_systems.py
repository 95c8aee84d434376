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
BESIDE = [
    (page.stem, part)
    for page in sorted((DOCS / "systems").glob("*.md"))
    for part in page.read_text(encoding="utf-8").split("\n## Beside the inventory\n")[1:]
]
#: How many systems stand under each letter of the inventory; location factors count from 0.
MANY = {"A": 16, "B": 8, "C": 15, "D": 14, "E": 4, "F": 17, "G": 9, "H": 9, "I": 16, "J": 8}


def test_every_system_has_one_row():
    ids = [f"{letter}{n}" for letter, many in MANY.items() for n in range(letter != "E", many + (letter != "E"))]
    assert [system.id for system in SYSTEMS] == ids


def test_the_table_of_systems_is_that_of_their_pages():
    written = (DOCS / "systems.md").read_text(encoding="utf-8")
    assert PAGES["page"](written) == written


def run(text, name, page, capsys):
    """Run the examples of a text, and return whether there are any."""
    blocks = "\n".join(re.findall(r"^```pycon\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
    example = doctest.DocTestParser().get_doctest(blocks, {}, name, page, 0)
    assert all(step.want for step in example.examples[-1:])
    doctest.DocTestRunner(optionflags=FLAGS).run(example)
    printed = capsys.readouterr().out
    assert printed == "", printed
    return bool(blocks)


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.id)
def test_a_row_says_what_it_is_and_its_example_runs(system, capsys):
    assert system.state in PAGES["STATES"]
    assert system.shown.endswith(".")
    assert run(system.text, system.id, str(system.page), capsys) == (system.state != "Told")


@pytest.mark.parametrize(("page", "text"), BESIDE, ids=[page for page, _ in BESIDE])
def test_what_a_page_tells_beside_the_inventory_has_examples_that_run(page, text, capsys):
    assert not re.search(r"^### [A-J]\d+ ", text, re.MULTILINE)
    assert run(text, page, page, capsys)
