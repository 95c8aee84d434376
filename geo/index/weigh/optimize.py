"""Search the weights that give indicators the importance they were meant to have."""

import math
from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from ....data.errors import InnoscapeWarning, OptionError, warn_of
from ....data.options import check_choice
from ....data.wording.catalogue import join_texts, text
from ..normalize.scale import constant_columns
from .combine import shares_of
from .data_driven import CORRELATIONS, as_frame, deviation_weights, warn_constant

__all__ = ["IMPORTANCE", "optimal_weights", "optimize_weights"]
Importance = Literal["squared", "plain"]
IMPORTANCE: tuple[str, ...] = get_args(Importance)
# importance counts as met within a tenth of a percentage point
_MET = 1e-3


def optimize_weights(
    matrix: pd.DataFrame | npt.ArrayLike,
    *,
    targets: Mapping[str, float] | pd.Series | None = None,
    correlation: Literal["pearson", "spearman"] = "pearson",
    importance: Importance = "squared",
) -> pd.DataFrame:
    r"""Search the weights that give each indicator its target importance in a weighted average.

    A weight is not an importance: correlated indicators count together. The importance of indicator :math:`j` is its
    share in the squared correlations with the index :math:`y = \sum_j w_j x_j`,

    .. math:: I_j = \frac{r_j^2}{\sum_k r_k^2}, \quad r_j = \mathrm{corr}(x_j, y)

    and the weights at least 0 that bring :math:`I` nearest to the targets (least squares) are returned.

    - Where no weights meet the targets within 0.001 the nearest are returned, with an `InnoscapeWarning`; what was
      attained stands beside the target.
    - Indicators that run against the index (negative correlation) are warned of.
    - An indicator equal everywhere gets weight 0 and a warning; the targets of the others are scaled to sum to 1.
    - Perfectly correlated indicators have the same importance whatever their weights; among weights that do equally
      well those nearest to the targets are taken.
    - The search starts from the targets and draws nothing at random: same table, same weights.

    Parameters
    ----------
    matrix : DataFrame or array
        n places x m normalized indicators, higher is better, without missing cells.
    targets : mapping, optional
        Importance by indicator, at least 0; only proportions matter. Equal when not given.
    correlation : {"pearson", "spearman"}
        Correlation with the index; that of ranks is a step function, and is met only approximately.
    importance : {"squared", "plain"}
        Squared correlations, or correlations themselves as COINr's optimized weights take them.

    Returns
    -------
    DataFrame
        By indicator: ``weight`` (sums to 1), ``target``, ``importance`` attained (sums to 1), ``correlation`` with
        the index.

    Raises
    ------
    OptionError
        An option outside its choices, or targets that do not name every indicator.
    TableError
        Fewer than two places, missing or infinite cells, only constant indicators, or negative targets.

    References
    ----------
    Becker, W., Saisana, M., Paruolo, P., Vandecasteele, I. (2017). Weights and importance in composite indicators:
    closing the gap. Ecological Indicators 80, 12-22.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [0, 1, 2, 3], "twin": [0, 1, 3, 2], "other": [0, 3, 2, 1]})
    >>> optimize_weights(table).round(3)[["weight", "importance"]].to_dict("index")["other"]
    {'weight': 0.5, 'importance': 0.333}
    """
    frame = as_frame(matrix)
    found, concerns = optimal_weights(frame, targets=targets, correlation=correlation, importance=importance)
    warn_constant(frame)
    for concern in concerns:
        warn_of(concern, stacklevel=2)
    return found


