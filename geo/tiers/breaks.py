"""Find the values at which a list of numbers parts into classes.

A break is the highest value of the class below it: a value above the break belongs to a higher class.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from ...data.methods import Method
from ..ranks import TOLERANCE

__all__ = [
    "INTERPOLATIONS",
    "TIER_METHODS",
    "Interpolation",
    "TierMethod",
    "TierMethodName",
    "head_tail_breaks",
    "maximum_breaks",
    "mixture_breaks",
    "natural_breaks",
    "quantile_breaks",
]

_STEPS = 5000
Interpolation = Literal["linear", "averaged"]
INTERPOLATIONS: tuple[str, ...] = get_args(Interpolation)


def natural_breaks(values: np.ndarray, k: int) -> np.ndarray:
    """Return the k - 1 breaks with the least sum of squared deviations within classes (fewer if values repeat).

    Fisher's dynamic program over the sorted distinct values, in double precision with deviations about running
    means: the shortcut "sum of squares less squared sum" loses all digits where values lie far from 0 (in single
    precision, already at 100 to 101). Of equally good divisions the one with the lowest breaks is taken.

    Examples
    --------
    >>> natural_breaks(np.array([1.0, 2.0, 10.0, 11.0, 30.0]), 3).tolist()
    [2.0, 11.0]
    """
    distinct, counts = np.unique(values, return_counts=True)
    k = min(k, distinct.size)
    n = distinct.size
    costs = _class_costs(distinct, counts)
    best = costs[0].copy()
    cuts = np.zeros((k, n), dtype=int)
    for level in range(1, k):
        step = np.full(n, math.inf)
        for last in range(level, n):
            # a class from start to last, after the best division of what lies before it
            totals = best[level - 1 : last] + costs[level : last + 1, last]
            start = int(np.argmin(totals))
            step[last], cuts[level, last] = totals[start], start + level
        best = step
    breaks, last = [], n - 1
    for level in range(k - 1, 0, -1):
        start = cuts[level, last]
        breaks.append(distinct[start - 1])
        last = start - 1
    return np.array(breaks[::-1])


def head_tail_breaks(values: np.ndarray, *, most: int | None, head_share: float = 1.0) -> np.ndarray:
    """Return the means at which head and tail part, at most ``most`` of them.

    The values above the mean are parted in turn while they are at most ``head_share`` of the values parted.

    Examples
    --------
    >>> head_tail_breaks(np.array([1.0, 1.0, 1.0, 2.0, 10.0]), most=None).tolist()
    [3.0]
    """
    breaks: list[float] = []
    while most is None or len(breaks) < most:
        mean = math.fsum(values) / len(values)
        head = values[values > mean]
        if not len(head) or len(head) > head_share * len(values):
            break
        breaks.append(mean)
        values = head
    return np.array(breaks)


def quantile_breaks(values: np.ndarray, k: int, *, interpolation: Interpolation = "linear") -> np.ndarray:
    """Return the k - 1 quantiles that part the values into classes of nearly equal number.

    ``"linear"`` interpolates between two values (type 7 of Hyndman and Fan), ``"averaged"`` takes a value itself, or
    the mean of two where the share falls between them (type 2).

    Examples
    --------
    >>> quantile_breaks(np.array([4.0, 1.0, 2.0, 3.0]), 2).tolist()
    [2.5]
    """
    method: Literal["linear", "averaged_inverted_cdf"] = (
        "linear" if interpolation == "linear" else "averaged_inverted_cdf"
    )
    return np.quantile(np.sort(values), np.arange(1, k) / k, method=method)


def maximum_breaks(values: np.ndarray, k: int) -> np.ndarray:
    """Return the values below the k - 1 widest gaps (fewer if values repeat); of equally wide gaps the higher.

    Examples
    --------
    >>> maximum_breaks(np.array([1.0, 2.0, 5.0, 6.0, 9.0]), 2).tolist()
    [6.0]
    """
    distinct = np.unique(values)
    gaps = np.diff(distinct)
    # widths that differ by less than the rounding of the values are equal
    slack = TOLERANCE * max(1.0, float(np.max(np.abs(distinct))))
    order = np.argsort(-gaps, kind="stable")
    group = np.empty(gaps.size, dtype=int)
    if gaps.size:
        group[order] = np.concatenate([[0], np.cumsum(-np.diff(gaps[order]) > slack)])
    chosen = np.lexsort((-np.arange(gaps.size), group))[: k - 1]
    return distinct[np.sort(chosen)]


def mixture_breaks(values: np.ndarray, k: int) -> np.ndarray:
    """Return the breaks between k normal distributions of one variance (fewer where one of them wins no value).

    Expectation-maximization from the natural breaks on, over standardized values in sorted order, until the mean
    log-likelihood gains less than 1e-12. With one variance the likeliest distribution rises with the value, so the
    classes are intervals. The standard deviation stays at or above a thousandth of that of all values.

    Examples
    --------
    >>> mixture_breaks(np.array([1.0, 1.2, 0.9, 5.0, 5.3]), 2).tolist()
    [1.2]
    """
    ordered = np.sort(values)
    k = min(k, np.unique(ordered).size)
    if k == 1:
        return np.array([])
    x = (ordered - ordered.mean()) / ordered.std()
    classes = np.searchsorted(natural_breaks(ordered, k), ordered, side="left")
    belongs = np.eye(k)[classes]
    likelihood = -math.inf
    logs = np.zeros_like(belongs)
    for _ in range(_STEPS):
        sizes = belongs.sum(axis=0)
        belongs, sizes = belongs[:, sizes > TOLERANCE], sizes[sizes > TOLERANCE]
        means = x @ belongs / sizes
        squares = (x[:, None] - means) ** 2
        variance = max(float((belongs * squares).sum()) / x.size, 1e-6)
        logs = np.log(sizes / x.size) - squares / (2 * variance)
        top = logs.max(axis=1, keepdims=True)
        total = top[:, 0] + np.log(np.exp(logs - top).sum(axis=1))
        belongs = np.exp(logs - total[:, None])
        gained = float(total.mean()) - 0.5 * math.log(variance)
        if gained - likelihood < 1e-12:
            break
        likelihood = gained
    likeliest = logs.argmax(axis=1)
    return ordered[np.flatnonzero(np.diff(likeliest))]


def _class_costs(distinct: np.ndarray, counts: np.ndarray) -> np.ndarray:
    n = distinct.size
    costs = np.full((n, n), math.inf)
    mean, size, cost = np.zeros(n), np.zeros(n), np.zeros(n)
    for last in range(n):
        # every class that starts at or before this value takes it in (Welford's update)
        part = slice(0, last + 1)
        size[part] += counts[last]
        distance = distinct[last] - mean[part]
        mean[part] += counts[last] * distance / size[part]
        cost[part] += counts[last] * distance * (distinct[last] - mean[part])
        costs[part, last] = cost[part]
    return costs


@dataclass(frozen=True, slots=True)
class TierMethod(Method):
    """A way from values to tiers.

    Parameters
    ----------
    breaks : callable, optional
        Returns at most k - 1 breaks of some values; left out where counts or thresholds are given instead.
    """

    breaks: Callable[[np.ndarray, int], np.ndarray] | None = None


TierMethodName = Literal[
    "natural_breaks",
    "head_tail",
    "quantiles",
    "maximum_breaks",
    "k_means",
    "gaussian_mixture",
    "counts",
    "thresholds",
]
# in one dimension the least within-class sum of squares is one problem with two names
_LEAST = "min Σ<sub>c</sub> Σ<sub>i ∈ c</sub> (S<sub>i</sub> − S̄<sub>c</sub>)<sup>2</sup>"
TIER_METHODS: Mapping[TierMethodName, TierMethod] = {
    "natural_breaks": TierMethod(_LEAST, ("jenks1967", "fisher1958"), natural_breaks),
    "head_tail": TierMethod(
        "b<sub>1</sub> = S̄, b<sub>t+1</sub> = mean{S<sub>i</sub> : S<sub>i</sub> &gt; b<sub>t</sub>}",
        ("jiang2013",),
        lambda values, k: head_tail_breaks(values, most=k - 1),
    ),
    "quantiles": TierMethod(lambda options: f"b<sub>c</sub> = Q(c / {options['k']})", ("slocum2009",), quantile_breaks),
    "maximum_breaks": TierMethod("max (S<sub>(i+1)</sub> − S<sub>(i)</sub>)", ("slocum2009",), maximum_breaks),
    "k_means": TierMethod(_LEAST, ("wang2011",), natural_breaks),
    "gaussian_mixture": TierMethod(
        "f(S) = Σ<sub>c</sub> π<sub>c</sub> φ((S − μ<sub>c</sub>) / σ) / σ", ("mclachlan2000",), mixture_breaks
    ),
    "counts": TierMethod(lambda options: " + ".join(map(str, options["counts"])) + " = n", ("slocum2009",)),
    "thresholds": TierMethod("S<sub>i</sub> ≥ b<sub>c</sub>", ("slocum2009",)),
}
