"""Take the variables that an analysis asks for from tables, scores and networks: a number by place and year."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from ...data import Fault, StudyError
from ...data.options import nearest, out_of_reach
from ...data.places.nesting import nested_pairs
from ...data.wording.catalogue import join_texts, text
from ..plan.schema import STUDY_FILE
from ..plan.variables import SCORE, Variable
from .build_chain import Chain
from .networks import YearOfFlows

__all__ = ["place_variables", "values_of_variable", "without_containers"]

_KEYS = ["place", "year"]


def values_of_variable(
    chain: Chain, variable: Variable, at: str, *, among: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return the values of a variable: ``place``, ``year`` (missing where they have none), ``value``.

    What stands for several places has none. A place without a divisor, or with one of 0, has none either.

    Parameters
    ----------
    chain : Chain
    variable : Variable
    at : str
        Its key path.
    among : iterable of str, optional
        The places wanted.

    Raises
    ------
    StudyError
        If nothing bears the name, nothing has a value, numbers are beyond what can be computed with, or a
        logarithm would be taken of what is not above 0.
    """
    table = _source(chain, variable.value, at)
    if variable.per is not None:
        below = _source(chain, variable.per, at)
        # what has no year holds in every year
        keys = ["place"] if table["year"].isna().all() or below["year"].isna().all() else _KEYS
        year = "year" if keys == _KEYS or table["year"].notna().any() else "year_below"
        table = table.merge(below, on=keys, suffixes=("", "_below"))
        with np.errstate(divide="ignore", invalid="ignore"):
            table["value"] = table["value"] / table["value_below"].where(table["value_below"] != 0)
        table["year"] = table[year] if year in table else table["year"]
    table = table.loc[table["value"].notna() & ~table["place"].isin(chain.inputs.aggregates), [*_KEYS, "value"]]
    if among is not None:
        table = table[table["place"].isin([*among])]
    if table.empty:
        raise _refused("faults.variables.empty", at, got=repr(variable.key))
    largest = {year: out_of_reach(own) for year, own in table.groupby("year", dropna=False)["value"]}
    if beyond := [one for one in largest.values() if one is not None]:
        raise _refused("faults.variables.beyond", at, name=variable.key, got=f"{beyond[0]:g}")
    if variable.log:
        if low := sorted({*table.loc[table["value"] <= 0, "place"]}):
            raise _refused("faults.variables.log", at, places=low, name=variable.key)
        table["value"] = np.log(table["value"])
    return table.sort_values(_KEYS, ignore_index=True)


def place_variables(chain: Chain, variables: Iterable[Variable], at: str) -> pd.DataFrame:
    """Return several variables side by side, one row a place and year; those without a year hold in every year.

    Raises
    ------
    StudyError
        As `values_of_variable`, or if no place has all of them in one year.
    """
    joined: pd.DataFrame | None = None
    for variable in variables:
        table = values_of_variable(chain, variable, at).rename(columns={"value": variable.key})
        if joined is None:
            joined = table
        elif joined["year"].isna().all() and table["year"].notna().any():
            joined = table.merge(joined.drop(columns="year"), on="place")
        elif table["year"].isna().all():
            joined = joined.merge(table.drop(columns="year"), on="place")
        else:
            joined = joined.merge(table, on=_KEYS)
    assert joined is not None  # noqa: S101 - an analysis names at least one
    if joined.empty:
        raise _refused("faults.variables.apart", at)
    return joined.sort_values(_KEYS, ignore_index=True)


def without_containers(chain: Chain, places: Iterable[str]) -> list[str]:
    """Return the places that contain none of the others, so that nothing is counted twice."""
    every = sorted({*places})
    outer = {one for _, one in nested_pairs(every, chain.inputs.places)}
    return [place for place in every if place not in outer]


def _source(chain: Chain, name: str, at: str) -> pd.DataFrame:
    """Return what a name stands for: ``place``, ``year``, ``value``."""
    network, point, measure = name.partition(".")
    if name == SCORE:
        table = chain.tables["scores"].rename(columns={"score": "value"})
    elif point and network in [one.name for one in chain.inputs.study.networks]:
        table = _measured(chain, network, measure)
    else:
        table = _indicator(chain, name, at)
    years = table["year"] if "year" in table else pd.Series(pd.NA, index=table.index)
    return pd.DataFrame(
        {
            "place": table["place"].astype(str).to_numpy(),
            "year": pd.array(years.tolist(), dtype="Int64"),
            "value": table["value"].to_numpy(dtype=float),
        }
    )


def _indicator(chain: Chain, name: str, at: str) -> pd.DataFrame:
    cells = chain.inputs.indicators
    if cells is None:
        raise StudyError([])
    known = sorted({*cells["indicator"].astype(str)})
    if name not in known:
        near = nearest(name, known)
        fix = (
            text("faults.advice.guess", name=near[0])
            if near
            else text("faults.advice.choose_from", names=join_texts(known))
        )
        raise _refused("faults.variables.indicator", at, got=repr(name), fix=fix)
    return cells[cells["indicator"].astype(str) == name]


def _measured(chain: Chain, network: str, measure: str) -> pd.DataFrame:
    """Return a measure of every place of a network, year by year."""
    several = chain.networks.by_year[network]
    parts = []
    for year, one in several.items():
        between = one.between_places(chain.inputs.aggregates)
        found = _measure(between, measure)
        parts.append(pd.DataFrame({"place": found.index, "year": year, "value": found.to_numpy(dtype=float)}))
    return pd.concat(parts, ignore_index=True)


def _measure(one: YearOfFlows, measure: str) -> pd.Series:
    # a check need not load what measures networks unless an analysis asks for it
    from ...network import centrality

    table = centrality(one.graph, measures=[measure])
    return table.set_index("place")[measure]


def _refused(key: str, at: str, **values: Any) -> StudyError:  # noqa: ANN401 - of any sentence
    return StudyError([Fault.of(key, STUDY_FILE, column=at, **values)])
