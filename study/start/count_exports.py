"""Count raw exports and records as flows: co-patents, transfers, contracts, shared projects or works, citations."""

import tempfile
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ...data import (
    Gazetteer,
    InnoscapeError,
    InnoscapeWarning,
    TableError,
    citation_flows,
    contract_flows,
    copatent_flows,
    read_records,
    transfer_flows,
)
from ...data.places.keys import key_text
from ...data.sources.description import Description, read_description
from ...data.sources.recognize_table import RecognizedTable
from ...data.wording.catalogue import Text, few, join_texts, text
from .draft import Draft
from .gather_tables import Gathered
from .locate_places import Locator
from .one_source import one_source

__all__ = ["Counted", "count_exports", "count_records"]

# levels that are tried for the places of an export, the finest first
_LEVELS = {
    "region": ("region", "prefecture", "country"),
    "country": ("prefecture", "country"),
    "prefecture": ("prefecture", "province"),
}
# columns that hold places in records of a contract
_PLACED = {
    "patent_records": ("place",),
    "tie_records": ("place",),
    "transfer_records": ("assignor_place", "assignee_place"),
    "contract_records": ("seller", "buyer"),
}
# share of the parties, or of those located at a coarser level, that must be located for a level to be taken
_LOCATED = 0.6
# what was counted when the export was read, or cannot be otherwise
_COUNTED = "warnings.records.unknown"
_UNDATED = "warnings.records.undated"
_MARK = ";"


class Counted(NamedTuple):
    """A network that records were counted as."""

    name: str
    directed: bool
    flows: pd.DataFrame
    title: Text
    # the key of what is assumed of the counting or the direction
    assumed: str | None = None


def count_exports(gathered: Gathered, gazetteer: Gazetteer, locator: Locator, draft: Draft) -> list[Counted]:
    """Read exports as records and count them as flows; all exports of one source are read together."""
    groups: dict[str, list[RecognizedTable]] = {}
    for one in gathered.exports:
        groups.setdefault(one.source, []).append(one)
    found = []
    for key, several in groups.items():
        source = read_description(key)
        parts = _records(several, source, gathered, gazetteer, locator, draft)
        if not parts:
            continue
        records, again = one_source([*parts.values()], source)
        if len(parts) > 1:
            names = join_texts([*parts])
            if again:
                draft.leave("again", names.in_("en"), n=again)
            draft.understood.append(text("start.together", names=names, n=len(records)))
        flows = _flows(records, source.contract, several[0].name, draft)
        if flows is not None:
            directed = source.contract in ("transfer_records", "contract_records")
            name = key.removeprefix("cn_")
            title = text(f"start.titles.{name}")
            found.append(Counted(name, directed, flows, title, _counting(source.contract, records)))
    return found


def count_records(gathered: Gathered, locator: Locator, draft: Draft) -> list[Counted]:
    """Count tables of records that are in the form of a contract already."""
    found = []
    for contract, columns in _PLACED.items():
        for table in gathered.of(contract):
            frame = table.frame.copy()
            for column in columns:
                if column in frame:
                    frame[column] = _keys(frame[column], table.of.name, locator)
            if contract == "patent_records" and (citing := gathered.of("citation_records")):
                found += _citations(citing[0].frame, frame, citing[0].of.name, draft)
            flows = _flows(frame, contract, table.of.name, draft)
            if flows is not None:
                directed = contract in ("transfer_records", "contract_records")
                title = text(f"start.titles.{contract}", table=table.stem)
                found.append(Counted(table.stem, directed, flows, title, _counting(contract, frame)))
    if not gathered.of("patent_records"):
        for table in gathered.of("citation_records"):
            draft.leave("citations", table.of.name)
    return found


def _citations(citations: pd.DataFrame, patents: pd.DataFrame, where: str, draft: Draft) -> list[Counted]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InnoscapeWarning)
            flows = citation_flows(citations, patents.dropna(subset=["place"]))
    except InnoscapeError as error:
        draft.leave("export", where, reason=str(error).partition("\n")[0])
        return []
    return [Counted("citations", directed=True, flows=flows, title=text("start.titles.citations"))]


class _Read(NamedTuple):
    """An export read at one level, and how many of its parties were located."""

    of: RecognizedTable
    records: pd.DataFrame
    caught: list[warnings.WarningMessage]
    located: int


