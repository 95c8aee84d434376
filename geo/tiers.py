"""Place centers on the four tiers of the hierarchy, from scores or as given, and compare two placements.

Tiers are ordered categoricals whose first category is the highest. A method that finds fewer classes than asked for
fills the tiers from the top and says so; it never invents a class.
"""

import math
import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..data.errors import InnoscapeWarning, OptionError
from ._breaks import head_tail_breaks, natural_breaks
from ._options import check_choice, check_known_places, hint
from ._ranks import tie_groups

__all__ = ["TIERS", "TIER_METHODS", "assign_tiers", "compare_tiers", "head_tail_index", "rank_size", "tier_dtype"]

TIERS = ("international", "national", "regional", "local")
TIER_METHODS = ("natural_breaks", "head_tail", "quantiles", "counts", "thresholds")


def tier_dtype(labels: Sequence[str] = TIERS) -> pd.CategoricalDtype:
    """Return the ordered dtype of tiers; sorting it puts the highest tier first.

    Examples
    --------
    >>> tiers = pd.Series(["local", "international"], dtype=tier_dtype())
    >>> tiers.sort_values().tolist()
    ['international', 'local']
    """
    return pd.CategoricalDtype(list(labels), ordered=True)


def assign_tiers(
    values: pd.Series | Mapping[str, float],
    *,
    method: str = "natural_breaks",
    k: int = 4,
    counts: Sequence[int] | None = None,
    thresholds: Sequence[float] | None = None,
    labels: Sequence[str] = TIERS,
) -> pd.Series:
    """Divide places into tiers by their values, the highest values into the first label.

    - Equal values (to 1e-12) always share a tier. Where a count would part them they all take the higher tier, with
      an `InnoscapeWarning`.
    - When the data hold fewer classes than asked for (or a threshold leaves a tier empty), an `InnoscapeWarning` says
      so. Classes are then named from the top; the dtype keeps every label.

    Parameters
    ----------
    values : Series or mapping
        A finite number for each place.
    method : {"natural_breaks", "head_tail", "quantiles", "counts", "thresholds"}
        ``"natural_breaks"``: the k classes with the least sum of squared deviations from their means (Fisher's exact
        algorithm, often named Jenks). ``"head_tail"``: parts at the mean, then the part above it at its mean, at
        most k - 1 times. ``"quantiles"``: k classes of nearly equal number, parted at linearly interpolated
        quantiles. ``"counts"``: the given numbers of places, from the top. ``"thresholds"``: a place reaches a tier
        when its value is at least the threshold.
    k : int
        Number of classes; ``"counts"`` and ``"thresholds"`` set their own.
    counts : sequence of int
        Places in each tier from the top, adding up to the number of places; for ``method="counts"``.
    thresholds : sequence of float
        Least value of each tier but the last, falling; for ``method="thresholds"``.
    labels : sequence of str
        Names of the tiers, highest first.

    Returns
    -------
    Series
        Ordered categorical ``tier`` with the index of ``values``.

    Raises
    ------
    OptionError
        An option outside its choices, missing or infinite values (all listed), or counts that do not add up.

    References
    ----------
    Fisher, W. D. (1958). On grouping for maximum homogeneity. JASA 53 (284), 789-798.
    Jiang, B. (2013). Head/tail breaks: a new classification scheme for data with a heavy-tailed distribution.
    The Professional Geographer 65 (3), 482-494.

    Examples
    --------
    >>> shares = pd.Series({"甲": 0.8, "乙": 0.7, "丙": 0.2, "丁": 0.1})
    >>> assign_tiers(shares, k=2).to_dict()
    {'甲': 'international', '乙': 'international', '丙': 'national', '丁': 'national'}
    >>> assign_tiers(shares, method="counts", counts=(1, 1, 2))["丙"]
    'regional'
    """
    check_choice("method", method, TIER_METHODS)
    series = _finite(values)
    labels = tuple(labels)
    _check_argument(method, "counts", counts)
    _check_argument(method, "thresholds", thresholds)
    if counts is not None:
        classes, asked = _by_counts(series, counts), len(counts)
    elif thresholds is not None:
        classes, asked = _by_thresholds(series, thresholds), len(thresholds) + 1
    else:
        classes, asked = _by_breaks(series, method, k), k
    if asked > len(labels):
        raise OptionError(f"labels: needed {asked} labels for {asked} classes, got {len(labels)}: {', '.join(labels)}")
    tiers = pd.Categorical.from_codes(classes, dtype=tier_dtype(labels))
    return pd.Series(tiers, index=series.index, name="tier")


