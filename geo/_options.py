"""Refuse an option outside the named choices, naming the choices and the nearest of them."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from ..data.errors import OptionError, UnknownPlaceError

__all__ = ["check_choice", "check_known_places", "check_names", "hint"]


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


def check_names(owner: str, given: Mapping[str, object], known: Iterable[str]) -> None:
    """Raise `OptionError` naming every key of ``given`` that is not among ``known``."""
    known = list(known)
    unknown = sorted(set(given) - set(known))
    if unknown:
        listed = "; ".join(f"{name!r}{hint(name, known)}" for name in unknown)
        raise OptionError(f"{owner}: unknown option {listed}; the options are {', '.join(known)}")


def check_known_places(owner: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise `UnknownPlaceError` naming every place of ``given`` that is not among ``known``."""
    known = sorted(set(known))
    unknown = sorted(set(given) - set(known))
    if unknown:
        listed = "; ".join(f"{name!r}{hint(name, known)}" for name in unknown)
        raise UnknownPlaceError(f"{owner}: no such place: {listed}; use keys of the column place")
