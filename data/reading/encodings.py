"""Tell the encoding of text files of any size, and write them anew as UTF-8."""

import codecs
import gzip
from pathlib import Path
from typing import BinaryIO, cast

from ..errors import Fault, TableError, warn

__all__ = ["MARKS", "as_utf8", "content_of", "encoding_of", "suffix_of"]

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_PIECE = 1 << 24


def _open(file: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(file, "rb")) if file.suffix.lower() == ".gz" else file.open("rb")


def suffix_of(file: Path) -> str:
    """Return the lower-case suffix of a file, that of what is packed where it ends in ``.gz``.

    Examples
    --------
    >>> suffix_of(Path("flows.CSV.gz")), suffix_of(Path("flows.csv"))
    ('.csv', '.csv')
    """
    name = file.name.lower().removesuffix(".gz")
    return Path(name).suffix


def content_of(file: Path) -> bytes:
    """Return what a file holds, unpacked where it ends in ``.gz``."""
    with _open(file) as source:
        return source.read()


def encoding_of(path: str | Path) -> str:
    """Return the encoding of a text file: UTF-8, UTF-16 with its mark, or GB18030.

    Raises
    ------
    TableError
        If it is none of them.
    """
    file = Path(path)
    with _open(file) as source:
        start = source.read(4)
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return encoding
    for encoding in ("utf-8", "gb18030"):
        if _holds(file, encoding):
            return encoding
    raise TableError([Fault.of("faults.file.encoding", file.name)])


def _holds(file: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with _open(file) as source:
            while piece := source.read(_PIECE):
                if b"\0" in piece:
                    # UTF-16 without its mark, or no text
                    return False
                if not piece.isascii() or decoder.getstate()[0]:
                    decoder.decode(piece)
            # a file cut within its last character is still of this encoding
    except UnicodeDecodeError:
        return False
    return True


def as_utf8(path: str | Path, folder: Path) -> str:
    """Return the path of a text file as UTF-8: its own, or that of a copy in a folder; GB18030 is warned of."""
    file = Path(path)
    encoding = encoding_of(file)
    if encoding.startswith("utf-8"):
        return str(path)
    if encoding == "gb18030":
        warn("warnings.files.gb18030", file=file.name, stacklevel=5)
    decoder = codecs.getincrementaldecoder(encoding)()
    copy = folder / f"{len(list(folder.iterdir()))}-{file.name.removesuffix('.gz')}"
    with _open(file) as source, copy.open("wb") as target:
        while piece := source.read(_PIECE):
            target.write(decoder.decode(piece).encode())
        if encoding == "gb18030" and decoder.getstate()[0]:
            target.write(b"\xef\xbf\xbd")
        else:
            target.write(decoder.decode(b"", final=True).encode())
    return str(copy)
