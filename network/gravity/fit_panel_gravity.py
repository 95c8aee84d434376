"""Fit gravity models of flows over several years, with effects of places, pairs and years."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy import sparse

from ...data.budget import require
from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import (
    check_columns,
    choice_faults,
    listed,
    name_faults,
    number_faults,
    reach_faults,
    refuse,
    table_fault,
)
from ..flows.coefficient_table import coefficient_table

__all__ = ["PanelGravity", "fit_panel_gravity"]

Effect = Literal["origin", "destination", "year", "pair", "origin_year", "destination_year"]
EFFECTS: dict[str, tuple[str, ...]] = {
    "origin": ("source",),
    "destination": ("target",),
    "year": ("year",),
    "pair": ("source", "target"),
    "origin_year": ("source", "year"),
    "destination_year": ("target", "year"),
}
Errors = Literal["pair", "robust", "poisson"]
ERRORS: tuple[str, ...] = get_args(Errors)
# largest equation left open, as a share of all flows
_OPEN = 1e-12
_SWEEPS = 10_000
# share of a term's variation that must be left once effects are taken out
_COLLINEAR = 1e-9
# bytes that a row takes, and seconds for each of its effects and columns
_ROW, _SECONDS = 280.0, 4e-6


@dataclass(frozen=True, eq=False)
class PanelGravity:
    """A gravity model of flows over years.

    Attributes
    ----------
    effects : tuple of str
    coefficients : DataFrame
        ``variable, estimate, standard_error, z, p_value, low, high``.
    rows : DataFrame
        ``source, target, year, value, expected``: what was fitted.
    fit : Series
        ``pairs`` (pairs and years used), ``separated`` (left out, since all flows of an effect are 0), ``parameters``,
        ``deviance, log_likelihood, aic, bic``. Of more than 2,000 effects those that repeat others count as parameters
        too, so AIC and BIC then compare models of the same effects only.
    iterations : int
    """

    effects: tuple[str, ...]
    coefficients: pd.DataFrame
    rows: pd.DataFrame = field(repr=False)
    fit: pd.Series
    iterations: int


@documented(
    "santossilva2006",
    "correia2020",
    formula="μ<sub>ijt</sub> = e<sup>x<sub>ijt</sub>β + α<sub>it</sub> + γ<sub>jt</sub> + δ<sub>ij</sub></sup>",
)
def fit_panel_gravity(
    flows: pd.DataFrame,
    terms: Sequence[str],
    *,
    effects: Sequence[Effect] = ("origin_year", "destination_year", "pair"),
    errors: Errors = "pair",
    confidence_level: float = 0.95,
    max_iterations: int = 100,
) -> PanelGravity:
    """Fit a gravity model of flows over years by Poisson pseudo-maximum likelihood with several fixed effects.

    ``mu[i, j, t] = exp(x[i, j, t] beta + effects)``. With effects of origins and destinations in each year and of pairs
    only what changes within a pair over time is left to explain, such as a new railway or treaty.

    Weighted regressions are repeated; effects are taken out of each by sweeping their means in turn, never as columns.

    - Rows of an effect all of whose flows are 0 say nothing of the rest: they are left out, until none is left.
    - Flows of an effect add up to what is expected of it. Scaling flows changes no coefficient.
    - A term that effects determine (a distance beside effects of pairs) is refused, by name.
    - Order of rows changes nothing but rounding.

    Parameters
    ----------
    flows : DataFrame
        ``source, target, year, value`` and the columns of the terms, one row a pair and year; write 0 where there was
        no flow, since rows that are missing are not looked at.
    terms : sequence of str
        Columns of ``flows``, entering the exponent as they are (take logarithms of distances yourself).
    effects : sequence of {"origin", "destination", "year", "pair", "origin_year", "destination_year"}
        At least one.
    errors : {"pair", "robust", "poisson"}
        Clustered by pair (source and target), by row, or of the likelihood; ``G / (G - 1)``.
    confidence_level : float
        Of the intervals.
    max_iterations : int
        Regressions after which the fit is given up.

    Returns
    -------
    PanelGravity

    Raises
    ------
    TableError
        If a column is missing, a pair stands twice in a year, or a number is missing, infinite or a flow negative.
    SizeError
        If the fit would take more time or memory than the budget (see `innoscape.data.Budget`).
    OptionError
        If an option is unknown, no flow is above 0, a term is determined by effects or other terms, or the fit does not
        settle.

    References
    ----------
    Santos Silva & Tenreyro (2006) *Review of Economics and Statistics* 88; Correia, Guimaraes & Zylkin (2020) *Stata
    Journal* 20.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> draw = np.random.default_rng(0)
    >>> rows = [(a, b, t, int(draw.integers(0, 2))) for a in "abcde" for b in "abcde" if a != b for t in (1, 2, 3)]
    >>> table = pd.DataFrame(rows, columns=["source", "target", "year", "rail"])
    >>> table["value"] = np.exp(0.5 * table["rail"] + 0.1 * table["year"])
    >>> fit_panel_gravity(table, ["rail"]).coefficients["estimate"].round(6).tolist()
    [0.5]
    """
    names, kinds = (
        [str(one) for one in listed(terms, name="terms")],
        [str(one) for one in listed(effects, name="effects")],
    )
    faults = [*choice_faults("errors", errors, ERRORS), *name_faults(kinds, EFFECTS, name="effects")]
    faults += number_faults("confidence_level", confidence_level, above=0, below=1)
    faults += number_faults("max_iterations", max_iterations, least=1, whole=True)
    if not names or not kinds:
        faults.append("terms, effects: needed at least one of each, got none")
    refuse(faults)
    require(
        f"a gravity model of {len(flows):,} pairs and years with {len(names)} terms and {len(kinds)} effects",
        "leave out effects or terms, or years in between",
        memory=len(flows) * (_ROW + 40.0 * len(names) + 20.0 * len(kinds)),
        seconds=len(flows) * len(kinds) * (1 + len(names)) * _SECONDS,
    )
    rows, x, y = _read(flows, names)
    codes = [rows.groupby(list(EFFECTS[kind]), sort=True).ngroup().to_numpy() for kind in kinds]
    kept = np.ones(len(y), bool)
    while True:
        lost = np.zeros(len(y), bool)
        for code in codes:
            lost |= kept & (np.bincount(code[kept], weights=y[kept], minlength=code.max() + 1) == 0)[code]
        if not lost.any():
            break
        kept &= ~lost
    rows, x, y = rows[kept].reset_index(drop=True), x[kept], y[kept]
    codes = [np.unique(code[kept], return_inverse=True)[1] for code in codes]
    beta, mean, net, taken = _solved(x, y, codes, names, max_iterations)
    inverse = np.linalg.inv(net.T @ (net * mean[:, None]))
    covariance = inverse
    if errors != "poisson":
        scores = net * (y - mean)[:, None]
        groups = np.arange(len(y))
        if errors == "pair":
            groups = rows.groupby(["source", "target"], sort=False).ngroup().to_numpy()
        sums = np.zeros((groups.max() + 1, len(names)))
        np.add.at(sums, groups, scores)
        covariance = inverse @ sums.T @ sums @ inverse * (len(sums) / (len(sums) - 1) if len(sums) > 1 else np.nan)
    return PanelGravity(
        tuple(kinds),
        coefficient_table(names, beta, covariance, confidence_level),
        rows.assign(value=y, expected=mean),
        _measures(y, mean, codes, len(names), int((~kept).sum())),
        taken,
    )


def _read(flows: pd.DataFrame, names: list[str]) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    check_columns(flows, "flows", ("source", "target", "year", "value", *names))
    keys = ["source", "target", "year"]
    if flows[keys].isna().any(axis=None):
        raise table_fault(
            "flows", "a source, target and year in every row", "empty cells", "fill them or drop the rows"
        )
    if flows.duplicated(keys).any():
        raise table_fault("flows", "each pair once a year", "copies", "add the copies up")
    ordered = flows.sort_values(keys, key=lambda column: column.map(str) if column.dtype == object else column)
    numbers = ordered[["value", *names]].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    for at, name in enumerate(["value", *names]):
        if not np.isfinite(numbers[:, at]).all():
            raise table_fault("flows", "finite numbers", "others, or empty cells", "fill them or drop the rows", name)
        refuse(reach_faults(numbers[:, at], name=name))
    if (numbers[:, 0] < 0).any():
        raise table_fault("flows", "numbers of at least 0", "others", "correct these cells", "value")
    if not (numbers[:, 0] > 0).any():
        raise OptionError("no flow above 0 is left to fit")
    return ordered[keys].reset_index(drop=True), numbers[:, 1:], numbers[:, 0]


def _swept(columns: np.ndarray, weight: np.ndarray, codes: list[np.ndarray]) -> np.ndarray:
    """Take weighted means of every effect out of some columns, in turn until none is left."""
    found = columns.copy()
    totals = [np.bincount(code, weights=weight) for code in codes]
    sums = [
        sparse.csr_array((weight, (code, np.arange(len(code)))), shape=(code.max() + 1, len(code))) for code in codes
    ]
    scale = np.maximum(np.abs(columns).max(axis=0, initial=0.0), 1e-300)
    for _ in range(_SWEEPS):
        moved = 0.0
        for code, total, adder in zip(codes, totals, sums, strict=True):
            means = (adder @ found) / total[:, None]
            found -= means[code]
            moved = max(moved, float((np.abs(means).max(axis=0) / scale).max()))
        if moved < 1e-13 or len(codes) == 1:
            break
    return found


def _solved(
    x: np.ndarray, y: np.ndarray, codes: list[np.ndarray], names: list[str], most: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Return coefficients, means, terms net of effects, and the regressions taken."""
    mean = (y + y.mean()) / 2
    line = np.log(mean)
    before = np.inf
    for taken in range(1, most + 1):
        target = line + (y - mean) / mean
        net = _swept(np.column_stack([x, target]), mean, codes)
        parts = net[:, :-1]
        left = (mean @ parts**2) / np.maximum(mean @ (x - (mean @ x) / mean.sum()) ** 2, 1e-300)
        idle = [name for name, share in zip(names, left, strict=True) if share < _COLLINEAR]
        if idle:
            raise OptionError(f"{', '.join(idle)}: determined by the effects, so not identifiable; leave it out")
        gram = parts.T @ (parts * mean[:, None])
        size = np.sqrt(np.diag(gram))
        if np.linalg.eigvalsh(gram / np.outer(size, size))[0] < _COLLINEAR:
            raise OptionError(f"{', '.join(names)}: cannot be distinguished from one another (collinear)")
        beta = np.linalg.solve(gram, parts.T @ (mean * net[:, -1]))
        rest = net[:, -1] - parts @ beta
        line = np.clip(target - rest, line - 5.0, line + 5.0)
        mean = np.exp(np.clip(line, -300.0, 300.0))
        level = _deviance(y, mean)
        # a deviance is not known beyond the rounding of the flows it compares
        if abs(before - level) <= _OPEN * max(abs(level), y.sum() * 1e-2) and taken > 2:
            return beta, mean, parts, taken
        before = level
    raise OptionError(
        f"the fit did not settle in {most} regressions: a term may separate zero flows from all others (separation)"
    )


def _deviance(y: np.ndarray, mean: np.ndarray) -> float:
    from scipy.special import xlogy

    return max(float(2 * (xlogy(y, y / mean) - (y - mean)).sum()), 0.0)


def _measures(y: np.ndarray, mean: np.ndarray, codes: list[np.ndarray], terms: int, separated: int) -> pd.Series:
    from scipy.special import gammaln

    level = float((y * np.log(mean) - mean - gammaln(y + 1)).sum())
    dummies = sparse.hstack([sparse.csr_array((np.ones(len(y)), (np.arange(len(y)), code))) for code in codes])
    many = dummies.shape[1]
    # effects that repeat others are not counted; beyond this size their number is taken as it is
    rank = np.linalg.matrix_rank((dummies.T @ dummies).toarray(), hermitian=True) if many <= 2000 else many
    parameters = terms + int(rank)
    measures = {
        "pairs": len(y), "separated": separated, "parameters": parameters, "deviance": _deviance(y, mean),
        "log_likelihood": level, "aic": 2 * parameters - 2 * level, "bic": np.log(len(y)) * parameters - 2 * level,
    }  # fmt: skip
    return pd.Series(measures, dtype=float, name="fit")
