"""Estimate the density of points on a grid with a kernel."""

from dataclasses import dataclass, field
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from scipy.spatial import KDTree

from ...data.errors import OptionError, SizeError
from ...data.methods import documented
from ...data.options import check_choice, check_number, is_number
from ...data.wording.catalogue import text
from .local_plane import LocalPlane, PointValues, as_point_values
from .study_area import area_in_plane

__all__ = ["DensitySurface", "kernel_density"]

_RULES = ("silverman", "scott")
_MOST = 4_000_000


@dataclass(frozen=True, eq=False)
class DensitySurface:
    """What `kernel_density` found.

    Parameters
    ----------
    density : ndarray
        Years x rows (from north) x columns (from west), weight per km²; not a number outside the mask.
    periods : ndarray
        Years, or one 0.
    bandwidth_km : ndarray
        Of each year.
    transform : tuple of float
        Of pixels to meters, as rasterio orders them: cell, 0, west, 0, -cell, north.
    crs : CRS
    kernel : str
    by : str or None
    """

    density: np.ndarray = field(repr=False)
    periods: np.ndarray
    bandwidth_km: np.ndarray
    transform: tuple[float, float, float, float, float, float]
    crs: CRS = field(repr=False)
    kernel: str
    by: str | None
    plane: LocalPlane = field(repr=False)

    def cells(self, *, least: float = 0.0) -> gpd.GeoDataFrame:
        """Return the cells denser than ``least`` as squares in WGS 84: ``year``, ``row``, ``column``, ``density``."""
        cell, _, west, _, _, north = self.transform
        year, row, column = np.nonzero(np.nan_to_num(self.density) > least)
        left, top = west + column * cell, north - row * cell
        shapes = self.plane.shapes_to_degrees(shapely.box(left, top - cell, left + cell, top))
        head = {} if self.by is None else {self.by: self.periods[year]}
        table = pd.DataFrame(head | {"row": row, "column": column, "density": self.density[year, row, column]})
        return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(shapes, crs=4326), crs=4326)


@documented("silverman1986", formula="f(a) = Σ w K(|a − x| / h) / h²")
def kernel_density(
    points: pd.DataFrame,
    *,
    weights: str | pd.Series | None = None,
    bandwidth: Literal["silverman", "scott"] | float = "silverman",
    kernel: Literal["quartic", "gaussian"] = "quartic",
    cell: float | None = None,
    mask: Any = None,  # noqa: ANN401 - shapely's kinds of geometry
    by: str | None = None,
    crs: object = None,
) -> DensitySurface:
    r"""Estimate how much weight lies around each cell of a grid, in weight per km².

    :math:`f(a) = \sum w K(|a - x| / h) / h^2` with :math:`K(u) = \frac 3 \pi (1 - u^2)^2` up to u = 1 (``quartic``) or
    :math:`\frac{1}{2 \pi} e^{-u^2 / 2}` (``gaussian``). Rules for h, with n points, or for weights the effective
    :math:`(\sum w)^2 / \sum w^2`:

    ============= ==============================================================================================
    ``silverman`` :math:`0.9 \min(SD, \sqrt{1 / \ln 2} \, D_m) n^{-1/5}` with SD the standard distance and
                  :math:`D_m` the median distance from the mean center, as ArcGIS takes it for the quartic kernel
    ``scott``     :math:`\sigma n^{-1/6}`, :math:`\sigma^2` the mean variance (n - 1) along the axes
    a number      km
    ============= ==============================================================================================

    - The mass over the whole plane is the sum of the weights; what a mask cuts off is lost, not folded back.
    - A year without spread has no bandwidth under a rule: its density is not a number, as is its ``bandwidth_km``.

    Parameters
    ----------
    points, weights, by, crs
        As in `mean_center`.
    bandwidth : str or float
        Rule, or km.
    kernel : {"quartic", "gaussian"}
    cell : float, optional
        Side of a cell, km; by default a hundredth of the longer side of the grid.
    mask : polygon or layer, optional
        Where cells are kept, by their centers.

    Returns
    -------
    DensitySurface
        An array with its transform; ``cells()`` gives a layer of squares.

    Raises
    ------
    GeometryError, OptionError
        As in `mean_center`; no year with spread under a rule.
    SizeError
        More than 4 million cells over all years.

    References
    ----------
    Silverman, B. W. (1986). Density Estimation for Statistics and Data Analysis. Chapman & Hall.

    Examples
    --------
    >>> found = kernel_density(pd.DataFrame({"lon": [0.0], "lat": [0.0]}), bandwidth=10, cell=1)
    >>> f"{found.density.max():.4f} at most, {np.nansum(found.density):.3f} in all"
    '0.0095 at most, 1.000 in all'
    """
    check_choice("kernel", kernel, ("quartic", "gaussian"))
    if is_number(bandwidth):
        check_number("bandwidth", bandwidth, above=0)
    else:
        check_choice("bandwidth", bandwidth, _RULES)
    if cell is not None:
        check_number("cell", cell, above=0)
    read = as_point_values(points, weights=weights, by=by, crs=crs)
    h = _bandwidths(read, bandwidth)
    if not (h > 0).any():
        raise OptionError(text("faults.calls.kernel_density.bandwidth_points_differ_none"))
    held = read.weights > 0
    shape = None if mask is None else area_in_plane(mask, read.plane, name="mask")
    reach = np.nanmax(h) * (1.0 if kernel == "quartic" else 3.0)
    west, south = read.x[held].min() - reach, read.y[held].min() - reach
    east, north = read.x[held].max() + reach, read.y[held].max() + reach
    if shape is not None:
        left, bottom, right, top = shape.bounds
        west, south, east, north = max(west, left), max(south, bottom), min(east, right), min(north, top)
        if west >= east or south >= north:
            raise OptionError(text("faults.calls.kernel_density.mask_area_near_points"))
    side = max(east - west, north - south) / 100.0 if cell is None else cell * 1000.0
    columns, rows = (max(int(np.ceil(length / side)), 1) for length in (east - west, north - south))
    if rows * columns * len(h) > _MOST:
        raise SizeError(
            text("faults.calls.kernel_density.cell_x_cells_years", rows=rows, columns=columns, h=len(h), most=_MOST)
        )
    # the grid stands centered on the box
    west, north = (west + east - columns * side) / 2.0, (south + north + rows * side) / 2.0
    x, y = west + (np.arange(columns) + 0.5) * side, north - (np.arange(rows) + 0.5) * side
    compute = _quartic if kernel == "quartic" else _gaussian
    density = np.full((len(h), rows, columns), np.nan)
    for year in np.flatnonzero(h > 0):
        at, size = (read.x[year, held[year]], read.y[year, held[year]]), read.weights[year, held[year]]
        density[year] = compute(x, y, at, size, h[year]) * 1e6
    if shape is not None:
        inside = shapely.contains_xy(shape, *np.meshgrid(x, y))
        density[:, ~inside] = np.nan
    transform = (float(side), 0.0, float(west), 0.0, -float(side), float(north))
    return DensitySurface(density, read.periods, h / 1000.0, transform, read.plane.crs, kernel, by, read.plane)