def _records(
    several: list[RecognizedTable],
    source: Description,
    gathered: Gathered,
    gazetteer: Gazetteer,
    locator: Locator,
    draft: Draft,
) -> dict[str, pd.DataFrame]:
    """Read the exports of a source at the finest level at which most of their parties can be located."""
    held = {one.name: _holding_places(one, source) for one in several}
    ends = [party.place for party in source.parties]
    tried: dict[str, list[_Read]] = {}
    sound = several
    for level in _LEVELS.get(source.level, (source.level,)):
        if level == "prefecture" != source.level and not any("city" in columns for columns in held.values()):
            continue
        reads = _read_all(level, sound, gathered, gazetteer, locator, draft)
        if not reads:
            return {}
        sound = [read.of for read in reads]
        tried[level] = reads
        if _located(reads) >= _LOCATED * sum(len(read.records) for read in reads) * len(ends):
            break
    most = max(map(_located, tried.values()))
    taken = next(level for level, reads in tried.items() if _located(reads) >= _LOCATED * most)
    said = "city" if taken == "prefecture" else taken
    found = {}
    for one, records, caught, _ in _placed_by_others(tried[taken], taken, held, gathered, gazetteer, locator):
        attrs = records.attrs
        _tell(one, attrs, said, caught, draft)
        if next(iter(tried)) == "region" != taken:
            draft.leave("regions", one.name, column=str(attrs["columns"].get("region", "")), level=said)
        if not any(records[end].notna().any() for end in ends):
            if held[one.name]:
                draft.leave("no_places", one.name, columns=few(sorted(held[one.name])))
            else:
                draft.leave("no_place_columns", one.name)
            continue
        for end in ends:
            records[end] = _keys(records[end], one.name, locator, keyed=True)
        records.attrs = attrs
        found[one.name] = records
    return found


def _holding_places(one: RecognizedTable, source: Description) -> set[str]:
    """Return the columns of an export that say where parties are."""
    held = {column for party in source.parties for rule in party.places for column in rule.columns}
    # JSON lines have no headers to go by
    return held & {*one.columns.values()} if one.columns else held


def _placed_by_others(
    reads: Sequence[_Read],
    level: str,
    held: dict[str, set[str]],
    gathered: Gathered,
    gazetteer: Gazetteer,
    locator: Locator,
) -> list[_Read]:
    """Read exports that say no places again, with the places that parties of the same name have in the others."""
    source = read_description(reads[0].of.source)
    party = source.parties[0]
    if source.rows != "party" or all(held[read.of.name] for read in reads):
        return [*reads]
    rows = pd.concat([read.records[[party.name, party.place]] for read in reads], ignore_index=True).dropna()
    several = rows.groupby(party.name)[party.place].transform("nunique") > 1
    homes = dict(rows[~several].itertuples(index=False, name=None))
    return [
        read if held[read.of.name] else _read_at(level, read.of, gathered, gazetteer, locator, homes) for read in reads
    ]


def _located(reads: Sequence[_Read]) -> int:
    return sum(read.located for read in reads)


def _read_all(
    level: str,
    several: Sequence[RecognizedTable],
    gathered: Gathered,
    gazetteer: Gazetteer,
    locator: Locator,
    draft: Draft,
) -> list[_Read]:
    """Read several exports at a level; those that cannot be read are noted."""
    reads = []
    for one in several:
        try:
            reads.append(_read_at(level, one, gathered, gazetteer, locator))
        except TableError as error:
            draft.refuse(error)
        except InnoscapeError as error:
            draft.leave("export", one.name, reason=str(error).partition("\n")[0])
    return reads


def _read_at(
    level: str,
    one: RecognizedTable,
    gathered: Gathered,
    gazetteer: Gazetteer,
    locator: Locator,
    known: Mapping[str, str] | None = None,
) -> _Read:
    """Read an export at a level, and count the parties that are located; of some the places may be known."""
    further = [table.file for table in gathered.companions if one.source in table.companion_of]
    homes = {**(known or {})} | {
        name: place
        for table in reversed(gathered.of("organizations"))
        for name, place in table.frame[["organization", "place"]].dropna().itertuples(index=False)
    }
    with warnings.catch_warnings(record=True) as caught, _lying_alone(one) as file:
        warnings.simplefilter("always", InnoscapeWarning)
        records = read_records(
            file,
            one.source,
            gazetteer=None if level in ("region", "country") else gazetteer,
            level=level,
            beside=further,
            organizations=homes or None,
        )
    ends = [party.place for party in read_description(one.source).parties]
    with locator.trying():
        keys = [_keys(records[end], one.name, locator, quiet=True, keyed=True) for end in ends]
    return _Read(one, records, caught, sum(int(part.notna().sum()) for part in keys))


