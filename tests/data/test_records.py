"""Records give the same flows whatever their source, order, partitions and threads, or are refused."""

import builtins
import math

import numpy as np
import pandas as pd
import pytest
from samples import DEALS, PATENTS, QUIET, cells

from innoscape.data import (
    MissingExtraError,
    OptionError,
    TableError,
    contract_flows,
    copatent_flows,
    load,
    synthetic_contracts,
    synthetic_patents,
)


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
    with pytest.raises(TableError, match="needed an Excel workbook"):
        contract_flows(tmp_path / "deals.xlsx")
    (tmp_path / "deals.docx").write_text("")
    with pytest.raises(TableError, match="write the table as Parquet or CSV"):
        contract_flows(tmp_path / "deals.docx")


@pytest.mark.parametrize(
    ("function", "options", "message"),
    [
        (contract_flows, {"value": "sum"}, "value: needed one of"),
        (contract_flows, {"window": 0}, "window must be a whole number"),
        (contract_flows, {"start": 2000, "rolling": True, "window": 2}, "start is the first year"),
        (contract_flows, {"digits": 17}, "digits must be"),
        (contract_flows, {"nodes": "organization", "organizations": {}}, "leave it out"),
        (contract_flows, {"memory": "plenty"}, "do not suit DuckDB"),
        (copatent_flows, {"counting": "half"}, "counting: needed one of"),
        (copatent_flows, {"counting": "star"}, "needs order"),
        (copatent_flows, {"counting": "fractional", "fraction": "1/n"}, "fraction: needed one of"),
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
