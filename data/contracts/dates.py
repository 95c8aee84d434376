"""Read dates as people write them, and as decimal years."""

import re
from collections.abc import Callable, Hashable, Mapping

import numpy as np
import pandas as pd

from ..places.keys import as_keys
from ..spellings import spellings

__all__ = ["READERS", "decimal_years", "named_year", "parse_times", "year_doubted", "year_texts"]

_DATE = rf"^\s*(\d{{4}})\D(\d{{1,2}})\D(\d{{1,2}}){spellings('dates')['day']}?\s*$"
_MONTH = rf"^\s*(\d{{4}})\D(\d{{1,2}}){spellings('dates')['month']}?\s*$"
# a point parts a number, not a year and a month
_NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"

_WORDS = spellings("printed")
_BEHIND = rf"\s*(?:{'|'.join(_WORDS['year'])})*"
_IN_YEAR = (
    rf"(?:{'|'.join(_WORDS['fiscal'])})?(?P<year>(?:1[5-9]|20|21)\d\d)"
    rf"(?:\.0|[-/.]\d\d?[-/.]\d\d?(?: 00:00:00)?|(?P<mark>[{_WORDS['outlook']}])"
    r"|\s*[-/\u2013]\s*(?P<next>\d\d(?:\d\d)?))?"
)
# the last two digits of a year, which a word for years alone tells from other numbers
_SHORT = re.compile(rf"['\u2019]?(\d\d)\s*(?:{'|'.join(_WORDS['year'])})+")
_SHORT_SINCE = 50
# what looks like a year or a span of years
_LIKE = re.compile(
    r"['\u2019]\d\d|(?:\d\d)?\d\d\s*[-/~\u2013\u2014]\s*(?:\d\d)?\d\d|(?:19|20)\d\d[a-z]{1,2}", re.IGNORECASE
)
# the year behind the name, after a mark or a Chinese character or in brackets, or the year before it
_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.DOTALL)
    for form in (
        rf"(?P<name>){_IN_YEAR}{_BEHIND}",
        rf"(?:(?P<name>.*?[^\s_-])(?:[\s_-]+|(?<=(?-i:[\u4e00-\u9fff]))))?{_IN_YEAR}{_BEHIND}",
        rf"(?P<name>.*[^\s_-])[\s_-]*[(\[\uff08]\s*{_IN_YEAR}{_BEHIND}\s*[)\]\uff09]",
        rf"{_IN_YEAR}(?:\s*(?:{'|'.join(_WORDS['year'])})+[\s_-]*|[\s_-]+)(?P<name>(?!\d).+)",
    )
)


def named_year(name: Hashable) -> tuple[str, str] | None:
    """Split what a column or a cell says into a name, which may be empty, and the year behind or before it.

    A school or fiscal year (2018/19) is that in which it begins; A, E or F behind a year (actual, estimated, forecast)
    and a year of two digits before a word for years are read as well.

    Examples
    --------
    >>> named_year("2018"), named_year("FY2019"), named_year("rd_2020"), named_year("rd")
    (('', '2018'), ('', '2019'), ('rd', '2020'), None)
    >>> named_year("rd (2020)"), named_year("2020 rd"), named_year("2020-12-31")
    (('rd', '2020'), ('rd', '2020'), ('', '2020'))
    >>> named_year("2018/19"), named_year("2018E"), named_year("2016-2020")
    (('', '2018'), ('', '2018'), None)
    """
    written = str(name).strip()
    if short := _SHORT.fullmatch(written):
        return "", f"{'20' if int(short[1]) < _SHORT_SINCE else '19'}{short[1]}"
    found = next((match for form in _FORMS if (match := form.fullmatch(written)) and _runs_on(match)), None)
    return None if found is None else (found["name"] or "", found["year"])


def _runs_on(found: re.Match[str]) -> bool:
    """Whether a year stands alone or before the next one, as school and fiscal years do, and is no end of a span."""
    if re.fullmatch(r"\d{4}", found["name"] or ""):
        return False
    return found["next"] is None or int(found["next"]) in ((after := int(found["year"]) + 1), after % 100)


