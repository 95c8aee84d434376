"""Hold the flow networks of a study, each with its years apart."""

import operator
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import networkx as nx
import pandas as pd

from ..plan.partial import Held
from ..wording.notices import Notice

__all__ = ["Networks", "YearOfFlows"]


@dataclass(frozen=True, eq=False)
class YearOfFlows:
    """The flows of a network in one year, or in all its years together, as a table and as a graph."""

    flows: pd.DataFrame
    graph: nx.Graph

    def between_places(self, aggregates: Collection[str]) -> "YearOfFlows":
        """Leave out what stands for several places, such as a rest of the world.

        Such an end belongs to balances and totals. It has no rank, leads no hinterland, and no way runs through it.
        """
        held = [place for place in self.graph if place in aggregates]
        if not held:
            return self
        graph = self.graph.copy()
        graph.remove_nodes_from(held)
        rows = self.flows[~self.flows["source"].isin(held) & ~self.flows["target"].isin(held)]
        return YearOfFlows(rows.reset_index(drop=True), graph)


@dataclass(frozen=True, eq=False)
class Networks:
    """The flow networks of a study.

    Attributes
    ----------
    by_year : dict
        Network name -> year -> flows, the years rising; flows without a year, or added over several, stand under None.
    said : dict
        Network name -> what a reader should know of it.
    estimates : dict
        Network name -> how its flows were estimated.
    basis : dict
        Network name -> what its flows and their changes were taken from, and of an estimate what that rests on.
    """

    by_year: dict[str, dict[int | None, YearOfFlows]] = field(default_factory=Held)
    said: dict[str, list[Notice]] = field(default_factory=dict)
    estimates: dict[str, Any] = field(default_factory=dict)
    basis: dict[tuple[str, str], tuple[object, ...]] = field(default_factory=dict)

    @property
    def notices(self) -> list[Notice]:
        """What a reader should know of them."""
        return [notice for said in self.said.values() for notice in said]

    def rests_on(self, part: str, name: str, *basis: object, like: "Networks | None") -> bool:
        """Note what flows or estimate of a network are taken from; say whether those of ``like`` are from the same."""
        self.basis[part, name] = basis
        known = None if like is None else like.basis.get((part, name))
        return known is not None and len(known) == len(basis) and all(map(operator.is_, known, basis))

    def shown(self, name: str) -> YearOfFlows:
        """Return a network in the year shown, which is its last."""
        return _last(self.by_year[name])

    @property
    def flows(self) -> Mapping[str, pd.DataFrame]:
        """The flows of each network in the year shown, which is its last."""
        return Held({name: _last(years).flows for name, years in self.by_year.items()})

    @property
    def graphs(self) -> Mapping[str, nx.Graph]:
        """The graph of each network in the year shown, which is its last."""
        return Held({name: _last(years).graph for name, years in self.by_year.items()})

    @property
    def earlier_graphs(self) -> dict[str, dict[int, nx.Graph]]:
        """The graphs of each network in the years before the one shown."""
        return {
            name: {year: one.graph for year, one in [*years.items()][:-1] if year is not None}
            for name, years in self.by_year.items()
            if len(years) > 1
        }

    @property
    def shown_years(self) -> dict[str, int]:
        """The year shown of each network that has several."""
        several = {name: years for name, years in self.by_year.items() if len(years) > 1}
        return {name: year for name, years in several.items() if (year := [*years][-1]) is not None}


def _last(years: Mapping[int | None, YearOfFlows]) -> YearOfFlows:
    return [*years.values()][-1]
