"""Draw the areas that can be reached from places within given times (isochrones)."""

from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...data.errors import OptionError
from ...data.methods import documented
from ...data.option_checks import a_number
from ...data.options import check_known_places
from ...data.wording.catalogue import text
from ..coordinates import joined, locate
from .cost_matrix import cost_matrix, keys_of
from .metric_areas import in_degrees, metric_system

__all__ = ["isochrones"]

# segments in a quarter of a circle: the area of a circle is short by 0.04 %
_SEGMENTS = 32


@documented("osullivan2000", formula="∪<sub>j</sub> circle(j, s (T − t<sub>ij</sub>))")
def isochrones(
    times: pd.DataFrame,
    places: pd.DataFrame,
    *,
    within: Sequence[float],
    speed: float,
    origins: Sequence[str] | None = None,
    crs: Any = None,  # noqa: ANN401
) -> gpd.GeoDataFrame:
    r"""Return the area that each origin reaches within given minutes, by the network and then off it.

    From every place :math:`j` that origin :math:`i` reaches in :math:`t_{ij}` minutes the time left is spent at the
    access speed :math:`s` (km/h) in all directions: a circle of :math:`s (T - t_{ij}) / 60` km. The area is the union
    of the circles.

    - The area within a shorter time lies in that within a longer one.
    - An origin that reaches nothing has a circle about itself where it stands among the places with 0 minutes.

    Parameters
    ----------
    times : DataFrame
        Minutes from origins (rows) to places (columns), such as `innoscape.geo.travel_costs` gives; infinite where
        there is no way.
    places : DataFrame
        ``place`` (unique), ``lon``, ``lat`` (degrees, WGS 84): the places or stations reached.
    within : sequence of float
        Minutes, each above 0.
    speed : float
        Speed off the network, km/h, above 0.
    origins : sequence of str, optional
        The origins wanted; all rows of ``times`` otherwise.
    crs : anything `pyproj` reads, optional
        Projection in meters to draw in; an equal-area one about the middle of the places otherwise, which over the
        whole of China bends radii by about 1 %.

    Returns
    -------
    GeoDataFrame
        One row an origin and time, times rising, EPSG:4326: ``place``, ``minutes``, ``reached`` (places reached),
        ``area_km2`` (geodesic), geometry (empty where nothing is reached).

    Raises
    ------
    TableError
        A missing column, a place that stands twice or has no times, a time below 0.
    GeometryError
        Missing or impossible coordinates, a projection that is not in meters.
    OptionError
        No times, a time or speed not above 0.
    UnknownPlaceError
        An origin without a row.

    References
    ----------
    O'Sullivan, D., Morrison, A. and Shearer, J. (2000). Using desktop GIS for the investigation of accessibility by
    public transport: an isochrone approach. International Journal of Geographical Information Science 14, 85-104.

    Examples
    --------
    >>> places = pd.DataFrame({"place": ["a", "b"], "lon": [113.0, 114.0], "lat": [30.0, 30.0]})
    >>> times = pd.DataFrame([[0.0, 30.0]], index=["a"], columns=["a", "b"])
    >>> isochrones(times, places, within=[20, 60], speed=30)[["minutes", "reached", "area_km2"]].round({"area_km2": -1})
       minutes  reached  area_km2
    0     20.0        1     310.0
    1     60.0        2    3530.0
    """
    limits = sorted({float(limit) for limit in within})
    if not limits:
        raise OptionError(text("faults.calls.isochrones.within_minutes_none_limit"))
    for limit in limits:
        a_number(above=0)("within", limit)
    a_number(above=0)("speed", speed)
    names = keys_of(places, "places")
    located = locate(places, "places")
    rows = times.index.tolist() if origins is None else list(origins)
    check_known_places("origins", rows, times.index)
    minutes = cost_matrix(times, rows, names)
    lon, lat = joined(located["lon"].to_numpy(dtype=float)), located["lat"].to_numpy(dtype=float)
    bounds = np.array([lon.min(), lat.min(), lon.max(), lat.max()])
    system = metric_system(crs, bounds)
    points = gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs=4326).to_crs(system).to_numpy()
    shapes, table = [], []
    for row, name in zip(minutes, rows, strict=True):
        for limit in limits:
            near = np.flatnonzero(row <= limit)
            circles = shapely.buffer(points[near], (limit - row[near]) / 60 * speed * 1000, quad_segs=_SEGMENTS)
            shapes.append(shapely.normalize(shapely.union_all(circles)))
            table.append((name, limit, near.size))
    cells, areas = in_degrees(shapes, system, float(lon.min() + lon.max()) / 2)
    frame = pd.DataFrame(table, columns=["place", "minutes", "reached"]).assign(area_km2=areas)
    return gpd.GeoDataFrame(frame, geometry=cells, crs=4326)
