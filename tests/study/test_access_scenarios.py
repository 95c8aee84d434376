"""Scenarios that change costs change the ways that a siting travels on, and access is told before and after."""

import warnings

import numpy as np
import pandas as pd
import pytest

from innoscape.data import InnoscapeWarning, StudyError
from innoscape.geo import distance_matrix, travel_costs
from innoscape.study import check, run

from .test_siting import EDGES, HEAD, PEOPLE, PLACES, TRAVEL, cells

LINE = """
[diffusion]
seeds = ["A"]
horizon = 5.0
runs = 4
[[diffusion.channels]]
name = "peer"
rate = 0.3
half_distance = 200.0
[[scenarios]]
name = "line"
title = "A line from A to D"
[[scenarios.interventions]]
verb = "add_corridor"
places = ["A", "D"]
factor = 0.25
start = 2.0
[[scenarios]]
name = "demoted"
[[scenarios.interventions]]
verb = "set_tier"
place = "B"
tier = "local"
"""


@pytest.fixture
def study(tmp_path):
    """Write a study of the places and edges, by the keys of its section."""

    def write(keys):
        at = tmp_path / "study"
        at.mkdir(exist_ok=True)
        for stem, frame in {"places": PLACES, "people": cells(), "edges": EDGES}.items():
            frame.to_csv(at / f"{stem}.csv", index=False)
        (at / "study.toml").write_text(HEAD.format(keys=keys, tables=""), encoding="utf-8")
        return at

    return write


@pytest.mark.parametrize("travel", ["", '[siting.travel]\nedges = "edges.csv"\nyear = 2020\n'])
def test_a_line_that_opens_changes_access_to_the_same_sites(study, travel):
    at = study("most = 1\n" + travel + LINE)
    results = run(at, at / "out")
    table = results.tables["siting_access"].query("layout == 'same'").set_index(["added", "scenario"])
    assert set(table.index.get_level_values("scenario")) == {"baseline", "line"}
    known = results.tables["siting_layouts"].set_index("added")
    costs = travel_costs(EDGES, PLACES[:6], year=2020) if travel else distance_matrix(PLACES[:6])
    cost = costs.loc["A"].to_numpy(copy=True)
    shorter = 0.25 * costs.loc["A", "D"]
    on = (
        np.minimum(cost, shorter + costs.loc["D"].to_numpy())
        if travel
        else np.where(costs.columns == "D", shorter, cost)
    )
    people = np.array([PEOPLE[place] for place in costs.columns])
    assert table.loc[(0, "baseline"), "mean_cost"] == pytest.approx(known.loc[0, "mean_cost"])
    assert table.loc[(0, "line"), "mean_cost"] == pytest.approx(on @ people / people.sum())
    assert table.loc[(0, "line"), "max_cost"] == pytest.approx(on.max())
    assert "A line from A to D" in (at / "out" / "report.html").read_text(encoding="utf-8")


ROADS = """most = 1
[siting.travel]
edges = "edges.csv"
year = 2020
territories = {{ A = "X" }}
border = 100
[siting.isochrones]
minutes = [60, 180]
speed = 50
{scenarios}
"""
# step -> edges that are others, and the minutes at the border
CHANGES = {
    # an edge between the two, and the rides of the way between two that none joins
    'verb = "scale_cost", places = ["A", "B"], factor = 0.5': ({"A-B": 30.0}, 100.0),
    'verb = "scale_cost", places = ["A"], to = ["D"], factor = 2': ({"A-B": 120.0, "B-C": 100.0, "C-D": 400.0}, 100.0),
    'verb = "scale_cost", places = ["B", "C"], factor = 0': ({"B-C": None}, 100.0),
    'verb = "add_corridor", places = ["A", "C", "D"], factor = 0.5': ({"A-C": 55.0, "C-D": 100.0}, 100.0),
    'verb = "scale_border", places = ["A"], factor = 0': ({}, 0.0),
    'verb = "scale_border", places = ["C"], to = ["A"], factor = 0.5': ({}, 50.0),
}


def scenarios(*steps):
    return "\n".join(f'[[scenarios]]\nname = "s{n}"\ninterventions = [{{ {step} }}]' for n, step in enumerate(steps))


def test_scenarios_change_edges_and_borders_for_all_who_travel(study):
    tables = run(study(ROADS.format(scenarios=scenarios(*CHANGES))), until="centrality").tables
    table = tables["siting_access"].set_index(["scenario", "added", "layout"])
    reached = tables["isochrones"].set_index(["scenario", "place", "minutes"])["reached"]
    for n, (edges, border) in enumerate(CHANGES.values()):
        changed = EDGES.drop(columns="from_year").drop(5)
        names = changed["source"] + "-" + changed["target"]
        new = [(*name.split("-"), minutes) for name, minutes in edges.items() if minutes is not None]
        new = pd.DataFrame(new, columns=["source", "target", "minutes"])
        changed = pd.concat([changed[~names.isin([*edges])][[*new]], new], ignore_index=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InnoscapeWarning)
            costs = travel_costs(changed, PLACES[:6], territories={"A": "X"}, border=border)
        people = np.array([PEOPLE[place] for place in costs.columns])
        means = {
            place: np.minimum(costs.loc["A"], costs.loc[place]).to_numpy() @ people / people.sum()
            for place in costs.index
        }
        alone, best = means.pop("A"), min(means, key=lambda place: means[place])
        row = table.loc[(f"s{n}", 0, "same")]
        assert row["status"] == ("computed" if np.isfinite(alone) else "infeasible")
        assert not np.isfinite(alone) or row["mean_cost"] == pytest.approx(alone)
        # of equally good ones the same stay
        stays = table.loc[("baseline", 1, "same"), "new_centers"]
        best = stays if means[stays] == pytest.approx(means[best]) else best
        assert table.loc[(f"s{n}", 1, "best"), "new_centers"] == best
        assert table.loc[(f"s{n}", 1, "best"), "mean_cost"] == pytest.approx(means[best])
        assert reached[f"s{n}", "A", 180.0] == (costs.loc["A"] <= 180).sum()
    assert set(reached.index.get_level_values("scenario")) == {"baseline", *(f"s{n}" for n in range(len(CHANGES)))}


def test_scenarios_that_change_costs_alone_need_no_diffusion_but_others_do(study):
    check(study(ROADS.format(scenarios=scenarios('verb = "scale_cost", places = ["A", "B"], factor = 0.5'))))
    with pytest.raises(StudyError, match=r"scenarios\[1\].*\[diffusion\].*set_tier"):
        check(study(ROADS.format(scenarios=scenarios('verb = "set_tier", place = "B", tier = "local"'))))
    without = ROADS.format(scenarios=scenarios('verb = "scale_border", places = ["A"], factor = 0')).replace(
        "border = 100", ""
    )
    with pytest.raises(StudyError, match="territories and border"):
        check(study(without))


def test_a_change_that_leaves_all_costs_is_doubted(study):
    with pytest.warns(InnoscapeWarning, match="leaves them all as they are"):
        check(study(ROADS.format(scenarios=scenarios('verb = "scale_cost", places = ["A", "B"], factor = 1'))))


def test_a_change_of_costs_that_does_not_fit_is_refused_by_check(study):
    wrong = LINE.replace('places = ["A", "D"]', 'places = ["A", "nowhere"]')
    with pytest.raises(StudyError, match="nowhere"):
        check(study("most = 1\n" + TRAVEL + "year = 2021\n" + wrong))
