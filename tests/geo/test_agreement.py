"""Agreement of placements, moves between tiers over the years, tiers from flows."""

import math
from random import Random

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from innoscape.data import InnoscapeWarning, OptionError, TableError, UnknownPlaceError
from innoscape.geo import TIERS, compare_tiers, flow_tiers, tier_agreement, tier_dtype, tier_mobility

tier_lists = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=20)


def placement(codes):
    labels = [TIERS[code] for code in codes]
    return pd.Series(labels, index=[f"p{i:02d}" for i in range(len(labels))], dtype=tier_dtype())


def from_confusion(counts):
    pairs = [(i, j) for i, row in enumerate(counts) for j, n in enumerate(row) for _ in range(n)]
    return placement([i for i, _ in pairs]), placement([j for _, j in pairs])


def test_disagreements_are_listed_largest_first_with_their_direction():
    mine = pd.Series({"甲": "local", "乙": "national", "丙": "regional"})
    theirs = pd.Series({"丙": "regional", "乙": "regional", "甲": "international"})
    found = compare_tiers(mine, theirs)
    assert found["place"].tolist() == ["甲", "乙"]
    assert found["steps"].tolist() == [-3, 1]
    assert found["tier_a"].tolist() == ["local", "national"]
    assert found["tier_b"].tolist() == ["international", "regional"]


def test_placements_of_different_places_or_labels_are_refused():
    with pytest.raises(UnknownPlaceError, match="乙"):
        compare_tiers(pd.Series({"甲": "local"}), pd.Series({"甲": "local", "乙": "local"}))
    with pytest.raises(OptionError, match="did you mean 'national'"):
        compare_tiers(pd.Series({"甲": "nationl"}), pd.Series({"甲": "local"}))
    twice = pd.Series(["local", "local"], index=["甲", "甲"])
    with pytest.raises(OptionError, match="every place once, got 甲"):
        tier_agreement(twice, pd.Series({"甲": "local"}))


# a table of thirty-eight places and more on the diagonal than off it
CONFUSION = [[6, 2, 0, 0], [1, 9, 3, 0], [0, 2, 8, 1], [0, 0, 2, 11]]


def test_kappa_by_hand():
    # two tiers, ten places: observed 0.8; tiers 6 : 4 against 6 : 4, so by chance 0.36 + 0.16 = 0.52
    found = tier_agreement(*from_confusion([[5, 1], [1, 3]]), weights="none")
    assert found.kappa == pytest.approx((0.8 - 0.52) / 0.48)
    assert found.exact_agreement == pytest.approx(0.8)
    assert found.within_one_tier == 1
    assert len(found.disagreements) == 2


@settings(max_examples=20, deadline=None)
@example([(0, 0), (0, 1), (0, 2)], "linear", Random(0))  # noqa: S311
@given(tier_lists, st.sampled_from(["quadratic", "linear", "none"]), st.randoms())
def test_neither_order_nor_exchange_changes_kappa(pairs, weights, random):
    a, b = placement([i for i, _ in pairs]), placement([j for _, j in pairs])
    if len(set(a.tolist() + b.tolist())) < 2:
        return
    there, back = tier_agreement(a, b, weights=weights), tier_agreement(b, a, weights=weights)
    assert there.kappa == pytest.approx(back.kappa)
    assert there.standard_error == pytest.approx(back.standard_error, abs=1e-12)
    shuffled = b.iloc[random.sample(range(len(b)), len(b))]
    assert tier_agreement(a, shuffled, weights=weights).kappa == there.kappa
    assert there.kappa <= 1


def test_equal_placements_agree_completely():
    a = placement([0, 1, 1, 3])
    found = tier_agreement(a, a)
    assert (found.kappa, found.standard_error, found.exact_agreement) == (1, 0, 1)
    assert found.disagreements.empty


def test_empty_tiers_change_nothing():
    narrow = [list(row[:3]) for row in CONFUSION[:3]]
    a, b = from_confusion(narrow)
    fewer = tier_dtype(TIERS[:3])
    full, less = tier_agreement(a, b), tier_agreement(a.astype(fewer), b.astype(fewer))
    assert full.kappa == pytest.approx(less.kappa)
    assert full.standard_error == pytest.approx(less.standard_error)


def test_one_tier_for_all_leaves_kappa_undefined_with_a_warning():
    same = placement([2, 2, 2])
    with pytest.warns(InnoscapeWarning, match="one tier only"):
        assert math.isnan(tier_agreement(same, same).kappa)


