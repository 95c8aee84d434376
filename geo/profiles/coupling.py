"""Measure how well the systems of a place develop together (coupling coordination).

The model is standard in Chinese regional studies and is published under several formulas; each is a named option.
"""

import math
from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.errors import OptionError, warn
from ...data.options import check_choice, check_columns, check_number, finite_series, hint
from ...data.vocabulary import terms
from ..ranks import tie_groups

__all__ = ["COUPLING_FORMULAS", "coupling_coordination"]

CouplingFormula = Literal["geometric", "wang2021", "liao1999", "unscaled", "pairwise"]
COUPLING_FORMULAS: tuple[str, ...] = get_args(CouplingFormula)
_HALF = ("unscaled", "pairwise")
IDS = ("place", "year")
# Liao (1999): ten classes of the coordination degree, their names shortened, each from its lower bound on
_CLASSES = tuple(term.name for term in terms("coordination").values())


def coupling_coordination(
    systems: pd.DataFrame,
    *,
    formula: CouplingFormula = "geometric",
    weights: Mapping[str, float] | None = None,
    exponent: float = 2.0,
) -> pd.DataFrame:
    r"""Measure how strongly the systems of a place are coupled and how well they develop together.

    With n systems scored :math:`u_1 \dots u_n` from 0 to 1, the coupling degree is C, the development degree
    :math:`T = \sum \alpha_i u_i`, and the coordination degree :math:`D = \sqrt{C T}`. The published forms of C:

    - ``"geometric"``: :math:`n (\prod u_i)^{1/n} / \sum u_i`, the geometric over the arithmetic mean; with two systems
      :math:`2 \sqrt{u_1 u_2} / (u_1 + u_2)`. From 0 to 1.
    - ``"wang2021"``: :math:`\sqrt{(1 - \overline{|u_i - u_j|}) (\prod u_i / \max u)^{1/(n-1)}}`, the mean over pairs,
      the product over the others than the largest, each over it; meant for C not to crowd near 1. From 0 to 1.
    - ``"liao1999"``: :math:`(\prod u_i / (\sum u_i / n)^n)^{k}` with k = ``exponent``, published for two systems and
      k of at least 2. From 0 to 1.
    - ``"unscaled"``: the first without its factor n, as many papers print it. From 0 to 1 / n only.
    - ``"pairwise"``: :math:`(\prod u_i / \prod_{i<j} (u_i + u_j))^{1/n}`, for two systems over
      :math:`(u_1 + u_2)^2`; for two or three systems. From 0 to 1 / 2 only.

    The last two are here to recompute published tables; as their D stays low and does not fit the usual classes, an
    `InnoscapeWarning` says so.

    - Equal systems have C = 1 under the first three forms, so D is the square root of their common score.
    - Where one system is at 0, C and D are 0. Where all are, C is not a number and D is 0.
    - Order of rows, of systems and of weights changes nothing.

    Parameters
    ----------
    systems : DataFrame
        ``place`` and one column for each system, at least two, with scores from 0 to 1, such as group scores; a
        column ``year`` is kept.
    formula : {"geometric", "wang2021", "liao1999", "unscaled", "pairwise"}
        Form of the coupling degree.
    weights : mapping, optional
        Weight :math:`\alpha` of each system in T, scaled to sum to 1; equal when not given. C has none.
    exponent : float
        k of ``"liao1999"``, above 0.

    Returns
    -------
    DataFrame
        ``place`` (and ``year``), ``coupling``, ``development``, ``coordination``, ``level`` (1 to 10), ``class_en``,
        ``class_zh`` (ten classes of width 0.1, lower bound included), ``lagging`` (the systems with the lowest score,
        joined by ``; ``; empty where all are equal); in the order of ``systems``.

    Raises
    ------
    TableError
        No column ``place``.
    OptionError
        An option outside its choices, fewer than two systems, scores that are missing or outside 0 to 1 (all listed).

    References
    ----------
    廖重斌 (1999). 环境与经济协调发展的定量评判及其分类体系. 热带地理 19 (2), 171-177: liao1999 and the ten classes.
    王淑佳, 孔伟, 任亮, 治丹丹, 戴彬婷 (2021). 国内耦合协调度模型的误区及修正. 自然资源学报 36 (3), 793-810: geometric,
    wang2021, and the lost factor of unscaled.
    刘耀彬, 李仁东, 宋学锋 (2005). 中国城市化与生态环境耦合度分析. 自然资源学报 20 (1), 105-112: pairwise.

    Examples
    --------
    >>> table = pd.DataFrame({"place": ["甲", "乙"], "input": [0.8, 0.9], "output": [0.8, 0.1]})
    >>> coupling_coordination(table)[["place", "coupling", "coordination", "class_zh", "lagging"]].round(3)
      place  coupling  coordination class_zh lagging
    0     甲       1.0         0.894     良好协调
    1     乙       0.6         0.548     勉强协调  output
    """
    check_choice("formula", formula, COUPLING_FORMULAS)
    check_number("exponent", exponent, above=0)
    names, matrix = read_shares(systems, "systems", least=2)
    if formula == "pairwise" and len(names) > 3:
        raise OptionError(f'formula="pairwise": needed two or three systems, got {len(names)}; use "geometric"')
    alpha = read_weights_of_systems(weights, names)
    # sorted within each row, so that the order of columns cannot change the last digit
    coupling = _coupling(np.sort(matrix, axis=1), formula, exponent)
    development = np.array([math.fsum(row) for row in matrix * alpha])
    coordination = np.where(np.isnan(coupling), 0.0, np.sqrt(coupling * development))
    if formula in _HALF:
        top = 1 / len(names) if formula == "unscaled" else 0.5
        warn("warnings.scores.half_range", formula=formula, top=f"{top:.3g}", stacklevel=2)
    level = np.clip(np.floor(coordination * 10 + 1e-9).astype(int), 0, 9)
    return pd.DataFrame(
        {
            **{name: systems[name].to_numpy() for name in IDS if name in systems},
            "coupling": coupling,
            "development": development,
            "coordination": coordination,
            "level": level + 1,
            "class_en": [_CLASSES[i].in_("en") for i in level],
            "class_zh": [_CLASSES[i].in_("zh") for i in level],
            "lagging": [_lagging(row, names) for row in matrix],
        }
    )


