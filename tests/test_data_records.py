"""Records become flows: every scheme of counting, every source, nothing lost, nothing dependent on order."""

import builtins
import itertools
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoscape.data import (
    InnoscapeWarning,
    MissingExtraError,
    OptionError,
    TableError,
    check_table,
    contract_flows,
    copatent_flows,
    load,
    synthetic_contracts,
    synthetic_patents,
)

QUIET = pytest.mark.filterwarnings("ignore::innoscape.data.errors.InnoscapeWarning")
# the example of the documentation: one patent in three cities, published twice, and one in two
FIRST = [("甲", "北京", 1), ("乙", "天津", 2), ("丙", "天津", 3), ("丁", "石家庄", 4)]
PATENTS = pd.DataFrame(
    [("CN1A", *row) for row in FIRST]
    + [("CN1B", *row) for row in FIRST]
    + [("CN2A", "乙", "天津", 1), ("CN2A", "甲", "北京", 2)],
    columns=["patent", "applicant", "place", "order"],
).assign(date=2018, application=["p1"] * 8 + ["p2"] * 2)
DEALS = pd.DataFrame(
    {
        "seller": ["北京", "北京", "北京市", "天津", "北京"],
        "buyer": ["天津", "天津", " 天津", "北京", "北京"],
        "amount": [1.0, 0.25, 0.5, 3.0, 4.0],
        "date": ["2018-03-01", "2019-03-01", "2019/07/09", "2019年5月", "2019-01-02"],
    }
)


def cells(flows, *, year=False):
    ends = zip(flows["source"], flows["target"], strict=True)
    keys = ((*pair, when) for pair, when in zip(ends, flows["year"], strict=True)) if year else ends
    return dict(zip(keys, flows["value"], strict=True))


def test_contracts_are_added_by_seller_buyer_and_year():
    assert cells(contract_flows(DEALS), year=True) == {
        ("北京", "天津", 2018): 1.0,
        ("北京", "北京", 2019): 4.0,
        ("北京", "天津", 2019): 0.75,
        ("天津", "北京", 2019): 3.0,
    }


def test_contracts_are_counted_where_asked():
    flows = contract_flows(DEALS, value="count")
    assert cells(flows, year=True)["北京", "天津", 2019] == 2
    assert set(flows["unit"]) == {"contracts"}


def test_flows_keep_their_contract_and_name_their_unit():
    flows = contract_flows(DEALS, unit="million yuan", places=load("places"))
    with pytest.warns(InnoscapeWarning, match="北京 to itself"):
        checked = check_table(flows, "flows", places=load("places"))
    assert len(checked) == len(flows)
    assert list(flows.columns) == ["source", "target", "value", "kind", "year", "unit", "status", "records"]
    assert set(flows["unit"]) == {"million yuan"}
    assert set(flows["status"]) == {"observed"}
    assert ("北京市", "北京", "normalized") in flows.attrs["matches"]


def test_sums_of_amounts_are_exact():
    deals = DEALS.iloc[[0]].loc[[0] * 10].assign(amount=0.1)
    assert contract_flows(deals)["value"].tolist() == [1.0]


def test_sums_beyond_64_bits_carry_on():
    deals = pd.DataFrame({"seller": "a", "buyer": list("bc") * 10, "amount": 9e11, "date": 2019})
    assert contract_flows(deals, places=None)["value"].tolist() == [9e12, 9e12]
    assert contract_flows(deals.assign(buyer="b", date=range(2000, 2020)), window=None)["value"].tolist() == [1.8e13]


def test_missing_negative_and_unreadable_amounts_are_reported_and_left_out():
    amounts = ["2.5", "-1", "", "n.a.", "inf", "1e17", "3"]
    deals = pd.DataFrame({"seller": list("aaaaaab"), "buyer": "b", "amount": amounts, "date": "2019"})
    with pytest.warns(InnoscapeWarning, match="1 missing, 1 negative, 2 not a number, 1 too large"):
        flows = contract_flows(deals)
    assert cells(flows) == {("a", "b"): 2.5, ("b", "b"): 3.0}
    left = flows.attrs["left_out"]
    assert left["records"] == 5
    assert {"reason": "negative", "seller": "a", "buyer": "b", "amount": "-1"} in left["examples"]
    assert flows.attrs["pairs_left_out"] == []


