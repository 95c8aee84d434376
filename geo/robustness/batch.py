"""Score many runs of an index at once.

Weights are runs x parts, values places x indicators or runs x places x indicators. Sums are taken one part after the
other over all runs and places, in the order of the parts' names: the result of a run depends neither on the number
of runs beside it nor on threads, rows or columns.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..ranks import TOLERANCE

__all__ = [
    "BATCHED_MEANS",
    "BATCHED_SCALES",
    "Branches",
    "batch_entropy",
    "batch_means",
    "batch_ranks",
    "batch_ties",
]

_CACHED = 30_000
BATCHED_MEANS = ("arithmetic", "geometric", "harmonic", "power")
Node = tuple[str, ...]


@dataclass(frozen=True)
class Branches:
    """The framework as a tree in the order of names: every indicator and group is a part of its parent.

    Parameters
    ----------
    paths : dict
        For each indicator the groups it belongs to, from the top.
    """

    paths: dict[str, Node]
    indicators: tuple[str, ...] = field(init=False)
    parts: tuple[tuple[str, ...], ...] = field(init=False)
    families: dict[Node, np.ndarray] = field(init=False)

    def __post_init__(self) -> None:
        indicators = tuple(sorted(self.paths))
        nodes = sorted({path[:depth] for path in self.paths.values() for depth in range(1, len(path) + 1)})
        parts = [("indicator", name) for name in indicators] + [(f"level{len(node)}", *node) for node in nodes]
        children: dict[Node, list[int]] = {}
        for position, part in enumerate(parts):
            parent = self.paths[part[1]] if part[0] == "indicator" else part[1:-1]
            children.setdefault(parent, []).append(position)
        deepest = sorted(children, key=lambda node: (-len(node), node))
        object.__setattr__(self, "indicators", indicators)
        object.__setattr__(self, "parts", tuple(parts))
        object.__setattr__(self, "families", {node: np.array(children[node]) for node in deepest})

    @property
    def levels(self) -> list[str]:
        """Level of every part."""
        return [part[0] for part in self.parts]

    def shares(self, effective: np.ndarray) -> np.ndarray:
        """Return the share of every part in its parent, runs x parts; equal ones where the parent carries no weight."""
        weights = np.zeros((len(effective), len(self.parts)))
        weights[:, : len(self.indicators)] = effective
        shares = np.zeros_like(weights)
        for node, family in self.families.items():
            total = _sum(weights, family)[:, None]
            shares[:, family] = np.where(
                total > 0, weights[:, family] / np.where(total > 0, total, 1.0), 1 / len(family)
            )
            if node:
                weights[:, self.position(node)] = total[:, 0]
        return shares

    def scaled(self, shares: np.ndarray) -> np.ndarray:
        """Return shares (runs x parts) scaled to sum to 1 within every parent."""
        scaled = np.empty_like(shares)
        for family in self.families.values():
            scaled[:, family] = shares[:, family] / _sum(shares, family)[:, None]
        return scaled

    def effective(self, shares: np.ndarray) -> np.ndarray:
        """Return the share of every indicator in the whole index, runs x indicators."""
        weights = shares[:, : len(self.indicators)].copy()
        for position, name in enumerate(self.indicators):
            path = self.paths[name]
            for depth in range(len(path), 0, -1):
                weights[:, position] *= shares[:, self.position(path[:depth])]
        return weights

    def position(self, node: Node) -> int:
        """Return the position of a group among the parts."""
        return self.parts.index((f"level{len(node)}", *node))


def batch_means(
    values: np.ndarray, branches: Branches, shares: np.ndarray, *, methods: Mapping[str, tuple[str, Mapping[str, Any]]]
) -> np.ndarray:
    """Return the index, runs x places, as means up the tree.

    ``values`` is places x indicators, or runs x places x indicators; ``shares`` is runs x parts; ``methods`` names the
    mean and its parameters at ``index``, ``level1`` and ``level2``.
    """
    if values.ndim == 2 and all(_is_arithmetic(*method) for method in methods.values()):
        return _tree_sums(values, branches, shares)
    known: dict[int, np.ndarray] = {j: values[..., j] for j in range(len(branches.indicators))}
    found = np.empty(0)
    for node, family in branches.families.items():
        method, options = methods[f"level{len(node)}" if node else "index"]
        found = _mean([known[part] for part in family], shares[:, family], method, float(options.get("p", 0.5)))
        if node:
            known[branches.position(node)] = found
    return found


def batch_ties(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of every run in rising order, and for each where the highest stands that it is tied with.

    Both are runs x places; the tolerance is that of `rank_descending`.
    """
    # compiled: loaded where it is needed
    from .run_kernels import top_of_ties

    # the order of equal values does not matter: what follows from it holds for all that are tied
    order = np.argsort(scores, axis=1)
    tops = np.empty_like(order)
    top_of_ties(np.ascontiguousarray(scores), order, TOLERANCE, tops)
    return order, tops


