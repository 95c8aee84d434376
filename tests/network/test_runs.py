"""Runs of a simulation: the intervals of their quantiles, and the chunks that they are made in."""

import time

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from innoscape.data import OutputError
from innoscape.network import Channel, hazard_rates, simulate
from innoscape.network.diffusion.simulate.chunks import chunked


def test_intervals_of_quantiles_hold_the_true_quantile_as_often_as_they_say():
    tiers = pd.Categorical(["national", "regional"], categories=["national", "regional"], ordered=True)
    centers = pd.DataFrame({"place": ["W", "X"], "tier": tiers})
    model = hazard_rates(centers, [Channel("hierarchical", rate=0.5, decay="none")])
    true = stats.expon(scale=2.0).ppf([0.1, 0.5])
    held = []
    for seed in range(400):
        rows = simulate(model, ["W"], horizon=50.0, runs=200, seed=seed).quantiles([0.1, 0.5])
        rows = rows[rows["place"] == "X"]
        held.append((rows["low"].to_numpy() <= true) & (true <= rows["high"].to_numpy()))
    cover = np.mean(held, axis=0)
    assert (cover > 0.93).all()
    assert (cover < 0.99).all()


def count(first, last):
    return {"runs": np.arange(first, last)}


def test_a_broken_chunk_is_run_again_and_found_chunks_are_told(tmp_path):
    steps = []
    whole = [part["runs"] for part in chunked(count, (), 1000, save=tmp_path)]
    next(iter(sorted(tmp_path.iterdir()))).write_bytes(b"half a file")
    again = [p["runs"] for p in chunked(count, (), 1000, save=tmp_path, progress=lambda *step: steps.append(step))]
    np.testing.assert_array_equal(np.concatenate(whole), np.concatenate(again))
    assert steps == [(744, 1000), (1000, 1000)]
    steps.clear()
    list(chunked(count, (), 1000, save=tmp_path, progress=lambda *step: steps.append(step)))
    assert steps == [(1000, 1000)]


def test_a_chunk_of_another_kind_is_run_again(tmp_path):
    whole = [part["runs"] for part in chunked(count, (), 300, save=tmp_path)]
    for file in tmp_path.iterdir():
        with file.open("wb") as spoiled:
            np.save(spoiled, np.arange(3))
    again = [part["runs"] for part in chunked(count, (), 300, save=tmp_path)]
    np.testing.assert_array_equal(np.concatenate(whole), np.concatenate(again))


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be kept in"):
        list(chunked(count, (), 10, save=tmp_path / "file" / "below"))


def test_work_that_is_left_early_begins_nothing_more():
    begun = []

    def slow(first, last):
        begun.append(first)
        time.sleep(0.002)
        return count(first, last)

    parts = chunked(slow, (), 256 * 2000)
    next(parts)
    parts.close()
    assert len(begun) < 2000
