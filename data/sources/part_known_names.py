"""Part names by marks that also stand inside names, where all parts are names elsewhere in the file."""

import re
from typing import TYPE_CHECKING

from ..spellings import spellings
from ..wording.catalogue import few
from .description import Description, Party
from .exports import quoted, sql_text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from .source_report import SourceReport

__all__ = ["part_known_names"]

_WORDS = spellings("parties")
_BETWEEN = rf"\s*[{re.escape(_WORDS['inside'])}]\s*"
# names that are looked at, and the fewest characters of a part
_MOST, _LEAST, _SHOWN = 10_000, 2, 3


def part_known_names(
    con: "DuckDBPyConnection", table: str, party: Party, source: Description, report: "SourceReport"
) -> None:
    """Write the first mark of the source for a slash or an ampersand between known names; doubt others.

    A slash is doubted wherever it stays, an ampersand between Chinese characters or beside a known name.
    """
    if not party.split or source.json:
        return
    name, marks = quoted(party.name), list(source.separators or _WORDS["names"])
    cell = name
    for mark in marks[1:]:
        cell = f"replace({cell}, {sql_text(mark)}, {sql_text(marks[0])})"
    parts = f"list_transform(string_split({cell}, {sql_text(marks[0])}), lambda one: trim(one))"
    names = f"SELECT unnest({parts}) AS one FROM {table}"
    inside = sql_text(f"[{_WORDS['inside']}]")
    found = f"SELECT one, count(*) FROM ({names}) WHERE regexp_matches(one, {inside}) GROUP BY one"
    held = con.execute(f"{found} ORDER BY one LIMIT {_MOST}").fetchall()
    if not held:
        return
    parted = {one: [part.strip() for part in re.split(_BETWEEN, one)] for one, _ in held}
    looked = sorted({part for several in parted.values() for part in several if len(part) >= _LEAST})
    there = con.execute(f"SELECT DISTINCT one FROM ({names}) WHERE list_contains(?, one)", [looked]).fetchall()
    known = {row[0] for row in there}
    done = {one: several for one, several in parted.items() if {*several} <= known}
    for one, several in done.items():
        written = sql_text(marks[0].join(several))
        con.execute(
            f"UPDATE {table} SET {name} = replace({name}, {sql_text(one)}, {written}) "
            f"WHERE list_contains({parts}, {sql_text(one)})"
        )
    rows = dict(held)
    if done:
        n = sum(rows[one] for one in done)
        report.doubt("warnings.sources.parted", n=n, examples=few(sorted(done), most=_SHOWN))
    for mark in _WORDS["inside"]:
        left = [one for one in parted if mark in one and one not in done and _doubtful(one, mark, parted[one], known)]
        if left:
            said = {"n": sum(rows[one] for one in left), "mark": mark, "example": left[0]}
            report.doubt("warnings.sources.inside", **said)


def _doubtful(name: str, mark: str, parts: list[str], known: set[str]) -> bool:
    if mark in _WORDS["inside"][: _WORDS["slashes"]]:
        return True
    return (
        bool({*parts} & known)
        or re.search(rf"[\u4e00-\u9fff)\uff09]\s*{re.escape(mark)}\s*[\u4e00-\u9fff]", name) is not None
    )
