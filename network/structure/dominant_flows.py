"""Order places into hubs and hinterlands by their dominant flows.

A place belongs to the place that receives its largest flow, if that place is larger than itself; a place that is
larger than the receiver of its largest flow is a hub.
"""

from collections.abc import Hashable, Mapping

import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn
from ...data.methods import documented
from ...data.options import absent_place_faults, idle_faults, refuse
from ...data.wording.catalogue import join_texts, text
from ..flows.check_graph import by_place, ordered, warn_of_units
from ..flows.doubts import warn_of_mirror
from ..flows.summed_flows import summed_flows

__all__ = ["dominant_flows"]


@documented("nystuen1961", formula="t(i) = arg max<sub>j</sub> w<sub>ij</sub>, s<sub>t(i)</sub> &gt; s<sub>i</sub>")
def dominant_flows(
    flows: pd.DataFrame,
    *,
    mass: Mapping[Hashable, float] | pd.Series | None = None,
    directed: bool = True,
    self_flows: bool = False,
    unseen: float = 10.0,
    tolerance: float = 1e-6,
) -> pd.DataFrame:
    """Build the tree of hubs and hinterlands from the largest flow that each place sends.

    Place i sends its largest flow to ``target``. It is subordinate to that place if the place is larger,
    ``mass[target] > mass[i]``, and else a hub (a terminal point). As every step leads to a larger place, the steps
    form trees with a hub at each root. ``level`` counts the steps to the hub, which stands at 0.

    - Of equally large flows the one to the larger place counts, then that to the first in order of keys; ``tied`` says
      so. Of two places of equal mass neither is larger, so neither is subordinate to the other. Numbers are equal that
      differ by less than a share of ``tolerance``, as estimated flows meet their totals only nearly.
    - A place that sends nothing is a hub without a target. So is an island that ``mass`` alone names.
    - A place's flow to itself is left out, or counts as sent and received with ``self_flows=True``: a place that keeps
      its largest flow then is its own ``target`` and a hub, which suits journeys to work.
    - Multiplying all flows, or all masses, by one number changes nothing.
    - Only flows inside the table are seen. A place whose ties lie mostly outside it is placed too low: on a regional
      table a national capital can fall under a town. With ``mass`` from another source (population, output, flows of
      the whole country) a place whose mass per flow seen is more than ``unseen`` times the median raises a warning.

    Parameters
    ----------
    flows : DataFrame
        Columns ``source``, ``target``, ``value``; rows of the same ends are summed. One kind and one year.
    mass : mapping, optional
        Place -> size, that says which is larger. Without it, the flow received.
    directed : bool
        False if a row stands for both directions.
    self_flows : bool
        Whether flows from a place to itself count.
    unseen : float
        Ratio from which a place's mass is said to exceed its flows seen.
    tolerance : float
        Share of a number by which another may differ and still count as equal.

    Returns
    -------
    DataFrame
        ``place, mass, target, flow, share`` (of all that the place sends), ``tied, hub`` (the root above it, itself
        if it is one), ``terminal, level, subordinates`` (places directly below), ``hinterland`` (places anywhere
        below), ``unseen_ratio`` (mass per flow seen over its median; nan without ``mass``), sorted by place.

    Raises
    ------
    TableError
        If a column is missing, an end is empty, or a value is no number, negative or not finite.
    UnknownPlaceError
        If ``mass`` lacks a place of the flows and names one that they do not.
    OptionError
        If a number is out of range, or a place of the flows has no mass.

    Warns
    -----
    InnoscapeWarning
        If a mass far exceeds the flows seen, or flows in different units are summed.

    References
    ----------
    Nystuen & Dacey (1961) *Papers of the Regional Science Association* 7.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame(
    ...     {
    ...         "source": ["Tianjin", "Beijing", "Tangshan", "Tangshan"],
    ...         "target": ["Beijing", "Tianjin", "Tianjin", "Beijing"],
    ...         "value": [9.0, 6.0, 3.0, 2.0],
    ...     }
    ... )
    >>> dominant_flows(flows)[["place", "target", "hub", "level", "hinterland"]]
          place   target      hub  level  hinterland
    0   Beijing  Tianjin  Beijing      0           2
    1  Tangshan  Tianjin  Beijing      2           0
    2   Tianjin  Beijing  Beijing      1           1
    """
    rows = summed_flows(flows, directed=directed, self_flows=self_flows)
    warn_of_units(flows, stacklevel=2)
    warn_of_mirror(flows, directed=directed, stacklevel=2)
    if mass is None:
        refuse(idle_faults(dominant_flows, "without mass", unseen=unseen))
    given = by_place(mass, "mass", numeric=True) if mass is not None else None
    ends = ordered({*rows["source"], *rows["target"], *flows["source"]})
    places = ends if given is None else ordered({*ends, *given.index})
    received = rows.groupby("target")["value"].sum().reindex(places, fill_value=0.0)
    sent = rows.groupby("source")["value"].sum().reindex(places, fill_value=0.0)
    own = rows[rows["source"] == rows["target"]].set_index("source")["value"].reindex(places, fill_value=0.0)
    size = _masses(given, received, places, ends)
    table = pd.DataFrame({"place": places, "mass": size.to_numpy()})
    best = _largest(rows, size, places, tolerance)
    table["target"] = pd.Series(best["target"].reindex(places).to_numpy(), dtype=object)
    table["flow"] = best["value"].reindex(places).to_numpy(dtype=float)
    table["share"] = table["flow"] / sent.to_numpy()
    table["tied"] = best["tied"].reindex(places).eq(True).to_numpy()
    above = {
        place: target
        for place, target in zip(places, table["target"], strict=True)
        if pd.notna(target) and size[target] > size[place] * (1 + tolerance)
    }
    chains = [_chain(place, above) for place in places]
    table["hub"] = pd.Series([chain[-1] for chain in chains], dtype=object)
    table["terminal"] = [len(chain) == 1 for chain in chains]
    table["level"] = [len(chain) - 1 for chain in chains]
    direct = pd.Series(list(above.values()), dtype=object).value_counts()
    below = pd.Series([p for chain in chains for p in chain[1:]], dtype=object).value_counts()
    table["subordinates"] = [int(direct.get(p, 0)) for p in places]
    table["hinterland"] = [int(below.get(p, 0)) for p in places]
    table["unseen_ratio"] = _unseen(given, size, (sent + received - own).to_numpy(), unseen, places)
    return table


