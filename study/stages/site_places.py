"""Site further centers as a study asks: the best layout of each number of them, and what each brings."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...data import InnoscapeError, StudyError
from ...data.contracts.results import result_tables
from ..plan.siting_plan import MOST, SitingPlan, siting_faulty
from .analyzed import Analyzed
from .build_chain import Chain
from .compare_access import changed_costs, compare_access
from .scenarios import scenario_titles
from .siting_inputs import SitingInputs, siting_inputs
from .siting_shapes import reached_in_situations, siting_shapes

if TYPE_CHECKING:
    from ...geo import Siting
    from ...geo.space.siting_task import SitingTask

__all__ = ["site_places"]

# share of all demand that is rounding
_TOLERANCE = 1e-9
_ROLES = {"existing": "existing", "new": "proposed"}
Layouts = list[tuple[int, "Siting | str"]]


def site_places(chain: Chain, plan: SitingPlan, *, trial: bool = False) -> Analyzed:
    """Site further centers.

    Parameters
    ----------
    chain : Chain
    plan : SitingPlan
    trial : bool
        Whether only what can fail is tried: no layout is sought.

    Returns
    -------
    Analyzed
        ``siting_layouts``, ``siting``, ``siting_assignment``, ``siting_access``, ``isochrones``; layers
        ``sites``, ``siting_ways`` and ``isochrones`` of the layout shown.

    Raises
    ------
    StudyError
        If demand, candidates, costs or capacities do not fit one another, or no layout can serve all demand.
    """
    given = siting_inputs(chain, plan)
    most = _most(plan, given)
    with _refusing():
        _check_served(given, plan, most)
    changed = changed_costs(chain, plan, given)
    if trial:
        if plan.isochrones is not None:
            reached_in_situations(chain.inputs, plan, given, [], changed)
        return Analyzed({})
    with _refusing():
        layouts = _layouts(given, plan, most)
    shown = _shown(layouts, plan)
    tables = {
        "siting_layouts": _layout_table(layouts, given, plan, shown),
        "siting": _named(_site_table(layouts, given), chain),
        "siting_assignment": _named(_assignment_table(layouts), chain),
    }
    layers = {}
    if shown is not None:
        sites = tables["siting"][tables["siting"]["added"] == shown].drop(columns="added")
        ways = tables["siting_assignment"][tables["siting_assignment"]["added"] == shown].drop(columns="added")
        layers = siting_shapes(chain.inputs, sites, ways)
        if plan.isochrones is not None:
            reached = reached_in_situations(chain.inputs, plan, given, list(sites["place"]), changed)
            areas, layers["isochrones"] = reached
            tables["isochrones"] = areas.assign(role=areas["place"].map(sites.set_index("place")["role"]))
    if changed:
        of = {added: found.centers["place"].tolist() for added, found in layouts if not isinstance(found, str)}
        kept = {added: sites for added, sites in of.items() if added in (0, shown) and sites}
        with _refusing():
            tables["scenario_titles"] = scenario_titles(chain.inputs.study)
            tables["siting_access"] = compare_access(given, plan, kept, changed, shown)
    return Analyzed({name: _as_contract(name, table) for name, table in tables.items()}, layers)


def _most(plan: SitingPlan, given: SitingInputs) -> int:
    """Return how many further centers are compared."""
    free = len(given.candidates)
    for key in ("most", "count"):
        wanted = getattr(plan, key)
        if wanted is not None and wanted > free:
            raise siting_faulty("faults.siting.most", key, got=wanted, n=free)
    most = min(MOST, free) if plan.most is None else plan.most
    if not (most or given.existing):
        raise siting_faulty("faults.siting.nothing", "most")
    return most


@contextmanager
def _refusing() -> Iterator[None]:
    """Turn what the library refuses into a fault of the section."""
    try:
        yield
    except StudyError:
        raise
    except InnoscapeError as error:
        raise siting_faulty("faults.siting.unfit", error=error) from None


def _options(given: SitingInputs) -> dict[str, Any]:
    return {
        "demand": given.demand,
        "candidates": pd.DataFrame({"place": given.candidates or [*given.existing]}),
        "costs": given.costs,
        "existing": [*given.existing],
        "capacities": given.capacities,
    }


def _check_served(given: SitingInputs, plan: SitingPlan, most: int) -> None:
    """Refuse a siting of which can be said beforehand that no layout serves all demand."""
    from ...geo.space.siting import EXACT_PAIRS
    from ...geo.space.siting_task import siting_task

    task = siting_task(**_options(given), weight="demand")
    if task.capacity is not None and plan.method != "exact" and task.pairs > EXACT_PAIRS:
        raise siting_faulty("faults.siting.size", "method", n=task.pairs, most=EXACT_PAIRS)
    if plan.problem == "max_cover":
        return
    covers = plan.problem == "set_cover"
    near = task.cost.min(axis=1)
    if (lost := np.isinf(near)).any():
        places = [task.places[i] for i in np.flatnonzero(lost)]
        raise siting_faulty("faults.siting.unreachable", "travel" if plan.travel else "demand", places=places)
    if covers and (far := near > plan.radius).any():
        places = [task.places[i] for i in np.flatnonzero(far)]
        values = {"places": places, "radius": f"{plan.radius:g}", "least": f"{_above(near.max()):g}"}
        raise siting_faulty("faults.siting.radius", "radius", **values)
    _check_room(task.within(plan.radius if covers else None), None if covers else most)


def _above(value: float) -> float:
    """Round a number up to six digits, so that what is written is not less."""
    digits = 5 - int(np.floor(np.log10(value))) if value > 0 else 0
    return float(np.ceil(value * 10.0**digits) / 10.0**digits)


def _check_room(ways: "SitingTask", most: int | None) -> None:
    """Refuse capacities that do not hold all demand, and a number of centers that is certainly too small."""
    from ...geo.space.siting_programs import cover_bound, shortage

    standing, whole = int(ways.fixed.sum()), float(ways.demand.sum())
    needed = standing
    if ways.capacity is not None:
        if (lacking := shortage(ways)) > _TOLERANCE * whole:
            values = {"whole": f"{whole:g}", "room": f"{whole - lacking:g}", "lacking": f"{_above(lacking):g}"}
            raise siting_faulty("faults.siting.room", "capacities", **values)
        room = ways.capacity[ways.fixed].sum() + np.cumsum([0.0, *np.sort(ways.capacity[~ways.fixed])[::-1]])
        needed = standing + int(np.argmax(room >= whole * (1 - _TOLERANCE)))
    if most is not None and np.isinf(ways.cost).any():
        needed = max(needed, int(np.ceil(cover_bound(ways) - 1e-6)))
    if most is not None and needed > standing + most:
        raise siting_faulty("faults.siting.count", "most", n=needed - standing, most=most)


def _layouts(given: SitingInputs, plan: SitingPlan, most: int) -> Layouts:
    """Return the layout of each number of further centers; of a set cover the standing one and the least."""
    from ...geo import site_centers
    from ...geo.space.siting import site_each

    options = _options(given) | {"radius": plan.radius, "method": plan.method}
    if plan.problem != "set_cover":
        return site_each(**options, problem=plan.problem, most=most)
    found = site_centers(**options, problem="set_cover")
    added = len(found.centers) - len(given.existing)
    if not added:
        return [(0, found)]
    if not given.existing:
        return [(0, "no center"), (added, found)]
    return [(0, site_centers(**options, problem="max_cover", count=0)), (added, found)]


def _shown(layouts: Layouts, plan: SitingPlan) -> int | None:
    """Return the number of further centers that is shown: the one asked for, else the elbow, else the last."""
    from ...geo.space.elbow import elbow

    served = [(added, found.objective) for added, found in layouts if not isinstance(found, str)]
    numbers = [added for added, _ in served]
    if not numbers:
        return None
    if plan.count is not None:
        return min((n for n in numbers if n >= plan.count), default=numbers[-1])
    at = None if plan.problem == "set_cover" else elbow(numbers, [value for _, value in served])
    return numbers[-1 if at is None else at]


def _layout_table(layouts: Layouts, given: SitingInputs, plan: SitingPlan, shown: int | None) -> pd.DataFrame:
    from ...geo.space.siting import layout_row

    covered = plan.radius is not None
    rows = []
    for added, found in layouts:
        row = layout_row(added, found, covered=covered)
        if not isinstance(found, str) and found.problem != plan.problem:
            # a layout that does not cover all is none of a set cover, though it stands
            row = layout_row(added, "infeasible", covered=covered) | found.balance.to_dict()
        method = None if isinstance(found, str) else found.method
        rows.append(row | {"method": method, "shown": added == shown})
    year = pd.array([given.year] * len(rows), dtype="Int64")
    about = {"variable": plan.demand.key, "year": year, "problem": plan.problem, "unit": given.unit}
    table = pd.DataFrame(rows).assign(**about)
    return table.assign(centers=pd.array(table["centers"].tolist(), dtype="Float64").astype("Int64"))


def _site_table(layouts: Layouts, given: SitingInputs) -> pd.DataFrame:
    parts = [found.centers.assign(added=added) for added, found in layouts if not isinstance(found, str)]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["place", "status"])
    room = given.capacities
    return table.assign(
        role=table["status"].map(_ROLES),
        status=[given.existing.get(place, "computed") for place in table["place"]],
        capacity=np.nan if room is None else table["place"].map(room).astype(float),
    )


def _assignment_table(layouts: Layouts) -> pd.DataFrame:
    parts = [found.assignments.assign(added=added) for added, found in layouts if not isinstance(found, str)]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["place", "center", "cost"])
    # who is served by nobody has no cost
    return table.rename(columns={"center": "site"}).assign(cost=table["cost"].replace(np.inf, np.nan))


def _named(table: pd.DataFrame, chain: Chain) -> pd.DataFrame:
    names = chain.inputs.names
    return table.assign(**{name: table["place"].map(names[name]) for name in names})


def _as_contract(name: str, table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(table).reindex(columns=list(result_tables()[name].fixed)).reset_index(drop=True)