def test_a_pair_without_any_sound_amount_stands_in_the_report_alone():
    deals = pd.DataFrame({"seller": "a", "buyer": ["b", "c"], "amount": [1.0, math.nan], "date": 2019})
    with pytest.warns(InnoscapeWarning, match="1 missing"):
        flows = contract_flows(deals)
    assert cells(flows) == {("a", "b"): 1.0}
    assert flows.attrs["pairs_left_out"] == [("a", "c", 2019, 1)]


def test_unknown_places_are_one_group_and_are_told_with_counts():
    deals = pd.DataFrame({"seller": ["北平", "北平", None, "北京"], "buyer": "天津", "amount": 1.0, "date": 2019})
    with pytest.warns(InnoscapeWarning, match=r"name 2 unknown places 3 times: 北平 \(2\), \(empty\) \(1\)"):
        flows = contract_flows(deals, places=load("places"))
    assert cells(flows) == {("(unknown)", "天津"): 3.0, ("北京", "天津"): 1.0}
    assert flows.attrs["unknown"]["examples"] == {"北平": 2, "(empty)": 1}
    assert flows["value"].sum() == deals["amount"].sum()


def test_unknown_places_may_keep_their_names():
    deals = pd.DataFrame({"seller": ["北平"], "buyer": ["天津"], "amount": [1.0], "date": [2019]})
    with pytest.warns(InnoscapeWarning, match="unknown places"):
        flows = contract_flows(deals, places=load("places"), unknown="keep")
    assert cells(flows) == {("北平", "天津"): 1.0}


def test_records_without_a_date_are_kept_without_a_year():
    with pytest.warns(InnoscapeWarning, match="1 contract records have no readable date"):
        flows = contract_flows(DEALS.assign(date=["2018", "2018", "2018", "2018", "soon"]), window=2)
    assert flows["year"].isna().tolist() == [False, False, True]
    assert flows.attrs["undated"] == 1
    assert flows["value"].sum() == DEALS["amount"].sum()


def test_organizations_are_placed_and_unlisted_ones_are_told():
    deals = DEALS.assign(seller=["A", "A", "B", "C", "X"], buyer=["B", "B", "C", "A", "B"])
    table = {"A": "北京", "B": "天津市", "C": "北京"}
    with pytest.warns(InnoscapeWarning, match=r"1 unknown organizations 1 times: X \(1\)"):
        flows = contract_flows(deals, organizations=table, window=None, places=load("places"))
    assert cells(flows) == {
        ("(unknown)", "天津"): 4.0,
        ("北京", "北京"): 3.0,
        ("北京", "天津"): 1.25,
        ("天津", "北京"): 0.5,
    }
    assert cells(contract_flows(deals, nodes="organization", window=None))["A", "B"] == 1.25


def test_an_organization_in_two_places_is_refused():
    table = pd.DataFrame({"organization": ["A", "A"], "place": ["北京", "天津"]})
    with pytest.raises(TableError, match="one place for A, got 北京 and 天津"):
        contract_flows(DEALS, organizations=table)


def test_windows_lie_end_to_end_or_roll():
    deals = pd.DataFrame(
        {"seller": "a", "buyer": "b", "amount": [1.0, 2.0, 4.0, 8.0], "date": [2010, 2011, 2013, 2014]}
    )
    laid = contract_flows(deals, window=2)
    assert laid[["first_year", "year", "value"]].to_numpy().tolist() == [
        [2010, 2011, 3],
        [2012, 2013, 4],
        [2014, 2015, 8],
    ]
    assert contract_flows(deals, window=2, start=2009)["first_year"].tolist() == [2009, 2011, 2013]
    rolled = contract_flows(deals, window=3, rolling=True)
    assert rolled[["first_year", "year", "value"]].to_numpy().tolist() == [
        [2010, 2012, 3],
        [2011, 2013, 6],
        [2012, 2014, 12],
    ]
    whole = contract_flows(deals, window=None)
    assert whole[["first_year", "year", "value"]].to_numpy().tolist() == [[2010, 2014, 15]]


