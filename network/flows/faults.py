"""Check what a model of diffusion is given, and refuse it with all that is wrong at once.

Every check yields what is wrong in words, so that one error can list all of it.
"""

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeGuard, cast

import numpy as np
import pandas as pd

from ...data.errors import OptionError

__all__ = [
    "adoption_faults",
    "center_faults",
    "flow_faults",
    "is_number",
    "listed",
    "matrix_faults",
    "name_faults",
    "noted",
    "number_faults",
    "numbers_of",
    "numeric",
    "place_faults",
    "plain_ends",
    "planted",
    "refuse",
]


_HINT = "; check the table with check_table(flows, 'flows')"


def refuse(faults: Iterable[str]) -> None:
    """Raise one error that holds every fault."""
    found = list(faults)
    if found:
        raise OptionError("; ".join(found))


@contextmanager
def noted(faults: list[str]) -> Iterator[None]:
    """Add what is refused to other faults, and go on, so that one error can list all of them."""
    try:
        yield
    except OptionError as error:
        faults.append(str(error))


@contextmanager
def numeric(what: str) -> Iterator[None]:
    """Refuse what cannot be read as numbers."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise OptionError(f"{what} must be numbers: {error}") from None


def is_number(value: object) -> TypeGuard[float]:
    """Say whether a value is one finite number."""
    plain = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    return plain and math.isfinite(float(value))  # type: ignore[arg-type]


def number_faults(
    name: str,
    value: object,
    *,
    least: float | None = None,
    most: float | None = None,
    above: float | None = None,
    whole: bool = False,
) -> Iterator[str]:
    """Say what is wrong with a number."""
    right = is_number(value) and (not whole or isinstance(value, int | np.integer))
    low, high = -np.inf if least is None else least, np.inf if most is None else most
    if right and low <= value <= high and (above is None or value > above):  # type: ignore[operator]
        return
    needed = "a whole number" if whole else "a finite number"
    if above is not None:
        needed = "a positive number" if above == 0 else f"{needed} above {above:g}"
    if least is not None and most is not None:
        needed += f" between {least:g} and {most:g}"
    elif least is not None or most is not None:
        needed += f" of at least {least:g}" if least is not None else f" of at most {most:g}"
    yield f"{name} must be {needed}, got {value!r}"


def listed(given: object, *, name: str) -> tuple[Hashable, ...]:
    """Return several names as a tuple, refusing a single text, whose letters would be taken for names."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise OptionError(f"{name} must be several, got {given!r}; write [{given!r}]")
    return tuple(given)


def plain_ends(flows: pd.DataFrame) -> pd.DataFrame:
    """Return flows whose ends are names, so that both can be compared where they are categories of their own."""
    ends = [end for end in ("source", "target") if isinstance(flows[end].dtype, pd.CategoricalDtype)]
    return flows.assign(**{end: flows[end].astype(flows[end].cat.categories.dtype) for end in ends})


def planted(seeds: object) -> object:
    """Return seeds as a mapping or a list, which can be read more than once; other things are left as they are."""
    if isinstance(seeds, pd.Series):
        if pd.api.types.is_numeric_dtype(seeds):
            raise OptionError("a Series of numbers may hold places or times: give seeds as .tolist() or as .to_dict()")
        seeds = list(cast("Iterable[Hashable]", seeds))
    if isinstance(seeds, str | Mapping) or not isinstance(seeds, Iterable):
        return seeds
    found = list(seeds)
    if strange := [repr(one) for one in found if not isinstance(one, Hashable)]:
        raise OptionError(f"seeds must be names of places, got {', '.join(strange)}")
    return found


def name_faults(given: Iterable[Hashable], known: Iterable[Hashable], *, among: str, name: str = "") -> Iterator[str]:
    """Say which of several names are not known."""
    these = set(known)
    unknown = [repr(one) for one in dict.fromkeys(given) if one not in these]
    if unknown:
        yield f"{name} {', '.join(unknown)} {'is' if len(unknown) == 1 else 'are'} not among {among}".lstrip()


def place_faults(
    given: Mapping[Hashable, float] | pd.Series | float, places: Sequence[Hashable], *, name: str
) -> Iterator[str]:
    """Say what is wrong with one number for all places, or with a number for some."""
    if isinstance(given, Mapping | pd.Series):
        rows: dict[Hashable, object] = dict(given.items())  # type: ignore[union-attr]
        yield from name_faults(rows, places, name=f"{name} for", among=f"the {len(places)} centers")
        wrong = [f"{value!r} for {place}" for place, value in rows.items() if not (is_number(value) and value >= 0)]
    else:
        wrong = [] if is_number(given) and given >= 0 else [f"{given!r}"]
    if wrong:
        yield f"{name} must be finite and at least 0, got {', '.join(wrong)}"


def numbers_of(
    given: Mapping[Hashable, float] | pd.Series | float, places: Sequence[Hashable], *, default: float
) -> pd.Series:
    """Return one number for each place, from a number for all or from numbers for some."""
    if isinstance(given, int | float | np.integer | np.floating):
        return pd.Series(float(given), index=list(places))
    return pd.Series(dict(given.items()), dtype=float).reindex(list(places)).fillna(default)


