from .channels import CHANNELS, Channel
from .diffusion import Diffusion, expected, simulate
from .estimation import estimate_flows
from .flows import balances, to_flows, to_graph, to_matrix, weakest_status
from .hazard import Rates, rates
from .measures import MEASURES, centrality
from .scenario import VERBS, Comparison, Scenario, compare

__all__ = [
    "CHANNELS",
    "MEASURES",
    "VERBS",
    "Channel",
    "Comparison",
    "Diffusion",
    "Rates",
    "Scenario",
    "balances",
    "centrality",
    "compare",
    "estimate_flows",
    "expected",
    "rates",
    "simulate",
    "to_flows",
    "to_graph",
    "to_matrix",
    "weakest_status",
]
