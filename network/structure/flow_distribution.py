"""Describe how flows are distributed: how many there are, how large they are, and how few carry most."""

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from ...data.concentration import gini
from ...data.methods import documented
from ..flows.check_graph import ordered, warn_of_units
from ..flows.doubts import warn_of_mirror
from ..flows.summed_flows import summed_flows

__all__ = ["flow_distribution"]


@documented("gini1912", formula="G = Σ<sub>k</sub> (2k − m − 1) w<sub>(k)</sub> / (m Σ w)")
def flow_distribution(flows: pd.DataFrame, *, directed: bool = True, self_flows: bool = False) -> pd.Series:
    """Describe the distribution of flows before a selection, as ``statmat`` of R's package flows does.

    With m flows above 0 among n places:

    - ``places``, ``flows`` (m), ``pairs`` (that could have one), ``density`` = m / pairs;
    - ``components`` (connected, directions ignored), ``components_tied`` (of more than one place),
      ``largest_component`` (places);
    - ``total, min, q1, median, q3, max, mean, deviation`` (n - 1 in the divisor) of the flows above 0, quantiles by
      linear interpolation;
    - ``gini``: of the flows above 0, 0 if all are equal;
    - ``carry_half, carry_80``: the fewest flows that carry half and 80 % of the total.

    Parameters
    ----------
    flows : DataFrame
        Columns ``source``, ``target``, ``value``; rows of the same ends are summed. One kind and one year.
    directed : bool
        False if a row stands for both directions; every flow then counts once.
    self_flows : bool
        Whether flows from a place to itself count.

    Returns
    -------
    Series
        One number a measure; those of no flow at all are nan.

    Raises
    ------
    TableError
        If a column is missing, an end is empty, or a value is no number, negative or not finite.

    References
    ----------
    Gini (1912) *Variabilita e mutabilita*; Giraud, Beauguitte & Guerois, R package flows.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"source": list("BBBT"), "target": list("THSB"), "value": [6.0, 3.0, 1.0, 2.0]})
    >>> flow_distribution(flows)[["flows", "density", "median", "gini", "carry_half"]].round(3).tolist()
    [4.0, 0.333, 2.5, 0.333, 1.0]
    """
    warn_of_units(flows, stacklevel=2)
    warn_of_mirror(flows, directed=directed, stacklevel=2)
    rows = summed_flows(flows, directed=directed, self_flows=self_flows)
    places = ordered([*flows["source"], *flows["target"]])
    at = {place: i for i, place in enumerate(places)}
    source, target = (np.array([at[end] for end in rows[side]], dtype=int) for side in ("source", "target"))
    n = len(places)
    if not directed:
        rows = rows[source <= target]
    ties = sparse.csr_array((np.ones(len(source)), (source, target)), shape=(n, n))
    parts = connected_components(ties, directed=False)[1] if n else np.zeros(0, dtype=int)
    sizes = np.bincount(parts, minlength=0)
    pairs = n * (n - 1) // (1 if directed else 2) + (n if self_flows else 0)
    value = np.sort(rows["value"].to_numpy(dtype=float))
    m, total = len(value), value.sum()
    down = np.cumsum(value[::-1])
    found = {
        "places": n,
        "flows": m,
        "pairs": pairs,
        "density": m / pairs if pairs else np.nan,
        "components": len(sizes),
        "components_tied": int((sizes > 1).sum()),
        "largest_component": sizes.max(initial=0),
        "total": total,
    }
    quantiles = np.quantile(value, [0, 0.25, 0.5, 0.75, 1]) if m else np.full(5, np.nan)
    found |= dict(zip(("min", "q1", "median", "q3", "max"), quantiles, strict=True))
    found["mean"] = total / m if m else np.nan
    found["deviation"] = value.std(ddof=1) if m > 1 else np.nan
    found["gini"] = float(gini(value)) if m else np.nan
    for name, share in (("carry_half", 0.5), ("carry_80", 0.8)):
        found[name] = int(np.searchsorted(down, share * total * (1 - 1e-12))) + 1 if m else np.nan
    return pd.Series(found, dtype=float)
