"""Say what the sheets of a workbook and their columns mean, in English and Chinese."""

# sheet -> English, Chinese; in the order of the workbook
SHEETS = {
    "scores": ("Score, rank and tier of every place", "各地区得分、位次与层级"),
    "levels": ("Scores of the groups of indicators", "各分组得分"),
    "weights": ("Weights of groups and indicators", "分组与指标权重"),
    "contributions": (
        "What each indicator adds to the score; a row adds up to the score",
        "各指标对得分的贡献，每行合计等于得分",
    ),
    "normalized": ("Values on a common scale, higher is better", "标准化值，越大越好"),
    "prepared": ("Values before normalization: filled, divided and treated", "标准化前的数值：已插补、换算与处理"),
    "treatments": ("Every cell that outlier treatment changed", "异常值处理所改动的单元格"),
    "disagreements": ("Places whose tier differs from the published one", "得分层级与已发表层级不同的地区"),
    "log": ("Every cell that is not simply observed, and every value left out", "插补、替代、处理或剔除的数据记录"),
    "framework": (
        "Indicators, their groups, units, directions and given weights; can be edited and read back",
        "指标体系：分组、单位、方向与给定权重；可编辑后重新读入",
    ),
    "indicators": (
        "The values the scores rest on; can be edited and read back",
        "得分所依据的指标数据；可编辑后重新读入",
    ),
}

# (sheet, or "" for any; column) -> English, unit, Chinese
COLUMNS = {
    ("", "place"): ("Key of the place", "", "地区代码（简称）"),
    ("", "name_en"): ("English name", "", "英文名称"),
    ("", "name_zh"): ("Chinese name", "", "中文名称"),
    ("", "score"): ("Score; 1 is best", "0 to 1 under min-max", "得分，越大越好"),
    ("", "rank"): ("Rank, 1 is the highest", "", "位次，1为最高"),
    ("", "tier"): ("Tier from the score", "", "由得分划分的层级"),
    ("", "published_tier"): ("Tier as published", "", "已发表的层级"),
    ("", "agree"): ("Whether the two tiers are the same", "", "两种层级是否一致"),
    ("", "steps"): ("Tiers apart; positive: scored higher than published", "tiers", "级差；为正表示得分层级更高"),
    ("", "recipe"): ("Choices the row rests on", "", "评价方案"),
    ("", "level"): ("Level of the framework", "", "指标体系层次"),
    ("", "group"): ("Group of indicators", "", "分组"),
    ("", "parent"): ("Group above; empty at the top", "", "上级分组，顶层为空"),
    ("", "name"): ("Group or indicator", "", "分组或指标"),
    ("", "indicator"): ("Key of the indicator", "", "指标代码"),
    ("weights", "weight"): (
        "Share within the group above, or of the index",
        "share, sums to 1",
        "上级分组内（或总体）权重",
    ),
    ("", "effective_weight"): ("Share of the index", "share, sums to 1", "占总指数的权重"),
    ("framework", "weight"): ("Given weight; all indicators or none", "any scale", "给定权重；全部填写或全部留空"),
    ("", "level1"): ("First-level group", "", "一级分组"),
    ("", "level2"): ("Second-level group", "", "二级分组"),
    ("", "direction"): ("1: more is better, -1: less is better", "", "1为正向指标，-1为负向指标"),
    ("", "unit"): ("Unit of the values", "", "计量单位"),
    ("", "value"): ("Value", "as in column unit", "数值"),
    ("", "year"): ("Year of the value", "year", "年份"),
    ("", "status"): ("How the value came about, see Status below", "", "数据性质，见下"),
    ("", "source"): ("Where the value was read", "", "数据来源"),
    ("", "action"): ("What was done", "", "处理方式"),
    ("", "note"): ("Remark", "", "备注"),
    ("", "level1_zh"): ("Chinese name of the first-level group", "", "一级分组中文名称"),
    ("", "level2_zh"): ("Chinese name of the second-level group", "", "二级分组中文名称"),
    ("", "printed"): ("The value as printed in the source", "", "来源中的原始写法"),
    ("", "period"): ("Years the value stands for", "years", "数据所属时期"),
    ("", "place_in_source"): ("Name of the place in the source", "", "来源中的地区名称"),
    ("contributions", "*"): ("Contribution to the score: {}", "as the score", "对得分的贡献：{}"),
    ("prepared", "*"): ("Value before normalization: {}", "as the indicator", "标准化前数值：{}"),
    ("", "method"): ("How it was treated", "", "处理方法"),
    ("", "before"): ("Value before treatment", "as the indicator", "处理前数值"),
    ("", "after"): ("Value after treatment", "as the indicator", "处理后数值"),
    ("normalized", "*"): ("Normalized value: {}", "common scale", "标准化值：{}"),
}

# beginnings of columns; the rest of the name replaces {}
PREFIXES = {
    "score_": ("Score under {}", "0 to 1 under min-max", "{} 方案得分"),
    "rank_": ("Rank under {}", "", "{} 方案位次"),
    "tier_": ("Tier under {}", "", "{} 方案层级"),
    "level_": ("Score of the group {}", "0 to 1 under min-max", "{} 分组得分"),
}

# (sheet, or "" for any; column) -> number format
FORMATS = {
    ("", "score"): "0.000",
    ("", "rank"): "0",
    ("", "steps"): "0",
    ("", "year"): "0",
    ("", "direction"): "0",
    ("weights", "weight"): "0.0%",
    ("weights", "effective_weight"): "0.0%",
    ("framework", "weight"): "General",
}

IDENTITY = ("place", "name_en", "name_zh")