def _bandwidths(read: PointValues, rule: str | float) -> np.ndarray:
    if not isinstance(rule, str):
        return np.where(read.counts > 0, float(rule) * 1000.0, np.nan)
    p, (a, b) = read.shares, read.mean()
    dx, dy = read.x - a[:, None], read.y - b[:, None]
    square = (p * (dx**2 + dy**2)).sum(axis=1)
    least = 1e-6
    square = np.where(square > least, square, np.nan)
    n = 1.0 / np.where(read.counts > 0, (p**2).sum(axis=1), np.nan)
    if rule == "scott":
        return np.sqrt(square / 2.0 * n / np.where(n > 1, n - 1.0, np.nan)) * n ** (-1.0 / 6.0)
    middle = np.array([_median(np.hypot(*row[:2]), row[2]) for row in zip(dx, dy, read.weights, strict=True)])
    short = np.sqrt(1.0 / np.log(2.0)) * middle
    spread = np.sqrt(square)
    return 0.9 * np.where(short > 0, np.minimum(spread, short), spread) * n**-0.2


def _median(distance: np.ndarray, weights: np.ndarray) -> float:
    held = weights > 0
    if not held.any():
        return np.nan
    distance, weights = distance[held], weights[held]
    if (weights == weights[0]).all():
        return float(np.median(distance))
    order = np.argsort(distance, kind="stable")
    return float(distance[order][np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2.0)])


_At = tuple[np.ndarray, np.ndarray]


def _gaussian(x: np.ndarray, y: np.ndarray, at: _At, weights: np.ndarray, h: float) -> np.ndarray:
    across, along = (np.exp(-0.5 * ((grid[:, None] - own) / h) ** 2) for grid, own in zip((x, y), at, strict=True))
    return (along * weights) @ across.T / (2.0 * np.pi * h * h)


def _quartic(x: np.ndarray, y: np.ndarray, at: _At, weights: np.ndarray, h: float) -> np.ndarray:
    grid = np.column_stack([one.ravel() for one in np.meshgrid(x, y)])
    near = KDTree(grid).sparse_distance_matrix(KDTree(np.column_stack(at)), h, output_type="ndarray")
    part = weights[near["j"]] * (1.0 - (near["v"] / h) ** 2) ** 2
    return np.bincount(near["i"], part, len(grid)).reshape(len(y), len(x)) * 3.0 / (np.pi * h * h)
