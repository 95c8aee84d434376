"""Read the tables that an estimate of flows rests on: totals, flows within places, known flows, pairs without flow."""

from collections.abc import Callable

import pandas as pd

from ...data.wording.catalogue import text
from ...network.flows.estimate import REST_OF_WORLD
from .estimates import Estimate
from .schema import Study

__all__ = ["read_estimate_tables", "with_rest_of_world"]

# contract of each key that may name a table
_CONTRACTS = {"outgoing": "totals", "incoming": "totals", "within": "totals", "known": "flows", "zeros": "pairs"}

Read = Callable[[str, str, str | None, pd.DataFrame | None, str | None], pd.DataFrame | None]


def read_estimate_tables(
    estimate: Estimate, at: str, read: Read, places: pd.DataFrame | None
) -> dict[str, pd.DataFrame]:
    """Read every table that an estimate names; a row for all places together keeps the name it has in the study.

    Parameters
    ----------
    estimate : Estimate
    at : str
        Its key path.
    read : callable
        Told key path, reference, contract, places and the name of the row for all places.
    places : DataFrame or None

    Returns
    -------
    dict
        Key of the estimate -> table, cells without a number left out.
    """
    whole = estimate.rest_of_world if isinstance(estimate.rest_of_world, str) else None
    tables: dict[str, pd.DataFrame] = {}
    for key, contract in _CONTRACTS.items():
        reference = getattr(estimate, key)
        if isinstance(reference, str):
            row = whole if contract == "totals" else None
            table = read(f"{at}.{key}", reference, contract, places, row)
            if table is not None:
                tables[key] = table.dropna(subset=["value"]) if "value" in table else table
    return tables


def with_rest_of_world(places: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Add the rest of the world to the places of a study that estimates flows with it; it stands at no point."""
    wanted = any(network.estimate and network.estimate.rest_of_world for network in study.networks)
    if not wanted or REST_OF_WORLD in set(places["place"]):
        return places
    name = text("places.rest_of_world")
    row = {"place": REST_OF_WORLD, "name_en": name.in_("en"), "name_zh": name.in_("zh"), "kind": "aggregate"}
    return pd.concat([places, pd.DataFrame([row])], ignore_index=True)