def compare_tiers(a: pd.Series, b: pd.Series) -> pd.DataFrame:
    """List the places that two placements put on different tiers.

    Parameters
    ----------
    a, b : Series
        Tiers by place, as `assign_tiers` gives them or as labels of `TIERS`; both must hold the same places.

    Returns
    -------
    DataFrame
        ``place``, ``tier_a``, ``tier_b``, ``steps`` (positive: higher in ``a``), largest disagreement first; empty when
        the placements agree.

    Raises
    ------
    UnknownPlaceError
        A place stands in one placement only.
    OptionError
        A place has no tier, or one that is not a label; all listed.

    Examples
    --------
    >>> scored = pd.Series({"甲": "national", "乙": "national"})
    >>> published = pd.Series({"甲": "international", "乙": "national"})
    >>> compare_tiers(scored, published).to_dict("records")
    [{'place': '甲', 'tier_a': 'national', 'tier_b': 'international', 'steps': -1}]
    """
    labels = next((list(x.cat.categories) for x in (a, b) if isinstance(x.dtype, pd.CategoricalDtype)), list(TIERS))
    check_known_places("b", b.index.astype(str), a.index.astype(str))
    check_known_places("a", a.index.astype(str), b.index.astype(str))
    codes_a, codes_b = _codes("a", a, labels), _codes("b", b, labels).reindex(a.index)
    steps = (codes_b - codes_a).rename("steps")
    frame = pd.DataFrame({"place": a.index, "steps": steps.to_numpy()})
    dtype = tier_dtype(labels)
    frame.insert(1, "tier_a", pd.Categorical.from_codes(codes_a.to_numpy(), dtype=dtype))
    frame.insert(2, "tier_b", pd.Categorical.from_codes(codes_b.to_numpy(), dtype=dtype))
    frame = frame[frame["steps"] != 0]
    order = frame.assign(size=-frame["steps"].abs()).sort_values(["size", "place"]).index
    return frame.loc[order].reset_index(drop=True)


def head_tail_index(values: pd.Series | Sequence[float], *, head_share: float = 0.4) -> int:
    """Return the ht-index: one more than the times the values part into a small head and a long tail.

    The values part at their mean as long as at most ``head_share`` of them lie above it; then the head is parted in
    turn. 1 means no heavy tail at all.

    References
    ----------
    Jiang, B., Yin, J. (2014). Ht-index for quantifying the fractal or scaling structure of geographic features.
    Annals of the AAG 104 (3), 530-540.

    Examples
    --------
    >>> head_tail_index([1 / rank for rank in range(1, 11)])
    3
    >>> head_tail_index([1, 1, 1])
    1
    """
    if not 0 < head_share <= 1:
        raise OptionError(f"head_share: needed a share above 0 and up to 1, got {head_share!r}")
    return 1 + len(head_tail_breaks(_finite(pd.Series(values)).to_numpy(), most=None, head_share=head_share))


def rank_size(values: pd.Series | Mapping[str, float]) -> pd.Series:
    r"""Fit the rank-size rule: how fast values fall with rank.

    Least squares of :math:`\ln(rank - 1/2) = a - b \ln(value)`, where :math:`b = 1` is Zipf's law; the standard error
    is :math:`b \sqrt{2 / n}`, the plain one of the regression being far too small.

    Parameters
    ----------
    values : Series or mapping
        A number above 0 for each place, at least three.

    Returns
    -------
    Series
        ``exponent`` (b), ``standard_error``, ``low`` and ``high`` (95 %), ``r_squared``, ``primacy`` (highest over
        second highest), ``places``.

    Raises
    ------
    OptionError
        Values that are missing or not above 0, fewer than three places, or all values equal.

    References
    ----------
    Gabaix, X., Ibragimov, R. (2011). Rank - 1/2: a simple way to improve the OLS estimation of tail exponents.
    Journal of Business & Economic Statistics 29 (1), 24-39.

    Examples
    --------
    >>> fit = rank_size({str(rank): 100 / (rank - 0.5) for rank in range(1, 21)})
    >>> print(f'{fit["exponent"]:.3f} +/- {fit["standard_error"]:.3f}, primacy {fit["primacy"]:.1f}')
    1.000 +/- 0.316, primacy 3.0
    """
    series = _finite(values)
    if (series <= 0).any():
        listed = ", ".join(f"{value:g} at {place}" for place, value in series[series <= 0].items())
        raise OptionError(f"values: needed numbers above 0 for a logarithm, got {listed}")
    sizes = np.sort(series.to_numpy())[::-1]
    if len(sizes) < 3 or sizes[0] == sizes[-1]:
        raise OptionError(f"values: needed at least three places that differ, got {len(sizes)}")
    x, y = np.log(sizes), np.log(np.arange(1, len(sizes) + 1) - 0.5)
    dx, dy = x - math.fsum(x) / len(x), y - math.fsum(y) / len(y)
    sxy, sxx, syy = math.fsum(dx * dy), math.fsum(dx * dx), math.fsum(dy * dy)
    exponent = -sxy / sxx
    error = abs(exponent) * math.sqrt(2 / len(sizes))
    return pd.Series(
        {
            "exponent": exponent,
            "standard_error": error,
            "low": exponent - 1.959963984540054 * error,
            "high": exponent + 1.959963984540054 * error,
            "r_squared": sxy**2 / (sxx * syy),
            "primacy": float(sizes[0] / sizes[1]),
            "places": float(len(sizes)),
        }
    )


