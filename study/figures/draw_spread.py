"""Draw how knowledge spreads: reach over time, arrivals by tier, what scenarios change."""

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .draw_scores import quantity
from .paper import Paper
from .style import DASHES, INK, LINES, MARKS, SOFT, Voice

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..results.study_results import StudyResults

_WIDE = 150.0


def _scenarios(results: "StudyResults", table: pd.DataFrame) -> list[str]:
    """Return the scenarios of a table, the baseline first, the others as the study lists them."""
    baseline = "baseline"
    titles = results.shown.get("scenario_titles")
    listed = [] if titles is None else [str(name) for name in titles["scenario"]]
    there = set(table["scenario"].astype(str))
    order = [baseline, *listed, *sorted(there)]
    return [name for name in dict.fromkeys(order) if name in there]


def draw_reach(results: "StudyResults", voice: Voice, paper: Paper) -> "Figure":
    """Draw the share of centers reached over time, and below it what each scenario adds to the baseline."""
    from matplotlib.ticker import MaxNLocator

    table = results.shown["reach"].sort_values(["scenario", "time"])
    names = _scenarios(results, table)
    curves = {name: table[table["scenario"].astype(str) == name] for name in names}
    base = curves[names[0]]
    figure = paper.new((96 if len(names) > 1 else 58) + 3.4 * len(names) * (paper.width < _WIDE))
    grid = figure.subplots(2, 1, sharex=True, height_ratios=[1.5, 1]) if len(names) > 1 else [figure.add_subplot()]
    top = grid[0]
    time = quantity(base, "time")
    band = voice.say("diffusion.band")
    top.fill_between(time, quantity(base, "low"), quantity(base, "high"), fc="#d9dde3", ec="none", label=band)
    for i, name in enumerate(names):
        label = voice.wrap(
            voice.title(name) + _count(results, name, names[0], voice), 58 if paper.width < _WIDE else 70
        )
        style: dict[str, Any] = {"color": LINES[i % len(LINES)], "ls": DASHES[i % len(DASHES)], "zorder": 3 - 0.01 * i}
        top.plot(quantity(curves[name], "time"), quantity(curves[name], "mean"), label=label, **style)
        if i:
            rise = np.interp(time, quantity(curves[name], "time"), quantity(curves[name], "mean"))
            gain = 100 * (rise - quantity(base, "mean"))
            grid[1].plot(time, gain, marker=MARKS[i % len(MARKS)], ms=2.6, markevery=(2 * i, 10), **style)
    top.set(ylim=(0, 1.02), ylabel=voice.say("diffusion.reached"))
    top.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "25", "50", "75", "100%"])
    if len(names) > 1:
        grid[1].axhline(0, color=LINES[0], lw=0.8)
        grid[1].set_ylabel(voice.say("diffusion.gain"))
        top.set_title(paper.lettered_title(voice.say("diffusion.title_reach")))
        grid[1].set_title(paper.lettered_title(voice.say("diffusion.title_gain")))
    for axes in grid:
        axes.grid(visible=True)
        axes.set_axisbelow(True)
    grid[-1].set_xlabel(voice.say("diffusion.years"))
    grid[-1].set_xlim(time.min(), time.max())
    grid[-1].xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    figure.legend(*top.get_legend_handles_labels(), loc="outside lower left", ncols=2 if paper.width >= _WIDE else 1)
    return figure


def _count(results: "StudyResults", name: str, baseline: str, voice: Voice) -> str:
    """Say how many centers a share is of, where a scenario has more or fewer than the baseline."""
    table = results.shown.get("arrivals")
    if table is None:
        return ""
    count, usual = (int((table["scenario"].astype(str) == one).sum()) for one in (name, baseline))
    return "" if count == usual else voice.say("diffusion.share_of", n=count)


def draw_arrivals(results: "StudyResults", voice: Voice, paper: Paper) -> "Figure":
    """Draw when knowledge arrives at each center in the baseline: median and interval, tier by tier."""
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator

    table = results.shown["arrivals"]
    table = table[table["scenario"].astype(str) == "baseline"]
    table = table.assign(_tier=[voice.tiers.rank(t) for t in table["tier"]], _seed=table["seed"].astype(bool))
    by = ["_tier", "_seed", "median", "place"]
    table = table.sort_values(by, ascending=[True, False, True, True], na_position="last", ignore_index=True)
    horizon = (
        results.study.diffusion.horizon if results.study.diffusion else float(np.nanmax(quantity(table, "median")))
    )
    groups = list(table.groupby("_tier", sort=True))
    figure = paper.new(20 + 3.5 * (len(table) + 0.9 * len(groups)))
    axes = figure.add_subplot()
    at, ticks, labels = 0.0, [], []
    for rank, rows in groups:
        tier = voice.tiers[int(rank)] if int(rank) < len(voice.tiers) else ""
        title = voice.head(tier) if tier else voice.say("diffusion.no_tier")
        axes.text(0.008, at, title, size=6.5, weight=voice.weight, va="center", transform=axes.get_yaxis_transform())
        axes.axhline(at - 0.55, color="#e3e7ec", lw=0.6)
        at += 1
        for row in rows.itertuples():
            _arrival(axes, row, at, tier, horizon, voice)
            ticks.append(at)
            labels.append(voice.place(row.place))
            at += 1
    axes.set_yticks(ticks, labels)
    axes.tick_params(axis="y", length=0)
    axes.set_ylim(at - 0.4, -0.6)
    axes.set_xlim(-0.02 * horizon, horizon * 1.03)
    axes.axvline(horizon, color=SOFT, lw=0.6, ls=(0, (2, 2)))
    axes.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    axes.grid(axis="x")
    axes.set_axisbelow(True)
    axes.set_xlabel(voice.say("diffusion.years_until"))
    keys = [
        Line2D([], [], ls="none", marker="o", mfc="white", mec=INK, ms=3.6, label=voice.say("diffusion.median")),
        Line2D([], [], color=SOFT, lw=1.1, label=voice.say("diffusion.interval")),
        Line2D([], [], ls="none", marker=">", color=SOFT, ms=3.2, label=voice.say("diffusion.beyond")),
    ]
    figure.legend(handles=keys, loc="outside lower left", ncols=3, handlelength=1.2, columnspacing=1.2)
    return figure


