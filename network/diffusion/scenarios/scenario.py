"""Change a model of diffusion by small verbs with numbers.

A scenario is data: named interventions, applied in order, each from its date on. Every number in it is an assumption.
"""

from collections.abc import Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd

from ....data.errors import InnoscapeError, OptionError
from ....data.options import Wrong, noted, refuse
from ....data.wording.catalogue import text
from ..model.hazard_rates import Rates, hazard_rates, hazard_versions
from .moved_places import moved_places
from .verb import Verb
from .verbs import Verbs

__all__ = ["Scenario"]


@dataclass(frozen=True)
class Scenario(Verbs):
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

    def __repr__(self) -> str:
        steps = (i.verb + (f" from {i.start:g}" if i.start else "") for i in self.interventions)
        return f"Scenario({self.name!r}: {', '.join(steps) or 'no change'})"

    def then(self, other: "Scenario") -> "Scenario":
        """Apply another scenario after this one; the name stays."""
        return replace(self, interventions=(*self.interventions, *other.interventions))

    @property
    def seeds(self) -> dict[Hashable, float]:
        """Place -> time, for places that the scenario seeds."""
        found: dict[Hashable, float] = {}
        for step in self._parts():
            for place in step.planted:
                found[place] = min(step.start, found.get(place, np.inf))
        return found

    def _parts(self) -> Iterator[Verb]:
        return (part for step in self.interventions for part in step.parts())

    def apply(self, baseline: Rates) -> Rates:
        """Return the rates under this scenario, one phase per distinct start.

        A center that is added later stands in every phase, without rates before its start; one that is taken away,
        from the beginning or later, stands in every phase, without rates from then on: it is never reached after that.

        Raises
        ------
        TableError
            If a place that is added has no costs.
        UnknownPlaceError
            If interventions name places that the baseline lacks.
        OptionError
            If interventions name tiers or flows that the baseline lacks, or the baseline changes in time already, as
            rates do to which a scenario has been applied. One error holds all faults.
        """
        return self.apply_each([baseline])[0]

    def apply_each(self, versions: Sequence[Rates]) -> list[Rates]:
        """Return several versions of one model under this scenario, each as `apply` does."""
        for baseline in versions:
            self._check_baseline(baseline)
        if not versions:
            return []
        dates = sorted({0.0, *self._dates()})
        # the last first: it holds every intervention, so its error lists all faults
        by_date = [self._at(versions, date) for date in reversed(dates)][::-1]
        return [self._joined(dates, base, list(phases)) for base, *phases in zip(versions, *by_date, strict=True)]

    def _check_baseline(self, baseline: object) -> None:
        if not isinstance(baseline, Rates):
            raise OptionError(
                text("faults.calls.scenario.baseline_rates_hazard_rates_builds", name=type(baseline).__name__)
            )
        if len(baseline.starts) > 1:
            raise OptionError(text("faults.calls.scenario.scenario_baseline_changes_time", name=repr(self.name)))

    def _joined(self, dates: Sequence[float], baseline: Rates, phases: list[Rates]) -> Rates:
        last = _with_former_centers([baseline, *phases])
        if len(phases) == 1 and last is phases[0]:
            return last
        n, channels = len(last.places), len(last.channels)
        tensor = np.zeros((len(dates), channels, n, n))
        external = np.zeros((len(dates), n))
        for p, phase in enumerate(phases):
            here = np.array([last.position[place] for place in phase.places], dtype=int)
            for c in range(channels):
                tensor[p, c][np.ix_(here, here)] = phase.tensor[0, c]
            external[p, here] = phase.external_phases[0]
        return replace(last, starts=np.array(dates), tensor=tensor, external_phases=external)

    def faults(self, baseline: Rates) -> list[tuple[int, InnoscapeError]]:
        """Return what does not fit a baseline, each with the position of its intervention, from 0."""
        found = self._changed(baseline, np.inf)[1]
        return [(at, fault if isinstance(fault, InnoscapeError) else OptionError(fault)) for at, fault in found]

    def inputs(self, baseline: Rates) -> dict[float, dict[str, Any]]:
        """Return what the rates are built from, as `hazard_rates` takes it, from each date on at which it changes."""
        self._check_baseline(baseline)
        return {date: self._changed(baseline, date)[0] for date in self._dates()}

    def idle(self, baseline: Rates, seeds: Collection[Hashable] = ()) -> dict[int, tuple[Hashable, ...]]:
        """Find interventions that nothing can follow from.

        Parameters
        ----------
        baseline : Rates
        seeds : collection
            Places that adopt at the beginning: what they take up later, and how readily, has no effect.

        Returns
        -------
        dict
            Position of the intervention, from 0 -> the seeds whose taking up is all that it changes; none of them
            where it leaves everything as it was.

        Examples
        --------
        >>> import pandas as pd
        >>> from innoscape.network import Channel, hazard_rates
        >>> tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
        >>> centers = pd.DataFrame({"place": ["W", "C"], "tier": tier})
        >>> model = hazard_rates(centers, [Channel("peer", rate=0.5, decay="none")])
        >>> plan = Scenario("s").scale_receptivity(["W"], factor=2.0).scale_channel("peer", factor=1.0)
        >>> plan.idle(model, seeds=["W"])
        {0: ('W',), 1: ()}
        """
        found: dict[int, set[Hashable]] = {}
        moving: set[int] = set()
        self._check_baseline(baseline)
        for date in self._dates():
            for i, part, before, after in self._changed(baseline, date)[2]:
                moved = moved_places(before, after)
                planted = {place for place in part.planted if place not in seeds}
                if planted or moved is None or not moved <= {*seeds}:
                    moving.add(i)
                found[i] = found.get(i, set()) | (moved or set()) | {*part.planted}
        return {i: tuple(sorted(places, key=str)) for i, places in found.items() if i not in moving}

    def _dates(self) -> list[float]:
        return sorted({part.start for part in self._parts()})

    def _at(self, versions: Sequence[Rates], date: float) -> list[Rates]:
        # versions of a model have its places and channels: what fits the first fits all
        changed = [self._changed(baseline, date, checked=i > 0) for i, baseline in enumerate(versions)]
        refuse(fault for _, faults, _ in changed for _, fault in faults)
        first, *others = given = [inputs for inputs, _, _ in changed]
        numbers = ("channels", "external")
        shared = {name: table for name, table in first.items() if name not in numbers}
        if any(inputs[name] is not table for inputs in others for name, table in shared.items()):
            return [hazard_rates(**inputs) for inputs in given]
        numbered = [(inputs["channels"], inputs["external"]) for inputs in given]
        return list(hazard_versions(numbered, **shared, like=versions[0]))

    def _changed(
        self, baseline: Rates, date: float, *, checked: bool = False
    ) -> tuple[dict[str, Any], list[tuple[int, Wrong]], list[tuple[int, Verb, dict[str, Any], dict[str, Any]]]]:
        """Return the inputs as they are from a date on, what does not fit them, and each change, by intervention."""
        inputs: dict[str, Any] = {name: getattr(baseline, name) for name in signature(hazard_rates).parameters}
        faults: list[tuple[int, Wrong]] = []
        changes: list[tuple[int, Verb, dict[str, Any], dict[str, Any]]] = []
        for i, step in enumerate(self.interventions):
            found: list[Wrong] = []
            for part in step.parts():
                if part.start > date:
                    continue
                with noted(found, within=f"scenario {self.name!r}, {step.verb}"):
                    refuse(() if checked else part.misfits(inputs))
                    new = part.change(inputs)
                    changes.append((i, part, {name: inputs[name] for name in new}, new))
                    inputs.update(new)
            faults += [(i, fault) for fault in found]
            # what follows may name the center that could not be added
            if found and any(field.among == "new" for field in step.fields().values()):
                break
        return inputs, faults, changes


def _with_former_centers(phases: list[Rates]) -> Rates:
    """Return the last phase with the centers of the baseline and of earlier ones that have been taken away."""
    last = phases[-1]
    absent = {place for phase in phases for place in phase.places} - set(last.places)
    if not absent:
        return last
    centers = pd.concat([phase.centers for phase in reversed(phases)], ignore_index=True).drop_duplicates("place")
    held = {
        name: pd.concat([getattr(phase, name) for phase in reversed(phases)]).pipe(lambda s: s[~s.index.duplicated()])
        for name in ("receptivity", "external")
    }
    centers = centers.sort_values("place", ignore_index=True)
    return replace(last, centers=centers, **{name: one.reindex(centers["place"]) for name, one in held.items()})
