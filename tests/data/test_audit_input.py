"""The audit refuses what is no claim or no figure, names every fault at once, and runs nothing of Python."""

import pandas as pd
import pytest

from innoscape import data
from innoscape.data import OptionError, TableError
from innoscape.data.audit.expressions import FUNCTIONS, parsed
from innoscape.data.audit.intervals import printed_interval
from innoscape.data.audit.wordings import WORDINGS
from innoscape.data.vocabulary import terms
from innoscape.data.wording.catalogue import Text

FIGURES = pd.DataFrame(
    [("a", "3.0", "level"), ("b", "2", "count"), ("c", "5", "count"), ("zero", "0", "count")],
    columns=["id", "printed", "kind"],
)


def claim(expression="a", claimed="3.0", **more):
    return pd.DataFrame([{"id": "x", "expression": expression, "claimed": claimed, **more}])


def audited(*args, **more):
    return data.audit_claims(claim(*args, **more), FIGURES).iloc[0]


@pytest.mark.parametrize(
    "expression",
    [
        "__import__('os').system('true')",
        "open('x')",
        "a.__class__",
        "(lambda: 1)()",
        "[x for x in a]",
        "a if b else c",
        "sum(*a)",
        "sum(a, start=b)",
        "a[0]",
        "a % b",
        "a // b",
        "a != b",
        "not a",
        "a or b",
        "a | b",
        "+a",
        "f'{a}'",
        "True",
        "1j",
        "1e999",
        "a := 3",
        "a; b",
        "import os",
        "'a'",
        "...",
        "",
        "(" * 400,
        "a + " * 200 + "a",
        "\x00",
    ],
)
def test_what_is_no_arithmetic_is_refused(expression):
    assert isinstance(parsed(expression), Text)


@pytest.mark.parametrize(
    "expression", ["9 ** 9 ** 9", "a ** (10 ** 20)", "a ** -1e30", "10 ** 99", "9" * 499, "a / zero"]
)
def test_what_has_no_result_is_not_checkable_and_costs_nothing(expression):
    row = audited(expression)
    assert (row["verdict"], row["reason"]) == ("not_checkable", "undefined")


def test_every_fault_of_both_tables_is_named_at_once():
    claims = pd.DataFrame(
        [
            ("one", "a + unknwon", "1", None, None, None),
            ("two", "median(a)", "1", None, None, None),
            ("three", "a", "three", None, None, None),
            ("four", "a", None, None, None, None),
            ("five", "a > b", "1", None, None, None),
            ("six", None, "1", None, None, None),
            ("seven", "[a, b] + c", "1", None, None, None),
            ("eight", "sum([])", "1", None, None, None),
            ("nine", "[a, b]", "1", None, None, None),
            ("ten", "a", "1", None, None, "2x = a"),
            ("eleven", "a", "1", "roughly", None, None),
        ],
        columns=["id", "expression", "claimed", "wording", "obstacle", "inputs"],
    )
    with pytest.raises(TableError) as caught:
        data.audit_claims(claims.iloc[:10], FIGURES)
    faults = caught.value.faults
    assert {fault.row for fault in faults} == set(range(2, 12))
    said = str(caught.value)
    assert "expression: needed a name of an input or figure, got unknwon" in said
    assert "median" in said
    assert all(name in said for name in FUNCTIONS)
    assert "got three; write the number alone" in said
    with pytest.raises(TableError, match="needed one of equal, about") as caught:
        data.audit_claims(claims, FIGURES.assign(printed="many"))
    # a wording and four figures
    assert len(caught.value.faults) == 5


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ("q = bb", "got bb; did you mean"),
        ("q = nothing_like_it", "add the figure nothing_like_it, or write ?"),
        ("S0-001", "a plain word that is no function, got S0-001"),
        ("sum = a", "got sum = a"),
        ("and = a", "got and = a"),
        ("q = a; q = b", "got q = b"),
    ],
)
def test_inputs_name_figures_that_there_are_once_each(inputs, words):
    with pytest.raises(TableError) as caught:
        audited("a", "3", inputs=inputs)
    assert words in str(caught.value)
    assert len(caught.value.faults) == 1


