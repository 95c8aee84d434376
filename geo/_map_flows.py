"""Put flows on the map: one compact layer, drawn on canvas, the curves computed in the page from their two ends.

Values of the same pair (several sectors, say) are added; an undirected pair is drawn once. A flow is never drawn from a
place to itself: the page says how much stays inside instead.
"""

import math
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import pandas as pd

from ..data.errors import OptionError
from ._map_base import AtlasLayer, AtlasMap, add_layer
from ._map_frames import check_columns, names_of, plain, positions
from ._map_layers import unplaced

_ESTIMATED = ("estimated", "assumed", "derived", "substituted")


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
    show: bool = True,
) -> AtlasMap:
    """Draw flows as curves that widen towards their goal, wider with their value.

    Pointing at a flow names its ends, value, unit and status; pointing at a center lights its own flows. A slider
    shows the strongest n. Estimated flows are pale and broken and say so.

    Parameters
    ----------
    atlas : AtlasMap
        The map.
    flows : DataFrame
        ``source``, ``target``, ``value`` (at least 0); ``unit``, ``year``, ``status``, ``kind``.
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
        Year to draw; needed when the frame holds several.
    top : int, optional
        How many flows are drawn when the page opens; by default those that make up 80% of the total, within 30 to 80.
    scale : {"linear", "sqrt"}
        Whether width follows the value or its square root; few flows that differ little read better as ``linear``.
    color : str, optional
        Color as ``#rrggbb``.
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
        A negative value, several units, several years with none chosen, or an unknown option.

    Warns
    -----
    InnoscapeWarning
        Flows with an end that has no position; they are counted in the legend.

    Examples
    --------
    >>> centers = pd.DataFrame({"place": ["a", "b"], "lon": [116, 121], "lat": [40, 31]})
    >>> flows = pd.DataFrame({"source": ["a"], "target": ["b"], "value": [3.0]})
    >>> page = add_flows(AtlasMap(), flows, centers, unit="patents").get_root().render()
    """
    if scale not in ("linear", "sqrt"):
        raise OptionError(f"scale: needed 'linear' or 'sqrt', got {scale!r}")
    if top is not None and top < 1:
        raise OptionError(f"top: needed at least 1, got {top}")
    check_columns(flows, ["source", "target", "value"], name="flows")
    if flows.empty:
        return atlas
    table = _one_year(flows, year)
    frames = [centers] if isinstance(centers, pd.DataFrame) else list(centers)
    where = positions(*frames)
    merged = _merge(table, directed=directed, status=status)
    inside = math.fsum(value for (source, target), (value, _) in merged.items() if source == target)
    pairs = [(*ends, *rest) for ends, rest in merged.items() if ends[0] != ends[1]]
    missing = {end for source, target, *_ in pairs for end in (source, target)} - set(where)
    if missing:
        warnings.warn(unplaced(sorted(missing), where=f"flows {name!r}"), stacklevel=2)
    drawn = [pair for pair in pairs if pair[0] in where and pair[1] in where]
    drawn.sort(key=lambda pair: (-pair[2], pair[0], pair[1]))
    if not drawn:
        return atlas
    used = sorted({end for source, target, *_ in drawn for end in (source, target)})
    statuses = sorted({pair[3] for pair in drawn})
    data = {
        "places": _named_places(used, where, frames),
        "s": _indices(used, [pair[0] for pair in drawn]),
        "t": _indices(used, [pair[1] for pair in drawn]),
        "v": [plain(float(f"{pair[2]:.7g}")) for pair in drawn],
        "statuses": statuses,
        "k": _indices(statuses, [pair[3] for pair in drawn]) if len(statuses) > 1 else [],
        "directed": directed,
        "unit": {"en": unit or _only(table, "unit") or "", "zh": unit_zh or unit or _only(table, "unit") or ""},
        "year": plain(_only(table, "year")),
        "top": min(top or _opening(drawn), len(drawn)),
        "scale": scale,
        "color": color,
        "inside": plain(inside) or None,
        "undrawn": len(pairs) - len(drawn),
    }
    soft = [item for item in statuses if item in _ESTIMATED]
    key = {"symbol": "flow", "soft": soft, "all": len(soft) == len(statuses) == 1}
    element = AtlasLayer(name, name_zh=name_zh, group="flows", key=key, show=show)
    return add_layer(atlas, element, "flows", data)


def newest(flows: pd.DataFrame) -> int | None:
    """Give the last year of a table of flows that holds several, else ``None``.

    Examples
    --------
    >>> newest(pd.DataFrame({"year": [2018, 2019]}))
    2019
    """
    years = {int(year) for year in flows["year"].dropna()} if "year" in flows else set()
    return max(years) if len(years) > 1 else None


def _one_year(flows: pd.DataFrame, year: int | None) -> pd.DataFrame:
    years = sorted({int(value) for value in flows["year"].dropna()}) if "year" in flows else []
    if year is None and len(years) > 1:
        raise OptionError(f"year: needed one of {', '.join(map(str, years))}, got none; the flows are of several years")
    if year is None:
        return flows
    if year not in years:
        raise OptionError(f"year: needed one of {', '.join(map(str, years)) or 'no year'}, got {year}")
    return flows[flows["year"] == year]


def _only(table: pd.DataFrame, column: str) -> Any:  # noqa: ANN401
    values = sorted(set(table[column].dropna())) if column in table else []
    if len(values) > 1:
        raise OptionError(
            f"{column}: needed one {column}, got {', '.join(map(str, values))}; draw each in its own layer"
        )
    return values[0] if values else None


def _merge(table: pd.DataFrame, *, directed: bool, status: str | None) -> Mapping[tuple[str, str], tuple[float, str]]:
    """Add up the values of each pair; the least certain status of its rows is the pair's."""
    states = [status] * len(table) if status else table["status"].fillna("") if "status" in table else [""] * len(table)
    parts: dict[tuple[str, str], list[float]] = {}
    status_of: dict[tuple[str, str], str] = {}
    for source, target, value, state in zip(table["source"], table["target"], table["value"], states, strict=True):
        number = float(value)
        if math.isnan(number):
            continue
        if number < 0 or math.isinf(number):
            raise OptionError(f"flows: needed finite values of at least 0, got {number:g} from {source} to {target}")
        ends = (str(source), str(target))
        ends = ends if directed or ends[0] <= ends[1] else (ends[1], ends[0])
        parts.setdefault(ends, []).append(number)
        known = status_of.setdefault(ends, str(state))
        status_of[ends] = min(known, str(state), key=_certainty)
    return {ends: (math.fsum(parts[ends]), status_of[ends]) for ends in sorted(parts) if math.fsum(parts[ends]) > 0}


def _certainty(status: str) -> tuple[int, str]:
    return (_ESTIMATED.index(status) if status in _ESTIMATED else len(_ESTIMATED), status)


def _indices(order: Sequence[str], names: Sequence[str]) -> list[int]:
    number = {name: index for index, name in enumerate(order)}
    return [number[name] for name in names]


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
