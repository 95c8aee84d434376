"""Conventions give the numbers of R 4.2.2, networkx 3.6, esda 2.8 and others, or the formulas of their manuals."""

from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from innoscape.data import Framework, TableError
from innoscape.geo import (
    Recipe,
    SpatialWeights,
    assign_tiers,
    autocorrelation,
    inequality,
    local_autocorrelation,
    pca_weights,
    score,
    spatial_weights,
    standard_distance,
)
from innoscape.network import centrality, mrqap, network_summary, qap, structural_holes

# R's numbers and the input of both, as write_conventions.R writes them
R = pd.read_csv(Path(__file__).with_name("conventions_by_r.csv"), dtype={"row": str, "column": str})
PATHS = ("betweenness", "closeness", "harmonic")


def by_r(case):
    found = R[R["case"] == case].set_index("row")["value"]
    assert len(found), case
    return found


@pytest.fixture(scope="module")
def directed():
    graph = nx.DiGraph()
    graph.add_nodes_from("abcdefghi")
    graph.add_weighted_edges_from(R.loc[R["case"] == "network", ["row", "column", "value"]].to_numpy().tolist())
    return graph


@pytest.fixture(scope="module")
def both(directed):
    graph = nx.Graph()
    graph.add_nodes_from(directed)
    for a, b, weight in directed.edges(data="weight"):
        graph.add_edge(a, b, weight=weight + (graph[a][b]["weight"] if graph.has_edge(a, b) else 0))
    return graph


def same(ours, theirs):
    assert ours.to_numpy() == pytest.approx(theirs.reindex(ours.index).to_numpy(), abs=1e-9)


def measured(graph, convention, *measures):
    return centrality(graph, measures=measures, convention=convention).set_index("place")


# --- networks --------------------------------------------------------------------------------------------------------


def test_sna_in_r(directed, both):
    found = measured(directed, "r-sna", *PATHS)
    for measure in PATHS:
        same(found[measure], by_r(f"sna {measure}"))
    same(measured(both, "r-sna", "betweenness")["betweenness"], by_r("sna betweenness both"))
    # without the island every place is reached
    part = both.subgraph("abcdefgh")
    same(measured(part, "r-sna", "closeness")["closeness"], by_r("sna closeness part"))
    same(measured(directed.subgraph("abcdef"), "r-sna", "eigenvector")["eigenvector"], by_r("sna eigenvector"))
    same(measured(part, "r-sna", "eigenvector")["eigenvector"], by_r("sna eigenvector both"))


def test_igraph_in_r(directed, both):
    for graph, kind in ((directed, ""), (both, " both")):
        found = measured(graph, "r-igraph", *PATHS, "eigenvector")
        for measure in (*PATHS, "eigenvector"):
            # an island has no closeness there, and 0 here
            same(found[measure], by_r(f"igraph {measure}{kind}").fillna(0.0))


def test_networkx(directed, both):
    for graph in (directed, both):
        found = measured(graph, "networkx", *PATHS)
        theirs = {
            "betweenness": nx.betweenness_centrality(graph),
            "closeness": nx.closeness_centrality(graph),
            "harmonic": nx.harmonic_centrality(graph),
        }
        for measure in PATHS:
            same(found[measure], pd.Series(theirs[measure]))
    for graph in (directed.subgraph("abcdef"), both.subgraph("abcdefgh")):
        theirs = pd.Series(nx.eigenvector_centrality_numpy(graph))
        same(measured(graph, "networkx", "eigenvector")["eigenvector"], theirs.abs())


def test_the_eigenvector_has_unit_length(both):
    part = both.subgraph("abcdefgh")
    for convention in ("r-sna", "networkx"):
        assert np.linalg.norm(measured(part, convention, "eigenvector")["eigenvector"]) == pytest.approx(1.0)
    assert measured(part, "r-igraph", "eigenvector")["eigenvector"].max() == pytest.approx(1.0)


