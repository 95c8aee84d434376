"""Fit gravity models beside pyfixest, spint and statsmodels, and compute radiation beside its formula in numpy.

The peers start from columns of pairs already made; ours starts from labeled matrices and includes robust errors.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
from harness import Case, workload

TOPIC = "Gravity and radiation"
KINDS = ("double", "production", "none")


@cache
def world(size: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Draw places, masses and overdispersed counts that fall with distance; about a third are zeros."""
    rng = np.random.default_rng(1)
    at = rng.uniform(0, 1000, (size, 2))
    costs = np.hypot(*(at[:, None] - at).transpose(2, 0, 1))
    np.fill_diagonal(costs, 1.0)
    mass = np.exp(rng.normal(0, 1, size))
    means = np.outer(mass, mass) * (costs / 100) ** -1.2 * 5.0
    flows = rng.poisson(means * rng.gamma(2.0, 0.5, means.shape)).astype(float)
    np.fill_diagonal(flows, 0.0)
    places = [f"p{i:05d}" for i in range(size)]
    frames = (pd.DataFrame(matrix, index=places, columns=places) for matrix in (flows, costs))
    return *frames, pd.Series(mass, index=places)


def columns_of(flows: pd.DataFrame, costs: pd.DataFrame, mass: pd.Series) -> pd.DataFrame:
    rows, columns = np.nonzero(~np.eye(len(flows), dtype=bool))
    logs, cost = np.log(mass.to_numpy()), costs.to_numpy()[rows, columns]
    table = pd.DataFrame({"y": flows.to_numpy()[rows, columns], "o": rows, "d": columns, "cost": cost})
    return table.assign(log_cost=np.log(cost), mi=logs[rows], mj=logs[columns])


@workload(
    "a gravity model with robust errors, by its constraint",
    topic=TOPIC,
    unit="places",
    largest=400,
    tiny=14,
    kinds=KINDS,
)
def gravity_fits(size: int, kind: Any) -> Case:
    from innoscape.network import fit_gravity

    flows, costs, mass = world(size)
    table, given = columns_of(flows, costs, mass), None if kind == "double" else mass

    def ours() -> float:
        return float(fit_gravity(flows, costs, mass=given, constraint=kind).coefficients["estimate"].iloc[-1])

    case = Case(ours, lambda one, other: np.testing.assert_allclose(one, other, rtol=1e-5))

    @case.peer("pyfixest", compiles=True)
    def _() -> Callable[[], float]:
        import pyfixest

        formula = {
            "none": "y ~ mi + mj + log_cost",
            "production": "y ~ mj + log_cost | o",
            "double": "y ~ log_cost | o + d",
        }[kind]
        return lambda: float(pyfixest.fepois(formula, table, vcov="hetero").coef()["log_cost"])

    @case.peer("spint (PySAL)", "spint")
    def _() -> Callable[[], float]:
        from spint import gravity

        y, cost = table["y"].to_numpy().astype(int), table["cost"].to_numpy()
        mi, mj = np.exp(table["mi"].to_numpy()), np.exp(table["mj"].to_numpy())
        o, d = table["o"].to_numpy(), table["d"].to_numpy()
        models = {
            "none": lambda: gravity.Gravity(y, mi, mj, cost, "pow"),
            "production": lambda: gravity.Production(y, o, mj, cost, "pow"),
            "double": lambda: gravity.Doubly(y, o, d, cost, "pow"),
        }
        return lambda: float(models[kind]().params[-1])

    @case.peer("statsmodels")
    def _() -> Callable[[], float]:
        import statsmodels.api as sm

        def run() -> float:
            parts = {
                "none": [np.ones(len(table)), table["mi"], table["mj"]],
                "production": [np.eye(size)[table["o"]], table["mj"]],
                "double": [np.eye(size)[table["o"]], np.eye(size)[table["d"]][:, 1:]],
            }[kind]
            model = sm.GLM(table["y"], np.column_stack([*parts, table["log_cost"]]), family=sm.families.Poisson())
            return float(np.asarray(model.fit(cov_type="HC0").params)[-1])

        return run

    return case


def _tidy(array: np.ndarray, places: pd.Index, status: str) -> pd.DataFrame:
    rows, columns = np.nonzero(~np.eye(len(places), dtype=bool))
    ends = {"source": places.take(rows), "target": places.take(columns)}
    return pd.DataFrame({**ends, "value": array[rows, columns], "status": status})


@workload("radiation, as a table of pairs", topic=TOPIC, unit="places", largest=1000, tiny=14)
def radiation(size: int, _: str) -> Case:
    from innoscape.network import radiation as radiated

    flows, costs, mass = world(size)
    out = flows.sum(axis=1)
    case = Case(lambda: radiated(out, mass, costs), lambda one, other: _same_table(one, other))

    @case.peer("numpy, one origin after the other", "numpy")
    def _() -> Callable[[], pd.DataFrame]:
        m, c, sent = mass.to_numpy(), costs.to_numpy(), out.to_numpy()

        def run() -> pd.DataFrame:
            found = np.zeros_like(c)
            for i in range(len(m)):
                order = np.argsort(c[i])
                order = order[order != i]
                others = m[order]
                inside = np.cumsum(others) - others
                found[i, order] = sent[i] * m[i] * others / ((m[i] + inside) * (m[i] + others + inside))
            return _tidy(found, mass.index, "estimated")

        return run

    return case


@workload("the modified gravity model, as a table of pairs", topic=TOPIC, unit="places", largest=1000, tiny=14)
def modified_gravity(size: int, _: str) -> Case:
    from innoscape.network import modified_gravity as modified

    _, costs, mass = world(size)
    case = Case(lambda: modified(mass, costs), lambda one, other: _same_table(one, other))

    @case.peer("numpy")
    def _() -> Callable[[], pd.DataFrame]:
        m, c = mass.to_numpy(), costs.to_numpy()
        return lambda: _tidy(m[:, None] / (m[:, None] + m) * m[:, None] * m / c**2, mass.index, "assumed")

    return case


def _same_table(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    np.testing.assert_array_equal(ours[["source", "target"]], theirs[["source", "target"]])
    np.testing.assert_allclose(ours["value"], theirs["value"], rtol=1e-9)
