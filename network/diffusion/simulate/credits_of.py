"""Share out the arrivals of a simulation among channels and sources."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np

from ..kernels.dense import credit
from ..model.hazard_rates import Rates
from ..model.versions import borders_of

__all__ = ["credits_of"]

# runs that are credited together: their times lie close to the processor
_CREDITED = 128
# places whose arrivals one thread credits before it takes the next
_TOGETHER = 128


def credits_of(
    versions: Sequence[Rates], when: np.ndarray, times: np.ndarray
) -> Callable[[bool], tuple[np.ndarray, np.ndarray]]:
    """Return a call that shares out every arrival among channels, and among sources when these are asked for."""

    @cache
    def shared(sources: bool) -> tuple[np.ndarray, np.ndarray]:  # noqa: FBT001 - a cached call
        n, channels = len(when), versions[0].tensor.shape[1]
        found = []
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            for rates, part in zip(versions, np.split(times, borders_of(len(times), len(versions))), strict=True):
                sums = np.zeros((n, channels + 1)), np.zeros((n, n) if sources else (0, 0))
                given = np.ascontiguousarray(rates.tensor), rates.external_phases, rates.starts.astype(float), when
                blocks = [part[first : first + _CREDITED].T for first in range(0, len(part), _CREDITED)]
                blocks = [np.where(np.isnan(rows), np.inf, rows).copy("C") for rows in blocks]
                tasks = [
                    threads.submit(_credit_places, given, blocks, sums, first, min(first + _TOGETHER, n))
                    for first in range(0, n, _TOGETHER)
                ]
                for task in tasks:
                    task.result()
                found.append(sums)
        return sum(c for c, _ in found), sum(s for _, s in found)  # type: ignore[return-value]

    return shared


def _credit_places(
    given: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray],
    blocks: Sequence[np.ndarray],
    sums: tuple[np.ndarray, np.ndarray],
    first: int,
    last: int,
) -> None:
    for times in blocks:
        credit(*given, times, *sums, first, last)
