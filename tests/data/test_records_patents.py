"""Patents become flows: every scheme counts as by hand and as brute force does."""

import itertools
from collections import Counter
from fractions import Fraction

import ibis
import ibis.expr.datatypes as dt
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler as Compiler
from samples import PATENTS, QUIET, cells

from innoscape.data import InnoscapeWarning, copatent_flows

# each cell worked out by hand from the two patents
SCHEMES = {
    "full, places": ({}, [2, 1, 1, 1]),
    "fractional, places": ({"counting": "fractional"}, [1.5, 0.5, 1, 0.5]),
    "1/n(n-1), places": ({"counting": "fractional", "fraction": "1/n(n-1)"}, [1 / 6 + 1 / 2, 1 / 6, 1, 1 / 6]),
    "full, applicants": ({"members": "applicants"}, [2 + 1, 1, 1, 2]),
    "fractional, applicants": ({"members": "applicants", "counting": "fractional"}, [2 / 3 + 1, 1 / 3, 1 / 3, 2 / 3]),
    "1/n(n-1), applicants": (
        {"members": "applicants", "counting": "fractional", "fraction": "1/n(n-1)"},
        [2 / 12 + 1 / 2, 1 / 12, 1 / 12, 2 / 12],
    ),
}


@pytest.mark.parametrize(("options", "expected"), SCHEMES.values(), ids=SCHEMES)
@pytest.mark.parametrize("key", ["publication", "application"])
def test_the_worked_example_counts_as_by_hand(options, expected, key):
    flows = copatent_flows(PATENTS, key=key, **options)
    pairs = [("北京", "天津"), ("北京", "石家庄"), ("天津", "天津"), ("天津", "石家庄")]
    assert cells(flows) == pytest.approx(dict(zip(pairs, expected, strict=True)))


def test_stars_run_from_the_first_applicant():
    star = {"counting": "star", "order": "order", "key": "application"}
    assert cells(copatent_flows(PATENTS, **star)) == {
        ("北京", "天津"): 1, ("北京", "石家庄"): 1, ("天津", "北京"): 1,
    }  # fmt: skip
    assert cells(copatent_flows(PATENTS, members="applicants", **star))["北京", "天津"] == 2
    assert cells(copatent_flows(PATENTS, nodes="applicant", **star)) == {
        ("甲", "乙"): 1, ("甲", "丙"): 1, ("甲", "丁"): 1, ("乙", "甲"): 1,
    }  # fmt: skip


def test_stars_without_a_single_first_are_told():
    with pytest.warns(InnoscapeWarning, match="2 patents have no single first member"):
        flows = copatent_flows(PATENTS.assign(order=None), counting="star", order="order", key="application")
    assert flows.attrs["ties"] == 2
    assert set(flows["source"]) == {"北京"}


def test_publications_are_two_patents_unless_a_key_unites_them():
    assert cells(copatent_flows(PATENTS))["北京", "天津"] == 3
    assert copatent_flows(PATENTS).attrs["patents"] == 3


def test_publication_numbers_are_freed_of_marks_and_kind_codes():
    numbers = ["CN 101234567 A", "cn101234567b", "CN-101234567.B2", "CN101234567", "US7654321B1"]
    rows = pd.DataFrame(
        {"patent": numbers * 2, "applicant": list("xxxxyuuuuv"), "place": list("ppppqrrrrs"), "date": 2019}
    )
    assert copatent_flows(rows, key="publication").attrs["patents"] == 2
    cut = copatent_flows(rows, key=lambda number: number.upper().re_extract("([0-9]+)", 1))
    assert cut.attrs["patents"] == 2


def test_a_patent_counts_in_the_year_of_its_first_publication():
    rows = PATENTS.assign(date=[2018] * 4 + [2020] * 4 + [2019] * 2)
    assert cells(copatent_flows(rows, key="application"), year=True)["北京", "石家庄", 2018] == 1
    assert copatent_flows(rows, key="application")["year"].max() == 2019


def test_what_cannot_be_paired_is_told():
    rows = pd.DataFrame(
        {"patent": ["1", "1", None, "2"], "applicant": ["a", None, "b", "c"], "place": list("pqrs"), "date": 2019}
    )
    with pytest.warns(InnoscapeWarning) as told:
        flows = copatent_flows(rows)
    assert cells(flows) == {("p", "q"): 1}
    assert {name: flows.attrs[name] for name in ("records", "patents", "linked", "unnumbered", "unnamed")} == {
        "records": 4, "patents": 2, "linked": 1, "unnumbered": 1, "unnamed": 1,
    }  # fmt: skip
    assert len(told) == 2


def test_an_applicant_in_two_places_is_two_places_but_one_applicant():
    rows = pd.DataFrame({"patent": "1", "applicant": ["a", "a", "b"], "place": ["p", "q", "r"], "date": 2019})
    assert cells(copatent_flows(rows)) == {("p", "q"): 1, ("p", "r"): 1, ("q", "r"): 1}
    with pytest.warns(InnoscapeWarning, match="1 applicants have several places"):
        flows = copatent_flows(rows, members="applicants")
    assert cells(flows) == {("p", "r"): 1}


