"""Gather everything a study names: read its tables, match its places, and report every fault at once."""

import hashlib
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pandas as pd

from ...data import (
    Fault,
    Framework,
    TableError,
    UnknownDatasetError,
    check_table,
    describe,
    load,
    match_places,
    read_frame,
)
from ...data.contracts.check_table import legible_table
from ...data.contracts.rules import tier_advice
from ...data.errors import grouped_faults, warn_of
from ...data.options import nearest
from ...data.places.keys import as_keys
from ...data.places.nesting import nested_pairs, with_memberships
from ...data.wording.catalogue import Text, text
from .aggregates import aggregate_faults, aggregates_of
from .diffusion_fit import Effect
from .edits import Edit
from .estimate_tables import read_estimate_tables, with_rest_of_world
from .faults_together import FaultsTogether
from .read import study_of
from .schema import STUDY_FILE, Study
from .spread_tables import read_spread_tables
from .walk_names import walk_names

__all__ = ["Inputs", "Tables", "read_inputs"]

Tables: TypeAlias = dict[str, pd.DataFrame]

DATASET = "dataset:"
# columns of a user's table that the record of inputs repeats, and how many of their values
_REPEATED, _MOST_REPEATED = ("unit", "year", "source"), 5
_SECTIONS = ("index", "networks", "diffusion", "scenarios")


@dataclass(frozen=True, eq=False)
class Inputs:
    """The tables of a study, checked, with every name replaced by the key of its place.

    Attributes
    ----------
    study : Study
        With place names replaced by keys.
    places : DataFrame
        Places contract, all tables together.
    indicators, corridors, landmarks, costs : DataFrame or None
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
    effects : tuple of Effect
        Fitted effects on receptivity, once they are known.
    edits : tuple of Edit
        Changes that a scenario makes to centers, costs and networks on the way.
    """

    study: Study
    places: pd.DataFrame
    indicators: pd.DataFrame | None
    framework: Framework | None
    corridors: pd.DataFrame | None
    landmarks: pd.DataFrame | None
    costs: pd.DataFrame | None
    flows: dict[str, pd.DataFrame] = field(repr=False)
    estimates: dict[str, Tables] = field(repr=False)
    published: pd.Series = field(repr=False)
    record: pd.DataFrame = field(repr=False)
    matches: pd.DataFrame = field(repr=False)
    adoptions: pd.DataFrame | None = field(default=None, repr=False)
    channel_pairs: dict[str, pd.DataFrame] = field(default_factory=dict, repr=False)
    effects: tuple[Effect, ...] = ()
    edits: tuple[Edit, ...] = ()

    def edits_of(self, table: str, network: str | None = None) -> tuple[Edit, ...]:
        """Return the changes of a table; for flows, of a network."""
        return tuple(edit for edit in self.edits if (edit.verb.table, edit.network) == (table, network))

    @property
    def aggregates(self) -> frozenset[str]:
        """The places that stand for several others, such as a rest of the world."""
        return aggregates_of(self.places)

    @property
    def names(self) -> pd.DataFrame:
        """``name_en`` and ``name_zh`` of every place, indexed by place."""
        return self.places.set_index("place").reindex(columns=["name_en", "name_zh"])


def _values_of(table: pd.DataFrame, column: str) -> str:
    """Say what a column of a user's table holds: the span of years, the first of other values."""
    # where there is a target the source is a place
    if column not in table or (column == "source" and "target" in table):
        return ""
    held = table[column].dropna()
    if column == "year":
        years = sorted(set(pd.to_numeric(held, errors="coerce").dropna().astype(int)))
        return "–".join(str(year) for year in dict.fromkeys([*years[:1], *years[-1:]]))
    values = sorted({*held.astype(str).str.strip()} - {""})
    return ", ".join([*values[:_MOST_REPEATED], *(["…"] if len(values) > _MOST_REPEATED else [])])


