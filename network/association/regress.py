"""Fit least squares over pairs of places, as they stand and under every permutation, from sums of products alone.

Matrices are centered and scaled first, so that units and levels cost no digits. Where no pair is missing, sums of one
matrix do not change when its places are permuted, and only its products with the others are summed anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.permutations import Permutations, p_values
from ..flows.matrices import Squares
from .permute import products

__all__ = ["Design", "Fit", "fit", "named_terms", "redraw", "redraw_constant", "with_p_values"]

# what is left of a term, as a share of it, below which it follows from the others (as in R's lm)
_TOLERANCE = 1e-7
_PERFECT = 1e-14


def named_terms(xs: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the terms, whose names must differ from y and the constant."""
    if not isinstance(xs, Mapping) or not xs:
        raise OptionError("xs must be a table of at least one term and its matrix, such as {'distance': km}")
    for name in xs:
        if name in {"y", "constant"}:
            raise OptionError(f"a term must not be named {name!r}")
    return {str(name): matrix for name, matrix in xs.items()}


@dataclass(frozen=True, eq=False)
class Design:
    """Terms and outcome over pairs: mean 0 and size about 1 over the complete pairs, 0 where missing.

    Attributes
    ----------
    terms : list of str
        Names, without the constant.
    x : list of ndarray
        n x n each, both directions.
    y : ndarray
        n x n, both directions.
    center, scale : ndarray
        What was taken off and divided by: y first, then the terms.
    seen_x, seen_y : ndarray of bool
        n x n, both directions: cells that all terms have; that y has.
    used : ndarray of bool
        Cells that are pairs, each once.
    directed : bool
        Whether both directions count.
    """

    terms: list[str]
    x: list[np.ndarray] = field(repr=False)
    y: np.ndarray = field(repr=False)
    center: np.ndarray = field(repr=False)
    scale: np.ndarray = field(repr=False)
    seen_x: np.ndarray = field(repr=False)
    seen_y: np.ndarray = field(repr=False)
    used: np.ndarray = field(repr=False)
    directed: bool

    @property
    def complete(self) -> np.ndarray:
        """Pairs that no matrix lacks (n x n, each pair once)."""
        return self.used & self.seen_x & self.seen_y

    @property
    def whole(self) -> bool:
        """Whether no pair is missing."""
        return bool((self.complete == self.used).all())

    @property
    def pairs(self) -> int:
        """Pairs used."""
        return int(self.complete.sum())

    def columns(self) -> np.ndarray:
        """Return the terms over the complete pairs (pairs x terms)."""
        cells = self.complete
        return np.column_stack([x[cells] for x in self.x])

    def from_zero(self) -> list[np.ndarray]:
        """Return the terms scaled but not centered, as a fit of the constant needs them (n x n each)."""
        return [x + c / s for x, c, s in zip(self.x, self.center[1:], self.scale[1:], strict=True)]

    @classmethod
    def read(cls, pairs: Squares, terms: list[str], *, scale_y: bool = True) -> "Design":
        """Center and scale the matrices over the pairs that none of them lacks.

        Raises
        ------
        OptionError
            If a matrix does not vary, a term follows from the others, or there are too few pairs.
        """
        seen_x, seen_y = pairs.seen(*terms), pairs.seen("y")
        cells = pairs.used & seen_x & seen_y
        if cells.sum() <= len(terms) + 1:
            raise OptionError(f"{len(terms)} terms and a constant need more pairs than the {int(cells.sum())} complete")
        centers, scales, scaled = [], [], []
        for name in ("y", *terms):
            values = pairs.cells[name]
            center = values[cells].mean()
            scale = np.sqrt(((values[cells] - center) ** 2).mean())
            if not scale > 1e-12 * abs(center):
                raise OptionError(f"{name} does not vary over the {int(cells.sum())} complete pairs")
            if name == "y" and not scale_y:
                center, scale = 0.0, 1.0
            seen = seen_y if name == "y" else seen_x
            scaled.append(np.where(seen, (values - center) / scale, 0.0))
            centers.append(center)
            scales.append(scale)
        made = cls(
            terms=list(terms),
            x=scaled[1:],
            y=scaled[0],
            center=np.array(centers),
            scale=np.array(scales),
            seen_x=seen_x,
            seen_y=seen_y,
            used=pairs.used,
            directed=pairs.directed,
        )
        columns = made.columns()
        for k, name in enumerate(terms):
            rest = columns[:, :k] - columns[:, :k].mean(axis=0)
            left = columns[:, k] - rest @ np.linalg.lstsq(rest, columns[:, k], rcond=None)[0]
            if np.linalg.norm(left) < _TOLERANCE * np.linalg.norm(columns[:, k]):
                raise OptionError(f"the term {name!r} follows from the terms before it; leave one of them out")
        return made

    def residual(self, term: int) -> np.ndarray:
        """Return what the constant and the other terms leave of a term, where all terms are known (both directions)."""
        within = self.used & self.seen_x
        rest = np.column_stack([np.ones(within.sum()), *(x[within] for k, x in enumerate(self.x) if k != term)])
        factor = np.linalg.lstsq(rest, self.x[term][within], rcond=None)[0]
        others = [x for k, x in enumerate(self.x) if k != term]
        left = self.x[term] - factor[0] - sum((f * x for f, x in zip(factor[1:], others, strict=True)), 0.0)
        inside = self.seen_x & (self.used | self.used.T)
        return np.where(inside, left, 0.0)