def year_doubted(name: Hashable) -> bool:
    """Whether a name was read as a year that it does not write out alone, or looks like one and is not read so.

    Examples
    --------
    >>> [name for name in ("2018", "2018/19", "2018E", "2016-2020", "rd") if year_doubted(name)]
    ['2018/19', '2018E', '2016-2020']
    """
    written = str(name).strip()
    found = next((match for form in _FORMS if (match := form.fullmatch(written)) and _runs_on(match)), None)
    odd = found is not None and bool(found["mark"] or found["next"])
    return odd or bool(_SHORT.fullmatch(written) or (found is None and _LIKE.fullmatch(written)))


def year_texts(text: pd.Series) -> tuple[pd.Series, list[int]]:
    """Return cells that say a year as that year, and at which positions it is not written out alone.

    Examples
    --------
    >>> cells, doubted = year_texts(pd.Series(["2018", "FY2019", "2018/19", "soon"]))
    >>> cells.tolist(), doubted
    (['2018', '2019', '2018', 'soon'], [2])
    """
    found = {cell: named_year(cell) for cell in text.dropna().unique()}
    read = {cell: year[1] for cell, year in found.items() if year and not year[0] and year[1] != cell}
    if not read:
        return text, []
    doubted = text.isin([cell for cell in read if year_doubted(cell)]).to_numpy(dtype=bool)
    return text.replace(read), np.flatnonzero(doubted).tolist()


def _parsed(text: pd.Series) -> pd.Series:
    """Return texts as dates, the first day where a month is meant; what is no date is missing."""
    codes, written = pd.factorize(text)  # long tables repeat few dates
    padded = [re.sub(_MONTH, _pad, re.sub(_DATE, _pad, one)) for one in written]
    plain = pd.Series([*padded, None], dtype="str")  # code -1, a missing cell, takes the last one
    parsed = pd.to_datetime(plain, format="ISO8601", errors="coerce", utc=True).dt.tz_localize(None)
    return parsed.iloc[codes].set_axis(text.index)


def _pad(found: re.Match[str]) -> str:
    return "-".join(part.zfill(2) for part in found.groups())


def decimal_years(dates: pd.Series) -> pd.Series:
    """Return dates as years, months as twelfths of a year and days as equal parts of their month.

    Examples
    --------
    >>> decimal_years(pd.to_datetime(pd.Series(["2009-01-01", "2010-07-01", "2012-12-31"]))).round(3).tolist()
    [2009.0, 2010.5, 2012.997]
    """
    # twelfths, so that the same month of two years lies whole years apart
    at = pd.DatetimeIndex(dates)
    days = (at.day.to_numpy() - 1) / at.days_in_month.to_numpy()
    return pd.Series(at.year.to_numpy() + (at.month.to_numpy() - 1 + days) / 12, index=dates.index, name=dates.name)


def parse_times(text: pd.Series) -> pd.Series:
    """Return texts as numbers, dates as decimal years; what is neither is missing.

    Examples
    --------
    >>> parse_times(pd.Series(["2009", "2009.5", "2009-07", "2009-07-01", "7", "soon"])).tolist()
    [2009.0, 2009.5, 2009.5, 2009.5, 7.0, nan]
    """
    plain = text.str.fullmatch(_NUMBER).eq(True)
    numbers = pd.to_numeric(text.where(plain), errors="coerce").astype("float64")
    if plain.all():
        return numbers
    return numbers.where(plain, decimal_years(_parsed(text.where(~plain))))


def _dates(raw: pd.Series) -> tuple[pd.Series, pd.Series]:
    if pd.api.types.is_datetime64_any_dtype(raw):
        return raw, raw.isna()
    text = as_keys(raw)
    return _parsed(text), text.isna()


def _times(raw: pd.Series) -> tuple[pd.Series, pd.Series]:
    if pd.api.types.is_numeric_dtype(raw) and not pd.api.types.is_bool_dtype(raw):
        times = raw.astype("Float64").astype("float64")
        return times.where(np.isfinite(times)), raw.isna()
    dates = pd.api.types.is_datetime64_any_dtype(raw)
    text = raw if dates else as_keys(raw)
    return decimal_years(raw) if dates else parse_times(text), text.isna()


# kind of column -> the fault of a cell, and how to read cells and tell which are empty
READERS: Mapping[str, tuple[str, Callable[[pd.Series], tuple[pd.Series, pd.Series]]]] = {
    "date": ("faults.cell.date", _dates),
    "time": ("faults.cell.time", _times),
}
