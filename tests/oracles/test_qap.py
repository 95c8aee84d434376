"""QAP correlations and regressions agree with sna 2.7.1 under R 4.2.2 and statsmodels 0.15.0."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from innoscape.data.permutations import Permutations
from innoscape.network import logit_qap, mrqap, qap

LETTERS = list("abcdefghijkl")


def grid():
    """Return matrices that are easily rebuilt in any program."""
    i, j = np.indices((12, 12))
    a, b, c = (i * 7 + j * 3 + i * j) % 11, np.abs(i - j), ((i + 2 * j) ** 2) % 13
    y = 3 * a - 2 * b + ((5 * i + 11 * j + i * i * j) % 17)
    made = {"a": a, "b": b, "c": c, "y": y, "t": (y > np.median(y)).astype(int)}
    return {name: pd.DataFrame(m, index=LETTERS, columns=LETTERS).astype(float) for name, m in made.items()}


def drawn(n, count, *, seed=0, symmetric=False):
    made = np.random.default_rng(seed).normal(size=(count, n, n))
    made = made + made.transpose(0, 2, 1) if symmetric else made
    return [pd.DataFrame(m, index=LETTERS[:n], columns=LETTERS[:n]) for m in made]


def table(found):
    return found.table.set_index("term")


# Butts, C. (2008): sna 2.7.1 under R 4.2.2; gcor, netlm and netlogit with 5,000 (logit 2,000) repetitions
def test_correlation_agrees_with_sna():
    m = grid()
    assert qap(m["y"], m["a"], directed=True, permutations=99).correlation == pytest.approx(0.779964627861, abs=1e-12)
    found = qap(m["y"], m["b"], directed=True, permutations=4999)
    assert found.correlation == pytest.approx(-0.418494527219, abs=1e-12)
    assert found.std == pytest.approx(0.0986, abs=0.004)
    assert found.p_value == found.p_less == 1 / 5000


@pytest.mark.parametrize(
    ("method", "p"), [("double_semi_partialing", (0.7892, 0.3962)), ("y_permutation", (0.7726, 0.3852))]
)
def test_regression_agrees_with_sna(method, p):
    m = grid()
    found = mrqap(m["y"], {k: m[k] for k in "abc"}, directed=True, method=method, permutations=4999)
    np.testing.assert_allclose(
        found.table["coefficient"], [8.6449249649403, 3.0864932895720, -2.1622860324982, -0.0282378162215], rtol=1e-11
    )
    np.testing.assert_allclose(
        found.table["t"], [7.372239242059, 23.006937425659, -13.569145573127, -0.279459753327], rtol=1e-10
    )
    rows = table(found)
    assert (rows.loc["c", "p_value"], rows.loc["c", "p_less"]) == pytest.approx(p, abs=0.025)
    assert rows.loc["a", "p_value"] == rows.loc["b", "p_value"] == found.p_r_squared == 1 / 5000
    assert np.isnan(rows.loc["constant", "p_value"])


# netlm with 1,000 and netlogit with 500 repetitions, y - 30; Pr(>=|b|) and Pr(<=b) of the intercept
@pytest.mark.parametrize(
    ("method", "p", "logit_p"),
    [("double_semi_partialing", (0.006, 0.006), (0.02, 0.982)), ("y_permutation", (1.0, 1.0), (0.004, 1.0))],
)
def test_the_constant_is_tested_as_by_sna(method, p, logit_p):
    m = grid()
    xs = {k: m[k] for k in "bc"}
    found = mrqap(m["y"] - 30, xs, directed=True, method=method, permutations=999, test_constant=True)
    row = table(found).loc["constant"]
    assert row["t"] == pytest.approx(-3.5676547, abs=1e-6)
    assert (row["p_value"], row["p_less"]) == pytest.approx(p, abs=0.015)
    assert list(found.draws) == ["constant", "b", "c"]
    found = logit_qap(m["t"], xs, directed=True, method=method, permutations=499, test_constant=True)
    row = table(found).loc["constant"]
    assert row["z"] == pytest.approx(2.3925357, abs=1e-5)
    assert (row["p_value"], row["p_less"]) == pytest.approx(logit_p, abs=0.02)


def test_the_constant_under_permutations_is_that_of_least_squares():
    y, a, b = drawn(9, 3, seed=3)
    y.iloc[2, 5] = a.iloc[4, 1] = np.nan
    orders = Permutations(9, 20, 5)
    off = ~np.eye(9, dtype=bool)
    for method in ("double_semi_partialing", "y_permutation"):
        found = mrqap(y, {"a": a, "b": b}, directed=True, method=method, permutations=20, seed=5, test_constant=True)
        values = [m.to_numpy() for m in (y, a, b)]
        known = off & ~np.isnan(values[1]) & ~np.isnan(values[2])
        left = np.where(known, 1.0, np.nan)
        left[known] = sm.OLS(np.ones(known.sum()), np.column_stack([m[known] for m in values[1:]])).fit().resid
        for run, order in enumerate(orders.block(0, 20)):
            moving = (values[0] if method == "y_permutation" else left)[np.ix_(order, order)]
            outcome, last = (moving, np.ones((9, 9))) if method == "y_permutation" else (values[0], moving)
            cells = known & ~np.isnan(outcome) & ~np.isnan(last)
            theirs = sm.OLS(outcome[cells], np.column_stack([m[cells] for m in (*values[1:], last)])).fit()
            assert found.draws["constant"].iloc[run] == pytest.approx(theirs.tvalues[-1], rel=1e-8)


def test_undirected_and_missing_pairs_agree_with_sna():
    m = grid()
    u = {k: v + v.T for k, v in m.items()}
    found = mrqap(u["y"], {k: u[k] for k in "abc"}, directed=False, permutations=4999)
    np.testing.assert_allclose(
        found.table["t"], [5.715895084713, 17.272670809965, -13.371886478916, -0.555536050111], rtol=1e-10
    )
    assert table(found).loc["c", "p_value"] == pytest.approx(0.5870, abs=0.025)
    y = m["y"].copy()
    y.iloc[1, 4] = y.iloc[8, 2] = np.nan
    found = mrqap(y, {k: m[k] for k in "abc"}, directed=True, method="y_permutation", permutations=4999)
    np.testing.assert_allclose(
        found.table["t"], [7.561839309311, 22.587125370090, -13.557566636984, -0.460742600702], rtol=1e-10
    )
    assert table(found).loc["c", "p_value"] == pytest.approx(0.6444, abs=0.025)
    assert (found.pairs, found.missing) == (130, 2)


@pytest.mark.parametrize(
    ("method", "p"), [("double_semi_partialing", (0.2135, 0.1070)), ("y_permutation", (0.1715, 0.0855))]
)
def test_logit_agrees_with_sna(method, p):
    m = grid()
    found = logit_qap(m["t"], {k: m[k] for k in "abc"}, directed=True, method=method, permutations=1999)
    np.testing.assert_allclose(
        found.table["coefficient"],
        [-1.331487337080, 1.140747261772, -0.839255115188, -0.114822669134],
        rtol=1e-6,
    )
    np.testing.assert_allclose(
        found.table["z"], [-1.61349017465, 5.63719888274, -4.28515679766, -1.32672982849], rtol=1e-5
    )
    assert found.deviance == pytest.approx(63.1483942352)
    assert found.aic == pytest.approx(71.1483942352)
    rows = table(found)
    assert (rows.loc["c", "p_value"], rows.loc["c", "p_less"]) == pytest.approx(p, abs=0.035)


def holes(matrix, *cells, symmetric=False):
    matrix = matrix.copy()
    for i, j in cells:
        matrix.iloc[i, j] = np.nan
        if symmetric:
            matrix.iloc[j, i] = np.nan
    return matrix


def test_the_fit_is_that_of_least_squares_over_the_complete_pairs():
    y, *xs = drawn(6, 3, seed=8, symmetric=False)
    y = holes(y, (0, 1), symmetric=False)
    cells = ~np.eye(6, dtype=bool) & y.notna().to_numpy()
    columns = np.column_stack([x.to_numpy()[cells] for x in xs])
    expected = sm.OLS(y.to_numpy()[cells], sm.add_constant(columns)).fit()
    found = mrqap(y, dict(zip("uv", xs, strict=True)), directed=True, permutations=9)
    assert found.r_squared == pytest.approx(expected.rsquared)
    assert found.adjusted_r_squared == pytest.approx(expected.rsquared_adj)
    assert found.table["t"].to_numpy() == pytest.approx(expected.tvalues)
