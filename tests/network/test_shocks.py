"""Layers that are cut: what places lose at once, and what the loss of others costs them."""

import itertools

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError, UnknownPlaceError, load
from innoscape.network import multilayer, shock_test


def drawn(seed, n=12):
    """Return two layers of random ties, and what the places have of their own."""
    rng = np.random.default_rng(seed)
    layers = {}
    for name in ("home", "foreign"):
        weights = rng.random((n, n)) * (rng.random((n, n)) < 0.25)
        np.fill_diagonal(weights, 0.0)
        ends = zip(*np.nonzero(weights), strict=True)
        layers[name] = nx.DiGraph((f"p{i:02}", f"p{j:02}", {"weight": weights[i, j]}) for i, j in ends)
        layers[name].add_nodes_from(f"p{i:02}" for i in range(n))
    return layers, {f"p{i:02}": float(v) for i, v in enumerate(rng.random(n) * (rng.random(n) < 0.7))}


def loss_of(found):
    return found.places.set_index("place")["loss"].sort_index()


def test_H3_two_layers_of_home_and_foreign_links_under_a_shock():
    """Own figures of the source: contracts within China, technology from abroad, spending of firms."""
    figure = load("figures").set_index("id")["value"].astype(float)
    home, foreign = nx.DiGraph(), nx.DiGraph()
    home.add_edge("北京", "津冀", weight=figure["S3-045"])
    foreign.add_edge("abroad", "北京", weight=6.62 * figure["S4-167"])
    layers, own = {"home": home, "foreign": foreign}, {"北京": figure["S4-125"], "津冀": 247.0}
    assert multilayer(layers).places.set_index("place").loc["北京", "everywhere"]
    abroad = 6.62 * 26.91
    found = loss_of(shock_test(layers, {"foreign": 1.0}, own=own))
    assert found["北京"] == pytest.approx(abroad / (abroad + 2580.59))
    assert found["津冀"] == pytest.approx(found["北京"] * 282.8 / (282.8 + 247.0))
    inside = loss_of(shock_test(layers, {"home": 1.0}, own=own))
    assert inside.to_dict() == pytest.approx({"abroad": 0.0, "北京": 0.0, "津冀": 282.8 / 529.8})
    half = loss_of(shock_test(layers, {"foreign": 1.0}, own=own, substitution=0.5))
    np.testing.assert_allclose(half, found / 2)
    relied = loss_of(shock_test(layers, {"foreign": 1.0}, own={**own, "北京": 10 * own["北京"]}))
    assert (relied[["北京", "津冀"]] < found[["北京", "津冀"]] / 5).all()


@pytest.mark.parametrize("seed", range(12))
def test_the_loss_is_where_passing_it_on_ends(seed):
    """Passed on round by round from no loss, it comes to rest at the least answer of the equations."""
    layers, own = drawn(seed)
    cut, left = {"foreign": 0.6, "home": 0.1}, 0.8
    found = shock_test(layers, cut, own=own, substitution=1 - left)
    places = sorted({*layers["home"], *layers["foreign"]})
    ties = {name: nx.to_numpy_array(graph, nodelist=places) for name, graph in layers.items()}
    total = np.sum([*ties.values()], axis=(0, 1)) + np.array([own[p] for p in places])
    gone = np.sum([cut[name] * ties[name].sum(axis=0) for name in ties], axis=0)
    per = np.divide(1.0, total, out=np.zeros_like(total), where=total > 0)
    loss = np.zeros(len(places))
    for _ in range(20_000):
        loss = per * (left * gone + sum((1 - cut[name]) * ties[name].T @ loss for name in ties))
    np.testing.assert_allclose(loss_of(found), loss, atol=1e-9)
    assert ((found.places["loss"] >= found.places["direct"] - 1e-12) & (found.places["loss"] <= 1)).all()
    assert found.summary["loss"] == pytest.approx(total @ loss)