def read_shares(table: pd.DataFrame, owner: str, *, least: int, bounded: bool = True) -> tuple[list[str], np.ndarray]:
    """Return the names and values of the columns beside ``place``, refusing what is missing or outside 0 to 1."""
    check_columns(table, owner, ["place"])
    names = [str(name) for name in table.columns if name not in IDS]
    text = [name for name in names if not pd.api.types.is_numeric_dtype(table[name])]
    if len(names) < least or text:
        got = f"text in {', '.join(text)}" if text else f"{len(names)}"
        needed = f"at least {least} columns of numbers beside place"
        raise OptionError(f"{owner}: needed {needed}, got {got}; leave other columns out")
    matrix = table[names].to_numpy(dtype=float)
    low, high = (-1e-12, 1 + 1e-12) if bounded else (-math.inf, math.inf)
    wrong = ~(np.isfinite(matrix) & (matrix >= low) & (matrix <= high))
    if wrong.any():
        listed = [f"{matrix[i, j]:g} at {table['place'].iloc[i]}, {names[j]}" for i, j in np.argwhere(wrong)]
        more = f" and {len(listed) - 10} more" if len(listed) > 10 else ""
        needed = "numbers from 0 to 1" if bounded else "finite numbers"
        fix = "; scale them first, as by min-max" if bounded else "; fill or leave out these places"
        raise OptionError(f"{owner}: needed {needed}, got {', '.join(listed[:10])}{more}{fix}")
    return names, np.clip(matrix, 0, 1) if bounded else matrix


def read_weights_of_systems(weights: pd.Series | Mapping[str, float] | None, names: list[str]) -> np.ndarray:
    if weights is None:
        return np.full(len(names), 1 / len(names))
    given = finite_series(weights, name="weights")
    unknown, lacking = sorted(set(given.index) - set(names)), sorted(set(names) - set(given.index))
    if unknown or lacking:
        listed = "; ".join([f"{name!r} is no column{hint(name, names)}" for name in unknown])
        listed += ("; " if listed and lacking else "") + "; ".join(f"none for {name!r}" for name in lacking)
        raise OptionError(f"weights: needed one for each of {', '.join(names)}, got {listed}")
    values = given[names].to_numpy()
    if (values < 0).any() or not values.any():
        raise OptionError("weights: needed numbers of at least 0, one of them above 0")
    return values / math.fsum(values)


def _coupling(ordered: np.ndarray, formula: str, exponent: float) -> np.ndarray:
    """Return C for rows sorted from the lowest system to the highest."""
    n = ordered.shape[1]
    means = np.array([math.fsum(row) for row in ordered]) / n
    with np.errstate(invalid="ignore", divide="ignore"):
        # each system over the mean, so that many small scores do not underflow
        relative = np.where(means[:, None] > 0, ordered / means[:, None], math.nan)
        if formula == "wang2021":
            gaps = np.array([_mean_gap(row) for row in ordered])
            lower = np.prod(ordered[:, :-1] / ordered[:, -1:], axis=1)
            found = np.sqrt((1 - gaps) * lower ** (1 / (n - 1)))
        elif formula == "liao1999":
            found = np.prod(relative, axis=1) ** exponent
        elif formula == "pairwise":
            pairs = [ordered[:, i] + ordered[:, j] for i in range(n) for j in range(i + 1, n)]
            below = pairs[0] ** 2 if n == 2 else np.prod(pairs, axis=0)
            found = (np.prod(ordered, axis=1) / below) ** (1 / n)
        else:
            found = np.prod(relative, axis=1) ** (1 / n) / (n if formula == "unscaled" else 1)
    return np.minimum(np.where(means > 0, np.where(ordered[:, 0] == 0, 0.0, found), math.nan), 1.0)


def _mean_gap(ordered: np.ndarray) -> float:
    n = len(ordered)
    return math.fsum(ordered[j] - ordered[i] for i in range(n) for j in range(i + 1, n)) / (n * (n - 1) / 2)


def _lagging(row: np.ndarray, names: list[str]) -> str:
    ties = tie_groups(row)
    return "" if not ties.any() else "; ".join(sorted(n for n, t in zip(names, ties, strict=True) if t == ties.max()))
