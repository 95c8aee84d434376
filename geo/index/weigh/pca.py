"""Weigh indicators by principal components of their correlations."""

from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from ....data.conventions import follows_conventions
from ....data.errors import Fault, InnoscapeWarning, OptionError, TableError, warn_of
from ....data.options import check_choice
from ....data.wording.catalogue import text
from .data_driven import as_frame, as_weights, correlations, deviation_weights, warn_constant

__all__ = ["PCA_LOADINGS", "PCA_NEGATIVE", "check_pca", "component_weights", "pca_weights"]

PcaLoading = Literal["rotated", "first", "first_linear"]
PCA_LOADINGS: tuple[str, ...] = get_args(PcaLoading)
PcaNegative = Literal["square", "zero", "raise"]
PCA_NEGATIVE: tuple[str, ...] = get_args(PcaNegative)
# eigenvalues nearer than this are taken as equal, loadings nearer to 0 as 0
_CLOSE = 1e-9


@follows_conventions
def pca_weights(
    matrix: pd.DataFrame | npt.ArrayLike,
    *,
    loadings: PcaLoading = "rotated",
    components: Literal["kaiser"] | float = "kaiser",
    negative: PcaNegative = "square",
    direction: pd.Series | None = None,
    convention: str | None = None,  # noqa: ARG001 - has filled in the options above
) -> pd.Series:
    r"""Weigh indicators by the variance they share, from the principal components of the correlation matrix.

    With :math:`v` the eigenvectors and :math:`\lambda` the eigenvalues of the correlations, loadings are
    :math:`l_{jf} = v_{jf} \sqrt{\lambda_f}`; the sign of a component is that which makes its loadings' sum positive.

    ``"rotated"``
        The OECD handbook's way: keep some components, rotate the loadings (varimax with Kaiser's normalization), give
        each indicator to the factor :math:`f(j)` it loads on most, weigh it there by its squared loading and the factor
        by the variance it explains: :math:`w_j \propto l_{jf(j)}^2`.
    ``"first"``
        Squared loadings of the first component: :math:`w_j = v_{j1}^2`.
    ``"first_linear"``
        Loadings of the first component: :math:`w_j \propto v_{j1}`.

    - A negative loading means that an indicator opposes what the others share. It never becomes a negative weight:
      ``negative`` names what happens, with an `InnoscapeWarning` that names the indicators.
    - An indicator equal everywhere gets weight exactly 0, and a warning; if all are, `TableError`.
    - Where equal eigenvalues leave the components undetermined (uncorrelated indicators, say) weights hold only for
      this order of names, and are warned of.
    - One indicator gets weight 1. Perfectly correlated indicators get equal weights.

    Parameters
    ----------
    matrix : DataFrame or array
        n places x m indicators, without missing cells.
    loadings : {"rotated", "first", "first_linear"}
        See above.
    components : "kaiser", int or float
        Components that ``"rotated"`` keeps: those with an eigenvalue above 1, a count, or (a float between 0 and 1) as
        many as explain that share of the variance.
    negative : {"square", "zero", "raise"}
        Indicators with a negative loading count by its square (by its size under ``"first_linear"``), get weight 0,
        or are refused.
    direction : Series, optional
        +1 or -1 by indicator; every indicator counts as +1 without it.
    convention : str, optional
        Program whose number is wanted, such as ``"coinr"``: options left out
        take its values (see `innoscape.data.list_conventions`).

    Returns
    -------
    Series
        Weights by indicator, in the order of the columns, summing to 1.

    Raises
    ------
    OptionError
        An option outside its choices.
    TableError
        Fewer than two places, missing or infinite cells, only constant indicators, or refused negative loadings.

    References
    ----------
    OECD and JRC (2008). Handbook on Constructing Composite Indicators, section 6.1. Nicoletti, G., Scarpetta, S.,
    Boylaud, O. (1999). Summary indicators of product market regulation. OECD Economics Department Working Papers 226.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [1, 2, 3, 4], "b": [1, 2, 4, 3], "c": [2, 1, 3, 4]})
    >>> pca_weights(table, loadings="first").round(3).to_dict()
    {'a': 0.372, 'b': 0.314, 'c': 0.314}
    """
    frame = as_frame(matrix)
    weights, concerns = component_weights(
        frame, loadings=loadings, components=components, negative=negative, direction=direction
    )
    warn_constant(frame)
    for concern in concerns:
        warn_of(concern, stacklevel=2)
    return weights


