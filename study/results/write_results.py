"""Write what a study found to a results folder, whole or not at all."""

import hashlib
import json
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

import geopandas as gpd
import pandas as pd

from ... import __version__
from ...data.files import write_file
from ...data.json_value import json_value
from ...network import write_graph
from .claim_folder import MANIFEST, swap_folders, unwritable, work_folder
from .study_results import StudyResults
from .write_workbook import write_workbook

__all__ = ["versions", "write_layers", "write_results"]

_LIBRARIES = (
    "folium",
    "geopandas",
    "igraph",
    "networkx",
    "numba",
    "numpy",
    "pandas",
    "scipy",
    "shapely",
)
# written into GeoPackages, so that the same input gives the same bytes
_FIXED_DATE = "2000-01-01T00:00:00.000Z"


@cache
def versions() -> dict[str, str]:
    """Return the versions that the numbers rest on."""
    return {"innoscape": __version__, "python": platform.python_version()} | {n: version(n) for n in _LIBRARIES}


def write_results(results: StudyResults, out: str | Path, *, pages: Mapping[str, str]) -> Path:
    """Write tables, layers, graphs, pages and the manifest to a folder.

    Everything is written to a temporary folder beside the target, which takes its place at the end: a failure leaves
    what was there before. `claim_folder` says beforehand whether the target may be replaced.

    Parameters
    ----------
    results : StudyResults
    out : str or Path
    pages : mapping of str
        File name -> HTML.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    target = Path(out)
    try:
        with work_folder(target) as work:
            _write_all(results, work, pages)
            work.chmod(0o755)
            swap_folders(work, target)
    except OSError as error:
        raise unwritable(target, error) from None
    return target


def _write_all(results: StudyResults, work: Path, pages: Mapping[str, str]) -> None:
    for name, table in results.tables.items():
        plain = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
        plain.to_csv(work / f"{name}.csv", index=False, float_format="%.10g", lineterminator="\n")
        plain.to_parquet(work / f"{name}.parquet", index=False)
    write_layers(results.layers, work / "centers.gpkg")
    for name, graph in results.graphs.items():
        write_graph(graph, work / f"network_{name}.graphml")
    for name, graphs in results.earlier_graphs.items():
        for year, graph in graphs.items():
            # no name of a network holds a dot
            write_graph(graph, work / f"network_{name}.{year}.graphml")
    for name, html in pages.items():
        (work / name).parent.mkdir(exist_ok=True)
        write_file(work / name, html)
    if "scores" in results.tables:
        write_workbook(results, work / "scores.xlsx")
    written = sorted((p for p in work.rglob("*") if p.is_file()), key=lambda p: p.relative_to(work).parts)
    outputs = {p.relative_to(work).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in written}
    manifest = {**results.manifest, "outputs": outputs}
    text = json.dumps(json_value(manifest), ensure_ascii=False, indent=2, allow_nan=False)
    write_file(work / MANIFEST, text + "\n")


def write_layers(layers: Mapping[str, gpd.GeoDataFrame], path: Path) -> None:
    """Write layers to one GeoPackage, with a fixed date so that the same layers give the same bytes."""
    if not layers:
        return
    import pyogrio

    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _FIXED_DATE})
    try:
        for name, layer in layers.items():
            plain = layer.copy()
            for column in plain.columns[plain.dtypes == "category"]:
                plain[column] = plain[column].astype(object)
            plain.to_file(path, layer=name, driver="GPKG", engine="pyogrio")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
