"""No option is passed over: each is read, and one that has no part in what is asked for is refused."""

import ast
import inspect
import textwrap

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from innoscape import geo, network
from innoscape.data import OptionError
from innoscape.data.options import idle_faults

KEYS = list("abcd")
FLOWS = pd.DataFrame({"source": list("abca"), "target": list("bcdc"), "value": [3.0, 2.0, 1.0, 4.0]})
AT = np.arange(4.0)
COSTS = pd.DataFrame(np.abs(AT[:, None] - AT) + np.eye(4), index=KEYS, columns=KEYS)
MASS = pd.Series([4.0, 3.0, 2.0, 5.0], index=KEYS)
TABLE = pd.DataFrame([[3, 1, 0], [1, 2, 2], [0, 1, 4], [2, 0, 1]], index=KEYS, columns=list("xyz")).astype(float)
LONG = TABLE.rename_axis("place").reset_index().melt("place", var_name="sector", value_name="value")
CENTERS = pd.DataFrame({"place": KEYS, "score": MASS.to_numpy(), "lon": 110 + AT, "lat": 30.0})
RELATED = network.relatedness(TABLE)
GRAPH = nx.DiGraph()
GRAPH.add_weighted_edges_from(FLOWS.itertuples(index=False))
SERIES = pd.DataFrame({"science": [1, 2, 4, 7, 9.0], "industry": [0, 1, 2, 5, 9.0]}, index=range(5))
EDGES = network.edge_rates(FLOWS.assign(value=0.5))
SHARES = pd.DataFrame({"place": KEYS, "p": [0.1, 0.4, 0.6, 0.9]})

IDLE = {
    "accessibility, radius": lambda: geo.accessibility(CENTERS, CENTERS, COSTS, radius=2.0),
    "accessibility, exponent": lambda: geo.accessibility(
        CENTERS, CENTERS, COSTS, decay="cumulative", radius=2.0, exponent=3.0
    ),
    "assign_tiers, k": lambda: geo.assign_tiers(MASS, method="counts", counts=(1, 3), k=3),
    "flow_tiers, k": lambda: geo.flow_tiers(MASS, dominant=FLOWS[["source", "target"]].head(3), k=2),
    "flow_tiers, order": lambda: geo.flow_tiers(MASS, order="height"),
    "inequality, epsilon": lambda: geo.inequality(MASS, measures=["gini"], epsilon=2.0),
    "lorenz, by": lambda: geo.lorenz(MASS, by="decade"),
    "obstacle_degree, year": lambda: geo.obstacle_degree(SHARES, {"p": 1.0}, year=2020),
    "sector_concentration, firm_herfindahl": lambda: geo.sector_concentration(LONG, by=None, firm_herfindahl=MASS),
    "sector_concentration, reference": lambda: geo.sector_concentration(
        LONG, by=None, measures=["raw"], reference="others"
    ),
    "backbone, alpha": lambda: network.backbone(GRAPH, method="maximum_spanning_tree", alpha=0.1),
    "backbone, ends": lambda: network.backbone(GRAPH, method="binomial", ends="both"),
    "block_roles, balance": lambda: network.block_roles(GRAPH, balance=0.2),
    "block_roles, few": lambda: network.block_roles(GRAPH, rule="balance", few=0.2),
    "cascade, thresholds": lambda: network.cascade(EDGES, ["a"], thresholds={"b": 0.5}),
    "complexity, iterations": lambda: network.complexity(TABLE, iterations=8),
    "dominant_flows, unseen": lambda: network.dominant_flows(FLOWS, unseen=3.0),
    "entry_opportunities, method": lambda: network.entry_opportunities(TABLE, RELATED, method="jaccard"),
    "estimate_flows, exponent": lambda: network.estimate_flows(MASS, MASS, COSTS, decay="exponential", exponent=2.0),
    "estimate_flows, rest_within": lambda: network.estimate_flows(MASS, MASS, COSTS, rest_within=True),
    "fit_bass, period": lambda: network.fit_bass([0.5, 1.0, 1.5, 2.0, 2.5], method="mle", horizon=4.0, period=0.5),
    "fit_gravity, mass": lambda: network.fit_gravity(FLOWS, COSTS, mass=MASS, constraint="double"),
    "fit_gravity, mass beside both": lambda: network.fit_gravity(
        FLOWS, COSTS, mass=MASS, origin_mass=MASS, destination_mass=MASS
    ),
    "loop_type, method": lambda: network.loop_type({"science": 2.0, "industry": 1.0}, method="peak"),
    "modified_gravity, share_of": lambda: network.modified_gravity(MASS, COSTS, k=1.0, share_of=MASS),
    "phase_order, max_lag": lambda: network.phase_order(SERIES, method="half", max_lag=2.0),
    "relatedness_density, method": lambda: network.relatedness_density(TABLE, RELATED, method="jaccard"),
    "rich_club, tries": lambda: network.rich_club(GRAPH, normalized=False, tries=5),
}


@pytest.mark.parametrize("case", IDLE)
def test_an_option_without_a_part_is_refused(case):
    with pytest.raises(OptionError, match=rf"{case.split(', ')[1].split()[0]}: (has no part|used by)"):
        IDLE[case]()


def test_a_default_that_is_given_is_no_choice():
    def smooth(values, *, method="mean", width=3, by=None):
        return values, method, width, by

    assert not list(idle_faults(smooth, "here", method="mean", width=3, by=None))
    assert [str(one) for one in idle_faults(smooth, "here", width=3.0, by=pd.Series([1]))] == [
        "by: has no part here, got Series; leave it out"
    ]


@pytest.mark.parametrize("room", [geo, network])
def test_every_option_of_every_public_function_is_read(room):
    passed_over = []
    for name in room.__all__:
        function = inspect.unwrap(getattr(room, name))
        if not inspect.isfunction(function):
            continue
        tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        read = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        # the decorator of functions that follow other programs reads it
        read |= {"convention"} if hasattr(getattr(room, name), "__wrapped__") else set()
        passed_over += [f"{name}, {option}" for option in inspect.signature(function).parameters if option not in read]
    assert not passed_over
