"""Split the cells of parties and place each: by region, code or address, name table, or as elsewhere in the file."""

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..errors import InnoscapeWarning
from ..places.addresses import place_addresses
from ..places.gazetteer import Gazetteer
from ..records.spelled_names import FORM, FROM, INTO
from ..spellings import spellings
from .clean_cells import holds, patterns
from .description import Description, Party, PlaceRule
from .exports import quoted, sql_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["Places", "joined_parties", "marks_in", "place_parties", "split_parties", "unsplit_commas"]

_WORDS = spellings("parties")
_SHOWN = 3
_COUNTRY = "country"
# what follows a comma that parts names, and one that parts addresses: a character, or the postcode before one
_CHARACTER = r"\p{Han}"
_ADDRESS = r"(?:\d{6}\s*)?\p{Han}"


@dataclass(frozen=True)
class Places:
    """How parties are placed: by which gazetteer, at which level, and a table of organizations."""

    gazetteer: Gazetteer | None
    level: str
    organizations: pd.DataFrame | None


def _first(marks: tuple[str, ...] | list[str], cell: str, *, after: str | None) -> str:
    """Write every mark as the first, and a comma between Chinese characters, or before what may follow one, too."""
    for mark in marks[1:]:
        cell = f"replace({cell}, {sql_text(mark)}, {sql_text(marks[0])})"
    if after:
        pattern = rf"([{_WORDS['between']}]\s*)[{_WORDS['commas']}](\s*{after})"
        parted, found = sql_text(rf"\1{marks[0]}\2"), cell
        for _ in range(2):
            found = f"regexp_replace({found}, {sql_text(pattern)}, {parted}, 'g')"
        cell = f"CASE WHEN {holds(cell, _WORDS['commas'])} THEN {found} ELSE {cell} END"
    return cell


def marks_in(con: "DuckDBPyConnection", table: str, party: Party, source: Description) -> dict[str, int]:
    """Count the rows whose names hold each mark that parts them."""
    if not party.split or source.json:
        return {}
    name = quoted(party.name)
    marks = list(source.separators or _WORDS["names"])
    commas = rf"[{_WORDS['between']}]\s*[{_WORDS['commas']}]\s*\p{{Han}}"
    counts = [f"count(*) FILTER (contains({name}, {sql_text(mark)}))" for mark in marks]
    counts.append(f"count(*) FILTER (regexp_matches({name}, {sql_text(commas)}))")
    row = con.execute(f"SELECT {', '.join(counts)} FROM {table}").fetchone() or ()
    return {mark: int(n) for mark, n in zip([*marks, _WORDS["commas"][0]], row, strict=True) if n}


