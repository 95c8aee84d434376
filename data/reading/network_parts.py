"""Hold what a file of a network says, whatever its format, and turn matrices and links into flows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from .refuse_file import refusal

__all__ = ["Link", "NetworkFile", "Relation", "assemble", "check_size", "number_in", "of_cells", "of_matrices"]

# places, or networks, that a short file may announce
_MOST = 1_000_000

# from, to, value
Link = tuple[str, str, float]


@dataclass(frozen=True, eq=False)
class NetworkFile:
    """What a file of a network holds.

    Attributes
    ----------
    flows : DataFrame
        ``source, target, value``, and ``kind`` where the file holds several networks; further columns as the file has
        them. A tie without a direction stands once.
    places : DataFrame
        ``place`` and the attributes of the nodes, islands included, in the order of the file.
    directed : bool
        Whether ties have a direction.
    """

    flows: pd.DataFrame
    places: pd.DataFrame
    directed: bool


@dataclass(eq=False)
class Relation:
    """One network of a file: links with a direction, and links without."""

    name: str = ""
    arcs: list[Link] = field(default_factory=list)
    edges: list[Link] = field(default_factory=list)


def assemble(places: list[str], relations: list[Relation], attributes: dict[str, list] | None = None) -> NetworkFile:
    """Put relations into one table; links without a direction stand in both where others have one."""
    directed = any(one.arcs for one in relations)
    rows = []
    for number, one in enumerate(relations, 1):
        kind = one.name or str(number)
        rows += [(*link, kind) for link in (*one.arcs, *one.edges)]
        rows += [(b, a, value, kind) for a, b, value in one.edges if directed and a != b]
    flows = pd.DataFrame(rows, columns=["source", "target", "value", "kind"]).astype({"value": float})
    if len(relations) < 2:
        flows = flows.drop(columns="kind")
    table = pd.DataFrame({"place": pd.Series(places, dtype=object), **(attributes or {})})
    return NetworkFile(flows, table, directed)


def of_cells(
    rows: list[str], columns: list[str], names: list[str], cells: Sequence[dict[tuple[int, int], float]]
) -> NetworkFile:
    """Turn the cells that were listed of each network (row and column -> value) into flows, as `of_matrices` does.

    A cell of 0 that was listed is a flow.
    """
    symmetric = rows == columns and all(
        math.isclose(value, one.get((j, i), math.nan), rel_tol=1e-9) for one in cells for (i, j), value in one.items()
    )
    relations = []
    for name, one in zip(names, cells, strict=True):
        half = {at: value for at, value in one.items() if not (symmetric and at[0] > at[1])}
        held = sorted((at, value) for at, value in half.items() if not math.isnan(value))
        found = [(rows[i], columns[j], value) for (i, j), value in held]
        relations.append(Relation(name, [], found) if symmetric else Relation(name, found))
    return assemble(list(dict.fromkeys([*rows, *columns])), relations)


def of_matrices(rows: list[str], columns: list[str], names: list[str], cells: np.ndarray) -> NetworkFile:
    """Turn matrices (networks x rows x columns, nan where nothing is known) into flows.

    Cells of 0 are no flows. Where every matrix is symmetric its ties have no direction.
    """
    symmetric = rows == columns and bool(
        (np.isclose(cells, cells.transpose(0, 2, 1), rtol=1e-9, atol=0.0, equal_nan=True)).all()
    )
    relations = []
    for name, matrix in zip(names, cells, strict=True):
        held = ~np.isnan(matrix) & (matrix != 0)
        i, j = np.nonzero(np.triu(held) if symmetric else held)
        found = [(rows[a], columns[b], float(matrix[a, b])) for a, b in zip(i.tolist(), j.tolist(), strict=True)]
        relations.append(Relation(name, [], found) if symmetric else Relation(name, found))
    return assemble(list(dict.fromkeys([*rows, *columns])), relations)


def check_size(file: Path, size: int, text: str, *, row: int | None = None) -> None:
    """Refuse a file that announces more than it holds and memory is wasted on."""
    if size > (most := max(_MOST, len(text))):
        raise refusal(file, "network_size", row=row, most=f"{most:,}", got=f"{size:,}")


def number_in(file: Path, row: int | None, cell: str) -> float:
    """Read a number of a text, naming the line if it is none."""
    try:
        return float(cell)
    except ValueError:
        raise refusal(file, "network_number", row=row, cell=cell) from None
