from .agreement import Agreement, compare_tiers, tier_agreement
from .attraction import huff
from .boundaries import china_basemap, china_provinces
from .catchments import breaking_points, hinterlands
from .comparison import compare_recipes, leave_out, ws_coefficient
from .coupling import coupling_coordination, obstacle_degree
from .distance import distance_matrix
from .heavy_tails import head_tail_index, primacy, rank_size
from .hubs import flow_tiers
from .index import Scores, score
from .influence import Sensitivity, sensitivity
from .layers import centers_layer, corridors_layer, landmarks_layer, scopes_layer
from .maps import (
    AtlasMap,
    add_arrivals,
    add_boundaries,
    add_centers,
    add_choropleth,
    add_corridors,
    add_flows,
    add_hinterlands,
    add_landmarks,
    add_language_switch,
    add_legend,
    add_scopes,
    add_search,
    add_tiles,
    center_map,
    save_map,
)
from .mobility import Mobility, tier_mobility
from .offsets import from_bd09, from_gcj02, to_bd09, to_gcj02
from .profiles import Profile, profile
from .recipe import Recipe
from .robustness import Uncertainty, uncertainty
from .tier_chances import tier_probabilities
from .tiers import TIERS, assign_tiers, tier_dtype
from .weights import (
    ahp_consistency,
    ahp_weights,
    combine_weights,
    critic_weights,
    entropy_weights,
    optimize_weights,
    pca_weights,
    std_weights,
)

__all__ = [
    "TIERS",
    "Agreement",
    "AtlasMap",
    "Mobility",
    "Profile",
    "Recipe",
    "Scores",
    "Sensitivity",
    "Uncertainty",
    "add_arrivals",
    "add_boundaries",
    "add_centers",
    "add_choropleth",
    "add_corridors",
    "add_flows",
    "add_hinterlands",
    "add_landmarks",
    "add_language_switch",
    "add_legend",
    "add_scopes",
    "add_search",
    "add_tiles",
    "ahp_consistency",
    "ahp_weights",
    "assign_tiers",
    "breaking_points",
    "center_map",
    "centers_layer",
    "china_basemap",
    "china_provinces",
    "combine_weights",
    "compare_recipes",
    "compare_tiers",
    "corridors_layer",
    "coupling_coordination",
    "critic_weights",
    "distance_matrix",
    "entropy_weights",
    "flow_tiers",
    "from_bd09",
    "from_gcj02",
    "head_tail_index",
    "hinterlands",
    "huff",
    "landmarks_layer",
    "leave_out",
    "obstacle_degree",
    "optimize_weights",
    "pca_weights",
    "primacy",
    "profile",
    "rank_size",
    "save_map",
    "scopes_layer",
    "score",
    "sensitivity",
    "std_weights",
    "tier_agreement",
    "tier_dtype",
    "tier_mobility",
    "tier_probabilities",
    "to_bd09",
    "to_gcj02",
    "uncertainty",
    "ws_coefficient",
]
