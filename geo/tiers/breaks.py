"""Find the values at which a list of numbers parts into classes.

A break is the highest value of the class below it: a value above the break belongs to a higher class.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np

from ...data.errors import OptionError
from ...data.methods import Method
from ...data.options import Wrong, choice_faults, is_number, number_faults
from ...data.wording.catalogue import text
from ..ranks import TOLERANCE

__all__ = [
    "HEAD_SHARE",
    "INTERPOLATIONS",
    "QUANTILES",
    "TIER_METHODS",
    "TIER_OPTIONS",
    "Interpolation",
    "TierMethod",
    "TierMethodName",
    "box_plot_breaks",
    "deviation_breaks",
    "equal_interval_breaks",
    "geometric_breaks",
    "head_tail_breaks",
    "maximum_breaks",
    "mixture_breaks",
    "natural_breaks",
    "quantile_breaks",
    "tier_option_faults",
]

_STEPS = 5000
# a head is a minority: the share of values above a mean up to which they are parted from the tail (Jiang 2013)
HEAD_SHARE = 0.4
Interpolation = Literal["linear", "averaged"]
INTERPOLATIONS: tuple[str, ...] = get_args(Interpolation)
# what numpy calls them
QUANTILES: Mapping[str, Literal["linear", "averaged_inverted_cdf"]] = {
    "linear": "linear",
    "averaged": "averaged_inverted_cdf",
}


def natural_breaks(values: np.ndarray, k: int) -> np.ndarray:
    """Return the k - 1 breaks with the least sum of squared deviations within classes (fewer if values repeat).

    Fisher's dynamic program, exact also where values lie far from 0 and where differences are tiny: the search has
    twice the digits wherever rounding could decide. Of equally good divisions (to 1e-12 of their sums) the one with the
    lowest breaks is taken; see `search_breaks`.

    Examples
    --------
    >>> natural_breaks(np.array([1.0, 2.0, 10.0, 11.0, 30.0]), 3).tolist()
    [2.0, 11.0]
    """
    # compiled: loaded where it is needed, so that reading a study need not
    from .search_breaks import search_breaks

    ordered = np.sort(np.asarray(values, dtype=float))
    starts = search_breaks(ordered[None], k)[0, 1:]
    return ordered[starts[starts < ordered.size] - 1]


def head_tail_breaks(values: np.ndarray, *, most: int | None, head_share: float | None = HEAD_SHARE) -> np.ndarray:
    """Return the means at which head and tail part, at most ``most`` of them.

    The values above the mean are parted in turn while they are at most ``head_share`` of the values parted, or as long
    as there are any where it is None.

    Examples
    --------
    >>> head_tail_breaks(np.array([1.0, 1.0, 1.0, 2.0, 10.0]), most=None).tolist()
    [3.0]
    """
    breaks: list[float] = []
    while most is None or len(breaks) < most:
        mean = math.fsum(values) / len(values)
        head = values[values > mean]
        if not len(head) or (head_share is not None and len(head) > head_share * len(values)):
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
    return np.quantile(np.sort(values), np.arange(1, k) / k, method=QUANTILES[interpolation])


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


def equal_interval_breaks(values: np.ndarray, k: int) -> np.ndarray:
    """Return the k - 1 breaks that divide the range into equal parts.

    Examples
    --------
    >>> equal_interval_breaks(np.array([0.0, 1.0, 8.0]), 4).tolist()
    [2.0, 4.0, 6.0]
    """
    low, high = float(np.min(values)), float(np.max(values))
    return np.array([low + (high - low) * (c / k) for c in range(1, k)])


def geometric_breaks(values: np.ndarray, k: int) -> np.ndarray:
    """Return the k - 1 breaks between which values grow by the same factor; they must be above 0.

    Examples
    --------
    >>> geometric_breaks(np.array([1.0, 7.0, 1000.0]), 3).round(9).tolist()
    [10.0, 100.0]
    """
    low, high = float(np.min(values)), float(np.max(values))
    if low <= 0:
        raise OptionError(text("faults.calls.breaks.geometric_interval_values_above_0", low=f"{low:g}"))
    return np.array([math.exp(math.log(low) + math.log(high / low) * (c / k)) for c in range(1, k)])


def deviation_breaks(values: np.ndarray, multiples: Sequence[float]) -> np.ndarray:
    """Return the mean plus multiples of the standard deviation (n - 1).

    Examples
    --------
    >>> deviation_breaks(np.array([1.0, 2.0, 3.0]), (-1, 0, 1)).tolist()
    [1.0, 2.0, 3.0]
    """
    ordered = np.sort(values)
    mean = math.fsum(ordered) / ordered.size
    deviation = math.sqrt(math.fsum((ordered - mean) ** 2) / max(1, ordered.size - 1))
    return np.array([mean + deviation * multiple for multiple in multiples])


def box_plot_breaks(values: np.ndarray, hinge: float) -> np.ndarray:
    """Return the lower fence, the three quartiles and the upper fence, ``hinge`` interquartile ranges away.

    Examples
    --------
    >>> box_plot_breaks(np.array([1.0, 2.0, 3.0, 4.0, 50.0]), 1.5).tolist()
    [-1.0, 2.0, 3.0, 4.0, 7.0]
    """
    lower, median, upper = np.quantile(np.sort(values), (0.25, 0.5, 0.75)).tolist()
    return np.array([lower - hinge * (upper - lower), lower, median, upper, upper + hinge * (upper - lower)])


@dataclass(frozen=True, slots=True)
class TierMethod(Method):
    """A way from values to tiers.

    Parameters
    ----------
    breaks : callable, optional
        Returns breaks of some values under the method's options; left out where counts or thresholds are given instead.
    options : mapping
        The options that the method takes, with their defaults.
    """

    breaks: Callable[..., np.ndarray] | None = None
    options: Mapping[str, object] = field(default_factory=lambda: {"k": 4})

    def classes(self, given: Mapping[str, Any]) -> int:
        """Return the number of classes asked for by some options."""
        if "k" in self.options:
            return int(given["k"])
        if "hinge" in self.options:
            return 6
        listed = next(iter(self.options))
        return len(given[listed]) + (0 if listed == "counts" else 1)


TierMethodName = Literal[
    "natural_breaks",
    "head_tail",
    "quantiles",
    "maximum_breaks",
    "k_means",
    "gaussian_mixture",
    "equal_interval",
    "geometric_interval",
    "standard_deviations",
    "box_plot",
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
        lambda values, k, head_share: head_tail_breaks(values, most=k - 1, head_share=head_share),
        {"k": 4, "head_share": HEAD_SHARE},
    ),
    "quantiles": TierMethod(
        lambda options: f"b<sub>c</sub> = Q(c / {options['k']})",
        ("slocum2009",),
        quantile_breaks,
        {"k": 4, "interpolation": "linear"},
    ),
    "maximum_breaks": TierMethod("max (S<sub>(i+1)</sub> − S<sub>(i)</sub>)", ("slocum2009",), maximum_breaks),
    "k_means": TierMethod(_LEAST, ("wang2011",), natural_breaks),
    "gaussian_mixture": TierMethod(
        "f(S) = Σ<sub>c</sub> π<sub>c</sub> φ((S − μ<sub>c</sub>) / σ) / σ", ("mclachlan2000",), mixture_breaks
    ),
    "equal_interval": TierMethod(
        lambda options: f"b<sub>c</sub> = min + c (max − min) / {options['k']}", ("slocum2009",), equal_interval_breaks
    ),
    "geometric_interval": TierMethod(
        lambda options: f"b<sub>c</sub> = min (max / min)<sup>c / {options['k']}</sup>",
        ("slocum2009",),
        geometric_breaks,
    ),
    "standard_deviations": TierMethod(
        "b<sub>c</sub> = S̄ + m<sub>c</sub> s, s<sup>2</sup> = Σ<sub>i</sub> (S<sub>i</sub> − S̄)<sup>2</sup> / (n − 1)",
        ("slocum2009",),
        deviation_breaks,
        {"multiples": (-1.0, 0.0, 1.0)},
    ),
    "box_plot": TierMethod(
        lambda options: (
            f"b = Q<sub>1</sub> − {options['hinge']:g} (Q<sub>3</sub> − Q<sub>1</sub>), Q<sub>1</sub>, Q<sub>2</sub>, "
            f"Q<sub>3</sub>, Q<sub>3</sub> + {options['hinge']:g} (Q<sub>3</sub> − Q<sub>1</sub>)"
        ),
        ("tukey1977",),
        box_plot_breaks,
        {"hinge": 1.5},
    ),
    "counts": TierMethod(
        lambda options: " + ".join(map(str, options["counts"])) + " = n", ("slocum2009",), options={"counts": None}
    ),
    "thresholds": TierMethod("S<sub>i</sub> ≥ b<sub>c</sub>", ("slocum2009",), options={"thresholds": None}),
}
# every option of every method, with its default
TIER_OPTIONS: Mapping[str, object] = {
    name: default for method in TIER_METHODS.values() for name, default in method.options.items()
}


def tier_option_faults(method: TierMethodName, given: Mapping[str, Any]) -> Iterator[Wrong]:
    """Say which options of `assign_tiers` the method does not take, lacks or cannot use.

    Examples
    --------
    >>> [str(fault) for fault in tier_option_faults("quantiles", {"k": 4, "hinge": 2.0})]
    ['hinge: used by method="box_plot" only, got method="quantiles"']
    """
    taken = TIER_METHODS[method].options
    for name, value in given.items():
        if name in taken:
            continue
        if _list_of(value) != _list_of(TIER_OPTIONS[name]):
            users = ", ".join(f'"{user}"' for user, one in TIER_METHODS.items() if name in one.options)
            yield text("faults.calls.breaks.used_method_method", name=name, users=users, method=method)
    for name in taken:
        yield from _option_faults(method, name, given.get(name, taken[name]))


def _option_faults(method: str, name: str, value: Any) -> Iterator[Wrong]:  # noqa: ANN401 - an option may be of any type
    if name == "k":
        yield from number_faults("k", value, least=1, whole=True)
    elif name == "hinge":
        yield from number_faults("hinge", value, least=0)
    elif name == "interpolation":
        yield from choice_faults("interpolation", value, INTERPOLATIONS)
    elif name == "head_share" and value is not None:
        yield from number_faults("head_share", value, above=0, most=1)
    elif name == "multiples":
        numbers = _list_of(value)
        if not numbers or not all(map(is_number, numbers)) or sorted(set(numbers)) != numbers:
            yield text("faults.calls.breaks.multiples_rising_finite_numbers", value=repr(value))
    elif value is None and name in ("counts", "thresholds"):
        yield text("faults.calls.breaks.method_nothing", name=name, method=method)


def _list_of(value: Any) -> Any:  # noqa: ANN401 - an option may be of any type
    """Return a sequence as a list of its items, anything else as it is."""
    return list(value) if isinstance(value, Sequence | np.ndarray) and not isinstance(value, str) else value
