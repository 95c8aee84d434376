"""Write synthetic raw exports as patent services, registers and offices print them, with the records they hold.

Nothing here was observed: every number begins with SYN and every Chinese name with the mark of synthetic words.
"""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .datasets import load
from .errors import OptionError
from .files import write_file
from .options import check_choice, check_number
from .spellings import spellings
from .tier_scale import FOUR_TIERS

__all__ = ["synthetic_export"]

_WORDS = spellings("synthetic_exports")
_MARK = spellings("synthetic")["mark"]
_KINDS = ("city", "municipality")
# region (NUTS 2021), country as CORDIS writes it, city; the first ones are drawn most often
_EUROPE = (
    ("FR101", "FR", "Paris"), ("DE212", "DE", "Munich"), ("ES300", "ES", "Madrid"), ("ITI43", "IT", "Rome"),
    ("BE100", "BE", "Brussels"), ("NL329", "NL", "Amsterdam"), ("DE300", "DE", "Berlin"), ("ES511", "ES", "Barcelona"),
    ("ITC4C", "IT", "Milan"), ("EL303", "EL", "Athens"), ("AT130", "AT", "Vienna"), ("CH040", "CH", "Zurich"),
    ("DK011", "DK", "Copenhagen"), ("SE110", "SE", "Stockholm"), ("FI1B1", "FI", "Helsinki"), ("UKI31", "UK", "London"),
    ("PT170", "PT", "Lisbon"), ("IE061", "IE", "Dublin"), ("PL911", "PL", "Warsaw"), ("CZ010", "CZ", "Prague"),
    ("HU110", "HU", "Budapest"), ("NO081", "NO", "Oslo"), ("RO321", "RO", "Bucharest"), ("SI041", "SI", "Ljubljana"),
    ("BG411", "BG", "Sofia"), ("LT011", "LT", "Vilnius"), ("LV006", "LV", "Riga"), ("EE001", "EE", "Tallinn"),
)  # fmt: skip
_CITIES = (("Munich", "", "DE"), ("Paris", "", "FR"), ("Cambridge", "MA", "US"), ("Austin", "TX", "US"))


def synthetic_export(path: str | Path, source: str, *, records: int = 100, seed: int = 0) -> pd.DataFrame:
    """Write a synthetic export of a source, and return the records it holds.

    Parameters
    ----------
    path : str or Path
        File to write; text as the source prints it.
    source : str
        One of the sources of `read_records`: ``cn_patents``, ``cn_patent_assignments``, ``cn_contracts``, ``regpat``,
        ``patentsview``, ``cordis``, ``openalex``; or ``cordis_projects``, the table of projects beside ``cordis``, or
        ``sdmx``, which `read_indicators` reads.
    records : int
        Patents, transfers, contracts, projects, works or observations.
    seed : int
        Seed of what is drawn.

    Returns
    -------
    DataFrame
        The records as `read_records` is to return them, or the indicators of both units; marked synthetic.

    Raises
    ------
    OptionError
        If an option is out of range.

    Examples
    --------
    >>> import tempfile
    >>> from innoscape.data import read_records
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     drawn = synthetic_export(f"{folder}/inventors.txt", "regpat", records=50)
    ...     read = read_records(f"{folder}/inventors.txt", "regpat")
    >>> drawn["place"].equals(read["place"]), drawn.attrs["synthetic"]
    (True, True)
    """
    check_choice("source", source, _WRITERS)
    check_number("records", records, least=1, whole=True)
    check_number("seed", seed, least=0, whole=True)
    suffixes = (".jsonl",) if source == "openalex" else (".csv", ".tsv", ".txt")
    if Path(path).suffix.lower() not in suffixes:
        raise OptionError(f"path: needed a file {' or '.join(suffixes)}, got {Path(path).name!r}")
    rng = np.random.default_rng([seed, 5])
    content, held = _WRITERS[source](rng, records)
    write_file(Path(path), content)
    frame = pd.DataFrame(held)
    frame.attrs["synthetic"] = True
    return frame


def _rows(header: list[str], rows: list[list[object]], delimiter: str = ",", *, plain: bool = False) -> str:
    out = io.StringIO()
    quoting = csv.QUOTE_NONE if plain else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n", quoting=quoting)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def _cities() -> list[str]:
    """Return the shipped cities, those of higher tiers first."""
    table = load("places")
    table = table[table["kind"].isin(_KINDS)]
    return (
        table.assign(rank=[FOUR_TIERS.rank(str(tier)) for tier in table["tier"]])
        .sort_values(["rank", "place"])["place"]
        .tolist()
    )


def _drawn(rng: np.random.Generator, n: int, most: int) -> list[int]:
    """Draw 1 to so many different numbers below n, the smaller ones more often: by the inverse of their rank."""
    weights = 1 / np.arange(1, n + 1)
    return rng.choice(n, size=int(rng.integers(1, most + 1)), replace=False, p=weights / weights.sum()).tolist()


