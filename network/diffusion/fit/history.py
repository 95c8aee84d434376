"""Turn a table of adoptions into who was exposed to whom, for how long, and who adopted.

Everything a likelihood of the spread needs is summed up here once: for every adoption, who had adopted strictly
before; for every ordered pair of places, how long j was at risk while i had adopted, summed over innovations.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
import pandas as pd

from ....data.errors import OptionError
from ....data.options import is_number, known_place_faults, number_faults, refuse, table_fault
from ....data.wording.catalogue import text
from ...flows.faults import adoption_faults, planted
from ..simulate.outcome import Seeds

__all__ = ["FIRST", "First", "History", "history_of"]

First = Literal["first"]
FIRST: First = "first"
_ONE = "adoption"


@dataclass(frozen=True, eq=False)
class History:
    """Exposure and adoptions, innovations x places in sorted order.

    Attributes
    ----------
    places, innovations : tuple
    times : innovations x n, infinite where not adopted by the horizon
    begin : innovations, when exposure starts to count
    end : innovations x n, adoption or horizon
    risk : innovations x n, whether the adoption is left to chance (neither a seed nor adopted before ``begin``)
    event_of, event_at : events, innovation and place of each adoption, by innovation and time
    prior : events x n, 1 where a place had adopted strictly before the event
    exposure : n x n, time at risk of j while i had adopted, summed over innovations
    outside : n, time at risk, summed over innovations
    """

    places: tuple[Hashable, ...]
    innovations: tuple[Hashable, ...]
    times: np.ndarray
    begin: np.ndarray
    end: np.ndarray
    risk: np.ndarray
    event_of: np.ndarray
    event_at: np.ndarray
    prior: np.ndarray
    exposure: np.ndarray
    outside: np.ndarray

    @property
    def events(self) -> int:
        """Number of adoptions left to chance."""
        return len(self.event_at)

    @property
    def tied(self) -> int:
        """Number of adoptions that share their time with another of the same innovation."""
        when = pd.Series(list(zip(self.event_of, self.times[self.event_of, self.event_at], strict=True)))
        return int(when.duplicated(keep=False).sum())


def history_of(
    adoptions: pd.DataFrame,
    places: Sequence[Hashable],
    *,
    horizon: float,
    seeds: Seeds | First = FIRST,
    start: float | None = None,
    entry: float | None = None,
    innovations: Iterable[Hashable] | None = None,
) -> History:
    """Check a table of adoptions and sum up its exposures; ``entry`` counts only what comes after that time."""
    faults = [*number_faults("horizon", horizon), *([] if start is None else number_faults("start", start))]
    refuse([*faults, *([] if entry is None else number_faults("after", entry))])
    table = _checked(adoptions, places)
    if innovations is not None:
        table = table[table["innovation"].isin(list(innovations))]
    names = tuple(sorted(table["innovation"].unique(), key=lambda name: (type(name).__name__, name)))
    column = {place: j for j, place in enumerate(places)}
    row = {name: m for m, name in enumerate(names)}
    times = np.full((len(names), len(places)), np.inf)
    spot = ([row[i] for i in table["innovation"].tolist()], [column[p] for p in table["place"].tolist()])
    times[spot] = table["time"].to_numpy(dtype=float)
    seeded, begin = _seeded(times, names, column, cast("Seeds | First", planted(seeds)), start)
    early = (times < begin[:, None]) & ~seeded
    if early.any():
        m, j = np.argwhere(early)[0]
        raise OptionError(
            text(
                "faults.calls.history.adopted_before_start_name",
                places=places[j],
                times=f"{times[m, j]:g}",
                begin=f"{begin[m]:g}",
            )
        )
    times = np.where(times <= horizon, times, np.inf)
    since = begin if entry is None else np.maximum(begin, entry)
    return _summed(
        tuple(places), names, times, since, horizon, seeded | (times <= (-np.inf if entry is None else entry))
    )


def _checked(adoptions: pd.DataFrame, places: Sequence[Hashable]) -> pd.DataFrame:
    refuse(adoption_faults(adoptions))
    table = adoptions.assign(innovation=adoptions["innovation"] if "innovation" in adoptions else _ONE)
    faults = [*known_place_faults("adoptions", table["place"].tolist(), places)]
    twice = table[table.duplicated(["place", "innovation"])]
    if len(twice):
        came = f"several of {', '.join(sorted(map(str, twice['place'])))}"
        faults.append(
            table_fault(
                "adoptions",
                text("faults.calls.history.row_place_innovation"),
                came,
                text("faults.calls.alike.drop_copies"),
                "place",
            )
        )
    refuse(faults)
    # a missing time says the same as no row
    time = pd.to_numeric(table["time"])
    return table.assign(time=time)[time.notna() & np.isfinite(time)]


def _seeded(
    times: np.ndarray, names: tuple, column: Mapping, seeds: Seeds | First, start: float | None
) -> tuple[np.ndarray, np.ndarray]:
    """Return which adoptions are given rather than left to chance, and when exposure begins; fill in seeds' times."""
    if isinstance(seeds, str):
        if seeds != FIRST:
            raise OptionError(
                text("faults.calls.history.seeds_several_places_mapping", first=repr(FIRST), seeds=repr(seeds))
            )
        first = times.min(axis=1) if times.size else np.zeros(len(names))
        seeded = (times == first[:, None]) & np.isfinite(times)
        return seeded, np.full(len(names), float(start)) if start is not None else first
    if not isinstance(seeds, Iterable):
        raise OptionError(
            text("faults.calls.history.seeds_several_places_mapping_2", first=repr(FIRST), seeds=repr(seeds))
        )
    given = dict(seeds) if isinstance(seeds, Mapping) else dict.fromkeys(seeds)
    faults = [*known_place_faults("seeds", given, column)]
    undated = [str(p) for p, when in given.items() if isinstance(seeds, Mapping) and not is_number(when)]
    if undated:
        faults.append(f"seed {', '.join(undated)} must adopt at a finite time, in the unit of the adoptions")
    refuse(faults)
    seeded = np.zeros(times.shape, dtype=bool)
    for place, when in given.items():
        j = column[place]
        if when is not None:
            times[:, j] = when
        elif not np.isfinite(times[:, j]).all() and start is None:
            raise OptionError(text("faults.calls.history.seed_time_adoption_start", place=place))
        times[:, j] = np.where(np.isfinite(times[:, j]), times[:, j], np.nan if start is None else start)
        seeded[:, j] = True
    if start is not None:
        return seeded, np.full(len(names), float(start))
    if not given:
        raise OptionError(text("faults.calls.history.without_seeds_start_must"))
    return seeded, np.where(seeded, times, np.inf).min(axis=1)


def _summed(
    places: tuple, names: tuple, times: np.ndarray, begin: np.ndarray, horizon: float, settled: np.ndarray
) -> History:
    risk = ~settled
    end = np.minimum(times, horizon)
    happened = risk & np.isfinite(times)
    event_of, event_at = np.nonzero(happened)
    order = np.lexsort((event_at, times[event_of, event_at], event_of))
    event_of, event_at = event_of[order], event_at[order]
    prior = (times[event_of] < times[event_of, event_at][:, None]).astype(float)
    exposure = np.zeros((len(places), len(places)))
    for m in range(len(names)):
        since = np.maximum(times[m], begin[m])
        exposure += np.maximum(end[m][None, :] - since[:, None], 0.0) * risk[m]
    outside = (np.maximum(end - begin[:, None], 0.0) * risk).sum(axis=0)
    return History(places, names, times, begin, end, risk, event_of, event_at, prior, exposure, outside)
