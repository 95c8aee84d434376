"""Write the way from raw records to flows as Ibis expressions, the same for every engine.

Engines only count and add whole numbers: amounts are taken as whole multiples of the last decimal, and fractions are
left to the caller, patents being counted by their number of members. So neither the order of rows nor the number of
partitions or threads can change a result. In SQL whole numbers are first added as floating-point ones, which is
quickest, and exact as long as the sum stays below ``EXACT``; a sum beyond shows it and is taken as decimals.
"""

from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

from .counting import SHARES, Scheme

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ibis.expr.types import BooleanValue, Table, Value

__all__ = [
    "EXACT",
    "LINKS",
    "YEARS",
    "amounts_left_out",
    "as_name",
    "as_number",
    "as_share",
    "as_text",
    "by_year",
    "contract_totals",
    "copatent_pairs",
    "known_organizations",
    "locate",
    "lost_organizations",
    "publication_key",
    "shape",
    "sound_year",
]

# below it one half more still has a place among floating-point numbers
EXACT = 2**52
YEARS = (1000, 3000)
# columns that the parts of counted links share, beside their name and the number of records
LINKS = {"source": "string", "target": "string", "year": "int32", "n": "int64"}
_NUMBER = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_SPARE = 18  # digits of the whole numbers that amounts become


def as_name(column: "Value") -> "Value":
    """Return a column as names; whole numbers that missing cells made floating-point lose their ``.0``."""
    text = column.cast("string")
    if not column.type().is_floating():
        return text
    whole = ibis.ifelse(column.between(-1e15, 1e15), column, None).cast("int64")
    return ibis.ifelse(whole.cast("float64") == column, whole.cast("string"), text)


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
    """Return the year of dates, of whole numbers (2019, 201905, 20190531) or of text that begins with four digits."""
    kind = column.type()
    if kind.is_temporal():
        year = column.year()
    elif kind.is_string():
        year = column.re_extract(r"^\s*([0-9]{4})", 1).nullif("").try_cast("int64")
    else:
        whole = ibis.ifelse(column.between(1000, 99991231), column, None).cast("int64")
        parts = ibis.cases((whole > 999999, 10000), (whole > 9999, 100), else_=1)
        year = (whole / parts).floor()
    return year.cast("int32")


def sound_year(column: "Value") -> "Value":
    """Return the year, missing where it is out of the range of years."""
    year = as_year(column)
    return ibis.ifelse(year.between(*YEARS), year, None)


def publication_key(number: "Value") -> "Value":
    """Reduce a publication number to what its A and B publications share: no white space, no marks, no kind code."""
    plain = number.cast("string").upper().re_replace("[^0-9A-Z]+", "")
    return plain.re_extract("^(.*?[0-9])([A-Z][0-9]?)?$", 1).nullif("").coalesce(plain).nullif("")


def as_share(columns: "Iterable[Value]") -> "Value":
    """Return the product of shares in millionths, missing where it is not from 0 to 1."""
    product = ibis.literal(1.0)
    for column in columns:
        product *= as_number(column)
    return ibis.ifelse(product.between(0, 1), (product * SHARES + 0.5).floor(), None).cast("int64")


def _sound(amount: "Value", digits: int) -> "BooleanValue":
    # not-a-number fails the upper bound on every engine: it counts as larger than any number
    return (amount >= 0) & (amount < 10.0 ** (_SPARE - digits))


class Floor(ops.Floor):
    """Round down to a floating-point number; SQL has it so, and the way over an integer and back costs time."""

    dtype = dt.float64


def _whole(amount: "Value", digits: int, *, wide: bool) -> "Value":
    whole = ibis.ifelse(_sound(amount, digits), amount, None) * 10.0**digits
    if not wide:
        return Floor(whole + 0.5).to_expr()
    # from the bound on there are whole numbers only
    return ibis.ifelse(whole < EXACT, (whole + 0.5).floor(), whole.cast("int64")).cast(f"decimal({_SPARE}, 0)")


