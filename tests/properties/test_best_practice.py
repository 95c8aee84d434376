"""Laws of efficiency against best practice, tried on generated places."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.geo import efficiency
from innoscape.geo.profiles.frontier import ORIENTATIONS, RETURNS

COLUMNS = {"inputs": ["x", "z"], "outputs": ["y", "w"]}
returns, orientations = st.sampled_from(RETURNS), st.sampled_from(ORIENTATIONS)


@st.composite
def tables(draw):
    n = draw(st.integers(3, 9))
    values = st.lists(st.integers(1, 60), min_size=n, max_size=n)
    return pd.DataFrame({"place": [f"p{i}" for i in range(n)]} | {name: draw(values) for name in "xzyw"})


def scores(table, **options):
    return efficiency(table, **COLUMNS, **options).table["efficiency"].to_numpy()


@settings(deadline=None, max_examples=25)
@given(tables(), returns, orientations)
def test_scores_lie_between_0_and_1_and_some_place_is_efficient(table, returns, orientation):
    found = efficiency(table, **COLUMNS, returns=returns, orientation=orientation).table
    assert found["efficiency"].between(0.0, 1.0).all()
    assert (found["status"] == "efficient").any()
    assert ((found["efficiency"] == 1) == (found["status"] != "inefficient")).all()


@settings(deadline=None, max_examples=25)
@given(tables(), returns, orientations)
def test_another_place_never_raises_a_score_and_a_copy_changes_none(table, returns, orientation):
    options = {"returns": returns, "orientation": orientation}
    whole = scores(table, **options)
    assert (scores(table.iloc[:-1], **options) >= whole[:-1] - 1e-7).all()
    twice = pd.concat([table, table.iloc[[0]].assign(place="copy")], ignore_index=True)
    again = scores(twice, **options)
    assert again == pytest.approx(np.append(whole, whole[0]), abs=1e-7)


@settings(deadline=None, max_examples=25)
@given(tables(), returns, orientations, st.integers(1, 5))
def test_who_makes_less_of_more_scores_no_higher(table, returns, orientation, more):
    worse = table.iloc[[0]].assign(place="worse", x=table["x"].iloc[0] + more, y=table["y"].iloc[0] / (1 + more))
    found = scores(pd.concat([table, worse], ignore_index=True), returns=returns, orientation=orientation)
    assert found[-1] <= found[0] + 1e-7


@settings(deadline=None, max_examples=25)
@given(tables(), returns, orientations)
def test_super_efficiency_lies_above_1_for_the_efficient_alone(table, returns, orientation):
    plain = efficiency(table, **COLUMNS, returns=returns, orientation=orientation).table
    found = efficiency(table, **COLUMNS, returns=returns, orientation=orientation, super_efficiency=True).table
    best = plain["efficiency"] == 1
    assert (found.loc[~best, "efficiency"] == plain.loc[~best, "efficiency"]).all()
    reached = best & (found["status"] != "infeasible")
    assert (found.loc[reached, "efficiency"] >= 1 - 1e-7).all()
    assert (found["status"].eq("infeasible") == found["efficiency"].isna()).all()
    if returns == "constant":
        assert not found["efficiency"].isna().any()
