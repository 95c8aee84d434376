"""The bundled study reproduces the figures of its sources and marks what it assumes."""

import json
import re
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pytest

from innoscape.geo import TIERS
from innoscape.study import bundled_study, run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("china") / "results"
    run(out=out)
    return out


def table(folder, name):
    return pd.read_csv(folder / f"{name}.csv")


SCOPES = {
    # Zhang (2022), Table 2 and section 4.3, for the rows of Table 1 that do not contain one another
    "international": ["京津冀", "长三角", "粤港澳"],
    "national": ["湖北", "成渝", "辽宁", "山东", "陕西"],
    "regional": ["福建", "河南", "甘肃", "山西", "云南", "广西"],
}


@pytest.mark.parametrize("column", ["tier", "tier_entropy"])
def test_published_order_of_tiers_holds_for_all_fourteen_scopes(folder, column):
    scores = table(folder, "scores")
    assert len(scores) == 14
    found = scores.groupby(column)["place"].agg(set).to_dict()
    assert found == {tier: set(places) for tier, places in SCOPES.items()}
    assert scores["agree"].all()
    assert table(folder, "disagreements").empty


def test_fujian_is_the_closest_call(folder):
    scores = table(folder, "scores").set_index("place")["score"]
    gap = scores[SCOPES["national"]].min() - scores[SCOPES["regional"]].max()
    assert scores[SCOPES["regional"]].idxmax() == "福建"
    assert 0 < gap < 0.03


def test_scores_rest_on_ten_indicators_whose_weights_add_up(folder):
    weights = table(folder, "weights")
    assert weights.groupby("recipe")["weight"].sum().to_dict() == pytest.approx({"equal": 1.0, "entropy": 1.0})
    assert (weights["recipe"] == "equal").sum() == 10
    parts = table(folder, "contributions")
    main = parts[parts["recipe"] == "equal"].drop(columns="recipe").set_index("place").sum(axis=1)
    assert main.to_dict() == pytest.approx(table(folder, "scores").set_index("place")["score"].to_dict())


def test_strengths_of_the_co_patents_are_those_of_the_source(folder):
    # Ye & Wang: 8,673 co-patents in 2018, 3,056 and 4,277 with Beijing, 1,729 of them with Shijiazhuang
    rows = table(folder, "centrality")
    province = rows[rows["kind"] == "copatent_province"].set_index("place")["strength"]
    assert province.to_dict() == {"北京": 7333, "天津": 4396, "河北": 5617}
    city = rows[rows["kind"] == "copatent"].set_index("place")
    assert city.loc["石家庄", "strength"] == 1729
    assert city.loc["河北其余", "aggregate"]
    ranked = city[~city["aggregate"]].sort_values("rank").index.tolist()
    assert ranked == ["北京", "天津", "石家庄"]


def test_localization_share_of_beijings_contracts(folder):
    row = table(folder, "balances").query("kind == 'contract'").iloc[0]
    assert (row["group"], row["inside"]) == ("京津冀", 282.80)
    assert row["inside"] + row["outside"] == pytest.approx(2868.15)
    assert row["localization_share"] == pytest.approx(0.0986, abs=5e-6)


def test_the_estimated_network_honors_the_two_known_figures(folder):
    flows = table(folder, "flows").query("kind == 'contract_estimated'")
    assert (flows["status"] == "estimated").all()
    sold = flows[flows["source"] == "北京"].set_index("target")["value"]
    assert sold.sum() == pytest.approx(2868.15, rel=1e-6)
    assert sold[["天津", "石家庄"]].sum() == pytest.approx(282.80, rel=1e-6)
    marks = table(folder, "centrality").groupby("kind")["status"].unique()
    assert marks["contract_estimated"].tolist() == ["estimated"]
    edges = nx.read_graphml(folder / "network_contract_estimated.graphml").edges(data="status")
    assert {status for *_, status in edges} == {"estimated"}


def test_what_cities_of_one_region_sell_follows_their_universities_and_what_is_alike_is_said(folder):
    totals = table(folder, "estimate_totals").set_index("place")
    # the row of Chengdu and Chongqing is shared by tier weight 4 and four universities against two
    assert totals.loc["成都", "outgoing"] / totals.loc["重庆", "outgoing"] == pytest.approx(8 / 6)
    assert totals.loc["成都", "incoming"] == pytest.approx(totals.loc["重庆", "incoming"])
    assert totals.loc[["南京", "合肥", "苏州", "宁波"], "outgoing"].is_monotonic_decreasing
    report = (folder / "report.html").read_text(encoding="utf-8")
    said = re.sub("<[^>]+>", "", report[report.index("Nothing given tells these apart") :])
    assert re.search(r"tells these apart[^.]*Ningbo[^.;]*Wuhu", " ".join(said.split()))


def test_centers_stand_on_four_tiers_with_scope_and_corridors(folder):
    centers = gpd.read_file(folder / "centers.gpkg", layer="centers")
    assert len(centers) == 35
    assert set(centers["tier"]) == set(TIERS)
    assert centers.crs.to_epsg() == 4326
    by_place = centers.set_index("place")
    assert by_place.loc["南通", "scope"] == "长三角"
    assert "沿海科技创新发展带" in by_place.loc["南通", "corridors"]
    published = by_place[by_place["tier_status"] == "published"]
    assert published["tier"].value_counts().to_dict() == {"international": 6, "national": 8, "regional": 8}
    roles = gpd.read_file(folder / "centers.gpkg", layer="landmarks")["role"].value_counts()
    assert (roles["core"], roles["nucleus"], roles["belt"]) == (1, 3, 3)
    assert roles["park"] >= 2