def test_unknown_weights_are_refused_with_the_nearest():
    with pytest.raises(OptionError, match="did you mean 'quadratic'"):
        tier_agreement(placement([0]), placement([0]), weights="quadratics")


def panel(codes):
    """Return tiers by year from rows of places and columns of years."""
    rows = [
        {"place": f"p{i:02d}", "year": 2000 + j, "tier": TIERS[code]}
        for i, row in enumerate(codes)
        for j, code in enumerate(row)
    ]
    return pd.DataFrame(rows)


CODES = np.random.default_rng(4).integers(0, 4, (40, 6))


def test_two_tiers_by_hand():
    # from the first tier 1 of 4 falls, from the second 1 of 2 rises: eigenvalues 1 and 0.75 - 0.5 = 0.25
    codes = [[0, 0], [0, 0], [0, 0], [0, 1], [1, 0], [1, 1]]
    found = tier_mobility(panel(codes))
    assert found.probabilities.to_numpy().tolist() == [[0.75, 0.25], [0.5, 0.5]]
    assert found.stationary.tolist() == pytest.approx([2 / 3, 1 / 3])
    assert found.indices[["prais", "determinant", "eigenvalue"]].tolist() == pytest.approx([0.75] * 3)
    assert found.half_life == pytest.approx(math.log(2) / math.log(4))
    assert found.moves[["place", "steps"]].to_numpy().tolist() == [["p03", -1], ["p04", 1]]
    assert found.standard_errors.iloc[0, 0] == pytest.approx(math.sqrt(0.75 * 0.25 / 4))
    assert found.stay.tolist() == [4, 2]


def test_years_stretch_the_half_life():
    table = panel([[0, 0], [0, 1], [1, 0], [1, 1], [0, 0]])
    slow = table.assign(year=2000 + 5 * (table["year"] - 2000))
    assert tier_mobility(slow).half_life == pytest.approx(5 * tier_mobility(table).half_life)


def test_where_nobody_moves_mobility_is_0_and_lasts_for_ever():
    with pytest.warns(InnoscapeWarning, match="depends on the start"):
        found = tier_mobility(panel([[0, 0, 0], [2, 2, 2]]))
    assert found.indices[["prais", "determinant", "eigenvalue"]].tolist() == [0, 0, 0]
    assert found.half_life == math.inf
    assert found.stationary.isna().all()
    assert found.moves.empty
    assert found.probabilities.index.tolist() == ["international", "regional"]


def test_a_tier_that_cannot_be_left_takes_all_in_the_long_run():
    found = tier_mobility(panel([[0, 1, 1], [0, 0, 1], [1, 1, 1]]))
    assert found.stationary.tolist() == pytest.approx([0, 1])


def test_a_tier_held_last_only_is_not_known():
    with pytest.warns(InnoscapeWarning, match="last year only"):
        found = tier_mobility(panel([[0, 1], [0, 0]]))
    assert found.probabilities.loc["national"].isna().all()
    assert math.isnan(found.half_life)


def test_gaps_and_uneven_years_are_said():
    table = panel([[0, 1, 0], [1, 0, 1], [0, 0, 1]])
    with pytest.warns(InnoscapeWarning, match="2 moves are not counted"):
        found = tier_mobility(table.drop(index=1))
    assert int(found.counts.to_numpy().sum()) == 4
    with pytest.warns(InnoscapeWarning, match="2000, 2001, 2007"):
        tier_mobility(table.replace({"year": {2002: 2007}}))


def test_row_order_changes_no_move():
    table = panel(CODES)
    shuffled = table.sample(frac=1, random_state=1)
    assert tier_mobility(shuffled).probabilities.equals(tier_mobility(table).probabilities)
    assert tier_mobility(shuffled).moves.equals(tier_mobility(table).moves)


@pytest.mark.parametrize(
    ("table", "match"),
    [
        (panel([[0], [1]]), "two years"),
        (panel([[0, 1]]).assign(place="甲", year=2000), "甲 in 2000"),
        (panel([[0, 1]]).replace("national", "nation"), "did you mean 'national'"),
    ],
)
def test_tables_that_cannot_be_followed_are_refused(table, match):
    with pytest.raises(OptionError, match=match):
        tier_mobility(table)