def _address(city: str, number: int) -> str:
    return f"{city}{_WORDS['city']}{_MARK}{_WORDS['road']}{number}{_WORDS['number']}"


def _day(rng: np.random.Generator) -> tuple[str, tuple[int, int, int]]:
    year, month, day = int(rng.integers(2010, 2020)), int(rng.integers(1, 13)), int(rng.integers(1, 29))
    return f"{year}-{month:02d}-{day:02d}", (year, month, day)


def _several(rng: np.random.Generator, cities: list[str], most: int = 3) -> list[tuple[str, str]]:
    """Draw parties of different cities, each with a name that says nothing of the city."""
    return [(f"{_MARK}{_WORDS['firm']}{at}", cities[at]) for at in _drawn(rng, len(cities), most)]


def _patents(rng: np.random.Generator, records: int) -> tuple[str, list[dict[str, Any]]]:
    cities, rows, held = _cities(), [], []
    marks = ["; ", _WORDS["semicolon"], " | ", _WORDS["comma"]]
    for at in range(records):
        parties = _several(rng, cities)
        date, (year, month, day) = _day(rng)
        written = [date, f"{year}.{month}.{day}", f"{year}{month:02d}{day:02d}"][at % 3]
        number, ipc = f"SYN{at:07d}A", f"G{at % 60:02d}F1/00"
        names = marks[at % 4].join(name for name, _ in parties)
        addresses = ";".join(_address(city, at) for _, city in parties)
        rows.append([at + 1, f"SYN{at:09d}.{at % 10}", number, names, written, addresses, ipc])
        held += [
            {"patent": number, "applicant": name, "place": city, "application": f"SYN{at:09d}.{at % 10}", "date": date,
             "ipc": ipc}
            for name, city in parties
        ]  # fmt: skip
    return _rows(_WORDS["patents"], rows), held


def _transfers(rng: np.random.Generator, records: int) -> tuple[str, list[dict[str, Any]]]:
    cities, rows, held = _cities(), [], []
    for at in range(records):
        sides = [_several(rng, cities, 2) for _ in range(2)]
        date, _ = _day(rng)
        number = f"SYN{at:07d}"
        names = [";".join(name for name, _ in side) for side in sides]
        places = [";".join(city for _, city in side) for side in sides]
        addresses = [";".join(_address(city, at) for _, city in side) for side in sides]
        rows.append([number, *names, date, *addresses])
        held.append(
            {"patent": number, "assignor": names[0], "assignor_place": places[0], "assignee": names[1],
             "assignee_place": places[1], "date": date}
        )  # fmt: skip
    return _rows(_WORDS["transfers"], rows), held


def _contracts(rng: np.random.Generator, records: int) -> tuple[str, list[dict[str, Any]]]:
    cities, rows, held = _cities(), [], []
    for at in range(records):
        (seller, home), (buyer, away) = _several(rng, cities, 1)[0], _several(rng, cities, 1)[0]
        amount, (date, _) = int(rng.integers(1, 100_000)), _day(rng)
        number = f"{at:09d}"
        sector = _WORDS["sectors"][at % 3]
        rows.append(
            [
                number,
                seller,
                f"{home}{_WORDS['city']}",
                buyer,
                f"{away}{_WORDS['city']}",
                f"{amount:,}",
                _WORDS["kind"],
                sector,
                date,
            ]
        )
        held.append(
            {"contract": number, "seller_name": seller, "seller": home, "buyer_name": buyer, "buyer": away,
             "amount": float(amount), "date": date, "kind": _WORDS["kind"], "sector": sector}
        )  # fmt: skip
    return _rows(_WORDS["contracts"], rows), held


def _regpat(rng: np.random.Generator, records: int) -> tuple[str, list[dict[str, Any]]]:
    rows, held = [], []
    for at in range(records):
        drawn = _drawn(rng, len(_EUROPE), 3)
        for one in drawn:
            number, person, share = f"SYN{at:07d}", f"{1000 + one}", 1 / len(drawn)
            region, country, _ = _EUROPE[one]
            name = f'SYN "{person}"'
            rows.append([number, f"{at:08d}", person, name, region, country, 1, f"{share:.6f}"])
            held.append(
                {"patent": number, "applicant": name, "place": region, "application": f"{at:08d}",
                 "person": person, "reg_share": 1.0, "share": float(f"{share:.6f}")}
            )  # fmt: skip
    header = ["App_nbr", "Appln_id", "Person_id", "Inv_name", "Reg_code", "Ctry_code", "Reg_share", "Inv_share"]
    lines = ["|".join(map(str, row)) for row in [header, *rows]]
    return "\n".join([*lines, ""]), held


