"""Draw the deviational ellipses of a variable year by year, and the path of its center."""

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from ...data import OptionError
from ...data.wording.catalogue import join_texts, text
from ...geo.maps.colors import ramp
from .map_basemap import Ground, polygon_patch
from .map_frame import MapContent, MapGround, draw_framed_map
from .map_labels import Name
from .map_legend import Row, heading, ink, keyed, note
from .measured import indicator_title
from .paper import Paper
from .style import INK, Voice

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ..results.study_results import StudyResults

__all__ = ["draw_ellipses", "variable_rows"]


def variable_rows(table: pd.DataFrame, variable: str | None) -> tuple[str, pd.DataFrame]:
    """Return the variable asked for, the first by name without one, and its rows of a table."""
    choices = sorted({*table["variable"].astype(str)})
    chosen = choices[0] if variable is None else variable
    if chosen not in choices:
        raise OptionError(
            text("faults.calls.draw_ellipses.variable", choices=join_texts(choices), variable=repr(variable))
        )
    return chosen, table[table["variable"].astype(str) == chosen]


def draw_ellipses(
    results: "StudyResults", voice: Voice, paper: Paper, *, under: MapGround, variable: str | None = None
) -> "Figure":
    """Draw an ellipse a year, light to dark, with the mean center of each and the way it took."""
    layer = results.layers["ellipses"]
    key, rows = variable_rows(layer[layer.geometry.notna() & ~layer.geometry.is_empty], variable)
    rows = gpd.GeoDataFrame(rows.sort_values("year", ignore_index=True))
    years = ["" if pd.isna(year) else str(int(year)) for year in rows["year"]]
    shades = ramp("plum", len(years) + 2)[2:]
    centers = gpd.GeoSeries(gpd.points_from_xy(rows["lon"], rows["lat"]), crs=4326)
    title = indicator_title(results, voice, key)[0]

    def paint(axes: "Axes", ground: Ground, unit: float, scale: float) -> None:
        del unit
        shapes, points = rows.to_crs(ground.crs).geometry, centers.to_crs(ground.crs)
        for shape, color in zip(shapes, shades, strict=True):
            style = {"facecolor": "none", "edgecolor": color, "linewidth": 1.2 * scale}
            axes.add_collection(polygon_patch(shape, zorder=3, **style), autolim=False)
        axes.plot(points.x, points.y, color=INK, lw=0.7, zorder=4)
        for x, y, color in zip(points.x, points.y, shades, strict=True):
            axes.plot(x, y, zorder=5, **ink(marker="o", markersize=3.6 * scale, markerfacecolor=color))

    def legend(span: float) -> list[list[Row]]:
        lines = [heading(voice, voice.say("ellipses.title", variable=title), span)]
        for year, color in zip(years, shades, strict=True):

            def sign(axes: "Axes", x: float, y: float, color: str = color) -> None:
                axes.plot([x - 2.4, x + 2.4], [y, y], color=color, lw=1.2)
                axes.plot(x, y, **ink(marker="o", markersize=3.4, markerfacecolor=color))

            lines.append(keyed(voice, year or title, span, sign))
        return [[*lines, note(voice, voice.say("ellipses.note"), span)]]

    def names(ground: Ground, scale: float) -> list[Name]:
        points = centers.to_crs(ground.crs)
        ends = {0, len(years) - 1}
        return [
            Name(years[i], points.iloc[i].x, points.iloc[i].y, 2.0 * scale, {"size": 6.0, "zorder": 6})
            for i in sorted(ends)
            if years[i]
        ]

    return draw_framed_map(paper, voice, under, MapContent([rows], legend, paint, names), insets="never")
