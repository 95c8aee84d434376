"""Choose the cells of an index: one number for each place and indicator, every other cell accounted for."""

import math
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from ...data.distinct import distinct
from ...data.errors import Fault, TableError, warn
from ...data.options import check_known_places
from ...data.places.keys import as_keys, key_text
from ...data.wording.catalogue import Text, few, join_texts, text
from ..coordinates import check_columns

__all__ = ["LogRow", "choose_cells", "log_cell", "log_table"]


class LogRow(NamedTuple):
    """What happened to one cell."""

    place: str
    year: int | None
    indicator: str
    action: str
    value: float
    note: str


def choose_cells(
    table: pd.DataFrame,
    indicators: Sequence[str],
    *,
    denominators: Sequence[str] = (),
    among: Iterable[str] | None = None,
    year: int | None = None,
    panel: bool = False,
) -> tuple[pd.DataFrame, list[LogRow]]:
    """Return the places x indicators matrix (missing cells as ``nan``) and the log of cells that are not observed.

    Places stand in the order of their keys, indicators in the order given, denominators that are not indicators after
    them. In a panel the rows are the pairs of place and year that the table has.
    """
    check_columns(table, "indicators", ("place", "indicator", "value", *(["year"] if panel else [])))
    table = table.assign(
        place=as_keys(table["place"]),
        indicator=as_keys(table["indicator"]),
        value=pd.to_numeric(table["value"], errors="coerce").astype(float),
        given=table["value"],
    )
    if year is not None:
        table = _of_year(table, year)
    wanted = [*indicators, *(name for name in denominators if name not in indicators)]
    known = table["indicator"].isin(wanted)
    _check_indicators(table, known, wanted)
    chosen = None if among is None else {key_text(place) for place in among}
    if chosen is not None:
        check_known_places("among", chosen, table["place"])
        _check_covered(chosen, table.loc[known, "place"])
    log = _excluded(table[~known], "not in the framework", panel=panel)
    table = table[known]
    if chosen is not None:
        kept = table["place"].isin(chosen)
        log += _excluded(table[~kept], "not among the places", panel=panel)
        table = table[kept]
    _check_cells(table, panel=panel)
    if "status" in table.columns:
        repaired = table[table["status"].isin(["substituted", "estimated"])]
        log += [
            LogRow(row.place, _year(row, panel=panel), row.indicator, row.status, row.value, _note(row, panel=panel))
            for row in _rows(repaired)
        ]
    if panel:
        table = table.assign(year=table["year"].astype(int))
    # pivot refuses duplicates, where pivot_table would average them
    matrix = table.pivot(index=["place", "year"] if panel else "place", columns="indicator", values="value")  # noqa: PD010
    _check_denominators(matrix, denominators)
    matrix = matrix.sort_index().reindex(columns=wanted)
    matrix.columns.name = None
    return matrix, log


def log_cell(row: Hashable, indicator: str, action: str, value: float, note: str) -> LogRow:
    """Return the log entry of a cell of the matrix, whose rows are places or pairs of place and year."""
    place, year = row if isinstance(row, tuple) else (row, None)
    return LogRow(str(place), None if year is None else int(year), indicator, action, float(value), note)


def log_table(rows: list[LogRow], *, panel: bool = False) -> pd.DataFrame:
    """Return the log as a table, sorted by place, year and indicator."""
    table = pd.DataFrame(sorted(rows, key=_log_order), columns=list(LogRow._fields))
    return table if panel else table.drop(columns="year")


def _log_order(row: LogRow) -> tuple[object, ...]:
    # nan has no order of its own
    missing = math.isnan(row.value)
    return row.place, row.year or 0, row.indicator, row.action, missing, 0.0 if missing else row.value, row.note


def _excluded(table: pd.DataFrame, note: str, *, panel: bool) -> list[LogRow]:
    years = [None if pd.isna(year) else int(year) for year in table["year"].tolist()] if panel else [None] * len(table)
    cells = (table[name].tolist() for name in ("place", "indicator", "value"))
    return [
        LogRow(place, year, indicator, "excluded", value, note)
        for place, indicator, value, year in zip(*cells, years, strict=True)
    ]


def _of_year(table: pd.DataFrame, year: int) -> pd.DataFrame:
    years = sorted(table["year"].dropna().unique().tolist()) if "year" in table.columns else []
    if year not in years:
        came = join_texts(map(str, years)) if years else text("faults.calls.cells.no_year")
        raise TableError(
            [
                Fault(
                    "indicators",
                    text("faults.calls.cells.rows_year", year=year),
                    came,
                    text("faults.calls.cells.choose_year_given"),
                    column="year",
                )
            ]
        )
    if blank := int(table["year"].isna().sum()):
        warn("warnings.scores.blank_years", n=blank, total=len(table), stacklevel=5)
    return table[table["year"] == year]


