"""Profiles of centers, their page, coupling coordination and obstacles."""

import math
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import Framework, InnoscapeWarning, OptionError, OutputError, UnknownPlaceError
from innoscape.data.tier_scale import TierScale
from innoscape.geo import Recipe, coupling_coordination, obstacle_degree, profile, score
from innoscape.study.report.write_profile import write_profile


def pair(a, b):
    return pd.DataFrame({"place": ["甲"], "x": [a], "y": [b]})


@pytest.mark.parametrize(
    ("formula", "coupling"),
    [
        # u = 0.2 and 0.8: product 0.16, sum 1, ratio 1/4, distance 0.6
        ("geometric", 2 * 0.4 / 1),
        ("wang2021", math.sqrt((1 - 0.6) * 0.25)),
        ("liao1999", (0.16 / 0.25) ** 2),
        ("unscaled", 0.4),
        ("pairwise", 0.4),
    ],
)
@pytest.mark.filterwarnings("ignore:formula=:innoscape.data.InnoscapeWarning")
def test_every_form_of_coupling_by_hand(formula, coupling):
    found = coupling_coordination(pair(0.2, 0.8), formula=formula).iloc[0]
    assert found["coupling"] == pytest.approx(coupling)
    assert found["coordination"] == pytest.approx(math.sqrt(coupling * 0.5))
    assert found["lagging"] == "x"


def test_three_systems_pairwise_by_hand():
    table = pair(0.2, 0.4).assign(z=0.6)
    with pytest.warns(InnoscapeWarning, match="reaches 0.5 at most"):
        found = coupling_coordination(table, formula="pairwise")
    assert found["coupling"].item() == pytest.approx((0.048 / (0.6 * 0.8 * 1.0)) ** (1 / 3))
    with pytest.raises(OptionError, match="two or three systems, got 4"):
        coupling_coordination(table.assign(w=0.1), formula="pairwise")


@pytest.mark.parametrize("formula", ["geometric", "wang2021", "liao1999"])
def test_limits_of_coupling(formula):
    equal = coupling_coordination(pair(0.49, 0.49), formula=formula).iloc[0]
    assert equal["coupling"] == pytest.approx(1)
    assert equal["coordination"] == pytest.approx(0.7)
    assert equal["lagging"] == ""
    one = coupling_coordination(pair(0.0, 0.9), formula=formula).iloc[0]
    assert (one["coupling"], one["coordination"], one["class_zh"]) == (0, 0, "极度失调")
    none = coupling_coordination(pair(0.0, 0.0), formula=formula).iloc[0]
    assert math.isnan(none["coupling"])
    assert none["coordination"] == 0


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.floats(0.01, 1), min_size=3, max_size=3),
    st.sampled_from(["geometric", "wang2021", "liao1999"]),
    st.permutations(["x", "y", "z"]),
)
def test_coupling_lies_within_0_and_1_whatever_the_order_of_systems(values, formula, order):
    table = pd.DataFrame([["甲", *values]], columns=["place", "x", "y", "z"])
    found = coupling_coordination(table, formula=formula)
    assert 0 <= found["coordination"].item() <= 1
    assert 0 <= found["coupling"].item() <= 1
    assert coupling_coordination(table[["place", *order]], formula=formula).equals(found)


def test_classes_take_in_their_lower_bound():
    # equal systems coordinate at the root of their score: 0.36 gives 0.6
    found = coupling_coordination(pd.concat([pair(0.36, 0.36), pair(0.359, 0.359), pair(1, 1)]))
    assert found["class_zh"].tolist() == ["初级协调", "勉强协调", "优质协调"]
    assert found["level"].tolist() == [7, 6, 10]


@pytest.mark.parametrize(
    ("table", "options", "match"),
    [
        (pair(0.2, 1.2), {}, "1.2 at 甲, y"),
        (pair(0.2, math.nan), {}, "nan at 甲, y"),
        (pair(0.2, 0.3).drop(columns="y"), {}, "at least 2 columns"),
        (pair(0.2, 0.3).assign(note="a"), {}, "text in note"),
        (pair(0.2, 0.3), {"weights": {"x": 1, "z": 1}}, "'z' is no column.*none for 'y'"),
        (pair(0.2, 0.3), {"weights": {"x": -1, "y": 1}}, "at least 0"),
        (pair(0.2, 0.3), {"formula": "wang"}, "did you mean 'wang2021'"),
        (pair(0.2, 0.3), {"exponent": 0}, "above 0"),
    ],
)
def test_systems_that_cannot_be_coupled_are_refused(table, options, match):
    with pytest.raises(OptionError, match=match):
        coupling_coordination(table, **options)


