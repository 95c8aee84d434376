"""Give each page the navigation, the words of the theme and the switch of its language.

A page ``zh/NAME`` is the Chinese one of ``NAME``; all other pages are English.
"""

import gettext
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import sphinx.locale
from sphinx.application import Sphinx
from sphinx.environment.adapters.toctree import global_toctree_for_doc

CATALOGUE = Path(sphinx.locale.__file__).parent
WORDS = tomllib.loads((Path(__file__).parent / "theme_words.toml").read_text(encoding="utf-8"))
# pages that may not be there yet
TO_COME = ("cite", "install", "performance", "releasing", "reliability")
HAN = re.compile("[\u4e00-\u9fff]")


def counterpart(name: str) -> str:
    """Return the page of the same content in the other language."""
    return name.removeprefix("zh/") if name.startswith("zh/") else f"zh/{name}"


def part_of(tree: str, *, chinese: bool) -> str:
    """Keep the groups of the navigation whose caption is in the language."""
    groups = re.split(r'(?=<p class="caption")', tree)[1:]
    return "".join(group for group in groups if chinese == bool(HAN.search(group.split("</p>")[0])))


@cache
def navigation(app: Sphinx) -> str:
    """Resolve the navigation once, as the root shows it; the theme would do so for every page."""
    options = {"collapse": False, "titles_only": True, "maxdepth": -1, "includehidden": True}
    tree = global_toctree_for_doc(app.env, app.config.master_doc, app.builder, tags=app.tags, **options)
    return app.builder.render_partial(tree)["fragment"].replace(" current", "")


def led_from(tree: str, name: str) -> str:
    """Mark where a page stands in the navigation, and lead the links there from it."""
    at = tree.find(f'href="{name}.html"')
    if at >= 0:
        levels = {tree.rfind('<li class="toctree-l', 0, at), tree.rfind('<li class="toctree-l1', 0, at)}
        for level in sorted(levels, reverse=True):  # from the end: what stands before keeps its place
            tree = f'{tree[:level]}<li class="current {tree[level + len("<li class=") + 1 :]}'
    return tree.replace('href="', 'href="' + "../" * name.count("/"))


def lead(app: Sphinx, name: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """Hand the theme the navigation of the language."""
    kept = part_of(navigation(app), chinese=name.startswith("zh/"))
    context["toctree"] = lambda **_options: led_from(kept, name)


def dress(app: Sphinx, name: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """Fill what the templates show."""
    chinese = name.startswith("zh/")
    twin = counterpart(name) in app.env.all_docs
    context["other_page"] = counterpart(name) if twin else ("index" if chinese else "zh/index")
    context["chinese"], context["home"] = chinese, "zh/index" if chinese else "index"
    for way in ("next", "prev"):
        beside = context.get(way)
        if beside and chinese != bool(HAN.search(beside["title"])):
            context[way] = None
    if chinese:
        words = gettext.translation("sphinx", str(CATALOGUE), languages=["zh_CN"])
        context["language"] = "zh-Hans"
        context["gettext"] = lambda text: WORDS["zh"].get(text.strip()) or words.gettext(text)


def list_pages(app: Sphinx, name: str, source: list[str]) -> None:
    """Drop pages to come from the navigation; a page of the first level that it does not name stands at its end."""
    if name == app.config.master_doc:
        found = app.env.found_docs
        lines = [line for line in source[0].split("\n") if line not in TO_COME or line in found]
        named = {*lines, name, *(line.split("<")[-1].rstrip(">") for line in lines)}
        more = sorted(page for page in found if "/" not in page and page not in named)
        end = lines.index("architecture") + 1
        source[0] = "\n".join([*lines[:end], *more, *lines[end:]])


def setup(app: Sphinx) -> dict[str, bool]:
    """Hand over the navigation before the theme reads it, and the rest after it."""
    app.connect("source-read", list_pages)
    app.connect("html-page-context", lead, priority=100)
    app.connect("html-page-context", dress, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
