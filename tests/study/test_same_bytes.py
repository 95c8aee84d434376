"""The same study gives the same bytes, whatever the machine and the day are like, and asks nothing of the network."""

import os
import random
import re
import subprocess
import sys

import pytest
from small_studies import SMALL_STUDIES, write_files

# what a machine has its own of; the shuffled rows of tables are told by their hashes alone
SETTINGS = {
    "one thread": {"PYTHONHASHSEED": "0", "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "TZ": "UTC", "LC_ALL": "C"},
    "two threads": {
        "PYTHONHASHSEED": "4711",
        "NUMBA_NUM_THREADS": "2",
        "OMP_NUM_THREADS": "2",
        "TZ": "Pacific/Kiritimati",
        "LC_ALL": "tr_TR.UTF-8",
    },
}

# run the package, and end at once where anything asks for a name or a connection
OFFLINE = """
import os, runpy, sys

def end(event, arguments):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "urllib.Request"}:
        os.write(2, f"{event} {arguments[1:]}".encode())
        os._exit(3)

sys.addaudithook(end)
runpy.run_module("innoscape", run_name="__main__")
"""


def results(folder):
    """The bytes of every file of a results folder, but for the hashes of inputs, whose rows stand in another order."""
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    # what it holds stands in inputs.csv as well
    assert files.pop("inputs.parquet")
    return {
        name: content if name.endswith(".parquet") else re.sub(rb"\b[0-9a-f]{64}\b", b"hash", content)
        for name, content in files.items()
    }


def shuffled(files):
    """The same tables with their rows in another order, but for the framework, in whose order indicators are shown."""
    chance = random.Random(3)  # noqa: S311

    def other(text):
        head, *lines = text.splitlines()
        return "\n".join([head, *chance.sample(lines, len(lines)), ""])

    moved = [name for name in files if name.endswith(".csv") and name != "framework.csv"]
    return {**files, **{name: other(files[name]) for name in moved}}


@pytest.mark.parametrize("name", ["spread"])
def test_a_results_folder_is_the_same_on_any_machine_and_takes_no_network(name, tmp_path):
    files = SMALL_STUDIES[name]
    # at once, so that both take the time of one
    runs = []
    for (setting, variables), given in zip(SETTINGS.items(), (files, shuffled(files)), strict=True):
        study = write_files(given, tmp_path / setting / "study")
        here, named = (tmp_path, study) if given is files else (study, ".")
        command = ["-c", OFFLINE, "run", str(named), "--out", str(tmp_path / setting / "results"), "--quiet"]
        runs.append(
            subprocess.Popen(
                [sys.executable, "-W", "ignore", *command], env={**os.environ, **variables}, cwd=here,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
            )
        )  # fmt: skip
    for run in runs:
        _, errors = run.communicate(timeout=600)
        assert run.returncode == 0, errors[-2000:]
    one, other = (results(tmp_path / setting / "results") for setting in SETTINGS)
    assert "report.html" in one
    assert {name for name in {*one, *other} if one.get(name) != other.get(name)} == set()
