"""Lay out the outcome and the terms of a regression: every place in every year, with a rule for gaps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ...data import Fault, StudyError
from ...data.errors import warn
from ...data.wording.catalogue import Text, few, join_texts, text
from ..plan.faults_together import FaultsTogether
from ..plan.regression_plan import TIER, RegressionPlan, Term
from ..plan.schema import STUDY_FILE
from ..plan.variables import Variable
from .build_chain import Chain
from .place_variables import values_of_variable, without_containers

__all__ = ["Coefficient", "RegressionData", "regression_data"]

OUTCOME = "outcome"
# what the library calls columns of its own
_KEYS = ("place", "year", TIER, OUTCOME, "intercept")


@dataclass(frozen=True, slots=True)
class Coefficient:
    """What a coefficient belongs to: a term, perhaps in places of one tier only; with what spread of the term."""

    term: str
    tier: str | None = None
    spread: float | None = None


@dataclass(frozen=True, eq=False)
class RegressionData:
    """A regression as the library takes it.

    Attributes
    ----------
    frame : DataFrame
        ``place``, ``year`` where there are several, ``outcome``, the terms under names of their own, perhaps ``tier``.
    terms : tuple of Term
    labels : dict
        Key of a variable -> its column.
    years : tuple of int or None
        None for values without a year.
    """

    frame: pd.DataFrame
    terms: tuple[Term, ...]
    labels: dict[str, str]
    years: tuple[int | None, ...]

    @property
    def places(self) -> list[str]:
        """The places, in the order of their keys."""
        return sorted({*self.frame["place"]})

    @property
    def columns(self) -> list[str]:
        """The terms as the library takes them."""
        return [
            f"{self.labels[one.plain]}:{TIER}" if one.by else self.labels.get(one.plain, TIER) for one in self.terms
        ]

    @property
    def coefficients(self) -> list[Coefficient]:
        """What the coefficients of the terms belong to, in the order in which the library gives them."""
        held = self.frame[TIER].cat.remove_unused_categories().cat.categories[1:] if TIER in self.frame else []
        found = []
        for term in self.terms:
            label = self.labels.get(term.plain)
            spread = None if label is None else float(self.frame[label].std(ddof=0))
            tiers = held if TIER in (term.value, term.by) else [None]
            found += [Coefficient(term.plain, tier, spread) for tier in tiers]
        return found

    @property
    def spread(self) -> float:
        """Standard deviation of the outcome."""
        return float(self.frame[OUTCOME].std(ddof=0))

    def of(self, places: Sequence[str]) -> "RegressionData":
        """Keep some of the places."""
        return replace(self, frame=self.frame[self.frame["place"].isin(places)].reset_index(drop=True))


def regression_data(chain: Chain, plan: RegressionPlan) -> RegressionData:
    """Take what a regression needs from the tables, scores and networks of a study.

    Raises
    ------
    StudyError
        With every variable that is unknown, has gaps, does not vary, or has no logarithm; years that are not there.
    """
    variables = [(f"regression.{OUTCOME}", OUTCOME, plan.outcome), *_located(plan)]
    noted, tables = FaultsTogether(), dict[str, pd.DataFrame]()
    for at, label, variable in variables:
        with noted.noted():
            # logarithms are taken of what is used alone
            tables[label] = values_of_variable(chain, variable.model_copy(update={"log": False}), at)
    noted.done()
    if len(tables) < len(variables):
        raise StudyError([])
    years = _years(tables, plan)
    places = _places(chain, plan, tables[OUTCOME], years)
    frame = _whole(_spread_out(tables, places, years), variables, plan)
    for at, label, variable in variables:
        with noted.noted():
            frame[label] = _checked(frame, label, variable, at)
    asked = any(TIER in (term.value, term.by) for term in plan.terms)
    if asked:
        with noted.noted():
            frame[TIER] = _tiers(chain, frame)
    noted.done()
    if asked and TIER not in frame:
        raise StudyError([])
    for term in plan.terms:
        if term.by:
            label = next(label for _, label, one in variables[1:] if one.key == term.plain)
            # so that tiers are compared at the mean, not at 0
            frame[label] = frame[label] - frame[label].mean()
    held = tuple(sorted({*frame["year"].dropna().astype(int)})) or (None,)
    if len(held) == 1 and plan.effects != "none":
        raise _refused("faults.regression.one_year", "regression.effects", got=plan.effects)
    frame = frame.drop(columns="year") if len(held) == 1 else frame.astype({"year": int})
    return RegressionData(frame, (*plan.terms,), {one.key: label for _, label, one in variables[1:]}, held)


def _located(plan: RegressionPlan) -> Iterator[tuple[str, str, Variable]]:
    """Give the key path of each term that is a variable, its column, and the variable."""
    taken = {*_KEYS}
    for i, term in enumerate(plan.terms, 1):
        if term.by is None and term.value != TIER:
            # the library takes a colon for a product, and W for the neighbors
            label = term.key.replace(":", ";")
            while label in taken or label.startswith("W "):
                label = f"′{label}"
            taken.add(label)
            yield f"regression.terms[{i}]" if len(plan.terms) > 1 else "regression.terms", label, term


def _years(tables: dict[str, pd.DataFrame], plan: RegressionPlan) -> list[int | None]:
    """Return the years in which every variable is known somewhere, as far as they are wanted."""
    known = [{int(year) for year in table["year"].dropna()} for table in tables.values()]
    dated = [years for years in known if years]
    shared = sorted(set.intersection(*dated)) if dated else []
    if dated and not shared:
        raise _refused("faults.variables.apart", "regression")
    if isinstance(plan.years, list):
        if absent := sorted({*plan.years} - {*shared}):
            fix = (
                text("faults.regression.choose_years", years=join_texts(map(str, shared)))
                if shared
                else text("faults.regression.no_years")
            )
            raise _refused("faults.regression.years", "regression.years", got=few(absent, most=8), fix=fix)
        return [*sorted({*plan.years})]
    if not shared:
        return [None]
    if plan.years == "latest":
        return shared[-1:]
    if lost := sorted(set.union(*dated) - {*shared}):
        warn("warnings.regression.years", years=lost, n=len(lost), stacklevel=4)
    return [*shared]


def _places(chain: Chain, plan: RegressionPlan, outcome: pd.DataFrame, years: list[int | None]) -> list[str]:
    if plan.places:
        return sorted({*plan.places})
    return without_containers(chain, outcome.loc[outcome["year"].isna() | outcome["year"].isin(years), "place"])


def _spread_out(tables: dict[str, pd.DataFrame], places: list[str], years: list[int | None]) -> pd.DataFrame:
    """Return one row of every place and year; what has no year holds in every year."""
    parts = []
    for year in years:
        part = pd.DataFrame({"place": places, "year": pd.array([year] * len(places), dtype="Int64")})
        for label, table in tables.items():
            own = table[table["year"].isna() | (table["year"] == year).fillna(value=False)]
            held = own.sort_values("year", na_position="last").drop_duplicates("place").set_index("place")["value"]
            part[label] = held.reindex(places).to_numpy()
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _whole(frame: pd.DataFrame, variables: list[tuple[str, str, Variable]], plan: RegressionPlan) -> pd.DataFrame:
    """Return a frame without gaps, by the rule of the study."""
    gaps = frame[[label for _, label, _ in variables]].isna()
    if not gaps.any(axis=None):
        return frame
    if plan.gaps == "refuse":
        raise StudyError(
            Fault.of(
                "faults.regression.gaps",
                STUDY_FILE,
                column=at,
                name=variable.key,
                places=few(_where(frame[gaps[label]])),
                fix=_remedy(frame, gaps.any(axis=1)),
            )
            for at, label, variable in variables
            if gaps[label].any()
        )
    by = "place" if plan.gaps == "leave_out_places" else "year"
    if frame[by].isna().all():
        raise _refused("faults.regression.nothing_left", "regression.gaps", got=plan.gaps)
    lost = sorted({*frame.loc[gaps.any(axis=1), by]})
    left = frame[~frame[by].isin(lost)].reset_index(drop=True)
    if left.empty:
        raise _refused("faults.regression.nothing_left", "regression.gaps", got=plan.gaps)
    warn(f"warnings.regression.{plan.gaps}", n=len(lost), names=few(lost), stacklevel=4)
    return left


def _remedy(frame: pd.DataFrame, gap: pd.Series) -> Text:
    """Name the rules for gaps that would leave something."""
    ways = [
        name
        for name, by in (("leave_out_places", "place"), ("leave_out_years", "year"))
        if frame[by].notna().any() and {*frame[by]} - {*frame.loc[gap, by]}
    ]
    if not ways:
        return text("faults.regression.no_rule")
    return text("faults.regression.gap_rules", names=join_texts((f'"{way}"' for way in ways), by="faults.or"))


def _where(rows: pd.DataFrame) -> list[str]:
    return [
        str(place) if pd.isna(year) else f"{place} ({year})"
        for place, year in zip(rows["place"], rows["year"], strict=True)
    ]


def _checked(frame: pd.DataFrame, label: str, variable: Variable, at: str) -> pd.Series:
    """Return the values of a variable, or their logarithms, if they vary."""
    values = frame[label]
    if variable.log:
        if (low := values <= 0).any():
            raise _refused("faults.regression.log", at, places=few(_where(frame[low])), name=variable.key)
        values = values.map(np.log)
    if np.ptp(values.to_numpy()) <= 1e-12 * float(values.abs().max()):
        raise _refused("faults.regression.constant", at, got=repr(variable.key), value=f"{values.iloc[0]:.6g}")
    return values


def _tiers(chain: Chain, frame: pd.DataFrame) -> pd.Categorical:
    """Return the tier of each row, the lowest first, which the others are compared with."""
    tiers = chain.layers.tiers["tier"]
    if lost := sorted({*frame["place"]} - {*tiers.index}):
        raise _refused("faults.regression.no_tier", "regression.terms", places=few(lost))
    own = frame["place"].map(tiers)
    held = [tier for tier in reversed([*chain.inputs.study.tiers.order]) if (own == tier).any()]
    if len(held) < 2:
        raise _refused("faults.regression.one_tier", "regression.terms", got=held[0])
    return pd.Categorical(own, categories=held)


def _refused(key: str, at: str, **values: Any) -> StudyError:  # noqa: ANN401 - of any sentence
    return StudyError([Fault.of(key, STUDY_FILE, column=at, **values)])
