"""Draw flows as ribbons across a circle, each place an arc as long as what it sends and receives."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...data.amounts import readable_amount
from .draw_flow_matrix import all_flows, flow_title, strongest_places
from .paper import Paper
from .style import LINES, SOFT, Voice

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.path import Path
    from matplotlib.transforms import Bbox

    from ..results.study_results import StudyResults

__all__ = ["draw_chord"]

_OTHERS = "\0others"
_GAP = math.radians(2.2)
_INNER, _OUTER = 1.0, 1.055
_HUES = (*LINES[1:], "#5b8c2a", "#a0455c", "#2f6f7e", "#6b6a3a")


def draw_chord(
    results: "StudyResults", voice: Voice, paper: Paper, *, kind: str | None = None, most: int = 12
) -> "Figure":
    """Draw the flows among the places with the largest totals; what joins the others is one arc."""
    flows = all_flows(results, voice, kind)
    places = strongest_places(flows.pairs, most)
    pairs = _with_others(flows.pairs, places)
    order = [*places, *([_OTHERS] if _OTHERS in {*pairs["source"], *pairs["target"]} else [])]
    totals = {
        place: math.fsum(pairs.loc[pairs["source"] == place, "value"])
        + math.fsum(pairs.loc[pairs["target"] == place, "value"])
        for place in order
    }
    order = [place for place in order if totals[place] > 0]
    high = paper.width * 1.38 / 1.72
    figure = paper.new(high + 12, constrained=False)
    axes = figure.add_axes((0.0, 12 / (high + 12), 1.0, high / (high + 12)))
    axes.set(xlim=(-1.72, 1.72), ylim=(-1.38, 1.38))
    axes.set_aspect("equal")
    axes.axis("off")
    starts = _arcs(order, totals)
    colors = {place: _HUES[i % len(_HUES)] for i, place in enumerate(order)} | {_OTHERS: "#a6abb2"}
    per = (2 * math.pi - _GAP * len(order)) / math.fsum(totals.values())
    _draw_ribbons(axes, pairs, order, starts, per, colors)
    taken: list[Bbox] = []
    for place in order:
        _draw_arc(axes, starts[place], totals[place] * per, colors[place])
        middle = starts[place] + totals[place] * per / 2
        name = voice.say("chord.others") if place == _OTHERS else voice.place(place)
        amount = readable_amount(totals[place], "").in_(voice.language)
        _label(axes, middle, voice.say("chord.label", name=voice.wrap(name, 20), amount=amount), taken)
    said = [voice.say("chord.arcs"), voice.say("chord.directed" if flows.directed else "chord.undirected")]
    if flows.estimated:
        said.append(voice.say("map.estimated"))
    title = voice.wrap(flow_title(flows, voice), int(paper.width / 1.5))
    figure.text(0.01, 11 / (high + 12), title, size=6.5, weight=voice.weight, va="top")
    below = voice.wrap(voice.join(said), int(paper.width / 1.05))
    figure.text(0.01, (8.0 - 2.6 * title.count("\n")) / (high + 12), below, size=5.4, color=SOFT, va="top")
    return figure


def _with_others(pairs: pd.DataFrame, places: list[str]) -> pd.DataFrame:
    """Add up what flows from and to places that are not drawn; what flows among these is left out."""
    kept = pairs.assign(
        **{end: pairs[end].astype(str).where(pairs[end].isin(places), _OTHERS) for end in ("source", "target")}
    )
    kept = kept[kept["source"] != kept["target"]]
    summed = kept.groupby(["source", "target"], sort=True)["value"].agg(math.fsum).reset_index()
    return summed.sort_values(["value", "source", "target"], ascending=[True, True, True], ignore_index=True)


def _arcs(order: list[str], totals: dict[str, float]) -> dict[str, float]:
    """Return the angle at which each arc begins, clockwise from the top."""
    per = (2 * math.pi - _GAP * len(order)) / math.fsum(totals.values())
    starts, angle = {}, 0.0
    for place in order:
        starts[place] = angle
        angle += totals[place] * per + _GAP
    return starts


def _at(angle: float, radius: float) -> tuple[float, float]:
    return radius * math.sin(angle), radius * math.cos(angle)


def _arc(start: float, turn: float, radius: float) -> list[tuple[float, float]]:
    steps = max(2, int(abs(turn) / math.radians(1.5)) + 2)
    return [_at(start + turn * k / (steps - 1), radius) for k in range(steps)]


def _draw_arc(axes: "Axes", start: float, turn: float, color: str) -> None:
    axes.fill(*np.transpose([*_arc(start, turn, _OUTER), *_arc(start + turn, -turn, _INNER)]), fc=color, ec="none")


def _draw_ribbons(
    axes: "Axes", pairs: pd.DataFrame, order: list[str], starts: dict[str, float], per: float, colors: dict[str, str]
) -> None:
    """Draw ribbons in the color of their origin, the strongest on top, side by side along each arc."""
    from matplotlib.patches import PathPatch

    rank = {place: i for i, place in enumerate(order)}
    count = len(order)
    ends: dict[tuple[int, str], float] = {}
    for place in order:
        touching = [(i, row) for i, row in enumerate(pairs.itertuples()) if place in (row.source, row.target)]

        # ribbons leave an arc in the order in which they meet the others, so that they cross least
        def turn(one: tuple[int, Any], place: str = place) -> tuple[int, bool]:
            other = one[1].target if one[1].source == place else one[1].source
            return -((rank[other] - rank[place]) % count), one[1].source == place

        angle = starts[place]
        for i, row in sorted(touching, key=turn):
            ends[i, place] = angle
            angle += row.value * per
    for i, row in enumerate(pairs.itertuples()):
        wide = row.value * per
        shape = _ribbon(ends[i, row.source], ends[i, row.target], wide)
        style = {"fc": colors[row.source], "ec": "white", "lw": 0.25, "alpha": 0.62}
        axes.add_patch(PathPatch(shape, zorder=2 + 0.001 * i, **style))


def _ribbon(start: float, end: float, wide: float) -> "Path":
    from matplotlib.path import Path

    one, other = _arc(start, wide, _INNER - 0.012), _arc(end, wide, _INNER - 0.012)
    points = [*one, (0.0, 0.0), other[0], *other[1:], (0.0, 0.0), one[0]]
    curve = [Path.CURVE3, Path.CURVE3]
    codes = [Path.MOVETO, *[Path.LINETO] * (len(one) - 1), *curve, *[Path.LINETO] * (len(other) - 1), *curve]
    return Path(points, codes)


def _label(axes: "Axes", angle: float, words: str, taken: "list[Bbox]") -> None:
    """Write words beside an arc, further out where others stand already."""
    text = axes.text(0, 0, words, size=6.0, ha="center", va="center", ma="center", linespacing=1.1)
    box = text.get_window_extent().transformed(axes.transData.inverted())
    # the nearest edge or corner is at the same distance all around
    radii = (_OUTER + 0.05 + 0.06 * step for step in range(6))
    shifts = [
        (x + math.sin(angle) * box.width / 2, y + math.cos(angle) * box.height / 2)
        for x, y in (_at(angle, radius) for radius in radii)
    ]
    free = (shift for shift in shifts if not any(box.translated(*shift).overlaps(other) for other in taken))
    shift = next(free, shifts[0])
    text.set_position(shift)
    taken.append(box.translated(*shift))
