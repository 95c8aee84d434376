"""Estimate the flows between centers that no table holds, from masses, costs and the few flows that are known."""

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from ...data import Fault, OptionError, StudyError
from ...data.wording.catalogue import join_texts, text
from ...network import estimate_flows
from ..plan.inputs import Inputs, Tables
from ..plan.schema import STUDY_FILE, Estimate, Network
from ..wording.notices import Notice
from .costs import cost_matrix
from .networks import Networks

__all__ = ["estimated_flows"]


def estimated_flows(
    network: Network, inputs: Inputs, tables: Tables, centers: gpd.GeoDataFrame, found: Networks
) -> pd.DataFrame:
    """Spread scope masses over centers and fit a gravity-shaped table to the known flows.

    Parameters
    ----------
    network : Network
        With what to estimate from.
    inputs : Inputs
    tables : dict
        With ``scores``.
    centers : GeoDataFrame
        Their tiers and scopes divide the masses.
    found : Networks
        The networks that stand before this one; it is given a notice of the centers without a mass.

    Raises
    ------
    StudyError
        If the masses or the known flows do not allow an estimate.
    """
    estimate = network.estimate
    assert estimate is not None  # noqa: S101 - asked by the caller
    at = f"networks[{inputs.study.networks.index(network) + 1}].estimate"
    mass = _masses(estimate, tables, centers, at)
    if without := sorted(mass.index[~(mass > 0)]):
        found.notices.append(Notice("notice", "notices.no_mass", {"places": without}))
    mass = mass[mass > 0].sort_index()
    if len(mass) < 2:
        counts = {"scored": len(mass), "centers": len(centers)}
        raise StudyError([Fault.of("faults.estimate.masses", STUDY_FILE, column=at, **counts)])
    known = _known(estimate, found.flows, mass, at)
    anchored = {source: sum(v for s, _, v in known if s == source) for source, _, _ in known}
    scale = sum(anchored.values()) / mass[list(anchored)].sum()
    sent = (mass * scale).astype(float)
    sent.update(pd.Series(anchored, dtype=float))
    received = mass * (sent.sum() / mass.sum())
    costs = cost_matrix(inputs, mass.index)
    try:
        flows = estimate_flows(sent, received, costs, known=known, exponent=estimate.exponent)
    except OptionError as error:
        raise StudyError([Fault.of("faults.estimate.balance", STUDY_FILE, column=at, error=error)]) from None
    return flows.assign(unit=estimate.unit, year=estimate.year)


def _masses(estimate: Estimate, tables: Tables, centers: gpd.GeoDataFrame, at: str) -> pd.Series:
    """Return the score of each center's scope, divided among its centers by the weights of their tiers."""
    scores = tables["scores"].set_index("place")["score"]
    weight = centers["tier"].astype(str).map(estimate.tier_weights).astype(float)
    if weight.isna().any():
        lacking = sorted(set(centers.loc[weight.isna(), "tier"].astype(str)))
        key = f"{at}.tier_weights"
        raise StudyError([Fault.of("faults.estimate.tier_weights", STUDY_FILE, column=key, tiers=lacking)])
    # a scored place that is a center itself keeps its score
    scope = centers["scope"].where(centers["scope"].notna(), centers["place"])
    in_scope = weight.groupby(scope).transform("sum")
    return pd.Series((scope.map(scores).astype(float) * weight / in_scope).to_numpy(), index=centers["place"])


def _known(
    estimate: Estimate, networks: Mapping[str, pd.DataFrame], mass: pd.Series, at: str
) -> list[tuple[str, list[str], float]]:
    """Return the known flows as (source, centers the target stands for, value)."""
    named: dict[str, set[str]] = {}
    for known in estimate.known:
        if known.spread_over != "others":
            named.setdefault(known.source, set()).update(known.spread_over)
    rows, faults = [], []
    for i, known in enumerate(estimate.known, 1):
        key, flows = f"{at}.known[{i}]", networks.get(known.network)
        taken = named.get(known.source, set()) | {known.source}
        ends = [c for c in mass.index if c not in taken] if known.spread_over == "others" else list(known.spread_over)
        strange = sorted({known.source, *ends} - set(mass.index))
        if flows is None:
            faults.append(Fault.of("faults.estimate.order", STUDY_FILE, column=key, network=known.network))
            continue
        value = flows.loc[(flows["source"] == known.source) & (flows["target"] == known.target), "value"].sum()
        if not value > 0:
            source, target, network = known.source, known.target, known.network
            faults.append(
                Fault.of("faults.estimate.flow", STUDY_FILE, column=key, source=source, target=target, network=network)
            )
        elif strange or not ends:
            came = join_texts(strange) if strange else text("faults.estimate.alone")
            faults.append(Fault.of("faults.estimate.centers", STUDY_FILE, column=key, got=came))
        rows.append((known.source, ends, float(value)))
    if faults:
        raise StudyError(faults)
    return rows
