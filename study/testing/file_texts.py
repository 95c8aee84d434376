"""Write the texts of the files of a study: tables as CSV, the rest as TOML."""

import csv
import io
import json
import math
from collections.abc import Mapping
from datetime import date
from typing import Any

__all__ = ["csv_text", "toml_text"]


def csv_text(rows: list[list[str]]) -> str:
    r"""Return rows of cells as CSV.

    Examples
    --------
    >>> csv_text([["place", "value"], ["A, B", "1"]])
    'place,value\n"A, B",1\n'
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def toml_text(content: Mapping[str, Any]) -> str:
    """Return the content of a study file as TOML: a section each, what is in them in lines.

    Examples
    --------
    >>> print(toml_text({"name": "a", "tables": {"places": ["places.csv"]}}), end="")
    name = "a"
    <BLANKLINE>
    [tables]
    places = ["places.csv"]
    """
    plain = [f"{_key(key)} = {_value(value)}\n" for key, value in content.items() if not isinstance(value, dict)]
    for key, value in content.items():
        if isinstance(value, dict):
            plain += [f"\n[{_key(key)}]\n", *(f"{_key(inner)} = {_value(one)}\n" for inner, one in value.items())]
    return "".join(plain)


def _key(key: str) -> str:
    bare = key.replace("_", "").replace("-", "")
    return key if bare.isascii() and bare.isalnum() else json.dumps(key, ensure_ascii=False)


def _value(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    # texts, numbers and truths are written alike in JSON and TOML; a mark that TOML refuses is escaped
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
