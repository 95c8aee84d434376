"""Put the files that folium's plugins link into the page, so that it asks nothing of the network.

The package ``folium-offline`` (extra ``plugins``) carries every file folium links, by its address. What is not there
stays a link; the page then says which parts are missing when it is opened without a network.
"""

import base64
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

import folium
from branca.element import CssLink, Element, Link
from folium.plugins import BeautifyIcon, LocateControl, TagFilterButton

from ...data.errors import InnoscapeWarning, warn_of
from ...data.wording.catalogue import few, join_texts, text
from .offline import data_uri, vendor_js

# the version that is in the page already, under any address
_SCRIPT = "data:text/javascript;base64,"
_CALLS_JQUERY = re.compile(r"\$[.(]|\bjQuery\b")
_JQUERY = re.compile(r"/jquery[-/]3\.7\.\d+(/jquery)?\.min\.js$")


@cache
def _shelf() -> Mapping[str, str]:
    try:
        from offlinefolium.elements import _res
    except ImportError:
        return {}
    return _res


def uses_jquery(parts: Iterable[Element]) -> bool:
    """Return whether a part of the page, or a file of a plugin that is put into it, calls jQuery."""
    for part in parts:
        if isinstance(part, Link):
            own = part.url in dict(vendor_js()).values()
            if not own and part.url.startswith(_SCRIPT) and b"jQuery" in base64.b64decode(part.url[len(_SCRIPT) :]):
                return True
        elif _CALLS_JQUERY.search(part.render()):
            return True
    return False


def _found(address: str, *, kind: str) -> str | None:
    """Give the file at an address as a ``data:`` URI, if it is installed."""
    if _JQUERY.search(address):
        return dict(vendor_js())["jquery"]
    content = _shelf().get(address)
    return data_uri(content.encode(), kind) if content else None


def _font(element: Element) -> str | None:
    """Name the style sheet, as folium's map calls it, of the icon font an element writes in."""
    options = getattr(element, "options", {})
    prefix = options.get("prefix") if isinstance(element, folium.Icon) else None
    if prefix == "glyphicon":
        return "glyphicons_css"
    written = isinstance(element, folium.DivIcon) and "fa-" in str(options.get("html"))
    awesome = prefix or written or isinstance(element, BeautifyIcon | LocateControl | TagFilterButton)
    return "awesome_markers_font_css" if awesome else None


def embed_parts(header: Element, elements: Sequence[Element]) -> bool:
    """Replace links of a page's head by what they lead to; say whether any is left."""
    styles = dict(folium.Map.default_css)
    for name in sorted({name for element in elements if (name := _font(element))}):
        header.add_child(CssLink(styles[name]), name=name)
    left = set()
    for name, link in header._children.items():  # noqa: SLF001
        if not isinstance(link, Link) or link.url.startswith("data:"):
            continue
        if found := _found(link.url, kind="text/css" if isinstance(link, CssLink) else "text/javascript"):
            header._children[name] = type(link)(found)  # noqa: SLF001
        else:
            left.add(link.url)
    if left:
        warn_of(_from_network(left, elements, styles), stacklevel=4)
    return bool(left)


def _from_network(left: set[str], elements: Sequence[Element], styles: Mapping[str, str]) -> InnoscapeWarning:
    users = set()
    for element in elements:
        linked = [*getattr(element, "default_js", []), *getattr(element, "default_css", [])]
        addresses = {address for _, address in linked} | {styles.get(_font(element) or "")}
        if addresses & left:
            users.add(type(element).__name__)
    who = join_texts(sorted(users)) if users else text("warnings.maps.page")
    key = "warnings.maps.from_network" if _shelf() else "warnings.maps.from_network_plugins"
    return InnoscapeWarning.of(key, who=who, files=few(sorted(left), most=3))
