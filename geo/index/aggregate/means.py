"""Average values with weights: arithmetic, geometric, harmonic and power means.

Values are an n x k array (n places, k parts), weights k shares that sum to 1, scores n numbers. A stack of values
(runs x n x k) or of weights (runs x k) gives runs x n scores. A single table is summed with one rounding, so that the
order of its rows and columns changes no bit; a stack is summed by the processor's own order, equal to about 1e-15.
"""

import math
from collections.abc import Callable

import numpy as np

from ....data.errors import Fault, OptionError, TableError
from ....data.methods import documented
from ....data.wording.catalogue import text

__all__ = [
    "ROUNDING",
    "arithmetic",
    "arithmetic_parts",
    "check_power",
    "check_values",
    "exact_sums",
    "geometric",
    "geometric_parts",
    "harmonic",
    "harmonic_parts",
    "power",
    "power_parts",
]

# differences smaller than this, relative to the largest value, are rounding
ROUNDING = 1e-12
_NEAR = 0.5


def exact_sums(terms: np.ndarray) -> np.ndarray:
    """Return the sums of the rows of a two-dimensional array, each rounded once."""
    return np.array([math.fsum(row) for row in terms.tolist()], dtype=float)


def check_values(values: np.ndarray, weights: np.ndarray, *, method: str) -> None:
    """Raise `TableError` if a part that carries weight has a value below 0."""
    lowest = values[..., _in_use(weights)].min(initial=0.0)
    if lowest < 0 or math.isnan(lowest):
        fix = text("faults.calls.means.normalize_minmax_rank_another")
        raise TableError([Fault("indicators", text("faults.calls.means.values_0", method=method), f"{lowest:g}", fix)])


def check_power(*, p: float = 0.5) -> None:
    """Raise `OptionError` unless the exponent is a number."""
    if not isinstance(p, int | float) or isinstance(p, bool) or math.isnan(p):
        raise OptionError(text("faults.calls.means.p_number_exponent_power", p=repr(p)))


