"""Chains of conversion across places: what arrives where, by which way, and which hand-over matters most."""

import numpy as np
import pandas as pd
import pytest

from innoscape.data import OptionError, TableError
from innoscape.network import OBSTACLE_CHAIN, conversion_chain, pipeline

COLUMNS = ["stage", "source", "target", "conversion", "delay"]


def drawn(seed, stages=3, places=3):
    """Return the links of a chain on which every place passes on to every other, and their matrices."""
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(places + 1), (stages, places))[:, :, :places]
    rows = [
        (f"stage {k}", f"p{i}", f"p{j}", shares[k, i, j], float(rng.random()))
        for k, i, j in np.ndindex(stages, places, places)
    ]
    return pd.DataFrame(rows, columns=COLUMNS), shares


def test_002_research_abroad_is_incubated_and_lands_at_home():
    """The way of the source: research abroad, incubation, landing at home; its numbers are assumed."""
    links = pd.DataFrame(
        [
            ("incubation", "硅谷", "硅谷", 0.2, 2.0),
            ("incubation", "硅谷", "北京", 0.1, 3.0),
            ("landing", "硅谷", "硅谷", 0.3, 1.0),
            ("landing", "硅谷", "北京", 0.1, 4.0),
            ("landing", "北京", "北京", 0.2, 1.0),
            ("landing", "北京", "天津", 0.2, 2.0),
        ],
        columns=COLUMNS,
    )
    found = conversion_chain(links, {"硅谷": 100.0})
    landed = found.amounts[found.amounts["stage"] == "landing"].set_index("place")
    assert landed["amount"].to_dict() == pytest.approx({"硅谷": 6.0, "北京": 4.0, "天津": 2.0})
    assert landed["arrival"].to_dict() == pytest.approx({"硅谷": 3.0, "北京": (2 * 6 + 2 * 4) / 4, "天津": 5.0})
    assert found.routes.set_index("end")["route"].to_dict() == {
        "硅谷": "硅谷 > 硅谷 > 硅谷", "北京": "硅谷 > 北京 > 北京", "天津": "硅谷 > 北京 > 天津",
    }  # fmt: skip
    assert found.links["carried"].groupby(found.links["stage"]).sum().tolist() == pytest.approx([1.0, 1.0])


def test_with_one_place_it_is_the_pipeline():
    shares, waits = [0.5, 0.2, 0.4], [3.0, 5.0, 2.0]
    rows = [(*row, wait) for *row, wait in zip(OBSTACLE_CHAIN[1:], ["B"] * 3, ["B"] * 3, shares, waits, strict=True)]
    found = conversion_chain(pd.DataFrame(rows, columns=COLUMNS), {"B": 200.0})
    table = pipeline(OBSTACLE_CHAIN, shares, delays=waits, inflow=200.0).iloc[1:]
    for own, of_pipeline in (("amount", "output"), ("conversion", "conversion"), ("lost", "lost")):
        np.testing.assert_allclose(found.stages[own], table[of_pipeline])
    np.testing.assert_allclose(found.amounts["arrival"].iloc[1:], table["arrival"])
    np.testing.assert_allclose(found.links["gain"], table["gain"])


@pytest.mark.parametrize("seed", range(2))
def test_amounts_are_products_of_matrices_and_gains_what_a_higher_conversion_brings(seed):
    links, shares = drawn(seed)
    inflow = {"p0": 10.0, "p2": 4.0}
    found = conversion_chain(links, inflow, step=0.03)
    vector = np.array([10.0, 0.0, 4.0])
    for k, matrix in enumerate(shares):
        vector = vector @ matrix
        at = found.amounts[found.amounts["stage"] == f"stage {k}"].set_index("place")["amount"]
        np.testing.assert_allclose(at.sort_index(), vector)
    total = vector.sum()
    keys = ["stage", "source", "target"]
    for row in found.links[::2].itertuples():
        own = (links[keys] == [row.stage, row.source, row.target]).all(axis=1)
        of_source = links[(links["stage"] == row.stage) & (links["source"] == row.source)]
        rise = min(0.03, 1 - of_source["conversion"].sum())
        higher = conversion_chain(links.assign(conversion=links["conversion"] + rise * own), inflow).stages
        assert row.gain == pytest.approx(higher["amount"].iloc[-1] / total - 1)
        without = conversion_chain(links[~own], inflow).stages
        assert row.carried == pytest.approx(1 - without["amount"].iloc[-1] / total)
    again = conversion_chain(
        links.sample(frac=1, random_state=1).sort_values("stage", kind="stable"), inflow, step=0.03
    )
    for name in ("amounts", "stages", "links", "routes"):
        pd.testing.assert_frame_equal(getattr(found, name), getattr(again, name), check_exact=True)


