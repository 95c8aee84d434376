"""Count directed records as flows: citations of patents, assignments and licenses."""

from typing import TYPE_CHECKING, Literal

import pandas as pd

from ..options import check_choice
from ..wording.catalogue import text
from .counting import (
    Windows,
    add_up,
    as_windows,
    finish,
    name_places,
    span_of,
    spell,
    tally,
    weigh,
    window_rows,
    with_first_years,
)
from .engine import engine, fetch, filled, in_memory, open_records, pick
from .organizations import known_organizations, open_organizations
from .patents import Options, open_patents, renaming
from .report import Report
from .spelled_names import as_marks, marked_names, unasked_marks
from .survey_names import survey_names
from .tidying import Cells, leave_out, report_marks, split_cells

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

__all__ = ["citation_flows", "sum_links", "transfer_flows"]

_ENDS = ("source", "target")
_REJECTED = ("unnumbered", "unlisted", "inside", "own")
_DOUBTFUL = (*_REJECTED, "again")


def citation_flows(
    citations: object,
    patents: object,
    *,
    citing: str = "citing",
    cited: str = "cited",
    counting: Literal["full", "fractional"] = "full",
    own: bool = True,
    nodes: Literal["place", "applicant"] = "place",
    key: str | None = None,
    patent: str = "patent",
    applicant: str = "applicant",
    place: str = "place",
    date: str = "date",
    separator: "str | Iterable[str] | None" = None,
    organizations: object = None,
    places: pd.DataFrame | None = None,
    unknown: Literal["group", "keep"] = "group",
    window: int | None = 1,
    rolling: bool = False,
    start: int | None = None,
    since: bool = False,
    unit: str | None = None,
    kind: str = "citation",
    connection: "BaseBackend | None" = None,
    threads: int | None = None,
    memory: str | None = None,
) -> pd.DataFrame:
    """Count citations between the places or applicants of patents, from the citing to the cited one.

    A citation between a patent of n nodes and one of m counts 1 for each of the n m pairs (``full``), or 1 / (n m)
    (``fractional``), so that each citation counts 1 in all. Knowledge runs the other way: exchange ``source`` and
    ``target`` to study it. A pair of patents counts once, in the year of the citing one. Citations inside one node are
    rows with ``source == target``.

    Parameters
    ----------
    citations : path, DataFrame, pyarrow or polars table, or Ibis table
        One row a citation: the numbers of the ``citing`` and the ``cited`` patent.
    patents : path, DataFrame, pyarrow or polars table, or Ibis table
        One row a patent and applicant, as `copatent_flows` takes it.
    citing, cited : str
        Names of the columns of citations.
    counting : {"full", "fractional"}
        As above.
    own : bool
        Whether citations between patents that share an applicant count.
    nodes : {"place", "applicant"}
        What flows run between.
    key : str, optional
        Column of ``patents`` with what is one patent, such as its application or family: citations between two of them
        count once, and those inside one are left out. By default each number is a patent.
    patent, applicant, place, date, separator, organizations
        As in `copatent_flows`, of ``patents``.
    places, unknown, window, rolling, start, since, unit, kind, connection, threads, memory
        As in `contract_flows`.

    Returns
    -------
    DataFrame
        Flows contract as in `contract_flows`; ``records`` counts the citations behind the value. ``attrs`` hold what
        `copatent_flows` reports of names and places, ``links`` (pairs of patents that count), ``unlisted`` (rows
        with a patent that is not in ``patents``), ``inside`` (rows inside one key), ``own`` (left out), ``account``.

    Raises
    ------
    MissingExtraError, TableError, OptionError
        As in `contract_flows`.

    Warns
    -----
    InnoscapeWarning
        For citations without a number or with unlisted patents, unknown places, patents without a date.

    References
    ----------
    Jaffe, A. B., Trajtenberg, M., Henderson, R. (1993). Geographic localization of knowledge spillovers as evidenced by
    patent citations. Quarterly Journal of Economics 108, 577-598.

    Examples
    --------
    >>> patents = pd.DataFrame({"patent": ["P1", "P1", "P2", "P3"], "applicant": ["a", "b", "c", "a"],
    ...     "place": ["X", "Y", "Z", "X"], "date": [2010, 2010, 2005, 2001]})
    >>> citations = pd.DataFrame({"citing": ["P1", "P1", "P2"], "cited": ["P2", "P3", "P3"]})
    >>> citation_flows(citations, patents, counting="fractional")[["source", "target", "value", "year"]]
      source target  value  year
    0      Z      X    1.0  2005
    1      X      X    0.5  2010
    2      X      Z    0.5  2010
    3      Y      X    0.5  2010
    4      Y      Z    0.5  2010
    """
    check_choice("counting", counting, ("full", "fractional"))
    check_choice("nodes", nodes, ("place", "applicant"))
    check_choice("unknown", unknown, ("group", "keep"))
    windows = as_windows(window, rolling=rolling, start=start)
    columns = {"patent": patent, "applicant": applicant, "date": date, "key": key or patent}
    columns |= {"place": place} if nodes == "place" else {}
    report = Report(text("warnings.records.citation_records"))
    where = "citation records"
    options = Options(
        key or patent,
        None,
        as_marks(separator),
        organizations=organizations,
        placeless=organizations is not None,
        numbers=True,
    )
    with engine(citations, connection, threads=threads, memory=memory) as con:
        from . import links as expressions
        from . import written_cells as written

        ends = pick(open_records(citations, con, where=where), {"citing": citing, "cited": cited}, where=where)
        cells = Cells(con, "patent records", report)
        opened = open_patents(patents, columns, options, cells, places=places, unknown=unknown)
        table, names = opened.table, None if opened.places is None else renaming(opened.places)
        if opened.applicants.nodes is not None:
            table = written.renamed(table, opened.applicants.nodes, "applicant")
        if names is not None:
            table = written.renamed(table, in_memory(names), "place")
        links, parts = expressions.cited_keys(ends, table)
        if not own:
            links, parts["own"] = expressions.without_own(links, table)
        pairs = expressions.linked_nodes(links, table, nodes)
        rows = fetch(expressions.count_links(pairs, ("citing", "cited"), parts), con, where=where)
    # what was left out of the patents is no citation
    report.early = 0
    flows = sum_links(filled(rows, where=where), windows, counting=counting, since=since, report=report)
    return report.close(finish(flows, kind=kind, unit=unit or "citations", windows=windows), citations)


