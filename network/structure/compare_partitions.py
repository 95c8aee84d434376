"""Compare two partitions of the same things: by pairs that both keep together, and by what one tells of the other."""

import numpy as np
import pandas as pd
from scipy import sparse

from ...data.errors import OptionError

__all__ = ["adjusted_rand", "mutual_information"]


def adjusted_rand(a: object, b: object) -> float:
    """Compare two partitions of the same things by the adjusted Rand index of Hubert and Arabie.

    With n[i, j] things in class i of the one and j of the other, and pairs(x) = x (x - 1) / 2::

        index = sum pairs(n[i, j]);  expected = sum pairs(n[i, .]) * sum pairs(n[., j]) / pairs(n)
        ARI = (index - expected) / ((sum pairs(n[i, .]) + sum pairs(n[., j])) / 2 - expected)

    - Equal partitions give 1, independent ones 0 on average; below 0 is less than chance.
    - Fewer than two things give nan.

    References
    ----------
    Hubert & Arabie (1985) *Journal of Classification* 2.

    Examples
    --------
    >>> round(adjusted_rand(["x", "x", "y", "y"], [1, 1, 2, 3]), 4)
    0.5714
    """
    table = _contingency(a, b)
    n = table.sum()
    if n < 2:
        return float("nan")

    def pairs(counts: np.ndarray) -> float:
        return float((counts * (counts - 1) / 2).sum())

    index, first, second = pairs(table.data), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    expected = first * second / (n * (n - 1) / 2)
    ceiling = (first + second) / 2
    return 1.0 if ceiling == expected else float((index - expected) / (ceiling - expected))


def mutual_information(a: object, b: object) -> float:
    """Compare two partitions of the same things by normalized mutual information.

    ``2 I(a, b) / (H(a) + H(b))``, from 0 (independent) to 1 (equal up to names). Unlike the adjusted Rand index it is
    not corrected for chance and grows with the number of classes.

    - Two partitions of a single class each are equal: 1. Without things it is nan.

    References
    ----------
    Danon, Diaz-Guilera, Duch & Arenas (2005) *J. Stat. Mech.* P09008.

    Examples
    --------
    >>> round(mutual_information(["x", "x", "y", "y"], [1, 1, 2, 3]), 4)
    0.8
    """
    table = _contingency(a, b)
    if not table.sum():
        return float("nan")
    joint = table.copy()
    joint.data = table.data / table.sum()

    def entropy(shares: np.ndarray) -> float:
        shares = shares[shares > 0]
        return -float((shares * np.log(shares)).sum())

    first, second, both = entropy(joint.sum(axis=1)), entropy(joint.sum(axis=0)), entropy(joint.data)
    return 1.0 if first + second == 0 else float(max(0.0, 2 * (first + second - both) / (first + second)))


def _contingency(a: object, b: object) -> sparse.csr_array:
    first, _ = pd.factorize(np.asarray(a, dtype=object))
    second, _ = pd.factorize(np.asarray(b, dtype=object))
    if len(first) != len(second):
        raise OptionError(f"two partitions must be of the same things, got {len(first)} and {len(second)}")
    # pairs of classes without a thing in common are left out: with many classes they would fill memory
    shape = (first.max(initial=-1) + 1, second.max(initial=-1) + 1)
    table = sparse.csr_array(sparse.coo_array((np.ones(len(first)), (first, second)), shape=shape))
    table.sum_duplicates()
    return table
