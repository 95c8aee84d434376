"""Treat outlying values: winsorize the ends of an indicator, or bend its scale by a logarithm or a power.

An indicator is outlying when both its skew and its kurtosis are beyond their thresholds: an absolute skew above
2 and a kurtosis above 3.5 unless set otherwise. Kurtosis is always in excess of the normal distribution's 3.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from ....data.errors import Fault, TableError, warn
from ....data.methods import documented
from ....data.option_checks import Check, a_choice, a_number, a_whole_number, names
from ....data.options import check_names
from ....data.wording.catalogue import text

__all__ = ["CHECKS", "MOMENTS", "TREATMENTS", "Rule", "boxcox", "kurtosis", "log", "skew", "winsorize"]

Moment = Literal["sample", "population"]
MOMENTS: tuple[str, ...] = get_args(Moment)
# one value apart from three equal ones has a skew of exactly 2: a change of unit must not tip it over
ROUNDING = 1e-9
SHIFTS = ("range", "one", "none")

# what was done to an indicator
Done = dict[str, str]


def skew(values: Sequence[float] | np.ndarray, *, moments: str = "sample") -> float:
    r"""Return the skewness of values: :math:`g_1 = m_3 / m_2^{3/2}`, by default adjusted for the sample size.

    ``moments="sample"`` is :math:`G_1 = g_1 \sqrt{n (n - 1)} / (n - 2)` (SAS, Excel's ``SKEW``, type 2 of Joanes and
    Gill 1998), ``"population"`` is :math:`g_1` itself.

    - Constant values, or fewer than three, have no skew: ``nan``.

    Examples
    --------
    >>> round(skew([1, 2, 3, 4, 10]), 4), round(skew([1, 2, 3, 4, 10], moments="population"), 4)
    (1.6971, 1.1384)
    """
    n, away = _away(values)
    square = math.fsum(away**2)
    if n < 3 or square == 0:
        return math.nan
    plain = math.fsum(away**3) / n / (square / n) ** 1.5
    return plain * math.sqrt(n * (n - 1)) / (n - 2) if moments == "sample" else plain


def kurtosis(values: Sequence[float] | np.ndarray, *, moments: str = "sample") -> float:
    r"""Return the excess kurtosis of values: :math:`g_2 = m_4 / m_2^2 - 3`, by default adjusted for the sample size.

    ``moments="sample"`` is :math:`G_2 = ((n + 1) g_2 + 6) (n - 1) / ((n - 2)(n - 3))` (SAS, Excel's ``KURT``, type 2
    of Joanes and Gill 1998), ``"population"`` is :math:`g_2` itself.

    - Constant values, or fewer than four, have no kurtosis: ``nan``.

    Examples
    --------
    >>> round(kurtosis([1, 2, 3, 4, 10]), 4), round(kurtosis([1, 2, 3, 4, 10], moments="population"), 4)
    (3.152, -0.212)
    """
    n, away = _away(values)
    square = math.fsum(away**2)
    if n < 4 or square == 0:
        return math.nan
    plain = math.fsum(away**4) / n / (square / n) ** 2 - 3.0
    return ((n + 1) * plain + 6) * (n - 1) / ((n - 2) * (n - 3)) if moments == "sample" else plain


@dataclass(frozen=True, slots=True)
class Rule:
    """When an indicator is outlying: both moments above their thresholds, by more than rounding; ``nan`` never is."""

    skew: float
    kurtosis: float
    moments: str

    def holds(self, values: np.ndarray) -> bool:
        """Return whether the values are outlying."""
        beyond = abs(skew(values, moments=self.moments)) > self.skew + ROUNDING
        return beyond and kurtosis(values, moments=self.moments) > self.kurtosis + ROUNDING


def _outlying(options: Mapping[str, Any]) -> str:
    letter = "G" if options["moments"] == "sample" else "g"
    return f"|{letter}<sub>1</sub>| &gt; {options['skew']:g}, {letter}<sub>2</sub> &gt; {options['kurtosis']:g}"


@documented("becker2022", "joanes1998", formula=_outlying)
def winsorize(
    matrix: pd.DataFrame,
    *,
    skew: float = 2.0,
    kurtosis: float = 3.5,
    maxwins: int = 5,
    then: Literal["none", "log", "boxcox"] = "none",
    moments: Moment = "sample",
    indicators: Sequence[str] | None = None,
) -> tuple[pd.DataFrame, Done]:
    """Pull in the ends of outlying indicators, one value after another, as COINr does.

    As long as the indicator is outlying and fewer than ``maxwins`` cells have been pulled in, its highest value (lowest
    where the skew is negative) takes the next value inwards; tied cells move together, so a tie may go past
    ``maxwins``. An indicator that is still outlying is instead, from its first values, transformed as ``then`` says.

    - A constant indicator, and one of fewer than four places, is never outlying.
    - An indicator of two distinct values is not pulled in, since it would become constant.
    - An indicator that stays outlying is warned of.

    Parameters
    ----------
    matrix : DataFrame
        Rows x indicators without missing cells.
    skew, kurtosis : float
        Thresholds of the absolute skew and of the excess kurtosis; both must be passed.
    maxwins : int
        Cells of an indicator that may be pulled in.
    then : {"none", "log", "boxcox"}
        What is done with an indicator that winsorizing does not fix: kept winsorized, or `log` with
        ``shift="range"``, or `boxcox` with the power that fits best.
    moments : {"sample", "population"}
        Convention of skew and kurtosis.
    indicators : list of str, optional
        The only indicators to look at.

    Returns
    -------
    tuple
        The treated table, and by indicator what was done.

    References
    ----------
    Becker, W. et al. (2022). COINr: An R package for developing composite indicators. Journal of Open Source Software
    7 (78), 4567.

    Examples
    --------
    >>> winsorize(pd.DataFrame({"a": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 100]}))[0]["a"].tolist()[-2:]
    [10.0, 10.0]
    """
    rule = Rule(skew, kurtosis, moments)

    def treat(values: np.ndarray) -> tuple[np.ndarray, str]:
        if not rule.holds(values):
            return values, ""
        inner = _pull_in(values, rule, maxwins)
        if then == "none" or not rule.holds(inner):
            return inner, "" if (inner == values).all() else "winsorized"
        return (_logged(values, "range"), "log") if then == "log" else _powered(values, "best", "one")

    return _each(matrix, treat, indicators, rule)


@documented("becker2022", formula=lambda options: f"x′<sub>ik</sub> = ln({_argument(options)})")
def log(
    matrix: pd.DataFrame,
    *,
    shift: str = "range",
    skew: float = 2.0,
    kurtosis: float = 3.5,
    moments: str = "sample",
    indicators: Sequence[str] | None = None,
) -> tuple[pd.DataFrame, Done]:
    r"""Take natural logarithms of outlying indicators, or of those named.

    ``shift="range"``: :math:`\ln(x - \min x + 0.01 (\max x - \min x))`, which no change of unit affects (COINr's
    ``log_CT``); ``"one"``: :math:`\ln(x - \min x + 1)`; ``"none"``: :math:`\ln x`.

    - ``shift="none"`` refuses values of 0 and below, every cell named: `TableError`. The other shifts take any value.
    - A constant indicator stays as it is.
    - Named ``indicators`` are transformed whether they are outlying or not.

    Examples
    --------
    >>> log(pd.DataFrame({"a": [1, 10, 100]}), shift="none", indicators=["a"])[0]["a"].round(3).tolist()
    [0.0, 2.303, 4.605]
    """
    rule = Rule(skew, kurtosis, moments)
    chosen = _chosen(matrix, indicators, rule)
    if shift == "none":
        _check_positive(matrix[chosen])
    return _each(matrix, lambda values: (_logged(values, shift), "log"), chosen, rule)


@documented(
    "box1964",
    formula=lambda options: (
        f"x′<sub>ik</sub> = (y<sub>ik</sub><sup>λ</sup> − 1) / λ, y<sub>ik</sub> = {_argument(options)}"
    ),
)
def boxcox(
    matrix: pd.DataFrame,
    *,
    power: float | str = "best",
    shift: str = "one",
    skew: float = 2.0,
    kurtosis: float = 3.5,
    moments: str = "sample",
    indicators: Sequence[str] | None = None,
) -> tuple[pd.DataFrame, Done]:
    r"""Transform outlying indicators, or those named, by :math:`(y^\lambda - 1) / \lambda`, :math:`\ln y` at 0.

    :math:`y` is :math:`x - \min x + 1` (``shift="one"``, as in COINr), :math:`x - \min x + 0.01 (\max x - \min x)`
    (``"range"``) or :math:`x` itself (``"none"``). ``power`` is :math:`\lambda`, or ``"best"`` for the one of largest
    likelihood under normal errors.

    - ``shift="none"`` refuses values of 0 and below, every cell named: `TableError`.
    - A constant indicator stays as it is.

    Examples
    --------
    >>> boxcox(pd.DataFrame({"a": [1, 4, 9]}), power=0.5, shift="none", indicators=["a"])[0]["a"].tolist()
    [0.0, 2.0, 4.0]
    """
    rule = Rule(skew, kurtosis, moments)
    chosen = _chosen(matrix, indicators, rule)
    if shift == "none":
        _check_positive(matrix[chosen])
    return _each(matrix, lambda values: _powered(values, power, shift), chosen, rule)


def _none(matrix: pd.DataFrame) -> tuple[pd.DataFrame, Done]:
    return matrix, {}


def _argument(options: Mapping[str, Any]) -> str:
    above = "x<sub>ik</sub> − min<sub>k</sub> + "
    shifted = {
        "none": "x<sub>ik</sub>",
        "one": f"{above}1",
        "range": f"{above}0.01 (max<sub>k</sub> − min<sub>k</sub>)",
    }
    return shifted[options["shift"]]


def _away(values: Sequence[float] | np.ndarray) -> tuple[int, np.ndarray]:
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
    if known.size == 0 or known.min() == known.max():
        return known.size, np.zeros(known.size)
    # the largest step away is 1, so that no power of a very small or large unit vanishes or overflows
    away = known / 2 - math.fsum(known / 2 / known.size)
    return known.size, away / np.abs(away).max()


def _chosen(matrix: pd.DataFrame, indicators: Sequence[str] | None, rule: Rule) -> list[str]:
    if indicators is not None:
        check_names("treat.indicators", indicators, [str(name) for name in matrix.columns])
        wanted = set(indicators)
        return [str(name) for name in matrix.columns if name in wanted]
    return [str(name) for name in matrix.columns if rule.holds(matrix[name].to_numpy(dtype=float))]


def _each(
    matrix: pd.DataFrame,
    treat: Callable[[np.ndarray], tuple[np.ndarray, str]],
    indicators: Sequence[str] | None,
    rule: Rule,
) -> tuple[pd.DataFrame, Done]:
    treated, done = matrix.astype(float), {}
    looked_at = list(matrix.columns) if indicators is None else _chosen(matrix, indicators, rule)
    for name in looked_at:
        before = treated[name].to_numpy()
        if before.min() == before.max():
            continue
        after, how = treat(before)
        if how:
            treated[name], done[str(name)] = after, how
    beyond = [str(name) for name in looked_at if rule.holds(treated[name].to_numpy())]
    if beyond:
        warn("warnings.still_outlying", names=list(beyond), stacklevel=4)
    return treated, done


def _pull_in(values: np.ndarray, rule: Rule, maxwins: int) -> np.ndarray:
    values = values.copy()
    high = low = np.zeros(values.size, dtype=bool)
    while high.sum() + low.sum() < maxwins and rule.holds(values) and np.unique(values).size > 2:
        if skew(values, moments=rule.moments) >= 0:
            high = values == values.max()
            values[high] = values[~high].max()
        else:
            low = values == values.min()
            values[low] = values[~low].min()
    return values


def _shifted(values: np.ndarray, shift: str) -> np.ndarray:
    low, high = values.min(), values.max()
    if shift == "none":
        return values
    return values - low + (1.0 if shift == "one" else 0.01 * (high - low))


def _logged(values: np.ndarray, shift: str) -> np.ndarray:
    # one at a time: vector logarithms may differ in the last bit by position
    return np.array([math.log(value) for value in _shifted(values, shift).tolist()])


def _powered(values: np.ndarray, power: float | str, shift: str) -> tuple[np.ndarray, str]:
    shifted = _shifted(values, shift)
    if isinstance(power, str):
        from scipy import stats

        # sorted, so that the order of the places cannot move the optimum
        power = float(stats.boxcox_normmax(np.sort(shifted), method="mle"))
    if power == 0:
        return np.array([math.log(value) for value in shifted.tolist()]), "Box-Cox, power 0"
    # expm1 keeps powers near 0 exact
    bent = [math.expm1(power * math.log(value)) / power for value in shifted.tolist()]
    return np.array(bent), f"Box-Cox, power {power:.4g}"


def _check_positive(matrix: pd.DataFrame) -> None:
    fix = text("faults.calls.outliers.shiftrange_another_treatment")
    faults = [
        Fault(
            "treat",
            text("faults.calls.outliers.values_above_0_logarithm"),
            text("faults.calls.alike.value_at_place", value=f"{value:g}", place=place),
            fix,
            column=str(name),
        )
        for name in matrix.columns
        for place, value in matrix[name].items()
        if value <= 0
    ]
    if faults:
        raise TableError(faults)


TREATMENTS: dict[str, Callable[..., tuple[pd.DataFrame, Done]]] = {
    "none": _none,
    "winsorize": winsorize,
    "log": log,
    "boxcox": boxcox,
}
CHECKS: dict[str, Check] = {
    "skew": a_number(0),
    "kurtosis": a_number(),
    "maxwins": a_whole_number(0),
    "then": a_choice("none", "log", "boxcox"),
    "moments": a_choice(*MOMENTS),
    "shift": a_choice(*SHIFTS),
    "power": a_number(or_one_of=("best",)),
    "indicators": names,
}
