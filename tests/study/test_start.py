"""A study follows from files as people have them, passes its check and runs; what cannot be used is told."""

import gzip
import re
import tomllib
import warnings
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from samples import command
from shapely.geometry import box

import innoscape
from innoscape.data import (
    Gazetteer,
    OptionError,
    OutputError,
    TableError,
    load,
    synthetic_export,
    synthetic_provinces,
    synthetic_yearbook,
)
from innoscape.data.wording.catalogue import keys
from innoscape.study import check, propose_study, run, start_study
from innoscape.study.start.locate_places import usual_gazetteer

GOOD = "city,rd,unemployment\n北京,9,8\n上海,7,6\n武汉,3,4\n西安,2,3\n成都,1,3\n"
SHIPPED = Gazetteer.shipped()
START = Path(innoscape.__file__).parent / "study" / "start"
EXPORTS = {
    "cn_patents": False, "cn_patent_assignments": True, "cn_contracts": True, "regpat": False, "patentsview": False,
    "cordis": False, "openalex": False,
}  # fmt: skip


@pytest.fixture(scope="module")
def known():
    return usual_gazetteer()


def put(folder, **texts):
    files = []
    for name, content in texts.items():
        file = folder / f"{name}.csv"
        file.write_text(content, encoding="utf-8")
        files.append(file)
    return files


