"""Read how a study names a file, and the sheet, header and indicator meant in it: ``FILE#sheet=…&header=…``."""

import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import Fault, TableError

__all__ = ["FileReference"]

_ROWS = re.compile(r"([1-9]\d{0,3})(?:-([1-9]\d{0,3}))?")


@dataclass(frozen=True)
class FileReference:
    """A file of a study and what is meant in it.

    Examples
    --------
    >>> found = FileReference.of("yearbook.xlsx#sheet=2-5&header=3-4", Path())
    >>> found.path.name, found.sheet, found.header
    ('yearbook.xlsx', '2-5', (3, 4))
    >>> FileReference.of("yearbook.xlsx#2-5", Path()).sheet
    '2-5'
    """

    path: Path
    sheet: str | None = None
    header: tuple[int, ...] | None = None
    indicator: str | None = None

    @classmethod
    def of(cls, reference: str, folder: Path) -> "FileReference":
        """Read a reference; a file whose own name holds a ``#`` is that file.

        Raises
        ------
        TableError
            With a fault for each part after the ``#`` that is not known.
        """
        name, mark, said = reference.rpartition("#")
        if not mark or (folder / reference).exists():
            return cls(folder / reference)
        sheet, header, indicator, faults = None, None, None, []
        for i, part in enumerate(said.split("&")):
            key, equals, value = part.partition("=")
            rows = _ROWS.fullmatch(value)
            if i == 0 and part and not equals:
                sheet = part
            elif key == "sheet" and value:
                sheet = value
            elif key == "indicator" and value:
                indicator = value
            elif key == "header" and rows and int(rows[1]) <= int(rows[2] or rows[1]):
                header = tuple(range(int(rows[1]), int(rows[2] or rows[1]) + 1))
            else:
                faults.append(Fault.of("faults.reference.option", reference, got=part))
        if faults:
            raise TableError(faults)
        return cls(folder / name, sheet, header, indicator)
