"""Find indicators that are the sum of others, by their numbers, and those that are named as totals."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd

from ...data import normalize_name
from ...data.spellings import spellings

__all__ = ["Sum", "find_sums", "named_totals"]

_TOTALS = frozenset(normalize_name(name) for name in spellings("totals")["names"])
_PARTS = spellings("totals")["parts"]
# rows below which equal sums may be chance; columns up to which every pair is tried; decimals that are looked at
_LEAST, _MOST_PAIRED, _DECIMALS = 3, 40, 6
# share of a sum that may be lost where it was rounded to another unit before; share of rows with misprints
_RELATIVE, _MISPRINTED = 1e-5, 0.05


class Sum(NamedTuple):
    """The parts of an indicator that is their sum, and the rows in which it is not."""

    parts: list[str]
    but: list[Hashable]


def find_sums(wide: pd.DataFrame, units: Mapping[str, object]) -> dict[str, Sum]:
    """Return each indicator that is the sum of two others or more, and its parts.

    Sums may differ by what rounding explains, and in one of twenty rows by more, as misprints do. Numbers of different
    units are not added.

    Parameters
    ----------
    wide : DataFrame
        Rows x indicators, in the order in which the tables list them.
    units : mapping
        Indicator -> unit.

    Examples
    --------
    >>> wide = pd.DataFrame({"all": [6.1, 9, 12.2], "a": [1, 3, 5.1], "b": [5.1, 6, 7.1], "c": [2, 2, 3]})
    >>> find_sums(wide, {})
    {'all': Sum(parts=['a', 'b'], but=[])}
    """
    found: dict[str, Sum] = {}
    for name in wide.mean().sort_values(kind="stable").index:
        # a sum of sums is that of their parts
        others = [one for one in wide if one != name and one not in found and units.get(one) == units.get(name)]
        rows = wide[[name, *others]].dropna(subset=[name])
        whole = rows[name].to_numpy(dtype=float)
        others = [one for one in others if rows[one].notna().all() and _below(rows[one].to_numpy(dtype=float), whole)]
        if len(others) < 2 or len(rows) < _LEAST or not whole.any():
            continue
        parts = rows[others].to_numpy(dtype=float)
        step = np.array([_rounded_by(rows[one]) for one in [name, *others]])
        for chosen in _candidates(parts, whole):
            slack = step[0] + step[1:][chosen].sum() + _RELATIVE * np.abs(whole)
            off = np.abs(parts[:, chosen].sum(axis=1) - whole) > slack
            if len(chosen) > 1 and off.mean() <= _MISPRINTED:
                found[str(name)] = Sum([others[at] for at in chosen], rows.index[off].tolist())
                break
    return found


def named_totals(wide: pd.DataFrame, units: Mapping[str, object], names: Mapping[str, str]) -> list[str]:
    """Return the indicators that are named as totals, and are at least as large as two others of their unit or more.

    Examples
    --------
    >>> wide = pd.DataFrame({"total": [6, 9], "a": [1, 3], "b": [4, 6]})
    >>> named_totals(wide, {}, {})
    ['total']
    """
    found = []
    for name in wide:
        others = [one for one in wide if one != name and units.get(one) == units.get(name)]
        whole = wide[name].to_numpy(dtype=float)
        if any(map(_says_total, (str(name), names.get(name, "")))):
            below = [one for one in others if _below(wide[one].to_numpy(dtype=float), whole)]
            found += [str(name)] if len(below) > 1 and len(below) == len(others) else []
    return found


def _says_total(name: str) -> bool:
    said = normalize_name(name)
    words = said.casefold().replace("_", " ").split()
    ends = bool(words) and (words[0] in _PARTS or words[-1] in _PARTS)
    return said in _TOTALS or ends or any(said.endswith(word) for word in _PARTS if not word.isascii())


def _below(part: np.ndarray, whole: np.ndarray) -> bool:
    """Whether a part is never negative and never above the whole, and is not nothing everywhere."""
    known = np.isfinite(part) & np.isfinite(whole)
    part, whole = part[known], whole[known]
    within = part <= whole * (1 + _RELATIVE) + 1
    return bool(part.size and part.any() and (part >= 0).all() and within.mean() >= 1 - _MISPRINTED)


def _rounded_by(column: pd.Series) -> float:
    """Return the most by which the numbers of a column may be rounded."""
    values = column.to_numpy(dtype=float)
    for decimals in range(_DECIMALS):
        if np.allclose(values, np.round(values, decimals), rtol=1e-12, atol=1e-9):
            return 0.5 * 10.0**-decimals if decimals else 0.5 * float((np.abs(values) >= 1).any())
    return 0.0


def _candidates(parts: np.ndarray, whole: np.ndarray) -> Iterator[Sequence[int]]:
    """Yield the columns that may add up to the whole: by least squares, side by side, and in pairs."""
    number = parts.shape[1]
    weights = np.linalg.lstsq(parts, whole, rcond=None)[0]
    yield np.flatnonzero(weights > 0.5).tolist()
    sums = np.concatenate([np.zeros((len(whole), 1)), np.cumsum(parts, axis=1)], axis=1)
    close = np.abs(whole).max() * 1e-3 + number
    for first in range(number - 1):
        near = np.median(np.abs(sums[:, first + 2 :] - sums[:, [first]] - whole[:, None]), axis=0) <= close
        yield from (list(range(first, first + 2 + int(at))) for at in np.flatnonzero(near))
    if number <= _MOST_PAIRED:
        yield from (list(pair) for pair in combinations(range(number), 2))
