"""Read the tables of a study one by one, and keep their faults, what was read and which names were matched."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from ...data import Fault, TableError, UnknownDatasetError, check_table, describe, load, read_frame
from ...data.contracts.check_table import legible_table
from ...data.contracts.rules import ROW
from ...data.distinct import distinct
from ...data.errors import grouped_faults, warn_of
from ...data.reading.file_reference import FileReference
from .faults_together import FaultsTogether
from .readable_places import readable_places
from .schema import STUDY_FILE, Study

__all__ = ["DATASET", "TableDesk"]

DATASET = "dataset:"
# columns of a user's table that the record of inputs repeats, and how many of their values
_REPEATED, _MOST_REPEATED = ("unit", "year", "source"), 5


class TableDesk(FaultsTogether):
    """Collects tables, faults, the record of inputs and the names matched on the way."""

    def __init__(self, study: Study, *, strict: bool) -> None:
        super().__init__()
        self.folder = study.folder or Path()
        self.tiers = study.tiers.order
        self.strict = strict
        self.record: list[dict[str, Any]] = []
        self.matches: list[dict[str, Any]] = []
        # key paths of the tables that have faults; of places, what can be read of them
        self.unread: list[str] = []
        self.readable: dict[str, pd.DataFrame | None] = {}

    def read(
        self,
        key: str,
        reference: str,
        contract: str | None,
        places: pd.DataFrame | None,
        whole: str | None = None,
        only: str | None = None,
    ) -> pd.DataFrame | None:
        """Read one table, as it stands without a contract, or its rows of one framework; faults are kept for later."""
        try:
            return self._read(key, reference, contract, places, whole, only)
        except TableError as error:
            self.faults.extend(error.faults)
        except UnknownDatasetError as error:
            self.faults.append(Fault.of("faults.study.dataset", STUDY_FILE, column=key, got=reference, error=error))
        self.unread.append(key)
        return None

    @contextmanager
    def reading(self, key: str) -> Iterator[None]:
        """Note the faults of a step, and that what it reads is lacking after one."""
        before = len(self.faults)
        with self.noted():
            yield
        if len(self.faults) > before:
            self.unread.append(key)

    def _read(
        self,
        key: str,
        reference: str,
        contract: str | None,
        places: pd.DataFrame | None,
        whole: str | None,
        only: str | None,
    ) -> pd.DataFrame:
        options: dict[str, Any] = {"tiers": self.tiers, "whole": whole, "strict": self.strict}
        if reference.startswith(DATASET):
            name = reference.removeprefix(DATASET)
            about, table = describe(name), load(name)
            entry = {k: about[k] for k in ("title", "unit", "year", "source", "sha256")}
        else:
            name, file = reference, FileReference.of(reference, self.folder)
            options["indicator"] = file.indicator
            table = read_frame(file.path, contract=contract, sheet=file.sheet, header=file.header, strict=self.strict)
            entry = {
                "title": name,
                **{column: _values_of(table, column) for column in _REPEATED},
                "sha256": hashlib.sha256(file.path.read_bytes()).hexdigest(),
            }
        if only is not None:
            table = _of_framework(table, only, name, needed=key.endswith(".framework"))
        if contract is not None:
            try:
                table = check_table(table, contract, where=name, places=places, **options)
            except TableError as error:
                if contract == "places":
                    self.readable[key] = readable_places(table, error.faults, places=places, tiers=self.tiers)
                raise
            if not reference.startswith(DATASET):
                entry["year"] = _values_of(table, "year")
        elif not reference.startswith(DATASET):
            table, doubts = legible_table(table, name)
            self.doubt(doubts)
        blank = {"unit": "", "year": "", "source": ""}
        self.record.append({"table": key, "dataset": name, **blank, **entry, "rows": len(table)})
        self.matches += [
            {"table": key, "given": given, "place": place, "how": how}
            for given, place, how in table.attrs.get("matches", ())
        ]
        # what is made of a table copies its notes each time
        table.attrs = {}
        return table

    def doubt(self, doubts: list[Fault]) -> None:
        """Warn of what is probably wrong, or keep it with the faults of a strict run."""
        if self.strict:
            self.faults += doubts
            return
        for doubt in grouped_faults(doubts):
            warn_of(doubt, stacklevel=4)


def _values_of(table: pd.DataFrame, column: str) -> str:
    """Say what a column of a user's table holds: the span of years, the first of other values."""
    # where there is a target the source is a place; a column that stands twice is refused later
    if list(table).count(column) != 1 or (column == "source" and "target" in table):
        return ""
    cells = table[column]
    # cells that are no text may hold what cannot be told apart, such as lists
    held = distinct(cells) if cells.dtype == "str" else cells.dropna()
    if column == "year":
        years = sorted(set(pd.to_numeric(pd.Series(held), errors="coerce").dropna().astype(int)))
        return "–".join(str(year) for year in dict.fromkeys([*years[:1], *years[-1:]]))
    texts = held if isinstance(held, list) else held.astype(str).tolist()
    values = sorted({one.strip() for one in texts} - {""})
    return ", ".join([*values[:_MOST_REPEATED], *(["…"] if len(values) > _MOST_REPEATED else [])])


def _of_framework(table: pd.DataFrame, only: str, where: str, *, needed: bool) -> pd.DataFrame:
    """Return the rows of one of the frameworks that a table holds, without the columns that these leave empty."""
    if "framework" not in table and not needed:
        return table
    if "framework" not in table:
        raise TableError([Fault.of("faults.typology.no_column", where, column="framework", got=[*map(str, table)])])
    if only not in (known := distinct(table["framework"])):
        raise TableError([Fault.of("faults.typology.no_rows", where, column="framework", got=repr(only), names=known)])
    own = table[table["framework"] == only].drop(columns="framework")
    own = own[[name for name, cells in own.items() if distinct(cells)]]
    return own if own.index.name == ROW else own.reset_index(drop=True)
