"""What is said of flows and graphs that can be read and probably mean something else; zeros are no ties anywhere."""

import warnings

import networkx as nx
import pandas as pd
import pytest
from samples import model

from innoscape.data import InnoscapeWarning, OptionError
from innoscape.network import (
    Channel,
    backbone,
    balances,
    centrality,
    communities,
    compare_weight_meanings,
    core_periphery,
    deflate,
    dominant_flows,
    format_graph,
    hazard_rates,
    network_summary,
    rich_club,
    structural_holes,
    to_flows,
    to_graph,
    to_graphs,
    to_matrix,
    to_sparse,
    turnover,
)

TIES = [("P", "Q", 4.0), ("Q", "R", 3.0), ("P", "R", 2.0), ("R", "S", 1.0)]
SEEN = pd.DataFrame([*TIES, ("P", "S", 0.0), ("Q", "S", 0.0)], columns=["source", "target", "value"])
MATRIX = pd.DataFrame(
    [row for a, b, value in TIES for row in ((a, b, value), (b, a, value))], columns=["source", "target", "value"]
)


def _said(call) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        call()
    return [str(one.message) for one in caught if isinstance(one.message, InnoscapeWarning)]


@pytest.mark.parametrize("directed", [False, True])
def test_a_flow_of_zero_stays_in_the_tables_and_is_no_tie_to_any_measure(directed):
    seen, ties = to_graph(SEEN, directed=directed), to_graph(SEEN.head(4), directed=directed)
    assert to_flows(seen).sort_values(["source", "target"])["value"].tolist().count(0.0) == 2
    measures = ("degree", "strength", "betweenness", "closeness", "k_core")
    pd.testing.assert_frame_equal(centrality(seen, measures=measures), centrality(ties, measures=measures))
    same = [
        network_summary,
        structural_holes,
        lambda g: centrality(g, weight=None),
        lambda g: compare_weight_meanings(g, top=2),
        lambda g: rich_club(g, null_networks=2),
        lambda g: communities(g).table,
        lambda g: communities(g, weight=None).table,
        lambda g: core_periphery(g, weight=None).table,
        lambda g: turnover(g, g).ties,
    ]
    for measure in same:
        left, right = measure(seen), measure(ties)
        pd.testing.assert_frame_equal(pd.DataFrame(left), pd.DataFrame(right))
    assert backbone(seen).table["source"].size == 4


def test_a_cost_of_zero_is_no_missing_tie():
    with pytest.raises(OptionError, match="finite numbers above 0"):
        centrality(to_graph(SEEN, directed=False), weight_meaning="cost")


@pytest.mark.parametrize(
    "call",
    [
        lambda t: to_graph(t, directed=False),
        lambda t: to_matrix(t, list("PQRS"), directed=False),
        lambda t: to_sparse(t, directed=False),
        lambda t: balances(t, {"P": "g", "Q": "g", "R": "h", "S": "h"}, directed=False),
        lambda t: dominant_flows(t, directed=False),
    ],
)
def test_a_symmetric_matrix_made_long_is_doubted_where_both_directions_are_added(call):
    (doubt,) = _said(lambda: call(MATRIX.sample(frac=1.0, random_state=3)))
    assert doubt.startswith("flows: each of 4 pairs of places stands in both directions with the same value")
    assert _said(lambda: call(MATRIX.drop_duplicates("value"))) == []
    assert _said(lambda: call(MATRIX.assign(value=MATRIX["value"] + [0, 0.5] * 4))) == []
    assert _said(lambda: call(MATRIX.head(4))) == [], "two pairs may be equal by chance"


def test_both_directions_of_directed_flows_are_no_doubt():
    assert _said(lambda: to_graph(MATRIX, directed=True)) == []
    kinds = MATRIX.assign(kind=["sold", "bought"] * 4)
    assert _said(lambda: to_graph(kinds, directed=False, kind="sold")) == []
    assert "flows of patents: each" in _said(lambda: to_graph(MATRIX.assign(kind="patents"), directed=False))[0]


def test_rows_without_the_year_or_kind_asked_for_are_counted():
    flows = SEEN.head(4).assign(year=[2019, None, 2019, 2018], kind=["a", "a", None, "b"])
    with pytest.warns(InnoscapeWarning, match="1 flow of 4 has no year and is left out"):
        assert to_graph(flows, directed=False, year=2019).number_of_edges() == 2
    with pytest.warns(InnoscapeWarning, match="1 flow of 4 has no kind and is left out"):
        assert to_graph(flows, directed=False, kind="a").number_of_edges() == 2
    assert _said(lambda: to_graph(flows.dropna(), directed=False, year=2019)) == []
    assert _said(lambda: to_graph(flows.convert_dtypes(), directed=False, year=2018)) == [
        "1 flow of 4 has no year and is left out"
    ]


