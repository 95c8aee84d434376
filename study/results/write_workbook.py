"""Write scores, weights, contributions and the data behind them to one Excel workbook.

Text that begins like a formula is written, and marked, as text: the formulas of the workbook, which recalculate scores
where a weight is changed, are made of coordinates and numbers alone. The same input gives the same bytes.
"""

import datetime as dt
import io
import math
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from ...data import Framework, OptionError
from ...data.contracts.results import ResultColumn, ResultTable, result_tables
from ...data.files import write_file
from ...data.tier_scale import FOUR_TIERS, TierScale, as_scale
from ...data.vocabulary import terms
from ...data.wording.catalogue import LANGUAGES, Text, keys, plain, text
from .draw_workbook_charts import draw_workbook_charts
from .put_cell import put_cell, text_places, with_values
from .score_model import ScoreModel, score_model
from .write_recalculation import CALCULATION, RECALCULATE, write_recalculation

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from ...geo import Scores
    from .study_results import StudyResults

__all__ = ["write_workbook"]

_FIXED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - the format knows no zones
_STAMPS = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
_MOST_ROWS = 1_048_575
_HEADER = "FFDCE6F1"
# characters: of a header that takes one line, of the widest column
_ONE_LINE, _WIDEST = 16, 48
# in the order of the workbook
SHEETS = (
    "scores", "score_intervals", "tier_probabilities", "levels", "weights", "contributions", "normalized", "prepared",
    "treatments", "disagreements", "log", "framework", "indicators",
)  # fmt: skip
_IDENTITY = ("place", "name_en", "name_zh")
# unit -> number format
_FORMATS = {
    "0 to 1 under min-max": "0.000",
    "as the score": "0.000",
    "common scale": "0.000",
    "share, sums to 1": "0.0%",
    "share of runs": "0.0%",
}


def write_workbook(
    results: "Scores | StudyResults | Mapping[str, pd.DataFrame]",
    path: str | Path,
    *,
    framework: Framework | None = None,
    indicators: pd.DataFrame | None = None,
    places: pd.DataFrame | None = None,
) -> Path:
    """Write results to a workbook of one sheet a table, with a sheet that explains them.

    Sheets, where there is something to show: ``readme``, ``recalculate``, ``scores``, ``score_intervals``,
    ``tier_probabilities``, ``levels`` (scores of groups), ``weights``, ``contributions``, ``normalized``,
    ``prepared``, ``treatments``, ``disagreements``, ``log``, ``framework``, ``indicators``, ``calculation``.
    ``framework`` and ``indicators`` can be edited and read back by `innoscape.data.read_workbook`.

    On ``recalculate`` a weight can be changed: shares, scores, ranks, the order of the places and the chart follow by
    the formulas of ``calculation``, from the normalized values, of the first recipe and the year shown. The sheets are
    there under arithmetic, geometric, harmonic and power means, with a framework and 2 to 2,000 places.

    Parameters
    ----------
    results : Scores, StudyResults or mapping
        What `innoscape.geo.score` or `run` found, or tables by name (``scores`` among them).
    path : str or Path
        File to write, ``.xlsx``; an existing one is replaced, whole or not at all.
    framework : Framework, optional
        The framework of the scores; the table ``framework`` of the results when not given.
    indicators : pandas.DataFrame, optional
        The values the scores rest on; the table ``indicators`` of the results when not given.
    places : pandas.DataFrame, optional
        ``place``, ``name_en``, ``name_zh``, to show names beside the keys; those of the table ``scores`` if it has
        them.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OptionError
        If there are no scores, the file name does not end in ``.xlsx``, or a table has more rows than a sheet holds.
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from innoscape.data import Framework, read_workbook
    >>> from innoscape.geo import score
    >>> data = pd.DataFrame({"place": ["甲", "乙"], "indicator": "labs", "value": [9.0, 1.0]})
    >>> framework = Framework.from_table(pd.DataFrame({"indicator": ["labs"]}))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = write_workbook(score(data, framework), Path(folder, "scores.xlsx"), framework=framework,
    ...                           indicators=data)
    ...     read_workbook(file)[0] == framework
    True
    """
    target = Path(path)
    if target.suffix.lower() != ".xlsx":
        raise OptionError(text("faults.calls.write_workbook.path_name_ends_xlsx", name=target.name))
    tables = _tables(results, framework, indicators)
    if "scores" not in tables:
        raise OptionError(text("faults.calls.write_workbook.results_table_scores_none"))
    sheets = {name: _named(name, table, tables, places) for name, table in tables.items() if len(table.columns)}
    for name, table in sheets.items():
        if len(table) > _MOST_ROWS:
            raise OptionError(
                text(
                    "faults.calls.write_workbook.most_rows_write_csv",
                    name=name,
                    most_rows=f"{_MOST_ROWS:,}",
                    table=f"{len(table):,}",
                )
            )
    recipe = getattr(results, "recipe", None)
    choices = {} if recipe is None else recipe.to_dict()
    model = score_model(results, tables.get("framework"))
    names = places if places is not None else tables["scores"]
    scale = FOUR_TIERS if (study := getattr(results, "study", None)) is None else study.tiers.order
    return write_file(target, _workbook(sheets, choices, model, names, as_scale(scale)))


