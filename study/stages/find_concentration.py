"""Find how unequally values lie over places, within and between groups, and whether gaps close over the years."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...data import Fault, StudyError
from ...data.contracts.results import result_tables
from ...data.errors import warn
from ..plan.concentration_plan import ConcentrationPlan
from ..plan.schema import STUDY_FILE
from ..plan.variables import Variable
from .analyzed import Analyzed
from .build_chain import Chain
from .place_variables import values_of_variable
from .yearly_values import YearOfValues, refusing, yearly_values

__all__ = ["OTHERS", "find_concentration"]

# the group of places that have none
OTHERS = "others"
# no line leaves an error with fewer places
LEAST = 3
TABLES = ("inequality", "inequality_parts", "lorenz", "convergence_trends", "convergence")


def find_concentration(chain: Chain, plan: ConcentrationPlan, *, trial: bool = False) -> Analyzed:
    """Find the concentration of the variables of a study.

    Nothing is drawn at random, so a trial does the same.

    Parameters
    ----------
    chain : Chain
    plan : ConcentrationPlan
    trial : bool

    Returns
    -------
    Analyzed
        ``inequality``, ``inequality_parts`` (where there are groups), ``lorenz``, ``convergence_trends`` and
        ``convergence`` (where there are two years or more).

    Raises
    ------
    StudyError
        If a variable has no values or ones below 0, a place no weight, the places no such column, or convergence
        cannot be estimated.
    """
    del trial
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    groups = _groups(chain, plan)
    options: dict[str, Any] = {"places": plan.places, "latest": plan.years == "latest", "least": 2}
    for years in yearly_values(chain, "concentration", plan.variables, **options):
        values = _table(chain, plan, years)
        for name, table in _measured(values, years, plan, groups).items():
            parts[name].append(table)
        if plan.convergence and len(years) > 1:
            for name, table in _converging(chain, values, years, plan).items():
                parts[name].append(table.assign(variable=years[0].variable.key))
    tables = {name: pd.concat(own, ignore_index=True) for name, own in parts.items() if own}
    return Analyzed({n: table.reindex(columns=list(result_tables()[n].fixed)) for n, table in tables.items()})


def _groups(chain: Chain, plan: ConcentrationPlan) -> pd.Series | None:
    """Return the group of every place: its tier, or what a column of the places says."""
    if plan.groups is None:
        return None
    places = chain.inputs.places.set_index("place")
    if plan.groups == "tier":
        found = chain.layers.tiers["tier"].astype(object).reindex(places.index)
    elif plan.groups in places:
        found = places[plan.groups].astype(object)
    else:
        names = [str(name) for name in places if str(name) not in {"lon", "lat"}]
        said = {"got": repr(plan.groups), "names": ["tier", *(name for name in names if name != "tier")]}
        raise StudyError([Fault.of("faults.concentration.groups", STUDY_FILE, column="concentration.groups", **said)])
    return found.where(found.notna() & (found != ""), OTHERS).astype(str).rename("group")


def _table(chain: Chain, plan: ConcentrationPlan, years: Sequence[YearOfValues]) -> pd.DataFrame:
    """Return the values of a variable over the years, each with its weight where places have one."""
    # what has no year stands in one that is never shown
    table = pd.concat(
        [
            pd.DataFrame({"place": one.numbers.index, "year": one.year or 0, "value": one.numbers.to_numpy()})
            for one in years
        ],
        ignore_index=True,
    )
    if plan.weight_by is None:
        return table
    weights = _of_years(chain, plan.weight_by, "concentration.weight_by", table)
    if lost := sorted({*table.loc[weights.isna(), "place"]}):
        said = {"name": plan.weight_by.key, "places": lost}
        raise StudyError(
            [Fault.of("faults.concentration.weight", STUDY_FILE, column="concentration.weight_by", **said)]
        )
    if low := sorted({*table.loc[weights < 0, "place"]}):
        said = {"name": plan.weight_by.key, "places": low}
        raise StudyError([Fault.of("faults.concentration.low", STUDY_FILE, column="concentration.weight_by", **said)])
    return table.assign(weight=weights)


def _of_years(chain: Chain, variable: Variable, at: str, table: pd.DataFrame) -> pd.Series:
    """Return another variable for the rows of a table: of their year, or the one that has no year."""
    own = values_of_variable(chain, variable, at)
    keys = ["place"] if own["year"].isna().all() else ["place", "year"]
    own = own.assign(year=own["year"].astype("Int64").fillna(0).astype(int))
    joined = table[keys].merge(own.drop_duplicates(keys)[[*keys, "value"]], on=keys, how="left")
    return joined["value"].set_axis(table.index)


def _measured(
    values: pd.DataFrame, years: Sequence[YearOfValues], plan: ConcentrationPlan, groups: pd.Series | None
) -> dict[str, pd.DataFrame]:
    from ...geo import decompose_inequality, inequality, lorenz

    weights = "weight" if "weight" in values else None
    last = years[-1]
    with refusing(last):
        found = {
            "inequality": inequality(
                values,
                weights=weights,
                measures=plan.measures,
                epsilon=plan.epsilon,
                convention=plan.convention,
            ),
            "lorenz": lorenz(values, weights=weights),
        }
    if groups is not None:
        grouped = values.assign(group=values["place"].map(groups).to_numpy())
        with refusing(last, at="concentration.decomposition"):
            found["inequality_parts"] = decompose_inequality(
                grouped, groups="group", measure=plan.decomposition, weights=weights
            )
    return {name: _dated(table, last) for name, table in found.items()}


def _dated(table: pd.DataFrame, one: YearOfValues) -> pd.DataFrame:
    """Return a table with the name of the variable, its years missing where it has none."""
    year = pd.array(table["year"].tolist(), dtype="Int64") if one.year is not None else pd.array([pd.NA] * len(table))
    return table.assign(variable=one.variable.key, year=year)


def _constant(numbers: pd.Series) -> bool:
    return bool(np.ptp(numbers) <= 1e-12 * numbers.abs().max())


def _converging(
    chain: Chain, values: pd.DataFrame, years: Sequence[YearOfValues], plan: ConcentrationPlan
) -> dict[str, pd.DataFrame]:
    """Estimate convergence; variables with values not above 0 have no logarithm and no beta."""
    from ...geo import convergence

    if (values["value"] <= 0).any():
        warn("warnings.concentration.low", name=years[0].variable.key)
        return {}
    ends = [one.numbers for one in (years[0], years[-1])]
    start = ends[0][ends[0].index.isin(ends[1].index)]
    lacking = {"name": years[0].variable.key, "year": years[0].year, "last": years[-1].year, "n": len(start)}
    if len(start) < LEAST:
        warn("warnings.concentration.few", least=LEAST, **lacking)
        return {}
    if _constant(start):
        warn("warnings.concentration.constant", value=f"{start.iloc[0]:g}", **lacking)
        return {}
    named = {}
    for i, control in enumerate(plan.controls, 1):
        at = f"concentration.controls[{i}]" if len(plan.controls) > 1 else "concentration.controls"
        own = named[control.key] = _of_years(chain, control, at, values)
        own = own[((values["year"] == years[0].year) & values["place"].isin(start.index)).to_numpy()].dropna()
        if len(own) and _constant(own):
            said = {"got": f"{own.iloc[0]:g}", "name": control.key, "year": years[0].year, "n": len(own)}
            raise StudyError([Fault.of("faults.concentration.constant", STUDY_FILE, column=at, **said)])
    with refusing(years[0], at="concentration.controls" if named else ""):
        found = convergence(
            values.assign(**named),
            controls=list(named),
            weights="weight" if "weight" in values else None,
            confidence_level=plan.level,
        )
    return {"convergence_trends": found.trend, "convergence": found.beta}
