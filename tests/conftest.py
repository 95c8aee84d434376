"""A browser with no network, a dozen cities to draw, and the studies, tables and models that are tried."""

import gc
import os
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from headless_browser import headless_browser
from local_spark import local_spark
from report_sample import make_sample
from samples import framework_of, model, rows_of
from share_out import ShareOut, place_of

from innoscape.data import Framework, Text, load
from innoscape.network import Channel
from innoscape.study import bundled_study, run
from innoscape.study.report.render_report import render_report

# a run of tests keeps most of what it makes until it ends: to search it for garbage often is in vain
gc.set_threshold(100_000, 50, 100)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with what takes long, whatever the order of the rest."""
    items.sort(key=lambda item: place_of(item.path.name))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Share the files out in that order, not those of many tests first."""
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return ShareOut(config, log)


@pytest.fixture(scope="session")
def browser():
    with headless_browser() as chromium:
        yield chromium


@dataclass
class Visit:
    """A page opened offline, with all it asked of the network and all it complained of."""

    page: object
    requests: list = field(default_factory=list)
    complaints: list = field(default_factory=list)


@pytest.fixture
def visit(browser):
    """Open a file offline; at the end nothing may have been requested and nothing complained of."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, reduced_motion="reduce")
    context.set_offline(True)
    visits = []

    def open_file(path):
        one = Visit(context.new_page())
        one.page.on("request", lambda request: one.requests.append(request.url))
        one.page.on("console", lambda message: one.complaints.append(message.text))
        one.page.on("pageerror", lambda error: one.complaints.append(str(error)))
        one.page.on("dialog", lambda dialog: (one.complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
        one.page.goto(path.as_uri())
        visits.append((path, one))
        return one.page

    yield open_file
    for path, one in visits:
        beyond = [url for url in one.requests if url != path.as_uri() and not url.startswith("data:")]
        assert beyond == [], "the page asked for something outside itself"
        assert one.complaints == []
    context.close()


@dataclass(frozen=True)
class Atlas:
    """Frames of a small study, as `innoscape.geo.center_map` takes them."""

    centers: gpd.GeoDataFrame
    scopes: gpd.GeoDataFrame
    corridors: gpd.GeoDataFrame
    landmarks: gpd.GeoDataFrame
    copatents: pd.DataFrame
    contracts: pd.DataFrame
    arrivals: pd.DataFrame
    reach: pd.DataFrame

    def frames(self):
        return {
            "scopes": self.scopes,
            "corridors": self.corridors,
            "landmarks": self.landmarks,
            "flows": {"Co-patents": self.copatents, "Contracts": self.contracts},
            "flow_names": {
                "Co-patents": Text.of(en="Co-patents", zh="合作专利"),
                "Contracts": Text.of(en="Contracts", zh="技术合同"),
            },
            "undirected": ["Co-patents"],
            "arrivals": self.arrivals,
            "reach": self.reach,
        }


# coordinates: GeoNames (CC BY 4.0)
CITIES = [
    ("北京", "Beijing", 116.3972, 39.9075, "international", "京津冀"),
    ("上海", "Shanghai", 121.4581, 31.2222, "international", "长三角"),
    ("深圳", "Shenzhen", 114.0683, 22.5455, "international", "粤港澳"),
    ("武汉", "Wuhan", 114.2667, 30.5833, "national", None),
    ("成都", "Chengdu", 104.0667, 30.6667, "national", None),
    ("西安", "Xi'an", 108.9286, 34.2583, "national", None),
    ("郑州", "Zhengzhou", 113.6486, 34.7578, "regional", None),
    ("兰州", "Lanzhou", 103.8399, 36.057, "regional", None),
    ("天津", "Tianjin", 117.1767, 39.1422, "regional", "京津冀"),
    ("石家庄", "Shijiazhuang", 114.4786, 38.0414, "regional", "京津冀"),
    ("芜湖", "Wuhu", 118.4295, 31.3526, "local", "长三角"),
    ("舟山", "Zhoushan", 122.2049, 29.9887, "local", "长三角"),
]


@pytest.fixture
def atlas():
    table = pd.DataFrame(CITIES, columns=["place", "name_en", "lon", "lat", "tier", "scope"])
    table["name_zh"] = table["place"]
    table["tier_status"] = np.where(table["tier"] == "local", "assumed", "published")
    table["corridors"] = np.where(table["place"].isin(["北京", "天津"]), "京津走廊", "")
    table["role"], table["kind"] = "core", "city"
    table["score"] = np.linspace(0.9, 0.1, len(table))
    centers = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["lon"], table["lat"]), crs=4326)
    points = dict(zip(centers["place"], centers.geometry, strict=True))
    scopes = gpd.GeoDataFrame(
        {
            "place": ["京津冀", "长三角"],
            "name_en": ["Beijing-Tianjin-Hebei", "Yangtze River Delta"],
            "name_zh": ["京津冀", "长三角"],
            "tier": "international",
            "members": ["北京; 天津; 石家庄", "上海; 芜湖; 舟山"],
        },
        geometry=[
            shapely.MultiPoint([points[p] for p in group]).convex_hull.buffer(0.6)
            for group in (["北京", "天津", "石家庄"], ["上海", "芜湖", "舟山"])
        ],
        crs=4326,
    )
    corridors = gpd.GeoDataFrame(
        {
            "corridor": ["京津走廊"],
            "name_en": ["Beijing-Tianjin corridor"],
            "name_zh": ["京津走廊"],
            "kind": ["corridor"],
            "scope": ["京津冀"],
            "members": ["北京; 天津"],
            "status": ["assumed"],
        },
        geometry=[shapely.LineString([points["北京"], points["天津"]])],
        crs=4326,
    )
    landmarks = gpd.GeoDataFrame(
        {
            "place": ["中关村科学城", "雄安新区"],
            "name_en": ["Zhongguancun Science City", "Xiong'an New Area"],
            "name_zh": ["中关村科学城", "河北雄安新区"],
            "role": ["platform", "nucleus"],
            "function_en": ["research", "new city"],
            "function_zh": ["科研", "新城"],
            "scope": "京津冀",
        },
        geometry=gpd.points_from_xy([116.31, 115.93], [39.98, 39.05]),
        crs=4326,
    )
    # co-patents of 2018: Ye and Wang
    copatents = pd.DataFrame(
        {
            "source": ["北京", "北京", "天津"],
            "target": ["天津", "石家庄", "石家庄"],
            "value": [3056.0, 1729.0, 1340.0],
            "unit": "patents",
            "year": 2018,
            "status": ["observed", "observed", "derived"],
        }
    )
    weight = {"international": 9, "national": 4, "regional": 2, "local": 1}
    rows = [
        (a.place, b.place, weight[a.tier] * weight[b.tier] / (1 + abs(a.lon - b.lon) + abs(a.lat - b.lat)))
        for a in centers.itertuples()
        for b in centers.itertuples()
        if a.place != b.place
    ]
    contracts = pd.DataFrame(rows, columns=["source", "target", "value"])
    contracts = contracts.assign(unit="100 million yuan", year=2019, status="estimated")
    arrivals, reach = [], []
    for scenario, factor in (("baseline", 1.0), ("corridor", 0.5)):
        for number, place in enumerate(table["place"]):
            median = None if place == "兰州" else number * factor
            arrivals.append((scenario, place, median, number * factor / 2, number * factor * 2, 0.9, place == "北京"))
        for time in range(0, 25, 2):
            share = min(1, (1 + time / factor) / 12)
            reach.append((scenario, time, share, max(0, share - 0.1), min(1, share + 0.1)))
    return Atlas(
        centers,
        scopes,
        corridors,
        landmarks,
        copatents,
        contracts,
        pd.DataFrame(arrivals, columns=["scenario", "place", "median", "low", "high", "reached", "seed"]),
        pd.DataFrame(reach, columns=["scenario", "time", "mean", "low", "high"]),
    )


@pytest.fixture(scope="module")
def regional():
    return load("regional_resources"), Framework.from_table(load("regional_framework"))


@pytest.fixture(scope="module")
def units():
    """The 14 scopes of the bundled study, none of which contains another."""
    return bundled_study().index.units


@pytest.fixture
def tree():
    """Ten places, seven indicators in three groups, two of them on a second level."""
    rng = np.random.default_rng(5)
    names = list("abcdefg")
    table = rows_of({name: rng.gamma(2.0, size=10).round(3) for name in names}, places="甲乙丙丁戊己庚辛壬癸")
    groups = ["x", "x", "x", "y", "y", "z", "z"]
    lower = ["p", "p", "q", "r", "r", "s", "s"]
    return table, framework_of(names, level1=groups, level2=lower, direction=[1, 1, -1, 1, 1, 1, -1])


STUDY = {
    "study.toml": """
