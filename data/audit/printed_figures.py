"""Read a table of figures as printed numbers, with what their rounding and their wording leave open."""

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import pandas as pd

from ..contracts.check_table import check_table
from ..contracts.rules import ROW
from ..errors import Fault, TableError
from ..wording.catalogue import Text, join_texts, plain
from .intervals import Interval, printed_interval
from .wordings import worded_number

__all__ = ["NOT_PRINTED", "PrintedFigure", "printed_figures"]

# the sign before a number in the column comparator, and the wording that it stands for
_SIGNS = {"≈": "about", "≲": "nearly", "≳": "over", "<": "less_than", ">": "more_than"}
# kinds of figures of which a whole number is exact
_EXACT = frozenset({"count", "rank"})
_DATE = "date"
_MOST_OF = 2
# stands for a figure that is known to exist
NOT_PRINTED = "?"


@dataclass(frozen=True, slots=True)
class PrintedFigure:
    """A figure as printed.

    Parameters
    ----------
    id, printed, place, place_en, indicator, indicator_zh, year, unit, kind, source, reference : str
        As in the table, empty where it has none; ``reference`` is what the comparator names behind its bar.
    of : tuple of str
        Ids of the figures that it is a part of or derived from.
    rounding : Interval or None
        The number with its rounding; None where it is no number.
    value : Interval or None
        The same with what its wording leaves open besides.
    wording : str
        ``equal``, or what the sign of the comparator stands for.
    """

    id: str
    printed: str
    place: str
    place_en: str
    indicator: str
    indicator_zh: str
    year: str
    unit: str
    kind: str
    source: str
    reference: str
    of: tuple[str, ...]
    rounding: Interval | None
    value: Interval | None
    wording: str

    @property
    def number(self) -> Interval:
        """The number; only of figures that are one."""
        if self.value is None:
            raise TypeError(self.printed)
        return self.value

    @property
    def where(self) -> Text:
        """The place, or the id where there is none."""
        return Text.of(en=self.place_en or self.place or self.id, zh=self.place)

    @property
    def what(self) -> Text:
        """The indicator, or the id where there is none."""
        return Text.of(en=self.indicator or self.id, zh=self.indicator_zh)

    @property
    def named(self) -> Text:
        """What a sentence calls the figure."""
        known = [part for part, given in ((self.where, self.place), (self.what, self.indicator)) if given]
        name = join_texts(known, by="audit.named") if known else plain(self.id)
        return name.map(lambda said: f"{said} ({self.printed})")

    @property
    def span(self) -> tuple[int, int] | None:
        """First and last year of a figure that is about years from one to another."""
        first, dots, last = self.year.partition("..")
        return (int(first), int(last)) if dots and first.isdigit() and last.isdigit() else None


def printed_figures(figures: pd.DataFrame) -> Mapping[str, PrintedFigure]:
    """Return the figures of a table by id, in their order.

    Raises
    ------
    TableError
        If the table breaks its contract; a figure that is no number is a fault unless it is ``?`` or its unit is
        ``date``, and so is a figure ``of`` itself, be it by way of others, of one that the table does not hold, or of
        more than two.

    Examples
    --------
    >>> table = pd.DataFrame({"id": ["a"], "printed": ["4,000"], "comparator": ["≲|全国"], "kind": ["flow"]})
    >>> found = printed_figures(table)["a"]
    >>> float(found.value.low), float(found.value.high), found.reference
    (3600.0, 4000.0, '全国')
    """
    checked = check_table(figures, "figures", where="figures")
    columns = {str(name): [v if isinstance(v, str) else "" for v in cells.tolist()] for name, cells in checked.items()}
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    found = {row["id"]: _figure(row) for row in rows}
    numbered = figures.index if figures.index.name == ROW else range(2, len(figures) + 2)
    faults = []
    for at, one in zip(map(int, numbered), found.values(), strict=True):
        if one.value is None and one.unit != _DATE and one.printed != NOT_PRINTED:
            faults.append(Fault.of("faults.audit.printed", "figures", row=at, column="printed", got=one.printed))
        lost = [other for other in one.of if other not in found or other == one.id]
        faults += [Fault.of("faults.audit.of", "figures", row=at, column="of", got=other) for other in lost]
        if len(one.of) > _MOST_OF:
            faults.append(Fault.of("faults.audit.made_of", "figures", row=at, column="of", got="; ".join(one.of)))
    if way := _circle(found):
        at = dict(zip(found, map(int, numbered), strict=True))[way[0]]
        faults.append(Fault.of("faults.audit.circle", "figures", row=at, column="of", way=" → ".join(way)))
    if faults:
        raise TableError(faults)
    return found


def _circle(figures: Mapping[str, PrintedFigure]) -> list[str]:
    """Return the first figures found that are made of one another in a circle, from one of them back to it."""
    parents = {name: [other for other in one.of if other != name] for name, one in figures.items()}
    try:
        TopologicalSorter(parents).prepare()
    except CycleError as error:
        return [*reversed(error.args[1])]
    return []


def _figure(row: dict[str, str]) -> PrintedFigure:
    sign, _, reference = row.get("comparator", "").partition("|")
    wording = _SIGNS.get(sign.strip(), "equal")
    rounding = printed_interval(row["printed"], exact=row.get("kind", "") in _EXACT)
    kept = ("place", "place_en", "indicator", "indicator_zh", "year", "unit", "kind", "source")
    return PrintedFigure(
        id=row["id"],
        printed=row["printed"],
        **{name: row.get(name, "") for name in kept},
        reference=reference.strip(),
        of=tuple(one.strip() for one in row.get("of", "").split(";") if one.strip()),
        rounding=rounding,
        value=rounding and _widened(rounding, wording, row["printed"]),
        wording=wording,
    )


def _widened(rounding: Interval, wording: str, printed: str) -> Interval:
    """Widen a rounded number by what about, nearly or over leave open; bounds on one side only leave it as it is."""
    worded = worded_number(wording, printed) if wording in {"about", "nearly", "over"} else None
    if worded is None:
        return rounding
    range_ = worded.loose if wording == "about" else worded.strict
    return Interval(min(range_.low, rounding.center), rounding.center, max(range_.high, rounding.center))
