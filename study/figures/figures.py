"""Draw the figures of a study for a paper: maps, index, flows, spread and scenarios, alone or as panels of a page.

Sizes are millimeters on paper. The same results give the same bytes on the same machine; fonts may differ between
machines. Settings and backend of matplotlib stay as the caller has them.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Unpack

import geopandas as gpd

from ...data import MissingExtraError, OptionError
from ...data.errors import warn
from ...data.files import write_file
from ...data.options import check_choice, check_number
from ...data.wording.catalogue import LANGUAGES, text
from ...geo.space.basemaps import Basemap, basemap
from ..facts.rows import Pair, place_names
from .draw_map import placed_points
from .figure_kinds import FIGURE_KINDS, FigureChoices, check_choices, drawable, lacking
from .map_basemap import in_one_province
from .map_frame import MapGround
from .paper import Paper, draw_panels
from .style import COLUMN, MIDDLE, PAGE, Voice, figure_bytes, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..results.study_results import StudyResults

__all__ = ["FIGURES", "draw_figure", "write_figures"]

FORMATS = ("pdf", "svg", "png", "tiff")
_USUAL = FORMATS[:3]
_WIDTHS = {"column": COLUMN, "middle": MIDDLE, "page": PAGE}
Width = Literal["column", "middle", "page"] | float

FIGURES = (*FIGURE_KINDS,)
# as fine as print shows at two columns
_TOLERANCE = 0.03
# between the names of panels
_AND = "+"


def write_figures(
    results: "StudyResults",
    folder: str | Path,
    *,
    figures: Sequence[str] | None = None,
    formats: Sequence[str] = _USUAL,
    language: str = "en",
    width: Width | None = None,
    columns: int | None = None,
    dpi: int = 300,
    font: str | Path | None = None,
    **choices: Unpack[FigureChoices],
) -> list[Path]:
    """Write the figures of a study as files for a paper: ``map_en.pdf``, ``scores_en.svg`` and so on.

    Parameters
    ----------
    results : StudyResults
        What `run` found.
    folder : str or Path
        Where to write; made if it is not there. Files of the same names are replaced.
    figures : sequence of str, optional
        Some of `FIGURES`, or several joined by ``+`` as panels a, b, c of one figure, such as
        ``"choropleth+scores"``; by default all that the results have tables for.
    formats : sequence of {"pdf", "svg", "png", "tiff"}
        What to write of each; TIFF files have no transparency and are packed without loss.
    language : str
        ``"en"``, ``"zh"`` or a further one that the package has a catalogue of; ``"all"`` writes each figure in
        every language.
    width : {"column", "middle", "page"} or float, optional
        One column (90 mm), one and a half (140 mm), two (190 mm), or millimeters from 60 to 400; by default the
        width each reads best at.
    columns : int, optional
        Panels beside each other, 1 to 6; by default one up to 100 mm, else two.
    dpi : int
        Dots per inch of PNG and TIFF files, 72 to 1200.
    font : str or Path, optional
        As in `draw_figure`.
    **choices
        As in `draw_figure`; each goes to the figures that take it.

    Returns
    -------
    list of Path
        The files, in the order of figures, languages and formats.

    Raises
    ------
    MissingExtraError
        If the extra ``figures`` is not installed.
    OptionError
        If an option is not among its choices or taken by none of the figures, or the results lack the tables of a
        figure asked for.
    OutputError
        If the folder cannot be written, or Chinese is wanted and no font has it.

    Examples
    --------
    >>> import tempfile
    >>> from innoscape.study import run
    >>> results = run(until="score")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = write_figures(results, folder, figures=["scores", "scores+tiers"], formats=["svg"])
    ...     [path.name for path in paths]
    ['scores_en.svg', 'scores+tiers_en.svg']
    """
    for form in formats:
        check_choice("formats", form, FORMATS)
    check_choice("language", language, (*LANGUAGES, "all"))
    check_number("dpi", dpi, least=72, most=1200)
    choices = _given(choices)
    names = drawable(results) if figures is None else list(dict.fromkeys(figures))
    check_choices([part for name in names for part in _parts("figures", name)], choices)
    languages = LANGUAGES if language == "all" else (language,)
    pages: dict[str, bytes] = {}
    for name in names:
        taken: Any = _taken(_parts("figures", name), choices)
        for one in languages:
            more = {"columns": columns} if _AND in name else {}
            drawn = draw_figure(results, name, language=one, width=width, font=font, **more, **taken)
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
    columns: int | None = None,
    font: str | Path | None = None,
    **choices: Unpack[FigureChoices],
) -> "Figure":
    """Draw one figure of a study, or several as panels, as a matplotlib figure, to be changed before it is saved.

    ================== =====================================================================================
    figure             shows
    ================== =====================================================================================
    ``map``            centers by tier, scopes, corridors, the strongest flows
    ``choropleth``     a measure of the scored places as a shaded map
    ``arrival_map``    median arrival times in classes
    ``difference_map`` where a scenario brings knowledge earlier or later than the baseline
    ``scenario_maps``  the same for every scenario as small maps
    ``scores``         scores with intervals, and those of other recipes
    ``tiers``          the probability of each tier
    ``contributions``  what each indicator adds to each score
    ``correlations``   rank correlations of the indicators
    ``lorenz``         how unequally a measure is spread over places, by year
    ``moran``          each place's value beside the mean of its neighbors
    ``ellipses``       the deviational ellipse of each year and the path of its center
    ``flow_matrix``    flows from origin to destination, in classes
    ``chord``          flows as ribbons across a circle
    ``network``        the strongest flows without coordinates
    ``reach``          share of centers reached over time, and what scenarios add to it
    ``arrivals``       median arrival time and interval of every center, by tier
    ``channels``       share of arrivals by channel and tier
    ``scenarios``      differences from the baseline with paired intervals
    ================== =====================================================================================

    Parameters
    ----------
    results : StudyResults
        What `run` found.
    figure : str
        One of the table, or several joined by ``+``.
    language : str
        Language of words and names, such as ``"en"`` or ``"zh"``.
    width, columns : optional
        As in `write_figures`; panels are two columns wide by default.
    font : str or Path, optional
        Family or file of a font with the characters needed; by default a Chinese one is looked for.
    **choices
        Of maps: ``boundaries``, ground instead of the study's own, such as an approved base map (GeoDataFrame of
        polygons and lines with a reference system; a column ``kind`` may distinguish ``province``, ``land`` (around)
        and ``line``); ``extent`` (``"auto"``, ``"country"``, ``"centers"``), whether the map shows all of China where
        the study draws its provinces, by default unless all centers lie in one province; ``insets`` (``"auto"``,
        ``"always"``, ``"never"``), whether crowded parts are drawn again below the map, by default where names find
        no room. Of classes: ``classes``, 2 to 9, and ``classing`` (``"natural_breaks"``, ``"quantiles"``,
        ``"equal"``). Of choropleth: ``measure``, ``score``, ``tier``, a level, another recipe or an indicator, and
        ``years``, two years between which the change is shown. Of flows: ``kind``, the network, by default the one
        that joins most centers; ``top``, how many flows are drawn, and ``most``, how many places, the strongest first;
        ``layout`` of networks (``"stress"``, ``"tiers"``). Of scenarios: ``scenario``. Of patterns: ``variable``.

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
    parts, choices = _parts("figure", figure), _given(choices)
    check_choice("language", language, LANGUAGES)
    check_choices(parts, choices)
    if columns is not None:
        check_number("columns", columns, least=1, most=6, whole=True)
        if len(parts) == 1:
            raise OptionError(text("faults.calls.figures.columns_several_figures_joined", figure=figure))
    for part in parts:
        if needed := lacking(results, part):
            raise OptionError(text("faults.calls.figures.results_figure_none_run", needed=needed, part=part))
    millimeters = _millimeters(width, PAGE if len(parts) > 1 else FIGURE_KINDS[figure].width)
    voice = Voice(language, place_names(results.shown), _titles(results), tiers=results.study.tiers.order)
    with house_style(language, font):
        under = _under(results, choices) if any(FIGURE_KINDS[part].ground for part in parts) else None
        draws = [_drawing(results, voice, part, _taken([part], choices), under) for part in parts]
        if len(draws) == 1:
            return draws[0](Paper(millimeters))
        return draw_panels(draws, width=millimeters, columns=columns or (1 if millimeters <= 100 else 2))