def test_sectors_of_patents_may_be_shortened():
    rows = PATENTS.assign(ipc=["G06F"] * 8 + ["A61K"] * 2)
    flows = copatent_flows(rows, key="application", sector="ipc", sector_length=1)
    assert cells(flows[flows["sector"] == "A"]) == {("北京", "天津"): 1.0}
    with pytest.warns(InnoscapeWarning, match="1 patents have several sectors"):
        copatent_flows(rows.assign(ipc=["G06F", "A61K"] * 5).iloc[:8], key="application", sector="ipc")


rows_strategy = st.lists(
    st.tuples(st.integers(0, 4), st.sampled_from("abcde"), st.sampled_from("pqrs"), st.integers(1, 3)),
    min_size=1,
    max_size=25,
)

schemes = st.sampled_from(
    [
        (counting, fraction, members, nodes)
        for counting, fraction in [("full", ""), ("fractional", "1/(n-1)"), ("fractional", "1/n(n-1)"), ("star", "")]
        for members, nodes in [("places", "place"), ("applicants", "place"), ("applicants", "applicant")]
    ]
)


def brute_force(rows, counting, fraction, members, nodes):
    """Count as the documentation says, one patent at a time, in exact fractions."""
    total = Counter()
    for patent in {row[0] for row in rows}:
        mine = [row for row in rows if row[0] == patent]
        at = 2 if members == "places" else 1
        ids = sorted({row[at] for row in mine})
        home = {one: min(row[2] for row in mine if row[at] == one) for one in ids}
        node = {one: one if (members, nodes) != ("applicants", "place") else home[one] for one in ids}
        n = len(ids)
        if counting == "star":
            first = min(ids, key=lambda one: (min(row[3] for row in mine if row[at] == one), one))
            pairs = [(first, other) for other in ids if other != first]
        else:
            pairs = list(itertools.combinations(ids, 2))
        weights = {
            "1/(n-1)": lambda n: Fraction(1, n - 1),
            "1/n(n-1)": lambda n: Fraction(1, n * (n - 1)),
            "": lambda _: 1,
        }
        for a, b in pairs:
            ends = (node[a], node[b]) if counting == "star" else tuple(sorted((node[a], node[b])))
            total[ends] += weights[fraction](n)
        if members == "places":
            for one in [first] if counting == "star" else ids:
                total[one, one] += len({row[1] for row in mine if row[2] == one}) > 1
    return {ends: float(value) for ends, value in total.items() if value}


@QUIET
@settings(max_examples=15, deadline=None)
@given(rows=rows_strategy, scheme=schemes, randomness=st.randoms(use_true_random=False))
def test_every_scheme_counts_as_brute_force_does(duckdb, rows, scheme, randomness):
    counting, fraction, members, nodes = scheme
    randomness.shuffle(rows)
    table = pd.DataFrame(rows, columns=["patent", "applicant", "place", "order"]).assign(date=2019)
    flows = copatent_flows(
        table,
        counting=counting,
        fraction=fraction or "1/(n-1)",
        members=members,
        nodes=nodes,
        order="order",
        connection=duckdb,
    )
    assert cells(flows) == pytest.approx(brute_force(rows, *scheme))


def test_a_sector_that_is_asked_for_stands_in_flows_without_any():
    alone = PATENTS.drop_duplicates("patent").assign(ipc="H")
    assert copatent_flows(alone, sector="ipc").empty
    assert "sector" in copatent_flows(alone, sector="ipc")
    unclassed = copatent_flows(PATENTS.assign(ipc=None), sector="ipc")
    assert "sector" in unclassed
    assert cells(unclassed) == cells(copatent_flows(PATENTS))


def test_sql_is_written_once_for_records_alike(monkeypatch):
    compiled = []
    whole = Compiler.to_sqlglot
    monkeypatch.setattr(Compiler, "to_sqlglot", lambda *of, **options: compiled.append(of) or whole(*of, **options))
    # a column of this name is in no other test
    patents = PATENTS.rename(columns={"application": "once"})
    first, other = (copatent_flows(patents.assign(date=year), key="once") for year in (2011, 2012))
    assert first["value"].tolist() == other["value"].tolist()
    assert set(other["year"]) == {2012}
    before = len(compiled)
    assert cells(copatent_flows(patents.head(2), key="once")) == {("北京", "天津"): 1}
    assert len(compiled) == before > 0
    # another kind of column takes SQL of its own
    copatent_flows(patents.assign(date="2012-03"), key="once")
    assert len(compiled) > before


def test_a_key_may_be_a_python_function_for_the_engine():
    family = ibis.udf.scalar.python(lambda number: number[:3], signature=((dt.string,), dt.string), name="family")
    for _ in range(2):
        assert copatent_flows(PATENTS, key=family).attrs["patents"] == PATENTS["patent"].str[:3].nunique()
