"""The section on siting finds what the library finds, refuses what cannot be served, and says what it found."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import StudyError, TableError
from innoscape.geo import compare_layouts, distance_matrix, site_centers, travel_costs
from innoscape.study import check, run
from innoscape.study.report.render_report import render_report

PLACES = pd.DataFrame(
    {
        "place": ["A", "B", "C", "D", "E", "F", "land"],
        "lon": [110.0, 111.0, 112.0, 115.0, 116.0, 120.0, 114.0],
        "lat": [30.0, 30.5, 30.0, 31.0, 30.0, 33.0, 31.0],
        "name_en": ["Alpha", "Beta", "Gamma", "Delta", "Eps", "Phi <b>", "Land"],
        "name_zh": ["甲", "乙", "丙", "丁", "戊", "己", "全境"],
        "tier": ["national", "regional", "local", "local", "local", "local", None],
        "part_of": ["land"] * 6 + [None],
    }
)
PEOPLE = {"A": 40.0, "B": 10.0, "C": 10.0, "D": 25.0, "E": 5.0, "F": 30.0}
EDGES = pd.DataFrame(
    {
        "source": ["A", "B", "C", "D", "E", "A"],
        "target": ["B", "C", "D", "E", "F", "F"],
        "minutes": [60.0, 50.0, 200.0, 70.0, 300.0, 90.0],
        "yuan": [30.0, 30.0, 90.0, 30.0, 120.0, 500.0],
        "mode": ["rail"] * 5 + ["air"],
        "from_year": [None] * 5 + [2021],
    }
).astype({"from_year": "Int64"})
HEAD = """
name = "small"
title = "Small"
title_zh = "小"
[tables]
places = ["places.csv"]
indicators = "people.csv"
{tables}
[siting]
demand = "people"
{keys}
"""


def cells(values=PEOPLE, years=(2020, 2021), indicator="people", growth=1.0):
    return pd.DataFrame(
        [
            {"place": place, "indicator": indicator, "value": value * growth**n, "year": year}
            for n, year in enumerate(years)
            for place, value in values.items()
        ]
    )


@pytest.fixture
def folder(tmp_path):
    """Write a study; frames by the names of their files, and the keys of its section."""

    def write(keys="", *, tables="", people=None, places=PLACES, name="study", **frames):
        at = tmp_path / name
        at.mkdir(exist_ok=True)
        places.to_csv(at / "places.csv", index=False)
        (cells() if people is None else people).to_csv(at / "people.csv", index=False)
        for stem, frame in frames.items():
            frame.to_csv(at / f"{stem}.csv", index=False)
        (at / "study.toml").write_text(HEAD.format(keys=keys, tables=tables), encoding="utf-8")
        return at

    return write


def found(at):
    return run(at, until="centrality").tables


def faults(at):
    with pytest.raises((StudyError, TableError)) as caught:
        check(at)
    with pytest.raises((StudyError, TableError)) as again:
        run(at, until="centrality")
    assert [*map(str, again.value.faults)] == [*map(str, caught.value.faults)]
    return {str(fault.column): str(fault) for fault in caught.value.faults}


def own(values=PEOPLE):
    return pd.DataFrame({"place": [*values], "demand": [*values.values()]})


KM = distance_matrix(PLACES[:6])
FIGURES = ["objective", "bound", "gap", "mean_cost", "max_cost", "gini", "share_served"]


@pytest.mark.parametrize("problem", ["p_median", "p_center", "max_cover"])
def test_layouts_are_those_of_the_library(folder, problem):
    tables = found(folder(f'problem = "{problem}"\nmost = 3\nradius = 300'))
    layouts = tables["siting_layouts"]
    by_hand = compare_layouts(own(), own()[["place"]], KM, most=3, problem=problem, radius=300, existing=["A"])
    assert layouts["added"].tolist() == [0, 1, 2, 3]
    assert layouts["new"].fillna("").tolist() == by_hand["new"].tolist()
    columns = [*FIGURES, "share_covered"]
    np.testing.assert_allclose(layouts[columns].to_numpy(dtype=float), by_hand[columns].to_numpy(dtype=float))
    assert set(layouts["unit"]) == {"km"}
    assert set(layouts["year"]) == {2021}
    one = site_centers(own(), own()[["place"]], KM, problem=problem, count=2, radius=300, existing=["A"])
    ways = tables["siting_assignment"].query("added == 2")
    assert ways[["place", "site"]].to_numpy().tolist() == one.assignments[["place", "center"]].to_numpy().tolist()
    np.testing.assert_allclose(ways["cost"].astype(float), one.assignments["cost"])
    sites = tables["siting"].query("added == 2")
    assert dict(zip(sites["place"], sites["role"], strict=True)) == {
        place: "existing" if place == "A" else "proposed" for place in one.centers["place"]
    }


def test_a_set_cover_stands_beside_the_layout_that_stands(folder):
    layouts = found(folder('problem = "set_cover"\nradius = 300'))["siting_layouts"].set_index("added")
    one = site_centers(own(), own()[["place"]], KM, problem="set_cover", radius=300, existing=["A"])
    added = len(one.centers) - 1
    assert layouts.index.tolist() == [0, added]
    assert layouts.loc[0, "status"] == "infeasible"
    assert layouts.loc[0, "share_covered"] < 1
    assert layouts.loc[added, "objective"] == added + 1
    assert layouts.loc[added, "share_covered"] == 1


def test_a_set_cover_that_stands_needs_nothing_further(folder):
    layouts = found(folder('problem = "set_cover"\nradius = 5000'))["siting_layouts"]
    assert layouts["added"].tolist() == [0]
    assert layouts["status"].tolist() == ["best"]


@pytest.mark.parametrize(
    ("keys", "standing"),
    [
        ("most = 1", {"A": "given"}),
        ('existing_tier = "regional"', {"A": "given", "B": "given"}),
        ('existing = ["Delta", "己"]', {"D": "given", "F": "given"}),
        ("existing = []", {}),
    ],
)
def test_sites_stand_by_the_rule_of_the_study(folder, keys, standing):
    sites = found(folder(keys))["siting"]
    have = sites[sites["role"] == "existing"].drop_duplicates("place")
    assert dict(zip(have["place"], have["status"], strict=True)) == standing


def test_without_sites_the_comparison_begins_with_one_center(folder):
    layouts = found(folder("existing = []\nmost = 2"))["siting_layouts"]
    assert layouts["status"].tolist() == ["no center", "best", "best"]
    assert layouts["mean_cost"].isna().tolist() == [True, False, False]


def test_travel_is_over_the_edges_of_the_year(folder):
    keys = 'year = {}\nmost = 2\n[siting.travel]\nedges = "edges.csv"\ntransfer = {{ "air - rail" = 45 }}'
    named = EDGES.assign(source=EDGES["source"].replace("A", "Alpha"))
    for year in (2020, 2021):
        layouts = found(folder(keys.format(year), edges=named, name=str(year)))["siting_layouts"]
        costs = travel_costs(EDGES, PLACES[:6], year=year, transfer={("air", "rail"): 45})
        by_hand = compare_layouts(own(), own()[["place"]], costs, most=2, existing=["A"])
        np.testing.assert_allclose(layouts[FIGURES].to_numpy(dtype=float), by_hand[FIGURES].to_numpy(dtype=float))
        assert set(layouts["unit"]) == {"minutes"}
    before = found(folder(keys.format(2020), edges=EDGES))["siting_layouts"]
    assert layouts["mean_cost"][0] < before["mean_cost"][0]


def test_fares_count_by_the_value_of_time(folder):
    travel = '[siting.travel]\nedges = "edges.csv"\naccess = "access.csv"\nvalue_of_time = 60\nunit = "yuan"'
    access = pd.DataFrame({"place": ["Beta"], "station": ["C"], "minutes": [15.0], "yuan": [5.0]})
    layouts = found(folder(f"most = 1\n{travel}", edges=EDGES, access=access))["siting_layouts"]
    costs = travel_costs(
        EDGES, PLACES[:6], year=2021, value_of_time=60, unit="yuan", access=access.assign(place="B")
    )  # fmt: skip
    by_hand = compare_layouts(own(), own()[["place"]], costs, most=1, existing=["A"])
    np.testing.assert_allclose(layouts["mean_cost"].astype(float), by_hand["mean_cost"])
    assert set(layouts["unit"]) == {"yuan"}


def test_customs_borders_cost_time(folder):
    keys = 'most = 0\n[siting.travel]\nedges = "edges.csv"\nterritories = {{ "己" = "HK" }}\nborder = {}'
    means = [
        found(folder(keys.format(border), edges=EDGES, name=f"b{n}"))["siting_layouts"]["mean_cost"][0]
        for n, border in enumerate(("0", "40", '{ "HK" = 40 }'))
    ]
    assert means[1] == pytest.approx(means[0] + 40 * PEOPLE["F"] / sum(PEOPLE.values()))
    assert means[2] == means[1]


def test_a_pair_that_the_table_of_costs_lacks_is_no_way(folder):
    costs = pd.DataFrame({"source": list("ABCDD"), "target": list("BCDEF"), "value": [1.0, 2.0, 9.0, 3.0, 4.0]})
    at = folder('existing = ["A"]\nmost = 2', tables='costs = "costs.csv"', costs=costs)
    layouts = found(at)["siting_layouts"]
    assert layouts["status"].tolist() == ["infeasible", "best", "best"]
    assert layouts["unit"].tolist() == ["cost"] * 3
    assert layouts["new"].fillna("").tolist()[:2] == ["", "D"]


def test_capacities_divide_places_and_are_those_of_the_year(folder):
    people = pd.concat([cells(), cells(dict.fromkeys(PEOPLE, 40.0), indicator="beds", years=(2020,))])
    at = folder('capacities = "beds"\nmost = 2', people=people)
    with pytest.warns(UserWarning, match="2020"):
        check(at)
    tables = found(at)
    layouts = tables["siting_layouts"]
    assert layouts["status"].tolist() == ["infeasible", "infeasible", "best"]
    served = tables["siting"].query("added == 2")
    assert (served["demand"] <= served["capacity"] + 1e-9).all()
    assert served["demand"].sum() == pytest.approx(sum(PEOPLE.values()))
    ways = tables["siting_assignment"].query("added == 2")
    assert ways["place"].duplicated().any()


def test_layouts_do_not_depend_on_the_order_of_rows(folder):
    keys = 'radius = 200\n[siting.travel]\nedges = "edges.csv"\n[siting.isochrones]\nminutes = [60, 120]\nspeed = 50'
    one = run(folder(keys, edges=EDGES, name="one"), until="centrality")
    turned = EDGES[::-1].rename(columns={"source": "target", "target": "source"})
    other = run(folder(keys, edges=turned, people=cells()[::-1], places=PLACES[::-1], name="other"), until="centrality")
    for name in ("siting_layouts", "siting", "siting_assignment", "isochrones"):
        pd.testing.assert_frame_equal(one.tables[name], other.tables[name])
    for name in ("sites", "siting_ways", "isochrones"):
        assert one.layers[name].to_json() == other.layers[name].to_json()


@pytest.mark.parametrize(
    ("keys", "column", "says"),
    [
        ('problem = "max_cover"', "siting.radius", "needed a radius"),
        ('problem = "set_cover"\nradius = 1\nmost = 3', "siting.most", "finds how many"),
        ('problem = "set_cover"\nradius = 1\ncandidates = ["B"]', "siting.radius", "raise radius to"),
        ("count = 6", "siting.count", "among the 5"),
        ("most = 9", "siting.most", "at most 5"),
        ('candidates = ["A", "B"]\ncount = 2', "siting.count", "at most 1"),
        ("existing = []\nmost = 0", "siting.most", "at least one further center"),
        ('existing = ["A"]\nexisting_tier = "local"', "siting.existing_tier", "one of the two"),
        ('existing_tier = "huge"', "siting.existing_tier", "'huge'"),
        ("year = 1999", "siting.year", "2020, 2021"),
        ('places = ["A", "land"]', "siting.places", "land"),
        ('candidates = ["Z"]', "siting.candidates", "'Z'"),
        ('candidates = ["B", "Beta"]', "siting.candidates", "'Beta'"),
        ('existing = ["B", "乙"]', "siting.existing", "'乙'"),
        ("[siting.isochrones]\nminutes = [30]\nspeed = 50", "siting.isochrones", "travel times"),
        ('capacities = "beds"', "siting.capacities", "'beds'"),
        ('capacities = "people"\nmethod = "heuristic"', "siting.method", "exact"),
        ('capacities = "people"\ncandidates = ["B"]', "siting.capacities", "add 70"),
        ('capacities = "people"\nmost = 1', "siting.most", "needed at least"),
    ],
)
def test_what_cannot_be_sited_is_a_fault_of_its_key(folder, keys, column, says):
    told = faults(folder(keys))
    assert [key for key in told if key == column or key.startswith(column)] == [*told]
    assert says in next(iter(told.values()))


TRAVEL = '[siting.travel]\nedges = "edges.csv"\n'


@pytest.mark.parametrize(
    ("keys", "column", "says"),
    [
        ('transfer = { "air" = 90 }', "siting.travel.transfer", "air - rail"),
        ('transfer = { "air - bus" = 90 }', "siting.travel.transfer", "rail"),
        ('border = { "a - b - c" = 40 }', "siting.travel.border", "a - b - c"),
        ('territories = { "nowhere" = "HK" }', "siting.travel.territories", "nowhere"),
        ('unit = "yuan"', "siting.travel.value_of_time", "yuan an hour"),
        ("value_of_time = 0", "siting.travel.value_of_time", "above 0"),
        ("year = 1066\n", "siting.travel", "D, E, F"),
        ('access = "none.csv"', "None", "none.csv"),
    ],
)
def test_what_cannot_be_travelled_is_a_fault_of_its_key(folder, keys, column, says):
    late = EDGES.assign(from_year=[None, None, 2000, None, None, 2021]).astype({"from_year": "Int64"})
    told = faults(folder(f'most = 1\ncandidates = ["B"]\n{TRAVEL}{keys}', edges=late))
    assert [*told] == [column]
    assert says in told[column]


def test_places_without_a_way_are_named(folder):
    told = faults(folder(f"most = 1\n{TRAVEL}year = 2020", edges=EDGES[:1]))
    assert [*told] == ["siting.travel"]
    assert "C, D, E, F" in told["siting.travel"]


def test_too_few_centers_for_the_ways_are_told_beforehand(folder):
    costs = pd.DataFrame({"source": list("ACE"), "target": list("BDF"), "value": [1.0, 2.0, 9.0]})
    told = faults(folder("most = 1", tables='costs = "costs.csv"', costs=costs))
    assert "at least 2" in told["siting.most"]


@pytest.mark.parametrize(
    ("people", "column"),
    [
        (cells(PEOPLE | {"B": -1.0}), "siting.demand"),
        (cells(dict.fromkeys(PEOPLE, 0.0)), "siting.demand"),
        (cells(indicator="firms"), "siting.demand"),
    ],
)
def test_demand_that_is_none_is_a_fault(folder, people, column):
    assert [*faults(folder("", people=people))] == [column]


@pytest.mark.parametrize(
    ("keys", "people", "places"),
    [
        ("", cells(dict.fromkeys(PEOPLE, 1.0)), PLACES),
        ("existing = []", cells({"A": 3.0}), PLACES[:1].drop(columns="part_of")),
        ("", cells(PEOPLE | {"land": 120.0}), PLACES),
        ("", cells({"A": 3.0, "B": 0.0}, years=(2020,)), PLACES),
        ("", cells().drop(columns="year").drop_duplicates("place"), PLACES),
        ("", pd.concat([cells(years=(2020,)), cells({"A": 1.0, "B": 2.0}, years=(2021,))]), PLACES),
        ('problem = "p_center"', cells(), PLACES.assign(lon=110.0, lat=30.0)),
        ("most = 0", cells(), PLACES.assign(lon=[179.0, -179.0, 178.0, -178.0, 179.5, -179.5, 180.0])),
        ('places = ["A", "B"]\ncandidates = ["F"]\nmost = 1', cells(), PLACES),
        ('method = "heuristic"\nproblem = "p_center"\nmost = 2', cells(), PLACES),
    ],
)
@pytest.mark.filterwarnings("ignore:siting")
def test_what_check_passes_run_completes(folder, keys, people, places):
    at = folder(keys, people=people, places=places)
    check(at)
    tables = found(at)
    assert len(tables["siting_layouts"]) >= 1
    assert tables["siting_layouts"]["shown"].sum() == 1
    assert "land" not in set(tables["siting_assignment"]["place"])


def alone(tmp, **kwargs):
    """A study that only the solver knows to be infeasible: one site reaches all, the other holds all."""
    people = pd.concat([cells({"A": 110.0, "B": 10.0}), cells({"C": 10.0, "D": 1000.0}, indicator="beds")])
    costs = pd.DataFrame({"source": list("AAB"), "target": list("CDC"), "value": [1.0, 1.0, 1.0]})
    keys = 'existing = []\ncandidates = ["C", "D"]\ncapacities = "beds"\nmost = {}'.format(kwargs["most"])
    return tmp(keys, tables='costs = "costs.csv"', people=people, costs=costs)


def test_a_siting_that_only_the_solver_knows_to_be_infeasible_says_so(folder):
    at = alone(folder, most=1)
    check(at)
    results = run(at, until="centrality")
    assert results.tables["siting_layouts"]["status"].tolist() == ["no center", "infeasible"]
    assert not results.tables["siting_layouts"]["shown"].any()
    assert len(results.tables["siting"]) == 0
    page = render_report(results)
    assert "No layout of up to 1 further centers was found that serves all demand" in page
    assert "没有找到能服务全部需求的布局" in page
    assert found(alone(folder, most=2))["siting_layouts"]["status"].tolist()[-1] == "best"


def section(page):
    return page[page.index('<section id="siting"') : page.index('<section id="diffusion"')]


def test_the_report_answers_in_both_languages(folder):
    keys = f"most = 4\nradius = 150\n{TRAVEL}[siting.isochrones]\nminutes = [60]\nspeed = 50"
    results = run(folder(keys, edges=EDGES), until="centrality")
    page = render_report(results)
    told = section(page)
    layouts = results.tables["siting_layouts"]
    shown = layouts[layouts["shown"]].iloc[0]
    before = layouts.iloc[0]
    for row, text in ((before, "from {:.1f} min to"), (shown, "min to {:.1f} min.")):
        assert text.format(row["mean_cost"]) in told
    for words in (
        "One site stands, the center of the highest tier", "最高层级的中心", "No layout of as many centers is better",
        "没有更优的布局", "is the elbow", "是拐点", "Gini of the travel time", "出行时间基尼系数", "Within, min",
    ):  # fmt: skip
        assert words in told
    assert "Phi <b>" not in page
    assert "Phi &lt;b&gt;" in told
    methods = page[page.index('id="methods"') :]
    for words in ("(p-median)", "p-中位", "hakimi1964", "dijkstra1959", "gini1912", "satopaa2011", "osullivan2000"):
        assert words in methods
    assert "siting.isochrones.speed" in methods


def test_the_elbow_is_shown_unless_the_study_asks_for_a_number(folder):
    elbowed = found(folder("most = 5"))["siting_layouts"]
    means = elbowed["mean_cost"].to_numpy(dtype=float)
    chord = means[0] + (means[-1] - means[0]) * np.arange(6) / 5
    assert elbowed["added"][elbowed["shown"]].tolist() == [int(np.argmax(chord - means))]
    asked = found(folder("most = 5\ncount = 4"))["siting_layouts"]
    assert asked["added"][asked["shown"]].tolist() == [4]


def test_the_map_shows_sites_ways_and_what_is_reached(folder):
    keys = 'most = 2\n[siting.travel]\nedges = "edges.csv"\n[siting.isochrones]\nminutes = [60, 30]\nspeed = 50'
    results = run(folder(keys, edges=EDGES), folder("", name="out") / "results")
    layers = results.layers
    sites = results.tables["siting"]
    shown = results.tables["siting_layouts"].query("shown")["added"].iloc[0]
    assert layers["sites"]["place"].tolist() == sites[sites["added"] == shown]["place"].tolist()
    assert layers["isochrones"]["minutes"].tolist() == [30.0, 60.0]
    assert not layers["isochrones"].geometry.iloc[0].overlaps(layers["isochrones"].geometry.iloc[1])
    assert results.folder is not None
    page = (results.folder / "map.html").read_text(encoding="utf-8")
    for words in ("Who goes where", "需求归属", "Reached in time", "proposed", "拟设"):
        assert words in page
