"""Rates of channels and their robust errors agree with statsmodels 0.15.0."""

import warnings

import numpy as np
import pandas as pd
import pytest

from innoscape.network import Channel, decompose

TIERS = ["national", "regional", "local"]


@pytest.fixture(scope="module")
def country():
    rng = np.random.default_rng(4)
    n = 24
    names = [f"p{i:02d}" for i in range(n)]
    spot = rng.uniform(0.0, 1000.0, (n, 2))
    costs = pd.DataFrame(np.hypot(*(spot[:, None] - spot[None]).transpose(2, 0, 1)), index=names, columns=names)
    tier = pd.Categorical(np.repeat(TIERS, [4, 8, 12]), categories=TIERS, ordered=True)
    return pd.DataFrame({"place": names, "tier": tier}), costs, pd.Series(rng.uniform(1.0, 5.0, n), index=names)


def masks(centers):
    rank = centers["tier"].cat.codes.to_numpy()
    off = ~np.eye(len(rank), dtype=bool)
    return (rank[:, None] < rank) & off, (rank[:, None] == rank) & off, off


def table(matrix, names):
    i, j = np.nonzero(matrix)
    return pd.DataFrame({"source": np.array(names)[i], "target": np.array(names)[j], "value": matrix[i, j]})


CHANNELS = [Channel("hierarchical", half_distance=400.0), Channel("peer", half_distance=200.0)]


def made(country, seed=None):
    """Expected flows from three channels, or Poisson draws of them."""
    centers, costs, mass = country
    down, level, off = masks(centers)
    cost = costs.to_numpy()
    size = np.outer(mass, mass)
    mean = size * (6 * down * np.exp2(-cost / 400) + 9 * level * np.exp2(-cost / 200) + 0.5 * off)
    parts = [(size * 6 * down * np.exp2(-cost / 400)).sum(), (size * 9 * level * np.exp2(-cost / 200)).sum()]
    shares = [*(p / mean.sum() for p in parts), (size * 0.5 * off).sum() / mean.sum()]
    if seed is not None:
        mean = np.random.default_rng(seed).poisson(mean)
    return table(mean, list(centers["place"])), shares


def test_rates_and_robust_errors_agree_with_statsmodels(country):
    import statsmodels.api as sm

    centers, costs, mass = country
    flows, _ = made(country, seed=5)
    found = decompose(flows, centers, CHANNELS, directed=True, costs=costs, mass=mass, resamples=0)
    names = ["hierarchical", "peer", "rest"]
    terms = found.fitted[names].to_numpy() / found.rates["rate"].to_numpy()
    with warnings.catch_warnings():
        # statsmodels warns that an identity link may leave the range of a Poisson mean
        warnings.simplefilter("ignore")
        model = sm.GLM(found.fitted["value"], terms, family=sm.families.Poisson(sm.families.links.Identity()))
    peer = model.fit(start_params=found.rates["rate"].to_numpy(), cov_type="HC0")
    assert found.rates["rate"].tolist() == pytest.approx(peer.params.tolist(), rel=1e-6)
    assert found.rates["error"].tolist() == pytest.approx(peer.bse.tolist(), rel=1e-4)
