"""Every benchmark does at a tiny size what it is timed at, and agrees with the peers that are installed."""

import argparse
import os

import pytest
import workloads  # noqa: F401 - registers them
from harness import OURS, WORKLOADS, Case, Workload, doubled
from measure import Timing, agreeing, growth, measure, ways_of
from performance_page import Conditions, Moment, busy, page

# what loads units of the world, reads whole exports, runs a study or compiles takes seconds, and has tests of its own
HEAVY = {"painted_maps", "permutation_tests", "place_addresses", "read_exports", "threshold_cascades", "whole_study"}
SMALL = [
    (one, kind)
    for one in WORKLOADS.values()
    for kind in (one.kinds if one.by_default else one.kinds[:1])
    if one.name not in HEAVY
]


@pytest.mark.parametrize(("workload", "kind"), SMALL, ids=lambda part: getattr(part, "name", part))
def test_a_workload_runs_at_a_tiny_size_and_its_peers_agree(workload, kind):
    case = workload.build(workload.tiny, kind)
    case.peers = {name: peer for name, peer in case.peers.items() if name not in case.compiles}
    ways, without = ways_of(case)
    assert all("not installed" in why for why in without.values())
    took, broken = agreeing(case, ways)
    assert (list(took), broken) == (list(ways), {})
    assert next(iter(ways)) == OURS


def test_sizes_are_doubled_three_times_and_growth_is_the_power_of_the_size():
    assert doubled(8000) == (1000, 2000, 4000, 8000)
    assert growth({n: Timing([1.0], [1e-9 * n**1.5]) for n in doubled(8000)}) == pytest.approx(1.5)


def _sums(size, kind):
    case = Case(lambda: sum(range(size)), _equal)
    case.peer("formula", "numpy")(lambda: lambda: size * (size - 1) // 2 + (kind == "wrong"))
    case.peer("absent", "no_such_module")(lambda: lambda: 0)
    case.peer("broken", "numpy")(lambda: lambda: 1 // 0)
    return case


def _equal(ours, theirs):
    assert ours == theirs


def test_a_page_shows_ratios_and_names_the_peers_that_are_left_out():
    sums = Workload("sums", "Topic", "add up", "numbers", doubled(80_000), 8, ("", "wrong"), _sums, limit=60.0)
    given = argparse.Namespace(rounds=2)
    found = measure(sums, "", sizes=sums.sizes, rounds=2, seconds=0.01, patience=1.0)
    assert [sorted(ways) for ways in found.timings.values()] == [["formula", OURS]] * 4
    # what a machine took is nobody's to foretell: ours grows with the size, the formula with nothing
    found.timings = {n: {OURS: Timing([n / 1e6], [n / 2e6]), "formula": Timing([0.04], [0.01])} for n in sums.sizes}
    written = page([found], Conditions("2026-01-01", 2, 2, 1, 8.0, "Linux"), given)
    rows = [line.split(" | ") for line in written.splitlines() if line.startswith("| add up")]
    assert [(row[1], row[3]) for row in rows] == [("80,000 numbers", "formula")]
    assert rows[0][4:] == ["40 ms", "0.5", "0.25", "1.00", "0.00", "0% |"]
    assert "absent left out, no_such_module not installed" in written
    assert "broken left out, at 10,000 numbers it failed: ZeroDivisionError" in written
    assert "limit of 60 s for 80,000 numbers kept" in written


def test_the_page_says_how_many_processors_others_kept_busy_during_the_run(tmp_path, monkeypatch):
    ticks = os.sysconf("SC_CLK_TCK")
    counted = tmp_path / "stat"
    # user, nice, system, idle, waiting, interrupts, soft interrupts, stolen, guests
    counted.write_text(f"cpu  {700 * ticks} {20 * ticks} 90 9999 8888 5 4 1 33 0\ncpu0 1 2 3\n", encoding="ascii")
    assert busy(counted) == pytest.approx(720 + 100 / ticks)
    assert busy(tmp_path / "absent") is None
    begin = Moment(50.0, 1000.0, 10.0)

    def said(busy, own):
        others = begin.others_until(Moment(150.0, busy, own))
        return Conditions("2026-01-01", 2, 2, 1, 8.0, "Linux", begin, others).words.partition("algebra. ")[2]

    # others: 170 s of processors less our 120 in 100 s
    assert said(1170.0, 130.0).startswith(
        "Other programs kept 0.50 of the 2 processors busy on average, so that elapsed"
    )
    assert said(1123.0, 130.0) == "Other programs kept 0.03 of the 2 processors busy on average."
    # our clock is finer than that of the system
    assert said(1119.0, 130.0) == "Other programs kept 0.00 of the 2 processors busy on average."
    assert said(None, 130.0) == "What other programs did at the same time was not measured."
    # as a run does it
    monkeypatch.setattr("performance_page.COUNTED", counted)
    conditions = Conditions.now(2, 1)
    counted.write_text(f"cpu  {900 * ticks} 20 0 0 0 0 0 0 0 0\n", encoding="ascii")
    assert conditions.ended().others > 1.0


def test_a_workload_whose_results_differ_is_not_timed():
    sums = Workload("sums", "Topic", "add up", "numbers", (8,), 8, ("wrong",), _sums)
    with pytest.raises(AssertionError):
        measure(sums, "wrong", sizes=(8,), rounds=1, seconds=0.01, patience=1.0)
