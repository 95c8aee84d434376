"""Say how far two placements on tiers agree, as a number and place by place."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn
from ...data.methods import documented
from ...data.options import check_choice, check_known_places, hint
from ...data.places.keys import key_text
from ...data.wording.catalogue import join_texts, text
from .assign import TIERS, tier_dtype

__all__ = ["AGREEMENT_WEIGHTS", "Agreement", "compare_tiers", "tier_agreement"]

AgreementWeight = Literal["quadratic", "linear", "none"]
AGREEMENT_WEIGHTS: tuple[str, ...] = get_args(AgreementWeight)
_Z95 = 1.959963984540054


@dataclass(frozen=True)
class Agreement:
    """What `tier_agreement` found.

    Parameters
    ----------
    weights : str
        How near misses count.
    places : int
        Number of places compared.
    kappa : float
        Agreement beyond chance: 1 complete, 0 as by chance, below 0 less than by chance.
    standard_error : float
        Large-sample standard error of ``kappa``.
    low, high : float
        Ends of its 95 % interval, within -1 and 1.
    p_value : float
        Two-sided, of the hypothesis that the placements agree by chance only.
    exact_agreement : float
        Share of places on the same tier.
    within_one_tier : float
        Share of places at most one tier apart.
    confusion : DataFrame
        Number of places by tier in ``a`` (rows) and in ``b`` (columns).
    disagreements : DataFrame
        As `compare_tiers` lists them.
    """

    weights: str
    places: int
    kappa: float
    standard_error: float
    low: float
    high: float
    p_value: float
    exact_agreement: float
    within_one_tier: float
    confusion: pd.DataFrame = field(repr=False)
    disagreements: pd.DataFrame = field(repr=False)


@documented(
    "cohen1968",
    formula=(
        "κ = 1 − Σ<sub>ab</sub> v<sub>ab</sub> p<sub>ab</sub> / "
        "Σ<sub>ab</sub> v<sub>ab</sub> p<sub>a·</sub> p<sub>·b</sub>"
    ),
)
def tier_agreement(a: pd.Series, b: pd.Series, *, weights: AgreementWeight = "quadratic") -> Agreement:
    r"""Measure how far two placements agree beyond chance, by Cohen's weighted kappa.

    .. math:: \kappa = \frac{p_o - p_e}{1 - p_e}, \quad p_o = \sum_{ij} w_{ij} p_{ij}, \quad
        p_e = \sum_{ij} w_{ij} p_{i\cdot} p_{\cdot j}

    where :math:`p_{ij}` is the share of places on tier i of ``a`` and tier j of ``b``, and the weight is
    :math:`1 - (i - j)^2 / (k - 1)^2` (quadratic), :math:`1 - |i - j| / (k - 1)` (linear) or 1 on the diagonal only.

    - Equal placements on at least two tiers have kappa 1 with standard error 0.
    - If both placements put every place on one and the same tier, chance explains all: kappa is not a number, with an
      `InnoscapeWarning`.
    - Exchanging ``a`` and ``b`` changes neither kappa nor its error. Tiers that no place stands on change nothing.
    - Errors hold for large samples, of at least 2 k² places by Cicchetti's rule; below, read them as rough.

    Parameters
    ----------
    a, b : Series
        Tiers by place, as in `compare_tiers`.
    weights : {"quadratic", "linear", "none"}
        How near misses count.

    Returns
    -------
    Agreement
        Kappa with its error, the confusion of tiers, the disagreements.

    Raises
    ------
    UnknownPlaceError
        A place stands in one placement only.
    OptionError
        An option outside its choices, no places, or a place without a tier.

    References
    ----------
    Cohen, J. (1968). Weighted kappa. Psychological Bulletin 70 (4), 213-220.
    Fleiss, J. L., Cohen, J., Everitt, B. S. (1969). Large sample standard errors of kappa and weighted kappa.
    Psychological Bulletin 72 (5), 323-327.
    Cicchetti, D. V. (1981). Testing the normal approximation and minimal sample size requirements of weighted kappa
    when the number of categories is large. Applied Psychological Measurement 5 (1), 101-104.

    Examples
    --------
    >>> a = pd.Series({"甲": "international", "乙": "national", "丙": "regional", "丁": "local"})
    >>> b = pd.Series({"甲": "international", "乙": "regional", "丙": "regional", "丁": "local"})
    >>> found = tier_agreement(a, b)
    >>> round(found.kappa, 3), found.exact_agreement, found.disagreements["place"].tolist()
    (0.9, 0.75, ['乙'])
    """
    check_choice("weights", weights, AGREEMENT_WEIGHTS)
    labels, codes_a, codes_b = _matched(a, b)
    if not len(codes_a):
        raise OptionError(text("faults.calls.agreement.b_place_none"))
    k = len(labels)
    counts = np.zeros((k, k), dtype=int)
    np.add.at(counts, (codes_a.to_numpy(), codes_b.to_numpy()), 1)
    apart = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    kappa, error, null_error = _kappa(counts, _weight_matrix(apart, weights))
    dtype = pd.CategoricalIndex(labels, categories=labels, ordered=True)
    if math.isnan(kappa):
        warn("warnings.one_tier", stacklevel=2)
    z = kappa / null_error if null_error else math.nan
    return Agreement(
        weights=weights,
        places=len(codes_a),
        kappa=kappa,
        standard_error=error,
        low=max(-1.0, kappa - _Z95 * error),
        high=min(1.0, kappa + _Z95 * error),
        p_value=math.erfc(abs(z) / math.sqrt(2)),
        exact_agreement=float(counts[apart == 0].sum() / counts.sum()),
        within_one_tier=float(counts[apart <= 1].sum() / counts.sum()),
        confusion=pd.DataFrame(counts, index=dtype.rename("tier_a"), columns=dtype.rename("tier_b")),
        disagreements=compare_tiers(a, b),
    )


def compare_tiers(a: pd.Series, b: pd.Series) -> pd.DataFrame:
    """List the places that two placements put on different tiers.

    Parameters
    ----------
    a, b : Series
        Tiers by place, as `assign_tiers` gives them or as labels of `TIERS`; both must hold the same places.

    Returns
    -------
    DataFrame
        ``place``, ``tier_a``, ``tier_b``, ``steps`` (positive: higher in ``a``), largest disagreement first; empty when
        the placements agree.

    Raises
    ------
    UnknownPlaceError
        A place stands in one placement only.
    OptionError
        A place has no tier, or one that is not a label; all listed.

    Examples
    --------
    >>> scored = pd.Series({"甲": "national", "乙": "national"})
    >>> published = pd.Series({"甲": "international", "乙": "national"})
    >>> compare_tiers(scored, published).to_dict("records")
    [{'place': '甲', 'tier_a': 'national', 'tier_b': 'international', 'steps': -1}]
    """
    labels, codes_a, codes_b = _matched(a, b)
    steps = (codes_b - codes_a).rename("steps")
    frame = pd.DataFrame({"place": codes_a.index, "steps": steps.to_numpy()})
    dtype = tier_dtype(labels)
    frame.insert(1, "tier_a", pd.Categorical.from_codes(codes_a.to_numpy(), dtype=dtype))
    frame.insert(2, "tier_b", pd.Categorical.from_codes(codes_b.to_numpy(), dtype=dtype))
    frame = frame[frame["steps"] != 0]
    order = frame.assign(size=-frame["steps"].abs()).sort_values(["size", "place"]).index
    return frame.loc[order].reset_index(drop=True)


def _matched(a: pd.Series, b: pd.Series) -> tuple[list[str], pd.Series, pd.Series]:
    """Return the labels and the numbers of the tiers, 0 for the highest, both in the order of ``a``."""
    known = [list(x.cat.categories) for x in (a, b) if isinstance(x.dtype, pd.CategoricalDtype)]
    labels: list[str] = [*known[0]] if known else [*TIERS]
    a, b = (tiers.set_axis(tiers.index.map(key_text)) for tiers in (a, b))
    check_known_places("b", b.index, a.index)
    check_known_places("a", a.index, b.index)
    for owner, tiers in (("a", a), ("b", b)):
        repeated = sorted(set(tiers.index[tiers.index.duplicated()]))
        if repeated:
            raise OptionError(
                text("faults.calls.agreement.every_place_once_again", owner=owner, repeated=join_texts(repeated))
            )
    return labels, _codes("a", a, labels), _codes("b", b, labels).reindex(a.index)


def _codes(owner: str, tiers: pd.Series, labels: Sequence[str]) -> pd.Series:
    wrong = {str(place): tier for place, tier in tiers.items() if tier not in labels}
    if wrong:
        said = (
            text("faults.calls.tier_at", tier=repr(tier), place=place, hint=hint(tier, labels))
            for place, tier in sorted(wrong.items())
        )
        listed = join_texts(said, by="list.semicolon")
        raise OptionError(
            text("faults.calls.agreement.each_place", owner=owner, labels=join_texts(labels), listed=listed)
        )
    return tiers.astype(str).map({label: code for code, label in enumerate(labels)}).astype(int)


def _weight_matrix(apart: np.ndarray, weights: str) -> np.ndarray:
    if weights == "none":
        return (apart == 0).astype(float)
    far = max(1, int(apart.max()))
    return 1 - (apart / far) ** (2 if weights == "quadratic" else 1)


def _kappa(counts: np.ndarray, w: np.ndarray) -> tuple[float, float, float]:
    """Return kappa, its standard error, and the standard error it has if only chance agrees."""
    n = counts.sum()
    p = counts / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    chance = np.outer(rows, columns)
    observed, expected = float((w * p).sum()), float((w * chance).sum())
    if 1 - expected < 1e-12:
        return math.nan, math.nan, math.nan
    mean = (w @ columns)[:, None] + (rows @ w)[None, :]
    spread = _variance(w * (1 - expected) - mean * (1 - observed), p)
    error = math.sqrt(spread / n) / (1 - expected) ** 2
    return (observed - expected) / (1 - expected), error, math.sqrt(_variance(w - mean, chance) / n) / (1 - expected)


def _variance(values: np.ndarray, shares: np.ndarray) -> float:
    return float((shares * (values - (shares * values).sum()) ** 2).sum())
