"""A table on the command line has headings, places and words of its language, and nothing that is empty."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from innoscape.study import bundled_study
from innoscape.study.cli.show_result import show_result

SCORED = ["place", "score", "rank", "tier", "published_tier"]


def lines(capsys):
    return [line.split() for line in capsys.readouterr().out.splitlines() if line.strip(" ─")]


@pytest.mark.parametrize(
    ("language", "head", "first"),
    [
        ("en", ["Place", "Name", "Score", "Rank", "Tier"], ["京津冀", "Beijing-Tianjin-Hebei", "0.6", "1", "national"]),
        ("zh", ["地点", "得分", "位次", "层级"], ["京津冀", "0.6", "1", "国家级"]),
    ],
)
def test_scores_leave_out_what_is_empty_and_name_the_year(bundled_run, capsys, monkeypatch, language, head, first):
    monkeypatch.setenv("COLUMNS", "200")
    row = {"place": "京津冀", "name_en": "Beijing-Tianjin-Hebei", "name_zh": "京津冀", "year": 2020, "score": 0.6}
    scores = pd.DataFrame([row | {"rank": 1, "tier": "national", "published_tier": None}])
    results = replace(bundled_run, tables={"scores": scores}, index_year=2020)
    show_result(results, results.shown["scores"], SCORED, file=Path("out/scores.csv"), language=language)
    title, *rows = lines(capsys)
    assert "2020" in " ".join(title)
    assert "out/scores.csv" in " ".join(title)
    assert rows == [head, first]


def test_scores_of_one_year_have_no_title_and_keep_published_tiers(bundled_run, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    show_result(bundled_run, bundled_run.shown["scores"], SCORED, file=Path("scores.csv"), language="zh")
    head, *rows = lines(capsys)
    assert head[-1] == "已发表层级"
    assert len(rows) == len(bundled_run.shown["scores"])
    assert all(row[-1].endswith("级") for row in rows)


def test_centrality_is_one_table_a_network_under_its_title(bundled_run, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    table = bundled_run.shown["centrality"]
    show_result(bundled_run, table, ["place", "strength", "status"], file=Path("c.csv"), language="zh")
    told = capsys.readouterr().out
    titles = [network.title_zh for network in bundled_study().networks if network.name in set(table["kind"])]
    assert titles
    assert all(title in told for title in titles)
    assert told.count("强度") == table["kind"].nunique()
    assert "estimated" not in told
