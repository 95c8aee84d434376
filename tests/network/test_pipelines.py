"""A chain multiplies its conversions, adds its delays and names the hand-over that holds it up."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError
from innoscape.network import OBSTACLE_CHAIN, Scenario, pipeline


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
    after = Scenario("raise_conversion").raise_conversion(["T"], before=0.2, after=0.3).apply(region)
    assert after.total()["T"].sum() / region.total()["T"].sum() == pytest.approx(ratio)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((["a"], []), {}, "at least two"),
        ((["a", "a"], [0.5]), {}, "different names"),
        ((["a", "b"], [0.5, 0.5]), {}, "conversions: needed 1"),
        ((["a", "b"], {"a": 0.5}), {}, "missing: b; not such a stage: a"),
        ((["a", "b"], [0.0]), {}, "above 0"),
        ((["a", "b"], [0.5]), {"delays": [-1.0]}, "delays"),
        ((["a", "b"], [0.5]), {"discount": np.nan}, "discount"),
    ],
)
def test_a_chain_refuses_what_cannot_work(arguments, options, message):
    with pytest.raises(OptionError, match=message):
        pipeline(*arguments, **options)
