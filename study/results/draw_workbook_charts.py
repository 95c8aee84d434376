"""Draw charts and colors on the sheets of a workbook; they refer to cells by coordinates alone."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...data.tier_scale import FOUR_TIERS, TierScale
from ...data.wording.catalogue import text
from .put_cell import put_cell
from .write_recalculation import FIRST_ROW, RECALCULATE

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = ["draw_workbook_charts"]

# bars that stay legible
_MOST_BARS, _MOST_SERIES = 30, 20
_NEW, _OLD, _MIDDLE = "1F5E8C", "B8C4D0", "FFFFFF"
# Okabe and Ito's colors and darker ones of the same hues, safe for red-green blindness
_SERIES = (
    "0072B2", "E69F00", "009E73", "CC79A7", "56B4E9", "D55E00", "F0E442", "7F7F7F", "004B77", "9A6A00",
    "00684C", "8A4A6E", "2F83AD", "8E3F00", "A39A1F", "4D4D4D", "99C7E0", "F5CC80", "80CEB9", "E5BCD3",
)  # fmt: skip


def draw_workbook_charts(
    book: "Workbook",
    sheets: Mapping[str, pd.DataFrame],
    *,
    recalculated: int = 0,
    tiers: TierScale = FOUR_TIERS,
) -> None:
    """Color numbers by size, and draw scores, intervals, chances of tiers and contributions.

    Parameters
    ----------
    book : Workbook
    sheets : mapping of DataFrame
        The tables as written, by sheet.
    recalculated : int
        Places on the sheet ``recalculate``; 0 where there is none.
    tiers : TierScale
        For the colors of tiers.
    """
    for name, table in sheets.items():
        _color(book[name], name, table)
    if recalculated:
        last = FIRST_ROW + min(recalculated, _MOST_BARS) - 1
        chart = _bars("scores", last - FIRST_ROW + 1)
        sheet: Any = book[RECALCULATE]
        for column, color in ((13, _NEW), (14, _OLD)):
            _add(chart, sheet, column, FIRST_ROW - 1, last, color)
        _categories(chart, sheet, 10, FIRST_ROW, last)
        sheet.add_chart(chart, "R4")
    if "score_intervals" in sheets:
        _draw_intervals(book["score_intervals"], sheets["score_intervals"])
    if "tier_probabilities" in sheets:
        _draw_tiers(book["tier_probabilities"], sheets["tier_probabilities"], tiers)
    if "contributions" in sheets:
        _draw_contributions(book["contributions"], sheets["contributions"])


def _bars(title: str, bars: int, *, stacked: bool = False) -> Any:  # noqa: ANN401 - openpyxl has no types
    from openpyxl.chart import BarChart

    chart = BarChart()
    chart.type, chart.style = "bar", 10
    chart.title = " · ".join(dict.fromkeys(text(f"workbook.charts.{title}").said))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.majorGridlines, chart.y_axis.number_format = None, "General"
    chart.legend.position = "b"
    chart.gapWidth = 40
    if stacked:
        chart.grouping, chart.overlap = "stacked", 100
    chart.width, chart.height = 20, max(8.0, min(24.0, 3.5 + 0.72 * bars))
    return chart


def _add(chart: Any, sheet: "Worksheet", column: int, head: int, last: int, color: str) -> Any:  # noqa: ANN401
    from openpyxl.chart import Reference
    from openpyxl.chart.series_factory import SeriesFactory as Series

    series = Series(Reference(sheet, min_col=column, min_row=head, max_row=last), title_from_data=True)
    series.graphicalProperties.solidFill = series.graphicalProperties.line.solidFill = color
    chart.series.append(series)
    return series


def _categories(chart: Any, sheet: "Worksheet", column: int, first: int, last: int) -> None:  # noqa: ANN401
    from openpyxl.chart import Reference

    chart.set_categories(Reference(sheet, min_col=column, min_row=first, max_row=last))


def _beside(table: pd.DataFrame) -> str:
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(len(table.columns) + 2)}2"


def _draw_intervals(sheet: "Worksheet", table: pd.DataFrame) -> None:
    from openpyxl.chart.data_source import NumDataSource, NumRef
    from openpyxl.chart.error_bar import ErrorBars
    from openpyxl.utils import get_column_letter, quote_sheetname

    shown = table.head(_MOST_BARS)
    if shown.empty or shown[["score", "score_low", "score_high"]].isna().to_numpy().any():
        return
    columns = [str(column) for column in table.columns]
    chart = _bars("intervals", len(shown))
    series = _add(chart, sheet, columns.index("score") + 1, 1, len(shown) + 1, _OLD)

    def ends(values: pd.Series, behind: int) -> Any:  # noqa: ANN401
        # lengths of bars stand in cells, which the chart covers: not every program reads them from the chart itself
        column = len(columns) + 2 + behind
        for row, value in enumerate(values, 2):
            put_cell(sheet, row, column, max(0.0, float(value))).number_format = "0.000"
        at = get_column_letter(column)
        return NumDataSource(numRef=NumRef(f=f"{quote_sheetname(sheet.title)}!${at}$2:${at}${len(shown) + 1}"))

    series.errBars = ErrorBars(
        errDir="y", errBarType="both", errValType="cust",
        plus=ends(shown["score_high"] - shown["score"], 1), minus=ends(shown["score"] - shown["score_low"], 2),
    )  # fmt: skip
    _categories(chart, sheet, 1, 2, len(shown) + 1)
    chart.legend = None
    sheet.add_chart(chart, _beside(table))


def _draw_tiers(sheet: "Worksheet", table: pd.DataFrame, tiers: TierScale) -> None:
    columns, shown = [str(column) for column in table.columns], table.head(_MOST_BARS)
    held = [tier for tier in tiers.tiers if tier.key in columns]
    if shown.empty or not held:
        return
    chart = _bars("tiers", len(shown), stacked=True)
    for tier in held:
        color = (tier.color or "#7f7f7f").lstrip("#").upper()
        _add(chart, sheet, columns.index(tier.key) + 1, 1, len(shown) + 1, color)
    _categories(chart, sheet, 1, 2, len(shown) + 1)
    chart.y_axis.scaling.min, chart.y_axis.scaling.max, chart.y_axis.number_format = 0, 1, "0%"
    sheet.add_chart(chart, _beside(table))


def _draw_contributions(sheet: "Worksheet", table: pd.DataFrame) -> None:
    columns = [str(column) for column in table.columns]
    own = [i for i, c in enumerate(columns, 1) if pd.api.types.is_float_dtype(table[table.columns[i - 1]]) and c]
    recipes = table["recipe"] if "recipe" in table else pd.Series("", index=table.index)
    rows = int((recipes == recipes.iloc[0]).cummin().sum()) if len(table) else 0
    if not rows or not own or len(own) > _MOST_SERIES or "year" in table:
        return
    last = min(rows, _MOST_BARS) + 1
    chart = _bars("contributions", last - 1, stacked=True)
    for column, color in zip(own, _SERIES, strict=False):
        _add(chart, sheet, column, 1, last, color)
    _categories(chart, sheet, 1, 2, last)
    chart.height += 3
    sheet.add_chart(chart, _beside(table))


def _color(sheet: "Worksheet", name: str, table: pd.DataFrame) -> None:
    from openpyxl.formatting.rule import ColorScaleRule, DataBarRule
    from openpyxl.utils import get_column_letter as letter

    if table.empty:
        return
    numbers = [i for i, column in enumerate(table.columns, 1) if pd.api.types.is_float_dtype(table[column])]
    if name in ("normalized", "contributions", "tier_probabilities"):
        for i in numbers:
            scale = ColorScaleRule(start_type="min", start_color=_MIDDLE, end_type="max", end_color="8FB3D3")
            if name == "tier_probabilities":
                scale = ColorScaleRule(
                    start_type="num", start_value=0, start_color=_MIDDLE, end_type="num", end_value=1,
                    end_color="8FB3D3",
                )  # fmt: skip
            sheet.conditional_formatting.add(f"{letter(i)}2:{letter(i)}{len(table) + 1}", scale)
    elif name in ("scores", "weights"):
        for i in (i for i in numbers if str(table.columns[i - 1]).startswith(("score", "weight", "effective"))):
            bar = DataBarRule(start_type="num", start_value=0, end_type="max", color="FF8FB3D3", showValue=True)
            sheet.conditional_formatting.add(f"{letter(i)}2:{letter(i)}{len(table) + 1}", bar)