def test_flows_to_a_place_and_to_its_container_are_doubted():
    places = pd.DataFrame({"place": [*"PQRS", "west"], "part_of": [None, "west", None, None, None]})
    flows = pd.concat([SEEN.head(4), pd.DataFrame({"source": ["P"], "target": ["west"], "value": [6.0]})])
    with pytest.warns(InnoscapeWarning, match="the inner flows count twice: Q in west; keep"):
        to_graph(flows, directed=False, places=places)
    assert _said(lambda: to_graph(SEEN, directed=False, places=places)) == []
    assert len(_said(lambda: to_graphs(flows.assign(year=2020), directed=True, by="year", places=places))) == 1


@pytest.mark.parametrize(
    "call",
    [
        centrality,
        network_summary,
        structural_holes,
        compare_weight_meanings,
        communities,
        core_periphery,
        to_flows,
        lambda graph: format_graph(graph, format="pajek"),
    ],
)
def test_a_weight_under_another_name_is_doubted(call):
    graph = nx.Graph()
    for source, target, value in TIES:
        graph.add_edge(source, target, amount=value, year=2020)
    (doubt,) = _said(lambda: call(graph))
    assert doubt.startswith("no edge has the attribute weight, so each counts 1; edges carry amount: name the one")
    assert _said(lambda: call(nx.path_graph(4))) == []


def test_a_weight_that_is_named_is_used():
    graph = nx.Graph()
    graph.add_edge("P", "Q", amount=3.0)
    graph.add_edge("Q", "R", amount=1.0)
    assert centrality(graph, measures=("strength",), weight="amount")["strength"].tolist() == [3.0, 4.0, 1.0]
    assert _said(lambda: centrality(graph, weight=None)) == []


def test_a_share_of_what_a_place_sends_counts_what_it_sends_to_places_that_are_no_centers():
    flows = pd.DataFrame(
        [("P", "Q", 30.0), ("P", "R", 20.0), ("P", "abroad", 150.0), ("P", "P", 70.0), ("abroad", "Q", 10.0)],
        columns=["source", "target", "value"],
    )
    places = {"P": "international", "Q": "national", "R": "local"}

    def tie(normalize):
        return model(places, [Channel("tie", rate=1.0, decay="none", normalize=normalize)], flows=flows).total()

    assert tie("origin").loc["P", ["Q", "R"]].tolist() == [0.15, 0.10]
    assert tie("destination").loc["P", ["Q", "R"]].tolist() == [0.75, 1.0]
    assert tie("maximum").loc["P", ["Q", "R"]].tolist() == [1.0, 20.0 / 30.0]
    within = flows[flows["target"].isin(list(places)) & flows["source"].isin(list(places))]
    rates = hazard_rates(
        model(places, [Channel("tie", rate=1.0, decay="none")], flows=flows).centers,
        [Channel("tie", rate=1.0, decay="none", normalize="origin")],
        flows=within,
    )
    assert rates.total().loc["P", ["Q", "R"]].tolist() == [0.6, 0.4]


YEARS = pd.DataFrame({"source": "P", "target": "Q", "value": 50.0, "year": [2015, 2016, 2017]})
# consumer prices, the year before = 100
STEPS = {2015: 101.4, 2016: 102.0, 2017: 101.6}


def test_indices_of_the_year_before_are_multiplied_up():
    real = deflate(YEARS, STEPS, base_year=2015, index_base="year_before")["value"]
    assert real.tolist() == pytest.approx([50.0, 50.0 / 1.02, 50.0 / (1.02 * 1.016)])
    later = deflate(YEARS, STEPS, base_year=2017, index_base="year_before")["value"]
    assert later.tolist() == pytest.approx([50.0 * 1.02 * 1.016, 50.0 * 1.016, 50.0])
    groups = {"P": "g", "Q": "h"}
    found = balances(YEARS, groups, directed=True, by="year", deflator=STEPS, base_year=2015, index_base="year_before")
    assert found.loc[found["group"] == "g", "outside"].tolist() == pytest.approx(real.tolist())


def test_a_gap_in_indices_of_the_year_before_is_refused():
    with pytest.raises(OptionError, match="positive price index for 2016"):
        deflate(YEARS[YEARS["year"] != 2016], {2015: 101.4, 2017: 101.6}, base_year=2015, index_base="year_before")
    with pytest.raises(OptionError, match=r"the year before as 100, got 1\.02 for 2016"):
        deflate(YEARS, {2016: 1.02, 2017: 1.016}, base_year=2015, index_base="year_before")


def test_an_index_that_looks_like_one_of_the_year_before_is_doubted():
    with pytest.warns(InnoscapeWarning, match="say which it is with index_base"):
        deflate(YEARS, STEPS, base_year=2015)
    assert _said(lambda: deflate(YEARS, STEPS, base_year=2015, index_base="one_year")) == []
    assert _said(lambda: deflate(YEARS, {2015: 100.0, 2016: 102.0, 2017: 101.6}, base_year=2015)) == []
    assert _said(lambda: deflate(YEARS, {2015: 101.4, 2016: 103.4, 2017: 105.1}, base_year=2015)) == []
