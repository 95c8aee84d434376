"""Date the stages by which a place becomes a hub."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...data.errors import OptionError
from ...data.options import check_choice, check_number
from .first_crossing import first_crossing
from .outcome import Growth

__all__ = ["HUB_MEASURES", "HUB_STAGES", "stages"]

HUB_STAGES = (
    "scientific theory",
    "innovative firms",
    "new industry",
    "hub of resources and chains",
    "open ecosystem",
    "radiation",
    "global center",
)
HUB_MEASURES = ("stock", "share", "growth", "radiated")


def stages(growth: Growth, thresholds: Mapping[str, float | tuple[str, float]]) -> pd.DataFrame:
    """Date the stages of every place by thresholds, each stage after the one before.

    A place enters a stage when the stage's measure first stands at or above its threshold, not earlier than it entered
    the stage before; a stage once entered is not lost.

    Parameters
    ----------
    growth : Growth
        From `grow`.
    thresholds : mapping
        Stage -> threshold of the stock, or (measure, threshold), in the order of the stages. Measures: ``stock``;
        ``share`` of the place in all stocks; ``growth``, relative, per unit of time; ``radiated``, what the others
        receive from the place per unit of time. `HUB_STAGES` names the sequence of Zhuang, Wu & Tan (§1): theory,
        firms, industry, hub of resources and chains, open ecosystem, radiation, global center.

    Returns
    -------
    DataFrame
        ``place, stage, time``: one row per place and stage, in the order of the places and of the stages; time is
        linear between the times of ``growth.stocks``, nan where the stage is not entered.

    Raises
    ------
    OptionError
        If there is no threshold, or one is no number or names no measure.

    Notes
    -----
    The source names the sequence and no number: every threshold is an assumption. Growing stocks with rising thresholds
    enter one stage after the other by themselves; with several measures a place may enter two at once.

    Examples
    --------
    >>> import pandas as pd
    >>> from innoscape.network import Channel, grow, hazard_rates
    >>> tier = pd.Categorical(["national"], categories=["national"], ordered=True)
    >>> alone = hazard_rates(pd.DataFrame({"place": ["A"], "tier": tier}), [Channel("peer", rate=0.0, decay="none")])
    >>> line = grow(alone, 1.0, horizon=10.0, production=0.5, returns=0.0, depreciation=0.0)  # 1 + t / 2
    >>> stages(line, {"firms": 2.0, "industry": 4.5, "global center": 9.0})
      place          stage  time
    0     A          firms   2.0
    1     A       industry   7.0
    2     A  global center   NaN
    """
    if not thresholds:
        raise OptionError("thresholds: needed at least one stage, got none")
    time = growth.stocks.index.to_numpy(dtype=float)
    entered = np.full(len(growth.places), time[0])
    times = []
    for stage, given in thresholds.items():
        measure, threshold = given if isinstance(given, tuple) else ("stock", given)
        check_choice(f"the measure of stage {stage!r}", measure, HUB_MEASURES)
        check_number(f"the threshold of stage {stage!r}", threshold)
        values = _measure(growth, measure)
        entered = np.array(
            [first_crossing(time, values[:, j], threshold, earliest=entered[j]) for j in range(len(entered))]
        )
        times.append(entered)
    index = pd.MultiIndex.from_product([growth.places, list(thresholds)], names=["place", "stage"])
    return pd.Series(np.array(times).T.ravel(), index=index, name="time").reset_index()


def _measure(growth: Growth, name: str) -> np.ndarray:
    frames = {"stock": "stocks", "share": "shares", "growth": "growth_rates", "radiated": "radiated"}
    return getattr(growth, frames[name]).to_numpy()
