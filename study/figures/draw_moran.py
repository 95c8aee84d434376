"""Draw the Moran scatter: each place's value beside the mean of its neighbors, by cluster."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import check_choice
from ...data.vocabulary import name_of, terms
from ...data.wording.catalogue import LANGUAGES, join_texts, text
from .draw_ellipses import variable_rows
from .draw_scores import quantity
from .paper import Paper
from .style import COLUMN, INK, RULE, Voice, house_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..results.study_results import StudyResults

__all__ = ["draw_moran"]

_NEEDED = ("place", "own", "lag", "cluster")
_LIKE = ("high-high", "low-low", "high-low", "low-high")


def draw_moran(
    table: pd.DataFrame,
    *,
    names: pd.DataFrame | None = None,
    language: str = "en",
    width: float = COLUMN,
    font: str | Path | None = None,
) -> "Figure":
    """Draw the Moran scatter of a table of `innoscape.geo.local_autocorrelation`.

    Values and means of neighbors are standard scores of the values; the slope of the line is Moran's I of row-scaled
    weights without islands. Places of a cluster are named.

    Parameters
    ----------
    table : DataFrame
        From `innoscape.geo.local_autocorrelation`, one variable of one year; or ``clusters.csv`` of a study.
    names : DataFrame, optional
        ``name_en`` and ``name_zh`` by place; places without one are named by their key.
    language : str
        ``"en"``, ``"zh"`` or a further one that the package has a catalogue of.
    width : float
        Millimeters.
    font : str or Path, optional
        Family or file of a font with the characters needed.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    MissingExtraError
        Without the extra ``figures`` (matplotlib).
    OptionError
        If the table is not from `local_autocorrelation`, holds a place twice, or fewer than three with neighbors.

    References
    ----------
    Anselin, L. (1996). The Moran scatterplot as an ESDA tool to assess local instability in spatial association. In
    Spatial analytical perspectives on GIS, 111-125. Taylor & Francis.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.geo import SpatialWeights, local_autocorrelation
    >>> line = pd.DataFrame({"origin": list("abbccd"), "destination": list("bacbdc"), "value": 1.0})
    >>> values = pd.Series({"a": 1.0, "b": 2.0, "c": 4.0, "d": 5.0})
    >>> found = local_autocorrelation(values, SpatialWeights.from_table(line).scaled("row"), permutations=0)
    >>> draw_moran(found).axes[0].get_xlabel()
    'Value (standard score)'
    """
    check_choice("language", language, LANGUAGES)
    if missing := [name for name in _NEEDED if name not in table]:
        raise OptionError(
            text("faults.calls.draw_moran.table_local_autocorrelation_without", missing=join_texts(missing))
        )
    named = {} if names is None else {str(p): (str(r["name_en"]), str(r["name_zh"])) for p, r in names.iterrows()}
    with house_style(language, font):
        return _scatter(table, Voice(language, named), Paper(width))


def draw_clusters(results: "StudyResults", voice: Voice, paper: Paper, *, variable: str | None = None) -> "Figure":
    """Draw the Moran scatter of a variable of the study, in its last year."""
    _, rows = variable_rows(results.shown["clusters"], variable)
    return _scatter(rows[rows["year"].isna() | (rows["year"] == rows["year"].max())], voice, paper)


def _scatter(table: pd.DataFrame, voice: Voice, paper: Paper) -> "Figure":
    rows = table[np.isfinite(quantity(table, "lag"))].sort_values("place", kind="stable")
    if rows["place"].duplicated().any():
        raise OptionError(text("faults.calls.draw_moran.table_variable_year_places"))
    own, lag = (quantity(rows, name) for name in ("own", "lag"))
    if len(own) < 3 or not np.ptp(own) > 0:
        raise OptionError(text("faults.calls.draw_moran.table_three_places_whose", own=len(own)))
    x, y = ((one - own.mean()) / own.std() for one in (own, lag))
    figure = paper.new(paper.width * 0.95)
    axes = figure.add_subplot()
    axes.axhline(0.0, color=RULE, lw=0.8)
    axes.axvline(0.0, color=RULE, lw=0.8)
    slope = float((x * y).sum() / (x * x).sum())
    axes.axline((0.0, float(y.mean())), slope=slope, color=INK, lw=1.0)
    for cluster, term in terms("clusters").items():
        kept = (rows["cluster"].astype(str) == cluster).to_numpy()
        style: dict[str, Any] = {"color": term.color, "edgecolor": INK, "linewidth": 0.4, "s": 16, "zorder": 3}
        if kept.any():
            axes.scatter(x[kept], y[kept], label=name_of(cluster, "clusters").in_(voice.language), **style)
    for i, (place, cluster) in enumerate(zip(rows["place"], rows["cluster"], strict=True)):
        if cluster in _LIKE:
            at = {"xy": (x[i], y[i]), "xytext": (3, 3), "textcoords": "offset points"}
            axes.annotate(voice.place(str(place)), fontsize="small", **at)
    axes.set_xlabel(voice.say("moran.own"))
    axes.set_ylabel(voice.say("moran.lag"))
    axes.set_title(voice.say("moran.slope", value=f"{slope:.3f}"), loc="left")
    figure.legend(loc="outside lower center", ncols=2)
    return figure
