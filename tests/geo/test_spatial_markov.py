"""Check chains of classes beside their neighbors against giddy and by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from innoscape.data.errors import OptionError
from innoscape.geo import quadrant_markov, rank_mobility, spatial_markov, spatial_weights
from innoscape.geo.markov_chain import first_passage, steady_state

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::UserWarning")


@pytest.fixture(scope="module")
def giddy():
    """Import the peer where it is asked: it compiles for seconds when it is loaded."""
    from giddy import ergodic, markov, rank

    return SimpleNamespace(ergodic=ergodic, markov=markov, rank=rank)


@pytest.fixture(scope="module")
def made():
    """Return fifty places over ten years, values that drift together, and their neighbors."""
    rng = np.random.default_rng(5)
    n = 50
    places = pd.DataFrame(
        {"place": [f"p{i:02d}" for i in range(n)], "lon": rng.uniform(100, 115, n), "lat": rng.uniform(25, 40, n)}
    )
    weights = spatial_weights(places, neighbors=4)
    drift = rng.normal(0, 0.25, (n, 10)).cumsum(axis=1) + places["lon"].to_numpy()[:, None] / 6
    return pd.DataFrame(np.exp(drift), index=places["place"], columns=range(2010, 2020)), weights


def test_spatial_chain_agrees_with_giddy(made, giddy):
    values, weights = made
    w = weights.to_graph().to_W()
    w.transform = "r"
    ours = spatial_markov(values, weights, classes=4)
    relative = (values / values.mean()).to_numpy()
    peer = giddy.markov.Spatial_Markov(
        relative,
        w,
        fixed=True,
        k=4,
        m=4,
        cutoffs=np.array(ours.breaks),
        lag_cutoffs=np.array(ours.breaks),
        fill_empty_classes=True,
    )
    for k in range(4):
        assert (ours.counts.loc[k + 1].to_numpy() == peer.T[k]).all()
    assert (ours.counts.loc["all"].to_numpy() == peer.transitions).all()
    assert ours.homogeneity.likelihood_ratio == pytest.approx(peer.LR)
    assert ours.homogeneity.pearson == pytest.approx(peer.Q)
    assert ours.homogeneity.degrees_of_freedom == peer.dof_hom
    assert ours.homogeneity.p_pearson == pytest.approx(peer.Q_p_value)
    assert ours.steady.loc["all"].to_numpy() == pytest.approx(peer.s)
    assert ours.passage.loc["all"].to_numpy() == pytest.approx(giddy.ergodic.mfpt(peer.p))


def test_quadrants_agree_with_giddy(made, giddy):
    values, weights = made
    w = weights.to_graph().to_W()
    w.transform = "r"
    ours = quadrant_markov(values, weights)
    peer = giddy.markov.LISA_Markov(values.to_numpy(), w)
    # giddy: 1 high-high, 2 low-high, 3 low-low, 4 high-low
    assert (ours.counts.to_numpy() == peer.transitions).all()
    crossed = ours.moves["crossed"].value_counts()
    own = ours.moves.apply(lambda row: row["from"].split("-")[0] != row["to"].split("-")[0], axis=1).sum()
    assert crossed.get("own", 0) + crossed.get("both", 0) == own


def test_rank_moves_agree_with_giddy(made, giddy):
    values, _ = made
    groups = pd.Series(np.arange(50) % 5, values.index).astype(str)
    ours = rank_mobility(values, groups=groups)
    peer = giddy.rank.Theta(values.to_numpy(), groups.to_numpy(), permutations=0)
    assert ours["theta"].to_numpy() == pytest.approx(np.ravel(peer.theta))
    for at in range(9):
        assert ours["tau"][at] == pytest.approx(giddy.rank.Tau(values.iloc[:, at], values.iloc[:, at + 1]).tau)
    assert ours["moved"].to_numpy() == pytest.approx(np.ravel(peer.total) / np.ravel(peer.max_total))
    assert ours["theta_p"].between(0.001, 1).all()


def test_groups_that_move_as_one_are_found():
    values = pd.DataFrame({1: range(8), 2: [4, 5, 6, 7, 0, 1, 2, 3]}, index=list("abcdefgh"))
    found = rank_mobility(values, groups=dict.fromkeys("abcd", "x") | dict.fromkeys("efgh", "y"), permutations=40_320)
    assert found["theta"].tolist() == [1.0]
    # of the 70 ways to take four of eight, two do as well
    assert found["theta_p"].tolist() == pytest.approx([2 / 70])


def test_passage_knows_what_is_never_reached():
    p = np.array([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0], [0.2, 0.2, 0.6]])
    found = first_passage(p)
    assert found[0].tolist() == [np.inf, 2.0, np.inf]
    assert found[1].tolist() == [np.inf, 1.0, np.inf]
    # from the third: 1 + 0.6 m + 0.2 * 2
    assert found[2, 1] == pytest.approx(1.4 / 0.4)
    assert steady_state(p).tolist() == pytest.approx([0.0, 1.0, 0.0])
    assert np.isnan(steady_state(np.eye(2))).all()


def test_what_gives_no_chain_is_refused(made):
    values, weights = made
    with pytest.raises(OptionError, match="two or more years"):
        spatial_markov(values[[2010]], weights)
    with pytest.raises(OptionError, match="got nan at p03"):
        quadrant_markov(values.mask((values.index == "p03")[:, None] & (values.columns == 2012)), weights)
    with pytest.raises(OptionError, match="at least 2"):
        spatial_markov(values, weights, classes=1)
    with pytest.raises(OptionError, match=r"each column once, got more of 2010$"):
        spatial_markov(values[[2010, 2011, 2010]], weights)
    with pytest.raises(OptionError, match="groups: needed a number for every place, got none for p00"):
        rank_mobility(values, groups={"p01": "x"})
