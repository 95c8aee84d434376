"""Simulate adoption that ends again, and several innovations at once, in compiled code.

The construction is that of plain adoption: with hazard h[j] and level a[j], a place is due at a[j] / h[j]. Whenever its
hazard changes by d at time t, its level changes by d * t, so that what is left of the allowance stays what it was.
"""

import numpy as np
from numba import njit

from ....data.noise import STEP
from ..model.random_numbers import run_bits, uniform

# numba gives elements of arrays their scalar types
# pyright: reportArgumentType=false, reportCallIssue=false

__all__ = ["churn_runs", "spread_many"]


@njit(cache=True, nogil=True)
def _exponential(bits: np.uint64, key: np.uint64, turn: int) -> float:
    """Draw Exp(1) for one place in one run; turn 0 is the draw of plain adoption."""
    return -np.log(uniform(bits, key + np.uint64(turn) * STEP))


@njit(cache=True, nogil=True)
def churn_runs(  # noqa: C901, PLR0912, PLR0915 - one hot loop
    total: np.ndarray,
    external: np.ndarray,
    leaving: np.ndarray,
    again: bool,  # noqa: FBT001 - compiled code takes plain positions
    seeds: np.ndarray,
    keys: np.ndarray,
    leaving_keys: np.ndarray,
    seed: np.uint64,
    first: int,
    last: int,
    horizon: float,
    points: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Simulate runs ``first`` to ``last`` of adoption and abandonment.

    Parameters
    ----------
    total : n x n, rows are sources
    external, leaving : n, rates of adoption from outside and of abandonment
    again : whether a place that has abandoned can adopt again
    seeds : places active at time 0
    keys, leaving_keys, seed, first, last : noise
    horizon : end
    points : times at which the active places are counted

    Returns
    -------
    times : runs x n, first adoption, infinite where none
    active : runs x points
    episodes : runs x n, number of adoptions
    """
    n = external.size
    times = np.full((last - first, n), np.inf)
    active = np.zeros((last - first, points.size), np.int32)
    episodes = np.zeros((last - first, n), np.int32)
    a = np.empty(n)
    h = np.empty(n)
    end = np.empty(n)  # when an active place abandons
    state = np.empty(n, np.int8)  # 0 can adopt, 1 active, 2 done
    for r in range(last - first):
        bits = run_bits(seed, first + r)
        for j in range(n):
            a[j] = _exponential(bits, keys[j], 0)
            h[j] = external[j]
            end[j] = np.inf
            state[j] = 0
        now = 0.0
        count = 0
        at = 0
        waiting = 0
        while True:
            who = -1
            when = np.inf
            if waiting < seeds.size:
                who = seeds[waiting]
                when = 0.0
            else:
                for j in range(n):
                    due = end[j] if state[j] == 1 else (a[j] / h[j] if state[j] == 0 and h[j] > 0.0 else np.inf)
                    if due < when:
                        when = due
                        who = j
            when = max(when, now)
            while at < points.size and points[at] < when:
                active[r, at] = count
                at += 1
            if who < 0 or when > horizon:
                break
            now = when
            if state[who] == 1 and waiting >= seeds.size:
                state[who] = 0 if again else 2
                end[who] = np.inf
                count -= 1
                for j in range(n):
                    rate = total[who, j]
                    if rate > 0.0:
                        h[j] = max(h[j] - rate, 0.0)
                        a[j] -= rate * now
                if again:
                    a[who] = _exponential(bits, keys[who], episodes[r, who]) + h[who] * now
                continue
            waiting += waiting < seeds.size
            if state[who] != 0:
                continue
            state[who] = 1
            times[r, who] = min(times[r, who], now)
            turn = episodes[r, who]
            episodes[r, who] += 1
            count += 1
            if leaving[who] > 0.0:
                end[who] = now + _exponential(bits, leaving_keys[who], turn) / leaving[who]
            for j in range(n):
                rate = total[who, j]
                if rate > 0.0:
                    h[j] += rate
                    a[j] += rate * now
        while at < points.size:
            active[r, at] = count
            at += 1
    return times, active, episodes


@njit(cache=True, nogil=True)
def spread_many(  # noqa: C901, PLR0912 - one hot loop
    total: np.ndarray,
    external: np.ndarray,
    interaction: np.ndarray,
    seed_time: np.ndarray,
    keys: np.ndarray,
    seed: np.uint64,
    first: int,
    last: int,
    horizon: float,
) -> np.ndarray:
    """Simulate runs ``first`` to ``last`` of several innovations that help or hinder one another.

    Parameters
    ----------
    total : innovations x n x n, rows are sources
    external, seed_time, keys : innovations x n
    interaction : innovations x innovations; row a, column b: factor on the hazard of b at a place that has adopted a
    seed, first, last, horizon : as for one innovation

    Returns
    -------
    runs x innovations x n, infinite where not adopted
    """
    kinds, n = external.shape
    times = np.full((last - first, kinds, n), np.inf)
    a = np.empty((kinds, n))
    base = np.empty((kinds, n))
    factor = np.empty((kinds, n))
    for r in range(last - first):
        bits = run_bits(seed, first + r)
        for k in range(kinds):
            for j in range(n):
                a[k, j] = _exponential(bits, keys[k, j], 0)
                base[k, j] = external[k, j]
                factor[k, j] = 1.0
        now = 0.0
        while True:
            what = -1
            who = -1
            when = np.inf
            for k in range(kinds):
                for j in range(n):
                    if times[r, k, j] < np.inf:
                        continue
                    hazard = base[k, j] * factor[k, j]
                    due = a[k, j] / hazard if hazard > 0.0 else np.inf
                    due = min(due, seed_time[k, j])
                    if due < when:
                        when = due
                        what = k
                        who = j
            if what < 0 or when > horizon:
                break
            now = max(now, when)
            times[r, what, who] = now
            for k in range(kinds):
                if times[r, k, who] == np.inf and interaction[what, k] != 1.0:
                    before = base[k, who] * factor[k, who]
                    factor[k, who] *= interaction[what, k]
                    a[k, who] += (base[k, who] * factor[k, who] - before) * now
            for j in range(n):
                rate = total[what, who, j]
                if rate > 0.0 and times[r, what, j] == np.inf:
                    a[what, j] += rate * factor[what, j] * now
                    base[what, j] += rate
    return times
