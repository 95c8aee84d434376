"""Draw synthetic addresses of applicants with the place where each is, to try out how addresses are placed.

Nothing here was observed: units are those of the gazetteer, streets (named after cities) and parks are invented and
bear a mark (``合成``, Synthetic). Every county-level unit of China is drawn with equal probability.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd

from .options import check_number
from .places.gazetteer import Gazetteer
from .places.unit_names import short_name
from .spellings import spellings

__all__ = ["synthetic_addresses"]

_WORDS = spellings("synthetic")
_ROAD = "Synthetic Road"
# the last two are what cannot be placed but by chance: no container is named, or nothing below the province
_FORMS = ("full", "postcode", "no province", "short", "short and park", "county in short", "latin", "latin in short",
          "abroad", "county alone", "province alone")  # fmt: skip
_SHARES = (0.26, 0.12, 0.12, 0.1, 0.06, 0.06, 0.1, 0.05, 0.07, 0.04, 0.02)


def synthetic_addresses(addresses: int, *, seed: int = 0) -> pd.DataFrame:
    """Draw synthetic addresses in the forms that applicants write; needs the extra ``gazetteer``.

    Parameters
    ----------
    addresses : int
        Number of addresses.
    seed : int
        Seed of the draw.

    Returns
    -------
    pandas.DataFrame
        ``address``, ``place`` (true key: of the prefecture in `Gazetteer.china`, of the city in `Gazetteer.world`),
        ``province`` (the same for the province; missing abroad) and ``form`` (how it is written); marked synthetic.

    Raises
    ------
    MissingExtraError
        If the extra is not installed.
    OptionError
        If an option is out of range.

    Examples
    --------
    >>> drawn = synthetic_addresses(200, seed=1)
    >>> drawn.columns.tolist(), drawn.attrs["synthetic"], drawn["form"].nunique()
    (['address', 'place', 'province', 'form'], True, 11)
    """
    check_number("addresses", addresses, least=0, whole=True)
    check_number("seed", seed, least=0, whole=True)
    rng = np.random.default_rng([seed, 3])
    units = _units()
    abroad = Gazetteer.world().table
    abroad = abroad[abroad["level"] == "city"].reset_index(drop=True)
    unit = units.iloc[rng.integers(len(units), size=addresses)]
    city = abroad.iloc[rng.integers(len(abroad), size=addresses)]
    form = rng.choice(_FORMS, p=_SHARES, size=addresses)
    numbers = rng.integers(1, 2000, size=addresses)
    written = [
        _abroad(there, number) if kind == "abroad" else _WRITERS[kind](here, number)
        for kind, here, there, number in zip(
            form, unit.to_dict("records"), city.to_dict("records"), numbers.tolist(), strict=True
        )
    ]
    outside = form == "abroad"
    frame = pd.DataFrame(
        {
            "address": pd.array(written, dtype="str"),
            "place": np.where(outside, city["place"].to_numpy(object), unit["place_above"].to_numpy(object)),
            "province": np.where(outside, None, unit["province"].to_numpy(object)),
            "form": form,
        }
    ).astype("str")
    frame.attrs["synthetic"] = True
    return frame


def _units() -> pd.DataFrame:
    """Return the county-level units of China with the names of their prefecture and province."""
    table = Gazetteer.china().table
    table = table[table["valid_to"].isna()].set_index("place", drop=False)
    county = table[table["level"] == "county"]
    above = table.loc[county["parent"]].reset_index(drop=True)
    top = above["parent"].where(~above["level"].str.contains("province"), above["place"])
    whole = table.loc[top].reset_index(drop=True)
    return pd.DataFrame(
        {
            "county": county["name_zh"].to_numpy(),
            "city": above["name_zh"],
            "state": whole["name_zh"],
            "county_en": county["name_en"].to_numpy(),
            "city_en": above["name_en"],
            "state_en": whole["name_en"],
            "place_above": above["place"],
            "province": whole["place"],
        }
    )


def _whole(row: dict[str, str], county: str = "") -> str:
    """Write province, prefecture and county in full, a municipality once."""
    state = "" if row["state"] == row["city"] else row["state"]
    return f"{state}{row['city']}{county or row['county']}"


@cache
def _streets() -> tuple[str, ...]:
    """Streets bear the names of other cities, as they do in China."""
    table = Gazetteer.china().table
    cities = table.loc[table["level"].eq("prefecture") & table["valid_to"].isna(), "name_zh"]
    return tuple(f"{short_name(city)}{_WORDS['road']}{_WORDS['mark']}" for city in cities)


def _street(number: int) -> str:
    streets = _streets()
    return f"{streets[number % len(streets)]}{number}{_WORDS['number']}"


def _short(row: dict[str, str]) -> str:
    state, city = short_name(row["state"]), short_name(row["city"])
    return city if state == city else f"{state}{city}"


def _latin(row: dict[str, str], number: int) -> str:
    state = "" if row["state"] == row["city"] else f"{row['state_en']}, "
    return f"No. {number} {_ROAD}, {row['county_en']} District, {row['city_en']} {100000 + number}, {state}P.R. China"


def _abroad(row: dict[str, str], number: int) -> str:
    return f"{number} {_ROAD}, {row['place']}"


_WRITERS: dict[str, Callable[[dict[str, str], int], str]] = {
    "full": lambda row, n: f"{_whole(row)}{_street(n)}",
    "postcode": lambda row, n: f"{100000 + n} {_whole(row)}{_street(n)}",
    "no province": lambda row, n: f"{row['city']}{row['county']}{_street(n)}",
    "short": lambda row, _: _short(row),
    "short and park": lambda row, _: f"{short_name(row['city'])}{_WORDS['park']}",
    "county in short": lambda row, n: f"{_whole(row, short_name(row['county']))}{_street(n)}",
    "latin": _latin,
    "latin in short": lambda row, n: f"{n} {_ROAD}, {row['city_en']}, {row['state_en']}, China",
    "county alone": lambda row, n: f"{row['county']}{_street(n)}",
    "province alone": lambda row, n: f"{row['state']}{_street(n)}",
}
