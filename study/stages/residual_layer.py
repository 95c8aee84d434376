"""Lay the residuals of a regression out for the map: where the outcome lies above what is explained, where below."""

import geopandas as gpd
import pandas as pd

from .build_chain import Chain
from .place_areas import place_areas

__all__ = ["residual_layer"]


def residual_layer(chain: Chain, residuals: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the residuals of the last year as areas, or as points where some place has no area.

    Parameters
    ----------
    chain : Chain
    residuals : DataFrame
        ``place``, ``year``, ``residual``, ``standardized``.
    """
    last = residuals["year"].isna() | (residuals["year"] == residuals["year"].max())
    own = residuals[last.fillna(value=True).to_numpy(dtype=bool)]
    areas = place_areas(chain.inputs, own["place"].unique())
    if areas is None:
        known = chain.inputs.places.dropna(subset=["lon", "lat"])
        known = known[known["place"].isin(own["place"])]
        shapes = gpd.points_from_xy(known["lon"].astype(float), known["lat"].astype(float))
        names = {name: known["place"].map(chain.inputs.names[name]).to_numpy() for name in ("name_en", "name_zh")}
        areas = gpd.GeoDataFrame({"place": known["place"].to_numpy(), **names}, geometry=shapes, crs=4326)
    return areas.merge(own, on="place").sort_values("place", ignore_index=True)
