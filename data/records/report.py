"""Report what raw records left open: unknown names, dates and amounts that could not be read.

The report goes into ``attrs`` of the flows as plain values, and one warning a finding is given.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..errors import InnoscapeWarning, warn_of
from ..wording.catalogue import Text, few, join_texts, text
from .counting import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Report"]

_SHOWN = 3


@dataclass
class Report:
    """Findings on the way from records to flows."""

    what: Text
    attrs: dict[str, Any] = field(default_factory=dict)
    doubts: list[InnoscapeWarning] = field(default_factory=list)
    # rows left out before anything was counted
    early: int = 0

    def names(self, names: Names, kind: str) -> None:
        """Note the names that were normalized and those that no place matches."""
        self.attrs["matches"] = names.matches
        self.unknown("unknown", names.unknown, kind)

    def unknown(self, attr: str, found: "dict[str, Any]", kind: str) -> None:
        """Note names that match no place; the kind is ``places`` or ``organizations``."""
        self.attrs[attr] = found
        if found:
            said = [f"{name} ({records})" for name, records in found["examples"].items()]
            self.doubt(
                "unknown",
                what=self.what,
                names=found["names"],
                records=found["records"],
                attr=attr,
                kind=text(f"warnings.records.kinds.{kind}"),
                examples=few(said, most=_SHOWN, total=found["names"]),
            )

    def undated(self, records: int, what: Text | None = None) -> None:
        """Note the records without a readable date."""
        self.attrs["undated"] = records
        if records:
            self.doubt("undated", n=records, what=what or self.what)

    def left_out(self, counts: pd.DataFrame, examples: pd.DataFrame) -> None:
        """Note the amounts that are not added."""
        reasons = {str(row["reason"]): int(row["records"]) for row in counts.sort_values("reason").to_dict("records")}
        rows = [
            {name: None if pd.isna(cell) else cell for name, cell in row.items()} for row in examples.to_dict("records")
        ]
        self.attrs["left_out"] = {"records": sum(reasons.values()), "reasons": reasons, "examples": rows}
        counted = [
            text(f"warnings.records.reasons.{reason.replace(' ', '_')}", n=count) for reason, count in reasons.items()
        ]
        self.doubt("left_out", what=self.what, reasons=join_texts(counted))

    def counts(self, found: "Mapping[str, int]", doubtful: "Iterable[str]" = ()) -> None:
        """Note counts, and warn of those that should be 0."""
        self.attrs.update(found)
        for name in doubtful:
            if found.get(name):
                self.doubt(name, n=found[name])

    def totals(self, found: "Mapping[str, int]") -> None:
        """Note the rows that hold the sum of others, by the name that says so."""
        said = [f"{name} ({records})" for name, records in sorted(found.items())]
        n = sum(found.values())
        self.early += n
        self.attrs["totals"] = {**self.attrs.get("totals", {}), **found}
        self.doubt("totals", n=n, what=self.what, examples=few(said, most=_SHOWN, total=len(said)))

    def united(self, united: "Mapping[str, str]", counted: "Mapping[str, int]") -> None:
        """Note the spellings of organizations that were taken for another."""
        self.attrs["united"] = sorted((name, node, counted[name]) for name, node in united.items())
        if united:
            said = [f"{name} = {node}" for name, node, _ in self.attrs["united"]]
            self.doubt(
                "united",
                n=len(said),
                names=len(set(united.values())),
                examples=few(said, most=_SHOWN, total=len(said)),
            )

    def account(self, read: int, **parts: int) -> None:
        """Note where every row went: ``read`` is the sum of the parts."""
        self.attrs["records"] = read
        self.attrs["account"] = {"rows": read, **parts}

    def close(self, flows: pd.DataFrame, records: object) -> pd.DataFrame:
        """Attach the report to the flows, with the mark of synthetic records, and warn of every doubt."""
        if getattr(records, "attrs", {}).get("synthetic"):
            self.attrs["synthetic"] = True
        flows.attrs = self.attrs
        for one in self.doubts:
            warn_of(one, stacklevel=3)
        return flows

    def doubt(self, key: str, **values: object) -> None:
        """Note what is to be warned of."""
        self.doubts.append(InnoscapeWarning.of(f"warnings.records.{key}", **values))
