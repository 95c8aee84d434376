"""The results of a study, as the report takes them, and what a page of it says.

The sample's scores are those of the ten indicators of the sources' regional table under min-max and equal or
entropy weights, rounded; the co-patents (2018) and the contract flow (2019) are the sources' printed figures. The
numbers of the diffusion and of the estimated network are made up.
"""

import math
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pandas as pd

from innoscape.study.plan.assumed import Assumption, assumptions
from innoscape.study.plan.schema import Study
from innoscape.study.wording.notices import Notice

BTH = "Beijing-Tianjin-Hebei"

SCOPES = [
    ("长三角", "Yangtze River Delta", 0.785, 0.749, "international"),
    ("京津冀", "Beijing-Tianjin-Hebei", 0.651, 0.614, "international"),
    ("粤港澳", "Guangdong-Hong Kong-Macao", 0.507, 0.494, "international"),
    ("山东", "Shandong", 0.177, 0.143, "national"),
    ("成渝", "Chengdu-Chongqing", 0.167, 0.126, "national"),
    ("湖北", "Hubei", 0.155, 0.117, "national"),
    ("辽宁", "Liaoning", 0.117, 0.084, "national"),
    ("陕西", "Shaanxi", 0.115, 0.077, "national"),
    ("福建", "Fujian", 0.095, 0.070, "regional"),
    ("河南", "Henan", 0.071, 0.047, "regional"),
    ("甘肃", "Gansu", 0.046, 0.039, "regional"),
    ("山西", "Shanxi", 0.028, 0.018, "regional"),
    ("云南", "Yunnan", 0.016, 0.0100, "regional"),
    ("广西", "Guangxi", 0.011, 0.0101, "regional"),
]

CENTERS = [
    ("北京", "Beijing", "international"), ("上海", "Shanghai", "international"), ("广州", "Guangzhou", "international"),
    ("深圳", "Shenzhen", "international"), ("香港", "Hong Kong", "international"), ("澳门", "Macao", "international"),
    ("武汉", "Wuhan", "national"), ("成都", "Chengdu", "national"), ("重庆", "Chongqing", "national"),
    ("沈阳", "Shenyang", "national"), ("大连", "Dalian", "national"), ("西安", "Xi'an", "national"),
    ("济南", "Jinan", "national"), ("青岛", "Qingdao", "national"), ("郑州", "Zhengzhou", "regional"),
    ("长沙", "Changsha", "regional"), ("福州", "Fuzhou", "regional"), ("厦门", "Xiamen", "regional"),
    ("兰州", "Lanzhou", "regional"), ("太原", "Taiyuan", "regional"), ("昆明", "Kunming", "regional"),
    ("南宁", "Nanning", "regional"), ("天津", "Tianjin", "local"), ("石家庄", "Shijiazhuang", "local"),
    ("南京", "Nanjing", "local"), ("合肥", "Hefei", "local"),
]  # fmt: skip

INDICATORS = [
    ("Double First-Class universities", "“双一流”建设大学", 12.0), ("National laboratories", "国家实验室", 17.1),
    ("National key laboratories", "全国重点实验室", 12.8), ("National research institutions", "研究机构占比", 8.6),
    ("R&D intensity", "R&D经费投入强度", 3.1), ("PCT applications", "PCT专利申请量占比", 17.5),
    ("Patents granted", "专利授权数占比", 9.4), ("Maker spaces", "众创空间占比", 4.2),
    ("Enterprises with R&D", "有研发的企业数占比", 8.9), ("Firms in incubation", "在孵企业占比", 6.4),
]  # fmt: skip

SCENARIOS = [
    ("baseline", "Baseline", "基准"),
    ("localization_20", "Beijing sells 20% of its contracts to Tianjin and Hebei", "北京技术合同20%流向津冀"),
    ("localization_30", "Beijing sells 30% of its contracts to Tianjin and Hebei", "北京技术合同30%流向津冀"),
    ("corridor", "Beijing-Tianjin-Xiong'an corridor: costs halved inside", "京津雄走廊：走廊内成本减半"),
    ("xiongan", "Xiong'an as a national center", "雄安升为国家级中心"),
    ("hefei", "Hefei raised to national", "合肥升为国家级"),
]


