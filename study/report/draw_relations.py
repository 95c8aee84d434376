"""Draw who exchanges with whom, and how ranks change over the years."""

from collections.abc import Sequence

from markupsafe import Markup

from ...data.wording.catalogue import text
from ..charts.heat_map import heat_map
from ..charts.rank_lines import rank_lines
from ..charts.screens import for_screens
from ..facts.rows import Row
from ..wording.phrases import Words
from .numbers import fit_decimals

__all__ = ["draw_flow_tables", "draw_ranks"]

_PLACES, _LINES = 15, 14


def draw_flow_tables(networks: Sequence[Row], words: Words) -> dict[str, Markup]:
    """Draw the flows among the strongest places of each network as a table of shades; of four places at least."""
    drawn = {str(one["kind"]): _flow_table(one, words) for one in networks}
    return {kind: Markup(svg) for kind, svg in drawn.items() if svg}  # noqa: S704 - drawn here, every text escaped


def _flow_table(network: Row, words: Words) -> str:
    total: dict[str, float] = {}
    value: dict[tuple[str, str], float] = {}
    for flow in network["flows"]:
        source, target, amount = str(flow["source"]), str(flow["target"]), flow["value"] or 0.0
        for ends in (
            [(source, target)] if network["directed"] or source == target else [(source, target), (target, source)]
        ):
            value[ends] = value.get(ends, 0.0) + amount
        for place in {source, target}:
            total[place] = total.get(place, 0.0) + amount
    places = sorted(total, key=lambda place: (-total[place], place))[:_PLACES]
    if len(places) < 4:
        return ""
    cells = [[value.get((one, other)) for other in places] for one in places]
    desc = text("charts.flows.desc", n=len(places), total=len(total))
    ends = (
        {"x_title": text("charts.flows.columns"), "y_title": text("charts.flows.rows")} if network["directed"] else {}
    )
    directed = network["directed"]
    return for_screens(
        lambda width: heat_map(
            [words.pair(place) for place in places],
            cells,
            title=text("charts.flows.title"),
            desc=desc,
            decimals=fit_decimals([v for row in cells for v in row], rough=True),
            width=width,
            x_title=text("charts.flows.columns") if directed else "",
            y_title=text("charts.flows.rows") if directed else "",
        )
    )


def draw_ranks(scores: Row | None, words: Words) -> Markup:
    """Draw the ranks of the first places in every year, where there are two years at least."""
    if scores is None or len(scores["years"]) < 2:
        return Markup()
    rows = scores["rows"][:_LINES]
    return Markup(  # noqa: S704 - drawn here, every text escaped
        for_screens(
            lambda width: rank_lines(
                [words.pair(row["place"]) for row in rows],
                [row["ranks"] for row in rows],
                scores["years"],
                title=text("charts.ranks.title"),
                desc=text("charts.ranks.desc", n=len(rows), first=scores["years"][0], last=scores["years"][-1]),
                width=width,
            )
        )
    )
