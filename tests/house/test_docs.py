"""Pages that a script writes say what the code says now."""

import runpy
from pathlib import Path

import innoscape

DOCS = Path(innoscape.__file__).parent / "docs"


def test_the_tables_of_the_results_page_are_those_of_the_contracts():
    written = (DOCS / "results.md").read_text(encoding="utf-8")
    page = runpy.run_path(str(DOCS / "write_results.py"))["page"]
    assert page(written) == written
    assert "### scores\n" in written