def _check_indicators(table: pd.DataFrame, known: pd.Series, wanted: Sequence[str]) -> None:
    """Refuse a table that holds none of the indicators: whatever else seems missing follows from that."""
    if not len(table) or known.any():
        return
    have = sorted(table["indicator"].dropna().unique())
    fault = Fault.of("faults.indicators", "indicators", column="indicator", wanted=few(wanted), given=few(have))
    raise TableError([fault])


def _check_covered(chosen: Collection[str | None], covered: pd.Series) -> None:
    """Refuse chosen places that the table names under other indicators alone."""
    bare = sorted(map(str, set(chosen) - set(distinct(covered))))
    if bare:
        raise TableError([Fault.of("faults.covered", "indicators", column="place", places=few(bare))])


def _check_cells(table: pd.DataFrame, *, panel: bool) -> None:
    faults = []
    if table.empty:
        fix = text("faults.calls.cells.check_table_framework_name")
        faults.append(Fault("indicators", text("faults.calls.cells.cells_frameworks_indicators"), "none", fix))
    # of values that are finite nothing can be wrong but the year
    sound = np.isfinite(table["value"].to_numpy())
    for row in _rows(table[~(sound & _whole(table["year"]) if panel else sound)]):
        wrong = math.isinf(row.value) or (math.isnan(row.value) and not pd.isna(row.given))
        if wrong:
            cell = text("faults.calls.cells.given", given=row.given, place=row.place, indicator=row.indicator)
            faults.append(
                Fault(
                    "indicators",
                    text("faults.calls.cells.finite_number"),
                    cell,
                    text("faults.calls.cells.correct_value"),
                    column="value",
                )
            )
        if panel and (pd.isna(row.year) or int(row.year) != row.year):
            cell = text("faults.calls.cells.given_there", year=row.year, place=row.place, indicator=row.indicator)
            faults.append(
                Fault(
                    "indicators",
                    text("faults.calls.cells.year_every_row_panel"),
                    cell,
                    text("faults.calls.cells.fill_year"),
                    column="year",
                )
            )
    keys = ["place", "indicator", *(["year"] if panel else [])]
    doubles = table[table.duplicated(keys, keep=False)]
    if len(doubles):
        cells = [_count_values(group, len(rows)) for group, rows in doubles.groupby(keys, sort=True)]
        years = sorted(doubles["year"].dropna().unique()) if "year" in doubles and not panel else []
        key = "faults.several_years" if len(years) > 1 else "faults.several_values"
        spans = few(f"{year:g}" for year in years)
        faults.append(Fault.of(key, "indicators", n=len(cells), cells=few(cells), years=spans))
    if faults:
        raise TableError(faults)


def _whole(years: pd.Series) -> np.ndarray:
    if not pd.api.types.is_numeric_dtype(years):
        return np.zeros(len(years), dtype=bool)
    numbers = years.to_numpy(dtype=float, na_value=np.nan)
    return np.isfinite(numbers) & (np.floor(numbers) == numbers)


def _count_values(cell: tuple, n: int) -> Text:
    """Say how many values a cell has."""
    place, indicator, *year = cell
    if year:
        return text("faults.values_in", n=n, place=place, indicator=indicator, year=f"{year[0]:g}")
    return text("faults.values_of", n=n, place=place, indicator=indicator)


def _check_denominators(matrix: pd.DataFrame, denominators: Sequence[str]) -> None:
    fix = text("faults.calls.cells.add_rows_table_name")
    faults = [
        Fault("indicators", text("faults.calls.cells.values_denominator", name=name), "none", fix)
        for name in denominators
        if name not in matrix.columns
    ]
    if faults:
        raise TableError(faults)


def _year(row, *, panel: bool) -> int | None:  # noqa: ANN001 - a named tuple made by pandas
    return None if not panel or pd.isna(row.year) else int(row.year)


def _note(row, *, panel: bool) -> str:  # noqa: ANN001 - a named tuple made by pandas
    year = getattr(row, "year", None)
    return "" if panel or year is None or pd.isna(year) else f"year {int(year)}"


def _rows(table: pd.DataFrame):  # noqa: ANN202 - named tuples made by pandas
    return table.itertuples(index=False) if len(table) else iter(())
