"""Find places whose position is probably not theirs."""

import numpy as np

__all__ = ["doubtful_positions"]

# a position is an outlier beyond so many typical distances from the middle of all, and at home within the second number
_FAR, _NEAR = 6.0, 3.0
# about 60 km, for places that share a position; as a chord of the unit sphere
_LEAST = 0.01
# fewer positions have no middle
_FEWEST = 4


def doubtful_positions(lon: np.ndarray, lat: np.ndarray) -> dict[int, str]:
    """Return the doubt about each row whose position is probably wrong; degrees, nan where there is none.

    - ``null_island``: exactly 0, 0, what a geocoder gives for a name it does not find.
    - ``swapped``: far from the middle of all positions as given, near it with longitude and latitude exchanged.
    - ``zero``: far from the middle of all positions, with a longitude or latitude of exactly 0.

    The middle is the median position on the sphere; far and near are 6 and 3 times the median distance from it.

    Examples
    --------
    >>> lon = np.array([4.8, 5.7, 6.1, 45.2, 0.0, 4.4])
    >>> lat = np.array([45.8, 45.2, 46.2, 5.3, 0.0, 45.4])
    >>> doubtful_positions(lon, lat)
    {4: 'null_island', 3: 'swapped'}
    """
    usable = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
    nowhere = (lon == 0) & (lat == 0)
    found = dict.fromkeys(np.flatnonzero(nowhere).tolist(), "null_island")
    rows = np.flatnonzero(usable & ~nowhere)
    if rows.size < _FEWEST:
        return found
    points = _on_sphere(lon[rows], lat[rows])
    middle = np.median(points, axis=0)
    typical = max(float(np.median(np.linalg.norm(points - middle, axis=1))), _LEAST)
    for row, point in zip(rows.tolist(), points, strict=True):
        if np.linalg.norm(point - middle) <= _FAR * typical:
            continue
        exchanged = _on_sphere(lat[row], lon[row]) if abs(lon[row]) <= 90 else None
        if exchanged is not None and np.linalg.norm(exchanged - middle) <= _NEAR * typical:
            found[row] = "swapped"
        elif lon[row] == 0 or lat[row] == 0:
            found[row] = "zero"
    return found


def _on_sphere(lon: np.ndarray | float, lat: np.ndarray | float) -> np.ndarray:
    east, north = np.radians(lon), np.radians(lat)
    return np.stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)], axis=-1)
