"""The same kind of fault raises the same class of error in every room."""

import inspect
import re

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from innoscape import data, geo, network, study
from innoscape.data import Framework, OptionError, TableError, UnknownPlaceError

KEYS = ["a", "b", "c"]
FLOWS = pd.DataFrame({"source": ["a", "b", "c"], "target": ["b", "c", "a"], "value": [3.0, 2.0, 1.0]})
COSTS = pd.DataFrame([[0.0, 1, 2], [1, 0, 1], [2, 1, 0]], index=KEYS, columns=KEYS)
CENTERS = pd.DataFrame({"place": KEYS, "tier": pd.Categorical(geo.TIERS[:3], geo.TIERS, ordered=True)})
PLACES = pd.DataFrame({"place": KEYS, "parent": ["", "a", "a"], "longitude": [110.0, 112, 114], "latitude": [30.0] * 3})
TABLE = pd.DataFrame({"x": [1.0, 3, 2], "y": [2.0, 1, 5]}, index=KEYS)
SYSTEMS = pd.DataFrame({"place": KEYS, "input": [0.2, 0.5, 0.9], "output": [0.3, 0.4, 0.8]})
VALUES = pd.DataFrame({"place": KEYS, "indicator": "labs", "value": [9.0, 5.0, 1.0]})
FRAMEWORK = Framework.from_table(pd.DataFrame({"indicator": ["labs"]}))
STRENGTHS = {"a": 9.0, "b": 5.0, "c": 1.0}
TIERS = pd.Series(["international", "national", "local"], index=KEYS)
PEER = network.Channel("peer", rate=0.2, decay="none")
GRAPH = nx.DiGraph()
GRAPH.add_weighted_edges_from(FLOWS.itertuples(index=False))
ADOPTIONS = pd.DataFrame({"place": KEYS, "time": [0.0, 1.0, 2.0]})
MASS = pd.Series(STRENGTHS)
NO_VALUE = FLOWS.drop(columns="value")
STRANGE = FLOWS.replace("c", "z")


def rates():
    return network.hazard_rates(CENTERS, [PEER])


def scores():
    return geo.score(VALUES, FRAMEWORK)


def tiny():
    return study.run(until="score")


MISSING_COLUMN = {
    "check_table": lambda: data.check_table(NO_VALUE, "flows"),
    "contract_flows": lambda: data.contract_flows(pd.DataFrame({"seller": ["a"]}), places=PLACES),
    "copatent_flows": lambda: data.copatent_flows(pd.DataFrame({"patent": ["p"]}), places=PLACES),
    "score": lambda: geo.score(VALUES.drop(columns="value"), FRAMEWORK),
    "score, groups": lambda: geo.score(
        VALUES.assign(value=[9.0, 5.0, np.nan]),
        FRAMEWORK,
        geo.Recipe(impute={"method": "group_mean", "groups": "region"}),
        places=PLACES,
    ),
    "profile": lambda: geo.profile(scores(), "a", values=VALUES.drop(columns="value")),
    "coupling_coordination": lambda: geo.coupling_coordination(SYSTEMS.drop(columns="place")),
    "obstacle_degree": lambda: geo.obstacle_degree(SYSTEMS.drop(columns="place"), {"input": 0.5, "output": 0.5}),
    "tier_mobility": lambda: geo.tier_mobility(CENTERS),
    "flow_tiers, strengths": lambda: geo.flow_tiers(CENTERS),
    "flow_tiers, dominant": lambda: geo.flow_tiers(STRENGTHS, dominant=FLOWS[["source"]]),
    "flow_tiers, core": lambda: geo.flow_tiers(STRENGTHS, core=CENTERS),
    "distance_matrix": lambda: geo.distance_matrix(PLACES.drop(columns="latitude")),
    "travel_costs": lambda: geo.travel_costs(NO_VALUE, PLACES),
    "site_centers": lambda: geo.site_centers(PLACES, PLACES, COSTS, count=1),
    "accessibility": lambda: geo.accessibility(PLACES, PLACES, COSTS),
    "floating_catchment": lambda: geo.floating_catchment(PLACES, PLACES, COSTS, radius=1),
    "market_areas": lambda: geo.market_areas(PLACES, COSTS),
    "center_routes": lambda: geo.center_routes(PLACES),
    "balances": lambda: network.balances(NO_VALUE, TIERS, directed=True),
    "flow_completeness": lambda: network.flow_completeness(NO_VALUE, STRENGTHS),
    "to_graph": lambda: network.to_graph(NO_VALUE, directed=True),
    "to_matrix": lambda: network.to_matrix(NO_VALUE, KEYS),
    "to_sparse": lambda: network.to_sparse(NO_VALUE),
    "deflate": lambda: network.deflate(FLOWS, {2020: 1.0}, base_year=2020),
    "dominant_flows": lambda: network.dominant_flows(NO_VALUE),
    "fit_gravity": lambda: network.fit_gravity(NO_VALUE, COSTS, mass=MASS),
    "compare_flows": lambda: network.compare_flows(NO_VALUE, FLOWS),
    "compare_flows, observed": lambda: network.compare_flows(FLOWS, NO_VALUE),
    "compare_flows, both": lambda: network.compare_flows(FLOWS[["target", "value"]], NO_VALUE),
    "dominant_flows, source": lambda: network.dominant_flows(FLOWS[["target", "value"]]),
    "fit_gravity, costs": lambda: network.fit_gravity(FLOWS, NO_VALUE, mass=MASS),
    "radiation": lambda: network.radiation(MASS, MASS, NO_VALUE),
    "modified_gravity": lambda: network.modified_gravity(MASS, NO_VALUE),
    "modified_gravity, k": lambda: network.modified_gravity(MASS, COSTS, k=NO_VALUE),
    "cross_validate": lambda: network.cross_validate(ADOPTIONS[["place"]], CENTERS, [PEER], horizon=3.0),
    "hazard_rates": lambda: network.hazard_rates(CENTERS[["place"]], [PEER]),
    "edge_rates": lambda: network.edge_rates(FLOWS[["source", "value"]]),
    "decompose": lambda: network.decompose(NO_VALUE, CENTERS, [PEER], directed=True),
    "exposure": lambda: network.exposure(ADOPTIONS[["place"]], FLOWS),
    "fit_diffusion": lambda: network.fit_diffusion(ADOPTIONS[["place"]], CENTERS, [PEER], horizon=3.0),
}

