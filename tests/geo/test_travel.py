"""Costs of travel: against ways added up by hand, networkx, and the laws of shortest paths."""

import math

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data.errors import InnoscapeWarning, OptionError, TableError, UnknownPlaceError
from innoscape.geo import distance_matrix, isochrones, travel_costs, travel_paths

# a rail line a - b - c, a fast line a - c since 2010, a flight c - d, all both ways
EDGES = pd.DataFrame(
    [
        ("a", "b", 60.0, 30.0, "rail", "slow", None, None),
        ("b", "c", 90.0, 40.0, "rail", "slow", None, 2014),
        ("a", "c", 50.0, 200.0, "rail", "fast", 2010, None),
        ("c", "d", 70.0, 600.0, "air", None, None, None),
    ],
    columns=["source", "target", "minutes", "yuan", "mode", "line", "from_year", "to_year"],
)
PLACES = pd.DataFrame({"place": ["a", "b", "c", "d"]})
ALWAYS = EDGES.drop(columns=["from_year", "to_year"])


def one(source, target, edges=ALWAYS, places=PLACES, **options):
    return travel_costs(edges, places, **options).loc[source, target].item()


def random_edges(seed, count, ties):
    draw = np.random.default_rng(seed)
    names = [f"n{i}" for i in range(count)]
    ends = draw.choice(count, size=(ties, 2))
    ends = ends[ends[:, 0] != ends[:, 1]]
    table = pd.DataFrame({"source": [names[i] for i in ends[:, 0]], "target": [names[i] for i in ends[:, 1]]})
    table["minutes"] = draw.integers(0, 20, len(table)).astype(float)
    return table.drop_duplicates(["source", "target"]), pd.DataFrame({"place": names})


def test_a_line_runs_in_its_years_alone():
    times = [travel_costs(EDGES, PLACES, year=year).loc["a", "c"].item() for year in (2009, 2010)]
    assert times == [150.0, 50.0]
    # the slow line from b to c ends in 2014, so b reaches c by way of a
    assert one("b", "c", EDGES, year=2014) == 90.0
    assert one("b", "c", EDGES, year=2015) == 110.0


def test_changing_costs_a_transfer_and_staying_on_a_line_none():
    assert one("a", "d", transfer=0) == 120.0
    assert one("a", "d", transfer=45) == 165.0
    slow = ALWAYS[ALWAYS["line"] != "fast"]
    assert one("a", "c", slow, transfer=45) == 150.0
    both = {("air", "rail"): 90, ("rail", "rail"): 15}
    assert one("a", "d", transfer=both) == 210.0
    # from b by way of a: 60 + 15 + 50
    assert one("b", "c", ALWAYS.drop(index=1), transfer=both) == 125.0


def test_generalized_costs_weigh_fares_and_time():
    # a to c: slow 150 minutes and 70 yuan, fast 50 minutes and 200 yuan
    assert one("a", "c", value_of_time=60) == pytest.approx(150 + 70)
    assert one("a", "c", value_of_time=120) == pytest.approx(50 + 200 / 2)
    assert one("a", "c", value_of_time=60, unit="yuan") == pytest.approx(70 + 150)
    assert one("a", "c", value_of_time=0, unit="yuan") == 70


def test_a_border_between_customs_territories_takes_time():
    assert one("a", "d", territories={"d": "HK"}, border=40) == 160.0
    assert one("a", "c", territories={"d": "HK"}, border=40) == 50.0
    assert one("a", "d", territories={"c": "MO", "d": "HK"}, border={("HK", "MO"): 5, ("MO", ""): 8}) == 133.0


def test_a_place_uses_its_stations_and_no_way_leads_through_it():
    access = pd.DataFrame(
        {"place": ["a", "x", "x", "y"], "station": ["a", "a", "c", "d"], "minutes": [10.0, 20.0, 5.0, 1.0]}
    )
    places = pd.DataFrame({"place": ["a", "x", "y", "c"]})
    costs = travel_costs(ALWAYS, places, access=access)
    assert costs.loc["x", "y"] == 5 + 70 + 1
    assert costs.loc["a", "c"] == 10 + 50
    # x could change trains by leaving the station at a and entering at c, which is not a way
    slow = ALWAYS.drop(index=[1, 2])
    with pytest.warns(InnoscapeWarning, match="4 of 12 pairs"):
        assert travel_costs(slow, places, access=access).loc["a", "y"] == math.inf


