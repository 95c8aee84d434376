"""Draw flows on a printed map as curves that widen towards their goal; flows without direction keep one width."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...data import OptionError
from ...data.styles import FLOWS
from ...data.vocabulary import unit_name
from ...data.wording.catalogue import text
from ...network.flows.doubts import both_ways
from .style import Voice

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..results.study_results import StudyResults

COLOR = FLOWS[0]
_BEND = 0.16
_THIN = 0.12
_POINTS = 28


@dataclass(frozen=True)
class Flows:
    """The flows that a map shows.

    Attributes
    ----------
    pairs : DataFrame
        ``source``, ``target``, ``value``, strongest first.
    directed : bool
    title, unit : str
    count : int
        Flows between located places, drawn or not.
    share : float
        Share of their total value that is drawn.
    unlocated : int
        Flows with an end that has no coordinates.
    estimated, kind : bool, str
    """

    pairs: pd.DataFrame
    directed: bool
    title: str
    unit: str
    count: int
    share: float
    unlocated: int
    estimated: bool
    kind: str


def pick_flows(results: "StudyResults", located: set[str], voice: Voice, *, kind: str | None, top: int) -> Flows | None:
    """Take the strongest flows of one kind: the one asked for, or the one that joins most located places."""
    table = results.shown.get("flows")
    if kind is not None and (table is None or kind not in set(table["kind"])):
        kinds = [] if table is None else sorted(set(table["kind"]))
        raise OptionError(text("faults.calls.map_flows.kind", v=", ".join(kinds) or "no kinds at all", kind=repr(kind)))
    if table is None or not len(table):
        return None
    kind = kind or _widest(table, located)
    graph = results.graphs.get(kind)
    directed = True if graph is None else graph.is_directed()
    flows = table[(table["kind"] == kind) & (table["source"] != table["target"]) & (table["value"] > 0)]
    if "year" in flows and len(set(flows["year"].dropna())) > 1:
        flows = flows[flows["year"] == flows["year"].max()]
    network = next((n for n in results.study.networks if n.name == kind), None)
    if network is not None and network.estimate is not None and both_ways(flows):
        directed = False
    if not directed:
        ends = np.sort(flows[["source", "target"]].to_numpy(dtype=object).astype(str), axis=1)
        flows = flows.assign(source=ends[:, 0], target=ends[:, 1])
    pairs = flows.groupby(["source", "target"], sort=True)["value"].agg(math.fsum).reset_index()
    known = pairs[pairs["source"].isin(located) & pairs["target"].isin(located)]
    if known.empty:
        return None
    known = known.sort_values(["value", "source", "target"], ascending=[False, True, True], ignore_index=True)
    units = sorted({str(unit) for unit in flows["unit"].dropna()}) if "unit" in flows else []
    status = set(flows["status"].dropna().astype(str)) if "status" in flows else set()
    english, chinese = (network.title or network.name, network.title_zh) if network else ("", "")
    title = voice.name(english, chinese) if english or chinese else voice.head(kind)
    return Flows(
        pairs=known.head(top),
        directed=directed,
        title=title,
        unit=unit_name(units[0]).in_(voice.language) if len(units) == 1 else "",
        count=len(known),
        share=math.fsum(known["value"].head(top)) / math.fsum(known["value"]),
        unlocated=len(pairs) - len(known),
        estimated=bool(status & {"estimated", "assumed"}),
        kind=kind,
    )


def _widest(table: pd.DataFrame, located: set[str]) -> str:
    def reach(kind: str) -> tuple[int, str]:
        rows = table[table["kind"] == kind]
        return -len(({*rows["source"]} | {*rows["target"]}) & located), kind

    return min(sorted(set(table["kind"].astype(str))), key=reach)


def draw_flows(axes: "Axes", flows: Flows, points: dict[str, tuple[float, float]], *, widest: float) -> None:
    """Draw the flows, the strongest on top; ``widest`` is the width of the strongest in map units."""
    from matplotlib.collections import PolyCollection

    most = float(flows.pairs["value"].iloc[0])
    shapes = [
        ribbon(points[row.source], points[row.target], flow_width(row.value, most, widest), taper=flows.directed)
        for row in flows.pairs.iloc[::-1].itertuples()
    ]
    style: dict[str, Any] = {"facecolors": COLOR, "edgecolors": "white", "linewidths": 0.15, "alpha": 0.62}
    axes.add_collection(PolyCollection(shapes, zorder=3, **style), autolim=False)


def ribbon(
    start: tuple[float, float], end: tuple[float, float], width: float, *, taper: bool, bend: float = _BEND
) -> np.ndarray:
    """Return the outline of a curve that bends to its right and grows from thin to ``width``.

    Examples
    --------
    >>> outline = ribbon((0, 0), (1, 0), 0.1, taper=False, bend=0.0)
    >>> outline[:, 1].min().round(3).item(), outline[:, 1].max().round(3).item()
    (-0.05, 0.05)
    """
    a, b = np.array(start, dtype=float), np.array(end, dtype=float)
    along = b - a
    control = (a + b) / 2 + bend * np.array([along[1], -along[0]])
    t = np.linspace(0, 1, _POINTS)[:, None]
    curve = (1 - t) ** 2 * a + 2 * t * (1 - t) * control + t**2 * b
    slope = 2 * (1 - t) * (control - a) + 2 * t * (b - control)
    length = np.hypot(slope[:, 0], slope[:, 1])[:, None]
    normal = np.stack([-slope[:, 1], slope[:, 0]], axis=1) / np.where(length > 0, length, 1)
    half = width / 2 * (_THIN + (1 - _THIN) * t if taper else np.ones_like(t))
    return np.concatenate([curve + normal * half, (curve - normal * half)[::-1]])


def flow_width(value: float, most: float, widest: float) -> float:
    """Return the width of a flow as the map has it: it follows the square root of the value.

    Examples
    --------
    >>> flow_width(25.0, 100.0, 2.0)
    1.0
    """
    return widest * math.sqrt(value / most)


def written_value(value: float) -> str:
    """Write a round value of the legend in full.

    Examples
    --------
    >>> written_value(1e7), written_value(0.005)
    ('10,000,000', '0.005')
    """
    return f"{value:,.{max(0, -math.floor(math.log10(value)))}f}"


def legend_values(most: float) -> list[float]:
    """Choose three round values for the legend, the largest at most the strongest flow.

    Examples
    --------
    >>> legend_values(224.2)
    [200.0, 100.0, 50.0]
    """
    power = math.floor(math.log10(most))
    return [step for e in (power, power - 1, power - 2) for m in (5, 2, 1) if (step := m * 10.0**e) <= most][:3]
