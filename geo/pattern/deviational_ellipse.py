"""Describe how points spread around their mean center: standard distance and standard deviational ellipse, by year."""

from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...data.conventions import follows_conventions
from ...data.methods import documented
from ...data.options import check_choice, check_number
from .local_plane import PointValues, as_point_values
from .mean_center import center_path

__all__ = ["AXES", "deviational_ellipse", "standard_distance"]

Axes = Literal["none", "sqrt2", "sqrt2_n2", "sqrt2_w2"]
# factor before the axes, and what the sum of squares is divided by
AXES: dict[str, tuple[float, str]] = {
    "none": (1.0, "n"),
    "sqrt2": (2.0**0.5, "n"),
    "sqrt2_n2": (2.0**0.5, "n - 2"),
    "sqrt2_w2": (2.0**0.5, "sum of weights - 2"),
}
_CORNERS = 72


@documented("bachi1963", formula="√(Σ w ((x − x̄)² + (y − ȳ)²) / Σ w)")
@follows_conventions
def standard_distance(
    points: pd.DataFrame,
    *,
    weights: str | pd.Series | None = None,
    divisor: Literal["n", "n-2"] = "n",
    convention: str | None = None,  # noqa: ARG001 - has filled in the option above
    by: str | None = None,
    crs: object = None,
) -> gpd.GeoDataFrame:
    r"""Return the standard distance of points from their mean center as a circle, by year.

    :math:`\sqrt{\sum w ((x - \bar x)^2 + (y - \bar y)^2) / \sum w}`; the divisor ``n-2`` multiplies the square by
    :math:`n / (n - 2)`, as CrimeStat does.

    - One point: 0, an empty circle. Two points under ``n-2``, or no weight: ``undefined`` (not a number).

    Parameters
    ----------
    points, weights, by, crs
        As in `mean_center`.
    divisor : {"n", "n-2"}
        What the sum of squares is divided by.
    convention : str, optional
        Program whose number is wanted, such as ``"arcgis"`` or ``"crimestat"``: options left out
        take its values (see `innoscape.data.list_conventions`).

    Returns
    -------
    GeoDataFrame
        WGS 84: columns of `mean_center` with ``standard_distance_km`` and ``divisor``; the geometry is the circle.

    Raises
    ------
    GeometryError, OptionError
        As in `mean_center`.

    References
    ----------
    Bachi, R. (1963). Standard distance measures and related methods for spatial analysis. Papers of the RSA 10, 83-132.

    Examples
    --------
    >>> pair = pd.DataFrame({"lon": [0.0, 2.0], "lat": [0.0, 0.0]})
    >>> standard_distance(pair)["standard_distance_km"].round(1).tolist()
    [111.3]
    """
    check_choice("divisor", divisor, ("n", "n-2"))
    read = as_point_values(points, weights=weights, by=by, crs=crs)
    a, b = read.mean()
    xx, yy, _ = _moments(read, a, b)
    radius = np.sqrt((xx + yy) * (1.0 if divisor == "n" else _few(read.counts)))
    columns: dict[str, object] = {"standard_distance_km": radius / 1000.0, "divisor": divisor}
    return _with_shapes(center_path(read, a, b), read, (radius, radius, np.zeros(len(a))), (a, b), columns)


