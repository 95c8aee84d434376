"""Check the frames a map is made of and write them small: integers, differences, no repetition.

Coordinates must be longitude and latitude (EPSG:4326); they are written in units of 1 / `SCALE` degree (about 1 m).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from ...data.errors import Fault, GeometryError, TableError
from ...data.json_value import json_value
from ...data.options import check_columns
from ...data.places.both_names import both_names

SCALE = 100_000


def check_layer(layer: gpd.GeoDataFrame, columns: Iterable[str], *, name: str) -> gpd.GeoDataFrame:
    """Give the drawable rows of a layer, or raise if its reference system or its columns do not fit."""
    if not isinstance(layer, gpd.GeoDataFrame):
        raise GeometryError(f"{name}: needed a GeoDataFrame, got {type(layer).__name__}; give it a geometry")
    check_columns(layer, name, columns)
    if layer.empty:
        return layer
    if layer.crs is None:
        raise GeometryError(f"{name}: needed the reference system EPSG:4326, got none; set it with set_crs(4326)")
    if layer.crs.to_epsg() != 4326:
        raise GeometryError(
            f"{name}: needed the reference system EPSG:4326, got {layer.crs.to_string()}; use to_crs(4326)"
        )
    west, south, east, north = layer.total_bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise GeometryError(
            f"{name}: needed degrees within -180..180 and -90..90, got longitudes {west:g}..{east:g} and latitudes "
            f"{south:g}..{north:g}; check that longitude and latitude are not swapped"
        )
    empty = np.asarray(layer.geometry.is_empty | layer.geometry.isna())
    return layer.loc[~empty]


def plain(value: Any) -> Any:  # noqa: ANN401
    """Give a cell as JSON can hold it: missing and infinite values become ``None``, floats keep 12 digits.

    Examples
    --------
    >>> plain(float("nan")), plain(1 / 3), plain(2.0), plain("a")
    (None, 0.333333333333, 2, 'a')
    """
    value = json_value(value)
    if not isinstance(value, float):
        return value
    number = float(f"{value:.12g}")
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def number_column(areas: pd.DataFrame, column: str) -> np.ndarray:
    """Give a column of numbers, missing ones as not-a-number; raise if it holds anything else."""
    values = pd.to_numeric(areas[column], errors="coerce")
    wrong = areas.loc[values.isna() & areas[column].notna(), column]
    if len(wrong):
        got = ", ".join(map(str, wrong.tolist()[:5]))
        raise TableError([Fault("areas", "numbers", got, "correct them or leave the cells empty", column=column)])
    return values.to_numpy(dtype=float)


def short_number(value: Any) -> Any:  # noqa: ANN401
    """Give a number with six digits as JSON can hold it.

    Examples
    --------
    >>> short_number(1 / 3), short_number(float("nan"))
    (0.333333, None)
    """
    number = plain(value)
    return plain(float(f"{number:.6g}")) if isinstance(number, float) else number


def significant(values: np.ndarray) -> list[float | int]:
    """Give positive numbers with seven digits, whole ones as integers.

    Examples
    --------
    >>> significant(np.array([1 / 3, 2.0, 123456789.0]))
    [0.3333333, 2, 123456800]
    """
    power = np.clip(6 - np.floor(np.log10(values)), -300, 300)
    scale = 10.0 ** np.abs(power)
    short = np.where(power < 0, np.rint(values / scale) * scale, np.rint(values * scale) / scale)
    return [int(value) if value.is_integer() and value < 2**53 else value for value in short.tolist()]


def cells(row: Any, names: Sequence[str]) -> dict[str, Any]:  # noqa: ANN401
    """Give the cells of a row that are there and hold something."""
    found = {name: plain(getattr(row, name, None)) for name in names}
    return {name: value for name, value in found.items() if value not in (None, "")}


def names_of(row: Any, key: str = "place") -> dict[str, str]:  # noqa: ANN401
    """Give the key of a row with its English and Chinese names, see `both_names`."""
    place = str(getattr(row, key))
    english, chinese = both_names(place, *(getattr(row, name, None) for name in ("name_en", "name_zh")))
    return {"p": place, "en": english, "zh": chinese}


def integers(coordinates: np.ndarray) -> list[int]:
    """Write a line of n x 2 degrees as alternating longitude and latitude differences.

    Examples
    --------
    >>> integers(np.array([[116.4, 39.9], [116.41, 39.9]]))
    [11640000, 3990000, 1000, 0]
    """
    whole = np.rint(np.asarray(coordinates, dtype=float)[:, :2] * SCALE).astype(np.int64)
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return steps.ravel().tolist()


def rings(geometry: Any) -> list[list[list[int]]]:  # noqa: ANN401
    """Write a polygon or several as ``[[outer ring, hole, ...], ...]``, smallest parts last.

    Examples
    --------
    >>> rings(shapely.box(0, 0, 1, 1))
    [[[100000, 0, 0, 100000, -100000, 0, 0, -100000]]]
    """
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon" and not part.is_empty]
    parts.sort(key=lambda part: (-part.area, part.bounds))
    return [
        [integers(shapely.get_coordinates(ring)[:-1]) for ring in (part.exterior, *part.interiors)] for part in parts
    ]


def lines(geometry: Any) -> list[list[int]]:  # noqa: ANN401
    """Write a line or several as lists of differences.

    Examples
    --------
    >>> lines(shapely.LineString([(0, 0), (1, 1)]))
    [[0, 0, 100000, 100000]]
    """
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type in {"LineString", "LinearRing"}]
    return [integers(shapely.get_coordinates(part)) for part in parts if not part.is_empty]


def degrees(point: Any) -> list[float]:  # noqa: ANN401
    """Give a point, or one inside a larger geometry, as ``[latitude, longitude]``."""
    inside = point if point.geom_type == "Point" else shapely.point_on_surface(point)
    return [round(float(inside.y), 5), round(float(inside.x), 5)]


def positions(*frames: pd.DataFrame | None) -> dict[str, list[float]]:
    """Gather where places lie from any frames with ``place`` and a geometry or ``lon`` and ``lat``; the first wins."""
    found: dict[str, list[float]] = {}
    for frame in frames:
        if frame is None or frame.empty:
            continue
        if isinstance(frame, gpd.GeoDataFrame):
            layer = check_layer(frame, ["place"], name="centers")
            pairs = [(place, degrees(shape)) for place, shape in zip(layer["place"], layer.geometry, strict=True)]
        else:
            check_columns(frame, "centers", ["place", "lon", "lat"])
            rows = frame[["place", "lon", "lat"]].dropna().itertuples(index=False, name=None)
            ordered = sorted((str(place), float(lon), float(lat)) for place, lon, lat in rows)
            pairs = [(place, [round(lat, 5), round(lon, 5)]) for place, lon, lat in ordered]
        for place, where in pairs:
            found.setdefault(str(place), where)
    return found
