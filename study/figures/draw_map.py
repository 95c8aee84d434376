"""Compose the printed map: land, scopes, corridors, the strongest flows, centers by tier, names, legend."""

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from ...data import OptionError
from ...data.tier_scale import TierScale
from ...data.wording.catalogue import join_texts, text
from ...geo.space.basemaps import Basemap
from .map_basemap import Ground, draw_land, draw_north, draw_scale, draw_south_sea, lay_ground, polygon_patch
from .map_flows import COLOR, Flows, draw_flows, legend_values, pick_flows, ribbon, written_value
from .map_labels import Box, Name, place_names
from .map_legend import LINE, Row, draw_legend, heading, ink, keyed, legend_height, note
from .style import INCH, SOFT, Voice, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..results.study_results import StudyResults

_BELT, _CORRIDOR = "#8a6414", "#1f7a5c"
_ROOMY = 140.0
# of the foot: points, millimeters a line, millimeters a Latin letter
_FOOT_TYPE, _FOOT_LINE, _FOOT_LETTER = 5.2, 2.3, 0.92


def draw_map(
    results: "StudyResults",
    voice: Voice,
    *,
    width: float,
    land: Basemap,
    whole: bool,
    kind: str | None,
    top: int,
    foot_lines: int = 1,
) -> "Figure":
    """Draw the map of a study, so many millimeters wide; lines of the foot are as many as are needed."""
    layers = {name: _layer(results, name) for name in ("centers", "untiered", "scopes", "corridors")}
    centers = placed_points(results)
    if centers.empty:
        raise OptionError("results: needed centers or places of flows to draw a map of, got none; give places a tier")
    areas = [layer for layer in layers.values() if layer is not None]
    ground = lay_ground(areas, land.ground, china=land.china, whole=whole)
    flows = pick_flows(results, set(centers["place"]), voice, kind=kind, top=top)
    inside = whole and width >= _ROOMY
    across = ground.extent[2] - ground.extent[0]
    tall = ground.extent[3] - ground.extent[1]
    side = 0.0 if inside or width < _ROOMY else 46.0
    wide = width - side
    high = wide * tall / across
    if high > 1.25 * wide:  # a tall country: the frame grows sideways instead
        high = 1.25 * wide
        ground = _widen(ground, wide / high)
        across = ground.extent[2] - ground.extent[0]
    span = 38.0 if inside else 43.0 if side else width / 2 - 2
    unit = across / wide
    blocks = _legend(voice, layers, flows, span, widest=_widest(width))
    columns = 1 if side else 2
    below = 0.0 if inside or side else legend_height(blocks, columns=2) + 2.0
    foot = 1.1 + foot_lines * _FOOT_LINE
    figure = new_figure(width, high + below + foot, constrained=False)
    size = figure.get_size_inches() * INCH
    axes = figure.add_axes((0.001, (below + foot) / size[1], wide / width - 0.002, high / size[1] - 0.001))
    draw_land(axes, ground)
    _draw_scopes(axes, layers["scopes"], ground, voice)
    _draw_corridors(axes, layers["corridors"], ground)
    places = centers.to_crs(ground.crs)
    points = {row.place: (row.geometry.x, row.geometry.y) for row in places.itertuples()}
    if flows is not None:
        draw_flows(axes, flows, points, widest=_widest(width) * unit)
    scale = 1.0 if width >= _ROOMY else 0.8
    _draw_centers(axes, places, voice, scale)
    taken = _furniture(axes, ground, voice, china=land.china, inside=inside)
    if inside:
        top_edge = foot + legend_height(blocks, columns=columns) + 0.5
        box = draw_legend(figure, (1.6, top_edge), columns * span, blocks, columns=columns, low=True)
        taken.append(_points(box))
    elif side:
        draw_legend(figure, (wide + 2.5, size[1] - 1.0), span, blocks)
    else:
        draw_legend(figure, (1.0, below + foot - 1.5), width - 2, blocks, columns=columns)
    lost = place_names(axes, _names(places, voice, scale), taken=taken)
    words = _foot(voice, ground, land, lost, width=width)
    needed = words.count("\n") + 1
    if needed > foot_lines:
        return draw_map(results, voice, width=width, land=land, whole=whole, kind=kind, top=top, foot_lines=needed)
    figure.text(0.004, 0.6 / size[1], words, size=_FOOT_TYPE, color=SOFT, va="bottom", linespacing=1.2)
    return figure


