"""Build the spatial layers of a study: centers, scopes, corridors, landmarks."""

from dataclasses import dataclass

import geopandas as gpd

from ...geo import centers_layer, corridors_layer, landmarks_layer, scopes_layer
from ..plan.inputs import Inputs, Tables

__all__ = ["Layers", "place_centers"]


@dataclass(frozen=True, eq=False)
class Layers:
    """The spatial layers of a study; None where it names none."""

    centers: gpd.GeoDataFrame
    scopes: gpd.GeoDataFrame
    corridors: gpd.GeoDataFrame | None
    landmarks: gpd.GeoDataFrame | None


def place_centers(inputs: Inputs, tables: Tables) -> Layers:
    """Build the layers of centers, scopes, corridors and landmarks.

    A scored place that is a center and holds no other is drawn as a center alone; the centers then carry their scores.
    """
    study = inputs.study
    units = study.index.units if study.index else []
    scores = tables["scores"].set_index("place")["score"] if "scores" in tables else None
    centers = centers_layer(
        inputs.places,
        kinds=study.centers.kinds,
        assumed_tiers=study.centers.assumed_tiers,
        corridors=inputs.corridors,
        scopes=units,
        tier_scale=study.tiers.order,
    )
    scopes = scopes_layer(
        inputs.places,
        centers,
        scopes=units,
        tiers=_scope_tiers(inputs, units),
        scores=scores,
        tier_scale=study.tiers.order,
    )
    empty = (scopes["members"] == "") | (scopes["members"] == scopes["place"])
    alone = empty & scopes["place"].isin(centers["place"])
    if alone.any() and scores is not None:
        centers.insert(len(centers.columns) - 1, "score", centers["place"].map(scores))
    return Layers(
        centers=centers,
        scopes=scopes[~alone].reset_index(drop=True),
        corridors=None
        if inputs.corridors is None
        else corridors_layer(inputs.corridors, inputs.places, undrawable="leave_out"),
        landmarks=None if inputs.landmarks is None else landmarks_layer(inputs.landmarks, inputs.places),
    )


def _scope_tiers(inputs: Inputs, units: list[str]) -> dict[str, str]:
    return {unit: inputs.published[unit] for unit in units if unit in inputs.published}