def make_study(**given: Any) -> Study:
    """Declare a study of the sample's shape."""
    plan = {
        "name": "sample",
        "title": "China's science and technology innovation centers",
        "title_zh": "中国科技创新中心",
        "description": "Do the published tiers follow from the figures, and how would knowledge spread from Beijing?",
        "description_zh": "已发表的层级是否由数据得出？知识将如何由北京扩散？",
        "tables": {"places": ["places.csv"], "indicators": "indicators.csv", "framework": "framework.csv"},
        "index": {"units": ["京津冀"], "recipes": [{"name": "equal"}]},
        "networks": [
            {"name": "copatent", "directed": False, "flows": "copatents.csv"},
            {"name": "contract", "directed": True, "flows": "contracts.csv"},
            {"name": "contract_estimated", "directed": True, "flows": "estimated.csv"},
        ],
        "diffusion": {
            "seeds": ["北京"],
            "horizon": 20.0,
            "runs": 2000,
            "seed": 2024,
            "channels": [{"name": "hierarchical", "rate": 0.25, "half_distance": 150.0}],
        },
    }
    return Study.model_validate(plan | given)


@dataclass(frozen=True)
class Sample:
    """What the report needs of a result."""

    study: Study = field(default_factory=make_study)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    assumed: tuple[Assumption, ...] = ()
    notices: tuple[Notice, ...] = ()
    manifest: dict[str, Any] = field(default_factory=dict)

    @property
    def shown(self) -> dict[str, pd.DataFrame]:
        """The sample has no years."""
        return self.tables


def make_tables() -> dict[str, pd.DataFrame]:
    """Build every table of the contract, small but of the real study's shape."""
    scores = pd.DataFrame(SCOPES, columns=["place", "name_en", "score", "score_entropy", "tier"])
    scores["name_zh"] = scores["place"].replace({"粤港澳": "粤港澳大湾区", "成渝": "成渝都市圈"})
    scores["rank"] = scores["score"].rank(ascending=False)
    scores["rank_entropy"] = scores["score_entropy"].rank(ascending=False)
    scores["published_tier"] = scores["tier"]
    scores["tier_entropy"] = scores["tier"]
    scores["agree"] = True
    for group, factor in (("institutions", 1.1), ("input", 0.7), ("output", 1.05), ("incubation", 0.9)):
        scores[f"level_{group}"] = scores["score"] * factor
    return {"scores": scores, **_weights(), **_networks(), **_diffusion(), **_records()}


def _weights() -> dict[str, pd.DataFrame]:
    total = sum(w for *_, w in INDICATORS)
    rows = [("equal", en, en, zh, 0.1) for en, zh, _ in INDICATORS]
    rows += [("entropy", en, en, zh, w / total) for en, zh, w in INDICATORS]
    return {
        "weights": pd.DataFrame(rows, columns=["recipe", "indicator", "name_en", "name_zh", "weight"]),
        "disagreements": pd.DataFrame(columns=["recipe", "place", "name_en", "tier", "published_tier", "steps"]),
    }


