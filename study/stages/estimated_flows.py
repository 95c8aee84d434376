"""Estimate the flows of a network that no table holds: from margins or masses, costs and what is known of them."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from ...data import Fault, OptionError, StudyError
from ...data.contracts.results import result_tables
from ...data.flow_ends import flow_ends
from ...data.wording.catalogue import join_texts, text
from ...network import estimate_flows
from ...network.flows.estimate import REST_OF_WORLD
from ..plan.estimates import Estimate, Known
from ..plan.inputs import Inputs, Tables
from ..plan.schema import STUDY_FILE, Network
from ..wording.notices import Notice
from .contradictions import contradiction
from .estimate_costs import Cell, estimate_costs
from .fitted_decay import Decay, fitted_decay
from .margins import Margins, read_margins
from .networks import Networks

__all__ = ["Estimated", "estimate_tables", "flows_from_margins", "flows_from_masses"]


@dataclass(frozen=True, eq=False)
class Estimated:
    """The flows of a network as they were estimated.

    Attributes
    ----------
    flows : DataFrame
        ``source, target, value, status, unit, year``.
    margins : list of Margins
        Those of each year, in the order of the flows.
    masses : DataFrame or None
        The table of `CenterMasses`, where the margins rest on it.
    parameters : DataFrame
        The decay, see the result table ``estimate_parameters``.
    notices : list of Notice
    """

    flows: pd.DataFrame
    margins: list[Margins]
    parameters: pd.DataFrame
    notices: list[Notice] = field(default_factory=list)
    masses: pd.DataFrame | None = None

    @property
    def totals(self) -> pd.DataFrame:
        """What each place sends and receives, see the result table ``estimate_totals``."""
        years = self.flows["year"]
        parts = [self.flows[years.isna() if one.year is None else years == one.year] for one in self.margins]
        rows = pd.concat([_totals(*part) for part in zip(parts, self.margins, strict=True)], ignore_index=True)
        if self.masses is None:
            return rows
        return rows.assign(**{name: rows["place"].map(self.masses[name]) for name in ("row", "sharing")})


def estimate_tables(networks: Networks, inputs: Inputs) -> Tables:
    """Return ``estimate_totals`` and ``estimate_parameters`` of all estimated networks, nothing without any."""
    if not networks.estimates:
        return {}
    totals = pd.concat([one.totals.assign(kind=name) for name, one in networks.estimates.items()], ignore_index=True)
    for column in ("name_en", "name_zh"):
        totals[column] = totals["place"].map(inputs.names[column])
    totals["within_share"] = np.divide(
        totals["within"], totals["outgoing"], out=np.full(len(totals), np.nan), where=totals["outgoing"] > 0
    )
    parameters = pd.concat(
        [one.parameters.assign(kind=name) for name, one in networks.estimates.items()], ignore_index=True
    )
    columns = {
        name: [column.name for column in result_tables()[name].columns]
        for name in ("estimate_totals", "estimate_parameters")
    }
    found = {
        "estimate_totals": totals.reindex(columns=columns["estimate_totals"]).astype(
            {"year": "Int64", "sharing": "Int64"}
        ),
        "estimate_parameters": parameters.reindex(columns=columns["estimate_parameters"]),
    }
    return {name: table for name, table in found.items() if len(table)}


@dataclass(frozen=True, eq=False)
class _Desk:
    """What the steps of one estimate share."""

    network: Network
    estimate: Estimate
    inputs: Inputs
    found: Networks
    at: str

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        return self.inputs.estimates[self.network.name]


def flows_from_margins(network: Network, inputs: Inputs, found: Networks) -> Estimated:
    """Estimate flows by year from tables of totals.

    Parameters
    ----------
    network : Network
    inputs : Inputs
    found : Networks
        The networks that stand before this one.

    Raises
    ------
    StudyError
        If the margins, the known flows or the decay do not allow an estimate.
    """
    desk = _desk(network, inputs, found)
    margins, notices = read_margins(network, inputs, desk.at)
    result = _estimated(desk, margins)
    return replace(result, notices=[*notices, *result.notices])


def flows_from_masses(network: Network, inputs: Inputs, masses: pd.DataFrame, found: Networks) -> Estimated:
    """Estimate flows between centers from masses that the known flows scale.

    Parameters
    ----------
    network : Network
    inputs : Inputs
    masses : DataFrame
        The table of `CenterMasses`.
    found : Networks
        The networks that stand before this one.

    Raises
    ------
    StudyError
        If the masses, the known flows or the decay do not allow an estimate.
    """
    desk = _desk(network, inputs, found)
    estimate = desk.estimate
    cells = _known(desk, masses.index, None)
    anchored = {source: sum(v for s, _, v in cells if s == source) for source, _, _ in cells}
    mass = float(masses.loc[list(anchored), "sent"].sum())
    if not mass > 0:
        raise StudyError([Fault.of("faults.estimate.no_scale", STUDY_FILE, column=desk.at, places=sorted(anchored))])
    scale = sum(anchored.values()) / mass
    sent = (masses["sent"] * scale).astype(float)
    sent.update(pd.Series(anchored, dtype=float))
    received = masses["received"] * (sent.sum() / masses["received"].sum())
    result = _estimated(desk, [Margins(sent, received, year=estimate.year, unit=estimate.unit, status="estimated")])
    return replace(result, masses=masses)


def _desk(network: Network, inputs: Inputs, found: Networks) -> _Desk:
    assert network.estimate is not None  # noqa: S101 - asked by the caller
    at = f"networks[{inputs.study.networks.index(network) + 1}].estimate"
    return _Desk(network, network.estimate, inputs, found, at)


def _estimated(desk: _Desk, years: list[Margins]) -> Estimated:
    """Estimate each year alone, under one decay for all."""
    places = sorted({place for one in years for place in one.sent.index})
    costs = estimate_costs(desk.inputs, places, desk.at, estimate=desk.estimate)
    known = {i: _known(desk, one.sent.index, one.year) for i, one in enumerate(years)}

    def table_of(i: int, decay: Decay, cells: list[Cell]) -> pd.DataFrame:
        return _one_year(desk, years[i], costs.matrix, decay, cells)

    def predicted(decay: Decay) -> np.ndarray:
        # what margins alone give to the known cells; those within places are given to the estimate as margins are
        values = []
        for i, cells in known.items():
            flows = table_of(i, decay, []).set_index(["source", "target"])["value"]
            values += [sum(flows.get((s, t), 0.0) for t in targets) for s, targets, _ in costs.telling(cells)]
        return np.array(values)

    observed = np.array([v for cells in known.values() for *_, v in costs.telling(cells)])
    decay = fitted_decay(desk.network, desk.inputs, costs.given, predicted, observed, desk.at)
    flows, faults = [], []
    for i, one in enumerate(years):
        try:
            table = table_of(i, decay, known[i])
        except StudyError as error:
            faults += error.faults
            continue
        flows.append(table.assign(unit=one.unit, year=one.year))
    if faults:
        raise StudyError(faults)
    return Estimated(
        flows=pd.concat(flows, ignore_index=True),
        margins=years,
        parameters=pd.concat([decay.table, costs.assumed], ignore_index=True) if len(costs.assumed) else decay.table,
        notices=[*decay.notices, *costs.notices(desk.network.name)],
    )


def _one_year(desk: _Desk, one: Margins, costs: pd.DataFrame, decay: Decay, cells: list[Cell]) -> pd.DataFrame:
    estimate = desk.estimate
    fixed = {source for source, targets, _ in cells if targets == [source]}
    within = _within(estimate, one)
    known = [*cells, *((place, [place], value) for place, value in within.items() if place not in fixed)]
    rest = bool(estimate.rest_of_world)
    # truth is a number too
    given = None if isinstance(estimate.rest_of_world, bool | str) else float(estimate.rest_of_world)
    whole = one.total if given is None else given
    try:
        found = estimate_flows(
            one.sent,
            one.received,
            costs.loc[one.sent.index, one.sent.index],
            known=known,
            zeros=_zeros(desk, one.sent.index),
            diagonal=estimate.within is True,
            decay=estimate.decay,
            exponent=decay.exponent,
            rate=decay.rate,
            balance="rest_of_world" if rest else estimate.balance,
            total=whole if rest else None,
            rest_within=estimate.rest_within,
        )
    except OptionError as error:
        raise StudyError([contradiction(estimate, one, whole, desk.at, error)]) from None
    # what is made of a table copies its notes each time
    found.attrs = {}
    return found


def _within(estimate: Estimate, one: Margins) -> dict[str, float]:
    """Return what stays within each place: of its own table, or a share of the smaller of its totals."""
    if one.within is not None:
        return {str(place): float(value) for place, value in one.within.items()}
    if isinstance(estimate.within, bool) or not isinstance(estimate.within, float | int):
        return {}
    smaller = np.minimum(one.sent, one.received)
    return {str(place): float(value) for place, value in (smaller * estimate.within).items()}


def _zeros(desk: _Desk, places: pd.Index) -> list[tuple[str, str]]:
    zeros = desk.estimate.zeros
    pairs = (
        [(str(s), str(t)) for s, t in zeros]
        if isinstance(zeros, list)
        else [*desk.tables["zeros"][["source", "target"]].astype(str).itertuples(index=False, name=None)]
    )
    if strange := sorted({end for pair in pairs for end in pair} - {*places, REST_OF_WORLD}):
        key = "faults.estimate.strange"
        raise StudyError([Fault.of(key, STUDY_FILE, column=f"{desk.at}.zeros", places=strange)])
    return pairs


def _known(desk: _Desk, places: pd.Index, year: int | None) -> list[Cell]:
    """Return the known flows of a year as (source, places the target stands for, value)."""
    estimate = desk.estimate
    if isinstance(estimate.known, str):
        return _known_of_table(desk, places, year)
    there = places.tolist()
    named: dict[str, set[str]] = {}
    for known in estimate.known:
        if known.spread_over != "others":
            named.setdefault(known.source, set()).update(known.spread_over or [known.target])
    rows: list[Cell] = []
    faults: list[Fault] = []
    for i, known in enumerate(estimate.known, 1):
        if known.year is not None and year is not None and known.year != year:
            continue
        key = f"{desk.at}.known[{i}]"
        taken = named.get(known.source, set()) | {known.source}
        others = [c for c in there if c not in taken]
        ends = others if known.spread_over == "others" else list(known.spread_over or [known.target])
        strange = sorted({known.source, *ends} - {*there, REST_OF_WORLD})
        value, fault = _value(desk, known, key, year)
        if fault is not None:
            faults.append(fault)
        elif strange or not ends:
            came = join_texts(strange) if strange else text("faults.estimate.alone")
            said = "faults.estimate.places" if estimate.from_margins else "faults.estimate.centers"
            faults.append(Fault.of(said, STUDY_FILE, column=key, got=came))
        elif value is not None:
            rows.append((known.source, ends, value))
    if faults:
        raise StudyError(faults)
    return rows


def _known_of_table(desk: _Desk, places: pd.Index, year: int | None) -> list[Cell]:
    table = desk.tables["known"]
    if "year" in table and year is not None:
        table = table[table["year"].isna() | (table["year"] == year)]
    if strange := sorted(flow_ends(table) - {*places, REST_OF_WORLD}):
        key = "faults.estimate.strange"
        raise StudyError([Fault.of(key, STUDY_FILE, column=f"{desk.at}.known", places=strange)])
    rows = table[["source", "target", "value"]].itertuples(index=False, name=None)
    return [(str(source), [str(target)], float(value)) for source, target, value in rows]


def _value(desk: _Desk, known: Known, key: str, year: int | None) -> tuple[float | None, Fault | None]:
    """Return the value of a known flow, or why there is none."""
    if known.value is not None:
        return float(known.value), None
    networks = desk.inputs.study.networks
    earlier = networks[: networks.index(desk.network)]
    if not any(one.name == known.network for one in networks if one.flows or one in earlier):
        return None, Fault.of("faults.estimate.order", STUDY_FILE, column=key, network=known.network)
    flows = desk.found.flows[str(known.network)]
    source, target = (flows[end].to_numpy(dtype=object) for end in ("source", "target"))
    there = (source == known.source) & (target == known.target)
    if desk.estimate.from_margins and year is not None and "year" in flows and flows.loc[there, "year"].notna().any():
        there &= flows["year"].eq(year).fillna(value=False).to_numpy(dtype=bool)
        if not there.any():
            return None, None
    value = float(flows["value"][there].sum())
    if value > 0:
        return value, None
    values: dict[str, Any] = {"source": known.source, "target": known.target, "network": known.network}
    return None, Fault.of("faults.estimate.flow", STUDY_FILE, column=key, **values)


def _totals(flows: pd.DataFrame, one: Margins) -> pd.DataFrame:
    """Return what each place sends, receives and keeps in the estimate."""
    source, target = (flows[end].to_numpy(dtype=object) for end in ("source", "target"))
    own = flows[source == target].set_index("source")["value"]
    places = [*one.sent.index, *([REST_OF_WORLD] if REST_OF_WORLD in flow_ends(flows) else [])]

    def summed(end: str) -> pd.Series:
        return flows["value"].groupby(flows[end].to_numpy(dtype=object)).sum().reindex(places).fillna(0.0)

    return pd.DataFrame(
        {
            "year": one.year,
            "place": places,
            "outgoing": summed("source").to_numpy(),
            "incoming": summed("target").to_numpy(),
            "within": own.reindex(places).fillna(0.0).to_numpy(),
            "unit": one.unit,
            "status": one.status,
        }
    )
