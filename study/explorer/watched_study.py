"""Watch a study that cannot be opened: list its faults, and see when one of its files changes."""

import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...data import Fault, InnoscapeError, InnoscapeWarning, StudyError, TableError
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
        self._seen = self._files()

    def _files(self) -> frozenset[tuple[str, int, int]]:
        # tables lie beside the study file, or one folder below
        found = set()
        for path in (path for pattern in ("*", "*/*") for path in self.folder.glob(pattern)):
            # a program that saves a file may take away another beside it at this moment
            with suppress(OSError):
                one = path.stat()
                found.add((str(path), one.st_mtime_ns, one.st_size))
        return frozenset(found)

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
