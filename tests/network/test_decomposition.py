"""Flows made by known channels are credited to these channels."""

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from known_channels import CHANNELS, TIERS, build_country, made, table

from innoscape.data import InnoscapeWarning, OptionError, TableError
from innoscape.network import Channel, decompose


@pytest.fixture(scope="module")
def country():
    return build_country()


def test_exact_flows_give_back_rates_shares_and_half_distances(country):
    centers, costs, mass = country
    flows, shares = made(country)
    blurred = [Channel("hierarchical", half_distance=100.0), Channel("peer", half_distance=900.0)]
    for channels, free, tolerance in ((CHANNELS, (), 1e-8), (blurred, ("half_distance",), 1e-3)):
        found = decompose(flows, centers, channels, directed=True, costs=costs, mass=mass, free=free, resamples=0)
        assert found.rates["rate"].tolist() == pytest.approx([6.0, 9.0, 0.5], rel=tolerance)
        assert found.shares["share"].tolist() == pytest.approx(shares, rel=tolerance)
        assert found.half_distances["half_distance"].tolist() == pytest.approx([400.0, 200.0], rel=tolerance)
    pd.testing.assert_series_equal(
        found.fitted[["hierarchical", "peer", "rest"]].sum(axis=1), found.fitted["expected"], check_names=False
    )


def test_what_is_credited_of_the_observed_equals_what_is_expected(country):
    centers, costs, mass = country
    flows, _ = made(country, seed=3)
    found = decompose(flows, centers, CHANNELS, directed=True, costs=costs, mass=mass, resamples=0)
    for channel, flow in found.shares[["channel", "flow"]].itertuples(index=False):
        credited = (found.fitted["value"] * found.fitted[channel] / found.fitted["expected"]).sum()
        assert credited == pytest.approx(flow, rel=1e-8)
    assert found.shares["flow"].sum() == pytest.approx(flows["value"].sum())
    assert found.dispersion["all"] == pytest.approx(1.0, abs=0.2)


def test_bootstrap_intervals_cover_the_share(country):
    centers, costs, mass = country
    _, shares = made(country)
    inside = np.zeros(3)
    for seed in range(30):
        flows, _ = made(country, seed=100 + seed)
        rows = decompose(
            flows, centers, CHANNELS, directed=True, costs=costs, mass=mass, resamples=60, seed=seed
        ).shares
        inside += (rows["low"] <= shares) & (shares <= rows["high"])
    # at least what a 90% interval would give in all but one of a thousand cases
    assert (inside >= scipy.stats.binom.ppf(1e-3, 30, 0.9)).all()


def test_draws_of_places_are_wider_where_one_place_sends_more_than_its_size(country):
    centers, costs, mass = country
    flows, _ = made(country, seed=1)
    flows.loc[flows["source"] == "p05", "value"] *= 6
    options = {"directed": True, "costs": costs, "mass": mass, "resamples": 100}
    pairs = decompose(flows, centers, CHANNELS, **options).shares
    places = decompose(flows, centers, CHANNELS, resample="places", **options).shares
    assert (places["high"] - places["low"] > pairs["high"] - pairs["low"]).all()


def test_scale_row_order_and_split_rows_change_no_share(country):
    centers, costs, _ = country
    flows, _ = made(country, seed=2)
    options = {"directed": True, "costs": costs, "resamples": 20}
    one = decompose(flows, centers, CHANNELS, **options)
    half = flows.assign(value=flows["value"] * 500.0)
    two = decompose(
        pd.concat([half, half]).sample(frac=1, random_state=1),
        centers.sample(frac=1, random_state=2),
        CHANNELS,
        **options,
    )
    columns = ["share", "low", "high"]
    np.testing.assert_allclose(one.shares[columns], two.shares[columns], rtol=1e-7)
    again = decompose(flows.sample(frac=1, random_state=7), centers, CHANNELS, **options)
    pd.testing.assert_frame_equal(one.shares, again.shares, check_exact=True)


def test_undirected_flows_may_be_written_either_way(country):
    centers, costs, mass = country
    flows, _ = made(country, seed=6)
    turned = flows.rename(columns={"source": "target", "target": "source"})
    options = {"directed": False, "costs": costs, "resamples": 0, "mass": mass}
    one, two = (decompose(rows, centers, CHANNELS, **options) for rows in (flows, turned))
    pd.testing.assert_frame_equal(one.shares, two.shares)
    assert len(one.fitted) == 24 * 23 / 2


def test_each_year_is_fitted_by_itself(country):
    centers, costs, mass = country
    first, second = made(country, seed=8)[0], made(country, seed=9)[0]
    both = pd.concat([first.assign(year=2018), second.assign(year=2019)])
    options = {"directed": True, "costs": costs, "mass": mass, "resamples": 10}
    found = decompose(both, centers, CHANNELS, by_year=True, **options)
    assert found.shares["year"].tolist() == [2018] * 3 + [2019] * 3
    alone = decompose(second, centers, CHANNELS, **options).shares
    pd.testing.assert_frame_equal(found.shares.iloc[3:, 1:].reset_index(drop=True), alone)
    assert found.dispersion.index.tolist() == [2018, 2019]


def test_margins_make_a_rate_a_multiple_of_what_sizes_give(country):
    # flows that follow from sizes alone are all rest, at rate 1
    centers, costs, mass = country
    matrix = np.outer(mass, mass)
    off = ~np.eye(len(mass), dtype=bool)
    flows = table(matrix * off, list(mass.index))
    found = decompose(flows, centers, [Channel("peer", half_distance=50.0)], directed=True, costs=costs, resamples=0)
    share = found.shares.set_index("channel")["share"]
    assert share["rest"] > 0.97
    assert found.rates.set_index("channel").loc["rest", "rate"] == pytest.approx(1.0, abs=0.06)


def test_channels_that_act_alike_are_said(country):
    centers, _, _ = country
    flat = centers.assign(tier=pd.Categorical(["local"] * 24, categories=TIERS, ordered=True))
    flows, _ = made(country, seed=1)
    with pytest.warns(InnoscapeWarning, match="peer and rest act alike"):
        decompose(flows, flat, [Channel("peer", decay="none")], directed=True, resamples=0)
    with pytest.warns(InnoscapeWarning, match="hierarchical acts on no pair"):
        decompose(flows, flat, [Channel("hierarchical", decay="none")], directed=True, resamples=0)


@pytest.mark.parametrize(
    ("change", "options", "error", "message"),
    [
        ({}, {"resample": "rows"}, OptionError, "resample: needed one of"),
        ({}, {"channels": [Channel("tie", decay="none")]}, OptionError, "tie channel is made of flows"),
        ({}, {"free": ("rate",)}, OptionError, "rates are always fitted"),
        ({}, {"by_year": True}, TableError, "the column year"),
        ({}, {"mass": "gdp"}, OptionError, "mass: needed"),
        (
            {},
            {"mass": {"p00": 1.0}},
            OptionError,
            "mass: needed a number for every place, got none for p01",
        ),
        ({}, {"rest": False}, OptionError, "no channel explains the flow from"),
        ({"value": -1.0}, {}, TableError, "at least 0"),
        ({"value": 0.0}, {}, OptionError, "nothing to credit"),
    ],
)
def test_what_cannot_work_is_refused(country, change, options, error, message):
    centers, costs, _ = country
    flows, _ = made(country, seed=1)
    given = {"channels": CHANNELS, "directed": True, "costs": costs, "resamples": 0, **options}
    with pytest.raises(error, match=message):
        decompose(flows.assign(**change), centers, **given)
