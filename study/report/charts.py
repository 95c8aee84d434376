"""Draw the charts of a report from its facts; a chart without data is empty text."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from ...data.vocabulary import terms
from ..charts.bars import Prose, Series, band_chart, bar_chart, format_number, interval_chart, stacked_bars
from ..wording.say import Words, pair_of, say
from .facts.rows import Pair, Row, tier_order

__all__ = ["draw_charts", "fit_decimals", "is_percentual"]


def draw_charts(facts: Row, options: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Draw every chart the tables allow."""
    drawn = {
        "scores": _score_chart(facts["scores"], facts["doubt"]["intervals"], words),
        "reach": _reach_chart(facts["spread"], words),
        "panels": _reach_panels(facts["spread"], words),
        "arrivals": _arrival_chart(facts["spread"], options.get("horizon"), words),
        "credit": _credit_chart(facts["spread"]),
        "differences": _difference_charts(facts["scenarios"], words, levels=("all",)),
        "details": _difference_charts(facts["scenarios"], words, levels=("tier", "place")),
    }
    return {key: [(h, Markup(s)) for h, s in v] if isinstance(v, list) else Markup(v) for key, v in drawn.items()}  # noqa: S704


def _score_chart(scores: Row, intervals: Mapping[str, Row], words: Words) -> str:
    rows = [r for r in scores["rows"] if r["score"] is not None]
    if not rows:
        return ""
    other = next(iter(scores["others"]), None)
    tiers = sorted({r["tier"] for r in rows if r["tier"]}, key=tier_order)
    legend: list[tuple[str, str | Pair]] = [(f"t-{t}", Prose(*pair_of(t))) for t in tiers]
    if other is not None:
        legend.append(("reference", Prose(*pair_of(other))))
    own = [intervals.get(str(r["place"]), {}) for r in rows]
    lows, highs = ([row.get(f"score_{end}") for row in own] for end in ("low", "high"))
    has_intervals = any(None not in ends for ends in zip(lows, highs, strict=True))
    if has_intervals:
        legend.append(("whisker", Prose("95% interval", "95%区间")))
    leader, last = words.pair(rows[0]["place"])[0], words.pair(rows[-1]["place"])[0]
    return bar_chart(
        [words.pair(r["place"]) for r in rows],
        [r["score"] for r in rows],
        title="Scores by place, colored by tier",
        desc=f"{len(rows)} bars, from {leader} ({format_number(rows[0]['score'], decimals=3)}) "
        f"to {last} ({format_number(rows[-1]['score'], decimals=3)}). The table below holds every value.",
        styles=[f"t-{r['tier']}" if r["tier"] else "s-0" for r in rows],
        references=[r[f"score_{other}"] for r in rows] if other is not None else (),
        lows=lows if has_intervals else (),
        highs=highs if has_intervals else (),
        legend=legend,
    )


def _curve(rows: Sequence[Row], label: Pair, style: str, *, band: bool) -> Series:
    known = [r for r in rows if r["mean"] is not None and r["time"] is not None]
    has_band = band and all(r["low"] is not None and r["high"] is not None for r in known)
    return Series(
        label,
        [r["time"] for r in known],
        [r["mean"] for r in known],
        [r["low"] for r in known] if has_band else None,
        [r["high"] for r in known] if has_band else None,
        style,
    )


def _reach_chart(spread: Row, words: Words) -> str:
    if not spread["curves"]:
        return ""
    lines = [
        _curve(rows, words.title(name), f"s-{i % 8}", band=name == spread["base"])
        for i, (name, rows) in enumerate(spread["curves"].items())
    ]
    ends = "; ".join(f"{line.label[0]} {format_number(100 * line.y[-1], decimals=0)}%" for line in lines if line.y)
    return band_chart(
        lines,
        title="Share of centers reached over time, by scenario",
        desc=f"One line a scenario; the band holds 95% of the baseline's runs. At the end: {ends}.",
        x_title=Prose("years", "年"),
        y_title=Prose("share of centers reached", "到达中心占比"),
        percent=True,
        y_range=(0.0, 1.0),
        height=400.0,
    )


def _reach_panels(spread: Row, words: Words) -> list[tuple[Markup, str]]:
    """Draw each further scenario with its band over the baseline with its own."""
    base = spread["curves"].get(spread["base"])
    panels: list[tuple[Markup, str]] = []
    for i, (name, rows) in enumerate(spread["curves"].items()):
        if base is None or name == spread["base"]:
            continue
        title = words.title(name)
        lines = [
            _curve(base, words.title(spread["base"]), "s-0", band=True),
            _curve(rows, title, f"s-{i % 8}", band=True),
        ]
        chart = band_chart(
            lines,
            title=f"Share of centers reached: {title[0]} against the baseline",
            desc="Two lines with the bands that hold 95% of the runs; the baseline is drawn in black.",
            percent=True,
            y_range=(0.0, 1.0),
            direct_labels=False,
            width=300.0,
            height=190.0,
        )
        panels.append((say(*title), chart))
    return panels


