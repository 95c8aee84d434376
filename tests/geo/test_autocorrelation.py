"""Check statistics of spatial autocorrelation against all orders there are, against esda and against themselves."""

import itertools

import esda
import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from numba import get_num_threads, set_num_threads
from scipy import sparse

from innoscape.data.errors import InnoscapeWarning, OptionError
from innoscape.geo import SpatialWeights, autocorrelation, local_autocorrelation, spatial_weights

ORDERS = np.array(list(itertools.permutations(range(6))))
PLACES = list("abcdef")


def small(*, binary=False):
    """Give six places with odd, asymmetric weights and a value each."""
    rng = np.random.default_rng(3)
    matrix = rng.random((6, 6)) * (rng.random((6, 6)) < 0.6)
    np.fill_diagonal(matrix, 0)
    values = np.array([1, 0, 1, 1, 0, 0.0]) if binary else np.array([3.0, 1.0, 4.0, 1.5, 9.0, 2.6])
    return pd.Series(values, PLACES), SpatialWeights(sparse.csr_array(matrix), pd.Index(PLACES))


def many(n=60, seed=1, **options):
    """Give places, a field that is smooth over them, and their nearest neighbors."""
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(100, 120, n), rng.uniform(25, 40, n)
    places = pd.DataFrame({"place": [f"p{i:03d}" for i in range(n)], "lon": lon, "lat": lat})
    values = pd.Series(np.exp(lon / 8 - 12 + rng.normal(0, 0.5, n)), places["place"])
    return values, spatial_weights(places, method="nearest", neighbors=6, **options)


@pytest.mark.parametrize("statistic", ["moran", "geary", "getis_ord", "join_count"])
def test_moments_are_those_of_all_orders(statistic):
    values, weights = small(binary=statistic == "join_count")
    options = {"statistic": statistic, "permutations": 0}
    found = autocorrelation(values, weights, **options).set_index("statistic")
    table = pd.DataFrame(values.to_numpy()[ORDERS].T, PLACES)
    drawn = autocorrelation(table, weights, **options).groupby("statistic")["value"]
    for column, expected in (("expected", drawn.mean()), ("standard_deviation", drawn.std(ddof=0))):
        assert found[column].to_numpy() == pytest.approx(expected[found.index].to_numpy(), rel=1e-9)


def test_moments_of_two_variables_are_those_of_all_orders():
    values, weights = small()
    other = pd.Series([2.0, 7.0, 1.0, 8.0, 2.8, 1.9], PLACES)
    options = {"statistic": "bivariate_moran", "permutations": 0, "other": other}
    found = autocorrelation(values, weights, **options).iloc[0]
    drawn = autocorrelation(pd.DataFrame(values.to_numpy()[ORDERS].T, PLACES), weights, **options)["value"]
    assert found["expected"] == pytest.approx(drawn.mean(), abs=1e-12)
    assert found["standard_deviation"] == pytest.approx(drawn.std(ddof=0))


def test_small_sets_take_every_order():
    values, weights = small()
    found = autocorrelation(values, weights, permutations=720).iloc[0]
    drawn = autocorrelation(pd.DataFrame(values.to_numpy()[ORDERS].T, PLACES), weights, permutations=0)["value"]
    far = np.abs(drawn - found["expected"]) >= abs(found["value"] - found["expected"]) - 1e-12
    assert found["permutations"] == 720
    assert found["p_permutation"] == pytest.approx(far.mean())


@pytest.mark.parametrize("scaling", ["row", "none"])
def test_global_statistics_agree_with_esda(scaling):
    values, weights = many(scaling=scaling)
    w, y = weights.to_graph().to_W(), values.to_numpy()
    w.transform = "o"
    ours = {
        name: autocorrelation(values, weights, statistic=name, permutations=0).iloc[0]
        for name in ("moran", "geary", "getis_ord")
    }
    moran, geary, ord_ = (
        esda.Moran(y, w, "o", permutations=0),
        esda.Geary(y, w, "o", permutations=0),
        esda.G(y, w, permutations=0),
    )
    assert ours["moran"][["value", "z"]].tolist() == pytest.approx([moran.I, moran.z_rand])
    assert ours["geary"][["value", "z"]].tolist() == pytest.approx([geary.C, geary.z_rand])
    if scaling == "none":
        assert ours["getis_ord"][["value", "z"]].tolist() == pytest.approx([ord_.G, ord_.z_norm])
    normal = autocorrelation(values, weights, assumption="normality", permutations=0).iloc[0]
    assert normal["z"] == pytest.approx(moran.z_norm)
    normal = autocorrelation(values, weights, statistic="geary", assumption="normality", permutations=0).iloc[0]
    assert normal["z"] == pytest.approx(geary.z_norm)


