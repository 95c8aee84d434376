"""Pull the pairs of patents, renaming places on the way, and weigh them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from ..errors import OptionError
from ..options import check_choice
from ..wording.catalogue import text
from .counting import (
    SHARES,
    UNKNOWN,
    Names,
    Scheme,
    Windows,
    add_up,
    name_places,
    report_unknown,
    span_of,
    spell,
    tally,
    weigh,
    window_rows,
    with_first_years,
)
from .engine import built_once, fetch, filled, open_records, pick
from .number_names import Numbered, number_names, put_numbers
from .organizations import known_organizations, open_organizations
from .report import Report
from .spelled_names import marked_names, unasked_marks
from .survey_names import Surveyed, survey_names
from .tidying import Cells, leave_out, report_marks, split_cells, total_rows

if TYPE_CHECKING:
    from ibis.backends import BaseBackend
    from ibis.expr.types import Table, Value

__all__ = ["Opened", "Options", "as_scheme", "open_patents", "pull_copatents", "renaming", "sum_copatents"]

_PATENTS = "patent records"
_ALWAYS = ("records", "unnumbered", "unnamed", "patents", "linked")
_PARTS = (*_ALWAYS, "sectors", "movers", "ties", "unshared", "shares")
# rows of the account, and the parts that hold them
_ROWS = {"pairs": "paired", "single": "alone", "unplaced": "lost"}
_DOUBTFUL = ("unnumbered", "unnamed", "sectors", "movers", "ties", "unshared", "shares")


def as_scheme(counting: str, members: str | None, nodes: str, *, ordered: bool, shared: bool) -> Scheme:
    """Check how pairs are to be formed."""
    check_choice("counting", counting, ("full", "fractional", "star", "shares"))
    check_choice("nodes", nodes, ("place", "applicant"))
    check_choice("members", members, ("places", "applicants", None))
    members = members or f"{nodes}s"
    if (members, nodes) == ("places", "applicant"):
        raise OptionError("nodes='applicant' needs members='applicants': a pair of places names no applicants")
    if counting == "star" and not ordered:
        raise OptionError('counting="star" needs order, the column with the position of each applicant')
    if shared != (counting == "shares"):
        raise OptionError('counting="shares" and share, the column of shares, belong together')
    return Scheme(members, nodes, counting)


class Options(NamedTuple):
    """What is one patent, the length of its sector, marks between names, columns of shares, where applicants are."""

    key: "str | Callable[[Value], Value]"
    length: int | None
    marks: tuple[str, ...] | None
    shares: int = 0
    organizations: object = None
    # whether records may do without a column of places
    placeless: bool = False
    # whether the number of the patent is kept beside its key, and the names of applicants are pulled
    numbers: bool = False
    pulled: bool = False


class Opened(NamedTuple):
    """One row a patent and applicant, what was found among the names of applicants, and the nodes of places."""

    table: "Table"
    applicants: Surveyed
    places: Names | None


def open_patents(
    records: object,
    columns: dict[str, str],
    options: Options,
    cells: Cells,
    *,
    places: pd.DataFrame | None,
    unknown: str,
) -> Opened:
    """Return one row a patent and applicant, tidied, with the names of applicants and places that were found in it."""
    opened = open_records(records, cells.con, where=cells.where)
    if options.placeless and columns.get("place") == "place" and "place" not in opened.columns:
        # where each applicant is, is not needed, or known from the table of organizations alone
        columns = {option: name for option, name in columns.items() if option != "place"}
    placed = "place" in columns or options.organizations is not None
    table, applicants = _one_name_a_row(pick(opened, columns, where=cells.where), columns, options, cells)
    table = _columns(table, options)
    if not placed:
        return Opened(table, applicants, None)
    given = table.group_by("place").aggregate(records=table.count()).rename(name="place")
    given = fetch(given, cells.con, where=cells.where)
    counted = tally(spell(given["name"]), given["records"])
    marked = marked_names(counted, unasked_marks(options.marks, places=True))
    report_marks(marked, cells, column=columns.get("place", "place"))
    totals = total_rows(counted, places)
    table = leave_out(table, ["place"], totals, cells)
    counted = {name: count for name, count in counted.items() if name not in totals}
    found = name_places(counted, places, keep=unknown == "keep")
    cells.report.names(found, "places")
    return Opened(table, applicants, found)


def pull_copatents(
    records: object,
    columns: dict[str, str],
    scheme: Scheme,
    con: "BaseBackend",
    *,
    options: Options,
    places: pd.DataFrame | None,
    unknown: str,
    report: Report,
) -> tuple[pd.DataFrame, Numbered]:
    """Return counts of pairs between numbers and the profile of the patents, by year, and the nodes of the numbers."""
    from . import query as expressions

    cells = Cells(con, _PATENTS, report)
    options = options._replace(pulled=scheme.nodes == "applicant")
    opened = open_patents(records, columns, options, cells, places=places, unknown=unknown)
    table, numbered = opened.table, {}
    if opened.applicants.names is not None:
        numbered["applicant"] = number_names(opened.applicants.names, opened.applicants.united)
        table = put_numbers(table, "applicant", numbered["applicant"])
    if opened.places is not None:
        numbered["place"] = number_names(list(opened.places.nodes), opened.places.nodes)
        # an empty cell is a name like any other here
        table = put_numbers(table.mutate(place=table["place"].fill_null("")), "place", numbered["place"])
    unknowns = {"applicant": UNKNOWN} | {column: one.unknown for column, one in numbered.items()}
    query = built_once(expressions.copatent_pairs, table, scheme, tuple(unknowns.items()))
    return filled(fetch(query, con, where=_PATENTS), where=_PATENTS), numbered[scheme.nodes]


def _one_name_a_row(
    table: "Table", columns: dict[str, str], options: "Options", cells: Cells
) -> tuple["Table", Surveyed]:
    """Split the cells of applicants, survey their names, leave totals out and look up places."""
    from . import query as expressions
    from . import written_cells as written

    if options.marks:
        beside = "place" if "place" in columns else None
        table, cells.report.attrs["split"] = split_cells(
            table, options.marks, cells, column="applicant", beside=beside, columns=columns
        )
        table = table.drop("turn") if "order" in columns else table.rename(order="turn")
    names, listed = [(table, "applicant")], None
    if options.organizations is not None:
        listed = open_organizations(options.organizations, cells.con)
        names.append((listed, "organization"))
    found = survey_names(written.names_of(names), options.marks, cells, pulled=options.pulled or None)
    report_marks(found.marked, cells, column=columns["applicant"])
    table = leave_out(table, ["applicant"], found.totals, cells)
    nodes = None
    if found.nodes is not None and (found.names is None or listed is not None):
        table = written.renamed(table, found.nodes, "applicant")
        nodes, found = found.nodes, found._replace(nodes=None)
    if listed is None:
        return table, found
    known = known_organizations(listed, nodes, cells.con)
    placeless = table
    if "place" in columns:
        placeless = table.filter(expressions.as_text(expressions.as_name(table["place"])).isnull())  # noqa: PD003
    lost = fetch(expressions.lost_organizations(placeless, known, ["applicant"]), cells.con, where=cells.where)
    unlisted = tally(spell(lost["name"]), lost["records"])
    unlisted.pop("", None)
    cells.report.unknown("unknown_organizations", report_unknown(unlisted, {}), "organizations")
    table = expressions.locate(table, known, {"known_place": "applicant"})
    place = table["known_place"]
    if "place" in columns:
        place = expressions.as_text(expressions.as_name(table["place"])).coalesce(place)
    return table.mutate(place=place).drop("known_place"), found


def _columns(table: "Table", options: "Options") -> "Table":
    from . import query as expressions

    key = options.key
    shown = {
        "applicant": expressions.as_name(table["applicant"]).nullif(""),
        "year": expressions.sound_year(table["date"]),
    }
    if options.numbers:
        shown["patent"] = expressions.as_text(expressions.as_name(table["patent"]))
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
        shown["sector"] = text if options.length is None else text.substr(0, options.length)
    if options.shares:
        shown["share"] = expressions.as_share(table[f"share_{at}"] for at in range(options.shares))
    return table.select(**shown)


def renaming(names: Names) -> pd.DataFrame | None:
    """Return the table of renamed places, None where every name is its node."""
    if all(given == node for given, node in names.nodes.items()):
        return None
    return pd.DataFrame({"given": list(names.nodes), "node": list(names.nodes.values())}, dtype="str")


def sum_copatents(
    rows: pd.DataFrame,
    numbered: Numbered,
    windows: Windows,
    *,
    fraction: str | None,
    shared: bool,
    sector: bool,
    since: bool,
    report: Report,
) -> pd.DataFrame:
    """Weigh the pairs and add them up by window, and report the profile of the patents."""
    profile = rows[rows["part"] != "pair"]
    totals = profile.groupby("part")["records"].sum()
    # what was summed beside the records of a part
    names = {*_PARTS, *_ROWS.values()} - {"records"}
    beside = profile[[name for name in profile.columns if name in names]].sum()
    totals = pd.concat([totals, beside[beside > 0]])
    found = {name: int(totals.get(name, 0)) for name in _PARTS if name in totals.index or name in _ALWAYS}
    report.counts(found, _DOUBTFUL)
    split = report.attrs.get("split", {"rows": 0, "names": 0})
    added, unshared = split["names"] - split["rows"], found.get("unshared", 0)
    report.account(
        found["records"] + unshared + report.early - added,
        split=added,
        **{name: int(totals.get(part, 0)) for name, part in _ROWS.items()},
        rejected=found["unnumbered"] + unshared + report.early,
    )
    patents = profile[profile["part"] == "patents"]
    report.undated(int(patents.loc[patents["year"].isna(), "records"].sum()), text("warnings.records.patents"))
    pairs = rows[rows["part"] == "pair"]
    by = ["source", "target", "year", *(["sector"] if sector else [])]
    for end in ("source", "target"):
        pairs = pairs.assign(**{end: numbered.named(pairs[end])})
    yearly = add_up(pairs, [*by, *(["n"] if fraction else [])], ["records", *(["total"] if shared else [])])
    rows = window_rows(yearly, windows, span_of(patents["year"]))
    if shared:
        rows = add_up(rows, ["first_year", *by], ["records", "total"])
        rows["value"] = [int(total) / (2 * SHARES**2) for total in rows["total"]]
    elif fraction is None:
        rows = rows if windows.years == 1 else add_up(rows, ["first_year", *by], ["records"])
        rows = rows.assign(value=rows["records"])
    else:
        n = rows["n"].to_numpy(dtype="float64")
        weight = np.ones(len(rows))
        # n = 0 marks pairs inside a place, which count whole
        several = n > 1
        weight[several] = 1 / (n - 1)[several] if fraction == "1/(n-1)" else 1 / (n * (n - 1))[several]
        rows = weigh(rows, ["first_year", *by], weight)
    return with_first_years(rows, yearly) if since else rows
