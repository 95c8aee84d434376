"""Write the tables of a study for a paper: three lines, in LaTeX (booktabs), Markdown and Word.

Every text of a user's table is escaped for the format it goes into. The same results give the same bytes.
"""

import datetime as dt
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data import MissingExtraError, OptionError
from ...data.files import write_file
from ...data.options import check_choice
from ...data.wording.catalogue import LANGUAGES, text
from ..figures.style import clean
from .build import (
    Block,
    Speech,
    TextTable,
    balance_table,
    centrality_table,
    scenario_table,
    score_table,
)

if TYPE_CHECKING:
    from ..results.study_results import StudyResults

__all__ = ["write_tables"]

FORMATS = ("tex", "md", "docx")
_BUILDERS: dict[str, Callable[..., TextTable]] = {
    "scores": score_table,
    "centrality": centrality_table,
    "balances": balance_table,
    "scenarios": scenario_table,
}
_LONG = 34
_FIXED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the format knows no zones
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "[": "{[}",
    "]": "{]}",
    "*": r"\textsuperscript{*}",
    "–": "--",
    "\N{MINUS SIGN}": "$-$",
    "“": "``",
    "”": "''",
}
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~&#$])")


def write_tables(
    results: "StudyResults",
    folder: str | Path,
    *,
    tables: Sequence[str] | None = None,
    formats: Sequence[str] = FORMATS,
    language: str = "all",
) -> list[Path]:
    r"""Write scores, centrality, balances and scenarios as three-line tables.

    LaTeX and Markdown give one file a table (``scores.tex``), Word one file with all of them (``tables.docx``). The
    LaTeX needs ``\usepackage{booktabs}``, for long tables also ``longtable``, and with Chinese ``ctex`` under XeLaTeX.

    Parameters
    ----------
    results : StudyResults
        What `run` found.
    folder : str or Path
        Where to write; made if it is not there. Files of the same names are replaced.
    tables : sequence of {"scores", "centrality", "balances", "scenarios"}, optional
        By default all that the results have.
    formats : sequence of {"tex", "md", "docx"}
    language : str
        ``"en"``, ``"zh"`` or a further one that the package has a catalogue of; ``"all"`` gives names in one
        column a language, and headers in all of them.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    MissingExtraError
        If Word is wanted and the extra ``figures`` is not installed.
    OptionError
        If an option is not among its choices, or a table asked for is not there.
    OutputError
        If the folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from innoscape.study import run
    >>> results = run(until="score")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file, = write_tables(results, folder, formats=["md"], language="en")
    ...     file.read_text(encoding="utf-8").splitlines()[4].split("|")[2].strip()
    'Yangtze River Delta'
    """
    for form in formats:
        check_choice("formats", form, FORMATS)
    check_choice("language", language, (*LANGUAGES, "all"))
    there = [name for name in _BUILDERS if name in results.shown and len(results.shown[name])]
    for name in tables or ():
        check_choice("tables", name, tuple(_BUILDERS))
        if name not in there:
            raise OptionError(text("faults.calls.write_tables.results_table_rows_none", name=name))
    speech = Speech(language, results)
    built = [_BUILDERS[name](results, speech) for name in (there if tables is None else dict.fromkeys(tables))]
    pages: dict[str, bytes] = {}
    for form in dict.fromkeys(formats):
        if form == "docx":
            pages["tables.docx"] = _word(built)
            continue
        write = _latex if form == "tex" else _markdown
        pages |= {f"{table.name}.{form}": write(table).encode("utf-8") for table in built}
    return [write_file(Path(folder, name), content) for name, content in pages.items()]


def escape_latex(text: str) -> str:
    r"""Escape a text for LaTeX.

    Examples
    --------
    >>> print(escape_latex("R&D 50% {a_b}"))
    R\&D 50\% \{a\_b\}
    """
    return "".join(_TEX.get(char, char) for char in clean(text))


def escape_markdown(text: str) -> str:
    r"""Escape a text for a cell of a Markdown table.

    Examples
    --------
    >>> print(escape_markdown("a|b *c*"))
    a\|b \*c\*
    """
    return _MARKDOWN.sub(r"\\\1", clean(text))


