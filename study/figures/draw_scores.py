"""Draw scores with their intervals, chances of tiers, and shares of channels as printed charts."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .paper import Paper
from .style import (
    CHANNEL_FILLS,
    CHANNEL_HATCHES,
    INK,
    OTHER_FILL,
    PAGE,
    Voice,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..results.study_results import StudyResults

_ROW = 4.9


def draw_scores(results: "StudyResults", voice: Voice, paper: Paper) -> "Figure":
    """Draw the score of every place as a bar, with its interval and the scores of other recipes."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    table = results.shown["scores"].sort_values(["score", "place"], ascending=[False, True])
    table = table[table["score"].notna()]
    labels = [voice.wrap(voice.place(place), _letters(paper.width)) for place in table["place"]]
    figure = paper.new((17 if len(table) > 7 else 26) + _ROW * len(table))
    axes = figure.add_subplot()
    y = np.arange(len(table))
    tiers = [str(tier) for tier in table["tier"]] if "tier" in table else [""] * len(table)
    axes.barh(y, table["score"], height=0.66, color=[voice.fill(t) for t in tiers], ec=INK, lw=0.4)
    keys: list[Any] = [Patch(fc=voice.fill(t), ec=INK, lw=0.4, label=voice.head(t)) for t in voice.tiers if t in tiers]
    intervals = results.shown.get("score_intervals")
    if intervals is not None and len(intervals):
        known = intervals.set_index("place").reindex(table["place"])
        axes.hlines(y, known["score_low"], known["score_high"], color=INK, lw=0.9, zorder=4)
        for column in ("score_low", "score_high"):
            axes.vlines(known[column], y - 0.16, y + 0.16, color=INK, lw=0.9, zorder=4)
        several = _several_recipes(table)
        keys.append(Line2D([], [], color=INK, lw=0.9, label=voice.say(f"scores.{'all' if several else 'interval'}")))
        if several and "recipe_low" in known:
            dashed: Any = {"color": INK, "lw": 0.8, "ls": (0, (2.2, 1.4))}
            axes.hlines(y + 0.22, known["recipe_low"], known["recipe_high"], zorder=4, **dashed)
            main = voice.head(results.study.index.recipes[0].name) if results.study.index else ""
            keys.append(Line2D([], [], label=voice.say("scores.one", recipe=main), **dashed))
    others = sorted(c for c in table.columns if c.startswith("score_"))
    for shape, column in zip("Dov^", others, strict=False):
        style = {"ls": "none", "marker": shape, "ms": 3.2, "mfc": "white", "mec": INK, "mew": 0.7}
        axes.plot(table[column], y, zorder=5, **style)
        keys.append(Line2D([], [], label=voice.head(column.removeprefix("score_")), **style))
    _rows(axes, y, labels)
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.set_xlabel(voice.say("scores.score"))
    axes.grid(axis="x", zorder=0)
    axes.set_axisbelow(True)
    if len(table) > 7:
        axes.legend(handles=keys, loc="lower right", handlelength=1.4, borderaxespad=0.5)
    else:
        figure.legend(handles=keys, loc="outside lower left", ncols=3, handlelength=1.4)
    return figure


def draw_tiers(results: "StudyResults", voice: Voice, paper: Paper) -> "Figure":
    """Draw how likely each place is on each tier."""
    table = results.shown["tier_probabilities"]
    scores = results.shown.get("scores")
    order = (
        table["place"] if scores is None else scores.sort_values(["score", "place"], ascending=[False, True])["place"]
    )
    table = table.set_index("place").reindex([p for p in order if p in set(table["place"])])
    tiers = [tier for tier in voice.tiers if tier in table.columns and table[tier].sum() > 0]
    parts = [(voice.head(t), table[t].to_numpy(dtype=float), voice.fill(t), "") for t in tiers]
    labels = [voice.wrap(voice.place(place), _letters(paper.width)) for place in table.index]
    return _stacked(labels, parts, voice.say("scores.probability"), paper)


def draw_channels(results: "StudyResults", voice: Voice, paper: Paper) -> "Figure":
    """Draw which channel brought the arrivals of each tier, in the baseline."""
    credit = results.shown["credit"]
    credit = credit[credit["scenario"] == "baseline"]
    shares = credit.pivot_table(index="tier", columns="channel", values="share", aggfunc="sum", observed=True).fillna(
        0.0
    )
    shares.index, shares.columns = shares.index.astype(str), shares.columns.astype(str)
    tiers = [tier for tier in ("all", *voice.tiers) if tier in shares.index and shares.loc[tier].sum() > 0]
    known = [name for name in CHANNEL_FILLS if name in shares.columns]
    names = [*known, *sorted(set(shares.columns) - set(known))]
    names = [name for name in names if shares[name].sum() > 0]
    shares = shares.loc[tiers].div(shares.loc[tiers].sum(axis=1), axis=0)
    parts = [
        (voice.head(n), shares[n].to_numpy(dtype=float), CHANNEL_FILLS.get(n, OTHER_FILL), CHANNEL_HATCHES.get(n, ""))
        for n in names
    ]
    labels = [voice.head(tier) for tier in tiers]
    return _stacked(labels, parts, voice.say("scores.share"), paper)


def _stacked(labels: list[str], parts: list[tuple[str, np.ndarray, str, str]], title: str, paper: Paper) -> "Figure":
    tall = _ROW if len(labels) > 6 else 6.4
    figure = paper.new(18 + tall * len(labels))
    axes = figure.add_subplot()
    y, left = np.arange(len(labels)), np.zeros(len(labels))
    for name, values, color, hatch in parts:
        axes.barh(y, values, left=left, height=0.72, label=name, fc=color, hatch=hatch, ec="white", lw=0.6)
        for i in np.flatnonzero(values >= 0.055):
            ground = {"fc": color, "ec": "none", "pad": 0.6} if hatch else None
            text = f"{100 * values[i]:.0f}"
            ink = "white" if _dark(color) else INK
            axes.text(left[i] + values[i] / 2, y[i], text, ha="center", va="center", size=6, color=ink, bbox=ground)
        left = left + values
    _rows(axes, y, labels)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100%"])
    axes.set_xlabel(title)
    axes.spines["left"].set_visible(False)
    columns = min(len(parts), 5 if paper.width >= PAGE * 0.7 else 3)
    figure.legend(loc="outside upper left", ncols=columns, columnspacing=1.2, handlelength=1.4)
    return figure


def _dark(color: str) -> bool:
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(color)
    return 0.299 * red + 0.587 * green + 0.114 * blue < 0.55


def _several_recipes(table: pd.DataFrame) -> bool:
    return any(str(column).startswith("score_") for column in table.columns)


def _rows(axes: "Axes", y: np.ndarray, labels: list[str]) -> None:
    axes.set_yticks(y, labels, linespacing=1.05)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def _letters(width: float) -> int:
    """Return how many letters a row label may have."""
    return max(14, int(width * 0.28))


def quantity(table: pd.DataFrame, column: str) -> np.ndarray:
    """Take a column as numbers, missing ones as nan."""
    return pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