FRAMEWORK = Framework.from_table(
    pd.DataFrame(
        {
            "indicator": ["labs", "rd", "patents"],
            "name_en": ["laboratories", "R&D intensity", "patents <granted>"],
            "name_zh": ["实验室", "研发强度", "专利授权量"],
            "level1": ["input", "input", "output"],
            "level1_zh": ["投入", "投入", "产出"],
            "unit": ["count", "%", "count"],
        }
    )
)
VALUES = pd.DataFrame(
    {
        "place": list("甲乙丙丁戊"),
        "labs": [10, 8, 6, 2, 0],
        "rd": [1.0, 5.0, 2.5, 3.0, 4.0],
        "patents": [40, 0, 30, 20, 10],
    }
).melt("place", var_name="indicator", value_name="value")
NAMES = pd.DataFrame({"place": list("甲乙丙丁戊"), "name_en": ["A", "B", "C", "D", "E"], "name_zh": list("甲乙丙丁戊")})


@pytest.fixture(scope="module")
def scores():
    return score(VALUES, FRAMEWORK)


def test_obstacles_add_up_and_losses_are_what_the_score_lacks(scores):
    share, loss = obstacle_degree(scores), obstacle_degree(scores, formula="loss")
    assert share.groupby(["place", "level"])["obstacle"].sum().tolist() == pytest.approx([1] * 10)
    lost = loss[loss["level"] == "indicator"].groupby("place")["obstacle"].sum()
    assert (1 - lost).to_dict() == pytest.approx(scores.scores.set_index("place")["score"].to_dict())
    own = share[(share["place"] == "甲") & (share["level"] == "indicator")]
    # 甲 is best but for R&D, where it is worst
    assert own.iloc[0][["name", "group", "obstacle", "rank"]].tolist() == ["rd", "input", 1, 1]
    assert share[(share["place"] == "甲") & (share["level"] == "group")]["name"].tolist() == ["input", "output"]


def test_a_place_at_the_ideal_has_no_obstacles():
    ideal = pd.DataFrame({"place": ["甲", "乙"], "x": [1.0, 0.0], "y": [1.0, 0.5]})
    assert obstacle_degree(ideal, {"x": 1, "y": 1})["obstacle"].tolist()[:2] == [0, 0]
    weightless = obstacle_degree(ideal, {"x": 0, "y": 1}).set_index(["place", "name"])["obstacle"]
    assert weightless["乙", "x"] == 0


def test_obstacles_off_the_unit_scale_need_the_best_place_as_reference():
    table = pd.DataFrame({"place": ["甲", "乙"], "x": [1.5, -1.5], "y": [0.0, 2.0]})
    with pytest.raises(OptionError, match="scale them first"):
        obstacle_degree(table)
    found = obstacle_degree(table, reference="best")
    assert found["obstacle"].tolist() == [1, 0, 1, 0]
    assert found["name"].tolist() == ["y", "x", "x", "y"]
    lost = obstacle_degree(table, {"x": 3, "y": 1}, formula="loss", reference="best").groupby("place")["obstacle"].sum()
    # the best of both, 0.75 * 1.5 + 0.25 * 2, less the score
    assert lost.to_dict() == pytest.approx({"甲": 1.625 - 1.125, "乙": 1.625 - (0.5 - 1.125)})


def test_a_profile_sets_every_row_beside_the_peers(scores):
    found = profile(scores, "甲", values=VALUES, framework=FRAMEWORK, places=NAMES)
    table = found.table.set_index("name")
    assert table.index.tolist() == ["index", "input", "labs", "rd", "output", "patents"]
    assert table["level"].tolist() == ["index", "level1", "indicator", "indicator", "level1", "indicator"]
    assert table["group"].tolist() == ["", "input", "input", "input", "output", "output"]
    # peers' scaled laboratories 0.8, 0.6, 0.2, 0
    labs = table.loc["labs"]
    assert labs[["value", "score", "rank", "of"]].tolist() == [10, 1, 1, 5]
    assert labs[["peer_low", "peer_median", "peer_high"]].tolist() == pytest.approx([0.15, 0.4, 0.65])
    assert labs["gap"] == pytest.approx(0.6)
    assert labs["points"] == pytest.approx(0.6 / 3)
    assert table.loc["input", ["name_en", "name_zh", "unit"]].tolist() == ["input", "投入", ""]
    assert (found.name_en, found.peers, found.peer_names[0]) == ("A", ("丁", "丙", "乙", "戊"), ("D", "丁"))
    assert found.strengths["name"].tolist() == ["patents", "labs"]
    assert found.weaknesses["name"].tolist() == ["rd"]


