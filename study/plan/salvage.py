"""Keep what is sound of a study file that has faults, so that tables and later stages are checked in the same round.

What has faults gives way to the least that a study can do with: its default, or something that stands in for it. What
is found later and is about a stand-in, or about what rests on one, is not told.
"""

import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ...data.errors import Fault, InnoscapeWarning, StudyError
from .fields import STUDY_FILE
from .misfits import Key
from .read import content_of, entries_of, fault_of, is_verb, key_path, parts_of, without_verbs
from .schema import Study

__all__ = ["Salvaged", "salvage"]

# stands for a text
_LOST = "text-with-faults"
_GONE = object()
_PEER = {"name": "peer", "rate": 1.0, "decay": "none"}
# what may stand in for a part, tried in this order
_STAND_INS: tuple[Any, ...] = ({}, _LOST, _GONE, False, 1.0, 1, [_LOST], [{}], [_PEER])
_MOST_ROUNDS = 30


@dataclass(frozen=True, eq=False)
class Salvaged:
    """A study of what is sound in a study file, and the faults of the file.

    Parameters
    ----------
    study : Study
        Its parts hold what they may; they need not fit one another.
    faults : tuple of Fault
    tree : object
        The content as it stands in the file, with stand-ins.
    lost : tuple of str
        Key paths of the parts that others stand in for.
    names : frozenset of str
        Names of networks, channels and other items among them.
    """

    study: Study
    faults: tuple[Fault, ...]
    tree: Any
    lost: tuple[str, ...]
    names: frozenset[str]

    def written(self, path: str) -> str:
        """Return where a key path of the study stands in the file, which has more items where some are left out."""
        here, found = self.tree, []
        for token in re.findall(r"\[\d+\]|[^\[]+|\[", path):
            if re.fullmatch(r"\[\d+\]", token):
                step = _position(here, int(token[1:-1]) - 1)
                found.append(f"[{step + 1}]")
                here = here[step] if isinstance(here, list) and step < len(here) else None
                continue
            found.append(token)
            for step in filter(None, token.split(".")):
                here = here.get(step) if isinstance(here, Mapping) else None
        return "".join(found)

    def follows(self, fault: Fault) -> bool:
        """Return whether a fault that was found in the study is about what stands in for a part, or rests on it."""
        if fault.where == _LOST or str(fault.got) in {repr(name) for name in self.names}:
            return True
        if fault.where != STUDY_FILE:
            return False
        path = str(fault.column)
        if fault.key == "faults.study.place":
            # a list may hold names of the file beside what stands in for others
            return str(fault.got) == repr(_LOST) or any(path == other or _below(path, other) for other in self.lost)
        return any(_related(path, other) for other in [*self.lost, *map(_path, self.faults)])


def salvage(path: str | Path) -> Salvaged | None:
    """Return what is sound of a study file with faults; None if it cannot be read, or its tiers are not known."""
    try:
        content, file = content_of(path)
    except StudyError:
        return None
    folder = content.pop("folder")
    work = _Work(content, {"folder": folder}, file.name)
    with warnings.catch_warnings():
        # what is doubtful has been said of the whole file
        warnings.simplefilter("ignore", InnoscapeWarning)
        return work.done()


