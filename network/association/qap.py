"""Test whether two matrices about the same places go together, by permuting the places of one of them.

Pairs that share a place depend on each other, so ordinary standard errors are too small. A permutation of the places
keeps that dependence and breaks only the link between the matrices: the quadratic assignment procedure (QAP).
"""

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from ...data.conventions import follows_conventions
from ...data.errors import OptionError
from ...data.options import check_choice
from ...data.permutations import ALTERNATIVES, Alternative, Permutations, p_values
from ..flows.matrices import Squares, read_squares
from .permute import products

__all__ = ["Qap", "qap"]

Correlation = Literal["pearson", "spearman"]
CORRELATIONS: tuple[str, ...] = get_args(Correlation)


@dataclass(frozen=True, eq=False)
class Qap:
    """A correlation of two matrices and where it stands among permutations.

    Attributes
    ----------
    correlation : float
        Over the pairs known in both matrices.
    p_value : float
        By ``alternative``; ``p_less`` and ``p_greater`` are the two one-sided ones.
    alternative : {"two-sided", "greater", "less"}
        What the p-value is for.
    mean, std, low, high : float
        Mean, standard deviation and 2.5 / 97.5 % quantiles of the correlation over permutations.
    method : {"pearson", "spearman"}
        Kind of correlation.
    permutations : int
        Permutations used.
    exact : bool
        True when all n! permutations were gone through.
    pairs, missing : int
        Pairs used, and pairs left out because a matrix lacks them.
    draws : ndarray
        The correlation under each permutation.
    """

    correlation: float
    p_value: float
    p_less: float
    p_greater: float
    alternative: Alternative
    mean: float
    std: float
    low: float
    high: float
    method: Correlation
    permutations: int
    exact: bool
    pairs: int
    missing: int
    draws: np.ndarray = field(repr=False)


@follows_conventions
def qap(
    x: pd.DataFrame,
    y: pd.DataFrame,
    *,
    directed: bool,
    method: Correlation = "pearson",
    alternative: Alternative = "two-sided",
    permutations: int = 4999,
    seed: int = 0,
    diagonal: bool = False,
    count_observed: bool = True,
    convention: str | None = None,  # noqa: ARG001 - has filled in the option above
) -> Qap:
    """Correlate two matrices over their pairs of places and test the correlation by permuting the places of one.

    ::

        r = correlation of x[i, j] and y[i, j] over pairs        r* = the same with y[p[i], p[j]], p a random order
        p = (1 + number of r* that reach r) / (1 + permutations)

    ``"greater"`` counts r* >= r, ``"less"`` r* <= r, ``"two-sided"`` abs(r*) >= abs(r). With n! <= ``permutations`` all
    n! orders are gone through and p = their share, exactly.

    - A matrix correlates at 1 with itself, and at -1 with its negative.
    - Swapping x and y, transposing both, or a linear change of either (with a positive factor) changes no correlation.
    - The order of rows and columns changes nothing.
    - With ``directed=True`` symmetric matrices give the same correlation and p-values as with False.
    - A pair missing in either matrix is left out; a missing cell moves with its places, so each permutation has its own
      pairs. Spearman ranks each matrix over its own known pairs, before permuting.

    Parameters
    ----------
    x, y : DataFrame
        n x n, rows and columns the same places, in any order; rows are sources. Missing cells are nan.
    directed : bool
        True takes i to j and j to i as two pairs; False takes each pair once and needs symmetric matrices.
    method : {"pearson", "spearman"}
        Spearman is the correlation of ranks, ties taking their mean rank.
    alternative : {"two-sided", "greater", "less"}
        What ``p_value`` is for.
    permutations : int
        Number of permutations.
    seed : int
        Run r draws from the seed and r alone.
    diagonal : bool
        Whether the pair of a place with itself counts.
    count_observed : bool
        Whether the order as it is counts as one more permutation, so that p is never 0; else p = hits / permutations.
    convention : str, optional
        Program whose number is wanted, such as ``"r-sna"``: options left out
        take its values (see `innoscape.data.list_conventions`).

    Returns
    -------
    Qap

    Raises
    ------
    TableError
        If places differ or repeat, a value is no finite number, or an undirected matrix is not symmetric.
    OptionError
        If an option is unknown or out of range, there are fewer than three places, or a matrix does not vary.

    References
    ----------
    Hubert & Schultz (1976) *British Journal of Mathematical and Statistical Psychology* 29; Krackhardt (1988) *Social
    Networks* 10; Phipson & Smyth (2010) *Statistical Applications in Genetics and Molecular Biology* 9, on the 1 added.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> line = np.arange(5.0)
    >>> km = pd.DataFrame(abs(line[:, None] - line), index=list("abcde"), columns=list("abcde"))
    >>> found = qap(km, 1 / (1 + km), directed=False)
    >>> round(found.correlation, 3), found.exact, found.permutations, round(found.p_value, 4)
    (-0.967, True, 120, 0.0167)
    """
    check_choice("method", method, CORRELATIONS)
    check_choice("alternative", alternative, ALTERNATIVES)
    pairs = read_squares({"x": x, "y": y}, directed=directed, diagonal=diagonal)
    orders = Permutations(len(pairs.places), permutations, seed)
    both = pairs.seen("x", "y") & pairs.used
    one, two = (_standard(pairs, name, both, method) for name in ("x", "y"))
    correlation = float(_correlations(*_moments(one, two, both, pairs.seen("y")))[0])
    draws = _drawn(orders, pairs, one, two)
    known = draws[~np.isnan(draws)]
    low, high = np.quantile(known, [0.025, 0.975]) if known.size else (np.nan, np.nan)
    return Qap(
        correlation=correlation,
        **p_values(correlation, draws, exact=orders.exact, alternative=alternative, count_observed=count_observed),
        alternative=alternative,
        mean=float(known.mean()) if known.size else float("nan"),
        std=float(known.std()) if known.size else float("nan"),
        low=float(low),
        high=float(high),
        method=method,
        permutations=int(known.size),
        exact=orders.exact,
        pairs=int(both.sum()),
        missing=len(pairs) - int(both.sum()),
        draws=draws,
    )


