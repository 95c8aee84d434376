"""Pull the pairs of patents, renaming places on the way, and weigh them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..errors import OptionError
from ..options import check_choice
from ..wording.catalogue import text
from .counting import (
    UNKNOWN,
    Names,
    Scheme,
    Windows,
    add_up,
    name_places,
    span_of,
    spell,
    tally,
    weigh,
    window_rows,
)
from .engine import fetch, filled, open_records, pick
from .report import Report

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table, Value

__all__ = ["as_scheme", "pull_copatents", "sum_copatents"]

_PATENTS = "patent records"
_ALWAYS = ("records", "unnumbered", "unnamed", "patents", "linked")
_PARTS = (*_ALWAYS, "sectors", "movers", "ties")
_DOUBTFUL = ("unnumbered", "unnamed", "sectors", "movers", "ties")


def as_scheme(counting: str, members: str | None, nodes: str, *, order: str | None) -> Scheme:
    """Check how pairs are to be formed."""
    check_choice("counting", counting, ("full", "fractional", "star"))
    check_choice("nodes", nodes, ("place", "applicant"))
    check_choice("members", members, ("places", "applicants", None))
    members = members or f"{nodes}s"
    if (members, nodes) == ("places", "applicant"):
        raise OptionError("nodes='applicant' needs members='applicants': a pair of places names no applicants")
    if counting == "star" and order is None:
        raise OptionError('counting="star" needs order, the column with the position of each applicant')
    return Scheme(members, nodes, counting)


def pull_copatents(
    records: object,
    columns: dict[str, str],
    scheme: Scheme,
    con: "BaseBackend",
    *,
    key: "str | Callable[[Value], Value]",
    length: int | None,
    places: pd.DataFrame | None,
    unknown: str,
    report: Report,
) -> pd.DataFrame:
    """Return counts of pairs between nodes and the profile of the patents, by year."""
    from . import query as expressions

    table = pick(open_records(records, con, where=_PATENTS), columns, where=_PATENTS)
    table = _columns(table, key, length)
    names = None
    if "place" in columns:
        given = table.group_by("place").aggregate(records=table.count()).rename(name="place")
        given = fetch(given, con, where=_PATENTS)
        found = name_places(tally(spell(given["name"]), given["records"]), places, keep=unknown == "keep")
        report.names(found, "places")
        names = _renaming(found)
    return filled(fetch(expressions.copatent_pairs(table, scheme, names=names), con, where=_PATENTS), where=_PATENTS)


def _columns(table: "Table", key: "str | Callable[[Value], Value]", length: int | None) -> "Table":
    from . import query as expressions

    shown = {
        "applicant": expressions.as_name(table["applicant"]).nullif(""),
        "year": expressions.sound_year(table["date"]),
    }
    if "key" in table.columns:
        shown["key"] = table["key"]
    else:
        shown["key"] = key(table["patent"]) if callable(key) else expressions.publication_key(table["patent"])
    if "place" in table.columns:
        shown["place"] = expressions.as_name(table["place"])
    if "order" in table.columns:
        shown["order"] = expressions.as_number(table["order"])
    if "sector" in table.columns:
        text = expressions.as_name(table["sector"])
        shown["sector"] = text if length is None else text.substr(0, length)
    return table.select(**shown)


def _renaming(names: Names) -> pd.DataFrame | None:
    """Return the table of renamed places, None where every name is its node."""
    if all(given == node for given, node in names.nodes.items()):
        return None
    return pd.DataFrame({"given": list(names.nodes), "node": list(names.nodes.values())}, dtype="str")


def sum_copatents(
    rows: pd.DataFrame, windows: Windows, *, fraction: str | None, sector: bool, report: Report
) -> pd.DataFrame:
    """Weigh the pairs and add them up by window, and report the profile of the patents."""
    profile = rows[rows["part"] != "pair"]
    totals = profile.groupby("part")["records"].sum()
    found = {name: int(totals.get(name, 0)) for name in _PARTS if name in totals.index or name in _ALWAYS}
    report.counts(found, _DOUBTFUL)
    patents = profile[profile["part"] == "patents"]
    report.undated(int(patents.loc[patents["year"].isna(), "records"].sum()), text("warnings.records.patents"))
    pairs = rows[rows["part"] == "pair"]
    by = ["source", "target", "year", *(["sector"] if sector else [])]
    for end in ("source", "target"):
        pairs = pairs.assign(**{end: spell(pairs[end]).replace("", UNKNOWN)})
    rows = window_rows(add_up(pairs, [*by, "n"], ["records"]), windows, span_of(patents["year"]))
    n = rows["n"].astype("float64").fillna(0).to_numpy()
    weight = np.ones(len(rows))
    if fraction is not None:
        # n = 0 marks pairs inside a place, which count whole
        several = n > 1
        weight[several] = 1 / (n - 1)[several] if fraction == "1/(n-1)" else 1 / (n * (n - 1))[several]
    return weigh(rows, ["first_year", *by], weight)
