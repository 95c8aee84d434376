"""Set a three-line table in a Word document: rules above, below the head and at the end, none between columns."""

from typing import Any

from ..figures.style import clean
from .build import TextTable

_LATIN, _CHINESE = "Times New Roman", "SimSun"
_TYPE = 9.0
# eighths of a point
_THICK, _THIN = 12, 6


def set_page(book: Any) -> None:  # noqa: ANN401
    """Lay the page out: A4 across, so that wide tables fit, and a font for each script."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm, Pt

    section = book.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(297), Mm(210)
    section.left_margin = section.right_margin = Mm(20)
    style = book.styles["Normal"]
    style.font.name, style.font.size = _LATIN, Pt(_TYPE)
    _set_chinese(style.element.get_or_add_rPr())


def add_table(book: Any, table: TextTable, number: int) -> None:  # noqa: ANN401
    """Add a caption, the table and its notes."""
    caption = book.add_paragraph()
    caption.paragraph_format.keep_with_next = True
    run = caption.add_run(f"Table {number}  {clean(table.caption)}")
    run.bold = True
    rows = 1 + sum(len(block.rows) + bool(block.heading) for block in table.blocks)
    grid = book.add_table(rows=rows, cols=len(table.headers))
    grid.autofit = True
    cells = [list(row.cells) for row in grid.rows]
    for k, text in enumerate(table.headers):
        _write(cells[0][k], text, right=table.numeric[k], bold=True)
    at = 1
    for block in table.blocks:
        if block.heading:
            merged = cells[at][0].merge(cells[at][-1])
            _write(merged, block.heading, right=False, italic=True)
            at += 1
        for row in block.rows:
            for k, text in enumerate(row):
                _write(cells[at][k], text, right=table.numeric[k])
            at += 1
    _repeat_head(grid.rows[0])
    _rule(cells[0], "top", _THICK)
    _rule(cells[0], "bottom", _THIN)
    _rule(cells[-1], "bottom", _THICK)
    notes = book.add_paragraph(" ".join(f"{clean(note)}." for note in table.notes))
    notes.paragraph_format.space_after = 200_000


def _write(cell: Any, text: str, *, right: bool, bold: bool = False, italic: bool = False) -> None:  # noqa: ANN401
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    line = cell.paragraphs[0]
    line.paragraph_format.space_after = Pt(1)
    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    run = line.add_run(clean(text))
    run.bold, run.italic = bold, italic
    _set_chinese(run._element.get_or_add_rPr())  # noqa: SLF001 - the library has no other way


def _set_chinese(properties: Any) -> None:  # noqa: ANN401
    from docx.oxml.ns import qn

    fonts = properties.get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), _CHINESE)


def _rule(cells: list[Any], side: str, weight: int) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    for cell in {id(cell._tc): cell for cell in cells}.values():  # noqa: SLF001 - the library has no other way
        properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001
        borders = properties.find(qn("w:tcBorders"))
        if borders is None:
            borders = OxmlElement("w:tcBorders")
            properties.append(borders)
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", str(weight)), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)


def _repeat_head(row: Any) -> None:  # noqa: ANN401
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - the library has no other way
    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    properties.append(head)
