"""Hold what a study found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import pandas as pd

from ..plan.assumed import Assumption
from ..plan.schema import Study
from ..wording.notices import Notice

__all__ = ["StudyResults"]


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
        Network name -> networkx graph.
    assumed : tuple of Assumption
        Every number that no source measures.
    notices : tuple of Notice
        What a reader should know besides the results.
    manifest : dict
        Inputs with hashes, the study as read, what is assumed, versions.
    folder : Path or None
        Where the results were written.
    """

    study: Study
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    layers: Mapping[str, gpd.GeoDataFrame] = field(repr=False)
    graphs: Mapping[str, nx.Graph] = field(repr=False)
    assumed: tuple[Assumption, ...] = field(repr=False)
    notices: tuple[Notice, ...] = field(repr=False)
    manifest: Mapping[str, Any] = field(repr=False)
    folder: Path | None = None
