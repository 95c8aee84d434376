"""Let every page open in the language of its reader.

What the reader chose on any page before comes first, then the page's own language, then the browser's, then English.
The browser decides, so that a page is the same bytes wherever it was written.
"""

from functools import cache
from importlib.resources import files

__all__ = ["reader_language_script"]


@cache
def reader_language_script() -> str:
    """Read the script that chooses the language of a page, and keeps what its reader chooses.

    Examples
    --------
    >>> "const readerLanguage" in reader_language_script()
    True
    """
    return (files(__package__ or "innoscape.data.wording") / "reader_language.js").read_text(encoding="utf-8")
