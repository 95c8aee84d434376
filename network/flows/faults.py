"""Check the tables and values that a model of networks is given: centers, flows, adoptions, matrices, traits."""

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd

from ...data.distinct import distinct
from ...data.errors import OptionError
from ...data.options import Wrong, column_faults, is_number, known_place_faults, reach_faults, readable, table_fault
from ...data.wording.catalogue import join_texts, text

__all__ = [
    "adoption_faults",
    "center_faults",
    "flow_faults",
    "matrix_faults",
    "numbers_of",
    "plain_ends",
    "planted",
    "value_faults",
]


_FIX = "check the table with check_table(flows, 'flows')"


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
        raise OptionError(text("faults.calls.faults.seeds_must_names_places", strange=join_texts(strange)))
    return found


def value_faults(
    given: Mapping[Hashable, float] | pd.Series | float, places: Sequence[Hashable], *, name: str
) -> Iterator[Wrong]:
    """Say what is wrong with one number for all places, or with a number for some."""
    if isinstance(given, Mapping | pd.Series):
        rows = _by_place(given)
        yield from known_place_faults(name, rows, places)
        wrong = [f"{value!r} for {place}" for place, value in rows.items() if not (is_number(value) and value >= 0)]
    else:
        wrong = [] if is_number(given) and given >= 0 else [f"{given!r}"]
    if wrong:
        yield text("faults.calls.faults.finite_numbers_0", name=name, wrong=join_texts(wrong))


def _by_place(given: Mapping[Hashable, Any] | pd.Series) -> dict[Hashable, Any]:
    # a column as a list is read at once, its items one by one
    return {**given} if isinstance(given, Mapping) else dict(zip(given.index.tolist(), given.tolist(), strict=True))


def numbers_of(
    given: Mapping[Hashable, float] | pd.Series | float,
    places: Sequence[Hashable],
    *,
    default: float,
    index: pd.Index | None = None,
) -> pd.Series:
    """Return one number for each place, from a number for all or from numbers for some.

    ``index`` holds the places as an index, where it is known already.
    """
    index = pd.Index(list(places)) if index is None else index
    if isinstance(given, int | float | np.integer | np.floating):
        return pd.Series(float(given), index=index)
    held = _by_place(given)
    number = np.array([held.get(place, default) for place in places], dtype=float)
    return pd.Series(np.where(np.isnan(number), default, number), index=index)


def center_faults(centers: pd.DataFrame) -> Iterator[Wrong]:
    """Say what is wrong with a table of centers."""
    yield from column_faults(centers, "centers", ("place", "tier"))
    if not isinstance(centers, pd.DataFrame):
        return
    if "place" in centers:
        place = centers["place"]
        if place.isna().any():
            came = text("faults.calls.faults.without", place=int(place.isna().sum()), place2=len(place))
            yield table_fault(
                "centers",
                text("faults.calls.alike.place_every_row"),
                came,
                text("faults.calls.alike.fill_cells_drop_rows"),
                "place",
            )
        if len({isinstance(p, str) for p in distinct(place)}) > 1:
            yield table_fault(
                "centers",
                text("faults.calls.faults.places_all_names_all"),
                "both",
                text("faults.calls.faults.write_all_text"),
                "place",
            )
        repeated = [] if place.is_unique else place[place.duplicated() & place.notna()].unique()
        if len(repeated):
            came = text("faults.calls.faults.more_than_once", v=join_texts(map(str, repeated)))
            yield table_fault(
                "centers",
                text("faults.calls.alike.each_place_once"),
                came,
                text("faults.calls.alike.drop_copies"),
                "place",
            )
    if "tier" in centers:
        tier = centers["tier"]
        if not isinstance(tier.dtype, pd.CategoricalDtype) or not tier.cat.ordered:
            needed = text("faults.calls.faults.ordered_categorical_highest_tier")
            yield table_fault(
                "centers", needed, str(tier.dtype), text("faults.calls.faults.convert_astype_tier_dtype"), "tier"
            )
        elif tier.isna().any():
            without = centers.get("place", pd.Series(centers.index, index=centers.index))[tier.isna()]
            came = text("faults.calls.alike.none_for", v=join_texts(map(str, without)))
            yield table_fault(
                "centers",
                text("faults.calls.faults.tier_every_place"),
                came,
                text("faults.calls.faults.leave_these_places_out"),
                "tier",
            )


