"""Faulty exports are refused or read with one clear line for each kind of fault, in both languages."""

import gzip
import re
import warnings

import pandas as pd
import pytest

from innoscape.data import InnoscapeWarning, TableError, read_records

HEAD = "公开（公告）号,申请人,申请日,申请人地址"
WUHAN, SHENZHEN = "湖北省武汉市洪山区", "广东省深圳市南山区"
ROWS = [f"CN1A,甲,2019-01-05,{WUHAN}", f"CN2A,乙,2019-01-06,{SHENZHEN}"]


def write(folder, rows, head=HEAD, name="export.csv", encoding="utf-8"):
    file = folder / name
    file.write_text("\n".join([head, *rows, ""]), encoding=encoding)
    return file


def read(file, source="cn_patents", **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        records = read_records(file, source, **options)
    told = [one.message for one in caught]
    assert all(isinstance(one, InnoscapeWarning) for one in told)
    for one in told:
        assert re.search(r"[\u4e00-\u9fff]", one.said.in_("zh"))
    account = records.attrs["account"]
    assert account["rows"] + account["split"] == account["records"] + account["repeated"] + account["rejected"]
    return records, [str(one) for one in told]


def test_every_row_is_accounted_for(tmp_path):
    rows = [
        *ROWS,
        ROWS[0],
        HEAD,
        ",丙,2019,",
        "2.02E+12,丙,2019,",
        "CN3A,；,2019,",
        "合计,,,",
        "CN4A,丙",
        f"CN5A,丙; 甲,2019,{WUHAN}",
    ]
    records, told = read(write(tmp_path, rows))
    assert records.attrs["account"] == {"rows": 10, "split": 1, "records": 4, "repeated": 1, "rejected": 6}
    found = {reason: about["rows"] for reason, about in records.attrs["rejected"].items()}
    assert found == dict.fromkeys(("broken", "header", "total", "unnumbered", "lost digits", "unnamed"), 1)
    assert any("line: text): 10: CN4A,丙" in one for one in told)
    assert any("2.02E+12" in one and "export them as text" in one for one in told)


@pytest.mark.parametrize("mark", [";", "；", " | ", "、", "，", " ; "])
def test_every_mark_parts_names_and_addresses_go_in_turn(mark, tmp_path):
    head = HEAD.replace(",", "\t")
    rows = [f"CN1A\t甲{mark}乙{mark}丙\t2019\t{WUHAN};{SHENZHEN};北京市"]
    records, _ = read(write(tmp_path, rows, head))
    assert records["applicant"].tolist() == ["甲", "乙", "丙"]
    assert records["place"].tolist() == ["武汉", "深圳", "北京"]


def test_files_of_a_list_are_one_table(tmp_path):
    files = [write(tmp_path, [f"CN{n}A,甲,2019,{WUHAN}"], name=f"{n}.csv") for n in (1, 2)]
    records, _ = read([files[0], str(files[1]), files[0]])
    assert records["patent"].tolist() == ["CN1A", "CN2A"]


@pytest.mark.parametrize("mark", ["、", "，", ", "])
def test_addresses_may_be_parted_by_the_marks_of_names(mark, tmp_path):
    head = HEAD.replace(",", "\t")
    rows = [
        f"CN1A\t甲{mark}乙\t2019\t{WUHAN}{mark}518057 {SHENZHEN}",
        f"CN2A\t丙{mark}丁\t2019\t湖北省武汉市洪山区珞喻路1号、2号、3号",
        "CN3A\t戊\t2019\t湖北省武汉市洪山区珞喻路1号、2号",
    ]
    records, _ = read(write(tmp_path, rows, head))
    assert records["place"].fillna("").tolist() == ["武汉", "深圳", "武汉", "", "武汉"]
    assert records.attrs["unplaced"] == {"empty": {"rows": 1, "examples": ["丁"]}}


def test_lines_in_a_cell_part_names_and_addresses(tmp_path):
    rows = [f'CN1A,"甲\r\n乙",2019,"{WUHAN}\r\n{SHENZHEN}"', f'CN2A,"A\nB",2019,{WUHAN}']
    records, told = read(write(tmp_path, rows))
    assert records["applicant"].tolist() == ["甲", "乙", "A", "B"]
    assert records["place"].fillna("").tolist() == ["武汉", "深圳", "武汉", ""]
    assert records.attrs["separators"] == {"\n": 2}
    records, told = read(write(tmp_path, [*rows, f"CN3A,丙;丁,2019,{WUHAN}"]))
    assert any('all were read: "\\n" in 2 rows, ";" in 1 row' in one for one in told)


def test_a_workbook_with_formulas_without_a_result_and_errors_is_refused(tmp_path):
    rows = [HEAD.split(","), ["CN1A", "=A1", "2019-01-05", WUHAN], ["CN2A", "乙", "2019", "#N/A"]]
    pd.DataFrame(rows).to_excel(tmp_path / "export.xlsx", index=False, header=False)
    with pytest.raises(TableError) as refused:
        read_records(tmp_path / "export.xlsx", "cn_patents")
    assert [(one.row, one.column) for one in refused.value.faults] == [(2, "申请人"), (3, "申请人地址")]


def test_mixed_marks_and_commas_in_names_are_told(tmp_path):
    records, told = read(write(tmp_path, [f"CN1A,甲;乙,2019,{WUHAN}", f'CN2A,"Foo, Inc.|a, b",2019,{WUHAN}']))
    assert records["applicant"].tolist() == ["甲", "乙", "Foo, Inc.", "a, b"]
    assert any("several marks part the names" in one and '";" in 1 row, "|" in 1 row' in one for one in told)
    assert any("1 names hold a comma" in one and "a, b" in one for one in told)


def test_parties_without_an_address_are_placed_by_table_or_elsewhere_or_kept(tmp_path):
    rows = [f"CN1A,甲;乙;丙,2019,{WUHAN}", f"CN2A,乙,2019,{SHENZHEN}"]
    records, told = read(write(tmp_path, rows))
    assert records["place"].fillna("").tolist() == ["武汉", "深圳", "", "深圳"]
    assert records.attrs["unplaced"] == {"empty": {"rows": 1, "examples": ["丙"]}}
    assert any("1 of 4 parties have no place" in one for one in told)
    records, _ = read(write(tmp_path, rows), organizations={"丙": "南京", "乙": "北京"})
    assert records["place"].tolist() == ["武汉", "北京", "南京", "深圳"]


def test_a_missing_column_names_the_nearest_header_and_the_known_ones(tmp_path):
    file = write(tmp_path, ROWS, HEAD.replace("申请日", "申请日期时"))
    with pytest.raises(TableError) as caught:
        read_records(file, "cn_patents")
    (fault,) = caught.value.faults
    assert fault.column == "date"
    assert '申请日期时" may be it' in str(fault)
    assert "申请日期" in str(fault)
    assert "可能是“申请日期时”" in fault.said.in_("zh")


def test_the_header_that_another_column_took_is_not_the_nearest(tmp_path):
    file = write(tmp_path, ROWS, HEAD.replace("申请人,", "申清人,"))
    with pytest.raises(TableError, match='申清人" may be it'):
        read_records(file, "cn_patents")


def test_shares_may_have_a_comma_for_the_point(tmp_path):
    head = "app_nbr|inv_name|reg_code|ctry_code|reg_share|inv_share"
    file = tmp_path / "shares.txt"
    file.write_text(f"{head}\nEP1|A|DE212|DE|0,5|0,125\nEP1|B|FR101|FR|0.5|1\n", encoding="utf-8")
    records = read_records(file, "regpat")
    assert records["reg_share"].tolist() == [0.5, 0.5]
    assert records["share"].tolist() == [0.125, 1.0]


def test_a_header_that_stands_twice_is_refused(tmp_path):
    file = write(tmp_path, [f"{ROWS[0]},丁"], f"{HEAD},申请人")
    with pytest.raises(TableError, match="one column of this name, got 2, the columns 2, 5"):
        read_records(file, "cn_patents")


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2019-01-05", "2019-01-05"), ("2019/1/5", "2019-01-05"), ("2019.1.5", "2019-01-05"),
        ("20190105", "2019-01-05"), ("2019年1月5日", "2019-01-05"), ("2019-01-05 00:00:00", "2019-01-05"),
        ("43470", "2019-01-05"), ("2019-01", "2019-01"), ("201901", "2019-01"), ("2019年1月", "2019-01"),
        ("2019", "2019"), ("2019年", "2019"), ("2019-02-30", None), ("05/01/2019", None), ("x", None), ("—", None),
    ],
)  # fmt: skip
def test_dates_of_every_form(written, iso, tmp_path):
    records, told = read(write(tmp_path, [f"CN1A,甲,{written},{WUHAN}"]))
    assert (None if records["date"].isna()[0] else records["date"][0]) == iso
    assert any("number of a day" in one for one in told) == (written == "43470")
    assert any("cannot be read" in one for one in told) == (iso is None and written != "—")
    assert records.attrs["undated"] == (iso is None)


