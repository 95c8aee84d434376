"""Share the joint benefit of a few partners so that each has a reason to take part (Shapley value and core)."""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from ...data.errors import OptionError, SizeError
from ...data.options import is_number, refuse
from ..flows.check_graph import flow_values, ordered

__all__ = ["BenefitSharing", "coalition_flows", "share_benefit"]

_MOST = 12


@dataclass(frozen=True, eq=False)
class BenefitSharing:
    """How the benefit of all is shared.

    Attributes
    ----------
    shares : DataFrame
        ``partner, alone`` (its worth by itself), ``last`` (what all lose without it), ``shapley, gain`` (Shapley value
        less worth alone), ``stable`` (the shares nearest to the Shapley values that no coalition can better; missing if
        there are none).
    coalitions : DataFrame
        ``coalition`` (with semicolons), ``size, worth, shapley`` (sum of its values), ``excess`` (worth less that sum:
        above 0 where it does better by itself), smaller coalitions first.
    summary : Series
        ``worth`` of all, ``shapley_in_core, core_exists``, ``least_excess`` (the smallest largest excess that any
        shares can have: above 0 it is the subsidy per coalition without which no shares are stable).
    """

    shares: pd.DataFrame
    coalitions: pd.DataFrame = field(repr=False)
    summary: pd.Series = field(repr=False)


def coalition_flows(
    flows: pd.DataFrame, partners: Iterable[Hashable] | None = None
) -> dict[frozenset[Hashable], float]:
    """Return the flow among the members of each coalition, which is what it is worth if ties need both ends.

    - The worth of one partner alone is its flow to itself.
    - Under this worth the Shapley value of a partner is half of its flows with the others plus its own, and no
      coalition does better by itself.

    Parameters
    ----------
    flows : DataFrame
        ``source, target, value``; both directions of a pair are added.
    partners : iterable, optional
        Places that may take part; all of the flows if not given.

    Returns
    -------
    dict
        Coalition (a frozenset) -> worth, in the unit of the flows; every coalition of at least one partner.

    Raises
    ------
    TableError
        As `to_graph`.
    SizeError
        More than 12 partners.

    Examples
    --------
    >>> flows = pd.DataFrame({"source": ["A", "A"], "target": ["B", "C"], "value": [4.0, 2.0]})
    >>> coalition_flows(flows)[frozenset("AB")]
    4.0
    """
    values = flow_values(flows)
    names = ordered(partners if partners is not None else [*flows["source"], *flows["target"]])
    _check_size(names)
    ends = list(zip(flows["source"], flows["target"], values, strict=True))
    return {
        group: float(np.sort([v for a, b, v in ends if a in group and b in group]).sum())
        for group in _coalitions(names)
    }