def _arrival(axes: "Axes", row: Any, y: float, tier: str, horizon: float, voice: Voice) -> None:  # noqa: ANN401
    fill = voice.fill(tier, "white")
    mark: dict[str, Any] = {"marker": voice.marker(tier), "mfc": fill, "mec": INK, "mew": 0.5, "ls": "none"}
    size = 6.5 if voice.tiers.rank(tier) == 0 else 4.0
    if row.seed:
        axes.plot(0.0, y, ms=size, zorder=4, clip_on=False, **mark)
        return
    if pd.isna(row.low):
        axes.plot(horizon, y, marker=">", color=SOFT, ms=3.2, clip_on=False)
        return
    axes.hlines(y, row.low, horizon if pd.isna(row.high) else row.high, color=SOFT, lw=1.1)
    if pd.isna(row.high):
        axes.plot(horizon, y, marker=">", color=SOFT, ms=3.2, clip_on=False)
    if not pd.isna(row.median):
        axes.plot(row.median, y, ms=size, zorder=4, clip_on=False, **mark)


def draw_scenarios(results: "StudyResults", voice: Voice, paper: Paper) -> "Figure":
    """Draw what each scenario changes: arrival times by tier, and the share of centers reached."""
    table = results.shown["scenarios"]
    names = _scenarios(results, table)
    times = table[table["measure"].isin(["mean_arrival_time", "tier_arrival_time"])]
    reach = table[table["measure"] == "reach"]
    side = paper.width >= _WIDE and len(reach) > 0
    figure = paper.new(22 + 15 * len(names) + (0 if side or not len(reach) else 14 + 10.5 * len(names)))
    shape: dict[str, Any] = {"width_ratios": [1.75, 1]} if side else {"height_ratios": [2.2, 1]}
    count = (1, 2) if side else (2, 1)
    grid = figure.subplots(*count, sharey=side, **shape) if len(reach) else [figure.add_subplot()]
    _differences(grid[0], times, names, voice)
    labels = [voice.wrap(voice.title(name), 30 if paper.width >= _WIDE else 22) for name in names]
    for axes in grid:
        axes.set_yticks(range(len(names)), labels, linespacing=1.1)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0)
        axes.axvline(0, color=INK, lw=0.8)
        axes.grid(axis="x")
        axes.set_axisbelow(True)
        for i in range(1, len(names)):
            axes.axhline(i - 0.5, color="#e3e7ec", lw=0.6)
    grid[0].set_xlabel(voice.say("diffusion.earlier"))
    if len(reach):
        grid[0].set_title(paper.lettered_title(voice.say("diffusion.title_arrival")))
        grid[1].set_title(paper.lettered_title(voice.say("diffusion.title_horizon")))
        grid[1].set_xlabel(voice.say("diffusion.points"))
        _points(grid[1], reach, names, 0.0, 100.0, {"marker": "D", "mfc": INK, "ms": 3.6})
        if side:
            grid[1].tick_params(axis="y", labelleft=False)
    handles, texts = grid[0].get_legend_handles_labels()
    columns = 5 if paper.width >= _WIDE else 3
    figure.legend(handles, texts, loc="outside lower left", ncols=columns, handlelength=1.0, columnspacing=1.4)
    return figure


def _differences(axes: "Axes", table: pd.DataFrame, names: list[str], voice: Voice) -> None:
    there = set(table["place"].astype(str))
    rows = [name for name in ("all", *voice.tiers) if name in there]
    for k, name in enumerate(rows):
        style = {
            "marker": "D" if name == "all" else voice.marker(name),
            "mfc": INK if name == "all" else voice.fill(name),
            "ms": 6.0 if voice.tiers.rank(name) == 0 else 3.8,
            "label": voice.head(name),
        }
        offset = (k - (len(rows) - 1) / 2) * 0.155
        _points(axes, table[table["place"].astype(str) == name], names, offset, 1.0, style)


def _points(
    axes: "Axes", table: pd.DataFrame, names: list[str], offset: float, factor: float, style: dict[str, Any]
) -> None:
    """Draw differences with their intervals, one row a scenario."""
    rows = table.assign(scenario=table["scenario"].astype(str)).drop_duplicates("scenario").set_index("scenario")
    rows = rows.reindex(names)
    y = np.arange(len(names)) + offset
    low, high = factor * quantity(rows, "low"), factor * quantity(rows, "high")
    axes.hlines(y, low, high, color=SOFT, lw=1.1, zorder=3)
    axes.plot(factor * quantity(rows, "difference"), y, ls="none", mec=INK, mew=0.5, zorder=4, **style)