def test_ucinet_counts_ties_and_pairs():
    # Padgett's marriages, normalized, to three digits: known numbers, not compared with a print of them
    families = nx.florentine_families_graph()
    # a weight that must not matter for paths
    nx.set_edge_attributes(families, {edge: 1 + k for k, edge in enumerate(families.edges)}, "weight")
    found = measured(families, "ucinet", "betweenness", "closeness")
    known = {
        "Acciaiuoli": (0.000, 0.368),
        "Albizzi": (0.212, 0.483),
        "Barbadori": (0.093, 0.438),
        "Bischeri": (0.104, 0.400),
        "Castellani": (0.055, 0.389),
        "Ginori": (0.000, 0.333),
        "Guadagni": (0.255, 0.467),
        "Lamberteschi": (0.000, 0.326),
        "Medici": (0.522, 0.560),
        "Pazzi": (0.000, 0.286),
        "Peruzzi": (0.022, 0.368),
        "Ridolfi": (0.114, 0.500),
        "Salviati": (0.143, 0.389),
        "Strozzi": (0.103, 0.438),
        "Tornabuoni": (0.092, 0.483),
    }
    assert len(known) == len(found) == 15
    pairs = 14 * 13 / 2
    for family, (between, close) in known.items():
        assert found.loc[family, "betweenness"] / pairs == pytest.approx(between, abs=6e-4)
        assert found.loc[family, "closeness"] == pytest.approx(close, abs=6e-4)
    assert found.loc["Medici", "betweenness"] == pytest.approx(47.5)


def test_places_that_are_not_reached(both):
    raw = by_r("farness n")
    found = centrality(both, measures=["closeness"], weight=None, unreachable="n", normalized=())
    same(found.set_index("place")["closeness"], raw)
    same(measured(both, "ucinet", "closeness")["closeness"], 8 * by_r("farness beyond"))


def test_constraint_in_the_network_and_in_ego_networks(directed, both):
    for convention, case in (("r-igraph", "igraph constraint both"), ("ucinet", "igraph constraint of ego")):
        found = structural_holes(both, convention=convention).set_index("place")["constraint"]
        assert found.to_numpy() == pytest.approx(by_r(case).to_numpy(), nan_ok=True)
    found = structural_holes(directed, convention="r-igraph").set_index("place")["constraint"]
    assert found.to_numpy() == pytest.approx(by_r("igraph constraint").to_numpy(), nan_ok=True)
    theirs = nx.constraint(directed, weight="weight")
    found = structural_holes(directed, convention="networkx").set_index("place")["constraint"]
    assert found.to_numpy() == pytest.approx([theirs[place] for place in found.index], nan_ok=True)


def test_effective_size_of_ego_networks_is_that_of_each_network_alone(both):
    found = structural_holes(both, scope="ego").set_index("place")["effective_size"]
    for place in "abcdefgh":
        own = nx.effective_size(nx.ego_graph(both, place), nodes=[place], weight="weight")
        assert found[place] == pytest.approx(own[place])


def test_density_of_valued_ties(directed, both):
    printed = by_r("sna density")
    for graph, kind in ((directed, "directed"), (both, "both")):
        for convention in ("ucinet", "r-sna"):
            assert network_summary(graph, convention=convention)["density"] == pytest.approx(printed[kind])
        for convention in ("networkx", "r-igraph"):
            assert network_summary(graph, convention=convention)["density"] == pytest.approx(nx.density(graph))


def test_p_of_permutations_without_the_order_found():
    line = np.arange(12.0)
    far = pd.DataFrame(np.abs(line[:, None] - line))
    near = 1 / (1 + far)
    theirs = by_r("sna qap")
    ours = qap(far, near, directed=False, alternative="less", permutations=500, convention="r-sna")
    assert (ours.correlation, ours.p_value) == pytest.approx((theirs["correlation"], theirs["less"]))
    assert ours.p_value == 0.0
    assert qap(far, near, directed=False, alternative="less", permutations=500).p_value == pytest.approx(1 / 501)
    theirs = by_r("sna netlm")
    row = mrqap(near, {"far": far}, directed=True, permutations=500, convention="r-sna").table.iloc[1]
    assert (row["coefficient"], row["p_value"]) == pytest.approx((theirs["coefficient"], theirs["p"]))
    assert row["p_value"] == 0.0


# --- space -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def values():
    return by_r("values")


@pytest.fixture(scope="module")
def weights():
    table = R[R["case"] == "weights"].rename(columns={"row": "origin", "column": "destination"})
    return SpatialWeights.from_table(table[["origin", "destination", "value"]])


def of_places(found, column):
    return found.set_index("place")[column]


