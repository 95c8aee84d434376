"""Write SVG as text: numbers, scales, axes, labels, markers.

Coordinates carry one decimal, every text and attribute is escaped, and the same arguments give the same bytes.
"""

import math
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple
from zlib import crc32

from ...data.errors import OptionError
from ...data.wording.catalogue import LANGUAGES, Text, text

# one text for all, a text in every language (of which a page shows one), or a pair of names (of which it may show both)
Label = str | Text | tuple[str, str]

WIDTH = 760.0
# a chart this wide or less is laid out for a phone
NARROW = 480.0
PHONE = 350.0
FONT = 13.0
ROW = 25.0
CAP = 275.0
SHAPES = ("circle", "square", "triangle", "diamond")
MISSING = "–"


def format_number(value: float | None, *, decimals: int = 2) -> str:
    """Write a number for readers: fixed decimals, thousands separators, a true minus sign, a dash when missing.

    Parameters
    ----------
    value : float or None
        The number; ``None``, not-a-number and infinity count as missing.
    decimals : int, default 2
        Decimals to keep.

    Returns
    -------
    str

    Examples
    --------
    >>> format_number(7333, decimals=0), format_number(-0.125, decimals=2), format_number(None)
    ('7,333', '−0.12', '–')
    """
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{value:,.{decimals}f}"
    if text.startswith("-"):
        text = text[1:] if not text.strip("-0.,") else "−" + text[1:]
    return text


