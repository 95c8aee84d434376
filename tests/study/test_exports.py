"""Results opened by other programs' readers say what the results say."""

import json
from dataclasses import replace

import geopandas as gpd
import igraph
import jsonschema
import networkx as nx
import openpyxl
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely

from innoscape.data import OptionError, OutputError
from innoscape.study import export_results
from innoscape.study.results.export import EXPORTS

# the rules of RFC 7946 (2016) for feature collections, sections 3 and 4; the RFC itself has no schema
POSITION = {
    "type": "array",
    "minItems": 2,
    "maxItems": 3,
    "prefixItems": [
        {"type": "number", "minimum": -180, "maximum": 180},
        {"type": "number", "minimum": -90, "maximum": 90},
    ],
}
LINE = {"type": "array", "minItems": 2, "items": POSITION}
RING = {"type": "array", "minItems": 4, "items": POSITION}
SHAPES = {
    "Point": POSITION,
    "LineString": LINE,
    "MultiLineString": {"type": "array", "items": LINE},
    "Polygon": {"type": "array", "minItems": 1, "items": RING},
    "MultiPolygon": {"type": "array", "items": {"type": "array", "minItems": 1, "items": RING}},
}
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["type", "features"],
    "not": {"anyOf": [{"required": [name]} for name in ("crs", "coordinates", "geometry", "properties")]},
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "geometry", "properties"],
                "properties": {
                    "type": {"const": "Feature"},
                    "properties": {"type": ["object", "null"]},
                    "geometry": {
                        "oneOf": [
                            {"type": "null"},
                            *(
                                {
                                    "type": "object",
                                    "required": ["type", "coordinates"],
                                    "properties": {"type": {"const": kind}, "coordinates": shape},
                                }
                                for kind, shape in SHAPES.items()
                            ),
                        ]
                    },
                },
            },
        },
    },
}
LAYERS = ("centers", "scopes", "corridors", "landmarks", "flows")


@pytest.fixture(scope="module")
def results(bundled_run):
    return bundled_run


