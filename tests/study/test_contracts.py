"""Every table of a run keeps its contract, and a stage that breaks it is named."""

import sys

import numpy as np
import pandas as pd
import pytest
from samples import edit

from innoscape.data import ResultError
from innoscape.data.contracts.results import check_results, result_tables, typed_results
from innoscape.study import check, run
from innoscape.study.facts.place_measures import measure_keys, measure_name, measure_values
from innoscape.study.plan.analyses import ANALYSIS_TABLES

FLOWS = pd.DataFrame(
    [("k", "A", "B", 1.0, "x", 2018, "observed")],
    columns=["kind", "source", "target", "value", "unit", "year", "status"],
)


@pytest.fixture(scope="module")
def tables(bundled_run):
    return bundled_run.tables


def calls_of(work):
    """Count the calls that work takes, whatever the machine."""
    calls = 0

    def count(*_):
        nonlocal calls
        calls += 1

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


def test_the_tables_of_a_run_are_those_of_the_contracts_and_checked_by_columns(tables):
    # the bundled study fits to adoptions, not to flows, has one year, and too few flows for a gravity model
    alone = {"index_weights", "prepared", "decomposition", "rank_changes", "tier_transitions", "tier_moves"}
    alone |= {"tier_mobility", "flow_growth", "turnover", "strength_changes"}
    alone |= {"gravity", "gravity_fit", "gravity_misfits"}
    # and asks for two analyses alone
    asked = ("typology", "audit")
    alone |= {name for key, tables in ANALYSIS_TABLES.items() if key not in asked for name in tables}
    assert set(tables) == set(result_tables()) - alone
    # 279,037 calls and returns when written
    assert calls_of(lambda: check_results(tables)) < 500_000
    for name, table in tables.items():
        assert {c.name for c in result_tables()[name].columns if c.required} <= set(table.columns)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda t: t.drop(columns="value"), "flows, column value: needed a column value, got none"),
        (lambda t: t.assign(value="much"), "flows, column value: needed number, got"),
        (lambda t: t.assign(year=2018.5), "flows, column year: needed integer, got float64"),
        (lambda t: t.assign(status="rumored"), "flows, column status: needed one of observed, .* got rumored"),
        (lambda t: t[["source", "kind", *t.columns[2:]]], "flows, column kind: needed columns in the order"),
        (lambda t: t.assign(more=1), "flows, column more: needed the columns of the contract"),
        (lambda t: t.assign(value=True), "flows, column value: needed number, got bool"),
    ],
)
def test_a_broken_table_is_refused(change, words):
    check_results({"flows": FLOWS})
    with pytest.raises(ResultError, match=words):
        check_results({"flows": change(FLOWS)})


def test_all_that_is_broken_is_told_at_once():
    with pytest.raises(ResultError) as caught:
        check_results({"flows": FLOWS.drop(columns=["value", "status"]), "rumors": FLOWS})
    assert {(fault.where, fault.column) for fault in caught.value.faults} == {
        ("flows", "value"),
        ("flows", "status"),
        ("rumors", None),
    }


def test_a_stage_that_breaks_its_table_stops_the_run_before_anything_is_written(study, tmp_path, monkeypatch):
    from innoscape.study.stages import build_chain as chain

    score = chain.score_places

    def broken(inputs):
        tables, found = score(inputs)
        return tables | {"scores": tables["scores"].assign(rank="first")}, found

    monkeypatch.setattr(chain, "score_places", broken)
    with pytest.raises(ResultError, match=r"scores, column rank.*report this as a fault of innoscape"):
        run(study, tmp_path / "out", until="score")
    assert not (tmp_path / "out").exists()


def test_recipes_tiers_and_groups_take_columns_of_their_own(study):
    recipes = (
        '[[index.recipes]]\nname = "entropy"\nweigh = "entropy"\n\n[[index.recipes]]\nname = "z"\nnormalize = "zscore"'
    )
    edit(study, "study.toml", "[tiers]", f"{recipes}\n\n[tiers]")
    edit(study, "study.toml", "[[networks]]", "[index.robustness]\nruns = 5\n\n[[networks]]")
    (study / "framework.csv").write_text("indicator,level1,owner\nlabs,input,x\nfirms,output,y\n", encoding="utf-8")
    check(study)
    found = run(study, until="score").tables
    contract = result_tables()["scores"]
    assert contract.find("score_z").name == "score_{recipe}"
    assert contract.find("level_input").fill("level_input") == "input"
    assert [c for c in found["scores"] if c.endswith("_z")] == ["score_z", "rank_z", "tier_z"]
    assert "owner" in found["framework"]


def test_every_text_of_a_contract_stands_in_both_languages():
    for table in result_tables().values():
        for meaning in (table.meaning, *(column.meaning for column in table.columns)):
            assert all(meaning.in_(language) for language in ("en", "zh"))
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names)
        assert {column.dtype for column in table.columns} <= {"text", "number", "integer", "truth", "any"}


