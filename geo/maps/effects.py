"""Prepare what scenarios change for the map: differences of arrival, the classes they are colored by, ranked rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from .encode import check_columns, plain

__all__ = ["effect_borders", "effect_rows"]

_STEPS = (1.0, 2.0, 5.0)
_NEEDED = ["scenario", "place", "baseline", "value", "difference", "low", "high"]


def effect_borders(sizes: Sequence[float]) -> tuple[float, float]:
    """Return the two borders between small, middle and large differences, round numbers the same for all scenarios.

    The upper one is the largest of 1, 2 and 5 times a power of ten that a twentieth of the differences exceed, the
    lower one a quarter or a fifth of it.

    Examples
    --------
    >>> effect_borders([0.1, 0.2, 0.4, 0.9])
    (0.1, 0.5)
    """
    found = np.abs(np.asarray(sizes, dtype=float))
    found = found[np.isfinite(found) & (found > 0)]
    if not len(found):
        return (0.1, 0.5)
    top = float(np.quantile(found, 0.95))
    rounds = [step * 10.0**power for power in range(-9, 10) for step in _STEPS]
    at = max(number for number, value in enumerate(rounds) if value <= max(top, rounds[2]) * (1 + 1e-12))
    lower, upper = rounds[at - 2], rounds[at]
    return float(f"{lower:.3g}"), float(f"{upper:.3g}")


def effect_rows(effects: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Return the effects of each scenario on the time of arrival, largest first.

    Parameters
    ----------
    effects : DataFrame
        ``scenario``, ``place``, ``baseline``, ``value``, ``difference`` (scenario minus baseline), ``low``, ``high``
        (ends of its interval); ``measure``, of which only ``arrival_time`` is kept; ``negligible``, without which a
        difference is negligible where its interval holds 0.

    Returns
    -------
    dict
        Scenario -> rows: ``p`` (place), ``d`` (difference), ``m`` (half the interval), ``s`` (share of the baseline),
        ``n`` (1 where negligible); a place without a difference comes last.

    Raises
    ------
    TableError
        A column is missing.

    Examples
    --------
    >>> table = pd.DataFrame({"scenario": ["more"], "place": ["a"], "baseline": [4.0], "value": [3.0]})
    >>> effect_rows(table.assign(difference=-1.0, low=-1.2, high=-0.8))
    {'more': [{'p': 'a', 'd': -1, 'm': 0.2, 's': -0.25, 'n': 0}]}
    """
    check_columns(effects, "effects", _NEEDED)
    table = effects[effects["measure"] == "arrival_time"] if "measure" in effects else effects
    numbers = table[_NEEDED[2:]].apply(pd.to_numeric).astype(float)
    chance = (numbers["low"] <= 0) & (numbers["high"] >= 0)
    small = table["negligible"].fillna(value=False).astype(bool) if "negligible" in table else chance
    size = numbers["difference"].abs()
    rows = pd.DataFrame(
        {
            "scenario": table["scenario"].astype(str),
            "p": table["place"].astype(str),
            "d": numbers["difference"],
            "m": (numbers["high"] - numbers["low"]) / 2,
            "s": numbers["difference"] / numbers["baseline"].where(numbers["baseline"] != 0),
            "n": small.astype(int),
            "size": size.fillna(-1.0),
        }
    ).sort_values(["scenario", "size", "p"], ascending=[True, False, True], kind="stable")
    return {
        str(name): [{key: _short(row[key]) for key in ("p", "d", "m", "s", "n")} for row in part.to_dict("records")]
        for name, part in rows.groupby("scenario", sort=True)
    }


def _short(value: Any) -> Any:  # noqa: ANN401
    return plain(round(value, 5)) if isinstance(value, float) else plain(value)
