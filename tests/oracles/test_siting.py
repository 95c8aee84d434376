"""Siting against spopt 0.7 with HiGHS (PMedian, PCenter, MCLP, LSCP), and spopt's p-median of predefined centers."""

import numpy as np
import pandas as pd
import pytest

from innoscape.geo import site_centers

pulp = pytest.importorskip("pulp")
locate = pytest.importorskip("spopt.locate")
# spopt builds its variables as PuLP did before its version 4
pytestmark = pytest.mark.filterwarnings("ignore:Constructing LpVariable:DeprecationWarning", "ignore::FutureWarning")


def case(seed, places=25, sites=15):
    draw = np.random.default_rng(seed)
    demand = pd.DataFrame({"place": [f"d{i:02}" for i in range(places)]})
    demand["demand"] = draw.integers(1, 30, places).astype(float)
    names = [f"c{i:02}" for i in range(sites)]
    here, there = draw.uniform(0, 100, (places, 2)), draw.uniform(0, 100, (sites, 2))
    cost = np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1))
    return demand, pd.DataFrame({"place": names}), pd.DataFrame(cost, demand["place"].tolist(), names)


def solved(model):
    return pulp.value(model.solve(pulp.HiGHS(msg=False, mip_rel_gap=0), results=False).problem.objective)


@pytest.mark.parametrize("seed", range(3))
def test_objectives_are_those_of_spopt(seed):
    demand, sites, costs = case(seed)
    weight, cost = demand["demand"].to_numpy(), costs.to_numpy()

    def ours(problem, **options):
        return site_centers(demand, sites, costs, problem=problem, **options).objective

    median = solved(locate.PMedian.from_cost_matrix(cost, weight, p_facilities=4))
    assert ours("p_median", count=4) == pytest.approx(median)
    assert ours("p_center", count=4) == pytest.approx(solved(locate.PCenter.from_cost_matrix(cost, p_facilities=4)))
    cover = solved(locate.MCLP.from_cost_matrix(cost, weight, 20, p_facilities=4))
    assert ours("max_cover", count=4, radius=20) == pytest.approx(cover)
    assert ours("set_cover", radius=45) == solved(locate.LSCP.from_cost_matrix(cost, 45))


def test_existing_centers_are_those_that_spopt_predefines():
    demand, sites, costs = case(7)
    predefined = np.isin(np.arange(15), [2, 9]).astype(int)
    model = locate.PMedian.from_cost_matrix(
        costs.to_numpy(), demand["demand"].to_numpy(), p_facilities=4, predefined_facilities_arr=predefined
    )
    found = site_centers(demand, sites, costs, count=2, existing=["c02", "c09"])
    assert found.objective == pytest.approx(solved(model))
