"""Write Leaflet, jQuery, the atlas's own scripts and any data so that they can stand inside a page."""

import base64
import json
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from xstatic.pkg import jquery as xstatic_jquery
from xstatic.pkg import leaflet as xstatic_leaflet

from ...data.wording.reader_language import reader_language_script

SCRIPTS = (
    "atlas.js",
    "pins.js",
    "areas.js",
    "shades.js",
    "measures.js",
    "classes.js",
    "places.js",
    "sizes.js",
    "aggregates.js",
    "rooms.js",
    "labels.js",
    "merging.js",
    "bundles.js",
    "curves.js",
    "flows.js",
    "arrivals.js",
    "differences.js",
    "beside.js",
    "whole.js",
    "cards.js",
    "tiles.js",
    "meridian.js",
    "links.js",
    "picture.js",
    "panel.js",
    "legend.js",
)
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
# branca reads what an element has rendered as a template once more
_TEMPLATE_MARK = re.compile(r"\{(?=[{%#])")
# what could end a script element, start markup, or end a line in JavaScript
_UNSAFE = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&$\u2028\u2029"})


def script_json(value: Any) -> str:  # noqa: ANN401
    r"""Write a value as JSON that may stand inside a script element.

    ``<``, ``>``, ``&`` and the two line separators of JavaScript are written as escapes, so nothing in the data can end
    the element or open another; so is ``$``, by which scripts that need jQuery are found, and braces that would open an
    expression of the page's template.

    Examples
    --------
    >>> script_json({"name": "</script>&"})
    '{"name":"\\u003c/script\\u003e\\u0026"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _TEMPLATE_MARK.sub(r"\\u007b", text.translate(_UNSAFE))


def data_uri(content: bytes, kind: str) -> str:
    """Write a file as a ``data:`` URI.

    Examples
    --------
    >>> data_uri(b"hello", "text/plain")
    'data:text/plain;base64,aGVsbG8='
    """
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


@cache
def asset(name: str) -> str:
    """Read one of the atlas's own scripts, style sheets or templates."""
    return (files(__package__ or "innoscape.geo.maps") / "assets" / name).read_text(encoding="utf-8")


@cache
def _icon(name: str) -> str:
    return data_uri((Path(xstatic_leaflet.BASE_DIR) / "images" / name).read_bytes(), "image/png")


@cache
def vendor_js() -> tuple[tuple[str, str], ...]:
    """Give Leaflet and jQuery as ``(name, data URI)`` pairs, in the order folium links them."""
    sources = (
        ("leaflet", Path(xstatic_leaflet.BASE_DIR) / "leaflet.js"),
        ("jquery", Path(xstatic_jquery.BASE_DIR) / "jquery.min.js"),
    )
    scripts = []
    for name, path in sources:
        text = _SOURCE_MAP.sub("", path.read_text(encoding="utf-8")).rstrip() + "\n"
        scripts.append((name, data_uri(text.encode(), "text/javascript")))
    return tuple(scripts)


@cache
def vendor_css() -> tuple[tuple[str, str], ...]:
    """Give Leaflet's style sheet, its pictures inlined, as ``(name, data URI)`` pairs."""
    text = (Path(xstatic_leaflet.BASE_DIR) / "leaflet.css").read_text(encoding="utf-8")
    text = re.sub(r"url\(images/([\w-]+\.png)\)", lambda match: f"url({_icon(match[1])})", text)
    text = text.replace("behavior: url(#default#VML);", "")
    return (("leaflet_css", data_uri(text.encode(), "text/css")),)


@cache
def marker_icons() -> dict[str, str]:
    """Give the pictures of Leaflet's ordinary marker, which inlining its style sheet would lose."""
    names = {"iconUrl": "marker-icon.png", "iconRetinaUrl": "marker-icon-2x.png", "shadowUrl": "marker-shadow.png"}
    return {option: _icon(name) for option, name in names.items()}


@cache
def atlas_script() -> str:
    """Join the atlas's own scripts, safe inside one script element."""
    scripts = [reader_language_script(), *map(asset, SCRIPTS)]
    return "\n".join(script.strip() for script in scripts).replace("</script", "<\\/script")
