"""Hold the sums that an estimated table must meet, and say which smallest change would make them agree."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

__all__ = ["ROUNDING", "Block", "Constraints"]

# two sums that differ by less than this are the same but for rounding
ROUNDING = 1e-6
# cells up to which the smallest fixing change is sought by linear programming
_SOLVABLE = 200_000
# a cell below this share of its largest possible value is 0 in every table
_EMPTY = 1e-6
# changes that a message names
_MOST_NAMED = 12
# a part of a total that is smaller than this comes from its last digits
_LAST = 1e-13
_DISAGREE = "the margins and known flows do not agree"
# least price of a change, by that of the largest total
_CHEAPEST = 1e-4


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
    size : ndarray or None
        What errors are relative to, where it is not what is wanted.
    """

    sent: np.ndarray
    received: np.ndarray
    blocks: list[Block]
    places: list[Any]
    size: np.ndarray | None = None

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
        return np.abs(self.have(table) - self.want) / self.sizes

    @cached_property
    def sizes(self) -> np.ndarray:
        """What errors are relative to: what each constraint needs, or the smallest total where that is nothing."""
        size = self.want if self.size is None else self.size
        return np.where(size > 0, size, size[size > 0].min(initial=np.inf) if (size > 0).any() else 1.0)

    def cells_of(self, k: int) -> tuple[Any, ...]:
        """Return the index of the cells that a constraint sums."""
        n = len(self.sent)
        if k < 2 * n:
            return (k, slice(None)) if k < n else (slice(None), k - n)
        return np.ix_(self.blocks[k - 2 * n].rows, self.blocks[k - 2 * n].columns)

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
            if not self._fixes(b, cells)
        ]
        n = len(self.sent)
        kept = [k for k, block in enumerate(self.blocks) if not self._fixes(block, cells)]
        size = self.sizes[[*range(2 * n), *(2 * n + k for k in kept)]]
        rest = Constraints(self.sent - fixed.sum(axis=1), self.received - fixed.sum(axis=0), left, self.places)
        if (rest.want < -ROUNDING * size).any():
            return None
        # what is left but for the last digits is nothing
        sent, received, values = np.split(np.where(rest.want > _LAST * size, rest.want, 0.0), [n, 2 * n])
        blocks = [replace(block, value=float(value)) for block, value in zip(left, values, strict=True)]
        return Constraints(sent, received, blocks, self.places, size)

    @staticmethod
    def _fixes(block: Block, cells: dict[tuple[int, int], float]) -> bool:
        return len(block.rows) == len(block.columns) == 1 and (block.rows[0], block.columns[0]) in cells

    def change(self, allowed: np.ndarray) -> np.ndarray | None:
        """Return the smallest total change of the constraints that makes them agree, None where too large to seek."""
        from scipy import sparse
        from scipy.optimize import linprog

        found = self._sums(allowed)
        if found is None:
            return None
        sums, sizes = found
        # changes are counted in units of what they change, so that a tiny total can be told from nothing; what a change
        # of a tiny total costs is kept from vanishing beside the large ones
        price = np.maximum(sizes / sizes.max(), _CHEAPEST)
        step = sparse.eye_array(sizes.size)
        solution = linprog(
            np.r_[np.zeros(sums.shape[1]), price, price],
            A_eq=sparse.hstack([sums, -step, step], format="csr"),
            b_eq=self.want / sizes,
            method="highs",
        )
        if solution.x is None:
            return None
        up, down = np.split(solution.x[sums.shape[1] :], 2)
        return (up - down) * sizes

    def possible(self, allowed: np.ndarray) -> np.ndarray | None:
        """Return the cells that are above 0 in some table that meets the constraints, None where too many to seek."""
        from scipy import sparse
        from scipy.optimize import linprog

        given = self._sums(allowed)
        if given is None:
            return None
        sums, sizes = given
        n, want = sums.shape[1], self.want / sizes
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

    def _sums(self, allowed: np.ndarray) -> Any:  # noqa: ANN401 - a sparse matrix and an array
        """Return what adds the allowed cells up, in units of what each constraint needs and of what each cell can hold.

        Both are None where there are too many cells.
        """
        from scipy import sparse

        rows, columns = np.nonzero(allowed)
        n, cells = len(allowed), np.arange(rows.size)
        if not 0 < rows.size <= _SOLVABLE:
            return None
        parts = [np.stack([rows, cells]), np.stack([n + columns, cells])]
        for k, block in enumerate(self.blocks):
            inside = cells[np.isin(rows, block.rows) & np.isin(columns, block.columns)]
            parts.append(np.stack([np.full(inside.size, 2 * n + k), inside]))
        at = np.concatenate(parts, axis=1)
        sizes = self.sizes
        holds = np.minimum(sizes[rows], sizes[n + columns])
        values = holds[at[1]] / sizes[at[0]]
        return sparse.csr_array((values, (at[0], at[1])), shape=(self.want.size, rows.size)), sizes

    def moved(self, change: np.ndarray) -> list[int]:
        """Return the constraints that must change by more than rounding, the largest change first."""
        order = np.argsort(-np.abs(change), kind="stable").tolist()
        return [k for k in order if abs(change[k]) > ROUNDING * self.sizes[k]]

    @cached_property
    def labels(self) -> list[str]:
        """What each constraint is about."""
        ends = [f"what {place} {does}" for does in ("sends", "receives") for place in self.places]
        return [*ends, *(block.label for block in self.blocks)]

    def contradiction(self, allowed: np.ndarray) -> str | None:
        """Say the smallest change that makes the constraints agree, None if they do or if there are too many cells."""
        change = self.change(allowed)
        if change is None or not (moved := self.moved(change)):
            return None
        # digits enough to be followed to the letter; what is left of a total but for rounding is nothing
        after = np.where(np.abs(self.want + change) > ROUNDING * self.sizes, self.want + change, 0.0)
        steps = [f"{self.labels[k]} from {self.want[k]:.10g} to {after[k]:.10g} ({change[k]:+g})" for k in moved]
        more = f"; and {len(steps) - _MOST_NAMED} more" if len(steps) > _MOST_NAMED else ""
        listed = "; ".join(steps[:_MOST_NAMED])
        return f"{_DISAGREE}; the smallest change that fixes them: {listed}{more}"

    def beyond(self, fixed: np.ndarray) -> str:
        """Say which totals fixed cells go beyond."""
        over = self.have(fixed) - self.want
        worst = [k for k in np.argsort(-over / self.sizes, kind="stable")[:3] if over[k] > 0]
        named = [f"{self.labels[k]} is {self.want[k]:.10g}, below {self.want[k] + over[k]:.10g}" for k in worst]
        return f"{_DISAGREE}: by these, {'; '.join(named)}"

    def furthest(self, table: np.ndarray, rounds: int) -> str:
        """Say which constraints a table is furthest from."""
        have, off = self.have(table), self.off(table)
        worst = [k for k in np.argsort(-off, kind="stable")[:3] if off[k]]
        named = [f"{self.labels[k]} is {have[k]:.10g} instead of {self.want[k]:.10g}" for k in worst]
        return f"{_DISAGREE} after {rounds} rounds; furthest off: {'; '.join(named)}"
