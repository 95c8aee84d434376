"""Grey relational grades and outranking: hand examples, and what may not change them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import OptionError, TableError
from innoscape.geo import Recipe
from innoscape.geo.index.aggregate.electre import credibility, distillation
from innoscape.geo.index.aggregate.tree import AGGREGATES, check_aggregate

WEIGHTS = np.array([0.5, 0.3, 0.2])
TABLE = np.array([[0.9, 0.1, 0.5], [0.2, 0.8, 0.6], [0.5, 0.5, 0.1], [0.2, 0.8, 0.6]])
NAMES = ["grey_relational", "promethee_ii", "electre_iii"]
cells = st.lists(st.lists(st.integers(0, 8), min_size=3, max_size=3), min_size=2, max_size=7)


def scored(name, values, **options):
    return AGGREGATES[name].score(np.asarray(values, dtype=float), WEIGHTS, **options)


def test_grades_are_one_at_the_best_and_fall_with_the_distance():
    # distances 0, 0.8 and 0.4 from the best of one part: 0.4 / (d + 0.4)
    found = AGGREGATES["grey_relational"].score(np.array([[1.0], [0.2], [0.6]]), np.ones(1))
    assert found.tolist() == pytest.approx([1, 1 / 3, 1 / 2])
    sharper = AGGREGATES["grey_relational"].score(np.array([[1.0], [0.2], [0.6]]), np.ones(1), rho=0.25)
    assert sharper.tolist() == pytest.approx([1, 0.2, 1 / 3])


def test_an_ideal_of_one_refuses_values_beyond_it():
    with pytest.raises(TableError, match="values from 0 to 1"):
        scored("grey_relational", TABLE * 100, ideal="unit")


def test_net_flows_count_weighted_wins_less_losses():
    # better than all three on the first part, worse than all on the second, better than one of them on the third
    assert scored("promethee_ii", TABLE)[0] == pytest.approx((0.5 * 3 - 0.3 * 3 + 0.2 * (1 - 2)) / 3)
    assert scored("promethee_ii", TABLE).sum() == pytest.approx(0)


def test_a_veto_takes_credibility_away():
    free, held = (credibility(TABLE, WEIGHTS, q=0.05, p=0.1, v=v) for v in (None, 0.6))
    # place 0 is 0.7 worse than place 1 on the second part, and place 1 as much worse on the first
    assert free[0, 1] == pytest.approx(0.5, abs=1e-6)
    assert held[0, 1] == held[1, 0] == 0
    assert distillation(free)[1] == distillation(free)[3]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=15, deadline=None)
@given(values=cells, random=st.randoms(use_true_random=False))
def test_order_of_places_changes_no_bit_and_better_places_score_no_less(name, values, random):
    order = random.sample(range(len(values)), len(values))
    before = scored(name, values)
    assert scored(name, [values[i] for i in order]).tolist() == before[order].tolist()
    for i, one in enumerate(values):
        for j, other in enumerate(values):
            if one == other:
                assert before[i] == before[j]
            elif name != "electre_iii" and all(a >= b for a, b in zip(one, other, strict=True)):
                assert before[i] >= before[j] - 1e-12
    if name == "promethee_ii":
        np.testing.assert_allclose(scored(name, np.array(values) * [3.0, 0.5, 70.0]), before, atol=1e-12)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=10, deadline=None)
@given(values=cells)
def test_credits_add_up_to_the_score(name, values):
    values = np.array(values, dtype=float)
    found = AGGREGATES[name].score(values, WEIGHTS)
    parts = AGGREGATES[name].contributions(values, WEIGHTS, found)
    np.testing.assert_allclose(parts.sum(axis=1), found, atol=1e-12)


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("grey_relational", {"rho": 0}, "rho: needed"),
        ("promethee_ii", {"q": 0.1}, 'q: used by preference="u_shape", "level", "linear" only'),
        ("promethee_ii", {"preference": "gaussian", "q": 0.1}, "q: used by"),
        ("promethee_ii", {"preference": "linear", "q": 0.5, "p": 0.2}, "less than p"),
        ("electre_iii", {"q": 0.5, "p": 0.2}, "at most p"),
        ("electre_iii", {"v": 0.1}, "v: needed"),
        ("electre_iii", {"exploit": "distilation"}, "did you mean 'distillation'"),
    ],
)
def test_thresholds_that_say_nothing_or_cross_are_refused(name, options, said):
    with pytest.raises(OptionError, match=said):
        check_aggregate(name, options)


@pytest.mark.parametrize("name", ["promethee_ii", "electre_iii"])
def test_one_place_alone_cannot_be_compared(name):
    with pytest.raises(OptionError, match="two or more"):
        scored(name, TABLE[:1])


def test_negative_group_scores_do_not_go_below_a_mean_that_refuses_them():
    with pytest.raises(OptionError, match="promethee_ii below it gives negative ones"):
        Recipe(aggregate={"level1": "promethee_ii", "index": "geometric"})
    ranked = {"method": "electre_iii", "exploit": "distillation"}
    Recipe(aggregate={"level1": ranked, "index": "geometric"})
    with pytest.raises(OptionError, match="electre_iii below it gives negative ones"):
        Recipe(aggregate={"level1": {**ranked, "exploit": "net"}, "index": "geometric"})
