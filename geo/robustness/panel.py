"""Vary the index of a panel and rank the places of one of its years.

A year of a yearly panel is an index of its own. Of a pooled panel every place in every year is a row of one index,
named by place and year; what is ranked are the rows of the one year.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas as pd

from ...data.errors import OptionError
from ...data.places.keys import as_keys
from ...data.wording.catalogue import join_texts, text
from ..index.chain import imputed_cells
from ..index.recipe import Recipe
from .plan import Setting

__all__ = ["CrossSection", "cross_section", "panel_of"]

# stands in no name of a place, as files cannot hold it
_BETWEEN = "\x1f"


@dataclass(frozen=True)
class CrossSection:
    """The rows that are ranked: those of one year, or all.

    Parameters
    ----------
    year : int or None
        The year whose rows are ranked, where rows are named by place and year.
    """

    year: int | None = None

    def rows(self, names: list[str]) -> dict[str, int]:
        """Return place -> position of its row."""
        if self.year is None:
            return {name: i for i, name in enumerate(names)}
        ending = f"{_BETWEEN}{self.year}"
        return {name.removesuffix(ending): i for i, name in enumerate(names) if name.endswith(ending)}


class _Prepared(NamedTuple):
    setting: Setting
    recipes: dict[str, Recipe]
    section: CrossSection


def panel_of(recipes: Mapping[str, Recipe], year: int | None) -> str:
    """Return the panel that recipes share.

    Raises
    ------
    OptionError
        If they do not share one, or a panel has no year to rank.
    """
    panels = sorted({recipe.panel for recipe in recipes.values()})
    if len(panels) > 1:
        raise OptionError(text("faults.calls.panel.recipes_panel_all", v=join_texts(map(repr, panels))))
    if panels != ["none"] and year is None:
        raise OptionError(text("faults.calls.panel.year_year_panel_whose", panels=panels[0]))
    return panels[0]


def cross_section(setting: Setting, recipes: Mapping[str, Recipe]) -> _Prepared:
    """Turn recipes of a panel into recipes of one cross-section that score the same, and say which rows are ranked."""
    panel = panel_of(recipes, setting.year)
    if panel == "none":
        return _Prepared(setting, dict(recipes), CrossSection())
    filled = _interpolated(setting, recipes)
    if filled is not None:
        setting = replace(setting, table=filled)
        recipes = {name: _filled_already(recipe) for name, recipe in recipes.items()}
    plain = {name: replace(recipe, panel="none") for name, recipe in recipes.items()}
    if panel == "yearly":
        return _Prepared(setting, plain, CrossSection())
    year = setting.year
    table = setting.table.dropna(subset=["year"])
    keys = as_keys(table["place"])
    chosen = keys.isin(setting.among) if setting.among is not None else pd.Series(data=True, index=keys.index)
    table = table[chosen.to_numpy()].assign(place=_named(keys, table["year"])[chosen])
    places = None if setting.places is None else _places_in_years(setting.places, keys[chosen], table["place"])
    return _Prepared(
        replace(setting, table=table.drop(columns="year"), among=None, places=places, year=None),
        plain,
        CrossSection(year),
    )


def _interpolated(setting: Setting, recipes: Mapping[str, Recipe]) -> pd.DataFrame | None:
    """Return the table with the cells that an imputation fills that knows of years, if a recipe has one."""
    steps = {name: recipe.step("impute") for name, recipe in recipes.items()}
    filling = [recipes[name] for name, (how, of) in steps.items() if how == "interpolate" or of.get("by_year")]
    if not filling:
        return None
    if len({str(recipe.impute) for recipe in recipes.values()}) > 1:
        raise OptionError(text("faults.calls.panel.recipes_imputation_all_them"))
    log = replace(setting, year=None).score(filling[0]).log
    cells = imputed_cells(log, filling[0], setting.table).assign(status="imputed")
    if cells["value"].isna().any():
        raise OptionError(text("faults.calls.panel.recipes_denominate_missinggap_totals"))
    table = setting.table.dropna(subset=["value"])
    return pd.concat([table.assign(place=as_keys(table["place"])), cells], ignore_index=True)


def _filled_already(recipe: Recipe) -> Recipe:
    method, options = recipe.step("denominate")
    options.pop("missing", None)
    divided = {"method": method, **options} if options else method
    return replace(recipe, impute="none", denominate=divided, order="divide_impute")


def _named(places: pd.Series, years: pd.Series) -> pd.Series:
    return places.astype(str) + _BETWEEN + years.astype(int).astype(str)


def _places_in_years(places: pd.DataFrame, keys: pd.Series, names: pd.Series) -> pd.DataFrame:
    """Return the table of places with a row for each year; nesting was judged before."""
    pairs = pd.DataFrame({"place": keys.to_numpy(), "name": names.to_numpy()}).drop_duplicates()
    plain = pd.DataFrame(places.drop(columns="part_of", errors="ignore"))
    joined = pairs.merge(plain.assign(place=as_keys(plain["place"])), on="place", how="left")
    return joined.drop(columns="place").rename(columns={"name": "place"})
