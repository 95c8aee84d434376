"""Draw how knowledge spreads on maps: when it arrives, and where scenarios bring it earlier or later."""

import math
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from ...data import OptionError
from ...data.amounts import readable_amount
from ...data.styles import ARRIVAL, EARLIER, LATER, UNCHANGED
from ...data.wording.catalogue import Text, join_texts, text
from ...geo.maps.effects import effect_borders
from ..facts.rows import place_names as names_of
from .classed_map import ClassedPlaces, MapClass, class_rows, draw_classed_map, number_classes, paint_classes
from .draw_map import placed_points
from .draw_scores import quantity
from .map_basemap import draw_land, draw_south_sea, lay_ground
from .map_frame import FOOT_LETTER, FOOT_LINE, FOOT_TYPE, ROOMY, Insets, MapGround
from .map_legend import draw_legend, legend_height
from .paper import Paper
from .style import SOFT, Voice
from .unit_areas import unit_areas

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..results.study_results import StudyResults

__all__ = [
    "EFFECT_NEW",
    "EFFECT_SEED",
    "differences_of",
    "draw_arrival_map",
    "draw_difference_map",
    "draw_scenario_maps",
    "effect_classes",
    "effect_labels",
    "effects_borders",
    "places_shown",
    "scenarios_shown",
]

# numbers of the classes of places without a difference
EFFECT_NEW, EFFECT_SEED = 7, 8

_BASELINE = "baseline"
# sizes of signs by little, some and much; they point as on a time axis, so that grey tells them too
_SIZES = (4.4, 5.6, 7.0)
_NEW, _NEVER, _SEED = ARRIVAL, "#ffffff", "#1c2430"


def draw_arrival_map(
    results: "StudyResults",
    voice: Voice,
    paper: Paper,
    *,
    under: MapGround,
    insets: Insets = "auto",
    scenario: str = _BASELINE,
    classes: int = 5,
    classing: str = "natural_breaks",
) -> "Figure":
    """Draw the median arrival time of each center in classes, dark where knowledge comes first."""
    table = results.shown["arrivals"]
    table = table[table["scenario"].astype(str) == _known(scenario, table, baseline=True)]
    everywhere = table["place"]
    frame = places_shown(results, everywhere, under)
    table = table[table["place"].astype(str).isin(frame["place"])]
    median = pd.Series(quantity(table, "median"), index=table["place"].astype(str))
    seeds = {str(place) for place, seed in zip(table["place"], table["seed"], strict=True) if seed}
    timed = median[median.notna() & np.isfinite(median) & ~median.index.isin(seeds)]
    found, of, said = [], {}, []
    if len(timed):
        found, where = number_classes(timed, voice, classing=classing, classes=classes, colors="ochre")
        shades = [one.color for one in found][::-1]
        found = [one._replace(color=color) for one, color in zip(found, shades, strict=True)]
        of = dict(where)
        said.append(voice.say("choropleth.method", method=voice.say(f"classes.{classing}"), n=len(found)))
    extra = [(seeds, MapClass(voice.say("arrivals.seed"), _SEED, "*", 9.0))]
    late = {*median.index} - {*timed.index} - seeds
    extra.append((late, MapClass(voice.say("diffusion.beyond"), _NEVER, "o", 4.4, "////")))
    for places, one in extra:
        if places:
            of |= dict.fromkeys(places, len(found))
            found = [*found, one]
    if scenario != _BASELINE:
        said.insert(0, voice.say("differences.scenario", scenario=voice.title(scenario)))
    shown = ClassedPlaces(frame[frame["place"].isin(list(of))], of, found, voice.say("arrivals.title"), said)
    order = [*sorted(seeds), *sorted(timed.index, key=lambda place: (timed[place], place)), *sorted(late)]
    return draw_classed_map(
        paper, voice, under, shown, order=order, insets=insets, notes=_apart(everywhere, frame, voice)
    )


def draw_difference_map(
    results: "StudyResults",
    voice: Voice,
    paper: Paper,
    *,
    under: MapGround,
    insets: Insets = "auto",
    scenario: str | None = None,
) -> "Figure":
    """Draw where a scenario brings knowledge earlier or later than the baseline; by default the first of the study."""
    table = differences_of(results)
    names = scenarios_shown(results, table)
    chosen = names[0] if scenario is None else _known(scenario, table, baseline=False)
    rows = table[table["scenario"].astype(str) == chosen]
    frame = places_shown(results, rows["place"], under)
    shown = _classed(rows, frame, effects_borders(table), voice)
    shown = shown._replace(notes=[voice.say("differences.scenario", scenario=voice.title(chosen)), *shown.notes])
    order = [str(place) for place in rows.sort_values(["size", "place"], ascending=[False, True])["place"]]
    return draw_classed_map(
        paper, voice, under, shown, order=order, insets=insets, notes=_apart(rows["place"], frame, voice)
    )


