"""Aggregates: known figures, limits, and credits that add up to the score."""

import math
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from innoscape.data import OptionError, TableError
from innoscape.geo.index.aggregate.tree import AGGREGATES, Tree, aggregate_tree, check_aggregate

VALUES = np.array([[0.9, 0.1, 0.5], [0.4, 0.8, 0.3], [0.2, 0.3, 1.0], [0.6, 0.6, 0.2], [0.1, 0.9, 0.7]])
WEIGHTS = np.array([0.5, 0.3, 0.2])
THIRDS = np.full(3, 1 / 3)

quick = settings(max_examples=30, deadline=None)
names = st.sampled_from(sorted(AGGREGATES))
tables = (
    st.tuples(st.integers(2, 6), st.integers(1, 4))
    .flatmap(lambda shape: st.lists(st.lists(st.integers(0, 20), min_size=shape[1], max_size=shape[1]),
                                    min_size=shape[0], max_size=shape[0]))
    .map(lambda rows: np.array(rows, dtype=float) / 20)
)  # fmt: skip


def score(name, values=VALUES, weights=WEIGHTS, **parameters):
    return AGGREGATES[name].score(np.asarray(values, dtype=float), np.asarray(weights, dtype=float), **parameters)


def credit(name, values=VALUES, weights=WEIGHTS, **parameters):
    values, weights = np.asarray(values, dtype=float), np.asarray(weights, dtype=float)
    return AGGREGATES[name].contributions(values, weights, score(name, values, weights, **parameters), **parameters)


def some_weights(count):
    raw = np.arange(1.0, count + 1)
    return raw / raw.sum()


def test_means_by_hand():
    assert score("arithmetic", [[1, 4]], [0.5, 0.5])[0] == 2.5
    assert score("geometric", [[1, 4]], [0.5, 0.5])[0] == pytest.approx(2)
    assert score("harmonic", [[1, 4]], [0.5, 0.5])[0] == pytest.approx(1.6)
    assert score("power", [[1, 4]], [0.5, 0.5], p=0.5)[0] == pytest.approx(2.25)
    assert score("power", [[1, 7]], [0.5, 0.5], p=2)[0] == pytest.approx(5)


@pytest.mark.parametrize(("p", "mean"), [(1, "arithmetic"), (0, "geometric"), (-1, "harmonic")])
@pytest.mark.parametrize("step", [0, 1e-9, -1e-9])
def test_a_power_mean_passes_through_the_named_means(p, mean, step):
    np.testing.assert_allclose(score("power", p=p + step), score(mean), rtol=1e-8)
    np.testing.assert_allclose(credit("power", p=p + step), credit(mean), rtol=1e-6)


def test_a_power_mean_keeps_small_weights_and_small_exponents():
    # by logarithms: (1e-12 + 2 ** -50) ** (1 / 50), the second weight rounded to 1
    found = score("power", [[1.0, 0.5]], [1e-12, 1 - 1e-12], p=50)[0]
    assert found == pytest.approx(math.exp(math.log(1e-12 + (1 - 1e-12) * 0.5**50) / 50), rel=1e-12)
    tiny = score("power", p=1e-14)
    np.testing.assert_allclose(tiny, score("geometric"), rtol=1e-12)


def test_a_power_mean_tends_to_the_largest_and_the_smallest():
    assert score("power", p=math.inf).tolist() == VALUES.max(axis=1).tolist()
    assert score("power", p=-math.inf).tolist() == VALUES.min(axis=1).tolist()
    np.testing.assert_allclose(score("power", p=5000.0), VALUES.max(axis=1), rtol=1e-3)
    np.testing.assert_allclose(score("power", p=-5000.0), VALUES.min(axis=1), rtol=1e-3)
    assert credit("power", [[2, 2, 1]], THIRDS, p=math.inf).tolist() == [[1, 1, 0]]


@pytest.mark.parametrize("p", [-0.5, 0, 0.5])
def test_a_zero_gives_the_limit_and_only_where_it_carries_weight(p):
    found = score("power", [[0, 4], [4, 4]], [0.5, 0.5], p=p)
    assert found[0] == (1 if p > 0 else 0)
    assert credit("power", [[0, 4], [4, 4]], [0.5, 0.5], p=p).sum(axis=1).tolist() == pytest.approx(found.tolist())
    assert score("power", [[0, 4], [4, 4]], [0, 1], p=p).tolist() == pytest.approx([4, 4])