def transfer_flows(
    records: object,
    *,
    assignor: str = "assignor",
    assignee: str = "assignee",
    assignor_place: str = "assignor_place",
    assignee_place: str = "assignee_place",
    key: str = "patent",
    date: str = "date",
    counting: Literal["full", "fractional"] = "full",
    separator: "str | Iterable[str] | None" = None,
    nodes: Literal["place", "organization"] = "place",
    organizations: object = None,
    places: pd.DataFrame | None = None,
    unknown: Literal["group", "keep"] = "group",
    window: int | None = 1,
    rolling: bool = False,
    start: int | None = None,
    since: bool = False,
    unit: str | None = None,
    kind: str = "transfer",
    connection: "BaseBackend | None" = None,
    threads: int | None = None,
    memory: str | None = None,
) -> pd.DataFrame:
    """Count assignments or licenses of patents, from those who give the right to those who take it.

    A transfer from n to m nodes counts 1 for each of the n m pairs (``full``), or 1 / (n m) (``fractional``), so that
    each transfer counts 1 in all. Rows that agree in number, year, parties and places are one transfer. Those inside
    one node are rows with ``source == target``.

    Parameters
    ----------
    records : path, DataFrame, pyarrow or polars table, or Ibis table
        One row a transfer of a patent.
    assignor, assignee : str
        Names of the columns: who gives and who takes, or licensor and licensee.
    assignor_place, assignee_place : str
        Columns of their places; not read where ``nodes`` are organizations, and not needed with ``organizations``.
    key, date : str
        Number of the patent, and date of the transfer.
    counting : {"full", "fractional"}
        As above.
    separator : str or list of str, optional
        Mark between several parties in one cell, as in `copatent_flows`; places are parted by it too.
    nodes : {"place", "organization"}
        What flows run between.
    organizations : mapping, Series, DataFrame, path or Ibis table, optional
        Table of ``organization`` and ``place``, for parties without a place of their own.
    places, unknown, window, rolling, start, since, unit, kind, connection, threads, memory
        As in `contract_flows`.

    Returns
    -------
    DataFrame
        Flows contract as in `contract_flows`; ``records`` counts the transfers behind the value. ``attrs`` hold names
        and places as there, ``links`` (transfers), ``again`` (those of several rows) and ``account``.

    Raises
    ------
    MissingExtraError, TableError, OptionError
        As in `contract_flows`.

    Warns
    -----
    InnoscapeWarning
        For transfers without a number, repeated rows, unknown places, transfers without a date.

    Examples
    --------
    >>> rows = pd.DataFrame({"patent": ["P1", "P1", "P2"], "assignor": ["a;b", "a;b", "c"], "assignee": ["c", "c", "d"],
    ...     "assignor_place": ["X;Y", "X;Y", "Z"], "assignee_place": ["Z", "Z", "Z"], "date": 2019})
    >>> import warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     flows = transfer_flows(rows, separator=";", counting="fractional")
    >>> flows[["source", "target", "value", "records"]]
      source target  value  records
    0      X      Z    0.5        1
    1      Y      Z    0.5        1
    2      Z      Z    1.0        1
    """
    check_choice("counting", counting, ("full", "fractional"))
    check_choice("nodes", nodes, ("place", "organization"))
    check_choice("unknown", unknown, ("group", "keep"))
    windows = as_windows(window, rolling=rolling, start=start)
    columns = {"source": assignor, "target": assignee, "key": key, "date": date}
    columns |= {"source_place": assignor_place, "target_place": assignee_place} if nodes == "place" else {}
    report = Report(text("warnings.records.transfer_records"))
    with engine(records, connection, threads=threads, memory=memory) as con:
        from . import links as expressions

        cells = Cells(con, "transfer records", report)
        opened = open_records(records, con, where=cells.where)
        if organizations is not None:
            known = {"source_place": "assignor_place", "target_place": "assignee_place"}
            absent = {option for option, name in known.items() if columns.get(option) == name not in opened.columns}
            columns = {option: name for option, name in columns.items() if option not in absent}
        marks = as_marks(separator)
        table = pick(opened, columns, where=cells.where)
        pairs, unnumbered = _parties(table, columns, marks, organizations, cells)
        if nodes == "place":
            pairs = _placed(pairs, marks, places, unknown, cells)
        counted = expressions.count_links(pairs, ["link"], {"unnumbered": unnumbered})
        rows = filled(fetch(counted, con, where=cells.where), where=cells.where)
    flows = sum_links(rows, windows, counting=counting, since=since, report=report)
    return report.close(finish(flows, kind=kind, unit=unit or "transfers", windows=windows), records)


