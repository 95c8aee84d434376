"""Tell differences that mean nothing from effects."""

import pandas as pd

__all__ = ["negligible"]


def negligible(table: pd.DataFrame, share: float) -> pd.Series:
    """Say of each difference whether it is negligible.

    It is where its interval holds zero, so that chance alone may make it, and where it is smaller than a share of the
    baseline's value, so that it does not matter even if it is sure. A row without a difference is not.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     {"baseline": [10.0] * 3, "difference": [0.05, 0.5, 0.5], "low": [0.04, -0.1, 0.4], "high": [0.06, 1.1, 0.6]}
    ... )
    >>> negligible(table, 0.01).tolist()
    [True, True, False]
    """
    numbers = {name: pd.to_numeric(table[name]).astype(float) for name in ("baseline", "difference", "low", "high")}
    difference = numbers["difference"]
    small = difference.abs() <= share * numbers["baseline"].abs()
    by_chance = (numbers["low"] <= 0) & (numbers["high"] >= 0)
    return (small | by_chance) & difference.notna()
