"""Build the flow networks of a study."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pandas as pd

from ...data import Fault, StudyError, TableError, container, nested_pairs, overlapping_pairs
from ...data.distinct import distinct
from ...data.errors import warn_of
from ...data.flow_ends import flow_ends
from ...data.wording.catalogue import few, join_texts, text
from ..plan.faults_together import FaultsTogether
from ..plan.inputs import Inputs, Tables
from ..plan.partial import Held
from ..plan.schema import STUDY_FILE, Network
from ..plan.table_desk import DATASET
from ..plan.years import flows_by_year
from ..wording.notices import Notice
from .edited_flows import edited_flows
from .estimated_flows import Estimated, flows_from_margins, flows_from_masses
from .masses import CenterMasses, RowMasses, center_masses, row_masses
from .networks import Networks, YearOfFlows

__all__ = ["connect_centers", "observed_networks"]

# beyond them squares, sums and inverses of flows are no numbers
_MOST, _LEAST = 1e100, 1e-100
# status of what a table gives without saying how it is known
GIVEN = "given"


def observed_networks(inputs: Inputs, found: FaultsTogether, *, like: Networks | None = None) -> Networks:
    """Build the networks that rest on no tier, their years apart unless the study adds them.

    Those with a table of flows come first, then those estimated from margins. Networks of ``like`` are kept where they
    rest on the same. A network is left out whose faults are noted: flows that are too large to add, a year that they do
    not have, rows of which only some have a year.

    Warns
    -----
    InnoscapeWarning
        If flows of several kinds or units are added into one network; if flows end both at a place and at one that
        contains it; if each pair of an undirected network stands in both directions with the same value.
    """
    networks, sound = Networks(), _sound(inputs, found)
    for network in sound:
        if network.estimate is None:
            with found.noted():
                flows = inputs.flows[network.name]
                _warn_of_kinds(network, flows)
                _add(networks, network, flows, inputs, like)
    for network in sound:
        if network.estimate is not None and network.estimate.from_margins:
            with found.noted():
                _add_estimate(networks, network, inputs, like, [], lambda n: flows_from_margins(n, inputs, networks))
    return networks


def connect_centers(
    inputs: Inputs,
    tables: Tables,
    centers: pd.DataFrame,
    observed: Networks,
    found: FaultsTogether,
    *,
    like: Networks | None = None,
) -> Networks:
    """Return all networks in the order of the study file: the observed, and those estimated between centers.

    Networks of ``like`` are kept where they rest on the same; a network is left out whose faults are noted.
    """
    networks = Networks(said=dict(observed.said), estimates=Held(observed.estimates), basis=dict(observed.basis))
    for network in _sound(inputs, found):
        if network.name in observed.by_year:
            networks.by_year[network.name] = observed.by_year[network.name]
        elif network.estimate is not None and not network.estimate.from_margins:
            with found.noted():
                masses = _center_masses(networks, network, inputs, tables, centers, like)
                _add_estimate(
                    networks, network, inputs, like, [masses.table],
                    lambda n, masses=masses.table: flows_from_masses(n, inputs, masses, networks), masses.notices,
                )  # fmt: skip
    return networks


def _row_masses(found: Networks, network: Network, inputs: Inputs, like: Networks | None) -> RowMasses | None:
    """Return the masses of the rows of indicators: changed centers share the same ones."""
    assert network.estimate is not None  # noqa: S101 - asked by the caller
    same = found.rests_on("masses", network.name, inputs.indicators, like=like)
    at = f"networks[{inputs.study.networks.index(network) + 1}].estimate"
    known = like.masses[network.name] if like is not None and same else row_masses(network.estimate, inputs, at)
    found.masses[network.name] = known
    return known


def _center_masses(
    found: Networks,
    network: Network,
    inputs: Inputs,
    tables: Tables,
    centers: pd.DataFrame,
    like: Networks | None,
) -> CenterMasses:
    """Return the masses of the centers, on the very table that is known where it says the same."""
    assert network.estimate is not None  # noqa: S101 - asked by the caller
    rows = _row_masses(found, network, inputs, like)
    # the scores follow from the indicators
    same = found.rests_on("center_masses", network.name, centers, rows, inputs.indicators, like=like)
    if like is not None and same:
        found.shared_masses[network.name] = like.shared_masses[network.name]
        return found.shared_masses[network.name]
    at = f"networks[{inputs.study.networks.index(network) + 1}].estimate"
    masses = center_masses(network.estimate, inputs, tables, centers, rows, at)
    if like is not None and network.name in like.shared_masses:
        known = like.shared_masses[network.name].table
        masses = replace(masses, table=known) if masses.table.equals(known) else masses
    found.shared_masses[network.name] = masses
    return masses


def _sound(inputs: Inputs, found: FaultsTogether) -> list[Network]:
    """Return the networks of which the study file says nothing wrong."""
    return [one for i, one in enumerate(inputs.study.networks, 1) if not found.under(f"networks[{i}]")]


def _add_estimate(
    found: Networks,
    network: Network,
    inputs: Inputs,
    like: Networks | None,
    basis: list[object],
    estimate: Callable[[Network], Estimated],
    notices: Sequence[Notice] = (),
) -> None:
    # known flows are taken from the networks before
    basis = [*basis, inputs.estimates.get(network.name), *inputs.edits_of("costs"), *found.by_year.values()]
    same = found.rests_on("estimate", network.name, *basis, like=like)
    estimated = like.estimates[network.name] if like is not None and same else estimate(network)
    found.estimates[network.name] = estimated
    _add(found, network, estimated.flows, inputs, like, [*notices, *estimated.notices])


def _add(
    found: Networks,
    network: Network,
    given: pd.DataFrame,
    inputs: Inputs,
    like: Networks | None,
    notices: Sequence[Notice] = (),
) -> None:
    same = found.rests_on("flows", network.name, given, *inputs.edits_of("flows", network.name), like=like)
    if like is not None and same:
        found.by_year[network.name], found.said[network.name] = like.by_year[network.name], like.said[network.name]
        found.unedited[network.name] = like.unedited[network.name]
        return
    known = found.rests_on("unedited", network.name, given, like=like)
    if like is not None and known:
        found.said[network.name], years = like.said[network.name], like.unedited[network.name]
        earlier = dict([*like.by_year[network.name].items()][:-1])
    else:
        years, earlier = _unedited(found, network, given, inputs, notices), {}
    found.unedited[network.name] = years
    last = [*years][-1]
    after = {**years, last: edited_flows(network, years[last], inputs)}
    found.by_year[network.name] = {
        year: earlier[year] if year in earlier else YearOfFlows.of(part, directed=network.directed)
        for year, part in after.items()
    }


def _unedited(
    found: Networks, network: Network, given: pd.DataFrame, inputs: Inputs, notices: Sequence[Notice]
) -> dict[int | None, pd.DataFrame]:
    """Return the flows of each year of a network before any change, and note what a reader should know of them."""
    flows = _grouped(given, network, inputs)
    said = found.said[network.name] = [*notices]
    if flows["value"].gt(_MOST).any():
        key, most, got = "faults.study.huge_flow", f"{_MOST:g}", f"{flows['value'].max():g}"
        raise TableError([Fault.of(key, _where(network), column="value", most=most, got=got, network=network.name)])
    if (tiny := flows["value"].between(0.0, _LEAST, inclusive="neither")).any():
        if network.estimate is None or tiny.sum() == flows["value"].gt(0).sum():
            key, least, got = "faults.study.tiny_flow", f"{_LEAST:g}", f"{flows.loc[tiny, 'value'].min():g}"
            raise TableError(
                [Fault.of(key, _where(network), column="value", least=least, got=got, network=network.name)]
            )
        # a steep decay leaves nothing of a distant flow
        flows = flows.assign(value=flows["value"].mask(tiny, 0.0))
    _warn_of_nesting(network, flows, inputs)
    if zeros := int((flows["value"] == 0).sum()):
        said.append(Notice("notice", "notices.zero_flows", {"n": zeros, "network": network.name}))
    status = flows["status"].astype(object) if "status" in flows else pd.Series(index=flows.index, dtype=object)
    named = flows.assign(kind=network.name, status=status.fillna(GIVEN))
    return flows_by_year(named, network.years, where=_where(network), network=network.name)


def _where(network: Network) -> str:
    """Return the table of a network's flows, as faults name it."""
    return STUDY_FILE if network.flows is None else network.flows.removeprefix(DATASET)


