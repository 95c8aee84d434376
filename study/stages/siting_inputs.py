"""Gather what a siting rests on: demand, candidates, existing sites, capacities and the costs between them."""

from dataclasses import dataclass

import pandas as pd

from ...data import Fault, StudyError
from ...data.errors import warn
from ...data.wording.catalogue import join_texts
from ..plan.inputs import Inputs
from ..plan.schema import STUDY_FILE
from ..plan.siting_plan import AT, SitingPlan, siting_faulty
from ..plan.variables import Variable
from .build_chain import Chain
from .costs import cost_matrix
from .place_variables import values_of_variable, without_containers
from .travel_between import travel_between

__all__ = ["SitingInputs", "siting_costs", "siting_inputs"]


@dataclass(frozen=True, eq=False)
class SitingInputs:
    """What `innoscape.geo.site_centers` takes of a study.

    Attributes
    ----------
    demand : DataFrame
        ``place``, ``demand`` (above 0), by place.
    year : int or None
        That of the demand.
    candidates : list of str
        By key, existing sites not among them.
    existing : dict
        Existing site -> status: how it came to be one.
    capacities : Series or None
        By site.
    costs : DataFrame
        From every place and site (rows) to every one (columns); infinite where there is no way.
    unit : str
        ``km``, ``minutes``, ``yuan``, or ``cost`` for those of the table.
    """

    demand: pd.DataFrame
    year: int | None
    candidates: list[str]
    existing: dict[str, str]
    capacities: pd.Series | None
    costs: pd.DataFrame
    unit: str

    @property
    def sites(self) -> list[str]:
        """Where centers stand or may open."""
        return sorted({*self.candidates, *self.existing})


def siting_inputs(chain: Chain, plan: SitingPlan) -> SitingInputs:
    """Return what a siting rests on.

    Raises
    ------
    StudyError
        With places that cannot be sites or be served, and demand or capacities that cannot be.
    TableError
        If edges cannot be travelled on.

    Warns
    -----
    InnoscapeWarning
        If places have no demand in the year, or capacities are those of another year.
    """
    demand, year = _demand(chain, plan)
    existing = _existing(chain, plan)
    pool = plan.candidates if plan.candidates is not None else _reachable(chain, plan)
    _check_no_aggregates(chain, {"candidates": plan.candidates or [], "existing": plan.existing or []})
    candidates = sorted({*pool} - {*existing})
    capacities = None
    if plan.capacities is not None:
        capacities = _capacities(chain, plan, plan.capacities, year)
        if plan.candidates is None:
            candidates = [place for place in candidates if place in capacities.index]
        if lost := sorted({*candidates, *existing} - {*capacities.index}):
            raise siting_faulty("faults.siting.no_capacity", "capacities", places=lost)
        capacities = capacities.loc[sorted({*candidates, *existing})]
    if not (candidates or existing):
        raise siting_faulty("faults.siting.no_candidate", "candidates")
    ends = {"demand" if plan.places is None else "places": list(demand["place"])}
    ends |= {"candidates": candidates, "existing" if plan.existing else "existing_tier": [*existing]}
    costs, unit = _costs(chain.inputs, plan, ends, year)
    return SitingInputs(demand, year, candidates, existing, capacities, costs, unit)


def _demand(chain: Chain, plan: SitingPlan) -> tuple[pd.DataFrame, int | None]:
    every = values_of_variable(chain, plan.demand, f"{AT}.demand")
    table, year = _of_year(every, plan.year, plan.year)
    if plan.places is not None:
        if lost := sorted({*plan.places} - {*table["place"]}):
            raise siting_faulty("faults.siting.places", "places", places=lost)
        table = table[table["place"].isin(plan.places)]
    else:
        table = table[table["place"].isin(without_containers(chain, table["place"]))]
        lacking = sorted({*without_containers(chain, every["place"])} - {*table["place"]})
        if lacking and year is not None:
            warn("warnings.siting.absent", n=len(lacking), places=lacking, year=year, stacklevel=3)
    if low := sorted(table.loc[table["value"] < 0, "place"]):
        raise siting_faulty("faults.siting.negative", "demand", places=low)
    served = table[table["value"] > 0]
    if served.empty:
        raise siting_faulty("faults.siting.no_demand", "demand")
    return served[["place", "value"]].rename(columns={"value": "demand"}).reset_index(drop=True), year


