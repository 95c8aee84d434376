"""Rank correlation of indicators, on the companies that the source names beside the regional table."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from innoscape.data import OptionError, load
from innoscape.geo import rank_association

FIGURES = load("figures").set_index("id")
TIERS = {"international": 3, "national": 2, "regional": 1}


def firms():
    """Companies of the top 2000 by province, and the Fortune 500 by city."""
    return FIGURES.loc["S1-027":"S1-036"].set_index("place")["value"], FIGURES.loc[
        ["S1-018", *(f"S1-0{n}" for n in range(21, 26))]
    ].set_index("place")["value"]


def long(**columns):
    return pd.concat(
        [pd.Series(held, name="value").rename_axis("place").reset_index().assign(indicator=name)
         for name, held in columns.items()]
    )  # fmt: skip


def test_a14_named_companies_add_up_as_the_source_counts_them():
    provinces, cities = firms()
    assert (len(provinces), provinces.sum()) == (10, 1470)
    assert (len(cities), cities.sum(), FIGURES.loc["S1-019", "value"]) == (6, 95, 145)
    assert cities["北京"] / 145 == pytest.approx(FIGURES.loc["S1-020", "value"], abs=0.05)
    assert FIGURES.loc["S1-038", "place"].count("、") + 1 == 8


def by_scope():
    """Companies named in the provinces of each scope; two provinces stand for scopes that share their cities."""
    delta = dict.fromkeys(["上海", "江苏", "浙江", "安徽"], "长三角")
    scopes = {"北京": "京津冀", **delta, "广东": "粤港澳", "四川": "成渝", "山东": "山东", "福建": "福建"}
    return firms()[0].groupby(scopes).sum()


def test_a14_companies_go_with_patents_and_firms_of_regions():
    values = pd.concat([load("regional_resources")[["place", "indicator", "value"]], long(companies=by_scope())])
    others = sorted(load("regional_resources")["indicator"].unique())
    found = rank_association(values, ["companies"], others).set_index("against")
    assert (found["places"] == 6).all()
    assert (found["test"] == "exact").all()
    same = found.index[found["tau_b"] == 1].tolist()
    assert same == ["firms_with_rd_share", "incubated_firms_share", "patents_granted_share"]
    assert found.loc[same, "p_value"].to_numpy() == pytest.approx(2 / 720)
    # what a region has of science goes with it less, and no more than chance would
    assert (found.loc[["double_first_class_universities", "research_institutions_share"], "p_value"] > 0.2).all()


def test_a14_companies_go_with_tiers():
    hierarchy = load("hierarchy").dropna(subset=["scored_scope"]).drop_duplicates("scored_scope")
    tiers = hierarchy.set_index("scored_scope")["tier"].map(TIERS)
    found = rank_association(long(companies=by_scope(), tier=tiers), ["companies"], ["tier"]).iloc[0]
    # no pair of scopes in opposite order: 11 of 15 pairs are of two tiers
    assert (found["places"], found["tau_b"]) == (6, pytest.approx(11 / np.sqrt(15 * 11)))
    assert found["p_value"] == pytest.approx(2 * 12 / 720)


def test_ranks_agree_with_scipy():
    rng = np.random.default_rng(4)
    for n in (6, 12, 80):
        x, y = rng.integers(0, 6, n), rng.normal(size=n)
        places = [f"p{i:02}" for i in range(n)]
        row = rank_association(long(x=dict(zip(places, x, strict=True)), y=dict(zip(places, y, strict=True))),
                               ["x"], ["y"], permutations=4_999).iloc[0]  # fmt: skip
        other = stats.kendalltau(x, y)
        assert row["tau_b"] == pytest.approx(other.statistic)
        assert row["test"] == {6: "exact", 12: "sampled", 80: "normal"}[n]
    # without ties scipy knows the exact distribution
    places = list("abcdef")
    table = long(x=dict(zip(places, range(6), strict=True)), y=dict(zip(places, [2, 0, 1, 4, 3, 5], strict=True)))
    exact = stats.kendalltau(range(6), [2, 0, 1, 4, 3, 5], method="exact").pvalue
    assert rank_association(table, ["x"], ["y"])["p_value"].item() == pytest.approx(exact)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=4, max_size=9), st.integers(0, 99))
def test_order_of_rows_and_of_indicators_changes_nothing_and_a_mirror_turns_the_sign(pairs, seed):
    places = [f"p{i}" for i in range(len(pairs))]
    x, y = ({p: pair[k] for p, pair in zip(places, pairs, strict=True)} for k in (0, 1))
    table = long(x=x, y=y, z={p: -v for p, v in y.items()})
    found = rank_association(table, ["x"], ["y", "z"], permutations=199)
    again = rank_association(table.sample(frac=1, random_state=seed), ["x"], ["y", "z"], permutations=199)
    pd.testing.assert_frame_equal(found, again)
    if (found["status"] == "measured").all():
        assert found["tau_b"].iloc[0] == pytest.approx(-found["tau_b"].iloc[1])
        assert found["p_value"].iloc[0] == pytest.approx(found["p_value"].iloc[1])
        turned = rank_association(table, ["y"], ["x"], permutations=199)["tau_b"].item()
        assert turned == pytest.approx(found["tau_b"].iloc[0])


def test_what_cannot_be_correlated_says_why():
    table = long(x={"a": 1, "b": 2, "c": 3, "d": 4}, y={"a": 1, "b": 2, "c": 3}, z=dict.fromkeys("abcd", 1.0))
    found = rank_association(table, ["x"], ["y", "z", "x"])
    assert found["status"].tolist() == ["too few places", "all equal", "measured"]
    assert found["tau_b"].isna().tolist() == [True, True, False]
    assert found["p_value"].iloc[2] == pytest.approx(1 / 12)
    with pytest.raises(OptionError, match=r"of: needed indicators of values, got 'w'[\s\S]*against: .* got 'v'"):
        rank_association(table, ["w"], ["v"])
    with pytest.raises(OptionError, match="needed each cell once"):
        rank_association(pd.concat([table, table.iloc[:1]]), ["x"], ["y"])
