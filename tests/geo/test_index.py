"""The composite index: known figures, invariances, guards."""

import math
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from samples import framework_of, rows_of

from innoscape.data import InnoscapeWarning, OptionError, TableError, UnknownPlaceError, load
from innoscape.geo import Recipe, assign_tiers, compare_tiers, score

# The fourteen scopes of Zhang (2022), Table 1, that do not contain one another, under the published order of tiers.
PUBLISHED = {
    **dict.fromkeys(["京津冀", "长三角", "粤港澳"], "international"),
    **dict.fromkeys(["湖北", "成渝", "辽宁", "山东", "陕西"], "national"),
    **dict.fromkeys(["福建", "河南", "甘肃", "山西", "云南", "广西"], "regional"),
}
# Computed from that table by hand-written loops over the csv file, before this package existed.
EQUAL = {
    "长三角": 0.7853, "京津冀": 0.6510, "粤港澳": 0.5065, "山东": 0.1768, "成渝": 0.1670,
    "湖北": 0.1550, "辽宁": 0.1172, "陕西": 0.1146, "福建": 0.0946, "河南": 0.0712,
    "甘肃": 0.0460, "山西": 0.0284, "云南": 0.0164, "广西": 0.0107,
}  # fmt: skip
ENTROPY = {
    "长三角": 0.7488, "京津冀": 0.6138, "粤港澳": 0.4944, "山东": 0.1425, "成渝": 0.1263,
    "湖北": 0.1173, "辽宁": 0.0842, "陕西": 0.0771, "福建": 0.0698, "河南": 0.0471,
    "甘肃": 0.0389, "山西": 0.0175, "广西": 0.0101, "云南": 0.0100,
}  # fmt: skip

WITHOUT_ZEROS = {"method": "minmax", "lowest": 0.01}


def by_place(scores):
    return scores.scores.set_index("place")["score"]


@pytest.mark.parametrize(("weigh", "known"), [("equal", EQUAL), ("entropy", ENTROPY)])
def test_the_regional_table_gives_the_known_scores_in_the_known_order(regional, weigh, known):
    found = score(*regional, Recipe(weigh=weigh), places=load("places"), among=PUBLISHED)
    assert by_place(found).round(4).to_dict() == known
    assert found.scores["place"].tolist() == list(known)
    assert found.scores["rank"].tolist() == list(range(1, 15))


@pytest.mark.parametrize("weigh", ["equal", "entropy"])
def test_counts_of_the_published_tiers_give_back_the_published_tiers(regional, weigh):
    found = by_place(score(*regional, Recipe(weigh=weigh), among=PUBLISHED))
    tiers = assign_tiers(found, method="counts", counts=(3, 5, 6))
    assert compare_tiers(tiers, pd.Series(PUBLISHED)).empty


def test_scores_agree_with_plain_loops_over_the_shipped_cells(regional):
    table, frame = regional
    cells = {(row.place, row.indicator): float(row.value) for row in table.itertuples()}
    scaled = {}
    for name in frame.indicators:
        values = [cells[place, name] for place in PUBLISHED]
        for place in PUBLISHED:
            scaled[place, name] = (cells[place, name] - min(values)) / (max(values) - min(values))
    spread = {}
    for name in frame.indicators:
        total = sum(scaled[place, name] for place in PUBLISHED)
        shares = [scaled[place, name] / total for place in PUBLISHED]
        spread[name] = 1 + sum(p * math.log(p) for p in shares if p > 0) / math.log(14)
    weights = {name: value / sum(spread.values()) for name, value in spread.items()}
    found = score(table, frame, Recipe(weigh="entropy"), among=PUBLISHED)
    assert found.effective_weights.to_dict() == pytest.approx(weights, abs=1e-12)
    wanted = {place: sum(weights[n] * scaled[place, n] for n in weights) for place in PUBLISHED}
    assert by_place(found).to_dict() == pytest.approx(wanted, abs=1e-12)


