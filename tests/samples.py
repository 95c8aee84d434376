"""Small tables, recipes and models that several test modules work on, and what they do with them."""

import sys

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from innoscape.data import Framework
from innoscape.geo import Recipe
from innoscape.network import Channel, fit_gravity, hazard_rates
from innoscape.study.cli.app import main

COUNTS = {"method": "counts", "counts": (3, 5, 6)}
# six recipes that a careful author might have chosen
RECIPES = {
    "equal": Recipe(),
    "equal levels": Recipe(weigh="equal_levels"),
    "entropy": Recipe(weigh="entropy"),
    "z-scores": Recipe(normalize="zscore"),
    "ranks": Recipe(normalize="rank"),
    "geometric": Recipe(normalize={"method": "minmax", "lowest": 0.01}, aggregate="geometric"),
}

# eight places along a line
PLACES = list("abcdefgh")
AT = np.array([0, 1, 2.5, 4, 7, 8, 11, 13])
COSTS = pd.DataFrame(np.abs(AT[:, None] - AT), index=PLACES, columns=PLACES)
MASS = pd.Series([9.0, 2, 5, 1, 7, 3, 4, 6], index=PLACES)
FLOWS = pd.DataFrame(
    [
        [0, 31, 40, 3, 18, 5, 4, 9],
        [25, 0, 14, 1, 6, 2, 0, 3],
        [52, 17, 0, 6, 20, 6, 5, 8],
        [2, 0, 5, 0, 4, 1, 0, 0],
        [20, 4, 17, 5, 0, 28, 12, 14],
        [7, 1, 6, 0, 30, 0, 8, 6],
        [5, 2, 4, 1, 15, 7, 0, 31],
        [8, 1, 7, 2, 12, 9, 26, 0],
    ],
    index=PLACES,
    columns=PLACES,
    dtype=float,
)
APART = ~np.eye(8, dtype=bool)

TIERS = ["international", "national", "regional", "local"]
# knowledge of the places of a region
STOCKS = {"B": 10.0, "S": 9.0, "T": 2.0, "H": 1.0}

QUIET = pytest.mark.filterwarnings("ignore::innoscape.data.errors.InnoscapeWarning")
# the example of the documentation: one patent in three cities, published twice, and one in two
FIRST = [("甲", "北京", 1), ("乙", "天津", 2), ("丙", "天津", 3), ("丁", "石家庄", 4)]
PATENTS = pd.DataFrame(
    [("CN1A", *row) for row in FIRST]
    + [("CN1B", *row) for row in FIRST]
    + [("CN2A", "乙", "天津", 1), ("CN2A", "甲", "北京", 2)],
    columns=["patent", "applicant", "place", "order"],
).assign(date=2018, application=["p1"] * 8 + ["p2"] * 2)
DEALS = pd.DataFrame(
    {
        "seller": ["北京", "北京", "北京市", "天津", "北京"],
        "buyer": ["天津", "天津", " 天津", "北京", "北京"],
        "amount": [1.0, 0.25, 0.5, 3.0, 4.0],
        "date": ["2018-03-01", "2019-03-01", "2019/07/09", "2019年5月", "2019-01-02"],
    }
)

# twelve places by six correlated indicators
CORRELATED = pd.DataFrame(
    [
        [0.55, -2.39, -0.29, 1.59, -0.01, 0.28],
        [-3.69, 0.35, 0.39, -2.75, -0.75, -1.05],
        [-1.21, -1.76, -0.17, 0.12, 0.85, 0.24],
        [3.13, -0.17, 0.33, 1.4, -0.36, 0.11],
        [-0.34, -0.88, -0.67, -0.11, 0.37, 0.04],
        [1.2, -0.28, -1.04, 1.23, 0.97, 0.22],
        [1.25, 1.95, 0.32, 0.43, -0.44, -1.01],
        [2.52, 0.02, 0.25, 1.52, -0.53, -0.31],
        [-0.29, 0.59, -0.22, -0.61, 0.04, 0.05],
        [2.01, 1.89, 0.19, -0.32, 0.19, -1.47],
        [-0.68, 0.31, -0.61, -0.4, -0.5, 0.25],
        [-1.44, -3.23, 0.0, 1.7, 0.49, 0.19],
    ],
    columns=list("abcdef"),
)


