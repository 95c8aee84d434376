"""Synthetic exports become known networks, cell by cell, alike on DuckDB and on Spark."""

import itertools
import warnings
from collections import Counter

import pytest
from local_spark import QUIET

from innoscape.data import (
    InnoscapeWarning,
    contract_flows,
    copatent_flows,
    read_records,
    synthetic_export,
    transfer_flows,
    two_mode,
)

pytestmark = QUIET
SUFFIX = {"openalex": "jsonl", "patentsview": "tsv", "regpat": "txt"}
SOURCES = ("cn_patents", "cn_patent_assignments", "cn_contracts", "regpat", "patentsview", "cordis", "openalex")


@pytest.fixture(scope="module", params=["duckdb", "spark"])
def connection(request):
    """The embedded engine (None), or Spark."""
    return None if request.param == "duckdb" else request.getfixturevalue("spark")


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    """What each synthetic export holds, and the records it was read to, as Parquet."""
    folder, found = tmp_path_factory.mktemp("exports"), {}
    for source in SOURCES:
        file = folder / f"{source}.{SUFFIX.get(source, 'csv')}"
        held = synthetic_export(file, source, records=80, seed=7)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InnoscapeWarning)
            read_records(file, source, to=folder / f"{source}.parquet")
        found[source] = held, folder / f"{source}.parquet"
    return found


def pairs(held, key, weigh=None):
    """Count the pairs of different places of every document, straight from what was drawn."""
    cells = Counter()
    for _, rows in held.groupby(key):
        first = rows.drop_duplicates("place").sort_values("place")
        for one, other in itertools.combinations(first.to_dict("records"), 2):
            cells[one["place"], other["place"], one.get("date", "2000")[:4]] += weigh(one, other) if weigh else 1.0
    return cells


def known(source, held):
    """Return the cells of the network that an export was drawn from."""
    if source == "cn_contracts":
        return held.groupby(["seller", "buyer", held["date"].str[:4]])["amount"].sum().to_dict()
    if source == "cn_patent_assignments":
        links = (
            (one, other, row.date[:4])
            for row in held.itertuples()
            for one, other in itertools.product(row.assignor_place.split(";"), row.assignee_place.split(";"))
        )
        return Counter(links)
    if source in ("cordis", "openalex"):
        left = "project" if source == "cordis" else "work"
        dates = held["date"].str[:4] if "date" in held else ["2000"] * len(held)
        return Counter(zip(held[left], held["place"], dates, strict=True))
    if source == "regpat":
        return pairs(held, "patent", lambda one, other: one["share"] * other["share"])
    return pairs(held, "patent")


def counted(source, path, connection):
    if source == "cn_contracts":
        return contract_flows(path, connection=connection)
    if source == "cn_patent_assignments":
        return transfer_flows(path, separator=";", connection=connection)
    if source in ("cordis", "openalex"):
        left, date = ("project", "role") if source == "cordis" else ("work", "date")
        return two_mode(path, left=left, right="place", date=date, separator=[], connection=connection)
    shares = {"counting": "shares", "share": ["share", "reg_share"]} if source == "regpat" else {}
    date = "application" if source == "regpat" else "date"
    return copatent_flows(path, separator=[], date=date, connection=connection, **shares)


@pytest.mark.parametrize("source", SOURCES)
def test_an_export_becomes_the_network_it_was_drawn_from(source, connection, exports):
    held, path = exports[source]
    flows = counted(source, path, connection)
    undated = source in ("cordis", "regpat")
    years = ["2000"] * len(flows) if undated else flows["year"].astype(str)
    ends = flows.attrs.get("modes", ("source", "target"))
    cells = {}
    for one, other, year, value in zip(flows[ends[0]], flows[ends[1]], years, flows["value"], strict=True):
        if one != other or source not in ("cn_patents", "regpat", "patentsview"):
            cells[one, other, year] = cells.get((one, other, year), 0.0) + value
    expected = known(source, held)
    assert cells.keys() == expected.keys()
    assert cells == pytest.approx(dict(expected), abs=1e-5)
    account = flows.attrs["account"]
    parts = sum(n for name, n in account.items() if name not in ("rows", "split"))
    assert account["rows"] + account["split"] == parts
    assert account["rows"] == len(held)
