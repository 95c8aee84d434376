"""Score places by the credibility of their outranking the others (ELECTRE III).

Values, weights and scores are as in TOPSIS; thresholds are in the units of the normalized values.
"""

import numpy as np

from ....data.errors import OptionError
from ....data.methods import documented
from ....data.options import check_choice, check_number
from ....data.wording.catalogue import text
from .means import exact_sums
from .promethee import pair_gap

__all__ = ["EXPLOITATIONS", "check_electre", "credibility", "distillation", "electre", "electre_parts"]

EXPLOITATIONS = ("distillation", "net")


def check_electre(*, q: float = 0.05, p: float = 0.1, v: float | None = None, exploit: str = "distillation") -> None:
    """Raise `OptionError` unless the thresholds rise from indifference over preference to veto."""
    check_number("q", q, least=0)
    check_number("p", p, least=0)
    check_choice("exploit", exploit, EXPLOITATIONS)
    if q > p:
        raise OptionError(text("faults.calls.electre.q_most_p", p=f"{p:g}", q=f"{q:g}"))
    if v is not None:
        check_number("v", v, above=p)


@documented(
    "roy1978",
    formula=(
        "σ<sub>ij</sub> = C<sub>ij</sub> Π<sub>k: d &gt; C</sub> (1 − d<sub>ijk</sub>) / (1 − C<sub>ij</sub>), "
        "C<sub>ij</sub> = Σ<sub>k</sub> w<sub>k</sub> c<sub>ijk</sub>"
    ),
)
def electre(
    values: np.ndarray,
    weights: np.ndarray,
    *,
    q: float = 0.05,
    p: float = 0.1,
    v: float | None = None,
    exploit: str = "distillation",
) -> np.ndarray:
    r"""Return scores from the credibility that a place is at least as good as another.

    Concordance :math:`c_k` of i with j is 1 where j is better by at most q on part k, 0 from p on, linear between;
    discordance :math:`d_k` is 0 up to p and 1 from the veto v on. With :math:`C = \sum_k w_k c_k`,

    .. math:: \sigma_{ij} = C_{ij} \prod_{k: d_k > C_{ij}} \frac{1 - d_k}{1 - C_{ij}}

    - ``exploit="distillation"``: places are ranked by the descending and by the ascending distillation with the
      threshold :math:`0.3 - 0.15 \lambda`; the score is the mean of both ranks, 1 for the first and 0 for the last,
      ties sharing the mean. A ranking takes up to n rounds over n x n pairs.
    - ``exploit="net"``: the score is :math:`\sum_j (\sigma_{ij} - \sigma_{ji}) / (n - 1)`, from -1 to 1.
    - ``v=None``: no difference is a veto.
    - One place alone has none to compare with: `OptionError`.
    """
    check_electre(q=q, p=p, v=v, exploit=exploit)
    sigma = credibility(values, weights, q=q, p=p, v=v)
    if exploit == "net":
        return exact_sums(sigma - sigma.T) / (len(values) - 1)
    return (_position(distillation(sigma)) + 1.0 - _position(distillation(sigma, ascending=True))) / 2


def electre_parts(
    values: np.ndarray,
    weights: np.ndarray,
    scores: np.ndarray,
    *,
    q: float = 0.05,
    p: float = 0.1,
    v: float | None = None,
    exploit: str = "distillation",
) -> np.ndarray:
    """Return the net concordance of each part times its weight, and what is left of the score shared by weights.

    The rest is the mean score and what vetoes and distillation change.
    """
    del v, exploit
    gap, parts = pair_gap(values, method="electre_iii"), np.zeros(values.shape)
    for part in np.flatnonzero(weights > 0):
        agreed = _concordance(values[:, part], q, p, gap)
        parts[:, part] = exact_sums(agreed - agreed.T) * (weights[part] / (len(values) - 1))
    return parts + (scores - exact_sums(parts))[:, None] * weights


def credibility(values: np.ndarray, weights: np.ndarray, *, q: float, p: float, v: float | None) -> np.ndarray:
    """Return the credibility that the place of a row is at least as good as that of a column, 0 on the diagonal."""
    gap, used = pair_gap(values, method="electre_iii"), np.flatnonzero(weights > 0)
    whole = np.zeros((len(values), len(values)))
    for part in used:
        whole += weights[part] * _concordance(values[:, part], q, p, gap)
    whole = np.minimum(whole, 1.0)
    sigma = whole.copy()
    if v is not None:
        for part in used:
            away = values[None, :, part] - values[:, part, None]
            against = np.clip((away - p) / (v - p), 0.0, 1.0)
            stronger = against > whole
            sigma *= np.where(stronger, (1.0 - against) / np.where(stronger, 1.0 - whole, 1.0), 1.0)
    np.fill_diagonal(sigma, 0.0)
    return sigma


def distillation(sigma: np.ndarray, *, ascending: bool = False) -> np.ndarray:
    """Return the class of each place, 0 for those taken out first: the best, or the worst if ascending."""
    left, classes, number = np.arange(len(sigma)), np.zeros(len(sigma), dtype=int), 0
    while left.size:
        chosen, level = left, float(sigma[np.ix_(left, left)].max())
        while chosen.size > 1 and level > 0:
            own = sigma[np.ix_(chosen, chosen)]
            below = own[own < level - (0.3 - 0.15 * level)]
            level = float(below.max(initial=0.0))
            outranks = (own > level) & (own - own.T > 0.3 - 0.15 * own)
            worth = outranks.sum(axis=1) - outranks.sum(axis=0)
            chosen = chosen[worth == (worth.min() if ascending else worth.max())]
        classes[chosen] = number
        number += 1
        left = left[~np.isin(left, chosen)]
    return classes


def _concordance(column: np.ndarray, q: float, p: float, gap: float) -> np.ndarray:
    away = column[None, :] - column[:, None]
    if p - q <= gap:
        return (away <= q + gap).astype(float)
    return np.clip((p - np.where(away <= q + gap, q, away)) / (p - q), 0.0, 1.0)


def _position(classes: np.ndarray) -> np.ndarray:
    """Return how many of the others come after a place, as a share, ties counting half."""
    after = (classes[None, :] > classes[:, None]).sum(axis=1)
    tied = (classes[None, :] == classes[:, None]).sum(axis=1) - 1
    return (after + tied / 2) / (len(classes) - 1)
