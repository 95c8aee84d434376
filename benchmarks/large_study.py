"""Time each stage of a synthetic study: hundreds of places, flows and indicators of three years, two scenarios.

python benchmarks/large_study.py --places 366 --flows 109000

Every number is drawn: places in a box around China, masses of a log-normal law, flows that fall with distance.
"""

import argparse
import cProfile
import pstats
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from innoscape.study import check, run

YEARS = [2019, 2020, 2021]
INDICATORS = ["patents", "spending", "researchers", "firms"]
STUDY = """
name = "large"
title = "Large study"

[tables]
places = "places.csv"
indicators = "indicators.csv"
framework = "framework.csv"

[index]
units = [{units}]
panel = "pooled"

[[index.recipes]]
name = "entropy"
weigh = "entropy"

[[index.recipes]]
name = "equal"
weigh = "equal"

[index.robustness]
runs = 1000

[tiers]
method = "natural_breaks"

[centers]
tiers = "scores"

[[networks]]
name = "contract"
directed = true
flows = "flows.csv"

[diffusion]
seeds = ["c000"]
horizon = 20.0
runs = {runs}
tie_network = "contract"
receptivity = {{ international = 1.0, national = 0.7, regional = 0.4, local = 0.25 }}

[[diffusion.channels]]
name = "hierarchical"
rate = 0.02
half_distance = 800.0

[[diffusion.channels]]
name = "neighbor"
rate = 0.05
half_distance = 150.0
radius = 300.0

[[diffusion.channels]]
name = "tie"
rate = 0.4
decay = "none"
normalize = "origin"

[[scenarios]]
name = "redirected"
interventions = [{{ verb = "redirect_flow", source = "c000", within = ["c007", "c008"], share = 0.3 }}]

[[scenarios]]
name = "raised"
interventions = [{{ verb = "set_tier", place = "c009", tier = "international" }}]
"""


def write(folder: Path, *, places: int, flows: int, runs: int) -> None:
    draw = np.random.default_rng(1)
    names = [f"c{n:03d}" for n in range(places)]
    at = pd.DataFrame({"place": names, "lon": draw.uniform(80, 128, places), "lat": draw.uniform(20, 48, places)})
    at.to_csv(folder / "places.csv", index=False)
    mass = np.sort(draw.lognormal(0, 1.2, places))[::-1]
    cells, ties = [], []
    far = np.hypot(*(at[["lon", "lat"]].to_numpy()[:, None] - at[["lon", "lat"]].to_numpy()).T)
    one, two = np.nonzero(~np.eye(places, dtype=bool))
    chance = np.outer(mass, mass)[one, two] / (1 + far[one, two])
    for n, year in enumerate(YEARS):
        for name in INDICATORS:
            value = mass * draw.lognormal(0, 0.3, places) * 1.05**n
            cells.append(pd.DataFrame({"place": names, "indicator": name, "value": value, "year": year}))
        kept = np.sort(draw.choice(len(one), size=flows // len(YEARS), replace=False, p=chance / chance.sum()))
        source, target = (np.array(names)[ends[kept]] for ends in (one, two))
        value = (chance[kept] * draw.lognormal(0, 0.5, len(kept))).round(4) + 0.0001
        ties.append(pd.DataFrame({"source": source, "target": target, "value": value, "year": year}))
    pd.concat(cells).to_csv(folder / "indicators.csv", index=False)
    pd.concat(ties).to_csv(folder / "flows.csv", index=False)
    pd.DataFrame({"indicator": INDICATORS}).to_csv(folder / "framework.csv", index=False)
    units = ", ".join(f'"{name}"' for name in names)
    (folder / "study.toml").write_text(STUDY.format(units=units, runs=runs), encoding="utf-8")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--places", type=int, default=366)
    options.add_argument("--flows", type=int, default=109_000)
    options.add_argument("--runs", type=int, default=200)
    options.add_argument("--folder", type=Path, help="where the study and its results are kept")
    options.add_argument("--profile", action="store_true", help="print where a run spends its time")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        folder.mkdir(exist_ok=True, parents=True)
        write(folder, places=given.places, flows=given.flows, runs=given.runs)
        for name, work in {"check": check, "run": lambda study, **said: run(study, folder / "results", **said)}.items():
            begun: list[tuple[str, float]] = []
            profile = cProfile.Profile()
            if given.profile and name == "run":
                profile.enable()
            work(folder, say=lambda stage, begun=begun: begun.append((stage.in_("en"), time.perf_counter())))
            begun.append(("together", time.perf_counter()))
            profile.disable()
            for (stage, start), (_, end) in pairwise(begun):
                print(f"{end - start:8.2f} s  {stage}")
            taken = begun[-1][1] - begun[0][1]
            print(f"{taken:8.2f} s  {name}, {given.places} places, {given.flows} flows", flush=True)
            if given.profile and name == "run":
                pstats.Stats(profile).sort_stats("cumulative").print_stats(120)


if __name__ == "__main__":
    main()
