"""Tell of indicators that the framework does not know, or states another unit for, or that mix years."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from ...data import Fault, Framework, TableError
from ...data.errors import warn_of
from ...data.options import nearest
from ...data.vocabulary import same_unit
from ...data.wording.catalogue import join_texts, text
from .inputs import DATASET
from .schema import Index

__all__ = ["IndicatorDoubts"]


@dataclass(frozen=True)
class IndicatorDoubts:
    """What is doubtful in a table of indicators, beside the framework that asks for them."""

    cells: pd.DataFrame
    framework: Framework
    index: Index
    table: str

    @property
    def where(self) -> str:
        """The table, as faults name it."""
        return self.table.removeprefix(DATASET)

    def tell(self) -> None:
        """Warn of every doubt."""
        for fault in (*self._unknown.values(), *self._other_units(), *self._mixed_years()):
            warn_of(fault, stacklevel=4)

    @property
    def misspelled(self) -> list[Fault]:
        """Unknown indicators whose name is much like that of another."""
        return [fault for name, fault in self._unknown.items() if self._near(name)]

    def check_years(self) -> None:
        """Refuse values of several years for a cell without a word on which, and rows without a year in a panel.

        Raises
        ------
        TableError
            With the rows and what to write under ``[index]``.
        """
        cells = self.scored
        if "year" not in cells:
            return
        found = []
        years = sorted({int(year) for year in cells["year"].dropna()})
        if self.index.panel != "none":
            # rows of a table stand below its header
            if blank := tuple(int(i) + 2 for i in cells.index[cells["year"].isna()]):
                found.append(Fault.of("faults.years.blank_cells", self.where, row=blank, column="year"))
        elif self.index.year is None and len(years) > 1 and cells.duplicated(["place", "indicator"]).any():
            spans = join_texts(str(year) for year in years)
            found.append(self._fault("faults.years.mixed", "year", years=spans, year=years[-1]))
        if found:
            raise TableError(found)

    @cached_property
    def _unknown(self) -> dict[str, Fault]:
        """The indicators that nothing asks for."""
        asked = {
            *self.framework.indicators,
            *(one for recipe in self.index.recipes for one in _divisors(recipe.options)),
        }
        counts = self.cells["indicator"].value_counts().sort_index()
        found = {}
        for name, count in counts[~counts.index.isin(asked)].items():
            near = self._near(str(name))
            key = "doubts.misspelled_indicator" if near else "doubts.unknown_indicator"
            rows = text("doubts.rows", n=int(count))
            found[str(name)] = self._fault(key, "indicator", name=name, rows=rows, near=near[0] if near else "")
        return found

    def _near(self, name: str) -> list[str]:
        return nearest(name, self.framework.indicators)

    @cached_property
    def scored(self) -> pd.DataFrame:
        """The rows of the units under the indicators of the framework."""
        cells = self.cells
        return cells[cells["place"].isin(self.index.units) & cells["indicator"].isin(self.framework.indicators)]

    def _other_units(self) -> list[Fault]:
        """Return the indicators whose one unit is not that of the framework; several units are reported on reading."""
        cells, framework = self.scored, self.framework.table
        if "unit" not in cells or "unit" not in framework:
            return []
        found = []
        counts: dict[str, Counter[str]] = {}
        for name, unit in zip(cells["indicator"].tolist(), cells["unit"].tolist(), strict=True):
            if not pd.isna(unit):
                counts.setdefault(name, Counter())[unit] += 1
        for name, stated in framework.dropna(subset=["unit"]).set_index("indicator")["unit"].items():
            if len(units := counts.get(str(name), {})) != 1:
                continue
            ((unit, n),) = units.items()
            if not same_unit(unit, stated):
                rows = text("doubts.rows_of", name=unit, n=n)
                found.append(self._fault("doubts.other_unit", "unit", unit=stated, indicator=name, rows=rows))
        return found

    def _mixed_years(self) -> list[Fault]:
        """Return the indicators of several years; a value marked as no observation may be of another year."""
        cells = self.scored
        if "year" not in cells or self.index.panel != "none" or self.index.year is not None:
            return []
        if "status" in cells:
            cells = cells[cells["status"].isna() | cells["status"].eq("observed")]
        found = []
        for name, years in cells.groupby("indicator")["year"]:
            counts = years.value_counts().sort_index()
            if len(counts) > 1:
                rows = join_texts(text("doubts.rows_of", name=year, n=int(count)) for year, count in counts.items())
                found.append(
                    self._fault("doubts.several_years", "year", indicator=name, rows=rows, year=counts.index[-1])
                )
        return found

    def _fault(self, key: str, column: str, **values: object) -> Fault:
        return Fault.of(key, self.where, row=None, column=column, **values)


def _divisors(options: Mapping[str, Any]) -> list[Any]:
    """Return the indicators that a recipe divides by, as the study file gives them."""
    step = options.get("denominate")
    by = step.get("by") if isinstance(step, Mapping) else None
    return list(by.values()) if isinstance(by, Mapping) else []
