"""Draw where each scenario brings knowledge earlier or later, as small maps with the same classes, for a page."""

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import pandas as pd

from ...data.styles import ARRIVAL, EARLIER, LATER, UNCHANGED
from ...data.wording.catalogue import Text, join_texts, text
from ...geo.space.basemaps import Basemap
from ..charts.screens import for_screens
from ..charts.svg import point_list, svg_element, tag, text_element, text_width
from .draw_map import placed_points
from .draw_spread_maps import (
    EFFECT_NEW,
    EFFECT_SEED,
    differences_of,
    effect_classes,
    effect_labels,
    effects_borders,
    places_shown,
    scenarios_shown,
)
from .map_basemap import in_one_province, lay_ground
from .map_frame import MapGround
from .static_map import MapFrame, land_paths, map_element, shape_path, whole_extent

if TYPE_CHECKING:
    from ..results.study_results import StudyResults

__all__ = ["ScenarioMaps", "scenario_maps"]

_MOST, _WIDTH, _TALLEST = 12, 360.0, 380.0
_COLORS = (*EARLIER[::-1], UNCHANGED, *LATER, "#ffffff", "#1c2430")
# half the width of a sign, by class: much, some, little, none, ...
_REACH = (7.0, 5.6, 4.4, 3.4, 4.4, 5.6, 7.0, 5.0, 5.0)
# drawn below the others: what does not change, then what changes little
_ORDER = (3, 2, 4, 1, 5, 0, 6, 7, 8)


class ScenarioMaps(NamedTuple):
    """The title and the drawing of each map, the key to all, and what they show."""

    panels: list[tuple[Text, str]]
    key: str
    caption: Text


def scenario_maps(
    results: "StudyResults", land: Basemap, *, added: gpd.GeoDataFrame | None = None
) -> ScenarioMaps | None:
    """Draw the differences of the arrival times of a study, None where no scenario makes any that a map shows.

    Parameters
    ----------
    results : StudyResults
    land : Basemap
    added : GeoDataFrame, optional
        ``place`` and points in EPSG:4326 of the centers that scenarios add.
    """
    table = differences_of(results)
    names = scenarios_shown(results, table)
    if not names:
        return None
    points = placed_points(results)
    china = land.china and not in_one_province(points, land.ground)
    frame = places_shown(results, table["place"].drop_duplicates(), MapGround(land, whole=china))
    if added is not None:
        more = added[["place", "geometry"]].drop_duplicates("place")
        frame = gpd.GeoDataFrame(pd.concat([frame, more[~more["place"].isin(frame["place"])]], ignore_index=True))
    ground = lay_ground([frame], land.ground, china=china, whole=china)
    scale = MapFrame(whole_extent(ground), width=_WIDTH, tallest=_TALLEST)
    below = "".join(land_paths(ground, scale))
    shapes = dict(zip(frame["place"], frame.to_crs(ground.crs).geometry, strict=True))
    borders = effects_borders(table)
    labels = effect_labels(borders)
    titles = results.shown["scenario_titles"].astype({"scenario": str}).set_index("scenario")
    panels: list[tuple[Text, str]] = []
    used: set[int] = set()
    for name in names[:_MOST]:
        rows = table[(table["scenario"].astype(str) == name) & table["place"].astype(str).isin(shapes)]
        of = effect_classes(rows, borders)
        used.update(of.values())
        lowest = sorted(of, key=lambda place: (_ORDER.index(of[place]), place))
        drawn = [_drawn(shapes[place], of[place], scale) for place in lowest]
        title = Text.of(en=titles.loc[name, "title"], zh=titles.loc[name, "title_zh"])
        count = Counter(of.values())
        said = (text("figures.classes.count", label=labels[k], n=count[k]) for k in sorted(count))
        desc = join_texts(said, by="list.semicolon")
        panels.append((title, map_element(below + "".join(drawn), scale.height, title=title, desc=desc, width=_WIDTH)))
    caption = [text("report.scenarios.maps")]
    if len(names) > _MOST:
        caption.append(text("report.scenarios.maps_first", n=_MOST, all=len(names)))
    if land.standing is not None:
        caption.append(text("report.map.standing", standing=land.standing))
    shown = [(k, label) for k, label in enumerate(labels) if k in used or k < EFFECT_NEW]
    return ScenarioMaps(panels, for_screens(lambda width: _key(shown, width)), join_texts(caption, by="list.sentence"))


def _drawn(shape: Any, number: int, scale: MapFrame) -> str:  # noqa: ANN401 - a point or an area
    if shape.geom_type != "Point":
        path = shape.simplify(0.7 / scale.slope)
        drawn = "".join(shape_path(path, scale, "effect", least=0.0, fill=_COLORS[number]))
        return drawn if number < EFFECT_NEW else drawn + _drawn(shape.representative_point(), number, scale)
    return _sign(number, *scale(shape.x, shape.y))


def _sign(number: int, x: float, y: float) -> str:
    """Draw the sign of a class: it points as on a time axis, so that grey tells earlier from later."""
    r, look = _REACH[number], {"class_": "effect", "fill": _COLORS[number]}
    if number == EFFECT_SEED:
        look["class_"] = "effect seed"
        corners = ((0.0, -1.2), (0.35, -0.35), (1.2, 0.0), (0.35, 0.35), (0.0, 1.2), (-0.35, 0.35), (-1.2, 0.0))
        corners += ((-0.35, -0.35),)
    elif number == EFFECT_NEW:
        return tag("circle", **look | {"stroke": ARRIVAL, "stroke_width": "2"}, cx=x, cy=y, r=r)
    elif number == len(EARLIER):
        return tag("circle", **look, cx=x, cy=y, r=r)
    else:
        corners = ((-1.0, 0.0), (0.75, -0.95), (0.75, 0.95))
    way = 1.0 if number <= len(EARLIER) or number == EFFECT_SEED else -1.0
    return tag("polygon", **look, points=point_list((x + way * r * a, y + r * b) for a, b in corners))


def _key(shown: list[tuple[int, Text]], width: float) -> str:
    drawn, x, y = [], 8.0, 16.0
    for number, label in shown:
        wide = text_width(label, size=12.0) + 34
        if x > 8.0 and x + wide > width:
            x, y = 8.0, y + 20.0
        drawn += [_sign(number, x, y - 4), text_element(label, x + 13, y, class_="legend")]
        x += wide
    title = text("figures.differences.title")
    return svg_element("".join(drawn), y + 8.0, title=title, desc=title, width=width)
