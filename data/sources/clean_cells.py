"""Clean the cells of an export in SQL: texts, numbers of documents, dates of every form, amounts in one unit."""

import re
from collections.abc import Iterable, Mapping

from ..errors import Fault, TableError
from ..spellings import spellings
from .description import Column
from .exports import sql_text

__all__ = [
    "MISSING",
    "amount_factor",
    "clean_cells",
    "date_as_number",
    "factor_of",
    "holds",
    "is_one_of",
    "lost_digits",
    "patterns",
    "trimmed",
]

_DATES = spellings("dates")
MISSING = sorted({*spellings("missing")["marks"], ""} - {":"})
_MONEY = spellings("money")
# what is a blank, and what is none at all
_BLANKS = {" ": ("\u3000", "\xa0", "\t", "\n", "\r"), "": ("\ufeff", "\u200b")}
_PLAIN = sql_text(" \t\n\r")
_DECIMALS = 6
# days of a spreadsheet that are dates from 1954 to 2064
_SERIAL = (20000, 60000)


def lost_digits(cell: str) -> str:
    """Say in SQL whether a number was written with a power of ten, so that its last digits are lost."""
    power = rf"regexp_full_match({cell}, '[+-]?[0-9](\.[0-9]+)?[eE]\+?[0-9]{{1,2}}')"
    # that few cells hold an e is seen more quickly
    return f"({holds(cell, 'eE')} AND {power})"


def holds(cell: str, marks: Iterable[str]) -> str:
    """Say in SQL whether a cell holds one of some marks."""
    return f"({' OR '.join(f'contains({cell}, {sql_text(mark)})' for mark in marks)})"


def is_one_of(cell: str, words: Iterable[str]) -> str:
    """Say in SQL whether a cell is one of many words; as a list they would be joined to every row, asked for or not."""
    return f"regexp_full_match({cell}, {sql_text('|'.join(map(re.escape, words)))})"


def date_as_number(cell: str) -> str:
    """Say in SQL whether a date was written as the number of its day, as spreadsheets keep it."""
    least, most = _SERIAL
    number = rf"try_cast(regexp_extract({cell}, '^([0-9]{{5}})(\.[0-9]+)?$', 1) AS INTEGER)"
    digit = f"substr({cell}, 5, 1) BETWEEN '0' AND '9'"
    days = f"BETWEEN {least} AND {most}"
    return f"({digit} AND try_cast(left({cell}, 5) AS INTEGER) {days} AND {number} {days})"


def factor_of(unit: str, target: str, where: str) -> float:
    """Return the factor by which an amount in a unit becomes one in the target unit.

    Examples
    --------
    >>> factor_of("yuan", "10,000 yuan", "register.csv")
    0.0001
    """
    sizes = {_plain(word): size for size, words in _sizes().items() for word in words}
    if _plain(unit) not in sizes:
        raise TableError([Fault.of("faults.sources.unit", where, unit=unit, known=sorted(sizes))])
    return sizes[_plain(unit)] / sizes[_plain(target)]


def _plain(unit: str) -> str:
    return re.sub(r"\s+", "", unit).casefold()


def _sizes() -> dict[int, list[str]]:
    return {10 ** int(power): words for power, words in _MONEY["units"].items()}


def trimmed(cell: str, *, lines: bool = False) -> str:
    """Return the SQL of cells without blanks around them, every kind of blank a plain one; or lines kept apart."""
    written, cell = cell, f"replace({cell}, chr(13), '')" if lines else cell
    text = cell
    for by, marks in _BLANKS.items():
        for mark in marks:
            text = text if lines and mark == "\n" else f"replace({text}, {sql_text(mark)}, {sql_text(by)})"
    # most cells begin and end with no blank of one byte, which stand before '!', and hold none of the others
    blanks = [mark for marks in _BLANKS.values() for mark in marks if not (lines and mark == "\n")]
    plain = f"{written} >= '!' AND right({written}, 1) >= '!'"
    plain += f" AND NOT contains({written}, chr(13))" if lines else ""
    plain += f" AND (strlen({written}) = length({written}) OR NOT {holds(written, blanks)})"
    return (
        f"CASE WHEN {plain} THEN {written} "
        f"WHEN strlen({cell}) = length({cell}) THEN trim({cell}, {_PLAIN}) ELSE trim({text}) END"
    )