def placed_points(results: "StudyResults") -> gpd.GeoDataFrame:
    """Return the centers, then the places without a tier."""
    layers = [layer for name in ("centers", "untiered") if (layer := _layer(results, name)) is not None]
    return gpd.GeoDataFrame(pd.concat(layers, ignore_index=True)) if layers else gpd.GeoDataFrame(geometry=[])


def _layer(results: "StudyResults", name: str) -> gpd.GeoDataFrame | None:
    layer = results.layers.get(name)
    if layer is None or not len(layer):
        return None
    layer = layer if layer.crs is None or layer.crs.to_epsg() == 4326 else layer.to_crs(4326)
    key = "corridor" if name == "corridors" else "place"
    layer = layer[layer.geometry.notna()]
    return gpd.GeoDataFrame(layer.sort_values(key, ignore_index=True))


def _widest(width: float) -> float:
    """Give the strongest flow its width in millimeters."""
    return 2.6 if width >= _ROOMY else 1.7


def _widen(ground: Ground, ratio: float) -> Ground:
    x0, y0, x1, y1 = ground.extent
    more = ((y1 - y0) * ratio - (x1 - x0)) / 2
    return Ground(ground.crs, ground.name, (x0 - more, y0, x1 + more, y1), ground.land, ground.china)


def _draw_scopes(axes: "Axes", scopes: gpd.GeoDataFrame | None, ground: Ground, voice: Voice) -> None:
    if scopes is None:
        return
    shapes = scopes.to_crs(ground.crs)
    for row in shapes.iloc[shapes.area.argsort(kind="stable")[::-1]].itertuples():
        color, edge = voice.fill(row.tier), voice.ink(row.tier)
        axes.add_collection(
            polygon_patch(row.geometry, facecolor=[(*_rgb(color), 0.13)], edgecolor=edge, linewidth=0.6, zorder=2),
            autolim=False,
        )


def _rgb(color: str) -> tuple[float, float, float]:
    from matplotlib.colors import to_rgb

    return to_rgb(color)


def _line_style(kind: str, status: str) -> dict[str, Any]:
    belt = kind == "belt"
    dash: Any = "-" if status != "assumed" else (0, (1.2, 1.2)) if belt else (0, (4, 1.6))
    return {"color": _BELT if belt else _CORRIDOR, "linewidth": 1.5 if belt else 1.1, "linestyle": dash, "alpha": 0.85}


def _draw_corridors(axes: "Axes", corridors: gpd.GeoDataFrame | None, ground: Ground) -> None:
    if corridors is None:
        return
    import shapely

    for row in corridors.to_crs(ground.crs).itertuples():
        for part in shapely.get_parts(row.geometry):
            x, y = part.xy
            axes.plot(x, y, zorder=2.5, solid_capstyle="round", **_line_style(str(row.kind), str(row.status)))


def _size(tier: object, tiers: TierScale) -> float:
    """Return the size of a sign: the highest tier stands out, the others shrink step by step."""
    rank, steps = tiers.rank(tier), max(len(tiers) - 2, 1)
    return 9.0 if rank == 0 else 5.4 - 1.2 * min((rank - 1) / steps, 1.0)


def _type_size(tier: object, tiers: TierScale) -> float:
    return 7.2 - 1.4 * min(tiers.rank(tier) / (len(tiers) - 1), 1.0)


def _marker(tier: object, voice: Voice, *, assumed: bool, scale: float = 1.0) -> dict[str, Any]:
    if pd.isna(tier):
        return ink(marker="o", markersize=3.0 * scale, markerfacecolor=SOFT)
    size = _size(tier, voice.tiers) * scale
    style = ink(marker=voice.marker(tier, "d"), markersize=size, markerfacecolor=voice.fill(tier))
    if assumed:
        style |= {"markerfacecolor": "white", "markeredgecolor": voice.ink(tier)}
        style["markeredgewidth"] = 0.9
    return style


