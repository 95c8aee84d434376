"""QAP tests agree with R's sna, with brute force over all permutations, and hold their level."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest, rankdata

from innoscape.data import InnoscapeWarning, OptionError, TableError
from innoscape.data.permutations import Permutations
from innoscape.network import logit_qap, mrqap, qap

LETTERS = list("abcdefghijkl")


def drawn(n, count, *, seed=0, symmetric=False):
    made = np.random.default_rng(seed).normal(size=(count, n, n))
    made = made + made.transpose(0, 2, 1) if symmetric else made
    return [pd.DataFrame(m, index=LETTERS[:n], columns=LETTERS[:n]) for m in made]


def table(found):
    return found.table.set_index("term")


def holes(matrix, *cells, symmetric=False):
    matrix = matrix.copy()
    for i, j in cells:
        matrix.iloc[i, j] = np.nan
        if symmetric:
            matrix.iloc[j, i] = np.nan
    return matrix


def pair_mask(n, *, directed, diagonal):
    mask = np.ones((n, n), dtype=bool) if directed else np.triu(np.ones((n, n), dtype=bool))
    return mask if diagonal else mask & ~np.eye(n, dtype=bool)


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("diagonal", [True, False])
@pytest.mark.parametrize("method", ["pearson", "spearman"])
@pytest.mark.parametrize("missing", [True, False])
def test_correlations_equal_brute_force(directed, diagonal, method, missing):
    x, y = drawn(5, 2, seed=3, symmetric=not directed)
    if missing:
        x, y = holes(x, (0, 3), symmetric=not directed), holes(y, (1, 2), (2, 2), symmetric=not directed)
    mask = pair_mask(5, directed=directed, diagonal=diagonal)
    a, b = x.to_numpy().copy(), y.to_numpy().copy()
    if method == "spearman":
        for m in (a, b):
            known = mask & ~np.isnan(m)
            m[known] = rankdata(m[known])
            if not directed:
                m.T[mask] = m[mask]
    draws = []
    for p in itertools.permutations(range(5)):
        moved = b[np.ix_(p, p)]
        use = mask & ~np.isnan(a) & ~np.isnan(moved)
        draws.append(np.corrcoef(a[use], moved[use])[0, 1])
    found = qap(x, y, directed=directed, diagonal=diagonal, method=method, permutations=120)
    assert found.exact
    np.testing.assert_allclose(found.draws, draws, atol=1e-12)
    assert found.p_value == np.mean(np.abs(draws) >= abs(draws[0]) - 1e-9)
    assert found.p_greater == np.mean(np.array(draws) >= draws[0] - 1e-9)


def t_of_last(x, y):
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    left = y - x @ beta
    return beta[-1] / np.sqrt(inverse[-1, -1] * (left @ left) / (len(y) - x.shape[1])), beta[-1]


@pytest.mark.parametrize("directed", [True, False])
@pytest.mark.parametrize("missing", [True, False])
@pytest.mark.parametrize("method", ["double_semi_partialing", "y_permutation"])
def test_regressions_equal_brute_force(directed, missing, method):
    both = not directed
    y, *xs = drawn(6, 4, seed=4, symmetric=both)
    if missing:
        y, xs[1] = holes(y, (0, 1), symmetric=both), holes(xs[1], (2, 4), symmetric=both)
    mask = pair_mask(6, directed=directed, diagonal=False)
    values, outcome = [x.to_numpy() for x in xs], y.to_numpy()
    within = mask & ~np.isnan(values).any(axis=0)
    found = mrqap(y, dict(zip("uvw", xs, strict=True)), directed=directed, method=method, permutations=720)
    assert found.exact
    for k, name in enumerate("uvw"):
        order = [m for m in range(3) if m != k]
        residual = np.full((6, 6), np.nan)
        rest = np.column_stack([np.ones(within.sum()), *(values[m][within] for m in order)])
        residual[within] = values[k][within] - rest @ np.linalg.lstsq(rest, values[k][within], rcond=None)[0]
        if both:
            residual.T[within] = residual[within]
        draws = []
        for p in itertools.permutations(range(6)):
            last = residual[np.ix_(p, p)] if method == "double_semi_partialing" else values[k]
            target = outcome[np.ix_(p, p)] if method == "y_permutation" else outcome
            use = within & ~np.isnan(last) & ~np.isnan(target)
            x = np.column_stack([np.ones(use.sum()), *(values[m][use] for m in order), last[use]])
            draws.append(t_of_last(x, target[use]))
        t, slope = np.array(draws).T
        np.testing.assert_allclose(found.draws[name], t, atol=1e-8)
        assert table(found).loc[name, "p_value"] == np.mean(np.abs(t) >= abs(t[0]) - 1e-9)
        assert table(found).loc[name, "coefficient"] == pytest.approx(slope[0])
    plain = mrqap(
        y,
        dict(zip("uvw", xs, strict=True)),
        directed=directed,
        method=method,
        permutations=720,
        statistic="coefficient",
    )
    np.testing.assert_allclose(plain.draws["w"], slope, atol=1e-8)


def test_logit_with_missing_pairs_equals_brute_force():
    y, u, v = drawn(8, 3, seed=5)
    y = holes((y + u > 0).astype(float), (0, 1), (3, 6))
    v = holes(v, (5, 2))
    found = logit_qap(y, {"u": u, "v": v}, directed=True, method="y_permutation", permutations=20)
    orders = Permutations(8, 20, 0).block(0, 20)
    within = pair_mask(8, directed=True, diagonal=False) & ~np.isnan(v.to_numpy())
    for run, p in enumerate(orders):
        target = y.to_numpy()[np.ix_(p, p)]
        use = within & ~np.isnan(target)
        x = np.column_stack([np.ones(use.sum()), u.to_numpy()[use], v.to_numpy()[use]])
        beta = np.zeros(3)
        for _ in range(30):
            chance = 1 / (1 + np.exp(-x @ beta))
            bend = x.T @ (x * (chance * (1 - chance))[:, None])
            beta += np.linalg.solve(bend, x.T @ (target[use] - chance))
        z = beta / np.sqrt(np.diag(np.linalg.inv(bend)))
        np.testing.assert_allclose(found.draws.iloc[run], z[1:], atol=1e-6)
    assert found.missing == 3


def test_a_matrix_correlates_fully_with_itself_and_its_negative():
    (x,) = drawn(8, 1)
    assert qap(x, x, directed=True, permutations=99).correlation == pytest.approx(1)
    assert qap(x, -3 * x + 2, directed=True, permutations=99).correlation == pytest.approx(-1)
    found = mrqap(2 * x + 1, {"x": x}, directed=True, permutations=99)
    assert found.r_squared == pytest.approx(1)
    assert table(found).loc["x", "p_value"] == 0.01


def test_order_of_rows_units_transposition_and_blocks_change_nothing(monkeypatch):
    y, u, v = drawn(9, 3, seed=6)
    mixed = np.random.default_rng(1).permutation(9)
    other = [m.iloc[mixed, np.roll(mixed, 3)] for m in (y, u, v)]
    one = mrqap(y, {"u": u, "v": v}, directed=True, permutations=300)
    two = mrqap(other[0], {"u": other[1], "v": other[2]}, directed=True, permutations=300)
    pd.testing.assert_frame_equal(one.draws, two.draws, check_exact=True)
    pd.testing.assert_frame_equal(one.table, two.table, check_exact=True)
    turned = mrqap(1e6 * y.T, {"u": u.T / 1000 + 5, "v": v.T}, directed=True, permutations=300)
    np.testing.assert_allclose(turned.table["p_value"], one.table["p_value"])
    assert table(turned).loc["u", "coefficient"] == pytest.approx(1e9 * table(one).loc["u", "coefficient"])
    monkeypatch.setattr("innoscape.data.permutations._BLOCK", 50)
    monkeypatch.setattr("innoscape.data.permutations._SMALL_WORK", 0)
    pd.testing.assert_frame_equal(mrqap(y, {"u": u, "v": v}, directed=True, permutations=300).draws, one.draws)
    assert not mrqap(y, {"u": u, "v": v}, directed=True, permutations=300, seed=1).draws.equals(one.draws)
    few = mrqap(y, {"u": u, "v": v}, directed=True, permutations=100)
    pd.testing.assert_frame_equal(few.draws, one.draws.iloc[:100])


def test_one_term_with_y_permuted_is_the_correlation_test():
    x, y = drawn(10, 2, seed=7, symmetric=True)
    one, two = (qap(a, b, directed=False, permutations=500) for a, b in ((x, y), (x.T, y.T)))
    assert (one.correlation, one.p_value) == (two.correlation, two.p_value)
    assert qap(x, y, directed=True, permutations=500).p_value == one.p_value
    found = mrqap(y, {"x": x}, directed=False, permutations=500, method="y_permutation")
    assert table(found).loc["x", "p_value"] == found.p_r_squared == one.p_value
    assert table(found).loc["x", "standardized"] == pytest.approx(one.correlation)
    assert found.r_squared == pytest.approx(one.correlation**2)


def test_variance_inflation_follows_from_the_correlation_of_two_terms():
    y, u, v = drawn(10, 3, seed=8)
    r = qap(u, v + u, directed=True, permutations=1).correlation
    found = table(mrqap(y, {"u": u, "v": v + u}, directed=True, permutations=9))
    assert found.loc["u", "vif"] == pytest.approx(1 / (1 - r**2))


def test_independent_matrices_give_uniform_p_values():
    # effects of senders and receivers make pairs depend on each other: ordinary t tests reject far too often
    rng = np.random.default_rng(9)
    p, naive = [], 0
    for _ in range(150):
        x, y = (
            pd.DataFrame(rng.normal(size=(14, 1)) + rng.normal(size=14) + rng.normal(size=(14, 14))) for _ in range(2)
        )
        found = qap(x, y, directed=True, permutations=199)
        p.append(found.p_value)
        naive += abs(found.correlation) * np.sqrt(180 / (1 - found.correlation**2)) > 1.97
    assert kstest(p, "uniform").pvalue > 0.01
    assert np.mean(np.array(p) <= 0.05) < 0.1
    assert naive / 150 > 0.15


def test_semi_partialing_holds_its_level_where_terms_go_together():
    rng = np.random.default_rng(10)
    p = []
    for _ in range(120):
        side = rng.normal(size=(12, 1)) + rng.normal(size=12)
        u, v = (pd.DataFrame(2 * side + rng.normal(size=(12, 1)) + rng.normal(size=(12, 12))) for _ in range(2))
        y = u + pd.DataFrame(rng.normal(size=(12, 1)) + rng.normal(size=(12, 12)))
        p.append(table(mrqap(y, {"u": u, "v": v}, directed=True, permutations=99)).loc["v", "p_value"])
    assert 0.01 <= np.mean(np.array(p) <= 0.1) <= 0.2


def test_every_permutation_is_equally_likely():
    orders = Permutations(4, 23, 5)
    assert not orders.exact
    many = Permutations(9, 60000, 5).block(0, 60000)
    counts = np.array([np.bincount(many[:, k], minlength=9) for k in range(9)])
    assert np.abs(counts / 60000 - 1 / 9).max() < 0.006
    assert len(Permutations(4, 24, 0).block(0, 24)) == 24


def test_ties_gone_and_ties_present_are_mirror_images():
    y, u, v = drawn(10, 3, seed=11)
    ties = (y + u > 0.5).astype(float)
    one, two = (logit_qap(t, {"u": u, "v": v}, directed=True, permutations=99) for t in (ties, 1 - ties))
    np.testing.assert_allclose(one.table["coefficient"], -two.table["coefficient"], atol=1e-8)
    np.testing.assert_allclose(one.table["p_value"], two.table["p_value"])
    scaled = logit_qap(ties, {"u": u * 1000, "v": v + 7}, directed=True, permutations=99)
    np.testing.assert_allclose(one.table["p_value"], scaled.table["p_value"])


def test_alternatives_choose_among_the_p_values():
    x, y = drawn(9, 2, seed=12)
    for alternative, column in (("greater", "p_greater"), ("less", "p_less")):
        found = qap(x, y, directed=True, permutations=99, alternative=alternative)
        assert found.p_value == getattr(found, column)
    assert found.p_less + found.p_greater >= 1


def test_wrong_input_is_refused_with_its_reason():
    x, y = drawn(5, 2)
    flat = x * 0 + 1
    with pytest.raises(TableError, match="a symmetric matrix"):
        qap(x, y, directed=False)
    with pytest.raises(OptionError, match="x does not vary"):
        qap(flat, y, directed=True)
    with pytest.raises(TableError, match="only in one e"):
        qap(x.iloc[:4, :4], y, directed=True)
    with pytest.raises(TableError, match="same places on both sides, got only on one e"):
        qap(x.iloc[:, :4], y, directed=True)
    with pytest.raises(OptionError, match="at least 3 places"):
        qap(x.iloc[:2, :2], y.iloc[:2, :2], directed=True)
    with pytest.raises(TableError, match="more than once"):
        qap(x.rename(index={"a": "b"}), y, directed=True)
    with pytest.raises(TableError, match="infinite"):
        qap(x.replace(x.iloc[0, 1], np.inf), y, directed=True)
    with pytest.raises(TableError, match="numbers only"):
        qap(x.astype(object).replace(x.iloc[0, 1], "many"), y, directed=True)
    with pytest.raises(OptionError, match="did you mean 'spearman'"):
        qap(x, y, directed=True, method="spaerman")
    with pytest.raises(OptionError, match="permutations: needed"):
        qap(x, y, directed=True, permutations=0)
    with pytest.raises(OptionError, match="follows from the terms before"):
        mrqap(y, {"u": x, "v": 2 * x + 1}, directed=True)
    with pytest.raises(OptionError, match="at least one term"):
        mrqap(y, {}, directed=True)
    with pytest.raises(OptionError, match="0 and 1 only"):
        logit_qap(y, {"x": x}, directed=True)
    with pytest.raises(OptionError, match="separate"):
        logit_qap((x > 0).astype(int), {"x": x}, directed=True)


def test_permutations_that_cannot_be_computed_are_said():
    y = drawn(5, 1, seed=13)[0]
    y.iloc[:, 1:4] = np.nan
    z = drawn(5, 1, seed=14)[0]
    z.iloc[2:, 2:] = np.nan
    with pytest.warns(InnoscapeWarning, match="could not be computed"):
        found = mrqap(y, {"z": z}, directed=True, permutations=200)
    assert found.table["permutations"].iloc[1] < found.permutations
