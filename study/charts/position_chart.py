"""Draw where a center stands among its peers: a mark on each row over the middle half of the peers and their median."""

from ...data.wording.catalogue import Text, text
from ...geo import Profile
from .svg import (
    CAP,
    NARROW,
    ROW,
    WIDTH,
    extent,
    format_number,
    label_element,
    linear,
    margin,
    marker,
    nice_ticks,
    plain,
    svg_element,
    tag,
    text_element,
    text_width,
    x_axis,
)

__all__ = ["position_chart"]

_SHAPES = {"strength": "triangle", "average": "circle", "weakness": "square"}
_TOP = 34.0
_TALL = 36.0
# what a line above a row, or a second one of the legend, takes
_ABOVE = 18.0


def position_chart(profile: Profile, *, width: float = WIDTH) -> str:
    """Return one ``<svg>`` element; groups stand in bold above their indicators.

    Every row shows the score of the center, the quartiles and median of its peers, and its rank among them. Where the
    chart is narrow, names stand above their rows.
    """
    rows = [row._asdict() for row in profile.table.itertuples(index=False)]
    labels = [_label(row) for row in rows]
    narrow = width <= NARROW
    left, right = (8.0, 52.0) if narrow else (margin(labels) + 6.0, 66.0)
    ends = [row[key] for row in rows for key in ("score", "peer_low", "peer_high")]
    ticks = nice_ticks(*extent(ends))
    x = linear(ticks[0], ticks[-1], left, width - right)
    # a row whose name takes two lines is higher
    heights = [(_TALL if text_width(label) > CAP else ROW) + (_ABOVE if narrow else 0.0) for label in labels]
    start = _TOP + (_ABOVE if narrow else 0.0)
    bottom = start + sum(heights)
    body = [_legend(left, width), x_axis(ticks, x, start, bottom)]
    top = start
    for row, label, height in zip(rows, labels, heights, strict=True):
        middle = top + height / 2 + (_ABOVE / 2 if narrow else 0.0)
        group = row["level"] != "indicator"
        if group and top > start:
            body.append(tag("line", class_="rule", x1=0.0, x2=width, y1=top, y2=top))
        kind = "group" if group else "label"
        body += (
            _names(label, 0.0, top + 10.0, kind, "start") if narrow else _names(label, left - 10, middle, kind, "end")
        )
        low, high, median = (x(row[key]) for key in ("peer_low", "peer_high", "peer_median"))
        body.append(tag("rect", class_="peers", x=low, y=middle - 6.0, width=max(high - low, 1.5), height=12.0))
        body.append(tag("line", class_="median", x1=median, x2=median, y1=middle - 8.0, y2=middle + 8.0))
        hover = f"{plain(label)}: {format_number(row['score'])}; {format_number(row['peer_median'])}"
        body.append(_mark(row["verdict"], x(row["score"]), middle, hover))
        body.append(text_element(f"{row['rank']} / {row['of']}", width, middle + 4.5, class_="value", anchor="end"))
        top += height
    title = text("charts.profile.title", place=Text.of(en=profile.name_en, zh=profile.name_zh))
    return svg_element("".join(body), bottom + 24, title=title, desc=text("charts.profile.desc"), width=width)


def _label(row: dict[str, str]) -> Text:
    if row["level"] == "index":
        return text("charts.profile.index")
    # one language at a time keeps most rows on one line; the table beside the chart has both
    return Text.of(en=row["name_en"], zh=row["name_zh"])


def _names(label: Text, x: float, y: float, class_: str, anchor: str) -> list[str]:
    """Write each language by itself, so that either is centered on its row."""
    if label.same:
        return [label_element(str(label), x, y, class_=class_, anchor=anchor)]
    return [label_element(said, x, y, class_=f"{class_} {language}", anchor=anchor) for language, said in label.items()]


def _mark(verdict: str, x: float, y: float, hover: str) -> str:
    return marker(_SHAPES[verdict], x, y, f"v-{verdict}", hover, radius=5.0)


def _legend(left: float, width: float) -> str:
    drawn, x, y = [], max(0.0, left - 120.0), 0.0
    for verdict in _SHAPES:
        said = text(f"profile.verdict.{verdict}")
        drawn += [_mark(verdict, x + 6, 12.0, ""), text_element(said, x + 16, 16.0, class_="legend")]
        x += 84.0
    if width <= NARROW:
        x, y = 0.0, _ABOVE
    drawn.append(tag("rect", class_="peers", x=x, y=y + 6.0, width=26.0, height=12.0))
    drawn.append(tag("line", class_="median", x1=x + 13, x2=x + 13, y1=y + 4.0, y2=y + 20.0))
    drawn.append(text_element(text("charts.profile.peers"), x + 34, y + 16.0, class_="legend"))
    drawn.append(text_element(text("charts.profile.rank"), width, y + 16.0, class_="legend", anchor="end"))
    return "".join(drawn)
