"""Search for covers of few sites: greedy choice, then local search with growing weights of places left uncovered.

The search is that of Gao, Weise and Li (2015): a site too many is taken away, and sites are exchanged until all places
are covered again. Places that stay uncovered weigh more and more, which leads it out of dead ends. Its draws are made
of the number of the step alone.
"""

import numpy as np

from ...data.noise import STEP, mix, uniform_of
from .siting_task import SitingTask

__all__ = ["greedy_cover", "search_cover"]

# exchanges after which a search ends that found nothing better
_PATIENCE = 2000


def greedy_cover(task: SitingTask) -> np.ndarray:
    """Choose the site that covers most places not yet covered until all are, then leave out what is not needed."""
    return search_cover(task, len(task.sites))


def search_cover(task: SitingTask, goal: int) -> np.ndarray:
    """Choose few sites, the fixed ones among them, that serve all places; end at ``goal`` sites, if they suffice."""
    reach = np.isfinite(task.cost)
    free = np.flatnonzero(~task.fixed)
    left = reach[~reach[:, task.fixed].any(axis=1)][:, free]
    chosen = task.fixed.copy()
    if left.size:
        most = max(goal - int(task.fixed.sum()), 0)
        chosen[free] = _exchanged(left, _greedy(left), most)
    return chosen


def _greedy(reach: np.ndarray) -> np.ndarray:
    chosen, count = np.zeros(reach.shape[1], dtype=bool), np.zeros(len(reach), dtype=int)
    while not count.all():
        site = int(np.argmax(reach[count == 0].sum(axis=0)))
        chosen[site] = True
        count += reach[:, site]
    for site in np.flatnonzero(chosen):
        if (count[reach[:, site]] > 1).all():
            chosen[site] = False
            count -= reach[:, site]
    return chosen


def _exchanged(reach: np.ndarray, chosen: np.ndarray, goal: int) -> np.ndarray:
    """Take a site away and exchange others until all places are covered again, as long as that succeeds."""
    best, held = chosen.copy(), np.flatnonzero(chosen).tolist()
    places, sites = reach.shape
    covering = [np.flatnonzero(row) for row in reach]
    served = [np.flatnonzero(column) for column in reach.T]
    # of places with one chosen site in reach, the sum of these sites is that one
    count, reached = reach[:, held].sum(axis=1), reach[:, held] @ np.array(held, dtype=int)
    weight = np.ones(places)
    # when a site was last added or taken away, and whether anything near it has changed since it was taken away
    moved, fresh = np.zeros(sites, dtype=int), np.ones(sites, dtype=bool)
    with np.errstate(over="ignore"):
        draws = uniform_of(mix(np.arange(1, _PATIENCE + 1, dtype=np.uint64) * STEP))

    def take(site: int, step: int) -> None:
        held.remove(site)
        count[served[site]] -= 1
        reached[served[site]] -= site
        for place in served[site][count[served[site]] == 0]:
            fresh[covering[place]] = True
        moved[site], fresh[site] = step, False

    def least(step: int) -> int:
        # the site added last stays
        these = np.array([site for site in held if moved[site] < step or step <= 1] or held)
        once = np.flatnonzero(count == 1)
        loss = np.bincount(reached[once], weight[once], sites)[these]
        return int(these[np.lexsort((these, moved[these], loss))[0]])

    step = last = 0
    while best.sum() > goal and step - last < _PATIENCE:
        if count.all():
            best[:] = False
            best[held] = True
            last = step
            take(least(step), step)
            continue
        step += 1
        take(least(step), step)
        open_places = np.flatnonzero(count == 0)
        place = open_places[int(draws[(step - last) % _PATIENCE] * open_places.size)]
        options = covering[place][fresh[covering[place]]]
        options = options if options.size else covering[place]
        gain = weight[open_places] @ reach[np.ix_(open_places, options)]
        site = int(options[np.lexsort((options, moved[options], -gain))[0]])
        held.append(site)
        for one in served[site][count[served[site]] == 0]:
            fresh[covering[one]] = True
        count[served[site]] += 1
        reached[served[site]] += site
        moved[site] = step
        weight[count == 0] += 1
    return best
