from .index.multivariate_audit import MultivariateAudit, cronbach_alpha, multivariate_audit
from .index.prepare.describe_indicators import describe_indicators
from .index.recipe import Recipe
from .index.score import Scores, score
from .index.weigh.registry import (
    ahp_consistency,
    ahp_weights,
    cilos_weights,
    combine_weights,
    critic_weights,
    entropy_weights,
    gini_weights,
    idocriw_weights,
    lopcow_weights,
    merec_weights,
    optimize_weights,
    pca_weights,
    std_weights,
)
from .maps.center_map import (
    AtlasMap,
    Measure,
    add_aggregates,
    add_arrivals,
    add_boundaries,
    add_centers,
    add_choropleth,
    add_classes,
    add_corridors,
    add_flows,
    add_hinterlands,
    add_landmarks,
    add_language_switch,
    add_legend,
    add_measures,
    add_new_centers,
    add_scopes,
    add_search,
    add_tiles,
    center_map,
    save_map,
)
from .pattern.autocorrelation import autocorrelation
from .pattern.build_weights import spatial_weights
from .pattern.convergence import Convergence, convergence
from .pattern.decompose_inequality import decompose_inequality
from .pattern.deviational_ellipse import deviational_ellipse, standard_distance
from .pattern.distribution_density import distribution_density
from .pattern.inequality import inequality, lorenz
from .pattern.inequality_measures import inequality_measures
from .pattern.k_function import KFunction, k_function
from .pattern.kernel_density import DensitySurface, kernel_density
from .pattern.local_autocorrelation import local_autocorrelation
from .pattern.mean_center import mean_center, median_center
from .pattern.nearest_neighbor_index import nearest_neighbor_index
from .pattern.rank_mobility import rank_mobility
from .pattern.read_weights import read_weights
from .pattern.sector_concentration import krugman_index, place_specialization, sector_concentration
from .pattern.shift_share import shift_share
from .pattern.spatial_gini import spatial_gini
from .pattern.spatial_markov import QuadrantMarkov, SpatialMarkov, quadrant_markov, spatial_markov
from .pattern.spatial_weights import SpatialWeights
from .pattern.stage_breaks import StageBreaks, stage_breaks
from .pattern.write_weights import write_weights
from .profiles.bootstrap_efficiency import bootstrap_efficiency
from .profiles.center_routes import center_routes
from .profiles.coupling import coupling_coordination
from .profiles.cross_table import CrossTable, class_matrix, cross_table
from .profiles.delphi import Delphi, delphi
from .profiles.efficiency import Efficiency, efficiency, scale_efficiency
from .profiles.framework_profile import FrameworkProfile, framework_profile
from .profiles.inherited_functions import inherited_functions
from .profiles.lead_lag import lead_lag
from .profiles.malmquist import malmquist
from .profiles.nearest_fraction import nearest_fraction
from .profiles.obstacles import obstacle_degree
from .profiles.profile import Profile, profile
from .profiles.rank_association import rank_association
from .profiles.rank_classes import rank_classes
from .profiles.ratio_wording import WordedRatio, ratio_wording, read_ratio
from .profiles.relative_position import RelativePosition, relative_position
from .profiles.scale_and_intensity import scale_and_intensity
from .profiles.suitability import Suitability, suitability
from .profiles.target_gaps import TargetGaps, target_gaps
from .profiles.two_axes import two_axes
from .profiles.typology import Typology, typology
from .profiles.unite_places import unite_places
from .regression.hausman_test import hausman_test
from .regression.regression_tables import compare_weights, regression_table
from .regression.spatial_regression import SpatialRegression, spatial_regression
from .regression.spatial_tests import spatial_tests
from .robustness.compare_recipes import compare_recipes, ws_coefficient
from .robustness.leave_out import leave_out
from .robustness.sensitivity import Sensitivity, sensitivity
from .robustness.tier_probabilities import tier_probabilities
from .robustness.uncertainty import Uncertainty, uncertainty
from .space.accessibility import FloatingCatchment, accessibility, floating_catchment
from .space.basemaps import world_basemap
from .space.boundary_levels import boundaries
from .space.center_equilibrium import CenterEquilibrium, center_equilibrium
from .space.china_boundaries import china_basemap, china_provinces
from .space.china_coordinates import from_bd09, from_gcj02, to_bd09, to_gcj02
from .space.distance import distance_matrix
from .space.flow_terminals import flow_terminals
from .space.hinterlands import breaking_points, hinterlands
from .space.huff import huff
from .space.isochrones import isochrones
from .space.join_areas import join_boundaries
from .space.landmarks import corridors_layer, landmarks_layer
from .space.layers import centers_layer, scopes_layer
from .space.market_areas import MarketAreas, market_area_layer, market_areas
from .space.siting import Siting, compare_layouts, site_centers
from .space.travel import travel_costs, travel_paths
from .tiers.agreement import Agreement, compare_tiers, tier_agreement
from .tiers.assign import TIERS, assign_tiers, tier_dtype
from .tiers.echelons import echelons
from .tiers.from_flows import flow_tiers
from .tiers.mobility import Mobility, tier_mobility
from .tiers.rank_size import head_tail_index, primacy, rank_size
from .tiers.tier_borders import TierBorders, tier_borders

