"""Gravity models keep the laws that hold for every fit: of totals, scale, order, names and threads."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import APART, COSTS, FLOWS, MASS, PLACES, fit, tidy_flows, world

from innoscape.network import estimate_flows, fit_gravity


@pytest.mark.parametrize("constraint", ["production", "attraction", "double"])
@pytest.mark.parametrize("decay", ["power", "exponential", "tanner"])
def test_constrained_means_and_predictions_meet_their_totals(constraint, decay):
    found = fit(constraint, decay=decay)
    predicted = found.predict().pivot_table("value", "source", "target", fill_value=0.0)
    shorter = found.predict(costs=COSTS**0.5).pivot_table("value", "source", "target", fill_value=0.0)
    for table in (found.expected.fillna(0.0), predicted, shorter):
        if constraint != "attraction":
            assert table.sum(axis=1).to_numpy() == pytest.approx(FLOWS.sum(axis=1).to_numpy(), rel=1e-10)
        if constraint != "production":
            assert table.sum(axis=0).to_numpy() == pytest.approx(FLOWS.sum(axis=0).to_numpy(), rel=1e-10)
    assert predicted.to_numpy() == pytest.approx(found.expected.fillna(0.0).to_numpy(), rel=1e-9)
    assert np.abs(shorter - predicted).to_numpy().max() > 0.5


def test_a_doubly_constrained_fit_is_the_balanced_table_of_its_exponent():
    found = fit()
    balanced = estimate_flows(
        FLOWS.sum(axis=1), FLOWS.sum(axis=0), COSTS, exponent=found.exponent, tolerance=1e-12
    ).pivot_table("value", "source", "target", fill_value=0.0)
    assert found.expected.fillna(0.0).to_numpy() == pytest.approx(balanced.to_numpy(), rel=1e-8)
    assert found.rate == 0.0


@given(st.floats(1e-3, 1e6), st.sampled_from(["none", "production", "attraction", "double"]))
@settings(max_examples=20, deadline=None)
def test_scaling_flows_changes_constants_only(factor, constraint):
    found, scaled = fit(constraint), fit(constraint, flows=FLOWS * factor)
    a, b = (f.coefficients.set_index("variable") for f in (found, scaled))
    slopes = [v for v in a.index if v != "constant"]
    assert b.loc[slopes, "estimate"].to_numpy() == pytest.approx(a.loc[slopes, "estimate"].to_numpy(), abs=1e-9)
    assert b["standard_error"].to_numpy() == pytest.approx(a["standard_error"].to_numpy(), rel=1e-7)
    assert scaled.fit[["d2", "cpc", "srmse"]].to_numpy() == pytest.approx(found.fit[["d2", "cpc", "srmse"]].to_numpy())
    if constraint == "none":
        gain = b.loc["constant", "estimate"] - a.loc["constant", "estimate"]
        assert gain == pytest.approx(np.log(factor), abs=1e-8)


@given(st.permutations(range(8)), st.sampled_from(["none", "production", "attraction", "double"]))
@settings(max_examples=20, deadline=None)
def test_order_of_rows_changes_no_bit_and_names_are_only_names(order, constraint):
    found = fit(constraint)
    table = tidy_flows(FLOWS).sample(frac=1.0, random_state=order[0]).reset_index(drop=True)
    mixed = [PLACES[i] for i in order]
    shuffled = fit_gravity(
        table,
        COSTS.loc[mixed, mixed[::-1]],
        mass=None if constraint == "double" else MASS[mixed],
        constraint=constraint,
    )
    pd.testing.assert_frame_equal(shuffled.coefficients, found.coefficients, check_exact=True)
    pd.testing.assert_frame_equal(shuffled.expected, found.expected, check_exact=True)
    # other names put the places in another order: the same up to rounding
    names = dict(zip(PLACES, (f"z{i}" for i in order), strict=True))
    named = fit_gravity(
        FLOWS.rename(index=names, columns=names),
        COSTS.rename(index=names, columns=names),
        mass=None if constraint == "double" else MASS.rename(names),
        constraint=constraint,
    )
    assert named.coefficients["estimate"].to_numpy() == pytest.approx(
        found.coefficients["estimate"].to_numpy(), abs=1e-10
    )


def test_rows_of_one_pair_are_summed_whatever_their_order():
    table = pd.concat([tidy_flows(FLOWS * share) for share in (0.1, 0.2, 0.7)])
    a = fit(flows=table.sample(frac=1.0, random_state=1))
    b = fit(flows=table.sample(frac=1.0, random_state=2))
    assert a.observed.to_numpy() == pytest.approx(np.where(APART, FLOWS, np.nan), nan_ok=True)
    pd.testing.assert_frame_equal(a.coefficients, b.coefficients, check_exact=True)


def test_turning_the_table_swaps_the_sides():
    production = fit_gravity(FLOWS, COSTS, destination_mass=MASS, constraint="production")
    attraction = fit_gravity(FLOWS.T, COSTS.T, origin_mass=MASS, constraint="attraction")
    assert attraction.coefficients["estimate"].to_numpy() == pytest.approx(
        production.coefficients["estimate"].to_numpy(), abs=1e-10
    )
    assert attraction.effects["effect"].to_numpy() == pytest.approx(production.effects["effect"].to_numpy(), abs=1e-9)


def test_the_size_of_the_table_and_threads_change_no_value(monkeypatch):
    from innoscape.network.gravity import poisson as _poisson

    # large enough for a first guess from a coarser table, and for threads
    flows, costs, _ = world(460, 2)
    found = fit_gravity(flows, costs, constraint="double", decay="tanner")
    measures = found.fit
    assert found.expected.sum(axis=1).to_numpy() == pytest.approx(
        flows.to_numpy().sum(axis=1) - np.diag(flows), rel=1e-10
    )
    assert found.exponent == pytest.approx(1.1, abs=4 * found.coefficients["standard_error"][0])
    monkeypatch.setattr(_poisson, "_THREADS", 1)
    alone = fit_gravity(flows, costs, constraint="double", decay="tanner")
    pd.testing.assert_frame_equal(alone.coefficients, found.coefficients, check_exact=True)
    pd.testing.assert_series_equal(alone.fit, measures, check_exact=True)
    monkeypatch.setattr(_poisson, "_COARSE", 10_000)
    unguessed = fit_gravity(flows, costs, constraint="double", decay="tanner")
    assert unguessed.coefficients["estimate"].to_numpy() == pytest.approx(
        found.coefficients["estimate"].to_numpy(), abs=1e-9
    )
    assert found.iterations < unguessed.iterations


def test_proportional_fitting_brings_columns_near_their_totals():
    from innoscape.network.gravity import poisson as _poisson

    terms = fit()._terms
    solver = _poisson._Solver(terms.model, free=True)
    columns = np.log(solver.column_totals)
    before = solver.sweep(terms.fit.theta, columns)
    after = solver.sweep(terms.fit.theta, solver.balanced(before, columns))
    assert 0.0 < 100 * solver.residue(after) < solver.residue(before)
    assert after.row_sums[0] == pytest.approx(FLOWS.sum(axis=1).to_numpy())


def test_scaling_costs_leaves_a_power_decay_and_divides_a_rate():
    assert fit(costs=COSTS * 1000).exponent == pytest.approx(fit().exponent, abs=1e-10)
    assert fit(costs=COSTS * 1000, decay="exponential").rate == pytest.approx(
        fit(decay="exponential").rate / 1000, rel=1e-9
    )