def _arrival_chart(spread: Row, horizon: float | None, words: Words) -> str:
    rows = [r for r in spread["arrivals"] if not r["seed"]]
    if not rows:
        return ""
    sums = [f"{t['tier']} {format_number(t['median'], decimals=1)}" for t in spread["tiers"] if t["median"] is not None]
    return interval_chart(
        [words.pair(r["place"]) for r in rows],
        [r["median"] for r in rows],
        [r["low"] for r in rows],
        [r["high"] for r in rows],
        title="Arrival times of the baseline, by tier",
        desc=f"{len(rows)} centers, each with its median and 95% interval in years. Median by tier: {'; '.join(sums)}.",
        groups=[Prose(*pair_of(r["tier"] or "other")) for r in rows],
        styles=[f"t-{r['tier']}" for r in rows],
        x_title=Prose("years", "年"),
        limit=float(horizon) if horizon is not None else None,
    )


def _credit_chart(spread: Row) -> str:
    rows = [r for r in spread["credit"] if str(r["scenario"]) == spread["base"]]
    tiers = sorted({str(r["tier"]) for r in rows}, key=lambda t: (t != "all", tier_order(t)))
    found = {str(r["channel"]) for r in rows}
    known = terms("channels")
    channels = [c for c in known if c in found] + sorted(found.difference(known))
    if not rows:
        return ""
    share = {(str(r["tier"]), str(r["channel"])): r["share"] for r in rows}
    overall = "; ".join(
        f"{pair_of(c)[0]} {format_number(100 * share['all', c], decimals=0)}%" for c in channels if ("all", c) in share
    )
    return stacked_bars(
        [Prose(*pair_of(t)) for t in tiers],
        [[share.get((t, c)) for t in tiers] for c in channels],
        names=[Prose(*pair_of(c)) for c in channels],
        title="Arrivals credited to each channel, by tier of the place reached",
        desc=f"One bar of shares a tier. Overall: {overall}.",
        styles=[f"c-{c}" if c in known else f"s-{i % 8}" for i, c in enumerate(channels)],
    )


def _difference_charts(scenarios: Row, words: Words, *, levels: Sequence[str]) -> list[tuple[Markup, str]]:
    """Draw one chart a measure and level; rows about places or tiers stand under the heading of their scenario."""
    drawn: list[tuple[Markup, str]] = []
    for measure, level, rows in scenarios["drawn"]:
        if level not in levels:
            continue
        factor = 100.0 if is_percentual(measure) else 1.0
        values = [[None if r[c] is None else factor * r[c] for r in rows] for c in ("difference", "low", "high")]
        english, chinese = pair_of(measure)
        titles = [words.title(r["scenario"]) for r in rows]
        chart = interval_chart(
            titles if level == "all" else [words.pair(r["place"]) for r in rows],
            *values,
            title=f"Difference from the baseline: {english}",
            desc=f"{len(rows)} mean paired differences with 95% intervals; right of zero is more than the baseline.",
            groups=titles if level != "all" else (),
            styles=[f"t-{r['place']}" if level == "tier" else "s-1" for r in rows],
            x_title=Prose("percentage points", "百分点") if factor > 1 else Prose("difference", "差值"),
            zero=True,
            decimals=max(1, fit_decimals((v for column in values for v in column), rough=True)),
        )
        drawn.append((say(english, chinese), chart))
    return drawn


def is_percentual(measure: str) -> bool:
    """Return whether a measure is written in per cent."""
    return measure == "reach" or measure.endswith("share")


def fit_decimals(values: Iterable[float | None], *, rough: bool = False) -> int:
    """Choose how many decimals a column needs: none for whole numbers, else about four digits (three where rough).

    Examples
    --------
    >>> fit_decimals([7333, 4396]), fit_decimals([282.8, 2585.35]), fit_decimals([0.0123, 0.4])
    (0, 2, 3)
    >>> fit_decimals([282.8, 2585.35], rough=True)
    0
    """
    known = [abs(v) for v in values if v is not None and math.isfinite(v)]
    if not known or all(v == int(v) for v in known):
        return 0
    largest = max(known)
    if largest < 1:
        return min(5, (1 if rough else 2) - math.floor(math.log10(largest)))
    if rough:
        return 0 if largest >= 1000 else 1 if largest >= 10 else 2
    return 0 if largest >= 100_000 else 1 if largest >= 10_000 else 2 if largest >= 10 else 3