def test_nested_places_are_refused_and_every_pair_is_named(regional):
    with pytest.raises(TableError) as caught:
        score(*regional, places=load("places"))
    message = str(caught.value)
    for inner, outer in [("北京", "京津冀"), ("上海", "长三角"), ("辽宁", "东北")]:
        assert f"{inner} and {outer}, which contains it" in message
    assert "广东 and 粤港澳, which both hold 广州, 深圳, 珠三角" in message
    assert "places to score" in message


def test_nested_places_are_scored_with_a_warning_when_allowed(regional):
    with pytest.warns(InnoscapeWarning, match="北京 in 京津冀"):
        found = score(*regional, places=load("places"), nested="allow")
    assert len(found.scores) == 18


def test_substituted_and_left_out_cells_are_logged(regional):
    log = score(*regional, among=PUBLISHED).log
    substituted = log[log["action"] == "substituted"]
    assert set(substituted["place"]) >= {"云南", "广西"}
    assert substituted.set_index(["place", "indicator"])["note"]["云南", "pct_applications_share"] == "year 2019"
    assert set(log.loc[log["action"] == "excluded", "place"]) == {"北京", "上海", "广东", "东北"}


def test_an_unknown_place_among_those_to_score_is_named_with_the_nearest(regional):
    with pytest.raises(UnknownPlaceError, match=r"京津翼.*京津冀"):
        score(*regional, among=["京津翼", "湖北"])


numbers = st.integers(min_value=-50, max_value=50)
matrices = (
    st.integers(2, 4)
    .flatmap(lambda m: st.lists(st.lists(numbers, min_size=m, max_size=m), min_size=3, max_size=8))
    .filter(lambda rows: all(len(set(column)) > 1 for column in zip(*rows, strict=True)))
)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])


def tables(rows):
    columns = {f"x{j}": list(column) for j, column in enumerate(zip(*rows, strict=True))}
    return rows_of(columns), framework_of(columns)


@quick
@given(matrices, st.sampled_from(["minmax", "zscore", "rank"]), st.sampled_from(["equal", "entropy"]), st.randoms())
def test_neither_row_nor_column_order_changes_a_bit(rows, normalize, weigh, random):
    table, frame = tables(rows)
    recipe = Recipe(normalize=normalize, weigh=weigh)
    before = score(table, frame, recipe)
    order = random.sample(range(len(table)), len(table))
    names = random.sample(frame.indicators, len(frame.indicators))
    after = score(table.iloc[order], framework_of(names), recipe)
    pd.testing.assert_frame_equal(after.scores, before.scores, check_exact=True)


@quick
@given(
    matrices,
    st.sampled_from([0.001, 0.3, 7, 1000]),
    st.integers(-100, 100),
    st.sampled_from(["minmax", "zscore"]),
    st.sampled_from(["equal", "entropy"]),
)
def test_a_linear_change_of_unit_never_changes_a_rank(rows, factor, offset, normalize, weigh):
    table, frame = tables(rows)
    recipe = Recipe(normalize=normalize, weigh=weigh)
    changed = table.assign(value=table["value"] * factor + offset)
    before, after = (score(each, frame, recipe).scores.set_index("place")["rank"] for each in (table, changed))
    assert after.to_dict() == before.to_dict()


@quick
@given(
    matrices,
    st.sampled_from(["arithmetic", "geometric"]),
    st.sampled_from(["every_level", "top"]),
    st.sampled_from(["equal", "equal_levels", "entropy"]),
)
def test_contributions_add_up_to_the_score(rows, aggregate, at, weigh):
    table, frame = tables(rows)
    groups = ["inner" if j < 2 else "outer" for j in range(len(frame.indicators))]
    frame = framework_of(frame.indicators, level1=groups)
    found = score(table, frame, Recipe(aggregate={"method": aggregate, "at": at}, weigh=weigh, normalize=WITHOUT_ZEROS))
    assert found.contributions["place"].tolist() == found.scores["place"].tolist()
    sums = found.contributions.drop(columns="place").sum(axis=1)
    np.testing.assert_allclose(sums, found.scores["score"], atol=1e-12)
    assert found.effective_weights.sum() == pytest.approx(1)


