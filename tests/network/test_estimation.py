"""Flows estimated from margins meet every constraint and stay as close to the gravity shape as they can."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog, minimize

from innoscape.data import OptionError, TableError, UnknownPlaceError
from innoscape.network import REST_OF_WORLD, estimate_flows, to_matrix


def line_costs(places):
    at = np.arange(1.0, len(places) + 1)
    return pd.DataFrame(np.abs(at[:, None] - at) + np.eye(len(places)), index=places, columns=places)


def totals(*values):
    return pd.Series(values, index=list("abcdefgh"[: len(values)]), dtype=float)


@given(st.lists(st.floats(1, 100), min_size=4, max_size=6), st.floats(0, 2), st.integers(0, 1000))
@settings(max_examples=40, deadline=None)
def test_estimates_meet_margins_and_known_sums(sent, exponent, mix):
    places = [f"p{i}" for i in range(len(sent))]
    rng = np.random.default_rng(mix)
    # margins of a table that exists, so that a solution exists
    table = np.outer(sent, rng.uniform(0.5, 2.0, len(sent)))
    np.fill_diagonal(table, 0.0)
    out, into = pd.Series(table.sum(axis=1), index=places), pd.Series(table.sum(axis=0), index=places)
    known = [("p0", ["p1", "p2"], table[0, 1:3].sum())]
    flows = estimate_flows(out, into, line_costs(places), known=known, exponent=exponent)
    found = to_matrix(flows, places)
    assert found.sum(axis=1).to_numpy() == pytest.approx(out.to_numpy(), rel=1e-6)
    assert found.sum(axis=0).to_numpy() == pytest.approx(into.to_numpy(), rel=1e-6)
    assert found.loc["p0", ["p1", "p2"]].sum() == pytest.approx(known[0][2], rel=1e-6)
    assert (flows["status"] == "estimated").all()
    assert flows.attrs["error"] <= 1e-9


def test_no_other_table_that_fits_is_closer_to_the_start():
    places = list("abcd")
    out, into, costs = totals(35, 24, 45, 12), totals(40, 23, 35, 18), line_costs(list("abcd"))
    known = [("a", ["b", "c"], 25.0), ("d", "a", 5.0)]
    found = to_matrix(estimate_flows(out, into, costs, known=known, exponent=1.3, tolerance=1e-12), places).to_numpy()
    start = np.outer(out, into) / costs.to_numpy() ** 1.3
    cells = ~np.eye(4, dtype=bool)

    def spread(x):
        table = np.zeros((4, 4))
        table[cells] = x
        return table

    def divergence(x):
        return float((x * np.log(x / start[cells]) - x).sum())

    constraints = [
        {"type": "eq", "fun": lambda x: spread(x).sum(axis=1) - out.to_numpy()},
        {"type": "eq", "fun": lambda x: (spread(x).sum(axis=0) - into.to_numpy())[:3]},
        {"type": "eq", "fun": lambda x: [spread(x)[0, 1:3].sum() - 25.0, spread(x)[3, 0] - 5.0]},
    ]
    best = minimize(
        divergence,
        np.full(12, 116 / 12),
        method="SLSQP",
        jac=lambda x: np.log(x / start[cells]),
        bounds=[(1e-9, None)] * 12,
        constraints=constraints,
        options={"maxiter": 500, "ftol": 1e-14},
    )
    assert best.success
    assert found[cells] == pytest.approx(best.x, rel=1e-4)
    assert divergence(found[cells]) <= best.fun + 1e-6


def test_without_constraints_beyond_margins_the_odds_follow_distance():
    places = list("abcd")
    margin = totals(1, 2, 3, 4)
    flat = to_matrix(estimate_flows(margin, margin, line_costs(places), exponent=0.0), places)

    def odds(t):
        return t.loc["a", "b"] * t.loc["d", "c"] / (t.loc["a", "c"] * t.loc["d", "b"])

    def of(**options):
        return odds(to_matrix(estimate_flows(margin, margin, line_costs(places), **options), places)) / odds(flat)

    # scaling rows and columns keeps odds ratios: costs 1 and 1 against 2 and 2
    assert of(exponent=1.0) == pytest.approx(4.0)
    assert of(decay="exponential", rate=0.5) == pytest.approx(np.exp(1.0))
    assert of(decay="tanner", exponent=1.0, rate=0.5) == pytest.approx(4.0 * np.exp(1.0))
    assert of(decay="none") == pytest.approx(1.0)


def test_with_the_diagonal_and_no_decay_the_answer_is_the_product_of_the_margins():
    out, into = totals(1, 2, 3), totals(2, 2, 2)
    flows = estimate_flows(out, into, line_costs(list("abc")), decay="none", diagonal=True)
    assert to_matrix(flows, "abc").to_numpy() == pytest.approx(np.outer(out, into) / 6)


def test_scaling_costs_changes_nothing_under_a_power_decay():
    out, into, costs = totals(3, 2, 3), totals(2, 3, 3), line_costs(list("abc"))
    one, two = (estimate_flows(out, into, c, exponent=1.5)["value"] for c in (costs, costs * 1000))
    assert one.to_numpy() == pytest.approx(two.to_numpy())


def test_pairs_far_beyond_the_reach_of_a_decay_still_take_what_has_no_other_way():
    # two near pairs of places, 5,000 apart; one unit has to cross
    at = pd.Series([0.0, 1.0, 5000.0, 5001.0], index=list("abcd"))
    costs = pd.DataFrame(np.abs(at.to_numpy()[:, None] - at.to_numpy()) + np.eye(4), index=at.index, columns=at.index)
    flows = estimate_flows(totals(2, 1, 1, 1), totals(1, 1, 1, 2), costs, decay="exponential", rate=1.0)
    found = to_matrix(flows, "abcd")
    assert found.loc[["a", "b"], ["c", "d"]].to_numpy().sum() == pytest.approx(1.0)
    assert found.loc[["c", "d"], ["a", "b"]].to_numpy().sum() == pytest.approx(0.0, abs=1e-6)


def test_zeros_and_known_cells_hold():
    places = list("abcd")
    margin = totals(4, 4, 4, 4)
    flows = estimate_flows(
        margin, margin, line_costs(places), zeros=[("a", ["b"])], known=[("b", "a", 2.0), (["c"], "d", 0.0)]
    )
    found = to_matrix(flows, places)
    assert (found.loc["a", "b"], found.loc["c", "d"]) == (0.0, 0.0)
    assert found.loc["b", "a"] == pytest.approx(2.0)
    assert found.sum().to_numpy() == pytest.approx(margin.to_numpy())


def test_one_margin_can_be_scaled_to_the_other():
    out, into, costs = totals(2, 2, 2), totals(4, 4, 4), line_costs(list("abc"))
    taken = estimate_flows(out, into, costs, balance="scale_in")
    assert taken["value"].sum() == pytest.approx(6.0)
    assert taken.attrs["scale"] == 0.5
    sent = estimate_flows(out, into, costs, balance="scale_out")
    assert sent["value"].sum() == pytest.approx(12.0)
    assert sent.attrs["scale"] == 2.0


def test_the_rest_of_the_world_takes_what_the_places_do_not():
    out, into, costs = totals(4, 4, 4), totals(2, 3, 4), line_costs(list("abc"))
    found = to_matrix(estimate_flows(out, into, costs, balance="rest_of_world"), [*"abc", REST_OF_WORLD])
    assert found[REST_OF_WORLD].sum() == pytest.approx(3.0)
    assert found.loc[REST_OF_WORLD].sum() == 0
    whole = to_matrix(
        estimate_flows(out, into, costs, balance="rest_of_world", total=15, diagonal=True), [*"abc", REST_OF_WORLD]
    )
    assert whole[REST_OF_WORLD].sum() == pytest.approx(6.0)
    assert whole.loc[REST_OF_WORLD].sum() == pytest.approx(3.0)
    assert whole.loc[REST_OF_WORLD, REST_OF_WORLD] == 0
    assert whole.to_numpy().sum() == pytest.approx(15.0)
    # a known sum may name it
    fixed = estimate_flows(out, into, costs, balance="rest_of_world", known=[("a", REST_OF_WORLD, 2.0)])
    assert to_matrix(fixed, [*"abc", REST_OF_WORLD]).loc["a", REST_OF_WORLD] == pytest.approx(2.0)


def test_the_distance_of_the_rest_of_the_world_does_not_matter():
    out, into = totals(4, 4, 4), totals(2, 3, 4)
    costs = line_costs(list("abc"))
    flows = estimate_flows(out, into, costs, balance="rest_of_world", tolerance=1e-12)
    for distance in (0.01, 100.0):
        wide = costs.reindex(index=[*"abc", "w"], columns=[*"abc", "w"], fill_value=distance)
        explicit = estimate_flows(
            pd.concat([out, pd.Series({"w": 0.0})]), pd.concat([into, pd.Series({"w": 3.0})]), wide, tolerance=1e-12
        )
        assert explicit["value"].to_numpy() == pytest.approx(flows["value"].to_numpy())


def test_sums_that_differ_by_rounding_are_scaled():
    out, into = totals(4, 4, 4), totals(4, 4, 4 + 1e-6)
    flows = estimate_flows(out, into, line_costs(list("abc")))
    assert flows["value"].sum() == pytest.approx(12.0, rel=1e-12)
    assert flows.attrs["scale"] != 1.0


def test_rows_may_come_in_any_order():
    out, into, costs = totals(3, 2, 3), totals(2, 3, 3), line_costs(list("abc"))
    one = estimate_flows(out, into, costs)
    two = estimate_flows(out[["c", "a", "b"]], into[["b", "c", "a"]], costs.loc[["b", "a", "c"], ["c", "b", "a"]])
    pd.testing.assert_frame_equal(one, two)


def test_keys_may_be_numbers():
    margin = pd.Series(4.0, index=[1, 2, 3])
    costs = pd.DataFrame(1.0, index=[1, 2, 3], columns=[1, 2, 3])
    flows = estimate_flows(margin, margin, costs, known=[(1, 2, 1.0)])
    assert flows.loc[0, "value"] == pytest.approx(1.0)


def test_margins_that_do_not_add_up_are_refused_with_the_difference():
    one = totals(1, 1, 1)
    with pytest.raises(OptionError, match=r"add up to the same; they differ by -3.*rest_of_world"):
        estimate_flows(one, one * 2, line_costs(list("abc")))


def test_a_contradiction_is_named_with_the_smallest_change_that_mends_it():
    places, one = line_costs(list("abc")), totals(1, 1, 1)
    with pytest.raises(OptionError, match=r"do not agree; .* the known flow a -> b from 5 to 1 \(-4\)"):
        estimate_flows(one, one, places, known=[("a", "b", 5.0)], max_iterations=50)
    # what a sends has no room at the others
    with pytest.raises(OptionError, match="do not agree") as caught:
        estimate_flows(totals(8, 1, 1), totals(4, 3, 3), places)
    assert "what a sends from 8 to 6 (-2)" in str(caught.value)
    assert "what a receives from 4 to 2 (-2)" in str(caught.value)
    with pytest.raises(OptionError, match="what a sends"):
        estimate_flows(one, one, places, zeros=[("a", ["b", "c"])])


def test_a_contradiction_in_a_large_table_is_named_too(monkeypatch):
    places = [f"p{i:03d}" for i in range(210)]
    margin = pd.Series(1.0, index=places)
    costs = pd.DataFrame(1.0, index=places, columns=places)
    with pytest.raises(OptionError, match=r"the known flow p000 -> p001 from 5 to 1 \(-4\)"):
        estimate_flows(margin, margin, costs, known=[("p000", "p001", 5.0)])
    # beyond what is solved, what stands in the way is named without the change
    monkeypatch.setattr("innoscape.network.flows.constraints._SOLVABLE", 10)
    with pytest.raises(OptionError, match="what p000 sends is 1, below 5; what p001 receives is 1, below 5"):
        estimate_flows(margin, margin, costs, known=[("p000", "p001", 5.0)])
    with pytest.raises(OptionError, match="furthest off: what a sends is 0 instead of 1"):
        estimate_flows(totals(1, 1, 1), totals(1, 1, 1), line_costs(list("abc")) * np.inf, known=[("a", "b", 0.0)])


def test_cells_that_no_table_can_fill_are_empty():
    # a sends exactly what the others receive, so nothing is left for b -> c and c -> b
    out, into = totals(6, 2, 2), totals(4, 3, 3)
    found = estimate_flows(out, into, line_costs(list("abc")))
    assert found["value"].tolist() == pytest.approx([3, 3, 2, 2])
    exact = estimate_flows(out, into, line_costs(list("abc")), zeros=[("b", "c"), ("c", "b")])
    assert exact["value"].tolist() == pytest.approx([3, 3, 2, 2])


@pytest.mark.parametrize("size", [1e-300, 1e-12, 1e12, 1e300])
def test_totals_of_any_size_give_the_same_table(size):
    out, into, costs = totals(6, 2, 2), totals(3, 3, 4), line_costs(list("abc"))
    one, two = (estimate_flows(out * s, into * s, costs)["value"].to_numpy() for s in (1.0, size))
    assert two / size == pytest.approx(one)
    with pytest.raises(OptionError, match="add up to the same"):
        estimate_flows(out * size, into * (2 * size), costs)


def test_a_tiny_total_without_a_way_is_named_beside_large_ones():
    out, into = totals(1e9, 1e-6, 1e9), totals(1e9 + 1e-6, 1e9, 0)
    with pytest.raises(OptionError, match=r"what b sends from 1e-06 to 0 \(-1e-06\)"):
        estimate_flows(out, into, line_costs(list("abc")), zeros=[("b", ["a", "c"])], diagonal=False)
    # a place that sends nothing cannot send a little either
    with pytest.raises(OptionError, match=r"the known flow b -> a from 0\.5 to 0"):
        estimate_flows(totals(1e9, 0, 1e9), totals(1e9, 5e8, 5e8), line_costs(list("abc")), known=[("b", "a", 0.5)])


@pytest.mark.parametrize("options", [{"exponent": 300.0}, {"decay": "exponential", "rate": 1e6}])
def test_the_steepest_decay_is_met_and_costs_least(options):
    rng = np.random.default_rng(3)
    places = [f"p{i}" for i in range(8)]
    at = rng.uniform(0, 100, (8, 2))
    cost = np.hypot(*(at[:, None] - at).transpose(2, 0, 1)) + 7 * np.eye(8)
    out, into = rng.uniform(1, 9, 8), rng.uniform(1, 9, 8)
    into *= out.sum() / into.sum()
    flows = estimate_flows(
        pd.Series(out, index=places),
        pd.Series(into, index=places),
        pd.DataFrame(cost, index=places, columns=places),
        diagonal=True,
        **options,
    )
    found = to_matrix(flows, places).to_numpy()
    assert found.sum(axis=1) == pytest.approx(out, rel=1e-6)
    assert found.sum(axis=0) == pytest.approx(into, rel=1e-6)
    # in the limit of a steep decay the table is that of least cost, here of the logarithm of the distance or of itself
    price = np.log(cost) if "exponent" in options else cost
    sums = np.vstack([np.kron(np.eye(8), np.ones(8)), np.kron(np.ones(8), np.eye(8))])
    least = linprog(price.ravel(), A_eq=sums, b_eq=np.r_[out, into], method="highs").fun
    assert float((price * found).sum()) == pytest.approx(least, rel=2e-3)


def test_a_total_beyond_what_places_reach_needs_flows_inside_the_rest_of_the_world():
    out, into, costs = totals(4, 4, 4), totals(2, 3, 4), line_costs(list("abc"))
    with pytest.raises(OptionError, match=r"total \(60\) is above .* receive \(21\).*rest_within=True"):
        estimate_flows(out, into, costs, balance="rest_of_world", total=60)
    flows = estimate_flows(out, into, costs, balance="rest_of_world", total=60, rest_within=True)
    found = to_matrix(flows, [*"abc", REST_OF_WORLD])
    assert found.to_numpy().sum() == pytest.approx(60.0)
    assert found.loc[REST_OF_WORLD].sum() == pytest.approx(48.0)
    assert found.loc[REST_OF_WORLD, REST_OF_WORLD] >= 60 - 21
    assert found.sum(axis=1)[list("abc")].tolist() == pytest.approx([4, 4, 4])


@pytest.mark.parametrize("balance", ["scale_in", "scale_out"])
@pytest.mark.parametrize(("sent", "received"), [(1.0, 0.0), (0.0, 1.0)])
def test_nothing_cannot_be_scaled_to_something(balance, sent, received):
    one = totals(1, 1, 1)
    with pytest.raises(OptionError, match="no factor scales"):
        estimate_flows(one * sent, one * received, line_costs(list("abc")), balance=balance)
    assert estimate_flows(one * 0, one * 0, line_costs(list("abc")), balance=balance).empty


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"decay": "linear"}, OptionError, "decay: needed one of"),
        ({"balance": "scale"}, OptionError, "did you mean 'scale_in'"),
        ({"rate": -1.0}, OptionError, "rate at least 0"),
        ({"total": 9.0}, OptionError, "needs balance"),
        ({"known": [("z", "b", 0.5)]}, UnknownPlaceError, "known: no such place: 'z'"),
        ({"known": [("a", "b", -1.0)]}, OptionError, "at least 0"),
        ({"known": [("a", 5, 0.5)]}, UnknownPlaceError, "no such place: 5"),
        ({"known": [("a", "b", "some")]}, OptionError, "must be numbers"),
        ({"known": [("a", "b")]}, OptionError, "known must list"),
        ({"zeros": [("a", "z")]}, UnknownPlaceError, "zeros: no such place: 'z'"),
        ({"zeros": [("a", "b", 0.0)]}, OptionError, "zeros must list"),
        ({"balance": "rest_of_world", "total": 2.0}, OptionError, "below what the places send"),
    ],
)
def test_options_outside_what_is_possible_are_refused(options, error, message):
    one = totals(1, 1, 1)
    with pytest.raises(error, match=message):
        estimate_flows(one, one, line_costs(list("abc")), **options)


def test_totals_and_costs_must_fit_together():
    one, costs = totals(1, 1, 1), line_costs(list("abc"))
    with pytest.raises(UnknownPlaceError, match=r"out_totals: no such place: 'c'.*in_totals: no such place: 'c'"):
        estimate_flows(one, one, costs.loc[["a", "b"], ["a", "b"]])
    with pytest.raises(TableError, match="none for c"):
        estimate_flows(one, one, costs.loc[:, ["a", "b"]])
    with pytest.raises(OptionError, match="same places; only one names c"):
        estimate_flows(one, one[["a", "b"]], costs)
    with pytest.raises(OptionError, match="every place once"):
        estimate_flows(pd.concat([one, one]), one, costs)
    with pytest.raises(OptionError, match="at least 0"):
        estimate_flows(-one, -one, costs)
    with pytest.raises(OptionError, match="in_totals must be finite totals of at least 0, got nan for b"):
        estimate_flows(one, one.where(one.index != "b"), costs)
    with pytest.raises(OptionError, match="out_totals must be numbers"):
        estimate_flows(one.astype(str) + " yuan", one, costs)
    with pytest.raises(OptionError, match="must be a Series indexed by place, got dict"):
        estimate_flows(one.to_dict(), one, costs)
    with pytest.raises(TableError, match="every place once, as a row"):
        estimate_flows(one, one, pd.concat([costs, costs]))
    with pytest.raises(TableError, match="positive numbers"):
        estimate_flows(one, one, costs * 0)
    with pytest.raises(TableError, match="to itself"):
        estimate_flows(one, one, costs - np.eye(3), diagonal=True)
    rest = pd.Series(1.0, index=["a", "b", REST_OF_WORLD])
    wide = pd.DataFrame(1.0, index=rest.index, columns=rest.index)
    with pytest.raises(OptionError, match="already named"):
        estimate_flows(rest, rest, wide, balance="rest_of_world")
