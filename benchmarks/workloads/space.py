"""Measure distances and choose sites, beside pyproj, geopy, numpy and spopt."""

import time
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
from harness import Case, workload

TOPIC = "Distances and sites"
#: Seconds after which a peer that searches is stopped.
MOST = 20


@workload("distances between all pairs on the ellipsoid", topic=TOPIC, unit="places", largest=1000, tiny=12)
def distances(size: int, _: str) -> Case:
    """Places are moved by a hair before each run, so that no result is kept from the last. numpy takes a sphere."""
    from innoscape.geo import distance_matrix

    rng = np.random.default_rng(0)
    lon, lat = rng.uniform(75, 130, size), rng.uniform(20, 50, size)
    names, step = [f"p{n:05d}" for n in range(size)], count()

    def moved() -> np.ndarray:
        return lon + 1e-9 * next(step)

    def ours() -> np.ndarray:
        return distance_matrix(pd.DataFrame({"place": names, "lon": moved(), "lat": lat})).to_numpy()

    # a sphere is off by up to 0.6 percent
    case = Case(ours, lambda one, other: np.testing.assert_allclose(one, other, rtol=0.006, atol=1e-3))

    @case.peer("pyproj")
    def _() -> Callable[[], np.ndarray]:
        from pyproj import Geod

        def run() -> np.ndarray:
            one, two, at = *np.triu_indices(size, 1), moved()
            found = np.zeros((size, size))
            found[one, two] = Geod(ellps="WGS84").inv(at[one], lat[one], at[two], lat[two])[2]
            return (found + found.T) / 1000

        return run

    @case.peer("geopy")
    def _() -> Callable[[], np.ndarray]:
        from geopy.distance import geodesic

        def run() -> np.ndarray:
            points, found = list(zip(lat, moved(), strict=True)), np.zeros((size, size))
            for i in range(size):
                for j in range(i):
                    found[i, j] = found[j, i] = geodesic(points[i], points[j]).km
            return found

        return run

    @case.peer("numpy, haversine", "numpy")
    def _() -> Callable[[], np.ndarray]:
        def run() -> np.ndarray:
            x, y = np.radians(moved()), np.radians(lat)
            part = np.sin((y[:, None] - y) / 2) ** 2
            part += np.cos(y)[:, None] * np.cos(y) * np.sin((x[:, None] - x) / 2) ** 2
            return 2 * 6371.0088 * np.arcsin(np.sqrt(part))

        return run

    return case


def demand_and_costs(size: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    draw = np.random.default_rng(1)
    demand = pd.DataFrame({"place": [f"p{i:05}" for i in range(size)], "demand": draw.integers(1, 100, size) * 1.0})
    points = draw.uniform(0, 100, (size, 2))
    cost = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    return demand, pd.DataFrame(cost, demand["place"].tolist(), demand["place"].tolist())


@workload(
    "the 10 best of all sites, exactly (HiGHS)",
    topic=TOPIC,
    unit="places and sites",
    largest=300,
    tiny=24,
    kinds=("p_median", "max_cover"),
)
def sites(size: int, kind: Any) -> Case:
    from innoscape.geo import site_centers

    demand, costs = demand_and_costs(size)
    centers, radius = min(10, size // 8), 15.0
    case = Case(
        lambda: (
            site_centers(
                demand,
                demand,
                costs,
                problem=kind,
                count=centers,
                radius=radius if kind == "max_cover" else None,
                method="exact",
            ).objective
        ),
        lambda one, other: np.testing.assert_allclose(one, other, rtol=1e-6),
    )

    @case.peer("spopt", "spopt", "pulp", "highspy")
    def _() -> Callable[[], float]:
        import pulp
        from spopt.locate import MCLP, PMedian

        weight, cost = demand["demand"].to_numpy(), costs.to_numpy()

        def run() -> float:
            if kind == "p_median":
                model = PMedian.from_cost_matrix(cost, weight, p_facilities=centers)
            else:
                model = MCLP.from_cost_matrix(cost, weight, radius, p_facilities=centers)
            begin = time.perf_counter()
            solved = model.solve(pulp.HiGHS(msg=False, gapRel=1e-9, timeLimit=MOST), results=False)
            if time.perf_counter() - begin > MOST:
                raise TimeoutError(f"no proof within {MOST} s")
            return float(pulp.value(solved.problem.objective))

        return run

    return case
