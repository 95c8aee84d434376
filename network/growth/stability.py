"""Judge the stability of stocks by the eigenvalues of their Jacobian."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

__all__ = ["Stability", "judge_stability"]


@dataclass(frozen=True, eq=False)
class Stability:
    """How small departures from given stocks develop.

    Attributes
    ----------
    eigenvalues : ndarray
        Of the Jacobian, by falling real part; per unit of time.
    modes : DataFrame
        One row a stock, one column an eigenvalue (0 leads): the pattern of departure that grows or fades at its rate,
        real part, scaled so that the largest entry is 1.
    verdict : str
        ``stable``: every departure fades. ``growing apart``: some departure grows in which stocks move in different
        directions, or some not at all. ``growing together``: departures grow, but only with all stocks moving the same
        way. ``neutral``: the leading eigenvalue is 0 within rounding.
    """

    eigenvalues: np.ndarray
    modes: pd.DataFrame = field(repr=False)
    verdict: str


def judge_stability(
    jacobian: np.ndarray,
    names: Sequence[Hashable],
    *,
    relative_to: np.ndarray,
    label: str,
    tolerance: float,
    basis: np.ndarray | None = None,
) -> Stability:
    """Judge by the eigenvalues how small departures develop.

    ``relative_to`` holds the stocks, or ones; the orthonormal columns of ``basis`` span the departures that can occur.
    """
    basis = np.eye(len(names)) if basis is None else basis
    found = np.linalg.eig(basis.T @ jacobian @ basis)
    order = np.lexsort((-np.imag(found.eigenvalues), -np.real(found.eigenvalues)))
    values, pattern = found.eigenvalues[order], np.real(basis @ found.eigenvectors)[:, order]
    modes = pattern / np.take_along_axis(pattern, np.abs(pattern).argmax(axis=0)[None], axis=0)
    growing = np.real(values) > tolerance
    ways = modes / relative_to[:, None]
    apart = ways.min(axis=0) <= 1e-9 * ways.max(axis=0)
    if growing.any():
        verdict = "growing apart" if (growing & apart).any() else "growing together"
    else:
        verdict = "stable" if len(values) and (np.real(values) < -tolerance).all() else "neutral"
    return Stability(values, pd.DataFrame(modes, index=pd.Index(names, name=label)), verdict)