def test_sectors_are_kept_apart():
    flows = contract_flows(DEALS.assign(field=["x", "x", "y", "y", None]), sector="field", window=None)
    known = flows.dropna(subset="sector")
    assert known["sector"].tolist() == ["x", "y", "y"]
    assert known["value"].tolist() == [1.25, 0.5, 3.0]
    assert flows["sector"].isna().sum() == 1


# each cell worked out by hand from the two patents
SCHEMES = {
    "full, places": ({}, [2, 1, 1, 1]),
    "fractional, places": ({"counting": "fractional"}, [1.5, 0.5, 1, 0.5]),
    "1/n(n-1), places": ({"counting": "fractional", "fraction": "1/n(n-1)"}, [1 / 6 + 1 / 2, 1 / 6, 1, 1 / 6]),
    "full, applicants": ({"members": "applicants"}, [2 + 1, 1, 1, 2]),
    "fractional, applicants": ({"members": "applicants", "counting": "fractional"}, [2 / 3 + 1, 1 / 3, 1 / 3, 2 / 3]),
    "1/n(n-1), applicants": (
        {"members": "applicants", "counting": "fractional", "fraction": "1/n(n-1)"},
        [2 / 12 + 1 / 2, 1 / 12, 1 / 12, 2 / 12],
    ),
}


@pytest.mark.parametrize(("options", "expected"), SCHEMES.values(), ids=SCHEMES)
@pytest.mark.parametrize("key", ["publication", "application"])
def test_the_worked_example_counts_as_by_hand(options, expected, key):
    flows = copatent_flows(PATENTS, key=key, **options)
    pairs = [("北京", "天津"), ("北京", "石家庄"), ("天津", "天津"), ("天津", "石家庄")]
    assert cells(flows) == pytest.approx(dict(zip(pairs, expected, strict=True)))


def test_stars_run_from_the_first_applicant():
    star = {"counting": "star", "order": "order", "key": "application"}
    assert cells(copatent_flows(PATENTS, **star)) == {
        ("北京", "天津"): 1, ("北京", "石家庄"): 1, ("天津", "北京"): 1,
    }  # fmt: skip
    assert cells(copatent_flows(PATENTS, members="applicants", **star))["北京", "天津"] == 2
    assert cells(copatent_flows(PATENTS, nodes="applicant", **star)) == {
        ("甲", "乙"): 1, ("甲", "丙"): 1, ("甲", "丁"): 1, ("乙", "甲"): 1,
    }  # fmt: skip


def test_stars_without_a_single_first_are_told():
    with pytest.warns(InnoscapeWarning, match="2 patents have no single first member"):
        flows = copatent_flows(PATENTS.assign(order=None), counting="star", order="order", key="application")
    assert flows.attrs["ties"] == 2
    assert set(flows["source"]) == {"北京"}


def test_publications_are_two_patents_unless_a_key_unites_them():
    assert cells(copatent_flows(PATENTS))["北京", "天津"] == 3
    assert copatent_flows(PATENTS).attrs["patents"] == 3


def test_publication_numbers_are_freed_of_marks_and_kind_codes():
    numbers = ["CN 101234567 A", "cn101234567b", "CN-101234567.B2", "CN101234567", "US7654321B1"]
    rows = pd.DataFrame(
        {"patent": numbers * 2, "applicant": list("xxxxyuuuuv"), "place": list("ppppqrrrrs"), "date": 2019}
    )
    assert copatent_flows(rows, key="publication").attrs["patents"] == 2
    cut = copatent_flows(rows, key=lambda number: number.upper().re_extract("([0-9]+)", 1))
    assert cut.attrs["patents"] == 2


def test_a_patent_counts_in_the_year_of_its_first_publication():
    rows = PATENTS.assign(date=[2018] * 4 + [2020] * 4 + [2019] * 2)
    assert cells(copatent_flows(rows, key="application"), year=True)["北京", "石家庄", 2018] == 1
    assert copatent_flows(rows, key="application")["year"].max() == 2019