def _latex(table: TextTable) -> str:
    count = len(table.headers)
    columns = "".join("r" if numeric else "l" for numeric in table.numeric)
    head = " & ".join(
        rf"\multicolumn{{1}}{{{'r' if numeric else 'l'}}}{{{escape_latex(text)}}}"
        for text, numeric in zip(table.headers, table.numeric, strict=True)
    )
    long = sum(len(block.rows) for block in table.blocks) > _LONG
    caption = rf"\caption{{{escape_latex(table.caption)}}}\label{{tab:{table.name}}}"
    packages = "booktabs and longtable" if long else "booktabs"
    lines = [f"% needs the package{'s' if long else ''} {packages}"]
    if any(ord(char) > 0x2E80 for char in repr(table)):
        lines[0] += "; Chinese text needs ctex and XeLaTeX"
    top = [r"\toprule", rf"{head} \\", r"\midrule"]
    body = [line for k, block in enumerate(table.blocks) for line in _latex_block(block, count, first=k == 0)]
    notes = [rf"\multicolumn{{{count}}}{{l}}{{\footnotesize {escape_latex(note)}.}} \\" for note in table.notes]
    if long:
        lines += [r"\begingroup\small", rf"\begin{{longtable}}{{{columns}}}", rf"{caption} \\", *top, r"\endfirsthead"]
        # heads and feet are declared before the body
        lines += [*top, r"\endhead", r"\bottomrule", r"\endfoot", r"\bottomrule", *notes, r"\endlastfoot"]
        lines += [*body, r"\end{longtable}", r"\endgroup"]
    else:
        lines += [r"\begin{table}[htbp]", r"\centering\small", caption, rf"\begin{{tabular}}{{{columns}}}", *top]
        lines += [*body, r"\bottomrule", *notes, r"\end{tabular}", r"\end{table}"]
    return "\n".join(lines) + "\n"


def _latex_block(block: Block, count: int, *, first: bool) -> list[str]:
    lines = []
    if block.heading:
        lines += [] if first else [r"\addlinespace"]
        lines.append(rf"\multicolumn{{{count}}}{{l}}{{\textit{{{escape_latex(block.heading)}}}}} \\")
    return [*lines, *(" & ".join(escape_latex(cell) for cell in row) + r" \\" for row in block.rows)]


def _markdown(table: TextTable) -> str:
    rows: list[list[str]] = [[escape_markdown(text) for text in table.headers]]
    for block in table.blocks:
        if block.heading:
            rows.append([f"**{escape_markdown(block.heading)}**", *[""] * (len(table.headers) - 1)])
        rows += [[escape_markdown(cell) for cell in row] for row in block.rows]
    plain = [row for row in rows if not row[0].startswith("**")]
    widths = [max(3, *(_columns(row[k]) for row in plain)) for k in range(len(table.headers))]

    def line(cells: Sequence[str]) -> str:
        padded = [_pad(c, w, right=n) for c, w, n in zip(cells, widths, table.numeric, strict=True)]
        return "| " + " | ".join(padded) + " |"

    rule = "|" + "|".join("-" * (w + 1) + (":" if n else "-") for w, n in zip(widths, table.numeric, strict=True)) + "|"
    text = [f"**{escape_markdown(table.caption)}**", "", line(rows[0]), rule, *(line(row) for row in rows[1:])]
    return "\n".join([*text, *(f"\n{escape_markdown(note)}." for note in table.notes)]) + "\n"


def _columns(text: str) -> int:
    """Return the columns a text takes on a terminal, where a Chinese character is two wide."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _pad(text: str, width: int, *, right: bool) -> str:
    space = " " * max(0, width - _columns(text))
    return space + text if right else text + space


def _word(tables: Sequence[TextTable]) -> bytes:
    try:
        import docx
    except ImportError as error:
        raise MissingExtraError("figures", purpose="word") from error
    from .word import add_table, set_page

    book = docx.Document()
    core = book.core_properties
    core.author, core.last_modified_by, core.title, core.comments = "innoscape", "innoscape", "", ""
    core.created = core.modified = core.last_printed = _FIXED
    core.revision = 1
    set_page(book)
    for number, table in enumerate(tables, 1):
        add_table(book, table, number)
    stream = io.BytesIO()
    book.save(stream)
    return _without_clock(stream.getvalue())


def _without_clock(data: bytes) -> bytes:
    """Give every part of a zip file the same date and order."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            info: Any = zipfile.ZipInfo(entry.filename, date_time=(2000, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system = zipfile.ZIP_DEFLATED, 0
            new.writestr(info, old.read(entry))
    return stream.getvalue()
