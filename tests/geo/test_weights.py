"""Weights of every kind, against other programs and printed examples, and at their limits."""

import math
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import CORRELATED

from innoscape.data import Framework, InnoscapeWarning, OptionError, TableError
from innoscape.geo import (
    ahp_consistency,
    ahp_weights,
    cilos_weights,
    combine_weights,
    critic_weights,
    entropy_weights,
    gini_weights,
    idocriw_weights,
    lopcow_weights,
    merec_weights,
    optimize_weights,
    pca_weights,
    std_weights,
)
from innoscape.geo.index.weigh.check_weighing import check_weighing
from innoscape.geo.index.weigh.registry import WEIGHINGS

MATRIX = pd.DataFrame({"a": [9, 5, 1, 4], "b": [2, 4, 2, 8], "c": [30, 10, 25, 12]}, index=list("甲乙丙丁"))

FRAMEWORK = Framework.from_table(
    pd.DataFrame({"indicator": list("abcdef"), "level1": list("xxxyyz"), "weight": [1, 2, 3, 4, 5, 5]})
)


def test_weights_on_min_max_values_are_the_raw_weights_of_the_scaled_matrix():
    scaled = (MATRIX - MATRIX.min()) / (MATRIX.max() - MATRIX.min())
    pd.testing.assert_series_equal(entropy_weights(MATRIX), entropy_weights(scaled, on="raw"))


def test_min_max_weights_know_the_direction_of_an_indicator():
    turned = entropy_weights(MATRIX, direction=pd.Series({"a": -1, "b": 1, "c": 1}))
    pd.testing.assert_series_equal(turned, entropy_weights(MATRIX.assign(a=-MATRIX["a"])))


def test_zeros_are_allowed():
    assert entropy_weights(pd.DataFrame({"a": [0, 0, 1], "b": [0, 1, 1]}), on="raw").round(6).to_dict() == {
        "a": round(1 / (2 - math.log(2, 3)), 6),
        "b": round((1 - math.log(2, 3)) / (2 - math.log(2, 3)), 6),
    }


@pytest.mark.parametrize("on", ["raw", "minmax"])
@pytest.mark.parametrize("flat", [0, 7])
def test_a_constant_indicator_gets_weight_zero_and_a_warning(on, flat):
    with pytest.warns(InnoscapeWarning, match="flat"):
        weights = entropy_weights(pd.DataFrame({"flat": [flat] * 3, "tall": [1, 2, 9]}), on=on)
    assert weights.to_dict() == {"flat": 0.0, "tall": 1.0}


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(*[st.integers(0, 1000)] * 3), min_size=2, max_size=12).filter(
        lambda rows: all(max(column) > min(column) for column in zip(*rows, strict=True))
    ),
    st.randoms(),
    st.sampled_from(["raw", "minmax"]),
)
def test_row_order_changes_no_bit_and_weights_are_shares(rows, random, on):
    frame = pd.DataFrame(rows, columns=["a", "b", "c"])
    weights = entropy_weights(frame, on=on)
    shuffled = entropy_weights(frame.iloc[random.sample(range(len(rows)), len(rows))], on=on)
    assert weights.tolist() == shuffled.tolist()
    assert (weights >= 0).all()
    assert math.fsum(weights) == pytest.approx(1)


@pytest.mark.parametrize(
    ("matrix", "on", "match"),
    [
        ([[1, 2]], "raw", "at least two places"),
        ([[1, math.nan], [2, 3]], "minmax", "finite"),
        ([[1, -2], [2, 3]], "raw", 'on="minmax"'),
        ([[1, 2], [1, 2]], "minmax", "only constant"),
    ],
)
def test_a_matrix_without_an_answer_is_refused(matrix, on, match):
    with pytest.raises(TableError, match=match):
        entropy_weights(np.array(matrix, dtype=float), on=on)


def test_an_unknown_convention_is_refused():
    with pytest.raises(OptionError, match="did you mean 'minmax'"):
        entropy_weights(MATRIX, on="min-max")
    with pytest.raises(OptionError, match="two dimensions"):
        entropy_weights([1, 2, 3])


