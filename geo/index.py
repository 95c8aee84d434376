"""Score places by a composite index whose every choice is named by a recipe.

The steps are: choose cells, impute, normalize, weigh, aggregate, rank. Places are worked on in the order of their
keys and sums are rounded once, so neither row order nor column order can change a result.
"""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..data.errors import Fault, InnoscapeWarning, TableError
from ..data.framework import Framework
from ..data.places import nested_pairs
from . import weights as _weights
from ._cells import choose_cells, impute_cells, log_table
from ._options import check_choice
from ._ranks import rank_descending
from .aggregate import Node, Tree, aggregate_tree
from .normalize import NORMALIZERS, constant_columns
from .recipe import Recipe

__all__ = ["Recipe", "Scores", "score"]

NESTED = ("refuse", "allow")


@dataclass(frozen=True)
class Scores:
    """What `score` found.

    Parameters
    ----------
    recipe : Recipe
        The choices the scores rest on.
    scores : DataFrame
        ``place``, ``score``, ``rank`` (1 is the highest), sorted by rank, then place.
    levels : DataFrame
        Scores of the groups of the framework, long: ``level`` (``level1``, ``level2``), ``group``, ``parent`` (empty
        at level 1), ``place``, ``score``, ``rank``; in the order of the framework, then of the ranks.
    weights : DataFrame
        Every branch of the framework: ``level`` (``indicator`` at the tips), ``name``, ``parent`` (group names
        joined by `` / ``), ``weight`` (share within the parent), ``effective_weight`` (share of the index).
    effective_weights : Series
        Share of the index by indicator, summing to 1.
    contributions : DataFrame
        ``place`` and one column for each indicator; rows in the order of ``scores``. A row adds up to the score.
    normalized : DataFrame
        The normalized values, in the shape of ``contributions``.
    log : DataFrame
        ``place``, ``indicator``, ``action`` (``imputed``, ``substituted``, ``estimated``, ``excluded``), ``value``,
        ``note``: every cell that is not simply an observed one.
    """

    recipe: Recipe
    scores: pd.DataFrame
    levels: pd.DataFrame = field(repr=False)
    weights: pd.DataFrame = field(repr=False)
    effective_weights: pd.Series = field(repr=False)
    contributions: pd.DataFrame = field(repr=False)
    normalized: pd.DataFrame = field(repr=False)
    log: pd.DataFrame = field(repr=False)


