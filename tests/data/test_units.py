"""Units as they are read, and the cells that stand for others, on the tables of the sources."""

import pandas as pd
import pytest

from innoscape.data import OptionError, consistency, load, read_unit

TREE = load("frameworks").query("framework == '3-9-32'")


@pytest.mark.parametrize(
    ("unit", "thing", "number", "per", "money"),
    [
        ("篇/万人", "篇", 10_000, "persons", False),
        ("家/十万人", "家", 100_000, "persons", False),
        ("万元/万人", "万元", 10_000, "persons", True),
        ("美元/万元", "美元", 10_000, "元", True),
        ("Patents per 10,000 people", "patents", 10_000, "persons", False),
        ("yuan per person", "yuan", 1, "persons", True),
        ("births per thousand inhabitants", "births", 1_000, "persons", False),
        ("亿元/家", "亿元", 1, "家", True),
        ("件／10万人", "件", 100_000, "persons", False),
        ("万人", "万人", 1, "", False),
        ("percent", "", 100, "whole", False),
        ("‰", "", 1_000, "whole", False),
        ("元/人/年", "元", 1, "人/年", True),
        ("", "", 1, "", False),
    ],
)
def test_a2_units_are_parted_into_thing_number_and_base(unit, thing, number, per, money):
    assert read_unit(unit) == (thing, number, per, money)
    assert read_unit(unit).absolute == (not per)


def test_a_unit_that_is_no_text_is_refused():
    with pytest.raises(OptionError, match="unit: needed a text, got nan"):
        read_unit(float("nan"))  # type: ignore[arg-type]


def test_a2_fourteen_of_32_indicators_are_absolute():
    absolute = TREE[TREE["per"].isna()]
    assert absolute["no"].astype(int).tolist() == [*range(13, 26), 32]
    # six of the others are for so many persons
    read = [read_unit(f"{one.unit}/{one.per}") for one in TREE.dropna(subset=["per"]).itertuples() if one.unit != "%"]
    assert [one.per for one in read].count("persons") == 6
    assert sorted({one.number for one in read if one.per == "persons"}) == [10_000, 100_000]


def test_a2_papers_and_incubated_firms_for_each_person_are_doubted():
    found = consistency(load("figures")).query("check == 'per_head' and source == 'ran2022'").set_index("id")
    assert found.index[found["verdict"] == "doubtful"].tolist() == ["S0-055", "S0-056", "S0-097"]
    assert found.loc["S0-055", "expected_high"] == 500
    # a unit with two slashes is left alone
    figures = pd.DataFrame({"id": ["a"], "printed": ["9000"], "unit": ["件/万人/年"]})
    assert consistency(figures).empty


def test_a8_every_substituted_cell_names_its_rule_and_what_it_was_taken_from():
    rules = load("substitutions")
    assert set(rules["rule"]) == {"other_year", "part_year", "parent_region", "city_for_zone", "sum_of_parks"}
    for name in ("regional_resources", "framework_values"):
        table = load(name)
        marked = table[table["status"] == "substituted"]
        told = rules[(rules["dataset"] == name) & rules["indicator"].notna()]
        assert set(zip(told["place"], told["indicator"], strict=True)) == set(
            zip(marked["place"], marked["indicator"], strict=True)
        )
    dated = rules[rules["rule"].isin(["other_year", "part_year"])].set_index("place")
    own = load("regional_resources").query("indicator == 'pct_applications_share' and status == 'substituted'")
    periods = own.set_index("place")["period"].drop("京津冀")
    assert dated["period"].drop("京津冀").to_dict() == periods.to_dict()


def test_a8_substituted_values_are_those_of_what_they_were_taken_from():
    cells = load("regional_resources").set_index(["place", "indicator"])["value"]
    taken = load("substitutions").query("dataset == 'regional_resources' and rule == 'parent_region'")
    assert len(taken) == 2
    for row in taken.itertuples():
        assert cells[row.place, row.indicator] == cells[row.taken_from, row.indicator]
    figures = load("figures").set_index("id")
    summed = load("substitutions").query("rule == 'sum_of_parks'")
    assert figures.loc[summed["note"].str.removeprefix("figure "), "value"].tolist() == [80730, 32244, 8586]