def test_the_legs_of_a_way_are_told_and_add_up():
    access = pd.DataFrame({"place": ["x"], "station": ["b"], "minutes": [12.0], "yuan": [3.0]})
    places, pairs = pd.DataFrame({"place": ["x", "d"]}), pd.DataFrame({"source": ["x"], "target": ["d"]})
    options = {"access": access, "transfer": 20.0, "value_of_time": 60.0, "territories": {"d": "HK"}, "border": 30.0}
    legs = travel_paths(ALWAYS, places, pairs, **options)
    assert legs[["leg", "kind", "from", "to", "minutes", "yuan"]].to_numpy().tolist() == [
        [1, "access", "x", "b", 12.0, 3.0],
        [2, "ride", "b", "c", 90.0, 40.0],
        [3, "transfer", "c", "c", 20.0, 0.0],
        [4, "ride", "c", "d", 100.0, 600.0],
    ]
    assert legs["cost"].sum() == travel_costs(ALWAYS, places, **options).loc["x", "d"]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_costs_are_those_of_networkx_whatever_the_order_of_the_rows(seed, directed):
    edges, places = random_edges(seed, 12, 30)
    if edges.empty:
        return
    graph = nx.DiGraph() if directed else nx.Graph()
    for source, target, minutes in edges.itertuples(index=False):
        held = graph.get_edge_data(source, target, {"weight": math.inf})["weight"]
        graph.add_edge(source, target, weight=min(minutes, held))
    known = dict(nx.all_pairs_dijkstra_path_length(graph))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("innoscape.geo.space.travel.warn", lambda *_, **__: None)
        patch.setattr("innoscape.geo.space.travel_network.warn", lambda *_, **__: None)
        costs = travel_costs(edges, places, directed=directed)
        mixed = travel_costs(
            edges.sample(frac=1, random_state=1), places.iloc[::-1], directed=directed
        ).loc[costs.index, costs.columns]  # fmt: skip
        pairs = costs.reset_index(names="source").melt("source", var_name="target")
        legs = travel_paths(edges, places, pairs, directed=directed)
    pd.testing.assert_frame_equal(mixed, costs)
    for source in places["place"]:
        for target in places["place"]:
            wanted = 0.0 if source == target else known.get(source, {}).get(target, math.inf)
            assert costs.loc[source, target] == wanted
    added = legs.groupby(["source", "target"])["cost"].sum()
    for (source, target), cost in added.items():
        assert cost == costs.loc[source, target]


def test_what_cannot_be_reached_is_infinite_and_counted():
    places = pd.DataFrame({"place": ["a", "d", "z"]})
    with pytest.warns(InnoscapeWarning) as caught:
        costs = travel_costs(ALWAYS, places)
    assert [str(one.message) for one in caught] == [
        "1 place has no station among the edges and cannot be reached: z; give access to one",
        "4 of 6 pairs of places have no way between them: their cost is infinite",
    ]
    assert np.isinf(costs.to_numpy()).sum() == 4
    with pytest.warns(InnoscapeWarning, match="1 of 1 pairs"):
        legs = travel_paths(ALWAYS.iloc[[0, 3]], PLACES[:3], pd.DataFrame({"source": ["a"], "target": ["c"]}))
    assert legs.empty


def test_one_place_costs_nothing_to_itself():
    assert travel_costs(ALWAYS, PLACES[:1]).to_numpy().tolist() == [[0.0]]


