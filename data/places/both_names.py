"""Name a place in English and in Chinese where a table names it in one language, or by its key alone."""

from .unit_names import CHINESE

__all__ = ["both_names"]


def both_names(place: object, english: object = None, chinese: object = None) -> tuple[str, str]:
    """Return the English and the Chinese name of a place.

    A key in Chinese is a Chinese name, a key without digits an English one. Any other key, such as ``PT17``, is a code,
    which stands only where the place has no name in the other language either.

    Parameters
    ----------
    place : object
        Key of the place.
    english, chinese : object
        Its names; whatever is not text counts as missing.

    Examples
    --------
    >>> both_names("PT17", "Lisbon"), both_names("武汉", "Wuhan"), both_names("110000", None, "北京")
    (('Lisbon', 'Lisbon'), ('Wuhan', '武汉'), ('北京', '北京'))
    >>> both_names("Wuhan", None, "武汉"), both_names("C1")
    (('Wuhan', '武汉'), ('C1', 'C1'))
    """
    key = str(place)
    said, written = (name if isinstance(name, str) and name.strip() else "" for name in (english, chinese))
    code = any(letter.isdigit() for letter in key)
    return said or (written if code else "") or key, written or ("" if CHINESE.search(key) else said) or key