def split_parties(
    con: "DuckDBPyConnection", table: str, party: Party, source: Description, rules: tuple[PlaceRule, ...]
) -> str:
    """Make a table of one row a party: ``n``, ``turn``, ``name``, what places it (``v0`` …) and what stands beside it.

    Addresses are taken in turn where there are as many as names, parted by the marks of addresses, else by those of
    names; a single one is that of the first.
    """
    made = f"{table}_{party.name}"
    have = {row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()}
    # a cell apart from its column: rules of one column are read alone
    needed = dict.fromkeys(column for rule in rules for column in rule.columns if column in have)
    needed |= dict.fromkeys(one for one in party.beside if one in have)
    name = quoted(party.name) if party.name in have else "NULL::VARCHAR"
    cleaned = f"nullif(trim({patterns('name', source.columns[party.name].clean)}), '')"
    if not party.split:
        cells = ", ".join(["n", "1 AS turn", f"{name} AS name", *(f"{quoted(one)}" for one in needed)])
        inner = f"SELECT {cells}, false AS uneven FROM {table}"
    else:
        marks = list(source.separators or _WORDS["names"])
        lists = [f"string_split({_first(marks, name, after=_CHARACTER)}, {sql_text(marks[0])}) AS names"]
        turns = ["n", "names"]
        for at, one in enumerate(needed):
            between, further = _WORDS["addresses"], list(dict.fromkeys([*_WORDS["addresses"], *marks]))
            parted = _first(further, quoted(one), after=_ADDRESS)
            lists.append(f"string_split({_first(between, quoted(one), after=None)}, {sql_text(between[0])}) AS a{at}")
            lists.append(f"string_split({parted}, {sql_text(further[0])}) AS b{at}")
            turns.append(f"CASE WHEN len(b{at}) = len(names) THEN b{at} ELSE a{at} END AS l{at}")
        taken = [
            f"CASE WHEN len(l{at}) = len(names) THEN l{at}[turn] WHEN turn = 1 THEN l{at}[1] END AS {quoted(one)}"
            for at, one in enumerate(needed)
        ]
        uneven = " OR ".join(f"(len(l{at}) > 1 AND len(l{at}) <> len(names))" for at in range(len(needed))) or "false"
        inner = (
            f"SELECT n, turn, names[turn] AS name, {', '.join([*taken, ''])} coalesce({uneven}, false) AS uneven FROM "
            f"(SELECT *, unnest(range(1, len(names) + 1)) AS turn FROM (SELECT {', '.join(turns)} FROM "
            f"(SELECT n, {', '.join(lists)} FROM {table})))"
        )
    values = [f"{_value(rule, needed)} AS v{at}" for at, rule in enumerate(rules)]
    beside = [quoted(one) for one in party.beside if one in needed]
    shown = ", ".join(["n", "turn", f"{cleaned} AS name", *values, *beside, "uneven"])
    where = "WHERE name IS NOT NULL" if party.split else ""
    con.execute(f"CREATE TEMP TABLE {made} AS SELECT * FROM (SELECT {shown} FROM ({inner})) {where}")
    return made


def _value(rule: PlaceRule, have: dict[str, Any]) -> str:
    cells = [f"nullif(trim({quoted(one)}), '')" for one in rule.columns if one in have]
    if not cells:
        return "NULL::VARCHAR"
    if len(cells) == 1:
        return cells[0]
    # a country alone is no address
    return f"CASE WHEN {cells[0]} IS NOT NULL THEN concat_ws(', ', {', '.join(cells)}) END"


def place_parties(
    con: "DuckDBPyConnection", tables: list[str], rules: list[tuple[PlaceRule, ...]], places: Places
) -> list[str]:
    """Place the parties in tables; the tables made have ``place`` and ``how``, which else says why there is none."""
    made = []
    for table, some in zip(tables, rules, strict=True):
        joins, found, why, lost = [], [], [], []
        for at, rule in enumerate(some):
            if rule.how == "written" and places.gazetteer is None:
                found.append(f"t.v{at}")
                why.append(f"WHEN t.v{at} IS NOT NULL THEN 'written'")
                continue
            values = [
                row[0] for row in con.execute(f"SELECT DISTINCT v{at} FROM {table} WHERE v{at} IS NOT NULL").fetchall()
            ]
            known = _placed(sorted(values), rule, places)
            con.register(f"{table}_known{at}", known)
            con.execute(f"CREATE TEMP TABLE {table}_k{at} AS SELECT * FROM {table}_known{at}")
            joins.append(f"LEFT JOIN {table}_k{at} k{at} ON t.v{at} = k{at}.value")
            found.append(f"k{at}.place")
            why.append(f"WHEN k{at}.place IS NOT NULL THEN k{at}.how")
            lost.append(f"k{at}.how")
        reason = f"coalesce({', '.join([*lost, ''])} 'empty')"
        how = f"CASE {' '.join(why)} ELSE {reason} END" if why else "'empty'"
        place = f"coalesce({', '.join([*found, 'NULL'])})"
        con.execute(
            f"CREATE TEMP TABLE {table}_placed AS SELECT t.*, {place}::VARCHAR AS place, {how} AS how FROM {table} t "
            f"{' '.join(joins)}"
        )
        made.append(f"{table}_placed")
    return _named_elsewhere(con, made, places)


