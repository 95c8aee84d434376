"""Score places by their net outranking flow (PROMETHEE II).

Values, weights and scores are as in TOPSIS; thresholds are in the units of the normalized values.
"""

import numpy as np

from ....data.errors import OptionError
from ....data.methods import documented
from ....data.options import check_choice, check_number
from ....data.wording.catalogue import text
from .means import ROUNDING, exact_sums

__all__ = ["PREFERENCES", "check_promethee", "pair_gap", "promethee", "promethee_parts"]

# the thresholds that each preference uses
_USED = {
    "usual": (),
    "u_shape": ("q",),
    "v_shape": ("p",),
    "level": ("q", "p"),
    "linear": ("q", "p"),
    "gaussian": ("p",),
}
PREFERENCES = tuple(_USED)
_PLAIN = {"q": 0.0, "p": 1.0}


def check_promethee(*, preference: str = "usual", q: float = 0.0, p: float = 1.0) -> None:
    """Raise `OptionError` unless the preference exists and uses the thresholds that are given."""
    check_choice("preference", preference, PREFERENCES)
    check_number("q", q, least=0)
    check_number("p", p, above=0)
    used = _USED[preference]
    for name, given in (("q", q), ("p", p)):
        if name not in used and given != _PLAIN[name]:
            users = ", ".join(f'"{other}"' for other, names in _USED.items() if name in names)
            raise OptionError(
                text("faults.calls.promethee.used_preference_preference", name=name, users=users, preference=preference)
            )
    if len(used) > 1 and q >= p:
        raise OptionError(text("faults.calls.promethee.q_less_than_p", p=f"{p:g}", q=f"{q:g}"))


@documented(
    "brans1985",
    formula=(
        "S<sub>i</sub> = Σ<sub>j</sub> Σ<sub>k</sub> w<sub>k</sub> "
        "(P(z<sub>ik</sub> − z<sub>jk</sub>) − P(z<sub>jk</sub> − z<sub>ik</sub>)) / (n − 1)"
    ),
)
def promethee(
    values: np.ndarray, weights: np.ndarray, *, preference: str = "usual", q: float = 0.0, p: float = 1.0
) -> np.ndarray:
    r"""Return the net flow: how far a place is preferred to the others, less how far they are preferred to it.

    .. math:: \phi_i = \frac{1}{n - 1} \sum_j \sum_k w_k \bigl(P(x_{ik} - x_{jk}) - P(x_{jk} - x_{ik})\bigr)

    with :math:`P(d) = 0` for :math:`d \le 0`, and above: 1 (``"usual"``), 1 beyond q (``"u_shape"``), :math:`d / p` up
    to 1 (``"v_shape"``), 1/2 between q and p and 1 beyond (``"level"``), linear from q to p (``"linear"``), or
    :math:`1 - \exp(-d^2 / 2 p^2)` (``"gaussian"``).

    - Scores lie between -1 and 1 and sum to 0.
    - Values that differ by rounding only (1e-12) are equal.
    - One place alone has none to compare with: `OptionError`.
    """
    return exact_sums(_flows(values, weights, preference, q, p))


def promethee_parts(
    values: np.ndarray,
    weights: np.ndarray,
    scores: np.ndarray,
    *,
    preference: str = "usual",
    q: float = 0.0,
    p: float = 1.0,
) -> np.ndarray:
    """Return the net flow on each part times its weight."""
    del scores
    return _flows(values, weights, preference, q, p)


def pair_gap(values: np.ndarray, *, method: str) -> float:
    """Return the difference up to which values are equal; `OptionError` where there are no pairs."""
    if len(values) < 2:
        raise OptionError(text("faults.calls.promethee.aggregate_compares_places_another", method=method))
    return ROUNDING * max(1.0, float(np.abs(values).max()))


def _flows(values: np.ndarray, weights: np.ndarray, preference: str, q: float, p: float) -> np.ndarray:
    check_promethee(preference=preference, q=q, p=p)
    gap = pair_gap(values, method="promethee_ii")
    flows = np.zeros(values.shape)
    for part in np.flatnonzero(weights > 0):
        away = values[:, part, None] - values[None, :, part]
        preferred = np.where(away > gap, _preferred(away - gap, preference, q, p), 0.0)
        flows[:, part] = exact_sums(preferred - preferred.T) * (weights[part] / (len(values) - 1))
    return flows


def _preferred(away: np.ndarray, preference: str, q: float, p: float) -> np.ndarray:
    if preference == "level":
        return np.where(away > p, 1.0, np.where(away > q, 0.5, 0.0))
    if preference == "gaussian":
        return -np.expm1(-(away**2) / (2 * p**2))
    if preference in ("v_shape", "linear"):
        return np.clip((away - q) / (p - q), 0.0, 1.0)
    return (away > q).astype(float)
