"""Draw a chart twice, for a desk and for a phone; a style sheet shows the one that fits."""

from collections.abc import Callable

from .svg import PHONE, WIDTH

__all__ = ["for_screens"]


def for_screens(draw: Callable[[float], str]) -> str:
    """Draw a chart in two widths; one that is empty stays empty.

    Examples
    --------
    >>> for_screens(lambda width: f"<svg>{width:g}</svg>")
    '<div class="at-desk"><svg>760</svg></div><div class="at-phone"><svg>350</svg></div>'
    """
    wide = draw(WIDTH)
    return wide and f'<div class="at-desk">{wide}</div><div class="at-phone">{draw(PHONE)}</div>'