@contextmanager
def _lying_alone(one: RecognizedTable) -> Iterator[Path]:
    """Yield the file of an export; of a workbook with several sheets, that sheet as a file of its own."""
    if one.sheet is None or not one.sheet.title:
        yield one.file
        return
    with tempfile.TemporaryDirectory(prefix="innoscape-") as folder:
        file = Path(folder, f"{one.file.stem}.csv")
        one.sheet.cells.map(key_text).to_csv(file, index=False, header=False)
        yield file


def _keys(places: pd.Series, where: str, locator: Locator, *, quiet: bool = False, keyed: bool = False) -> pd.Series:
    """Return the keys of places; several in one cell are parted and joined again."""
    parts = places.dropna().astype(str).str.split(_MARK).explode().rename(places.name)
    parts = parts[parts.str.strip() != ""]
    if parts.empty:
        return places.astype("str")
    found = locator.keys(parts.drop_duplicates() if quiet else parts, where, quiet=quiet, keyed=keyed)
    known = dict(zip(parts.drop_duplicates() if quiet else parts, found.keys, strict=True))

    def rename(cell: object) -> str | None:
        if not isinstance(cell, str):
            return None
        keys = [known.get(part) for part in cell.split(_MARK)]
        joined = _MARK.join(key if isinstance(key, str) else "" for key in keys)
        return joined if joined.strip(_MARK) else None

    return places.map(rename, na_action="ignore").astype("str")


def _tell(
    one: RecognizedTable, attrs: dict[str, object], level: str, caught: Sequence[warnings.WarningMessage], draft: Draft
) -> None:
    pairs = [text("warnings.printed.pair", given=given, name=name) for given, name in one.columns.items()]
    account = attrs["account"]
    assert isinstance(account, dict)  # noqa: S101 - of a reader of records
    reasons = [*one.reasons, text("start.reasons.read_as", columns=few(pairs, most=12))] if pairs else [*one.reasons]
    reasons.append(text("start.reasons.records", level=level, **account))
    said = {"table": one.name, "kind": text("start.kinds.export", source=one.source)}
    said["reasons"] = join_texts(reasons, by="list.semicolon")
    draft.understood.append(text("start.table", confidence=text(f"start.confidence.{one.confidence}"), **said))
    draft.doubt(caught)


def _flows(records: pd.DataFrame, contract: str, where: str, draft: Draft) -> pd.DataFrame | None:
    """Count records as flows between places."""
    known = [_COUNTED]
    if "date" not in records:
        records, known = records.assign(date=None), [_COUNTED, _UNDATED]
    if "unit" in records and len(units := records["unit"].dropna().unique()) > 1:
        draft.leave("units", where, column="unit", names=few(units.tolist()))
        return None
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", InnoscapeWarning)
            flows = _count(records, contract)
    except InnoscapeError as error:
        draft.leave("export", where, reason=str(error).partition("\n")[0])
        return None
    draft.doubt([one for one in caught if getattr(one.message, "key", "") not in known])
    flows = flows[~flows["source"].eq("(unknown)") & ~flows["target"].eq("(unknown)")]
    if not len(flows[flows["source"] != flows["target"]]):
        draft.leave("no_pairs", where, n=len(records))
        return None
    return flows


def _count(records: pd.DataFrame, contract: str) -> pd.DataFrame:
    if contract == "contract_records":
        units = records["unit"].dropna() if "unit" in records else pd.Series(dtype=object)
        unit = units.iloc[0] if len(units) else records.attrs.get("unit")
        placed = records.dropna(subset=["seller", "buyer"])
        return contract_flows(placed, unit=unit, contract="contract" if "contract" in records else None)
    if contract == "transfer_records":
        return transfer_flows(records, separator=_MARK)
    placed = records.dropna(subset=["place"])
    if contract == "tie_records":
        number = "project" if "project" in records else "work"
        kind = "shared_projects" if number == "project" else "shared_works"
        return copatent_flows(
            placed, patent=number, key=number, applicant="organization", separator=(), unit=f"{number}s", kind=kind
        )
    if shares := _shares(placed):
        return copatent_flows(placed, counting="shares", share=shares, separator=())
    return copatent_flows(placed, separator=())


def _shares(records: pd.DataFrame) -> list[str]:
    return [name for name in ("share", "reg_share") if name in records and records[name].notna().any()]


def _counting(contract: str, records: pd.DataFrame) -> str | None:
    """Return what is assumed of the counting; amounts of contracts are added up as they are."""
    if contract == "contract_records":
        return None
    shared = contract == "patent_records" and _shares(records.dropna(subset=["place"]))
    return "counted_shares" if shared else "counted_full"
