"""Fit a table to sums that it must meet, in logarithms, so that no cell is too small or too large to count.

Rows, columns and blocks are scaled in turn (iterative proportional fitting). Where that is slow, steps of Newton's
method on the dual of the same problem, which is convex, take over. The table is always the start times one factor a
constraint. Steep shapes are reached by way of flatter ones.
"""

import numpy as np

from .constraints import ROUNDING, Constraints

__all__ = ["FLAT", "fit_table"]

# rounds of scaling before steps of Newton's method
_SCALED = 50
# largest range of the logarithm of a shape that is fitted at once
FLAT = 25.0
# error at which a flatter shape is left
_NEAR = 1e-3
# steps of Newton's method after which an error that falls by less than this share is left as it is; of rounding, fewer
_STALL, _SLOW, _FEW = 20, 0.9, 3
# largest change of a logarithm in one step
_STRIDE = 8.0
# share of the diagonal that is added to equations with more than one solution
_RIDGE = 1e-13


def fit_table(
    start: np.ndarray, shape: np.ndarray, wanted: Constraints, tolerance: float, max_iterations: int
) -> tuple[np.ndarray, int, bool]:
    """Return the table nearest to ``exp(start + shape)`` that meets every constraint.

    Parameters
    ----------
    start, shape : ndarray
        Logarithms of the sizes and of the decay; minus infinite where nothing flows.
    wanted : Constraints
    tolerance : float
        Largest relative error that is left.
    max_iterations : int
        Rounds and steps after which the fit ends.

    Returns
    -------
    ndarray
        The table.
    int
        Rounds and steps taken.
    bool
        Whether it meets the constraints, at least up to rounding.
    """
    fit = _Fit(start, shape, wanted, tolerance, max_iterations)
    met = fit.run()
    return fit.table, fit.taken, met


def _parts(held: np.ndarray) -> np.ndarray:
    """Return numbers of the rows, then the columns, alike where cells hold them together."""
    n = len(held)
    rows, columns = np.arange(n), np.arange(n, 2 * n)
    while True:
        # each takes the least number that it meets
        down = np.minimum(columns, np.where(held, rows[:, None], 2 * n).min(axis=0, initial=2 * n))
        back = np.minimum(rows, np.where(held, down[None, :], 2 * n).min(axis=1, initial=2 * n))
        if (back == rows).all() and (down == columns).all():
            return np.concatenate([rows, columns])
        rows, columns = back, down


