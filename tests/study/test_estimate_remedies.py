"""Margins that do not fit are estimated or refused by one line, and what that line says works when it is followed."""

import re

import numpy as np
import pandas as pd
import pytest

from innoscape.data import InnoscapeError, OptionError
from innoscape.network import estimate_flows
from innoscape.study import check, run

PLACES = pd.DataFrame(
    {"place": list("abcde"), "lon": [100.0, 101, 103, 106, 110], "lat": [30.0, 31, 30, 32, 31], "tier": "national"}
)
WITH_AGGREGATES = pd.concat(
    [PLACES.assign(kind="province"), pd.DataFrame({"place": ["others", "rest of a"], "kind": "aggregate"})]
)
SOLD, BOUGHT = [50.0, 30.0, 20.0, 10.0, 5.0], [25.0, 25.0, 25.0, 25.0, 15.0]
STUDY = """
name = "made"
title = "Made"
[tables]
places = ["places.csv"]
{tables}
[[networks]]
name = "deals"
directed = true
[networks.estimate]
outgoing = "sold.csv"
incoming = "bought.csv"
"""


@pytest.fixture
def study(tmp_path):
    def made(keys="", sold=SOLD, bought=BOUGHT, *, places=PLACES, extra=(), tables="", **files):
        for name, values in (("sold", sold), ("bought", bought)):
            table = pd.DataFrame({"place": list("abcde")[: len(values)], "value": values})
            more = pd.DataFrame(extra, columns=["place", "value"]) if extra else None
            table = table if more is None else pd.concat([table, more])
            table.assign(year=2020).to_csv(tmp_path / f"{name}.csv", index=False)
        for name, table in {"places": places, **files}.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)
        (tmp_path / "study.toml").write_text(STUDY.format(tables=tables) + keys, encoding="utf-8")
        return tmp_path

    return made


def tables_of(folder):
    return run(folder, until="centrality").tables


def refusal(folder):
    with pytest.raises(InnoscapeError) as caught:
        check(folder)
    assert len(caught.value.faults) == 1
    return str(caught.value)


NOTHING = [0.0] * 5


@pytest.mark.parametrize("balance", ["", 'balance = "scale_in"\n', 'balance = "scale_out"\n'])
@pytest.mark.parametrize(("sold", "bought"), [(SOLD, NOTHING), (NOTHING, BOUGHT)])
def test_totals_of_nothing_beside_others_are_refused_and_the_remedy_works(study, balance, sold, bought):
    said = refusal(study(balance, sold, bought))
    assert "totals above 0 in both tables (2020)" in said
    assert "rest_of_world = true, without balance" in said
    totals = tables_of(study("rest_of_world = true\n", sold, bought))["estimate_totals"].set_index("place")
    assert totals.loc["rest_of_world", ["outgoing", "incoming"]].sum() == pytest.approx(115.0)


def test_nothing_at_all_and_totals_of_any_size_are_estimated(study):
    assert tables_of(study("", NOTHING, NOTHING))["estimate_totals"]["outgoing"].sum() == 0
    for size in (1e-12, 1e12):
        sold, bought = (list(np.array(values) * size) for values in (SOLD, BOUGHT))
        totals = tables_of(study("", sold, bought))["estimate_totals"]
        assert totals["outgoing"].tolist() == pytest.approx(sold)
    tiny = [value * 1e-200 for value in SOLD]
    assert "give the flows in a smaller unit" in refusal(study("", tiny, tiny[::-1]))


@pytest.mark.parametrize("keys", ["exponent = 300.0\n", 'decay = "exponential"\nrate = 1e6\n'])
def test_steep_decays_are_estimated(study, keys):
    totals = tables_of(study(keys + "within = true\n"))["estimate_totals"]
    assert totals["incoming"].tolist() == pytest.approx(BOUGHT)


ROW = [("全国", 500.0)]


@pytest.mark.parametrize(("key", "extra"), [("500.0", ()), ('"全国"', ROW)])
def test_a_total_that_places_reach_by_less_than_half_needs_flows_inside_the_rest(study, key, extra):
    said = refusal(study(f"rest_of_world = {key}\n", extra=extra))
    assert "at most 230" in said
    assert "rest_within = true" in said
    tables = tables_of(study(f"rest_of_world = {key}\nrest_within = true\n", extra=extra))
    totals = tables["estimate_totals"].set_index("place")
    assert totals["outgoing"].sum() == pytest.approx(500.0)
    assert totals.loc["rest_of_world", "within"] > 500 - 230
    assert totals.loc["a", "outgoing"] == pytest.approx(50.0)


