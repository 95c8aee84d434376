"""Read the files of UCINET: the pair of .##h and .##d, and text in its data language (DL)."""

import re
import struct
from itertools import islice
from pathlib import Path

import numpy as np

from ..errors import reason_of
from .network_parts import NetworkFile, check_size, number_in, of_cells, of_matrices
from .refuse_file import refusal
from .text_cells import decoded_text

__all__ = ["read_dl", "read_ucinet"]

# what UCINET writes where a value is missing
_MISSING = 1e38
_TOKEN = re.compile(r'"([^"]*)"|\'([^\']*)\'|([^\s,]+)')
_SECTION = re.compile(r"\b(row|column|col|matrix|level)?[ \t]*labels?[ \t]*(:|[ \t]embedded)", re.IGNORECASE)
_SETTING = re.compile(r"\b(n|nr|nc|nm|format|diagonal)\s*=\s*([^\s,]+)", re.IGNORECASE)
_LAYOUTS = ("fullmatrix", "lowerhalf", "upperhalf", "edgelist1", "edgelist2", "nodelist1", "nodelist2")


def read_ucinet(file: Path) -> NetworkFile:
    """Read a ``.##h`` file and the ``.##d`` file beside it (version 6.404, and the older form that opens with DATE:).

    The header holds, in little-endian order: one byte, five letters of the version, year, month, day, weekday and kind
    of label (2 bytes each), type (1), number of dimensions (2), each of them from columns on (4, older 2), the title
    behind its length (1), one byte a dimension for whether it has labels, and the labels behind their lengths (2):
    UTF-16 in version 6.404. Cells are floats of 4 bytes, row by row; 1E+38 is missing.

    Raises
    ------
    TableError
        If a file is missing, cut, or of another version.
    """
    beside = next((other for end in ("d", "D") if (other := file.with_suffix(f".##{end}")).exists()), None)
    if beside is None:
        raise refusal(file, "network_pair", other=file.with_suffix(".##d").name)
    try:
        head, body = file.read_bytes(), beside.read_bytes()
    except OSError as error:
        raise refusal(file, "unreadable", reason=reason_of(error)) from error
    try:
        dims, labels = _header(file, head)
    except (struct.error, UnicodeDecodeError) as error:
        raise refusal(file, "ucinet", got=f"{len(head)} bytes that end too soon") from error
    columns, rows, levels = dims[0], dims[1], dims[2] if len(dims) > 2 else 1
    cells = rows * columns * levels
    kind = {4 * cells: "<f4", 8 * cells: "<f8"}.get(len(body))
    if kind is None or not cells:
        raise refusal(beside, "ucinet_cells", cells=cells, got=len(body))
    values = np.frombuffer(body, dtype=kind)
    # the shortest number that the cell stands for, 0.1 and not 0.10000000149
    values = values.astype(str).astype(float) if kind == "<f4" else values.astype(float)
    values[values >= _MISSING * (1 - 1e-6)] = np.nan
    names = labels[2] if len(labels) > 2 else []
    return of_matrices(
        labels[1] or _numbered(rows),
        labels[0] or _numbered(columns),
        names or _numbered(levels),
        values.reshape(levels, rows, columns),
    )


def _numbered(n: int) -> list[str]:
    return [str(i) for i in range(1, n + 1)]


def _header(file: Path, head: bytes) -> tuple[list[int], list[list[str]]]:
    """Return the dimensions from columns on, and the labels of each."""
    version = head[1:6]
    if version not in (b"V6404", b"DATE:"):
        raise refusal(file, "ucinet", got=repr(version.decode("latin-1")))
    wide = version == b"V6404"
    at = 6 + 10 + 1
    (count,) = struct.unpack_from("<h", head, at)
    at += 2
    if count not in (2, 3):
        raise refusal(file, "ucinet", got=f"{count} dimensions")
    dims = list(struct.unpack_from(f"<{count}{'i' if wide else 'h'}", head, at))
    if min(dims) < 1:
        raise refusal(file, "ucinet", got=f"dimensions of {' x '.join(map(str, dims))}")
    at += count * (4 if wide else 2)
    at += 1 + struct.unpack_from("<B", head, at)[0]
    marked = struct.unpack_from(f"<{count}B", head, at)
    at += count
    labels: list[list[str]] = []
    for size, has in zip(dims, marked, strict=True):
        labels.append([])
        for _ in range(size if has else 0):
            (length,) = struct.unpack_from("<h", head, at)
            at += 2
            text = head[at : at + length]
            if length < 0 or len(text) < length:
                raise struct.error
            labels[-1].append(text.decode("utf-16-le" if wide else "utf-8", errors="strict" if wide else "replace"))
            at += length
        if len(set(labels[-1])) < len(labels[-1]):
            raise refusal(file, "network_twice")
    return dims, labels


