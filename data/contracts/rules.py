"""Check one table, rule by rule.

Each rule reads the working frame of a `Check`, adds faults ("cannot work") or doubts ("probably wrong"), and puts typed
columns back. Positions are 0-based rows of the working frame; ``Check.rows`` turns them into spreadsheet rows.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..distinct import distinct
from ..errors import Fault
from ..options import nearest
from ..places.keys import as_keys
from ..places.names import NameIndex, normalize_name
from ..spellings import spellings
from ..vocabulary import TIERS
from ..wording.catalogue import Text, few, join_texts, text
from .dates import READERS, year_texts
from .number_advice import number_advice
from .printed_numbers import printed_numbers

__all__ = [
    "EXTRA_RULES",
    "ROW",
    "RULES",
    "TOTALS",
    "Check",
    "Column",
    "Rule",
    "is_whole",
    "resolve",
    "show",
    "tier_advice",
    "unknown_name",
]

# name of an index that holds the rows of a table as its file counts them
ROW = "row"
TOTALS = frozenset(spellings("totals")["names"])
# unknown names of a column for which others like them are looked for
_ADVISED = 11
# contracts in which a value may be unknown, whatever the shape of the table; a flow is a number, 0 if nothing flows
_OPEN = ("indicators", "totals")


def tier_advice(got: object, tiers: Iterable[str]) -> Text:
    """Say how to correct a tier that is none of those of the study.

    Examples
    --------
    >>> print(tier_advice("natonal", ["international", "national"]))
    did you mean "national"?
    """
    tiers = [*tiers]
    if got in TIERS:
        return text("faults.advice.own_tiers")
    return _choice_advice(got, tiers, text("faults.advice.scale") if tiers == [*TIERS] else None)


def _choice_advice(got: object, choices: Iterable[str], otherwise: Text | None = None) -> Text:
    close = nearest(got, choices)
    return text("faults.advice.near", name=close[0]) if close else otherwise or text("faults.advice.choose")


class Column(NamedTuple):
    """One column of a contract."""

    name: str
    dtype: str
    unit: str
    required: bool
    key: bool
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    refers_to: str
    description: str
    example: str
    meaning: Text
    measured_in: Text


@dataclass
class Check:
    """A table on its way through the rules."""

    contract: str
    columns: tuple[Column, ...]
    where: str
    frame: pd.DataFrame
    places: pd.DataFrame | None = None
    wide: np.ndarray | None = None
    whole: str | None = None
    faults: list[Fault] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)
    matches: list[tuple[str, str, str]] = field(default_factory=list)
    refused: set[tuple[int, str]] = field(default_factory=set)
    rows: np.ndarray = field(init=False)
    printed: bool = field(init=False)
    known: NameIndex | None = field(init=False)

    def __post_init__(self) -> None:
        self.known = None if self.places is None else NameIndex(self.places)
        # a table below a title, or with rows left out, brings the numbers of its rows
        self.printed = self.frame.index.name == ROW
        self.rows = self.frame.index.to_numpy() if self.printed else np.arange(len(self.frame)) + 2
        self.frame = self.frame.reset_index(drop=True)
        self.frame.attrs = {}

    @property
    def present(self) -> list[Column]:
        """Columns of the contract that the table has."""
        return [column for column in self.columns if column.name in self.frame]

    def fault(self, key: str, *, at: int | None = None, column: str | None = None, **values: object) -> None:
        """Note a fault of the catalogues in the whole table or in the cell at a position."""
        if (at, column) in self.refused:
            return
        row, cell_column = self._cell(at, column)
        self.faults.append(Fault.of(key, self.where, row=row, column=cell_column, **values))

    def doubt(self, key: str, *, at: int | None = None, column: str | None, **values: object) -> None:
        """Note a doubt of the catalogues about the whole table or the cell at a position."""
        row, cell_column = self._cell(at, column)
        self.doubts.append(Fault.of(key, self.where, row=row, column=cell_column, **values))

    def _cell(self, at: int | None, column: str | None) -> tuple[int | None, str | None]:
        """Name a cell as its table does."""
        if at is None:
            return None, column
        if self.wide is not None and column == "value":
            column = str(self.wide[at])
        return int(self.rows[at]), column

    def faults_at(self, mask: np.ndarray, column: str, key: str, **values: object) -> None:
        """Note the same fault for every row of a mask, showing each cell as it came."""
        for at in np.flatnonzero(mask):
            self.fault(key, at=int(at), column=column, got=show(self.frame[column].iloc[at]), **values)


def show(value: object) -> str:
    """Write a cell as a message shows it: short, on one line."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = " ".join(str(value).split())
    return text if len(text) <= 60 else text[:57] + "..."


