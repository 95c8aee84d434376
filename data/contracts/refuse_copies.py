"""Refuse rows of a table that have the key of an earlier one."""

import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..places.keys import FEW
from .rules import Check, show

__all__ = ["refuse_copies"]


def refuse_copies(check: Check) -> None:
    """Note each row of a table whose key has stood before as a fault."""
    names = [column.name for column in check.columns if column.key and column.name in check.frame]
    required = [column.name for column in check.columns if column.key and column.required]
    if not names or not set(required) <= set(names):
        return
    columns = {name: check.frame[name] for name in names}
    if check.contract == "places":
        columns["place"] = columns["place"].map(_squeeze, na_action="ignore")
    if _all_differ([*columns.values()]):
        return
    keys = pd.DataFrame(columns)
    repeated = keys.duplicated(keep="first")
    if not repeated.any():
        return
    repeated &= keys[required].notna().all(axis=1)
    group = keys.groupby(names, sort=False, dropna=False).ngroup().to_numpy()
    first = np.unique(group, return_index=True)[1]
    for at in np.flatnonzero(repeated.to_numpy(dtype=bool)):
        earlier = int(check.rows[first[group[at]]])
        entry = [show(value) for value in keys.iloc[at].dropna()]
        check.fault("faults.cell.again", at=int(at), column=names[0], names=names, entry=entry, first=earlier)


def _all_differ(columns: Sequence[pd.Series]) -> bool:
    """Say whether surely no row stands twice, of few rows of texts and whole numbers, which are gone through fast."""
    if len(columns[0]) > FEW or any(cells.dtype not in ("str", "Int64") for cells in columns):
        return False
    return len({*zip(*(cells.tolist() for cells in columns), strict=True)}) == len(columns[0])


def _squeeze(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name)
    return "".join(plain.split()) if not plain.isascii() else " ".join(plain.split())
