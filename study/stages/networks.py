"""Hold the flow networks of a study, each with its years apart."""

import operator
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...data import InnoscapeWarning
from ...data.flow_ends import flow_ends
from ...network import to_graph
from ...network.flows.check_graph import flow_values, warn_of_units
from ...network.flows.doubts import warn_of_mirror
from ..plan.partial import Held
from ..wording.notices import Notice
from .masses import CenterMasses, RowMasses

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Networks", "YearOfFlows", "rest_on_same"]


def rest_on_same(basis: Sequence[object], known: Sequence[object] | None) -> bool:
    """Say whether what is to be computed rests on the very objects that something known was computed from."""
    return known is not None and len(known) == len(basis) and all(map(operator.is_, known, basis))


@dataclass(frozen=True, eq=False)
class YearOfFlows:
    """The flows of a network in one year, or in all its years together, as a table and, once asked for, a graph."""

    flows: pd.DataFrame
    directed: bool
    whole: "YearOfFlows | None" = None
    held: tuple[str, ...] = ()

    @classmethod
    def of(cls, flows: pd.DataFrame, *, directed: bool) -> "YearOfFlows":
        """Take flows of which a graph can be made, and warn of what is doubtful in them, see `to_graph`.

        Raises
        ------
        TableError
            If a value is no number, negative or not finite.
        """
        flow_values(flows)
        warn_of_units(flows, stacklevel=2)
        warn_of_mirror(flows, directed=directed, stacklevel=2)
        return cls(flows, directed)

    @cached_property
    def ends(self) -> frozenset[str]:
        """The places at which the flows start or end."""
        return frozenset(flow_ends(self.flows))

    @cached_property
    def graph(self) -> "nx.Graph":
        """The graph; of a part it is that of the whole without what was left out."""
        if self.whole is None:
            with warnings.catch_warnings():
                # what is doubtful has been said of the table
                warnings.simplefilter("ignore", InnoscapeWarning)
                return to_graph(self.flows, directed=self.directed)
        graph = self.whole.graph.copy()
        graph.remove_nodes_from(self.held)
        return graph

    def between_places(self, aggregates: Collection[str]) -> "YearOfFlows":
        """Leave out what stands for several places, such as a rest of the world.

        Such an end belongs to balances and totals. It has no rank, leads no hinterland, and no way runs through it.
        """
        held = tuple(sorted(self.ends & {*aggregates}))
        if not held:
            return self
        rows = self.flows[~self.flows["source"].isin(held) & ~self.flows["target"].isin(held)]
        return YearOfFlows(rows.reset_index(drop=True), self.directed, self, held)


@dataclass(frozen=True, eq=False)
class Networks:
    """The flow networks of a study.

    Attributes
    ----------
    by_year : dict
        Network name -> year -> flows, the years rising; flows without a year, or added over several, stand under None.
    unedited : dict
        Network name -> year -> table of flows before the changes of a scenario.
    said : dict
        Network name -> what a reader should know of it.
    estimates : dict
        Network name -> how its flows were estimated.
    masses : dict
        Network name -> what the rows of indicators send and receive that its estimate rests on.
    shared_masses : dict
        Network name -> what the centers send and receive of them.
    basis : dict
        Network name -> what its flows and their changes were taken from, and of an estimate what that rests on.
    """

    by_year: dict[str, dict[int | None, YearOfFlows]] = field(default_factory=Held)
    unedited: dict[str, dict[int | None, pd.DataFrame]] = field(default_factory=dict)
    said: dict[str, list[Notice]] = field(default_factory=dict)
    estimates: dict[str, Any] = field(default_factory=Held)
    masses: dict[str, RowMasses | None] = field(default_factory=Held)
    shared_masses: dict[str, CenterMasses] = field(default_factory=Held)
    basis: dict[tuple[str, str], tuple[object, ...]] = field(default_factory=dict)

    @property
    def notices(self) -> list[Notice]:
        """What a reader should know of them."""
        return [notice for said in self.said.values() for notice in said]

    def rests_on(self, part: str, name: str, *basis: object, like: "Networks | None") -> bool:
        """Note what flows or estimate of a network are taken from; say whether those of ``like`` are from the same."""
        self.basis[part, name] = basis
        return rest_on_same(basis, None if like is None else like.basis.get((part, name)))

    def shown(self, name: str) -> YearOfFlows:
        """Return a network in the year shown, which is its last."""
        return _last(self.by_year[name])

    @property
    def flows(self) -> Mapping[str, pd.DataFrame]:
        """The flows of each network in the year shown, which is its last."""
        return Held({name: _last(years).flows for name, years in self.by_year.items()})

    @property
    def graphs(self) -> Mapping[str, "nx.Graph"]:
        """The graph of each network in the year shown, which is its last."""
        return Held({name: _last(years).graph for name, years in self.by_year.items()})

    @property
    def earlier_graphs(self) -> dict[str, dict[int, "nx.Graph"]]:
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
