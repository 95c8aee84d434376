"""Say what changed over the years, and draw it."""

from typing import Any

from markupsafe import Markup

from ...data.wording.catalogue import Text, text
from ..charts.lines import Series, band_chart
from ..facts.rows import Row
from ..wording.markup import listed, tell
from ..wording.phrases import Words, amount_text, phrase_text
from .numbers import number, percent

__all__ = ["year_sentences"]


def year_sentences(facts: Row, words: Words, *, pooled: bool) -> Row:
    """Return the sentences on scores, tiers and each network over the years, and a chart of each network."""
    scores, tiers = facts["scores"], facts["tiers"]
    return {
        "scores": None if scores is None else _scores(scores, words, pooled=pooled),
        "tiers": None if tiers is None else _tiers(tiers),
        "networks": {one["kind"]: _network(one, words) for one in facts["networks"]},
        "charts": {one["kind"]: _chart(one, words) for one in facts["networks"]},
    }


def _scores(scores: Row, words: Words, *, pooled: bool) -> Text:
    years = scores["years"]
    span = {"first": years[0], "last": years[-1]}
    said = [tell("report.years.pooled" if pooled else "report.years.apart", n=len(years), **span)]
    up, down = scores["up"], scores["down"]
    if not scores["moved"]:
        said.append(tell("report.years.none_moves", **span))
    else:
        said.append(tell("report.years.moved", n=scores["moved"], total=scores["known"], **span))
        for row, key in ((up, "report.years.up"), (down, "report.years.down")):
            if row["change"] * (1 if row is up else -1) > 0:
                ends = {"before": row["ranks"][0], "after": row["ranks"][-1]}
                said.append(tell(key, place=words.name(row["place"]), n=abs(row["change"]), **ends))
    return listed(said, by="list.sentence")


def _tiers(tiers: Row) -> Text:
    changed = {"up": tiers["up"], "down": tiers["down"], "changed": tiers["up"] + tiers["down"]}
    said = [tell("report.years.tiers", n=tiers["moves"], **changed)]
    if tiers["against"]:
        said.append(tell("report.years.against", n=tiers["against"]))
    prais = tiers["measures"].get("prais")
    if prais is not None and changed["changed"]:
        said.append(tell("report.years.prais", value=number(prais, 2)))
    if tiers["measures"].get("half_life"):
        said.append(tell("report.years.half_life", years=number(tiers["measures"]["half_life"], 1)))
    return listed(said, by="list.sentence")


def _network(one: Row, words: Words) -> Text:
    unit = one["steps"][-1]["unit"]
    before, after = (amount_text(end, unit) for end in (one["steps"][0]["total_from"], one["steps"][-1]["total_to"]))
    values: dict[str, Any] = {"first": one["first"], "last": one["last"], "before": before, "after": after}
    said = [tell("report.years.total", growth=_signed(one["growth"]), **values)]
    step = one["steps"][-1]
    ties = one["turnover"].get(step["year_to"], {})
    # where nothing enters or leaves, as in most estimates, turnover says nothing
    if ties.get("persistence") is not None and (ties["persistence"], ties["entry"]) != (1.0, 0.0):
        shares = {name: percent(ties.get(name), 0) for name in ("persistence", "entry")}
        said.append(tell("report.years.ties", before=step["year_from"], after=step["year_to"], **shares))
    gains = one["gains"]
    if gains and gains[0]["gain"] > 0:
        shares = {"before": percent(gains[0]["share_from"], 1), "after": percent(gains[0]["share_to"], 1)}
        said.append(tell("report.years.gain", place=words.name(gains[0]["place"]), year=step["year_from"], **shares))
    return listed(said, by="list.sentence")


def _signed(growth: float | None) -> str:
    return "–" if growth is None else f"{'+' if growth > 0 else ''}{percent(growth, 1)}"


def _chart(one: Row, words: Words) -> Markup | None:
    """Draw the strength of the strongest places by year; two years are told by the table alone."""
    if len(one["steps"]) < 2 or not one["lines"]:
        return None
    lines = []
    for i, (place, points) in enumerate(one["lines"]):
        known = [(year, value) for year, value in points if value is not None]
        label = words.pair(place)
        lines.append(Series(label, [year for year, _ in known], [value for _, value in known], style=f"s-{i % 8}"))
    unit = one["steps"][-1]["unit"]
    return Markup(  # noqa: S704 - drawn here, every text escaped
        band_chart(
            lines,
            title=text("charts.strengths.title"),
            desc=text("charts.strengths.desc", n=len(lines), first=one["first"], last=one["last"]),
            x_title=text("charts.year"),
            y_title=text("charts.strengths.axis") if not unit else phrase_text(unit),
            dates=True,
        )
    )
