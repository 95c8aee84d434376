"""Lay a long table of indicators out as places by indicators, missing cells kept missing."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from ...data.framework import Framework
from ...data.options import check_columns, refuse
from ...data.places.keys import as_keys

__all__ = ["cells_of", "indicator_matrix", "listed_cells"]


def indicator_matrix(table: pd.DataFrame, framework: Framework, column: str, owner: str) -> pd.DataFrame:
    """Return a column of a long table as places (sorted) by indicators of the framework (in its order).

    Indicators that the framework does not name are left out.

    Raises
    ------
    TableError
        A column is lacking.
    OptionError
        A cell given twice, text or an infinite number, no indicator of the framework.

    Examples
    --------
    >>> framework = Framework.from_table(pd.DataFrame({"indicator": ["labs", "firms"]}))
    >>> long = pd.DataFrame({"place": ["b", "a"], "indicator": ["firms", "labs"], "value": [1, 2]})
    >>> indicator_matrix(long, framework, "value", "values")
       labs  firms
    a   2.0    NaN
    b   NaN    1.0
    """
    check_columns(table, owner, ("place", "indicator", column))
    given = table[table["indicator"].isin(framework.indicators)]
    keys = as_keys(given["place"])
    numbers = pd.to_numeric(given[column], errors="coerce").to_numpy(dtype=float)
    said = [
        f"{cell} at {place}, {name}" for cell, place, name in zip(given[column], keys, given["indicator"], strict=True)
    ]
    odd = given[column].notna().to_numpy() & ~np.isfinite(numbers)
    twice = pd.MultiIndex.from_arrays([keys, given["indicator"]]).duplicated()
    wrong = [one for one, is_odd in zip(said, odd, strict=True) if is_odd]
    again = [one for one, is_twice in zip(said, twice, strict=True) if is_twice]
    faults = [f"{owner}: needed an indicator of the framework, got none"] if given.empty else []
    faults += (
        [f"{owner}: needed finite numbers, got {', '.join(wrong)}; correct them or leave them empty"] if wrong else []
    )
    faults += [f"{owner}: needed each cell once, got again {', '.join(again)}; select one year"] if again else []
    refuse(faults)
    places, indicators = pd.Index(sorted(set(keys))), pd.Index(framework.indicators)
    matrix = np.full((len(places), len(indicators)), np.nan)
    matrix[places.get_indexer(keys), indicators.get_indexer(given["indicator"])] = numbers
    return pd.DataFrame(matrix, index=places, columns=indicators)


def cells_of(matrix: pd.DataFrame, marked: pd.DataFrame | np.ndarray) -> Iterable[tuple[str, str, float]]:
    """Return place, indicator and value of the cells that are marked, place by place."""
    for row, column in np.argwhere(np.asarray(marked, dtype=bool)):
        yield str(matrix.index[row]), str(matrix.columns[column]), float(matrix.iat[row, column])  # noqa: PD009


def listed_cells(matrix: pd.DataFrame, marked: pd.DataFrame | np.ndarray) -> str:
    """Write the cells that are marked, for a message."""
    return ", ".join(f"{value:g} at {place}, {name}" for place, name, value in cells_of(matrix, marked))
