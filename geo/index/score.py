"""Score places by a composite index whose every choice is named by a recipe.

The steps are: choose cells, screen, impute, denominate, treat, normalize, weigh, aggregate, rank. Places are worked on
in the order of their keys and sums are rounded once, so neither row order nor column order can change a result.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import Fault, OptionError, TableError, warn
from ...data.framework import Framework, check_framework
from ...data.options import check_choice
from ...data.places.nesting import nested_pairs, overlapping_pairs
from ...data.wording.catalogue import Text, few, join_texts, plain, text
from ..ranks import rank_descending
from .aggregate.tree import Node, Tree, aggregate_tree
from .cells import choose_cells, log_table
from .chain import Change, denominators_of, prepare_cells, screen_cells, slices
from .normalize.scale import NORMALIZERS, constant_columns
from .own_normalizations import with_own_normalizations
from .recipe import Recipe
from .weigh.registry import WEIGHINGS, level_paths

__all__ = ["Recipe", "Scores", "score"]

Nested = Literal["raise", "allow"]
NESTED: tuple[str, ...] = get_args(Nested)


@dataclass(frozen=True)
class Scores:
    """What `score` found. Under a panel every table has a column ``year`` after ``place``.

    Parameters
    ----------
    recipe : Recipe
        The choices that gave the scores.
    scores : DataFrame
        ``place``, ``score``, ``rank`` (1 is the highest), sorted by rank, then place; in a panel ranked within each
        year and sorted by year first.
    levels : DataFrame
        Scores of the groups of the framework, long: ``level`` (``level1``, ``level2``), ``group``, ``parent`` (empty
        at level 1), ``place``, ``score``, ``rank``; in the order of the framework, then of the ranks.
    weights : DataFrame
        Every branch of the framework: ``level`` (``indicator`` at the tips), ``name``, ``parent`` (group names
        joined by `` / ``), ``weight`` (share within the parent), ``effective_weight`` (share of the index). A yearly
        panel has them for every year, ``year`` first.
    effective_weights : Series
        Share of the index by indicator, summing to 1; in a yearly panel by year and indicator.
    contributions : DataFrame
        ``place`` and one column for each indicator; rows in the order of ``scores``. A row adds up to the score.
    normalized : DataFrame
        The normalized values, in the shape of ``contributions``.
    prepared : DataFrame
        The values before normalization (imputed, divided and treated), in the shape of ``contributions``.
    treatments : DataFrame
        ``place``, ``indicator``, ``method``, ``before``, ``after``: every cell that treatment changed.
    log : DataFrame
        ``place``, ``indicator``, ``action`` (``imputed``, ``treated``, ``substituted``, ``estimated``, ``excluded``),
        ``value``, ``note``: every cell that is not simply an observed one.
    """

    recipe: Recipe
    scores: pd.DataFrame
    levels: pd.DataFrame = field(repr=False)
    weights: pd.DataFrame = field(repr=False)
    effective_weights: pd.Series = field(repr=False)
    contributions: pd.DataFrame = field(repr=False)
    normalized: pd.DataFrame = field(repr=False)
    prepared: pd.DataFrame = field(repr=False)
    treatments: pd.DataFrame = field(repr=False)
    log: pd.DataFrame = field(repr=False)


@dataclass(frozen=True)
class _Part:
    """The scores of one slice: a year of a yearly panel, or everything."""

    year: int | None
    tree: Tree
    nodes: dict[Node, np.ndarray]
    normalized: pd.DataFrame
    contributions: pd.DataFrame
    effective: pd.Series


def score(
    indicators: pd.DataFrame,
    framework: Framework,
    recipe: Recipe | None = None,
    *,
    places: pd.DataFrame | None = None,
    among: Iterable[str] | None = None,
    year: int | None = None,
    nested: Nested = "raise",
) -> Scores:
    """Turn indicators into one score for each place, or for each place and year.

    Under the default recipe the score is the mean of the min-max scaled indicators: 1 is the best place on
    every indicator, 0 the worst on every one.

    - A constant indicator gives every place the same (0, or ``lowest``, wherever the normalization has no answer),
      keeps its weight unless the weighing gives it 0, and is warned of; if every indicator is constant the places
      cannot be distinguished: `TableError`.
    - One place alone (in a year of a yearly panel) has nothing to be compared with: `TableError`.
    - Zeros are values like others; under a geometric or harmonic mean a place that is 0 on a weighted part scores
      exactly 0, and is warned of; if so every place does, `TableError`. Negative normalized values are refused there.
    - An indicator without any value, or missing cells that imputation leaves: `TableError`, every one listed.
      Screening leaves such an indicator out; a group that loses all its indicators goes with them, with a warning.
    - Infinite values and text where a number is needed: `TableError`, every cell listed.
    - Perfectly collinear indicators each keep their weight: the same fact given twice counts twice.
    - Values of 0 and below under a plain logarithm, and denominators of 0 and below: `TableError`, every cell listed.
    - Scores that differ only by rounding (1e-12) are tied.

    Parameters
    ----------
    indicators : DataFrame
        Long table: ``place``, ``indicator``, ``value``; optional ``year``, ``status``. Indicators that the framework
        does not name are left out and logged, unless the recipe divides by them.
    framework : Framework
        Indicators, their groups, directions and given weights.
    recipe : Recipe, optional
        The choices; ``Recipe()`` when not given.
    places : DataFrame, optional
        ``place``, ``part_of``: with it, a place and one that contains it are not scored together. Imputation by groups
        may name another of its columns.
    among : iterable of str, optional
        Places to score; those left out are logged. All places of the table when not given.
    year : int, optional
        Keep the rows of one year.
    nested : {"raise", "allow"}
        Whether nested or overlapping places among the scored ones are refused, or scored all the same with a warning
        that names every pair.

    Returns
    -------
    Scores
        Scores, ranks, group scores, weights, contributions and the log.

    Raises
    ------
    TableError
        Missing, duplicate or infinite cells, nested places, one place, only constant indicators; all faults listed.
    UnknownPlaceError
        ``among`` names a place that the table does not hold.
    OptionError
        An option outside its choices, or one that does not fit the framework.

    References
    ----------
    OECD and JRC (2008). Handbook on Constructing Composite Indicators: Methodology and User Guide.

    Examples
    --------
    >>> from innoscape.data import Framework
    >>> table = pd.DataFrame(
    ...     [("甲", "labs", 9), ("乙", "labs", 5), ("丙", "labs", 1), ("甲", "firms", 2), ("乙", "firms", 4),
    ...      ("丙", "firms", 2)], columns=["place", "indicator", "value"])
    >>> framework = Framework.from_table(pd.DataFrame({"indicator": ["labs", "firms"]}))
    >>> print(score(table, framework).scores.to_string(index=False))
    place  score  rank
       乙   0.75     1
       甲   0.50     2
       丙   0.00     3
    """
    check_framework(framework)
    recipe = with_own_normalizations(recipe or Recipe(), framework)
    check_choice("nested", nested, NESTED)
    panel = recipe.panel != "none"
    cells, log = choose_cells(
        indicators,
        framework.indicators,
        denominators=denominators_of(recipe),
        among=among,
        year=year,
        panel=panel,
    )
    screened, framework, left_out = screen_cells(cells, framework, recipe)
    _check_nested(screened.index, places, nested)
    matrix, repairs, changes = prepare_cells(screened, framework, recipe, places)
    methods = _methods(recipe, framework)
    parts = [_score_part(year, part, framework, recipe, methods) for year, part in slices(matrix, recipe)]
    ranked = _ranked(matrix.index, _joined(parts, matrix.index, ()), recipe.ties)
    order = pd.MultiIndex.from_frame(ranked[["place", "year"]]) if panel else pd.Index(ranked["place"])
    return Scores(
        recipe=recipe,
        scores=ranked,
        levels=_level_table(parts, matrix.index, recipe.ties),
        weights=_weight_table(parts),
        effective_weights=_effective(parts),
        contributions=pd.concat([part.contributions for part in parts]).loc[order].reset_index(),
        normalized=pd.concat([part.normalized for part in parts]).loc[order].reset_index(),
        prepared=matrix.loc[order].reset_index(),
        treatments=_treatment_table(changes, panel=panel),
        log=log_table(log + left_out + repairs, panel=panel),
    )


def _score_part(
    year: int | None,
    matrix: pd.DataFrame,
    framework: Framework,
    recipe: Recipe,
    methods: Mapping[int | str, tuple[str, Mapping[str, object]]],
) -> _Part:
    constant = _check_spread(matrix, year)
    direction = framework.direction.reindex(matrix.columns).astype(float)
    method, options = recipe.step("normalize")
    normalized = NORMALIZERS[method](matrix, direction, **options)
    method, options = recipe.step("weigh")
    effective = WEIGHINGS[method](normalized, matrix, direction, framework, **options)
    _warn_constant(constant, effective, year)
    tree = Tree(level_paths(framework), {str(name): float(weight) for name, weight in effective.items()})
    nodes, contributions = aggregate_tree(normalized, tree, methods=methods)
    _check_zeros(nodes[()], matrix.index, methods)
    return _Part(year, tree, nodes, normalized, contributions, effective)


def _methods(recipe: Recipe, framework: Framework) -> dict[int | str, tuple[str, dict[str, Any]]]:
    named = recipe.step("aggregate")
    unknown = sorted(set(named[1]) - {"index", *framework.levels}) if named[0] == "by_level" else []
    if unknown:
        have = ", ".join(["index", *framework.levels])
        raise OptionError(text("faults.calls.score.aggregate_framework_level", unknown=join_texts(unknown), have=have))
    used = recipe.aggregates()
    return {level: used[level] for level in ("index", *framework.levels)}


def _check_nested(scored: pd.Index, places: pd.DataFrame | None, nested: str) -> None:
    if places is None:
        return
    keys = scored.get_level_values("place").unique()
    pairs = nested_pairs(keys, places)
    overlaps = [(one, other, few(shared)) for one, other, shared in overlapping_pairs(keys, places)]
    if nested == "raise" and (pairs or overlaps):
        inside = (Fault.of("faults.index.nested", "indicators", column="place", inner=i, outer=o) for i, o in pairs)
        across = (
            Fault.of("faults.index.overlapping", "indicators", column="place", one=one, other=other, shared=shared)
            for one, other, shared in overlaps
        )
        raise TableError([*inside, *across])
    listed = [text("warnings.flows.inside", inner=inner, outer=outer) for inner, outer in pairs]
    listed += [text("warnings.sharing", one=one, other=other, shared=shared) for one, other, shared in overlaps]
    if listed:
        warn("warnings.nested_places", places=join_texts(listed, by="list.semicolon"), stacklevel=3)


def _in_year(year: int | None) -> Text:
    return plain("") if year is None else text("warnings.scores.in_year", year=year)


def _check_spread(matrix: pd.DataFrame, year: int | None) -> list[str]:
    when = _in_year(year)
    if len(matrix) < 2:
        only = join_texts(map(_label, matrix.index)) if len(matrix) else text("faults.calls.score.no_place")
        raise TableError(
            [
                Fault(
                    "indicators",
                    text("faults.calls.score.two_places_compare", when=when),
                    only,
                    text("faults.calls.score.add_places"),
                    column="place",
                )
            ]
        )
    constant = constant_columns(matrix)
    if len(constant) == matrix.shape[1]:
        needed = text("faults.calls.score.indicator_differs_between_places", when=when)
        raise TableError(
            [
                Fault(
                    "indicators",
                    needed,
                    text("faults.calls.alike.constant_ones"),
                    text("faults.calls.score.add_indicators"),
                )
            ]
        )
    return constant


def _warn_constant(constant: list[str], effective: pd.Series, year: int | None) -> None:
    if not constant:
        return
    weightless = (effective[constant] == 0).all()
    when = _in_year(year)
    key = "warnings.scores.constant_weightless" if weightless else "warnings.scores.constant_weighted"
    warn(key, when=when, names=constant, stacklevel=4)


def _check_zeros(
    scores: np.ndarray, scored: pd.Index, methods: Mapping[int | str, tuple[str, Mapping[str, object]]]
) -> None:
    erasing = [name for name, options in methods.values() if _erases(name, options)]
    if not erasing or scores.all():
        return
    zero = [_label(place) for place, value in zip(scored, scores, strict=True) if value == 0]
    fix = text("warnings.scores.zeros_fix")
    if len(zero) == len(scores):
        raise TableError(
            [
                Fault(
                    "indicators",
                    text("faults.calls.score.mean_above_0_somewhere", erasing=erasing[0]),
                    text("faults.calls.score.zero_everywhere"),
                    fix,
                )
            ]
        )
    mean = text(f"warnings.scores.means.{erasing[0]}")
    warn("warnings.scores.zeros", mean=mean, places=zero, fix=fix, stacklevel=4)


def _erases(method: str, options: Mapping[str, object]) -> bool:
    exponent = options.get("p", 0.5)
    return method in ("geometric", "harmonic") or (
        method == "power" and isinstance(exponent, int | float) and exponent <= 0
    )


def _label(row: object) -> str:
    return f"{row[0]} in {row[1]}" if isinstance(row, tuple) else str(row)


def _joined(parts: list[_Part], index: pd.Index, node: Node) -> np.ndarray:
    if len(parts) == 1 and parts[0].normalized.index.equals(index):
        return parts[0].nodes[node]
    found = pd.concat([pd.Series(part.nodes[node], index=part.normalized.index) for part in parts])
    return found.loc[index].to_numpy()


def _ranked(scored: pd.Index, values: np.ndarray, ties: str) -> pd.DataFrame:
    if "year" not in scored.names:
        rank = rank_descending(values, ties=ties)
        # the places scored stand in the order of their keys
        order = np.argsort(rank, kind="stable")
        return pd.DataFrame({scored.name: scored[order], "score": values[order], "rank": rank[order]})
    frame = scored.to_frame(index=False)
    frame["score"] = values
    ranks = [
        pd.Series(rank_descending(rows["score"].to_numpy(), ties=ties), index=rows.index)
        for _, rows in frame.groupby("year")
    ]
    frame["rank"] = pd.concat(ranks)
    return frame.sort_values(["year", "rank", "place"], ignore_index=True)


def _level_table(parts: list[_Part], scored: pd.Index, ties: str) -> pd.DataFrame:
    nodes = parts[0].tree.nodes[1:]
    if not nodes:
        return pd.DataFrame(columns=["level", "group", "parent", *scored.names, "score", "rank"])
    table = pd.concat([_ranked(scored, _joined(parts, scored, node), ties) for node in nodes], ignore_index=True)
    labels = [(f"level{len(node)}", str(node[-1]), " / ".join(node[:-1])) for node in nodes]
    for at, (name, column) in enumerate(zip(("level", "group", "parent"), zip(*labels, strict=True), strict=True)):
        table.insert(at, name, pd.Series(column, dtype="str").repeat(len(scored)).array)
    return table


def _weight_table(parts: list[_Part]) -> pd.DataFrame:
    rows = []
    for part in parts:
        tree = part.tree
        for node in tree.nodes:
            parent = " / ".join(node)
            for child, share in tree.shares(node).items():
                if isinstance(child, str):
                    rows.append((part.year, "indicator", child, parent, share, tree.weights[child]))
                else:
                    rows.append((part.year, f"level{len(child)}", child[-1], parent, share, tree.weight(child)))
    table = pd.DataFrame(rows, columns=["year", "level", "name", "parent", "weight", "effective_weight"])
    return table if parts[0].year is not None else table.drop(columns="year")


def _effective(parts: list[_Part]) -> pd.Series:
    if parts[0].year is None:
        return parts[0].effective
    return pd.concat({part.year: part.effective for part in parts}, names=["year"])


def _treatment_table(changes: list[Change], *, panel: bool) -> pd.DataFrame:
    keys = ["place", "year"] if panel else ["place"]
    rows = [(*(row if isinstance(row, tuple) else (row,)), *rest) for row, *rest in changes]
    table = pd.DataFrame(rows, columns=[*keys, "indicator", "method", "before", "after"])
    return table.sort_values([*keys, "indicator"], ignore_index=True)
