"""Comparisons of flow tables are those of scipy 1.17.1."""

import numpy as np
import pytest
from samples import APART, COSTS, FLOWS, MASS
from scipy import stats

from innoscape.network import compare_flows, modified_gravity


def test_comparisons_are_those_of_scipy():
    e, y = modified_gravity(MASS, COSTS)["value"].to_numpy(), FLOWS.to_numpy()[APART]
    found = compare_flows(modified_gravity(MASS, COSTS), FLOWS)
    assert found["spearman"] == pytest.approx(stats.spearmanr(e, y).statistic)
    assert found["pearson"] == pytest.approx(stats.pearsonr(e, y).statistic)
    assert found["r2"] == pytest.approx(found["pearson"] ** 2)
    assert found["cpc"] == pytest.approx(2 * np.minimum(e, y).sum() / (e.sum() + y.sum()))
    assert found["srmse"] == pytest.approx(np.sqrt(((e - y) ** 2).mean()) / y.mean())
    assert found[["pairs", "zeros", "positive"]].tolist() == [56, 5, 51]
    assert found["r2_equal"] == pytest.approx(1 - ((e - y) ** 2).sum() / ((y - y.mean()) ** 2).sum())
