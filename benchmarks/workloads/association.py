"""Test ties between matrices by permutation, beside a numpy loop over the same permutations."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from harness import Case, workload

TOPIC = "Permutation tests of networks"
TERMS = 3


def t_values(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ (x.T @ y)
    left = y - x @ beta
    return beta / np.sqrt(np.diag(inverse) * (left @ left) / (len(y) - x.shape[1]))


def loop_correlation(y: np.ndarray, xs: list[np.ndarray], orders: np.ndarray, pairs: Any) -> np.ndarray:
    fixed = xs[0][pairs]
    return np.array([np.corrcoef(fixed, y[np.ix_(p, p)][pairs])[0, 1] for p in orders])


def loop_regression(y: np.ndarray, xs: list[np.ndarray], orders: np.ndarray, pairs: Any) -> np.ndarray:
    columns = [np.ones(len(pairs[0])), *(x[pairs] for x in xs)]
    outcome, drawn = y[pairs], []
    for k in range(1, len(columns)):
        rest = np.column_stack(columns[:k] + columns[k + 1 :])
        residual = np.zeros_like(y)
        residual[pairs] = columns[k] - rest @ np.linalg.lstsq(rest, columns[k], rcond=None)[0]
        drawn.append([t_values(np.column_stack([rest, residual[np.ix_(p, p)][pairs]]), outcome)[-1] for p in orders])
    return np.array(drawn).T


def loop_logit(y: np.ndarray, xs: list[np.ndarray], orders: np.ndarray, pairs: Any) -> np.ndarray:
    x = np.column_stack([np.ones(len(pairs[0])), *(m[pairs] for m in xs)])
    drawn = []
    for p in orders:
        outcome, beta, bend = y[np.ix_(p, p)][pairs], np.zeros(x.shape[1]), np.eye(x.shape[1])
        for _ in range(50):
            chance = 1 / (1 + np.exp(-(x @ beta)))
            bend = x.T @ (x * (chance * (1 - chance))[:, None])
            step = np.linalg.solve(bend, x.T @ (outcome - chance))
            if np.abs(step).max() <= 1e-9:
                break
            beta += step
        drawn.append(beta[1:] / np.sqrt(np.diag(np.linalg.inv(bend)))[1:])
    return np.array(drawn)


@workload(
    "a test of dyads by 200 permutations",
    topic=TOPIC,
    unit="places",
    largest=160,
    tiny=12,
    kinds=("correlation", "regression, double semi-partialing", "logit, ties permuted"),
)
def permutation_tests(size: int, kind: str) -> Case:
    from innoscape.data.permutations import Permutations
    from innoscape.network import logit_qap, mrqap, qap

    made, runs = np.random.default_rng(1).normal(size=(TERMS + 1, size, size)), 200 if size > 12 else 20
    y, *xs = made
    if kind.startswith("logit"):
        y = (y > np.quantile(y, 0.8)).astype(float)
    named = {f"x{k}": pd.DataFrame(x) for k, x in enumerate(xs)}
    table = pd.DataFrame(y)

    def ours() -> np.ndarray:
        if kind == "correlation":
            return np.asarray(qap(named["x0"], table, directed=True, permutations=runs).draws)
        if kind.startswith("regression"):
            return mrqap(table, named, directed=True, permutations=runs).draws.to_numpy()
        found = logit_qap(table.astype(int), named, directed=True, permutations=runs, method="y_permutation")
        return found.draws.to_numpy()

    case = Case(ours, lambda one, other: np.testing.assert_allclose(one, other, atol=1e-6))

    @case.peer("numpy")
    def _() -> Callable[[], np.ndarray]:
        pairs = np.nonzero(~np.eye(size, dtype=bool))
        orders = Permutations(size, runs, 0).block(0, runs).astype(np.int64)
        loop = {"c": loop_correlation, "r": loop_regression, "l": loop_logit}[kind[0]]
        return lambda: loop(y, xs, orders, pairs)

    return case
