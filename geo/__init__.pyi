from .boundaries import china_basemap, china_provinces
from .distance import distance_matrix
from .index import Scores, score
from .layers import centers_layer, corridors_layer, landmarks_layer, scopes_layer
from .maps import (
    AtlasMap,
    add_arrivals,
    add_boundaries,
    add_centers,
    add_corridors,
    add_flows,
    add_landmarks,
    add_language_switch,
    add_legend,
    add_scopes,
    add_search,
    center_map,
    save_map,
)
from .recipe import Recipe
from .tiers import TIERS, assign_tiers, compare_tiers, head_tail_index, rank_size, tier_dtype
from .weights import entropy_weights

__all__ = [
    "TIERS",
    "AtlasMap",
    "Recipe",
    "Scores",
    "add_arrivals",
    "add_boundaries",
    "add_centers",
    "add_corridors",
    "add_flows",
    "add_landmarks",
    "add_language_switch",
    "add_legend",
    "add_scopes",
    "add_search",
    "assign_tiers",
    "center_map",
    "centers_layer",
    "china_basemap",
    "china_provinces",
    "compare_tiers",
    "corridors_layer",
    "distance_matrix",
    "entropy_weights",
    "head_tail_index",
    "landmarks_layer",
    "rank_size",
    "save_map",
    "scopes_layer",
    "score",
    "tier_dtype",
]
