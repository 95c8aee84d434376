"""Knowledge stocks follow their closed forms, rest where nothing moves them, and are accounted for term by term."""

import numpy as np
import pandas as pd
import pytest
from samples import STOCKS, equals, model

from innoscape.data import OptionError, TableError
from innoscape.network import Channel, Scenario, compare_growth, grow, hazard_rates

FULL = {
    "production": {"B": 0.3, "S": 0.3, "T": 0.2, "H": 0.2},
    "returns": 0.6,
    "infrastructure": 0.7,
    "congestion": 0.3,
    "knowledge": 0.4,
    "scale": 2.0,
    "siphoning": {"B": 0.01, "S": 0.01, "T": 0.05, "H": 0.04},
    "attraction": 1.7,
    "depreciation": 0.15,
}


# closed forms


@pytest.mark.parametrize("returns", [0.0, 0.3, 0.8])
def test_a_place_left_to_itself_follows_bernoulli(returns):
    path = grow(
        equals(0.0, "A"), 2.0, horizon=30.0, production=0.4, returns=returns, depreciation=0.1, scale=3.0
    ).stocks["A"]
    b = 1.0 - returns
    rest = 0.4 * 3.0**b / 0.1
    wanted = (rest + (2.0**b - rest) * np.exp(-b * 0.1 * path.index)) ** (1.0 / b)
    assert path.to_numpy() == pytest.approx(wanted, rel=1e-8)


def test_linear_returns_grow_exponentially_whatever_the_scale():
    path = grow(
        equals(0.0), {"A": 1.0, "B": 5.0}, horizon=20.0, returns=1.0, production=0.07, depreciation=0.05, scale=4.0
    )
    wanted = np.outer(np.exp(0.02 * path.stocks.index), [1.0, 5.0])
    assert path.stocks.to_numpy() == pytest.approx(wanted, rel=1e-8)
    assert path.growth_rates.to_numpy() == pytest.approx(0.02)


def test_spillover_of_the_gap_closes_it_exponentially_and_takes_nothing():
    path = grow(equals(0.1), {"A": 8.0, "B": 2.0}, horizon=10.0, production=0.0, depreciation=0.0).stocks
    assert path["A"].to_numpy() == pytest.approx(8.0)
    assert path["B"].to_numpy() == pytest.approx(8.0 - 6.0 * np.exp(-0.1 * path.index), rel=1e-8)


def test_spillover_of_the_level_adds_the_stock_of_the_source():
    path = grow(equals(0.1), {"A": 8.0, "B": 2.0}, horizon=10.0, production=0.0, depreciation=0.0, spill="level").stocks
    assert path.sum(axis=1).to_numpy() == pytest.approx(10.0 * np.exp(0.1 * path.index), rel=1e-8)
    assert (path["A"] - path["B"]).to_numpy() == pytest.approx(6.0 * np.exp(-0.1 * path.index), rel=1e-8)


def test_the_world_beyond_teaches_at_the_external_rate():
    alone = model({"A": "national"}, [Channel("peer", rate=0.0, decay="none")], external=0.2)
    path = grow(alone, 1.0, horizon=10.0, production=0.0, depreciation=0.0, outside=5.0).stocks["A"]
    assert path.to_numpy() == pytest.approx(5.0 - 4.0 * np.exp(-0.2 * path.index), rel=1e-8)


# siphoning


@pytest.mark.parametrize("access", [None, pd.DataFrame([[2.0, 0.3], [0.9, 1.5]], index=["B", "T"], columns=["B", "T"])])
def test_siphoning_alone_keeps_the_sum_and_feeds_the_stronger(region, access):
    path = grow(
        region, STOCKS, horizon=100.0, production=0.0, depreciation=0.0, spillover=0.0, siphoning=0.1, access=access
    )
    assert path.stocks.sum(axis=1).to_numpy() == pytest.approx(22.0, rel=1e-12)
    assert (path.stocks.to_numpy() >= 0).all()
    assert path.shares["B"].iloc[-1] > path.shares["B"].iloc[0] + 0.2
    assert path.terms()["siphoning"].sum() == pytest.approx(0.0, abs=1e-14)


def test_attraction_of_one_moves_nothing_on_balance(region):
    path = grow(
        region, STOCKS, horizon=100.0, production=0.0, depreciation=0.0, spillover=0.0, siphoning=0.1, attraction=1.0
    ).stocks
    assert path.iloc[-1].to_numpy() == pytest.approx(path.iloc[0].to_numpy())


