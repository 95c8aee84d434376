"""Exposure, thresholds, infection and susceptibility on networks small enough to work out by hand."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError, TableError
from innoscape.network import exposure, infectiousness, thresholds


def edges(*rows):
    return pd.DataFrame(rows, columns=["source", "target", "value"])


def adopted(**times):
    return pd.DataFrame({"place": list(times), "time": list(times.values())})


FLOWS = edges(("a", "d", 3.0), ("b", "d", 1.0), ("c", "d", 4.0), ("a", "b", 2.0))
TIMES = adopted(a=1, b=2, d=3)


def test_exposure_is_the_share_of_incoming_flow_that_has_adopted():
    table = exposure(TIMES, FLOWS)
    assert table.columns.tolist() == ["a", "b", "c", "d"]
    assert table["d"].tolist() == [3 / 8, 4 / 8, 4 / 8]
    assert table["b"].tolist() == [1.0, 1.0, 1.0]
    assert table[["a", "c"]].isna().all(axis=None)
    assert exposure(TIMES, FLOWS, weights="ties")["d"].tolist() == pytest.approx([1 / 3, 2 / 3, 2 / 3])
    assert exposure(TIMES, FLOWS, normalize=False)["d"].tolist() == [3.0, 4.0, 4.0]
    assert exposure(TIMES, FLOWS, times=[1, 2], lag=1)["d"].tolist() == [0.0, 3 / 8]


def test_without_direction_flows_count_both_ways():
    # a: 3 with d, 2 with b; at time 3 both have adopted
    assert exposure(TIMES, FLOWS, directed=False)["a"].tolist() == pytest.approx([0.0, 2 / 5, 1.0])


def test_an_island_is_there_when_it_is_named():
    table = exposure(TIMES, FLOWS, places=["z"])
    assert table["z"].isna().all()


def test_thresholds_are_exposure_at_adoption_and_the_first_have_none():
    table = thresholds(TIMES, FLOWS)
    assert table["place"].tolist() == ["a", "b", "d"]
    assert np.isnan(table["threshold"][0])
    assert table["threshold"].tolist()[1:] == [1.0, 0.5]
    together = adopted(a=1, b=3, d=3)
    assert thresholds(together, FLOWS).set_index("place").loc["d", "threshold"] == 0.5
    assert thresholds(together, FLOWS, lag=1).set_index("place").loc["d", "threshold"] == 3 / 8


def test_structural_equivalence_weighs_by_burt_distance():
    # flows a -> c (2), b -> c (1): ties of a and b differ by 1 to c, nothing else
    network = edges(("a", "c", 2.0), ("b", "c", 1.0))
    ab = 1.0
    # a and c: w[a,c] - w[c,a] = 2; to b: 0 and 0; from b: 0 and 1
    ac = np.sqrt(2.0**2 + 1.0**2)
    level = exposure(adopted(b=1), network, weights="equivalence")
    assert level.loc[1.0, "a"] == pytest.approx((1 / ab) / (1 / ab + 1 / ac))
    # places with the very same ties count alone
    twins = edges(("a", "c", 1.0), ("b", "c", 1.0), ("d", "c", 3.0))
    assert exposure(adopted(b=1), twins, weights="equivalence").loc[1.0, "a"] == 1.0
    assert exposure(adopted(d=1), twins, weights="equivalence").loc[1.0, "a"] == 0.0


# node 5 names nodes 1 to 4, which adopt at 1, 4, 1, 2; it adopts at 3. Values: the numeric tests of netdiffuseR
# (tests/testthat/test-infect_suscept.R): 1/3, 2/4 and (1/1 + 2/1.1) / (3/1 + 2/1.1)
NAMED = edges(("1", "5", 1.0), ("2", "5", 1.0), ("3", "5", 1.0), ("4", "5", 1.0))
WHEN = pd.DataFrame({"place": list("12345"), "time": [1, 4, 1, 2, 3]})


@pytest.mark.parametrize(
    ("options", "value"),
    [
        ({}, 1 / 3),
        ({"periods": 2}, 2 / 4),
        ({"discount": 0.1}, 1 / 3),
        ({"periods": 2, "discount": 0.1}, (1 + 2 / 1.1) / (3 + 2 / 1.1)),
    ],
)
def test_susceptibility_agrees_with_netdiffuser(options, value):
    table = infectiousness(WHEN, NAMED, normalize=False, **options).set_index("place")
    assert table.loc["5", "susceptibility"] == pytest.approx(value)


def test_infection_mirrors_susceptibility_in_reversed_time_and_direction():
    turned = NAMED.rename(columns={"source": "target", "target": "source"})
    back = WHEN.assign(time=5 - WHEN["time"])
    for options in (
        {"periods": 1},
        {"periods": 2},
        {"periods": 3, "discount": 0.3},
        {"periods": 2, "normalize": False},
    ):
        one = infectiousness(WHEN, NAMED, **options).set_index("place").sort_index()
        two = infectiousness(back, turned, **options).set_index("place").sort_index()
        assert one["susceptibility"].tolist() == pytest.approx(two["infection"].tolist())


def test_normalizing_divides_by_how_many_adopted_then():
    crowd = edges(*NAMED.itertuples(index=False), ("6", "9", 1.0))
    when = pd.concat([WHEN, pd.DataFrame({"place": ["6"], "time": [2]})])
    plain = infectiousness(when, crowd, normalize=False).set_index("place").loc["5", "susceptibility"]
    wave = infectiousness(when, crowd).set_index("place").loc["5", "susceptibility"]
    # nodes 4 and 6 adopted in the period before
    assert (plain, wave) == pytest.approx((1 / 3, 1 / 6))


def test_years_may_be_periods_of_any_length():
    months = WHEN.assign(time=WHEN["time"] * 0.25)
    one = infectiousness(WHEN, NAMED)["susceptibility"]
    two = infectiousness(months, NAMED, period=0.25)["susceptibility"]
    assert one.tolist() == two.tolist()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: exposure(TIMES, FLOWS, weights="se"), OptionError, "weights: needed one of"),
        (lambda: exposure(pd.concat([TIMES, TIMES]), FLOWS), TableError, "each place once"),
        (lambda: exposure(TIMES[["place"]], FLOWS), TableError, "the column time"),
        (lambda: exposure(TIMES, FLOWS.assign(value=-1.0)), TableError, "at least 0"),
        (lambda: infectiousness(TIMES.assign(time=0.5), FLOWS), OptionError, "whole numbers of periods"),
        (lambda: infectiousness(TIMES, FLOWS, periods=0), OptionError, "periods: needed a whole number of at least 1"),
    ],
)
def test_what_cannot_work_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