def _read_text(check: Check) -> None:
    for column in check.present:
        if column.dtype == "text":
            check.frame[column.name] = as_keys(check.frame[column.name])
            if column.required:
                missing = check.frame[column.name].isna()
                _missing(check, column.name, missing)


def _missing(check: Check, column: str, mask: pd.Series, key: str = "faults.cell.entry") -> None:
    for at in np.flatnonzero(mask.to_numpy(dtype=bool)):
        check.fault(key, at=int(at), column=column)


def _read_numbers(check: Check) -> None:
    for column in check.present:
        if column.dtype in ("number", "integer"):
            _read_number(check, column)


def _read_number(check: Check, column: Column) -> None:
    raw = check.frame[column.name]
    if pd.api.types.is_numeric_dtype(raw) and not pd.api.types.is_bool_dtype(raw):
        empty = missing = raw.isna()
        numbers = (
            pd.Series(raw.to_numpy(dtype="float64", na_value=np.nan), index=raw.index, name=raw.name)
            if pd.api.types.is_extension_array_dtype(raw)
            else raw.astype("float64")
        )
    else:
        cells = as_keys(raw)
        empty = cells.isna()
        if column.name == "year":
            cells, doubted = year_texts(cells)
            for at in doubted:
                pair = text("warnings.printed.pair", given=show(raw.iloc[at]), name=cells.iloc[at])
                check.doubt("doubts.year_form", at=at, column="year", names=pair)
        numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
        numbers, missing = _as_printed(check, column, numbers, empty)
    values, gone = numbers.to_numpy(), missing.to_numpy(dtype=bool)
    bad, infinite = np.isnan(values) & ~gone, np.isinf(values)
    at_bad = np.flatnonzero(bad).tolist()
    advice = number_advice(raw[bad], raw.dropna(), year=column.name == "year") if at_bad else ()
    for at, fix in zip(at_bad, advice, strict=True):
        check.fault("faults.cell.number", at=at, column=column.name, got=show(raw.iloc[at]), fix=fix)
    check.faults_at(infinite, column.name, "faults.cell.finite")
    fine = ~(bad | infinite | gone)
    _check_range(check, column, values, fine)
    if column.dtype == "integer":
        held = np.where(fine, values, 0.0)
        fractional = (held % 1 != 0) | (np.abs(held) >= 2**53)
        check.faults_at(fractional, column.name, "faults.cell.whole")
        check.frame[column.name] = numbers.where(fine & ~fractional).astype("Int64")
    else:
        check.frame[column.name] = numbers.where(~infinite) if infinite.any() else numbers
    _check_empty_number(check, column, empty)


