"""Tests of breaks at known dates agree with least squares of statsmodels 0.15.0, compared as nested models."""

import numpy as np
import pandas as pd
import pytest

from innoscape.geo import stage_breaks


@pytest.mark.parametrize("model", ["level", "trend"])
def test_chow_tests_agree_with_nested_regressions(model):
    sm = pytest.importorskip("statsmodels.api")
    source = np.random.default_rng(4)
    time = np.arange(2000, 2024)
    value = 3 + 0.4 * (time - 2000) + np.where(time >= 2012, 2.5, 0) + source.normal(size=time.size)
    stages = pd.DataFrame({"stage": ["a", "b", "c"], "start": [2000, 2009, 2017]})
    found = stage_breaks(pd.DataFrame({"time": time, "value": value}), stages, model=model)
    of = np.digitize(time, [2009, 2017])
    terms = np.column_stack([np.ones(time.size), time - 2000.0])[:, : 1 if model == "level" else 2]
    split = np.hstack([terms * (of == at)[:, None] for at in range(3)])
    f, p, _ = sm.OLS(value, split).fit().compare_f_test(sm.OLS(value, terms).fit())
    assert found.overall["f"] == pytest.approx(f)
    assert found.overall["p_value"] == pytest.approx(p)
