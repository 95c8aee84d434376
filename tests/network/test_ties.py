"""A network that is read once gives every call what the graph itself would give."""

import warnings

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError
from innoscape.data.errors import InnoscapeWarning
from innoscape.network import (
    ALL_MEASURES,
    centrality,
    compare_weight_meanings,
    network_summary,
    read_ties,
    structural_holes,
)
from innoscape.network.measures import ties as reading

# the weight is a strength in all of these, and need not be doubted
undoubted = pytest.mark.filterwarnings("ignore:.*the weight was read as strength")


@pytest.fixture(params=[False, True], ids=["undirected", "directed"])
def graph(request):
    made = nx.gnm_random_graph(40, 150, seed=3, directed=request.param)
    rng = np.random.default_rng(3)
    for _, _, data in made.edges(data=True):
        data["weight"] = float(rng.integers(1, 9))
    return nx.relabel_nodes(made, {i: f"p{i}" for i in made})


@undoubted
def test_every_call_gives_the_same_from_ties_as_from_the_graph(graph):
    ties = read_ties(graph)
    for call in (
        lambda network: centrality(network, measures=ALL_MEASURES, weight_meaning="strength"),
        lambda network: centrality(network, measures=("closeness", "pagerank"), outward=("closeness",), sample=9),
        lambda network: structural_holes(network, scope="ego"),
        compare_weight_meanings,
        structural_holes,
    ):
        # twice, as the second call finds what the first has left
        for _ in range(2):
            pd.testing.assert_frame_equal(call(ties), call(graph), check_exact=True)
    pd.testing.assert_series_equal(network_summary(ties), network_summary(graph), check_exact=True)


@undoubted
def test_ties_keep_how_they_were_read(graph):
    for read in ({"weight": None}, {"weight_meaning": "cost"}, {"tuning": 0.5}):
        given = {"weight_meaning": "strength", **read}
        ties = read_ties(graph, **read)
        found = centrality(ties, measures=("closeness", "degree_opsahl"))
        pd.testing.assert_frame_equal(found, centrality(graph, measures=("closeness", "degree_opsahl"), **given))
        pd.testing.assert_frame_equal(centrality(ties, measures=("closeness", "degree_opsahl"), **read), found)


def test_options_that_say_something_else_are_refused_together(graph):
    with pytest.raises(OptionError, match=r"(?s)weight: needed 'weight', as the ties .* got 'km'.*tuning: needed 1\.0"):
        centrality(read_ties(graph), weight="km", tuning=2.0)
    with pytest.raises(OptionError, match="weight_meaning: needed 'strength', as the ties were read, got 'none'"):
        centrality(read_ties(graph), weight_meaning={"closeness": "none"})
    for call in (structural_holes, network_summary, compare_weight_meanings):
        with pytest.raises(OptionError, match="weight_meaning: needed 'cost'"):
            call(read_ties(graph, weight_meaning="cost"))
    with pytest.raises(OptionError, match="weight_meaning"):
        read_ties(graph, weight_meaning="none")
    with pytest.raises(OptionError, match="needed a networkx graph, got DataFrame"):
        read_ties(pd.DataFrame())


@undoubted
def test_a_graph_is_read_once_by_a_call_and_not_at_all_from_ties(graph, monkeypatch):
    read, ties = [], read_ties(graph)
    whole = reading.read_weights
    monkeypatch.setattr(reading, "read_weights", lambda *given: read.append(1) or whole(*given))
    centrality(graph)
    centrality(ties)
    assert len(read) == 1


def test_a_missing_weight_is_said_when_ties_are_read_and_not_again():
    graph = nx.Graph([("P", "Q", {"amount": 3.0}), ("Q", "R", {"amount": 1.0})])
    with pytest.warns(InnoscapeWarning, match="no edge has the attribute weight"):
        ties = read_ties(graph)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert centrality(ties, measures=("strength",))["strength"].tolist() == [1.0, 2.0, 1.0]
    assert repr(ties) == "Ties(3 places, 2 ties, undirected, weight read as strength)"
    assert repr(read_ties(graph, weight=None)) == "Ties(3 places, 2 ties, undirected, no weight)"


def test_places_that_are_pairs_stay_one_column():
    grid = nx.grid_2d_graph(2, 2)
    assert centrality(grid, measures=("degree",)).to_numpy().tolist() == [[place, 2] for place in grid]
