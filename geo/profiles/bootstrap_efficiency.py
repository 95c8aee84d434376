"""Say how sure efficiencies are, by a smoothed bootstrap of the best practice."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.methods import documented
from ...data.noise import draws, keys_of
from ...data.option_checks import a_flag
from ...data.options import choice_faults, number_faults, refuse
from .frontier import ORIENTATIONS, RETURNS, SAME, Frontier, Orientation, Returns
from .practices import Practice, practices

__all__ = ["bootstrap_efficiency", "draw_distances", "reference_bandwidth"]


@documented(
    "simar1998",
    "simar2000",
    formula="δ*<sub>j</sub> = 1 + |δ<sub>d(j)</sub> + h ε<sub>j</sub> − 1|",
)
def bootstrap_efficiency(
    table: pd.DataFrame,
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    returns: Returns = "constant",
    orientation: Orientation = "input",
    resamples: int = 1000,
    bandwidth: float | None = None,
    correct_variance: bool = False,
    confidence_level: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Estimate the bias of efficiencies and their intervals by the smoothed bootstrap of Simar and Wilson.

    Best practice among the places seen is no better than that among all there could be, so efficiencies are too high.
    With distances :math:`\delta_i = 1 / E_i`, each resample

    1. draws a distance :math:`\tilde\delta_j` for every place from those of all, adds normal noise of standard
       deviation h, and reflects it at 1;
    2. moves every place along its ray to that distance from best practice, and measures the places as they are
       against those.

    With ``correct_variance`` step 1 ends in :math:`\bar\delta + (\tilde\delta_j - \bar\delta) / \sqrt{1 + h^2 / s^2}`,
    as printed in 1998, with the mean of what was drawn before the noise and the variance of all distances.

    The bias of :math:`\delta_i` is the mean of its resamples less itself; the interval is
    :math:`\delta_i - q_{1-\alpha/2}` to :math:`\delta_i - q_{\alpha/2}` with the quantiles of their differences. Both
    are returned as efficiencies, 1 over them.

    Parameters
    ----------
    table, inputs, outputs, returns, orientation
        As in `efficiency`; each year is resampled by itself.
    resamples : int
    bandwidth : float, optional
        h; by default 0.9 * min(standard deviation, interquartile range / 1.34) * n ** -0.2 over the distances above 1
        and their reflections, times the standard deviation of all distances over that of these, n being all distances.
    correct_variance : bool
        Draw distances together again by what the noise has spread them. It moves the nearest away from best practice,
        and with it the interval: see the notes.
    confidence_level : float
    seed : int
        What is drawn for a place in a resample depends on the seed, the resample, the year and the place alone.

    Returns
    -------
    DataFrame
        ``place`` (and ``year``), ``efficiency``, ``bias`` (what the score is too high by), ``corrected``, ``low``,
        ``high``, ``status`` (``computed``; ``no spread`` where every place of the year scores 1, with nan), in the
        order given. Score and interval need not overlap: the score is the upper bound of what efficiency can be.

    Raises
    ------
    TableError
        If a column is missing.
    OptionError
        As in `efficiency`, or if a number is outside its range.

    Notes
    -----
    The bootstrap takes the distribution of distances to be the same for every mix of inputs and outputs. It solves
    resamples x places programs.

    With one input, one output and known true efficiencies (exponential distances with mean 0.3), intervals of 95% held
    the truth in 93% of 400 samples of 25 places and 97% of 400 of 100; with ``correct_variance`` in 43% and 16%.

    References
    ----------
    Simar & Wilson (1998) *Management Science* 44:49-61; (2000) *Journal of Applied Statistics* 27:779-802.

    Examples
    --------
    >>> stores = pd.DataFrame({"place": list("ABCDEFGH"), "employees": [2, 3, 3, 4, 5, 5, 6, 8],
    ...     "sales": [1, 3, 2, 3, 4, 2, 3, 5]})
    >>> found = bootstrap_efficiency(stores, inputs=["employees"], outputs=["sales"], resamples=200)
    >>> bool(((found["low"] <= found["corrected"]) & (found["corrected"] < found["efficiency"])).all())
    True
    """
    faults = [*choice_faults("returns", returns, RETURNS), *choice_faults("orientation", orientation, ORIENTATIONS)]
    faults += number_faults("resamples", resamples, least=2, whole=True)
    faults += number_faults("confidence_level", confidence_level, above=0.0, below=1.0)
    faults += number_faults("seed", seed, whole=True)
    a_flag("correct_variance", correct_variance)
    refuse([*faults, *([] if bandwidth is None else number_faults("bandwidth", bandwidth, above=0.0))])
    columns = ["efficiency", "bias", "corrected", "low", "high"]
    values, status = np.full((len(table), len(columns)), np.nan), np.full(len(table), "computed", dtype=object)
    for part in practices(table, inputs, outputs):
        scores = Frontier(part.inputs, part.outputs, returns, orientation).scores(part.inputs, part.outputs)
        values[part.rows, 0] = scores
        if (scores == 1.0).all():
            status[part.rows] = "no spread"
            continue
        distance = 1.0 / scores
        width = reference_bandwidth(distance) if bandwidth is None else bandwidth
        drawn = draw_distances(part, distance, width, resamples, seed, correct_variance=correct_variance)
        again = 1.0 / _measured(part, distance, drawn, returns, orientation)
        found = again - distance
        tail = (1.0 - confidence_level) / 2.0
        least, most = np.quantile(found, [1.0 - tail, tail], axis=0)
        corrected = 1.0 / (distance - found.mean(axis=0))
        bounds = 1.0 / (distance - most), 1.0 / (distance - least)
        values[part.rows] = np.column_stack([scores, scores - corrected, corrected, *bounds])
    ids = [column for column in ("place", "year") if column in table]
    tidy = table[ids].reset_index(drop=True)
    return tidy.assign(**dict(zip(columns, values.T, strict=True)), status=status.astype(str))


