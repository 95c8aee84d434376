"""Fastest chains of places in which knowledge arrives, and what of a chain hangs on one place."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import OptionError, TableError, UnknownPlaceError, load
from innoscape.geo import distance_matrix
from innoscape.network import (
    Channel,
    Scenario,
    chain_coverage,
    criticality,
    edge_rates,
    fastest_paths,
    hazard_rates,
    simulate,
)

CHAIN = pd.DataFrame({"source": ["A", "B", "A"], "target": ["B", "C", "C"], "value": [0.5, 0.25, 0.1]})


def seven_capitals():
    """Published centers, and the seven provincial capitals without a tier as local ones."""
    places = load("places")
    published = places["tier"].notna() & places["kind"].isin(["city", "municipality", "special administrative region"])
    capitals = ["呼和浩特", "海口", "贵阳", "拉萨", "西宁", "银川", "台北"]
    some = places[published | places["place"].isin(capitals)].reset_index(drop=True)
    order = ["international", "national", "regional", "local"]
    tier = pd.Categorical(some["tier"].fillna("local"), categories=order, ordered=True)
    return pd.DataFrame({"place": some["place"], "tier": tier}), distance_matrix(some), capitals


def test_C8_regional_centers_relay_to_places_around_them():
    centers, costs, capitals = seven_capitals()
    rates = hazard_rates(centers, [Channel("hierarchical", rate=1.0, half_distance=200.0)], costs=costs)
    regional = set(centers.loc[centers["tier"] == "regional", "place"])
    top = centers.loc[centers["tier"] == "international", "place"]
    found = fastest_paths(rates, top, capitals)
    first = found.loc[found.groupby("target")["time"].idxmin()].set_index("target")
    through = {city: [p for p in first.loc[city, "relays"].split("; ") if p in regional] for city in capitals}
    assert {city: way for city, way in through.items() if way} == {
        "台北": ["厦门"], "拉萨": ["昆明"], "西宁": ["兰州"], "贵阳": ["南宁"], "银川": ["太原"],
    }  # fmt: skip
    direct = first[first["status"] == "direct"]
    assert set(direct.index) == {"呼和浩特", "海口"}
    assert (first["time"] <= first["direct"]).all()
    # the farther knowledge carries, the less a relay is needed
    far = hazard_rates(centers, [Channel("hierarchical", rate=1.0, half_distance=600.0)], costs=costs)
    assert (fastest_paths(far, top, ["西宁", "银川"])["status"] == "direct").any()


def test_a_chain_takes_the_sum_of_its_mean_times():
    found = fastest_paths(edge_rates(CHAIN)).set_index(["source", "target"])
    assert found.loc[("A", "C"), ["time", "direct", "relays", "steps"]].tolist() == [6.0, 10.0, "B", 2]
    assert found.loc[("C", "A"), "status"] == "unreachable"
    assert np.isnan(found.loc[("C", "A"), "time"])
    quick = fastest_paths(edge_rates(CHAIN.assign(value=[0.5, 0.25, 1.0]))).set_index(["source", "target"])
    assert quick.loc[("A", "C"), ["time", "relays", "status"]].tolist() == [1.0, "", "direct"]


def test_a_simulated_mean_is_not_later_than_the_fastest_chain():
    rates = edge_rates(CHAIN)
    times = fastest_paths(rates, ["A"]).set_index("target")["time"]
    alone = edge_rates(CHAIN.iloc[:2])
    for model, least in ((rates, 0.0), (alone, 0.97)):
        found = simulate(model, ["A"], horizon=200.0, runs=20_000, seed=1).arrivals().set_index("place")
        mean, most = found.loc[["B", "C"], "mean"].to_numpy(), times[["B", "C"]].to_numpy()
        assert (mean <= most * 1.03).all()
        # a chain alone has no second way, and meets the sum of its means
        assert (mean >= least * most).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_fastest_chains_agree_with_networkx_and_scale(seed):
    rng = np.random.default_rng(seed)
    pairs = [(a, b) for a in "abcdef" for b in "abcdef" if a != b and rng.random() < 0.5] or [("a", "b")]
    edges = pd.DataFrame(pairs, columns=["source", "target"]).assign(value=rng.uniform(0.1, 2, len(pairs)))
    found = fastest_paths(edge_rates(edges, places=list("abcdef")))
    graph = nx.DiGraph()
    graph.add_weighted_edges_from((a, b, 1 / v) for a, b, v in edges.itertuples(index=False))
    lengths = dict(nx.all_pairs_dijkstra_path_length(graph))
    for row in found.itertuples():
        want = lengths.get(row.source, {}).get(row.target, np.nan)
        assert row.time == pytest.approx(want, nan_ok=True)
    assert not (found["time"] > found["direct"] * (1 + 1e-12)).any()
    again = fastest_paths(edge_rates(edges.assign(value=edges["value"] * 2).sample(frac=1, random_state=1),
                                     places=list("abcdef")))  # fmt: skip
    np.testing.assert_allclose(again["time"], found["time"] / 2)
    assert again["relays"].tolist() == found["relays"].tolist()


def test_dense_and_sparse_rates_give_the_same_chains():
    centers, costs, capitals = seven_capitals()
    dense = hazard_rates(centers, [Channel("hierarchical", rate=1.0, half_distance=200.0)], costs=costs)
    long = dense.total().rename_axis("source").reset_index().melt("source", var_name="target")
    sparse = edge_rates(long[long["value"] > 0], places=dense.places)
    pd.testing.assert_frame_equal(fastest_paths(dense, ["北京"], capitals), fastest_paths(sparse, ["北京"], capitals))


def test_what_chains_cannot_be_found_in_is_refused():
    with pytest.raises(UnknownPlaceError, match="Z"):
        fastest_paths(edge_rates(CHAIN), ["Z"])
    centers, costs, _ = seven_capitals()
    rates = hazard_rates(centers, [Channel("hierarchical", rate=1.0, half_distance=200.0)], costs=costs)
    later = Scenario("s").remove_center("郑州", start=3.0).apply(rates)
    with pytest.raises(OptionError, match="got several phases"):
        fastest_paths(later)


FLOWS = pd.DataFrame(
    [("a", "x", 2), ("b", "x", 1), ("b", "y", 1), ("x", "m", 3), ("y", "m", 1)], columns=["source", "target", "value"]
)


def test_lost_falls_with_spare_capacity_from_share_to_unavoidable():
    one = criticality(FLOWS).set_index("holder")
    assert one["share"].to_dict() == {"m": 1.0, "x": 0.75, "a": 0.5, "b": 0.5, "y": 0.25}
    pd.testing.assert_series_equal(one["lost"], one["share"], check_names=False)
    losses = [criticality(FLOWS, spare=s).set_index("holder")["lost"] for s in (0.0, 0.5, 1.0, 10.0)]
    assert [s["x"] for s in losses] == [0.75, 0.625, 0.5, 0.0]
    assert [s["m"] for s in losses] == [1.0] * 4
    assert one["unavoidable"].to_dict() == {"m": 1.0, "x": 0.0, "a": 0.0, "b": 0.0, "y": 0.0}


def test_the_links_that_one_center_alone_holds_are_unavoidable():
    """Priorities of Table 2 read as links of the chain from centers to the market (Zhang 2022, introduction)."""
    reading = {
        "center": "基础研究|策源地|研究机构|高技术创新",
        "finance": "投融资",
        "production": "产业化|产业集聚",
        "market": "市场",
    }
    goals = load("hierarchy").query("tier in ('international', 'national')").set_index("center")["priorities_zh"]
    links = goals.to_frame().assign(**{k: goals.str.contains(words).astype(int) for k, words in reading.items()})
    covered = chain_coverage(links[list(reading)]).set_index("place")
    assert covered.loc["all", ["held", "missing"]].tolist() == [3, "market"]
    held = {link: [f"{place}, {link}" for place in links.index[links[link] == 1]] for link in reading}
    assert held["finance"] == ["广州-深圳-香港-澳门, finance"]
    steps = [(a, b) for a in held["center"] for b in held["finance"]]
    steps += [(a, b) for a in held["finance"] for b in held["production"]] + [(a, "market") for a in held["production"]]
    flows = pd.DataFrame(steps, columns=["source", "target"]).assign(value=1.0)
    holders = {node: node.split(",")[0] for nodes in held.values() for node in nodes}
    found = criticality(flows, holders=holders, spare=1.0).set_index("holder")
    assert set(found.index[found["unavoidable"] == 1]) == {"market", "广州-深圳-香港-澳门"}
    assert found.loc["北京", "lost"] == 0.0


def test_a_holder_of_several_links_is_as_critical_as_all_of_them():
    found = criticality(FLOWS, holders={"x": "owner", "y": "owner"}).set_index("holder")
    assert found.loc["owner", ["places", "share", "unavoidable"]].tolist() == ["x; y", 1.0, 1.0]


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 3))
def test_criticality_keeps_its_bounds_and_agrees_with_networkx(seed, spare):
    rng = np.random.default_rng(seed)
    # layers that pass on all they receive
    layers, rows = [["a", "b", "c"], ["d", "e"], ["f", "g", "h"]], []
    for one, other in ((0, 1), (1, 2)):
        rows += [(s, t, float(rng.integers(0, 5))) for s in layers[one] for t in layers[other]]
    flows = pd.DataFrame(rows, columns=["source", "target", "value"])
    if not (flows["value"] > 0).any():
        return
    try:
        found = criticality(flows, spare=spare)
    except OptionError:
        return
    assert ((found["share"] >= found["lost"] - 1e-9) & (found["lost"] >= found["unavoidable"] - 1e-9)).all()
    again = criticality(flows.sample(frac=1, random_state=0).assign(value=lambda f: f["value"] * 7), spare=spare)
    np.testing.assert_allclose(again["lost"].to_numpy(), found["lost"].to_numpy(), atol=1e-9)
    out, into = (flows.groupby(end)["value"].sum() for end in ("source", "target"))
    net = out.sub(into, fill_value=0)
    graph = nx.DiGraph()
    for s, t, v in flows.itertuples(index=False):
        graph.add_edge(s, t, capacity=v * (1 + spare))
    for name, value in net.items():
        if value > 0:
            graph.add_edge("+", name, capacity=value * (1 + spare))
        elif value < 0:
            graph.add_edge(name, "-", capacity=-value)
    whole = -net[net < 0].sum()
    for holder, lost in found.set_index("holder")["lost"].items():
        left = graph.copy()
        left.remove_node(holder)
        value = nx.maximum_flow_value(left, "+", "-") if {"+", "-"} <= set(left) else 0.0
        assert lost == pytest.approx(1 - value / whole, abs=1e-9)


def test_what_has_no_criticality_is_refused():
    with pytest.raises(OptionError, match="circles alone"):
        criticality(pd.DataFrame({"source": ["a", "b"], "target": ["b", "a"], "value": [1.0, 1.0]}))
    with pytest.raises(OptionError, match="spare"):
        criticality(FLOWS, spare=-1.0)
    with pytest.raises((OptionError, TableError), match="value"):
        criticality(FLOWS.drop(columns="value"))
