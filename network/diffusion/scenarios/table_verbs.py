"""Define the verbs that change a table: centers, costs, flows.

A study computes all that follows from a changed table anew; a model of diffusion takes it as it is.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass
from itertools import combinations, pairwise
from typing import Annotated, TypeAlias

import numpy as np
import pandas as pd

from ....data.errors import OptionError
from ....data.options import Wrong
from ....data.wording.catalogue import text
from .verb import Center, Centers, Changes, Inputs, Multiple, Share, Tier, Verb, VerbField

__all__ = ["AddCenter", "AddCorridor", "RedirectFlow", "RemoveCenter", "ScaleCost", "ScaleFlow", "SetTier"]

Line: TypeAlias = Annotated[Sequence[Hashable], VerbField("places", count=2, distinct=True)]
Ends: TypeAlias = Annotated[Iterable[Hashable], VerbField("places", among="flows", scope=True)]
Cheaper: TypeAlias = Annotated[float, VerbField("number", above=0.0, usual=0.5, assumed=True)]
CostFactor: TypeAlias = Annotated[float, VerbField("number", least=0.0, usual=0.5, assumed=True)]
Receptivity: TypeAlias = Annotated[float, VerbField("number", least=0.0, usual=1.0, assumed=True, per_tier=True)]


@dataclass(frozen=True)
class AddCenter(Verb):
    """Add a center on a tier; the costs must already hold its row and column.

    - Without a receptivity it takes that which all centers of its tier share, or 1 where they share none.
    - Before its start it stands among the centers, without rates.
    """

    table = "centers"
    place: Annotated[Hashable, VerbField("place", among="new")]
    _: KW_ONLY
    tier: Tier
    receptivity: Receptivity | None = None

    def change(self, inputs: Inputs) -> Changes:
        centers = inputs["centers"]
        tier = pd.Categorical([self.tier], dtype=centers["tier"].dtype)
        row = pd.DataFrame({"place": [self.place], "tier": tier})
        accept = inputs["receptivity"].copy()
        usual = _receptivity_of(inputs, self.tier)
        accept.loc[self.place] = self.receptivity if self.receptivity is not None else 1.0 if usual is None else usual
        return {"centers": pd.concat([centers[["place", "tier"]], row], ignore_index=True), "receptivity": accept}


@dataclass(frozen=True)
class SetTier(Verb):
    """Move a center to another tier, with the receptivity of that tier.

    - The tier where it stands already changes nothing.
    - Without a receptivity it takes that which all centers of the new tier share, if those of the old one share one as
      well; where receptivity does not go by tier it keeps its own.
    """

    table = "centers"
    place: Center
    _: KW_ONLY
    tier: Tier
    receptivity: Receptivity | None = None

    def change(self, inputs: Inputs) -> Changes:
        centers, accept = inputs["centers"].copy(), inputs["receptivity"].copy()
        left = centers.set_index("place").loc[self.place, "tier"]
        given = self.receptivity
        if given is None and _receptivity_of(inputs, left) is not None:
            given = _receptivity_of(inputs, self.tier)
        centers.loc[centers["place"] == self.place, "tier"] = self.tier
        if given is not None:
            accept.loc[self.place] = given
        return {"centers": centers, "receptivity": accept}


@dataclass(frozen=True)
class RemoveCenter(Verb):
    """Take a center away: it neither adopts nor passes anything on.

    - Before its start it stands among the centers as the others do.
    - From then on, or from the beginning, it is never reached: its arrival counts as the horizon.
    """

    table = "centers"
    place: Center

    def change(self, inputs: Inputs) -> Changes:
        centers = inputs["centers"]
        left = {"centers": centers[centers["place"] != self.place].reset_index(drop=True)}
        return left | {name: inputs[name].drop(self.place) for name in ("receptivity", "external") if name in inputs}


@dataclass(frozen=True)
class ScaleCost(Verb):
    """Multiply the costs among the given places, or between them and others, as a corridor does (0.5 halves travel).

    - A factor of 1 changes nothing.
    - A factor of 0 cuts the link: its cost is infinite, and no channel carries anything along it.
    """

    needs = ("costs",)
    table = "costs"
    places: Centers
    _: KW_ONLY
    to: Centers | None = None
    factor: CostFactor

    def _conflicts(self) -> Iterator[Wrong]:
        if self.to is None and len(tuple(self.places)) < 2:
            got = ", ".join(map(repr, self.places))
            yield text("faults.calls.table_verbs.places_two_places_others", got=got)

    def change(self, inputs: Inputs) -> Changes:
        costs = inputs["costs"].astype(float)
        here, there = list(self.places), list(self.places if self.to is None else self.to)
        named = pd.DataFrame(False, index=costs.index, columns=costs.columns)
        named.loc[here, there] = named.loc[there, here] = True
        between = named.to_numpy() & ~np.eye(len(costs), dtype=bool)
        cost = costs.to_numpy()
        scaled = cost * self.factor if self.factor else np.full_like(cost, np.inf)
        return {"costs": pd.DataFrame(np.where(between, scaled, cost), index=costs.index, columns=costs.columns)}


@dataclass(frozen=True)
class AddCorridor(Verb):
    """Open a corridor through places in line order: a leg costs ``factor`` of what it did, and legs add up.

    - No way becomes longer, so a factor of 1 or more changes nothing where direct ways are the shortest.
    """

    needs = ("costs",)
    table = "costs"
    places: Line
    _: KW_ONLY
    factor: Cheaper

    def change(self, inputs: Inputs) -> Changes:
        costs, places = inputs["costs"].astype(float), list(self.places)
        old = costs.loc[places, places].to_numpy() * self.factor
        for step in (1, -1):
            # a leg may cost more in one direction than in the other
            order = list(range(len(places)))[::step]
            along = np.concatenate([[0.0], np.cumsum([old[a, b] for a, b in pairwise(order)])])
            for (i, here), (j, there) in combinations(enumerate(places[k] for k in order), 2):
                with np.errstate(invalid="ignore"):  # a leg that is cut leads nowhere
                    costs.loc[here, there] = min(costs.loc[here, there], along[j] - along[i])
        return {"costs": costs}


@dataclass(frozen=True)
class RedirectFlow(Verb):
    """Change the share of what ``source`` sends that goes to ``within``; what it sends in total stays the same.

    - The share it has already changes nothing.
    - Shares of 0 and 1 empty one side; a side without any flow cannot be filled.
    """

    needs = ("flows",)
    table = "flows"
    source: Annotated[Hashable, VerbField("place", among="flows")]
    _: KW_ONLY
    within: Annotated[Iterable[Hashable], VerbField("places", among="flows", scope=True)]
    share: Share

    def change(self, inputs: Inputs) -> Changes:
        flows, source, share = inputs["flows"], self.source, self.share
        sent = (flows["source"] == source) & (flows["target"] != source)
        inside = sent & flows["target"].isin(list(self.within))
        outside = sent & ~inside
        value = flows["value"].astype(float)
        kept, left = (float(np.sort(value[rows].to_numpy()).sum()) for rows in (inside, outside))
        if (share > 0 and kept == 0) or (share < 1 and left == 0):
            which = "into" if kept == 0 else "out of"
            raise OptionError(
                text(
                    "faults.calls.table_verbs.flow_group_given_so", source=repr(source), which=which, share=f"{share:g}"
                )
            )
        total = kept + left
        value = value.mask(inside, value * (share * total / kept if kept else 0.0))
        value = value.mask(outside, value * ((1 - share) * total / left if left else 0.0))
        return {"flows": flows.assign(value=value)}


@dataclass(frozen=True)
class ScaleFlow(Verb):
    """Multiply the flows from some places to some places (all places when left out).

    - Without sources and targets every flow is multiplied.
    - A factor of 1 changes nothing; 0 cuts the links.
    """

    needs = ("flows",)
    table = "flows"
    _: KW_ONLY
    sources: Ends | None = None
    targets: Ends | None = None
    factor: Multiple

    def change(self, inputs: Inputs) -> Changes:
        flows = inputs["flows"]
        chosen = pd.Series(True, index=flows.index)
        for column, places in (("source", self.sources), ("target", self.targets)):
            if places is not None:
                chosen &= flows[column].isin(list(places))
        if not chosen.any():
            raise OptionError(text("faults.calls.table_verbs.flow_runs_between_places"))
        value = flows["value"].astype(float)
        return {"flows": flows.assign(value=value.mask(chosen, value * self.factor))}


def _receptivity_of(inputs: Inputs, tier: str) -> float | None:
    """Return the receptivity that all centers of a tier share, if they share one."""
    centers = inputs["centers"]
    own = inputs["receptivity"].reindex(centers.loc[centers["tier"] == tier, "place"]).unique()
    return float(own[0]) if len(own) == 1 else None
