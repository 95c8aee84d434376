"""Fit Poisson means to a dense table of pairs by profile Newton steps, without ever forming a design matrix.

Effects of rows are solved for exactly in each pass; effects of columns by conjugate gradients on the table of means,
from a start that a few rounds of proportional fitting bring near. Sums run over fixed blocks of rows, so the number of
threads changes no bit.
"""

# numba gives elements of arrays their scalar types
# pyright: reportArgumentType=false, reportCallIssue=false
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np

from ...data.errors import OptionError
from ...data.wording.catalogue import text
from .poisson_kernels import BLOCK, advance, balance, combine, exponents, gather, settle, spread

__all__ = ["PairModel", "PoissonFit", "fit_poisson", "in_blocks"]

# cells from which a second thread pays
_WIDE = 200_000
_THREADS = min(os.cpu_count() or 1, 8)
# cells that stay near the processor from one pass to the next
_NEAR = 100_000
# rows and columns of the coarse table that gives the first guess, and the step after which that is good enough
_COARSE = 96
_ROUGH = 0.5
# rounds of proportional fitting before the first step
_ROUNDS = 4
# relative errors of column effects that the first and the last step allow
_LOOSE = 1e-3
_TIGHT = 1e-10
# step in standardized units after which what is left open, of the order of its square, is next to rounding
_SETTLED = 1e-6
# error of an effect that is not worth a further pass
_ROUNDING = 1e-13
# share of a term's variation that must be left once effects and other terms are taken out
_COLLINEAR = 1e-10


@dataclass(frozen=True, eq=False)
class PairModel:
    """What a table of pairs is explained by.

    ``x`` (k x n x m) are pair terms, ``row_terms`` (p x n) and ``column_terms`` (q x m) terms of one end only. Pairs
    that are not ``used`` must hold 0 in ``x`` and ``y``. Every row and column with an effect has a positive total.
    """

    x: np.ndarray
    y: np.ndarray
    used: np.ndarray
    row_terms: np.ndarray
    column_terms: np.ndarray
    row_effects: bool
    column_effects: bool


@dataclass(frozen=True, eq=False)
class PoissonFit:
    """Coefficients in the order row terms, column terms, pair terms, and what their errors depend on.

    A term net of the effects is ``x[pair] + row_parts[:, None] + column_parts``, without x where it has no pair part;
    ``information`` holds the weighted products of the terms net of effects.
    """

    theta: np.ndarray
    rows: np.ndarray
    columns: np.ndarray
    means: np.ndarray
    row_parts: np.ndarray
    column_parts: np.ndarray
    information: np.ndarray
    collinear: np.ndarray
    iterations: int


