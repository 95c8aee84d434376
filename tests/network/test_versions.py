"""Several versions of one model: doubt about rates beside chance."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError
from innoscape.network import Channel, Scenario, compare_scenarios, hazard_rates, simulate
from innoscape.network.diffusion.model.hazard_rates import hazard_versions


def pair(rate, places=("W", "C")):
    tier = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    return hazard_rates(
        pd.DataFrame({"place": list(places), "tier": tier}), [Channel("hierarchical", rate=rate, decay="none")]
    )


def test_each_version_runs_as_it_would_alone_in_its_share_of_the_runs():
    options = {"horizon": 50.0, "runs": 600, "seed": 3}
    slow, fast = (simulate(pair(rate), ["W"], **options) for rate in (0.1, 0.9))
    both = simulate([pair(0.1), pair(0.9)], ["W"], **options)
    assert both.borders.tolist() == [300]
    np.testing.assert_array_equal(both.times[:300], slow.times[:300])
    np.testing.assert_array_equal(both.times[300:], fast.times[300:])


def test_equal_versions_change_nothing():
    options = {"horizon": 50.0, "runs": 500, "seed": 3}
    once, thrice = simulate(pair(0.2), ["W"], **options), simulate([pair(0.2)] * 3, ["W"], **options)
    np.testing.assert_array_equal(once.times, thrice.times)
    pd.testing.assert_frame_equal(once.credit(), thrice.credit())
    pd.testing.assert_frame_equal(once.sources(), thrice.sources())


def test_the_variance_of_arrivals_parts_into_that_of_rates_and_that_of_chance():
    # Exp(rate) has mean and deviation 1 / rate; rates of mean time 1 and 3 in equal shares
    versions = [pair(1.0 / mean) for mean in (1.0, 3.0) * 20]
    found = simulate(versions, ["W"], horizon=1000.0, runs=80_000, seed=1).doubt().set_index("place").loc["C"]
    assert found["chance"] == pytest.approx((1.0 + 9.0) / 2, rel=0.05)
    assert found["parameters"] == pytest.approx(np.var([1.0, 3.0] * 20, ddof=1), rel=0.05)
    assert found["share"] == pytest.approx(1.0 / 6.0, abs=0.02)


def test_one_version_says_nothing_of_doubt_about_rates():
    found = simulate(pair(0.2), ["W"], horizon=50.0, runs=100).doubt().set_index("place")
    assert found["share"].isna().all()
    assert found.loc["C", "chance"] > 0
    assert found.loc["W", "chance"] == 0


def test_scenarios_pair_the_same_version_with_the_same_noise():
    versions = [pair(0.1), pair(0.9)]
    same, doubled = Scenario("same"), Scenario("doubled").scale_channel("hierarchical", factor=2.0)
    found = compare_scenarios(versions, [same, doubled], seeds=["W"], horizon=1000.0, runs=400, seed=2)
    assert len(found.models["doubled"]) == 2
    times = {name: outcome.times for name, outcome in found.outcomes.items()}
    np.testing.assert_array_equal(times["same"], times["baseline"])
    # with one source and one target, twice the rate halves each time
    at = found.outcomes["baseline"].places.index("C")
    np.testing.assert_allclose(times["doubled"][:, at], times["baseline"][:, at] / 2)


@pytest.mark.parametrize(
    ("versions", "needed"),
    [
        ([], "one or several"),
        ([pair(0.1), "x"], "one or several"),
        ([pair(0.1), pair(0.1, places=("W", "D"))], "the same places in every version"),
    ],
)
def test_versions_that_do_not_go_together_are_refused(versions, needed):
    with pytest.raises(OptionError, match=needed):
        simulate(versions, ["W"], horizon=5.0, runs=10)


def test_every_version_needs_a_run():
    with pytest.raises(OptionError, match="at least one for each of the 3 versions"):
        simulate([pair(0.1)] * 3, ["W"], horizon=5.0, runs=2)


def test_versions_that_are_built_together_are_those_built_alone():
    tier = pd.Categorical(["a", "a", "b"], categories=["a", "b"], ordered=True)
    centers = pd.DataFrame({"place": ["x", "y", "z"], "tier": tier})
    costs = pd.DataFrame([[0.0, 3.0, 9.0], [3.0, 0.0, 5.0], [9.0, 5.0, 0.0]], index=list("xyz"), columns=list("xyz"))
    flows = pd.DataFrame({"source": ["x", "y", "x"], "target": ["y", "z", "far"], "value": [2.0, 1.0, 4.0]})
    given = {"centers": centers, "costs": costs, "flows": flows, "receptivity": {"z": 0.5}}

    def channels(rate, half):
        return (
            Channel("peer", rate=rate, half_distance=half),
            Channel("tie", rate=2 * rate, decay="none", normalize="origin"),
        )

    numbers = [(channels(0.1, 2.0), 0.0), (channels(0.3, 4.0), {"x": 0.2}), (channels(0.2, 2.0)[:1], 0.1)]
    together = hazard_versions(numbers, **given)
    for (some, external), built in zip(numbers, together, strict=True):
        alone = hazard_rates(channels=some, external=external, **given)
        np.testing.assert_array_equal(built.tensor, alone.tensor)
        np.testing.assert_array_equal(built.external_phases, alone.external_phases)
    moved = Scenario("moved").set_tier("z", tier="a").scale_flow(factor=2.0, start=3.0)
    for version, built in zip(together[:2], moved.apply_each(together[:2]), strict=True):
        np.testing.assert_array_equal(built.tensor, moved.apply(version).tensor)
    assert moved.apply_each([]) == []
    with pytest.raises(OptionError, match="external: needed finite numbers of at least 0"):
        hazard_versions([numbers[0], (numbers[0][0], -1.0)], **given)
    with pytest.raises(OptionError, match="needs flows"):
        hazard_versions([(channels(0.1, 2.0)[:1], 0.0), numbers[0]], centers=centers, costs=costs)
