"""Check the size of a simulation before it begins: what its runs will take of memory and time."""

from ....data.budget import Estimate, require
from ..kernels.dense import BLOCK
from ..model.edge_rates import EdgeRates
from ..model.hazard_rates import Rates

__all__ = ["check_size"]

# chunks counted at once, and seconds of a run for each tie, or for each pair of places
_COUNTED, _TIE, _PAIR = 8, 5e-8, 5e-10


def check_size(rates: Rates | EdgeRates, versions: int, runs: int, *, bins: int) -> Estimate:
    """Refuse more runs, or more places, than memory and time are allowed for.

    ``bins`` are those in which arrivals are counted; 0 where all are kept.

    Raises
    ------
    SizeError
        If the runs would take more than the budget.
    """
    n = len(rates.places)
    # arrival times stand twice while chunks are put together
    memory = 8.0 * n * bins * _COUNTED if bins else 16.0 * runs * n
    if isinstance(rates, EdgeRates):
        ties, seconds = f"{rates.target.size:,} ties", rates.target.size * _TIE
    else:
        ties, seconds = f"{versions} versions of their rates" if versions > 1 else "their rates", n**2 * _PAIR
        memory += 8.0 * versions * len(rates.starts) * n * (n + BLOCK)
    return require(
        f"{runs:,} runs among {n:,} places with {ties}",
        "take fewer runs, or " + ("fewer places" if bins else "keep=False"),
        memory=memory,
        seconds=runs * seconds,
    )
