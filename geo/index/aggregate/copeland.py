"""Score places by how many others they beat by a weighted majority (Copeland).

Values, weights and scores are as in TOPSIS.
"""

import numpy as np

from ....data.errors import OptionError
from ....data.methods import documented
from ....data.wording.catalogue import text
from .means import ROUNDING, exact_sums

__all__ = ["copeland", "copeland_parts"]


@documented("munda2009", formula="S<sub>i</sub> = (wins<sub>i</sub> + ties<sub>i</sub> / 2) / (n − 1)")
def copeland(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    r"""Return the share of the other places that a place beats by weighted majority, ties counting half.

    A place beats another if the parts on which it is better weigh more than those on which it is worse:
    :math:`S_i = (\text{wins} + \text{ties} / 2) / (n - 1)`. Wins less losses are :math:`(n - 1)(2 S_i - 1)`.

    - Values that differ by rounding only (1e-12) are equal.
    - One place alone has none to beat: `OptionError`.
    """
    points = _points(values, weights)
    return points.sum(axis=1) / (len(values) - 1)


def copeland_parts(values: np.ndarray, weights: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return the points of each comparison, shared among the parts that voted for the place by their weights.

    Where two places are equal on every part, all parts share the half point.
    """
    del scores
    points = _points(values, weights)
    gap = _tolerance(values)
    parts = np.empty(values.shape)
    for place, row in enumerate(values):
        votes = np.where(row - values > gap, weights, 0.0)
        equal = (np.abs(row - values) <= gap) | (weights == 0)
        votes = np.where(equal.all(axis=1)[:, None], weights, votes)
        sums = exact_sums(votes)
        shares = votes / np.where(sums > 0, sums, 1.0)[:, None] * points[place][:, None]
        parts[place] = exact_sums(np.delete(shares, place, axis=0).T)
    return parts / (len(values) - 1)


def _tolerance(values: np.ndarray) -> float:
    return ROUNDING * max(1.0, float(np.abs(values).max()))


def _points(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    if len(values) < 2:
        raise OptionError(text("faults.calls.copeland.aggregate_copeland_compares_places"))
    gap = _tolerance(values)
    points = np.empty((len(values), len(values)))
    for place, row in enumerate(values):
        margin = ((row - values > gap).astype(float) - (values - row > gap)) @ weights
        points[place] = np.where(margin > ROUNDING, 1.0, np.where(margin < -ROUNDING, 0.0, 0.5))
    np.fill_diagonal(points, 0.0)
    return points