def test_knowledge_from_beijing_arrives_tier_by_tier(folder):
    arrivals = table(folder, "arrivals").query("scenario == 'baseline'")
    assert arrivals.loc[arrivals["seed"], "place"].tolist() == ["北京"]
    mean = arrivals[~arrivals["seed"]].groupby("tier")["mean"].mean()
    assert mean[list(TIERS)].is_monotonic_increasing
    inside = arrivals.dropna(subset=["low", "median", "high"])
    assert ((inside["low"] <= inside["median"]) & (inside["median"] <= inside["high"])).all()
    credit = table(folder, "credit").query("scenario == 'baseline' and tier == 'all'").set_index("channel")["share"]
    assert set(credit.index) == {"hierarchical", "peer", "neighbor", "tie"}
    assert credit.sum() == pytest.approx(1.0)
    reach = table(folder, "reach").query("scenario == 'baseline'")
    assert reach["mean"].is_monotonic_increasing
    assert reach["mean"].iloc[0] == pytest.approx(1 / 35)


def test_scenarios_set_what_they_say(folder):
    rows = table(folder, "scenarios").set_index(["scenario", "measure", "place"])
    for name, share in (("localization_20", 0.2), ("localization_30", 0.3)):
        beijing = rows.loc[(name, "localization_share", "北京")]
        assert (beijing["baseline"], beijing["value"]) == pytest.approx((0.0986, share), abs=1e-5)
        tianjin, shanghai = (rows.loc[(name, "arrival_time", p)] for p in ("天津", "上海"))
        assert tianjin["high"] < 0, "what stays reaches Tianjin earlier"
        assert shanghai["low"] > 0, "and Shanghai later"
    assert rows.loc[("corridor", "arrival_time", "天津"), "high"] < 0
    assert np.isnan(rows.loc[("xiongan_national", "arrival_time", "雄安新区"), "baseline"])
    assert rows.loc[("hefei_national", "arrival_time", "合肥"), "high"] < 0


def test_everything_assumed_is_marked_as_assumed(folder):
    keys = table(folder, "assumptions")["key"].tolist()
    study = bundled_study()
    for channel in study.diffusion.channels:
        # the rate within tiers is fitted to the approvals of demonstration zones
        assert (f"diffusion.channels[{channel.name}].rate" in keys) == (channel.name != "peer")
    for part in ("centers.assumed_tiers.合肥", "estimate.exponent", "half_distance", "interventions[1].share"):
        assert any(part in key for key in keys)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert [row["key"] for row in manifest["assumed"]] == keys
    assert manifest["study"]["diffusion"]["seed"] == study.diffusion.seed
    assert all(len(row["sha256"]) == 64 for row in manifest["inputs"])
    assert "map.html" in manifest["outputs"]


def test_assumed_tiers_are_those_suggested_by_the_shipped_reading():
    from innoscape.data import load

    reading = load("hierarchy_cities").query("status == 'assumed'").set_index("place")["suggested_tier"]
    assert bundled_study().centers.assumed_tiers == reading.to_dict()


def test_every_table_stands_as_csv_and_parquet(folder):
    names = {p.stem for p in folder.glob("*.csv")}
    assert names == {p.stem for p in folder.glob("*.parquet")}
    assert {"scores", "centrality", "balances", "arrivals", "reach", "scenarios"} <= names
    for name in names:
        assert len(pd.read_parquet(folder / f"{name}.parquet")) == len(table(folder, name))


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("scores", ["place", "score", "rank", "tier", "published_tier"]),
        (
            "centrality",
            [
                "kind",
                "place",
                "strength",
                "in_strength",
                "out_strength",
                "betweenness",
                "closeness",
                "eigenvector",
                "pagerank",
            ],
        ),
        ("balances", ["kind", "group", "inside", "outside", "localization_share"]),
        ("arrivals", ["scenario", "place", "tier", "median", "low", "high", "reached"]),
        ("reach", ["scenario", "time", "mean", "low", "high"]),
        ("scenarios", ["scenario", "measure", "place", "baseline", "value", "difference", "low", "high"]),
    ],
)
def test_result_tables_keep_their_columns(folder, name, columns):
    assert [c for c in table(folder, name).columns if c in columns] == columns


def test_graphs_can_be_read_back(folder):
    for path in folder.glob("network_*.graphml"):
        assert nx.read_graphml(path).number_of_nodes() >= 3


def test_two_runs_give_the_same_bytes(folder, tmp_path):
    again = tmp_path / "again"
    run(out=again)
    names, others = (sorted(p.relative_to(at) for p in at.rglob("*") if p.is_file()) for at in (folder, again))
    assert names == others
    different = [n for n in names if (folder / n).read_bytes() != (again / n).read_bytes()]
    assert different == []


def test_pages_are_there_and_name_the_estimate(folder):
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert "9.86%" in report
    assert "estimated" in report
    assert "assumed" in report
    assert Path(folder / "map.html").stat().st_size < 3_000_000