@pytest.mark.filterwarnings("ignore:The inplace keyword:DeprecationWarning")
def test_join_counts_agree_with_esda():
    values, weights = many(scaling="none")
    weights = weights.symmetrized("max")
    black = (values > values.median()).astype(float)
    found = autocorrelation(black, weights, statistic="join_count", permutations=0).set_index("statistic")["value"]
    w = weights.to_graph().to_W()
    peer = esda.Join_Counts(black.to_numpy(), w, permutations=0)
    assert found[["both_1", "both_0", "unlike"]].tolist() == pytest.approx([peer.bb, peer.ww, peer.bw])


@pytest.mark.filterwarnings("ignore:Gi. requested:UserWarning", "ignore:The inplace keyword:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:The alternative hypothesis:DeprecationWarning")
def test_local_statistics_agree_with_esda():
    values, weights = many()
    w, y = weights.to_graph().to_W(), values.to_numpy()
    moran = esda.Moran_Local(y, w, permutations=0)
    found = local_autocorrelation(values, weights, variance="n-1", permutations=0)
    assert found["value"].to_numpy() == pytest.approx(moran.Is)
    # its variance is that of the other scaling than its value
    over_n = local_autocorrelation(values, weights, variance="n", permutations=0)
    assert over_n["standard_deviation"].to_numpy() ** 2 == pytest.approx(moran.VIc)
    named = pd.Series(moran.q).map({1: "high-high", 2: "low-high", 3: "low-low", 4: "high-low"})
    assert found["quadrant"].tolist() == named.tolist()
    star = esda.G_Local(y, w, transform="R", permutations=0, star=True)
    ours = local_autocorrelation(values, weights, statistic="getis_ord_star", permutations=0)
    assert ours["value"].to_numpy() == pytest.approx(star.Gs)
    plain = esda.G_Local(y, w, transform="R", permutations=0, star=False)
    ours = local_autocorrelation(values, weights, statistic="getis_ord", permutations=0)
    assert ours["value"].to_numpy() == pytest.approx(plain.Gs)
    # its z is that of weights 0 and 1 alone
    binary = weights.scaled("binary")
    plain = esda.G_Local(y, binary.to_graph().to_W(), transform="B", permutations=0, star=False)
    ours = local_autocorrelation(values, binary, statistic="getis_ord", permutations=0)
    assert ours["z"].to_numpy() == pytest.approx(plain.Zs)
    geary = esda.Geary_Local(w, permutations=0).fit(y)
    ours = local_autocorrelation(values, weights, statistic="geary", permutations=0)
    assert ours["value"].to_numpy() == pytest.approx(geary.localG)


@pytest.mark.parametrize("statistic", ["moran", "geary", "getis_ord"])
def test_local_moments_are_those_of_all_orders_of_the_others(statistic):
    values, weights = small()
    options = {"statistic": statistic, "permutations": 0}
    found = local_autocorrelation(values, weights, **options).set_index("place").loc["c"]
    # the place keeps its value
    kept = ORDERS[ORDERS[:, 2] == 2]
    table = pd.DataFrame(values.to_numpy()[kept].T, PLACES)
    drawn = local_autocorrelation(table, weights, **options).query("place == 'c'")["value"]
    assert found["expected"] == pytest.approx(drawn.mean())
    assert found["standard_deviation"] == pytest.approx(drawn.std(ddof=0))


@pytest.mark.parametrize("statistic", ["moran", "geary", "getis_ord", "getis_ord_star"])
def test_random_draws_come_close_to_all_orders(statistic):
    values, weights = small()
    options = {"statistic": statistic, "alternative": "greater"}
    found = local_autocorrelation(values, weights, permutations=9_999, **options).set_index("place")
    for at, place in [*enumerate(PLACES)][::3]:
        kept = ORDERS[ORDERS[:, at] == at]
        table = pd.DataFrame(values.to_numpy()[kept].T, PLACES)
        drawn = local_autocorrelation(table, weights, statistic=statistic, permutations=0).query("place == @place")
        share = (drawn["value"] >= found.loc[place, "value"] - 1e-12).mean()
        assert found.loc[place, "p_permutation"] == pytest.approx(share, abs=0.016)


