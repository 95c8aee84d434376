"""Find the places whose taking up a change of a model concerns."""

from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["moved_places"]

# rounding of rescaled flows is no change
_CLOSE = 1e-12


def moved_places(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[Hashable] | None:
    """Return the places at which alone inputs of rates differ, or None where more differs.

    Parameters
    ----------
    before, after : mapping
        Name of an input of `hazard_rates` -> the input, the same names in both.

    Returns
    -------
    set or None
        Places whose receptivity, rate from outside or arriving people differ.

    Examples
    --------
    >>> moved_places({"external": pd.Series({"W": 0.0, "C": 0.1})}, {"external": pd.Series({"W": 0.1, "C": 0.1})})
    {'W'}
    """
    moved: set[Hashable] = set()
    for name, new in after.items():
        places = _moved(name, before[name], new)
        if places is None:
            return None
        moved |= places
    return moved


def _moved(name: str, old: Any, new: Any) -> set[Hashable] | None:  # noqa: ANN401 - inputs of any kind
    if old is new:
        return set()
    if name == "people":
        known = pd.DataFrame(1.0, index=new.index, columns=new.columns) if old is None else old
        known = known.astype(float).reindex(index=new.index, columns=new.columns).fillna(1.0)
        return {*new.columns[~_close(known, new.astype(float).fillna(1.0)).all(axis=0)]}
    if name in {"receptivity", "external"}:
        if {*old.index} != {*new.index}:
            return None
        return {*new.index[~_close(old.reindex(new.index), new)]}
    same = new.equals(old) if name == "costs" else _same(name, old, new)
    return set() if same else None


def _close(old: pd.Series | pd.DataFrame, new: pd.Series | pd.DataFrame) -> np.ndarray:
    return np.isclose(old.to_numpy(dtype=float), new.to_numpy(dtype=float), rtol=_CLOSE, atol=0.0)


def _same(name: str, old: Any, new: Any) -> bool:  # noqa: ANN401
    if name == "centers":
        tiers = (dict(zip(one["place"].tolist(), map(str, one["tier"].tolist()), strict=True)) for one in (old, new))
        return next(tiers) == next(tiers)
    if name == "flows":
        if old is None or new is None:
            return old is new
        if all(old[end].equals(new[end]) for end in ("source", "target")):
            ends = list(zip(new["source"].tolist(), new["target"].tolist(), strict=True))
            close = bool(_close(old["value"], new["value"]).all())
            if close or len({*ends}) == len(ends):
                return close
        value = [one.groupby(["source", "target"], sort=True)["value"].sum() for one in (old, new)]
        value = [one[one > 0] for one in value]
        return value[0].index.equals(value[1].index) and bool(_close(value[0], value[1]).all())
    return len(old) == len(new) and all(a == b and a.mask is b.mask for a, b in zip(old, new, strict=True))
