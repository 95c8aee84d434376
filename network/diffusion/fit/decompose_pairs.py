"""Fit flows, pair by pair, as sums of what channels carry."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from ....data.errors import InnoscapeWarning, OptionError
from ....data.options import absent_place_faults, refuse, table_fault
from ....data.wording.catalogue import join_texts
from ...flows.graphs import to_matrix
from ..model.channel import Channel
from ..model.hazard_rates import Rates, hazard_rates
from .likelihood import has, solve

__all__ = ["REST", "Mass", "Pairs"]

Mass = Mapping[Hashable, float] | pd.Series | Literal["margins"] | None

REST = "rest"


@dataclass(frozen=True, eq=False)
class Pairs:
    """The flows of one table, pair by pair.

    Attributes
    ----------
    built : rates with rate 1 in every channel
    rows, cols : position of each pair's ends; of an undirected network each pair stands once
    value : flow of each pair
    size : n x n, what a pair's sizes give
    masks : channels x n x n
    cost : n x n, or None
    """

    built: Rates
    directed: bool
    rest: bool
    rows: np.ndarray
    cols: np.ndarray
    value: np.ndarray
    size: np.ndarray
    masks: np.ndarray
    cost: np.ndarray | None

    @classmethod
    def of(
        cls,
        flows: pd.DataFrame,
        built: Rates,
        *,
        mass: Mass,
        rest: bool,
        directed: bool,
    ) -> "Pairs":
        """Take the flows between the centers of a model, with what each pair would carry at rates of 1."""
        places = list(built.places)
        matrix = to_matrix(flows, places, directed=directed).to_numpy()
        if not (np.isfinite(matrix) & (matrix >= 0)).all():
            raise table_fault("flows", "finite numbers of at least 0", "others", "correct these rows", "value")
        matrix = matrix * (1.0 - np.eye(len(places)))
        if not matrix.any():
            raise OptionError("no flow lies between two of the centers, so there is nothing to credit")
        plain = hazard_rates(
            built.centers,
            [replace(c, rate=1.0, decay="none") for c in built.channels],
            costs=built.costs,
            flows=built.flows,
        )
        size = _sizes(matrix, places, mass)
        pairs = ~np.eye(len(places), dtype=bool) if directed else np.triu(np.ones(matrix.shape, dtype=bool), 1)
        rows, cols = np.nonzero(pairs & ((size > 0) | (matrix > 0)))
        cost = None if built.costs is None else built.costs.loc[places, places].to_numpy(dtype=float)
        return cls(built, directed, rest, rows, cols, matrix[rows, cols], size, plain.tensor[0], cost)

    @property
    def names(self) -> list[str]:
        """Return the names of what may be credited: the channels, and the rest where there is one."""
        return [*(c.name for c in self.built.channels), *([REST] if self.rest else [])]

    def channels(self, half: Mapping[int, float]) -> list[Channel]:
        """Return the channels with the half-distances found, by position."""
        return [replace(c, half_distance=half[i]) if i in half else c for i, c in enumerate(self.built.channels)]

    def terms(self, half: Mapping[int, float]) -> np.ndarray:
        """Return what one unit of each rate makes of every pair (pairs x channels)."""
        columns = []
        for c, channel in enumerate(self.channels(half)):
            kernel = self.masks[c] * (1.0 if self.cost is None else channel.weaken(self.cost)) * self.size
            columns.append(self._both(kernel))
        if self.rest:
            columns.append(self._both(self.size))
        return np.column_stack(columns)

    def _both(self, kernel: np.ndarray) -> np.ndarray:
        there = kernel[self.rows, self.cols]
        return there if self.directed else there + kernel[self.cols, self.rows]

    def solved(self, terms: np.ndarray, weight: np.ndarray | None = None) -> tuple[np.ndarray, float]:
        """Return the rates that fit best, and the height of the likelihood."""
        weight = np.ones(len(self.value)) if weight is None else weight
        flow = weight * self.value
        on = flow > 0
        held = weight @ terms
        able = held > 0
        rate = np.zeros(terms.shape[1])
        rate[able], height = solve(terms[np.ix_(on, able)], held[able], weight=flow[on])
        return rate, height

    def fit(self, loose: list[int]) -> tuple[dict[int, float], np.ndarray]:
        """Return the half-distances found, and the terms at them."""
        if not loose:
            terms = self.terms({})
            _, height = self.solved(terms)
            if not np.isfinite(height):
                missing = np.flatnonzero((self.value > 0) & ~(terms > 0).any(axis=1))[0]
                i, j = self.built.places[self.rows[missing]], self.built.places[self.cols[missing]]
                raise OptionError(f"no channel explains the flow from {i} to {j}; allow rest=True or add a channel")
            return {}, terms
        assert self.cost is not None  # noqa: S101 - what decays has costs
        apart = self.cost[self.rows, self.cols]
        low, high = np.log(apart[apart > 0].min() / 5.0), np.log(apart.max() * 10.0)

        def down(x: np.ndarray | float) -> float:
            half = dict(zip(loose, np.exp(np.clip(np.atleast_1d(x), low, high)), strict=True))
            return -self.solved(self.terms(half))[1] / float(self.value.sum())

        from scipy.optimize import minimize, minimize_scalar

        grid = np.linspace(low, high, 12)
        best = grid[int(np.argmin([down(np.full(len(loose), x)) for x in grid]))]
        if len(loose) == 1:
            step = grid[1] - grid[0]
            span = (max(best - step, low), min(best + step, high))
            found = np.array([minimize_scalar(down, bounds=span, method="bounded", options={"xatol": 1e-7}).x])
        else:
            options = {"xatol": 1e-5, "fatol": 1e-12, "maxiter": 2000}
            bounds = [(low, high)] * len(loose)
            start = np.full(len(loose), best)
            found = minimize(down, start, bounds=bounds, method="Nelder-Mead", options=options).x
        half = dict(zip(loose, np.exp(found).tolist(), strict=True))
        return half, self.terms(half)

    def doubts(self, terms: np.ndarray) -> list[InnoscapeWarning]:
        """Return what the flows cannot identify about the channels."""
        held = terms.sum(axis=0)
        idle = [name for name, sum_of in zip(self.names, held, strict=True) if not sum_of > 0]
        said = [InnoscapeWarning.of("warnings.fit.idle", name=name) for name in idle]
        size = np.linalg.norm(terms, axis=0)
        unit = terms[:, size > 0] / size[size > 0]
        if unit.shape[1] > 1:
            _, spread, turn = np.linalg.svd(unit, full_matrices=False)
            if spread[-1] < 1e-7 * spread[0]:
                able = [name for name, s in zip(self.names, size, strict=True) if s > 0]
                alike = [name for name, part in zip(able, turn[-1], strict=True) if abs(part) > 1e-3]
                said.append(InnoscapeWarning.of("warnings.fit.alike_pairs", names=join_texts(alike, by="list.and")))
        return said

    def dispersion(self, terms: np.ndarray) -> float:
        """Return the Pearson dispersion: 1 for Poisson counts."""
        rate, _ = self.solved(terms)
        mean = terms @ rate
        on = mean > 0
        freedom = max(int(on.sum()) - int((rate > 0).sum()), 1)
        return float((((self.value - mean)[on]) ** 2 / mean[on]).sum() / freedom)

    def errors(self, terms: np.ndarray, rate: np.ndarray) -> np.ndarray:
        """Return robust standard errors of the rates above 0."""
        error = np.full(len(rate), np.nan)
        at = rate > 0
        mean = terms @ rate
        on = mean > 0
        part = terms[np.ix_(on, at)] / mean[on][:, None]
        bread = np.linalg.pinv((part * self.value[on][:, None]).T @ part)
        score = part * (self.value - mean)[on][:, None]
        error[at] = np.sqrt(np.maximum(np.diag(bread @ (score.T @ score) @ bread), 0.0))
        return error

    def bootstrap(
        self, terms: np.ndarray, *, resamples: int, resample: str, seed: int, confidence_level: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return percentile intervals of the shares."""
        if not resamples:
            return np.full(terms.shape[1], np.nan), np.full(terms.shape[1], np.nan)
        rng = np.random.default_rng(seed)
        count, n = len(self.value), len(self.built.places)
        found = []
        for _ in range(resamples):
            if resample == "pairs":
                weight = np.bincount(rng.integers(count, size=count), minlength=count).astype(float)
            else:
                times = np.bincount(rng.integers(n, size=n), minlength=n).astype(float)
                weight = times[self.rows] * times[self.cols]
            if not weight @ self.value > 0:
                continue
            rate, _ = self.solved(terms, weight)
            carried = rate * (weight @ terms)
            found.append(carried / carried.sum())
        tail = (1.0 - confidence_level) / 2.0
        low, high = np.quantile(np.array(found), [tail, 1.0 - tail], axis=0)
        return low, high

    def tables(
        self, half: Mapping[int, float], terms: np.ndarray, low: np.ndarray, high: np.ndarray
    ) -> dict[str, pd.DataFrame]:
        """Return the credit of each channel, in total and by pair."""
        rate, _ = self.solved(terms)
        carried = rate * terms.sum(axis=0)
        keys = list(self.built.places)
        fitted = pd.DataFrame(
            {
                "source": [keys[i] for i in self.rows],
                "target": [keys[j] for j in self.cols],
                "value": self.value,
                "expected": terms @ rate,
            }
        )
        parts = pd.DataFrame(terms * rate, columns=self.names)
        used = [(c.name, c.half_distance) for c in self.channels(half) if has(c, "half_distance")]
        return {
            "shares": pd.DataFrame(
                {"channel": self.names, "flow": carried, "share": carried / carried.sum(), "low": low, "high": high}
            ),
            "rates": pd.DataFrame({"channel": self.names, "rate": rate, "error": self.errors(terms, rate)}),
            "fitted": pd.concat([fitted, parts], axis=1),
            "half_distances": pd.DataFrame(used, columns=["channel", "half_distance"]),
        }


def _sizes(matrix: np.ndarray, places: list, mass: Mass) -> np.ndarray:
    if mass is None:
        return np.ones(matrix.shape)
    if isinstance(mass, str):
        if mass != "margins":
            raise OptionError(f"mass: needed 'margins', a mapping of place to mass, or None, got {mass!r}")
        return np.outer(matrix.sum(axis=1), matrix.sum(axis=0)) / matrix.sum()
    refuse(absent_place_faults("mass", dict(mass), places))
    given = pd.Series(dict(mass), dtype=float).reindex(places)
    if not (np.isfinite(given) & (given >= 0)).all():
        lacking = given.index[~(np.isfinite(given) & (given >= 0))]
        listed = ", ".join(map(str, lacking))
        raise OptionError(f"mass: needed a number of at least 0 for every center, got none for {listed}")
    return np.outer(given, given)
