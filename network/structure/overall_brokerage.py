"""Work out how much the sums of brokerage roles over all places vary under ties at random, from group sizes alone.

A triple (a, i, b) is open with probability ``p = d^2 (1 - d)``. Two triples depend on each other where they share a
pair of places, so triples are counted by the pair that they share: the third place stands in one of a few sets.
"""

import numpy as np

__all__ = ["overall_deviations"]

# of each role, the set in which the third place stands where a pair x, y of one group, or of two, is (source, broker),
# (broker, target) or (source, target): the own group, outside it, the group of x or of y, a third group, anywhere
_SETS = {
    "coordinator": (("own", "own", "own"), ("", "", "")),
    "consultant": (("", "", "out"), ("x", "y", "")),
    "gatekeeper": (("", "out", ""), ("y", "", "y")),
    "representative": (("out", "", ""), ("", "x", "x")),
    "liaison": (("", "", ""), ("third", "third", "third")),
    "total": (("all", "all", "all"), ("all", "all", "all")),
}
_TURNED = {"x": "y", "y": "x"}
_ALL_ALIKE = ("coordinator", "liaison", "total")


def overall_deviations(sizes: np.ndarray, density: float, *, directed: bool) -> np.ndarray:
    """Return the standard deviation of the sum of each role, in the order of the roles, the total last.

    Parameters
    ----------
    sizes : places of each group
    density : share of ordered pairs that are tied
    """
    size, many = np.unique(sizes, return_counts=True)
    n = sizes.sum()
    x, y = np.meshgrid(size, size, indexing="ij")
    within = many * size * (size - 1)
    across = (np.multiply.outer(many, many) - np.diag(many)) * x * y
    counts = (
        {"own": size - 2, "out": n - size, "all": size * 0 + n - 2},
        {"x": x - 1, "y": y - 1, "third": n - x - y, "all": x * 0 + n - 2},
    )
    d, p = density, density**2 * (1 - density)
    likeness = {0: d**3 * (1 - d) ** 3, 1: -(p**2), 2: d**5 * (1 - d)}
    found = []
    for role, sets in _SETS.items():
        triples = _sum_over(sets, counts, (within, across))
        alike = role in _ALL_ALIKE
        one_side = alike or role in ("gatekeeper", "representative")
        # triples of the same three places: the triple itself, turned round, and in its other orders
        excluded = (2 if alike else 1) if one_side else 0
        if directed:
            same = p * (1 - p) - excluded * p**2 + (2 if alike else 0) * likeness[0]
        else:
            same = (2 if alike or role == "consultant" else 1) * p * (1 - p) - (4 if alike else one_side) * p**2
        variance = triples * same
        for one in range(3):
            for other in range(3):
                cov = likeness[(one == 2) + (other == 2)]
                for ways in (False,) if directed else (False, True):
                    variance += cov * _shared(sets, counts, (within, across), one, other, turned=ways)
        found.append(max(variance, 0.0))
    return np.sqrt(found)


def _sum_over(sets: tuple, counts: tuple, pairs: tuple) -> float:
    """Count the triples of a role by the pair of source and broker."""
    return float(sum((m * c[s[0]]).sum() for s, c, m in zip(sets, counts, pairs, strict=True) if s[0]))


def _shared(sets: tuple, counts: tuple, pairs: tuple, one: int, other: int, *, turned: bool) -> float:
    """Count the pairs of triples that share one pair of places, at these positions, and differ in the third place."""
    total = 0.0
    for s, c, m in zip(sets, counts, pairs, strict=True):
        a, b = s[one], s[other]
        b = _TURNED.get(b, b) if turned else b
        if a and b:
            total += float((m * c[a] * (c[b] - (a == b))).sum())
    return total
