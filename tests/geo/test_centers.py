"""Centers, ellipses and point patterns by hand, across the 180th meridian, and at the limits."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from innoscape.data import GeometryError, OptionError, SizeError
from innoscape.geo import (
    deviational_ellipse,
    k_function,
    kernel_density,
    mean_center,
    median_center,
    nearest_neighbor_index,
    standard_distance,
)
from innoscape.geo.pattern.local_plane import as_point_values, plane_around
from innoscape.geo.pattern.study_area import area_in_plane, scatter


def table(*rows, **more):
    return pd.DataFrame(rows, columns=["lon", "lat"]).assign(**more)


def cloud(n=60, seed=0, lon=110.0, lat=32.0, years=1):
    rng = np.random.default_rng(seed)
    found = pd.DataFrame({"lon": lon + rng.normal(size=n * years) * 2, "lat": lat + rng.normal(size=n * years)})
    return found.assign(size=rng.uniform(1, 5, n * years), year=np.repeat(2000 + np.arange(years), n))


def test_the_path_of_the_center_is_geodesic():
    points = table((0, 0), (0, 2), (1, 0), (1, 2), year=[2000, 2000, 2004, 2004])
    found = mean_center(points, by="year")
    assert found["lat"].to_numpy() == pytest.approx([1, 1], abs=1e-3)
    assert found["bearing"].iloc[1] == pytest.approx(90, abs=0.02)
    assert found["moved_km"].iloc[1] == pytest.approx(111.3, abs=0.1)
    assert found["km_per_year"].iloc[1] == pytest.approx(found["moved_km"].iloc[1] / 4)
    assert found.crs.to_epsg() == 4326
    assert found["projection"].iloc[0].startswith("+proj=laea +lat_0=1.0 +lon_0=0.5")


def test_a_year_without_weight_has_no_center_and_the_path_passes_over_it():
    points = table((0, 0), (5, 5), (0, 1), year=[2000, 2001, 2002]).assign(w=[1.0, 0.0, 1.0])
    for found in (mean_center(points, weights="w", by="year"), median_center(points, weights="w", by="year")):
        assert found["status"].tolist() == ["computed", "undefined", "computed"]
        assert found.geometry.iloc[1] is None
        assert found["moved_km"].iloc[2] == pytest.approx(110.57, abs=0.1)
        assert found["km_per_year"].iloc[2] == pytest.approx(found["moved_km"].iloc[2] / 2)
    assert deviational_ellipse(points, weights="w", by="year")["status"].tolist() == ["flat", "undefined", "flat"]


@pytest.mark.parametrize("shift", [0.0, 180.0, -180.0, 77.7])
def test_the_180th_meridian_is_a_place_like_any_other(shift):
    here = cloud(lon=0.0)
    there = here.assign(lon=np.mod(here["lon"] + shift + 180, 360) - 180)
    for measure in (mean_center, median_center, deviational_ellipse, standard_distance):
        one, two = measure(here, weights="size"), measure(there, weights="size")
        assert np.mod(two["lon"] - shift - one["lon"] + 180, 360)[0] == pytest.approx(180, abs=1e-3)
        assert two["lat"][0] == pytest.approx(one["lat"][0], abs=1e-3)
    ellipse = deviational_ellipse(there, weights="size")
    before = deviational_ellipse(here, weights="size")
    assert ellipse["major_km"][0] == pytest.approx(before["major_km"][0], rel=1e-4)
    assert ellipse.geometry[0].is_valid
    assert ellipse.geometry[0].geom_type == ("MultiPolygon" if abs(shift) == 180 else "Polygon")
    assert ellipse.geometry[0].area == pytest.approx(before.geometry[0].area, rel=1e-3)


@pytest.mark.parametrize("side", [1, -1])
def test_an_ellipse_around_a_pole_holds_the_pole(side):
    ring = table((0, side * 85), (90, side * 86), (180, side * 85), (-90, side * 86))
    found = deviational_ellipse(ring)
    assert abs(mean_center(ring)["lat"][0]) > 89.9
    shape = found.geometry[0]
    assert shape.is_valid
    assert shape.bounds[0] == pytest.approx(-180)
    assert shape.bounds[2] == pytest.approx(180)
    lon = np.linspace(-179, 179, 25)
    assert shapely.contains_xy(shape, lon, side * 89.9).all()
    assert not shapely.contains_xy(shape, lon, side * 80).any()
    # on the sphere, a cylinder of equal area: km2 by longitude and sine of latitude
    flat = shapely.transform(
        shapely.segmentize(shape, 0.05), lambda at: np.radians(at) * [1, 0] + np.sin(np.radians(at)) * [0, 1]
    )
    assert flat.area * 6371.0072**2 == pytest.approx(found["area_km2"][0], rel=0.02)


def test_an_ellipse_wider_than_the_projection_is_not_drawn():
    # a sum of weights barely above 2 makes R's divisor tiny
    cross = table((1, 0), (-1, 0), (0, 0.5), (0, -0.5)).assign(size=0.500001)
    found = deviational_ellipse(cross, weights="size", convention="r-aspace")
    assert found["status"].tolist() == ["beyond"]
    assert found.geometry.isna().all() or found.geometry.is_empty.all()
    assert np.isfinite(found["major_km"]).all()


def test_the_polygon_has_the_area_and_holds_what_the_formula_says():
    found = deviational_ellipse(cloud(5000, lon=105), convention="arcgis")
    from pyproj import Geod

    area = abs(Geod(ellps="WGS84").geometry_area_perimeter(found.geometry[0])[0]) / 1e6
    assert area == pytest.approx(found["area_km2"][0], rel=2e-3)
    points = cloud(5000, lon=105)
    inside = shapely.contains_xy(found.geometry[0], points["lon"], points["lat"]).mean()
    assert inside == pytest.approx(1 - np.exp(-1), abs=0.02)


def test_conventions_differ_by_their_factors():
    points = cloud(20)
    size = {
        one: deviational_ellipse(points, axes=one)["major_km"][0] for one in ("none", "sqrt2", "sqrt2_n2", "sqrt2_w2")
    }
    assert size["sqrt2"] == pytest.approx(size["none"] * 2**0.5)
    assert size["sqrt2_n2"] == pytest.approx(size["sqrt2"] * (20 / 18) ** 0.5)
    assert size["sqrt2_w2"] == pytest.approx(size["sqrt2_n2"])
    twice = deviational_ellipse(points, size=2.0)
    assert twice["major_km"][0] == pytest.approx(2 * size["sqrt2"])


@pytest.mark.parametrize("bearing", [0.0, 30.0, 90.0, 150.0])
def test_the_rotation_is_the_bearing_of_the_major_axis(bearing):
    along, across = np.meshgrid([-300, 0, 300], [-100, 0, 100])
    turn = np.radians(bearing)
    east, north = along * np.sin(turn) + across * np.cos(turn), along * np.cos(turn) - across * np.sin(turn)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(5e5 + east.ravel(), 4e6 + north.ravel()), crs="EPSG:32650")
    found = deviational_ellipse(points, axes="none").iloc[0]
    assert found["rotation"] == pytest.approx(bearing)
    assert [found["major_km"], found["minor_km"]] == pytest.approx([0.3 * (2 / 3) ** 0.5, 0.1 * (2 / 3) ** 0.5])
    assert found["flattening"] == pytest.approx(2 / 3)


def test_few_points_flat_and_round():
    one = table((10, 50))
    assert deviational_ellipse(one)["status"].tolist() == ["flat"]
    assert standard_distance(one)["standard_distance_km"].tolist() == [0.0]
    pair = table((10, 50), (11, 50))
    assert deviational_ellipse(pair, convention="crimestat")["status"].tolist() == ["undefined"]
    assert standard_distance(pair, divisor="n-2")["status"].tolist() == ["undefined"]
    corners = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy([0, 0, 9, 9], [4e6, 4e6 + 9, 4e6, 4e6 + 9]), crs="EPSG:32650"
    )
    found = deviational_ellipse(corners)
    assert found[["rotation", "status"]].iloc[0].tolist() == [0.0, "round"]
    same = deviational_ellipse(table((10, 50), (10, 50), (10, 50)))
    assert same["major_km"][0] < 1e-6
    assert same["status"].tolist() == ["flat"]


def test_the_median_resists_a_far_point_and_proves_how_near_it_is():
    points = cloud(31, lon=100)
    points.loc[0, "lon"] = 140.0
    median, mean = median_center(points), mean_center(points)
    assert median["bound_m"][0] <= 1e-3
    assert abs(median["lon"][0] - 100) < 0.6 < abs(mean["lon"][0] - 100)
    read = as_point_values(points, keep="distance")
    x, y = (float(a[0]) for a in read.plane.to_plane(*(median[c].to_numpy() for c in ("lon", "lat"))))
    least = np.hypot(read.x - x, read.y - y).mean()
    for dx, dy in [(50, 0), (-50, 0), (0, 50), (0, -50)]:
        assert np.hypot(read.x - x - dx, read.y - y - dy).mean() > least


def test_a_point_that_holds_half_the_weight_is_the_median():
    points = table((0, 0), (3, 1), (-2, 4), (5, -3)).assign(w=[3.0, 1.0, 1.0, 1.0])
    found = median_center(points, weights="w")
    assert found[["lon", "lat"]].to_numpy()[0] == pytest.approx([0, 0], abs=1e-9)
    assert found[["bound_m", "status"]].iloc[0].tolist() == [0.0, "computed"]
    line = median_center(table((0, 0), (1, 0), (2, 0), (7, 0)))
    assert line["status"].tolist() == ["computed"]
    assert 1 <= round(line["lon"][0], 6) <= 2
    assert median_center(table((4, 4), (4, 4)))[["lon", "bound_m"]].iloc[0].tolist() == pytest.approx([4, 0], abs=1e-9)


def test_rows_in_any_order_give_the_same_numbers():
    points = cloud(40, years=3)
    turned = points.sample(frac=1, random_state=1)
    for measure in (mean_center, median_center, deviational_ellipse):
        one, two = (measure(p, weights="size", by="year") for p in (points, turned))
        assert one.drop(columns="geometry").equals(two.drop(columns="geometry"))


@pytest.mark.parametrize("measure", [mean_center, median_center, deviational_ellipse, kernel_density])
@pytest.mark.parametrize(
    ("points", "options", "error", "message"),
    [
        (table(), {}, OptionError, "at least one point"),
        (table((1, None), place=["甲"]), {}, GeometryError, "got none for 甲"),
        (table((1, 100)), {}, GeometryError, "swapped"),
        (table((1, 1), w=[-1.0]), {"weights": "w"}, OptionError, "weights"),
        (table((1, 1), w=[None]), {"weights": "w"}, OptionError, "weights"),
        (table((1, 1)), {"crs": 4326}, GeometryError, "in meters"),
        (table((0, 0), (120, 0), (-120, 0)), {}, GeometryError, "around the globe"),
        (
            gpd.GeoDataFrame(geometry=[shapely.Point(1, 1)]),
            {},
            GeometryError,
            "no reference system|reference system, got none",
        ),
        (gpd.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)], crs=4326), {}, GeometryError, "a point in every row"),
    ],
)
def test_points_that_cannot_be_placed_say_why(measure, points, options, error, message):
    with pytest.raises(error, match=message):
        measure(points, **options)


def test_a_density_keeps_the_weight_and_its_mask():
    points = cloud(80, years=2)
    for kernel in ("quartic", "gaussian"):
        found = kernel_density(points, weights="size", kernel=kernel, by="year", cell=10)
        mass = found.density.sum(axis=(1, 2)) * 100
        assert mass == pytest.approx(points.groupby("year")["size"].sum().to_numpy(), rel=0.02)
    box = shapely.box(108, 31, 112, 33)
    kept = kernel_density(points, mask=box, by="year", cell=10).cells()
    assert shapely.contains(box.buffer(0.1), kept.geometry.to_numpy()).all()
    assert kept.crs.to_epsg() == 4326
    assert sorted(kept["year"].unique()) == [2000, 2001]


def test_density_at_a_point_by_hand():
    found = kernel_density(table((0, 0)), bandwidth=10, cell=4, kernel="quartic")
    assert found.density.max() == pytest.approx(3 / np.pi / 100)
    with pytest.raises(OptionError, match="give the bandwidth"):
        kernel_density(table((0, 0), (0, 0)))
    with pytest.raises(SizeError):
        kernel_density(cloud(), cell=0.01)
    with pytest.raises(OptionError, match="away from all"):
        kernel_density(cloud(), mask=shapely.box(0, 0, 1, 1))


def test_random_points_fill_an_area_evenly_and_alone():
    plane = plane_around(np.array([0.5]), np.array([0.5]))
    shape = area_in_plane(shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 2.5, 1)]), plane)
    at = scatter(shape, 500, np.arange(20), seed=3).reshape(-1, 2)
    assert shapely.contains_xy(shape.buffer(1e-6), *at.T).all()
    small = shapely.get_parts(shape)[np.argmin(shapely.area(shapely.get_parts(shape)))]
    assert shapely.contains_xy(small, *at.T).mean() == pytest.approx(1 / 3, abs=0.02)


def test_clusters_and_grids_leave_the_envelope():
    rng = np.random.default_rng(7)
    box = shapely.box(0, 0, 1, 1)
    parents = rng.uniform(0.1, 0.9, (12, 2))
    near = np.clip(np.repeat(parents, 6, axis=0) + rng.normal(size=(72, 2)) * 0.01, 0.001, 0.999)
    clustered = k_function(table(*near), area=box, distances=[2, 4], simulations=39)
    assert clustered.table["verdict"].tolist() == ["clustered", "clustered"]
    assert clustered.p_value == pytest.approx(1 / 40)
    assert nearest_neighbor_index(table(*near), area=box)["index"][0] < 0.5
    grid = [(x, y) for x in np.arange(0.05, 1, 0.1) for y in np.arange(0.05, 1, 0.1)]
    assert k_function(table(*grid), area=box, distances=[8], simulations=39).table["verdict"].tolist() == ["regular"]
    assert nearest_neighbor_index(table(*grid), area=box)["index"][0] > 1.7


def test_random_points_are_seldom_called_otherwise():
    rng = np.random.default_rng(11)
    box = shapely.box(0, 0, 1, 1)
    found = [k_function(table(*rng.uniform(size=(40, 2))), area=box, simulations=19).p_value for _ in range(40)]
    assert np.mean(np.array(found) <= 0.1) < 0.25


def test_point_patterns_at_the_limits():
    pair = table((0.2, 0.2), (0.2, 0.2), (0.7, 0.6))
    found = nearest_neighbor_index(pair.assign(year=[1, 1, 2]), area=shapely.box(0, 0, 1, 1), by="year")
    assert found["index"].iloc[0] == 0
    assert found["status"].tolist() == ["computed", "undefined"]
    hull = nearest_neighbor_index(table((0, 0), (1, 0), (0, 1)))
    assert hull["area"].tolist() == ["convex hull"]
    with pytest.raises(GeometryError, match="on one line"):
        nearest_neighbor_index(table((0, 0), (0, 1), (0, 2)))
    with pytest.raises(GeometryError, match="1 of 3 outside"):
        nearest_neighbor_index(pair, area=shapely.box(0, 0, 0.5, 0.5))
    with pytest.raises(OptionError, match="at least two points"):
        k_function(table((0, 0)), area=shapely.box(-1, -1, 1, 1))
    with pytest.raises(OptionError, match="rising numbers"):
        k_function(pair, area=shapely.box(0, 0, 1, 1), distances=[2, 1])
    far = k_function(pair, area=shapely.box(0, 0, 1, 1), distances=[500], simulations=5)
    assert far.table["verdict"].tolist() == ["not tested"]
    assert np.isnan(far.p_value)


def test_an_area_cut_at_the_180th_meridian_is_one():
    plane = plane_around(np.array([179.0, -179.0]), np.array([0.0, 0.0]))
    cut = shapely.MultiPolygon([shapely.box(179, 0, 180, 1), shapely.box(-180, 0, -179, 1)])
    shape = area_in_plane(cut, plane)
    assert shape.geom_type == "Polygon"
    assert shape.area == pytest.approx(2 * area_in_plane(shapely.box(179, 0, 180, 1), plane).area, rel=1e-4)
