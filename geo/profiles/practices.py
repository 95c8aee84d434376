"""Read the practices of places, inputs and outputs by year, out of a table."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import Wrong, check_columns, listed, refuse

__all__ = ["Practice", "practices"]

# HiGHS takes coefficients below 1e-9 for 0
_SPAN = 1e9


class Practice(NamedTuple):
    """Inputs and outputs of the places of one year, sorted by place.

    Parameters
    ----------
    year : object
        0 where the table has no years.
    places : ndarray
    inputs, outputs : ndarray
        n x m and n x s, each column divided by its unit.
    rows : ndarray
        Positions in the table.
    units : ndarray
        m + s, mean of each column over the table.
    """

    year: object
    places: np.ndarray
    inputs: np.ndarray
    outputs: np.ndarray
    rows: np.ndarray
    units: np.ndarray


def practices(table: pd.DataFrame, inputs: Sequence[str], outputs: Sequence[str]) -> list[Practice]:
    """Return the practices of each year, in order; `TableError` or `OptionError` names all that is wrong."""
    put = [str(name) for name in listed(inputs, name="inputs")]
    out = [str(name) for name in listed(outputs, name="outputs")]
    check_columns(table, "table", ["place", *put, *out])
    ids = [column for column in ("place", "year") if column in table]
    refuse([*_name_faults(put, out), *_row_faults(table, ids), *_value_faults(table, put + out, ids)])
    for kind, names in (("inputs", put), ("outputs", out)):
        none = table[~(table[names] > 0).any(axis=1)]
        if len(none):
            raise OptionError(f"{kind}: needed one above 0 for every row, got none at {_few(none, ids)}")
    values = table[[*put, *out]].to_numpy(dtype=float)
    # summed in one order, so that that of the rows cannot change the last digit
    units = np.sort(values, axis=0).mean(axis=0)
    units[units == 0] = 1.0
    scaled = values / units
    order = np.argsort(table["place"].astype(str).to_numpy(), kind="stable")
    years = np.zeros(len(table)) if "year" not in table else table["year"].to_numpy()
    found = []
    for year in np.unique(years):
        rows = order[years[order] == year]
        put_in, made = np.hsplit(scaled[rows], [len(put)])
        found.append(Practice(year, table["place"].to_numpy()[rows], put_in, made, rows, units))
    return found


def _name_faults(put: list[str], out: list[str]) -> Iterator[Wrong]:
    both = sorted({name for name in put + out if (put + out).count(name) > 1})
    if both:
        yield f"inputs and outputs: needed different columns, got {', '.join(both)} twice"
    for kind, names in (("inputs", put), ("outputs", out)):
        if not names:
            yield f"{kind}: needed at least one column, got none"


def _row_faults(table: pd.DataFrame, ids: list[str]) -> Iterator[Wrong]:
    if not len(table):
        yield "table: needed at least one row, got none"
    for name in ids:
        if lost := int(table[name].isna().sum()):
            yield f"column {name!r}: needed a {name} in every row, got {lost} without; fill in or leave out these rows"
    twice = table[table.duplicated(ids)]
    if len(twice):
        yield f"table: needed one row for each {' and '.join(ids)}, got several for {_few(twice, ids)}"


def _value_faults(table: pd.DataFrame, columns: list[str], ids: list[str]) -> Iterator[Wrong]:
    for name in dict.fromkeys(columns):
        if not pd.api.types.is_numeric_dtype(table[name]):
            yield f"column {name!r}: needed numbers, got text"
            continue
        given = table[name].to_numpy(dtype=float)
        wrong = table[~(np.isfinite(given) & (given >= 0))]
        if len(wrong):
            yield f"column {name!r}: needed finite numbers of at least 0, got others at {_few(wrong, ids)}"
            continue
        above = given[given > 0]
        if above.size and above.max() / _SPAN > above.min():
            ends = f"{above.min():g} to {above.max():g}"
            yield (
                f"column {name!r}: needed numbers above 0 that differ by a factor of at most {_SPAN:,.0f}, as programs "
                f"solve no others, got {ends}; correct these, or leave out places of another kind"
            )


def _few(rows: pd.DataFrame, ids: list[str], most: int = 5) -> str:
    said = [" ".join(map(str, row)) for row in rows[ids].itertuples(index=False)]
    return ", ".join(said[:most]) + (f" and {len(said) - most} more" if len(said) > most else "")
