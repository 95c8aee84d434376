"""Measure a study's networks whatever their size: too large ones by a sample, or not at all, and with a warning."""

from collections.abc import Callable, Hashable, Mapping

import networkx as nx
import pandas as pd

from ...data.errors import SizeError, warn
from ...network import Communities, block_roles, centrality, communities, network_summary
from ...network.structure.cutoffs import Cutoff

__all__ = ["Progress", "roles_of", "sized_centrality", "sized_communities", "sized_summary"]

# places from which the paths of a large network start
_SAMPLE = 500

# told (finished, all) steps
Progress = Callable[[int, int], None]


def sized_centrality(graph: nx.Graph, network: str, progress: Progress | None = None) -> pd.DataFrame:
    """Return the centrality of every place, with standard errors where paths had to be sampled."""
    try:
        return centrality(graph, weight_meaning="strength", progress=progress)
    except SizeError:
        warn("warnings.sampled_centrality", network=network, places=len(graph), sample=_SAMPLE, stacklevel=3)
        return centrality(graph, weight_meaning="strength", sample=_SAMPLE, progress=progress)


def sized_summary(graph: nx.Graph, network: str, progress: Progress | None = None) -> tuple[pd.Series, pd.Series]:
    """Return the measures of the whole network, and the standard errors of those that were estimated."""
    try:
        found = network_summary(graph, progress=progress)
    except SizeError:
        warn("warnings.sampled_summary", network=network, places=len(graph), sample=_SAMPLE, stacklevel=3)
        found = network_summary(graph, sample=_SAMPLE, progress=progress)
    sampled = found.index.str.endswith("_error")
    errors = found[sampled]
    return found[~sampled], errors.set_axis(errors.index.str.removesuffix("_error"))


def sized_communities(
    graph: nx.Graph,
    network: str,
    groups: Mapping[Hashable, Hashable],
    seed: int,
    progress: Progress | None = None,
) -> Communities:
    """Return the communities of a network, from one run where several would take too long, with a warning."""
    try:
        return communities(graph, groups=groups, seed=seed, progress=progress)
    except SizeError as error:
        warn("warnings.one_run", network=network, reason=error.said, stacklevel=3)
        return communities(graph, groups=groups, seed=seed, runs=1, progress=progress)


def roles_of(graph: nx.Graph, network: str, cutoff: Cutoff | float | None, margin: float) -> pd.DataFrame:
    """Return block and role of every place; empty cells where the network is too large, with a warning."""
    try:
        found = block_roles(graph, cutoff=cutoff, margin=margin)
    except SizeError as error:
        warn("warnings.no_roles", network=network, reason=error.said, stacklevel=3)
        none = pd.array([pd.NA] * len(graph), dtype="Int64")
        return pd.DataFrame({"place": list(graph), "block": none, "role": None, "cutoff": None, "margin": float("nan")})
    return found.table.assign(cutoff=found.cutoff, margin=found.margin)