name = "small"
title = "A small study"

[tables]
places = ["places.csv"]
indicators = "indicators.csv"
framework = "framework.csv"

[index]
units = ["A", "B", "C"]

[[index.recipes]]
name = "equal"

[tiers]
method = "counts"
counts = [1, 1, 1]

[[networks]]
name = "trade"
directed = true
flows = "flows.csv"

[diffusion]
seeds = ["A"]
horizon = 10.0
runs = 50
tie_network = "trade"

[[diffusion.channels]]
name = "hierarchical"
rate = 0.2
half_distance = 500.0

[[diffusion.channels]]
name = "tie"
rate = 0.5
decay = "none"
normalize = "origin"

[[scenarios]]
name = "up"
interventions = [{ verb = "set_tier", place = "C", tier = "national" }]
""",
    "places.csv": """place,lon,lat,name_en,name_zh,tier
A,116.4,39.9,Beijing,北京,international
B,121.5,31.2,Shanghai,上海,national
C,114.3,30.6,Wuhan,武汉,regional
""",
    "indicators.csv": """place,indicator,value
A,labs,9
B,labs,5
C,labs,1
A,firms,4
B,firms,8
C,firms,2
""",
    "framework.csv": "indicator\nlabs\nfirms\n",
    "flows.csv": """source,target,value
