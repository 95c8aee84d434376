"""Embed Leaflet, jQuery and the atlas's own scripts, so that a saved map asks nothing of the network.

Elements of folium carry random names; `AtlasFigure` renames them in order of appearance, so the same map is the same
bytes.
"""

import base64
import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from branca.element import Element, Figure, MacroElement
from folium.template import Template
from xstatic.pkg import jquery as xstatic_jquery
from xstatic.pkg import leaflet as xstatic_leaflet

SCRIPTS = (
    "atlas.js",
    "areas.js",
    "shades.js",
    "places.js",
    "labels.js",
    "flows.js",
    "arrivals.js",
    "tiles.js",
    "panel.js",
    "legend.js",
)
FINISH = "innoscape_finish"
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_ELEMENT_ID = re.compile(r"[0-9a-f]{32}")
# branca reads what an element has rendered as a template once more
_TEMPLATE_MARK = re.compile(r"\{(?=[{%#])")
# what could end a script element, start markup, or end a line in JavaScript
_UNSAFE = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})


def script_json(value: Any) -> str:  # noqa: ANN401
    r"""Write a value as JSON that may stand inside a script element.

    ``<``, ``>``, ``&`` and the two line separators of JavaScript are written as escapes, so nothing in the data can end
    the element or open another; so are braces that would open an expression of the page's template.

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
    return (files(__package__ or "innoscape.geo") / "assets" / name).read_text(encoding="utf-8")


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
    return "\n".join(asset(name).strip() for name in SCRIPTS).replace("</script", "<\\/script")


def _elements(root: Element) -> Iterator[Element]:
    yield root
    branches = list(root._children.values())  # noqa: SLF001
    branches += [part for part in (getattr(root, name, None) for name in ("header", "html", "script")) if part]
    for branch in branches:
        if isinstance(branch, Element):
            yield from _elements(branch)


class AtlasFigure(Figure):
    """A page whose element names are numbered in order of appearance."""

    _template = Template(asset("page.html.jinja"))

    def __init__(self, *, title: str | None = None, language: str = "en") -> None:
        super().__init__(title=title, ratio="62%")
        self.language = language

    def render(self, **kwargs: Any) -> str:  # noqa: ANN401
        """Render the page: same content, same bytes."""
        parts = (self.header, self.html, self.script)
        before = [part._children.copy() for part in parts]  # noqa: SLF001
        for child in list(self._children.values()):
            child.render(**kwargs)
        scripts = self.script._children  # noqa: SLF001
        for name in [name for name in scripts if name.startswith(FINISH)]:
            scripts.move_to_end(name)
        page: str = self._template.render(this=self, kwargs=kwargs)
        known = {element._id for element in _elements(self)}  # noqa: SLF001
        # rendering leaves its pieces behind, some under new names each time
        for part, children in zip(parts, before, strict=True):
            part._children = children  # noqa: SLF001
        numbers: dict[str, str] = {}

        def rename(match: re.Match[str]) -> str:
            found = match[0]
            return numbers.setdefault(found, str(len(numbers) + 1)) if found in known else found

        return _ELEMENT_ID.sub(rename, page)


class Call(MacroElement):
    """Hand data to one of the atlas's scripts, for the map and, when inside one, the layer it belongs to."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "innoscape.{{ this.verb }}({{ this.targets() }}, {{ this.payload }});"
        "{% endmacro %}"
    )

    def __init__(self, verb: str, data: Any) -> None:  # noqa: ANN401
        super().__init__()
        self._name = verb
        self.verb = verb
        self.payload = script_json(data)

    def targets(self) -> str:
        """Name the map and, if there is one, the layer."""
        names: list[str] = []
        element = self._parent
        while element is not None and not isinstance(element, Figure):
            names.append(element.get_name())
            element = element._parent  # noqa: SLF001
        return ", ".join(reversed(names))
