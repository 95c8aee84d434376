"""Add up flows by pair of places, year and group, as numbers: ten thousand rows in milliseconds.

Sums do not depend on the order of rows: within a pair values are added from the smallest up.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.vocabulary import doubt


@dataclass(frozen=True)
class Pairs:
    """Sums by pair: columns ``year``, ``source``, ``target``, ``group``, ``status`` and ``value``.

    All but the value are numbers that count into the lists of names, ``year`` into the years the caller has. Rows stand
    by year, the strongest first.
    """

    table: pd.DataFrame
    places: list[str]
    statuses: list[str]
    groups: list[str]


def merge_pairs(
    flows: pd.DataFrame, year: np.ndarray, *, directed: bool, status: str | None, group: str | None
) -> Pairs:
    """Add up the values of each pair; the least certain status of its rows is the pair's."""
    values = pd.to_numeric(flows["value"]).to_numpy(dtype=float)
    wrong = (values < 0) | np.isinf(values)
    if wrong.any():
        first = flows[wrong].iloc[0]
        came = f"{values[wrong][0]:g} from {first['source']} to {first['target']}"
        raise OptionError(f"flows: needed finite values of at least 0, got {came}")
    ends, places = _numbered(pd.concat([flows["source"], flows["target"]]))
    source, target = ends.reshape(2, -1)
    if not directed:
        source, target = np.minimum(source, target), np.maximum(source, target)
    kinds, groups = _numbered(flows[group]) if group else (np.zeros_like(source), [""])
    states, statuses = (
        _numbered(flows["status"], order=_certainty)
        if status is None and "status" in flows
        else (np.zeros_like(source), [status or ""])
    )
    key = ((year * len(places) + source) * len(places) + target) * len(groups) + kinds
    order = np.lexsort((values, key))
    order = order[~np.isnan(values[order])]
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    row = order[starts]
    table = pd.DataFrame({"year": year[row], "source": source[row], "target": target[row], "group": kinds[row]})
    table["status"] = np.maximum.reduceat(states[order], starts) if len(row) else row
    table["value"] = np.add.reduceat(values[order], starts) if len(row) else values[row]
    table = table[table["value"] > 0]
    strongest = np.lexsort((-table["value"], table["year"]))
    return Pairs(table.iloc[strongest], places, statuses, groups)


def _numbered(
    cells: pd.Series, *, order: Callable[[str], Any] | None = None
) -> tuple[np.ndarray[Any, np.dtype[np.int64]], list[str]]:
    """Give each text of a column its number in their order; a missing cell is an empty text."""
    codes, found = pd.factorize(cells.to_numpy(dtype=object), use_na_sentinel=False)
    texts = ["" if value is None or value != value else str(value) for value in found.tolist()]  # noqa: PLR0124
    names = sorted(set(texts), key=order)
    number = {name: index for index, name in enumerate(names)}
    return np.array([number[text] for text in texts], dtype=np.int64)[codes], names


def _certainty(status: str) -> tuple[int, str]:
    # a value without a status takes nothing from the certainty of the others
    return doubt(status) if status else (-1, status)


def once_where_mirrored(rows: pd.DataFrame, *, directed: bool) -> pd.DataFrame:
    """Keep one row of each pair that has the same value in both directions, marked in a column ``both``.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": 0, "source": [0, 1, 0], "target": [1, 0, 2], "group": 0, "value": [2.0, 2.0, 1.0]})
    >>> once_where_mirrored(rows, directed=True)[["source", "target", "both"]].to_numpy().tolist()
    [[0, 1, True], [0, 2, False]]
    """
    if not directed:
        return rows.assign(both=False)
    keys = ["year", "source", "target", "group"]
    back = rows[[*keys, "value"]].rename(columns={"source": "target", "target": "source", "value": "back"})
    other = rows.merge(back, on=keys, how="left")["back"].to_numpy()
    both = np.isclose(other, rows["value"].to_numpy(), rtol=1e-9, atol=0.0)
    return rows.assign(both=both)[~both | (rows["source"] < rows["target"]).to_numpy()]
