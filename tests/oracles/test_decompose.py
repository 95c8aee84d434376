"""Rates of channels and their robust errors agree with statsmodels 0.15.0."""

import warnings

import pytest
from known_channels import CHANNELS, build_country, made

from innoscape.network import decompose


@pytest.fixture(scope="module")
def country():
    return build_country()


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