def center_faults(centers: pd.DataFrame) -> Iterator[str]:
    """Say what is wrong with a table of centers."""
    if not isinstance(centers, pd.DataFrame):
        yield f"centers must be a table with place and tier, got {type(centers).__name__}"
        return
    if "place" not in centers:
        yield "centers lack the column place"
    else:
        place = centers["place"]
        if place.isna().any():
            yield f"{int(place.isna().sum())} of {len(place)} centers have no place"
        if len({isinstance(p, str) for p in place.dropna()}) > 1:
            yield "places must be all names or all numbers"
        repeated = place[place.duplicated() & place.notna()].unique()
        if len(repeated):
            yield f"centers name {', '.join(map(str, repeated))} more than once"
    if "tier" not in centers:
        yield "centers lack the column tier"
    elif not isinstance(centers["tier"].dtype, pd.CategoricalDtype) or not centers["tier"].cat.ordered:
        yield "centers['tier'] must be an ordered categorical, highest tier first"
    elif centers["tier"].isna().any():
        without = centers.get("place", pd.Series(centers.index, index=centers.index))[centers["tier"].isna()]
        yield f"no tier for {', '.join(map(str, without))}; give one or leave these places out"


def matrix_faults(given: pd.DataFrame, *, name: str, places: Sequence[Hashable] = ()) -> Iterator[str]:
    """Say what is wrong with a labeled matrix of numbers of at least 0, in which cells and places may be missing."""
    if not isinstance(given, pd.DataFrame):
        yield f"{name} must be a table labeled by places, got {type(given).__name__}"
        return
    for which, labels in (("rows", given.index), ("columns", given.columns)):
        if not labels.is_unique:
            yield f"{name} hold {which} of {', '.join(map(str, labels[labels.duplicated()].unique()))} more than once"
        yield from _strangers(labels, places, what=f"{which} of {name}")
    try:
        cells = given.to_numpy(dtype=float)
    except (TypeError, ValueError):
        yield f"{name} must be numbers"
        return
    if not (np.isnan(cells) | (np.isfinite(cells) & (cells >= 0))).all():
        yield f"{name} must be finite and at least 0"


def _strangers(given: Iterable[Hashable], places: Sequence[Hashable], *, what: str) -> Iterator[str]:
    """Say so where names, if there are any, have none in common with the centers."""
    named = set(given)
    if named and len(places) and named.isdisjoint(places):
        yield f"{what} name none of the {len(places)} centers, but {', '.join(sorted(map(str, named))[:3])}"


def flow_faults(flows: pd.DataFrame, places: Sequence[Hashable] = ()) -> Iterator[str]:
    """Say what is wrong with a table of flows: strengths between named places, some of them centers."""
    if not isinstance(flows, pd.DataFrame):
        yield f"flows must be a table with source, target and value, got {type(flows).__name__}"
        return
    ends = [end for end in ("source", "target") if end in flows]
    if missing := [column for column in ("source", "target", "value") if column not in flows]:
        have = ", ".join(map(str, flows.columns)) or "none"
        yield f"flows lack the column {', '.join(missing)}; they have {have}"
    if flows[ends].isna().any(axis=None):
        yield f"every flow needs a source and a target{_HINT}"
    yield from _strangers((name for end in ends for name in flows[end].dropna()), places, what="flows")
    if "value" in flows:
        value = pd.to_numeric(flows["value"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        if (wrong := ~(np.isfinite(value) & (value >= 0))).any():
            first = int(np.argmax(wrong))
            pair = " to ".join(str(flows[end].iloc[first]) for end in ends)
            given = flows["value"].iloc[first]
            got = f"{given:g}" if isinstance(given, int | float | np.number) else repr(given)
            yield f"flow values must be finite numbers of at least 0, got {got}{' from ' * bool(pair)}{pair}{_HINT}"


def adoption_faults(adoptions: pd.DataFrame) -> Iterator[str]:
    """Say what is wrong with a table of adoptions."""
    if not isinstance(adoptions, pd.DataFrame):
        yield f"adoptions must be a table with place and time, got {type(adoptions).__name__}"
        return
    missing = [c for c in ("place", "time") if c not in adoptions]
    if missing:
        yield f"adoptions lack the column {', '.join(missing)}; they need place and time"
    if adoptions[[c for c in ("place", "innovation") if c in adoptions]].isna().any(axis=None):
        yield "every adoption needs a place, and an innovation where the table has that column"
    if "time" in adoptions:
        given = adoptions["time"]
        time = pd.to_numeric(given, errors="coerce").astype(float)
        dated = pd.api.types.is_datetime64_any_dtype(given) or any(isinstance(t, str) for t in given)
        if dated or (time.isna() & given.notna()).any() or np.isneginf(time).any():
            yield "times of adoption must be numbers, such as years; months may be fractions of a year"
