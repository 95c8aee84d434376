"""Simulate how knowledge spreads between the centers of a study, and compare its scenarios."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...data import Fault, InnoscapeError, OptionError, StudyError
from ...data.errors import warn_of
from ...data.wording.catalogue import join_texts, text
from ...geo import distance_matrix
from ...network import Rates, Scenario, hazard_rates
from ..plan.fields import Tier
from ..plan.inputs import Inputs, Tables
from ..plan.interventions import Step, fields_of, places_added
from ..plan.schema import STUDY_FILE
from .build_chain import Chain
from .place import Layers
from .spread_numbers import DEFAULT_RECEPTIVITY, Numbers, assumed_numbers, receptivity_of

__all__ = [
    "assumed_receptivity",
    "baseline_rates",
    "members_of",
    "plan_spread",
    "scenario_of",
    "scopes_of",
    "spread_knowledge",
]


def plan_spread(chain: Chain) -> tuple[tuple[Rates, ...], list[Scenario]]:
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
    added = places_added(step for scenario in study.scenarios for step in scenario.interventions)
    try:
        versions = baseline_rates(chain, [assumed_numbers(chain)], added=added)
    except StudyError:
        raise
    except InnoscapeError as error:
        raise StudyError([_misfit("diffusion", error)]) from None
    scenarios: list[Scenario] = []
    faults: list[Fault] = []
    for i, plan in enumerate(study.scenarios, 1):
        try:
            scenarios.append(scenario_of(plan.name, plan.interventions, chain.layers, study.diffusion.receptivity))
            scenarios[-1].apply(versions[0])
        except InnoscapeError as error:
            faults.append(_misfit(f"scenarios[{i}]", error))
    if faults:
        raise StudyError(faults)
    return versions, scenarios


def _misfit(key: str, error: InnoscapeError) -> Fault:
    return Fault.of("faults.study.diffusion", STUDY_FILE, column=key, error=error)


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
        scenarios,
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
        "reach": _stacked({n: r.reach(places=runs["baseline"].places) for n, r in runs.items()}),
        "credit": _stacked({n: r.credit() for n, r in runs.items()}),
        "sources": sources[sources["share"] > 0].sort_values(["source", "target"], ignore_index=True),
        "scenarios": outcome.table,
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


def baseline_rates(chain: Chain, versions: Sequence[Numbers], *, added: Iterable[str] = ()) -> tuple[Rates, ...]:
    """Build the rates of a chain under each version of the numbers; the costs also hold the places added."""
    centers = pd.DataFrame(chain.layers.centers[["place", "tier"]])
    costs, ties = _costs(chain.inputs, chain.layers, added), _ties(chain)
    return tuple(
        hazard_rates(
            centers,
            numbers.channels,
            costs=costs,
            flows=ties,
            receptivity=receptivity_of(chain),
            external=numbers.external,
        )
        for numbers in versions
    )


def scopes_of(layers: Layers) -> pd.Series:
    """Return the scope of every center that lies in one."""
    return layers.centers.set_index("place")["scope"].dropna()


def _stacked(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    table = pd.concat([f.assign(scenario=n) for n, f in frames.items()], ignore_index=True)
    return table[["scenario", *(c for c in table if c != "scenario")]]


def _costs(inputs: Inputs, layers: Layers, added: Iterable[str]) -> pd.DataFrame:
    """Return costs between the centers and the places that a scenario adds."""
    wanted = sorted({*layers.centers["place"], *added})
    if inputs.costs is None:
        return distance_matrix(inputs.places[inputs.places["place"].isin(wanted)])
    table = inputs.costs.pivot_table(index="source", columns="target", values="value").reindex(
        index=wanted, columns=wanted
    )
    cost = table.to_numpy(copy=True)
    np.fill_diagonal(cost, 0.0)
    # a pair given in one direction only counts in both
    cost = np.where(np.isnan(cost), cost.T, cost)
    absent = [(wanted[i], wanted[j]) for i, j in np.argwhere(np.isnan(cost)) if i < j]
    if absent:
        pairs = "; ".join(f"{a} - {b}" for a, b in absent[:5])
        raise OptionError(f"tables.costs: needed a cost for every pair of centers, none for {pairs} (of {len(absent)})")
    return pd.DataFrame(cost, index=wanted, columns=wanted)


def _ties(chain: Chain) -> pd.DataFrame | None:
    options, networks = chain.inputs.study.diffusion, chain.networks
    name = None if options is None else options.tie_network
    if name is None:
        return None
    flows = networks.flows[name][["source", "target", "value"]]
    ends = sorted({*flows["source"], *flows["target"]})
    if not {*chain.layers.centers["place"]} & {*ends}:
        names = [*ends[:5], *(["..."] if len(ends) > 5 else [])]
        raise StudyError([Fault.of("faults.study.ties", STUDY_FILE, column="diffusion.tie_network", names=names)])
    if networks.graphs[name].is_directed():
        return flows
    return pd.concat([flows, flows.rename(columns={"source": "target", "target": "source"})], ignore_index=True)


def scenario_of(name: str, steps: Iterable[Step], layers: Layers, receptivity: Mapping[Tier, float]) -> Scenario:
    """Turn the interventions of the study file, or further ones of the same form, into a scenario of the model."""
    verbs = []
    for step in steps:
        instead: dict[str, Any] = {
            field: members_of(getattr(step, field), layers) for field, one in fields_of(step) if one.scope
        }
        instead |= {field: receptivity.get(tier, DEFAULT_RECEPTIVITY) for field, tier in _by_tier(step).items()}
        verbs.append(step.as_verb(**instead))
    return Scenario(name, tuple(verbs))


def _by_tier(step: Step) -> dict[str, Tier]:
    """Return the fields without a number for which that of a tier stands in, each with the tier."""
    tier: Tier | None = next((getattr(step, field) for field, one in fields_of(step) if one.kind == "tier"), None)
    lacking = [field for field, one in fields_of(step) if one.per_tier and getattr(step, field) is None]
    return {} if tier is None else dict.fromkeys(lacking, tier)


def members_of(within: str | list[str], layers: Layers) -> list[str]:
    """Return the centers of a scope, or the places listed."""
    if isinstance(within, list):
        return within
    members = layers.centers.loc[layers.centers["scope"] == within, "place"]
    return [within] if members.empty else sorted(members)
