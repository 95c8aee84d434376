"""Write the way from raw records to flows as Ibis expressions, the same for every engine.

Engines only count and add whole numbers: amounts are taken as whole multiples of the last decimal, and fractions are
left to the caller, patents being counted by their number of members. So neither the order of rows nor the number of
partitions or threads can change a result.
"""

# ruff: noqa: PD003, PD004  Ibis says isnull and notnull
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from ._records_frames import UNKNOWN, Scheme
from ._records_input import in_memory

if TYPE_CHECKING:
    from ibis.expr.types import BooleanValue, Table, Value

__all__ = [
    "YEARS",
    "amounts_left_out",
    "as_number",
    "contract_totals",
    "copatent_pairs",
    "known_organizations",
    "locate",
    "lost_organizations",
    "publication_key",
    "sound_year",
]

YEARS = (1000, 3000)
_NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_SPARE = 18  # digits of the whole numbers that amounts become


def as_text(column: "Value") -> "Value":
    """Return a column as text without white space around it; empty cells are missing."""
    return column.cast("string").strip().nullif("")


def as_number(column: "Value") -> "Value":
    """Return a column as floating-point numbers; what is no number is missing."""
    if not column.type().is_string():
        return column.cast("float64")
    text = as_text(column)
    return ibis.ifelse(text.re_search(_NUMBER), text, None).try_cast("float64")


def as_year(column: "Value") -> "Value":
    """Return the year of dates, of whole numbers (2019, 20190531) or of text that begins with four digits."""
    kind = column.type()
    if kind.is_temporal():
        year = column.year()
    elif kind.is_string():
        year = column.re_extract(r"^\s*([0-9]{4})", 1).nullif("").try_cast("int64")
    else:
        whole = ibis.ifelse(column.between(1000, 99991231), column, None).cast("int64")
        year = ibis.ifelse(whole > 9999, (whole / 10000).floor(), whole)
    return year.cast("int32")


def sound_year(column: "Value") -> "Value":
    """Return the year, missing where it is out of the range of years."""
    year = as_year(column)
    return ibis.ifelse(year.between(*YEARS), year, None)


def publication_key(number: "Value") -> "Value":
    """Reduce a publication number to what its A and B publications share: no white space, no marks, no kind code."""
    plain = number.cast("string").upper().re_replace("[^0-9A-Z]+", "")
    return plain.re_extract("^(.*?[0-9])([A-Z][0-9]?)?$", 1).nullif("").coalesce(plain).nullif("")


def _sound(amount: "Value", digits: int) -> "BooleanValue":
    # not-a-number fails the upper bound on every engine: it counts as larger than any number
    return (amount >= 0) & (amount < 10.0 ** (_SPARE - digits))


def _whole(amount: "Value", digits: int) -> "Value":
    scaled = ibis.ifelse(_sound(amount, digits), amount, None) * 10.0**digits
    return (scaled + 0.5).floor().cast(f"decimal({_SPARE}, 0)")


def contract_totals(table: "Table", *, ends: tuple[str, str], columns: dict[str, str], digits: int | None) -> "Table":
    """Count contracts and add their amounts by pair, year and sector.

    ``columns`` names the columns ``date`` and, where wanted, ``sector`` and ``amount``; without ``digits`` amounts are
    not read. The result holds ``source``, ``target``, ``year``, ``sector``, ``records``, ``sound``, ``total``.
    """
    shown = {"source": table[ends[0]].cast("string"), "target": table[ends[1]].cast("string")}
    shown["year"] = as_year(table[columns["date"]])
    if "sector" in columns:
        shown["sector"] = table[columns["sector"]].cast("string")
    by = list(shown)
    if digits is not None:
        shown["whole"] = _whole(as_number(table[columns["amount"]]), digits)
    rows = table.select(**shown)
    measures = {"records": rows.count()}
    if digits is not None:
        measures |= {"sound": rows["whole"].count(), "total": rows["whole"].sum()}
    return rows.group_by(by).aggregate(**measures)


def locate(table: "Table", organizations: "Table", ends: tuple[str, str]) -> "Table":
    """Put the places of seller and buyer beside them, as ``source_place`` and ``target_place``; unknown ones are empty.

    ``organizations`` holds every ``organization`` once, with its ``place``.
    """
    for side, end in zip(("source", "target"), ends, strict=True):
        known = organizations.select(**{f"{side}_name": "organization", f"{side}_place": "place"})
        table = table.left_join(known, table[end].cast("string") == known[f"{side}_name"]).drop(f"{side}_name")
    return table


