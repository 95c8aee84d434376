"""Place centers on tiers by the flows that join them: by strength, by dominant flows, by core and periphery.

Flows come as plain tables, so that any network can be used; the tiers compare with those from scores by
`tier_agreement`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.methods import documented
from ...data.options import check_choice, check_columns, check_known_places, finite_series, idle_faults, refuse
from ...data.places.keys import as_keys, key_text
from ...data.wording.catalogue import join_texts, text
from .assign import TIERS, assign_tiers, tier_dtype
from .breaks import TIER_METHODS, TierMethodName

__all__ = ["HUB_ORDERS", "flow_tiers"]

HubOrder = Literal["depth", "height"]
HUB_ORDERS: tuple[str, ...] = get_args(HubOrder)


@documented("nystuen1961")
def flow_tiers(
    strengths: pd.Series | Mapping[str, float] | pd.DataFrame,
    *,
    dominant: pd.DataFrame | None = None,
    core: pd.Series | Mapping[str, bool] | pd.DataFrame | None = None,
    order: HubOrder = "depth",
    method: TierMethodName = "natural_breaks",
    k: int | None = None,
    labels: Sequence[str] = TIERS,
) -> pd.Series:
    """Divide places into tiers by their place in a network of flows.

    - ``strengths`` alone: `assign_tiers` of the strengths.
    - With ``dominant``, the table of dominant flows (each place depends on the target of its largest flow, unless that
      is the smaller of the two): a hub that depends on no other is on the first tier, places that depend on it on the
      second, and so on (``order="depth"``); or a place with no follower is on the last tier used, one with followers
      who have none a tier above, and so on (``order="height"``).
    - A place that neither depends on another nor has dependents is no hub: it is on the lowest tier used.
    - Depths beyond the last label stay on the last tier. Without any dominant flow all places share the first tier.
    - With ``core``: members of the core are on the first tier, the periphery is divided among the others by strength.

    Parameters
    ----------
    strengths : Series, mapping or DataFrame
        Strength by place, or columns ``place``, ``strength``; it names the places of the network.
    dominant : DataFrame, optional
        ``source`` (or ``place``), ``target``: the place leaned on; empty, or no row, for a hub. A column ``terminal``
        marks hubs that have a target all the same, as in the table of `innoscape.network.dominant_flows`.
    core : Series, mapping or DataFrame, optional
        Whether a place belongs to the core, or columns ``place``, ``core``.
    order : {"depth", "height"}
        How dominant flows are counted.
    method, k
        As in `assign_tiers`; for strengths and for the periphery. ``k`` is the number of tiers in all, as many as
        there are labels when not given.
    labels : sequence of str
        Names of the tiers, highest first.

    Returns
    -------
    Series
        Ordered categorical ``tier`` by place, in the order of ``strengths``.

    Raises
    ------
    TableError
        A table that lacks a column.
    OptionError
        An option outside its choices, ``dominant`` and ``core`` together, a place that depends on two others, or
        dominant flows that run in a circle.
    UnknownPlaceError
        ``dominant`` or ``core`` names a place that has no strength.

    References
    ----------
    Nystuen, J. D., Dacey, M. F. (1961). A graph theory interpretation of nodal regions. Papers of the Regional Science
    Association 7, 29-42.

    Examples
    --------
    >>> strengths = {"北京": 90, "上海": 80, "天津": 30, "苏州": 25, "张家口": 5, "拉萨": 1}
    >>> dependence = pd.DataFrame({"source": ["天津", "苏州", "张家口"], "target": ["北京", "上海", "天津"]})
    >>> flow_tiers(strengths, dominant=dependence).to_dict()
    {'北京': 'international', '上海': 'international', '天津': 'national', '苏州': 'national', '张家口': 'regional',
     '拉萨': 'regional'}
    >>> flow_tiers(strengths, core={"北京": True, "上海": True}, labels=("core", "periphery"))["天津"]
    'periphery'
    """
    check_choice("order", order, HUB_ORDERS)
    labels = tuple(labels)
    values = finite_series(_column("strengths", strengths, "strength"), name="strengths")
    values.index = values.index.map(key_text)
    if values.index.duplicated().any():
        again = ", ".join(sorted(set(values.index[values.index.duplicated()])))
        raise OptionError(text("faults.calls.from_flows.strengths_every_place_once", again=again))
    if dominant is not None and core is not None:
        raise OptionError(text("faults.calls.from_flows.dominant_core_two_both"))
    if dominant is None:
        refuse(idle_faults(flow_tiers, "without dominant flows", order=order))
    else:
        refuse(idle_faults(flow_tiers, "with dominant flows", method=method, k=k))
        return _by_hubs(values.index, dominant, order, labels)
    check_choice("method", method, TIER_METHODS)
    if k is None and "k" in TIER_METHODS[method].options:
        k = len(labels)
    if core is not None:
        return _by_core(values, _column("core", core, "core"), labels, method=method, k=k)
    below: dict[str, Any] = {} if k is None else {"k": k}
    return assign_tiers(values, method=method, labels=labels, **below)


def _column(owner: str, given: pd.Series | Mapping[str, Any] | pd.DataFrame, column: str) -> pd.Series:
    if not isinstance(given, pd.DataFrame):
        return pd.Series(given)
    check_columns(given, owner, ("place", column))
    return pd.DataFrame(given).set_index("place")[column]


def _by_core(
    values: pd.Series, core: pd.Series, labels: tuple[str, ...], *, method: TierMethodName, k: int | None
) -> pd.Series:
    core.index = core.index.map(key_text)
    check_known_places("core", core.index, values.index)
    member = core.reindex(values.index).map(lambda cell: pd.notna(cell) and bool(cell)).to_numpy(dtype=bool)
    if len(labels) < 2 or (k is not None and k < 2):
        raise OptionError(text("faults.calls.from_flows.labels_k_two_tiers"))
    tiers = pd.Series(labels[0], index=values.index, dtype="str")
    if not member.all():
        below: dict[str, Any] = {} if k is None else {"k": k - 1}
        rest = assign_tiers(values[~member], method=method, labels=labels[1:], **below)
        tiers[~member] = rest.astype("str")
    return pd.Series(tiers.astype(tier_dtype(labels)), name="tier")


def _by_hubs(places: pd.Index, dominant: pd.DataFrame, order: str, labels: tuple[str, ...]) -> pd.Series:
    above = _leans(places, dominant)
    depth = {place: len(_way_up(place, above)) for place in places}
    followed = set(above.values())
    if order == "height":
        height = dict.fromkeys(places, 0)
        # from the deepest place up, so that every follower is known before the one it depends on
        for place in sorted(above, key=lambda p: -depth[p]):
            height[above[place]] = max(height[above[place]], height[place] + 1)
        top = max(height.values())
        steps = {place: top - height[place] for place in places}
    else:
        deepest = max(depth.values())
        steps = {p: depth[p] if p in above or p in followed else deepest for p in places}
    codes = np.minimum([steps[place] for place in places], len(labels) - 1)
    tiers = pd.Categorical.from_codes(codes, dtype=tier_dtype(labels))
    return pd.Series(tiers, index=places, name="tier")


def _leans(places: pd.Index, dominant: pd.DataFrame) -> dict[str, str]:
    if "source" not in dominant and "place" in dominant:
        dominant = dominant.rename(columns={"place": "source"})
    check_columns(dominant, "dominant", ("source", "target"))
    if "terminal" in dominant:
        dominant = dominant[~dominant["terminal"].astype(bool)]
    rows = dominant.dropna(subset=["source", "target"])
    rows = rows[rows["source"] != rows["target"]].drop_duplicates(["source", "target"])
    sources, targets = as_keys(rows["source"]), as_keys(rows["target"])
    check_known_places("dominant", [*sources, *targets], places)
    repeated = sorted(set(sources[sources.duplicated()]))
    if repeated:
        raise OptionError(text("faults.calls.from_flows.dominant_target_every_place", repeated=join_texts(repeated)))
    return dict(zip(sources, targets, strict=True))


def _way_up(place: str, above: Mapping[str, str]) -> list[str]:
    way: list[str] = []
    at = place
    while at in above:
        at = above[at]
        way.append(at)
        if at == place or way.count(at) > 1:
            raise OptionError(text("faults.calls.from_flows.dominant_flows_end_hub", v=" -> ".join([place, *way])))
    return way
