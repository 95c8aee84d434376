"""Compare the distances to nearest neighbors with those of points dealt out at random."""

from typing import Any, Literal

import numpy as np
import pandas as pd
from scipy.spatial import KDTree
from scipy.stats import norm

from ...data.methods import documented
from ...data.options import check_choice
from .local_plane import as_point_values
from .study_area import area_in_plane, hull_of, points_within

__all__ = ["nearest_neighbor_index"]


@documented("clark1954", "donnelly1978", formula="R = d̄ / (½ √(A / n))")
def nearest_neighbor_index(
    points: pd.DataFrame,
    *,
    area: Any = None,  # noqa: ANN401 - shapely's kinds of geometry
    correction: Literal["none", "donnelly"] = "donnelly",
    by: str | None = None,
    crs: object = None,
) -> pd.DataFrame:
    r"""Return the index of Clark and Evans: the mean distance to the nearest neighbor over that of random points.

    Below 1: clustered; 1: random; above 1: regular, up to 2.149. Expected without correction
    :math:`\tfrac 12 \sqrt{A / n}` with standard error :math:`0.26136 \sqrt{A} / n`; with Donnelly's correction for
    points near the edge, of length B, :math:`\tfrac 12 \sqrt{A/n} + (0.0514 + 0.0412 / \sqrt n) B / n` with variance
    :math:`0.0703 A / n^2 + 0.037 B \sqrt{A / n^5}`.

    - Points at one place have a distance of 0.
    - One point in a year: ``undefined`` (not a number).

    Parameters
    ----------
    points, by, crs
        As in `mean_center`.
    area : polygon or layer, optional
        Where points can lie (degrees, WGS 84, or a layer); by default the convex hull of all points, which makes the
        index too large.
    correction : {"donnelly", "none"}

    Returns
    -------
    DataFrame
        ``year``, ``index``, ``observed_km``, ``expected_km``, ``z``, ``p_value`` (two-sided, normal), ``points``,
        ``area_km2``, ``area`` (``given`` or ``convex hull``), ``correction``, ``status``.

    Raises
    ------
    GeometryError, OptionError
        As in `mean_center`; points outside the area; points on one line without an area.

    References
    ----------
    Clark, P. J., Evans, F. C. (1954). Distance to nearest neighbor as a measure of spatial relationships in
    populations. Ecology 35 (4), 445-453.

    Examples
    --------
    >>> grid = pd.DataFrame({"lon": np.repeat(np.arange(5) / 10, 5), "lat": np.tile(np.arange(5) / 10, 5)})
    >>> from shapely import box
    >>> found = nearest_neighbor_index(grid, area=box(-0.05, -0.05, 0.45, 0.45), correction="none")
    >>> found[["index", "points"]].round(2).iloc[0].tolist()
    [1.99, 25.0]
    """
    check_choice("correction", correction, ("none", "donnelly"))
    read = as_point_values(points, by=by, crs=crs)
    held = read.weights > 0
    shape = hull_of(read.x[held], read.y[held]) if area is None else area_in_plane(area, read.plane)
    points_within(shape, read.x[held], read.y[held])
    n = read.counts.astype(float)
    observed = np.full(len(n), np.nan)
    for year in np.flatnonzero(n > 1):
        at = np.column_stack([read.x[year, held[year]], read.y[year, held[year]]])
        observed[year] = KDTree(at).query(at, k=2)[0][:, 1].mean()
    room, edge = shape.area, shape.length
    expected = 0.5 * np.sqrt(room / n)
    error = 0.5 * np.sqrt((4.0 - np.pi) / np.pi) * np.sqrt(room) / n
    if correction == "donnelly":
        expected = expected + (0.0514 + 0.0412 / np.sqrt(n)) * edge / n
        error = np.sqrt(0.0703 * room / n**2 + 0.037 * edge * np.sqrt(room / n**5))
    z = (observed - expected) / error
    return pd.DataFrame(
        ({} if by is None else {by: read.periods})
        | {"index": observed / expected, "observed_km": observed / 1000.0, "expected_km": expected / 1000.0}
        | {"z": z, "p_value": 2.0 * norm.sf(np.abs(z)), "points": read.counts, "area_km2": room / 1e6}
        | {"area": "convex hull" if area is None else "given", "correction": correction}
        | {"status": np.where(np.isnan(observed), "undefined", "computed")}
    )