@pytest.mark.parametrize(
    ("convention", "case"),
    [
        ("r-spdep", "spdep local moran"),
        ("geoda", "geoda local moran"),
        ("arcgis", "arcgis local moran"),
    ],
)
def test_local_moran(convention, case, values, weights):
    found = local_autocorrelation(values, weights, permutations=0, convention=convention)
    same(of_places(found, "value"), by_r(case))
    if convention == "r-spdep":
        same(of_places(found, "z"), by_r("spdep local moran z"))
        same(of_places(found, "p_normal"), by_r("spdep local moran p"))


@pytest.mark.parametrize("convention", ["r-spdep", "geoda"])
def test_local_geary(convention, values, weights):
    found = local_autocorrelation(values, weights, statistic="geary", permutations=0, convention=convention)
    same(of_places(found, "value"), by_r("spdep local geary"))


# esda sorts a table in place
@pytest.mark.filterwarnings("ignore:The inplace keyword")
def test_local_geary_of_esda(values, weights):
    esda = pytest.importorskip("esda")
    theirs = esda.Geary_Local(as_pysal(weights, values), permutations=0).fit(values.to_numpy())
    found = local_autocorrelation(values, weights, statistic="geary", permutations=0, convention="esda")
    # it lists places in the order of their names as words
    assert sorted(found["value"]) == pytest.approx(sorted(theirs.localG))


@pytest.mark.parametrize("convention", ["r-spdep", "geoda", "esda"])
def test_local_moran_with_another(convention, values, weights):
    back = pd.Series(values.to_numpy()[::-1], index=values.index)
    options = {"statistic": "bivariate_moran", "other": back, "permutations": 0}
    found = local_autocorrelation(values, weights, **options, convention=convention)
    same(of_places(found, "value"), by_r("spdep local moran with another"))


def test_hot_spots(values, weights):
    options = {"statistic": "getis_ord_star", "permutations": 0}
    found = local_autocorrelation(values, weights, **options, convention="arcgis")
    z = by_r("spdep getis ord star z")
    same(of_places(found, "z"), z)
    same(of_places(found, "p_normal"), pd.Series(2 * norm.sf(z.abs()), index=z.index))


# its next release tests both sides
@pytest.mark.filterwarnings("ignore:The alternative hypothesis:DeprecationWarning")
def test_local_moran_of_esda(values, weights):
    esda = pytest.importorskip("esda")
    # without its draws, for which it would compile
    theirs = esda.Moran_Local(values.to_numpy(), as_pysal(weights, values), permutations=0)
    sides = [local_autocorrelation(values, weights, alternative=one)["p_permutation"] for one in ("greater", "less")]
    for convention in ("esda", "geoda"):
        found = local_autocorrelation(values, weights, convention=convention)
        assert of_places(found, "value")[values.index].to_numpy() == pytest.approx(theirs.Is)
        # p_sim: (larger + 1) / (permutations + 1), or that of the draws that are not larger where these are fewer
        assert found["p_permutation"].tolist() == np.minimum(*sides).tolist()


def as_pysal(weights, values):
    from libpysal.weights import W

    table = weights.table()
    neighbors = {p: table.loc[table["origin"] == p, "destination"].tolist() for p in values.index}
    shares = {p: table.loc[table["origin"] == p, "value"].tolist() for p in values.index}
    return W(neighbors, shares, id_order=list(values.index), silence_warnings=True)


def test_global_moran(values, weights):
    row = autocorrelation(values, weights, convention="r-spdep").iloc[0]
    theirs = by_r("spdep moran")
    assert (row["value"], row["p_normal"]) == pytest.approx((theirs["value"], theirs["p"]))
    row = autocorrelation(values, weights, convention="arcgis").iloc[0]
    theirs = by_r("arcgis moran")
    assert (row["z"], row["p_normal"]) == pytest.approx((theirs["z"], theirs["p"]))


def test_global_geary_and_getis_ord(values, weights):
    for statistic, case in (("geary", "spdep geary"), ("getis_ord", "spdep getis ord")):
        row = autocorrelation(values, weights, statistic=statistic, permutations=0, convention="r-spdep").iloc[0]
        theirs = by_r(case)
        assert (row["value"], row["p_normal"]) == pytest.approx((theirs["value"], theirs["p"]))


