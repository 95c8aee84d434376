"""Combine two weightings of the same indicators."""

import math
from typing import Literal, get_args

import pandas as pd

from ....data.errors import Fault, OptionError, TableError
from ....data.options import check_choice
from .data_driven import as_weights

__all__ = ["COMBINATIONS", "check_share", "combine_weights"]

Combination = Literal["multiplicative", "linear", "geometric"]
COMBINATIONS: tuple[str, ...] = get_args(Combination)


def combine_weights(
    a: pd.Series, b: pd.Series, *, how: Combination = "multiplicative", share: float | None = None
) -> pd.Series:
    r"""Combine two weightings of the same indicators, such as judged and computed ones.

    ``"multiplicative"``: :math:`w_j \propto a_j b_j`. ``"linear"``: :math:`w_j = s a_j + (1 - s) b_j`.
    ``"geometric"``: :math:`w_j \propto a_j^s b_j^{1-s}`, the least relative entropy to both.

    - Both are first scaled to sum to 1.
    - Multiplicative and geometric: an indicator with weight 0 in either has weight 0; if all have, `TableError`.

    Parameters
    ----------
    a, b : Series
        Weights by indicator, at least 0; the order of the two indexes may differ.
    how : {"multiplicative", "linear", "geometric"}
        See above.
    share : float, optional
        Share :math:`s` of ``a``, 0 to 1; 0.5 when not given. The multiplicative combination takes none.

    Returns
    -------
    Series
        Weights by indicator, in the order of ``a``, summing to 1.

    Raises
    ------
    OptionError
        An option outside its choices, or weights of different indicators.
    TableError
        Negative or missing weights, or no indicator with weight in both.

    Examples
    --------
    >>> judged, computed = pd.Series({"labs": 0.6, "firms": 0.4}), pd.Series({"firms": 0.8, "labs": 0.2})
    >>> combine_weights(judged, computed).round(3).to_dict()
    {'labs': 0.273, 'firms': 0.727}
    >>> combine_weights(judged, computed, how="linear", share=0.75).round(3).to_dict()
    {'labs': 0.5, 'firms': 0.5}
    """
    check_choice("how", how, COMBINATIONS)
    check_share(how, share)
    if set(a.index) != set(b.index) or len(a) != len(b):
        odd = ", ".join(sorted(map(str, set(a.index) ^ set(b.index)))) or "one of them twice"
        raise OptionError(f"combine: needed two weightings of the same indicators; they differ in {odd}")
    part = 0.5 if share is None else share
    one, other = shares_of(a), shares_of(b.reindex(a.index))
    if how == "linear":
        mixed = {name: part * one[name] + (1.0 - part) * other[name] for name in one}
    elif how == "multiplicative":
        mixed = {name: one[name] * other[name] for name in one}
    else:
        mixed = {name: one[name] ** part * other[name] ** (1.0 - part) for name in one}
    return as_weights(shares_of(pd.Series(mixed)))


def check_share(how: str, share: float | None) -> None:
    """Raise `OptionError` unless the share fits the way of combining."""
    if share is None:
        return
    if how == "multiplicative":
        raise OptionError('share: a multiplicative combination takes none; use how="linear" or "geometric"')
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise OptionError(f"share: needed a number from 0 to 1, got {share!r}")


def shares_of(weights: pd.Series) -> dict[str, float]:
    values = {str(name): float(value) for name, value in weights.items()}
    faults = [
        Fault("weights", "a weight of at least 0", f"{value} for {name}", "correct the weight")
        for name, value in values.items()
        if not (math.isfinite(value) and value >= 0)
    ]
    if not faults and not math.fsum(values.values()) > 0:
        faults = [Fault("weights", "an indicator with a weight above 0", "none", "combine them linearly")]
    if faults:
        raise TableError(faults)
    total = math.fsum(values.values())
    return {name: value / total for name, value in values.items()}