def _finite(values: pd.Series | Mapping[str, float]) -> pd.Series:
    series = pd.Series(values, dtype=float)
    wrong = series[~np.isfinite(series.to_numpy())]
    if len(wrong):
        listed = ", ".join(f"{value} at {place}" for place, value in wrong.items())
        raise OptionError(f"values: needed finite numbers, got {listed}; fill or leave out these places")
    if series.empty:
        raise OptionError("values: needed at least one place, got none")
    return series


def _check_argument(method: str, name: str, given: object) -> None:
    if method == name and given is None:
        raise OptionError(f'{name}: needed for method="{name}", got nothing')
    if method != name and given is not None:
        raise OptionError(f'{name}: used by method="{name}" only, got method="{method}"')


def _by_breaks(series: pd.Series, method: str, k: int) -> np.ndarray:
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise OptionError(f"k: needed a whole number of at least 1, got {k!r}")
    ties = tie_groups(series)
    # the highest of the tied values stands for all, so rounding cannot part them
    values = series.groupby(ties).transform("max").to_numpy()
    if method == "natural_breaks":
        bounds = natural_breaks(values, k)
    elif method == "head_tail":
        bounds = head_tail_breaks(values, most=k - 1)
    else:
        bounds = np.quantile(np.sort(values), np.arange(1, k) / k)
    lower = np.searchsorted(np.sort(bounds), values, side="left")
    classes = np.unique(-lower, return_inverse=True)[1]
    _warn_fewer(len(np.unique(classes)), k, method)
    return classes


def _by_counts(series: pd.Series, counts: Sequence[int]) -> np.ndarray:
    counts = list(counts)
    whole = all(isinstance(count, int | np.integer) and not isinstance(count, bool) and count >= 0 for count in counts)
    if not whole or sum(counts) != len(series):
        raise OptionError(f"counts: needed whole numbers adding up to {len(series)} places, got {counts}")
    ties = tie_groups(series)
    order = np.argsort(ties, kind="stable")
    classes = np.empty(len(series), dtype=int)
    classes[order] = np.repeat(np.arange(len(counts)), counts)
    best = pd.Series(classes).groupby(ties).transform("min").to_numpy()
    moved = pd.Series(best != classes).groupby(ties).transform("any").to_numpy()
    if moved.any():
        names = ", ".join(sorted(str(place) for place in series.index[moved]))
        warnings.warn(
            f"counts would part equal values; they stay together on the higher tier: {names}",
            InnoscapeWarning,
            stacklevel=4,
        )
    return best


def _by_thresholds(series: pd.Series, thresholds: Sequence[float]) -> np.ndarray:
    bounds = np.asarray(list(thresholds), dtype=float)
    if not (bounds.size and np.isfinite(bounds).all() and (np.diff(bounds) < 0).all()):
        raise OptionError(f"thresholds: needed finite numbers, each lower than the one before, got {list(thresholds)}")
    classes = (series.to_numpy()[:, None] < bounds[None, :]).sum(axis=1)
    _warn_fewer(len(np.unique(classes)), bounds.size + 1, "thresholds")
    return classes


def _warn_fewer(found: int, asked: int, method: str) -> None:
    if found < asked:
        warnings.warn(
            f"the values hold {found} {'class' if found == 1 else 'classes'} by {method}, {asked} were asked for",
            InnoscapeWarning,
            stacklevel=4,
        )


def _codes(owner: str, tiers: pd.Series, labels: Sequence[str]) -> pd.Series:
    wrong = {str(place): tier for place, tier in tiers.items() if tier not in labels}
    if wrong:
        listed = "; ".join(f"{tier!r} at {place}{hint(tier, labels)}" for place, tier in sorted(wrong.items()))
        raise OptionError(f"{owner}: needed one of {', '.join(labels)} for each place, got {listed}")
    return tiers.astype(str).map({label: code for code, label in enumerate(labels)}).astype(int)