def _masses(given: pd.Series | None, received: pd.Series, places: list, ends: list) -> pd.Series:
    if given is None:
        return received
    refuse(absent_place_faults("mass", given.index, ends))
    size = given.reindex(places)
    without = [str(p) for p in size.index[~np.isfinite(size.to_numpy())]]
    if without:
        raise OptionError(text("faults.calls.dominant_flows.mass_must_every_place", without=join_texts(without)))
    if (size < 0).any():
        raise OptionError(text("faults.calls.dominant_flows.masses_must_0"))
    return size


def _largest(rows: pd.DataFrame, size: pd.Series, places: list, tolerance: float) -> pd.DataFrame:
    """Return the largest flow of each sending place."""
    position = {place: i for i, place in enumerate(places)}
    rows = rows.assign(size=rows["target"].map(size).to_numpy(), position=rows["target"].map(position).to_numpy())
    top = rows.groupby("source")["value"].transform("max")
    rows = rows[rows["value"] >= top * (1 - tolerance)]
    large = rows["size"] >= rows.groupby("source")["size"].transform("max") * (1 - tolerance)
    best = rows[large].sort_values("position").drop_duplicates("source").set_index("source")
    return best.assign(tied=rows["source"].value_counts().reindex(best.index).gt(1))


def _chain(place: Hashable, above: dict) -> list:
    """Walk from a place up to its hub."""
    chain = [place]
    while chain[-1] in above:
        chain.append(above[chain[-1]])
    return chain


def _unseen(given: pd.Series | None, size: pd.Series, seen: np.ndarray, limit: float, places: list) -> np.ndarray:
    """Compare mass per flow seen with its median, and warn where it is far above."""
    mass = size.to_numpy(dtype=float)
    if given is None or not (seen > 0).any():
        return np.full(len(mass), np.nan)
    # a place without any flow seen has nothing to compare with, and shows as a place without a target
    ratio = np.divide(mass, seen, out=np.full(len(mass), np.nan), where=seen > 0)
    median = float(np.nanmedian(ratio))
    relative = ratio / median if median > 0 else np.full(len(mass), np.nan)
    far = [str(places[i]) for i in np.flatnonzero(relative > limit)]
    if far:
        warn("warnings.flows.unseen", places=far, limit=f"{limit:g}", stacklevel=3)
    return relative