@pytest.mark.parametrize(
    ("edges", "options", "error", "match"),
    [
        (EDGES.assign(minutes=-1.0), {"year": 2012}, TableError, "at least 0, got -1"),
        (EDGES.assign(minutes=None), {"year": 2012}, TableError, "minutes"),
        (EDGES.iloc[:0], {}, TableError, "at least one row"),
        (EDGES.drop(columns="minutes"), {}, TableError, "minutes"),
        (pd.concat([ALWAYS, ALWAYS[:1]]), {}, TableError, "row 6"),
        (EDGES.assign(from_year=2016), {"year": 2016}, TableError, "2016 to 2014"),
        (EDGES, {}, OptionError, "needed a year, as edges run"),
        (EDGES.assign(from_year=2010, to_year=2020), {"year": 2000}, OptionError, "edges run, got 2000"),
        (ALWAYS.drop(columns="yuan"), {"value_of_time": 60}, TableError, r"\(2, 3, 4, 5\), column yuan: needed a fare"),
        (ALWAYS, {"unit": "yuan"}, OptionError, "yuan an hour"),
        (ALWAYS, {"value_of_time": 0}, OptionError, 'unit = "yuan"'),
        (ALWAYS, {"unit": "hours"}, OptionError, "unit"),
        (ALWAYS, {"transfer": -1}, OptionError, "transfer"),
        (ALWAYS, {"territories": {"q": "HK"}, "border": 5}, UnknownPlaceError, "territories: no such place: 'q'"),
        (ALWAYS, {"transfer": {("rail", "rail"): 5}}, OptionError, r"got none for \('air', 'rail'\)"),
        (ALWAYS, {"territories": {"d": "HK"}, "border": {("HK", "MO"): 1}}, OptionError, "got none for"),
        (
            ALWAYS,
            {"access": pd.DataFrame({"place": ["a"], "station": ["q"], "minutes": [1]})},
            TableError,
            "edges name, got q",
        ),
    ],
)
def test_what_cannot_work_is_refused(edges, options, error, match):
    with pytest.raises(error, match=match):
        travel_costs(edges, PLACES, **options)


def test_repeated_and_unknown_places_are_refused():
    with pytest.raises(TableError, match="a more than once"):
        travel_costs(ALWAYS, pd.DataFrame({"place": ["a", "a"]}))
    with pytest.raises(UnknownPlaceError, match="z"):
        travel_paths(ALWAYS, PLACES, pd.DataFrame({"source": ["a"], "target": ["z"]}))


SITES = pd.DataFrame({"place": ["a", "b", "c"], "lon": [113.0, 113.5, 118.0], "lat": [30.0, 30.0, 31.0]})


def test_an_isochrone_is_the_union_of_circles_of_the_time_left():
    times = pd.DataFrame([[0.0, 15.0, 50.0]], index=["a"], columns=["a", "b", "c"])
    areas = isochrones(times, SITES, within=[30, 60, 10], speed=40)
    assert areas["minutes"].tolist() == [10, 30, 60]
    assert areas["reached"].tolist() == [1, 2, 3]
    # alone: a circle of 20/3 km; with b 48 km away: circles of 20 and 10 km; with c far off
    assert areas["area_km2"][0] == pytest.approx(math.pi * (20 / 3) ** 2, rel=3e-3)
    assert distance_matrix(SITES).loc["a", "b"] > 30
    assert areas["area_km2"][1] == pytest.approx(math.pi * (20**2 + 10**2), rel=3e-3)
    assert areas.geometry.iloc[2].buffer(1e-6).covers(areas.geometry.iloc[1])
    assert areas.crs.to_epsg() == 4326


def test_isochrones_cross_the_180th_meridian_and_may_be_empty():
    sites = pd.DataFrame({"place": ["a", "b"], "lon": [179.9, -179.9], "lat": [0.0, 0.0]})
    times = pd.DataFrame([[0.0, 5.0], [math.inf, math.inf]], index=["a", "q"], columns=["a", "b"])
    areas = isochrones(times, sites, within=[30], speed=60)
    bounds = areas.geometry.iloc[0].bounds
    assert bounds[0] == -180
    assert bounds[2] == 180
    assert areas.geometry.iloc[1].is_empty
    assert areas["area_km2"][1] == 0


def test_isochrones_refuse_what_cannot_work():
    times = pd.DataFrame([[0.0, 15.0, 50.0]], index=["a"], columns=["a", "b", "c"])
    with pytest.raises(OptionError, match="needed minutes"):
        isochrones(times, SITES, within=[], speed=40)
    with pytest.raises(OptionError, match="speed"):
        isochrones(times, SITES, within=[10], speed=0)
    with pytest.raises(UnknownPlaceError, match="z"):
        isochrones(times, SITES, within=[10], speed=10, origins=["z"])
    with pytest.raises(TableError, match="a column for b"):
        isochrones(times.drop(columns="b"), SITES, within=[10], speed=10)
