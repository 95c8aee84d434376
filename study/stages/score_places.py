"""Score the places of a study and put them on tiers, in one year or in each of several."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, TypeAlias

import pandas as pd

from ...data import Fault, Framework, OptionError, StudyError, TableError
from ...data.errors import warn
from ...data.wording.catalogue import text
from ...geo import Scores, assign_tiers, compare_tiers, score
from ...geo.index.cells import choose_cells
from ...geo.index.chain import denominators_of, prepare_cells, screen_cells
from ...geo.robustness.weight_and_cell_noise import read_cell_noise, read_weight_noise
from ..plan.indicator_checks import IndicatorDoubts
from ..plan.inputs import Inputs, Tables
from ..plan.panels import index_year
from ..plan.schema import STUDY_FILE, Index

__all__ = [
    "check_cells",
    "index_tables",
    "of_year",
    "option_fault",
    "score_again",
    "score_places",
    "scored_year",
    "tier_options",
]

# recipe -> what it gave
Found: TypeAlias = Mapping[str, Scores]
_PARTS = ("levels", "normalized", "treatments")
# faults of cells that the imputation of a recipe could fill
_OF_IMPUTE = ("faults.gap.unfilled", "faults.gap.left", "faults.gap.infinite")


def score_places(inputs: Inputs) -> tuple[Tables, Found]:
    """Score the units of the index under every recipe, nothing varied, and put them on tiers.

    Returns
    -------
    tables : dict
        ``scores``, of a panel with a column ``year``, and ``disagreements``, of a panel those of the year shown.
    found : dict
        What each recipe gave.

    Raises
    ------
    StudyError, TableError
        If the index cannot be built, or `vary_scores` could not vary it.

    Warns
    -----
    InnoscapeWarning
        If the framework lacks an indicator of the table or states another unit, the values of an indicator are of
        several years, or a place lacks the year shown of a panel.
    """
    index = inputs.study.index
    if index is None or inputs.indicators is None or inputs.framework is None:
        return {}, {}
    doubts = _doubts(inputs, index, inputs.framework)
    doubts.check_years()
    doubts.tell()
    year, panel = index_year(index, doubts.scored), index.panel != "none"
    found = _scored(inputs, index, doubts)
    tiers = {name: _tiers_by_year(result.scores, inputs) for name, result in found.items()}
    if panel and (lacking := [unit for unit in index.units if (unit, year) not in next(iter(tiers.values())).index]):
        warn("warnings.scores.absent", n=len(lacking), places=lacking, year=year, stacklevel=2)
    shown = {name: one.xs(year, level="year") if panel else one for name, one in tiers.items()}
    return {"scores": _score_table(found, tiers, inputs), "disagreements": _disagreements(shown, inputs)}, found


def index_tables(inputs: Inputs, found: Found) -> Tables:
    """Return how the scores came about.

    Returns
    -------
    dict
        ``weights``, ``contributions``, ``index_log``, ``levels``, ``normalized``, ``treatments``; of a panel with a
        column ``year``.
    """
    if not found:
        return {}
    parts = {"contributions": "contributions", "index_log": "log"} | {one: one for one in _PARTS}
    return {"weights": _weight_table(found, inputs)} | {
        name: pd.concat([getattr(r, part).assign(recipe=n) for n, r in found.items()], ignore_index=True)
        for name, part in parts.items()
    }


def score_again(inputs: Inputs) -> tuple[Tables, Found]:
    """Return ``scores`` under the first recipe alone, from which all that rests on scores follows.

    What is doubtful has been said of the tables before they changed.

    Raises
    ------
    StudyError, TableError
        As `score_places` does.
    """
    index = inputs.study.index
    if index is None or inputs.indicators is None or inputs.framework is None:
        return {}, {}
    index = index.model_copy(update={"recipes": index.recipes[:1]})
    doubts = _doubts(inputs, index, inputs.framework)
    doubts.check_years()
    found = _scored(inputs, index, doubts)
    tiers = {name: _tiers_by_year(result.scores, inputs) for name, result in found.items()}
    return {"scores": _score_table(found, tiers, inputs)}, found


def _scored(inputs: Inputs, index: Index, doubts: IndicatorDoubts) -> dict[str, Scores]:
    """Score the units under every recipe, and refuse what `vary_scores` could not vary."""
    assert inputs.indicators is not None  # noqa: S101 - asked by the callers
    assert inputs.framework is not None  # noqa: S101
    found: dict[str, Scores] = {}
    for i, recipe in enumerate(index.recipes, 1):
        with _of_recipe(i, doubts):
            found[recipe.name] = score(
                inputs.indicators,
                inputs.framework,
                recipe.choices,
                places=inputs.places,
                among=index.units,
                year=None if index.panel != "none" else index_year(index, doubts.scored),
                nested=index.nested,
            )
    _check_robustness(index, found)
    return found


def check_cells(inputs: Inputs) -> None:
    """Refuse tables that lack what an index needs of its units, other units that are no places left aside.

    Raises
    ------
    TableError
        With the faults of the first recipe that the tables do not suit.
    """
    index, framework, cells = inputs.study.index, inputs.framework, inputs.indicators
    if index is None or cells is None or framework is None:
        return
    known = {*inputs.places["place"]} & {*cells["place"]}
    index = index.model_copy(update={"units": [unit for unit in index.units if unit in known]})
    if not index.units:
        return
    doubts = _doubts(inputs, index, framework)
    doubts.check_years()
    panel = index.panel != "none"
    for i, recipe in enumerate(index.recipes, 1):
        # what an option says of so many units may follow from those that are left aside
        with suppress(StudyError), _of_recipe(i, doubts):
            chosen, _ = choose_cells(
                cells,
                framework.indicators,
                denominators=denominators_of(recipe.choices),
                among=index.units,
                year=None if panel else index_year(index, doubts.scored),
                panel=panel,
            )
            screened, left, _ = screen_cells(chosen, framework, recipe.choices)
            prepare_cells(screened, left, recipe.choices, inputs.places)


@contextmanager
def _of_recipe(i: int, doubts: IndicatorDoubts) -> Iterator[None]:
    """Tell what keeps places from being scored under a recipe as a fault of its option, or of the table."""
    try:
        yield
    except OptionError as error:
        raise StudyError([option_fault(f"index.recipes[{i}]", error)]) from None
    except TableError as error:
        # a gap under the right name is likely the value under the wrong one
        where = {"indicators": doubts.where}
        name = doubts.index.recipes[i - 1].name
        faults = [_at_its_key(replace(f, where=where.get(f.where, f.where)), name) for f in error.faults]
        raise TableError([*doubts.misspelled, *faults]) from None


def _at_its_key(fault: Fault, recipe: str) -> Fault:
    """Return a fault as one of the study file where that chooses what is wrong: the places, and how gaps are filled."""
    if fault.key in _OF_IMPUTE:
        return replace(fault, fix=text("faults.gap.of_recipe", fix=fault.fix, recipe=recipe))
    own = fault.key.startswith("faults.index.")
    return replace(fault, where=STUDY_FILE, column="index.units") if own else fault


def _doubts(inputs: Inputs, index: Index, framework: Framework) -> IndicatorDoubts:
    assert inputs.indicators is not None  # noqa: S101 - asked by the callers
    return IndicatorDoubts(inputs.indicators, framework, index, str(inputs.study.tables.indicators or "indicators"))


def scored_year(inputs: Inputs) -> int | None:
    """Return the year that the index scores, or shows of a panel; None where it takes values whatever their year."""
    index = inputs.study.index
    if index is None or inputs.indicators is None or inputs.framework is None:
        return None
    return index_year(index, _doubts(inputs, index, inputs.framework).scored)


def of_year(tables: Tables, year: int | None) -> Tables:
    """Return tables of scores as of one year of a panel, without the column ``year``; others as they are."""
    return {
        name: table[table["year"] == year].drop(columns="year").reset_index(drop=True) if "year" in table else table
        for name, table in tables.items()
    }


def _check_robustness(index: Index, found: Mapping[str, Scores]) -> None:
    """Refuse what `vary_scores` could not vary, without varying it."""
    options = index.robustness
    if options is None:
        return
    faults = []
    for key, read in (("weight_noise", read_weight_noise), ("data_noise", read_cell_noise)):
        try:
            read(getattr(options, key) or None)
        except OptionError as error:
            faults.append(option_fault(f"index.robustness.{key}", error))
    places = {name: set(result.scores["place"]) for name, result in found.items()}
    main = index.recipes[0].name
    for i, name in enumerate(found, 1):
        at = f"index.recipes[{i}]"
        negative = found[name].effective_weights.lt(0)
        if negative.any():
            names = sorted(map(str, negative.index[negative]))
            faults.append(Fault.of("faults.robustness.weights", STUDY_FILE, column=at, names=names))
        if odd := places[name] ^ places[main]:
            said = {"recipe": name, "main": main, "places": sorted(odd)}
            faults.append(Fault.of("faults.robustness.places", STUDY_FILE, column=at, **said))
    if faults:
        raise StudyError(faults)


def option_fault(key: str, error: OptionError) -> Fault:
    """Return the fault of options under a key of the study file."""
    return Fault.of("faults.study.options_together", STUDY_FILE, column=key, error=error)


def tier_options(inputs: Inputs) -> dict[str, Any]:
    """Return how numbers become tiers in this study, as options of `innoscape.geo.assign_tiers`."""
    return {**inputs.study.tiers.options, "labels": inputs.study.tiers.order}


def _tiers_by_year(scores: pd.DataFrame, inputs: Inputs) -> pd.Series:
    """Return the tier of every place, among the places of its year where there are several."""
    if "year" not in scores:
        return _tiers(scores.set_index("place")["score"], inputs)
    years = {
        int(year): _tiers(rows.set_index("place")["score"], inputs, year=int(year))
        for year, rows in scores.groupby("year", sort=True)
    }
    return pd.concat(years, names=["year"]).reorder_levels(["place", "year"])


def _tiers(scores: pd.Series, inputs: Inputs, *, year: int | None = None) -> pd.Series:
    try:
        return assign_tiers(scores, **tier_options(inputs))
    except OptionError as error:
        said = error
        if year is not None:
            when = text("warnings.scores.in_year", year=year)
            said = OptionError(text("faults.calls.score_places.when", error=error.said, when=when))
        raise StudyError([option_fault("tiers", said)]) from None


def _keys(scores: pd.DataFrame) -> list[str]:
    return [key for key in ("place", "year") if key in scores]


def _score_table(found: Found, tiers: Mapping[str, pd.Series], inputs: Inputs) -> pd.DataFrame:
    main, *others = found
    keys = _keys(found[main].scores)
    table = found[main].scores.set_index(keys)[["score", "rank"]]
    places = table.index.get_level_values("place")
    for position, name in enumerate(inputs.names):
        table.insert(position, name, inputs.names[name].loc[places].to_numpy())
    table["tier"] = tiers[main]
    table["published_tier"] = pd.Categorical(inputs.published.reindex(places), dtype=table["tier"].dtype)
    agree = (table["tier"] == table["published_tier"]).astype("boolean")
    table["agree"] = agree.mask(table["published_tier"].isna())
    for name in others:
        ranked = found[name].scores.set_index(keys)
        table[f"score_{name}"], table[f"rank_{name}"], table[f"tier_{name}"] = (
            ranked["score"],
            ranked["rank"],
            tiers[name],
        )
    top = found[main].levels
    for group, rows in top[top["level"] == "level1"].groupby("group", sort=False):
        table[f"level_{group}"] = rows.set_index(keys)["score"]
    return table.reset_index()


def _weight_table(found: Found, inputs: Inputs) -> pd.DataFrame:
    assert inputs.framework is not None  # noqa: S101 - score_places has returned without one
    names = inputs.framework.table.set_index("indicator").reindex(columns=["name_en", "name_zh"])
    parts = []
    for recipe, result in found.items():
        weights = result.effective_weights.rename("weight")
        # a yearly panel has weights for every year
        keys = ["year", "indicator"] if weights.index.nlevels > 1 else ["indicator"]
        parts.append(weights.rename_axis(keys).reset_index().join(names, on="indicator").assign(recipe=recipe))
    table = pd.concat(parts, ignore_index=True)
    return table[[key for key in ("recipe", "year", "indicator", "name_en", "name_zh", "weight") if key in table]]


def _disagreements(tiers: Mapping[str, pd.Series], inputs: Inputs) -> pd.DataFrame:
    parts = []
    for name, found in tiers.items():
        both = found.index.intersection(inputs.published.index)
        published = pd.Series(pd.Categorical(inputs.published[both], dtype=found.dtype), index=both)
        rows = compare_tiers(found[both], published).rename(columns={"tier_a": "tier", "tier_b": "published_tier"})
        parts.append(rows.assign(recipe=name))
    table = pd.concat(parts, ignore_index=True)
    table.insert(1, "name_en", table["place"].map(inputs.names["name_en"]))
    return table[["recipe", "place", "name_en", "tier", "published_tier", "steps"]]
