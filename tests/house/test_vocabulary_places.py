"""Tiers, statuses and channels, and their colors, are listed in the vocabulary alone; all else derives from it."""

import ast
import re
from pathlib import Path

import pytest

import innoscape
from innoscape.data.vocabulary import CHANNELS, terms
from innoscape.network.diffusion.model import channel

ROOT = Path(innoscape.__file__).parent
ROOMS = ("data", "geo", "network", "study")
ENDINGS = {".py", ".js", ".css", ".html", ".j2", ".jinja"}
KINDS = ("tiers", "statuses", "channels")
# so many words of one kind side by side are a list of them
LISTED = 3
COLORS = {color.lower() for kind in KINDS for term in terms(kind).values() for color in (term.color, term.ink) if color}
# registries that give each word what it does; tests hold them to the vocabulary
REGISTRIES = {"network/diffusion/model/channel.py: channels"}
# tones of other scales that a word happens to share
SAME_TONE = {
    "study/explorer/assets/explorer.css: #7a828d",
    "study/explorer/assets/explorer_spread.js: #6aa5d8",
    "study/report/templates/report.css: #b07a00",
}


def lists_in(source, ending):
    """Name the kinds of words that a file lists, and their colors that it writes."""
    groups = python_groups(source) if ending == ".py" else page_groups(source)
    found = {kind for group in groups for kind in KINDS if len(group & terms(kind).keys()) >= LISTED}
    return found | {c for c in map(str.lower, re.findall(r"#[0-9a-fA-F]{6}\b", source)) if c in COLORS}


def python_groups(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Tuple, ast.List, ast.Set, ast.Dict)):
            items = node.keys if isinstance(node, ast.Dict) else node.elts
            yield {i.value for i in items if isinstance(i, ast.Constant) and isinstance(i.value, str)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            # words joined for a split or a pattern; a docstring has sentences
            yield set(re.split(r"[ ,|]+", node.value)) if re.fullmatch(r"[\w ,|]+", node.value) else set()
        elif isinstance(node, ast.Call):
            yield {keyword.arg for keyword in node.keywords if keyword.arg}


def page_groups(source):
    source = re.sub(r"/\*.*?\*/|\{#.*?#\}|<!--.*?-->|(?m:^\s*//.*$)", "", source, flags=re.DOTALL)
    for group in (*source.splitlines(), *re.findall(r"[\[({][^\[\](){}]*[\])}]", source)):
        yield set(re.findall(r"\w+", group))


def listed_in(root):
    files = (f for room in ROOMS for f in (root / room).rglob("*") if f.suffix in ENDINGS and "shipped" not in f.parts)
    return {
        f"{f.relative_to(root).as_posix()}: {found}"
        for f in files
        for found in lists_in(f.read_text(encoding="utf-8"), f.suffix)
    }


def test_no_list_and_no_color_stands_outside_the_vocabulary_and_no_exception_is_stale():
    assert listed_in(ROOT) == REGISTRIES | SAME_TONE


def test_the_registry_of_channels_has_those_of_the_vocabulary():
    assert tuple(channel.CHANNELS) == CHANNELS


@pytest.mark.parametrize(
    ("name", "source", "found"),
    [
        ("a.py", 'X = ("international", "national", "regional", "local")', "tiers"),
        ("a.py", 'X = "observed derived assumed".split()', "statuses"),
        ("a.py", 'X: Literal["peer", "neighbor", "tie"]', "channels"),
        ("a.py", "X = dict(peer=1, neighbor=2, tie=3)", "channels"),
        ("a.py", 'X = {\n  "regional": 1,\n  "national": 2,\n  "local": 3,\n}', "tiers"),
        ("a.js", "const radii = {\n  national: 9,\n  regional: 7,\n  local: 4,\n};", "tiers"),
        ("a.css", ".x { color: #7F1734; }", "#7f1734"),
        ("a.html.j2", '{{ badge("observed") }} {{ badge("derived") }} {{ badge("assumed") }}', "statuses"),
    ],
)
def test_a_list_or_color_that_is_added_is_found(tmp_path, name, source, found):
    for room in ROOMS:
        (tmp_path / room).mkdir()
    path = tmp_path / "study" / name
    path.write_text('"""Of international, national and regional."""\n' if name == "a.py" else "", encoding="utf-8")
    assert listed_in(tmp_path) == set()
    path.write_text(source, encoding="utf-8")
    assert listed_in(tmp_path) == {f"study/{name}: {found}"}