class _Desk(FaultsTogether):
    """Collects tables, faults, the record of inputs and the names matched on the way."""

    def __init__(self, study: Study, *, strict: bool) -> None:
        super().__init__()
        self.folder = study.folder or Path()
        self.tiers = study.tiers.order
        self.strict = strict
        self.record: list[dict[str, Any]] = []
        self.matches: list[dict[str, Any]] = []

    def read(
        self, key: str, reference: str, contract: str | None, places: pd.DataFrame | None, whole: str | None = None
    ) -> pd.DataFrame | None:
        """Read one table, as it stands without a contract; its faults are kept for later."""
        try:
            return self._read(key, reference, contract, places, whole)
        except TableError as error:
            self.faults.extend(error.faults)
        except UnknownDatasetError as error:
            self.faults.append(Fault.of("faults.study.dataset", STUDY_FILE, column=key, got=reference, error=error))
        return None

    def _read(
        self, key: str, reference: str, contract: str | None, places: pd.DataFrame | None, whole: str | None
    ) -> pd.DataFrame:
        if reference.startswith(DATASET):
            name = reference.removeprefix(DATASET)
            about, table = describe(name), load(name)
            entry = {k: about[k] for k in ("title", "unit", "year", "source", "sha256")}
        else:
            name, path = reference, self.folder / reference
            table = read_frame(path)
            entry = {
                "title": name,
                **{column: _values_of(table, column) for column in _REPEATED},
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
        if contract is not None:
            options = {"tiers": self.tiers, "whole": whole, "strict": self.strict}
            table = check_table(table, contract, where=name, places=places, **options)
        else:
            table, doubts = legible_table(table, name)
            self.doubt(doubts)
        blank = {"unit": "", "year": "", "source": ""}
        self.record.append({"table": key, "dataset": name, **blank, **entry, "rows": len(table)})
        self.matches += [
            {"table": key, "given": given, "place": place, "how": how}
            for given, place, how in table.attrs.get("matches", ())
        ]
        # what is made of a table copies its notes each time
        table.attrs = {}
        return table

    def doubt(self, doubts: list[Fault]) -> None:
        """Warn of what is probably wrong, or keep it with the faults of a strict run."""
        if self.strict:
            self.faults += doubts
            return
        for doubt in grouped_faults(doubts):
            warn_of(doubt, stacklevel=4)


def read_inputs(study: Study, *, strict: bool = False) -> Inputs:
    """Read and check all tables of a study and match the places it names.

    Parameters
    ----------
    study : Study
        From `read_study`.
    strict : bool
        Whether warnings count as faults.

    Returns
    -------
    Inputs

    Raises
    ------
    TableError, StudyError
        With the faults of all tables and of all names in the study file.
    """
    desk, tables = _Desk(study, strict=strict), study.tables
    places = with_rest_of_world(_read_places(tables.places, desk), study)
    if tables.memberships is not None:
        pairs = desk.read("tables.memberships", tables.memberships, "memberships", places)
        places = places if pairs is None else with_memberships(places, pairs)
    with desk.noted():
        nested_pairs(places["place"], places)

    def optional(key: str, contract: str) -> pd.DataFrame | None:
        reference = getattr(tables, key)
        return None if reference is None else desk.read(f"tables.{key}", reference, contract, places)

    indicators, corridors = optional("indicators", "indicators"), optional("corridors", "corridors")
    landmarks, costs, framed = optional("landmarks", "landmarks"), optional("costs", "costs"), None
    framework = optional("framework", "framework")
    if framework is not None:
        try:
            framed = Framework.from_table(framework)
        except TableError as error:
            desk.faults.extend(error.faults)
    flows = {
        n.name: table
        for i, n in enumerate(study.networks, 1)
        if n.flows and (table := desk.read(f"networks[{i}].flows", n.flows, "flows", places)) is not None
    }
    estimates = {
        n.name: read_estimate_tables(n.estimate, f"networks[{i}].estimate", desk.read, places)
        for i, n in enumerate(study.networks, 1)
        if n.estimate is not None
    }
    adoptions, channel_pairs = read_spread_tables(study, partial(desk.read, places=places))
    published = _published(study, places, desk)
    matched = _match_names(study, places, desk)
    desk.faults.extend(aggregate_faults(matched, places))
    if indicators is not None and framed is not None:
        _check_units(matched, indicators, desk)
    desk.done()
    return Inputs(
        study=matched,
        places=places,
        indicators=indicators,
        framework=framed,
        corridors=corridors,
        landmarks=landmarks,
        costs=costs,
        flows=flows,
        estimates=estimates,
        published=published,
        record=pd.DataFrame(desk.record),
        matches=pd.DataFrame(desk.matches, columns=["table", "given", "place", "how"]).drop_duplicates(
            ignore_index=True
        ),
        adoptions=adoptions,
        channel_pairs=channel_pairs,
    )


def _read_places(references: list[str], desk: _Desk) -> pd.DataFrame:
    """Read the places tables, each of which may refer to those before it."""
    parts: list[pd.DataFrame] = []
    for i, reference in enumerate(references, 1):
        before = pd.concat(parts, ignore_index=True) if parts else None
        part = desk.read(f"tables.places[{i}]", reference, "places", before)
        if part is not None:
            parts.append(part)
    if len(parts) < len(references):
        # without its places no other table can be judged
        desk.done()
    joined = pd.concat(parts, ignore_index=True)
    twice = joined.loc[joined["place"].duplicated(), "place"]
    desk.faults.extend(
        Fault.of("faults.study.place_twice", "tables.places", column="place", got=repr(p)) for p in twice.unique()
    )
    return joined.drop_duplicates("place", ignore_index=True)


def _published(study: Study, places: pd.DataFrame, desk: _Desk) -> pd.Series:
    wanted = study.tiers.published
    if wanted is None:
        return pd.Series(dtype=object)
    key, columns = "tiers.published", wanted.place_columns
    table = desk.read(f"{key}.table", wanted.table, None, places)
    if table is None:
        return pd.Series(dtype=object)
    absent = [c for c in (*columns, wanted.tier) if c not in table]
    if absent:
        said = {"table": wanted.table, "names": absent, "columns": list(table.columns)}
        desk.faults.append(Fault.of("faults.study.published_column", STUDY_FILE, column=key, **said))
        return pd.Series(dtype=object)
    listed = [
        pd.DataFrame({"place": as_keys(table[column]), "tier": as_keys(table[wanted.tier])}) for column in columns
    ]
    pairs = pd.concat(listed, ignore_index=True).dropna().astype(str)
    pairs = pairs.assign(place=pairs["place"].str.split(";")).explode("place")
    pairs = pairs.assign(place=pairs["place"].str.strip()).query("place != ''").drop_duplicates()
    names, tiers, at = pairs["place"], pairs["tier"], " or ".join(columns)
    known = set(places["place"])
    where = wanted.table.removeprefix(DATASET)
    checks = (
        (names[~names.isin(known)], "faults.study.published_place"),
        (names[names.duplicated()], "faults.study.published_twice"),
    )
    desk.faults.extend(
        Fault.of(key, where, column=at, got=repr(got)) for bad, key in checks for got in sorted(set(bad))
    )
    scale = list(desk.tiers)
    desk.faults.extend(
        Fault.of(
            "faults.cell.choice", where, column=wanted.tier, names=scale, got=repr(got), fix=tier_advice(got, scale)
        )
        for got in sorted(set(tiers[~tiers.isin(scale)]))
    )
    return pairs.drop_duplicates("place").set_index("place")["tier"]


def _check_units(study: Study, indicators: pd.DataFrame, desk: _Desk) -> None:
    have = set(indicators["place"])
    desk.faults.extend(
        Fault.of("faults.study.unit", STUDY_FILE, column="index.units", got=repr(unit))
        for unit in (study.index.units if study.index else ())
        if unit not in have
    )


def _match_names(study: Study, places: pd.DataFrame, desk: _Desk) -> Study:
    """Replace every place name of the study file by its key; names that match no place become faults."""
    content = study.model_dump()
    names: dict[str, str] = {}

    def note(name: str, key: str) -> str:
        names.setdefault(name, key)
        return name

    for section in _SECTIONS:
        walk_names(content[section], section, note)
    for name in content["centers"]["assumed_tiers"]:
        note(name, "centers.assumed_tiers")
    found = match_places(list(names), places)
    key_of = {}
    for given, place, how in zip(found["given"], found["place"], found["how"], strict=True):
        if isinstance(place, str):
            key_of[given] = place
            if how != "exact":
                desk.matches.append({"table": STUDY_FILE, "given": given, "place": place, "how": how})
        else:
            fix = _suggestion(given, places) if how != "ambiguous" else text("faults.advice.several")
            desk.faults.append(
                Fault.of("faults.study.place", STUDY_FILE, column=names[given], got=repr(given), fix=fix)
            )

    def replace(name: str, _: str) -> str:
        return key_of.get(name, name)

    for section in _SECTIONS:
        content[section] = walk_names(content[section], section, replace)
    assumed = content["centers"]["assumed_tiers"]
    content["centers"]["assumed_tiers"] = {key_of.get(n, n): tier for n, tier in assumed.items()}
    content["folder"] = study.folder
    return study_of(content)


def _suggestion(name: str, places: pd.DataFrame) -> Text:
    words = [w for c in ("place", "name_en", "name_zh") if c in places for w in places[c].dropna()]
    near = nearest(name, words)
    return text("faults.advice.guess", name=near[0]) if near else text("faults.advice.add_place")
