"""Overdispersion and surplus zeros of a gravity model are those that R finds."""

import pytest
from samples import FLOWS, fit
from scipy import stats

from innoscape.data import InnoscapeWarning
from innoscape.network import check_gravity


def test_overdispersion_is_that_of_the_auxiliary_regression():
    # R 4.2.2: summary(lm(((y - mu)^2 - y) / mu ~ 1)) and ~ 0 + mu, of seven times the flows
    found = fit("none", flows=7 * FLOWS).overdispersion
    assert found["alpha"].to_numpy() == pytest.approx([3.5830296480968329, 0.04424109888543], rel=1e-9)
    assert found["standard_error"].to_numpy() == pytest.approx([0.8813247474158008, 0.007617227062143], rel=1e-9)
    assert found["p_value"].to_numpy() == pytest.approx(stats.norm.sf([4.0655044109483, 5.808032046898]), rel=1e-8)


def test_checks_are_those_of_theta_ml_and_of_counted_zeros():
    # R 4.2.2, MASS 7.3-58.2: theta.ml at the fitted means, dnbinom, dpois
    checks = check_gravity(fit("none", flows=7 * FLOWS)).set_index("check")
    assert checks.loc["nb2_ratio", "estimate"] == pytest.approx(0.06077917295027, rel=1e-5)
    assert checks.loc["nb2_ratio", "statistic"] == pytest.approx(110.6837496508, rel=1e-9)
    assert checks.loc["zeros", ["seen", "expected"]].tolist() == pytest.approx([5, 0.0110020273813])
    assert checks.loc["zeros_nb2", "expected"] == pytest.approx(0.0317736640056, rel=1e-5)
    assert checks.loc["zeros_nb2", "statistic"] == pytest.approx(27.93165736505, rel=1e-5)
    even = check_gravity(fit("production", decay="exponential")).set_index("check")
    assert even.loc["zeros", ["seen", "expected", "statistic"]].tolist() == pytest.approx(
        [5, 4.686527074382, 0.1785672726334]
    )
    # less spread than Poisson: alpha 0, and zeros under it are those of Poisson
    assert even.loc["nb2_ratio", ["estimate", "statistic", "p_value"]].tolist() == [0.0, 0.0, 0.5]
    assert even.loc["zeros_nb2", "expected"] == even.loc["zeros", "expected"]


def test_checks_warn_of_flows_that_are_not_counts():
    with pytest.warns(InnoscapeWarning, match="whole numbers"):
        check_gravity(fit(flows=FLOWS / 3))