@dataclass(frozen=True, eq=False)
class Fit:
    """Least squares as the matrices stand: one row a term, the constant first, and the share explained."""

    table: pd.DataFrame
    r_squared: float


def fit(design: Design) -> Fit:
    """Fit the regression as it stands, in the units of the matrices."""
    x, y = design.columns(), design.y[design.complete]
    n, k = x.shape
    beta, t, r_squared = (
        found[0] for found in _solve((x.T @ x)[None], (x.T @ y)[None], np.array([y @ y]), np.array([float(n)]), k)
    )
    inverse = np.linalg.inv(x.T @ x)
    slope = beta * design.scale[0] / design.scale[1:]
    shift = design.center[1:] / design.scale[1:]
    error = np.sqrt(max((1 - r_squared) * (y @ y), _PERFECT * (y @ y)) / (n - k - 1))
    constant = design.center[0] - slope @ design.center[1:]
    constant_error = design.scale[0] * error * np.sqrt(1 / n + shift @ inverse @ shift)
    table = pd.DataFrame(
        {
            "term": ["constant", *design.terms],
            "coefficient": [constant, *slope],
            "standardized": [np.nan, *beta],
            "t": [constant / constant_error, *t],
            "vif": [np.nan, *(np.diag(inverse) * np.diag(x.T @ x))],
        }
    )
    return Fit(table, float(r_squared))


def redraw(design: Design, permutations: Permutations, term: int | None) -> dict[str, np.ndarray]:
    """Fit the regression under every permutation of y, or of the residual of one term.

    Returns
    -------
    dict
        ``t`` and ``coefficient`` (runs x terms; a permuted term stands last) and ``r_squared`` (runs). Coefficients are
        in the units of the matrices.
    """
    order = [k for k in range(len(design.x)) if k != term]
    if term is None:
        sums = _outcome_moved(design, permutations)
    else:
        sums = _term_moved(design, permutations, [design.x[k] for k in order], design.residual(term))
        order.append(term)
    beta, t, r_squared = _solve(*sums, len(design.x))
    return {"t": t, "coefficient": beta * design.scale[0] / design.scale[1:][order], "r_squared": r_squared}


