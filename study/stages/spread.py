"""Simulate how knowledge spreads between the centers of a study, and compare its scenarios."""

from collections.abc import Callable, Hashable, Mapping, Sequence

import pandas as pd

from ...data import Fault, InnoscapeError, StudyError
from ...data.errors import warn_of
from ...data.wording.catalogue import join_texts, text
from ...network import Diffusion, Rates, hazard_rates
from ..plan.faults_together import FaultsTogether
from ..plan.fields import Tier
from ..plan.inputs import Tables
from ..plan.interventions import Step, fields_of
from ..plan.schema import STUDY_FILE
from .build_chain import Chain
from .negligible import negligible
from .place import Layers
from .rate_inputs import rate_inputs
from .scenarios import BuiltScenario, build_scenario
from .spread_numbers import DEFAULT_RECEPTIVITY, Numbers, assumed_numbers

__all__ = [
    "assumed_receptivity",
    "baseline_rates",
    "plan_spread",
    "scopes_of",
    "spread_knowledge",
]


def plan_spread(chain: Chain) -> tuple[tuple[Rates, ...], list[BuiltScenario]]:
    """Build the rates and the scenarios of a study, and try every scenario on the rates.

    Raises
    ------
    StudyError
        If the rates cannot be built, or scenarios do not fit them.

    Warns
    -----
    InnoscapeWarning
        If only some of the tiers that are used are given a receptivity.
    """
    study = chain.inputs.study
    assert study.diffusion is not None  # noqa: S101 - the pipeline leaves this stage out without it
    _warn_of_receptivity(chain)
    try:
        versions = baseline_rates(chain, [assumed_numbers(chain)])
    except StudyError:
        raise
    except InnoscapeError as error:
        raise StudyError([Fault.of("faults.study.diffusion", STUDY_FILE, column="diffusion", error=error)]) from None
    scenarios: list[BuiltScenario] = []
    found = FaultsTogether()
    for i, plan in enumerate(study.scenarios, 1):
        with found.noted():
            built = build_scenario(plan.name, plan.interventions, chain, at=f"scenarios[{i}].interventions")
            built.check(versions[0], study.diffusion.seeds)
            scenarios.append(built)
    found.done()
    return versions, scenarios


def spread_knowledge(chain: Chain, *, progress: Callable[[int, int], None] | None = None) -> Tables:
    """Simulate the baseline and every scenario, and tabulate arrivals, reach, credit and differences.

    Returns
    -------
    dict
        ``arrivals``, ``reach``, ``credit``, ``sources``, ``scenarios``, ``scenario_titles``.

    Raises
    ------
    StudyError
        As `plan_spread` does.
    """
    # a check plans the spread without loading what simulates it
    from ...network import compare_scenarios

    study = chain.inputs.study
    versions, scenarios = plan_spread(chain)
    options = study.diffusion
    assert options is not None  # noqa: S101 - the pipeline leaves this stage out without it
    outcome = compare_scenarios(
        versions,
        [built.scenario for built in scenarios],
        seeds=options.seeds,
        horizon=options.horizon,
        runs=options.runs,
        seed=options.seed,
        progress=progress,
        groups=scopes_of(chain.layers),
    )
    names = chain.inputs.names["name_en"]
    runs = outcome.outcomes
    arrivals = pd.concat([r.arrivals().assign(scenario=n) for n, r in runs.items()], ignore_index=True)
    arrivals["name_en"] = arrivals["place"].map(names)
    columns = ["scenario", "place", "name_en", "tier", "median", "mean", "low", "high", "reached", "seed", "error"]
    baseline = text("report.scenarios.baseline")
    sources = runs["baseline"].sources().rename_axis("source").reset_index()
    sources = sources.melt("source", var_name="target", value_name="share")
    return {
        "arrivals": arrivals[columns],
        # a center that a scenario adds is no part of the share, so that curves can be compared
        "reach": _stacked({n: r.reach(places=_shared(runs["baseline"], r)) for n, r in runs.items()}),
        "credit": _stacked({n: r.credit() for n, r in runs.items()}),
        "sources": sources[sources["share"] > 0].sort_values(["source", "target"], ignore_index=True),
        "scenarios": outcome.table.assign(negligible=negligible(outcome.table, options.negligible)),
        "scenario_titles": pd.DataFrame(
            [("baseline", *(baseline.in_(language) for language in ("en", "zh")))]
            + [(s.name, s.title or s.name, s.title_zh) for s in study.scenarios],
            columns=["scenario", "title", "title_zh"],
        ),
    }


def assumed_receptivity(chain: Chain) -> dict[str, float]:
    """Return the receptivity of the tiers that are used but given none."""
    study = chain.inputs.study
    if study.diffusion is None:
        return {}
    steps = [step for scenario in study.scenarios for step in scenario.interventions]
    used = {tier for step in steps for tier in _by_tier(step).values()}
    used |= {*chain.layers.centers["tier"].astype(str)}
    given = study.diffusion.receptivity
    return {tier: DEFAULT_RECEPTIVITY for tier in study.tiers.order if tier in used and tier not in given}


def _warn_of_receptivity(chain: Chain) -> None:
    lacking = assumed_receptivity(chain)
    options = chain.inputs.study.diffusion
    if lacking and options is not None and options.receptivity:
        values = {"tiers": join_texts(lacking), "value": DEFAULT_RECEPTIVITY}
        fault = Fault.of("doubts.receptivity", STUDY_FILE, column="diffusion.receptivity", **values)
        warn_of(fault, stacklevel=3)


def baseline_rates(chain: Chain, versions: Sequence[Numbers]) -> tuple[Rates, ...]:
    """Build the rates of a chain under each version of the numbers."""
    given = rate_inputs(chain)
    return tuple(hazard_rates(channels=numbers.channels, external=numbers.external, **given) for numbers in versions)


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
