"""Laws of inequality, its parts and its curve, tried on generated places."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.geo import decompose_inequality, inequality, inequality_measures, lorenz

EVERY = tuple(inequality_measures()["measure"])
SPREAD = ("gini", "theil_t", "theil_l", "hoover", "atkinson", "variation")
numbers = st.lists(st.floats(0.01, 1e4), min_size=2, max_size=25)


def series(values):
    return pd.Series(values, index=[f"p{number:02}" for number in range(len(values))])


def measured(values, **options):
    return inequality(series(values), measures=EVERY, **options).set_index("measure")["value"]


@settings(deadline=None, max_examples=30)
@given(numbers, st.randoms(use_true_random=False), st.floats(0.001, 1000))
def test_names_order_and_unit_do_not_matter(values, random, factor):
    turned = random.sample(values, len(values))
    before = measured(values)
    assert measured(turned).to_numpy() == pytest.approx(before.to_numpy(), abs=1e-9)
    assert measured([factor * value for value in values]).to_numpy() == pytest.approx(before.to_numpy(), abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(numbers, st.integers(2, 4))
def test_a_country_twice_is_as_unequal_as_once(values, copies):
    assert measured(values * copies)[[*SPREAD]].to_numpy() == pytest.approx(
        measured(values)[[*SPREAD]].to_numpy(), abs=1e-9
    )


@settings(deadline=None, max_examples=30)
@given(numbers)
def test_measures_keep_their_bounds(values):
    n, found = len(values), measured(values)
    least = {"herfindahl": 1 / n, "largest_share": 1 / n}
    most = dict.fromkeys(EVERY, 1.0) | {"gini": 1 - 1 / n, "hoover": 1 - 1 / n, "coulter": np.sqrt((1 - 1 / n) / 2)}
    most |= {"theil_t": np.log(n), "entropy": np.log(n), "theil_l": np.inf, "variation": np.sqrt(n - 1)}
    most |= {"atkinson": 1 - 1 / n}
    for name in EVERY:
        assert least.get(name, 0.0) - 1e-9 <= found[name] <= most[name] + 1e-9


@settings(deadline=None, max_examples=30)
@given(numbers, st.floats(0.05, 0.95))
def test_what_the_rich_give_to_the_poor_makes_less_inequality(values, part):
    rich, poor = int(np.argmax(values)), int(np.argmin(values))
    gift = part * (values[rich] - values[poor]) / 2
    after = list(values)
    after[rich] -= gift
    after[poor] += gift
    assert (measured(after)[[*SPREAD]] <= measured(values)[[*SPREAD]] + 1e-9).all()


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.floats(0.01, 1e4), st.floats(0.1, 50), st.sampled_from("pqrs")), min_size=2, max_size=25))
def test_the_parts_add_up(rows):
    values, people, land = (series(one) for one in zip(*rows, strict=True))
    side = land.map({"p": "west", "q": "west", "r": "east", "s": "east"})
    nested = pd.DataFrame({"side": side, "land": land})
    for measure in ("theil_t", "theil_l"):
        found = decompose_inequality(values, groups=nested, measure=measure, weights=people)
        whole = found[found["group"] == "all"].set_index(["level", "part"])["contribution"]
        parts = whole["side", "between"] + whole["land", "between"] + whole["land", "within"]
        assert parts == pytest.approx(whole["", "total"], abs=1e-9)
        own = found[(found["level"] == "land") & (found["group"] != "all")]["contribution"].sum()
        assert own == pytest.approx(whole["land", "within"], abs=1e-9)
    found = decompose_inequality(values, groups=land.rename("land"), measure="gini", weights=people)
    whole = found[found["group"] == "all"].set_index("part")["contribution"]
    assert whole[["within", "between", "transvariation"]].sum() == pytest.approx(whole["total"], abs=1e-9)
    assert whole.min() > -1e-9


@settings(deadline=None, max_examples=30)
@given(numbers)
def test_the_lorenz_curve_is_convex_and_below_the_diagonal(values):
    curve = lorenz(series(values))
    assert (curve["cumulative_share"] <= curve["cumulative_weight"] + 1e-9).all()
    assert (np.diff(curve["share"] / curve["weight_share"]) >= -1e-9).all()
    assert curve[["cumulative_share", "cumulative_weight"]].iloc[-1].tolist() == pytest.approx([1, 1])