def _given(choices: FigureChoices) -> FigureChoices:
    """Leave out what is None, which asks for what is usual."""
    kept: Any = {name: value for name, value in choices.items() if value is not None}
    return kept


def _parts(option: str, figure: str) -> list[str]:
    parts = str(figure).split(_AND)
    for part in parts:
        check_choice(option, part, FIGURES)
    return parts


def _taken(figures: Sequence[str], choices: Mapping[str, Any]) -> dict[str, Any]:
    """Return the choices that some of the figures take."""
    options = {option for figure in figures for option in FIGURE_KINDS[figure].options}
    return {name: value for name, value in choices.items() if name in options}


def _drawing(
    results: "StudyResults", voice: Voice, figure: str, taken: dict[str, Any], under: MapGround | None
) -> Callable[[Paper], "Figure"]:
    own = {name: value for name, value in taken.items() if name not in ("boundaries", "extent")}
    if FIGURE_KINDS[figure].ground:
        own["under"] = under
    return partial(FIGURE_KINDS[figure].draw, results, voice, **own)


def _under(results: "StudyResults", choices: Mapping[str, Any]) -> MapGround:
    """Return the land of maps, and whether all of it is shown."""
    given, extent = choices.get("boundaries"), choices.get("extent", "auto")
    land = _ground(results, given)
    whole = land.china and extent != "centers" and given is None
    if whole and extent == "auto":
        whole = not in_one_province(placed_points(results), land.ground)
    return MapGround(land, whole, given)


def _millimeters(width: Width | None, best: float) -> float:
    if width is None:
        return best
    if isinstance(width, str):
        check_choice("width", width, (*_WIDTHS,))
        return _WIDTHS[width]
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
            raise OptionError(text("faults.calls.figures.boundaries_reference_system_none"))
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