def _tables(
    results: "Scores | StudyResults | Mapping[str, pd.DataFrame]",
    framework: Framework | None,
    indicators: pd.DataFrame | None,
) -> dict[str, pd.DataFrame]:
    given = results if isinstance(results, Mapping) else getattr(results, "tables", None)
    if given is None:
        found = {name: table for name in SHEETS if isinstance(table := getattr(results, name, None), pd.DataFrame)}
    else:
        # a study keeps one log a stage
        keys = {name: "index_log" if name == "log" and "index_log" in given else name for name in SHEETS}
        found = {name: given[key] for name, key in keys.items() if key in given}
    if framework is not None:
        found["framework"] = framework.table
    if indicators is not None:
        found["indicators"] = indicators
    return {name: pd.DataFrame(found[name]) for name in SHEETS if name in found}


def _named(
    sheet: str, table: pd.DataFrame, tables: Mapping[str, pd.DataFrame], places: pd.DataFrame | None
) -> pd.DataFrame:
    """Put the names of places behind their keys, except in the sheets that are read back."""
    known = places if places is not None else tables["scores"]
    if sheet in ("framework", "indicators") or "place" not in table or "place" not in known:
        return table
    names = pd.DataFrame(known).drop_duplicates("place").set_index("place")
    shown = table.copy()
    at = int(shown.columns.get_indexer(["place"])[0]) + 1
    for column in ("name_zh", "name_en"):
        if column in names and column not in shown:
            shown.insert(at, column, shown["place"].map(names[column].astype(object)))
    return shown


def _workbook(
    sheets: Mapping[str, pd.DataFrame], choices: Mapping[str, object], model: ScoreModel | None, names: pd.DataFrame,
    scale: TierScale,
) -> bytes:  # fmt: skip
    from openpyxl import Workbook

    book, found = Workbook(), {}
    book.properties.creator = "innoscape"
    book.properties.created = _FIXED
    readme = book.active
    assert readme is not None  # noqa: S101 - a new workbook has a sheet
    readme.title = "readme"
    _write_readme(readme, sheets, choices, live=model is not None)
    front = None if model is None else book.create_sheet(RECALCULATE)
    for name, table in sheets.items():
        _write_table(book.create_sheet(name), name, table)
    if model is not None and front is not None:
        known = pd.DataFrame(names).drop_duplicates("place").set_index("place")
        found = write_recalculation(front, book.create_sheet(CALCULATION), model, known)
        for name in (RECALCULATE, CALCULATION):
            _set_print(book[name])
    draw_workbook_charts(book, sheets, recalculated=0 if model is None else len(model.places), tiers=scale)
    book.calculation.fullCalcOnLoad = True
    stream = io.BytesIO()
    book.save(stream)
    at = {f"xl/worksheets/sheet{i}.xml": found[name] for i, name in enumerate(book.sheetnames, 1) if name in found}
    return _without_clock(stream.getvalue(), at)


