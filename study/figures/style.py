"""Set the type, colors and sizes of figures, and turn a figure into bytes that are the same on every run.

Sizes are millimeters on paper, type is in points. Everything happens inside `house_style`, which starts from
matplotlib's own defaults and leaves the caller's settings and backend as they were.
"""

import io
import logging
import re
import textwrap
import unicodedata
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...data import MissingExtraError, OptionError, OutputError
from ...data.errors import warn
from ...data.styles import HUES
from ...data.tier_scale import FOUR_TIERS, TierScale
from ...data.vocabulary import name_of, terms
from ...data.wording.catalogue import Text, text
from ..facts.rows import Pair

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMN, MIDDLE, PAGE = 90.0, 140.0, 190.0
INCH = 25.4
INK, SOFT, RULE = "#1c2430", "#566070", "#d5dae1"
OTHER_FILL = "#8a93a0"
CHANNEL_FILLS = {key: term.color for key, term in terms("channels").items()}
# hatched where greys come close
CHANNEL_HATCHES = {key: term.hatch for key, term in terms("channels").items() if term.hatch}
# signs of the vocabulary as matplotlib writes them
MARKERS = {
    "star": "*",
    "square": "s",
    "circle": "o",
    "triangle": "^",
    "diamond": "D",
    "pentagon": "p",
    "cross": "X",
}
LINES = HUES
DASHES = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)), (0, (3, 1.5)), (0, (8, 2)))
MARKS = ("o", "s", "D", "^", "v", "P", "X", "*")

_LATIN = ("Arial", "Helvetica", "Liberation Sans", "Nimbus Sans", "Noto Sans", "DejaVu Sans")
_CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "STHeiti",
    "Noto Sans CJK JP",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "SimSun",
    "Arial Unicode MS",
)
# file names of the fonts above, for those installed after matplotlib made its list
_FILES = re.compile(r"(cjk|notosanssc|sourcehan|wqy|simhei|simsun|msyh|pingfang|heiti|hiragino)", re.IGNORECASE)
_MISSING_GLYPH = re.compile(r"Glyph (\d+)")
_METADATA: dict[str, dict[str, Any]] = {
    "pdf": {"CreationDate": None, "Creator": "innoscape", "Producer": None},
    "svg": {"Date": None, "Creator": "innoscape"},
    "png": {"Software": None},
}
_RC: dict[str, Any] = {
    "font.size": 7.0,
    "axes.titlesize": 7.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 7.0,
    "axes.linewidth": 0.6,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "text.parse_math": False,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "legend.fontsize": 6.5,
    "legend.frameon": False,
    "legend.handlelength": 1.8,
    "legend.borderaxespad": 0.0,
    "hatch.linewidth": 0.5,
    "lines.linewidth": 1.1,
    "grid.color": "#e3e7ec",
    "grid.linewidth": 0.5,
    "svg.hashsalt": "innoscape",
    "svg.fonttype": "path",
    "pdf.fonttype": 42,
    "figure.constrained_layout.h_pad": 0.03,
    "figure.constrained_layout.w_pad": 0.03,
}


class Voice:
    """Say words and places in one language, a place without a name by its key.

    Examples
    --------
    >>> Voice("zh", {"B": ("Beijing", "北京")}).place("B"), Voice("en", {}).word("tie")
    ('北京', 'along ties')
    """

    def __init__(
        self,
        language: str,
        names: dict[str, Pair],
        titles: dict[str, Pair] | None = None,
        *,
        tiers: TierScale = FOUR_TIERS,
    ) -> None:
        self.language = language
        self.names = names
        self.titles = titles or {}
        self.tiers = tiers
        # most Chinese fonts have no bold cut, and bold digits among regular characters look spotted
        self.weight = "normal" if language == "zh" else "bold"

    def say(self, key: str, **values: object) -> str:
        """Return a sentence of the catalogues, by its key under ``figures``."""
        return text(f"figures.{key}", **values).in_(self.language)

    def name(self, english: str, chinese: str) -> str:
        """Choose between the names that tables hold."""
        return Text.of(en=english, zh=chinese).in_(self.language)

    def join(self, sentences: Iterable[str]) -> str:
        """Write sentences one after another."""
        return self.say("gap").join(sentences)

    def place(self, key: object) -> str:
        """Name a place."""
        return clean(self.name(*self.names.get(str(key), (str(key), str(key)))))

    def word(self, key: object) -> str:
        """Say a key, such as a tier, a channel or a measure."""
        name = self.tiers.name(key) if key in self.tiers else name_of(key)
        return clean(name.in_(self.language))

    def fill(self, tier: object, other: str = OTHER_FILL) -> str:
        """Return the color of a tier."""
        return self.tiers.term(tier).color if tier in self.tiers else other

    def ink(self, tier: object, other: str = OTHER_FILL) -> str:
        """Return the color of lines in the color of a tier."""
        return self.tiers.term(tier).ink if tier in self.tiers else other

    def marker(self, tier: object, other: str = "o") -> str:
        """Return the sign of a tier, as matplotlib writes it."""
        return MARKERS[self.tiers.term(tier).mark] if tier in self.tiers else other

    def head(self, key: object) -> str:
        """Say a key as a heading."""
        word = self.word(key)
        return word[:1].upper() + word[1:]

    def title(self, scenario: object) -> str:
        """Say a scenario."""
        return clean(self.name(*self.titles.get(str(scenario), (str(scenario), str(scenario)))))

    def wrap(self, long: str, width: int) -> str:
        """Break a text into lines of about ``width`` Latin letters; a Chinese character counts for two."""
        long = clean(long)
        if not any(unicodedata.east_asian_width(c) in "WF" for c in long):
            return "\n".join(textwrap.wrap(long, width, break_long_words=len(long) > 3 * width)) or long
        lines, used = [""], 0
        for piece in re.findall(r"[\x21-\u02ff]+\s?|.", long):
            size = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in piece)
            if used and used + size > width and unicodedata.category(piece[0]) not in ("Po", "Pe", "Pf"):
                lines.append("")
                used = 0
            lines[-1] += piece
            used += size
        return "\n".join(line.strip() for line in lines)