def test_what_would_be_passed_over_is_refused():
    with pytest.raises(TableError, match="no number claimed"):
        audited("a > b", None, wording="about")
    with pytest.raises(TableError, match="needed a number as printed"):
        audited("a", "many", obstacle="outside")
    # though an input is missing, the expression must be one
    with pytest.raises(TableError, match="needed numbers, names, lists"):
        audited("q %% a", "1", inputs="q = ?")
    with pytest.raises(TableError, match="got w"):
        audited("q + w", "1", inputs="q = ?")
    with pytest.raises(TableError, match="or the two that a ratio is made of"):
        data.consistency(FIGURES.assign(of=["b; c; zero", None, None, None]))
    with pytest.raises(TableError, match="column of"):
        data.consistency(FIGURES.assign(of=["a", None, None, None]))


def test_faults_name_the_rows_of_the_file():
    claims = claim("q").set_index(pd.Index([7], name="row"))
    with pytest.raises(TableError) as caught:
        data.audit_claims(claims, FIGURES)
    assert [fault.row for fault in caught.value.faults] == [7]


def test_a_figure_of_an_unknown_figure_is_refused():
    with pytest.raises(TableError, match=r"row 3, column of: needed the id of another figure of the table, got q"):
        data.consistency(FIGURES.assign(of=[None, "q", None, None]))


@pytest.mark.parametrize(("options", "words"), [({"most_per_head": 0}, "above 0"), ({"language": "la"}, "'en', 'zh'")])
def test_options_are_checked(options, words):
    with pytest.raises(OptionError, match=words):
        data.consistency(FIGURES, **options)


def test_missing_inputs_and_named_obstacles_give_the_reason():
    row = audited("a / b", "2", inputs="a = a; b = ?")
    assert (row["verdict"], row["reason"]) == ("not_checkable", "missing")
    assert "lacking: b" in row["meaning"]
    hidden = FIGURES.assign(printed=FIGURES["printed"].mask(FIGURES["id"] == "b", "?"))
    row = data.audit_claims(claim("a / q", "2", inputs="q = b"), hidden).iloc[0]
    assert (row["reason"], "lacking: q" in row["meaning"]) == ("missing", True)
    row = audited("a / b", None, obstacle="definition")
    assert (row["verdict"], row["reason"], row["got"]) == ("not_checkable", "definition", 1.5)
    dated = pd.concat([FIGURES.assign(unit=None), pd.DataFrame([{"id": "d", "printed": "2019", "unit": "date"}])])
    dated.loc[dated["id"] == "d", "printed"] = "spring"
    found = data.audit_claims(claim("d", "1", inputs="d"), dated)
    assert found["reason"].item() == "unreadable"


@pytest.mark.parametrize(
    ("printed", "low", "high"),
    [
        ("3.70", 3.695, 3.705),
        ("1,234", 1233.5, 1234.5),
        ("-0.5", -0.55, -0.45),
        ("\u2212" + "2", -2.5, -1.5),
        ("12%", 11.5, 12.5),
        ("\uff13\uff0e\uff17", 3.65, 3.75),
        ("2014-05", 12 * 2014 + 5, 12 * 2014 + 5),
        ("2/3", 2 / 3.5, 2 / 2.5),
    ],
)
def test_numbers_are_read_as_they_are_printed(printed, low, high):
    interval = printed_interval(printed)
    assert (float(interval.low), float(interval.high)) == pytest.approx((low, high))


@pytest.mark.parametrize(
    "printed", ["", "about 3", "1,23", "3.7.1", "1/0", "0/3", "9" * 31, "1e3", "nan", "inf", "3-4", "--3"]
)
def test_what_is_no_printed_number_is_none(printed):
    assert printed_interval(printed) is None