def optimal_weights(
    frame: pd.DataFrame,
    *,
    targets: Mapping[str, float] | pd.Series | None = None,
    correlation: str = "pearson",
    importance: str = "squared",
) -> tuple[pd.DataFrame, list[InnoscapeWarning]]:
    """Return the table of `optimize_weights`, and what to warn of beside constant indicators."""
    check_choice("correlation", correlation, CORRELATIONS)
    check_choice("importance", importance, IMPORTANCE)
    deviation_weights(frame)  # refuses what has no spread
    # sorted by name and by value, so that the order of neither columns nor rows changes a bit
    names = sorted((name for name in frame.columns if name not in constant_columns(frame)), key=str)
    values = frame[names].sort_values(names, kind="stable").to_numpy(dtype=float)
    wanted = np.array(list(_targets(targets, frame, names).values()))
    weights = _search(values, wanted, correlation=correlation, power=2 if importance == "squared" else 1)
    attained, related = _importance(values, weights, correlation=correlation, power=2 if importance == "squared" else 1)
    columns = {"weight": weights, "target": wanted, "importance": attained, "correlation": related}
    table = pd.DataFrame(columns, index=pd.Index(names)).reindex(frame.columns, fill_value=0.0)
    concerns = []
    furthest = float(np.abs(attained - wanted).max())
    if furthest > _MET:
        name = names[int(np.abs(attained - wanted).argmax())]
        concerns.append(InnoscapeWarning.of("warnings.weights.off_target", name=name, off=f"{furthest:.3f}"))
    against = [str(name) for name, value in zip(names, related, strict=True) if value < -1e-9]
    if against:
        concerns.append(InnoscapeWarning.of("warnings.weights.against_index", names=against))
    return table.rename_axis("indicator"), concerns


def _targets(
    targets: Mapping[str, float] | pd.Series | None, frame: pd.DataFrame, names: list[str]
) -> dict[str, float]:
    if targets is None:
        return dict.fromkeys(names, 1.0 / len(names))
    given = {str(name): float(value) for name, value in targets.items()}
    odd = sorted(set(given) ^ {str(name) for name in frame.columns})
    if odd:
        raise OptionError(text("faults.calls.optimize.targets_every_indicator_missing", odd=join_texts(odd)))
    return shares_of(pd.Series({name: given[str(name)] for name in names}))


def _importance(
    values: np.ndarray, weights: np.ndarray, *, correlation: str, power: int
) -> tuple[np.ndarray, np.ndarray]:
    index = values @ weights
    columns = values
    if correlation == "spearman":
        from scipy.stats import rankdata

        # rounding must not part places that are equal
        index, columns = rankdata(np.round(index, 12)), rankdata(values, axis=0)
    away, spread = index - index.mean(), columns - columns.mean(axis=0)
    related = spread.T @ away / np.sqrt(np.maximum((spread**2).sum(axis=0) * (away @ away), np.finfo(float).tiny))
    sizes = related**2 if power == 2 else related
    total = sizes.sum()
    return (sizes / total if abs(total) > 1e-12 else np.zeros_like(sizes)), related


def _search(values: np.ndarray, wanted: np.ndarray, *, correlation: str, power: int) -> np.ndarray:
    from scipy.optimize import least_squares, minimize

    def weights_of(free: np.ndarray) -> np.ndarray:
        return free / free.sum()

    def miss(free: np.ndarray, by: str = "pearson") -> np.ndarray:
        weights = weights_of(free)
        off = _importance(values, weights, correlation=by, power=power)[0] - wanted
        # among equally good weights those nearest to the targets, and a fixed scale
        return np.concatenate([off, 1e-6 * (weights - wanted), [1e-6 * (free.sum() - 1.0)]])

    if len(wanted) == 1:
        return np.ones(1)
    spread = values.std(axis=0)
    starts = [np.maximum(wanted, 1e-3), np.maximum(wanted, 1e-3) / spread]
    tries = [
        least_squares(miss, weights_of(start), bounds=(1e-12, np.inf), xtol=1e-14, ftol=1e-14, gtol=1e-14)
        for start in starts
    ]
    best = weights_of(min(tries, key=lambda found: round(float(found.cost), 15)).x)
    if correlation == "spearman":
        found = minimize(
            lambda logs: float((miss(np.exp(logs), "spearman") ** 2).sum()),
            np.log(np.maximum(best, 1e-6)),
            method="Nelder-Mead",
            options={"adaptive": True, "maxfev": 200 * len(best), "xatol": 1e-6, "fatol": 1e-12},
        )
        best = weights_of(np.exp(found.x))
    best = np.where(best < 1e-9, 0.0, best)
    return best / math.fsum(best)
