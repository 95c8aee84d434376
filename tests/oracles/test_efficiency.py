"""Efficiencies, slacks and Malmquist indices are those of Cooper, Seiford and Tone (2007) and of dealib 1.0."""

import numpy as np
import pandas as pd
import pytest

from innoscape.geo import efficiency, malmquist

# twelve hospitals: doctors, nurses, outpatients, inpatients (table 1.5)
HOSPITALS = pd.DataFrame(
    {
        "place": list("ABCDEFGHIJKL"),
        "doctors": [20, 19, 25, 27, 22, 55, 33, 31, 30, 50, 53, 38],
        "nurses": [151, 131, 160, 168, 158, 255, 235, 206, 244, 268, 306, 284],
        "outpatients": [100, 150, 160, 180, 94, 230, 220, 152, 190, 250, 260, 250],
        "inpatients": [90, 50, 55, 72, 66, 90, 88, 80, 100, 100, 147, 120],
    }
)
COLUMNS = {"inputs": ["doctors", "nurses"], "outputs": ["outpatients", "inpatients"]}
# computed by dealib 1.0, a translation of the R package Benchmarking
CONSTANT = "1 1 0.88270833 1 0.76349948 0.83477124 0.90196078 0.79633382 0.96039216 0.87064677 0.95509804 0.95820433"
VARIABLE = "1 1 0.89583333 1 0.88181818 0.93893557 1 0.79883319 0.98933333 1 1 1"
DECREASING = "1 1 0.89583333 1 0.76349948 0.93893557 1 0.79883319 0.98933333 1 1 1"
INCREASING = "1 1 0.88270833 1 0.88181818 0.83477124 0.90196078 0.79633382 0.96039216 0.87064677 0.95509804 0.95820433"
OUTPUT = "1 1 1.08160828 1 1.30440328 1.0473913 1 1.21078325 1.01016518 1 1 1"
SUPER = (
    "1.40846715 1.18421053 0.88270833 1.01596639 0.76349948 0.83477124 0.90196078 0.79633382 0.96039216 0.87064677 "
    "0.95509804 0.95820433"
)
SUPER_VARIABLE = (
    "1.4228392 1.27192982 0.89583333 1.0485119 0.88181818 0.93893557 1.00107888 0.79883319 0.98933333 1.05970149 "
    "1.0866782 1.26315789"
)
INDEX = (
    "1.13667571 1.15250489 1.09098508 1.26214709 1.04500207 1.17770594 1.16059134 1.12634161 1.01416293 1.2997032 "
    "1.08195423 1.09884447"
)
TECHNICAL = (
    "1.13667571 1.15250489 1.21337235 1.26214709 1.17698542 1.29758974 1.12488787 1.22152109 1.10349332 1.2997032 "
    "1.24752155 1.11348709"
)


def numbers(text):
    return np.array(text.split(), dtype=float)


def test_sales_by_employees_of_eight_stores():
    # table 1.1
    stores = pd.DataFrame(
        {"place": list("ABCDEFGH"), "employees": [2, 3, 3, 4, 5, 5, 6, 8], "sales": [1, 3, 2, 3, 4, 2, 3, 5]}
    )
    found = efficiency(stores, inputs=["employees"], outputs=["sales"]).table["efficiency"]
    assert found.round(3).tolist() == [0.5, 1.0, 0.667, 0.75, 0.8, 0.4, 0.5, 0.625]


def test_two_inputs_and_a_place_that_scores_1_with_slack():
    # table 2.2: F scores 1 but uses two units more of the first input than C
    table = pd.DataFrame({"place": list("ABCDEF"), "x1": [4, 7, 8, 4, 2, 10], "x2": [3, 3, 1, 2, 4, 1], "y": [1] * 6})
    found = efficiency(table, inputs=["x1", "x2"], outputs=["y"])
    assert found.table["efficiency"].round(4).tolist() == [0.8571, 0.6316, 1, 1, 1, 1]
    assert found.table["status"].tolist() == ["inefficient"] * 2 + ["efficient"] * 3 + ["weakly efficient"]
    left = found.slacks[found.slacks["slack"] > 0]
    assert left[["place", "column", "slack"]].to_numpy().tolist() == [["F", "x1", pytest.approx(2.0)]]
    peers = found.peers.groupby("place")["peer"].agg(list)
    assert peers.to_dict() == {"A": ["D", "E"], "B": ["C", "D"], "C": ["C"], "D": ["D"], "E": ["E"], "F": ["C"]}


def test_twelve_hospitals():
    # table 1.6
    found = efficiency(HOSPITALS, **COLUMNS).table["efficiency"]
    printed = [1, 1, 0.883, 1, 0.763, 0.835, 0.902, 0.796, 0.960, 0.871, 0.955, 0.958]
    assert found.round(3).tolist() == printed


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"returns": "constant"}, CONSTANT),
        ({"returns": "variable"}, VARIABLE),
        ({"returns": "decreasing"}, DECREASING),
        ({"returns": "increasing"}, INCREASING),
        ({"super_efficiency": True}, SUPER),
    ],
)
def test_hospitals_by_returns_to_scale_as_in_dealib(options, expected):
    found = efficiency(HOSPITALS, **COLUMNS, **options).table["efficiency"]
    assert found.to_numpy() == pytest.approx(numbers(expected), abs=1e-8)


def test_the_hospital_that_no_others_reach_is_infeasible_where_dealib_gives_a_number():
    found = efficiency(HOSPITALS, **COLUMNS, returns="variable", super_efficiency=True).table
    # K treats most of both: dealib puts 1.0866782 there, though no mean of the others makes as much
    largest = (HOSPITALS[COLUMNS["outputs"]] == HOSPITALS[COLUMNS["outputs"]].max()).all(axis=1).to_numpy()
    assert found["status"].eq("infeasible").tolist() == largest.tolist()
    assert found["efficiency"].to_numpy()[~largest] == pytest.approx(numbers(SUPER_VARIABLE)[~largest], abs=1e-8)


def test_hospitals_with_outputs_raised_as_in_dealib():
    found = efficiency(HOSPITALS, **COLUMNS, returns="variable", orientation="output").table["efficiency"]
    assert 1.0 / found.to_numpy() == pytest.approx(numbers(OUTPUT), abs=1e-8)


def test_the_malmquist_index_of_hospitals_as_in_dealib():
    late = HOSPITALS.astype(dict.fromkeys(HOSPITALS.columns[1:], float)).assign(year=2020)
    late[COLUMNS["inputs"]] *= [1.05, 0.97]
    late.loc[::3, COLUMNS["inputs"]] *= 0.9
    late[COLUMNS["outputs"]] *= [1.1, 1.02]
    late.loc[1::2, COLUMNS["outputs"]] *= 1.07
    found = malmquist(pd.concat([HOSPITALS.assign(year=2019), late], ignore_index=True), **COLUMNS)
    assert found["malmquist"].to_numpy() == pytest.approx(numbers(INDEX), abs=1e-8)
    assert found["technical_change"].to_numpy() == pytest.approx(numbers(TECHNICAL), abs=1e-8)
