"""Nested market areas: against Christaller's three lattices, hand figures and the laws of sharing."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data.errors import OptionError, TableError
from innoscape.geo import distance_matrix, market_area_layer, market_areas

TIERS = ["top", "middle", "low"]
# which points of the triangular lattice are centers of the next tier
HIGHER = {
    3: lambda i, j: (i - j) % 3 == 0,
    4: lambda i, j: (i % 2 == 0) & (j % 2 == 0),
    7: lambda i, j: (i - 2 * j) % 7 == 0,
}


def lattice(k, size):
    """Return the centers and distances of a triangular lattice that closes on itself, a tier above and one below."""
    i, j = np.divmod(np.arange(size * size), size)
    squares = np.full((i.size, i.size), np.inf)
    for a in (-size, 0, size):
        for b in (-size, 0, size):
            across, up = i[:, None] - i + a, j[:, None] - j + b
            squares = np.minimum(squares, across**2 + across * up + up**2)
    names = [f"{a}-{b}" for a, b in zip(i, j, strict=True)]
    tier = np.where(HIGHER[k](i, j), "national", "regional")
    return pd.DataFrame({"place": names, "tier": tier}), pd.DataFrame(np.sqrt(squares), names, names)


@pytest.mark.parametrize(
    ("k", "size", "principle", "parts"), [(3, 6, "marketing", 3), (4, 6, "transport", 2), (7, 7, "administrative", 1)]
)
def test_the_lattices_of_christaller_have_their_k(k, size, principle, parts):
    centers, costs = lattice(k, size)
    found = market_areas(centers, costs)
    row = found.k.iloc[0]
    assert (row["k"], row["principle"], row["expected"], row["ratio"]) == (k, principle, k, 1.0)
    # each center holds its own area and as many parts of its six neighbors as the principle says
    np.testing.assert_allclose(found.centers["k"], k)
    np.testing.assert_allclose(found.members["share"], 1 / parts)


CENTERS = pd.DataFrame({"place": list("abcdef"), "tier": ["top", "top", "middle", "middle", "low", "low"]})
AT = np.array([0.0, 10, 4, 7, 5.2, 8])
COSTS = pd.DataFrame(np.abs(AT[:, None] - AT), list("abcdef"), list("abcdef"))


def test_areas_on_a_line_by_hand():
    found = market_areas(CENTERS, COSTS, tiers=TIERS)
    low = found.members[found.members["tier"] == "middle"].set_index("place")
    # 5.2 is nearest to c at 4, 8 to d at 7
    assert low["center"].to_dict() == {"e": "c", "f": "d"}
    top = found.members[found.members["tier"] == "top"].set_index("place")
    # e is nearer to b at 10 (4.8) than to a (5.2), though its center c belongs to a
    assert top["center"].to_dict() == {"c": "a", "d": "b", "e": "b", "f": "b"}
    assert found.k["k"].tolist() == [2.0, 1.5]
    assert found.k["nested"].tolist() == [0.5, 1.0]
    assert found.centers["k"].tolist() == [2, 2, 1, 1, 2, 2]
    chain = market_areas(CENTERS, COSTS, tiers=TIERS, nesting="chain").members
    assert chain[chain["tier"] == "top"].set_index("place")["center"].to_dict() == {
        "c": "a",
        "d": "b",
        "e": "a",
        "f": "b",
    }


def test_centers_equally_near_share_a_place():
    costs = COSTS.copy()
    costs.loc["c", ["a", "b"]] = 6.0, 6.05
    shares = market_areas(CENTERS, costs, tiers=TIERS, tolerance=0.01).members.query("tier == 'top' and place == 'c'")
    assert shares["share"].tolist() == [0.5, 0.5]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(["nearest", "chain"]))
def test_shares_add_up_and_names_do_not_matter(seed, nesting):
    draw = np.random.default_rng(seed)
    tiers = ["top", *draw.choice(TIERS, 9).tolist()]
    centers = pd.DataFrame({"place": [f"p{i}" for i in range(10)], "tier": tiers})
    points = draw.integers(0, 6, (10, 2))
    cost = np.abs(points[:, None] - points).sum(axis=2).astype(float)
    costs = pd.DataFrame(cost, centers["place"].tolist(), centers["place"].tolist())
    found = market_areas(centers, costs, tiers=TIERS, nesting=nesting)
    sums = found.members.groupby(["tier", "place"])["share"].sum()
    np.testing.assert_allclose(sums, 1)
    held = found.centers.groupby("tier")["k"].sum()
    for row in found.k.to_dict("records"):
        assert held[row["upper"]] == pytest.approx(row["areas"])
        assert 0 <= row["nested"] <= 1 + 1e-12
    order = draw.permutation(10)
    again = market_areas(centers.iloc[order], costs, tiers=TIERS, nesting=nesting)
    pd.testing.assert_frame_equal(again.k, found.k)


def test_one_tier_has_no_k_and_what_reaches_nothing_is_counted():
    alone = market_areas(CENTERS[:2].assign(tier="top"), COSTS, tiers=TIERS)
    assert alone.k.empty
    assert alone.members.empty
    costs = COSTS.copy()
    costs.loc["c", ["a", "b"]] = np.inf
    found = market_areas(CENTERS, costs, tiers=TIERS)
    assert found.k["unserved"].tolist() == [1, 0]


def test_the_areas_of_a_tier_cover_the_extent():
    points = gpd.points_from_xy(110 + AT, [30.0] * 6)
    centers = gpd.GeoDataFrame(CENTERS, geometry=points, crs=4326)
    layer = market_area_layer(centers, tiers=TIERS)
    assert layer.groupby("market_tier")["share"].sum().round(9).tolist() == [1, 1, 1]
    assert layer["market_tier"].value_counts().to_dict() == {"low": 6, "middle": 4, "top": 2}
    degrees = pd.DataFrame({"place": CENTERS["place"], "tier": CENTERS["tier"], "lon": 110 + AT, "lat": 30.0})
    nearest = market_areas(degrees, distance_matrix(degrees), tiers=TIERS).members
    for row in nearest.to_dict("records"):
        area = layer[(layer["market_tier"] == row["tier"]) & (layer["place"] == row["center"])].geometry.iloc[0]
        assert area.covers(centers.loc[centers["place"] == row["place"]].geometry.iloc[0])


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"centers": CENTERS}, TableError, "top at a"),
        ({"centers": CENTERS.assign(tier=None), "tiers": TIERS}, TableError, "at a"),
        ({"centers": CENTERS.drop(columns="tier")}, TableError, "tier"),
        ({"centers": CENTERS.iloc[:0], "tiers": TIERS}, TableError, "at least one place"),
        ({"costs": COSTS.drop(columns="f"), "tiers": TIERS}, TableError, "a column for f"),
        ({"tiers": TIERS, "nesting": "chained"}, OptionError, "nesting"),
        ({"tiers": TIERS, "tolerance": -1}, OptionError, "tolerance"),
    ],
)
def test_what_cannot_work_is_refused(change, error, match):
    given = {"centers": CENTERS, "costs": COSTS, **change}
    with pytest.raises(error, match=match):
        market_areas(given.pop("centers"), given.pop("costs"), **given)
