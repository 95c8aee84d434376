"""Test whether matrices about the same places go together, by permuting the places of one of them.

Pairs that share a place depend on each other, so ordinary standard errors are too small. A permutation of the places
keeps that dependence and breaks only the link between the matrices: the quadratic assignment procedure (QAP).
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from ..data.errors import InnoscapeWarning, OptionError
from ._canonical import choose
from ._permuting import ALTERNATIVES, Permutations, p_values, products
from ._regressing import Design, fit, named_terms, redraw, with_p_values
from ._squares import Squares, read_squares

__all__ = ["Mrqap", "Qap", "mrqap", "qap"]

CORRELATIONS = ("pearson", "spearman")
METHODS = ("double_semi_partialing", "y_permutation")
STATISTICS = ("t", "coefficient")


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
    runs : int
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
    alternative: str
    mean: float
    std: float
    low: float
    high: float
    method: str
    runs: int
    exact: bool
    pairs: int
    missing: int
    draws: np.ndarray = field(repr=False)


@dataclass(frozen=True, eq=False)
class Mrqap:
    """A linear regression of one matrix on others, with p-values by permutation.

    Attributes
    ----------
    table : DataFrame
        One row a term, the constant first: ``term, coefficient, standardized, t, p_value, p_less, p_greater, vif, low,
        high, runs``. ``low`` and ``high`` are 2.5 / 97.5 % quantiles of the tested statistic over permutations;
        ``runs`` counts those in which it could be computed. The constant has neither standardized coefficient, VIF nor
        p-value.
    r_squared, adjusted_r_squared : float
        Fit over the N pairs used; with k terms beside the constant adjusted = 1 - (1 - R2) (N - 1) / (N - k - 1).
    p_r_squared : float
        Share of permutations of y that fit at least as well.
    method, statistic, alternative : str
        As asked for.
    runs : int
        Permutations of each term.
    exact : bool
        True when all n! permutations were gone through.
    pairs, missing : int
        Pairs used, and pairs left out because a matrix lacks them.
    draws : DataFrame
        runs x terms, the tested statistic under each permutation; nan where it could not be computed.
    """

    table: pd.DataFrame
    r_squared: float
    adjusted_r_squared: float
    p_r_squared: float
    method: str
    statistic: str
    alternative: str
    runs: int
    exact: bool
    pairs: int
    missing: int
    draws: pd.DataFrame = field(repr=False)


def qap(
    x: pd.DataFrame,
    y: pd.DataFrame,
    *,
    directed: bool,
    method: str = "pearson",
    alternative: str = "two-sided",
    runs: int = 4999,
    seed: int = 0,
    diagonal: bool = False,
) -> Qap:
    """Correlate two matrices over their pairs of places and test the correlation by permuting the places of one.

    ::

        r = correlation of x[i, j] and y[i, j] over pairs        r* = the same with y[p[i], p[j]], p a random order
        p = (1 + number of r* that reach r) / (1 + runs)

    ``"greater"`` counts r* >= r, ``"less"`` r* <= r, ``"two-sided"`` abs(r*) >= abs(r). With n! <= ``runs`` all n!
    orders are gone through and p = their share, exactly.

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
    runs : int
        Number of permutations.
    seed : int
        Run r draws from the seed and r alone.
    diagonal : bool
        Whether the pair of a place with itself counts.

    Returns
    -------
    Qap

    Raises
    ------
    OptionError
        If places differ or repeat, there are fewer than three, a value is no finite number, an undirected matrix is not
        symmetric, or a matrix does not vary.

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
    >>> round(found.correlation, 3), found.exact, found.runs, round(found.p_value, 4)
    (-0.967, True, 120, 0.0167)
    """
    choose("method", method, CORRELATIONS)
    choose("alternative", alternative, ALTERNATIVES)
    pairs = read_squares({"x": x, "y": y}, directed=directed, diagonal=diagonal)
    permutations = Permutations(len(pairs.places), runs, seed)
    both = pairs.seen("x", "y") & pairs.used
    one, two = (_standard(pairs, name, both, method) for name in ("x", "y"))
    correlation = float(_correlations(*_moments(one, two, both, pairs.seen("y")))[0])
    draws = _drawn(permutations, pairs, one, two)
    known = draws[~np.isnan(draws)]
    low, high = np.quantile(known, [0.025, 0.975]) if known.size else (np.nan, np.nan)
    return Qap(
        correlation=correlation,
        **p_values(correlation, draws, exact=permutations.exact, alternative=alternative),
        alternative=alternative,
        mean=float(known.mean()) if known.size else float("nan"),
        std=float(known.std()) if known.size else float("nan"),
        low=float(low),
        high=float(high),
        method=method,
        runs=int(known.size),
        exact=permutations.exact,
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
    """Return the six sums that a correlation rests on, for the order as it is."""
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


def mrqap(
    y: pd.DataFrame,
    xs: Mapping[str, pd.DataFrame],
    *,
    directed: bool,
    method: str = "double_semi_partialing",
    statistic: str = "t",
    alternative: str = "two-sided",
    runs: int = 1999,
    seed: int = 0,
    diagonal: bool = False,
) -> Mrqap:
    """Regress one matrix on others by least squares and test each term by permuting places.

    Coefficients are those of ordinary least squares over pairs, with a constant. Two ways to permute:

    - ``"double_semi_partialing"``: for each term, its matrix is replaced by what the other terms leave of it, that
      residual is permuted, and y is regressed on it and the other terms. Holds its level when terms are correlated.
    - ``"y_permutation"``: y is permuted, all terms at once. Tests whether anything at all is related; with correlated
      terms its p-values for single terms are off.

    ``statistic="t"`` compares coefficient / standard error, which does not depend on the spread of the permuted matrix;
    ``"coefficient"`` the coefficient itself. p = (1 + hits) / (1 + runs); exact if n! <= ``runs``. R's sna counts
    hits / runs.

    - One term with ``"y_permutation"`` gives the p-values of `qap`.
    - Changing the unit of a matrix changes no p-value; transposing all matrices changes nothing.
    - A pair missing in any matrix is left out. A missing cell moves with its places: each permutation uses the pairs it
      has. A residual is known where all terms are.

    Parameters
    ----------
    y : DataFrame
        n x n, rows and columns the same places; rows are sources.
    xs : mapping of str to DataFrame
        Term -> matrix about the same places.
    directed, diagonal
        As in `qap`.
    method : {"double_semi_partialing", "y_permutation"}
        What is permuted.
    statistic : {"t", "coefficient"}
        What is compared.
    alternative : {"two-sided", "greater", "less"}
        What ``p_value`` is for; two-sided goes by absolute values.
    runs : int
        Permutations of each term.
    seed : int
        Run r draws from the seed and r alone.

    Returns
    -------
    Mrqap

    Raises
    ------
    OptionError
        As `qap`, or if there are no terms, a term follows from the others, or pairs are too few.

    Warns
    -----
    InnoscapeWarning
        If some permutations could not be computed (too few pairs left, or the permuted term followed from the others).

    References
    ----------
    Krackhardt (1988) *Social Networks* 10; Dekker, Krackhardt & Snijders (2007) *Psychometrika* 72.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(1)
    >>> near, alike, noise = (pd.DataFrame(m + m.T) for m in rng.normal(size=(3, 20, 20)))
    >>> found = mrqap(2 * near + noise, {"near": near, "alike": alike}, directed=False, runs=999)
    >>> found.table[["term", "coefficient", "p_value"]].round(3)
           term  coefficient  p_value
    0  constant       -0.019      NaN
    1      near        1.995    0.001
    2     alike       -0.003    0.962
    """
    choose("method", method, METHODS)
    choose("statistic", statistic, STATISTICS)
    choose("alternative", alternative, ALTERNATIVES)
    terms = named_terms(xs)
    pairs = read_squares({"y": y, **terms}, directed=directed, diagonal=diagonal)
    permutations = Permutations(len(pairs.places), runs, seed)
    design = Design.read(pairs, list(terms))
    observed = fit(design)
    shuffled = redraw(design, permutations, None)
    drawn = shuffled
    if method == "double_semi_partialing":
        drawn = [redraw(design, permutations, term) for term in range(len(design.terms))]
    draws = pd.DataFrame(
        {
            term: (drawn[statistic][:, k] if isinstance(drawn, dict) else drawn[k][statistic][:, -1])
            for k, term in enumerate(design.terms)
        }
    )
    if lost := int(draws.isna().any(axis=1).sum()):
        warnings.warn(
            f"{lost} of {permutations.runs} permutations could not be computed and are left out",
            InnoscapeWarning,
            stacklevel=2,
        )
    table = with_p_values(observed.table, draws, statistic, exact=permutations.exact, alternative=alternative)
    r_squared = observed.r_squared
    fits = p_values(r_squared, shuffled["r_squared"], exact=permutations.exact, alternative="greater")
    freedom = design.pairs - len(design.terms) - 1
    return Mrqap(
        table=table,
        r_squared=r_squared,
        adjusted_r_squared=1 - (1 - r_squared) * (design.pairs - 1) / freedom,
        p_r_squared=fits["p_value"],
        method=method,
        statistic=statistic,
        alternative=alternative,
        runs=permutations.runs,
        exact=permutations.exact,
        pairs=design.pairs,
        missing=len(pairs) - design.pairs,
        draws=draws,
    )
