"""Check the size of many scorings before they begin: what they will take of memory and time."""

from collections.abc import Sequence

import numpy as np

from ...data.budget import Estimate, require
from .plan import Plan

__all__ = ["check_scoring"]

# tables of runs and places held at once, and bytes of the chunk that is scored
_TABLES, _CHUNK, _CHUNK_DRAWN = 6, 8e6, 3e7
# seconds of all that is done once; of a run for each place, to rank it; for each place and share, and the same where
# data vary; of a run that is scored by itself
_ONCE, _RANKED, _SCORED, _DRAWN, _ONE_BY_ONE = 0.15, 2e-7, 2e-9, 7e-8, 5e-3


def check_scoring(plans: Sequence[Plan], chances: np.ndarray, runs: int, *, varies: bool) -> Estimate:
    """Refuse more runs than memory and time are allowed for.

    ``chances`` say how often each plan is drawn; ``varies`` whether cells are drawn as well.

    Raises
    ------
    SizeError
        If the runs would take more than the budget.
    """
    n, shares = len(plans[0].places), max(len(plan.branches.parts) for plan in plans)
    single = [not plan.batched or (varies and not plan.batched_cells) for plan in plans]
    slow = float(chances[single].sum() / chances.sum())
    return require(
        f"{runs:,} runs of {n:,} places and {shares:,} shares",
        "take fewer runs" + (", or recipes that are scored many at a time" if slow else ""),
        memory=8.0 * runs * (_TABLES * n + 3 * shares) + (_CHUNK_DRAWN if varies else _CHUNK),
        seconds=_ONCE + runs * (n * (_RANKED + shares * (_DRAWN if varies else _SCORED)) + slow * _ONE_BY_ONE),
    )
