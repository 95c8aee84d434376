"""Addresses are placed at the units that they name, and what cannot be placed is counted with examples."""

import warnings

import pandas as pd
import pytest

from innoscape.data import (
    Gazetteer,
    InnoscapeWarning,
    OptionError,
    place_addresses,
    synthetic_addresses,
)

WRITTEN = {
    "北京市海淀区中关村南大街5号": ("110000", "names agree", 1.0),
    "518057 广东省深圳市南山区高新南一道": ("440300", "names agree", 1.0),
    "（430074）中国湖北省武汉市洪山区珞喻路": ("420100", "names agree", 1.0),
    "湖北武汉": ("420100", "names agree", 1.0),
    "苏州工业园区星湖街328号": ("320500", "short name", 0.8),
    "西安高新区锦业路": ("610100", "short name", 0.8),
    "武 汉 市 洪 山 区": ("420100", "names agree", 1.0),
    "长春市朝阳区前进大街2699号": ("220100", "names agree", 1.0),
    "福州市鼓楼区": ("350100", "names agree", 1.0),
    "江苏省南京市鼓楼区汉口路22号": ("320100", "names agree", 1.0),
    "吉林省吉林市昌邑区": ("220200", "names agree", 1.0),
    "吉林昌邑区": ("220200", "names agree", 1.0),
    "上海市南京西路1168号": ("310000", "full name", 1.0),
    "武汉市东湖新技术开发区关山大道": ("420100", "full name", 1.0),
    "浙江省义乌市": ("330700", "names agree", 1.0),
    "湖北省仙桃市": ("429004", "names agree", 1.0),
    "襄樊市长虹路": ("420600", "full name", 1.0),
    "莱芜市鲁中大街": ("370100", "full name", 1.0),
    "中国科学院武汉岩土力学研究所": ("420100", "inside the text", 0.5),
    "香港九龙塘": ("810000", "short name", 0.8),
    "Room 5, Haidian District, Beijing 100084, P.R. China": ("110000", "names agree", 1.0),
    "No. 1037 Luoyu Road, Wuhan, Hubei, China": ("420100", "names agree", 1.0),
    "Nanshan Dist., Shenzhen, Guangdong Prov., China": ("440300", "names agree", 1.0),
    "Suzhou 215123, Jiangsu": ("320500", "names agree", 1.0),
    "Suzhou, Anhui, China": ("341300", "names agree", 1.0),
    "Cambridge, MA, US": ("GN4931972", "names agree", 1.0),
    "Cambridge, United Kingdom": ("GN2653941", "names agree", 1.0),
    "1 Long Road, Jilin, Jilin, China": ("220200", "names agree", 1.0),
    "Liuzhou, Guangxi": ("450200", "names agree", 1.0),
    "安顺产业园": ("520400", "short name", 0.8),
    "1 Long Road, Cape Town, ZA": ("GN3369157", "names agree", 1.0),
    "Kowloon, Hong Kong": ("810000", "full name", 1.0),
    "Munich, DE": ("GN2867714", "names agree", 1.0),
}
UNPLACED = {
    "朝阳区建国路88号": "ambiguous",
    "Suzhou, China": "ambiguous",
    "Wilmington, DE": "ambiguous",
    "广东省": "coarser",
    "Somewhere": "unknown",
    "  ": "empty",
}


