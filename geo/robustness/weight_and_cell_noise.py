"""Draw the noise of an uncertainty analysis: numbers that depend on seed, run and name, and on nothing else.

The draw of (seed, run, key) is a hash of the three, so neither the order of rows, columns or runs nor their number can
change it. One draw serves every size of noise: twice the noise moves every weight twice as far.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from ...data.errors import OptionError
from ...data.noise import draws, keys_of
from ...data.options import check_choice, check_names
from ...data.vocabulary import with_trait
from ...data.wording.catalogue import text

__all__ = [
    "CELL_STATUSES",
    "CellNoise",
    "WeightNoise",
    "read_cell_noise",
    "read_weight_noise",
    "uniforms",
    "vary_cells",
    "vary_weights",
]

CELL_STATUSES: tuple[str, ...] = with_trait("statuses", "cell")
LEVELS = ("indicator", "level1", "level2")
WEIGHT_METHODS = ("none", "uniform", "dirichlet", "simplex")
CELL_METHODS = ("lognormal", "normal", "uniform")


class WeightNoise(NamedTuple):
    """A distribution of weights and its size at each level of the framework."""

    method: str
    sizes: dict[str, float]


class CellNoise(NamedTuple):
    """A distribution of cell values, what its size is a share of, and its size for each status of a cell."""

    method: str
    of: str
    sizes: dict[str, float]


def uniforms(seed: int, runs: np.ndarray, names: Iterable[tuple[str, ...]]) -> np.ndarray:
    """Return a number between 0 and 1 (both excluded) for each run and name.

    Examples
    --------
    >>> both = uniforms(0, np.arange(3), [("indicator", "labs"), ("indicator", "firms")])
    >>> bool((uniforms(0, np.array([2]), [("indicator", "firms")]) == both[2, 1]).all())
    True
    """
    return draws(seed, runs, keys_of("\x1f".join(name) for name in names))


def read_weight_noise(given: object) -> WeightNoise:
    """Read how weights vary: a share for every level, shares by level, or a named distribution with its parameters."""
    if given is None or given == "none":
        return WeightNoise("none", {})
    if isinstance(given, str):
        given = {"method": given}
    if not isinstance(given, Mapping):
        return WeightNoise("uniform", _sizes("weight_noise", given, LEVELS, most=1.0))
    if "method" not in given:
        given = {"method": "uniform", "share": given}
    check_choice("weight_noise: method", given["method"], WEIGHT_METHODS)
    method = str(given["method"])
    parameter = {"uniform": "share", "dirichlet": "concentration"}.get(method)
    check_names("weight_noise", given, ["method", *([parameter] if parameter else [])])
    if parameter is None:
        return WeightNoise(method, dict.fromkeys(LEVELS, 1.0) if method == "simplex" else {})
    if parameter not in given:
        raise OptionError(
            text(
                "faults.calls.weight_and_cell_noise.weight_noise_method_needs_nothing",
                method=repr(method),
                parameter=parameter,
            )
        )
    most = 1.0 if method == "uniform" else np.inf
    sizes = _sizes(f"weight_noise: {parameter}", given[parameter], LEVELS, most=most)
    if method == "dirichlet" and not all(sizes.values()):
        raise OptionError(text("faults.calls.weight_and_cell_noise.weight_noise_concentration_numbers_above"))
    return WeightNoise(method, sizes)


def read_cell_noise(given: object) -> CellNoise | None:
    """Read how cells vary: a share for every cell, shares by status, or a named distribution with its parameters."""
    if given is None or given == "none":
        return None
    if not isinstance(given, Mapping) or not {"method", "share"} & set(given):
        given = {"method": "lognormal", "share": given}
    check_names("data_noise", given, ["method", "share", "of"])
    method, of = str(given.get("method", "lognormal")), str(given.get("of", "value"))
    check_choice("data_noise: method", method, CELL_METHODS)
    check_choice("data_noise: of", of, ["value", "spread"])
    if method == "lognormal" and of == "spread":
        raise OptionError(text("faults.calls.weight_and_cell_noise.data_noise_ofspread_adds_noise"))
    sizes = _sizes("data_noise: share", given.get("share"), CELL_STATUSES, most=np.inf)
    return CellNoise(method, of, sizes) if any(sizes.values()) else None


def vary_weights(
    noise: WeightNoise, shares: np.ndarray, levels: list[str], families: list[np.ndarray], draws: np.ndarray
) -> np.ndarray:
    """Return the varied shares (runs x parts), not yet scaled to sum to 1 within their parents.

    ``families`` holds the positions of the children of each parent. A part that carries no weight carries none in
    any run.
    """
    sizes = np.array([noise.sizes.get(level, 0.0) for level in levels])
    if noise.method in {"none", "uniform"}:
        return shares * (1.0 + sizes * (2.0 * draws - 1.0))
    fixed = (sizes <= 0) | (shares <= 0)
    shape = np.where(fixed, 1.0, 1.0 if noise.method == "simplex" else sizes * shares)
    logs = np.where(shares > 0, _log_gamma(shape, draws), -np.inf)
    for family in families:
        # only ratios within a family matter; the largest is set to 1, so that not all can underflow
        top = logs[:, family].max(axis=1, keepdims=True)
        logs[:, family] -= np.where(np.isfinite(top), top, 0.0)
    return np.where(fixed, shares, np.exp(logs))


def vary_cells(noise: CellNoise, values: np.ndarray, sizes: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Return values (one for each noisy cell) with noise of the given sizes: draws is runs x cells."""
    from scipy.special import ndtri

    swing = 2.0 * draws - 1.0 if noise.method == "uniform" else ndtri(draws)
    if noise.of == "spread":
        return values + sizes * swing
    if noise.method == "lognormal":
        return values * np.exp(sizes * swing - sizes**2 / 2.0)
    return values * (1.0 + sizes * swing)


def _log_gamma(shape: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Return the logarithm of gamma quantiles; near 0 the distribution function is x ** shape / gamma(shape + 1)."""
    from scipy.special import gammaincinv, gammaln

    plain = gammaincinv(np.broadcast_to(shape, draws.shape), draws)
    tail = (np.log(draws) + gammaln(shape + 1.0)) / shape
    tiny = plain < np.finfo(float).tiny
    return np.where(tiny, tail, np.log(np.where(tiny, 1.0, plain)))


def _sizes(option: str, given: object, names: tuple[str, ...], *, most: float) -> dict[str, float]:
    if isinstance(given, Mapping):
        check_names(option, given, names)
    sizes: dict[Any, Any] = dict(given) if isinstance(given, Mapping) else dict.fromkeys(names, given)
    top = f" to {most:g}" if np.isfinite(most) else ""
    for name, size in sizes.items():
        number = isinstance(size, int | float | np.number) and not isinstance(size, bool)
        if not (number and 0 <= size <= most and np.isfinite(size)):
            raise OptionError(
                text(
                    "faults.calls.weight_and_cell_noise.number_0_numbers_name",
                    option=option,
                    top=top,
                    size=repr(size),
                    name=name,
                )
            )
    return {str(name): float(size) for name, size in sizes.items()}