def redraw_constant(design: Design, permutations: Permutations, *, moving: bool) -> dict[str, np.ndarray]:
    """Fit the regression under every permutation of y, or of what the terms leave of a column of ones; see `redraw`.

    Returns
    -------
    dict
        ``t`` and ``coefficient`` of the constant (runs), in the units of y.
    """
    seen = design.used | design.used.T
    raw = [np.where(design.seen_x, x, 0.0) for x in design.from_zero()]
    y = np.where(design.seen_y, design.y + design.center[0] / design.scale[0], 0.0)

    def summed(moved: np.ndarray, fixed: list[np.ndarray]) -> np.ndarray:
        return products(permutations, moved, fixed, directed=design.directed)

    k = len(raw)
    if moving:
        within, cells = design.used & design.seen_x, design.complete
        columns = np.column_stack([x[within] for x in raw])
        factor = np.linalg.lstsq(columns, np.ones(len(columns)), rcond=None)[0]
        left = 1.0 - sum(f * x for f, x in zip(factor, raw, strict=True))
        left, known = np.where(design.seen_x & seen, left, 0.0), design.seen_x.astype(float)
        fixed = [*(x * cells for x in raw), y * cells]
        gram, cross = np.empty((permutations.count, k + 1, k + 1)), np.empty((permutations.count, k + 1))
        still = _filled(summed(known, _pairwise(fixed)), k + 1)
        drawn = summed(left, fixed)
        gram[:, :k, :k], cross[:, :k], square = still[:, :k, :k], still[:, :k, k], still[:, k, k]
        gram[:, :k, k] = gram[:, k, :k] = drawn[:, :k]
        one = cells.astype(float)
        gram[:, k, k], cross[:, k], count = summed(left**2, [one])[:, 0], drawn[:, k], summed(known, [one])[:, 0]
    else:
        within = (design.used & design.seen_x).astype(float)
        fixed = [*(x * within for x in raw), within]
        gram = _filled(summed(design.seen_y.astype(float), _pairwise(fixed)), k + 1)
        cross, square, count = summed(y, fixed), summed(y**2, [within])[:, 0], gram[:, k, k]
    beta, t, _ = _solve(gram, cross, square, count, k + 1, taken=0)
    return {"t": t[:, k], "coefficient": beta[:, k] * design.scale[0]}


_Sums = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def _outcome_moved(design: Design, permutations: Permutations) -> _Sums:
    """Return the sums that a fit depends on, y being permuted."""

    def summed(moved: np.ndarray, fixed: list[np.ndarray]) -> np.ndarray:
        return products(permutations, moved, fixed, directed=design.directed)

    within = design.used & design.seen_x
    if design.whole:
        x, y = design.columns(), design.y[within]
        cross = summed(design.y, [x_k * within for x_k in design.x])
        return (x.T @ x)[None], cross, np.array([y @ y]), np.array([float(len(y))])
    columns = [within.astype(float), *(x * within for x in design.x)]
    gram = _filled(summed(design.seen_y.astype(float), _pairwise(columns)), len(columns))
    cross = summed(design.y, columns)
    return _centered(gram, cross, summed(design.y**2, columns[:1])[:, 0])


def _term_moved(design: Design, permutations: Permutations, rest: list[np.ndarray], moved: np.ndarray) -> _Sums:
    """Return the sums that a fit depends on, the residual of a term being permuted; it stands last."""

    def summed(matrix: np.ndarray, fixed: list[np.ndarray]) -> np.ndarray:
        return products(permutations, matrix, fixed, directed=design.directed)

    cells, k = design.complete, len(rest)
    fixed = [*(x * cells for x in rest), design.y * cells]
    if design.whole:
        x, y = np.stack([m[cells] for m in fixed[:-1]] or [np.zeros(0)]), design.y[cells]
        drawn = summed(moved, fixed)
        gram = np.empty((permutations.count, k + 1, k + 1))
        gram[:, :k, :k] = x @ x.T if k else 0.0
        gram[:, :k, k] = gram[:, k, :k] = drawn[:, :k]
        gram[:, k, k] = (moved[cells] ** 2).sum()
        cross = np.column_stack([np.tile(x @ y, (permutations.count, 1)) if k else drawn[:, :0], drawn[:, k]])
        return gram, cross, np.array([y @ y]), np.array([float(len(y))])
    columns = [cells.astype(float), *fixed]
    still = _filled(summed(design.seen_x.astype(float), _pairwise(columns)), k + 2)
    drawn = summed(moved, columns)
    gram = np.empty((permutations.count, k + 2, k + 2))
    gram[:, : k + 1, : k + 1] = still[:, : k + 1, : k + 1]
    gram[:, : k + 1, k + 1] = gram[:, k + 1, : k + 1] = drawn[:, : k + 1]
    gram[:, k + 1, k + 1] = summed(moved**2, columns[:1])[:, 0]
    return _centered(gram, np.column_stack([still[:, : k + 1, k + 1], drawn[:, k + 1]]), still[:, k + 1, k + 1])