def score(
    indicators: pd.DataFrame,
    framework: Framework,
    recipe: Recipe | None = None,
    *,
    places: pd.DataFrame | None = None,
    among: Iterable[str] | None = None,
    year: int | None = None,
    nested: str = "refuse",
) -> Scores:
    """Turn indicators into one score for each place.

    Under the default recipe the score is the mean of the min-max scaled indicators: 1 is the best place on
    every indicator, 0 the worst on every one.

    - A constant indicator gives every place 0 (``lowest`` under min-max), carries entropy weight 0, keeps its weight
      otherwise, and is warned of; if every indicator is constant the places cannot be told apart: `TableError`.
    - One place alone has nothing to be compared with: `TableError`.
    - Under a geometric mean a place that is worst on a weighted indicator scores exactly 0, and is warned of; if so
      every place does, `TableError`.
    - Scores that differ only by rounding (1e-12) are tied.

    Parameters
    ----------
    indicators : DataFrame
        Long table: ``place``, ``indicator``, ``value``; optional ``year``, ``status``. Indicators that the framework
        does not name are left out and logged.
    framework : Framework
        Indicators, their groups, directions and given weights.
    recipe : Recipe, optional
        The choices; ``Recipe()`` when not given.
    places : DataFrame, optional
        ``place``, ``part_of``: with it, a place and one that contains it are not scored together.
    among : iterable of str, optional
        Places to score; those left out are logged. All places of the table when not given.
    year : int, optional
        Keep the rows of one year.
    nested : {"refuse", "allow"}
        Whether nested places among the scored ones are refused, or scored all the same with a warning.

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
        An option outside its choices.

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
    recipe = recipe or Recipe()
    check_choice("nested", nested, NESTED)
    matrix, log = choose_cells(indicators, framework.indicators, among=among, year=year)
    _check_nested(matrix.index, places, nested)
    matrix, imputed = impute_cells(matrix, recipe.impute)
    _check_spread(matrix, recipe)
    direction = framework.direction.reindex(matrix.columns).astype(float)
    normalized = _normalize(matrix, direction, recipe)
    paths = _paths(framework)
    effective = _weigh(matrix, direction, paths, framework, recipe)
    tree = Tree(paths, {str(name): float(weight) for name, weight in effective.items()})
    nodes, contributions = aggregate_tree(normalized, tree, method=recipe.aggregate, at=recipe.aggregate_at)
    _check_zeros(nodes[()], matrix.index, recipe)
    ranked = _ranked(matrix.index, nodes[()], recipe.ties)
    order = ranked["place"].tolist()
    return Scores(
        recipe=recipe,
        scores=ranked,
        levels=_level_table(tree, nodes, matrix.index, recipe.ties),
        weights=_weight_table(tree),
        effective_weights=effective,
        contributions=contributions.loc[order].reset_index(),
        normalized=normalized.loc[order].reset_index(),
        log=log_table(log + imputed),
    )


def _check_nested(scored: pd.Index, places: pd.DataFrame | None, nested: str) -> None:
    if places is None:
        return
    pairs = nested_pairs(scored, places)
    if pairs and nested == "refuse":
        raise TableError(
            Fault(
                "indicators",
                "places that do not contain one another",
                f"{inner} and {outer}, which contains it",
                "keep one of the two: name the places to score in among",
                column="place",
            )
            for inner, outer in pairs
        )
    if pairs:
        listed = "; ".join(f"{inner} in {outer}" for inner, outer in pairs)
        warnings.warn(
            f"places are scored together with places that contain them: {listed}", InnoscapeWarning, stacklevel=3
        )


def _check_spread(matrix: pd.DataFrame, recipe: Recipe) -> None:
    if len(matrix) < 2:
        only = ", ".join(str(place) for place in matrix.index) or "none"
        raise TableError([Fault("indicators", "at least two places to compare", only, "add places", column="place")])
    constant = constant_columns(matrix)
    if len(constant) == matrix.shape[1]:
        raise TableError(
            [Fault("indicators", "an indicator that differs between places", "only constant ones", "add indicators")]
        )
    if constant:
        weight = "carry entropy weight 0" if recipe.weigh == "entropy" else "keep their weight"
        warnings.warn(
            f"constant indicators tell no place from another; they {weight}: {', '.join(constant)}",
            InnoscapeWarning,
            stacklevel=3,
        )


def _check_zeros(scores: np.ndarray, scored: pd.Index, recipe: Recipe) -> None:
    if recipe.aggregate != "geometric" or scores.all():
        return
    zero = [str(place) for place, value in zip(scored, scores, strict=True) if value == 0]
    mend = 'set lowest to a small number such as 0.01 (min-max), or use aggregate="arithmetic"'
    if len(zero) == len(scores):
        raise TableError([Fault("indicators", "a geometric mean above 0 somewhere", "0 at every place", mend)])
    warnings.warn(
        f"a geometric mean is 0 where one value is 0: {', '.join(zero)}; {mend}", InnoscapeWarning, stacklevel=3
    )


def _normalize(matrix: pd.DataFrame, direction: pd.Series, recipe: Recipe) -> pd.DataFrame:
    options = {"minmax": {"lowest": recipe.lowest}, "zscore": {"std": recipe.std}}.get(recipe.normalize, {})
    return NORMALIZERS[recipe.normalize](matrix, direction, **options)


def _weigh(
    matrix: pd.DataFrame, direction: pd.Series, paths: dict[str, Node], framework: Framework, recipe: Recipe
) -> pd.Series:
    if recipe.weigh == "equal":
        return _weights.equal_weights(framework.indicators)
    if recipe.weigh == "equal_levels":
        return _weights.equal_level_weights(paths)
    if recipe.weigh == "given":
        return _weights.given_weights(framework.given_weights, framework.indicators)
    return _weights.spread_weights(matrix, on=recipe.entropy_on, direction=direction)


def _paths(framework: Framework) -> dict[str, Node]:
    paths: dict[str, Node] = dict.fromkeys(framework.indicators, ())
    for level in framework.levels:
        for group, members in framework.groups(level).items():
            for name in members:
                paths[name] = (*paths[name], group)
    return paths


def _ranked(scored: pd.Index, values: np.ndarray, ties: str) -> pd.DataFrame:
    frame = pd.DataFrame({"place": list(scored), "score": values, "rank": rank_descending(values, ties=ties)})
    return frame.sort_values(["rank", "place"], ignore_index=True)


def _level_table(tree: Tree, nodes: dict[Node, np.ndarray], scored: pd.Index, ties: str) -> pd.DataFrame:
    frames = []
    for node in tree.nodes[1:]:
        frame = _ranked(scored, nodes[node], ties)
        frame.insert(0, "level", f"level{len(node)}")
        frame.insert(1, "group", node[-1])
        frame.insert(2, "parent", " / ".join(node[:-1]))
        frames.append(frame)
    empty = pd.DataFrame(columns=["level", "group", "parent", "place", "score", "rank"])
    return pd.concat(frames, ignore_index=True) if frames else empty


def _weight_table(tree: Tree) -> pd.DataFrame:
    rows = []
    for node in tree.nodes:
        parent = " / ".join(node)
        for part, share in tree.shares(node).items():
            if isinstance(part, str):
                rows.append(("indicator", part, parent, share, tree.weights[part]))
            else:
                rows.append((f"level{len(part)}", part[-1], parent, share, tree.weight(part)))
    return pd.DataFrame(rows, columns=["level", "name", "parent", "weight", "effective_weight"])
