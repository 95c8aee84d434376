"""Say places, scenarios, tiers, statuses and measures in English and Chinese, as markup a style sheet can choose from.

A name shows both languages side by side (classes ``n-en``, ``n-zh``); prose shows the one the reader chose (``en``,
``zh``).
"""

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from ..charts.bars import Prose
from ..report.facts.rows import STATUSES, TIERS, Pair

WORDS: dict[str, Pair] = {
    "international": ("international", "国际级"),
    "national": ("national", "国家级"),
    "regional": ("regional", "区域级"),
    "local": ("local", "地方级"),
    "observed": ("observed", "实测"),
    "published": ("published", "已发表"),
    "substituted": ("substituted", "替代"),
    "derived": ("derived", "推算"),
    "given": ("given", "给定"),
    "named": ("named", "文献所列"),
    "estimated": ("estimated", "估计"),
    "assumed": ("assumed", "假设"),
    "hierarchical": ("down the tiers", "等级扩散"),
    "peer": ("within a tier", "同级扩散"),
    "neighbor": ("to neighbors", "邻近扩散"),
    "tie": ("along ties", "联系扩散"),
    "external": ("from outside", "外部"),
    "all": ("all tiers", "全部"),
    "copatent": ("co-patents", "合作专利"),
    "contract": ("technology contracts", "技术合同"),
    "copatent_province": ("co-patents by province", "分省市合作专利"),
    "contract_estimated": ("technology contracts (estimated)", "技术合同（估计）"),
    "mean_arrival_time": ("mean arrival time (years)", "平均到达时间（年）"),
    "tier_arrival_time": ("mean arrival time by tier (years)", "各层级平均到达时间（年）"),
    "tier_lag": ("delay behind the tier above (years)", "比上一层级晚到的时间（年）"),
    "arrival_time": ("arrival time (years)", "到达时间（年）"),
    "arrival_inequality": ("inequality of arrival times (Theil index)", "到达时间不平等（泰尔指数）"),
    "natural_breaks": ("natural breaks", "自然断点"),
    "maximum_breaks": ("widest gaps", "最大间隔"),
    "k_means": ("k-means", "K均值"),
    "gaussian_mixture": ("Gaussian mixture", "高斯混合"),
    "head_tail": ("head/tail breaks", "头尾断点"),
    "counts": ("given numbers of places on each tier", "给定各层级数量"),
    "thresholds": ("given thresholds", "给定阈值"),
    "quantiles": ("quantiles", "分位数"),
    "reach": ("share of centers reached", "到达中心占比"),
    "localization_share": ("localization share", "本地化率"),
    "strength": ("strength", "强度"),
    "in_strength": ("in-strength", "入强度"),
    "out_strength": ("out-strength", "出强度"),
    "betweenness": ("betweenness", "中介中心性"),
    "closeness": ("closeness", "接近中心性"),
    "eigenvector": ("eigenvector", "特征向量中心性"),
    "pagerank": ("PageRank", "PageRank"),
    "equal": ("equal weights", "等权"),
    "entropy": ("entropy weights", "熵权"),
}


class Words:
    """Say places and scenarios in both languages."""

    def __init__(
        self, names: Mapping[str, Pair], titles: Mapping[str, Pair], networks: Mapping[str, Sequence[str]]
    ) -> None:
        self.names = names
        self.titles = titles
        self.networks = networks

    def network_pair(self, kind: str, years: str = "") -> Prose:
        """Give both titles of a kind of flow: the study's own, or the kind and its years."""
        english, chinese = (*self.networks.get(kind, ()), "", "")[:2]
        if english or chinese:
            return Prose(english or chinese, chinese or english)
        english, chinese = pair_of(kind)
        return Prose(f"{english} {years}".strip(), f"{chinese} {years}".strip())

    def network(self, kind: str, years: str = "") -> Markup:
        """Write the title of a kind of flow."""
        return say(*self.network_pair(kind, years))

    def cited(self, kind: str, years: str = "") -> Markup:
        """Write the title of a kind of flow within a sentence: the study's own in quotation marks."""
        english, chinese = self.network_pair(kind, years)
        own = any(self.networks.get(kind, ()))
        return say(f"“{english}”", f"“{chinese}”") if own else say(english, chinese)

    def pair(self, place: str | None) -> Pair:
        """Give both names of a place."""
        return ("", "") if place is None else self.names.get(str(place), _place_pair(str(place)))

    def title(self, scenario: str | None) -> Prose:
        """Give both titles of a scenario."""
        return Prose(*self.titles.get(str(scenario), (str(scenario), str(scenario))))

    def name(self, place: str | None) -> Markup:
        """Write a name."""
        return name_mark(*self.pair(place))

    def scenario(self, scenario: str | None) -> Markup:
        """Write a scenario."""
        return say(*self.title(scenario))


def _place_pair(place: str) -> Pair:
    return WORDS[place] if place in TIERS else (place, place)


def name_mark(english: str, chinese: str) -> Markup:
    """Put both names down; both may show at a time."""
    if english == chinese:
        return escape(english)
    return Markup('<span class="n-en">{} </span><span class="n-zh" lang="zh">{}</span>').format(english, chinese)


def say(english: object, chinese: object) -> Markup:
    """Put both languages down; the style sheet shows the one the reader chose."""
    if english == chinese:
        return escape(english)
    template = Markup('<span class="en">{}</span><span class="zh" lang="zh">{}</span>')
    return template.format(english, chinese)


def pair_of(key: object) -> Pair:
    """Give both words for a key; a key without words stands for itself."""
    text = str(key)
    return WORDS.get(text, (text.replace("_", " "), text.replace("_", " ")))


def word(key: object) -> Markup:
    """Write a word."""
    return Markup("–") if key is None else say(*pair_of(key))


def badge(status: object) -> Markup:
    """Write a status, told apart by word, sign and border."""
    key = str(status) if status in STATUSES else "other"
    return Markup('<span class="badge b-{}">{}</span>').format(key, word(status))


def tier_mark(tier: str | None) -> Markup:
    """Write a tier beside its color."""
    if tier is None:
        return Markup("–")
    key = tier if tier in TIERS else "other"
    return Markup('<span class="tier t-{}">{}</span>').format(key, word(tier))
