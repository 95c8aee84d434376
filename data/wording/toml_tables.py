"""Read the tables of a TOML file one by one: most are never asked for, and are not parsed."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from typing import Any

__all__ = ["TomlTables"]

_HEADS = re.compile(r"^(?=\[{1,2}(\w+)[\w.]*\]{1,2}$)", re.MULTILINE)


class TomlTables(Mapping[str, Any]):
    """The tables of a TOML file by name, in their order; nothing may stand above the first.

    Parameters
    ----------
    file : Traversable
        In which each head stands on a line of its own.
    """

    def __init__(self, file: Traversable) -> None:
        _, *parts = _HEADS.split(file.read_text(encoding="utf-8"))
        self._written: dict[str, str] = {}
        for name, part in zip(parts[::2], parts[1::2], strict=True):
            self._written[name] = self._written.get(name, "") + part
        self._read: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - whatever a table holds
        if name not in self._read:
            self._read[name] = tomllib.loads(self._written[name])[name]
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._written)

    def __len__(self) -> int:
        return len(self._written)