def _of_year(table: pd.DataFrame, wanted: int | str, given: int | str) -> tuple[pd.DataFrame, int | None]:
    """Return the rows of a year; those without any where no row has one."""
    years = sorted({int(year) for year in table["year"].dropna()})
    if not years:
        return table, None
    if wanted == "latest":
        wanted = years[-1]
    if wanted not in years:
        raise siting_faulty("faults.siting.year", "year", got=given, names=join_texts(map(str, years)))
    return table[(table["year"] == wanted).fillna(value=False).to_numpy(dtype=bool)], int(wanted)


def _existing(chain: Chain, plan: SitingPlan) -> dict[str, str]:
    """Return the sites that stand: those the study names, else the centers of a tier and those above it."""
    if plan.existing is not None:
        return dict.fromkeys(sorted(plan.existing), "given")
    centers, scale = chain.layers.centered, list(chain.inputs.study.tiers.order)
    rank = {tier: n for n, tier in enumerate(scale)}
    ranks = centers["tier"].astype(str).map(rank)
    # without a tier of its own, the highest that any center has
    last = ranks.min() if plan.existing_tier is None else rank[plan.existing_tier]
    kept = centers[(ranks <= last).to_numpy()].sort_index()
    return dict(zip(kept.index.astype(str), kept["tier_status"].astype(str), strict=True))


def _reachable(chain: Chain, plan: SitingPlan) -> list[str]:
    """Return the places that costs are known of, none of which contains another."""
    inputs = chain.inputs
    if plan.travel is not None:
        tables = inputs.travel
        named = {*tables["edges"]["source"], *tables["edges"]["target"]}
        named |= {*tables["access"]["place"]} if "access" in tables else set()
    elif inputs.costs is not None:
        named = {*inputs.costs["source"], *inputs.costs["target"]}
    else:
        named = {*inputs.placed}
    known = ({*inputs.places["place"]} & named) - inputs.aggregates
    return without_containers(chain, known)


def _check_no_aggregates(chain: Chain, named: dict[str, list[str]]) -> None:
    faults = [
        Fault.of("faults.siting.aggregate", STUDY_FILE, column=f"{AT}.{key}", places=several)
        for key, places in named.items()
        if (several := sorted({*places} & chain.inputs.aggregates))
    ]
    if faults:
        raise StudyError(faults)


def _capacities(chain: Chain, plan: SitingPlan, variable: Variable, year: int | None) -> pd.Series:
    table = values_of_variable(chain, variable, f"{AT}.capacities")
    years = {int(one) for one in table["year"].dropna()}
    wanted = year if year in years else plan.year if year is None else "latest"
    table, used = _of_year(table, "latest" if wanted is None else wanted, plan.year)
    if used is not None and year is not None and used != year:
        warn("warnings.siting.capacity_year", name=variable.key, used=used, year=year, stacklevel=3)
    if low := sorted(table.loc[table["value"] < 0, "place"]):
        raise siting_faulty("faults.siting.negative", "capacities", places=low)
    return table.set_index("place")["value"].sort_index()


def _costs(inputs: Inputs, plan: SitingPlan, ends: dict[str, list[str]], year: int | None) -> tuple[pd.DataFrame, str]:
    """Return the costs among places by the edges of the plan, else by the table of costs, else in km."""
    wanted = sorted({place for places in ends.values() for place in places})
    if plan.travel is not None:
        return travel_between(inputs, plan, wanted, year), plan.travel.unit
    if inputs.costs is not None:
        return cost_matrix(inputs, wanted, whole=False), "cost"
    placed = inputs.placed
    faults = [
        Fault.of("faults.siting.no_position", STUDY_FILE, column=f"{AT}.{key}", places=lost)
        for key, places in ends.items()
        if (lost := sorted({*places} - placed))
    ]
    if faults:
        raise StudyError(faults)
    return cost_matrix(inputs, wanted), "km"


def siting_costs(inputs: Inputs, plan: SitingPlan, places: list[str], year: int | None) -> pd.DataFrame:
    """Return the costs of a siting among some places, with the changes of costs that the inputs hold."""
    return _costs(inputs, plan, {"demand": places}, year)[0]
