"""Shares, first ties, citations, transfers and two-mode networks count as by hand and as networkx and pandas do."""

from collections import Counter
from fractions import Fraction
from itertools import combinations, product

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from networkx.algorithms import bipartite
from samples import PATENTS, QUIET, cells

from innoscape.data import (
    InnoscapeWarning,
    OptionError,
    TableError,
    citation_flows,
    contract_flows,
    copatent_flows,
    project_ties,
    transfer_flows,
    two_mode,
)

# one patent by inventors of three regions, one inventor standing in two of them
REGPAT = pd.DataFrame(
    [
        ("E1", "i", "DE", 0.5, 1.0),
        ("E1", "j", "DE", 0.25, 1.0),
        ("E1", "k", "FR", 0.25, 0.5),
        ("E1", "k", "IT", 0.25, 0.5),
    ],
    columns=["patent", "inventor", "region", "inv_share", "reg_share"],
).assign(date=2015)
SHARED = {"applicant": "inventor", "place": "region", "counting": "shares", "share": ["inv_share", "reg_share"]}


def account_adds_up(flows, rows):
    account = flows.attrs["account"]
    assert account["rows"] == flows.attrs["records"] == rows
    parts = sum(account[part] for part in ("pairs", "single", "unplaced", "rejected"))
    assert account["rows"] + account["split"] == parts
    return account


def test_shares_multiply_as_by_hand():
    expected = {
        ("DE", "DE"): 0.5 * 0.25, ("DE", "FR"): 0.75 * 0.125, ("DE", "IT"): 0.75 * 0.125, ("FR", "IT"): 0.125 * 0.125,
    }  # fmt: skip
    flows = copatent_flows(REGPAT, **SHARED)
    assert cells(flows) == pytest.approx(expected, rel=1e-12)
    twice = pd.concat([REGPAT, REGPAT.assign(patent="E2"), REGPAT])
    assert cells(copatent_flows(twice, **SHARED)) == pytest.approx({pair: 2 * v for pair, v in expected.items()})
    people = copatent_flows(REGPAT, **SHARED, nodes="applicant")
    assert cells(people) == pytest.approx({("i", "j"): 0.125, ("i", "k"): 0.125, ("j", "k"): 0.0625})


def test_rows_without_a_sound_share_are_left_out_and_too_large_sums_told():
    odd = REGPAT.assign(inv_share=[0.5, -1, None, "x"])
    with pytest.warns(InnoscapeWarning, match="3 patent records have no share from 0 to 1"):
        flows = copatent_flows(odd, **SHARED)
    assert flows.empty
    assert account_adds_up(flows, 4) == {"rows": 4, "split": 0, "pairs": 0, "single": 1, "unplaced": 0, "rejected": 3}
    with pytest.warns(InnoscapeWarning, match="1 patents have shares that sum to more than 1"):
        copatent_flows(REGPAT.assign(inv_share=0.9), **SHARED)
    for wrong in ({"share": "inv_share"}, {"counting": "shares"}):
        with pytest.raises(OptionError, match="belong together"):
            copatent_flows(REGPAT, applicant="inventor", place="region", **wrong)


def test_shares_do_not_depend_on_order_and_agree_with_pandas():
    draw = np.random.default_rng(5)
    rows = pd.DataFrame(
        {"patent": draw.integers(0, 300, 1500), "applicant": draw.integers(0, 9, 1500)}
    ).drop_duplicates()
    rows = rows.assign(place=draw.choice(list("ABCDE"), len(rows)), date=2019)
    rows["share"] = (1 / rows.groupby("patent")["patent"].transform("size")).round(4)
    flows = copatent_flows(rows, counting="shares", share="share")
    pd.testing.assert_frame_equal(
        flows, copatent_flows(rows.sample(frac=1, random_state=1), counting="shares", share="share", threads=1)
    )
    total = Counter()
    for _, one in rows.groupby("patent"):
        for (a, s), (b, t) in combinations(
            zip(one["place"], one["share"].map(lambda x: Fraction(str(x))), strict=True), 2
        ):
            total[tuple(sorted((a, b)))] += s * t
    assert cells(flows) == pytest.approx({ends: float(value) for ends, value in total.items()}, rel=1e-12)
    # strengths of a patent of n equal shares: all pairs of inventors, 1 / n^2 each
    assert flows["value"].sum() < flows.attrs["linked"] / 2


