"""Draw a network without coordinates: places near those they exchange most with, or on circles of their tiers."""

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from .draw_flow_matrix import all_flows, flow_title, strongest_places
from .map_flows import COLOR, Flows, ribbon
from .map_labels import Name, place_names
from .map_legend import draw_legend, heading, ink, keyed, legend_height, note
from .paper import Paper
from .style import OTHER_FILL, Voice

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..results.study_results import StudyResults

__all__ = ["draw_network", "stress_layout", "tier_layout"]

Layout = Literal["stress", "tiers"]
_STEPS = 1500
_FAR = 1.25


def draw_network(
    results: "StudyResults",
    voice: Voice,
    paper: Paper,
    *,
    kind: str | None = None,
    top: int = 60,
    most: int = 60,
    layout: Layout = "stress",
) -> "Figure":
    """Draw the strongest flows of a network between its strongest places, wherever these lie."""
    flows = all_flows(results, voice, kind)
    places = strongest_places(flows.pairs, most)
    pairs = flows.pairs[flows.pairs["source"].isin(places) & flows.pairs["target"].isin(places)].head(top)
    joined = {*pairs["source"].astype(str), *pairs["target"].astype(str)}
    drawn = [place for place in places if place in joined]
    tiers = _tiers(results)
    spots = stress_layout(drawn, pairs) if layout == "stress" else tier_layout(drawn, pairs, tiers, voice)
    width, high = paper.width, paper.width * 0.82
    blocks = _legend(voice, flows, pairs, drawn, tiers, width, layout)
    below = legend_height(blocks, columns=2) + 2.0
    figure = paper.new(high + below, constrained=False)
    axes = figure.add_axes((0.005, below / (high + below), 0.99, high / (high + below) - 0.005))
    points = np.array([spots[place] for place in drawn])
    low, top_edge = points.min(axis=0), points.max(axis=0)
    size = np.maximum(top_edge - low, 1e-9)
    shares = (points - low) / size if layout == "stress" else 0.5 + points / (2 * np.abs(points).max())
    pad, unit = 0.1, 1.0
    aspect = high / width
    at = {
        place: (pad + (1 - 2 * pad) * float(x), (pad + (1 - 2 * pad) * float(y)) * aspect)
        for place, (x, y) in zip(drawn, shares, strict=True)
    }
    axes.set(xlim=(0, unit), ylim=(0, aspect))
    axes.axis("off")
    _draw_edges(axes, flows, pairs, at, width)
    names = _draw_places(axes, voice, flows, drawn, at, tiers)
    place_names(axes, names)
    draw_legend(figure, (1.0, below - 0.5), width - 2, blocks, columns=2)
    return figure


def _tiers(results: "StudyResults") -> dict[str, str]:
    known: dict[str, str] = {}
    for name in ("scores", "flow_tiers", "centers"):
        table = results.shown.get(name)
        if table is not None and "tier" in table:
            known |= {
                str(place): str(tier)
                for place, tier in zip(table["place"], table["tier"], strict=True)
                if pd.notna(tier)
            }
    return known