@pytest.fixture(scope="module")
def folder(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    export_results(results, folder)
    return folder


def test_every_format_is_written_and_nothing_else(results, folder):
    assert EXPORTS == ("geoparquet", "geojson", "gpkg", "graphml", "gexf", "pajek", "dl", "vosviewer", "xlsx")
    graphs = [f"network_{kind}{end}" for kind in results.graphs for end in (".graphml", ".gexf", ".net", ".dl")]
    wanted = [f"{name}{end}" for name in LAYERS for end in (".geo.parquet", ".geojson")]
    wanted += [*graphs, *(f"network_{kind}_vosviewer.json" for kind in results.graphs), "layers.gpkg", "scores.xlsx"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(wanted)


@pytest.mark.parametrize("name", LAYERS[:4])
def test_geoparquet_reads_back_and_carries_its_metadata(results, folder, name):
    path = folder / f"{name}.geo.parquet"
    meta = json.loads(pq.read_schema(path).metadata[b"geo"])
    assert meta["version"] == "1.0.0"
    assert meta["columns"]["geometry"]["encoding"] == "WKB"
    back, given = gpd.read_parquet(path), results.layers[name].reset_index(drop=True)
    assert back.crs.to_epsg() == 4326
    assert back.geometry.geom_equals(given.geometry).all()
    key = "corridor" if name == "corridors" else "place"
    assert back[key].tolist() == given[key].tolist()


@pytest.mark.parametrize("name", LAYERS)
def test_geojson_keeps_to_its_standard(folder, name):
    text = (folder / f"{name}.geojson").read_text(encoding="utf-8")
    data = json.loads(text, parse_constant=lambda c: pytest.fail(f"{c} is no JSON"))
    jsonschema.Draft202012Validator(SCHEMA).validate(data)
    for feature in data["features"]:
        if feature["geometry"] and feature["geometry"]["type"].endswith("Polygon"):
            for part in shapely.get_parts(shapely.geometry.shape(feature["geometry"])):
                assert part.exterior.is_ccw
                assert not any(hole.is_ccw for hole in part.interiors)


@pytest.mark.parametrize("name", LAYERS[:4])
def test_geojson_reads_back_to_a_centimeter(results, folder, name):
    back, given = pyogrio.read_dataframe(folder / f"{name}.geojson"), results.layers[name]
    assert back.crs.to_epsg() == 4326
    assert back.geometry.geom_equals_exact(given.geometry.reset_index(drop=True).normalize(), 1e-6).all() or (
        back.geometry.normalize().geom_equals_exact(given.geometry.reset_index(drop=True).normalize(), 1e-6).all()
    )
    assert back["name_zh"].tolist() == given["name_zh"].tolist()


def test_flows_keep_their_rows_and_those_without_coordinates_have_no_line(results, folder):
    back = gpd.read_parquet(folder / "flows.geo.parquet")
    flows = results.tables["flows"]
    assert back["value"].tolist() == flows["value"].tolist()
    known = set(results.layers["centers"]["place"]) | set(results.layers["landmarks"]["place"])
    unplaced = ~(flows["source"].isin(known) & flows["target"].isin(known)).to_numpy()
    assert (back.geometry.isna().to_numpy() == unplaced).all()
    assert 0 < unplaced.sum() < len(flows)
    row = back[(back["source"] == "北京") & (back["target"] == "天津")].iloc[0]
    at = results.layers["centers"].set_index("place").geometry
    assert list(row.geometry.coords) == [at["北京"].coords[0], at["天津"].coords[0]]


def test_the_geopackage_has_every_layer(folder):
    assert {name for name, _ in pyogrio.list_layers(folder / "layers.gpkg")} == set(LAYERS)


@pytest.mark.parametrize("end", ["graphml", "gexf", "net"])
def test_graphs_are_opened_by_other_readers(results, folder, end):
    graph = results.graphs["contract_estimated"]
    path = folder / f"network_contract_estimated.{end}"
    total = graph.size(weight="weight")
    if end == "gexf":
        back = nx.read_gexf(path)
        assert (back.number_of_nodes(), back.size(weight="weight")) == (len(graph), pytest.approx(total))
        return
    back = igraph.Graph.Read(str(path), format={"net": "pajek"}.get(end, end))
    assert back.is_directed()
    assert (back.vcount(), sum(back.es["weight"])) == (len(graph), pytest.approx(total))


def test_ucinet_and_vosviewer_files_hold_the_network(results, folder):
    lines = (folder / "network_copatent_province.dl").read_text(encoding="utf-8").splitlines()
    # Ye and Wang, co-patents of 2018
    rows = [[float(cell) for cell in line.split()] for line in lines[lines.index("data:") + 1 :]]
    order = lines[lines.index("labels:") + 1 : lines.index("data:")]
    assert sum(rows[order.index("北京")]) == 7333
    network = json.loads((folder / "network_copatent_province_vosviewer.json").read_text(encoding="utf-8"))["network"]
    strength = {item["label"]: item["weights"]["Total link strength"] for item in network["items"]}
    assert strength == {"北京": 7333, "天津": 4396, "河北": 5617}


def test_the_workbook_opens(folder):
    book = openpyxl.load_workbook(folder / "scores.xlsx", read_only=True)
    assert {"scores", "weights", "indicators"} <= set(book.sheetnames)


def test_two_exports_are_the_same_bytes_and_the_second_replaces_the_first(results, folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    export_results(results, folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_hostile_values_stay_values(results, tmp_path):
    centers = results.layers["centers"].assign(name_en='</script>"\n', score=float("nan"))
    changed = replace(results, layers={"centers": centers.to_crs(3857)}, tables={}, graphs={})
    paths = export_results(changed, tmp_path)
    assert [path.name for path in paths] == ["centers.geo.parquet", "centers.geojson", "layers.gpkg"]
    back = pyogrio.read_dataframe(paths[1])
    assert set(back["name_en"]) == {'</script>"\n'}
    assert json.loads(paths[1].read_text(encoding="utf-8"))["features"][0]["properties"]["score"] is None
    kept = results.layers["centers"].geometry
    assert back.geometry.geom_equals_exact(kept.reset_index(drop=True), 1e-6).all()


def test_wrong_formats_and_folders_are_named(results, tmp_path):
    with pytest.raises(OptionError, match="'geoparquet', 'geojson'"):
        export_results(results, tmp_path / "x", formats=["shp"])
    assert not (tmp_path / "x").exists()
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="file"):
        export_results(results, tmp_path / "file")


def test_a_study_without_networks_and_scores_exports_what_it_has(results, tmp_path):
    bare = replace(results, layers={}, tables={}, graphs={})
    assert export_results(bare, tmp_path) == []
