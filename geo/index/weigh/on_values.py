"""Register a function of values as a weighing of the pipeline."""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any

import pandas as pd

from ....data.methods import documented, method_of

__all__ = ["on_values"]

_TAKEN = ("normalized", "raw", "direction", "framework")


def on_values(measure: Callable[..., pd.Series]) -> Callable[..., pd.Series]:
    """Return a weighing that measures the values before normalization, with the options of the measure.

    Parameters
    ----------
    measure : callable
        ``measure(frame, *, direction, **options)``, documented by its formula and works.
    """

    def weigh(
        normalized: pd.DataFrame,
        raw: pd.DataFrame,
        direction: pd.Series,
        framework: object,
        **options: Any,  # noqa: ANN401 - those of the measure
    ) -> pd.Series:
        del normalized, framework
        return measure(raw, direction=direction, **options)

    listed = signature(measure).parameters.values()
    options = [one for one in listed if one.kind is one.KEYWORD_ONLY and one.name != "direction"]
    places = [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in _TAKEN]
    # the options are listed by their signature
    weigh.__signature__ = signature(measure).replace(parameters=[*places, *options])  # type: ignore[attr-defined]
    method = method_of(measure)
    return documented(*method.references, formula=method.formula)(weigh)