def _assumed(row: Any) -> bool:  # noqa: ANN401
    return str(getattr(row, "tier_status", "")) == "assumed"


def _draw_centers(axes: "Axes", places: gpd.GeoDataFrame, voice: Voice, scale: float) -> None:
    rank = voice.tiers.rank
    for row in sorted(places.itertuples(), key=lambda r: (-rank(r.tier), str(r.place))):
        style = _marker(row.tier, voice, assumed=_assumed(row), scale=scale)
        axes.plot(row.geometry.x, row.geometry.y, zorder=5 - 0.1 * rank(row.tier), **style)


def _names(places: gpd.GeoDataFrame, voice: Voice, scale: float) -> list[Name]:
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=1.4, foreground="white")]
    names = []
    for row in sorted(places.itertuples(), key=lambda r: (voice.tiers.rank(r.tier), str(r.place))):
        tier = str(row.tier)
        style = {"size": _type_size(tier, voice.tiers) * (0.4 + 0.6 * scale), "path_effects": halo, "zorder": 6}
        if voice.tiers.rank(tier) == 0:
            style["weight"] = voice.weight
        radius = _size(tier, voice.tiers) * scale / 2
        names.append(Name(voice.place(row.place), row.geometry.x, row.geometry.y, radius, style))
    return names


def _furniture(axes: "Axes", ground: Ground, voice: Voice, *, china: bool, inside: bool) -> list[Box]:
    """Draw inset, scale bar and north, and return the boxes they take, in points."""
    renderer = axes.figure.canvas.get_renderer()  # pyright: ignore[reportAttributeAccessIssue]
    window = axes.get_window_extent(renderer)
    scale = 72.0 / axes.figure.dpi
    x0, y0, wide, tall = window.x0 * scale, window.y0 * scale, window.width * scale, window.height * scale

    def box(left: float, bottom: float, right: float, top: float) -> Box:
        return (x0 + left * wide, y0 + bottom * tall, x0 + right * wide, y0 + top * tall)

    taken = []
    if china:
        title = voice.say("map.south_sea")
        inset = draw_south_sea(axes, ground, title=title)
        got = inset.get_window_extent(renderer)
        taken.append((got.x0 * scale, got.y0 * scale, got.x1 * scale, got.y1 * scale))
    bar = (0.44, 0.03) if inside else (0.04, 0.03)
    draw_scale(axes, ground, bar, unit="km", share=0.14 if wide > 350 else 0.2)
    taken.append(box(bar[0] - 0.02, 0.015, bar[0] + 0.22, 0.08))
    draw_north(axes, ground, (0.05, 0.92))
    taken.append(box(0.0, 0.86, 0.09, 1.0))
    return taken


def _points(box: tuple[float, float, float, float]) -> Box:
    x0, y0, x1, y1 = (value / INCH * 72 for value in box)
    return (x0, y0, x1, y1)


def _legend(
    voice: Voice,
    layers: dict[str, gpd.GeoDataFrame | None],
    flows: Flows | None,
    width: float,
    *,
    widest: float,
) -> list[list[Row]]:
    blocks = [
        _tier_rows(voice, layers["centers"], width) + _untiered_rows(voice, layers["untiered"], width),
        _area_rows(voice, layers, width),
    ]
    if flows is not None:
        blocks.append(_flow_rows(voice, flows, width, widest=widest))
    return [block for block in blocks if block]


def _tier_rows(voice: Voice, centers: pd.DataFrame | None, width: float) -> list[Row]:
    if centers is None:
        return []
    rows = [heading(voice, voice.say("map.centers"), width)]
    tiers = sorted({str(tier) for tier in centers["tier"].dropna()}, key=lambda t: (voice.tiers.rank(t), t))
    for tier in tiers:
        members = centers[centers["tier"].astype(str) == tier]
        count, assumed = len(members), sum(_assumed(row) for row in members.itertuples())
        title = text("tiers.centers", tier=voice.head(tier)).in_(voice.language)
        style = _marker(tier, voice, assumed=assumed == count)
        rows.append(keyed(voice, f"{title} ({count})", width, lambda axes, x, y, s=style: axes.plot(x, y, **s)))
    if any(_assumed(row) for row in centers.itertuples()):
        rows.append(note(voice, voice.say("map.assumed"), width))
    return rows