def clean_cells(column: Column, cell: str, factor: float | None, *, key: bool = False) -> str:
    """Return the SQL of the cleaned cells of a column, which are `trimmed`; of a key cut numbers are kept.

    Cells as they are mostly written are recognized first, and come out as they would from all further steps.
    """
    quick = {} if column.clean and column.kind != "names" else _quick(column.kind, cell, factor)
    text = _cleaned(column, cell, factor, key=key)
    cases = " ".join(f"WHEN {test} THEN {becomes}" for test, becomes in quick.items())
    return f"CASE {cases} ELSE {text} END" if quick else text


def _quick(kind: str, cell: str, factor: float | None) -> dict[str, str]:
    """Return tests of cells that are quickly read, and what they become; none where no test is quicker."""
    number = f"try_cast({cell} AS DOUBLE)"
    if kind in ("decimal", "number"):
        return {f"isfinite({number})": number}
    if kind == "amount" and factor is not None:
        amount = _in_target(number, "''", factor)
        return {f"regexp_full_match({cell}, '[0-9]+([.][0-9]+)?') AND isfinite({amount})": amount}
    if kind == "date":
        # the last days of a month are left to the engine, which knows its length
        year, month, day = "[12][0-9]{3}", "(0[1-9]|1[0-2])", "(0[1-9]|1[0-9]|2[0-8])"
        loose = f"{year}[./](0?[1-9]|1[0-2])[./](0?[1-9]|1[0-9]|2[0-8])"
        return {
            f"regexp_full_match({cell}, '{year}-{month}-{day}|[0-9]{{4}}')": cell,
            f"regexp_full_match({cell}, '{year}{month}{day}')": (
                f"concat(left({cell}, 4), '-', substr({cell}, 5, 2), '-', substr({cell}, 7, 2))"
            ),
            f"regexp_full_match({cell}, '{loose}')": f"try_cast(replace({cell}, '.', '/') AS DATE)::VARCHAR",
            f"strlen({cell}) = 10 AND try_cast({cell} AS DATE)::VARCHAR = {cell}": cell,
        }
    if kind == "id":
        # no word for what is missing begins with a digit or is that long
        lettered = f"strlen({cell}) > {max(map(len, MISSING))} AND {cell} >= 'A' AND {cell} < '['"
        return {lettered: cell, f"{cell} >= '0' AND {cell} < ':' AND NOT {holds(cell, 'eE')}": cell}
    return {}


def _cleaned(column: Column, cell: str, factor: float | None, *, key: bool) -> str:
    text = cell
    if column.kind == "id":
        # as spreadsheets are kept from taking a number for one
        bare = rf"regexp_replace({text}, '^(?:=?\"|'')(.*?)\"?$', '\1')"
        text = f"CASE WHEN left({text}, 1) IN ('=', '\"', '''') THEN {bare} ELSE {text} END"
    if column.kind != "names":
        text = patterns(text, column.clean)
    missing, longest = is_one_of(f"lower({text})", MISSING), max(map(len, MISSING))
    # a character takes at most four bytes
    text = f"CASE WHEN strlen({text}) > {4 * longest} THEN {text} WHEN {missing} THEN NULL ELSE {text} END"
    if column.kind == "date":
        return _date(text)
    if column.kind == "amount":
        return _amount(text, factor)
    if column.kind == "id" and not key:
        # what is left of a cut number is the number of others too
        return f"list_transform([{text}], lambda d: CASE WHEN {lost_digits('d')} THEN NULL ELSE d END)[1]"
    if column.kind == "decimal":
        return _finite(f"try_cast({_point(text)} AS DOUBLE)")
    if column.kind == "number":
        return _finite(f"try_cast(regexp_replace({_grouped(text)}, ',', '', 'g') AS DOUBLE)")
    return text


def _grouped(text: str) -> str:
    """Return the SQL of numbers whose commas part groups of three or four digits; others may hold a decimal comma."""
    comma, digit = r"[,\x{FF0C}]", "[0-9]"
    groups = "|".join(f"{digit}{{1,{n}}}({comma}{digit}{{{n}}})+" for n in (3, 4))
    grouped = rf"^[^0-9,\x{{FF0C}}]*({groups})([^0-9,\x{{FF0C}}].*)?$"
    return (
        f"list_transform([{text}], lambda g: CASE WHEN NOT regexp_matches(g, '{comma}') "
        f"OR regexp_matches(g, '{grouped}') THEN g END)[1]"
    )