@documented(
    "lefever1926",
    "yuill1971",
    formula="tan 2θ = 2 Σ w x′y′ / (Σ w y′² − Σ w x′²), σ = c √(Σ w (x′ cos θ − y′ sin θ)² / Σ w)",
)
@follows_conventions
def deviational_ellipse(
    points: pd.DataFrame,
    *,
    weights: str | pd.Series | None = None,
    axes: Axes = "sqrt2",
    size: float = 1.0,
    convention: str | None = None,  # noqa: ARG001 - has filled in the options above
    by: str | None = None,
    crs: object = None,
) -> gpd.GeoDataFrame:
    r"""Return the standard deviational ellipse of points, by year with the path of its center.

    The axes are the directions of greatest and least spread around the weighted mean center; half their length is
    :math:`c \sqrt{\sum w d^2 / D}` with d the distances along the axis. Programs differ in c and D:

    ============= ============== ======================= ====================================================
    axes          c              D                       the same as
    ============= ============== ======================= ====================================================
    ``none``      1              Σ w                     Lefever's: standard deviations along the axes
    ``sqrt2``     √2             Σ w                     ArcGIS: 63 % of a round normal scatter
    ``sqrt2_n2``  √2             Σ w (n - 2) / n         CrimeStat; pointpats
    ``sqrt2_w2``  √2             Σ w - 2                 R's aspace: weights are counts
    ============= ============== ======================= ====================================================

    - One point, or points on one line: an axis of 0, ``flat``, and no polygon.
    - Equal spread every way: ``round``, the rotation is 0.
    - Too few points for the divisor, or no weight: ``undefined`` (not a number).
    - Wider than the projection reaches: ``beyond``, and no polygon.
    - Around a pole: the polygon holds the pole.

    Parameters
    ----------
    points, weights, by, crs
        As in `mean_center`.
    axes : {"none", "sqrt2", "sqrt2_n2", "sqrt2_w2"}
        See the table.
    size : float
        Multiple of the axes: 2 for two standard deviations.
    convention : str, optional
        Program whose number is wanted, such as ``"arcgis"``, ``"crimestat"`` or ``"r-aspace"``: options left out
        take its values (see `innoscape.data.list_conventions`).
    by : str, optional
        Column of years.

    Returns
    -------
    GeoDataFrame
        WGS 84: columns of `mean_center`, ``major_km`` and ``minor_km`` (half axes), ``rotation`` (of the major axis,
        degrees clockwise from north of the projection, 0 to 180), ``area_km2``, ``flattening`` (1 - minor / major),
        ``convention``, ``status``; the geometry is the ellipse with 72 corners, cut at the 180th meridian.

    Raises
    ------
    GeometryError, OptionError
        As in `mean_center`.

    References
    ----------
    Yuill, R. S. (1971). The standard deviational ellipse: an updated tool for spatial description. Geografiska Annaler
    B 53 (1), 28-39.
    Levine, N. (2015). CrimeStat IV: a spatial statistics program, chapter 4. Ned Levine & Associates.

    Examples
    --------
    >>> cross = pd.DataFrame({"lon": [1.0, -1.0, 0.0, 0.0], "lat": [0.0, 0.0, 0.5, -0.5]})
    >>> found = deviational_ellipse(cross, axes="none")
    >>> found[["major_km", "minor_km", "rotation"]].round(1).iloc[0].tolist()
    [78.7, 39.1, 90.0]
    """
    check_choice("axes", axes, AXES)
    check_number("size", size, above=0)
    read = as_point_values(points, weights=weights, by=by, crs=crs)
    a, b = read.mean()
    xx, yy, xy = _moments(read, a, b)
    factor, divisor = AXES[axes]
    total = read.weights.sum(axis=1)
    scale = {"n": np.ones(len(a)), "n - 2": _few(read.counts)}.get(
        divisor, total / np.where(total > 2, total - 2.0, np.nan)
    )
    middle, half = (xx + yy) / 2.0, np.hypot((xx - yy) / 2.0, xy)
    # what is rounding is no spread
    tiny = 1e-12 * np.maximum(middle, 1e-12)
    low = np.where(middle - half > tiny, middle - half, np.where(np.isnan(middle), np.nan, 0.0))
    major, minor = (factor * size * np.sqrt(spread * scale) for spread in (middle + half, low))
    whole = half <= tiny
    turn = np.where(whole, 0.0, np.mod(np.degrees(np.arctan2(2.0 * xy, yy - xx)) / 2.0, 180.0))
    turn = np.where(np.isnan(major), np.nan, np.where(np.isclose(turn, 180.0, atol=1e-9), 0.0, turn))
    table = center_path(read, a, b)
    table["status"] = np.select([np.isnan(major), minor == 0, whole], ["undefined", "flat", "round"], table["status"])
    columns = {
        "major_km": major / 1000.0,
        "minor_km": minor / 1000.0,
        "rotation": turn,
        "area_km2": np.pi * major * minor / 1e6,
        "flattening": 1.0 - minor / np.where(major > 0, major, np.nan),
        "convention": axes,
    }
    return _with_shapes(table, read, (major, minor, turn), (a, b), columns)


def _few(counts: np.ndarray) -> np.ndarray:
    return counts / np.where(counts > 2, counts - 2.0, np.nan)


def _moments(read: PointValues, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    p, dx, dy = read.shares, read.x - a[:, None], read.y - b[:, None]
    return (p * dx * dx).sum(axis=1), (p * dy * dy).sum(axis=1), (p * dx * dy).sum(axis=1)


def _with_shapes(
    table: gpd.GeoDataFrame,
    read: PointValues,
    axes: tuple[np.ndarray, np.ndarray, np.ndarray],
    center: tuple[np.ndarray, np.ndarray],
    columns: dict[str, object],
) -> gpd.GeoDataFrame:
    """Return the table with columns before the projection and ellipses in place of the centers."""
    at = int(table.columns.get_indexer(["projection"])[0])
    for place, (name, column) in enumerate(columns.items()):
        table.insert(at + place, name, column)  # pyright: ignore[reportArgumentType]
    major, minor, turn = axes
    round_ = np.linspace(0.0, 2.0 * np.pi, _CORNERS, endpoint=False)
    along, across = major[:, None] * np.cos(round_), minor[:, None] * np.sin(round_)
    angle = np.radians(turn)[:, None]
    x = center[0][:, None] + along * np.sin(angle) + across * np.cos(angle)
    y = center[1][:, None] + along * np.cos(angle) - across * np.sin(angle)
    drawn = np.isfinite(x).all(axis=1) & (minor > 0)
    lon, _ = read.plane.to_degrees(x, y)
    beyond = drawn & ~np.isfinite(lon).all(axis=1)
    drawn &= ~beyond
    rings: list[object] = [None] * len(x)
    for row in np.flatnonzero(drawn):
        rings[row] = shapely.Polygon(np.column_stack([x[row], y[row]]))
    table["status"] = np.select([np.isnan(major), beyond], ["undefined", "beyond"], table["status"])
    return table.set_geometry(gpd.GeoSeries(read.plane.shapes_to_degrees(rings), crs=4326))