def test_critic_weights_by_hand():
    # all deviations equal: a and twin correlate perfectly, other opposes both: conflicts 2, 2 and 4
    found = critic_weights(pd.DataFrame({"a": [1, 2, 3], "twin": [10, 20, 30], "other": [5, 3, 1]}))
    assert found.to_dict() == {"a": 0.25, "twin": 0.25, "other": 0.5}
    ranked = pd.DataFrame({"a": [1, 2, 3], "b": [1, 2, 100], "c": [3, 2, 1]})
    assert critic_weights(ranked, correlation="spearman")["a"] != critic_weights(ranked)["a"]
    turned = critic_weights(MATRIX, direction=pd.Series({"a": -1, "b": 1, "c": 1}))
    pd.testing.assert_series_equal(turned, critic_weights(MATRIX.assign(a=-MATRIX["a"])))


def test_critic_weights_without_conflict_are_those_of_the_deviations():
    same = pd.DataFrame({"a": [1, 2, 9], "b": [2, 4, 18], "c": [11, 12, 19]})
    with pytest.warns(InnoscapeWarning, match="perfectly correlated"):
        assert critic_weights(same).to_dict() == pytest.approx(std_weights(same).to_dict())
    assert critic_weights(same[["a"]]).to_dict() == {"a": 1.0}


@pytest.mark.parametrize("weigh", [critic_weights, std_weights, pca_weights, lambda x: optimize_weights(x)["weight"]])
def test_constants_get_weight_zero_from_every_method(weigh):
    with pytest.warns(InnoscapeWarning, match="constant indicators get .*flat"):
        found = weigh(pd.DataFrame({"flat": [3, 3, 3], "tall": [1, 2, 9]}))
    assert found.to_dict() == {"flat": 0.0, "tall": 1.0}
    with pytest.raises(TableError, match="only constant"):
        weigh(pd.DataFrame({"a": [1, 1], "b": [2, 2]}))
    with pytest.raises(TableError, match="at least two places"):
        weigh(pd.DataFrame({"a": [1], "b": [2]}))