def clean(text: str) -> str:
    """Take out what no font can draw: control characters, which also break SVG."""
    return "".join(" " if c in "\t\n\r" else c for c in text if c in "\t\n\r" or unicodedata.category(c)[0] != "C")


def require_matplotlib() -> None:
    """Raise `MissingExtraError` where matplotlib is not installed."""
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("figures", purpose="figures") from error


@contextmanager
def house_style(language: str, font: str | Path | None) -> Iterator[None]:
    """Set matplotlib up for one figure, and put every setting back afterwards."""
    require_matplotlib()
    import matplotlib as mpl

    with mpl.rc_context(), _quiet_fonts():
        mpl.rcdefaults()
        weight = {} if language != "zh" else {"axes.titleweight": "normal"}
        settings: Any = {**_RC, **weight, "font.family": font_families(language, font)}
        mpl.rcParams.update(settings)
        yield


@contextmanager
def _quiet_fonts() -> Iterator[None]:
    """Keep matplotlib from saying on standard error that a Chinese font has no bold cut."""
    log = logging.getLogger("matplotlib.font_manager")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def font_families(language: str, font: str | Path | None = None) -> list[str]:
    """List the fonts to try for each character: Latin letters first, then Chinese.

    Raises
    ------
    OutputError
        If the figure is to speak Chinese and no font on this machine can.
    OptionError
        If the font asked for is not there.
    """
    from matplotlib import font_manager

    known = {entry.name for entry in font_manager.fontManager.ttflist}
    latin = [name for name in _LATIN if name in known][:1]
    if font is not None:
        return [*latin, _given_font(font, known), "DejaVu Sans"]
    chinese = next((name for name in _CHINESE if name in known), None) or _new_font()
    if chinese is None and language == "zh":
        raise OutputError(text("faults.calls.style.figures_chinese_font_chinese"))
    return [*latin, *([chinese] if chinese else []), "DejaVu Sans"]


def _given_font(font: str | Path, known: set[str]) -> str:
    from matplotlib import font_manager

    if str(font) in known:
        return str(font)
    if not Path(font).is_file():
        raise OptionError(text("faults.calls.style.font_font_family_matplotlib", font=repr(str(font))))
    try:
        font_manager.fontManager.addfont(font)
        return font_manager.FontProperties(fname=str(font)).get_name()
    except RuntimeError as error:
        raise OptionError(text("faults.calls.style.font_cannot_read_font", font=font, error=error)) from None


def _new_font() -> str | None:
    from matplotlib import font_manager

    for path in sorted(font_manager.findSystemFonts()):
        if _FILES.search(Path(path).name):
            font_manager.fontManager.addfont(path)
    known = {entry.name for entry in font_manager.fontManager.ttflist}
    return next((name for name in _CHINESE if name in known), None)


def new_figure(width: float, height: float, *, constrained: bool = True) -> "Figure":
    """Make a figure of so many millimeters, without any window system."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width / INCH, height / INCH), layout="constrained" if constrained else None)
    FigureCanvasAgg(figure)
    return figure


def figure_bytes(figure: "Figure", form: str, *, dpi: int) -> bytes:
    """Write a figure to memory, without dates or program versions; say which characters no font could draw."""
    stream = io.BytesIO()
    drawn = "png" if form == "tiff" else form
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        figure.savefig(stream, format=drawn, dpi=dpi, metadata=_METADATA[drawn], facecolor="white")
    lost: set[str] = set()
    for warning in caught:
        glyph = _MISSING_GLYPH.match(str(warning.message))
        if glyph:
            lost.add(chr(int(glyph[1])))
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
    if lost:
        warn("warnings.files.no_font", characters=" ".join(sorted(lost)), stacklevel=2)
    return stream.getvalue() if form != "tiff" else _tiff(stream, dpi)


def _tiff(stream: io.BytesIO, dpi: int) -> bytes:
    """Turn a PNG into a TIFF without transparency, packed without loss."""
    from PIL import Image

    written = io.BytesIO()
    with Image.open(stream) as image:
        image.convert("RGB").save(written, format="TIFF", compression="tiff_lzw", dpi=(dpi, dpi))
    return written.getvalue()
