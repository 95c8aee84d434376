"""Compare estimated flows with observed ones, pair by pair."""

from collections.abc import Hashable, Iterable

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import table_fault
from .pairs import flow_matrix, labels_of

__all__ = ["compare_flows"]


def compare_flows(
    estimated: pd.DataFrame,
    observed: pd.DataFrame,
    *,
    places: Iterable[Hashable] = (),
    diagonal: bool = False,
    rescale: bool = False,
) -> pd.Series:
    """Say how far estimated flows e agree with observed ones y, over all ordered pairs of places.

    =========== ====================================================================================================
    pairs       pairs compared, N
    zeros       pairs without observed flow
    scale       ``sum y / sum e``, applied to e beforehand if ``rescale``
    cpc         common part of commuters, ``2 sum min(e, y) / (sum e + sum y)``; 1 is perfect, 0 nothing shared
    srmse       ``sqrt(sum (e - y)^2 / N) / mean y``; 0 is perfect
    spearman    correlation of ranks, ties averaged
    pearson     correlation
    r2          its square: how well a line through the points would fit, not how near they lie to equality
    r2_equal    ``1 - sum (e - y)^2 / sum (y - mean y)^2``: against equality; may be negative
    pearson_log correlation of logarithms over the pairs where both are positive
    positive    number of those pairs
    =========== ====================================================================================================

    - Equal tables: cpc, correlations and both r2 are 1, srmse is 0.
    - A pair that one table does not name has flow 0 there; a nan in a matrix leaves the pair out.
    - cpc, srmse and r2_equal depend on the scale, so results in other units (the modified gravity model) need
      ``rescale=True``; correlations do not.
    - Constant flows have no correlation: nan.
    - cpc is symmetric in its arguments, srmse and r2_equal are not.

    Parameters
    ----------
    estimated, observed : DataFrame
        Long (``source, target, value``; rows of one pair are summed) or matrices, rows are origins.
    places : iterable, optional
        Further places, whose pairs without flow count too; all that either table names do anyway.
    diagonal : bool
        Whether pairs of a place with itself count.
    rescale : bool
        Whether estimated flows are first scaled to the total of the observed.

    Returns
    -------
    Series

    Raises
    ------
    TableError
        If a column is missing, or a flow is negative or infinite.
    OptionError
        If no pair or no observed flow is left.

    References
    ----------
    Lenormand, Bassolas & Ramasco (2016) *Journal of Transport Geography* 51 (cpc); Knudsen & Fotheringham (1986)
    *International Regional Science Review* 10 (srmse).

    Examples
    --------
    >>> import pandas as pd
    >>> seen = pd.DataFrame({"source": ["a", "a", "b"], "target": ["b", "c", "c"], "value": [6.0, 2.0, 2.0]})
    >>> guess = pd.DataFrame({"source": ["a", "a", "b"], "target": ["b", "c", "c"], "value": [4.0, 4.0, 2.0]})
    >>> compare_flows(guess, seen)[["pairs", "cpc", "spearman"]].round(3).to_dict()
    {'pairs': 6.0, 'cpc': 0.8, 'spearman': 0.95}
    """
    names = labels_of([estimated, observed], places)
    if not names:
        raise OptionError("no place is named")
    guess, seen = (flow_matrix(table, names) for table in (estimated, observed))
    used = ~(np.isnan(guess) | np.isnan(seen))
    if not diagonal:
        np.fill_diagonal(used, False)
    e, y = guess[used], seen[used]
    if not (np.isfinite(e) & (e >= 0) & np.isfinite(y) & (y >= 0)).all():
        raise table_fault("flows", "finite numbers of at least 0", "others", "correct these cells", "value")
    if not y.sum() > 0:
        raise OptionError("no pair with an observed flow is left to compare")
    scale = y.sum() / e.sum() if e.sum() > 0 else np.nan
    if rescale and e.sum() > 0:
        e = e * scale
    squares, both = ((e - y) ** 2).sum(), (e > 0) & (y > 0)
    spread = ((y - y.mean()) ** 2).sum()
    pearson = _correlation(e, y)
    measures = {
        "pairs": e.size,
        "zeros": int((y == 0).sum()),
        "scale": scale,
        "cpc": 2 * np.minimum(e, y).sum() / (e.sum() + y.sum()),
        "srmse": np.sqrt(squares / e.size) / y.mean(),
        "spearman": _correlation(_ranks(e), _ranks(y)),
        "pearson": pearson,
        "r2": pearson**2,
        "r2_equal": 1 - squares / spread if spread > 0 else np.nan,
        "pearson_log": _correlation(np.log(e[both]), np.log(y[both])),
        "positive": int(both.sum()),
    }
    return pd.Series(measures, dtype=float, name="agreement")


def _ranks(values: np.ndarray) -> np.ndarray:
    from scipy.stats import rankdata

    return rankdata(values)


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    if a.size < 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return np.nan
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))
