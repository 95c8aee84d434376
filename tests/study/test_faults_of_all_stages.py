"""Faults in different places of one study are all told in the first round, whatever the stage that finds them."""

import numpy as np
import pytest
from many_places import write_many

from innoscape.data import StudyError, TableError
from innoscape.study import check

FILE = "study.toml"
# file, what stood there, what stands there instead, column of the fault that is told
STEP = "scenarios[{}].interventions[{}].{}"
FAULTS = [
    (FILE, 'name = "many"', 'name = "ma/ny"', "name"),
    (FILE, 'units = ["A", "B"', 'units = ["A", "Beto", "B"', "index.units"),
    (FILE, 'normalize = "minmax"', 'normalize = "minmaxx"', "index.recipes[1].normalize"),
    (FILE, "runs = 20", "runs = 1", "index.robustness.runs"),
    (FILE, 'method = "natural_breaks"', 'method = "jenks"', "tiers.method"),
    (FILE, 'D = "local"', 'D = "locall"', "centers.assumed_tiers.D"),
    (FILE, 'flows = "flows.csv"\n', 'flows = "flows.csv"\nyear = 2020\n', "networks[1].year"),
    (FILE, 'balance = ["A", "B"]', 'balance = ["A", "Zeta"]', "networks[1].balance"),
    (FILE, "exponent = 1.0", 'exponent = "fit"', "networks[2].estimate.exponent"),
    (
        "study.toml",
        'spread_over = "others" }]',
        'spread_over = "others", year = "x" }]',
        "networks[2].estimate.known[1].year",
    ),
    (FILE, 'seeds = ["A"]', 'seeds = ["Alfa"]', "diffusion.seeds"),
    (FILE, "horizon = 10.0", 'horizon = "long"', "diffusion.horizon"),
    (FILE, 'tie_network = "trade"', 'tie_network = "nix"', "diffusion.tie_network"),
    (FILE, 'name = "peer"\nrate = 0.1', 'name = "peer"\nrate = -1.0', "diffusion.channels[1].rate"),
    (FILE, "k = 2\n", "k = 0\n", "diffusion.channels[2].k"),
    (
        "study.toml",
        'place = "B", tier = "regional"',
        'place = "B", tier = "grand"',
        "scenarios[1].interventions[1].tier",
    ),
    (
        "study.toml",
        'places = ["A", "C"], factor',
        'places = ["A", "Q"], factor',
        "scenarios[1].interventions[2].places",
    ),
    (
        "study.toml",
        'verb = "set_indicator", places',
        'verb = "set_indicators", places',
        "scenarios[2].interventions[1].verb",
    ),
    (
        "study.toml",
        'sources = ["A"], targets = ["B"], factor',
        'sources = ["A"], targets = ["W"], factor',
        "scenarios[3].interventions[1].targets",
    ),
    (FILE, 'name = "third"', 'name = "third"\nlevel = 3', "scenarios[3].level"),
    ("places.csv", "112,32", "east,32", "lon"),
    ("indicators.csv", "C,labs,5", "C,labs,seven", "value"),
    ("framework.csv", "firms,1", "firms,up", "direction"),
    ("flows.csv", "B,C,3", "B,Y,3", "target"),
    ("costs.csv", "A,C,2", "A,C,-2", "value"),
]


def _told(folder):
    with pytest.raises((StudyError, TableError)) as caught:
        check(folder)
    return {(fault.where.rpartition("/")[2], fault.column) for fault in caught.value.faults}


def _wanted(faults):
    return {(file, column) for file, _, _, column in faults}


def test_the_study_without_faults_has_none(tmp_path):
    write_many(tmp_path / "study")
    assert check(tmp_path / "study").study.name == "many"


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault[0]} {fault[3]}")
def test_one_fault_is_told_alone(tmp_path, fault):
    write_many(tmp_path / "study", [fault[:3]])
    assert _told(tmp_path / "study") == _wanted([fault])


INSIDE = (FILE, 'places = ["C"], ind', 'places = ["C", ["x"]], ind', "scenarios[2].interventions[1].places[2]")
SPACED = (FILE, 'seeds = ["A"]', 'seeds = ["A", " x"]', "diffusion.seeds")
TWICE = ("flows.csv", "source,target,value\nA,B,5", "source,target,value,year,year\nA,B,5,2019,2020", "year")


@pytest.mark.parametrize(
    "faults",
    [[FAULTS[0], INSIDE], [TWICE], [SPACED]],
    ids=["inside a list of a step", "a column twice", "a name with a space"],
)
def test_what_lies_inside_a_list_stands_twice_or_has_a_space_is_told(tmp_path, faults):
    write_many(tmp_path / "study", [fault[:3] for fault in faults])
    assert _told(tmp_path / "study") == _wanted(faults)


def test_a_unit_with_spaces_around_it_is_not_lost(tmp_path):
    write_many(tmp_path / "study", [(FILE, 'units = ["A", "B"', 'units = ["A", " B "'), (FILE, '["A", "B"]', '["A"]')])
    assert check(tmp_path / "study").study.index.units == ["A", "B", "C", "D"]


@pytest.mark.parametrize("seed", range(10))
def test_all_of_several_faults_are_told_and_nothing_else(tmp_path, seed):
    faults = [FAULTS[i] for i in np.random.default_rng(seed).choice(len(FAULTS), 6, replace=False)]
    write_many(tmp_path / "study", [fault[:3] for fault in faults])
    assert _told(tmp_path / "study") == _wanted(faults)


def test_every_fault_at_once(tmp_path):
    write_many(tmp_path / "study", [fault[:3] for fault in FAULTS])
    assert _told(tmp_path / "study") == _wanted(FAULTS)
