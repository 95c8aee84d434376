"""Every verb of scenarios is one class, and its limit cases are what its docstring says."""

import inspect

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError
from innoscape.data.wording.catalogue import LANGUAGES, text
from innoscape.network import VERBS, Channel, Scenario, Verb, hazard_rates, simulate

TIERS = ["national", "regional", "local"]
PLACES = ["W", "X", "Y", "Z"]


@pytest.fixture(scope="module")
def model():
    tier = pd.Categorical(["national", "regional", "regional", "local"], categories=TIERS, ordered=True)
    at = np.array([0.0, 100.0, 250.0, 400.0])
    labels = [*PLACES, "N"]
    costs = pd.DataFrame(np.abs(np.subtract.outer([*at, 500.0], [*at, 500.0])), index=labels, columns=labels)
    flows = pd.DataFrame({"source": ["W", "W", "X"], "target": ["X", "Z", "Y"], "value": [3.0, 1.0, 1.0]})
    channels = [
        Channel("hierarchical", rate=0.5, half_distance=300.0),
        Channel("peer", rate=0.2, decay="none"),
        Channel("tie", rate=1.0, decay="none"),
    ]
    return hazard_rates(pd.DataFrame({"place": PLACES, "tier": tier}), channels, costs=costs, flows=flows)


def test_every_class_of_a_verb_is_a_verb_and_a_method():
    own = {verb for verb in Verb.__subclasses__() if ".diffusion.scenarios." in verb.__module__}
    assert set(VERBS.values()) == own
    for name, verb in VERBS.items():
        method = getattr(Scenario, name)
        assert method.__doc__ == verb.__doc__
        assert [*inspect.signature(method).parameters][1:] == [*inspect.signature(verb).parameters]


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_has_its_words_in_every_language(name):
    for word in ("title", "add", "meaning", *VERBS[name].fields()):
        said = text("verbs.start" if word == "start" else f"verbs.{name}.{word}")
        assert len(said.said) == len(LANGUAGES)
        assert all(said.said)


@pytest.mark.parametrize(
    "step",
    [
        VERBS["set_tier"]("X", tier="regional"),
        VERBS["scale_cost"](PLACES, factor=1.0),
        VERBS["add_corridor"](PLACES, factor=1.0),
        VERBS["add_corridor"](PLACES, factor=2.0),
        VERBS["set_channel"]("peer", rate=0.2),
        VERBS["scale_channel"]("peer", factor=1.0),
        VERBS["redirect_flow"]("W", within=["X"], share=0.75),
        VERBS["scale_flow"](factor=1.0),
        VERBS["siphon"]("W", places=["X"], share=0.0),
        VERBS["scale_receptivity"](factor=1.0),
        VERBS["raise_conversion"](before=0.3, after=0.3),
        VERBS["add_external"](rate=0.0),
        VERBS["scale_people"](["X"], factor=1.0),
        VERBS["phase_in"]([["X"], ["Y"]], factor=1.0, every=2.0),
        VERBS["seed"](["X"]),
    ],
    ids=lambda step: f"{step.verb}",
)
def test_a_verb_at_rest_changes_no_rate(model, step):
    after = Scenario("s").append(step).apply(model)
    assert all(np.array_equal(phase, model.tensor[0]) for phase in after.tensor)


def test_an_added_center_is_as_receptive_as_others_and_absent_before_its_start(model):
    after = Scenario("s").add_center("N", tier="local", start=2.0).apply(model)
    assert after.receptivity["N"] == 1.0
    assert not after.tensor[0, :, :, after.position["N"]].any()


def test_a_rate_of_zero_closes_a_channel(model):
    assert not Scenario("s").set_channel("peer", rate=0.0).apply(model).tensor[0, 1].any()


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_all_or_nothing_of_a_flow_can_be_redirected(model, share):
    flows = Scenario("s").redirect_flow("W", within=["X"], share=share).apply(model).flows.set_index("target")["value"]
    assert flows[["X", "Z"]].tolist() == [4.0 * share, 4.0 * (1 - share)]


def test_without_ends_every_flow_is_scaled(model):
    assert Scenario("s").scale_flow(factor=2.0).apply(model).flows["value"].sum() == 10.0


def test_a_siphon_of_everything_leaves_nothing_and_needs_no_flows(model):
    after = Scenario("s").siphon("W", places=["Y"], share=1.0).apply(model)
    assert after.receptivity["Y"] == 0.0
    assert after.flows.loc[after.flows["target"] == "Y", "value"].sum() == 0.0
    bare = hazard_rates(model.centers, model.channels[:2], costs=model.costs)
    assert Scenario("s").siphon("W", places=["Y"], share=0.5).apply(bare).receptivity["Y"] == 0.5


def test_conversion_multiplies_receptivity_by_its_ratio(model):
    assert Scenario("s").raise_conversion(["X"], before=0.2, after=0.5).apply(model).receptivity["X"] == 2.5


def test_waves_without_years_between_them_begin_at_once(model):
    assert Scenario("s").phase_in([["X"], ["Y"]], factor=2.0, every=0.0, start=1.0).apply(model).starts.tolist() == [
        0.0,
        1.0,
    ]


def test_an_adopter_stays_one_since_it_first_adopted(model):
    twice = Scenario("s").seed(["X"], start=3.0).seed(["X"], start=1.0)
    assert twice.seeds == {"X": 1.0}
    outcome = simulate(twice.apply(model), {"W": 0.0} | twice.seeds, horizon=9.0, runs=50)
    times = outcome.times[:, outcome.places.index("X")]
    assert times.max() <= 1.0
    assert times.min() < 1.0, "who adopted before keeps that date"


def test_all_faults_of_a_verb_come_in_one_error(model):
    with pytest.raises(OptionError) as caught:
        Scenario("s").raise_conversion("X", before=0.0, after=2.0, start=-1.0)
    for part in ("raise_conversion: places: needed several", "before: needed", "after: needed", "start: needed"):
        assert part in str(caught.value)
    with pytest.raises(OptionError) as caught:
        Scenario("s").add_center("W", tier="top").apply(model)
    assert str(caught.value).count(";") == 2
    with pytest.raises(OptionError, match="there are no flows to change; give flows="):
        Scenario("s").scale_flow(factor=2.0).apply(hazard_rates(model.centers, model.channels[1:2]))
    with pytest.raises(OptionError, match="channel: needed one of 'hierarchical', 'peer', 'tie', got 'rail'"):
        Scenario("s").set_channel("rail", rate=1.0).apply(model)
    with pytest.raises(OptionError, match="at least one of rate, half_distance"):
        Scenario("s").set_channel("peer")
