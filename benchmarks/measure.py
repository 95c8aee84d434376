"""Measure a workload: agreement first, then the best of interleaved rounds, wall clock and processor time."""

import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from harness import OURS, SCRATCH, Case, Work, Workload, absent, scratch

__all__ = ["Measured", "Timing", "agreeing", "growth", "measure", "memory_of", "peak", "ways_of"]

#: A timing lasts at least this long; what is quicker is run several times in it.
LEAST = 0.02


@dataclass
class Timing:
    """Seconds of each round, by the wall clock and of all processors."""

    wall: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @property
    def best(self) -> tuple[float, float]:
        """The least of either."""
        return min(self.wall), min(self.processor)

    @property
    def spent(self) -> float:
        """About how long all rounds took by the wall clock."""
        return sum(max(one, LEAST) for one in self.wall)

    @property
    def noise(self) -> float:
        """How far the median of processor time lies above its least, as a share."""
        least = min(self.processor)
        return statistics.median(self.processor) / least - 1 if least else 0.0


@dataclass
class Measured:
    """What was measured of one kind of a workload.

    Parameters
    ----------
    timings : dict
        By size, then by way: ours first.
    left_out : dict of str to str
        Ways that did not run at all, or not at every size, with the reason.
    sizes : dict of int to str
        Each size in words.
    memory : dict of str to float
        GB above those of the process before, by way, at the largest size.
    """

    workload: Workload
    kind: str
    timings: dict[int, dict[str, Timing]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    sizes: dict[int, str] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)

    def of(self, way: str) -> dict[int, Timing]:
        """Return the timings of one way by size."""
        return {size: ways[way] for size, ways in self.timings.items() if way in ways}

    @property
    def peers(self) -> list[str]:
        """The peers that were timed."""
        return list(dict.fromkeys(way for ways in self.timings.values() for way in ways if way != OURS))


def growth(timings: dict[int, Timing]) -> float | None:
    """Return the power of the size with which processor time grows, by least squares on logarithms.

    Examples
    --------
    >>> round(growth({n: Timing([1.0], [1e-6 * n**2]) for n in (100, 200, 400)}), 6)
    2.0
    """
    if len(timings) < 2:
        return None
    sizes, seconds = np.log(list(timings)), np.log([max(one.best[1], 1e-9) for one in timings.values()])
    return float(np.polyfit(sizes, seconds, 1)[0])


def ways_of(case: Case, stopped: Collection[str] = ()) -> tuple[dict[str, Work], dict[str, str]]:
    """Return our job and those of the peers that are installed and not stopped, and why others are not."""
    ways, without = {OURS: case.ours}, {}
    for name, (needs, make) in case.peers.items():
        if name in stopped:
            continue
        if missing := absent(needs):
            without[name] = f"{', '.join(missing)} not installed"
        else:
            ways[name] = make()
    return ways, without


def measure(
    workload: Workload,
    kind: str,
    *,
    sizes: tuple[int, ...],
    rounds: int,
    seconds: float,
    patience: float,
    within: float = float("inf"),
) -> Measured:
    """Time each size; a peer is left out of sizes at which a run would take more than `patience` processor seconds.

    Sizes that would not be ready `within` some seconds are left out as well, but for the smallest.
    """
    found, stopped, begin, built = Measured(workload, kind), set(), time.perf_counter(), 0.0
    last: dict[str, Timing] = {}
    for number, size in enumerate(sizes):
        # what took so long at half the size will take at least twice as long
        for name in [name for name, timing in last.items() if name != OURS and 2 * timing.best[1] > patience]:
            stopped.add(name)
            found.left_out[name] = f"above {found.sizes[sizes[number - 1]]} one run takes too long"
        going = [timing.spent for name, timing in last.items() if name not in stopped]
        if (start := time.perf_counter()) - begin + 2 * (built + sum(going)) > within and number:
            found.left_out[OURS] = f"sizes above {found.sizes[sizes[number - 1]]} were not tried, as time was up"
            break
        case = workload.build(size, kind)
        ways, without = ways_of(case, stopped)
        found.left_out.update(without)
        found.sizes[size] = case.size or f"{size:,} {workload.unit}"
        built = time.perf_counter() - start
        first, broken = agreeing(case, ways)
        if not number:
            # libraries and kernels are loaded once, which is no reason to leave larger sizes out
            begin = time.perf_counter() - built
        for name, why in broken.items():
            stopped.add(name)
            found.left_out[name] = f"at {found.sizes[size]} {why}"
        share = seconds * (0.5 if size == sizes[-1] else 0.5 / max(len(sizes) - 1, 1))
        # the first run of all loads libraries and kernels, later ones count
        found.timings[size] = last = timed(ways, first if number else {}, rounds=rounds, seconds=share)
    return found