def check_pca(*, loadings: str = "rotated", components: str | float = "kaiser", negative: str = "square") -> None:
    """Raise `OptionError` unless the options of `pca_weights` can work."""
    check_choice("loadings", loadings, PCA_LOADINGS)
    check_choice("negative", negative, PCA_NEGATIVE)
    if components == "kaiser" or (isinstance(components, float) and 0 < components < 1):
        return
    if not isinstance(components, int) or isinstance(components, bool) or components < 1:
        raise OptionError(text("faults.calls.pca.components_kaiser_count_1", components=repr(components)))


def component_weights(
    frame: pd.DataFrame,
    *,
    loadings: str = "rotated",
    components: str | float = "kaiser",
    negative: str = "square",
    direction: pd.Series | None = None,
) -> tuple[pd.Series, list[InnoscapeWarning]]:
    """Return the weights of `pca_weights`, and what to warn of beside constant indicators."""
    check_pca(loadings=loadings, components=components, negative=negative)
    deviation_weights(frame)  # refuses what has no spread
    signs = pd.Series(1.0, index=frame.columns) if direction is None else direction
    # sorted by name, so that the order of the columns changes no bit
    names = sorted(frame.columns, key=str)
    related = correlations(frame[names] * signs.loc[names].astype(float))
    values, vectors = np.linalg.eigh(related.to_numpy())
    values, vectors = values[::-1], vectors[:, ::-1]
    keep = _kept(values, components) if loadings == "rotated" else 1
    concerns = []
    if keep < len(values) and values[keep - 1] - values[keep] < _CLOSE:
        equal = {"first": keep, "second": keep + 1, "value": f"{values[keep]:.4g}"}
        concerns.append(InnoscapeWarning.of("warnings.weights.equal_eigenvalues", **equal))
    kept = vectors[:, :keep] * np.sqrt(np.maximum(values[:keep], 0.0))
    found = _varimax(kept) if keep > 1 else kept
    totals = found.sum(axis=0)
    largest = found[np.abs(found).argmax(axis=0), range(keep)]
    found = found * np.sign(np.where(np.abs(totals) > _CLOSE, totals, largest))
    own = found[range(len(found)), np.abs(found).argmax(axis=1)]
    against = [str(name) for name, loading in zip(related.columns, own, strict=True) if loading < -_CLOSE]
    sizes = np.abs(own) if loadings == "first_linear" else own**2
    if against:
        concerns.append(_oppose(against, negative))
        sizes = np.where((own < -_CLOSE) & (negative == "zero"), 0.0, sizes)
    shares = dict(zip(related.columns, sizes / sizes.sum(), strict=True))
    return as_weights({name: float(shares.get(name, 0.0)) for name in frame.columns}), concerns


def _kept(values: np.ndarray, components: str | float) -> int:
    if components == "kaiser":
        return max(1, int((values > 1.0 + _CLOSE).sum()))
    if isinstance(components, float):
        explained = np.cumsum(values) / values.sum()
        return min(int(np.searchsorted(explained, components - _CLOSE)) + 1, len(values))
    return min(int(components), len(values))


def _oppose(against: list[str], negative: str) -> InnoscapeWarning:
    if negative == "raise":
        listed = ", ".join(against)
        fix = text("faults.calls.pca.check_their_direction_drop")
        raise TableError(
            [
                Fault(
                    "indicators",
                    text("faults.calls.pca.loadings_0"),
                    text("faults.calls.pca.negative_ones", listed=listed),
                    fix,
                )
            ]
        )
    key = "warnings.weights.opposed_weightless" if negative == "zero" else "warnings.weights.opposed"
    return InnoscapeWarning.of(key, names=against)


def _varimax(loadings: np.ndarray) -> np.ndarray:
    # plane rotations after Kaiser (1958), rows scaled to unit length while rotating
    lengths = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    rotated = loadings / np.where(lengths > 0, lengths, 1.0)
    count, factors = rotated.shape
    for _ in range(1000):
        turned = 0.0
        for one in range(factors - 1):
            for other in range(one + 1, factors):
                x, y = rotated[:, one].copy(), rotated[:, other].copy()
                u, v = x**2 - y**2, 2 * x * y
                across = 2 * (u @ v) - 2 * u.sum() * v.sum() / count
                along = u @ u - v @ v - (u.sum() ** 2 - v.sum() ** 2) / count
                angle = np.arctan2(across, along) / 4 if max(abs(across), abs(along)) > _CLOSE * _CLOSE else 0.0
                rotated[:, one] = np.cos(angle) * x + np.sin(angle) * y
                rotated[:, other] = np.cos(angle) * y - np.sin(angle) * x
                turned = max(turned, abs(angle))
        if turned < _CLOSE:
            break
    return rotated * lengths
