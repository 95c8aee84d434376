"""Say what each scenario changes before anything spreads."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from ...data.vocabulary import name_of
from ...data.wording.catalogue import Text, text
from ..facts.rows import Row
from ..wording.markup import listed, name_mark, spans, tell
from ..wording.phrases import Words, amount_text
from .numbers import fit_decimals, number, percent

__all__ = ["chain_sentences", "of_what", "word_of"]

MOST = 3
_FEWEST, _MOST_DIGITS = 4, 9


def chain_sentences(facts: list[Row], words: Words, indicators: Mapping[str, tuple[str, str]]) -> list[Text]:
    """Return a sentence for each scenario."""
    return [_sentence(fact, words, indicators) for fact in facts]


def _sentence(fact: Row, words: Words, indicators: Mapping[str, tuple[str, str]]) -> Text:
    title = words.title(fact["scenario"])
    parts = [*_given(fact, words, indicators), *_followed(fact, words), *_rates(fact, words)]
    if not parts:
        return tell("report.chain.none", scenario=title)
    first, *later = fact["dates"]
    key = "report.chain.said" if not first and not later else "report.chain.said_dated"
    years = listed(number(date, fit_decimals([date])) for date in fact["dates"])
    return tell(key, scenario=title, years=years, changes=listed(parts, by="list.semicolon"))


def _span(row: Row) -> dict[str, Any]:
    """Write both ends as amounts of their unit, with as many digits as tell them apart."""
    unit, ends = row["unit"], {end: row[end] for end in ("baseline", "value")}
    if not unit or unit == "count":
        decimals = max(fit_decimals([*ends.values()]), fit_decimals([row["difference"]], rough=True))
        return _ends(row, decimals)
    for digits in range(_FEWEST, _MOST_DIGITS):
        said = {end: amount_text(value, unit, digits=digits) for end, value in ends.items()}
        if said["baseline"] != said["value"]:
            return said
    return {end: amount_text(value, unit, digits=_MOST_DIGITS) for end, value in ends.items()}


def _several(items: Sequence[Text | Markup], total: int) -> Text:
    names = listed(items)
    more = total - len(items)
    return names if more <= 0 else tell("list.and_more", names=names, n=more, total=total)


def _given(fact: Row, words: Words, indicators: Mapping[str, tuple[str, str]]) -> Iterator[Text]:
    """Say the changes that the scenario names: indicators, costs, tiers."""
    if cells := fact["cells"]:
        items = []
        for row in cells[:MOST]:
            name = name_mark(*indicators.get(str(row["of"]), (str(row["of"]), str(row["of"]))))
            items.append(tell("report.chain.cell", indicator=name, place=words.name(row["place"]), **_span(row)))
        yield _several(items, len(cells))
    if costs := fact["costs"]:
        items = []
        for row in costs[:MOST]:
            ends = {"place": words.name(row["place"]), "other": words.name(row["of"])}
            cut = row["value"] is None
            items.append(
                tell("report.chain.cut" if cut else "report.chain.cost", **ends, **({} if cut else _span(row)))
            )
        yield _several(items, len(costs))
    if tiers := fact["tiers"]:
        items = []
        for row in tiers[:MOST]:
            key = "report.chain.tier_new" if row["baseline"] is None else "report.chain.tier"
            key = "report.chain.tier_gone" if row["value"] is None else key
            ends = {end: words.tiers.name(row[end]) for end in ("baseline", "value") if row[end] is not None}
            items.append(tell(key, place=words.name(row["place"]), **ends))
        yield _several(items, len(tiers))


def _followed(fact: Row, words: Words) -> Iterator[Text]:
    """Say what follows from them: scores, flows, what stays, how even it is."""
    if scores := fact["scores"]:
        row, ranked = scores[0], fact["ranks"].get(scores[0]["place"])
        values = {"place": words.name(row["place"]), "n": len(scores) - 1} | _span(row)
        said = tell("report.chain.score", **values)
        if ranked is not None:
            said = tell(
                "report.chain.rank", score=said, before=number(ranked["baseline"], 0), rank=number(ranked["value"], 0)
            )
        yield said if len(scores) == 1 else tell("report.chain.other_scores", score=said, n=len(scores) - 1)
    if fact["even"]:
        yield tell("report.chain.even_scores", **_ends(fact["even"][0], 4))
    for network, rows in fact["networks"]:
        yield tell("report.chain.network", network=words.cited(network), changes=listed(_of_network(rows, words)))


def _rates(fact: Row, words: Words) -> Iterator[Text]:
    """Say which numbers and options of diffusion change: of channels, and of places that change alike."""
    for row in fact["channels"]:
        option = name_of(row["measure"], "chain_measures")
        ends = {end: word_of(row, end, words) for end in ("baseline", "value")} if row["value_word"] else _short(row)
        yield tell("report.chain.channel", channel=words.channel(str(row["of"])), option=option, **ends)
    for measure, alike in fact["rates"].items():
        items = []
        for row, places in alike[:MOST]:
            named = _several([words.name(place) for place in places[:MOST]], len(places))
            key = "report.chain.times_places" if measure == "people" else "report.chain.of_places"
            ends = _short(row)
            items.append(tell(key, places=named, **({"value": ends["value"]} if measure == "people" else ends)))
        yield tell(_RATES[measure], changes=_several(items, len(alike)))
    for row in fact["planted"]:
        value = number(row["value"], fit_decimals([row["value"]]))
        yield tell("report.chain.planted", place=words.name(row["place"]), value=value)


def _short(row: Row) -> dict[str, str]:
    """Write both ends of a change with as few decimals as say each whole, or with all that are shown."""
    given = {end: row[end] for end in ("baseline", "value")}
    most = fit_decimals([value for value in given.values() if value is not None])

    def written(value: float | None) -> str:
        few = (d for d in range(most) if value is not None and math.isclose(round(value, d), value))
        return number(value, next(few, most))

    return {end: written(value) for end, value in given.items()}


_RATES = {
    "receptivity": "report.chain.receptivity",
    "external": "report.chain.external",
    "people": "report.chain.people",
}


def _of_network(rows: Mapping[str, list[Row]], words: Words) -> Iterator[Text]:
    if strengths := rows.get("strength"):
        values = {"n": len(strengths), "place": words.name(strengths[0]["place"])}
        yield tell("report.chain.strength", **values, **_span(strengths[0]))
    if kept := rows.get("localization_share"):
        ends = {end: percent(kept[0][end]) for end in ("baseline", "value")}
        yield tell("report.chain.kept", group=words.name(kept[0]["place"]), **ends)
    if even := rows.get("strength_gini"):
        yield tell("report.chain.even_flows", **_ends(even[0], 4))


def _ends(row: Row, decimals: int) -> dict[str, str]:
    return {end: number(row[end], decimals) for end in ("baseline", "value")}


def of_what(row: Row, words: Words, indicators: Mapping[str, tuple[str, str]]) -> Markup:
    """Name what a number is of: an indicator, a place at the other end, a network; nothing for a recipe."""
    of, measure = str(row["of"]), str(row["measure"])
    if measure == "indicator":
        return name_mark(*indicators.get(of, (of, of)))
    if measure == "cost":
        return words.name(of)
    if measure.startswith("channel_"):
        return spans(words.channel(of))
    whole = measure in {"score", "rank", "score_gini"} or row["of"] is None
    return spans(text("list.missing")) if whole else words.network(of)


def word_of(row: Row, end: str, words: Words) -> Text | None:
    """Name a tier or an option that changes, ``baseline`` or ``value``; None of a number."""
    word = row[f"{end}_word"]
    if not word:
        return None
    return words.tiers.name(word) if row["measure"] == "tier" else name_of(word, "channel_options")