def _write_table(sheet: "Worksheet", name: str, table: pd.DataFrame) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    head = {"font": Font(bold=True), "fill": PatternFill("solid", fgColor=_HEADER)}
    contract, columns = _contract(name, table), [str(column) for column in table.columns]
    for at, column in enumerate(columns, 1):
        cell = put_cell(sheet, 1, at, column)
        cell.font, cell.fill = head["font"], head["fill"]
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    fills = {
        key: PatternFill("solid", fgColor=f"FF{term.color[1:].upper()}")
        for key, term in terms("statuses").items()
        if term.color
    }
    # text beside a number keeps away from it
    apart = Alignment(horizontal="left", indent=1)
    for at, column in enumerate(columns, 1):
        form = _format(_column(contract, column))
        beside = at > 1 and pd.api.types.is_numeric_dtype(table.iloc[:, at - 2])
        values = table.iloc[:, at - 1].astype(object).tolist()
        for row, value in enumerate(values, 2):
            cell = put_cell(sheet, row, at, value)
            if form and cell.data_type == "n":
                cell.number_format = form
            if beside and cell.data_type == "s":
                cell.alignment = apart
            if column in ("status", "action") and str(value) in fills:
                cell.fill = fills[str(value)]
        shown = [_shown(value, form) for value in values[:500]]
        sheet.column_dimensions[get_column_letter(at)].width = _width(column, shown)
    fixed = next((i for i, column in enumerate(columns) if column not in _IDENTITY), len(columns))
    sheet.freeze_panes = f"{get_column_letter(min(fixed, 3) + 1)}2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{len(table) + 1}"
    sheet.row_dimensions[1].height = 30
    _set_print(sheet)


def _set_print(sheet: "Worksheet") -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _row(first: str, second: str, said: Text, unit: str = "") -> tuple[str, ...]:
    """Write a row of the sheet that explains: English before the unit, the other languages behind it."""
    return (first, second, said.said[0], unit, *said.said[1:])


def _write_readme(
    sheet: "Worksheet", sheets: Mapping[str, pd.DataFrame], choices: Mapping[str, object], *, live: bool
) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    title = text("workbook.title").said
    rows: list[tuple[object, ...]] = [(title[0], "", "", "", *title[1:])]
    heads = {1}

    def head(first: str, second: str, meaning: str, unit: str = "") -> None:
        heads.add(len(rows) + 2)
        one, two, last = (str(text(f"workbook.{key}")) if key else "" for key in (first, second, unit))
        rows.extend([(), _row(one, two, text(f"workbook.{meaning}"), last)])

    head("sheet", "", "holds")
    contracts = {name: _contract(name, table) for name, table in sheets.items()}
    rows += [_row(name, "", contract.meaning.capital()) for name, contract in contracts.items()]
    rows += [_row(name, "", text(f"workbook.live.{name}")) for name in (RECALCULATE, CALCULATION) if live]
    head("sheet", "column", "meaning", "unit")
    names = _indicator_names(sheets.get("framework"))
    for name, table in sheets.items():
        rows += [_row(name, column, *_meaning(contracts[name], column, names)) for column in map(str, table.columns)]
    if choices:
        head("recipe", "option", "choice")
        rows += [("", option, _choice(choice)) for option, choice in choices.items()]
    head("status", "", "meaning")
    rows += [_row(key.removeprefix("meaning.status."), "", text(key)) for key in keys("meaning.status.")]
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = put_cell(sheet, at, column, value if value != "" else None)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if at in heads:
                cell.font = Font(bold=True, size=14 if at == 1 else 11)
                if at > 1:
                    cell.fill = PatternFill("solid", fgColor=_HEADER)
    # a title is not wrapped into a narrow column
    for cell in sheet[1]:
        cell.alignment = Alignment(wrap_text=False)
    _set_sizes(sheet, rows)
    _set_print(sheet)
    sheet.print_title_rows = None


