"""Flows of a study are estimated from tables of totals: years apart, with what is known, and refused by name."""

import re

import numpy as np
import pandas as pd
import pytest

from innoscape.data import InnoscapeError
from innoscape.network import estimate_flows
from innoscape.study import check, run
from innoscape.study.stages import draw

PLACES = pd.DataFrame(
    {
        "place": list("abcde"),
        "lon": [100.0, 101.0, 103.0, 106.0, 110.0],
        "lat": [30.0, 31.0, 30.0, 32.0, 31.0],
        "tier": ["national", "regional", "regional", "local", ""],
        "kind": "province",
    }
)
SOLD = pd.DataFrame({"place": list("abcde"), "value": [50.0, 30.0, 20.0, 10.0, 5.0], "year": 2020})
BOUGHT = pd.DataFrame({"place": list("abcde"), "value": [25.0, 25.0, 25.0, 25.0, 15.0], "year": 2020})
LATER = [table.assign(year=2021, value=table["value"] * [2, 1, 1, 1, 1]) for table in (SOLD, BOUGHT)]
HEAD = 'name = "made"\ntitle = "Made"\n[tables]\nplaces = ["places.csv"]\n'
NETWORK = '[[networks]]\nname = "deals"\ndirected = true\n'
ESTIMATE = '[networks.estimate]\noutgoing = "sold.csv"\nincoming = "bought.csv"\n'


@pytest.fixture
def study(tmp_path):
    def made(keys="", *, networks="", after="", **tables):
        written = {"places": PLACES, "sold": SOLD, "bought": BOUGHT, **tables}
        for name, table in written.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)
        text = HEAD + networks + NETWORK + ESTIMATE + keys + after
        (tmp_path / "study.toml").write_text(text, encoding="utf-8")
        return tmp_path

    return made


def flows(folder, kind="deals"):
    table = run(folder, until="centrality").tables["flows"]
    return table[table["kind"] == kind].reset_index(drop=True)


def refusal(folder):
    with pytest.raises(InnoscapeError) as caught:
        check(folder)
    return str(caught.value)


def test_flows_have_the_totals_of_the_tables_and_need_no_tier_and_no_index(study):
    folder = study(places=PLACES.drop(columns="tier"))
    found = flows(folder)
    assert (found["status"] == "estimated").all()
    for end, table in (("source", SOLD), ("target", BOUGHT)):
        got = found.groupby(end)["value"].sum()
        assert got.to_dict() == pytest.approx(table.set_index("place")["value"].to_dict())


def test_a_share_stays_within_places_and_stands_in_totals_and_balances(study):
    folder = study("within = 0.4\n[networks.balance]\n".replace("[networks.balance]\n", ""))
    tables = run(folder, until="centrality").tables
    totals = tables["estimate_totals"].set_index("place")
    smaller = np.minimum(SOLD["value"], BOUGHT["value"]).to_numpy()
    assert totals["within"].loc[list("abcde")].tolist() == pytest.approx((0.4 * smaller).tolist())
    assert totals["within_share"]["a"] == pytest.approx(0.4 * 25 / 50)


def test_a_table_of_flows_within_places_is_met_and_gravity_may_decide_instead(study):
    within = pd.DataFrame({"place": list("abcde"), "value": [9.0, 8.0, 7.0, 6.0, 1.0], "year": 2020})
    found = flows(study('within = "within.csv"\n', within=within))
    own = found[found["source"] == found["target"]].set_index("source")["value"]
    assert own.to_dict() == pytest.approx(within.set_index("place")["value"].to_dict())
    free = flows(study("within = true\n"))
    assert (free["source"] == free["target"]).sum() == 5


def test_known_cells_zeros_and_costs_are_kept(study):
    costs = pd.DataFrame(
        [(s, t, 10.0 + i + j) for i, s in enumerate("abcde") for j, t in enumerate("abcde") if s < t],
        columns=["source", "target", "value"],
    )
    keys = 'known = [{ source = "a", target = "b", value = 7.5 }]\nzeros = [["a", "e"], ["c", "d"]]\nexponent = 2.0\n'
    folder = study(keys, costs=costs)
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(text.replace("[[networks]]", 'costs = "costs.csv"\n[[networks]]'))
    found = flows(folder).set_index(["source", "target"])["value"]
    assert found["a", "b"] == pytest.approx(7.5)
    assert ("a", "e") not in found.index
    assert ("c", "d") not in found.index
    at = np.add.outer(np.arange(5), np.arange(5)) + 10.0
    cost = pd.DataFrame(at, index=list("abcde"), columns=list("abcde"))
    by_hand = estimate_flows(
        SOLD.set_index("place")["value"],
        BOUGHT.set_index("place")["value"],
        cost,
        known=[("a", "b", 7.5)],
        zeros=[("a", "e"), ("c", "d")],
        exponent=2.0,
    )
    assert found.to_dict() == pytest.approx(by_hand.set_index(["source", "target"])["value"].to_dict())


