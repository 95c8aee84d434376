"""Watch a study that cannot be opened: list its faults, and see when one of its files changes."""

import tomllib
import warnings
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...data import Fault, InnoscapeError, InnoscapeWarning, StudyError, TableError
from ...data.reading.file_reference import FileReference
from ...data.wording.catalogue import plain
from ..plan.schema import STUDY_FILE
from ..stages.run import check
from .intake import fault_entries
from .save import study_file

__all__ = ["WatchedStudy"]


class WatchedStudy:
    """A study whose files are looked at from time to time.

    Parameters
    ----------
    study : Path
        Its folder, or the file in it.
    """

    def __init__(self, study: Path) -> None:
        self.study, self.folder = study, study_file(study).parent
        self.found: list[dict[str, Any]] = []
        self._named: frozenset[Path] = frozenset()
        self._seen = self._files()

    def _files(self) -> frozenset[tuple[str, int, int]]:
        # tables lie beside the study file, one folder below, or where the file says
        found = set()
        near = {path for pattern in ("*", "*/*") for path in self.folder.glob(pattern)}
        for path in near | self._tables():
            # a program that saves a file may take away another beside it at this moment
            with suppress(OSError, ValueError):
                one = path.stat()
                found.add((str(path), one.st_mtime_ns, one.st_size))
        return frozenset(found)

    def _tables(self) -> frozenset[Path]:
        """Return whatever the study file may name; of a file that cannot be read, what it named before."""
        with suppress(OSError, ValueError):
            given = tomllib.loads(study_file(self.study).read_text(encoding="utf-8-sig"))
            self._named = frozenset(self._paths(given))
        return self._named

    def _paths(self, value: object) -> Iterator[Path]:
        if isinstance(value, dict | list):
            for one in value.values() if isinstance(value, dict) else value:
                yield from self._paths(one)
        elif isinstance(value, str):
            # no text of a file is out of question: what names nothing has no size
            with suppress(TableError, OSError, ValueError):
                yield FileReference.of(value, self.folder).path

    def changed(self) -> bool:
        """Say whether a file has come, gone or changed since this was last asked."""
        before, self._seen = self._seen, self._files()
        return before != self._seen

    def blame(self, error: InnoscapeError) -> None:
        """Find all that is wrong with the study, of which ``error`` is what was met first."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", InnoscapeWarning)
                check(self.study)
        except InnoscapeError as whole:
            error = whole
        faults = error.faults if isinstance(error, StudyError | TableError) else [Fault(STUDY_FILE, "", str(error), "")]
        self.found = fault_entries(list(faults))

    def describe(self) -> dict[str, Any]:
        """Return as much of the study as the page needs to open, and its faults."""
        nothing: dict[str, Any] = {"tiers": [], "scored": [], "networks": [], "presets": [], "index": {}, "graphs": {}}
        name = self.folder.resolve().name
        said = {"name": name, "title": plain(name).to_dict(), "bundled": False, "spreads": False}
        return {**nothing, **said, "found": self.found}
