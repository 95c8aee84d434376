"""Find the costs that an estimate of flows decays with, those within places included."""

from typing import Any

import numpy as np
import pandas as pd

from ...data import Fault, OptionError, StudyError
from ...data.wording.catalogue import few
from ..plan.inputs import Inputs
from ..plan.schema import STUDY_FILE
from .costs import cost_matrix

__all__ = ["estimate_costs"]


def estimate_costs(inputs: Inputs, places: list[str], at: str) -> pd.DataFrame:
    """Return the costs between places; within a place, where none is given, half the least cost to another.

    Raises
    ------
    StudyError
        If a place has no position, a pair no cost, or two places lie at one point.
    """

    def refused(key: str, **values: Any) -> StudyError:  # noqa: ANN401 - of any sentence
        return StudyError([Fault.of(key, STUDY_FILE, column=at, **values)])

    placed = set(inputs.places.dropna(subset=["lon", "lat"])["place"])
    if inputs.costs is None and (lost := sorted(set(places) - placed)):
        raise refused("faults.estimate.position", places=lost)
    try:
        cost = cost_matrix(inputs, places).loc[places, places]
    except OptionError as error:
        raise refused("faults.estimate.costs", error=error) from None
    matrix = cost.to_numpy(dtype=float, copy=True)
    apart = ~np.eye(len(places), dtype=bool)
    if (same := (matrix <= 0) & apart).any():
        pairs = few(f"{places[i]} - {places[j]}" for i, j in np.argwhere(same) if i < j or not same[j, i])
        raise refused("faults.estimate.same_point", pairs=pairs)
    nearest = np.where(apart, matrix, np.inf).min(axis=1, initial=np.inf)
    own = _own(inputs).reindex(places).to_numpy(dtype=float)
    np.fill_diagonal(matrix, np.where(own > 0, own, nearest / 2))
    return pd.DataFrame(matrix, index=places, columns=places)


def _own(inputs: Inputs) -> pd.Series:
    """Return the costs within places that the table of costs gives."""
    if inputs.costs is None:
        return pd.Series(dtype=float)
    rows = inputs.costs[inputs.costs["source"] == inputs.costs["target"]]
    return rows.groupby("source")["value"].min()
