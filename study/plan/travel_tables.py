"""Read the tables that travel rests on: edges between stations, and how places reach their stations."""

from collections.abc import Callable, Iterable

import pandas as pd

from ...data import match_places
from .schema import Study

__all__ = ["read_travel_tables", "stations_as_places"]

Read = Callable[[str, str, str], pd.DataFrame | None]
_CONTRACTS = {"edges": "network_edges", "access": "station_access"}


def read_travel_tables(study: Study, read: Read, places: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """Return the tables that the siting travels on; a station named as a place is that place.

    Parameters
    ----------
    study : Study
    read : callable
        Takes a key path, the table and its contract, and notes the faults of a table that it cannot return.
    places : DataFrame or None
    """
    plan = study.siting.travel if study.siting else None
    if plan is None:
        return {}
    found: dict[str, pd.DataFrame] = {}
    for key, contract in _CONTRACTS.items():
        reference = getattr(plan, key)
        if reference is None or (table := read(f"siting.travel.{key}", reference, contract)) is None:
            continue
        ends = ["source", "target"] if key == "edges" else ["station"]
        if places is not None:
            key_of = stations_as_places({name for end in ends for name in table[end].astype(str)}, places)
            table = table.assign(**{end: table[end].astype(str).replace(key_of) for end in ends})
        found[key] = table
    return found


def stations_as_places(names: Iterable[str], places: pd.DataFrame) -> dict[str, str]:
    """Return the place that each station is named as, of those that are."""
    found = match_places(sorted({*names}), places)
    known = found[found["place"].notna()]
    return dict(zip(known["given"], known["place"], strict=True))
