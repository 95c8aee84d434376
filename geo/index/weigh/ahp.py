"""Weigh indicators by pairwise judgements (analytic hierarchy process)."""

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal, cast, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from ....data.errors import Fault, OptionError, TableError, warn
from ....data.options import check_choice
from ....data.wording.catalogue import Text, join_texts, text
from .data_driven import as_weights

__all__ = ["INCONSISTENT", "Judgements", "ahp_consistency", "ahp_weights", "tree_judgements"]

Inconsistent = Literal["warn", "raise"]
INCONSISTENT: tuple[str, ...] = get_args(Inconsistent)
LIMIT = 0.1
# mean consistency index of random reciprocal matrices of 1, 2, 3 … parts: Saaty (1980)
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
# judgements such as 0.33 against 3 are the same judgement written down short
_ROUNDED = 0.05

Judgements = pd.DataFrame | npt.ArrayLike | Mapping[str, Mapping[str, float | str]]


def ahp_weights(matrix: Judgements, *, inconsistent: Inconsistent = "warn", limit: float = LIMIT) -> pd.Series:
    r"""Weigh parts by the principal eigenvector of their pairwise comparisons.

    :math:`a_{ij}` says how many times as important part :math:`i` is as part :math:`j`, usually from 1 to 9; the
    weights solve :math:`A w = \lambda_{max} w` and sum to 1. `ahp_consistency` gives the ratio compared with ``limit``.

    - One triangle is enough: an empty cell (or missing key) is the reciprocal of its opposite, the diagonal is 1.
    - Where both are given their product must be 1 within 5 % (so 0.33 may stand for 1/3); the geometric mean of the one
      and the reciprocal of the other is used. Every pair that is not reciprocal is listed in one `TableError`.
    - Judgements may be written as fractions: ``"1/3"``.
    - One part gets weight 1; two parts are always consistent.
    - The order of the parts changes no bit of the result.

    Parameters
    ----------
    matrix : DataFrame, array or mapping of mappings
        m x m comparisons; a mapping names row, then column.
    inconsistent : {"warn", "raise"}
        What happens when the consistency ratio is above ``limit``: `InnoscapeWarning` or `TableError`.
    limit : float
        Largest consistency ratio taken as consistent.

    Returns
    -------
    Series
        Weights by part, in the order of the rows, summing to 1.

    Raises
    ------
    OptionError
        ``inconsistent`` is not one of the choices, or the matrix is not square or its labels differ.
    TableError
        A judgement is missing, not a positive number or not reciprocal, or refused inconsistency.

    References
    ----------
    Saaty, T. L. (1980). The Analytic Hierarchy Process. McGraw-Hill.

    Examples
    --------
    >>> ahp_weights({"labs": {"firms": 3, "parks": 6}, "firms": {"parks": 2}}).round(3).to_dict()
    {'labs': 0.667, 'firms': 0.222, 'parks': 0.111}
    """
    check_choice("inconsistent", inconsistent, INCONSISTENT)
    frame = _reciprocal(matrix)
    weights, largest = _principal(frame)
    ratio = _ratio(largest, len(frame))
    if ratio > limit:
        worst = _most_inconsistent(frame, weights)
        came = text("warnings.weights.inconsistent", ratio=f"{ratio:.3f}", worst=worst)
        if inconsistent == "raise":
            needed = text("faults.calls.ahp.judgements_consistency_ratio_most", limit=f"{limit:g}")
            raise TableError([Fault("pairwise judgements", needed, came, text("faults.calls.ahp.revise_judgements"))])
        warn("warnings.weights.judgements", came=came, limit=f"{limit:g}", stacklevel=2)
    return as_weights({name: weights[name] for name in frame.index})


