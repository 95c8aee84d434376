"""Split the Gini into pairs of neighbors and pairs of others, and try it against values dealt out anew over places."""

import numpy as np
import pandas as pd
import scipy.sparse as sp

from ...data.concentration import gini
from ...data.errors import OptionError
from ...data.methods import documented
from ...data.noise import draws, keys_of
from ...data.options import check_number
from ...data.wording.catalogue import text
from .place_values import as_place_values
from .spatial_weights import SpatialWeights

__all__ = ["spatial_gini"]


@documented(
    "rey2013",
    formula="G = Σ w<sub>ij</sub> |x<sub>i</sub> − x<sub>j</sub>| / (2n²μ) "
    "+ Σ (1 − w<sub>ij</sub>) |x<sub>i</sub> − x<sub>j</sub>| / (2n²μ)",
)
def spatial_gini(
    values: pd.DataFrame | pd.Series,
    weights: SpatialWeights | pd.DataFrame,
    *,
    permutations: int = 999,
    seed: int = 0,
    by: str | None = "year",
) -> pd.DataFrame:
    r"""Split the Gini of places into the part of neighboring pairs and the part of all other pairs.

    :math:`G = \frac{\sum_{ij} w_{ij} |x_i - x_j|}{2 n^2 \mu} + \frac{\sum_{ij} (1 - w_{ij}) |x_i - x_j|}{2 n^2 \mu}`.
    Similar neighbors make the second part large. ``polarization`` is the mean difference of other pairs over that of
    neighbors, 1 where place does not matter. The permutation of a run depends on seed, run and the places' keys alone,
    so every year and every machine sees the same ones.

    - Two places are neighbors where the weight in either direction is not 0; the diagonal does not count.
    - No pair of neighbors, or no other pair, or equal values: polarization and p are ``undefined``.

    Parameters
    ----------
    values : DataFrame or Series
        As in `inequality`, a value for every place in every year.
    weights : SpatialWeights or DataFrame
        Who is whose neighbor; a table has the places as rows and columns.
    permutations : int
        0: no test.
    seed : int
    by : str or None
        Column of years.

    Returns
    -------
    DataFrame
        ``year``, ``gini``, ``neighbors`` and ``others`` (the two parts), ``share_others``, ``polarization``,
        ``expected`` and ``standard_deviation`` of ``others`` over the permutations, ``z``, ``p_value`` (as large or
        larger, (k + 1) / (runs + 1)), ``permutations``, ``status``.

    Raises
    ------
    OptionError
        A place without value, weights that are none.
    UnknownPlaceError
        Places without weights.

    References
    ----------
    Rey, S. J., Smith, R. J. (2013). A spatial decomposition of the Gini coefficient. Letters in Spatial and Resource
    Sciences 6, 55-70.

    Examples
    --------
    >>> chain = pd.DataFrame(np.eye(4, k=1) + np.eye(4, k=-1), index=list("abcd"), columns=list("abcd"))
    >>> found = spatial_gini(pd.Series({"a": 1.0, "b": 1.0, "c": 3.0, "d": 3.0}), chain, permutations=99)
    >>> found[["gini", "neighbors", "others", "polarization"]].round(4).iloc[0].tolist()
    [0.25, 0.0625, 0.1875, 3.0]
    """
    check_number("permutations", permutations, least=0, whole=True)
    check_number("seed", seed, whole=True)
    read = as_place_values(values, by=by)
    if not read.known.all():
        year, place = (found[0] for found in np.nonzero(~read.known))
        when = f" in {read.periods[year]}" if read.by else ""
        raise OptionError(
            text("faults.calls.spatial_gini.values_value_every_place", places=read.places[place], when=when)
        )
    one, two = _pairs(weights, read.places)
    x, n = read.numbers, len(read.places)
    total = gini(x)
    scale = n**2 * np.where(x.sum(axis=1) > 0, x.mean(axis=1), np.nan)
    near = np.abs(x[:, one] - x[:, two]).sum(axis=1) / scale
    runs = np.empty((len(x), permutations))
    keys = keys_of(read.places)
    for start in range(0, permutations, 256):
        numbers = np.arange(start, min(start + 256, permutations))
        for run, order in zip(numbers, np.argsort(draws(seed, numbers, keys), axis=1), strict=True):
            dealt = x[:, order]
            runs[:, run] = total - np.abs(dealt[:, one] - dealt[:, two]).sum(axis=1) / scale
    others = np.maximum(total - near, 0.0)
    rest = n * (n - 1) // 2 - len(one)
    usable = (near > 0) & (rest > 0)
    polarization = np.where(usable, others * len(one) / (np.where(usable, near, 1.0) * max(rest, 1)), np.nan)
    tried = permutations > 0 and len(one) > 0 and rest > 0
    expected, spread = (runs.mean(axis=1), runs.std(axis=1)) if tried else (np.full(len(x), np.nan),) * 2
    varies = spread > 1e-12 * np.maximum(total, 1e-300)
    close = 1e-12 * np.abs(others)
    larger = (runs >= (others - close)[:, None]).sum(axis=1)
    return pd.DataFrame(
        read.years_column()
        | {
            "gini": total,
            "neighbors": near,
            "others": others,
            "share_others": others / np.where(total > 0, total, np.nan),
            "polarization": polarization,
            "expected": expected,
            "standard_deviation": spread,
            "z": np.where(varies, others - expected, np.nan) / np.where(varies, spread, 1.0),
            "p_value": np.where(varies, (larger + 1.0) / (permutations + 1.0), np.nan),
            "permutations": permutations,
            "status": np.where(varies & usable | (permutations == 0) & usable, "computed", "undefined"),
        }
    )


def _pairs(weights: SpatialWeights | pd.DataFrame, places: pd.Index) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs of neighbors, each once, as numbers of places."""
    if isinstance(weights, pd.DataFrame):
        weights = SpatialWeights.from_matrix(weights)
    among = weights.of(places).matrix
    return sp.triu(among + among.T, k=1).nonzero()
