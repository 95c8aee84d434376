"""Type the columns of a gazetteer, and list every fault of its keys, numbers, positions and years."""

from collections.abc import Iterator

import pandas as pd

from ..errors import Fault, OptionError, TableError, columns_of
from ..wording.catalogue import text
from .keys import as_keys

__all__ = ["COLUMNS", "gazetteer_table"]

COLUMNS = ("place", "code", "name_zh", "name_en", "aliases", "level", "parent", "lon", "lat", "valid_from", "valid_to")
# further codes, pinyin with tones, size by which the largest is chosen, keys of what a former unit became
# and whether a place may be an answer, or only contains some
_FURTHER = ("codes", "pinyin", "population", "successors", "listed")
_NUMBERS = {"lon": "float64", "lat": "float64", "population": "float64", "valid_from": "Int64", "valid_to": "Int64"}
_MOST = {"lon": 180, "lat": 90}
_WHERE = "gazetteer"


def gazetteer_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return the columns of a gazetteer, typed; `TableError` lists every fault.

    Examples
    --------
    >>> gazetteer_table(pd.DataFrame({"place": ["A"], "aliases": ["B;C"]}))["aliases"].tolist()
    ['B; C']
    """
    if not isinstance(table, pd.DataFrame):
        raise OptionError(text("faults.calls.gazetteer_table.table_dataframe_read_file", name=type(table).__name__))
    if "place" not in table:
        raise TableError([Fault.of("faults.places.key", _WHERE, column="place", got=columns_of(table))])
    twice = [str(name) for name in table.columns[table.columns.duplicated()].unique()]
    if twice:
        raise TableError([Fault.of("faults.gazetteer.columns", _WHERE, column=name) for name in twice])
    out = table.reindex(columns=[*COLUMNS, *_FURTHER]).reset_index(drop=True)
    faults = [*_key_faults(as_keys(out["place"]))]
    for column in out.columns:
        if column == "listed":
            out[column] = out[column].isna() | out[column].eq(True)
        elif column in _NUMBERS:
            numbers = pd.to_numeric(out[column], errors="coerce")
            written = out[column].notna()
            faults += _number_faults("faults.gazetteer.number", out.loc[written & numbers.isna(), column])
            if column in _MOST:
                most = _MOST[column]
                faults += _number_faults(
                    "faults.gazetteer.position", out.loc[written & (numbers.abs() > most), column], most=most
                )
            out[column] = numbers.astype(_NUMBERS[column])
        else:
            out[column] = as_keys(out[column])
    faults += _year_faults(out)
    if faults:
        raise TableError(faults)
    out["level"] = out["level"].fillna("")
    several = out["aliases"].str.contains(";", regex=False, na=False)
    out.loc[several, "aliases"] = out.loc[several, "aliases"].str.replace(r"\s*;\s*", "; ", regex=True)
    return out


def _number_faults(key: str, cells: pd.Series, **values: object) -> Iterator[Fault]:
    for row, value in zip(cells.index, cells.tolist(), strict=True):
        said = {"value": value, **values}
        yield Fault.of(key, _WHERE, row=int(row) + 2, column=str(cells.name), **said)


def _key_faults(keys: pd.Series) -> Iterator[Fault]:
    for row in keys.index[keys.isna()]:
        yield Fault.of("faults.gazetteer.empty", _WHERE, row=int(row) + 2, column="place")
    for row in keys.index[keys.notna() & keys.duplicated()]:
        yield Fault.of("faults.gazetteer.twice", _WHERE, row=int(row) + 2, column="place", name=keys[row])


def _year_faults(table: pd.DataFrame) -> Iterator[Fault]:
    backwards = (table["valid_from"] > table["valid_to"]).fillna(value=False)
    for row, first, last in table.loc[backwards, ["valid_from", "valid_to"]].itertuples():
        yield Fault.of("faults.gazetteer.years", _WHERE, row=int(row) + 2, column="valid_to", first=first, last=last)
