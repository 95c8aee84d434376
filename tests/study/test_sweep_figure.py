"""A sweep is drawn as the table tells it: one line for each combination, whiskers at the intervals, 0 the baseline."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError
from innoscape.network import Channel, Scenario, hazard_rates, sweep
from innoscape.study import draw_sweep


@pytest.fixture(scope="module")
def table():
    tier = pd.Categorical(["national", "regional", "regional"], categories=["national", "regional"], ordered=True)
    centers = pd.DataFrame({"place": ["W", "C", "D"], "tier": tier})
    channels = [Channel("hierarchical", rate=0.5, decay="none"), Channel("peer", rate=0.2, decay="none")]

    def make(down, across):
        return Scenario("s").scale_channel("hierarchical", factor=down).scale_channel("peer", factor=across)

    grid = {"down": [2.0, 1.0, 0.5], "across": [1.0, 3.0]}
    return sweep(hazard_rates(centers, channels), make, grid, seeds=["W"], horizon=9.0, runs=100)


def test_every_line_stands_where_the_table_says(table):
    axes = draw_sweep(table, "mean_arrival_time").axes[0]
    assert [bars.get_label() for bars in axes.containers] == ["across 1", "across 3"]
    for bars, across in zip(axes.containers, (1.0, 3.0), strict=True):
        rows = table[(table["measure"] == "mean_arrival_time") & (table["across"] == across)].sort_values("down")
        line, _, (whiskers,) = bars
        np.testing.assert_allclose(line.get_xdata(), rows["down"])
        np.testing.assert_allclose(line.get_ydata(), rows["difference"])
        ends = np.array([segment[:, 1] for segment in whiskers.get_segments()])
        np.testing.assert_allclose(ends, rows[["low", "high"]].to_numpy())


def test_another_parameter_can_run_along(table):
    axes = draw_sweep(table, "reach", along="across", language="zh").axes[0]
    assert len(axes.containers) == 3
    assert axes.get_ylabel() == "与基准之差"


def test_the_order_of_rows_changes_nothing(table):
    one, two = (draw_sweep(t, "reach").axes[0] for t in (table, table.sample(frac=1.0, random_state=2)))
    for a, b in zip(one.containers, two.containers, strict=True):
        np.testing.assert_array_equal(a[0].get_xydata(), b[0].get_xydata())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"measure": "reech"}, "no reech of all; it has mean_arrival_time of all"),
        ({"measure": "reach", "place": "C"}, "no reach of C"),
        ({"measure": "reach", "along": "up"}, "one of down, across, got 'up'"),
    ],
)
def test_what_cannot_be_drawn_is_refused(table, options, words):
    with pytest.raises(OptionError, match=words):
        draw_sweep(table, **options)
    with pytest.raises(OptionError, match="must come from sweep"):
        draw_sweep(table[["down"]], "reach")
