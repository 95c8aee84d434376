"""Read the values of places over years into one array: years x places, with weights and groups beside it."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import check_columns, reach_faults, refuse, table_fault
from ...data.places.keys import as_keys, key_text
from ...data.wording.catalogue import join_texts, text

__all__ = ["Given", "PlaceValues", "as_place_values"]

Given = str | pd.Series | None
_MOST = 8


@dataclass(frozen=True, eq=False)
class PlaceValues:
    """Values of places, years x places; what is missing has a weight of 0.

    Parameters
    ----------
    by : str or None
        Name of the column of years; None where there are none.
    periods : ndarray
        Years, rising.
    places : Index
        Keys of the places, in the order of their text.
    given : Index
        The same keys in the order in which they first stand in the table.
    numbers, weights : ndarray
        T x n; 0 where there is no value.
    known : ndarray
        T x n: whether there is a value.
    weighted : bool
        Whether weights were given.
    groups : dict of str to (ndarray, list)
        For each level, outermost first: number of the group (T x n) and the names of the groups.
    """

    by: str | None
    periods: np.ndarray
    places: pd.Index
    given: pd.Index
    numbers: np.ndarray
    weights: np.ndarray
    known: np.ndarray
    weighted: bool
    groups: dict[str, tuple[np.ndarray, list[Hashable]]]

    @property
    def counts(self) -> np.ndarray:
        """Places with a value in each year."""
        return self.known.sum(axis=1)

    def years_column(self, repeats: int = 1) -> dict[str, np.ndarray]:
        """Return the column of years for a table, or nothing where there are none."""
        return {} if self.by is None else {self.by: np.repeat(self.periods, repeats)}


def as_place_values(
    values: pd.DataFrame | pd.Series,
    *,
    weights: Given = None,
    groups: str | Sequence[str] | pd.Series | pd.DataFrame | None = None,
    by: str | None = "year",
    negative: bool = False,
    positive: bool = False,
) -> PlaceValues:
    """Return values, weights and groups as arrays; every fault says which places it concerns."""
    table, by, first, given = _table(values, by)
    weight = None if weights is None else _beside(table, weights, "weights")
    levels = {str(level.name): level for level in (_beside(table, one, "groups") for one in _levels(groups))}
    if len(levels) < len(_levels(groups)):
        raise OptionError(text("faults.calls.place_values.groups_levels_different_names", levels=join_texts(levels)))
    order = np.asarray(given.argsort())
    row = np.empty(len(order), int)
    row[order] = np.arange(len(order))
    row = row[first]
    periods, year = (np.array([0]), np.zeros(len(table), int)) if by is None else _periods(table, by)
    shape = (len(periods), len(order))
    cell = year * shape[1] + row
    if np.bincount(cell).max() > 1:
        got = text("faults.calls.place_values.again", places=_named(table[pd.Series(cell).duplicated().to_numpy()], by))
        raise table_fault(
            "values",
            text("faults.calls.place_values.each_place_once_year"),
            got,
            text("faults.calls.alike.remove_copies"),
        )
    number = _numbers(table, table["value"], "values")
    size = np.ones(len(table)) if weight is None else _numbers(table, weight, "weights")
    known = ~np.isnan(number)
    wrong = np.zeros(len(table), bool) if negative else number < 0
    wrong |= (number <= 0) if positive else False
    if wrong.any():
        needed = (
            text("faults.calls.alike.numbers_above_0") if positive else text("faults.calls.alike.numbers_of_at_least_0")
        )
        raise OptionError(
            text("faults.calls.place_values.values_others", needed=needed, places=_named(table[wrong], by))
        )
    bad = known & ~(size >= 0)
    if bad.any():
        needed = text("faults.calls.place_values.weights_number_0_wherever")
        raise OptionError(text("faults.calls.place_values.none", needed=needed, places=_named(table[bad], by)))
    x, held = np.zeros(shape[0] * shape[1]), np.zeros(shape[0] * shape[1], bool)
    x[cell], held[cell] = np.where(known, number, 0), known
    w = held.astype(float)
    if weight is not None:
        w[cell] = np.where(known, size, 0)
    x, w, held = x.reshape(shape), w.reshape(shape), held.reshape(shape)
    coded = {name: _codes(table, level, known, (year, row), shape, by) for name, level in levels.items()}
    given = pd.Index(given, name="place")
    return PlaceValues(by, periods, given[order], given, x, w, held, weight is not None, coded)


def _table(values: Any, by: str | None) -> tuple[pd.DataFrame, str | None, np.ndarray, pd.Index]:  # noqa: ANN401 - of several kinds
    """Return the rows, the column of years, the number of the place of each row, and the places as they come."""
    if isinstance(values, pd.Series):
        if by not in (None, "year"):
            raise OptionError(text("faults.calls.place_values.part_where_values_numbers", by=repr(by)))
        table, by = pd.DataFrame({"place": values.index.map(key_text), "value": values.to_numpy()}), None
    else:
        check_columns(values, "values", ("place", "value", *([by] if by else [])))
        table = pd.DataFrame(values).reset_index(drop=True)
    if not len(table):
        raise OptionError(text("faults.calls.place_values.values_place_empty_table"))
    # a key is written once for each place, not once for each row
    code, found = pd.factorize(table["place"])
    found = pd.Series(found)
    keys = as_keys(found)
    if not keys.equals(found):
        place, written = pd.factorize(keys)
        code = np.append(place, -1)[code]
        found = pd.Series(written)
        table = table.assign(place=found.reindex(code).to_numpy())
    if (code < 0).any():
        raise table_fault(
            "values",
            text("faults.calls.alike.place_every_row"),
            text("faults.calls.alike.row_without"),
            text("faults.calls.place_values.add_place"),
            "place",
        )
    return table, by, code, pd.Index(found)


def _levels(groups: Any) -> list[Any]:  # noqa: ANN401 - of several kinds
    if groups is None:
        return []
    if isinstance(groups, str | pd.Series):
        return [groups]
    return [groups[column] for column in groups] if isinstance(groups, pd.DataFrame) else list(groups)


def _beside(table: pd.DataFrame, given: Any, option: str) -> Any:  # noqa: ANN401 - of several kinds
    """Return what was given as a column beside the table."""
    if isinstance(given, pd.Series):
        keyed = given.set_axis(given.index.map(key_text))
        if keyed.index.has_duplicates:
            double = ", ".join(keyed.index[keyed.index.duplicated()])
            raise OptionError(text("faults.calls.place_values.each_place_once_again", option=option, double=double))
        return table["place"].map(keyed).rename(option[:-1] if given.name is None else given.name)
    if not isinstance(given, str):
        raise OptionError(
            text("faults.calls.place_values.name_column_series_place", option=option, name=type(given).__name__)
        )
    check_columns(table, "values", (given,))
    return table[given]


def _numbers(table: pd.DataFrame, column: Any, option: str) -> np.ndarray:  # noqa: ANN401 - of any type
    number = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    wrong = np.isinf(number) | (np.isnan(number) & column.notna().to_numpy())
    if wrong.any():
        raise OptionError(
            text(
                "faults.calls.place_values.finite_numbers_correct_value",
                option=option,
                iloc=repr(column[wrong].iloc[0]),
                places=_named(table[wrong]),
            )
        )
    refuse(reach_faults(number[~np.isnan(number)], name=option))
    return number


def _periods(table: pd.DataFrame, by: str) -> tuple[np.ndarray, np.ndarray]:
    if table[by].isna().any():
        raise table_fault(
            "values",
            text("faults.calls.alike.every_row", by=by),
            text("faults.calls.alike.row_without"),
            text("faults.calls.alike.add_column", by=by),
            by,
        )
    try:
        year, periods = pd.factorize(table[by], sort=True)
        sorted(periods)
    except TypeError:
        fix = text("faults.calls.place_values.write_way", by=by)
        raise table_fault(
            "values",
            text("faults.calls.place_values.numbers_alone_text_alone"),
            text("faults.calls.place_values.some_each"),
            fix,
            by,
        ) from None
    return np.asarray(periods), year


def _codes(
    table: pd.DataFrame,
    column: Any,  # noqa: ANN401 - of any type
    known: np.ndarray,
    at: tuple[np.ndarray, np.ndarray],
    shape: tuple[int, int],
    by: str | None,
) -> tuple[np.ndarray, list[Hashable]]:
    without = known & column.isna().to_numpy()
    if without.any():
        raise OptionError(text("faults.calls.place_values.groups_group_every_place", places=_named(table[without], by)))
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.cat.remove_unused_categories()
        number, names = column.cat.codes.to_numpy(), list(column.cat.categories)
    else:
        number, found = pd.factorize(column, sort=True)
        names = list(found)
    codes = np.full(shape, -1)
    codes[at] = np.where(known, number, -1)
    return codes, names


def _named(rows: pd.DataFrame, by: str | None = None) -> str:
    names = rows["place"].astype(str)
    if by is not None:
        names = names + " in " + rows[by].astype(str)
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names.iloc[:_MOST]) + more
