"""A study takes its flows from the file of another program as from a table."""

import warnings

import pandas as pd
from samples import edit

from innoscape.data import InnoscapeWarning, read_table
from innoscape.network import to_graph, write_graph
from innoscape.study import run


def test_flows_may_stand_in_a_pajek_file(study):
    flows = read_table(study / "flows.csv", "flows")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        before = run(study, until="centrality").tables["centrality"]
        write_graph(to_graph(flows, directed=True), study / "flows.net")
        edit(study, "study.toml", "flows.csv", "flows.net")
        after = run(study, until="centrality").tables["centrality"]
    pd.testing.assert_frame_equal(before, after)
