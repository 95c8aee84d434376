"""Centers and ellipses agree with pointpats 2.5.5, patterns with R's spatstat 3, densities with scikit-learn 1.9.1."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from innoscape.geo import (
    deviational_ellipse,
    k_function,
    kernel_density,
    mean_center,
    median_center,
    nearest_neighbor_index,
    standard_distance,
)

X = np.array([12, 35, 48, 71, 90, 15, 33, 52, 78, 94, 22, 41, 63, 85, 7, 29, 58, 66, 81, 97.0])
Y = np.array([14, 8, 22, 31, 11, 47, 39, 55, 42, 60, 71, 83, 66, 90, 88, 95, 79, 52, 70, 26.0])
SIZE = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4.0])
CRS = "EPSG:32650"


def layer(x, y, scale=1.0):
    shapes = gpd.points_from_xy(500_000 + scale * x, 4_000_000 + scale * y)
    return gpd.GeoDataFrame({"size": SIZE[: len(x)]}, geometry=shapes, crs=CRS)


def area(shape):
    return gpd.GeoSeries([shapely.affinity.translate(shape, 500_000, 4_000_000)], crs=CRS)


def back(found):
    at = gpd.GeoSeries(gpd.points_from_xy(found["lon"], found["lat"]), crs=4326).to_crs(CRS)
    return at.x.to_numpy() - 500_000, at.y.to_numpy() - 4_000_000


def test_centers_and_the_standard_distance_agree_with_pointpats():
    pysal = pytest.importorskip("pointpats.centrography")
    at = np.column_stack([X, Y])
    assert np.ravel(back(mean_center(layer(X, Y)))) == pytest.approx(pysal.mean_center(at), abs=1e-6)
    weighted = back(mean_center(layer(X, Y), weights="size"))
    assert np.ravel(weighted) == pytest.approx(pysal.weighted_mean_center(at, SIZE), abs=1e-6)
    found = median_center(layer(X, Y), tolerance=1e-9)
    theirs = pysal.euclidean_median(at)
    assert np.ravel(back(found)) == pytest.approx(theirs, abs=1e-3)
    assert found["mean_distance_km"].iloc[0] * 1000 <= np.hypot(*(at - theirs).T).mean() + 1e-9
    assert standard_distance(layer(X, Y))["standard_distance_km"].iloc[0] == pytest.approx(
        pysal.std_distance(at) / 1000
    )


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    ("convention", "options"),
    [
        ({"convention": "crimestat"}, {"method": "crimestat"}),
        ({"convention": "pointpats"}, {}),
        ({"axes": "none"}, {"method": "yuill", "crimestatCorr": False, "degfreedCorr": False}),
        ({"convention": "arcgis"}, {"method": "yuill", "crimestatCorr": True, "degfreedCorr": False}),
    ],
)
def test_ellipses_agree_with_pointpats(convention, options, weighted):
    pysal = pytest.importorskip("pointpats.centrography")
    row = deviational_ellipse(layer(X, Y), weights="size" if weighted else None, **convention).iloc[0]
    axes = pysal.ellipse(np.column_stack([X, Y]), weights=SIZE if weighted else None, **options)
    assert [row["major_km"], row["minor_km"]] == pytest.approx(np.sort(axes[:2])[::-1] / 1000)
    # theirs is counterclockwise from east
    assert row["rotation"] == pytest.approx((90 - np.degrees(axes[2])) % 180)


def test_weights_as_counts_are_those_of_aspace_and_of_a_layer_that_spells_them():
    spelled = layer(X, Y).loc[np.repeat(np.arange(20), SIZE.astype(int))].reset_index(drop=True)
    mine = deviational_ellipse(layer(X, Y), convention="r-aspace", weights="size").iloc[0]
    theirs = deviational_ellipse(spelled, convention="crimestat").iloc[0]
    assert mine["major_km"] == pytest.approx(theirs["major_km"])
    assert mine["minor_km"] == pytest.approx(theirs["minor_km"])


SQUARE = shapely.box(0, 0, 100, 100)
NOTCHED = shapely.Polygon([(0, 0), (100, 0), (100, 100), (50, 60), (0, 100)])


@pytest.mark.parametrize(("correction", "index"), [("none", 1.56226753557), ("donnelly", 1.40944543317)])
def test_clark_and_evans_agree_with_spatstat(correction, index):
    found = nearest_neighbor_index(layer(X, Y), area=area(SQUARE), correction=correction).iloc[0]
    assert found["index"] == pytest.approx(index)
    if correction == "none":
        assert found["p_value"] == pytest.approx(1.50586489e-06)


@pytest.mark.parametrize(
    ("correction", "shape", "k"),
    [
        ("none", SQUARE, [0, 0, 210.526315789, 631.578947368, 1157.894736842]),
        ("border", SQUARE, [0, 0, 333.333333333, 833.333333333, 1500]),
        ("none", NOTCHED, [0, 0, 200, 600, 1066.66666667]),
        ("border", NOTCHED, [0, 0, 333.333333333, 500, 1000]),
    ],
)
def test_k_agrees_with_spatstat(correction, shape, k):
    inside = shapely.contains_xy(shape, X, Y)
    steps = np.arange(1, len(k) + 1) * 0.0049
    found = k_function(
        layer(X[inside], Y[inside]), area=area(shape), distances=steps, correction=correction, simulations=0
    )
    assert found.table["k"].to_numpy() * 1e6 == pytest.approx(k)


def test_gaussian_densities_agree_with_scikit_learn():
    neighbors = pytest.importorskip("sklearn.neighbors")
    surface = kernel_density(layer(X, Y, 1000.0), weights="size", bandwidth=12.5, kernel="gaussian", cell=5)
    cell, _, west, _, _, north = surface.transform
    rows, columns = surface.density.shape[1:]
    grid = np.meshgrid(west + cell * (np.arange(columns) + 0.5), north - cell * (np.arange(rows) + 0.5))
    at = np.column_stack([one.ravel() for one in grid])
    places = np.column_stack([500_000 + 1000 * X, 4_000_000 + 1000 * Y])
    theirs = neighbors.KernelDensity(bandwidth=12_500).fit(places, sample_weight=SIZE)
    expected = np.exp(theirs.score_samples(at)) * SIZE.sum() * 1e6
    assert surface.density.ravel() == pytest.approx(expected, rel=1e-9)


def test_the_rule_of_scott_is_that_of_scikit_learn_on_even_axes():
    neighbors = pytest.importorskip("sklearn.neighbors")
    place = np.column_stack([X - X.mean(), Y - Y.mean()])
    even = np.linalg.solve(np.linalg.cholesky(np.cov(place.T)), place.T).T * 10
    found = kernel_density(layer(*even.T, 1000.0), bandwidth="scott", kernel="gaussian", cell=5).bandwidth_km[0]
    theirs = neighbors.KernelDensity(bandwidth="scott").fit(even).bandwidth_
    assert found == pytest.approx(10 * theirs)
    assert pd.notna(found)
