"""PySpark runs the same expressions as DuckDB and finds the same, cell by cell."""

import pandas as pd
import pytest
from local_spark import QUIET

from innoscape.data import (
    citation_flows,
    contract_flows,
    copatent_flows,
    load,
    synthetic_contracts,
    synthetic_patents,
    transfer_flows,
    two_mode,
)

pytestmark = QUIET


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Untidy records in partitions, as Parquet and as CSV."""
    home = tmp_path_factory.mktemp("records")
    deals, patents = synthetic_contracts(600, seed=5, untidy=0.1), synthetic_patents(300, seed=5, untidy=0.1)
    for name, table in (("deals", deals), ("patents", patents)):
        for kind in ("parquet", "csv"):
            (home / f"{name}_{kind}").mkdir()
        for part in range(3):
            piece = table.iloc[part::3]
            piece.to_parquet(home / f"{name}_parquet" / f"part-{part}.parquet", index=False)
            piece.to_csv(home / f"{name}_csv" / f"part-{part}.csv", index=False)
    return home


def assert_same(ours, theirs):
    pd.testing.assert_frame_equal(ours, theirs, check_exact=True)
    assert ours.attrs == theirs.attrs


CONTRACTS = {
    "amounts by year": {},
    "counts by sector and rolling window": {"value": "count", "sector": "sector", "window": 3, "rolling": True},
}
PATENTS = {
    "full": {"key": "application"},
    "applicants, fractional, by section": {
        "members": "applicants",
        "counting": "fractional",
        "key": "publication",
        "sector": "ipc",
        "sector_length": 1,
        "window": None,
    },
    "star": {"counting": "star", "order": "order", "key": "application"},
}


@pytest.mark.parametrize("options", CONTRACTS.values(), ids=CONTRACTS)
def test_contracts_on_spark_equal_those_on_duckdb(spark, folder, options):
    path = folder / "deals_parquet"
    assert_same(
        contract_flows(path, places=load("places"), **options),
        contract_flows(path, places=load("places"), connection=spark, **options),
    )


def test_organizations_are_found_alike_on_spark(spark, folder):
    deals = pd.read_parquet(folder / "deals_parquet")
    table = deals[["seller_name", "seller"]].set_axis(["organization", "place"], axis=1).dropna()
    table = table[table["place"].isin(load("places")["place"])].drop_duplicates("organization").iloc[::2]
    options = {"seller": "seller_name", "buyer": "buyer_name", "organizations": table, "places": load("places")}
    ours = contract_flows(folder / "deals_parquet", **options)
    assert ours.attrs["unknown_organizations"]["records"] > 0
    assert_same(ours, contract_flows(folder / "deals_parquet", connection=spark, **options))


@pytest.mark.parametrize("options", PATENTS.values(), ids=PATENTS)
def test_copatents_on_spark_equal_those_on_duckdb(spark, folder, options):
    path = folder / "patents_parquet"
    assert_same(
        copatent_flows(path, places=load("places"), **options),
        copatent_flows(path, places=load("places"), connection=spark, **options),
    )


def test_text_files_and_spark_tables_are_read_alike(spark, folder):
    ours = contract_flows(folder / "deals_csv", sector="sector")
    assert_same(ours, contract_flows(f"{folder / 'deals_csv'}/*.csv", sector="sector", connection=spark))
    table = spark.read_parquet(str(folder / "patents_parquet"))
    assert_same(copatent_flows(folder / "patents_csv"), copatent_flows(table))


CELLS = pd.DataFrame(
    {
        "patent": ["1", "2", "3", "3", "合计", "4"],
        "applicant": ["甲(a);乙", "甲（A）；丙 ; 丁", "乙", "\uff21\ufb01", "合计", "Afi;甲(a)"],
        "place": ["北京;天津", "北京", "天津", "天津", None, "上海;北京市"],
        "date": ["2019"] * 6,
        "share": ["0.5", "0.25", "1", "x", "1", "0.5"],
    }
)


def test_cells_are_split_and_spellings_united_alike_on_spark(spark, tmp_path):
    CELLS.to_parquet(tmp_path / "cells.parquet", index=False)
    for options in ({"nodes": "applicant"}, {"places": load("places"), "counting": "star", "members": "applicants"}):
        ours = copatent_flows(tmp_path / "cells.parquet", separator=";", **options)
        assert len(ours.attrs["united"]) == 2
        assert_same(ours, copatent_flows(tmp_path / "cells.parquet", separator=";", connection=spark, **options))
    shares = {"counting": "shares", "share": "share", "key": "date", "separator": None}
    plain = tmp_path / "plain.parquet"
    CELLS.assign(applicant=list("uvwxyz"), place=list("ABCABC")).to_parquet(plain, index=False)
    assert_same(copatent_flows(plain, **shares), copatent_flows(plain, connection=spark, **shares))


def test_repeated_numbers_and_totals_are_told_alike_on_spark(spark, tmp_path):
    deals = synthetic_contracts(200, seed=2)
    deals = pd.concat([deals, deals.head(3), deals.tail(2).assign(amount=1.0), deals.head(1).assign(seller="合计")])
    deals.to_parquet(tmp_path / "deals.parquet", index=False)
    ours = contract_flows(tmp_path / "deals.parquet", since=True)
    assert ours.attrs["account"]["rejected"] >= 2
    assert_same(ours, contract_flows(tmp_path / "deals.parquet", since=True, connection=spark))


def test_links_are_counted_alike_on_spark(spark, folder, tmp_path):
    patents = pd.read_parquet(folder / "patents_parquet")
    numbers = patents["patent"].drop_duplicates().tolist()
    cited = pd.DataFrame({"citing": numbers[:120], "cited": numbers[80:200]})
    cited.to_parquet(tmp_path / "cited.parquet", index=False)
    given = (tmp_path / "cited.parquet", folder / "patents_parquet")
    options = {"counting": "fractional", "places": load("places"), "own": False, "key": "application"}
    assert_same(citation_flows(*given, **options), citation_flows(*given, connection=spark, **options))
    rows = CELLS.rename(columns={"applicant": "assignor", "place": "assignor_place"})
    rows = rows.assign(assignee=rows["assignor"].iloc[::-1].tolist(), assignee_place=rows["assignor_place"])
    rows.to_parquet(tmp_path / "rows.parquet", index=False)
    options = {"separator": ";", "counting": "fractional"}
    ours = transfer_flows(tmp_path / "rows.parquet", **options)
    assert_same(ours, transfer_flows(tmp_path / "rows.parquet", connection=spark, **options))
    modes = {"left": "place", "right": "ipc", "key": "patent", "counting": "fractional", "places": load("places")}
    ours = two_mode(folder / "patents_parquet", **modes)
    assert_same(ours, two_mode(folder / "patents_parquet", connection=spark, **modes))


def test_text_in_gb18030_is_read_alike_on_spark(spark, tmp_path):
    path = tmp_path / "deals.csv"
    synthetic_contracts(100, seed=2).to_csv(path, index=False, encoding="gb18030")
    assert_same(contract_flows(path), contract_flows(path, connection=spark))