def test_closed_doors_keep_stock_at_home(region):
    home = pd.DataFrame(np.eye(4), index=list("BSTH"), columns=list("BSTH"))
    path = grow(
        region, STOCKS, horizon=50.0, production=0.0, depreciation=0.0, spillover=0.0, siphoning=0.2, access=home
    ).stocks
    assert path.iloc[-1].to_numpy() == pytest.approx(path.iloc[0].to_numpy())


def test_spillover_of_the_gap_lifts_nobody_above_the_largest(region):
    path = grow(region, STOCKS, horizon=300.0, production=0.0, depreciation=0.0).stocks
    assert path.to_numpy().max() <= 10.0 * (1 + 1e-9)
    assert (path.diff().dropna() >= -1e-9).all(axis=None)


# what is said of a path


@pytest.mark.parametrize("spill", ["gap", "level"])
@pytest.mark.parametrize("open_way", [True, False])
def test_the_jacobian_is_the_derivative_of_the_change(region, spill, open_way):
    access = None if open_way else pd.DataFrame(0.4, index=list("BSTH"), columns=list("BSTH")) + np.diag([1, 0.5, 2, 0])
    path = grow(region, STOCKS, horizon=5.0, spill=spill, outside=5.0, access=access, **FULL)
    at = pd.Series({"B": 5.5, "S": 4.0, "T": 1.2, "H": 0.7})
    order = list(path.places)

    def change(stock):
        return path.terms(pd.Series(stock, index=order))["change"].to_numpy()

    here, step = at[order].to_numpy(), 1e-5
    numeric = np.array([(change(here + step * d) - change(here - step * d)) / (2 * step) for d in np.eye(4)]).T
    assert path.jacobian(at).to_numpy() == pytest.approx(numeric, abs=1e-8)


def test_terms_add_up_to_the_change_and_stand_apart(region):
    path = grow(region, STOCKS, horizon=5.0, **FULL)
    table = path.terms(0.0)
    parts = ["production", "infrastructure", "knowledge", "spillover", "siphoning", "depreciation"]
    assert table[parts].sum(axis=1).to_numpy() == pytest.approx(table["change"].to_numpy())
    x = 10.0 / 2.0
    made = 0.3 * 2.0 * x**0.6
    assert table.loc["B", "production"] == pytest.approx(made)
    assert table.loc["B", "infrastructure"] == pytest.approx(made * 0.7 * x / (1 + x + 0.3 * x**2))
    assert table.loc["B", "knowledge"] == pytest.approx(made * 0.4 * np.log(1 + x))
    received = (region.total()["T"] * (pd.Series(STOCKS) - 2.0).clip(lower=0)).sum()
    assert table.loc["T", "spillover"] == pytest.approx(received)
    assert path.radiated.loc[0.0].sum() == pytest.approx(table["spillover"].sum())
    wanted = table["change"] / pd.Series(STOCKS)
    assert path.growth_rates.loc[0.0, wanted.index].to_numpy() == pytest.approx(wanted.to_numpy())


def test_shared_infrastructure_gets_crowded_and_exchange_does_not():
    sizes = np.array([0.5, 1.0, 2.0, 4.0, 8.0, 16.0])
    gain = {"infrastructure": [], "knowledge": []}
    for size in sizes:
        table = grow(equals(0.0, "A"), size, horizon=1.0, infrastructure=1.0, congestion=0.25, knowledge=1.0).terms(0.0)
        for name, values in gain.items():
            values.append((table[name] / table["production"]).iloc[0])
    assert sizes[np.argmax(gain["infrastructure"])] == 0.25**-0.5
    assert (np.diff(gain["knowledge"]) > 0).all()


def test_inequality_equals_figures_worked_by_hand():
    table = grow(equals(0.0), {"A": 1.0, "B": 3.0}, horizon=1.0, production=0.0).inequality()
    assert table["gini"].to_numpy() == pytest.approx(0.25)
    assert table["theil"].to_numpy() == pytest.approx((0.5 * np.log(0.5) + 1.5 * np.log(1.5)) / 2)
    assert table["largest"].to_numpy() == pytest.approx(0.75)
    empty = grow(equals(0.0), {"A": 0.0, "B": 3.0}, horizon=1.0, production=0.0).inequality().iloc[0]
    assert empty.to_numpy() == pytest.approx([np.log(2.0), 0.5, 1.0])


def test_an_equilibrium_is_found_from_afar_and_does_not_change(region):
    path = grow(region, STOCKS, horizon=2.0, **FULL)
    rest = path.equilibrium({"B": 1e3, "S": 1e-3, "T": 5.0, "H": 200.0})
    assert path.terms(rest)["change"].abs().max() < 1e-8
    later = grow(region, STOCKS, horizon=3000.0, points=3, **FULL)
    assert later.equilibrium().to_numpy() == pytest.approx(later.stocks.iloc[-1].to_numpy(), rel=1e-5)


