"""Give the areas of prefectures and counties of China, of prefectures in any year from 2000 on too.

Prefectures of a year are put together of counties of today, so that neighbors still share their edges.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely

from ...data.errors import MissingExtraError
from ...data.places.gazetteer import Gazetteer
from ...data.places.prefectures_in import names_over_time, prefectures_in
from ...data.places.unit_names import short_name
from .packaged_outlines import Level, packaged_units

__all__ = ["WORDS", "china_unit_areas", "names_in_other_years"]

# what the package calls a level
WORDS: dict[str, Level] = {"prefecture": "city", "county": "district"}


@cache
def china_unit_areas(level: str, tolerance: float, year: int | None = None) -> gpd.GeoDataFrame:
    """Return the units of a level, today or in a year; ``attrs["left_out"]`` names those of other areas by code."""
    frame, left_out = (_now(level), {}) if year is None else _prefectures(year)
    shapes: Any = frame.geometry.to_numpy()
    frame = frame.set_geometry(shapely.coverage_simplify(shapes, tolerance) if tolerance else shapes, crs=4326)
    frame.attrs["left_out"] = left_out
    return frame


@cache
def _now(level: str) -> gpd.GeoDataFrame:
    word = WORDS[level]
    raw = packaged_units(word)
    code = raw[f"{word}_adcode"].astype(str)
    try:
        english = Gazetteer.china().table.drop_duplicates("code").set_index("code")["name_en"]
    except MissingExtraError:
        english = pd.Series(dtype="str")
    table = {
        "code": code,
        "name": raw[f"{word}_name"].astype(str),
        "name_en": code.map(english),
        "name_zh": raw["short_name"].astype(str),
        "kind": level,
        "city": raw["city_adcode"].astype(str),
    }
    return gpd.GeoDataFrame(table, geometry=raw.geometry.to_numpy(), crs=4326)


def _prefectures(year: int) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Put the prefectures of a year together of counties of today; also name those of which that cannot be done."""
    today, counties = _now("prefecture"), _now("county")
    then = prefectures_in(year, dict(zip(counties["code"], counties["city"], strict=True)))
    code = counties["code"].map(then.of_county)
    # a prefecture of the same counties keeps its polygon
    same = (code == counties["city"]).groupby(counties["city"]).all()
    stays = same & code.groupby(code).size().eq(counties.groupby("city").size()).reindex(same.index, fill_value=False)
    kept = today[today["code"].map(stays)]
    new = ~code.isin(kept["code"])
    shapes = counties.loc[new, "geometry"].groupby(code[new]).agg(lambda parts: shapely.union_all(parts.to_numpy()))
    names = today.set_index("code")[["name", "name_en", "name_zh"]].reindex(shapes.index)
    made = gpd.GeoDataFrame(names.assign(kind="prefecture"), geometry=shapes.to_numpy(), crs=4326)
    frame = gpd.GeoDataFrame(pd.concat([kept, made.rename_axis("code").reset_index()], ignore_index=True), crs=4326)
    former = then.former.set_index("code")
    was = frame["code"].isin(former.index)
    for column, names in (("name", former["name_zh"]), ("name_en", former["name_en"]),
                          ("name_zh", former["name_zh"].map(short_name))):  # fmt: skip
        frame[column] = frame["code"].map(names).where(was, frame[column])
    mixed = frame["code"].isin(then.mixed)
    return frame[~mixed], dict(frame.loc[mixed, ["code", "name"]].itertuples(index=False))


def names_in_other_years(codes: Iterable[str]) -> dict[str, list[str]]:
    """Return the codes and names of prefectures in other years, by code, as far as the extra knows them."""
    try:
        now = _names_now()
    except MissingExtraError:
        now = {}
    return names_over_time(codes, now)


@cache
def _names_now() -> dict[str, list[str]]:
    now = _now("prefecture")
    names = (now[column].tolist() for column in ("name", "name_zh", "name_en"))
    return {
        code: [one for one in several if isinstance(one, str)]
        for code, *several in zip(now["code"], *names, strict=True)
    }
