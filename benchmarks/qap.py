"""Compare permutation tests with a plain numpy loop over the same permutations in the same run.

python benchmarks/qap.py --size 300 --runs 1000 --terms 3
"""

import argparse

import numpy as np
import pandas as pd
from timing import timed

from innoscape.data.permutations import Permutations
from innoscape.network import logit_qap, mrqap, qap


def matrices(size: int, count: int, kind: str, seed: int) -> list[pd.DataFrame]:
    rng = np.random.default_rng(seed)
    made = rng.normal(size=(count, size, size))
    if kind == "undirected":
        made = (made + made.transpose(0, 2, 1)) / 2
    return [pd.DataFrame(m) for m in made]


def show(what: str, ours: float, plain: float, runs: int) -> None:
    print(f"{what:28} innoscape {ours / runs * 1e3:9.3f} ms a run   numpy loop {plain / runs * 1e3:9.3f} ms a run")
    print(f"{'ratio':28} {plain / ours:9.1f}")


def cells(size: int, kind: str) -> tuple[np.ndarray, np.ndarray]:
    if kind == "undirected":
        return np.triu_indices(size, 1)
    return np.nonzero(~np.eye(size, dtype=bool))


def loop_correlation(x: np.ndarray, y: np.ndarray, orders: np.ndarray, pairs: tuple) -> np.ndarray:
    fixed = x[pairs]
    return np.array([np.corrcoef(fixed, y[np.ix_(p, p)][pairs])[0, 1] for p in orders])


def t_values(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ (x.T @ y)
    left = y - x @ beta
    return beta / np.sqrt(np.diag(inverse) * (left @ left) / (len(y) - x.shape[1]))


def loop_regression(y: np.ndarray, xs: list[np.ndarray], orders: np.ndarray, pairs: tuple) -> np.ndarray:
    columns = [np.ones(len(pairs[0])), *(x[pairs] for x in xs)]
    outcome, drawn = y[pairs], []
    for k in range(1, len(columns)):
        rest = np.column_stack(columns[:k] + columns[k + 1 :])
        residual = np.zeros_like(y)
        residual[pairs] = columns[k] - rest @ np.linalg.lstsq(rest, columns[k], rcond=None)[0]
        if not (y - y.T).any():
            residual = residual + residual.T
        drawn.append([t_values(np.column_stack([rest, residual[np.ix_(p, p)][pairs]]), outcome)[-1] for p in orders])
    return np.array(drawn).T


def loop_logit(y: np.ndarray, xs: list[np.ndarray], orders: np.ndarray, pairs: tuple) -> np.ndarray:
    x = np.column_stack([np.ones(len(pairs[0])), *(m[pairs] for m in xs)])
    drawn = []
    for p in orders:
        outcome, beta = y[np.ix_(p, p)][pairs], np.zeros(x.shape[1])
        for _ in range(50):
            chance = 1 / (1 + np.exp(-(x @ beta)))
            bend = x.T @ (x * (chance * (1 - chance))[:, None])
            step = np.linalg.solve(bend, x.T @ (outcome - chance))
            if np.abs(step).max() <= 1e-9:
                break
            beta += step
        drawn.append(beta[1:] / np.sqrt(np.diag(np.linalg.inv(bend)))[1:])
    return np.array(drawn)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=200)
    options.add_argument("--runs", type=int, default=500)
    options.add_argument("--terms", type=int, default=3)
    options.add_argument("--kind", choices=["directed", "undirected"], default="directed")
    options.add_argument("--repeats", type=int, default=3)
    given = options.parse_args()
    directed = given.kind == "directed"
    y, *xs = matrices(given.size, given.terms + 1, given.kind, 1)
    named = {f"x{k}": x for k, x in enumerate(xs)}
    bare = [x.to_numpy() for x in xs]
    pairs = cells(given.size, given.kind)
    orders = Permutations(given.size, given.runs, 0).block(0, given.runs).astype(np.int64)
    print(f"{given.kind}, {given.size} places, {given.runs} permutations, {given.terms} terms")

    ours, found = timed(lambda: qap(xs[0], y, directed=directed, permutations=given.runs).draws, given.repeats)
    plain, looped = timed(lambda: loop_correlation(bare[0], y.to_numpy(), orders, pairs), given.repeats)
    np.testing.assert_allclose(found, looped, atol=1e-9)
    show("correlation", ours, plain, given.runs)

    def regression() -> np.ndarray:
        return mrqap(y, named, directed=directed, permutations=given.runs).draws.to_numpy()

    ours, found = timed(regression, given.repeats)
    plain, looped = timed(lambda: loop_regression(y.to_numpy(), bare, orders, pairs), 1)
    np.testing.assert_allclose(found, looped, atol=1e-7)
    show("double semi-partialing", ours, plain, given.runs)

    few = max(1, given.runs // 10)
    ties = (y > np.quantile(y, 0.8)).astype(int)

    def logit() -> np.ndarray:
        found = logit_qap(ties, named, directed=directed, permutations=few, method="y_permutation")
        return found.draws.to_numpy()

    ours, found = timed(logit, given.repeats)
    plain, looped = timed(lambda: loop_logit(ties.to_numpy(), bare, orders[:few], pairs), 1)
    np.testing.assert_allclose(found, looped, atol=1e-6)
    show("logit, y permuted", ours, plain, few)


if __name__ == "__main__":
    main()
