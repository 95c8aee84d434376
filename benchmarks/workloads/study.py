"""Check and run a synthetic study of hundreds of places, flows and indicators of three years, two scenarios.

Every number is drawn: places in a box around China, masses of a log-normal law, flows that fall with distance.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from harness import Case, scratch, workload

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
runs = 200
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


def write_study(folder: Path, places: int) -> int:
    """Write the study and return how many flows it has: in each year about a quarter of all pairs."""
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
        kept = np.sort(draw.choice(len(one), size=len(one) // 4, replace=False, p=chance / chance.sum()))
        source, target = (np.array(names)[ends[kept]] for ends in (one, two))
        value = (chance[kept] * draw.lognormal(0, 0.5, len(kept))).round(4) + 0.0001
        ties.append(pd.DataFrame({"source": source, "target": target, "value": value, "year": year}))
    pd.concat(cells).to_csv(folder / "indicators.csv", index=False)
    pd.concat(ties).to_csv(folder / "flows.csv", index=False)
    pd.DataFrame({"indicator": INDICATORS}).to_csv(folder / "framework.csv", index=False)
    units = ", ".join(f'"{name}"' for name in names)
    (folder / "study.toml").write_text(STUDY.format(units=units), encoding="utf-8")
    return sum(len(part) for part in ties)


@workload("a whole study, checked or run", topic="Studies", unit="places", largest=368, tiny=12, kinds=("check", "run"))
def whole_study(size: int, kind: str) -> Case:
    from innoscape.study import check, run

    folder = scratch() / f"study-{size}"
    folder.mkdir(exist_ok=True)
    flows = write_study(folder, size)
    jobs = {"check": lambda: check(folder), "run": lambda: run(folder, folder / "results")}
    return Case(jobs[kind], lambda *_: None, f"{size:,} places, {flows:,} flows")
