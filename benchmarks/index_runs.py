"""Time many weightings of one index against numpy, pandas and pymcdm on the same weights.

    python benchmarks/index_runs.py --places 300 --indicators 30 --runs 10000

The others are given the normalized values and the weights of every run. Scores and ranks are compared before anything
is timed. pymcdm runs a part of the runs and is scaled up, which the printout says; it is left out where it is not
installed. Natural breaks are timed against mapclassify on a few runs, after their classes have been compared.
"""

import argparse

import numpy as np
import pandas as pd
from timing import timed
from uncertainty import study

from innoscape.geo import score, uncertainty
from innoscape.geo.robustness.batch import Branches, batch_means, batch_ranks
from innoscape.geo.robustness.tier_batch import tier_codes

METHODS = {level: ("arithmetic", {}) for level in ("index", "level1", "level2")}


def numpy_runs(values: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Score and rank all runs by one product and two sorts."""
    scores = weights @ values.T
    return scores, (-scores).argsort(axis=1).argsort(axis=1) + 1


def pandas_runs(values: pd.DataFrame, weights: np.ndarray) -> pd.DataFrame:
    """Score and rank the runs with one table of all."""
    scores = pd.DataFrame(weights) @ values.T.set_axis(range(values.shape[1]))
    return scores.rank(axis=1, ascending=False, method="min")


def pymcdm_runs(values: np.ndarray, weights: np.ndarray) -> list[np.ndarray]:
    """Score and rank the runs one after the other by the weighted sum of pymcdm."""
    from pymcdm.methods import WSM

    sums, types = WSM(lambda column, **_: column), np.ones(values.shape[1])
    return [sums.rank(sums(values, run, types)) for run in weights]


def main() -> None:
    """Check agreement, time all, print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", type=int, default=300)
    parser.add_argument("--indicators", type=int, default=30)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    table, framework = study(options.places, options.indicators)
    names = sorted(framework.indicators)
    values = score(table, framework).normalized.set_index("place").sort_index()[names]
    found = uncertainty(table, framework, runs=options.runs)
    weights = found.samples[names].to_numpy()
    flat = Branches(dict.fromkeys(names, ()))

    def ours() -> tuple[np.ndarray, np.ndarray]:
        scores = batch_means(values.to_numpy(), flat, weights, methods=METHODS)
        return scores, batch_ranks(scores)

    theirs = numpy_runs(values.to_numpy(), weights)
    scores, ranks = ours()
    np.testing.assert_allclose(scores, theirs[0], rtol=1e-9)
    np.testing.assert_allclose(found.score_samples[list(values.index)], theirs[0], rtol=1e-9)
    if not np.array_equal(ranks, theirs[1]):
        raise SystemExit("the ranks of the two ways differ")
    print(f"{options.places} places x {options.indicators} indicators, {options.runs} runs; scores and ranks agree")
    times = {
        "innoscape, scores and ranks": timed(ours, options.repeats)[0],
        "numpy, scores and ranks": timed(lambda: numpy_runs(values.to_numpy(), weights), options.repeats)[0],
        "pandas, scores and ranks": timed(lambda: pandas_runs(values, weights), 1)[0],
        "innoscape, tiers by natural breaks": timed(lambda: tier_codes(scores, {}), options.repeats)[0],
        "innoscape, uncertainty in all": timed(
            lambda: uncertainty(table, framework, runs=options.runs), options.repeats
        )[0],
    }
    part = min(500, options.runs)
    scale = options.runs / part
    try:
        times["pymcdm, scores and ranks (scaled)"] = (
            scale * timed(lambda: pymcdm_runs(values.to_numpy(), weights[:part]), 1)[0]
        )
    except ImportError:
        print("pymcdm: not installed, left out")
    for name, seconds in times.items():
        print(f"{name:38s}{seconds:8.3f} s   {seconds / times['numpy, scores and ranks']:6.1f} x numpy")
    _compare_breaks(scores)


def _compare_breaks(scores: np.ndarray) -> None:
    try:
        import mapclassify
    except ImportError:
        print("mapclassify: not installed, left out")
        return
    few = scores[:3]
    codes, _ = tier_codes(few, {})
    for row, own in zip(few, codes, strict=True):
        if not np.array_equal(3 - own, mapclassify.FisherJenks(row, k=4).yb):
            raise SystemExit("the classes of the two ways differ")
    each = timed(lambda: [mapclassify.FisherJenks(row, k=4) for row in few], 1)[0] / len(few)
    print(f"mapclassify FisherJenks, scaled from 3 runs {each * len(scores):8.1f} s; classes agree")


if __name__ == "__main__":
    main()
