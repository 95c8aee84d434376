"""Read raw exports as records with places: patents, transfers, contracts, participants, works."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..errors import Fault, OptionError, TableError
from ..files import write_file
from ..places.gazetteer import Gazetteer
from ..wording.catalogue import few
from .description import Description, PlaceRule, read_description
from .exports import duckdb_of, files_of, open_exports, quoted, sql_text
from .further_tables import join_tables
from .part_known_names import part_known_names
from .parties import Places, joined_parties, marks_in, place_parties, split_parties
from .sift_rows import sift_rows
from .source_report import SourceReport

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["read_records"]

_PARQUET = (".parquet", ".pq")


def read_records(
    path: str | Path | Sequence[str | Path],
    source: str | Path,
    *,
    gazetteer: Gazetteer | None = None,
    level: str | None = None,
    organizations: object = None,
    beside: str | Path | Sequence[str | Path] = (),
    unit: str | None = None,
    to: str | Path | None = None,
    threads: int | None = None,
    memory: str | None = None,
) -> pd.DataFrame:
    """Read a raw export as records, its cells split and cleaned and its parties placed.

    What an export looks like is said by a description: the spellings of its headers, its separators and units, what a
    row is, and where the places of its parties stand. The shipped ones are ``cn_patents``, ``cn_patent_assignments``,
    ``cn_contracts``, ``regpat``, ``patentsview``, ``cordis`` and ``openalex``; one of your own is a TOML file.

    Rows are lost in no other way than the report says: rows read + rows added by splitting = records + repeated rows +
    rejected rows (``attrs["account"]``).

    Parameters
    ----------
    path : str or Path, or sequence of them
        Files, folders of files of one kind, or patterns (``"exports/*.xlsx"``): CSV, TSV or TXT (also ``.gz``;
        UTF-8, UTF-16 with its mark or GB18030), Excel, Parquet, or JSON lines (``openalex``). The header may stand
        below titles.
    source : str or Path
        Name of a shipped description, or path of one.
    gazetteer : Gazetteer, optional
        Where names and addresses are looked up; by default units of China and cities of the world (extra
        ``gazetteer``). Codes that are keys themselves (``reg_code``, NUTS, ISO) are taken as written without it.
    level : str, optional
        Level of the places: ``"prefecture"``, ``"province"``, ``"county"``, ``"country"``, ``"region"`` (as written in
        REGPAT and CORDIS); by default that of the description.
    organizations : mapping, Series or DataFrame, optional
        ``organization`` and ``place``, for parties without an address of their own. Those that it does not list are
        placed as the same name elsewhere in the file, where that is one place.
    beside : path or sequence of paths
        Further tables of the source, from which columns that the first lacks are taken by their common number (the
        smallest value where there are several): classes of REGPAT, patents and locations of PatentsView, projects.
    unit : str, optional
        Unit of amounts (``"yuan"``, ``"10,000 yuan"``, ``"100 million yuan"``, or in Chinese), where neither header nor
        cells say it. Amounts become 10,000 yuan.
    to : str or Path, optional
        Parquet file that the records are written to; what is returned then holds the report and no rows.
    threads, memory : optional
        Limits of the embedded DuckDB, such as ``threads=2, memory="4GB"``; beyond them it works on disk.

    Returns
    -------
    DataFrame
        One row a patent and applicant (``patent``, ``applicant``, ``place``, ``date`` …), a transfer (several parties
        and their places joined by ``;``, for ``transfer_flows(…, separator=";")``), a contract (``seller`` and
        ``buyer`` are places, beside ``seller_name`` and ``buyer_name``), or a tie. Dates are ISO 8601, as exact as
        written. ``attrs``: ``source``, ``contract``, ``level``, ``account``, ``rejected``, ``placed``, ``unplaced``,
        ``columns`` (header of each column), ``separators`` (rows that hold each mark), ``undated``, ``unit``,
        ``beside``.

    Raises
    ------
    MissingExtraError
        Without the extras ``records`` and, where no gazetteer is given, ``gazetteer``.
    TableError
        If a file cannot be read, lacks a column, or has one twice; if no unit of amounts is known.
    OptionError
        If an option is outside its choices, or a description is incomplete.

    Warns
    -----
    InnoscapeWarning
        For each kind of row that was rejected, parties without a place, dates that are missing or were numbers, a
        number of rows at which services cut their exports.

    Examples
    --------
    >>> import warnings
    >>> with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     lines = ["app_nbr|person_id|reg_code|ctry_code|reg_share|inv_share",
    ...              "EP1|7|DE212|DE|1|0.5", "EP1|8|FR101|FR|1|0.5", "EP1|8|FR101|FR|1|0.5"]
    ...     _ = Path(folder, "inventors.txt").write_text(chr(10).join(lines), encoding="utf-8")
    ...     records = read_records(f"{folder}/inventors.txt", "regpat")
    >>> records[["patent", "applicant", "place", "share"]]
      patent applicant  place  share
    0    EP1         7  DE212    0.5
    1    EP1         8  FR101    0.5
    >>> records.attrs["account"]
    {'rows': 3, 'split': 0, 'records': 2, 'repeated': 1, 'rejected': 0}
    """
    known = read_description(source)
    if known.dimensions:
        raise OptionError(f"source: {known.name} holds indicators, not records; use read_indicators")
    at = level or known.level
    rules = [tuple(rule for rule in party.places if not rule.levels or at in rule.levels) for party in known.parties]
    if not all(rules):
        known_levels = sorted({one for party in known.parties for rule in party.places for one in rule.levels})
        raise OptionError(f"level: needed one of {', '.join(known_levels)} for {known.name}, got {at!r}")
    if gazetteer is not None and not isinstance(gazetteer, Gazetteer):
        raise OptionError(f"gazetteer: needed a Gazetteer, got {type(gazetteer).__name__}")
    if to is not None and Path(to).suffix.lower() not in _PARQUET:
        raise OptionError(f"to: needed a file {' or '.join(_PARQUET)}, got {Path(to).name!r}")
    files = files_of(path)
    whole = Path(path).name if isinstance(path, str | Path) else str(few([file.name for file in files], most=3))
    report = SourceReport(files[0].name if len(files) == 1 else whole)
    report.attrs |= {"source": known.name, "contract": known.contract, "level": at}
    further = [beside] if isinstance(beside, str | Path) else list(beside)
    scratch = tempfile.TemporaryDirectory(prefix="innoscape-")
    with scratch as folder, duckdb_of(Path(folder), threads=threads, memory=memory) as con:
        opened = open_exports(con, files, known, "raw", Path(folder))
        if not opened.rows:
            raise TableError([Fault.of("faults.file.empty", report.where)])
        rejected, repeated = sift_rows(con, opened, known, unit, report)
        columns = join_tables(con, opened, known, further, Path(folder), report)
        places = Places(gazetteer, at, _organizations(organizations))
        query, split = _records(con, known, rules, columns, places, report)
        records = None
        if to is not None:
            work = Path(folder, "records.parquet")
            records = con.execute(f"COPY ({query}) TO {sql_text(str(work))} (FORMAT parquet)").fetchall()[0][0]
            write_file(to, work.read_bytes())
            query = f"SELECT * FROM ({query}) LIMIT 0"
        frame = con.sql(query).to_arrow_table().to_pandas()
        account = {"rows": opened.rows, "split": split, "records": len(frame) if records is None else int(records)}
        report.attrs["account"] = account | {"repeated": repeated, "rejected": rejected}
    report.close(frame, stacklevel=2)
    return frame


def _organizations(given: Any) -> pd.DataFrame | None:  # noqa: ANN401 - whatever was given
    """Return a table of organizations and places, whatever it was given as."""
    if given is None:
        return None
    if isinstance(given, Mapping):
        given = pd.Series(dict(given), dtype="object")
    if isinstance(given, pd.Series):
        items = list(given.items())
        return pd.DataFrame(items, columns=["name", "place"], dtype="str")
    if isinstance(given, pd.DataFrame) and {"organization", "place"} <= {*given.columns}:
        found = given[["organization", "place"]].dropna().astype("str")
        return found.set_axis(["name", "place"], axis=1)
    raise OptionError("organizations: needed a mapping, a Series, or a frame with the columns organization and place")


def _records(
    con: "DuckDBPyConnection",
    source: Description,
    rules: list[tuple[PlaceRule, ...]],
    columns: list[str],
    places: Places,
    report: SourceReport,
) -> tuple[str, int]:
    """Split and place the parties, and return the query of the records and how many rows splitting added."""
    made = []
    marks: dict[str, int] = {}
    for party, some in zip(source.parties, rules, strict=True):
        if party.name in columns:
            part_known_names(con, "kept", party, source, report)
        for mark, n in marks_in(con, "kept", party, source).items() if party.name in columns else ():
            marks[mark] = marks.get(mark, 0) + n
        made.append(split_parties(con, "kept", party, source, some))
    tables = {table: party.split for table, party in zip(made, source.parties, strict=True)}
    split = report.parties(con, tables, marks)
    placed = place_parties(con, made, rules, places)
    report.placed(con, placed)
    used = {column for party in source.parties for rule in party.places for column in rule.columns}
    used |= {one for party in source.parties for one in (party.name, *party.beside)}
    rest = [one for one in columns if one not in used]
    shown = [f"k.{quoted(one)}" for one in rest if one != source.id]
    first = [f"k.{quoted(source.id)}"] if source.id in rest else []
    if source.rows == "party":
        party = source.parties[0]
        ends = [f"p.name AS {quoted(party.name)}", f"p.place AS {quoted(party.place)}"]
        ends += [f"p.{quoted(one)}" for one in party.beside if one in columns]
        cells = ", ".join([*first, *ends, *shown])
        return f"SELECT {cells} FROM kept k JOIN {placed[0]} p USING (n) ORDER BY n, turn", split
    ends, joins = [], []
    for at, (party, table) in enumerate(zip(source.parties, placed, strict=True)):
        joins.append(f"LEFT JOIN ({joined_parties(table, party)}) p{at} USING (n)")
        ends += [f"p{at}.{quoted(name)}" for name in (party.name, party.place)]
    return f"SELECT {', '.join([*first, *ends, *shown])} FROM kept k {' '.join(joins)} ORDER BY n", 0
