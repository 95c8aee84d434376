"""Check options, numbers, names and columns in one way: say what was needed, what came and what comes closest.

A ``…_faults`` function yields what is wrong, so that `refuse` can raise one error for all of it; a ``check_…`` function
refuses at once. A fault is an error not yet raised, or plain words, which then stand for an `OptionError`.
"""

import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from inspect import signature
from typing import Any, TypeGuard

import numpy as np
import pandas as pd

from .errors import Fault, InnoscapeError, OptionError, TableError, UnknownPlaceError, columns_of
from .spellings import spellings
from .wording.catalogue import Text, few, join_texts, plain, text

__all__ = [
    "Wrong",
    "absent_place_faults",
    "check_choice",
    "check_columns",
    "check_known_places",
    "check_names",
    "check_number",
    "choice_faults",
    "column_faults",
    "finite_series",
    "hint",
    "idle_faults",
    "is_number",
    "known_place_faults",
    "listed",
    "name_faults",
    "nearest",
    "noted",
    "number_faults",
    "numeric",
    "out_of_reach",
    "positive_series",
    "reach_faults",
    "readable",
    "refuse",
    "table_fault",
]

# what is wrong: an error, or a text or words that stand for an OptionError
Wrong = InnoscapeError | Text | str

# options that can be compared with their default, and shown
_PLAIN = (bool, int, float, str, tuple)
# places that an error names before it counts the others
_MOST_NAMED = 20
# of numbers whose fourth powers, added up, are numbers still
_LEAST_REACH, _MOST_REACH = 1e-50, 1e50


def refuse(faults: Iterable[Wrong]) -> None:
    """Raise one error that holds every fault, or do nothing where there is none.

    Its class is that of the gravest: `TableError` before `UnknownPlaceError` before `OptionError`.

    Examples
    --------
    >>> refuse([*number_faults("runs", 0, least=1, whole=True), *choice_faults("ties", "mim", ["min", "max"])])
    Traceback (most recent call last):
    ...
    innoscape.data.errors.OptionError: runs: needed a whole number of at least 1, got 0; ties: needed one of 'min', ...
    """
    found = [fault if isinstance(fault, InnoscapeError) else OptionError(fault) for fault in faults]
    tables = [fault for fault in found if isinstance(fault, TableError)]
    others = [fault for fault in found if not isinstance(fault, TableError)]
    if tables:
        raise TableError((one for table in tables for one in table.faults), also=(one.said for one in others))
    if others:
        unknown = any(isinstance(fault, UnknownPlaceError) for fault in others)
        raise (UnknownPlaceError if unknown else OptionError)(
            join_texts((one.said for one in others), by="list.semicolon")
        )


@contextmanager
def noted(faults: list[Wrong], *, within: str = "") -> Iterator[None]:
    """Add what is refused to other faults, saying within what, and go on, so that one error can tell all of them."""
    try:
        yield
    except TableError as error:
        faults.append(error)
    except (OptionError, UnknownPlaceError) as error:
        faults.append(type(error)(text("faults.options.within", within=within, said=error.said)) if within else error)