def known_organizations(table: "Table") -> "Table":
    """Return every organization once, with the first and the last of its places by name."""
    rows = table.select(organization=as_text(table["organization"]), place=as_text(table["place"]))
    rows = rows.filter(rows["organization"].notnull() & rows["place"].notnull())
    return rows.group_by("organization").aggregate(place=rows["place"].min(), last=rows["place"].max())


def lost_organizations(table: "Table", organizations: "Table", ends: tuple[str, str]) -> "Table":
    """Count the mentions of organizations that are not in the table of organizations."""
    both = ibis.union(*(table.select(name=table[end].cast("string")) for end in ends))
    lost = both.anti_join(organizations, both["name"] == organizations["organization"])
    return lost.group_by("name").aggregate(records=lost.count())


def amounts_left_out(table: "Table", *, ends: tuple[str, str], column: str, digits: int) -> tuple["Table", "Table"]:
    """Return the counts by reason of amounts that are not added, and the first five such rows."""
    written = table[column].cast("string")
    amount = as_number(table[column])
    empty = as_text(table[column]).isnull() if table[column].type().is_string() else amount.isnull()
    reason = ibis.cases(
        (empty, "missing"), (amount < 0, "negative"), (amount.isnull(), "not a number"), else_="too large or infinite"
    )
    rows = table.select(
        reason=reason,
        seller=table[ends[0]].cast("string"),
        buyer=table[ends[1]].cast("string"),
        amount=written,
        sound=_sound(amount, digits).fill_null(False),
    )
    bad = rows.filter(~rows["sound"]).drop("sound")
    counts = bad.group_by("reason").aggregate(records=bad.count())
    return counts, bad.order_by(["reason", "seller", "buyer", "amount"]).limit(5)


def copatent_pairs(table: "Table", scheme: Scheme, *, names: pd.DataFrame | None = None) -> "Table":
    """Count the pairs of every patent, and profile the patents.

    ``table`` holds ``key``, ``applicant``, ``place``, ``year`` and, where wanted, ``sector`` and ``order``; ``names``
    (``given``, ``node``) renames places. The result holds rows of several parts: ``pair`` (``source``, ``target``,
    ``year``, ``sector``, ``n``, ``records``) and, by year, ``patents`` (all), ``unnumbered`` (rows without a key),
    ``linked`` (patents of two members or more), ``sectors`` (patents with several), ``movers`` (applicants with several
    places in one patent), ``ties`` (patents without a single first member). Where n is 0 both ends are one place.
    """
    measures = {"rows": table.count(), "year": table["year"].min()}
    if "sector" in table.columns:
        measures |= {"sector": table["sector"].min(), "last_sector": table["sector"].max()}
    patents = table.group_by("key").aggregate(**measures)
    # most patents have one applicant: leaving them early halves the work
    several = patents.filter(_has_number(patents) & (patents["rows"] > 1))
    members = _members(table, several, scheme, names)
    sizes = members.group_by("key").aggregate(n=members.count(), year=members["year"].min())
    parts = [*_pairs(members, sizes, scheme), *_profile(patents, members, sizes, scheme)]
    return ibis.union(*parts)


def _has_number(patents: "Table") -> "BooleanValue":
    key = patents["key"]
    there = key.notnull()
    return there & (key != "") if key.type().is_string() else there


def _members(table: "Table", several: "Table", scheme: Scheme, names: pd.DataFrame | None) -> "Table":
    """Return one row a member of a patent; it ends in an aggregation, which engines share among its uses."""
    carried = [name for name in ("year", "sector") if name in several.columns]
    rows = table.drop(*carried).inner_join(several.select("key", *carried), "key")
    rows = rows.mutate(applicant=rows["applicant"].fill_null(UNKNOWN))
    if "place" not in rows.columns:
        rows = rows.mutate(place=ibis.literal(""))
    if names is not None:
        # an empty cell is a name like any other here, so that every row finds its node
        rows = rows.mutate(place=rows["place"].fill_null(""))
        nodes = in_memory(names)
        rows = rows.inner_join(nodes, rows["place"] == nodes["given"]).drop("place", "given")
        rows = rows.rename(place="node")
    member, other = ("place", "applicant") if scheme.members == "places" else ("applicant", "place")
    rows = rows.rename(member=member, other=other)
    measures = {name: rows[name].min() for name in (*carried, "other")} | {"last_other": rows["other"].max()}
    if "order" in rows.columns:
        measures["order"] = rows["order"].min()
    return rows.group_by("key", "member").aggregate(**measures)


