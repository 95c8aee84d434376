"""Brokerage, triads, cliques and models of ties agree with sna 2.7.1 and glm of R, and with pyERGM 0.3.0."""

from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from innoscape.data import InnoscapeWarning
from innoscape.network import brokerage, cliques, fit_ergm, triad_census

N = 16
R = pd.read_csv(Path(__file__).with_name("networks.csv")).set_index(["what", "key"])["value"]
GROUP = {i: i % 3 for i in range(N)}
SCORE = {i: i * 5 % 7 for i in range(N)}
ROLES = {
    "w_I": "coordinator",
    "w_O": "consultant",
    "b_IO": "representative",
    "b_OI": "gatekeeper",
    "b_O": "liaison",
    "t": "total",
}


def ties(*, directed):
    i, j = np.indices((N, N))
    x = (7 * i + 11 * j + i * j) % 10 < 3
    np.fill_diagonal(x, False)
    return nx.from_numpy_array(x.astype(int), create_using=nx.DiGraph if directed else nx.Graph)


def of(what, key):
    return R.loc[[(what, key)]].to_numpy()


@pytest.mark.parametrize(("theirs", "ours"), ROLES.items())
def test_roles_their_expectations_and_z_are_those_of_sna(theirs, ours):
    found = brokerage(ties(directed=True), GROUP)
    assert found.table[ours].tolist() == of("count", theirs).tolist()
    for what in ("expected", "deviation", "z"):
        np.testing.assert_allclose(getattr(found, what)[ours], of(what, theirs), rtol=1e-12)


def test_sums_of_roles_are_those_of_sna():
    found = brokerage(ties(directed=True), GROUP).totals.set_index("role").loc[list(ROLES.values())]
    assert found["count"].tolist() == of("total", "count").tolist()
    np.testing.assert_allclose(found["expected"], of("total", "expected"), rtol=1e-12)
    # sna takes triples that exclude one another by two pairs for independent; its b_IO, b_OI and b_O differ otherwise
    d = brokerage(ties(directed=True), GROUP).density
    excluded = found["expected"] * d**2 * (1 - d) * [2, 0, 1, 1, 2, 2]
    theirs = of("total", "deviation") ** 2
    np.testing.assert_allclose((found["deviation"] ** 2 + excluded).iloc[[0, 1, 5]], theirs[[0, 1, 5]], rtol=1e-12)


def test_the_census_of_triads_is_that_of_sna():
    found = triad_census(ties(directed=True))
    assert found["count"].tolist() == [of("triad", kind)[0] for kind in found["triad"]]


def test_the_sizes_of_cliques_are_those_of_sna():
    found = cliques(ties(directed=False), least=1).drop_duplicates("group")["size"]
    assert np.bincount(found, minlength=6)[1:].tolist() == of("cliques", "number").tolist()
    assert cliques(ties(directed=True), least=1)["group"].max() == len(found)


def test_a_directed_model_is_a_regression_on_toggled_ties():
    near = pd.DataFrame(np.abs(np.subtract.outer(range(N), range(N)))).astype(float)
    with pytest.warns(InnoscapeWarning, match="mutual"):
        found = fit_ergm(
            ties(directed=True),
            mutual=True,
            gwesp=0.5,
            sender_covariates={"score": SCORE},
            receiver_covariates={"score": SCORE},
            node_match={"group": GROUP},
            edge_covariates={"near": near},
        )
    np.testing.assert_allclose(found.table["coefficient"], of("directed", "coefficient"), rtol=1e-7)
    np.testing.assert_allclose(found.table["standard_error"], of("directed", "error"), rtol=1e-6)
    assert found.aic == pytest.approx(of("directed", "aic")[0], rel=1e-10)
    assert not found.independent


def test_a_directed_model_is_that_of_pyergm():
    # it stops at five digits
    stored = pd.read_csv(Path(__file__).with_name("ergm.csv"))["coefficient"]
    with pytest.warns(InnoscapeWarning, match="mutual"):
        found = fit_ergm(
            ties(directed=True), mutual=True, sender_covariates={"score": SCORE}, receiver_covariates={"score": SCORE}
        )
    np.testing.assert_allclose(found.table["coefficient"], stored, atol=2e-5)


def test_an_undirected_model_is_a_regression_on_toggled_ties():
    with pytest.warns(InnoscapeWarning, match="gwesp"):
        found = fit_ergm(
            ties(directed=False), gwesp=0.25, node_covariates={"score": SCORE}, node_match={"group": GROUP}
        )
    np.testing.assert_allclose(found.table["coefficient"], of("undirected", "coefficient"), rtol=1e-7)
    np.testing.assert_allclose(found.table["standard_error"], of("undirected", "error"), rtol=1e-6)
    assert found.aic == pytest.approx(of("undirected", "aic")[0], rel=1e-10)


def test_florentine_marriages_are_as_in_the_tutorials_of_ergm():
    # coefficients and errors as in public copies of them; deviance, AIC and BIC were not looked up
    wealth = [10, 36, 55, 44, 20, 32, 8, 42, 103, 48, 49, 3, 27, 10, 146, 48]
    graph = nx.florentine_families_graph()
    graph.add_node("Pucci")
    found = fit_ergm(graph, node_covariates={"wealth": dict(zip(sorted(graph), wealth, strict=True))})
    assert found.independent
    assert found.table["coefficient"].round(6).tolist() == [-2.594929, 0.010546]
    assert found.table["standard_error"].round(6).tolist() == [0.536056, 0.004674]
    assert (round(found.null_deviance, 1), round(found.deviance, 1)) == (166.4, 103.1)
    assert (round(found.aic, 1), round(found.bic, 1)) == (107.1, 112.7)
    assert fit_ergm(graph).table["coefficient"].round(4).tolist() == [-1.6094]
