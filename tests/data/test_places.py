"""Places answer to their names, and nesting is read from ``part_of``."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from innoscape import data

PLACES = pd.DataFrame(
    {
        "place": ["吉林", "吉林市", "长春", "东北"],
        "name_zh": ["吉林省", "吉林市", "长春市", "东北地区"],
        "name_en": ["Jilin", "Jilin", "Changchun", "Northeast China"],
        "part_of": ["东北", "吉林", "吉林", None],
    }
)
NAMES = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="北京吉林广西省市自治区特别行政壮族 　\u200b’'—-aÅß", max_size=12),
)


@pytest.mark.parametrize(
    ("written", "normalized"),
    [
        ("北   京", "北京"),
        ("北　京市", "北京"),
        ("北京市市", "北京"),
        ("河北省", "河北"),
        ("广西壮族自治区", "广西"),
        ("宁夏回族自治区", "宁夏"),
        ("新疆维吾尔自治区", "新疆"),
        ("西藏自治区", "西藏"),
        ("香港特别行政区", "香港"),
        ("Xi’an", "xi'an"),
        ("  New   York ", "new york"),
        ("ＴＯＫＹＯ", "tokyo"),
        ("天津滨海—中关村科技园", "天津滨海-中关村科技园"),
        ("城市", "城市"),
        ("Hubei  Province", "hubei"),
        ("Chongqing municipality", "chongqing"),
        ("Ningxia Hui Autonomous Region", "ningxia"),
        ("Xinjiang Uyghur Autonomous Region", "xinjiang"),
        ("Inner Mongolia Autonomous Region", "inner mongolia"),
        ("Hong Kong SAR", "hong kong"),
        ("Province", "province"),
        ("Quasar", "quasar"),
        ("", ""),
    ],
)
def test_names_are_normalized(written, normalized):
    assert data.normalize_name(written) == normalized


@given(NAMES)
def test_normalizing_twice_changes_nothing(name):
    once = data.normalize_name(name)
    assert data.normalize_name(once) == once


@given(NAMES)
def test_white_space_around_a_name_does_not_matter(name):
    assert data.normalize_name(f" \t{name}\n") == data.normalize_name(name)


@pytest.mark.parametrize(
    ("name", "place", "how"),
    [
        ("吉林市", "吉林市", "exact"),
        ("吉林", "吉林", "exact"),
        ("吉林省", "吉林", "chinese name"),
        ("Changchun", "长春", "english name"),
        ("changchun", "长春", "normalized"),
        ("长 春", "长春", "normalized"),
        ("Jilin", None, "ambiguous"),
        ("沈阳", None, "unknown"),
    ],
)
def test_a_name_is_matched_at_the_first_step_that_fits(name, place, how):
    row = data.match_places([name], PLACES).iloc[0]
    assert (None if pd.isna(row["place"]) else row["place"], row["how"]) == (place, how)


def test_an_ambiguous_name_lists_its_candidates():
    assert data.match_places(["Jilin"], PLACES)["candidates"][0] == "吉林; 吉林市"


def test_names_are_found_among_the_shipped_places_and_aggregates():
    found = data.find_places(["Xi’an", "粤港澳大湾区", "河北雄安新区", "河北其余", "京津冀以外"])
    assert found["place"].tolist() == ["西安", "粤港澳", "雄安新区", "河北其余", "京津冀以外"]
    assert found.columns.tolist() == ["given", "place", "how", "lon", "lat", "name_en", "name_zh", "kind"]
    assert found.loc[0, ["lon", "lat"]].tolist() == [108.9286, 34.2583]


def test_every_province_is_found_in_short_and_in_full():
    eastern = "河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 台湾"
    western = "四川 贵州 云南 陕西 甘肃 青海"
    written = [f"{name}省" for name in f"{eastern} {western}".split()] + ["北京市", "天津市", "上海市", "重庆市"]
    written += ["内蒙古自治区", "广西壮族自治区", "西藏自治区", "宁夏回族自治区", "新疆维吾尔自治区"]
    written += ["香港特别行政区", "澳门特别行政区"]
    short = [data.normalize_name(name) for name in written]
    assert len(set(short)) == 34
    assert data.find_places(written)["place"].tolist() == short
    assert data.find_places(short)["how"].eq("exact").all()
    capitals = (
        "石家庄 太原 呼和浩特 沈阳 长春 哈尔滨 南京 杭州 合肥 福州 南昌 济南 郑州 武汉 长沙 广州 南宁 海口 成都 贵阳 "
        "昆明 拉萨 西安 兰州 西宁 银川 乌鲁木齐 台北"
    )
    within = data.load("places").set_index("place").loc[capitals.split(), "province"]
    assert within.is_unique
    assert set(within) <= set(short)


def test_a_city_is_not_taken_for_the_province_of_its_name():
    matched = data.match_places(["吉林市", "吉林", "长春市", "北京市"], data.load("places"))
    assert matched["how"].tolist() == ["unknown", "exact", "normalized", "normalized"]
    assert "吉林" in matched["candidates"][0]


def test_one_name_may_be_given_alone():
    assert data.find_places("深圳市")["place"].tolist() == ["深圳"]


def test_every_shipped_place_answers_to_its_three_names():
    places = data.load("places")
    for column in ("place", "name_zh", "name_en"):
        assert data.find_places(places[column])["place"].tolist() == places["place"].tolist()


def test_all_unknown_names_are_reported_together_with_the_nearest():
    with pytest.raises(data.UnknownPlaceError) as caught:
        data.find_places(["北京", "北平", "Shangai", "Jilin"], places=pd.concat([data.load("places"), PLACES]))
    message = str(caught.value)
    assert len(message.splitlines()) == 3
    assert '"北平"' in message
    assert '"Shangai"; the nearest: 上海' in message
    assert "several places: 吉林; 吉林市" in message
    assert isinstance(caught.value, KeyError)


def test_the_first_container_on_the_way_out_answers():
    found = data.container(["长春", "吉林", "东北"], PLACES, ["东北", "吉林"])
    assert found.iloc[:2].tolist() == ["吉林", "东北"]
    assert found.isna().tolist() == [False, False, True]
    assert found.index.tolist() == ["长春", "吉林", "东北"]


def test_a_place_may_answer_for_itself():
    assert data.container(["吉林", "长春"], PLACES, ["吉林"], include_self=True).tolist() == ["吉林", "吉林"]


def test_nesting_is_seen_through_places_that_are_not_asked_for():
    assert data.nested_pairs(["吉林市", "东北", "长春"], PLACES) == [("吉林市", "东北"), ("长春", "东北")]


def test_nesting_without_part_of_is_empty():
    assert data.nested_pairs(["吉林", "东北"], PLACES.drop(columns="part_of")) == []


@given(order=st.permutations(range(4)))
def test_nesting_does_not_depend_on_the_order_of_rows(order):
    assert data.nested_pairs(PLACES["place"].iloc[list(order)], PLACES.iloc[list(order)]) == data.nested_pairs(
        PLACES["place"], PLACES
    )


def test_a_circle_is_refused():
    circle = PLACES.assign(part_of=["吉林市", "吉林", None, None])
    with pytest.raises(data.TableError, match="吉林 -> 吉林市 -> 吉林"):
        data.nested_pairs(["吉林"], circle)


@pytest.mark.parametrize(
    ("written", "kind", "place"),
    [
        ("吉林省", "city", None), ("Jilin Province", "city", None), ("吉林市", "city", "吉林"),
        ("吉林市", "province", None), ("Jilin City", "province", None), ("吉林省", "province", "吉林"),
        ("吉林", "city", "吉林"), ("吉林", "province", "吉林"),
    ],
)  # fmt: skip
def test_a_province_is_not_the_city_of_its_name(written, kind, place):
    places = pd.DataFrame({"place": ["吉林"], "name_en": ["Jilin"], "kind": [kind]})
    found = data.match_places([written], places)["place"]
    assert found.isna().tolist() == [place is None]
    assert place is None or found.tolist() == [place]


def test_a_city_matched_with_the_name_of_a_province_is_a_doubt():
    flows = pd.DataFrame({"source": ["吉林市", "北京市"], "target": ["辽宁", "辽宁"], "value": [3.0, 1.0]})
    places = pd.DataFrame({"place": ["吉林", "辽宁", "北京"], "lon": [125.0, 123.0, 116.0], "lat": [43.0, 41.0, 40.0]})
    with pytest.warns(data.InnoscapeWarning, match=r"row 2, column source.*吉林市, matched with 吉林") as caught:
        data.check_table(flows, "flows", places=places)
    assert len([one for one in caught if "省" in str(one.message) or "province" in str(one.message)]) == 1


def test_the_advice_on_an_unknown_place_names_the_unit_of_the_gazetteer():
    flows = pd.DataFrame({"source": ["鞍山市"], "target": ["辽宁"], "value": [3.0]})
    places = pd.DataFrame({"place": ["辽宁"], "lon": [123.0], "lat": [41.0]})
    with pytest.raises(data.TableError, match=r"gazetteer of China knows it as 鞍山市 \(210300\)"):
        data.check_table(flows, "flows", places=places)


def test_names_that_fit_nothing_are_told_in_chinese_too():
    with pytest.raises(data.UnknownPlaceError) as raised:
        data.find_places(["Qqq", "乌有"])
    assert str(raised.value).splitlines() == ['no place matches "Qqq"', 'no place matches "乌有"']
    assert raised.value.said.in_("zh").splitlines() == ["没有与“Qqq”相符的地点", "没有与“乌有”相符的地点"]
