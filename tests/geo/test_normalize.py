"""Normalization against R and pymcdm, ties, direction, limits."""

import math

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError, TableError
from innoscape.geo.index.normalize.scale import NORMALIZERS

PLACES = list("ABCDEFGHIJKL")
B = [5, 3, 8, 1, 9, 2, 7, 4, 6, 12, 11, 10]


def normalized(method, values, direction=1, **options):
    table = pd.DataFrame({"x": values}, index=PLACES[: len(values)], dtype=float)
    return NORMALIZERS[method](table, pd.Series({"x": direction}), **options)["x"].to_numpy()


def test_distance_to_the_maximum_is_min_max_over_the_range():
    assert normalized("distance_to_max", B, -1).tolist() == pytest.approx(normalized("minmax", B, -1))


@pytest.mark.parametrize(
    ("method", "ties", "known"),
    [
        ("rank", "average", [0, 1 / 2, 1 / 2, 1]),
        ("rank", "min", [0, 2 / 3, 2 / 3, 1]),
        ("rank", "max", [0, 1 / 3, 1 / 3, 1]),
        ("rank", "dense", [0, 1 / 2, 1 / 2, 1]),
        ("borda", "min", [0, 1, 1, 3]),
        ("borda", "max", [0, 2, 2, 3]),
        ("borda", "average", [0, 1.5, 1.5, 3]),
        ("borda", "dense", [0, 1, 1, 2]),
        ("percentile_rank", "min", [0, 1 / 3, 1 / 3, 1]),
        ("percentile_rank", "dense", [0, 1 / 2, 1 / 2, 1]),
    ],
)
def test_ties_share_by_the_named_rule(method, ties, known):
    np.testing.assert_allclose(normalized(method, [1, 4, 4, 9], ties=ties), known)


OPTIONS = {
    "distance_to_target": {"target": 10},
    "distance_to_reference": {"reference": "B"},
    "goalposts": {"low": 0, "high": 10},
    "optimum": {"best": 10, "reach": 20},
}


# what is best in the middle has no direction: see test_suitability
@pytest.mark.parametrize("method", [method for method in NORMALIZERS if method != "optimum"])
def test_a_better_value_never_gets_a_lower_one_and_the_direction_turns_it_round(method):
    for direction in (1, -1):
        options = {"target": 4} if method == "distance_to_target" else OPTIONS.get(method, {})
        values = normalized(method, [5, 3, 8, 1, 9, 2], direction, **options)
        order = np.argsort(np.array([5, 3, 8, 1, 9, 2]) * direction)
        assert np.all(np.diff(values[order]) >= 0)


@pytest.mark.parametrize("method", NORMALIZERS)
def test_a_constant_indicator_never_gives_nan(method):
    values = normalized(method, [4, 4, 4], **OPTIONS.get(method, {}))
    assert len(set(values)) == 1
    assert math.isfinite(values[0])
    if method not in ("goalposts", "distance_to_target", "optimum", "vector", "sum"):
        assert values[0] == 0


@pytest.mark.parametrize("method", ["vector", "sum"])
def test_an_indicator_of_only_zeros_gives_zeros(method):
    assert normalized(method, [0, 0, 0]).tolist() == [0, 0, 0]


def test_units_at_the_ends_of_the_number_range_do_not_overflow():
    for method in ("minmax", "vector", "sum"):
        assert np.isfinite(normalized(method, [1e308, 1.7e308, 0.5e308])).all()
        assert normalized(method, [1e-300, 3e-300, 2e-300]).max() >= 0.5


def test_places_beyond_a_mark_are_held_there_when_asked():
    assert normalized("distance_to_target", [0, 5, 11], target=10, cap=True).tolist() == [0, 0.5, 1]
    assert normalized("goalposts", [-1, 11], low=0, high=10, truncate=False).tolist() == [-0.1, 1.1]


@pytest.mark.parametrize(
    ("method", "values", "direction", "options", "message"),
    [
        ("distance_to_target", [2, 3], 1, {"target": 2}, "target better than the worst place"),
        ("distance_to_reference", [2, 3], 1, {"reference": "A"}, "reference better than the worst place"),
        ("distance_to_reference", [2, 3], 1, {"reference": "Z"}, "among the scored places, got Z"),
        ("distance_to_max", [0, 3], -1, {"of": "value"}, "best value above 0"),
        ("sum", [-1, 3], 1, {}, "at least 0, got -1 at A"),
        ("sum", [0, 3], -1, {}, "above 0, since less is better, got 0 at A"),
        ("distance_to_target", [0, 3], -1, {"target": 2, "of": "value"}, "got 0 at A"),
    ],
)
def test_values_that_leave_no_scale_are_refused(method, values, direction, options, message):
    with pytest.raises(TableError, match=message):
        normalized(method, values, direction, **options)


def test_posts_must_stand_apart_and_be_given_for_every_indicator():
    with pytest.raises(OptionError, match="high above low"):
        normalized("goalposts", [1, 2], low=3, high=3)
    with pytest.raises(OptionError, match="none for x"):
        normalized("goalposts", [1, 2], low={"y": 0}, high=3)
