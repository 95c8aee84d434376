"""Hold what a study found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ...data.contracts.results import result_tables
from ..plan.analyses import ANALYSIS_TABLES
from ..plan.assumed import Assumption
from ..plan.schema import Study
from ..wording.notices import Notice

if TYPE_CHECKING:
    import geopandas as gpd
    import networkx as nx

__all__ = ["StudyResults"]

# tables whose rows have a year even where nothing is followed over years
_DATED = ("flows", "indicators")
# tables that show all their years
_WHOLE = frozenset(name for tables in ANALYSIS_TABLES.values() for name in tables)


@dataclass(frozen=True, eq=False)
class StudyResults:
    """What a study found.

    Attributes
    ----------
    study : Study
        As it ran, with every name replaced by the key of its place.
    tables : dict
        Name -> DataFrame, as in the results folder; names and columns are those of
        `innoscape.data.contracts.results.result_tables`.
    layers : dict
        Name -> GeoDataFrame (``centers``, ``scopes``, ``corridors``, ``landmarks``).
    graphs : dict
        Network name -> networkx graph of the year shown.
    assumed : tuple of Assumption
        Every number that no source measures.
    notices : tuple of Notice
        What a reader should know besides the results.
    manifest : dict
        Inputs with hashes, the study as read, what is assumed, versions.
    folder : Path or None
        Where the results were written.
    earlier_graphs : dict
        Network name -> year -> graph, for the years that are not shown.
    index_year : int or None
        The year shown of scores over several years.
    network_years : dict
        Network name -> year shown, for networks of several years.
    """

    study: Study
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    layers: Mapping[str, "gpd.GeoDataFrame"] = field(repr=False)
    graphs: Mapping[str, "nx.Graph"] = field(repr=False)
    assumed: tuple[Assumption, ...] = field(repr=False)
    notices: tuple[Notice, ...] = field(repr=False)
    manifest: Mapping[str, Any] = field(repr=False)
    folder: Path | None = None
    earlier_graphs: Mapping[str, Mapping[int, "nx.Graph"]] = field(default_factory=dict, repr=False)
    index_year: int | None = None
    network_years: Mapping[str, int] = field(default_factory=dict)

    @property
    def shown(self) -> Mapping[str, pd.DataFrame]:
        """The tables as of the years shown: one row a place, without the column ``year`` of the years apart."""
        return self._shown

    @cached_property
    def _shown(self) -> Mapping[str, pd.DataFrame]:
        return {name: self._of_year(name, table) for name, table in self.tables.items()}

    def _of_year(self, name: str, table: pd.DataFrame) -> pd.DataFrame:
        known = result_tables().get(name) if name not in _WHOLE else None
        column = known.find("year") if known and "year" in table else None
        if column is None or column.dtype != "integer":
            return table
        if "kind" in table:
            shown = table["kind"].map(self.network_years)
            kept = shown.isna() | (table["year"] == shown)
        elif self.index_year is not None:
            kept = table["year"] == self.index_year
        else:
            return table
        section = table[kept.fillna(value=False).to_numpy(dtype=bool)].reset_index(drop=True)
        return section if name in _DATED else section.drop(columns="year")