def _untiered_rows(voice: Voice, places: pd.DataFrame | None, width: float) -> list[Row]:
    if places is None:
        return []
    title, style = text("tiers.none").capital().in_(voice.language), _marker(None, voice, assumed=False)
    return [keyed(voice, f"{title} ({len(places)})", width, lambda axes, x, y: axes.plot(x, y, **style))]


def _area_rows(voice: Voice, layers: dict[str, gpd.GeoDataFrame | None], width: float) -> list[Row]:
    from matplotlib.patches import Rectangle

    rows: list[Row] = []
    if layers["scopes"] is not None:
        fill = voice.tiers.tiers[1].color

        def patch(axes: "Axes", x: float, y: float) -> None:
            axes.add_patch(Rectangle((x - 2.4, y - 1), 4.8, 2, fc=(*_rgb(fill), 0.13), ec=fill, lw=0.6))

        rows.append(keyed(voice, voice.say("map.scope"), width, patch))
    corridors = layers["corridors"]
    if corridors is not None:
        seen = sorted({(str(r.kind), str(r.status)) for r in corridors.itertuples()}, reverse=True)
        for kind, status in sorted(seen, key=lambda k: (k[0] == "belt", k[1] == "assumed")):
            line = voice.say(f"map.{kind}") if kind in ("corridor", "belt") else kind
            if status == "assumed":
                line = voice.say("map.course_assumed", line=line)
            style = _line_style(kind, status)
            rows.append(
                keyed(voice, line, width, lambda axes, x, y, s=style: axes.plot([x - 2.6, x + 2.6], [y, y], **s))
            )
    return rows


def _flow_rows(voice: Voice, flows: Flows, width: float, *, widest: float) -> list[Row]:
    title = voice.say("map.flows_unit", flows=flows.title, unit=flows.unit) if flows.unit else flows.title
    rows = [heading(voice, title, width)]
    most = float(flows.pairs["value"].iloc[0])
    for value in legend_values(most):
        thick = widest * value / most

        def sign(axes: "Axes", x: float, y: float, thick: float = thick) -> None:
            shape = ribbon((x - 3, y), (x + 3, y), thick, taper=flows.directed, bend=0.0)
            axes.fill(*shape.T, fc=COLOR, ec="none", alpha=0.62)

        rows.append(keyed(voice, written_value(value), width, sign, tall=max(LINE, thick + 0.8)))
    share = f"{100 * flows.share:.0f}%"
    drawn = len(flows.pairs)
    sentences = [
        voice.say("map.all_flows", n=drawn)
        if drawn == flows.count
        else voice.say("map.strongest", drawn=drawn, count=f"{flows.count:,}", share=share)
    ]
    if flows.directed:
        sentences.append(voice.say("map.widens"))
    if flows.estimated:
        sentences.append(voice.say("map.estimated"))
    if flows.unlocated:
        sentences.append(voice.say("map.unlocated", n=flows.unlocated))
    return [*rows, note(voice, voice.join(sentences), width)]


def _foot(voice: Voice, ground: Ground, land: Basemap, lost: list[str], *, width: float) -> str:
    """Say projection, source and names without room, in lines of the width of the figure."""
    sentences = [voice.say("map.projection", name=ground.name.in_(voice.language))]
    standing = land.standing and text("report.map.standing", standing=land.standing)
    sentences += [said.in_(voice.language) for said in (standing, land.source) if said is not None]
    if lost:
        names = join_texts(lost).in_(voice.language)
        sentences.append(voice.say("map.unnamed", names=names))
    return voice.wrap(voice.join(sentences), int((width - 1.5) / _FOOT_LETTER))
