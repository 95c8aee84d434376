"""Words that all rooms share: one order of certainty, scales of two to seven tiers, colors that can be seen."""

import pytest

from innoscape.data import OptionError, TierScale
from innoscape.data.tier_scale import FOUR_TIERS, MARKS, as_scale
from innoscape.data.vocabulary import CHANNELS, STATUSES, TIERS, doubt, name_of, terms, weakest, with_trait
from innoscape.data.wording.catalogue import LANGUAGES


def test_every_word_has_a_name_in_every_language():
    kinds = ("tiers", "statuses", "channels", "landmarks", "block_roles", "scenario_measures", "network_measures")
    for kind in kinds:
        for term in terms(kind).values():
            assert all(term.name.in_(language) for language in LANGUAGES), (kind, term.key)


def test_words_of_tiers_and_channels_carry_colors():
    for kind in ("tiers", "channels"):
        for term in terms(kind).values():
            assert len(term.color) == len(term.ink) == 7, term.key
    assert set(CHANNELS) < set(terms("channels"))
    assert "external" not in CHANNELS


def test_statuses_have_one_order_of_certainty():
    assert sorted(set(STATUSES), key=doubt) == list(STATUSES)
    assert [weakest(STATUSES[: end + 1]) for end in range(len(STATUSES))] == list(STATUSES)
    assert weakest(["observed", "guessed", "assumed"]) == "guessed"
    assert weakest([None, float("nan")]) is None
    assert set(with_trait("statuses", "cell")) < set(with_trait("statuses", "input")) | {"imputed"}


def test_a_name_is_looked_up_in_the_kinds_asked_for():
    assert str(name_of("external")) == "from outside"
    assert str(name_of("external", "groups")) == "external"
    assert str(name_of("anything_else")) == "anything else"


def test_the_default_scale_is_that_of_the_sources():
    assert tuple(FOUR_TIERS) == TIERS
    assert as_scale(TIERS) == FOUR_TIERS
    assert as_scale(FOUR_TIERS) is FOUR_TIERS


@pytest.mark.parametrize("count", range(2, 8))
def test_a_scale_gives_every_tier_a_color_and_a_mark_of_its_own(count):
    scale = TierScale.of(*(f"tier {n}" for n in range(count)))
    assert len({tier.color for tier in scale.tiers}) == len({tier.mark for tier in scale.tiers}) == count
    assert [scale.rank(key) for key in scale] == list(range(count))
    assert (scale[0], scale[-1], scale[:2]) == ("tier 0", f"tier {count - 1}", ("tier 0", "tier 1"))
    assert scale.rank("none of them") == count


def test_a_light_color_gets_a_darker_ink_and_a_dark_one_its_own():
    light, dark = TierScale.of({"key": "a", "color": "#ffffaa"}, {"key": "b", "color": "#112233"}).tiers
    assert (dark.ink, light.color) == ("#112233", "#ffffaa")
    assert all(int(light.ink[at : at + 2], 16) < int(light.color[at : at + 2], 16) for at in (1, 3, 5))


def test_all_faults_of_a_scale_are_named_at_once():
    with pytest.raises(OptionError) as caught:
        TierScale.of({"key": "a", "color": "red"}, "a", "all", "", {"key": "b", "mark": "stra"}, "c\n")
    message = str(caught.value)
    for said in ("'red'", "'a' again", "'all'", "tier 4, got ''", "did you mean 'star'", r"'c\n'"):
        assert said in message
    with pytest.raises(OptionError, match="2 to 7 tiers, highest first, got 1"):
        TierScale.of("alone")
    with pytest.raises(OptionError, match="got 8"):
        TierScale.of(*"abcdefgh")
    with pytest.raises(OptionError, match=r"'colour' \(did you mean 'color'\?\)"):
        TierScale.of({"key": "a", "colour": "#000000"}, "b")


def test_a_tier_outside_the_scale_is_named_with_its_place_and_the_nearest():
    scale = TierScale.of("hub", "node")
    scale.check({"A": "hub"})
    with pytest.raises(OptionError, match=r"one of hub, node, got 'nod' at A \(did you mean 'node'\?\); 'x' at B"):
        scale.check({"B": "x", "A": "nod"})
    assert len(MARKS) == 7
