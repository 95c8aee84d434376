"""Write the numbers of a report: how many decimals a column needs, shares, chances."""

import math
from collections.abc import Iterable

from ..charts.svg import format_number

__all__ = ["MOST_ROWS", "chance", "fit_decimals", "is_percentual", "number", "percent", "shade"]

# what a chart or a table of places shows; the rest folds away
MOST_ROWS = 40


def number(value: float | None, decimals: int = 2) -> str:
    """Write a number with fixed decimals, or a dash."""
    return format_number(value, decimals=decimals)


def percent(value: float | None, decimals: int = 1) -> str:
    """Write a share in per cent, or a dash."""
    return "–" if value is None else format_number(100 * value, decimals=decimals) + "%"


def chance(value: float | None) -> str:
    """Write a share of runs so that neither a rare nor a nearly certain outcome looks like none or all."""
    if value is None or value in (0.0, 1.0):
        return {None: "–", 0.0: "0", 1.0: "100%"}[value]
    return "<0.1%" if value < 0.001 else ">99.9%" if value > 0.999 else percent(value)


def shade(value: float | None) -> int:
    """Give the step of shading, 0 to 10, of a share."""
    return max(1, round(10 * value)) if value else 0


def is_percentual(measure: str) -> bool:
    """Return whether a measure is written in per cent."""
    return measure == "reach" or measure.endswith("share")


def fit_decimals(values: Iterable[float | None], *, rough: bool = False) -> int:
    """Choose how many decimals a column needs: none for whole numbers, else about four digits (three where rough).

    Examples
    --------
    >>> fit_decimals([7333, 4396]), fit_decimals([282.8, 2585.35]), fit_decimals([0.0123, 0.4])
    (0, 2, 3)
    >>> fit_decimals([282.8, 2585.35], rough=True)
    0
    """
    known = [abs(v) for v in values if v is not None and math.isfinite(v)]
    if not known or all(v == int(v) for v in known):
        return 0
    largest = max(known)
    if largest < 1:
        return min(5, (1 if rough else 2) - math.floor(math.log10(largest)))
    if rough:
        return 0 if largest >= 1000 else 1 if largest >= 10 else 2
    return 0 if largest >= 100_000 else 1 if largest >= 10_000 else 2 if largest >= 10 else 3
