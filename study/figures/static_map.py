"""Draw the map of a study as SVG for a page that is printed: land, scopes, strongest flows, centers by tier, names."""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from ...data.places.both_names import both_names
from ...data.vocabulary import name_of
from ...data.wording.catalogue import Text, join_texts, text
from ...geo.space.basemaps import Basemap
from ..charts.screens import for_screens
from ..charts.svg import (
    PHONE,
    SHAPES,
    WIDTH,
    format_number,
    marker,
    point_list,
    shorten,
    svg_element,
    tag,
    text_element,
    text_width,
)
from ..facts.rows import place_names
from .draw_map import placed_points
from .graticule import graticule
from .map_basemap import Ground, in_one_province, lay_ground
from .map_flows import Flows, flow_width, pick_flows, ribbon
from .style import Voice

if TYPE_CHECKING:
    from ..results.study_results import StudyResults

__all__ = ["MapFrame", "StaticMap", "land_paths", "map_element", "shape_path", "static_map", "whole_extent"]

_TOP, _WIDEST, _TALLEST = 60, 9.0, 860.0
_SIZE, _LONGEST = 11.0, 165.0
_LAND = {"land": "around", "country": "ground", "province": "ground"}
# where a name may stand: share of its width to the left of its start, and rows below its symbol
_SIDES = ((0.0, 0.0, 1.0), (-1.0, 0.0, -1.0), (-0.5, -1.0, 0.0), (-0.5, 1.0, 0.0), (0.0, -0.7, 0.7), (0.0, 0.7, 0.7))
_SIDES += ((-1.0, -0.7, -0.7), (-1.0, 0.7, -0.7))

Box = tuple[float, float, float, float]


class StaticMap(NamedTuple):
    """A drawing and what it shows."""

    svg: str
    caption: Text


