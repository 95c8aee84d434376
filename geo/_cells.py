"""Choose the cells of an index: one number for each place and indicator, every other cell accounted for."""

import math
from collections.abc import Iterable, Sequence

import pandas as pd

from ..data.errors import Fault, TableError
from ._locations import check_columns
from ._options import check_known_places

__all__ = ["LogRow", "choose_cells", "impute_cells", "log_table"]

LogRow = tuple[str, str, str, float, str]


def choose_cells(
    table: pd.DataFrame, indicators: Sequence[str], *, among: Iterable[str] | None, year: int | None
) -> tuple[pd.DataFrame, list[LogRow]]:
    """Return the places x indicators matrix (missing cells as ``nan``) and the log of cells that are not observed.

    Places stand in the order of their keys, indicators in the order given.
    """
    check_columns(table, "indicators", ("place", "indicator", "value"))
    table = table.assign(
        place=table["place"].astype(str),
        indicator=table["indicator"].astype(str),
        value=pd.to_numeric(table["value"], errors="coerce").astype(float),
        given=table["value"],
    )
    if year is not None:
        table = _of_year(table, year)
    log: list[LogRow] = []
    known = table["indicator"].isin(list(indicators))
    log += [(row.place, row.indicator, "excluded", row.value, "not in the framework") for row in _rows(table[~known])]
    table = table[known]
    if among is not None:
        wanted = set(among)
        check_known_places("among", wanted, table["place"])
        kept = table["place"].isin(wanted)
        log += [
            (row.place, row.indicator, "excluded", row.value, "not among the places") for row in _rows(table[~kept])
        ]
        table = table[kept]
    _check_cells(table)
    if "status" in table.columns:
        repaired = table[table["status"].isin(["substituted", "estimated"])]
        log += [(row.place, row.indicator, row.status, row.value, _note(row)) for row in _rows(repaired)]
    # pivot refuses duplicates, where pivot_table would average them
    matrix = table.pivot(index="place", columns="indicator", values="value")  # noqa: PD010
    matrix = matrix.reindex(index=sorted(matrix.index), columns=list(indicators))
    matrix.columns.name = None
    return matrix, log


def impute_cells(matrix: pd.DataFrame, how: str) -> tuple[pd.DataFrame, list[LogRow]]:
    """Fill missing cells with the mean or median of their indicator, or refuse them, and return what was filled."""
    missing = [(place, name) for name in matrix.columns for place in matrix.index[matrix[name].isna()]]
    if not missing:
        return matrix, []
    empty = [str(name) for name in matrix.columns if matrix[name].isna().all()]
    if how == "none" or empty:
        raise TableError(_missing_faults(missing, empty, len(matrix), how))
    fills = {name: _mean(matrix[name]) if how == "mean" else float(matrix[name].median()) for name in matrix.columns}
    note = f"{how} of the indicator"
    return matrix.fillna(fills), [(place, name, "imputed", fills[name], note) for place, name in missing]


def log_table(rows: list[LogRow]) -> pd.DataFrame:
    """Return the log as a table, sorted by place and indicator."""
    return pd.DataFrame(sorted(rows), columns=["place", "indicator", "action", "value", "note"])


def _of_year(table: pd.DataFrame, year: int) -> pd.DataFrame:
    years = sorted(table["year"].dropna().unique().tolist()) if "year" in table.columns else []
    if year not in years:
        came = ", ".join(str(found) for found in years) or "no year"
        raise TableError([Fault("indicators", f"rows of the year {year}", came, "choose a year given", column="year")])
    return table[table["year"] == year]


def _check_cells(table: pd.DataFrame) -> None:
    faults = []
    for row in _rows(table):
        wrong = math.isinf(row.value) or (math.isnan(row.value) and not pd.isna(row.given))
        if wrong:
            cell = f"{row.given} for {row.place}, {row.indicator}"
            faults.append(Fault("indicators", "a finite number", cell, "correct the value", column="value"))
    doubles = table[table.duplicated(["place", "indicator"], keep=False)]
    for (place, name), rows in doubles.groupby(["place", "indicator"], sort=True):
        faults.append(
            Fault(
                "indicators",
                "one value for each place and indicator",
                f"{len(rows)} for {place}, {name}",
                "remove the duplicates, or choose a year",
            )
        )
    if faults:
        raise TableError(faults)


def _missing_faults(missing: list[tuple[str, str]], empty: list[str], count: int, how: str) -> list[Fault]:
    mend = 'fill the cell, or impute ("median" or "mean")'
    faults = [
        Fault("indicators", "a value at some place", f"none at all {count} for {name}", "drop it from the framework")
        for name in empty
    ]
    if how == "none":
        faults += [
            Fault("indicators", "a value", f"nothing for {place}, {name}", mend, column="value")
            for place, name in missing
            if name not in empty
        ]
    return faults


def _mean(column: pd.Series) -> float:
    known = column.dropna().tolist()
    return math.fsum(known) / len(known)


def _note(row) -> str:  # noqa: ANN001 - a named tuple made by pandas
    year = getattr(row, "year", None)
    return "" if year is None or pd.isna(year) else f"year {int(year)}"


def _rows(table: pd.DataFrame):  # noqa: ANN202 - named tuples made by pandas
    return table.itertuples(index=False)
