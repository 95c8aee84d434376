"""Fit the chance of an event by maximum likelihood: logit, probit or complementary log-log, with clustered errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.wording.catalogue import few
from .coefficient_table import coefficient_table

__all__ = ["LINKS", "BinaryFit", "Link", "fit_binary"]

Link = Literal["logit", "probit", "cloglog"]
LINKS: tuple[str, ...] = get_args(Link)

# step of the last round in units of a standardized term
_SETTLED = 1e-10
_ROUNDS = 100
# share of a term's variation that must be left once the others are taken out
_COLLINEAR = 1e-10
# a linear predictor beyond this is a chance of 0 or 1
_FAR = 30.0


@dataclass(frozen=True, eq=False)
class BinaryFit:
    """Coefficients in the order of the terms, their covariance, and chances by row."""

    terms: tuple[str, ...]
    estimate: np.ndarray
    covariance: np.ndarray
    chance: np.ndarray
    linear: np.ndarray
    log_likelihood: float

    def table(self, confidence_level: float) -> pd.DataFrame:
        """Return ``variable, estimate, standard_error, z, p_value, low, high``."""
        return coefficient_table(list(self.terms), self.estimate, self.covariance, confidence_level)


def fit_binary(
    x: np.ndarray,
    y: np.ndarray,
    terms: Sequence[str],
    *,
    link: Link = "logit",
    clusters: np.ndarray | None = None,
) -> BinaryFit:
    """Maximize ``sum y log p + (1 - y) log(1 - p)`` with p the inverse link of ``x @ beta``, by scoring.

    Errors are those of the likelihood, or, with clusters, of the sandwich with scores summed by cluster, G / (G - 1).

    Examples
    --------
    >>> x = np.column_stack([np.ones(4), [0.0, 0.0, 1.0, 1.0]])
    >>> fit_binary(x, np.array([0.0, 1.0, 1.0, 1.0]), ["constant", "a"])
    Traceback (most recent call last):
    innoscape.data.errors.OptionError: a separates events from the rest: its coefficient would be infinite; leave it out
    """
    z, scale = _standardized(x, y, terms)
    beta, level = np.zeros(x.shape[1]), -np.inf
    for _ in range(_ROUNDS):
        slope, weight, level, _ = _parts(z @ beta, y, link)
        information = (z * weight[:, None]).T @ z
        try:
            step = np.linalg.solve(information, z.T @ slope)
        except np.linalg.LinAlgError:
            raise _separated(terms, beta) from None
        share = 1.0
        while _parts(z @ (beta + share * step), y, link)[2] < level - 1e-9 * abs(level) and share > 1e-6:
            share /= 2
        beta = beta + share * step
        if np.abs(beta).max() > _FAR * 2:
            raise _separated(terms, beta)
        if np.abs(step).max() * share < _SETTLED:
            break
    else:
        raise _separated(terms, beta)
    linear = z @ beta
    slope, weight, level, chance = _parts(linear, y, link)
    if np.abs(linear).max() > _FAR:
        raise _separated(terms, beta)
    inverse = np.linalg.inv((z * weight[:, None]).T @ z)
    if clusters is not None:
        groups, at = np.unique(clusters, return_inverse=True)
        sums = np.zeros((len(groups), z.shape[1]))
        np.add.at(sums, at, z * slope[:, None])
        inverse = inverse @ (sums.T @ sums) @ inverse * (len(groups) / (len(groups) - 1) if len(groups) > 1 else np.nan)
    return BinaryFit(tuple(terms), beta / scale, inverse / np.outer(scale, scale), chance, linear, level)


def _standardized(x: np.ndarray, y: np.ndarray, terms: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return terms of size 1 and their sizes, refusing what cannot be fitted."""
    if not 0 < y.sum() < len(y):
        raise OptionError(f"needed rows with and without an event, got {int(y.sum())} events in {len(y)} rows")
    scale = np.sqrt((x**2).mean(axis=0))
    idle = [name for name, one in zip(terms, scale, strict=True) if not one > 0]
    if idle:
        raise OptionError(f"{few(idle)}: 0 everywhere, so its coefficient is not identifiable; leave it out")
    z = x / scale
    gram = z.T @ z / len(z)
    values, vectors = np.linalg.eigh(gram)
    if values[0] <= _COLLINEAR * values[-1]:
        mixed = [
            n
            for n, one in zip(terms, np.abs(vectors[:, values <= _COLLINEAR * values[-1]]).max(axis=1), strict=True)
            if one > 0.1
        ]
        raise OptionError(f"{few(mixed)}: cannot be distinguished from one another (collinear); leave one out")
    return z, scale


def _parts(linear: np.ndarray, y: np.ndarray, link: str) -> tuple[np.ndarray, np.ndarray, float, np.ndarray]:
    """Return slopes of the likelihood, expected weights, its level, and chances."""
    from scipy.special import expit, log_expit, log_ndtr, ndtr

    if link == "logit":
        chance = expit(linear)
        level = (y * log_expit(linear) + (1 - y) * log_expit(-linear)).sum()
        return y - chance, chance * (1 - chance), float(level), chance
    if link == "probit":
        chance = ndtr(linear)
        yes, no = log_ndtr(linear), log_ndtr(-linear)
        log_density = -(linear**2) / 2 - np.log(2 * np.pi) / 2
        slope = y * np.exp(log_density - yes) - (1 - y) * np.exp(log_density - no)
        return slope, np.exp(2 * log_density - yes - no), float((y * yes + (1 - y) * no).sum()), chance
    rate = np.exp(np.minimum(linear, 50.0))
    chance = -np.expm1(-rate)
    safe = np.maximum(chance, 1e-300)
    slope = y * rate * np.exp(-rate) / safe - (1 - y) * rate
    return slope, rate**2 * np.exp(-rate) / safe, float((y * np.log(safe) - (1 - y) * rate).sum()), chance


def _separated(terms: Sequence[str], beta: np.ndarray) -> OptionError:
    order = np.argsort(-np.abs(beta))
    own = [terms[i] for i in order if terms[i] != "constant"]
    name = own[0] if own else terms[order[0]]
    return OptionError(f"{name} separates events from the rest: its coefficient would be infinite; leave it out")
