"""Pull contracts by names as given, find their places and add them up."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..errors import Fault, TableError
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
    window_rows,
)
from .engine import fetch, filled, open_records, pick
from .report import Report

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

__all__ = ["name_ends", "pull_contracts", "sum_contracts"]

_CONTRACTS, _ORGANIZATIONS = "contract records", "organizations"


def pull_contracts(
    records: object,
    organizations: object,
    columns: dict[str, str],
    con: "BaseBackend",
    *,
    digits: int | None,
    report: Report,
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return counts and sums by names as given, and the organizations without a place."""
    from . import query as expressions

    table = pick(open_records(records, con, where=_CONTRACTS), columns, where=_CONTRACTS)
    located, ends, known = table, ("seller", "buyer"), None
    if organizations is not None:
        known = _organizations(organizations, con)
        located, ends = expressions.locate(table, known), ("source", "target")
    rows = filled(_totals(located, ends, con, digits=digits), where=_CONTRACTS)
    sound = rows["year"].between(*expressions.YEARS)
    if not sound.all():
        rows["year"] = rows["year"].where(sound)
    if digits is not None and rows["sound"].sum() < rows["records"].sum():
        queries = expressions.amounts_left_out(table, digits=digits)
        counts, examples = (fetch(one, con, where=_CONTRACTS) for one in queries)
        report.left_out(counts, examples)
    if known is None or not rows[["source", "target"]].isna().any(axis=None):
        return rows, None
    return rows, fetch(expressions.lost_organizations(table, known), con, where=_CONTRACTS)


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


def _organizations(given: object, con: "BaseBackend") -> "Table":
    from . import query as expressions

    if isinstance(given, Mapping | pd.Series):
        given = pd.Series(given, dtype="str").rename("place").rename_axis("organization").reset_index()
    columns = {name: name for name in ("organization", "place")}
    listed = pick(open_records(given, con, where=_ORGANIZATIONS), columns, where=_ORGANIZATIONS, options=False)
    known = expressions.known_organizations(listed)
    torn = fetch(known.filter(known["place"] < known["last"]), con, where=_ORGANIZATIONS)
    faults = [
        Fault.of(
            "faults.records.organization",
            _ORGANIZATIONS,
            name=row["organization"],
            first=row["place"],
            last=row["last"],
        )
        for row in torn.sort_values("organization").head(10).to_dict("records")
    ]
    if faults:
        raise TableError(faults)
    return known


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
    names = name_places(counted, places, keep=keep) if named else name_alone(counted)
    report.counts({"records": int(rows["records"].sum())})
    report.names(names, "places" if named else "organizations")
    if lost is not None:
        unlisted = tally(spell(lost["name"]), lost["records"])
        report.unknown("unknown_organizations", report_unknown(unlisted, {}), "organizations")
    report.undated(int(rows["records"][rows["year"].isna()].sum()))
    nodes = [names.nodes.get(name, UNKNOWN) for name in given]
    # in categories, by code point, rows are added up and sorted soonest
    ends = pd.Categorical(nodes, categories=sorted(set(nodes))).take(codes)
    return rows.assign(source=ends[: len(rows)], target=ends[len(rows) :])


def sum_contracts(rows: pd.DataFrame, windows: Windows, *, digits: int | None, report: Report) -> pd.DataFrame:
    """Add named rows up by window."""
    by = [name for name in ("source", "target", "year", "sector") if name in rows]
    measures = ["records"] if digits is None else ["records", "sound", "total"]
    span = span_of(rows["year"])
    yearly = add_up(rows, by, measures)
    rows = window_rows(yearly, windows, span)
    if windows.years != 1:
        rows = add_up(rows, ["first_year", *by], measures)
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