def test_a_whole_number_with_gaps_may_stand_as_a_float():
    check_results({"flows": pd.concat([FLOWS, FLOWS.assign(year=np.nan)], ignore_index=True)})


@pytest.mark.parametrize("treated", [0, 1, 2])
@pytest.mark.parametrize("treat", ["log", "winsorize"])
def test_tables_of_recipes_keep_their_types_whichever_of_the_recipes_treats_its_data(study, treated, treat):
    line = [f'treat = "{treat}"\n' if i == treated else "" for i in range(3)]
    more = "".join(f'[[index.recipes]]\nname = "more{i}"\n{line[i]}' for i in (1, 2))
    edit(study, "study.toml", "[[index.recipes]]\n", f"[[index.recipes]]\n{line[0]}")
    edit(study, "study.toml", "[tiers]", f"{more}\n[tiers]")
    edit(study, "study.toml", "counts = [1, 1, 1]", "counts = [1, 1, 7]")
    edit(study, "study.toml", '["A", "B", "C"]', str([*"ABCDEFGHI"]).replace("'", '"'))
    places = pd.DataFrame({"place": [*"ABCDEFGHI"], "lon": range(100, 109), "lat": 30.0, "tier": "national"})
    places.to_csv(study / "places.csv", index=False)
    rows = [(p, i, v) for i in ("labs", "firms") for p, v in zip("ABCDEFGHI", [900, *range(1, 9)], strict=True)]
    pd.DataFrame(rows, columns=["place", "indicator", "value"]).to_csv(study / "indicators.csv", index=False)
    found = run(study, until="score").tables
    assert len(found["index_log"])
    assert len(found["treatments"]) == (2 if treat == "winsorize" else 18)
    for name in ("treatments", "index_log", "contributions", "levels", "normalized"):
        table, contract = found[name], result_tables()[name]
        for column in table:
            if contract.find(column).dtype in {"number", "integer"} and table[column].notna().any():
                assert pd.api.types.is_numeric_dtype(table[column]), (name, column)


def test_joined_tables_take_the_types_of_their_contracts_and_keep_what_does_not_fit():
    parts = FLOWS.assign(value=pd.Series([1.0], dtype=object), year=pd.Series([2018], dtype=object))
    typed = typed_results({"flows": pd.concat([parts, parts], ignore_index=True)})["flows"]
    assert typed["value"].tolist() == [1.0, 1.0]
    check_results({"flows": typed})
    odd = parts.assign(value=pd.Series([True], dtype=object))
    with pytest.raises(ResultError, match="column value: needed number"):
        check_results(typed_results({"flows": odd}))


def test_what_scopes_join_is_told_beside_chance(tables):
    # by hand: the share of the flow between scopes less that within them
    flows = tables["flows"].query("kind == 'contract_estimated' and source != target")
    told = tables["structure"].query("kind == 'contract_estimated'").set_index("measure")["value"]
    joined = tables["brokerage"].query("kind == 'contract_estimated'")
    scope = joined.set_index("place")["group"]
    flows = flows[flows["source"].isin(scope.index) & flows["target"].isin(scope.index)]
    crosses = flows["source"].map(scope) != flows["target"].map(scope)
    assert told["ei_scopes"] == pytest.approx(2 * flows.loc[crosses, "value"].sum() / flows["value"].sum() - 1)
    sizes = scope.value_counts()
    n = len(scope)
    assert told["expected_ei_scopes"] == pytest.approx(1 - 2 * (sizes * (sizes - 1)).sum() / (n * (n - 1)))
    # every two places are tied, so that there is nothing to join
    assert joined["total"].sum() == joined["expected"].sum() == 0
    assert joined["z"].isna().all()


def test_an_indicator_called_as_a_column_of_the_scores_is_a_measure_of_its_own():
    tables = {
        "scores": pd.DataFrame({"place": ["a", "b"], "score": [0.2, 0.8], "rank": [2, 1]}),
        "indicators": pd.DataFrame(
            {"place": ["a", "b"] * 2, "indicator": ["rank"] * 2 + ["score"] * 2, "value": [5.0, 6, 7, 8]}
        ),
        "framework": pd.DataFrame(
            {"indicator": ["score", "rank"], "name_en": ["Exam", "Age"], "unit": ["points", "years"]}
        ),
    }
    keys = measure_keys(tables)
    assert keys == ["score", "indicator:score", "indicator:rank"]
    assert [measure_values(tables, key).tolist() for key in keys] == [[0.2, 0.8], [7.0, 8.0], [5.0, 6.0]]
    assert [measure_name(tables, key)[1] for key in keys] == ["", "points", "years"]