A,B,10
A,C,5
B,C,3
""",
}


@pytest.fixture
def study(tmp_path):
    """A folder with a small study that runs."""
    folder = tmp_path / "study"
    folder.mkdir()
    for name, text in STUDY.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def region():
    """Four centers and a place to be, on a line, that learn through three channels."""
    at = pd.Series({"B": 0.0, "S": 1000.0, "T": 120.0, "H": 280.0, "X": 100.0})
    costs = pd.DataFrame(np.abs(at.to_numpy()[:, None] - at.to_numpy()), index=at.index, columns=at.index)
    flows = pd.DataFrame(
        [("B", "T", 6.0), ("B", "H", 4.0), ("B", "S", 90.0), ("S", "T", 5.0), ("S", "H", 5.0)],
        columns=["source", "target", "value"],
    )
    channels = [
        Channel("hierarchical", rate=0.02, half_distance=500.0),
        Channel("peer", rate=0.01, half_distance=500.0),
        Channel("tie", rate=0.1, decay="none", normalize="origin"),
    ]
    tiers = {"B": "international", "S": "international", "T": "regional", "H": "local"}
    return model(tiers, channels, costs=costs, flows=flows)


@pytest.fixture(scope="module")
def duckdb():
    """An embedded engine of its own."""
    import ibis

    connection = ibis.duckdb.connect(threads=2)
    yield connection
    connection.disconnect()


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    """Spark on this machine; files that ask for it run in one process, which starts Java once."""
    with local_spark(tmp_path_factory.mktemp("spark")) as connection:
        yield connection


@pytest.fixture(scope="session")
def bundled_run():
    """The bundled study up to the simulation, of few runs: to be read, not changed."""
    return run(runs=20, until="simulate")


@pytest.fixture(scope="module")
def sample():
    return make_sample()


@pytest.fixture(scope="module")
def html(sample):
    """The report on the sample, around a map."""
    return render_report(sample, map_html='<!DOCTYPE html><title>map</title><p>the map of 北京 & "others"</p>')


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Fail, where CI is set, a test skipped because a library is missing: it would never run."""
    report = yield
    if report.skipped and os.environ.get("CI") and "could not import" in str(report.longrepr):
        report.outcome = "failed"
    return report
