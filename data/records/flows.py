"""Turn raw records, technology contracts and patents, into flows between places or organizations.

The work is written once as Ibis expressions and runs where the records lie: on an embedded DuckDB, which reads Parquet
and CSV larger than memory, or on any engine whose Ibis connection is passed. Only the flows are pulled. Results depend
neither on the order of rows nor on partitions or threads.
"""

from typing import TYPE_CHECKING, Literal

import pandas as pd

from ..errors import OptionError
from ..options import check_choice
from ..wording.catalogue import text
from .contracts import name_ends, pull_contracts, sum_contracts
from .counting import as_windows, finish, is_whole
from .engine import engine
from .patents import Options, as_scheme, pull_copatents, sum_copatents
from .report import Report
from .spelled_names import as_marks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ibis.backends import BaseBackend
    from ibis.expr.types import Value

__all__ = ["contract_flows", "copatent_flows"]


def contract_flows(
    records: object,
    *,
    seller: str = "seller",
    buyer: str = "buyer",
    amount: str = "amount",
    date: str = "date",
    contract: str | None = "contract",
    sector: str | None = None,
    value: Literal["amount", "count"] = "amount",
    nodes: Literal["place", "organization"] = "place",
    organizations: object = None,
    places: pd.DataFrame | None = None,
    unknown: Literal["group", "keep"] = "group",
    window: int | None = 1,
    rolling: bool = False,
    start: int | None = None,
    since: bool = False,
    digits: int = 6,
    unit: str | None = None,
    kind: str = "contract",
    connection: "BaseBackend | None" = None,
    threads: int | None = None,
    memory: str | None = None,
) -> pd.DataFrame:
    """Add technology contracts up to flows from sellers to buyers.

    The flow from i to j in a window is the sum of the amounts (or the number) of the contracts that i sold to j.

    - A contract inside one place is kept as a row with ``source == target``; `innoscape.network.to_graph` reads it as
      what is internal to the node, never as an edge.
    - A missing, negative, infinite or unreadable amount is not added; such contracts are counted, shown and warned of,
      and a pair that has no other contract is in the report alone. With ``value="count"`` every contract counts.
    - A place that is not known becomes the node ``(unknown)`` (or keeps its name): no contract is lost.
    - A contract without a readable date is kept in a row without a year.
    - A row that holds the sum of others (``Total``, ``合计``) is left out, counted and warned of.

    Parameters
    ----------
    records : path, DataFrame, pyarrow or polars table, or Ibis table
        One row a contract. A path names a Parquet, CSV or Excel file (its first sheet), a folder of Parquet or CSV
        files, or a pattern (``"deals/*.parquet"``). CSV is UTF-8, UTF-16 with its mark, or GB18030. Text of CSV and
        Excel files and of frames is stripped of white space; other sources are taken as written.
    seller, buyer, amount, date : str
        Names of the columns. A date may be a date, a whole number (2019, 201905 or 20190531) or text beginning
        with the year. Times with a zone are read in UTC.
    contract : str or None
        Column with the number of the contract, used where the records have it. A number whose rows agree counts once;
        where rows differ (parts of a contract, or a mistake) all count, with a warning. None takes every row.
    sector : str, optional
        Column by which flows are kept apart.
    value : {"amount", "count"}
        What is added.
    nodes : {"place", "organization"}
        Whether nodes are places, or the organizations that ``seller`` and ``buyer`` name.
    organizations : mapping, Series, DataFrame, path or Ibis table, optional
        Table of ``organization`` and ``place``; then ``seller`` and ``buyer`` name organizations, and nodes are the
        places they are in. Names agree whatever their width, case, white space and brackets.
    places : DataFrame, optional
        Places contract; names are matched as in `match_places`. Without it names that agree once normalized are one
        place, named by the shortest of them.
    unknown : {"group", "keep"}
        Whether unknown places are grouped as ``(unknown)`` or keep their names.
    window : int or None
        Years added up; None adds all of them.
    rolling : bool
        Whether windows follow each other year by year (complete ones only, or one if the records are shorter) or end
        to end.
    start : int, optional
        First year of a window laid end to end; by default the first year of the records.
    since : bool
        Whether to add the first year of each pair in these records (``since``), and whether it falls into the window
        (``tie``: ``new`` or ``repeated``).
    digits : int
        Decimals to which each amount is rounded before it is added, exactly; amounts must be below 10^(18 - digits).
    unit : str, optional
        Unit of the value, such as ``"100 million yuan"``; by default ``"contracts"``, or for amounts that of
        ``records.attrs["unit"]``, which `read_records` sets, else ``"as recorded"``.
    kind : str
        Kind of flow.
    connection : Ibis backend, optional
        Where to work: a path is read, and a frame sent, there. By default an Ibis table's own, else embedded DuckDB.
    threads, memory : optional
        Limits of the embedded DuckDB, such as ``threads=2, memory="2GB"``; beyond them it works on disk.

    Returns
    -------
    DataFrame
        Flows contract: ``source, target, value, kind, year, unit``, ``sector`` where asked for, ``status``
        (``observed``), ``records`` (contracts added) and, for windows, ``first_year`` (``year`` is the last); sorted.
        ``attrs``: ``records`` (rows read), ``matches`` (names normalized: given, place, how), ``unknown`` (rows, names,
        examples), ``undated`` (rows), ``left_out`` (rows by reason, examples, in pairs), ``totals``, ``united`` (given,
        node, rows), ``repeated`` and ``differing`` (contract numbers in several rows), and ``account``: rows plus those
        that splitting added are ``pairs``, ``single`` (in no pair), ``unplaced`` and ``rejected``.

    Raises
    ------
    MissingExtraError
        Without the extra ``records``.
    TableError
        If records cannot be read, lack a column or hold one of no use, are empty, or an organization stands in several
        places.
    OptionError
        If an option is outside its choices, or the engine of a connection cannot do the work.

    Warns
    -----
    InnoscapeWarning
        For unknown places, records without a date, amounts left out.

    Examples
    --------
    >>> deals = pd.DataFrame({"seller": ["北京", "北京市", "天津", "北京"], "buyer": ["天津", "天津", "北京", "北京"],
    ...     "amount": [2.0, 0.5, 1.0, 4.0], "date": ["2019-03-01", "2019-07-09", "2019-05-31", "2019-01-02"]})
    >>> contract_flows(deals, unit="million yuan")[["source", "target", "value", "year", "records"]]
      source target  value  year  records
    0     北京     北京    4.0  2019        1
    1     北京     天津    2.5  2019        2
    2     天津     北京    1.0  2019        1
    """
    check_choice("value", value, ("amount", "count"))
    check_choice("nodes", nodes, ("place", "organization"))
    check_choice("unknown", unknown, ("group", "keep"))
    windows = as_windows(window, rolling=rolling, start=start)
    if not (is_whole(digits) and 0 <= digits <= 15):
        raise OptionError(f"digits must be a whole number from 0 to 15, got {digits!r}")
    if nodes == "organization" and organizations is not None:
        raise OptionError("organizations gives places to organizations: leave it out, or ask for nodes='place'")
    columns = {"seller": seller, "buyer": buyer, "date": date}
    columns |= {"amount": amount} if value == "amount" else {}
    columns |= {"sector": sector} if sector else {}
    exact = digits if value == "amount" else None
    report = Report(text("warnings.records.contract_records"))
    with engine(records, connection, threads=threads, memory=memory) as con:
        rows, lost = pull_contracts(
            records,
            organizations,
            columns,
            con,
            contract=contract,
            named=nodes == "place",
            places=places,
            digits=exact,
            report=report,
        )
    rows = name_ends(rows, lost, places, named=nodes == "place", keep=unknown == "keep", report=report)
    flows = sum_contracts(rows, windows, digits=exact, since=since, report=report)
    recorded = getattr(records, "attrs", {}).get("unit")
    unit = unit or ("contracts" if exact is None else str(recorded) if recorded else "as recorded")
    return report.close(finish(flows, kind=kind, unit=unit, windows=windows), records)


