"""Write a study file with what is assumed in it said at its end."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ...data.wording.catalogue import text
from .draft import Assumption

__all__ = ["study_toml"]

_WIDTH = 100


def study_toml(content: Mapping[str, Any], assumed: Iterable[Assumption], language: str = "en") -> str:
    """Return the text of a study file.

    Parameters
    ----------
    content : mapping
        Sections and their keys.
    assumed : iterable of Assumption
        Stated in the section ``assumed``, which the report lists.
    language : str
        Language of the comment above it.

    Examples
    --------
    >>> print(study_toml({"name": "mine", "tables": {"places": ["places.csv"]}}, []), end="")
    name = "mine"
    <BLANKLINE>
    [tables]
    places = ["places.csv"]
    """
    lines = [f"{key} = {_value(value)}" for key, value in content.items() if not _is_section(value)]
    for key, value in content.items():
        if _is_section(value):
            lines += ["", *_section(key, value)]
    stated = [{"at": one.key, "text": one.said.in_("en"), "text_zh": one.said.in_("zh")} for one in assumed]
    if stated:
        lines += ["", f"# {text('start.assumed_head').in_(language)}", *_section("assumed", stated)]
    return "\n".join([*lines, ""])


def _is_section(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _section(path: str, value: Any) -> list[str]:  # noqa: ANN401 - a part of a study file
    if isinstance(value, list):
        lines = []
        for at, one in enumerate(value):
            lines += [*([""] if at else []), f"[[{path}]]", *_body(path, one)]
        return lines
    return [f"[{path}]", *_body(path, value)]


def _body(path: str, part: Mapping[str, Any]) -> list[str]:
    lines = [f"{_key(key)} = {_value(value)}" for key, value in part.items() if not _is_section(value)]
    for key, value in part.items():
        if _is_section(value):
            lines += ["", *_section(f"{path}.{_key(key)}", value)]
    return lines


def _key(key: str) -> str:
    return (
        key
        if key.replace("_", "").replace("-", "").isascii() and key.replace("_", "").isalnum()
        else json.dumps(key, ensure_ascii=False)
    )


def _value(value: Any) -> str:  # noqa: ANN401 - a value of a study file
    if isinstance(value, list):
        cells = [_value(one) for one in value]
        joined = ", ".join(cells)
        if len(joined) <= _WIDTH:
            return f"[{joined}]"
        lines, line = [], "   "
        for cell in cells:
            if len(line) + len(cell) > _WIDTH:
                lines.append(line)
                line = "   "
            line += f" {cell},"
        return "\n".join(["[", *lines, line, "]"])
    # texts, numbers and truths are written alike in JSON and TOML
    return json.dumps(value, ensure_ascii=False)
