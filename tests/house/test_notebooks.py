"""The notebooks run from top to bottom, and their stored outputs are what comes out."""

import base64
import copy
import io
import runpy
from pathlib import Path
from tempfile import gettempdir

import nbformat
import pytest
from PIL import Image, ImageDraw

FOLDER = Path(__file__).parents[2] / "notebooks"
STORE = runpy.run_path(str(FOLDER / "store_outputs.py"))
NOTEBOOKS = STORE["notebooks"]()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_the_stored_outputs_of_a_notebook_are_what_comes_out(path, tmp_path):
    stored = nbformat.read(path, as_version=4)
    found = STORE["executed"](path, tmp_path)
    assert list(STORE["differences"](stored, found)) == [], f"python notebooks/store_outputs.py {path.stem}"
    cells = STORE["code_cells"](stored)
    assert sum(bool(cell.outputs) for cell in cells) >= 6
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_stored_notebook_is_small_and_names_no_machine(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) <= STORE["MOST"]
    assert not [mark for mark in (gettempdir(), str(Path.home()), "site-packages") if mark in text]


def picture(marks, size=(300, 200)):
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for x, y in marks:
        draw.ellipse((x, y, x + 40, y + 40), fill="black")
    stream = io.BytesIO()
    image.save(stream, format="PNG")
    return base64.b64encode(stream.getvalue()).decode()


def test_another_text_or_picture_is_found():
    cell = nbformat.v4.new_code_cell("draw()")
    shown = {"text/plain": "<Figure>", "image/png": picture([(20, 20), (200, 90)])}
    cell.outputs = [
        nbformat.v4.new_output("stream", text="7 runs"),
        nbformat.v4.new_output("display_data", data=shown),
    ]
    stored = nbformat.v4.new_notebook(cells=[cell])

    def told(at, **changed):
        other = copy.deepcopy(stored)
        other.cells[0].outputs[at].update(changed)
        return list(STORE["differences"](stored, other))

    def drawn(*marks, **options):
        return told(1, data=nbformat.from_dict(shown | {"image/png": picture(marks, **options)}))

    assert told(0) == []
    assert "stored ['stream', '7 runs'], came out ['stream', '8 runs']" in told(0, text="8 runs")[0]
    # a letter's breadth is another font
    assert drawn((21, 20), (200, 91), size=(304, 201)) == []
    assert ["another picture" in line for line in drawn((20, 20), (100, 90))] == [True]
    assert ["another picture" in line for line in drawn((20, 20))] == [True]
    assert ["another picture" in line for line in drawn((20, 20), (200, 90), size=(400, 200))] == [True]
    fewer = copy.deepcopy(stored)
    fewer.cells[0].outputs.pop()
    assert list(STORE["differences"](stored, fewer)) == ["cell 1 (draw()): 2 outputs stored, 1 came out"]


def test_what_is_printed_in_a_row_is_one_output_whatever_is_said_between():
    printed = [nbformat.v4.new_output("stream", name="stdout", text=text) for text in ("7 runs", "\n")]
    shown = nbformat.v4.new_output("execute_result", data={"text/plain": "7"})
    joined = STORE["_joined"]([*printed, shown, printed[1]])
    assert [output.get("text") for output in joined] == ["7 runs\n", None, "\n"]