# scenarios and order


def test_phases_of_a_scenario_join_without_a_seam(region):
    late = Scenario("corridor").scale_cost(["B", "T", "H"], factor=0.2, start=5.0)
    whole = grow(late.apply(region), STOCKS, horizon=20.0, **FULL).stocks
    first = grow(region, STOCKS, horizon=5.0, **FULL).stocks.iloc[-1]
    at_once = Scenario("corridor").scale_cost(["B", "T", "H"], factor=0.2).apply(region)
    second = grow(at_once, first, horizon=15.0, **FULL).stocks.iloc[-1]
    assert whole.loc[5.0].to_numpy() == pytest.approx(first.to_numpy(), rel=1e-7)
    assert whole.iloc[-1].to_numpy() == pytest.approx(second.to_numpy(), rel=1e-7)
    assert whole.iloc[-1]["H"] > grow(region, STOCKS, horizon=20.0, **FULL).stocks.iloc[-1]["H"]


def test_an_added_center_grows_from_what_reaches_it(region):
    planted = Scenario("new").add_center("X", tier="national", start=4.0).apply(region)
    path = grow(planted, STOCKS | {"X": 0.0}, horizon=10.0, points=21, **(FULL | {"production": 0.2, "siphoning": 0.0}))
    assert (path.stocks.loc[:4.0, "X"] == 0).all()
    assert path.stocks["X"].iloc[-1] > 0.5
    assert path.growth_rates["X"].isna().sum() == (path.stocks["X"] == 0).sum()


def test_scenarios_are_compared_place_by_place(region):
    scenarios = [
        Scenario("same"),
        Scenario("local").redirect_flow("B", within=["T", "H"], share=0.5),
        Scenario("new").add_center("X", tier="national"),
    ]
    options = FULL | {"production": 0.2, "siphoning": 0.0}
    table = compare_growth(region, scenarios, STOCKS | {"X": 0.1}, horizon=10.0, **options)
    same, local, new = (table[table["scenario"] == s.name].set_index(["measure", "place"]) for s in scenarios)
    assert (same["difference"] == 0).all()
    assert (local.loc[[("stock", "T"), ("stock", "H")], "difference"] > 0).all()
    assert local.loc[("theil", "all"), "difference"] < 0
    assert np.isnan(new.loc[("stock", "X"), "difference"])
    with pytest.raises(OptionError, match="differ"):
        compare_growth(region, [Scenario("baseline")], STOCKS, horizon=1.0)


def test_the_order_of_rows_changes_no_bit(region):
    centers = region.centers.iloc[::-1]
    again = hazard_rates(
        centers,
        region.channels,
        costs=region.costs.iloc[::-1, [2, 0, 4, 1, 3]],
        flows=region.flows.iloc[[3, 1, 4, 0, 2]],
    )
    turned = FULL | {name: dict(reversed(FULL[name].items())) for name in ("production", "siphoning")}
    one = grow(region, STOCKS, horizon=20.0, **FULL)
    other = grow(again, dict(reversed(STOCKS.items())), horizon=20.0, **turned)
    pd.testing.assert_frame_equal(one.stocks, other.stocks, check_exact=True)
    assert np.array_equal(one.equilibrium(), other.equilibrium())


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"spill": "gaps"}, OptionError, "did you mean 'gap'"),
        ({"depreciation": -0.1}, OptionError, "depreciation: needed finite numbers of at least 0"),
        ({"returns": {"A": 0.5}}, OptionError, "returns: needed a number for every place, got none for B"),
        ({"production": "much"}, OptionError, "production: needed a number"),
        ({"scale": 0.0}, OptionError, "scale: needed a finite number above 0"),
        ({"knowledge": np.nan}, OptionError, "knowledge: needed a finite number"),
        ({"points": 1}, OptionError, "points"),
        ({"access": pd.DataFrame([[-1.0]], index=["A"], columns=["B"])}, TableError, "access"),
        ({"returns": 2.0, "production": 1.0}, OptionError, "beyond all bounds soon after time 1"),
    ],
)
def test_what_cannot_work_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        grow(equals(0.01), 1.0, horizon=50.0, **options)


def test_a_place_without_stock_has_no_jacobian_and_an_odd_time_is_refused():
    path = grow(equals(0.0), {"A": 0.0, "B": 1.0}, horizon=10.0)
    with pytest.raises(OptionError, match="stocks: needed numbers above 0"):
        path.jacobian(0.0)
    with pytest.raises(OptionError, match=r"nearest is 3\.3"):
        path.terms(3.33)
