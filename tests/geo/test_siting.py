"""Siting of centers: against every layout tried out, hand figures and the laws of siting."""

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from innoscape.data.errors import InfeasibleError, OptionError, SizeError, TableError, UnknownPlaceError
from innoscape.geo import compare_layouts, inequality, site_centers
from innoscape.geo.space.cover_search import greedy_cover, search_cover
from innoscape.geo.space.siting_programs import least_centers, p_median_program
from innoscape.geo.space.siting_search import median_bound
from innoscape.geo.space.siting_task import siting_task

PROBLEMS = ["p_median", "p_center", "max_cover"]


def case(seed, places, sites, *, ties=False, missing=0.0):
    draw = np.random.default_rng(seed)
    demand = pd.DataFrame({"place": [f"d{i:02}" for i in range(places)]})
    demand["demand"] = draw.integers(1, 20, places).astype(float)
    names = [f"c{i:02}" for i in range(sites)]
    here, there = draw.uniform(0, 100, (places, 2)), draw.uniform(0, 100, (sites, 2))
    cost = np.hypot(*(here[:, None] - there[None]).transpose(2, 0, 1))
    cost = np.round(cost / 10) if ties else cost
    cost[draw.random(cost.shape) < missing] = np.inf
    return demand, pd.DataFrame({"place": names}), pd.DataFrame(cost, demand["place"].tolist(), names)


def layouts(costs, count, existing=()):
    held = [costs.columns.get_loc(name) for name in existing]
    free = [j for j in range(costs.shape[1]) if j not in held]
    for chosen in itertools.combinations(free, count):
        yield [*held, *chosen]


def best_of_all(demand, costs, problem, count, radius, existing=()):
    weight, cost = demand["demand"].to_numpy(), costs.to_numpy()
    value = {
        "p_median": lambda near: weight @ near,
        "p_center": lambda near: near.max(),
        "max_cover": lambda near: -weight[near <= radius].sum(),
    }[problem]
    return abs(min(value(cost[:, layout].min(axis=1)) for layout in layouts(costs, count, existing)))


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_the_layout_is_the_best_of_all(problem, ties, seed):
    demand, sites, costs = case(seed, 11, 8, ties=ties)
    existing, radius = (["c03"] if seed % 2 else []), 3.0 if ties else 30.0
    for count in (1, 2, 3):
        options = {"problem": problem, "count": count, "radius": radius, "existing": existing}
        best = best_of_all(demand, costs, problem, count, radius, existing)
        found = site_centers(demand, sites, costs, **options)
        assert found.objective == pytest.approx(best)
        assert found.gap == 0
        assert set(existing) <= set(found.centers["place"])
        assert len(found.centers) == count + len(existing)
        quick = site_centers(demand, sites, costs, method="heuristic", **options)
        low, high = sorted([quick.objective, quick.bound])
        assert low - 1e-9 <= best <= high + 1e-9
        assert quick.gap == pytest.approx(0 if high == 0 else (high - low) / high, abs=1e-9)


@pytest.mark.parametrize("seed", range(8))
def test_the_program_of_a_p_median_holds_with_ties_and_missing_ways(seed):
    demand, sites, costs = case(seed, 12, 9, ties=seed % 2 == 0, missing=0.3 if seed % 3 else 0)
    task = siting_task(demand, sites, costs, weight="demand")
    none = np.zeros(9, dtype=bool)
    for total in (3, 5):
        best = best_of_all(demand, costs, "p_median", total, 0)
        if math.isinf(best):
            with pytest.raises(InfeasibleError, match="count: needed at least"):
                site_centers(demand, sites, costs, count=total)
            continue
        chosen, bound = p_median_program(task, total, out=none, kept=none)
        assert task.demand @ task.nearest(chosen)[1] == pytest.approx(best)
        assert bound == pytest.approx(best)
        known = median_bound(task, total)
        assert known.bound <= best + 1e-9
        # the sites that were decided leave a best layout
        chosen, _ = p_median_program(task, total, out=known.out, kept=known.kept)
        assert min(task.demand @ task.nearest(chosen)[1], known.cost) == pytest.approx(best)


