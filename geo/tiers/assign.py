"""Place centers on the four tiers of the hierarchy by their values.

Tiers are ordered categoricals whose first category is the highest. A method that finds fewer classes than asked for
fills the tiers from the top and says so; it never invents a class. A higher value never stands on a lower tier.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn
from ...data.options import check_choice, finite_series, idle_faults, refuse
from ...data.vocabulary import TIERS
from ..ranks import tie_groups
from .breaks import TIER_METHODS, TierMethodName

__all__ = ["TIERS", "assign_tiers", "tier_dtype"]


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
    method: TierMethodName = "natural_breaks",
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
    method : str
        - ``"natural_breaks"``: the k classes with the least sum of squared deviations from their means (Fisher's exact
          algorithm, often named Jenks).
        - ``"k_means"``: the same classes. Numbers on a line are clustered by the exact algorithm, which k-means with
          many random starts approaches; there is no start and no seed.
        - ``"head_tail"``: splits at the mean, then the part above it at its mean, at most k - 1 times.
        - ``"quantiles"``: k classes of nearly equal number, split at linearly interpolated quantiles.
        - ``"maximum_breaks"``: splits at the k - 1 widest gaps; of equally wide ones at the higher.
        - ``"gaussian_mixture"``: k normal distributions of one common variance, fitted by maximum likelihood from the
          natural breaks on (no seed); a place joins the likeliest.
        - ``"counts"``: the given numbers of places, from the top.
        - ``"thresholds"``: a place reaches a tier when its value is at least the threshold.
    k : int
        Number of classes; ``"counts"`` and ``"thresholds"`` set their own.
    counts : sequence of int
        Places in each tier from the top, adding up to the number of places; for ``method="counts"``.
    thresholds : sequence of float
        Least value of each tier but the last, falling; for ``method="thresholds"``.
    labels : sequence of str or TierScale
        Keys of the tiers, highest first.

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
    Wang, H., Song, M. (2011). Ckmeans.1d.dp: optimal k-means clustering in one dimension by dynamic programming.
    The R Journal 3 (2), 29-33.
    McLachlan, G. J., Peel, D. (2000). Finite Mixture Models. Wiley: the mixture with one variance.

    Examples
    --------
    >>> shares = pd.Series({"甲": 0.8, "乙": 0.7, "丙": 0.2, "丁": 0.1})
    >>> assign_tiers(shares, k=2).to_dict()
    {'甲': 'international', '乙': 'international', '丙': 'national', '丁': 'national'}
    >>> assign_tiers(shares, method="counts", counts=(1, 1, 2))["丙"]
    'regional'
    """
    check_choice("method", method, TIER_METHODS)
    series = finite_series(values)
    labels = tuple(labels)
    _check_argument(method, "counts", counts)
    _check_argument(method, "thresholds", thresholds)
    if method in ("counts", "thresholds"):
        refuse(idle_faults(assign_tiers, f"with method={method!r}", k=k))
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


def _check_argument(method: str, name: str, given: object) -> None:
    if method == name and given is None:
        raise OptionError(f'{name}: needed for method="{name}", got nothing')
    if method != name and given is not None:
        raise OptionError(f'{name}: used by method="{name}" only, got method="{method}"')


def _by_breaks(series: pd.Series, method: TierMethodName, k: int) -> np.ndarray:
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise OptionError(f"k: needed a whole number of at least 1, got {k!r}")
    ties = tie_groups(series)
    # the highest of the tied values stands for all, so rounding cannot part them
    values = series.groupby(ties).transform("max").to_numpy()
    breaks = TIER_METHODS[method].breaks
    assert breaks is not None  # noqa: S101 - counts and thresholds have been used or refused
    bounds = breaks(values, k)
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
        warn("warnings.equal_values", names=names, stacklevel=4)
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
        warn("warnings.fewer_classes", n=found, method=method, asked=asked, stacklevel=4)