def draw_scenario_maps(results: "StudyResults", voice: Voice, paper: Paper, *, under: MapGround) -> "Figure":
    """Draw the differences of all scenarios as small maps with the same classes."""
    table = differences_of(results)
    names = scenarios_shown(results, table)
    frame = places_shown(results, table["place"].drop_duplicates(), under)
    borders = effects_borders(table)
    land, whole = under.land, under.whole
    ground = lay_ground([frame], land.ground, china=land.china, whole=whole)
    columns = min(len(names), 3 if paper.width >= ROOMY else 2)
    gap, width = 2.0, paper.width
    wide = (width - gap * (columns - 1)) / columns
    ratio = (ground.extent[3] - ground.extent[1]) / (ground.extent[2] - ground.extent[0])
    high = wide * min(ratio, 1.3)
    titles = [voice.wrap(voice.title(name), int(wide / (2.3 if voice.language == "zh" else 1.5))) for name in names]
    lines = [max(t.count("\n") + 1 for t in titles[i : i + columns]) for i in range(0, len(names), columns)]
    heads = [3.0 * count + 1.2 for count in lines]
    total_row = [head + high + gap for head in heads]
    legend = _classed(table.iloc[:0], frame, borders, voice, every=True)._replace(frame=frame)
    blocks = _legend_blocks(voice, legend, width)
    tall = legend_height(blocks, columns=2) + 1.0
    said = [voice.say("map.projection", name=ground.name.in_(voice.language))]
    said += [land.source.in_(voice.language)] if land.source is not None else []
    below = voice.wrap(voice.join(said), int((width - 1.5) / FOOT_LETTER))
    foot = 1.1 + FOOT_LINE * (below.count("\n") + 1)
    total = sum(total_row) + tall + foot
    figure = paper.new(total, constrained=False)
    for i, (name, title) in enumerate(zip(names, titles, strict=True)):
        row, column = divmod(i, columns)
        left = column * (wide + gap)
        top = total - sum(total_row[:row]) - heads[row]
        axes = figure.add_axes((left / width + 0.001, (top - high) / total, wide / width - 0.002, high / total))
        draw_land(axes, ground)
        rows = table[table["scenario"].astype(str) == name]
        own = frame[frame["place"].isin(rows["place"].astype(str))]
        paint_classes(
            axes, _classed(rows, own, borders, voice, every=True), ground, scale=0.62 if width >= ROOMY else 0.5
        )
        if land.china:
            draw_south_sea(axes, ground, title="")
        figure.text(
            left / width, (top + 0.8) / total, title, size=6.3, weight=voice.weight, va="bottom", linespacing=1.15
        )
    draw_legend(figure, (1.0, foot + tall - 0.5), width - 2, blocks, columns=2)
    figure.text(0.004, 0.6 / total, below, size=FOOT_TYPE, color=SOFT, va="bottom", linespacing=1.2)
    return figure


def _legend_blocks(voice: Voice, legend: ClassedPlaces, width: float) -> list[list]:
    """Write the legend without counts, as these differ from map to map: earlier beside later."""
    rows = class_rows(voice, legend, width / 2 - 2, counted=False)
    half = 1 + len(EARLIER) + 1
    return [rows[:half], rows[half:]]


def differences_of(results: "StudyResults") -> pd.DataFrame:
    """Return the differences of arrival times of places that scenarios make, with their sizes."""
    table = results.shown.get("scenarios")
    points = placed_points(results)
    if table is None or not len(table) or not len(points):
        return pd.DataFrame({"scenario": [], "place": [], "size": [], "seed": []})
    rows = table[(table["measure"] == "arrival_time") & table["place"].astype(str).isin(names_of(results.shown))]
    rows = rows.assign(size=np.nan_to_num(np.abs(quantity(rows, "difference"))), seed=False)
    rows = pd.concat([rows, _seeds(results, rows)], ignore_index=True)
    return rows.sort_values(["scenario", "place"], ignore_index=True)


def _seeds(results: "StudyResults", rows: pd.DataFrame) -> pd.DataFrame:
    """Return where knowledge starts, which nothing brings earlier or later."""
    table = results.shown.get("arrivals")
    if table is None:
        return rows.iloc[:0]
    start = table[table["seed"].astype(bool) & table["scenario"].astype(str).isin(set(rows["scenario"].astype(str)))]
    known = {*zip(rows["scenario"].astype(str), rows["place"].astype(str), strict=True)}
    pairs = sorted({*zip(start["scenario"].astype(str), start["place"].astype(str), strict=True)} - known)
    return pd.DataFrame(
        {"scenario": [s for s, _ in pairs], "place": [p for _, p in pairs], "difference": 0.0, "negligible": False}
    ).assign(size=math.inf, seed=True)