def placed(addresses, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        return place_addresses(addresses, **options)


@pytest.fixture(scope="module")
def table():
    return placed(list(WRITTEN)).set_index("address")


@pytest.mark.parametrize("address", list(WRITTEN))
def test_an_address_is_placed_with_method_and_confidence(table, address):
    row = table.loc[address]
    assert (row["code"], row["method"], row["confidence"]) == WRITTEN[address]


def test_the_span_runs_from_the_first_name_that_agrees_to_the_last(table):
    assert table.loc["518057 广东省深圳市南山区高新南一道", "span"] == "广东省深圳市南山区"
    assert table.loc["上海市南京西路1168号", "span"] == "上海市"
    assert table.loc["Cambridge, MA, US", "span"] == "Cambridge, MA, US"


def test_what_is_not_placed_is_counted_with_examples():
    with pytest.warns(InnoscapeWarning, match="7 of 8 addresses have no place"):
        found = place_addresses([*UNPLACED, None, "武汉市"])
    assert found["method"].tolist() == [*UNPLACED.values(), "empty", "full name"]
    assert found.loc[0, "found"] == "北京朝阳区; 长春朝阳区"
    counts = {reason: about["count"] for reason, about in found.attrs["unplaced"].items()}
    assert counts == {"ambiguous": 3, "coarser": 1, "unknown": 1, "empty": 2}
    assert found.attrs["unplaced"]["unknown"]["examples"] == ["Somewhere"]


@pytest.mark.parametrize(
    ("level", "places"),
    [
        ("province", ["广东", "吉林", "Massachusetts, US", "Germany"]),
        ("prefecture", ["深圳", "长春", "Cambridge, MA, US", "Munich, DE"]),
        ("county", ["深圳南山区", "长春朝阳区", "Cambridge, MA, US", "Munich, DE"]),
    ],
)
def test_the_level_is_the_one_asked_for(level, places):
    written = ["广东省深圳市南山区", "长春朝阳区", "Cambridge, MA, US", "Munich, DE"]
    assert placed(written, level=level)["place"].tolist() == places


def test_a_full_name_that_contradicts_lowers_the_confidence():
    found = placed(["北京市武汉市", "北京武汉"])
    assert found["place"].tolist() == ["北京", "北京"]
    assert found["confidence"].tolist() == [0.5, 0.8]


def test_any_gazetteer_and_any_level_will_do():
    regions = Gazetteer.from_table(
        pd.DataFrame(
            {
                "place": ["Bayern", "Schwaben"],
                "code": ["DE2", "DE27"],
                "name_en": ["Bavaria", "Swabia"],
                "level": ["nuts1", "nuts2"],
                "parent": [None, "Bayern"],
            }
        )
    )
    found = place_addresses(["12 Long Road, Swabia", "86150 Swabia, Bavaria"], regions, level="nuts1")
    assert found["code"].tolist() == ["DE2", "DE2"]
    with pytest.raises(OptionError, match="nuts2"):
        place_addresses(["Swabia"], regions, level="nuts3")


def test_an_address_in_small_letters_is_placed_as_in_capitals():
    written = ["Cambridge, MA, US", "Springfield, IL, USA", "Los Angeles, CA", "Suzhou, Jiangsu, CN"]
    places = placed(written)["place"].tolist()
    assert places == ["Cambridge, MA, US", "Springfield, IL, US", "Los Angeles, CA, US", "苏州"]
    assert placed([text.lower() for text in written])["place"].tolist() == places
    assert placed([text.upper() for text in written])["place"].tolist() == places


def test_rows_keep_their_order_and_equal_addresses_their_answer():
    written = pd.Series(["武汉市", None, "长沙市", "武汉市"], index=[9, 3, 5, 1])
    found = placed(written)
    assert found["address"].fillna("").tolist() == ["武汉市", "", "长沙市", "武汉市"]
    assert found["place"].fillna("").tolist() == ["武汉", "", "长沙", "武汉"]
    assert placed([]).empty


def test_a_thousand_synthetic_addresses_are_placed_right():
    drawn = synthetic_addresses(1000, seed=1)
    found = placed(drawn["address"])
    wrong = found["place"].notna() & (found["place"] != drawn["place"])
    assert wrong.sum() == 0
    named = ~drawn["form"].isin(["county alone", "province alone"])
    assert (found["place"] == drawn["place"])[named].mean() > 0.99
    assert set(found.loc[(drawn["form"] == "province alone") & found["place"].isna(), "method"]) == {"coarser"}
    inland = drawn["province"].notna()
    assert (placed(drawn["address"], level="province")["place"] == drawn["province"])[inland & named].mean() > 0.99


def test_synthetic_addresses_are_marked_and_come_again_from_their_seed():
    drawn = synthetic_addresses(50, seed=3)
    assert drawn.attrs["synthetic"]
    assert drawn.equals(synthetic_addresses(50, seed=3))
    marked = drawn["address"].str.contains("合成|Synthetic") | drawn["form"].eq("short")
    assert marked.all()


def test_addresses_are_placed_together_as_one_by_one():
    odd = [
        "",
        "武汉",
        "鼓楼区福州",
        "𠀀𠀁武汉市",
        "Wuhan;北京",
        "市",
        "wuhan, hubei",
        "北京路1号",
        "某公司武汉市北京",
    ]
    written = [*odd, *synthetic_addresses(30, seed=4)["address"]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", InnoscapeWarning)
        together = place_addresses(written)
        alone = pd.concat([place_addresses([one]) for one in written], ignore_index=True)
    pd.testing.assert_frame_equal(together, alone)