@documented("oecd2008", formula="S<sub>i</sub> = Σ<sub>k</sub> w<sub>k</sub> z<sub>ik</sub>")
def arithmetic(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    r"""Return the weighted means :math:`\sum_k w_k x_k`."""
    return _mean(values, weights)


def arithmetic_parts(values: np.ndarray, weights: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return weight times value."""
    del scores
    return values * _beside(weights)


@documented("oecd2008", formula="S<sub>i</sub> = Π<sub>k</sub> z<sub>ik</sub><sup>w<sub>k</sub></sup>")
def geometric(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    r"""Return :math:`\prod_k x_k^{w_k}`; 0 where a part that carries weight is 0."""
    check_values(values, weights, method="a geometric mean")
    exact = _is_single(values, weights)
    logs = _each(math.log, np.log, np.where(values > 0, values, 1.0), exact=exact)
    means = _each(math.exp, np.exp, _mean(logs, weights), exact=exact)
    return np.where(_holds_zero(values, weights), 0.0, means)


def geometric_parts(values: np.ndarray, weights: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return weight times score: the derivative of the mean times the value."""
    return np.where(values >= 0, _beside(weights) * scores[..., None], 0.0)


@documented("bullen2003", formula="S<sub>i</sub> = 1 / Σ<sub>k</sub> (w<sub>k</sub> / z<sub>ik</sub>)")
def harmonic(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    r"""Return :math:`1 / \sum_k (w_k / x_k)`; 0 where a part that carries weight is 0."""
    check_values(values, weights, method="a harmonic mean")
    means = 1.0 / _mean(1.0 / np.where(values > 0, values, 1.0), weights)
    return np.where(_holds_zero(values, weights), 0.0, means)


def harmonic_parts(values: np.ndarray, weights: np.ndarray, scores: np.ndarray) -> np.ndarray:
    r"""Return :math:`w_k H^2 / x_k`: the derivative of the mean times the value."""
    safe = np.where(values > 0, values, 1.0)
    return np.where(values > 0, _beside(weights) * scores[..., None] * (scores[..., None] / safe), 0.0)


@documented(
    "bullen2003",
    formula=lambda options: (
        f"S<sub>i</sub> = (Σ<sub>k</sub> w<sub>k</sub> z<sub>ik</sub><sup>p</sup>)<sup>1/p</sup>, p = {options['p']:g}"
    ),
)
def power(values: np.ndarray, weights: np.ndarray, *, p: float = 0.5) -> np.ndarray:
    r"""Return :math:`(\sum_k w_k x_k^p)^{1/p}`.

    - p = 1 is the arithmetic mean, 0 the limit, which is the geometric mean, -1 the harmonic mean.
    - An infinite p gives the largest, minus infinity the smallest of the parts that carry weight.
    - Where p is 0 or less, a 0 among the parts that carry weight gives 0.
    """
    check_power(p=p)
    if p in _KNOWN:
        return _KNOWN[p](values, weights)
    check_values(values, weights, method="a power mean")
    if math.isinf(p):
        end = np.where(_beside(weights) > 0, values, -p)
        return end.max(axis=-1) if p > 0 else end.min(axis=-1)
    exact = _is_single(values, weights)
    # relative to the part that dominates nothing overflows
    there = _in_use(weights) & (values > 0)
    end = np.where(there, values, -p * np.inf)
    end = end.max(axis=-1, keepdims=True) if p > 0 else end.min(axis=-1, keepdims=True)
    end = np.where(np.isfinite(end), end, 1.0)
    logs = p * _each(math.log, np.log, np.where(values > 0, values, end) / end, exact=exact)
    absent = -1.0 if p > 0 else 0.0
    shortfall = _mean(np.where(values > 0, _each(math.expm1, np.expm1, logs, exact=exact), absent), weights)
    # near 1 expm1 keeps small exponents exact, far below it the plain sum keeps small weights
    total = _mean(np.where(values > 0, _each(math.exp, np.exp, logs, exact=exact), 1.0 + absent), weights)
    near = total > _NEAR
    whole = np.where(
        near,
        _each(math.log1p, np.log1p, np.where(near, shortfall, 0.0), exact=exact),
        _each(math.log, np.log, np.where(near | (total <= 0), 1.0, total), exact=exact),
    )
    means = np.where(total > 0, end[..., 0] * _each(math.exp, np.exp, whole / p, exact=exact), 0.0)
    return means if p > 0 else np.where(_holds_zero(values, weights), 0.0, means)


def power_parts(values: np.ndarray, weights: np.ndarray, scores: np.ndarray, *, p: float = 0.5) -> np.ndarray:
    r"""Return :math:`w_k x_k^p M^{1-p}`: the derivative of the mean times the value."""
    beside, means = np.broadcast_to(_beside(weights), values.shape), scores[..., None]
    if math.isinf(p):
        hit = np.where((values == means) & (beside > 0), beside, 0.0)
        return means * hit / np.maximum(hit.sum(axis=-1, keepdims=True), np.finfo(float).tiny)
    if p == 0:
        return geometric_parts(values, weights, scores)
    used = (values > 0) & (means > 0) & (beside > 0)
    ratio = np.where(used, values / np.where(means > 0, means, 1.0), 1.0)
    exact = _is_single(values, weights)
    raised = _each(math.exp, np.exp, p * _each(math.log, np.log, ratio, exact=exact), exact=exact)
    return np.where(used, beside * means * raised, 0.0)


def _is_single(values: np.ndarray, weights: np.ndarray) -> bool:
    return values.ndim == 2 and np.ndim(weights) == 1


def _beside(weights: np.ndarray) -> np.ndarray:
    # a stack of weights stands beside a stack of tables: one row of weights for every row of the table
    return weights if np.ndim(weights) == 1 else weights[..., None, :]


def _mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    if _is_single(values, weights):
        return exact_sums(values * weights)
    if values.ndim == 2:
        return weights @ values.T
    return np.matmul(values, weights[..., None])[..., 0]


def _holds_zero(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    zero = values == 0
    if not zero.any():
        return np.zeros(1, dtype=bool)
    return _mean(zero.astype(float), (np.asarray(weights) > 0).astype(float)) > 0


def _in_use(weights: np.ndarray) -> np.ndarray:
    return np.asarray(weights).reshape(-1, np.shape(weights)[-1]).max(axis=0) > 0


def _each(
    one: Callable[[float], float], many: Callable[[np.ndarray], np.ndarray], numbers: np.ndarray, *, exact: bool
) -> np.ndarray:
    # vector functions may differ in the last bit by position, those of math do not
    if not exact:
        return many(numbers)
    return np.array([one(number) for number in numbers.ravel().tolist()], dtype=float).reshape(numbers.shape)


_KNOWN: dict[float, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {1: arithmetic, 0: geometric, -1: harmonic}
