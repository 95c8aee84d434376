"""Pull contracts by names as given, find their places and add them up."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from .counting import (
    UNKNOWN,
    Windows,
    add_up,
    name_alone,
    name_places,
    report_unknown,
    span_of,
    spell,
    tally,
    tally_rows,
    window_rows,
    with_first_years,
)
from .engine import fetch, fetch_hashes, filled, in_memory, open_records, pick
from .organizations import known_organizations, open_organizations
from .report import Report
from .spelled_names import best_spellings, marked_names, unasked_marks, written_totals
from .survey_names import survey_names
from .tidying import Cells, leave_out, repeated_once, report_marks, total_rows

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

__all__ = ["name_ends", "pull_contracts", "sum_contracts"]

# rows whose hashes are sorted, 160 MB of them
_SORTED = 20_000_000
_CONTRACTS, _NUMBER, _ENDS = "contract records", "contract", ("seller", "buyer")


def pull_contracts(
    records: object,
    organizations: object,
    columns: dict[str, str],
    con: "BaseBackend",
    *,
    contract: str | None,
    named: bool,
    places: pd.DataFrame | None,
    digits: int | None,
    report: Report,
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return counts and sums by names as given, and the organizations without a place."""
    from . import query as expressions
    from . import written_cells as written

    cells = Cells(con, _CONTRACTS, report)
    opened = open_records(records, con, where=_CONTRACTS)
    numbered = contract is not None and (contract != _NUMBER or _NUMBER in opened.columns)
    table = pick(opened, columns | ({_NUMBER: str(contract)} if numbered else {}), where=_CONTRACTS)
    if numbered:
        summed, repeated = _look_at_numbers(table, con)
        if summed:
            totals = fetch(written.totals_among(table, _NUMBER), con, where=_CONTRACTS)
            table = leave_out(table, [_NUMBER], totals["name"], cells)
        if repeated:
            table = repeated_once(table, _NUMBER, cells)
        table = table.drop(_NUMBER)
    located, ends, known = table, _ENDS, None
    if organizations is not None:
        listed = open_organizations(organizations, con)
        names = written.names_of([*((table, end) for end in _ENDS), (listed, "organization")])
        found = survey_names(names, None, cells)
        report_marks(found.marked, cells, column="/".join(columns[end] for end in _ENDS), splits=False)
        table = leave_out(table, _ENDS, found.totals, cells)
        for end in _ENDS if found.nodes is not None else ():
            table = written.renamed(table, found.nodes, end)
        known = known_organizations(listed, found.nodes, con)
        located, ends = (
            expressions.locate(table, known, dict(zip(("source", "target"), _ENDS, strict=True))),
            ("source", "target"),
        )
    rows = filled(_totals(located, ends, con, digits=digits), where=_CONTRACTS)
    if organizations is None:
        table, rows = _tidied(table, rows, columns, places, cells, named=named)
    sound = rows["year"].between(*expressions.YEARS)
    if not sound.all():
        rows["year"] = rows["year"].where(sound)
    if digits is not None and rows["sound"].sum() < rows["records"].sum():
        queries = expressions.amounts_left_out(table, digits=digits)
        counts, examples = (fetch(one, con, where=_CONTRACTS) for one in queries)
        report.left_out(counts, examples)
    if known is None or not rows[["source", "target"]].isna().any(axis=None):
        return rows, None
    return rows, fetch(expressions.lost_organizations(table, known, _ENDS), con, where=_CONTRACTS)


def _look_at_numbers(table: "Table", con: "BaseBackend") -> tuple[bool, bool]:
    """Say whether numbers may stand for the sum of others, and whether one may stand twice."""
    from . import written_cells as written

    duckdb = con.name == "duckdb"
    rows = int(fetch(table.aggregate(n=table.count()), con, where=_CONTRACTS)["n"].iloc[0]) if duckdb else 0
    if duckdb and rows <= _SORTED:
        # to sort the hashes of so many takes a fourth of what it takes to count different ones
        found = fetch_hashes(written.hashed(table, _NUMBER), con, rows=rows, where=_CONTRACTS)
        found.sort()
        words = in_memory(pd.DataFrame({_NUMBER: pd.Series(written_totals(), dtype="str")}))
        totals = fetch_hashes(written.hashed(words, _NUMBER), con, rows=len(written_totals()), where=_CONTRACTS)
        at = np.searchsorted(found, totals)
        summed = bool((found[np.minimum(at, len(found) - 1)] == totals).any()) if len(found) else False
        return summed, bool((found[1:] == found[:-1]).any())
    look = fetch(written.look_at_numbers(table, _NUMBER), con, where=_CONTRACTS).iloc[0]
    return bool(look["totals"] is True or look["totals"] == 1), bool(look["hashes"] < look["numbers"])


