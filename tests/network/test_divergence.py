"""Equal places part above the critical return and come together below it."""

import numpy as np
import pytest
from samples import equals

from innoscape.data import OptionError
from innoscape.network import critical_return, grow

SHOCK = {"A": 1.0, "B": 1.01}

# the critical return is 1 + (0.01 - 0.05) / 0.1 = 0.6
MYRDAL = {"production": 0.1, "depreciation": 0.1, "siphoning": 0.05}


@pytest.mark.parametrize("returns", [0.3, 0.5, 0.55])
def test_below_the_critical_return_a_small_shock_dies_out(returns):
    path = grow(equals(0.01), SHOCK, horizon=3000.0, returns=returns, **MYRDAL)
    assert path.shares.iloc[-1].to_numpy() == pytest.approx(0.5, abs=1e-6)
    assert path.inequality()["theil"].iloc[-1] < 1e-10
    assert path.stability({"A": 1.0, "B": 1.0}).verdict == "stable"


@pytest.mark.parametrize("returns", [0.65, 0.7, 0.9])
def test_above_the_critical_return_equal_places_part_toward_an_unequal_rest(returns):
    path = grow(equals(0.01), SHOCK, horizon=3000.0, returns=returns, **MYRDAL)
    assert path.shares["B"].iloc[-1] > 0.55
    assert path.stability({"A": 1.0, "B": 1.0}).verdict == "growing apart"
    rest = path.equilibrium()
    assert rest.to_numpy() == pytest.approx(path.stocks.iloc[-1].to_numpy(), rel=1e-5)
    assert path.stability(rest).verdict == "stable"


def test_equal_places_stay_equal_without_a_shock():
    path = grow(equals(0.01, "ABC"), 1.5, horizon=200.0, returns=0.9, **MYRDAL).stocks
    assert (path["A"] == path["B"]).all()
    assert path["A"].to_numpy() == pytest.approx(path["C"].to_numpy())


@pytest.mark.parametrize("spill", ["gap", "level"])
@pytest.mark.parametrize(
    ("spillover", "siphoning", "attraction"), [(0.01, 0.05, 2.0), (0.03, 0.02, 3.5), (0.02, 0.0, 2.0)]
)
def test_the_eigenvalue_of_the_difference_changes_sign_at_the_critical_return(spill, spillover, siphoning, attraction):
    numbers = {"depreciation": 0.1, "siphoning": siphoning, "attraction": attraction, "spill": spill}
    critical = critical_return(spillover=spillover, **numbers)
    slope = 0.1 if spill == "gap" else 0.1 - spillover
    found = []
    for returns in (critical - 0.02, critical, critical + 0.02):
        path = grow(equals(spillover), 1.0, horizon=1.0, production=0.12, returns=returns, **numbers)
        # where both rest: 0.12 * K ** returns = depreciation * K, less what the other adds under "level"
        stock = (0.12 / slope) ** (1.0 / (1.0 - returns))
        rest = {"A": stock, "B": stock}
        assert path.terms(rest)["change"].to_numpy() == pytest.approx(0.0, abs=1e-12 * stock)
        jacobian = path.jacobian(rest).to_numpy()
        assert jacobian @ [1.0, -1.0] == pytest.approx((jacobian @ [1.0, -1.0])[0] * np.array([1.0, -1.0]), abs=1e-12)
        found.append((jacobian @ [1.0, -1.0])[0])
    assert found == pytest.approx([-0.02 * slope, 0.0, 0.02 * slope], abs=1e-10)


def test_agglomeration_sets_circular_causation_off_below_the_critical_return():
    plain = grow(equals(0.01), SHOCK, horizon=3000.0, returns=0.5, **MYRDAL)
    dense = grow(equals(0.01), SHOCK, horizon=3000.0, returns=0.5, knowledge=0.3, **MYRDAL)
    assert plain.inequality()["largest"].iloc[-1] == pytest.approx(0.5, abs=1e-6)
    assert dense.inequality()["largest"].iloc[-1] > 0.55
    middle = dense.equilibrium({"A": 1.6, "B": 1.6})
    assert middle["A"] == pytest.approx(middle["B"])
    assert (dense.terms(middle)["elasticity"] > critical_return(depreciation=0.1, spillover=0.01, siphoning=0.05)).all()


def test_without_siphoning_places_part_only_where_all_run_away():
    assert critical_return(depreciation=0.1, spillover=0.01) == pytest.approx(1.1)
    verdicts = []
    for returns in (0.9, 1.05, 1.15):
        path = grow(equals(0.01), 1.0, horizon=1.0, production=0.1, depreciation=0.1, returns=returns)
        verdicts.append(path.stability({"A": 1.0, "B": 1.0}).verdict)
    assert verdicts == ["stable", "growing together", "growing apart"]


def test_the_growth_gap_widens_with_the_returns():
    ends = [
        grow(equals(0.005), {"A": 1.0, "B": 2.0}, horizon=20.0, production=0.1, returns=r, scale=1.0).inequality()
        for r in (0.2, 0.5, 0.8, 1.0)
    ]
    assert np.diff([end["gini"].iloc[-1] for end in ends]).min() > 0.005


def test_critical_return_refuses_what_has_no_rest():
    with pytest.raises(OptionError, match="more than spill-over"):
        critical_return(depreciation=0.1, spillover=0.2, spill="level")
    with pytest.raises(OptionError, match="siphoning"):
        critical_return(depreciation=0.1, siphoning=-1.0)


def test_endless_growth_has_no_equilibrium():
    path = grow(equals(0.01), SHOCK, horizon=5.0, returns=1.0, production=0.1, depreciation=0.05)
    with pytest.raises(OptionError, match="no equilibrium"):
        path.equilibrium()
