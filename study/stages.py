"""Do the work of a study stage by stage: scores and tiers, layers, networks, diffusion.

Each stage takes the inputs and what earlier stages found and returns tables with the fixed names and columns of the
results folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd

from ..data import Fault, OptionError, StudyError, container
from ..geo import (
    Recipe,
    Scores,
    assign_tiers,
    centers_layer,
    compare_tiers,
    corridors_layer,
    distance_matrix,
    landmarks_layer,
    scopes_layer,
    score,
)
from ..network import (
    Channel,
    Comparison,
    Scenario,
    balances,
    centrality,
    compare,
    estimate_flows,
    rates,
    to_flows,
    to_graph,
    weakest_status,
)
from .config import STUDY_FILE, AddCenter, Estimate, Network, SetTier, StudyScenario, Tier
from .inputs import Inputs

__all__ = ["Layers", "Networks", "connect_centers", "place_centers", "score_places", "spread_knowledge"]

Tables = dict[str, pd.DataFrame]

# status of what a table gives without saying how it is known
GIVEN = "given"


def score_places(inputs: Inputs) -> Tables:
    """Score the units of the index under every recipe and put them on tiers.

    Returns
    -------
    dict
        ``scores``, ``weights``, ``contributions``, ``disagreements``, ``index_log``.
    """
    index = inputs.study.index
    if index is None or inputs.indicators is None or inputs.framework is None:
        return {}
    found: dict[str, Scores] = {}
    for i, recipe in enumerate(index.recipes, 1):
        try:
            choices = Recipe.from_dict(recipe.options)
        except OptionError as error:
            raise StudyError([_option_fault(f"index.recipes[{i}]", error)]) from None
        found[recipe.name] = score(
            inputs.indicators, inputs.framework, choices, places=inputs.places, among=index.units
        )
    tiers = {name: _tiers(result.scores.set_index("place")["score"], inputs) for name, result in found.items()}
    return {
        "scores": _score_table(found, tiers, inputs),
        "weights": _weight_table(found, inputs),
        "contributions": pd.concat([r.contributions.assign(recipe=n) for n, r in found.items()], ignore_index=True),
        "disagreements": _disagreements(tiers, inputs),
        "index_log": pd.concat([r.log.assign(recipe=n) for n, r in found.items()], ignore_index=True),
    }


def _option_fault(key: str, error: OptionError) -> Fault:
    return Fault(STUDY_FILE, "options that work together", str(error), "correct the option", column=key)


def _tiers(scores: pd.Series, inputs: Inputs) -> pd.Series:
    options = inputs.study.tiers
    wanted: dict[str, Any] = {"method": options.method}
    if options.method == "counts":
        wanted["counts"] = options.counts
    elif options.method == "thresholds":
        wanted["thresholds"] = options.thresholds
    else:
        wanted["k"] = options.k
    try:
        return assign_tiers(scores, **wanted)
    except OptionError as error:
        raise StudyError([_option_fault("tiers", error)]) from None


def _names(inputs: Inputs) -> pd.DataFrame:
    names = inputs.places.set_index("place")
    return names.reindex(columns=["name_en", "name_zh"])


def _score_table(found: Mapping[str, Scores], tiers: Mapping[str, pd.Series], inputs: Inputs) -> pd.DataFrame:
    main, *others = found
    table = found[main].scores.set_index("place")[["score", "rank"]]
    table = _names(inputs).loc[table.index].join(table)
    table["tier"] = tiers[main]
    table["published_tier"] = pd.Categorical(inputs.published.reindex(table.index), dtype=table["tier"].dtype)
    agree = (table["tier"] == table["published_tier"]).astype("boolean")
    table["agree"] = agree.mask(table["published_tier"].isna())
    for name in others:
        ranked = found[name].scores.set_index("place")
        table[f"score_{name}"], table[f"rank_{name}"], table[f"tier_{name}"] = (
            ranked["score"],
            ranked["rank"],
            tiers[name],
        )
    top = found[main].levels
    for group, rows in top[top["level"] == "level1"].groupby("group", sort=False):
        table[f"level_{group}"] = rows.set_index("place")["score"]
    return table.rename_axis("place").reset_index()


def _weight_table(found: Mapping[str, Scores], inputs: Inputs) -> pd.DataFrame:
    assert inputs.framework is not None  # noqa: S101 - score_places has returned without one
    names = inputs.framework.table.set_index("indicator").reindex(columns=["name_en", "name_zh"])
    parts = [
        names.join(result.effective_weights.rename("weight"), how="right").assign(recipe=name)
        for name, result in found.items()
    ]
    return (
        pd.concat(parts).rename_axis("indicator").reset_index()[["recipe", "indicator", "name_en", "name_zh", "weight"]]
    )


def _disagreements(tiers: Mapping[str, pd.Series], inputs: Inputs) -> pd.DataFrame:
    parts = []
    for name, found in tiers.items():
        both = found.index.intersection(inputs.published.index)
        published = pd.Series(pd.Categorical(inputs.published[both], dtype=found.dtype), index=both)
        rows = compare_tiers(found[both], published).rename(columns={"tier_a": "tier", "tier_b": "published_tier"})
        parts.append(rows.assign(recipe=name))
    table = pd.concat(parts, ignore_index=True)
    table.insert(1, "name_en", table["place"].map(_names(inputs)["name_en"]))
    return table[["recipe", "place", "name_en", "tier", "published_tier", "steps"]]


@dataclass(frozen=True, eq=False)
class Layers:
    """The spatial layers of a study; None where it names none."""

    centers: gpd.GeoDataFrame
    scopes: gpd.GeoDataFrame
    corridors: gpd.GeoDataFrame | None
    landmarks: gpd.GeoDataFrame | None


def place_centers(inputs: Inputs, tables: Tables) -> Layers:
    """Build the layers of centers, scopes, corridors and landmarks."""
    study = inputs.study
    units = study.index.units if study.index else []
    scores = tables["scores"].set_index("place")["score"] if "scores" in tables else None
    centers = centers_layer(
        inputs.places,
        kinds=study.centers.kinds,
        assumed_tiers=study.centers.assumed_tiers,
        corridors=inputs.corridors,
        scopes=units,
    )
    scopes = scopes_layer(inputs.places, centers, scopes=units, tiers=_scope_tiers(inputs, units), scores=scores)
    return Layers(
        centers=centers,
        scopes=scopes,
        corridors=None
        if inputs.corridors is None
        else corridors_layer(inputs.corridors, inputs.places, undrawable="leave_out"),
        landmarks=None if inputs.landmarks is None else landmarks_layer(inputs.landmarks, inputs.places),
    )


def _scope_tiers(inputs: Inputs, units: list[str]) -> dict[str, str]:
    return {unit: inputs.published[unit] for unit in units if unit in inputs.published}


@dataclass(frozen=True, eq=False)
class Networks:
    """The flow networks of a study, by name, and what was measured on them."""

    flows: dict[str, pd.DataFrame]
    graphs: dict[str, nx.Graph]
    tables: Tables
    notices: list[str] = field(default_factory=list)


def connect_centers(inputs: Inputs, tables: Tables, layers: Layers) -> Networks:
    """Build every network, measure centrality and balance the flows.

    Returns
    -------
    Networks
        With the tables ``flows``, ``centrality`` and ``balances``.
    """
    found = Networks({}, {}, {})
    for network in inputs.study.networks:
        if network.estimate is None:
            flows = _grouped(inputs.flows[network.name], network, inputs)
        else:
            flows = _estimated(network.estimate, tables, layers, found)
        status = flows["status"].astype(object) if "status" in flows else pd.Series(index=flows.index, dtype=object)
        found.flows[network.name] = flows.assign(kind=network.name, status=status.fillna(GIVEN))
        found.graphs[network.name] = to_graph(found.flows[network.name], directed=network.directed)
    networks = inputs.study.networks
    if networks:
        columns = ["kind", "source", "target", "value", "unit", "year", "status"]
        flows = pd.concat([to_flows(g).assign(kind=n) for n, g in found.graphs.items()], ignore_index=True)
        found.tables["flows"] = flows.reindex(columns=columns)
        found.tables["centrality"] = pd.concat(
            [_centrality(n, found.graphs[n.name], inputs) for n in networks], ignore_index=True
        )
        balanced = [_balances(n, found.flows[n.name], inputs) for n in networks]
        found.tables["balances"] = pd.concat(balanced, ignore_index=True)
    return found


def _grouped(flows: pd.DataFrame, network: Network, inputs: Inputs) -> pd.DataFrame:
    """Replace places by the container they belong to, where the study asks for it."""
    if network.group_into is None:
        return flows
    ends = sorted({*flows["source"], *flows["target"]})
    inside = container(ends, inputs.places, network.group_into, include_self=True)
    outer = inside.where(inside.notna(), pd.Series(ends, index=inside.index))
    return flows.assign(source=flows["source"].map(outer), target=flows["target"].map(outer))


def _estimated(estimate: Estimate, tables: Tables, layers: Layers, found: Networks) -> pd.DataFrame:
    """Spread scope masses over centers and fit a gravity-shaped table to the known flows."""
    centers = layers.centers
    scores = tables["scores"].set_index("place")["score"]
    weight = centers["tier"].astype(str).map(estimate.tier_weights).astype(float)
    if weight.isna().any():
        lacking = ", ".join(sorted(set(centers.loc[weight.isna(), "tier"].astype(str))))
        raise OptionError(f"networks.estimate.tier_weights: needed a weight for {lacking}")
    in_scope = weight.groupby(centers["scope"]).transform("sum")
    mass = pd.Series((centers["scope"].map(scores) * weight / in_scope).to_numpy(), index=centers["place"])
    without = sorted(mass.index[~(mass > 0)])
    if without:
        found.notices.append(f"no estimated flows for {', '.join(without)}: no scored scope gives them a mass")
    mass = mass[mass > 0].sort_index()
    known = _known(estimate, found, list(mass.index))
    anchored = {source: sum(v for s, _, v in known if s == source) for source, _, _ in known}
    scale = sum(anchored.values()) / mass[list(anchored)].sum()
    sent = (mass * scale).astype(float)
    sent.update(pd.Series(anchored, dtype=float))
    received = mass * (sent.sum() / mass.sum())
    costs = distance_matrix(centers[centers["place"].isin(mass.index)])
    flows = estimate_flows(sent, received, costs, known=known, exponent=estimate.exponent)
    return flows.assign(unit=estimate.unit, year=estimate.year)


def _known(estimate: Estimate, found: Networks, centers: list[str]) -> list[tuple[str, list[str], float]]:
    """Return the known flows as (source, centers the target stands for, value)."""
    named: dict[str, set[str]] = {}
    for known in estimate.known:
        if known.spread_over != "others":
            named.setdefault(known.source, set()).update(known.spread_over)
    rows = []
    for i, known in enumerate(estimate.known, 1):
        flows = found.flows.get(known.network)
        if flows is None:
            raise OptionError(f"networks.estimate.known[{i}]: {known.network!r} must stand before this network")
        value = flows.loc[(flows["source"] == known.source) & (flows["target"] == known.target), "value"].sum()
        if not value > 0:
            raise OptionError(
                f"networks.estimate.known[{i}]: {known.network} holds no flow from {known.source} to {known.target}"
            )
        taken = named.get(known.source, set()) | {known.source}
        ends = [c for c in centers if c not in taken] if known.spread_over == "others" else list(known.spread_over)
        rows.append((known.source, ends, float(value)))
    return rows


def _centrality(network: Network, graph: nx.Graph, inputs: Inputs) -> pd.DataFrame:
    table = centrality(graph)
    kinds = inputs.places.set_index("place").reindex(columns=["kind"])["kind"]
    table.insert(0, "kind", network.name)
    table.insert(2, "name_en", table["place"].map(_names(inputs)["name_en"]))
    table["aggregate"] = table["place"].map(kinds).eq("aggregate").to_numpy()
    ranked = table["strength"].where(~table["aggregate"]).rank(ascending=False, method="min")
    table["rank"] = ranked.astype("Int64")
    table["status"] = weakest_status(data["status"] for *_, data in graph.edges(data=True))
    return table.sort_values(["strength", "place"], ascending=[False, True], ignore_index=True)


def _balances(network: Network, flows: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    study = inputs.study
    groups = network.balance or (study.index.units if study.index else [])
    ends = sorted({*flows["source"], *flows["target"]})
    table = balances(flows, container(ends, inputs.places, groups, include_self=True), directed=network.directed)
    table.insert(0, "kind", network.name)
    table.insert(2, "name_en", table["group"].map(_names(inputs)["name_en"]))
    units = flows["unit"].dropna().unique() if "unit" in flows else []
    table["unit"] = units[0] if len(units) == 1 else None
    table["status"] = weakest_status(flows["status"])
    return table


def spread_knowledge(inputs: Inputs, layers: Layers, networks: Networks) -> tuple[Comparison, Tables]:
    """Simulate the baseline and every scenario, and tabulate arrivals, reach, credit and differences.

    Returns
    -------
    comparison : Comparison
    tables : dict
        ``arrivals``, ``reach``, ``credit``, ``sources``, ``scenarios``, ``scenario_titles``.
    """
    study = inputs.study
    assert study.diffusion is not None  # noqa: S101 - the pipeline leaves this stage out without it
    options = study.diffusion
    model = rates(
        pd.DataFrame(layers.centers[["place", "tier"]]),
        [Channel(**c.model_dump()) for c in options.channels],
        costs=_costs(inputs, layers),
        flows=_ties(inputs, networks),
        receptivity=layers.centers.set_index("place")["tier"].astype(str).map(options.receptivity).fillna(1.0),
        external=options.external,
    )
    scope = layers.centers.set_index("place")["scope"].dropna()
    outcome = compare(
        model,
        [_scenario(s, layers, options.receptivity) for s in study.scenarios],
        seeds=options.seeds,
        horizon=options.horizon,
        runs=options.runs,
        seed=options.seed,
        groups=scope,
    )
    names = _names(inputs)["name_en"]
    runs = outcome.outcomes
    arrivals = pd.concat([r.arrivals().assign(scenario=n) for n, r in runs.items()], ignore_index=True)
    arrivals["name_en"] = arrivals["place"].map(names)
    columns = ["scenario", "place", "name_en", "tier", "median", "mean", "low", "high", "reached", "seed"]
    sources = runs["baseline"].sources().rename_axis("source").reset_index()
    sources = sources.melt("source", var_name="target", value_name="share")
    return outcome, {
        "arrivals": arrivals[columns],
        "reach": _stacked({n: r.reach() for n, r in runs.items()}),
        "credit": _stacked({n: r.credit() for n, r in runs.items()}),
        "sources": sources[sources["share"] > 0].sort_values(["source", "target"], ignore_index=True),
        "scenarios": outcome.table,
        "scenario_titles": pd.DataFrame(
            [("baseline", "Baseline", "基准")] + [(s.name, s.title or s.name, s.title_zh) for s in study.scenarios],
            columns=["scenario", "title", "title_zh"],
        ),
    }


def _stacked(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    table = pd.concat([f.assign(scenario=n) for n, f in frames.items()], ignore_index=True)
    return table[["scenario", *(c for c in table if c != "scenario")]]


def _costs(inputs: Inputs, layers: Layers) -> pd.DataFrame:
    """Return costs between the centers and the places that a scenario adds."""
    added = {i.place for s in inputs.study.scenarios for i in s.interventions if i.verb == "add_center"}
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


def _ties(inputs: Inputs, networks: Networks) -> pd.DataFrame | None:
    assert inputs.study.diffusion is not None  # noqa: S101
    name = inputs.study.diffusion.tie_network
    if name is None:
        return None
    flows = networks.flows[name][["source", "target", "value"]]
    if networks.graphs[name].is_directed():
        return flows
    return pd.concat([flows, flows.rename(columns={"source": "target", "target": "source"})], ignore_index=True)


def _scenario(plan: StudyScenario, layers: Layers, receptivity: Mapping[Tier, float]) -> Scenario:
    scenario = Scenario(plan.name)
    for step in plan.interventions:
        numbers = step.model_dump(exclude={"verb"})
        if step.verb == "redirect_flow":
            numbers["within"] = _members(step.within, layers)
        elif isinstance(step, AddCenter | SetTier) and step.receptivity is None:
            numbers["receptivity"] = receptivity.get(step.tier, 1.0)
        scenario = getattr(scenario, step.verb)(**numbers)
    return scenario


def _members(within: str | list[str], layers: Layers) -> list[str]:
    """Return the centers of a scope, or the places listed."""
    if isinstance(within, list):
        return within
    members = layers.centers.loc[layers.centers["scope"] == within, "place"]
    return [within] if members.empty else sorted(members)