def test_neither_row_order_nor_threads_change_a_bit():
    values, weights = many(200)
    mixed = weights.places.to_series().sample(frac=1, random_state=4).tolist()
    one = local_autocorrelation(values, weights).set_index("place")
    two = local_autocorrelation(values.loc[mixed], weights.of(mixed)).set_index("place").loc[one.index]
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    whole = autocorrelation(values, weights)
    pd.testing.assert_frame_equal(whole, autocorrelation(values.loc[mixed], weights.of(mixed)), check_exact=True)
    threads = get_num_threads()
    set_num_threads(1)
    try:
        pd.testing.assert_frame_equal(one, local_autocorrelation(values, weights).set_index("place"), check_exact=True)
    finally:
        set_num_threads(threads)


def test_locals_add_up_to_the_whole():
    values, weights = many()
    found = local_autocorrelation(values, weights, permutations=0)["value"]
    whole = autocorrelation(values, weights, permutations=0)["value"].iloc[0]
    assert found.sum() / weights.matrix.sum() == pytest.approx(whole)


def test_corrections_adjust_what_was_tested():
    values, weights = many()
    p = local_autocorrelation(values, weights)["p_permutation"]
    bonferroni = local_autocorrelation(values, weights, correction="bonferroni")["p_adjusted"]
    assert bonferroni.to_numpy() == pytest.approx(np.minimum(p * len(p), 1.0))
    fdr = local_autocorrelation(values, weights, correction="fdr")["p_adjusted"]
    order = p.sort_values()
    steps = order * len(p) / np.arange(1, len(p) + 1)
    assert fdr.loc[order.index].to_numpy() == pytest.approx(np.minimum(steps[::-1].cummin()[::-1], 1.0))


def test_islands_are_named_and_have_no_numbers():
    table = pd.DataFrame({"origin": list("abcd"), "destination": list("badc"), "value": 1.0})
    weights = SpatialWeights.from_table(table, places=list("abcde"))
    found = local_autocorrelation(pd.Series(range(5), list("abcde")), weights, permutations=0).set_index("place")
    assert found.loc["e", "cluster"] == "island"
    assert found.loc["e", ["value", "z", "p_normal", "p_adjusted", "lag"]].isna().all()
    assert found.drop("e")["value"].notna().all()
    assert autocorrelation(pd.Series(range(5), list("abcde")), weights)["islands"].tolist() == [1]


def test_bad_values_are_refused_all_at_once():
    values, weights = small()
    table = pd.DataFrame({"flat": 1.0, "below": -values}, PLACES)
    with pytest.raises(
        OptionError, match=r"flat: needed values that differ, got 1 everywhere; values below: .*a, b, c"
    ):
        autocorrelation(table, weights, statistic="getis_ord")
    with pytest.raises(OptionError, match="got nan at b"):
        autocorrelation(values.where(values != 1.0), weights)
    with pytest.raises(OptionError, match="statistic: needed one of"):
        local_autocorrelation(values, weights, statistic="join_count")
    with pytest.raises(OptionError, match="0 and 1 alone, got others at a, c, d, e, f"):
        autocorrelation(values, weights, statistic="join_count")
    with pytest.raises(OptionError, match="variance: has no part with statistic='getis_ord_star'"):
        local_autocorrelation(values, weights, statistic="getis_ord_star", variance="n-1")
    with pytest.raises(OptionError, match="needed a second variable"):
        autocorrelation(values, weights, statistic="bivariate_moran")
    with pytest.raises(OptionError, match="values: needed a number for every place, got none for f"):
        autocorrelation(values.drop("f"), weights)
    with pytest.raises(OptionError, match="at least 4 places"):
        autocorrelation(values, weights.of(["a", "b", "c"]))


def test_islands_are_warned_of_when_weights_are_built():
    places = pd.DataFrame({"place": ["a", "b", "c"], "lon": [0.0, 0.1, 50.0], "lat": [0.0, 0.0, 0.0]})
    with pytest.warns(InnoscapeWarning, match="without a neighbor: c"):
        spatial_weights(places, method="band", radius=100)


def test_products_of_one_value_above_0_are_refused():
    line = pd.DataFrame({"origin": list("abcde"), "destination": list("bcdea"), "value": 1.0})
    weights = SpatialWeights.from_table(line).symmetrized("max").scaled("row")
    values = pd.Series({"a": 0.0, "b": 0.0, "c": 4.0, "d": 0.0, "e": 0.0})
    for test in (autocorrelation, local_autocorrelation):
        with pytest.raises(OptionError, match="at least two values above 0, got one, at c"):
            test(values, weights, statistic="getis_ord", permutations=0)


