"""Tabulate what runs of an index found: ranks, how often each is taken, scores by recipe, and the weights drawn."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from .batch import batch_ranks
from .plan import Plan

__all__ = ["acceptability_table", "rank_table", "recipe_score_table", "sample_table"]

_CELLS = 1_000_000


def rank_table(ranked: pd.DataFrame, scores: np.ndarray, ties: str, confidence_level: float) -> pd.DataFrame:
    """Return place, nominal rank, and mean, median and interval of the ranks over the runs."""
    ranks = _ranks(scores, ties)
    ends = np.quantile(ranks, _ends(confidence_level), axis=0, method="inverted_cdf")
    columns = {
        "mean": ranks.mean(axis=0, dtype=float),
        "median": np.median(ranks, axis=0),
        "low": ends[0],
        "high": ends[1],
    }
    columns |= {name: columns[name].astype(ranked["rank"].dtype) for name in ("low", "high")}
    return ranked.reset_index(drop=True).assign(**columns)


def _ranks(scores: np.ndarray, ties: str) -> np.ndarray:
    # halves are exact in single precision; chunks keep the working arrays small
    found = np.empty(scores.shape, dtype=np.float32)
    size = max(1, _CELLS // scores.shape[1])
    for start in range(0, len(scores), size):
        found[start : start + size] = batch_ranks(scores[start : start + size], ties=ties)
    return found


def acceptability_table(ranked: pd.DataFrame, scores: np.ndarray) -> pd.DataFrame:
    """Return the share of runs in which each place takes each rank, ties sharing the best."""
    ranks = _ranks(scores, "min")
    shares = {str(rank): (ranks == rank).sum(axis=0) / len(ranks) for rank in range(1, scores.shape[1] + 1)}
    return pd.DataFrame({"place": list(ranked["place"]), **shares})


def recipe_score_table(
    plans: Sequence[Plan], scores: np.ndarray, chosen: np.ndarray, rows: Mapping[str, int], confidence_level: float
) -> pd.DataFrame:
    """Return nominal scores by each recipe, and their mean, median and interval over its own runs."""
    frames, order = [], [*rows.values()]
    for number, plan in enumerate(plans):
        own = scores[chosen == number][:, order]
        ends = (
            np.quantile(own, [*_ends(confidence_level), 0.5], axis=0) if len(own) else np.full((3, len(order)), np.nan)
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
