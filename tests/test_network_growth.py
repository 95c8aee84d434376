"""Knowledge stocks follow their closed forms, part where the theory says, and loops keep their order."""

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import solve_ivp

from innoscape.data import OptionError
from innoscape.network import (
    HUB_STAGES,
    LOOPS,
    OBSTACLE_CHAIN,
    Channel,
    Scenario,
    compare_growth,
    critical_return,
    grow,
    loop,
    loop_type,
    phase_order,
    pipeline,
    rates,
    stages,
)

TIERS = ["international", "national", "regional", "local"]


def model(tiers, channels, **inputs):
    tier = pd.Categorical(list(tiers.values()), categories=TIERS, ordered=True)
    return rates(pd.DataFrame({"place": list(tiers), "tier": tier}), channels, **inputs)


def equals(rate, places="AB"):
    """Return places on one tier that learn from one another at one rate."""
    return model(dict.fromkeys(places, "national"), [Channel("peer", rate=rate, decay="none")])


@pytest.fixture
def region():
    at = pd.Series({"B": 0.0, "S": 1000.0, "T": 120.0, "H": 280.0, "X": 100.0})
    costs = pd.DataFrame(np.abs(at.to_numpy()[:, None] - at.to_numpy()), index=at.index, columns=at.index)
    flows = pd.DataFrame(
        [("B", "T", 6.0), ("B", "H", 4.0), ("B", "S", 90.0), ("S", "T", 5.0), ("S", "H", 5.0)],
        columns=["source", "target", "value"],
    )
    channels = [
        Channel("hierarchical", rate=0.02, half_distance=500.0),
        Channel("peer", rate=0.01, half_distance=500.0),
        Channel("tie", rate=0.1, decay="none", normalize="origin"),
    ]
    tiers = {"B": "international", "S": "international", "T": "regional", "H": "local"}
    return model(tiers, channels, costs=costs, flows=flows)


STOCKS = {"B": 10.0, "S": 9.0, "T": 2.0, "H": 1.0}
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


# divergence


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
    with pytest.raises(OptionError, match="above spill-over"):
        critical_return(depreciation=0.1, spillover=0.2, spill="level")
    with pytest.raises(OptionError, match="siphoning"):
        critical_return(depreciation=0.1, siphoning=-1.0)


# what is told of a path


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


def test_endless_growth_has_no_equilibrium():
    path = grow(equals(0.01), SHOCK, horizon=5.0, returns=1.0, production=0.1, depreciation=0.05)
    with pytest.raises(OptionError, match="no equilibrium"):
        path.equilibrium()


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
    again = rates(
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
    ("options", "message"),
    [
        ({"spill": "gaps"}, "did you mean 'gap'"),
        ({"depreciation": -0.1}, "depreciation must be finite and at least 0"),
        ({"returns": {"A": 0.5}}, "returns must name every place; missing: B"),
        ({"production": "much"}, "production must be a number"),
        ({"scale": 0.0}, "scale must be a positive number"),
        ({"knowledge": np.nan}, "knowledge must be a finite number"),
        ({"points": 1}, "points"),
        ({"access": pd.DataFrame([[-1.0]], index=["A"], columns=["B"])}, "access"),
        ({"returns": 2.0, "production": 1.0}, "beyond all bounds soon after time 1"),
    ],
)
def test_what_cannot_work_is_refused(options, message):
    with pytest.raises(OptionError, match=message):
        grow(equals(0.01), 1.0, horizon=50.0, **options)


def test_a_place_without_stock_has_no_jacobian_and_an_odd_time_is_refused():
    path = grow(equals(0.0), {"A": 0.0, "B": 1.0}, horizon=10.0)
    with pytest.raises(OptionError, match="positive"):
        path.jacobian(0.0)
    with pytest.raises(OptionError, match=r"nearest is 3\.3"):
        path.terms(3.33)


# stages of a hub


