"""Build the site of the documentation: ``make docs``. Nothing is fetched, and every warning is an error.

Sphinx, not MkDocs: the docstrings are reStructuredText with formulas, which only Sphinx reads; its search works from a
file without a server; formulas become MathML without a script.
"""

import sys
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

import innoscape

sys.path.insert(0, str(Path(__file__).parent))

project = "innoscape"
version = release = innoscape.__version__
language = "en"
master_doc = "index"
default_role = "py:obj"  # `name` in a docstring leads to the name
exclude_patterns = ["site"]
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "mathml",
    "two_letter_search",
    "language_pages",
]

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
suppress_warnings = ["myst.header"]  # a system of the sources is a heading of the third level on every page

autodoc_typehints = "none"  # meaning, unit and shape stand in the text; the types also in the code
autodoc_member_order = "bysource"
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_param = False  # what stands for a type is prose
napoleon_use_rtype = False

html_theme = "furo"
html_title = "innoscape"
html_static_path = ["static"]
html_css_files = ["site.css"]
templates_path = ["templates"]
html_math_renderer = "mathml"
html_search_language = "en-zh"
html_show_copyright = False
html_show_sphinx = False
html_show_sourcelink = False
html_copy_source = False
html_show_search_summary = False  # it would fetch every page found, which a file may not
html_last_updated_fmt = None
html_use_index = True
html_domain_indices = False
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/languages.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
        "sidebar/current.html",
    ]
}
# the colors of the map
html_theme_options = {
    "top_of_page_buttons": [],
    "light_css_variables": {"color-brand-primary": "#7f1734", "color-brand-content": "#14477a"},
    "dark_css_variables": {"color-brand-primary": "#e0a458", "color-brand-content": "#6aa5d8"},
}


def setup(app: Sphinx) -> None:
    """Show tables of commas as they are."""
    app.add_lexer("csv", TextLexer)
