"""Measure how complex the specializations of places are: few others have them, and those that do have much else.

Diversity is the number of classes a place is specialized in, ubiquity the number of places specialized in a class.
"""

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from ...data.errors import OptionError, warn
from ...data.options import check_choice, idle_faults, refuse
from ...data.wording.catalogue import few
from .class_table import ClassTable, read_classes

__all__ = ["Complexity", "complexity"]

Method = Literal["eigenvector", "reflections"]
METHODS: tuple[str, ...] = get_args(Method)
Spread = Literal["population", "sample"]
SPREADS: tuple[str, ...] = get_args(Spread)
# eigenvalues closer than this are the same
_CLOSE = 1e-9


@dataclass(frozen=True, eq=False)
class Complexity:
    """Complexity of places and of classes.

    Attributes
    ----------
    places : DataFrame
        ``place, diversity, complexity, rank, part``, sorted by place; rank 1 is the most complex.
    classes : DataFrame
        ``class, ubiquity, complexity, rank, part``, sorted by class.
    reflections : DataFrame
        ``axis`` ("place" or "class"), ``name, step, value``: the averages k of each step, as they are; empty with the
        eigenvector.
    method : str
        As asked for.
    parts : int
        Number of parts that share no class; complexity is that of the largest (part 1).
    eigenvalue : float
        The second largest of the matrix of places, the pace at which reflections settle (by its power step / 2).
    """

    places: pd.DataFrame
    classes: pd.DataFrame
    reflections: pd.DataFrame = field(repr=False)
    method: str
    parts: int
    eigenvalue: float


def complexity(
    table: pd.DataFrame,
    *,
    method: Method = "eigenvector",
    iterations: int = 20,
    std: Spread = "population",
    threshold: float | None = 1.0,
) -> Complexity:
    """Return the economic complexity of places and of classes.

    With M[p, c] = 1 where p is specialized in c, D = diversity of places, U = ubiquity of classes::

        reflections   k[p, 0] = D    k[p, N] = sum over c of M[p, c] k[c, N - 1] / D[p]
                      k[c, 0] = U    k[c, N] = sum over p of M[p, c] k[p, N - 1] / U[c]
        eigenvector   the eigenvector of the second largest eigenvalue of  D^-1 M U^-1 M'

    and complexity = (k - mean) / standard deviation over places. Classes are put on the same scale, so that the
    complexity of a place is the mean over its classes. Reflections take k[p, N] of places and k[c, N - 1] of classes;
    with growing N they lead to the eigenvector, up to its sign.

    - Sign: reflections have that of their definition. By the eigenvector the complexity of places correlates positively
      with their diversity; where that correlation is 0 the first place in order that is not at 0 is made positive, with
      a warning.
    - Parts that share no class cannot be compared: the largest (by places, then classes, then order) is measured, the
      others are nan, with a warning. Places and classes without specialization are in no part (0).
    - Reflections are computed around their mean, so any number of steps keeps its digits.
    - Everything equally specialized has no complexity (nan), with a warning; so have two second eigenvalues alike.

    Parameters
    ----------
    table : DataFrame
        Places x classes, amounts of at least 0.
    method : {"eigenvector", "reflections"}
        See above.
    iterations : int
        N of the reflections: even, at least 2.
    std : {"population", "sample"}
        Divisor n or n - 1.
    threshold : float or None
        Location quotient that makes a specialization; None takes the table as 0 and 1 already.

    Returns
    -------
    Complexity

    Raises
    ------
    TableError
        As in `location_quotient`.
    OptionError
        If an option is unknown, no place is specialized in anything, or ``iterations`` is not even.

    Warns
    -----
    InnoscapeWarning
        If there are several parts, or complexity or its sign is not determined.

    References
    ----------
    Hidalgo & Hausmann (2009) *PNAS* 106; Hausmann, Hidalgo et al. (2014) *The Atlas of Economic Complexity*; Mealy,
    Farmer & Teytelboym (2019) *Science Advances* 5.

    Examples
    --------
    The simple network of Hidalgo & Hausmann (2009, supporting information):

    >>> import pandas as pd
    >>> has = pd.DataFrame([[1, 1, 1, 1], [0, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]], index=["C1", "C2", "C3", "C4"])
    >>> found = complexity(has.set_axis(["P1", "P2", "P3", "P4"], axis=1), method="reflections", threshold=None)
    >>> k = found.reflections
    >>> k[(k["axis"] == "place") & (k["step"] == 2)].set_index("name")["value"].round(3).to_dict()
    {'C1': 2.958, 'C2': 2.5, 'C3': 2.667, 'C4': 2.333}
    """
    check_choice("method", method, METHODS)
    check_choice("std", std, SPREADS)
    if isinstance(iterations, bool) or not isinstance(iterations, int) or iterations < 2 or iterations % 2:
        raise OptionError(f"iterations must be an even whole number of at least 2, got {iterations!r}")
    if method == "eigenvector":
        refuse(idle_faults(complexity, "with method='eigenvector'", iterations=iterations))
    read = read_classes(table)
    has = read.specialized(threshold)
    if not has.any():
        raise OptionError("no place is specialized in any class; lower the threshold")
    part_of_place, part_of_class, parts = _parts(has)
    _warn_parts(read, part_of_place, parts)
    rows, columns = part_of_place == 1, part_of_class == 1
    core = has[np.ix_(rows, columns)]
    steps = _steps(has, iterations) if method == "reflections" else []
    place, trade, eigenvalue = _eigen(core)
    if method == "reflections":
        place, trade = _reflected(core, iterations)
    place, trade = _scaled(place, trade, core, std, signed=method == "eigenvector")
    of_place, of_class = np.full(len(rows), np.nan), np.full(len(columns), np.nan)
    of_place[rows], of_class[columns] = place, trade
    return Complexity(
        places=_table("place", read.places, "diversity", has.sum(axis=1), of_place, part_of_place),
        classes=_table("class", read.classes, "ubiquity", has.sum(axis=0), of_class, part_of_class),
        reflections=_tidy(read, steps),
        method=method,
        parts=parts,
        eigenvalue=eigenvalue,
    )


