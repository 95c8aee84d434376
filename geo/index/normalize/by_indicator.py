"""Normalize each indicator by a method of its own."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ....data.errors import OptionError
from ....data.framework import Framework
from ....data.methods import documented
from ....data.wording.catalogue import text
from ..steps import parse_step, split_step
from .scale import CHECKS, NORMALIZERS

__all__ = ["by_indicator", "listed_methods", "parts_of"]

# the column of a framework that names a method for an indicator
COLUMN = "normalize"


@documented("oecd2008")
def by_indicator(
    matrix: pd.DataFrame,
    direction: pd.Series,
    *,
    methods: Mapping[str, Any] | None = None,
    otherwise: Any = "minmax",  # noqa: ANN401 - a name or a table
) -> pd.DataFrame:
    """Normalize each named indicator by its own method, all others by one.

    - ``methods`` is a table of indicators with a method each, by name or with its parameters; in a recipe the column
      ``normalize`` of the framework adds those that it names.
    - Every method must bring its indicators onto a scale that the aggregate can use; it is not checked that the scales
      are alike.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [10, 20, 15], "b": [0, 4, 8]})
    >>> by_indicator(table, pd.Series({"a": 1, "b": 1}), methods={"b": "rank"}).to_dict("list")
    {'a': [0.0, 1.0, 0.5], 'b': [0.0, 0.5, 1.0]}
    """
    columns: dict[str, pd.Series] = {}
    for name in matrix.columns:
        method, options = split_step((methods or {}).get(str(name), otherwise))
        own = matrix[[name]]
        columns[name] = NORMALIZERS[method](own, direction.reindex(own.columns), **options)[name]
    return pd.DataFrame(columns, index=matrix.index)


def listed_methods(framework: Framework) -> dict[str, str]:
    """Return the methods that a framework names for its indicators."""
    table = framework.table
    if COLUMN not in table:
        return {}
    named = table.dropna(subset=[COLUMN])
    return {str(name): str(method) for name, method in zip(named["indicator"], named[COLUMN], strict=True)}


def parts_of(options: Mapping[str, Any]) -> list[Any]:
    """Return the different methods that are used, as steps."""
    steps = [*(options.get("methods") or {}).values(), options.get("otherwise", "minmax")]
    found: list[Any] = []
    for step in steps:
        if step not in found:
            found.append(step)
    return found


def _a_step(option: str, given: object) -> None:
    step = parse_step(option, given, NORMALIZERS, CHECKS)
    if split_step(step)[0] == "by_indicator":
        raise OptionError(text("faults.calls.by_indicator.normalization_other_than_by_indicator", option=option))


def _steps(option: str, given: object) -> None:
    if not isinstance(given, Mapping):
        raise OptionError(
            text("faults.calls.by_indicator.table_indicators_their_normalizations", option=option, given=repr(given))
        )
    for name, step in given.items():
        _a_step(f"{option}.{name}", step)


NORMALIZERS["by_indicator"] = by_indicator
CHECKS |= {"methods": _steps, "otherwise": _a_step}