def matrix_faults(
    given: pd.DataFrame, *, name: str, places: Sequence[Hashable] = (), infinite: bool = False
) -> Iterator[Wrong]:
    """Say what is wrong with a labeled matrix of numbers of at least 0, in which cells and places may be missing."""
    if not isinstance(given, pd.DataFrame):
        yield text("faults.calls.faults.table_labeled_places", name=name, name2=type(given).__name__)
        return
    for which, labels in (("rows", given.index), ("columns", given.columns)):
        if not labels.is_unique:
            twice = ", ".join(map(str, labels[labels.duplicated()].unique()))
            yield table_fault(
                name,
                text("faults.calls.faults.each_place_once_2", which=which),
                text("faults.calls.alike.more_than_once", twice=twice),
                text("faults.calls.alike.drop_copies"),
            )
        yield from _strangers(labels, places, what=f"{which} of {name}")
    try:
        cells = given.to_numpy(dtype=float)
    except (TypeError, ValueError):
        yield table_fault(
            name, "numbers", text("faults.calls.alike.something_else"), text("faults.calls.alike.convert_cells")
        )
        return
    sound = cells >= 0 if infinite else np.isfinite(cells) & (cells >= 0)
    if not (np.isnan(cells) | sound).all():
        needed = f"{'' if infinite else 'finite '}numbers of at least 0"
        yield table_fault(name, needed, "others", text("faults.calls.faults.correct_these_cells_leave"))


def _strangers(given: Iterable[Hashable], places: Sequence[Hashable], *, what: str) -> Iterator[Wrong]:
    """Say so where names, if there are any, have none in common with the centers."""
    if not len(places):
        return
    named = set(given)
    if named and named.isdisjoint(places):
        yield f"{what} name none of the {len(places)} centers, but {', '.join(sorted(map(str, named))[:3])}"


def flow_faults(flows: pd.DataFrame, places: Sequence[Hashable] = ()) -> Iterator[Wrong]:
    """Say what is wrong with a table of flows: strengths between named places, some of them centers."""
    yield from column_faults(flows, "flows", ("source", "target", "value"))
    if not isinstance(flows, pd.DataFrame):
        return
    ends = [end for end in ("source", "target") if readable(flows, end)]
    # far fewer places than rows are looked at
    named = {end: pd.Series(flows[end].unique()) for end in ends}
    for end, held in named.items():
        if held.hasnans:
            yield table_fault(
                "flows",
                text("faults.calls.faults.every_row", end=end),
                text("faults.calls.faults.without_2", flows=int(flows[end].isna().sum())),
                _FIX,
                end,
            )
    yield from _strangers((name for held in named.values() for name in distinct(held)), places, what="flows")
    if readable(flows, "value"):
        value = pd.to_numeric(flows["value"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        if (wrong := ~(np.isfinite(value) & (value >= 0))).any():
            first = int(np.argmax(wrong))
            pair = " to ".join(str(flows[end].iloc[first]) for end in ends)
            given = flows["value"].iloc[first]
            got = f"{given:g}" if isinstance(given, int | float | np.number) else repr(given)
            got += f"{' from ' * bool(pair)}{pair}"
            yield table_fault("flows", text("faults.calls.faults.finite_numbers_0_2"), got, _FIX, "value")
        else:
            yield from reach_faults(value, name="flows")


def adoption_faults(adoptions: pd.DataFrame) -> Iterator[Wrong]:
    """Say what is wrong with a table of adoptions."""
    yield from column_faults(adoptions, "adoptions", ("place", "time"))
    if not isinstance(adoptions, pd.DataFrame):
        return
    for column in ("place", "innovation"):
        if readable(adoptions, column) and adoptions[column].isna().any():
            came = text("faults.calls.faults.rows_without", adoptions=int(adoptions[column].isna().sum()))
            yield table_fault(
                "adoptions",
                text("faults.calls.faults.every_row_2", column=column),
                came,
                text("faults.calls.alike.fill_cells_drop_rows"),
                column,
            )
    if readable(adoptions, "time"):
        given = adoptions["time"]
        time = pd.to_numeric(given, errors="coerce").astype(float)
        dated = pd.api.types.is_datetime64_any_dtype(given) or any(isinstance(t, str) for t in given)
        if dated or (time.isna() & given.notna()).any() or np.isneginf(time).any():
            needed, fix = "numbers, such as years", "write months as fractions of a year"
            yield table_fault("adoptions", needed, text("faults.calls.faults.dates_text_minus_infinity"), fix, "time")
        yield from reach_faults(time[np.isfinite(time)], name="adoptions, column time")
