"""Follow the mean and the median center of places over the years: where they lie, how far and which way they move."""

import geopandas as gpd
import numpy as np
import pandas as pd

from ...data.methods import documented
from ...data.options import check_number
from .local_plane import GEOD, PointValues, as_point_values

__all__ = ["center_path", "mean_center", "median_center"]

_STEPS = 500


@documented("lefever1926", formula="x̄ = Σ w x / Σ w, ȳ = Σ w y / Σ w")
def mean_center(
    points: pd.DataFrame, *, weights: str | pd.Series | None = None, by: str | None = None, crs: object = None
) -> gpd.GeoDataFrame:
    r"""Return the weighted mean center of points, by year with the path from one year to the next.

    :math:`\bar x = \sum w x / \sum w` and likewise y, in meters of a named projection: the equal-area azimuthal one
    around the middle of all points (the same for all years), or that of a projected layer. Distances, bearings and
    speeds of the path are geodesic.

    - A year whose weights are all 0 has no center: empty geometry, ``undefined``.
    - Points on both sides of the 180th meridian are near one another.

    Parameters
    ----------
    points : DataFrame or GeoDataFrame
        ``lon``, ``lat`` (degrees, WGS 84), or points in any reference system; ``place`` names rows in messages.
    weights : str or Series, optional
        Column of ``points``, or a number of at least 0 by ``place``.
    by : str, optional
        Column of years.
    crs : optional
        A projected reference system in meters to work in.

    Returns
    -------
    GeoDataFrame
        WGS 84: ``year``, ``lon``, ``lat``, ``weight`` (sum), ``points``, ``moved_km``, ``bearing`` (degrees clockwise
        from north) and ``km_per_year`` since the center before (missing in the first), ``projection``, ``status``.

    Raises
    ------
    GeometryError
        Missing coordinates or ones out of range, no reference system, a projection not in meters, points around the
        globe.
    OptionError
        No point, weights missing or below 0.

    References
    ----------
    Lefever, D. W. (1926). Measuring geographic concentration by means of the standard deviational ellipse. American
    Journal of Sociology 32 (1), 88-94.

    Examples
    --------
    >>> places = pd.DataFrame({"lon": [179.0, -179.0] * 2, "lat": [0.0] * 4, "year": [2000, 2000, 2010, 2010],
    ...                        "gdp": [1.0, 1.0, 1.0, 3.0]})
    >>> mean_center(places, weights="gdp", by="year")[["lon", "moved_km", "bearing", "km_per_year"]].round(2)
         lon  moved_km  bearing  km_per_year
    0  180.0       NaN      NaN          NaN
    1 -179.5     55.66     90.0         5.57
    """
    read = as_point_values(points, weights=weights, by=by, crs=crs)
    return center_path(read, *read.mean())


@documented("weiszfeld1937", "vardi2000", formula="min Σ w √((x − a)² + (y − b)²)")
def median_center(
    points: pd.DataFrame,
    *,
    weights: str | pd.Series | None = None,
    by: str | None = None,
    crs: object = None,
    tolerance: float = 1e-3,
) -> gpd.GeoDataFrame:
    r"""Return the point with the smallest weighted sum of distances to all points, by year with its path.

    Weiszfeld's steps with the rule of Vardi and Zhang for a center that falls on a point, quickened by Newton's. The
    sum is convex, so with the gradient g (per unit of weight) at a center and the greatest distance R of a point from
    it the mean distance exceeds the smallest possible by at most :math:`|g| R`: the column ``bound_m``, which ends the
    steps when it falls to the tolerance.

    - Points on one line with an even split have many medians; one of them is returned.
    - ``not converged``: the bound is still above the tolerance after 500 steps; it holds nevertheless.

    Parameters
    ----------
    points, weights, by, crs
        As in `mean_center`; the projection keeps distances from the middle.
    tolerance : float
        Meters of mean distance.

    Returns
    -------
    GeoDataFrame
        As `mean_center`, with ``mean_distance_km`` and ``bound_m``.

    Raises
    ------
    GeometryError, OptionError
        As in `mean_center`.

    References
    ----------
    Vardi, Y., Zhang, C.-H. (2000). The multivariate L1-median and associated data depth. PNAS 97 (4), 1423-1426.

    Examples
    --------
    >>> star = pd.DataFrame({"lon": [0.0, 0.0, 0.0, 1.0, -1.0], "lat": [0.0, 1.0, -1.0, 0.0, 0.0]})
    >>> median_center(star)[["lon", "lat", "status"]].round(6)
       lon  lat    status
    0  0.0  0.0  computed
    """
    check_number("tolerance", tolerance, above=0)
    read = as_point_values(points, weights=weights, by=by, crs=crs, keep="distance")
    a, b, bound, distance = _medians(read, tolerance)
    table = center_path(read, a, b)
    table.insert(table.columns.get_loc("projection"), "mean_distance_km", distance / 1000.0)
    table.insert(table.columns.get_loc("projection"), "bound_m", bound)
    table["status"] = np.where(bound > tolerance, "not converged", table["status"])
    return table