def test_the_rest_of_the_world_takes_what_the_row_of_all_places_leaves(study):
    national = pd.DataFrame({"place": ["全国"], "value": [150.0], "year": [2020]})
    sold, bought = (pd.concat([table, national]) for table in (SOLD, BOUGHT))
    tables = run(study('rest_of_world = "全国"\n', sold=sold, bought=bought), until="centrality").tables
    totals = tables["estimate_totals"].set_index("place")
    assert totals.loc["rest_of_world", ["outgoing", "incoming"]].tolist() == pytest.approx([35.0, 35.0])
    central = tables["centrality"].set_index("place")
    assert central.loc["rest_of_world", "aggregate"]
    assert "全国" in refusal(study(sold=sold, bought=bought))


@pytest.mark.parametrize("rest", ["true", "140.0"])
def test_the_rest_of_the_world_may_take_the_difference_or_what_a_total_leaves(study, rest):
    bought = BOUGHT.assign(value=BOUGHT["value"] - 3)
    tables = run(study(f"rest_of_world = {rest}\n", bought=bought), until="centrality").tables
    totals = tables["estimate_totals"].set_index("place")
    out = 0.0 if rest == "true" else 25.0
    assert totals.loc["rest_of_world", ["outgoing", "incoming"]].tolist() == pytest.approx([out, out + 15.0])


def test_years_as_columns_are_read_and_names_are_matched(study):
    places = PLACES.assign(place=["北京", *"bcde"])
    wide = [
        pd.DataFrame({"place": ["北  京", *"bcde"], "2020年": table["value"], "2021年": later["value"]})
        for table, later in zip((SOLD, BOUGHT), LATER, strict=True)
    ]
    folder = study(places=places, sold=wide[0], bought=wide[1])
    text = (folder / "study.toml").read_text()
    (folder / "study.toml").write_text(text + 'balance = "scale_in"\n')
    totals = run(folder, until="centrality").tables["estimate_totals"]
    assert sorted(set(totals["year"])) == [2020, 2021]
    assert totals.set_index(["place", "year"]).loc[("北京", 2021), "outgoing"] == pytest.approx(100.0)


def test_the_exponent_is_fitted_to_a_network_and_to_known_flows(study):
    true = flows(study("exponent = 1.7\n"))
    seen = true[["source", "target", "value"]]
    other = '[[networks]]\nname = "seen"\ndirected = true\nflows = "seen.csv"\n'
    keys = 'exponent = "fitted"\nfit_to = { network = "seen" }\n'
    row = run(study(keys, networks=other, seen=seen), until="centrality").tables["estimate_parameters"].iloc[0]
    assert row["value"] == pytest.approx(1.7, abs=1e-4)
    assert (row["status"], row["fitted_to"], row["n"]) == ("fitted", "seen", 20)
    cells = seen.iloc[[0, 3, 6, 9, 13]]
    keys = 'exponent = "fitted"\nknown = "cells.csv"\n'
    row = run(study(keys, cells=cells), until="centrality").tables["estimate_parameters"].iloc[0]
    assert row["value"] == pytest.approx(1.7, abs=1e-3)
    assert row["low"] < 1.7 < row["high"]
    assert (row["status"], row["fitted_to"], row["n"]) == ("fitted", "known", 5)


def test_a_parameter_that_is_not_identifiable_is_refused_unless_the_study_falls_back(study):
    keys = 'exponent = "fitted"\nknown = [{ source = "a", target = "b", value = 7.5 }]\n'
    said = refusal(study(keys))
    assert "key networks[1].estimate.exponent" in said
    assert "not identifiable from 1 known flows" in said
    results = run(study(keys + "fallback = 1.3\n"), until="centrality")
    row = results.tables["estimate_parameters"].iloc[0]
    assert (row["value"], row["status"]) == (1.3, "assumed")
    assert any("not identifiable" in str(notice) and "1.3" in str(notice) for notice in results.notices)


def test_tiers_may_rest_on_flows_estimated_from_margins(study):
    after = '[tiers.flows]\nnetwork = "deals"\nby = "strength"\n[centers]\ntiers = ["flows"]\n'
    centers = run(study(after=after), until="centrality").tables["centers"]
    assert centers["tier_status"].tolist() == ["computed"] * 5


def test_the_advice_of_a_contradiction_works_when_it_is_followed(study):
    sold = SOLD.assign(value=[100.0, 5.0, 5.0, 3.0, 2.0])
    said = refusal(study(sold=sold))
    assert "what places send stands in sold.csv" in said
    changed = {"sends": sold.set_index("place")["value"], "receives": BOUGHT.set_index("place")["value"].copy()}
    for place, side, to in re.findall(r"what (\w) (sends|receives) from [\d.]+ to ([\d.]+)", said):
        changed[side] = changed[side].where(changed[side].index != place, float(to))
    tables = [changed[side].rename("value").reset_index().assign(year=2020) for side in ("sends", "receives")]
    assert len(flows(study(sold=tables[0], bought=tables[1])))


