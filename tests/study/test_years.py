"""Years stay apart in scores and networks, every year stands in the tables, and one of them is shown."""

import networkx as nx
import pandas as pd
import pytest
from samples import QUIET, edit

from innoscape.data import InnoscapeWarning, StudyError, TableError
from innoscape.study import check, run
from innoscape.study.report.render_report import render_report
from innoscape.study.stages.follow_scores import follow_scores

TIES = {2018: [("A", "B", 10.0), ("B", "C", 4.0)], 2019: [("A", "B", 12.0), ("A", "C", 2.0)], 2021: [("C", "A", 7.0)]}


@pytest.fixture
def dated(study):
    """The small study with flows of three years."""
    write_flows(study, TIES)
    return study


def write_flows(study, ties, **columns):
    rows = [(a, b, value, year) for year, pairs in ties.items() for a, b, value in pairs]
    table = pd.DataFrame(rows, columns=["source", "target", "value", "year"]).assign(**columns)
    table.to_csv(study / "flows.csv", index=False)


def keep(study, years):
    edit(study, "study.toml", 'flows = "flows.csv"', f'flows = "flows.csv"\nyears = {years}')
    return study


def strengths(table):
    return {(row.year, row.place): row.strength for row in table.itertuples()}


def test_each_year_is_a_network_of_its_own_and_the_latest_is_shown(dated):
    results = run(dated, until="simulate")
    assert [int(year) for year in results.tables["flows"]["year"]] == [2018, 2018, 2019, 2019, 2021]
    assert strengths(results.tables["centrality"]) == {
        (2018, "A"): 10, (2018, "B"): 14, (2018, "C"): 4,
        (2019, "A"): 14, (2019, "B"): 12, (2019, "C"): 2,
        (2021, "A"): 7, (2021, "C"): 7,
    }  # fmt: skip
    assert set(results.tables["balances"]["year"]) == {2018, 2019, 2021}
    shown = results.shown["centrality"]
    assert "year" not in shown
    assert shown["place"].tolist() == ["A", "C"]
    assert results.shown["flows"]["value"].tolist() == [7]
    assert list(results.graphs["trade"].edges) == [("C", "A")]
    assert [list(graph.edges) for graph in results.earlier_graphs["trade"].values()] == [
        [("A", "B"), ("B", "C")],
        [("A", "B"), ("A", "C")],
    ]
    assert not results.tables["notices"]["text"].str.contains("added").any()


def test_a_folder_of_results_holds_the_graph_of_every_year(dated, tmp_path):
    out = run(dated, tmp_path / "out").folder
    found = {file.name: nx.read_graphml(file).number_of_edges() for file in out.glob("*.graphml")}
    assert found == {"network_trade.graphml": 1, "network_trade.2018.graphml": 2, "network_trade.2019.graphml": 2}


@pytest.mark.parametrize(
    ("years", "found"),
    [
        ('"each"', {2018: 14, 2019: 14, 2021: 7}),
        ('"latest"', {2021: 7}),
        ("[2019]", {2019: 14}),
        ("[2019, 2018]", {2018: 14, 2019: 14}),
        ('"sum"', {None: 35}),
        ("{ sum = [2019, 2018] }", {None: 28}),
    ],
)
def test_a_study_says_which_years_of_flows_it_keeps_and_whether_they_are_added(dated, years, found):
    results = run(keep(dated, years), until="centrality")
    flows = results.tables["flows"]
    totals = flows.groupby(flows["year"].astype(object).where(flows["year"].notna(), None), dropna=False)["value"].sum()
    assert {None if pd.isna(year) else int(year): value for year, value in totals.items()} == found
    assert ("year" in results.tables["centrality"]) == (len(found) > 1)


def test_without_years_no_table_has_a_year_of_its_own(study):
    results = run(study, until="simulate")
    assert [name for name, table in results.tables.items() if "year" in table] == ["flows", "inputs"]


