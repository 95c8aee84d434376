"""Hold what a file of a network says, whatever its format, and turn matrices and links into flows."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from .refuse_file import refusal

__all__ = ["Link", "NetworkFile", "Relation", "assemble", "number_in", "of_matrices"]

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


def of_matrices(
    rows: list[str], columns: list[str], names: list[str], cells: np.ndarray, *, links: bool = False
) -> NetworkFile:
    """Turn matrices (networks x rows x columns, nan where nothing is known) into flows.

    Cells of 0 are no flows, unless ``links`` says that only what was listed stands there. Where every matrix is
    symmetric its ties have no direction.
    """
    symmetric = rows == columns and bool(
        (np.isclose(cells, cells.transpose(0, 2, 1), rtol=1e-9, atol=0.0, equal_nan=True)).all()
    )
    relations = []
    for name, matrix in zip(names, cells, strict=True):
        held = ~np.isnan(matrix) & (True if links else matrix != 0)
        i, j = np.nonzero(np.triu(held) if symmetric else held)
        found = [(rows[a], columns[b], float(matrix[a, b])) for a, b in zip(i.tolist(), j.tolist(), strict=True)]
        relations.append(Relation(name, [], found) if symmetric else Relation(name, found))
    return assemble(list(dict.fromkeys([*rows, *columns])), relations)


def number_in(file: Path, row: int | None, cell: str) -> float:
    """Read a number of a text, naming the line if it is none."""
    try:
        return float(cell)
    except ValueError:
        raise refusal(file, "network_number", row=row, cell=cell) from None
