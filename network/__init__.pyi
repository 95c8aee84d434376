from .accounts import balances, coverage, deflate
from .adoption_curves import BassFit, fit_bass
from .cascades import CASCADES, Cascade, cascade
from .changes import Turnover, turnover
from .channels import CHANNELS, Channel
from .clubs import rich_club
from .comparison import Comparison, compare
from .complexities import Complexity, complexity
from .cores import CorePeriphery, core_periphery
from .decomposition import Decomposition, decompose
from .diffusion import Diffusion
from .divergence import compare_growth, critical_return
from .dynamics import Churn, churn, simulate_many
from .edges import EdgeRates, edge_rates
from .emergence import HUB_MEASURES, HUB_STAGES, stages
from .estimation import REST_OF_WORLD, estimate_flows
from .exports import FORMATS, flow_lines, format_graph, write_graph
from .exposures import exposure, infectiousness, thresholds
from .filters import Backbone, backbone
from .fitting import Fit, fit
from .flows import to_flows, to_graph, to_graphs, to_matrix, to_places, to_sparse, weakest_status
from .forecasts import held_out
from .goodness import check_gravity
from .gravity import fit_gravity
from .growth import Growth, Stability
from .hazard import Rates, rates
from .hierarchies import dominant_flows
from .holes import structural_holes
from .layers import Multilayer, multilayer
from .levers import lever, levers
from .likeness import compare_flows
from .logistic import LogitQap, logit_qap
from .loops import LOOPS, PHASE_METHODS, SUBSYSTEMS, Phases, loop, loop_type, phase_order
from .measures import ALL_MEASURES, MEASURES, PATH_MEASURES, centrality, compare_readings
from .modules import Communities, communities
from .nulls import SmallWorld, small_world
from .overview import network_summary
from .permutation import Mrqap, Qap, mrqap, qap
from .pipelines import OBSTACLE_CHAIN, pipeline
from .potentials import modified_gravity, radiation
from .predictions import Gravity
from .proximities import class_proximity, cost_proximity, institutional_proximity, social_proximity, value_difference
from .roles import ROLES, BlockRoles, block_roles
from .scenario import VERBS, Scenario
from .search import Influence, choose_scenarios, choose_seeds, influence, sweep
from .simulation import bass, expected, simulate
from .specialization import entry_opportunities, location_quotient, relatedness, relatedness_density
from .stocks import SPILLS, grow

__all__ = [
    "ALL_MEASURES",
    "CASCADES",
    "CHANNELS",
    "FORMATS",
    "HUB_MEASURES",
    "HUB_STAGES",
    "LOOPS",
    "MEASURES",
    "OBSTACLE_CHAIN",
    "PATH_MEASURES",
    "PHASE_METHODS",
    "REST_OF_WORLD",
    "ROLES",
    "SPILLS",
    "SUBSYSTEMS",
    "VERBS",
    "Backbone",
    "BassFit",
    "BlockRoles",
    "Cascade",
    "Channel",
    "Churn",
    "Communities",
    "Comparison",
    "Complexity",
    "CorePeriphery",
    "Decomposition",
    "Diffusion",
    "EdgeRates",
    "Fit",
    "Gravity",
    "Growth",
    "Influence",
    "LogitQap",
    "Mrqap",
    "Multilayer",
    "Phases",
    "Qap",
    "Rates",
    "Scenario",
    "SmallWorld",
    "Stability",
    "Turnover",
    "backbone",
    "balances",
    "bass",
    "block_roles",
    "cascade",
    "centrality",
    "check_gravity",
    "choose_scenarios",
    "choose_seeds",
    "churn",
    "class_proximity",
    "communities",
    "compare",
    "compare_flows",
    "compare_growth",
    "compare_readings",
    "complexity",
    "core_periphery",
    "cost_proximity",
    "coverage",
    "critical_return",
    "decompose",
    "deflate",
    "dominant_flows",
    "edge_rates",
    "entry_opportunities",
    "estimate_flows",
    "expected",
    "exposure",
    "fit",
    "fit_bass",
    "fit_gravity",
    "flow_lines",
    "format_graph",
    "grow",
    "held_out",
    "infectiousness",
    "influence",
    "institutional_proximity",
    "lever",
    "levers",
    "location_quotient",
    "logit_qap",
    "loop",
    "loop_type",
    "modified_gravity",
    "mrqap",
    "multilayer",
    "network_summary",
    "phase_order",
    "pipeline",
    "qap",
    "radiation",
    "rates",
    "relatedness",
    "relatedness_density",
    "rich_club",
    "simulate",
    "simulate_many",
    "small_world",
    "social_proximity",
    "stages",
    "structural_holes",
    "sweep",
    "thresholds",
    "to_flows",
    "to_graph",
    "to_graphs",
    "to_matrix",
    "to_places",
    "to_sparse",
    "turnover",
    "value_difference",
    "weakest_status",
    "write_graph",
]
