"""Follow places from tier to tier over the years, as a Markov chain."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn
from ...data.methods import documented
from ...data.options import check_columns, hint
from ...data.places.keys import as_keys, key_text
from ...data.wording.catalogue import join_texts, text
from ..markov_chain import closed_sets, move_counts, probabilities, steady_state
from .assign import TIERS, tier_dtype

__all__ = ["Mobility", "tier_mobility"]


@dataclass(frozen=True)
class Mobility:
    """What `tier_mobility` found.

    Parameters
    ----------
    years : tuple of int
        Years of the table, rising.
    step : float
        Years from one observation to the next, on average.
    counts : DataFrame
        Moves observed, from (rows) to (columns).
    probabilities : DataFrame
        Shares of the moves from each tier; a row adds up to 1.
    standard_errors : DataFrame
        Of the probabilities: sqrt(p (1 - p) / moves from the tier).
    stationary : Series
        Share of places on each tier in the long run.
    indices : Series
        ``prais``, ``determinant``, ``eigenvalue``, ``bartholomew``, ``leaving``: 0 where nobody moves.
    half_life : float
        Years until the distance from the long run has halved.
    stay : Series
        Expected years on a tier before leaving it.
    moves : DataFrame
        ``place``, ``year``, ``tier_from``, ``tier_to``, ``steps`` (positive: up), every move that changed the tier.
    """

    years: tuple[int, ...]
    step: float
    counts: pd.DataFrame = field(repr=False)
    probabilities: pd.DataFrame
    standard_errors: pd.DataFrame = field(repr=False)
    stationary: pd.Series
    indices: pd.Series
    half_life: float
    stay: pd.Series = field(repr=False)
    moves: pd.DataFrame = field(repr=False)


@documented(
    "shorrocks1978",
    "bartholomew1973",
    formula="p<sub>ab</sub> = n<sub>ab</sub> / n<sub>a·</sub>, M = (k − tr P) / (k − 1)",
)
def tier_mobility(tiers_by_year: pd.DataFrame | Mapping[int, pd.Series]) -> Mobility:
    r"""Estimate the probabilities of moving between tiers from one observed year to the next.

    :math:`\hat p_{ij} = n_{ij} / n_{i \cdot}`. With k tiers that are held, P their matrix, :math:`\pi` its stationary
    shares and :math:`\lambda_2` its second largest eigenvalue in modulus, the indices are

    - ``prais``: :math:`(k - \operatorname{tr} P) / (k - 1)`;
    - ``determinant``: :math:`1 - |\det P|^{1/(k-1)}` (some programs leave the root out);
    - ``eigenvalue``: :math:`1 - |\lambda_2|`;
    - ``bartholomew``: :math:`\sum_{ij} \pi_i p_{ij} |i - j| / (k - 1)`, mean tiers moved;
    - ``leaving``: :math:`k (1 - \sum_i \pi_i p_{ii}) / (k - 1)`;

    and the half-life is :math:`-\ln 2 / \ln |\lambda_2|` steps.

    - Tiers that no place ever holds are left out of the matrix.
    - If nobody moves, P is the identity: indices that need no stationary shares are 0, the half-life is infinite.
    - The stationary shares are not a number where they depend on the start (places cannot get from one set of tiers
      to another), with an `InnoscapeWarning`.
    - A tier held in the last year only has no row of probabilities: it, the shares and the indices are not a number,
      with an `InnoscapeWarning`.
    - A place that is missing in a year gives no move into or out of that year; the number of such gaps is warned of.
    - Unequal steps between years are warned of, as one matrix cannot describe them.

    Parameters
    ----------
    tiers_by_year : DataFrame or mapping
        ``place``, ``year``, ``tier``; or tiers by place for each year.

    Returns
    -------
    Mobility
        Matrix, long run, indices, half-life, moves.

    Raises
    ------
    TableError
        Missing columns.
    OptionError
        A place twice in a year, a tier that is no label, fewer than two years, or no moves.

    References
    ----------
    Prais, S. J. (1955). Measuring social mobility. JRSS A 118 (1), 56-66.
    Shorrocks, A. F. (1978). The measurement of mobility. Econometrica 46 (5), 1013-1024: the first two.
    Sommers, P. M., Conlisk, J. (1979). Eigenvalue immobility measures for Markov chains. Journal of Mathematical
    Sociology 6 (2), 253-276: the third.
    Bartholomew, D. J. (1973). Stochastic models for social processes. Wiley: the fourth.
    Formby, J. P., Smith, W. J., Zheng, B. (2004). Mobility measurement, transition matrices and statistical inference.
    Journal of Econometrics 120 (1), 181-205: all five side by side.

    Examples
    --------
    >>> found = tier_mobility({
    ...     2018: pd.Series({"甲": "national", "乙": "regional", "丙": "regional", "丁": "national"}),
    ...     2019: pd.Series({"甲": "national", "乙": "national", "丙": "regional", "丁": "regional"})})
    >>> found.probabilities.loc["national"].tolist(), found.indices["prais"].item()
    ([0.5, 0.5], 1.0)
    """
    table, labels = _table(tiers_by_year)
    years = tuple(sorted(int(year) for year in table["year"].unique()))
    if len(years) < 2:
        raise OptionError(text("faults.calls.mobility.tiers_by_year_two_years", years=len(years)))
    _check_steps(years)
    wide = table.pivot_table(index="place", columns="year", values="code", aggfunc="first")
    # pivoting sorts places and years, so row order cannot matter
    moves = _moves(wide, years)
    if moves.empty:
        raise OptionError(text("faults.calls.mobility.tiers_by_year_place_two_consecutive"))
    held = sorted({int(code) for code in table["code"]})
    at = {code: position for position, code in enumerate(held)}
    counts = move_counts(moves["from"].map(at).to_numpy(), moves["to"].map(at).to_numpy(), len(held))
    p = probabilities(counts)
    with np.errstate(invalid="ignore", divide="ignore"):
        errors = np.sqrt(p * (1 - p) / counts.sum(axis=1, keepdims=True))
    step = (years[-1] - years[0]) / (len(years) - 1)
    stationary = _stationary(p)
    with np.errstate(divide="ignore"):
        stay = step / (1 - np.diag(p))
    names = pd.CategoricalIndex([labels[code] for code in held], dtype=tier_dtype(labels))
    frame = {"index": names.rename("tier_from"), "columns": names.rename("tier_to")}
    second = _second_eigenvalue(p)
    return Mobility(
        years=years,
        step=step,
        counts=pd.DataFrame(counts, **frame),
        probabilities=pd.DataFrame(p, **frame),
        standard_errors=pd.DataFrame(errors, **frame),
        stationary=pd.Series(stationary, index=names.rename("tier"), name="share"),
        indices=_indices(p, stationary, second, np.array(held)),
        half_life=_half_life(second) * step,
        stay=pd.Series(stay, index=names.rename("tier"), name="years"),
        moves=_move_table(moves, labels),
    )


def _table(tiers_by_year: pd.DataFrame | Mapping[int, pd.Series]) -> tuple[pd.DataFrame, list[str]]:
    if isinstance(tiers_by_year, pd.DataFrame):
        check_columns(tiers_by_year, "tiers_by_year", ("place", "year", "tier"))
        table = pd.DataFrame(tiers_by_year)[["place", "year", "tier"]].dropna(subset=["tier"])
        dtypes = [table["tier"].dtype]
    else:
        parts = [
            pd.DataFrame({"place": tiers.index.map(key_text), "year": year, "tier": tiers.astype("str").to_numpy()})
            for year, tiers in tiers_by_year.items()
        ]
        columns = ["place", "year", "tier"]
        table = pd.concat(parts, ignore_index=True).dropna() if parts else pd.DataFrame(columns=columns)
        dtypes = [tiers.dtype for tiers in tiers_by_year.values()]
    known = [list(d.categories) for d in dtypes if isinstance(d, pd.CategoricalDtype)]
    labels: list[str] = [*known[0]] if known else [*TIERS]
    table = table.assign(tier=table["tier"].astype("str"), place=as_keys(table["place"]))
    unknown = sorted(set(table["tier"]) - set(labels))
    if unknown:
        near = (text("faults.calls.hinted", got=repr(tier), hint=hint(tier, labels)) for tier in unknown)
        listed = join_texts(near, by="list.semicolon")
        raise OptionError(
            text("faults.calls.mobility.tiers_by_year_tiers_among", labels=join_texts(labels), listed=listed)
        )
    repeated = table[table.duplicated(["place", "year"])].sort_values(["year", "place"])
    if len(repeated):
        listed = ", ".join(f"{row.place} in {row.year}" for row in repeated.itertuples())
        raise OptionError(text("faults.calls.mobility.tiers_by_year_every_place_once", listed=listed))
    return table.assign(code=table["tier"].map({label: code for code, label in enumerate(labels)})), labels


def _check_steps(years: tuple[int, ...]) -> None:
    steps = np.diff(years)
    if (steps != steps[0]).any():
        warn("warnings.uneven_years", years=[*map(str, years)], stacklevel=3)


def _moves(wide: pd.DataFrame, years: tuple[int, ...]) -> pd.DataFrame:
    parts, gaps = [], 0
    for before, after in pairwise(years):
        pair = wide[[before, after]].set_axis(["from", "to"], axis=1)
        both = pair.dropna().astype(int)
        gaps += int(pair.notna().any(axis=1).sum()) - len(both)
        parts.append(both.assign(year=after).reset_index())
    if gaps:
        warn("warnings.tiers.gaps", n=gaps, stacklevel=3)
    return pd.concat(parts, ignore_index=True)


def _move_table(moves: pd.DataFrame, labels: list[str]) -> pd.DataFrame:
    changed = moves[moves["from"] != moves["to"]].reset_index(drop=True)
    dtype = tier_dtype(labels)
    table = changed[["place", "year"]].copy()
    table["tier_from"] = pd.Categorical.from_codes(changed["from"], dtype=dtype)
    table["tier_to"] = pd.Categorical.from_codes(changed["to"], dtype=dtype)
    table["steps"] = changed["from"] - changed["to"]
    return table.sort_values(["year", "place"], ignore_index=True)


def _stationary(p: np.ndarray) -> np.ndarray:
    if np.isnan(p).any():
        warn("warnings.last_year_tier", stacklevel=3)
    elif len(closed_sets(p)) > 1:
        warn("warnings.unreachable_tiers", stacklevel=3)
    return steady_state(p)


def _second_eigenvalue(p: np.ndarray) -> float:
    if np.isnan(p).any():
        return math.nan
    sizes = np.sort(np.abs(np.linalg.eigvals(p)))[::-1]
    return float(min(1.0, sizes[1])) if len(sizes) > 1 else 0.0


def _half_life(second: float) -> float:
    if math.isnan(second):
        return math.nan
    if second >= 1 - 1e-12:
        return math.inf
    return -math.log(2) / math.log(second) if second > 1e-12 else 0.0


def _indices(p: np.ndarray, stationary: np.ndarray, second: float, held: np.ndarray) -> pd.Series:
    k = len(p)
    if k == 1:
        names = ("prais", "determinant", "eigenvalue", "bartholomew", "leaving")
        return pd.Series(0.0, index=list(names), name="mobility")
    determinant = math.nan if np.isnan(p).any() else 1 - abs(float(np.linalg.det(p))) ** (1 / (k - 1))
    apart = np.abs(np.subtract.outer(held, held))
    return pd.Series(
        {
            "prais": (k - float(np.trace(p))) / (k - 1),
            "determinant": determinant,
            "eigenvalue": 1 - second,
            "bartholomew": float((stationary[:, None] * p * apart).sum()) / (k - 1),
            "leaving": k * (1 - float((stationary * np.diag(p)).sum())) / (k - 1),
        },
        name="mobility",
    )
