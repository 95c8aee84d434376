"""The report: accessible, whole whatever table is absent, the same bytes each time."""

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from report_sample import Page, Sample, make_study, make_tables

from innoscape.data.contracts.results import result_tables
from innoscape.network.measures.centrality import MEASURES
from innoscape.study.facts.network_facts import network_facts
from innoscape.study.report.numbers import fit_decimals
from innoscape.study.report.render_report import render_report


@pytest.fixture(scope="module")
def page(html):
    return Page(html)


def test_headings_descend_one_level_at_a_time(page):
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(page.headings))


def test_tags_nest_and_ids_are_unique(page):
    assert page.stack == ["html"] or not page.stack
    assert len(page.ids) == len(set(page.ids))


def test_every_chart_has_a_name_and_a_description(html, page):
    assert html.count("<svg") >= 10
    assert page.bare_charts == 0


def test_nothing_missing_is_printed(page):
    assert not re.search(r"\b(nan|NaN|None|NaT|inf|undefined)\b", page.words)


@pytest.mark.parametrize("table", sorted(make_tables()))
@pytest.mark.parametrize("how", ["missing", "empty", "bare"])
def test_any_table_may_be_missing_empty_or_bare(sample, table, how):
    tables = dict(sample.tables)
    frame = tables.pop(table)
    if how == "empty":
        tables[table] = frame.iloc[:0]
    if how == "bare":
        tables[table] = frame[frame.columns[:1]]
    words = Page(render_report(replace(sample, tables=tables))).words
    assert not re.search(r"\b(nan|NaN|None|NaT)\b", words)


def test_study_without_any_table_still_reports():
    page = Page(render_report(Sample(study=make_study(diffusion=None, title_zh=""))))
    assert "hold nothing to summarize" in page.words
    assert "simulates no diffusion" in page.words


def test_same_results_give_the_same_bytes_whatever_the_row_order(sample):
    keep = {"scenario_titles", "inputs", "matches"}
    tables = {n: f if n in keep else f.sample(frac=1, random_state=5) for n, f in reversed(sample.tables.items())}
    assert render_report(sample) == render_report(replace(sample, tables=tables))


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_bytes_do_not_depend_on_the_hash_seed(sample, hash_seed):
    code = "import sys, hashlib; sys.path.insert(0, sys.argv[1]); from report_sample import make_sample;"
    code += "from innoscape.study.report.render_report import render_report;"
    code += "print(hashlib.sha256(render_report(make_sample()).encode()).hexdigest())"
    result = subprocess.run(
        [sys.executable, "-c", code, str(Path(__file__).parents[1])],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONHASHSEED": hash_seed},
    )  # fmt: skip
    assert result.stdout.strip() == hashlib.sha256(render_report(sample).encode()).hexdigest()


@pytest.mark.parametrize(
    ("values", "rough", "decimals"),
    [
        ([7333, 5617], False, 0),
        ([282.8, 2585.35], False, 2),
        ([2585.35], True, 0),
        ([-0.0039], True, 4),
        ([], False, 0),
    ],
)
def test_decimals_fit_the_column(values, rough, decimals):
    assert fit_decimals(values, rough=rough) == decimals


@pytest.mark.parametrize("directed", [False, True])
def test_every_centrality_of_the_contract_is_a_column_unless_it_repeats_strength(sample, directed):
    central = sample.tables["centrality"].assign(in_strength=lambda t: t["strength"], out_strength=0.0)
    central = central.assign(**{measure: 0.5 for measure in MEASURES if measure not in central})
    for kind in network_facts(
        {**sample.tables, "centrality": central}, directed=set(central["kind"]) if directed else ()
    ):
        shown = [column.name for column in kind["measures"]]
        if not kind["rows"]:
            continue
        contract = [column for column in result_tables()["centrality"].fixed if column in MEASURES[1:]]
        assert shown == [name for name in contract if directed or name != "in_strength"]


def test_every_default_centrality_has_its_column_in_the_contract():
    assert set(MEASURES) <= set(result_tables()["centrality"].fixed)


def test_a_status_without_a_sentence_of_its_own_is_listed_by_its_badge(sample, monkeypatch):
    monkeypatch.setattr("innoscape.study.report.render_report.with_trait", lambda *_: ("observed", "fitted"))
    said = Page(render_report(sample)).words
    assert re.search(r"observed *实测 *printed in a source", said)
    assert re.search(r"fitted *拟合", said)


def test_a_study_that_computes_nothing_says_so_under_methods():
    page = render_report(Sample())
    assert "Nothing was computed" in page
    assert "本研究只展示数据表" in page