def test_inventors_and_families_are_counted_by_name_of_column():
    rows = PATENTS.rename(columns={"applicant": "inventor"}).assign(family="f")
    by_inventor = copatent_flows(rows, applicant="inventor", key="application")
    assert cells(by_inventor) == cells(copatent_flows(PATENTS, key="application"))
    assert copatent_flows(rows, applicant="inventor", key="family").attrs["patents"] == 1
    assert set(copatent_flows(PATENTS, unit="families")["unit"]) == {"families"}


def test_first_ties_are_told_from_repeated_ones():
    deals = pd.DataFrame(
        {"seller": list("aabab"), "buyer": list("bbabc"), "amount": 1.0, "date": [2010, 2011, 2011, 2013, 2013]}
    )
    flows = contract_flows(deals, since=True)
    found = [tuple(row) for row in flows[["source", "target", "year", "since", "tie"]].itertuples(index=False)]
    assert found == [
        ("a", "b", 2010, 2010, "new"), ("a", "b", 2011, 2010, "repeated"), ("b", "a", 2011, 2011, "new"),
        ("a", "b", 2013, 2010, "repeated"), ("b", "c", 2013, 2013, "new"),
    ]  # fmt: skip
    rolled = contract_flows(deals, since=True, window=2, rolling=True)
    assert rolled.set_index(["source", "target", "year"])["tie"]["a", "b", 2011] == "new"
    with pytest.warns(InnoscapeWarning, match="no readable date"):
        undated = contract_flows(deals.assign(date=[None, 2011, 2011, 2013, 2013]), since=True)
    assert undated[undated["year"].isna()]["tie"].isna().all()
    assert copatent_flows(PATENTS, since=True)["tie"].eq("new").all()
    assert "tie" not in contract_flows(deals)


CITED = pd.DataFrame(
    {
        "patent": ["P1", "P1", "P2", "P3", "P4"],
        "applicant": list("abcad"),
        "place": ["X", "Y", "Z", "X", None],
        "family": ["F1", "F1", "F2", "F3", "F1"],
        "date": [2010, 2010, 2005, 2001, 2012],
    }
)
CITATIONS = pd.DataFrame(
    {"citing": ["P1", "P1", "P2", "P1", "P4", "P9", None], "cited": ["P2", "P3", "P3", "P2", "P2", "P1", "P1"]}
)


def test_citations_run_from_the_citing_to_the_cited_patent():
    with pytest.warns(InnoscapeWarning) as told:
        flows = citation_flows(CITATIONS, CITED)
    assert cells(flows, year=True) == {
        ("Z", "X", 2005): 1, ("X", "X", 2010): 1, ("X", "Z", 2010): 1, ("Y", "X", 2010): 1, ("Y", "Z", 2010): 1,
        ("(unknown)", "Z", 2012): 1,
    }  # fmt: skip
    assert account_adds_up(flows, 7) == {"rows": 7, "split": 0, "pairs": 4, "single": 0, "unplaced": 1, "rejected": 2}
    assert {name: flows.attrs[name] for name in ("links", "unlisted", "unnumbered", "again")} == {
        "links": 4, "unlisted": 1, "unnumbered": 1, "again": 1,
    }  # fmt: skip
    assert len(told) == 4
    assert set(flows["unit"]) == {"citations"}


@QUIET
def test_citations_may_be_shared_out_freed_of_own_ones_and_counted_by_family():
    fractional = citation_flows(CITATIONS, CITED, counting="fractional")
    assert fractional["value"].sum() == fractional.attrs["links"]
    assert cells(fractional)["Y", "Z"] == 0.5
    others = citation_flows(CITATIONS, CITED, own=False, nodes="applicant")
    assert cells(others) == {("c", "a"): 1, ("a", "c"): 1, ("b", "c"): 1, ("d", "c"): 1}
    assert others.attrs["own"] == 1
    account_adds_up(others, 7)
    families = citation_flows(CITATIONS, CITED, key="family", nodes="applicant")
    assert families.attrs["links"] == 3
    assert cells(families)["b", "c"] == 1
    within = pd.concat([CITATIONS, pd.DataFrame({"citing": ["P4"], "cited": ["P1"]})])
    assert citation_flows(within, CITED, key="family").attrs["inside"] == 1


