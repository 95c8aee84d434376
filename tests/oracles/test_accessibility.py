"""Accessibility against access 1.1.10 of PySAL (2019): catchments in two steps, plain and enhanced, and potentials."""

import pandas as pd
import pytest

from innoscape.geo import accessibility, floating_catchment

ORIGINS = pd.DataFrame({"place": list("abcdef"), "demand": [120.0, 80, 300, 50, 90, 210]})
CENTERS = pd.DataFrame({"place": list("wxyz"), "supply": [5.0, 2, 9, 3]})
COSTS = pd.DataFrame(
    [[5, 11, 36, 27], [5, 20, 22, 8], [33, 6, 18, 24], [20, 27, 33, 43], [14, 30, 32, 14], [1, 44, 14, 15]],
    index=list("abcdef"),
    columns=list("wxyz"),
)
BINARY = [0.01596591, 0.03122015, 0.02212924, 0.01221591, 0.01596591, 0.02809515]
ENHANCED = [0.01456398, 0.02621436, 0.02283267, 0.0076726, 0.01309236, 0.03211157]
GRAVITY = [0.56508385, 0.68937527, 0.30582481, 0.12827242, 0.21461077, 5.23030311]


@pytest.mark.parametrize(("weights", "printed"), [("binary", BINARY), ("luo_qi_slow", ENHANCED)])
def test_floating_catchments_are_those_of_access(weights, printed):
    found = floating_catchment(ORIGINS, CENTERS, COSTS, radius=30, weights=weights)
    assert found.places["accessibility"].round(8).tolist() == printed


def test_potentials_are_those_of_access():
    within = accessibility(ORIGINS, CENTERS, COSTS, attraction="supply", decay="cumulative", radius=30)
    assert within["accessibility"].tolist() == [10, 19, 14, 7, 10, 17]
    drawn = accessibility(ORIGINS, CENTERS, COSTS, attraction="supply", exponent=1.5)
    assert drawn["accessibility"].round(8).tolist() == GRAVITY
