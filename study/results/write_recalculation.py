"""Write two sheets that recalculate scores and ranks where a weight is changed.

``recalculate`` is for reading: the weights to change, and the places in the order of their new ranks.
``calculation`` holds the formulas: one row a place, one column an indicator, a group and the index. Formulas are made
of coordinates and numbers alone.
"""

import math
from typing import TYPE_CHECKING

from ...data.wording.catalogue import LANGUAGES, Text, plain, text
from ...geo.index.aggregate.tree import Node
from ...geo.ranks import TOLERANCE
from .put_cell import Found, put_cell, put_formula, text_places
from .score_model import ScoreModel, means

if TYPE_CHECKING:
    import pandas as pd
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["CALCULATION", "FIRST_ROW", "RECALCULATE", "write_recalculation"]

RECALCULATE, CALCULATION = "recalculate", "calculation"
# of the list of indicators, and of that of places
FIRST_ROW = 5
_INPUT, _HEAD = "FFFFF2CC", "FFDCE6F1"
_UP, _DOWN, _BAR = "FF00598A", "FFA83806", "FF8FB3D3"
_GIVEN, _TRIED, _SHARE = 5, 6, 7
_RIGHT = 9
_TEXTS = "ABC"
_SCORE, _TIES = 6, 9
_HEADS = ("place", "english", "chinese", "as_scored", "rank_scored", "score", "rank", "order", "ties")


def write_recalculation(front: "Worksheet", back: "Worksheet", model: ScoreModel, names: "pd.DataFrame") -> Found:
    """Write both sheets and return what their formulas give at first.

    Parameters
    ----------
    front, back : Worksheet
        ``recalculate`` and ``calculation``, empty.
    model : ScoreModel
        What the scores follow from.
    names : DataFrame
        ``name_en`` and ``name_zh`` by place, those that are known.
    """
    found: Found = {}
    _write_weights(front, model, found)
    _write_formulas(back, model, names, found)
    _write_ranking(front, model, names, found)
    _color(front, model)
    return found


def _say(said: Text) -> str:
    return "\n".join(dict.fromkeys(said.said))


def _head(sheet: "Worksheet", row: int, column: int, said: Text) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    cell = put_cell(sheet, row, column, _say(said))
    cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_HEAD)
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _write_weights(sheet: "Worksheet", model: ScoreModel, found: Found) -> None:
    from openpyxl.styles import Font, PatternFill, Protection

    how = text("workbook.live.how", recipe=model.recipe or plain("–"))
    put_cell(sheet, 1, 1, " · ".join(dict.fromkeys(text("workbook.live.title").said))).font = Font(bold=True, size=14)
    for row, said in enumerate(how.said, 2):
        put_cell(sheet, row, 1, said)
    heads = ("indicator", "english", "chinese", "group", "given", "tried", "share")
    for column, key in enumerate(heads, 1):
        _head(sheet, FIRST_ROW - 1, column, text(f"workbook.live.{key}"))
    last = FIRST_ROW + len(model.names) - 1
    total = sum(model.tree.weights.values())
    for row, (one, path) in enumerate(model.tree.paths.items(), FIRST_ROW):
        english, chinese, *_ = model.names[one].said
        for column, value in enumerate((one, english, chinese, " / ".join(path), model.tree.weights[one]), 1):
            put_cell(sheet, row, column, value)
        cell = put_cell(sheet, row, _TRIED, model.tree.weights[one])
        cell.fill, cell.protection = PatternFill("solid", fgColor=_INPUT), Protection(locked=False)
        sheet.cell(row, _GIVEN).number_format = cell.number_format = "0.0000"
        formula = f"=F{row}/SUM(F${FIRST_ROW}:F${last})"
        put_formula(sheet, row, _SHARE, formula, model.tree.weights[one] / total, found, "0.0%")


class _Columns:
    """Where parts of the model stand on the sheet of formulas: indicators, deeper groups, shallower ones."""

    def __init__(self, model: ScoreModel) -> None:
        self.tree = model.tree
        self.groups = [node for node in reversed(self.tree.nodes) if node]
        self.nodes: list[Node] = [*self.groups, ()]
        self.of: dict[str | Node, int] = {(): _SCORE}
        self.of |= {part: i for i, part in enumerate([*self.tree.paths, *self.groups], len(_HEADS) + 1)}
        self.start = 3 + len(self.nodes) + 1
        self.end = self.start + len(model.places) - 1

    def below(self, node: Node) -> tuple[str, str]:
        """Return the first and last column of what a node may be made of."""
        from openpyxl.utils import get_column_letter as letter

        deeper = sum(len(other) > len(node) for other in self.groups)
        return letter(len(_HEADS) + 1), letter(len(_HEADS) + len(self.tree.paths) + deeper)


