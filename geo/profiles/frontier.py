"""Measure how far points lie from the frontier of others, by linear programs of which many are solved at once.

One program of HiGHS holds a block for each of many points, as calling it is dearer than a block.
"""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

__all__ = ["ORIENTATIONS", "RETURNS", "Frontier"]

Returns = Literal["constant", "variable", "decreasing", "increasing"]
RETURNS: tuple[str, ...] = get_args(Returns)
Orientation = Literal["input", "output"]
ORIENTATIONS: tuple[str, ...] = get_args(Orientation)

# variables of one program, and distance from 1 within which a score counts as 1
_VARIABLES, SAME = 20_000, 1e-7


@dataclass(frozen=True, eq=False)
class Frontier:
    """The frontier of some points, with its returns to scale and the direction in which distance is measured.

    Attributes
    ----------
    inputs, outputs : ndarray
        n x m and n x s, or k x n x m and k x n x s where each of k points has a frontier of its own.
    returns : {"constant", "variable", "decreasing", "increasing"}
        To scale: sums of weights are free, 1, at most 1, at least 1.
    orientation : {"input", "output"}
    """

    inputs: np.ndarray
    outputs: np.ndarray
    returns: Returns
    orientation: Orientation

    def scores(self, inputs: np.ndarray, outputs: np.ndarray, *, without: np.ndarray | None = None) -> np.ndarray:
        """Return the efficiency of k points, nan where no program is feasible.

        ``without`` holds for each point the position of the point of the frontier that is left out, -1 for none.
        """
        size = max(1, _VARIABLES // (self.inputs.shape[-2] + 1))
        out = np.empty(len(inputs))
        for begin in range(0, len(inputs), size):
            rows = np.arange(begin, min(begin + size, len(inputs)))
            out[rows] = self._batch(inputs, outputs, rows, without)
        return out

    def _batch(
        self, inputs: np.ndarray, outputs: np.ndarray, rows: np.ndarray, without: np.ndarray | None
    ) -> np.ndarray:
        blocks, right, weights = self._blocks(inputs[rows], outputs[rows], rows)
        own = np.full(len(rows), -1) if without is None else without[rows]
        left = np.flatnonzero(own >= 0)
        blocks[left, :, own[left] + 1] = 0.0
        weights[left, own[left] + 1] = 0.0
        cost = np.zeros(blocks.shape[::2])
        cost[:, 0] = 1.0 if self.orientation == "input" else -1.0
        found = solve_blocks(cost, blocks, right, weights, self.returns)
        if found is None:
            if len(rows) == 1:
                return np.array([np.nan])
            half = len(rows) // 2
            return np.concatenate([self._batch(inputs, outputs, part, without) for part in (rows[:half], rows[half:])])
        with np.errstate(divide="ignore"):
            score = found[:, 0] if self.orientation == "input" else 1.0 / found[:, 0]
        return np.where(np.abs(score - 1.0) < SAME, 1.0, score)

    def _blocks(
        self, inputs: np.ndarray, outputs: np.ndarray, rows: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the rows of each block with their right sides, and which variables are weights."""
        given = self.inputs if self.inputs.ndim == 2 else self.inputs[rows]
        made = self.outputs if self.outputs.ndim == 2 else self.outputs[rows]
        k, m, s, n = len(rows), inputs.shape[1], outputs.shape[1], given.shape[-2]
        blocks = np.zeros((k, m + s, n + 1))
        blocks[:, :m, 1:] = np.swapaxes(given, -1, -2)
        blocks[:, m:, 1:] = -np.swapaxes(made, -1, -2)
        right = np.zeros((k, m + s))
        if self.orientation == "input":
            blocks[:, :m, 0], right[:, m:] = -inputs, -outputs
        else:
            blocks[:, m:, 0], right[:, :m] = outputs, inputs
        # each row in the point's own value, so that tolerances are relative to it
        own = _own(np.hstack([inputs, outputs]))
        weights = np.ones((k, n + 1))
        weights[:, 0] = 0.0
        return blocks / own[:, :, None], right / own, weights

    def slacks(self, inputs: np.ndarray, outputs: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the weights of the peers (k x n) and the slacks (k x (m + s)) of the largest sum.

        Slacks are measured in a point's own values, in 1 where these are 0.
        """
        own = _own(np.hstack([inputs, outputs]))
        if self.orientation == "input":
            inputs = inputs * scores[:, None]
        else:
            outputs = outputs / scores[:, None]
        front = np.vstack([self.inputs.T, -self.outputs.T])
        right = np.hstack([inputs, -outputs]) / own
        k, n = len(inputs), front.shape[1]
        peers = np.empty((k, n))
        size = max(1, _VARIABLES // n)
        for begin in range(0, k, size):
            rows = slice(begin, min(begin + size, k))
            blocks = front / own[rows, :, None]
            # the sum of slacks is largest where weighted inputs are least and weighted outputs most
            cost, weights = blocks.sum(axis=1), np.ones((len(blocks), n))
            # what the first program found may be infeasible by rounding
            for slip in (0.0, 1e-9, 1e-7, 1e-5):
                found = solve_blocks(cost, blocks, right[rows] + slip * np.abs(right[rows]), weights, self.returns)
                if found is not None:
                    break
            else:
                raise ArithmeticError("the program of the slacks has no solution")
            peers[rows] = found
        left = np.hstack([inputs - peers @ self.inputs, peers @ self.outputs - outputs])
        return peers, np.where(left / own < 10 * SAME, 0.0, left)


def _own(values: np.ndarray) -> np.ndarray:
    return np.where(values > 0, values, 1.0)


def solve_blocks(
    cost: np.ndarray, blocks: np.ndarray, right: np.ndarray, weights: np.ndarray, returns: str
) -> np.ndarray | None:
    """Minimize k programs, k x rows x variables, with sums of weights as returns say; None if one cannot be met."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    k, rows, variables = blocks.shape
    above, sums = blocks, right
    if returns in ("decreasing", "increasing"):
        sign = 1.0 if returns == "decreasing" else -1.0
        above = np.concatenate([blocks, sign * weights[:, None, :]], axis=1)
        sums = np.hstack([right, np.full((k, 1), sign)])
        rows += 1
    down = np.arange(k * rows).reshape(k, rows, 1)
    across = np.arange(k * variables).reshape(k, 1, variables)

    def laid(values: np.ndarray, row: np.ndarray) -> object:
        where = np.broadcast_arrays(row, across)
        filled = values != 0
        entries = (values[filled], (where[0][filled], where[1][filled]))
        return coo_array(entries, shape=(k * values.shape[1], k * variables)).tocsc()

    equal = {}
    if returns == "variable":
        equal = {"A_eq": laid(weights[:, None, :], np.arange(k).reshape(k, 1, 1)), "b_eq": np.ones(k)}
    found = linprog(
        cost.ravel(),
        A_ub=laid(above, down),
        b_ub=sums.ravel(),
        method="highs-ds",
        options={"primal_feasibility_tolerance": 1e-9, "dual_feasibility_tolerance": 1e-9},
        **equal,
    )
    return found.x.reshape(k, variables) if found.status == 0 else None
