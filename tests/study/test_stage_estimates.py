"""What the stages of a run are said to take, beside what they took."""

from types import SimpleNamespace

import pandas as pd
import pytest

from innoscape.study.stages.estimate_stages import estimate_stages

# seconds of processor time for map and report of scored places without networks, measured
TOOK = {3000: 45.4}


def seconds(places):
    """Return the estimate of map and report together."""
    names = [f"p{i}" for i in range(places)]
    index = SimpleNamespace(units=names, robustness=None)
    chain = SimpleNamespace(
        inputs=SimpleNamespace(study=SimpleNamespace(index=index, diffusion=None), indicators=None),
        networks=SimpleNamespace(by_year={}),
        layers=SimpleNamespace(centers=pd.DataFrame({"place": names})),
    )
    stages = estimate_stages(chain)
    return stages["map"].seconds + stages["report"].seconds


@pytest.mark.parametrize("places", TOOK)
def test_map_and_report_take_what_was_said_within_a_factor_of_three(places):
    assert TOOK[places] / 3 < seconds(places) < 3 * TOOK[places]


def test_pages_of_places_are_counted_as_far_as_they_are_written():
    assert seconds(400) - seconds(300) > 2 * (seconds(600) - seconds(500)) > 0
