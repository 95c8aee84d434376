"""Register the measures of inequality: name, formula, bounds, source and the computation over all years at once.

Of a place, x is its value, p its share of the weight (1/n where places count equally), s its share of the total, r = x
over the mean; n places have a value.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...data.concentration import gini, herfindahl, theil
from ...data.methods import documented, method_of, works

__all__ = ["MEASURES", "InequalityMeasure", "Spread", "inequality_measures"]


@dataclass(frozen=True, eq=False)
class Spread:
    """What measures need: years x places.

    Parameters
    ----------
    values, weights : ndarray
        T x n; the weight is 0 where there is no value.
    p, s, r : ndarray
        Share of weight, share of total, value over mean.
    count : ndarray
        T: places with a weight above 0.
    """

    values: np.ndarray
    weights: np.ndarray
    p: np.ndarray
    s: np.ndarray
    r: np.ndarray
    count: np.ndarray

    @classmethod
    def of(cls, values: np.ndarray, weights: np.ndarray) -> "Spread":
        """Return the shares of values and weights; not a number in a year without a total above 0."""
        product, people = values * weights, weights.sum(axis=1, keepdims=True)
        total = product.sum(axis=1, keepdims=True)
        people, total = (np.where(a > 0, a, np.nan) for a in (people, total))
        share = product / total
        return cls(values, weights, weights / people, share, values * people / total, (weights > 0).sum(axis=1))


@dataclass(frozen=True)
class InequalityMeasure:
    """One measure of the registry.

    Parameters
    ----------
    name, low, high : str
        Key, and the bounds as formulas of n.
    compute : callable
        `Spread` and epsilon -> a number for each year.
    """

    name: str
    low: str
    high: str
    compute: Callable[[Spread, float], np.ndarray]


MEASURES: dict[str, InequalityMeasure] = {}


def _bounded(low: str, high: str) -> Callable[[Callable[[Spread, float], np.ndarray]], Callable[..., np.ndarray]]:
    def note(compute: Callable[[Spread, float], np.ndarray]) -> Callable[..., np.ndarray]:
        name = compute.__name__.removeprefix("_")
        MEASURES[name] = InequalityMeasure(name, low, high, compute)
        return compute

    return note


def inequality_measures() -> pd.DataFrame:
    """List the measures that `inequality` computes.

    Returns
    -------
    DataFrame
        ``measure``, ``formula`` (HTML), ``low`` and ``high`` (bounds with places counted equally), ``source``.

    Examples
    --------
    >>> inequality_measures().set_index("measure").loc["hoover", ["low", "high"]].tolist()
    ['0', '1 − 1/n']
    """
    rows = []
    for one in MEASURES.values():
        method = method_of(one.compute)
        source = "; ".join(works()[key].short for key in method.references)
        rows.append((one.name, method.formula, one.low, one.high, source))
    return pd.DataFrame(rows, columns=["measure", "formula", "low", "high", "source"])


def _logs(ratio: np.ndarray) -> np.ndarray:
    return np.log(np.where(ratio > 0, ratio, 1.0))


@_bounded("1/n", "1")
@documented("hirschman1964", formula="H = Σ s²")
def _herfindahl(spread: Spread, _: float) -> np.ndarray:
    return herfindahl(spread.s)


@_bounded("0", "1")
@documented("hirschman1964", formula="(H − 1/n) / (1 − 1/n)")
def _herfindahl_normalized(spread: Spread, _: float) -> np.ndarray:
    least = 1.0 / np.where(spread.count > 1, spread.count, np.nan)
    return (herfindahl(spread.s) - least) / (1.0 - least)


@_bounded("1/n", "1")
@documented("hirschman1964", formula="max s")
def _largest_share(spread: Spread, _: float) -> np.ndarray:
    return spread.s.max(axis=1)


@_bounded("0", "1 − 1/n")
@documented("gini1912", formula="G = Σ Σ p<sub>i</sub> p<sub>j</sub> |x<sub>i</sub> − x<sub>j</sub>| / 2μ")
def _gini(spread: Spread, _: float) -> np.ndarray:
    return gini(spread.values, spread.weights)


@_bounded("0", "ln n")
@documented("theil1967", formula="T = Σ s ln(s / p)")
def _theil_t(spread: Spread, _: float) -> np.ndarray:
    return theil(spread.values, spread.weights)


@_bounded("0", "∞")
@documented("theil1967", formula="L = Σ p ln(p / s)")
def _theil_l(spread: Spread, _: float) -> np.ndarray:
    empty = ((spread.p > 0) & (spread.r <= 0)).any(axis=1)
    return np.where(empty, np.inf, np.maximum(-(spread.p * _logs(spread.r)).sum(axis=1), 0.0))


@_bounded("0", "1 − 1/n")
@documented("hoover1936", formula="½ Σ |s − p|")
def _hoover(spread: Spread, _: float) -> np.ndarray:
    return np.abs(spread.s - spread.p).sum(axis=1) / 2.0


@_bounded("0", "√(½ (1 − 1/n))")
@documented("coulter1989", formula="√(½ Σ (s − p)²)")
def _coulter(spread: Spread, _: float) -> np.ndarray:
    return np.sqrt(((spread.s - spread.p) ** 2).sum(axis=1) / 2.0)


@_bounded("0", "1 − n<sup>−ε/(1−ε)</sup> for ε &lt; 1, else 1")
@documented("atkinson1970", formula="1 − (Σ p r<sup>1−ε</sup>)<sup>1/(1−ε)</sup>, for ε = 1: 1 − Π r<sup>p</sup>")
def _atkinson(spread: Spread, epsilon: float) -> np.ndarray:
    held = spread.p > 0
    empty = (held & (spread.r <= 0)).any(axis=1)
    if epsilon == 1.0:
        mean = np.exp((spread.p * _logs(spread.r)).sum(axis=1))
    else:
        safe = np.where(held & (spread.r > 0), spread.r, 1.0)
        powers = np.where(held & (spread.r <= 0), 0.0, safe ** (1.0 - epsilon))
        mean = (spread.p * powers).sum(axis=1) ** (1.0 / (1.0 - epsilon))
    return np.where(empty & (epsilon >= 1.0), 1.0, np.maximum(1.0 - mean, 0.0))


@_bounded("0", "√(n − 1)")
@documented("williamson1965", formula="√(Σ p (x − μ)²) / μ")
def _variation(spread: Spread, _: float) -> np.ndarray:
    return np.sqrt((spread.p * (spread.r - 1.0) ** 2).sum(axis=1))


@_bounded("0", "ln n")
@documented("shannon1948", formula="E = −Σ s ln s")
def _entropy(spread: Spread, _: float) -> np.ndarray:
    return np.maximum(-(spread.s * _logs(spread.s)).sum(axis=1), 0.0)


@_bounded("0", "1")
@documented("shannon1948", formula="E / ln n")
def _entropy_relative(spread: Spread, _: float) -> np.ndarray:
    most = np.log(np.where(spread.count > 1, spread.count, np.nan))
    return np.maximum(-(spread.s * _logs(spread.s)).sum(axis=1), 0.0) / most