def test_global_moran_of_esda(values, weights):
    esda = pytest.importorskip("esda")
    np.random.seed(1)  # noqa: NPY002 - esda draws from it
    theirs = esda.Moran(values.to_numpy(), as_pysal(weights, values), permutations=9999)
    for convention in ("esda", "geoda"):
        row = autocorrelation(values, weights, permutations=9999, convention=convention).iloc[0]
        assert row["value"] == pytest.approx(theirs.I)
        assert row["p_permutation"] == pytest.approx(theirs.p_sim, abs=0.02)


def test_scaling_of_weights():
    places = pd.DataFrame({"place": list("abcd"), "lon": [0.0, 1.0, 2.0, 4.0], "lat": [0.0, 0.1, 0.0, 0.0]})
    for convention, sums in (("geoda", 1.0), ("r-spdep", 1.0), ("arcgis", 1.0), ("pysal", 2.0)):
        found = spatial_weights(places, method="nearest", neighbors=2, convention=convention)
        assert found.matrix.sum(axis=1).tolist() == pytest.approx([sums] * 4)
    theirs = pytest.importorskip("libpysal").weights.KNN.from_array(places[["lon", "lat"]].to_numpy(), k=2)
    assert [sum(theirs.weights[i]) for i in range(4)] == [2.0] * 4


def test_standard_distance():
    points = pd.DataFrame({"lon": [1.0, -1.0, 0.0, 0.0], "lat": [0.0, 0.0, 0.5, -0.5]})
    size = {
        name: standard_distance(points, convention=name)["standard_distance_km"].iloc[0]
        for name in ("arcgis", "pointpats", "crimestat")
    }
    assert size["arcgis"] == size["pointpats"]
    # CrimeStat IV, chapter 4: the sum of squares over n - 2
    assert size["crimestat"] == pytest.approx(size["arcgis"] * 2**0.5)


# --- spread, classes, scales -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("convention", ["stata", "r-desctools"])
def test_gini_and_variation(convention, values):
    found = inequality(values, measures=["gini", "variation"], convention=convention).set_index("measure")["value"]
    same(found, by_r(convention.removeprefix("r-")))


def test_gini_of_pysal(values):
    theirs = pytest.importorskip("inequality.gini").Gini(values.to_numpy()).g
    assert inequality(values, measures=["gini"], convention="pysal")["value"].iloc[0] == pytest.approx(theirs)


@pytest.mark.parametrize(("convention", "kind"), [("r-classint", 7), ("stata", 2)])
def test_quantiles(convention, kind, values):
    labels = list("edcba")
    found = assign_tiers(values, method="quantiles", k=5, labels=labels, convention=convention)
    borders = by_r(f"quantile type {kind}").to_numpy()
    classes = np.searchsorted(borders, values.to_numpy(), side="left")
    assert found.tolist() == [labels[::-1][one] for one in classes]
    # the two types part these values in other ways
    other = by_r("quantile type 2" if kind == 7 else "quantile type 7").to_numpy()
    assert (borders != other).any()


def test_quantiles_of_mapclassify(values):
    theirs = pytest.importorskip("mapclassify").Quantiles(values.to_numpy(), k=5)
    labels = list("edcba")
    found = assign_tiers(values, method="quantiles", k=5, labels=labels, convention="mapclassify")
    assert found.tolist() == [labels[::-1][one] for one in theirs.yb]


@pytest.mark.parametrize(
    ("normalize", "case"),
    [("minmax", "coinr minmax"), ("zscore", "coinr zscore"), ("percentile_rank", "coinr percentile rank")],
)
def test_normalizations_of_coinr(normalize, case, values):
    table = values.rename_axis("place").rename("value").reset_index().assign(indicator="x")
    framework = Framework.from_table(pd.DataFrame({"indicator": ["x"], "direction": [1]}))
    found = score(table, framework, Recipe(normalize=normalize, convention="coinr"))
    same(found.scores.set_index("place")["score"], by_r(case))


def test_components_of_coinr():
    table = R[R["case"] == "table"].pivot_table(index="row", columns="column", values="value")
    same(pca_weights(table, convention="coinr"), by_r("coinr components"))
    with pytest.raises(TableError, match="b"):
        pca_weights(table.assign(b=-table["b"]), convention="coinr")