def ahp_consistency(matrix: Judgements) -> float:
    r"""Return the consistency ratio of pairwise comparisons: 0 is consistent, 1 as inconsistent as chance.

    .. math:: CR = \frac{\lambda_{max} - n}{(n - 1) \, RI_n}

    The random index :math:`RI_n` is Saaty's up to 15 parts; beyond it is Alonso and Lamata's estimate
    :math:`(2.7699 n - 4.3513 - n) / (n - 1)`.

    - One or two parts: 0.

    Parameters
    ----------
    matrix : DataFrame, array or mapping of mappings
        See `ahp_weights`.

    Returns
    -------
    float
        The ratio, at least 0.

    References
    ----------
    Saaty, T. L. (1980). The Analytic Hierarchy Process. McGraw-Hill. Alonso, J. A., Lamata, M. T. (2006). Consistency
    in the analytic hierarchy process: a new approach. International Journal of Uncertainty, Fuzziness and
    Knowledge-Based Systems 14 (4), 445-459.

    Examples
    --------
    >>> round(ahp_consistency([[1, 3, 1 / 5], [1 / 3, 1, 1 / 3], [5, 3, 1]]), 3)
    0.254
    """
    frame = _reciprocal(matrix)
    return _ratio(_principal(frame)[1], len(frame))


def tree_judgements(
    paths: Mapping[str, tuple[str, ...]],
    matrices: Mapping[str, Judgements],
    *,
    inconsistent: Inconsistent = "warn",
    limit: float = LIMIT,
) -> pd.Series:
    """Multiply the weights of the branches down a framework, each branching judged by a matrix of its own.

    ``matrices`` names the branching: ``"index"`` for what stands directly under the index, else the group's name (or
    its path from the top, joined by `` / ``). A branching of one needs none.
    """
    branches: dict[tuple[str, ...], list[str]] = {}
    for name, path in paths.items():
        for depth in range(len(path) + 1):
            child = path[depth] if depth < len(path) else name
            members = branches.setdefault(path[:depth], [])
            if child not in members:
                members.append(child)
    known = {key: node for node in branches for key in _keys(node)}
    unknown = sorted(set(matrices) - set(known))
    if unknown:
        raise OptionError(
            text("faults.calls.ahp.matrices_group_groups", unknown=join_texts(unknown), known=join_texts(known))
        )
    given = {known[key]: matrix for key, matrix in matrices.items()}
    judged = {node for node, members in branches.items() if len(members) > 1}
    missing = [" / ".join(node) or "index" for node in branches if node in judged and node not in given]
    if missing:
        raise OptionError(text("faults.calls.ahp.matrices_pairwise_judgements", missing=join_texts(missing)))
    shares = {
        node: ahp_weights(labelled(given[node], members), inconsistent=inconsistent, limit=limit).to_dict()
        if node in judged
        else {members[0]: 1.0}
        for node, members in branches.items()
    }
    return as_weights(
        {
            name: math.prod(
                shares[path[:depth]][path[depth] if depth < len(path) else name] for depth in range(len(path) + 1)
            )
            for name, path in paths.items()
        }
    )


def labelled(matrix: Judgements, names: Sequence[str]) -> pd.DataFrame:
    """Return judgements as a table with the names as labels; `OptionError` if it names others."""
    frame = _as_judgements(matrix)
    if not isinstance(matrix, pd.DataFrame | Mapping):
        if len(frame) != len(names):
            raise OptionError(text("faults.calls.ahp.matrix_x_judgements", names=len(names), frame=len(frame)))
        frame.index = frame.columns = pd.Index(list(names))
    if set(frame.index) != set(names):
        odd = sorted(set(map(str, frame.index)) ^ set(names))
        raise OptionError(
            text("faults.calls.ahp.matrix_judgements_on_missing", names=join_texts(names), odd=join_texts(odd))
        )
    return frame.loc[list(names), list(names)]


def _keys(node: tuple[str, ...]) -> list[str]:
    return [" / ".join(node), node[-1]] if node else ["index"]


def _as_judgements(matrix: Judgements) -> pd.DataFrame:
    if isinstance(matrix, Mapping):
        rows = cast("Mapping[str, Mapping[str, float | str]]", matrix)
        names = list(dict.fromkeys([*rows, *(name for row in rows.values() for name in row)]))
        frame = pd.DataFrame([[rows.get(row, {}).get(name) for name in names] for row in names], names, names, object)
    else:
        frame = pd.DataFrame(matrix).astype(object)
    if frame.shape[0] != frame.shape[1] or not frame.size:
        raise OptionError(
            text("faults.calls.ahp.matrix_many_rows_columns", shape=frame.shape[0], shape2=frame.shape[1])
        )
    if set(frame.index) != set(frame.columns) or not frame.index.is_unique:
        raise OptionError(text("faults.calls.ahp.matrix_same_labels_on"))
    return frame.loc[:, list(frame.index)]


