"""List the different values of a column."""

from typing import Any

import pandas as pd

__all__ = ["distinct"]

# texts up to which a column is gone through one by one
_FEW = 1_500


def distinct(cells: pd.Series) -> list[Any]:
    """Return the different values of a column in the order in which they come, without a missing one.

    Examples
    --------
    >>> distinct(pd.Series(["B", None, "A", "B"]))
    ['B', 'A']
    """
    if cells.dtype == "str" and len(cells) < _FEW:
        return [*dict.fromkeys(one for one in cells.tolist() if isinstance(one, str))]
    # a column without its empty cells takes longer to make than its few values to be looked at
    return [one for one in cells.unique().tolist() if isinstance(one, str) or pd.isna(one) is not True]