def stress_layout(places: list[str], pairs: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Place points so that their distances come near the lengths of the shortest ways between them.

    A tie is the shorter the stronger it is, from 1 for the strongest to 2 for the weakest by the logarithm of its
    value; points that nothing joins are a quarter farther apart than any that something does. Stress
    weighted by the inverse square of these lengths is lowered by majorization from a circle in the order of the
    places, so that the same ties always give the same picture.

    References
    ----------
    Gansner, E. R., Koren, Y., & North, S. (2005). Graph drawing by stress majorization. Graph Drawing, 239-250.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "value": [1.0, 1.0]})
    >>> spots = stress_layout(["a", "b", "c"], pairs)
    >>> round(math.dist(spots["a"], spots["c"]) / math.dist(spots["a"], spots["b"]), 2)
    2.0
    """
    from scipy.sparse.csgraph import shortest_path

    n, at = len(places), {place: i for i, place in enumerate(places)}
    lengths = np.full((n, n), np.inf)
    values = pairs["value"].to_numpy(dtype=float)
    span = math.log(values.max() / values.min()) if len(values) and values.max() > values.min() else 1.0
    for source, target, value in zip(pairs["source"], pairs["target"], values, strict=True):
        i, j = at[str(source)], at[str(target)]
        length = 1.0 + math.log(values.max() / value) / span
        lengths[i, j] = lengths[j, i] = min(lengths[i, j], length)
    far = shortest_path(lengths, directed=False)
    known = far[np.isfinite(far)].max() if np.isfinite(far).any() else 1.0
    far = np.where(np.isfinite(far), far, _FAR * known)
    angles = 2 * np.pi * np.arange(n) / max(n, 1)
    spots = np.column_stack([np.sin(angles), np.cos(angles)]) * known / 2
    weights = np.zeros((n, n))
    np.divide(1.0, far**2, out=weights, where=far > 0)
    total = weights.sum(axis=1)
    for _ in range(_STEPS):
        gaps = spots[:, None, :] - spots[None, :, :]
        apart = np.sqrt((gaps**2).sum(axis=2))
        pull = np.zeros((n, n))
        np.divide(far, apart, out=pull, where=apart > 1e-12)
        # each point moves to where the others, each at its length, would have it
        wish = spots[None, :, :] + gaps * pull[:, :, None]
        moved = (weights[:, :, None] * wish).sum(axis=1) / np.where(total > 0, total, 1.0)[:, None]
        if np.abs(moved - spots).max() < 1e-7 * known:
            break
        spots = 0.5 * spots + 0.5 * moved
    return {place: (float(x), float(y)) for place, (x, y) in zip(places, spots, strict=True)}


def tier_layout(
    places: list[str], pairs: pd.DataFrame, tiers: dict[str, str], voice: Voice
) -> dict[str, tuple[float, float]]:
    """Place points on circles, the highest tier innermost, each turned towards those inside that it is tied to."""
    rank = {place: voice.tiers.rank(tiers.get(place, "")) for place in places}
    rings = sorted({*rank.values()})
    spots: dict[str, tuple[float, float]] = {}
    for step, ring in enumerate(rings):
        own = [place for place in places if rank[place] == ring]
        radius = 0.0 if step == 0 and len(own) == 1 else (step + 1.0 - (len(rings) > 1) * 0.35)
        wanted = {place: _pull(place, pairs, spots) for place in own}
        own.sort(key=lambda place: (wanted[place] is None, wanted[place] or 0.0, place))
        first = next((wanted[place] for place in own if wanted[place] is not None), 0.0)
        for i, place in enumerate(own):
            angle = (first or 0.0) + 2 * math.pi * i / len(own)
            spots[place] = (radius * math.sin(angle), radius * math.cos(angle))
    return spots


def _pull(place: str, pairs: pd.DataFrame, spots: dict[str, tuple[float, float]]) -> float | None:
    """Return the direction of the places already set that this one is tied to, None without any."""
    x = y = 0.0
    for source, target, value in zip(pairs["source"], pairs["target"], pairs["value"], strict=True):
        other = str(target) if str(source) == place else str(source) if str(target) == place else None
        if other in spots:
            x, y = x + float(value) * spots[other][0], y + float(value) * spots[other][1]
    return None if x == y == 0 else math.atan2(x, y) % (2 * math.pi)


def _draw_edges(
    axes: "Axes", flows: Flows, pairs: pd.DataFrame, at: dict[str, tuple[float, float]], width: float
) -> None:
    from matplotlib.collections import PolyCollection

    widest = (2.4 if width >= 140 else 1.6) / width
    peak = float(pairs["value"].max())
    shapes = [
        ribbon(at[row.source], at[row.target], max(widest * row.value / peak, 0.0012), taper=flows.directed, bend=0.08)
        for row in pairs.iloc[::-1].itertuples()
    ]
    style: dict[str, Any] = {"facecolors": COLOR, "edgecolors": "white", "linewidths": 0.12, "alpha": 0.55}
    axes.add_collection(PolyCollection(shapes, zorder=2, **style), autolim=False)


def _draw_places(
    axes: "Axes",
    voice: Voice,
    flows: Flows,
    drawn: list[str],
    at: dict[str, tuple[float, float]],
    tiers: dict[str, str],
) -> list[Name]:
    from matplotlib.patheffects import withStroke

    totals = (
        flows.pairs.groupby("source")["value"].sum().add(flows.pairs.groupby("target")["value"].sum(), fill_value=0.0)
    )
    peak = float(totals.max())
    names = []
    for place in drawn:
        tier = tiers.get(place, "")
        size = max(11.0 * math.sqrt(float(totals[place]) / peak), 2.4)
        style = ink(marker=voice.marker(tier), markersize=size, markerfacecolor=voice.fill(tier, OTHER_FILL))
        axes.plot(*at[place], zorder=4, **style)
        halo = [withStroke(linewidth=1.3, foreground="white")]
        names.append(Name(voice.place(place), *at[place], size / 2, {"size": 5.8, "path_effects": halo, "zorder": 6}))
    return names


def _legend(
    voice: Voice,
    flows: Flows,
    pairs: pd.DataFrame,
    drawn: list[str],
    tiers: dict[str, str],
    width: float,
    layout: Layout,
) -> list[list]:
    span = width / 2 - 2
    there = sorted({tiers.get(place, "") for place in drawn}, key=lambda tier: (voice.tiers.rank(tier), tier))
    rows = [heading(voice, voice.say("network.places"), span)]
    for tier in there:
        title = voice.head(tier) if tier in voice.tiers else voice.say("diffusion.no_tier")
        style = ink(marker=voice.marker(tier), markersize=5.0, markerfacecolor=voice.fill(tier, OTHER_FILL))
        label = voice.say("classes.count", label=title, n=sum(tiers.get(place, "") == tier for place in drawn))
        rows.append(keyed(voice, label, span, lambda axes, x, y, s=style: axes.plot(x, y, **s)))
    share = f"{100 * math.fsum(pairs['value']) / math.fsum(flows.pairs['value']):.0f}%"
    said = [voice.say("map.strongest", drawn=len(pairs), count=f"{len(flows.pairs):,}", share=share)]
    said += [voice.say("map.widens")] if flows.directed else []
    said += [voice.say("map.estimated")] if flows.estimated else []
    said.append(voice.say(f"network.{layout}"))
    left_out = len({*flows.pairs["source"], *flows.pairs["target"]}) - len(drawn)
    said += [voice.say("network.left_out", n=left_out)] if left_out else []
    return [rows, [heading(voice, flow_title(flows, voice), span), note(voice, voice.join(said), span)]]