def test_with_one_peer_points_add_up_to_the_gap(scores):
    table = profile(scores, "甲", peers=["乙"]).table
    points = table.loc[table["level"] == "indicator", "points"].sum()
    assert points == pytest.approx(table.loc[0, "gap"])
    assert table["of"].tolist() == [2] * 6


@pytest.mark.parametrize(
    ("rule", "margin", "verdicts"),
    [
        # 丙: laboratories 0.6 of (1, 0.8, 0.2, 0), R&D 0.375 of (0, 1, 0.5, 0.75), patents 0.75 of (1, 0, 0.5, 0.25)
        # 0.375 is the lower quartile itself
        ("quartile", 0.1, ["average", "weakness", "strength"]),
        ("third", 0.1, ["average", "weakness", "strength"]),
        ("gap", 0.2, ["average", "weakness", "strength"]),
        ("gap", 0.5, ["average", "average", "average"]),
    ],
)
def test_rules_of_strength_and_weakness(scores, rule, margin, verdicts):
    table = profile(scores, "丙", rule=rule, margin=margin).table.set_index("name")
    assert table.loc[["labs", "rd", "patents"], "verdict"].tolist() == verdicts


def test_equal_places_are_average_by_every_rule():
    flat = VALUES.assign(value=np.where(VALUES["indicator"] == "labs", 5, VALUES["value"]))
    with pytest.warns(InnoscapeWarning, match="constant"):
        found = score(flat, FRAMEWORK)
    for rule in ("quartile", "third", "gap"):
        assert profile(found, "甲", rule=rule).table.set_index("name").loc["labs", "verdict"] == "average"


def test_a_panel_is_profiled_one_year_at_a_time():
    panel = pd.concat([VALUES.assign(year=2019), VALUES.assign(year=2020, value=VALUES["value"] ** 2)])
    found = score(panel, FRAMEWORK, Recipe(panel="yearly"))
    single = score(VALUES, FRAMEWORK)
    assert profile(found, "甲", year=2019, values=panel).table.equals(profile(single, "甲", values=VALUES).table)
    assert obstacle_degree(found, year=2019).equals(obstacle_degree(single))
    with pytest.raises(OptionError, match="one of 2019, 2020, got None"):
        profile(found, "甲")
    with pytest.raises(OptionError, match="panel only"):
        profile(single, "甲", year=2019)


def test_profiles_that_make_no_sense_are_refused(scores):
    with pytest.raises(UnknownPlaceError, match="上海"):
        profile(scores, "上海")
    with pytest.raises(UnknownPlaceError, match="peers"):
        profile(scores, "甲", peers=["上海"])
    with pytest.raises(OptionError, match="at least one place besides 甲"):
        profile(scores, "甲", peers=["甲"])
    with pytest.raises(OptionError, match="several of labs"):
        profile(scores, "甲", values=pd.concat([VALUES, VALUES.iloc[:1]]))
    with pytest.raises(OptionError, match="did you mean 'quartile'"):
        profile(scores, "甲", rule="quartiles")


@pytest.fixture(scope="module")
def shown(scores):
    return profile(scores, "丙", values=VALUES, framework=FRAMEWORK, places=NAMES, rule="third")


def test_the_page_says_the_numbers_of_the_profile(shown, scores, tmp_path):
    groups = scores.levels.pivot_table(index="place", columns="group", values="score").reset_index()
    file = write_profile(
        shown, tmp_path / "c.html", tier="national", published_tier="regional",
        obstacles=obstacle_degree(scores), coupling=coupling_coordination(groups),
    )  # fmt: skip
    page = file.read_text(encoding="utf-8")
    assert "<b>0.575</b>" in page
    assert "投入" in page
    assert page.count('class="verdict v-weakness"') == int((shown.table["verdict"] == "weakness").sum())
    assert "滞后" in page
    again = write_profile(shown, tmp_path / "again.html", tier="national", published_tier="regional",
                          obstacles=obstacle_degree(scores), coupling=coupling_coordination(groups))  # fmt: skip
    assert again.read_bytes() == file.read_bytes()


