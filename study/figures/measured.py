"""Read one measure of the places of results: a score, a tier, an indicator, or how much it changed between years."""

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from ...data import OptionError
from ...data.vocabulary import unit_name
from ...data.wording.catalogue import text
from ..facts.place_measures import measure_change, measure_keys, measure_name, measure_values, measure_years
from .style import Voice, clean

if TYPE_CHECKING:
    from ..results.study_results import StudyResults

__all__ = ["Measured", "measure_choices", "measured"]


class Measured(NamedTuple):
    """Values by place, sorted by place; how they are called; whether they are changes."""

    numbers: pd.Series
    title: str
    unit: str
    change: bool


def measure_choices(results: "StudyResults") -> list[str]:
    """List what can be shown of each place: columns of the scores, then indicators."""
    return measure_keys(results.shown)


def measured(results: "StudyResults", voice: Voice, measure: str, *, years: tuple[int, int] | None = None) -> Measured:
    """Take a measure of every place that has one, of the year shown or as a change between two years.

    Raises
    ------
    OptionError
        If the results have no such measure, or not of these years.
    """
    choices = measure_choices(results)
    if measure not in choices:
        raise OptionError(
            text("faults.calls.measured.measure", v=", ".join(choices) or "no measures at all", measure=repr(measure))
        )
    if years is None:
        values = measure_values(results.shown, measure)
    else:
        if measure == "tier":
            raise OptionError(text("faults.calls.measured.years_measure_numbers_measure"))
        first, last = years
        known = measure_years(results.tables, measure)
        if first not in known or last not in known or first == last:
            said = ", ".join(map(str, known)) or "none"
            raise OptionError(
                text("faults.calls.measured.years_two_different_years", said=said, first=first, last=last)
            )
        values = measure_change(results.tables, measure, first, last)
    values = values[values.notna()]
    if measure != "tier":
        values = pd.to_numeric(values, errors="coerce").dropna().astype(float)
    title, unit = indicator_title(results, voice, measure)
    if years is not None:
        title = voice.say("choropleth.change", measure=title, first=years[0], last=years[1])
    return Measured(values.sort_index(kind="stable"), title, unit, years is not None)


def indicator_title(results: "StudyResults", voice: Voice, measure: str) -> tuple[str, str]:
    """Name a measure, such as an indicator, and its unit."""
    known, unit = measure_name(results.shown, measure)
    name = clean(known.in_(voice.language))
    if known.said == (measure,) * len(known.said):
        name = voice.head(measure)
    if measure.startswith(("score_", "level_")):
        part = name if known.in_("zh") != known.in_("en") else voice.head(known.in_("en"))
        return voice.say("choropleth.part", part=part), ""
    return name[:1].upper() + name[1:], clean(unit_name(unit).in_(voice.language)) if unit else ""
