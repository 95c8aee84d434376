"""Place many runs of scores on tiers at once, as `assign_tiers` places each of them.

Counts, thresholds, quantiles, head/tail and natural breaks are worked out for all runs together; any other method is
asked once for every different row of scores.
"""

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...data.errors import InnoscapeWarning
from ..tiers.assign import TIERS, assign_tiers, tier_dtype
from ..tiers.breaks import head_tail_breaks
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
    (array([[1, 0, 1], [0, 1, 1]]), 0)
    """
    places = [str(number) for number in range(scores.shape[1])] if places is None else places
    # the first run goes through the front door, where options are checked
    _, _ = _ask(scores[0], options, places)
    method = str(options.get("method", "natural_breaks"))
    wanted = {name for name, value in options.items() if value is not None}
    fast = {"counts": _counts, "thresholds": _thresholds, "quantiles": _quantiles, "head_tail": _head_tail}
    fast |= dict.fromkeys(("natural_breaks", "k_means"), _natural)
    own = {"counts": "counts", "thresholds": "thresholds"}.get(method, "k")
    if method not in fast or not wanted <= {"method", "labels", "k", own}:
        return _one_by_one(scores, options, places)
    setting = options.get(own)
    setting = 4 if setting is None else setting
    codes, warned = np.empty(scores.shape, dtype=np.int64), 0
    rows = max(1, _CELLS // scores.shape[1] ** 2)
    for start in range(0, len(scores), rows):
        chunk = slice(start, start + rows)
        codes[chunk], troubled = fast[method](scores[chunk], setting)
        warned += troubled
    return codes, warned


def _ask(row: np.ndarray, options: Mapping[str, object], places: Sequence[str]) -> tuple[np.ndarray, bool]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", InnoscapeWarning)
        tiers = assign_tiers(pd.Series(row, index=list(places)), **options)  # pyright: ignore[reportArgumentType]
    others = [warning for warning in caught if not issubclass(warning.category, InnoscapeWarning)]
    for other in others:
        warnings.warn_explicit(other.message, other.category, other.filename, other.lineno)
    return tiers.cat.codes.to_numpy(dtype=np.int64), len(caught) > len(others)


def _one_by_one(scores: np.ndarray, options: Mapping[str, object], places: Sequence[str]) -> tuple[np.ndarray, int]:
    distinct, back, times = np.unique(scores, axis=0, return_inverse=True, return_counts=True)
    asked = [_ask(row, options, places) for row in distinct]
    codes = np.array([codes for codes, _ in asked], dtype=np.int64).reshape(distinct.shape)
    warned = sum(int(count) for count, (_, troubled) in zip(times, asked, strict=True) if troubled)
    return codes[back.ravel()], warned


def _counts(scores: np.ndarray, counts: Sequence[int]) -> tuple[np.ndarray, int]:
    order, groups = batch_ties(scores)
    plain = np.broadcast_to(np.repeat(np.arange(len(counts)), counts), scores.shape)
    # codes rise along the order, so the first of a group of ties has the highest tier of the group
    codes = np.take_along_axis(plain, _openings(groups), axis=1)
    return _in_place(codes, order), int((codes != plain).any(axis=1).sum())


def _thresholds(scores: np.ndarray, thresholds: Sequence[float]) -> tuple[np.ndarray, int]:
    codes = np.zeros(scores.shape, dtype=np.int64)
    for bound in thresholds:
        codes += scores < bound
    held = np.sum([(codes == code).any(axis=1) for code in range(len(thresholds) + 1)], axis=0)
    return codes, int((held < len(thresholds) + 1).sum())


def _quantiles(scores: np.ndarray, k: int) -> tuple[np.ndarray, int]:
    order, groups = batch_ties(scores)
    # the highest of the tied values stands for all, as in assign_tiers
    falling = np.take_along_axis(np.take_along_axis(scores, order, axis=1), _openings(groups), axis=1)
    bounds = np.quantile(falling[:, ::-1], np.arange(1, k) / k, axis=1)
    return _by_bounds(falling, order, list(bounds), k)


def _head_tail(scores: np.ndarray, k: int) -> tuple[np.ndarray, int]:
    order, groups = batch_ties(scores)
    falling = np.take_along_axis(np.take_along_axis(scores, order, axis=1), _openings(groups), axis=1)
    totals = np.cumsum(falling, axis=1)
    head, bounds = np.full(len(scores), scores.shape[1]), np.full((k - 1, len(scores)), np.inf)
    close = np.zeros(len(scores), dtype=bool)
    for number in range(k - 1):
        means = totals[np.arange(len(scores)), head - 1] / head
        close |= (np.abs(falling - means[:, None]) <= _NEAR * np.abs(falling).max(axis=1, keepdims=True)).any(axis=1)
        smaller = (falling > means[:, None]).sum(axis=1)
        goes_on = (smaller > 0) & (bounds[number - 1] < np.inf if number else True)
        bounds[number] = np.where(goes_on, means, np.inf)
        head = np.where(goes_on, smaller, head)
    for row in np.flatnonzero(close):
        # a value at the mean itself: there the rounding of the sum decides
        exact = head_tail_breaks(falling[row, ::-1], most=k - 1)
        bounds[:, row] = np.inf
        bounds[: len(exact), row] = exact
    return _by_bounds(falling, order, list(bounds), k)


def _by_bounds(falling: np.ndarray, order: np.ndarray, bounds: list[np.ndarray], k: int) -> tuple[np.ndarray, int]:
    above = np.zeros(falling.shape, dtype=np.int64)
    for bound in bounds:
        above += falling > bound[:, None]
    codes = np.zeros(falling.shape, dtype=np.int64)
    np.cumsum(np.diff(above, axis=1) != 0, axis=1, out=codes[:, 1:])
    return _in_place(codes, order), int((codes[:, -1] + 1 < k).sum())


def _natural(scores: np.ndarray, k: int) -> tuple[np.ndarray, int]:
    order, groups = batch_ties(scores)
    along = np.empty(scores.shape, dtype=np.int64)
    falling = np.take_along_axis(scores, order, axis=1)
    numbers = groups[:, -1] + 1
    for number in np.unique(numbers):
        # rows with equally many different values are worked on together; the highest of tied values stands for all
        rows = np.flatnonzero(numbers == number)
        opens = np.diff(groups[rows], axis=1, prepend=-1) > 0
        first = np.nonzero(opens)[1].reshape(len(rows), number)
        sizes = np.diff(first, axis=1, append=scores.shape[1])
        distinct = np.take_along_axis(falling[rows], first, axis=1)
        classes = _classes(distinct[:, ::-1], sizes[:, ::-1].astype(float), min(k, int(number)))[:, ::-1]
        along[rows] = np.take_along_axis(classes, groups[rows], axis=1)
    return _in_place(along, order), int((numbers < k).sum())


def _classes(rising: np.ndarray, sizes: np.ndarray, k: int) -> np.ndarray:
    """Return the classes of Fisher's division of rows of rising, different values; 0 holds the highest."""
    runs, count = rising.shape
    costs = _class_costs(rising, sizes)
    best, cuts = costs[:, :, 0].copy(), np.zeros((k, runs, count), dtype=np.int64)
    for level in range(1, k):
        reached = np.full((runs, count), np.inf)
        for last in range(level, count):
            totals = best[:, level - 1 : last] + costs[:, last, level : last + 1]
            start = np.argmin(totals, axis=1)
            reached[:, last] = np.take_along_axis(totals, start[:, None], axis=1)[:, 0]
            cuts[level, :, last] = start + level
        best = reached
    classes = np.zeros((runs, count), dtype=np.int64)
    last = np.full(runs, count - 1)
    for level in range(k - 1, 0, -1):
        start = cuts[level, np.arange(runs), last]
        classes += np.arange(count) < start[:, None]
        last = start - 1
    return classes


def _class_costs(rising: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    # runs x last x first value of a class; Welford's update, operation for operation that of natural_breaks
    runs, count = rising.shape
    costs = np.full((runs, count, count), np.inf)
    mean, cost, size = np.zeros((runs, count)), np.zeros((runs, count)), np.zeros((runs, count))
    for last in range(count):
        part, added = slice(0, last + 1), sizes[:, last, None]
        size[:, part] += added
        distance = rising[:, last, None] - mean[:, part]
        mean[:, part] += added * distance / size[:, part]
        cost[:, part] += added * distance * (rising[:, last, None] - mean[:, part])
        costs[:, last, part] = cost[:, part]
    return costs


def _openings(groups: np.ndarray) -> np.ndarray:
    opens = np.diff(groups, axis=1, prepend=-1) > 0
    return np.maximum.accumulate(np.where(opens, np.arange(groups.shape[1]), 0), axis=1)


def _in_place(along: np.ndarray, order: np.ndarray) -> np.ndarray:
    found = np.empty(along.shape, dtype=np.int64)
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
