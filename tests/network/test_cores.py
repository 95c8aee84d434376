"""Cores are the optimum that enumeration finds, whatever the order of rows."""

from itertools import combinations

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import InnoscapeWarning, OptionError, SizeError
from innoscape.network import core_periphery


def enumerated(graph):
    """Return the best correlation and the smallest core that has it, trying every core."""
    ties = nx.to_numpy_array(graph, nodelist=sorted(graph))
    pairs = ~np.eye(len(ties), dtype=bool)
    actual = ties[pairs]
    best, core = -2.0, ()
    for size in range(1, len(ties) - 1):
        for chosen in combinations(range(len(ties)), size):
            inside = np.zeros(len(ties), dtype=bool)
            inside[list(chosen)] = True
            fit = np.corrcoef(actual, (inside[:, None] | inside)[pairs])[0, 1]
            if fit > best + 1e-9:
                best, core = fit, chosen
    return best, {sorted(graph)[i] for i in core}


def core_of(found):
    return set(found.table.loc[found.table["core"], "place"])


def test_the_florentine_families_have_a_core_of_three():
    # cpnet 0.0.21's Borgatti-Everett returns 5 to 13 members (correlations 0.05 to 0.27) on this network
    graph = nx.florentine_families_graph()
    found = core_periphery(graph, test=False)
    best, core = enumerated(graph)
    assert len(core) == 3
    assert core_of(found) == core
    assert found.correlation == pytest.approx(best) == pytest.approx(0.3299, abs=1e-4)
    assert found.exact


def test_the_karate_club_has_a_core_of_five():
    found = core_periphery(nx.karate_club_graph(), weight=None)
    assert core_of(found) == {0, 1, 2, 32, 33}
    assert found.correlation == pytest.approx(0.431475, abs=1e-6)
    assert (found.exact, found.unique) == (True, True)
    assert found.p_value == 1 / 200
    assert found.densities["weight"].tolist() == [5, 54, 19]
    assert found.densities["pairs"].tolist() == [10, 145, 406]


@given(st.integers(0, 1000), st.booleans(), st.booleans())
@settings(max_examples=8, deadline=None)
def test_the_optimum_is_that_of_enumeration(seed, directed, weighted):
    graph = nx.gnp_random_graph(8, 0.4, seed=seed, directed=directed)
    rng = np.random.default_rng(seed)
    for *_, data in graph.edges(data=True):
        data["weight"] = float(rng.integers(1, 9)) if weighted else 1.0
    if graph.number_of_edges() == 0:
        return
    best, core = enumerated(graph)
    found = core_periphery(graph, test=False)
    assert found.correlation == pytest.approx(best, abs=1e-9)
    assert found.table["core"].sum() == len(core), "of equal cores the smallest"
    if found.unique:
        assert core_of(found) == core
    # climbs alone never claim more
    assert core_periphery(graph, test=False, exact_limit=0).correlation <= best + 1e-9


@given(st.integers(0, 30), st.randoms())
@settings(max_examples=6, deadline=None)
def test_order_of_rows_units_and_seed_change_nothing(kind, source):
    graph = nx.gnp_random_graph(15, 0.3, seed=kind)
    nodes, edges = list(graph), [(u, v, 1e-5) for u, v in graph.edges]
    source.shuffle(nodes)
    source.shuffle(edges)
    other = nx.Graph()
    other.add_nodes_from(nodes)
    other.add_weighted_edges_from(edges)
    one, two = core_periphery(graph, test=False), core_periphery(other, test=False, seed=9)
    assert core_of(one) == core_of(two)
    assert one.correlation == pytest.approx(two.correlation)
    assert one.table["coreness"].to_numpy() == pytest.approx(two.table["coreness"].to_numpy())


def test_a_star_is_its_own_ideal():
    found = core_periphery(nx.star_graph(8), null_networks=19)
    assert core_of(found) == {0}
    assert found.correlation == pytest.approx(1)
    assert found.p_value == 1 / 20
    assert found.table["coreness"].iloc[0] > 0.999


def test_a_ring_has_no_single_best_core_and_no_significance():
    found = core_periphery(nx.cycle_graph(10), null_networks=49)
    assert found.unique is False
    assert found.p_value > 0.2


def test_a_planted_core_is_found_beyond_the_exact_limit():
    rng = np.random.default_rng(0)
    core = np.arange(80) < 12
    chance = np.where(core[:, None] & core, 0.95, np.where(core[:, None] | core, 0.6, 0.05))
    ties = np.triu(rng.random((80, 80)) < chance, 1)
    found = core_periphery(nx.from_numpy_array(ties.astype(int)), null_networks=19)
    assert core_of(found) == set(range(12))
    assert (found.exact, found.unique) == (False, None)
    assert found.p_value == 1 / 20