def test_more_is_lost_the_more_is_cut_and_the_less_can_be_replaced():
    layers, own = drawn(3)
    losses = [loss_of(shock_test(layers, {"foreign": share}, own=own)) for share in (0.0, 0.3, 0.6, 1.0)]
    assert (losses[0] == 0).all()
    assert all((b >= a - 1e-12).all() and b.sum() > a.sum() for a, b in itertools.pairwise(losses))
    assert (loss_of(shock_test(layers, {"foreign": 1.0}, own=own, substitution=1.0)) == 0).all()


def test_units_and_order_change_nothing():
    layers, own = drawn(5)
    scaled = {
        name: nx.DiGraph((a, b, {"weight": 7 * w}) for a, b, w in g.edges.data("weight")) for name, g in layers.items()
    }
    turned = {name: nx.DiGraph(list(g.edges(data=True))[::-1]) for name, g in reversed(layers.items())}
    base = loss_of(shock_test(layers, {"foreign": 0.5}, own=own))
    for graphs, times in ((scaled, 7), (turned, 1)):
        held = {place: times * value for place, value in own.items() if any(place in g for g in graphs.values())}
        again = loss_of(shock_test(graphs, {"foreign": 0.5}, own=held))
        np.testing.assert_allclose(again, base[again.index], rtol=1e-12)


def test_a_circle_that_no_shock_reaches_loses_nothing():
    home = nx.DiGraph([("A", "B"), ("B", "A")])
    foreign = nx.DiGraph([("abroad", "C")])
    found = shock_test({"home": home, "foreign": foreign}, {"foreign": 1.0})
    assert loss_of(found).to_dict() == {"A": 0.0, "B": 0.0, "C": 1.0, "abroad": 0.0}
    assert found.places.set_index("place")["status"].to_dict() == {
        "C": "loss", "A": "lossless", "B": "lossless", "abroad": "no input",
    }  # fmt: skip
    # tied to it, the circle lives on what is cut alone and loses all
    tied = nx.DiGraph([*home.edges, ("C", "A")])
    whole = loss_of(shock_test({"home": tied, "foreign": foreign}, {"foreign": 1.0}))
    assert whole.drop("abroad").tolist() == pytest.approx([1.0] * 3)


def test_ties_of_some_places_alone_are_cut():
    foreign = nx.DiGraph()
    foreign.add_weighted_edges_from([("x", "A", 1.0), ("y", "A", 3.0)])
    assert loss_of(shock_test({"foreign": foreign}, {"foreign": 1.0}, sources=["y"]))["A"] == 0.75
    pair = nx.Graph([("A", "B")])
    assert loss_of(shock_test({"home": pair}, {"home": 0.5}, own={"A": 1.0})).to_dict() == pytest.approx(
        # q[A] = 1/2 * (1/2 + 1/2 q[B]), q[B] = 1/2 + 1/2 q[A]
        {"A": 3 / 7, "B": 5 / 7}
    )


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"graphs": {}}, OptionError, "graphs: needed at least one"),
        ({"cut": {}}, OptionError, "cut: needed layer -> share"),
        ({"cut": {"abroad": 1.0, "foreign": 2.0}}, OptionError, r"(?s)'abroad'.*cut of foreign"),
        ({"own": {"Z": 1.0}}, UnknownPlaceError, "own: no such place: 'Z'"),
        ({"own": {"A": -1.0}}, OptionError, "own: .*-1.0 for A"),
        ({"sources": ["Z"]}, UnknownPlaceError, "sources"),
        ({"sources": "A"}, OptionError, "sources: needed several"),
        ({"substitution": 1.5}, OptionError, "substitution"),
    ],
)
def test_what_cannot_be_cut_is_told(given, error, says):
    options = {"graphs": {"foreign": nx.DiGraph([("abroad", "A")])}, "cut": {"foreign": 1.0}} | given
    with pytest.raises(error, match=says):
        shock_test(**options)


def test_no_tie_at_all_is_no_loss():
    found = shock_test({"home": nx.DiGraph()}, {"home": 1.0})
    assert found.places.empty
    assert pd.isna(found.summary["multiplier"])
