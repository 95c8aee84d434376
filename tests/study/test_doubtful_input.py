"""What a study says of input that can be read and is probably wrong."""

import pandas as pd
import pytest
from samples import edit

from innoscape.data import StudyError, TableError
from innoscape.study import check, run


def _doubts(study):
    """Return what a run of a study warns of."""
    notices = run(study, until="simulate").tables["notices"]
    return notices.loc[notices["level"] == "warning", "text"].tolist()


def test_a_framework_under_other_names_is_told_by_the_names_of_both_sides(study):
    (study / "framework.csv").write_text("indicator\nbenches\ncompanies\n", encoding="utf-8")
    with pytest.warns(match="left out"), pytest.raises(TableError) as caught:
        check(study)
    assert "benches, companies, got others: firms, labs" in str(caught.value)
    assert "no such place" not in str(caught.value)
    assert caught.value.faults[0].where == "indicators.csv"


def test_a_place_at_zero_is_told_by_its_row(study):
    edit(study, "places.csv", "116.4,39.9", "0,0")
    (doubt,) = _doubts(study)
    assert doubt.startswith("places.csv, row 2, column lon: needed the position of the place, got lon 0, lat 0")


def test_a_unit_without_any_value_is_told(study):
    table = pd.read_csv(study / "indicators.csv", dtype=str)
    wide = table.pivot(index="place", columns="indicator", values="value")  # noqa: PD010
    wide.loc["C"] = None
    wide.to_csv(study / "indicators.csv")
    edit(study, "study.toml", 'name = "equal"', 'name = "equal"\nimpute = "mean"')
    doubts = _doubts(study)
    assert any(doubt.startswith("1 place has no value of its own") and ": C;" in doubt for doubt in doubts)


def test_flows_to_a_place_and_its_container_are_told_by_the_network_and_by_name(study):
    places = pd.read_csv(study / "places.csv")
    inner = pd.DataFrame({"place": ["D"], "lon": [121.4], "lat": [31.0], "part_of": ["B"]})
    pd.concat([places, inner]).to_csv(study / "places.csv", index=False)
    edit(study, "flows.csv", "B,C,3", "B,C,3\nC,D,2")
    (doubt,) = _doubts(study)
    assert doubt == (
        "flows.csv, column source, target: needed places that do not contain one another in the network trade, got D "
        "in B; keep the flows of one level, and take those of the other out"
    )


def test_groups_of_a_balance_that_contain_one_another_are_each_balanced_alone(study):
    places = pd.read_csv(study / "places.csv")
    outer = pd.DataFrame({"place": ["East"], "lon": [119.0], "lat": [35.0], "kind": ["agglomeration"]})
    pd.concat([places.assign(part_of="East"), outer]).to_csv(study / "places.csv", index=False)
    edit(study, "study.toml", 'flows = "flows.csv"', 'flows = "flows.csv"\nbalance = ["East", "A"]')
    balances = run(study, until="centrality").tables["balances"].set_index("group")
    assert balances.loc["East", ["inside", "outside"]].tolist() == [18.0, 0.0]
    assert balances.loc["A", ["inside", "outside"]].tolist() == [0.0, 15.0]


def test_a_symmetric_matrix_made_long_is_told_once(study):
    flows = pd.read_csv(study / "flows.csv")
    back = flows.rename(columns={"source": "target", "target": "source"})
    pd.concat([flows, back]).to_csv(study / "flows.csv", index=False)
    edit(study, "study.toml", "directed = true", "directed = false")
    (doubt,) = _doubts(study)
    assert doubt.startswith("flows of trade: each of 3 pairs of places stands in both directions")


def test_a_flow_of_zero_is_kept_in_the_table_and_noticed(study):
    edit(study, "flows.csv", "B,C,3", "B,C,0")
    results = run(study, until="simulate")
    assert results.tables["notices"][["level", "text"]].to_numpy().tolist() == [
        ["notice", "1 row of trade is 0: it stays in the table and is no tie of the network"]
    ]
    assert results.tables["flows"]["value"].tolist().count(0.0) == 1
    strength = results.tables["centrality"].set_index("place")["degree"]
    assert strength["B"] == 1