def batch_ranks(scores: np.ndarray, *, ties: str = "min") -> np.ndarray:
    """Return the ranks of the places in every run, runs x places, 1 for the highest score."""
    from .run_kernels import rank_tied_runs

    # halves are exact in single precision; chunks keep the working arrays small
    ranks, size = np.empty(scores.shape, dtype=np.float32), max(1, _CACHED // scores.shape[1])
    for start in range(0, len(scores), size):
        own = slice(start, start + size)
        rank_tied_runs(*batch_ties(scores[own]), ties, ranks[own])
    return ranks


def batch_entropy(values: np.ndarray, directions: np.ndarray, *, on: str, shift: float = 0.0) -> np.ndarray:
    """Return entropy weights of stacked values, runs x indicators."""
    shared = (_minmax(values, directions) if on == "minmax" else values) + shift
    total = _sum_places(shared)
    share = shared / np.where(total > 0, total, 1.0)[:, None, :]
    terms = np.where(share > 0, share * np.log(np.where(share > 0, share, 1.0)), 0.0)
    entropy = -_sum_places(terms) / math.log(values.shape[1])
    flat = values.min(axis=1) == values.max(axis=1)
    spread = np.where(flat, 0.0, np.maximum(0.0, 1.0 - entropy))
    return spread / _sum(spread, range(spread.shape[1]))[:, None]


def _is_arithmetic(method: str, options: Mapping[str, Any]) -> bool:
    return method == "arithmetic" or (method == "power" and float(options.get("p", 0.5)) == 1.0)


def _tree_sums(values: np.ndarray, branches: Branches, shares: np.ndarray) -> np.ndarray:
    from .run_kernels import sum_runs

    families = branches.families
    nodes = np.array([branches.position(node) if node else -1 for node in families])
    opens = np.cumsum([0, *(len(family) for family in families.values())])
    found = np.empty((len(shares), len(values)))
    sum_runs(
        np.ascontiguousarray(values.T), np.ascontiguousarray(shares), opens, np.concatenate([*families.values()]),
        nodes, found,
    )  # fmt: skip
    return found


def _mean(parts: list[np.ndarray], shares: np.ndarray, method: str, p: float) -> np.ndarray:
    if method == "power":
        method = {1.0: "arithmetic", 0.0: "geometric", -1.0: "harmonic"}.get(float(p), "power")
    if method == "arithmetic":
        return _weighted_sum(parts, shares)
    into, out = _transforms(method, p)
    total: np.ndarray | float = 0.0
    zero: np.ndarray | float = 0.0
    for j, part in enumerate(parts):
        weight = shares[:, j, None]
        total = total + weight * into(part)
        if method != "power" or p < 0:
            zero = zero + (weight > 0) * (part == 0)
    means = out(np.asarray(total))
    return np.where(np.asarray(zero) > 0, 0.0, means) if np.any(zero) else means


def _weighted_sum(parts: list[np.ndarray], shares: np.ndarray) -> np.ndarray:
    runs, places = len(shares), parts[0].shape[-1]
    total, size = np.empty((runs, places)), max(1, _CACHED // places)
    term = np.empty((min(size, runs), places))
    for start in range(0, runs, size):
        # a few runs at a time, which the processor's cache holds through all parts
        own = slice(start, start + size)
        sums, weights = total[own], shares[own]
        for j, part in enumerate(parts):
            values = part if part.ndim == 1 else part[own]
            if j == 0:
                np.multiply(weights[:, 0, None], values, out=sums)
            else:
                np.multiply(weights[:, j, None], values, out=term[: len(sums)])
                sums += term[: len(sums)]
    return total


def _transforms(method: str, p: float) -> tuple[Callable[..., np.ndarray], Callable[..., np.ndarray]]:
    def safe(values: np.ndarray) -> np.ndarray:
        return np.where(values > 0, values, 1.0)

    if method == "geometric":
        return (lambda x: np.log(safe(x))), np.exp
    if method == "harmonic":
        return (lambda x: 1.0 / safe(x)), (lambda mean: 1.0 / mean)
    return (lambda x: (safe(x) if p < 0 else x) ** p), (lambda mean: mean ** (1.0 / p))


def _sum(columns: np.ndarray, chosen: Iterable[int]) -> np.ndarray:
    total = np.zeros(len(columns))
    for part in chosen:
        total += columns[:, part]
    return total


def _sum_places(values: np.ndarray) -> np.ndarray:
    total = np.zeros((len(values), values.shape[2]))
    for i in range(values.shape[1]):
        total += values[:, i, :]
    return total


def _shared(opens: np.ndarray, ties: str) -> np.ndarray:
    """Return the ranks along rows of falling values; ``opens`` is true where a value differs from the one before."""
    count = opens.shape[1]
    place = np.broadcast_to(np.arange(1, count + 1), opens.shape)
    if opens.all():
        return place if ties in {"min", "max"} else place.astype(float)
    first = np.maximum.accumulate(np.where(opens, place, 0), axis=1)
    if ties == "min":
        return first
    closes = np.concatenate([opens[:, 1:], np.ones((len(opens), 1), dtype=bool)], axis=1)
    last = np.minimum.accumulate(np.where(closes, place, count + 1)[:, ::-1], axis=1)[:, ::-1]
    return last if ties == "max" else (first + last) / 2


def _minmax(values: np.ndarray, directions: np.ndarray, *, lowest: float = 0.0, highest: float = 1.0) -> np.ndarray:
    values = values * directions
    low, high = values.min(axis=1, keepdims=True), values.max(axis=1, keepdims=True)
    span = high / 2 - low / 2
    share = (values / 2 - low / 2) / np.where(span > 0, span, 1.0)
    return lowest + (highest - lowest) * share


def _zscore(values: np.ndarray, directions: np.ndarray, *, std: str = "population") -> np.ndarray:
    values = values * directions
    count = values.shape[1]
    distance = values - (_sum_places(values) / count)[:, None, :]
    freedom = count - (1 if std == "sample" else 0)
    deviation = np.sqrt(_sum_places(distance**2) / freedom)
    flat = values.min(axis=1) == values.max(axis=1)
    return np.where(flat[:, None, :], 0.0, distance / np.where(flat, 1.0, deviation)[:, None, :])


def _rank(values: np.ndarray, directions: np.ndarray) -> np.ndarray:
    runs, count, kinds = values.shape
    flat = (values * directions).transpose(0, 2, 1).reshape(-1, count)
    order = np.argsort(-flat, axis=1, kind="stable")
    falling = np.take_along_axis(flat, order, axis=1)
    opens = np.concatenate([np.ones((len(flat), 1), dtype=bool), np.diff(falling, axis=1) != 0], axis=1)
    ranks = np.empty(flat.shape)
    np.put_along_axis(ranks, order, _shared(opens, "average"), axis=1)
    found = (count - ranks) / (count - 1)
    found[falling[:, 0] == falling[:, -1]] = 0.0
    return found.reshape(runs, kinds, count).transpose(0, 2, 1)


# (runs x places x indicators, directions, the parameters of the step) -> normalized values
BATCHED_SCALES: dict[str, Callable[..., np.ndarray]] = {"minmax": _minmax, "zscore": _zscore, "rank": _rank}