def _set_sizes(sheet: "Worksheet", rows: list[tuple[object, ...]]) -> None:
    from openpyxl.utils import get_column_letter

    widths = (18, 24, 62, 20, *[52] * (len(LANGUAGES) - 1))
    for at, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    for at, row in enumerate(rows[1:], 2):
        # programs that open the file do not all make room for what is wrapped
        lines = max((math.ceil(text_places(str(said)) / w) for said, w in zip(row, widths, strict=False)), default=1)
        sheet.row_dimensions[at].height = 15 * max(1, lines)


def _contract(sheet: str, table: pd.DataFrame) -> ResultTable:
    """Return the contract of the table on a sheet; the scores alone have weights and a log of their own."""
    if sheet == "weights" and "effective_weight" in table:
        sheet = "index_weights"
    return result_tables()["index_log" if sheet == "log" else sheet]


def _column(contract: ResultTable, name: str) -> ResultColumn | None:
    found = contract.find(name)
    # names that stand behind a key are those of the places
    return result_tables()["scores"].find(name) if name in _IDENTITY and (not found or found.stands_for) else found


def _meaning(contract: ResultTable, name: str, names: Mapping[str, Text]) -> tuple[Text, str]:
    """Return what a column means and its unit; indicators by the names of the framework."""
    column = _column(contract, name)
    if column is None:
        return text("workbook.as_given"), ""
    meaning, braces = column.meaning.capital(), column.stands_for
    if braces:
        part = str(column.fill(name))
        named = names.get(part, plain(part)) if braces == "indicator" else plain(part)
        pairs = zip(meaning.said, named.said, strict=True)
        meaning = Text(tuple(said.replace(f"{{{braces}}}", own) for said, own in pairs))
    return meaning, column.unit


def _indicator_names(framework: pd.DataFrame | None) -> dict[str, Text]:
    if framework is None or "indicator" not in framework:
        return {}
    rows = framework.astype(object).where(framework.notna(), None).to_dict("records")
    keyed = [(str(row["indicator"]), row.get("name_en"), row.get("name_zh")) for row in rows]
    return {key: Text.of(en=str(english or key), zh=str(chinese or key)) for key, english, chinese in keyed}


def _choice(value: object) -> str:
    return "; ".join(f"{k}: {v}" for k, v in value.items()) if isinstance(value, Mapping) else str(value)


def _format(column: ResultColumn | None) -> str:
    if column is None:
        return ""
    return "0" if column.dtype == "integer" else _FORMATS.get(column.unit, "")


def _shown(value: object, form: str) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.3f}" if form else f"{value:g}"
    return "" if value is None or value is pd.NA else str(value)


def _width(header: str, shown: list[str]) -> float:
    """Find a width that shows most entries whole."""
    # a long header may take two lines; bold letters are wider
    head = text_places(header) * (1.15 if text_places(header) <= _ONE_LINE else 0.62)
    wanted = max([head, *(text_places(text) for text in shown)], default=0)
    return float(min(_WIDEST, max(9, math.ceil(wanted) + 2)))


def _without_clock(content: bytes, found: Mapping[str, dict[str, float | str]]) -> bytes:
    """Give all parts of the archive, and the properties of the workbook, one fixed time, and formulas their values."""
    stamp = _FIXED.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            entry = zipfile.ZipInfo(part.filename, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            entry.external_attr = 0o644 << 16
            body = source.read(part)
            if part.filename == "docProps/core.xml":
                body = _STAMPS.sub(lambda found: found[1] + stamp + found[3], body)
            if part.filename in found:
                body = with_values(body, found[part.filename])
            target.writestr(entry, body)
    return stream.getvalue()
