"""Make the chain of obstacles from research to industry a model of stocks."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np

from ...data.errors import OptionError
from .pipeline import pipeline
from .stepped import Steps
from .stock_model import ByName, StockModel, Transfer, by_name

__all__ = ["obstacle_chain"]


def obstacle_chain(
    stages: Sequence[str],
    conversions: Mapping[str, float] | Sequence[float],
    *,
    delays: Mapping[str, float] | Sequence[float],
    inflow: Steps = 1.0,
    start: ByName | None = None,
) -> StockModel:
    """Make the chain of `pipeline` a model of stocks, which shows when a change reaches the end.

    What waits at a hand-over of conversion c and mean wait d is passed on at rate c / d and given up at rate
    (1 - c) / d. At rest the amounts passed on are the outputs of `pipeline`, and inflow * c[1] * ... * c[k-1] * d[k]
    wait at hand-over k.

    Parameters
    ----------
    stages, conversions, delays
        As in `pipeline`; every delay positive.
    inflow : float, mapping or Series
        What enters the first stage per unit of time: a number, or time -> number from then on.
    start : mapping or Series, optional
        What is in each stage at time 0; 0 if not given.

    Returns
    -------
    StockModel
        Stocks: the stages; the last gathers what arrives. Transfers: ``inflow``, ``into X`` and ``lost before X``.

    Raises
    ------
    OptionError
        As in `pipeline`, or if a delay is 0.

    Notes
    -----
    The chain is that of Ran et al. (2022, §4); every number is an assumption. Raise a conversion by raising ``into X``
    and lowering ``lost before X``; scaling ``into X`` alone is a shorter wait for what succeeds.

    Examples
    --------
    >>> from innoscape.network import OBSTACLE_CHAIN, run_stocks
    >>> chain = obstacle_chain(OBSTACLE_CHAIN, [0.5, 0.2, 0.4], delays=[3.0, 5.0, 2.0], inflow=100.0)
    >>> run_stocks(chain, horizon=200.0).amounts.iloc[-1].filter(like="into").round(6).to_dict()
    {'into applied research': 50.0, 'into spin-off': 10.0, 'into industry': 4.0}
    """
    table = pipeline(stages, conversions, delays=delays).iloc[1:]
    names, wait = list(stages), table["delay"].to_numpy()
    if not (wait > 0).all():
        raise OptionError(f"delays: needed numbers above 0, got {wait.tolist()}")
    passed, lost = table["conversion"].to_numpy() / wait, (1.0 - table["conversion"].to_numpy()) / wait
    transfers = [Transfer("inflow", target=names[0], rate=inflow)]
    for k, (source, target) in enumerate(itertools.pairwise(names)):
        transfers.append(Transfer(f"into {target}", source, target, rate=float(passed[k])))
        transfers.append(Transfer(f"lost before {target}", source, rate=float(np.maximum(lost[k], 0.0))))
    begin = dict.fromkeys(names, 0.0) | by_name(start, name="start")
    if len(begin) > len(names):
        raise OptionError(f"start: needed stages of the chain, got {', '.join(map(str, [*begin][len(names) :]))}")
    return StockModel(begin, transfers)
