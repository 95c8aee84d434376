"""Charts as SVG text: well formed, described, escaped, right where numbers must be right."""

import math
import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoscape.data.errors import OptionError
from innoscape.data.wording.catalogue import Text
from innoscape.study.charts.bars import (
    Series,
    band_chart,
    bar_chart,
    format_number,
    interval_chart,
    nice_ticks,
    stacked_bars,
)
from innoscape.study.charts.heat_map import heat_map
from innoscape.study.charts.scatter import Point, scatter_chart
from innoscape.study.charts.svg import PHONE, text_width

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script>"


def bars(labels=("a", "b"), values=(1.0, 2.0), **options):
    return bar_chart(labels, values, title="Scores", desc="Two bars.", **options)


def lines(*series, **options):
    return band_chart(series, title="Reach", desc="Lines.", **options)


def dots(middles, lows, highs, **options):
    labels = [f"row {i}" for i in range(len(middles))]
    return interval_chart(labels, middles, lows, highs, title="Arrivals", desc="Dots.", **options)


def stacks(parts, labels=("all",), **options):
    names = [f"part {k}" for k in range(len(parts))]
    return stacked_bars(labels, parts, names=names, title="Channels", desc="Shares.", **options)


def rule(label):
    return Series(label, [0, 1, 2], [0.0, 0.5, 0.9], [0.0, 0.3, 0.7], [0.1, 0.7, 1.0])


CHARTS = {
    "bars": lambda label: bars([label, "b"], notes=[label, ""], legend=[("t-local", label), ("reference", "r")]),
    "band": lambda label: lines(rule(label), x_title=label, y_title=label),
    "intervals": lambda label: interval_chart([label], [1], [0], [2], title=label, desc=label, groups=[label]),
    "stacks": lambda label: stacked_bars([label], [[1], [2]], names=[label, "b"], title=label, desc=label),
}


def all_of(svg, tag, *, css=""):
    return [e for e in ET.fromstring(svg).iter(SVG + tag) if css in e.get("class", "").split() or not css]  # noqa: S314


@pytest.mark.parametrize("chart", CHARTS)
def test_chart_is_named_and_described_for_those_who_cannot_see_it(chart):
    root = ET.fromstring(CHARTS[chart]("a"))  # noqa: S314
    assert root.get("role") == "img"
    assert [child.tag for child in root][:2] == [SVG + "title", SVG + "desc"]
    assert root.get("aria-labelledby").split() == [child.get("id") for child in root][:2]


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize(
    "label", [HOSTILE, (HOSTILE, "乙&"), Text.of(en=HOSTILE, zh="乙&"), (HOSTILE * 9, "乙&" * 30), "\"'>"]
)
def test_text_is_escaped(chart, label):
    svg = CHARTS[chart](label if chart in {"bars", "band"} or isinstance(label, str | Text) else label[0])
    root = ET.fromstring(svg)  # noqa: S314
    assert not list(root.iter(SVG + "script"))
    assert "alert" not in svg or "&lt;script&gt;" in svg


@pytest.mark.parametrize("chart", CHARTS)
def test_same_arguments_give_the_same_bytes_and_other_ones_another_id(chart):
    assert CHARTS[chart]("a") == CHARTS[chart]("a")
    ids = [re.search(r'id="([^"]+)"', CHARTS[chart](label)).group(1) for label in ("a", "c")]
    assert ids[0] != ids[1]


def test_bars_are_as_long_as_their_values():
    one, two = (float(bar.get("width")) for bar in all_of(bars(), "rect", css="bar"))
    assert two == pytest.approx(2 * one, abs=0.11)


def test_negative_bar_lies_left_of_zero():
    left, right = all_of(bars(values=[-1.0, 1.0]), "rect", css="bar")
    assert float(left.get("x")) + float(left.get("width")) == pytest.approx(float(right.get("x")), abs=0.11)


@pytest.mark.parametrize("missing", [None, math.nan, math.inf])
def test_missing_value_prints_a_dash_and_draws_no_bar(missing):
    svg = bars(values=[missing, 1.0])
    assert len(all_of(svg, "rect", css="bar")) == 1
    assert [t.text for t in all_of(svg, "text", css="value")] == ["–", "1.000"]


