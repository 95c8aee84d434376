"""Say what the package itself writes into tables in Chinese too: units, titles, meanings, measures, notices.

Texts of users have no entry here and stand as they are in both languages.
"""

import re

from markupsafe import Markup, escape

from ...data.vocabulary import name_of
from .say import Words, say

__all__ = ["measure", "notice", "phrase"]

PHRASES: dict[str, str] = {
    "notice": "提示",
    "warning": "警告",
    "patents": "件",
    "100 million yuan": "亿元",
    "degrees, WGS 84": "度（WGS 84）",
    "count or %, see column unit": "数量或%，见单位列",
    "see column unit (as printed)": "见单位列（按原文）",
    "count": "数量",
    "Places named by the sources": "文献所列地点",
    "Aggregates that flows name": "流量表中的合计地区",
    "Science and technology resources of 18 regions": "18个地区的科技资源",
    "Framework of the ten regional indicators": "十项地区指标的框架",
    "Hierarchy of science and technology innovation centers": "科技创新中心层级",
    "Cities of the hierarchy": "各层级所含城市",
    "Corridors and belts": "走廊与带",
    "One core, three nuclei, three belts, many parks of Beijing-Tianjin-Hebei": "京津冀“一核三极三带多园”",
    "Co-patents of Beijing, Tianjin and Hebei": "北京、天津、河北合作专利",
    "Technology contracts leaving Beijing": "北京流出的技术合同",
    "Every quantity of the sources": "文献中的全部数量",
    "Indicator frameworks of the sources": "文献中的指标体系",
    "share by which weights vary either way": "权重上下浮动的比例",
    "relative standard deviation of the cells of a status": "某一性质的数据单元的相对标准差",
    "tier of a center to which the sources give none": "文献未给出层级的中心所取的层级",
    "distance exponent of the gravity shape": "引力形式的距离指数",
    "how a scope's mass is shared among its centers": "区域体量在其中心之间的分配权重",
    "adoptions a year caused by one adopter at no distance": "零距离时一个采纳者每年引起的采纳数",
    "cost at which the rate has halved": "速率减半的成本（距离）",
    "share of knowledge that distance weakens": "受距离削弱的知识占比（隐性知识）",
    "greatest cost between neighbors": "邻近中心之间的最大成本（距离）",
    "tiers that knowledge steps down at once": "知识一次可下降的层级数",
    "adoptions a year from outside the network": "每年来自网络外部的采纳数",
    "multiplier of a tier's incoming rates (absorptive capacity)": "某层级接收速率的乘数（吸收能力）",
    "share that stays": "留在组内的比例",
    "factor on the costs inside the corridor": "走廊内成本的系数",
    "tier of the added center": "新增中心的层级",
    "multiplier of its incoming rates, its tier's when missing": "其接收速率的乘数，缺省时取所在层级的值",
    "tier the center is moved to": "中心调整后的层级",
    "institutions": "科研机构",
    "input": "创新投入",
    "output": "创新产出",
    "incubation": "创业孵化",
    "2019 substituted (table note)": "以2019年数据替代（表注）",
    "2021 substituted (table note)": "以2021年数据替代（表注）",
    "Tianjin part is 2021 (table note)": "其中天津为2021年数据（表注）",
    "Jan-Oct 2019 only (table note)": "仅2019年1—10月（表注）",
    "Jan-Aug 2020 only (table note)": "仅2020年1—8月（表注）",
    "Guangdong value substituted (table note)": "以广东数据替代（表注）",
}

# what the pipeline has to say, with the places it names
NOTICES: tuple[tuple[str, str, str], ...] = (
    (
        r"no estimated flows for (.+): no scored scope gives them a mass",
        "no estimated flows for {}: no scored scope gives them a mass",
        "{}没有估算流量：没有已评分的区域为其提供体量",
    ),
    (
        r"the map leaves out flows of (.+): no coordinates",
        "the map leaves out flows of {}: no coordinates",
        "地图未绘出{}的流量：没有坐标",
    ),
)
BOUNDARIES = re.compile(r"the map shows no boundaries: (.+)", re.DOTALL)


def phrase(text: object) -> Markup:
    """Write a text of the package in both languages, any other text as it is."""
    english = str(text)
    return say(english, PHRASES.get(english) or name_of(english, "block_roles").in_("zh"))


def measure(key: str) -> Markup:
    """Write a measure of a network's structure."""
    name = name_of(key, "network_measures")
    return say(name.in_("en"), name.in_("zh"))


def notice(text: str, words: Words) -> Markup:
    """Write a notice in both languages, its places by name."""
    for pattern, english, chinese in NOTICES:
        found = re.fullmatch(pattern, text)
        if found:
            pairs = [words.pair(place) for place in found[1].split(", ")]
            return say(english.format(", ".join(p[0] for p in pairs)), chinese.format("、".join(p[1] for p in pairs)))
    found = BOUNDARIES.fullmatch(text)
    return say(text, f"地图未绘边界：{found[1]}") if found else escape(text)
