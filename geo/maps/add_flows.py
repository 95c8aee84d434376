"""Put flows on the map: one compact layer, drawn on canvas, the curves computed in the page from their two ends.

Values of the same pair (several sectors, say) are added; an undirected pair is drawn once. A flow is never drawn from a
place to itself: the page says how much stays inside instead.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from ...data.amounts import script_unit
from ...data.errors import OptionError, warn
from ...data.options import check_choice
from ...data.styles import HUES
from ...data.vocabulary import terms, with_trait
from ...data.wording.catalogue import Text, text
from ...data.wording.catalogue import plain as same
from .atlas import AtlasLayer, AtlasMap, add_layer
from .encode import check_columns, names_of, plain, positions, significant
from .flow_sums import merge_pairs, once_where_mirrored
from .places import warn_of_unplaced
from .words import layer_name

# distinguishable to color-blind readers, dark enough for a light ground; the last is for what is left
GROUP_COLORS = HUES[1:]

_HEX = re.compile("#[0-9a-fA-F]{6}")


def add_flows(
    atlas: AtlasMap,
    flows: pd.DataFrame,
    centers: pd.DataFrame | Sequence[pd.DataFrame],
    *,
    name: str | Text | None = None,
    directed: bool = True,
    status: str | None = None,
    unit: str | Text | None = None,
    year: int | None = None,
    top: int | None = None,
    scale: Literal["linear", "sqrt"] = "sqrt",
    color: str | None = None,
    color_by: str | None = None,
    colors: Mapping[str, str] | None = None,
    color_names: Mapping[str, str | Text] | None = None,
    show: bool = True,
) -> AtlasMap:
    """Draw flows as curves that widen towards their goal, wider with their value.

    Pointing at a flow names its ends, value, unit and status; pointing at a center lights its own flows. A slider and a
    field choose the strongest n, or those that make up a share of the total. Flows of several years get a slider of
    years, widths meaning the same in all. Strong flows are darker and lie on weak ones. Estimated flows are paler, lie
    below observed ones, and are broken in the legend and when pointed at. A pair with the same value in both directions
    is drawn once, without an arrow. Places too near to be told apart at a zoom are drawn as one and their flows added.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    flows : DataFrame
        ``source``, ``target``, ``value`` (at least 0); ``unit``, ``year``, ``status``, ``kind``, ``channel``.
    centers : DataFrame or sequence of DataFrame
        Where the ends lie: ``place`` with a geometry, or ``lon`` and ``lat`` in degrees. The first frame wins.
    name : str or Text, optional
        Name of the layer.
    directed : bool
        Draw direction; otherwise a to b and b to a are one flow, their values added.
    status : str, optional
        Status of all flows, instead of the column.
    unit : str or Text, optional
        Unit, instead of the column.
    year : int, optional
        The one year to draw; without it all years, opening with the newest.
    top : int, optional
        How many flows are drawn when the page opens; by default those that make up 80% of the total, within 30 to 80.
    scale : {"linear", "sqrt"}
        Whether width follows the value or its square root; few flows that differ little read better as ``linear``.
    color : str, optional
        Color as ``#rrggbb``.
    color_by : str, optional
        Column whose values have a color each, such as ``channel`` or ``kind``; values of a pair are then added within
        each. Channels stand in their usual order, other values by total; from the seventh on they share a grey.
    colors : mapping of str to str, optional
        Colors of the values of `color_by`, as ``#rrggbb``.
    color_names : mapping of str to str or Text, optional
        Names of the values of `color_by`; those of channels are known.
    show : bool
        Whether the layer is on when the page opens.

    Returns
    -------
    AtlasMap
        The map; an empty frame leaves it as it was.

    Raises
    ------
    TableError
        A column is missing.
    OptionError
        A negative value, several units, a year that is not there, or an unknown option.

    Warns
    -----
    InnoscapeWarning
        Flows with an end that has no position; they are counted in the legend. Flows without a year among others.

    Examples
    --------
    >>> centers = pd.DataFrame({"place": ["a", "b"], "lon": [116, 121], "lat": [40, 31]})
    >>> flows = pd.DataFrame({"source": ["a"], "target": ["b"], "value": [3.0]})
    >>> page = add_flows(AtlasMap(), flows, centers, unit="patents").get_root().render()
    """
    check_choice("scale", scale, ("linear", "sqrt"))
    if top is not None and top < 1:
        raise OptionError(f"top: needed at least 1, got {top}")
    check_columns(flows, "flows", ["source", "target", "value", *([color_by] if color_by else [])])
    if flows.empty:
        return atlas
    named = layer_name(name, "flows")
    shown, number, years = _by_year(flows, year, name=str(named))
    frames = [centers] if isinstance(centers, pd.DataFrame) else list(centers)
    where = positions(*frames)
    pairs = merge_pairs(shown, number, directed=directed, status=status, group=color_by)
    table = pairs.table
    between = table[table["source"] != table["target"]]
    placed = np.array([place in where for place in pairs.places])
    missing = [pairs.places[end] for end in _distinct(between, "source", "target") if not placed[end]]
    if missing:
        warn_of_unplaced(missing, where=text("warnings.maps.flows", name=named))
    drawn = between[placed[between["source"]] & placed[between["target"]]]
    if drawn.empty:
        return atlas
    drawn = once_where_mirrored(drawn, directed=directed)
    ends, states = _distinct(drawn, "source", "target"), _distinct(drawn, "status")
    statuses = [pairs.statuses[state] for state in states]
    groups = _groups(drawn, pairs.groups, colors or {}, color_names or {}) if color_by else {}
    rows = pd.DataFrame(
        {
            "year": drawn["year"],
            "s": np.searchsorted(ends, drawn["source"]),
            "t": np.searchsorted(ends, drawn["target"]),
            "v": drawn["value"],
            "k": np.searchsorted(states, drawn["status"]),
            "b": drawn["both"].astype(int),
            "g": drawn["group"].map({group: place for place, group in enumerate(groups)}),
        }
    )
    empty = {"k": len(statuses) == 1, "g": not groups, "b": not rows["b"].any()}
    rows = rows.drop(columns=[column for column, unused in empty.items() if unused])
    whole = unit or _only(shown, "unit") or ""
    data = {
        "places": _named_places([pairs.places[end] for end in ends], where, frames),
        "statuses": statuses,
        "groups": list(groups.values()),
        "slices": [
            _slice(_span(shown, when), rows[rows["year"] == place], table[table["year"] == place], top)
            for place, when in enumerate(years)
        ],
        "directed": directed,
        "unit": script_unit(whole),
        "scale": scale,
        "color": _checked(color, "color"),
    }
    soft = [item for item in statuses if item in with_trait("statuses", "soft")]
    key = {"symbol": "flow", "soft": soft, "all": len(soft) == len(statuses) == 1}
    element = AtlasLayer(named, group="flows", key=key, show=show)
    return add_layer(atlas, element, "flows", data)


def _span(flows: pd.DataFrame, year: int | None) -> int | str | None:
    """Return a year, or the years of the window that ends with it."""
    if year is None or "first_year" not in flows:
        return year
    first = pd.to_numeric(flows.loc[flows["year"] == year, "first_year"], errors="coerce").dropna().unique()
    return f"{first[0]:.0f}–{year}" if len(first) == 1 and first[0] < year else year


def _slice(year: int | str | None, rows: pd.DataFrame, table: pd.DataFrame, top: int | None) -> dict[str, Any]:
    """Write the flows of one year, strongest first, as numbers."""
    inside = table.loc[table["source"] == table["target"], "value"]
    found = {column: rows[column].tolist() if column in rows else [] for column in ("s", "t", "v", "k", "g", "b")}
    return {
        "year": year,
        **found,
        "v": significant(rows["v"].to_numpy()),
        "top": min(top or _opening(rows["v"] * (1 + rows["b"]) if "b" in rows else rows["v"]), len(rows)),
        "inside": plain(math.fsum(inside)) or None,
        "undrawn": len(table) - len(inside) - len(rows) - (int(rows["b"].sum()) if "b" in rows else 0),
    }


def _groups(
    drawn: pd.DataFrame, names: Sequence[str], colors: Mapping[str, str], words: Mapping[str, str | Text]
) -> dict[int, dict[str, Any]]:
    """Give each group its names and color, channels in their order, the others by total."""
    totals = {int(number): math.fsum(rows) for number, rows in drawn.groupby("group")["value"]}
    channels = terms("channels")
    rank = {channel: number for number, channel in enumerate(channels)}
    order = sorted(totals, key=lambda group: (rank.get(names[group], len(rank)), -totals[group], names[group]))
    found = {}
    for number, group in enumerate(order):
        key = names[group]
        color = colors.get(key) or group_color(key, number)
        found[group] = {"key": key, "color": _checked(color, f"colors of {key}")}
        if words.get(key):
            found[group]["names"] = same(words[key]).to_dict()
    return found


def group_color(key: str, number: int) -> str:
    """Return the color of a group of flows: a channel's own, otherwise one by its number."""
    channels = terms("channels")
    return channels[key].ink if key in channels else GROUP_COLORS[min(number, len(GROUP_COLORS) - 1)]


