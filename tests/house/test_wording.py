"""Everything that people read stands in the catalogues: complete, used, and in no other place."""

import io
import json
import os
import re
import shutil
import string
import subprocess
import sys
import tokenize
import tomllib
from pathlib import Path

import pytest

import innoscape

ROOT = Path(innoscape.__file__).parent
ROOMS = ("data", "geo", "network", "study")
WORDING = ROOT / "data" / "wording"
LANGUAGES = sorted(file.stem for file in WORDING.glob("*.toml"))
CHINESE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")
# what is no sentence: how places, columns and cells are written in tables that people bring, and made-up records
DATA = {
    "data/contracts/check_table.py", "data/contracts/rules.py", "data/places/names.py", "data/reading/workbook.py",
    "data/synthetic.py",
}  # fmt: skip

# given more values than each language needs
DIFFER = {"map.page.after", "list.and_more"}


def flat(table, prefix=""):
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def catalogue(language):
    return dict(flat(tomllib.loads((WORDING / f"{language}.toml").read_text(encoding="utf-8"))))


def whole(key):
    """Name a sentence without the form that a number chooses."""
    return re.sub(r"\.(one|other)$", "", key)


def braces(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_the_catalogues_hold_the_same_sentences_with_the_same_values():
    english = catalogue("en")
    for language in LANGUAGES:
        other = catalogue(language)
        assert {whole(key) for key in other} == {whole(key) for key in english}, language
        assert not [key for key, said in other.items() if not said and not key.startswith(("list.", "figures.gap"))]
        values = {}
        for held in (english, other):
            found = {}
            for key, said in held.items():
                found.setdefault(whole(key), set()).update(braces(said))
            values[held is other] = found
        for key, wanted in values[True].items():
            assert wanted == values[False][key] or key in DIFFER, (language, key)


def test_no_section_says_the_same_twice():
    said = {language: catalogue(language) for language in LANGUAGES}
    seen = {}
    for key in said["en"]:
        section = key.rpartition(".")[0]
        if not section.startswith(("map", "figures", "tables", "workbook", "command")):
            continue
        words = (section, *(held.get(key) for held in said.values()))
        assert words not in seen, (key, seen[words])
        seen[words] = key


def code_of(file):
    """Return a program without its comments and docstrings."""
    source = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        return re.sub(r"^\s*//[^\n]*$|/\*.*?\*/|\{#.*?#\}|<!--.*?-->", "", source, flags=re.MULTILINE | re.DOTALL)
    kept, before = [], tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        docstring = token.type == tokenize.STRING and before in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
        if token.type != tokenize.COMMENT and not docstring:
            kept.append(token.string)
        if token.type not in (tokenize.NL, tokenize.COMMENT):
            before = token.type
    return "\n".join(kept)


def programs():
    kinds = {".py", ".js", ".css", ".html", ".j2", ".jinja"}
    files = (file for room in ROOMS for file in sorted((ROOT / room).rglob("*")) if file.suffix in kinds)
    return {file.relative_to(ROOT).as_posix(): file for file in files}


def test_no_chinese_stands_outside_the_catalogues_and_tables():
    wrong = {
        name: CHINESE.findall(code_of(file))[:5]
        for name, file in programs().items()
        if name not in DATA and CHINESE.search(code_of(file))
    }
    assert not wrong


PSEUDO = """
import sys
from pathlib import Path
import geopandas as gpd, pandas as pd
import innoscape
from innoscape.data.vocabulary import name_of
from innoscape.data.wording.catalogue import LANGUAGES
from innoscape.geo import center_map
from innoscape.geo.maps.center_map import save_map
from innoscape.study import run, write_figures, write_tables, write_workbook
assert LANGUAGES == ("en", "xx", "zh"), LANGUAGES
assert name_of("assumed", "statuses").in_("xx") == "«assumed»"
out = Path(sys.argv[1])
results = run(until="score")
centers = gpd.GeoDataFrame({"place": ["a"], "tier": ["local"]}, geometry=gpd.points_from_xy([116], [39]), crs=4326)
save_map(center_map(centers, language="xx", title="T"), out / "map.html")
write_figures(results, out, figures=["scores"], formats=["svg"], language="xx")
write_tables(results, out, tables=["scores"], formats=["md"], language="xx")
write_workbook(results, out / "scores.xlsx")
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
    page = (out / "map.html").read_text(encoding="utf-8")
    assert '<html lang="xx">' in page
    assert '"name":"Pseudo"' in page
    assert '"xx":"«Find a place»"' in page
    assert (out / "scores_xx.svg").stat().st_size > 5000
    table = next(out.glob("scores*.md")).read_text(encoding="utf-8")
    assert "«Rank»" in table
    assert "«Scores and tiers of the places»" in table
    openpyxl = pytest.importorskip("openpyxl")
    cells = {cell for row in openpyxl.load_workbook(out / "scores.xlsx")["readme"].values for cell in row}
    assert "«innoscape: scores and what they depend on»" in cells