def test_years_given_as_text_are_years(dated):
    table = pd.read_csv(dated / "flows.csv").astype({"year": str})
    table.to_parquet(dated / "flows.parquet", index=False)
    edit(dated, "study.toml", 'flows = "flows.csv"', 'flows = "flows.parquet"')
    assert run(dated, until="centrality").network_years == {"trade": 2021}


def test_rows_without_a_year_among_dated_ones_are_named_and_both_ways_out_work(dated):
    write_flows(dated, TIES | {None: [("B", "A", 1.0), ("C", "B", 2.0)]})
    with pytest.raises(TableError) as caught:
        check(dated)
    (line,) = str(caught.value).splitlines()
    assert line == (
        "flows.csv, 2 rows (7, 8), column year: needed a year in every row of the network trade, as other rows are of "
        '2018, 2019, 2021, got none; fill in the year, or write years = "sum" for the network to add all rows whatever '
        "their year"
    )
    assert run(keep(dated, '"sum"'), until="centrality").tables["flows"]["value"].sum() == 38
    edit(dated, "study.toml", 'years = "sum"', "")
    write_flows(dated, TIES | {2020: [("B", "A", 1.0), ("C", "B", 2.0)]})
    assert set(run(dated, until="centrality").tables["centrality"]["year"]) == {2018, 2019, 2020, 2021}


def test_a_year_that_the_flows_do_not_have_is_refused_with_those_they_have(dated):
    with pytest.raises(TableError) as caught:
        check(keep(dated, "{ sum = [2018, 2020] }"))
    assert str(caught.value) == (
        "flows.csv, column year: needed flows of 2020 for the network trade, got 2018, 2019, 2021; "
        "choose among these years"
    )
    write_flows(dated, {None: TIES[2018]})
    with pytest.raises(TableError, match="needed flows of 2018 for the network trade, got rows without a year"):
        check(dated)


@pytest.mark.parametrize("years", ['"newest"', "[]", "2018", "{ sum = [] }", "[18]"])
def test_years_of_another_form_are_refused_by_their_key(study, years):
    with pytest.raises(StudyError) as caught:
        check(keep(study, years))
    assert all("key networks[1].years" in line for line in str(caught.value).splitlines())


LABS = {"A": [10, 9, 2], "B": [6, 8, 8], "C": [1, 2, 9]}
FIRMS = {"A": [7, 7, 3], "B": [5, 4, 9], "C": [3, 3, 5]}


@pytest.fixture
def annual(study):
    """The small study with indicators of three years, in which C overtakes A."""
    rows = [
        (place, name, 2019 + i, value)
        for name, values in (("labs", LABS), ("firms", FIRMS))
        for place, series in values.items()
        for i, value in enumerate(series)
    ]
    write_indicators(study, pd.DataFrame(rows, columns=["place", "indicator", "year", "value"]))
    return study


def write_indicators(study, table):
    table.to_csv(study / "indicators.csv", index=False)


def under_index(study, line):
    edit(study, "study.toml", "[index]\n", f"[index]\n{line}\n")
    return study


@pytest.mark.parametrize("panel", ["yearly", "pooled"])
def test_a_panel_scores_every_year_and_shows_the_latest(annual, panel):
    under_index(annual, f'panel = "{panel}"')
    edit(annual, "study.toml", "[tiers]", "[index.robustness]\nruns = 20\n\n[tiers]")
    results = run(annual, until="simulate")
    scores = results.tables["scores"]
    assert scores.groupby("year")["rank"].apply(sorted).tolist() == [[1, 2, 3]] * 3
    assert results.index_year == 2021
    shown = results.shown["scores"]
    assert "year" not in shown
    assert shown.equals(scores[scores["year"] == 2021].drop(columns="year").reset_index(drop=True))
    assert shown["place"].tolist() == ["B", "C", "A"]
    for name in ("contributions", "normalized", "scores"):
        assert set(results.tables[name]["year"]) == {2019, 2020, 2021}
    intervals = results.tables["score_intervals"].set_index("place")["rank"]
    assert intervals.to_dict() == shown.set_index("place")["rank"].to_dict()


