"""Names of modules say what the modules hold, and one name stands for one matter."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

import innoscape

ROOT = Path(innoscape.__file__).parent
ROOMS = ("data", "geo", "network", "study")
MODULES = sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py") if not p.stem.startswith("__"))
ORACLES = sorted((ROOT / "tests" / "oracles").glob("test_*.py"))
# the same idea in two rooms: `geo.sensitivity` and `network.sensitivity`, and what a simulation of either kind ends in
MIRRORED = {"sensitivity", "outcome"}
# subjects that no public name in the module repeats; the list may only become shorter
SUBJECTS = {
    "query",
    "vocabulary",
    "chain",
    "screen",
    "data_driven",
    "registry",
    "encode",
    "offline",
    "places",
    "regress",
    "disadoption",
    "sparse",
    "random_numbers",
    "doubts",
    "shapes",
    "diagnostics",
    "model",
    "radiation_kernel",
    "divergence",
    "outcome",
    "app",
    "request",
    "session",
    "schema",
}
PROGRAM = re.compile(
    r"\bR\b|\(\d{4}\)|networkx|igraph|statsmodels|spint|giddy|inequality|pointpats|mapclassify|scikit|scipy|sna|pymcdm"
    r"|ecomplexity|spopt|esda|libpysal|spreg|frykit"
)


def words(name):
    parts = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")
    # the first letters are enough: impute and imputation, tier and tiers
    return {part[:4] for part in parts if part}


def offered(tree):
    kinds = (ast.FunctionDef, ast.ClassDef)
    return [node.name for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")]


def says_what_it_holds(stem, tree):
    """Whether a module of one public name is named after it, and one of several after one of them or its first line."""
    names = offered(tree)
    held = set().union(*map(words, names))
    if len(names) != 1:
        constants = [n.id for node in tree.body for n in ast.walk(node) if isinstance(n, ast.Name) and n.id.isupper()]
        first = ast.get_docstring(tree).split("\n\n")[0]
        held = held.union(*map(words, constants), *map(words, re.findall(r"\w+", first)))
    return bool(words(stem) & held)


def test_a_module_is_named_after_what_it_holds():
    unsaid = {p.stem for p in MODULES if not says_what_it_holds(p.stem, ast.parse(p.read_text(encoding="utf-8")))}
    assert unsaid == SUBJECTS


def test_a_name_that_does_not_say_what_the_module_holds_is_found():
    tree = ast.parse('"""Hand shares over, stage by stage."""\ndef pipeline(): ...\n')
    assert not says_what_it_holds("hand_overs", tree)
    assert says_what_it_holds("pipeline", tree)


def test_no_two_modules_bear_the_same_name():
    places = defaultdict(list)
    for path in MODULES:
        places[path.stem].append(str(path.relative_to(ROOT)))
    assert {stem for stem, found in places.items() if len(found) > 1} == MIRRORED


@pytest.mark.parametrize("path", ORACLES, ids=lambda p: p.stem)
def test_a_comparison_names_its_program_or_table_in_one_line(path):
    line = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert "\n" not in line
    assert PROGRAM.search(line)


def test_every_module_of_tests_is_short():
    long = {p.name: n for p in (ROOT / "tests").rglob("*.py") if (n := len(p.read_text("utf-8").splitlines())) > 400}
    assert long == {}
