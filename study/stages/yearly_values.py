"""Give the values of the variables of an analysis year by year, of places that are not counted twice."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pandas as pd

from ...data import Fault, GeometryError, OptionError, StudyError, TableError
from ...data.errors import warn
from ..plan.schema import STUDY_FILE
from ..plan.variables import Variable
from .build_chain import Chain
from .place_variables import values_of_variable, without_containers

__all__ = ["YearOfValues", "refusing", "yearly_values"]


@dataclass(frozen=True, eq=False)
class YearOfValues:
    """The values of one variable in one year; None is the year of what has none.

    Attributes
    ----------
    variable : Variable
    at : str
        Its key path.
    year : int or None
    numbers : Series
        By place.
    """

    variable: Variable
    at: str
    year: int | None
    numbers: pd.Series

    @property
    def said(self) -> str:
        """The variable, and its year where it has one."""
        return self.variable.key if self.year is None else f"{self.variable.key} ({self.year})"

    def dated(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table with the variable and its year."""
        table = table.drop(columns=["variable", "year"], errors="ignore")
        return table.assign(variable=self.variable.key, year=pd.array([self.year] * len(table), dtype="Int64"))


def yearly_values(
    chain: Chain,
    section: str,
    variables: Sequence[Variable],
    *,
    places: list[str] | None,
    latest: bool,
    least: int,
) -> Iterator[list[YearOfValues]]:
    """Give the years of each variable, rising.

    Parameters
    ----------
    chain : Chain
    section : str
        Key of the section that asks.
    variables : sequence of Variable
    places : list of str or None
        The places looked at; None for all that have a value, but for those that contain others of them.
    latest : bool
        Whether the last year alone is wanted.
    least : int
        Places that a year needs; one with fewer is left out with a warning.

    Raises
    ------
    StudyError
        If a variable has no values, a place that is named none, or no year enough places.
    """
    for i, variable in enumerate(variables, 1):
        at = f"{section}.variables[{i}]" if len(variables) > 1 else f"{section}.variables"
        table = values_of_variable(chain, variable, at, among=places)
        if places is None:
            table = table[table["place"].isin(without_containers(chain, table["place"]))]
        elif lost := sorted({*places} - {*table["place"]}):
            raise StudyError([Fault.of("faults.variables.places", STUDY_FILE, column=f"{section}.places", places=lost)])
        every = [
            YearOfValues(variable, at, None if pd.isna(year) else int(year), own.set_index("place")["value"])
            for year, own in table.groupby("year", dropna=False)
        ]
        enough = [one for one in every if len(one.numbers) >= least]
        if not enough:
            most = max(len(one.numbers) for one in every)
            raise StudyError([Fault.of("faults.variables.few", STUDY_FILE, column=at, n=most, least=least)])
        if few := [one.year for one in every if len(one.numbers) < least]:
            warn("warnings.variables.few", section=section, name=variable.key, years=few, n=len(few), least=least)
        yield enough[-1:] if latest else enough


@contextmanager
def refusing(one: YearOfValues, key: str = "faults.variables.unfit", *, at: str = "") -> Iterator[None]:
    """Turn what the library refuses into a fault of a variable in a year, or of the key of an option."""
    try:
        yield
    except (OptionError, GeometryError, TableError) as error:
        raise StudyError([Fault.of(key, STUDY_FILE, column=at or one.at, got=one.said, error=error)]) from None
