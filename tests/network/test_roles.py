"""CONCOR splits as R's cor iterated by hand does, and blocks get the roles of the published table."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import InnoscapeWarning, OptionError
from innoscape.network import ROLES, block_roles


def blocks(found):
    return found.table.groupby("block")["place"].apply(list).tolist()


def test_blocks_agree_with_correlations_iterated_in_r():
    # R 4.2: r <- cor(rbind(t(m), m)), then r <- cor(r) until all are 1 or -1, halves split again by their own part
    graph = nx.gnp_random_graph(16, 0.3, seed=5, directed=True)
    found = block_roles(graph, diagonal="zero")
    in_r = [[1, 3, 9, 12, 13, 16], [2, 7, 8], [4, 6, 10, 15], [5, 11, 14]]
    assert blocks(found) == [[place - 1 for place in block] for block in in_r]
    assert found.splits["places"].tolist() == [16, 9, 7]
    assert found.splits["converged"].all()


def test_reciprocal_profiles_set_the_tie_there_against_the_tie_back():
    # by hand: i and j compared over all others, ij against ji, both diagonals empty
    rng = np.random.default_rng(4)
    ties = rng.integers(0, 5, (7, 7)).astype(float)
    np.fill_diagonal(ties, 0)
    from innoscape.network.structure.block_roles import _profile_correlations

    ours = _profile_correlations(ties, "reciprocal")
    for i, j in [(0, 1), (2, 6), (5, 3)]:
        others = [k for k in range(7) if k not in (i, j)]
        one = [*ties[i, others], ties[i, j], 0, *ties[others, i], ties[j, i], 0]
        two = [*ties[j, others], ties[j, i], 0, *ties[others, j], ties[i, j], 0]
        assert ours[i, j] == pytest.approx(np.corrcoef(one, two)[0, 1])


def four_roles():
    """Build a network of four blocks with the four roles, all of four places."""
    members = {b: [f"{b}{i}" for i in range(4)] for b in ("keep", "take", "give", "pass")}
    ties = {("keep", "keep"), ("take", "take"), ("keep", "pass"), ("give", "pass"), ("give", "take"), ("pass", "take")}
    graph = nx.DiGraph()
    for source, target in sorted(ties):
        graph.add_edges_from((i, j) for i in members[source] for j in members[target] if i != j)
    return graph


def test_the_four_roles_follow_the_published_table():
    found = block_roles(four_roles())
    roles = found.table.assign(kind=found.table["place"].str[:4]).groupby("kind")["role"].unique()
    assert {kind: list(r) for kind, r in roles.items()} == {
        "keep": ["bidirectional spillover"],
        "take": ["net beneficiary"],
        "give": ["net spillover"],
        "pass": ["broker"],
    }
    assert found.fit == pytest.approx(1)
    assert set(found.density.to_numpy().ravel()) == {0.0, 1.0}
    assert (found.image == found.density).all(axis=None)


def test_shares_of_a_block_are_counted_over_its_ties():
    found = block_roles(four_roles())
    row = found.blocks.set_index("role").loc["bidirectional spillover"]
    assert row[["places", "inside", "sent", "received"]].tolist() == [4, 12, 16, 0]
    assert (row["internal_share"], row["expected_share"]) == (12 / 28, 3 / 15)


def test_the_balance_rule_lets_the_net_position_decide():
    found = block_roles(four_roles(), rule="balance")
    kinds = found.table.assign(kind=found.table["place"].str[:4]).drop_duplicates("kind").set_index("kind")["role"]
    # pass receives 32 and sends 16: exactly one third more received than sent, not beyond it
    assert kinds.to_dict() == {
        "keep": "net spillover",
        "take": "net beneficiary",
        "give": "net spillover",
        "pass": "broker",
    }
    assert set(found.blocks["role"]) <= set(ROLES)


def test_cutoffs_make_ties_of_weights():
    graph = nx.DiGraph()
    graph.add_weighted_edges_from([("a", "b", 9.0), ("a", "c", 3.0), ("b", "c", 2.0), ("c", "a", 1.0)])
    # row means over the two other places: 6, 1, 0.5
    by_row = block_roles(graph, depth=0, cutoff="row_mean").blocks.iloc[0]
    assert by_row["inside"] == 3
    assert block_roles(graph, depth=0, cutoff=2.5).blocks.iloc[0]["inside"] == 2
    assert block_roles(graph, depth=0, cutoff="median").blocks.iloc[0]["inside"] == 2
    assert block_roles(graph, depth=0, cutoff="mean").blocks.iloc[0]["inside"] == 1
    assert block_roles(graph, depth=0).blocks.iloc[0]["inside"] == 15


@given(st.integers(0, 40), st.randoms(), st.sampled_from([1e-6, 1.0, 1e9]))
@settings(max_examples=12, deadline=None)
def test_order_of_rows_and_units_change_nothing(seed, source, unit):
    graph = nx.gnp_random_graph(12, 0.3, seed=seed, directed=True)
    rng = np.random.default_rng(seed)
    for *_, data in graph.edges(data=True):
        data["weight"] = float(rng.integers(1, 100))
    edges = [(u, v, w * unit) for u, v, w in graph.edges(data="weight")]
    source.shuffle(edges)
    nodes = list(graph)
    source.shuffle(nodes)
    other = nx.DiGraph()
    other.add_nodes_from(nodes)
    other.add_weighted_edges_from(edges)
    one, two = block_roles(graph), block_roles(other)
    pd.testing.assert_frame_equal(one.table, two.table)
    assert one.fit == pytest.approx(two.fit, nan_ok=True)


def test_names_do_not_matter():
    graph = nx.gnp_random_graph(14, 0.3, seed=8, directed=True)
    other = nx.relabel_nodes(graph, {n: 13 - n for n in graph})
    back = [sorted(13 - p for p in block) for block in blocks(block_roles(other))]
    assert sorted(back) == sorted(blocks(block_roles(graph)))


def test_islands_and_equal_profiles_are_not_split():
    graph = nx.complete_graph(5, create_using=nx.DiGraph)
    graph.add_nodes_from(["island", "other island"])
    found = block_roles(nx.relabel_nodes(graph, str))
    assert found.table.set_index("place").loc[["island", "other island"], "role"].eq("isolated").all()
    assert found.blocks["places"].tolist() == [5, 2]
    assert found.splits[["first", "second"]].to_numpy().tolist() == [[5, 0]]
    assert block_roles(nx.DiGraph()).table.empty
    pair = block_roles(nx.DiGraph([("a", "b")]))
    assert pair.blocks["places"].tolist() == [2], "two places are not split"


def test_undirected_blocks_send_what_they_receive():
    found = block_roles(nx.karate_club_graph())
    assert found.blocks["sent"].tolist() == found.blocks["received"].tolist()


def test_late_convergence_is_told():
    graph = nx.gnp_random_graph(16, 0.3, seed=5, directed=True)
    with pytest.warns(InnoscapeWarning, match="the whole"):
        found = block_roles(graph, depth=1, max_iterations=1)
    assert not found.splits["converged"].all()


def test_bad_options_are_refused():
    graph = nx.DiGraph([("a", "b")])
    for option in (
        {"rule": "net"},
        {"diagonal": "none"},
        {"cutoff": "max"},
        {"cutoff": np.nan},
        {"depth": -1},
        {"depth": 1.5},
        {"few": np.nan},
        {"balance": 2},
    ):
        with pytest.raises(OptionError):
            block_roles(graph, **option)


def test_a_role_that_turns_within_the_margin_is_undecided():
    # by hand: two blocks, "one" sends 5 ties to "two" and gets 4 back: 4/9 of the ties between the two, near the half
    graph = nx.DiGraph()
    one, two = ["a0", "a1", "a2"], ["b0", "b1", "b2"]
    graph.add_nodes_from([*one, *two])
    graph.add_edges_from([(i, j) for i in one for j in two][:5])
    graph.add_edges_from([(j, i) for i in one for j in two][:4])
    sure, near = block_roles(graph, depth=1), block_roles(graph, depth=1, margin=0.1)
    first = sure.blocks.set_index("block")
    clear = first["role"].eq("isolated") | ((first["received_share"] - 0.5).abs() > 0.1)
    assert not clear.all()
    assert near.blocks["role"].eq("undecided").tolist() == (~clear).tolist()
    assert "undecided" not in set(sure.blocks["role"])
    assert near.margin == 0.1


def test_a_wider_margin_decides_no_further_role_and_a_clear_network_stays_decided():
    graph = nx.gnp_random_graph(16, 0.3, seed=5, directed=True)
    undecided = [
        block_roles(graph, margin=margin).table["role"].eq("undecided").sum() for margin in (0, 0.02, 0.1, 0.3)
    ]
    assert undecided == sorted(undecided)
    assert undecided[0] == 0
    assert undecided[-1] > 0
    assert "undecided" not in set(block_roles(four_roles(), margin=0.1).table["role"])


def test_a_role_that_rests_on_weights_at_the_cutoff_is_undecided():
    # ties that are just above the mean of all weights go where the cutoff rises by 5%
    graph = four_roles()
    for source, target in graph.edges:
        graph[source][target]["weight"] = 1.0 if (source[:4], target[:4]) != ("keep", "keep") else 1.02
    graph.add_edge("keep0", "rest", weight=0.9)
    found = block_roles(graph, cutoff=1.0, margin=0.05)
    assert found.table.set_index("place")["role"]["keep0"] == "undecided"


def test_in_an_undirected_network_the_margin_moves_the_internal_share_alone():
    graph = nx.Graph([("a", "b"), ("a", "c"), ("b", "c"), ("d", "e"), ("d", "f"), ("e", "f"), ("a", "d")])
    roles = set(block_roles(graph, depth=1, margin=0.05).blocks["role"])
    assert roles == set(block_roles(graph, depth=1).blocks["role"])
    assert "undecided" not in roles
