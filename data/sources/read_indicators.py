"""Read SDMX-CSV tables of statistical offices as indicators, one value of every dimension at a time."""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ..errors import Fault, OptionError, TableError
from ..options import check_choice, nearest
from ..places.gazetteer import Gazetteer
from ..wording.catalogue import few
from .description import Column, Description, read_description
from .exports import Exports, duckdb_of, files_of, open_exports, quoted, sql_text
from .headers import folded_header
from .parties import Places, place_parties, split_parties
from .sift_rows import sift_rows
from .source_report import SourceReport

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["read_indicators"]

_LABELED = (r"^([^:\s]+)\s*:\s.*$", r"\1")
_NUMBER = r"^([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*[a-z]{0,4}$"
_FLAG = r"^(?::|[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*([a-z]{1,4})$"
_YEAR = r"^([0-9]{4})(?:-A1)?$"
_SHOWN = 3
_ACCOUNT = ("rows", "records", "repeated", "rejected", "blank", "unplaced", "unchosen")


def read_indicators(
    path: str | Path,
    source: str | Path = "sdmx",
    *,
    choose: Mapping[str, object] | None = None,
    indicator: str | None = None,
    level: str | None = None,
    gazetteer: Gazetteer | None = None,
    threads: int | None = None,
    memory: str | None = None,
) -> pd.DataFrame:
    """Read an SDMX-CSV table, as Eurostat, OECD and WIPO give it, as indicators.

    Every column before the value that is neither place nor period is a dimension (``freq``, ``unit``, ``nace_r2`` …).
    One that holds several values must be chosen from; nothing is summed over a dimension. Several chosen values
    become an indicator each. Periods other than years are rejected and counted, not averaged.

    Rows are lost in no other way than the report says: rows = records + repeated + rejected + blank + unplaced +
    unchosen (``attrs["account"]``).

    Parameters
    ----------
    path : str or Path
        A file, folder or pattern, as in `read_records`: SDMX-CSV 1.0 (``DATAFLOW,LAST UPDATE,freq,…``) or 2.0
        (``STRUCTURE,STRUCTURE_ID,…``), with codes, with labels behind them (``A: Annual``) or in columns of their own.
    source : str or Path
        Name of a shipped description with dimensions, or path of one.
    choose : mapping, optional
        Dimension -> code, or several codes to be kept apart.
    indicator : str, optional
        Name of the indicator; by default that of the dataflow. Where several codes of a dimension were chosen, the
        code stands behind it.
    level : str, optional
        Keep codes of this level alone: ``"country"`` (two letters), ``"iso3"``, ``"nuts1"``, ``"nuts2"``, ``"nuts3"``.
        By default every code is kept, those of the European Union as well.
    gazetteer : Gazetteer, optional
        Where codes of places are looked up; by default they are places as written.
    threads, memory : optional
        Limits of the embedded DuckDB.

    Returns
    -------
    DataFrame
        Indicators contract: ``place``, ``indicator``, ``value`` (times 10 to the power of ``UNIT_MULT``), ``year``,
        ``unit`` (code), ``status`` (``estimated`` for flags e, s, f and i, else ``observed``) and, beyond the contract,
        ``flag`` as printed. ``attrs``: ``account``, ``dimensions`` (codes of each), ``flags`` (rows of each),
        ``blank`` (rows without a value by flag), ``rejected``, ``unplaced``, ``columns``, ``source``.

    Raises
    ------
    MissingExtraError
        Without the extra ``records``.
    TableError
        If a file cannot be read or lacks a column, a dimension has several values and is not chosen, or a place and
        year have several values.
    OptionError
        If ``choose`` or another option names something that is not there.

    Warns
    -----
    InnoscapeWarning
        For each kind of row that is not an indicator: without value, place or year.

    Examples
    --------
    >>> import warnings
    >>> with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     lines = ["DATAFLOW,LAST UPDATE,freq,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG",
    ...              "ESTAT:RD(1.0),x,A,MIO_EUR,DE,2019,12.5,p", "ESTAT:RD(1.0),x,A,MIO_EUR,FR,2019,:,c"]
    ...     _ = Path(folder, "rd.csv").write_text(chr(10).join(lines), encoding="utf-8")
    ...     table = read_indicators(f"{folder}/rd.csv")
    >>> table
      place indicator  value  year     unit    status flag
    0    DE        rd   12.5  2019  MIO_EUR  observed    p
    >>> table.attrs["account"]
    {'rows': 2, 'records': 1, 'repeated': 0, 'rejected': 0, 'blank': 1, 'unplaced': 0, 'unchosen': 0}
    """
    known = read_description(source)
    if not known.dimensions:
        raise OptionError(f"source: needed a description with dimensions, got {known.name}; use read_records")
    levels = known.dimensions["levels"]
    if level is not None:
        check_choice("level", level, list(levels))
    if choose is not None and not isinstance(choose, Mapping):
        raise OptionError(f"choose: needed a mapping of dimensions to codes, got {type(choose).__name__}")
    files = files_of(path)
    report = SourceReport(files[0].name if len(files) == 1 else Path(path).name)
    report.attrs["source"] = known.name
    scratch = tempfile.TemporaryDirectory(prefix="innoscape-")
    with scratch as folder, duckdb_of(Path(folder), threads=threads, memory=memory) as con:
        opened = open_exports(con, files, known, "raw", Path(folder))
        if not opened.rows:
            raise TableError([Fault.of("faults.file.empty", report.where)])
        dimensions = [one for one in opened.headers.at if one not in known.columns]
        added = {one: Column(one, (one,), clean=(_LABELED,)) for one in dimensions}
        described = replace(known, columns=known.columns | added)
        rejected, repeated = sift_rows(con, opened, described, None, report)
        picked = _choose(con, opened, dimensions, choose or {}, report)
        unchosen = _narrowed(con, picked, levels[level] if level is not None else None)
        table = _placed(con, described, Places(gazetteer, "written", None), report)
        base = sql_text(indicator) if indicator is not None else _dataflow(opened, files)
        several = [name for name in picked if len(picked[name]) > 1]
        _judged(con, described, opened, table, " || '.' || ".join([base, *map(quoted, several)]))
        found = {"rows": opened.rows, "repeated": repeated, "rejected": rejected, "unchosen": unchosen}
        account = _account(con, found, report)
        frame = con.sql(_RECORDS).to_arrow_table().to_pandas()
    report.attrs["account"] = account
    report.close(frame, stacklevel=2)
    return frame


