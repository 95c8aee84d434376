"""Report what raw records left open: unknown names, dates and amounts that could not be read.

The report goes into ``attrs`` of the flows as plain values, and one warning a finding is given.
"""

import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..errors import InnoscapeWarning
from .counting import Names

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Report"]

_SHOWN = 3


@dataclass
class Report:
    """Findings on the way from records to flows."""

    what: str
    attrs: dict[str, Any] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

    def names(self, names: Names, what: str) -> None:
        """Note the names that were normalized and those that no place matches."""
        self.attrs["matches"] = names.matches
        self.unknown("unknown", names.unknown, what)

    def unknown(self, attr: str, found: "dict[str, Any]", what: str) -> None:
        """Note names that match no place."""
        self.attrs[attr] = found
        if found:
            examples = list(found["examples"].items())[:_SHOWN]
            shown = ", ".join(f"{name} ({records})" for name, records in examples)
            more = ", …" if found["names"] > _SHOWN else ""
            self.doubts.append(
                f"{self.what} name {found['names']} unknown {what} {found['records']} times: {shown}{more}; "
                f'they are kept apart, see attrs["{attr}"]'
            )

    def undated(self, records: int, what: str | None = None) -> None:
        """Note the records without a readable date."""
        self.attrs["undated"] = records
        if records:
            of = what or self.what
            self.doubts.append(f"{records} {of} have no readable date; they are kept in rows without a year")

    def left_out(self, counts: pd.DataFrame, examples: pd.DataFrame) -> None:
        """Note the amounts that are not added."""
        reasons = {str(row["reason"]): int(row["records"]) for row in counts.sort_values("reason").to_dict("records")}
        rows = [
            {name: None if pd.isna(cell) else cell for name, cell in row.items()} for row in examples.to_dict("records")
        ]
        self.attrs["left_out"] = {"records": sum(reasons.values()), "reasons": reasons, "examples": rows}
        told = ", ".join(f"{records} {reason}" for reason, records in reasons.items())
        self.doubts.append(f'{self.what} hold amounts that are not added: {told}; see attrs["left_out"]')

    def counts(self, found: "Mapping[str, int]", telling: "Mapping[str, str]") -> None:
        """Note counts, and warn of those above 0 for which there are words."""
        self.attrs.update(found)
        self.doubts += [words.format(found[name]) for name, words in telling.items() if found.get(name)]

    def close(self, flows: pd.DataFrame, records: object) -> pd.DataFrame:
        """Attach the report to the flows, with the mark of synthetic records, and warn of every doubt."""
        if getattr(records, "attrs", {}).get("synthetic"):
            self.attrs["synthetic"] = True
        flows.attrs = self.attrs
        for one in self.doubts:
            warnings.warn(one, InnoscapeWarning, stacklevel=3)
        return flows