def contract_totals(table: "Table", ends: tuple[str, str], *, digits: int | None, wide: bool = False) -> "Table":
    """Count contracts and add their amounts by pair, year and sector.

    ``table`` holds the two ``ends``, ``date`` and, where wanted, ``sector`` and ``amount``; without ``digits`` amounts
    are not read. The result holds ``source``, ``target``, ``year``, ``sector``, ``records``, ``sound``, ``total``.
    Totals are exact below ``EXACT``, and everywhere where ``wide``, which engines without SQL need.
    """
    shown = {"source": as_name(table[ends[0]]), "target": as_name(table[ends[1]]), "year": as_year(table["date"])}
    if "sector" in table.columns:
        shown["sector"] = as_name(table["sector"])
    by = list(shown)
    if digits is not None:
        shown["whole"] = _whole(as_number(table["amount"]), digits, wide=wide)
    rows = table.select(**shown)
    measures = {"records": rows.count()}
    if digits is not None:
        measures |= {"sound": rows["whole"].count(), "total": rows["whole"].sum()}
    return rows.group_by(by).aggregate(**measures)


def locate(table: "Table", organizations: "Table", ends: "Mapping[str, str]") -> "Table":
    """Put the places of organizations beside them (new column -> column of names); unknown ones are empty.

    ``organizations`` holds every ``organization`` once, with its ``place``.
    """
    for side, end in ends.items():
        known = organizations.select(name="organization", **{side: "place"})
        table = table.left_join(known, as_name(table[end]) == known["name"]).drop("name")
    return table


def known_organizations(table: "Table") -> "Table":
    """Return every organization once, with the first and the last of its places by name."""
    rows = table.select(organization=as_text(as_name(table["organization"])), place=as_text(as_name(table["place"])))
    rows = rows.filter(rows["organization"].notnull() & rows["place"].notnull())
    return rows.group_by("organization").aggregate(place=rows["place"].min(), last=rows["place"].max())


def lost_organizations(table: "Table", organizations: "Table", ends: "Iterable[str]") -> "Table":
    """Count the mentions of organizations that are not in the table of organizations."""
    both = ibis.union(*(table.select(name=as_name(table[end])) for end in ends))
    lost = both.anti_join(organizations, both["name"] == organizations["organization"])
    return lost.group_by("name").aggregate(records=lost.count())


def amounts_left_out(table: "Table", *, digits: int) -> tuple["Table", "Table"]:
    """Return the counts by reason of amounts that are not added, and the first five such rows."""
    written, amount = table["amount"], as_number(table["amount"])
    empty = as_text(written).isnull() if written.type().is_string() else amount.isnull()
    reason = ibis.cases(
        (empty, "missing"), (amount < 0, "negative"), (amount.isnull(), "not a number"), else_="too large or infinite"
    )
    rows = table.select(
        reason=reason,
        seller=as_name(table["seller"]),
        buyer=as_name(table["buyer"]),
        amount=written.cast("string"),
        sound=_sound(amount, digits).fill_null(False),
    )
    bad = rows.filter(~rows["sound"]).drop("sound")
    counts = bad.group_by("reason").aggregate(records=bad.count())
    return counts, bad.order_by(["reason", "seller", "buyer", "amount"]).limit(5)


