"""Read the columns that layers carry from tables of places."""

import pandas as pd

from ...data.places.both_names import both_names

__all__ = ["listed_places", "names_of", "text_cells", "text_column"]


def text_column(table: pd.DataFrame, column: str, *, fallback: str | None = None) -> pd.Series:
    """Return a column of text: empty, or that of another column, where a cell is missing."""
    return pd.Series(text_cells(table, column, fallback=fallback), index=table.index, name=column, dtype="str")


def text_cells(table: pd.DataFrame, column: str, *, fallback: str | None = None) -> list[str]:
    """Return the cells of a column of text, see `text_column`.

    Examples
    --------
    >>> text_cells(pd.DataFrame({"name": pd.Series(["B", None, ""], dtype="string")}), "name")
    ['B', '', '']
    """
    spare = table[fallback].astype(str).tolist() if fallback else [""] * len(table)
    if column not in table:
        return spare
    held = zip(table[column].tolist(), spare, strict=True)
    return [
        (cell or other) if isinstance(cell, str) else other if pd.isna(cell) is True else str(cell)
        for cell, other in held
    ]


def names_of(table: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Return the English and the Chinese names of places, see `both_names`."""
    columns = [text_cells(table, name) for name in ("place", "name_en", "name_zh")]
    pairs = [both_names(*row) for row in zip(*columns, strict=True)]
    return [english for english, _ in pairs], [chinese for _, chinese in pairs]


def listed_places(cell: object) -> list[str]:
    """Return the places that a cell lists, joined by semicolons."""
    return [] if pd.isna(cell) else [part.strip() for part in str(cell).split(";") if part.strip()]
