"""Know the characters that no XML, HTML or workbook can hold, and how workbooks write them all the same."""

import re
from collections.abc import Iterable

__all__ = ["UNSEEN", "UNWRITABLE", "escape", "garbled", "legible", "plain_to_see", "seen", "spelled", "unescape"]

# what XML 1.0 cannot hold, not even escaped: most control characters, halves of surrogate pairs, U+FFFE and U+FFFF
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# marks of direction and joints of no width, which part names that look alike
UNSEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_CHANGED = re.compile(f"{UNWRITABLE.pattern}|{UNSEEN.pattern}|\r")
# the last of the characters that Windows-1252 and Latin-1 hold
_HIGHEST = "\u2122"
_CODE = re.compile("_x([0-9A-Fa-f]{4})_")
_LIKE_CODE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def legible(text: str) -> str:
    r"""Return a text with a space for each character that files cannot hold, and every line end as a line feed.

    Examples
    --------
    >>> legible("Hebei\x0bprovince")
    'Hebei province'
    """
    return UNWRITABLE.sub(" ", text).replace("\r\n", "\n").replace("\r", "\n")


def plain_to_see(texts: Iterable[str]) -> bool:
    r"""Return whether all texts are as they are seen.

    Examples
    --------
    >>> plain_to_see(["Hebei", "Hubei"]), plain_to_see(["Hebei", "Hu\u200bbei"])
    (True, False)
    """
    return not _CHANGED.search("\n".join(texts))


def seen(text: str) -> str:
    r"""Return a text as it is seen: legible, and without what takes no room.

    Examples
    --------
    >>> seen("\u200bHebei\x0bprovince")
    'Hebei province'
    """
    return UNSEEN.sub("", legible(text))


def garbled(text: str) -> str | None:
    r"""Return what a text says if it is UTF-8 that was read as Windows-1252 or Latin-1, else None.

    Examples
    --------
    >>> garbled("å\x8c\x97äº¬"), garbled("SÃ£o Paulo"), garbled("São Paulo")
    ('北京', 'São Paulo', None)
    """
    if text.isascii() or max(text) > _HIGHEST:
        return None
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return None


def spelled(text: str) -> str:
    r"""Return a text with the characters that files cannot hold spelled out, as a message shows it.

    Examples
    --------
    >>> print(spelled("Hebei\x0bprovince"))
    'Hebei\x0bprovince'
    """
    for unread in (UNWRITABLE, UNSEEN):
        text = unread.sub(lambda one: ascii(one[0])[1:-1], text)
    return f"'{text}'"


def escape(text: str) -> str:
    """Return a text as the cell of a workbook holds it, where ``_x0041_`` is another way to write ``A``."""
    return _LIKE_CODE.sub("_x005F_", text)


def unescape(cell: object) -> object:
    r"""Return a cell of a workbook with its text as it is meant.

    Examples
    --------
    >>> unescape("Hebei_x000D_"), unescape(escape("_x0041_"))
    ('Hebei\r', '_x0041_')
    """
    return _CODE.sub(lambda code: chr(int(code[1], 16)), cell) if isinstance(cell, str) else cell