def copatent_pairs(table: "Table", scheme: Scheme, unknowns: "Iterable[tuple[str, int | str]]") -> "Table":
    """Count the pairs of every patent, and profile the records.

    ``table`` holds ``key``, ``applicant``, ``year`` and, where wanted, ``place``, ``order`` and ``sector``; applicants
    and places are nodes, or numbers in their order (always those that pairs run between), and ``unknowns`` says by
    column which is not known. The result holds rows of several parts: ``pair`` (``source``, ``target``,
    ``year``, ``sector``, ``n``, ``records``; where n is 0 both ends are one place) and, by year:

    - ``records`` (rows), beside them ``unnumbered`` and ``unnamed`` ones (without a key, without an applicant) and
      ``movers`` (applicants with several places in one patent);
    - ``patents`` (in the column ``records``), beside them ``linked`` (of two members or more), ``sectors`` (with
      several), ``shares`` (that share out too much), and rows: ``paired``, ``alone`` and ``lost`` (of patents with and
      without pairs, and those whose own node is unknown);
    - ``unshared`` (rows without a sound share) and ``ties`` (patents without a single first member).

    With shares, ``total`` is twice the sum of the products of ``share``.

    The rows are read once and narrowed step by step: to the members of a patent, to the patent. Only patents with
    pairs go on from there.
    """
    unknown = dict(unknowns)
    rows = table.mutate(last_sector=table["sector"]) if "sector" in table.columns else table
    shared = scheme.counting == "shares"
    unshared = rows.filter(rows["share"].isnull()) if shared else None
    grouped = _members(rows.filter(rows["share"].notnull()) if shared else rows, scheme, unknown)
    numbered = _has_number(grouped)
    members = grouped.filter(numbered)
    measures = {"n": members.count(), "several": members["several"].max()}
    measures |= {name: members[name].sum() for name in ("rows", "known", "share") if name in members.columns}
    patents = _narrow(members, ["key"], **measures)
    whole = {
        "records": grouped["rows"].sum(),
        "unnumbered": _sum_where(~numbered, grouped["rows"]),
        "unnamed": (grouped["rows"] - grouped["named"]).sum(),
    }
    if (scheme.members, scheme.nodes) == ("applicants", "place"):
        whole["movers"] = _sum_where(numbered & grouped["several"])
    several = patents["n"] > 1
    paired = several | patents["several"] if scheme.members == "places" else several
    alike = {
        "records": patents.count(),
        "linked": _sum_where(several),
        "paired": _sum_where(paired, patents["known"]),
        "alone": _sum_where(~paired, patents["known"]),
        "lost": (patents["rows"] - patents["known"]).sum(),
    }
    if shared:
        # shares are written with few decimals
        alike["shares"] = _sum_where(patents["share"] > SHARES * 1.01)
    if "sector" in patents.columns:
        alike["sectors"] = _sum_where(patents["sector"] < patents["last_sector"])
    linked = patents.filter(paired)
    of_patent = [name for name in ("key", "year", "sector", "n") if name in patents.columns]
    of_member = ("key", "member", "node", "several", "order", "share", "squares")
    of_member = [name for name in of_member if name in members.columns]
    members = members.select(of_member).inner_join(linked.select(of_patent), "key")
    if scheme.counting == "star":
        members = _ranked(members)
    kinds = {"source": "int32", "target": "int32", "year": "int32"}
    kinds |= {"sector": "string"} if "sector" in rows.columns else {}
    kinds |= {"n": "int64"} if scheme.counting == "fractional" else {}
    kinds |= {"total": "decimal(38, 0)"} if shared else {}
    kinds |= dict.fromkeys([name for name in (*whole, *alike) if name != "records"], "int64")
    parts = [shape("pair", pairs, kinds) for pairs in _pairs(members, scheme)]
    parts += [
        shape("records", grouped.group_by("year").aggregate(**whole), kinds),
        shape("patents", patents.group_by("year").aggregate(**alike), kinds),
    ]
    if unshared is not None:
        parts.append(by_year("unshared", unshared, kinds))
    if scheme.counting == "star":
        ties = members.filter((members["number"] == 1) & (members["rank"] == 0))
        parts.append(by_year("ties", ties.select("year"), kinds))
    return ibis.union(*parts)


def _sum_where(test: "BooleanValue", count: "Value | int" = 1) -> "Value":
    return ibis.ifelse(test, count, 0).sum()


def _narrow(table: "Table", by: "list[str | Value]", **measures: "Value") -> "Table":
    """Return one row a group, with its first year, its first position and its first and last sector."""
    kept = {name: table[name].min() for name in ("year", "order", "sector") if name in table.columns}
    kept |= {name: table[name].max() for name in ("last_sector",) if name in table.columns}
    return table.group_by(by).aggregate(**measures, **kept)


def _has_number(cells: "Table") -> "BooleanValue":
    key = cells["key"]
    there = key.notnull()
    return there & (key != "") if key.type().is_string() else there


