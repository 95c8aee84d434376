"""Balance flows by group, at current or constant prices, and say whose flows the table cannot hold in full.

What a group sends out is its export (``outside``), what it takes in its absorption (``inflow``). Flows are summed in
sorted order, so nothing depends on the order of rows.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn
from ...data.methods import documented
from ...data.options import check_choice, check_columns, check_number, table_fault
from ...data.wording.catalogue import text
from .check_graph import by_place, flow_values, ordered, warn_of_units
from .deflate import IndexBase, deflate
from .doubts import warn_of_mirror
from .faults import plain_ends

__all__ = ["balances", "flow_completeness", "localization_shares"]

Partner = Literal["both", "out", "in"]
_PARTNERS: tuple[str, ...] = get_args(Partner)
EiCount = Literal["flows", "ends"]
# a difference below this share of what is exchanged is rounding
_ROUNDING = 1e-8
_EI_COUNTS: tuple[str, ...] = get_args(EiCount)


@documented("wasserman1994", formula="ℓ<sub>g</sub> = F<sub>g→g</sub> / (F<sub>g→g</sub> + F<sub>g→other</sub>)")
def balances(
    flows: pd.DataFrame,
    groups: Mapping[Hashable, Hashable] | pd.Series,
    *,
    directed: bool,
    scopes: Mapping[Hashable, Hashable] | pd.Series | None = None,
    by: str | Iterable[str] = (),
    self_flows: bool = False,
    partners: Partner = "both",
    ei_counts: EiCount = "flows",
    deflator: Mapping[Any, float] | pd.Series | None = None,
    base_year: int | None = None,
    index_base: IndexBase | None = None,
) -> pd.DataFrame:
    """Balance flows by group: what stays inside, what leaves, what comes in, and on whom it depends.

    For group g, with flows T from place to place and S(i) the scope of place i::

        inside = sum T[i, j]   i in g, S(i) = S(j), i != j
        outside = sum T[i, j]  i in g, S(i) != S(j)         export
        inflow = sum T[i, j]   j in g, S(i) != S(j)         absorption
        net = outside - inflow
        localization_share = inside / (inside + outside)    leakage = 1 - localization_share
        absorption_share = inflow / (inflow + received inside)
        net_position = net / (outside + inflow)             -1 only takes, 1 only sends
        ei_index = (E - I) / (E + I)                        -1 all internal, 1 all external

    E is the flow between g and other scopes in either direction, I the flow within a scope that touches g, each flow
    once. Groups and scopes are any mapping: tier, agglomeration, province, or ``{place: place}`` for single places.

    - Without ``scopes`` a group is its own scope; with them, a place or tier can be balanced against the
      agglomeration each place lies in.
    - A place without a group (missing from ``groups``) counts as outside of every group.
    - When no group has any inside flow, or none has any outside flow, the table covers only one of the two, and what
      compares them (localization, leakage, absorption share, E-I index) is undefined (nan).
    - In undirected networks ``inflow`` equals ``outside`` and ``net`` is 0; a pair counts once for each group.
    - Partners of a group are the other groups; a place without a group is a partner of its own. Equal partners:
      the first in order is named.

    Parameters
    ----------
    flows : DataFrame
        Columns ``source``, ``target``, ``value``.
    groups : mapping
        Place -> group.
    directed : bool
        Whether the flows have a direction.
    scopes : mapping, optional
        Place -> scope, within which a flow counts as inside.
    by : str or iterable of str
        Columns of ``flows`` to balance apart (``year``, ``kind``); every part holds every group.
    self_flows : bool
        Whether flows from a place to itself count as inside; they are left out otherwise.
    partners : {"both", "out", "in"}
        Whether partners are ranked by flows in both directions, sent or received.
    ei_counts : {"flows", "ends"}
        ``ends`` counts an inside flow from both of its ends, as row sums of a symmetric matrix do.
    deflator : mapping, optional
        Year -> price index, to balance at constant prices, see `deflate`; needs ``base_year``.
    base_year : int, optional
        Year whose prices are used.
    index_base : {"one_year", "year_before"}, optional
        What the index is measured against, see `deflate`.

    Returns
    -------
    DataFrame
        The columns of ``by``, then ``group, inside, outside, inflow, net, localization_share, leakage,
        absorption_share, net_position, ei_index, partners`` (number), ``largest_partner, largest_partner_share,
        partner_herfindahl`` (sum of squared shares), in the flows' unit, sorted.

    Raises
    ------
    TableError
        If a column is missing or has empty cells, or a value is no number, negative or not finite.
    OptionError
        If an option is unknown, a place has two groups, or a year has no price index.

    Warns
    -----
    InnoscapeWarning
        If flows in different units are summed, or none of their places has a group; as `deflate` does; if every pair of
        an undirected table stands in both directions with the same value.

    References
    ----------
    Krackhardt & Stern (1988) *Social Psychology Quarterly* 51 (E-I index); Hirschman (1945) *National Power and the
    Structure of Foreign Trade* (concentration on partners).

    Examples
    --------
    Of the 2,868.15 (100 million yuan) of technology contracts that Beijing sold to other provinces in 2019, 282.80
    went to Tianjin and Hebei:

    >>> import pandas as pd
    >>> flows = pd.DataFrame(
    ...     {"source": ["Beijing"] * 2, "target": ["Tianjin and Hebei", "elsewhere"], "value": [282.80, 2585.35]}
    ... )
    >>> scope = {"Beijing": "Jing-Jin-Ji", "Tianjin and Hebei": "Jing-Jin-Ji"}
    >>> balances(flows, scope, directed=True)["localization_share"].round(4).tolist()
    [0.0986]
    """
    check_choice("partners", partners, _PARTNERS)
    check_choice("ei_counts", ei_counts, _EI_COUNTS)
    if (deflator is None) != (base_year is None):
        raise OptionError("constant prices need both deflator= and base_year=")
    if deflator is not None and base_year is not None:
        flows = deflate(flows, deflator, base_year=base_year, index_base=index_base)
    flows = plain_ends(flows.assign(value=flow_values(flows)))
    group_of = by_place(groups, "groups").dropna()
    scope_of = group_of if scopes is None else by_place(scopes, "scopes").dropna()
    every = flows.sort_values(["source", "target", "value"], kind="stable")
    counted = (every["source"] == every["target"]).to_numpy() <= self_flows
    rows = every[counted]
    index = ordered({*rows["source"].map(group_of).dropna(), *rows["target"].map(group_of).dropna()})
    if not index and len(rows):
        warn("warnings.flows.no_groups", place=rows["source"].iloc[0], stacklevel=2)
    names = [by] if isinstance(by, str) else list(by)
    if "group" in names:
        raise OptionError("balances have a column group of their own: rename that of the flows, or balance by another")
    parts = []
    # a part of self-flows alone is a part still
    for key, whole in _parts(every.assign(_counted=counted), names):
        part = whole[whole.pop("_counted")]
        warn_of_units(part, stacklevel=2)
        warn_of_mirror(part, directed=directed, stacklevel=2)
        ends = _Ends(part, group_of, scope_of, directed=directed)
        table = _sums(ends, index, ei_counts).join(_dependency(ends, index, partners))
        parts.append(table.rename_axis("group").reset_index())
        for position, (name, value) in enumerate(zip(names, key, strict=True)):
            parts[-1].insert(position, name, value)
    return pd.concat(parts, ignore_index=True)


def localization_shares(flows: pd.DataFrame, groups: Mapping[Hashable, Hashable]) -> pd.Series:
    """Return the share of what each group, and then each place in one, sends that stays in its group.

    Of a group as `balances` computes it for directed flows; of a place what it sends to itself counts too.

    Examples
    --------
    >>> flows = pd.DataFrame({"source": ["B", "B", "T"], "target": ["T", "S", "B"], "value": [1.0, 3.0, 4.0]})
    >>> localization_shares(flows, {"B": "north", "T": "north", "S": "south"}).to_dict()
    {'north': 0.625, 'south': nan, 'B': 0.25, 'T': 1.0}
    """
    group_of = by_place(groups, "groups").dropna().to_dict()
    rows = plain_ends(flows).sort_values(["source", "target", "value"], kind="stable")
    source, target, value = rows["source"].tolist(), rows["target"].tolist(), rows["value"].to_numpy(dtype=float)
    origin = pd.Series([group_of.get(place) for place in source], dtype=object)
    destination = pd.Series([group_of.get(place) for place in target], dtype=object)
    stays = ((origin == destination) & origin.notna()).to_numpy()
    away = np.array([one != other for one, other in zip(source, target, strict=True)], dtype=bool)
    index = ordered({*origin[away].dropna(), *destination[away].dropna()})

    def total(mask: np.ndarray, by: pd.Series) -> pd.Series:
        return pd.Series(value[mask]).groupby(by[mask].to_numpy()).sum()

    inside, outside = (total(away & mask, origin).reindex(index).fillna(0.0).astype(float) for mask in (stays, ~stays))
    whole = inside + outside
    covered = bool(inside.any() and outside.any())
    shares = inside / whole.where(whole > 0) if covered else pd.Series(np.nan, index=index)
    grouped = origin.notna().to_numpy()
    name = pd.Series(source, dtype=object)
    sent = total(grouped, name)
    return pd.concat([shares, total(grouped & stays, name).reindex(sent.index).fillna(0.0) / sent])


def _parts(rows: pd.DataFrame, names: list[str]) -> list[tuple[tuple, pd.DataFrame]]:
    for name in names:
        check_columns(rows.drop(columns="_counted"), "flows", [name])
        if rows[name].isna().any():
            raise table_fault(
                "flows",
                text("faults.calls.balances.every_row", name=name),
                text("faults.calls.alike.empty_cells"),
                text("faults.calls.balances.fill_them_leave_out"),
                name,
            )
    if not names or rows.empty:
        return [((None,) * len(names), rows)]
    return [(key, part) for key, part in rows.groupby(names, sort=True) if isinstance(key, tuple)]


class _Ends:
    """Groups, partners and values of every flow; an undirected flow stands twice, once from each end."""

    def __init__(self, rows: pd.DataFrame, group_of: pd.Series, scope_of: pd.Series, *, directed: bool) -> None:
        self.directed = directed
        share = 1.0
        if not directed:
            rows = pd.concat([rows, rows.rename(columns={"source": "target", "target": "source"})])
        rows = rows.reset_index(drop=True)
        self.origin, self.destination = (rows[end].map(group_of).astype(object) for end in ("source", "target"))
        scopes = [rows[end].map(scope_of).astype(object) for end in ("source", "target")]
        self.stays = ((scopes[0] == scopes[1]) & scopes[0].notna()) | (rows["source"] == rows["target"])
        self.together = (self.origin == self.destination) & self.origin.notna()
        if not directed:
            # a pair within one group is seen twice from there
            share = np.where(self.together, 0.5, 1.0)
        self.value = rows["value"].astype(float) * share
        # a place without a group is a partner of its own
        self.sender = self.origin.where(self.origin.notna(), rows["source"].astype(object))
        self.taker = self.destination.where(self.destination.notna(), rows["target"].astype(object))


def _sums(ends: _Ends, index: list, ei_counts: str) -> pd.DataFrame:
    def total(group: pd.Series, mask: pd.Series) -> pd.Series:
        return ends.value[mask].groupby(group[mask]).sum().reindex(index).fillna(0.0).astype(float)

    table = pd.DataFrame(
        {
            "inside": total(ends.origin, ends.stays),
            "outside": total(ends.origin, ~ends.stays),
            "inflow": total(ends.destination, ~ends.stays),
        },
        index=index,
        dtype=float,
    )
    exchanged = table["outside"] + table["inflow"]
    net = table["outside"] - table["inflow"]
    table["net"] = net.mask(net.abs() <= _ROUNDING * exchanged, 0.0)
    covered = bool(table["inside"].any() and table["outside"].any())
    received = total(ends.destination, ends.stays)
    own = total(ends.origin, ends.stays & ends.together)
    internal, external = table["inside"], table["outside"]
    if ends.directed:
        # a flow within one group touches it with both ends, yet is one flow
        internal = internal + received - own
        external = external + table["inflow"] - total(ends.origin, ~ends.stays & ends.together)
    if ei_counts == "ends":
        internal = internal + own

    def compared(part: pd.Series, whole: pd.Series) -> pd.Series:
        return part / whole.where(whole > 0) if covered else pd.Series(np.nan, index=index)

    table["localization_share"] = compared(table["inside"], table["inside"] + table["outside"])
    table["leakage"] = 1.0 - table["localization_share"]
    table["absorption_share"] = compared(table["inflow"], table["inflow"] + received)
    table["net_position"] = table["net"] / exchanged.where(exchanged > 0)
    table["ei_index"] = compared(external - internal, external + internal)
    return table


def _dependency(ends: _Ends, index: list, partners: str) -> pd.DataFrame:
    """Return number, largest and concentration of the partners of each group."""
    sent = pd.DataFrame({"group": ends.origin, "partner": ends.taker, "value": ends.value})
    received = pd.DataFrame({"group": ends.destination, "partner": ends.sender, "value": ends.value})
    choice = {"out": [sent], "in": [received], "both": [sent, received]}
    pairs = choice[partners] if ends.directed else [sent]
    rows = pd.concat([p[~ends.together & p["group"].notna() & (p["value"] > 0)] for p in pairs])
    totals = rows.groupby(["group", "partner"])["value"].sum().sort_index()
    found: dict[Hashable, tuple] = {}
    values, partner = totals.to_numpy(), totals.index.get_level_values(1)
    for group, at in totals.groupby(level=0).indices.items():
        share = values[at] / values[at].sum()
        largest = int(share.argmax())
        found[group] = (len(share), partner[at[largest]], float(share[largest]), float((share**2).sum()))
    columns = ["partners", "largest_partner", "largest_partner_share", "partner_herfindahl"]
    alone = (0, None, np.nan, np.nan)
    return pd.DataFrame([found.get(group, alone) for group in index], index=index, columns=columns)


def flow_completeness(
    flows: pd.DataFrame, mass: Mapping[Hashable, float] | pd.Series, *, factor: float = 4.0
) -> pd.DataFrame:
    """Compare the flows seen of each place with what its mass would predict, and name those that are incomplete.

    A table cut out of a larger system lacks the flows across its edge. A large place near the edge then looks small:
    on a table of flows within one region, Paris becomes subordinate to Sens. If places mixed in proportion to mass::

        expected[i] = c * mass[i] * (sum of mass - mass[i])
        relative[i] = strength[i] / expected[i]

    with c such that the median of ``relative`` over places with flows is 1. A place is ``incomplete`` when its mass is
    at least the median mass and ``relative`` is below ``1 / factor``. This is a rule of thumb, not a test.

    - A large place without any flow is incomplete.
    - A place without a mass is not judged.
    - Where every place lacks the same share of its flows, nothing shows.

    Parameters
    ----------
    flows : DataFrame
        Columns ``source``, ``target``, ``value``; both directions count, flows from a place to itself do not.
    mass : mapping
        Place -> mass (population, R&D expenditure, patents).
    factor : float
        How many times the expected flow must exceed the flow seen.

    Returns
    -------
    DataFrame
        ``place, mass, strength, expected, relative, incomplete``, sorted by place.

    Raises
    ------
    TableError
        If the flows are not such as `balances` takes.
    OptionError
        If a mass is negative or no finite number, or ``factor`` is not above 1.

    Warns
    -----
    InnoscapeWarning
        Names the incomplete places.

    References
    ----------
    Nystuen & Dacey (1961) *Papers of the Regional Science Association* 7, on dominant flows.

    Examples
    --------
    >>> import pandas as pd
    >>> flows = pd.DataFrame({"source": ["B", "S", "W"], "target": ["S", "W", "B"], "value": [9.0, 8.0, 7.0]})
    >>> flow_completeness(flows, {"B": 22.0, "S": 25.0, "W": 14.0})["incomplete"].any()
    np.False_
    """
    check_number("factor", factor, above=1)
    flows = plain_ends(flows.assign(value=flow_values(flows)))
    given = by_place(mass, "mass", numeric=True)
    if (given < 0).any() or np.isinf(given).any():
        raise OptionError(text("faults.calls.balances.masses_must_finite_0"))
    rows = flows[flows["source"] != flows["target"]].sort_values(["source", "target", "value"], kind="stable")
    both = pd.concat([rows["source"], rows["target"]]).astype(object)
    value = pd.concat([rows["value"], rows["value"]]).astype(float)
    places = ordered({*both, *flows["source"], *given.index})
    table = pd.DataFrame({"place": places})
    table["mass"] = given.reindex(places).to_numpy()
    table["strength"] = value.groupby(both.to_numpy()).sum().reindex(places).fillna(0.0).to_numpy()
    mixed = table["mass"] * (given.sum() - table["mass"])
    quotient = table["strength"] / mixed.where(mixed > 0)
    scale = quotient[quotient > 0].median()
    table["expected"] = scale * mixed
    table["relative"] = quotient / scale
    large = table["mass"] >= given[given > 0].median()
    table["incomplete"] = large & (table["relative"] * factor < 1)
    if table["incomplete"].any():
        warn("warnings.flows.incomplete", places=table.loc[table["incomplete"], "place"].tolist(), stacklevel=2)
    return table
