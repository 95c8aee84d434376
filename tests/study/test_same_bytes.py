"""The same study gives the same bytes, whatever the machine and the day are like."""

import json
import os
import random
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


def results(folder):
    """The bytes of every file of a results folder, but for the hashes of the inputs."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest.pop("inputs")
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    return {**files, "manifest.json": json.dumps(manifest).encode()}


def shuffled(files):
    """The same tables with their rows in another order."""
    chance = random.Random(3)  # noqa: S311

    def other(text):
        head, *lines = text.splitlines()
        return "\n".join([head, *chance.sample(lines, len(lines)), ""])

    return {name: other(text) if name.endswith(".csv") else text for name, text in files.items()}


@pytest.mark.parametrize("name", ["spread"])
def test_a_results_folder_is_the_same_on_any_machine(name, tmp_path):
    files = SMALL_STUDIES[name]
    made = {}
    for (setting, variables), (given, order) in zip(
        SETTINGS.items(), {"here": files, "elsewhere": shuffled(files)}.items(), strict=True
    ):
        study = write_files(order, tmp_path / given / "study")
        arguments = [
            "run",
            str(study) if given == "here" else ".",
            "--out",
            str(tmp_path / given / "results"),
            "--quiet",
        ]
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "innoscape", *arguments],
            env={**os.environ, **variables}, cwd=study if given == "elsewhere" else tmp_path,
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
        made[setting] = results(tmp_path / given / "results")
    one, other = made.values()
    assert list(one) != []
    assert {name for name in {*one, *other} if one.get(name) != other.get(name)} == set()
