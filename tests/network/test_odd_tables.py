"""Tables that hold what cannot be read are refused with what was needed, never by an error of a library."""

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from innoscape import geo, network
from innoscape.data import OptionError, TableError

FLOWS = pd.DataFrame({"source": list("abca"), "target": list("bcdc"), "value": [3.0, 2.0, 1.0, 4.0]})
STEPS = np.abs(np.subtract.outer(range(4), range(4))) + np.eye(4)
COSTS = pd.DataFrame(STEPS, index=list("abcd"), columns=list("abcd"))
ADOPTED = pd.DataFrame({"place": list("abcd"), "time": [1.0, 2, 3, 3]})
MATRIX = pd.DataFrame([[3.0, 1], [1, 4], [4, 2]], columns=["x", "y"])
TWICE = pd.concat([FLOWS, FLOWS[["source"]]], axis=1)
LISTS = FLOWS.assign(source=[["a"], "b", "c", "a"])

READERS = {
    "hub_types": network.hub_types,
    "flow_distribution": network.flow_distribution,
    "select_flows": lambda flows: network.select_flows(flows, method="n_first", k=1),
    "fit_gravity": lambda flows: network.fit_gravity(flows, COSTS, constraint="double"),
    "exposure": lambda flows: network.exposure(ADOPTED, flows),
    "to_graph": lambda flows: network.to_graph(flows, directed=True),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("flows", "said"), [(TWICE, "source.* 2 times"), (LISTS, "one value in each cell"), (None, "needed a table")]
)
def test_columns_that_cannot_be_read_are_named(reader, flows, said):
    with pytest.raises((TableError, OptionError), match=said):
        READERS[reader](flows)


def test_places_without_a_time_have_not_adopted():
    found = network.adoption_table(ADOPTED.assign(time=[1.0, 2.0, np.nan, np.inf]))
    assert found["cumulative"].tolist() == [1, 2]
    assert found["at_risk"].tolist() == [4, 3]


@pytest.mark.parametrize("factor", [1e200, 1e-200])
def test_numbers_beyond_reach_are_refused(factor):
    huge = FLOWS.assign(value=FLOWS["value"] * factor)
    with pytest.raises(OptionError, match="another unit"):
        network.flow_distribution(huge)
    with pytest.raises(OptionError, match="another unit"):
        network.modularity(graph_of(huge), dict.fromkeys("abcd", 1))
    with pytest.raises(OptionError, match="another unit"):
        geo.tier_borders({"a": 1 * factor, "b": 2 * factor, "c": 3 * factor}, k=2)


def graph_of(flows):
    return nx.from_pandas_edgelist(flows.rename(columns={"value": "weight"}), edge_attr="weight")


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: geo.merec_weights(MATRIX.iloc[:, :0]), "at least one indicator"),
        (lambda: geo.gini_weights(MATRIX[["x", "x"]]), "names of their own"),
        (lambda: geo.cilos_weights(MATRIX.astype(str) + "x"), "needed numbers"),
        (lambda: geo.combine_weights([0.5, 0.5], [0.5, 0.5]), "needed weights by indicator"),
        (lambda: geo.describe_indicators(FLOWS, None), "needed a Framework"),
        (lambda: geo.score(FLOWS, pd.DataFrame({"indicator": ["x"]})), r"Framework\.from_table"),
        (lambda: network.fit_gravity(FLOWS, None, constraint="double"), "costs: needed a table"),
        (lambda: network.brokerage(nx.path_graph(["a", "b"]), {"a": [1], "b": 2}), "a list among them"),
        (lambda: network.location_quotient(MATRIX, place_totals=pd.Series([9, 9], [0, 0])), "several for some"),
    ],
)
def test_arguments_of_another_kind_are_refused(call, said):
    with pytest.raises((TableError, OptionError), match=said):
        call()


def test_weights_of_plain_arrays_are_those_of_tables():
    named = geo.idocriw_weights(MATRIX)
    assert geo.idocriw_weights(MATRIX.to_numpy()).tolist() == named.tolist()
