"""Examples that the pages of systems give beside the inventory run, and give what they show."""

import doctest
import re
from pathlib import Path

import pytest

import innoscape

PAGES = sorted((Path(innoscape.__file__).parent / "docs" / "systems").glob("*.md"))
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
BESIDE = [
    (page.stem, title, text)
    for page in PAGES
    for part in page.read_text(encoding="utf-8").split("\n## Beside the inventory\n")[1:]
    for title, text in re.findall(r"^### (.+?)\n\n(.*?)(?=^##|\Z)", part, re.DOTALL | re.MULTILINE)
]


def test_there_are_examples_and_none_has_an_id():
    assert BESIDE
    assert not [title for _, title, _ in BESIDE if re.match(r"[A-J]\d+ ", title)]


@pytest.mark.parametrize(("page", "title", "text"), BESIDE, ids=[title for _, title, _ in BESIDE])
def test_an_example_gives_what_it_shows(page, title, text, capsys):
    block = "\n".join(re.findall(r"^```pycon\n(.*?)^```$", text, re.DOTALL | re.MULTILINE))
    example = doctest.DocTestParser().get_doctest(block, {}, title, page, 0)
    assert example.examples[-1].want
    doctest.DocTestRunner(optionflags=FLAGS).run(example)
    printed = capsys.readouterr().out
    assert printed == "", printed
