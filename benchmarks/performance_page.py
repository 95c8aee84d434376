"""Write what was measured as lines and as the page on performance."""

import argparse
import os
import platform
import statistics
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import groupby
from pathlib import Path

from harness import OURS
from measure import Measured, growth, used

__all__ = ["PAGE", "Conditions", "page", "printed"]

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
#: Distributions of the peers, named with their versions.
PEERS = (
    "cpnet", "cynetdiff", "duckdb", "EoN", "esda", "folium", "geopy", "ibis-framework", "igraph", "inequality",
    "mapclassify", "ndlib", "networkit", "networkx", "numpy", "pandas", "pointpats", "polars", "pydeck", "pyfixest",
    "pymcdm", "pyproj", "spint", "spopt", "spreg", "statsmodels",
)  # fmt: skip

#: The page without its figures.
TEMPLATE = Path(__file__).parent / "performance.md"


#: Where Linux counts what its processors did.
COUNTED = Path("/proc/stat")


@dataclass(frozen=True)
class Moment:
    """Seconds that have passed, that processors have worked for any program, and that they have worked for this one.

    Examples
    --------
    In 100 s two processors worked 150 s, of which 120 s for this program: others kept 0.3 processors busy.

    >>> Moment(0.0, 1000.0, 5.0).others_until(Moment(100.0, 1150.0, 125.0))
    0.3
    """

    passed: float
    busy: float | None
    own: float

    @classmethod
    def now(cls) -> "Moment":
        """Return what is counted now; where the system does not count the work of all programs, `busy` is None."""
        return cls(time.perf_counter(), busy(COUNTED), used())

    def others_until(self, end: "Moment") -> float | None:
        """Return how many processors other programs kept busy on average, if that was counted."""
        if self.busy is None or end.busy is None:
            return None
        # ticks of the system are coarser than our own clock
        return max((end.busy - self.busy) - (end.own - self.own), 0.0) / (end.passed - self.passed)


