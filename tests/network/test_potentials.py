"""Flows assumed from masses and costs follow their formulas and are held against what was seen."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from samples import COSTS, FLOWS, MASS, PLACES, tidy_flows

from innoscape.data import OptionError, TableError
from innoscape.network import compare_flows, fit_gravity, modified_gravity, radiation
from innoscape.network.flows.graphs import ordered
from innoscape.network.gravity import poisson as _poisson


def test_radiation_follows_its_formula():
    rng = np.random.default_rng(3)
    mass, out = rng.uniform(1, 9, 8), rng.uniform(1, 9, 8)
    costs = pd.DataFrame(rng.uniform(1, 9, (8, 8)), index=PLACES, columns=PLACES)
    found = radiation(pd.Series(out, PLACES), pd.Series(mass, PLACES), costs).set_index(["source", "target"])["value"]
    cost = costs.to_numpy()
    for i in range(8):
        for j in set(range(8)) - {i}:
            s = sum(mass[k] for k in range(8) if k not in {i, j} and cost[i, k] < cost[i, j])
            by_hand = out[i] * mass[i] * mass[j] / ((mass[i] + s) * (mass[i] + mass[j] + s))
            assert found[(PLACES[i], PLACES[j])] == pytest.approx(by_hand, rel=1e-12)
    sums = found.groupby(level=0).sum()
    assert sums.to_numpy() == pytest.approx(out * (1 - mass / mass.sum()))
    whole = radiation(pd.Series(out, PLACES), pd.Series(mass, PLACES), costs, finite=True)
    assert whole.groupby("source")["value"].sum().to_numpy() == pytest.approx(out)
    order = radiation(pd.Series(out, PLACES), pd.Series(mass, PLACES), np.exp(costs))
    assert order["value"].tolist() == found.tolist()


def test_radiation_shares_rings_and_takes_places_without_mass():
    places = list("abcd")
    costs = pd.DataFrame(1.0, index=places, columns=places)
    out, mass = pd.Series(12.0, places), pd.Series([2.0, 1.0, 3.0, 0.0], places)
    found = radiation(out, mass, costs).set_index(["source", "target"])["value"]
    # a absorbs 2 / 6 itself; the ring of mass 4 takes the rest in proportion
    assert found["a"].tolist() == pytest.approx([2.0, 6.0, 0.0])
    assert found["d"].tolist() == pytest.approx([4.0, 2.0, 6.0])
    alone = radiation(out, pd.Series([5.0, 0, 0, 0], places), costs, finite=True)
    assert (alone.loc[alone["source"] == "a", "value"] == 0).all()
    two = radiation(out[:2], pd.Series([1.0, 3.0], places[:2]), costs.iloc[:2, :2])
    assert two["value"].tolist() == pytest.approx([9.0, 3.0])
    with pytest.raises(OptionError, match="got none for d"):
        radiation(out[:3], mass, costs)
    with pytest.raises(OptionError, match="at least 0"):
        radiation(out, -mass, costs)
    with pytest.raises(TableError, match="finite"):
        radiation(out, mass, costs * np.nan)


def test_threads_change_no_bit_of_radiation(monkeypatch):
    rng = np.random.default_rng(5)
    # rounded, so that rings hold several places
    costs = pd.DataFrame(rng.uniform(1, 9, (200, 200)).round(1))
    mass, out = pd.Series(rng.uniform(1, 9, 200)), pd.Series(rng.uniform(1, 9, 200))
    found = []
    for threads in (1, 3):
        monkeypatch.setattr(_poisson, "_WIDE", 1)
        monkeypatch.setattr(_poisson, "_THREADS", threads)
        found.append(radiation(out, mass, costs))
    pd.testing.assert_frame_equal(*found, check_exact=True)
    assert found[0].groupby("source")["value"].sum().to_numpy() == pytest.approx(out * (1 - mass / mass.sum()))


@pytest.mark.parametrize("names", [["b"], ["b", "a"], ["北京", "c", "", "Xi'an"], [3, 1, 2], [2, "b", 1]], ids=repr)
def test_flow_tables_name_every_ordered_pair_in_order(names):
    costs = pd.DataFrame(np.arange(1.0, len(names) ** 2 + 1).reshape(len(names), -1), index=names, columns=names)
    # an exponent of -1 and masses of 1 give the cost back
    found = modified_gravity(pd.Series(1.0, names), costs, k=1.0, exponent=-1.0)
    order = ordered(names)
    assert list(zip(found["source"], found["target"], strict=True)) == list(permutations(order, 2))
    assert found["value"].tolist() == [costs.loc[a, b] for a, b in permutations(order, 2)]
    assert (found["status"] == "assumed").all()
    assert found.dtypes[["source", "target"]].tolist() == [pd.Index(order).dtype] * 2


def test_modified_gravity_follows_its_formula():
    tie = modified_gravity(MASS, COSTS, exponent=1.5).set_index(["source", "target"])["value"]
    assert tie[("a", "c")] == pytest.approx(9 / 14 * 45 / 2.5**1.5)
    plain = modified_gravity(MASS, COSTS, exponent=1.5, k=1.0).set_index(["source", "target"])["value"]
    assert tie[("a", "c")] + tie[("c", "a")] == pytest.approx(plain[("a", "c")])
    assert plain[("a", "c")] == plain[("c", "a")]
    table = pd.DataFrame(2.0, index=PLACES, columns=PLACES)
    assert modified_gravity(MASS, COSTS, k=table)["value"].tolist() == pytest.approx(
        (2 * modified_gravity(MASS, COSTS, k=1.0)["value"]).tolist()
    )
    doubled = modified_gravity(MASS, 2 * COSTS, exponent=1.5)["value"]
    assert doubled.to_numpy() == pytest.approx(tie.to_numpy() / 2**1.5)


def test_modified_gravity_takes_means_of_masses_and_economic_distance():
    masses = pd.DataFrame({"gdp": MASS, "people": 2 * MASS, "receipts": 4 * MASS})
    income = pd.Series(np.arange(8.0) // 2, index=PLACES)
    found = modified_gravity(masses, COSTS, income=income).set_index(["source", "target"])["value"]
    assert found[("a", "b")] == 0.0
    assert found[("a", "c")] == pytest.approx(9 / 14 * 2 * 9 * 2 * 5 / (2.5 / 1.0) ** 2)
    shared = modified_gravity(masses, COSTS, share_of=MASS * 0 + 1).set_index(["source", "target"])["value"]
    assert shared[("a", "c")] == pytest.approx(0.5 * 2 * 9 * 2 * 5 / 2.5**2)
    for options, message in (
        ({"k": "shares"}, "did you mean"),
        ({"k": -1.0}, "at least 0"),
        ({"share_of": MASS - 1}, "positive"),
    ):
        with pytest.raises(OptionError, match=message):
            modified_gravity(MASS, COSTS, **options)


def test_the_assumption_of_modified_gravity_shows_against_what_was_seen():
    assumed = modified_gravity(MASS, COSTS)
    estimated = fit_gravity(FLOWS, COSTS, mass=MASS).predict()
    far, near = (compare_flows(t, FLOWS, rescale=True) for t in (assumed, estimated))
    assert far["cpc"] < 0.8 < near["cpc"]
    # the exponent that the flows show is half of the assumed 2
    assert fit_gravity(FLOWS, COSTS, mass=MASS).exponent == pytest.approx(0.956, abs=0.001)


def test_equal_tables_agree_fully_and_constant_ones_do_not_correlate():
    same = compare_flows(tidy_flows(FLOWS), FLOWS)
    assert same[["cpc", "srmse", "spearman", "pearson", "r2", "r2_equal", "scale"]].tolist() == pytest.approx(
        [1, 0, 1, 1, 1, 1, 1]
    )
    constant = compare_flows(FLOWS * 0 + 3.0, FLOWS)
    assert np.isnan(constant["spearman"])
    scaled = compare_flows(FLOWS * 5, FLOWS, rescale=True)
    assert scaled["cpc"] == pytest.approx(1.0)
    assert scaled["scale"] == pytest.approx(0.2)
    assert compare_flows(tidy_flows(FLOWS), FLOWS, places=["z"])["pairs"] == 72
    assert compare_flows(FLOWS.where(FLOWS > 0), FLOWS)["pairs"] == 51
    back, forth = compare_flows(FLOWS, FLOWS.T), compare_flows(FLOWS.T, FLOWS)
    assert back["cpc"] == pytest.approx(forth["cpc"])
    with pytest.raises(OptionError, match="observed flow"):
        compare_flows(FLOWS, FLOWS * 0)
    with pytest.raises(TableError, match="at least 0"):
        compare_flows(-FLOWS, FLOWS)


def test_exponents_are_numbers():
    with pytest.raises(OptionError, match=r"exponent: needed a finite number, got nan; the first of mass_exponents"):
        modified_gravity(MASS, COSTS, exponent=np.nan, mass_exponents=(np.nan, 1.0))