def _parties(
    table: "Table", columns: dict[str, str], marks: tuple[str, ...] | None, organizations: object, cells: Cells
) -> tuple["Table", "Table"]:
    """Return one row a transfer and pair of parties, with their places, and the rows without a number."""
    from . import query as expressions
    from . import written_cells as written

    for end in _ENDS:
        totals = fetch(written.totals_among(table, end), cells.con, where=cells.where)
        table = leave_out(table, [end], totals["name"], cells)
    texts = [option for option in columns if option != "date"]
    shown = {option: expressions.as_text(expressions.as_name(table[option])) for option in texts}
    table = table.select(**shown, year=expressions.sound_year(table["date"]))
    unnumbered = table.filter(table["key"].isnull()).select(rows=1)  # noqa: PD003
    table = table.filter(table["key"].notnull())  # noqa: PD004
    link = table["year"].cast("string").fill_null("")
    for option in texts:
        link = link.concat(chr(31), table[option].fill_null(""))
    table = table.mutate(link=link)
    table = table.group_by(table.columns).aggregate(rows=table.count())
    for end in _ENDS if marks else ():
        beside = f"{end}_place" if f"{end}_place" in columns else None
        table, _ = split_cells(table, marks or (), cells, column=end, beside=beside, columns=columns)
        table = table.drop("turn")
    names, listed = [(table, end) for end in _ENDS], None
    if organizations is not None:
        listed = open_organizations(organizations, cells.con)
        names.append((listed, "organization"))
    found = survey_names(written.names_of(names), marks, cells)
    report_marks(found.marked, cells, column="/".join(columns[end] for end in _ENDS))
    for end in _ENDS if found.nodes is not None else ():
        table = written.renamed(table, found.nodes, end)
    if listed is not None:
        known = known_organizations(listed, found.nodes, cells.con)
        table = expressions.locate(table, known, {f"{end}_known": end for end in _ENDS})
        places = {end: table[f"{end}_known"] for end in _ENDS}
        own = {end: table[f"{end}_place"] for end in _ENDS if f"{end}_place" in columns}
        shown = {f"{end}_place": own[end].coalesce(place) if end in own else place for end, place in places.items()}
        table = table.mutate(**shown)
    return table, unnumbered


