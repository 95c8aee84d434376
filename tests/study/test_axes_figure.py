"""Places are drawn on two axes with their names and the cuts."""

import pandas as pd
import pytest

from innoscape.data import OptionError
from innoscape.geo import two_axes
from innoscape.study import draw_axes

TABLE = two_axes(
    pd.DataFrame({"place": ["中关村", "b", "c$"], "x": [5.75, 2.0, None], "y": [5.0, 6.0, 1.0]}),
    "x",
    "y",
    x_cut=4,
    y_cut=4,
)


def test_each_place_with_both_values_has_a_mark_and_a_name():
    axes = draw_axes(TABLE, x_title="innovation", y_title="openness", language="zh").axes[0]
    assert sorted(text.get_text() for text in axes.texts) == ["b", "中关村"]
    cuts, marks = axes.lines[:2], axes.lines[2:]
    assert cuts[0].get_xdata()[0] == cuts[1].get_ydata()[0] == 4
    assert {tuple(mark.get_xydata()[0]) for mark in marks} == {(5.75, 5.0), (2.0, 6.0)}
    # quadrants differ in form as well as in color
    assert len({mark.get_marker() for mark in marks}) == 2
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("innovation", "openness")


def test_the_order_of_rows_leaves_no_trace():
    one, two = (draw_axes(t).axes[0] for t in (TABLE, TABLE.iloc[::-1]))
    assert [text.get_text() for text in one.texts] == [text.get_text() for text in two.texts]


def test_what_is_no_table_of_axes_is_refused():
    with pytest.raises(OptionError, match="one of two_axes"):
        draw_axes(TABLE.drop(columns="quadrant"))
    with pytest.raises(OptionError, match="1 to 60 places with both values, got 0"):
        draw_axes(TABLE.iloc[2:])