def _tidied(
    table: "Table",
    rows: pd.DataFrame,
    columns: dict[str, str],
    places: pd.DataFrame | None,
    cells: Cells,
    *,
    named: bool,
) -> tuple["Table", pd.DataFrame]:
    """Look through the names as given; leave out rows that hold the sum of others."""
    counted: dict[str, int] = {}
    for end, name in zip(_ENDS, ("source", "target"), strict=True):
        given = tally_rows(rows[name], rows["records"])
        report_marks(marked_names(given, unasked_marks(None, places=named)), cells, column=columns[end], splits=False)
        counted |= given
    totals = total_rows(counted, places)
    if not totals:
        return table, rows
    summed = rows["source"].isin(totals) | rows["target"].isin(totals)
    return leave_out(table, _ENDS, totals, cells), rows[~summed].reset_index(drop=True)


def _totals(table: "Table", ends: tuple[str, str], con: "BaseBackend", *, digits: int | None) -> pd.DataFrame:
    from ibis.backends.sql import SQLBackend

    from . import query as expressions

    def pull(*, wide: bool) -> pd.DataFrame:
        query = expressions.contract_totals(table, ends, digits=digits, wide=wide)
        return fetch(query, con, where=_CONTRACTS)

    if digits is None:
        return pull(wide=False)
    if isinstance(con, SQLBackend):
        rows = pull(wide=False)
        # without any sound amount there is no largest total
        if not rows["total"].max() >= expressions.EXACT:
            return rows.assign(total=rows["total"].astype("Int64"))
    return pull(wide=True)


def name_ends(
    rows: pd.DataFrame,
    lost: pd.DataFrame | None,
    places: pd.DataFrame | None,
    *,
    named: bool,
    keep: bool,
    report: Report,
) -> pd.DataFrame:
    """Put nodes in place of names as given, and report the names."""
    codes, found = pd.factorize(pd.concat([rows["source"], rows["target"]], ignore_index=True), use_na_sentinel=False)
    mentions = np.zeros(len(found), dtype="int64")
    np.add.at(mentions, codes, np.tile(rows["records"].to_numpy(dtype="int64"), 2))
    given = spell(pd.Series(found)).tolist()
    counted = tally(given, mentions)
    if lost is not None:
        # an empty place is an organization that is not listed: those are named in the report
        counted.pop("", None)
    if named:
        names = name_places(counted, places, keep=keep)
    else:
        united = best_spellings(counted)
        names = name_alone(counted)
        report.united(united, counted)
        names.nodes.update(united)
    report.names(names, "places" if named else "organizations")
    if lost is not None:
        unlisted = tally(spell(lost["name"]), lost["records"])
        report.unknown("unknown_organizations", report_unknown(unlisted, {}), "organizations")
    report.undated(int(rows["records"][rows["year"].isna()].sum()))
    nodes = [names.nodes.get(name, UNKNOWN) for name in given]
    # in categories, by code point, rows are added up and sorted soonest
    ends = pd.Categorical(nodes, categories=sorted(set(nodes))).take(codes)
    return rows.assign(source=ends[: len(rows)], target=ends[len(rows) :])


def sum_contracts(
    rows: pd.DataFrame, windows: Windows, *, digits: int | None, since: bool, report: Report
) -> pd.DataFrame:
    """Add named rows up by window."""
    unplaced = rows["source"].eq(UNKNOWN) | rows["target"].eq(UNKNOWN)
    counted = rows["records" if digits is None else "sound"]
    report.account(
        int(rows["records"].sum()) + report.early,
        split=0,
        pairs=int(counted[~unplaced].sum()),
        single=0,
        unplaced=int(counted[unplaced].sum()),
        rejected=int(rows["records"].sum() - counted.sum()) + report.early,
    )
    by = [name for name in ("source", "target", "year", "sector") if name in rows]
    measures = ["records"] if digits is None else ["records", "sound", "total"]
    span = span_of(rows["year"])
    yearly = add_up(rows, by, measures)
    rows = window_rows(yearly, windows, span)
    if windows.years != 1:
        rows = add_up(rows, ["first_year", *by], measures)
    if since:
        rows = with_first_years(rows, yearly if digits is None else yearly[yearly["sound"] > 0])
    if digits is None:
        return rows.assign(value=rows["records"])
    none = yearly[yearly["sound"] == 0]
    report.attrs["pairs_left_out"] = [
        (source, target, None if pd.isna(year) else int(year), int(records))
        for source, target, year, records in zip(*(none[name] for name in [*by[:3], "records"]), strict=True)
    ]
    rows = rows[rows["sound"] > 0]
    return rows.assign(records=rows["sound"], value=_in_units(rows["total"], 10**digits))


def _in_units(total: pd.Series, parts: int) -> "np.ndarray | list[float]":
    # beyond 53 bits only Python's integers divide without a second rounding
    if len(total) == 0 or total.max() < 2**53:
        return total.to_numpy(dtype="float64") / parts
    return [int(one) / parts for one in total]
