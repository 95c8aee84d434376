"""Faults in different places of one study are all told in the first round, whatever the stage that finds them."""

import itertools
import random

import pytest
from samples import edit

from innoscape.data import StudyError, TableError
from innoscape.study import check

STUDY = """name = "many"
title = "Many places"
[tables]
places = "places.csv"
indicators = "indicators.csv"
framework = "framework.csv"
costs = "costs.csv"
[index]
units = ["A", "B", "C", "D"]
[[index.recipes]]
name = "equal"
normalize = "minmax"
[[index.recipes]]
name = "entropy"
weigh = "entropy"
[index.robustness]
runs = 20
weight_noise = 0.1
[tiers]
method = "natural_breaks"
k = 3
[centers.assumed_tiers]
D = "local"
[[networks]]
name = "trade"
directed = true
flows = "flows.csv"
balance = ["A", "B"]
[[networks]]
name = "guess"
directed = true
[networks.estimate]
tier_weights = { international = 4.0, national = 2.0, regional = 1.5, local = 1.0 }
exponent = 1.0
known = [{ source = "A", target = "B", value = 8.0, spread_over = "others" }]
[diffusion]
seeds = ["A"]
horizon = 10.0
runs = 10
tie_network = "trade"
[[diffusion.channels]]
name = "peer"
rate = 0.1
decay = "none"
[[diffusion.channels]]
name = "neighbor"
rate = 0.1
half_distance = 100.0
k = 2
[[diffusion.channels]]
name = "tie"
rate = 0.2
decay = "none"
[[scenarios]]
name = "first"
interventions = [
    { verb = "set_tier", place = "B", tier = "national" },
    { verb = "scale_cost", places = ["A", "C"], factor = 0.5 },
]
[[scenarios]]
name = "second"
interventions = [{ verb = "set_indicator", places = ["C"], indicators = ["labs"], value = 6.0 }]
[[scenarios]]
name = "third"
interventions = [{ verb = "scale_flow", sources = ["A"], targets = ["B"], factor = 2.0 }]
"""
TABLES = {
    "places.csv": "place,lon,lat,tier,name_en\nA,110,30,international,Alpha\nB,111,31,national,Beta\n"
    "C,112,32,regional,Gamma\nD,113,33,,Delta\n",
    "indicators.csv": "place,indicator,value\n"
    + "".join(
        f"{place},{name},{(5 - i) * j + 1}\n"
        for i, place in enumerate("ABCD", 1)
        for j, name in ((2, "labs"), (3, "firms"))
    ),
    "framework.csv": "indicator,direction\nlabs,1\nfirms,1\n",
    "flows.csv": "source,target,value\nA,B,5\nB,C,3\nC,D,2\n",
    "costs.csv": "source,target,value\nA,B,1\nA,C,2\nA,D,3\nB,C,1\nB,D,2\nC,D,1\n",
}
# what goes wrong: file, what stood there, what stands there, file and column of the fault that is told
FAULTS = [
    ("study.toml", 'name = "many"', 'name = "ma/ny"', "name"),
    ("study.toml", 'units = ["A", "B"', 'units = ["A", "Beto", "B"', "index.units"),
    ("study.toml", 'normalize = "minmax"', 'normalize = "minmaxx"', "index.recipes[1].normalize"),
    ("study.toml", "runs = 20", "runs = 1", "index.robustness.runs"),
    ("study.toml", 'method = "natural_breaks"', 'method = "jenks"', "tiers.method"),
    ("study.toml", 'D = "local"', 'D = "locall"', "centers.assumed_tiers.D"),
    ("study.toml", 'flows = "flows.csv"\n', 'flows = "flows.csv"\nyear = 2020\n', "networks[1].year"),
    ("study.toml", 'balance = ["A", "B"]', 'balance = ["A", "Zeta"]', "networks[1].balance"),
    ("study.toml", "exponent = 1.0", 'exponent = "fit"', "networks[2].estimate.exponent"),
    ("study.toml", 'spread_over = "others" }]', 'spread_over = "others", year = "x" }]', "networks[2].estimate.known[1].year"),
    ("study.toml", 'seeds = ["A"]', 'seeds = ["Alfa"]', "diffusion.seeds"),
    ("study.toml", "horizon = 10.0", 'horizon = "long"', "diffusion.horizon"),
    ("study.toml", 'tie_network = "trade"', 'tie_network = "nix"', "diffusion.tie_network"),
    ("study.toml", 'name = "peer"\nrate = 0.1', 'name = "peer"\nrate = -1.0', "diffusion.channels[1].rate"),
    ("study.toml", "k = 2\n", "k = 0\n", "diffusion.channels[2].k"),
    ("study.toml", 'place = "B", tier = "national"', 'place = "B", tier = "grand"', "scenarios[1].interventions[1].tier"),
    ("study.toml", 'places = ["A", "C"], factor', 'places = ["A", "Q"], factor', "scenarios[1].interventions[2].places"),
    ("study.toml", 'verb = "set_indicator", places', 'verb = "set_indicators", places', "scenarios[2].interventions[1].verb"),
    ("study.toml", 'sources = ["A"], targets = ["B"], factor', 'sources = ["A"], targets = ["W"], factor', "scenarios[3].interventions[1].targets"),
    ("study.toml", 'name = "third"', 'name = "third"\nlevel = 3', "scenarios[3].level"),
    ("places.csv", "112,32", "east,32", "lon"),
    ("indicators.csv", "C,labs,5", "C,labs,seven", "value"),
    ("framework.csv", "firms,1", "firms,up", "direction"),
    ("flows.csv", "B,C,3", "B,Y,3", "target"),
    ("costs.csv", "A,C,2", "A,C,-2", "value"),
]  # fmt: skip
# (file, column) of two faults of which the one takes away what the other is about
HIDDEN: set[frozenset[str]] = set()


def _write(folder, faults):
    folder.mkdir(exist_ok=True)
    for name, text in {"study.toml": STUDY, **TABLES}.items():
        (folder / name).write_text(text, encoding="utf-8")
    for file, old, new, _ in faults:
        edit(folder, file, old, new)


def _told(folder):
    with pytest.raises((StudyError, TableError)) as caught:
        check(folder)
    return {(fault.where.rpartition("/")[2], fault.column) for fault in caught.value.faults}


def _wanted(faults):
    return {(file, column) for file, _, _, column in faults}


def test_the_study_without_faults_has_none(tmp_path):
    _write(tmp_path / "study", [])
    assert check(tmp_path / "study").study.name == "many"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault[0]} {fault[3]}")
def test_one_fault_is_told_alone(tmp_path, fault):
    _write(tmp_path / "study", [fault])
    assert _told(tmp_path / "study") == _wanted([fault])


@pytest.mark.parametrize("seed", range(20))
def test_all_of_several_faults_are_told_and_nothing_else(tmp_path, seed):
    faults = random.Random(seed).sample(FAULTS, 6)
    _write(tmp_path / "study", faults)
    assert _told(tmp_path / "study") == _wanted(faults)


def test_every_fault_at_once(tmp_path):
    _write(tmp_path / "study", FAULTS)
    assert _told(tmp_path / "study") == _wanted(FAULTS)
