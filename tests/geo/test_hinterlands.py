"""Hinterlands and catchment probabilities: against hand figures, geometry's laws and plain sampling."""

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data.errors import GeometryError, InnoscapeWarning, OptionError, TableError
from innoscape.geo import breaking_points, distance_matrix, hinterlands, huff

UTM = 32650


def centers_at(xy, scores=None, crs=UTM):
    table = {"place": [chr(97 + i) for i in range(len(xy))]}
    if scores is not None:
        table["score"] = [float(score) for score in scores]
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(*zip(*xy, strict=True)), crs=crs)


def square(side=200_000, east=500_000, north=4_000_000):
    return gpd.GeoSeries([shapely.box(east - side, north - side, east + side, north + side)], crs=UTM)


def scattered(seed, count):
    draw = np.random.default_rng(seed)
    xy = np.column_stack([draw.uniform(400_000, 600_000, count), draw.uniform(3_900_000, 4_100_000, count)])
    return centers_at(xy.tolist(), draw.lognormal(0, 1, count))


def owners(areas, points):
    """Say which hinterland holds each point of UTM, by nothing but a point-in-polygon test."""
    cells = areas.to_crs(UTM).geometry
    return [{areas["place"].iloc[i] for i in np.flatnonzero(cells.covers(shapely.Point(p)))} for p in points]


@pytest.mark.parametrize("method", ["voronoi", "weighted"])
def test_hinterlands_agree_with_the_nearest_or_strongest_center_at_sampled_points(method):
    centers = scattered(3, 40)
    areas = hinterlands(centers, method=method, extent=square(120_000), crs=UTM)
    draw = np.random.default_rng(5)
    points = np.column_stack([draw.uniform(390_000, 610_000, 800), draw.uniform(3_890_000, 4_110_000, 800)])
    sites = shapely.get_coordinates(centers.geometry.to_numpy())
    distance = np.hypot(points[:, :1] - sites[:, 0], points[:, 1:] - sites[:, 1])
    pull = centers["score"].to_numpy() / distance**2 if method == "weighted" else -distance
    best = centers["place"].to_numpy()[np.argmax(pull, axis=1)]
    assert owners(areas, points) == [{place} for place in best]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.sampled_from(["voronoi", "weighted"]))
def test_hinterlands_cover_the_extent_once(seed, count, method):
    areas = hinterlands(scattered(seed, count), method=method, extent=square(150_000), crs=UTM)
    shapes = areas.to_crs(UTM).geometry.to_numpy()
    whole = 300_000.0**2
    assert areas["share"].sum() == pytest.approx(1)
    assert shapely.area(shapes).sum() == pytest.approx(whole, rel=1e-4)
    assert shapely.area(shapely.union_all(shapes)) == pytest.approx(whole, rel=1e-4)


def test_equal_weights_give_the_nearest_center():
    plain = scattered(11, 25)
    even = hinterlands(plain.assign(score=3.0), method="weighted", extent=square(), crs=UTM)
    near = hinterlands(plain, extent=square(), crs=UTM)
    assert even["area_km2"].to_numpy() == pytest.approx(near["area_km2"].to_numpy(), rel=1e-9)


def test_nearly_equal_weights_give_nearly_the_nearest_center():
    plain = scattered(11, 25)
    for step in (1e-14, 1e-10, 1e-7, 1e-5):
        even = plain.assign(score=1 + step * np.arange(25))
        areas = hinterlands(even, method="weighted", extent=square(), crs=UTM)
        near = hinterlands(plain, extent=square(), crs=UTM)
        assert areas["area_km2"].to_numpy() == pytest.approx(near["area_km2"].to_numpy(), rel=max(1e-4, 100 * step))


def test_a_weak_center_sits_in_a_circle_of_apollonius():
    # weights 4 and 1, exponent 2: twice the distance; circle through x = 20 and x = 60 km, so radius 20 km
    centers = centers_at([(500_000, 4_000_000), (530_000, 4_000_000)], [4, 1])
    areas = hinterlands(centers, method="weighted", extent=square(), crs=UTM).to_crs(UTM)
    island = areas.geometry.iloc[1]
    assert island.area == pytest.approx(math.pi * 20_000**2, rel=1e-4)
    assert np.array(island.bounds) == pytest.approx([520_000, 3_980_000, 560_000, 4_020_000], abs=20)
    assert len(areas.geometry.iloc[0].interiors) == 1


