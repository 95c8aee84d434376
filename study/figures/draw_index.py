"""Draw what an index is made of: the contributions of its indicators to each score, and how indicators go together."""

import colorsys
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .draw_scores import quantity
from .measured import indicator_title
from .paper import Paper
from .style import INK, LINES, PAGE, Voice

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..results.study_results import StudyResults

__all__ = ["draw_contributions", "draw_correlations"]

_MOST = 14
_BORDERS = (-0.8, -0.6, -0.4, -0.2, 0.2, 0.4, 0.6, 0.8)
_SHADES = (
    "#0d3f77",
    "#3f7cb8",
    "#86b4dc",
    "#c6dcee",
    "#f3f3f1",
    "#f7dcbb",
    "#e5a760",
    "#c06f22",
    "#7d3a04",
)


def draw_contributions(results: "StudyResults", voice: Voice, paper: Paper) -> "Figure":
    """Draw how much each indicator, or each group of many, adds to the scores of the first recipe."""
    table = results.shown["contributions"]
    main = str(results.study.index.recipes[0].name) if results.study.index else str(table["recipe"].iloc[0])
    table = table[table["recipe"].astype(str) == main].set_index("place").drop(columns="recipe")
    keys = [str(column) for column in table.columns if column != "year" and table[column].notna().any()]
    table = table[keys].astype(float)
    order = table.sum(axis=1).rename("total").reset_index().sort_values(["total", "place"], ascending=[False, True])
    table = table.reindex(order["place"])
    parts = _parts(results, voice, keys)
    places = [voice.wrap(voice.place(place), max(14, int(paper.width * 0.26))) for place in table.index]
    tall = 4.9 if len(places) > 6 else 6.4
    columns = 2 if paper.width >= PAGE * 0.7 else 1
    legend = 3.3 * -(-len(parts) // columns)
    figure = paper.new(14 + tall * len(places) + legend)
    axes = figure.add_subplot()
    y = np.arange(len(places))
    above, under = np.zeros(len(places)), np.zeros(len(places))
    for title, members, color in parts:
        values = table[members].fillna(0.0).sum(axis=1).to_numpy(dtype=float)
        left = np.where(values >= 0, above, under)
        label = voice.wrap(title, int((paper.width / columns - 8) / 1.3)).split("\n")
        said = label[0] + ("…" if len(label) > 1 else "")
        axes.barh(y, values, left=left, height=0.72, fc=color, ec="white", lw=0.4, label=said)
        above, under = above + np.maximum(values, 0), under + np.minimum(values, 0)
    axes.set_yticks(y, places, linespacing=1.05)
    axes.set_ylim(len(places) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    if (under < 0).any():
        axes.axvline(0, color=INK, lw=0.6)
        totals = above + under
        axes.plot(totals, y, ls="none", marker="D", ms=3, mfc="white", mec=INK, mew=0.7, label=voice.say("index.total"))
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.set_xlabel(voice.say("index.contribution"))
    figure.legend(loc="outside lower left", ncols=columns, handlelength=1.2, columnspacing=1.2)
    return figure


def _parts(results: "StudyResults", voice: Voice, keys: list[str]) -> list[tuple[str, list[str], str]]:
    """Return indicators, or groups where these are many: title, members, color; members of a group share a hue."""
    frame = results.shown.get("framework")
    groups: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for key in keys:
        row = None if frame is None else next(iter(frame[frame["indicator"].astype(str) == key].itertuples()), None)
        group = "" if row is None or pd.isna(getattr(row, "level1", None)) else str(row.level1)
        groups.setdefault(group, []).append(key)
        chinese = getattr(row, "level1_zh", None)
        names[group] = voice.name(
            voice.head(group), chinese if isinstance(chinese, str) and chinese else voice.head(group)
        )
    if len(keys) > _MOST and len(groups) > 1:
        return [(names[g], members, LINES[1 + i % (len(LINES) - 1)]) for i, (g, members) in enumerate(groups.items())]
    parts: list[tuple[str, list[str], str]] = []
    for i, members in enumerate(groups.values()):
        hue = LINES[1 + i % (len(LINES) - 1)]
        for k, key in enumerate(members):
            share = k / max(len(members) - 1, 1)
            parts.append((indicator_title(results, voice, key)[0], [key], _lighter(hue, 0.75 * share)))
    return parts


def _lighter(color: str, share: float) -> str:
    from matplotlib.colors import to_hex, to_rgb

    hue, light, full = colorsys.rgb_to_hls(*to_rgb(color))
    return to_hex(colorsys.hls_to_rgb(hue, light + (0.9 - light) * share, full))


def draw_correlations(results: "StudyResults", voice: Voice, paper: Paper) -> "Figure":
    """Draw the rank correlations (Spearman) of the indicators, whose directions point the same way."""
    from matplotlib.patches import Patch, Rectangle

    table = results.shown["normalized"]
    recipe = str(table["recipe"].iloc[0])
    table = table[table["recipe"].astype(str) == recipe]
    columns = [str(c) for c in table if c not in ("place", "year", "recipe")]
    numbers = pd.DataFrame({key: quantity(table, key) for key in columns})
    # what is the same everywhere goes with nothing
    keys = [key for key in columns if numbers[key].min() < numbers[key].max()]
    ranks = numbers[keys].corr(method="spearman", min_periods=3)
    titles = [f"{i + 1}  {indicator_title(results, voice, key)[0]}" for i, key in enumerate(keys)]
    long = max(18, int(paper.width * 0.26))
    labels = [voice.wrap(title, long) for title in titles]
    count = len(keys)
    cell = min((paper.width * 0.55) / max(count, 1), 9.0)
    figure = paper.new(max(cell, 2.6 + 2.2 * max(t.count("\n") for t in labels)) * count + 22)
    axes = figure.add_subplot()
    for i in range(count):
        for j in range(i + 1):
            value = float(ranks.iloc[i, j])
            if np.isnan(value):
                continue
            step = int(np.searchsorted(_BORDERS, value, side="right"))
            axes.add_patch(Rectangle((j - 0.5, i - 0.5), 1, 1, fc=_SHADES[step], ec="white", lw=0.5))
            if cell >= 3.6:
                ink = "white" if step in (0, 1, 7, 8) else INK
                said = "1" if i == j else f"{value:.2f}".replace("-", "−")
                axes.text(j, i, said, ha="center", va="center", size=5.2 if cell < 6 else 6, color=ink)
    axes.set(xlim=(-0.5, count - 0.5), ylim=(count - 0.5, -0.5))
    axes.set_xticks(range(count), [str(i + 1) for i in range(count)])
    axes.set_yticks(range(count), labels, linespacing=1.05)
    axes.tick_params(length=0)
    axes.spines[["left", "bottom"]].set_visible(False)
    edges = ["−1", *(f"{b:.1f}".replace("-", "−") for b in _BORDERS), "1"]
    keyed: list[Any] = [
        Patch(fc=shade, ec="#c6cad0", lw=0.3, label=voice.say("classes.span", low=low, high=high))
        for shade, low, high in zip(_SHADES, edges[:-1], edges[1:], strict=True)
    ]
    figure.legend(
        handles=keyed,
        loc="outside lower left",
        ncols=5 if paper.width >= PAGE * 0.7 else 3,
        title=voice.say("index.correlation", n=len(table)),
        title_fontproperties={"size": 6.5, "weight": voice.weight},
        alignment="left",
        handlelength=1.2,
        columnspacing=1.2,
    )
    return figure