__all__ = [
    "TIERS",
    "Agreement",
    "AtlasMap",
    "CenterEquilibrium",
    "Convergence",
    "CrossTable",
    "Delphi",
    "DensitySurface",
    "Efficiency",
    "FloatingCatchment",
    "FrameworkProfile",
    "KFunction",
    "MarketAreas",
    "Measure",
    "Mobility",
    "MultivariateAudit",
    "Profile",
    "QuadrantMarkov",
    "Recipe",
    "RelativePosition",
    "Scores",
    "Sensitivity",
    "Siting",
    "SpatialMarkov",
    "SpatialRegression",
    "SpatialWeights",
    "StageBreaks",
    "Suitability",
    "TargetGaps",
    "TierBorders",
    "Typology",
    "Uncertainty",
    "WordedRatio",
    "accessibility",
    "add_aggregates",
    "add_arrivals",
    "add_boundaries",
    "add_centers",
    "add_choropleth",
    "add_classes",
    "add_corridors",
    "add_flows",
    "add_hinterlands",
    "add_landmarks",
    "add_language_switch",
    "add_legend",
    "add_measures",
    "add_new_centers",
    "add_scopes",
    "add_search",
    "add_tiles",
    "ahp_consistency",
    "ahp_weights",
    "assign_tiers",
    "autocorrelation",
    "bootstrap_efficiency",
    "boundaries",
    "breaking_points",
    "center_equilibrium",
    "center_map",
    "center_routes",
    "centers_layer",
    "china_basemap",
    "china_provinces",
    "cilos_weights",
    "class_matrix",
    "combine_weights",
    "compare_layouts",
    "compare_recipes",
    "compare_tiers",
    "compare_weights",
    "convergence",
    "corridors_layer",
    "coupling_coordination",
    "critic_weights",
    "cronbach_alpha",
    "cross_table",
    "decompose_inequality",
    "delphi",
    "describe_indicators",
    "deviational_ellipse",
    "distance_matrix",
    "distribution_density",
    "echelons",
    "efficiency",
    "entropy_weights",
    "floating_catchment",
    "flow_terminals",
    "flow_tiers",
    "framework_profile",
    "from_bd09",
    "from_gcj02",
    "gini_weights",
    "hausman_test",
    "head_tail_index",
    "hinterlands",
    "huff",
    "idocriw_weights",
    "inequality",
    "inequality_measures",
    "inherited_functions",
    "isochrones",
    "join_boundaries",
    "k_function",
    "kernel_density",
    "krugman_index",
    "landmarks_layer",
    "lead_lag",
    "leave_out",
    "local_autocorrelation",
    "lopcow_weights",
    "lorenz",
    "malmquist",
    "market_area_layer",
    "market_areas",
    "mean_center",
    "median_center",
    "merec_weights",
    "multivariate_audit",
    "nearest_fraction",
    "nearest_neighbor_index",
    "obstacle_degree",
    "optimize_weights",
    "pca_weights",
    "place_specialization",
    "primacy",
    "profile",
    "quadrant_markov",
    "rank_association",
    "rank_classes",
    "rank_mobility",
    "rank_size",
    "ratio_wording",
    "read_ratio",
    "read_weights",
    "regression_table",
    "relative_position",
    "save_map",
    "scale_and_intensity",
    "scale_efficiency",
    "scopes_layer",
    "score",
    "sector_concentration",
    "sensitivity",
    "shift_share",
    "site_centers",
    "spatial_gini",
    "spatial_markov",
    "spatial_regression",
    "spatial_tests",
    "spatial_weights",
    "stage_breaks",
    "standard_distance",
    "std_weights",
    "suitability",
    "target_gaps",
    "tier_agreement",
    "tier_borders",
    "tier_dtype",
    "tier_mobility",
    "tier_probabilities",
    "to_bd09",
    "to_gcj02",
    "travel_costs",
    "travel_paths",
    "two_axes",
    "typology",
    "uncertainty",
    "unite_places",
    "world_basemap",
    "write_weights",
    "ws_coefficient",
]
