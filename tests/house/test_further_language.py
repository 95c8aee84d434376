"""A further language is one file: with it, everything that people read is said in that language."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from html.parser import HTMLParser

import pytest
from catalogues import ROOMS, ROOT, catalogue, flat

from innoscape.data import load

PSEUDO = """
import json, sys
from pathlib import Path
from innoscape.data import Framework, load
from innoscape.data.vocabulary import name_of
from innoscape.data.wording.catalogue import LANGUAGES
from innoscape.geo import coupling_coordination, obstacle_degree, profile, score
from innoscape.study import bundled_study, run, write_figures, write_profile, write_tables, write_workbook
from innoscape.study.explorer.describe_study import describe_study
from innoscape.study.explorer.session import desk_of, open_chain
assert LANGUAGES == ("en", "xx", "zh"), LANGUAGES
assert name_of("assumed", "statuses").in_("xx") == "«assumed»"
out = Path(sys.argv[1])
results = run(out=out / "results", runs=20)
write_figures(results, out, figures=["scores"], formats=["svg"], language="all")
write_tables(results, out, tables=["scores"], formats=["md"], language="xx")
write_workbook(results, out / "scores.xlsx")
found = score(load("regional_resources"), Framework.from_table(load("regional_framework")))
place = found.scores["place"].iloc[0]
write_profile(profile(found, place), out / "profile.html", tier="national", published_tier="local", language="xx")
chain = open_chain(bundled_study())
told = describe_study(chain) | desk_of(chain, runs=50).describe()
(out / "explorer.json").write_text(json.dumps(told), encoding="utf-8")
"""


@pytest.fixture(scope="module")
def pseudo(tmp_path_factory):
    """Run a copy of the package that has one catalogue more: English in marks."""
    home = tmp_path_factory.mktemp("pseudo")
    package, out = home / "innoscape", home / "out"
    package.mkdir()
    out.mkdir()
    for name in (*ROOMS, "__init__.py", "__init__.pyi"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, package / name)
    words = tomllib.loads((ROOT / "data" / "vocabulary.toml").read_text(encoding="utf-8"))
    terms = {kind: {key: term["en"] for key, term in held.items()} for kind, held in words.items()}
    said = catalogue("en") | dict(flat({"terms": terms})) | {"language.name": "Pseudo", "language.tag": "xx"}
    lines = [line(key, text, bare=key.startswith(("language.", "list."))) for key, text in said.items()]
    (package / "data" / "wording" / "xx.toml").write_text("\n".join(lines), encoding="utf-8")
    env = os.environ | {"PYTHONPATH": str(home), "INNOSCAPE_LANGUAGE": "xx"}
    done = subprocess.run(
        [sys.executable, "-c", PSEUDO, str(out)], env=env, cwd=home, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    done = subprocess.run(
        [sys.executable, "-m", "innoscape.study", "init", str(home / "own")],
        env=env, cwd=home, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return out, done.stdout


def line(key, text, *, bare):
    """Write a sentence as a line of a catalogue, in marks unless bare."""
    name = ".".join(f'"{part}"' for part in key.split("."))
    return f"{name} = {json.dumps(text if bare else f'«{text}»', ensure_ascii=False)}"


def test_a_further_language_is_one_file(pseudo):
    out, printed = pseudo
    assert "«wrote" in printed
    page = (out / "results" / "map.html").read_text(encoding="utf-8")
    assert '"name":"Pseudo"' in page
    assert '"xx":"«Find a place»"' in page
    assert {path.name for path in out.glob("*.svg")} == {"scores_en.svg", "scores_xx.svg", "scores_zh.svg"}
    table = next(out.glob("scores*.md")).read_text(encoding="utf-8")
    assert "«Rank»" in table
    assert "«Scores and tiers of the places»" in table
    openpyxl = pytest.importorskip("openpyxl")
    cells = {cell for row in openpyxl.load_workbook(out / "scores.xlsx")["readme"].values for cell in row}
    assert "«innoscape: scores and what they depend on»" in cells


VOID = {"meta", "link", "input", "br", "img", "hr", "path", "rect", "line", "circle", "col", "use"}
# records, formulas, works cited, names of files and of languages: the same in every language
ALIKE = {"script", "style", "code", "pre", "var", "sub", "sup", "fieldset"}
ALIKE_CLASSES = {"formula", "references", "cited"}


class Page(HTMLParser):
    """What a page shows in one language, and what it says in all of them at once: labels and titles of drawings."""

    def __init__(self, language):
        super().__init__()
        self.others = {"en", "xx", "zh"} - {language}
        self.open, self.shown, self.labels = [], [], []

    def handle_starttag(self, tag, attrs):
        held = dict(attrs)
        classes = set((held.get("class") or "").split())
        if tag not in VOID:
            hidden = tag in ALIKE or bool(classes & (self.others | ALIKE_CLASSES | {"n-en", "n-zh"}))
            self.open.append((tag, hidden))
        self.labels += [held[name] for name in ("aria-label", "title", "alt") if held.get(name)]

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not any(hidden for _, hidden in self.open):
            (self.labels if self.open and self.open[-1][0] in {"title", "desc"} else self.shown).append(data)


def unsaid(texts, names):
    """Return what stands outside the marks of the catalogue, names from tables and of files aside."""
    outside, depth = [], 0
    for text in texts:
        part = ""
        for letter in text:
            depth += (letter == "«") - (letter == "»")
            part += "\n" if letter in "«»" else letter if depth == 0 else ""
        outside += [one.strip(" ,;:·()[]") for one in re.split("\n|; ", part)]
    file = re.compile(r"\w+\.(csv|html|json|xlsx)|tables\.places\[\d")
    left = {one for one in outside if re.search("[A-Za-z]{2}", one) and not file.fullmatch(one)}
    # charts cut long names; how many more a list has is said by the catalogue without marks
    left = {one.rstrip("…") for one in left if not re.fullmatch(r"and \d+ more", one)}
    return sorted(one for one in left if not any(one in name for name in names))


def given_names(folder):
    """List the names that tables and the study hold: of places, indicators, networks, scenarios, sources."""
    found = {cell for table in ("places", "sources") for row in load(table).to_numpy() for cell in row}
    for path in folder.glob("*.csv"):
        # these are said from the catalogue
        if path.stem not in {"notices", "index_log"}:
            with path.open(encoding="utf-8", newline="") as lines:
                found |= {cell for row in csv.DictReader(lines) for head, cell in row.items() if head != "meaning"}
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {name for name in (*found, *strings(manifest["study"])) if isinstance(name, str)}


def strings(held):
    if isinstance(held, str):
        yield held
    elif isinstance(held, dict | list):
        for one in held.values() if isinstance(held, dict) else held:
            yield from strings(one)


def test_pages_say_nothing_that_the_catalogue_does_not(pseudo):
    out, _ = pseudo
    names = given_names(out / "results")
    for path in (out / "results" / "report.html", out / "profile.html"):
        page = Page("xx")
        page.feed(path.read_text(encoding="utf-8"))
        assert sum(text.count("«") for text in page.shown) > 20
        assert unsaid(page.shown, names) == [], path.name
        # numbers of rows, values and what is not Latin aside
        labels = [re.sub(r"^\d+ |\S*[^\u0020-\u007e].*|: [−\d].*", "", one) for one in page.labels if "«" not in one]
        assert unsaid(labels, names) == [], path.name


def texts_of(told):
    """Find every text in every language that a page is given."""
    if isinstance(told, dict) and "en" in told:
        yield told
    elif isinstance(told, dict | list):
        for one in told.values() if isinstance(told, dict) else told:
            yield from texts_of(one)


def test_the_explorer_says_every_text_in_the_further_language(pseudo):
    told = json.loads((pseudo[0] / "explorer.json").read_text(encoding="utf-8"))
    given = [*told.pop("names").values(), told.pop("title"), *(one.pop("title") for one in told["presets"])]
    assert all(text["xx"] == text["en"] for text in given)
    said = list(texts_of(told))
    assert len(said) > 50
    assert [text for text in said if "«" not in text["xx"]] == []


def test_the_page_of_the_explorer_holds_no_words_of_its_own():
    page = Page("xx")
    page.feed((ROOT / "study" / "explorer" / "assets" / "explorer.html").read_text(encoding="utf-8"))
    assert unsaid(page.shown, set()) == []
