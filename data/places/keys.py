"""Write keys as text by one rule, whether they came as text, as whole numbers or as floats."""

import math
from collections.abc import Iterable
from typing import cast

import pandas as pd

from ..errors import OptionError
from ..wording.catalogue import text

__all__ = ["FEW", "as_keys", "key_index", "key_text", "names_given"]

# rows up to which a column is gone through one by one
FEW = 1_500


def key_text(value: object) -> str | None:
    """Return a key as text without outer spaces, a whole number without its decimals, and None where there is none.

    A column of numeric codes with an empty cell is read as floats, so 420100.0 and 420100 must be one key.

    Examples
    --------
    >>> [key_text(value) for value in (420100.0, 420100, " 420100 ", "", float("nan"))]
    ['420100', '420100', '420100', None, None]
    """
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, float):
        return None if math.isnan(value) else str(int(value)) if value.is_integer() else str(value)
    return None if pd.isna(value) is True else str(value).strip() or None


def as_keys(values: pd.Series) -> pd.Series:
    """Return a column of keys as text, see `key_text`.

    Examples
    --------
    >>> as_keys(pd.Series([42.0, None, 420100.0])).tolist()
    ['42', nan, '420100']
    """
    if values.dtype == "str":
        # few values are gone through faster one by one, and each once
        if len(values) < FEW and not any(map(_loose, set(values.tolist()))):
            return values.copy(deep=False)
        stripped = values.str.strip()
        blank = stripped == ""
        return stripped.mask(blank) if blank.any() else stripped
    return pd.Series([key_text(value) for value in values.tolist()], index=values.index, name=values.name, dtype="str")


def _loose(value: object) -> bool:
    return isinstance(value, str) and (not value or value[0].isspace() or value[-1].isspace())


def key_index(keys: Iterable[object]) -> pd.Index:
    """Return keys as an index of text, see `key_text`.

    Examples
    --------
    >>> key_index([420100, "110000 "]).tolist()
    ['420100', '110000']
    """
    return pd.Index([key_text(key) for key in keys], dtype="str")


def names_given(option: str, given: Iterable[object]) -> list[object]:
    """Return names as a list; one text alone would be taken letter by letter, a table by its columns.

    Examples
    --------
    >>> names_given("names", pd.Series(["Wuhan", "Jilin"]))
    ['Wuhan', 'Jilin']
    """
    if isinstance(given, str | bytes | pd.DataFrame) or not isinstance(given, Iterable):
        raise OptionError(text("faults.calls.keys.list_column_names_name", option=option, name=type(given).__name__))
    # a column of text is gone through one by one far more slowly
    return cast("pd.Series", given).tolist() if isinstance(given, pd.Series) else list(given)
