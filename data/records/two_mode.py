"""Count ties between two kinds of nodes, and project them onto one of the kinds."""

import warnings
from typing import TYPE_CHECKING, Literal

import pandas as pd

from ..errors import InnoscapeWarning, OptionError
from ..options import check_choice, check_columns
from ..wording.catalogue import text
from .counting import as_windows, finish, name_places, spell, tally
from .directed_flows import sum_links
from .engine import engine, fetch, filled, in_memory, open_records, pick
from .flows import copatent_flows
from .patents import renaming
from .report import Report
from .spelled_names import as_marks
from .survey_names import survey_names
from .tidying import Cells, leave_out, report_marks, split_cells

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ibis.backends import BaseBackend
    from ibis.expr.types import Table

__all__ = ["project_ties", "two_mode"]


def two_mode(
    records: object,
    *,
    left: str,
    right: str,
    key: str | None = None,
    counting: Literal["full", "fractional"] = "full",
    date: str | None = "date",
    separator: "str | Iterable[str] | None" = None,
    places: pd.DataFrame | None = None,
    unknown: Literal["group", "keep"] = "group",
    window: int | None = 1,
    rolling: bool = False,
    start: int | None = None,
    since: bool = False,
    unit: str | None = None,
    kind: str = "two-mode",
    connection: "BaseBackend | None" = None,
    threads: int | None = None,
    memory: str | None = None,
) -> pd.DataFrame:
    """Count the ties of a two-mode network, such as projects and organizations, or cities and technologies.

    Without ``key`` a tie counts the rows in which both stand. With it, a tie counts the keys (patents, say) in which
    both stand: 1 for each (``full``), or 1 over the ties of that key (``fractional``), so that each key counts 1.

    Parameters
    ----------
    records : path, DataFrame, pyarrow or polars table, or Ibis table
        One row a tie; see `contract_flows` for what may be given and what is stripped.
    left, right : str
        Columns of the two kinds of nodes.
    key : str, optional
        Column of what is counted, such as the number of a patent; its rows count once, in its first year.
    counting : {"full", "fractional"}
        As above; fractions need ``key``.
    date : str or None
        Column of the date; None where there is none.
    separator : str or list of str, optional
        Mark between several names in one cell of ``right``, see `copatent_flows`.
    places : DataFrame, optional
        Places contract by which the names of ``left`` are matched, as in `match_places`. Without it, and on the right,
        spellings that differ in width, case, white space and brackets alone are one name.
    unknown, window, rolling, start, since, unit, kind, connection, threads, memory
        As in `contract_flows`.

    Returns
    -------
    DataFrame
        One row a tie: columns named as ``left`` and ``right``, ``value, kind, year, unit, status, records`` and, for
        windows, ``first_year``; sorted. ``attrs["modes"]`` names the two columns; ``links`` counts keys, or rows where
        there is no ``key``; ``united``, ``totals``, ``unknown`` and ``account`` are as in `contract_flows`.

    Raises
    ------
    MissingExtraError, TableError, OptionError
        As in `contract_flows`.

    Warns
    -----
    InnoscapeWarning
        As `contract_flows` does.

    Examples
    --------
    >>> rows = pd.DataFrame({"project": list("ppqqq"), "organization": list("ABABC"), "date": 2020})
    >>> ties = two_mode(rows, left="project", right="organization")
    >>> ties[["project", "organization", "value"]].values.tolist()
    [['p', 'A', 1.0], ['p', 'B', 1.0], ['q', 'A', 1.0], ['q', 'B', 1.0], ['q', 'C', 1.0]]
    >>> project_ties(ties, onto="organization", counting="fractional")[["source", "target", "value"]]
      source target  value
    0      A      B    1.5
    1      A      C    0.5
    2      B      C    0.5
    """
    check_choice("counting", counting, ("full", "fractional"))
    check_choice("unknown", unknown, ("group", "keep"))
    if counting == "fractional" and key is None:
        raise OptionError('counting="fractional" needs key, the column of what is shared out among its ties')
    if left == right:
        raise OptionError(f"left and right must be two columns, got {left!r} twice")
    windows = as_windows(window, rolling=rolling, start=start)
    columns = {"source": left, "target": right}
    columns |= {"date": date} if date else {}
    columns |= {"key": key} if key else {}
    report = Report(text("warnings.records.tie_records"))
    with engine(records, connection, threads=threads, memory=memory) as con:
        cells = Cells(con, "two-mode records", report)
        table = pick(open_records(records, con, where=cells.where), columns, where=cells.where)
        counted = _ties(table, columns, as_marks(separator), places, cells, keep=unknown == "keep")
        rows = filled(fetch(counted, con, where=cells.where), where=cells.where)
    ties = sum_links(rows, windows, counting=counting, since=since, report=report, again=False)
    ties = finish(ties, kind=kind, unit=unit or ("keys" if key else "rows"), windows=windows)
    report.attrs["modes"] = (left, right)
    return report.close(ties.rename(columns={"source": left, "target": right}), records)