def test_a_total_below_what_places_send_is_refused_and_the_remedy_works(study):
    said = refusal(study("rest_of_world = 100.0\n"))
    assert "at least 115" in said
    assert tables_of(study("rest_of_world = 115.0\n"))["estimate_totals"]["outgoing"].sum() == pytest.approx(115.0)
    assert "rest_of_world, inside which" in refusal(study("rest_within = true\n"))


def test_an_aggregate_at_no_point_takes_part_at_the_median_cost_which_is_declared(study):
    results = run(study(places=WITH_AGGREGATES, extra=[("others", 40.0)]), until="centrality")
    totals = results.tables["estimate_totals"].set_index("place")
    assert totals.loc["others", ["outgoing", "incoming"]].tolist() == pytest.approx([40.0, 40.0])
    row = results.tables["estimate_parameters"].set_index("parameter").loc["aggregate_cost"]
    assert row["status"] == "assumed"
    assert any(a.key.endswith("aggregate_cost.default") and a.value == row["value"] for a in results.assumed)
    assert any("others, at no point" in str(notice) for notice in results.notices)
    central = results.tables["centrality"].set_index("place")
    assert central.loc["others", "aggregate"]
    assert pd.isna(central.loc["others", "rank"])
    # flows with it fall with no distance: each place's share of them is as if none were nearer
    assert tables_of(study(extra=[]))["estimate_totals"]["place"].tolist() == list("abcde")


def test_the_cost_of_an_aggregate_may_be_named_or_stand_in_a_table(study):
    extra = [("others", 40.0), ("rest of a", 9.0)]
    keys = 'aggregate_cost = { "others" = 9000.0, "rest of a" = 50.0 }\n'
    results = run(study(keys, places=WITH_AGGREGATES, extra=extra), until="centrality")
    assert "aggregate_cost" not in set(results.tables["estimate_parameters"]["parameter"])
    values = {a.key.rpartition(".")[2]: a.value for a in results.assumed if "aggregate_cost" in a.key}
    assert values == {"others": 9000.0, "rest of a": 50.0}
    costs = pd.DataFrame(
        [(s, t, 100.0) for s in "abcde" for t in "abcde" if s < t]
        + [("others", place, 200.0) for place in [*"abcde", "rest of a"]],
        columns=["source", "target", "value"],
    )
    folder = study(places=WITH_AGGREGATES, extra=extra, tables='costs = "costs.csv"', costs=costs)
    assert any("with rest of a, at no point" in str(notice) for notice in run(folder, until="centrality").notices)
    assert "of kind aggregate" in refusal(study("aggregate_cost = { a = 5.0 }\n", places=WITH_AGGREGATES, extra=extra))


def test_the_change_that_a_contradiction_names_fixes_it():
    rng = np.random.default_rng(5)
    refused = 0
    for size in (1.0, 1e-9, 1e9):
        for n in (2, 3, 4, 6):
            for _ in range(12):
                names = [f"p{i}" for i in range(n)]
                out, into = (pd.Series(size * rng.lognormal(0, 2, n), index=names) for _ in range(2))
                into *= out.sum() / into.sum()
                pairs = [(a, b) for a in names for b in names if a != b and rng.random() < 0.3]
                known = {pairs[0]: float(out.sum() / n)} if pairs else {}
                zeros = pairs[1:]
                costs = pd.DataFrame(1.0, index=names, columns=names)
                refused += follow(out, into, costs, known, zeros)
    assert refused > 50


def follow(out, into, costs, known, zeros):
    """Estimate, change what the refusal says, and estimate again; return whether there was one."""

    def estimate():
        cells = [(*pair, value) for pair, value in known.items()]
        return estimate_flows(out, into, costs, known=cells, zeros=zeros)

    try:
        estimate()
    except OptionError as error:
        said = str(error)
        assert "smallest change" in said
        number = r"from [\d.e+-]+ to ([\d.e+-]+)"
        for place, side, to in re.findall(rf"what (p\d) (sends|receives) {number}", said):
            (out if side == "sends" else into)[place] = float(to)
        for source, target, to in re.findall(rf"known flow (p\d) -> (p\d) {number}", said):
            known[source, target] = float(to)
        estimate()
        return True
    return False
