"""Draw meridians and parallels where a printed map has no land to show where it lies."""

import math
from collections.abc import Iterable, Iterator

import numpy as np
import pyproj
import shapely

from ..charts.svg import point_list, tag, text_element

__all__ = ["graticule"]

_STEPS = (30.0, 20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05)
Box = tuple[float, float, float, float]


def graticule(crs: str, extent: Box, *, slope: float) -> Iterable[str]:
    """Write the lines as paths, with their degrees where they meet the lower or left edge.

    Parameters
    ----------
    crs : str
        Projection of the map.
    extent : tuple of float
        West, south, east and north, in the units of the projection.
    slope : float
        Units of the drawing a unit of the projection.

    Examples
    --------
    >>> crs = "+proj=merc +datum=WGS84"
    >>> drawn = "".join(graticule(crs, (0.0, 0.0, 4e6, 4e6), slope=1e-4))
    >>> drawn.count('class="graticule"'), "30°E" in drawn, "20°N" in drawn
    (6, True, True)
    """
    to_map = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    west, south, east, north = to_map.transform_bounds(*extent, direction="INVERSE")
    if not all(map(math.isfinite, (west, south, east, north))) or east <= west:
        return
    step = next((one for one in _STEPS if max(east - west, north - south) >= 3 * one), _STEPS[-1])
    along = np.linspace(0, 1, 41)
    for value in _multiples(west, east, step):
        line = to_map.transform(np.full(41, value), south + along * (north - south))
        yield from _line(line, extent, slope, f"{abs(value):g}°{'W' if value < 0 else 'E'}", upright=True)
    for value in _multiples(south, north, step):
        line = to_map.transform(west + along * (east - west), np.full(41, value))
        yield from _line(line, extent, slope, f"{abs(value):g}°{'S' if value < 0 else 'N'}", upright=False)


def _multiples(low: float, high: float, step: float) -> Iterator[float]:
    for n in range(math.ceil(low / step), math.floor(high / step) + 1):
        yield round(n * step, 6)


def _line(line: tuple[np.ndarray, np.ndarray], extent: Box, slope: float, said: str, *, upright: bool) -> Iterator[str]:
    shown = shapely.clip_by_rect(shapely.linestrings(np.column_stack(line)), *extent)
    parts = [part for part in shapely.get_parts(shown) if part.geom_type == "LineString" and not part.is_empty]
    if not parts:
        return
    points = [[((x - extent[0]) * slope, (extent[3] - y) * slope) for x, y in part.coords] for part in parts]
    yield tag("path", class_="graticule", d="".join(f"M{point_list(part)}" for part in points))
    x, y = max((at for part in points for at in part), key=lambda at: at[1] if upright else -at[0])
    if y > (extent[3] - extent[1]) * slope - 1 if upright else x < 1:
        yield text_element(said, x + 3, y - 4, class_="degrees")
