"""Hand the panel of an index to its recipes, and find the year that is shown of it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from pydantic_core import InitErrorDetails

from ...data import Fault, StudyError
from ...data.wording.catalogue import join_texts
from .fields import STUDY_FILE
from .misfits import misfit

__all__ = ["index_year", "strange_panels", "with_panel"]


# panels that recipes take over; another is none, or a fault of the index alone
_SHARED = ("yearly", "pooled")


def with_panel(given: object) -> object:
    """Return the section of an index with its panel among the options of every recipe that names none.

    Examples
    --------
    >>> with_panel({"panel": "yearly", "recipes": [{"name": "equal"}]})
    {'panel': 'yearly', 'recipes': [{'name': 'equal', 'panel': 'yearly'}]}
    """
    if not isinstance(given, Mapping) or given.get("panel") not in _SHARED:
        return given
    recipes = given.get("recipes")
    if not isinstance(recipes, list):
        return given
    return {**given, "recipes": [_with_option(recipe, given["panel"]) for recipe in recipes]}


def _with_option(recipe: object, panel: object) -> object:
    if not isinstance(recipe, Mapping):
        return recipe
    if isinstance(recipe.get("options"), Mapping):
        return {**recipe, "options": {"panel": panel, **recipe["options"]}}
    return {**recipe, "panel": recipe.get("panel", panel)}


def strange_panels(index: Any) -> list[InitErrorDetails]:  # noqa: ANN401 - an Index, which is checked here before it is whole
    """Find recipes whose panel is not that of the index."""
    return [
        misfit(("recipes", i, "panel"), "faults.study.panel", panel=repr(index.panel), got=repr(own))
        for i, recipe in enumerate(index.recipes)
        if (own := recipe.choices.panel) != index.panel
    ]


def index_year(index: Any, cells: pd.DataFrame) -> int | None:  # noqa: ANN401 - an Index
    """Return the year that an index scores, or shows of a panel; None where it takes values whatever their year.

    Parameters
    ----------
    index : Index
    cells : DataFrame
        The values that are scored.

    Raises
    ------
    StudyError
        If no value has a year, or none the year asked for.
    """
    if index.panel == "none" and index.year is None:
        return None
    have = sorted({int(year) for year in cells["year"].dropna()}) if "year" in cells else []
    wanted = index.year if isinstance(index.year, int) else None
    if not have:
        key = "index.panel" if index.year is None else "index.year"
        raise StudyError([Fault.of("faults.years.undated", STUDY_FILE, column=key)])
    if wanted is not None and wanted not in have:
        years = join_texts(str(year) for year in have)
        raise StudyError([Fault.of("faults.years.unscored", STUDY_FILE, column="index.year", got=wanted, years=years)])
    return have[-1] if wanted is None else wanted