@contextmanager
def numeric(what: str) -> Iterator[None]:
    """Refuse what cannot be read as numbers."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise OptionError(text("faults.calls.options.numbers_something_else", what=what, error=error)) from None


def nearest(given: object, known: Iterable[Any], *, most: int = 1, cutoff: float = 0.6) -> list[str]:
    """Return the known names that others call by the one given, else those most like it, the closest first."""
    names = [str(name) for name in known]
    others = spellings("choices")
    word = str(given).strip().casefold()
    called = [name for name in names if word in others.get(name, ())]
    return called[:most] or get_close_matches(str(given), names, n=most, cutoff=cutoff)


def hint(given: object, choices: Iterable[Any]) -> Text:
    """Return `` (did you mean …?)`` for the nearest choice, or nothing.

    Examples
    --------
    >>> print(hint("min-max", ["minmax", "rank"]))
     (did you mean 'minmax'?)
    """
    near = nearest(given, choices)
    return text("faults.calls.hint", near=repr(near[0])) if near else plain("")


def _hinted(given: object, choices: Iterable[Any]) -> Text:
    """Return what was given, with the nearest choice."""
    near = nearest(given, choices)
    return text("faults.options.near", got=repr(given), near=repr(near[0])) if near else plain(repr(given))


def choice_faults(option: str, given: object, choices: Iterable[object]) -> Iterator[Wrong]:
    """Say so unless ``given`` is one of ``choices``."""
    choices = list(choices)
    if given not in choices:
        needed = join_texts(map(repr, choices))
        got = _hinted(given, choices)
        yield text("faults.options.choice", option=option, needed=needed, got=got)


def check_choice(option: str, given: object, choices: Iterable[object]) -> None:
    """Raise `OptionError` unless ``given`` is one of ``choices``."""
    refuse(choice_faults(option, given, choices))


def is_number(value: object) -> TypeGuard[float]:
    """Say whether a value is one finite number."""
    plain = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    return plain and math.isfinite(float(value))  # type: ignore[arg-type]


def number_faults(
    option: str,
    given: object,
    *,
    least: float | None = None,
    most: float | None = None,
    above: float | None = None,
    below: float | None = None,
    whole: bool = False,
) -> Iterator[Wrong]:
    """Say so unless ``given`` is one finite number, whole if asked for, within the bounds."""
    right = is_number(given) and not (whole and not isinstance(given, int | np.integer))
    if (
        right
        and (least is None or given >= least)  # type: ignore[operator]
        and (most is None or given <= most)  # type: ignore[operator]
        and (above is None or given > above)  # type: ignore[operator]
        and (below is None or given < below)  # type: ignore[operator]
    ):
        return
    bounds = {"least": least, "most": most, "above": above, "below": below}
    known = {name: f"{bound:g}" for name, bound in bounds.items() if bound is not None}
    between = [text("faults.options.limit.between", **known)] if {"least", "most"} <= known.keys() else []
    single = [name for name in known if not between or name not in ("least", "most")]
    limits = between + [text(f"faults.options.limit.{name}", bound=known[name]) for name in single]
    kind = text("faults.options.whole" if whole else "faults.options.number")
    joined = join_texts(limits, by="list.clause_and")
    needed = text("faults.options.limited", kind=kind, limits=joined) if limits else kind
    yield text("faults.options.unmet", option=option, needed=needed, got=repr(given))


def check_number(option: str, given: object, **limits: Any) -> None:  # noqa: ANN401 - those of number_faults
    """Raise `OptionError` unless ``given`` is a number within limits as `number_faults` takes them."""
    refuse(number_faults(option, given, **limits))


def listed(given: object, *, name: str) -> tuple[Hashable, ...]:
    """Return several names as a tuple, refusing a single text, whose letters would be taken for names."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise OptionError(text("faults.calls.options.several_write", name=name, given=repr(given)))
    return tuple(given)


def name_faults(given: Iterable[Hashable], known: Iterable[Hashable], *, name: str, among: str = "") -> Iterator[Wrong]:
    """Say which of several names are not known; ``among`` says what these are, or they are listed."""
    known = list(known)
    these = set(known)
    unknown = [one for one in dict.fromkeys(given) if one not in these]
    if unknown:
        got = join_texts(_hinted(one, known) for one in unknown)
        if among:
            yield text("faults.options.unmet", option=name, needed=among, got=got)
        else:
            yield text("faults.options.choice", option=name, needed=join_texts(known), got=got)


def check_names(owner: str, given: Iterable[str], known: Iterable[str]) -> None:
    """Raise `OptionError` naming every option of ``given`` that is not among ``known``."""
    known = list(known)
    unknown = sorted({str(name) for name in given} - set(known))
    if unknown:
        got = join_texts((_hinted(name, known) for name in unknown), by="list.semicolon")
        choices = text("faults.options.known", names=join_texts(known)) if known else text("faults.options.none_known")
        raise OptionError(text("faults.options.unknown", owner=owner, got=got, choices=choices))


def idle_faults(owner: Callable[..., Any], when: str, **given: object) -> Iterator[Wrong]:
    """Say which options were given though they have no part in what is asked for; ``when`` says in which case.

    An option counts as given where it differs from its default in the signature of ``owner``.

    Examples
    --------
    >>> def smooth(values, *, method="mean", width=3): ...
    >>> print(*idle_faults(smooth, "by mean", width=5))
    width: has no part by mean, got 5; leave it out
    """
    for option, value in given.items():
        usual = signature(owner).parameters[option].default
        if value is usual or (usual is not None and type(value) in _PLAIN and value == usual):
            continue
        shown = repr(value) if value is None or type(value) in _PLAIN else type(value).__name__
        yield text("faults.calls.options.part_leave_out", option=option, when=when, shown=shown)


def known_place_faults(owner: str, given: Iterable[Hashable], known: Iterable[Hashable]) -> Iterator[Wrong]:
    """Say which places of ``given`` are not among ``known``."""
    known = _each(known)
    unknown = sorted(_each(given) - known, key=str)
    if unknown:
        these = sorted(map(str, known))
        got = join_texts((_hinted(name, these) for name in unknown), by="list.semicolon")
        yield UnknownPlaceError(text("faults.options.place", owner=owner, got=got))


def _each(places: Any) -> set[Hashable]:  # noqa: ANN401 - any places
    # a column takes longer to go through than to find its few different values
    return set(places.unique().tolist() if isinstance(places, pd.Series | pd.Index) else places)


def check_known_places(owner: str, given: Iterable[Hashable], known: Iterable[Hashable]) -> None:
    """Raise `UnknownPlaceError` naming every place of ``given`` that is not among ``known``."""
    refuse(known_place_faults(owner, given, known))


