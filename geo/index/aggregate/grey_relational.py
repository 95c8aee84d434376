"""Score places by how near their values come to the best (grey relational grade).

Values, weights and scores are as in TOPSIS.
"""

import numpy as np

from ....data.methods import documented
from ....data.options import check_choice, check_number
from .means import exact_sums
from .topsis import IDEALS, check_unit

__all__ = ["check_grey_relational", "grey_relational", "grey_relational_parts"]


def check_grey_relational(*, rho: float = 0.5, ideal: str = "observed") -> None:
    """Raise `OptionError` unless the distinguishing coefficient is above 0 and up to 1, and the ideal exists."""
    check_number("rho", rho, above=0, most=1)
    check_choice("ideal", ideal, IDEALS)


@documented(
    "deng1982",
    formula=lambda options: (
        "S<sub>i</sub> = Σ<sub>k</sub> w<sub>k</sub> "
        f"(Δ<sub>min</sub> + {options['rho']:g} Δ<sub>max</sub>) / "
        f"(Δ<sub>ik</sub> + {options['rho']:g} Δ<sub>max</sub>), "
        "Δ<sub>ik</sub> = |z<sub>k</sub><sup>+</sup> − z<sub>ik</sub>|"
    ),
)
def grey_relational(
    values: np.ndarray, weights: np.ndarray, *, rho: float = 0.5, ideal: str = "observed"
) -> np.ndarray:
    r"""Return the grey relational grade, the weighted mean of the relational coefficients.

    .. math:: \xi_{ij} = \frac{\Delta_{min} + \rho \Delta_{max}}{\Delta_{ij} + \rho \Delta_{max}}, \quad
              \Delta_{ij} = |x_j^+ - x_{ij}|

    with the least and the largest :math:`\Delta` over all places and parts.

    - ``ideal="observed"`` takes the best value of each part for :math:`x^+`, ``"unit"`` takes 1 and refuses
      values outside 0 to 1.
    - A place that is best on every part scores 1; so do all where no place differs from the ideal.
    """
    return exact_sums(_coefficients(values, weights, rho, ideal) * weights)


def grey_relational_parts(
    values: np.ndarray, weights: np.ndarray, scores: np.ndarray, *, rho: float = 0.5, ideal: str = "observed"
) -> np.ndarray:
    """Return weight times relational coefficient."""
    del scores
    return _coefficients(values, weights, rho, ideal) * weights


def _coefficients(values: np.ndarray, weights: np.ndarray, rho: float, ideal: str) -> np.ndarray:
    check_grey_relational(rho=rho, ideal=ideal)
    if ideal == "unit":
        check_unit(values)
    away = np.abs((values.max(axis=0) if ideal == "observed" else 1.0) - values)
    used = away[:, weights > 0]
    least, most = used.min(initial=np.inf), used.max(initial=0.0)
    if most == 0:
        return np.ones(values.shape)
    # a part without weight may lie farther away than any that counts
    return (least + rho * most) / (away + rho * most)
