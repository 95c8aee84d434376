"""Measures keep the laws that hold for every network: of names, direction, scale and islands."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.network import ALL_MEASURES, centrality, network_summary, rich_club, structural_holes

SCALED = {
    *("strength", "in_strength", "out_strength", "s_core", "neighbor_strength", "degree_opsahl"),
    *("closeness", "harmonic"),
}
# measures whose denominators count all places
RESIZED = {"betweenness": lambda n: (n - 1) * (n - 2), "closeness": lambda n: n - 1, "harmonic": lambda n: n - 1}


@st.composite
def networks(draw, directed=None):
    """Draw a network of up to nine places with whole weights, islands and self-loops among them."""
    n = draw(st.integers(3, 9))
    kind = draw(st.booleans()) if directed is None else directed
    graph = nx.DiGraph() if kind else nx.Graph()
    graph.add_nodes_from(range(n))
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), st.integers(1, 6))
    for a, b, weight in draw(st.lists(pairs, min_size=1, max_size=3 * n)):
        graph.add_edge(a, b, weight=float(weight))
    return graph


def table(graph, **options):
    return centrality(graph, measures=ALL_MEASURES, **({"weight_meaning": "strength"} | options)).set_index("place")


def same(first, second):
    return np.allclose(first.to_numpy(float), second.to_numpy(float), rtol=1e-6, atol=1e-6, equal_nan=True)


@settings(max_examples=20, deadline=None)
@given(networks(), st.randoms(use_true_random=False))
def test_names_and_order_of_places_do_not_matter(graph, random):
    order = list(graph)
    random.shuffle(order)
    name = {place: f"p{i}" for i, place in enumerate(order)}
    turned = graph.__class__()
    turned.add_nodes_from(name[p] for p in order)
    turned.add_weighted_edges_from((name[a], name[b], w) for a, b, w in reversed(list(graph.edges(data="weight"))))
    before, after = table(graph), table(turned).loc[[name[p] for p in graph]]
    for measure in ALL_MEASURES:
        assert same(before[measure], after[measure]), measure
    holes = structural_holes(turned).set_index("place").loc[[name[p] for p in graph]]
    assert same(structural_holes(graph).set_index("place"), holes)
    assert same(network_summary(graph), network_summary(turned))


@settings(max_examples=20, deadline=None)
@given(networks(directed=True))
def test_turning_every_flow_around_swaps_in_and_out(graph):
    before, after = table(graph), table(graph.reverse())
    # without self-loops, which no measure reads
    strength = nx.to_numpy_array(graph) * (1 - np.eye(len(graph)))
    for one, other in (("in_strength", "out_strength"), ("hits_hub", "hits_authority")):
        if one != "hits_hub" or np.ptp(np.linalg.svd(strength)[1][:2]) > 1e-6:
            assert same(before[one], after[other]), one
    unchanged = ["degree", "strength", "betweenness", "k_core", "s_core", "constraint", "effective_size", "efficiency"]
    unchanged += ["clustering", "clustering_barrat", "clustering_onnela", "neighbor_degree", "neighbor_strength"]
    assert same(before[unchanged], after[unchanged])


@settings(max_examples=20, deadline=None)
@given(networks(), st.sampled_from([0.001, 0.3, 1e6]))
def test_scaling_scales_what_is_said_to_scale(graph, factor):
    scaled = graph.copy()
    for _, _, data in scaled.edges(data=True):
        data["weight"] *= factor
    before, after = table(graph), table(scaled)
    for measure in ALL_MEASURES:
        by = factor if measure in SCALED else 1 / factor if measure == "eccentricity" else 1
        assert same(before[measure], after[measure] / by), measure


@settings(max_examples=20, deadline=None)
@given(networks())
def test_an_island_changes_nothing_but_the_counts(graph):
    wider = graph.copy()
    wider.add_node("island")
    before, after = table(graph), table(wider)
    n = len(graph)
    for measure in set(ALL_MEASURES) - {"pagerank", "katz"}:
        factor = RESIZED[measure](n) / RESIZED[measure](n + 1) if measure in RESIZED else 1
        assert same(before[measure] * factor, after[measure].drop("island")), measure
    inner = after["katz"].drop("island")
    assert same(before["katz"], inner / np.linalg.norm(inner))


@settings(max_examples=20, deadline=None)
@given(networks())
def test_a_cost_is_the_inverse_of_a_strength(graph):
    inverse = graph.copy()
    for _, _, data in inverse.edges(data=True):
        data["weight"] = 1 / data["weight"]
    strength, cost = table(graph), table(inverse, weight_meaning="cost")
    for measure in ALL_MEASURES:
        assert same(strength[measure], cost[measure]), measure


@settings(max_examples=20, deadline=None)
@given(networks())
def test_shares_stay_between_nothing_and_all(graph):
    found = table(graph)
    shares = ["betweenness", "pagerank", "hits_hub", "hits_authority", "eigenvector", "katz", "clustering"]
    shares += ["clustering_barrat", "clustering_onnela"]
    for measure in shares:
        known = found[measure].dropna()
        assert known.between(0, 1 + 1e-9).all(), measure
    assert (found["k_core"] <= found["degree"]).all()
    assert (found["s_core"] <= found["strength"] + 1e-9).all()
    summary = network_summary(graph)
    bounded = ["density", "reciprocity", "reciprocity_weighted", "transitivity", "clustering", "reached"]
    bounded += ["global_efficiency", "global_efficiency_weighted", "local_efficiency", "degree_centralization"]
    assert summary[bounded].dropna().between(0, 1 + 1e-9).all()


@settings(max_examples=20, deadline=None)
@given(networks())
def test_comparison_networks_have_the_same_clubs_of_all(graph):
    club = rich_club(graph, null_networks=3)
    assert (club["places"] >= 2).all()
    assert club["coefficient"].between(0, 1).all()
    assert (club["low"] <= club["high"]).all()
    if len(club):
        assert club["expected"].iloc[0] == pytest.approx(club["coefficient"].iloc[0])
