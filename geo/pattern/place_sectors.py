"""Read a table of places and sectors over years into one array: years x places x sectors."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import check_columns, table_fault
from ...data.places.keys import as_keys

__all__ = ["PlaceSectors", "as_place_sectors"]


@dataclass(frozen=True, eq=False)
class PlaceSectors:
    """Sizes (jobs, output) of sectors in places; a pair that the table lacks has 0.

    Parameters
    ----------
    by : str or None
        Name of the column of years; None where there is none.
    periods, places, sectors : ndarray
        Each in rising order.
    sizes : ndarray
        T x places x sectors.
    """

    by: str | None
    periods: np.ndarray
    places: np.ndarray
    sectors: np.ndarray
    sizes: np.ndarray


def as_place_sectors(table: pd.DataFrame, *, by: str | None, name: str = "employment") -> PlaceSectors:
    """Return the table as an array, or raise naming what is wrong."""
    keys = [*([by] if by else []), "place", "sector"]
    check_columns(table, name, (*keys, "value"))
    if not len(table):
        raise OptionError(f"{name}: needed at least one row, got none")
    rows = pd.DataFrame(table).reset_index(drop=True)
    rows = rows.assign(place=as_keys(rows["place"]), sector=as_keys(rows["sector"]))
    for key in keys:
        if rows[key].isna().any():
            raise table_fault(name, f"a {key} in every row", "a row without one", f"add the {key}", key)
    double = rows.duplicated(keys)
    if double.any():
        raise table_fault(
            name, "each pair once", f"{_told(rows[double], keys)} again", "add the copies up or remove them"
        )
    value = pd.to_numeric(rows["value"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    wrong = ~np.isfinite(value) | (value < 0)
    if wrong.any():
        got = f"{rows['value'][wrong].iloc[0]} for {_told(rows[wrong], keys)}"
        raise OptionError(f"{name}: needed finite numbers of at least 0, got {got}; correct or fill the value")
    parts: list[Any] = [np.unique(rows[key].to_numpy(), return_inverse=True) for key in keys]
    if by is None:
        parts.insert(0, (np.array([0]), np.zeros(len(rows), int)))
    (periods, year), (places, place), (sectors, sector) = parts
    sizes = np.zeros((len(periods), len(places), len(sectors)))
    sizes[year, place, sector] = value
    return PlaceSectors(by, periods, places, sectors, sizes)


def _told(rows: pd.DataFrame, keys: list[str]) -> str:
    return " / ".join(str(rows[key].iloc[0]) for key in keys)
