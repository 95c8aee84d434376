"""Answer a study: first who leads and how knowledge spreads, then who stands on which tier and what ties them."""

from collections.abc import Iterator

from ...data.wording.catalogue import Text
from ..facts.rows import Row
from ..plan.schema import Study
from ..wording.markup import listed, tell
from ..wording.phrases import Words
from .numbers import fit_decimals, number, percent

__all__ = ["answer_sentence"]

# names on the highest tier, and on each tier below
_HIGHEST, _BELOW = 5, 3


def answer_sentence(facts: Row, study: Study, words: Words) -> tuple[Text, Text | None] | None:
    """Return the sentence that answers and the rest of the answer, or None where nothing is to tell of."""
    leader, spread = [*_leader(facts["scores"], words)], [*_spread(facts["spread"], study, words)]
    # other sentences begin with a name, and a key that stands for one is spelled as it is
    main = [*leader, *spread] if leader else [one.capital() for one in spread]
    rest = [*_tiers(facts["placed"], words), *_ties(facts, words)]
    if not main:
        main, rest = rest[:1], rest[1:]
    if not main:
        return None
    first = tell("report.answer.said", clauses=listed(main, by="list.semicolon"))
    said = [tell("report.answer.said", clauses=one) for one in rest]
    return first, listed(said, by="list.sentence") if said else None


def _leader(scores: Row, words: Words) -> Iterator[Text]:
    ranked = [row for row in scores["rows"] if row["score"] is not None]
    alike = [row["place"] for row in ranked if number(row["score"], 3) == number(ranked[0]["score"], 3)]
    if len(alike) > 1:
        yield tell("report.answer.first_together", places=words.few(alike, last="list.and"), total=len(ranked))
    elif len(ranked) > 1:
        yield tell("report.answer.first", place=words.name(ranked[0]["place"]), total=len(ranked))


def _tiers(placed: list[tuple[str, list[str]]], words: Words) -> Iterator[Text]:
    said = []
    for i, (tier, places) in enumerate(placed):
        shown = _BELOW if i else _HIGHEST
        more = len(places) - shown
        names = words.places(places[:shown], last="list.and" if more <= 0 else None)
        if more > 0:
            names = tell("list.and_more", names=names, n=more, total=len(places))
        key = "report.answer.also_on" if i else "report.answer.on"
        said.append(tell(key, places=names, n=len(places), tier=words.tiers.name(tier)))
    if said:
        yield listed(said, by="list.clause", last="list.clause_and")


def _ties(facts: Row, words: Words) -> Iterator[Text]:
    """Say what stays of one place's outflow, where that is measured; else who exchanges most."""
    told = next((row for row in facts["balances"] if row["telling"] and row["sender"] is not None), None)
    if told is not None:
        ends = {"place": words.name(told["sender"]), "group": words.name(told["group"])}
        network = words.cited(told["kind"], told["years"])
        yield tell("report.answer.stays", share=percent(told["localization_share"], 2), network=network, **ends)
        return
    for one in facts["networks"][:1]:
        if len(one["leaders"]) > 1:
            first, second = (words.name(row["place"]) for row in one["leaders"][:2])
            strength = [row["strength"] for row in one["leaders"]]
            shown = [number(value, fit_decimals(strength)) for value in strength]
            if shown[0] == shown[1]:
                alike = [row["place"] for row, value in zip(one["leaders"], shown, strict=True) if value == shown[0]]
                names = words.few(alike, last="list.and")
                key = "report.answer.exchange_alike" if one["measured"] else "report.answer.would_exchange_alike"
                yield tell(key, places=names, network=words.cited(one["kind"], one["years"]))
                return
            key = "report.answer.exchanges" if one["measured"] else "report.answer.would_exchange"
            yield tell(key, place=first, second=second, network=words.cited(one["kind"], one["years"]))


def _spread(spread: Row, study: Study, words: Words) -> Iterator[Text]:
    final = spread["final"]
    if final is None or study.diffusion is None:
        return
    seeds = words.places(study.diffusion.seeds)
    if spread["half"] is not None:
        yield tell("report.answer.half", seeds=seeds, years=number(spread["half"], 1))
    else:
        time = number(final["time"], fit_decimals([final["time"]]))
        key = "report.answer.reach_none" if spread["still"] else "report.answer.reach"
        yield tell(key, seeds=seeds, share=percent(final["mean"], 0), years=time)
