"""Give the places of a table shapes for the map: areas where all places have one, else points."""

import geopandas as gpd
import pandas as pd

from ..plan.inputs import Inputs
from .place_areas import place_areas

__all__ = ["place_shapes"]


def place_shapes(inputs: Inputs, table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the rows of a table with the names and the area of their place, or its point where some place has no area.

    Places that have neither are left out.
    """
    shapes = place_areas(inputs, table["place"].unique())
    if shapes is None:
        known = inputs.places.dropna(subset=["lon", "lat"])
        known = known[known["place"].isin(table["place"])]
        points = gpd.points_from_xy(known["lon"].astype(float), known["lat"].astype(float))
        names = {name: known["place"].map(inputs.names[name]).to_numpy() for name in ("name_en", "name_zh")}
        shapes = gpd.GeoDataFrame({"place": known["place"].to_numpy(), **names}, geometry=points, crs=4326)
    return shapes.merge(table, on="place").sort_values("place", ignore_index=True)
