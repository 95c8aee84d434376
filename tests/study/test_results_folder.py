"""A results folder is whole at every moment, whatever ends a run, and belongs to one run at a time."""

import errno
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from samples import command

from innoscape.data import OutputError
from innoscape.study import run
from innoscape.study.results.claim_folder import MANIFEST, claim_folder, swap_folders, work_folder

# writes folders of two files that hold the same number, one after another, until it is killed
WRITER = """
import sys
from itertools import count
from pathlib import Path
from innoscape.study.results import claim_folder as claims

if sys.argv[2] == "renames":
    claims._exchange = lambda one, other: False
target = Path(sys.argv[1])
print("ready", flush=True)
for number in count(int(sys.argv[3])):
    with claims.claim_folder(target), claims.work_folder(target) as work:
        (work / claims.MANIFEST).write_text(str(number))
        (work / "table.csv").write_text(str(number))
        claims.swap_folders(work, target)
"""


def left_beside(target):
    return [path.name for path in target.parent.iterdir() if path.name.startswith(".")]


@pytest.mark.skipif(sys.platform != "linux", reason="kills by signal")
@pytest.mark.parametrize("way", ["exchange", "renames"])
def test_a_run_killed_at_any_moment_leaves_whole_results(tmp_path, way):
    target = tmp_path / "results"
    chance = random.Random(7)  # noqa: S311
    for round_ in range(8):
        arguments = [sys.executable, "-c", WRITER, str(target), way, str(1000 * round_)]
        with subprocess.Popen(arguments, stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()
            while not target.exists():
                assert writer.poll() is None
                time.sleep(0.01)
            time.sleep(0.02 + chance.random() / 20)
            writer.kill()
        if way == "exchange":
            assert (target / MANIFEST).read_text() == (target / "table.csv").read_text()
        with claim_folder(target):
            assert (target / MANIFEST).read_text() == (target / "table.csv").read_text()
            assert [name for name in left_beside(target) if "lock" not in name] == []
        assert left_beside(target) == []


def test_two_runs_into_one_folder_are_refused(study, tmp_path, monkeypatch, capsys):
    target = tmp_path / "results"
    with claim_folder(target):
        code, errors = command(monkeypatch, capsys, "score", study, "--out", target)
        assert code == 2
        assert "needed a folder that no other run writes" in errors
        with claim_folder(tmp_path / "others"):
            pass
    assert command(monkeypatch, capsys, "score", study, "--out", target)[0] == 0
    assert left_beside(target) == []


def test_folders_above_that_were_made_go_where_nothing_was_written(study, tmp_path):
    (study / "flows.csv").unlink()
    with pytest.raises(Exception, match=r"flows\.csv"):
        run(study, tmp_path / "a" / "b" / "results")
    assert not (tmp_path / "a").exists()


def test_what_others_named_alike_stays(tmp_path):
    own = tmp_path / ".results-notes"
    own.mkdir()
    with claim_folder(tmp_path / "results"), work_folder(tmp_path / "results") as work:
        (work / MANIFEST).write_text("{}")
        swap_folders(work, tmp_path / "results")
    assert own.is_dir()


@pytest.mark.parametrize("moment", ["_write_all", "swap_folders"])
def test_a_full_disk_leaves_the_old_results(study, tmp_path, monkeypatch, moment):
    target = tmp_path / "results"
    run(study, target, until="score")
    before = {path.name: path.read_bytes() for path in target.iterdir()}

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"innoscape.study.results.write_results.{moment}", full)
    with pytest.raises(OutputError, match="No space left on device"):
        run(study, target, until="score")
    assert {path.name: path.read_bytes() for path in target.iterdir()} == before
    assert left_beside(target) == []


@pytest.mark.skipif(sys.platform != "linux", reason="interrupts by signal")
def test_an_interrupt_ends_a_run_with_130_and_nothing_written(study, tmp_path):
    arguments = [sys.executable, "-m", "innoscape", "run", str(study), "--out", str(tmp_path / "results")]
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        while not any(path.name.endswith("lock") for path in tmp_path.iterdir()):
            time.sleep(0.02)
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert not (tmp_path / "results").exists()
    assert left_beside(tmp_path / "results") == []


def test_a_link_to_a_folder_is_followed(tmp_path):
    store, link = tmp_path / "store", tmp_path / "results"
    (store / "own").mkdir(parents=True)
    link.symlink_to(store / "own")
    for number in "12":
        with claim_folder(link), work_folder(link) as work:
            (work / MANIFEST).write_text(number)
            swap_folders(work, link)
    assert link.is_symlink()
    assert (store / "own" / MANIFEST).read_text() == "2"
    assert [*left_beside(link), *left_beside(store / "own")] == []


@pytest.mark.parametrize("target", [".", "..", "/"])
def test_a_folder_that_cannot_be_replaced_is_refused_before_any_work(tmp_path, monkeypatch, target):
    here = tmp_path / "above" / "here"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    with pytest.raises(OutputError, match="that can be replaced"), claim_folder(Path(target)):
        pass
    assert left_beside(here) == left_beside(here / "results") == []


def test_a_drive_without_locks_is_written_all_the_same(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def none(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", none)
    with claim_folder(tmp_path / "results"), work_folder(tmp_path / "results") as work:
        (work / MANIFEST).write_text("{}")
        swap_folders(work, tmp_path / "results")
    assert left_beside(tmp_path / "results") == []


def test_a_run_that_was_interrupted_gives_the_same_bytes_when_run_again(study, tmp_path):
    def stop(*_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(study, tmp_path / "again", until="simulate", progress=stop)
    assert left_beside(tmp_path / "again") == []
    for name in ("whole", "again"):
        run(study, tmp_path / name, until="simulate")
    one, other = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir() if path.is_file()}
        for name in ("whole", "again")
    )
    assert one == other
    assert MANIFEST in one
