"""Bring a table of numbers into the form of indicators: which columns are some, and what they are called."""

import re

import pandas as pd

from ...data import normalize_name
from ...data.contracts.dates import named_year
from ...data.contracts.printed_numbers import like_a_number, missing_mark
from ...data.reading.column_units import column_units
from ...data.sources.recognize_table import RecognizedTable
from ...data.spellings import spellings
from ...data.wording.catalogue import few
from .draft import Draft

__all__ = ["SPARE", "name_indicators", "named_in_words"]

_WORDS = spellings("start")
_TOTALS = frozenset(normalize_name(name) for name in spellings("totals")["names"])
# columns of a table of indicators that are none themselves
SPARE = ("place", "year", "unit", "status", "source", "name_en", "name_zh", "note", "indicator", "value")
_AT, _FRAMEWORK = "tables.indicators", "tables.framework"
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def name_indicators(one: RecognizedTable, frame: pd.DataFrame, title: str, draft: Draft | None) -> pd.DataFrame:
    """Leave out what holds no numbers, and name the indicator of a table that does not; note both in the draft."""
    named = "" if one.sheet is None else one.sheet.title
    called = title or named or one.file.name.split(".")[0]
    if "value" in frame:
        frame = _named(one, frame, called, draft)
        units = {}
    else:
        frame = _without_others(one, frame, draft)
        columns = [str(name) for name in frame if name not in SPARE]
        if draft is not None and columns and "year" not in frame and all(_plain_year(name) for name in columns):
            draft.assume(_AT, "named_by", table=one.name, name=called)
        units = {} if "unit" in frame else column_units(columns)
    frame = frame.copy()
    frame.attrs |= {"indicator": called}
    if any(units.values()):
        frame.attrs.setdefault("units", units)
    return frame


def _plain_year(name: str) -> bool:
    year = named_year(name)
    return year is not None and not year[0]


def _without_others(one: RecognizedTable, frame: pd.DataFrame, draft: Draft | None) -> pd.DataFrame:
    """Leave out the columns of a wide table that are no indicators."""
    skipped = {name.casefold() for name in _WORDS["skip"]}
    ids, texts, empty = [], {}, []
    for name in frame.columns:
        told = str(name)
        if name in SPARE:
            continue
        cells = [cell for cell in frame[name] if missing_mark(cell) is None]
        numbers = sum(map(like_a_number, cells))
        if told.strip().casefold() in skipped:
            ids.append(name)
        elif not cells:
            empty.append(name)
        elif numbers < len(cells) / 2:
            texts[name] = (len(cells), numbers)
    rest = [str(name) for name in frame if name not in {*SPARE, *ids, *texts, *empty}]
    years = [name for name in rest if _plain_year(name)]
    # a total beside years is that of the years
    sums = [name for name in rest if years and name not in years and normalize_name(name) in _TOTALS]
    sums = sums if len(sums) + len(years) == len(rest) else []
    if draft is not None:
        for name, (cells, numbers) in texts.items():
            draft.leave("text_column", one.name, column=str(name), n=cells, numbers=numbers)
        for key, names in (("no_values", empty), ("no_indicators", ids), ("sums_of_years", sums)):
            if names:
                draft.leave(key, one.name, column=few(names, most=8).in_("en"))
    return frame.drop(columns=[*ids, *texts, *empty, *sums])


def _named(one: RecognizedTable, frame: pd.DataFrame, called: str, draft: Draft | None) -> pd.DataFrame:
    """Name the indicator of a long table that has no column for it: by a column of words, else by its title or file."""
    if "indicator" in frame:
        return frame
    category = _category(frame)
    if draft is not None:
        said = {"table": one.name, "name": called if category is None else category}
        draft.assume(_AT, "named_by" if category is None else "named_after", **said)
    return frame.assign(indicator=called if category is None else frame[category])


def _category(frame: pd.DataFrame) -> str | None:
    """Return the column of words that tells rows of one place and year apart."""
    keys = [name for name in ("place", "year") if name in frame]
    if not frame.duplicated(keys).any():
        return None
    for name in frame.columns:
        if name in SPARE or frame.duplicated([*keys, name]).any():
            continue
        cells = [cell for cell in frame[name] if missing_mark(cell) is None]
        if cells and sum(map(like_a_number, cells)) < len(cells) / 2:
            return str(name)
    return None


def named_in_words(
    frame: pd.DataFrame, one: RecognizedTable, draft: Draft
) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """Return the names that a table gives its indicators in columns of names, by language; note what is taken.

    A column that holds another word for each indicator, but whose header does not say that it holds names, such as one
    of codes, is noted and not taken. The words of the first column of either kind come second.
    """
    if "indicator" not in frame:
        return {}, {}
    found = {str(name): pairs for name in frame if (pairs := _one_to_one(frame, name))}
    taken: dict[str, dict[str, str]] = {}
    for name, pairs in found.items():
        language = "zh" if any(_CHINESE.search(said) for said in pairs.values()) else "en"
        if _says_names(name) and language not in taken:
            taken[language] = pairs
            draft.assume(_FRAMEWORK, "names", table=one.name, column=name)
    spare = sorted(name for name in found if not _says_names(name))
    if spare and not taken:
        draft.assume(_FRAMEWORK, "names_unused", table=one.name, columns=few(spare, most=5))
    return taken, next(iter(found.values()), {})


def _says_names(header: str) -> bool:
    said = header.strip().casefold()
    parts = set(re.split(r"[\s_.-]+", said))
    return any(word in parts if word.isascii() else word in said for word in _WORDS["names"])


def _one_to_one(frame: pd.DataFrame, name: str) -> dict[str, str]:
    """Return the words of a column, if there is one for each indicator, another than its own name."""
    if (name in SPARE and name not in ("name_en", "name_zh")) or pd.api.types.is_numeric_dtype(frame[name]):
        return {}
    pairs = frame[["indicator", name]].dropna().drop_duplicates()
    if not len(pairs) or len(pairs) != frame["indicator"].nunique() or not pairs["indicator"].is_unique:
        return {}
    label = dict(zip(pairs["indicator"], pairs[name].astype(str), strict=True))
    return label if any(given != said for given, said in label.items()) else {}
