"""Every way a table can break its contract gives one clear fault."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape import data

PLACES = pd.DataFrame(
    {
        "place": ["北京", "天津", "河北", "京津冀"],
        "lon": [116.4, 117.2, 114.5, 116.0],
        "lat": [39.9, 39.1, 38.0, 39.0],
        "name_en": ["Beijing", "Tianjin", "Hebei", "Beijing-Tianjin-Hebei"],
        "part_of": ["京津冀", "京津冀", "京津冀", None],
    }
)
FLOWS = pd.DataFrame({"source": ["北京", "北京"], "target": ["天津", "河北"], "value": [3056.0, 4277.0]})
INDICATORS = pd.DataFrame({"place": ["北京", "天津"], "indicator": ["labs", "labs"], "value": [84.0, 8.0]})
COSTS = FLOWS
CONTRACTS = pd.DataFrame(
    {
        "contract": ["1", "2"],
        "seller": ["北京", "北京"],
        "buyer": ["天津", "河北"],
        "amount": [1.5, 2],
        "date": ["2019-05-31", "2019/6/1"],
    }
)
PATENTS = pd.DataFrame(
    {"patent": ["CN1", "CN1"], "applicant": ["甲", "乙"], "place": ["北京", "天津"], "date": ["2018-01", "2018-01"]}
)
GOOD = {
    "places": PLACES,
    "flows": FLOWS,
    "indicators": INDICATORS,
    "costs": COSTS,
    "contract_records": CONTRACTS,
    "patent_records": PATENTS,
    "adoptions": pd.DataFrame({"place": ["北京"], "time": [0.5]}),
    "framework": pd.DataFrame({"indicator": ["labs"], "direction": [1]}),
}


def change(frame, column, value, row=0):
    changed = frame.astype({column: object})
    changed.loc[row, column] = value
    return changed


def faults(frame, contract, **options):
    with pytest.raises(data.TableError) as caught:
        data.check_table(frame, contract, where="t.csv", **options)
    return caught.value.faults


def only_fault(frame, contract, **options):
    found = faults(frame, contract, **options)
    assert len(found) == 1, [str(fault) for fault in found]
    return found[0]


@pytest.mark.parametrize("contract", GOOD)
def test_a_good_table_passes_and_keeps_every_row(contract):
    checked = data.check_table(GOOD[contract], contract, places=PLACES)
    assert len(checked) == len(GOOD[contract])
    required = data.contract(contract).query("required")["column"]
    assert list(checked.columns[: len(required)]) == required.tolist()


@pytest.mark.parametrize("contract", GOOD)
def test_a_contract_describes_every_column(contract):
    table = data.contract(contract)
    assert list(table.columns) == ["column", "dtype", "unit", "required", "example", "description"]
    assert table["description"].str.len().gt(0).all()
    assert table["column"].is_unique


def test_an_unknown_contract_offers_the_nearest_name():
    with pytest.raises(data.OptionError, match="did you mean 'flows'"):
        data.check_table(FLOWS, "flow")


@pytest.mark.parametrize("contract", GOOD)
def test_an_empty_table_is_one_fault(contract):
    fault = only_fault(GOOD[contract].iloc[:0], contract)
    assert str(fault.got) == "an empty table"


@pytest.mark.parametrize(
    ("contract", "column"),
    [(name, column) for name in GOOD for column in data.contract(name).query("required")["column"]],
)
def test_a_missing_required_column_is_one_fault(contract, column):
    if contract == "indicators" and column != "place":
        frame = INDICATORS.drop(columns=column)
    else:
        frame = GOOD[contract].drop(columns=column).assign(other="x")
    fault = only_fault(frame, contract)
    assert (fault.column, fault.row) == (column, None)


@pytest.mark.parametrize(("wrong", "right"), [("longitude", "lon"), ("Lat", "lat"), ("plce", "place"), ("经度", "lon")])
def test_a_misspelt_column_is_recognized(wrong, right):
    fault = only_fault(PLACES.rename(columns={right: wrong}), "places")
    assert f'did you mean "{wrong}"' in str(fault.fix)


def test_a_repeated_column_is_one_fault():
    frame = pd.concat([FLOWS, FLOWS[["value"]]], axis=1)
    assert str(only_fault(frame, "flows").got) == '"value" 2 times'


@pytest.mark.parametrize(
    ("contract", "column", "cell", "needed"),
    [
        ("flows", "source", None, "an entry"),
        ("flows", "source", "  ", "an entry"),
        ("flows", "value", None, "an entry"),
        ("flows", "value", np.nan, "an entry"),
        ("flows", "value", "many", "a number"),
        ("flows", "value", "nan", "a number"),
        ("flows", "value", True, "a number"),
        ("flows", "value", "1,234", "a number"),
        ("flows", "value", "12%", "a number"),
        ("flows", "value", np.inf, "a finite number"),
        ("flows", "value", "-inf", "a finite number"),
        ("flows", "value", -3, "a number of at least 0"),
        ("costs", "value", "-0.5", "a number of at least 0"),
        ("contract_records", "amount", -1, "a number of at least 0"),
        ("contract_records", "date", "31 May", "a date such as 2019-05-31"),
        ("contract_records", "date", "2019-13-01", "a date such as 2019-05-31"),
        ("places", "lon", 181, "lon from -180 to 180 and lat from -90 to 90"),
        ("places", "lat", -91, "lon from -180 to 180 and lat from -90 to 90"),
        ("places", "lat", None, "an entry"),
        ("places", "lon", np.inf, "a finite number"),
        ("framework", "direction", 2, "one of 1, -1"),
        ("framework", "direction", 0.5, "a whole number"),
        ("adoptions", "time", "soon", "a number, or a date such as 2019-05 or 2019-05-31"),
    ],
)
def test_a_bad_cell_is_one_fault_with_its_row_and_column(contract, column, cell, needed):
    fault = only_fault(change(GOOD[contract], column, cell), contract)
    assert (fault.where, fault.row, fault.column, str(fault.needed)) == ("t.csv", 2, column, needed)


def test_swapped_coordinates_are_told_apart_from_wrong_ones():
    swapped = PLACES.rename(columns={"lon": "lat", "lat": "lon"})
    found = faults(swapped, "places")
    assert len(found) == 4
    assert all("look swapped" in str(fault.fix) for fault in found)
    assert "swapped" not in str(only_fault(change(PLACES, "lat", 950), "places").fix)


def test_only_an_aggregate_may_lack_coordinates():
    bare = pd.DataFrame({"place": ["其余"], "lon": [None], "lat": [None], "kind": ["aggregate"]})
    assert data.check_table(bare, "places")["lon"].isna().all()
    assert len(faults(bare.assign(kind="city"), "places")) == 2


@pytest.mark.parametrize(
    ("contract", "column", "cell", "close"),
    [
        ("places", "tier", "nationl", "national"),
        ("flows", "status", "observe", "observed"),
        ("indicators", "status", "substitute", "substituted"),
    ],
)
def test_an_unknown_word_offers_the_nearest_one(contract, column, cell, close):
    fault = only_fault(GOOD[contract].assign(**{column: cell}).iloc[:1].assign(part_of=None), contract)
    assert f'"{close}"' in str(fault.fix)
    assert str(fault.got) == cell


def test_words_are_read_whatever_their_case():
    assert data.check_table(PLACES.assign(tier="National"), "places")["tier"].unique().tolist() == ["national"]


def test_a_repeated_place_is_one_fault_that_names_the_first_row():
    fault = only_fault(pd.concat([PLACES, PLACES.iloc[[1]]]), "places")
    assert fault.row == 6
    assert "first in row 3" in str(fault.got)


def test_places_that_differ_in_white_space_only_are_repeated():
    assert only_fault(change(PLACES, "place", "天  津").assign(part_of=None), "places").row == 3


@pytest.mark.parametrize("contract", ["flows", "indicators", "costs", "patent_records", "contract_records"])
def test_a_repeated_row_is_one_fault(contract):
    frame = pd.concat([GOOD[contract], GOOD[contract].iloc[[0]]], ignore_index=True)
    assert only_fault(frame, contract).row == 4


def test_the_same_pair_may_occur_once_a_year_and_kind():
    frame = pd.concat([FLOWS.assign(year=2018), FLOWS.assign(year=2019)])
    assert len(data.check_table(frame, "flows")) == 4


def test_an_unknown_place_offers_the_nearest_one():
    fault = only_fault(change(FLOWS, "target", "天津滨海市"), "flows", places=PLACES)
    assert (fault.row, fault.column, str(fault.got)) == (2, "target", "天津滨海市")
    assert "天津" in str(fault.fix)


def test_an_ambiguous_name_is_a_fault_that_lists_the_answers():
    places = PLACES.assign(name_en=["Same", "Same", "Hebei", "All three"])
    fault = only_fault(change(FLOWS, "source", "same"), "flows", places=places)
    assert "北京, 天津" in str(fault.fix)


def test_an_unknown_total_is_called_a_total():
    assert "total" in str(only_fault(change(FLOWS, "target", "全国"), "flows", places=PLACES).fix)


def test_part_of_must_name_a_known_place():
    fault = only_fault(change(PLACES, "part_of", "华北"), "places")
    assert (fault.row, fault.column) == (2, "part_of")


def test_part_of_may_name_a_further_place():
    further = pd.DataFrame({"place": ["华北"], "lon": [114.0], "lat": [39.0]})
    assert data.check_table(change(PLACES, "part_of", "华北"), "places", places=further)["part_of"][0] == "华北"


def test_part_of_must_not_run_in_a_circle():
    circle = PLACES.assign(part_of=["天津", "北京", "京津冀", None])
    found = faults(circle, "places")
    assert [fault.row for fault in found] == [2, 3]
    assert str(found[0].got) == "北京 -> 天津 -> 北京"
    assert str(only_fault(change(PLACES, "part_of", "北京"), "places").got) == "北京 -> 北京"


def test_several_faults_come_together_in_the_order_of_rows():
    frame = pd.DataFrame(
        {"source": ["北京", "甲", None], "target": ["天津", "北京", "天津"], "value": ["x", -1, np.inf]}
    )
    found = faults(frame, "flows", places=PLACES)
    assert [(fault.row, fault.column) for fault in found] == [
        (2, "value"), (3, "source"), (3, "value"), (4, "source"), (4, "value")
    ]  # fmt: skip


def test_a_message_names_file_row_column_needed_got_and_mend():
    with pytest.raises(data.TableError) as caught:
        data.check_table(change(FLOWS, "value", -3), "flows", where="flows.csv")
    fix = "write such a number, or take the row out"
    expected = f"flows.csv, row 2, column value: needed a number of at least 0, got -3; {fix}"
    assert str(caught.value) == expected
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("frame", "contract", "word"),
    [
        (change(FLOWS, "target", "北京"), "flows", "to itself"),
        (change(INDICATORS, "place", "全国"), "indicators", "total"),
        (change(FLOWS, "target", "Total"), "flows", "total"),
        (pd.DataFrame({"place": ["北京", "天津"], "labs": [84, None]}), "indicators", "an empty cell"),
    ],
)
def test_what_is_probably_wrong_warns_and_strict_refuses(frame, contract, word):
    with pytest.warns(data.InnoscapeWarning, match=word):
        assert len(data.check_table(frame, contract)) == 2
    assert word in str(only_fault(frame, contract, strict=True))


def test_names_are_replaced_by_keys_and_reported():
    frame = pd.DataFrame({"source": ["北   京", "北京市"], "target": ["Tianjin", "HEBEI"], "value": [1, 2]})
    checked = data.check_table(frame, "flows", places=PLACES)
    assert checked["source"].tolist() == ["北京", "北京"]
    assert checked["target"].tolist() == ["天津", "河北"]
    assert set(checked.attrs["matches"]) == {
        ("北   京", "北京", "normalized"),
        ("北京市", "北京", "normalized"),
        ("Tianjin", "天津", "english name"),
        ("HEBEI", "河北", "normalized"),
    }


def test_rows_that_meet_after_normalizing_are_repeated():
    frame = pd.DataFrame({"source": ["北京", "北京市"], "target": ["天津", "天津"], "value": [1, 2]})
    assert only_fault(frame, "flows", places=PLACES).row == 3


def test_wide_indicators_become_long_in_the_order_of_rows():
    wide = pd.DataFrame({"place": ["天津", "北京"], "year": [2020, 2020], "labs": ["8", "84"], "rd": [3.4, 6.5]})
    long = data.check_table(wide, "indicators", places=PLACES)
    assert long["place"].tolist() == ["天津", "天津", "北京", "北京"]
    assert long["indicator"].tolist() == ["labs", "rd", "labs", "rd"]
    assert long["value"].tolist() == [8, 3.4, 84, 6.5]
    assert long["year"].tolist() == [2020] * 4


def test_a_fault_in_a_wide_table_names_the_column_of_the_file():
    wide = pd.DataFrame({"place": ["天津", "北京"], "labs": [8, 84], "rd": [3.4, "high"]})
    fault = only_fault(wide, "indicators")
    assert (fault.row, fault.column) == (3, "rd")


def test_columns_are_typed_and_others_kept():
    frame = FLOWS.assign(year="2018", note=[1, 2], unit=["", "patents"])
    checked = data.check_table(frame, "flows")
    assert [str(checked[name].dtype) for name in ("source", "value", "year", "note")] == [
        "str",
        "float64",
        "Int64",
        "int64",
    ]
    assert checked["unit"].isna().tolist() == [True, False]
    assert list(checked.columns) == ["source", "target", "value", "year", "unit", "note"]


def test_dates_are_read_in_the_usual_spellings():
    spellings = ["2019-05-31", "2019/5/31", "2019年5月31日", "20190531", "2019.5.31"]
    frame = pd.concat([CONTRACTS.iloc[[0]]] * 5).assign(contract=list("abcde"), date=spellings)
    assert data.check_table(frame, "contract_records")["date"].unique().tolist() == [pd.Timestamp("2019-05-31")]


def test_the_given_table_is_left_as_it_was():
    frame = change(FLOWS, "source", "北京市")
    before = frame.copy()
    data.check_table(frame, "flows", places=PLACES)
    pd.testing.assert_frame_equal(frame, before)


def test_a_table_with_any_index_is_counted_by_position():
    frame = change(FLOWS, "value", -1, row=1).set_index(pd.Index(["x", "y"]))
    assert only_fault(frame, "flows").row == 3


@settings(max_examples=40, deadline=None)
@given(order=st.permutations(range(6)), values=st.lists(st.floats(0, 1e9), min_size=6, max_size=6))
def test_checking_does_not_depend_on_the_order_of_rows(order, values):
    pairs = [
        ("北京市", "天津"),
        ("天津", "河北"),
        ("河北", "Beijing"),
        ("北京", "河北"),
        ("天津", "北京"),
        ("河北", "天津"),
    ]
    frame = pd.DataFrame(pairs, columns=["source", "target"]).assign(value=values)
    straight = data.check_table(frame, "flows", places=PLACES)
    shuffled = data.check_table(frame.iloc[list(order)], "flows", places=PLACES)
    pd.testing.assert_frame_equal(straight.iloc[list(order)].reset_index(drop=True), shuffled, check_like=False)
    assert sorted(straight.attrs["matches"]) == sorted(shuffled.attrs["matches"])


@settings(max_examples=40, deadline=None)
@given(value=st.floats(allow_nan=True, allow_infinity=True))
def test_a_number_is_either_returned_as_it_is_or_refused(value):
    frame = pd.DataFrame({"place": ["北京"], "indicator": ["labs"], "value": [value]})
    if np.isfinite(value):
        assert data.check_table(frame, "indicators")["value"][0] == value
    else:
        # what is missing is a doubt
        only_fault(frame, "indicators", strict=bool(np.isnan(value)))


CELLS = st.one_of(
    st.none(),
    st.text(max_size=5),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.sampled_from(["北京", "天津市"]),
)


@settings(max_examples=80, deadline=None)
@given(contract=st.sampled_from(sorted(GOOD)), cells=st.lists(CELLS, min_size=1, max_size=4), strict=st.booleans())
def test_any_cells_give_a_table_or_faults(contract, cells, strict):
    columns = data.contract(contract)["column"]
    shifted = [cells[at % len(cells) :] + cells[: at % len(cells)] for at in range(len(columns))]
    frame = pd.DataFrame({name: pd.Series(column, dtype=object) for name, column in zip(columns, shifted, strict=True)})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", data.InnoscapeWarning)
        try:
            checked, found = data.check_table(frame, contract, places=PLACES, strict=strict), ()
        except data.TableError as error:
            checked, found = None, error.faults
    assert (checked is None) == bool(found)
    assert checked is None or len(checked) == len(frame)


def test_an_indicator_in_several_units_is_doubted():
    frame = pd.DataFrame({"place": ["北京", "天津"], "indicator": "labs", "value": 1.0, "unit": ["count", "%"]})
    with pytest.warns(data.InnoscapeWarning, match=r"needed one unit for labs, got % \(1 row\), count \(1 row\)"):
        assert len(data.check_table(frame, "indicators")) == 2
    with pytest.raises(data.TableError, match="one unit for labs"):
        data.check_table(frame, "indicators", strict=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data.check_table(frame.assign(unit=["count", None]), "indicators")
