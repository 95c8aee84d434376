"""A framework is a value that knows its indicators, groups, directions and weights."""

import dataclasses

import pandas as pd
import pytest

from innoscape import data
from innoscape.data import Framework

TABLE = pd.DataFrame(
    {
        "indicator": ["labs", "rd", "waste"],
        "level1": ["input", "input", "output"],
        "level2": ["sites", "money", "harm"],
        "direction": [1, 1, -1],
        "weight": [1.0, 2.0, 1.0],
    }
)


def faults(table):
    with pytest.raises(data.TableError) as caught:
        Framework.from_table(table)
    return caught.value.faults


def test_the_shipped_framework_has_ten_indicators_in_four_groups():
    framework = Framework.from_table(data.load("regional_framework"))
    assert {group: len(members) for group, members in framework.groups().items()} == {
        "institutions": 4,
        "input": 2,
        "output": 2,
        "incubation": 2,
    }
    assert framework.levels == ("level1",)
    assert framework.given_weights is None
    assert set(framework.indicators) == set(data.load("regional_resources")["indicator"])


def test_a_framework_answers_for_its_indicators():
    framework = Framework.from_table(TABLE)
    assert framework.indicators == ("labs", "rd", "waste")
    assert framework.direction.to_dict() == {"labs": 1, "rd": 1, "waste": -1}
    assert framework.given_weights.to_dict() == {"labs": 1.0, "rd": 2.0, "waste": 1.0}
    assert framework.groups("level2") == {"sites": ("labs",), "money": ("rd",), "harm": ("waste",)}
    assert len(framework) == 3


def test_bare_indicators_are_a_framework():
    framework = Framework.from_table(TABLE[["indicator"]])
    assert framework.direction.tolist() == [1, 1, 1]
    assert framework.levels == ()
    with pytest.raises(data.OptionError, match="level1"):
        framework.groups()


def test_a_framework_is_a_value():
    first, second = Framework.from_table(TABLE), Framework.from_table(TABLE.copy())
    assert first == second
    assert hash(first) == hash(second)
    assert first != Framework.from_table(TABLE.assign(weight=1.0))
    assert first != "framework"


def test_a_framework_cannot_be_changed():
    framework = Framework.from_table(TABLE)
    table = framework.table
    table.loc[0, "indicator"] = "other"
    assert framework.indicators[0] == "labs"
    with pytest.raises(dataclasses.FrozenInstanceError):
        framework.rows = ()


def test_the_repr_answers_the_first_questions():
    assert repr(Framework.from_table(TABLE)).splitlines() == [
        "Framework: 3 indicators",
        "  level1: input 2, output 1",
        "  level2: sites 1, money 1, harm 1",
        "  direction: 2 more is better, 1 less is better",
        "  weights: given, sum 4",
    ]


@pytest.mark.parametrize(
    ("table", "column", "row"),
    [
        (TABLE.assign(indicator=["labs", "rd", "rd"]), "indicator", 4),
        (TABLE.assign(direction=[1, 0, 1]), "direction", 3),
        (TABLE.assign(weight=[1, None, 1]), "weight", 3),
        (TABLE.assign(weight=[1, -1, 1]), "weight", 3),
        (TABLE.assign(weight=0), "weight", None),
        (TABLE.assign(level1=["input", None, "output"]), "level1", 3),
        (TABLE.assign(level2=["sites", "money", "money"]), "level2", None),
        (TABLE.drop(columns="level1"), None, None),
    ],
)
def test_a_broken_framework_is_one_fault(table, column, row):
    found = faults(table)
    assert [(fault.column, fault.row) for fault in found] == [(column, row)]


def test_a_round_trip_through_the_table_gives_the_same_framework():
    framework = Framework.from_table(TABLE)
    assert Framework.from_table(framework.table) == framework
