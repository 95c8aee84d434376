"""A study of four places that has something of everything, to be spoiled."""

from samples import edit

STUDY = """name = "many"
title = "Many places"
[tables]
places = "places.csv"
indicators = "indicators.csv"
framework = "framework.csv"
costs = "costs.csv"
[index]
units = ["A", "B", "C", "D"]
[[index.recipes]]
name = "equal"
normalize = "minmax"
[[index.recipes]]
name = "entropy"
weigh = "entropy"
[index.robustness]
runs = 20
weight_noise = 0.1
[tiers]
method = "natural_breaks"
k = 3
[centers.assumed_tiers]
D = "local"
[[networks]]
name = "trade"
directed = true
flows = "flows.csv"
balance = ["A", "B"]
[[networks]]
name = "guess"
directed = true
[networks.estimate]
tier_weights = { international = 4.0, national = 2.0, regional = 1.5, local = 1.0 }
exponent = 1.0
known = [{ source = "A", target = "B", value = 8.0, spread_over = "others" }]
[diffusion]
seeds = ["A"]
horizon = 10.0
runs = 10
tie_network = "trade"
[[diffusion.channels]]
name = "peer"
rate = 0.1
decay = "none"
[[diffusion.channels]]
name = "neighbor"
rate = 0.1
half_distance = 100.0
k = 2
[[diffusion.channels]]
name = "tie"
rate = 0.2
decay = "none"
[[scenarios]]
name = "first"
interventions = [
    { verb = "set_tier", place = "B", tier = "regional" },
    { verb = "scale_cost", places = ["A", "C"], factor = 0.5 },
]
[[scenarios]]
name = "second"
interventions = [{ verb = "set_indicator", places = ["C"], indicators = ["labs"], value = 6.0 }]
[[scenarios]]
name = "third"
interventions = [{ verb = "scale_flow", sources = ["A"], targets = ["B"], factor = 2.0 }]
"""
TABLES = {
    "places.csv": "place,lon,lat,tier,name_en\nA,110,30,international,Alpha\nB,111,31,national,Beta\n"
    "C,112,32,regional,Gamma\nD,113,33,,Delta\n",
    "indicators.csv": "place,indicator,value\n"
    + "".join(
        f"{place},{name},{(5 - i) * j + 1}\n"
        for i, place in enumerate("ABCD", 1)
        for j, name in ((2, "labs"), (3, "firms"))
    ),
    "framework.csv": "indicator,direction\nlabs,1\nfirms,1\n",
    "flows.csv": "source,target,value\nA,B,5\nB,C,3\nC,D,2\n",
    "costs.csv": "source,target,value\nA,B,1\nA,C,2\nA,D,3\nB,C,1\nB,D,2\nC,D,1\n",
}


def write_many(folder, edits=(), **tables):
    """Write the study with some tables more, and replace texts in its files."""
    folder.mkdir(exist_ok=True)
    for name, text in {"study.toml": STUDY, **TABLES, **{f"{name}.csv": text for name, text in tables.items()}}.items():
        (folder / name).write_text(text, encoding="utf-8")
    for file, old, new in edits:
        edit(folder, file, old, new)
    return folder
