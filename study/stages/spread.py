"""Simulate how knowledge spreads between the centers of a study, and compare its scenarios."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...data import Fault, InnoscapeError, StudyError, TableError
from ...data.budget import Budget
from ...data.errors import warn_of
from ...data.wording.catalogue import Text, join_texts
from ...network import Diffusion, Rates
from ...network.diffusion.model.hazard_rates import hazard_versions
from ..plan.faults_together import FaultsTogether
from ..plan.fields import Tier
from ..plan.inputs import Tables
from ..plan.interventions import Step, fields_of
from ..plan.schema import STUDY_FILE, Study
from ..wording.notices import Notice
from .build_chain import Chain
from .fit_rates import FittedRates, fit_rates
from .negligible import negligible
from .place import Layers
from .rate_inputs import rate_inputs
from .scenarios import BuiltScenario, build_scenario, scenario_titles
from .spread_numbers import DEFAULT_RECEPTIVITY, Numbers, assumed_numbers

__all__ = [
    "SpreadPlan",
    "assumed_receptivity",
    "baseline_rates",
    "plan_spread",
    "scopes_of",
    "spread_knowledge",
]

# matrices of all pairs of centers besides one a channel: costs, ties, their sum
_MATRICES = 3


@dataclass(frozen=True, eq=False)
class SpreadPlan:
    """What a diffusion is simulated from.

    Attributes
    ----------
    chain : Chain
        With the fitted effects on receptivity.
    fitted : FittedRates
    estimate : Rates
        At the estimates.
    scenarios : list of BuiltScenario
    """

    chain: Chain
    fitted: FittedRates
    estimate: Rates
    scenarios: list[BuiltScenario]


def plan_spread(chain: Chain, found: FaultsTogether | None = None) -> SpreadPlan:
    """Fit what the study fits, build the rates and the scenarios, and try every scenario on the rates.

    Parameters
    ----------
    chain : Chain
    found : FaultsTogether, optional
        Where faults are noted: scenarios that have some are left out. They are raised when missing.

    Raises
    ------
    StudyError
        If rates cannot be fitted or built, or scenarios do not fit them.

    Warns
    -----
    InnoscapeWarning
        If only some of the tiers that are used are given a receptivity.
    """
    study = chain.inputs.study
    assert study.diffusion is not None  # noqa: S101 - the pipeline leaves this stage out without it
    _check_size(chain)
    _warn_of_receptivity(chain)
    own = FaultsTogether() if found is None else found
    fitted = None
    with own.noted(), _of_diffusion():
        fitted = fit_rates(chain)
    if found is None:
        own.done()
    if fitted is None:
        # scenarios are tried on what the study assumes
        assumed = assumed_numbers(chain)
        fitted = FittedRates(assumed, (assumed,))
    chain = chain.having(inputs=chain.inputs.having(effects=fitted.effects))
    with _of_diffusion():
        (estimate,) = baseline_rates(chain, [fitted.estimate])
    scenarios: list[BuiltScenario] = []
    for i, plan in enumerate(study.scenarios, 1):
        at = f"scenarios[{i}]"
        if own.under(at):
            continue
        with own.noted():
            keys = [f"{at}.{plan.key_of(step)}" for step in range(len(plan.steps))]
            whole = f"{at}.interventions" if plan.lever is None else f"{at}.lever"
            built = build_scenario(plan.name, plan.steps, chain, at=whole, keys=keys, told=own.knows)
            # a seed that is no center has been refused
            seeds = [seed for seed in study.diffusion.seeds if seed in estimate.position]
            built.check(estimate, seeds)
            scenarios.append(built)
            for doubt in built.doubts(estimate, seeds):
                warn_of(doubt, stacklevel=2)
    if found is None:
        own.done()
    return SpreadPlan(chain, fitted, estimate, scenarios)


@contextmanager
def _of_diffusion() -> Iterator[None]:
    """Tell what the options of a diffusion do not allow as a fault of its section."""
    try:
        yield
    except (StudyError, TableError):
        raise
    except InnoscapeError as error:
        raise StudyError([Fault.of("faults.study.diffusion", STUDY_FILE, column="diffusion", error=error)]) from None


def spread_knowledge(
    chain: Chain, *, progress: Callable[[int, int], None] | None = None
) -> tuple[Tables, tuple[Notice, ...]]:
    """Simulate the baseline and every scenario, and tabulate arrivals, reach, credit and differences.

    Returns
    -------
    tables : dict
        ``arrivals``, ``reach``, ``credit``, ``sources``, ``scenarios``, ``scenario_titles``, those of the fit and,
        with scenarios, what `chain_changes` returns.
    notices : tuple of Notice
        What the fit leaves out or cannot identify.

    Raises
    ------
    StudyError
        As `plan_spread` does.
    """
    # a check plans the spread without loading what simulates it
    from ...network import compare_scenarios
    from .chain_changes import chain_changes

    study = chain.inputs.study
    plan = plan_spread(chain)
    options = study.diffusion
    assert options is not None  # noqa: S101 - the pipeline leaves this stage out without it
    # a version that is drawn lies where the estimate does: what holds for the one holds for the other
    outcome = compare_scenarios(
        baseline_rates(plan.chain, plan.fitted.versions),
        [built.scenario for built in plan.scenarios],
        seeds=options.seeds,
        horizon=options.horizon,
        runs=options.runs,
        seed=options.seed,
        progress=progress,
        groups=scopes_of(chain.layers),
        aggregates=chain.inputs.aggregates,
    )
    names = chain.inputs.names["name_en"]
    runs = outcome.outcomes
    certain = _at_the_estimate(plan, chain)
    arrivals = pd.concat([_arrivals(r, certain.get(n)).assign(scenario=n) for n, r in runs.items()], ignore_index=True)
    arrivals["name_en"] = arrivals["place"].map(names)
    columns = ["scenario", "place", "name_en", "tier", "median", "mean", "low", "high", "reached", "seed", "error"]
    columns += [column for column in DOUBT if column in arrivals]
    sources = runs["baseline"].sources().rename_axis("source").reset_index()
    sources = sources.melt("source", var_name="target", value_name="share")
    tables = {
        "arrivals": arrivals[columns],
        # a center that a scenario adds is no part of the share, so that curves can be compared
        "reach": _stacked({n: _reach(r, _shared(runs["baseline"], r), certain.get(n)) for n, r in runs.items()}),
        "credit": _stacked({n: r.credit() for n, r in runs.items()}),
        "sources": sources[sources["share"] > 0].sort_values(["source", "target"], ignore_index=True),
        "scenarios": outcome.table.assign(negligible=negligible(outcome.table, options.negligible)),
        **(chain_changes(plan.chain, plan.estimate, plan.scenarios) if plan.scenarios else {}),
        "scenario_titles": scenario_titles(study),
        **plan.fitted.tables,
        **plan.fitted.tests(),
    }
    return tables, (*plan.fitted.notices, *_without_effect(study, runs))


def _without_effect(study: Study, runs: Mapping[str, Diffusion]) -> Iterator[Notice]:
    """Tell of scenarios under which every center adopts when it does in the baseline, in every run."""
    base = runs["baseline"]
    for plan in study.scenarios:
        own = runs[plan.name]
        if base.times is None or own.times is None or own.places != base.places:
            continue
        if np.array_equal(own.times, base.times, equal_nan=True):
            title = Text.of(en=plan.title or plan.name, zh=plan.title_zh or plan.title or plan.name)
            yield Notice("notice", "notices.no_arrival_moved", {"scenario": title, "n": len(base.times)})


# how wide results would be if the fitted numbers were certain, and the share of variance that their doubt adds
DOUBT = ("parameter_share", "chance_low", "chance_high")


def _at_the_estimate(plan: SpreadPlan, chain: Chain) -> dict[str, Diffusion]:
    """Simulate the baseline with the fitted numbers at their estimates, by the noise of the other runs."""
    from ...network import simulate

    options = chain.inputs.study.diffusion
    if options is None or len(plan.fitted.versions) < 2:
        return {}
    found = simulate(plan.estimate, options.seeds, horizon=options.horizon, runs=options.runs, seed=options.seed)
    return {"baseline": found}


def _arrivals(outcome: Diffusion, certain: Diffusion | None) -> pd.DataFrame:
    table = outcome.arrivals()
    if len(outcome.borders):
        table["parameter_share"] = outcome.doubt()["share"].to_numpy()
    if certain is not None:
        table[["chance_low", "chance_high"]] = certain.arrivals()[["low", "high"]].to_numpy()
    return table


def _reach(outcome: Diffusion, places: list[Hashable], certain: Diffusion | None) -> pd.DataFrame:
    table = outcome.reach(places=places)
    if len(outcome.borders):
        table["parameter_share"] = outcome.reach_doubt(places=places)["share"].to_numpy()
    if certain is not None:
        table[["chance_low", "chance_high"]] = certain.reach(places=places)[["low", "high"]].to_numpy()
    return table


def assumed_receptivity(chain: Chain) -> dict[str, float]:
    """Return the receptivity of the tiers that are used but given none."""
    study = chain.inputs.study
    if study.diffusion is None:
        return {}
    steps = [step for scenario in study.scenarios for step in scenario.steps]
    used = {tier for step in steps for tier in _by_tier(step).values()}
    used |= {*chain.layers.centers["tier"].astype(str)}
    given = study.diffusion.receptivity
    return {tier: DEFAULT_RECEPTIVITY for tier in study.tiers.order if tier in used and tier not in given}


def _check_size(chain: Chain) -> None:
    """Refuse centers whose pairs would not fit into memory, before anything is made of them."""
    assert chain.inputs.study.diffusion is not None  # noqa: S101 - as above
    centers, matrices = len(chain.layers.centers), _MATRICES + len(chain.inputs.study.diffusion.channels)
    most = int((Budget.current().bytes / 8 / matrices) ** 0.5)
    if centers > most:
        said = {"n": centers, "most": most, "gigabytes": round(centers**2 * 8 * matrices / 1e9)}
        raise StudyError([Fault.of("faults.study.many_centers", STUDY_FILE, column="diffusion", **said)])


def _warn_of_receptivity(chain: Chain) -> None:
    lacking = assumed_receptivity(chain)
    options = chain.inputs.study.diffusion
    if lacking and options is not None and options.receptivity:
        values = {"tiers": join_texts(lacking), "value": DEFAULT_RECEPTIVITY}
        fault = Fault.of("doubts.receptivity", STUDY_FILE, column="diffusion.receptivity", **values)
        warn_of(fault, stacklevel=3)


def baseline_rates(chain: Chain, versions: Sequence[Numbers]) -> tuple[Rates, ...]:
    """Build the rates of a chain under each version of the numbers."""
    return hazard_versions([(numbers.channels, numbers.external) for numbers in versions], **rate_inputs(chain))


def scopes_of(layers: Layers) -> pd.Series:
    """Return the scope of every center that lies in one."""
    return layers.centers.set_index("place")["scope"].dropna()


def _shared(base: Diffusion, other: Diffusion) -> list[Hashable]:
    """Return the centers of the baseline that a scenario has not taken away from the beginning."""
    return [place for place in base.places if place in other.places]


def _stacked(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    table = pd.concat([f.assign(scenario=n) for n, f in frames.items()], ignore_index=True)
    return table[["scenario", *(c for c in table if c != "scenario")]]


def _by_tier(step: Step) -> dict[str, Tier]:
    """Return the fields without a number for which that of a tier stands in, each with the tier."""
    tier: Tier | None = next((getattr(step, field) for field, one in fields_of(step) if one.kind == "tier"), None)
    lacking = [field for field, one in fields_of(step) if one.per_tier and getattr(step, field) is None]
    return {} if tier is None else dict.fromkeys(lacking, tier)