_RECORDS = (
    "SELECT place, indicator, number AS value, year, unit, status, flag FROM judged WHERE fate = 'record' ORDER BY n"
)


def _choose(
    con: "DuckDBPyConnection",
    opened: Exports,
    dimensions: list[str],
    choose: Mapping[str, object],
    report: SourceReport,
) -> dict[str, list[str]]:
    """Return the chosen codes of each dimension, all of them where there is one; several must be chosen."""
    columns = [one for one in ("dataflow", "unit") if one in opened.headers.at] + dimensions
    written = {one: report.attrs["columns"].get(one, one) for one in columns}
    there = {}
    for one in columns:
        codes = f"SELECT DISTINCT {quoted(one)} FROM kept WHERE {quoted(one)} IS NOT NULL ORDER BY 1"
        there[one] = [row[0] for row in con.execute(codes).fetchall()]
    report.attrs["dimensions"] = {written[one]: there[one] for one in columns}
    by_form = {folded_header(written[one]): one for one in columns} | {folded_header(one): one for one in columns}
    picked = {}
    for name, codes in choose.items():
        form = folded_header(str(name))
        if form not in by_form:
            near = nearest(form, by_form)
            hint = f" (did you mean {written[by_form[near[0]]]!r}?)" if near else ""
            raise OptionError(f"choose: needed one of {', '.join(written.values())}, got {name!r}{hint}")
        asked = [codes] if isinstance(codes, str) or not isinstance(codes, list | tuple | set) else sorted(codes)
        column = by_form[form]
        for one in asked:
            check_choice(f"choose[{name!r}]", str(one), there[column])
        picked[column] = [str(one) for one in asked]
    faults = []
    for one in columns:
        if one not in picked and len(there[one]) > 1 and one != "dataflow":
            said = {"name": written[one], "n": len(there[one]), "values": few(there[one], most=20)}
            faults.append(Fault.of("faults.sources.several", report.where, column=written[one], **said))
    if faults:
        raise TableError(faults)
    return picked


def _narrowed(con: "DuckDBPyConnection", picked: Mapping[str, list[str]], level: str | None) -> int:
    """Take the rows of other codes away, and return how many they were."""
    chosen = [f"{quoted(one)} IN ({', '.join(map(sql_text, codes))})" for one, codes in picked.items()]
    chosen += [f"regexp_full_match(geo, {sql_text(level)})"] if level is not None else []
    if not chosen:
        return 0
    deleted = con.execute(f"DELETE FROM kept WHERE NOT coalesce({' AND '.join(chosen)}, false)").fetchall()
    return int(deleted[0][0])


def _placed(con: "DuckDBPyConnection", source: Description, places: Places, report: SourceReport) -> str:
    rules = [party.places for party in source.parties]
    tables = [
        split_parties(con, "kept", party, source, some) for party, some in zip(source.parties, rules, strict=True)
    ]
    (table,) = place_parties(con, tables, rules, places)
    report.placed(con, [table])
    return table


