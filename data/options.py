"""Refuse an option outside the named choices, naming the choices and the nearest of them."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches

import numpy as np
import pandas as pd

from .errors import OptionError, UnknownPlaceError

__all__ = [
    "Check",
    "a_choice",
    "a_flag",
    "a_name",
    "a_number",
    "a_share",
    "a_whole_number",
    "check_choice",
    "check_known_places",
    "check_names",
    "finite_series",
    "hint",
    "names",
    "numbers_by_name",
    "positive_series",
]

# takes the option's name and what was given, and raises OptionError
Check = Callable[[str, object], None]


def hint(given: object, choices: Iterable[str]) -> str:
    """Return `` (did you mean …?)`` for the nearest choice, or nothing.

    Examples
    --------
    >>> hint("min-max", ["minmax", "rank"])
    " (did you mean 'minmax'?)"
    """
    near = get_close_matches(str(given), list(choices), n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def check_choice(option: str, given: object, choices: Iterable[str]) -> None:
    """Raise `OptionError` unless ``given`` is one of ``choices``."""
    choices = list(choices)
    if given not in choices:
        listed = ", ".join(repr(choice) for choice in choices)
        raise OptionError(f"{option}: needed one of {listed}, got {given!r}{hint(given, choices)}")


def check_names(owner: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise `OptionError` naming every one of ``given`` that is not among ``known``."""
    known = list(known)
    unknown = sorted({str(name) for name in given} - set(known))
    if unknown:
        listed = "; ".join(f"{name!r}{hint(name, known)}" for name in unknown)
        choices = f"the options are {', '.join(known)}" if known else "it takes none"
        raise OptionError(f"{owner}: unknown option {listed}; {choices}")


def check_known_places(owner: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise `UnknownPlaceError` naming every place of ``given`` that is not among ``known``."""
    known = sorted(set(known))
    unknown = sorted(set(given) - set(known))
    if unknown:
        listed = "; ".join(f"{name!r}{hint(name, known)}" for name in unknown)
        raise UnknownPlaceError(f"{owner}: no such place: {listed}; use keys of the column place")


def a_choice(*choices: str) -> Check:
    """Make a check that only lets the choices pass."""
    return lambda option, given: check_choice(option, given, choices)


def a_number(
    low: float = -math.inf, *, above: float = -math.inf, below: float = math.inf, or_one_of: tuple[str, ...] = ()
) -> Check:
    """Make a check that lets finite numbers of at least ``low``, above ``above`` and below ``below`` pass."""
    limits = [f"of at least {low:g}"] if low > -math.inf else []
    limits += [f"above {above:g}"] if above > -math.inf else []
    limits += [f"below {below:g}"] if below < math.inf else []
    other = "".join(f" or {word!r}" for word in or_one_of)

    def check(option: str, given: object) -> None:
        if isinstance(given, str) and given in or_one_of:
            return
        # nan fails every comparison
        if not (_is_number(given) and low <= given and above < given < below):  # pyright: ignore[reportOperatorIssue]
            raise OptionError(f"{option}: needed a number {' and '.join(limits)}{other}, got {given!r}")

    return check


def a_share(option: str, given: object) -> None:
    """Raise `OptionError` unless ``given`` is a number from 0 to 1."""
    if not (_is_number(given) and 0 <= given <= 1):  # pyright: ignore[reportOperatorIssue]
        raise OptionError(f"{option}: needed a share from 0 to 1, got {given!r}")


def a_whole_number(low: int) -> Check:
    """Make a check that lets whole numbers of at least ``low`` pass."""

    def check(option: str, given: object) -> None:
        if not isinstance(given, int) or isinstance(given, bool) or given < low:
            raise OptionError(f"{option}: needed a whole number of at least {low}, got {given!r}")

    return check


def a_flag(option: str, given: object) -> None:
    """Raise `OptionError` unless ``given`` is true or false."""
    if not isinstance(given, bool):
        raise OptionError(f"{option}: needed true or false, got {given!r}")


def a_name(option: str, given: object) -> None:
    """Raise `OptionError` unless ``given`` is a name."""
    if not isinstance(given, str) or not given:
        raise OptionError(f"{option}: needed a name, got {given!r}")


def names(option: str, given: object) -> None:
    """Raise `OptionError` unless ``given`` is a list of names."""
    if not isinstance(given, list | tuple) or not all(isinstance(name, str) for name in given):
        raise OptionError(f"{option}: needed a list of names, got {given!r}")


def numbers_by_name(option: str, given: object) -> None:
    """Raise `OptionError` unless ``given`` is a number for all, or a table of names with a number each."""
    values = given.values() if isinstance(given, Mapping) else [given]
    for value in values:
        if not (_is_number(value) and math.isfinite(value)):  # pyright: ignore[reportArgumentType]
            raise OptionError(f"{option}: needed a number, or a table of indicators and numbers, got {value!r}")


def finite_series(values: pd.Series | Mapping[str, float] | Sequence[float], *, name: str = "values") -> pd.Series:
    """Return the values as floats by place; `OptionError` lists all that are missing or infinite."""
    series = pd.Series(values, dtype=float)
    wrong = series[~np.isfinite(series.to_numpy())]
    if len(wrong):
        listed = ", ".join(f"{value} at {place}" for place, value in wrong.items())
        raise OptionError(f"{name}: needed finite numbers, got {listed}; fill or leave out these places")
    if series.empty:
        raise OptionError(f"{name}: needed at least one place, got none")
    return series


def positive_series(
    values: pd.Series | Mapping[str, float] | Sequence[float], *, reason: str, zero: bool = False
) -> pd.Series:
    """Return the values as `finite_series` does; `OptionError` lists all that are below 0, or at 0 unless allowed."""
    series = finite_series(values)
    wrong = series[series < 0] if zero else series[series <= 0]
    if len(wrong):
        listed = ", ".join(f"{value:g} at {place}" for place, value in wrong.items())
        needed = "numbers of at least 0" if zero else "numbers above 0"
        raise OptionError(f"values: needed {needed} {reason}, got {listed}")
    return series


def _is_number(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)