def share_benefit(worth: Mapping[Hashable | Iterable[Hashable], float]) -> BenefitSharing:
    r"""Share the worth of all partners by the Shapley value, and check that each coalition has a reason to take part.

    With the worth v(S) of each coalition S of the n partners N,

    .. math:: \phi_i = \sum_{S \not\ni i} \frac{|S|! (n - |S| - 1)!}{n!} (v(S \cup i) - v(S))

    Shares x are in the core, and all participation constraints hold, if :math:`\sum_{i \in S} x_i \ge v(S)` for every
    coalition and :math:`\sum x_i = v(N)`.

    - The Shapley values add up to the worth of all; partners that add the same to every coalition get the same.
    - A partner that adds only its worth alone gets that.
    - Where the Shapley values are in the core, ``stable`` equals them.

    Parameters
    ----------
    worth : mapping
        Coalition -> worth, for every coalition of at least one partner: the name of a single partner, or a tuple or
        frozenset of names.

    Returns
    -------
    BenefitSharing
        Shares, coalitions and summary.

    Raises
    ------
    OptionError
        A coalition without worth or given twice, or a worth that is no finite number.
    SizeError
        More than 12 partners, whose coalitions are more than 4,095.

    References
    ----------
    Shapley (1953) *Contributions to the Theory of Games* II; Gillies (1959) *Contributions to the Theory of Games* IV.

    Examples
    --------
    >>> found = share_benefit({"A": 0, "B": 0, "C": 0, ("A", "B"): 6, ("A", "C"): 3, ("B", "C"): 0, ("A", "B", "C"): 9})
    >>> found.shares[["partner", "alone", "shapley"]].to_numpy().tolist()
    [['A', 0.0, 4.5], ['B', 0.0, 3.0], ['C', 0.0, 1.5]]
    >>> bool(found.summary["shapley_in_core"])
    True
    """
    given = [(_members(key), value) for key, value in worth.items()]
    names = ordered(name for group, _ in given for name in group)
    _check_size(names)
    groups = list(_coalitions(names))
    held = Counter(group for group, _ in given)
    refuse(
        [
            *(["worth: needed at least one partner, got none"] if not names else []),
            *(f"worth: needed one number for {_said(g)}, got several" for g, number in held.items() if number > 1),
            *(f"worth: needed a number for every coalition, got none for {_said(g)}" for g in groups if g not in held),
            *(f"worth: needed finite numbers, got {v!r} for {_said(g)}" for g, v in given if not is_number(v)),
        ]
    )
    value = {group: float(number) for group, number in given} | {frozenset(): 0.0}
    n, whole = len(names), frozenset(names)
    shapley = np.array(
        [
            sum((value[g | {i}] - value[g]) / (n * comb(n - 1, len(g))) for g in [frozenset(), *groups] if i not in g)
            for i in names
        ]
    )
    member = np.array([[name in group for name in names] for group in groups], dtype=float)
    amounts = np.array([value[group] for group in groups])
    room = 1e-9 * max(1.0, float(np.abs(amounts).max()))
    excess = amounts - member @ shapley
    least = _least_excess(member[:-1], amounts[:-1], amounts[-1])
    inside, exists = bool((excess <= room).all()), least <= room
    stable = (
        shapley if inside else _nearest(member, amounts - max(0.0, least), shapley) if exists else np.full(n, np.nan)
    )
    shares = pd.DataFrame({"partner": pd.Series(names), "alone": [value[frozenset({name})] for name in names]})
    shares["last"] = [value[whole] - value[whole - {name}] for name in names]
    shares["shapley"], shares["gain"], shares["stable"] = shapley, shapley - shares["alone"], stable
    table = pd.DataFrame({"coalition": [_said(g) for g in groups], "size": [len(g) for g in groups], "worth": amounts})
    table["shapley"], table["excess"] = member @ shapley, excess
    summary = {"worth": amounts[-1], "shapley_in_core": inside, "core_exists": exists, "least_excess": least}
    return BenefitSharing(shares, table, pd.Series(summary, dtype=object))


def _members(key: Hashable | Iterable[Hashable]) -> frozenset[Hashable]:
    return frozenset(key) if isinstance(key, tuple | frozenset) else frozenset([key])  # type: ignore[list-item]


def _coalitions(names: list) -> Iterable[frozenset[Hashable]]:
    return (frozenset(group) for size in range(1, len(names) + 1) for group in combinations(names, size))


def _said(group: frozenset[Hashable]) -> str:
    return "; ".join(map(str, ordered(group)))


def _check_size(names: list) -> None:
    if len(names) > _MOST:
        raise SizeError(
            f"partners: needed at most {_MOST}, got {len(names)} with {2 ** len(names) - 1:,} coalitions; unite some"
        )


def _least_excess(member: np.ndarray, amounts: np.ndarray, whole: float) -> float:
    """Return the smallest e with x(S) >= v(S) - e for every coalition but that of all."""
    if not len(amounts):
        return -np.inf
    n = member.shape[1]
    found = linprog(
        np.append(np.zeros(n), 1.0),
        A_ub=np.column_stack([-member, -np.ones(len(member))]),
        b_ub=-amounts,
        A_eq=np.append(np.ones(n), 0.0)[None, :],
        b_eq=[whole],
        bounds=[(None, None)] * (n + 1),
        method="highs-ds",
    )
    if found.fun is None:
        raise OptionError(f"worth: needed numbers that can be solved, got: {found.message}; rescale them")
    return float(found.fun)


def _nearest(member: np.ndarray, amounts: np.ndarray, shapley: np.ndarray) -> np.ndarray:
    """Return shares in the core with the least sum of changes from the Shapley values."""
    n = len(shapley)
    # the unknowns are what each share rises, then what each falls
    found = linprog(
        np.ones(2 * n),
        A_ub=np.column_stack([-member[:-1], member[:-1]]),
        b_ub=member[:-1] @ shapley - amounts[:-1],
        A_eq=np.append(np.ones(n), -np.ones(n))[None, :],
        b_eq=[0.0],
        method="highs-ds",
    )
    if found.x is None:
        raise OptionError(f"worth: needed numbers that can be solved, got: {found.message}; rescale them")
    return shapley + found.x[:n] - found.x[n:]