def test_codes_of_places_hold_for_published_tiers_of_a_workbook(study):
    code = {"A": 110000, "B": 310000, "C": 420000}
    for name in ("places.csv", "flows.csv", "indicators.csv", "study.toml"):
        text = (study / name).read_text(encoding="utf-8")
        for letter, number in code.items():
            text = text.replace(f"\n{letter},", f"\n{number},").replace(f",{letter},", f",{number},")
            text = text.replace(f'"{letter}"', f'"{number}"')
        (study / name).write_text(text, encoding="utf-8")
    # an empty cell makes the column of codes a column of floats
    table = pd.DataFrame({"code": [*code.values(), None], "tier": ["international", "national", "regional", None]})
    table.to_excel(study / "published.xlsx", index=False)
    published = '[tiers.published]\ntable = "published.xlsx"\nplace = "code"\ntier = "tier"\n\n[diffusion]'
    edit(study, "study.toml", "[diffusion]", published)
    scores = run(study, until="score").tables["scores"].set_index("place")["published_tier"]
    assert scores["310000"] == "national"


def test_equal_flows_have_no_core_and_the_run_goes_on_with_a_warning(study):
    places = [f"P{i}" for i in range(9)]
    table = pd.DataFrame({"place": places, "lon": [100 + 2 * i for i in range(9)], "lat": 30, "tier": "national"})
    table.to_csv(study / "places.csv", index=False)
    pairs = [(a, b, 7) for a in places for b in places if a != b]
    pd.DataFrame(pairs, columns=["source", "target", "value"]).to_csv(study / "flows.csv", index=False)
    text = (study / "study.toml").read_text(encoding="utf-8")
    text = text[: text.index("[index]")] + text[text.index("[[networks]]") : text.index("[diffusion]")]
    text = text.replace('indicators = "indicators.csv"\nframework = "framework.csv"\n', "")
    (study / "study.toml").write_text(text, encoding="utf-8")
    results = run(study, until="centrality")
    assert not results.tables["roles"]["core"].any()
    assert results.tables["roles"]["strength"].eq(7 * 16).all()
    assert results.tables["notices"]["text"].str.contains("no core and periphery").any()
    # without groups of its own making the study has nothing to balance, and nothing to warn of
    assert results.tables["balances"].empty
    assert not results.tables["notices"]["text"].str.contains("group").any()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("horizon = 10.0", "horizon = inf", r"key diffusion\.horizon: needed a finite number"),
        ("runs = 50", "runs = 50\nseed = -1", r"key diffusion\.seed: needed a number"),
        ("runs = 50", "runs = 50\nreceptivity = { national = nan }", r"diffusion\.receptivity\.national: .*finite"),
        (
            "runs = 50",
            "runs = 50\nreceptivity = { national = -1.0 }",
            r"receptivity\.national: needed a number",
        ),
        ('name = "up"', 'name = "baseline"', r"scenarios\[1\]\.name: needed a name of its own"),
        ('places = ["places.csv"]', "places = []", r"key tables\.places"),
        ('name = "trade"', f'name = "{"t" * 200}"', r"networks\[1\]\.name"),
        ('tie_network = "trade"', 'tie_network = "t"', r"diffusion\.tie_network: .*choose from trade"),
    ],
)
def test_settings_that_no_run_can_use_are_faults_of_the_study_by_key(study, old, new, said):
    edit(study, "study.toml", old, new)
    with pytest.raises(StudyError, match=said):
        check(study)


def test_flows_whose_sums_are_no_numbers_are_refused_with_a_way_out(study):
    edit(study, "flows.csv", "A,B,10", "A,B,1e308")
    with pytest.raises(TableError, match=r"flows\.csv, column value: .*larger unit"):
        check(study)


def test_faults_of_centers_and_scenarios_come_together(study):
    edit(study, "study.toml", 'seeds = ["A"]', 'seeds = ["B"]')
    edit(study, "places.csv", "B,121.5,31.2,Shanghai,上海,national", "B,121.5,31.2,Shanghai,上海,")
    edit(study, "study.toml", 'place = "C", tier = "national"', 'place = "B", tier = "national"')
    with pytest.raises(StudyError) as caught:
        check(study)
    assert {"diffusion.seeds", "scenarios[1].interventions[1].place"} <= {fault.column for fault in caught.value.faults}


def test_the_same_fault_in_many_rows_is_one_line(study):
    rows = "".join(f"全国,{place},5\n" for place in "ABC")
    (study / "flows.csv").write_text("source,target,value\nA,B,10\n" + rows, encoding="utf-8")
    with pytest.raises(TableError) as caught:
        check(study)
    assert len(caught.value.faults) == 3
    assert str(caught.value).count("\n") == 0
    assert "3 rows (3, 4, 5)" in str(caught.value)
