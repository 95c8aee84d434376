"""Place centers on two axes, such as innovation and openness, and name the quadrant of each."""

from typing import Literal

import numpy as np
import pandas as pd

from ...data.options import check_columns, number_faults, numeric, refuse
from ..ranks import TOLERANCE, rank_descending

__all__ = ["two_axes"]

Cut = Literal["median", "mean"]


def two_axes(
    table: pd.DataFrame,
    x: str,
    y: str,
    *,
    x_cut: float | Cut = "median",
    y_cut: float | Cut = "median",
) -> pd.DataFrame:
    """Say for each place whether it lies high or low on each of two axes.

    ``quadrant`` is ``high high``, ``high low``, ``low high`` or ``low low``, the x axis first. A value at the cut is
    high. ``balance`` is the rank on y less the rank on x, with 1 for the highest: above 0 where a place stands better
    on x than on y.

    - A place with an empty cell on either axis has the quadrant ``missing`` and no ranks; the others are ranked among
      themselves.
    - With a cut that is a number, places are judged by it alone, even a single one.

    Parameters
    ----------
    table : DataFrame
        ``place`` and the columns x and y, one row for each place.
    x, y : str
        Names of the columns.
    x_cut, y_cut : float or {"median", "mean"}
        Where high begins.

    Returns
    -------
    DataFrame
        ``place, x, y, x_cut, y_cut, x_rank, y_rank, balance, quadrant``, in the order given.

    Raises
    ------
    TableError
        A column is missing.
    OptionError
        A place stands twice, a value is no number or infinite, a cut is neither a number nor a word it may be, or every
        place lacks a value.

    Examples
    --------
    >>> table = pd.DataFrame({"place": ["甲", "乙", "丙"], "innovation": [9, 4, 2], "openness": [1, 8, 2]})
    >>> two_axes(table, "innovation", "openness")[["place", "balance", "quadrant"]]
      place  balance   quadrant
    0     甲        2   high low
    1     乙       -1  high high
    2     丙       -1   low high
    """
    check_columns(table, "table", ("place", x, y))
    with numeric(f"{x}, {y}"):
        axes = {name: table[name].to_numpy(dtype=float, na_value=np.nan) for name in (x, y)}
    places = table["place"].astype(str)
    both = np.isfinite(axes[x]) & np.isfinite(axes[y])
    twice = sorted(set(places[places.duplicated()]))
    refuse(
        [
            *(f"table: needed one row of each place, got several of {p}" for p in twice),
            *(
                f"{name}: needed finite numbers, got infinite ones"
                for name, given in axes.items()
                if np.isinf(given).any()
            ),
            *([] if both.any() else [f"table: needed a place with both {x} and {y}, got none"]),
            *(
                str(fault).replace(", got", " or 'median' or 'mean', got")
                for option, cut in (("x_cut", x_cut), ("y_cut", y_cut))
                if cut not in ("median", "mean")
                for fault in number_faults(option, cut)
            ),
        ]
    )
    found = pd.DataFrame({"place": places.to_numpy(), "x": axes[x], "y": axes[y]})
    sides = []
    for name, given, cut in (("x", axes[x], x_cut), ("y", axes[y], y_cut)):
        seen = given[both]
        line = float(np.median(seen) if cut == "median" else np.mean(seen) if cut == "mean" else cut)
        slack = TOLERANCE * max(1.0, float(np.abs(seen).max()))
        found[f"{name}_cut"] = line
        sides.append(np.where(given >= line - slack, "high", "low"))
    for name, given in (("x", axes[x]), ("y", axes[y])):
        ranks = pd.Series(pd.NA, index=found.index, dtype="Int64")
        ranks[both] = rank_descending(given[both])
        found[f"{name}_rank"] = ranks
    found["balance"] = found["y_rank"] - found["x_rank"]
    found["quadrant"] = [f"{a} {b}" if seen else "missing" for a, b, seen in zip(*sides, both, strict=True)]
    return found
