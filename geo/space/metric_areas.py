"""Choose a projection in meters for an extent, and return the areas drawn in it to degrees."""

from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Geod

from ..coordinates import require_metric
from ..cut_at_180 import beside, cut_at_180

__all__ = ["STEP", "in_degrees", "metric_system"]

# meters between vertices, so that straight edges stay straight when they become degrees
STEP = 10_000.0
_GEOD = Geod(ellps="WGS84")


def metric_system(crs: Any, bounds: Sequence[float] | np.ndarray) -> CRS:  # noqa: ANN401
    """Return the projection given, or the equal-area one about the middle of bounds in degrees.

    Examples
    --------
    >>> metric_system(None, (100, 20, 120, 40)).axis_info[0].unit_name
    'metre'
    """
    if crs is not None:
        system = CRS.from_user_input(crs)
        require_metric(system)
        return system
    west, south, east, north = bounds
    middle = f"+lat_0={(south + north) / 2:.6f} +lon_0={(west + east) / 2:.6f}"
    return CRS.from_proj4(f"+proj=laea {middle} +datum=WGS84 +units=m +type=crs")


def in_degrees(shapes: Iterable[Any], system: CRS, middle: float) -> tuple[list[Any], np.ndarray]:
    """Return areas of a projection in degrees, cut at the 180th meridian, and their geodesic sizes in km2.

    ``middle`` is the longitude about which the areas lie.
    """
    dense = [shapely.segmentize(shape, STEP) for shape in shapes]
    cells = [beside(cell, middle) for cell in gpd.GeoSeries(dense, crs=system).to_crs(4326)]
    areas = [abs(_GEOD.geometry_area_perimeter(shapely.orient_polygons(cell))[0]) / 1e6 for cell in cells]
    return [cut_at_180(cell) for cell in cells], np.array(areas)
