"""Regress one matrix on others and test the coefficients by permuting places (MRQAP)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import pandas as pd

from ...data.conventions import follows_conventions
from ...data.errors import warn
from ...data.options import check_choice
from ...data.permutations import ALTERNATIVES, Alternative, Permutations, p_values
from ..flows.matrices import read_squares
from .regress import Design, fit, named_terms, redraw, redraw_constant, with_p_values

__all__ = ["Mrqap", "mrqap"]
Method = Literal["double_semi_partialing", "y_permutation"]
METHODS: tuple[str, ...] = get_args(Method)
Statistic = Literal["t", "coefficient"]
STATISTICS: tuple[str, ...] = get_args(Statistic)


@dataclass(frozen=True, eq=False)
class Mrqap:
    """A linear regression of one matrix on others, with p-values by permutation.

    Attributes
    ----------
    table : DataFrame
        One row a term, the constant first: ``term, coefficient, standardized, t, p_value, p_less, p_greater, vif, low,
        high, permutations``. ``low`` and ``high`` are 2.5 / 97.5 % quantiles of the tested statistic over permutations;
        ``permutations`` counts those in which it could be computed. The constant has neither standardized coefficient
        nor VIF, and a p-value only with ``test_constant``.
    r_squared, adjusted_r_squared : float
        Fit over the N pairs used; with k terms beside the constant adjusted = 1 - (1 - R2) (N - 1) / (N - k - 1).
    p_r_squared : float
        Share of permutations of y that fit at least as well.
    method, statistic, alternative : str
        As asked for.
    permutations : int
        Permutations of each term.
    exact : bool
        True when all n! permutations were gone through.
    pairs, missing : int
        Pairs used, and pairs left out because a matrix lacks them.
    draws : DataFrame
        permutations x terms (the constant among them if tested), the tested statistic under each permutation; nan where
        it could not be computed.
    """

    table: pd.DataFrame
    r_squared: float
    adjusted_r_squared: float
    p_r_squared: float
    method: str
    statistic: str
    alternative: Alternative
    permutations: int
    exact: bool
    pairs: int
    missing: int
    draws: pd.DataFrame = field(repr=False)


@follows_conventions
def mrqap(
    y: pd.DataFrame,
    xs: Mapping[str, pd.DataFrame],
    *,
    directed: bool,
    method: Method = "double_semi_partialing",
    statistic: Statistic = "t",
    alternative: Alternative = "two-sided",
    permutations: int = 1999,
    seed: int = 0,
    diagonal: bool = False,
    test_constant: bool = False,
    count_observed: bool = True,
    convention: str | None = None,  # noqa: ARG001 - has filled in the option above
) -> Mrqap:
    """Regress one matrix on others by least squares and test each term by permuting places.

    Coefficients are those of ordinary least squares over pairs, with a constant. Two ways to permute:

    - ``"double_semi_partialing"``: for each term, its matrix is replaced by what the other terms leave of it, that
      residual is permuted, and y is regressed on it and the other terms. Holds its level when terms are correlated.
    - ``"y_permutation"``: y is permuted, all terms at once. Tests whether anything at all is related; with correlated
      terms its p-values for single terms are off.

    ``statistic="t"`` compares coefficient / standard error, which does not depend on the spread of the permuted matrix;
    ``"coefficient"`` the coefficient itself. p = (1 + hits) / (1 + permutations); exact if n! <= ``permutations``. R's
    sna counts hits / permutations (``count_observed=False``).

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
    permutations : int
        Permutations of each term.
    seed : int
        Run r draws from the seed and r alone.
    test_constant : bool
        Whether the constant is tested as well, as R's sna does: under double semi-partialing as a matrix of ones, of
        which what the terms leave is permuted. It says whether the level of y, beyond the terms, depends on which
        pairs the terms belong to; it is no test of a level of 0.
    count_observed, convention
        As in `qap`.

    Returns
    -------
    Mrqap

    Raises
    ------
    TableError
        As in `qap`.
    OptionError
        As in `qap`, or if there are no terms, a term follows from the others, or pairs are too few.

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
    >>> found = mrqap(2 * near + noise, {"near": near, "alike": alike}, directed=False, permutations=999)
    >>> found.table[["term", "coefficient", "p_value"]].round(3)
           term  coefficient  p_value
    0  constant       -0.019      NaN
    1      near        1.995    0.001
    2     alike       -0.003    0.962
    """
    check_choice("method", method, METHODS)
    check_choice("statistic", statistic, STATISTICS)
    check_choice("alternative", alternative, ALTERNATIVES)
    terms = named_terms(xs)
    pairs = read_squares({"y": y, **terms}, directed=directed, diagonal=diagonal)
    orders = Permutations(len(pairs.places), permutations, seed)
    design = Design.read(pairs, list(terms))
    observed = fit(design)
    shuffled = redraw(design, orders, None)
    drawn = shuffled
    if method == "double_semi_partialing":
        drawn = [redraw(design, orders, term) for term in range(len(design.terms))]
    draws = pd.DataFrame(
        {
            term: (drawn[statistic][:, k] if isinstance(drawn, dict) else drawn[k][statistic][:, -1])
            for k, term in enumerate(design.terms)
        }
    )
    if test_constant:
        constant = redraw_constant(design, orders, moving=method == "double_semi_partialing")
        draws.insert(0, "constant", constant[statistic])
    if lost := int(draws.isna().any(axis=1).sum()):
        warn("warnings.lost_permutations", lost=lost, runs=orders.count, stacklevel=2)
    table = with_p_values(
        observed.table, draws, statistic, exact=orders.exact, alternative=alternative, count_observed=count_observed
    )
    r_squared = observed.r_squared
    fits = p_values(
        r_squared, shuffled["r_squared"], exact=orders.exact, alternative="greater", count_observed=count_observed
    )
    freedom = design.pairs - len(design.terms) - 1
    return Mrqap(
        table=table,
        r_squared=r_squared,
        adjusted_r_squared=1 - (1 - r_squared) * (design.pairs - 1) / freedom,
        p_r_squared=fits["p_value"],
        method=method,
        statistic=statistic,
        alternative=alternative,
        permutations=orders.count,
        exact=orders.exact,
        pairs=design.pairs,
        missing=len(pairs) - design.pairs,
        draws=draws,
    )
