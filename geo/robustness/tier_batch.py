"""Place many runs of scores on tiers at once, as `assign_tiers` places each of them.

Counts, thresholds, quantiles, head/tail and natural breaks are worked out for all runs together, the breaks of other
methods one run after the other.
"""

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...data.errors import InnoscapeWarning
from ..tiers.assign import TIERS, assign_tiers, tier_dtype
from ..tiers.breaks import QUANTILES, TIER_METHODS, TierMethodName, head_tail_breaks
from .batch import batch_ties

__all__ = ["most_likely_tiers", "tier_codes", "tier_table"]

_CELLS = 2_000_000
_NEAR = 1e-9


def tier_codes(
    scores: np.ndarray, options: Mapping[str, object], places: Sequence[str] | None = None
) -> tuple[np.ndarray, int]:
    """Return the tier of every place in every run (runs x places, 0 the highest), and the number of runs warned of.

    Examples
    --------
    >>> tier_codes(np.array([[0.1, 0.9, 0.5], [0.8, 0.2, 0.5]]), {"method": "counts", "counts": (1, 2)})
    (array([[1, 0, 1],
           [0, 1, 1]], dtype=int16), 0)
    """
    places = [str(number) for number in range(scores.shape[1])] if places is None else places
    # the first run goes through the front door, where options are checked
    _, _ = _ask(scores[0], options, places)
    method: TierMethodName = options.get("method", "natural_breaks")  # pyright: ignore[reportAssignmentType]
    setting = {**TIER_METHODS[method].options, **{name: value for name, value in options.items() if value is not None}}
    setting = {name: options.get(name, setting[name]) for name in TIER_METHODS[method].options}
    asked = TIER_METHODS[method].classes(setting)
    codes, warned = np.empty(scores.shape, dtype=np.int16), 0
    rows = max(1, _CELLS // scores.shape[1])
    for start in range(0, len(scores), rows):
        chunk = slice(start, start + rows)
        codes[chunk], troubled = _place(scores[chunk], method, setting, asked)
        warned += troubled
    return codes, warned


def _place(
    scores: np.ndarray, method: TierMethodName, setting: Mapping[str, Any], asked: int
) -> tuple[np.ndarray, int]:
    if method == "counts":
        return _counts(scores, setting["counts"])
    if method == "thresholds":
        return _thresholds(scores, setting["thresholds"])
    order, tops = batch_ties(scores)
    # the highest of the tied values stands for all, as in assign_tiers
    tied = np.take_along_axis(scores, np.take_along_axis(order, tops, axis=1), axis=1)
    if method in ("natural_breaks", "k_means"):
        return _natural(tied, order, asked)
    falling = tied[:, ::-1]
    if method == "quantiles":
        how = QUANTILES[setting["interpolation"]]
        bounds = list(np.quantile(tied, np.arange(1, asked) / asked, axis=1, method=how))
    elif method == "head_tail":
        bounds = _head_tail(falling, asked, setting["head_share"])
    else:
        breaks = TIER_METHODS[method].breaks
        assert breaks is not None  # noqa: S101 - only counts and thresholds have none
        found = [breaks(row, **setting) for row in tied]
        bounds = [np.array([row[i] if i < len(row) else np.inf for row in found]) for i in range(asked - 1)]
    return _by_bounds(falling, order, bounds, asked)


def _ask(row: np.ndarray, options: Mapping[str, object], places: Sequence[str]) -> tuple[np.ndarray, bool]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", InnoscapeWarning)
        tiers = assign_tiers(pd.Series(row, index=list(places)), **options)  # pyright: ignore[reportArgumentType]
    others = [warning for warning in caught if not issubclass(warning.category, InnoscapeWarning)]
    for other in others:
        warnings.warn_explicit(other.message, other.category, other.filename, other.lineno)
    return tiers.cat.codes.to_numpy(dtype=np.int64), len(caught) > len(others)


def _counts(scores: np.ndarray, counts: Sequence[int]) -> tuple[np.ndarray, int]:
    order, tops = batch_ties(scores)
    # the highest of a group of ties has the highest tier of the group
    plain = np.repeat(np.arange(len(counts)), counts)[::-1]
    along = plain[tops]
    return _in_place(along, order), int((along != plain).any(axis=1).sum())


def _thresholds(scores: np.ndarray, thresholds: Sequence[float]) -> tuple[np.ndarray, int]:
    codes = np.zeros(scores.shape, dtype=np.int64)
    for bound in thresholds:
        codes += scores < bound
    held = np.sum([(codes == code).any(axis=1) for code in range(len(thresholds) + 1)], axis=0)
    return codes, int((held < len(thresholds) + 1).sum())


def _head_tail(falling: np.ndarray, k: int, head_share: float | None) -> list[np.ndarray]:
    totals, most = np.cumsum(falling, axis=1), math.inf if head_share is None else head_share
    head, bounds = np.full(len(falling), falling.shape[1]), np.full((k - 1, len(falling)), np.inf)
    close = np.zeros(len(falling), dtype=bool)
    for number in range(k - 1):
        means = totals[np.arange(len(falling)), head - 1] / head
        close |= (np.abs(falling - means[:, None]) <= _NEAR * np.abs(falling).max(axis=1, keepdims=True)).any(axis=1)
        smaller = (falling > means[:, None]).sum(axis=1)
        goes_on = (smaller > 0) & (smaller <= most * head) & (bounds[number - 1] < np.inf if number else True)
        bounds[number] = np.where(goes_on, means, np.inf)
        head = np.where(goes_on, smaller, head)
    for row in np.flatnonzero(close):
        # a value at the mean itself: there the rounding of the sum decides
        exact = head_tail_breaks(falling[row, ::-1], most=k - 1, head_share=head_share)
        bounds[:, row] = np.inf
        bounds[: len(exact), row] = exact
    return list(bounds)


def _by_bounds(falling: np.ndarray, order: np.ndarray, bounds: list[np.ndarray], k: int) -> tuple[np.ndarray, int]:
    above = np.zeros(falling.shape, dtype=np.int64)
    for bound in bounds:
        above += falling > bound[:, None]
    codes = np.zeros(falling.shape, dtype=np.int64)
    np.cumsum(np.diff(above, axis=1) != 0, axis=1, out=codes[:, 1:])
    return _in_place(codes[:, ::-1], order), int((codes[:, -1] + 1 < k).sum())


def _natural(tied: np.ndarray, order: np.ndarray, k: int) -> tuple[np.ndarray, int]:
    # compiled: loaded where it is needed
    from ..tiers.search_breaks import search_breaks

    count = tied.shape[1]
    starts = search_breaks(tied, k)
    held = (starts < count).sum(axis=1)
    along = np.zeros(tied.shape, dtype=np.int16)
    for level in range(1, k):
        # a place below the start of a class stands one tier lower
        along += np.arange(count) < np.where(starts[:, level] < count, starts[:, level], 0)[:, None]
    return _in_place(along, order), int((held < k).sum())


def _in_place(along: np.ndarray, order: np.ndarray) -> np.ndarray:
    found = np.empty(along.shape, dtype=np.int16)
    np.put_along_axis(found, order, along, axis=1)
    return found


def tier_table(
    scores: np.ndarray, places: list[str], options: Mapping[str, object]
) -> tuple[pd.DataFrame, InnoscapeWarning | None]:
    """Return the table of `tier_probabilities`, and what to warn of, if anything."""
    labels = [str(label) for label in options.get("labels", TIERS)]  # pyright: ignore[reportGeneralTypeIssues]
    codes, troubled = tier_codes(scores, options, places)
    shares = {label: (codes == code).sum(axis=0) / len(codes) for code, label in enumerate(labels)}
    table = pd.DataFrame({"place": places, **shares})
    if not troubled:
        return table, None
    return table, InnoscapeWarning.of("warnings.tiers.troubled_runs", troubled=troubled, runs=len(scores))


def most_likely_tiers(table: pd.DataFrame, nominal: pd.Series, options: Mapping[str, object]) -> pd.DataFrame:
    """Set the nominal tier of each place, its probability and the most likely tier beside one another.

    ``evenness`` is the entropy of the place's probabilities over that of even ones: 0 where all runs agree.
    """
    with warnings.catch_warnings():
        # the warning of the nominal placement is counted among those of the runs
        warnings.simplefilter("ignore", InnoscapeWarning)
        tiers = assign_tiers(nominal, **options)  # pyright: ignore[reportArgumentType]
    labels = list(tiers.cat.categories)
    chances = table.set_index("place").loc[nominal.index, labels].to_numpy()
    own = np.take_along_axis(chances, tiers.cat.codes.to_numpy(dtype=np.int64)[:, None], axis=1)[:, 0]
    terms = np.where(chances > 0, chances * np.log(np.where(chances > 0, chances, 1.0)), 0.0)
    return pd.DataFrame(
        {
            "place": list(nominal.index),
            "tier": tiers.to_numpy(),
            "probability": own,
            "most_likely_tier": pd.Categorical.from_codes(chances.argmax(axis=1), dtype=tier_dtype(labels)),
            "evenness": np.abs(terms.sum(axis=1)) / np.log(max(2, len(labels))),
        }
    ).astype({"tier": tier_dtype(labels)})
