"""Hand the results of a study to other programs: layers, networks and tables, each in the format its readers expect.

Layers are in longitude and latitude (WGS 84). The same results give the same bytes.
"""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...data import OutputError
from ...data.files import write_file
from ...data.json_value import json_value
from ...data.options import check_choice
from ...data.wording.catalogue import text
from ...geo.cut_at_180 import line_between
from ...network import write_graph
from .write_workbook import write_workbook

if TYPE_CHECKING:
    from .study_results import StudyResults

__all__ = ["export_results"]

# centimeters; more is not known of any place
_DECIMALS = 7
_GRAPHS = {
    "graphml": ("network_{}.graphml", "graphml"),
    "gexf": ("network_{}.gexf", "gexf"),
    "pajek": ("network_{}.net", "pajek"),
    "dl": ("network_{}.dl", "dl"),
    "vosviewer": ("network_{}_vosviewer.json", "vosviewer"),
}
EXPORTS = ("geoparquet", "geojson", "gpkg", *_GRAPHS, "xlsx")


def export_results(results: "StudyResults", folder: str | Path, *, formats: Sequence[str] = EXPORTS) -> list[Path]:
    """Write layers, networks and scores in formats of other programs.

    ============== ================================= ==================================================================
    format         files                             read by
    ============== ================================= ==================================================================
    ``geoparquet`` ``centers.geo.parquet``, ...      geopandas, R (sfarrow), DuckDB, QGIS
    ``geojson``    ``centers.geojson``, ...          anything; RFC 7946: WGS 84, rings counterclockwise, no ``crs``
    ``gpkg``       ``layers.gpkg``                   QGIS, ArcGIS, R (sf)
    ``graphml``    ``network_<kind>.graphml``        Gephi, igraph, networkx, Cytoscape
    ``gexf``       ``network_<kind>.gexf``           Gephi
    ``pajek``      ``network_<kind>.net``            Pajek, igraph
    ``dl``         ``network_<kind>.dl``             UCINET
    ``vosviewer``  ``network_<kind>_vosviewer.json`` VOSviewer
    ``xlsx``       ``scores.xlsx``                   Excel; only where places were scored
    ============== ================================= ==================================================================

    The layers are those of the results (``centers``, ``scopes``, ``corridors``, ``landmarks``) and ``flows``: every
    flow as a straight line between its ends, without geometry where an end has no coordinates.

    Parameters
    ----------
    results : StudyResults
        What `run` found.
    folder : str or Path
        Where to write; made if it is not there. Files of the same names are replaced once all are written.
    formats : sequence of str
        Some of the table.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    OptionError
        If a format is unknown, or a network cannot be written in it.
    OutputError
        If the folder cannot be written.

    Warns
    -----
    InnoscapeWarning
        If a format cannot hold a name as it is, see `innoscape.network.write_graph`.

    References
    ----------
    H. Butler et al., "The GeoJSON Format", RFC 7946, 2016; GeoParquet specification 1.0.0, OGC, 2023.

    Examples
    --------
    >>> from innoscape.study import run
    >>> results = run(until="score")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in export_results(results, folder, formats=["geojson"])]
    ['centers.geojson', 'scopes.geojson', 'corridors.geojson', 'landmarks.geojson']
    """
    for form in formats:
        check_choice("formats", form, EXPORTS)
    target = Path(folder)
    try:
        target.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".export-", dir=target) as work:
            written = [path for form in dict.fromkeys(formats) for path in _write(results, form, Path(work))]
            return [Path(shutil.move(path, target / path.name)) for path in written]
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        reason = error.strerror or str(error)
        raise OutputError(
            text("faults.calls.export.folder_can_written_another", target=target, reason=reason)
        ) from None


def _write(results: "StudyResults", form: str, folder: Path) -> list[Path]:
    if form in _GRAPHS:
        pattern, name = _GRAPHS[form]
        return [
            write_graph(graph, folder / pattern.format(kind), format=name) for kind, graph in results.graphs.items()
        ]
    if form == "xlsx":
        scored = "scores" in results.shown and len(results.shown["scores"]) > 0
        return [write_workbook(results, folder / "scores.xlsx")] if scored else []
    return _LAYERS[form](_layers(results), folder)


