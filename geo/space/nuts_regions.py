"""Give the NUTS regions of one level from areas of several, or of finer ones, by the first letters of their codes."""

import geopandas as gpd
import pandas as pd
import shapely

from ...data.errors import OptionError, warn
from ...data.wording.catalogue import few

__all__ = ["nuts_regions"]


def nuts_regions(frame: gpd.GeoDataFrame, level: int, file: str) -> gpd.GeoDataFrame:
    """Keep the NUTS regions of a level, and unite those below it where there is none, by the first letters of codes."""
    length = 2 + level
    code = frame["code"].fillna("").astype(str)
    own = frame[code.str.len() == length]
    finer = (code.str.len() > length) & ~code.str[:length].isin(own["code"])
    parts = frame.loc[finer, "geometry"].groupby(code[finer].str[:length]).agg(lambda one: shapely.union_all(list(one)))
    names = pd.DataFrame({"code": parts.index, "name": parts.index, "kind": "area"})
    united = gpd.GeoDataFrame(names, geometry=parts.to_numpy(), crs=4326)
    found = gpd.GeoDataFrame(pd.concat([own, united], ignore_index=True), crs=4326)
    if found.empty:
        raise OptionError(f"nuts_level: needed codes of {length} letters or more in {file}, got none; name the column")
    known = tuple(found["code"])
    coarser = [one for one in code[code.str.len() < length] if not any(whole.startswith(one) for whole in known)]
    if coarser:
        warn("warnings.boundaries.coarser", n=len(coarser), level=level, names=few(coarser), stacklevel=4)
    return found