def agreeing(case: Case, ways: dict[str, Work]) -> tuple[dict[str, tuple[float, float]], dict[str, str]]:
    """Run all once and check that they agree; return what each took, and why some broke, which are taken out."""
    took: dict[str, tuple[float, float]] = {}
    broken: dict[str, str] = {}
    result = None
    for name in list(ways):
        wall, processor = time.perf_counter(), used()
        try:
            with quiet():
                found = ways[name]()
        except Exception as error:
            if name == OURS:
                raise
            # a peer may break in any way; it is named, the others are timed
            broken[name] = f"it failed: {type(error).__name__}: {str(error)[:80]}"
            del ways[name]
            continue
        took[name] = time.perf_counter() - wall, used() - processor
        if name == OURS:
            result = found
        else:
            case.agree(result, found)
    return took, broken


def timed(
    ways: dict[str, Work], first: dict[str, tuple[float, float]], *, rounds: int, seconds: float
) -> dict[str, Timing]:
    """Time all in turn, in an order drawn anew each round, while there is time; two rounds at least, with the first."""
    timings, draw = {name: Timing() for name in ways}, np.random.default_rng(0)
    repeats = dict.fromkeys(ways, 1)
    long = {name: one for name, one in first.items() if one[1] > LEAST}
    for name, (wall, processor) in long.items():
        timings[name] = Timing([wall], [processor])
    gc.collect()
    begin = time.perf_counter()
    for done in range(1, rounds + 1):
        for name in draw.permutation(list(ways)):
            wall, processor = once(ways[name], repeats[name])
            timings[name].wall.append(wall)
            timings[name].processor.append(processor)
            if done == 1:
                repeats[name] = min(int(LEAST / max(processor, 1e-6)) + 1, 1000)
        spent = time.perf_counter() - begin
        if spent * (done + 1) / done > seconds and (done >= 2 or len(long) == len(ways)):
            break
    return timings


def once(work: Work, repeats: int) -> tuple[float, float]:
    """Return the seconds of one run by the wall clock and of all processors, of threads and ended children too."""
    with quiet():
        wall, processor = time.perf_counter(), used()
        for _ in range(repeats):
            work()
        return (time.perf_counter() - wall) / repeats, (used() - processor) / repeats


def used() -> float:
    """Return the processor seconds of this process and of its children that have ended."""
    children = os.times()
    return time.process_time() + children.children_user + children.children_system


@contextmanager
def quiet() -> Iterator[None]:
    """Ignore the warnings of peers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def memory_of(workload: Workload, kind: str, size: int, ways: Iterable[str]) -> dict[str, float]:
    """Return how many GB each way holds at most above what its process held before, each in a process of its own."""
    most, shared = {}, os.environ | {SCRATCH: str(scratch())}
    for way in ways:
        command = [sys.executable, str(Path(__file__).parent), "--peak", workload.name, kind, str(size), way]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, env=shared)  # noqa: S603 - this folder
        if not ended.returncode:
            most[way] = json.loads(ended.stdout.splitlines()[-1])
    return most


def peak(workload: Workload, kind: str, size: int, way: str) -> float:
    """Run one way once in this process and return how many GB it held at most above what was held before."""
    ways, _ = ways_of(workload.build(size, kind))
    before = held()
    with quiet():
        ways[way]()
    return held() - before


def held() -> float:
    """Return the most GB that this process has held."""
    status = Path("/proc/self/status")
    if status.exists():
        # what resource tells of a child begins with what its parent held
        lines = status.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