MISNAMED = pd.Series({"a": 9.0, "b": 5.0, "z": 1.0})

UNKNOWN_PLACE = {
    "container": lambda: data.container(KEYS, PLACES, ["z"]),
    "grow": lambda: network.grow(rates(), MISNAMED, horizon=1.0),
    "dominant_flows": lambda: network.dominant_flows(FLOWS, mass=MISNAMED),
    "decompose": lambda: network.decompose(FLOWS, CENTERS, [PEER], directed=True, mass=MISNAMED),
    "radiation": lambda: network.radiation(MASS, MISNAMED, COSTS),
    "radiation, one too many": lambda: network.radiation({**STRENGTHS, "z": 1.0}, MASS, COSTS),
    "modified_gravity": lambda: network.modified_gravity(MISNAMED, COSTS),
    "modified_gravity, income": lambda: network.modified_gravity(MASS, COSTS, income=MISNAMED),
    "fit_gravity, mass": lambda: network.fit_gravity(FLOWS, COSTS, mass=MISNAMED),
    "estimate_flows, totals": lambda: network.estimate_flows(MISNAMED, MASS, COSTS),
    "profile": lambda: geo.profile(scores(), "z"),
    "profile, peers": lambda: geo.profile(scores(), "a", peers=["z"]),
    "score": lambda: geo.score(VALUES, FRAMEWORK, among=["z"]),
    "flow_tiers, dominant": lambda: geo.flow_tiers(STRENGTHS, dominant=STRANGE.iloc[[2]]),
    "flow_tiers, core": lambda: geo.flow_tiers(STRENGTHS, core={"z": True}),
    "tier_agreement": lambda: geo.tier_agreement(TIERS, TIERS.rename({"c": "z"})),
    "fit_gravity": lambda: network.fit_gravity(STRANGE, COSTS, mass=MASS),
    "estimate_flows": lambda: network.estimate_flows(MASS, MASS, COSTS, known=[("z", "a", 1.0)]),
    "hazard_rates": lambda: network.hazard_rates(CENTERS, [PEER], receptivity={"z": 2.0}),
    "edge_rates": lambda: network.edge_rates(FLOWS, external={"z": 1.0}),
    "simulate": lambda: network.simulate(rates(), ["z"], horizon=1.0),
    "simulate_disadoption": lambda: network.simulate_disadoption(rates(), ["z"], abandonment=0.1, horizon=1.0),
    "choose_seeds": lambda: network.choose_seeds(rates(), 1, horizon=1.0, candidates=["z"]),
    "fit_diffusion": lambda: network.fit_diffusion(ADOPTIONS.replace("c", "z"), CENTERS, [PEER], horizon=3.0),
    "scenario": lambda: network.Scenario("s").set_tier("z", tier="local").apply(rates()),
    "reach": lambda: network.simulate(rates(), ["a"], horizon=1.0, runs=2).reach(places=["z"]),
}