def nice_ticks(low: float, high: float, *, count: int = 5) -> list[float]:
    """Choose round tick values (steps of 1, 2 or 5 times a power of ten) that cover an interval.

    Parameters
    ----------
    low, high : float
        Ends of the data; equal ends are widened by one.
    count : int, default 5
        About how many steps.

    Returns
    -------
    list of float
        The first tick is at most ``low``, the last at least ``high``.

    Examples
    --------
    >>> nice_ticks(0, 0.79)
    [0.0, 0.2, 0.4, 0.6, 0.8]
    """
    if high <= low:
        high = low + 1.0
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(m for m in (1, 2, 5, 10) if m * power >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def given(value: float | None) -> bool:
    """Tell whether a value is there and finite."""
    return value is not None and math.isfinite(value)


def or_zero(value: float | None) -> float:
    """Take a missing value for zero."""
    return float(value) if value is not None and math.isfinite(value) else 0.0


def extent(values: Iterable[float | None], *, zero: bool = True) -> tuple[float, float]:
    """Find the least and the greatest known value; zero is among them unless ``zero`` is false."""
    known = [float(v) for v in values if v is not None and math.isfinite(v)]
    if zero or not known:
        known.append(0.0)
    return min(known), max(known)


def same_length(first: Sequence[object], *others: Sequence[object]) -> None:
    """Raise unless every non-empty sequence has as many entries as the first."""
    for other in others:
        if len(other) and len(other) != len(first):
            raise OptionError(f"needed {len(first)} entries in every sequence, got {len(other)}; pass one a row")


class Scale(NamedTuple):
    """A linear map from data to user units."""

    low: float
    slope: float
    start: float

    def __call__(self, value: float) -> float:
        """Return the position of a value."""
        return self.start + (value - self.low) * self.slope


def linear(low: float, high: float, start: float, end: float) -> Scale:
    """Map ``low`` to ``start`` and ``high`` to ``end``."""
    return Scale(low, (end - start) / (high - low) if high > low else 0.0, start)


def plain(label: Label) -> str:
    """Write a label as one plain text."""
    if isinstance(label, str):
        return label
    return " ".join(dict.fromkeys(half for half in _halves(label) if half))


def _halves(label: Text | tuple[str, str]) -> tuple[str, ...]:
    return label.said if isinstance(label, Text) else label


def text_width(label: Label, *, size: float = FONT) -> float:
    """Guess how wide a label prints: Chinese characters are square, others about half as wide."""
    if isinstance(label, Text):
        return max(text_width(one, size=size) for one in label.said)
    return size * sum(1.0 if ord(c) >= 0x2E80 else 0.57 for c in plain(label))


def shorten(name: str, *, size: float = FONT, most: float = CAP) -> str:
    """Cut a name that is too wide, with dots at its end.

    Examples
    --------
    >>> shorten("Beijing"), shorten("B" * 60)[-3:]
    ('Beijing', 'BB…')
    """
    if text_width(name, size=size) <= most:
        return name
    kept = f"{name}…"
    # capitals are wider than letters are on average
    while len(kept) > 1 and text_width(kept, size=size) + 0.17 * size * sum(map(str.isupper, kept)) > most:
        kept = f"{kept[:-2]}…"
    return f"{kept[:-1].rstrip()}…"


def shortened(label: Label, most: float) -> Label:
    """Cut a label that is too wide, in each language."""
    if isinstance(label, str):
        return shorten(label, most=most)
    if isinstance(label, Text):
        return label.map(lambda said: shorten(said, most=most))
    if text_width(label) <= most:
        return label
    other = text_width(label[1])
    return (shorten(label[0], most=max(most - other, most / 2)), shorten(label[1], most=most / 2))


def margin(labels: Iterable[Label], *, cap: float = CAP) -> float:
    """Find the space the widest label needs, up to a cap."""
    return min(cap, max((text_width(label) for label in labels), default=0.0)) + 12.0


def row_height(labels: Iterable[Label]) -> float:
    """Find the height of rows: more where a label takes two lines."""
    return ROW + 7.0 if any(text_width(label) > CAP for label in labels) else ROW


def attribute(value: object) -> str:
    """Write an attribute value; floats carry one decimal."""
    if isinstance(value, float):
        text = f"{value:.1f}"
        return "0" if text in ("0.0", "-0.0") else text.removesuffix(".0")
    return escape(str(value))


def tag(name: str, content: str = "", **attributes: object) -> str:
    """Write one element; ``content`` is markup already, attribute values are escaped here."""
    written = "".join(f' {key.rstrip("_").replace("_", "-")}="{attribute(v)}"' for key, v in attributes.items())
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def hover_title(text: str) -> str:
    """Write the text a pointer shows."""
    return f"<title>{escape(text)}</title>"


def spans(label: Label) -> str:
    """Write a label as markup, each language with its class."""
    if isinstance(label, str) or not all(_halves(label)) or len(set(_halves(label))) == 1:
        return escape(plain(label))
    if isinstance(label, Text):
        return "".join(language_span(language, escape(said)) for language, said in label.items())
    # the blank belongs to the English half, so that neither half alone starts or ends with one
    english, chinese = label
    return f'<tspan class="n-en">{escape(english)} </tspan><tspan class="n-zh" lang="zh">{escape(chinese)}</tspan>'


def language_span(language: str, content: str) -> str:
    """Mark the part of a label that is in one language."""
    tagged = "" if language == LANGUAGES[0] else f' lang="{text("language.tag").in_(language)}"'
    return f'<tspan class="{language}"{tagged}>{content}</tspan>'


def text_element(label: Label, x: float, y: float, *, class_: str, anchor: str = "start") -> str:
    """Write a label at a point; an empty label writes nothing."""
    if not plain(label):
        return ""
    return tag("text", spans(label), class_=class_, x=x, y=y, text_anchor=anchor)


def label_element(label: Label, x: float, y: float, *, class_: str, anchor: str = "start") -> str:
    """Write a label centered on a height, in two lines where it is wider than `CAP`."""
    if text_width(label) <= CAP:
        return text_element(label, x, y + 4.5, class_=class_, anchor=anchor)
    alone = ""
    if isinstance(label, Text):
        content = "".join(language_span(language, _centered(said, x)) for language, said in label.items())
    elif isinstance(label, tuple) and all(label) and label[0] != label[1]:
        english, chinese = label
        # a long English name takes both lines, with the Chinese one behind it where it has room
        both = text_width(english) > CAP and text_width(english) + text_width(chinese) < 1.8 * CAP
        place = "" if both else f' x="{attribute(float(x))}" dy="15"'
        first = _lines(english, x) if both else escape(shorten(english))
        content = f'<tspan class="n-en">{first} </tspan>'
        content += f'<tspan class="n-zh" lang="zh"{place}>{escape(chinese if both else shorten(chinese))}</tspan>'
        # where the page shows this name alone it takes one line, at the height of its row
        alone = tag(
            "text", escape(shorten(chinese)), class_=f"{class_} n-alone", lang="zh", x=x, y=y + 4.5, text_anchor=anchor
        )
        class_ = f"{class_} n-pair"
    else:
        content = _lines(plain(label), x)
    if "…" in content and "…" not in plain(label):
        content = hover_title(plain(label)) + content
    return tag("text", content, class_=class_, x=x, y=y - 3.0, text_anchor=anchor) + alone


def _centered(text: str, x: float) -> str:
    """Break a text in two if it must be; one line stands at the middle of the two."""
    if text_width(text) > CAP:
        return _lines(text, x)
    return f'<tspan x="{attribute(float(x))}" dy="7.5">{escape(text)}</tspan>'


def _lines(text: str, x: float) -> str:
    """Break a text in two near its middle, at a blank if there is one, when it is too wide for a line."""
    if text_width(text) <= CAP:
        return escape(text)
    blanks = [i for i, c in enumerate(text) if c == " "] or [len(text) // 2]
    cut = min(blanks, key=lambda i: abs(text_width(text[:i]) - text_width(text[i:])))
    first, second = shorten(text[:cut].rstrip()), shorten(text[cut:].strip())
    return f'{escape(first)}<tspan x="{attribute(float(x))}" dy="15">{escape(second)}</tspan>'


def marker(shape: str, x: float, y: float, style: str, hover: str = "", *, radius: float = 4.5) -> str:
    """Draw one of `SHAPES` at a point."""
    hover = hover_title(hover) if hover else ""
    if shape == "circle":
        return tag("circle", hover, class_=f"dot {style}", cx=x, cy=y, r=radius)
    corners = {
        "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
        "triangle": ((0.0, -1.15), (1.1, 0.9), (-1.1, 0.9)),
        "diamond": ((0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)),
    }[shape]
    return tag(
        "polygon", hover, class_=f"dot {style}", points=point_list((x + radius * a, y + radius * b) for a, b in corners)
    )


def dashed(interval: tuple[float | None, float | None], x: Scale, y: float) -> str:
    """Draw an interval as a dashed line, nothing where an end is missing."""
    low, high = interval
    if not given(low) or not given(high):
        return ""
    return tag("line", class_="single", x1=x(or_zero(low)), x2=x(or_zero(high)), y1=y, y2=y)


def whisker(interval: tuple[float | None, float | None], x: Scale, y: float) -> str:
    """Draw an interval as a line with ends, on a white one that sets it off from a bar; half an interval is none."""
    if not (given(interval[0]) and given(interval[1])):
        return ""
    low, high = (x(or_zero(end)) for end in interval)
    drawn = [tag("line", class_="halo", x1=low - 1, x2=high + 1, y1=y, y2=y)]
    drawn.append(tag("line", class_="whisker", x1=low, x2=high, y1=y, y2=y))
    drawn.extend(tag("line", class_="whisker", x1=end, x2=end, y1=y - 4, y2=y + 4) for end in (low, high))
    return "".join(drawn)


def point_list(pairs: Iterable[tuple[float, float]]) -> str:
    """Write the points of a line or polygon."""
    return " ".join(f"{attribute(float(a))},{attribute(float(b))}" for a, b in pairs)


def legend_keys(entries: Sequence[tuple[str, Label]], *, right: float = WIDTH) -> tuple[str, float]:
    """Draw keys and tell their height; ``reference`` is an open diamond, ``whisker`` an interval."""
    drawn: list[str] = []
    x, y = 0.0, 14.0
    for style, label in entries:
        width = 40.0 + text_width(label, size=FONT * 0.92)
        if x > 0 and x + width - 22 > right:
            x, y = 0.0, y + 20.0
        if style == "reference":
            drawn.append(marker("diamond", x + 6, y - 4, style))
        elif style == "single":
            drawn.append(dashed((0.0, 1.0), linear(0.0, 1.0, x, x + 13), y - 4))
        elif style == "whisker":
            drawn.append(whisker((0.0, 1.0), linear(0.0, 1.0, x, x + 13), y - 4))
        else:
            drawn.append(tag("rect", class_=f"key {style}", x=x, y=y - 10, width=12.0, height=12.0))
        drawn.append(text_element(label, x + 18, y, class_="legend"))
        x += width
    return "".join(drawn), y + 18.0 if entries else 0.0


def tick_decimals(ticks: Sequence[float]) -> int:
    """Find how many decimals tell the ticks apart exactly, six at most."""
    return next((d for d in range(6) if all(abs(round(t, d) - t) < 1e-9 for t in ticks)), 6)


def tick_labels(ticks: Sequence[float], *, factor: float = 1.0, unit: str = "", dates: bool = False) -> list[str]:
    """Write the values of ticks with the decimals that tell them apart; calendar years without separators."""
    decimals = tick_decimals([t * factor for t in ticks])
    return [f"{t:.0f}" if dates else format_number(t * factor, decimals=decimals) + unit for t in ticks]


def x_axis(
    ticks: Sequence[float], x: Scale, top: float, bottom: float, *, dates: bool = False, percent: bool = False
) -> str:
    """Draw vertical rules and write the tick values below them."""
    factor, unit = (100.0, "%") if percent else (1.0, "")
    labels = tick_labels(ticks, factor=factor, unit=unit, dates=dates)
    drawn: list[str] = []
    for t, label in zip(ticks, labels, strict=True):
        drawn.append(tag("line", class_="axis", x1=x(t), x2=x(t), y1=top, y2=bottom))
        drawn.append(text_element(label, x(t), bottom + 17, class_="tick", anchor="middle"))
    return "".join(drawn)


def y_axis(ticks: Sequence[float], y: Scale, ends: tuple[float, float], labels: Sequence[str]) -> str:
    """Draw horizontal rules between two ends and write the tick values before them."""
    drawn: list[str] = []
    for t, label in zip(ticks, labels, strict=True):
        drawn.append(tag("line", class_="axis", x1=ends[0], x2=ends[1], y1=y(t), y2=y(t)))
        drawn.append(text_element(label, ends[0] - 8, y(t) + 4.5, class_="tick", anchor="end"))
    return "".join(drawn)


def svg_element(body: str, height: float, *, title: str | Text, desc: str | Text, width: float = WIDTH) -> str:
    """Wrap a drawing with its accessible name and description."""
    title, desc = plain(title), plain(desc)
    # the content names the chart, so that ids differ within a page and repeat between runs
    key = f"chart-{crc32((title + desc + body).encode()):08x}"
    head = f'<title id="{key}-t">{escape(title)}</title><desc id="{key}-d">{escape(desc)}</desc>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {attribute(float(width))} '
        f'{attribute(float(height))}" aria-labelledby="{key}-t {key}-d">{head}{body}</svg>'
    )
