"""Declare what an analysis takes from each place, a `Variable`: an indicator, the score or a measure of a network."""

from collections.abc import Iterator
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Field
from pydantic_core import InitErrorDetails

from ...data.options import nearest
from ...data.wording.catalogue import Text, join_texts, text
from .fields import Name, Part
from .misfits import Key, misfit

__all__ = ["NETWORK_MEASURES", "SCORE", "AnyVariables", "OneVariable", "Variable", "Variables", "variable_misfits"]

SCORE = "score"
# what a place is in a network, as `innoscape.network.centrality` names it
NETWORK_MEASURES = (
    "strength", "out_strength", "in_strength", "degree", "closeness", "betweenness", "eigenvector", "pagerank",
)  # fmt: skip


class Variable(Part):
    """A number of each place, in each year that it is known for.

    Attributes
    ----------
    value : str
        An indicator, ``score``, or a network and a measure of it with a point between: ``contracts.strength``.
    per : str or None
        Another such number that it is divided by.
    log : bool
        Whether its natural logarithm is taken.
    """

    value: Name
    per: Name | None = None
    log: bool = False
    title: str = ""
    title_zh: str = ""

    @property
    def key(self) -> str:
        """Its name in tables of results."""
        plain = self.value if self.per is None else f"{self.value}/{self.per}"
        return f"log {plain}" if self.log else plain

    @property
    def additive(self) -> bool:
        """Whether values of several places may add up: not a quotient, a logarithm, a score or a place in a network."""
        _, point, measure = self.value.partition(".")
        return self.per is None and not self.log and self.value != SCORE and (not point or "strength" in measure)

    @property
    def sources(self) -> tuple[str, ...]:
        """What it is made of."""
        return (self.value,) if self.per is None else (self.value, self.per)


def _variable(given: object) -> object:
    return {"value": given} if isinstance(given, str) else given


def _variables(given: object) -> object:
    several = given if isinstance(given, list) else [given]
    return [_variable(one) for one in several]


OneVariable: TypeAlias = Annotated[Variable, BeforeValidator(_variable)]
AnyVariables: TypeAlias = Annotated[list[Variable], BeforeValidator(_variables)]
Variables: TypeAlias = Annotated[list[Variable], Field(min_length=1), BeforeValidator(_variables)]


def variable_misfits(variables: list[Variable], at: Key, study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401 - a Study
    """Find what a study has no table, network or measure for, and variables that are named twice."""
    networks = [network.name for network in study.networks]
    for i, variable in enumerate(variables):
        key = (*at, i) if len(variables) > 1 else at
        if variable.key in [one.key for one in variables[:i]]:
            yield misfit(key, "faults.variables.twice", got=repr(variable.key))
        for source in variable.sources:
            yield from _source_misfits(source, key, networks, study)


def _source_misfits(source: str, key: Key, networks: list[str], study: Any) -> Iterator[InitErrorDetails]:  # noqa: ANN401
    network, point, measure = source.partition(".")
    if source == SCORE:
        if not study.index:
            yield misfit(key, "faults.variables.no_score")
    elif point and network in networks:
        if measure not in NETWORK_MEASURES:
            yield misfit(key, "faults.variables.measure", got=repr(source), fix=_advice(measure, NETWORK_MEASURES))
    elif not study.tables.indicators:
        yield misfit(key, "faults.variables.no_indicators", got=repr(source))


def _advice(word: str, words: tuple[str, ...]) -> Text:
    near = nearest(word, words)
    return (
        text("faults.advice.guess", name=near[0])
        if near
        else text("faults.advice.choose_from", names=join_texts(words))
    )
