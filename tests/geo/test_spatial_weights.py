"""Check weights between places: by hand, against libpysal, and under other orders of rows."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from libpysal.graph import Graph
from shapely import Point, box

from innoscape.data import InnoscapeWarning
from innoscape.data.errors import GeometryError, OptionError, TableError
from innoscape.geo import SpatialWeights, distance_matrix, spatial_weights


def grid(size=4):
    """Give a chessboard of areas."""
    cells = [(f"{i}{j}", box(i, j, i + 1, j + 1)) for i in range(size) for j in range(size)]
    return gpd.GeoDataFrame({"place": [name for name, _ in cells]}, geometry=[area for _, area in cells], crs=3857)


def points(n=40, seed=0):
    """Give places all over the world, on both sides of the antimeridian."""
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(-180, 180, n), rng.uniform(-70, 70, n)
    return pd.DataFrame({"place": [f"p{i:02d}" for i in range(n)], "lon": lon, "lat": lat})


@pytest.mark.parametrize(("method", "rook"), [("queen", False), ("rook", True)])
def test_contiguity_agrees_with_libpysal(method, rook):
    areas = grid()
    ours = spatial_weights(areas, method=method, scaling="none")
    peer = Graph.build_contiguity(areas.set_index("place"), rook=rook)
    assert (ours.matrix.toarray() == peer.sparse.toarray()).all()
    two = spatial_weights(areas, method=method, order=2, scaling="none")
    assert (two.matrix.toarray() == peer.higher_order(2, lower_order=True).sparse.toarray()).all()


@pytest.mark.parametrize("method", ["queen", "rook"])
def test_areas_that_meet_at_the_180th_meridian_touch(method):
    boxes = [
        shapely.box(178, 0, 180, 2),
        shapely.box(-180, 1, -178, 3),
        shapely.box(-180, 2, -179, 4),
        shapely.box(0, 0, 1, 1),
    ]
    places = gpd.GeoDataFrame({"place": list("abcd")}, geometry=boxes, crs=4326)
    with pytest.warns(InnoscapeWarning, match=r"without a neighbor: d;"):
        ours = spatial_weights(places, method=method, scaling="none")
    found = {(one, two) for one, two, _ in ours.table().itertuples(index=False)}
    # a and c share a corner alone
    expected = {("a", "b"), ("b", "c")} | ({("a", "c")} if method == "queen" else set())
    assert found == expected | {(two, one) for one, two in expected}


def test_nearest_and_bands_are_those_of_all_distances():
    places = points()
    far = distance_matrix(places).to_numpy() + np.diag(np.full(len(places), np.inf))
    for k in (1, 3, len(places) - 1):
        ours = spatial_weights(places, neighbors=k, scaling="none").matrix.toarray()
        expected = np.zeros_like(far)
        np.put_along_axis(expected, np.argsort(far, axis=1)[:, :k], 1.0, axis=1)
        assert (ours == expected).all()
    radius = float(np.quantile(far[np.isfinite(far)], 0.2))
    assert (
        spatial_weights(places, method="band", radius=radius, scaling="none").matrix.toarray() == (far <= radius)
    ).all()
    least = spatial_weights(places, method="band", scaling="none")
    assert (least.matrix.toarray() == (far <= far.min(axis=1).max())).all()
    inverse = spatial_weights(places, method="inverse", power=2, radius=radius, scaling="none").matrix.toarray()
    assert inverse == pytest.approx(np.where(far <= radius, far**-2.0, 0.0))


def test_costs_stand_in_for_distances():
    places = pd.DataFrame({"place": ["a", "b", "c"]})
    minutes = pd.DataFrame([[0, 30, 90], [30, 0, np.inf], [90, np.nan, 0]], list("abc"), list("abc"))
    ours = spatial_weights(places, method="inverse", costs=minutes, scaling="none")
    assert ours.table().to_numpy().tolist() == [
        ["a", "b", 1 / 30],
        ["a", "c", 1 / 90],
        ["b", "a", 1 / 30],
        ["c", "a", 1 / 90],
    ]


@pytest.mark.parametrize("kernel", ["triangular", "uniform", "quadratic", "quartic", "gaussian"])
def test_kernels_agree_with_libpysal(kernel):
    rng = np.random.default_rng(2)
    places = pd.DataFrame({"place": [f"p{i}" for i in range(20)], "x": rng.random(20), "y": rng.random(20)})
    far = np.hypot(*(places[c].to_numpy()[:, None] - places[c].to_numpy() for c in "xy"))
    costs = pd.DataFrame(far, places["place"], places["place"].tolist())
    ours = spatial_weights(places, method="kernel", kernel=kernel, bandwidth=0.5, costs=costs, scaling="none")
    names = {
        "triangular": "triangular",
        "uniform": "boxcar",
        "quadratic": "parabolic",
        "quartic": "bisquare",
        "gaussian": "gaussian",
    }
    layer = gpd.GeoSeries([Point(x, y) for x, y in zip(places["x"], places["y"], strict=True)], index=places["place"])
    peer = Graph.build_kernel(layer, kernel=names[kernel], bandwidth=0.5).sparse.toarray()
    np.fill_diagonal(peer, 0)
    mine = ours.matrix.toarray()
    scale = mine[peer > 0] / peer[peer > 0]
    # programs differ by a constant factor of each kernel
    assert scale == pytest.approx(scale[0])
    assert kernel == "gaussian" or (mine[peer == 0] == 0).all()


def test_a_bandwidth_for_each_place_reaches_its_last_neighbor():
    ours = spatial_weights(points(), method="kernel", neighbors=5, scaling="none")
    assert (ours.neighbors == 5).all()


def test_likeness_is_the_inverse_difference():
    product = pd.Series({"a": 1.0, "b": 3.0, "c": 7.0}, name="gdp")
    ours = spatial_weights(pd.DataFrame({"place": list("abc")}), method="likeness", values=product, scaling="none")
    assert ours.matrix.toarray().tolist() == [[0, 1 / 2, 1 / 6], [1 / 2, 0, 1 / 4], [1 / 6, 1 / 4, 0]]
    near = SpatialWeights.from_matrix(pd.DataFrame([[0, 1, 0], [1, 0, 1], [0, 1, 0]], list("cba"), list("cba")))
    assert ours.nested(near).table()["value"].tolist() == [1 / 2, 1 / 2, 1 / 4, 1 / 4]


def test_equal_values_are_alike_by_the_least_difference():
    places, product = pd.DataFrame({"place": list("abc")}), pd.Series({"a": 1.0, "b": 1.0, "c": 5.0})

    def weights(**options):
        ours = spatial_weights(places, method="likeness", values=product, scaling="none", **options)
        return ours.matrix.toarray().tolist()

    with pytest.raises(OptionError, match="equal ones at a, b;"):
        weights()
    assert weights(least="smallest") == [[0, 1 / 4, 1 / 4], [1 / 4, 0, 1 / 4], [1 / 4, 1 / 4, 0]]
    assert weights(least=0.5) == [[0, 2, 1 / 4], [2, 0, 1 / 4], [1 / 4, 1 / 4, 0]]
    product[:] = 1.0
    with pytest.raises(OptionError, match="the same at every place"):
        weights(least="smallest")
    for wrong in (0, "largest"):
        with pytest.raises(OptionError, match="least"):
            weights(least=wrong)


def test_scalings_add_up():
    weights = spatial_weights(points(), method="inverse", scaling="none")
    dense = weights.matrix.toarray()
    assert weights.scaled("row").matrix.sum(axis=1) == pytest.approx(1)
    assert weights.scaled("total").matrix.sum() == pytest.approx(40)
    variance = weights.scaled("variance").matrix.toarray()
    assert variance.sum() == pytest.approx(40)
    assert np.ptp(np.sqrt((variance**2).sum(axis=1))) == pytest.approx(0, abs=1e-12)
    assert np.abs(np.linalg.eigvals(weights.scaled("spectral").matrix.toarray())).max() == pytest.approx(1)
    assert weights.scaled("largest_sum").matrix.toarray() == pytest.approx(dense / dense.sum(axis=1).max())
    assert set(weights.scaled("binary").matrix.data) == {1.0}


def test_large_matrices_have_the_same_spectral_radius():
    weights = spatial_weights(points(600, 5), neighbors=4, scaling="none").symmetrized("max")
    scaled = weights.scaled("spectral").matrix
    assert np.abs(np.linalg.eigvalsh(scaled.toarray())).max() == pytest.approx(1)


def test_graphs_go_there_and_back():
    weights = spatial_weights(points(), neighbors=3)
    back = SpatialWeights.from_graph(weights.to_graph())
    assert back.places.tolist() == weights.places.tolist()
    assert (back.matrix != weights.matrix).nnz == 0


def test_row_order_changes_nothing():
    places = points()
    mixed = places.sample(frac=1, random_state=3)
    one = spatial_weights(places, method="inverse").table()
    pd.testing.assert_frame_equal(one, spatial_weights(mixed, method="inverse").table(), rtol=1e-15)
    tied = pd.DataFrame({"place": list("abcde"), "lon": [0.0, 1, -1, 0, 0], "lat": [0.0, 0, 0, 50, -50]})
    first = [spatial_weights(t, neighbors=1).table() for t in (tied, tied.iloc[::-1])]
    pd.testing.assert_frame_equal(*first)
    assert first[0].query("origin == 'a'")["destination"].tolist() == ["b"]


def test_flows_become_weights_and_keep_their_islands():
    flows = pd.DataFrame({"origin": ["a", "a", "b", "a"], "destination": ["b", "b", "c", "a"], "value": [1, 2, 5, 9]})
    weights = SpatialWeights.from_table(flows, places=["a", "b", "c", "d"])
    assert weights.table().to_numpy().tolist() == [["a", "b", 3.0], ["b", "c", 5.0]]
    assert weights.islands == ["c", "d"]
    assert weights.symmetrized("sum").islands == ["d"]
    assert weights.symmetrized("mean").without_islands().places.tolist() == ["a", "b", "c"]
    assert weights.symmetrized("min").without_islands().places.tolist() == []


def test_what_does_not_fit_is_refused():
    places = points(5)
    with pytest.raises(GeometryError, match="needed an area of every place"):
        spatial_weights(places, method="queen")
    with pytest.raises(OptionError, match="did you mean 'nearest'"):
        spatial_weights(places, method="nearst")
    with pytest.raises(OptionError, match="unknown option 'k'"):
        spatial_weights(places, k=3)
    with pytest.raises(OptionError, match="from 1 to 4"):
        spatial_weights(places, neighbors=5)
    with pytest.raises(OptionError, match="at least two for method 'nearest', got 1"):
        spatial_weights(places.head(1))
    with pytest.raises(TableError, match="a key in every row, got 5 rows without one"):
        spatial_weights(places.assign(place=None))
    same = places.assign(lon=1.0, lat=2.0)
    with pytest.raises(GeometryError, match="p00 and p01"):
        spatial_weights(same, method="inverse")
    with pytest.raises(OptionError, match=r"costs \(rows\): needed a number for every place, got none for p04"):
        spatial_weights(places, costs=distance_matrix(places.head(4)))
    with pytest.raises(OptionError, match="on one side only b"):
        SpatialWeights.from_matrix(pd.DataFrame([[0.0]], ["a"], ["b"]).reindex(columns=["a", "b"]))
    with pytest.raises(OptionError, match="finite weights of at least 0"):
        SpatialWeights.from_matrix(pd.DataFrame([[0, -1.0], [1, 0]], list("ab"), list("ab")))
