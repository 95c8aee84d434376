"""Take the values that a weighing measures: as they are, or min-max scaled, with a shift if asked."""

import pandas as pd

from ....data.errors import Fault, TableError
from ....data.options import check_choice, check_number
from ....data.wording.catalogue import text
from ..normalize.scale import minmax
from .data_driven import ENTROPY_ON, check_matrix, signs

__all__ = ["check_shift", "measured_values"]


def check_shift(option: str, given: object) -> None:
    """Raise `OptionError` unless a shift is a number of at least 0."""
    check_number(option, given, least=0)


def measured_values(
    frame: pd.DataFrame, *, on: str, shift: float, direction: pd.Series | None, positive: bool = False
) -> tuple[pd.DataFrame, pd.Series]:
    """Return the values and the directions that hold for them: +1 of scaled ones, which have been turned.

    Raises
    ------
    TableError
        Fewer than two places, missing or infinite cells, raw values below 0, or values at 0 where logarithms or
        quotients need them above (``positive``); every cell is named.
    """
    check_choice("on", on, ENTROPY_ON)
    check_shift("shift", shift)
    check_matrix(frame, on)
    given = signs(frame, direction)
    values = (minmax(frame, given) if on == "minmax" else frame) + shift
    if positive:
        fix = text("faults.calls.measured_values.shift_values_shift_00001")
        faults = [
            Fault(
                "indicators",
                text("faults.calls.measured_values.value_above_0"),
                text("faults.calls.alike.value_at_place", value=f"{value:g}", place=place),
                fix,
                column=str(name),
            )
            for name in values.columns
            for place, value in values[name].items()
            # an indicator that is the same everywhere has no weight, whatever it is
            if value <= 0 and values[name].min() != values[name].max()
        ]
        if faults:
            raise TableError(faults)
    return values, pd.Series(1.0, index=frame.columns) if on == "minmax" else given
