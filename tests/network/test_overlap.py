"""Overlap of lists and tables of classes, on the numbers of the sources and on small tables done by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import OptionError, TableError, load
from innoscape.network import assign, overlap, overlap_bounds

LISTS = st.dictionaries(
    st.sampled_from("abcde"), st.lists(st.sampled_from("vwxyz"), unique=True, min_size=1), min_size=2, max_size=5
)


def sectors():
    """Return the sectors of each center as the source lists them."""
    rows = load("hierarchy").dropna(subset="sectors_zh")
    return {row.center: row.sectors_zh.split("; ") for row in rows.itertuples()}


def test_f3_supply_and_demand_share_one_of_three_sectors():
    figures = load("figures").set_index("id")
    rows = figures.loc[[f"S3-0{n}" for n in range(48, 54)]]
    sector = rows["indicator_zh"].str.split("：").str[1]
    # printed ranks 1 to 3 of each place
    ordered = rows.assign(sector=sector).sort_values("value").groupby("place")["sector"].agg(list)
    found = overlap(ordered.to_dict()).pairs.iloc[0]
    assert (found["shared"], found["union"], found["classes"]) == (1, 5, "制造业")
    assert found["jaccard"] == 0.2
    # footrule by hand: 3 + 1 + 1 + 2 + 1 = 8 of at most 3 x 4
    assert found["rank_distance"] == pytest.approx(8 / 12)


def test_g2_sixteen_parks_make_twenty_six_claims_and_at_least_five_are_doubled():
    found = overlap_bounds({"it": 10, "biology": 9, "making": 7}, 16)
    assert found[["claims", "least_several", "most_several"]].tolist() == [26, 5, 13]
    assert found["shared_pairs"] == 45 + 36 + 21


def parks():
    """Return one table that agrees with the source, which does not name the parks: 10, 9 and 7 claims on 16 parks."""
    table = pd.DataFrame(0, index=[f"park {n:02}" for n in range(16)], columns=["it", "biology", "making"])
    for column, rows in (("it", range(10)), ("biology", range(7, 16)), ("making", range(7))):
        table.loc[table.index[list(rows)], column] = 1
    return table


def test_g2_i15_a_park_that_keeps_one_of_its_industries_lowers_the_overlap():
    before = overlap(parks())
    assert before.summary[["claims", "shared_pairs"]].tolist() == [26, 102]
    assert before.summary["several"] >= overlap_bounds({"it": 10, "biology": 9, "making": 7}, 16)["least_several"]
    kept = assign(parks().replace(0, np.nan), crowding=1, complete=True)
    after = overlap(kept.to_table())
    assert after.summary["claims"] == 16
    # 6, 5 and 5 parks: 15 + 10 + 10 pairs, the least that the numbers allow
    assert sorted(after.classes["places"]) == [5, 5, 6]
    assert (
        after.summary["shared_pairs"]
        == 35
        == overlap_bounds(before.classes.set_index("class")["places"], 16)["least_pairs"]
    )
    assert kept.summary["crowding"] == 35
    # no park leads with what it did not lead with before
    assert (kept.to_table()[list(parks())] <= parks()).all(axis=None)


def test_c15_i2_sectors_that_centers_plan_twice():
    lists = sectors()
    assert len(lists) == 8
    assert (min(map(len, lists.values())), max(map(len, lists.values()))) == (5, 15)
    plain = overlap(lists)
    assert plain.matrix("shared").loc["上海", "济南-青岛"] == 3
    planned = plain.classes.set_index("class")["places"]
    assert planned[["智能制造", "新材料"]].tolist() == [5, 5]
    # names of one sector in other words
    same = {"生物技术与医药产业": "生物医药", "生物医疗": "生物医药", "材料科学与新材料产业": "新材料",
            "材料科学": "新材料", "新一代人工智能": "人工智能", "航空": "航空航天"}  # fmt: skip
    united = overlap(lists, synonyms=same)
    planned = united.classes.set_index("class")["places"]
    assert planned[["生物医药", "新材料", "人工智能"]].tolist() == [6, 7, 4]
    assert united.summary["shared_pairs"] > plain.summary["shared_pairs"]
    # dislocation of the three hubs: the share of its sectors that a center has alone
    hubs = overlap({c: lists[c] for c in ("北京", "上海", "广州-深圳-香港-澳门")}, synonyms=same)
    places = hubs.places.set_index("place")
    assert (places["own"] < places["classes"]).all()
    assert places.loc["北京", ["classes", "own"]].tolist() == [5, 2]


def test_g9_start_ups_at_the_consumer_end_lie_far_from_an_even_mix():
    share = load("figures").set_index("id").loc["S4-124", "value"]
    mix = pd.DataFrame(
        {"consumer and services": [share, 50], "hard technology": [100 - share, 50]}, index=["中关村", "even"]
    )
    found = overlap(mix)
    assert found.pairs["common_share"].tolist() == [0.7]
    assert found.places.set_index("place").loc["中关村", ["largest_share", "herfindahl"]].tolist() == pytest.approx(
        [0.8, 0.68]
    )


def test_measures_of_amounts_by_hand():
    table = pd.DataFrame({"x": [3.0, 4.0], "y": [1.0, 0.0], "z": [0.0, 4.0]}, index=["a", "b"])
    found = overlap(table).pairs.iloc[0]
    assert found["cosine"] == pytest.approx(12 / np.sqrt(10 * 32))
    assert found["common_share"] == 0.5
    # ranks of a: x 1, y 2, z 3; of b: x and z 1.5, y 3; apart: a against 3, 3 and b against 3, 3
    assert found["rank_distance"] == pytest.approx((0.5 + 1 + 1.5) / (2 + 1 + 1.5 + 1.5))


def test_a_place_without_classes_overlaps_with_none():
    found = overlap({"a": [], "b": ["x"]})
    assert found.pairs[["shared", "jaccard", "cosine", "common_share", "rank_distance"]].iloc[0].tolist() == [
        0,
        0,
        0,
        0,
        1,
    ]
    assert found.places["herfindahl"].isna().tolist() == [True, False]


def test_faults_of_overlap_are_said():
    with pytest.raises(OptionError, match="'x' is taken for 'y', and that for 'z'"):
        overlap({"a": ["x", "y", "z"]}, synonyms={"x": "y", "y": "z"})
    with pytest.raises(OptionError, match="at least one class of the table, got q"):
        overlap({"a": ["x"]}, synonyms={"q": "x"})
    with pytest.raises(OptionError, match="needed places x classes or place -> list"):
        overlap({"a": "xy"})
    with pytest.raises(TableError, match="amounts of at least 0"):
        overlap(pd.DataFrame({"x": [-1.0]}))
    with pytest.raises(OptionError, match=r"claims of it: needed a whole number of at least 0, got 1\.5"):
        overlap_bounds({"it": 1.5}, 16)
    with pytest.raises(OptionError, match="at most the 16 places, got 17"):
        overlap_bounds({"it": 17}, 16)


@settings(max_examples=40, deadline=None)
@given(LISTS, st.randoms())
def test_overlap_is_bounded_symmetric_and_free_of_order(lists, source):
    found = overlap(lists)
    names = list(lists)
    source.shuffle(names)
    pd.testing.assert_frame_equal(found.pairs, overlap({name: lists[name] for name in names}).pairs)
    for measure in ("jaccard", "cosine", "common_share", "rank_distance"):
        matrix = found.matrix(measure).to_numpy()
        assert ((matrix >= 0) & (matrix <= 1 + 1e-12)).all()
        assert (matrix == matrix.T).all()
    assert found.summary["shared_pairs"] == found.pairs["shared"].sum()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=4), st.data())
def test_the_bounds_hold_for_every_table_with_these_claims(numbers, data):
    places = 6
    columns = [data.draw(st.permutations(range(places)))[:n] for n in numbers]
    table = np.array([[place in column for column in columns] for place in range(places)], dtype=float)
    bounds = overlap_bounds(dict(enumerate(numbers)), places)
    several = int((table.sum(axis=1) > 1).sum())
    assert bounds["least_several"] <= several <= bounds["most_several"]
    assert overlap(pd.DataFrame(table)).summary["shared_pairs"] == bounds["shared_pairs"] >= bounds["least_pairs"]


def test_the_unit_of_amounts_changes_no_measure():
    table = pd.DataFrame({"x": [1.0, 2.0], "y": [3.0, 1.0]}, index=["a", "b"])
    small, large = (overlap(table * unit).pairs for unit in (1.0, 2.0**1000))
    pd.testing.assert_frame_equal(small, large)
