"""Bring indicators onto one scale by marks: a target, a reference place, the best place or two goalposts.

As in `normalize`, every method takes a places x indicators frame without missing cells and the directions, and gives
values of which the higher are better.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from ....data.errors import Fault, OptionError, TableError
from ....data.methods import documented
from ....data.wording.catalogue import join_texts, text

__all__ = [
    "Numbers",
    "check_above",
    "distance_to_max",
    "distance_to_reference",
    "distance_to_target",
    "goalposts",
    "optimum",
    "with_sign",
]

Numbers = float | Mapping[str, float]
_PARABOLA = "((x<sub>ik</sub> − b<sub>k</sub>) / r<sub>k</sub>)<sup>2</sup>)"


@documented("oecd2008", formula=lambda options: _reached("t<sub>k</sub>", options["of"]))
def distance_to_target(
    matrix: pd.DataFrame, direction: pd.Series, *, target: Numbers, of: str = "range", cap: bool = False
) -> pd.DataFrame:
    r"""Measure how far each place has come from the worst place to a target.

    .. math:: z = 1 - \frac{t - x}{t - \min x}

    with :math:`x` and :math:`t` negated where the direction is -1 (``of="range"``). ``of="value"`` takes the ratio
    :math:`x / t`, or :math:`t / x` where the direction is -1. ``target`` is a number for all indicators, or one for
    each by name. A place beyond the target scores above 1, unless ``cap`` holds it at 1.

    - ``of="range"``: a target no better than the worst place gives no scale and is refused: `TableError`.
    - ``of="value"``: the target and, where the direction is -1, every value must be above 0: `TableError`.

    Examples
    --------
    >>> distance_to_target(pd.DataFrame({"a": [0, 5, 11]}), pd.Series({"a": 1}), target=10)["a"].tolist()
    [0.0, 0.5, 1.1]
    """
    marks = _by_name("target", target, matrix.columns)
    return _distance(matrix, direction, marks, of=of, cap=cap, what="target")


@documented("oecd2008", formula=lambda options: _reached("x<sub>rk</sub>", options["of"]))
def distance_to_reference(
    matrix: pd.DataFrame, direction: pd.Series, *, reference: str, of: str = "range", cap: bool = False
) -> pd.DataFrame:
    """Measure each place by the distance from the worst place to a reference place, which scores 1.

    The formula is that of `distance_to_target`, the target being the reference place's own value.

    - A constant indicator gives 0 everywhere under ``of="range"``, 1 under ``of="value"``.
    - A reference that is itself the worst place gives no scale and is refused: `TableError`.
    - A reference that is not among the scored places is refused: `TableError`.

    Examples
    --------
    >>> table = pd.DataFrame({"a": [0, 4, 5]}, index=["甲", "乙", "丙"])
    >>> distance_to_reference(table, pd.Series({"a": 1}), reference="乙")["a"].tolist()
    [0.0, 1.0, 1.25]
    """
    places = matrix.index.get_level_values(0)
    if reference not in places:
        near = ", ".join(str(place) for place in places[:3])
        fault = Fault(
            "normalize",
            text("faults.calls.targets.reference_among_scored_places"),
            reference,
            text("faults.calls.targets.name", near=near),
        )
        raise TableError([fault])
    marks = matrix.iloc[int(places.get_loc(reference))].astype(float)  # pyright: ignore[reportArgumentType]
    return _distance(matrix, direction, marks, of=of, cap=cap, what="reference")


@documented("oecd2008", "becker2022", formula=lambda options: _reached("max<sub>k</sub>", options["of"]))
def distance_to_max(matrix: pd.DataFrame, direction: pd.Series, *, of: str = "range") -> pd.DataFrame:
    """Measure each place by the best place, which scores 1.

    ``of="range"``: 1 - (max - x) / (max - min), which is `minmax` (COINr's ``n_dist2max``). ``of="value"``: x / max
    (COINr's ``n_fracmax``), or min / x where the direction is -1.

    - A constant indicator gives 0 everywhere under ``of="range"``, 1 under ``of="value"``.
    - ``of="value"``: the best value and, where the direction is -1, every value must be above 0: `TableError`.

    Examples
    --------
    >>> distance_to_max(pd.DataFrame({"a": [2, 4]}), pd.Series({"a": -1}), of="value")["a"].tolist()
    [1.0, 0.5]
    """
    best = {name: matrix[name].max() if direction.loc[name] > 0 else matrix[name].min() for name in matrix.columns}
    return _distance(matrix, direction, pd.Series(best, dtype=float), of=of, cap=False, what="best value")


@documented("becker2022", formula="z<sub>ik</sub> = (x<sub>ik</sub> − l<sub>k</sub>) / (h<sub>k</sub> − l<sub>k</sub>)")
def goalposts(
    matrix: pd.DataFrame, direction: pd.Series, *, low: Numbers, high: Numbers, truncate: bool = True
) -> pd.DataFrame:
    r"""Scale each indicator between two posts fixed beforehand: :math:`z = (x - l) / (h - l)`.

    Where the direction is -1 the scale is turned, :math:`z = (h - x) / (h - l)`: ``low`` and ``high`` are the lower and
    the higher number whatever the direction. The posts are numbers for all indicators, or one for each by name.
    ``truncate`` holds places beyond a post at 0 or 1.

    - A higher post that is not above the lower one, and an indicator without posts: `OptionError`.
    - A constant indicator has its own place between the posts.

    Examples
    --------
    >>> goalposts(pd.DataFrame({"a": [1, 11, -1]}), pd.Series({"a": -1}), low=0, high=10)["a"].tolist()
    [0.9, 0.0, 1.0]
    """
    lows, highs = _by_name("low", low, matrix.columns), _by_name("high", high, matrix.columns)
    wrong = [str(name) for name in matrix.columns if not highs[name] > lows[name]]
    if wrong:
        raise OptionError(text("faults.calls.targets.goalposts_high_above_low", wrong=join_texts(wrong)))
    signs = direction.reindex(matrix.columns).astype(float)
    start = lows.where(signs > 0, highs)
    scaled = signs * (matrix.astype(float) - start) / (highs - lows) + 0.0
    return scaled.clip(0.0, 1.0) if truncate else scaled


@documented(
    "zadeh1965",
    formula=lambda options: (
        "z<sub>ik</sub> = max(0, 1 − "
        + ("|x<sub>ik</sub> − b<sub>k</sub>| / r<sub>k</sub>)" if options["shape"] == "linear" else _PARABOLA)
    ),
)
def optimum(
    matrix: pd.DataFrame,
    direction: pd.Series,
    *,
    best: Numbers,
    reach: Numbers | None = None,
    shape: str = "parabola",
) -> pd.DataFrame:
    r"""Scale each indicator by its distance from the best value: in the middle 1, falling on both sides.

    .. math:: z = \max\left(0, 1 - \left(\frac{x - b}{r}\right)^2\right) \text{ (``shape="parabola"``, an inverted U)},
       \qquad z = \max\left(0, 1 - \frac{|x - b|}{r}\right) \text{ (``"linear"``)}

    ``best`` (b) and ``reach`` (r, at which the value is 0) are numbers for all indicators, or one for each by name;
    without a reach it is the largest distance among the places. An indicator that ``best`` does not name is scaled by
    `minmax` in its direction; of one that it names the direction plays no part.

    - All places at the best value score 1; without a reach a place at the largest distance scores 0.
    - Equal distances on the two sides score the same.
    - A reach that is not above 0, or of an indicator without a best value: `OptionError`.

    Examples
    --------
    >>> optimum(pd.DataFrame({"km": [0, 10, 15, 20]}), pd.Series({"km": 1}), best=10)["km"].tolist()
    [0.0, 1.0, 0.75, 0.0]
    """
    named = best if isinstance(best, Mapping) else dict.fromkeys(matrix.columns, best)
    widths = reach if isinstance(reach, Mapping) else {} if reach is None else dict.fromkeys(named, reach)
    unknown = [str(name) for name in {**named, **widths} if name not in matrix.columns]
    spare = [str(name) for name in widths if name not in named]
    if spare or any(not width > 0 for width in widths.values()):
        raise OptionError(text("faults.calls.targets.reach_numbers_above_0", widths=dict(widths)))
    if unknown:
        raise OptionError(text("faults.calls.targets.best_indicators_framework", unknown=join_texts(unknown)))

    def scale(column: np.ndarray, sign: float, name: str) -> np.ndarray:
        if name not in named:
            worst, top = (column * sign).min(), (column * sign).max()
            return (column * sign / 2 - worst / 2) / (top / 2 - worst / 2) if top > worst else np.zeros(column.size)
        away = np.abs(column - named[name])
        width = widths.get(name) or away.max()
        if not width > 0:
            return np.ones(column.size)
        share = away / width
        return np.maximum(0.0, 1.0 - (share if shape == "linear" else share**2))

    signs = direction.astype(float)
    columns = {
        name: scale(matrix[name].to_numpy(dtype=float), float(signs.loc[name]), str(name)) for name in matrix.columns
    }
    return pd.DataFrame(columns, index=matrix.index)


def with_sign(
    matrix: pd.DataFrame, direction: pd.Series, scale: Callable[[np.ndarray, float], np.ndarray]
) -> pd.DataFrame:
    """Scale each column by a function of its values and its direction."""
    columns = {
        name: scale(matrix[name].to_numpy(dtype=float), float(direction.loc[name])) + 0.0 for name in matrix.columns
    }
    return pd.DataFrame(columns, index=matrix.index)


def _reached(mark: str, of: str) -> str:
    if of == "value":
        return f"z<sub>ik</sub> = x<sub>ik</sub> / {mark}"
    return f"z<sub>ik</sub> = 1 − ({mark} − x<sub>ik</sub>) / ({mark} − min<sub>k</sub>)"


def _distance(
    matrix: pd.DataFrame, direction: pd.Series, marks: pd.Series, *, of: str, cap: bool, what: str
) -> pd.DataFrame:
    if of == "value":
        wrong = [f"{marks[name]:g} for {name}" for name in matrix.columns if not marks[name] > 0]
        if wrong:
            fix = text("faults.calls.targets.ofrange")
            raise TableError(
                [Fault("normalize", text("faults.calls.targets.above_0", what=what), one, fix) for one in wrong]
            )
        check_above(matrix, direction, zero_allowed=False)
    faults = []

    def scale(column: np.ndarray, sign: float, name: str) -> np.ndarray:
        mark = float(marks[name])
        if of == "value":
            return column / mark if sign > 0 else mark / column
        worst, goal = (column * sign).min(), mark * sign
        if goal > worst:
            return 1.0 - (goal - column * sign) / (goal - worst)
        if not (what != "target" and column.min() == column.max()):
            got = text("faults.calls.targets.worst_place_having", mark=f"{mark:g}", name=name, v=f"{worst * sign:g}")
            faults.append(
                Fault(
                    "normalize",
                    text("faults.calls.targets.better_than_worst_place", what=what),
                    got,
                    text("faults.calls.targets.choose_another", what=what),
                )
            )
        return np.zeros(column.size)

    signs = direction.astype(float)
    columns = {
        name: scale(matrix[name].to_numpy(dtype=float), float(signs.loc[name]), str(name)) + 0.0
        for name in matrix.columns
    }
    if faults:
        raise TableError(faults)
    scaled = pd.DataFrame(columns, index=matrix.index)
    return scaled.clip(upper=1.0) if cap else scaled


def check_above(matrix: pd.DataFrame, direction: pd.Series, *, zero_allowed: bool) -> None:
    """Raise `TableError` naming the cells below 0, and those of 0 where less is better.

    With ``zero_allowed=False`` only indicators of which less is better are looked at.
    """
    faults = []
    for name in matrix.columns:
        less = direction.loc[name] < 0
        if not less and not zero_allowed:
            continue
        needed = text("faults.calls.targets.value_above_0_since") if less else text("faults.calls.targets.value_0")
        for place, value in matrix[name].items():
            if value < 0 or (less and value == 0):
                fix = text("faults.calls.targets.normalize_minmax_another_method")
                faults.append(
                    Fault(
                        "normalize",
                        needed,
                        text("faults.calls.alike.value_at_place", value=f"{value:g}", place=place),
                        fix,
                        column=str(name),
                    )
                )
    if faults:
        raise TableError(faults)


def _by_name(option: str, given: Numbers, indicators: pd.Index) -> pd.Series:
    if not isinstance(given, Mapping):
        return pd.Series(float(given), index=indicators)
    missing = [str(name) for name in indicators if name not in given]
    if missing:
        raise OptionError(
            text("faults.calls.targets.number_every_indicator_none", option=option, missing=join_texts(missing))
        )
    return pd.Series({name: float(given[name]) for name in indicators})