def test_stages_come_in_order_and_are_dated_between_the_steps():
    path = grow(
        equals(0.0), {"A": 1.0, "B": 2.0}, horizon=10.0, production=1.0, returns=0.0, depreciation=0.0, points=6
    )
    table = stages(path, dict(zip(HUB_STAGES[:4], [1.0, 3.5, 6.0, 11.5], strict=True)))
    assert table.columns.tolist() == ["place", "stage", "time"]
    assert table.loc[table["place"] == "A", "time"].to_numpy() == pytest.approx([0.0, 2.5, 5.0, np.nan], nan_ok=True)
    assert table.loc[table["place"] == "B", "time"].to_numpy() == pytest.approx([0.0, 1.5, 4.0, 9.5])
    assert table["stage"].tolist()[:4] == list(HUB_STAGES[:4])


def test_a_stage_waits_for_the_one_before():
    path = grow(equals(0.0), {"A": 1.0, "B": 3.0}, horizon=10.0, production=1.0, returns=0.0, depreciation=0.0)
    # the share of B falls from 3/4; its stock is 4 at time 1, and A's share reaches 0.4 at time 3
    table = stages(path, {"grown": 4.0, "share": ("share", 0.4)}).set_index(["place", "stage"])["time"]
    assert table["B", "share"] == pytest.approx(1.0)
    assert table["A", "grown"] == pytest.approx(3.0)
    assert table["A", "share"] == pytest.approx(3.0)
    assert stages(path, {"impossible": 1e9, "trivial": 0.0})["time"].isna().all()


def test_stages_may_look_at_what_a_place_radiates_and_how_it_grows(region):
    path = grow(region, STOCKS, horizon=20.0, production=0.3, depreciation=0.1)
    table = stages(path, {"radiation": ("radiated", 0.01), "growth": ("growth", -1.0)})
    entered = table.set_index(["place", "stage"])["time"]
    assert entered["B", "radiation"] == entered["B", "growth"] == 0.0
    # the lowest place teaches nobody, and so has not come to the stage after
    assert np.isnan(entered["H", "radiation"])
    assert np.isnan(entered["H", "growth"])


def test_stages_refuse_unknown_measures_and_no_thresholds(region):
    path = grow(region, STOCKS, horizon=2.0)
    with pytest.raises(OptionError, match="did you mean 'share'"):
        stages(path, {"hub": ("shares", 0.5)})
    with pytest.raises(OptionError, match="finite number"):
        stages(path, {"hub": np.inf})
    with pytest.raises(OptionError, match="at least one"):
        stages(path, {})


# loops of science, technology and industry

PULSE = pd.Series({0.0: 1.0, 5.0: 0.0})


@pytest.mark.parametrize("kind", LOOPS)
@pytest.mark.parametrize("method", ["correlation", "half"])
def test_each_type_shows_its_order_and_is_recognized(kind, method):
    path = loop(kind, horizon=40.0)
    assert phase_order(path, method=method).order == LOOPS[kind]
    assert loop_type(path, method=method) == kind


@pytest.mark.parametrize("kind", LOOPS)
@pytest.mark.parametrize("method", ["correlation", "peak"])
def test_a_pulse_of_policy_or_demand_runs_through_in_order(kind, method):
    inputs = (
        {"government": PULSE, "market": 0.0}
        if kind == "research-supply-driven"
        else {"government": 0.0, "market": PULSE}
    )
    path = loop(kind, horizon=40.0, **inputs)
    assert phase_order(path, method=method).order == LOOPS[kind]
    assert loop_type(path, method=method) == kind


def test_the_two_types_mirror_each_other():
    supply = loop("research-supply-driven", horizon=30.0, government=2.0, market=PULSE)
    demand = loop("industry-demand-pull", horizon=30.0, government=PULSE, market=2.0)
    assert demand[["industry", "technology", "science"]].to_numpy() == pytest.approx(supply.to_numpy())


def test_a_loop_agrees_with_a_general_solver():
    steps = pd.Series({2.0: 1.0, 7.3: 0.5})
    path = loop(
        "research-supply-driven", horizon=20.0, government=steps, market=0.3, feedback=0.05, start={"industry": 2.0}
    )

    def slope(t, x):
        given = 0.0 if t < 2.0 else 1.0 if t < 7.3 else 0.5
        return [
            given + 0.05 * x[2] - 0.2 * x[0],
            0.2 * x[0] - 0.2 * x[1],
            0.3 + 0.2 * x[1] - 0.2 * x[2],
        ]

    found = solve_ivp(slope, (0, 20), [0.0, 0.0, 2.0], t_eval=path.index, rtol=1e-9, atol=1e-11, max_step=0.01)
    assert path.to_numpy() == pytest.approx(found.y.T, abs=1e-6)


