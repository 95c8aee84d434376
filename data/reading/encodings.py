"""Tell the encoding of text files of any size, and write them anew as UTF-8."""

import codecs
import gzip
import re
from pathlib import Path
from typing import BinaryIO, cast

from ..errors import Fault, TableError, warn

__all__ = [
    "MARKS",
    "MOST_SWOLLEN",
    "NAMES",
    "START",
    "SWOLLEN",
    "as_utf8",
    "chinese_encodings",
    "content_of",
    "encoding_of",
    "suffix_of",
]

MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
NAMES = {"gb18030": "GB18030", "big5": "Big5"}
_PIECE = 1 << 24
# bytes by which encodings are told apart
START = 1 << 16
# how many times its packed size a table takes at most, and from which size on that is asked
MOST_SWOLLEN, SWOLLEN = 300, 1 << 26
_BIG5 = "big5"
_PAIR = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
# characters that are enough to tell by, share of second bytes below the first of GB 2312
_FEW, _LOW, _HIGH = 8, 0.2, 0xA1


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
    """Return what a file holds, unpacked where it ends in ``.gz``.

    Raises
    ------
    OverflowError
        If it unpacks to far more than a table does.
    """
    most = max(SWOLLEN, MOST_SWOLLEN * file.stat().st_size)
    with _open(file) as source:
        content = source.read(most + 1)
    if len(content) > most:
        raise OverflowError(file.name)
    return content


def chinese_encodings(start: bytes) -> tuple[str, ...]:
    """Return the encodings of Chinese text to try on bytes that are not UTF-8, the likelier first.

    Most bytes of Big5 are valid GB18030, but of the second bytes of its characters about 40% lie below 0xA1, where
    GB18030 has rare characters only.

    Examples
    --------
    >>> chinese_encodings("臺北市,新竹市,高雄市,桃園市".encode("big5"))[0]
    'big5'
    >>> chinese_encodings("北京市,上海市,天津市,重庆市".encode("gbk"))[0]
    'gb18030'
    """
    pairs = _PAIR.findall(start)
    low = sum(pair[1] < _HIGH for pair in pairs)
    if len(pairs) >= _FEW and low > _LOW * len(pairs):
        try:
            codecs.getincrementaldecoder(_BIG5)().decode(start)
        except UnicodeDecodeError:
            return ("gb18030",)
        return _BIG5, "gb18030"
    return ("gb18030",)


def encoding_of(path: str | Path) -> str:
    """Return the encoding of a text file: UTF-8, UTF-16 with its mark, GB18030 or Big5.

    Raises
    ------
    TableError
        If it is none of them.
    """
    file = Path(path)
    with _open(file) as source:
        start = source.read(START)
    for mark, encoding in MARKS:
        if start.startswith(mark):
            return encoding
    for encoding in ("utf-8", *chinese_encodings(start)):
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
    """Return the path of a text file as UTF-8: its own, or that of a copy in a folder; others are warned of."""
    file = Path(path)
    encoding = encoding_of(file)
    if encoding.startswith("utf-8"):
        return str(path)
    if encoding in NAMES:
        warn("warnings.files.encoding", file=file.name, encoding=NAMES[encoding], stacklevel=5)
    decoder = codecs.getincrementaldecoder(encoding)()
    copy = folder / f"{len(list(folder.iterdir()))}-{file.name.removesuffix('.gz')}"
    with _open(file) as source, copy.open("wb") as target:
        while piece := source.read(_PIECE):
            target.write(decoder.decode(piece).encode())
        if encoding in NAMES and decoder.getstate()[0]:
            target.write(b"\xef\xbf\xbd")
        else:
            target.write(decoder.decode(b"", final=True).encode())
    return str(copy)