def _write_formulas(sheet: "Worksheet", model: ScoreModel, names: "pd.DataFrame", found: Found) -> None:
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter as letter

    columns = _Columns(model)
    for column, key in enumerate(_HEADS, 1):
        _head(sheet, 1, column, text(f"workbook.live.{key}"))
    for part, column in columns.of.items():
        if part:
            _head(sheet, 1, column, model.names[part] if isinstance(part, str) else plain(" / ".join(part)))
    put_cell(sheet, 2, 1, _say(text("workbook.live.tried")))
    for i, one in enumerate(columns.tree.paths):
        formula = f"={RECALCULATE}!$F${FIRST_ROW + i}"
        put_formula(sheet, 2, columns.of[one], formula, columns.tree.weights[one], found, "0.0000")
    for row, node in enumerate(columns.nodes, 3):
        _write_shares(sheet, row, node, columns, found)
    _write_places(sheet, model, names, columns, found)
    sheet.freeze_panes = f"D{columns.start}"
    english = max((text_places(str(name)) for name in names.get("name_en", [])), default=0)
    widths = (30, min(48, max(22, english + 1)), 16, *[13] * (sheet.max_column - 3))
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[letter(column)].width = width
    for row in range(1, columns.start):
        cells = [(cell, wide) for cell, wide in zip(sheet[row], widths, strict=True) if cell.data_type == "s"]
        for cell, _ in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.row_dimensions[row].height = 15 * max([1, *(_lines(str(cell.value), wide) for cell, wide in cells)])


def _lines(said: str, width: float) -> int:
    """Count the lines that a text takes in a column; bold letters are wider, and words are not parted."""
    return sum(max(1, math.ceil(1.3 * text_places(line) / width)) for line in said.split("\n"))


def _write_shares(sheet: "Worksheet", row: int, node: Node, columns: _Columns, found: Found) -> None:
    """Write the weight of a group and the shares of its parts; 0 for what is no part of it."""
    from openpyxl.utils import get_column_letter as letter

    shares, own = columns.tree.shares(node), f"{letter(columns.of[node])}$2"
    said = plain(" / ".join(node)) if node else text("workbook.live.index")
    put_cell(sheet, row, 1, _say(text("workbook.live.shares_in", group=said)))
    members = "+".join(f"{letter(columns.of[part])}2" for part in shares)
    put_formula(sheet, 2, columns.of[node], f"={members}", columns.tree.weight(node), found, "0.0000")
    # a group without weight is the mean of its parts, the index needs weights
    without = f"1/{len(shares)}" if node else "NA()"
    for part, column in columns.of.items():
        if part in shares:
            formula = f"=IF({own}>0,{letter(column)}$2/{own},{without})"
            put_formula(sheet, row, column, formula, shares[part], found, "0.0%")
        elif part and (isinstance(part, str) or len(part) > len(node)):
            put_cell(sheet, row, column, 0)


def _write_places(
    sheet: "Worksheet", model: ScoreModel, names: "pd.DataFrame", columns: _Columns, found: Found
) -> None:
    start, end, scores = columns.start, columns.end, means(model)
    score, rank = f"F${start}:F${end}", f"G${start}:G${end}"
    slack = TOLERANCE * max(1.0, float(abs(scores[()]).max()))
    put_cell(sheet, 2, _TIES - 1, _say(text("workbook.live.slack")))
    most = f"MAX(1,MAX({score}),-MIN({score}))"
    put_formula(sheet, 2, _TIES, f"={TOLERANCE:.0E}*{most}", slack, found, "0E+00")
    values = model.matrix.tolist()
    for i, place in enumerate(model.places.itertuples()):
        row = start + i
        for column, value in enumerate((place.place, *_names(names, place.place), place.score, place.rank), 1):
            put_cell(sheet, row, column, value)
        sheet.cell(row, 4).number_format = "0.000"
        for value, one in zip(values[i], columns.tree.paths, strict=True):
            put_cell(sheet, row, columns.of[one], value).number_format = "0.000"
        for share_row, node in enumerate(columns.nodes, 3):
            first, last = columns.below(node)
            shares, parts = f"${first}${share_row}:${last}${share_row}", f"${first}{row}:${last}{row}"
            formula = _mean(shares, parts, model.exponents[len(node)])
            put_formula(sheet, row, columns.of[node], formula, float(scores[node][i]), found, "0.000")
        put_formula(sheet, row, 7, _rank(score, row, model.ties, start, end), float(place.rank), found)
        order = f"=SUMPRODUCT(({rank}<G{row})*1)+COUNTIF(G${start}:G{row},G{row})"
        put_formula(sheet, row, 8, order, float(i + 1), found)
        equal = f"=SUMPRODUCT((ABS({score}-F{row})<=$I$2)*1)"
        tied = int((abs(scores[()] - scores[()][i]) <= slack).sum())
        put_formula(sheet, row, _TIES, equal, float(tied), found)


def _names(names: "pd.DataFrame", place: object) -> tuple[object, ...]:
    return tuple(names[c].get(place) if c in names else None for c in ("name_en", "name_zh"))


