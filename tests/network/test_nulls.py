"""Small worlds stand out from null networks that keep every place's ties."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from innoscape.data import InnoscapeWarning, OptionError
from innoscape.network import small_world
from innoscape.network.measures.rewiring import latticize, rewire, tied_pairs


def draws(edges, rng, attempts):
    return rng.integers(0, len(edges), (attempts, 2)), rng.integers(0, 2, attempts)


@pytest.mark.parametrize("swap", [rewire, latticize])
def test_null_networks_keep_every_number_of_ties(swap):
    ties = nx.to_numpy_array(nx.barabasi_albert_graph(40, 3, seed=1)) > 0
    edges = np.argwhere(np.triu(ties))
    pairs, moved = tied_pairs(edges, 40, False), edges.copy()
    assert swap(pairs, moved, *draws(edges, np.random.default_rng(1), 2000)) > 0
    other = np.unpackbits(pairs, axis=1, count=40, bitorder="little").astype(bool)
    assert (other.sum(axis=0) == ties.sum(axis=0)).all()
    assert (other == other.T).all()
    assert not np.diag(other).any()
    assert (other != ties).any()
    listed = np.zeros_like(ties)
    listed[moved[:, 0], moved[:, 1]] = listed[moved[:, 1], moved[:, 0]] = True
    assert (listed == other).all()


def test_rewiring_reaches_every_network_equally_often():
    # perfect matchings of six places: 15 networks, all equally likely
    rng = np.random.default_rng(2)
    edges = np.array([[0, 1], [2, 3], [4, 5]])
    start = tied_pairs(edges, 6, False)
    seen = {}
    for _ in range(3000):
        ties = start.copy()
        rewire(ties, edges.copy(), *draws(edges, rng, 40))
        seen[ties.tobytes()] = seen.get(ties.tobytes(), 0) + 1
    assert len(seen) == 15
    assert min(seen.values()) > 140
    assert max(seen.values()) < 260


def test_omega_goes_from_lattice_over_small_world_to_random():
    # Telesford et al. (2011), figure 3: omega rises through 0 with the share of rewired ties
    omega = [small_world(nx.watts_strogatz_graph(100, 6, p, seed=1), null_networks=4).omega for p in (0, 0.1, 1)]
    assert omega[0] < -0.6
    assert abs(omega[1]) < 0.15
    assert omega[2] > 0.8


def test_lattices_are_as_clustered_as_the_ring_they_can_be():
    # every place tied to its three neighbors on both sides: clustering 3 (k - 2) / 4 (k - 1) = 0.6 with k = 6
    found = small_world(nx.watts_strogatz_graph(100, 6, 0, seed=1), null_networks=4)
    row = found.table.set_index("measure").loc["clustering"]
    assert row["observed"] == pytest.approx(0.6)
    assert row["lattice"] == pytest.approx(0.6, abs=0.04)


def test_a_random_network_is_like_its_null():
    found = small_world(nx.gnm_random_graph(80, 400, seed=3), null_networks=10)
    assert found.sigma == pytest.approx(1, abs=0.15)
    row = found.table.set_index("measure").loc["path_length"]
    assert row["low"] <= row["random"] <= row["high"]
    assert found.sigma_interval[0] < found.sigma < found.sigma_interval[1]


def test_order_of_rows_direction_and_weights_change_nothing():
    graph = nx.watts_strogatz_graph(30, 4, 0.1, seed=1)
    other = nx.DiGraph()
    other.add_nodes_from(sorted(graph, reverse=True))
    other.add_weighted_edges_from((v, u, 5.0) for u, v in reversed(list(graph.edges)))
    one, two = small_world(graph, null_networks=2), small_world(other, null_networks=2)
    pd.testing.assert_frame_equal(one.nulls, two.nulls)
    assert one.omega == two.omega
    few = small_world(graph, null_networks=1)
    pd.testing.assert_frame_equal(few.nulls, one.nulls.iloc[:1])
    assert small_world(graph, null_networks=2, seed=1).omega != one.omega


def test_limit_cases_are_defined():
    whole = small_world(nx.complete_graph(6), null_networks=2)
    assert (whole.sigma, whole.omega) == (1, 0)
    assert np.isnan(small_world(nx.empty_graph(4), null_networks=1).sigma)
    assert np.isnan(small_world(nx.Graph(), null_networks=1).omega)
    assert small_world(nx.Graph([(0, 1), (2, 3)]), null_networks=1).reached == pytest.approx(2 / 6)


def test_dense_networks_warn_and_bad_options_are_refused():
    dense = nx.complete_graph(8)
    dense.remove_edge(0, 1)
    with pytest.warns(InnoscapeWarning, match="more than half"):
        small_world(dense, null_networks=1)
    with pytest.raises(OptionError, match="at least 1"):
        small_world(dense, null_networks=0)