def _checked(color: str | None, what: str) -> str | None:
    if color is not None and not _HEX.fullmatch(color):
        raise OptionError(f"{what}: needed a color as #rrggbb, got {color!r}")
    return color


def _by_year(flows: pd.DataFrame, year: int | None, *, name: str) -> tuple[pd.DataFrame, np.ndarray, list[int | None]]:
    """Give the rows to draw, the number of the year of each, and the years; flows without any year are one part."""
    given = pd.to_numeric(flows["year"], errors="coerce") if "year" in flows else pd.Series(math.nan, index=flows.index)
    years = sorted({int(value) for value in given.dropna()})
    if year is not None and year not in years:
        raise OptionError(f"year: needed one of {', '.join(map(str, years)) or 'no year'}, got {year}")
    if year is not None:
        kept = flows[given == year]
        return kept, np.zeros(len(kept), dtype=int), [year]
    if len(years) < 2:
        return flows, np.zeros(len(flows), dtype=int), [*years] or [None]
    if given.isna().any():
        flows_named = text("warnings.maps.flows", name=name)
        rows = int(given.isna().sum())
        warn("warnings.maps.undated", where=flows_named, n=rows, years=len(years), stacklevel=3)
    dated = given.notna()
    return flows[dated], np.searchsorted(years, given[dated]), [*years]


def _only(table: pd.DataFrame, column: str) -> Any:  # noqa: ANN401
    values = sorted(set(table[column].dropna())) if column in table else []
    if len(values) > 1:
        raise OptionError(
            f"{column}: needed one {column}, got {', '.join(map(str, values))}; draw each in its own layer"
        )
    return values[0] if values else None


def _distinct(table: pd.DataFrame, *columns: str) -> np.ndarray:
    return np.unique(np.concatenate([table[column].to_numpy() for column in columns]))


def _opening(values: pd.Series) -> int:
    reached = np.cumsum(values)
    return max(30, min(int(np.searchsorted(reached, 0.8 * math.fsum(values))) + 1, 80))


def _named_places(
    used: Sequence[str], where: Mapping[str, list[float]], frames: Sequence[pd.DataFrame]
) -> list[dict[str, Any]]:
    names: dict[str, dict[str, str]] = {}
    for frame in frames:
        columns = [column for column in ("place", "name_en", "name_zh") if column in frame]
        for row in sorted(frame[columns].itertuples(index=False), key=lambda row: tuple(map(str, row))):
            names.setdefault(str(row.place), names_of(row))
    return [names[place] | {"at": where[place]} for place in used]
