"""Say of the gravity model of a network how flows fall with cost, what masses do, and how well it fits."""

import math
from collections.abc import Iterator, Mapping

from ...data.vocabulary import name_of
from ...data.wording.catalogue import Text
from ..facts.rows import Pair, Row
from ..plan.gravity_plan import STRENGTH
from ..wording.markup import tell
from .numbers import number, percent

__all__ = ["gravity_sentences", "term_name"]

_ENDS = {
    "origin": ("report.gravity.origin", "report.gravity.origin_mass"),
    "destination": ("report.gravity.destination", "report.gravity.destination_mass"),
    "both": ("report.gravity.both", "report.gravity.both_mass"),
}
_SAME = {"same_scope": "report.gravity.same_scope", "same_corridor": "report.gravity.same_corridor"}
# decay -> its coefficient, and what is said where flows fall and where they rise
_DECAYS = {
    "power": ("log_cost", "report.gravity.power_falls", "report.gravity.power_rises"),
    "exponential": ("cost", "report.gravity.exponential_falls", "report.gravity.exponential_rises"),
}


def gravity_sentences(fact: Row, indicators: Mapping[str, Pair]) -> list[Text]:
    """Return the sentences on one gravity model."""
    plan, measures = fact["plan"], fact["measures"]
    rows = {row["term"]: row for row in fact["rows"]}
    counts = {name: number(measures[name], 0) for name in ("pairs", "places", "positive")}
    said = [tell("report.gravity.data", **counts), *_decay(rows, plan.decay, fact["level"])]
    for row in fact["rows"]:
        end, _, name = row["term"].partition("_")
        values = {"level": fact["level"]}
        if end in _ENDS:
            ends = {key: f"{row[key]:.3g}" for key in ("low", "high")}
            values |= {"end": tell(_ENDS[end][0]), "name": _mass_name(name, indicators), **ends}
            factor = _exp(row["coefficient"] * math.log(2))
            said.append(tell("report.gravity.mass", factor=factor, value=f"{row['coefficient']:.3g}", **values))
        elif row["term"] in _SAME:
            keys = {"factor": "coefficient", "low": "low", "high": "high"}
            factors = {key: _exp(row[column]) for key, column in keys.items()}
            said.append(tell(_SAME[row["term"]], **factors, **values))
    said.append(tell("report.gravity.fit", d2=percent(measures["d2"], 0), cpc=percent(measures["cpc"], 0)))
    if STRENGTH in plan.masses.values():
        said.append(tell("report.gravity.strength"))
    if not fact["measured"]:
        said.append(tell("report.gravity.not_measured"))
    if measures["left_out"]:
        said.append(tell("report.gravity.left_out", n=int(measures["left_out"])))
    return said


def _exp(value: float) -> str:
    """Write a factor whose logarithm is given; one beyond all numbers as such."""
    return f"{math.exp(value):.3g}" if value < 700 else "∞"


def _decay(rows: Mapping[str, Row], decay: str, level: str) -> Iterator[Text]:
    """Say how flows change with cost, positive numbers for a fall as for a rise."""
    if decay not in _DECAYS:
        power, rate = (f"{rows[term]['coefficient']:.3g}" for term in ("log_cost", "cost"))
        yield tell("report.gravity.tanner", power=power, rate=rate)
        return
    term, falls, rises = _DECAYS[decay]
    row = rows[term]
    value, low, high = row["coefficient"], row["low"], row["high"]
    if value < 0:
        value, low, high = -value, -high, -low
    numbers = {"value": f"{value:.3g}", "low": f"{low:.3g}", "high": f"{high:.3g}", "level": level}
    if decay == "power":
        change = math.expm1(min(row["coefficient"], 1000.0) * math.log(2))
        numbers["share"] = percent(abs(change), 0)
    else:
        numbers["half"] = f"{math.log(2) / value:.3g}" if value else "∞"
    yield tell(falls if row["coefficient"] < 0 else rises, **numbers)
    if low <= 0 <= high:
        yield tell("report.gravity.undecided")


def _mass_name(name: str, indicators: Mapping[str, Pair]) -> Text:
    en, zh = indicators.get(name, ("", ""))
    return Text.of(en=en, zh=zh) if en else name_of(name, "gravity_terms")


def term_name(term: str, indicators: Mapping[str, Pair]) -> Text:
    """Return the name of a term of a gravity model."""
    end, _, name = term.partition("_")
    return tell(_ENDS[end][1], name=_mass_name(name, indicators)) if end in _ENDS else name_of(term, "gravity_terms")