def _warn_of_kinds(network: Network, flows: pd.DataFrame) -> None:
    """Warn where flows of several kinds are about to be added into one network."""
    several = sorted(distinct(flows["kind"])) if "kind" in flows else []
    if len(several) > 1:
        values = {"network": network.name, "several": join_texts(several)}
        warn_of(Fault.of("doubts.several_kinds_added", _where(network), column="kind", **values), stacklevel=3)


def _warn_of_nesting(network: Network, flows: pd.DataFrame, inputs: Inputs) -> None:
    """Warn where ends of flows contain one another."""
    pairs = nested_pairs(flow_ends(flows), inputs.places)
    if pairs:
        said = few(text("warnings.flows.inside", inner=inner, outer=outer) for inner, outer in pairs)
        values = {"network": network.name, "pairs": said}
        warn_of(Fault.of("doubts.nested_ends", _where(network), column="source, target", **values), stacklevel=3)


def _grouped(flows: pd.DataFrame, network: Network, inputs: Inputs) -> pd.DataFrame:
    """Replace places by the container they belong to, where the study asks for it."""
    if network.group_into is None:
        return flows
    at = f"networks[{inputs.study.networks.index(network) + 1}].group_into"
    if overlaps := overlapping_pairs(network.group_into, inputs.places):
        raise StudyError(
            Fault.of("faults.study.groups_overlap", STUDY_FILE, column=at, one=one, other=other, shared=few(shared))
            for one, other, shared in overlaps
        )
    ends = sorted(flow_ends(flows))
    inside = container(ends, inputs.places, network.group_into, include_self=True)
    outer = inside.where(inside.notna(), pd.Series(ends, index=inside.index))
    return flows.assign(source=flows["source"].map(outer), target=flows["target"].map(outer))
