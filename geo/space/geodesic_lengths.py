"""Measure geodesic lengths on the WGS 84 ellipsoid, many pairs at a time.

The inverse problem after Vincenty (1975): the longitude on the auxiliary sphere is found by repetition, which gains two
to three digits a step. Every step is the same whichever of two points comes first. Lengths differ from the exact ones
(Karney 2013) by less than 0.2 mm. Pairs that have not settled after the steps, which stand nearly opposite one another,
are measured by Karney's algorithm.
"""

from typing import NamedTuple

import numpy as np

__all__ = ["geodesic_lengths"]

# the ellipsoid: its semi-major axis in meters, flattening, semi-minor axis
_A, _F = 6378137.0, 1.0 / 298.257223563
_B = _A * (1.0 - _F)
_SQUARE = (_A**2 - _B**2) / _B**2
# steps that pairs take that have not settled at the first
_STEPS = 4
# radians by which the last step may move a longitude (0.06 mm), and sin^2 of half an arc beyond which it settles slowly
_STILL, _FAR = 1e-11, 0.97


class Arc(NamedTuple):
    """An arc on the sphere: radians, sine and cosine, cos^2 of its azimuth at the equator, cos of twice its middle.

    ``far`` is sin^2 of half the arc.
    """

    length: np.ndarray
    sine: np.ndarray
    cosine: np.ndarray
    across: np.ndarray
    middle: np.ndarray
    far: np.ndarray


def geodesic_lengths(lon: np.ndarray, lat: np.ndarray, other_lon: np.ndarray, other_lat: np.ndarray) -> np.ndarray:
    """Return the meters from each point (rows) to each of others (columns), given by their degrees.

    Examples
    --------
    >>> geodesic_lengths(np.array([0.0]), np.array([0.0]), np.array([0.0, 180.0]), np.array([90.0, 0.0])).round(3)
    array([[10001965.729, 20003931.459]])
    """
    one, two = _reduced(lat), _reduced(other_lat)
    apart = np.abs(lon[:, None] - other_lon)
    apart = np.radians(np.minimum(apart, 360.0 - apart))
    sines, cosines = one[1][:, None] * two[1], one[2][:, None] * two[2]
    upward = np.sin((one[0][:, None] - two[0]) / 2.0) ** 2
    first, _ = _step(apart, apart, sines, cosines, upward)
    second, _ = _step(first, apart, sines, cosines, upward)
    # steps shrink by nearly one ratio, so their sum is known
    gained = second - first
    lost = first - apart - gained
    around = second + gained * gained / np.where(lost > 0.0, lost, np.inf)
    following, arc = _step(around, apart, sines, cosines, upward)
    length, far = _meters(*arc), arc.far
    slow = np.abs(following - around) > _STILL
    if slow.any():
        own = apart[slow], sines[slow], cosines[slow], upward[slow]
        following = following[slow]
        for _ in range(_STEPS):
            around = following
            following, arc = _step(around, *own)
        length[slow], far[slow] = _meters(*arc), arc.far
        slow[slow] = np.abs(following - around) > _STILL
    row, column = np.nonzero(slow | (far > _FAR))
    if len(row):
        # few studies have places at opposite ends of the earth
        from pyproj import Geod

        # from the western end, so that neither direction nor order of rows can change a bit
        ends = np.array([[lon[row], lat[row]], [other_lon[column], other_lat[column]]])
        swap = (ends[0, 0] > ends[1, 0]) | ((ends[0, 0] == ends[1, 0]) & (ends[0, 1] > ends[1, 1]))
        start, end = np.where(swap, ends[1], ends[0]), np.where(swap, ends[0], ends[1])
        length[row, column] = Geod(ellps="WGS84").inv(*start, *end)[2]
    return length


def _reduced(lat: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return reduced latitudes, their sines and cosines; all points at a pole are one."""
    reduced = np.arctan((1.0 - _F) * np.tan(np.radians(lat)))
    reduced = np.where(np.abs(lat) == 90.0, np.copysign(np.pi / 2, lat), reduced)
    return reduced, np.sin(reduced), np.where(np.abs(lat) == 90.0, 0.0, np.cos(reduced))


def _step(
    around: np.ndarray, apart: np.ndarray, sines: np.ndarray, cosines: np.ndarray, upward: np.ndarray
) -> tuple[np.ndarray, Arc]:
    """Return the longitude on the sphere that follows from another, and the arc under that one."""
    half = np.sin(around / 2.0)
    square = np.minimum(half * half, 1.0)
    far = np.minimum(upward + cosines * square, 1.0)
    arc = 2.0 * np.arcsin(np.sqrt(far))
    sine, cosine = 2.0 * np.sqrt(far * (1.0 - far)), 1.0 - 2.0 * far
    heading = cosines * (2.0 * np.sqrt(square * (1.0 - square))) / np.where(sine > 0.0, sine, 1.0)
    across = 1.0 - np.minimum(heading * heading, 1.0)
    # on the equator there is no middle
    middle = np.where(across > 0.0, cosine - 2.0 * sines / np.where(across > 0.0, across, 1.0), 0.0)
    c = _F / 16.0 * across * (4.0 + _F * (4.0 - 3.0 * across))
    bent = arc + c * sine * (middle + c * cosine * (2.0 * middle * middle - 1.0))
    return apart + (1.0 - c) * _F * heading * bent, Arc(arc, sine, cosine, across, middle, far)


def _meters(
    arc: np.ndarray, sine: np.ndarray, cosine: np.ndarray, across: np.ndarray, middle: np.ndarray, _: object
) -> np.ndarray:
    root = np.sqrt(1.0 + _SQUARE * across)
    k = (root - 1.0) / (root + 1.0)
    b = k * (1.0 - 0.375 * k * k)
    doubled = 2.0 * middle * middle - 1.0
    inner = cosine * doubled - b / 6.0 * middle * (4.0 * sine * sine - 3.0) * (2.0 * doubled - 1.0)
    return _B * (1.0 + k * k / 4.0) / (1.0 - k) * (arc - b * sine * (middle + b / 4.0 * inner))
