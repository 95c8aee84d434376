"""Say of a regression which model the tests recommend, what its terms do, and whether other neighbors change that."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...data.vocabulary import name_of
from ...data.wording.catalogue import Text
from ..facts.rows import Row
from ..plan.regression_plan import LAGGED, TIER, RegressionPlan
from ..plan.variables import Variable
from ..wording.markup import listed, tell
from .analysis_views import MOST_NAMED, Look, variable_name
from .numbers import number

__all__ = ["Found", "amount", "regression_sentences"]

_MODELS = "regression_models"
# terms said in words; the table holds all
_MOST = 8


@dataclass(frozen=True, slots=True)
class Found:
    """What a regression found: the rows of its tables, and how its weights are called."""

    plan: RegressionPlan
    rows: Mapping[str, list[Row]]
    look: Look
    weights: dict[str, Text]

    @property
    def main(self) -> str:
        """The main model."""
        return self.plan.models[0]

    @property
    def first(self) -> str:
        """The first weights."""
        return next(iter(self.weights))

    @property
    def spills(self) -> bool:
        """Whether terms of the main model have effects on other places."""
        return self.main in LAGGED or self.main == "lag"

    @property
    def effects(self) -> list[Row]:
        """The effects of the main model under the first weights."""
        return self.effects_under(self.first)

    def effects_under(self, weights: str) -> list[Row]:
        """Return the effects of the main model under some weights."""
        return [
            row for row in self.rows["regression_impacts"] if (row["model"], row["weights"]) == (self.main, weights)
        ]

    def tests(self, model: str) -> dict[str, Row]:
        """Return the tests of a model under the first weights, but for those of single years."""
        rows = [r for r in self.rows["regression_tests"] if (r["model"], r["weights"]) == (model, self.first)]
        return {row["test"]: row for row in rows if row["test"] != "moran_residuals"}

    def coefficient(self, term: str, tier: str | None, of: str | None) -> Text:
        """Return what a coefficient is called."""
        if of is None:
            return tell(f"report.regression.{term}")
        name = self.look.variable(term)
        if tier is not None:
            key = "on_tier" if term == TIER else "by_tier"
            name = tell(f"report.regression.{key}", term=name, tier=self.look.study.tiers.order.name(tier))
        return tell("report.regression.neighbors", term=name) if of == "neighbors" else name


def amount(value: float | None) -> str:
    """Write a number with three digits that count.

    Examples
    --------
    >>> amount(-0.01234), amount(1234.5), amount(0.00000123)
    ('−0.0123', '1,234', '1.23e−06')
    """
    if value is None or not math.isfinite(value) or value == 0:
        return number(value, 0)
    if abs(value) < 1e-4:
        return f"{value:.2e}".replace("-", "−")
    return number(value, max(0, 2 - math.floor(math.log10(abs(value)))))


def _chance(p: float | None) -> str:
    """Write p without a break in it."""
    return "p\u00a0<\u00a00.001" if p is not None and p < 0.001 else f"p\u00a0=\u00a0{number(p, 3)}"


def regression_sentences(found: Found) -> Iterator[Text]:
    """Give the sentences on a regression."""
    yield _size(found)
    yield from _islands(found)
    yield from _recommended(found)
    yield from _parameter(found)
    for row in [row for row in found.effects if row["effect"] == "total"][:_MOST]:
        yield _effect(row, found)
    if len(found.weights) > 1:
        yield _holding(found)
    yield _left_over(found)


def _islands(found: Found) -> Iterator[Text]:
    """Name the places without a neighbor under each weights, or count them where they are many."""
    named = {
        row["weights"]: (row["island_places"] or "").split("; ")
        for row in found.rows["regression_fit"]
        if row["islands"]
    }
    for weights, places in named.items():
        key = "report.pattern.islands_named" if len(places) <= MOST_NAMED else "report.pattern.islands"
        told = found.look.words.places(places[:MOST_NAMED], last="list.and")
        yield tell(key, n=len(places), places=told, weights=found.weights[weights])


def _size(found: Found) -> Text:
    fit = found.rows["regression_fit"][0]
    years = sorted({row["year"] for row in found.rows["regression_tests"] if row["year"] is not None})
    if fit["years"] == 1:
        key = "places" if not years else "places_of_year"
        return tell(f"report.regression.{key}", n=fit["places"], year=years[0] if years else "")
    panel = tell(
        "report.regression.panel", n=fit["places"], years=fit["years"], first=years[0], last=years[-1],
        observations=fit["observations"],
    )  # fmt: skip
    return tell(
        "report.regression.with_effects", panel=panel, effects=tell(f"report.regression.levels.{fit['effects']}")
    )


def _recommended(found: Found) -> Iterator[Text]:
    tests = found.tests("ols")
    chosen = tests["lm_lag"]["recommended"]
    plain = {name: _chance(tests[f"lm_{name}"]["p_value"]) for name in ("lag", "error")}
    robust = {f"robust_{name}": _chance(tests[f"robust_lm_{name}"]["p_value"]) for name in ("lag", "error")}
    key = "no_space" if chosen == "ols" else "recommended"
    yield tell(f"report.regression.{key}", model=name_of(chosen, _MODELS), **plain, **robust)
    names = {"main": name_of(found.main, _MODELS), "model": name_of(chosen, _MODELS)}
    if chosen == found.main:
        yield tell("report.regression.main_recommended", **names)
    else:
        key = "main_other" if chosen in found.plan.models else "main_alone"
        yield tell(f"report.regression.{key}", **names)
    wald = found.tests("durbin")
    if "wald_lag" in wald:
        level = 1 - found.plan.confidence_level
        able = [name for name in ("lag", "error") if wald[f"wald_{name}"]["p_value"] > level]
        chances = {name: _chance(wald[f"wald_{name}"]["p_value"]) for name in ("lag", "error")}
        simpler = listed((name_of(name, _MODELS) for name in able), last="list.and")
        yield tell(f"report.regression.{'simpler' if able else 'not_simpler'}", models=simpler, **chances)


def _parameter(found: Found) -> Iterator[Text]:
    """Say how the outcome, or the errors, of neighbors go together."""
    for row in found.rows["regression"]:
        if (row["model"], row["weights"], row["of"]) != (found.main, found.first, None) or row["term"] == "intercept":
            continue
        values = {name: amount(row[name]) for name in ("estimate", "low", "high")}
        sure = "sure" if row["low"] * row["high"] > 0 else "unsure"
        yield tell(f"report.regression.{row['term']}_{sure}", **values)


def _effect(total: Row, found: Found) -> Text:
    """Say what one more of a term goes with: in the place itself, in the others, in all."""
    own = {row["effect"]: row for row in found.effects if (row["term"], row["tier"]) == (total["term"], total["tier"])}
    outcome = found.plan.outcome
    variable = next((term for term in found.plan.own_terms if term.key == total["term"]), None)
    logs = variable is not None and variable.log
    values: dict[str, object] = {}
    for effect, row in own.items():
        said = {name: _change(row[name], outcome=outcome.log, term=logs) for name in ("estimate", "low", "high")}
        values[effect] = ("+" if row["estimate"] > 0 else "") + said.pop("estimate")
        values[f"{effect}_ends"] = tell("report.regression.ends", **said)
    values["outcome"] = _plain_name(outcome, found.look) if outcome.log else found.look.variable(outcome.key)
    change = f"report.regression.change.{'percent' if logs else 'unit'}"
    values["term"] = found.look.variable(total["term"]) if variable is None else _plain_name(variable, found.look)
    if total["tier"] is not None:
        values["tier"] = found.look.study.tiers.order.name(total["tier"])
        values["change"] = tell(f"{change}_there", term=values["term"])
        key = "tier_level" if total["term"] == TIER else "tier_slope"
        return tell(f"report.regression.{key}", **values)
    values["change"] = tell(change, term=values["term"])
    sure = "sure" if _sure(total) else "unsure"
    return tell(f"report.regression.effect_{sure}{'' if found.spills else '_alone'}", **values)


def _plain_name(variable: Variable, look: Look) -> Text:
    """Return the name of a variable before its logarithm is taken."""
    return variable_name(variable.model_copy(update={"log": False}), look.indicators, look.words)


def _change(value: float, *, outcome: bool, term: bool) -> str:
    """Say a change of the outcome, in per cent of one whose logarithm is explained, as a term rises by 1, or by 1%."""
    if not outcome:
        return amount(value / 100 if term else value)
    return f"{amount(value if term else 100 * math.expm1(value))}%"


def _sure(row: Row) -> bool:
    return row["low"] * row["high"] > 0


def _holding(found: Found) -> Text:
    """Say whether total effects that are distinct from 0 keep their sign under the other weights, and stay distinct."""
    others = [name for name in found.weights if name != found.first]
    sure = [row for row in found.effects if row["effect"] == "total" and _sure(row)]
    weights = listed((found.weights[name] for name in others), by="list.semicolon")
    if not sure:
        return tell("report.regression.nothing_to_hold", weights=weights)
    kept, lost = [], []
    for row in sure:
        term = found.coefficient(row["term"], row["tier"], "place")
        if failed := [found.weights[name] for name in others if not _again(row, name, found)]:
            lost.append(tell("report.regression.lost_under", term=term, weights=listed(failed, last="list.and")))
        else:
            kept.append(term)
    names = {"kept": listed(kept, last="list.and"), "lost": listed(lost, last="list.and"), "weights": weights}
    key = "holds" if not lost else "holds_in_part" if kept else "does_not_hold"
    return tell(f"report.regression.{key}", **names)


def _again(total: Row, weights: str, found: Found) -> bool:
    """Say whether a total effect keeps its sign under other weights, and stays distinct from 0."""
    key = (total["term"], total["tier"], "total")
    again = [row for row in found.effects_under(weights) if (row["term"], row["tier"], row["effect"]) == key]
    return bool(again) and all(_sure(row) and row["estimate"] * total["estimate"] > 0 for row in again)


def _left_over(found: Found) -> Text:
    """Say whether the residuals of the main model still lie by like ones."""
    rows = [
        row
        for row in found.rows["regression_tests"]
        if (row["test"], row["model"], row["weights"]) == ("moran_residuals", found.main, found.first)
    ]
    level = 1 - found.plan.confidence_level
    sure = [row for row in rows if row["p_value"] <= level]
    values = {"model": name_of(found.main, _MODELS), "value": number(rows[-1]["value"], 3)}
    if len(rows) == 1:
        return tell(f"report.regression.left_{'some' if sure else 'none'}", p=_chance(rows[0]["p_value"]), **values)
    ends = {"low": number(min(r["value"] for r in rows), 3), "high": number(max(r["value"] for r in rows), 3)}
    return tell("report.regression.left_over_years", k=len(sure), years=len(rows), **ends, **values)
