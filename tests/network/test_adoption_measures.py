"""Tables of adoption, classes of adopters and the test of a network effect on networks worked out by hand."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import OptionError, TableError
from innoscape.network import adopter_classes, adoption_table, exposure, fit_hazard, network_effect_test

RING = list("abcde")
FLOWS = pd.DataFrame({"source": RING, "target": RING[1:] + RING[:1], "value": 1.0})
ADOPTED = pd.DataFrame({"place": RING, "time": [1.0, 2, 3, 4, 5]})


def test_hazards_are_adopters_over_those_at_risk():
    found = adoption_table(pd.DataFrame({"place": list("abcd"), "time": [2000, 2001, 2001, 2003]}), places=["e"])
    assert found["time"].tolist() == [2000, 2001, 2002, 2003]
    assert found["hazard"].tolist() == pytest.approx([1 / 5, 2 / 4, 0, 1 / 2])
    assert found["share"].tolist() == pytest.approx([0.2, 0.6, 0.6, 0.8])
    later = adoption_table(ADOPTED, horizon=7)
    assert later["at_risk"].tolist()[-2:] == [0, 0]
    assert later["hazard"].isna().tolist()[-2:] == [True, True]


def test_classes_end_at_deviations_from_the_mean():
    times = [1, 10, 10, 10, 11, 11, 11, 12, 12, 20]
    table = pd.DataFrame({"place": list("abcdefghij"), "time": times})
    found = adopter_classes(table, FLOWS, places=["z"]).places.set_index("place")["adopter"]
    mean, spread = np.mean(times), np.std(times, ddof=1)
    assert mean - 2 * spread > 1 > mean - 3 * spread
    assert found[["a", "b", "e", "h", "j", "z"]].tolist() == [
        "innovator", "early majority", "late majority", "late majority", "laggard", "non-adopter",
    ]  # fmt: skip
    cross = adopter_classes(table, FLOWS, places=["z"]).cross
    assert cross.loc["non-adopter", "non-adopter"] == 1


def test_a_time_at_a_limit_belongs_to_the_class_that_ends_there():
    found = adopter_classes(pd.DataFrame({"place": list("abc"), "time": [1, 2, 3]}), FLOWS, scheme="valente").places
    assert found["adopter"].tolist()[:3] == ["early adopter", "early majority", "late majority"]
    alike = adopter_classes(pd.DataFrame({"place": list("abc"), "time": 5}), FLOWS).places
    assert alike["adopter"].tolist()[:3] == ["early majority"] * 3


def test_path_equivalence_by_hand():
    # steps of a -> b -> c over the longest (2): a: (0, .5, 1), b: (0, 0, .5), c: (0, 0, 0)
    flows = pd.DataFrame({"source": ["a", "b"], "target": ["b", "c"], "value": [5.0, 1.0]})
    z = np.array([[0, 0.5, 1], [0, 0, 0.5], [0, 0, 0]])

    def apart(i, j):
        k = 3 - i - j
        parts = [(z[i, j] - z[j, i]) ** 2, (z[i, k] - z[j, k]) ** 2, (z[k, i] - z[k, j]) ** 2]
        return np.sqrt(sum(parts))

    near = [1 / apart(0, 1), 1 / apart(2, 1)]
    found = exposure(pd.DataFrame({"place": ["a"], "time": [1]}), flows, weights="path_equivalence")
    assert found.loc[1.0, "b"] == pytest.approx(near[0] / sum(near))


def test_all_orders_give_the_exact_p_value():
    found = network_effect_test(
        ADOPTED, FLOWS, statistic="moran", directed=False, permutations=120, alternative="greater"
    )
    w = np.zeros((5, 5))
    for i in range(5):
        w[i, (i + 1) % 5] = w[(i + 1) % 5, i] = 1
    z = np.arange(1.0, 6) - 3
    every = [5 / 10 * (np.array(order) @ w @ np.array(order)) / (z @ z) for order in permutations(z)]
    assert found.observed == pytest.approx(5 / 10 * (z @ w @ z) / (z @ z))
    assert found.p_value == pytest.approx(np.mean(np.array(every) >= found.observed - 1e-9))
    assert found.expected == pytest.approx(-1 / 4)


def test_ties_are_swapped_and_thresholds_averaged():
    chain = network_effect_test(ADOPTED, FLOWS, statistic="threshold", null="ties", weights="ties", permutations=30)
    # b to e follow the place before them; a came first
    assert chain.observed == 1.0
    assert chain.expected < 1.0
    with pytest.raises(OptionError, match="weights: needed 'ties'"):
        network_effect_test(ADOPTED, FLOWS, null="ties")


@settings(max_examples=8, deadline=None)
@given(st.permutations(range(5)), st.sampled_from(["threshold", "exposure", "moran"]))
def test_order_and_origin_of_time_change_nothing(order, statistic):
    one = network_effect_test(ADOPTED, FLOWS, statistic=statistic, permutations=40)
    later = ADOPTED.iloc[order].assign(time=lambda t: t["time"] + 100)
    two = network_effect_test(later, FLOWS.iloc[order], statistic=statistic, permutations=40)
    assert two.observed == pytest.approx(one.observed)
    assert two.p_value == one.p_value


def test_hazards_refuse_what_cannot_be_fitted():
    with pytest.raises(OptionError, match="separates events"):
        fit_hazard(ADOPTED, FLOWS, places=["z"])
    with pytest.raises(OptionError, match="whole numbers of periods"):
        fit_hazard(ADOPTED.assign(time=[1, 1.5, 2, 3, 4]), FLOWS)
    with pytest.raises(OptionError, match=r"(?s)link: .*baseline: "):
        fit_hazard(ADOPTED, FLOWS, link="log", baseline="spline")
    with pytest.raises(TableError, match="for each place and period"):
        fit_hazard(ADOPTED, FLOWS, covariates=pd.DataFrame({"place": ["a"], "size": [1.0]}))
    with pytest.raises(OptionError, match="horizon: needed at least"):
        adoption_table(ADOPTED, horizon=3)
