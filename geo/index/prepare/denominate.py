"""Divide indicators by a size of the place: another indicator, or numbers by place."""

import math
from collections.abc import Callable, Hashable, Mapping

import pandas as pd

from ....data.errors import Fault, OptionError, TableError
from ....data.methods import documented
from ....data.option_checks import Check, a_choice
from ....data.wording.catalogue import text

__all__ = ["CHECKS", "DENOMINATIONS", "MISSING", "divide", "named_denominators"]

# what happens where a denominator is missing
MISSING = ("refuse", "gap", "impute")


@documented("oecd2008", formula="x′<sub>ik</sub> = x<sub>ik</sub> / d<sub>ik</sub>")
def divide(
    matrix: pd.DataFrame,
    sizes: pd.DataFrame | None = None,
    *,
    by: Mapping[str, str | Mapping[str, float]],
    missing: str = "refuse",
) -> pd.DataFrame:
    """Divide each named indicator by its denominator, the others staying as they are.

    - A denominator of 0 or below is refused with every place it concerns: `TableError`.
    - A missing denominator is refused likewise; with ``missing="gap"`` the quotient is missing, to be imputed, and with
      ``missing="impute"`` a recipe fills the denominator by its imputation before.
    - All divisions use the values as they came, whatever their order.

    Parameters
    ----------
    matrix : DataFrame
        Rows (places, or places and years) x indicators, the denominators among them.
    sizes : DataFrame, optional
        The denominators, in the rows of ``matrix``; those of ``matrix`` when not given.
    by : mapping
        Indicator to the name of its denominator (an indicator of the table, of the framework or not), or to numbers
        by place, which hold for every year.
    missing : {"refuse", "gap", "impute"}
        What happens where a denominator is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"patents": [10, 9], "people": [5, 3]}, index=["甲", "乙"])
    >>> divide(table, by={"patents": "people"})["patents"].tolist()
    [2.0, 3.0]
    """
    divided, faults = matrix.copy(), []
    table = matrix if sizes is None else sizes
    for name, size in by.items():
        if name not in matrix.columns:
            continue
        own = table[size] if isinstance(size, str) else pd.Series([_of(size, r) for r in matrix.index], matrix.index)
        for row, value in own.items():
            if math.isnan(value) and missing == "gap":
                continue
            if not (math.isfinite(value) and value > 0):
                cell = text("faults.calls.denominate.given", value=value, row=_place(row), name=name)
                fix = text("faults.calls.denominate.correct_denominator_leave_place")
                if math.isnan(value):
                    fix = text("faults.calls.denominate.fill_denominator_choose_missing")
                faults.append(
                    Fault(
                        "denominators",
                        text("faults.calls.denominate.denominator_above_0"),
                        cell,
                        fix,
                        column=_title(size),
                    )
                )
        divided[name] = matrix[name] / own
    if faults:
        raise TableError(faults)
    return divided


def named_denominators(by: Mapping[str, object]) -> tuple[str, ...]:
    """Return the indicators that serve as denominators, by name."""
    return tuple(sorted({size for size in by.values() if isinstance(size, str)}))


def _none(matrix: pd.DataFrame, sizes: pd.DataFrame | None = None) -> pd.DataFrame:
    del sizes
    return matrix


def _of(sizes: Mapping[str, float], row: Hashable) -> float:
    return float(sizes.get(_place(row), math.nan))


def _place(row: Hashable) -> str:
    return str(row[0]) if isinstance(row, tuple) else str(row)


def _title(size: object) -> str:
    return size if isinstance(size, str) else "given numbers"


def _check_by(option: str, given: object) -> None:
    if not isinstance(given, Mapping) or not given:
        raise OptionError(
            text("faults.calls.denominate.table_indicators_their_denominators", option=option, given=repr(given))
        )
    for name, size in given.items():
        numbers = isinstance(size, Mapping) and all(
            isinstance(value, int | float) and not isinstance(value, bool) for value in size.values()
        )
        if not isinstance(size, str) and not numbers:
            raise OptionError(
                text("faults.calls.denominate.name_indicator_numbers_place", option=option, name=name, size=repr(size))
            )


DENOMINATIONS: dict[str, Callable[..., pd.DataFrame]] = {"none": _none, "divide": divide}
CHECKS: dict[str, Check] = {"by": _check_by, "missing": a_choice(*MISSING)}