def copatent_flows(
    records: object,
    *,
    counting: Literal["full", "fractional", "star", "shares"] = "full",
    fraction: Literal["1/(n-1)", "1/n(n-1)"] = "1/(n-1)",
    members: Literal["places", "applicants"] | None = None,
    nodes: Literal["place", "applicant"] = "place",
    key: "str | Callable[[Value], Value]" = "patent",
    patent: str = "patent",
    applicant: str = "applicant",
    place: str = "place",
    date: str = "date",
    separator: "str | Iterable[str] | None" = None,
    share: "str | Iterable[str] | None" = None,
    organizations: object = None,
    order: str | None = None,
    sector: str | None = None,
    sector_length: int | None = None,
    places: pd.DataFrame | None = None,
    unknown: Literal["group", "keep"] = "group",
    window: int | None = 1,
    rolling: bool = False,
    start: int | None = None,
    since: bool = False,
    unit: str | None = None,
    kind: str = "copatent",
    connection: "BaseBackend | None" = None,
    threads: int | None = None,
    memory: str | None = None,
) -> pd.DataFrame:
    """Count co-patents between places or applicants.

    A patent has n members: its distinct places, or its distinct applicants (``members``). Its pairs of members count

    ===================  ==========================================  =====================================
    counting             each pair of different members              a patent adds in all
    ===================  ==========================================  =====================================
    full                 1                                           n (n - 1) / 2
    fractional 1/(n-1)   1 / (n - 1): each member has strength 1     n / 2
    fractional 1/n(n-1)  1 / (n (n - 1)): both directions sum to 1   1 / 2
    star                 1, from the first member to each other one  n - 1
    shares               s t: the product of both shares             (1 - sum of s^2) / 2 if shares sum to 1
    ===================  ==========================================  =====================================

    Pairs other than stars have no direction: ``source`` comes before ``target`` by code point, and the value is that
    of one cell of the symmetric matrix. Stars are directed, from the first member.

    - Pairs inside one place are kept as rows with ``source == target``. Where members are applicants, they are
      the pairs of applicants in that place and count as any pair. Where members are places, a patent with several
      applicants in a place (for stars: in the first place) counts 1 inside it; with shares, the products of theirs.
    - A patent published as A and B counts once, in the year of its first date, if ``key`` says what is one patent.
    - A patent with one member has no pair; it is counted in ``attrs["patents"]``, not in ``attrs["linked"]``.
    - Unknown places become the node ``(unknown)``, patents without a readable date have no year: none is lost.
      Rows without a number cannot be paired; they are counted and warned of. Applicants without a name are one member.

    Parameters
    ----------
    records : path, DataFrame, pyarrow or polars table, or Ibis table
        One row a patent and applicant; see `contract_flows` for what may be given and what is stripped.
    counting, fraction : str
        As above.
    members : {"places", "applicants"}, optional
        What pairs are formed of and n counts; by default the same as ``nodes``. An applicant with several places in one
        patent is one applicant, at the first of them by code point.
    nodes : {"place", "applicant"}
        What flows run between.
    key : str or callable
        What is one patent: a column, such as an application or family number; ``"publication"`` for the number in
        ``patent`` without white space, marks and kind code (CN101234567A and CN 101234567 B are one); or a function
        from the Ibis column ``patent`` to the key. A number cannot unite A and B that have different ones, as in China
        before April 2010.
    patent, applicant, place, date : str
        Names of the columns.
    order : str, optional
        Column with the position of the applicant; stars need it. Members that tie are taken by code point; such patents
        are counted in ``attrs["ties"]``.
    separator : str or list of str, optional
        Mark between several applicants in one cell, such as ``";"``; its other width counts too. Places in the same row
        are parted by it and taken in turn; an applicant without one is unknown, or placed by ``organizations``. Cells
        that hold a mark not asked for are refused, or warned of where they are few; an empty list takes every cell as
        one name. Without ``order`` the first name of a cell is the first member of a star.
    share : str or list of str, optional
        Column of the share of each row, from 0 to 1, or several to multiply, such as those of inventors and regions in
        REGPAT; goes with ``counting="shares"``. Shares are rounded to 6 decimals and multiplied and added exactly. Rows
        that agree in patent, applicant and place count once; rows without a sound share are left out and counted.
    organizations : mapping, Series, DataFrame, path or Ibis table, optional
        Table of ``organization`` and ``place`` for applicants without a place of their own.
    sector : str, optional
        Column by which flows are kept apart, such as ``ipc``. A patent with several counts under the first of them.
    sector_length : int, optional
        Characters of it to use: 1 for the section of the IPC, 3 for the class, 4 for the subclass.
    places, unknown, window, rolling, start, since, unit, kind, connection, threads, memory
        As in `contract_flows`.

    Returns
    -------
    DataFrame
        Flows contract as in `contract_flows`; ``unit`` is ``patents`` unless given, ``records`` counts the pairs behind
        the value. ``attrs`` hold ``records`` (rows), ``patents``, ``linked`` (two members or more), ``undated``,
        ``unnumbered`` (rows), ``unnamed`` (rows without an applicant), ``matches``, ``unknown`` and, where they apply,
        ``sectors`` (patents with several), ``movers`` (applicants with several places in one patent), ``ties``,
        ``split`` (rows and the names in them), ``unshared`` (rows), ``shares`` (patents whose shares exceed 1).

    Raises
    ------
    MissingExtraError, TableError, OptionError
        As in `contract_flows`.

    Warns
    -----
    InnoscapeWarning
        For unknown places, patents without a date, rows without a number or an applicant, ties, united spellings.

    References
    ----------
    Newman, M. E. J. (2001). Scientific collaboration networks II. Physical Review E 64, 016132 (weights 1/(n-1)).

    Examples
    --------
    The first patent has four applicants, two of them in 天津, and is published twice; the second has two.

    >>> first = [("甲", "北京", 1), ("乙", "天津", 2), ("丙", "天津", 3), ("丁", "石家庄", 4)]
    >>> rows = [("CN1A", *one) for one in first] + [("CN1B", *one) for one in first]
    >>> rows += [("CN2A", "乙", "天津", 1), ("CN2A", "甲", "北京", 2)]
    >>> patents = pd.DataFrame(rows, columns=["patent", "applicant", "place", "order"]).assign(date=2018)
    >>> def count(**options):
    ...     flows = copatent_flows(patents, key="publication", **options)
    ...     return {f"{a}-{b}": round(v, 3) for a, b, v in zip(flows["source"], flows["target"], flows["value"])}
    >>> count()
    {'北京-天津': 2.0, '北京-石家庄': 1.0, '天津-天津': 1.0, '天津-石家庄': 1.0}

    Three places, so n = 3 in the first patent, and 2 in the second:

    >>> count(counting="fractional")
    {'北京-天津': 1.5, '北京-石家庄': 0.5, '天津-天津': 1.0, '天津-石家庄': 0.5}
    >>> count(counting="fractional", fraction="1/n(n-1)")
    {'北京-天津': 0.667, '北京-石家庄': 0.167, '天津-天津': 1.0, '天津-石家庄': 0.167}
    >>> count(counting="star", order="order")
    {'北京-天津': 1.0, '北京-石家庄': 1.0, '天津-北京': 1.0}

    Four applicants, so n = 4, and six pairs, one of them inside 天津:

    >>> count(members="applicants")
    {'北京-天津': 3.0, '北京-石家庄': 1.0, '天津-天津': 1.0, '天津-石家庄': 2.0}
    >>> count(members="applicants", counting="fractional")
    {'北京-天津': 1.667, '北京-石家庄': 0.333, '天津-天津': 0.333, '天津-石家庄': 0.667}
    """
    check_choice("unknown", unknown, ("group", "keep"))
    marks = as_marks(separator)
    shares = () if share is None else (share,) if isinstance(share, str) else tuple(share)
    scheme = as_scheme(counting, members, nodes, ordered=bool(order or marks), shared=bool(shares))
    check_choice("fraction", fraction, ("1/(n-1)", "1/n(n-1)"))
    windows = as_windows(window, rolling=rolling, start=start)
    if sector_length is not None and not (sector and is_whole(sector_length) and sector_length >= 1):
        raise OptionError(f"sector_length must be a number of characters of sector, at least 1, got {sector_length!r}")
    if shares and marks:
        raise OptionError("share holds one share a row, and separator makes several rows of one; give one of them")
    columns = {"applicant": applicant, "date": date}
    columns |= {"patent": patent} if callable(key) or key == "publication" else {"key": key}
    # rows of one applicant in several places have a share each
    columns |= {"place": place} if scheme.members == "places" or scheme.nodes == "place" or shares else {}
    columns |= {"order": order} if scheme.counting == "star" and order else {}
    columns |= {"sector": sector} if sector else {}
    columns |= {f"share_{at}": name for at, name in enumerate(shares)}
    report = Report(text("warnings.records.patent_records"))
    options = Options(
        key,
        sector_length,
        marks,
        len(shares),
        organizations,
        placeless=organizations is not None or scheme.nodes == "applicant",
    )
    with engine(records, connection, threads=threads, memory=memory) as con:
        rows, numbered = pull_copatents(
            records, columns, scheme, con, options=options, places=places, unknown=unknown, report=report
        )
    flows = sum_copatents(
        rows,
        numbered,
        windows,
        fraction=fraction if counting == "fractional" else None,
        shared=bool(shares),
        sector=sector is not None,
        since=since,
        report=report,
    )
    return report.close(finish(flows, kind=kind, unit=unit or "patents", windows=windows), records)