def test_what_cannot_be_paired_is_told():
    rows = pd.DataFrame(
        {"patent": ["1", "1", None, "2"], "applicant": ["a", None, "b", "c"], "place": list("pqrs"), "date": 2019}
    )
    with pytest.warns(InnoscapeWarning) as told:
        flows = copatent_flows(rows)
    assert cells(flows) == {("p", "q"): 1}
    assert {name: flows.attrs[name] for name in ("records", "patents", "linked", "unnumbered", "unnamed")} == {
        "records": 4, "patents": 2, "linked": 1, "unnumbered": 1, "unnamed": 1,
    }  # fmt: skip
    assert len(told) == 2


def test_an_applicant_in_two_places_is_two_places_but_one_applicant():
    rows = pd.DataFrame({"patent": "1", "applicant": ["a", "a", "b"], "place": ["p", "q", "r"], "date": 2019})
    assert cells(copatent_flows(rows)) == {("p", "q"): 1, ("p", "r"): 1, ("q", "r"): 1}
    with pytest.warns(InnoscapeWarning, match="1 applicants have several places"):
        flows = copatent_flows(rows, members="applicants")
    assert cells(flows) == {("p", "r"): 1}


def test_sectors_of_patents_may_be_shortened():
    rows = PATENTS.assign(ipc=["G06F"] * 8 + ["A61K"] * 2)
    flows = copatent_flows(rows, key="application", sector="ipc", sector_length=1)
    assert cells(flows[flows["sector"] == "A"]) == {("北京", "天津"): 1.0}
    with pytest.warns(InnoscapeWarning, match="1 patents have several sectors"):
        copatent_flows(rows.assign(ipc=["G06F", "A61K"] * 5).iloc[:8], key="application", sector="ipc")


rows_strategy = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from("abcde"), st.sampled_from("pqrs"), st.integers(1, 3)),
    min_size=1,
    max_size=25,
)
schemes = st.sampled_from(
    [
        (counting, fraction, members, nodes)
        for counting, fraction in [("full", ""), ("fractional", "1/(n-1)"), ("fractional", "1/n(n-1)"), ("star", "")]
        for members, nodes in [("places", "place"), ("applicants", "place"), ("applicants", "applicant")]
    ]
)


def brute_force(rows, counting, fraction, members, nodes):
    """Count as the documentation says, one patent at a time, in exact fractions."""
    total = Counter()
    for patent in {row[0] for row in rows}:
        mine = [row for row in rows if row[0] == patent]
        at = 2 if members == "places" else 1
        ids = sorted({row[at] for row in mine})
        home = {one: min(row[2] for row in mine if row[at] == one) for one in ids}
        node = {one: one if (members, nodes) != ("applicants", "place") else home[one] for one in ids}
        n = len(ids)
        if counting == "star":
            first = min(ids, key=lambda one: (min(row[3] for row in mine if row[at] == one), one))
            pairs = [(first, other) for other in ids if other != first]
        else:
            pairs = list(itertools.combinations(ids, 2))
        weights = {
            "1/(n-1)": lambda n: Fraction(1, n - 1),
            "1/n(n-1)": lambda n: Fraction(1, n * (n - 1)),
            "": lambda _: 1,
        }
        for a, b in pairs:
            ends = (node[a], node[b]) if counting == "star" else tuple(sorted((node[a], node[b])))
            total[ends] += weights[fraction](n)
        if members == "places":
            for one in [first] if counting == "star" else ids:
                total[one, one] += len({row[1] for row in mine if row[2] == one}) > 1
    return {ends: float(value) for ends, value in total.items() if value}


@pytest.fixture(scope="module")
def duckdb():
    import ibis

    connection = ibis.duckdb.connect(threads=2)
    yield connection
    connection.disconnect()


