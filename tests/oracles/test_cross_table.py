"""Cross-tables agree with scipy 1.17 and with R 4 (fisher.test, chisq.test, cor.test)."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.stats.contingency import association

from innoscape.geo import cross_table

# rows of a table of job satisfaction by income that R's help of fisher.test prints (Agresti 2002, p. 57): p = 0.7827
JOB = np.array([[1, 2, 1, 0], [3, 3, 6, 1], [10, 10, 14, 9], [6, 7, 12, 11]])


def as_attributes(table):
    cells = [(i, j) for i, j in np.ndindex(*table.shape) for _ in range(table[i, j])]
    places = [f"p{k}" for k in range(len(cells))]
    one = pd.DataFrame({"place": places, "attribute": "one", "class": [f"r{i}" for i, _ in cells]})
    return pd.concat([one, one.assign(attribute="two", **{"class": [f"c{j}" for _, j in cells]})])


def test_the_exact_test_of_job_satisfaction_is_that_of_r():
    found = cross_table(as_attributes(JOB), "one", "two", samples=40_000)
    assert found.test == "fisher, sampled"
    # three standard errors of 40,000 draws
    assert found.p_value == pytest.approx(0.7827, abs=0.0062)
    assert found.cramers_v == pytest.approx(association(JOB, method="cramer"))


def test_the_exact_test_of_two_by_two_is_that_of_the_tea_tasting_lady():
    tea = np.array([[3, 1], [1, 3]])
    found = cross_table(as_attributes(tea), "one", "two")
    # R: fisher.test(TeaTasting) two-sided
    assert (found.test, round(found.p_value, 4)) == ("fisher", 0.4857)


@pytest.mark.parametrize("seed", range(3))
def test_chi_square_residuals_and_tau_are_those_of_scipy(seed):
    table = np.random.default_rng(seed).integers(8, 40, size=(3, 4))
    orders = {"one": ["r0", "r1", "r2"], "two": ["c0", "c1", "c2", "c3"]}
    found = cross_table(as_attributes(table), "one", "two", orders=orders)
    known = stats.chi2_contingency(table, correction=False)
    assert found.test == "chi-square"
    assert (found.chi_square, found.p_value, found.degrees_of_freedom) == pytest.approx(
        (known.statistic, known.pvalue, known.dof)
    )
    np.testing.assert_allclose(found.expected, known.expected_freq)
    cells = np.repeat(np.array(list(np.ndindex(*table.shape))), table.ravel(), axis=0)
    tau = stats.kendalltau(cells[:, 0], cells[:, 1])
    assert (found.tau_b, found.tau_p_value) == pytest.approx((tau.statistic, tau.pvalue))
