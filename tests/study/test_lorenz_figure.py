"""Lorenz curves are drawn from the table, one a year, and say their Gini."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError
from innoscape.geo import inequality, lorenz
from innoscape.study import draw_lorenz

TABLE = pd.DataFrame(
    {"place": list("abc") * 2, "year": [2000] * 3 + [2020] * 3, "value": [1.0, 2.0, 9.0, 4.0, 4.0, 5.0]}
)


def test_each_year_has_a_curve_with_its_gini():
    figure = draw_lorenz(lorenz(TABLE), by="year")
    found = inequality(TABLE, measures=["gini"])["value"]
    said = [text.get_text() for text in figure.legends[0].get_texts()]
    assert said == [f"{year}: Gini {value:.3f}" for year, value in zip([2000, 2020], found, strict=True)]
    _, first, _ = figure.axes[0].lines
    assert first.get_xydata() == pytest.approx(np.array([[0, 0], [1 / 3, 1 / 12], [2 / 3, 1 / 4], [1, 1]]))


def test_the_order_of_rows_leaves_no_trace_and_chinese_is_spoken():
    curve = lorenz(TABLE)
    one, two = (draw_lorenz(t, by="year", language="zh").axes[0] for t in (curve, curve.iloc[::-1]))
    assert all((a.get_xydata() == b.get_xydata()).all() for a, b in zip(one.lines, two.lines, strict=True))
    assert one.get_xlabel() == "累计地区（或人口）占比"


def test_what_holds_no_curve_is_refused():
    with pytest.raises(OptionError, match="one of lorenz"):
        draw_lorenz(TABLE)
    with pytest.raises(OptionError, match="got 0"):
        draw_lorenz(lorenz(pd.Series({"a": 0.0})))
    many = pd.concat([lorenz(TABLE).assign(of=number) for number in range(9)])
    with pytest.raises(OptionError, match="got 9"):
        draw_lorenz(many, by="of")
