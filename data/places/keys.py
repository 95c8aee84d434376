"""Write keys as text by one rule, whether they came as text, as whole numbers or as floats."""

import pandas as pd

__all__ = ["as_keys", "key_text"]


def key_text(value: object) -> str | None:
    """Return a key as text without outer spaces, a whole number without its decimals, and None where there is none.

    A column of numeric codes with an empty cell is read as floats, so 420100.0 and 420100 must be one key.

    Examples
    --------
    >>> [key_text(value) for value in (420100.0, 420100, " 420100 ", "", float("nan"))]
    ['420100', '420100', '420100', None, None]
    """
    if pd.isna(value) is True:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() or None


def as_keys(values: pd.Series) -> pd.Series:
    """Return a column of keys as text, see `key_text`.

    Examples
    --------
    >>> as_keys(pd.Series([42.0, None, 420100.0])).tolist()
    ['42', nan, '420100']
    """
    if values.dtype == "str":
        stripped = values.str.strip()
        return stripped.where(stripped != "", None)
    return pd.Series([key_text(value) for value in values.tolist()], index=values.index, name=values.name, dtype="str")
