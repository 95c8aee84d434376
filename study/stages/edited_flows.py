"""Change the flows of a network, of several years the last, as a scenario does."""

from collections.abc import Hashable, Iterable

import pandas as pd

from ...data.flow_ends import flow_ends
from ...network import Verb
from ..plan.edits import Edit, edited
from ..plan.inputs import Inputs
from ..plan.schema import Network

__all__ = ["edited_flows"]


def edited_flows(network: Network, flows: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """Return the flows of a network after the changes of a scenario.

    Of an undirected network each pair is turned so that it runs as a change names it.
    """
    for edit in inputs.edits_of("flows", network.name):
        flows = _after(edit, flows if network.directed else _turned(flows, edit.verb))
    return flows


def _after(edit: Edit, flows: pd.DataFrame) -> pd.DataFrame:
    ends = pd.DataFrame({"place": sorted(flow_ends(flows))})
    centers = ends.assign(tier=pd.Categorical([""] * len(ends)))
    return edited([edit], {"centers": centers, "flows": flows, "channels": ()})["flows"]


def _turned(flows: pd.DataFrame, verb: Verb) -> pd.DataFrame:
    sources, targets = getattr(verb, "sources", None) or [getattr(verb, "source", None)], getattr(verb, "targets", None)
    if sources == [None]:
        sources = None
    back = flows.rename(columns={"source": "target", "target": "source"})[flows.columns]
    turn = _runs(back, sources, targets) & ~_runs(flows, sources, targets)
    return flows.where(~turn, back)


def _runs(flows: pd.DataFrame, sources: Iterable[Hashable] | None, targets: Iterable[Hashable] | None) -> pd.Series:
    runs = pd.Series(True, index=flows.index)
    for column, places in (("source", sources), ("target", targets)):
        if places is not None:
            runs &= flows[column].isin(list(places))
    return runs