def busy(counted: Path) -> float | None:
    """Return the seconds that all processors have worked or were taken away by another machine, if that is counted."""
    if not counted.exists():
        return None
    # user, nice, system, idle, waiting for disks, interrupts (two kinds), stolen; guests are part of user
    ticks = [int(word) for word in counted.read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    return (sum(ticks) - sum(ticks[3:5])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Conditions:
    """On what machine, when, and beside how much other work.

    Parameters
    ----------
    begin : Moment, optional
        When the run began.
    others : float, optional
        Processors that other programs kept busy on average during the run; None where that was not counted.
    """

    date: str
    processors: int
    threads: int
    blas: int
    memory: float
    system: str
    begin: Moment | None = None
    others: float | None = None

    @classmethod
    def now(cls, threads: int, blas: int) -> "Conditions":
        """Return the conditions at the begin."""
        held = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        system = f"{platform.system()} on {platform.machine()}, Python {platform.python_version()}"
        date = datetime.now(tz=UTC).date().isoformat()
        return cls(date, os.cpu_count() or 1, threads, blas, held, system, Moment.now())

    def ended(self) -> "Conditions":
        """Return the conditions with what others did since the begin."""
        return replace(self, others=None if self.begin is None else self.begin.others_until(Moment.now()))

    @property
    def words(self) -> str:
        """The machine and what others did on it, in words."""
        if self.others is None:
            load = "What other programs did at the same time was not measured."
        else:
            load = f"Other programs kept {self.others:.2f} of the {self.processors} processors busy on average"
            loaded = self.others >= 0.1 * self.processors
            load += ", so that elapsed times are too long; compare processor times." if loaded else "."
        threads = f"{self.threads} threads, {self.blas} in linear algebra"
        return f"Machine: {self.processors} processors, {self.memory:.0f} GB, {self.system}; {threads}. {load}"


def seconds(value: float) -> str:
    """Return a time with three digits and its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value * 1e6:.0f} µs"


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:.2g}"


def _power(value: float | None) -> str:
    # not -0.00
    return "" if value is None else f"{round(value, 2) + 0.0:.2f}"


@dataclass(frozen=True)
class Row:
    """One peer, or ours alone, at the largest size that it ran at."""

    peer: str
    size: str
    ours: tuple[float, float]
    theirs: tuple[float, float] | None
    noise: float
    powers: tuple[float | None, float | None]

    @property
    def ratios(self) -> tuple[float, float] | None:
        """The peer's time over ours, by the wall clock and of processors."""
        if self.theirs is None:
            return None
        return self.theirs[0] / self.ours[0], self.theirs[1] / max(self.ours[1], 1e-9)


def rows_of(one: Measured) -> Iterator[Row]:
    """Yield a row for each peer that was timed, or one without a peer."""
    own = one.of(OURS)
    for peer in one.peers or [""]:
        theirs = one.of(peer)
        size = max(theirs or own)
        noises = [own[size].noise, *([theirs[size].noise] if theirs else [])]
        powers = growth(own), growth(theirs) if theirs else None
        other = theirs[size].best if theirs else None
        yield Row(peer, one.sizes[size], own[size].best, other, max(noises), powers)


def printed(one: Measured) -> str:
    """Return what was measured as lines."""
    lines = [f"{one.workload.name} {one.kind}: {one.workload.does}"]
    for size, ways in one.timings.items():
        own = ways[OURS].best
        for way, timing in ways.items():
            wall, processor = timing.best
            ratio = "" if way == OURS else f"   x {wall / own[0]:.2f} wall, x {processor / max(own[1], 1e-9):.2f} proc."
            spread = f"+{timing.noise:.0%} in {len(timing.wall)} rounds"
            took = f"{seconds(wall):>9} wall {seconds(processor):>9} proc. {spread}"
            lines.append(f"  {one.sizes[size]:>28} {way:24} {took}{ratio}")
    powers = {way: growth(one.of(way)) for way in [OURS, *one.peers]}
    lines += [f"  {way:24} grows as size ^ {power:.2f}" for way, power in powers.items() if power is not None]
    lines += [f"  {way:24} {held:.2f} GB" for way, held in one.memory.items()]
    lines += [f"  {name:24} note: {why}" for name, why in one.left_out.items()]
    return "\n".join(lines)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    head = list(head)
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


HEAD = (
    "workload", "size", "innoscape", "peer", "its time", "ratio", "ratio of processor time", "grows, innoscape",
    "grows, peer", "noise",
)  # fmt: skip


def _cells(one: Measured) -> Iterator[list[str]]:
    said = f"{one.workload.does}{f' ({one.kind})' if one.kind else ''}"
    for row in rows_of(one):
        ratios = ("", "") if row.ratios is None else tuple(_times(ratio) for ratio in row.ratios)
        theirs = "" if row.theirs is None else seconds(row.theirs[0])
        powers = [_power(power) for power in row.powers]
        yield [said, row.size, seconds(row.ours[0]), row.peer, theirs, *ratios, *powers, f"{row.noise:.0%}"]
        said = ""


def page(found: list[Measured], conditions: Conditions, given: argparse.Namespace, failed: Sequence[str] = ()) -> str:
    """Return the page; `failed` are jobs that were not timed."""
    rows = [row for one in found for row in rows_of(one)]
    ratios = [row.ratios for row in rows if row.ratios is not None]
    ahead = sum(ratio[1] >= 1 for ratio in ratios)
    noise = statistics.median(row.noise for row in rows) if rows else 0.0
    tables: list[str] = []
    for topic, group in groupby(found, key=lambda one: one.workload.topic):
        measured = list(group)
        tables += ["", f"## {topic}", "", *_table(HEAD, (row for one in measured for row in _cells(one)))]
        tables += _notes(measured)
    return TEMPLATE.read_text(encoding="utf-8").format(
        date=conditions.date,
        machine=conditions.words,
        rounds=given.rounds,
        noise=noise,
        ahead=ahead,
        count=len(ratios),
        failed=f" Not timed, as results differ or a program broke: {'; '.join(failed)}." if failed else "",
        tables="\n".join(tables[1:]),
        versions=", ".join(_versions()),
    )


def _notes(measured: list[Measured]) -> Iterator[str]:
    """Yield limits of time, memory, and the peers that were left out."""
    notes = []
    for one in measured:
        name = f"{one.workload.does}{f', {one.kind}' if one.kind else ''}"
        if one.workload.limit is not None:
            size = max(one.timings)
            took = one.timings[size][OURS].best[0]
            verdict = "kept" if took <= one.workload.limit else "not kept"
            # a limit is that of the largest size
            said = f"{verdict} ({seconds(took)})" if size >= one.workload.sizes[-1] else "not tried"
            limit = f"{one.workload.limit:g} s for {one.workload.sizes[-1]:,} {one.workload.unit}"
            notes.append(f"{name}: limit of {limit} {said}")
        if one.memory:
            held = ", ".join(f"{way} {gigabytes:.2f} GB" for way, gigabytes in one.memory.items())
            size = f"{one.sizes[max(one.sizes)]}, each way run once after the others"
            notes.append(f"{name}: memory above what the process held before, {size}: {held}")
    left_out: dict[tuple[str, str], list[str]] = {}
    for one in measured:
        for peer, why in one.left_out.items():
            left_out.setdefault((peer, why), []).append(one.kind or one.workload.does)
    notes += [
        f"{why if peer == OURS else f'{peer} left out, {why}'} ({'; '.join(of)})"
        for (peer, why), of in left_out.items()
    ]
    if notes:
        yield ""
        yield from (f"- {note}." for note in notes)


def _versions() -> Iterator[str]:
    for name in PEERS:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            continue
