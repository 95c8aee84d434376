"""Shared partners agree with networkx 3.6.1."""

import networkx as nx
import pandas as pd
import pytest

from innoscape.network import (
    social_proximity,
)

NAMES = ["d", "a", "c", "b", "island"]


def ties():
    matrix = pd.DataFrame(0.0, index=NAMES, columns=NAMES)
    for i, j in [("a", "b"), ("b", "c"), ("a", "c"), ("d", "c"), ("d", "b")]:
        matrix.loc[i, j] = 2.0
    return matrix


def test_partners_agree_with_networkx():
    graph = nx.from_pandas_adjacency(((ties() + ties().T) > 0).astype(int))
    pairs = [(i, j) for k, i in enumerate(NAMES) for j in NAMES[k + 1 :]]
    for method, theirs in (
        ("jaccard", nx.jaccard_coefficient),
        ("adamic_adar", nx.adamic_adar_index),
        ("common", nx.common_neighbor_centrality),
    ):
        found = social_proximity(ties(), method=method, exclude_pair=False)
        if method == "common":
            for i, j in pairs:
                assert found.loc[i, j] == len(list(nx.common_neighbors(graph, i, j)))
            continue
        for i, j, value in theirs(graph, pairs):
            assert found.loc[i, j] == found.loc[j, i] == pytest.approx(value)
