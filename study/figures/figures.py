"""Draw the figures of a study for a paper: map, scores, tiers, reach, arrivals, channels, scenarios.

Sizes are millimeters on paper. The same results give the same bytes on the same machine; fonts may differ between
machines. Settings and backend of matplotlib stay as the caller has them.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd

from ...data import MissingExtraError, OptionError
from ...data.errors import warn
from ...data.files import write_file
from ...data.options import check_choice, check_number
from ...data.wording.catalogue import LANGUAGES
from ...geo.space.basemaps import Basemap, basemap
from ..facts.rows import Pair, place_names
from .draw_map import draw_map, placed_points
from .draw_scores import draw_channels, draw_scores, draw_tiers
from .draw_spread import draw_arrivals, draw_reach, draw_scenarios
from .map_basemap import in_one_province
from .style import COLUMN, PAGE, Voice, figure_bytes, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..results.study_results import StudyResults

__all__ = ["FIGURES", "draw_figure", "write_figures"]

FORMATS = ("pdf", "svg", "png")
Width = Literal["column", "page"] | float

# figure -> tables it needs, how to draw it, the width it reads best at
_CHARTS: dict[str, tuple[str, Callable[..., Any], float]] = {
    "scores": ("scores", draw_scores, COLUMN),
    "tiers": ("tier_probabilities", draw_tiers, COLUMN),
    "reach": ("reach", draw_reach, COLUMN),
    "arrivals": ("arrivals", draw_arrivals, COLUMN),
    "channels": ("credit", draw_channels, COLUMN),
    "scenarios": ("scenarios", draw_scenarios, PAGE),
}
FIGURES = ("map", *_CHARTS)
# as fine as print shows at two columns
_TOLERANCE = 0.03


def write_figures(
    results: "StudyResults",
    folder: str | Path,
    *,
    figures: Sequence[str] | None = None,
    formats: Sequence[str] = FORMATS,
    language: str = "en",
    width: Width | None = None,
    dpi: int = 300,
    font: str | Path | None = None,
    boundaries: gpd.GeoDataFrame | None = None,
    extent: Literal["auto", "country", "centers"] = "auto",
    kind: str | None = None,
    top: int = 60,
) -> list[Path]:
    """Write the figures of a study as files for a paper: ``map_en.pdf``, ``scores_en.svg`` and so on.

    Parameters
    ----------
    results : StudyResults
        What `run` found.
    folder : str or Path
        Where to write; made if it is not there. Files of the same names are replaced.
    figures : sequence of str, optional
        Some of `FIGURES`; by default all that the results have tables for.
    formats : sequence of {"pdf", "svg", "png"}
        What to write of each.
    language : str
        ``"en"``, ``"zh"`` or a further one that the package has a catalogue of; ``"all"`` writes each figure in
        every language.
    width : {"column", "page"} or float, optional
        One column (90 mm), two (190 mm), or millimeters from 60 to 400; by default the width each reads best at.
    dpi : int
        Dots per inch of PNG files, 72 to 1200.
    font, boundaries, extent, kind, top
        As in `draw_figure`.

    Returns
    -------
    list of Path
        The files, in the order of figures, languages and formats.

    Raises
    ------
    MissingExtraError
        If the extra ``figures`` is not installed.
    OptionError
        If an option is not among its choices, or the results lack the tables of a figure asked for.
    OutputError
        If the folder cannot be written, or Chinese is wanted and no font has it.

    Examples
    --------
    >>> import tempfile
    >>> from innoscape.study import run
    >>> results = run(until="score")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_figures(results, folder, figures=["scores"], formats=["svg", "png"])]
    ['scores_en.svg', 'scores_en.png']
    """
    for form in formats:
        check_choice("formats", form, FORMATS)
    check_choice("language", language, (*LANGUAGES, "all"))
    check_number("dpi", dpi, least=72, most=1200)
    names = [name for name in FIGURES if _drawable(results, name)] if figures is None else list(dict.fromkeys(figures))
    languages = LANGUAGES if language == "all" else (language,)
    options: dict[str, Any] = {"font": font, "boundaries": boundaries, "extent": extent, "kind": kind, "top": top}
    pages: dict[str, bytes] = {}
    for name in names:
        for one in languages:
            drawn = draw_figure(results, name, language=one, width=width, **options)
            with house_style(one, font):
                for form in dict.fromkeys(formats):
                    pages[f"{name}_{one}.{form}"] = figure_bytes(drawn, form, dpi=dpi)
    return [write_file(Path(folder, name), content) for name, content in pages.items()]


def draw_figure(
    results: "StudyResults",
    figure: str,
    *,
    language: str = "en",
    width: Width | None = None,
    font: str | Path | None = None,
    boundaries: gpd.GeoDataFrame | None = None,
    extent: Literal["auto", "country", "centers"] = "auto",
    kind: str | None = None,
    top: int = 60,
) -> "Figure":
    """Draw one figure of a study as a matplotlib figure, to be changed before it is saved.

    ============= ==========================================================================================
    figure        shows
    ============= ==========================================================================================
    ``map``       centers by tier, scopes, corridors, the strongest flows
    ``scores``    scores with intervals, and those of other recipes
    ``tiers``     the probability of each tier
    ``reach``     share of centers reached over time, and what scenarios add to it
    ``arrivals``  median arrival time and interval of every center, by tier
    ``channels``  share of arrivals by channel and tier
    ``scenarios`` differences from the baseline with paired intervals
    ============= ==========================================================================================

    Parameters
    ----------
    results : StudyResults
        What `run` found.
    figure : str
        One of the table.
    language : str
        Language of words and names, such as ``"en"`` or ``"zh"``.
    width : {"column", "page"} or float, optional
        As in `write_figures`.
    font : str or Path, optional
        Family or file of a font with the characters needed; by default a Chinese one is looked for.
    boundaries : GeoDataFrame, optional
        Ground of the map instead of the study's own, such as an approved base map: polygons and lines with a
        reference system; a column ``kind`` may distinguish ``province``, ``land`` (around) and ``line``.
    extent : {"auto", "country", "centers"}
        Whether the map shows all of China, where the study draws its provinces, or what the centers cover; by default
        all of China unless all centers lie in one province.
    kind : str, optional
        Kind of flow on the map; by default the one that joins most centers.
    top : int
        How many flows are drawn, the strongest first.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    MissingExtraError, OptionError, OutputError
        As in `write_figures`.

    Warns
    -----
    InnoscapeWarning
        If the provinces cannot be drawn because the extra ``boundaries`` is missing.

    Examples
    --------
    >>> from innoscape.study import run
    >>> figure = draw_figure(run(until="score"), "scores", width="page")
    >>> round(figure.get_figwidth() * 25.4)
    190
    """
    check_choice("figure", figure, FIGURES)
    check_choice("language", language, LANGUAGES)
    check_choice("extent", extent, ("auto", "country", "centers"))
    check_number("top", top, least=1, whole=True)
    if not _drawable(results, figure):
        needed = "a layer of centers" if figure == "map" else f"a table {_CHARTS[figure][0]} with rows"
        raise OptionError(f"results: needed {needed} for the figure {figure}, got none; run the study further")
    millimeters = _millimeters(width, PAGE if figure == "map" else _CHARTS[figure][2])
    voice = Voice(language, place_names(results.shown), _titles(results), tiers=results.study.tiers.order)
    with house_style(language, font):
        if figure != "map":
            return _CHARTS[figure][1](results, voice, width=millimeters)
        land = _ground(results, boundaries)
        whole = land.china and extent != "centers" and boundaries is None
        if whole and extent == "auto":
            whole = not in_one_province(placed_points(results), land.ground)
        return draw_map(results, voice, width=millimeters, land=land, whole=whole, kind=kind, top=top)


def _drawable(results: "StudyResults", figure: str) -> bool:
    check_choice("figures", figure, FIGURES)
    table = placed_points(results) if figure == "map" else results.shown.get(_CHARTS[figure][0])
    return table is not None and len(table) > 0


def _millimeters(width: Width | None, best: float) -> float:
    if width is None:
        return best
    if isinstance(width, str):
        check_choice("width", width, ("column", "page"))
        return COLUMN if width == "column" else PAGE
    check_number("width", width, least=60, most=400)
    return float(width)


def _titles(results: "StudyResults") -> dict[str, Pair]:
    table = results.shown.get("scenario_titles")
    if table is None:
        return {}
    rows = table.astype(object).where(table.notna(), "")
    return {str(r.scenario): (str(r.title or r.title_zh), str(r.title_zh or r.title)) for r in rows.itertuples()}


def _ground(results: "StudyResults", given: gpd.GeoDataFrame | None) -> Basemap:
    """Return the land to draw."""
    if given is not None:
        if given.crs is None:
            raise OptionError("boundaries: needed a reference system, got none; set it with set_crs")
        return Basemap(given.to_crs(4326), None, china=False)
    study, layers = results.study, results.layers
    shown = [placed_points(results), *(layers[name] for name in ("scopes",) if name in layers)]
    try:
        return basemap(
            study.map.boundaries, shown, folder=study.folder, tolerance=_TOLERANCE, approval=study.map.approval
        )
    except MissingExtraError as error:
        warn("notices.no_boundaries", reason=str(error), stacklevel=3)
        return Basemap(None, None, china=False)
