"""Draw tables that keep a contract."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..contracts.input_tables import columns_in
from ..contracts.rules import Column
from ..options import check_number
from .strategies import strategies

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["PLACES", "valid_tables"]

PLACES = ("\u5317\u4eac", "\u4e0a\u6d77", "\u6b66\u6c49", "Hefei", "Xi'an", "São Paulo", "A-1", "42")
_WORDS = ("a", "b c", "\u7814\u53d1", "x;y", "1,5", 'say "so"', "=1+1", "<b>", "naïve")
_DATES = ("2019-05-31", "2020-02-29", "1999-01-01", "2021-12-31")
_LARGEST = 1e6


def valid_tables(contract: str, *, places: Sequence[str] = PLACES, most: int = 8) -> "SearchStrategy[pd.DataFrame]":
    """Return a strategy of tables that `check_table` accepts without a fault.

    Cells are text, as a CSV file holds them. A table has the required columns of its contract and any of the others,
    in any order, and from one row to ``most``. Keys do not repeat, ``part_of`` and ``parent`` name places of rows
    above.

    Parameters
    ----------
    contract : str
        Name of the contract (see `contract`).
    places : sequence of str
        Names for the places of the table.
    most : int
        Most rows; fewer where the names allow no more.

    Returns
    -------
    SearchStrategy

    Raises
    ------
    OptionError
        If no contract has that name.
    MissingExtraError
        If hypothesis is not installed.

    Examples
    --------
    >>> from hypothesis import given, settings
    >>> from innoscape.data import check_table
    >>> @settings(max_examples=5, database=None, deadline=None)
    ... @given(valid_tables("costs"))
    ... def test_costs_are_read(table):
    ...     assert len(check_table(table, "costs")) == len(table)
    >>> test_costs_are_read()
    """
    st = strategies()
    columns = columns_in(contract)
    check_number("most", most, least=1, whole=True)

    @st.composite
    def drawn(draw: Callable[[Any], Any]) -> pd.DataFrame:
        spare = [column for column in columns if not column.required]
        optional = draw(st.lists(st.sampled_from(spare), unique_by=lambda one: one.name)) if spare else []
        chosen = draw(st.permutations([*(column for column in columns if column.required), *optional]))
        if not chosen:
            chosen = [*columns[:1]]
        n = draw(st.integers(1, most))
        rows: dict[tuple[str, ...], dict[str, str]] = {}
        for _ in range(n):
            row = {column.name: draw(_cells(st, column, places)) for column in chosen}
            if row.get("source") is not None and row.get("source") == row.get("target"):
                continue
            rows.setdefault(tuple(row[column.name] for column in chosen if column.key), row)
        if not rows:
            row = {column.name: draw(_cells(st, column, places)) for column in chosen}
            rows[()] = {**row, "source": places[0], "target": places[1]}
        table = pd.DataFrame([*rows.values()], columns=[column.name for column in chosen], dtype="str")
        for column in chosen:
            if column.refers_to == "own" or column.name == "member_of":
                above = [["", *table["place"][:at]] for at in range(len(table))]
                table[column.name] = [draw(st.sampled_from(names)) for names in above]
        return table

    return drawn()


def _cells(st: Any, column: Column, places: Sequence[str]) -> Any:  # noqa: ANN401 - the library and a strategy of it
    """Return a strategy of the cells of a column."""
    if column.choices:
        cells = st.sampled_from(column.choices)
    elif column.refers_to == "places" or column.name == "place":
        cells = st.sampled_from(places)
    elif column.dtype == "number":
        low = -_LARGEST if column.minimum is None else column.minimum
        high = _LARGEST if column.maximum is None else column.maximum
        if column.name == "lat":
            low, high = 18.0, 53.0
        elif column.name == "lon":
            low, high = 74.0, 134.0
        cells = st.floats(low, high).map(lambda number: f"{number:.6g}")
    elif column.dtype == "integer":
        cells = st.integers(1900, 2100).map(str)
    elif column.name == "unit":
        cells = st.just("km")
    elif column.dtype in ("date", "time"):
        cells = st.sampled_from(_DATES)
    else:
        cells = st.sampled_from(_WORDS)
    return cells if column.required or column.key else st.one_of(st.just(""), cells)
