"""List the figures of a study: what each needs, how it is drawn, the width it reads best at, the options it takes."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict

import geopandas as gpd

from ...data import OptionError
from ...data.options import check_choice, check_number
from ...data.wording.catalogue import join_texts, text
from ...geo.maps.colors import CLASSINGS
from .draw_chord import draw_chord
from .draw_choropleth import draw_choropleth, scored_areas
from .draw_ellipses import draw_ellipses
from .draw_flow_matrix import draw_flow_matrix
from .draw_index import draw_contributions, draw_correlations
from .draw_lorenz import draw_shares
from .draw_map import draw_map, placed_points
from .draw_moran import draw_clusters
from .draw_network import draw_network
from .draw_scores import draw_channels, draw_scores, draw_tiers
from .draw_spread import draw_arrivals, draw_reach, draw_scenarios
from .draw_spread_maps import differences_of, draw_arrival_map, draw_difference_map, draw_scenario_maps
from .style import COLUMN, PAGE

if TYPE_CHECKING:
    from ..results.study_results import StudyResults

__all__ = ["FIGURE_KINDS", "FigureChoices", "FigureKind", "check_choices", "drawable", "lacking", "read_choices"]


class FigureChoices(TypedDict, total=False):
    """What may be chosen about figures; each figure takes some of these."""

    boundaries: gpd.GeoDataFrame
    extent: Literal["auto", "country", "centers"]
    insets: Literal["auto", "always", "never"]
    kind: str
    top: int
    most: int
    layout: Literal["stress", "tiers"]
    measure: str
    years: tuple[int, int]
    classes: int
    classing: str
    scenario: str
    variable: str


class FigureKind(NamedTuple):
    """A figure: tables or other things it needs, its drawing, width in millimeters, options; whether it is a map."""

    needs: tuple[str, ...]
    draw: Callable[..., Any]
    width: float
    options: tuple[str, ...] = ()
    ground: bool = False


# what is needed besides tables: how it is called, and how many there are of it
_PARTS: Mapping[str, tuple[str, Callable[["StudyResults"], int]]] = {
    "places": ("a layer of centers", lambda results: len(placed_points(results))),
    "areas": ("areas of the scored places", lambda results: int(scored_areas(results) is not None)),
    "differences": ("scenarios that change arrival times", lambda results: len(differences_of(results))),
    "ellipses": ("a layer of ellipses", lambda results: len(results.layers.get("ellipses", ()))),
}
_LAND = ("boundaries", "extent")
_CLASSES = ("classes", "classing")

FIGURE_KINDS: Mapping[str, FigureKind] = {
    "map": FigureKind(("places",), draw_map, PAGE, (*_LAND, "insets", "kind", "top"), ground=True),
    "choropleth": FigureKind(
        ("scores", "areas"), draw_choropleth, PAGE, (*_LAND, *_CLASSES, "insets", "measure", "years"), ground=True
    ),
    "arrival_map": FigureKind(
        ("arrivals", "places"), draw_arrival_map, PAGE, (*_LAND, *_CLASSES, "insets", "scenario"), ground=True
    ),
    "difference_map": FigureKind(
        ("differences",), draw_difference_map, PAGE, (*_LAND, "insets", "scenario"), ground=True
    ),
    "scenario_maps": FigureKind(("differences",), draw_scenario_maps, PAGE, _LAND, ground=True),
    "scores": FigureKind(("scores",), draw_scores, COLUMN),
    "tiers": FigureKind(("tier_probabilities",), draw_tiers, COLUMN),
    "contributions": FigureKind(("contributions",), draw_contributions, COLUMN),
    "correlations": FigureKind(("normalized",), draw_correlations, COLUMN),
    "lorenz": FigureKind(("indicators",), draw_shares, COLUMN, ("measure",)),
    "moran": FigureKind(("clusters",), draw_clusters, COLUMN, ("variable",)),
    "ellipses": FigureKind(("ellipses",), draw_ellipses, PAGE, (*_LAND, "variable"), ground=True),
    "flow_matrix": FigureKind(("flows",), draw_flow_matrix, COLUMN, (*_CLASSES, "kind", "most")),
    "chord": FigureKind(("flows",), draw_chord, COLUMN, ("kind", "most")),
    "network": FigureKind(("flows",), draw_network, PAGE, ("kind", "top", "most", "layout")),
    "reach": FigureKind(("reach",), draw_reach, COLUMN),
    "arrivals": FigureKind(("arrivals",), draw_arrivals, COLUMN),
    "channels": FigureKind(("credit",), draw_channels, COLUMN),
    "scenarios": FigureKind(("scenarios",), draw_scenarios, PAGE),
}


def lacking(results: "StudyResults", figure: str) -> str | None:
    """Return what results lack for a figure, None where they have all of it."""
    for need in FIGURE_KINDS[figure].needs:
        if need in _PARTS:
            called, count = _PARTS[need]
            if not count(results):
                return called
        elif not len(results.shown.get(need, ())):
            return f"a table {need} with rows"
    return None


def drawable(results: "StudyResults") -> list[str]:
    """List the figures that results have all of."""
    return [figure for figure in FIGURE_KINDS if lacking(results, figure) is None]


def check_choices(figures: list[str], choices: Mapping[str, Any]) -> None:
    """Refuse options that no figure takes, or whose value is none of theirs."""
    for name in choices:
        known = sorted({option for kind in FIGURE_KINDS.values() for option in kind.options})
        check_choice("option", name, known)
        takers = [figure for figure, kind in FIGURE_KINDS.items() if name in kind.options]
        if not {*takers} & {*figures}:
            raise OptionError(
                text(
                    "faults.calls.figure_kinds.figure_takes_leave_out",
                    name=name,
                    takers=join_texts(takers),
                    figures=join_texts(figures),
                )
            )
    for name, allowed in (
        ("extent", ("auto", "country", "centers")),
        ("insets", ("auto", "always", "never")),
        ("layout", ("stress", "tiers")),
        ("classing", CLASSINGS),
    ):
        if name in choices:
            check_choice(name, choices[name], allowed)
    for name, least, most in (("top", 1, None), ("most", 2, 200), ("classes", 2, 9)):
        if name in choices:
            check_number(name, choices[name], least=least, most=most, whole=True)


def read_choices(written: Sequence[str]) -> FigureChoices:
    """Read choices as a command line writes them.

    Examples
    --------
    >>> read_choices(["measure=score", "years=2015-2020", "top=20"])
    {'measure': 'score', 'years': (2015, 2020), 'top': 20}
    """
    known = [name for name in FigureChoices.__annotations__ if name != "boundaries"]
    found: Any = {}
    for one in written:
        name, sign, value = (part.strip() for part in one.partition("="))
        if not sign or name not in known:
            raise OptionError(
                text("faults.calls.figure_kinds.__set_keyvalue_key", known=join_texts(known), one=repr(one))
            )
        found[name] = _read(name, value)
    return found


def _read(name: str, value: str) -> Any:  # noqa: ANN401 - as its option
    form = {"years": r"(\d{1,4})-(\d{1,4})", **dict.fromkeys(("top", "most", "classes"), r"\d{1,6}")}.get(name)
    if form is None:
        return value
    match = re.fullmatch(form, value)
    if match is None:
        needed = (
            text("faults.calls.figure_kinds.two_years_2015_2020")
            if name == "years"
            else text("faults.calls.figure_kinds.whole_number")
        )
        raise OptionError(text("faults.calls.figure_kinds.__set", name=name, needed=needed, value=repr(value)))
    return tuple(map(int, match.groups())) if name == "years" else int(value)
