"""Standard errors of sampled measures are the spread of repeated samples, and cover exact values as the docs say."""

from dataclasses import fields

import networkx as nx
import numpy as np
import pytest

from innoscape.network.measures.node_measures import measured_from
from innoscape.network.measures.pivots import Pivots, Sums, draw_pivots, path_sums
from innoscape.network.measures.ties import read_ties

SEEDS, PIVOTS = 120, 100
# the 97.5% point of Student's t with 24 degrees of freedom, one less than there are batches
WIDTH = 2.0639


def weighted(*, directed):
    """Draw 400 places of heavy-tailed degrees."""
    rng = np.random.default_rng(1)
    graph = nx.DiGraph() if directed else nx.Graph()
    graph.add_nodes_from(range(400))
    chance = np.arange(1, 401) ** -0.6
    while graph.number_of_edges() < 1600:
        i, j = rng.choice(400, size=2, replace=False, p=chance / chance.sum())
        graph.add_edge(int(i), int(j), weight=float(rng.integers(1, 20)))
    return graph


GRAPHS = {
    "directed": lambda: weighted(directed=True),
    "undirected": lambda: weighted(directed=False),
    "small world": lambda: nx.watts_strogatz_graph(400, 6, 0.1, seed=1),
}


@pytest.fixture(scope="module", params=list(GRAPHS))
def samples(request):
    """Return exact values, and estimates and errors of many samples, from paths that are followed once."""
    ties = read_ties(GRAPHS[request.param]())
    n = len(ties)
    alone = path_sums(ties.paths, Pivots(tuple(np.arange(n)[:, None]), n), ("between", "distance"))
    each = {one.name: np.array([getattr(sums, one.name) for sums in alone]) for one in fields(Sums)}
    drawn = [draw_pivots(ties.places, PIVOTS, seed) for seed in range(SEEDS)]
    found = {}
    for measure in ("betweenness", "closeness", "harmonic"):
        pairs = [
            measured_from(pivots, [Sums(**{k: v[b].sum(axis=0) for k, v in each.items()}) for b in pivots.batches],
                          measure, ties)
            for pivots in drawn
        ]  # fmt: skip
        values, errors = (np.array(part) for part in zip(*pairs, strict=True))
        whole = Pivots((np.arange(n),), n)
        exact, _ = measured_from(whole, [Sums(**{k: v.sum(axis=0) for k, v in each.items()})], measure, ties)
        found[measure] = exact, values, errors
    return found


def test_errors_are_the_spread_of_repeated_samples(samples):
    for measure, (exact, values, errors) in samples.items():
        spread = values.std(axis=0, ddof=1)
        known = spread > 1e-9 * exact.max()
        ratio = np.sqrt((errors**2).mean(axis=0))[known] / spread[known]
        assert np.median(ratio) == pytest.approx(1.0, abs=0.08), measure


def test_intervals_cover_exact_values_as_often_as_the_docs_say(samples):
    for measure, (exact, values, errors) in samples.items():
        known = values.std(axis=0) > 1e-9 * exact.max()
        covered = (np.abs(values - exact) <= WIDTH * errors).mean(axis=0)
        if measure != "betweenness":
            assert 0.89 < covered[known].mean() < 0.97, measure
            continue
        # few pivots show a place that lies between little
        assert 0.6 < covered[known].mean() < 0.9
        assert 0.85 < covered[np.argsort(-exact)[:20]].mean() < 0.97
