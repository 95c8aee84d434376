"""What the README shows is what comes out."""

import doctest
import re
from pathlib import Path

from innoscape.study import Study

ROOT = Path(__file__).parents[2]


def test_the_readme_example_gives_what_it_shows():
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert tried >= 6
    assert failed == 0


def test_links_and_pictures_of_the_documents_exist():
    for page in (ROOT / "README.md", *ROOT.glob("docs/**/*.md")):
        prose = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#:]+)\)", prose):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_study_file_page_names_every_section():
    page = (ROOT / "docs" / "study-file.md").read_text(encoding="utf-8")
    for name in Study.model_fields:
        assert name in page or name == "folder"