def test_a_whole_count_is_exact_and_a_level_is_not():
    assert printed_interval("128", exact=True).low == 128
    assert printed_interval("2.21", exact=True).low < 2.21
    assert audited("b", "2")["got_low"] == 2
    assert audited("a", "3")["got_low"] == 2.95


def test_registries_are_those_of_the_vocabulary():
    assert [*terms("wordings")] == [*WORDINGS]
    made = {"holds", "within_rounding", "contradicted", "doubtful", "not_checkable"}
    assert set(terms("verdicts")) == made
    found = data.audit_folder()
    assert set(found["verdict"]) == made
    assert set(found["check"]) == set(terms("audit_checks"))


@pytest.mark.parametrize(
    ("wording", "claimed", "holds", "loosely", "fails"),
    [
        ("equal", "2.5", 2.52, None, 2.56),
        ("equal", "1/3", 0.34, 0.36, 0.41),
        ("about", "2", 2.08, 2.4, 2.6),
        ("about", "4000", 4100, 4390, 4600),
        ("nearly", "2", 1.85, 1.6, 2.1),
        ("over", "3", 3.5, 4.5, 2.9),
        ("over", "1800", 1890, 1950, 1790),
        ("slightly_over", "1", 1.02, 1.08, 1.2),
        ("tenths", "8", 8.4, 7.6, 9.08),
        ("more_than", "6", 6.5, None, 6),
        ("less_than", "1/8", 0.1, None, 0.125),
        ("at_least", "4", 4, None, 3.9),
        ("at_most", "100", 100, None, 100.1),
    ],
)
def test_wordings_hold_hold_loosely_and_fail(wording, claimed, holds, loosely, fails):
    cases = {"holds": holds, "within_rounding": loosely, "contradicted": fails}
    for verdict, value in cases.items():
        if value is not None:
            row = data.audit_claims(claim(str(value), claimed, wording=wording), FIGURES).iloc[0]
            assert row["verdict"] == verdict, value


def test_checks_work_without_places_indicators_or_anything_but_numbers():
    bare = data.consistency(FIGURES[["id", "printed"]])
    assert bare.empty
    assert list(bare.columns) == list(data.audit_folder().columns)
    assert data.audit_claims(claim(), FIGURES[["id", "printed"]])["verdict"].item() == "holds"


def test_a_rate_for_each_person_is_judged_in_english_and_chinese_units():
    units = ["patents per 10,000 people", "件/万人", "yuan per 10,000 people", "件/平方公里", "papers/100,000 people"]
    table = pd.DataFrame({"id": list("abcde"), "printed": "6000", "unit": units})
    found = data.consistency(table).set_index("id")["verdict"].to_dict()
    assert found == {"a": "doubtful", "b": "doubtful", "e": "doubtful"}
    assert set(data.consistency(table, most_per_head=0.9)["verdict"]) == {"holds"}


def test_what_a_place_holds_more_than_its_container_is_found_by_any_name():
    places = pd.DataFrame(
        {"place": ["land", "town", "city"], "part_of": [None, "land", "land"], "name_en": ["x", "y", "z"]}
    )
    table = pd.DataFrame(
        [("1", "x", "10", "count"), ("2", "y", "6", "count"), ("3", "city", "5", "count")],
        columns=["id", "place", "printed", "kind"],
    ).assign(indicator="labs")
    found = data.consistency(table, places=places).set_index("check")["verdict"]
    assert found.to_dict() == {"part": "holds", "sum": "contradicted"}
    rates = data.consistency(table.assign(kind="ratio"), places=places)
    assert rates.empty


