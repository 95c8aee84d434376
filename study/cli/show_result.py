"""Show a table of results on the command line, with headings, places and words in its language."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from ...data.vocabulary import name_of
from ...data.wording.catalogue import LANGUAGES, Text, look_up, text
from .say import LANGUAGE

if TYPE_CHECKING:
    import pandas as pd

    from ..results.study_results import StudyResults

__all__ = ["show_result"]

_out = Console(highlight=False, soft_wrap=True)
# where the heading of a column stands, by its name
_HEADINGS = ("command.columns.{}", "report.columns.{}", "methods.network.{}.name")


def show_result(
    results: "StudyResults", table: "pd.DataFrame", columns: Sequence[str], *, file: Path, language: str = LANGUAGE
) -> None:
    """Print some columns of a table of results, one table a network; a column without any value is left out.

    Parameters
    ----------
    results : StudyResults
    table : DataFrame
        One of ``results.shown``, or rows of it.
    columns : sequence of str
        ``place`` is followed by the names of the places where these are not their keys.
    file : Path
        Where all years of the table stand.
    language : str
        Of headings, names and words.
    """
    from ..facts.rows import place_texts

    names = {key: named.in_(language) for key, named in place_texts(results.shown).items()}
    tiers = results.study.tiers.order
    for title, rows in _parts(results, table, file=file, language=language):
        cells: dict[str, list[Any]] = {}
        for column in columns:
            values = rows[column].astype(object).where(rows[column].notna(), None).tolist()
            if "tier" in column:
                values = [None if v is None else tiers.name(v).in_(language) if v in tiers else v for v in values]
            elif column == "status":
                values = [None if v is None else name_of(v, "statuses").in_(language) for v in values]
            if any(value is not None for value in values):
                cells[_heading(column, language)] = values
            named = [names.get(str(value)) for value in values] if column == "place" else values
            if named != values:
                cells[text("command.columns.name").in_(language)] = named
        _print(title, cells)


def _parts(
    results: "StudyResults", table: "pd.DataFrame", *, file: Path, language: str
) -> "Iterator[tuple[str, pd.DataFrame]]":
    """Yield the rows of each network under its title, or all rows; a title names the year shown of several."""

    def dated(what: Text, year: int | None) -> str:
        said = what if year is None else text("command.year_shown", what=what, year=year, path=file)
        return said.in_(language)

    if "kind" not in table:
        year = results.index_year if "score" in table else None
        yield "" if year is None else dated(text("tables.scores"), year), table
        return
    titles = {network.name: network for network in results.study.networks}
    for kind, rows in table.groupby(table["kind"].astype(str), sort=False):
        network = titles.get(str(kind))
        title = Text.of(en=network.title, zh=network.title_zh) if network else Text.of()
        yield dated(title if all(title.said) else name_of(kind).capital(), results.network_years.get(str(kind))), rows


def _heading(column: str, language: str) -> str:
    keys = (key.format(column) for key in _HEADINGS)
    key = next(key for key in keys if look_up(LANGUAGES[0], key) is not None)
    return text(key).capital().in_(language)


def _print(title: str, cells: dict[str, list[Any]]) -> None:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title=escape(title) or None, title_justify="left", title_style="bold")
    for heading, values in cells.items():
        numeric = all(isinstance(value, int | float) for value in values if value is not None)
        table.add_column(escape(heading), justify="right" if numeric else "left", overflow="fold")
    for row in zip(*cells.values(), strict=True):
        table.add_row(*map(_cell, row))
    _out.print(table)


def _cell(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return "" if value is None else escape(str(value))