def _placed(values: list[str], rule: PlaceRule, places: Places) -> pd.DataFrame:
    """Place distinct values."""
    if rule.how == "address":
        return _addresses(values, places)
    gazetteer = places.gazetteer or Gazetteer.china()
    level = None if rule.how == "written" else places.level
    found = gazetteer.resolve(values, level=level, ambiguous="leave").drop_duplicates("given")
    table = pd.DataFrame({"value": found["given"], "place": found["place"], "how": found["how"]})
    if rule.how == "written":
        return table
    # a name of a whole and its part, or of a place abroad, is read as addresses are
    lost = table["place"].isna() & (table["how"] != "ambiguous")
    if lost.any():
        again = _addresses(table.loc[lost, "value"].tolist(), places)
        table.loc[lost, ["place", "how"]] = again[["place", "how"]].to_numpy()
    return table


def _addresses(values: list[str], places: Places) -> pd.DataFrame:
    with warnings.catch_warnings():
        # counted in the report
        warnings.simplefilter("ignore", InnoscapeWarning)
        found = place_addresses(values, places.gazetteer, level=places.level)
    return pd.DataFrame(
        {"value": values, "place": found["place"].to_numpy(), "how": found["method"].to_numpy()}, dtype="str"
    )


def _named_elsewhere(con: "DuckDBPyConnection", tables: list[str], places: Places) -> list[str]:
    """Place parties without an address by the table of organizations, else as the same name elsewhere in the file."""
    form = f"lower(translate(name, {sql_text(FROM)}, {sql_text(INTO)}))"
    lacking = "place IS NULL AND how = 'empty' AND name IS NOT NULL"
    names = " UNION ALL ".join(f"SELECT name FROM {table} WHERE {lacking}" for table in tables)
    con.execute(f"CREATE TEMP TABLE lacking AS SELECT name, {form} AS form FROM ({names}) GROUP BY name")
    if not con.execute("SELECT count(*) FROM lacking").fetchall()[0][0]:
        return tables
    union = " UNION ALL ".join(f"SELECT {form} AS form, place FROM {table} WHERE place IS NOT NULL" for table in tables)
    known = (
        f"SELECT form, min(place) AS place, 'elsewhere' AS how FROM ({union}) WHERE form IN (SELECT form FROM lacking)"
    )
    known += " GROUP BY form HAVING min(place) = max(place)"
    if places.organizations is not None:
        con.register("organizations_given", places.organizations)
        given = (
            f"SELECT {form} AS form, min(place) AS place, 'organizations' AS how FROM organizations_given GROUP BY form"
        )
        known = f"SELECT * FROM ({known}) WHERE form NOT IN (SELECT form FROM ({given})) UNION ALL {given}"
    con.execute(
        f"CREATE TEMP TABLE known_names AS SELECT name, k.place, k.how FROM ({known}) k JOIN lacking USING (form)"
    )
    made = []
    for table in tables:
        con.execute(
            f"CREATE TEMP TABLE {table}_named AS SELECT t.* REPLACE (coalesce(t.place, k.place) AS place, "
            f"coalesce(k.how, t.how) AS how) FROM {table} t LEFT JOIN known_names k "
            "ON t.place IS NULL AND t.how = 'empty' AND k.name = t.name"
        )
        made.append(f"{table}_named")
    return made


def joined_parties(table: str, party: Party) -> str:
    """Return the SQL of one row a record, names and places of several parties in one cell, in the same turn."""
    if not party.split:
        return f"SELECT n, name AS {quoted(party.name)}, place AS {quoted(party.place)} FROM {table}"
    places = "string_agg(coalesce(place, ''), ';' ORDER BY turn)"
    return (
        f"SELECT n, string_agg(name, ';' ORDER BY turn) AS {quoted(party.name)}, "
        f"CASE WHEN count(place) > 0 THEN {places} END AS {quoted(party.place)} FROM {table} GROUP BY n"
    )


def unsplit_commas(con: "DuckDBPyConnection", table: str) -> tuple[int, str | None]:
    """Count the names that still hold a comma which is not before the form of a firm, with one of them."""
    form = FORM.removeprefix("(?i)")
    plain = f"regexp_replace(name, {sql_text(form)}, '', 'gi')"
    row = con.execute(
        f"SELECT count(*), min(name) FROM {table} WHERE {holds('name', _WORDS['commas'])} "
        f"AND regexp_matches({plain}, '[{_WORDS['commas']}]')"
    ).fetchone()
    return (int(row[0]), row[1]) if row else (0, None)