def test_the_border_on_the_line_between_two_centers_is_the_breaking_point():
    centers = centers_at([(500_000, 4_000_000), (530_000, 4_000_000)], [9, 1])
    apart = pd.DataFrame([[0.0, 30.0], [30.0, 0.0]], index=["a", "b"], columns=["a", "b"])
    # Converse 1949: 30 / (1 + sqrt(1 / 9)) = 22.5
    found = breaking_points(centers, costs=apart)
    assert found.to_dict("records") == [
        {"source": "a", "target": "b", "distance": 30.0, "from_source": 22.5, "from_target": 7.5}
    ]
    edge = hinterlands(centers, method="weighted", extent=square(), crs=UTM).to_crs(UTM).geometry.iloc[1].bounds[0]
    assert edge == pytest.approx(522_500, abs=10)


def test_a_higher_exponent_moves_the_breaking_point_to_the_middle():
    table = pd.DataFrame({"place": ["a", "b"], "lon": [110.0, 112.0], "lat": [30.0, 30.0], "score": [9.0, 1.0]})
    halves = [breaking_points(table, exponent=power).eval("from_source / distance").iloc[0] for power in (1, 2, 50)]
    assert halves == pytest.approx([0.9, 0.75, 0.511], abs=1e-3)


def test_the_highest_probability_of_huff_is_the_weighted_hinterland():
    centers = scattered(8, 12)
    draw = np.random.default_rng(1)
    points = np.column_stack([draw.uniform(400_000, 600_000, 60), draw.uniform(3_900_000, 4_100_000, 60)])
    sites = shapely.get_coordinates(centers.geometry.to_numpy())
    costs = pd.DataFrame(
        np.hypot(points[:, :1] - sites[:, 0], points[:, 1:] - sites[:, 1]), columns=centers["place"].tolist()
    )
    origins = pd.DataFrame({"place": range(60)})
    likely = huff(origins, centers, costs).idxmax(axis=1)
    areas = hinterlands(centers, method="weighted", extent=square(), crs=UTM)
    assert owners(areas, points) == [{place} for place in likely]


def test_areas_are_those_of_the_ellipsoid():
    areas = hinterlands(centers_at([(110.5, 30.5)], crs=4326), extent=(110, 30, 111, 31))
    # the cell between two meridians and two parallels, by the authalic latitude of WGS 84
    assert areas["area_km2"].iloc[0] == pytest.approx(10_642.393, rel=1e-5)
    assert areas.crs.to_epsg() == 4326


def test_row_order_changes_nothing_but_the_order():
    centers = scattered(2, 15)
    turned = centers.iloc[::-1]
    for method in ("voronoi", "weighted"):
        one = hinterlands(centers, method=method, extent=square())
        two = hinterlands(turned, method=method, extent=square())
        assert two["place"].tolist() == turned["place"].tolist()
        again = two.set_index("place").loc[one["place"]]
        assert (shapely.to_wkb(one.geometry.to_numpy()) == shapely.to_wkb(again.geometry.to_numpy())).all()


def test_an_extent_with_a_hole_and_an_island_is_respected():
    ring = shapely.box(110, 30, 114, 34).difference(shapely.box(111.5, 31.5, 112.5, 32.5))
    extent = shapely.union(ring, shapely.box(116, 30, 117, 31))
    areas = hinterlands(centers_at([(110.5, 32), (113.5, 32)], crs=4326), extent=extent)
    assert shapely.area(areas.geometry.to_numpy()).sum() == pytest.approx(extent.area, rel=1e-3)
    assert areas.geometry.iloc[1].geom_type == "MultiPolygon"


