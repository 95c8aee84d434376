"""A budget of memory and time is read, raised, kept to, and says what is needed, what there is and what to do."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from innoscape.data import Budget, OptionError, ShortageError, SizeError, available_memory, budget
from innoscape.data.budget import Estimate, noted_estimates, require


@pytest.mark.parametrize(
    ("said", "held"), [("16 GB", 16e9), ("512mb", 5.12e8), (" 2.5 TB ", 2.5e12), ("1e9", 1e9), (3e9, 3e9)]
)
def test_memory_is_said_in_bytes_or_words(said, held):
    assert Budget(said).bytes == held


@pytest.mark.parametrize("said", ["plenty", "4 GiB", "", "-1 GB", "nan GB", 0])
def test_what_is_no_size_is_refused(said):
    with pytest.raises(OptionError, match="memory: needed a"):
        Budget(said)


def test_the_environment_raises_the_budget_and_a_block_goes_before_it(monkeypatch):
    assert Budget.current() == Budget("4 GB", 15)
    monkeypatch.setenv("INNOSCAPE_MEMORY", "8 GB")
    monkeypatch.setenv("INNOSCAPE_MINUTES", "30")
    assert Budget.current() == Budget(8e9, 30)
    assert Budget.current().longer == 2
    tight = Budget("1 MB", 1)
    with tight, tight:
        assert Budget.current() == tight
        # threads of a caller have the budget of the environment
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(Budget.current).result() == Budget(8e9, 30)
    assert Budget.current() == Budget(8e9, 30)
    for name, wrong in (("INNOSCAPE_MEMORY", "plenty"), ("INNOSCAPE_MINUTES", "an hour")):
        monkeypatch.setenv(name, wrong)
        with pytest.raises(OptionError, match=wrong):
            Budget.current()
        monkeypatch.delenv(name)


def test_work_beyond_the_budget_is_refused_with_what_it_takes_and_the_way_out():
    with pytest.raises(SizeError) as size:
        require("a layout", "take fewer places", memory=9e9, seconds=7200)
    assert str(size.value) == (
        "a layout would take about 9 GB of memory and 2 hours; take fewer places, or set INNOSCAPE_MEMORY (now 4 GB) "
        "and INNOSCAPE_MINUTES (now 15)"
    )
    with Budget("10 GB", 180):
        assert require("a layout", "take fewer places", memory=9e9, seconds=7200) == Estimate(9e9, 7200)


def test_what_the_machine_lacks_is_another_fault_than_a_call_too_large(monkeypatch):
    monkeypatch.setattr(budget, "available_memory", lambda: 1.5e9)
    with pytest.raises(ShortageError, match=r"3 GB of memory, and 1\.5 GB are free here; use to_sparse") as lack:
        require("a matrix", "use to_sparse", memory=3e9)
    assert isinstance(lack.value, MemoryError)
    # what is sampled where it is too large for a call is not sampled because a machine is small
    assert not isinstance(lack.value, OptionError)


def test_estimates_are_noted_by_all_who_ask():
    with noted_estimates() as outer:
        require("one", "", memory=1e6)
        with noted_estimates() as inner:
            require("two", "", seconds=3)
    assert [what for what, _ in outer] == ["one", "two"]
    assert [(what, str(cost)) for what, cost in inner] == [("two", "3 seconds")]


def system(root, files):
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="ascii")
    return available_memory(root)


FREE = {"proc/meminfo": "MemTotal:  8000 kB\nMemAvailable:   5000 kB\n"}


def test_free_memory_is_what_the_system_counts_as_free(tmp_path):
    assert system(tmp_path, FREE) == 5000 * 1024


def test_the_tightest_of_the_groups_around_a_process_counts(tmp_path):
    groups = {
        "proc/self/cgroup": "0::/jobs/one\n",
        "sys/fs/cgroup/jobs/memory.max": "3000000",
        "sys/fs/cgroup/jobs/memory.current": "1000000",
        "sys/fs/cgroup/jobs/memory.stat": "anon 5\ninactive_file 500000\n",
        "sys/fs/cgroup/jobs/one/memory.max": "max",
        "sys/fs/cgroup/jobs/one/memory.current": "900000",
    }
    # a cache can be dropped
    assert system(tmp_path, FREE | groups) == 2_500_000


def test_groups_of_the_first_version_count_as_well(tmp_path):
    groups = {
        "proc/self/cgroup": "5:cpu:/a\n4:memory:/jobs\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": str(2**63 - 4096),
        "sys/fs/cgroup/memory/memory.usage_in_bytes": "7",
        "sys/fs/cgroup/memory/jobs/memory.limit_in_bytes": "2000000",
        "sys/fs/cgroup/memory/jobs/memory.usage_in_bytes": "2100000",
    }
    # more is held than the limit allows
    assert system(tmp_path, FREE | groups) == 0


def test_a_limit_on_addresses_counts(tmp_path, monkeypatch):
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (3_000_000, resource.RLIM_INFINITY))
    assert system(tmp_path, FREE | {"proc/self/status": "VmPeak: 9 kB\nVmSize:  1000 kB\n"}) == 3_000_000 - 1000 * 1024