def _networks() -> dict[str, pd.DataFrame]:
    unit = "100 million yuan"
    flows = [
        ("北京", "天津", 3056, "copatent", "co-patents", 2018, "observed"),
        ("北京", "石家庄", 1729, "copatent", "co-patents", 2018, "observed"),
        ("北京", "河北其他", 2548, "copatent", "co-patents", 2018, "observed"),
        ("天津", "河北", 1340, "copatent", "co-patents", 2018, "derived"),
        ("北京", "津冀", 282.80, "contract", unit, 2019, "observed"),
        ("北京", "其他省市", 2585.35, "contract", unit, 2019, "derived"),
    ]
    names = [place for place, *_ in CENTERS]
    flows += [
        (a, b, 900.0 / (1 + i + j), "contract_estimated", unit, 2019, "estimated")
        for i, a in enumerate(names[:8])
        for j, b in enumerate(names[:8])
        if a != b
    ]
    central = [
        ("copatent", "北京", "Beijing", 7333, 7333, 7333, 1.0, 0.92, 0.66, 0.38, 3, 1, False, "observed"),
        ("copatent", "河北", "Hebei", 5617, 5617, 5617, 0.0, 0.81, 0.55, 0.30, 2, math.nan, True, "derived"),
        ("copatent", "天津", "Tianjin", 4396, 4396, 4396, 0.0, 0.80, 0.51, 0.24, 2, 2, False, "observed"),
        ("copatent", "石家庄", "Shijiazhuang", 1729, 1729, 1729, 0.0, 0.66, 0.31, 0.12, 1, 3, False, "observed"),
    ]
    for i, (place, english, _) in enumerate(CENTERS):
        into, out = 2100.0 / (i + 1) - 20, 2868.15 / (i + 1)
        row = (into + out, into, out, 0.8 / (i + 1), 90 / (10 + i), 0.7 / (i + 1), 0.2 / (i + 1), 25, i + 1)
        central.append(("contract_estimated", place, english, *row, False, "estimated"))
    balances = [
        ("contract", "京津冀", BTH, 282.80, 2585.35, math.nan, math.nan, 282.80 / 2868.15, unit, "observed"),
        ("contract_estimated", "长三角", "Yangtze Delta", 731.2, 1803.7, 1501.1, -302.6, 0.288, unit, "estimated"),
        ("contract_estimated", "京津冀", BTH, 282.8, 2585.4, 902.1, -1683.3, 0.0986, unit, "estimated"),
    ]  # fmt: skip
    return {
        "flows": pd.DataFrame(flows, columns=["source", "target", "value", "kind", "unit", "year", "status"]),
        "centrality": pd.DataFrame(
            central,
            columns=[
                "kind",
                "place",
                "name_en",
                "strength",
                "in_strength",
                "out_strength",
                "betweenness",
                "closeness",
                "eigenvector",
                "pagerank",
                "degree",
                "rank",
                "aggregate",
                "status",
            ],
        ),
        "balances": pd.DataFrame(
            balances,
            columns=[
                "kind",
                "group",
                "name_en",
                "inside",
                "outside",
                "inflow",
                "net",
                "localization_share",
                "unit",
                "status",
            ],
        ),
        "centers": pd.DataFrame(
            {
                "place": names,
                "name_en": [c[1] for c in CENTERS],
                "name_zh": names,
                "tier": pd.Categorical([c[2] for c in CENTERS], ordered=True),
                "tier_status": ["assumed" if c[2] == "local" else "published" for c in CENTERS],
            }
        ),
    }