def _standard(pairs: Squares, name: str, both: np.ndarray, method: str) -> np.ndarray:
    """Return values (or ranks) with mean 0 and size 1 over the common pairs, 0 where missing; both directions."""
    values = pairs.cells[name]
    seen = pairs.seen(name)
    if method == "spearman":
        ranks = np.zeros_like(values)
        cells = seen & pairs.used
        ranks[cells] = rankdata(values[cells])
        values = ranks if pairs.directed else np.triu(ranks) + np.triu(ranks, 1).T
    # common units keep sums of squares exact enough whatever the unit
    center = values[both].mean() if both.any() else 0.0
    spread = np.abs(values[both] - center).max(initial=0.0)
    if not spread > 1e-12 * abs(center):
        raise OptionError(f"{name} does not vary over the {int(both.sum())} pairs known in both matrices")
    return np.where(seen, (values - center) / spread, 0.0)


_Moments = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _moments(one: np.ndarray, two: np.ndarray, seen: np.ndarray, other: np.ndarray) -> _Moments:
    """Return the six sums that a correlation depends on, for the order as it is."""
    common = seen & other
    a, b = one[common], two[common]
    sums = (float(common.sum()), a.sum(), b.sum(), (a * a).sum(), (b * b).sum(), (a * b).sum())
    count, sum_x, sum_y, square_x, square_y, cross = (np.array([value]) for value in sums)
    return count, sum_x, sum_y, square_x, square_y, cross


def _drawn(permutations: Permutations, pairs: Squares, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """Return the correlation under each permutation."""
    seen, other = pairs.seen("x") & pairs.used, pairs.seen("y")
    fixed = [seen.astype(float), one * seen, one * one * seen]

    def summed(moved: np.ndarray, against: list[np.ndarray]) -> np.ndarray:
        return products(permutations, moved, against, directed=pairs.directed)

    whole = pairs.used | pairs.used.T
    if (seen == pairs.used).all() and (other == whole).all():
        count, sum_x, sum_y, square_x, square_y, _ = _moments(one, two, seen, other)
        return _correlations(count, sum_x, sum_y, square_x, square_y, summed(two, [fixed[1]])[:, 0])
    count, sum_x, square_x = summed(other.astype(float), fixed).T
    sum_y, cross = summed(two, fixed[:2]).T
    square_y = summed(two * two, fixed[:1])[:, 0]
    return _correlations(count, sum_x, sum_y, square_x, square_y, cross)


def _correlations(
    count: np.ndarray, sum_x: np.ndarray, sum_y: np.ndarray, square_x: np.ndarray, square_y: np.ndarray, xy: np.ndarray
) -> np.ndarray:
    """Return correlations from sums; nan where one side does not vary."""
    with np.errstate(divide="ignore", invalid="ignore"):
        spread_x, spread_y = square_x - sum_x**2 / count, square_y - sum_y**2 / count
        varies = (spread_x > 1e-12 * square_x) & (spread_y > 1e-12 * square_y)
        result = (xy - sum_x * sum_y / count) / np.sqrt(np.where(varies, spread_x * spread_y, np.nan))
    return np.clip(result, -1.0, 1.0)