class _Fit:
    """A table that is moved towards its constraints by one factor each."""

    def __init__(self, start: np.ndarray, shape: np.ndarray, wanted: Constraints, tolerance: float, most: int) -> None:
        start = np.where(np.isfinite(start) & np.isfinite(shape), start, -np.inf)
        for k in np.flatnonzero(wanted.want == 0):
            start[wanted.cells_of(int(k))] = -np.inf
        self.start, self.wanted, self.tolerance, self.most = start, wanted, tolerance, most
        # what a row falls by as a whole is taken back by its factor
        inside = np.where(np.isfinite(start), shape, -np.inf)
        tops = inside.max(axis=1, initial=-np.inf, keepdims=True)
        self.shape = np.where(np.isfinite(start), shape - np.where(np.isfinite(tops), tops, 0.0), 0.0)
        self.live = np.flatnonzero(wanted.want > 0)
        self.blocks = [(int(k), wanted.cells_of(int(k))) for k in self.live if k >= 2 * len(start)]
        self.factors = np.zeros(wanted.want.size)
        self.parts = _parts(np.isfinite(start))
        self.share, self.taken = 1.0, 0

    @property
    def logs(self) -> np.ndarray:
        """Logarithms of the table."""
        n = len(self.start)
        logs = self.start + self.share * self.shape + self.factors[:n, None] + self.factors[None, n : 2 * n]
        for k, cells in self.blocks:
            logs[cells] += self.factors[k]
        return logs

    @property
    def table(self) -> np.ndarray:
        """The table itself."""
        with np.errstate(over="ignore", under="ignore"):
            return np.exp(self.logs)

    def run(self) -> bool:
        """Move the table until it meets its constraints; return whether it does."""
        wide = float(-self.shape.min(initial=0.0))
        self.share = min(1.0, FLAT / wide) if wide > 0 else 1.0
        while self.share < 1.0:
            if not self._solve(_NEAR):
                # what no flat shape meets no steep one does
                return False
            step = min(2.0, 1.0 / self.share)
            self.factors *= step
            self.share = min(1.0, self.share * step)
        return self._solve(self.tolerance)

    def _solve(self, tolerance: float) -> bool:
        best, stalled, rounds = np.inf, 0, 0
        while True:
            self._scale()
            rounds += 1
            error = self.wanted.error(self.table)
            if error <= tolerance:
                return True
            if rounds > _SCALED:
                stalled = 0 if error < _SLOW * best else stalled + 1
                best = min(best, error)
                # what is off by rounding alone may have to stay so
                if stalled >= (_STALL if error > ROUNDING else _FEW) or not self._step():
                    return error <= ROUNDING
            if self.taken >= self.most:
                return error <= ROUNDING

    def _scale(self) -> None:
        """Scale rows, columns and blocks in turn."""
        n, logs = len(self.start), self.logs
        self.taken += 1
        lift = self._lift(np.arange(n), _log_sums(logs, axis=1))
        logs += lift[:, None]
        lift = self._lift(np.arange(n, 2 * n), _log_sums(logs, axis=0))
        logs += lift
        for k, cells in self.blocks:
            logs[cells] += self._lift(np.array([k]), _log_sums(logs[cells].reshape(1, -1), axis=1))

    def _lift(self, at: np.ndarray, have: np.ndarray) -> np.ndarray:
        """Raise the factors of some constraints to what they need; return by how much."""
        want = self.wanted.want[at]
        some = np.isfinite(have) & (want > 0)
        lift = np.zeros(at.size)
        lift[some] = np.log(want[some]) - have[some]
        self.factors[at] += lift
        return lift

    def _step(self) -> bool:
        """Take a step of Newton's method on the dual, as long as it lowers it; return whether one did."""
        self.taken += 1
        scale = float(self.wanted.want.max())
        table = self.table / scale
        want = self.wanted.want / scale
        have = self.wanted.have(table)
        size = np.sqrt(np.maximum(have, 1e-300))
        live = self.live[have[self.live] > 0]
        hessian = self._hessian(table)[np.ix_(live, live)] / np.outer(size[live], size[live])
        slope = (have - want)[live] / size[live]
        hessian[np.diag_indices_from(hessian)] += _RIDGE
        try:
            found = -np.linalg.solve(hessian, slope) / size[live]
        except np.linalg.LinAlgError:
            return False
        if not np.isfinite(found).all():
            return False
        step = self._without_drift(live, found)
        step *= min(1.0, _STRIDE / max(float(np.abs(step).max(initial=0.0)), 1e-300))
        falls = float(step @ (have - want)[live])
        before, factors = float(table.sum()) - float(want[live] @ self.factors[live]), self.factors.copy()
        for _ in range(30):
            self.factors = factors.copy()
            self.factors[live] += step
            after = float((self.table / scale).sum()) - float(want[live] @ self.factors[live])
            if after <= before + 1e-4 * falls + 1e-14 * abs(before):
                return True
            step, falls = step / 2, falls / 2
        self.factors = factors
        return False

    def _without_drift(self, live: np.ndarray, step: np.ndarray) -> np.ndarray:
        """Take from a step what raises all rows that share columns and lowers these, which changes no cell."""
        full = np.zeros(self.factors.size)
        full[live] = step
        moved = np.zeros(full.size, dtype=bool)
        moved[live] = True
        n = len(self.start)
        for part in np.unique(self.parts):
            rows = np.flatnonzero((self.parts[:n] == part) & moved[:n])
            columns = n + np.flatnonzero((self.parts[n:] == part) & moved[n : 2 * n])
            drift = (full[rows].sum() - full[columns].sum()) / max(rows.size + columns.size, 1)
            full[rows] -= drift
            full[columns] += drift
        return full[live]

    def _hessian(self, table: np.ndarray) -> np.ndarray:
        """Return the sums over the cells that each two constraints share."""
        n, m = len(self.start), self.wanted.want.size
        shared = np.zeros((m, m))
        shared[np.arange(n), np.arange(n)] = table.sum(axis=1)
        shared[np.arange(n, 2 * n), np.arange(n, 2 * n)] = table.sum(axis=0)
        shared[:n, n : 2 * n] = table
        for k, cells in self.blocks:
            inside = np.zeros_like(table)
            inside[cells] = table[cells]
            shared[:n, k], shared[n : 2 * n, k], shared[k, k] = inside.sum(axis=1), inside.sum(axis=0), inside.sum()
            for other, crossed in self.blocks:
                if other < k:
                    shared[other, k] = inside[crossed].sum()
        return np.triu(shared) + np.triu(shared, 1).T


def _log_sums(logs: np.ndarray, axis: int) -> np.ndarray:
    """Return the logarithm of the sums of exponentials, minus infinite where there is none."""
    top = logs.max(axis=axis, initial=-np.inf)
    base = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore", under="ignore"):
        return base + np.log(np.exp(logs - np.expand_dims(base, axis)).sum(axis=axis))