class MapFrame:
    """Turn meters of a projection into units of a drawing of some width."""

    def __init__(self, extent: Box, *, width: float = WIDTH, tallest: float = _TALLEST) -> None:
        x0, y0, x1, y1 = extent
        self.slope = min(width / (x1 - x0), tallest / (y1 - y0))
        self.width, self.height = width, self.slope * (y1 - y0)
        more = (width / self.slope - (x1 - x0)) / 2
        self.extent = (x0 - more, y0, x1 + more, y1)

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the projection lies."""
        return (x - self.extent[0]) * self.slope, (self.extent[3] - y) * self.slope


def static_map(results: "StudyResults", land: Basemap, *, tinted: gpd.GeoDataFrame | None = None) -> StaticMap | None:
    """Draw the map of a study, None if no place of it stands at a point.

    The strongest flows are those of the network that joins most places.

    Parameters
    ----------
    results : StudyResults
    land : Basemap
    tinted : GeoDataFrame, optional
        Areas of the places of a study that is about areas, which then have the colors of their tiers.
    """
    centers = placed_points(results)
    if centers.empty:
        return None
    scopes = results.layers.get("scopes")
    areas = [layer for layer in (centers, scopes) if layer is not None and len(layer)]
    china = land.china and not in_one_province(centers, land.ground)
    ground = lay_ground(areas, land.ground, china=china, whole=china)
    tiers = results.study.tiers.order
    centers = centers.assign(rank=[tiers.rank(tier) for tier in centers["tier"]])
    placed = centers.to_crs(ground.crs)
    located = {
        str(row.place): (row.geometry.x, row.geometry.y)
        for row in placed.itertuples()
        if math.isfinite(row.geometry.x) and math.isfinite(row.geometry.y)
    }
    if not located:
        return None
    voice = Voice("en", place_names(results.shown), tiers=tiers)
    extent = _holding(whole_extent(ground), list(located.values()))
    flows = pick_flows(results, set(located), voice, kind=None, top=_TOP)
    ranks = _rank_of(centers)
    order = sorted(located, key=lambda place: (ranks[place], place))
    marks = {str(row.place): _mark(row.tier, tiers) for row in centers.itertuples()}
    names = {str(row.place): _name(row) for row in centers.itertuples()}

    def draw(width: float) -> tuple[str, float, int]:
        """Return the drawing of a width, its lower edge, and how many names found no room."""
        frame = MapFrame(extent, width=width)
        points = {place: frame(*at) for place, at in located.items()}
        body = [
            *land_paths(ground, frame),
            *_tints(tinted, marks, ground, frame),
            *_scopes(scopes, ground, frame, tiers),
        ]
        body += _flows(flows, points, widest=_WIDEST * math.sqrt(width / WIDTH))
        body += [_sign(*marks[place], *points[place]) for place in reversed(order)]
        drawn, lost = _names([(names[place], *points[place]) for place in order], frame)
        legend, below = _legend(centers, tiers, frame)
        return "".join([*body, *drawn, *legend]), below, lost

    drawn = {width: draw(width) for width in (WIDTH, PHONE)}
    title = text("report.map.printed_title", study=results.study.title or results.study.title_zh or "")
    caption = _caption(results, flows, [lost for *_, lost in drawn.values()], land)
    svg = for_screens(lambda width: map_element(*drawn[width][:2], title=title, desc=caption, width=width))
    return StaticMap(svg, caption)


def map_element(body: str, height: float, *, title: Text, desc: Text, width: float = WIDTH) -> str:
    """Wrap the drawing of a map with its accessible name and description."""
    svg = svg_element(body, height, title=title, desc=desc, width=width)
    return svg.replace('class="chart"', 'class="chart map"', 1)


def whole_extent(ground: Ground) -> Box:
    """Return the extent, for China with all its lines and islands, as no inset holds them."""
    if not ground.china or ground.land is None:
        return ground.extent
    own = ground.land[ground.land["kind"].isin(["province", "line"])]
    x0, y0, x1, y1 = (float(v) for v in own.total_bounds)
    pad = 0.015 * max(x1 - x0, y1 - y0)
    return x0 - pad, y0 - pad, x1 + pad, y1 + pad


def _holding(extent: Box, points: Sequence[tuple[float, float]]) -> Box:
    """Widen an extent until it holds all points, with room for their signs."""
    x, y = np.asarray(points).T
    room = 0.02 * max(extent[2] - extent[0], extent[3] - extent[1])
    west, south, east, north = x.min() - room, y.min() - room, x.max() + room, y.max() + room
    return (
        min(extent[0], float(west)), min(extent[1], float(south)), max(extent[2], float(east)),
        max(extent[3], float(north)),
    )  # fmt: skip


def land_paths(ground: Ground, frame: MapFrame) -> Iterable[str]:
    """Draw the sea and the land on it; meridians and parallels where there is no land."""
    sea = "blank" if ground.land is None else "sea"
    yield tag("rect", class_=sea, x=0.0, y=0.0, width=frame.width, height=frame.height)
    if ground.land is None:
        yield from graticule(ground.crs, frame.extent, slope=frame.slope)
        return
    shapes = shapely.make_valid(np.asarray(ground.land.geometry.to_numpy()))
    shapes = shapely.simplify(shapely.clip_by_rect(shapes, *frame.extent), 0.7 / frame.slope)
    for kind, shape in zip(ground.land["kind"], shapes, strict=True):
        if kind in _LAND:
            yield from shape_path(shape, frame, _LAND[kind], least=3.0)
        elif kind == "line":
            yield from shape_path(shape, frame, "border", least=0.0)


def shape_path(
    shape: Any,  # noqa: ANN401 - a shape
    frame: MapFrame,
    style: str,
    *,
    least: float,
    **attributes: str,
) -> Iterable[str]:
    """Write a shape as one path, without parts smaller than a few square units."""
    parts: list[str] = []
    for part in shapely.get_parts(shape):
        if part.geom_type == "Polygon" and part.area * frame.slope**2 >= least:
            rings = [part.exterior, *part.interiors]
            parts += [f"M{point_list(frame(*point) for point in ring.coords[:-1])}Z" for ring in rings]
        elif part.geom_type == "LineString" and style == "border":
            parts.append(f"M{point_list(frame(*point) for point in part.coords)}")
    if parts:
        yield tag("path", class_=style, d="".join(parts), **attributes)


def _scopes(scopes: gpd.GeoDataFrame | None, ground: Ground, frame: MapFrame, tiers: Any) -> Iterable[str]:  # noqa: ANN401
    if scopes is None:
        return
    shown = scopes[scopes.geometry.notna()].to_crs(ground.crs)
    for row in shown.iloc[shown.area.argsort(kind="stable")[::-1]].itertuples():
        shape = shapely.simplify(row.geometry, 0.7 / frame.slope)
        yield from shape_path(shape, frame, f"scope {_mark(row.tier, tiers)[1]}", least=0.0)


def _tints(
    areas: gpd.GeoDataFrame | None, marks: dict[str, tuple[str, str]], ground: Ground, frame: MapFrame
) -> Iterable[str]:
    if areas is None:
        return
    shown = areas[areas["place"].isin(marks)].to_crs(ground.crs)
    for row in shown.itertuples():
        shape = shapely.simplify(shapely.make_valid(row.geometry), 0.7 / frame.slope)
        yield from shape_path(shape, frame, f"tint {marks[str(row.place)][1]}", least=3.0)


def _flows(flows: Flows | None, points: dict[str, tuple[float, float]], *, widest: float) -> Iterable[str]:
    if flows is None:
        return
    most = float(flows.pairs["value"].iloc[0])
    for row in flows.pairs.iloc[::-1].itertuples():
        # the drawing counts downwards, so that a curve bends to the same side in its mirror
        (x0, y0), (x1, y1) = points[str(row.source)], points[str(row.target)]
        outline = ribbon((x0, -y0), (x1, -y1), max(flow_width(row.value, most, widest), 0.6), taper=flows.directed)
        yield tag("polygon", class_="flow", points=point_list((x, -y) for x, y in outline.tolist()))


def _rank_of(centers: gpd.GeoDataFrame) -> dict[str, int]:
    return dict(zip(centers["place"].astype(str), centers["rank"], strict=True))


def _mark(tier: object, tiers: Any) -> tuple[str, str]:  # noqa: ANN401 - a scale of tiers
    return (tiers.term(tier).mark, f"t{tiers.rank(tier)}") if tier in tiers else ("circle", "untiered")


def _sign(mark: str, style: str, x: float, y: float) -> str:
    if mark in SHAPES:
        return marker(mark, x, y, style)
    # a star, or a pentagon in its place
    turns = np.arange(10 if mark == "star" else 5) * 2 * np.pi / (10 if mark == "star" else 5)
    far = np.where(np.arange(turns.size) % 2, 2.8, 7.0) if mark == "star" else np.full(turns.size, 5.5)
    return tag(
        "polygon",
        class_=f"dot {style}",
        points=point_list((x + r * math.sin(t), y - r * math.cos(t)) for r, t in zip(far, turns, strict=True)),
    )


def _name(row: Any) -> Text:  # noqa: ANN401 - of a table
    english, chinese = both_names(row.place, row.name_en, row.name_zh)
    return Text.of(en=shorten(english, size=_SIZE, most=_LONGEST), zh=shorten(chinese, size=_SIZE, most=_LONGEST))


def _names(wanted: Sequence[tuple[Text, float, float]], frame: MapFrame) -> tuple[list[str], int]:
    """Write names beside their symbols, the most important first; return how many found no room."""
    # symbols, then names as they find room; all at once, since each is held against all
    taken, held = np.empty((4, 2 * len(wanted))), len(wanted)
    taken[:, :held] = np.array([(x - 5, y - 5, x + 5, y + 5) for _, x, y in wanted]).reshape(-1, 4).T
    drawn: list[str] = []
    for name, x, y in wanted:
        wide = text_width(name, size=_SIZE) + 2
        for left, down, gap in _SIDES:
            start, middle = x + left * wide + 8 * gap, y + down * 13
            box = (start, middle - 6, start + wide, middle + 6)
            if box[0] < 2 or box[1] < 2 or box[2] > frame.width - 2 or box[3] > frame.height - 2:
                continue
            left_of, above, right_of, below = taken[:, :held]
            if ((box[0] < right_of) & (left_of < box[2]) & (box[1] < below) & (above < box[3])).any():
                continue
            taken[:, held] = box
            held += 1
            anchor = {0.0: "start", -1.0: "end", -0.5: "middle"}[left]
            at = start - left * wide
            drawn.append(text_element(name, at, middle + 4, class_="name", anchor=anchor))
            break
    return drawn, len(wanted) - len(drawn)


def _legend(centers: gpd.GeoDataFrame, tiers: Any, frame: MapFrame) -> tuple[list[str], float]:  # noqa: ANN401
    """Name the signs below the map; return the drawing and its lower edge."""
    shown: list[tuple[object, Text]] = [(tier, tiers.name(tier)) for tier in tiers if (centers["tier"] == tier).any()]
    if (centers["rank"] == len(tiers)).any():
        shown.append((None, name_of("untiered", "groups")))
    drawn: list[str] = []
    x, y = 8.0, frame.height + 20.0
    for tier, name in shown:
        wide = text_width(name, size=12.0) + 44
        if x > 8.0 and x + wide > frame.width:
            x, y = 8.0, y + 20.0
        drawn.append(_sign(*_mark(tier, tiers), x, y - 4))
        drawn.append(text_element(name, x + 13, y, class_="legend"))
        x += wide
    return drawn, y + 10.0


def _caption(results: "StudyResults", flows: Flows | None, lost: Sequence[int], land: Basemap) -> Text:
    said = [text("report.map.printed")]
    if flows is not None:
        network = next(one for one in results.study.networks if one.name == flows.kind)
        values = {
            "n": len(flows.pairs),
            "total": format_number(flows.count, decimals=0),
            "share": f"{100 * flows.share:.0f}%",
            "network": Text.of(en=network.title or network.name, zh=network.title_zh or network.title or network.name),
        }
        said.append(text("report.map.printed_flows", **values))
        if flows.directed:
            said.append(text("report.map.printed_direction"))
    wide, narrow = lost
    if wide:
        said.append(text("report.map.printed_lost", n=wide))
    if narrow > wide:
        said.append(text("report.map.printed_narrow"))
    if land.standing is not None:
        said.append(text("report.map.standing", standing=land.standing))
    return join_texts(said, by="list.sentence")
