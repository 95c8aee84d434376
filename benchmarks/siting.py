"""Compare siting with spopt on the same input in the same run, and search with what is best.

spopt's models are solved by HiGHS too; without --peer they are left out.

python benchmarks/siting.py --size 300 --centers 10 --problem p_median --peer
"""

import argparse
import time

import numpy as np
import pandas as pd
import pulp
from spopt.locate import LSCP, MCLP, PCenter, PMedian

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
        "set_cover": lambda: LSCP.from_cost_matrix(cost, radius),
        "max_cover": lambda: MCLP.from_cost_matrix(cost, weight, radius, p_facilities=centers),
    }[problem]()
    solved = model.solve(pulp.HiGHS(msg=False, gapRel=1e-9), results=False)
    return float(pulp.value(solved.problem.objective))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size", type=int, default=300)
    options.add_argument("--centers", type=int, default=10)
    options.add_argument("--radius", type=float, default=15.0)
    options.add_argument("--problem", choices=["p_median", "p_center", "max_cover", "set_cover"], default="p_median")
    options.add_argument("--peer", action="store_true")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    demand, costs = case(given.size, given.seed)
    count = None if given.problem == "set_cover" else given.centers
    wanted = {"problem": given.problem, "count": count, "radius": given.radius}
    site_centers(demand[:20], demand[:20], costs, problem="p_median", count=2)
    print(f"{given.problem}, {given.size} x {given.size}, {given.centers} centers, radius {given.radius:g}")
    objectives = []
    for method in ("heuristic", "exact"):
        start = time.perf_counter()
        found = site_centers(demand, demand, costs, method=method, **wanted)
        ours = time.perf_counter() - start
        print(f"innoscape {method:10} {ours:8.2f} s   objective {found.objective:.3f}, gap {found.gap:.2%}")
        objectives.append(found.objective)
    print(f"search from the best          {abs(objectives[0] - objectives[1]) / objectives[1]:8.2%}")
    if not given.peer:
        return
    start = time.perf_counter()
    objective = peer(given.problem, demand, costs, given.centers, given.radius)
    other = time.perf_counter() - start
    print(f"spopt               {other:8.2f} s   objective {objective:.3f}")
    print(f"ratio               {other / ours:8.1f}")


if __name__ == "__main__":
    main()