@QUIET
def test_citations_agree_with_pandas_on_random_records():
    draw = np.random.default_rng(2)
    patents = pd.DataFrame({"patent": draw.integers(0, 80, 250), "place": draw.choice(list("ABCD"), 250)})
    patents = patents.assign(applicant=np.arange(250), date=2000 + patents["patent"] % 5)
    citations = pd.DataFrame(draw.integers(0, 90, (400, 2)), columns=["citing", "cited"])
    flows = citation_flows(citations, patents, counting="fractional")
    total, homes = Counter(), patents.groupby("patent")["place"].agg(set)
    for a, b in set(citations.itertuples(index=False, name=None)):
        if a != b and a in homes and b in homes:
            for ends in product(homes[a], homes[b]):
                total[(*ends, 2000 + a % 5)] += Fraction(1, len(homes[a]) * len(homes[b]))
    assert cells(flows, year=True) == pytest.approx({ends: float(value) for ends, value in total.items()})
    account_adds_up(flows, 400)


TRANSFERS = pd.DataFrame(
    {
        "patent": ["P1", "P1", "P2", "P3", None, "合计"],
        "assignor": ["a;b", "a;b", "c", "a", "a", "合计"],
        "assignee": ["c；d", "c；d", "C", "e", "c", ""],
        "assignor_place": ["X;Y", "X;Y", "Z", "X", "X", None],
        "assignee_place": ["Z;Z", "Z;Z", "Z", None, "Z", None],
        "date": [2019, 2019, 2019, "soon", 2019, None],
    }
)


@QUIET
def test_transfers_run_from_those_who_give_to_those_who_take():
    flows = transfer_flows(TRANSFERS, separator=";")
    assert cells(flows) == {("X", "Z"): 1, ("Y", "Z"): 1, ("Z", "Z"): 1, ("X", "(unknown)"): 1}
    account = {"rows": 6, "split": 0, "pairs": 3, "single": 0, "unplaced": 1, "rejected": 2}
    assert account_adds_up(flows, 6) == account
    assert {name: flows.attrs[name] for name in ("links", "again", "unnumbered", "undated", "totals")} == {
        "links": 3, "again": 1, "unnumbered": 1, "undated": 1, "totals": {"合计": 1},
    }  # fmt: skip
    parties = transfer_flows(TRANSFERS, separator=";", nodes="organization", counting="fractional")
    assert cells(parties) == {
        ("a", "c"): 0.25, ("a", "d"): 0.25, ("b", "c"): 0.25, ("b", "d"): 0.25, ("c", "c"): 1, ("a", "e"): 1,
    }  # fmt: skip
    assert parties.attrs["united"] == [("C", "c", 1)]
    known = transfer_flows(TRANSFERS, separator=";", organizations={"e": "W"})
    assert cells(known)["X", "W"] == 1
    bare = TRANSFERS.drop(columns=["assignor_place", "assignee_place"])
    placed = transfer_flows(bare, separator=";", organizations=dict(zip("abcde", "XYZZW", strict=True)))
    assert cells(placed) == cells(known)


def test_transfers_with_several_parties_in_a_cell_need_the_mark():
    with pytest.raises(TableError, match='";" in'):
        transfer_flows(TRANSFERS.head(3))


PROJECTS = pd.DataFrame(
    {"project": list("pppqqrs"), "organization": list("ABCABAD"), "city": list("XYXXYXZ"), "date": [2019] * 7}
)