def _as_printed(check: Check, column: Column, numbers: pd.Series, empty: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Read what is printed beside numbers, or instead of them; return the numbers and which are missing."""
    at_bad = np.flatnonzero((numbers.isna() & ~empty).to_numpy(dtype=bool)).tolist()
    if not at_bad:
        return numbers, empty
    raw, numbers, missing = check.frame[column.name], numbers.copy(), empty.copy()
    may_be_empty = not column.required or _may_lack(check, column)
    for at, read in zip(at_bad, printed_numbers(raw.iloc[at_bad], raw[~empty], grouped=check.printed), strict=True):
        if read is None or (read.number is None and not may_be_empty):
            continue
        numbers.iloc[at], missing.iloc[at] = read.number, read.number is None
        check.doubt(f"doubts.printed.{read.kind}", at=at, column=None, mark=read.mark)
    return numbers, missing


def _check_range(check: Check, column: Column, values: np.ndarray, fine: np.ndarray) -> None:
    low = -np.inf if column.minimum is None else column.minimum
    high = np.inf if column.maximum is None else column.maximum
    if column.name in ("lon", "lat"):
        return  # judged as a pair, so that swapped ones are recognized
    key = "faults.cell.least" if high == np.inf else "faults.cell.range"
    outside = fine & ((values < low) | (values > high))
    check.faults_at(outside, column.name, key, least=f"{low:g}", most=f"{high:g}")


def _check_empty_number(check: Check, column: Column, empty: pd.Series) -> None:
    if not column.required:
        return
    if column.name in ("lon", "lat") and "kind" in check.frame:
        empty = empty & (check.frame["kind"] != "aggregate")
    if not _may_lack(check, column):
        position = column.name in ("lon", "lat")
        _missing(check, column.name, empty, "faults.position.empty" if position else "faults.cell.entry")
        return
    for at in np.flatnonzero(empty.to_numpy(dtype=bool)):
        check.doubt("doubts.empty_number", at=int(at), column=column.name)


def _may_lack(check: Check, column: Column) -> bool:
    """Whether a required number may be missing: then its row is kept without it."""
    matrix = check.wide is not None and check.contract == "channel_pairs"
    return column.name == "value" and (check.contract in _OPEN or matrix)


def _read_dates(check: Check) -> None:
    for column in check.present:
        if column.dtype not in READERS:
            continue
        key, reader = READERS[column.dtype]
        read, empty = reader(check.frame[column.name])
        check.faults_at((read.isna() & ~empty).to_numpy(dtype=bool), column.name, key)
        check.frame[column.name] = read
        if column.required:
            _missing(check, column.name, empty)


def _check_choices(check: Check) -> None:
    for column in check.present:
        if not column.choices:
            continue
        values = check.frame[column.name]
        if column.dtype == "text":
            spelled = {choice.casefold(): choice for choice in column.choices}
            folded = {one: one.casefold() for one in distinct(values)}
            known = {one: spelled.get(name, name) for one, name in folded.items()}
            if any(one != name for one, name in known.items()):
                values = check.frame[column.name] = values.map(known).astype(values.dtype)
        allowed = [int(choice) for choice in column.choices] if column.dtype == "integer" else list(column.choices)
        if {*allowed}.issuperset(distinct(values)):
            continue
        unknown = values.notna() & ~values.isin(allowed)
        for at in np.flatnonzero(unknown.to_numpy(dtype=bool)):
            got = show(values.iloc[at])
            fix = (tier_advice if column.name == "tier" else _choice_advice)(got, column.choices)
            check.fault("faults.cell.choice", at=int(at), column=column.name, names=column.choices, got=got, fix=fix)


def _match_references(check: Check) -> None:
    for column in check.present:
        if column.refers_to != "places":
            continue
        _doubt_totals(check, column.name)
        if check.known is not None:
            resolve(check, column.name, check.known, needed=text("faults.place.known"))


def is_whole(check: Check, name: str) -> bool:
    """Whether a row stands for all places together, as the caller said."""
    return check.whole is not None and normalize_name(name) == normalize_name(check.whole)


def resolve(check: Check, column: str, known: NameIndex, *, needed: Text) -> None:
    """Replace names by keys; note those that match no place, or several, as faults."""
    values = check.frame[column]
    keys: dict[str, str] = {}
    unknown: dict[str, list[str]] = {}
    for given in _different(values):
        if is_whole(check, given):
            keys[given] = str(check.whole)
            continue
        found, how = known.lookup(given)
        if len(found) == 1:
            keys[given] = found[0]
            if how != "exact" and found[0] != given:
                check.matches.append((given, found[0], how))
            if how == "normalized" and known.may_be_province(given, found[0]):
                at = int(np.flatnonzero((values == given).to_numpy(dtype=bool))[0])
                check.doubt("doubts.city_or_province", at=at, column=column, given=given, place=found[0])
        else:
            unknown[given] = found
    lost = values.isin(list(unknown))
    problems: dict[str, tuple[Text, Text]] = {}
    for at in np.flatnonzero(lost.to_numpy(dtype=bool)):
        given = str(values.iloc[at])
        if given not in problems:
            problems[given] = unknown_name(given, unknown[given], known, needed, advise=len(problems) < _ADVISED)
        wanted, fix = problems[given]
        check.fault("faults.place", at=int(at), column=column, needed=wanted, got=show(given), fix=fix)
    renamed = {given: key for given, key in keys.items() if given != key}
    if renamed:
        check.frame[column] = values.replace(renamed)


def _different(values: pd.Series) -> list[str]:
    return sorted(distinct(values))


def unknown_name(
    given: str, found: list[str], known: NameIndex, needed: Text, *, advise: bool = True
) -> tuple[Text, Text]:
    """Say what was needed of a name that matches no place, or several, and how to fix it."""
    if found:
        several = text("faults.place.several", names=join_texts(found))
        return text("faults.place.unique", needed=needed), several
    if normalize_name(given) in TOTALS:
        return needed, text("faults.place.total")
    near = known.nearest(given) if advise else ()
    said = text("faults.place.near", names=join_texts(near, by="faults.or")) if near else text("faults.place.add")
    # the units of China are looked through for names that are not known alone
    from ..places.china_units import unit_named

    unit = unit_named(given) if advise else None
    return needed, text("faults.place.unit", advice=said, unit=unit) if unit else said


def _doubt_totals(check: Check, column: str) -> None:
    values = check.frame[column]
    totals = {v for v in _different(values) if normalize_name(v) in TOTALS and not is_whole(check, v)}
    if check.known is not None:
        totals = {value for value in totals if check.known.lookup(value)[0]}
    for at in np.flatnonzero(values.isin(sorted(totals)).to_numpy(dtype=bool)):
        check.doubt("doubts.total", at=int(at), column=column, name=show(values.iloc[at]))


def _doubt_loops(check: Check) -> None:
    if not {"source", "target"} <= set(check.frame.columns):
        return
    loops = check.frame["source"].notna() & (check.frame["source"] == check.frame["target"])
    # said alike of every row, so that many places are one warning
    places = few(check.frame.loc[loops, "source"].drop_duplicates().map(show))
    for at in np.flatnonzero(loops.to_numpy(dtype=bool)):
        check.doubt("doubts.loop", at=int(at), column="target", place=places)


def _doubt_units(check: Check) -> None:
    if not {"indicator", "unit"} <= set(check.frame.columns):
        return
    cells = check.frame[["indicator", "unit"]].dropna()
    if len(distinct(cells["indicator"])) == len({*zip(*(cells[of].tolist() for of in cells), strict=True)}):
        return
    counts = check.frame.groupby(["indicator", "unit"]).size()
    for indicator, units in counts.groupby(level="indicator"):
        if len(units) > 1:
            rows = join_texts(text("doubts.rows_of", name=show(unit), n=int(n)) for (_, unit), n in units.items())
            check.doubt("doubts.several_units", column="unit", indicator=show(indicator), units=rows)


Rule = Callable[[Check], None]
RULES: tuple[Rule, ...] = (_read_text, _read_numbers, _read_dates, _check_choices, _match_references)
EXTRA_RULES: dict[str, Iterable[Rule]] = {
    "indicators": (_doubt_units,),
    "flows": (_doubt_loops,),
}
