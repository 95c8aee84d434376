"""Part places into echelons where the gaps between their values are wide."""

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np
import pandas as pd

from ...data.options import check_choice, finite_series, listed, number_faults, refuse
from ..ranks import TOLERANCE, rank_descending
from .breaks import maximum_breaks, natural_breaks

__all__ = ["ECHELON_RULES", "echelons"]

EchelonRule = Literal["running", "widest", "natural", "gap", "given"]
ECHELON_RULES: tuple[str, ...] = get_args(EchelonRule)
# the option that each rule needs
_NEEDS = {"widest": "k", "natural": "k", "gap": "gap", "given": "floors"}


def echelons(
    values: pd.Series | Mapping[str, float],
    *,
    rule: EchelonRule = "running",
    times: float = 3.0,
    k: int | None = None,
    gap: float | None = None,
    floors: Sequence[float] | None = None,
) -> pd.DataFrame:
    """Part places into echelons, the first the highest, by a rule that is stated.

    =========== ====================================================================================================
    rule        an echelon ends
    =========== ====================================================================================================
    ``running`` where the gap to the next value is more than ``times`` the mean gap within the echelon so far
    ``widest``  at each of the k - 1 widest gaps of all
    ``natural`` where k classes have the least sum of squared deviations within
    ``gap``     at each gap of at least ``gap``, in the unit of the values
    ``given``   below each of ``floors``, the least values of the echelons
    =========== ====================================================================================================

    - Equal values share an echelon, whatever the rule.
    - Under ``running`` the first two distinct values of an echelon always belong together, however far apart: with no
      gap before there is none to compare with. Compare with ``widest`` before relying on it.
    - Fewer distinct values than k give fewer echelons.
    - Places below the lowest floor form a last echelon of their own.

    Parameters
    ----------
    values : Series or mapping
        A finite number for each place, higher is better.
    rule : {"running", "widest", "natural", "gap", "given"}
        See above.
    times : float
        For ``running``, above 0.
    k : int, optional
        Number of echelons, at least 1, for ``widest`` and ``natural``.
    gap : float, optional
        Above 0, for ``gap``.
    floors : sequence of float, optional
        For ``given``.

    Returns
    -------
    DataFrame
        ``place, value, rank, gap`` (to the next higher value; missing for the first), ``echelon``, the highest first;
        equal values in the order of their places.

    Raises
    ------
    OptionError
        An unknown rule, a value that is not finite, or the option of the rule missing, out of range, or given to
        another rule.

    Examples
    --------
    >>> shares = {"甲": 74.8, "乙": 72.5, "丙": 71.8, "丁": 66.0, "戊": 41.6}
    >>> echelons(shares)["echelon"].tolist(), echelons(shares, rule="widest", k=2)["echelon"].tolist()
    ([1, 1, 1, 2, 2], [1, 1, 1, 1, 2])
    """
    check_choice("rule", rule, ECHELON_RULES)
    needed = _NEEDS.get(rule, "")
    options = {"k": k, "gap": gap, "floors": None if floors is None else listed(floors, name="floors")}
    refuse(
        [
            *number_faults("times", times, above=0),
            *([f"{needed}: needed for rule {rule!r}, got none"] if needed and options[needed] is None else []),
            *(
                f"{name}: taken by other rules than {rule!r}; leave it out"
                for name, given in options.items()
                if given is not None and name != needed
            ),
            *(() if k is None else number_faults("k", k, least=1, whole=True)),
            *(() if gap is None else number_faults("gap", gap, above=0)),
            *(fault for floor in options["floors"] or () for fault in number_faults("floors", floor)),
        ]
    )
    series = finite_series(values)
    order = sorted(range(len(series)), key=lambda at: (-series.iloc[at], str(series.index[at])))
    table = pd.DataFrame({"place": series.index[order], "value": series.to_numpy()[order]})
    descending = table["value"].to_numpy()
    slack = TOLERANCE * max(1.0, float(np.abs(descending).max()))
    gaps = -np.diff(descending)
    table["rank"] = rank_descending(descending)
    table["gap"] = np.concatenate([[np.nan], np.where(gaps > slack, gaps, 0.0)])
    if rule == "running":
        cuts = _running(gaps, times, slack)
    elif rule == "gap":
        cuts = gaps >= float(gap or 0.0) - slack
    elif rule == "given":
        cuts = _crossed(descending, np.asarray(options["floors"], dtype=float) - slack)
    else:
        # a break is the highest value of the class below it
        find = maximum_breaks if rule == "widest" else natural_breaks
        cuts = _crossed(descending, find(descending[::-1], int(k or 1)) + slack)
    table["echelon"] = 1 + np.concatenate([[0], np.cumsum(cuts & (gaps > slack))])
    return table


def _crossed(descending: np.ndarray, lines: np.ndarray) -> np.ndarray:
    """Say between which neighbors a line lies."""
    above = (descending[:, None] > lines).sum(axis=1)
    return np.diff(above) != 0


def _running(gaps: np.ndarray, times: float, slack: float) -> np.ndarray:
    cuts = np.zeros(gaps.size, dtype=bool)
    within: list[float] = []
    for at, gap in enumerate(gaps):
        if gap <= slack:
            continue
        if within and gap > times * sum(within) / len(within) + slack:
            cuts[at], within = True, []
        else:
            within.append(float(gap))
    return cuts
