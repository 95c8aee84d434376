"""Lay out the centers that scenarios of a study add."""

import geopandas as gpd

from ..plan.inputs import Inputs
from ..results.study_results import StudyResults

__all__ = ["new_centers"]


def new_centers(inputs: Inputs, results: StudyResults) -> gpd.GeoDataFrame | None:
    """Return the centers that scenarios add: ``scenario``, ``place``, ``tier``, names, points; None without any.

    One whose tier changes later on is drawn on the last one.
    """
    changes = results.shown.get("tier_changes")
    if changes is None or changes.empty:
        return None
    usual = {*results.layers["centers"]["place"]}
    added = changes[changes["value"].notna() & ~changes["place"].isin(usual)].sort_values("start", kind="stable")
    added = added.drop_duplicates(["scenario", "place"], keep="last").rename(columns={"value": "tier"})
    at = inputs.places.drop_duplicates("place").set_index("place")[["lon", "lat"]].dropna()
    added = added[added["place"].isin(at.index)].sort_values(["scenario", "place"])
    if added.empty:
        return None
    names = inputs.names.reindex(added["place"])[["name_en", "name_zh"]].reset_index(drop=True)
    table = added[["scenario", "place", "tier"]].reset_index(drop=True).join(names)
    spots = at.loc[table["place"]]
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(spots["lon"], spots["lat"]), crs=4326)
