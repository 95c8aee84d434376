"""Read one measure of the places of results: a score, a tier, an indicator, or how much it changed between years."""

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from ...data import OptionError
from ...data.vocabulary import unit_name
from .style import Voice, clean

if TYPE_CHECKING:
    from ..results.study_results import StudyResults

__all__ = ["Measured", "measure_choices", "measured"]

_PARTS = ("score_", "level_")


class Measured(NamedTuple):
    """Values by place, sorted by place; how they are called; whether they are changes."""

    numbers: pd.Series
    title: str
    unit: str
    change: bool


def measure_choices(results: "StudyResults") -> list[str]:
    """List what can be shown of each place: columns of the scores, then indicators."""
    scores = results.shown.get("scores")
    own = [] if scores is None else [c for c in scores if c in ("score", "tier") or str(c).startswith(_PARTS)]
    indicators = results.shown.get("indicators")
    keys = [] if indicators is None else sorted({*indicators["indicator"].astype(str)})
    return [*map(str, own), *keys]


def measured(results: "StudyResults", voice: Voice, measure: str, *, years: tuple[int, int] | None = None) -> Measured:
    """Take a measure of every place that has one, of the year shown or as a change between two years.

    Raises
    ------
    OptionError
        If the results have no such measure, or not of these years.
    """
    choices = measure_choices(results)
    if measure not in choices:
        raise OptionError(f"measure: needed one of {', '.join(choices) or 'no measures at all'}, got {measure!r}")
    scored = measure in results.shown.get("scores", pd.DataFrame())
    column = measure if scored else "value"
    if years is None:
        table = _rows(results.shown, measure, scored=scored)
        if not scored and "year" in table:
            # the latest of each place
            table = table.sort_values(["place", "year"]).drop_duplicates("place", keep="last")
        values = table.set_index("place")[column]
    else:
        if measure == "tier":
            raise OptionError("years: needed a measure in numbers, got the measure tier; leave years out")
        table = _rows(results.tables, measure, scored=scored)
        first, last = years
        known = sorted({int(year) for year in table["year"].dropna()}) if "year" in table else []
        if first not in known or last not in known or first == last:
            said = ", ".join(map(str, known)) or "none"
            raise OptionError(f"years: needed two different years of {said}, got {first} and {last}")
        before, after = (table[table["year"] == year].set_index("place")[column].astype(float) for year in years)
        values = after.sub(before)
    values = values[values.notna()]
    if measure != "tier":
        values = pd.to_numeric(values, errors="coerce").dropna().astype(float)
    values.index = values.index.astype(str)
    title, unit = _title(results, voice, measure, scored=scored)
    if years is not None:
        title = voice.say("choropleth.change", measure=title, first=years[0], last=years[1])
    return Measured(values.sort_index(kind="stable"), title, unit, years is not None)


def _rows(tables: object, measure: str, *, scored: bool) -> pd.DataFrame:
    table: pd.DataFrame = tables["scores" if scored else "indicators"]  # pyright: ignore[reportIndexIssue]
    return table if scored else table[table["indicator"].astype(str) == measure]


def _title(results: "StudyResults", voice: Voice, measure: str, *, scored: bool) -> tuple[str, str]:
    if scored:
        if measure in ("score", "tier"):
            return voice.say(f"choropleth.{measure}"), ""
        part = next(measure.removeprefix(start) for start in _PARTS if measure.startswith(start))
        return voice.say("choropleth.part", part=voice.head(part)), ""
    return indicator_title(results, voice, measure)


def indicator_title(results: "StudyResults", voice: Voice, indicator: str) -> tuple[str, str]:
    """Name an indicator and its unit."""
    frame = results.shown.get("framework")
    if frame is None or indicator not in set(frame["indicator"].astype(str)):
        return voice.head(indicator), ""
    row = frame[frame["indicator"].astype(str) == indicator].iloc[0]
    english, chinese = (str(row[c]) if c in row and pd.notna(row[c]) else indicator for c in ("name_en", "name_zh"))
    unit = unit_name(str(row["unit"])).in_(voice.language) if "unit" in row and pd.notna(row["unit"]) else ""
    name = clean(voice.name(english, chinese))
    return name[:1].upper() + name[1:], clean(unit)
