"""Write the pages of the reference, one a topic folder, from the rooms' stubs: ``python docs/write_reference.py``.

A page only names what it holds; Sphinx takes the text from the docstrings.
"""

import ast
import importlib
import inspect
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "reference"
ROOMS = ("data", "geo", "network", "study")


def folders(room: str) -> dict[str, list[str]]:
    """Return the public names of a room by topic folder, in the order of its stub."""
    found: dict[str, list[str]] = {}
    for node in ast.parse((ROOT / room / "__init__.pyi").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom):
            folder = ".".join((node.module or "").split(".")[:-1])
            found.setdefault(folder, []).extend(alias.asname or alias.name for alias in node.names)
    return dict(sorted(found.items()))


def title(room: str, folder: str) -> str:
    """Return the sentence that the folder says of itself, without its point."""
    module = importlib.import_module(".".join(filter(None, ("innoscape", room, folder))))
    return inspect.getdoc(module).split("\n")[0].rstrip(".") if folder else f"Files and words of innoscape.{room}"


def first_line(room: str, name: str) -> str:
    """Return the first sentence of a docstring; constants have none."""
    thing = getattr(importlib.import_module(f"innoscape.{room}"), name)
    return " ".join(inspect.getdoc(thing).split("\n\n")[0].split()) if callable(thing) else ""


def directive(room: str, name: str) -> str:
    """Return the lines that describe one name."""
    thing = getattr(importlib.import_module(f"innoscape.{room}"), name)
    if inspect.isclass(thing):
        kind = "autoexception" if issubclass(thing, BaseException) else "autoclass"
        return f".. {kind}:: {name}\n   :members:\n"
    if callable(thing):
        return f".. autofunction:: {name}\n"
    keys = [str(one) for one in thing] if not isinstance(thing, str) else [thing]
    return f".. py:data:: {name}\n\n   " + ", ".join(f"``{key}``" for key in keys) + "\n"


def page(room: str, folder: str, names: list[str]) -> str:
    """Return the page of a folder: a table of what it holds, then each in full."""
    where = ".".join(filter(None, (room, folder)))
    listed = "\n".join(f"- :py:obj:`{name}`: {line}" for name in names if (line := first_line(room, name)))
    body = "\n".join(directive(room, name) for name in names)
    return (
        f"# {where}\n\n{title(room, folder)}. Import: `from innoscape import {room}`.\n\n"
        f"```{{eval-rst}}\n.. currentmodule:: innoscape.{room}\n\n{listed}\n\n{body}```\n"
    )


def pages() -> dict[str, str]:
    """Return every page of the reference by its file name."""
    written = {}
    for room in ROOMS:
        for folder, names in folders(room).items():
            written["-".join([room, *filter(None, folder.split("."))]) + ".md"] = page(room, folder, names)
    return written


def main() -> None:
    """Write the pages, and take away those of folders that are no more."""
    TARGET.mkdir(exist_ok=True)
    made = pages()
    for old in TARGET.glob("*-*.md"):
        if old.name not in made:
            old.unlink()
    for name, text in made.items():
        (TARGET / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
