"""Regress the presence of ties on matrices about the same places, with p-values by permutation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn
from ...data.options import check_choice
from ...data.permutations import ALTERNATIVES, Alternative, Permutations
from ..flows.matrices import read_squares
from .logit_kernels import deviance, fit_logit, fit_moved
from .mrqap import METHODS, Method
from .regress import Design, named_terms, with_p_values

__all__ = ["LogitQap", "logit_qap"]

Statistic = Literal["z", "coefficient"]
STATISTICS: tuple[str, ...] = get_args(Statistic)


@dataclass(frozen=True, eq=False)
class LogitQap:
    """A logistic regression of ties on matrices, with p-values by permutation.

    Attributes
    ----------
    table : DataFrame
        One row a term, the constant first: ``term, coefficient, odds_ratio`` = exp(coefficient), ``z`` = coefficient /
        standard error, ``p_value, p_less, p_greater, low, high, permutations`` as in `Mrqap`.
    deviance, null_deviance : float
        -2 log likelihood of the model, and of a constant alone.
    pseudo_r_squared : float
        1 - deviance / null deviance (McFadden).
    aic : float
        Deviance + 2 x number of coefficients.
    method, statistic, alternative : str
        As asked for.
    permutations, exact, pairs, missing
        As in `Mrqap`.
    draws : DataFrame
        permutations x terms, the tested statistic under each permutation; nan where the fit did not converge.
    """

    table: pd.DataFrame
    deviance: float
    null_deviance: float
    pseudo_r_squared: float
    aic: float
    method: Method
    statistic: str
    alternative: Alternative
    permutations: int
    exact: bool
    pairs: int
    missing: int
    draws: pd.DataFrame = field(repr=False)


def logit_qap(
    y: pd.DataFrame,
    xs: Mapping[str, pd.DataFrame],
    *,
    directed: bool,
    method: Method = "double_semi_partialing",
    statistic: Statistic = "z",
    alternative: Alternative = "two-sided",
    permutations: int = 999,
    seed: int = 0,
    diagonal: bool = False,
    test_constant: bool = False,
) -> LogitQap:
    """Regress ties of 0 and 1 on matrices by maximum likelihood and test each term by permuting places.

    ::

        log(P(tie) / (1 - P(tie))) = constant + sum of coefficient * x

    Permutations and p-values are those of `mrqap`; the residual that ``"double_semi_partialing"`` permutes is that of
    least squares of the term on the others, as in R's sna. ``"z"`` is coefficient / standard error.

    - Exchanging ties and gaps turns the sign of every coefficient and leaves two-sided p-values as they are.
    - Changing the unit of a term changes no p-value.
    - Terms that separate ties from gaps without fault have no finite coefficients and are refused.
    - Missing pairs are handled as in `mrqap`.

    Parameters
    ----------
    y : DataFrame
        n x n, 1 where there is a tie, 0 where there is none, nan where not known.
    xs : mapping of str to DataFrame
        Term -> matrix about the same places.
    directed, diagonal, method, alternative, permutations, seed, test_constant
        As in `mrqap`.
    statistic : {"z", "coefficient"}
        What is compared.

    Returns
    -------
    LogitQap

    Raises
    ------
    TableError
        As in `mrqap`.
    OptionError
        As in `mrqap`, or if y holds anything but 0 and 1, or the fit does not converge.

    Warns
    -----
    InnoscapeWarning
        If the fit under some permutations did not converge.

    References
    ----------
    Dekker, Krackhardt & Snijders (2007) *Psychometrika* 72; Butts (2008) *Journal of Statistical Software* 24 (6).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(2)
    >>> near, alike, noise = (pd.DataFrame(m + m.T) for m in rng.normal(size=(3, 16, 16)))
    >>> ties = (near + noise > 0).astype(int)
    >>> found = logit_qap(ties, {"near": near, "alike": alike}, directed=False, permutations=499)
    >>> found.table[["term", "coefficient", "p_value"]].round(3)
           term  coefficient  p_value
    0  constant       -0.031      NaN
    1      near        1.441    0.002
    2     alike       -0.111    0.488
    """
    check_choice("method", method, METHODS)
    check_choice("statistic", statistic, STATISTICS)
    check_choice("alternative", alternative, ALTERNATIVES)
    terms = named_terms(xs)
    squares = read_squares({"y": y, **terms}, directed=directed, diagonal=diagonal)
    orders = Permutations(len(squares.places), permutations, seed)
    design = Design.read(squares, list(terms), scale_y=False)
    ties = design.y[design.complete]
    if not np.isin(ties, [0.0, 1.0]).all():
        raise OptionError("y must hold 0 and 1 only; for weights use mrqap, or cut them first: (flows > 0).astype(int)")
    x = np.vstack([np.ones(design.pairs), design.columns().T])
    start = np.zeros(len(x))
    start[0] = np.log(ties.mean() / (1 - ties.mean()))
    beta, errors = start.copy(), np.empty_like(start)
    if not fit_logit(x, ties, np.ones_like(ties), beta, errors):
        raise OptionError("the fit does not converge: the terms separate ties from gaps without fault; drop a term")
    lack, null_lack = deviance(x, ties, beta), deviance(x, ties, start)
    draws = _draws(design, orders, start, moving=method == "double_semi_partialing", statistic=statistic)
    if test_constant:
        drawn = _constant_draws(design, orders, start[0], moving=method == "double_semi_partialing")
        draws.insert(0, "constant", drawn[:, 0] / drawn[:, 1] if statistic == "z" else drawn[:, 0])
    if lost := int(draws.isna().any(axis=1).sum()):
        warn("warnings.association.no_convergence", lost=lost, runs=orders.count, stacklevel=2)
    slope = beta[1:] / design.scale[1:]
    constant = beta[0] - slope @ design.center[1:]
    coefficient = np.array([constant, *slope])
    with np.errstate(over="ignore"):
        odds = np.exp(coefficient)
    table = pd.DataFrame(
        {
            "term": ["constant", *design.terms],
            "coefficient": coefficient,
            "odds_ratio": odds,
            "z": [constant / _constant_error(design, x, beta), *(beta[1:] / errors[1:])],
        }
    )
    return LogitQap(
        table=with_p_values(table, draws, statistic, exact=orders.exact, alternative=alternative),
        deviance=lack,
        null_deviance=null_lack,
        pseudo_r_squared=1 - lack / null_lack,
        aic=lack + 2 * len(beta),
        method=method,
        statistic=statistic,
        alternative=alternative,
        permutations=orders.count,
        exact=orders.exact,
        pairs=design.pairs,
        missing=len(squares) - design.pairs,
        draws=draws,
    )


def _constant_error(design: Design, x: np.ndarray, beta: np.ndarray) -> float:
    """Return the standard error of the constant in the units of the matrices."""
    chance = 1 / (1 + np.exp(-(beta @ x)))
    covariance = np.linalg.inv((x * (chance * (1 - chance))) @ x.T)
    turn = np.r_[1.0, -design.center[1:] / design.scale[1:]]
    return float(np.sqrt(turn @ covariance @ turn))


def _draws(
    design: Design, permutations: Permutations, start: np.ndarray, *, moving: bool, statistic: str
) -> pd.DataFrame:
    """Return the statistic of each term under each permutation."""
    k = len(design.terms)
    if not moving:
        moved = np.where(design.seen_y, design.y, np.nan)
        found = _refit(design, permutations, moved, design.x, start, outcome=True)
        values = [_statistic(found, column, design, column, statistic) for column in range(k)]
        return pd.DataFrame(dict(zip(design.terms, values, strict=True)))
    both = design.used | design.used.T
    drawn = {}
    for term, name in enumerate(design.terms):
        rest = [x for other, x in enumerate(design.x) if other != term]
        moved = np.where(design.seen_x | ~both, design.residual(term), np.nan)
        begin = np.zeros(k + 1)
        begin[:k] = _without(design, rest, start[0])
        found = _refit(design, permutations, moved, [*rest, np.zeros_like(moved)], begin, outcome=False)
        drawn[name] = _statistic(found, k - 1, design, term, statistic)
    return pd.DataFrame(drawn)


def _constant_draws(design: Design, permutations: Permutations, start: float, *, moving: bool) -> np.ndarray:
    """Return the constant and its standard error under each permutation."""
    terms = design.from_zero()
    begin = np.zeros(len(terms) + 1)
    if not moving:
        begin[0] = start
        found = _refit(design, permutations, np.where(design.seen_y, design.y, np.nan), terms, begin, outcome=True)
        return found[:, [0, len(begin)]]
    within = design.used & design.seen_x
    columns = np.column_stack([x[within] for x in terms])
    factor = np.linalg.lstsq(columns, np.ones(len(columns)), rcond=None)[0]
    left = 1.0 - sum(f * x for f, x in zip(factor, terms, strict=True))
    moved = np.where(design.seen_x | ~(design.used | design.used.T), left, np.nan)
    found = _refit(design, permutations, moved, [*terms, moved], begin, outcome=False, constant=False)
    return found[:, [len(begin) - 1, 2 * len(begin) - 1]]


def _without(design: Design, rest: list[np.ndarray], constant: float) -> np.ndarray:
    """Return the coefficients of the model without a term, from which its permutations start."""
    cells = design.complete
    x = np.vstack([np.ones(design.pairs), *(m[cells] for m in rest)])
    beta = np.zeros(len(x))
    beta[0] = constant
    fit_logit(x, design.y[cells], np.ones(design.pairs), beta, np.empty_like(beta))
    return beta


def _refit(
    design: Design,
    permutations: Permutations,
    moved: np.ndarray,
    columns: list[np.ndarray],
    start: np.ndarray,
    *,
    outcome: bool,
    constant: bool = True,
) -> np.ndarray:
    """Fit under each permutation; coefficients of the constant and the terms, then their errors."""
    cells = design.used & design.seen_x if outcome else design.complete
    rows, places = (np.ascontiguousarray(ends) for ends in np.nonzero(cells))
    x = np.vstack([*([np.ones(len(rows))] if constant else []), *(m[cells] for m in columns)])

    def work(orders: np.ndarray) -> np.ndarray:
        out = np.empty((len(orders), 2 * len(x)))
        fit_moved(x.copy(), design.y[cells], moved, rows, places, orders, outcome, start, out)
        return out

    return permutations.each(work, cost=20.0 * x.size)


def _statistic(found: np.ndarray, column: int, design: Design, term: int, statistic: str) -> np.ndarray:
    """Return what is compared for the term that stands in a column."""
    half = found.shape[1] // 2
    coefficient = found[:, column + 1]
    if statistic == "z":
        return coefficient / found[:, half + column + 1]
    return coefficient / design.scale[term + 1]
