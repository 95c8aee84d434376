"""Build the flow networks of a study."""

from dataclasses import dataclass, field

import networkx as nx
import pandas as pd

from ...data import Fault, OptionError, container, nested_pairs
from ...data.errors import warn_of
from ...data.wording.catalogue import few, join_texts, text
from ...geo import distance_matrix
from ...network import estimate_flows, to_graph
from ..plan.inputs import DATASET, Inputs, Tables
from ..plan.schema import STUDY_FILE, Estimate, Network
from ..wording.notices import Notice
from .place import Layers

__all__ = ["Networks", "connect_centers"]

# status of what a table gives without saying how it is known
GIVEN = "given"


@dataclass(frozen=True, eq=False)
class Networks:
    """The flow networks of a study, by name."""

    flows: dict[str, pd.DataFrame]
    graphs: dict[str, nx.Graph]
    notices: list[Notice] = field(default_factory=list)


def connect_centers(inputs: Inputs, tables: Tables, layers: Layers) -> Networks:
    """Build every network, in the order of the study file.

    Warns
    -----
    InnoscapeWarning
        If flows of several kinds, years or units are added into one network; if flows end both at a place and at one
        that contains it; if each pair of an undirected network stands in both directions with the same value.
    """
    found = Networks({}, {})
    for network in inputs.study.networks:
        if network.estimate is None:
            _warn_of_sums(network, inputs.flows[network.name])
            flows = _grouped(inputs.flows[network.name], network, inputs)
        else:
            flows = _estimated(network.estimate, tables, layers, found)
        _warn_of_nesting(network, flows, inputs)
        if zeros := int((flows["value"] == 0).sum()):
            found.notices.append(Notice("notice", "notices.zero_flows", {"n": zeros, "network": network.name}))
        status = flows["status"].astype(object) if "status" in flows else pd.Series(index=flows.index, dtype=object)
        found.flows[network.name] = flows.assign(kind=network.name, status=status.fillna(GIVEN))
        found.graphs[network.name] = to_graph(found.flows[network.name], directed=network.directed)
    return found


def _warn_of_sums(network: Network, flows: pd.DataFrame) -> None:
    """Warn where flows of several kinds or years are about to be added into one network."""
    where = str(network.flows).removeprefix(DATASET)
    for column in ("kind", "year"):
        several = sorted(flows[column].dropna().unique()) if column in flows else []
        if len(several) > 1:
            values = {"network": network.name, "several": join_texts(several)}
            warn_of(Fault.of(f"doubts.several_{column}s_added", where, column=column, **values), stacklevel=3)


def _warn_of_nesting(network: Network, flows: pd.DataFrame, inputs: Inputs) -> None:
    """Warn where ends of flows, or groups to balance, contain one another."""
    table = STUDY_FILE if network.flows is None else network.flows.removeprefix(DATASET)
    judged = (
        ("doubts.nested_ends", table, "source, target", {*flows["source"], *flows["target"]}),
        ("doubts.nested_groups", STUDY_FILE, "networks.balance", {*(network.balance or [])}),
    )
    for key, where, column, keys in judged:
        pairs = nested_pairs(keys, inputs.places)
        if pairs:
            said = few(text("warnings.flows.inside", inner=inner, outer=outer) for inner, outer in pairs)
            warn_of(Fault.of(key, where, column=column, network=network.name, pairs=said), stacklevel=3)


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
        found.notices.append(Notice("notice", "notices.no_mass", {"places": without}))
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
