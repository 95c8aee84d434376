"""One vocabulary in all rooms: what the graph says of a pair, the map says too."""

import itertools
import json
import re

import geopandas as gpd
import pandas as pd
import pytest

from innoscape.data import vocabulary
from innoscape.data.vocabulary import STATUSES
from innoscape.geo.maps import center_map as maps
from innoscape.network import CHANNELS, to_graph, weakest_status
from innoscape.network.structure import block_roles

ENDS = gpd.GeoDataFrame({"place": ["a", "b"]}, geometry=gpd.points_from_xy([110, 120], [30, 40]), crs=4326)


def status_on_the_map(flows):
    page = maps.add_flows(maps.AtlasMap(), flows, ENDS).get_root().render()
    found = re.search(r'"statuses":(\[[^\]]*\])', page)
    (status,) = json.loads(found[1])
    return status


@pytest.mark.parametrize(("one", "other"), [*itertools.pairwise(STATUSES), ("assumed", "estimated")])
def test_rows_of_two_statuses_give_one_pair_the_same_status_on_graph_and_map(one, other):
    rows = [("a", "b", 2.0, one), ("a", "b", 3.0, other)]
    flows = pd.DataFrame(rows, columns=["source", "target", "value", "status"])
    graph = to_graph(flows, directed=True)
    assert graph.edges["a", "b"]["status"] == status_on_the_map(flows) == weakest_status([one, other])
    assert status_on_the_map(flows[::-1]) == status_on_the_map(flows)


def test_a_row_without_a_status_leaves_the_status_of_its_pair():
    flows = pd.DataFrame({"source": ["a", "a"], "target": ["b", "b"], "value": [1.0, 2.0], "status": [None, "assumed"]})
    assert to_graph(flows, directed=True).edges["a", "b"]["status"] == status_on_the_map(flows) == "assumed"


def test_the_registries_of_channels_and_of_roles_are_those_of_the_vocabulary():
    assert tuple(CHANNELS) == vocabulary.CHANNELS
    assert set(block_roles.ROLES) == set(vocabulary.terms("block_roles"))
