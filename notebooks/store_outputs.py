"""Store the notebooks with their outputs, run from clean kernels: ``python notebooks/store_outputs.py [name ...]``.

With ``--check`` nothing is written, and the command fails where stored outputs are not what comes out: texts and tables
letter by letter, pictures by their size and by how alike they look, since fonts differ between machines.
"""

import argparse
import base64
import io
import re
import sys
import tempfile
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
import numpy as np
from nbclient import NotebookClient
from PIL import Image

FOLDER = Path(__file__).resolve().parent
# bytes of a notebook with its outputs
MOST = 400_000
# colors of a stored picture; points to a side of the pictures that are compared, and how far apart their tones may be
COLORS, SIDE, TOLERANCE = 64, 24, 12.0
# sizes of pictures follow those of letters
STRETCH = 0.06
_PICTURE = "image/png"
# what the program writes of memory, and where it wrote to
_ADDRESS = re.compile(r"0x[0-9a-f]+")
_FOLDER = re.compile(re.escape(tempfile.gettempdir()) + r"/[\w./-]+")


def notebooks() -> list[Path]:
    """Return the notebooks in order."""
    return sorted(FOLDER.glob("*.ipynb"))


def executed(path: Path, folder: Path) -> nbformat.NotebookNode:
    """Run a notebook in a clean kernel that works in a folder, and return it with what is kept of its outputs."""
    notebook = nbformat.read(path, as_version=4)
    with warnings.catch_warnings():
        # the kernel's own plumbing warns about event loops and ports
        warnings.simplefilter("ignore")
        NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()
    notebook.metadata.pop("language_info", None)
    for cell in code_cells(notebook):
        cell.metadata.pop("execution", None)
        cell.outputs = _joined(kept for output in cell.outputs if (kept := _kept(output)) is not None)
    return notebook


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Return the cells that are run."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _kept(output: nbformat.NotebookNode) -> nbformat.NotebookNode | None:
    """Return an output without what depends on the machine; nothing of what is said beside results."""
    if output.output_type == "stream" and output.name == "stderr":
        return None
    output = nbformat.from_dict(_written(output))
    if output.get("data", {}).get(_PICTURE):
        output.data[_PICTURE] = _few_colors(output.data[_PICTURE])
    return output


def _joined(outputs: Iterable[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Put what is printed in a row together: what is said beside results may have come between."""
    joined: list[nbformat.NotebookNode] = []
    for output in outputs:
        if joined and output.output_type == joined[-1].output_type == "stream" and output.name == joined[-1].name:
            joined[-1].text += output.text
        else:
            joined.append(output)
    return joined


def _written(value: object) -> object:
    if isinstance(value, dict):
        return {key: one if key == _PICTURE else _written(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_written(one) for one in value]
    return _FOLDER.sub("(folder)", _ADDRESS.sub("(address)", value)) if isinstance(value, str) else value


def _few_colors(coded: str) -> str:
    """Return a picture with as few colors as it needs."""
    stream = io.BytesIO()
    _opened(coded).quantize(COLORS, dither=Image.Dither.NONE).save(stream, format="PNG", optimize=True)
    return base64.b64encode(stream.getvalue()).decode("ascii")


def _opened(coded: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(coded))).convert("RGB")


def differences(stored: nbformat.NotebookNode, found: nbformat.NotebookNode) -> Iterator[str]:
    """Say where the stored outputs are not those that came out."""
    for number, (one, other) in enumerate(zip(code_cells(stored), code_cells(found), strict=True), 1):
        where = f"cell {number} ({one.source.splitlines()[0][:60]})"
        if len(one.outputs) != len(other.outputs):
            yield f"{where}: {len(one.outputs)} outputs stored, {len(other.outputs)} came out"
            continue
        for kept, came in zip(one.outputs, other.outputs, strict=True):
            texts = [_texts(kept), _texts(came)]
            if texts[0] != texts[1]:
                yield f"{where}: stored {texts[0]!r}, came out {texts[1]!r}"
            pictures = [output.get("data", {}).get(_PICTURE) for output in (kept, came)]
            if bool(pictures[0]) != bool(pictures[1]) or (pictures[0] and not alike(*pictures)):
                yield f"{where}: another picture came out"


def _texts(output: nbformat.NotebookNode) -> list[str]:
    """Return the texts of an output; what a picture is called holds its size and is left out."""
    data = output.get("data", {})
    plain = [value for kind, value in sorted(data.items()) if kind != _PICTURE and _PICTURE not in data]
    return [output.output_type, output.get("text", ""), *plain]


def alike(one: str, other: str) -> bool:
    """Say whether two pictures have nearly one size and look alike when seen from afar."""
    pictures = [_opened(one), _opened(other)]
    (width, height), (wide, high) = (picture.size for picture in pictures)
    if abs(width - wide) > STRETCH * wide or abs(height - high) > STRETCH * high:
        return False
    tones = [np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BOX), dtype=float) for picture in pictures]
    return float(np.sqrt(((tones[0] - tones[1]) ** 2).mean())) <= TOLERANCE


def main() -> None:
    """Store, or check, the notebooks that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="such as 07_space")
    parser.add_argument("--check", action="store_true", help="compare, and write nothing")
    options = parser.parse_args()
    failed = False
    for path in notebooks():
        if options.names and path.stem not in options.names:
            continue
        with tempfile.TemporaryDirectory() as folder:
            found = executed(path, Path(folder))
        size = len(nbformat.writes(found).encode())
        for line in differences(nbformat.read(path, as_version=4), found) if options.check else ():
            failed = True
            print(f"{path.stem}: {line}")
        if size > MOST:
            failed = True
            print(f"{path.stem}: {size:,} bytes, more than {MOST:,}")
        if not options.check:
            nbformat.write(found, path)
            print(f"{path.stem}: {size:,} bytes")
    sys.exit(failed)


if __name__ == "__main__":
    main()