@QUIET
@settings(max_examples=60, deadline=None)
@given(rows=rows_strategy, scheme=schemes, randomness=st.randoms(use_true_random=False))
def test_every_scheme_counts_as_brute_force_does(duckdb, rows, scheme, randomness):
    counting, fraction, members, nodes = scheme
    randomness.shuffle(rows)
    table = pd.DataFrame(rows, columns=["patent", "applicant", "place", "order"]).assign(date=2019)
    flows = copatent_flows(
        table,
        counting=counting,
        fraction=fraction or "1/(n-1)",
        members=members,
        nodes=nodes,
        order="order",
        connection=duckdb,
    )
    assert cells(flows) == pytest.approx(brute_force(rows, *scheme))


@pytest.fixture(scope="module")
def untidy():
    return synthetic_contracts(6000, seed=3, untidy=0.1), synthetic_patents(2500, seed=3, untidy=0.1)


@pytest.fixture(scope="module")
def sources(untidy, tmp_path_factory):
    """The same records, as every kind of source, in any order."""
    import polars as pl
    import pyarrow as pa

    home = tmp_path_factory.mktemp("sources")
    table = untidy[0]
    mixed = table.sample(frac=1, random_state=np.random.default_rng(1), ignore_index=True)
    mixed.to_parquet(home / "deals.parquet", index=False)
    for part in range(5):
        (home / "years" / f"part={part}").mkdir(parents=True)
        mixed.iloc[part::5].to_parquet(home / "years" / f"part={part}" / "data.parquet", index=False)
    (home / "years" / "_SUCCESS.csv").write_text("")
    mixed.to_csv(home / "deals.csv", index=False, encoding="utf-8-sig")
    mixed.to_csv(home / "deals.tsv.gz", index=False, sep="\t")
    return {
        "shuffled pandas": (mixed, {}),
        "one thread": (table, {"threads": 1, "memory": "200MB"}),
        "objects": (table.astype({"seller": object, "buyer": object, "date": object}), {}),
        "arrow": (pa.Table.from_pandas(mixed), {}),
        "polars": (pl.from_pandas(mixed), {}),
        "lazy polars": (pl.from_pandas(mixed).lazy(), {}),
        "parquet": (home / "deals.parquet", {"threads": 2}),
        "folder of partitions": (home / "years", {"threads": 1}),
        "pattern": (str(home / "years" / "*" / "*.parquet"), {}),
        "csv": (str(home / "deals.csv"), {}),
        "tsv, compressed": (home / "deals.tsv.gz", {}),
    }


def assert_same(one, other):
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert {**one.attrs, "synthetic": True, "left_out": one.attrs["left_out"]["reasons"]} == {
        **other.attrs, "synthetic": True, "left_out": other.attrs["left_out"]["reasons"],
    }  # fmt: skip


@QUIET
def test_flows_do_not_depend_on_source_order_partitions_or_threads(untidy, sources):
    options = {"sector": "sector", "places": load("places")}
    expected = contract_flows(untidy[0], **options)
    sound = untidy[0]["amount"][untidy[0]["amount"] >= 0]
    assert expected["records"].sum() == len(sound)
    assert math.fsum(expected["value"]) == pytest.approx(math.fsum(sound), rel=1e-12)
    assert expected.attrs["unknown"]["names"] == 2
    for records, limits in sources.values():
        assert_same(expected, contract_flows(records, **options, **limits))


@QUIET
@pytest.mark.parametrize("counting", ["full", "fractional", "star"])
def test_copatents_do_not_depend_on_the_order_of_rows(untidy, counting):
    options = {"counting": counting, "order": "order", "key": "application", "places": load("places")}
    mixed = untidy[1].sample(frac=1, random_state=np.random.default_rng(1))
    one, other = copatent_flows(untidy[1], **options), copatent_flows(mixed, threads=1, **options)
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert one.attrs == other.attrs
    assert "合成外地" in one.attrs["unknown"]["examples"]


def test_an_ibis_table_is_worked_on_where_it_lies(duckdb, recwarn):
    import ibis

    table = ibis.memtable(DEALS.assign(year=2019)[["seller", "buyer", "amount", "year"]].to_dict("list"))
    expected = {("北京", "天津"): 1.75, ("天津", "北京"): 3.0, ("北京", "北京"): 4.0}
    assert cells(contract_flows(table, date="year", connection=duckdb)) == pytest.approx(expected)
    recwarn.clear()