def reference_bandwidth(distance: np.ndarray) -> float:
    """Return the bandwidth of the normal reference rule for distances and their reflections at 1."""
    above = distance[distance > 1.0 + SAME]
    both = np.concatenate([above, 2.0 - above])
    low, high = np.quantile(both, [0.25, 0.75])
    whole = both.std(ddof=1)
    spread = min(whole, (high - low) / 1.34) or whole
    return float(0.9 * spread * len(distance) ** -0.2 * distance.std(ddof=1) / whole)


def draw_distances(
    part: Practice, distance: np.ndarray, width: float, resamples: int, seed: int, *, correct_variance: bool
) -> np.ndarray:
    """Return a distance for each resample (rows) and place (columns)."""
    from scipy.special import ndtri

    runs = np.arange(resamples)
    names = [f"{part.year}: {place}" for place in part.places]
    which = (draws(seed, runs, keys_of(f"which {name}" for name in names)) * len(distance)).astype(int)
    # sorted, so that a place draws the same distance whatever the order of the others
    picked = np.sort(distance)[which]
    moved = picked + width * ndtri(draws(seed, runs, keys_of(f"noise {name}" for name in names)))
    reflected = np.where(moved >= 1.0, moved, 2.0 - moved)
    if not correct_variance:
        return reflected
    center = picked.mean(axis=1, keepdims=True)
    return center + (reflected - center) / np.sqrt(1.0 + width**2 / distance.var())


def _measured(
    part: Practice, distance: np.ndarray, drawn: np.ndarray, returns: Returns, orientation: Orientation
) -> np.ndarray:
    """Return the efficiency of every place (columns) against the moved places of each resample (rows)."""
    k, n = drawn.shape
    ratio = (drawn / distance)[:, :, None]
    inputs, outputs = (
        np.broadcast_to(part.inputs, (k, *part.inputs.shape)),
        np.broadcast_to(part.outputs, (k, *part.outputs.shape)),
    )
    if orientation == "input":
        inputs = inputs * ratio
    else:
        outputs = outputs / ratio
    frontier = Frontier(np.repeat(inputs, n, axis=0), np.repeat(outputs, n, axis=0), returns, orientation)
    scores = frontier.scores(np.tile(part.inputs, (k, 1)), np.tile(part.outputs, (k, 1)))
    if np.isnan(scores).any():
        raise OptionError(
            "table: needed every place within reach of every resample, got some without; columns that are 0 for some "
            "places have none, leave them out"
        )
    return scores.reshape(k, n)