@pytest.mark.parametrize("seed", range(5))
def test_a_set_cover_takes_the_fewest_centers(seed):
    demand, sites, costs = case(seed, 14, 9)
    radius = float(costs.min(axis=1).max()) * 1.2
    found = site_centers(demand, sites, costs, problem="set_cover", radius=radius)
    covers = [k for k in range(1, 10) if best_of_all(demand, costs, "p_center", k, 0) <= radius]
    assert found.objective == covers[0] == len(found.centers)
    assert found.assignments["covered"].all()
    quick = site_centers(demand, sites, costs, problem="set_cover", radius=radius, method="heuristic")
    assert quick.bound <= found.objective <= quick.objective


def least_cost_of(layout, demand, costs, capacity):
    """Share demand out among the centers of a layout by a transport program; infinite where it does not fit."""
    weight, cost = demand["demand"].to_numpy(), costs.to_numpy()[:, layout]
    n, m = cost.shape
    room = np.kron(weight, np.eye(m))
    whole = np.kron(np.eye(n), np.ones(m))
    done = linprog((weight[:, None] * cost).ravel(), room, [capacity] * m, whole, np.ones(n), method="highs")
    return done.fun if done.status == 0 else math.inf


@pytest.mark.parametrize("seed", range(4))
def test_capacities_are_kept_at_the_least_cost(seed):
    demand, sites, costs = case(seed, 8, 6)
    capacity = demand["demand"].sum() / 2.5
    capacities = dict.fromkeys(sites["place"], capacity)
    found = site_centers(demand, sites, costs, count=3, capacities=capacities)
    best = min(least_cost_of(layout, demand, costs, capacity) for layout in layouts(costs, 3))
    assert found.objective == pytest.approx(best)
    assert (found.centers["demand"] <= capacity + 1e-9).all()
    assert found.assignments.groupby("place")["demand"].sum().tolist() == pytest.approx(demand["demand"].tolist())
    with pytest.raises(InfeasibleError, match="count: needed at least 3 so that the capacities hold all demand, got 2"):
        site_centers(demand, sites, costs, count=2, capacities=capacities)
    with pytest.raises(InfeasibleError, match=r"got room for .* add"):
        site_centers(demand, sites, costs, count=6, capacities=dict.fromkeys(sites["place"], capacity / 3))
    covered = site_centers(
        demand, sites, costs, problem="max_cover", radius=30, count=2, capacities=dict.fromkeys(sites["place"], 10.0)
    )
    assert (covered.centers["demand"] <= 10 + 1e-9).all()
    assert covered.balance["share_served"] < 1
    assert covered.assignments["center"].isna().any()
    within = site_centers(demand, sites, costs, problem="p_center", count=3, capacities=capacities)
    reach = costs.where(costs <= within.objective - 1e-9, 1e6)
    assert min(least_cost_of(layout, demand, reach, capacity) for layout in layouts(costs, 3)) > 1e5


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(PROBLEMS))
def test_neither_the_order_of_rows_nor_one_more_center_does_harm(seed, problem):
    demand, sites, costs = case(seed, 10, 7, ties=True)
    found = [
        site_centers(demand, sites, costs, problem=problem, count=count, radius=4).objective for count in range(1, 7)
    ]
    better = np.diff(found) if problem == "max_cover" else -np.diff(found)
    assert (better >= -1e-9).all()
    one = site_centers(demand, sites, costs, problem=problem, count=2, radius=4)
    mixed = demand.sample(frac=1, random_state=seed), sites.iloc[::-1], costs.sample(frac=1, axis=1, random_state=seed)
    two = site_centers(*mixed, problem=problem, count=2, radius=4)
    pd.testing.assert_frame_equal(one.centers, two.centers)
    pd.testing.assert_frame_equal(one.assignments, two.assignments)


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("limited", [False, True])
def test_units_do_not_matter(problem, limited):
    demand, sites, costs = case(5, 12, 8)
    found = []
    for unit, head in ((1.0, 1.0), (1e-7, 1e5), (1e7, 1e-6)):
        capacities = dict.fromkeys(sites["place"], demand["demand"].sum() * head / 2) if limited else None
        found.append(site_centers(
            demand.assign(demand=demand["demand"] * head), sites, costs * unit, problem=problem, count=3,
            radius=25 * unit, capacities=capacities,
        ))  # fmt: skip
    assert [one.gap for one in found] == [0, 0, 0]
    assert len({tuple(one.centers["place"]) for one in found}) == 1


