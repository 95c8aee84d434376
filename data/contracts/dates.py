"""Read dates as people write them, and as decimal years."""

import re
from collections.abc import Callable, Hashable, Mapping

import numpy as np
import pandas as pd

from ..places.keys import as_keys
from ..spellings import spellings

__all__ = ["READERS", "decimal_years", "named_year", "parse_times"]

_DATE = rf"^\s*(\d{{4}})\D(\d{{1,2}})\D(\d{{1,2}}){spellings('dates')['day']}?\s*$"
_MONTH = rf"^\s*(\d{{4}})\D(\d{{1,2}}){spellings('dates')['month']}?\s*$"
# a point parts a number, not a year and a month
_NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"

_WORDS = spellings("printed")
_BEHIND = rf"\s*(?:{'|'.join(_WORDS['year'])})*"
_IN_YEAR = (
    rf"(?:{'|'.join(_WORDS['fiscal'])})?(?P<year>(?:1[5-9]|20|21)\d\d)(?:\.0|[-/.]\d\d?[-/.]\d\d?(?: 00:00:00)?)?"
)
# the year behind the name, after a mark or a Chinese character or in brackets, or the year before it
_FORMS = tuple(
    re.compile(form, re.IGNORECASE | re.DOTALL)
    for form in (
        rf"(?:(?P<name>.*[^\s_-])(?:[\s_-]+|(?<=[\u4e00-\u9fff])))?{_IN_YEAR}{_BEHIND}",
        rf"(?P<name>.*[^\s_-])[\s_-]*[(\[\uff08]\s*{_IN_YEAR}{_BEHIND}\s*[)\]\uff09]",
        rf"{_IN_YEAR}(?:\s*(?:{'|'.join(_WORDS['year'])})+[\s_-]*|[\s_-]+)(?P<name>(?!\d).+)",
    )
)


def named_year(name: Hashable) -> tuple[str, str] | None:
    """Split what a column or a cell says into a name, which may be empty, and the year behind or before it.

    Examples
    --------
    >>> named_year("2018"), named_year("FY2019"), named_year("rd_2020"), named_year("rd")
    (('', '2018'), ('', '2019'), ('rd', '2020'), None)
    >>> named_year("rd (2020)"), named_year("2020 rd"), named_year("2020-12-31")
    (('rd', '2020'), ('rd', '2020'), ('', '2020'))
    """
    written = str(name).strip()
    found = next(filter(None, (form.fullmatch(written) for form in _FORMS)), None)
    return None if found is None else (found["name"] or "", found["year"])


def _parsed(text: pd.Series) -> pd.Series:
    """Return texts as dates, the first day where a month is meant; what is no date is missing."""
    codes, written = pd.factorize(text)  # long tables repeat few dates
    plain = pd.Series([*written, None], dtype="str")  # code -1, a missing cell, takes the last one
    plain = plain.str.replace(_DATE, _pad, regex=True).str.replace(_MONTH, _pad, regex=True)
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
    days = (dates.dt.day - 1) / dates.dt.days_in_month
    return dates.dt.year + (dates.dt.month - 1 + days) / 12


def parse_times(text: pd.Series) -> pd.Series:
    """Return texts as numbers, dates as decimal years; what is neither is missing.

    Examples
    --------
    >>> parse_times(pd.Series(["2009", "2009.5", "2009-07", "2009-07-01", "7", "soon"])).tolist()
    [2009.0, 2009.5, 2009.5, 2009.5, 7.0, nan]
    """
    plain = text.str.fullmatch(_NUMBER).eq(True)
    numbers = pd.to_numeric(text.where(plain), errors="coerce").astype("float64")
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
