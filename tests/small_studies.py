"""Studies of a few places that together use every section of a study file, each run in a second or two."""

SPACE = """
name = "space"
title = "Places in space"

[tables]
places = ["places.csv"]
indicators = "indicators.csv"
framework = "framework.csv"

[index]
units = ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"]
panel = "pooled"

[[index.recipes]]
name = "entropy"
weigh = "entropy"

[[index.recipes]]
name = "ranked"
normalize = "rank"
aggregate = "geometric"

[index.robustness]
runs = 8
weight_noise = 0.2

[tiers]
method = "natural_breaks"
k = 3

[tiers.flows]
network = "deals"
by = "strength"

[centers]
tiers = ["scores", "given"]

[[networks]]
name = "deals"
directed = true
flows = "deals.csv"
years = "each"
balance = ["S0"]

[[weights]]
name = "near"
method = "nearest"
neighbors = 3

[[weights]]
name = "ties"
method = "network"
network = "deals"
both_ways = true

[pattern]
variables = ["score", { value = "a", per = "b", log = true }, "deals.strength"]
weights = ["near", "ties"]
local = "moran"
permutations = 99
density = 200.0

[concentration]
variables = ["b"]
weight_by = "a"
groups = "part_of"
measures = ["gini", "theil_t"]

[regression]
outcome = { value = "b", log = true }
terms = ["a"]
models = ["lag", "ols"]
effects = "time"
draws = 100

[siting]
demand = "a"
most = 2
existing = ["p0"]

[typology]
criteria = ["mean_rank", "firsts"]

[map]
boundaries = "none"
"""

HEAD = """
name = "drawn"
title = "Places and flows"

[tables]
places = ["places.csv"]
memberships = "memberships.csv"
indicators = "indicators.csv"
framework = "framework.csv"
costs = "costs.csv"

[index]
units = ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7"]
year = "latest"

[[index.recipes]]
name = "equal"

[tiers]
method = "quantiles"

[[tiers.scale]]
key = "hub"
name_zh = "枢纽"

[[tiers.scale]]
key = "middle"

[[tiers.scale]]
key = "end"

[centers]
tiers = "scores"
kinds = ["city"]
assumed_tiers = { p7 = "end" }

[map]
boundaries = "none"

[[networks]]
name = "deals"
directed = true
flows = "deals.csv"
years = "latest"
"""

FLOWS = """
[networks.gravity]
constraint = "double"
decay = "exponential"

[networks.structure]
cutoff = "mean"

[[networks]]
name = "sales"
directed = true

[networks.estimate]
outgoing = "sold.csv"
incoming = "bought.csv"
rest_of_world = true
exponent = "fitted"
fit_to = { network = "deals" }
fallback = 1.0

[[networks]]
name = "guess"
directed = true

[networks.estimate]
exponent = 1.0
tier_weights = { hub = 4.0, middle = 2.0, end = 1.0 }
known = [{ network = "deals", source = "p0", target = "p1", spread_over = ["p2", "p3"] }]
"""

SPREAD = """
[diffusion]
seeds = ["p0"]
horizon = 12.0
runs = 4
tie_network = "deals"
external = 0.01
receptivity = { hub = 1.0, middle = 0.7, end = 0.4 }

[diffusion.fit]
adoptions = "adoptions.csv"
free = ["peer.rate"]
until = "2006"
otherwise = "assumed"
draws = 2

[[diffusion.channels]]
name = "peer"
rate = 0.2
half_distance = 300.0

[[diffusion.channels]]
name = "neighbor"
rate = 0.1
half_distance = 300.0
radius = 400.0

[[diffusion.channels]]
name = "tie"
rate = 0.3
decay = "none"
normalize = "origin"

[[scenarios]]
name = "promoted"
interventions = [
    { verb = "set_tier", place = "p5", tier = "middle", start = 1.0 },
    { verb = "scale_indicator", places = ["p4"], indicators = ["a"], factor = 2.0 },
]

[[scenarios]]
name = "stays"
lever = "I16"
places = ["p0"]
scope = "S0"

[[assumed]]
at = "diffusion.external"
text = "some ideas come from outside"

[origins]
"diffusion.channels" = { source = "zhang2022", at = "§3" }
"""


def rows(head, *lines):
    return "\n".join([head, *(",".join(map(str, line)) for line in lines), ""])


EIGHT = [f"p{i}" for i in range(8)]
YEARS = (2018, 2019, 2020)
PLACES = rows(
    "place,lon,lat,name_en,tier,part_of,kind",
    *((p, 105 + 1.3 * (i % 4), 30 + 1.1 * (i // 4) + 0.1 * i, f"Place {i}", "", f"S{i % 2}", "city")
      for i, p in enumerate(EIGHT)),
    ("S0", 107, 31, "South", "", "", "region"),
    ("S1", 108, 31, "North", "", "", "region"),
    ("rest", "", "", "Rest", "", "", "aggregate"),
)  # fmt: skip
INDICATORS = rows(
    "place,indicator,value,year",
    *((p, name, 5 + (3 * i + 2 * j + y * (i % 3)) % 11 + 0.5 * i, year)
      for i, p in enumerate(EIGHT) for j, name in enumerate("abc") for y, year in enumerate(YEARS)),
)  # fmt: skip
FRAMEWORK = rows("indicator,level1,direction", ("a", "science", 1), ("b", "industry", 1), ("c", "industry", -1))
ENDS = [*EIGHT, "rest"]
DEALS = rows(
    "source,target,value,year",
    *((a, b, 1 + (5 * i + 3 * j + y) % 13, year)
      for i, a in enumerate(ENDS) for j, b in enumerate(ENDS) if a != b for y, year in enumerate(YEARS[1:])),
)  # fmt: skip
COMMON = {"places.csv": PLACES, "indicators.csv": INDICATORS, "framework.csv": FRAMEWORK, "deals.csv": DEALS}
WITH_COSTS = {
    **COMMON,
    # tiers of the scale of the study come from its scores
    "places.csv": "".join(
        ",".join(line.split(",")[:4] + line.split(",")[5:]) for line in PLACES.splitlines(keepends=True)
    ),
    "memberships.csv": rows("place,container", ("p1", "S0"), ("p3", "S0")),
    "costs.csv": rows(
        "source,target,value",
        *((a, b, 50 * abs(i - j) + 10) for i, a in enumerate(EIGHT) for j, b in enumerate(EIGHT) if a != b),
    ),
}
SMALL_STUDIES = {
    "space": {"study.toml": SPACE, **COMMON},
    "flows": {
        "study.toml": HEAD + FLOWS,
        **WITH_COSTS,
        "sold.csv": rows("place,value", *((p, 20 + 7 * i % 15) for i, p in enumerate(EIGHT))),
        "bought.csv": rows("place,value", *((p, 18 + 5 * i % 11) for i, p in enumerate(EIGHT))),
    },
    "spread": {
        "study.toml": HEAD + SPREAD,
        **WITH_COSTS,
        "adoptions.csv": rows("place,time", *((p, 2000 + 0.7 * i) for i, p in enumerate(EIGHT[:6]))),
    },
}


def write_files(files, folder):
    """Write the files of a study to a folder that is there or not; return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder
