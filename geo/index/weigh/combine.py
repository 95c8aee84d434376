"""Combine two weightings of the same indicators."""

import math
from typing import Literal, get_args

import pandas as pd

from ....data.errors import Fault, OptionError, TableError
from ....data.options import check_choice, numeric
from ....data.wording.catalogue import text
from .data_driven import as_weights

__all__ = ["COMBINATIONS", "check_share", "combine_weights"]

Combination = Literal["multiplicative", "linear", "geometric", "game_theory"]
COMBINATIONS: tuple[str, ...] = get_args(Combination)


def combine_weights(
    a: pd.Series, b: pd.Series, *, how: Combination = "multiplicative", share: float | None = None
) -> pd.Series:
    r"""Combine two weightings of the same indicators, such as judged and computed ones.

    ``"multiplicative"``: :math:`w_j \propto a_j b_j`. ``"linear"``: :math:`w_j = s a_j + (1 - s) b_j`.
    ``"geometric"``: :math:`w_j \propto a_j^s b_j^{1-s}`, the least relative entropy to both. ``"game_theory"``:
    :math:`w_j = s a_j + (1 - s) b_j` with the s that departs least from both, computed from the weights:
    :math:`\alpha_1 a \cdot a + \alpha_2 a \cdot b = a \cdot a`,
    :math:`\alpha_1 a \cdot b + \alpha_2 b \cdot b = b \cdot b` and
    :math:`s = |\alpha_1| / (|\alpha_1| + |\alpha_2|)`.

    - Both are first scaled to sum to 1.
    - Multiplicative and geometric: an indicator with weight 0 in either has weight 0; if all have, `TableError`.

    Parameters
    ----------
    a, b : Series
        Weights by indicator, at least 0; the order of the two indexes may differ.
    how : {"multiplicative", "linear", "geometric", "game_theory"}
        See above.
    share : float, optional
        Share :math:`s` of ``a``, 0 to 1; 0.5 when not given. Multiplicative and game theory take none.

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
    for option, given in (("a", a), ("b", b)):
        if not isinstance(given, pd.Series):
            raise OptionError(
                text("faults.calls.combine.weights_indicator_series", option=option, name=type(given).__name__)
            )
    if set(a.index) != set(b.index) or len(a) != len(b):
        odd = ", ".join(sorted(map(str, set(a.index) ^ set(b.index)))) or "one of them twice"
        raise OptionError(text("faults.calls.combine.combine_two_weightings_same", odd=odd))
    part = 0.5 if share is None else share
    one, other = shares_of(a), shares_of(b.reindex(a.index))
    if how == "game_theory":
        how, part = "linear", _agreed_share(one, other)
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
    if how in ("multiplicative", "game_theory"):
        raise OptionError(text("faults.calls.combine.share_combination_takes_none", how=how))
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise OptionError(text("faults.calls.combine.share_number_0_1", share=repr(share)))


def _agreed_share(one: dict[str, float], other: dict[str, float]) -> float:
    """Return the share of the first weighting in the mixture that departs least from both."""
    own, foreign, both = (
        math.fsum(x[name] * y[name] for name in one) for x, y in ((one, one), (other, other), (one, other))
    )
    # Cramer's rule; the determinant, which both share, is left out
    first, second = abs(foreign * (own - both)), abs(own * (foreign - both))
    return first / (first + second) if first + second > 0 else 0.5


def shares_of(weights: pd.Series) -> dict[str, float]:
    with numeric("weights"):
        values = {str(name): float(value) for name, value in weights.items()}
    faults = [
        Fault(
            "weights",
            text("faults.calls.alike.weight_of_at_least_0"),
            text("faults.calls.alike.value_for", value=value, name=name),
            text("faults.calls.combine.correct_weight"),
        )
        for name, value in values.items()
        if not (math.isfinite(value) and value >= 0)
    ]
    if not faults and not math.fsum(values.values()) > 0:
        faults = [
            Fault(
                "weights",
                text("faults.calls.combine.indicator_weight_above_0"),
                "none",
                text("faults.calls.combine.combine_them_linearly"),
            )
        ]
    if faults:
        raise TableError(faults)
    total = math.fsum(values.values())
    return {name: value / total for name, value in values.items()}
