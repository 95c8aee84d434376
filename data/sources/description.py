"""Read the description of a source: columns and their spellings, separators, parties and where places stand."""

import tomllib
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from ..errors import OptionError
from ..options import check_choice, check_names

__all__ = ["Column", "Description", "Party", "PlaceRule", "read_description", "shipped_sources"]

_KINDS = ("text", "id", "names", "date", "amount", "number", "decimal")
_HOW = ("address", "place", "written")


@dataclass(frozen=True, slots=True)
class Column:
    """A column: how exports spell its header, what its cells are, and patterns replaced in them."""

    name: str
    spellings: tuple[str, ...]
    kind: str = "text"
    required: bool = False
    key: bool = False
    clean: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PlaceRule:
    """Columns that say where a party is, how they are read, and for which levels."""

    columns: tuple[str, ...]
    how: str
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """A column of names, the column that its places become, and the rules tried in turn."""

    name: str
    place: str
    places: tuple[PlaceRule, ...]
    split: bool = True
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Description:
    """What a source looks like."""

    name: str
    contract: str
    level: str
    rows: str
    id: str
    columns: dict[str, Column]
    parties: tuple[Party, ...]
    delimiters: tuple[str, ...] = (",", "\t", ";", "|")
    separators: tuple[str, ...] = ()
    quote: str = '"'
    json: dict[str, Any] = field(default_factory=dict)
    dimensions: dict[str, Any] = field(default_factory=dict)


def shipped_sources() -> list[str]:
    """Return the names of the shipped descriptions."""
    return sorted(
        file.name.removesuffix(".toml")
        for file in files(__name__.rpartition(".")[0]).iterdir()
        if file.name.endswith(".toml")
    )


def read_description(source: str | Path) -> Description:
    """Return a shipped description, or that of a file.

    Raises
    ------
    OptionError
        If nothing has that name, or the description lacks or misnames a part.
    """
    file = Path(source)
    if file.suffix == ".toml":
        if not file.is_file():
            raise OptionError(f"source: there is no file {file}")
        content = file.read_text(encoding="utf-8")
    else:
        check_choice("source", str(source), shipped_sources())
        content = (files(__name__.rpartition(".")[0]) / f"{source}.toml").read_text(encoding="utf-8")
    try:
        return _checked(file.stem, tomllib.loads(content))
    except tomllib.TOMLDecodeError as error:
        raise OptionError(f"{file.name} is no TOML: {error}") from error


def _checked(name: str, given: dict[str, Any]) -> Description:
    owner = f"{name}.toml"
    needed = ("contract", "id", "columns", "parties")
    absent = [part for part in needed if part not in given]
    if absent:
        raise OptionError(f"{owner}: needed {', '.join(needed)}, got none of {', '.join(absent)}")
    known = {one for one in Description.__dataclass_fields__ if one != "name"}
    check_names(owner, given, known)
    columns = {}
    for key, column in given["columns"].items():
        check_names(f"{owner}, columns.{key}", column, set(Column.__dataclass_fields__) - {"name"})
        check_choice(f"{owner}, columns.{key}.kind", column.get("kind", "text"), _KINDS)
        columns[key] = Column(key, **_frozen(column, {"spellings": [key]}))
    parties = tuple(_party(owner, party, columns) for party in given["parties"])
    check_choice(f"{owner}, id", given["id"], columns)
    check_choice(f"{owner}, rows", given.get("rows", "party"), ("party", "record"))
    if given.get("rows", "party") == "party" and len(parties) != 1:
        raise OptionError(f'{owner}: rows = "party" needs one of parties, got {len(parties)}; write rows = "record"')
    rest: dict[str, Any] = {key: tuple(one) if isinstance(one, list) else one for key, one in given.items()}
    rest |= {"columns": columns, "parties": parties}
    rest = {"name": name, "level": "prefecture", "rows": "party"} | rest
    return Description(**rest)


def _party(owner: str, given: dict[str, Any], columns: dict[str, Column]) -> Party:
    check_names(f"{owner}, parties", given, Party.__dataclass_fields__)
    rules = []
    for rule in given.get("places", ()):
        check_names(f"{owner}, parties.places", rule, PlaceRule.__dataclass_fields__)
        check_choice(f"{owner}, parties.places.how", rule.get("how"), _HOW)
        for column in rule["columns"]:
            check_choice(f"{owner}, parties.places.columns", column, columns)
        rules.append(PlaceRule(**_frozen(rule)))
    for column in (given["name"], *given.get("beside", ())):
        check_choice(f"{owner}, parties", column, columns)
    parts: dict[str, Any] = _frozen(given) | {"places": tuple(rules)}
    return Party(**parts)


def _frozen(given: dict[str, Any], default: dict[str, Any] | None = None) -> dict[str, Any]:
    both = (default or {}) | given
    return {
        key: tuple(tuple(part) if isinstance(part, list) else part for part in one) if isinstance(one, list) else one
        for key, one in both.items()
    }
