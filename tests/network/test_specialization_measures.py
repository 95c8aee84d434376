"""Quotients with given totals, growth of quotients, co-occurrence and entries on tables worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import Budget, InnoscapeWarning, OptionError, SizeError, TableError
from innoscape.network import (
    co_occurrence,
    complexity,
    dynamic_location_quotient,
    fit_entry,
    fitness_complexity,
    location_quotient,
    relatedness,
)

TABLE = pd.DataFrame({"chips": [30.0, 10.0], "drugs": [10.0, 50.0]}, index=["A", "B"])


def test_totals_may_exceed_the_sum_of_the_parts():
    found = location_quotient(
        TABLE,
        place_totals=pd.Series({"B": 120, "A": 80}),
        class_totals=pd.Series({"chips": 60, "drugs": 90}),
        total=300,
    )
    assert found.loc["A", "chips"] == pytest.approx((30 / 80) / (60 / 300))
    assert found.loc["B", "drugs"] == pytest.approx((50 / 120) / (90 / 300))
    own = location_quotient(TABLE, place_totals=TABLE.sum(axis=1), class_totals=TABLE.sum())
    pd.testing.assert_frame_equal(own, location_quotient(TABLE))


def test_wrong_totals_are_all_named_at_once():
    with pytest.raises(OptionError, match=r"place_totals: .*less for A.*\n?.*class_totals: .*none for drugs"):
        location_quotient(TABLE, place_totals=pd.Series({"A": 5, "B": 90}), class_totals=pd.Series({"chips": 60}))
    with pytest.raises(OptionError, match="total: needed, since"):
        location_quotient(TABLE, place_totals=pd.Series({"A": 50, "B": 90}), class_totals=TABLE.sum())
    with pytest.raises(OptionError, match="total: needed at least the 100"):
        location_quotient(TABLE, total=90)


def test_a_dynamic_quotient_is_the_ratio_of_growth_factors():
    after = pd.DataFrame({"chips": [60.0, 10.0], "drugs": [10.0, 80.0]}, index=["A", "B"])
    found = dynamic_location_quotient(TABLE, after)
    assert found.loc["A", "chips"] == pytest.approx((60 / 30 / (70 / 40)) / (70 / 40 / (160 / 100)))
    yearly = dynamic_location_quotient(TABLE, after, periods=4, form="annual")
    assert yearly.loc["A", "chips"] ** 4 == pytest.approx(found.loc["A", "chips"])
    with pytest.raises(OptionError, match="periods: has no part"):
        dynamic_location_quotient(TABLE, after, periods=4)
    with pytest.raises(TableError, match="places and classes of before"):
        dynamic_location_quotient(TABLE, after.drop(index="B"))


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000))
def test_fitness_and_co_occurrence_do_not_depend_on_order_or_units(seed):
    draw = np.random.default_rng(seed)
    table = pd.DataFrame(draw.integers(0, 9, (5, 6)) + np.eye(5, 6), list("ABCDE"), list("uvwxyz"))
    mixed = table.iloc[draw.permutation(5), draw.permutation(6)] * 7.0
    one, two = (fitness_complexity(each, iterations=30, tolerance=0) for each in (table, mixed))
    pd.testing.assert_frame_equal(one.places, two.places)
    assert one.places["fitness"].mean() == pytest.approx(1)
    together = co_occurrence(table, diagonal=True)
    assert np.diag(together).tolist() == complexity_counts(table)
    pd.testing.assert_frame_equal(co_occurrence(mixed).loc[table.columns, table.columns], co_occurrence(table))
    assert (together.to_numpy() == together.to_numpy().T).all()


def complexity_counts(table):
    return location_quotient(table, threshold=1.0).sum().tolist()


def test_amounts_occur_together_as_in_econgeo():
    counts = pd.DataFrame({"a": [2, 0], "b": [3, 1]}, index=["P", "Q"])
    assert co_occurrence(counts, threshold=None, amounts=True).loc["a", "b"] == 6
    with pytest.raises(OptionError, match="amounts: needed threshold=None"):
        co_occurrence(counts, amounts=True)


def test_minimum_probability_of_co_occurrences():
    has = pd.DataFrame({"a": [1, 1, 0], "b": [1, 1, 1], "c": [0, 0, 1]}, index=list("PQR"))
    assert relatedness(has, method="proximity", totals="cooccurrence", threshold=None).loc["a", "b"] == 2 / 3


def test_rounds_that_run_out_are_told():
    has = pd.DataFrame({"a": [1, 1, 1], "b": [1, 1, 0], "c": [1, 0, 0]}, index=list("PQR"))
    with pytest.warns(InnoscapeWarning, match="fitness still changed"):
        fitness_complexity(has, threshold=None, iterations=5)


def test_entries_leave_out_what_an_effect_alone_explains():
    draw = np.random.default_rng(2)
    old = pd.DataFrame(draw.integers(0, 2, (12, 9))).add_prefix("c")
    new = old.where(draw.uniform(size=old.shape) < 0.7, 1 - old)
    new.iloc[0] = old.iloc[0]
    found = fit_entry({1: old, 2: new}, threshold=None, effects=["place"])
    assert 0 not in set(found.rows["place"])
    assert found.counts["given"] == found.counts[["no_density", "settled", "used"]].sum()
    turned = fit_entry({2: new[new.columns[::-1]], 1: old[old.columns[::-1]]}, threshold=None, effects=["place"])
    pd.testing.assert_frame_equal(found.coefficients, turned.coefficients)
    with pytest.raises(OptionError, match="at least two periods"):
        fit_entry({1: old}, threshold=None)
    with pytest.raises(OptionError, match="events in"):
        fit_entry({1: old, 2: old}, threshold=None)
    with pytest.raises(OptionError, match="effects: needed"):
        fit_entry({1: old, 2: new}, threshold=None, effects=["region"])


def test_covariates_have_names_and_numbers_of_their_own():
    old = pd.DataFrame(np.eye(4), list("ABCD"), list("wxyz"))
    tables = {1: old, 2: 1 - old}
    with pytest.raises(OptionError, match="covariates: needed names of their own, got event"):
        fit_entry(tables, threshold=None, covariates={"event": old})
    with pytest.raises(TableError, match="numbers only"):
        fit_entry(tables, threshold=None, covariates={"border": old.astype(str) + " km"})


def test_effects_that_would_fill_memory_are_refused():
    draw = np.random.default_rng(2)
    old = pd.DataFrame(draw.integers(0, 2, (12, 9))).add_prefix("c")
    new = old.where(draw.uniform(size=old.shape) < 0.7, 1 - old)
    with Budget(memory="1 kB"), pytest.raises(SizeError, match="effects would take about"):
        fit_entry({1: old, 2: new}, threshold=None, effects=["place", "class"])


def test_eigenvector_refuses_rounds():
    with pytest.raises(OptionError, match="iterations: has no part"):
        complexity(TABLE, iterations=4)
