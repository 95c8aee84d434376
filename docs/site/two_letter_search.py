"""Find Chinese text by every two neighboring characters, and English by stems: neither side needs a dictionary."""

import re

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

HAN = "\u4e00-\u9fff"
PIECES = re.compile(f"[{HAN}]+|[^\\W{HAN}]+")
SPLIT = """
var splitQuery = (query) =>
  (query.match(/[\\u4e00-\\u9fff]+|(?:(?![\\u4e00-\\u9fff])[\\p{L}\\p{N}_])+/gu) || []).flatMap((piece) =>
    /[\\u4e00-\\u9fff]/.test(piece) && piece.length > 1
      ? Array.from({ length: piece.length - 1 }, (_, at) => piece.slice(at, at + 2))
      : [piece]
  );
"""


def split(text: str) -> list[str]:
    """Return the words of a text, Chinese ones as overlapping pairs of characters."""
    words = []
    for piece in PIECES.findall(text):
        chinese = "\u4e00" <= piece[0] <= "\u9fff" and len(piece) > 1
        words += [piece[at : at + 2] for at in range(len(piece) - 1)] if chinese else [piece]
    return words


class TwoLetterSearch(SearchEnglish):
    """English with pairs of Chinese characters; the page splits what is asked for in the same way."""

    lang = "en-zh"
    language_name = "English"  # the stemmer of the page is named after it
    js_splitter_code = SPLIT

    def split(self, input: str) -> list[str]:  # noqa: A002 - the name in the base class
        """Return the words of a page."""
        return split(input)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the language."""
    app.add_search_language(TwoLetterSearch)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