def _diffusion() -> dict[str, pd.DataFrame]:
    times = np.linspace(0, 20, 41)
    pace = {
        "baseline": 6.0,
        "localization_20": 5.9,
        "localization_30": 5.7,
        "corridor": 5.5,
        "xiongan": 5.1,
        "hefei": 5.6,
    }
    reach = [
        (name, t, *(1 / (1 + 25 * math.exp(-t * 3.2 / (p * k))) for k in (1.0, 1.25, 0.8)))
        for name, p in pace.items()
        for t in times
    ]
    level = {"international": 2.4, "national": 4.9, "regional": 8.2, "local": 12.1}
    arrivals = []
    for name, p in pace.items():
        for i, (place, english, tier) in enumerate(CENTERS):
            middle = level[tier] * (0.8 + 0.05 * (i % 7)) * p / 6
            late = tier == "local" and i % 2 == 0
            high = math.nan if late else min(20.0, middle * 2.6)
            row = (name, place, english, tier, middle, middle * 1.1, middle * 0.25, high, 0.93 if late else 1.0, False)
            arrivals.append((name, place, english, tier, 0.0, 0.0, 0.0, 0.0, 1.0, True) if i == 0 else row)
    credit = [
        ("baseline", tier, channel, share)
        for tier, shares in {
            "all": (0.42, 0.18, 0.25, 0.15), "international": (0.0, 0.71, 0.08, 0.21),
            "national": (0.58, 0.14, 0.12, 0.16), "regional": (0.55, 0.09, 0.22, 0.14),
            "local": (0.33, 0.02, 0.55, 0.10),
        }.items()
        for channel, share in zip(("hierarchical", "peer", "neighbor", "tie"), shares, strict=True)
    ]  # fmt: skip
    differences = []
    for k, name in enumerate(list(pace)[1:]):
        gain = 0.012 * (k + 1)
        differences.append((name, "reach", "all", 0.921, 0.921 + gain, gain, gain - 0.02, gain + 0.02, 0.6))
        differences.append(
            (name, "mean_arrival_time", "all", 6.31, 6.31 - 12 * gain, -12 * gain, -18 * gain, -5 * gain, 0.9)
        )
        differences.append((name, "arrival_inequality", "all", 0.31, 0.31 + gain / 9, gain / 9, -0.002, 0.02, 0.4))
        for tier, time in level.items():
            differences.append((name, "tier_arrival_time", tier, time, time - gain, -gain, -2 * gain, -0.1 * gain, 0.7))
        for i, (place, _, tier) in enumerate(CENTERS[1:]):
            base, delta = level[tier], -gain * (30 if i % 5 == k else 3)
            differences.append((name, "arrival_time", place, base, base + delta, delta, delta - 0.3, delta + 0.3, 0.8))
        share = {"localization_20": 0.2, "localization_30": 0.3}.get(name)
        if share is not None:
            gap = share - 0.0986
            differences.append((name, "localization_share", "京津冀", 0.0986, share, gap, gap, gap, math.nan))
            differences.append(
                (name, "strength", "天津", 190.0, 190 + 900 * gap, 900 * gap, 900 * gap, 900 * gap, math.nan)
            )
    return {
        "reach": pd.DataFrame(reach, columns=["scenario", "time", "mean", "low", "high"]),
        "arrivals": pd.DataFrame(
            arrivals,
            columns=["scenario", "place", "name_en", "tier", "median", "mean", "low", "high", "reached", "seed"],
        ),
        "credit": pd.DataFrame(credit, columns=["scenario", "tier", "channel", "share"]),
        "scenarios": pd.DataFrame(
            differences,
            columns=["scenario", "measure", "place", "baseline", "value", "difference", "low", "high", "better"],
        ),
        "scenario_titles": pd.DataFrame(SCENARIOS, columns=["scenario", "title", "title_zh"]),
    }


def _records() -> dict[str, pd.DataFrame]:
    return {
        "inputs": pd.DataFrame(
            [
                ("indicators", "regional_table", "Regional resources", "various", 2020, "S1, Table 1", 140, "ab" * 32),
                ("flows", "copatents", "Co-patents", "patents", 2018, "S3, article A", 4, "cd" * 32),
                ("flows", "contracts", "Technology contracts", "100 million yuan", 2019, "S3, article A", 2, "ef" * 32),
            ],
            columns=["table", "dataset", "title", "unit", "year", "source", "rows", "sha256"],
        ),
        "indicators": pd.DataFrame({"place": ["京津冀"] * 140, "status": ["observed"] * 138 + ["substituted"] * 2}),
        "matches": pd.DataFrame(
            [("flows", "北京市", "北京", "suffix 市 left out")], columns=["table", "given", "place", "how"]
        ),
    }  # fmt: skip


def make_sample() -> Sample:
    """Build the whole sample."""
    study = make_study()
    return Sample(
        study=study,
        tables=make_tables(),
        assumed=assumptions(study),
        notices=(Notice("notice", "notices.no_coordinates", {"places": ["津冀"]}),),
        manifest={"innoscape": "0.1.0", "seed": 2024, "versions": {"numpy": "2.4", "pandas": "3.1"}, "gap": math.nan},
    )


class Page(HTMLParser):
    """Collects what the tests ask of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.stack: list[str] = []
        self.text: list[str] = []
        self.ids: list[str] = []
        self.bare_charts = 0
        self.chart: list[str] | None = None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "svg":
            self.chart = [] if attributes.get("role") == "img" else None
            self.bare_charts += attributes.get("role") != "img"
        elif self.chart is not None and len(self.chart) < 2:
            self.chart.append(tag)
            self.bare_charts += self.chart != ["title", "desc"][: len(self.chart)]
        if tag not in {"meta", "link", "input", "br", "wbr"}:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        """Self-closing parts of drawings hold no text."""

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if self.stack and self.stack[-1] not in {"style", "script"}:
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())
