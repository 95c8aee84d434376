"""Imports keep the law written in pyproject.toml, modules form no cycle, and files are short and plainly named."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import grimp
import networkx as nx
import pytest

import innoscape

ROOT = Path(innoscape.__file__).parent
ROOMS = ("data", "geo", "network", "study")
MODULES = sorted(p for room in ROOMS for p in (ROOT / room).rglob("*.py"))


@pytest.fixture(scope="module")
def imports():
    """Return every import between modules, those in functions and for the type checker among them."""
    graph = grimp.build_graph("innoscape", exclude_type_checking_imports=False, cache_dir=None)
    return nx.DiGraph(
        (module, other) for module in graph.modules for other in graph.find_modules_directly_imported_by(module)
    )


def test_imports_keep_the_law_of_the_rooms_and_of_the_folders_in_them():
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", code, "--no-cache", "--no-logo"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


def test_imports_in_functions_and_for_types_alone_are_seen(imports):
    assert imports.has_edge("innoscape.study.results.write_workbook", "innoscape.study.results.study_results")
    assert imports.has_edge("innoscape.study.cli.app", "innoscape.study.explorer.server")


def test_modules_form_no_cycle(imports):
    assert [sorted(part) for part in nx.strongly_connected_components(imports) if len(part) > 1] == []


def test_no_module_reaches_its_own_room_through_the_public_face(imports):
    inside = [(a, b) for a, b in imports.edges if b in {f"innoscape.{r}" for r in ROOMS} and a.startswith(f"{b}.")]
    assert inside == []


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_inside_the_package_are_relative(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
        assert not [name for name in names if name.split(".")[0] == "innoscape"]


def test_no_file_is_longer_than_a_sitting():
    files = [*MODULES, *(ROOT / "tests").rglob("*.py")]
    long = {str(p.relative_to(ROOT)): n for p in files if (n := len(p.read_text(encoding="utf-8").splitlines())) > 400}
    assert long == {}


def test_no_module_hides_behind_an_underscore():
    assert [str(p.relative_to(ROOT)) for p in MODULES if p.stem.startswith("_") and not p.stem.endswith("__")] == []


def test_a_folder_says_what_it_holds_and_no_more():
    for path in MODULES:
        if path.name == "__init__.py" and path.parent.name not in ROOMS:
            assert re.fullmatch(r'"""[^"]+"""\n', path.read_text(encoding="utf-8")), path