def test_a_loop_feeds_itself_where_coupling_outweighs_depreciation():
    # feedback * forward**2 against depreciation**3 = 0.008
    rise = {}
    for feedback in (0.19, 0.21):
        path = loop("industry-demand-pull", horizon=3000.0, feedback=feedback)["science"]
        rise[feedback] = path.loc[3000.0] / path.loc[1500.0] - 1
    assert rise[0.19] < 0.01
    assert rise[0.21] > 10.0


def test_a_subsystem_left_alone_goes_to_input_over_depreciation():
    path = loop("research-supply-driven", horizon=200.0, government=3.0, market=0.0, forward=0.0, feedback=0.0)
    assert path.iloc[-1].to_numpy() == pytest.approx([15.0, 0.0, 0.0])


@pytest.mark.parametrize("shift", [0.5, 1.0, 2.5])
def test_known_shifts_are_measured(shift):
    time = np.arange(0.0, 40.0, 0.5)

    def bump(late):
        return np.exp(-0.5 * ((time - 12.0 - late) / 3.0) ** 2)

    waves = pd.DataFrame({"c": bump(2 * shift), "a": bump(0.0), "b": bump(shift)}, index=time)
    for method in ("correlation", "peak"):
        found = phase_order(waves, method=method)
        assert found.order == ("a", "b", "c")
        assert found.lags.loc["a", "c"] == pytest.approx(2 * shift)
        assert found.table["lead"].tolist() == pytest.approx([1.5 * shift, 0.0, -1.5 * shift])
    noisy = waves + np.random.default_rng(5).normal(0.0, 0.01, waves.shape)
    assert phase_order(noisy).lags.loc["a", "c"] == pytest.approx(2 * shift, abs=1.0)


def test_series_that_move_together_share_the_rank():
    time = np.arange(10.0)
    found = phase_order(pd.DataFrame({"a": time**2, "b": 3.0 * time**2}, index=time), method="half")
    assert found.table["rank"].tolist() == [1, 1]
    together = pd.DataFrame({"science": np.sin(time), "industry": np.sin(time)}, index=time)
    assert loop_type(together) == "undecided"


@pytest.mark.parametrize(
    ("first_places", "verdict"),
    [
        # first places among Beijing, Shanghai and Guangdong: 5 of 5, 4 of 11, 5 of 16 (3-9-32 framework)
        ({"science": 5 / 5, "technology": 4 / 11, "industry": 5 / 16}, "research-supply-driven"),
        ({"science": 0 / 5, "industry": 5 / 16}, "industry-demand-pull"),
        ({"science": 0.5, "industry": 0.5}, "undecided"),
    ],
)
def test_the_present_strengths_tell_the_type(first_places, verdict):
    assert loop_type(first_places) == verdict


def test_phases_and_loops_refuse_what_cannot_work():
    time = np.arange(6.0)
    good = pd.DataFrame({"a": time, "b": time**2}, index=time)
    for bad, message in [
        (good[["a"]], "two series"),
        (good.set_axis([0.0, 1.0, 2.0, 3.0, 4.0, 9.0]), "even time steps"),
        (good.assign(b=1.0), "without any change"),
        (good.assign(b=np.nan), "value of every series"),
    ]:
        with pytest.raises(OptionError, match=message):
            phase_order(bad)
    with pytest.raises(OptionError, match="no peak within the time: a, b"):
        phase_order(good, method="peak")
    with pytest.raises(OptionError, match="max_lag"):
        phase_order(good, max_lag=0.5)
    with pytest.raises(OptionError, match="evidence lacks industry"):
        loop_type({"science": 1.0})
    with pytest.raises(OptionError, match="kind must be one of"):
        loop("supply", horizon=1.0)
    with pytest.raises(OptionError, match="market must be finite"):
        loop("industry-demand-pull", horizon=1.0, market=-1.0)


