from .association.fit_ergm import Ergm, change_statistics, fit_ergm
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
from .diffusion.fit.adopter_classes import AdopterClasses, adopter_classes
from .diffusion.fit.adoption_table import adoption_table
from .diffusion.fit.bass import BassFit, fit_bass
from .diffusion.fit.cross_validate import cross_validate
from .diffusion.fit.decompose import Decomposition, decompose
from .diffusion.fit.exposure import exposure, infectiousness, thresholds
from .diffusion.fit.fit_diffusion import DiffusionFit, fit_diffusion
from .diffusion.fit.fit_generations import GenerationFit, fit_generations
from .diffusion.fit.fit_growth_curve import GrowthCurve, fit_growth_curve
from .diffusion.fit.fit_hazard import HazardFit, fit_hazard
from .diffusion.fit.network_effect_test import NetworkEffectTest, network_effect_test
from .diffusion.model.channel import CHANNELS, Channel
from .diffusion.model.edge_rates import EdgeRates, edge_rates
from .diffusion.model.fastest_paths import fastest_paths
from .diffusion.model.hazard_rates import Rates, hazard_rates
from .diffusion.scenarios.choose_seeds import choose_scenarios, choose_seeds
from .diffusion.scenarios.compare_scenarios import Comparison, compare_scenarios
from .diffusion.scenarios.levers import lever, levers
from .diffusion.scenarios.policy_package import policy_package
from .diffusion.scenarios.scenario import Scenario
from .diffusion.scenarios.sensitivity import Sensitivity, sensitivity
from .diffusion.scenarios.sweep import sweep
from .diffusion.scenarios.verb import Verb, VerbField
from .diffusion.scenarios.verbs import VERBS
from .diffusion.simulate.cascade import CASCADES, Cascade, cascade
from .diffusion.simulate.outcome import Diffusion
from .diffusion.simulate.simulate import bass, mean_field, simulate
from .diffusion.simulate.simulate_disadoption import Disadoption, simulate_disadoption, simulate_many
from .flows.balances import balances, flow_completeness
from .flows.deflate import deflate
from .flows.estimate import REST_OF_WORLD, estimate_flows
from .flows.graphs import to_flows, to_graph, to_graphs, to_matrix, to_places, to_sparse, weakest_status
from .flows.read_graph import read_graph
from .flows.write_graph import FORMATS, flow_lines, format_graph, write_graph
from .gravity.check_gravity import check_gravity
from .gravity.compare_flows import compare_flows
from .gravity.fit_gravity import fit_gravity
from .gravity.fit_panel_gravity import PanelGravity, fit_panel_gravity
from .gravity.flow_selection import FlowSelection, flow_selection
from .gravity.model import Gravity
from .gravity.modified import modified_gravity
from .gravity.radiation import radiation
from .gravity.zero_inflation import ZeroInflation, zero_inflation
from .growth.conversion_chain import ConversionChain, conversion_chain
from .growth.core_drive import CORE_ACTORS, CORE_FACTORS, core_drive
from .growth.divergence import compare_growth, critical_return
from .growth.finance_loop import FINANCE_SOURCES, finance_loop
from .growth.firm_pyramid import FIRM_LADDER, firm_pyramid, pyramid_steps
from .growth.grow import SPILLS, grow
from .growth.hub_emergence import hub_emergence
from .growth.loops import LOOPS, PHASE_METHODS, SUBSYSTEMS, Phases, loop, loop_type, phase_order
from .growth.obstacle_chain import obstacle_chain
from .growth.outcome import Growth
from .growth.pipeline import OBSTACLE_CHAIN, pipeline
from .growth.pooled_risk import PooledRisk, pooled_risk
from .growth.ring import ring
from .growth.roll_out import dilution, roll_out
from .growth.run_stocks import run_stocks
from .growth.siphoning import outflow, siphoning
from .growth.solve_rates import solve_rates
from .growth.stability import Stability
from .growth.stages import HUB_MEASURES, HUB_STAGES, stages
from .growth.stock_model import StockModel, Transfer
from .growth.stock_path import StockPath
from .growth.stock_scenario import StockScenario, compare_stocks
from .measures.centrality import ALL_MEASURES, MEASURES, PATH_MEASURES, centrality
from .measures.compare_weight_meanings import compare_weight_meanings
from .measures.criticality import criticality
from .measures.ego_networks import ego_networks
from .measures.rich_club import rich_club
from .measures.small_world import SmallWorld, small_world
from .measures.structural_holes import structural_holes
from .measures.summary import network_summary
from .measures.ties import Ties, read_ties
from .measures.triad_census import TRIADS, triad_census
from .specialization.assignment import Assignment, assign
from .specialization.benefit_sharing import BenefitSharing, coalition_flows, share_benefit
from .specialization.chain_coverage import chain_coverage
from .specialization.chain_matching import chain_matching
from .specialization.co_occurrence import co_occurrence
from .specialization.complexity import Complexity, complexity
from .specialization.dynamic_location_quotient import dynamic_location_quotient
from .specialization.fit_entry import EntryFit, fit_entry
from .specialization.fitness_complexity import FitnessComplexity, fitness_complexity
from .specialization.matching import Matching, match_records
from .specialization.overlap import OVERLAP_MEASURES, Overlap, overlap, overlap_bounds
from .specialization.relatedness import entry_opportunities, location_quotient, relatedness, relatedness_density
from .structure.backbone import Backbone, backbone
from .structure.block_roles import ROLES, BlockRoles, block_roles
from .structure.brokerage import BROKER_ROLES, Brokerage, brokerage
from .structure.cohesive_groups import cliques, k_plexes
from .structure.communities import Communities, communities
from .structure.coordination_cost import CoordinationCost, coordination_cost
from .structure.core_periphery import CorePeriphery, core_periphery
from .structure.dominant_flows import dominant_flows
from .structure.flow_distribution import flow_distribution
from .structure.hub_types import hub_types
from .structure.mixing import Mixing, category_assortativity, ei_index, mixing, modularity
from .structure.multilayer import Multilayer, multilayer
from .structure.select_flows import select_flows
from .structure.shock_test import ShockTest, shock_test
from .structure.tie_strength import TieStrength, tie_strength
from .structure.turnover import Turnover, turnover