def scenarios_shown(results: "StudyResults", table: pd.DataFrame) -> list[str]:
    """Name the scenarios with differences, in the order of the study."""
    titles = results.shown.get("scenario_titles")
    listed = [] if titles is None else [str(name) for name in titles["scenario"]]
    there = {*table["scenario"].astype(str)}
    return [name for name in dict.fromkeys([*listed, *sorted(there)]) if name in there]


def _known(scenario: str, table: pd.DataFrame, *, baseline: bool) -> str:
    choices = sorted({*table["scenario"].astype(str)} | ({_BASELINE} if baseline else set()))
    if scenario not in choices:
        raise OptionError(
            text("faults.calls.draw_spread_maps.scenario", choices=join_texts(choices), scenario=repr(scenario))
        )
    return scenario


def places_shown(results: "StudyResults", places: pd.Series, under: MapGround) -> gpd.GeoDataFrame:
    """Return areas where every center has one of its own among the boundaries, else points."""
    points = placed_points(results)
    points = points.assign(place=points["place"].astype(str))[["place", "geometry"]]
    wanted = [*dict.fromkeys(places.astype(str))]
    scored = results.shown.get("scores", pd.DataFrame({"place": []}))["place"].astype(str)
    if under.land.ground is not None and {*wanted} <= {*scored}:
        areas = unit_areas(results, wanted, given=under.given)
        if areas is not None and not areas.approximate and len(areas.frame) == len(wanted):
            return areas.frame
    return gpd.GeoDataFrame(points[points["place"].isin(wanted)].reset_index(drop=True))


def _apart(places: pd.Series, frame: gpd.GeoDataFrame, voice: Voice) -> list[str]:
    """Say which centers have no place on the map."""
    lost = sorted({*places.astype(str)} - {*frame["place"].astype(str)})
    if not lost:
        return []
    names = join_texts([voice.place(place) for place in lost]).in_(voice.language)
    return [voice.say("arrivals.unplaced", names=names)]


def effects_borders(table: pd.DataFrame) -> tuple[float, float]:
    """Choose the two borders of classes, which all maps share, the interactive one too."""
    told = ~(table["seed"].astype(bool) | table["negligible"].fillna(value=False).astype(bool)) if len(table) else []
    return effect_borders(table.loc[told, "difference"].astype(float).tolist() if len(table) else [])


def _classed(
    rows: pd.DataFrame, frame: gpd.GeoDataFrame, borders: tuple[float, float], voice: Voice, *, every: bool = False
) -> ClassedPlaces:
    """Part differences into classes that are the same for all scenarios."""
    said = [label.in_(voice.language) for label in effect_labels(borders)]
    signs = [*zip(EARLIER[::-1], "<<<", _SIZES[::-1], strict=True), (UNCHANGED, "o", 3.8)]
    signs += [*zip(LATER, ">>>", _SIZES, strict=True), (_NEW, "P", 6.0), (_SEED, "*", 9.0)]
    classes = [MapClass(label, *sign) for label, sign in zip(said, signs, strict=True)]
    classes[EFFECT_NEW] = classes[EFFECT_NEW]._replace(hatch="xxxx")
    of = effect_classes(rows[rows["place"].astype(str).isin(frame["place"])], borders)
    if not every and EFFECT_NEW not in of.values():
        classes.pop(EFFECT_NEW)
        of = {place: min(number, EFFECT_NEW) for place, number in of.items()}
    return ClassedPlaces(
        frame[frame["place"].isin(list(of))],
        of,
        classes,
        voice.say("differences.title"),
        [voice.say("differences.note")],
    )


def effect_labels(borders: tuple[float, float]) -> list[Text]:
    """Say the classes of differences: earlier by much, some and little, none, later by as much, new, a seed."""
    low, high = (readable_amount(border, "") for border in borders)
    spans = (
        text("figures.classes.above", low=high),
        text("figures.classes.span", low=low, high=high),
        text("figures.classes.below", high=low),
    )
    return [
        *(text("figures.differences.earlier", span=span) for span in spans),
        text("figures.differences.still"),
        *(text("figures.differences.later", span=span) for span in spans[::-1]),
        text("figures.differences.new"),
        text("figures.arrivals.seed"),
    ]


def effect_classes(rows: pd.DataFrame, borders: tuple[float, float]) -> dict[str, int]:
    """Return the number of the class of each place, in the order of `effect_labels`."""
    of: dict[str, int] = {}
    for row in rows.itertuples():
        gap = float(row.difference) if pd.notna(row.difference) else math.nan
        if row.seed:
            number = EFFECT_SEED
        elif math.isnan(gap):
            number = EFFECT_NEW
        elif bool(row.negligible) or gap == 0:
            number = 3
        else:
            step = int(abs(gap) > borders[0]) + int(abs(gap) > borders[1])
            number = 2 - step if gap < 0 else 4 + step
        of[str(row.place)] = number
    return of