def _dataflow(opened: Exports, files: list[Path]) -> str:
    """Return the SQL of the name of a dataflow, without its agency and version."""
    stem = sql_text(re.sub(r"\.(csv|tsv|txt|gz|xlsx|parquet)", "", files[0].name, flags=re.IGNORECASE))
    if "dataflow" not in opened.headers.at:
        return stem
    return rf"coalesce(lower(regexp_extract(dataflow, '([^:@]+?)(?:\(.*\))?$', 1)), {stem})"


def _judged(con: "DuckDBPyConnection", source: Description, opened: Exports, placed: str, indicator: str) -> None:
    """Make the table ``judged``: the value, year and status of every row, and what becomes of it."""
    have = opened.headers.at
    flag = "nullif(trim(flag), '')" if "flag" in have else "NULL::VARCHAR"
    unit = "unit" if "unit" in have else "NULL::VARCHAR"
    power = "coalesce(try_cast(multiplier AS INTEGER), 0)" if "multiplier" in have else "0"
    estimated = ", ".join(map(sql_text, source.dimensions["statuses"]["estimated"]))
    con.execute(
        f"CREATE TEMP TABLE observed AS SELECT k.n, p.place, k.period, k.value AS written, {indicator} AS indicator, "
        f"try_cast(regexp_extract(k.value, {sql_text(_NUMBER)}, 1) AS DOUBLE) * pow(10, {power}) AS number, "
        f"try_cast(regexp_extract(k.period, {sql_text(_YEAR)}, 1) AS INTEGER) AS year, {unit} AS unit, "
        f"coalesce({flag}, nullif(regexp_extract(k.value, {sql_text(_FLAG)}, 1), '')) AS flag "
        f"FROM kept k JOIN {placed} p USING (n)"
    )
    con.execute(
        "CREATE TEMP TABLE judged AS SELECT *, CASE WHEN list_has_any(string_split(coalesce(flag, ''), ''), "
        f"[{estimated}]) THEN 'estimated' ELSE 'observed' END AS status, CASE WHEN year IS NULL THEN 'period' "
        "WHEN written IS NULL OR written LIKE ':%' THEN 'blank' WHEN number IS NULL THEN 'unread' "
        "WHEN place IS NULL THEN 'unplaced' ELSE 'record' END AS fate FROM observed"
    )


def _account(con: "DuckDBPyConnection", found: dict[str, int], report: SourceReport) -> dict[str, int]:
    """Count what became of the rows, refuse places and years of several values, and note what is to be warned of."""
    fates = dict(con.execute("SELECT fate, count(*) FROM judged GROUP BY fate").fetchall())
    several = con.execute(
        "SELECT count(*), min(place || ' ' || year) FROM (SELECT place, indicator, year FROM judged "
        "WHERE fate = 'record' GROUP BY ALL HAVING count(*) > 1)"
    ).fetchall()[0]
    if several[0]:
        raise TableError([Fault.of("faults.sources.differing", report.where, n=several[0], example=several[1])])
    for fate, column in (("period", "period"), ("unread", "written")):
        n = fates.get(fate, 0)
        if n:
            rows = con.execute(
                f"SELECT {column} FROM judged WHERE fate = ? GROUP BY 1 ORDER BY min(n) LIMIT {_SHOWN}", [fate]
            ).fetchall()
            examples = [str(row[0]) for row in rows]
            report.attrs["rejected"][fate] = {"rows": n, "examples": examples}
            key = {"period": "warnings.sources.period", "unread": "warnings.sources.unvalued"}[fate]
            report.doubt(key, n=n, examples=few(examples, most=_SHOWN))
            found["rejected"] += n
    blank = con.execute(
        "SELECT coalesce(flag, ''), count(*) FROM judged WHERE fate = 'blank' GROUP BY 1 ORDER BY 1"
    ).fetchall()
    report.attrs["blank"] = dict(blank)
    if blank:
        said = [f"{flag or ':'} ({n})" for flag, n in blank]
        report.doubt("warnings.sources.blank", n=fates["blank"], flags=said)
    flags = con.execute(
        "SELECT flag, count(*) FROM judged WHERE fate = 'record' AND flag IS NOT NULL GROUP BY 1 ORDER BY 1"
    )
    report.attrs["flags"] = dict(flags.fetchall())
    found |= {"records": fates.get("record", 0)} | {fate: fates.get(fate, 0) for fate in ("blank", "unplaced")}
    return {name: found[name] for name in _ACCOUNT}