def test_the_tiers_of_a_study_have_their_names_and_colors_on_the_page(shown, tmp_path):
    scale = TierScale.of(
        {"key": "Hub", "name_en": "hub <b>A</b>", "name_zh": "枢纽", "color": "#123a5e"}, "结点", "end"
    )
    page = write_profile(shown, tmp_path / "c.html", tier="Hub", published_tier="结点", tier_scale=scale)
    said = page.read_text(encoding="utf-8")
    assert re.search(r'class="tier t0">.*hub &lt;b&gt;A&lt;/b&gt;.*枢纽', said)
    assert 'class="tier t1">' in said
    assert "#123a5e" in said
    assert "<b>A</b>" not in said


def test_names_are_escaped(shown, tmp_path):
    evil = "</script><img src=x onerror=alert(1)>"
    table = shown.table.assign(name_en=evil, unit=evil)
    wicked = replace(shown, name_en=evil, name_zh=evil, peer_names=((evil, evil),), table=table)
    page = write_profile(wicked, tmp_path / "x.html", tier=evil).read_text(encoding="utf-8")
    assert "<img" not in page
    assert "patents &lt;granted&gt;" in write_profile(shown, tmp_path / "y.html").read_text(encoding="utf-8")


def test_pages_go_where_they_can_be_written_or_not_at_all(shown, tmp_path):
    with pytest.raises(OptionError, match=r"ends in \.html"):
        write_profile(shown, tmp_path / "c.pdf")
    with pytest.raises(OptionError, match="en, zh, all"):
        write_profile(shown, tmp_path / "c.html", language="fr")
    (tmp_path / "taken.html").mkdir()
    with pytest.raises(OutputError, match="taken"):
        write_profile(shown, tmp_path / "taken.html")
    assert [path.name for path in tmp_path.iterdir()] == ["taken.html"]


@pytest.mark.browser
def test_the_page_opens_offline_in_both_languages(shown, tmp_path, visit):
    page = visit(write_profile(shown, tmp_path / "c.html"))
    assert page.locator("h1").inner_text().strip().startswith("C")
    assert (
        page.locator(".at-desk svg.chart .v-weakness").count() == int((shown.table["verdict"] == "weakness").sum()) + 1
    )
    assert page.get_by_text("Strengths, by what they add").is_visible()
    page.locator("input[value=zh]").check(force=True)
    assert page.get_by_text("主要优势（按加分排序）").is_visible()
    assert not page.get_by_text("Strengths, by what they add").is_visible()
    # nothing in the chart reaches beyond its frame; the boxes of texts leave out their halo
    box = page.locator(".at-desk svg.chart").bounding_box()
    for text in page.locator(".at-desk svg.chart text:visible").all():
        left, right = text.evaluate(
            """node => { const box = node.getBBox(), to = node.getScreenCTM();
            return [box.x, box.x + box.width].map((x) => to.a * x + to.e + scrollX); }"""
        )
        assert left >= box["x"] - 1
        assert right <= box["x"] + box["width"] + 1


def test_chart_marks_every_row(shown):
    from innoscape.study.charts.position_chart import position_chart

    svg = position_chart(shown)
    assert len(re.findall(r"class=\"peers\"", svg)) == len(shown.table) + 1
    assert svg == position_chart(shown)


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_chart_fits_a_phone(shown, tmp_path, visit, language):
    page = visit(write_profile(shown, tmp_path / "c.html", language=language))
    page.set_viewport_size({"width": 390, "height": 844})
    chart = page.locator(".at-phone svg.chart")
    assert not page.locator(".at-desk svg.chart").is_visible()
    assert chart.locator(".v-weakness").count() == int((shown.table["verdict"] == "weakness").sum()) + 1
    boxes = chart.locator("text:visible").evaluate_all("all => all.map((one) => one.getBoundingClientRect().toJSON())")
    assert min(box["left"] for box in boxes) >= 14
    assert max(box["right"] for box in boxes) <= 376
    for i, a in enumerate(boxes):
        for b in boxes[:i]:
            beside = a["right"] <= b["left"] or b["right"] <= a["left"]
            assert beside or a["bottom"] <= b["top"] + 3 or b["bottom"] <= a["top"] + 3