def _patentsview(rng: np.random.Generator, records: int) -> tuple[str, list[dict[str, Any]]]:
    rows, held = [], []
    for at in range(records):
        drawn = rng.choice(len(_CITIES), size=int(rng.integers(1, 4)), replace=False).tolist()
        for turn, city in enumerate(drawn):
            number, date, name = f"{at:08d}", f"{2000 + at % 20}-01-02", f"SYN {city}, Inc."
            rows.append([number, turn, f"syn-{city}", name, *_CITIES[city], date])
            place = ", ".join(part for part in _CITIES[city] if part)
            held.append(
                {"patent": number, "applicant": name, "place": place, "applicant_id": f"syn-{city}",
                 "order": float(turn), "date": date}
            )  # fmt: skip
    header = ["patent_id", "assignee_sequence", "assignee_id", "disambig_assignee_organization", "disambig_city"]
    return _rows([*header, "disambig_state", "disambig_country", "patent_date"], rows, "\t"), held


def _cordis(rng: np.random.Generator, records: int) -> tuple[str, list[dict[str, Any]]]:
    rows, held = [], []
    for at in range(records):
        for turn, one in enumerate(_drawn(rng, len(_EUROPE), 6)):
            region, country, city = _EUROPE[one]
            number, name, role = f"SYN{at:06d}", f"SYN; {one}", "participant" if turn else "coordinator"
            given = int(rng.integers(1, 10**6)) / 4
            written = str(given).replace(".", ",")
            rows.append([number, f"{one:09d}", name, city, country, region, role, written])
            held.append(
                {"project": number, "organization": name, "place": region, "organization_id": f"{one:09d}",
                 "role": role, "contribution": given}
            )  # fmt: skip
    header = ["projectID", "organisationID", "name", "city", "country", "nutsCode", "role", "ecContribution"]
    return _rows(header, rows, ";"), held


def _projects(rng: np.random.Generator, records: int) -> tuple[str, list[dict[str, Any]]]:
    """Write the table of projects that stands beside that of participants."""
    held = [{"project": f"SYN{at:06d}", "date": _day(rng)[0]} for at in range(records)]
    rows: list[list[object]] = [[one["project"], one["project"], one["date"]] for one in held]
    return _rows(["id", "acronym", "startDate"], rows, ";"), held


def _openalex(rng: np.random.Generator, records: int) -> tuple[str, list[dict[str, Any]]]:
    lines, held = [], []
    iso = [{"EL": "GR", "UK": "GB"}.get(country, country) for country in dict.fromkeys(one[1] for one in _EUROPE)]
    for at in range(records):
        known = [
            {"id": f"https://openalex.org/SYN{one}", "display_name": f"SYN; {one}", "country_code": iso[one]}
            for one in _drawn(rng, len(iso), 3)
        ]
        date, _ = _day(rng)
        # the first institution has two authors
        authors = [{"institutions": [one]} for one in [known[0], *known]]
        work = {"id": f"https://openalex.org/SYNW{at}", "publication_date": date, "authorships": authors}
        lines.append(json.dumps(work))
        held += [
            {"work": work["id"], "organization": one["display_name"], "place": one["country_code"],
             "organization_id": one["id"], "date": date}
            for one in sorted(known, key=lambda one: one["id"])
        ]  # fmt: skip
    return "\n".join([*lines, ""]), held


def _sdmx(rng: np.random.Generator, records: int) -> tuple[str, list[dict[str, Any]]]:
    rows, held = [], []
    units, flags = ("MIO_EUR", "PC_GDP"), ("", "p", "e", "b", "bp")
    for at in range(records):
        # each unit of a region and year in turn
        turn, one = divmod(at // 2, len(_EUROPE))
        region, unit = _EUROPE[one][0], units[at % 2]
        year, flag = 2000 + turn, flags[int(rng.integers(len(flags)))]
        value = int(rng.integers(1, 10**6)) / 8
        blank = at % 7 == 3
        rows.append(["SYN:SYN_RD(1.0)", "01/01/20 00:00:00", "A", unit, region, year, "" if blank else value, flag])
        if not blank:
            status = "estimated" if "e" in flag else "observed"
            held.append(
                {"place": region, "indicator": f"syn_rd.{unit}", "value": value, "year": year, "unit": unit,
                 "status": status, "flag": flag or None}
            )  # fmt: skip
    header = ["DATAFLOW", "LAST UPDATE", "freq", "unit", "geo", "TIME_PERIOD", "OBS_VALUE", "OBS_FLAG"]
    return _rows(header, rows), held


_WRITERS: dict[str, Callable[[np.random.Generator, int], tuple[str, list[dict[str, Any]]]]] = {
    "cn_patents": _patents,
    "cn_patent_assignments": _transfers,
    "cn_contracts": _contracts,
    "regpat": _regpat,
    "patentsview": _patentsview,
    "cordis": _cordis,
    "cordis_projects": _projects,
    "openalex": _openalex,
    "sdmx": _sdmx,
}