def _node(members: "Table", scheme: Scheme) -> "Value":
    own = {"places": "place", "applicants": "applicant"}[scheme.members] == scheme.nodes
    return members["member"] if own else members["other"]


def _ranked(members: "Table") -> "Table":
    """Rank the members of a patent by order, and number them all."""
    by_order = ibis.asc(members["order"], nulls_first=False)
    return members.mutate(
        number=ibis.row_number().over(ibis.window(group_by="key", order_by=[by_order, members["member"]])),
        rank=ibis.rank().over(ibis.window(group_by="key", order_by=[by_order])),
    )


def _pairs(members: "Table", sizes: "Table", scheme: Scheme) -> list["Table"]:
    shown = {name: members[name] for name in ("key", "member", "year", "sector") if name in members.columns}
    shown |= {"node": _node(members, scheme), "inner": members["other"] < members["last_other"]}
    if scheme.counting == "star":
        ranked = _ranked(members)
        left = ranked.filter(ranked["number"] == 0)
        left = left.select(
            **{name: left[value.get_name()] for name, value in shown.items() if name != "inner"},
            inner=left["other"] < left["last_other"],
        )
    else:
        left = members.select(**shown)
    right = members.view().select(key_b="key", member_b="member", node_b=_node(members, scheme).get_name())
    if scheme.counting == "star":
        pairs = left.join(right, [left["key"] == right["key_b"], left["member"] != right["member_b"]])
        pairs = pairs.mutate(source=pairs["node"], target=pairs["node_b"])
    else:
        pairs = left.join(right, [left["key"] == right["key_b"], left["member"] < right["member_b"]])
        ends = pairs["node"], pairs["node_b"]
        pairs = pairs.mutate(source=ibis.least(*ends), target=ibis.greatest(*ends))
    if scheme.counting == "fractional":
        pairs = pairs.inner_join(sizes.select("key", "n"), "key")
    if scheme.members == "applicants":
        return [_count(pairs)]
    # several applicants in one place are one pair inside it, whatever the counting
    inner = left.filter(left["inner"])
    return [_count(pairs), _count(inner.mutate(source=inner["node"], target=inner["node"], n=0))]


def _count(pairs: "Table") -> "Table":
    by = [name for name in ("source", "target", "year", "sector", "n") if name in pairs.columns]
    return _shape("pair", pairs.group_by(by).aggregate(records=pairs.count()))


def _shape(part: str, table: "Table") -> "Table":
    """Bring a part into the columns that all parts share."""
    kinds = {"source": "string", "target": "string", "year": "int32", "sector": "string", "n": "int64"}
    shown = [ibis.literal(part).name("part")]
    for name, kind in kinds.items():
        value = table[name].cast(kind) if name in table.columns else ibis.literal(None, kind)
        shown.append(value.name(name))
    return table.select(*shown, table["records"].cast("int64").name("records"))


def _profile(patents: "Table", members: "Table", sizes: "Table", scheme: Scheme) -> list["Table"]:
    numbered = patents.filter(_has_number(patents))
    linked = sizes.filter(sizes["n"] > 1)
    lost = patents.filter(~_has_number(patents))
    parts = {
        "patents": numbered.group_by("year").aggregate(records=numbered.count()),
        "unnumbered": lost.group_by("year").aggregate(records=lost["rows"].sum()),
        "linked": linked.group_by("year").aggregate(records=linked.count()),
    }
    if "sector" in patents.columns:
        mixed = numbered.filter(numbered["sector"] < numbered["last_sector"])
        parts["sectors"] = mixed.group_by("year").aggregate(records=mixed.count())
    if (scheme.members, scheme.nodes) == ("applicants", "place"):
        movers = members.filter(members["other"] < members["last_other"])
        parts["movers"] = movers.group_by("year").aggregate(records=movers.count())
    if scheme.counting == "star":
        ranked = _ranked(members)
        tied = ranked.filter((ranked["number"] == 1) & (ranked["rank"] == 0))
        parts["ties"] = tied.group_by("year").aggregate(records=tied.count())
    return [_shape(name, table) for name, table in parts.items()]
