"""Let a hub emerge stage by stage: each stage sets in when the one before has grown enough."""

import itertools
from collections.abc import Iterator, Mapping, Sequence

from ...data.errors import OptionError
from ...data.options import Wrong, is_number, listed, name_faults, number_faults, refuse
from .stages import HUB_STAGES
from .stepped import Steps
from .stock_model import StockModel, Transfer

__all__ = ["hub_emergence"]


def hub_emergence(
    stages: Sequence[str] = HUB_STAGES,
    *,
    science: Steps = 1.0,
    thresholds: Mapping[str, float] | float = 1.0,
    drive: float = 0.3,
    feedback: float = 0.0,
    depreciation: float = 0.1,
    delay: float = 0.0,
) -> StockModel:
    """Make the emergence of a hub a model of stocks with thresholds.

    The first stage is fed from outside. Each further stage is driven by the one before it from the time at which that
    one first stands at its threshold::

        dS[1]/dt = science + feedback * S[last] - depreciation * S[1]
        dS[k]/dt = drive * S[k-1] * (1 once S[k-1] has reached threshold[k]) - depreciation * S[k]

    Parameters
    ----------
    stages : sequence of str
        At least two, in order; by default `HUB_STAGES`: scientific theory, innovative firms, new industry, hub of
        resources and chains, open ecosystem, radiation, global center.
    science : float, mapping or Series
        Input to the first stage per unit of time: a number, or time -> number from then on.
    thresholds : mapping or float
        What the stage before must have reached, by the stage that sets in, or one number for all.
    drive, feedback, depreciation : float
        Rates at which a stage drives the next, the last drives the first, and each is lost.
    delay : float
        Mean time from one stage to the next.

    Returns
    -------
    StockModel
        Transfers: ``science``, ``X sets in``, ``feedback``, ``depreciation of X``. ``run_stocks(...).openings`` dates
        the stages.

    Raises
    ------
    OptionError
        If a stage is unknown or lacks its number, or a number is outside its range.

    Notes
    -----
    The sequence is that of Zhuang, Wu and Tan (§1), who give no number: all are assumptions. Without feedback stage k
    rests at science / depreciation * (drive / depreciation) ** (k-1), so a higher threshold for the next stage is never
    reached and the emergence stops there.

    Examples
    --------
    >>> from innoscape.network import run_stocks
    >>> hub = hub_emergence(["theory", "firms", "industry"], thresholds={"firms": 5.0, "industry": 40.0})
    >>> run_stocks(hub, horizon=40.0).openings[["transfer", "time", "status"]].round(2)
               transfer  time       status
    0     firms sets in  6.93      reached
    1  industry sets in   NaN  not reached
    """
    names = [str(name) for name in listed(stages, name="stages")]
    if len(names) < 2 or len(set(names)) < len(names):
        raise OptionError(f"stages: needed at least two different names in order, got {', '.join(names) or 'none'}")
    levels = dict.fromkeys(names[1:], thresholds) if is_number(thresholds) else thresholds

    def faults() -> Iterator[Wrong]:
        for name, value in {"drive": drive, "feedback": feedback, "depreciation": depreciation}.items():
            yield from number_faults(name, value, least=0.0)
        if not isinstance(levels, Mapping):
            yield f"thresholds: needed a number, or one by stage, got {thresholds!r}"
            return
        yield from name_faults(levels, names[1:], name="thresholds")
        absent = [name for name in names[1:] if name not in levels]
        if absent:
            yield f"thresholds: needed a number for every stage but the first, got none for {', '.join(absent)}"

    refuse(faults())
    transfers = [Transfer("science", target=names[0], rate=science)]
    for before, after in itertools.pairwise(names):
        level = levels[after]  # type: ignore[index]
        transfers.append(
            Transfer(
                f"{after} sets in", target=after, rate=drive, by=[before], after={before: level}, delay=float(delay)
            )
        )
    if feedback:
        transfers.append(Transfer("feedback", target=names[0], rate=feedback, by=[names[-1]]))
    transfers += [Transfer(f"depreciation of {name}", name, rate=depreciation) for name in names]
    return StockModel(dict.fromkeys(names, 0.0), transfers)
