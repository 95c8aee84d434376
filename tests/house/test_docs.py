"""Pages that a script writes say what the code says now."""

import re
import runpy
import tomllib
from pathlib import Path

import innoscape

DOCS = Path(innoscape.__file__).parent / "docs"


def test_the_tables_of_the_results_page_are_those_of_the_contracts():
    written = (DOCS / "results.md").read_text(encoding="utf-8")
    page = runpy.run_path(str(DOCS / "write_results.py"))["page"]
    assert page(written) == written
    assert "### scores\n" in written


def test_the_page_of_input_tables_is_that_of_the_contracts():
    written = (DOCS / "tables.md").read_text(encoding="utf-8")
    page = runpy.run_path(str(DOCS / "write_contracts.py"))["page"]
    assert page(written) == written
    assert "### totals\n" in written


def test_the_page_of_words_is_that_of_the_vocabulary():
    page = runpy.run_path(str(DOCS / "write_vocabulary.py"))["page"]
    assert (DOCS / "vocabulary.md").read_text(encoding="utf-8") == page()


def test_the_drawing_of_the_rooms_is_that_of_the_imports():
    draw = runpy.run_path(str(DOCS / "draw_architecture.py"))["draw"]
    assert (DOCS / "architecture.svg").read_text(encoding="utf-8") == draw()


def test_every_path_that_the_page_on_architecture_names_exists():
    words = re.findall(r"`([^`\n]+)`", (DOCS / "architecture.md").read_text(encoding="utf-8"))
    paths = {part.rstrip("…") for word in words for part in word.split() if "/" in part}
    assert len(paths) > 10
    assert sorted(path for path in paths if not (DOCS.parent / path).exists()) == []


def test_every_part_of_a_study_file_on_a_page_can_be_read():
    blocks = [
        (page.name, block)
        for page in sorted(DOCS.glob("*.md"))
        for block in re.findall(r"^```toml\n(.*?)^```$", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    ]
    assert len(blocks) > 10
    for page, block in blocks:
        assert tomllib.loads(block.replace("…", "")), page


def test_headings_and_tables_of_pages_stand_apart():
    pages = [*DOCS.glob("*.md"), DOCS.parent / "README.md"]
    assert len(pages) > 20
    for page in pages:
        text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
        assert "```" not in text, page.name
        assert re.findall(r"(?<=[^\n]\n)#+ .*", text) == [], page.name
        tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
        headless = [table for table in tables if not re.fullmatch(r"\|[-|: ]+\|", table.split("\n")[1])]
        assert headless == [], page.name
