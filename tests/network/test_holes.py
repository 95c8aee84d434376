"""Structural holes agree with Burt's printed example, with R and with networkx."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError
from innoscape.network import centrality, structural_holes


@pytest.fixture
def burt():
    # Burt (1992), p. 56, as redrawn by Borgatti (1997), Connections 20(1): 35-38
    return nx.Graph(["AB", "AF", "AG", "AE", "EG", "FG", "BG", "BD", "DG", "GC"])


def test_hierarchy_measures_how_far_one_contact_holds_the_constraint():
    # worked by hand: p = (0.5, 0.3, 0.2) without ties among the contacts, so c = p squared
    star = nx.Graph()
    star.add_weighted_edges_from([("hub", "a", 5), ("hub", "b", 3), ("hub", "c", 2)])
    c = np.array([0.25, 0.09, 0.04])
    ratio = c / c.mean()
    row = structural_holes(star).set_index("place").loc["hub"]
    assert row["hierarchy"] == pytest.approx((ratio * np.log(ratio)).sum() / (3 * np.log(3)))
    # nearly all of it in one contact
    star["hub"]["a"]["weight"] = 1e6
    assert structural_holes(star).set_index("place")["hierarchy"]["hub"] > 0.99


def test_limit_cases():
    star = structural_holes(nx.star_graph(4)).set_index("place")
    assert star.loc[0].tolist() == pytest.approx([4, 1 / 4, 4, 1, 0])
    assert star.loc[1, ["constraint", "effective_size", "efficiency"]].tolist() == [1, 1, 1]
    assert np.isnan(star.loc[1, "hierarchy"])
    alone = structural_holes(nx.Graph([("a", "a")])).iloc[0]
    assert alone["contacts"] == 0
    assert alone[["constraint", "effective_size", "efficiency", "hierarchy"]].isna().all()
    assert structural_holes(nx.Graph()).empty
    triangle = structural_holes(nx.complete_graph(3))
    # (1/2 + 1/2 * 1/2) squared, twice
    assert triangle["constraint"].tolist() == pytest.approx([1.125] * 3)
    assert triangle["effective_size"].tolist() == pytest.approx([1.0] * 3)
    assert (triangle["hierarchy"] >= 0).all()


def test_scaling_changes_nothing_and_cost_is_the_inverse(burt):
    for i, (_, _, data) in enumerate(burt.edges(data=True)):
        data["weight"] = float(i + 1)
    plain = structural_holes(burt)
    inverse = burt.copy()
    for _, _, data in inverse.edges(data=True):
        data["weight"] = 1 / (1000 * data["weight"])
    pd.testing.assert_frame_equal(structural_holes(inverse, weight_meaning="cost"), plain)


def test_the_columns_of_centrality_are_the_same(burt):
    names = ["constraint", "effective_size", "efficiency"]
    pd.testing.assert_frame_equal(centrality(burt, measures=names)[names], structural_holes(burt)[names])


def test_a_broker_is_less_constrained_than_those_it_joins():
    chain = nx.Graph(list(pairwise("abcde")))
    constraint = structural_holes(chain).set_index("place")["constraint"]
    assert constraint["c"] < constraint["a"]


def test_wrong_weights_are_refused(burt):
    nx.set_edge_attributes(burt, 1.0, "weight")
    burt["A"]["B"]["weight"] = -1
    with pytest.raises(OptionError, match="finite numbers of at least 0"):
        structural_holes(burt)
    burt["A"]["B"]["weight"] = 0
    with pytest.raises(OptionError, match="finite numbers above 0"):
        structural_holes(burt, weight_meaning="cost")
