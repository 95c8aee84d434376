"""Read the tiers that places were published on, as a table of a study lists them."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from ...data import Fault, StudyError, TableError
from ...data.contracts.rules import tier_advice
from ...data.places.keys import as_keys
from .fields import STUDY_FILE

__all__ = ["listed_places", "published_tiers"]


def published_tiers(
    wanted: Any,  # noqa: ANN401 - the section of the study file
    table: pd.DataFrame,
    places: pd.DataFrame,
    tiers: Iterable[str],
    *,
    where: str,
) -> pd.Series:
    """Return place -> published tier.

    Parameters
    ----------
    wanted : PublishedTiers
    table : DataFrame
    places : DataFrame
    tiers : iterable of str
        Those of the study.
    where : str
        As faults name the table.

    Raises
    ------
    StudyError
        If the table lacks a column.
    TableError
        With every row that names no place or no tier, or gives a place a second tier.
    """
    columns, scale = wanted.place_columns, list(tiers)
    if absent := [column for column in (*columns, wanted.tier) if column not in table]:
        said = {"table": wanted.table, "names": absent, "columns": list(table.columns)}
        raise StudyError([Fault.of("faults.study.published_column", STUDY_FILE, column="tiers.published", **said)])
    pairs = pd.concat(
        [_split(table[column]).assign(tier=as_keys(table[wanted.tier]), column=column) for column in columns]
    )
    pairs = pairs.dropna().astype({"tier": str}).drop_duplicates(["place", "tier"])
    faults = listed_places(pairs, places, where)
    again = pairs[pairs["place"].duplicated()]
    faults += [_fault("faults.study.published_twice", where, row, row["place"]) for _, row in again.iterrows()]
    for _, row in pairs[~pairs["tier"].isin(scale)].iterrows():
        got = row["tier"]
        said = {"names": scale, "fix": tier_advice(got, scale)}
        faults.append(_fault("faults.cell.choice", where, {**row, "column": wanted.tier}, got, **said))
    if faults:
        raise TableError(faults)
    return pairs.set_index("place")["tier"]


def listed_places(cells: pd.Series | pd.DataFrame, places: pd.DataFrame, where: str) -> list[Fault]:
    """Find names that are the key of no place, in a column whose cells hold several, or among names already apart."""
    rows = _split(cells).assign(column=cells.name) if isinstance(cells, pd.Series) else cells
    strange = rows[~rows["place"].isin(set(places["place"]))]
    return [_fault("faults.study.listed_place", where, row, row["place"]) for _, row in strange.iterrows()]


def _split(cells: pd.Series) -> pd.DataFrame:
    """Return the places that the cells of a column hold, joined by semicolons, each with its row; the index stays."""
    # rows of a table stand below its header
    named = [
        (label, place, row)
        for row, (label, cell) in enumerate(zip(cells.index, as_keys(cells).tolist(), strict=True), 2)
        if isinstance(cell, str)
        for one in cell.split(";")
        if (place := one.strip())
    ]
    labels, listed, rows = zip(*named, strict=True) if named else ((), (), ())
    columns = {"place": pd.Series(listed, dtype="str"), "row": pd.Series(rows, dtype="int64")}
    return pd.DataFrame(columns).set_axis(pd.Index(labels, dtype=cells.index.dtype, name=cells.index.name))


def _fault(key: str, where: str, row: Any, got: object, **values: object) -> Fault:  # noqa: ANN401 - a row
    return Fault.of(key, where, row=int(row["row"]), column=str(row["column"]), got=repr(got), **values)