# the obstacle chain


def test_a_chain_multiplies_its_conversions_and_adds_its_delays():
    table = pipeline(OBSTACLE_CHAIN, [0.5, 0.2, 0.4], delays=[3.0, 5.0, 2.0], inflow=200.0)
    assert table["output"].tolist() == pytest.approx([200.0, 100.0, 20.0, 8.0])
    assert table["arrival"].tolist() == [0.0, 3.0, 8.0, 10.0]
    assert table["lost"].sum() + table["output"].iloc[-1] == pytest.approx(200.0)
    by_name = pipeline(
        OBSTACLE_CHAIN,
        {"industry": 0.4, "applied research": 0.5, "spin-off": 0.2},
        delays={"spin-off": 5.0, "industry": 2.0, "applied research": 3.0},
        inflow=200.0,
    )
    pd.testing.assert_frame_equal(table, by_name)


def test_elasticities_are_those_of_the_hand_over_rates():
    share, wait, discount = np.array([0.5, 0.2, 0.4]), np.array([3.0, 5.0, 2.0]), 0.08
    table = pipeline(OBSTACLE_CHAIN, share, delays=wait, discount=discount)
    passed, dropped = share / wait, (1 - share) / wait

    def value(rate):
        return np.prod(rate / (rate + dropped + discount))

    for k in range(3):
        up = passed * (1 + 1e-6 * (np.arange(3) == k))
        numeric = (value(up) / value(passed) - 1) / 1e-6
        assert table["elasticity"].iloc[k + 1] == pytest.approx(numeric, rel=1e-4)
    assert table["value"].iloc[-1] == pytest.approx(value(passed))


def test_the_smallest_conversion_is_the_bottleneck_and_gains_most():
    table = pipeline(OBSTACLE_CHAIN, [0.5, 0.2, 0.4]).set_index("stage")
    assert table.index[table["bottleneck"]].tolist() == ["spin-off"]
    assert table["gain"].idxmax() == "spin-off"
    raised = pipeline(OBSTACLE_CHAIN, [0.5, 0.3, 0.4])["output"].iloc[-1]
    assert raised / table["output"].iloc[-1] - 1 == pytest.approx(table.loc["spin-off", "gain"])
    assert pipeline(OBSTACLE_CHAIN, [0.3, 0.3, 0.3])["bottleneck"].tolist() == [False, True, True, True]
    assert not pipeline(OBSTACLE_CHAIN, [1.0, 1.0, 1.0])["bottleneck"].any()


def test_a_long_wait_can_be_the_bottleneck_of_discounted_value():
    waits = pipeline(OBSTACLE_CHAIN, [0.5, 0.4, 0.45], delays=[1.0, 1.0, 20.0], discount=0.1).set_index("stage")
    assert waits.index[waits["bottleneck"]].tolist() == ["industry"]


def test_loosening_a_conversion_does_to_learning_what_it_does_to_the_chain(region):
    ratio = pipeline(["a", "b"], [0.3])["output"].iloc[-1] / pipeline(["a", "b"], [0.2])["output"].iloc[-1]
    after = Scenario("loosen").loosen(["T"], before=0.2, after=0.3).apply(region)
    assert after.total()["T"].sum() / region.total()["T"].sum() == pytest.approx(ratio)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((["a"], []), {}, "at least two"),
        ((["a", "a"], [0.5]), {}, "different names"),
        ((["a", "b"], [0.5, 0.5]), {}, "must hold 1"),
        ((["a", "b"], {"a": 0.5}), {}, "missing: b; not such a stage: a"),
        ((["a", "b"], [0.0]), {}, "above 0"),
        ((["a", "b"], [0.5]), {"delays": [-1.0]}, "delays"),
        ((["a", "b"], [0.5]), {"discount": np.nan}, "discount"),
    ],
)
def test_a_chain_refuses_what_cannot_work(arguments, options, message):
    with pytest.raises(OptionError, match=message):
        pipeline(*arguments, **options)