def _layers(results: "StudyResults") -> dict[str, gpd.GeoDataFrame]:
    """Return the layers with plain columns, in WGS 84, and the flows as lines."""
    layers = {name: _plain(layer) for name, layer in results.layers.items() if len(layer)}
    flows = results.shown.get("flows")
    if flows is not None and len(flows):
        layers["flows"] = _flow_layer(flows, layers)
    return layers


def _plain(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    layer = layer if layer.crs is None or layer.crs.to_epsg() == 4326 else layer.to_crs(4326)
    plain = layer.set_crs(4326) if layer.crs is None else layer.copy()
    for column in plain.columns[plain.dtypes == "category"]:
        plain[column] = plain[column].astype(object).astype("str")
    shapes: Any = plain.geometry.to_numpy()
    return gpd.GeoDataFrame(plain.set_geometry(shapely.orient_polygons(shapes), crs=4326)).reset_index(drop=True)


def _flow_layer(flows: pd.DataFrame, layers: Mapping[str, gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    at: dict[str, tuple[float, float]] = {}
    for name in ("landmarks", "centers"):  # where both know a place, the center counts
        if name in layers:
            shapes = layers[name].geometry
            known = [(str(p), g) for p, g in zip(layers[name]["place"], shapes, strict=True) if g is not None]
            at |= {place: (float(point.x), float(point.y)) for place, point in known}
    lines = np.full(len(flows), None, dtype=object)
    for i, (source, target) in enumerate(zip(flows["source"], flows["target"], strict=True)):
        if source != target and source in at and target in at:
            lines[i] = line_between([at[source], at[target]])
    plain = flows.reset_index(drop=True)
    for column in plain.columns[plain.dtypes == "category"]:
        plain[column] = plain[column].astype(object).astype("str")
    return gpd.GeoDataFrame(plain, geometry=lines, crs=4326)


def _write_geoparquet(layers: Mapping[str, gpd.GeoDataFrame], folder: Path) -> list[Path]:
    paths = []
    for name, layer in layers.items():
        path = folder / f"{name}.geo.parquet"
        layer.to_parquet(path, index=False, schema_version="1.0.0")
        paths.append(path)
    return paths


def _write_geojson(layers: Mapping[str, gpd.GeoDataFrame], folder: Path) -> list[Path]:
    paths = []
    for name, layer in layers.items():
        path = folder / f"{name}.geojson"
        paths.append(write_file(path, format_geojson(layer)))
    return paths


def format_geojson(layer: gpd.GeoDataFrame) -> str:
    """Write a layer in WGS 84 as one feature a line; what is missing becomes ``null``.

    Examples
    --------
    >>> layer = gpd.GeoDataFrame({"place": ["a"]}, geometry=[shapely.Point(116.4, 39.9)], crs=4326)
    >>> json.loads(format_geojson(layer))["features"][0]["geometry"]
    {'type': 'Point', 'coordinates': [116.4, 39.9]}
    """
    columns = [column for column in layer.columns if column != layer.geometry.name]
    rows = layer[columns].to_dict(orient="records")
    features = [
        {
            "type": "Feature",
            "geometry": None if shape is None or shape.is_empty else _rounded(shapely.geometry.mapping(shape)),
            "properties": {str(key): json_value(value) for key, value in row.items()},
        }
        for row, shape in zip(rows, layer.geometry, strict=True)
    ]
    lines = ",\n".join(json.dumps(f, ensure_ascii=False, separators=(",", ":"), allow_nan=False) for f in features)
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'


def _rounded(shape: Any) -> Any:  # noqa: ANN401
    if isinstance(shape, Mapping):
        return {key: value if key == "type" else _rounded(value) for key, value in shape.items()}
    if isinstance(shape, (tuple, list)):
        return [_rounded(part) for part in shape]
    return round(float(shape), _DECIMALS)


def _write_gpkg(layers: Mapping[str, gpd.GeoDataFrame], folder: Path) -> list[Path]:
    from .write_results import write_layers

    path = folder / "layers.gpkg"
    write_layers(layers, path)
    return [path] if layers else []


_LAYERS: dict[str, Callable[[Mapping[str, gpd.GeoDataFrame], Path], list[Path]]] = {
    "geoparquet": _write_geoparquet,
    "geojson": _write_geojson,
    "gpkg": _write_gpkg,
}
