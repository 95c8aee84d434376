"""Estimate whether places converge: sigma (the spread narrows) and beta (the poor grow faster)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_choice, check_columns, check_number, listed, table_fault
from ...data.places.keys import as_keys
from ...data.wording.catalogue import join_texts, text
from .inequality_measures import MEASURES, Spread
from .least_squares import ERRORS, Errors, LeastSquares, least_squares
from .place_values import Given, PlaceValues, as_place_values

__all__ = ["Convergence", "convergence"]


@dataclass(frozen=True, eq=False)
class Convergence:
    """What `convergence` found.

    Parameters
    ----------
    sigma : DataFrame
        ``year``, ``measure`` (``sd_log``: standard deviation of logarithms, ``variation``), ``value``, ``places``.
    trend : DataFrame
        ``measure``, ``slope`` a year, ``standard_error``, ``low``, ``high``, ``p_value``, ``years``, ``status``
        (``converging``, ``diverging``, ``no trend`` where the interval holds 0, ``undefined`` below three years).
    beta : DataFrame
        ``model`` (``absolute``, ``conditional``), ``beta`` with its ``standard_error``, ``low``, ``high`` and
        ``p_value``, ``speed`` (share of the gap closed a year) and ``half_life`` (years) with ``_error``, ``_low``
        and ``_high``, ``r_squared``, ``places``, ``status`` (``converging``, ``diverging``, ``no change``, ``no
        speed``).
    coefficients : DataFrame
        ``model``, ``term``, ``estimate``, ``standard_error``, ``low``, ``high``, ``p_value``.
    left_out : tuple of str
        Places without value in the first or the last year, which beta does without.
    """

    sigma: pd.DataFrame
    trend: pd.DataFrame
    beta: pd.DataFrame
    coefficients: pd.DataFrame = field(repr=False)
    left_out: tuple[str, ...] = ()


@documented(
    "barro1992",
    "mackinnon1985",
    formula="ln(y<sub>T</sub> / y<sub>0</sub>) / T = a + β ln y<sub>0</sub> + γ′z, "
    "λ = −ln(1 + βT) / T, half-life = ln 2 / λ",
)
def convergence(
    values: pd.DataFrame,
    *,
    controls: Sequence[str] = (),
    weights: Given = None,
    errors: Errors = "hc1",
    confidence_level: float = 0.95,
    by: str = "year",
) -> Convergence:
    r"""Estimate sigma and beta convergence of places.

    Sigma: the standard deviation of logarithms and the coefficient of variation (both with n, not n - 1) by year, and
    the slope of a straight line through them. Beta: :math:`\ln(y_T / y_0) / T = a + \beta \ln y_0 + \gamma' z` over the
    T years from the first to the last, without controls (absolute) and with them (conditional). A beta below 0 closes
    gaps at the speed :math:`\lambda = -\ln(1 + \beta T) / T`; the half-life is :math:`\ln 2 / \lambda`. Their errors
    follow by the delta method, :math:`se(\lambda) = se(\beta) / (1 + \beta T)` and
    :math:`se(\ln 2 / \lambda) = \ln 2 \, se(\lambda) / \lambda^2`; intervals are Student's t. That of the half-life is
    :math:`\ln 2` over the ends of that of the speed, without an upper end (infinite) where the speed may be 0.

    - Beta above 0: ``diverging``, no half-life. :math:`1 + \beta T \le 0`: ``no speed``, for gaps would turn over.
    - Where all places start alike, or a control is the same everywhere, there is nothing to estimate: it is refused.
    - Beta below 0 also arises from chance alone (Galton's regression to the mean): read it beside sigma.

    Parameters
    ----------
    values : DataFrame
        ``place``, ``year`` (a number), ``value`` (above 0) and the controls.
    controls : sequence of str
        Columns of ``values``, taken in the first year; numbers.
    weights : str or Series, optional
        Weights of sigma (the coefficient of variation is then Williamson's); beta counts places equally.
    errors : {"hc1", "hc0", "hc2", "hc3", "ols"}
        Standard errors: robust against unequal variances, or plain. Those of the trend are plain.
    confidence_level : float
        Of the intervals.
    by : str
        Column of years.

    Returns
    -------
    Convergence

    Raises
    ------
    OptionError
        Values not above 0, fewer than two years, fewer places than terms, starting values or controls that do not vary
        or repeat one another.
    TableError
        A missing column, a control without number, a place that stands twice in a year.

    References
    ----------
    Barro, R. J., Sala-i-Martin, X. (1992). Convergence. Journal of Political Economy 100 (2), 223-251.

    Examples
    --------
    >>> start = {"a": 1.0, "b": 2.0, "c": 4.0, "d": 8.0}
    >>> rows = [(p, 2000, v) for p, v in start.items()] + [(p, 2010, 4 * v**0.5) for p, v in start.items()]
    >>> found = convergence(pd.DataFrame(rows, columns=["place", "year", "value"]))
    >>> found.beta[["beta", "speed", "half_life", "status"]].round(4)
       beta   speed  half_life      status
    0 -0.05  0.0693       10.0  converging
    """
    check_choice("errors", errors, ERRORS)
    check_number("confidence_level", confidence_level, above=0, below=1)
    names = [str(name) for name in listed(controls, name="controls")]
    check_columns(values, "values", ("place", by, "value", *names))
    read = as_place_values(values, weights=weights, by=by, positive=True)
    years = pd.to_numeric(pd.Series(read.periods), errors="coerce").to_numpy(dtype=float)
    if len(years) < 2 or np.isnan(years).any():
        raise OptionError(
            text("faults.calls.convergence.values_two_years_numbers", by=by, v=join_texts(map(str, read.periods)))
        )
    sigma = _sigma(read)
    both = read.known[0] & read.known[-1]
    start, end, span = read.numbers[0, both], read.numbers[-1, both], float(years[-1] - years[0])
    _check_varying(start, f"{read.periods[0]}", "starting values")
    growth = np.log(end / np.where(start > 0, start, 1.0)) / span
    design, terms = [np.ones(both.sum()), np.log(start)], ["constant", "log_start"]
    fits = {"absolute": (least_squares(growth, np.column_stack(design), errors=errors, terms=terms), terms)}
    if names:
        extra = _controls(values, names, by, read, both)
        for name, column in zip(names, extra.T, strict=True):
            _check_varying(column, f"{read.periods[0]}", f"control {name}")
        terms = [*terms, *names]
        fit = least_squares(growth, np.column_stack([*design, extra]), errors=errors, terms=terms)
        fits["conditional"] = (fit, terms)
    return Convergence(
        sigma,
        _trends(sigma, read, years, confidence_level),
        pd.DataFrame(
            [{"model": m} | _speed(fit, span, confidence_level, int(both.sum())) for m, (fit, _) in fits.items()]
        ),
        pd.concat([_terms(m, *fit, confidence_level) for m, fit in fits.items()], ignore_index=True),
        tuple(read.places[~both & read.known.any(axis=0)]),
    )


def _check_varying(values: np.ndarray, year: str, name: str) -> None:
    if len(values) and np.ptp(values) <= 1e-12 * np.abs(values).max():
        needed = text("faults.calls.convergence.values_numbers_vary_over", name=name)
        raise OptionError(
            text(
                "faults.calls.convergence.all_them_leave_out",
                needed=needed,
                values=f"{values[0]:g}",
                values2=len(values),
                year=year,
            )
        )


def _sigma(read: PlaceValues) -> pd.DataFrame:
    people = read.weights.sum(axis=1, keepdims=True)
    p = read.weights / np.where(people > 0, people, np.nan)
    logs = np.log(np.where(read.known, read.numbers, 1.0))
    deviation = np.sqrt((p * (logs - (p * logs).sum(axis=1, keepdims=True)) ** 2).sum(axis=1))
    variation = MEASURES["variation"].compute(Spread.of(read.numbers, read.weights), 1.0)
    return pd.DataFrame(
        read.years_column(2)
        | {
            "measure": ["sd_log", "variation"] * len(read.periods),
            "value": np.column_stack([deviation, variation]).ravel(),
            "places": np.repeat(read.counts, 2),
            "status": np.where(np.repeat(people[:, 0] > 0, 2), "computed", "undefined"),
        }
    )


def _trends(sigma: pd.DataFrame, read: PlaceValues, years: np.ndarray, level: float) -> pd.DataFrame:
    rows = []
    for measure in ("sd_log", "variation"):
        value = sigma.loc[sigma["measure"] == measure, "value"].to_numpy(dtype=float)
        used = np.isfinite(value)
        row: dict[str, object] = {"measure": measure, "slope": math.nan, "standard_error": math.nan}
        row |= {"low": math.nan, "high": math.nan, "p_value": math.nan, "years": int(used.sum()), "status": "undefined"}
        if used.sum() > 2:
            x = np.column_stack([np.ones(used.sum()), years[used] - years[0]])
            fit = least_squares(value[used], x, errors="ols", terms=["constant", str(read.by)])
            slope, error = float(fit.estimate[1]), float(fit.error[1])
            reach = fit.margin(level) * error
            verdict = "converging" if slope + reach < 0 else "diverging" if slope - reach > 0 else "no trend"
            row |= {"slope": slope, "standard_error": error, "low": slope - reach, "high": slope + reach}
            row |= {"p_value": float(fit.p_value[1]), "status": verdict}
        rows.append(row)
    return pd.DataFrame(rows)


def _speed(fit: LeastSquares, span: float, level: float, places: int) -> dict[str, object]:
    beta, error, margin = float(fit.estimate[1]), float(fit.error[1]), fit.margin(level)
    left = 1.0 + beta * span
    speed = -math.log(left) / span if left > 0 else math.nan
    speed_error = error / left if left > 0 else math.nan
    half = math.log(2) / speed if speed > 0 else math.nan
    half_error = math.log(2) * speed_error / speed**2 if speed > 0 else math.nan
    row: dict[str, object] = {}
    for name, value, spread in (("beta", beta, error), ("speed", speed, speed_error), ("half_life", half, half_error)):
        head = "" if name == "beta" else f"{name}_"
        row |= {name: value, f"{head}error" if head else "standard_error": spread}
        row |= {f"{head}low": value - margin * spread, f"{head}high": value + margin * spread}
        if name == "beta":
            row["p_value"] = float(fit.p_value[1])
    if speed > 0:
        # a half-life is no number below 0, and has no end where gaps may stay
        slow, fast = speed - margin * speed_error, speed + margin * speed_error
        row |= {"half_life_low": math.log(2) / fast, "half_life_high": math.log(2) / slow if slow > 0 else math.inf}
    verdict = "no speed" if not left > 0 else "converging" if beta < 0 else "diverging" if beta > 0 else "no change"
    return row | {"r_squared": fit.r_squared, "places": places, "status": verdict}


def _terms(model: str, fit: LeastSquares, terms: list[str], level: float) -> pd.DataFrame:
    reach = fit.margin(level) * fit.error
    return pd.DataFrame(
        {"model": model, "term": terms, "estimate": fit.estimate, "standard_error": fit.error}
        | {"low": fit.estimate - reach, "high": fit.estimate + reach, "p_value": fit.p_value}
    )


def _controls(values: pd.DataFrame, names: list[str], by: str, read: PlaceValues, both: np.ndarray) -> np.ndarray:
    first = values[values[by] == read.periods[0]]
    table = first.set_axis(as_keys(first["place"]).to_numpy(), axis=0)[names]
    table = table.apply(pd.to_numeric, errors="coerce").reindex(read.places[both])
    numbers = table.to_numpy(dtype=float, na_value=np.nan)
    if not np.isfinite(numbers).all():
        row, column = (int(found[0]) for found in np.nonzero(~np.isfinite(numbers)))
        got = text("faults.calls.convergence.none", index=table.index[row], periods=read.periods[0])
        raise table_fault(
            "values",
            text("faults.calls.convergence.number_every_place_first"),
            got,
            text("faults.calls.convergence.fill"),
            names[column],
        )
    return numbers