def test_rewired_networks_keep_degrees_and_weights():
    from innoscape.network.measures.shuffle_ties import rewire_ties

    for directed in (False, True):
        graph = nx.gnp_random_graph(20, 0.3, seed=1, directed=directed)
        ties = nx.to_numpy_array(graph) * np.random.default_rng(1).random((20, 20))
        ties = ties if directed else np.triu(ties) + np.triu(ties).T
        other = rewire_ties(ties, np.random.default_rng(2), directed=directed)
        for axis in (0, 1):
            assert ((other > 0).sum(axis=axis) == (ties > 0).sum(axis=axis)).all()
        assert np.sort(other[other > 0]) == pytest.approx(np.sort(ties[ties > 0]))
        assert ((other > 0) != (ties > 0)).any()
        assert not np.diag(other).any()


def test_corenesses_recover_a_product_and_the_core_follows():
    true = np.array([0.9, 0.8, 0.75, 0.2, 0.15, 0.1, 0.05])
    ties = np.outer(true, true)
    np.fill_diagonal(ties, 0)
    found = core_periphery(nx.from_numpy_array(ties), method="continuous")
    assert found.table["coreness"].to_numpy() == pytest.approx(true / np.linalg.norm(true), abs=1e-6)
    assert found.correlation == pytest.approx(1)
    assert core_of(found) == {0, 1, 2}
    assert np.isnan(found.p_value)


def test_the_seed_decides_the_null_networks():
    graph = nx.karate_club_graph()
    one, two, other = (core_periphery(graph, null_networks=9, seed=s).null for s in (1, 1, 2))
    pd.testing.assert_series_equal(one, two)
    assert not one.equals(other)
    degree = core_periphery(graph, null_networks=9, seed=1, null="degree").null
    assert degree.mean() > one.mean(), "degrees alone bring part of a core"


def test_what_cannot_work_is_refused():
    with pytest.raises(OptionError, match="tied alike"):
        core_periphery(nx.complete_graph(5))
    with pytest.raises(OptionError, match="at least 4 places"):
        core_periphery(nx.path_graph(3))
    with pytest.raises(OptionError, match="method: needed one of"):
        core_periphery(nx.path_graph(5), method="rombach")
    with pytest.raises(OptionError, match="seed: needed"):
        core_periphery(nx.path_graph(5), seed=-1)


@pytest.mark.parametrize(("seed", "directed"), [(0, False), (1, True), (2, False), (3, True)])
def test_a_core_that_ignores_ties_to_the_periphery_is_the_best_of_all_sets(seed, directed):
    graph = nx.gnp_random_graph(8, 0.45, seed=seed, directed=directed)
    for number, (*_, data) in enumerate(graph.edges(data=True)):
        data["weight"] = 1.0 + number % 4
    ties = nx.to_numpy_array(graph)
    fits = {}
    for members in (set(some) for size in range(2, 7) for some in combinations(range(8), size)):
        core = np.isin(range(8), list(members))
        counted = (core[:, None] == core) & ~np.eye(8, dtype=bool)
        ideal = (core[:, None] & core)[counted].astype(float)
        if np.ptp(ties[counted]):
            fits[frozenset(members)] = np.corrcoef(ties[counted], ideal)[0, 1]
    found = core_periphery(graph, between="ignored", test=False)
    assert found.exact
    assert found.correlation == pytest.approx(max(fits.values()))
    best = [members for members, fit in fits.items() if fit > max(fits.values()) - 1e-9]
    assert frozenset(found.table.loc[found.table["core"], "place"]) in best
    assert found.unique == (len(best) == 1)
    climbed = core_periphery(graph, between="ignored", test=False, budget=1)
    assert not climbed.exact
    assert climbed.correlation <= found.correlation + 1e-12


def test_ties_to_the_periphery_have_no_say_where_ignored():
    graph = nx.disjoint_union(nx.complete_graph(4), nx.empty_graph(5))
    first = core_periphery(graph, between="ignored", null_networks=19)
    graph.add_edges_from([(0, 5), (1, 6), (0, 8)])
    second = core_periphery(graph, between="ignored", test=False)
    assert first.correlation == second.correlation == pytest.approx(1.0)
    # a place whose ties all go to the core fits in the periphery as well, and the smallest core is kept
    assert first.table["core"].tolist() == second.table["core"].tolist() == [True] * 3 + [False] * 6
    assert first.unique is False
    assert first.p_value < 0.2


def test_what_cannot_have_a_separate_core_is_refused():
    with pytest.raises(OptionError, match="between: has no part with method='continuous'"):
        core_periphery(nx.path_graph(5), method="continuous", between="ignored")
    with pytest.raises(SizeError, match="ties to the periphery do not count of 3,000 places"):
        core_periphery(nx.path_graph(3000), between="ignored", test=False)


def test_corenesses_that_have_not_settled_are_told_and_those_of_a_star_are_no_doubt():
    random = np.random.default_rng(2)
    graph = nx.barabasi_albert_graph(2100, 10, seed=2)
    nx.set_edge_attributes(graph, {edge: random.lognormal(sigma=1.5) for edge in graph.edges}, "weight")
    with pytest.warns(InnoscapeWarning, match="had not settled after 2000 rounds"):
        core_periphery(graph, method="continuous")
    for leaves in (5, 2100):
        star = core_periphery(nx.star_graph(leaves), method="continuous")
        assert star.table.loc[star.table["core"], "place"].tolist() == [0]