MISFIT = [
    ("masses = { outgoing = { x = 1.0 }, incoming = { x = 1.0 } }\n", "key networks[1].estimate.masses"),
    ("tier_weights = { national = 1.0 }\n", "key networks[1].estimate.tier_weights"),
    ('rest_of_world = true\nbalance = "scale_in"\n', "one way of making margins add up"),
    ('decay = "exponential"\n', "a rate above 0"),
    ('rate = "fitted"\n', "a parameter that decay 'power' has"),
    ('fit_to = { network = "deals" }\n', "a parameter that is fitted"),
    ("fallback = 1.0\n", "one fitted parameter"),
    ('exponent = "fitted"\n', "flows that it can be fitted to"),
    ('exponent = "fitted"\nfit_to = { network = "deals" }\n', "a network with a table of flows"),
    ('exponent = "fitted"\nfit_to = { network = "none" }\n', "a network of this study"),
    ('known = [{ source = "a", target = "b" }]\n', "either value (a number) or network"),
    ('known = [{ source = "a", target = "e", network = "none" }]\n', "a network of this study"),
    ('zeros = [["a", "x"]]\n', "a place of tables.places"),
    ('zeros = [["a", "b"], ["a", "c"], ["a", "d"], ["a", "e"]]\n', "what a sends from 50 to 0"),
    ('rest_of_world = "全国"\n', "the row 全国"),
    ("rest_of_world = 100.0\n", "a total of all flows of at least 115"),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "said"), MISFIT)
def test_what_does_not_fit_is_refused_by_name(study, keys, said):
    assert said in refusal(study(keys))


def without(table, place):
    return table[table["place"] != place]


BAD = [
    ({"sold": SOLD.assign(unit="yuan"), "bought": BOUGHT.assign(unit="10,000 yuan")}, "one unit in all tables"),
    ({"bought": without(BOUGHT, "c")}, "bought.csv, column place: needed a total for c (2020)"),
    ({"bought": BOUGHT.assign(year=2019)}, "a year that all tables of the estimate have"),
    ({"bought": BOUGHT.drop(columns="year")}, "bought.csv, column year: needed years, as sold.csv has them"),
    ({"sold": pd.concat([SOLD, LATER[0].assign(year=None)])}, "a year in every row"),
    ({"sold": pd.concat([SOLD, SOLD])}, "again"),
    ({"bought": BOUGHT.assign(value=BOUGHT["value"] + 1)}, "to add up to the same"),
    ({"sold": SOLD.assign(place=["全国", *"bcde"])}, "全国"),
    ({"places": PLACES.assign(lon=100.0, lat=30.0)}, "a cost above 0 between different places"),
    ({"sold": SOLD.iloc[:1], "bought": BOUGHT.iloc[:1].assign(value=50.0)}, "totals of at least two places"),
    ({"sold": SOLD.assign(value=-1.0)}, "at least 0"),
]  # fmt: skip


@pytest.mark.parametrize(("tables", "said"), BAD)
def test_tables_that_cannot_be_used_are_refused_with_a_remedy(study, tables, said):
    assert said in refusal(study(**tables))


def test_flows_within_places_count_in_balances_and_in_no_centrality(study):
    tables = run(study("within = true\n"), until="centrality").tables
    balances = tables["balances"].set_index("group")
    totals = tables["estimate_totals"].set_index("place")
    assert balances["inside"].to_dict() == pytest.approx(totals["within"].to_dict())
    assert balances["within_places"].tolist() == balances["inside"].tolist()
    assert balances["localization_share"].to_dict() == pytest.approx(totals["within_share"].to_dict())
    sent = tables["centrality"].set_index("place")["out_strength"]
    assert sent.to_dict() == pytest.approx((totals["outgoing"] - totals["within"]).to_dict())


def test_flows_that_are_the_same_both_ways_are_drawn_once_and_said_to_be(study, monkeypatch):
    drawn = []
    kept = draw.center_map
    monkeypatch.setattr(draw, "center_map", lambda *a, **o: drawn.append(o["undirected"]) or kept(*a, **o))
    even = SOLD.assign(value=[30.0, 25.0, 20.0, 15.0, 10.0])
    for tables, undirected in (({"sold": even, "bought": even}, ["deals"]), ({}, [])):
        folder = study(**tables)
        run(folder, folder / "out")
        page = (folder / "out" / "report.html").read_text(encoding="utf-8")
        assert drawn.pop() == undirected
        assert ("same flow in both directions" in page) == bool(undirected)
        assert "These flows are estimated, not measured" in page


def test_zero_totals_are_right_and_years_of_one_table_are_told(study):
    sold = pd.concat([SOLD.assign(value=[50.0, 30.0, 35.0, 0.0, 0.0]), SOLD.assign(year=2018)])
    results = run(study(sold=sold), until="centrality")
    assert not {"d", "e"} & set(results.tables["flows"]["source"])
    assert any("no flows are estimated for 2018" in str(notice) for notice in results.notices)
