"""Count how often classes occur together in places."""

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.methods import documented
from .class_table import read_classes

__all__ = ["co_occurrence"]


@documented("balland2017", formula="C = M′M")
def co_occurrence(
    table: pd.DataFrame, *, threshold: float | None = 1.0, amounts: bool = False, diagonal: bool = False
) -> pd.DataFrame:
    """Return in how many places two classes occur together.

    ``C[c, d] = sum over p of M[p, c] M[p, d]``, with M[p, c] = 1 where p is specialized in c (or the amounts).

    - The matrix is symmetric; its diagonal is the ubiquity of the classes.
    - Multiplying a row of the table by one number changes no count of specializations.

    Parameters
    ----------
    table : DataFrame
        Places x classes, amounts of at least 0.
    threshold : float or None
        Location quotient that makes a specialization; None takes the table as 0 and 1 already, or as amounts.
    amounts : bool
        Multiply amounts instead of specializations, as EconGeo does with a table of counts; with ``threshold=None``.
    diagonal : bool
        Keep the diagonal, which is else 0 as in EconGeo.

    Returns
    -------
    DataFrame
        Classes x classes, in the order given.

    Raises
    ------
    TableError
        As in `location_quotient`.
    OptionError
        If ``amounts`` is asked for beside a threshold, or the table does not say 0 or 1 without one.

    References
    ----------
    Balland (2017) *Economic Geography in R: introduction to the EconGeo package*.

    Examples
    --------
    >>> import pandas as pd
    >>> has = pd.DataFrame({"chips": [1, 1, 0], "lasers": [1, 1, 1], "drugs": [0, 0, 1]}, index=["A", "B", "C"])
    >>> co_occurrence(has, threshold=None)
            chips  lasers  drugs
    chips       0       2      0
    lasers      2       0      1
    drugs       0       1      0
    """
    if amounts and threshold is not None:
        raise OptionError("amounts: needed threshold=None, since amounts are not compared with it")
    read = read_classes(table)
    has = read.amounts if amounts else read.specialized(threshold)
    together = has.T @ has
    if not diagonal:
        np.fill_diagonal(together, 0.0)
    return read.by_class(together if amounts else together.astype(int))
