"""Coupling and obstacles agree with the example that the manual of the R package mathmodels prints."""

import pandas as pd

from innoscape.geo import coupling_coordination, obstacle_degree

# the example of the R package mathmodels (system_evaluation), with the results its manual prints
LETTERS = pd.DataFrame(
    {
        "place": list("ABCDEF"),
        "s1": [0.0162, 0.1782, 0.5490, 0.6730, 0.0207, 0.9875],
        "s2": [0.2720, 0.6824, 0.0593, 0.4812, 0.8891, 0.5573],
        "s3": [0.2655, 0.3721, 0.5729, 0.9082, 0.2017, 0.8984],
    }
)


UNEQUAL = {"s1": 0.4, "s2": 0.3, "s3": 0.3}


def test_coupling_agrees_with_the_printed_example():
    found = coupling_coordination(LETTERS).round(3)
    assert found["coupling"].tolist() == [0.571, 0.867, 0.674, 0.967, 0.418, 0.971]
    assert found["development"].tolist() == [0.185, 0.411, 0.394, 0.687, 0.370, 0.814]
    assert found["coordination"].tolist() == [0.325, 0.597, 0.515, 0.815, 0.393, 0.889]


def test_the_form_of_wang_and_others_agrees_with_the_printed_example():
    found = coupling_coordination(LETTERS, formula="wang2021", weights=UNEQUAL).round(3)
    assert found["coupling"].tolist() == [0.447, 0.501, 0.455, 0.669, 0.175, 0.715]
    assert found["development"].tolist() == [0.168, 0.388, 0.409, 0.686, 0.336, 0.832]
    assert found["coordination"].tolist() == [0.274, 0.440, 0.432, 0.678, 0.242, 0.771]


def test_obstacles_agree_with_the_printed_example():
    found = obstacle_degree(LETTERS, UNEQUAL, formula="loss").set_index(["place", "name"])["obstacle"].unstack()  # noqa: PD010
    assert found["s1"].round(3).tolist() == [0.394, 0.329, 0.180, 0.131, 0.392, 0.005]
    assert found["s2"].round(3).tolist() == [0.218, 0.095, 0.282, 0.156, 0.033, 0.133]
    assert found["s3"].round(3).tolist() == [0.220, 0.188, 0.128, 0.028, 0.239, 0.030]
