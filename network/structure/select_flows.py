"""Keep the flows that matter: the first of each place, the large, those that make up a share, or to larger places."""

from collections.abc import Hashable, Mapping
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import absent_place_faults, check_choice, check_number, idle_faults, refuse
from ..flows.check_graph import by_place, warn_of_units
from ..flows.doubts import warn_of_mirror
from ..flows.summed_flows import summed_flows

__all__ = ["select_flows"]

Select = Literal["n_first", "x_first", "cumulated", "cumulated_share", "dominant"]
METHODS: tuple[str, ...] = get_args(Select)
Within = Literal["source", "target", "all"]
WITHIN_FLOWS: tuple[str, ...] = get_args(Within)
# a sum that misses its aim by less than this share reaches it
_ROUNDING = 1e-9


@documented("nystuen1961", "puebla1987", formula="s<sub>j</sub> / s<sub>i</sub> &gt; k")
def select_flows(
    flows: pd.DataFrame,
    *,
    method: Select,
    k: float,
    within: Within | None = None,
    mass: Mapping[Hashable, float] | pd.Series | None = None,
    directed: bool = True,
    self_flows: bool = False,
    equal: bool = False,
) -> pd.DataFrame:
    """Select flows by one of the five rules that R's package flows has.

    ===================== ==================================================================
    method                keeps, within each source (or target, or all flows)
    ===================== ==================================================================
    ``"n_first"``         the k largest flows
    ``"x_first"``         the flows larger than k
    ``"cumulated"``       as many of the largest as are needed for a sum of at least k
    ``"cumulated_share"`` as many of the largest as are needed for a share k of all
    ``"dominant"``        the flows to a place more than k times as large as the sender
    ===================== ==================================================================

    - Flows are taken from the largest down, equal ones in order of source and target; with ``equal=True`` those equal
      to the last one taken are kept as well.
    - Where a sum of k is not reached, all flows are kept.
    - Selections combine by ``merge``: dominant flows that are first ones are those of Nystuen and Dacey.
    - With ``"x_first"`` and ``"dominant"`` it makes no difference among which flows they are selected, so ``within`` is
      refused.

    Parameters
    ----------
    flows : DataFrame
        Columns ``source``, ``target``, ``value``; rows of the same ends are summed. One kind and one year.
    method : {"n_first", "x_first", "cumulated", "cumulated_share", "dominant"}
        See above.
    k : float
        A whole number, a flow, a sum of flows, a share from 0 to 1, or a ratio.
    within : {"source", "target", "all"}, optional
        Among which flows the largest are taken: of each source (the default), of each target, or of all.
    mass : mapping, optional
        Place -> size, for ``"dominant"`` only. Without it, the flow received.
    directed : bool
        False if a row stands for both directions.
    self_flows : bool
        Whether flows from a place to itself count.
    equal : bool
        Whether flows equal to the last one taken are kept too; not for ``"x_first"`` and ``"dominant"``.

    Returns
    -------
    DataFrame
        ``source, target, value, share`` (of all that the source sends) and ``rank`` (1 for its largest) of what is
        kept, sorted by source and target: a flow table.

    Raises
    ------
    TableError
        If a column is missing, an end is empty, or a value is no number, negative or not finite.
    OptionError
        If an option is unknown, out of range, or of no use to the method, or a place has no mass.

    References
    ----------
    Nystuen & Dacey (1961) *Papers of the Regional Science Association* 7; Gutierrez Puebla
    (1987) *Transportation Research B* 21;
    Giraud, Beauguitte & Guerois, R package flows.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"source": list("BBBT"), "target": list("THSB"), "value": [6.0, 3.0, 1.0, 5.0]})
    >>> select_flows(flows, method="cumulated_share", k=0.8)
      source target  value  share  rank
    0      B      H    3.0    0.3     2
    1      B      T    6.0    0.6     1
    2      T      B    5.0    1.0     1
    """
    check_choice("method", method, METHODS)
    ranked = method in ("n_first", "cumulated", "cumulated_share")
    if within is not None:
        check_choice("within", within, WITHIN_FLOWS)
    idle = {} if ranked else {"within": within, "equal": equal}
    idle |= {} if method == "dominant" else {"mass": mass}
    refuse(idle_faults(select_flows, f"with method={method!r}", **idle))
    limits = {
        "n_first": {"least": 1, "whole": True},
        "cumulated_share": {"least": 0, "most": 1},
    }
    check_number("k", k, **limits.get(method, {"least": 0}))
    warn_of_units(flows, stacklevel=2)
    warn_of_mirror(flows, directed=directed, stacklevel=2)
    rows = summed_flows(flows, directed=directed, self_flows=self_flows)
    rows["share"] = rows["value"] / rows.groupby("source")["value"].transform("sum")
    rows["rank"] = _ranks(rows, "source")
    if method == "x_first":
        kept = rows["value"] > k
    elif method == "dominant":
        kept = _dominant(rows, mass, k)
    else:
        kept = _first(rows, method, k, within or "source", equal=equal)
    return rows[kept.to_numpy(dtype=bool)].reset_index(drop=True)


def _ranks(rows: pd.DataFrame, end: str | None) -> pd.Series:
    """Rank flows from the largest down, equal ones in the order of the table, which is that of the keys."""
    values = -rows["value"]
    return (values.groupby(rows[end]) if end else values).rank(method="first").astype(int)


def _first(rows: pd.DataFrame, method: str, k: float, within: str, *, equal: bool) -> pd.Series:
    """Mark the first flows, up to a number or a sum."""
    end = None if within == "all" else within
    group = rows[end] if end else pd.Series(0, index=rows.index)
    rank = _ranks(rows, end)
    if method == "n_first":
        kept = rank <= k
    else:
        order = rows.assign(group=group, rank=rank).sort_values(["group", "rank"], kind="stable")
        sums = order.groupby("group")["value"]
        before = (sums.cumsum() - order["value"]).reindex(rows.index)
        aim = k if method == "cumulated" else k * rows["value"].groupby(group).transform("sum")
        kept = before < aim * (1 - _ROUNDING)
    if equal:
        last = rows["value"].where(kept).groupby(group).transform("min")
        kept |= (rows["value"] >= last).fillna(value=False)
    return kept


def _dominant(rows: pd.DataFrame, mass: Mapping[Hashable, float] | pd.Series | None, k: float) -> pd.Series:
    """Mark the flows to a place more than k times as large as the sender."""
    if mass is None:
        size = rows.groupby("target")["value"].sum().astype(float)
    else:
        size = by_place(mass, "mass", numeric=True)
        ends = [*rows["source"], *rows["target"]]
        refuse(absent_place_faults("mass", size.index, dict.fromkeys(ends)))
        if not (np.isfinite(size) & (size >= 0)).all():
            raise OptionError("mass: needed finite numbers of at least 0")
    sender = rows["source"].map(size).fillna(0.0)
    return rows["target"].map(size).astype(float) > k * sender.astype(float)
