"""Try what tests try a few times many times: spoiled files of every contract, and studies with a few things changed.

    python benchmarks/reliability.py tables 100 1     # files a contract, seed
    python benchmarks/reliability.py studies 300 1    # changed studies in all, seed

prints how many ended in which way; what should not happen is written to the folder that it names at the end.
"""

import argparse
import sys
import tempfile
import time
import warnings
from collections import Counter
from pathlib import Path

import pandas as pd
from hypothesis import HealthCheck, Phase, given, seed, settings

from innoscape.data import InnoscapeError, InnoscapeWarning, check_table, read_table, spoiled_files
from innoscape.data.contracts.input_tables import input_tables
from innoscape.study import check, mutated_studies, read_study, run
from innoscape.study.plan.inputs import read_inputs

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from small_studies import SMALL_STUDIES, write_files

# seconds of processor time beyond which a small input hangs
_HANG = 120.0
_FAULTY = Path(tempfile.gettempdir()) / "innoscape-faulty"


def drawn(strategy, number, start, judge):
    """Judge so many inputs of a strategy, none of which ends the others."""
    rules = settings(
        max_examples=number, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    seed(start)(rules(given(strategy)(judge)))()


def outcome(work):
    """Return how some work ends: its word, or what is wrong with it."""
    began = time.process_time()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            word = work()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            word = f"FAULT {type(error).__name__}: {error}"[:200]
    for one in caught:
        if not issubclass(one.category, InnoscapeWarning):
            word = f"FAULT leaked {one.category.__name__}: {one.message}"[:200]
    return f"FAULT {word} after {_HANG:g} s" if time.process_time() - began > _HANG else word


def kept(files, word):
    """Keep the files of a fault."""
    folder = _FAULTY / f"{len([*_FAULTY.glob('*')])}"
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "fault").write_text(word, encoding="utf-8")


def tables(number, start):
    counts = Counter()

    def judge_with(contract):
        def judge(file):
            name, content = file

            def work():
                with tempfile.TemporaryDirectory() as folder:
                    Path(folder, name).write_bytes(content)
                    try:
                        table = read_table(Path(folder, name), contract)
                    except InnoscapeError as error:
                        return "refused" if name in str(error) else "FAULT an error that names no file"
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", InnoscapeWarning)
                    pd.testing.assert_frame_equal(check_table(table, contract), table)
                return "read"

            word = outcome(work)
            counts[word] += 1
            if word.startswith("FAULT"):
                kept({name: content}, word)

        return judge

    for contract in input_tables():
        drawn(spoiled_files(contract), number, start, judge_with(contract))
    return counts


def studies(number, start):
    counts = Counter()

    def judge(files):
        def work():
            with tempfile.TemporaryDirectory() as temporary:
                folder = write_files(files, Path(temporary))
                try:
                    read_inputs(read_study(folder))
                    check(folder)
                except InnoscapeError:
                    return "refused"
                run(folder, folder / "out")
                return "completed" if (folder / "out" / "report.html").exists() else "FAULT no report"

        word = outcome(work)
        counts[word] += 1
        if word.startswith("FAULT"):
            kept(files, word)

    with tempfile.TemporaryDirectory() as home:
        for name, files in SMALL_STUDIES.items():
            base = write_files(files, Path(home, name))
            drawn(mutated_studies(base, most=2), -(-number // len(SMALL_STUDIES)), start, judge)
    return counts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["tables", "studies"])
    parser.add_argument("number", type=int, nargs="?", default=100)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    given_ = parser.parse_args()
    found = {"tables": tables, "studies": studies}[given_.what](given_.number, given_.seed)
    for word, count in sorted(found.items()):
        print(f"{count:7,} {word}")
    if any(word.startswith("FAULT") for word in found):
        sys.exit(f"faults are kept in {_FAULTY}")
