"""Put flows on the map: one compact layer, drawn on canvas, the curves computed in the page from their two ends.

Values of the same pair (several sectors, say) are added; an undirected pair is drawn once. A flow is never drawn from a
place to itself: the page says how much stays inside instead.
"""

import math
import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..data.errors import InnoscapeWarning, OptionError
from ._map_base import AtlasLayer, AtlasMap, add_layer
from ._map_frames import check_columns, names_of, plain, positions
from ._map_layers import unplaced
from ._options import check_choice

CHANNELS = ("hierarchical", "peer", "neighbor", "tie", "external")
# told apart by color-blind readers, dark enough for a light ground; the last is for what is left
GROUP_COLORS = ("#0072b2", "#d55e00", "#009e73", "#aa4499", "#8a6d00", "#56b4e9", "#6d675f")

_ESTIMATED = ("estimated", "assumed", "derived", "substituted")
_HEX = re.compile("#[0-9a-fA-F]{6}")

# source, target, value, status, group
Flow = tuple[str, str, float, str, str]


def add_flows(
    atlas: AtlasMap,
    flows: pd.DataFrame,
    centers: pd.DataFrame | Sequence[pd.DataFrame],
    *,
    name: str = "Flows",
    name_zh: str | None = None,
    directed: bool = True,
    status: str | None = None,
    unit: str | None = None,
    unit_zh: str | None = None,
    year: int | None = None,
    top: int | None = None,
    scale: Literal["linear", "sqrt"] = "sqrt",
    color: str | None = None,
    color_by: str | None = None,
    colors: Mapping[str, str] | None = None,
    color_names: Mapping[str, tuple[str, str]] | None = None,
    show: bool = True,
) -> AtlasMap:
    """Draw flows as curves that widen towards their goal, wider with their value.

    Pointing at a flow names its ends, value, unit and status; pointing at a center lights its own flows. A slider and a
    field choose the strongest n, or those that make up a share of the total. Flows of several years get a slider of
    years, widths meaning the same in all. Estimated flows are pale and broken and say so.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    flows : DataFrame
        ``source``, ``target``, ``value`` (at least 0); ``unit``, ``year``, ``status``, ``kind``, ``channel``.
    centers : DataFrame or sequence of DataFrame
        Where the ends lie: ``place`` with a geometry, or ``lon`` and ``lat`` in degrees. The first frame wins.
    name, name_zh : str
        Name of the layer.
    directed : bool
        Draw direction; otherwise a to b and b to a are one flow, their values added.
    status : str, optional
        Status of all flows, instead of the column.
    unit, unit_zh : str, optional
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
    color_names : mapping, optional
        English and Chinese names of the values of `color_by`; those of channels are known.
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
    check_columns(flows, ["source", "target", "value", *([color_by] if color_by else [])], name="flows")
    if flows.empty:
        return atlas
    tables = _by_year(flows, year, name=name)
    shown = pd.concat(tables.values())
    frames = [centers] if isinstance(centers, pd.DataFrame) else list(centers)
    where = positions(*frames)
    merged = {when: _merge(table, directed=directed, status=status, group=color_by) for when, table in tables.items()}
    missing = {end for rows in merged.values() for flow in rows if flow[0] != flow[1] for end in flow[:2]} - set(where)
    if missing:
        warnings.warn(unplaced(sorted(missing), where=f"flows {name!r}"), stacklevel=2)
    drawn = {
        when: [flow for flow in rows if flow[0] != flow[1] and flow[0] in where and flow[1] in where]
        for when, rows in merged.items()
    }
    flat = [flow for rows in drawn.values() for flow in rows]
    if not flat:
        return atlas
    used = sorted({end for flow in flat for end in flow[:2]})
    statuses = sorted({flow[3] for flow in flat})
    groups = _groups(flat, colors or {}, color_names or {}) if color_by else {}
    codes = {"places": _numbers(used), "statuses": _numbers(statuses), "groups": _numbers(list(groups))}
    whole = unit or _only(shown, "unit") or ""
    data = {
        "places": _named_places(used, where, frames),
        "statuses": statuses,
        "groups": list(groups.values()),
        "slices": [_slice(when, drawn[when], merged[when], codes, top) for when in tables],
        "directed": directed,
        "unit": {"en": whole, "zh": unit_zh or whole},
        "scale": scale,
        "color": _checked(color, "color"),
    }
    soft = [item for item in statuses if item in _ESTIMATED]
    key = {"symbol": "flow", "soft": soft, "all": len(soft) == len(statuses) == 1}
    element = AtlasLayer(name, name_zh=name_zh, group="flows", key=key, show=show)
    return add_layer(atlas, element, "flows", data)


def _slice(
    year: int | None, drawn: list[Flow], merged: list[Flow], codes: dict[str, dict[str, int]], top: int | None
) -> dict[str, Any]:
    """Write the flows of one year, strongest first, as numbers."""
    rows = sorted(drawn, key=lambda flow: (-flow[2], flow[0], flow[1], flow[4]))
    inside = math.fsum(flow[2] for flow in merged if flow[0] == flow[1])
    between = sum(flow[0] != flow[1] for flow in merged)
    return {
        "year": year,
        "s": [codes["places"][flow[0]] for flow in rows],
        "t": [codes["places"][flow[1]] for flow in rows],
        "v": [plain(float(f"{flow[2]:.7g}")) for flow in rows],
        "k": [codes["statuses"][flow[3]] for flow in rows] if len(codes["statuses"]) > 1 else [],
        "g": [codes["groups"][flow[4]] for flow in rows] if codes["groups"] else [],
        "top": min(top or _opening(rows), len(rows)),
        "inside": plain(inside) or None,
        "undrawn": between - len(rows),
    }


def _groups(
    flows: list[Flow], colors: Mapping[str, str], names: Mapping[str, tuple[str, str]]
) -> dict[str, dict[str, Any]]:
    """Give each group its names and color, channels in their order, the others by total."""
    parts: dict[str, list[float]] = {}
    for flow in flows:
        parts.setdefault(flow[4], []).append(flow[2])
    totals = {group: math.fsum(values) for group, values in parts.items()}
    rank = {channel: number for number, channel in enumerate(CHANNELS)}
    order = sorted(totals, key=lambda group: (rank.get(group, len(rank)), -totals[group], group))
    found = {}
    for number, group in enumerate(order):
        color = colors.get(group) or GROUP_COLORS[min(number, len(GROUP_COLORS) - 1)]
        pair = names.get(group)
        found[group] = {"key": group, "color": _checked(color, f"colors of {group}")}
        if pair:
            found[group] |= {"en": str(pair[0]), "zh": str(pair[1])}
    return found


def _checked(color: str | None, what: str) -> str | None:
    if color is not None and not _HEX.fullmatch(color):
        raise OptionError(f"{what}: needed a color as #rrggbb, got {color!r}")
    return color


def _by_year(flows: pd.DataFrame, year: int | None, *, name: str) -> dict[int | None, pd.DataFrame]:
    """Part flows into years, in order; flows without any year are one part."""
    given = pd.to_numeric(flows["year"], errors="coerce") if "year" in flows else pd.Series(math.nan, index=flows.index)
    years = sorted({int(value) for value in given.dropna()})
    if year is not None and year not in years:
        raise OptionError(f"year: needed one of {', '.join(map(str, years)) or 'no year'}, got {year}")
    if not years:
        return {None: flows}
    if year is not None or len(years) == 1:
        only = years[0] if year is None else year
        return {only: flows[(given == only) | (given.isna() & (year is None))]}
    if given.isna().any():
        text = f"flows {name!r}: {int(given.isna().sum())} rows have no year among {len(years)} years and are not drawn"
        warnings.warn(InnoscapeWarning(text), stacklevel=3)
    return {when: flows[given == when] for when in years}


def _only(table: pd.DataFrame, column: str) -> Any:  # noqa: ANN401
    values = sorted(set(table[column].dropna())) if column in table else []
    if len(values) > 1:
        raise OptionError(
            f"{column}: needed one {column}, got {', '.join(map(str, values))}; draw each in its own layer"
        )
    return values[0] if values else None


def _merge(table: pd.DataFrame, *, directed: bool, status: str | None, group: str | None) -> list[Flow]:
    """Add up the values of each pair; the least certain status of its rows is the pair's."""
    count = len(table)
    states = [status] * count if status else _texts(table, "status") if "status" in table else [""] * count
    kinds = _texts(table, group) if group else [""] * count
    ends = zip(_texts(table, "source"), _texts(table, "target"), strict=True)
    values = pd.to_numeric(table["value"]).to_numpy(dtype=float)
    wrong = (values < 0) | np.isinf(values)
    if wrong.any():
        first = table[wrong].iloc[0]
        came = f"{values[wrong][0]:g} from {first['source']} to {first['target']}"
        raise OptionError(f"flows: needed finite values of at least 0, got {came}")
    parts: dict[tuple[str, str, str], list[float]] = {}
    status_of: dict[tuple[str, str, str], str] = {}
    for (source, target), value, state, kind in zip(ends, values.tolist(), states, kinds, strict=True):
        if value != value:  # noqa: PLR0124
            continue
        key = (source, target, kind) if directed or source <= target else (target, source, kind)
        if key in parts:
            parts[key].append(value)
            status_of[key] = min(status_of[key], state, key=_certainty)
        else:
            parts[key], status_of[key] = [value], state
    sums = {key: math.fsum(parts[key]) for key in sorted(parts)}
    return [(key[0], key[1], value, status_of[key], key[2]) for key, value in sums.items() if value > 0]


def _texts(table: pd.DataFrame, column: str) -> list[str]:
    return ["" if value is None or value != value else str(value) for value in table[column].tolist()]  # noqa: PLR0124


def _certainty(status: str) -> tuple[int, str]:
    return (_ESTIMATED.index(status) if status in _ESTIMATED else len(_ESTIMATED), status)


def _numbers(names: Sequence[str]) -> dict[str, int]:
    return {name: index for index, name in enumerate(names)}


def _opening(drawn: Sequence[tuple[Any, ...]]) -> int:
    goal = 0.8 * math.fsum(pair[2] for pair in drawn)
    running, count = 0.0, 0
    for pair in drawn:
        if running >= goal:
            break
        running, count = running + pair[2], count + 1
    return max(30, min(count, 80))


def _named_places(
    used: Sequence[str], where: Mapping[str, list[float]], frames: Sequence[pd.DataFrame]
) -> list[dict[str, Any]]:
    names: dict[str, dict[str, str]] = {}
    for frame in frames:
        columns = [column for column in ("place", "name_en", "name_zh") if column in frame]
        for row in frame[columns].sort_values("place").itertuples(index=False):
            names.setdefault(str(row.place), names_of(row))
    return [names[place] | {"at": where[place]} for place in used]
