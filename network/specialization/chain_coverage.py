"""Say which links of a chain each place holds, and which are missing."""

from collections.abc import Hashable, Iterable

import numpy as np
import pandas as pd

from ...data.options import listed, number_faults, refuse
from .class_table import read_classes

__all__ = ["chain_coverage"]


def chain_coverage(table: pd.DataFrame, links: Iterable[Hashable] | None = None, *, least: float = 0.0) -> pd.DataFrame:
    """Count the links of a chain that each place holds, and name those that it lacks.

    A place holds a link where its amount is above ``least``. ``run`` is the longest run of links held one after the
    other, in the order of the chain: a whole chain has a run of all its links.

    - A link that the table does not have is missing everywhere.
    - The last row, ``all``, counts a link as held where any place holds it.

    Parameters
    ----------
    table : DataFrame
        Places x links, amounts of at least 0 (firms, staff, 1 for present).
    links : iterable, optional
        The chain, first link first; the columns of the table if not given.
    least : float
        Amount that a link must exceed.

    Returns
    -------
    DataFrame
        ``place, held, of, share, run, missing`` (with semicolons), places in the order given, then ``all``.

    Raises
    ------
    TableError
        A label stands twice, or an amount is missing, negative or no number.
    OptionError
        No link, a link that stands twice, or a place named ``all``.

    Examples
    --------
    >>> parks = pd.DataFrame({"design": [3, 0], "testing": [1, 2]}, index=["A", "B"])
    >>> chain_coverage(parks, ["design", "testing", "transfer"])
      place  held  of     share  run           missing
    0     A     2   3  0.666667    2          transfer
    1     B     1   3  0.333333    1  design; transfer
    2   all     2   3  0.666667    2          transfer
    """
    read = read_classes(table)
    chain = list(table.columns) if links is None else list(listed(links, name="links"))
    twice = dict.fromkeys(link for link in chain if chain.count(link) > 1)
    refuse(
        [
            *([] if chain else ["links: needed at least one, got none"]),
            *(f"links: needed each once, got {one!r} twice" for one in twice),
            *(["table: needed places other than 'all', which stands for all places"] if "all" in read.places else []),
            *number_faults("least", least, least=0),
        ]
    )
    held = read.given.reindex(columns=pd.Index(chain), fill_value=0).to_numpy(dtype=float) > least
    held = np.vstack([held, held.any(axis=0)])
    found = pd.DataFrame({"place": [*read.given.index, "all"], "held": held.sum(axis=1), "of": len(chain)})
    found["share"] = found["held"] / found["of"]
    found["run"] = [_longest(row) for row in held]
    found["missing"] = ["; ".join(str(one) for one, there in zip(chain, row, strict=True) if not there) for row in held]
    return found


def _longest(row: np.ndarray) -> int:
    """Return the length of the longest run of links that are held."""
    edges = np.flatnonzero(~np.concatenate([[False], row, [False]]))
    return int(np.diff(edges).max()) - 1
