"""Assignments are worth what networkx 3 and scipy find; shares are those of the runway of Littlechild & Owen (1973)."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linear_sum_assignment

from innoscape.network import assign, share_benefit


def scores_of(rows, columns, seed):
    values = np.random.default_rng(seed).integers(1, 30, (rows, columns)).astype(float)
    return pd.DataFrame(values, index=[f"s{i:02}" for i in range(rows)], columns=[f"t{j:02}" for j in range(columns)])


@pytest.mark.parametrize("seed", range(3))
def test_one_to_one_assignments_are_worth_what_the_hungarian_method_finds(seed):
    scores = scores_of(9, 12, seed)
    found = assign(scores, capacity=dict.fromkeys(scores.columns, 1))
    best = linear_sum_assignment(scores, maximize=True)
    assert found.summary["score"] == scores.to_numpy()[best].sum()


@pytest.mark.parametrize("seed", range(3))
def test_transport_of_all_supply_costs_what_minimum_cost_flow_finds(seed):
    scores = scores_of(6, 5, seed)
    source = np.random.default_rng(seed + 100)
    supply = dict(zip(scores.index, source.integers(1, 9, 6).tolist(), strict=True))
    capacity = dict(zip(scores.columns, source.integers(10, 14, 5).tolist(), strict=True))
    graph = nx.DiGraph()
    for place, amount in supply.items():
        graph.add_node(place, demand=-amount)
        for target in scores.columns:
            graph.add_edge(place, target, weight=-int(scores.loc[place, target]))
    for target, room in capacity.items():
        graph.add_edge(target, "end", weight=0, capacity=room)
    graph.add_node("end", demand=sum(supply.values()))
    found = assign(scores, supply=supply, capacity=capacity, complete=True)
    assert found.summary["score"] == -nx.min_cost_flow_cost(graph)


def test_shares_of_the_cost_of_a_runway_are_those_of_its_closed_form():
    # Littlechild & Owen (1973), Management Science 20: each pays an equal part of every stretch that it needs
    lengths = {"a": 3.0, "b": 7.0, "c": 8.0}
    groups = [("a", "b"), ("a", "c"), ("b", "c"), ("a", "b", "c")]
    cost = {name: -length for name, length in lengths.items()} | {g: -max(lengths[n] for n in g) for g in groups}
    found = share_benefit(cost).shares["shapley"]
    assert found.tolist() == pytest.approx([-3 / 3, -(3 / 3 + 4 / 2), -(3 / 3 + 4 / 2 + 1)])