def test_faults_of_the_input_are_told_together(tmp_path):
    with pytest.raises(TableError) as caught:
        contract_flows(DEALS.rename(columns={"seller": "sellers", "amount": "price"}))
    assert [fault.column for fault in caught.value.faults] == ["seller", "amount"]
    assert 'did you mean "sellers"?' in str(caught.value)
    with pytest.raises(TableError, match="nothing at"):
        contract_flows(tmp_path / "absent.parquet")
    with pytest.raises(TableError, match="no records"):
        contract_flows(DEALS.iloc[:0])
    with pytest.raises(TableError, match="no records"):
        copatent_flows(PATENTS.iloc[:0])
    (tmp_path / "broken.parquet").write_text("not a table")
    with pytest.raises(TableError, match="readable Parquet"):
        contract_flows(tmp_path / "broken.parquet")
    (tmp_path / "deals.xlsx").write_text("")
    with pytest.raises(TableError, match="write the table as Parquet or CSV"):
        contract_flows(tmp_path / "deals.xlsx")
    (tmp_path / "latin.csv").write_bytes("seller,buyer,amount,date\n北京,天津,1,2019\n".encode("gb18030"))
    with pytest.raises(TableError, match="contract records"):
        contract_flows(tmp_path / "latin.csv")


@pytest.mark.parametrize(
    ("function", "options", "message"),
    [
        (contract_flows, {"value": "sum"}, "value must be one of"),
        (contract_flows, {"window": 0}, "window must be a whole number"),
        (contract_flows, {"start": 2000, "rolling": True, "window": 2}, "start is the first year"),
        (contract_flows, {"digits": 17}, "digits must be"),
        (contract_flows, {"nodes": "organization", "organizations": {}}, "leave it out"),
        (contract_flows, {"memory": "plenty"}, "do not suit DuckDB"),
        (copatent_flows, {"counting": "half"}, "counting must be one of"),
        (copatent_flows, {"counting": "star"}, "needs order"),
        (copatent_flows, {"counting": "fractional", "fraction": "1/n"}, "fraction must be one of"),
        (copatent_flows, {"nodes": "applicant", "members": "places"}, "needs members"),
    ],
)
def test_options_outside_their_choices_are_refused(function, options, message):
    with pytest.raises(OptionError, match=message):
        function(DEALS if function is contract_flows else PATENTS, **options)


def test_limits_belong_to_the_embedded_engine_alone(duckdb):
    with pytest.raises(OptionError, match="embedded DuckDB"):
        contract_flows(DEALS, connection=duckdb, threads=1)
    with pytest.raises(OptionError, match="must be a path"):
        contract_flows(42)


def test_without_ibis_the_extra_is_named(monkeypatch):
    whole = builtins.__import__

    def without(name, *args, **kwargs):
        if name.split(".")[0] == "ibis":
            raise ImportError(name)
        return whole(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r"innoscape\[records\]"):
        contract_flows(DEALS)


def test_synthetic_records_are_marked_and_come_alike_in_pieces():
    for draw, number in ((synthetic_contracts, "contract"), (synthetic_patents, "application")):
        whole = draw(70_000, seed=2, untidy=0.05)
        pieces = [draw(40_000, seed=2, untidy=0.05), draw(30_000, skip=40_000, seed=2, untidy=0.05)]
        by = [name for name in ("patent", "order") if name in whole]
        tables = [
            table.sort_values([number, *by], ignore_index=True)
            for table in (whole, pd.concat(pieces, ignore_index=True))
        ]
        pd.testing.assert_frame_equal(*tables)
        assert whole.attrs["synthetic"]
        assert whole[number].str.startswith("SYN").all()
        assert not whole.equals(draw(70_000, seed=3, untidy=0.05))
    assert copatent_flows(synthetic_patents(100)).attrs["synthetic"]
    with pytest.raises(OptionError, match="records must be"):
        synthetic_contracts(-1)