LINE = pd.DataFrame([[0, 2, 6], [2, 0, 4], [6, 4, 0]], list("abc"), list("abc"), dtype=float)
PEOPLE = pd.DataFrame({"place": list("abc"), "people": [2.0, 1.0, 1.0]})


def test_the_balance_of_a_layout_by_hand():
    found = site_centers(PEOPLE, PEOPLE, LINE, weight="people", count=0, existing=["a"], radius=2)
    # costs 0 twice, 2 and 6: mean 2; differences 2, 6, 4 of pairs, twice where with the two: (4 + 12 + 4) * 2 / 16 / 4
    assert found.balance.to_dict() == pytest.approx(
        {"centers": 1, "mean_cost": 2, "max_cost": 6, "gini": 40 / 64, "share_served": 1, "share_covered": 0.75}
    )
    assert found.centers.loc[0].to_dict() == {
        "place": "a", "status": "existing", "places": 3, "demand": 4.0, "share": 1.0, "mean_cost": 2.0, "max_cost": 6.0,
    }  # fmt: skip
    assert found.assignments["center"].tolist() == ["a", "a", "a"]


def test_layouts_of_more_and_more_centers_stand_beside_one_another():
    table = compare_layouts(PEOPLE, PEOPLE, LINE, weight="people", most=3, radius=2)
    assert table["status"].tolist() == ["no center", "best", "best", "best"]
    assert table["mean_cost"].tolist()[1:] == [2.0, 0.5, 0.0]
    assert table["new"].tolist() == ["", "a", "a; c", "a; b; c"]
    capacities = dict.fromkeys("abc", 2.0)
    tight = compare_layouts(PEOPLE, PEOPLE, LINE, weight="people", most=3, capacities=capacities, existing=["b"][:0])
    assert tight["status"].tolist() == ["no center", "infeasible", "best", "best"]
    assert tight["centers"].tolist()[2:] == [2, 3]


def test_one_place_is_served_by_itself():
    found = site_centers(PEOPLE[:1], PEOPLE[:1], LINE, weight="people", count=1)
    assert (found.objective, found.gap, found.balance["gini"]) == (0.0, 0.0, 0.0)


