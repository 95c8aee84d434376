"""Write amounts as each language does: 28.28 billion yuan, 282.8亿元."""

import math
import re
from functools import cache

from .vocabulary import terms, unit_name
from .wording.catalogue import LANGUAGES, Text, plain, text

__all__ = ["readable_amount", "script_unit"]

# counts below this are written whole
_WHOLE = 1e6
_LATIN = 0x2E80


def readable_amount(value: float, unit: object = "", *, digits: int = 4) -> Text:
    """Write a value and its unit so that a reader takes both in at once.

    A multiple in the unit (100 million yuan, 万元) is worked into the value, which each language then counts in its own
    steps: thousands of millions in English, ten thousands in Chinese. Counts below a million stay whole; other numbers
    keep `digits` digits.

    Parameters
    ----------
    value : float
        In the unit; not-a-number and infinity give a dash.
    unit : str or Text, default ""
        A unit of the vocabulary, or any other.
    digits : int, default 4
        Digits that numbers with decimals keep, from the first that is not 0.

    Returns
    -------
    Text

    Examples
    --------
    >>> readable_amount(282.80, "100 million yuan").said[:2]
    ('28.28 billion yuan', '282.8亿元')
    >>> readable_amount(3056, "patents").said[:2], readable_amount(2.691, "亿美元").said[:2]
    (('3,056 patents', '3,056件'), ('269.1 million US dollars', '2.691亿美元'))
    >>> str(readable_amount(0.004, "100 million yuan")), str(readable_amount(-0.0)), str(readable_amount(math.nan))
    ('400,000 yuan', '0', '–')
    """
    if not math.isfinite(value):
        return plain("–")
    power, base = _parts(unit)
    full = value * 10.0**power
    said = (_written(full, base.in_(language), language, whole=not power, digits=digits) for language in LANGUAGES)
    return Text(tuple(said))


def script_unit(unit: object) -> dict[str, object]:
    """Return what scripts need to write amounts of a unit: its name in each language, its power of ten and its base.

    Examples
    --------
    >>> script_unit("100 million yuan")["power"]
    8
    """
    power, base = _parts(unit)
    return {**unit_name(unit).to_dict(), "power": power, "base": base.to_dict()}


@cache
def _multiples() -> dict[str, int]:
    """Return the words that a unit may begin with, and the power of ten that each is; the longest first."""
    named = (one.split() for said in text("language.multiples").said for one in said.split(","))
    return dict(sorted(((name, int(power)) for power, name in named), key=lambda one: -len(one[0])))


@cache
def _form() -> re.Pattern[str]:
    words = "|".join(_multiples())
    return re.compile(rf"(?P<count>1(?:,?0)*)? *(?P<multiple>{words})? *(?P<base>\D.*)", re.IGNORECASE)


@cache
def _parts(unit: object) -> tuple[int, Text]:
    """Part a unit into the power of ten that it begins with, and what is counted."""
    found = _form().fullmatch(unit.strip()) if isinstance(unit, str) else None
    if found is None:
        return 0, unit_name(unit)
    count, multiple = found["count"] or "", (found["multiple"] or "").lower()
    power = count.count("0") + _multiples().get(multiple, 0)
    if power < min(_multiples().values()):
        return 0, unit_name(unit)
    return power, _base(found["base"])


def _base(name: str) -> Text:
    """Return the name of what is counted, known by its name in any language unless several share that name."""
    known = [key for key, term in terms("units").items() if name in term.name.said]
    return unit_name(known[0] if len(known) == 1 else name)


@cache
def _steps(language: str) -> list[tuple[float, str]]:
    steps = (step.split() for step in text("language.steps").in_(language).split(","))
    return [(10.0 ** int(power), name) for power, name in steps]


def _written(full: float, base: str, language: str, *, whole: bool, digits: int) -> str:
    step, name = 1.0, ""
    if not (whole and abs(full) < _WHOLE):
        step, name = next(((s, n) for s, n in _steps(language) if abs(full) >= s), (1.0, ""))
    return _joined(_joined(_number(full / step, digits), name), base)


def _joined(one: str, other: str) -> str:
    """Part two pieces by a blank unless the second is Chinese or a sign."""
    close = not other or other[0] == "%" or ord(other[0]) >= _LATIN
    # a unit that begins with a number, such as 10,000 yuan, is kept apart
    return one + other if close else f"{one} × {other}" if other[0].isdigit() else f"{one} {other}"


def _number(value: float, digits: int) -> str:
    decimals = digits - 1 - math.floor(math.log10(abs(value))) if value else 0
    written = f"{value:,.{max(0, min(decimals, 12))}f}"
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if not written.strip("-0.,") else written.replace("-", "−")