def _number(cell: object) -> float:
    if cell is None or cell is pd.NA or cell == "":
        return math.nan
    try:
        return float(Fraction(cell)) if isinstance(cell, str) else float(cast("float", cell))
    except (ValueError, ZeroDivisionError, TypeError):
        return -1.0


def _reciprocal(matrix: Judgements) -> pd.DataFrame:
    frame = _as_judgements(matrix)
    names = list(frame.index)
    cells = np.array([[_number(cell) for cell in row] for row in frame.to_numpy().tolist()])
    full, faults = np.eye(len(names)), []
    for i, j in zip(*np.tril_indices(len(names)), strict=True):
        lower, upper = cells[i, j], cells[j, i]
        where = f"{names[j]} against {names[i]}"
        shown = f"{frame.iloc[j, i]} and {frame.iloc[i, j]}"
        given = [value for value in (lower, upper) if not math.isnan(value)]
        if any(not 0 < value < math.inf for value in given):
            faults.append(
                _fault(
                    text("faults.calls.alike.numbers_above_0"),
                    text("faults.calls.alike.shown_for", shown=shown, where=where),
                    text("faults.calls.ahp.correct_judgement"),
                )
            )
        elif not given and i != j:
            faults.append(
                _fault(
                    text("faults.calls.ahp.judgement"),
                    text("faults.calls.ahp.none", where=where),
                    text("faults.calls.ahp.fill_two_cells"),
                )
            )
        elif len(given) == 2 and abs(lower * upper - 1.0) > _ROUNDED:
            faults.append(
                _fault(
                    text("faults.calls.ahp.reciprocal_judgements"),
                    text("faults.calls.alike.shown_for", shown=shown, where=where),
                    text("faults.calls.ahp.fix_two"),
                )
            )
        elif i != j:
            # a missing side is the reciprocal of the other; two sides meet in the middle
            value = math.sqrt(upper / lower) if len(given) == 2 else 1 / lower if math.isnan(upper) else upper
            full[j, i], full[i, j] = value, 1 / value
    if faults:
        raise TableError(faults)
    return pd.DataFrame(full, index=names, columns=names)


def _fault(needed: str | Text, got: str | Text, fix: str | Text) -> Fault:
    return Fault("pairwise judgements", needed, got, fix)


def _principal(frame: pd.DataFrame) -> tuple[dict[str, float], float]:
    names = list(frame.index)
    rows = frame.to_numpy().tolist()
    weights = [1.0 / len(names)] * len(names)
    largest = float(len(names))
    # positive matrices have one positive eigenvector, and powers of the matrix lead to it from anywhere
    for _ in range(10_000):
        raised = [math.fsum(cell * weight for cell, weight in zip(row, weights, strict=True)) for row in rows]
        largest = math.fsum(raised)
        previous, weights = weights, [value / largest for value in raised]
        if max(abs(new - old) for new, old in zip(weights, previous, strict=True)) < 1e-15:
            break
    return dict(zip(names, weights, strict=True)), largest


def _ratio(largest: float, count: int) -> float:
    if count < 3:
        return 0.0
    index = RANDOM_INDEX[count - 1] if count <= len(RANDOM_INDEX) else (1.7699 * count - 4.3513) / (count - 1)
    return max(0.0, (largest - count) / (count - 1) / index)


def _most_inconsistent(frame: pd.DataFrame, weights: dict[str, float]) -> str:
    names = list(frame.index)
    pairs = [(one, other) for place, one in enumerate(names) for other in names[place + 1 :]]
    away = {pair: abs(math.log(frame.loc[pair] * weights[pair[1]] / weights[pair[0]])) for pair in pairs}
    one, other = max(sorted(away, key=str), key=lambda pair: round(away[pair], 9))
    return f"{one} against {other} ({frame.loc[one, other]:.3g}, the weights say {weights[one] / weights[other]:.3g})"
