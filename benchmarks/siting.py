"""Compare siting with spopt on the same input in the same run; spopt's models are solved by HiGHS too.

python benchmarks/siting.py --size 300 --centers 10 --problem p_median
"""

import argparse
import time

import numpy as np
import pandas as pd
import pulp
from spopt.locate import MCLP, PCenter, PMedian

from innoscape.geo import site_centers


def case(size: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    draw = np.random.default_rng(seed)
    demand = pd.DataFrame({"place": [f"p{i:05}" for i in range(size)], "demand": draw.integers(1, 100, size) * 1.0})
    points = draw.uniform(0, 100, (size, 2))
    cost = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    return demand, pd.DataFrame(cost, demand["place"].tolist(), demand["place"].tolist())


def peer(problem: str, demand: pd.DataFrame, costs: pd.DataFrame, centers: int, radius: float) -> float:
    weight, cost = demand["demand"].to_numpy(), costs.to_numpy()
    model = {
        "p_median": lambda: PMedian.from_cost_matrix(cost, weight, p_facilities=centers),
        "p_center": lambda: PCenter.from_cost_matrix(cost, p_facilities=centers),
        "max_cover": lambda: MCLP.from_cost_matrix(cost, weight, radius, p_facilities=centers),
    }[problem]()
    solved = model.solve(pulp.HiGHS(msg=False, gapRel=1e-9), results=False)
    return float(pulp.value(solved.problem.objective))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=300)
    options.add_argument("--centers", type=int, default=10)
    options.add_argument("--radius", type=float, default=15.0)
    options.add_argument("--problem", choices=["p_median", "p_center", "max_cover"], default="p_median")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    demand, costs = case(given.size, given.seed)
    wanted = {"problem": given.problem, "count": given.centers, "radius": given.radius}
    site_centers(demand[:20], demand[:20], costs, problem="p_median", count=2)
    print(f"{given.problem}, {given.size} x {given.size}, {given.centers} centers")
    for method in ("heuristic", "exact"):
        start = time.perf_counter()
        found = site_centers(demand, demand, costs, method=method, **wanted)
        ours = time.perf_counter() - start
        print(f"innoscape {method:10} {ours:8.2f} s   objective {found.objective:.3f}, gap {found.gap:.2%}")
    start = time.perf_counter()
    objective = peer(given.problem, demand, costs, given.centers, given.radius)
    other = time.perf_counter() - start
    print(f"spopt               {other:8.2f} s   objective {objective:.3f}")
    print(f"ratio               {other / ours:8.1f}")


if __name__ == "__main__":
    main()
