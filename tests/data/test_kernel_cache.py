"""Compiled kernels find a folder where neither the package nor the home of the user can be written."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from innoscape.data.kernel_cache import kernel_cache


@pytest.fixture
def locked(monkeypatch):
    """A system on which nothing but the temporary folder can be written."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")
    monkeypatch.setitem(sys.modules, "numba", SimpleNamespace(config=SimpleNamespace(CACHE_DIR="")))
    monkeypatch.setattr(os, "access", lambda *_: False)
    return Path(os.sep, "nowhere", "package")


def test_a_locked_package_of_a_user_without_a_home_has_a_folder_of_its_own(locked, monkeypatch):
    monkeypatch.setenv("HOME", "/nowhere/home")
    folder = Path(kernel_cache(locked))
    assert folder.is_dir()
    assert os.environ["NUMBA_CACHE_DIR"] == sys.modules["numba"].config.CACHE_DIR == str(folder)
    assert folder.stat().st_mode & 0o077 == 0
    folder.rmdir()


def test_a_folder_that_was_named_is_kept(locked, monkeypatch):
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/somewhere")
    assert kernel_cache(locked) is None
    assert os.environ["NUMBA_CACHE_DIR"] == "/somewhere"


def test_where_no_folder_at_all_can_be_written_importing_goes_on(locked, monkeypatch):
    def full(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkdtemp", full)
    assert kernel_cache(locked) is None


def test_the_folder_goes_with_the_process():
    code = (
        "import os; os.access = lambda *_: False\n"
        "import innoscape; print(os.environ['NUMBA_CACHE_DIR'], os.path.isdir(os.environ['NUMBA_CACHE_DIR']))"
    )
    command, environment = [sys.executable, "-c", code], {**os.environ, "NUMBA_CACHE_DIR": ""}
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/", env=environment)
    told = done.stdout.split()
    assert told[1] == "True"
    assert not Path(told[0]).exists()
