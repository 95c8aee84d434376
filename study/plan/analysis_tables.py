"""Read the tables that analyses of a study name for themselves."""

from collections.abc import Callable

import pandas as pd

from ...data import UnknownDatasetError, describe
from .partial import Held
from .schema import Study
from .table_desk import DATASET

__all__ = ["read_analysis_tables"]

# section -> its keys that name a table, and the contract of each
_TABLES = {
    "audit": {"figures": "figures", "claims": "claims"},
    "typology": {"framework": "framework", "ranks": "ranks", "values": "indicators"},
}
# tables whose places are those of the study
_PLACED = frozenset({"ranks", "indicators"})


def read_analysis_tables(
    study: Study, read: Callable[..., pd.DataFrame | None], places: pd.DataFrame | None
) -> dict[tuple[str, str], pd.DataFrame]:
    """Return the tables by section and key, such as ``("audit", "figures")``; one that has faults is lacking.

    Parameters
    ----------
    study : Study
    read : callable
        Takes a key path, the table, its contract, places and which rows, and notes the faults of a table that it
        cannot return.
    places : DataFrame or None
    """
    found: dict[tuple[str, str], pd.DataFrame] = Held()
    for section, keys in _TABLES.items():
        plan = getattr(study, section)
        for key, contract in keys.items() if plan is not None else ():
            reference = getattr(plan, key)
            if reference is None:
                continue
            among = places if contract in _PLACED else None
            options = {"only": getattr(plan, "only", None)}
            table = read(f"{section}.{key}", reference, _asked(reference, contract), among, **options)
            if table is not None:
                found[section, key] = table
    return found


def _asked(reference: str, contract: str) -> str | None:
    """Return the contract to check: none for a shipped table that keeps it, or is checked where it is made use of."""
    if contract in _PLACED or not reference.startswith(DATASET):
        return contract
    try:
        held = describe(reference.removeprefix(DATASET))["contract"]
    except UnknownDatasetError:
        # said when it is read
        return contract
    return None if contract in {held, "framework"} else contract