@pytest.mark.parametrize("name", ["geometric", "harmonic", "power", "benefit_of_doubt"])
def test_negative_values_are_refused_where_they_have_no_mean(name):
    assert AGGREGATES[name].nonnegative
    with pytest.raises(TableError, match=r"at least 0 for .*got -1"):
        score(name, [[-1, 2], [1, 1]], [0.5, 0.5])
    assert (score(name, [[-1, 2], [1, 1]], [0, 1]) > 0).all()


@pytest.mark.parametrize("name", ["arithmetic", "geometric", "harmonic", "power"])
def test_stacks_of_runs_give_what_each_run_gives(name):
    stack = np.stack([VALUES, VALUES[::-1], np.sqrt(VALUES), np.where(VALUES < 0.2, 0, VALUES)])
    shares = np.stack([WEIGHTS, WEIGHTS[::-1], THIRDS, np.array([0.0, 0.5, 0.5])])
    for parameters in [{"p": -2}, {"p": 1e-3}, {"p": 3}, {"p": math.inf}] if name == "power" else [{}]:
        runs = [score(name, one, w, **parameters) for one, w in zip(stack, shares, strict=True)]
        np.testing.assert_allclose(score(name, stack, shares, **parameters), runs, rtol=1e-13)
        runs = [score(name, one, WEIGHTS, **parameters) for one in stack]
        np.testing.assert_allclose(score(name, stack, WEIGHTS, **parameters), runs, rtol=1e-13)
        runs = [score(name, VALUES, w, **parameters) for w in shares]
        np.testing.assert_allclose(score(name, VALUES, shares, **parameters), runs, rtol=1e-13)


def test_topsis_by_hand_with_weights_inside_the_squares_and_a_fixed_ideal():
    # distances to (0, 0): sqrt(.5 * .36 + .5 * .64), to (1, 1): sqrt(.5 * .16 + .5 * .04)
    near, far = math.sqrt(0.1), math.sqrt(0.5)
    values, half = [[0.6, 0.8], [0.5, 0.5]], [0.5, 0.5]
    assert score("topsis", values, half, ideal="unit", weigh="squares")[0] == pytest.approx(far / (far + near))
    assert score("topsis", values, half, ideal="unit")[0] == pytest.approx(far / (far + near))
    alone = score("topsis", values[:1], half, ideal="unit")[0]
    assert alone == score("topsis", values, half, ideal="unit")[0]
    with pytest.raises(TableError, match="values from 0 to 1"):
        score("topsis", [[2, 0], [1, 1]], half, ideal="unit")


def test_topsis_credits_equal_parts_equally_and_the_ideal_by_its_ways():
    assert credit("topsis", [[0.4, 0.4], [0, 0], [1, 1]], [0.5, 0.5])[0] == pytest.approx([0.2, 0.2])
    # from the worst to the best point the score is the share of the way: credits are squares of the weighted ranges
    assert credit("topsis", [[1, 1], [0, 0]], [0.75, 0.25])[0] == pytest.approx([0.9, 0.1])
    # a part without weight earns nothing
    assert credit("topsis", VALUES, [0.5, 0.5, 0])[:, 2].tolist() == [0] * 5


def test_vikor_credits_what_a_part_leaves_of_its_allowance():
    # regrets (0, .5), (.5, 0), (.25, .5): S .5, .5, .75; R all .5, so that v of the score depends on S alone
    values = [[1, 0], [0, 1], [0.5, 0]]
    assert score("vikor", values, [0.5, 0.5], v=0.5).tolist() == [1, 1, 0.5]
    assert credit("vikor", values, [0.5, 0.5], v=1)[0] == pytest.approx([1.5, -0.5])


def test_copeland_counts_weighted_majorities():
    # the first part outweighs the others together only against equals
    values = [[3, 1, 1], [2, 2, 2], [1, 3, 2]]
    # 甲 beats 乙 by .5 to .5: tie; 甲 and 丙: tie; 乙 beats 丙 by .5 to .3
    assert score("copeland", values, [0.5, 0.3, 0.2]).tolist() == [0.5, 0.75, 0.25]
    assert credit("copeland", values, [0.5, 0.3, 0.2])[1] == pytest.approx([0.5, 0.15, 0.1])
    # a cycle: each beats one other
    assert score("copeland", [[3, 1, 2], [2, 3, 1], [1, 2, 3]], THIRDS).tolist() == [0.5, 0.5, 0.5]
    with pytest.raises(OptionError, match="two or more"):
        score("copeland", [[1, 2, 3]], THIRDS)