@quick
@given(matrices)
def test_min_max_scores_stay_between_worst_and_best(rows):
    found = score(*tables(rows))
    assert found.scores["score"].between(0, 1).all()


def test_a_direction_of_minus_one_turns_the_indicator_round():
    table = rows_of({"cost": [1, 2, 5]})
    assert by_place(score(table, framework_of(["cost"], direction=[-1]))).to_dict() == {
        "甲": 1.0,
        "乙": 0.75,
        "丙": 0.0,
    }


def test_group_scores_and_weights_follow_the_framework():
    table = rows_of({"a": [0, 10, 5], "b": [4, 0, 2], "c": [0, 0, 8]})
    frame = framework_of("abc", level1=["in", "in", "out"], level2=["x", "y", "z"])
    found = score(table, frame, Recipe(weigh="equal_levels"))
    assert found.effective_weights.to_dict() == {"a": 0.25, "b": 0.25, "c": 0.5}
    levels = found.levels.set_index(["level", "group", "place"])["score"]
    assert levels["level1", "in", "甲"] == 0.5
    assert levels["level2", "y", "甲"] == 1.0
    assert levels["level1", "out", "丙"] == 1.0
    assert by_place(found)["丙"] == pytest.approx(0.25 * 0.5 + 0.25 * 0.5 + 0.5)
    inner = found.weights.set_index(["level", "name"])
    assert inner.loc[("level1", "in"), "effective_weight"] == 0.5
    assert inner.loc[("indicator", "a"), "parent"] == "in / x"
    for _, branch in found.weights.groupby("parent"):
        assert branch["weight"].sum() == pytest.approx(1)


def test_given_weights_are_shares_of_the_whole_index():
    table = rows_of({"a": [0, 1], "b": [1, 0]})
    found = score(table, framework_of("ab", weight=[3, 1]), Recipe(weigh="given"))
    assert by_place(found).to_dict() == {"乙": 0.75, "甲": 0.25}
    with pytest.raises(TableError, match="no column weight"):
        score(table, framework_of("ab"), Recipe(weigh="given"))


def test_a_geometric_mean_is_taken_at_every_level_or_at_the_top_only():
    table = rows_of({"a": [0, 10, 10], "b": [1, 0, 1], "c": [1, 1, 0]})
    frame = framework_of("abc", level1=["in", "in", "out"])
    everywhere = Recipe(aggregate="geometric", weigh="equal_levels", normalize={"method": "minmax", "lowest": 0.25})
    top = replace(everywhere, aggregate={"index": "geometric"})
    assert by_place(score(table, frame, everywhere))["甲"] == pytest.approx(math.sqrt(math.sqrt(0.25) * 1))
    assert by_place(score(table, frame, top))["甲"] == pytest.approx(math.sqrt((0.25 + 1) / 2 * 1))


def test_a_geometric_mean_with_a_zero_is_zero_and_warned_of():
    table = rows_of({"a": [0, 1, 2], "b": [0, 2, 1]})
    with pytest.warns(InnoscapeWarning, match=r"甲.*lowest"):
        found = score(table, framework_of("ab"), Recipe(aggregate="geometric"))
    assert by_place(found)["甲"] == 0
    with pytest.raises(TableError, match=r"0 at every place.*lowest"):
        score(rows_of({"a": [0, 1], "b": [1, 0]}), framework_of("ab"), Recipe(aggregate="geometric"))