def test_interval_beyond_the_limit_ends_in_an_arrow():
    svg = dots([5.0, None, None], [1.0, 8.0, None], [None, None, None], limit=20)
    assert len(all_of(svg, "polyline", css="arrow")) == 2
    assert len(all_of(svg, "line", css="range")) == 2
    assert [t.text for t in all_of(svg, "text", css="value")] == [
        "5.0 [1.0, >20.0]",
        ">20.0 [8.0, >20.0]",
        ">20.0",
    ]


def test_interval_without_width_prints_one_number():
    assert [t.text for t in all_of(dots([2.0], [2.0], [2.0]), "text", css="value")] == ["2.0"]


def test_group_heading_stands_where_the_group_changes():
    svg = dots([1, 2, 3], [0, 1, 2], [2, 3, 4], groups=["x", "x", "y"])
    assert [t.text for t in all_of(svg, "text", css="group")] == ["x", "y"]


def test_shares_fill_the_bar_and_leave_out_zeros():
    parts = all_of(stacks([[1.0], [0.0], [3.0]]), "rect", css="part")
    widths = [float(p.get("width")) for p in parts]
    assert len(widths) == 2
    assert widths[1] == pytest.approx(3 * widths[0], abs=0.2)


def test_row_of_zeros_draws_nothing():
    assert not all_of(stacks([[0.0], [None]]), "rect", css="part")


def test_curve_rises_on_the_page_and_its_band_encloses_it():
    svg = lines(rule("a"), percent=True, y_range=(0, 1))
    curve = [tuple(map(float, p.split(","))) for p in all_of(svg, "polyline", css="line")[0].get("points").split()]
    band = [tuple(map(float, p.split(","))) for p in all_of(svg, "polygon", css="band")[0].get("points").split()]
    assert [y for _, y in curve] == sorted((y for _, y in curve), reverse=True)
    upper, lower = dict(band[:3]), dict(band[3:])
    assert all(upper[x] <= y <= lower[x] for x, y in curve)


def test_names_of_close_lines_do_not_touch():
    same = [Series(f"line {i}", [0, 1], [0, 0.99], style=f"s-{i}") for i in range(7)]
    heights = sorted(float(t.get("y")) for t in all_of(lines(*same), "text", css="end-label"))
    assert min(b - a for a, b in pairwise(heights)) >= 15


def test_no_name_of_a_scatter_lies_on_its_line():
    points = [Point(i / 4, i / 4 + (i % 3 - 1) / 9, f"name {i}", named=True) for i in range(12)]
    svg = scatter_chart(points, title="t", desc="d", line=True)
    (fit,) = all_of(svg, "line", css="fit")
    x1, y1, x2, y2 = (float(fit.get(key)) for key in ("x1", "y1", "x2", "y2"))
    names = all_of(svg, "text", css="end-label")
    assert names
    for name in names:
        wide = text_width(name.text)
        left = float(name.get("x")) - (wide if name.get("text-anchor") == "end" else 0.0)
        middle = float(name.get("y")) - 4.0
        heights = [y1 + (at - x1) * (y2 - y1) / (x2 - x1) for at in (left, left + wide / 2, left + wide)]
        assert all(abs(height - middle) > 6.5 for height in heights), name.text


@pytest.mark.parametrize("label", ["2023", "a name that takes much of the width of a phone"])
def test_charts_for_a_phone_fit_its_width(label):
    line = Series(label, [0, 1, 2], [0.0, 0.5, 0.9])
    point = [Point(0, 0, "a"), Point(1, 2, "b", named=True)]
    for svg in (
        lines(line, width=PHONE),
        scatter_chart(point, title="t", desc="d", legend=[("s-0", label)], line=True, width=PHONE),
        dots([1.0], [0.0], [2.0], width=PHONE),
    ):
        root = ET.fromstring(svg)  # noqa: S314
        assert float(root.get("viewBox").split()[2]) == PHONE
        for text in all_of(svg, "text"):
            wide = text_width(text.text, size=12)
            anchor = {"start": 0.0, "middle": wide / 2, "end": wide}[text.get("text-anchor")]
            # widths are guessed
            assert -4 <= float(text.get("x")) - anchor <= PHONE + 4 - wide, text.text


