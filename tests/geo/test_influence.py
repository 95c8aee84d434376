"""Which choice moves an index most: known Sobol indices, limit cases, refusals."""

import builtins

import numpy as np
import pytest
from samples import framework_of, rows_of

from innoscape.data import (
    Framework,
    MissingExtraError,
    OptionError,
    UnknownPlaceError,
)
from innoscape.geo import (
    score,
    sensitivity,
)
from innoscape.geo.robustness.sobol import sobol_design, sobol_table


def test_sobol_indices_of_the_ishigami_function_are_the_known_ones():
    # Ishigami and Homma (1990), a = 7, b = 0.1; closed forms as in Saltelli et al. (2008), Global Sensitivity Analysis
    design = sobol_design(["x1", "x2", "x3"], base=2048, seed=1)
    x = np.pi * (2 * design - 1)
    y = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    found = sobol_table(["x1", "x2", "x3"], y, resamples=100, confidence_level=0.95, seed=1)
    np.testing.assert_allclose(found["first"], [0.3139, 0.4424, 0.0], atol=0.02)
    np.testing.assert_allclose(found["total"], [0.5576, 0.4424, 0.2437], atol=0.02)
    assert (found["first_low"] <= found["first"]).all()
    assert (found["total"] <= found["total_high"]).all()


def test_a_choice_that_changes_nothing_has_no_influence(tree):
    # under min-max values the divisor of the standard deviation is never used
    same = [{"method": "winsorize", "maxwins": 0}, "none"]
    found = sensitivity(*tree, factors={"treat": same, "weights": 0.3}, outcome="score", place="甲", base=32)
    indices = found.indices.set_index("factor")
    assert indices.loc["treat", ["first", "total"]].tolist() == [0, 0]
    assert indices.drop("treat")["total"].max() > 0.2
    assert len(found.samples) == len(found.outcomes) == 32 * (4 + 2)


def test_two_weights_of_one_group_share_the_variance_evenly():
    # by symmetry: both indicators are mirror images of one another
    table = rows_of({"a": [9, 1, 4], "b": [1, 9, 4]})
    found = sensitivity(table, framework_of("ab"), factors={"weights": 0.2}, outcome="score", place="甲", base=512)
    np.testing.assert_allclose(found.indices["first"], 0.5, atol=0.05)
    np.testing.assert_allclose(found.indices["total"], 0.5, atol=0.05)


def test_the_doubtful_cell_that_matters_is_found(regional, units):
    found = sensitivity(
        *regional, among=units, factors={"cells": {"substituted": 0.2}}, outcome="score", place="福建", base=128
    )
    total = found.indices.set_index("factor")["total"]
    assert total.idxmax() == "cell 福建, pct_applications_share"
    assert total.max() > 0.8
    assert found.samples["cell 福建, pct_applications_share"].between(2.0, 12.0).all()


def test_outcomes_of_every_place_and_of_the_whole_index(regional, units):
    options = {"among": units, "base": 32, "resamples": 20}
    whole = sensitivity(*regional, **options)
    assert whole.indices["place"].unique().tolist() == [""]
    assert whole.outcomes.columns.tolist() == ["run", "mean_rank_shift"]
    each = sensitivity(*regional, outcome="rank", **options)
    assert sorted(each.indices["place"].unique()) == sorted(units)
    # the first is first in every run: no variance to share
    assert each.indices.set_index("place").loc["长三角", "first"].isna().all()
    assert each.log["note"].str.contains("never changed").any()
    ranks = each.outcomes.drop(columns="run")
    shift = (ranks - ranks.columns.map(score(*regional, among=units).scores.set_index("place")["rank"])).abs()
    np.testing.assert_allclose(shift.mean(axis=1), whole.outcomes["mean_rank_shift"])


def test_the_order_of_rows_and_columns_changes_no_index(tree):
    table, frame = tree
    first = sensitivity(table, frame, base=16, resamples=10)
    other = Framework.from_table(frame.table.sample(frac=1, random_state=2))
    mixed = sensitivity(table.sample(frac=1, random_state=1), other, base=16, resamples=10)
    assert first.indices.to_csv() == mixed.indices.to_csv()
    assert first.samples.to_csv() == mixed.samples.to_csv()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"factors": {}}, OptionError, "at least one factor"),
        ({"factors": {"normalise": ["a", "b"]}}, OptionError, "did you mean 'normalize'"),
        ({"factors": {"normalize": ["minmax"]}}, OptionError, "at least two choices"),
        ({"factors": {"normalize": "minmax"}}, OptionError, "at least two choices"),
        ({"factors": {"weights": "simplex"}}, OptionError, "needed a number from 0 to 1"),
        ({"factors": {"cells": 0.1}}, OptionError, "at most 60 cells"),
        ({"factors": {"normalize": ["zscore", "rank"], "aggregate": ["geometric", "harmonic"]}}, OptionError, "zscore"),
        ({"outcome": "ranks"}, OptionError, "did you mean 'rank'"),
        ({"outcome": "rank", "place": "无"}, UnknownPlaceError, "no such place"),
        ({"base": 100}, OptionError, "power of 2"),
    ],
)
def test_factors_outside_their_choices_are_refused(tree, options, error, message):
    with pytest.raises(error, match=message):
        sensitivity(*tree, **options)


def test_without_salib_the_extra_is_named(tree, monkeypatch):
    plain = builtins.__import__

    def hidden(name, *args, **kwargs):
        if name.startswith("SALib"):
            raise ImportError(name)
        return plain(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", hidden)
    with pytest.raises(MissingExtraError, match=r"innoscape\[sensitivity\]"):
        sensitivity(*tree)