def test_a_center_outside_the_extent_is_named_and_may_get_nothing():
    centers = centers_at([(110.5, 30.5), (120, 40)], crs=4326)
    with pytest.warns(InnoscapeWarning, match="1 center lies outside the extent of the hinterlands: b"):
        areas = hinterlands(centers, extent=(110, 30, 111, 31))
    assert areas["area_km2"].iloc[1] == 0
    assert areas.geometry.iloc[1].is_empty


def test_lengths_in_degrees_are_refused():
    centers = centers_at([(110, 30), (112, 30)], crs=4326)
    with pytest.raises(GeometryError, match="projected reference system in meters, got WGS 84"):
        hinterlands(centers, crs=4326)
    with pytest.raises(GeometryError, match="got none"):
        hinterlands(centers.set_crs(None, allow_override=True))


@pytest.mark.parametrize(
    ("change", "options", "error", "match"),
    [
        (lambda c: c, {"method": "thiessen"}, OptionError, "'voronoi', 'weighted'"),
        (lambda c: c, {"exponent": 0}, OptionError, "exponent"),
        (lambda c: c, {"extent": (112, 30, 110, 31)}, GeometryError, "west, south, east, north"),
        (lambda c: c, {"extent": shapely.Point(1, 1)}, GeometryError, "needed an area"),
        (lambda c: c, {"extent": shapely.box(5e5, 4e6, 6e5, 5e6)}, GeometryError, "projected"),
        (lambda c: c.assign(place="a"), {}, TableError, "a more than once"),
        (lambda c: c.drop(columns="score"), {"method": "weighted"}, TableError, "column score"),
        (lambda c: c.assign(score=[1.0, 0.0]), {"method": "weighted"}, TableError, "0.0 at b"),
        (lambda c: c.assign(score=[1.0, np.nan]), {"method": "weighted"}, TableError, "weight above 0"),
        (lambda c: c.set_geometry(c.geometry.iloc[[0, 0]].values, crs=4326), {}, GeometryError, "a, b together"),
        (lambda c: c.set_geometry(c.buffer(1).values, crs=4326), {}, GeometryError, "a point for each center"),
    ],
)
@pytest.mark.filterwarnings("ignore:Geometry is in a geographic CRS")
def test_what_cannot_be_divided_is_refused(change, options, error, match):
    centers = change(centers_at([(110, 30), (112, 30)], [1, 2], crs=4326))
    with pytest.raises(error, match=match):
        hinterlands(centers, **options)


def test_breaking_points_refuse_places_without_costs():
    table = pd.DataFrame({"place": ["a", "b"], "lon": [110.0, 112.0], "lat": [30.0, 30.0], "score": [9.0, 1.0]})
    with pytest.raises(TableError, match="for b"):
        breaking_points(table, costs=distance_matrix(table.iloc[:1]))


def test_breaking_points_by_costs_need_no_coordinates():
    table = pd.DataFrame({"place": ["a", "b"], "score": [9.0, 1.0]})
    square = pd.DataFrame([[0.0, 30.0], [30.0, 0.0]], index=["a", "b"], columns=["a", "b"])
    rows = pd.DataFrame({"source": ["a", "b"], "target": ["b", "a"], "value": 30.0})
    for costs in (square, rows):
        assert breaking_points(table, costs=costs)["from_source"].tolist() == [22.5]


HAND = pd.DataFrame({"a": [10.0, 5.0], "b": [20.0, 5.0], "c": [20.0, 10.0]}, index=["x", "y"])
ORIGINS = pd.DataFrame({"place": ["x", "y"]})
STORES = pd.DataFrame({"place": ["a", "b", "c"], "score": [500.0, 2000.0, 1000.0]})


def test_huff_agrees_with_a_hand_example():
    # x: 500/100 = 5, 2000/400 = 5, 1000/400 = 2.5; y: 500/25 = 20, 2000/25 = 80, 1000/100 = 10
    found = huff(ORIGINS, STORES, HAND)
    assert found.loc["x"].tolist() == pytest.approx([0.4, 0.4, 0.2])
    assert found.loc["y"].tolist() == pytest.approx([20 / 110, 80 / 110, 10 / 110])