def test_leading_zeros_are_kept_and_marks_around_numbers_go(tmp_path):
    rows = [f'"=""0012""",甲,2019,{WUHAN}', f"'0013,甲,2019,{WUHAN}", f"0014,甲,2019,{WUHAN}"]
    assert read(write(tmp_path, rows))[0]["patent"].tolist() == ["0012", "0013", "0014"]


def test_encodings_titles_books_and_folders(tmp_path):
    file = write(tmp_path, ROWS, f"某年专利导出\n{HEAD}", encoding="gb18030")
    plain, told = read(file)
    assert plain["place"].tolist() == ["武汉", "深圳"]
    assert any("GB18030" in one for one in told)
    file.unlink()
    frame = pd.DataFrame([row.split(",") for row in ROWS], columns=HEAD.split(","))
    frame.assign(申请日=[43470, 43471]).to_excel(tmp_path / "a.xlsx", index=False)
    book, _ = read(tmp_path / "a.xlsx")
    assert book["date"].tolist() == ["2019-01-05", "2019-01-06"]
    with gzip.open(tmp_path / "b.csv.gz", "wt", encoding="utf-8") as target:
        target.write(f"申请日,公开号,申请人,地址\n2019,CN9A,丙,{WUHAN}\n")
    both, _ = read(tmp_path)
    assert both["patent"].tolist() == ["CN1A", "CN2A", "CN9A"]


