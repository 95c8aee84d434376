"""Take the chosen cells of an index through its first steps: screen, divide by sizes and impute, treat."""

import math
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import pandas as pd

from ...data.errors import Fault, OptionError, TableError, warn
from ...data.framework import Framework
from ...data.options import check_columns
from ...data.places.keys import as_keys
from ...data.wording.catalogue import join_texts, text
from .cells import LogRow, log_cell
from .prepare.denominate import DENOMINATIONS, named_denominators
from .prepare.impute import IMPUTATIONS, Notes, by_function, check_filled
from .prepare.outliers import TREATMENTS
from .prepare.screen import SCREENS
from .recipe import Recipe

__all__ = ["Change", "denominators_of", "imputed_cells", "prepare_cells", "screen_cells", "slices"]

# row, indicator, method, value before, value after
Change = tuple[object, str, str, float, float]


def slices(matrix: pd.DataFrame, recipe: Recipe) -> Iterator[tuple[int | None, pd.DataFrame]]:
    """Yield what is treated, normalized and weighted together: each year of a yearly panel, else everything."""
    if recipe.panel != "yearly":
        yield None, matrix
        return
    years = matrix.index.get_level_values("year")
    for year in sorted(set(years)):
        yield int(year), matrix[years == year]


def denominators_of(recipe: Recipe) -> tuple[str, ...]:
    """Return the indicators that a recipe divides by."""
    return named_denominators(recipe.step("denominate")[1].get("by", {}))


def screen_cells(
    matrix: pd.DataFrame, framework: Framework, recipe: Recipe
) -> tuple[pd.DataFrame, Framework, list[LogRow]]:
    """Return what availability leaves of the table and the framework, and the log of the cells left out."""
    method, options = recipe.step("screen")
    if recipe.step("impute")[0] == "interpolate":
        # a year without any row of a place is a gap to fill too
        levels = [matrix.index.get_level_values(level).unique() for level in ("place", "year")]
        matrix = matrix.reindex(pd.MultiIndex.from_product(levels).sort_values())
    names = list(framework.indicators)
    kept, left_out = SCREENS[method](matrix[names], **options)
    if kept.empty:
        got = text("faults.calls.chain.place_left") if kept.shape[1] else text("faults.calls.chain.indicator_left")
        fix = text("faults.calls.chain.lower_thresholds_screen")
        raise TableError([Fault("indicators", text("faults.calls.chain.places_indicators_enough_values"), got, fix)])
    others = [name for name in matrix.columns if name not in names]
    log = [log_cell(row, name, "excluded", matrix.loc[row, name], why) for row, name, why in left_out]
    if list(kept.columns) != names:
        gone = {
            (level, group)
            for level in framework.levels
            for group, members in framework.groups(level).items()
            if not set(members) & set(kept.columns)
        }
        table = framework.table
        framework = Framework.from_table(table[table["indicator"].isin(kept.columns)])
        if gone:
            listed = ", ".join(f"{group} ({level})" for level, group in sorted(gone))
            warn("warnings.empty_groups", groups=listed, stacklevel=3)
    return matrix.loc[kept.index, [*kept.columns, *(name for name in others)]], framework, log


def prepare_cells(
    matrix: pd.DataFrame, framework: Framework, recipe: Recipe, places: pd.DataFrame | None
) -> tuple[pd.DataFrame, list[LogRow], list[Change]]:
    """Return the table ready to be normalized, the log of imputed and treated cells, and the treated ones."""
    _check_named(recipe, framework)
    ready, log = _filled_and_divided(matrix, list(framework.indicators), recipe, places)
    _warn_of_empty(matrix[list(framework.indicators)], recipe)
    method, options = recipe.step("treat")
    parts, changes = [], []
    for _, part in slices(ready, recipe):
        treated, done = TREATMENTS[method](part, **options)
        parts.append(treated)
        for name, how in done.items():
            before, after = part[name], treated[name]
            changes += [(row, name, how, before[row], after[row]) for row in part.index[before != after]]
    log += [
        log_cell(row, name, "treated", after, f"{how}, was {before:.12g}") for row, name, how, before, after in changes
    ]
    return pd.concat(parts).sort_index() if len(parts) > 1 else parts[0], log, changes


