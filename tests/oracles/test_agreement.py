"""Agreement and mobility of tiers agree with statsmodels 0.15.0 and giddy 2.3.8."""

import numpy as np
import pandas as pd
import pytest

from innoscape.geo import TIERS, tier_agreement, tier_dtype, tier_mobility


def placement(codes):
    labels = [TIERS[code] for code in codes]
    return pd.Series(labels, index=[f"p{i:02d}" for i in range(len(labels))], dtype=tier_dtype())


def from_confusion(counts):
    pairs = [(i, j) for i, row in enumerate(counts) for j, n in enumerate(row) for _ in range(n)]
    return placement([i for i, _ in pairs]), placement([j for _, j in pairs])


# a table of thirty-eight places and more on the diagonal than off it
CONFUSION = [[6, 2, 0, 0], [1, 9, 3, 0], [0, 2, 8, 1], [0, 0, 2, 11]]


@pytest.mark.parametrize("weights", ["quadratic", "linear", "none"])
def test_kappa_and_its_errors_agree_with_statsmodels(weights):
    raters = pytest.importorskip("statsmodels.stats.inter_rater")
    theirs = raters.cohens_kappa(np.array(CONFUSION), wt={"quadratic": "fc", "linear": "linear", "none": None}[weights])
    mine = tier_agreement(*from_confusion(CONFUSION), weights=weights)
    assert mine.kappa == pytest.approx(theirs.kappa)
    assert mine.standard_error == pytest.approx(theirs.std_kappa)
    assert mine.p_value == pytest.approx(theirs.pvalue_two_sided)
    assert mine.confusion.to_numpy().tolist() == CONFUSION


def panel(codes):
    """Return tiers by year from rows of places and columns of years."""
    rows = [
        {"place": f"p{i:02d}", "year": 2000 + j, "tier": TIERS[code]}
        for i, row in enumerate(codes)
        for j, code in enumerate(row)
    ]
    return pd.DataFrame(rows)


CODES = np.random.default_rng(4).integers(0, 4, (40, 6))


def test_mobility_agrees_with_giddy():
    markov = pytest.importorskip("giddy.markov")
    measure = pytest.importorskip("giddy.mobility").markov_mobility
    theirs = markov.Markov(CODES, summary=False)
    mine = tier_mobility(panel(CODES))
    assert mine.counts.to_numpy().tolist() == theirs.transitions.astype(int).tolist()
    assert mine.probabilities.to_numpy() == pytest.approx(theirs.p)
    assert mine.stationary.to_numpy() == pytest.approx(theirs.steady_state)
    assert mine.stay.to_numpy() == pytest.approx(theirs.sojourn_time)
    assert mine.indices["prais"] == pytest.approx(measure(theirs.p, measure="P"))
    # giddy 2.3.8 leaves Shorrocks' root out of the determinant
    assert 1 - (1 - mine.indices["determinant"]) ** 3 == pytest.approx(measure(theirs.p, measure="D"))
    assert mine.indices["eigenvalue"] == pytest.approx(measure(theirs.p, measure="L2"))
    start = theirs.steady_state
    assert mine.indices["leaving"] == pytest.approx(measure(theirs.p, measure="B1", ini=start))
    assert mine.indices["bartholomew"] == pytest.approx(measure(theirs.p, measure="B2", ini=start))
