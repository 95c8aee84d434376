"""Write the page of a map: the same map is the same bytes.

Elements of folium carry random names; `AtlasFigure` renames them in order of appearance.
"""

import re
from collections.abc import Iterator
from typing import Any

from branca.element import Element, Figure, MacroElement
from folium.template import Template

from .offline import asset, script_json
from .plugins import embed_parts, uses_jquery

FINISH = "innoscape_finish"
_ELEMENT_ID = re.compile(r"_([0-9a-f]{32})")


def _elements(root: Element) -> Iterator[Element]:
    yield root
    branches = list(root._children.values())  # noqa: SLF001
    branches += [part for part in (getattr(root, name, None) for name in ("header", "html", "script")) if part]
    for branch in branches:
        if isinstance(branch, Element):
            yield from _elements(branch)


class Verbatim(Element):
    """A piece of the page that is written as it is; other elements are read as templates, which takes time."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **_: Any) -> str:  # noqa: ANN401
        """Give the text."""
        return self.text


class AtlasFigure(Figure):
    """A page whose element names are numbered in order of appearance; a script that fails does not stop the others."""

    _template = Template(asset("page.html.jinja"))

    def __init__(self, *, title: str | None = None, language: str = "en") -> None:
        super().__init__(title=title, ratio="62%")
        self.language = language
        self.linked = False

    def render(self, **kwargs: Any) -> str:  # noqa: ANN401
        """Render the page: same content, same bytes."""
        parts = (self.header, self.html, self.script)
        before = [part._children.copy() for part in parts]  # noqa: SLF001
        for child in list(self._children.values()):
            child.render(**kwargs)
        scripts = self.script._children  # noqa: SLF001
        for name in [name for name in scripts if name.startswith(FINISH)]:
            scripts.move_to_end(name)
        elements = list(_elements(self))
        self.linked = embed_parts(self.header, elements)
        written = (part for one in parts for part in one._children.values() if not isinstance(part, Verbatim))  # noqa: SLF001
        if not uses_jquery(written):
            self.header._children.pop("jquery", None)  # noqa: SLF001
        page: str = self._template.render(this=self, kwargs=kwargs)
        known = {element._id for element in elements}  # noqa: SLF001
        # rendering leaves its pieces behind, some under new names each time
        for part, children in zip(parts, before, strict=True):
            part._children = children  # noqa: SLF001
        numbers: dict[str, str] = {}

        def rename(match: re.Match[str]) -> str:
            found = match[1]
            return "_" + numbers.setdefault(found, str(len(numbers) + 1)) if found in known else match[0]

        return _ELEMENT_ID.sub(rename, page)


class Call(MacroElement):
    """Hand data to one of the atlas's scripts, for the map and, when inside one, the layer it belongs to."""

    def __init__(self, verb: str, data: Any) -> None:  # noqa: ANN401
        super().__init__()
        self._name = verb
        self.verb = verb
        self.payload = script_json(data)

    def render(self, **_: Any) -> None:  # noqa: ANN401
        """Put the call among the scripts of the page."""
        call = f"innoscape.{self.verb}({self._targets()}, {self.payload});"
        script: Element = self.get_root().script  # pyright: ignore[reportAttributeAccessIssue]
        script.add_child(Verbatim(call), name=self.get_name())

    def _targets(self) -> str:
        names: list[str] = []
        element = self._parent
        while element is not None and not isinstance(element, Figure):
            names.append(element.get_name())
            element = element._parent  # noqa: SLF001
        return ", ".join(reversed(names))