def test_missing_columns_are_faults_of_the_table():
    with pytest.raises(TableError, match="tiers_by_year, column tier: needed the column tier, got place, year"):
        tier_mobility(panel([[0, 1]]).drop(columns="tier"))
    with pytest.raises(TableError, match="dominant, column target: needed the column target, got source, hub"):
        flow_tiers(STRENGTHS, dominant=LEANS.rename(columns={"target": "hub"}))


# two hubs of three levels, one of two, and a place without ties
STRENGTHS = {"北京": 90, "天津": 30, "保定": 9, "成都": 50, "绵阳": 8, "拉萨": 1}
LEANS = pd.DataFrame({"source": ["天津", "保定", "绵阳"], "target": ["北京", "天津", "成都"]})


def test_hubs_stand_above_those_who_lean_on_them():
    depth = flow_tiers(STRENGTHS, dominant=LEANS)
    assert depth.to_dict() == {
        "北京": "international",
        "天津": "national",
        "保定": "regional",
        "成都": "international",
        "绵阳": "national",
        "拉萨": "regional",
    }
    height = flow_tiers(STRENGTHS, dominant=LEANS, order="height")
    assert height["北京"] == "international"
    assert height["成都"] == height["天津"] == "national"
    assert height["保定"] == height["绵阳"] == height["拉萨"] == "regional"


def test_empty_targets_are_hubs_and_row_order_does_not_matter():
    hubs = pd.DataFrame({"source": ["北京", "成都"], "target": [None, None]})
    table = pd.concat([LEANS, hubs]).sample(frac=1, random_state=3)
    assert flow_tiers(STRENGTHS, dominant=table).equals(flow_tiers(STRENGTHS, dominant=LEANS))


def test_tables_of_dominant_flows_are_taken_as_they_are():
    # the hubs have targets too, their largest flows to smaller places
    table = pd.DataFrame(
        {
            "place": ["保定", "北京", "天津", "成都", "拉萨", "绵阳"],
            "target": ["天津", "天津", "北京", "绵阳", None, "成都"],
            "terminal": [False, True, False, True, True, False],
        }
    )
    assert flow_tiers(STRENGTHS, dominant=table).equals(flow_tiers(STRENGTHS, dominant=LEANS))


def test_deep_chains_stay_on_the_last_tier():
    places = [f"p{i}" for i in range(7)]
    chain = pd.DataFrame({"source": places[1:], "target": places[:-1]})
    tiers = flow_tiers(dict.fromkeys(places, 1.0), dominant=chain)
    assert tiers.cat.codes.tolist() == [0, 1, 2, 3, 3, 3, 3]


def test_without_dominant_flows_all_places_share_the_first_tier():
    empty = LEANS.iloc[:0]
    assert set(flow_tiers(STRENGTHS, dominant=empty)) == {"international"}


def test_the_core_stands_above_the_periphery():
    core = pd.DataFrame({"place": ["北京", "成都", "天津"], "core": [True, True, False]})
    tiers = flow_tiers(STRENGTHS, core=core, k=3)
    assert tiers[["北京", "成都"]].tolist() == ["international"] * 2
    assert tiers["天津"] == "national"
    assert tiers["拉萨"] == "regional"


def test_strengths_alone_are_cut_into_tiers_and_agree_with_scores():
    frame = pd.DataFrame({"place": list(STRENGTHS), "strength": list(STRENGTHS.values())})
    tiers = flow_tiers(frame)
    assert tiers["北京"] == "international"
    assert tier_agreement(tiers, flow_tiers(STRENGTHS)).kappa == 1


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"dominant": pd.DataFrame({"source": ["北京", "天津"], "target": ["天津", "北京"]})}, "circle"),
        ({"dominant": pd.DataFrame({"source": ["天津", "天津"], "target": ["成都", "北京"]})}, "several for 天津"),
        ({"dominant": LEANS, "core": {"北京": True}}, "got both"),
        ({"dominant": LEANS, "order": "deep"}, "did you mean 'depth'"),
        ({"core": {"北京": True}, "k": 1}, "two tiers"),
    ],
)
def test_flows_that_make_no_hierarchy_are_refused(options, match):
    with pytest.raises(OptionError, match=match):
        flow_tiers(STRENGTHS, **options)


def test_places_without_strength_are_refused():
    with pytest.raises(UnknownPlaceError, match="上海"):
        flow_tiers(STRENGTHS, dominant=pd.DataFrame({"source": ["天津"], "target": ["上海"]}))
