"""Keep what is known of a study while it is drafted: what was understood, assumed and not used."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from ...data import Fault, InnoscapeWarning, TableError, Text
from ...data.errors import grouped_faults
from ...data.wording.catalogue import text
from ..wording.notices import Notice

__all__ = ["Assumption", "Draft"]


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something that no file says: where in the study file it stands, and what it is."""

    key: str
    said: Text


@dataclass
class Draft:
    """A study on its way.

    Attributes
    ----------
    content : dict
        Sections of the study file.
    tables : dict
        File name -> table in contract form.
    further : dict
        File name -> text of other files.
    understood : list of Text
    sections : dict
        Section -> what it was understood to hold.
    assumed : list of Assumption
    unused : list of Fault
        File, sheet, column, why, and the remedy.
    doubts : list of Notice
        What was warned of in reading the files.
    notices : list of Notice
        What to know besides.
    """

    content: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    further: dict[str, str] = field(default_factory=dict)
    understood: list[Text] = field(default_factory=list)
    sections: dict[str, list[Text]] = field(default_factory=dict)
    assumed: list[Assumption] = field(default_factory=list)
    unused: list[Fault] = field(default_factory=list)
    doubts: list[Notice] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def propose(self, section: str, key: str, **values: object) -> None:
        """Note what a section holds."""
        self.sections.setdefault(section, []).append(text(f"start.{key}", **values))

    def drop(self, section: str, where: str) -> None:
        """Leave a section out, with what is said and assumed of it."""
        tables = {"index": ("tables.framework", "tables.indicators")}.get(section, ())
        self.sections.pop(section, None)
        self.forget(section, *tables)
        self.leave("section", where, column=section)

    def assume(self, at: str, key: str, **values: object) -> None:
        """Note what is assumed at a key of the study file."""
        self.assumed.append(Assumption(at, text(f"start.assumed.{key}", **values)))

    def forget(self, *keys: str) -> None:
        """Take back what is assumed of parts that the study does not have."""
        self.assumed = [one for one in self.assumed if not one.key.startswith(keys)]

    def leave(self, key: str, where: str, *, column: str | None = None, **values: Any) -> None:  # noqa: ANN401
        """Note what is not used, and what would help."""
        self.unused.append(Fault.of(f"faults.start.{key}", where, column=column, **values))

    def doubt(self, caught: Sequence[warnings.WarningMessage]) -> None:
        """Note what was warned of in reading a file."""
        for one in caught:
            if isinstance(one.message, InnoscapeWarning):
                doubt = Notice.of(one.message)
                if doubt.key.startswith("warnings.files."):
                    # how a file was read is no fault of it
                    doubt = replace(doubt, level="notice")
                self.doubts += [] if doubt in self.doubts else [doubt]

    def refuse(self, error: TableError) -> None:
        """Note the faults of a table that cannot be used."""
        self.unused += grouped_faults(error.faults)

    @property
    def blamed(self) -> bool:
        """Whether faults of tables keep some of what they hold out of the study, so that more may be known than is."""
        return any(
            fault.key == "faults.start.places" or not fault.key.startswith("faults.start.") for fault in self.unused
        )

    def file_name(self, wanted: str) -> str:
        """Return a name for a new table that none has yet."""
        stem = "".join(c if c.isalnum() or c in "_-" else "_" for c in wanted) or "table"
        name, turn = f"{stem}.csv", 2
        while name in self.tables:
            name, turn = f"{stem}_{turn}.csv", turn + 1
        return name
