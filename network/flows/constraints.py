"""Hold the sums that an estimated table must meet, and say which smallest change would make them agree."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

__all__ = ["ROUNDING", "Block", "Constraints"]

# two sums that differ by less than this are the same but for rounding
ROUNDING = 1e-6
# cells up to which the smallest fixing change is sought by linear programming
_SOLVABLE = 40_000
# a cell below this share of its largest possible value is 0 in every table
_EMPTY = 1e-6
# changes that a message names
_MOST_NAMED = 12


@dataclass(frozen=True, eq=False)
class Block:
    """A sum that must hold over the cells of some rows and columns."""

    rows: list[int]
    columns: list[int]
    value: float
    label: str


@dataclass(frozen=True, eq=False)
class Constraints:
    """What the rows, the columns and some blocks of a table must sum to.

    Attributes
    ----------
    sent, received : ndarray
        Sums of rows and of columns.
    blocks : list of Block
    places : list
        Names of rows and columns.
    """

    sent: np.ndarray
    received: np.ndarray
    blocks: list[Block]
    places: list[Any]

    @cached_property
    def want(self) -> np.ndarray:
        """What each constraint needs: rows, columns, blocks."""
        return np.r_[self.sent, self.received, np.array([b.value for b in self.blocks], dtype=float)]

    def have(self, table: np.ndarray) -> np.ndarray:
        """Return what a table gives to each constraint."""
        sums = [table[np.ix_(b.rows, b.columns)].sum() for b in self.blocks]
        return np.r_[table.sum(axis=1), table.sum(axis=0), np.array(sums, dtype=float)]

    def off(self, table: np.ndarray) -> np.ndarray:
        """Return the relative error of each constraint."""
        return np.abs(self.have(table) - self.want) / np.where(self.want > 0, self.want, 1.0)

    def error(self, table: np.ndarray) -> float:
        """Return the largest relative error."""
        return float(np.max(self.off(table), initial=0.0))

    def cells(self) -> dict[tuple[int, int], float]:
        """Return the cells that a block of one cell fixes; what is fixed twice is left to the blocks."""
        found: dict[tuple[int, int], list[float]] = {}
        for block in self.blocks:
            if len(block.rows) == len(block.columns) == 1:
                found.setdefault((block.rows[0], block.columns[0]), []).append(block.value)
        return {cell: values[0] for cell, values in found.items() if len(set(values)) == 1}

    def without(self, fixed: np.ndarray, cells: dict[tuple[int, int], float]) -> "Constraints | None":
        """Return what is left to meet beside fixed cells, None if these alone are too much."""
        left = [
            replace(b, value=b.value - fixed[np.ix_(b.rows, b.columns)].sum())
            for b in self.blocks
            if not (len(b.rows) == len(b.columns) == 1 and (b.rows[0], b.columns[0]) in cells)
        ]
        rest = Constraints(self.sent - fixed.sum(axis=1), self.received - fixed.sum(axis=0), left, self.places)
        if (rest.want < -ROUNDING * self.want.max(initial=0.0)).any():
            return None
        kept = [replace(block, value=max(block.value, 0.0)) for block in left]
        return Constraints(np.maximum(rest.sent, 0.0), np.maximum(rest.received, 0.0), kept, self.places)

    def change(self, allowed: np.ndarray) -> np.ndarray | None:
        """Return the smallest total change of the constraints that makes them agree, None where too large to seek."""
        from scipy import sparse
        from scipy.optimize import linprog

        sums = self._sums(allowed)
        if sums is None:
            return None
        want, n = self.want, sums.shape[1]
        scale = want.max() or 1.0
        step = sparse.eye_array(want.size)
        solution = linprog(
            np.r_[np.zeros(n), np.ones(2 * want.size)],
            A_eq=sparse.hstack([sums, -step, step], format="csr"),
            b_eq=want / scale,
            method="highs",
        )
        if solution.x is None:
            return None
        up, down = np.split(solution.x[n:], 2)
        return (up - down) * scale

    def possible(self, allowed: np.ndarray) -> np.ndarray | None:
        """Return the cells that are above 0 in some table that meets the constraints, None where too many to seek."""
        from scipy import sparse
        from scipy.optimize import linprog

        sums = self._sums(allowed)
        if sums is None:
            return None
        n, want = sums.shape[1], self.want / (self.want.max() or 1.0)
        # as many cells as can be are raised to 1 in a table that may be of any size from the given one up
        one, none = sparse.eye_array(n), sparse.csr_array((self.want.size, n))
        solution = linprog(
            np.r_[np.zeros(n), -np.ones(n), 0.0],
            A_eq=sparse.hstack([sums, none, sparse.csr_array(-want[:, None])], format="csr"),
            b_eq=np.zeros(want.size),
            A_ub=sparse.hstack([-one, one, sparse.csr_array((n, 1))], format="csr"),
            b_ub=np.zeros(n),
            bounds=[(0, None)] * n + [(0, 1)] * n + [(1, 1 / _EMPTY)],
            method="highs",
        )
        if solution.x is None:
            return None
        found = np.zeros(allowed.shape, dtype=bool)
        found[allowed] = solution.x[n : 2 * n] > _EMPTY
        return found

    def _sums(self, allowed: np.ndarray) -> Any:  # noqa: ANN401 - a sparse matrix
        """Return the matrix that adds the allowed cells up to the constraints."""
        from scipy import sparse

        rows, columns = np.nonzero(allowed)
        n = len(allowed)
        if not 0 < rows.size <= _SOLVABLE:
            return None
        cells = np.arange(rows.size)
        parts = [np.stack([rows, cells]), np.stack([n + columns, cells])]
        for k, block in enumerate(self.blocks):
            inside = cells[np.isin(rows, block.rows) & np.isin(columns, block.columns)]
            parts.append(np.stack([np.full(inside.size, 2 * n + k), inside]))
        at = np.concatenate(parts, axis=1)
        return sparse.csr_array((np.ones(at.shape[1]), (at[0], at[1])), shape=(self.want.size, rows.size))

    def moved(self, change: np.ndarray) -> list[int]:
        """Return the constraints that must change by more than rounding, the largest change first."""
        order = np.argsort(-np.abs(change), kind="stable").tolist()
        return [k for k in order if abs(change[k]) > ROUNDING * self.want.max(initial=0.0)]

    def statement(self, table: np.ndarray, rounds: int) -> str:
        """Say which constraint stands in the way, and by how much."""
        labels = [
            *(f"what {p} sends" for p in self.places),
            *(f"what {p} receives" for p in self.places),
            *(b.label for b in self.blocks),
        ]
        have, want, off = self.have(table), self.want, self.off(table)
        worst = [
            f"{labels[k]} is {have[k]:g} instead of {want[k]:g}" for k in np.argsort(-off, kind="stable")[:3] if off[k]
        ]
        change = self.change(table > 0)
        if change is None:
            return f"the margins and known flows do not agree: after {rounds} rounds {'; '.join(worst)}"
        moved = self.moved(change)
        if moved:
            # digits enough to be followed to the letter
            steps = [f"{labels[k]} from {want[k]:.10g} to {want[k] + change[k]:.10g} ({change[k]:+g})" for k in moved]
            more = f"; and {len(steps) - _MOST_NAMED} more" if len(steps) > _MOST_NAMED else ""
            listed = "; ".join(steps[:_MOST_NAMED])
            return f"the margins and known flows do not agree; the smallest change that fixes them: {listed}{more}"
        return (
            f"the margins and known flows can be met, but only closely after {rounds} rounds ({worst[0]}), as when "
            "they leave some cells nothing; raise tolerance or max_iterations, or name those cells in zeros"
        )
