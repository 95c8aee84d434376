"""Report what became of the rows of an export, as plain values and one warning a finding."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..errors import InnoscapeWarning, warn_of
from ..spellings import spellings
from ..wording.catalogue import few, join_texts, plain, text
from .exports import quoted
from .parties import unsplit_commas

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from .exports import Exports

__all__ = ["SourceReport"]

_SHOWN = 3


@dataclass
class SourceReport:
    """Findings on the way from an export to records; ``where`` names the file."""

    where: str
    attrs: dict[str, Any] = field(default_factory=dict)
    doubts: list[InnoscapeWarning] = field(default_factory=list)

    def doubt(self, key: str, /, **values: object) -> None:
        """Note what is to be warned of."""
        file = values.pop("named", self.where)
        self.doubts.append(InnoscapeWarning.of(key, file=file, **values))

    def opened(self, opened: "Exports", name: str | None = None) -> None:
        """Warn of files that may be cut, and of rows of a further table (named) that could not be read."""
        lost = opened.broken + opened.swallowed
        if name is not None and lost:
            self.doubt("warnings.sources.broken", n=lost, examples=few(opened.examples, most=_SHOWN), named=name)
        for file in opened.open_end:
            self.doubt("warnings.sources.open_end", named=file)
        caps = spellings("parties")["caps"]
        for file, rows in opened.sizes.items():
            if rows in caps:
                self.doubt("warnings.sources.capped", n=rows, named=file)

    def rejected(self, reasons: dict[str, tuple[int, list[str]]]) -> int:
        """Note the rows that became no record, by reason with examples; return their number."""
        found = {reason: {"rows": n, "examples": examples} for reason, (n, examples) in reasons.items() if n}
        self.attrs["rejected"] = found
        said = {
            "broken": "warnings.sources.broken",
            "swallowed": "warnings.sources.swallowed",
            "unnumbered": "warnings.sources.unnumbered",
            "lost digits": "warnings.sources.lost_digits",
            "unnamed": "warnings.sources.unnamed",
            "total": "warnings.sources.total",
            "header": "warnings.sources.header",
        }
        for reason, about in found.items():
            self.doubt(said[reason], n=about["rows"], examples=few(about["examples"], most=_SHOWN))
        return sum(about["rows"] for about in found.values())

    def parties(self, con: "DuckDBPyConnection", tables: dict[str, bool], marks: dict[str, int]) -> int:
        """Note marks between parties, addresses not to be taken in turn and commas in names; return the rows added.

        The tables say whether cells were split, without which no row is added.
        """
        self.attrs["separators"] = marks
        if len(marks) > 1:
            ordered = sorted(marks.items(), key=lambda one: -one[1])
            said = [text("warnings.sources.mark", mark=mark.replace("\n", "\\n"), n=n) for mark, n in ordered]
            self.doubt("warnings.sources.mixed", marks=said)
        uneven = added = 0
        for table, split in tables.items():
            if split:
                counts = f"SELECT count(DISTINCT n) FILTER (uneven), count(*) - count(DISTINCT n) FROM {table}"
                row = con.execute(counts).fetchall()[0]
                uneven, added = uneven + row[0], added + row[1]
            n, example = unsplit_commas(con, table) if marks else (0, None)
            if n:
                self.doubt("warnings.sources.commas", n=n, example=example)
        self.attrs["uneven"] = uneven
        if uneven:
            self.doubt("warnings.sources.uneven", n=uneven)
        return added

    def placed(self, con: "DuckDBPyConnection", tables: list[str]) -> None:
        """Count the parties that were placed, and how; those that were not, and why, with examples."""
        placed: dict[str, int] = {}
        unplaced: dict[str, dict[str, Any]] = {}
        for table in tables:
            values = [
                row[0]
                for row in con.execute(f"DESCRIBE {table}").fetchall()
                if row[0][:1] == "v" and row[0][1:].isdigit()
            ]
            shown = ", ".join([*map(quoted, values), "name"])
            rows = con.execute(
                f"SELECT how, place IS NOT NULL, count(*) FROM {table} GROUP BY ALL ORDER BY ALL"
            ).fetchall()
            for how, there, n in rows:
                if there:
                    placed[how] = placed.get(how, 0) + n
                    continue
                about = unplaced.setdefault(how, {"rows": 0, "examples": []})
                about["rows"] += n
                found = con.execute(
                    f"SELECT coalesce({shown}) AS one, count(*) AS n FROM {table} WHERE place IS NULL AND how = ? "
                    f"AND coalesce({shown}) IS NOT NULL GROUP BY one ORDER BY n DESC, one LIMIT {_SHOWN}",
                    [how],
                ).fetchall()
                about["examples"] += [one for one, _ in found]
        self.attrs["placed"], self.attrs["unplaced"] = dict(sorted(placed.items())), dict(sorted(unplaced.items()))
        lost = sum(about["rows"] for about in unplaced.values())
        if lost:
            reasons = [
                text("warnings.sources.reason", why=plain(why), n=about["rows"])
                for why, about in self.attrs["unplaced"].items()
            ]
            examples = [one for about in self.attrs["unplaced"].values() for one in about["examples"]]
            self.doubt(
                "warnings.sources.unplaced",
                n=lost,
                of=lost + sum(placed.values()),
                reasons=join_texts(reasons),
                examples=few(examples, most=_SHOWN),
            )

    def close(self, records: Any, stacklevel: int) -> None:  # noqa: ANN401 - a frame
        """Attach the report to the records and warn of every doubt."""
        records.attrs |= self.attrs
        for one in self.doubts:
            warn_of(one, stacklevel=stacklevel + 1)