def test_a_year_of_the_index_places_the_centers(annual):
    edit(annual, "study.toml", "[[networks]]", '[centers]\ntiers = "scores"\n\n[[networks]]')
    edit(annual, "study.toml", "[index]\n", '[index]\npanel = "yearly"\nyear = 2019\n')
    first = run(annual, until="score").tables["centers"].set_index("place")["tier"].astype(str).to_dict()
    edit(annual, "study.toml", "year = 2019", "year = 2021")
    last = run(annual, until="score").tables["centers"].set_index("place")["tier"].astype(str).to_dict()
    assert (first["A"], last["B"]) == ("international", "international")
    assert first != last


def test_one_year_is_scored_without_a_panel(annual):
    results = run(under_index(annual, "year = 2020"), until="score")
    assert "year" not in results.tables["scores"]
    assert set(results.tables["indicators"]["year"]) == {2020}
    edit(annual, "study.toml", "year = 2020", 'year = "latest"')
    latest = run(annual, until="score").tables["scores"]
    edit(annual, "study.toml", 'year = "latest"', "year = 2021")
    assert latest.equals(run(annual, until="score").tables["scores"])


def test_values_of_several_years_are_refused_with_two_ways_out_that_work(annual):
    with pytest.raises(TableError) as caught:
        check(annual)
    (line,) = str(caught.value).splitlines()
    assert line == (
        "indicators.csv, column year: needed one value for each place and indicator, or a year to choose by, got "
        'values of 2019, 2020, 2021; under [index] write panel = "yearly" to score each year, or year = 2021 to score '
        "that year alone"
    )
    check(under_index(annual, 'panel = "yearly"'))
    edit(annual, "study.toml", 'panel = "yearly"', "year = 2021")
    check(annual)


def test_a_place_without_the_year_shown_is_told_and_interpolation_fills_the_gap(annual):
    table = pd.read_csv(annual / "indicators.csv")
    write_indicators(annual, table.query("not (place == 'C' and year == 2020)"))
    under_index(annual, 'panel = "yearly"\nyear = 2020')
    edit(annual, "study.toml", "counts = [1, 1, 1]", "k = 2")
    edit(annual, "study.toml", 'method = "counts"', 'method = "quantiles"')
    results = run(annual, until="score")
    told = results.tables["notices"]["text"]
    assert told.str.startswith("C has no values of 2020, the year shown, and stands without score and rank").any()
    edit(annual, "study.toml", 'name = "equal"', 'name = "equal"\nimpute = "interpolate"')
    results = run(annual, until="score")
    assert results.shown["scores"]["place"].tolist().count("C") == 1


@pytest.mark.parametrize(
    ("line", "change", "said"),
    [
        ('panel = "yearly"', lambda t: t.drop(columns="year").drop_duplicates(["place", "indicator"]), "column year"),
        ("year = 2020", lambda t: t.drop(columns="year").drop_duplicates(["place", "indicator"]), "column year"),
        ("year = 2030", lambda t: t, "2019, 2020, 2021, got 2030; choose among these years"),
        (
            'panel = "yearly"',
            lambda t: t.assign(year=t["year"].where(t.index % 3 > 0)),
            "6 rows (2, 5, 8, 11, 14 and 1 more), column year",
        ),
    ],
)
def test_a_panel_without_its_years_is_refused_by_name(annual, line, change, said):
    write_indicators(annual, change(pd.read_csv(annual / "indicators.csv")))
    with pytest.raises((StudyError, TableError)) as caught:
        check(under_index(annual, line))
    assert said in str(caught.value)
    assert "nan" not in str(caught.value)


def test_a_panel_is_that_of_the_index_not_of_one_recipe(annual):
    edit(annual, "study.toml", 'name = "equal"', 'name = "equal"\npanel = "yearly"')
    with pytest.raises(StudyError) as caught:
        check(annual)
    assert "key index.recipes[1].panel: needed the panel of [index], 'none', in every recipe, got 'yearly'" in str(
        caught.value
    )
    check(under_index(annual, 'panel = "yearly"'))


