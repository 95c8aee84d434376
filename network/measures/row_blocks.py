"""Multiply sparse matrices some rows at a time, where the whole product would not fit into memory."""

from collections.abc import Iterator

import numpy as np
from scipy import sparse

__all__ = ["row_blocks"]

# multiplications in one block; each leaves at most one entry of twelve bytes
_MOST = 20_000_000


def row_blocks(left: sparse.csr_array, right: sparse.csr_array) -> Iterator[tuple[slice, sparse.csr_array]]:
    """Yield the product of two matrices as blocks of its rows, in order; a small product is one block."""
    right = right.tocsr()
    counts = np.diff(right.indptr)[left.indices].astype(np.int64)
    done = np.concatenate([[0], np.cumsum(counts)])[left.indptr]
    first, n = 0, left.shape[0]
    while first < n:
        last = max(int(np.searchsorted(done, done[first] + _MOST, side="right")) - 1, first + 1)
        rows = slice(first, min(last, n))
        yield rows, left[rows] @ right
        first = rows.stop
