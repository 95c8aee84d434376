"""Places that stand for several take part in totals and balances, and in nothing else."""

import pandas as pd
import pytest

from innoscape.data import InnoscapeWarning, StudyError, TableError, check_table
from innoscape.study import check, run

CITIES = [f"c{i}" for i in range(9)]
STUDY = """
name = "parts"
title = "Parts"
[tables]
places = ["places.csv"]
[tiers]
method = "quantiles"
[[networks]]
name = "sold"
directed = true
flows = "flows.csv"
balance = ["G"]
"""


@pytest.fixture
def parts(tmp_path):
    """Write a study of nine cities on a ring and the rest of the world, which trades most of all."""
    rows = [
        (c, 100.0 + i, 30.0, "national" if i < 3 else "local", "G" if i < 4 else "", "city")
        for i, c in enumerate(CITIES)
    ]
    # the rest lies on the symbol of a city
    rows += [("rest", 100.0, 30.0, "international", "", "aggregate"), ("G", 101.5, 30.0, "", "", "region")]
    columns = ["place", "lon", "lat", "tier", "part_of", "kind"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "places.csv", index=False)
    flows = [(a, b, 10.0 + i) for i, (a, b) in enumerate(zip(CITIES, [*CITIES[1:], CITIES[0]], strict=True))]
    flows += [("c0", "c3", 40.0), ("c0", "c5", 41.0)]
    flows += [(c, "rest", 1000.0) for c in CITIES] + [("rest", c, 900.0) for c in CITIES]
    pd.DataFrame(flows, columns=["source", "target", "value"]).to_csv(tmp_path / "flows.csv", index=False)
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    return tmp_path


def test_an_aggregate_counts_in_totals_and_balances_alone(parts):
    tables = run(parts).tables
    central = tables["centrality"].set_index("place")
    assert central["strength"]["c1"] == 10 + 11 + 1900
    assert pd.isna(central["rank"]["rest"])
    assert central.loc["rest", ["betweenness", "closeness", "eigenvector", "pagerank"]].isna().all()
    balance = tables["balances"].set_index("group")
    assert balance["outside"]["G"] == 4 * 1000 + 13 + 41
    for name in ("communities", "dominant_flows", "roles", "flow_tiers"):
        assert sorted(tables[name]["place"]) == CITIES
    assert "rest" not in {*tables["dominant_flows"]["hub"], *tables["dominant_flows"]["target"]}
    assert "rest" not in set(tables["centers"]["place"])


def test_no_path_runs_through_an_aggregate(parts):
    with_rest = run(parts, until="centrality").tables["centrality"].set_index("place")
    flows = pd.read_csv(parts / "flows.csv")
    flows[~flows[["source", "target"]].isin(["rest"]).any(axis=1)].to_csv(parts / "flows.csv", index=False)
    without = run(parts, until="centrality").tables["centrality"].set_index("place")
    for measure in ("betweenness", "closeness", "eigenvector", "pagerank"):
        assert with_rest.loc[CITIES, measure].tolist() == pytest.approx(without.loc[CITIES, measure].tolist())


def test_the_map_leaves_its_flows_out_and_counts_them_in_the_legend(parts):
    results = run(parts, parts / "out")
    page = (parts / "out" / "map.html").read_text(encoding="utf-8")
    assert "Not drawn: 18 flows with rest" in page
    assert any("the map leaves out 18 flows of sold with rest" in str(notice) for notice in results.notices)


def test_an_aggregate_is_neither_scored_nor_seeded(parts):
    text = STUDY.replace("[tiers]\n", '[centers.assumed_tiers]\n"rest" = "local"\n[tiers]\n')
    text += '[diffusion]\nseeds = ["rest"]\n[[diffusion.channels]]\nname = "peer"\nrate = 0.1\nhalf_distance = 100.0\n'
    (parts / "study.toml").write_text(text, encoding="utf-8")
    with pytest.raises((StudyError, TableError)) as refused:
        check(parts)
    said = [line for line in str(refused.value).splitlines() if "whose kind is aggregate" in line]
    assert len(said) == 2
    assert "centers.assumed_tiers" in said[0] + said[1]
    assert "diffusion.seeds" in said[0] + said[1]


def test_an_aggregate_at_no_point_that_is_scored_is_one_fault(parts):
    places = pd.read_csv(parts / "places.csv")
    places.loc[places["place"] == "rest", ["lon", "lat"]] = None
    places.to_csv(parts / "places.csv", index=False)
    scored = ["c0", "c1", "rest"]
    cells = pd.DataFrame({"place": scored, "indicator": "labs", "value": [3.0, 2.0, 1.0]})
    cells.to_csv(parts / "labs.csv", index=False)
    (parts / "framework.csv").write_text("indicator\nlabs\n", encoding="utf-8")
    tables = '[tables]\nindicators = "labs.csv"\nframework = "framework.csv"\n'
    index = f"[index]\nunits = {scored}\n[[index.recipes]]\nname = 'equal'\n[tiers]\n"
    (parts / "study.toml").write_text(STUDY.replace("[tables]\n", tables).replace("[tiers]\n", index), encoding="utf-8")
    with pytest.raises(StudyError) as refused:
        check(parts)
    (line,) = str(refused.value).splitlines()
    assert "key index.units" in line
    assert "whose kind is aggregate" in line


@pytest.mark.parametrize("name", ["其他省份", "河北其余", "京津冀以外", "Rest of Hebei", "Other provinces", "合计"])
def test_a_name_that_reads_like_an_aggregate_is_doubted_until_it_is_marked(name):
    table = pd.DataFrame({"place": ["北京", name], "lon": [116.4, 100.0], "lat": [39.9, 30.0]})
    with pytest.warns(InnoscapeWarning, match="write aggregate in its column kind"):
        check_table(table, "places")
    marked = check_table(table.assign(kind=["city", "aggregate"]), "places")
    assert marked["kind"].tolist() == ["city", "aggregate"]


def test_a_role_that_rests_on_the_cutoff_is_undecided_in_table_and_report(parts):
    (parts / "study.toml").write_text(STUDY + "[networks.structure]\ncutoff = 41.0\nmargin = 0.5\n", encoding="utf-8")
    results = run(parts, parts / "out")
    roles = results.tables["roles"]
    assert set(roles["cutoff"]) == {"41.0"}
    assert "undecided" in set(roles["role"])
    report = (parts / "out" / "report.html").read_text(encoding="utf-8")
    assert "A flow counts as a tie where it is above 41.0." in report
    assert "within 50% of this one" in report