def by_years(table, *columns):
    return {(row["year_from"], row["year_to"], *(row[c] for c in columns)): row for row in table.to_dict("records")}


def test_ranks_and_tiers_are_followed_from_year_to_year(annual):
    tables = run(under_index(annual, 'panel = "yearly"'), until="score").tables
    ranks = by_years(tables["rank_changes"], "place")
    assert {key: row["rank_change"] for key, row in ranks.items() if key[1] == 2021} == {
        (2020, 2021, "A"): -2, (2020, 2021, "B"): 1, (2020, 2021, "C"): 1,
    }  # fmt: skip
    assert tables["rank_changes"]["score_change"].isna().all()
    moves = by_years(tables["tier_moves"], "place")
    assert {key: (row["tier_from"], row["tier_to"], row["steps"]) for key, row in moves.items()} == {
        (2020, 2021, "A"): ("international", "regional", -2),
        (2020, 2021, "B"): ("national", "international", 1),
        (2020, 2021, "C"): ("regional", "national", 1),
    }
    shares = tables["tier_transitions"].set_index(["tier_from", "tier_to"])["probability"]
    assert shares["international", "regional"] == shares["national", "international"] == 0.5
    mobility = tables["tier_mobility"].set_index(["measure", "tier"])["value"]
    # each of three tiers keeps half of its places: (3 - 1.5) / 2
    assert mobility.loc["prais"].item() == 0.75
    assert mobility.loc[("long_run_share", "national")] == pytest.approx(1 / 3)


def test_scores_change_only_where_all_years_are_scored_together(annual):
    changes = run(under_index(annual, 'panel = "pooled"'), until="score").tables["rank_changes"]
    differences = changes["score_to"] - changes["score_from"]
    assert changes["score_change"].tolist() == pytest.approx(differences.tolist())
    assert changes["score_change"].abs().sum() > 0


@QUIET
def test_years_that_share_no_place_have_ranks_but_no_moves(annual):
    inputs = check(under_index(annual, 'panel = "yearly"'))
    scores = pd.DataFrame({"place": ["A", "B"], "year": [2019, 2020], "rank": 1, "score": 1.0, "tier": "national"})
    with pytest.warns(InnoscapeWarning, match="moves between tiers are left out: .* two consecutive years, got none"):
        found = follow_scores(inputs, scores)
    assert {name: len(table) for name, table in found.items()} == {"rank_changes": 0}


def test_growth_and_turnover_are_followed_from_year_to_year(dated):
    tables = run(dated, until="centrality").tables
    growth = by_years(tables["flow_growth"])
    assert {key: (row["total_to"], row["growth"]) for key, row in growth.items()} == {
        (2018, 2019): (14, 0), (2019, 2021): (7, -0.5),
    }  # fmt: skip
    assert growth[2019, 2021]["yearly_growth"] == pytest.approx(0.5**0.5 - 1)
    ties = by_years(tables["turnover"], "measure")
    found = [ties[2018, 2019, name]["value"] for name in ("entry", "exit", "persistence", "jaccard", "bray_curtis")]
    assert found == pytest.approx([1 / 2, 1 / 2, 1 / 2, 1 / 3, 8 / 28])
    # the tie of A and C turns round, and is another one where flows are directed
    assert [ties[2019, 2021, name]["value"] for name in ("jaccard", "bray_curtis")] == [0, 1]
    strengths = by_years(tables["strength_changes"], "place")
    assert strengths[2019, 2021, "B"]["state"] == "left"
    assert strengths[2019, 2021, "C"]["rank_change"] == 2