def imputed_cells(log: pd.DataFrame, recipe: Recipe, table: pd.DataFrame) -> pd.DataFrame:
    """Return the imputed cells of a log in the units of the table of indicators, a total where a quotient was imputed.

    A quotient whose size is missing has no total: its ``value`` is missing.
    """
    keys = [name for name in ("place", "year") if name in log]
    cells = log.loc[log["action"] == "imputed", [*keys, "indicator", "value"]].reset_index(drop=True)
    by = recipe.step("denominate")[1].get("by", {}) if recipe.order == "divide_impute" else {}
    if not by or cells.empty:
        return cells
    given = table.assign(place=as_keys(table["place"]), indicator=as_keys(table["indicator"]))
    given = pd.concat([given, cells[~cells["indicator"].isin(list(by))]]).dropna(subset=["value"])
    sizes = dict(zip(given[[*keys, "indicator"]].itertuples(index=False, name=None), given["value"], strict=True))
    for at, row in cells.iterrows():
        size = by.get(row["indicator"])
        if isinstance(size, str):
            cells.loc[at, "value"] *= float(sizes.get((*(row[key] for key in keys), size), math.nan))
        elif size is not None:
            cells.loc[at, "value"] *= float(size.get(row["place"], math.nan))
    return cells


def _filled_and_divided(
    matrix: pd.DataFrame, names: list[str], recipe: Recipe, places: pd.DataFrame | None
) -> tuple[pd.DataFrame, list[LogRow]]:
    """Fill the gaps and divide by sizes, in the order of the recipe; sizes are those given unless these are imputed."""
    method, options = recipe.step("denominate")
    divide = partial(DENOMINATIONS[method], **options)
    whole = options.get("missing") == "impute"
    if recipe.order == "impute_divide" or method == "none":
        filled, notes = _impute(matrix if whole else matrix[names], recipe, places)
        return divide(filled, filled if whole else matrix)[names], _imputed_log(filled, notes)
    log: list[LogRow] = []
    sizes = matrix
    if whole:
        sizes, notes = _impute(matrix, recipe, places)
        # a size that is an indicator too has one value; one that is divided itself is imputed as a quotient
        kept = [name for name in denominators_of(recipe) if name not in names or name not in options["by"]]
        matrix = matrix.copy()
        matrix[kept] = sizes[kept]
        log = _imputed_log(sizes, {cell: note for cell, note in notes.items() if cell[1] in kept})
    divided = divide(matrix, sizes)[names]
    filled, notes = _impute(divided, recipe, places)
    over = {name: size if isinstance(size, str) else "given sizes" for name, size in options["by"].items()}
    notes = {
        cell: f"{note}, after division by {over[cell[1]]}" if cell[1] in over else note for cell, note in notes.items()
    }
    return filled, log + _imputed_log(filled, notes)


def _imputed_log(filled: pd.DataFrame, notes: Notes) -> list[LogRow]:
    return [log_cell(row, name, "imputed", filled.loc[row, name], note) for (row, name), note in notes.items()]


def _warn_of_empty(matrix: pd.DataFrame, recipe: Recipe) -> None:
    """Warn of rows without any value, which imputation alone will fill."""
    empty = matrix.isna().all(axis=1)
    if recipe.step("impute")[0] == "interpolate":
        # between the years of a place a whole year may be filled
        empty = empty.groupby(level="place").all()
    if empty.any():
        names = [f"{row[0]} ({row[1]})" if isinstance(row, tuple) else str(row) for row in empty.index[empty]]
        warn("warnings.scores.unobserved", n=len(names), places=names, stacklevel=4)


def _impute(matrix: pd.DataFrame, recipe: Recipe, places: pd.DataFrame | None) -> tuple[pd.DataFrame, Notes]:
    method, options = recipe.step("impute")
    name = "a function" if callable(method) else str(method)
    if not matrix.isna().any(axis=None):
        return matrix, {}
    if isinstance(options.get("groups"), str):
        options["groups"] = _group_column(options["groups"], places)
    parts, notes = [], {}
    together = [(None, matrix)] if name == "interpolate" else slices(matrix, recipe)
    for year, part in together:
        filled, said = by_function(part, method) if callable(method) else IMPUTATIONS[name](part, **options)
        check_filled(filled, name, when=year)
        parts.append(filled)
        notes |= said
    return pd.concat(parts).sort_index() if len(parts) > 1 else parts[0], notes


def _group_column(column: str, places: pd.DataFrame | None) -> Mapping[str, Any]:
    if places is None:
        raise OptionError(text("faults.calls.chain.imputegroups_places_column_places", column=repr(column)))
    check_columns(places, "places", [column])
    known = places.dropna(subset=[column])
    return dict(zip(as_keys(known["place"]), as_keys(known[column]), strict=True))


def _check_named(recipe: Recipe, framework: Framework) -> None:
    by = recipe.step("denominate")[1].get("by", {})
    unknown = sorted(set(by) - set(framework.indicators))
    if unknown and recipe.step("screen")[0] == "none":
        raise OptionError(
            text(
                "faults.calls.chain.denominateby_indicators_framework_they",
                unknown=join_texts(unknown),
                indicators=join_texts(framework.indicators),
            )
        )