__all__ = [
    "ALL_MEASURES",
    "BROKER_ROLES",
    "CASCADES",
    "CHANNELS",
    "CORE_ACTORS",
    "CORE_FACTORS",
    "FINANCE_SOURCES",
    "FIRM_LADDER",
    "FORMATS",
    "HUB_MEASURES",
    "HUB_STAGES",
    "LOOPS",
    "MEASURES",
    "OBSTACLE_CHAIN",
    "OVERLAP_MEASURES",
    "PATH_MEASURES",
    "PHASE_METHODS",
    "REST_OF_WORLD",
    "ROLES",
    "SPILLS",
    "SUBSYSTEMS",
    "TRIADS",
    "VERBS",
    "AdopterClasses",
    "Assignment",
    "Backbone",
    "BassFit",
    "BenefitSharing",
    "BlockRoles",
    "Brokerage",
    "Cascade",
    "Channel",
    "Communities",
    "Comparison",
    "Complexity",
    "ConversionChain",
    "CoordinationCost",
    "CorePeriphery",
    "Decomposition",
    "Diffusion",
    "DiffusionFit",
    "Disadoption",
    "EdgeRates",
    "EntryFit",
    "Ergm",
    "FitnessComplexity",
    "FlowSelection",
    "GenerationFit",
    "Gravity",
    "Growth",
    "GrowthCurve",
    "HazardFit",
    "LogitQap",
    "Matching",
    "Mixing",
    "Mrqap",
    "Multilayer",
    "NetworkEffectTest",
    "Overlap",
    "PanelGravity",
    "Phases",
    "PooledRisk",
    "Qap",
    "Rates",
    "Scenario",
    "Sensitivity",
    "ShockTest",
    "SmallWorld",
    "Stability",
    "StockModel",
    "StockPath",
    "StockScenario",
    "TieStrength",
    "Ties",
    "Transfer",
    "Turnover",
    "Verb",
    "VerbField",
    "ZeroInflation",
    "adopter_classes",
    "adoption_table",
    "assign",
    "backbone",
    "balances",
    "bass",
    "block_roles",
    "brokerage",
    "cascade",
    "category_assortativity",
    "centrality",
    "chain_coverage",
    "chain_matching",
    "change_statistics",
    "check_gravity",
    "choose_scenarios",
    "choose_seeds",
    "class_proximity",
    "cliques",
    "co_occurrence",
    "coalition_flows",
    "communities",
    "compare_flows",
    "compare_growth",
    "compare_scenarios",
    "compare_stocks",
    "compare_weight_meanings",
    "complexity",
    "conversion_chain",
    "coordination_cost",
    "core_drive",
    "core_periphery",
    "cost_proximity",
    "critical_return",
    "criticality",
    "cross_validate",
    "decompose",
    "deflate",
    "dilution",
    "dominant_flows",
    "dynamic_location_quotient",
    "edge_rates",
    "ego_networks",
    "ei_index",
    "entry_opportunities",
    "estimate_flows",
    "exposure",
    "fastest_paths",
    "finance_loop",
    "firm_pyramid",
    "fit_bass",
    "fit_diffusion",
    "fit_entry",
    "fit_ergm",
    "fit_generations",
    "fit_gravity",
    "fit_growth_curve",
    "fit_hazard",
    "fit_panel_gravity",
    "fitness_complexity",
    "flow_completeness",
    "flow_distribution",
    "flow_lines",
    "flow_selection",
    "format_graph",
    "grow",
    "hazard_rates",
    "hub_emergence",
    "hub_types",
    "infectiousness",
    "institutional_proximity",
    "k_plexes",
    "lever",
    "levers",
    "location_quotient",
    "logit_qap",
    "loop",
    "loop_type",
    "match_records",
    "mean_field",
    "mixing",
    "modified_gravity",
    "modularity",
    "mrqap",
    "multilayer",
    "network_effect_test",
    "network_summary",
    "obstacle_chain",
    "outflow",
    "overlap",
    "overlap_bounds",
    "phase_order",
    "pipeline",
    "policy_package",
    "pooled_risk",
    "pyramid_steps",
    "qap",
    "radiation",
    "read_graph",
    "read_ties",
    "relatedness",
    "relatedness_density",
    "rich_club",
    "ring",
    "roll_out",
    "run_stocks",
    "select_flows",
    "sensitivity",
    "share_benefit",
    "shock_test",
    "simulate",
    "simulate_disadoption",
    "simulate_many",
    "siphoning",
    "small_world",
    "social_proximity",
    "solve_rates",
    "stages",
    "structural_holes",
    "sweep",
    "thresholds",
    "tie_strength",
    "to_flows",
    "to_graph",
    "to_graphs",
    "to_matrix",
    "to_places",
    "to_sparse",
    "triad_census",
    "turnover",
    "value_difference",
    "weakest_status",
    "write_graph",
    "zero_inflation",
]
