"""Turn any value into one that strict JSON holds."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

__all__ = ["json_value"]


def json_value(value: Any) -> Any:  # noqa: ANN401
    """Return a value as strict JSON can hold it: missing and infinite numbers become ``None``, other kinds their text.

    Mappings and sequences are gone through; numbers of numpy become plain ones.

    Examples
    --------
    >>> json_value({"a": (float("nan"), True, pd.Timestamp("2020-01-01"))})
    {'a': [None, True, '2020-01-01 00:00:00']}
    """
    # what most cells hold comes first
    if value is None or isinstance(value, bool | int) or type(value) is str:
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): json_value(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(held) for held in value]
    if hasattr(value, "item"):
        return json_value(value.item())
    return None if pd.api.types.is_scalar(value) and pd.isna(value) else str(value)