def test_copeland_takes_values_that_differ_by_rounding_as_equal():
    assert score("copeland", [[0.1 + 0.2, 1], [0.3, 1]], [0.5, 0.5]).tolist() == [0.5, 0.5]


def test_ordered_averages_by_hand():
    # Yager (1988): positions weigh, not the parts
    assert score("owa", [[0.2, 1.0, 0.6]], THIRDS, order=[0.1, 0.3, 0.6])[0] == pytest.approx(0.1 + 0.18 + 0.12)
    assert score("owa", [[0.2, 1.0, 0.6]], THIRDS, order=[0, 0, 1])[0] == pytest.approx(0.2)
    # quantifier "most" for four equal parts: Yager's weights 0, 0.4, 0.5, 0.1
    assert score("owa", [[4, 3, 2, 1]], [0.25] * 4)[0] == pytest.approx(0.4 * 3 + 0.5 * 2 + 0.1)
    assert score("owa", [[4, 3, 2, 1]], [0.25] * 4, order="at_least_half")[0] == pytest.approx(3.5)
    assert score("owa", [[4, 3, 2, 1]], [0.25] * 4, order="as_many_as_possible")[0] == pytest.approx(1.5)


def test_an_ordered_average_of_equal_positions_is_the_weighted_mean():
    np.testing.assert_allclose(score("owa", order=1), score("arithmetic"), rtol=1e-14)
    np.testing.assert_allclose(score("owa", order=[1, 1, 1, 1]), score("arithmetic"), rtol=1e-14)
    np.testing.assert_allclose(credit("owa", order=1), credit("arithmetic"), rtol=1e-12)
    assert (score("owa", order=3) < score("arithmetic")).all()


def test_equal_values_share_the_weight_of_their_positions():
    assert credit("owa", [[2, 2, 1]], [0.6, 0.2, 0.2], order=2)[0] == pytest.approx([2 * 0.64 * 0.75, 2 * 0.16, 0.36])


def test_mazziotta_pareto_by_hand():
    # one balanced place and two that are 1 and -1 standard deviations off; Mazziotta and Pareto (2016)
    values = [[1, 1], [3, 3], [1, 3], [3, 1]]
    balanced, high, crossed, _ = score("mazziotta_pareto", values, [0.5, 0.5])
    assert balanced == pytest.approx(90)
    assert high == pytest.approx(110)
    # mean 100, deviation 10, coefficient of variation 0.1
    assert crossed == pytest.approx(100 - 10 * 0.1)
    assert score("mazziotta_pareto", values, [0.5, 0.5], sign="plus")[2] == pytest.approx(101)


def test_the_adjusted_index_takes_goalposts_as_they_are():
    found = score("mazziotta_pareto", [[70, 130], [100, 100]], [0.5, 0.5], scale="as_is")
    assert found.tolist() == [pytest.approx(100 - 30**2 / 100), 100]
    assert score("mazziotta_pareto", [[0, 0], [1, 1]], [0.5, 0.5], scale="as_is").tolist() == [0, 1]
    with pytest.raises(TableError, match="at least 0"):
        score("mazziotta_pareto", [[-1, 1], [1, 1]], [0.5, 0.5], scale="as_is")


def test_a_constant_part_stands_at_one_hundred():
    assert score("mazziotta_pareto", [[1, 5], [3, 5]], [0, 1]).tolist() == [100, 100]


def test_benefit_of_doubt_finds_the_vertex_drawn_by_hand():
    # frontier through (1, 0.2) and (0.4, 1): u + 0.2 v = 0.4 u + v = 1 at u = 20/23, v = 15/23
    values = [[1, 0.2], [0.4, 1], [0.5, 0.5]]
    assert score("benefit_of_doubt", values, [0.5, 0.5]).tolist() == pytest.approx([1, 1, 17.5 / 23])
    assert credit("benefit_of_doubt", values, [0.5, 0.5])[2] == pytest.approx([10 / 23, 7.5 / 23])


def test_benefit_of_doubt_agrees_with_its_dual_solved_another_way():
    # the dual: the smallest sum of places that together reach the place on every part (Charnes-Cooper form)
    values = np.random.default_rng(3).random((20, 4))
    dual = [linprog(np.ones(20), A_ub=-values.T, b_ub=-row, method="highs-ipm").fun for row in values]
    np.testing.assert_allclose(score("benefit_of_doubt", values, [0.25] * 4), dual, atol=1e-7)


