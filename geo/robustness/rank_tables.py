"""Tabulate what runs of an index found: ranks, how often each is taken, scores by recipe, and the weights drawn."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from .plan import Plan

__all__ = ["acceptability_table", "rank_table", "recipe_score_table", "sample_table"]

_CELLS = 200_000


def rank_table(ranked: pd.DataFrame, ranks: np.ndarray, confidence_level: float) -> pd.DataFrame:
    """Return place, nominal rank, and mean, median and interval of the ranks (runs x places) over the runs."""
    runs = len(ranks)
    # ranks are few: all follows from how often each, or each half, was taken
    steps = 1 if np.array_equal(ranks, np.floor(ranks)) else 2
    times = rank_counts(ranks * np.float32(steps), ranks.shape[1] * steps)
    sums = np.cumsum(times, axis=1)
    values = np.arange(1, times.shape[1] + 1) / steps

    def ordered(position: float) -> np.ndarray:
        return values[(sums > position).argmax(axis=1)]

    # the least rank that so many runs do not exceed
    low, high = (ordered(max(0.0, np.ceil(runs * end - 1))) for end in _ends(confidence_level))
    columns = {
        "mean": (times * values).sum(axis=1) / runs,
        "median": ((ordered((runs - 1) // 2) + ordered(runs // 2)) / 2).astype(np.float32),
        "low": low.astype(ranked["rank"].dtype),
        "high": high.astype(ranked["rank"].dtype),
    }
    return ranked.reset_index(drop=True).assign(**columns)


def rank_counts(ranks: np.ndarray, most: int) -> np.ndarray:
    """Return how often each place (row) takes each rank from 1 to the most (column)."""
    runs, n = ranks.shape
    times, size = np.zeros(n * most, dtype=np.int64), max(1, _CELLS // n)
    for start in range(0, runs, size):
        cells = ranks[start : start + size].astype(np.int64) + (np.arange(n) * most - 1)
        times += np.bincount(cells.ravel(), minlength=n * most)
    return times.reshape(n, most)


def acceptability_table(ranked: pd.DataFrame, ranks: np.ndarray) -> pd.DataFrame:
    """Return the share of runs in which each place takes each rank, ties sharing the best."""
    runs, n = ranks.shape
    shares = pd.DataFrame(rank_counts(ranks, n) / runs, columns=[str(rank) for rank in range(1, n + 1)])
    shares.insert(0, "place", list(ranked["place"]))
    return shares


def recipe_score_table(
    plans: Sequence[Plan], scores: np.ndarray, chosen: np.ndarray, rows: Mapping[str, int], confidence_level: float
) -> pd.DataFrame:
    """Return nominal scores by each recipe, and their mean, median and interval over its own runs.

    ``scores`` is runs x places, in the order of ``rows``, which gives their positions in the plans.
    """
    frames, order = [], [*rows.values()]
    by_place = np.ascontiguousarray(scores.T)
    for number, plan in enumerate(plans):
        own = np.ascontiguousarray(by_place[:, chosen == number]) if len(plans) > 1 else by_place
        mean = low = median = high = np.full(len(order), np.nan)
        if own.size:
            mean = own.mean(axis=1)
            low, high, median = _quantiles(own, [*_ends(confidence_level), 0.5])
        frame = {"recipe": plan.name, "place": [*rows], "score": plan.scores[order]}
        frames.append(pd.DataFrame({**frame, "mean": mean, "median": median, "low": low, "high": high}))
        frames[-1]["runs"] = own.shape[1]
    return pd.concat(frames, ignore_index=True)


def sample_table(plans: Sequence[Plan], weights: list[np.ndarray], chosen: np.ndarray) -> pd.DataFrame:
    """Return the recipe and the effective weights that each run was scored with."""
    names = sorted({name for plan in plans for name in plan.branches.indicators})
    whole = np.zeros((len(chosen), len(names)))
    for number, plan in enumerate(plans):
        columns = np.array([names.index(name) for name in plan.branches.indicators])
        whole[np.ix_(np.flatnonzero(chosen == number), columns)] = weights[number]
    frame = pd.DataFrame(whole, columns=names)
    frame.insert(0, "run", np.arange(len(chosen)))
    frame.insert(1, "recipe", np.array([plan.name for plan in plans], dtype=object)[chosen])
    return frame.astype({"recipe": "str"})


def _ends(confidence_level: float) -> list[float]:
    return [(1.0 - confidence_level) / 2.0, (1.0 + confidence_level) / 2.0]


def _quantiles(rows: np.ndarray, shares: Sequence[float]) -> list[np.ndarray]:
    """Return quantiles of each row as `numpy.quantile` does, from one sorting."""
    rising, last = np.sort(rows, axis=1), rows.shape[1] - 1
    found = []
    for at in np.array(shares) * last:
        # between two neighbors numpy interpolates
        below = int(at)
        found.append(np.quantile(rising[:, [below, min(below + 1, last)]], at - below, axis=1))
    return found
