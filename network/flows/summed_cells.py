"""Sum the rows of a flow table into the cells of a matrix."""

import numpy as np
import pandas as pd

from .too_large import check_square

__all__ = ["summed_cells", "summed_matrix", "summed_pairs"]


def summed_cells(
    flows: pd.DataFrame, labels: pd.Index, value: np.ndarray, *, directed: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Return the positions (2 x cells) and sums of the cells that flows found sound fill, in the order of the labels.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"source": ["B", "B"], "target": ["T", "T"], "value": [2.0, 1.0]})
    >>> [cells.tolist() for cells in summed_cells(flows, pd.Index(["B", "T"]), flows["value"].to_numpy())]
    [[[0], [1]], [3.0]]
    """
    # far fewer places than rows are looked up
    named = [pd.factorize(flows[end]) for end in ("source", "target")]
    ends = np.stack([np.append(labels.get_indexer(pd.Index(names.tolist())), -1)[codes] for codes, names in named])
    inside = (ends >= 0).all(axis=0)
    ends, value = ends[:, inside], value[inside]
    if not directed:
        ends.sort(axis=0)
    ends, value, _ = summed_pairs(ends, value)
    if not directed:
        apart = ends[0] != ends[1]
        ends, value = np.c_[ends, ends[::-1, apart]], np.r_[value, value[apart]]
    return ends, value


def summed_matrix(flows: pd.DataFrame, labels: pd.Index, value: np.ndarray, *, directed: bool = True) -> np.ndarray:
    """Return the full matrix of flows found sound, rows to columns in the order of the labels.

    Raises
    ------
    SizeError
        If it would not fit into memory.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"source": ["B", "B"], "target": ["T", "T"], "value": [2.0, 1.0]})
    >>> summed_matrix(flows, pd.Index(["B", "T"]), flows["value"].to_numpy()).tolist()
    [[0.0, 3.0], [0.0, 0.0]]
    """
    check_square("a matrix", len(labels), len(flows), "use to_sparse", arrays=2)
    cells, sums = summed_cells(flows, labels, value, directed=directed)
    matrix = np.zeros((len(labels), len(labels)))
    matrix[cells[0], cells[1]] = sums
    return matrix


def summed_pairs(ends: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the distinct pairs (2 x pairs) in order, their sums, and the pair that each row belongs to.

    Examples
    --------
    >>> [found.tolist() for found in summed_pairs(np.array([[1, 0, 1], [0, 1, 0]]), np.array([2.0, 4.0, 1.0]))]
    [[[0, 1], [1, 0]], [4.0, 3.0], [1, 0, 1]]
    """
    pair = ends[0] * (ends[1].max(initial=0) + 1) + ends[1]
    if (np.diff(pair) > 0).all():
        # in order, each pair once
        return ends, value, np.arange(pair.size)
    order = np.argsort(pair, kind="stable")
    new = np.diff(pair[order], prepend=-1) > 0
    # sorting the rows of a pair by value makes the floating-point sum independent of row order
    rows = order[again := ~(new & np.append(new[1:], True))]
    order[again] = rows[np.lexsort((value[rows], pair[rows]))]
    ends = ends[:, order]
    groups = np.empty(order.size, dtype=int)
    groups[order] = np.cumsum(new) - 1
    return ends[:, new], np.add.reduceat(value[order], np.flatnonzero(new)), groups