def test_ties_of_two_modes_are_counted_and_kept_as_such():
    ties = two_mode(PROJECTS, left="project", right="organization")
    assert list(ties.columns[:3]) == ["project", "organization", "value"]
    assert ties.attrs["modes"] == ("project", "organization")
    assert account_adds_up(ties, 7)["pairs"] == 7
    graph = nx.Graph(zip(ties["project"], ties["organization"], strict=True))
    assert bipartite.is_bipartite(graph)
    cities = two_mode(PROJECTS, left="city", right="organization", key="project", counting="fractional")
    assert cells(cities.rename(columns={"city": "source", "organization": "target"})) == pytest.approx(
        {("X", "A"): 1 / 3 + 1 / 2 + 1, ("X", "C"): 1 / 3, ("Y", "B"): 1 / 3 + 1 / 2, ("Z", "D"): 1}
    )
    assert cities.attrs["links"] == 4
    assert set(cities["unit"]) == {"keys"}


@QUIET
def test_two_modes_split_cells_place_the_left_and_leave_totals_out():
    rows = pd.DataFrame(
        {
            "city": ["北京市", "Beijing", "Atlantis", "合计"],
            "ipc": ["G06; H04", "G06", "H04", "x"],
            "patent": ["1", "2", "2", "3"],
        }
    )
    from innoscape.data import load

    options = {"left": "city", "right": "ipc", "date": None, "separator": ";", "places": load("places")}
    ties = two_mode(rows, **options)
    named = ties.rename(columns={"city": "source", "ipc": "target"})
    assert cells(named) == {("北京", "G06"): 2, ("北京", "H04"): 1, ("(unknown)", "H04"): 1}
    account = {"rows": 4, "split": 1, "pairs": 3, "single": 0, "unplaced": 1, "rejected": 1}
    assert account_adds_up(ties, 4) == account
    assert ties["year"].isna().all()
    keyed = two_mode(rows, key="patent", **options)
    assert cells(keyed.rename(columns={"city": "source", "ipc": "target"})) == cells(named)
    account_adds_up(keyed, 4)
    assert cells(project_ties(keyed, onto="ipc")) == {("G06", "H04"): 1}
    for wrong in ({"counting": "fractional"}, {"right": "city"}):
        with pytest.raises(OptionError, match=r"needs key|two columns"):
            two_mode(rows, **options | wrong)


@pytest.mark.parametrize(
    ("counting", "oracle"),
    [("full", bipartite.weighted_projected_graph), ("fractional", bipartite.collaboration_weighted_projected_graph)],
)
def test_projections_equal_those_of_networkx(counting, oracle):
    draw = np.random.default_rng(7)
    rows = pd.DataFrame({"project": draw.integers(0, 40, 150), "organization": draw.integers(0, 25, 150), "date": 2019})
    rows = rows.assign(project="p" + rows["project"].astype(str), organization="o" + rows["organization"].astype(str))
    ties = two_mode(rows, left="project", right="organization")
    graph = nx.Graph(zip(ties["project"], ties["organization"], strict=True))
    for onto in ("project", "organization"):
        flows = project_ties(ties, onto=onto, counting=counting)
        theirs = oracle(graph, sorted(set(ties[onto])))
        expected = {tuple(sorted(ends)): weight for *ends, weight in theirs.edges(data="weight")}
        assert cells(flows) == pytest.approx(expected)
        assert flows.attrs["projection"]["counting"] == counting
    assert set(flows["kind"]) == {"organization by project"}
    direct = copatent_flows(rows, key="project", applicant="organization", nodes="applicant", counting=counting)
    assert cells(flows) == pytest.approx(cells(direct))


def test_projections_keep_years_and_windows_apart():
    rows = pd.DataFrame({"city": list("ABAB"), "ipc": ["G", "G", "H", "G"], "date": [2018, 2018, 2019, 2019]})
    ties = two_mode(rows, left="city", right="ipc")
    assert cells(project_ties(ties, onto="city"), year=True) == {("A", "B", 2018): 1}
    window = project_ties(two_mode(rows, left="city", right="ipc", window=2), onto="city")
    assert window[["year", "first_year", "value"]].to_numpy().tolist() == [[2019, 2018, 1]]
    with pytest.raises(OptionError, match="through: needed"):
        project_ties(rows, onto="city")
    with pytest.raises(TableError, match="needed the column year"):
        project_ties(rows, onto="city", through="ipc")
