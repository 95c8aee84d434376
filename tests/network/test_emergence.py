"""Stages of a hub come in order and are dated between the steps."""

import numpy as np
import pytest
from samples import STOCKS, equals

from innoscape.data import OptionError
from innoscape.network import HUB_STAGES, grow, stages


def test_stages_come_in_order_and_are_dated_between_the_steps():
    path = grow(
        equals(0.0), {"A": 1.0, "B": 2.0}, horizon=10.0, production=1.0, returns=0.0, depreciation=0.0, points=6
    )
    table = stages(path, dict(zip(HUB_STAGES[:4], [1.0, 3.5, 6.0, 11.5], strict=True)))
    assert table.columns.tolist() == ["place", "stage", "time"]
    assert table.loc[table["place"] == "A", "time"].to_numpy() == pytest.approx([0.0, 2.5, 5.0, np.nan], nan_ok=True)
    assert table.loc[table["place"] == "B", "time"].to_numpy() == pytest.approx([0.0, 1.5, 4.0, 9.5])
    assert table["stage"].tolist()[:4] == list(HUB_STAGES[:4])


def test_a_stage_waits_for_the_one_before():
    path = grow(equals(0.0), {"A": 1.0, "B": 3.0}, horizon=10.0, production=1.0, returns=0.0, depreciation=0.0)
    # the share of B falls from 3/4; its stock is 4 at time 1, and A's share reaches 0.4 at time 3
    table = stages(path, {"grown": 4.0, "share": ("share", 0.4)}).set_index(["place", "stage"])["time"]
    assert table["B", "share"] == pytest.approx(1.0)
    assert table["A", "grown"] == pytest.approx(3.0)
    assert table["A", "share"] == pytest.approx(3.0)
    assert stages(path, {"impossible": 1e9, "trivial": 0.0})["time"].isna().all()


def test_stages_may_look_at_what_a_place_radiates_and_how_it_grows(region):
    path = grow(region, STOCKS, horizon=20.0, production=0.3, depreciation=0.1)
    table = stages(path, {"radiation": ("radiated", 0.01), "growth": ("growth", -1.0)})
    entered = table.set_index(["place", "stage"])["time"]
    assert entered["B", "radiation"] == entered["B", "growth"] == 0.0
    # the lowest place teaches nobody, and so has not come to the stage after
    assert np.isnan(entered["H", "radiation"])
    assert np.isnan(entered["H", "growth"])


def test_stages_refuse_unknown_measures_and_no_thresholds(region):
    path = grow(region, STOCKS, horizon=2.0)
    with pytest.raises(OptionError, match="did you mean 'share'"):
        stages(path, {"hub": ("shares", 0.5)})
    with pytest.raises(OptionError, match="finite number"):
        stages(path, {"hub": np.inf})
    with pytest.raises(OptionError, match="at least one"):
        stages(path, {})
