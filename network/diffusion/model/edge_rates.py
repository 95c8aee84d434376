"""Hold the rates of a sparse network, from hundreds to millions of edges."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from ....data.options import Wrong, column_faults, refuse, table_fault
from ...flows.faults import numbers_of, value_faults
from .place_keys import place_keys

__all__ = ["EdgeRates", "edge_rates"]


@dataclass(frozen=True, eq=False)
class EdgeRates:
    """Rates of adoption along the edges of a sparse network.

    Attributes
    ----------
    places : tuple
        Keys, sorted; the order of every array.
    channels : tuple of str
        Names of the columns of rates.
    begin, target : ndarray
        Compressed rows: the edges of place i are ``begin[i]`` to ``begin[i + 1]``, sorted by target.
    rates : ndarray
        channels x edges, per unit of time (or probability, or weight, in a cascade).
    external : ndarray
        n, rate of adoption from outside.
    """

    places: tuple[Hashable, ...]
    channels: tuple[str, ...]
    begin: np.ndarray = field(repr=False)
    target: np.ndarray = field(repr=False)
    rates: np.ndarray = field(repr=False)
    external: np.ndarray = field(repr=False)

    def __repr__(self) -> str:
        return f"EdgeRates({len(self.places)} places, {self.target.size} edges, channels {', '.join(self.channels)})"

    @cached_property
    def keys(self) -> np.ndarray:
        """Noise keys of the places."""
        return place_keys(self.places)

    @cached_property
    def position(self) -> dict[Hashable, int]:
        """Place -> its position in every array."""
        return {place: i for i, place in enumerate(self.places)}

    @property
    def total(self) -> np.ndarray:
        """Rates summed over channels (edges)."""
        return self.rates[0] if len(self.rates) == 1 else self.rates.sum(axis=0)


def edge_rates(
    edges: pd.DataFrame,
    *,
    channels: Sequence[str] = ("value",),
    places: Sequence[Hashable] = (),
    external: Mapping[Hashable, float] | pd.Series | float = 0.0,
) -> EdgeRates:
    """Build the rates of a sparse network from an edge table.

    Parameters
    ----------
    edges : DataFrame
        ``source``, ``target`` and one column of rates a channel; edges given twice are added.
    channels : sequence of str
        The columns that hold rates.
    places : sequence, optional
        Places that must be there even without any edge.
    external : mapping or float
        Place -> rate of adoption from outside; 0 where missing.

    Returns
    -------
    EdgeRates

    Raises
    ------
    TableError
        If a column is missing, an end is empty, or a rate is negative or not finite.
    UnknownPlaceError
        If ``external`` names a place that is not there.
    OptionError
        If a rate from outside is negative or not finite.

    Examples
    --------
    >>> import pandas as pd
    >>> edge_rates(pd.DataFrame({"source": ["b", "a"], "target": ["c", "b"], "value": [0.5, 0.2]}))
    EdgeRates(3 places, 2 edges, channels value)
    """
    refuse(_faults(edges, tuple(channels)))
    value = edges[list(channels)].to_numpy(dtype=float).T
    ends = pd.concat([edges["source"], edges["target"], pd.Series(list(places), dtype=object)], ignore_index=True)
    codes, found = pd.factorize(ends, sort=True)
    n, m = len(found), len(edges)
    source, target = codes[:m], codes[m : 2 * m]
    keep = source != target
    flat = source[keep].astype(np.int64) * n + target[keep]
    order = np.argsort(flat, kind="stable")
    pairs, first = np.unique(flat[order], return_index=True)
    ordered = value[:, keep][:, order]
    summed = np.add.reduceat(ordered, first, axis=1) if pairs.size else ordered
    refuse(value_faults(external, found, name="external"))
    return EdgeRates(
        places=tuple(found),
        channels=tuple(channels),
        begin=row_starts(pairs // n, n),
        target=(pairs % n).astype(np.uint32),
        rates=np.ascontiguousarray(summed),
        external=numbers_of(external, found, default=0.0).to_numpy(),
    )


def row_starts(rows: np.ndarray, n: int) -> np.ndarray:
    """Return where the edges of each of n rows begin, the end of all included.

    Unsigned, as targets are: compiled loops need not ask of such an index whether it counts from the end.
    """
    starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n))])
    return starts.astype(np.uint32 if starts[-1] < 2**32 else np.int64)


def _faults(edges: pd.DataFrame, channels: tuple[str, ...]) -> Iterator[Wrong]:
    """Say what is wrong with a table of edges."""
    if not channels:
        yield "channels must name at least one column of rates"
    yield from column_faults(edges, "edges", ("source", "target", *channels))
    for end in ("source", "target"):
        if end in edges and edges[end].isna().any():
            yield table_fault("edges", f"a {end} in every row", "empty cells", "fill them or drop these rows", end)
    for column in channels:
        if column in edges:
            value = pd.to_numeric(edges[column], errors="coerce").to_numpy(dtype=float)
            if not (np.isfinite(value) & (value >= 0)).all():
                yield table_fault("edges", "finite rates of at least 0", "others", "correct these cells", column)