@pytest.mark.parametrize(("weigh", "scores"), [("equal", {"乙": 0.5, "甲": 0.0}), ("entropy", {"乙": 1.0, "甲": 0.0})])
def test_a_constant_indicator_is_warned_of_and_gives_nothing(weigh, scores):
    table = rows_of({"flat": [3, 3], "tall": [1, 2]})
    with pytest.warns(InnoscapeWarning, match="flat"):
        found = score(table, framework_of(["flat", "tall"]), Recipe(weigh=weigh))
    assert by_place(found).to_dict() == scores
    assert not found.normalized.isna().any(axis=None)


@pytest.mark.parametrize("columns", [{"a": [1, 1], "b": [0, 0]}, {"a": [5], "b": [7]}])
def test_places_that_cannot_be_told_apart_are_refused(columns):
    with pytest.raises(TableError, match=r"constant|at least two places"):
        score(rows_of(columns), framework_of(columns))


def test_every_missing_cell_is_listed():
    table = rows_of({"a": [1, None, 2], "b": [None, 1, 2]})
    with pytest.raises(TableError) as caught:
        score(table, framework_of("ab"))
    assert len(caught.value.faults) == 2
    assert "no a of 乙" in str(caught.value)
    assert "no b of 甲" in str(caught.value)


@pytest.mark.parametrize(("impute", "filled"), [("mean", 4.0), ("median", 3.0)])
def test_imputed_cells_are_logged(impute, filled):
    table = rows_of({"a": [1, 3, 8, None], "b": [1, 2, 3, 4]})
    log = score(table, framework_of("ab"), Recipe(impute=impute)).log
    assert log.to_numpy().tolist() == [["丁", "a", "imputed", filled, f"{impute} of the indicator"]]


def test_an_indicator_without_any_value_cannot_be_imputed():
    with pytest.raises(TableError, match="for ghost"):
        score(rows_of({"a": [1, 2]}), framework_of(["a", "ghost"]), Recipe(impute="mean"))


def test_duplicates_and_infinite_values_are_refused_together():
    table = pd.concat([rows_of({"a": [1, math.inf, 2]}), rows_of({"a": [1]})])
    with pytest.raises(TableError) as caught:
        score(table, framework_of("a"))
    assert len(caught.value.faults) == 2


def test_a_year_chooses_the_rows_of_a_panel():
    panel = pd.concat([rows_of({"a": [1, 2]}).assign(year=2019), rows_of({"a": [2, 1]}).assign(year=2020)])
    assert by_place(score(panel, framework_of("a"), year=2020)).idxmax() == "甲"
    with pytest.raises(TableError, match="2019, 2020"):
        score(panel, framework_of("a"), year=1999)


def test_equal_scores_share_a_rank_by_the_named_rule():
    table = rows_of({"a": [2, 1, 1, 0]})
    ranks = {ties: score(table, framework_of("a"), Recipe(ties=ties)).scores["rank"].tolist() for ties in
             ("min", "max", "average", "dense")}  # fmt: skip
    assert ranks == {"min": [1, 2, 2, 4], "max": [1, 3, 3, 4], "average": [1, 2.5, 2.5, 4], "dense": [1, 2, 2, 3]}


def test_standard_scores_divide_by_the_named_deviation():
    table = rows_of({"a": [1, 3]})
    assert by_place(score(table, framework_of("a"), Recipe(normalize="zscore")))["乙"] == pytest.approx(1)
    sample = score(table, framework_of("a"), Recipe(normalize={"method": "zscore", "std": "sample"}))
    assert by_place(sample)["乙"] == pytest.approx(1 / math.sqrt(2))


def test_entropy_on_raw_shares_parts_the_closest_call_the_other_way(regional):
    # 福建 is published one tier below 陕西; which of the two scores higher depends on a convention
    minmax = by_place(score(*regional, Recipe(weigh="entropy"), among=PUBLISHED))
    raw = by_place(score(*regional, Recipe(weigh={"method": "entropy", "on": "raw"}), among=PUBLISHED))
    assert minmax["陕西"] > minmax["福建"]
    assert raw["陕西"] < raw["福建"]


