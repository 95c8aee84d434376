"""Amounts as each language writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoscape.data.amounts import readable_amount, script_unit


@pytest.mark.parametrize(
    ("value", "unit", "english", "chinese"),
    [
        (282.80, "100 million yuan", "28.28 billion yuan", "282.8亿元"),
        (282.80, "亿元", "28.28 billion yuan", "282.8亿元"),
        (17330.2, "亿元", "1.733 trillion yuan", "1.733万亿元"),
        (50, "万元", "500,000 yuan", "50万元"),
        (2.05, "万件", "20,500件", "2.05万件"),
        (3056, "patents", "3,056 patents", "3,056件"),
        (1_234_567, "persons", "1.235 million persons", "123.5万人"),
        (7333.5, "bushels", "7,334 bushels", "7,334 bushels"),
        (12, "1,000 bushels", "12,000 bushels", "1.2万 bushels"),
        (9.86, "%", "9.86%", "9.86%"),
        (3, "10 km", "3 × 10 km", "3 × 10 km"),
        (-2, "million yuan", "−2 million yuan", "−200万元"),
        (float("inf"), "yuan", "–", "–"),
        (1e-30, "yuan", "0 yuan", "0元"),
    ],
)
def test_multiples_of_units_are_worked_into_values(value, unit, english, chinese):
    assert readable_amount(value, unit).said[:2] == (english, chinese)


@given(st.floats(-1e15, 1e15), st.sampled_from(["", "patents", "亿元", "100 million yuan", "万人"]))
def test_every_number_is_written_without_exponents_or_a_minus_before_nothing(value, unit):
    for said in readable_amount(value, unit).said:
        assert "e+" not in said
        assert not said.startswith(("-", "−0 ", "−0件"))
        assert said[0].isdigit() or said[1].isdigit()


def test_scripts_get_the_power_and_what_is_counted():
    assert script_unit("亿元")["power"] == 8
    assert script_unit("亿元")["base"] == {"en": "yuan", "zh": "元"}
    assert script_unit("patents")["power"] == 0
