"""What a place is called in two languages where its table knows one, or only a code."""

import pytest

from innoscape.data.places.both_names import both_names


@pytest.mark.parametrize(
    ("given", "names"),
    [
        (("PT17", "Lisbon"), ("Lisbon", "Lisbon")),
        (("PT17", "Lisbon", "里斯本"), ("Lisbon", "里斯本")),
        (("武汉", "Wuhan", float("nan")), ("Wuhan", "武汉")),
        (("Wuhan", "", "武汉"), ("Wuhan", "武汉")),
        (("420100", None, "武汉"), ("武汉", "武汉")),
        ((7, None, None), ("7", "7")),
    ],
)
def test_a_code_gives_way_to_a_name_in_the_other_language(given, names):
    assert both_names(*given) == names