def in_blocks(rows: int, columns: int, work: Callable[[int, int], None]) -> None:
    """Call ``work(start, stop)`` for runs of whole blocks of rows, on threads where the table is large."""
    count, threads = blocks_of(rows), _threads_for(rows, columns)
    first, *others = pairwise([*(BLOCK * (count * t // threads) for t in range(threads)), rows])
    waiting = [_pool().submit(work, *other) for other in others]
    work(*first)
    for one in waiting:
        one.result()


def _threads_for(rows: int, columns: int) -> int:
    return min(_THREADS, blocks_of(rows)) if rows * columns >= _WIDE else 1


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="innoscape")


# a forked process has no threads of its parent
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pool.cache_clear)


def blocks_of(rows: int) -> int:
    """Return the number of blocks that some rows make."""
    return -(-rows // BLOCK)


@dataclass(eq=False)
class _Pass:
    """Means at given coefficients and every sum a Newton step needs."""

    likelihood: float
    rows: np.ndarray
    row_sums: np.ndarray
    column_sums: np.ndarray
    cross: np.ndarray
    gradient: np.ndarray


class _Solver:
    """The state of one fit; the table of means is written in place."""

    def __init__(self, model: PairModel, *, free: bool) -> None:
        self.model, self.free = model, free
        self.k, self.n, self.m = model.x.shape
        self.p, self.q = len(model.row_terms), len(model.column_terms)
        self.means = np.empty((self.n, self.m))
        self.row_totals, self.column_totals = model.y.sum(axis=1), model.y.sum(axis=0)
        self.products = np.array([np.einsum("ij,ij", x, model.y) for x in model.x])
        self.nets = np.zeros((self.p + self.q + self.k, self.m))
        self.stride = BLOCK * max(1, _NEAR // (BLOCK * self.m))

    def sweep(self, theta: np.ndarray, columns: np.ndarray) -> _Pass:
        """Fill the means and return their sums; effects of rows are set to meet the totals of rows."""
        model, k, n, m = self.model, self.k, self.n, self.m
        given = np.einsum("pi,p->i", model.row_terms, theta[: self.p])
        across = columns + np.einsum("qj,q->j", model.column_terms, theta[self.p : self.p + self.q])
        slopes = np.ascontiguousarray(theta[self.p + self.q :])
        count = blocks_of(n)
        peak, scale, row_sums = np.zeros(n if model.row_effects else 0), np.ones(n), np.empty((k + 1, n))
        sums, cross = np.zeros((count, k + 1, m)), np.zeros((count, k, k))
        totals = self.row_totals if model.row_effects else np.zeros(0)

        def work(start: int, stop: int) -> None:
            for first in range(start, stop, self.stride):
                last = min(first + self.stride, stop)
                exponents(model.x, model.used, slopes, given, across, first, last, self.means, peak)
                part = self.means[first:last]
                np.exp(part, out=part)
                gather(model.x, self.means, totals, first, last, scale, row_sums, sums, cross)

        # a step that is too long may overflow: its likelihood then compares as worse
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            in_blocks(n, m, work)
            rows = np.log(scale) - peak if model.row_effects else given
            return self._moments(theta, rows, across, row_sums, sums.sum(axis=0), cross.sum(axis=0))

    def _moments(
        self,
        theta: np.ndarray,
        rows: np.ndarray,
        across: np.ndarray,
        row_sums: np.ndarray,
        column_sums: np.ndarray,
        cross: np.ndarray,
    ) -> _Pass:
        """Add the terms of one end to the sums of the pair terms."""
        model, p, q = self.model, self.p, self.q
        r, c = row_sums[0], column_sums[0]
        likelihood = float(
            (self.row_totals * rows).sum()
            + (self.column_totals * across).sum()
            + (self.products * theta[p + q :]).sum()
            - r.sum()
        )
        if not p + q:
            gradient = self.products - row_sums[1:].sum(axis=1)
            return _Pass(likelihood, rows, row_sums, column_sums, cross, gradient)
        by_row = np.concatenate(
            [model.row_terms * r, np.einsum("ij,qj->qi", self.means, model.column_terms), row_sums[1:]]
        )
        by_column = np.concatenate(
            [np.einsum("ij,pi->pj", self.means, model.row_terms), model.column_terms * c, column_sums[1:]]
        )
        size = p + q + self.k
        whole = np.empty((size, size))
        whole[p + q :, p + q :] = cross
        whole[:p] = np.einsum("pi,si->ps", model.row_terms, by_row)
        whole[p : p + q] = np.einsum("qj,sj->qs", model.column_terms, by_column)
        whole[p + q :, : p + q] = whole[: p + q, p + q :].T
        gradient = np.concatenate(
            [
                np.einsum("pi,i->p", model.row_terms, self.row_totals - r),
                np.einsum("qj,j->q", model.column_terms, self.column_totals - c),
                self.products - row_sums[1:].sum(axis=1),
            ]
        )
        return _Pass(
            likelihood, rows, np.concatenate([r[None], by_row]), np.concatenate([c[None], by_column]), whole, gradient
        )

    def balanced(self, at: _Pass, columns: np.ndarray) -> np.ndarray:
        """Return effects of columns brought nearer to their totals by proportional fitting, coefficients held."""
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            weights = self.column_totals / at.column_sums[0]
            for _ in range(_ROUNDS):
                weights = self.column_totals / self._received(weights)
        # a column whose means vanish cannot be scaled
        return columns + np.log(weights) if np.isfinite(weights).all() else columns

    def _received(self, weights: np.ndarray) -> np.ndarray:
        sums = np.zeros((blocks_of(self.n), self.m))
        in_blocks(self.n, self.m, lambda start, stop: balance(self.means, self.row_totals, weights, start, stop, sums))
        return sums.sum(axis=0)

    def residue(self, at: _Pass) -> float:
        """Return the largest equation left open, as a share of all flows."""
        gaps = [np.abs(at.gradient).max(initial=0.0) if self.free else 0.0]
        if self.model.column_effects:
            gaps.append(np.abs(self.column_totals - at.column_sums[0]).max())
        return float(max(gaps) / self.row_totals.sum())

    def direction(self, at: _Pass, tolerance: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return the Newton step of coefficients and column effects, the information and which terms are collinear."""
        r, c = at.row_sums[0], at.column_sums[0]
        net, gradient, shift = at.cross, at.gradient, np.zeros(self.m)
        if self.model.row_effects:
            net = net - np.einsum("si,ti->st", at.row_sums[1:] / r, at.row_sums[1:])
        if self.model.column_effects:
            wanted = at.column_sums[1:] - combine_rows(self.means, at.row_sums[1:] / r)
            missing = self.column_totals - c
            right = np.concatenate([wanted, missing[None]])
            guess = np.concatenate([self.nets, np.zeros((1, self.m))])
            found = self._columns(right, guess, r, c, tolerance)
            self.nets, shift = found[:-1], found[-1]
            net = net - np.einsum("sj,tj->st", wanted, self.nets)
            gradient = gradient - np.einsum("sj,j->s", wanted, shift)
        net = (net + net.T) / 2
        step, collinear = _solve(net, np.diag(at.cross), gradient)
        if not self.free:
            step = np.zeros_like(step)
        return step, shift - np.einsum("sj,s->j", self.nets, step), net, collinear

    def _columns(
        self, right: np.ndarray, guess: np.ndarray, r: np.ndarray, c: np.ndarray, tolerance: float
    ) -> np.ndarray:
        """Solve ``(diag c - M' diag(1/r) M) z = right`` by conjugate gradients, several right sides at once."""
        # what adds to all columns alike is rounding: the totals of rows are met
        right = right - c * (right.sum(axis=1, keepdims=True) / c.sum())
        z, residual = guess, right.copy()
        if z.any():
            residual -= c * z - self._spread(r, z).sum(axis=0)
        way = residual / c
        size = np.einsum("sj,sj->s", residual, way)
        goal = np.maximum(tolerance**2 * np.einsum("sj,sj->s", right / c, right), _ROUNDING**2 * c.sum())
        most = 2 * self.m + 50
        # without threads to wait for, the whole way is one compiled call
        if _threads_for(self.n, self.m) == 1:
            settle(self.means, r, c, goal, size, z, residual, way, most)
        else:
            for _ in range(most):
                if (size <= goal).all():
                    break
                advance(self._spread(r, way), c, goal, size, z, residual, way)
        # effects of columns are fixed up to a constant
        return z - z.mean(axis=1, keepdims=True)

    def _spread(self, r: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Return ``M' diag(1/r) M z`` by blocks of rows."""
        sums = np.zeros((blocks_of(self.n), *z.shape))
        in_blocks(self.n, self.m, lambda start, stop: spread(self.means, r, z, start, stop, sums))
        return sums


def combine_rows(means: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return ``weights @ means``, summed in fixed blocks."""
    sums = np.zeros((blocks_of(len(means)), len(weights), means.shape[1]))
    in_blocks(*means.shape, lambda start, stop: combine(means, weights, start, stop, sums))
    return sums.sum(axis=0)


def _solve(net: np.ndarray, raw: np.ndarray, gradient: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Solve the small system, leaving out directions without information."""
    if not len(net):
        return gradient, np.zeros(0, dtype=bool)
    size = np.sqrt(np.where(raw > 0, raw, 1.0))
    values, vectors = np.linalg.eigh(net / np.outer(size, size))
    weak = values <= _COLLINEAR
    inverse = np.where(weak, 0.0, 1.0 / np.where(weak, 1.0, values))
    step = np.einsum("ij,j,kj,k->i", vectors, inverse, vectors, gradient / size) / size
    collinear = np.asarray((np.abs(vectors[:, weak]) > 0.1).any(axis=1))
    return step, collinear


def fit_poisson(
    model: PairModel, *, theta: np.ndarray | None = None, free: bool = True, max_iterations: int = 60
) -> PoissonFit:
    """Maximize the Poisson likelihood; with ``free=False`` only the effects, at the coefficients given."""
    if theta is None:
        theta = _first_guess(model, max_iterations)
    solver = _Solver(model, free=free)
    return _finished(solver, *_climbed(solver, theta, _SETTLED, max_iterations))


def _climbed(
    solver: _Solver, theta: np.ndarray, settled: float, max_iterations: int
) -> tuple[np.ndarray, np.ndarray, _Pass, int]:
    """Take Newton steps until one is as short as asked; return coefficients, column effects, sums and steps taken."""
    columns = np.zeros(solver.m)
    if solver.model.column_effects:
        columns = np.log(solver.column_totals)
        # without coefficients the totals alone are near
        if theta.any():
            columns = solver.balanced(solver.sweep(theta, columns), columns)
    state = solver.sweep(theta, columns)
    tolerance, length = _LOOSE, np.inf
    for iteration in range(1, max_iterations + 1):
        step, shift, _, _ = solver.direction(state, tolerance)
        length = float(np.abs(np.concatenate([step, shift])).max(initial=0.0))
        before, share = state.likelihood, 1.0
        # a step that is too long may overflow; the likelihood is concave, so a shorter one must raise it
        while True:
            state = solver.sweep(theta + share * step, columns + share * shift)
            if state.likelihood >= before - 1e-9 * abs(before) or length * share < _SETTLED:
                break
            share /= 2
        theta, columns = theta + share * step, columns + share * shift
        if length <= _TIGHT or (length <= settled and solver.residue(state) <= settled**2):
            return theta, columns, state, iteration
        # no tighter than the next step deserves, which is of the order of the square of this one
        tolerance = min(_LOOSE, max((length * share) ** 2, _TIGHT))
    raise OptionError(
        text("faults.calls.poisson.fit_did_settle_steps", max_iterations=max_iterations, length=f"{length:.2g}")
    )


def _finished(solver: _Solver, theta: np.ndarray, columns: np.ndarray, state: _Pass, iterations: int) -> PoissonFit:
    """Work out the terms net of effects at the solution."""
    model = solver.model
    _, _, net, collinear = solver.direction(state, _TIGHT)
    p, q, k = solver.p, solver.q, solver.k
    row_parts = np.concatenate([model.row_terms, np.zeros((q + k, solver.n))])
    column_parts = np.concatenate([np.zeros((p, solver.m)), model.column_terms, np.zeros((k, solver.m))])
    if model.column_effects:
        column_parts = column_parts - solver.nets
    if model.row_effects:
        inside = np.einsum("ij,sj->si", solver.means, solver.nets)
        row_parts = row_parts - (state.row_sums[1:] - inside) / state.row_sums[0]
    return PoissonFit(theta, state.rows, columns, solver.means, row_parts, column_parts, net, collinear, iterations)


def _first_guess(model: PairModel, max_iterations: int) -> np.ndarray:
    """Return coefficients of a coarser table, 0 where the table is small or too sparse to thin out."""
    n, m = model.y.shape
    start = np.zeros(len(model.row_terms) + len(model.column_terms) + len(model.x))
    if not (model.row_effects or model.column_effects):
        # the level first: the first row term is a constant if there is one
        mean = model.y.sum() / model.used.sum()
        if len(model.row_terms) and np.ptp(model.row_terms[0]) == 0 and mean > 0:
            start[0] = np.log(mean) / model.row_terms[0, 0]
    step = min(n, m) // _COARSE
    if step < 3:
        return start
    rows, columns = np.arange(0, n, step), np.arange(0, m, step)
    y = model.y[np.ix_(rows, columns)]
    rows, columns = rows[y.sum(axis=1) > 0], columns[y.sum(axis=0) > 0]
    if min(len(rows), len(columns)) < _COARSE // 2:
        return start
    cells = np.ix_(rows, columns)
    coarse = replace(
        model,
        x=np.ascontiguousarray(model.x[:, rows][:, :, columns]),
        y=np.ascontiguousarray(model.y[cells]),
        used=np.ascontiguousarray(model.used[cells]),
        row_terms=model.row_terms[:, rows],
        column_terms=model.column_terms[:, columns],
    )
    try:
        return _climbed(_Solver(coarse, free=True), start, _ROUGH, max_iterations)[0]
    except OptionError:
        return start
