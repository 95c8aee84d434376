"""Follow the networks of a study over the years: how much flows, which ties enter and leave, who gains."""

from itertools import pairwise

import pandas as pd

from ...network import turnover, weakest_status
from ..plan.inputs import Inputs, Tables
from .networks import Networks, YearOfFlows

__all__ = ["follow_networks"]

_MEASURES = [
    "entry",
    "exit",
    "persistence",
    "jaccard",
    "bray_curtis",
    "bray_curtis_shares",
    "kept_weight",
    "weight_correlation",
    "strength_correlation",
]


def follow_networks(inputs: Inputs, networks: Networks) -> Tables:
    """Compare every network of several years with itself in the year before.

    Returns
    -------
    dict
        ``flow_growth`` (totals and their growth), ``turnover`` (which ties enter, leave and stay) and
        ``strength_changes`` (strength, share and rank of every place); nothing without networks of several years.
        What stands for several places counts in the totals alone.
    """
    tables: dict[str, list[pd.DataFrame]] = {}
    for name in networks.shown_years:
        years = {year: one for year, one in networks.by_year[name].items() if year is not None}
        for (before, earlier), (after, later) in pairwise(years.items()):
            found = _changes(earlier, later, inputs, after - before)
            for table, part in found.items():
                part.insert(0, "kind", name)
                part.insert(1, "year_from", before)
                part.insert(2, "year_to", after)
                tables.setdefault(table, []).append(part)
    return {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}


def _changes(earlier: YearOfFlows, later: YearOfFlows, inputs: Inputs, step: int) -> Tables:
    status = weakest_status([*earlier.flows["status"], *later.flows["status"]])
    totals = [float(one.flows["value"].astype(float).sort_values().sum()) for one in (earlier, later)]
    units = {unit for one in (earlier, later) for unit in one.flows.reindex(columns=["unit"])["unit"].dropna()}
    ratio = totals[1] / totals[0] if totals[0] > 0 else float("nan")
    changed = turnover(earlier.between_places(inputs.aggregates).graph, later.between_places(inputs.aggregates).graph)
    growth = {
        "total_from": totals[0],
        "total_to": totals[1],
        "growth": ratio - 1,
        "yearly_growth": ratio ** (1 / step) - 1,
        "unit": units.pop() if len(units) == 1 else None,
        "status": status,
    }
    measures = changed.summary.reindex(_MEASURES).rename_axis("measure").rename("value").reset_index()
    places = changed.places.rename(columns={"before": "strength_from", "after": "strength_to"})
    places = places.rename(columns=lambda name: name.replace("_before", "_from").replace("_after", "_to"))
    places.insert(1, "name_en", places["place"].map(inputs.names["name_en"]))
    return {
        "flow_growth": pd.DataFrame([growth]),
        "turnover": measures.assign(status=status),
        "strength_changes": places.assign(status=status),
    }