def _pairwise(columns: list[np.ndarray]) -> list[np.ndarray]:
    """Return the products of all pairs of matrices, each pair once; the first matrix marks the cells."""
    return [columns[i] * columns[j] for i in range(len(columns)) for j in range(i, len(columns))]


def _filled(sums: np.ndarray, k: int) -> np.ndarray:
    """Return symmetric matrices from their upper halves, row by row."""
    full = np.empty((len(sums), k, k))
    rows, columns = np.triu_indices(k)
    full[:, rows, columns] = full[:, columns, rows] = sums
    return full


def _centered(gram: np.ndarray, cross: np.ndarray, square: np.ndarray) -> _Sums:
    """Take the constant (first) out of sums of products."""
    count, mean_y = gram[:, 0, 0], cross[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        means = gram[:, 0, 1:] / count[:, None]
        inner = gram[:, 1:, 1:] - count[:, None, None] * means[:, :, None] * means[:, None, :]
        return inner, cross[:, 1:] - means * mean_y[:, None], square - mean_y**2 / count, count


def _solve(
    gram: np.ndarray, cross: np.ndarray, square: np.ndarray, count: np.ndarray, k: int, *, taken: int = 1
) -> tuple:
    """Return standardized coefficients, t values (runs x k) and R2; nan where a fit is not defined.

    ``taken`` counts the columns that were taken out of the sums before.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.sqrt(np.diagonal(gram, axis1=1, axis2=2))
        unit = gram / (size[:, :, None] * size[:, None, :])
        sound = np.isfinite(unit).all(axis=(1, 2)) & (count > k + taken) & (square > 1e-12 * count)
        safe = np.where(sound[:, None, None], unit, np.eye(k))
        sound &= np.linalg.eigvalsh(safe)[:, 0] > _TOLERANCE**2
        inverse = np.linalg.inv(np.where(sound[:, None, None], safe, np.eye(k)))
        scaled = np.einsum("rij,rj->ri", np.broadcast_to(inverse, (len(cross), k, k)), cross / size)
        explained = (scaled * (cross / size)).sum(axis=1)
        left = np.maximum(square - explained, _PERFECT * square)
        spread = np.diagonal(inverse, axis1=1, axis2=2)
        t = scaled / np.sqrt(spread * (left / (count - k - taken))[:, None])
        beta, r_squared = scaled / size, 1 - left / square
    gone = np.broadcast_to(~sound, len(cross))
    return np.where(gone[:, None], np.nan, beta), np.where(gone[:, None], np.nan, t), np.where(gone, np.nan, r_squared)


def with_p_values(
    table: pd.DataFrame,
    draws: pd.DataFrame,
    statistic: str,
    *,
    exact: bool,
    alternative: str,
    count_observed: bool = True,
) -> pd.DataFrame:
    """Put p-values and the spread over permutations beside each term; the constant has none unless it was drawn."""
    rows = []
    for term, observed in zip(table["term"], table[statistic], strict=True):
        if term not in draws:
            rows.append(dict.fromkeys(("p_value", "p_less", "p_greater", "low", "high"), np.nan) | {"permutations": 0})
            continue
        known = draws[term].dropna().to_numpy()
        low, high = np.quantile(known, [0.025, 0.975]) if known.size else (np.nan, np.nan)
        tested = p_values(float(observed), known, exact=exact, alternative=alternative, count_observed=count_observed)
        rows.append({**tested, "low": low, "high": high, "permutations": known.size})
    return pd.concat([table, pd.DataFrame(rows)], axis=1)