def test_levels_are_aggregated_by_their_own_method():
    table = rows_of({"a": [1, 4], "b": [4, 1], "c": [1, 2]})
    frame = framework_of("abc", level1=["in", "in", "out"])
    posts = {"method": "goalposts", "low": 0, "high": 8}
    mixed = Recipe(normalize=posts, weigh="equal_levels", aggregate={"level1": "geometric", "index": "harmonic"})
    inner, outer = math.sqrt(1 / 8 * 4 / 8), 1 / 8
    assert by_place(score(table, frame, mixed))["甲"] == pytest.approx(2 / (1 / inner + 1 / outer))
    with pytest.raises(OptionError, match="no level level2; it has index, level1"):
        score(table, frame, Recipe(aggregate={"level2": "geometric"}))


@quick
@given(
    matrices,
    st.sampled_from(["borda", "percentile_rank", "vector", "distance_to_max"]),
    st.sampled_from(["equal", "critic", "std"]),
    st.randoms(),
)
def test_no_order_changes_a_bit_of_the_other_normalizations(rows, normalize, weigh, random):
    table, frame = tables(rows)
    recipe = Recipe(normalize=normalize, weigh=weigh)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        before = score(table, frame, recipe).scores
        order = random.sample(range(len(table)), len(table))
        names = random.sample(frame.indicators, len(frame.indicators))
        after = score(table.iloc[order], framework_of(names), recipe).scores
    pd.testing.assert_frame_equal(after, before, check_exact=True)


@quick
@given(matrices, st.sampled_from([0.01, 3, 1000]), st.integers(-100, 100), st.sampled_from(["winsorize", "log"]))
def test_treatment_leaves_ranks_alone_when_the_unit_changes(rows, factor, offset, treat):
    table, frame = tables(rows)
    changed = table.assign(value=table["value"] * factor + offset)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        before, after = (
            score(each, frame, Recipe(treat=treat)).scores.set_index("place")["score"] for each in (table, changed)
        )
    np.testing.assert_allclose(after.sort_index(), before.sort_index(), atol=1e-8)


def test_collinear_indicators_count_twice():
    table = rows_of({"a": [1, 2, 4], "twin": [10, 20, 40], "b": [3, 1, 2]})
    both = by_place(score(table, framework_of(["a", "twin", "b"])))
    doubled = by_place(score(table, framework_of(["a", "b"], weight=[2, 1]), Recipe(weigh="given")))
    assert both.to_dict() == pytest.approx(doubled.to_dict())


def test_zeros_are_values_like_others():
    table = rows_of({"a": [0, 0, 5], "b": [0, 3, 0]})
    for weigh in ("equal", "entropy", {"method": "entropy", "on": "raw"}):
        found = score(table, framework_of("ab"), Recipe(weigh=weigh))
        assert by_place(found)["甲"] == 0
        assert np.isfinite(found.scores["score"]).all()


def test_an_indicator_without_any_value_can_be_screened_out():
    screen = {"method": "availability", "indicators": 0.1}
    found = score(rows_of({"a": [1, 2]}), framework_of(["a", "ghost"]), Recipe(screen=screen))
    assert found.effective_weights.to_dict() == {"a": 1.0}
    assert set(found.log["indicator"]) == {"ghost"}


def test_negative_normalized_values_have_no_geometric_mean():
    table = rows_of({"a": [3, 2, 1], "b": [1, 2, 3]})
    goals = {"method": "goalposts", "low": 2, "high": 3, "truncate": False}
    assert by_place(score(table, framework_of("ab"), Recipe(normalize=goals))).to_dict() == {"甲": 0, "乙": 0, "丙": 0}
    with pytest.raises(TableError, match="values of at least 0 for a geometric mean"):
        score(table, framework_of("ab"), Recipe(normalize=goals, aggregate="geometric"))


def test_a_table_of_other_indicators_is_refused():
    with pytest.raises(TableError, match="indicators of the framework: b, got others: a"):
        score(rows_of({"a": [1, 2]}), framework_of(["b"]))