BLOCKED = LINE.where(LINE < 6, math.inf)


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"count": 4}, OptionError, "count: needed at most 3"),
        ({"count": None}, OptionError, "count: needed the number"),
        ({"count": 1, "problem": "set_cover", "radius": 1}, OptionError, "count: needed none"),
        ({"count": 1, "problem": "max_cover"}, OptionError, "radius: needed for max_cover"),
        ({"count": 1, "problem": "p_mean"}, OptionError, "problem"),
        ({"count": 1, "existing": "a"}, OptionError, "existing"),
        ({"count": 1, "capacities": {"a": 1, "b": 1}}, OptionError, "got none for c"),
        ({"count": 1, "capacities": {"a": 1, "b": 1, "c": -1}}, OptionError, "capacities, c"),
        ({"count": 1, "capacities": dict.fromkeys("abcz", 1)}, UnknownPlaceError, "z"),
        ({"count": 1, "capacities": dict.fromkeys("abc", 9), "method": "heuristic"}, SizeError, 'method="exact"'),
        ({"count": 1, "costs": -LINE}, TableError, "at least 0"),
        ({"count": 1, "costs": LINE.drop(columns="b")}, TableError, "a column for b"),
        ({"count": 1, "costs": LINE.where(LINE < 0)}, InfeasibleError, "got none for a, b, c"),
        ({"problem": "set_cover", "radius": 1, "candidates": PEOPLE[:1]}, InfeasibleError, "b, c; at least 6 reaches"),
        ({"count": 1, "costs": BLOCKED.where(BLOCKED < 4, math.inf)}, InfeasibleError, "count: needed at least 2 so"),
        ({"count": 1, "demand": PEOPLE.assign(people=0)}, TableError, "a demand above 0"),
        ({"count": 1, "demand": PEOPLE.assign(people=[1, -1, None])}, TableError, "-1.0 at b"),
        ({"count": 1, "demand": PEOPLE.iloc[:0]}, TableError, "at least one place"),
        ({"count": 1, "candidates": pd.concat([PEOPLE, PEOPLE[:1]])}, TableError, "a more than once"),
    ],
)
def test_what_cannot_work_says_what_would(change, error, match):
    given = {"demand": PEOPLE, "candidates": PEOPLE, "costs": LINE, "weight": "people", **change}
    tables = [given.pop(name) for name in ("demand", "candidates", "costs")]
    with pytest.raises(error, match=match):
        site_centers(*tables, **given)


@pytest.mark.parametrize("seed", range(3))
def test_search_comes_as_close_as_the_docs_say(seed):
    draw = np.random.default_rng(seed)
    demand = pd.DataFrame({"place": [f"p{i:03}" for i in range(100)], "demand": draw.integers(1, 100, 100) * 1.0})
    points = draw.uniform(0, 100, (100, 2))
    cost = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    costs = pd.DataFrame(cost, demand["place"].tolist(), demand["place"].tolist())
    existing = ["p005", "p077"]
    for options in (
        {"problem": "set_cover", "radius": 15.0},
        {"problem": "set_cover", "radius": 15.0, "existing": existing},
        {"problem": "p_center", "count": 10},
        {"problem": "p_center", "count": 8, "existing": existing},
        {"problem": "max_cover", "count": 8, "radius": 12.0},
    ):
        exact = site_centers(demand, demand, costs, method="exact", **options)
        quick = site_centers(demand, demand, costs, method="heuristic", **options)
        assert quick.objective == pytest.approx(exact.objective, rel=0.03)
        assert set(options.get("existing", ())) <= set(quick.centers["place"])
        mixed = demand.sample(frac=1, random_state=seed)
        again = site_centers(mixed, mixed, costs.loc[mixed["place"]], method="heuristic", **options)
        pd.testing.assert_frame_equal(again.centers, quick.centers)


def test_a_search_ends_at_its_goal_and_covers_all():
    demand, sites, costs = case(3, 40, 30)
    task = siting_task(demand, sites, costs, weight="demand").within(1.1 * float(costs.min(axis=1).max()))
    reach = np.isfinite(task.cost)
    best = int(least_centers(task).sum())
    for goal in (0, best, best + 2, 30):
        chosen = search_cover(task, goal)
        assert reach[:, chosen].any(axis=1).all()
        assert chosen.sum() == best or chosen.sum() <= goal
    assert greedy_cover(task).sum() >= best


def test_the_balance_of_layouts_is_measured_as_inequality_is():
    demand, sites, costs = case(5, 12, 8)
    table = compare_layouts(demand, sites, costs, most=3, existing=["c02"])
    near = costs.set_axis(costs.index.rename("place"), axis=0)
    for added, row in table.set_index("added").iterrows():
        open_sites = ["c02", *filter(None, row["new"].split("; "))]
        paid = near[open_sites].min(axis=1).reset_index(name="value").assign(people=demand["demand"])
        found = inequality(paid, weights="people", measures=("gini",), by=None)
        assert len(open_sites) == added + 1
        assert row["gini"] == pytest.approx(found["value"].iloc[0])
