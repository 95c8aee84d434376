"""Weights, grades and outranking flows agree with stored numbers of pymcdm 1.4.0 and pyDecision 5.1.8."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from innoscape import geo
from innoscape.geo.index.aggregate.electre import credibility, distillation
from innoscape.geo.index.aggregate.tree import AGGREGATES
from innoscape.geo.index.normalize.scale import minmax

HERE = Path(__file__).parent
TABLE = pd.read_csv(HERE / "index_values.csv")
DIRECTION = pd.Series([1, 1, 1, -1], index=list("abcd"))
WEIGHTS = np.array([0.4, 0.3, 0.2, 0.1])
SCALED = minmax(TABLE, DIRECTION).to_numpy()
SCORES = pd.read_csv(HERE / "index_scores.csv")


@pytest.mark.parametrize("name", ["merec", "cilos", "idocriw", "gini", "lopcow"])
def test_weights_agree_with_pymcdm(name):
    theirs = pd.read_csv(HERE / "index_weights.csv")[name]
    mine = getattr(geo, f"{name}_weights")(TABLE, direction=DIRECTION)
    assert mine.tolist() == pytest.approx(theirs.tolist(), abs=1e-9)


@pytest.mark.parametrize(
    ("preference", "options"),
    [
        ("usual", {}),
        ("u_shape", {"q": 0.05}),
        ("v_shape", {"p": 0.3}),
        ("level", {"q": 0.05, "p": 0.3}),
        ("linear", {"q": 0.05, "p": 0.3}),
        ("gaussian", {"p": 0.3}),
    ],
)
def test_net_flows_agree_with_pydecision(preference, options):
    mine = AGGREGATES["promethee_ii"].score(SCALED, WEIGHTS, preference=preference, **options)
    assert mine.tolist() == pytest.approx(SCORES[f"promethee_{preference}"].tolist(), abs=1e-9)


def test_grey_grades_agree_with_pydecision():
    assert AGGREGATES["grey_relational"].score(SCALED, WEIGHTS).tolist() == pytest.approx(SCORES["grey"].tolist())


def test_credibility_and_distillations_agree_with_pydecision():
    sigma = credibility(SCALED, WEIGHTS, q=0.05, p=0.3, v=0.8)
    np.testing.assert_allclose(sigma, pd.read_csv(HERE / "index_credibility.csv").to_numpy(), atol=1e-9)
    assert classes_of(distillation(sigma)) == list(pd.read_csv(HERE / "index_descending.csv")["places"])
    assert classes_of(distillation(sigma, ascending=True))[::-1] == list(
        pd.read_csv(HERE / "index_ascending.csv")["places"]
    )


def classes_of(numbers):
    """Name the places of each class as pyDecision does."""
    return ["; ".join(f"a{place + 1}" for place in np.flatnonzero(numbers == one)) for one in range(max(numbers) + 1)]