def test_bounded_shares_lower_the_doubt():
    values = [[1, 0.2], [0.4, 1], [0.5, 0.5]]
    free = score("benefit_of_doubt", values, [0.5, 0.5])
    bound = score("benefit_of_doubt", values, [0.5, 0.5], low=0.4)
    assert (bound <= free + 1e-9).all()
    parts = credit("benefit_of_doubt", values, [0.5, 0.5], low=0.4)
    assert ((parts / bound[:, None]) >= 0.4 - 1e-6).all()
    fixed = credit("benefit_of_doubt", values, [0.7, 0.3], band=0)
    assert fixed / fixed.sum(axis=1, keepdims=True) == pytest.approx(np.tile([0.7, 0.3], (3, 1)), abs=1e-6)
    with pytest.raises(OptionError, match="bounds that shares"):
        score("benefit_of_doubt", values, [0.5, 0.5], low=0.6)


def test_benefit_of_doubt_with_zeros():
    assert score("benefit_of_doubt", [[0, 0], [1, 2]], [0.5, 0.5]).tolist() == [0, 1]
    assert score("benefit_of_doubt", [[0, 1], [0, 2]], [0.5, 0.5]).tolist() == pytest.approx([0.5, 1])
    assert score("benefit_of_doubt", [[0, 1], [1, 2]], [0.5, 0.5], low=0.1).tolist() == pytest.approx([0, 1])


@pytest.mark.parametrize(
    ("name", "parameters"),
    [(name, {}) for name in AGGREGATES]
    + [
        ("power", {"p": -3}),
        ("power", {"p": math.inf}),
        ("topsis", {"ideal": "unit", "weigh": "squares"}),
        ("vikor", {"v": 1}),
        ("owa", {"order": [0.2, 0.8]}),
        ("owa", {"order": 0.5}),
        ("mazziotta_pareto", {"sign": "plus"}),
        ("mazziotta_pareto", {"scale": "as_is"}),
        ("benefit_of_doubt", {"high": 0.6}),
    ],
)
@quick
@given(table=tables)
def test_credits_add_up_to_the_score(name, parameters, table):
    if name == "benefit_of_doubt" and parameters and table.shape[1] < 2:
        return
    weights = some_weights(table.shape[1])
    if name == "benefit_of_doubt" and parameters and ((table.max(axis=0) > 0).sum() < 2):
        return
    scores = score(name, table, weights, **parameters)
    np.testing.assert_allclose(credit(name, table, weights, **parameters).sum(axis=1), scores, atol=1e-11)
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("name", sorted(set(AGGREGATES) - {"benefit_of_doubt"}))
@quick
@given(table=tables, random=st.randoms())
def test_neither_row_nor_column_order_changes_a_bit(name, table, random):
    weights = some_weights(table.shape[1])
    rows = random.sample(range(table.shape[0]), table.shape[0])
    columns = random.sample(range(table.shape[1]), table.shape[1])
    before, after = score(name, table, weights), score(name, table[rows][:, columns], weights[columns])
    assert after.tolist() == before[rows].tolist()
    credits_before = credit(name, table, weights)
    assert credit(name, table[rows][:, columns], weights[columns]).tolist() == credits_before[rows][:, columns].tolist()


@quick
@given(table=tables)
def test_benefit_of_doubt_does_not_rest_on_order_or_units(table):
    weights = some_weights(table.shape[1])
    before = score("benefit_of_doubt", table, weights)
    assert ((before >= 0) & (before <= 1)).all()
    np.testing.assert_allclose(score("benefit_of_doubt", table[::-1, ::-1], weights[::-1])[::-1], before, atol=1e-9)
    np.testing.assert_allclose(score("benefit_of_doubt", table * 1000, weights), before, atol=1e-9)


@pytest.mark.parametrize("name", AGGREGATES)
def test_a_place_that_is_better_everywhere_scores_at_least_as_high(name):
    values = np.array([[0.2, 0.3, 0.1], [0.4, 0.6, 0.5], [0.7, 0.65, 0.9], [1, 1, 1]])
    assert (np.diff(score(name, values)) > -1e-12).all()
    assert score(name, values)[3] > score(name, values)[0]


