"""Average normalized indicators up the framework tree, and credit the index to the indicators.

A node of the tree is the tuple of group names from the top: ``()`` is the index, ``("input",)`` a group of level 1.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

__all__ = ["AGGREGATES", "AGGREGATE_AT", "Node", "Tree", "aggregate_tree"]

AGGREGATES = ("arithmetic", "geometric")
AGGREGATE_AT = ("every_level", "top")

Node = tuple[str, ...]


@dataclass(frozen=True)
class Tree:
    """The framework with the effective weights of its indicators.

    Parameters
    ----------
    paths : dict
        For each indicator the node it hangs on.
    weights : dict
        Effective weight of each indicator.
    """

    paths: dict[str, Node]
    weights: dict[str, float]

    @property
    def nodes(self) -> list[Node]:
        """Every node, parents before children, in the order of the framework."""
        found = {path[:depth]: None for path in self.paths.values() for depth in range(len(path) + 1)}
        return sorted(found, key=len)

    def indicators(self, node: Node) -> list[str]:
        """Return the indicators that hang on a node itself."""
        return [name for name, path in self.paths.items() if path == node]

    def groups(self, node: Node) -> list[Node]:
        """Return the nodes one level below a node."""
        return [other for other in self.nodes if len(other) == len(node) + 1 and other[: len(node)] == node]

    def weight(self, node: Node) -> float:
        """Return the sum of the effective weights below a node."""
        return math.fsum(self.weights[name] for name, path in self.paths.items() if path[: len(node)] == node)

    def shares(self, node: Node) -> dict[str | Node, float]:
        """Return the weights of a node's children within it; equal ones where the node carries no weight."""
        parts: dict[str | Node, float] = {name: self.weights[name] for name in self.indicators(node)}
        parts |= {group: self.weight(group) for group in self.groups(node)}
        total = math.fsum(parts.values())
        if total <= 0:
            return dict.fromkeys(parts, 1.0 / len(parts))
        return {part: weight / total for part, weight in parts.items()}


def aggregate_tree(
    normalized: pd.DataFrame, tree: Tree, *, method: str, at: str
) -> tuple[dict[Node, np.ndarray], pd.DataFrame]:
    r"""Return the scores of every node, and the contributions of the indicators to the index.

    The weighted means of values :math:`x_k` with shares :math:`w_k` are :math:`\sum_k w_k x_k` (arithmetic) and
    :math:`\prod_k x_k^{w_k}` (geometric). The contribution of indicator :math:`i` to the index :math:`S` is
    :math:`x_i \, \partial S / \partial x_i`; both means being homogeneous of degree one, contributions add up to the
    score (Euler). Under the arithmetic mean it is the effective weight times the value; under the geometric mean the
    effective weight times the score.
    """
    scores: dict[Node, np.ndarray] = {}
    slopes: dict[Node, dict[str | Node, np.ndarray]] = {}
    for node in reversed(tree.nodes):
        shares = tree.shares(node)
        values = np.column_stack(
            [normalized[part].to_numpy() if isinstance(part, str) else scores[part] for part in shares]
        )
        weights = np.array(list(shares.values()))
        geometric = method == "geometric" and (at == "every_level" or not node)
        scores[node] = _geometric(values, weights) if geometric else _arithmetic(values, weights)
        steps = _geometric_slopes(values, weights, scores[node]) if geometric else np.tile(weights, (len(values), 1))
        slopes[node] = dict(zip(shares, steps.T, strict=True))
    credit = {}
    for name, path in tree.paths.items():
        slope = slopes[path][name]
        for depth in range(len(path)):
            slope = slope * slopes[path[:depth]][path[: depth + 1]]
        credit[name] = slope * normalized[name].to_numpy()
    return scores, pd.DataFrame(credit, index=normalized.index)


def _arithmetic(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    # fsum rounds once, so the order of the indicators cannot show
    return np.array([math.fsum(row) for row in (values * weights).tolist()])


def _geometric(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    used = weights > 0
    means = []
    for row in values[:, used].tolist():
        logs = [
            weight * math.log(value) for weight, value in zip(weights[used].tolist(), row, strict=True) if value > 0
        ]
        means.append(math.exp(math.fsum(logs)) if len(logs) == len(row) else 0.0)
    return np.array(means)


def _geometric_slopes(values: np.ndarray, weights: np.ndarray, means: np.ndarray) -> np.ndarray:
    # at a value of 0 the mean is 0 and so is every contribution
    safe = np.where(values > 0, values, 1.0)
    return np.where(values > 0, weights * means[:, None] / safe, 0.0)