WRONG_WORD = {
    "check_table": lambda: data.check_table(FLOWS, "flow"),
    "contract_flows": lambda: data.contract_flows(pd.DataFrame(), value="amunt"),
    "copatent_flows": lambda: data.copatent_flows(pd.DataFrame(), counting="half"),
    "score": lambda: geo.score(VALUES, FRAMEWORK, nested="no"),
    "Recipe": lambda: geo.score(VALUES, FRAMEWORK, geo.Recipe(normalize="min-max")),
    "assign_tiers": lambda: geo.assign_tiers(STRENGTHS, method="jenks"),
    "profile": lambda: geo.profile(scores(), "a", rule="half"),
    "coupling_coordination": lambda: geo.coupling_coordination(SYSTEMS, formula="old"),
    "obstacle_degree": lambda: geo.obstacle_degree(scores(), formula="old"),
    "flow_tiers": lambda: geo.flow_tiers(STRENGTHS, order="deep"),
    "tier_agreement": lambda: geo.tier_agreement(TIERS, TIERS, weights="cubic"),
    "distance_matrix": lambda: geo.distance_matrix(PLACES, unit="league"),
    "travel_costs": lambda: geo.travel_costs(FLOWS, PLACES, unit="hours"),
    "site_centers": lambda: geo.site_centers(PLACES, PLACES, COSTS, problem="p_mean"),
    "compare_layouts": lambda: geo.compare_layouts(PLACES, PLACES, COSTS, most=1, problem="set_cover"),
    "suitability": lambda: geo.suitability(VALUES, of="town"),
    "center_routes": lambda: geo.center_routes(PLACES, scale="value"),
    "accessibility": lambda: geo.accessibility(PLACES, PLACES, COSTS, decay="gauss"),
    "market_areas": lambda: geo.market_areas(CENTERS, COSTS, nesting="chained"),
    "leave_out": lambda: geo.leave_out(VALUES, FRAMEWORK, what="year"),
    "balances": lambda: network.balances(FLOWS, TIERS, directed=True, partners="few"),
    "estimate_flows": lambda: network.estimate_flows(MASS, MASS, COSTS, decay="gauss"),
    "fit_gravity": lambda: network.fit_gravity(FLOWS, COSTS, mass=MASS, decay="gauss"),
    "centrality": lambda: network.centrality(GRAPH, measures=["degre"]),
    "communities": lambda: network.communities(GRAPH, method="ward"),
    "core_periphery": lambda: network.core_periphery(GRAPH, method="rombach"),
    "backbone": lambda: network.backbone(GRAPH, method="top"),
    "block_roles": lambda: network.block_roles(GRAPH, rule="sent"),
    "qap": lambda: network.qap(COSTS, COSTS, directed=False, method="kendall"),
    "relatedness": lambda: network.relatedness(TABLE, method="dice"),
    "complexity": lambda: network.complexity(TABLE, method="fitness"),
    "class_proximity": lambda: network.class_proximity(TABLE, method="dice"),
    "Channel": lambda: network.Channel("peer", rate=0.2, decay="gauss"),
    "exposure": lambda: network.exposure(ADOPTIONS, FLOWS, weights="se"),
    "fit_diffusion": lambda: network.fit_diffusion(ADOPTIONS, CENTERS, [PEER], horizon=3.0, intervals="exact"),
    "critical_return": lambda: network.critical_return(depreciation=0.1, spill="gaps"),
    "write_tables": lambda: study.write_tables(tiny(), "unwritten", formats=["doc"]),
    "write_figures": lambda: study.write_figures(tiny(), "unwritten", formats=["jpeg"]),
    "draw_figure": lambda: study.draw_figure(tiny(), "scors"),
    "export_results": lambda: study.export_results(tiny(), "unwritten", formats=["shp"]),
    "run": lambda: study.run(until="scores"),
    "render_report": lambda: study.render_report(tiny(), language="xx"),
}

