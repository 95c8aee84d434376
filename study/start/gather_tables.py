"""Gather the tables of files: recognize each, bring it into the form of its contract, and note what cannot be used."""

import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from ...data import Gazetteer, InnoscapeWarning, OptionError, TableError, check_table, normalize_name, read_indicators
from ...data.contracts.dates import named_year
from ...data.contracts.input_tables import columns_in
from ...data.errors import Fault
from ...data.places.keys import as_keys
from ...data.reading.column_units import column_units
from ...data.reading.printed_tables import table_of
from ...data.sources.description import read_description
from ...data.sources.recognize_table import RecognizedTable, recognize_tables
from ...data.spellings import spellings
from ...data.wording.catalogue import Text, few, join_texts, text
from .draft import Draft

__all__ = ["Gathered", "Table", "gather_tables"]

_WORDS = spellings("start")
_TOTALS, _AVERAGES, _NATION = (
    frozenset(normalize_name(name) for name in spellings("totals")[key]) for key in ("names", "averages", "nation")
)
_MARKED = re.compile(r"^[-+]?[\d,]*\.?\d+(?:[eE][-+]?\d+)?[*#%]?$")
_ENDS = ("place", "source", "target", "seller", "buyer")
_VALUES = ("indicators", "totals")
# doubts of columns that the table in its new form does not have any more
_OF_COLUMNS = ("doubts.year_form", "doubts.year_like")
# columns of a table of indicators that are none themselves
_SPARE = ("place", "year", "unit", "status", "source", "name_en", "name_zh", "note", "indicator", "value")


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
        Indicator -> name in words.
    """

    of: RecognizedTable
    frame: pd.DataFrame
    whole: pd.DataFrame
    side: str = ""
    labels: dict[str, str] = field(default_factory=dict)

    @property
    def stem(self) -> str:
        """The name of the sheet, where the file has several, else of the file."""
        title = "" if self.of.sheet is None else self.of.sheet.title
        return title or self.of.file.name.split(".")[0]


@dataclass
class Gathered:
    """The tables of files by contract, exports, and files of areas."""

    tables: dict[str, list[Table]] = field(default_factory=dict)
    exports: list[RecognizedTable] = field(default_factory=list)
    companions: list[RecognizedTable] = field(default_factory=list)
    areas: list[RecognizedTable] = field(default_factory=list)

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
        draft.doubt(file.name, caught)
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
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", InnoscapeWarning)
        try:
            frame, title = table_of(one.sheet, one.kind, None)
            _refuse_twice(frame, one)
            side = _side(one, title)
            frame, whole, apart = _without_totals(frame, gazetteer)
            if one.kind in _VALUES:
                frame = _as_indicators(one, frame, title, draft)
                whole = whole if whole.empty else _checked(_as_indicators(one, whole, title, None), one)
            frame = _once(_filled(frame, one, draft), one, draft)
            table = Table(one, _checked(frame, one), whole, side)
        except TableError as error:
            draft.refuse(error)
            return
    table.labels = _labels(table.frame)
    doubts = [w for w in caught if getattr(w.message, "about", "") in _OF_COLUMNS]
    draft.doubt(one.name, doubts)
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
    draft.doubt(one.name, caught)
    table = Table(one, frame, frame.iloc[:0])
    table.labels = _labels(frame)
    rows = text("start.reasons.rows", n=len(frame))
    _understand(one, draft, kind=text("start.kinds.export", source=one.source), more=[rows])
    gathered.tables.setdefault("indicators", []).append(table)


def _checked(frame: pd.DataFrame, one: RecognizedTable) -> pd.DataFrame:
    with warnings.catch_warnings(record=True) as caught:
        # what is probably wrong is said again, with the places, when the study is checked; but no more of its columns
        warnings.simplefilter("always", InnoscapeWarning)
        contract = _contract(one)
        whole = None
        if contract == "indicators" and (names := frame["place"].dropna().unique().tolist()):
            # the row of the whole country is kept, and none of the places bears its name
            whole = str(names[0]) if normalize_name(str(names[0])) in _TOTALS else None
        checked = check_table(frame, contract, where=one.name, whole=whole)
    for warning in caught:
        if getattr(warning.message, "about", "") in _OF_COLUMNS:
            warnings.warn(warning.message, stacklevel=2)
    return checked


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


def _without_totals(frame: pd.DataFrame, gazetteer: Gazetteer) -> tuple[pd.DataFrame, pd.DataFrame, list[Text]]:
    """Part the rows that hold totals of all places, and those of averages, from the others; say which they are."""
    ends = [name for name in _ENDS if name in frame]
    if not ends or ("source" in ends and "target" not in ends):
        ends = [name for name in ends if name != "source"]
    names = {name for end in ends for name in frame[end] if isinstance(name, str)}
    nation = {name for name in names if normalize_name(name) in _NATION}
    if nation and _names_countries(names - nation, gazetteer):
        nation = set()
    whole = {name for name in names if normalize_name(name) in _TOTALS} | nation
    averages = {name for name in names if normalize_name(name) in _AVERAGES}
    rows = {key: frame[ends].isin(some).any(axis=1) for key, some in (("whole", whole), ("average", averages))}
    said = [
        text(f"start.reasons.{key}", n=int(rows[key].sum()), names=few(sorted(some)))
        for key, some in (("whole", whole), ("average", averages))
        if some
    ]
    return frame[~(rows["whole"] | rows["average"])], frame[rows["whole"]], said


def _names_countries(names: set[str], gazetteer: Gazetteer) -> bool:
    """Whether any name is that of a country, so that the nation is one among others."""
    if not names or not gazetteer.table["level"].eq("country").any():
        return False
    found = gazetteer.resolve(sorted(names), level="country", ambiguous="leave")
    return bool((found["place"].notna() & ~found["how"].str.contains("of a part")).any())


def _as_indicators(one: RecognizedTable, frame: pd.DataFrame, title: str, draft: Draft | None) -> pd.DataFrame:
    """Leave out what holds no numbers, and name the indicator of a long table that does not."""
    skipped = {name.casefold() for name in _WORDS["skip"]}
    out = []
    for name in frame.columns:
        told = str(name)
        if name in _SPARE:
            continue
        if told.strip().casefold() in skipped:
            out.append(name)
        elif "value" not in frame and not _numbers(frame[name]):
            out.append(name)
            if draft is not None:
                draft.leave("text_column", one.name, column=told)
    if "value" not in frame:
        frame = frame.drop(columns=out)
    named = "" if one.sheet is None else one.sheet.title
    called = title or named or one.file.name.split(".")[0]
    if "value" in frame and "indicator" not in frame:
        category = _category(frame)
        frame = frame.assign(indicator=called) if category is None else frame.assign(indicator=frame[category])
    units = {} if {"unit", "value"} & {*frame} else column_units([str(name) for name in frame if name not in _SPARE])
    frame = frame.copy()
    frame.attrs |= {"indicator": called}
    if any(units.values()):
        frame.attrs.setdefault("units", units)
    return frame


def _filled(frame: pd.DataFrame, one: RecognizedTable, draft: Draft) -> pd.DataFrame:
    """Leave out rows without a value, or without the place that it is of."""
    marks = {mark.casefold() for mark in spellings("missing")["marks"]}
    needed = [name for name in ("place", "source", "target", "value") if name in frame]
    if one.kind not in (*_VALUES, "flows", "adoptions") or not needed:
        return frame
    cells = frame[needed].astype(object)
    empty = cells.map(
        lambda cell: cell is None or pd.isna(cell) is True or str(cell).strip().casefold() in {"", *marks}
    )
    lost = empty.any(axis=1).to_numpy()
    if lost.any():
        draft.leave("empty", one.name, column=", ".join(empty.columns[empty.any()]), n=int(lost.sum()), of=len(frame))
    return frame[~lost]


def _numbers(cells: pd.Series) -> bool:
    """Whether at least half of the cells of a column are numbers, or it is empty."""
    marks = {mark.casefold() for mark in spellings("missing")["marks"]}
    given = [str(cell).strip() for cell in cells.dropna()]
    given = [cell for cell in given if cell and cell.casefold() not in marks]
    return bool(given) and sum(bool(_MARKED.match(cell)) for cell in given) >= len(given) / 2


def _category(frame: pd.DataFrame) -> str | None:
    """Return the column of words that tells rows of one place and year apart."""
    keys = [name for name in ("place", "year") if name in frame]
    if not frame.duplicated(keys).any():
        return None
    for name in frame.columns:
        if name not in _SPARE and not _numbers(frame[name]) and not frame.duplicated([*keys, name]).any():
            return str(name)
    return None


def _once(frame: pd.DataFrame, one: RecognizedTable, draft: Draft) -> pd.DataFrame:
    """Keep the first of rows that hold the same place, pair or number, as the contract counts them."""
    keys = [column.name for column in columns_in(_contract(one)) if column.key and column.name in frame]
    years = any(named_year(name) for name in map(str, frame.columns))
    if not keys or (one.kind == "flows" and years):
        return frame
    forms = pd.DataFrame({name: as_keys(frame[name]).map(normalize_name, na_action="ignore") for name in keys})
    again = forms.duplicated().to_numpy() & forms[keys[0]].notna().to_numpy()
    if again.any():
        names = [str(name) for name in frame.loc[again, keys[0]].drop_duplicates()]
        draft.leave("repeated", one.name, column=keys[0], n=int(again.sum()), names=few(names, most=5))
    return frame[~again]


def _labels(frame: pd.DataFrame) -> dict[str, str]:
    """Return the names in words that a long table gives its indicators in a column of their own."""
    if "indicator" not in frame:
        return {}
    for name in frame.columns:
        if name in _SPARE or pd.api.types.is_numeric_dtype(frame[name]):
            continue
        pairs = frame[["indicator", name]].dropna().drop_duplicates()
        if len(pairs) == frame["indicator"].nunique() and pairs["indicator"].is_unique and len(pairs) > 0:
            label = dict(zip(pairs["indicator"], pairs[name].astype(str), strict=True))
            if any(given != said for given, said in label.items()):
                return label
    return {}
