from .association.logit_qap import LogitQap, logit_qap
from .association.mrqap import Mrqap, mrqap
from .association.proximity import (
    class_proximity,
    cost_proximity,
    institutional_proximity,
    social_proximity,
    value_difference,
)
from .association.qap import Qap, qap
from .diffusion.fit.bass import BassFit, fit_bass
from .diffusion.fit.decompose import Decomposition, decompose
from .diffusion.fit.exposure import exposure, infectiousness, thresholds
from .diffusion.fit.fit import Fit, fit
from .diffusion.fit.held_out import held_out
from .diffusion.model.channel import CHANNELS, Channel
from .diffusion.model.edge_rates import EdgeRates, edge_rates
from .diffusion.model.rates import Rates, rates
from .diffusion.scenarios.compare import Comparison, compare
from .diffusion.scenarios.greedy import choose_scenarios, choose_seeds
from .diffusion.scenarios.presets import lever, levers
from .diffusion.scenarios.scenario import VERBS, Scenario
from .diffusion.scenarios.sobol import Influence, influence
from .diffusion.scenarios.sweep import sweep
from .diffusion.simulate.cascade import CASCADES, Cascade, cascade
from .diffusion.simulate.churn import Churn, churn, simulate_many
from .diffusion.simulate.outcome import Diffusion
from .diffusion.simulate.simulate import bass, expected, simulate
from .flows.balances import balances, coverage, deflate
from .flows.estimate import REST_OF_WORLD, estimate_flows
from .flows.graphs import to_flows, to_graph, to_graphs, to_matrix, to_places, to_sparse, weakest_status
from .flows.write import FORMATS, flow_lines, format_graph, write_graph
from .gravity.compare_flows import compare_flows
from .gravity.diagnostics import check_gravity
from .gravity.fit import fit_gravity
from .gravity.model import Gravity
from .gravity.modified import modified_gravity
from .gravity.radiation import radiation
from .growth.divergence import compare_growth, critical_return
from .growth.grow import SPILLS, grow
from .growth.hand_overs import OBSTACLE_CHAIN, pipeline
from .growth.loops import LOOPS, PHASE_METHODS, SUBSYSTEMS, Phases, loop, loop_type, phase_order
from .growth.outcome import Growth, Stability
from .growth.stages import HUB_MEASURES, HUB_STAGES, stages
from .measures.centrality import ALL_MEASURES, MEASURES, PATH_MEASURES, centrality, compare_readings
from .measures.rich_club import rich_club
from .measures.small_world import SmallWorld, small_world
from .measures.structural_holes import structural_holes
from .measures.summary import network_summary
from .specialization.complexity import Complexity, complexity
from .specialization.relatedness import entry_opportunities, location_quotient, relatedness, relatedness_density
from .structure.backbone import Backbone, backbone
from .structure.block_roles import ROLES, BlockRoles, block_roles
from .structure.communities import Communities, communities
from .structure.core_periphery import CorePeriphery, core_periphery
from .structure.dominant_flows import dominant_flows
from .structure.multilayer import Multilayer, multilayer
from .structure.turnover import Turnover, turnover

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
