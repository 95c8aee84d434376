"""Draw the charts of a report from its facts; a chart without data is empty text."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from markupsafe import Markup

from ...data.styles import channel_class
from ...data.vocabulary import name_of, terms
from ...data.wording.catalogue import Text, join_texts, text
from ..charts.bars import Series, band_chart, bar_chart, interval_chart, stacked_bars
from ..charts.screens import for_screens
from ..charts.svg import Label
from ..facts.rows import Row
from ..wording.phrases import Words
from .numbers import MOST_ROWS, fit_decimals, is_percentual, number, percent

__all__ = ["draw_charts"]

_CHANNELS = tuple(terms("channels"))


def draw_charts(facts: Row, horizon: float | None, words: Words) -> dict[str, Any]:
    """Draw every chart the tables allow."""
    drawn = {
        "scores": _score_chart(facts["scores"], facts["doubt"]["intervals"], words),
        "reach": _reach_chart(facts["spread"], words),
        "panels": _gain_panels(facts["spread"], words),
        "arrivals": _arrival_chart(facts["spread"], horizon, words),
        "credit": _credit_chart(facts["spread"], words),
        "differences": _difference_charts(facts["scenarios"], words, levels=("all",)),
        "details": _difference_charts(facts["scenarios"], words, levels=("tier", "place")),
    }
    return {key: [(h, Markup(s)) for h, s in v] if isinstance(v, list) else Markup(v) for key, v in drawn.items()}  # noqa: S704


def _score_chart(scores: Row, intervals: Mapping[str, Row], words: Words) -> str:
    ranked = [r for r in scores["rows"] if r["score"] is not None]
    rows = ranked[:MOST_ROWS]
    if not rows:
        return ""
    other = next(iter(scores["others"]), None)
    tiers = sorted({r["tier"] for r in rows if r["tier"]}, key=words.tiers.rank)
    legend: list[tuple[str, Label]] = [(words.tier_class(t), words.tiers.name(t)) for t in tiers]
    if other is not None:
        legend.append(("reference", name_of(other)))
    own = [intervals.get(str(r["place"]), {}) for r in rows]
    lows, highs = ([row.get(f"score_{end}") for row in own] for end in ("low", "high"))
    has_intervals = any(None not in ends for ends in zip(lows, highs, strict=True))
    if has_intervals:
        legend.append(("whisker", text("charts.interval_all" if other is not None else "charts.interval")))
    single = [(row.get("recipe_low"), row.get("recipe_high")) for row in own] if other is not None else []
    if has_single := any(None not in ends for ends in single):
        legend.append(("single", text("charts.interval_one", recipe=name_of(scores["main"]))))
    first, last = ranked[0], ranked[-1]
    ends = {"first": _place(first["place"], words), "high": number(first["score"], 3)}
    ends |= {"last": _place(last["place"], words), "low": number(last["score"], 3)}
    draw = partial(
        bar_chart,
        [words.pair(r["place"]) for r in rows],
        [r["score"] for r in rows],
        title=text("charts.scores.title"),
        desc=text("charts.scores.desc", n=len(ranked), **ends),
        styles=[words.tier_class(r["tier"]) if r["tier"] else "s-0" for r in rows],
        references=[r[f"score_{other}"] for r in rows] if other is not None else (),
        lows=lows if has_intervals else (),
        highs=highs if has_intervals else (),
        singles=single if has_single else (),
        legend=legend,
    )
    return for_screens(lambda width: draw(width=width))


def _place(place: str | None, words: Words) -> Text:
    english, chinese = words.pair(place)
    return Text.of(en=english, zh=chinese)


def _items(pairs: Sequence[tuple[Text, str]]) -> Text:
    return join_texts((text("charts.item", name=name, value=value) for name, value in pairs), by="list.semicolon")


def _curve(rows: Sequence[Row], label: Text, style: str, *, band: bool) -> Series:
    known = [r for r in rows if r["mean"] is not None and r["time"] is not None]
    ends = [[r[end] for r in known] for end in ("low", "high")]
    has_band = band and not any(None in values for values in ends)
    low, high = ends if has_band else (None, None)
    # where numbers were fitted: what chance alone would give
    inner = [[r["chance_low"] for r in known], [r["chance_high"] for r in known]]
    narrower = (inner[0], inner[1]) if has_band and not any(None in values for values in inner) else None
    return Series(label, [r["time"] for r in known], [r["mean"] for r in known], low, high, style, narrower)


def _reach_chart(spread: Row, words: Words) -> str:
    """Draw the baseline with its band; what scenarios change of it is drawn apart, as their curves lie close."""
    rows = spread["curves"].get(spread["base"])
    if not rows:
        return ""
    line = _curve(rows, words.title(spread["base"]), "s-0", band=True)
    titles = [words.title(name) for name in spread["curves"]]
    last = [
        next((r["mean"] for r in reversed(own) if r["mean"] is not None), None) for own in spread["curves"].values()
    ]
    ends = [(title, percent(end, 0)) for title, end in zip(titles, last, strict=True) if end is not None]
    draw = partial(
        band_chart,
        [line],
        title=text("charts.reach.title"),
        desc=text("charts.reach.desc", ends=_items(ends)),
        x_title=text("charts.years"),
        y_title=text("charts.reached"),
        percent=True,
        y_range=(0.0, 1.0),
        direct_labels=False,
        height=300.0,
    )
    return for_screens(lambda width: draw(width=width))


def _gain_panels(spread: Row, words: Words) -> list[tuple[Text, str]]:
    """Draw how much further each scenario reaches than the baseline at each time, all on one scale."""
    base = {r["time"]: r["mean"] for r in spread["curves"].get(spread["base"], ()) if r["mean"] is not None}
    gains: dict[str, list[tuple[float, float]]] = {}
    for name, rows in spread["curves"].items():
        known = [r for r in rows if r["mean"] is not None and r["time"] in base]
        if name != spread["base"] and known:
            gains[name] = [(r["time"], 100 * (r["mean"] - base[r["time"]])) for r in known]
    values = [gain for points in gains.values() for _, gain in points]
    ends = (min(-0.5, *values), max(0.5, *values)) if values else (0.0, 0.0)
    panels: list[tuple[Text, str]] = []
    for i, (name, points) in enumerate(gains.items()):
        title = words.title(name)
        line = Series(title, [time for time, _ in points], [gain for _, gain in points], style=f"s-{1 + i % 7}")
        largest = max((gain for _, gain in points), key=abs)
        chart = band_chart(
            [line],
            title=text("charts.panel.title", scenario=title),
            desc=text("charts.panel.desc", gain=number(largest, 1)),
            y_range=ends,
            direct_labels=False,
            zero=True,
            width=300.0,
            height=170.0,
        )
        panels.append((title, chart))
    return panels


def _arrival_chart(spread: Row, horizon: float | None, words: Words) -> str:
    reached = [r for r in spread["arrivals"] if not r["seed"]]
    rows = reached[:MOST_ROWS]
    if not rows:
        return ""
    sums = [(words.tiers.name(t["tier"]), number(t["median"], 1)) for t in spread["tiers"] if t["median"] is not None]
    draw = partial(
        interval_chart,
        [words.pair(r["place"]) for r in rows],
        [r["median"] for r in rows],
        [r["low"] for r in rows],
        [r["high"] for r in rows],
        title=text("charts.arrivals.title"),
        desc=text("charts.arrivals.desc", count=len(reached), tiers=_items(sums)),
        groups=[words.tiers.name(r["tier"] or "other") for r in rows],
        styles=[words.tier_class(r["tier"]) for r in rows],
        x_title=text("charts.years"),
        limit=float(horizon) if horizon is not None else None,
    )
    return for_screens(lambda width: draw(width=width))


def _credit_chart(spread: Row, words: Words) -> str:
    rows = [r for r in spread["credit"] if str(r["scenario"]) == spread["base"]]
    tiers = sorted({str(r["tier"]) for r in rows}, key=lambda t: (t != "all", words.tiers.rank(t)))
    found = {str(r["channel"]) for r in rows}
    channels = [c for c in _CHANNELS if c in found] + sorted(found.difference(_CHANNELS))
    if not rows:
        return ""
    share = {(str(r["tier"]), str(r["channel"])): r["share"] for r in rows}
    overall = [(words.channel(c), f"{number(100 * share['all', c], 0)}%") for c in channels if ("all", c) in share]
    draw = partial(
        stacked_bars,
        [words.tiers.name(t) if t in words.tiers else name_of(t, "groups") for t in tiers],
        [[share.get((t, c)) for t in tiers] for c in channels],
        names=[words.channel(c) for c in channels],
        title=text("charts.credit.title"),
        desc=text("charts.credit.desc", shares=_items(overall)),
        styles=[channel_class(c, i) for i, c in enumerate(channels)],
    )
    return for_screens(lambda width: draw(width=width))


def _difference_charts(scenarios: Row, words: Words, *, levels: Sequence[str]) -> list[tuple[Text, str]]:
    """Draw one chart a measure and level; rows about places or tiers stand under the heading of their scenario."""
    drawn: list[tuple[Text, str]] = []
    for measure, level, rows in scenarios["drawn"]:
        if level not in levels:
            continue
        factor = 100.0 if is_percentual(measure) else 1.0
        values = [[None if r[c] is None else factor * r[c] for r in rows] for c in ("difference", "low", "high")]
        name = name_of(measure)
        titles = [words.title(r["scenario"]) for r in rows]
        draw = partial(
            interval_chart,
            titles if level == "all" else [words.label(r["place"]) for r in rows],
            *values,
            title=text("charts.differences.title", measure=name),
            desc=text("charts.differences.desc", count=len(rows)),
            groups=titles if level != "all" else (),
            styles=[words.tier_class(r["place"]) if level == "tier" else "s-1" for r in rows],
            x_title=text("charts.points") if factor > 1 else text("charts.difference"),
            zero=True,
            decimals=max(1, fit_decimals((v for column in values for v in column), rough=True)),
        )
        drawn.append((name, for_screens(lambda width, draw=draw: draw(width=width))))
    return drawn
