"""Seeds are read the same however they are given, and by what they name."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError
from innoscape.network import (
    Channel,
    Scenario,
    choose_scenarios,
    compare_scenarios,
    cross_validate,
    hazard_rates,
    simulate,
    simulate_many,
    sweep,
)

TIERS = ["n", "p", "r"]
PLACES = list("WCAB")
CHANNELS = [Channel("hierarchical", rate=0.5, decay="none"), Channel("peer", rate=0.1, decay="none")]
IDLE = [Scenario("idle")]


def centers(names=PLACES):
    tier = pd.Categorical(["n", "p", "r", "r"], categories=TIERS, ordered=True)
    return pd.DataFrame({"place": names, "tier": tier})


@pytest.fixture
def model():
    return hazard_rates(centers(), CHANNELS, external=0.05)


def test_seeds_may_be_given_by_whatever_yields_them(model):
    want = compare_scenarios(model, IDLE, seeds=["W"], horizon=5.0, runs=100).table
    for given in (iter(["W"]), {"W"}, pd.Series(["W"]), pd.Index(["W"]), (p for p in "W"), {"W": 0.0}):
        pd.testing.assert_frame_equal(compare_scenarios(model, IDLE, seeds=given, horizon=5.0, runs=100).table, want)


def test_seeds_that_can_be_read_once_serve_every_simulation(model):
    push = [Scenario("idle"), Scenario("push").scale_channel("peer", factor=2.0)]
    options = {"horizon": 5.0, "runs": 100}
    kept, once = (choose_scenarios(model, push, 1, seeds=s, **options) for s in (["W"], iter(["W"])))
    pd.testing.assert_frame_equal(once, kept)

    def faster(rate):
        return Scenario("x").set_channel("peer", rate=rate)

    kept, once = (sweep(model, faster, {"rate": [0.1, 0.2]}, seeds=s, **options) for s in (["W"], iter(["W"])))
    pd.testing.assert_frame_equal(once, kept)
    adoptions = pd.DataFrame({"place": PLACES, "time": [0.0, 1.0, 2.0, 2.6]})
    score = {"horizon": 3.0, "after": 1.5, "start": 0.0}
    kept, once = (cross_validate(adoptions, centers(), CHANNELS[:1], seeds=s, **score) for s in (["W"], iter(["W"])))
    pd.testing.assert_frame_equal(once, kept)


def test_a_series_of_numbers_says_whether_it_holds_places_or_times():
    model = hazard_rates(centers([0, 1, 2, 3]), CHANNELS)
    with pytest.raises(OptionError, match="places or times"):
        simulate(model, pd.Series({2: 0.0, 1: 1.0}), horizon=1.0, runs=2)
    assert simulate(model, pd.Series({2: 0.0, 1: 1.0}).to_dict(), horizon=1.0, runs=2).seeds == {2: 0.0, 1: 1.0}


def test_what_cannot_be_seeds_is_refused(model):
    with pytest.raises(OptionError, match=r"names of places, got \['W'\]"):
        simulate(model, [["W"]], horizon=1.0)
    with pytest.raises(OptionError, match="seed: needed a whole number"):
        simulate(model, ["W"], horizon=1.0, seed=2**64)
    with pytest.raises(OptionError, match="map at least one innovation"):
        simulate_many([model], {}, horizon=1.0)


@pytest.mark.parametrize("order", [list("ACBW"), list("WBCA"), list("WCAB")])
def test_a_scenario_on_places_of_categories_is_that_on_their_names(model, order):
    asked = hazard_rates(centers(pd.Categorical(PLACES, categories=order)), CHANNELS, external=0.05)
    moved = Scenario("moved").set_tier("A", tier="p", start=1.0).add_center("N", tier="r", start=2.0)
    np.testing.assert_array_equal(moved.apply(asked).tensor, moved.apply(model).tensor)
    assert asked.places == model.places


def test_a_scenario_on_places_of_several_parts_changes_what_it_says():
    pairs = [("a", 1), ("a", 2), ("b", 1), ("b", 2)]
    model = hazard_rates(centers(pd.Series(pairs)), CHANNELS)
    assert Scenario("idle").apply(model).tensor.tolist() == model.tensor.tolist()


def test_rates_beyond_all_numbers_are_refused():
    with pytest.raises(OptionError, match="the rates of hierarchical are beyond all numbers"):
        hazard_rates(centers(), [Channel("hierarchical", rate=1e307, decay="none")], receptivity={"A": 1e10})
