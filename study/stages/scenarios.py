"""Turn scenarios of a study into those of the model: a changed table builds the chain anew, the rest changes rates."""

import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from ...data import Fault, InnoscapeError, InnoscapeWarning, OptionError, StudyError, TableError, container
from ...data.distinct import distinct
from ...data.wording.catalogue import text
from ...network import Rates, Scenario, Verb, VerbField
from ..plan.edits import Edit, edited
from ..plan.inputs import Inputs
from ..plan.interventions import Step, fields_of
from ..plan.misfits import RESERVED, TRAVELLED
from ..plan.schema import STUDY_FILE, Study
from ..plan.study_scenario import StudyScenario
from .build_chain import Chain, build_chain
from .rate_inputs import rate_inputs

__all__ = [
    "BuiltScenario",
    "build_scenario",
    "cost_edits",
    "ends_changed",
    "indicator_titles",
    "members_of",
    "scenario_titles",
]


@dataclass(frozen=True)
class _Rebuilt(Verb):
    """Take centers, costs, flows and receptivity from a chain that was built anew."""

    inputs: Mapping[str, Any] = field(compare=False, repr=False)
    places: pd.Index = field(compare=False, repr=False)

    def change(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        external = inputs["external"]
        if not external.index.equals(self.places):
            usual = external.iloc[0] if len({*external}) == 1 else 0.0
            held = external.dropna().to_dict()
            external = pd.Series([held.get(place, usual) for place in self.places], index=self.places, dtype=float)
        return {**self.inputs, "external": external}


@dataclass(frozen=True, eq=False)
class BuiltScenario:
    """A scenario of a study, ready for the model.

    Attributes
    ----------
    scenario : Scenario
    chains : dict
        Date -> the chain with all changes of tables up to then; empty where no table changes.
    keys : tuple of str
        Key path of each intervention of the scenario.
    at : str
        Key path of them all.
    edits : tuple of Edit
        Its changes of tables.
    """

    scenario: Scenario
    chains: dict[float, Chain]
    keys: tuple[str, ...]
    at: str
    edits: tuple[Edit, ...] = ()

    def check(self, model: Rates, seeds: Iterable[str], *, build: bool = True) -> None:
        """Refuse what does not fit a model, all at once and by key path.

        Without ``build`` the rates are not built, so that what they alone show is left to those who build them.

        Raises
        ------
        StudyError
        """
        found = [_misfit(self.keys[at], error) for at, error in self.scenario.faults(model)]
        if not found:
            parts = (part for step in self.scenario.interventions for part in step.parts())
            centers_move = any(isinstance(part, _Rebuilt) or part.table == "centers" for part in parts)
            given = self.scenario.inputs(model) if centers_move else {}
            begin = set(given[0.0]["centers"]["place"]) if 0.0 in given else {*model.places}
            lost = [*dict.fromkeys(seed for seed in seeds if seed not in begin)]
            if build:
                self.scenario.apply(model)
            found = [Fault.of("faults.study.seed_lost", STUDY_FILE, column=self.at, got=repr(s)) for s in lost]
        if found:
            raise StudyError(found)

    def doubts(self, model: Rates, seeds: Collection[str]) -> Iterator[Fault]:
        """Find interventions that nothing follows from: all is so already, or seeds alone would take it up."""
        for edit in self.edits:
            if edit.idle:
                yield Fault.of("doubts.idle.same", STUDY_FILE, column=edit.at)
        # what a rebuilt chain changes is told of each change of a table
        own = [at for at, one in enumerate(self.scenario.interventions) if not isinstance(one, _Rebuilt)]
        for at, places in (self.scenario.idle(model, seeds) if own else {}).items():
            if at in own:
                at_seeds = Fault.of("doubts.idle.seeds", STUDY_FILE, column=self.keys[at], places=[*places])
                yield at_seeds if places else Fault.of("doubts.idle.same", STUDY_FILE, column=self.keys[at])


def build_scenario(
    name: str,
    steps: Sequence[Step],
    chain: Chain,
    *,
    at: str,
    keys: Sequence[str] | None = None,
    told: Callable[[Fault], bool] = lambda _: False,
) -> BuiltScenario:
    """Build the chain anew at every date at which a table changes, and hand its rates on with the other changes.

    Changes of tables come before changes of rates at each date.

    Parameters
    ----------
    name : str
    steps : sequence of Step
    chain : Chain
        The chain without the scenario.
    at : str
        Key path of the interventions.
    keys : sequence of str, optional
        Key path of each, if they do not stand in one list.
    told : callable
        Says of a fault whether it has been told of the chain without the scenario.

    Raises
    ------
    StudyError, TableError
        If a change does not fit, or the chain cannot be built with it.
    """
    keys = [f"{at}[{i}]" for i in range(1, len(steps) + 1)] if keys is None else keys
    verbs = [(key, _verb_of(step, chain, key)) for key, step in zip(keys, steps, strict=True)]
    # what borders cost, no chain rests on
    edits = [Edit(key, verb, _network(verb, chain.inputs)) for key, verb in verbs if verb.table not in {"", "borders"}]
    rest = [(key, verb) for key, verb in verbs if not verb.table]
    chains: dict[float, Chain] = {}
    for date in sorted({edit.verb.start for edit in edits}):
        with warnings.catch_warnings():
            # what is doubtful has been said of the chain without the scenario
            warnings.simplefilter("ignore", InnoscapeWarning)
            chains[date] = _rebuilt(chain, [edit for edit in edits if edit.verb.start <= date], at, told)
    first = {date: next(edit.at for edit in edits if edit.verb.start == date) for date in chains}
    parts = [(first[date], _taken(new, date)) for date, new in chains.items()] + rest
    scenario = Scenario(name, tuple(verb for _, verb in parts))
    return BuiltScenario(scenario, chains, tuple(key for key, _ in parts), at, tuple(edits))


def _taken(chain: Chain, date: float) -> Verb:
    return _Rebuilt(_inputs(chain), pd.Index(chain.layers.centers["place"].tolist()), start=date)


def cost_edits(scenario: StudyScenario, position: int, chain: Chain) -> list[Edit]:
    """Return the changes that a scenario makes to costs and borders at any date; ``position`` counts scenarios from 1.

    Raises
    ------
    StudyError
        If a change cannot be made.
    """
    keys = [f"scenarios[{position}].{scenario.key_of(i)}" for i in range(len(scenario.steps))]
    verbs = [
        (key, _verb_of(step, chain, key))
        for key, step in zip(keys, scenario.steps, strict=True)
        if step.table in TRAVELLED
    ]
    return [Edit(key, verb) for key, verb in sorted(verbs, key=lambda one: one[1].start)]


def _rebuilt(chain: Chain, edits: Sequence[Edit], at: str, told: Callable[[Fault], bool]) -> Chain:
    inputs = chain.inputs
    cells, others = ([edit for edit in edits if (edit.verb.table == "indicators") == own] for own in (True, False))
    if cells and inputs.indicators is not None and inputs.framework is not None:
        after = edited(cells, {"indicators": inputs.indicators, "known_indicators": indicator_titles(inputs)})
        inputs = inputs.having(indicators=after["indicators"])
    try:
        return build_chain(inputs.having(edits=tuple(others)), like=chain)
    except (StudyError, TableError) as error:
        if all(map(told, error.faults)):
            raise StudyError([]) from None
        own = [fault for fault in error.faults if str(fault.column).startswith((at, *(edit.at for edit in edits)))]
        raise StudyError(own or [_misfit(at, error)]) from None
    except InnoscapeError as error:
        raise StudyError([_misfit(at, error)]) from None


def scenario_titles(study: Study) -> pd.DataFrame:
    """Return the title of each scenario, the baseline first."""
    baseline = text("report.scenarios.baseline")
    return pd.DataFrame(
        [(RESERVED[0], *(baseline.in_(language) for language in ("en", "zh")))]
        + [(one.name, one.title or one.name, one.title_zh) for one in study.scenarios],
        columns=["scenario", "title", "title_zh"],
    )


def indicator_titles(inputs: Inputs) -> dict[str, list[str]]:
    """Return the indicators of a study, those of its framework first, each with its titles."""
    held = set() if inputs.indicators is None else set(distinct(inputs.indicators["indicator"]))
    if inputs.framework is None:
        return {name: [] for name in sorted(held)}
    table = inputs.framework.table.set_index("indicator").reindex(columns=["name_en", "name_zh"])
    names = dict.fromkeys([*inputs.framework.indicators, *sorted(held)])
    return {name: [t for t in table.loc[name] if isinstance(t, str)] if name in table.index else [] for name in names}


def _inputs(chain: Chain) -> dict[str, Any]:
    """Return what the rates of a chain are made of, with the receptivity that a change gives a center."""
    given = rate_inputs(chain)
    accept = given["receptivity"].copy()
    for edit in chain.inputs.edits_of("centers"):
        own, place = getattr(edit.verb, "receptivity", None), getattr(edit.verb, "place", None)
        if own is not None and place in accept.index:
            accept.loc[place] = own
    return {**given, "receptivity": accept}


def _network(verb: Verb, inputs: Inputs) -> str | None:
    if verb.table != "flows":
        return None
    options = inputs.study.diffusion
    return getattr(verb, "network", None) or (None if options is None else options.tie_network)


def _verb_of(step: Step, chain: Chain, key: str) -> Verb:
    instead = {
        name: [[*_places_of(group, one, step, chain)] for group in given]
        if one.kind == "groups"
        else [*_places_of(given, one, step, chain)]
        for name, one in fields_of(step)
        if one.scope and (given := getattr(step, name)) is not None
    }
    try:
        return step.as_verb(**instead)
    except OptionError as error:
        raise StudyError([_misfit(key, error)]) from None


def _places_of(given: str | Sequence[str], one: VerbField, step: Step, chain: Chain) -> dict[str, None]:
    """Return the places that a field of an intervention names, in order.

    What is no place that may change there, and contains centers, stands for these. A text alone stands for the centers
    inside in any case, but for indicators.
    """
    kept = {*chain.layers.centers["place"].tolist()} if isinstance(given, list) else set()
    if one.among == "flows" and isinstance(given, list):
        kept |= ends_changed(step, chain)
    if one.among == "scored" and chain.inputs.indicators is not None:
        kept |= {*distinct(chain.inputs.indicators["place"])}
    names = [given] if isinstance(given, str) else given
    return dict.fromkeys(p for name in names for p in ([name] if name in kept else members_of(name, chain)))


def ends_changed(step: Step, chain: Chain) -> set[str]:
    """Return the ends of the flows that an intervention changes."""
    diffusion = chain.inputs.study.diffusion
    name = getattr(step, "network", None) or (diffusion.tie_network if diffusion else None)
    return set() if name is None else {*chain.networks.shown(name).ends}


def members_of(within: str, chain: Chain) -> list[str]:
    """Return the centers that a place contains, at any depth, or the place itself."""
    centers = chain.layers.centers["place"].tolist()
    if within not in chain.inputs.places["place"].tolist():
        return [within]
    inside = container(centers, chain.inputs.places, [within])
    return sorted(inside.index[inside.notna()]) or [within]


def _misfit(key: str, error: InnoscapeError) -> Fault:
    return Fault.of("faults.study.scenario", STUDY_FILE, column=key, error=error)