class _Work:
    """A study file on the way to one without faults."""

    def __init__(self, content: dict[str, Any], more: dict[str, Any], file: str) -> None:
        self.tree: Any = _copied(content)
        self.more, self.file = more, file
        self.faults: dict[Fault, None] = {}
        self.lost: dict[Key, None] = {}
        self.names: set[str] = set()
        self.tried: set[tuple[Key, int]] = set()

    def done(self) -> Salvaged | None:
        for _ in range(_MOST_ROUNDS):
            found = self._entries()
            if not found:
                break
            self._tell(found)
            given: list[Key] = []
            # of parts inside one another the inner ones come first
            for key in sorted({without_verbs(entry["loc"]) for entry in found}, key=len, reverse=True):
                if not any(_inside(key, other) for other in given):
                    given.append(self._give_way(key))
        else:
            return None
        if any(key[:2] == ("tiers", "scale") for key in self.lost):
            return None
        try:
            parts_of(self._content(), whole=True)
        except ValidationError as error:
            self._tell(self._written(error.errors()), siblings=True)
        lost = tuple(key_path(key) for key in self.lost)
        names = frozenset(self.names)
        return Salvaged(parts_of(self._content()), tuple(self.faults), self.tree, lost, names)

    def _content(self) -> dict[str, Any]:
        return {**self.more, **_without_gone(self.tree)}

    def _entries(self) -> list[Any]:
        try:
            parts_of(self._content())
        except ValidationError as error:
            return self._written(error.errors())
        return []

    def _written(self, errors: list[Any]) -> list[Any]:
        """Return errors at their places in the file, which holds items that are left out."""
        return [{**entry, "loc": self._original(entry["loc"])} for entry in entries_of(errors, self._content())]

    def _original(self, key: Key) -> Key:
        here: Any = self.tree
        found: list[str | int] = []
        for before, step in pairwise(("", *key)):
            if is_verb(before, step):
                found.append(step)
                continue
            at = _position(here, step) if isinstance(step, int) else step
            found.append(at)
            here = here[at] if _holds(here, at) else None
        return tuple(found)

    def _tell(self, found: list[Any], *, siblings: bool = False) -> None:
        for entry in found:
            key = without_verbs(entry["loc"])
            near = any(_inside(key, lost) or _inside(lost, key) for lost in self.lost)
            # parts of one section below the top may need one another
            near |= (siblings or entry["type"] == "misfit") and any(
                len(key) > 2 and key[:-1] == lost[:-1] for lost in self.lost
            )
            fault = fault_of(self.file, entry)
            if not near and str(fault.got) not in {repr(name) for name in self.names}:
                self.faults.setdefault(fault)

    def _give_way(self, key: Key) -> Key:
        """Let something stand in for a part, or for the part that holds it if nothing can; return which it was."""
        while key:
            held = _at(self.tree, key)
            if isinstance(held, Mapping) and isinstance(held.get("name"), str):
                self.names.add(held["name"])
            for n, stand_in in enumerate(_STAND_INS):
                if (key, n) in self.tried:
                    continue
                self.tried.add((key, n))
                if _put(self.tree, key, stand_in) and self._fits(key):
                    self.lost.setdefault(key)
                    return key
            _put(self.tree, key, held)
            key = key[:-1]
        return key

    def _fits(self, key: Key) -> bool:
        for entry in self._entries():
            found = without_verbs(entry["loc"])
            if found == key or (_inside(found, key) and entry["type"] != "missing"):
                return False
        return True


def _path(fault: Fault) -> str:
    return str(fault.column)


def _related(one: str, other: str) -> bool:
    """Return whether one of two key paths lies inside the other, or they are the same."""
    return one == other or _below(one, other) or _below(other, one)


def _below(path: str, other: str) -> bool:
    return path.startswith((f"{other}.", f"{other}["))


def _inside(key: Key, other: Key) -> bool:
    return key[: len(other)] == other


def _copied(part: Any) -> Any:  # noqa: ANN401 - parts of a TOML file
    if isinstance(part, Mapping):
        return {key: _copied(value) for key, value in part.items()}
    return [_copied(item) for item in part] if isinstance(part, list) else part


def _without_gone(part: Any) -> Any:  # noqa: ANN401
    if isinstance(part, Mapping):
        return {key: _without_gone(value) for key, value in part.items() if value is not _GONE}
    return [_without_gone(item) for item in part if item is not _GONE] if isinstance(part, list) else part


def _kept(items: list[Any]) -> Iterator[int]:
    return (i for i, item in enumerate(items) if item is not _GONE)


def _position(items: Any, step: int) -> int:  # noqa: ANN401
    """Return where an item stands among all, by its position among those that are left."""
    if not isinstance(items, list):
        return step
    kept = [*_kept(items)]
    return kept[step] if step < len(kept) else step + len(items) - len(kept)


def _holds(part: Any, step: str | int) -> bool:  # noqa: ANN401
    if isinstance(part, list):
        return isinstance(step, int) and step < len(part)
    return isinstance(part, Mapping) and step in part


def _at(part: Any, key: Key) -> Any:  # noqa: ANN401
    for step in key:
        if not _holds(part, step):
            return _GONE
        part = part[step]
    return part


def _put(part: Any, key: Key, value: Any) -> bool:  # noqa: ANN401
    """Put a value at a key; say whether there is a part that can hold it."""
    *outer, last = key
    part = _at(part, tuple(outer))
    if isinstance(part, list) and isinstance(last, int) and last < len(part):
        part[last] = _copied(value)
        return True
    if isinstance(part, dict):
        part[last] = _copied(value)
        return True
    return False