def _ties(
    table: "Table",
    columns: dict[str, str],
    marks: tuple[str, ...] | None,
    places: pd.DataFrame | None,
    cells: Cells,
    *,
    keep: bool,
) -> "Table":
    """Return the counts of ties, with nodes in place of names as given."""
    import ibis

    from . import links as expressions
    from . import query
    from . import written_cells as written

    texts = [option for option in columns if option != "date"]
    shown = {option: query.as_text(query.as_name(table[option])) for option in texts}
    shown["year"] = query.sound_year(table["date"]) if "date" in columns else ibis.literal(None, "int32")
    table = table.select(**shown)
    for end in ("source", "target"):
        totals = fetch(written.totals_among(table, end), cells.con, where=cells.where)
        table = leave_out(table, [end], totals["name"], cells)
    parts = {}
    if "key" in columns:
        parts["unnumbered"] = table.filter(table["key"].isnull()).select(rows=1)  # noqa: PD003
        table = table.filter(table["key"].notnull())  # noqa: PD004
        table = table.mutate(rows=table.count().over(group_by="key"))
    if marks:
        table, counts = split_cells(table, marks, cells, column="target", beside=None, columns=columns)
        table = table.drop("turn")
        if "key" not in columns:
            cells.report.attrs["split"] = counts
    united: list[tuple[str, str, int]] = []
    for end in ("source", "target"):
        if end == "source" and places is not None:
            given = fetch(written.names_of([(table, end)], blank=True), cells.con, where=cells.where)
            found = name_places(tally(spell(given["name"]), given["records"]), places, keep=keep)
            cells.report.names(found, "places")
            names = renaming(found)
            nodes = None if names is None else in_memory(names)
        else:
            surveyed = survey_names(written.names_of([(table, end)]), marks if end == "target" else None, cells)
            report_marks(surveyed.marked, cells, column=columns[end], splits=end == "target")
            nodes = surveyed.nodes
            united += cells.report.attrs["united"]
        table = table if nodes is None else written.renamed(table, nodes, end)
    cells.report.attrs["united"] = united
    return expressions.count_links(table, ["key"], parts) if "key" in columns else expressions.count_rows(table)


def project_ties(
    ties: pd.DataFrame,
    *,
    onto: str,
    through: str | None = None,
    counting: Literal["full", "fractional"] = "full",
    unit: str | None = None,
) -> pd.DataFrame:
    """Project a two-mode network onto one of its kinds of nodes.

    Two nodes count 1 for each node of the other kind that both are tied to (``full``), or 1 / (n - 1) where n nodes are
    tied to it (``fractional``, Newman 2001), so that each of them shares out 1. How often a tie counts is not used.
    Years, or windows, are projected one by one.

    Parameters
    ----------
    ties : DataFrame
        Two-mode network, see `two_mode`.
    onto : str
        Column of the nodes to keep.
    through : str, optional
        Column of the others; by default the other of ``ties.attrs["modes"]``.
    counting : {"full", "fractional"}
        As above.
    unit : str, optional
        Unit of the value; by default what pairs share, such as ``"shared project"``.

    Returns
    -------
    DataFrame
        Flows contract as in `copatent_flows`, without direction; ``kind`` names the projection (``organization by
        project``). ``attrs["projection"]`` holds ``onto``, ``through`` and ``counting``.

    Raises
    ------
    TableError, OptionError
        If a column is absent, or ``through`` is not known.
    MissingExtraError
        Without the extra ``records``.

    References
    ----------
    Newman, M. E. J. (2001). Scientific collaboration networks II. Physical Review E 64, 016132.

    Examples
    --------
    >>> ties = pd.DataFrame({"city": ["A", "B", "B", "C"], "ipc": ["G06", "G06", "H04", "H04"], "year": 2020})
    >>> project_ties(ties, onto="city", through="ipc")[["source", "target", "value", "unit"]]
      source target  value        unit
    0      A      B    1.0  shared ipc
    1      B      C    1.0  shared ipc
    """
    check_choice("counting", counting, ("full", "fractional"))
    modes = tuple(ties.attrs.get("modes", ())) if isinstance(ties, pd.DataFrame) else ()
    if through is None and onto in modes:
        through = modes[1 - modes.index(onto)]
    if through is None or through == onto:
        raise OptionError(f"through: needed the column of the other kind of nodes, got {through!r} beside {onto!r}")
    check_columns(ties, "ties", [onto, through, "year"])
    # a node of the other kind stands for itself in each year
    keys = ties[through].astype("str") + chr(31) + ties["year"].astype("str").fillna("")
    frame = pd.DataFrame({"key": keys, "applicant": ties[onto], "date": ties["year"]})
    with warnings.catch_warnings():
        # ties have been looked through, and need no year
        warnings.simplefilter("ignore", InnoscapeWarning)
        flows = copatent_flows(
            frame,
            key="key",
            nodes="applicant",
            counting=counting,
            separator=(),
            unit=unit or f"shared {through}",
            kind=f"{onto} by {through}",
        )
    report = {name: flows.attrs[name] for name in ("patents", "linked", "undated", "account")}
    flows.attrs = {"projection": {"onto": onto, "through": through, "counting": counting}, **report}
    if "first_year" in ties:
        firsts = ties.drop_duplicates("year").set_index("year")["first_year"]
        flows["first_year"] = flows["year"].map(firsts).astype("Int64")
    return flows