def test_multiples_growth_and_levels_must_agree():
    rows = [
        ("l0", "2010", "100", "level", None),
        ("l1", "2020", "200", "level", None),
        ("m", "2010..2020", "2.0", "multiple", "l1"),
        ("g", "2010..2020", "9.2", "growth", "l1"),
    ]
    table = pd.DataFrame(rows, columns=["id", "year", "printed", "kind", "of"]).assign(place="A", indicator="R&D")
    found = data.consistency(table).query("check == 'growth'")
    # the multiple with the levels, the growth with both; 2 ** 0.1 is 1.0718
    assert sorted(found["verdict"]) == ["contradicted", "contradicted", "holds"]
    assert set(data.consistency(table.replace("9.2", "7.2"))["verdict"]) == {"holds"}


@pytest.mark.parametrize("expression", ["(((0.001**100)**100)**100)**100", "((a/10**28)**100)**100"])
def test_a_number_of_endless_digits_has_no_result_and_costs_no_time(expression):
    assert audited(expression)[["verdict", "reason"]].tolist() == ["not_checkable", "undefined"]


def test_a_function_that_is_not_called_is_no_name():
    with pytest.raises(TableError, match="sum is a function: call it, or give the figure another name"):
        audited("sum(a) + sum")


def test_large_numbers_have_a_value_and_lie_above_small_ones():
    figures = pd.DataFrame({"id": ["a"], "printed": ["1" + "0" * 20], "kind": ["count"]})
    found = data.audit_claims(claim("a", "1", wording="at_least"), figures).iloc[0]
    assert (found["verdict"], found["got"]) == ("holds", 1e20)
    assert "100,000,000,000,000,000,000;" in found["meaning"]


def test_small_numbers_are_written_with_their_digits():
    assert "recomputed 0.0000125" in audited("1 / 80000", "1")["meaning"]


@pytest.mark.parametrize("id_", ["专利２０２０", "专利2020"])
def test_full_width_digits_name_the_figure_of_that_id(id_):
    figures = pd.DataFrame({"id": [id_], "printed": ["3"]})
    found = data.audit_claims(claim("专利２０２０", "3", inputs=None), figures)
    assert found["verdict"].item() == "holds"
    named = data.audit_claims(claim("专利２０２０", "3", inputs=f"专利２０２０ = {id_}"), figures)
    assert named["verdict"].item() == "holds"


@pytest.mark.filterwarnings("error")
def test_odd_literals_are_refused_without_a_warning_of_python():
    with pytest.raises(TableError, match="numbers where numbers are needed"):
        audited("1and a")


def test_figures_made_of_one_another_in_a_circle_are_refused():
    figures = pd.DataFrame({"id": list("wabc"), "printed": list("9123"), "of": ["", "b", "c", "a"]})
    with pytest.raises(TableError, match=r"row 3, column of: .* got a → b → c → a; empty the cell"):
        data.consistency(figures)


def test_faults_name_the_files_of_a_folder(tmp_path):
    (tmp_path / "figures.tsv").write_text("id\tprinted\na\tmany\n", encoding="utf-8")
    (tmp_path / "claims.csv").write_text("id,expression,claimed\nx,a,1\nx,a,1\n", encoding="utf-8")
    with pytest.raises(TableError) as caught:
        data.audit_folder(tmp_path)
    assert {fault.where for fault in caught.value.faults} == {"figures.tsv", "claims.csv"}


def test_units_that_begin_with_per_are_rates_for_persons():
    figures = pd.DataFrame({"id": ["a", "b"], "printed": ["3509.4", "12"], "unit": ["per 10,000 persons"] * 2})
    found = data.consistency(figures)
    assert found[["check", "verdict"]].to_numpy().tolist() == [["per_head", "doubtful"], ["per_head", "holds"]]


def test_parts_of_one_place_are_called_by_what_they_count():
    figures = pd.DataFrame(
        {
            "id": ["s", "d", "m"],
            "printed": ["100", "30", "80"],
            "kind": "count",
            "place": "park",
            "indicator": ["staff", "doctors", "masters"],
            "of": ["", "s", "s"],
        }
    )
    found = data.consistency(figures).set_index("check").loc["sum", "meaning"]
    assert found.endswith("one of them alone would have to be: doctors 20, masters 70")
