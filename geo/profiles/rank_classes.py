"""Count the ranks of a place by class, such as first, second to third, fourth to sixth, and average them by group."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ...data.options import finite_series, listed, name_faults, refuse

__all__ = ["rank_classes"]


def rank_classes(
    ranks: pd.Series | Mapping[str, float],
    *,
    bounds: Sequence[int] = (1, 3, 6),
    groups: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    r"""Count ranks by class for all indicators and for each group, and rank the groups by their mean rank.

    With bounds :math:`b_1 < b_2 < \dots` the classes are :math:`1..b_1,\ b_1 + 1..b_2,\ \dots` and all ranks beyond the
    last bound. The classes are disjoint, so that the counts of a row add up to its indicators; how many ranks are among
    the first :math:`b_i` is the sum of the first i counts.

    - Tied ranks such as 2.5 belong to the class whose bound they do not exceed.
    - Indicators without a group count in the first row alone.

    Parameters
    ----------
    ranks : Series or mapping
        Indicator -> rank, at least 1.
    bounds : sequence of int
        Ascending whole numbers of at least 1.
    groups : mapping, optional
        Indicator -> group.

    Returns
    -------
    DataFrame
        ``group`` (``all`` first, then the groups by mean rank), ``indicators, mean_rank``, and one column for each
        class: ``1``, ``2-3``, ``4-6``, ``7+``.

    Raises
    ------
    OptionError
        A rank below 1, bounds that do not ascend, an indicator without rank, or a group named ``all``.

    Examples
    --------
    >>> ranks = {"staff": 1, "funds": 2, "patents": 5, "standards": 9}
    >>> rank_classes(ranks, groups={"staff": "input", "funds": "input", "patents": "output", "standards": "output"})
        group  indicators  mean_rank  1  2-3  4-6  7+
    0     all           4       4.25  1    1    1   1
    1   input           2       1.50  1    1    0   0
    2  output           2       7.00  0    0    1   1
    """
    series = finite_series(ranks, name="ranks")
    ends: list[Any] = list(listed(bounds, name="bounds"))
    right = bool(ends) and all(isinstance(b, int | np.integer) and not isinstance(b, bool) and b >= 1 for b in ends)
    grouped = {str(name): str(group) for name, group in (groups or {}).items()}
    refuse(
        [
            *(f"ranks: needed ranks of at least 1, got {r:g} of {name}" for name, r in series.items() if r < 1),
            *(
                []
                if right and ends == sorted(set(ends))
                else [f"bounds: needed ascending whole numbers of at least 1, got {bounds!r}"]
            ),
            *name_faults(grouped, map(str, series.index), name="groups", among="indicators of ranks"),
            *(["groups: needed names other than 'all', the row of all"] if "all" in grouped.values() else []),
        ]
    )
    starts = [1, *(end + 1 for end in ends)]
    names = [f"{a}" if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=False)] + [f"{starts[-1]}+"]
    of = [grouped.get(str(name)) for name in series.index]
    at = np.searchsorted(ends, series.to_numpy(), side="left")

    def row(group: str, chosen: np.ndarray) -> tuple:
        counted = np.bincount(at[chosen], minlength=len(names)).tolist()
        return (group, int(chosen.sum()), float(series.to_numpy()[chosen].mean()), *counted)

    rows = [row(g, np.array([one == g for one in of])) for g in dict.fromkeys(g for g in of if g is not None)]
    rows.sort(key=lambda r: (round(r[2], 12), r[0]))
    every = row("all", np.full(len(of), fill_value=True))
    return pd.DataFrame([every, *rows], columns=["group", "indicators", "mean_rank", *names])
