"""Fit S-curves to the level of adoption: logistic, Gompertz, or the Bass curve."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ....data.errors import OptionError
from ....data.methods import documented
from ....data.options import choice_faults, number_faults, refuse
from ..simulate.simulate import bass_share
from .periods import by_period

__all__ = ["GrowthCurve", "fit_growth_curve"]

Curve = Literal["logistic", "gompertz", "bass"]
CURVES: tuple[str, ...] = get_args(Curve)
_PARAMETERS = {
    "logistic": ["market", "rate", "middle"],
    "gompertz": ["market", "rate", "middle"],
    "bass": ["market", "innovation", "imitation"],
}


@dataclass(frozen=True, eq=False)
class GrowthCurve:
    """A fitted curve of levels.

    Attributes
    ----------
    curve : str
    estimates : DataFrame
        ``parameter, value, error, low, high``: 95% intervals by Student's t.
    fitted : DataFrame
        ``time, observed, expected``.
    squares : float
        Sum of squared residuals.
    aic : float
        ``n log(2 pi squares / n) + n + 2 (k + 1)``, to compare curves of the same levels.
    """

    curve: str
    estimates: pd.DataFrame
    fitted: pd.DataFrame = field(repr=False)
    squares: float
    aic: float

    def predict(self, times: Sequence[float] | np.ndarray) -> np.ndarray:
        """Return the expected level at each time."""
        return _LEVELS[self.curve](np.asarray(times, dtype=float), *self.estimates["value"])


@documented(
    "bass1969",
    "winsor1932",
    formula="y = m / (1 + e<sup>−r (t − t₀)</sup>), y = m e<sup>−e<sup>−r (t − t₀)</sup></sup>",
)
def fit_growth_curve(
    levels: Sequence[float] | np.ndarray | pd.Series, *, curve: Curve = "logistic", market: float | None = None
) -> GrowthCurve:
    """Fit a curve to levels of adoption (cumulative counts or shares) by least squares.

    ::

        logistic    m / (1 + exp(-r (t - middle)))         inflection at m / 2
        gompertz    m exp(-exp(-r (t - middle)))           inflection at m / e
        bass        m F(t) with F of `bass`                t from the start of adoption

    - Multiplying levels by one number multiplies the market and changes nothing else.
    - The best of several starts is returned. `fit_bass` fits the adoptions of each period instead, whose errors are
      more nearly independent.

    Parameters
    ----------
    levels : sequence
        Level at the end of each period 1, 2, …; a Series whose index holds numbers is put in their order, and its index
        gives the times.
    curve : {"logistic", "gompertz", "bass"}
    market : float, optional
        The level in the long run, if it is known (1 for shares); fitted if left out.

    Returns
    -------
    GrowthCurve

    Raises
    ------
    OptionError
        If levels are negative, missing or fewer than four, or the times of a Series leave a period out; if times of a
        Bass curve are not above 0.

    References
    ----------
    Winsor (1932) *PNAS* 18:1-8. Bass (1969) *Management Science* 15(5):215-227.

    Examples
    --------
    >>> time = np.arange(1.0, 13.0)
    >>> fit_growth_curve(80 / (1 + np.exp(-0.6 * (time - 5)))).estimates[["parameter", "value"]].round(3)
      parameter  value
    0    market   80.0
    1      rate    0.6
    2    middle    5.0
    """
    from scipy import stats
    from scipy.optimize import least_squares

    time, seen = _read(levels)
    faults = [*choice_faults("curve", curve, CURVES)]
    faults += [] if market is None else number_faults("market", market, above=0.0)
    if seen.ndim != 1 or len(seen) < 4 or not (np.isfinite(seen) & (seen >= 0)).all() or not seen.any():
        faults.append(f"levels: needed at least four numbers of at least 0, not all 0, got {seen.tolist()}")
    if curve == "bass" and not (time > 0).all():
        faults.append("levels: needed times above 0, counted from the start of adoption, got others")
    refuse(faults)
    level, size = _LEVELS[curve], seen.max()
    # sizes are sought as logarithms, a middle as it is
    logs = np.array([True, True, curve == "bass"])[0 if market is None else 1 :]

    def natural(free: np.ndarray) -> np.ndarray:
        values = np.where(logs, np.exp(np.minimum(np.where(logs, free, 0.0), 300.0)), free)
        return values if market is None else np.r_[market, values]

    def gaps(free: np.ndarray) -> np.ndarray:
        return (level(time, *natural(free)) - seen) / size

    span = time[-1] - time[0]
    starts = _starts(curve, time, span, size if market is None else None)
    best = min(
        (least_squares(gaps, start, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=2000) for start in starts),
        key=lambda found: found.cost,
    )
    value = natural(best.x)
    squares, free = 2.0 * best.cost * size**2, len(seen) - len(best.x)
    inverse = np.linalg.pinv(best.jac.T @ best.jac) * 2.0 * best.cost / max(free, 1)
    error = np.sqrt(np.diag(inverse)) * np.where(logs, np.exp(np.where(logs, best.x, 0.0)), 1.0)
    error = error if market is None else np.r_[np.nan, error]
    half = stats.t.ppf(0.975, max(free, 1)) * error
    names = _PARAMETERS[curve]
    columns = {"parameter": names, "value": value, "error": error, "low": value - half, "high": value + half}
    fitted = pd.DataFrame({"time": time, "observed": seen, "expected": level(time, *value)})
    n = len(seen)
    with np.errstate(divide="ignore"):
        aic = float(n * np.log(2 * np.pi * squares / n) + n + 2 * (len(best.x) + 1))
    return GrowthCurve(curve, pd.DataFrame(columns), fitted, float(squares), aic)


def _read(levels: Sequence[float] | np.ndarray | pd.Series) -> tuple[np.ndarray, np.ndarray]:
    try:
        if isinstance(levels, pd.Series):
            ordered = by_period(levels)
            index = pd.to_numeric(pd.Series(ordered.index), errors="coerce").to_numpy(dtype=float)
            time = index if np.isfinite(index).all() else np.arange(1.0, len(ordered) + 1)
            return time, ordered.to_numpy(dtype=float)
        seen = np.asarray(levels, dtype=float)
        return np.arange(1.0, seen.size + 1), seen
    except (TypeError, ValueError) as error:
        if isinstance(error, OptionError):
            raise
        raise OptionError("levels: needed numbers, got others") from None


def _starts(curve: str, time: np.ndarray, span: float, size: float | None) -> list[np.ndarray]:
    sizes = [[]] if size is None else [[np.log(size * 1.05)], [np.log(size * 2.0)]]
    if curve == "bass":
        rates = [[np.log(p / time[-1]), np.log(q / time[-1])] for p in (0.01, 0.3) for q in (3.0, 10.0)]
    else:
        rates = [[np.log(r / span), time[0] + part * span] for r in (4.0, 12.0) for part in (0.3, 0.8)]
    return [np.array([*first, *rest]) for first in sizes for rest in rates]


def _logistic(time: np.ndarray, market: float, rate: float, middle: float) -> np.ndarray:
    from scipy.special import expit

    return market * expit(rate * (time - middle))


def _gompertz(time: np.ndarray, market: float, rate: float, middle: float) -> np.ndarray:
    return market * np.exp(-np.exp(np.minimum(-rate * (time - middle), 300.0)))


def _bass(time: np.ndarray, market: float, innovation: float, imitation: float) -> np.ndarray:
    return market * bass_share(time, innovation, imitation)


_LEVELS: dict[str, Callable[..., np.ndarray]] = {"logistic": _logistic, "gompertz": _gompertz, "bass": _bass}