def _placed(
    pairs: "Table", marks: tuple[str, ...] | None, places: pd.DataFrame | None, unknown: str, cells: Cells
) -> "Table":
    """Put the places of both parties in their place, and report the names of places."""
    from . import written_cells as written

    given = written.names_of([(pairs, f"{end}_place") for end in _ENDS], blank=True)
    given = fetch(given, cells.con, where=cells.where)
    counted = tally(spell(given["name"]), given["records"])
    report_marks(marked_names(counted, unasked_marks(marks, places=True)), cells, column="place")
    found = name_places(counted, places, keep=unknown == "keep")
    cells.report.names(found, "places")
    pairs = pairs.mutate(source=pairs["source_place"], target=pairs["target_place"])
    names = renaming(found)
    for end in _ENDS if names is not None else ():
        pairs = written.renamed(pairs, in_memory(names), end)
    return pairs


def sum_links(
    rows: pd.DataFrame, windows: Windows, *, counting: str, since: bool, report: Report, again: bool = True
) -> pd.DataFrame:
    """Weigh the pairs of links and add them up by window, and report the profile of the rows."""
    profile = rows[rows["part"] != "pair"]
    totals = profile.groupby("part")["records"].sum()
    found = {name: int(totals.get(name, 0)) for name in ("links", *_DOUBTFUL) if name in totals.index}
    report.counts({"links": 0, **found}, _DOUBTFUL if again else _REJECTED)
    rejected = sum(found.get(name, 0) for name in _REJECTED) + report.early
    placed = {"pairs": int(totals.get("paired", 0)), "single": 0, "unplaced": int(totals.get("lost", 0))}
    split = report.attrs.get("split", {"rows": 0, "names": 0})
    added = split["names"] - split["rows"]
    report.account(sum(placed.values()) + rejected - added, split=added, **placed, rejected=rejected)
    links = profile[profile["part"] == "links"]
    report.undated(int(links.loc[links["year"].isna(), "records"].sum()))
    pairs = rows[rows["part"] == "pair"]
    yearly = add_up(pairs, ["source", "target", "year", "n"], ["records"])
    rows = window_rows(yearly, windows, span_of(links["year"]))
    n = rows["n"].astype("float64").to_numpy()
    rows = weigh(rows, ["first_year", "source", "target", "year"], 1 / n if counting == "fractional" else n**0)
    return with_first_years(rows, yearly) if since else rows
