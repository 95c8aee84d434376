"""Measure hot workloads beside named peers, on the same input in the same run.

python benchmarks                              # all, and write docs/performance.md
python benchmarks inequality contract_flows    # some, printed
python benchmarks contract_flows --largest 10000000 --patience 600
python benchmarks --quick                      # the smallest size of each, two rounds, printed
python benchmarks --list
"""

import argparse
import json
import os
import sys
import time

THREADS = ("POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS")
BLAS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="workloads, or a part of their names; default: all but large networks")
    parser.add_argument("--list", action="store_true", help="print the workloads and leave")
    parser.add_argument("--kind", help="a part of the kind of input; default: all kinds")
    parser.add_argument("--quick", action="store_true", help="the smallest size and two rounds")
    parser.add_argument("--largest", type=int, help="largest of the four sizes")
    parser.add_argument("--rounds", type=int, default=7, help="rounds at most")
    parser.add_argument("--seconds", type=float, default=4.0, help="for the rounds of a workload, each kind")
    parser.add_argument("--patience", type=float, default=3.0, help="longest run of a peer, in processor seconds")
    parser.add_argument(
        "--minutes", type=float, default=15.0, help="for all; the largest sizes are left out if need be"
    )
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--blas", type=int, help="threads of linear algebra; default: as many")
    parser.add_argument("--page", help="write a page here; default where all is measured: docs/performance.md")
    parser.add_argument("--peak", nargs=4, metavar=("NAME", "KIND", "SIZE", "WAY"), help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> int:
    given = options()
    # read when the libraries are imported
    blas = given.blas or given.threads
    os.environ.update(dict.fromkeys(THREADS, str(given.threads)) | dict.fromkeys(BLAS, str(blas)))
    import workloads  # noqa: F401 - registers them
    from harness import WORKLOADS, doubled
    from measure import measure, memory_of, peak
    from performance_page import PAGE, Conditions, page, printed

    if given.peak:
        name, kind, size, way = given.peak
        print(json.dumps(peak(WORKLOADS[name], kind, int(size), way)))
        return 0
    chosen = [one for one in WORKLOADS.values() if any(name in one.name for name in given.names)]
    chosen = chosen or [one for one in WORKLOADS.values() if one.by_default and not given.names]
    if given.list or not chosen:
        print("\n".join(f"{one.name:26} {one.topic}: {one.does}" for one in WORKLOADS.values()))
        return 0 if given.list else 2
    conditions, found, wrong = Conditions.now(given.threads, blas), [], []
    jobs = [(one, kind) for one in chosen for kind in one.kinds if not given.kind or given.kind in kind]
    end = time.perf_counter() + 60 * given.minutes
    for number, (workload, kind) in enumerate(jobs):
        start = time.perf_counter()
        sizes = doubled(given.largest) if given.largest else workload.sizes
        limits = {"sizes": sizes[:1] if given.quick else sizes, "rounds": 2 if given.quick else given.rounds}
        # what earlier ones left over is for the later ones
        limits["within"] = (end - start) / (len(jobs) - number)
        try:
            one = measure(workload, kind, seconds=given.seconds, patience=given.patience, **limits)
        except Exception as error:  # noqa: BLE001 - the others are measured, this one is named and the exit code is 1
            wrong.append(f"{workload.does}{f', {kind}' if kind else ''}")
            why = "results differ" if isinstance(error, AssertionError) else type(error).__name__
            print(f"{workload.name} {kind}: NOT TIMED, {why}: {error}\n", flush=True)
            continue
        if workload.memory and not given.quick:
            size = max(one.timings)
            one.memory = memory_of(workload, kind, size, one.timings[size])
        found.append(one)
        print(printed(one), f"  measured in {time.perf_counter() - start:.0f} s\n", sep="\n", flush=True)
    whole = not (given.names or given.kind or given.quick or given.largest)
    if given.page or whole:
        target = PAGE if given.page is None else PAGE.__class__(given.page)
        target.write_text(page(found, conditions.ended(), given, wrong), encoding="utf-8")
        print(f"written: {target}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