def _parts(has: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Find the parts that share no class, numbered from the largest; 0 where there is no specialization."""
    n, m = has.shape
    links = sparse.block_array([[None, sparse.csr_array(has)], [sparse.csr_array((m, n)), None]], format="csr")
    _, label = connected_components(links, directed=False)
    ties = np.r_[has.sum(axis=1), has.sum(axis=0)]
    kinds = [k for k in np.unique(label) if ties[label == k].any()]
    size = {k: (-(label[:n] == k).sum(), -(label[n:] == k).sum(), int(np.argmax(label == k))) for k in kinds}
    number = {k: i for i, k in enumerate(sorted(kinds, key=lambda k: size[k]), 1)}
    found = np.array([number.get(k, 0) for k in label])
    return found[:n], found[n:], len(kinds)


def _warn_parts(read: ClassTable, part: np.ndarray, parts: int) -> None:
    if parts > 1:
        apart = [str(name) for name, number in zip(read.places, part, strict=True) if number > 1]
        warn("warnings.complexity.parts", parts=parts, places=few(apart), stacklevel=3)


def _eigen(has: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the second eigenvector of places, the averages of classes that lead to it, and the eigenvalue."""
    diversity, ubiquity = has.sum(axis=1), has.sum(axis=0)
    nothing = np.full(len(has), np.nan), np.full(has.shape[1], np.nan), float("nan")
    if min(has.shape) < 2:
        return nothing
    # the smaller side is decomposed; singular values of the scaled table are roots of the eigenvalues of both
    scaled = has / np.sqrt(diversity[:, None] * ubiquity)
    left, roots, right = np.linalg.svd(scaled, full_matrices=False)
    values = roots**2
    if values[1] < _CLOSE or (len(values) > 2 and values[1] - values[2] < _CLOSE):
        return *nothing[:2], float(values[1])
    place = left[:, 1] / np.sqrt(diversity)
    # averages of classes over their places, then of places over their classes, shrink by the root each
    return place * roots[1], right[1] / np.sqrt(ubiquity), float(values[1])


def _reflected(has: np.ndarray, iterations: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the last reflections around their mean: of places (even step) and of classes (the odd step before)."""
    diversity, ubiquity = has.sum(axis=1), has.sum(axis=0)
    place = diversity - (diversity @ diversity) / diversity.sum()
    trade = np.zeros(len(ubiquity))
    for _ in range(iterations // 2):
        trade = has.T @ place / ubiquity
        trade -= ubiquity @ trade / ubiquity.sum()
        place = has @ trade / diversity
        size = np.abs(place).max(initial=0.0)
        if not size > _CLOSE * np.abs(trade).max(initial=0.0):
            return np.full_like(place, np.nan), np.full_like(trade, np.nan)
        place, trade = place / size, trade / size
    return place, trade


def _scaled(
    place: np.ndarray, trade: np.ndarray, has: np.ndarray, std: str, *, signed: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Turn both into standard scores of places, with the sign of diversity."""
    if np.isnan(place).any():
        warn("warnings.complexity.not_determined", stacklevel=3)
        return place, trade
    spread = place.std(ddof=std == "sample")
    center = place.mean()
    place, trade = (place - center) / spread, (trade - center) / spread
    if not signed:
        return place, trade
    diversity = has.sum(axis=1)
    with_diversity = float((place * (diversity - diversity.mean())).sum())
    if abs(with_diversity) > _CLOSE * np.abs(diversity).sum():
        sign = np.sign(with_diversity)
    else:
        sign = np.sign(place[np.argmax(np.abs(place) > _CLOSE)])
        warn("warnings.complexity.sign", stacklevel=3)
    return sign * place, sign * trade


def _steps(has: np.ndarray, iterations: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the averages of every step, as they are; nan without specialization."""
    diversity, ubiquity = has.sum(axis=1), has.sum(axis=0)
    steps = [(diversity, ubiquity)]
    with np.errstate(divide="ignore", invalid="ignore"):
        for _ in range(iterations):
            place, trade = (np.nan_to_num(values, nan=0.0) for values in steps[-1])
            steps.append((has @ trade / diversity, has.T @ place / ubiquity))
    return steps


def _tidy(read: ClassTable, steps: list[tuple[np.ndarray, np.ndarray]]) -> pd.DataFrame:
    rows = [
        (axis, name, step, float(value))
        for step, both in enumerate(steps)
        for axis, names, values in zip(("place", "class"), (read.places, read.classes), both, strict=True)
        for name, value in zip(names, values, strict=True)
    ]
    return pd.DataFrame(rows, columns=["axis", "name", "step", "value"])


def _table(
    kind: str, names: list, count: str, counts: np.ndarray, values: np.ndarray, part: np.ndarray
) -> pd.DataFrame:
    rank = pd.Series(values).round(12).rank(ascending=False, method="min").astype("Int64")
    return pd.DataFrame({kind: names, count: counts.astype(int), "complexity": values, "rank": rank, "part": part})
