"""Gather the tables of files: recognize each, bring it into the form of its contract, and note what cannot be used."""

import re
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ...data import Gazetteer, InnoscapeWarning, OptionError, TableError, check_table, normalize_name, read_indicators
from ...data.contracts.printed_numbers import missing_mark
from ...data.contracts.rules import ROW
from ...data.errors import Fault
from ...data.reading.printed_tables import table_of
from ...data.sources.description import read_description
from ...data.sources.recognize_table import RecognizedTable, recognize_tables
from ...data.spellings import spellings
from ...data.wording.catalogue import few, join_texts, text
from .draft import Draft
from .name_indicators import SPARE, name_indicators, named_in_words
from .part_rows import filled_rows, once, without_totals

__all__ = ["OF_CELLS", "Gathered", "Table", "gather_tables", "tell_missing"]

_WORDS = spellings("start")
_TOTALS = frozenset(normalize_name(name) for name in spellings("totals")["names"])
_VALUES = ("indicators", "totals")
# doubts of what the table in its new form does not show any more
OF_CELLS = (
    "doubts.year_form", "doubts.year_like", "doubts.printed.marked", "doubts.printed.grouped", "doubts.characters",
    "doubts.unseen", "doubts.garbled",
)  # fmt: skip
_SHOWN = 8


@dataclass(eq=False)
class Table:
    """A table in the form of its contract, places still as they were written.

    Attributes
    ----------
    of : RecognizedTable
    frame : DataFrame
    whole : DataFrame
        Rows that hold totals of all places.
    side : str
        ``outgoing`` or ``incoming`` where its name says that it holds what places send or receive.
    labels : dict
        Language -> indicator -> name in words.
    words : dict
        Indicator -> a word for it, of any column that has one for each.
    """

    of: RecognizedTable
    frame: pd.DataFrame
    whole: pd.DataFrame
    side: str = ""
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """The name of the sheet, where the file has several, else of the file."""
        title = "" if self.of.sheet is None else self.of.sheet.title
        return title or self.of.file.name.split(".")[0]


@dataclass
class Gathered:
    """The tables of files by contract, exports, files of areas, and tables with faults as far as they were read."""

    tables: dict[str, list[Table]] = field(default_factory=dict)
    exports: list[RecognizedTable] = field(default_factory=list)
    companions: list[RecognizedTable] = field(default_factory=list)
    areas: list[RecognizedTable] = field(default_factory=list)
    refused: list[tuple[RecognizedTable, pd.DataFrame]] = field(default_factory=list)

    def of(self, contract: str) -> list[Table]:
        """Return the tables of a contract."""
        return self.tables.get(contract, [])


def gather_tables(files: Iterable[str | Path], gazetteer: Gazetteer, draft: Draft) -> Gathered:
    """Recognize files and read their tables; what cannot be read or used is noted in the draft.

    Raises
    ------
    OptionError
        If no file is given.
    """
    given = [Path(file) for file in files]
    if not given:
        raise OptionError(text("faults.calls.gather_tables.files_file_begin_none"))
    gathered, seen, found = Gathered(), set(), []
    for file in given:
        if file.resolve() in seen:
            draft.leave("twice", file.name)
            continue
        seen.add(file.resolve())
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", InnoscapeWarning)
            try:
                found += recognize_tables(file, gazetteer)
            except TableError as error:
                draft.refuse(error)
        draft.doubt(caught)
    for one in found:
        _sort(one, {one.source for one in found if one.kind == "export"}, gathered, gazetteer, draft)
    return gathered


def _sort(one: RecognizedTable, sources: set[str], gathered: Gathered, gazetteer: Gazetteer, draft: Draft) -> None:
    """Put a table where it belongs; ``sources`` are those of the exports beside it."""
    if one.kind == "export":
        _read_export(one, gathered, draft)
    elif sources & set(one.companion_of):
        gathered.companions.append(one)
        _understand(one, draft, kind=text("start.kinds.companion", source=join_texts(sources & set(one.companion_of))))
    elif one.kind == "areas":
        gathered.areas.append(one)
    elif not one.kind:
        got = few(one.headers, most=8) if one.headers else text("faults.no_columns")
        draft.leave("unknown", one.name, got=got)
    else:
        _read(one, gathered, gazetteer, draft)


def _understand(one: RecognizedTable, draft: Draft, *, kind: object, more: Sequence[object] = ()) -> None:
    pairs = [text("warnings.printed.pair", given=given, name=name) for given, name in one.columns.items()]
    told = one.confidence == "guess" or not more
    read_as = [text("start.reasons.read_as", columns=few(pairs, most=12))] if pairs and told else []
    reasons = [*one.reasons, *read_as, *more]
    said = {"table": one.name, "kind": kind, "reasons": join_texts(reasons, by="list.semicolon")}
    draft.understood.append(text("start.table", confidence=text(f"start.confidence.{one.confidence}"), **said))