def absent_place_faults(
    owner: str, given: Iterable[Hashable], places: Iterable[Hashable], *, needed: str = "a number"
) -> Iterator[Wrong]:
    """Say which places have no entry, and then which entries name no place; further entries alone do no harm."""
    given, places = list(given), list(places)
    named = set(given)
    absent = [str(place) for place in places if place not in named]
    if absent:
        yield from known_place_faults(owner, given, places)
        yield text(
            "faults.calls.options.every_place_none", owner=owner, needed=needed, absent=few(absent, most=_MOST_NAMED)
        )


def table_fault(
    table: str, needed: str | Text, got: str | Text, fix: str | Text, column: str | None = None
) -> TableError:
    """Return an error of one fault in a table, to raise at once or together with others."""
    return TableError([Fault(table, needed, got, fix, column=column)])


def column_faults(table: Any, name: str, columns: Iterable[Hashable]) -> Iterator[Wrong]:  # noqa: ANN401
    """Say so where something is no table, and which columns a table lacks, has twice or fills with lists."""
    if not isinstance(table, pd.DataFrame):
        yield text("faults.calls.options.table", name=name, name2=type(table).__name__)
        return
    faults = []
    for c in columns:
        if c not in table.columns:
            faults.append(Fault.of("faults.table.lacking", name, column=str(c), name=c, got=columns_of(table)))
        elif not readable(table, c):
            cells = table[c]
            if isinstance(cells, pd.DataFrame):
                times = cells.shape[1]
                faults.append(Fault.of("faults.table.twice", name, column=str(c), name=c, times=times))
            else:
                faults.append(Fault.of("faults.table.several", name, column=str(c), name=c))
    if faults:
        yield TableError(faults)


def readable(table: pd.DataFrame, column: Hashable) -> bool:
    """Say whether a table has a column once, with one value in each cell."""
    if column not in table.columns:
        return False
    cells = table[column]
    if isinstance(cells, pd.DataFrame):
        return False
    return cells.dtype != object or all(isinstance(cell, Hashable) for cell in cells.tolist())


def check_columns(table: object, name: str, columns: Iterable[Hashable]) -> None:
    """Raise `TableError` naming every column that a table lacks."""
    refuse(column_faults(table, name, columns))


def finite_series(values: pd.Series | Mapping[str, float] | Sequence[float], *, name: str = "values") -> pd.Series:
    """Return the values as floats by place; `OptionError` lists all that are missing or infinite."""
    with numeric(name):
        series = pd.Series(values, dtype=float)
    wrong = series[~np.isfinite(series.to_numpy())]
    if len(wrong):
        got = few(
            (text("faults.calls.alike.value_at_place", value=value, place=place) for place, value in wrong.items()),
            most=_MOST_NAMED,
        )
        raise OptionError(text("faults.calls.options.finite_numbers_fill_leave", name=name, got=got))
    if series.empty:
        raise OptionError(text("faults.calls.options.place_none", name=name))
    return series


def positive_series(
    values: pd.Series | Mapping[str, float] | Sequence[float], *, reason: str, zero: bool = False
) -> pd.Series:
    """Return the values as `finite_series` does; `OptionError` lists all that are below 0, or at 0 unless allowed."""
    series = finite_series(values)
    wrong = series[series < 0] if zero else series[series <= 0]
    if len(wrong):
        got = few(
            (
                text("faults.calls.alike.value_at_place", value=f"{value:g}", place=place)
                for place, value in wrong.items()
            ),
            most=_MOST_NAMED,
        )
        needed = (
            text("faults.calls.alike.numbers_of_at_least_0") if zero else text("faults.calls.alike.numbers_above_0")
        )
        raise OptionError(text("faults.calls.options.values", needed=needed, reason=reason, got=got))
    return series


def out_of_reach(values: Iterable[float]) -> float | None:
    """Return the largest of some numbers by size where powers of it are beyond what a computer holds, else None."""
    sizes = np.abs(values if isinstance(values, np.ndarray) else np.fromiter(values, dtype=float))
    largest = float(sizes.max(initial=0.0))
    return None if largest == 0 or _LEAST_REACH <= largest <= _MOST_REACH else largest


def reach_faults(values: Iterable[float], *, name: str) -> Iterator[Wrong]:
    """Say so where numbers are so large, or all so small, that their powers are beyond what a computer holds.

    Examples
    --------
    >>> print(*reach_faults([1.0, -1e200], name="values"))
    values: needed numbers up to 1e+50 whose largest is at least 1e-50, got 1e+200 as the largest; take another unit
    """
    largest = out_of_reach(values)
    if largest is not None:
        yield (
            text(
                "faults.calls.options.numbers_up_whose_largest",
                name=name,
                most_reach=f"{_MOST_REACH:g}",
                least_reach=f"{_LEAST_REACH:g}",
                largest=f"{largest:g}",
            )
        )
