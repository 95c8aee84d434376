"""Compose the printed map: land, scopes, corridors, the strongest flows, centers by tier, names, legend."""

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from ...data import OptionError
from ...data.styles import CORRIDOR
from ...data.tier_scale import TierScale
from ...data.wording.catalogue import text
from .map_basemap import Ground, polygon_patch
from .map_flows import COLOR, Flows, draw_flows, flow_width, legend_values, pick_flows, ribbon, written_value
from .map_frame import ROOMY, Insets, MapContent, MapGround, draw_framed_map
from .map_labels import Name
from .map_legend import LINE, Row, heading, ink, keyed, note
from .paper import Paper
from .style import SOFT, Voice

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..results.study_results import StudyResults


def draw_map(
    results: "StudyResults",
    voice: Voice,
    paper: Paper,
    *,
    under: MapGround,
    insets: Insets = "auto",
    kind: str | None = None,
    top: int = 60,
) -> "Figure":
    """Draw the map of a study: centers, scopes, corridors and the strongest flows."""
    layers = {name: _layer(results, name) for name in ("centers", "untiered", "scopes", "corridors")}
    centers = placed_points(results)
    if centers.empty:
        raise OptionError(text("faults.calls.draw_map.results_centers_places_flows"))
    flows = pick_flows(results, set(centers["place"]), voice, kind=kind, top=top)
    widest = _widest(paper.width)

    def paint(axes: "Axes", ground: Ground, unit: float, scale: float) -> None:
        _draw_scopes(axes, layers["scopes"], ground, voice)
        _draw_corridors(axes, layers["corridors"], ground)
        places = centers.to_crs(ground.crs)
        if flows is not None:
            points = {row.place: (row.geometry.x, row.geometry.y) for row in places.itertuples()}
            draw_flows(axes, flows, points, widest=widest * unit)
        _draw_centers(axes, places, voice, scale)

    content = MapContent(
        [layer for layer in layers.values() if layer is not None],
        lambda span: _legend(voice, layers, flows, span, widest=widest),
        paint,
        lambda ground, scale: center_names(centers.to_crs(ground.crs), voice, scale),
    )
    return draw_framed_map(paper, voice, under, content, insets=insets)


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
    return 2.6 if width >= ROOMY else 1.7


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
    return {"color": CORRIDOR, "linewidth": 2.6 if belt else 1.1, "linestyle": dash, "alpha": 0.5 if belt else 0.9}


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


def center_names(places: gpd.GeoDataFrame, voice: Voice, scale: float) -> list[Name]:
    """Name the centers, the highest tier first."""
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
        thick = flow_width(value, most, widest)

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
