"""Average values by their order: ordered weighted averages (OWA).

Values are an n x k array (n places, k parts, higher is better), weights k shares that sum to 1, scores n numbers.
"""

import math
from collections.abc import Sequence

import numpy as np

from ....data.errors import OptionError
from ....data.methods import documented
from ....data.options import check_choice
from ....data.wording.catalogue import text
from .means import exact_sums

__all__ = ["QUANTIFIERS", "check_owa", "owa", "owa_parts"]
# where the linguistic quantifier leaves 0 and reaches 1
QUANTIFIERS = {"most": (0.3, 0.8), "at_least_half": (0.0, 0.5), "as_many_as_possible": (0.5, 1.0)}

Order = str | float | Sequence[float]


def check_owa(*, order: Order = "most") -> None:
    """Raise `OptionError` unless the order is a quantifier, an exponent above 0 or weights of the positions."""
    if isinstance(order, str):
        check_choice("order", order, QUANTIFIERS)
    elif isinstance(order, list | tuple):
        if not order or not all(_is_number(weight) and weight >= 0 for weight in order) or not sum(order) > 0:
            raise OptionError(text("faults.calls.owa.order_weights_0_sum", order=repr(order)))
    elif not (isinstance(order, int | float) and _is_number(order) and order > 0):
        listed = ", ".join(repr(name) for name in QUANTIFIERS)
        raise OptionError(text("faults.calls.owa.order_exponent_above_0", listed=listed, order=repr(order)))


@documented(
    "yager1988", formula="S<sub>i</sub> = Σ<sub>m</sub> (Q(c<sub>m</sub>) − Q(c<sub>m−1</sub>)) z<sub>i(m)</sub>"
)
def owa(values: np.ndarray, weights: np.ndarray, *, order: Order = "most") -> np.ndarray:
    r"""Return the average of the values put in order, weighed by their position.

    With the values of a place from the highest down and :math:`c_m` the sum of the weights of the first :math:`m`,

    .. math:: S = \sum_m (Q(c_m) - Q(c_{m-1})) \, x_{(m)}

    (Yager's ordered weighted average; with unequal weights of the parts Torra's weighted one). :math:`Q` rises from 0
    to 1:

    - a list gives the weights of the positions, the highest value first; its running sum, joined by straight lines, is
      :math:`Q`, so that for equal weights and a list as long as the parts it is the plain ordered average;
    - a number is an exponent, :math:`Q(c) = c^\alpha`: 1 is the arithmetic mean, above 1 gives more weight to the worst
      values;
    - ``"most"``, ``"at_least_half"``, ``"as_many_as_possible"`` rise linearly from 0.3 to 0.8, 0 to 0.5, 0.5 to 1.
    """
    check_owa(order=order)
    shares, ranked, _ = _positions(values, weights, order)
    return exact_sums(np.take_along_axis(values, ranked, axis=1) * shares)


def owa_parts(values: np.ndarray, weights: np.ndarray, scores: np.ndarray, *, order: Order = "most") -> np.ndarray:
    """Return value times the weight of its position; equal values share the weight of theirs by their own weights."""
    del scores
    shares, ranked, blocks = _positions(values, weights, order)
    parts = np.empty(values.shape)
    for place, (row, block) in enumerate(zip(ranked, blocks, strict=True)):
        for number in range(block[-1] + 1):
            tied = row[block == number]
            mass, own = math.fsum(shares[place][block == number]), math.fsum(weights[tied])
            parts[place, tied] = values[place, tied] * mass * (weights[tied] / own if own > 0 else 0.0)
    return parts


def _is_number(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)


def _quantify(sums: np.ndarray, order: Order) -> np.ndarray:
    if isinstance(order, str):
        low, high = QUANTIFIERS[order]
        return np.clip((sums - low) / (high - low), 0.0, 1.0)
    if isinstance(order, int | float):
        return np.array([[value**order for value in row] for row in sums.tolist()])
    heights = np.array([math.fsum(order[:position]) for position in range(len(order) + 1)])
    return np.interp(sums, np.linspace(0.0, 1.0, len(order) + 1), heights / heights[-1])


def _positions(values: np.ndarray, weights: np.ndarray, order: Order) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return, by position from the highest value: its weight, which part stands there, which block of ties it is in."""
    beside = np.broadcast_to(weights, values.shape)
    # equal values are ordered by weight, so that the order of the columns changes no sum
    ranked = np.lexsort((beside, -values), axis=1)
    falling = np.take_along_axis(values, ranked, axis=1)
    own = np.take_along_axis(beside, ranked, axis=1).tolist()
    sums = np.array([[math.fsum(row[:position]) for position in range(len(row) + 1)] for row in own])
    sums = np.minimum(sums / sums[:, -1:], 1.0)
    shares = np.diff(_quantify(sums, order), axis=1)
    blocks = np.zeros(values.shape, dtype=int)
    blocks[:, 1:] = np.cumsum(np.diff(falling, axis=1) != 0, axis=1)
    return shares, ranked, blocks