OUT_OF_RANGE = {
    "synthetic_contracts": lambda: data.synthetic_contracts(-1),
    "assign_tiers": lambda: geo.assign_tiers(STRENGTHS, k=0),
    "profile": lambda: geo.profile(scores(), "a", rule="gap", margin=-1.0),
    "coupling_coordination": lambda: geo.coupling_coordination(SYSTEMS, exponent=0.0),
    "uncertainty": lambda: geo.uncertainty(VALUES, FRAMEWORK, runs=0),
    "estimate_flows": lambda: network.estimate_flows(MASS, MASS, COSTS, rate=-1.0),
    "fit_gravity": lambda: network.fit_gravity(FLOWS, COSTS, mass=MASS, confidence_level=95),
    "flow_completeness": lambda: network.flow_completeness(FLOWS, STRENGTHS, factor=1.0),
    "communities": lambda: network.communities(GRAPH, runs=0),
    "backbone": lambda: network.backbone(GRAPH, alpha=2.0),
    "qap": lambda: network.qap(COSTS, COSTS, directed=False, permutations=0),
    "Channel": lambda: network.Channel("peer", rate=-1.0, decay="none"),
    "hazard_rates": lambda: network.hazard_rates(CENTERS, [PEER], external=-1.0),
    "simulate": lambda: network.simulate(rates(), ["a"], horizon=0.0),
    "arrivals": lambda: network.simulate(rates(), ["a"], horizon=1.0, runs=2).arrivals(confidence_level=2.0),
    "quantiles": lambda: network.simulate(rates(), ["a"], horizon=1.0, runs=2).quantiles([0.0]),
    "choose_seeds": lambda: network.choose_seeds(rates(), 9, horizon=1.0),
    "fit_diffusion": lambda: network.fit_diffusion(ADOPTIONS, CENTERS, [PEER], horizon=np.inf),
    "thresholds": lambda: network.thresholds(ADOPTIONS, FLOWS, lag=-1.0),
    "grow": lambda: network.grow(rates(), 1.0, horizon=1.0, depreciation=-0.1),
    "critical_return": lambda: network.critical_return(depreciation=0.0),
    "loop": lambda: network.loop("industry-demand-pull", horizon=-1.0),
    "pipeline": lambda: network.pipeline(["a", "b"], [2.0]),
    "run": lambda: study.run(until="score", runs=0),
    "write_figures": lambda: study.write_figures(tiny(), "unwritten", dpi=7),
    "draw_figure, width": lambda: study.draw_figure(tiny(), "scores", width=10),
    "draw_figure, top": lambda: study.draw_figure(tiny(), "scores", top=0),
}

KINDS = [
    ("a missing column", TableError, MISSING_COLUMN),
    ("an unknown place", UnknownPlaceError, UNKNOWN_PLACE),
    ("a wrong word", OptionError, WRONG_WORD),
    ("a number out of range", OptionError, OUT_OF_RANGE),
]


def described():
    """Yield (class of error, function) for every case that bears the name of a public function."""
    rooms = (data, geo, network, study)
    for kind, error, calls in KINDS:
        for name in dict.fromkeys(case.split(",")[0] for case in calls):
            for room in rooms:
                if name in room.__all__ and inspect.isfunction(inspect.unwrap(getattr(room, name))):
                    yield pytest.param(error, getattr(room, name), id=f"{kind}: {room.__name__}.{name}")


@pytest.mark.parametrize(("error", "function"), list(described()))
def test_the_class_stands_in_the_docstring(error, function):
    _, _, raises = inspect.cleandoc(function.__doc__).partition("\nRaises\n------\n")
    headings = re.findall(r"(?m)^(\w+Error(?:, \w+Error)*)$", raises)
    assert error.__name__ in ", ".join(headings)


@pytest.mark.parametrize(
    ("error", "call"),
    [pytest.param(error, call, id=f"{kind}: {name}") for kind, error, calls in KINDS for name, call in calls.items()],
)
def test_one_kind_of_fault_raises_one_class(error, call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error) as caught:
        call()
    assert caught.type is error
    assert error is not UnknownPlaceError or "z" in str(caught.value)
    assert not list(tmp_path.iterdir())