def _finite(number: str) -> str:
    return f"list_transform([{number}], lambda f: CASE WHEN isfinite(f) THEN f END)[1]"


def patterns(text: str, replaced: tuple[tuple[str, str], ...]) -> str:
    """Replace patterns in SQL."""
    found = text
    for pattern, by in replaced:
        found = f"regexp_replace({found}, {sql_text(pattern)}, {sql_text(by)}, 'g')"
    # most cells hold no such pattern, which is sooner seen than replaced
    every = "|".join(f"(?:{pattern})" for pattern, _ in replaced)
    return f"CASE WHEN regexp_matches({text}, {sql_text(every)}) THEN {found} ELSE {text} END" if replaced else text


def _point(text: str) -> str:
    return f"replace({text}, ',', '.')"


def _date(text: str) -> str:
    """Return ISO dates: whole, or the year and month, or the year alone, as exact as they are written."""
    year, month, day = (_DATES[part] for part in ("year", "month", "day"))
    parts = rf"^([0-9]{{4}})[-/.{year}]([0-9]{{1,2}})[-/.{month}]([0-9]{{1,2}}){day}?(?:[ T].*)?$"
    packed, serial = r"^([0-9]{4})([0-9]{2})([0-9]{2})$", r"^([0-9]{5})(?:\.[0-9]+)?$"
    monthly = rf"^([0-9]{{4}})(?:[-/.{year}]|)([0-9]{{1,2}}){month}?$"

    def part(pattern: str, at: int) -> str:
        return f"regexp_extract(d, '{pattern}', {at})"

    def joined(pattern: str) -> str:
        written = rf"regexp_replace(d, '{pattern}', '\1-\2-\3')"
        return f"strftime(try_cast(CASE WHEN regexp_matches(d, '{pattern}') THEN {written} END AS DATE), '%Y-%m-%d')"

    whole = (
        f"CASE WHEN {date_as_number('d')} THEN strftime(DATE '1899-12-30' + {part(serial, 1)}::INTEGER, '%Y-%m-%d') END"
    )
    to_month = (
        f"CASE WHEN regexp_matches(d, '{monthly}') AND {part(monthly, 2)}::INTEGER BETWEEN 1 AND 12 AND length(d) > 5 "
        f"THEN {part(monthly, 1)} || '-' || lpad({part(monthly, 2)}, 2, '0') END"
    )
    yearly = rf"nullif(regexp_extract(d, '^([0-9]{{4}}){year}?(?:\.0)?$', 1), '')"
    every = f"coalesce({joined(parts)}, {joined(packed)}, {whole}, {to_month}, {yearly})"
    return f"list_transform([{text}], lambda d: {every})[1]"


def _amount(text: str, factor: float | None) -> str:
    """Return amounts in the target unit; a unit in the cell stands before that of the header."""
    plain = rf"regexp_replace({_grouped(text)}, '[,\x{{FF0C}}\s\x{{A5}}\x{{FFE5}}]', '', 'g')"
    number = r"try_cast(regexp_extract(a, '^([+-]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)', 1) AS DOUBLE)"
    rest = r"lower(regexp_extract(a, '^[+-]?[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?(.*)$', 1))"
    return _finite(f"list_transform([{plain}], lambda a: {_in_target(number, rest, factor)})[1]")


def _in_target(number: str, unit: str, factor: float | None) -> str:
    """Return the SQL of a number of a unit in the target unit, which is `factor` times one without a unit."""
    target = _target()
    cases = " ".join(
        f"WHEN {sql_text(_plain(word))} THEN {size / target!r}" for size, words in _sizes().items() for word in words
    )
    default = "NULL" if factor is None else repr(factor)
    return f"round({number} * (CASE {unit} WHEN '' THEN {default} {cases} END), {_DECIMALS})"


def _target() -> int:
    """Return the size of the unit that amounts become."""
    return next(size for size, words in _sizes().items() if _MONEY["target"] in words)


def amount_factor(units: Mapping[str, str], given: str | None, column: str, where: str) -> float | None:
    """Return the factor of a column of amounts: of the unit asked for, else of that in the header."""
    unit = given or units.get(column)
    return None if unit is None else factor_of(unit, _MONEY["target"], where)