def center_path(read: PointValues, x: np.ndarray, y: np.ndarray) -> gpd.GeoDataFrame:
    """Return centers in meters as a layer in degrees, with the way from each year to the next."""
    lon, lat = read.plane.to_degrees(x, y)
    # one meridian, one name
    lon = np.where(np.isclose(lon, -180.0, atol=1e-9), 180.0, lon)
    known = np.isfinite(lon)
    moved, bearing, speed = (np.full(len(lon), np.nan) for _ in range(3))
    at = np.flatnonzero(known)
    if read.by is not None and len(at) > 1:
        azimuth, _, length = GEOD.inv(lon[at[:-1]], lat[at[:-1]], lon[at[1:]], lat[at[1:]])
        length = np.where(length < 1e-6, 0.0, length) / 1000.0
        moved[at[1:]] = length
        bearing[at[1:]] = np.where(length > 0, np.mod(azimuth, 360.0), np.nan)
        if np.issubdtype(read.periods.dtype, np.number):
            speed[at[1:]] = length / np.diff(read.periods[at])
    table = pd.DataFrame(
        ({} if read.by is None else {read.by: read.periods})
        | {"lon": lon, "lat": lat, "weight": read.weights.sum(axis=1), "points": read.counts}
        | {"moved_km": moved, "bearing": bearing, "km_per_year": speed, "projection": read.plane.name}
        | {"status": np.where(known, "computed", "undefined")}
    )
    shapes = gpd.points_from_xy(lon, lat)
    shapes[~known] = None
    return gpd.GeoDataFrame(table, geometry=shapes, crs=4326)


def _medians(read: PointValues, tolerance: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    p = np.where(np.isnan(read.shares), 0.0, read.shares)
    a, b = read.mean()
    best = _at(read, p, a, b)
    for _ in range(_STEPS):
        todo = best["bound"] > tolerance
        before = todo.sum()
        # the point nearest to a center may itself be the median, which steps between points only approach
        for kind in ("newton", "nearest", "weiszfeld"):
            if todo.any():
                step = _at(read, p, *best[kind])
                level = step["mean"] <= best["mean"] * (1.0 + 1e-14)
                better = todo & ((step["mean"] < best["mean"]) | (level & (step["bound"] < best["bound"])))
                best = {key: np.where(better, step[key], value) for key, value in best.items()}
                todo &= ~better
        if todo.sum() == before:
            break
    return best["at"][0], best["at"][1], best["bound"], best["mean"]


def _at(read: PointValues, p: np.ndarray, a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
    """Return the mean distance at centers, how far it may be from the smallest, and where the next steps lead."""
    dx, dy = read.x - a[:, None], read.y - b[:, None]
    d = np.hypot(dx, dy)
    apart = (d > 1e-9) & (p > 0)
    inverse = np.where(apart, p, 0.0) / np.where(apart, d, 1.0)
    gx, gy = (inverse * dx).sum(axis=1), (inverse * dy).sum(axis=1)
    pull, own = np.hypot(gx, gy), np.where(~apart & (p > 0), p, 0.0).sum(axis=1)
    # a center on a point of weight own is the median where the others pull no harder than it holds
    force = np.maximum(pull - own, 0.0)
    away = np.where(p > 0, d, 0.0).max(axis=1)
    total = inverse.sum(axis=1)
    scale = np.where(total > 0, total, 1.0)
    part = np.where(pull > 0, force / np.where(pull > 0, pull, 1.0), 0.0)
    cube = inverse / np.where(apart, d, 1.0) ** 2
    xx, yy, xy = ((cube * one).sum(axis=1) for one in (dy * dy, dx * dx, -dx * dy))
    determinant = xx * yy - xy * xy
    solid = determinant > 1e-12 * np.maximum(xx + yy, 1e-300) ** 2
    divisor = np.where(solid, determinant, 1.0)
    near = np.where(p > 0, d, np.inf).argmin(axis=1)
    rows = np.arange(len(a))
    return {
        "at": np.array([a, b]),
        "mean": (p * d).sum(axis=1),
        "bound": force * away,
        "weiszfeld": np.array([a + part * gx / scale, b + part * gy / scale]),
        "newton": np.where(
            solid & (own == 0), [a + (yy * gx - xy * gy) / divisor, b + (xx * gy - xy * gx) / divisor], [a, b]
        ),
        "nearest": np.array([read.x[rows, near], read.y[rows, near]]),
    }