def started(files, folder, gazetteer=SHIPPED):
    """Start a study, run it, and return the draft, the study file and its results."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        draft = start_study(files, folder, gazetteer=gazetteer)
        check(folder)
        results = run(folder, runs=5, until="simulate")
    return draft, tomllib.loads((folder / "study.toml").read_text(encoding="utf-8")), results


def told(draft):
    return [str(one) for one in (*draft.unused, *draft.doubts)]


@pytest.mark.parametrize("source", EXPORTS)
def test_a_raw_export_becomes_a_network_of_cities_or_countries(source, tmp_path, known):
    file = tmp_path / f"export{'.jsonl' if source == 'openalex' else '.csv'}"
    drawn = synthetic_export(file, source, records=60)
    draft, plan, results = started([file], tmp_path / "mine", known)
    assert [network["directed"] for network in plan["networks"]] == [EXPORTS[source]]
    assert re.search(r"[\u4e00-\u9fff]", plan["networks"][0]["title_zh"])
    assert plan["networks"][0]["title"].isascii()
    assert f"a raw export, {source} (certain)" in str(draft.understood[0])
    ends = {*results.tables["flows"]["source"], *results.tables["flows"]["target"]}
    if source == "cn_contracts":
        flows = pd.read_csv(tmp_path / "mine" / "contracts.csv")
        assert flows["value"].sum() == pytest.approx(drawn["amount"].sum())
    if source == "cordis":
        assert ends >= {"Munich, DE", "Paris, FR"}
    if source in ("regpat", "openalex"):
        assert ends >= {"Germany", "France", "Italy", "Netherlands", "Austria", "Spain"}
    if source == "cn_patents":
        assert results.tables["centrality"]["name_zh"].notna().all()
        assert ends <= {*drawn["place"]}


def test_contracts_without_a_number_that_agree_count_each(tmp_path, known):
    head = "卖方,买方,成交额（万元）,签订日期,卖方所在地,买方所在地\n"
    row = "甲,乙,100,2020-01-02,北京,天津\n"
    files = put(tmp_path, one=head + 2 * row, two=head + row + "甲,丙,50,2020-03-02,北京,上海\n")
    start_study(files, tmp_path / "mine", gazetteer=known)
    flows = pd.read_csv(tmp_path / "mine" / "contracts.csv").set_index(["source", "target"])["value"]
    assert flows.to_dict() == {("北京", "天津"): 300.0, ("北京", "上海"): 50.0}


def test_exports_of_one_source_with_other_columns_are_one_network(tmp_path, known):
    head, rest = "公开(公告)号,申请人,申请日", ",申请人地址,IPC分类号"
    one = f"{head}{rest}\nA1,甲公司;乙公司,2020-01-02,北京市海淀区;上海市徐汇区,H01L\n"
    two = f"{head},申请人地址\nA1,甲公司;乙公司,2020-01-02,北京市海淀区;上海市徐汇区\n"
    two += "A2,甲公司;丙公司,2020-03-02,北京市海淀区;武汉市武昌区\n"
    three = f"{head},申请号\nA3,甲公司;丙公司,2020-05-06,X3\n"
    draft = propose_study(put(tmp_path, one=one, two=two, three=three), gazetteer=known)
    assert [network["name"] for network in draft.content["networks"]] == ["patents"]
    flows = draft.tables["patents.csv"].set_index(["source", "target"])["value"]
    assert flows.to_dict() == {("上海", "北京"): 1.0, ("北京", "武汉"): 2.0}
    assert any("one source, put together; 6 records" in str(one) for one in draft.understood)
    assert any("2 that stand in several" in one for one in told(draft))


def test_a_publication_and_its_application_in_two_exports_are_one_patent(tmp_path, known):
    ends = "甲公司;乙公司,2020-01-02,北京市海淀区;上海市徐汇区\n"
    one = f"公开(公告)号,申请号,申请人,申请日,申请人地址\nP1,X1,{ends}"
    two = f"申请号,申请人,公开日,申请人地址\nX1,{ends}"
    draft = propose_study(put(tmp_path, one=one, two=two), gazetteer=known)
    assert draft.tables["patents.csv"]["value"].tolist() == [1.0]


@pytest.mark.parametrize(("source", "said"), [("regpat", "product of the shares"), ("cordis", "full counting")])
def test_how_records_were_counted_is_said_in_the_study(source, said, tmp_path, known):
    synthetic_export(tmp_path / "export.csv", source, records=40)
    start_study([tmp_path / "export.csv"], tmp_path / "mine", gazetteer=known)
    assert said in (tmp_path / "mine" / "study.toml").read_text(encoding="utf-8")


def test_participants_in_china_stand_in_cities_as_others_do(tmp_path, known):
    head = "projectID;organisationID;name;city;country;nutsCode;role;ecContribution\n"
    cities = (("MILANO", "IT"), ("BEIJING", "CN"), ("PARIS", "FR"))
    rows = [f"P1;{i};O{i};{city};{country};;participant;1\n" for i, (city, country) in enumerate(cities)]
    draft = propose_study(put(tmp_path, organization=head + "".join(rows)), gazetteer=known)
    assert set(draft.tables["places.csv"]["place"]) == {"Milan, IT", "北京", "Paris, FR"}
    assert len(draft.tables["cordis.csv"]) == 3


def test_regions_with_a_file_of_areas_are_placed_by_their_codes(tmp_path):
    drawn = synthetic_export(tmp_path / "cordis.csv", "cordis", records=40)
    codes = ["DE212", "FR101", *sorted({*drawn["place"]} - {"DE212", "FR101"})]
    squares = [box(i, 45, i + 1, 46) for i in range(len(codes))]
    areas = gpd.GeoDataFrame({"NUTS_ID": codes}, geometry=squares, crs=4326)
    areas.to_file(tmp_path / "nuts.geojson")
    _, plan, results = started([tmp_path / "cordis.csv", tmp_path / "nuts.geojson"], tmp_path / "mine")
    assert {*results.tables["flows"]["source"]} <= {*codes}
    assert plan["map"]["boundaries"] == "nuts.geojson"
    assert pd.read_csv(tmp_path / "mine" / "places.csv").set_index("place").loc["FR101", "lon"] == 1.5


def test_totals_indicators_and_adoptions_become_one_study(tmp_path):
    files = []
    for name, table in synthetic_provinces(seed=3, years=2).items():
        files.append(tmp_path / f"{name}.csv")
        table.to_csv(files[-1], index=False)
    load("demonstration_zones").to_csv(tmp_path / "zones.csv", index=False)
    _, plan, results = started([*files, tmp_path / "zones.csv"], tmp_path / "mine")
    estimate = plan["networks"][0]["estimate"]
    assert (estimate["outgoing"], estimate["rest_of_world"]) == ("totals_outgoing.csv", "全国")
    sold = synthetic_provinces(seed=3, years=2)["sold"].set_index(["place", "year"])["value"]
    flows = results.tables["flows"].groupby(["source", "year"])["value"].sum()
    assert flows["北京", 2020] == pytest.approx(sold["北京", 2020])
    assert plan["index"]["panel"] == "pooled"
    assert len(plan["index"]["units"]) == 31
    assert plan["diffusion"]["fit"]["adoptions"] == "adoptions.csv"
    assert plan["diffusion"]["seeds"] == ["北京"]


@pytest.mark.parametrize("suffix", ["xlsx", "csv"])
def test_a_yearbook_sheet_becomes_indicators_with_years(tmp_path, suffix):
    printed = synthetic_yearbook(tmp_path / f"yearbook.{suffix}")
    _, plan, _ = started([tmp_path / f"yearbook.{suffix}"], tmp_path / "mine")
    assert plan["index"]["panel"] == "pooled"
    held = pd.read_csv(tmp_path / "mine" / "indicators.csv")
    keys = ["place", "indicator", "year"]
    read, said = (table.set_index(keys)["value"].sort_index() for table in (held, printed))
    pd.testing.assert_series_equal(read, said, check_index_type=False)
    assert set(held["unit"]) == {"亿元"}


def test_a_table_of_a_statistical_office_becomes_indicators(tmp_path, known):
    head = "DATAFLOW,freq,unit,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
    lines = [f"SYN:RD(1.0),A,MIO_EUR,{geo},2020,{i + 1},\n" for i, geo in enumerate(("DE", "FR", "EL", "IT"))]
    [good] = put(tmp_path, good=head + "".join(lines))
    draft = propose_study([good], gazetteer=known)
    values = draft.tables["indicators.csv"].set_index("place")["value"].to_dict()
    assert values == {"Germany": 1.0, "France": 2.0, "Greece": 3.0, "Italy": 4.0}
    [several] = put(tmp_path, several=head + "".join(lines) + lines[0].replace("MIO_EUR", "PC_GDP"))
    assert any("got 2: MIO_EUR, PC_GDP" in one for one in told(propose_study([good, several], gazetteer=known)))


def test_rows_of_totals_are_told(tmp_path):
    draft = propose_study(put(tmp_path, cities=GOOD + "全国,22,24\n"), gazetteer=SHIPPED)
    assert "1 row of a total (全国) kept apart from the places" in str(draft.understood[0])
    assert "全国" not in set(draft.tables["indicators.csv"]["place"])


@pytest.mark.parametrize(("years", "said"), [([2020], "2020"), ([2020, 2021], "2020 to 2021")])
def test_a_year_alone_is_said_once(years, said, tmp_path):
    rows = [f"{place},{year},{i + year}" for i, place in enumerate(["北京", "上海", "武汉"]) for year in years]
    draft = propose_study(put(tmp_path, cities="city,year,rd\n" + "\n".join(rows) + "\n"), gazetteer=SHIPPED)
    assert str(draft.sections["index"][0]) == f"index: 3 places, 1 indicator, {said}"


def test_directions_are_assumed_by_words_and_marked(tmp_path):
    draft, _, _ = started(put(tmp_path, cities=GOOD), tmp_path / "mine")
    framework = pd.read_csv(tmp_path / "mine" / "framework.csv").set_index("indicator")
    assert framework["direction"].to_dict() == {"rd": 1, "unemployment": -1}
    assert set(framework["direction_status"]) == {"assumed"}
    assert {one.key for one in draft.assumed} >= {"tables.framework", "index.recipes", "tiers"}
    said = (tmp_path / "mine" / "study.toml").read_text(encoding="utf-8")
    assert all(str(one.said) in said for one in draft.assumed)


def test_tables_are_recognized_by_shape_and_by_content(tmp_path, known):
    kinds = {
        "deals": "seller,buyer,amount,date\n北京,天津,10,2019\n上海,北京,5,2019\n合计,合计,15,2019\n",
        "eurostat": "geo,TIME_PERIOD,OBS_VALUE\nDE,2019,3\nFR,2019,2\nIT,2019,1\n",
        "matrix": "city,北京,上海,武汉\n北京,0,5,2\n上海,5,0,1\n武汉,2,1,0\n",
        "panel": "市,2019,2020\n北京,1,2\n上海,2,3\n武汉,3,4\n西安,4,6\n",
        "way": "from,to,minutes\n北京,武汉,300\n上海,武汉,240\n北京,上海,270\n",
    }
    wanted = {"deals": "technology contracts", "eurostat": "a raw export, sdmx", "matrix": "flows",
              "panel": "indicators", "way": "flows"}  # fmt: skip
    for name, content in kinds.items():
        draft = propose_study(put(tmp_path, **{name: content}), gazetteer=known)
        assert f"{name}.csv: {wanted[name]}" in str(draft.understood[0])
    draft = propose_study(put(tmp_path, **kinds), gazetteer=known)
    assert draft.content["tables"]["costs"] == "costs.csv"
    assert [network["name"] for network in draft.content["networks"]] == ["deals", "matrix"]
    assert [network["directed"] for network in draft.content["networks"]] == [True, False]
    assert draft.tables["deals.csv"]["value"].sum() == 15


def test_a_workbook_a_packed_file_and_lines_of_json_are_read(tmp_path):
    sheets = {
        "values": {"city": ["北京", "上海", "武汉"], "rd": [3, 2, 1], "gdp": [1, 2, 4]},
        "framework": {"indicator": ["rd", "gdp"], "direction": [1, -1], "weight": [2, 1]},
    }
    with pd.ExcelWriter(tmp_path / "book.xlsx") as book:
        for name, table in sheets.items():
            pd.DataFrame(table).to_excel(book, sheet_name=name, index=False)
    draft = propose_study([tmp_path / "book.xlsx"], gazetteer=SHIPPED)
    assert draft.tables["framework.csv"]["weight"].tolist() == [2.0, 1.0]
    assert draft.content["index"]["recipes"][0]["weigh"] == "given"
    (tmp_path / "packed.csv.gz").write_bytes(gzip.compress(GOOD.encode()))
    assert len(propose_study([tmp_path / "packed.csv.gz"], gazetteer=SHIPPED).content["index"]["units"]) == 5
    lines = ['{"city":"北京","rd":1}', '{"city":"上海","rd":2}', '{"city":"武汉","rd":4}']
    (tmp_path / "lines.jsonl").write_text("\n".join(lines), "utf-8")
    content = propose_study([tmp_path / "lines.jsonl"], gazetteer=SHIPPED).content
    assert content["index"]["units"] == ["上海", "北京", "武汉"]


BAD = {
    "empty.csv": (b"", "got an empty file"),
    "binary.csv": (bytes(range(256)) * 9, "needed text in UTF-8, UTF-16, GB18030 or Big5"),
    "paper.pdf": (b"%PDF-1.4", "needed one of .csv"),
    "unknown.csv": (b"alpha,beta\nx,1\ny,2\n", "got columns alpha, beta"),
    "fake.xlsx": (b"not a book", "needed an Excel workbook"),
    "cut.csv.gz": (gzip.compress(GOOD.encode())[:-12], "needed a file packed by gzip"),
    "broken.geojson": (b'{"type":"FeatureCollection","features":[{]}', "needed a file of areas"),
    "words.csv": ("city,rd\n北京,many\n上海,2\n武汉,3\n".encode(), "needed a number, got many"),
    "names.csv": ("city,rd\n北京,1\n上海,2\n武汉,3\n某地,4\n".encode(), "某地 (1)"),
    "latin.csv": ("city;rd\nMünchen;1\nKöln;2\n".encode("latin-1"), "read as GB18030"),
    "twice.csv": (f"{GOOD}北京市,5,5\n".encode(), "the same again in rows (1)"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_one_clear_line_beside_a_good_one(tmp_path, name):
    content, line = BAD[name]
    (tmp_path / name).write_bytes(content)
    draft = propose_study([*put(tmp_path, good=GOOD), tmp_path / name], gazetteer=SHIPPED)
    assert len(draft.content["index"]["units"]) == 5
    found = [one for one in told(draft) if line in one]
    assert len(found) == 1
    assert found[0].startswith(name)
    assert "; " in found[0]


def test_the_same_file_twice_and_a_missing_one_are_told(tmp_path):
    [good] = put(tmp_path, good=GOOD)
    draft = propose_study([good, good, tmp_path / "absent.csv"], gazetteer=SHIPPED)
    assert any("the same file again" in one for one in told(draft))
    assert any("absent.csv: needed a file" in one for one in told(draft))


def test_nothing_is_written_where_nothing_is_known_or_the_folder_is_in_use(tmp_path):
    bad = put(tmp_path, unknown="alpha,beta\nx,1\ny,2\n")
    with pytest.raises(TableError, match="got none among the files"):
        start_study(bad, tmp_path / "mine", gazetteer=SHIPPED)
    with pytest.raises(OptionError, match="at least one file"):
        start_study([], tmp_path / "mine", gazetteer=SHIPPED)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["unknown.csv"]
    with pytest.raises(OutputError, match="got one in use"):
        start_study(put(tmp_path, good=GOOD), tmp_path, gazetteer=SHIPPED)


def test_flows_and_indicators_of_cities_become_both_sections(tmp_path):
    flows = "source,target,value\n北京,上海,5\n武汉,北京,3\n"
    draft, plan, _ = started(put(tmp_path, good=GOOD, flows=flows), tmp_path / "mine")
    assert set(plan) >= {"index", "networks"}
    assert draft.sections.keys() == {"index", "networks"}
    # the places are found without the extra of that name
    assert "places: 5; innoscape added their coordinates" in map(str, draft.understood)


def test_the_command_says_what_it_understood_in_either_language(tmp_path, monkeypatch, capsys, known):
    monkeypatch.setattr("innoscape.study.start.propose_study.usual_gazetteer", lambda: known)
    [good] = put(tmp_path, good=GOOD)
    assert command(monkeypatch, capsys, "init", "--from", good, tmp_path / "mine", "--language", "zh")[0] == 0
    drafted = (tmp_path / "mine" / "study.toml").read_text(encoding="utf-8")
    assert "由程序假设" in drafted
    assert tomllib.loads(drafted)["language"] == "zh"
    assert command(monkeypatch, capsys, "init", tmp_path / "first", "--from", good)[0] == 0
    assert (tmp_path / "first" / "study.toml").is_file()
    code, errors = command(monkeypatch, capsys, "init", "--from", good, tmp_path / "mine")
    assert code == 2
    assert "new or empty folder" in errors


def test_every_sentence_of_what_is_not_used_and_assumed_is_said():
    code = "".join(file.read_text(encoding="utf-8") for file in sorted(START.glob("*.py")))
    said = set(re.findall(r"\"(?:faults\.start\.)?(\w+)\"", code))
    for family in ("faults.start.", "start.assumed."):
        assert {key.removeprefix(family).partition(".")[0] for key in keys(family)} <= said


def test_edges_of_travel_and_attributes_are_known_by_their_columns(tmp_path):
    edges = "from,to,minutes,mode\n北京,武汉,300,rail\n武汉,上海,240,rail\n西安,武汉,250,rail\n成都,西安,180,rail\n"
    files = put(
        tmp_path,
        cities=GOOD,
        rail=edges,
        access="place,station,minutes\n北京,北京,20\n",
        classes="place,attribute,class\n北京,role,gateway\n武汉,role,hub\n",
    )
    draft, toml, results = started(files, tmp_path / "study")
    assert toml["tables"]["attributes"] == "attributes.csv"
    assert toml["siting"] == {"demand": "rd", "travel": {"edges": "edges.csv", "access": "access.csv"}}
    assert any("edges of travel" in str(said) for said in draft.understood)
    assert any("rd" in str(one.said) for one in draft.assumed if one.key == "siting.demand")
    assert set(results.tables["siting_layouts"]["unit"]) == {"minutes"}
    assert set(results.tables["attributes"]["class"]) == {"gateway", "hub"}


def test_edges_without_anybody_to_serve_are_told(tmp_path):
    edges = "source,target,minutes\n北京,武汉,300\n武汉,上海,240\n"
    flows = "source,target,value\n北京,武汉,3\n武汉,上海,2\n西安,武汉,1\n成都,西安,4\n"
    draft, toml, _ = started(put(tmp_path, rail=edges, contracts=flows), tmp_path / "study")
    assert "siting" not in toml
    assert any("network_edges" in str(fault.got) for fault in draft.unused)


@pytest.mark.parametrize("content", [GOOD, "alpha,beta\nx,1\n"], ids=["whole", "nothing known"])
def test_a_missing_extra_of_places_is_a_notice_and_no_error(tmp_path, monkeypatch, capsys, content):
    monkeypatch.setattr("innoscape.study.start.propose_study.usual_gazetteer", lambda: SHIPPED)
    monkeypatch.setattr("innoscape.study.start.propose_study._has_extra", lambda: False)
    [file] = put(tmp_path, cities=content)
    code, errors = command(monkeypatch, capsys, "init", "--from", file, tmp_path / "mine")
    assert (code, errors.count("error:")) == ((0, 0) if content == GOOD else (2, 2))
    # nobody needs the extra where every place is known
    assert errors.startswith(f"notice: places are looked up among the {len(SHIPPED)} shipped ones") == (content != GOOD)
    assert errors.count("gazetteer") == (content != GOOD)
