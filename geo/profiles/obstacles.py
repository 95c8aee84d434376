"""Measure what keeps a place from a higher score (obstacle degree).

The model is standard in Chinese regional studies and is published under several formulas; each is a named option.
"""

import math
from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.options import check_choice, idle_faults, refuse
from ..index.one_year import one_year
from ..index.score import Scores
from ..ranks import rank_descending
from .coupling import IDS, read_shares, read_weights_of_systems

__all__ = ["OBSTACLE_FORMULAS", "OBSTACLE_REFERENCES", "obstacle_degree"]
ObstacleFormula = Literal["share", "loss"]
OBSTACLE_FORMULAS: tuple[str, ...] = get_args(ObstacleFormula)
ObstacleReference = Literal["ideal", "best"]
OBSTACLE_REFERENCES: tuple[str, ...] = get_args(ObstacleReference)


def obstacle_degree(
    scores: Scores | pd.DataFrame,
    weights: pd.Series | Mapping[str, float] | None = None,
    *,
    formula: ObstacleFormula = "share",
    reference: ObstacleReference = "ideal",
    groups: Mapping[str, str] | None = None,
    year: int | None = None,
) -> pd.DataFrame:
    r"""Say which indicators keep a place from a higher score.

    With the weight :math:`F_j` of indicator j in the index (factor contribution) and the deviation
    :math:`I_{ij} = 1 - x_{ij}` of its normalized value from the ideal, the obstacle degree is

    .. math:: O_{ij} = \frac{F_j I_{ij}}{\sum_j F_j I_{ij}}

    (``formula="share"``), or :math:`F_j I_{ij}` undivided (``"loss"``), the score that is lost through the indicator
    where the index is an arithmetic mean. A group's obstacle degree is the sum over its indicators.

    - The shares of a place add up to 1; a place at the reference on every weighted indicator has none: all are 0.
    - The losses of a place add up to what its arithmetic score lacks: 1 less the score, or under ``reference="best"``
      the weighted sum of the highest values less the score.
    - An indicator with weight 0 is no obstacle.

    Parameters
    ----------
    scores : Scores or DataFrame
        What `score` found, or normalized values: ``place`` and one column for each indicator, higher is better.
    weights : Series or mapping, optional
        Weight by indicator, scaled to sum to 1; the effective weights of ``scores`` when not given.
    formula : {"share", "loss"}
        Whether the parts are divided by their sum.
    reference : {"ideal", "best"}
        What values deviate from: 1, which needs values from 0 to 1, or the highest value among the places.
    groups : mapping, optional
        Group by indicator; the top groups of ``scores`` when not given.
    year : int, optional
        The year; needed for the scores of a panel.

    Returns
    -------
    DataFrame
        ``place`` (and ``year``), ``level`` (``indicator``, ``group``), ``name``, ``group``, ``weight``, ``deviation``,
        ``obstacle`` (at least 0, shares at most 1), ``rank`` (within place and level, 1 is the greatest obstacle); for
        groups ``deviation`` is the weighted mean. Places in the order given, levels apart, ranks rising.

    Raises
    ------
    TableError
        Scores given as a table lack the column ``place``.
    OptionError
        An option outside its choices, values that are missing or outside 0 to 1 under ``"ideal"``, weights that are
        negative, missing or name no indicator.

    References
    ----------
    鲁春阳, 文枫, 杨庆媛, 等 (2011). 基于改进TOPSIS法的城市土地利用绩效评价及障碍因子诊断. 资源科学 33 (3), 535-541.

    Examples
    --------
    >>> normalized = pd.DataFrame({"place": ["甲"], "labs": [0.9], "firms": [0.4]})
    >>> obstacle_degree(normalized, {"labs": 0.5, "firms": 0.5})[["name", "deviation", "obstacle", "rank"]].round(3)
        name  deviation  obstacle  rank
    0  firms        0.6     0.857     1
    1   labs        0.1     0.143     2
    """
    check_choice("formula", formula, OBSTACLE_FORMULAS)
    check_choice("reference", reference, OBSTACLE_REFERENCES)
    if isinstance(scores, Scores):
        scores = one_year(scores, year)
        weights = scores.effective_weights if weights is None else weights
        groups = _top_groups(scores) if groups is None else groups
        table = scores.normalized
    else:
        if "year" not in scores:
            refuse(idle_faults(obstacle_degree, "where scores have no column year", year=year))
        table = scores if year is None else scores[scores["year"] == year]
    names, matrix = read_shares(table, "scores", least=1, bounded=reference == "ideal")
    factor = read_weights_of_systems(weights, names)
    deviation = 1 - matrix if reference == "ideal" else matrix.max(axis=0) - matrix
    parts = factor * deviation
    totals = np.array([math.fsum(row) for row in parts])[:, None]
    if formula == "share":
        parts = np.divide(parts, totals, out=np.zeros_like(parts), where=totals > 0)
    owner = [str((groups or {}).get(name, "")) for name in names]
    frames = []
    for at in range(len(table)):
        ids = {name: table[name].iloc[at] for name in IDS if name in table}
        single = pd.DataFrame({"name": names, "group": owner, "weight": factor, "deviation": deviation[at]})
        single["obstacle"] = parts[at]
        frames.append(_ranked(single, ids, "indicator"))
        if groups:
            frames.append(_ranked(_grouped(single), ids, "group"))
    return pd.concat(frames, ignore_index=True)


def _top_groups(scores: Scores) -> dict[str, str]:
    """Return the first-level group of each indicator, empty where the framework has no groups."""
    table = scores.weights
    tips = table[table["level"] == "indicator"]
    tops = [str(name) for name in table.loc[table["level"] == "level1", "name"]]
    return {
        str(row.name_): top
        for row in tips.rename(columns={"name": "name_"}).itertuples()
        for top in tops
        if row.parent == top or str(row.parent).startswith(f"{top} / ")
    }


def _grouped(single: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for group, part in single.groupby("group", sort=True):
        weight = math.fsum(part["weight"])
        lost = math.fsum(part["weight"] * part["deviation"])
        rows.append((group, group, weight, lost / weight if weight else 0.0, math.fsum(part["obstacle"])))
    return pd.DataFrame(rows, columns=single.columns)


def _ranked(rows: pd.DataFrame, ids: Mapping[str, object], level: str) -> pd.DataFrame:
    rows = rows.assign(rank=rank_descending(rows["obstacle"])).sort_values(["rank", "name"], ignore_index=True)
    for at, (name, value) in enumerate([*ids.items(), ("level", level)]):
        rows.insert(at, name, value)
    return rows
