"""Tabulate what runs of an index found: ranks, how often each is taken, scores by recipe, and the weights drawn."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from .batch import batch_ranks
from .plan import Plan

__all__ = ["acceptability_table", "rank_runs", "rank_table", "recipe_score_table", "sample_table"]

_CELLS = 200_000


def rank_table(ranked: pd.DataFrame, ranks: np.ndarray, confidence_level: float) -> pd.DataFrame:
    """Return place, nominal rank, and mean, median and interval of the ranks (runs x places) over the runs."""
    by_place = np.ascontiguousarray(ranks.T)
    ends = np.quantile(by_place, _ends(confidence_level), axis=1, method="inverted_cdf")
    columns = {
        "mean": by_place.mean(axis=1, dtype=float),
        "median": np.median(by_place, axis=1),
        "low": ends[0],
        "high": ends[1],
    }
    columns |= {name: columns[name].astype(ranked["rank"].dtype) for name in ("low", "high")}
    return ranked.reset_index(drop=True).assign(**columns)


def rank_runs(scores: np.ndarray, ties: str) -> np.ndarray:
    """Return the ranks of the places in every run, runs x places."""
    # halves are exact in single precision; chunks keep the working arrays small
    found = np.empty(scores.shape, dtype=np.float32)
    size = max(1, _CELLS // scores.shape[1])
    for start in range(0, len(scores), size):
        found[start : start + size] = batch_ranks(scores[start : start + size], ties=ties)
    return found


def acceptability_table(ranked: pd.DataFrame, ranks: np.ndarray) -> pd.DataFrame:
    """Return the share of runs in which each place takes each rank, ties sharing the best."""
    runs, n = ranks.shape
    times, size = np.zeros(n * n, dtype=np.int64), max(1, _CELLS // n)
    for start in range(0, runs, size):
        cells = ranks[start : start + size].astype(np.int64) + (np.arange(n) * n - 1)
        times += np.bincount(cells.ravel(), minlength=n * n)
    shares = pd.DataFrame(times.reshape(n, n) / runs, columns=[str(rank) for rank in range(1, n + 1)])
    shares.insert(0, "place", list(ranked["place"]))
    return shares


def recipe_score_table(
    plans: Sequence[Plan], scores: np.ndarray, chosen: np.ndarray, rows: Mapping[str, int], confidence_level: float
) -> pd.DataFrame:
    """Return nominal scores by each recipe, and their mean, median and interval over its own runs."""
    frames, order = [], [*rows.values()]
    for number, plan in enumerate(plans):
        own = scores[chosen == number][:, order]
        ends = (
            np.quantile(np.ascontiguousarray(own.T), [*_ends(confidence_level), 0.5], axis=1)
            if len(own)
            else np.full((3, len(order)), np.nan)
        )
        frame = {"recipe": plan.name, "place": [*rows], "score": plan.scores[order]}
        mean = own.mean(axis=0) if len(own) else ends[2]
        frames.append(pd.DataFrame({**frame, "mean": mean, "median": ends[2], "low": ends[0], "high": ends[1]}))
        frames[-1]["runs"] = len(own)
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