def test_what_comes_to_a_place_that_passes_nothing_on_is_lost():
    rows = [
        ("a", "x", "y", 0.5, np.nan),
        ("a", "x", "z", 0.5, np.nan),
        ("b", "y", "y", 0.0, np.nan),
        ("b", "y", "x", 0.4, 1),
    ]
    found = conversion_chain(pd.DataFrame(rows, columns=COLUMNS, index=[7, 7, 2, 1]), {"x": 10.0})
    assert found.stages["lost"].tolist() == [0.0, 8.0]
    ends = found.amounts[found.amounts["stage"] == "b"].set_index("place")
    assert ends["amount"].to_dict() == {"x": 2.0, "y": 0.0}
    assert pd.isna(ends.loc["y", "arrival"])
    assert found.links.set_index(["stage", "target"])["gain"].to_dict() == pytest.approx(
        # all of x is passed on already; a tenth more of the 5 of y, to either place, is 0.5 of 2
        {("a", "y"): 0.0, ("a", "z"): 0.0, ("b", "x"): 0.25, ("b", "y"): 0.25}
    )
    nothing = conversion_chain(pd.DataFrame(rows, columns=COLUMNS), {"x": 0.0})
    assert nothing.links[["carried", "gain"]].isna().all(axis=None)
    assert not nothing.links["bottleneck"].any()


@pytest.mark.parametrize(
    ("rows", "options", "error", "says"),
    [
        ([], {}, OptionError, "at least one hand-over"),
        ([("a", "x", "y", 0.5, 0), ("a", "x", "y", 0.1, 0)], {}, OptionError, "each once, got a, x to y twice"),
        ([("a", "x", "y", 1.5, 0)], {}, OptionError, "conversions from 0 to 1, got 1.5 for a, x to y"),
        ([("a", "x", "y", np.nan, 0)], {}, OptionError, "conversions from 0 to 1, got nan"),
        ([("a", "x", "y", 0.5, -1)], {}, OptionError, "delays of at least 0"),
        ([("a", "x", "y", 0.6, 0), ("a", "x", "z", 0.6, 0)], {}, OptionError, "at most 1, got 1.2 for a, x"),
        ([("a", "x", None, 0.6, 0)], {}, OptionError, "empty cells"),
        ([("a", "x", "y", "much", 0)], {}, OptionError, "conversion and delay"),
        ([("a", "x", "y", 0.5, 0)], {"inflow": {}}, OptionError, "inflow: needed place"),
        ([("a", "x", "y", 0.5, 0)], {"inflow": {"y": 1.0}}, OptionError, r"first stage \(x\), got 'y'"),
        ([("a", "x", "y", 0.5, 0)], {"inflow": {"x": -1.0}}, OptionError, "inflow of x"),
        ([("a", "x", "y", 0.5, 0)], {"step": -1.0}, OptionError, "step"),
    ],
)
def test_what_is_no_chain_is_told(rows, options, error, says):
    with pytest.raises(error, match=says):
        conversion_chain(pd.DataFrame(rows, columns=COLUMNS), **{"inflow": {"x": 1.0}, **options})


def test_a_column_that_is_missing_is_told():
    with pytest.raises(TableError, match="conversion"):
        conversion_chain(pd.DataFrame({"stage": ["a"], "source": ["x"], "target": ["y"]}), {"x": 1.0})
