"""Hold what an analysis of a study found."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..plan.inputs import Tables

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["Analyzed"]


@dataclass(frozen=True, eq=False)
class Analyzed:
    """Tables by name, and layers that the map draws.

    Attributes
    ----------
    tables : dict
    layers : dict
        Name -> GeoDataFrame in EPSG:4326.
    """

    tables: Tables
    layers: "dict[str, gpd.GeoDataFrame]" = field(default_factory=dict)