def test_huff_takes_long_tables_and_any_order_of_costs():
    long = HAND.reset_index(names="source").melt("source", var_name="target")
    turned = HAND.iloc[::-1, ::-1]
    for costs in (long, turned):
        pd.testing.assert_frame_equal(huff(ORIGINS, STORES, costs), huff(ORIGINS, STORES, HAND))


def test_huff_with_exponential_decay_agrees_with_the_formula():
    found = huff(ORIGINS, STORES, HAND, decay="exponential", exponent=0.1, attraction_exponent=2)
    draw = np.array([500.0, 2000, 1000]) ** 2 * np.exp(-0.1 * HAND.to_numpy())
    assert found.to_numpy() == pytest.approx(draw / draw.sum(axis=1, keepdims=True))


@given(
    st.lists(st.floats(0.01, 1e6), min_size=2, max_size=6),
    st.floats(0, 4),
    st.floats(1e-3, 1e3),
    st.floats(1e-3, 1e3),
)
def test_huff_sums_to_one_and_does_not_depend_on_units(scores, exponent, of_cost, of_attraction):
    names = [f"c{i}" for i in range(len(scores))]
    centers = pd.DataFrame({"place": names, "score": scores})
    origins = pd.DataFrame({"place": ["o"]})
    costs = pd.DataFrame([[1.0 + i for i in range(len(scores))]], index=["o"], columns=names)
    one = huff(origins, centers, costs, exponent=exponent).to_numpy()
    two = huff(origins, centers.assign(score=centers["score"] * of_attraction), costs * of_cost, exponent=exponent)
    assert one.sum() == pytest.approx(1)
    assert two.to_numpy() == pytest.approx(one, rel=1e-6, abs=1e-12)


def test_huff_gives_all_to_centers_at_no_cost():
    here = HAND.assign(a=[0.0, 5.0], b=[0.0, 5.0])
    assert huff(ORIGINS, STORES, here).loc["x"].tolist() == pytest.approx([0.2, 0.8, 0.0])
    idle = STORES.assign(score=[0.0, 2000.0, 1000.0])
    assert huff(ORIGINS, idle, HAND.assign(a=0.0)).loc["x"].tolist() == pytest.approx([0.0, 2 / 3, 1 / 3])


def test_huff_survives_costs_and_attractions_of_any_size():
    far = huff(ORIGINS, STORES.assign(score=[1e300, 1e-300, 1.0]), HAND * 1e300)
    assert far.to_numpy().sum() == pytest.approx(2)
    assert huff(ORIGINS, STORES, HAND * 1e4, decay="exponential").loc["x", "a"] == pytest.approx(1)


def test_huff_leaves_out_what_cannot_be_reached():
    cut = HAND.assign(b=[np.nan, np.inf])
    assert huff(ORIGINS, STORES, cut)["b"].tolist() == [0.0, 0.0]
    with pytest.raises(TableError, match="a center that x can reach"):
        huff(ORIGINS, STORES, HAND.assign(**{center: [np.nan, 1.0] for center in "abc"}))


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"costs": -HAND}, TableError, "at least 0"),
        ({"costs": HAND.drop(index="x")}, TableError, "a row for x"),
        ({"costs": HAND.drop(columns="c")}, TableError, "a column for c"),
        ({"centers": STORES.assign(score=[1.0, -1.0, 1.0])}, TableError, "-1.0 at b"),
        ({"centers": STORES.assign(score=0.0)}, OptionError, "above 0"),
        ({"origins": pd.DataFrame({"place": ["x", "x"]})}, TableError, "x more than once"),
        ({"decay": "gauss"}, OptionError, "exponential"),
        ({"exponent": -1}, OptionError, "exponent"),
    ],
)
def test_huff_refuses_what_makes_no_sense(change, error, match):
    given_ = {"origins": ORIGINS, "centers": STORES, "costs": HAND} | change
    tables = [given_.pop(name) for name in ("origins", "centers", "costs")]
    with pytest.raises(error, match=match):
        huff(*tables, **given_)
