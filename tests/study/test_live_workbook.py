"""The workbook recalculates scores and ranks by formulas of coordinates, as innoscape does and LibreOffice confirms."""

import re
import shutil
import subprocess
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest

from innoscape.data import Framework
from innoscape.geo import Recipe, score
from innoscape.study import run
from innoscape.study.results.write_workbook import write_workbook

OFFICE = shutil.which("soffice")
TABLE = pd.DataFrame(
    {
        "indicator": ["labs", "rd", "waste", "patents", "firms"],
        "name_en": ["laboratories", "R&D <intensity>", '=HYPERLINK("http://x")', "patents", "+1"],
        "level1": ["input", "input", "burden", "output", "output"],
        "level2": ["stock", "effort", "all", "sold", "sold"],
        "direction": [1, 1, -1, 1, 1],
        "weight": [0.3, 0.2, 0.1, 0.25, 0.15],
    }
)
# two places that are equal, and one that is the worst of an indicator
NUMBERS = {
    "=1+1": [10.0, 6.2, 12.0, 90.0, 7.0],
    "天津": [3.0, 3.3, 31.0, 40.0, 5.0],
    "河北": [3.0, 3.3, 31.0, 40.0, 5.0],
    "@SUM(1)": [1.0, 1.6, 50.0, 10.0, 9.0],
    "上海": [8.0, 9.1, 20.0, 70.0, 2.0],
}
RECIPES = {
    "arithmetic": {},
    "geometric": {"aggregate": "geometric", "normalize": {"method": "minmax", "lowest": 0.01}},
    "harmonic over zeros": {"aggregate": {"level1": "harmonic"}, "ties": "dense"},
    "power": {"aggregate": {"method": "power", "p": 0.5}, "ties": "average"},
    "power below 0": {
        "aggregate": {"index": {"method": "power", "p": -2.0}}, "normalize": {"method": "minmax", "lowest": 0.1},
        "ties": "max",
    },
    "negative values": {"normalize": "zscore"},
}  # fmt: skip
FUNCTIONS = ("SUMPRODUCT", "COUNTIF", "INDEX", "MATCH", "SUM", "IF", "EXP", "LN", "ABS", "MAX", "MIN", "NA", "ROUND")
TOKENS = re.compile(
    rf"(?:(?:{'|'.join(FUNCTIONS)})\(|(?:recalculate|calculation)!|\$?[A-Z]{{1,3}}\$?\d+|\d+(?:\.\d+)?(?:E[-+]?\d+)?"
    r"|[-+*/^<>=(),:]|&\"\")+"
)


def values(numbers=NUMBERS):
    rows = [
        (place, one, value)
        for place, own in numbers.items()
        for one, value in zip(TABLE["indicator"], own, strict=True)
    ]
    return pd.DataFrame(rows, columns=["place", "indicator", "value"])


def made(recipe, path, table=TABLE, numbers=NUMBERS):
    framework = Framework.from_table(table)
    found = score(values(numbers), framework, Recipe(weigh="given", **recipe))
    return found, write_workbook(found, path, framework=framework, indicators=values(numbers))


def column(sheet, head, *, row):
    """Return what stands below a head on a sheet of formulas."""
    (at,) = [cell.column for cell in sheet[row] if str(cell.value).startswith(f"{head}\n")]
    return [cell.value for (cell,) in sheet.iter_rows(min_row=row + 1, min_col=at, max_col=at)]


def ranking(book):
    """Return place -> (score, rank) as the sheet shows it, best first."""
    sheet = book["recalculate"]
    heads = [str(cell.value).split("\n")[0] for cell in sheet[4]]
    at = heads.index("Rank") + 1
    rows = sheet.iter_rows(min_row=5, min_col=at, max_col=at + 4, values_only=True)
    return {place: (found, rank) for rank, place, _, _, found in rows if place}


def recalculated(file, folder):
    """Let LibreOffice calculate every formula of a workbook without values."""
    profile = f"-env:UserInstallation=file://{folder / 'office'}"
    command = [OFFICE, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder / "found"), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return openpyxl.load_workbook(folder / "found" / file.name, data_only=True)