def test_long_headings_of_a_chart_for_a_phone_take_two_lines():
    heading = "strength in contracts between provinces, estimated from totals"
    svg = dots([1.0], [0.0], [2.0], groups=[heading], width=PHONE)
    (group,) = all_of(svg, "text", css="group")
    said = [group.text, *(line.text for line in group)]
    assert " ".join(said) == heading
    assert max(map(text_width, said)) <= PHONE
    assert len(all_of(dots([1.0], [0.0], [2.0], groups=[heading]), "text", css="group")[0]) == 0


def test_name_shows_both_languages_and_prose_one():
    assert 'class="n-en"' in bars([("Beijing", "北京"), "b"])
    assert 'class="en"' in bars([Text.of(en="national", zh="国家级"), "b"])
    assert "tspan" not in bars([("北京", "北京"), "b"])


@pytest.mark.parametrize(
    "draw",
    [
        lambda: bars(values=[1.0]),
        lambda: bars(notes=["only one"]),
        lambda: dots([1.0], [0.0, 1.0], [2.0]),
        lambda: stacks([[1.0, 2.0]]),
        lambda: lines(Series("a", [0, 1], [0.0])),
    ],
)
def test_sequences_of_unequal_length_are_refused(draw):
    with pytest.raises(OptionError, match="needed"):
        draw()


def test_chart_without_rows_is_still_a_chart():
    for svg in (bar_chart([], [], title="t", desc="d"), dots([], [], []), lines()):
        assert ET.fromstring(svg).get("role") == "img"  # noqa: S314


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [(1234567.891, 1, "1,234,567.9"), (-5.0, 0, "−5"), (-0.001, 2, "0.00"), (math.nan, 2, "–"), (0, 2, "0.00")],
)
def test_numbers_are_written_for_readers(value, decimals, text):
    assert format_number(value, decimals=decimals) == text


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e9))
def test_ticks_cover_the_data_with_few_steps(low, width):
    ticks = nice_ticks(low, low + width)
    slack = 1e-6 * max(1.0, abs(low) + width)
    assert ticks[0] <= low + slack
    assert ticks[-1] >= low + width - slack
    assert 2 <= len(ticks) <= 13


def test_interval_of_a_bar_is_drawn_from_end_to_end():
    svg = bars(values=[0.5, 1.0], lows=[0.25, None], highs=[0.75, None])
    bar = all_of(svg, "rect", css="bar")[0]
    start, width = float(bar.get("x")), float(bar.get("width"))
    line, *ends = all_of(svg, "line", css="whisker")
    assert float(line.get("x1")) == pytest.approx(start + width / 2, abs=0.11)
    assert float(line.get("x2")) == pytest.approx(start + 1.5 * width, abs=0.11)
    assert len(ends) == 2


def test_interval_beside_a_second_value_leaves_it_room():
    svg = bars(values=[0.5, 1.0], lows=[0.25, 0.9], highs=[0.75, 1.1], references=[0.5, None])
    heights = [float(line.get("y1")) for line in all_of(svg, "line", css="halo")]
    diamond = all_of(svg, "polygon", css="reference")[0].get("points").split()[1].split(",")
    assert float(diamond[1]) - heights[0] > 6


def test_half_an_interval_is_none():
    assert not all_of(bars(lows=[0.25, None], highs=[None, 0.9]), "line", css="whisker")


def test_rows_of_a_heat_map_on_a_phone_keep_the_height_of_their_names_and_numbers_stand_apart():
    labels = [f"a place with a long name {i}" for i in range(15)]
    svg = heat_map(labels, [[1.0] * 15] * 15, title="Flows", desc="Many.", width=PHONE)
    rows = [float(one.get("y")) for one in all_of(svg, "text", css="label")]
    assert min(b - a for a, b in pairwise(rows)) >= 14
    heads = [one for one in all_of(svg, "text", css="tick") if one.get("text-anchor") == "middle"]
    at = [float(one.get("x")) for one in heads]
    assert [one.text for one in heads][:2] == ["1", "3"]
    assert min(b - a for a, b in pairwise(at)) >= 14


def test_a_row_of_nothing_is_beyond_the_limit_or_a_dash():
    said = [[t.text for t in all_of(dots([None], [None], [None], **options), "text", css="value")]
            for options in ({"limit": 10}, {})]  # fmt: skip
    assert said == [[">10.0"], ["–"]]
