"""Hold what a study found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import networkx as nx
import pandas as pd

__all__ = ["StudyResults"]


@dataclass(frozen=True, eq=False)
class StudyResults:
    """What a study found.

    Attributes
    ----------
    title, title_zh, description, description_zh : str
    tables : dict
        Name -> DataFrame, as in the results folder; names and columns are those of
        `innoscape.data.contracts.results.result_tables`.
    layers : dict
        Name -> GeoDataFrame (``centers``, ``scopes``, ``corridors``, ``landmarks``).
    graphs : dict
        Network name -> networkx graph.
    options : dict
        ``recipe``, ``tier_method``, ``horizon`` (years), ``runs``, ``seed``, ``seeds``, ``baseline``.
    manifest : dict
        Inputs with hashes, the study as read, what is assumed, versions.
    folder : Path or None
        Where the results were written.
    """

    title: str
    title_zh: str
    description: str
    description_zh: str
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    layers: Mapping[str, gpd.GeoDataFrame] = field(repr=False)
    graphs: Mapping[str, nx.Graph] = field(repr=False)
    options: Mapping[str, Any]
    manifest: Mapping[str, Any] = field(repr=False)
    folder: Path | None = None