def _members(rows: "Table", scheme: Scheme, unknown: "Mapping[str, int | str]") -> "Table":
    """Return one row a member of a patent, with its node where that is another, and whether it stands with several."""
    member, other = ("applicant", "place") if scheme.members == "applicants" else ("place", "applicant")
    node = rows[scheme.nodes]
    rows = rows.mutate(
        known=node.nullif(unknown[scheme.nodes]),
        named=rows["applicant"],
        applicant=rows["applicant"].fill_null(unknown["applicant"]),
    )
    counts = ("known", "named")
    if scheme.counting == "shares":
        # rows that agree share once
        by = [name for name in ("key", "applicant", "place") if name in rows.columns]
        measures = {name: rows[name].count() for name in counts}
        rows = _narrow(rows, by, share=rows["share"].max(), rows=rows.count(), **measures)
        measures = {name: rows[name].sum() for name in ("rows", *counts)}
        measures |= {"share": rows["share"].sum(), "squares": (rows["share"] * rows["share"]).sum()}
    else:
        measures = {"rows": rows.count()} | {name: rows[name].count() for name in counts}
    by = ["key", rows[member].name("member")]
    if other not in rows.columns:
        return _narrow(rows, by, several=ibis.literal(False), **measures)
    first, last = rows[other].min(), rows[other].max()
    measures |= {"node": first} if scheme.nodes == other else {}
    return _narrow(rows, by, several=first < last, **measures)


def _ranked(members: "Table") -> "Table":
    """Rank the members of a patent by order, and number them all."""
    by_order = ibis.asc(members["order"], nulls_first=False)
    return members.mutate(
        number=ibis.row_number().over(ibis.window(group_by="key", order_by=[by_order, members["member"]])),
        rank=ibis.rank().over(ibis.window(group_by="key", order_by=[by_order])),
    )


def _pairs(members: "Table", scheme: Scheme) -> list["Table"]:
    node = "node" if "node" in members.columns else "member"
    kept = [name for name in ("year", "sector", "n") if name in members.columns]
    star = scheme.counting == "star"
    left = members.filter(members["number"] == 0) if star else members
    shared = scheme.counting == "shares"
    right = {"key_b": "key", "member_b": "member", "node_b": node} | ({"share_b": "share"} if shared else {})
    right = members.view().select(**right)
    pairs = left.join(right, left["key"] == right["key_b"])
    one, other = pairs["member"], pairs["member_b"]
    pairs = pairs.filter(one != other if star else one < other)
    ends = pairs[node], pairs["node_b"]
    ends = ends if star else (ibis.least(*ends), ibis.greatest(*ends))
    shown = {name: pairs[name] for name in kept} | dict(zip(("source", "target"), ends, strict=True))
    if shared:
        shown["weight"] = 2 * pairs["share"] * pairs["share_b"]
    pairs = pairs.select(**shown)
    if scheme.members == "applicants":
        return [_count(pairs, scheme)]
    # several applicants in one place are one pair inside it, whatever the counting
    inner = left.filter(left["several"])
    shown = {name: inner[name] for name in kept} | {"source": inner[node], "target": inner[node]}
    shown["n"] = ibis.literal(0)
    if shared:
        shown["weight"] = inner["share"] * inner["share"] - inner["squares"]
    return [_count(pairs, scheme), _count(inner.select(**shown), scheme)]


def _count(pairs: "Table", scheme: Scheme) -> "Table":
    by = ["source", "target", "year", *(["sector"] if "sector" in pairs.columns else [])]
    by += ["n"] if scheme.counting == "fractional" else []
    measures = {"records": pairs.count()}
    if scheme.counting == "shares":
        measures["total"] = pairs["weight"].cast(f"decimal({_SPARE}, 0)").sum()
    return pairs.group_by(by).aggregate(**measures)


def by_year(part: str, table: "Table", kinds: "Mapping[str, str]" = LINKS) -> "Table":
    """Sum the rows of a part by year."""
    records = table["rows"].sum() if "rows" in table.columns else table.count()
    return shape(part, table.group_by("year").aggregate(records=records), kinds)


def shape(part: str, table: "Table", kinds: "Mapping[str, str]" = LINKS) -> "Table":
    """Bring a part into the columns that all parts share."""
    shown = [ibis.literal(part).name("part")]
    for name, kind in kinds.items():
        value = table[name].cast(kind) if name in table.columns else ibis.literal(None, kind)
        shown.append(value.name(name))
    # engines may count in other whole numbers than they are said to, and a sum brings them to one kind
    records = table["records"].cast("int64") + ibis.literal(0, "int64")
    return table.select(*shown, records.name("records"))
