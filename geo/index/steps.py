"""Hold a step of a recipe as an immutable name or table, checked against the method it names."""

import inspect
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.option_checks import Check
from ...data.options import check_choice, check_names
from ...data.wording.catalogue import join_texts, text

__all__ = ["Frozen", "defaults_of", "freeze", "parse_step", "split_step", "thaw"]


class Frozen(Mapping[str, Any]):
    """A table of options that cannot change; it equals a plain table of the same content.

    Examples
    --------
    >>> Frozen({"method": "entropy", "on": "raw"}) == {"on": "raw", "method": "entropy"}
    True
    """

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, Any]) -> None:
        self._items = {str(name): freeze(items[name]) for name in sorted(items, key=str)}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - an option may be of any type
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return thaw(self) == thaw(other) if isinstance(other, Mapping) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(self._items.items()))

    def __repr__(self) -> str:
        return repr(thaw(self))

    def __reduce__(self) -> tuple[type["Frozen"], tuple[dict[str, Any]]]:
        return Frozen, (dict(self._items),)


def freeze(value: Any) -> Hashable:  # noqa: ANN401 - an option may be of any type
    """Return an immutable copy: tables as `Frozen`, lists as tuples, a DataFrame as a table of its rows.

    Empty cells of a DataFrame or Series are left out.
    """
    if isinstance(value, pd.DataFrame):
        value = {str(row): cells.dropna() for row, cells in value.iterrows()}
    elif isinstance(value, pd.Series):
        value = value.dropna().to_dict()
    elif isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, Mapping):
        return value if isinstance(value, Frozen) else Frozen(value)
    if isinstance(value, list | tuple):
        return tuple(freeze(item) for item in value)
    return value


def thaw(value: Any) -> Any:  # noqa: ANN401 - an option may be of any type
    """Return plain tables and lists of what `freeze` made."""
    if isinstance(value, Mapping):
        return {str(name): thaw(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [thaw(item) for item in value]
    return value


def parse_step(
    step: str, given: object, methods: Mapping[str, Any], checks: Mapping[str, Check]
) -> str | Frozen | Callable[..., Any]:
    """Return a step in its one form: the name of a method, or a table where a parameter differs from its default."""
    if isinstance(given, Mapping):
        options = dict(given)
        if "method" not in options:
            raise OptionError(
                text("faults.calls.steps.method", step=step, v=", ".join(map(str, options)) or "an empty table")
            )
        method = options.pop("method")
    else:
        method, options = given, {}
    check_choice(step, method, methods)
    known = defaults_of(methods[str(method)])
    if known is not None:
        check_names(f"{step} {method!r}", options, known)
        needed = [name for name, default in known.items() if default is inspect.Parameter.empty]
        missing = [name for name in needed if name not in options]
        if missing:
            raise OptionError(
                text(
                    "faults.calls.steps.needs",
                    step=step,
                    method=repr(method),
                    missing=join_texts(missing, by="faults.and"),
                )
            )
    plain = {str(name): thaw(freeze(value)) for name, value in options.items()}
    for name, value in plain.items():
        if name in checks and not (known is not None and value is None and known[name] is None):
            checks[name](f"{step}.{name}", value)
    differ = {name: value for name, value in plain.items() if known is None or not _same(value, known[name])}
    return Frozen({"method": method, **differ}) if differ else str(method)


def split_step(step: object) -> tuple[Any, dict[str, Any]]:
    """Return the method of a parsed step and its parameters as plain tables and lists.

    A step given by level has no method of its own: ``by_level``, and its levels.
    """
    if isinstance(step, Mapping):
        plain = thaw(step)
        return plain.pop("method", "by_level"), plain
    return step, {}


def defaults_of(method: Any) -> dict[str, Any] | None:  # noqa: ANN401 - a function, or an aggregate that lists them
    """Return the options of a method and their defaults; nothing when it takes whatever is given."""
    listed = getattr(method, "parameters", None)
    if isinstance(listed, Mapping):
        return dict(listed)
    found = inspect.signature(method).parameters.values()
    if any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in found):
        return None
    return {p.name: p.default for p in found if p.kind is inspect.Parameter.KEYWORD_ONLY}


def _same(value: object, default: object) -> bool:
    # True == 1, but as an option they are not the same
    return isinstance(value, bool) == isinstance(default, bool) and value == thaw(default)
