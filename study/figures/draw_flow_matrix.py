"""Draw flows between places as a matrix of cells, origin by destination, in classes."""

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...data.amounts import readable_amount
from ...data.wording.catalogue import text
from ...geo.maps.colors import class_breaks, ramp
from .map_flows import Flows, pick_flows
from .paper import Paper
from .style import INK, RULE, SOFT, Voice

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..results.study_results import StudyResults

__all__ = ["all_flows", "draw_flow_matrix", "flow_title", "strongest_places"]

_NUMBERED = 9
_SELF = "white"


def draw_flow_matrix(
    results: "StudyResults",
    voice: Voice,
    paper: Paper,
    *,
    kind: str | None = None,
    most: int = 25,
    classes: int = 5,
    classing: str = "natural_breaks",
) -> "Figure":
    """Draw the flows among the places with the largest totals; rows are origins, the others stand in the note."""
    from matplotlib.collections import PolyCollection

    flows = all_flows(results, voice, kind)
    pairs = flows.pairs if flows.directed else _both_ways(flows.pairs)
    places = strongest_places(flows.pairs, most)
    kept = pairs[pairs["source"].isin(places) & pairs["target"].isin(places)]
    values = kept["value"].to_numpy(dtype=float)
    breaks = class_breaks(values, method=classing, classes=classes)
    shades = ramp("teal", len(breaks) + 1)
    where = np.searchsorted(np.array(breaks), values, side="left")
    at = {place: i for i, place in enumerate(places)}
    long = max(14, int(paper.width * 0.16))
    labels = [_first_line(voice.wrap(voice.place(place), long)) for place in places]
    across = paper.width - 34
    cell = min(across / len(places), 9.0)
    figure = paper.new(cell * len(places) + 46)
    axes = figure.add_subplot()
    own = range(len(places))
    cells = [(at[target], at[source]) for source, target in zip(kept["source"], kept["target"], strict=True)]
    boxes = [[(x - 0.5, y - 0.5), (x + 0.5, y - 0.5), (x + 0.5, y + 0.5), (x - 0.5, y + 0.5)] for x, y in cells]
    boxes += [[(i - 0.5, i - 0.5), (i + 0.5, i - 0.5), (i + 0.5, i + 0.5), (i - 0.5, i + 0.5)] for i in own]
    fills = [*(shades[step] for step in where), *[_SELF] * len(places)]
    axes.add_collection(PolyCollection(boxes, facecolors=fills, edgecolors="white", linewidths=0.4), autolim=False)
    if len(places) <= _NUMBERED and cell >= 7:
        for (x, y), value, step in zip(cells, values, where, strict=True):
            ink = "white" if step > len(shades) / 2 else INK
            said = readable_amount(value, "").in_(voice.language)
            axes.text(x, y, said, ha="center", va="center", size=5.2, color=ink)
    axes.set(xlim=(-0.5, len(places) - 0.5), ylim=(len(places) - 0.5, -0.5))
    axes.set_aspect("equal")
    size = 6.0 if cell >= 3.2 else 5.0
    axes.set_yticks(range(len(places)), labels, size=size)
    axes.set_xticks(range(len(places)), labels, rotation=90, size=size)
    axes.tick_params(length=0, top=True, bottom=False, labeltop=True, labelbottom=False)
    for spine in axes.spines.values():
        spine.set(visible=True, color=RULE)
    if flows.directed:
        axes.set_ylabel(voice.say("flow_matrix.origin"))
        axes.set_xlabel(voice.say("flow_matrix.destination"))
        axes.xaxis.set_label_position("top")
    counts = np.bincount(where, minlength=len(shades)) // (1 if flows.directed else 2)
    _explain(figure, voice, paper, flows, (values, breaks, shades, counts, len(places), classing))
    return figure


def _explain(figure: "Figure", voice: Voice, paper: Paper, flows: Flows, found: tuple[Any, ...]) -> None:
    """Write the legend above and the method below."""
    from matplotlib.patches import Patch

    values, breaks, shades, counts, places, classing = found
    edges = [readable_amount(v, "").in_(voice.language) for v in (values.min(), *breaks, values.max())]
    keys: list[Any] = [
        Patch(fc=shade, ec="white", label=voice.say("classes.count", label=span, n=int(count)))
        for shade, span, count in zip(shades, _spans(edges, voice), counts, strict=True)
    ]
    figure.legend(
        handles=keys,
        loc="outside upper left",
        ncols=3 if paper.width >= 140 else 2,
        title=voice.wrap(flow_title(flows, voice), int(paper.width / 1.5)),
        title_fontproperties={"size": 6.5, "weight": voice.weight},
        alignment="left",
        handlelength=1.4,
    )
    notes = [voice.say("choropleth.method", method=voice.say(f"classes.{classing}"), n=len(shades))]
    total, drawn = math.fsum(flows.pairs["value"]), math.fsum(values) / (1 if flows.directed else 2)
    if drawn < total:
        notes.append(voice.say("flow_matrix.part", n=places, share=f"{100 * drawn / total:.0f}%"))
    if flows.estimated:
        notes.append(voice.say("map.estimated"))
    figure.supxlabel(voice.wrap(voice.join(notes), int(paper.width / 1.05)), size=5.4, color=SOFT, x=0.01, ha="left")


def _spans(edges: list[str], voice: Voice) -> list[str]:
    return [voice.say("classes.span", low=low, high=high) for low, high in pairwise(edges)]


def _first_line(wrapped: str) -> str:
    first, *more = wrapped.split("\n")
    return f"{first}…" if more else first


def all_flows(results: "StudyResults", voice: Voice, kind: str | None) -> Flows:
    """Take all flows of a network, with coordinates or without."""
    from ...data import OptionError

    table = results.shown["flows"]
    ends = {*table["source"].astype(str), *table["target"].astype(str)}
    flows = pick_flows(results, ends, voice, kind=kind, top=len(table))
    if flows is None:
        raise OptionError(text("faults.calls.draw_flow_matrix.results_flows_between_different"))
    return flows


def strongest_places(pairs: pd.DataFrame, most: int) -> list[str]:
    """Return the places with the largest totals out and in, the largest first."""
    ends = pd.concat(
        [
            pairs[["source", "value"]].set_axis(["place", "value"], axis=1),
            pairs[["target", "value"]].set_axis(["place", "value"], axis=1),
        ]
    )
    totals = {str(place): math.fsum(values) for place, values in ends.groupby("place", sort=True)["value"]}
    return sorted(totals, key=lambda place: (-totals[place], place))[:most]


def flow_title(flows: Flows, voice: Voice) -> str:
    """Name what flows, with its unit."""
    if not flows.unit:
        return flows.title
    return text("tables.with_unit", title=flows.title, unit=flows.unit).in_(voice.language)


def _both_ways(pairs: pd.DataFrame) -> pd.DataFrame:
    back = pairs.rename(columns={"source": "target", "target": "source"})
    return pd.concat([pairs, back[pairs.columns]], ignore_index=True)
