"""The sources' frameworks as data, scored on the cells that are known; targets and their gaps; location factors."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import Framework, OptionError, TableError, UnknownPlaceError, load
from innoscape.geo import (
    Recipe,
    assign_tiers,
    cross_table,
    framework_profile,
    score,
    suitability,
    target_gaps,
)

PLACES = ["北京", "上海", "广东"]
SCOPES = [
    "京津冀",
    "长三角",
    "粤港澳",
    "湖北",
    "成渝",
    "辽宁",
    "山东",
    "陕西",
    "福建",
    "河南",
    "甘肃",
    "山西",
    "云南",
    "广西",
]


def values_of(name):
    return load("framework_values").query("framework == @name")


def ranks_of(name):
    return load("framework_ranks").query("framework == @name")


def at(found, place, level="level1"):
    rows = found.table[(found.table["place"] == place) & (found.table["level"] == level)]
    return rows.set_index("name")


def test_A1_the_tree_has_3_9_32_with_5_11_16():
    framework = Framework.from_shipped("3-9-32")
    assert [len(framework.groups()), len(framework.groups("level2")), len(framework)] == [3, 9, 32]
    assert [len(members) for members in framework.groups().values()] == [5, 11, 16]
    assert [len(members) for members in framework.groups("level2").values()] == [4, 1, 3, 4, 4, 5, 4, 5, 2]


def test_A1_missing_cells_stay_missing_and_a_profile_says_so():
    found = framework_profile(values_of("3-9-32"), Framework.from_shipped("3-9-32"), missing="common")
    whole = at(found, "北京", "index").loc["index"]
    assert (whole["known"], whole["scored"], whole["of"], whole["status"]) == (18, 9, 32, "partial")
    assert found.said("北京").in_("en").startswith("Scored on the 9 of 32 indicators")
    assert "9项" in found.said("北京").in_("zh")
    assert found.missing.groupby("place").size().to_dict() == {"北京": 14, "上海": 22, "广东": 20}
    # an indicator that one place alone has cannot be compared, and no cell is filled
    every = framework_profile(values_of("3-9-32"), Framework.from_shipped("3-9-32"))
    alone = at(every, "北京", "indicator").loc["rd_intensity"]
    assert alone["value"] == 6.17
    assert np.isnan(alone["score"])
    assert at(every, "北京", "level2").loc["enterprise_profit", "status"] == "empty"


def test_A1_ranks_of_three_regions_by_indicator():
    found = framework_profile(ranks_of("3-9-32"), Framework.from_shipped("3-9-32"), scale="rank")
    beijing = at(found, "北京", "indicator")["score"]
    assert (len(beijing), beijing.notna().all()) == (32, True)
    assert [int((beijing == s).sum()) for s in (1.0, 0.5, 0.0)] == [14, 11, 7]
    # the ranks of printed values are those that are shipped
    printed = framework_profile(values_of("3-9-32"), Framework.from_shipped("3-9-32"), scale="rank", missing="common")
    for place in PLACES:
        own, shipped = (at(f, place, "indicator")["score"] for f in (printed, found))
        both = own.notna() & shipped.notna()
        assert both.sum() >= 8
        assert (own[both] == shipped[both]).all()


def test_A7_eight_dimensions_assign_four_tiers_whose_weights_matter():
    framework = Framework.from_shipped("eight dimensions")
    assert len(framework.groups()) == 8
    cells = load("regional_resources").query("place in @SCOPES")
    sizes = {name: len(members) for members in framework.groups().values() for name in members}
    table = framework.table.drop(columns="weight", errors="ignore")
    equal = Framework.from_table(table.assign(weight=[1 / sizes[name] for name in table["indicator"]]))
    found = framework_profile(cells, equal)
    dimensions = at(found, "长三角")
    assert dimensions.index[dimensions["status"] == "empty"].tolist() == ["talent", "radiation"]
    whole = found.table.query("level == 'index'").set_index("place")
    assert (whole["scored"] == 10).all()
    counts = {"method": "counts", "counts": [3, 5, 6], "labels": ["international", "national", "regional"]}
    tiers = assign_tiers(whole["score"], **counts)
    hierarchy = load("hierarchy").dropna(subset=["scored_scope"]).drop_duplicates("scored_scope")
    published = hierarchy.set_index("scored_scope")["tier"]
    assert set(published.index) == set(SCOPES)
    same = sum(tiers.astype(str)[place] == published[place] for place in SCOPES)
    assert same == 14

    # a single dimension gives other tiers, or the same, and random weights of dimensions leave most as they are
    def moved(weights):
        scored = framework_profile(cells, Framework.from_table(table.assign(weight=weights)))
        whole = scored.table.query("level == 'index'").set_index("place")["score"]
        return int((assign_tiers(whole, **counts).astype(str) != tiers.astype(str)).sum())

    alone = {
        name: moved((table["level1"] == name).astype(float)) for name in ("organizations", "input", "industrialization")
    }
    assert alone == {"organizations": 0, "input": 0, "industrialization": 2}
    rng = np.random.default_rng(0)
    drawn = [dict(zip(framework.groups(), rng.dirichlet(np.ones(8)), strict=True)) for _ in range(30)]
    changed = [
        moved([own[g] / sizes[i] for i, g in zip(table["indicator"], table["level1"], strict=True)]) for own in drawn
    ]
    assert 0.5 < np.mean(np.array(changed) == 0) < 1
    assert max(changed) <= 4


def test_A9_the_zone_benchmark_has_6_10_23_and_ranks_6_11_10_2():
    framework = Framework.from_shipped("6-10-23")
    assert [len(framework.groups()), len(framework.groups("level2")), len(framework)] == [6, 10, 23]
    assert framework.table.groupby("dimension").size().to_dict() == {"innovation": 16, "openness": 7}
    ranks = ranks_of("6-10-23")
    ranked = ranks["rank"]
    assert [(ranked == 1).sum(), (ranked <= 3).sum(), ranked.between(4, 6).sum(), (ranked >= 7).sum()] == [6, 11, 10, 2]
    found = framework_profile(ranks, framework, scale="rank")
    groups = at(found, "北京中关村", "level2").sort_values("score", ascending=False, kind="stable")
    mean = 9 - 8 * groups["score"].astype(float)
    assert set(mean.index[:2]) == {"total_benefit", "returnees"}
    assert list(mean.index[2:4]) == ["input_scale", "output_scale"]
    assert mean.round(2).tolist()[:5] == [1.0, 1.0, 1.5, 2.75, 4.0]


def test_A12_ratios_of_zhongguancun_to_silicon_valley():
    found = framework_profile(
        values_of("Zhongguancun-Silicon Valley"),
        Framework.from_shipped("Zhongguancun-Silicon Valley"),
        scale="ratio",
        benchmark="硅谷",
    )
    ratio = at(found, "北京中关村", "indicator")["score"]
    assert round(100 * ratio["patents_granted_rate"], 2) == 3.71
    assert round(100 * ratio["invention_patents_rate"], 1) == 61.7
    assert round(100 * ratio["top150_market_value"], 1) == 11.8
    assert round(1 / ratio["value_added_rate"], 2) == 5.35
    assert (at(found, "硅谷", "indicator")["score"] == 1).all()
    # the mean of ratios is geometric: exchanging the places inverts it
    back = framework_profile(
        values_of("Zhongguancun-Silicon Valley"),
        Framework.from_shipped("Zhongguancun-Silicon Valley"),
        scale="ratio",
        benchmark="北京中关村",
    )
    here, there = (at(f, p, "index").loc["index", "score"] for f, p in ((found, "北京中关村"), (back, "硅谷")))
    assert here * there == pytest.approx(1)


def test_A13_three_dimensions_hold_fourteen_indicators_that_are_not_named():
    framework = Framework.from_shipped("14 anticipatory indicators")
    assert list(framework.groups()) == ["science_center", "innovation_highland", "innovation_ecosystem"]
    found = target_gaps(load("targets"))
    named = found.table.set_index("indicator")
    assert named.loc["anticipatory_indicators", "status"] == "no_target"
    assert named.loc[["national_little_giants", "municipal_little_giants", "specialized_firms"], "target"].tolist() == [
        500, 1000, 5000,
    ]  # fmt: skip
    assert (named["status"].isin(["no_target", "no_value"])).all()
    assert found.paths.empty


def test_A13_a_target_with_a_baseline_has_a_way_and_a_gap():
    targets = load("targets").query("indicator == 'national_little_giants'").assign(baseline=200.0, baseline_year=2020)
    values = pd.DataFrame(
        {"place": "北京", "indicator": "national_little_giants", "year": [2022, 2024], "value": [300, 480]}
    )
    found = target_gaps(targets, values, year=2022)
    row = found.table.iloc[0]
    assert (row["path"], row["gap"], row["status"], row["needed"], row["pace"]) == (320, 200, "behind", 200 / 3, 50)
    assert found.paths["value"].tolist() == [200, 260, 320, 380, 440, 500]
    later = target_gaps(targets, values, path="geometric").table.iloc[0]
    assert later["status"] == "on_path"
    assert later["path"] == pytest.approx(200 * 2.5 ** (4 / 5))
    assert 480 * (1 + later["needed"]) == pytest.approx(500)


def test_H1_a_hub_is_scored_on_four_roles():
    framework = Framework.from_shipped("hub roles")
    roles = ["knowledge_creation", "core_technology", "industrial_upgrading", "open_ecosystem"]
    assert list(framework.groups()) == roles
    own = values_of("hub roles")
    assert own["place"].unique().tolist() == ["北京"]
    # with a benchmark whose figures are twice as high every role stands at a half
    peer = own.assign(place="peer", value=own["value"] * 2)
    found = framework_profile(pd.concat([own, peer]), framework, scale="ratio", benchmark="peer")
    assert at(found, "北京")["score"].round(12).tolist() == [0.5] * 4
    assert (at(found, "北京")["status"] == "complete").all()


def test_H2_gaps_of_a_hub_name_what_is_not_known():
    framework = Framework.from_shipped("hub gaps")
    assert list(framework.groups()) == ["science", "firms", "ecosystem", "openness"]
    own = values_of("hub gaps")
    assert own[["indicator", "value"]].to_numpy().tolist() == [["top100_innovators", 1.0]]
    hubs = pd.concat([own, own.assign(place="hub", value=10.0)])
    found = framework_profile(hubs, framework, scale="ratio", benchmark="hub")
    assert at(found, "北京").loc["firms", "score"] == pytest.approx(0.1)
    assert at(found, "北京")["status"].tolist() == ["empty", "partial", "empty", "empty"]
    assert (found.missing["place"] == "北京").sum() == 10
    # a group that must rest on all its cells has no score
    strict = framework_profile(hubs, framework, scale="ratio", benchmark="hub", least=1.0)
    assert at(strict, "北京").loc["firms", "status"] == "empty"


def test_H9_the_plan_has_three_steps_and_milestones():
    assert len(Framework.from_shipped("three steps").groups()) == 3
    milestones = load("targets")
    assert sorted(milestones["year"].unique().tolist()) == [2016, 2017, 2021, 2025, 2035]
    assert milestones.query("year in (2016, 2017, 2021, 2035)")["target"].isna().all()


def test_E0_basic_conditions_are_factors():
    basic = load("city_factors").query("level1 == 'basic'")
    assert set(basic["level2"]) == {"concentration", "cooperation", "capital", "yield", "setting"}
    assert len(Framework.from_table(basic)) == 11


def test_E1_a_city_score_goes_with_levels_of_world_cities():
    cities = ["北京", "上海", "深圳", "武汉", "兰州"]
    factors = load("city_factors").query("level1 == 'macro'")
    assert set(factors["level2"]) == {"economy", "culture", "people", "services", "inclusiveness", "governance"}
    values = pd.DataFrame(
        {"place": cities, "gdp_per_person": [19.0, 18, 17, 14, 8], "venture_capital": [9.0, 7, 8, 2, 1]}
    )
    with pytest.warns(match="9 of 11 factors"):
        found = suitability(values, framework=Framework.from_table(factors)).table
    attributes = load("center_attributes")
    level = attributes[attributes["attribute"].eq("world_city") & attributes["place"].isin(cities)]
    ranked = found.assign(attribute="score", **{"class": found["score"].rank().astype(int).astype(str)})
    both = pd.concat([level, ranked])[["place", "attribute", "class"]]
    orders = {
        "world_city": ["below_alpha", "alpha_minus", "alpha", "alpha_plus", "alpha_plus_plus"],
        "score": list("12345"),
    }
    assert cross_table(both, "world_city", "score", orders=orders).tau_b > 0.6


def test_E2_four_sub_scores_with_thresholds():
    factors = Framework.from_table(load("city_factors").query("level1 == 'meso'"))
    groups = list(factors.groups("level2"))
    assert groups == ["flows", "industry", "market", "livability"]
    rng = np.random.default_rng(1)
    table = pd.DataFrame(rng.random((5, len(factors))), columns=list(factors.indicators)).assign(place=list("abcde"))
    found = suitability(table, framework=factors, least=dict.fromkeys(groups, 0.3))
    assert set(found.groups.query("level == 'level2'")["group"]) == set(groups)
    low = found.groups.query("level == 'level2' and score < 0.3")["place"].unique()
    assert set(found.table.loc[~found.table["suitable"], "place"]) == set(low)


def test_E3_a_site_is_best_at_the_edge_of_the_center():
    factors = load("site_factors")
    assert set(factors["level1"]) == {"location", "quiet", "contact", "community", "identity"}
    assert factors.set_index("indicator")["optimum"].dropna().to_dict() == {"closeness_to_center": "middle"}
    sites = pd.DataFrame({"place": ["center", "edge", "outside"], "closeness_to_center": [1.0, 0.5, 0.0]})
    only = Framework.from_table(factors.iloc[[0]])
    found = suitability(sites, of="site", framework=only).table.set_index("place")["score"]
    assert found["edge"] > found["center"] == found["outside"]


def test_micro_factors_name_finance_advice_history_and_space_for_starts():
    group = load("site_factors").set_index("indicator")["level1"]
    further = ["venture_capital_firms", "law_and_consulting_firms", "historic_district", "startup_space"]
    assert group[further].tolist() == ["community", "community", "location", "location"]


def test_success_of_a_center_depends_on_six_factors():
    found = Framework.from_shipped("success factors")
    assert len(found) == 6
    assert {"active_venture_capital", "many_small_firms"} == set(found.groups()["enterprise"])


def test_a_complete_profile_is_the_index():
    cells = load("regional_resources").query("place in @SCOPES")
    framework = Framework.from_shipped("regional_framework")
    found = framework_profile(cells, framework).table.query("level == 'index'").set_index("place")["score"]
    index = score(cells, framework, Recipe()).scores.set_index("place")["score"]
    pd.testing.assert_series_equal(found.sort_index(), index.sort_index(), check_names=False)


def test_the_ten_indicators_are_one_framework():
    one, other = Framework.from_shipped("regional resources"), Framework.from_shipped("regional_framework")
    assert one.indicators == other.indicators
    assert one.groups() == other.groups()


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["minmax", "rank", "ratio"]), st.sampled_from(["known", "common"]))
def test_order_of_rows_changes_nothing_and_scores_keep_their_bounds(seed, scale, missing):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"indicator": list("wxyz"), "level1": list("aabb"), "direction": [1, -1, 1, 1]})
    framework = Framework.from_table(frame)
    cells = pd.DataFrame(
        [(p, i, rng.integers(1, 9)) for p in "pqrs" for i in "wxyz"], columns=["place", "indicator", "value"]
    )
    cells = cells.sample(frac=0.7, random_state=seed)
    found = framework_profile(cells, framework, scale=scale, missing=missing)
    again = framework_profile(cells.sample(frac=1, random_state=1), framework, scale=scale, missing=missing)
    pd.testing.assert_frame_equal(found.table, again.table)
    scores = found.table["score"].dropna()
    assert scores.between(0, 1 + 1e-12).all()
    assert len(found.missing) == cells["place"].nunique() * 4 - len(cells)
    assert (found.table["scored"] <= found.table["known"]).all()
    assert (found.table["status"].eq("empty") == found.table["score"].isna()).all()


def test_what_cannot_be_scored_is_refused():
    framework = Framework.from_table(pd.DataFrame({"indicator": ["x", "y"]}))
    cells = pd.DataFrame({"place": ["a", "b"], "indicator": "x", "value": [1.0, 0.0]})
    with pytest.raises(OptionError, match='scale="ratio": needed values above 0, got 0 at b, x'):
        framework_profile(cells, framework, scale="ratio")
    with pytest.raises(OptionError, match=r"got again 1\.0 at a, x"):
        framework_profile(pd.concat([cells, cells.iloc[:1]]), framework)
    with pytest.raises(OptionError, match="benchmark: needed scale"):
        framework_profile(cells, framework, benchmark="a")
    with pytest.raises(UnknownPlaceError, match="c"):
        framework_profile(cells, framework, places=["c"])
    with pytest.raises(OptionError, match="needed ranks from 1"):
        framework_profile(cells.drop(columns="value").assign(rank=[1, 4], of=3), framework, scale="rank")
    with pytest.raises(OptionError, match="name: needed one of"):
        Framework.from_shipped("3-9-31")


def test_targets_that_cannot_be_judged_are_refused():
    targets = pd.DataFrame(
        {"indicator": ["x", "y"], "year": 2025, "target": [5, -1], "baseline": [1, 2], "baseline_year": [2025, 2020]}
    )
    with pytest.raises(TableError) as caught:
        target_gaps(targets, path="geometric")
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [(2, "baseline_year"), (3, "target")]
    values = pd.DataFrame({"indicator": "x", "year": [2022, 2022], "value": [1, 2]})
    with pytest.raises(TableError, match="x in 2022"):
        target_gaps(targets.drop(columns=["baseline", "baseline_year"]), values)


@pytest.mark.parametrize(
    ("value", "year", "direction", "status"),
    [
        (6, 2022, 1, "met"),
        (3, 2022, 1, "on_path"),
        (2.9, 2022, 1, "behind"),
        (4, 2025, 1, "missed"),
        (6, 2022, -1, "behind"),
    ],
)
def test_each_status_of_a_target(value, year, direction, status):
    target = 5 if direction == 1 else 1
    baseline = 1 if direction == 1 else 5
    targets = pd.DataFrame({"indicator": ["x"], "year": 2024, "target": target, "baseline": baseline})
    targets = targets.assign(baseline_year=2020, direction=direction)
    values = pd.DataFrame({"indicator": ["x"], "year": [year], "value": [value]})
    assert target_gaps(targets, values).table["status"].tolist() == [status]