def _read(one: RecognizedTable, gathered: Gathered, gazetteer: Gazetteer, draft: Draft) -> None:
    """Bring a table into the form of its contract."""
    assert one.sheet is not None  # noqa: S101 - only exports and areas have none
    frame, table, side, apart = pd.DataFrame(), None, "", []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", InnoscapeWarning)
        try:
            frame, title = table_of(one.sheet, one.kind, None)
            if one.width:
                # a row of a matrix holds a cell for each target
                frame = frame.set_axis(pd.Index(2 + np.arange(len(frame)) // one.width, name=ROW))
            _refuse_twice(frame, one)
            side = _side(one, title)
            frame, whole, apart = without_totals(frame, gazetteer)
            if one.kind in _VALUES:
                frame = name_indicators(one, frame, title, draft)
                whole = whole if whole.empty else _checked(name_indicators(one, whole, title, None), one)
            frame = once(filled_rows(frame, one.kind, one.name, draft), _contract(one), one.name, draft)
            table = Table(one, _checked(frame, one), whole, side)
        except TableError as error:
            draft.refuse(error)
            gathered.refused.append((one, frame))
    doubts = [w for w in caught if getattr(w.message, "about", "") in OF_CELLS or table is None]
    draft.doubt(doubts)
    if table is None:
        return
    if one.kind in _VALUES:
        tell_missing(frame, table, draft)
        table.labels, table.words = named_in_words(table.frame, one, draft)
    said = [_of_file(w.message) for w in caught if isinstance(w.message, InnoscapeWarning) and w not in doubts]
    more = [text("start.reasons.rows", n=len(table.frame)), *apart, *said]
    if side:
        more.insert(0, text(f"start.reasons.{side}"))
    _understand(one, draft, kind=text(f"start.kinds.{one.kind}"), more=more)
    gathered.tables.setdefault(_contract(one), []).append(table)


def _of_file(doubt: InnoscapeWarning) -> object:
    """Return what is said of a file whose name stands before it."""
    return doubt.values.get("notes") if doubt.key == "warnings.files.printed" else doubt.said  # noqa: PD011 - not of a table


def _read_export(one: RecognizedTable, gathered: Gathered, draft: Draft) -> None:
    """Keep an export of records; read one of indicators, of which no dimension may hold several values."""
    if not read_description(one.source).dimensions:
        gathered.exports.append(one)
        return
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", InnoscapeWarning)
        try:
            frame = read_indicators(one.file).drop(columns="flag")
        except TableError as error:
            draft.refuse(error)
            return
    draft.doubt(caught)
    table = Table(one, frame, frame.iloc[:0])
    table.labels, table.words = named_in_words(frame, one, draft)
    rows = text("start.reasons.rows", n=len(frame))
    _understand(one, draft, kind=text("start.kinds.export", source=one.source), more=[rows])
    gathered.tables.setdefault("indicators", []).append(table)


def _checked(frame: pd.DataFrame, one: RecognizedTable) -> pd.DataFrame:
    with warnings.catch_warnings(record=True) as caught:
        # what is probably wrong is said again, with the places, when the study is checked; but no more of its columns
        warnings.simplefilter("always", InnoscapeWarning)
        contract = _contract(one)
        whole = None
        if contract == "indicators" and (names := frame["place"].dropna().tolist()):
            # the row of the whole country is kept, and none of the places bears its name
            whole = str(names[0]) if normalize_name(str(names[0])) in _TOTALS else None
        checked = check_table(frame, contract, where=one.name, whole=whole)
    for warning in caught:
        if getattr(warning.message, "about", "") in OF_CELLS:
            warnings.warn(warning.message, stacklevel=2)
    return checked


def tell_missing(written: pd.DataFrame, table: Table, draft: Draft) -> None:
    """Note the cells of a table in which no value stands: how many, what stands there instead, and where."""
    frame = table.frame
    lost = frame[frame["value"].isna()]
    if lost.empty:
        return
    columns = ["value"] if "value" in written else [name for name in written if name not in SPARE]
    marks = Counter(mark for name in columns for cell in written[name] if (mark := missing_mark(cell)) is not None)
    kinds = [
        text("faults.start.mark", mark=mark, n=n) if mark else text("faults.start.empty_cells", n=n)
        for mark, n in sorted(marks.items())
    ]
    several = frame["indicator"].ne(frame["indicator"].iloc[0]).any()
    keys = ["place", *(["year"] if "year" in lost else []), *(["indicator"] if several else [])]
    where = [" ".join(str(part) for part in row if pd.notna(part)) for row in lost[keys].itertuples(index=False)]
    said = {"n": len(lost), "of": len(frame), "kinds": join_texts(kinds), "cells": few(where, most=_SHOWN)}
    draft.leave("missing", table.of.name, **said)


def _contract(one: RecognizedTable) -> str:
    """Return the contract that a table is brought into: totals become indicators that their file names."""
    return "indicators" if one.kind in _VALUES else one.kind


def _side(one: RecognizedTable, title: str) -> str:
    """Return whether a name says that a table holds what places send, or what they receive."""
    said = " ".join([one.file.name.split(".")[0], "" if one.sheet is None else one.sheet.title, title])
    parts = {part.casefold() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+|[^\W\d_a-zA-Z]+", said)}
    found = [
        side
        for side in ("outgoing", "incoming")
        if any(word in parts or (not word.isascii() and word in said) for word in _WORDS[side])
    ]
    return found[0] if len(found) == 1 else ""


def _refuse_twice(frame: pd.DataFrame, one: RecognizedTable) -> None:
    """Refuse a table of which two columns have one name."""
    names = [str(name) for name in frame.columns]
    faults = []
    for name in dict.fromkeys(names):
        places = [at for at, other in enumerate(names, 1) if other == name]
        if len(places) > 1:
            faults.append(Fault.of("faults.sources.twice", one.name, column=name, n=len(places), places=places))
    if faults:
        raise TableError(faults)
