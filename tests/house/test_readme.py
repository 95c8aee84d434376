"""What the README shows is what comes out."""

import doctest
import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from innoscape.study import Study
from innoscape.study.cli.app import app

ROOT = Path(__file__).parents[2]


READMES = ("README.md", "README.zh.md")
PAGES = [*(ROOT / name for name in (*READMES, "CONTRIBUTING.md")), *ROOT.glob("docs/**/*.md")]


@pytest.mark.parametrize("page", READMES)
def test_the_example_of_a_page_gives_what_it_shows(page):
    failed, tried = doctest.testfile(str(ROOT / page), module_relative=False)
    assert tried >= 6
    assert failed == 0


def commands(page):
    """The lines of the shell blocks of a page, without comments."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [line.split(" #")[0].strip() for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("page", [*READMES, "CONTRIBUTING.md", "docs/cite.md", "docs/install.md"])
def test_the_commands_of_a_page_exist_with_their_options(page):
    known = get_command(app).commands
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    lines = [shlex.split(line) for line in commands(page)]
    assert lines
    for words in lines:
        if words[0] == "make":
            assert {word for word in words[1:] if "=" not in word} <= {*targets, "docs", "bench"}, words
        elif words[0].endswith("innoscape"):
            options = {name for parameter in known[words[1]].params for name in parameter.opts}
            assert {word for word in words[2:] if word.startswith("-")} <= options, words


def test_links_and_pictures_of_the_documents_exist():
    for page in PAGES:
        prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#:]+)\)", prose):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_test_that_the_readme_names_exists():
    named = re.findall(r"\btests/[\w/.]+", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(named) > 8
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_study_file_page_names_every_section():
    page = (ROOT / "docs" / "study-file.md").read_text(encoding="utf-8")
    for name in Study.model_fields:
        assert name in page or name == "folder"
