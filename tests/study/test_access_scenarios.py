"""Scenarios that change costs change the ways that a siting travels on, and access is told before and after."""

import numpy as np
import pytest

from innoscape.data import StudyError
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
    table = results.tables["siting_access"].set_index(["added", "scenario"])
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
    assert "A line from A to D" in (results.folder / "report.html").read_text(encoding="utf-8")


def test_a_change_of_costs_that_does_not_fit_is_refused_by_check(study):
    wrong = LINE.replace('places = ["A", "D"]', 'places = ["A", "nowhere"]')
    with pytest.raises(StudyError, match="nowhere"):
        check(study("most = 1\n" + TRAVEL + "year = 2021\n" + wrong))
