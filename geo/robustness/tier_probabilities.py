"""Say how probable each tier is for each place, over many scorings of the same places."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn_of
from ...data.wording.catalogue import text
from ..tiers.assign import TIERS
from ..tiers.breaks import HEAD_SHARE, Interpolation, TierMethodName
from .tier_batch import tier_table
from .uncertainty import Uncertainty

__all__ = ["tier_probabilities"]


def tier_probabilities(
    samples: Uncertainty | pd.DataFrame,
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
) -> pd.DataFrame:
    r"""Return the share of runs in which each place stands on each tier.

    Every run is placed on tiers by `assign_tiers` on its own, so a tier means the same rule in every run, not the same
    bounds: :math:`P_{ti} = \frac{1}{R} \sum_r [\text{tier}_r(i) = t]`.

    - Each row sums to 1. Where all runs agree, one tier has probability 1.
    - With counts, and no ties at a cut, the column of a tier sums to its count.
    - An `InnoscapeWarning` says in how many runs `assign_tiers` would have warned (fewer classes than asked for, counts
      that would part equal values).

    Parameters
    ----------
    samples : Uncertainty or DataFrame
        What `uncertainty` found, or scores with a row for each run and a column for each place.
    method, k, head_share, multiples, hinge, counts, thresholds, interpolation, labels
        As for `assign_tiers`.

    Returns
    -------
    DataFrame
        ``place`` and one column for each label; rows in the order of the columns of the samples.

    Raises
    ------
    OptionError
        No runs, missing or infinite scores, or options that `assign_tiers` refuses.

    Examples
    --------
    >>> runs = pd.DataFrame({"甲": [0.9, 0.8], "乙": [0.6, 0.3], "丙": [0.1, 0.4]})
    >>> print(tier_probabilities(runs, method="counts", counts=(1, 1, 1), labels=("a", "b", "c")))
      place    a    b    c
    0     甲  1.0  0.0  0.0
    1     乙  0.0  0.5  0.5
    2     丙  0.0  0.5  0.5
    """
    frame: pd.DataFrame = samples if isinstance(samples, pd.DataFrame) else samples.score_samples
    scores = frame.to_numpy(dtype=float)
    if not scores.size or not np.isfinite(scores).all():
        came = (
            "none"
            if not scores.size
            else text("faults.calls.tier_probabilities.missing_infinite", v=int((~np.isfinite(scores)).sum()))
        )
        raise OptionError(text("faults.calls.tier_probabilities.samples_finite_score_each", came=came))
    options = {
        "method": method,
        "k": k,
        "head_share": head_share,
        "multiples": multiples,
        "hinge": hinge,
        "counts": counts,
        "thresholds": thresholds,
        "interpolation": interpolation,
        "labels": tuple(labels),
    }
    table, warned = tier_table(scores, [str(place) for place in frame.columns], options)
    if warned:
        warn_of(warned, stacklevel=2)
    return table
