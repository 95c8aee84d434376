"""The core drive of a center: factors, three subsystems, and the two inputs that it cannot do without."""

import itertools

import numpy as np
import pytest

from innoscape.data import OptionError
from innoscape.network import (
    CORE_ACTORS,
    CORE_FACTORS,
    SUBSYSTEMS,
    StockScenario,
    compare_stocks,
    core_drive,
    run_stocks,
)

SYSTEMS = list(SUBSYSTEMS)


def rest(**options):
    return run_stocks(core_drive(**options), horizon=200.0).equilibrium()


def test_b6_the_model_has_four_factors_five_actors_and_three_subsystems():
    model = core_drive()
    assert list(model.stocks) == [*SYSTEMS, *(f"factor {name}" for name in CORE_FACTORS)]
    assert (len(CORE_FACTORS), len(CORE_ACTORS)) == (4, 5)
    # of five actors three have a part in both of science and technology, one in both of science and industry
    assert model.rates[
        ["science to technology", "technology to industry", "science to industry"]
    ].tolist() == pytest.approx([0.03, 0.03, 0.01])


def test_b6_it_rests_where_gain_and_loss_of_every_stock_are_equal():
    found = rest()
    factors, systems = found[[f"factor {name}" for name in CORE_FACTORS]], found[SYSTEMS]
    assert factors.to_numpy() == pytest.approx((1.0 + 0.02 * systems.sum()) / 0.2)
    for one in SYSTEMS:
        common = {other: sum({one, other} <= {*taken} for taken in CORE_ACTORS.values()) / 5 for other in SYSTEMS}
        driven = sum(0.05 * common[other] * systems[other] for other in SYSTEMS if other != one)
        assert 0.2 * systems[one] == pytest.approx(0.1 * factors.sum() + driven)


@pytest.mark.parametrize("absent", ["government", "market"])
def test_b6_neither_government_nor_market_can_do_without_the_other(absent):
    found = rest(**{absent: 0.0})
    assert found[SYSTEMS].to_numpy() == pytest.approx(0.0, abs=1e-9)
    # what comes does not form anything and leaves again
    assert found[[f"factor {name}" for name in CORE_FACTORS]].to_numpy() == pytest.approx(5.0)


def test_b6_government_weighs_more_in_science_and_the_market_in_industry():
    weak_government, weak_market, both = rest(government=0.5), rest(market=0.5), rest(government=0.5, market=0.5)
    assert weak_government["science"] < weak_government["industry"]
    assert weak_market["science"] > weak_market["industry"]
    assert weak_government["technology"] == pytest.approx(weak_market["technology"])
    assert (both[SYSTEMS] < weak_market[SYSTEMS]).all()
    ruled = rest(government=0.5, governed=dict.fromkeys(SYSTEMS, 1.0), market=0.0)
    assert (ruled[SYSTEMS] > 0).all()


def test_b6_agglomeration_can_let_a_center_feed_itself_but_only_under_both_inputs():
    paths = {
        key: run_stocks(core_drive(agglomeration=0.05, government=key[0], market=key[1]), horizon=30.0)
        for key in itertools.product((0.1, 1.0), repeat=2)
    }
    verdicts = {key: path.stability().verdict for key, path in paths.items()}
    assert verdicts.pop((1.0, 1.0)) == "growing together"
    assert set(verdicts.values()) == {"stable"}
    assert run_stocks(core_drive(), horizon=30.0).stability().verdict == "stable"


def test_b6_inputs_may_change_in_time_and_the_later_one_starts_the_drive():
    path = run_stocks(core_drive(government={0.0: 1.0}, market={0.0: 0.0, 10.0: 1.0}), horizon=40.0, points=401)
    assert (path.stocks.loc[:10.0, SYSTEMS].to_numpy() == 0).all()
    assert (path.stocks.loc[10.5:, SYSTEMS].to_numpy() > 0).all()
    always = run_stocks(core_drive(start=path.stocks.loc[10.0].to_dict()), horizon=30.0, points=301)
    np.testing.assert_allclose(path.stocks.loc[10.0:], always.stocks, rtol=1e-9, atol=1e-12)
    # scenarios act on it as on any model of stocks
    table = compare_stocks(
        core_drive(), [StockScenario("talent").scale_rate("inflow of talent", factor=2.0)], horizon=50.0
    )
    assert (table["difference"].dropna() >= -1e-12).all()
    assert (table.set_index("stock").loc[SYSTEMS, "difference"] > 0).all()


def test_b6_faults_are_said_at_once():
    with pytest.raises(
        OptionError, match=r"coupling[\s\S]*governed, science[\s\S]*actors, labs[\s\S]*start[\s\S]*market"
    ):
        core_drive(
            coupling=-1.0,
            governed={"science": 2.0},
            actors={"labs": ["sciense"]},
            start={"talent": 1.0},
            market={0.0: -1.0},
        )
