"""The faults of all stages come in one round: what rests on a faulty table is left out, and nothing is told twice."""

import pytest
from samples import edit

from innoscape.data import StudyError, TableError
from innoscape.study import check, run


def _faults(folder, **options):
    with pytest.raises((StudyError, TableError)) as caught:
        check(folder, **options)
    return caught.value.faults


def _told(folder, **options):
    """Return file and column of every fault."""
    return {(fault.where.rpartition("/")[2], fault.column) for fault in _faults(folder, **options)}


def _lose_tier(study, place):
    table = (study / "places.csv").read_text(encoding="utf-8")
    lines = [",".join([*line.split(",")[:-1], ""]) if line.startswith(place) else line for line in table.splitlines()]
    (study / "places.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_tables_names_and_later_stages_are_told_together(study):
    edit(study, "indicators.csv", "A,labs,9", "A,labs,nine")
    edit(study, "flows.csv", "B,C,3", "B,X,3")
    edit(study, "study.toml", 'seeds = ["A"]', 'seeds = ["B"]')
    edit(study, "study.toml", 'place = "C", tier', 'place = "Q", tier')
    _lose_tier(study, "B")
    assert _told(study) == {
        ("indicators.csv", "value"),
        ("flows.csv", "target"),
        ("study.toml", "diffusion.seeds"),
        ("study.toml", "scenarios[1].interventions[1].place"),
    }
    with pytest.raises(StudyError) as caught:
        run(study)
    assert len(caught.value.faults) == 4


def test_a_unit_that_is_no_place_costs_the_scores_alone(study):
    edit(study, "study.toml", 'units = ["A"', 'units = ["nowhere", "A"')
    edit(study, "flows.csv", "source,target,value\nA,B,10", "source,target,value,year\nA,B,10,2020")
    assert _told(study) == {("study.toml", "index.units"), ("flows.csv", "year")}


@pytest.mark.parametrize(
    ("strangers", "keys"),
    [('"nowhere"', {"index.units"}), ("3", {"index.units[1]"}), ('"nowhere", 3', {"index.units", "index.units[2]"})],
)
def test_a_unit_that_is_no_place_does_not_hide_what_the_tables_lack_of_the_others(study, strangers, keys):
    edit(study, "study.toml", 'units = ["A"', f'units = [{strangers}, "A"')
    edit(study, "framework.csv", "firms", "companies")
    assert _told(study) == {("indicators.csv", None), *(("study.toml", key) for key in keys)}


def test_gaps_of_all_units_that_are_places_come_with_those_that_are_none(study):
    edit(study, "study.toml", 'units = ["A"', 'units = ["nowhere", "A"')
    edit(study, "indicators.csv", "C,firms,2\n", "")
    assert _told(study) == {("study.toml", "index.units"), ("indicators.csv", "value")}


def test_a_recipe_at_fault_is_not_tried_on_the_other_units(study):
    edit(study, "study.toml", 'units = ["A"', 'units = ["nowhere", "A"')
    edit(study, "study.toml", 'name = "equal"', 'name = "equal"\nweigh = "no-such"')
    edit(study, "indicators.csv", "C,firms,2\n", "")
    assert ("indicators.csv", "value") not in _told(study)


def test_a_gap_in_the_scores_and_a_network_that_cannot_be_dated_are_told_together(study):
    edit(study, "indicators.csv", "C,firms,2\n", "")
    edit(study, "flows.csv", "source,target,value\nA,B,10", "source,target,value,year\nA,B,10,2020")
    assert _told(study) == {("indicators.csv", "value"), ("flows.csv", "year")}


def test_tiers_that_rest_on_faulty_scores_are_not_blamed(study):
    edit(study, "indicators.csv", "C,firms,2\n", "")
    edit(study, "study.toml", "[tiers]", '[centers]\ntiers = "scores"\n\n[tiers]')
    assert _told(study) == {("indicators.csv", "value")}


def test_names_are_matched_with_places_of_which_a_position_is_at_fault(study):
    edit(study, "places.csv", "116.4", "east")
    edit(study, "flows.csv", "B,C,3", "B,X,-3")
    assert _told(study) == {("places.csv", "lon"), ("flows.csv", "value"), ("flows.csv", "target")}


def test_numbers_of_other_tables_are_checked_without_places_that_are_not_known(study):
    edit(study, "places.csv", "C,114.3", "A,114.3")
    edit(study, "flows.csv", "B,C,3", "B,X,-3")
    assert _told(study) == {("places.csv", "place"), ("flows.csv", "value")}


def test_scenarios_of_indicators_are_not_blamed_for_scores_that_are_lacking(study):
    edit(study, "study.toml", 'units = ["A"', 'units = [3, "A"')
    step = '{ verb = "scale_indicator", places = ["A"], indicators = ["labs"], factor = 2.0 }, { verb = "set_tier"'
    edit(study, "study.toml", '{ verb = "set_tier"', step)
    assert _told(study) == {("study.toml", "index.units[1]")}


def test_a_second_table_of_places_is_not_blamed_for_the_first(study):
    edit(study, "study.toml", '["places.csv"]', '["places.csv", "more.csv"]')
    (study / "more.csv").write_text("place,lon,lat,part_of\nD,x,30,A\n", encoding="utf-8")
    edit(study, "places.csv", "116.4", "east")
    assert _told(study) == {("places.csv", "lon"), ("more.csv", "lon")}


def test_the_faults_of_the_tables_come_with_those_of_the_study_file(study):
    edit(study, "study.toml", "horizon = 10.0", 'horizon = "long"')
    edit(study, "study.toml", 'name = "small"', 'nme = "small"')
    edit(study, "flows.csv", "B,C,3", "B,X,3")
    assert _told(study) == {
        ("study.toml", "diffusion.horizon"),
        ("study.toml", "name"),
        ("study.toml", "nme"),
        ("flows.csv", "target"),
    }


def test_tables_are_not_judged_by_tiers_that_the_study_file_fails_to_declare(study):
    edit(study, "study.toml", "[tiers]", '[[tiers.scale]]\nkey = "hub"\n[tiers]')
    edit(study, "places.csv", "上海,national", "上海,hub")
    assert _told(study) == {("study.toml", "tiers.scale")}


def test_a_name_is_told_at_every_key_where_it_stands(study):
    edit(study, "study.toml", 'seeds = ["A"]', 'seeds = ["X"]')
    edit(study, "study.toml", 'place = "C"', 'place = "X"')
    edit(study, "study.toml", 'flows = "flows.csv"', 'flows = "flows.csv"\nbalance = ["X"]')
    keys = ("diffusion.seeds", "networks[1].balance", "scenarios[1].interventions[1].place")
    assert _told(study) == {("study.toml", key) for key in keys}


def test_scenarios_are_tried_beside_seeds_that_are_no_centers(study):
    _lose_tier(study, "A")
    edit(study, "study.toml", '{ verb = "set_tier", place = "C"', '{ verb = "add_center", place = "C"')
    assert _told(study) == {("study.toml", "diffusion.seeds"), ("study.toml", "scenarios[1].interventions[1]")}


def test_what_an_estimate_takes_from_a_faulty_network_is_not_blamed(study):
    (study / "sold.csv").write_text("place,value\nA,9\nB,5\nC,1\n", encoding="utf-8")
    estimate = """[[networks]]
name = "guess"
directed = true
[networks.estimate]
outgoing = "sold.csv"
incoming = "sold.csv"
known = [{ source = "A", target = "B", network = "trade" }]

[diffusion]"""
    edit(study, "study.toml", "[diffusion]", estimate)
    edit(study, "flows.csv", "B,C,3", "B,X,3")
    assert _told(study) == {("flows.csv", "target")}


def test_doubts_come_with_the_faults_of_a_strict_check(study):
    edit(study, "study.toml", 'tier = "national" }', 'tier = "national", start = 30.0 }')
    edit(study, "study.toml", "[diffusion]\n", "[diffusion]\nreceptivity = { national = 1.0 }\n")
    edit(study, "indicators.csv", "C,firms,2\n", "")
    said = [str(fault) for fault in _faults(study, strict=True)]
    assert len(said) == 3
    assert any("start within the 10 years" in line for line in said)
    assert any("receptivity for every tier" in line for line in said)


def test_a_corridor_names_the_row_of_a_member_that_is_no_place(study):
    (study / "corridors.csv").write_text("corridor,members\nx,A;B\ny,A; Q\n", encoding="utf-8")
    edit(study, "study.toml", "[index]", 'corridors = "corridors.csv"\n\n[index]')
    edit(study, "framework.csv", "firms", "firms\nlabs")
    (framework, member) = sorted(_faults(study), key=lambda fault: fault.where, reverse=True)
    assert (framework.where, framework.row) == ("framework.csv", 4)
    assert (member.where, member.row, member.column) == ("corridors.csv", 3, "members")


def test_a_gravity_model_is_tried_beside_other_faults(study):
    edit(study, "study.toml", 'flows = "flows.csv"', 'flows = "flows.csv"\ngravity = { constraint = "double" }')
    edit(study, "study.toml", 'seeds = ["A"]', 'seeds = ["Q"]')
    assert _told(study) == {("study.toml", "diffusion.seeds"), ("study.toml", "networks[1].gravity")}
