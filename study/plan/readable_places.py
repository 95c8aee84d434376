"""Take what can be read of a table of places that has faults, so that names elsewhere are matched all the same."""

import warnings
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ...data import Fault, InnoscapeWarning, TableError, check_table

__all__ = ["readable_places"]


def readable_places(table: pd.DataFrame, faults: Iterable[Fault], **options: Any) -> pd.DataFrame | None:  # noqa: ANN401
    """Return a table of places without its faulty cells, or None where it is not clear which places it holds.

    Parameters
    ----------
    table : DataFrame
        As it was read.
    faults : iterable of Fault
        What `check_table` found in it.
    **options
        Of `check_table`.
    """
    cells = table.astype(object)
    rows = [int(row) for row in table.index] if table.index.name == "row" else [*range(2, len(table) + 2)]
    place = {row: at for at, row in enumerate(rows)}
    for fault in faults:
        held = fault.row if isinstance(fault.row, tuple) else (fault.row,)
        for at in (place[row] for row in held if row in place):
            if fault.column == "place" or fault.column not in cells:
                return None
            cells.iloc[at, cells.columns.get_loc(fault.column)] = np.nan
    # names are matched wherever places lie
    cells = cells.assign(lon=0.0, lat=0.0)
    with warnings.catch_warnings():
        # what is doubtful has been said of the whole table
        warnings.simplefilter("ignore", InnoscapeWarning)
        try:
            return check_table(cells, "places", **options)
        except TableError:
            return None
