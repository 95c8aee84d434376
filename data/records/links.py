"""Count links between two sides, such as citations and transfers, as Ibis expressions."""

from typing import TYPE_CHECKING

import ibis

from .counting import UNKNOWN
from .query import as_name, as_text, by_year, shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ibis.expr.types import Table

__all__ = ["cited_keys", "count_links", "count_rows", "linked_nodes", "without_own"]


def cited_keys(citations: "Table", patents: "Table") -> tuple["Table", dict[str, "Table"]]:
    """Return each pair of patents of which one cites the other, and the rows without such a pair by reason.

    ``citations`` holds ``citing`` and ``cited``; ``patents`` the ``patent``, ``key`` and ``year`` of each row. Pairs
    hold ``citing`` and ``cited`` as keys, the ``year`` of the citing patent, and the ``rows`` behind them.
    """
    rows = citations.select(**{end: as_text(as_name(citations[end])) for end in ("citing", "cited")})
    numbered = rows["citing"].notnull() & rows["cited"].notnull()
    left_out = {"unnumbered": rows.filter(~numbered)}
    rows = rows.filter(numbered)
    rows = rows.group_by(["citing", "cited"]).aggregate(rows=rows.count())
    years = patents.group_by("key").aggregate(year=patents["year"].min())
    numbers = patents.select("patent", "key").distinct()
    for end in ("citing", "cited"):
        known = numbers.select(number="patent", **{f"{end}_key": "key"})
        rows = rows.left_join(known, rows[end] == known["number"]).drop("number")
    known = rows["citing_key"].notnull() & rows["cited_key"].notnull()
    left_out["unlisted"] = rows.filter(~known)
    rows = rows.filter(known).drop("citing", "cited").rename(citing="citing_key", cited="cited_key")
    inside = rows["citing"] == rows["cited"]
    left_out["inside"] = rows.filter(inside)
    rows = rows.filter(~inside)
    rows = rows.group_by(["citing", "cited"]).aggregate(rows=rows["rows"].sum())
    rows = rows.left_join(years, rows["citing"] == years["key"]).drop("key")
    return rows, left_out


def without_own(links: "Table", patents: "Table") -> tuple["Table", "Table"]:
    """Return the links between patents that share no applicant, and the others."""
    names = patents.select("key", "applicant").filter(patents["applicant"].notnull()).distinct()
    cited = names.view().select(key_b="key", name_b="applicant")
    ends = links.select("citing", "cited").inner_join(names, links["citing"] == names["key"])
    ends = ends.inner_join(cited, (ends["cited"] == cited["key_b"]) & (ends["applicant"] == cited["name_b"]))
    own = ends.select("citing", "cited").distinct()
    by = ["citing", "cited"]
    return links.anti_join(own, by), links.semi_join(own, by)


def linked_nodes(links: "Table", patents: "Table", node: str) -> "Table":
    """Put the nodes of the citing and of the cited patent beside each link."""
    nodes = patents.select(key="key", node=node).distinct()
    for end, side in (("citing", "source"), ("cited", "target")):
        known = nodes.view().select(**{f"{side}_key": "key", side: "node"})
        links = links.inner_join(known, links[end] == known[f"{side}_key"]).drop(f"{side}_key")
    return links


def count_links(pairs: "Table", link: "Sequence[str]", parts: "Mapping[str, Table]") -> "Table":
    """Count the pairs of nodes of every link, and profile the rows.

    ``pairs`` holds the columns of the ``link``, ``source``, ``target``, ``year`` and ``rows`` (the same on all rows of
    a link). The result holds parts as `query.copatent_pairs` does: ``pair`` (``n`` being the pairs of the link),
    ``links``, ``again`` (those of several rows) and, as rows, ``paired``, ``lost`` (without a pair of known nodes) and
    the given parts.
    """
    ends = {end: pairs[end].nullif("").fill_null(UNKNOWN) for end in ("source", "target")}
    pairs = pairs.mutate(**ends)
    lost = (pairs["source"] == UNKNOWN) | (pairs["target"] == UNKNOWN)
    pairs = pairs.mutate(lost=ibis.ifelse(lost, 1, 0))
    measures = {"year": pairs["year"].min(), "rows": pairs["rows"].max(), "lost": pairs["lost"].min()}
    pairs = pairs.group_by([*link, "source", "target"]).aggregate(**measures)
    links = pairs.group_by(list(link)).aggregate(
        n=pairs.count(), first=pairs["year"].min(), rows=pairs["rows"].max(), lost=pairs["lost"].min()
    )
    pairs = pairs.drop("year", "rows", "lost").inner_join(links, list(link)).rename(year="first")
    by = ["source", "target", "year", "n"]
    profile = {
        "links": links.select(year="first"),
        "again": links.filter(links["rows"] > 1).select(year="first"),
        "paired": links.filter(links["lost"] == 0).select("rows", year="first"),
        "lost": links.filter(links["lost"] == 1).select("rows", year="first"),
    }
    profile |= {name: rows.mutate(year=ibis.literal(None, "int32")) for name, rows in parts.items()}
    counted = shape("pair", pairs.group_by(by).aggregate(records=pairs.count()))
    return ibis.union(counted, *(by_year(part, table) for part, table in profile.items()))


def count_rows(pairs: "Table") -> "Table":
    """Count rows of ``source``, ``target`` and ``year`` as `count_links` counts links of one pair each."""
    ends = {end: pairs[end].nullif("").fill_null(UNKNOWN) for end in ("source", "target")}
    pairs = pairs.mutate(**ends, n=1)
    lost = (pairs["source"] == UNKNOWN) | (pairs["target"] == UNKNOWN)
    profile = {"links": pairs, "paired": pairs.filter(~lost), "lost": pairs.filter(lost)}
    counted = pairs.group_by(["source", "target", "year", "n"]).aggregate(records=pairs.count())
    return ibis.union(shape("pair", counted), *(by_year(part, table.select("year")) for part, table in profile.items()))
