"""Bring normalized indicators together up the framework tree, and credit the index to the indicators.

A node of the tree is the tuple of group names from the top: ``()`` is the index, ``("input",)`` a group of level 1.
Every method gives higher-is-better scores and credits that add up to the score of each place.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import pandas as pd

from ....data.errors import OptionError
from ....data.options import check_choice, check_names
from ....data.wording.catalogue import join_texts, text
from .benefit_of_doubt import benefit_of_doubt, benefit_of_doubt_parts, check_benefit_of_doubt
from .copeland import copeland, copeland_parts
from .electre import check_electre, electre, electre_parts
from .grey_relational import check_grey_relational, grey_relational, grey_relational_parts
from .mazziotta_pareto import check_mazziotta_pareto, mazziotta_pareto, mazziotta_pareto_parts
from .means import (
    ROUNDING,
    arithmetic,
    arithmetic_parts,
    check_power,
    geometric,
    geometric_parts,
    harmonic,
    harmonic_parts,
    power,
    power_parts,
)
from .owa import check_owa, owa, owa_parts
from .promethee import check_promethee, promethee, promethee_parts
from .topsis import check_topsis, topsis, topsis_parts
from .vikor import check_vikor, vikor, vikor_parts

__all__ = ["AGGREGATES", "AGGREGATE_AT", "Aggregate", "Node", "Tree", "aggregate_tree", "check_aggregate"]

AGGREGATE_AT = ("every_level", "top")

Node = tuple[str, ...]


@dataclass(frozen=True)
class Aggregate:
    """One way of making a score of weighted parts.

    Parameters
    ----------
    score : callable
        ``score(values, weights, **parameters)``: n x k values (n places, k parts, higher is better) and k shares to n
        scores, higher is better.
    contributions : callable
        ``contributions(values, weights, scores, **parameters)``: n x k credits whose rows add up to the scores.
    parameters : mapping
        Names and default values of the parameters.
    check : callable
        Raises `OptionError` for a parameter that no data could make work.
    nonnegative : bool
        Values below 0 are refused with `TableError`.
    proportional : bool
        A credit is a rate times the value (Euler), so it may be handed on in proportion; otherwise `aggregate_tree`
        hands it on by its slope.
    relative : bool
        A score depends on the other places too: one place alone has none.
    signed : mapping, optional
        Options under which scores may be below 0, empty where they always may; None where they never are.
    """

    score: Callable[..., np.ndarray]
    contributions: Callable[..., np.ndarray]
    parameters: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    check: Callable[..., None] = lambda: None
    nonnegative: bool = False
    proportional: bool = True
    relative: bool = False
    signed: Mapping[str, object] | None = None

    def may_be_negative(self, options: Mapping[str, object]) -> bool:
        """Return whether scores may be below 0 under some parameters."""
        full = {**self.parameters, **options}
        return self.signed is not None and all(full[name] == value for name, value in self.signed.items())


AGGREGATES: dict[str, Aggregate] = {
    "arithmetic": Aggregate(arithmetic, arithmetic_parts),
    "geometric": Aggregate(geometric, geometric_parts, nonnegative=True),
    "harmonic": Aggregate(harmonic, harmonic_parts, nonnegative=True),
    "power": Aggregate(power, power_parts, {"p": 0.5}, check=check_power, nonnegative=True),
    "topsis": Aggregate(
        topsis,
        topsis_parts,
        {"ideal": "observed", "weigh": "values"},
        check=check_topsis,
        proportional=False,
        relative=True,
    ),
    "vikor": Aggregate(vikor, vikor_parts, {"v": 0.5}, check=check_vikor, proportional=False, relative=True),
    "copeland": Aggregate(copeland, copeland_parts, proportional=False, relative=True),
    "grey_relational": Aggregate(
        grey_relational,
        grey_relational_parts,
        {"rho": 0.5, "ideal": "observed"},
        check=check_grey_relational,
        proportional=False,
        relative=True,
    ),
    "promethee_ii": Aggregate(
        promethee,
        promethee_parts,
        {"preference": "usual", "q": 0.0, "p": 1.0},
        check=check_promethee,
        proportional=False,
        relative=True,
        signed={},
    ),
    "electre_iii": Aggregate(
        electre,
        electre_parts,
        {"q": 0.05, "p": 0.1, "v": None, "exploit": "distillation"},
        check=check_electre,
        proportional=False,
        relative=True,
        signed={"exploit": "net"},
    ),
    "owa": Aggregate(owa, owa_parts, {"order": "most"}, check=check_owa),
    "mazziotta_pareto": Aggregate(
        mazziotta_pareto,
        mazziotta_pareto_parts,
        {"sign": "minus", "scale": "z"},
        check=check_mazziotta_pareto,
        proportional=False,
        relative=True,
    ),
    "benefit_of_doubt": Aggregate(
        benefit_of_doubt,
        benefit_of_doubt_parts,
        {"low": 0.0, "high": 1.0, "band": None},
        check=check_benefit_of_doubt,
        nonnegative=True,
        relative=True,
    ),
}


def check_aggregate(name: str, parameters: Mapping[str, object] | None = None) -> None:
    """Raise `OptionError` unless the method and its parameters can work on some data.

    Examples
    --------
    >>> check_aggregate("power", {"p": 0.5})
    """
    check_choice("aggregate", name, AGGREGATES)
    given, method = dict(parameters or {}), AGGREGATES[name]
    if given:
        if not method.parameters:
            raise OptionError(
                text("faults.calls.tree.aggregate_takes_parameters", name=name, given=join_texts(sorted(given)))
            )
        check_names(f"aggregate {name}", given, method.parameters)
    method.check(**given)


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


Method = tuple[str, Mapping[str, object]]


def aggregate_tree(
    normalized: pd.DataFrame,
    tree: Tree,
    *,
    methods: Mapping[int | str, Method] | None = None,
    method: str = "arithmetic",
    at: str = "every_level",
) -> tuple[dict[Node, np.ndarray], pd.DataFrame]:
    r"""Return the scores of every node, and the contributions of the indicators to the index.

    ``methods`` names the aggregate of every depth, with its parameters: 0 or ``"index"`` for the index, 1 or
    ``"level1"`` and 2 or ``"level2"`` for the groups of that level, ``"every"`` for depths not named (arithmetic mean
    without it). ``method`` and ``at`` are the short form: one method at every level, or at the top above averages.

    A node credits its parts by its aggregate's rule, and the credit :math:`D` of a group with score :math:`s` is handed
    down to the group's own parts, which it credits :math:`c_k` with weights :math:`w_k`, as
    :math:`m c_k + w_k (D - m s)`, so that credits add up to the index whatever :math:`m` is. Where the method above
    is homogeneous :math:`m = D / s`, the chain rule; elsewhere, and where :math:`s` is 0, :math:`m` is the
    least-squares slope of :math:`D` on :math:`s` over the places.
    """
    named = _named(methods) if methods is not None else _short(method, at)
    # sorted by name, so that the order of the framework cannot show
    parts = {
        node: sorted(tree.shares(node).items(), key=lambda part: (isinstance(part[0], tuple), part[0]))
        for node in tree.nodes
    }
    scores: dict[Node, np.ndarray] = {}
    earned: dict[Node, np.ndarray] = {}
    for node in reversed(tree.nodes):
        name, parameters = named(node)
        columns = [
            normalized[part].to_numpy(float) if isinstance(part, str) else scores[part] for part, _ in parts[node]
        ]
        values, weights = np.column_stack(columns), np.array([share for _, share in parts[node]])
        scores[node] = AGGREGATES[name].score(values, weights, **parameters)
        earned[node] = AGGREGATES[name].contributions(values, weights, scores[node], **parameters)
    handed: dict[Node, np.ndarray] = {(): scores[()]}
    chained: dict[Node, bool] = {(): True}
    credit: dict[str, np.ndarray] = {}
    for node, members in parts.items():
        share = np.array([weight for _, weight in members])
        split = _split(handed[node], scores[node], earned[node], share, tree.weight(node), chained=chained[node])
        for (part, _), column in zip(members, split.T, strict=True):
            if isinstance(part, str):
                credit[part] = column
            else:
                handed[part] = column
                chained[part] = chained[node] and AGGREGATES[named(node)[0]].proportional
    return scores, pd.DataFrame({name: credit[name] for name in tree.paths}, index=normalized.index)


def _split(
    handed: np.ndarray, scores: np.ndarray, earned: np.ndarray, share: np.ndarray, weight: float, *, chained: bool
) -> np.ndarray:
    away = scores - math.fsum(scores) / len(scores)
    square = math.fsum(away**2)
    # scores that differ by rounding only have no slope
    spread = math.sqrt(square / len(scores)) > ROUNDING * max(1.0, float(np.abs(scores).max()))
    rate = np.full(len(scores), math.fsum(away * handed) / square if spread else weight)
    if chained:
        np.divide(handed, scores, out=rate, where=scores != 0)
        return earned * rate[:, None]
    return earned * rate[:, None] + (handed - rate * scores)[:, None] * share


def _short(method: str, at: str) -> Callable[[Node], Method]:
    check_aggregate(method)
    check_choice("aggregate_at", at, AGGREGATE_AT)
    return lambda node: (method, {}) if at == "every_level" or not node else ("arithmetic", {})


def _named(methods: Mapping[int | str, Method]) -> Callable[[Node], Method]:
    known = ["index", "level1", "level2", "every"]
    chosen: dict[str, Method] = {}
    for key, (name, parameters) in methods.items():
        level = ("index" if key == 0 else f"level{key}") if isinstance(key, int) else key
        check_names("methods", {level: name}, known)
        check_aggregate(name, parameters)
        chosen[level] = (name, parameters)
    fallback = chosen.get("every", ("arithmetic", {}))
    return lambda node: chosen.get(f"level{len(node)}" if node else "index", fallback)
