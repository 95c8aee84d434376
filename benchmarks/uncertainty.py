"""Time uncertainty runs of a composite index against a plain pandas loop over the same runs.

    python benchmarks/uncertainty.py --places 51 --indicators 49 --runs 10000

The loop is given the normalized values and the weights of every run, so it neither draws noise nor normalizes; it only
multiplies, sums and ranks. Agreement of its scores and ranks on a subset of runs is checked before anything is timed.
The loop runs a part of the runs and is scaled up, which the printout says.
"""

import argparse
import statistics
import time

import numpy as np
import pandas as pd

from innoscape.data import Framework
from innoscape.geo import Recipe, score, uncertainty

RECIPES = {
    "arithmetic": Recipe(),
    "z-scores": Recipe(normalize="zscore"),
    "geometric": Recipe(normalize={"method": "minmax", "lowest": 0.01}, aggregate="geometric"),
}


def study(places: int, indicators: int) -> tuple[pd.DataFrame, Framework]:
    """Return a table of skewed values and a framework of eight groups in two."""
    rng = np.random.default_rng(0)
    names = [f"i{number:03d}" for number in range(indicators)]
    keys = [f"p{number:04d}" for number in range(places)]
    quality = rng.normal(size=(places, 1))
    values = np.exp(0.6 * quality + 0.8 * rng.normal(size=(places, indicators)))
    table = pd.DataFrame(values, index=keys, columns=names).rename_axis("place").reset_index()
    pillars = [number * 8 // indicators for number in range(indicators)]
    frame = pd.DataFrame({"indicator": names})
    frame["level1"] = [f"index {pillar // 4}" for pillar in pillars]
    frame["level2"] = [f"pillar {pillar}" for pillar in pillars]
    return table.melt("place", var_name="indicator", value_name="value"), Framework.from_table(frame)


def pandas_loop(normalized: dict[str, pd.DataFrame], samples: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Score and rank every run of the samples, one after the other."""
    scores, ranks = [], []
    for _, row in samples.iterrows():
        values = normalized[row["recipe"]]
        weights = row[values.columns].astype(float)
        if row["recipe"] == "geometric":
            found = np.exp(np.log(values).mul(weights, axis=1).sum(axis=1))
        else:
            found = values.mul(weights, axis=1).sum(axis=1)
        scores.append(found)
        ranks.append(found.rank(ascending=False, method="min"))
    return pd.DataFrame(scores).reset_index(drop=True), pd.DataFrame(ranks).reset_index(drop=True)


def seconds(work, repeats: int) -> float:
    """Return the median time of a piece of work."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    """Check agreement, time both, print medians and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--places", type=int, default=51)
    parser.add_argument("--indicators", type=int, default=49)
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--loop-runs", type=int, default=1000, help="runs of the pandas loop that are timed")
    parser.add_argument("--data-noise", type=float, default=0.0, help="also vary every cell (the loop does not)")
    options = parser.parse_args()
    table, framework = study(options.places, options.indicators)
    loop_runs = min(options.loop_runs, options.runs)

    def vary(runs: int, data_noise: float | None = None):
        return uncertainty(
            table, framework, recipes=RECIPES, weight_noise=0.25, data_noise=data_noise, runs=runs, tiers={"k": 4}
        )

    found = vary(loop_runs)
    normalized = {
        name: score(table, framework, recipe).normalized.set_index("place").sort_index()
        for name, recipe in RECIPES.items()
    }
    subset = found.samples.head(200)
    scores, ranks = pandas_loop(normalized, subset)
    ours = found.score_samples[scores.columns].head(len(subset))
    np.testing.assert_allclose(ours, scores, rtol=1e-9, atol=1e-12)
    if not np.array_equal(ours.rank(axis=1, ascending=False, method="min"), ranks):
        raise SystemExit("the ranks of the two ways differ")
    print(f"{options.places} places x {options.indicators} indicators, {options.runs} runs, {len(RECIPES)} recipes")
    print(f"agreement on {len(subset)} runs: scores to 1e-9, ranks equal")
    batched = seconds(lambda: vary(options.runs), options.repeats)
    loop = seconds(lambda: pandas_loop(normalized, found.samples), 1) * options.runs / loop_runs
    print(f"innoscape (draws, scores, ranks, tiers)  {batched:8.2f} s   median of {options.repeats}")
    print(f"pandas loop (scores, ranks)              {loop:8.2f} s   scaled from {loop_runs} runs")
    once = seconds(lambda: score(table, framework, RECIPES["arithmetic"]), 5)
    print(f"score, called for every run              {once * options.runs:8.2f} s   scaled from 5 runs")
    print(f"ratio to the pandas loop                 {loop / batched:8.1f}")
    print(f"ratio to score called for every run      {once * options.runs / batched:8.1f}")
    if options.data_noise:
        noisy = seconds(lambda: vary(options.runs, options.data_noise), 1)
        print(f"innoscape, every cell varied as well     {noisy:8.2f} s")
    print("COINr (R): not installable from here, skipped")


if __name__ == "__main__":
    main()
