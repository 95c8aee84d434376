"""Choose the years of a network: each apart, some of them, the latest, or their sum."""

from collections.abc import Sequence
from typing import Annotated, Literal, TypeAlias

import numpy as np
import pandas as pd
from pydantic import Field

from ...data import Fault, TableError
from ...data.wording.catalogue import join_texts, text
from .fields import Part

__all__ = ["SumOfYears", "Year", "Years", "flows_by_year"]

# the limits of the column year in tables
Year: TypeAlias = Annotated[int, Field(ge=1000, le=3000)]


class SumOfYears(Part):
    """The flows of some years added up."""

    sum: list[Year] = Field(min_length=1)


Years: TypeAlias = Literal["each", "latest", "sum"] | Annotated[list[Year], Field(min_length=1)] | SumOfYears


def flows_by_year(flows: pd.DataFrame, years: Years, *, where: str, network: str) -> dict[int | None, pd.DataFrame]:
    """Return the flows of each year that a network keeps, rising; those without a year, or added up, under None.

    Parameters
    ----------
    flows : DataFrame
        ``source``, ``target``, ``value``, perhaps ``year``, in the order of the file.
    years : str, list of int or SumOfYears
        ``"each"``, ``"latest"``, ``"sum"`` (of all rows, with a year or without), the years wanted, or their sum.
    where, network : str
        As faults name table and network.

    Raises
    ------
    TableError
        If a year is wanted that the flows do not have, or some rows have a year and others none, which only a sum of
        all rows can hold.

    Examples
    --------
    >>> flows = pd.DataFrame({"source": "A", "target": "B", "value": [1.0, 2.0, 4.0], "year": [2018, 2019, 2019]})
    >>> {year: part["value"].sum() for year, part in flows_by_year(flows, "each", where="f", network="n").items()}
    {2018: np.float64(1.0), 2019: np.float64(6.0)}
    """
    given = flows["year"] if "year" in flows else pd.Series(pd.NA, index=flows.index, dtype="Int64")
    have = sorted(int(year) for year in given.dropna().unique())
    wanted = years.sum if isinstance(years, SumOfYears) else years if isinstance(years, list) else []
    faults = [_absent(year, have, where, network) for year in dict.fromkeys(wanted) if year not in have]
    if have and years != "sum":
        # rows of a table stand below its header
        blank = tuple((np.flatnonzero(given.isna()) + 2).tolist())
        if blank:
            faults.append(
                Fault.of("faults.years.blank", where, row=blank, column="year", network=network, years=_listed(have))
            )
    if faults:
        raise TableError(faults)
    if isinstance(years, SumOfYears):
        return {None: flows[given.isin(years.sum).to_numpy()]}
    if years == "sum" or not have:
        return {None if len(have) != 1 else have[0]: flows}
    kept = have[-1:] if years == "latest" else sorted(set(wanted)) or have
    return {year: flows[(given == year).to_numpy(dtype=bool)] for year in kept}


def _absent(year: int, have: Sequence[int], where: str, network: str) -> Fault:
    got = _listed(have) if have else text("faults.years.none")
    fix = text("faults.years.choose") if have else text("faults.years.add")
    return Fault.of("faults.years.absent", where, column="year", network=network, year=year, got=got, fix=fix)


def _listed(years: Sequence[int]) -> str:
    return str(join_texts(str(year) for year in years))
