"""Classes of scores agree with mapclassify 2.10 and scikit-learn 1.9.1."""

import warnings

import numpy as np
import pandas as pd
import pytest

from innoscape.geo import assign_tiers, tier_borders


def within(values, tiers):
    return sum(((part - part.mean()) ** 2).sum() for _, part in values.groupby(tiers, observed=True))


def test_natural_breaks_agree_with_mapclassify():
    mapclassify = pytest.importorskip("mapclassify")
    draws = np.random.default_rng(7).lognormal(size=60)
    theirs = mapclassify.FisherJenks(draws, k=4).yb
    assert (3 - assign_tiers(pd.Series(draws), k=4).cat.codes).tolist() == theirs.tolist()


def test_head_tail_agrees_with_mapclassify():
    mapclassify = pytest.importorskip("mapclassify")
    draws = np.random.default_rng(3).pareto(1.2, size=200)
    theirs = mapclassify.HeadTailBreaks(draws)
    k = len(theirs.counts)
    labels = [str(number) for number in range(k)]
    mine = assign_tiers(pd.Series(draws), method="head_tail", k=k, labels=labels, head_share=None)
    assert mine.value_counts(sort=False).tolist() == theirs.counts[::-1].tolist()


def test_maximum_breaks_agree_with_mapclassify():
    mapclassify = pytest.importorskip("mapclassify")
    draws = np.random.default_rng(11).lognormal(size=50)
    theirs = mapclassify.MaximumBreaks(draws, k=4).yb
    mine = assign_tiers(pd.Series(draws), method="maximum_breaks", k=4)
    assert (3 - mine.cat.codes).tolist() == theirs.tolist()


def test_k_means_on_a_line_is_natural_breaks_and_no_start_of_scikit_learn_does_better():
    cluster = pytest.importorskip("sklearn.cluster")
    draws = pd.Series(np.random.default_rng(5).lognormal(size=40))
    mine = assign_tiers(draws, method="k_means")
    assert mine.tolist() == assign_tiers(draws).tolist()
    theirs = cluster.KMeans(4, n_init=25, random_state=0).fit(draws.to_numpy()[:, None])
    assert within(draws, mine) <= theirs.inertia_ * (1 + 1e-12)
    assert within(draws, mine) == pytest.approx(theirs.inertia_)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_mixture_agrees_with_scikit_learn_from_the_same_start(seed):
    mixture = pytest.importorskip("sklearn.mixture")
    draws = np.random.default_rng(seed)
    values = np.concatenate([draws.normal(center, 1.2, 20) for center in (0, 4, 9)])
    scaled = (values - values.mean()) / values.std()
    start = (2 - assign_tiers(pd.Series(scaled), k=3).cat.codes).to_numpy()
    means = np.array([scaled[start == i].mean() for i in range(3)])
    theirs = mixture.GaussianMixture(
        3, covariance_type="tied", tol=1e-12, max_iter=5000, reg_covar=0, means_init=means[:, None],
        weights_init=np.bincount(start) / 60, precisions_init=[[1 / ((scaled - means[start]) ** 2).mean()]],
    ).fit_predict(scaled[:, None])  # fmt: skip
    mine = assign_tiers(pd.Series(values), method="gaussian_mixture", k=3)
    assert (2 - mine.cat.codes).tolist() == theirs.tolist()


def test_intervals_deviations_box_plots_and_fits_agree_with_mapclassify():
    mapclassify = pytest.importorskip("mapclassify")
    draws = pd.Series(np.random.default_rng(2).lognormal(size=60))
    cases = {
        "equal_interval": (mapclassify.EqualInterval(draws, k=4), {"k": 4}),
        "quantiles": (mapclassify.Quantiles(draws, k=4), {"k": 4}),
        "standard_deviations": (mapclassify.StdMean(draws, multiples=[-1, 0, 1]), {}),
        "box_plot": (mapclassify.BoxPlot(draws), {"labels": list("abcdef")}),
    }
    for method, (theirs, options) in cases.items():
        with warnings.catch_warnings():
            # no value lies below the lower fence
            warnings.simplefilter("ignore")
            mine = tier_borders(draws, method=method, **options)
        counts = [count for count in theirs.counts[::-1] if count]
        assert mine.table["places"].tolist() == counts, method
        assert mine.adcm == pytest.approx(theirs.adcm), method
        assert mine.tss == pytest.approx(theirs.get_tss()), method
