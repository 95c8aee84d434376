"""Draw a measure of places as a shaded map: score, tier, an indicator, or its change between years."""

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from ...data import OptionError
from ...data.wording.catalogue import join_texts, text
from ..facts.place_measures import soft_places
from .classed_map import ClassedPlaces, MapClass, change_classes, draw_classed_map, number_classes
from .map_frame import Insets, MapGround
from .measured import Measured, measured
from .paper import Paper
from .style import OTHER_FILL, Voice
from .unit_areas import UnitAreas, unit_areas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..results.study_results import StudyResults

__all__ = ["draw_choropleth", "scored_areas"]

_NO_VALUE = "#f4f4f2"


def scored_areas(results: "StudyResults", given: gpd.GeoDataFrame | None = None) -> UnitAreas | None:
    """Return the areas of the scored places, None without scores or where fewer than half have one."""
    scores = results.shown.get("scores")
    return (
        None if scores is None or not len(scores) else unit_areas(results, [*scores["place"].astype(str)], given=given)
    )


def draw_choropleth(
    results: "StudyResults",
    voice: Voice,
    paper: Paper,
    *,
    under: MapGround,
    insets: Insets = "never",
    measure: str = "score",
    years: tuple[int, int] | None = None,
    classes: int = 5,
    classing: str = "natural_breaks",
) -> "Figure":
    """Draw the scored places in the colors of their classes; the legend counts them and names the method."""
    shown = measured(results, voice, measure, years=years)
    areas = scored_areas(results, under.given)
    if areas is None:
        raise OptionError(text("faults.calls.draw_choropleth.results_areas_scored_places"))
    frame = areas.frame.assign(place=areas.frame["place"].astype(str))
    values = shown.numbers[shown.numbers.index.isin(frame["place"])]
    if values.empty:
        raise OptionError(text("faults.calls.draw_choropleth.measure_values_places_area", measure=measure))
    found, of = _classes(values, measure, shown, voice, classing=classing, classes=classes)
    missing = [place for place in frame["place"] if place not in of]
    if missing:
        found = [*found, MapClass(voice.say("choropleth.no_value"), _NO_VALUE, hatch="....")]
        of |= dict.fromkeys(missing, len(found) - 1)
    # a change rests on two years
    soft = soft_places(results.shown, measure) & {*values.index} if years is None else frozenset()
    said = []
    if measure != "tier":
        said.append(
            voice.say("choropleth.method", method=voice.say(f"classes.{classing}"), n=len(found) - bool(missing))
        )
    title = (
        text("tables.with_unit", title=shown.title, unit=shown.unit).in_(voice.language) if shown.unit else shown.title
    )
    notes = [voice.say("choropleth.approximate")] if areas.approximate else []
    apart = sorted({*shown.numbers.index} - {*frame["place"]})
    if apart:
        names = join_texts([voice.place(place) for place in apart]).in_(voice.language)
        notes.append(voice.say("choropleth.no_area", names=names))
    return draw_classed_map(
        paper,
        voice,
        under,
        ClassedPlaces(frame, of, found, title, said, soft, voice.say("choropleth.soft")),
        order=_order(values, frame["place"]),
        insets=insets,
        notes=notes,
    )


def _classes(
    values: pd.Series, measure: str, shown: Measured, voice: Voice, *, classing: str, classes: int
) -> tuple[list[MapClass], dict[str, int]]:
    if measure == "tier":
        tiers = [tier for tier in voice.tiers if (values.astype(str) == tier).any()]
        known = {tier: i for i, tier in enumerate(tiers)}
        found = [MapClass(voice.head(tier), voice.fill(tier, OTHER_FILL)) for tier in tiers]
        return found, {str(place): known[str(tier)] for place, tier in values.items() if str(tier) in known}
    if shown.change:
        return change_classes(values, voice, classing=classing, classes=classes)
    return number_classes(values, voice, classing=classing, classes=classes)


def _order(values: pd.Series, places: pd.Series) -> list[str]:
    """Return places in the order in which they are named: the largest values first, those without a value last."""
    sizes = pd.to_numeric(values, errors="coerce").abs()
    ranked = sorted(map(str, values.index), key=lambda place: (-float(sizes.get(place, 0) or 0), place))
    return [*ranked, *sorted({*places} - {*ranked})]