@pytest.mark.parametrize("name", RECIPES)
def test_the_first_values_are_the_scores(name, tmp_path):
    found, file = made(RECIPES[name], tmp_path / "s.xlsx")
    shown = ranking(openpyxl.load_workbook(file, data_only=True))
    assert list(shown) == found.scores["place"].tolist()
    assert [own for own, _ in shown.values()] == pytest.approx(found.scores["score"].tolist(), abs=1e-12)
    assert [rank for _, rank in shown.values()] == found.scores["rank"].tolist()


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.filterwarnings("ignore:Unknown extension", "ignore:Conditional Formatting")
def test_a_changed_weight_gives_the_scores_that_innoscape_finds(tmp_path):
    tried = {"labs": 0.05, "rd": 0.0, "waste": 0.4, "patents": 0.6, "firms": 0.2}
    for name, recipe in RECIPES.items():
        _, file = made(recipe, tmp_path / f"{name.replace(' ', '_')}.xlsx")
        book = openpyxl.load_workbook(file)
        sheet = book["recalculate"]
        for row in range(5, 5 + len(TABLE)):
            sheet.cell(row, 6).value = tried[sheet.cell(row, 1).value]
        book.save(file)
        shown = ranking(recalculated(file, tmp_path))
        wanted, _ = made(recipe, tmp_path / "again.xlsx", TABLE.assign(weight=TABLE["indicator"].map(tried)))
        scores = wanted.scores.set_index("place")
        assert [rank for _, rank in shown.values()] == scores["rank"].tolist(), name
        for place, (own, rank) in shown.items():
            assert own == pytest.approx(scores.loc[place, "score"], abs=1e-9), (name, place)
            assert rank == scores.loc[place, "rank"], (name, place)


def test_formulas_are_made_of_coordinates_whatever_the_tables_say(tmp_path):
    _, file = made(RECIPES["power below 0"], tmp_path / "evil.xlsx")
    book, count = openpyxl.load_workbook(file), 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert sheet.title in ("recalculate", "calculation")
                    assert TOKENS.fullmatch(cell.value), cell.value
                    count += 1
    assert count > 100
    places = {cell.value: cell for (cell,) in book["calculation"].iter_rows(max_col=1)}
    assert places["=1+1"].data_type == places["@SUM(1)"].data_type == "s"
    assert places["=1+1"].quotePrefix
    with zipfile.ZipFile(file) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]
    references = {ref for chart in charts for ref in re.findall(r"<(?:\w+:)?f>(.*?)</", chart)}
    assert references
    assert all(re.fullmatch(r"'[a-z_]+'!\$?[A-Z]+\$?\d+(:\$[A-Z]+\$\d+)?", ref) for ref in references)


def test_the_same_formulas_come_as_the_same_bytes(tmp_path):
    _, first = made({}, tmp_path / "a.xlsx")
    _, second = made({}, tmp_path / "b.xlsx", numbers=dict(reversed(NUMBERS.items())))
    sheets = []
    for file in (first, second):
        with zipfile.ZipFile(file) as parts:
            sheets.append(
                {name: parts.read(name) for name in parts.namelist() if "sheet2.xml" in name or "chart" in name}
            )
    assert sheets[0] == sheets[1]


def test_rankings_that_no_formula_gives_have_no_such_sheet(tmp_path):
    _, file = made({"aggregate": "topsis"}, tmp_path / "t.xlsx")
    book = openpyxl.load_workbook(file)
    assert not {"recalculate", "calculation"} & {*book.sheetnames}
    assert "recalculate" not in {cell.value for (cell,) in book["readme"].iter_rows(max_col=1)}


def test_a_study_shows_its_doubt_in_colors_and_charts(tmp_path):
    results = run(until="score")
    book = openpyxl.load_workbook(write_workbook(results, tmp_path / "s.xlsx"))
    assert book.sheetnames[:4] == ["readme", "recalculate", "scores", "score_intervals"]
    charts = {sheet.title: len(sheet._charts) for sheet in book}
    assert {name for name, n in charts.items() if n} == {
        "recalculate", "score_intervals", "tier_probabilities", "contributions",
    }  # fmt: skip
    assert book["recalculate"].data_validations.count == 1
    assert len(book["tier_probabilities"].conditional_formatting) >= 4
    rows = book["recalculate"].iter_rows(min_row=5, max_row=14, min_col=5, max_col=6, values_only=True)
    assert np.ptp(np.array(list(rows))) == 0
