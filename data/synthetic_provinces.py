"""Draw synthetic yearbook tables of China's provinces: what each sells and buys on the technology market, and its R&D.

Nothing here was observed: every row has the status ``assumed`` and the source ``synthetic``.
"""

import numpy as np
import pandas as pd

from .datasets import load
from .options import check_number
from .spellings import spellings
from .vocabulary import TIERS

__all__ = ["synthetic_provinces"]

_KINDS = ("municipality", "province", "autonomous region")
# what a city on each published tier adds to the size of its province, and any other city that is shipped
_MASS, _OTHER = dict(zip(TIERS[:3], (8.0, 4.0, 2.0), strict=True)), 1.5
# indicator: value of a province of size 1 in the first year, elasticity to size, growth a year, unit, decimals
_INDICATORS = {
    "rd_expenditure": (190.0, 0.9, 0.10, "100 million yuan", 1),
    "rd_personnel": (52_000.0, 0.8, 0.07, "persons", 0),
    "invention_patents": (12_000.0, 1.1, 0.14, "items", 0),
    "new_product_revenue": (2_300.0, 0.9, 0.08, "100 million yuan", 1),
}
# contracts of all places in the first year, their growth, and the shares of them that provinces sell and buy
_CONTRACTS, _GROWTH, _SOLD, _BOUGHT = 37_000.0, 0.28, 0.96, 0.88


def synthetic_provinces(*, seed: int = 0, start: int = 2019, years: int = 5) -> dict[str, pd.DataFrame]:
    r"""Draw the tables of a provincial yearbook for 31 provinces.

    The size of a province is 1 plus what the shipped cities in it add by their published tiers, times a lognormal
    factor; sizes drift apart by some per cent a year. Contracts sold and bought are shares of one growing total, in
    proportion to size to the power 1.1 and 0.9, times a lognormal factor; the row of the whole country is larger than
    the sum of the provinces.

    Parameters
    ----------
    seed : int
        Seed of the draw.
    start, years : int
        First year and number of years.

    Returns
    -------
    dict
        ``sold`` and ``bought`` (``place, year, value, unit, status, source``; with a row of the whole country a year)
        and ``indicators`` (``place, indicator, value, year, unit, status, source``); marked synthetic.

    Raises
    ------
    OptionError
        If an option is out of range.

    Examples
    --------
    >>> tables = synthetic_provinces(seed=1)
    >>> {name: len(table) for name, table in tables.items()}
    {'sold': 160, 'bought': 160, 'indicators': 620}
    >>> tables["sold"]["source"].unique().tolist(), tables["sold"].attrs["synthetic"]
    (['synthetic'], True)
    """
    for name, value, least in (("seed", seed, 0), ("start", start, 1000), ("years", years, 1)):
        check_number(name, value, least=least, whole=True)
    rng = np.random.default_rng([seed, start])
    places, size = _sizes(rng)
    dated = list(range(start, start + years))
    drift = rng.normal(0.0, 0.03, len(places))
    sizes = [size * np.exp(drift * step) for step in range(years)]
    totals = [_CONTRACTS * (1 + _GROWTH) ** step for step in range(years)]
    margins = {
        "sold": _margins(places, sizes, dated, [_SOLD * total for total in totals], totals, 1.1, rng),
        "bought": _margins(places, sizes, dated, [_BOUGHT * total for total in totals], totals, 0.9, rng),
    }
    cells = []
    for name, (level, elasticity, growth, unit, decimals) in _INDICATORS.items():
        own = rng.lognormal(0.0, 0.25, len(places))
        for step, year in enumerate(dated):
            shocks = rng.lognormal(0.0, 0.05, len(places))
            value = np.round(level * own * sizes[step] ** elasticity * (1 + growth) ** step * shocks, decimals)
            cells.append(pd.DataFrame({"place": places, "indicator": name, "value": value, "year": year, "unit": unit}))
    tables = {**margins, "indicators": pd.concat(cells, ignore_index=True)}
    for name, table in tables.items():
        tables[name] = table.assign(status="assumed", source="synthetic")
        tables[name].attrs["synthetic"] = True
    return tables


def _sizes(rng: np.random.Generator) -> tuple[list[str], np.ndarray]:
    """Return the provinces of the mainland and their sizes; the published tiers of cities say which are large."""
    table = load("places")
    cities = table[table["kind"].isin(["city", "municipality"])]
    mass = cities["tier"].map(_MASS).fillna(_OTHER).groupby(cities["province"]).sum()
    # Taiwan is in no table of the yearbook's technology market
    provinces = table[table["kind"].isin(_KINDS) & (table["name_en"] != "Taiwan")].sort_values("place")
    named = provinces["place"].tolist()
    size = 1.0 + mass.reindex(named).fillna(0.0).to_numpy(dtype=float)
    return named, size * rng.lognormal(0.0, 0.25, len(named))


def _margins(
    places: list[str],
    sizes: list[np.ndarray],
    years: list[int],
    sums: list[float],
    totals: list[float],
    elasticity: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    whole = spellings("totals")["names"][0]
    own, parts = rng.lognormal(0.0, 0.3, len(places)), []
    for size, year, together, total in zip(sizes, years, sums, totals, strict=True):
        mass = own * size**elasticity * rng.lognormal(0.0, 0.05, len(places))
        values = np.round(together * mass / mass.sum(), 2)
        parts.append(pd.DataFrame({"place": [*places, whole], "year": year, "value": [*values, round(total, 2)]}))
    return pd.concat(parts, ignore_index=True).assign(unit="100 million yuan")
