"""Choose where to open centers so that demand is served best, and compare layouts of more and more of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from ...data.budget import require
from ...data.concentration import gini
from ...data.errors import InfeasibleError, SizeError
from ...data.methods import documented
from ...data.option_checks import a_whole_number
from ...data.options import check_choice
from ...data.wording.catalogue import text
from .siting_checks import check_count, check_radius, check_served
from .siting_layouts import Layout, best_layout
from .siting_task import SitingTask, siting_task

__all__ = ["EXACT_PAIRS", "Siting", "SitingProblem", "compare_layouts", "layout_row", "site_centers", "site_each"]

SitingProblem = Literal["p_median", "p_center", "max_cover", "set_cover"]
PROBLEMS: tuple[str, ...] = get_args(SitingProblem)
SitingMethod = Literal["auto", "exact", "heuristic"]
METHODS: tuple[str, ...] = get_args(SitingMethod)
FORMULAS: Mapping[str, str] = {
    "p_median": "min Σ<sub>i</sub> w<sub>i</sub> min<sub>j ∈ J</sub> c<sub>ij</sub>, |J| = p",
    "p_center": "min max<sub>i</sub> min<sub>j ∈ J</sub> c<sub>ij</sub>, |J| = p",
    "max_cover": "max Σ<sub>i</sub> w<sub>i</sub> [min<sub>j ∈ J</sub> c<sub>ij</sub> ≤ r], |J| = p",
    "set_cover": "min |J|, min<sub>j ∈ J</sub> c<sub>ij</sub> ≤ r",
}
# places x sites up to which "auto" solves exactly
EXACT_PAIRS = 100_000
# bytes of a place and candidate, where the answer is proved and where it is searched
_PROOF, _SEARCH = 1200.0, 100.0
# gaps that are rounding: of search, and of the solver
_TOLERANCE, _SOLVER_TOLERANCE = 1e-9, 1e-6


@dataclass(frozen=True)
class Siting:
    """What `site_centers` found.

    Parameters
    ----------
    problem, method : str
        The problem, and ``"exact"`` or ``"heuristic"``.
    objective : float
        Demand-weighted cost (p-median), largest cost (p-center), demand covered (max cover), centers (set cover).
    bound : float
        No layout does better than this.
    gap : float
        Distance of objective and bound, as a share of the larger; 0 where the layout is proven best (to 1e-6, the
        tolerance of the solver).
    centers : DataFrame
        ``place``, ``status`` (``existing``, ``new``), ``places`` (nearest to it), ``demand`` (that it serves),
        ``share`` (of all demand), ``mean_cost`` and ``max_cost`` (missing where it serves nobody); existing centers
        first, then by key.
    assignments : DataFrame
        ``place``, ``center``, ``demand``, ``cost``, with a radius ``covered``: the center of each place with demand,
        by key; demand that nobody serves has no center and infinite cost.
    balance : Series
        ``centers``, ``mean_cost``, ``max_cost``, ``gini`` (of the costs, weighted by demand), ``share_served``, with a
        radius ``share_covered``; costs are those of the demand that is served.
    """

    problem: str
    method: str
    objective: float
    bound: float
    gap: float
    centers: pd.DataFrame = field(repr=False)
    assignments: pd.DataFrame = field(repr=False)
    balance: pd.Series = field(repr=False)


@documented(
    "hakimi1964",
    "church1974",
    "toregas1971",
    "teitz1968",
    "cornuejols1977",
    "gao2015",
    formula=lambda options: FORMULAS[options.get("problem", "p_median")],
)
def site_centers(
    demand: pd.DataFrame,
    candidates: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    problem: SitingProblem = "p_median",
    count: int | None = None,
    radius: float | None = None,
    weight: str = "demand",
    capacities: Mapping[str, float] | pd.Series | None = None,
    existing: Iterable[str] = (),
    method: SitingMethod = "auto",
) -> Siting:
    r"""Choose the candidates that become centers.

    With demand :math:`w_i`, costs :math:`c_{ij}` and centers :math:`J`, the existing ones among them:

    - ``"p_median"``: least :math:`\sum_i w_i \min_{j \in J} c_{ij}`;
    - ``"p_center"``: least :math:`\max_i \min_{j \in J} c_{ij}`, over places with demand;
    - ``"max_cover"``: most demand with a center within ``radius``;
    - ``"set_cover"``: fewest centers such that all demand has one within ``radius``.

    Up to 100,000 places x candidates the answer is exact: by integer programs (HiGHS), for a p-median after a
    Lagrangian relaxation has decided most candidates, for a p-center by set covers of halved ranges of costs. Beyond,
    greedy choice and exchange (Teitz and Bart; Gao, Weise and Li for covers, of which a p-center is made too) give a
    layout and a relaxation bounds it: Lagrangian for a p-median, linear otherwise; ``gap`` says how far it may be from
    the best.

    - Results do not depend on the order of rows. Of equally good layouts one is taken, always the same; a place goes
      to the first by key of its nearest centers.
    - Under capacities the demand of a place may be divided among centers, and is where that costs less.
    - One more center never makes the objective worse.

    Parameters
    ----------
    demand : DataFrame
        ``place`` (unique) and the column of demand: people, firms, patents. Places without demand are left out.
    candidates : DataFrame
        ``place`` (unique): where a center may be opened.
    costs : DataFrame
        Cost from each place of demand (rows) to each candidate (columns), at least 0, infinite or missing where there
        is no way, as from `innoscape.geo.travel_costs` or `innoscape.geo.distance_matrix`; or a table
        ``source, target, value``.
    problem : {"p_median", "p_center", "max_cover", "set_cover"}
        What is sought.
    count : int, optional
        Centers to add to the existing ones; not for a set cover.
    radius : float, optional
        Largest cost that covers, in the unit of costs; for a p-median or p-center it is reported alone.
    weight : str
        Column of demand, at least 0.
    capacities : mapping or Series, optional
        Largest demand that each candidate and existing center can serve.
    existing : iterable of str
        Centers that stand already; ``costs`` has them.
    method : {"auto", "exact", "heuristic"}
        Whether to solve exactly; ``"auto"`` does so up to the size above.

    Returns
    -------
    Siting
        Centers, assignments, objective with its bound, balance.

    Raises
    ------
    TableError
        A missing column, a place that stands twice, negative or missing demand or costs, an empty table.
    OptionError
        An option outside its choices.
    InfeasibleError
        No layout meets the constraints: the message names the constraint and the smallest change that helps.
    SizeError
        Capacities beyond the size that is solved exactly; or a proof that takes more time or memory than the budget
        (see `innoscape.data.Budget`).
    UnknownPlaceError
        Capacities of places that are no candidates.

    References
    ----------
    Hakimi, S. L. (1964). Optimum locations of switching centers. Operations Research 12, 450-459.
    Church, R. and ReVelle, C. (1974). The maximal covering location problem. Papers of the RSA 32, 101-118.
    Toregas, C., Swain, R., ReVelle, C. and Bergman, L. (1971). The location of emergency service facilities.
    Operations Research 19, 1363-1373.
    Teitz, M. B. and Bart, P. (1968). Heuristic methods for estimating the generalized vertex median of a weighted
    graph. Operations Research 16, 955-961.
    Cornuejols, G., Fisher, M. L. and Nemhauser, G. L. (1977). Location of bank accounts to optimize float. Management
    Science 23, 789-810.
    Gao, C., Weise, T. and Li, J. (2015). An efficient local search heuristic with row weighting for the unicost set
    covering problem. European Journal of Operational Research 246, 750-761.

    Examples
    --------
    >>> demand = pd.DataFrame({"place": ["a", "b", "c", "d"], "demand": [4.0, 1.0, 1.0, 3.0]})
    >>> costs = pd.DataFrame([[0, 1, 4, 9], [1, 0, 3, 8], [4, 3, 0, 5], [9, 8, 5, 0]], list("abcd"), list("abcd"))
    >>> found = site_centers(demand, demand[["place"]], costs, count=2)
    >>> found.centers["place"].tolist(), found.objective, found.gap
    (['a', 'd'], 5.0, 0.0)
    """
    check_choice("problem", problem, PROBLEMS)
    check_choice("method", method, METHODS)
    check_radius(radius, problem)
    task = siting_task(demand, candidates, costs, weight=weight, existing=existing, capacities=capacities)
    total = check_count(task, count, problem)
    exact = method == "exact" or (method == "auto" and task.pairs <= EXACT_PAIRS)
    if task.capacity is not None and not exact:
        raise SizeError(
            text(
                "faults.calls.siting.capacities_most_places_x",
                exact_pairs=f"{EXACT_PAIRS:,}",
                pairs=f"{task.pairs:,}",
                method=repr(method),
            )
        )
    require(
        f"a layout of {task.pairs:,} places x candidates",
        'pass method="heuristic"' if exact else "take fewer candidates, or the demand of larger areas",
        memory=task.pairs * (_PROOF if exact else _SEARCH),
    )
    ways = task.within(radius) if problem in ("max_cover", "set_cover") else task
    if problem != "max_cover":
        check_served(task, ways, total, radius if problem == "set_cover" else None, exact=exact)
    layout = best_layout(ways, problem, total, exact=exact)
    return _result(task, problem, layout, radius=radius, exact=exact)


def compare_layouts(
    demand: pd.DataFrame,
    candidates: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    most: int,
    problem: Literal["p_median", "p_center", "max_cover"] = "p_median",
    radius: float | None = None,
    weight: str = "demand",
    capacities: Mapping[str, float] | pd.Series | None = None,
    existing: Iterable[str] = (),
    method: SitingMethod = "auto",
) -> pd.DataFrame:
    """Site 0, 1, 2 … further centers and set the layouts beside one another.

    - The row of 0 is the layout as it stands; without existing centers its status is ``"no center"``.
    - A number that cannot serve all demand has the status ``"infeasible"``, and no figures.

    Parameters
    ----------
    demand, candidates, costs, problem, radius, weight, capacities, existing, method
        As for `site_centers`.
    most : int
        Largest number of centers to add, at least 0.

    Returns
    -------
    DataFrame
        One row a number: ``added``, ``status`` (``"best"``, ``"bounded"``, ``"no center"``, ``"infeasible"``),
        ``new`` (places added, joined by ``"; "``), ``objective``, ``bound``, ``gap``, then the balance: ``centers``,
        ``mean_cost``, ``max_cost``, ``gini``, ``share_served`` and with a radius ``share_covered``.

    Raises
    ------
    TableError, OptionError, SizeError, UnknownPlaceError
        As `site_centers` does, but for numbers that cannot serve all demand.

    Examples
    --------
    >>> demand = pd.DataFrame({"place": ["a", "b", "c"], "demand": [2.0, 1.0, 1.0]})
    >>> costs = pd.DataFrame([[0, 2, 6], [2, 0, 4], [6, 4, 0]], list("abc"), list("abc"))
    >>> compare_layouts(demand, demand, costs, most=2, existing=["a"])[["added", "new", "mean_cost", "gini"]]
       added   new  mean_cost   gini
    0      0              2.0  0.625
    1      1     c        0.5  0.750
    2      2  b; c        0.0  0.000
    """
    layouts = site_each(
        demand, candidates, costs, most=most, problem=problem, radius=radius, weight=weight,
        capacities=capacities, existing=existing, method=method,
    )  # fmt: skip
    return pd.DataFrame([layout_row(added, found, covered=radius is not None) for added, found in layouts])


def site_each(
    demand: pd.DataFrame,
    candidates: pd.DataFrame,
    costs: pd.DataFrame,
    *,
    most: int,
    problem: SitingProblem,
    existing: Iterable[str],
    **options: Any,  # noqa: ANN401 - those of `site_centers`
) -> list[tuple[int, Siting | str]]:
    """Return the layout of each number of further centers from 0 to ``most``, or why there is none.

    Raises
    ------
    TableError, OptionError, SizeError, UnknownPlaceError
        As `compare_layouts` does.
    """
    a_whole_number(0)("most", most)
    check_choice("problem", problem, PROBLEMS[:-1])
    check_radius(options.get("radius"), problem)
    held = existing if isinstance(existing, str) else list(existing)
    read = {"weight": options.get("weight", "demand"), "capacities": options.get("capacities")}
    task = siting_task(demand, candidates, costs, existing=held, **read)
    check_count(task, most, problem, least=0)
    found: list[tuple[int, Siting | str]] = []
    for added in range(most + 1):
        if not (added or task.fixed.any()):
            found.append((added, "no center"))
            continue
        try:
            layout = site_centers(
                demand, candidates, costs, problem=problem, count=added, existing=held, **options
            )  # fmt: skip
        except InfeasibleError:
            found.append((added, "infeasible"))
        else:
            found.append((added, layout))
    return found


def layout_row(added: int, found: Siting | str, *, covered: bool) -> dict[str, object]:
    """Return a layout as a row of `compare_layouts`; why there is none as its status, without figures."""
    if isinstance(found, str):
        blank = ("objective", "bound", "gap", "centers", "mean_cost", "max_cost", "gini", "share_served")
        blank += ("share_covered",) if covered else ()
        return {"added": added, "status": found, "new": "", **dict.fromkeys(blank, np.nan)}
    new = found.centers.loc[found.centers["status"] == "new", "place"]
    row = {"added": added, "status": "bounded" if found.gap else "best", "new": "; ".join(map(str, new))}
    return {**row, "objective": found.objective, "bound": found.bound, "gap": found.gap, **found.balance.to_dict()}


def _result(task: SitingTask, problem: str, layout: Layout, *, radius: float | None, exact: bool) -> Siting:
    assigned = _assignments(task, layout, radius)
    served = assigned[np.isfinite(assigned["cost"])]
    weight, cost = served["demand"].to_numpy(dtype=float), served["cost"].to_numpy(dtype=float)
    whole = float(task.demand.sum())
    balance = {
        "centers": float(layout.chosen.sum()),
        "mean_cost": float(weight @ cost / weight.sum()) if weight.any() else np.nan,
        "max_cost": float(cost.max()) if cost.size else np.nan,
        "gini": _gini(cost, weight),
        "share_served": min(float(weight.sum()) / whole, 1.0),
    }
    if radius is not None:
        balance["share_covered"] = min(float(assigned.loc[assigned["covered"], "demand"].sum()) / whole, 1.0)
    objective = {
        "p_median": float(weight @ cost),
        "p_center": balance["max_cost"],
        "max_cover": balance.get("share_covered", 0.0) * whole,
        "set_cover": balance["centers"],
    }[problem]
    larger = max(abs(objective), abs(layout.bound))
    gap = abs(objective - layout.bound) / larger if larger else 0.0
    rounding = _SOLVER_TOLERANCE if exact else _TOLERANCE
    return Siting(
        problem=problem,
        method="exact" if exact else "heuristic",
        objective=objective,
        bound=objective if gap <= rounding else layout.bound,
        gap=0.0 if gap <= rounding else gap,
        centers=_centers(task, layout.chosen, served, whole),
        assignments=assigned,
        balance=pd.Series(balance, name="balance"),
    )


def _assignments(task: SitingTask, layout: Layout, radius: float | None) -> pd.DataFrame:
    if layout.shares is None:
        rows = np.arange(len(task.places))
        at, cost = task.nearest(layout.chosen)
        parts = task.demand
    else:
        left = np.clip(1.0 - layout.shares.sum(axis=1), 0.0, 1.0)
        left[left < _TOLERANCE] = 0.0
        i, j = np.nonzero(layout.shares)
        unserved = np.flatnonzero(left)
        rows, at = np.append(i, unserved), np.append(j, np.zeros_like(unserved))
        cost = np.append(task.cost[i, j], np.full(unserved.size, np.inf))
        parts = np.append(layout.shares[i, j], left[unserved]) * task.demand[rows]
        order = np.lexsort((at, rows))
        rows, at, cost, parts = rows[order], at[order], cost[order], parts[order]
    names = [task.sites[j] if np.isfinite(c) else None for j, c in zip(at, cost, strict=True)]
    table = pd.DataFrame({"place": [task.places[i] for i in rows], "center": names, "demand": parts, "cost": cost})
    return table if radius is None else table.assign(covered=table["cost"] <= radius)


def _centers(task: SitingTask, chosen: np.ndarray, served: pd.DataFrame, whole: float) -> pd.DataFrame:
    at = [*np.flatnonzero(chosen & task.fixed), *np.flatnonzero(chosen & ~task.fixed)]
    names = [task.sites[j] for j in at]
    weighted = served.assign(weighted=served["demand"] * served["cost"])
    by = weighted.groupby("center").agg(
        places=("place", "nunique"), demand=("demand", "sum"), weighted=("weighted", "sum"), max_cost=("cost", "max")
    )
    by = by.reindex(names)
    return pd.DataFrame(
        {
            "place": names,
            "status": ["existing" if task.fixed[j] else "new" for j in at],
            "places": by["places"].fillna(0).astype(int).to_numpy(),
            "demand": by["demand"].fillna(0.0).to_numpy(),
            "share": by["demand"].fillna(0.0).to_numpy() / whole,
            "mean_cost": (by["weighted"] / by["demand"]).to_numpy(),
            "max_cost": by["max_cost"].to_numpy(),
        }
    )


def _gini(values: np.ndarray, weights: np.ndarray) -> float:
    """Return the Gini, 0 where all costs are 0."""
    if not values.size:
        return np.nan
    return float(gini(values, weights)) if values.any() else 0.0