def read_dl(file: Path) -> NetworkFile:
    """Read a text in UCINET's data language.

    Full matrices, halves, edge lists and node lists; labels listed or embedded; several networks (``nm=``).

    Raises
    ------
    TableError
        If it is no such text, or its numbers do not fit its sizes.
    """
    text = decoded_text(file)
    start = re.search(r"\bdata\s*:", text, re.IGNORECASE)
    if not re.match(r"\s*dl\b", text, re.IGNORECASE) or start is None:
        raise refusal(file, "dl", got=repr(text[:20]))
    head, body = text[: start.start()], text[start.end() :]
    offset = text[: start.end()].count("\n")
    return _Dl(file, head, offset, text).read(body)


class _Dl:
    """The header of a text in UCINET's data language."""

    def __init__(self, file: Path, head: str, offset: int, whole: str) -> None:
        self.file, self.offset, self.whole = file, offset, whole
        sections = list(_SECTION.finditer(head))
        front = head[: sections[0].start()] if sections else head
        given = {name.lower(): value.lower() for name, value in _SETTING.findall(head)}
        self.layout = given.get("format", "fullmatrix")
        if self.layout not in _LAYOUTS:
            raise refusal(file, "dl_format", formats=list(_LAYOUTS), got=self.layout)
        self.diagonal = given.get("diagonal", "present") != "absent"
        size = given.get("n") or re.sub(r"\D.*", "", front.lower().replace("dl", "", 1).strip())
        self.rows, self.columns, self.levels = (
            self._size(given.get(name, other)) for name, other in (("nr", size), ("nc", size), ("nm", "1"))
        )
        self.square = "nr" not in given
        self.embedded: set[str] = set()
        self.labels: dict[str, list[str]] = {}
        ends = [*(one.start() for one in sections[1:]), len(head)][: len(sections)]
        for one, end in zip(sections, ends, strict=True):
            kind = (one[1] or "both").lower().replace("column", "col").replace("level", "matrix")
            if one[2] == ":":
                listed = _SETTING.sub(" ", head[one.end() : end])
                self.labels[kind] = _tokens(listed)
            else:
                self.embedded.add(kind)

    def _size(self, given: str) -> int:
        if not given.isdecimal() or len(given) >= 20 or not int(given):
            raise refusal(self.file, "dl_size", got=given or "none")
        check_size(self.file, int(given), self.whole)
        return int(given)

    def _names(self, kind: str, size: int) -> list[str]:
        found = self.labels.get(kind) or (self.labels.get("both") if kind != "matrix" else None) or []
        if found and len(found) != size:
            raise refusal(self.file, "dl_labels", needed=size, got=len(found))
        if len(set(found)) < len(found):
            raise refusal(self.file, "network_twice")
        return found

    def _embeds(self, kind: str) -> bool:
        return bool(self.embedded & {kind, "both"})

    def read(self, body: str) -> NetworkFile:
        names = self._names("matrix", self.levels) or _numbered(self.levels)
        if self.layout in ("fullmatrix", "lowerhalf", "upperhalf"):
            rows, columns, cells = self._matrices(body)
            return of_matrices(rows, columns, names, cells)
        return self._lists(body, names)

    def _matrices(self, body: str) -> tuple[list[str], list[str], np.ndarray]:
        half = self.layout != "fullmatrix"
        tokens = iter(self._enough(_tokens(body), half=half))
        rows, columns = self._names("row", self.rows), self._names("col", self.columns)
        cells = np.full((self.levels, self.rows, self.columns), np.nan)
        for level in range(self.levels):
            if self._embeds("col"):
                columns = list(islice(tokens, self.columns))
            embedded = []
            for i in range(self.rows):
                if self._embeds("row"):
                    embedded.append(next(tokens, ""))
                across = range(self.columns)
                if half:
                    across = range(i + 1) if self.layout == "lowerhalf" else range(i, self.columns)
                for j in across:
                    if i == j and not self.diagonal:
                        continue
                    cells[level, i, j] = self._cell(next(tokens, None))
            rows = embedded or rows
        if left := sum(1 for _ in tokens):
            raise refusal(self.file, "dl_cells", got=f"{left} more")
        if half:
            cells = np.where(np.isnan(cells), cells.transpose(0, 2, 1), cells)
        rows = rows or (columns if self.square else []) or _numbered(self.rows)
        return rows, columns or (rows if self.square else _numbered(self.columns)), cells

    def _enough(self, tokens: list[str], *, half: bool) -> list[str]:
        """Refuse sizes that the file does not fill, before memory is taken for them."""
        if half and self.rows != self.columns:
            raise refusal(self.file, "dl_size", got=f"nr={self.rows} nc={self.columns} of {self.layout}")
        each = self.rows * (self.rows + 1) // 2 if half else self.rows * self.columns
        if len(tokens) < self.levels * (each - (0 if self.diagonal else min(self.rows, self.columns))):
            raise refusal(self.file, "dl_cells", got="fewer")
        return tokens

    def _cell(self, token: str | None) -> float:
        if token is None:
            raise refusal(self.file, "dl_cells", got="fewer")
        return float("nan") if token.lower() in (".", "na") else number_in(self.file, None, token)

    def _lists(self, body: str, names: list[str]) -> NetworkFile:
        """Read lists of links, networks parted by an exclamation mark."""
        rows, columns = self._names("row", self.rows), self._names("col", self.columns)
        known = [rows or ([] if self._embeds("row") else _numbered(self.rows))]
        known.append(columns or ([] if self._embeds("col") else (known[0] if self.square else _numbered(self.columns))))
        at = [{name: i for i, name in enumerate(one)} for one in known]
        if self.square:
            at[1] = at[0]
        cells: list[dict[tuple[int, int], float]] = [{} for _ in names]
        level = 0
        for number, line in enumerate(body.split("\n"), self.offset + 1):
            if line.strip() == "!":
                level += 1
                continue
            tokens = _tokens(line)
            if not tokens:
                continue
            if level >= self.levels:
                raise refusal(self.file, "dl_cells", row=number, got="more networks")
            first = self._position(tokens[0], at[0], self.rows, number, "row")
            if self.layout.startswith("nodelist"):
                ends = [(token, 1.0) for token in tokens[1:]]
            elif len(tokens) in (2, 3):
                ends = [(tokens[1], number_in(self.file, number, tokens[2]) if len(tokens) == 3 else 1.0)]
            else:
                raise refusal(self.file, "dl_link", row=number, got=line.strip())
            for end, value in ends:
                tie = (first, self._position(end, at[1], self.columns, number, "col"))
                cells[level][tie] = cells[level].get(tie, 0.0) + value
        return of_cells(list(at[0]), list(at[1]), names, cells)

    def _position(self, token: str, at: dict[str, int], size: int, row: int, kind: str) -> int:
        if not self._embeds(kind):
            if not token.isdecimal() or len(token) >= 20 or not 1 <= int(token) <= size:
                raise refusal(self.file, "network_end", row=row, got=token, n=size)
            return int(token) - 1
        if token not in at and len(at) >= size:
            raise refusal(self.file, "network_end", row=row, got=token, n=size)
        return at.setdefault(token, len(at))


def _tokens(text: str) -> list[str]:
    return [a or b or c for a, b, c in _TOKEN.findall(text)]
