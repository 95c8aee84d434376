"""Audit how indicators go together before they are scored: correlations, loadings, Cronbach's alpha."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...data.errors import Fault, OptionError, TableError
from ...data.framework import Framework, check_framework
from ...data.methods import documented
from ...data.options import check_choice, check_number, reach_faults, refuse
from ...data.wording.catalogue import text
from .cells import choose_cells
from .weigh.data_driven import CORRELATIONS, Correlation, as_frame, correlations
from .weigh.registry import level_paths

__all__ = ["MultivariateAudit", "cronbach_alpha", "multivariate_audit"]


@dataclass(frozen=True, repr=False)
class MultivariateAudit:
    """How indicators go together, their directions applied.

    Parameters
    ----------
    correlations : DataFrame
        Indicators x indicators; those that are the same everywhere are left out.
    pairs : DataFrame
        ``indicator``, ``other``, ``group`` (the innermost that holds both; empty for the index alone), ``correlation``,
        ``flag`` (``redundant``, ``opposed`` or empty); the largest absolute correlation first.
    groups : DataFrame
        ``level``, ``group``, ``indicators``, ``mean_correlation``, ``alpha`` (Cronbach's, of standardized values), the
        index first (``level`` ``index``, ``group`` empty).
    loadings : DataFrame
        ``indicator``, ``loading`` on the first principal component, ``opposed`` (below 0).
    """

    correlations: pd.DataFrame
    pairs: pd.DataFrame
    groups: pd.DataFrame
    loadings: pd.DataFrame

    def __repr__(self) -> str:
        redundant, opposed = ((self.pairs["flag"] == flag).sum() for flag in ("redundant", "opposed"))
        return (
            f"MultivariateAudit({len(self.loadings)} indicators, {redundant} redundant and {opposed} opposed pairs, "
            f"{self.loadings['opposed'].sum()} loaded negatively)"
        )


@documented("cronbach1951", formula="α = k / (k − 1) (1 − Σ<sub>j</sub> s<sub>j</sub><sup>2</sup> / s<sup>2</sup>)")
def cronbach_alpha(matrix: pd.DataFrame | npt.ArrayLike, *, standardize: bool = False) -> float:
    r"""Return Cronbach's alpha: how far indicators measure one thing, from the covariances among them.

    .. math:: \alpha = \frac{k}{k - 1} \left(1 - \frac{\sum_j s_j^2}{s^2}\right)

    with :math:`s_j^2` the variance of indicator j and :math:`s^2` that of their sum over the places.

    - Identical indicators give 1, uncorrelated ones 0; opposed ones less than 0.
    - ``standardize`` divides each indicator by its standard deviation first, so that units do not decide:
      :math:`k \bar r / (1 + (k - 1) \bar r)` with the mean correlation; an indicator equal everywhere is left out.

    Parameters
    ----------
    matrix : DataFrame or array
        n places x k indicators, at least two of each, without missing cells, all in one direction.

    Raises
    ------
    OptionError
        Fewer than two indicators or places.
    TableError
        Missing cells, indicators that add up to the same everywhere, or fewer than two to standardize that differ.

    References
    ----------
    Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. Psychometrika 16, 297-334.

    Examples
    --------
    >>> round(cronbach_alpha(pd.DataFrame({"a": [1, 2, 3], "b": [2, 4, 6]})), 3)
    0.889
    """
    frame = as_frame(matrix)
    if min(frame.shape) < 2:
        raise OptionError(
            text("faults.calls.multivariate_audit.matrix_two_places_two", shape=frame.shape[0], shape2=frame.shape[1])
        )
    if not np.isfinite(frame.to_numpy()).all():
        raise TableError(
            [
                Fault(
                    "indicators",
                    text("faults.calls.multivariate_audit.finite_numbers_cronbachs_alpha"),
                    text("faults.calls.multivariate_audit.missing_cells"),
                    text("faults.calls.multivariate_audit.impute_them"),
                )
            ]
        )
    refuse(reach_faults(frame.to_numpy().ravel(), name="matrix"))
    if standardize:
        related = correlations(frame)
        if len(related) < 2:
            needed = text("faults.calls.alike.two_indicators_differ_between")
            raise TableError(
                [
                    Fault(
                        "indicators",
                        needed,
                        str(len(related)),
                        text("faults.calls.multivariate_audit.add_some_do_standardize"),
                    )
                ]
            )
        alpha = _standardized_alpha(related)
        if math.isinf(alpha):
            raise TableError([_no_sum()])
        return alpha
    columns = sorted(frame.columns, key=str)
    parts = [_variance(frame[name].to_numpy()) for name in columns]
    whole = _variance(np.array([math.fsum(row) for row in frame[columns].to_numpy().tolist()]))
    if whole <= 0:
        raise TableError([_no_sum()])
    return len(parts) / (len(parts) - 1) * (1.0 - math.fsum(parts) / whole)


@documented("oecd2008", "cronbach1951")
def multivariate_audit(
    indicators: pd.DataFrame,
    framework: Framework,
    *,
    among: Iterable[str] | None = None,
    year: int | None = None,
    correlation: Correlation = "pearson",
    redundant: float = 0.9,
    opposed: float = -0.4,
) -> MultivariateAudit:
    """Audit how the indicators of a framework go together: which repeat, and which oppose, one another.

    - Values count in their direction, so that every correlation should be positive; places with a missing value take
      no part.
    - A pair is ``redundant`` from a correlation of ``redundant`` on: the same fact counts twice. It is ``opposed`` at
      ``opposed`` or below: one makes up for the other, or a direction is wrong.
    - Where the first component is undetermined the loadings hold for this order of names only.

    Parameters
    ----------
    indicators, framework, among, year
        As for `score`.
    correlation : {"pearson", "spearman"}
        Of values, or of ranks.
    redundant, opposed : float
        Correlations from which on pairs are flagged, from 0 to 1 and from -1 to 0.

    Returns
    -------
    MultivariateAudit

    Raises
    ------
    TableError
        Fewer than three places without a gap, or fewer than two indicators that differ.

    References
    ----------
    OECD and JRC (2008). Handbook on Constructing Composite Indicators: Methodology and User Guide, step 4.

    Examples
    --------
    >>> table = pd.DataFrame({"place": list("abcd"), "x": [1, 2, 3, 5], "twin": [2, 4, 6, 10], "against": [9, 7, 8, 1]})
    >>> framework = Framework.from_table(pd.DataFrame({"indicator": ["x", "twin", "against"]}))
    >>> found = multivariate_audit(table.melt("place", var_name="indicator"), framework)
    >>> found
    MultivariateAudit(3 indicators, 1 redundant and 2 opposed pairs, 1 loaded negatively)
    >>> found.pairs[["indicator", "other", "flag"]].to_numpy().tolist()
    [['twin', 'x', 'redundant'], ['against', 'twin', 'opposed'], ['against', 'x', 'opposed']]
    >>> found.loadings.loc[found.loadings["opposed"], "indicator"].tolist()
    ['against']
    """
    check_choice("correlation", correlation, CORRELATIONS)
    check_number("redundant", redundant, least=0, most=1)
    check_number("opposed", opposed, least=-1, most=0)
    check_framework(framework)
    matrix, _ = choose_cells(indicators, framework.indicators, among=among, year=year)
    whole = matrix.dropna() * framework.direction.reindex(matrix.columns)
    if len(whole) < 3:
        fix = text("faults.calls.multivariate_audit.impute_gaps_leave_out")
        raise TableError(
            [
                Fault(
                    "indicators",
                    text("faults.calls.multivariate_audit.three_places_every_indicator"),
                    str(len(whole)),
                    fix,
                )
            ]
        )
    related = correlations(whole[sorted(whole.columns)], correlation=correlation)
    if len(related) < 2:
        raise TableError(
            [
                Fault(
                    "indicators",
                    text("faults.calls.alike.two_indicators_differ_between"),
                    str(len(related)),
                    text("faults.calls.multivariate_audit.add_some"),
                )
            ]
        )
    return MultivariateAudit(
        correlations=related,
        pairs=_pairs(related, level_paths(framework), redundant, opposed),
        groups=_groups(related, framework),
        loadings=_loadings(related),
    )


def _pairs(related: pd.DataFrame, paths: dict[str, tuple[str, ...]], redundant: float, opposed: float) -> pd.DataFrame:
    rows = []
    names = list(related.index)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            value = float(related.loc[one, other])  # type: ignore[arg-type]
            shared = [a for a, b in zip(paths[one], paths[other], strict=True) if a == b]
            flag = "redundant" if value >= redundant else "opposed" if value <= opposed else ""
            rows.append((one, other, shared[-1] if shared else "", value, flag))
    table = pd.DataFrame(rows, columns=["indicator", "other", "group", "correlation", "flag"])
    order = table["correlation"].abs().round(12)
    return (
        table.assign(order=-order).sort_values(["order", "indicator", "other"], ignore_index=True).drop(columns="order")
    )


def _groups(related: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    parts = [("index", "", framework.indicators)]
    parts += [
        (level, group, members) for level in framework.levels for group, members in framework.groups(level).items()
    ]
    rows = []
    for level, group, members in parts:
        own = [name for name in members if name in related.index]
        inside = related.loc[own, own]
        mean = _mean_correlation(inside) if len(own) > 1 else math.nan
        rows.append((level, group, len(members), mean, _standardized_alpha(inside) if len(own) > 1 else math.nan))
    return pd.DataFrame(rows, columns=["level", "group", "indicators", "mean_correlation", "alpha"])


def _loadings(related: pd.DataFrame) -> pd.DataFrame:
    sizes, vectors = np.linalg.eigh(related.to_numpy())
    first = vectors[:, -1] * math.sqrt(max(0.0, float(sizes[-1])))
    first = first if math.fsum(first) >= 0 else -first
    return pd.DataFrame({"indicator": list(related.index), "loading": first, "opposed": first < -1e-9})


def _mean_correlation(related: pd.DataFrame) -> float:
    k = len(related)
    return (math.fsum(related.to_numpy().ravel()) - k) / (k * (k - 1))


def _standardized_alpha(related: pd.DataFrame) -> float:
    k, mean = len(related), _mean_correlation(related)
    below = 1.0 + (k - 1) * mean
    return k * mean / below if below > 1e-12 else -math.inf


def _no_sum() -> Fault:
    return Fault(
        "indicators",
        text("faults.calls.multivariate_audit.sum_differs_between_places"),
        text("faults.calls.multivariate_audit.same_everywhere"),
        text("faults.calls.multivariate_audit.drop_some"),
    )


def _variance(values: np.ndarray) -> float:
    mean = math.fsum(values) / values.size
    return math.fsum((values - mean) ** 2) / (values.size - 1)
