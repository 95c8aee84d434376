"""Write what a study found to a results folder, whole or not at all."""

import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import geopandas as gpd
import pandas as pd

from ... import __version__
from ...data import OutputError
from ...data.files import write_file
from ...data.json_value import json_value
from ...network import write_graph
from .study_results import StudyResults
from .write_workbook import write_workbook

__all__ = ["MANIFEST", "check_target", "versions", "write_layers", "write_results"]

MANIFEST = "manifest.json"
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


def versions() -> dict[str, str]:
    """Return the versions that the numbers rest on."""
    return {"innoscape": __version__, "python": platform.python_version()} | {n: version(n) for n in _LIBRARIES}


def write_results(results: StudyResults, out: str | Path, *, pages: Mapping[str, str]) -> Path:
    """Write tables, layers, graphs, pages and the manifest to a folder.

    Everything is written to a temporary folder beside the target, which is renamed at the end: a failure leaves what
    was there before. An existing folder is replaced only if it is empty or holds results.

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
        If the folder cannot be written or holds something else.
    """
    target = Path(out)
    check_target(target)
    try:
        target.absolute().parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.absolute().parent))
    except OSError as error:
        raise _unwritable(target, error) from None
    try:
        _write_all(results, work, pages)
        work.chmod(0o755)
        _swap(work, target)
    except OSError as error:
        raise _unwritable(target, error) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target


def check_target(target: Path) -> None:
    """Refuse a target that holds anything but results, before any work is done."""
    if target.exists() and not target.is_dir():
        raise OutputError(f"{target}: needed a folder for the results, got a file; give another --out")
    if target.is_dir() and any(target.iterdir()) and not (target / MANIFEST).is_file():
        raise OutputError(f"{target}: needed an empty folder or earlier results, got other files; give another --out")
    above = target.absolute()
    while not above.exists():
        above = above.parent
    if not above.is_dir() or not os.access(above, os.W_OK):
        raise OutputError(f"{target}: needed a folder that can be written, {above} cannot; give another --out")


def _unwritable(target: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"{target}: needed a folder that can be written, got: {reason}; give another --out")


def _swap(work: Path, target: Path) -> None:
    """Put the finished folder in the place of the old one."""
    if not target.exists():
        work.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.absolute().parent))
    try:
        target.rename(old / "results")
        work.rename(target)
    finally:
        if not target.exists():
            (old / "results").rename(target)
        shutil.rmtree(old, ignore_errors=True)


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