def test_a_number_too_long_for_a_spreadsheet_is_rejected(tmp_path):
    frame = pd.DataFrame([[2019100123456789, "甲", "2019", WUHAN], [20191001234, "甲", "2019", WUHAN]])
    frame.columns = HEAD.split(",")
    frame.to_excel(tmp_path / "a.xlsx", index=False)
    records, _ = read(tmp_path / "a.xlsx")
    assert records["patent"].tolist() == ["20191001234"]
    assert records.attrs["rejected"]["lost digits"]["rows"] == 1


@pytest.mark.parametrize("text", [b"\xff\xfe\xff\xff\x00", b"\x81\x00\xff"])
def test_other_encodings_are_refused(text, tmp_path):
    (tmp_path / "a.csv").write_bytes(text)
    with pytest.raises(TableError, match="got bytes of none of them"):
        read_records(tmp_path / "a.csv", "cn_patents")


def test_a_cut_file_is_told(tmp_path):
    whole = gzip.compress("\n".join([HEAD, *ROWS * 500]).encode())
    (tmp_path / "a.csv.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(TableError, match="needed a whole file"):
        read_records(tmp_path / "a.csv.gz", "cn_patents")
    records, told = read(write(tmp_path, [*ROWS, "CN3A,甲"], name="b.csv"))
    assert len(records) == 2
    assert any("1 rows cannot be cut into cells" in one for one in told)


def test_an_export_of_a_round_number_of_rows_is_doubted(tmp_path):
    rows = [f"CN{at}A,甲,2019,{WUHAN}" for at in range(10_000)]
    assert any("exactly 10000 rows" in one for one in read(write(tmp_path, rows))[1])
    assert not any("exactly" in one for one in read(write(tmp_path, rows[1:]))[1])


DEALS = "合同编号,卖方,卖方所在地,买方,买方所在地,{},签订日期"


@pytest.mark.parametrize(
    ("header", "cell", "options", "amount"),
    [
        ("成交额（万元）", '"1,200"', {}, 1200.0),
        ("成交额(元)", "5000", {}, 0.5),
        ("合同成交额（亿元）", "1.1", {}, 11000.0),
        ("成交额", "1.2亿元", {}, 12000.0),
        ("成交额（元）", "3万元", {}, 3.0),
        ("成交额", "30000", {"unit": "yuan"}, 3.0),
        ("成交额（万元）", "面议", {}, None),
    ],
)
def test_amounts_become_one_unit(header, cell, options, amount, tmp_path):
    file = write(tmp_path, [f"1,甲,{WUHAN},乙,440300,{cell},2019"], DEALS.format(header))
    records, told = read(file, "cn_contracts", **options)
    assert (None if records["amount"].isna()[0] else records["amount"][0]) == amount
    assert records[["seller", "buyer"]].to_numpy().tolist() == [["武汉", "深圳"]]
    assert records.attrs["unit"] == "10,000 yuan"
    assert any("面议" in one for one in told) == (amount is None)


def test_amounts_without_a_unit_are_refused(tmp_path):
    file = write(tmp_path, [f"1,甲,{WUHAN},乙,440300,5,2019"], DEALS.format("成交额"))
    with pytest.raises(TableError, match="got 1 amounts without one; write it behind the header"):
        read_records(file, "cn_contracts")
    with pytest.raises(TableError, match="got dollars"):
        read_records(file, "cn_contracts", unit="dollars")
