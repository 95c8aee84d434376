"""Positions, ratios in words, fractions, echelons, ranks, scale, axes and unions, on the numbers of the sources."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import OptionError, TableError, UnknownPlaceError, load
from innoscape.geo import (
    echelons,
    nearest_fraction,
    rank_classes,
    ratio_wording,
    read_ratio,
    relative_position,
    scale_and_intensity,
    two_axes,
    unite_places,
)

ZH = {"Beijing": "北京", "Shanghai": "上海", "Guangdong": "广东"}


@pytest.fixture(scope="module")
def figures():
    return load("figures").set_index("id")


@pytest.fixture(scope="module")
def frameworks():
    """Return the indicators of the frameworks with the ranks of Zhongguancun."""
    ranks = load("framework_ranks").query("place == '北京中关村'")
    return load("frameworks").merge(ranks[["framework", "indicator", "rank"]], how="left")


def values_of(framework, name_zh):
    """Return the value of each place, in the order of the table."""
    rows = load("framework_values").merge(load("frameworks")[["framework", "indicator", "name_zh"]])
    rows = rows[(rows["framework"] == framework) & (rows["name_zh"] == name_zh)]
    return rows.set_index("place")["value"]


def three_regions(frameworks):
    """Return the levels and the worded comparisons of the framework of 32 indicators, with the group of each."""
    rows = frameworks[frameworks["framework"] == "3-9-32"]
    levels, worded = [], []
    for row in rows.itertuples():
        levels += [
            (place, row.name_zh, v) for place, v in values_of("3-9-32", row.name_zh).items() if place in ZH.values()
        ]
        for part in str(row.relative).split(";"):
            if found := re.fullmatch(r"\s*(.*?)(?:×|\s)(Shanghai|Guangdong)", part):
                said = found[1] + "×" if "×" in part else found[1]
                worded.append((row.name_zh, ZH[found[2]], said))
    groups = dict(zip(rows["name_zh"], rows["level2_zh"], strict=True))
    table = pd.DataFrame(levels, columns=["place", "indicator", "value"])
    return table, pd.DataFrame(worded, columns=["indicator", "peer", "wording"]), groups


def test_a3_positions_by_group_are_those_of_the_source(frameworks):
    levels, worded, groups = three_regions(frameworks)
    found = relative_position(levels, "北京", groups=groups, worded=worded)
    counts = found.counts.set_index(["group", "peer"])
    patents = counts.loc["行业技术"]
    assert patents.loc["上海", ["above", "below", "missing"]].tolist() == [3, 1, 0]
    assert patents.loc["广东", ["above", "below", "missing"]].tolist() == [1, 3, 0]
    assert patents["pattern_zh"].to_dict() == {"上海": "三高一低", "广东": "一高三低"}
    assert patents.loc["上海", "pattern"] == "three above, one below"
    # profits by industry: the source says three above and one below Shanghai
    assert counts.loc[("行业利润", "上海"), "pattern_zh"] == "三高一低"
    # a wording decides only where no level is printed
    assert set(found.table["basis"]) == {"levels", "wording", "none"}


def test_a3_the_third_statement_is_three_below_and_one_above(figures):
    # actor input: Beijing is lowest on three of four and highest on one; three pairs of levels are printed
    pairs = {"acquisition": "S0-084 S0-086", "researchers": "S0-085 S0-088", "firms": "S0-090 S0-092"}
    levels = [
        (place, name, figures.loc[key, "value"])
        for name, keys in pairs.items()
        for place, key in zip(("北京", "沪粤"), keys.split(), strict=True)
    ]
    levels = pd.DataFrame([*levels, ("北京", "intensity", figures.loc["S0-083", "value"])],
                          columns=["place", "indicator", "value"])  # fmt: skip
    worded = pd.DataFrame({"indicator": ["intensity"], "peer": ["沪粤"], "wording": ["below"]})
    found = relative_position(levels, "北京", worded=worded).counts.iloc[0]
    assert (found["below"], found["above"]) == (figures.loc["S0-081", "value"], figures.loc["S0-082", "value"])
    # the order of the words is that of the catalogues: above before below
    assert found["pattern_zh"] == "一高三低"


def test_a3_a_missing_level_is_counted_as_missing():
    levels = pd.DataFrame([("甲", "x", 1.0), ("乙", "x", np.nan)], columns=["place", "indicator", "value"])
    found = relative_position(levels, "甲").counts.iloc[0]
    assert found[["above", "equal", "below", "missing", "pattern", "pattern_zh"]].tolist() == [
        0, 0, 0, 1, "not comparable", "无法比较"]  # fmt: skip


def test_exchanging_place_and_peer_exchanges_the_relations():
    levels = pd.DataFrame(
        [
            (p, i, v)
            for p, values in {"甲": [1, 5, 2], "乙": [2, 4, 2]}.items()
            for i, v in zip("xyz", values, strict=True)
        ],
        columns=["place", "indicator", "value"],
    )
    one, other = (relative_position(levels, p).counts.iloc[0] for p in ("甲", "乙"))
    assert (one["above"], one["equal"], one["below"]) == (other["below"], other["equal"], other["above"]) == (1, 1, 1)
    flipped = relative_position(levels, "甲", lower_is_better=["x"]).table.set_index("indicator")["relation"]
    assert flipped.to_dict() == {"x": "above", "y": "above", "z": "equal"}
    assert one["pattern_zh"] == "一高一平一低"


def test_positions_refuse_all_faults_at_once():
    levels = pd.DataFrame([("甲", "x", 1.0), ("乙", "x", 2.0)], columns=["place", "indicator", "value"])
    with pytest.raises(UnknownPlaceError, match=r"no such place: '丙'[\s\S]*of the tables, got 'labs'"):
        relative_position(levels, "丙", lower_is_better=["labs"])
    with pytest.raises(OptionError, match="甲, x more than once"):
        relative_position(pd.concat([levels, levels.iloc[[0]]]), "甲")
    with pytest.raises(TableError, match="value"):
        relative_position(levels.drop(columns="value"), "甲")
    worded = pd.DataFrame({"indicator": ["x"], "peer": ["乙"], "wording": ["somewhat"]})
    with pytest.raises(OptionError, match="x against 乙: wording: needed a number"):
        relative_position(levels, "甲", worded=worded)


@settings(max_examples=40, deadline=None)
@given(st.floats(1e-9, 1e12))
def test_what_is_said_of_a_ratio_is_read_back_as_bounds_that_hold_it(ratio):
    said = ratio_wording(ratio)
    for language in ("en", "zh"):
        found = read_ratio(said.in_(language))
        assert found.low * (1 - 1e-9) <= ratio <= found.high * (1 + 1e-9)


@pytest.mark.parametrize(
    ("first", "second", "en", "zh"),
    [
        ("S0-036", "S0-037", "nearly 2 times", "近2倍"),
        ("S0-058", "S0-060", "about 5 times", "约5倍"),
        ("S0-076", "S0-077", "about 1/20", "约1/20"),
        ("S0-084", "S0-086", "less than 1/2", "不足1/2"),
        ("S0-085", "S0-088", "less than 1/5", "不足1/5"),
        ("S4-100", "S4-102", "less than 1/3", "不足1/3"),
        ("S0-076", "S0-079", "3/4", "3/4"),
    ],
)
def test_a3_ratios_are_worded_as_the_source_words_them(figures, first, second, en, zh):
    said = ratio_wording(figures.loc[first, "value"] / figures.loc[second, "value"])
    assert (said.in_("en"), said.in_("zh")) == (en, zh)


@pytest.mark.parametrize(
    ("wording", "bounds"),
    [
        ("近4倍", (3.2, 4)),
        ("3倍多", (3, 4)),
        ("26倍", (25.5, 26.5)),
        ("不足1/8", (0, 1 / 8)),
        ("高出近1倍", (1.5, 2)),
        ("高4倍多", (5, 6)),
        ("约1.5倍", (1.35, 1.65)),
        ("7成", (0.65, 0.8)),
        ("75%", (0.745, 0.755)),
        ("1,500 times", (1499.5, 1500.5)),
        ("about ½", (0.475, 0.525)),
        ("≲2×", (1.5, 2)),
        ("over 2 times", (2, 3)),
        ("at least 1/3", (1 / 3, math.inf)),
        ("slightly below", (0, 1)),
    ],
)
def test_a3_wordings_are_read_as_bounds(wording, bounds):
    assert read_ratio(wording)[2:] == pytest.approx(bounds)


@pytest.mark.parametrize("wording", ["", "2 to 3 times", "somewhat", "1/0", None, "nearly"])
def test_a_wording_that_says_nothing_definite_is_refused(wording):
    with pytest.raises(OptionError, match="wording: needed"):
        read_ratio(wording)


def test_a4_shares_are_two_halves_one_third_three_quarters_and_one_fifth(figures):
    # the source takes the two awards as one kind
    classes = {"academicians": "S0-021", "awards": "S0-022", "facilities": "S0-025", "universities": "S0-027",
               "laboratories": "S0-029", "programs": "S0-030", "engineering": "S0-032"}  # fmt: skip
    assert figures.loc["S0-022", "value"] == figures.loc["S0-023", "value"]
    shares = {n: figures.loc[k, "value"] / (100 if figures.loc[k, "unit"] == "%" else 1) for n, k in classes.items()}
    printed = {"facilities": "S0-024", "universities": "S0-026", "laboratories": "S0-028", "engineering": "S0-031"}
    counts = {n: figures.loc[k, "value"] for n, k in printed.items()}
    found = nearest_fraction(shares, unit_only=True, decimals=1, counts=counts).set_index("name")
    told = [figures.loc[f"S0-0{n}", "value"] for n in (17, 18, 19, 20)]
    assert [int((found["fraction"] == f).sum()) for f in ("1/2", "1/3", "1/4", "1/5")] == told == [2, 1, 3, 1]
    assert found["fraction"].tolist() == nearest_fraction(shares)["fraction"].tolist()
    assert found["total"].dropna().round(1).to_dict() == {
        "facilities": 55.1, "universities": 139.0, "laboratories": 514.1, "engineering": 345.2}  # fmt: skip
    whole = found[["least_total", "most_total"]]
    assert whole.loc["facilities"].isna().all()
    assert whole.loc[["universities", "laboratories", "engineering"]].to_numpy().tolist() == [
        [139, 139],
        [514, 515],
        [345, 346],
    ]


def test_a_share_halfway_between_fractions_takes_the_smaller_denominator():
    # 0.45 lies halfway between 2/5 and 1/2
    assert nearest_fraction({"x": 0.45})["fraction"].tolist() == ["1/2"]
    with pytest.raises(
        OptionError, match=r"from 0 to 1, got 36\.3 of x[\s\S]*got 1\.5 of x[\s\S]*names of shares, got 'y'"
    ):
        nearest_fraction({"x": 36.3}, counts={"x": 1.5, "y": 1})


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 500), st.integers(500, 5000), st.integers(0, 2))
def test_the_totals_that_fit_are_those_whose_share_is_printed_so(count, total, decimals):
    printed = round(100 * count / total, decimals)
    if printed <= 0.5 * 10**-decimals:
        return
    found = nearest_fraction({"x": printed / 100}, counts={"x": count}, decimals=decimals).iloc[0]
    assert found["least_total"] <= total <= found["most_total"]


def test_a9_ranks_of_zhongguancun_by_class_and_its_strongest_groups(frameworks, figures):
    rows = frameworks[frameworks["framework"] == "6-10-23"]
    ranks = dict(zip(rows["name_zh"], rows["rank"].astype(float), strict=True))
    found = rank_classes(ranks, groups=dict(zip(rows["name_zh"], rows["level2_zh"], strict=True)))
    first, third, sixth, beyond = found.loc[0, ["1", "2-3", "4-6", "7+"]]
    told = [figures.loc[f"S4-0{n}", "value"] for n in (34, 35, 36, 37)]
    assert [first, first + third, sixth, beyond] == told == [6, 11, 10, 2]
    assert found.loc[0, "indicators"] == figures.loc["S4-032", "value"] == 23
    groups = found.iloc[1:]
    # the four groups that stand out, and the next
    assert groups["mean_rank"].head(5).tolist() == [1.0, 1.0, 1.5, 2.75, 4.0]
    assert set(groups["group"].head(4)) == {"效益总量", "归国人员", "投入规模", "产出规模"}
    assert figures.loc["S4-033", "value"] == (groups["mean_rank"] < 4).sum()


def test_rank_classes_refuse_ranks_and_bounds_that_are_none():
    with pytest.raises(OptionError, match=r"got 0 of x[\s\S]*bounds: needed ascending[\s\S]*got 'z'[\s\S]*'all'"):
        rank_classes({"x": 0.0, "y": 2.0}, bounds=(3, 1), groups={"z": "all"})


def zone_shares(figures):
    rows = figures.loc[[f"S4-0{n}" for n in range(56, 63)]]
    return rows.set_index("place")["value"], rows["comparator"].str.extract(r"(\d)")[0].astype(int).tolist()


def test_a11_echelons_of_the_zones_by_running_gaps_are_those_of_the_source(figures):
    shares, told = zone_shares(figures)
    found = echelons(shares)
    assert found["place"].tolist() == shares.index.tolist()
    assert found["echelon"].tolist() == told == [1, 1, 1, 1, 1, 2, 2]


def test_a11_the_widest_gap_cuts_the_second_echelon_of_the_source(figures):
    shares, told = zone_shares(figures)
    widest = echelons(shares, rule="widest", k=2)
    assert widest["echelon"].tolist() == [1, 1, 1, 1, 1, 1, 2]
    assert widest["gap"].max() == pytest.approx(66.01 - 41.64)
    with_zhongguancun = {**shares, "中关村": figures.loc["S4-054", "value"]}
    # between the classes of the source and their gaps, only floors that are given put Zhongguancun third
    found = echelons(with_zhongguancun, rule="given", floors=[71.5, 41.64])
    assert found["echelon"].tolist() == [*told, 3]
    assert echelons(with_zhongguancun, rule="gap", gap=5)["echelon"].tolist() == [1, 1, 1, 1, 1, 2, 3, 4]


def test_equal_values_share_an_echelon_and_options_belong_to_their_rule():
    assert echelons({"a": 5, "b": 5, "c": 1, "d": 0.9}, rule="natural", k=2)["echelon"].tolist() == [1, 1, 2, 2]
    assert echelons({"a": 5.0, "b": 5.0}, rule="widest", k=2)["echelon"].tolist() == [1, 1]
    with pytest.raises(OptionError, match=r"k: needed for rule 'widest'[\s\S]*gap: taken by other rules"):
        echelons({"a": 1.0}, rule="widest", gap=2)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=12), st.sampled_from(["running", "widest", "natural"]))
def test_echelons_fall_with_the_values_and_do_not_depend_on_order(values, rule):
    options = {} if rule == "running" else {"k": 3}
    series = pd.Series(values, index=[f"p{n:02}" for n in range(len(values))])
    found = echelons(series, rule=rule, **options)
    assert found["echelon"].is_monotonic_increasing
    assert found["echelon"].iloc[0] == 1
    pd.testing.assert_frame_equal(found, echelons(series.iloc[::-1], rule=rule, **options))


def test_c6_a_twin_center_is_one_place_and_a_missing_row_is_said():
    hierarchy = load("hierarchy")
    named = hierarchy[hierarchy["tier"] != "local"]
    scopes = {row.center: [row.scored_scope] if isinstance(row.scored_scope, str) else [row.center]
              for row in named.itertuples()}  # fmt: skip
    table = load("regional_resources")
    found = unite_places(table[["place", "indicator", "value"]], scopes, keep_others=False)
    status = found.groupby("place")["status"].first()
    # three international, five national and eight regional centers; no row of the table holds Hunan
    assert named["tier"].value_counts().to_dict() == {"regional": 8, "national": 5, "international": 3}
    assert status[status != "complete"].to_dict() == {"长沙": "missing"}
    twins = {row.center: row.cities.split("; ") for row in named.itertuples()}
    assert sorted(len(cities) for cities in twins.values())[-4:] == [2, 2, 2, 4]
    cities = pd.DataFrame([("成都", "firms", 3.0), ("重庆", "firms", 2.0)], columns=["place", "indicator", "value"])
    united = unite_places(cities, {"成都-重庆": twins["成都-重庆"]})
    assert united[["place", "value", "cities"]].to_numpy().tolist() == [["成都-重庆", 5.0, 2]]


def test_rates_of_a_union_are_weighted_by_size_and_faults_come_together():
    rates = pd.DataFrame(
        [("a", "r", 1.0), ("b", "r", 4.0), ("c", "r", np.nan)], columns=["place", "indicator", "value"]
    )
    found = unite_places(rates, {"ab": ["a", "b"], "bc": ["b", "c"]}, how="mean", sizes={"a": 2, "b": 1, "c": 1})
    assert found["value"].tolist() == [2.0, 4.0]
    assert found["absent"].tolist() == ["", "c"]
    assert found["status"].tolist() == ["complete", "part"]
    with pytest.raises(OptionError, match=r"of none, got none[\s\S]*got 'total'"):
        unite_places(rates, {"none": []}, how="total")
    with pytest.raises(OptionError, match="needed with how='mean' alone"):
        unite_places(rates, {"ab": ["a", "b"]}, sizes={"a": 1, "b": 1})


def test_g5_totals_rank_first_and_amounts_per_unit_behind(frameworks, figures):
    rows = frameworks[frameworks["framework"] == "6-10-23"].set_index("name_zh")
    totals = [values_of("6-10-23", f"企业{n}总额").iloc[0] for n in ("营业收入", "技术收入", "利润")]
    firms = figures.loc["S4-080", "value"] * 10_000
    table = pd.DataFrame({"place": ["revenue", "technology", "profit"], "total": totals, "units": firms})
    each = scale_and_intensity(table)["per_unit"].round(2).tolist()
    assert each == [figures.loc[k, "value"] for k in ("S4-084", "S4-086", "S4-088")] == [2.66, 0.51, 0.17]
    ranks = rows["rank"].astype(int)
    scale = ranks[["企业科技活动经费支出", "企业R&D经费支出"]].tolist()
    intensity = ranks[["企业科技活动经费投入强度", "企业R&D经费支出强度"]].tolist()
    assert (scale, intensity) == ([1, 2], [5, 9])
    assert ranks[rows["level2_zh"] == "企均效益"].tolist() == [6, 5, 7]


def test_g5_zhongguancun_has_more_workers_than_silicon_valley_but_less_value_added_each():
    places = ["北京中关村", "硅谷"]
    read = {n: values_of("Zhongguancun-Silicon Valley", n).loc[places].to_numpy() for n in ("就业人数", "人均增加值")}
    table = pd.DataFrame({"place": ["中关村", "硅谷"], "workers": read["就业人数"]})
    table["value"] = table["workers"] * read["人均增加值"]
    found = scale_and_intensity(table, total="value", units="workers", reference="硅谷").iloc[0]
    assert found["units_ratio"] == pytest.approx(230.1 / 167.4)
    assert found["units_ratio"] * found["per_unit_ratio"] == pytest.approx(found["total_ratio"])
    # more workers narrow a gap that value added per worker opens
    assert found["scale_share"] < 0
    with pytest.raises(OptionError, match=r"several of a[\s\S]*units: needed a number above 0, got 0 of a"):
        scale_and_intensity(pd.DataFrame({"place": ["a", "a"], "total": [1, 2], "units": [0, 1]}))


def test_g4_openness_stands_behind_innovation(frameworks):
    rows = frameworks[frameworks["framework"] == "6-10-23"]
    mean = rows["rank"].astype(float).groupby(rows["dimension"]).mean()
    assert mean.to_dict() == {"innovation": 3.25, "openness": 4.0}
    # of nine zones: 9 less the mean rank is the mean number of zones behind, 4 that of the zone in the middle
    table = pd.DataFrame({"place": ["中关村"], **{name: [9 - mean[name]] for name in ("innovation", "openness")}})
    found = two_axes(table, "innovation", "openness", x_cut=4, y_cut=4).iloc[0]
    assert found["quadrant"] == "high high"
    # openness owes that to returnees: the other indicators of openness stand behind every second zone
    others = rows[rows["level1_zh"].str.startswith("开放") & (rows["level2_zh"] != "归国人员")]["rank"].astype(int)
    assert others.between(4, 6).all()


def test_f11_output_is_concentrated_and_little_of_it_flows_within_the_region(figures):
    table = pd.DataFrame({"place": ["北京"], "concentration": [figures.loc["S3-042", "value"]],
                          "flow": [figures.loc["S3-046", "value"]]})  # fmt: skip
    found = two_axes(table, "concentration", "flow", x_cut=50, y_cut=50).iloc[0]
    assert (found["x"], found["y"], found["quadrant"]) == (86.82, 9.86, "high low")


def test_a_place_without_a_value_has_no_quadrant():
    table = pd.DataFrame({"place": ["a", "b", "c"], "x": [1.0, 3.0, np.nan], "y": [2.0, 2.0, 9.0]})
    found = two_axes(table, "x", "y")
    assert found["quadrant"].tolist() == ["low high", "high high", "missing"]
    assert found["x_rank"].tolist()[:2] == [2, 1]
    with pytest.raises(OptionError, match=r"several of a[\s\S]*or 'median' or 'mean', got 'middle'"):
        two_axes(table.assign(place="a"), "x", "y", x_cut="middle")