@pytest.mark.parametrize("weigh", [critic_weights, std_weights, pca_weights])
def test_two_places_have_weights(weigh):
    two = pd.DataFrame({"a": [1, 2], "b": [5, 3], "c": [0, 7]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        assert math.fsum(weigh(two)) == pytest.approx(1)
    assert std_weights(two).tolist() == pytest.approx([1 / 3] * 3)


def test_a_negative_loading_never_becomes_a_negative_weight_in_silence():
    for loadings in ("rotated", "first", "first_linear"):
        with pytest.warns(InnoscapeWarning, match="check their direction"):
            assert (pca_weights(CORRELATED, loadings=loadings) >= 0).all()
    with pytest.warns(InnoscapeWarning, match="get weight 0: b, c"):
        found = pca_weights(CORRELATED, negative="zero")
    assert found[["b", "c"]].tolist() == [0, 0]
    assert math.fsum(found) == pytest.approx(1)
    with pytest.raises(TableError, match="negative ones for b, c; check their direction"):
        pca_weights(CORRELATED, negative="raise")


def test_turning_an_indicator_by_its_direction_mends_its_loading():
    pair = pd.DataFrame({"more": [1, 2, 3, 5], "less": [9, 7, 6, 2]})
    with pytest.warns(InnoscapeWarning, match="oppose"):
        pca_weights(pair, loadings="first")
    found = pca_weights(pair, loadings="first", direction=pd.Series({"more": 1, "less": -1}))
    assert found.tolist() == pytest.approx([0.5, 0.5])


def test_equal_eigenvalues_are_warned_of():
    apart = pd.DataFrame({"a": [0, 0, 1, 1], "b": [0, 1, 0, 1]})
    with pytest.warns(InnoscapeWarning, match="do not determine"):
        pca_weights(apart, loadings="first")


def test_perfectly_correlated_indicators_share_the_component_equally():
    same = pd.DataFrame({"a": [1, 2, 9], "b": [2, 4, 18], "c": [11, 12, 19]})
    assert pca_weights(same).tolist() == pytest.approx([1 / 3] * 3)
    assert pca_weights(same, components=0.9).tolist() == pytest.approx([1 / 3] * 3)


def test_consistent_judgements_give_back_the_weights_they_came_from():
    weights = pd.Series({"a": 0.5, "b": 0.25, "c": 0.15, "d": 0.1})
    matrix = pd.DataFrame({k: weights / weights[k] for k in weights.index})
    assert ahp_weights(matrix).to_dict() == pytest.approx(weights.to_dict())
    assert ahp_consistency(matrix) == pytest.approx(0, abs=1e-12)
    shuffled = matrix.loc[list("cadb"), list("bdca")]
    assert ahp_weights(shuffled).to_dict() == ahp_weights(matrix).to_dict()
    assert ahp_weights([[1]]).tolist() == [1]
    assert ahp_consistency([[1, 9], ["1/9", 1]]) == 0


def test_one_triangle_of_judgements_is_enough_and_rounded_reciprocals_pass():
    upper = {"a": {"b": 3, "c": "6"}, "b": {"c": 2}}
    assert ahp_weights(upper).to_dict() == pytest.approx({"a": 2 / 3, "b": 2 / 9, "c": 1 / 9})
    assert ahp_weights([[1, 3], [0.33, 1]]).tolist() == pytest.approx([0.75, 0.25], abs=0.002)


def test_every_bad_judgement_is_listed():
    with pytest.raises(TableError) as caught:
        ahp_weights([[1, 3, None, 1], [0.5, 1, -2, 1], [None, None, 1, "x"], [1, 1, 1, 1]])
    message = str(caught.value)
    assert len(caught.value.faults) == 4
    assert "3.0 and 0.5 for 0 against 1" in message
    assert "none for 0 against 2" in message
    with pytest.raises(OptionError, match="as many rows as columns"):
        ahp_weights([[1, 2, 3], [1, 1, 1]])


def test_weights_are_combined_by_name():
    a, b = pd.Series({"x": 3, "y": 1}), pd.Series({"y": 0.75, "x": 0.25})
    assert combine_weights(a, b).to_dict() == {"x": 0.5, "y": 0.5}
    assert combine_weights(a, b, how="linear", share=1).to_dict() == {"x": 0.75, "y": 0.25}
    assert combine_weights(a, b, how="geometric").to_dict() == pytest.approx({"x": 0.5, "y": 0.5})
    with pytest.raises(TableError, match="combine them linearly"):
        combine_weights(pd.Series({"x": 1, "y": 0}), pd.Series({"x": 0, "y": 1}))
    with pytest.raises(OptionError, match="differ in z"):
        combine_weights(a, pd.Series({"x": 1, "y": 1, "z": 1}))
    with pytest.raises(OptionError, match="takes none"):
        combine_weights(a, b, share=0.2)


def test_optimized_weights_attain_their_targets():
    table = CORRELATED[["d", "e", "f"]]
    found = optimize_weights(table, targets={"e": 2, "d": 1, "f": 1})
    assert found["importance"].tolist() == pytest.approx([0.25, 0.5, 0.25], abs=1e-6)
    assert found["weight"].sum() == pytest.approx(1)
    index = table.to_numpy() @ found["weight"].to_numpy()
    squares = np.array([np.corrcoef(index, table[name])[0, 1] ** 2 for name in table])
    assert (squares / squares.sum()).tolist() == pytest.approx(found["importance"].tolist())
    plain = optimize_weights(table, importance="plain")
    assert np.ptp(plain["correlation"]) < 1e-6


def test_uncorrelated_indicators_of_one_scale_get_the_roots_of_their_targets():
    apart = pd.DataFrame({"a": [0, 0, 1, 1], "b": [0, 1, 0, 1]})
    found = optimize_weights(apart, targets={"a": 0.8, "b": 0.2})
    assert found["weight"].tolist() == pytest.approx([2 / 3, 1 / 3], abs=1e-6)


def test_targets_that_no_weights_meet_are_said_so():
    twins = pd.DataFrame({"a": [0, 1, 2], "b": [0, 2, 4]})
    with pytest.warns(InnoscapeWarning, match=r"nearest leave . off by 0\.200"):
        found = optimize_weights(twins, targets={"a": 0.7, "b": 0.3})
    assert found["importance"].tolist() == pytest.approx([0.5, 0.5])
    assert optimize_weights(twins)["weight"].tolist() == pytest.approx([0.5, 0.5])
    with pytest.raises(OptionError, match="missing or unknown: b, c"):
        optimize_weights(twins, targets={"a": 1, "c": 1})


def test_rank_correlations_come_near_the_targets():
    table = CORRELATED[["d", "e", "f"]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        found = optimize_weights(table, correlation="spearman")
    equal = optimize_weights(table)
    assert np.abs(found["importance"] - 1 / 3).max() < 0.1
    assert equal["importance"].tolist() == pytest.approx([1 / 3] * 3, abs=1e-6)


PARAMETERS = {
    "ahp": {"matrices": {"index": [[1, 2, 4], [None, 1, 2], [None, None, 1]],
                         "x": [[1, 1, 2], [1, 1, 2], [0.5, 0.5, 1]],
                         "y": {"d": {"e": 3}}}},
    "combined": {"first": "given", "second": "critic", "how": "linear", "share": 0.3},
    "optimized": {"targets": "given"},
    **{name: {"on": "minmax", "shift": 0.1} for name in ("merec", "cilos", "idocriw", "gini")},
}  # fmt: skip


def weigh(name, table=CORRELATED, framework=FRAMEWORK):
    scaled = (table - table.min()) / (table.max() - table.min())
    check_weighing(name, PARAMETERS.get(name))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        return WEIGHINGS[name](scaled, table, pd.Series(1.0, table.columns), framework, **PARAMETERS.get(name, {}))


@pytest.mark.parametrize("name", WEIGHINGS)
def test_every_weighing_gives_shares_of_one(name):
    found = weigh(name)
    assert list(found.index) == list("abcdef")
    assert (found >= 0).all()
    assert math.fsum(found) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("name", WEIGHINGS)
def test_neither_row_nor_column_order_changes_a_bit_of_a_weight(name):
    before = weigh(name)
    for seed in range(3):
        rng = np.random.default_rng(seed)
        columns = list(rng.permutation(list("abcdef")))
        mixed = CORRELATED.iloc[rng.permutation(len(CORRELATED))][columns]
        framework = Framework.from_table(FRAMEWORK.table.set_index("indicator").loc[columns].reset_index())
        if name == "ahp":
            framework = FRAMEWORK
        assert weigh(name, mixed, framework)[list("abcdef")].tolist() == before.tolist()


@pytest.mark.parametrize("name", sorted(set(WEIGHINGS) - {"entropy"}))
def test_units_change_no_weight(name):
    other = CORRELATED * [0.01, 3, 1000, 7, 1, 0.5] + [5, -3, 1, 0, 2, 9]
    np.testing.assert_allclose(weigh(name, other), weigh(name), atol=1e-7)


POSITIVE = pd.DataFrame(
    {"a": [8.0, 2.5, 9.9, 4.2], "b": [420.0, 515, 130, 260], "c": [3.1, 7.4, 5.5, 1.2], "same": [2.0] * 4}
)
RAW_WEIGHTS = [merec_weights, cilos_weights, idocriw_weights, gini_weights, lopcow_weights]


@pytest.mark.parametrize("function", RAW_WEIGHTS, ids=lambda function: function.__name__)
@settings(max_examples=8, deadline=None)
@given(order=st.permutations(range(4)), scales=st.lists(st.floats(0.01, 1e4), min_size=4, max_size=4))
def test_raw_weights_hear_neither_of_units_nor_of_the_order_of_places(function, order, scales):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        before = function(POSITIVE)
        after = function(POSITIVE.iloc[list(order)] * scales)
    np.testing.assert_allclose(after, before, atol=1e-9)
    assert before["same"] == 0


@pytest.mark.parametrize("function", RAW_WEIGHTS[:2], ids=lambda function: function.__name__)
def test_values_at_zero_need_a_shift_where_quotients_are_taken(function):
    table, falling = POSITIVE.assign(a=[0.0, 1, 2, 3]), pd.Series({"a": -1, "b": 1, "c": 1, "same": 1})
    with pytest.raises(TableError, match="a value above 0, got 0 at 0"):
        function(table, direction=falling)
    with pytest.warns(InnoscapeWarning, match="same"):
        assert function(table, direction=falling, shift=0.01).sum() == pytest.approx(1)


def test_impact_losses_need_indicators_that_are_best_at_different_places():
    with pytest.raises(OptionError, match="at their best at different places"):
        cilos_weights(pd.DataFrame({"a": [1, 2, 3], "b": [2, 5, 9]}))


def test_a_shift_enters_the_shares_of_entropy():
    # min-max values 0, 0.5, 1 and 0, 0, 1, each plus 0.5
    shares = np.array([[0.5, 1, 1.5], [0.5, 0.5, 1.5]]) / np.array([[3], [2.5]])
    spread = 1 + (shares * np.log(shares)).sum(axis=1) / np.log(3)
    table = pd.DataFrame({"a": [4, 5, 6], "b": [0, 0, 9]})
    assert entropy_weights(table, shift=0.5).tolist() == pytest.approx((spread / spread.sum()).tolist())


def test_game_theory_solves_the_first_order_conditions_of_the_least_departure():
    a, b = pd.Series({"x": 0.5, "y": 0.3, "z": 0.2}), pd.Series({"x": 0.1, "y": 0.3, "z": 0.6})
    alpha = np.abs(np.linalg.solve([[a @ a, a @ b], [a @ b, b @ b]], [a @ a, b @ b]))
    expected = (alpha[0] * a + alpha[1] * b) / alpha.sum()
    assert combine_weights(a, b, how="game_theory").tolist() == pytest.approx(expected.tolist())
    assert combine_weights(a, a, how="game_theory").tolist() == pytest.approx(a.tolist())


def test_judgements_multiply_down_the_framework():
    found = weigh("ahp")
    assert found.to_dict() == pytest.approx(
        {"a": 4 / 7 * 0.4, "b": 4 / 7 * 0.4, "c": 4 / 7 * 0.2, "d": 2 / 7 * 0.75, "e": 2 / 7 * 0.25, "f": 1 / 7}
    )


@pytest.mark.parametrize(
    ("name", "parameters", "match"),
    [
        ("entropie", {}, "did you mean 'entropy'"),
        ("equal", {"on": "raw"}, "takes no parameters"),
        ("entropy", {"no": 1}, "'no'"),
        ("entropy", {"on": "row"}, "did you mean 'raw'"),
        ("critic", {"correlation": "kendall"}, "correlation"),
        ("pca", {"components": 0}, "components"),
        ("pca", {"components": True}, "components"),
        ("pca", {"loadings": "rotate"}, "did you mean 'rotated'"),
        ("ahp", {}, "one of matrix"),
        ("combined", {"first": "combined"}, "other than combined"),
        ("combined", {"how": "linear", "share": 2}, "from 0 to 1"),
        ("combined", {"second_options": {"of": 1}}, "'of'"),
        ("optimized", {"targets": "entropy"}, "targets"),
        ("entropy", {"shift": -1}, "shift: needed a finite number of at least 0"),
        ("merec", {"shift": "a"}, "shift: needed"),
        ("lopcow", {"std": "n"}, "std: needed one of"),
        ("combined", {"how": "game_theory", "share": 0.5}, "takes none"),
    ],
)
def test_a_weighing_that_cannot_work_is_refused_before_any_data(name, parameters, match):
    with pytest.raises(OptionError, match=match):
        check_weighing(name, parameters)


@pytest.mark.parametrize(
    ("matrices", "match"),
    [
        ({"index": [[1, 2, 3], [None, 1, 1], [None, None, 1]], "X": [[1]]}, "no such group: X"),
        ({"index": [[1, 2, 3], [None, 1, 1], [None, None, 1]]}, "no pairwise judgements for x, y"),
    ],
)
def test_judgements_must_cover_the_framework(matrices, match):
    with pytest.raises(OptionError, match=match):
        WEIGHINGS["ahp"](CORRELATED, CORRELATED, pd.Series(1.0, CORRELATED.columns), FRAMEWORK, matrices=matrices)
