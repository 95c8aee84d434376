"""Split values into classes and color them so that they can be distinguished in grey and by color-blind readers.

A ramp is mixed in Oklab, where equal steps look equal; its lightness falls from one class to the next.
"""

import math
from collections.abc import Sequence

import numpy as np

from ...data.errors import OptionError
from ...data.options import check_choice
from ..tiers.breaks import natural_breaks, quantile_breaks

__all__ = ["CLASSINGS", "RAMPS", "class_breaks", "diverging", "ramp"]

CLASSINGS = ("natural_breaks", "quantiles", "equal")
# from light to dark by way of a middle color
RAMPS = {
    "teal": ("#e6f1ec", "#5fa8a0", "#0a4a4f"),
    "ochre": ("#faeed3", "#d08c3c", "#5b2a06"),
    # light enough for names and flows to stand on it
    "sand": ("#fcf3e2", "#d3984f", "#88481a"),
    "plum": ("#f3e8f0", "#b07aa6", "#43164a"),
    "blue": ("#e5eef7", "#6a9fcb", "#0d2f5e"),
    "grey": ("#f0f0ee", "#96969a", "#26282c"),
}
# what falls, what stays, what rises
_TWO_SIDES = ("#2f6690", "#f4f2ee", "#a8501a")
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def class_breaks(values: np.ndarray, *, method: str, classes: int) -> list[float]:
    """Return the inner borders of at most ``classes`` classes; a value equal to a border belongs below it.

    Examples
    --------
    >>> class_breaks(np.array([0.0, 1.0, 2.0, 10.0]), method="equal", classes=5)
    [2.0, 4.0, 6.0, 8.0]
    """
    check_choice("method", method, CLASSINGS)
    if not 2 <= classes <= 9:
        raise OptionError(f"classes: needed 2 to 9, got {classes}")
    low, high = float(values.min()), float(values.max())
    if low == high:
        return []
    if method == "equal":
        return [low + (high - low) * step / classes for step in range(1, classes)]
    found = (natural_breaks if method == "natural_breaks" else quantile_breaks)(values, classes)
    return sorted({float(border) for border in found if low <= border < high})


def ramp(name: str | Sequence[str], steps: int) -> list[str]:
    """Return ``steps`` colors of a ramp, light to dark.

    Examples
    --------
    >>> ramp("teal", 3)
    ['#e6f1ec', '#5fa8a0', '#0a4a4f']
    """
    if not isinstance(name, str):
        return list(name)
    check_choice("ramp", name, RAMPS)
    stops = np.array([_lab(color) for color in RAMPS[name]])
    where = np.array([0.5]) if steps == 1 else np.linspace(0, 1, steps)
    mixed = np.column_stack([np.interp(where, [0, 0.5, 1], stops[:, axis]) for axis in range(3)])
    return [_hex(color) for color in mixed]


def diverging(steps: int) -> list[str]:
    """Return an odd number of colors from blue by way of near white to orange, safe for red-green blindness.

    Examples
    --------
    >>> diverging(3)
    ['#2f6690', '#f4f2ee', '#a8501a']
    """
    stops = np.array([_lab(color) for color in _TWO_SIDES])
    where = np.linspace(0, 1, steps)
    mixed = np.column_stack([np.interp(where, [0, 0.5, 1], stops[:, axis]) for axis in range(3)])
    return [_hex(color) for color in mixed]


def _lab(color: str) -> np.ndarray:
    parts = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return _TO_LAB @ np.cbrt(_TO_CONES @ linear)


def _hex(lab: np.ndarray) -> str:
    linear = np.linalg.solve(_TO_CONES, np.linalg.solve(_TO_LAB, lab) ** 3)
    parts = [12.92 * x if x <= 0.0031308 else 1.055 * math.pow(x, 1 / 2.4) - 0.055 for x in linear.tolist()]
    return "#" + "".join(f"{min(255, max(0, round(255 * part))):02x}" for part in parts)