def test_what_stands_for_several_places_counts_in_totals_alone(dated):
    table = pd.read_csv(dated / "places.csv").assign(kind="city")
    table.loc[3] = {"place": "D", "kind": "aggregate"}
    table.to_csv(dated / "places.csv", index=False)
    write_flows(dated, {year: [*ties, ("A", "D", 100.0)] for year, ties in TIES.items()})
    tables = run(dated, until="centrality").tables
    assert tables["flow_growth"]["total_to"].tolist() == [114, 107]
    assert set(tables["strength_changes"]["place"]) == {"A", "B", "C"}


def test_the_report_has_a_section_on_years_only_where_there_are_some(annual):
    assert 'id="years"' not in render_report(run(under_index(annual, "year = 2020"), until="simulate"))
    edit(annual, "study.toml", "year = 2020", 'panel = "yearly"')
    write_flows(annual, TIES)
    page = render_report(run(annual, until="simulate"))
    section = page[page.index('<section id="years"') :]
    section = section[: section.index("</section>")]
    for said in (
        "Scores of 3 years, 2019 to 2021, each year normalized by itself",
        "2019—2021年，<strong>3个地区中有3个</strong>位次变化",
        "Of the ties between places of 2019, 0% are still there in 2021; 100% of those of 2021 are new.",
        "(−50.0%)",
        ">2,019<",
    ):
        assert (said in section) == (said != ">2,019<"), said


@QUIET
def test_what_is_varied_of_a_panel_are_the_places_of_its_year(annual):
    table = pd.read_csv(annual / "indicators.csv")
    write_indicators(annual, table.query("not (place == 'C' and year == 2021)"))
    under_index(annual, 'panel = "yearly"')
    edit(annual, "study.toml", "counts = [1, 1, 1]", "k = 2")
    edit(annual, "study.toml", 'method = "counts"', 'method = "quantiles"')
    edit(annual, "study.toml", "[tiers]", "[index.robustness]\nruns = 20\n\n[tiers]")
    check(annual)
    assert set(run(annual, until="score").tables["score_intervals"]["place"]) == {"A", "B"}


def test_a_tier_that_nobody_left_has_no_long_run(annual):
    inputs = check(under_index(annual, 'panel = "pooled"'))
    tiers = ["national", "local", "local", "national", "national", "local"]
    scores = pd.DataFrame({"place": [*"ABC"] * 2, "year": [2019] * 3 + [2020] * 3, "tier": tiers})
    scores = scores.assign(rank=[1, 2, 3] * 2, score=1.0)
    with pytest.warns(InnoscapeWarning) as caught:
        measures = follow_scores(inputs, scores)["tier_mobility"].set_index(["measure", "tier"])["value"]
    (said,) = [one.message.said for one in caught if one.message.key == "warnings.scores.no_long_run"]
    assert "no place left these tiers in the years given: national" in said.in_("en")
    assert "国家级" in said.in_("zh")
    assert measures.loc["long_run_share"].isna().all()
    assert measures.loc["prais"].item() == 0.5


def test_the_report_follows_localization_without_what_stays_within_places(dated):
    edit(dated, "study.toml", 'flows = "flows.csv"', 'flows = "flows.csv"\nbalance = ["S"]')
    pd.DataFrame(
        [("A", 116.4, 39.9, "S"), ("B", 121.5, 31.2, "S"), ("C", 114.3, 30.6, ""), ("S", 118, 35, "")],
        columns=["place", "lon", "lat", "part_of"],
    ).assign(tier=["international", "national", "regional", ""]).to_csv(dated / "places.csv", index=False)
    write_flows(
        dated, {2018: [("A", "A", 5.0), ("A", "B", 1.0), ("A", "C", 3.0)], 2019: [("A", "B", 1.0), ("B", "C", 1.0)]}
    )
    results = run(dated)
    shares = results.tables["balances"].set_index(["group", "year"])[["localization_share", "between_share"]]
    assert shares.loc[("S", 2018)].tolist() == pytest.approx([6 / 9, 1 / 4])
    page = render_report(results)
    section = page[page.index('<section id="years"') :]
    assert '<td class="n">25.0%</td><td class="n">50.0%</td>' in section