def rows_of(columns, places="甲乙丙丁戊己庚辛"):
    rows = [(places[i], name, v) for name, values in columns.items() for i, v in enumerate(values) if v is not None]
    return pd.DataFrame(rows, columns=["place", "indicator", "value"])


def framework_of(names, **columns):
    return Framework.from_table(pd.DataFrame({"indicator": list(names), **columns}))


def tidy_flows(matrix):
    rows, columns = np.nonzero(~np.isnan(matrix.to_numpy()))
    return pd.DataFrame(
        {
            "source": matrix.index[rows],
            "target": matrix.columns[columns],
            "value": matrix.to_numpy()[rows, columns],
        }
    )


def model(tiers, channels, **inputs):
    """Return the rates of places on their tiers."""
    tier = pd.Categorical(list(tiers.values()), categories=TIERS, ordered=True)
    return hazard_rates(pd.DataFrame({"place": list(tiers), "tier": tier}), channels, **inputs)


def equals(rate, places="AB"):
    """Return places on one tier that learn from one another at one rate."""
    return model(dict.fromkeys(places, "national"), [Channel("peer", rate=rate, decay="none")])


def fit(constraint="double", flows=FLOWS, costs=COSTS, **options):
    """Fit a gravity model to the flows along the line."""
    mass = None if constraint == "double" else MASS
    return fit_gravity(flows, costs, mass=mass, constraint=constraint, **options)


def world(n, seed, exponent=1.1):
    """Draw places on a plane, with the flows, costs and masses of a gravity model."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(0, 100, (n, 2))
    costs = np.hypot(*(at[:, None] - at).transpose(2, 0, 1)) + 1.0
    mass = np.exp(rng.normal(0, 0.8, n))
    flows = rng.poisson(np.outer(mass, mass) * (costs / 20) ** -exponent * 3.0).astype(float)
    places = [f"p{i:04d}" for i in range(n)]
    return (
        pd.DataFrame(flows, index=places, columns=places),
        pd.DataFrame(costs, index=places, columns=places),
        pd.Series(mass, index=places),
    )


def cells(flows, *, year=False):
    """Return the value of every pair, or of every pair and year."""
    ends = zip(flows["source"], flows["target"], strict=True)
    keys = ((*pair, when) for pair, when in zip(ends, flows["year"], strict=True)) if year else ends
    return dict(zip(keys, flows["value"], strict=True))


def edit(study, name, old, new):
    """Replace text in a file of a study."""
    path = study / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def command(monkeypatch, capsys, *arguments):
    """Run the command line in this process; return exit code and error text."""
    monkeypatch.setattr(sys, "argv", ["innoscape", *map(str, arguments)])
    with pytest.raises(SystemExit) as stop:
        main()
    captured = capsys.readouterr()
    return stop.value.code or 0, " ".join(captured.err.split())


def small_directed():
    """Build seven places, the last one an island; values below were computed for it in R."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(1, 8))
    graph.add_weighted_edges_from(
        zip(
            (1, 2, 1, 3, 2, 4, 5, 5, 3, 6, 4),
            (2, 1, 3, 2, 4, 5, 4, 1, 5, 1, 6),
            (4, 1, 2, 4, 1, 3, 3, 2, 6, 5, 1),
            strict=True,
        )
    )
    return graph


def small_undirected():
    graph = nx.Graph()
    graph.add_nodes_from(range(1, 8))
    for a, b, weight in small_directed().edges(data="weight"):
        before = graph[a][b]["weight"] if graph.has_edge(a, b) else 0
        graph.add_edge(a, b, weight=before + weight)
    return graph