def _mean(shares: str, values: str, p: float) -> str:
    """Write the formula of a weighted mean; 0 in a part that carries weight gives 0 where the exponent is at most 0."""
    if p == 1:
        return f"=SUMPRODUCT({shares},{values})"
    safe = f"({values}+({values}<=0))"
    if p > 0:
        return f"=SUMPRODUCT({shares}*({values}>0)*{safe}^{p!r})^(1/{p!r})"
    whole = f"EXP(SUMPRODUCT({shares}*LN{safe}))" if p == 0 else f"SUMPRODUCT({shares}*{safe}^({p!r}))^(1/({p!r}))"
    return f"=IF(SUMPRODUCT(({shares}>0)*({values}<=0))>0,0,{whole})"


def _rank(scores: str, row: int, ties: str, start: int, end: int) -> str:
    above = f"SUMPRODUCT(({scores}-F{row}>$I$2)*1)"
    if ties == "dense":
        return f"=1+ROUND(SUMPRODUCT(({scores}-F{row}>$I$2)/I${start}:I${end}),0)"
    least = f"SUMPRODUCT(({scores}-F{row}>=-$I$2)*1)"
    return {"min": f"=1+{above}", "max": f"={least}", "average": f"=(1+{above}+{least})/2"}[ties]


def _write_ranking(sheet: "Worksheet", model: ScoreModel, names: "pd.DataFrame", found: Found) -> None:
    heads = ("rank", "place", "english", "chinese", "score", "as_scored", "rank_scored", "gained")
    for column, key in enumerate(heads, _RIGHT):
        _head(sheet, FIRST_ROW - 1, column, text(f"workbook.live.{key}"))
    columns = _Columns(model)
    start, end = columns.start, columns.end
    for i, place in enumerate(model.places.itertuples(), 1):
        row = FIRST_ROW + i - 1
        match = f"MATCH({i},{CALCULATION}!$H${start}:$H${end},0)"
        english, chinese = _names(names, place.place)
        cells = (
            ("G", float(place.rank), "0.#" if model.ties == "average" else "0"),
            ("A", str(place.place), ""),
            ("B", _known(english), ""),
            ("C", _known(chinese), ""),
            ("F", float(place.score), "0.000"),
            ("D", float(place.score), "0.000"),
            ("E", float(place.rank), "0.#" if model.ties == "average" else "0"),
        )
        for at, (of, value, form) in enumerate(cells, _RIGHT):
            taken = f"=INDEX({CALCULATION}!${of}${start}:${of}${end},{match})"
            # text of an empty cell would show as 0
            formula = f'{taken}&""' if of in _TEXTS else taken
            put_formula(sheet, row, at, formula, value, found, form)
        put_formula(sheet, row, _RIGHT + len(cells), f"=O{row}-I{row}", 0.0, found, "+0.#;-0.#;0")
    sheet.freeze_panes = f"A{FIRST_ROW}"
    widths: list[int] = [26, 26, 18, 20, 11, 11, 11, 3, 8, 16, 24, 16, 10, 10, 10, 10]
    for at, shown in ((1, [one.said[0] for one in model.names.values()]), (10, list(names.get("name_en", [])))):
        widths[at] = max(widths[at], min(48, max((text_places(str(one)) for one in shown), default=0) + 1))
    for column, width in enumerate(widths):
        sheet.column_dimensions["ABCDEFGHIJKLMNOP"[column]].width = width
    sheet.row_dimensions[FIRST_ROW - 1].height = 15 * 2 * len(LANGUAGES)


def _known(name: object) -> str:
    return name if isinstance(name, str) else ""


def _color(sheet: "Worksheet", model: ScoreModel) -> None:
    from openpyxl.formatting.rule import CellIsRule, DataBarRule, FormulaRule
    from openpyxl.styles import Font
    from openpyxl.worksheet.datavalidation import DataValidation

    places, weights = FIRST_ROW + len(model.places) - 1, FIRST_ROW + len(model.names) - 1
    rules = sheet.conditional_formatting
    bar = DataBarRule(start_type="num", start_value=0, end_type="max", color=_BAR, showValue=True)
    rules.add(f"M{FIRST_ROW}:M{places}", bar)
    for operator, color in (("greaterThan", _UP), ("lessThan", _DOWN)):
        own = CellIsRule(operator=operator, formula=["0"], font=Font(bold=True, color=color))
        rules.add(f"P{FIRST_ROW}:P{places}", own)
    changed = FormulaRule(formula=[f"F{FIRST_ROW}<>E{FIRST_ROW}"], font=Font(bold=True, color=_DOWN))
    rules.add(f"F{FIRST_ROW}:F{weights}", changed)
    if min(model.tree.weights.values()) >= 0:
        check = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0", allow_blank=False)
        check.error, check.errorTitle = _say(text("workbook.live.needed")), "innoscape"
        check.showErrorMessage = True
        check.add(f"F{FIRST_ROW}:F{weights}")
        sheet.add_data_validation(check)