@pytest.mark.parametrize("statistic", ["moran", "geary", "getis_ord"])
@pytest.mark.parametrize("permutations", [0, 99])
@pytest.mark.parametrize("n", [4, 5, 8, 12])
def test_what_no_order_changes_stays_at_its_expectation(statistic, permutations, n):
    places = [f"p{i}" for i in range(n)]
    everyone = pd.DataFrame(
        [(a, b, 1.0) for a, b in itertools.permutations(places, 2)], columns=["origin", "destination", "value"]
    )
    weights = SpatialWeights.from_table(everyone).scaled("row")
    values = pd.Series(np.random.default_rng(1).lognormal(size=n), places)
    found = autocorrelation(values, weights, statistic=statistic, permutations=permutations).iloc[0]
    assert found["value"] == found["expected"]
    assert (found["standard_deviation"], found["z"], found["p_normal"]) == (0, 0, 1)
    assert found["p_permutation"] == 1 if permutations else np.isnan(found["p_permutation"])


def test_one_odd_value_among_regular_weights_is_no_pattern():
    ring = pd.DataFrame({"origin": PLACES, "destination": [*PLACES[1:], PLACES[0]], "value": 1.0})
    weights = SpatialWeights.from_table(ring).symmetrized("sum").scaled("row")
    found = autocorrelation(pd.Series([7.0, 0, 0, 0, 0, 0], PLACES), weights, permutations=99).iloc[0]
    assert (found["z"], found["p_permutation"]) == (0, 1)


def test_moments_of_products_hold_for_values_that_hardly_differ():
    values, weights = small()
    close = 1e5 + values
    found = autocorrelation(close, weights, statistic="getis_ord", permutations=0).iloc[0]
    x = close.to_numpy() - 1e5
    # exact: deviations of G from its middle, over all orders
    w = weights.of(PLACES).matrix.toarray()
    sums, z = w.sum(axis=0) + w.sum(axis=1), x - x.mean()
    middle, total = close.mean(), float(close.sum() ** 2 - (close**2).sum())
    moved = [middle * float(sums @ z[list(order)]) + float(z[list(order)] @ w @ z[list(order)]) for order in ORDERS]
    assert found["standard_deviation"] == pytest.approx(np.std(moved) / total, rel=1e-9)


@pytest.mark.parametrize("values", [[1e200, 2e200, 5e200, 1e200, 3e200, 1e199], [1e-200, 3e-200, 0, 0, 1e-201, 0]])
@pytest.mark.parametrize("measure", [autocorrelation, local_autocorrelation])
def test_numbers_whose_powers_are_none_are_refused(measure, values):
    with pytest.raises(OptionError, match="take another unit"):
        measure(pd.Series(values, PLACES), small()[1])


def test_differences_by_rounding_are_none():
    with pytest.raises(OptionError, match="needed values that differ"):
        autocorrelation(pd.Series([0.3, 0.1 + 0.2, 0.3, 0.3, 0.3, 0.3], PLACES), small()[1])


def test_words_are_no_values():
    with pytest.raises(OptionError, match=r"values .*: needed numbers"):
        autocorrelation(pd.Series(list("uvwxyz"), PLACES), small()[1])


def test_outlines_that_cross_themselves_have_neighbors():
    bow = [shapely.Polygon([(i, 0), (i + 1, 1), (i + 1, 0), (i, 1)]) for i in range(3)]
    areas = gpd.GeoDataFrame({"place": list("abc")}, geometry=bow, crs=4326)
    found = spatial_weights(areas, method="rook").matrix.toarray() > 0
    np.testing.assert_array_equal(found, [[False, True, False], [True, False, True], [False, True, False]])


def test_a_table_with_places_in_a_column_is_told_how_to_pass_them():
    places = pd.DataFrame({"place": list("abcd"), "lon": [0.0, 1.0, 2.0, 3.0], "lat": 0.0})
    weights = spatial_weights(places, neighbors=1)
    table = pd.DataFrame({"place": list("abcd"), "value": [1.0, 2.0, 4.0, 3.0]})
    with pytest.raises(OptionError, match=r"pass values\.set_index\('place'\)"):
        autocorrelation(table, weights)
    assert len(autocorrelation(table.set_index("place"), weights)) == 1
