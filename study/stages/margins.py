"""Read what each place sends and receives, year by year, from the tables of an estimate."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ...data import Fault, StudyError
from ...data.wording.catalogue import few
from ...network import weakest_status
from ..plan.inputs import DATASET, Inputs
from ..plan.schema import STUDY_FILE, Network
from ..wording.notices import Notice

__all__ = ["Margins", "read_margins"]

# totals of all places that differ by less than this share are one total
_SAME = 1e-3
_FEWEST = 2


@dataclass(frozen=True, eq=False)
class Margins:
    """What places send and receive in one year.

    Attributes
    ----------
    sent, received : Series
        By place, both over the same places in order.
    year : int or None
    unit : str or None
    within : Series or None
        What stays within each place, where it is known.
    total : float or None
        All flows, those with the rest of the world included, where a table says so.
    status : str or None
        Least certain status of the totals.
    """

    sent: pd.Series
    received: pd.Series
    year: int | None = None
    unit: str | None = None
    within: pd.Series | None = None
    total: float | None = None
    status: str | None = None


def read_margins(network: Network, inputs: Inputs, at: str) -> tuple[list[Margins], list[Notice]]:
    """Return the margins of an estimate by year, and what a reader should know of them.

    Raises
    ------
    StudyError
        With every fault: tables in different units, years or places of one table alone, no row for all places.
    """
    estimate = network.estimate
    assert estimate is not None  # noqa: S101 - asked by the caller
    tables = {key: inputs.estimates[network.name][key] for key in ("outgoing", "incoming")}
    names = {key: str(getattr(estimate, key)).removeprefix(DATASET) for key in ("outgoing", "incoming", "within")}
    if "within" in inputs.estimates[network.name]:
        tables["within"] = inputs.estimates[network.name]["within"]
    unit, faults = _unit(tables, names, at)
    faults += _undated(tables, names)
    if faults:
        raise StudyError(faults)
    years, notices = _years(tables, names, network, at)
    statuses = [table["status"] if "status" in table else pd.Series(["given"]) for table in tables.values()]
    status = weakest_status(one for column in statuses for one in column.fillna("given"))
    found: list[Margins] = []
    lacking: dict[tuple[str, str, str, str, str], list[int | None]] = {}
    for year in years:
        parts = {key: _of_year(table, year) for key, table in tables.items()}
        for lack in _lacking(parts, names, network, at):
            lacking.setdefault(lack, []).append(year)
        if lacking:
            continue
        whole = estimate.rest_of_world if isinstance(estimate.rest_of_world, str) else None
        apart = [] if whole is None else [whole]
        sent, received = (parts[key].drop(apart) for key in ("outgoing", "incoming"))
        found.append(
            Margins(
                sent=sent,
                received=received.reindex(sent.index),
                year=estimate.year if year is None else year,
                unit=estimate.unit or unit,
                within=parts["within"].reindex(sent.index) if "within" in parts else None,
                status=status,
                total=None if whole is None else max(parts["outgoing"][whole], parts["incoming"][whole]),
            )
        )
    if lacking:
        raise StudyError(_faults_over_years(lacking))
    return found, notices


def _unit(tables: dict[str, pd.DataFrame], names: dict[str, str], at: str) -> tuple[str | None, list[Fault]]:
    """Return the unit of all tables, and a fault if they do not have one."""
    units = {key: sorted(set(table["unit"].dropna())) for key, table in tables.items() if "unit" in table}
    every = sorted({unit for found in units.values() for unit in found})
    if len(every) < 2:
        return (every[0] if every else None), []
    said = few(f"{names[key]}: {', '.join(found)}" for key, found in units.items() if found)
    return None, [Fault.of("faults.estimate.units", STUDY_FILE, column=at, got=said)]


def _undated(tables: dict[str, pd.DataFrame], names: dict[str, str]) -> list[Fault]:
    """Find rows without a year among others with one, and tables with years beside one without."""
    faults, dated = [], {}
    for key, table in tables.items():
        years = table["year"].notna() if "year" in table else pd.Series(data=False, index=table.index)
        dated[key] = bool(years.any())
        if dated[key] and not years.all():
            places = few(sorted(set(table.loc[~years, "place"].astype(str))))
            faults.append(Fault.of("faults.estimate.undated", names[key], column="year", places=places))
    if len(set(dated.values())) > 1:
        with_years = [names[key] for key, has in dated.items() if has]
        faults += [
            Fault.of("faults.estimate.years_of_one", names[key], column="year", others=with_years)
            for key, has in dated.items()
            if not has
        ]
    return faults


def _years(
    tables: dict[str, pd.DataFrame], names: dict[str, str], network: Network, at: str
) -> tuple[list[int | None], list[Notice]]:
    """Return the years of all tables together, with a notice of those that only some have."""
    if "year" not in tables["outgoing"] or tables["outgoing"]["year"].isna().all():
        return [None], []
    by_table = {key: {int(year) for year in table["year"]} for key, table in tables.items()}
    common = sorted(set.intersection(*by_table.values()))
    if not common:
        said = few(f"{names[key]}: {', '.join(map(str, sorted(years)))}" for key, years in by_table.items())
        raise StudyError([Fault.of("faults.estimate.no_common_year", STUDY_FILE, column=at, got=said)])
    alone = sorted(set.union(*by_table.values()) - {*common})
    values = {"network": network.name, "years": [str(year) for year in alone]}
    return [*common], [Notice("notice", "notices.years_of_one_margin", values)] if alone else []


def _of_year(table: pd.DataFrame, year: int | None) -> pd.Series:
    rows = table if year is None else table[table["year"] == year]
    return rows.set_index("place")["value"].sort_index()


def _lacking(
    parts: dict[str, pd.Series], names: dict[str, str], network: Network, at: str
) -> Iterator[tuple[str, str, str, str, str]]:
    """Find what the tables of one year lack: key, table, place, other table, and what came."""
    estimate = network.estimate
    assert estimate is not None  # noqa: S101
    whole = estimate.rest_of_world if isinstance(estimate.rest_of_world, str) else None
    sides = {key: set(parts[key].index) - {whole} for key in ("outgoing", "incoming")}
    for key, other in (("outgoing", "incoming"), ("incoming", "outgoing")):
        for place in sorted(sides[other] - sides[key]):
            yield "faults.estimate.no_total", names[key], place, names[other], ""
    if "within" in parts:
        for place in sorted(sides["outgoing"] & sides["incoming"] - set(parts["within"].index)):
            yield "faults.estimate.no_total", names["within"], place, names["outgoing"], ""
    if whole is not None:
        lacking = [key for key in ("outgoing", "incoming") if whole not in parts[key].index]
        for key in lacking:
            yield "faults.estimate.no_whole", names[key], whole, "", ""
        if not lacking:
            out, into = parts["outgoing"][whole], parts["incoming"][whole]
            if abs(out - into) > _SAME * max(out, into):
                yield "faults.estimate.two_wholes", STUDY_FILE, whole, f"{at}.rest_of_world", f"{out:.10g}, {into:.10g}"
    if len(sides["outgoing"]) < _FEWEST:
        yield "faults.estimate.few_places", names["outgoing"], "", "", ""


def _faults_over_years(lacking: dict[tuple[str, str, str, str, str], list[int | None]]) -> list[Fault]:
    """Say once what several years lack."""
    faults = []
    # places that one table lacks of another in the same years are told together
    places: dict[tuple[str, str, str, str, str], list[str]] = {}
    for (key, where, place, other, got), years in lacking.items():
        when = "" if None in years else f" ({', '.join(map(str, years))})"
        places.setdefault((key, where, other, got, when), []).append(place)
    for (key, where, other, got, when), together in places.items():
        place = few(together)
        column = other if key == "faults.estimate.two_wholes" else "place"
        values: dict[str, Any] = {"place": place, "whole": place, "other": other, "got": got, "when": when}
        faults.append(Fault.of(key, where, column=column, **values))
    return faults
