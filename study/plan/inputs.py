"""Gather everything a study names: read its tables, match its places, and report every fault at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TypeAlias

import pandas as pd

from ...data import Fault, Framework, TableError
from ...data.places.nesting import nested_pairs, with_memberships
from .aggregates import aggregate_faults, aggregates_of
from .analysis_tables import read_analysis_tables
from .assumed import origin_doubts
from .diffusion_fit import Effect
from .edits import Edit
from .estimate_tables import read_estimate_tables, with_rest_of_world
from .faults_together import FaultsTogether
from .ground_file import ground_faults
from .match_names import match_names
from .own_methods import with_own_methods
from .partial import Held, Partial
from .published import listed_places, published_tiers
from .schema import STUDY_FILE, Study
from .spread_tables import read_spread_tables
from .study_scenario import late_doubts
from .table_desk import DATASET, TableDesk
from .travel_tables import read_travel_tables

__all__ = ["Inputs", "Tables", "read_inputs"]

Tables: TypeAlias = dict[str, pd.DataFrame]
KeptCosts: TypeAlias = tuple[pd.DataFrame, pd.DataFrame | None, pd.DataFrame]

# start of the key paths of the tables that each field of the inputs rests on
_KEYS = {
    "places": ("tables.places", "tables.memberships"),
    "indicators": "tables.indicators",
    "framework": "tables.framework",
    "corridors": "tables.corridors",
    "landmarks": "tables.landmarks",
    "costs": "tables.costs",
    "attributes": "tables.attributes",
    "published": "tiers.published",
    "adoptions": "diffusion.fit.adoptions",
    "channel_pairs": "diffusion.channels",
    "travel": "siting.travel",
}


@dataclass(frozen=True, eq=False)
class Inputs(Partial):
    """The tables of a study, checked, with every name replaced by the key of its place.

    A table whose faults have been noted is lacking: what asks for it stops without a fault of its own.

    Attributes
    ----------
    study : Study
        With place names replaced by keys.
    places : DataFrame
        Places contract, all tables together.
    indicators, corridors, landmarks, costs, attributes : DataFrame or None
    framework : Framework or None
    flows : dict
        Network name -> flows contract, for networks that have a table.
    estimates : dict
        Network name -> the tables that its estimate names, by their key.
    published : Series
        Place -> published tier.
    record : DataFrame
        ``table, dataset, title, unit, year, source, rows, sha256``.
    matches : DataFrame
        ``table, given, place, how``: names that were normalized.
    adoptions : DataFrame or None
        Adoptions contract, where the diffusion is fitted to it.
    channel_pairs : dict
        Channel of the study's own -> labeled matrix of the pairs that it acts on.
    travel : dict
        ``edges`` and ``access``, where the study travels on edges.
    further : dict
        Section and key -> table, of those that analyses name for themselves.
    effects : tuple of Effect
        Fitted effects on receptivity, once they are known.
    edits : tuple of Edit
        Changes that a scenario makes to centers, costs and networks on the way.
    costs_open : bool
        Whether changes may follow that the study does not name, so that costs are held ready for them.
    kept_costs : dict
        Places -> the tables of places and costs, and the costs between the places that they give, before any change.
    """

    study: Study
    places: pd.DataFrame
    indicators: pd.DataFrame | None
    framework: Framework | None
    corridors: pd.DataFrame | None
    landmarks: pd.DataFrame | None
    costs: pd.DataFrame | None
    attributes: pd.DataFrame | None
    flows: dict[str, pd.DataFrame] = field(repr=False)
    estimates: dict[str, Tables] = field(repr=False)
    published: pd.Series = field(repr=False)
    record: pd.DataFrame = field(repr=False)
    matches: pd.DataFrame = field(repr=False)
    adoptions: pd.DataFrame | None = field(repr=False)
    channel_pairs: dict[str, pd.DataFrame] = field(repr=False)
    travel: Tables = field(repr=False)
    further: dict[tuple[str, str], pd.DataFrame] = field(repr=False)
    effects: tuple[Effect, ...] = ()
    edits: tuple[Edit, ...] = ()
    costs_open: bool = False
    kept_costs: dict[tuple[str, ...], KeptCosts] = field(default_factory=dict, repr=False)

    def edits_of(self, table: str, network: str | None = None) -> tuple[Edit, ...]:
        """Return the changes of a table; for flows, of a network."""
        return tuple(edit for edit in self.edits if (edit.verb.table, edit.network) == (table, network))

    @cached_property
    def aggregates(self) -> frozenset[str]:
        """The places that stand for several others, such as a rest of the world."""
        return aggregates_of(self.places)

    @cached_property
    def placed(self) -> frozenset[str]:
        """The places with a position."""
        lon, lat = (self.places[name].notna().to_numpy() for name in ("lon", "lat"))
        return frozenset(self.places.loc[lon & lat, "place"].tolist())

    @cached_property
    def kinds(self) -> pd.Series:
        """The kind of every place, indexed by place."""
        kinds = self.places["kind"] if "kind" in self.places else pd.Series(None, self.places.index, dtype="str")
        return kinds.set_axis(pd.Index(self.places["place"]))

    @cached_property
    def names(self) -> pd.DataFrame:
        """``name_en`` and ``name_zh`` of every place, indexed by place."""
        return self.places.set_index("place").reindex(columns=["name_en", "name_zh"])


def read_inputs(study: Study, *, strict: bool = False, found: FaultsTogether | None = None) -> Inputs:
    """Read and check all tables of a study and match the places it names.

    Parameters
    ----------
    study : Study
        From `read_study`.
    strict : bool
        Whether warnings count as faults.
    found : FaultsTogether, optional
        Where faults are noted; what they concern is lacking in the inputs. They are raised when missing.

    Returns
    -------
    Inputs

    Raises
    ------
    TableError, StudyError
        With the faults of all tables and of all names in the study file.
    """
    desk, tables = TableDesk(study, strict=strict), study.tables
    places = _read_places(study, desk)
    known = places if len(places) else None

    def optional(key: str, contract: str) -> pd.DataFrame | None:
        reference = getattr(tables, key)
        return None if reference is None else desk.read(f"tables.{key}", reference, contract, known)

    indicators, corridors = optional("indicators", "indicators"), optional("corridors", "corridors")
    landmarks, costs = optional("landmarks", "landmarks"), optional("costs", "costs")
    attributes = optional("attributes", "attributes")
    framework = optional("framework", "framework")
    framed = None
    with desk.reading("tables.framework"):
        framed = None if framework is None else _framework(framework, str(tables.framework).removeprefix(DATASET))
    with desk.reading("tables.corridors"):
        if corridors is not None and known is not None:
            desk.faults += listed_places(corridors["members"], places, str(tables.corridors).removeprefix(DATASET))
    flows: dict[str, pd.DataFrame] = Held()
    estimates: dict[str, Tables] = Held()
    for i, network in enumerate(study.networks, 1):
        at = f"networks[{i}]"
        if network.flows and (table := desk.read(f"{at}.flows", network.flows, "flows", known)) is not None:
            flows[network.name] = table
        if network.estimate is not None:
            found_before = len(desk.unread)
            own = read_estimate_tables(network.estimate, f"{at}.estimate", desk.read, known)
            if len(desk.unread) == found_before:
                estimates[network.name] = own
    desk.faults += ground_faults(study)
    adoptions, channel_pairs = read_spread_tables(study, partial(desk.read, places=known))
    travel = read_travel_tables(study, partial(desk.read, places=known), known)
    further = read_analysis_tables(study, desk.read, known)
    published, matched = pd.Series(dtype=object), study
    if known is not None:
        with desk.reading("tiers.published"):
            published = _published(study, places, desk)
        names = match_names(study, places)
        desk.faults += names.faults
        desk.matches += [{"table": STUDY_FILE, **match} for match in names.matches]
        matched = names.study
        desk.faults.extend(aggregate_faults(matched, places))
        if indicators is not None and framed is not None:
            _check_units(matched, indicators, desk)
        desk.doubt([*origin_doubts(study, matched), *late_doubts(study)])
    with desk.noted():
        matched = with_own_methods(matched, framed)
    if found is None:
        desk.done()
    else:
        found.note(desk.faults)
    inputs = Inputs(
        study=matched,
        places=places,
        indicators=indicators,
        framework=framed,
        corridors=corridors,
        landmarks=landmarks,
        costs=costs,
        attributes=attributes,
        flows=flows,
        estimates=estimates,
        published=published,
        record=pd.DataFrame(desk.record),
        matches=pd.DataFrame(desk.matches, columns=["table", "given", "place", "how"]).drop_duplicates(
            ignore_index=True
        ),
        adoptions=adoptions,
        channel_pairs=channel_pairs,
        travel=travel,
        further=further,
    )
    return inputs.without(*(name for name, key in _KEYS.items() if any(path.startswith(key) for path in desk.unread)))


def _read_places(study: Study, desk: TableDesk) -> pd.DataFrame:
    """Read the places tables, each of which may refer to those before it, and what else says what lies in what."""
    parts: list[pd.DataFrame] = []
    for i, reference in enumerate(study.tables.places, 1):
        before, found = pd.concat(parts, ignore_index=True) if parts else None, len(desk.faults)
        lost = len(parts) < i - 1
        part = desk.read(f"tables.places[{i}]", reference, "places", before)
        if part is None:
            part = desk.readable.get(f"tables.places[{i}]")
        if part is not None:
            parts.append(part)
        elif lost:
            # a place may lie in one of a table that could not be read
            desk.faults[found:] = [fault for fault in desk.faults[found:] if fault.column != "part_of"]
    if len(parts) < len(study.tables.places):
        return pd.DataFrame({"place": pd.Series(dtype=object)})
    joined = pd.concat(parts, ignore_index=True)
    with desk.reading("tables.places"):
        names = [name.removeprefix(DATASET) for name in study.tables.places]
        if twice := list(_places_again(dict(zip(names, parts, strict=True)))):
            raise TableError(twice)
    places = with_rest_of_world(joined.drop_duplicates("place", ignore_index=True), study)
    if study.tables.memberships is not None:
        pairs = desk.read("tables.memberships", study.tables.memberships, "memberships", places)
        places = places if pairs is None else with_memberships(places, pairs)
    with desk.reading("tables.memberships"):
        nested_pairs(places["place"], places)
    return places


def _places_again(tables: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """Find places that stand in several tables."""
    first: dict[str, str] = {}
    for name, table in tables.items():
        # rows of a table stand below its header
        for row, place in enumerate(table["place"], 2):
            if first.setdefault(place, name) != name:
                said = {"got": repr(place), "first": first[place]}
                yield Fault.of("faults.study.place_twice", name, row=row, column="place", **said)


def _framework(table: pd.DataFrame, where: str) -> Framework:
    try:
        return Framework.from_table(table)
    except TableError as error:
        raise TableError(replace(fault, where=where) for fault in error.faults) from None


def _published(study: Study, places: pd.DataFrame, desk: TableDesk) -> pd.Series:
    wanted = study.tiers.published
    table = None if wanted is None else desk.read("tiers.published.table", wanted.table, None, places)
    if wanted is None or table is None:
        return pd.Series(dtype=object)
    return published_tiers(wanted, table, places, desk.tiers, where=wanted.table.removeprefix(DATASET))


def _check_units(study: Study, indicators: pd.DataFrame, desk: TableDesk) -> None:
    have = set(indicators["place"])
    desk.faults.extend(
        Fault.of("faults.study.unit", STUDY_FILE, column="index.units", got=repr(unit))
        for unit in (study.index.units if study.index else ())
        if unit not in have
    )
