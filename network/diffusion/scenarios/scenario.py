"""Change a model of diffusion by small verbs with numbers.

A scenario is data: named interventions, applied in order, each from its date on. Every number in it is an assumption.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ....data.errors import OptionError
from ....data.options import Wrong, is_number, listed, noted, number_faults, refuse
from ..model.hazard_rates import Rates, hazard_rates
from .verbs import VERBS

__all__ = ["VERBS", "Scenario"]


@dataclass(frozen=True, slots=True)
class _Intervention:
    verb: str
    numbers: Mapping[str, Any]
    start: float = 0.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named sequence of interventions, applied in order.

    Each verb returns a new scenario. ``start`` is the time from which it holds (0: from the beginning).

    Parameters
    ----------
    name : str
        Name in every table of results.

    Examples
    --------
    >>> Scenario("localized").redirect_flow("B", within=["T", "H"], share=0.2).set_tier("T", tier="national", start=5.0)
    Scenario('localized': redirect_flow, set_tier from 5)
    """

    name: str
    interventions: tuple[_Intervention, ...] = ()

    def __repr__(self) -> str:
        steps = (i.verb + (f" from {i.start:g}" if i.start else "") for i in self.interventions)
        return f"Scenario({self.name!r}: {', '.join(steps) or 'no change'})"

    def _and(self, verb: str, start: float, **numbers: Any) -> "Scenario":  # noqa: ANN401
        if not (is_number(start) and start >= 0):
            raise OptionError(f"start must be a time of at least 0, got {start!r}")
        return replace(self, interventions=(*self.interventions, _Intervention(verb, numbers, float(start))))

    def redirect_flow(
        self, source: Hashable, *, within: Iterable[Hashable], share: float, start: float = 0.0
    ) -> "Scenario":
        """Change the share of what ``source`` sends that goes to ``within``; what it sends in total stays the same."""
        _share(share)
        return self._and("redirect_flow", start, source=source, within=_several(within), share=float(share))

    def scale_cost(self, places: Iterable[Hashable], *, factor: float, start: float = 0.0) -> "Scenario":
        """Multiply the costs between the given places, as a corridor does (0.5 halves travel)."""
        ends = _several(places)
        if len(ends) < 2:
            raise OptionError(
                f"costs lie between places: scale_cost needs at least two, got {', '.join(map(repr, ends))} alone"
            )
        return self._and("scale_cost", start, places=ends, factor=_positive(factor))

    def add_center(self, place: Hashable, *, tier: str, receptivity: float = 1.0, start: float = 0.0) -> "Scenario":
        """Add a center on a tier; the costs must already hold its row and column."""
        refuse(number_faults("receptivity", receptivity, least=0.0))
        return self._and("add_center", start, place=place, tier=tier, receptivity=float(receptivity))

    def set_tier(
        self, place: Hashable, *, tier: str, receptivity: float | None = None, start: float = 0.0
    ) -> "Scenario":
        """Move a center to another tier, and give it another receptivity unless that is None."""
        if receptivity is not None:
            refuse(number_faults("receptivity", receptivity, least=0.0))
        return self._and("set_tier", start, place=place, tier=tier, receptivity=receptivity)

    def scale_flow(
        self,
        *,
        sources: Iterable[Hashable] | None = None,
        targets: Iterable[Hashable] | None = None,
        factor: float,
        start: float = 0.0,
    ) -> "Scenario":
        """Multiply the flows from some places to some places (all places when left out)."""
        ends = {"sources": _listed(sources), "targets": _listed(targets)}
        return self._and("scale_flow", start, **ends, factor=_positive(factor))

    def add_corridor(self, places: Sequence[Hashable], *, factor: float, start: float = 0.0) -> "Scenario":
        """Open a corridor through places in line order: a leg costs ``factor`` of what it did, and legs add up."""
        stops = listed(places, name="places")
        if len(stops) < 2 or len(set(stops)) < len(stops):
            raise OptionError("a corridor needs at least two places, each once")
        return self._and("add_corridor", start, places=stops, factor=_positive(factor))

    def scale_receptivity(
        self, places: Iterable[Hashable] | None = None, *, factor: float, start: float = 0.0
    ) -> "Scenario":
        """Multiply the incoming rates of some places, or of all."""
        return self._and("scale_receptivity", start, places=_listed(places), factor=_positive(factor))

    def raise_conversion(
        self, places: Iterable[Hashable] | None = None, *, before: float, after: float, start: float = 0.0
    ) -> "Scenario":
        """Raise the share of what arrives that is taken up, from ``before`` to ``after`` (a conversion rate)."""
        if not all(is_number(rate) and 0 < rate <= 1 for rate in (before, after)):
            raise OptionError(f"conversion rates lie between 0 and 1, got {before!r} and {after!r}")
        return self.scale_receptivity(places, factor=after / before, start=start)

    def phase_in(
        self, waves: Sequence[Iterable[Hashable]], *, factor: float, every: float, start: float = 0.0
    ) -> "Scenario":
        """Roll a policy out in waves: each wave's receptivity is multiplied, one wave after the other."""
        refuse(number_faults("every", every, least=0.0))
        if isinstance(waves, str) or not len(waves):
            raise OptionError(f"waves must be several groups of places, got {waves!r}")
        scenario = self
        for i, wave in enumerate(waves):
            scenario = scenario.scale_receptivity(wave, factor=factor, start=start + i * every)
        return scenario

    def set_channel(self, channel: str, *, start: float = 0.0, **changes: Any) -> "Scenario":  # noqa: ANN401
        """Change options of a channel, such as its rate or half-distance."""
        return self._and("set_channel", start, channel=channel, changes=changes)

    def scale_channel(self, channel: str, *, factor: float, start: float = 0.0) -> "Scenario":
        """Multiply the rate of a channel."""
        return self._and("scale_channel", start, channel=channel, factor=_positive(factor))

    def siphon(self, to: Hashable, *, places: Iterable[Hashable], share: float, start: float = 0.0) -> "Scenario":
        """Let a center draw off a share of what flows to other places, and of their receptivity.

        Of what the center itself sends to them, that share stays at home.
        """
        _share(share)
        drained = _several(places)
        if to in drained:
            raise OptionError(f"{to!r} cannot draw from itself; leave it out of places")
        return self._and("siphon", start, to=to, places=drained, share=float(share))

    def seed(self, places: Iterable[Hashable], *, start: float = 0.0) -> "Scenario":
        """Let places adopt at a time, as seeds do."""
        return self._and("seed", start, places=_several(places))

    def then(self, other: "Scenario") -> "Scenario":
        """Apply another scenario after this one; the name stays."""
        return replace(self, interventions=(*self.interventions, *other.interventions))

    @property
    def seeds(self) -> dict[Hashable, float]:
        """Place -> time, for places that the scenario seeds."""
        found: dict[Hashable, float] = {}
        for step in self.interventions:
            if step.verb == "seed":
                for place in step.numbers["places"]:
                    found[place] = min(step.start, found.get(place, np.inf))
        return found

    def apply(self, baseline: Rates) -> Rates:
        """Return the rates under this scenario, one phase per distinct start.

        A center that is added later stands in every phase, without rates before its start.

        Raises
        ------
        OptionError
            If interventions name places, tiers or flows that the baseline lacks, all of them at once, or the baseline
            changes in time already, as rates do to which a scenario has been applied.
        """
        if not isinstance(baseline, Rates):
            raise OptionError(f"needed the rates that hazard_rates() builds, got {type(baseline).__name__}")
        if len(baseline.starts) > 1:
            raise OptionError(
                f"scenario {self.name!r}: the baseline changes in time already; join both scenarios with then()"
            )
        dates = sorted({0.0, *(i.start for i in self.interventions)})
        # the last first: it holds every intervention, so its error lists all faults
        phases = [self._at(baseline, date) for date in reversed(dates)][::-1]
        last = phases[-1]
        n, channels = len(last.places), len(last.channels)
        tensor = np.zeros((len(dates), channels, n, n))
        external = np.zeros((len(dates), n))
        for p, phase in enumerate(phases):
            here = np.array([last.position[place] for place in phase.places], dtype=int)
            for c in range(channels):
                tensor[p, c][np.ix_(here, here)] = phase.tensor[0, c]
            external[p, here] = phase.external_phases[0]
        return replace(last, starts=np.array(dates), tensor=tensor, external_phases=external)

    def _at(self, baseline: Rates, date: float) -> Rates:
        inputs: dict[str, Any] = {
            "centers": baseline.centers,
            "channels": baseline.channels,
            "costs": baseline.costs,
            "flows": baseline.flows,
            "receptivity": baseline.receptivity,
            "external": baseline.external,
            "people": baseline.people,
        }
        faults: list[Wrong] = []
        for step in self.interventions:
            if step.start <= date:
                before = len(faults)
                with noted(faults, within=f"scenario {self.name!r}, {step.verb}"):
                    inputs.update(VERBS[step.verb](inputs, **step.numbers))
                # what follows may name the center that could not be added
                if len(faults) > before and step.verb == "add_center":
                    break
        refuse(faults)
        return hazard_rates(**inputs)


def _several(places: Iterable[Hashable]) -> tuple[Hashable, ...]:
    """Return places, at least one and each once."""
    found = tuple(dict.fromkeys(listed(places, name="places")))
    if not found:
        raise OptionError("places must name at least one place")
    return found


def _listed(places: Iterable[Hashable] | None) -> tuple[Hashable, ...] | None:
    return None if places is None else _several(places)


def _share(share: object) -> None:
    if not (is_number(share) and 0 <= share <= 1):
        raise OptionError(f"share must lie between 0 and 1, got {share!r}")


def _positive(factor: float) -> float:
    if not (is_number(factor) and factor > 0):
        raise OptionError(f"factor must be positive, got {factor!r}")
    return float(factor)
