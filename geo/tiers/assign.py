"""Place centers on the four tiers of the hierarchy by their values.

Tiers are ordered categoricals whose first category is the highest. A method that finds fewer classes than asked for
fills the tiers from the top and says so; it never invents a class. A higher value never stands on a lower tier.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...data.conventions import follows_conventions
from ...data.errors import OptionError, warn
from ...data.options import check_choice, finite_series, refuse
from ...data.vocabulary import TIERS
from ...data.wording.catalogue import join_texts, text
from ..ranks import tie_groups
from .breaks import HEAD_SHARE, TIER_METHODS, Interpolation, TierMethodName, tier_option_faults

__all__ = ["TIERS", "assign_tiers", "tied_values", "tier_dtype"]


def tier_dtype(labels: Sequence[str] = TIERS) -> pd.CategoricalDtype:
    """Return the ordered dtype of tiers; sorting it puts the highest tier first.

    Examples
    --------
    >>> tiers = pd.Series(["local", "international"], dtype=tier_dtype())
    >>> tiers.sort_values().tolist()
    ['international', 'local']
    """
    return pd.CategoricalDtype(list(labels), ordered=True)


@follows_conventions
def assign_tiers(
    values: pd.Series | Mapping[str, float],
    *,
    method: TierMethodName = "natural_breaks",
    k: int = 4,
    head_share: float | None = HEAD_SHARE,
    multiples: Sequence[float] = (-1.0, 0.0, 1.0),
    hinge: float = 1.5,
    counts: Sequence[int] | None = None,
    thresholds: Sequence[float] | None = None,
    interpolation: Interpolation = "linear",
    labels: Sequence[str] = TIERS,
    convention: str | None = None,  # noqa: ARG001 - has filled in the option above
) -> pd.Series:
    """Divide places into tiers by their values, the highest values into the first label.

    - Equal values (to 1e-12) always share a tier. Where a count would part them they all take the higher tier, with
      an `InnoscapeWarning`.
    - When the data hold fewer classes than asked for (or a threshold leaves a tier empty), an `InnoscapeWarning` says
      so. Classes are then named from the top; the dtype keeps every label.
    - An option that the method does not use is refused, unless it says the default.

    Parameters
    ----------
    values : Series or mapping
        A finite number for each place.
    method : str
        - ``"natural_breaks"``: the k classes with the least sum of squared deviations from their means (Fisher's exact
          algorithm, often named Jenks).
        - ``"k_means"``: the same classes. Numbers on a line are clustered by the exact algorithm, which k-means with
          many random starts approaches; there is no start and no seed.
        - ``"head_tail"``: splits at the mean, then the part above it at its mean, at most k - 1 times and as long as
          at most ``head_share`` of the values lie above the mean.
        - ``"quantiles"``: k classes of nearly equal number, split at linearly interpolated quantiles.
        - ``"maximum_breaks"``: splits at the k - 1 widest gaps; of equally wide ones at the higher.
        - ``"gaussian_mixture"``: k normal distributions of one common variance, fitted by maximum likelihood from the
          natural breaks on (no seed); a place joins the likeliest.
        - ``"equal_interval"``: k parts of the range of equal width.
        - ``"geometric_interval"``: k parts of the range whose ends grow by one factor, for values above 0.
        - ``"standard_deviations"``: splits at the mean plus ``multiples`` of the standard deviation (n - 1).
        - ``"box_plot"``: six classes, split at the quartiles and ``hinge`` interquartile ranges below and above them.
        - ``"counts"``: the given numbers of places, from the top.
        - ``"thresholds"``: a place reaches a tier when its value is at least the threshold.
    k : int
        Number of classes; ``"standard_deviations"``, ``"box_plot"``, ``"counts"`` and ``"thresholds"`` set their own.
    head_share : float, optional
        Largest share of a head, for ``method="head_tail"``; None splits whatever its share. As in `head_tail_index`.
    multiples : sequence of float
        Rising multiples of the standard deviation, one fewer than classes; for ``method="standard_deviations"``.
    hinge : float
        For ``method="box_plot"``.
    counts : sequence of int
        Places in each tier from the top, adding up to the number of places; for ``method="counts"``.
    thresholds : sequence of float
        Least value of each tier but the last, falling; for ``method="thresholds"``.
    interpolation : {"linear", "averaged"}
        How quantiles fall between values, for ``method="quantiles"``: ``"linear"`` (R's type 7), or ``"averaged"``, a
        value itself or the mean of two (type 2, as Stata).
    labels : sequence of str or TierScale
        Keys of the tiers, highest first.
    convention : str, optional
        Program whose number is wanted, such as ``"stata"`` or ``"mapclassify"``: options left out
        take its values (see `innoscape.data.list_conventions`).

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
    Tukey, J. W. (1977). Exploratory Data Analysis. Addison-Wesley: hinges and fences.

    Examples
    --------
    >>> shares = pd.Series({"甲": 0.8, "乙": 0.7, "丙": 0.2, "丁": 0.1})
    >>> assign_tiers(shares, k=2).to_dict()
    {'甲': 'international', '乙': 'international', '丙': 'national', '丁': 'national'}
    >>> assign_tiers(shares, method="counts", counts=(1, 1, 2))["丙"]
    'regional'
    """
    check_choice("method", method, TIER_METHODS)
    given = {
        "k": k,
        "head_share": head_share,
        "multiples": multiples,
        "hinge": hinge,
        "counts": counts,
        "thresholds": thresholds,
        "interpolation": interpolation,
    }
    refuse(tier_option_faults(method, given))
    series = finite_series(values)
    labels = tuple(labels)
    asked = TIER_METHODS[method].classes(given)
    if asked > len(labels):
        raise OptionError(
            text(
                "faults.calls.assign.labels_labels_classes", asked=asked, labels=len(labels), labels2=join_texts(labels)
            )
        )
    if method == "counts":
        classes = _by_counts(series, counts or ())
    elif method == "thresholds":
        classes = _by_thresholds(series, thresholds or ())
    else:
        classes = _by_breaks(series, method, asked, {name: given[name] for name in TIER_METHODS[method].options})
    tiers = pd.Categorical.from_codes(classes, dtype=tier_dtype(labels))
    return pd.Series(tiers, index=series.index, name="tier")


def tied_values(series: pd.Series) -> np.ndarray:
    """Return the highest of the values tied with each, which stands for all, so that rounding cannot part them."""
    return series.groupby(tie_groups(series)).transform("max").to_numpy()


def _by_breaks(series: pd.Series, method: TierMethodName, asked: int, options: Mapping[str, Any]) -> np.ndarray:
    values = tied_values(series)
    breaks = TIER_METHODS[method].breaks
    assert breaks is not None  # noqa: S101 - counts and thresholds have been used
    lower = np.searchsorted(np.sort(breaks(values, **options)), values, side="left")
    classes = np.unique(-lower, return_inverse=True)[1]
    _warn_fewer(len(np.unique(classes)), asked, method)
    return classes


def _by_counts(series: pd.Series, counts: Sequence[int]) -> np.ndarray:
    counts = list(counts)
    whole = all(isinstance(count, int | np.integer) and not isinstance(count, bool) and count >= 0 for count in counts)
    if not whole or sum(counts) != len(series):
        raise OptionError(text("faults.calls.assign.counts_whole_numbers_adding", series=len(series), counts=counts))
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
        raise OptionError(text("faults.calls.assign.thresholds_finite_numbers_each", thresholds=list(thresholds)))
    classes = (series.to_numpy()[:, None] < bounds[None, :]).sum(axis=1)
    _warn_fewer(len(np.unique(classes)), bounds.size + 1, "thresholds")
    return classes


def _warn_fewer(found: int, asked: int, method: str) -> None:
    if found < asked:
        warn("warnings.fewer_classes", n=found, method=method, asked=asked, stacklevel=4)
