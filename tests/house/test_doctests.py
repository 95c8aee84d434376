"""The examples in the docstrings give what they show."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import innoscape

ROOT = Path(innoscape.__file__).parent
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
MODULES = sorted(
    "innoscape." + ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for room in ("data", "geo", "network", "study")
    for path in (ROOT / room).rglob("*.py")
    if path.name not in {"__init__.py", "__main__.py"} and ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name, capsys):
    # imported under its own name: compiled functions are cached by module
    outcome = doctest.testmod(import_module(name), optionflags=FLAGS)
    assert outcome.attempted > 0
    assert outcome.failed == 0, capsys.readouterr().out
