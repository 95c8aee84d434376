"""Draw synthetic contract and patent records for Chinese cities, to try things out at any size.

Nothing here was observed. Every number begins with SYN, every organization with 合成, and ``attrs["synthetic"]`` is
true. Cities and their positions are the shipped ones; who deals with whom follows a plain gravity rule (mass by tier,
one over distance). Records are drawn in blocks, each from the seed and its own number, so record k is the same
whatever the number of records asked for.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from .datasets import load
from .options import check_number
from .spellings import spellings
from .vocabulary import TIERS

__all__ = ["synthetic_contracts", "synthetic_patents"]

_BLOCK = 1 << 16
_KINDS = ("city", "municipality", "special administrative region")
_MASS = dict(zip(TIERS[:3], (30.0, 10.0, 4.0), strict=True))
_WORDS = spellings("synthetic")
_CLASSES = ("A61K", "B01J", "C08L", "C12N", "E04B", "F24S", "G01N", "G06F", "H01L", "H04L")
_NEAR_KM = 50.0  # distance added to every pair, so that a city's own partners are many but not all
_UNTIDY = ("city", "space", "unknown", "empty")


class _Cities(NamedTuple):
    names: np.ndarray
    size: np.ndarray  # cumulative share of mass
    partners: np.ndarray  # n x n, rows are cumulative shares of partners


@cache
def _cities() -> _Cities:
    table = load("places")
    table = table[table["kind"].isin(_KINDS)].sort_values("place", ignore_index=True)
    mass = table["tier"].map(_MASS).fillna(table["inherited_tier"].map(_MASS)).fillna(1.0).to_numpy(dtype=float)
    lon, lat = (np.radians(table[name].to_numpy(dtype=float)) for name in ("lon", "lat"))
    half = np.sin((lat[:, None] - lat) / 2) ** 2 + np.cos(lat[:, None]) * np.cos(lat) * (
        np.sin((lon[:, None] - lon) / 2) ** 2
    )
    weight = mass / (_NEAR_KM + 2 * 6371.0088 * np.arcsin(np.sqrt(half)))
    partners = np.cumsum(weight, axis=1)
    return _Cities(table["place"].to_numpy(dtype=object), np.cumsum(mass) / mass.sum(), partners / partners[:, -1:])


def synthetic_contracts(
    records: int, *, skip: int = 0, seed: int = 0, start: int = 2010, years: int = 10, untidy: float = 0.0
) -> pd.DataFrame:
    """Draw synthetic technology contracts.

    Parameters
    ----------
    records : int
        Number of contracts.
    skip : int
        Contracts to pass over first, so that large tables can be written piece by piece.
    seed : int
        Seed of the draw.
    start, years : int
        First year, and number of years, of the dates.
    untidy : float
        Share of rows, 0 to 1, with one flaw: a place written otherwise, unknown or empty, or an amount that is missing
        or negative.

    Returns
    -------
    DataFrame
        ``contract, seller, buyer, amount`` (10,000 yuan), ``date, sector, seller_name, buyer_name``; marked synthetic.

    Raises
    ------
    OptionError
        If an option is out of range.

    Examples
    --------
    >>> deals = synthetic_contracts(3, seed=1)
    >>> deals["contract"].tolist(), deals.attrs["synthetic"]
    (['SYN-000000000', 'SYN-000000001', 'SYN-000000002'], True)
    >>> deals.tail(1).equals(synthetic_contracts(1, skip=2, seed=1).set_axis([2]))
    True
    """
    _check(records, skip, seed, start, years, untidy)

    def block(number: int, rng: np.random.Generator) -> pd.DataFrame:
        cities = _cities()
        seller = np.searchsorted(cities.size, rng.random(_BLOCK), side="right")
        buyer = _partners(seller, rng)
        names = _organizations(seller, rng), _organizations(buyer, rng)
        frame = pd.DataFrame(
            {
                "contract": _numbers("SYN-", number * _BLOCK + np.arange(_BLOCK)),
                "seller": _words(cities.names, seller),
                "buyer": _words(cities.names, buyer),
                "amount": np.round(rng.lognormal(3.0, 1.5, _BLOCK), 2),
                "date": _dates(rng, start, years, _BLOCK),
                "sector": _words(_WORDS["sectors"], rng.integers(len(_WORDS["sectors"]), size=_BLOCK)),
                "seller_name": names[0],
                "buyer_name": names[1],
            }
        )
        return _spoil_contracts(frame, untidy, rng)

    return _draw(block, records, skip, seed, 1)


def synthetic_patents(
    patents: int, *, skip: int = 0, seed: int = 0, start: int = 2010, years: int = 10, untidy: float = 0.0
) -> pd.DataFrame:
    """Draw synthetic patents, one row a publication and applicant.

    Most patents have one applicant, some up to six; four in ten are published twice (A, and two years later B), under
    one application number and with the same applicants.

    Parameters
    ----------
    patents : int
        Number of patents (families); rows are about twice as many.
    skip, seed, start, years, untidy
        As in `synthetic_contracts`; flaws are places written otherwise, unknown or empty.

    Returns
    -------
    DataFrame
        ``patent`` (publication number), ``application, applicant, place, order`` (from 1), ``date, ipc``; marked
        synthetic.

    Raises
    ------
    OptionError
        If an option is out of range.

    Examples
    --------
    >>> rows = synthetic_patents(1000, seed=1)
    >>> rows["application"].nunique(), sorted(rows["patent"].str[-1].unique())
    (1000, ['A', 'B'])
    """
    _check(patents, skip, seed, start, years, untidy)

    def block(number: int, rng: np.random.Generator) -> pd.DataFrame:
        cities = _cities()
        size = rng.choice([1, 2, 3, 4, 6], size=_BLOCK, p=[0.6, 0.25, 0.1, 0.04, 0.01])
        lead = np.searchsorted(cities.size, rng.random(_BLOCK), side="right")
        family = np.repeat(np.arange(_BLOCK), size)
        order = np.arange(len(family)) - np.repeat(np.cumsum(size) - size, size) + 1
        place = np.where(order == 1, lead[family], _partners(lead[family], rng))
        frame = pd.DataFrame(
            {
                "patent": "",
                "application": _numbers("SYNA", (number * _BLOCK + np.arange(_BLOCK))[family]),
                "applicant": _organizations(place, rng),
                "place": _words(cities.names, place),
                "order": order,
                "date": _dates(rng, start, years, _BLOCK)[family],
                "ipc": _words(_CLASSES, rng.integers(len(_CLASSES), size=_BLOCK)[family]),
            }
        )
        frame["patent"] = _numbers("SYN", (number * _BLOCK + np.arange(_BLOCK))[family], "A")
        granted = frame[(rng.random(_BLOCK) < 0.4)[family]]
        later = granted.assign(
            patent=granted["patent"].str.slice(0, -1) + "B", date=granted["date"] + np.timedelta64(730, "D")
        )
        frame = pd.concat([frame, later], ignore_index=True).assign(family=np.r_[family, family[granted.index]])
        return _spoil_places(frame, "place", np.flatnonzero(rng.random(len(frame)) < untidy), rng)

    return _draw(block, patents, skip, seed, 2)


def _check(records: int, skip: int, seed: int, start: int, years: int, untidy: float) -> None:
    wanted = {
        "records": (records, 0),
        "skip": (skip, 0),
        "seed": (seed, 0),
        "start": (start, 1000),
        "years": (years, 1),
    }
    for name, (value, least) in wanted.items():
        check_number(name, value, least=least, whole=True)
    check_number("untidy", untidy, least=0, most=1)


def _draw(
    block: Callable[[int, np.random.Generator], pd.DataFrame], count: int, skip: int, seed: int, stream: int
) -> pd.DataFrame:
    pieces = []
    for number in range(skip // _BLOCK, max(skip + count - 1, skip) // _BLOCK + 1):
        piece = block(number, np.random.default_rng([seed, stream, number]))
        first, last = (at - number * _BLOCK for at in (skip, skip + count))
        family = piece.pop("family").to_numpy() if "family" in piece else np.arange(_BLOCK)
        pieces.append(piece[(family >= first) & (family < last)])
    frame = pd.concat(pieces, ignore_index=True)
    frame.attrs["synthetic"] = True
    return frame


def _partners(city: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    draws, partner = rng.random(len(city)), np.empty(len(city), dtype=np.int64)
    for one in np.unique(city):
        mine = city == one
        partner[mine] = np.searchsorted(_cities().partners[one], draws[mine], side="right")
    return partner


def _organizations(city: np.ndarray, rng: np.random.Generator) -> pd.Series:
    """Name an organization of each city; few of them do most of the work."""
    number = np.minimum((40 * rng.random(len(city)) ** 2).astype(np.int64), 39)
    mark, forms = _WORDS["mark"], _WORDS["forms"]
    names = [f"{mark}{forms[k % len(forms)]}{name}{k:02d}" for name in _cities().names for k in range(40)]
    return _words(names, city * 40 + number)


def _words(words: "np.ndarray | tuple[str, ...] | list[str]", codes: np.ndarray) -> pd.Series:
    return pd.Series(pd.Categorical.from_codes(codes, categories=list(words)).astype("str"), dtype="str")


def _numbers(prefix: str, numbers: np.ndarray, suffix: str = "") -> pd.Series:
    return prefix + pd.Series(numbers).astype("str").str.zfill(9) + suffix


def _dates(rng: np.random.Generator, start: int, years: int, count: int) -> np.ndarray:
    first = np.datetime64(f"{start}-01-01")
    days = int((np.datetime64(f"{start + years}-01-01") - first) / np.timedelta64(1, "D"))
    return (first + rng.integers(days, size=count).astype("timedelta64[D]")).astype("datetime64[s]")


def _spoil_contracts(frame: pd.DataFrame, share: float, rng: np.random.Generator) -> pd.DataFrame:
    flawed = np.flatnonzero(rng.random(len(frame)) < share)
    where = rng.integers(3, size=len(flawed))
    for at, end in enumerate(("seller", "buyer")):
        frame = _spoil_places(frame, end, flawed[where == at], rng)
    amounts = flawed[where == 2]
    frame.loc[amounts, "amount"] *= np.where(rng.random(len(amounts)) < 0.5, np.nan, -1.0)
    return frame


def _spoil_places(frame: pd.DataFrame, column: str, rows: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    given, flaw = frame[column].iloc[rows], rng.integers(len(_UNTIDY), size=len(rows))
    wrong = [
        given + spellings("endings")["city"],
        given.str.slice(0, 1) + " " + given.str.slice(1),
        _WORDS["elsewhere"],
        None,
    ]
    for number, names in enumerate(wrong):
        chosen = rows[flaw == number]
        frame.loc[chosen, column] = names[flaw == number] if isinstance(names, pd.Series) else names
    return frame
