"""Write formulas as MathML, which browsers draw without a script."""

from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx


def inline(writer: Any, node: nodes.math) -> None:  # noqa: ANN401 - the writer of the theme
    """Write a formula within a line."""
    writer.body.append(convert(node.astext(), display="inline"))
    raise nodes.SkipNode


def displayed(writer: Any, node: nodes.math_block) -> None:  # noqa: ANN401
    """Write a formula on lines of its own; a blank line parts two formulas."""
    parts = [part for part in node.astext().split("\n\n") if part.strip()]
    formulas = "".join(convert(part, display="block") for part in parts)
    writer.body.append(f'<div class="math">{formulas}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the renderer."""
    app.add_html_math_renderer("mathml", (inline, None), (displayed, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
