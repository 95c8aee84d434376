"""Write spatial weights to the files that GeoDa, PySAL and R's spdep read."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...data.errors import OptionError
from ...data.files import write_file
from ...data.options import check_choice
from ...data.wording.catalogue import few
from .spatial_weights import SpatialWeights

__all__ = ["write_weights"]


def write_weights(weights: SpatialWeights, path: str | Path) -> Path:
    r"""Write weights as GAL (who is whose neighbor) or GWT (by how much).

    ======== ==================================================================================================
    suffix   what it holds
    ======== ==================================================================================================
    ``.gal`` each place with the number of its neighbors, and on the next line these; weights must all be 1
    ``.gwt`` origin, destination and weight, each link a line; an island as a link of weight 0 with itself
    ======== ==================================================================================================

    `read_weights` gives back the same places in the same order and the same weights to the bit.

    - The first line is ``0 n unknown place``, as GeoDa writes it.
    - Names with spaces or quotation marks stand in double quotes. R and PySAL read these in GWT files; in GAL files
      they need names without spaces.
    - Files are UTF-8.

    Parameters
    ----------
    weights : SpatialWeights
        What to write.
    path : str or Path
        File to write; an existing one is replaced.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OptionError
        A suffix other than these two, weights other than 1 in a GAL file, no places, names with line breaks.
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> near = pd.DataFrame([[0, 1, 0], [1, 0, 0], [0, 0, 0]], ["北京", "天津", "海口"], ["北京", "天津", "海口"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = write_weights(SpatialWeights.from_matrix(near), folder + "/near.gwt")
    ...     print(file.read_text(encoding="utf-8"), end="")
    0 3 unknown place
    北京 天津 1.0
    天津 北京 1.0
    海口 海口 0.0
    """
    path = Path(path)
    check_choice("path, suffix", path.suffix.lower(), _WRITERS)
    faults = [] if len(weights) else ["weights: needed at least one place, got none"]
    broken = [repr(name) for name in weights.places if set(name) & set("\n\r\0")]
    if broken:
        faults.append(f"places: needed names on one line, got {few(broken)}; rename them")
    if path.suffix.lower() == ".gal" and (weights.matrix.data != 1).any():
        faults.append(
            f"weights: needed weights of 1 for a GAL file, got others from {weights.matrix.data.min():g} to "
            f'{weights.matrix.data.max():g}; write a .gwt file, or weights.scaled("binary")'
        )
    if faults:
        raise OptionError("; ".join(faults))
    lines = [f"0 {len(weights)} unknown place", *_WRITERS[path.suffix.lower()](weights)]
    return write_file(path, "".join(f"{line}\n" for line in lines))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if any(c.isspace() or c in "\"'" for c in name) else name


def _gal(weights: SpatialWeights) -> list[str]:
    names = np.array([_quoted(name) for name in weights.places], dtype=object)
    starts = weights.matrix.indptr
    lines = []
    for i, name in enumerate(names):
        near = names[weights.matrix.indices[starts[i] : starts[i + 1]]]
        lines += [f"{name} {near.size}", " ".join(near)]
    return lines


def _gwt(weights: SpatialWeights) -> list[str]:
    names = [_quoted(name) for name in weights.places]
    cells = weights.matrix.tocoo()
    lines = [[] for _ in names]
    for i, j, value in zip(cells.row.tolist(), cells.col.tolist(), cells.data.tolist(), strict=True):
        lines[i].append(f"{names[i]} {names[j]} {value!r}")
    return [line for name, own in zip(names, lines, strict=True) for line in own or [f"{name} {name} 0.0"]]


_WRITERS: dict[str, Callable[[SpatialWeights], list[str]]] = {".gal": _gal, ".gwt": _gwt}