@pytest.mark.parametrize("name", sorted(set(AGGREGATES) - {"copeland", "promethee_ii", "electre_iii"}))
def test_one_place_has_a_defined_score(name):
    found = score(name, [[0.5, 0.5, 0.5]])
    ones = dict.fromkeys(("vikor", "grey_relational", "benefit_of_doubt"), 1)
    assert found.tolist() == pytest.approx([{**ones, "mazziotta_pareto": 100}.get(name, 0.5)])


@pytest.mark.parametrize(
    ("name", "parameters", "match"),
    [
        ("power", {"p": "x"}, "exponent"),
        ("power", {"q": 1}, r"'q'"),
        ("arithmetic", {"p": 1}, "takes no parameters"),
        ("topsis", {"ideal": "units"}, "did you mean 'unit'"),
        ("vikor", {"v": 2}, "from 0 to 1"),
        ("owa", {"order": "moist"}, "did you mean 'most'"),
        ("owa", {"order": [0, 0]}, "sum above 0"),
        ("owa", {"order": -1}, "above 0"),
        ("mazziotta_pareto", {"sign": "up"}, "sign"),
        ("benefit_of_doubt", {"low": 0.5, "high": 0.2}, "at most high"),
        ("arithmetik", {}, "did you mean 'arithmetic'"),
    ],
)
def test_parameters_that_cannot_work_are_refused_before_any_data(name, parameters, match):
    with pytest.raises(OptionError, match=match):
        check_aggregate(name, parameters)


def tree_and_table(rows=VALUES):
    paths = {"a": ("in", "x"), "b": ("in", "x"), "c": ("in", "y"), "d": ("out", "z"), "e": ("out", "z")}
    weights = {"a": 0.1, "b": 0.2, "c": 0.3, "d": 0.15, "e": 0.25}
    columns = np.column_stack([rows, rows[::-1, :2]])
    return Tree(paths, weights), pd.DataFrame(columns, columns=list("abcde"))


@pytest.mark.parametrize("below", AGGREGATES)
@pytest.mark.parametrize("top", AGGREGATES)
def test_credits_add_up_through_every_pair_of_levels(top, below):
    tree, table = tree_and_table()
    methods = {"index": (top, {}), 1: (below, {}), "level2": (below, {})}
    if AGGREGATES[top].nonnegative and below == "promethee_ii":
        with pytest.raises(TableError, match="at least 0"):
            aggregate_tree(table, tree, methods=methods)
        return
    nodes, credited = aggregate_tree(table, tree, methods=methods)
    np.testing.assert_allclose(credited.sum(axis=1), nodes[()], atol=1e-9)
    assert np.isfinite(credited.to_numpy()).all()


def test_levels_take_their_own_method():
    tree, table = tree_and_table()
    nodes, _ = aggregate_tree(table, tree, methods={0: ("geometric", {}), "level1": ("power", {"p": 2})})
    group = table[["a", "b"]].to_numpy() @ [1 / 3, 2 / 3]
    np.testing.assert_allclose(nodes["in", "x"], group)
    inner = np.sqrt(0.5 * group**2 + 0.5 * table["c"] ** 2)
    np.testing.assert_allclose(nodes["in",], inner)
    np.testing.assert_allclose(nodes[()], inner**0.6 * nodes["out",] ** 0.4)
    with pytest.raises(OptionError, match="did you mean 'index'"):
        aggregate_tree(table, tree, methods={"indx": ("geometric", {})})


def test_arithmetic_credits_are_weight_times_value_even_where_a_group_scores_zero():
    tree = Tree({"a": ("g",), "b": ("g",), "c": ("h",)}, {"a": 0.25, "b": 0.25, "c": 0.5})
    table = pd.DataFrame({"a": [1.0, -1.0, 2.0], "b": [-1.0, 1.0, 0.0], "c": [0.5, 0.5, -1.0]})
    _, credited = aggregate_tree(table, tree)
    np.testing.assert_allclose(credited, table * [0.25, 0.25, 0.5])


@pytest.mark.parametrize("name", AGGREGATES)
def test_the_order_of_the_framework_shows_nowhere(name):
    tree, table = tree_and_table()
    nodes, credited = aggregate_tree(table, tree, methods={"every": (name, {})})
    for order in list(permutations("abcde"))[::17]:
        other = Tree({key: tree.paths[key] for key in order}, tree.weights)
        again, anew = aggregate_tree(table[list(order)], other, methods={"every": (name, {})})
        assert again[()].tolist() == nodes[()].tolist()
        pd.testing.assert_frame_equal(anew[list("abcde")], credited, check_exact=True)
