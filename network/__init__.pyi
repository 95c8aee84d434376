from .accounts import balances, coverage, deflate
from .cascades import CASCADES, Cascade, cascade
from .changes import Turnover, turnover
from .channels import CHANNELS, Channel
from .clubs import rich_club
from .comparison import Comparison, compare
from .cores import CorePeriphery, core_periphery
from .diffusion import Diffusion
from .dynamics import Churn, churn, simulate_many
from .edges import EdgeRates, edge_rates
from .estimation import REST_OF_WORLD, estimate_flows
from .exports import FORMATS, flow_lines, format_graph, write_graph
from .filters import Backbone, backbone
from .flows import to_flows, to_graph, to_graphs, to_matrix, to_places, to_sparse, weakest_status
from .hazard import Rates, rates
from .hierarchies import dominant_flows
from .holes import structural_holes
from .layers import Multilayer, multilayer
from .levers import lever, levers
from .measures import ALL_MEASURES, MEASURES, PATH_MEASURES, centrality, compare_readings
from .modules import Communities, communities
from .nulls import SmallWorld, small_world
from .overview import network_summary
from .roles import ROLES, BlockRoles, block_roles
from .scenario import VERBS, Scenario
from .search import Influence, choose_scenarios, choose_seeds, influence, sweep
from .simulation import bass, expected, simulate

__all__ = [
    "ALL_MEASURES",
    "CASCADES",
    "CHANNELS",
    "FORMATS",
    "MEASURES",
    "PATH_MEASURES",
    "REST_OF_WORLD",
    "ROLES",
    "VERBS",
    "Backbone",
    "BlockRoles",
    "Cascade",
    "Channel",
    "Churn",
    "Communities",
    "Comparison",
    "CorePeriphery",
    "Diffusion",
    "EdgeRates",
    "Influence",
    "Multilayer",
    "Rates",
    "Scenario",
    "SmallWorld",
    "Turnover",
    "backbone",
    "balances",
    "bass",
    "block_roles",
    "cascade",
    "centrality",
    "choose_scenarios",
    "choose_seeds",
    "churn",
    "communities",
    "compare",
    "compare_readings",
    "core_periphery",
    "coverage",
    "deflate",
    "dominant_flows",
    "edge_rates",
    "estimate_flows",
    "expected",
    "flow_lines",
    "format_graph",
    "influence",
    "lever",
    "levers",
    "multilayer",
    "network_summary",
    "rates",
    "rich_club",
    "simulate",
    "simulate_many",
    "small_world",
    "structural_holes",
    "sweep",
    "to_flows",
    "to_graph",
    "to_graphs",
    "to_matrix",
    "to_places",
    "to_sparse",
    "turnover",
    "weakest_status",
    "write_graph",
]
